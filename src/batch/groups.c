/*
 * groups.c
 *		Groups, found by their keys.
 *
 * The keys of a batch are hashed, then all their places are looked at, then all
 * their groups: with many groups each look is a cache line that is not there,
 * and those of a batch can be waited for together.
 *
 * Keys are equal if their bytes are. Of the types that path.c lets in that is
 * what their operators say.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "batch/groups.h"
#include "common/hashfn.h"
#include "port/pg_bitutils.h"
#include "utils/datum.h"
#include "utils/memutils.h"

#define FIRST_PLACES 256

/* What a state takes that is not in the group itself, as most begin */
#define FIRST_STATE_SIZE 160

/* How far ahead the places of a batch are looked at */
#define PREFETCH_AHEAD 16

static void
BeginTable(BatchGroups *groups)
{
	groups->is_full = false;
	groups->ngroups = 0;
	groups->nsettled = 0;
	groups->nplaces = FIRST_PLACES;
	groups->places = MemoryContextAllocZero(groups->memory, FIRST_PLACES * sizeof(GroupPlace));
	groups->nchunks = 0;
	groups->chunks = NULL;
}

/* No groups; all that they will need comes from the memory context. */
void
InitGroups(BatchGroups *groups, MemoryContext memory, Size limit, int nkeys,
		   const FirstState *first_states, int nstates)
{
	groups->memory = memory;
	groups->limit = limit;
	groups->nkeys = nkeys;
	groups->nstates = nstates;
	groups->first_states = first_states;
	groups->state_size = 0;
	for (int i = 0; i < nstates; i++)
		groups->state_size += first_states[i].by_value ? 0 : FIRST_STATE_SIZE;
	groups->group_size = sizeof(BatchGroup) + nkeys * sizeof(Datum) + nstates * sizeof(BatchState);
	BeginTable(groups);
}

/* Begin again, after the memory context was reset. */
void
ForgetGroups(BatchGroups *groups)
{
	BeginTable(groups);
}

