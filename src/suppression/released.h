/*
 * released.h
 *		What was published before of the same children, as a ledger has it.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_RELEASED_H
#define GAPSTATS_RELEASED_H

#include "fmgr.h"
#include "suppression/primary.h"

/* The dimension of a ledger that a release has not */
#define MOMENT_OF_RELEASE "as_of"

/* A ledger, and what it would be told of the table */
typedef struct Released
{
	Datum		ledger;			/* regclass */
	Datum		said;			/* jsonb */
	int			n_columns;
	char	  **columns;		/* of the result that have the numbers, in the ledger's order */
} Released;

/* The places of the arguments that a ledger is given by, and of those that tell it of the table beside what describes it */
typedef struct ReleasedArguments
{
	int			ledger;
	int			population;
	int			as_of;
	int			mark;
	int			max_nodes;
} ReleasedArguments;

extern Released *DescribeReleased(FunctionCallInfo fcinfo, ReleasedArguments arguments);
extern Earlier *ReadReleased(const Released *released, const Publication *publication);
extern bool PassesLedger(Task *task, const Released *released, bool is_last);

#endif							/* GAPSTATS_RELEASED_H */
