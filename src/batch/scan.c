/*
 * scan.c
 *		The custom scan that aggregates.
 *
 * Its child is the sequential scan that it takes the place of, with the
 * conditions of the query; its scan tuple is a group: the keys, and what the
 * aggregates give. HAVING and the expressions of the query are evaluated over
 * that as over any scan's.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "batch/aggregates.h"
#include "batch/groups.h"
#include "batch/rows.h"
#include "batch/spill.h"
#include "commands/explain.h"
#include "executor/executor.h"
#include "executor/nodeHash.h"
#include "miscadmin.h"
#include "nodes/extensible.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/ruleutils.h"
#if PG_VERSION_NUM >= 180000
#include "commands/explain_format.h"
#include "commands/explain_state.h"
#endif

#define SCAN_NAME "Batch Aggregate"

typedef struct BatchScanState
{
	CustomScanState css;
	Batch		batch;
	RowReader	reader;
	BatchGroups groups;
	BatchAggregates aggregates;
	Spill		spill;
	bool		is_filled;		/* all rows were read once */
	uint32		next_group;		/* to be returned */
	Size		memory_peak;
	int64		ngroups;
} BatchScanState;

/* ---- the plan ---- */

static Node *CreateBatchScanState(CustomScan *plan);

static const CustomScanMethods scan_methods = {
	.CustomName = SCAN_NAME,
	.CreateCustomScanState = CreateBatchScanState
};

/* Let plans that come from another process be known. */
void
RegisterBatchScan(void)
{
	RegisterCustomScanMethods(&scan_methods);
}

/* The plan: its tuples are the keys, which are columns, and the aggregates. */
Plan *
PlanBatchScan(List *keys, List *aggregates, double groups, List *tlist, List *having,
			  List *child_plans)
{
	CustomScan *plan = makeNode(CustomScan);
	ListCell   *cell;

	foreach(cell, list_concat_copy(keys, aggregates))
	{
		int			number = list_length(plan->custom_scan_tlist) + 1;

		plan->custom_scan_tlist = lappend(plan->custom_scan_tlist,
										  makeTargetEntry(copyObject(lfirst(cell)), number, NULL, false));
	}
	plan->scan.plan.targetlist = tlist;
	plan->scan.plan.qual = having;
	plan->custom_plans = child_plans;
	plan->custom_private = list_make2_int(list_length(keys), (int) Min(groups, INT_MAX));
	plan->flags = CUSTOMPATH_SUPPORT_PROJECTION;
	plan->methods = &scan_methods;
	return &plan->scan.plan;
}

/* ---- columns ---- */

/* A column of the batch, unless it is there */
static void
AddColumn(Batch *batch, Expr *node, PlanState *child)
{
	BatchColumn *column = &batch->columns[batch->ncolumns];

	for (int i = 0; i < batch->ncolumns; i++)
	{
		if (equal(batch->columns[i].node, node))
			return;
	}
	batch->ncolumns++;
	column->node = node;
	get_typlenbyval(exprType((Node *) node), &column->length, &column->by_value);
	if (!IsTableColumn(column))
	{
		column->attno = 0;
		column->cast = BATCH_AS_IT_IS;
		column->expression = ExecInitExpr(node, child);
	}
	column->values = palloc(BATCH_ROWS * sizeof(Datum));
	column->nulls = palloc(BATCH_ROWS * sizeof(bool));
}

/* The columns: keys first, then all that aggregates look at */
static void
MakeColumns(Batch *batch, List *keys, List *aggregates, PlanState *child)
{
	int			most = list_length(keys);
	ListCell   *cell;
	ListCell   *argument;

	foreach(cell, aggregates)
		most += list_length(lfirst_node(Aggref, cell)->args) + 1;
	batch->columns = palloc0(Max(most, 1) * sizeof(BatchColumn));
	foreach(cell, keys)
		AddColumn(batch, lfirst(cell), child);
	batch->nkeys = list_length(keys);
	foreach(cell, aggregates)
	{
		Aggref	   *node = lfirst_node(Aggref, cell);

		foreach(argument, node->args)
			AddColumn(batch, BatchArgument(node, lfirst_node(TargetEntry, argument)->expr), child);
		if (node->aggfilter != NULL)
			AddColumn(batch, node->aggfilter, child);
	}
	batch->hashes = palloc(BATCH_ROWS * sizeof(uint32));
	batch->groups = palloc(BATCH_ROWS * sizeof(BatchGroup *));
	batch->memory = AllocSetContextCreate(CurrentMemoryContext, "values of a batch", ALLOCSET_DEFAULT_SIZES);
	batch->limit = get_hash_memory_limit();
}

