/*
 * aggregates.c
 *		Aggregates over batches.
 *
 * The functions are those of the aggregates, called for the rows in their order:
 * what they make of a group is the same to the bit as in the executor's own
 * aggregate node. Of the most frequent ones what is inside the function is called,
 * without the manager of functions between. Whatever else there is takes the
 * general way, and functions that ask for it find a node of the executor's kind
 * around them.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "batch/aggregates.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_proc.h"
#include "dayset/dayset.h"
#include "distribution/distribution.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_agg.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/expandeddatum.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

/* How far ahead states are looked at */
#define PREFETCH_AHEAD 8

/* Does a transition take a row? */
static inline bool
TakesRow(const BatchTransition *transition, const Batch *batch, int row)
{
	const BatchColumn *filter = transition->filter;

	return batch->groups[row] != NULL &&
		(filter == NULL || (!filter->nulls[row] && DatumGetBool(filter->values[row])));
}

static inline BatchState *
StateOf(const BatchAggregates *aggregates, const BatchTransition *transition, const Batch *batch, int row)
{
	return &GroupStates(aggregates->groups, batch->groups[row])[transition->place];
}

/* ---- counting ---- */

static void
AdvanceCount(BatchAggregates *aggregates, BatchTransition *transition, const Batch *batch)
{
	for (int row = 0; row < batch->nrows; row++)
	{
		if (TakesRow(transition, batch, row) &&
			(transition->nargs == 0 || !transition->arguments[0]->nulls[row]))
		{
			BatchState *state = StateOf(aggregates, transition, batch, row);

			state->value = Int64GetDatum(DatumGetInt64(state->value) + 1);
		}
	}
}

/* ---- states of ours, which grow in place ---- */

typedef void *(*CreateOwn) (double expected_rows);
typedef void *(*AddToOwn) (void *state, Datum value);

static inline void *
CreateDistribution(double expected_rows)
{
	return DistributionNewState(expected_rows);
}

static inline void *
AddToDistribution(void *state, Datum value)
{
	return DistributionAccumulate(state, DatumGetFloat8(value));
}

static inline void *
CreateDaySet(double expected_rows pg_attribute_unused())
{
	return DaySetMake(0);
}

static inline void *
AddToDaySet(void *state, Datum value)
{
	return DaySetAddDay(state, DateToJulian(DatumGetDateADT(value)));
}

/* A state that outgrew its room has moved to the memory of a call. */
static void
KeepMovedState(BatchAggregates *aggregates, BatchState *state, const void *moved)
{
	void	   *kept = MemoryContextAlloc(aggregates->groups->memory, VARSIZE(moved));

	memcpy(kept, moved, VARSIZE(moved));
	pfree(DatumGetPointer(state->value));
	state->value = PointerGetDatum(kept);
	MemoryContextReset(aggregates->call_memory);
}

/* Have the states on their way to the cache that the rows are to be added to. */
static inline void
PrefetchState(const BatchAggregates *aggregates, const BatchTransition *transition, const Batch *batch, int row)
{
	if (row < batch->nrows && batch->groups[row] != NULL)
	{
		const BatchState *state = StateOf(aggregates, transition, batch, row);

		if (!state->is_null)
		{
			Prefetch(DatumGetPointer(state->value));
			Prefetch(DatumGetPointer(state->value) + 64);
		}
	}
}

/* Inlined, so that "create" and "add" are */
static pg_attribute_always_inline void
AdvanceOwn(BatchAggregates *aggregates, BatchTransition *transition, const Batch *batch,
		   CreateOwn create, AddToOwn add)
{
	const BatchColumn *argument = transition->arguments[0];
	MemoryContext old = MemoryContextSwitchTo(aggregates->call_memory);

	for (int row = 0; row < batch->nrows; row++)
	{
		BatchState *state;
		void	   *added;

		PrefetchState(aggregates, transition, batch, row + PREFETCH_AHEAD);
		if (!TakesRow(transition, batch, row) || argument->nulls[row])
			continue;
		state = StateOf(aggregates, transition, batch, row);
		if (state->is_null)
		{
			MemoryContextSwitchTo(aggregates->groups->memory);
			state->value = PointerGetDatum(create(aggregates->expected_rows));
			state->is_null = false;
			MemoryContextSwitchTo(aggregates->call_memory);
		}
		added = add(DatumGetPointer(state->value), argument->values[row]);
		if (added != DatumGetPointer(state->value))
			KeepMovedState(aggregates, state, added);
	}
	MemoryContextSwitchTo(old);
}

