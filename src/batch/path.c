/*
 * path.c
 *		When a query is aggregated a batch at a time.
 *
 * Only a query that has an aggregate of ours is ever touched: GROUP BY over one
 * plain table whose keys are columns that are equal if their bytes are, and whose
 * other aggregates are ours too or PostgreSQL's own, which keep nothing but their
 * state. Whatever is not known to be right is left to the executor.
 *
 * The library is there in time because the planner asks the transition functions'
 * support function what they cost.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "access/transam.h"
#include "batch/batch.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/nodeHash.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/extensible.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "optimizer/planner.h"
#include "optimizer/prep.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"
#include "utils/spccache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

/*
 * What reading, grouping and adding a row in a batch costs, as a share of what it
 * costs the executor's nodes, as measured
 */
#define BATCH_SHARE 0.3

static bool enable_batch = false;
static create_upper_paths_hook_type next_upper_paths_hook = NULL;

/* What a query groups by and aggregates */
typedef struct GroupedQuery
{
	Index		relid;			/* of its table */
	List	   *keys;			/* Var */
	List	   *aggregates;		/* Aggref */
	bool		has_own;		/* one of them is ours */
} GroupedQuery;

/*
 * The support function of transition functions that can be called for batches.
 * What it is asked it leaves to the planner.
 */
PG_FUNCTION_INFO_V1(batch_support);
Datum
batch_support(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(NULL);
}

/* Is a transition function ours? */
static bool
IsOwnTransition(Oid function)
{
	RegProcedure support = get_func_support(function);
	FmgrInfo	info;

	if (!OidIsValid(support))
		return false;
	fmgr_info(support, &info);
	return info.fn_addr == batch_support;
}

/* ---- what can be grouped by ---- */

/* Is a type's equality that of bytes? */
static bool
IsEqualByBytes(Oid type)
{
	switch (type)
	{
		case BOOLOID:
		case CHAROID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case OIDOID:
		case DATEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
		case UUIDOID:
		case TEXTOID:
		case VARCHAROID:
			return true;
		default:
			return get_typtype(type) == TYPTYPE_ENUM;
	}
}

static bool
IsColumnOf(const Node *node, Index relid)
{
	const Var  *var = (const Var *) node;

	return IsA(node, Var) && var->varno == (int) relid && var->varattno > 0 && var->varlevelsup == 0;
}

/* Can rows be grouped by an expression of GROUP BY? */
static bool
IsKey(const Node *node, Oid equality, Index relid)
{
	const Var  *var = (const Var *) node;
	Oid			type;

	if (!IsColumnOf(node, relid))
		return false;
	type = getBaseType(var->vartype);
	return IsEqualByBytes(type) &&
		lookup_type_cache(type, TYPECACHE_EQ_OPR)->eq_opr == equality &&
		(!OidIsValid(var->varcollid) || get_collation_isdeterministic(var->varcollid));
}

/* The keys of a query; false if it cannot be grouped so */
static bool
FindKeys(PlannerInfo *root, GroupedQuery *query)
{
	ListCell   *cell;

	foreach(cell, root->parse->groupClause)
	{
		SortGroupClause *clause = lfirst_node(SortGroupClause, cell);
		Node	   *node = get_sortgroupclause_expr(clause, root->processed_tlist);

		if (!clause->hashable || !IsKey(node, clause->eqop, query->relid))
			return false;
		query->keys = list_append_unique(query->keys, node);
	}
	return list_length(query->keys) <= BATCH_MAX_KEYS;
}

/* ---- what can be aggregated ---- */

