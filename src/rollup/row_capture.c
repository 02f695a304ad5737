/*
 * row_capture.c
 *		Rows are counted as they are written.
 *
 * A transition table copies each row of a statement, and reading that again takes as long.  The
 * condition of a trigger after a row is shown the row as it was written, whatever other triggers
 * made of it: there it is counted.  The first row of a statement has its trigger fired, which is
 * when the statement is through, and writes what all of them have changed; the others queue
 * nothing.
 *
 * What is evaluated is a subscript of a type that has no other use, since only that is given the
 * rows and the statement; no function that anybody can call takes a row here.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/execExpr.h"
#include "fmgr.h"
#include "nodes/nodeFuncs.h"
#include "nodes/subscripting.h"
#include "parser/parse_expr.h"
#include "rollup/statement_changes.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/* The condition of one trigger in one statement */
typedef struct Condition
{
	const Trigger *trigger;		/* NULL before the first row */
	Relation	source;
	const GroupPlan *plan;		/* NULL if there is nothing to capture */
	Oid			changes;
	StatementChanges *statement;	/* NULL if it is to be found */
	uint64		ended;			/* how many had ended when it was */
} Condition;

extern Datum capture_change(PG_FUNCTION_ARGS);

static bool IsCapture(const Node *condition);

/* Is it the whole condition of a trigger that writes what is counted? */
static const Trigger *
TriggerOfCondition(const ResultRelInfo *relation, const ExprState *condition)
{
	const TriggerDesc *triggers = relation->ri_TrigDesc;

	for (int i = 0; triggers != NULL && relation->ri_TrigWhenExprs != NULL && i < triggers->numtriggers; i++)
	{
		FmgrInfo	function;

		if (relation->ri_TrigWhenExprs[i] != condition)
			continue;
		fmgr_info(triggers->triggers[i].tgfoid, &function);
		if (function.fn_addr == capture_change && list_length((List *) condition->expr) == 1 && IsCapture(linitial((List *) condition->expr)))
			return &triggers->triggers[i];
	}
	return NULL;
}

/* Find the trigger among those of some relations. */
static bool
FindTrigger(Condition *condition, List *relations, const ExprState *state)
{
	ListCell   *cell;

	foreach(cell, relations)
	{
		ResultRelInfo *relation = (ResultRelInfo *) lfirst(cell);

		condition->trigger = TriggerOfCondition(relation, state);
		if (condition->trigger != NULL)
		{
			condition->source = relation->ri_RelationDesc;
			return true;
		}
	}
	return false;
}

/* The statement begins, or what it had changed has been written: returns whether that begins anew. */
static bool
FindStatement(Condition *condition, EState *statement)
{
	Capture    *capture;
	Relation	target;

	condition->ended = statement_changes_ended;
	condition->statement = OidIsValid(condition->changes) ? FindStatementChanges(statement, condition->changes) : NULL;
	if (condition->statement != NULL)
		return false;
	target = OpenChanges(condition->trigger, condition->source, &capture);
	condition->plan = NULL;
	if (target == NULL)
		return false;
	condition->plan = capture->plan;
	condition->changes = capture->changes;
	condition->statement = FindStatementChanges(statement, condition->changes);
	if (condition->statement != NULL)
	{
		RelationClose(target);
		return false;
	}
	condition->statement = BeginStatementChanges(statement, capture, condition->source, target);
	condition->ended = statement_changes_ended;
	return true;
}

/* Count a row: true if the trigger is to be fired. */
static void
CountRow(ExprState *state, ExprEvalStep *op, ExprContext *econtext)
{
	Condition  *condition = op->d.sbsref.state->workspace;
	EState	   *statement = econtext->ecxt_estate;
	bool		is_first = false;

	if (unlikely(condition->trigger == NULL))
	{
		if (statement == NULL ||
			!(FindTrigger(condition, statement->es_opened_result_relations, state) ||
			  FindTrigger(condition, statement->es_tuple_routing_result_relations, state) ||
			  FindTrigger(condition, statement->es_trig_target_relations, state)))
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("values of type row_capture are for the conditions of triggers that create_rollup makes")));
		is_first = FindStatement(condition, statement);
	}
	else if (unlikely(condition->ended != statement_changes_ended) && condition->plan != NULL)
		is_first = FindStatement(condition, statement);
	if (condition->plan != NULL)
	{
		if (econtext->ecxt_innertuple != NULL)
			CountStatementRow(condition->statement, condition->plan, econtext->ecxt_innertuple, true);
		if (econtext->ecxt_outertuple != NULL)
			CountStatementRow(condition->statement, condition->plan, econtext->ecxt_outertuple, false);
		LookForRoom(condition->statement);
	}
	*op->resvalue = BoolGetDatum(is_first);
	*op->resnull = false;
}

/* row_capture[oid] is boolean */
static void
TransformCapture(SubscriptingRef *capture, List *indirection, ParseState *pstate, bool is_slice, bool is_assignment)
{
	A_Indices  *index = linitial_node(A_Indices, indirection);
	Node	   *of = is_slice ? NULL : transformExpr(pstate, index->uidx, pstate->p_expr_kind);

	if (is_slice || is_assignment || list_length(indirection) != 1 || exprType(of) != OIDOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("values of type row_capture have one subscript, the table of a row"),
				 parser_errposition(pstate, exprLocation(index->uidx))));
	capture->refupperindexpr = list_make1(of);
	capture->reflowerindexpr = NIL;
	capture->refrestype = BOOLOID;
	capture->reftypmod = -1;
}

static void
SetUpCapture(const SubscriptingRef *capture, SubscriptingRefState *state, SubscriptExecSteps *methods)
{
	(void) capture;
	state->workspace = palloc0(sizeof(Condition));
	methods->sbs_check_subscripts = NULL;
	methods->sbs_fetch = CountRow;
	methods->sbs_assign = NULL;
	methods->sbs_fetch_old = NULL;
}

static const SubscriptRoutines routines = {
	.transform = TransformCapture,
	.exec_setup = SetUpCapture,
	.fetch_strict = false,
	.fetch_leakproof = false,
	.store_leakproof = false
};

/* A subscript of an array may have one of ours inside: whether that is true would not be whether the trigger fires. */
static bool
IsCapture(const Node *condition)
{
	return IsA(condition, SubscriptingRef) &&
		getSubscriptingRoutines(((const SubscriptingRef *) condition)->refcontainertype, NULL) == &routines;
}

/*
 * row_capture_subscript(internal) returns internal
 */
PG_FUNCTION_INFO_V1(row_capture_subscript);
Datum
row_capture_subscript(PG_FUNCTION_ARGS)
{
	(void) fcinfo;
	PG_RETURN_POINTER(&routines);
}
