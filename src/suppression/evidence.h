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

#include "suppression/example.h"
#include "suppression/zone.h"

/* What was found out about a hidden cell, in a measure */
typedef struct Safety
{
	bool		is_safe;		/* nothing more is asked */
	int			person;			/* a cell whose person knows this one, or -1 */
	bool		is_noted;		/* it was looked at in a zone, perhaps around another cell */
	bool		is_doubtful;	/* nothing showed it to be safe that is looked at */
} Safety;

typedef struct Evidence
{
	const OrderedTable *table;
	const bool *is_hidden;
	Examples  **examples;		/* of each measure */
	Safety	  **safety;			/* of each measure, of each cell */
	Zone	   *zone;
	Zone	   *core;			/* of it */
	Zone	   *core_without;	/* the same without what somebody knows */
} Evidence;

/* What was forgotten in a measure, with what was known of the cells */
typedef struct ForgottenEvidence
{
	Forgotten	forgotten;
	Safety	   *safety;			/* of each of its cells */
} ForgottenEvidence;

extern Evidence *StartEvidence(const OrderedTable *table, const bool *is_hidden);
extern bool ShowSafeNearby(Evidence *evidence, int measure, int cell);
extern bool ShowSafe(Evidence *evidence, int measure, int cell);
extern void LookForSafety(Evidence *evidence, int measure, int cell);
extern bool ShowSafeSomehow(Evidence *evidence, int measure, int cell);
extern bool TakeTable(Evidence *evidence, int measure, const int64 *shifts);
extern void LookAgainAround(Evidence *evidence, int cell);
extern int64 WeightOfEvidence(const Evidence *evidence, int cell);
extern ForgottenEvidence *ForgetEvidence(Evidence *evidence, int cell);
extern void RememberEvidence(Evidence *evidence, ForgottenEvidence *forgotten);
extern void SettleEvidence(Evidence *evidence, ForgottenEvidence *forgotten);

#endif							/* GAPSTATS_EVIDENCE_H */