/* PostgreSQL's own aggregates whose state is of one size, or a value */
static bool
IsPlainAggregate(Oid function)
{
	static const char *const names[] = {
		"count", "sum", "avg", "min", "max", "stddev", "stddev_samp", "stddev_pop",
		"variance", "var_samp", "var_pop", "bool_and", "bool_or", "every"
	};
	const char *name;

	if (function >= FirstGenbkiObjectId)
		return false;
	name = get_func_name(function);
	for (int i = 0; i < (int) lengthof(names); i++)
	{
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

/* Parameters that change from one run of a plan to the next, and what is no column of the table */
static bool
IsBeyondTable(Node *node, Index *relid)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
		return !IsColumnOf(node, *relid);
	if (IsA(node, Param))
		return ((Param *) node)->paramkind != PARAM_EXTERN;
	if (IsA(node, SubPlan) || IsA(node, AlternativeSubPlan) || IsA(node, PlaceHolderVar))
		return true;
	return expression_tree_walker(node, IsBeyondTable, relid);
}

/* Can an aggregate be computed over batches? */
static bool
CanAggregate(Aggref *node, GroupedQuery *query)
{
	HeapTuple	tuple;
	FormData_pg_aggregate form;
	bool		is_own;

	if (node->aggkind != AGGKIND_NORMAL || node->aggorder != NIL || node->aggdistinct != NIL ||
		node->aggvariadic || node->agglevelsup > 0 || node->aggsplit != AGGSPLIT_SIMPLE ||
		contain_volatile_functions((Node *) node) || IsBeyondTable((Node *) node, &query->relid))
		return false;

	tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(node->aggfnoid));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for aggregate %u", node->aggfnoid);
	form = *(Form_pg_aggregate) GETSTRUCT(tuple);
	ReleaseSysCache(tuple);

	is_own = IsOwnTransition(form.aggtransfn);
	query->has_own |= is_own;
	return form.aggfinalmodify == AGGMODIFY_READ_ONLY && (is_own || IsPlainAggregate(node->aggfnoid));
}

/* What of the query is made of groups: nothing but keys and aggregates that can be computed? */
static bool
FindAggregates(Node *expressions, GroupedQuery *query)
{
	List	   *nodes = pull_var_clause(expressions, PVC_INCLUDE_AGGREGATES | PVC_RECURSE_WINDOWFUNCS |
										PVC_INCLUDE_PLACEHOLDERS);
	ListCell   *cell;

	foreach(cell, nodes)
	{
		Node	   *node = lfirst(cell);

		if (IsA(node, Aggref))
		{
			if (list_member(query->aggregates, node))
				continue;
			if (!CanAggregate((Aggref *) node, query))
				return false;
			query->aggregates = lappend(query->aggregates, node);
		}
		else if (!list_member(query->keys, node))
			return false;
	}
	return true;
}

/* ---- what can be read ---- */

/* Is it an ordinary table, or a materialized view, in heap pages? */
static bool
IsHeap(Oid relation)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	Form_pg_class form;
	bool		is_heap;

	if (!HeapTupleIsValid(tuple))
		return false;
	form = (Form_pg_class) GETSTRUCT(tuple);
	is_heap = (form->relkind == RELKIND_RELATION || form->relkind == RELKIND_MATVIEW) &&
		form->relam == HEAP_TABLE_AM_OID;
	ReleaseSysCache(tuple);
	return is_heap;
}

static bool
IsPlainTable(PlannerInfo *root, RelOptInfo *input)
{
	RangeTblEntry *entry;
	ListCell   *cell;

	if (input->reloptkind != RELOPT_BASEREL || input->rtekind != RTE_RELATION || IS_DUMMY_REL(input) ||
		input->lateral_relids != NULL)
		return false;
	entry = planner_rt_fetch(input->relid, root);
	if (entry->inh || entry->tablesample != NULL || !IsHeap(entry->relid))
		return false;

	/* conditions that are looked at once make another plan of a scan */
	foreach(cell, input->baserestrictinfo)
	{
		if (lfirst_node(RestrictInfo, cell)->pseudoconstant)
			return false;
	}
	return true;
}

/* ---- the path ---- */

static Plan *
PlanBatchPath(PlannerInfo *root pg_attribute_unused(), RelOptInfo *rel pg_attribute_unused(),
			  CustomPath *path, List *tlist, List *clauses pg_attribute_unused(), List *custom_plans)
{
	return PlanBatchScan(linitial(path->custom_private), lsecond(path->custom_private),
						 floatVal(lthird(path->custom_private)), tlist, lfourth(path->custom_private),
						 custom_plans);
}

static const CustomPathMethods path_methods = {
	.CustomName = "Batch Aggregate",
	.PlanCustomPath = PlanBatchPath
};