static void
AdvanceDistribution(BatchAggregates *aggregates, BatchTransition *transition, const Batch *batch)
{
	AdvanceOwn(aggregates, transition, batch, CreateDistribution, AddToDistribution);
}

static void
AdvanceDaySet(BatchAggregates *aggregates, BatchTransition *transition, const Batch *batch)
{
	AdvanceOwn(aggregates, transition, batch, CreateDaySet, AddToDaySet);
}

/* ---- any others ---- */

/* The arguments of a row, after the state; false if a strict function is not to see it */
static bool
SetArguments(BatchTransition *transition, int row)
{
	FunctionCallInfo call = transition->call;

	for (int i = 0; i < transition->nargs; i++)
	{
		call->args[i + 1].value = transition->arguments[i]->values[row];
		call->args[i + 1].isnull = transition->arguments[i]->nulls[row];
		if (call->args[i + 1].isnull && transition->function.fn_strict)
			return false;
	}
	return true;
}

/* A state as a value of its own, where states are kept */
static Datum
CopyOfState(BatchAggregates *aggregates, const BatchTransition *transition, Datum value)
{
	const FirstState *first = &aggregates->first_states[transition->place];
	MemoryContext old = MemoryContextSwitchTo(aggregates->groups->memory);

	value = datumCopy(value, first->by_value, first->length);
	MemoryContextSwitchTo(old);
	return value;
}

/* Call the transition function, and keep what it returns. */
static void
CallTransition(BatchAggregates *aggregates, BatchTransition *transition, BatchState *state)
{
	FunctionCallInfo call = transition->call;
	const FirstState *first = &aggregates->first_states[transition->place];
	Datum		value;

	call->args[0].value = state->value;
	call->args[0].isnull = state->is_null;
	call->isnull = false;
	value = FunctionCallInvoke(call);
	if (!first->by_value && DatumGetPointer(value) != DatumGetPointer(state->value))
	{
		if (!call->isnull)
			value = CopyOfState(aggregates, transition, value);
		if (!state->is_null)
			pfree(DatumGetPointer(state->value));
	}
	state->value = value;
	state->is_null = call->isnull;
}

static void
AdvanceAny(BatchAggregates *aggregates, BatchTransition *transition, const Batch *batch)
{
	MemoryContext old = MemoryContextSwitchTo(aggregates->call_memory);

	for (int row = 0; row < batch->nrows; row++)
	{
		BatchState *state;

		if (!TakesRow(transition, batch, row) || !SetArguments(transition, row))
			continue;
		state = StateOf(aggregates, transition, batch, row);
		if (transition->function.fn_strict && state->has_none)
		{
			state->value = CopyOfState(aggregates, transition, transition->call->args[1].value);
			state->is_null = false;
			state->has_none = false;
		}
		else if (!transition->function.fn_strict || !state->is_null)
			CallTransition(aggregates, transition, state);
	}
	MemoryContextSwitchTo(old);
}

/* ---- which of them ---- */

/* How a transition function of ours is called without a detour */
static AdvanceBatch
OwnAdvance(PGFunction function)
{
	extern Datum distribution_accum(PG_FUNCTION_ARGS);
	extern Datum dayset_add(PG_FUNCTION_ARGS);

	if (function == distribution_accum)
		return AdvanceDistribution;
	if (function == dayset_add)
		return AdvanceDaySet;
	return NULL;
}

