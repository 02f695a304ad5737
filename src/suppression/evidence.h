/*
 * evidence.h
 *		What shows that hidden cells are protected.
 *
 * Tables of whole numbers that agree with all that is shown, found by linear programming and
 * verified without rounding: a cell that differs between them cannot be told. They show it
 * against all verdicts of the audit at once. To hide more takes nothing away from them.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_EVIDENCE_H
#define GAPSTATS_EVIDENCE_H

#include "suppression/zone.h"

/* Of a cell, in a measure */
typedef struct Shown
{
	int64		fall;			/* how far it is shown to be able to lie below what it is */
	int64		rise;			/* and above */
	bool		is_safe;		/* nothing more is asked */
	int			person;			/* a cell whose person knows this one, or -1 */
	bool		is_noted;		/* it was looked at in a zone, perhaps around another cell */
	bool		is_doubtful;	/* nothing showed it to be safe that is looked at */
} Shown;

typedef struct Evidence
{
	const OrderedTable *table;
	const bool *is_hidden;
	Shown	  **shown;			/* of each measure, of each cell */
	int		  **people;			/* of each measure, of each cell that is one person's: the first that is */
	Zone	   *zone;
} Evidence;

extern Evidence *StartEvidence(const OrderedTable *table, const bool *is_hidden);
extern int64 AskedWidth(const OrderedMeasure *measure, int cell);
extern bool ShowSafe(Evidence *evidence, int measure, int cell);
extern bool ShowSafeSomehow(Evidence *evidence, int measure, int cell);
extern void LookAgainAround(Evidence *evidence, int cell);
extern bool ForgetAround(Evidence *evidence, int cell);

#endif							/* GAPSTATS_EVIDENCE_H */