/* What the groups are expected to take in memory, and rows that were put off to write and read */
static Cost
SpillCost(const Path *scan, const AggClauseCosts *costs, double groups)
{
	int			width = scan->pathtarget->width;
	double		group_size = width + costs->transitionSpace + 64.0;
	double		share = 1 - get_hash_memory_limit() / (group_size * groups);
	double		pages = scan->rows * (width + 16.0) / BLCKSZ;

	return share > 0 ? share * pages * 2 * seq_page_cost + share * scan->rows * 2 * cpu_tuple_cost : 0;
}

/*
 * Cost what is read as a scan does, and what is done with it by its share. Conditions cost
 * what they do. So EXPLAIN shows of the scan what it costs here.
 */
static void
CostPath(PlannerInfo *root, Path *path, RelOptInfo *input, Path *scan, GroupedQuery *query,
		 AggSplit split, List *having, double groups)
{
	AggClauseCosts costs;
	QualCost	having_cost;
	double		page_cost;
	double		tuples = scan->rows / input->rows * input->tuples;
	double		selectivity = 1;

	MemSet(&costs, 0, sizeof(costs));
	get_agg_clause_costs(root, split, &costs);
	get_tablespace_page_costs(input->reltablespace, NULL, &page_cost);
	scan->total_cost = scan->startup_cost + page_cost * input->pages +
		tuples * (input->baserestrictcost.per_tuple + BATCH_SHARE * cpu_tuple_cost);
	path->startup_cost = scan->total_cost + costs.transCost.startup + costs.finalCost.startup +
		BATCH_SHARE * scan->rows * (costs.transCost.per_tuple + list_length(query->keys) * cpu_operator_cost) +
		SpillCost(scan, &costs, groups);
	path->total_cost = path->startup_cost +
		groups * (costs.finalCost.per_tuple + cpu_tuple_cost) + path->pathtarget->cost.startup;
	if (having != NIL)
	{
		cost_qual_eval(&having_cost, having, root);
		path->startup_cost += having_cost.startup;
		path->total_cost += having_cost.startup + groups * having_cost.per_tuple;
		selectivity = clauselist_selectivity(root, having, 0, JOIN_INNER, NULL);
	}
	path->rows = clamp_row_est(groups * selectivity);
	path->total_cost += path->rows * path->pathtarget->cost.per_tuple;
}

static double
EstimateGroups(PlannerInfo *root, GroupedQuery *query, double rows)
{
	return query->keys == NIL ? 1 : estimate_num_groups(root, query->keys, rows, NULL, NULL);
}

/* A path that reads the table by itself, or as one of several processes its part */
static Path *
MakePath(PlannerInfo *root, RelOptInfo *input, RelOptInfo *grouped, PathTarget *target, GroupedQuery *query,
		 List *aggregates, AggSplit split, List *having, int nworkers)
{
	Path	   *scan = create_seqscan_path(root, input, NULL, nworkers);
	CustomPath *path = makeNode(CustomPath);
	double		groups = EstimateGroups(root, query, scan->rows);

	path->path.pathtype = T_CustomScan;
	path->path.parent = grouped;
	path->path.pathtarget = target;
	path->path.parallel_safe = scan->parallel_safe;
	path->path.parallel_workers = nworkers;
	path->flags = CUSTOMPATH_SUPPORT_PROJECTION;
	path->custom_paths = list_make1(scan);
	path->custom_private = list_make4(query->keys, aggregates, makeFloat(psprintf("%.0f", groups)), having);
	path->methods = &path_methods;
#if PG_VERSION_NUM >= 180000
	path->path.disabled_nodes = scan->disabled_nodes;
#endif
	CostPath(root, &path->path, input, scan, query, split, having, groups);
	return &path->path;
}

static void
AddSerialPath(PlannerInfo *root, RelOptInfo *input, RelOptInfo *grouped, GroupedQuery *query, List *having)
{
	Path	   *path = MakePath(root, input, grouped, grouped->reltarget, query, query->aggregates,
								AGGSPLIT_SIMPLE, having, 0);

	path->parallel_safe &= grouped->consider_parallel;
	add_path(grouped, path);
}

/* The aggregates as one process hands them to the one that combines them */
static List *
PartialAggregates(GroupedQuery *query)
{
	List	   *result = NIL;
	ListCell   *cell;

	foreach(cell, query->aggregates)
	{
		Aggref	   *partial = makeNode(Aggref);

		*partial = *lfirst_node(Aggref, cell);
		mark_partial_aggref(partial, AGGSPLIT_INITIAL_SERIAL);
		result = lappend(result, partial);
	}
	return result;
}