static AdvanceBatch
ChooseAdvance(const BatchTransition *transition, const FirstState *first)
{
	AdvanceBatch own = OwnAdvance(transition->function.fn_addr);
	Oid			function = transition->function.fn_oid;

	if (own != NULL && first->state.is_null && transition->nargs == 1)
		return own;
	if ((function == F_INT8INC || function == F_INT8INC_ANY) && !first->state.is_null)
		return AdvanceCount;
	return AdvanceAny;
}

/* The column of the table that an expression is, as it is or as float8; false if it is more than that */
bool
IsTableColumn(BatchColumn *column)
{
	Expr	   *node = column->node;

	if (IsA(node, FuncExpr) && list_length(((FuncExpr *) node)->args) == 1)
	{
		switch (((FuncExpr *) node)->funcid)
		{
			case F_FLOAT8_INT2:
				column->cast = BATCH_INT2_TO_FLOAT8;
				break;
			case F_FLOAT8_INT4:
				column->cast = BATCH_INT4_TO_FLOAT8;
				break;
			case F_FLOAT8_INT8:
				column->cast = BATCH_INT8_TO_FLOAT8;
				break;
			case F_FLOAT8_FLOAT4:
				column->cast = BATCH_FLOAT4_TO_FLOAT8;
				break;
			default:
				return false;
		}
		node = linitial(((FuncExpr *) node)->args);
	}
	while (IsA(node, RelabelType) && column->cast == BATCH_AS_IT_IS)
		node = ((RelabelType *) node)->arg;
	if (!IsA(node, Var))
		return false;
	column->attno = ((Var *) node)->varattno;
	return true;
}

/*
 * What an argument's column holds. Of a row that FILTER leaves out an argument is not
 * computed: it may be what the filter guards against. A column of the table is no
 * computation, nor is one made double precision.
 */
Expr *
BatchArgument(Aggref *node, Expr *argument)
{
	BatchColumn column = {.node = argument};
	CaseExpr   *guarded;
	CaseWhen   *when;

	if (node->aggfilter == NULL || IsTableColumn(&column))
		return argument;
	when = makeNode(CaseWhen);
	when->expr = node->aggfilter;
	when->result = argument;
	when->location = -1;
	guarded = makeNode(CaseExpr);
	guarded->casetype = exprType((Node *) argument);
	guarded->casecollid = exprCollation((Node *) argument);
	guarded->args = list_make1(when);
	guarded->defresult = (Expr *) makeNullConst(guarded->casetype, exprTypmod((Node *) argument), guarded->casecollid);
	guarded->location = -1;
	return (Expr *) guarded;
}

/* The column of an expression; scan.c had all of them made */
static BatchColumn *
ColumnOf(Batch *batch, Expr *node)
{
	for (int i = 0; i < batch->ncolumns; i++)
	{
		if (equal(batch->columns[i].node, node))
			return &batch->columns[i];
	}
	elog(ERROR, "an aggregate has an argument that no column holds");
}

static void
CheckMayCall(Oid function, Oid user, ObjectType type)
{
	AclResult	result = function_aclcheck(function, user);

	if (result != ACLCHECK_OK)
		aclcheck_error(result, type, get_func_name(function));
	InvokeFunctionExecuteHook(function);
}

static FunctionCallInfo
MakeCall(BatchAggregates *aggregates, FmgrInfo *function, int nargs, Oid collation)
{
	FunctionCallInfo call = palloc0(SizeForFunctionCallInfo(nargs));

	InitFunctionCallInfoData(*call, function, nargs, collation, (Node *) aggregates->context, NULL);
	return call;
}

/* How a state begins */
static FirstState
MakeFirstState(HeapTuple aggregate, Oid state_type)
{
	FirstState	first;
	Datum		initial;

	get_typlenbyval(state_type, &first.length, &first.by_value);
	initial = SysCacheGetAttr(AGGFNOID, aggregate, Anum_pg_aggregate_agginitval, &first.state.is_null);
	first.state.has_none = first.state.is_null;
	first.state.value = (Datum) 0;
	if (!first.state.is_null)
	{
		char	   *value = TextDatumGetCString(initial);
		Oid			input;
		Oid			parameter;

		getTypeInputInfo(state_type, &input, &parameter);
		first.state.value = OidInputFunctionCall(input, value, parameter, -1);
	}
	return first;
}