/* ---- the executor's calls ---- */

static void
BeginBatchScan(CustomScanState *css, EState *estate, int eflags)
{
	BatchScanState *state = (BatchScanState *) css;
	CustomScan *plan = castNode(CustomScan, css->ss.ps.plan);
	int			nkeys = linitial_int(plan->custom_private);
	double		expected_groups = Max(lsecond_int(plan->custom_private), 1);
	List	   *keys = NIL;
	List	   *aggregates = NIL;
	PlanState  *child;
	MemoryContext memory;
	ListCell   *cell;

	child = ExecInitNode(linitial(plan->custom_plans), estate, eflags & ~(EXEC_FLAG_REWIND | EXEC_FLAG_BACKWARD | EXEC_FLAG_MARK));
	if (!IsA(child, SeqScanState))
		elog(ERROR, "a batch's scan is no sequential scan");
	css->custom_ps = list_make1(child);
	foreach(cell, plan->custom_scan_tlist)
	{
		Expr	   *node = lfirst_node(TargetEntry, cell)->expr;

		if (list_length(keys) < nkeys)
			keys = lappend(keys, node);
		else
			aggregates = lappend(aggregates, node);
	}
	MakeColumns(&state->batch, keys, aggregates, child);
	InitRowReader(&state->reader, (ScanState *) child, &state->batch);
	memory = AllocSetContextCreate(CurrentMemoryContext, "groups", ALLOCSET_DEFAULT_SIZES);
	state->aggregates.groups = &state->groups;
	state->groups.memory = memory;
	InitAggregates(&state->aggregates, aggregates, &state->batch, &css->ss.ps,
				   child->plan->plan_rows / expected_groups, expected_groups);
	InitGroups(&state->groups, memory, get_hash_memory_limit(), nkeys, state->aggregates.first_states,
			   state->aggregates.ntransitions);
	InitSpill(&state->spill, CurrentMemoryContext, state->groups.limit);
}

/* Add the rows of the batch to their groups, or put them off. */
static void
AggregateBatch(BatchScanState *state)
{
	HashKeys(&state->batch);
	state->groups.may_be_full = CanSpill(&state->spill);
	if (FindGroupsOfRows(&state->groups, &state->batch) > 0)
		PutOffRows(&state->spill, &state->batch);
	AdvanceAggregates(&state->aggregates, &state->batch);
	state->memory_peak = Max(state->memory_peak,
							 MemoryContextMemAllocated(state->groups.memory, true) +
							 MemoryContextMemAllocated(state->batch.memory, true));
}

static void
ClearGroups(BatchScanState *state)
{
	MemoryContextReset(state->groups.memory);
	ForgetGroups(&state->groups);
	state->next_group = 0;
}

/* Aggregate the table. */
static void
AggregateTable(BatchScanState *state)
{
	state->ngroups = 0;
	state->reader.npages = 0;
	while (ReadBatch(&state->reader))
		AggregateBatch(state);

	/* without GROUP BY there is one group, whether there are rows or not */
	if (state->batch.nkeys == 0 && state->groups.ngroups == 0)
	{
		state->batch.hashes[0] = 0;
		AddGroup(&state->groups, &state->batch, 0);
	}
	state->is_filled = true;
	state->ngroups += state->groups.ngroups;
}

/* Aggregate what was put off next; false if there is nothing left. */
static bool
AggregateSpilled(BatchScanState *state)
{
	SpilledRows *rows = NextSpilledRows(&state->spill);

	if (rows == NULL)
		return false;
	ClearGroups(state);
	while (ReadSpilledBatch(rows, &state->batch))
		AggregateBatch(state);
	FreeSpilledRows(rows);
	state->ngroups += state->groups.ngroups;
	return true;
}

/* Store a group as the scan's tuple. */
static void
StoreGroup(BatchScanState *state, const BatchGroup *group, ExprContext *context)
{
	TupleTableSlot *slot = state->css.ss.ss_ScanTupleSlot;
	MemoryContext old = MemoryContextSwitchTo(context->ecxt_per_tuple_memory);
	int			nkeys = state->batch.nkeys;

	ExecClearTuple(slot);
	for (int i = 0; i < nkeys; i++)
	{
		slot->tts_values[i] = GroupKeys(group)[i];
		slot->tts_isnull[i] = (group->nulls >> i & 1) != 0;
	}
	for (int i = 0; i < state->aggregates.nresults; i++)
		slot->tts_values[nkeys + i] = AggregateResult(&state->aggregates, i, group, &slot->tts_isnull[nkeys + i]);
	ExecStoreVirtualTuple(slot);
	MemoryContextSwitchTo(old);
}

