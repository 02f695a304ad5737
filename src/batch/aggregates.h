/*
 * aggregates.h
 *		Aggregates over batches.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_BATCH_AGGREGATES_H
#define GAPSTATS_BATCH_AGGREGATES_H

#include "batch/batch.h"
#include "batch/groups.h"
#include "fmgr.h"

struct BatchAggregates;
struct BatchTransition;

typedef void (*AdvanceBatch) (struct BatchAggregates *aggregates, struct BatchTransition *transition,
							  const Batch *batch);

/* What aggregates with the same arguments and transition function share */
typedef struct BatchTransition
{
	int			number;			/* the planner's, aggtransno */
	int			place;			/* of its state, in a group */
	AdvanceBatch advance;
	FmgrInfo	function;
	FunctionCallInfo call;
	int			nargs;			/* without the state */
	BatchColumn **arguments;
	BatchColumn *filter;		/* or NULL */
} BatchTransition;

/* What is made of a state in the end */
typedef struct BatchResult
{
	BatchTransition *transition;
	bool		has_function;
	FmgrInfo	function;		/* its final function, or what makes bytes of its state */
	FunctionCallInfo call;
	int16		state_length;
} BatchResult;

typedef struct BatchAggregates
{
	BatchGroups *groups;
	MemoryContext call_memory;	/* of one call, or some */
	AggState   *context;		/* what the functions take for the executor's */
	double		expected_rows;	/* of a group */
	int			ntransitions;
	BatchTransition *transitions;
	FirstState *first_states;
	int			nresults;
	BatchResult *results;
} BatchAggregates;

extern bool IsTableColumn(BatchColumn *column);
extern Expr *BatchArgument(Aggref *node, Expr *argument);
extern void InitAggregates(BatchAggregates *aggregates, List *nodes, Batch *batch, PlanState *parent,
						   double expected_rows, double expected_groups);
extern void AdvanceAggregates(BatchAggregates *aggregates, const Batch *batch);
extern Datum AggregateResult(BatchAggregates *aggregates, int number, const BatchGroup *group, bool *is_null);

#endif							/* GAPSTATS_BATCH_AGGREGATES_H */