/* The transition of an aggregate: that of an equal one before it, if there is one */
static BatchTransition *
GetTransition(BatchAggregates *aggregates, Aggref *node, HeapTuple aggregate, Batch *batch, Oid owner)
{
	Form_pg_aggregate form = (Form_pg_aggregate) GETSTRUCT(aggregate);
	BatchTransition *transition = aggregates->transitions;
	Oid			types[FUNC_MAX_ARGS];
	Expr	   *expression;
	int			ntypes;

	for (int i = 0; i < aggregates->ntransitions; i++, transition++)
	{
		if (transition->number == node->aggtransno)
			return transition;
	}

	CheckMayCall(form->aggtransfn, owner, OBJECT_FUNCTION);
	transition->number = node->aggtransno;
	transition->place = aggregates->ntransitions++;
	transition->nargs = list_length(node->args);
	transition->arguments = palloc(transition->nargs * sizeof(BatchColumn *));
	for (int i = 0; i < transition->nargs; i++)
		transition->arguments[i] = ColumnOf(batch, BatchArgument(node, list_nth_node(TargetEntry, node->args, i)->expr));
	transition->filter = node->aggfilter != NULL ? ColumnOf(batch, node->aggfilter) : NULL;

	fmgr_info(form->aggtransfn, &transition->function);
	ntypes = get_aggregate_argtypes(node, types);
	build_aggregate_transfn_expr(types, ntypes, 0, false, node->aggtranstype, node->inputcollid,
								 form->aggtransfn, InvalidOid, &expression, NULL);
	fmgr_info_set_expr((Node *) expression, &transition->function);
	transition->call = MakeCall(aggregates, &transition->function, transition->nargs + 1, node->inputcollid);

	aggregates->first_states[transition->place] = MakeFirstState(aggregate, node->aggtranstype);
	transition->advance = ChooseAdvance(transition, &aggregates->first_states[transition->place]);
	return transition;
}

/* What is made of the state: by the final function, or for another process to go on with */
static void
InitResult(BatchAggregates *aggregates, BatchResult *result, Aggref *node, HeapTuple aggregate, Oid owner)
{
	Form_pg_aggregate form = (Form_pg_aggregate) GETSTRUCT(aggregate);
	Oid			function = InvalidOid;
	Expr	   *expression;
	Oid			types[FUNC_MAX_ARGS];
	int			nargs = 1;

	get_aggregate_argtypes(node, types);
	result->state_length = get_typlen(node->aggtranstype);
	if (DO_AGGSPLIT_SERIALIZE(node->aggsplit))
		function = node->aggtranstype == INTERNALOID ? form->aggserialfn : InvalidOid;
	else if (!DO_AGGSPLIT_SKIPFINAL(node->aggsplit))
	{
		function = form->aggfinalfn;
		nargs = form->aggfinalextra ? list_length(node->aggargtypes) + 1 : 1;
	}
	if (!OidIsValid(function))
		return;

	CheckMayCall(function, owner, OBJECT_FUNCTION);
	result->has_function = true;
	fmgr_info(function, &result->function);
	if (function == form->aggserialfn && DO_AGGSPLIT_SERIALIZE(node->aggsplit))
		build_aggregate_serialfn_expr(function, &expression);
	else
		build_aggregate_finalfn_expr(types, nargs, node->aggtranstype, node->aggtype, node->inputcollid,
									 function, &expression);
	fmgr_info_set_expr((Node *) expression, &result->function);
	result->call = MakeCall(aggregates, &result->function, nargs, node->inputcollid);
	for (int i = 1; i < nargs; i++)
		result->call->args[i].isnull = true;
}

