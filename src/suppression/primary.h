/*
 * primary.h
 *		What must be hidden of a table, and what the others are hidden for.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_PRIMARY_H
#define GAPSTATS_PRIMARY_H

#include "suppression/earlier.h"
#include "suppression/protect.h"
#include "suppression/publication.h"

/* A number that is kept: a quantity, or what a part leaves of what it is a part of */
typedef struct Kept
{
	int			quantity;
	bool		is_rest;
	int64	   *values;			/* of each cell */
	bool	   *is_primary;
	bool	   *is_alone;
} Kept;

/* How well all is kept, beside what the description says */
typedef struct Strength
{
	int64		residual;
	Persons		persons;
	bool		is_wide_by_rule;	/* wide by what the mark says, and not only by all else */
} Strength;

/* What the engine is given, in its own words */
typedef struct Task
{
	const Publication *publication;
	bool		is_wide_by_rule;
	int			n_kept;
	Kept	   *kept;			/* the first measures of the table */
	bool	   *must_hide;		/* of each cell */
	bool	  **is_seen;		/* of each quantity and of what it leaves, in each cell: seen not to be given away, where what is hidden stays hidden; or NULL */
	double	   *cost;
	bool	   *is_free;		/* which have a row, and are not printed */
	ProtectedTable table;
	int		   *lines;			/* of which each cell is a part */
	int		   *first_line;		/* of each cell, and one more */
} Task;

extern Task *StartTask(const Publication *publication, const Strength *strength);
extern void KeepToEarlier(Task *task, const Earlier *earlier);
extern bool MayHide(const Task *task, int cell);
extern bool IsSettled(const Task *task, int quantity, int cell);
extern bool IsSmallRate(const Task *task, int quantity, int cell);
extern bool IsPrimary(const Task *task, int cell);
extern const Kept *KeptOfMeasure(const Task *task, int measure);
extern int64 LowestOfKept(const Task *task, const Kept *kept, int cell);
extern void AskWidth(Task *task, int quantity, int cell);

#endif							/* GAPSTATS_PRIMARY_H */