/* Twice as many places */
static void
GrowTable(BatchGroups *groups)
{
	uint32		nplaces = groups->nplaces * 2;
	GroupPlace *places;

	if (nplaces == 0)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many groups")));
	places = MemoryContextAllocExtended(groups->memory, nplaces * sizeof(GroupPlace),
										MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (uint32 i = 0; i < groups->nplaces; i++)
	{
		uint32		place = groups->places[i].hash & (nplaces - 1);

		if (groups->places[i].number == 0)
			continue;
		while (places[place].number != 0)
			place = (place + 1) & (nplaces - 1);
		places[place] = groups->places[i];
	}
	pfree(groups->places);
	groups->places = places;
	groups->nplaces = nplaces;
}

/*
 * Once it is full it stays so: rows of a group that it does not have were put off. States
 * of groups that came with this batch are not there yet, but will be.
 */
static void
LookAtMemory(BatchGroups *groups)
{
	Size		size = MemoryContextMemAllocated(groups->memory, true) +
		(groups->ngroups - groups->nsettled) * groups->state_size;

	if (groups->may_be_full && groups->ngroups > 0 && size > groups->limit)
		groups->is_full = true;
}

/* The memory of one group more */
static BatchGroup *
NextGroup(BatchGroups *groups)
{
	if (groups->ngroups == groups->nchunks * GROUPS_PER_CHUNK)
	{
		uint32		nchunks = groups->nchunks;

		if (nchunks == 0)
			groups->chunks = MemoryContextAlloc(groups->memory, sizeof(char *));
		else if ((nchunks & (nchunks - 1)) == 0)
			groups->chunks = repalloc_huge(groups->chunks, 2 * (Size) nchunks * sizeof(char *));
		groups->chunks[nchunks] = MemoryContextAlloc(groups->memory,
													 GROUPS_PER_CHUNK * groups->group_size);
		groups->nchunks++;
	}
	LookAtMemory(groups);
	return GetGroup(groups, groups->ngroups);
}

/* The group of a row's keys, which is not there yet; its place in the table is the caller's */
BatchGroup *
AddGroup(BatchGroups *groups, const Batch *batch, int row)
{
	BatchGroup *group = NextGroup(groups);
	MemoryContext old = MemoryContextSwitchTo(groups->memory);

	group->hash = batch->hashes[row];
	group->nulls = 0;
	for (int i = 0; i < groups->nkeys; i++)
	{
		const BatchColumn *key = &batch->columns[i];

		if (key->nulls[row])
		{
			group->nulls |= (uint32) 1 << i;
			GroupKeys(group)[i] = (Datum) 0;
		}
		else
			GroupKeys(group)[i] = datumCopy(key->values[row], key->by_value, key->length);
	}
	for (int i = 0; i < groups->nstates; i++)
	{
		const FirstState *first = &groups->first_states[i];
		BatchState *state = &GroupStates(groups, group)[i];

		*state = first->state;
		if (!state->is_null)
			state->value = datumCopy(state->value, first->by_value, first->length);
	}
	MemoryContextSwitchTo(old);
	groups->ngroups++;
	return group;
}

/* The bytes of a key that is no plain number */
static inline const char *
KeyBytes(const BatchColumn *key, Datum value, int *length)
{
	if (key->length > 0)
	{
		*length = key->length;
		return DatumGetPointer(value);
	}
	*length = VARSIZE_ANY_EXHDR(DatumGetPointer(value));
	return VARDATA_ANY(DatumGetPointer(value));
}

static inline uint64
Mixed(uint64 hash)
{
	hash ^= hash >> 32;
	hash *= UINT64CONST(0x9e3779b97f4a7c15);
	return hash ^ (hash >> 29);
}

/* Hash the keys of all rows. */
void
HashKeys(Batch *batch)
{
	uint32	   *hashes = batch->hashes;
	int			nrows = batch->nrows;

	memset(hashes, 0, nrows * sizeof(uint32));
	for (int i = 0; i < batch->nkeys; i++)
	{
		const BatchColumn *key = &batch->columns[i];
		const Datum *values = key->values;
		const bool *nulls = key->nulls;

		if (key->by_value)
		{
			for (int row = 0; row < nrows; row++)
			{
				uint64		value = nulls[row] ? 0 : (uint64) values[row];

				hashes[row] = (uint32) (Mixed(Mixed(value) + hashes[row]) >> 16);
			}
			continue;
		}
		for (int row = 0; row < nrows; row++)
		{
			uint64		value = 0;

			if (!nulls[row])
			{
				int			length;
				const char *bytes = KeyBytes(key, values[row], &length);

				value = hash_bytes((const unsigned char *) bytes, length);
			}
			hashes[row] = (uint32) (Mixed(value + ((uint64) hashes[row] << 32)) >> 16);
		}
	}
}

static inline bool
HasKeys(const BatchGroup *group, const Batch *batch, int row)
{
	for (int i = 0; i < batch->nkeys; i++)
	{
		const BatchColumn *key = &batch->columns[i];
		bool		is_null = (group->nulls >> i & 1) != 0;
		Datum		value = GroupKeys(group)[i];

		if (is_null != key->nulls[row])
			return false;
		if (is_null)
			continue;
		if (key->by_value)
		{
			if (value != key->values[row])
				return false;
		}
		else
		{
			int			length;
			int			other_length;
			const char *bytes = KeyBytes(key, value, &length);
			const char *other_bytes = KeyBytes(key, key->values[row], &other_length);

			if (length != other_length || memcmp(bytes, other_bytes, length) != 0)
				return false;
		}
	}
	return true;
}

/* The group of a row, made if it is not there; NULL if it is not and there is no room */
static BatchGroup *
FindGroup(BatchGroups *groups, const Batch *batch, int row)
{
	uint32		hash = batch->hashes[row];
	uint32		mask = groups->nplaces - 1;
	uint32		place = hash & mask;
	BatchGroup *group;

	for (; groups->places[place].number != 0; place = (place + 1) & mask)
	{
		if (groups->places[place].hash != hash)
			continue;
		group = GetGroup(groups, groups->places[place].number - 1);
		if (HasKeys(group, batch, row))
			return group;
	}
	if (groups->is_full)
		return NULL;

	group = AddGroup(groups, batch, row);
	groups->places[place].hash = hash;
	groups->places[place].number = groups->ngroups;
	if (groups->ngroups > groups->nplaces / 2)
		GrowTable(groups);
	return group;
}

/* Have the groups on their way that most probably are those of the rows. */
static void
PrefetchGroups(const BatchGroups *groups, const Batch *batch)
{
	uint32		mask = groups->nplaces - 1;

	for (int row = 0; row < batch->nrows; row++)
	{
		uint32		number;

		if (row + PREFETCH_AHEAD < batch->nrows)
			Prefetch(&groups->places[batch->hashes[row + PREFETCH_AHEAD] & mask]);
		number = groups->places[batch->hashes[row] & mask].number;
		if (number != 0)
			Prefetch(GetGroup(groups, number - 1));
	}
}

/*
 * Find the groups of all rows. Those that are not there are made, until the memory
 * is used up; how many rows then have no group is returned.
 */
int
FindGroupsOfRows(BatchGroups *groups, Batch *batch)
{
	int			nmissing = 0;

	groups->nsettled = groups->ngroups;
	LookAtMemory(groups);
	PrefetchGroups(groups, batch);
	for (int row = 0; row < batch->nrows; row++)
	{
		batch->groups[row] = FindGroup(groups, batch, row);
		nmissing += batch->groups[row] == NULL;
	}
	return nmissing;
}
