/*
 * kept_rows.c
 *		Rows that are counted later.
 *
 * To count what is of a type that anybody made takes functions of his, and these run as the
 * roll-up's owner, once the statement is through.  Until then such rows are kept as far as a plan
 * reads them, in memory and then in a file.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "executor/executor.h"
#include "miscadmin.h"
#include "rollup/kept_rows.h"
#include "utils/tuplestore.h"

struct KeptRows
{
	GroupPlan	plan;			/* which reads them */
	TupleDesc	type;
	Tuplestorestate *rows;
	TupleTableSlot *slot;
	Datum	   *values;
	bool	   *isnull;
};

/* The last column says what became of the row */
#define IS_REMOVED(rows) ((rows)->type->natts - 1)

/* The columns that a plan reads, one after the other; of a count of rows that is none. */
static int
PlanColumns(const GroupPlan *plan, AttrNumber *columns)
{
	int			n = 0;

	for (int i = 0; i < plan->n_keys; i++)
		columns[n++] = plan->keys[i].source;
	for (int i = 0; i < plan->n_measures; i++)
	{
		if (plan->measures[i].source != InvalidAttrNumber)
			columns[n++] = plan->measures[i].source;
	}
	return n;
}

/* The same plan for columns that stand so. */
static void
PlanForKept(const GroupPlan *plan, GroupPlan *kept)
{
	AttrNumber	column = 0;

	*kept = *plan;
	kept->keys = palloc(plan->n_keys * sizeof(GroupKey));
	memcpy(kept->keys, plan->keys, plan->n_keys * sizeof(GroupKey));
	kept->measures = palloc(plan->n_measures * sizeof(GroupMeasure));
	memcpy(kept->measures, plan->measures, plan->n_measures * sizeof(GroupMeasure));
	for (int i = 0; i < plan->n_keys; i++)
		kept->keys[i].source = ++column;
	for (int i = 0; i < plan->n_measures; i++)
	{
		if (plan->measures[i].source != InvalidAttrNumber)
			kept->measures[i].source = ++column;
	}
	kept->last_source = column;
}

/* Begin, in the current memory context and with the current resource owner. */
KeptRows *
BeginKeptRows(const GroupPlan *plan, TupleDesc row_type)
{
	KeptRows   *rows = palloc0(sizeof(KeptRows));
	AttrNumber *columns = palloc((plan->n_keys + plan->n_measures) * sizeof(AttrNumber));
	int			n = PlanColumns(plan, columns);

	PlanForKept(plan, &rows->plan);
	rows->type = CreateTemplateTupleDesc(n + 1);
	for (int i = 0; i < n; i++)
		TupleDescCopyEntry(rows->type, i + 1, row_type, columns[i]);
	TupleDescInitEntry(rows->type, n + 1, "is_removed", BOOLOID, -1, 0);
	rows->rows = tuplestore_begin_heap(false, false, work_mem);
	rows->slot = MakeSingleTupleTableSlot(rows->type, &TTSOpsMinimalTuple);
	rows->values = palloc((n + 1) * sizeof(Datum));
	rows->isnull = palloc((n + 1) * sizeof(bool));
	return rows;
}

/* Keep what a plan reads of a row. */
void
KeepRow(KeptRows *rows, const GroupPlan *plan, TupleTableSlot *row, bool is_removed)
{
	AttrNumber	columns[MaxTupleAttributeNumber];
	int			n = PlanColumns(plan, columns);

	slot_getsomeattrs(row, plan->last_source);
	for (int i = 0; i < n; i++)
	{
		rows->values[i] = row->tts_values[columns[i] - 1];
		rows->isnull[i] = row->tts_isnull[columns[i] - 1];
	}
	rows->values[n] = BoolGetDatum(is_removed);
	rows->isnull[n] = false;
	tuplestore_putvalues(rows->rows, rows->type, rows->values, rows->isnull);
}

/* What reads them */
const GroupPlan *
PlanOfKeptRows(const KeptRows *rows)
{
	return &rows->plan;
}

/* The next one, in the order in which they came; NULL if there is none. */
TupleTableSlot *
NextKeptRow(KeptRows *rows, bool *is_removed)
{
	bool		isnull;

	if (!tuplestore_gettupleslot(rows->rows, true, false, rows->slot))
		return NULL;
	*is_removed = DatumGetBool(slot_getattr(rows->slot, IS_REMOVED(rows) + 1, &isnull));
	return rows->slot;
}

void
EndKeptRows(KeptRows *rows)
{
	ExecDropSingleTupleTableSlot(rows->slot);
	tuplestore_end(rows->rows);
}