/* An aggregate's catalog entry, and who owns it: as whom it calls its functions */
static void
InitAggregate(BatchAggregates *aggregates, Aggref *node, Batch *batch)
{
	BatchResult *result = &aggregates->results[aggregates->nresults++];
	HeapTuple	aggregate = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(node->aggfnoid));
	HeapTuple	function = SearchSysCache1(PROCOID, ObjectIdGetDatum(node->aggfnoid));
	Oid			owner;

	if (!HeapTupleIsValid(aggregate) || !HeapTupleIsValid(function))
		elog(ERROR, "cache lookup failed for aggregate %u", node->aggfnoid);
	owner = ((Form_pg_proc) GETSTRUCT(function))->proowner;
	ReleaseSysCache(function);

	CheckMayCall(node->aggfnoid, GetUserId(), OBJECT_AGGREGATE);
	result->transition = GetTransition(aggregates, node, aggregate, batch, owner);
	InitResult(aggregates, result, node, aggregate, owner);
	ReleaseSysCache(aggregate);
}

/* A context for memory that functions of aggregates ask for */
static ExprContext *
MakeMemoryContext(MemoryContext memory)
{
	ExprContext *context = makeNode(ExprContext);

	context->ecxt_per_tuple_memory = memory;
	return context;
}

/*
 * What functions of aggregates find when they ask where they are: of the
 * executor's aggregate node what AggCheckCallContext() and its like read, and how
 * many rows are expected of how many groups.
 */
static AggState *
MakeContext(BatchAggregates *aggregates, PlanState *parent, double expected_groups)
{
	AggState   *context = makeNode(AggState);
	Agg		   *plan = makeNode(Agg);

	plan->numGroups = (long) Max(expected_groups, 1);
	outerPlan(plan) = (Plan *) linitial(castNode(CustomScan, parent->plan)->custom_plans);
	context->ss.ps.plan = (Plan *) plan;
	context->ss.ps.state = parent->state;
	context->tmpcontext = MakeMemoryContext(aggregates->call_memory);
	context->curaggcontext = MakeMemoryContext(aggregates->groups->memory);
	return context;
}

/* Make ready to aggregate: nodes are Aggref, whose arguments are columns of the batch. */
void
InitAggregates(BatchAggregates *aggregates, List *nodes, Batch *batch, PlanState *parent,
			   double expected_rows, double expected_groups)
{
	ListCell   *cell;

	aggregates->call_memory = AllocSetContextCreate(CurrentMemoryContext, "transitions of a batch",
													ALLOCSET_DEFAULT_SIZES);
	aggregates->expected_rows = expected_rows;
	aggregates->context = MakeContext(aggregates, parent, expected_groups);
	aggregates->transitions = palloc0(list_length(nodes) * sizeof(BatchTransition));
	aggregates->first_states = palloc0(list_length(nodes) * sizeof(FirstState));
	aggregates->results = palloc0(list_length(nodes) * sizeof(BatchResult));
	foreach(cell, nodes)
		InitAggregate(aggregates, lfirst_node(Aggref, cell), batch);
}

/* Let all aggregates take the rows of a batch, whose groups are known. */
void
AdvanceAggregates(BatchAggregates *aggregates, const Batch *batch)
{
	for (int i = 0; i < aggregates->ntransitions; i++)
	{
		BatchTransition *transition = &aggregates->transitions[i];

		transition->advance(aggregates, transition, batch);
	}
	MemoryContextReset(aggregates->call_memory);
}

/* What an aggregate gives of a group, in the current memory context */
Datum
AggregateResult(BatchAggregates *aggregates, int number, const BatchGroup *group, bool *is_null)
{
	BatchResult *result = &aggregates->results[number];
	const BatchState *state = &GroupStates(aggregates->groups, group)[result->transition->place];
	Datum		value = MakeExpandedObjectReadOnly(state->value, state->is_null, result->state_length);

	*is_null = state->is_null;
	if (!result->has_function)
		return value;
	if (result->function.fn_strict && (state->is_null || result->call->nargs > 1))
	{
		*is_null = true;
		return (Datum) 0;
	}
	result->call->args[0].value = value;
	result->call->args[0].isnull = state->is_null;
	result->call->isnull = false;
	value = FunctionCallInvoke(result->call);
	*is_null = result->call->isnull;
	return value;
}
