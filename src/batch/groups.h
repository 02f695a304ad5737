/*
 * groups.h
 *		Groups, found by their keys.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_BATCH_GROUPS_H
#define GAPSTATS_BATCH_GROUPS_H

#include "batch/batch.h"

/* The state of an aggregate's transition in a group */
typedef struct BatchState
{
	Datum		value;
	bool		is_null;
	bool		has_none;		/* as yet: the first value that is not NULL will be it */
} BatchState;

/* How the state of a transition begins */
typedef struct FirstState
{
	BatchState	state;
	int16		length;			/* of its type */
	bool		by_value;
} FirstState;

/* After it come its keys, and the states */
typedef struct BatchGroup
{
	uint32		hash;
	uint32		nulls;			/* a bit for each key */
} BatchGroup;

/* What the hash table has in a place, so that most others are passed by unseen */
typedef struct GroupPlace
{
	uint32		hash;
	uint32		number;			/* of the group, from 1 on; 0: the place is free */
} GroupPlace;

typedef struct BatchGroups
{
	MemoryContext memory;		/* of all this, and of the states */
	Size		limit;			/* that it is to keep */
	bool		may_be_full;	/* there is a way without more groups */
	bool		is_full;		/* no group is added any more */
	int			nkeys;
	int			nstates;
	const FirstState *first_states; /* of a new group */
	uint32		ngroups;
	uint32		nsettled;		/* that are older than the batch, and have what their states take */
	Size		state_size;		/* what those of one group will take at first */
	uint32		nplaces;		/* a power of two */
	GroupPlace *places;
	char	  **chunks;			/* of the groups, in the order in which they came */
	uint32		nchunks;
	Size		group_size;
} BatchGroups;

#define GROUPS_PER_CHUNK 64

static inline Datum *
GroupKeys(const BatchGroup *group)
{
	return (Datum *) (group + 1);
}

static inline BatchState *
GroupStates(const BatchGroups *groups, const BatchGroup *group)
{
	return (BatchState *) (GroupKeys(group) + groups->nkeys);
}

/* A group by its number, from 0 on */
static inline BatchGroup *
GetGroup(const BatchGroups *groups, uint32 number)
{
	return (BatchGroup *) (groups->chunks[number / GROUPS_PER_CHUNK] +
						   number % GROUPS_PER_CHUNK * groups->group_size);
}

/* Have memory on its way to the cache. */
static inline void
Prefetch(const void *memory)
{
#ifdef __GNUC__
	__builtin_prefetch(memory);
#endif
}

extern void InitGroups(BatchGroups *groups, MemoryContext memory, Size limit, int nkeys,
					   const FirstState *first_states, int nstates);
extern void ForgetGroups(BatchGroups *groups);
extern BatchGroup *AddGroup(BatchGroups *groups, const Batch *batch, int row);
extern void HashKeys(Batch *batch);
extern int	FindGroupsOfRows(BatchGroups *groups, Batch *batch);

#endif							/* GAPSTATS_BATCH_GROUPS_H */