/* What each process gives: keys, known as such to what combines their groups, and aggregates */
static PathTarget *
PartialTarget(PlannerInfo *root, GroupedQuery *query, List *aggregates)
{
	PathTarget *target = create_empty_pathtarget();
	ListCell   *cell;
	ListCell   *clause;

	forboth(cell, query->keys, clause, root->parse->groupClause)
		add_column_to_pathtarget(target, lfirst(cell), lfirst_node(SortGroupClause, clause)->tleSortGroupRef);
	foreach(cell, aggregates)
		add_column_to_pathtarget(target, lfirst(cell), 0);
	return set_pathtarget_cost_width(root, target);
}

/*
 * Several processes read the table's parts in batches, and PostgreSQL's own aggregate
 * combines their groups. PostgreSQL asks no hook for paths of partial groups, so all of it
 * is built here.
 */
static void
AddParallelPath(PlannerInfo *root, RelOptInfo *input, RelOptInfo *grouped, GroupedQuery *query, List *having)
{
	RelOptInfo *partial = fetch_upper_rel(root, UPPERREL_PARTIAL_GROUP_AGG, grouped->relids);
	List	   *aggregates = PartialAggregates(query);
	AggClauseCosts final_costs;
	double		rows;
	Path	   *path;

	path = MakePath(root, input, partial, PartialTarget(root, query, aggregates), query, aggregates,
					AGGSPLIT_INITIAL_SERIAL, NIL, ((Path *) linitial(input->partial_pathlist))->parallel_workers);
	rows = path->rows * path->parallel_workers;
	path = (Path *) create_gather_path(root, partial, path, path->pathtarget, NULL, &rows);
	MemSet(&final_costs, 0, sizeof(final_costs));
	get_agg_clause_costs(root, AGGSPLIT_FINAL_DESERIAL, &final_costs);
	add_path(grouped, (Path *)
			 create_agg_path(root, grouped, path, grouped->reltarget,
							 query->keys == NIL ? AGG_PLAIN : AGG_HASHED, AGGSPLIT_FINAL_DESERIAL,
							 root->parse->groupClause, having, &final_costs,
							 EstimateGroups(root, query, input->rows)));
}

/* Offer a batch's path for grouping, where there can be one. */
static void
AddBatchPath(PlannerInfo *root, UpperRelationKind stage, RelOptInfo *input, RelOptInfo *output, void *extra)
{
	Query	   *parse = root->parse;
	GroupedQuery query = {0};
	List	   *having;

	if (next_upper_paths_hook != NULL)
		next_upper_paths_hook(root, stage, input, output, extra);
	if (!enable_batch || stage != UPPERREL_GROUP_AGG || !parse->hasAggs ||
		parse->groupingSets != NIL || parse->hasTargetSRFs || parse->rowMarks != NIL ||
		!IsPlainTable(root, input))
		return;
	query.relid = input->relid;
	having = (List *) ((GroupPathExtraData *) extra)->havingQual;
	if (FindKeys(root, &query) &&
		FindAggregates((Node *) output->reltarget->exprs, &query) &&
		FindAggregates((Node *) having, &query) &&
		query.has_own)
	{
		AddSerialPath(root, input, output, &query, having);
		if ((((GroupPathExtraData *) extra)->flags & GROUPING_CAN_PARTIAL_AGG) != 0 &&
			output->consider_parallel && input->partial_pathlist != NIL &&
			list_length(query.keys) == list_length(parse->groupClause))
			AddParallelPath(root, input, output, &query, having);
	}
}

void
InstallBatchPaths(void)
{
	DefineCustomBoolVariable("gapstats.enable_batch",
							 "Lets queries with aggregates of gapstats over one table be planned a batch of rows at a time.",
							 "What they give is the same.",
							 &enable_batch, false, PGC_USERSET, GUC_EXPLAIN, NULL, NULL, NULL);
	RegisterBatchScan();
	next_upper_paths_hook = create_upper_paths_hook;
	create_upper_paths_hook = AddBatchPath;
}
