/*
 * cover.h
 *		Which cells to hide so that no line by itself gives its hidden cells away.
 *
 * A line whose total is shown gives away what its hidden parts are together. So it takes two
 * of them at least, and they must be as much together as is asked. This is most of what
 * protects a table, and can be had without solving anything.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_COVER_H
#define GAPSTATS_COVER_H

#include "lib/pairingheap.h"
#include "suppression/ordered_table.h"

/* What a line's hidden parts must add up to */
typedef enum DemandKind
{
	ON_VALUES,
	ON_ROOM_BELOW,
	ON_ROOM_ABOVE
} DemandKind;

typedef struct Demand
{
	const OrderedMeasure *measure;
	DemandKind	kind;
	int64	   *asked;			/* of each line */
} Demand;

/* A cell that could be hidden for the sake of lines that are short */
typedef struct Candidate
{
	pairingheap_node node;
	bool		is_waiting;		/* in the heap */
	double		score;
} Candidate;

typedef struct Cover
{
	const OrderedTable *table;
	bool	   *is_hidden;
	int			n_demands;
	Demand	   *demands;
	bool	   *asks_third;		/* of each line: whether one of two hidden parts would know the other */
	int		   *n_hidden;		/* parts of each line */
	int64	   *amounts;		/* of each line, for each demand: what its hidden parts add up to */
	int		   *shortage;		/* of each line: how far it is from what it asks, or 0 */
	int64		total_shortage;
	int			n_short;
	int		   *short_lines;	/* those with a shortage */
	int		   *place;			/* of each of them there */
	double		price;			/* of all that is hidden and need not be */
	int64		size;			/* and how much that is */
	Candidate  *candidates;		/* of each cell */
	pairingheap *waiting;
	int			forbidden;		/* a cell not to hide, or -1 */
	int		   *changes;		/* cells hidden or shown since that was last settled, in order */
	int			n_changes;
	int			max_changes;
	bool	   *is_listed;		/* of each cell, for lists without repetition */
} Cover;

extern Cover *StartCover(const OrderedTable *table);
extern void Hide(Cover *cover, int cell);
extern void Show(Cover *cover, int cell);
extern bool CanShow(const Cover *cover, int cell);
extern int	ShortMeasure(const Cover *cover, int line);
extern void FillLines(Cover *cover);
extern void MakeThrifty(Cover *cover);

#endif							/* GAPSTATS_COVER_H */