static TupleTableSlot *
ExecBatchScan(CustomScanState *css)
{
	BatchScanState *state = (BatchScanState *) css;
	ExprContext *context = css->ss.ps.ps_ExprContext;

	if (!state->is_filled)
		AggregateTable(state);
	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		ResetExprContext(context);
		if (state->next_group == state->groups.ngroups)
		{
			if (!AggregateSpilled(state))
				return ExecClearTuple(css->ss.ps.ps_ProjInfo ? css->ss.ps.ps_ResultTupleSlot : css->ss.ss_ScanTupleSlot);
			continue;
		}
		StoreGroup(state, GetGroup(&state->groups, state->next_group++), context);
		context->ecxt_scantuple = css->ss.ss_ScanTupleSlot;
		if (css->ss.ps.qual != NULL && !ExecQual(css->ss.ps.qual, context))
			InstrCountFiltered1(&css->ss, 1);
		else
			return css->ss.ps.ps_ProjInfo ? ExecProject(css->ss.ps.ps_ProjInfo) : css->ss.ss_ScanTupleSlot;
	}
}

static void
EndBatchScan(CustomScanState *css)
{
	BatchScanState *state = (BatchScanState *) css;

	ForgetSpill(&state->spill);
	ExecEndNode(linitial(css->custom_ps));
}

static void
ReScanBatchScan(CustomScanState *css)
{
	BatchScanState *state = (BatchScanState *) css;
	PlanState  *child = linitial(css->custom_ps);

	/* the groups are all there, and nothing changed */
	if (state->is_filled && state->spill.nrows == 0 && css->ss.ps.chgParam == NULL)
	{
		state->next_group = 0;
		return;
	}
	ForgetSpill(&state->spill);
	ClearGroups(state);
	state->is_filled = false;
	state->spill.nrows = 0;
	state->spill.nfiles = 0;
	if (css->ss.ps.chgParam != NULL)
		UpdateChangedParamSet(child, css->ss.ps.chgParam);
	ExecReScan(child);
	RestartRowReader(&state->reader);
}

/* ---- EXPLAIN ---- */

static void
ExplainKeys(BatchScanState *state, List *ancestors, ExplainState *es)
{
	CustomScan *plan = castNode(CustomScan, state->css.ss.ps.plan);
	List	   *context;
	List	   *names = NIL;

	if (state->batch.nkeys == 0)
		return;
	context = set_deparse_context_plan(es->deparse_cxt, &plan->scan.plan, ancestors);
	for (int i = 0; i < state->batch.nkeys; i++)
	{
		TargetEntry *key = list_nth_node(TargetEntry, plan->custom_scan_tlist, i);

		names = lappend(names, deparse_expression((Node *) key->expr, context,
												  list_length(es->rtable) > 1 || es->verbose, false));
	}
	ExplainPropertyList("Group Key", names, es);
}

static void
ExplainBatchScan(CustomScanState *css, List *ancestors, ExplainState *es)
{
	BatchScanState *state = (BatchScanState *) css;

	ExplainKeys(state, ancestors, es);
	if (!es->analyze || !state->is_filled)
		return;
	if (es->verbose)
	{
		ExplainPropertyText("Read", state->reader.by_page ? "page by page" : "row by row", es);
		ExplainPropertyInteger("Pages", NULL, state->reader.npages, es);
	}
	ExplainPropertyInteger("Groups", NULL, state->ngroups, es);
	ExplainPropertyInteger("Memory Usage", "kB", (int64) (state->memory_peak + 1023) / 1024, es);
	if (state->spill.nrows > 0)
	{
		ExplainPropertyInteger("Rows Put Off", NULL, state->spill.nrows, es);
		ExplainPropertyInteger("Files", NULL, state->spill.nfiles, es);
	}
}

static const CustomExecMethods exec_methods = {
	.CustomName = SCAN_NAME,
	.BeginCustomScan = BeginBatchScan,
	.ExecCustomScan = ExecBatchScan,
	.EndCustomScan = EndBatchScan,
	.ReScanCustomScan = ReScanBatchScan,
	.ExplainCustomScan = ExplainBatchScan
};

static Node *
CreateBatchScanState(CustomScan *plan pg_attribute_unused())
{
	BatchScanState *state = palloc0(sizeof(BatchScanState));

	NodeSetTag(state, T_CustomScanState);
	state->css.methods = &exec_methods;
	return (Node *) state;
}
