/*
 * rows.c
 *		Rows of a table, read into batches.
 *
 * The scan is PostgreSQL's own sequential scan, with its snapshot, its predicate
 * locks and its place among parallel workers. It is asked for the first row of a
 * page; which others of the page are visible it knows by then, and these are read
 * in place. Where it does not see a page at once, and where rows are checked
 * again after a concurrent update, it is asked row by row.
 *
 * Conditions are evaluated as ever, row by row, before anything else of a row is
 * looked at: row security depends on it.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/relscan.h"
#include "access/tableam.h"
#include "access/tupmacs.h"
#include "batch/rows.h"
#include "executor/executor.h"
#include "executor/instrument.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/bufmgr.h"
#include "utils/datum.h"
#include "utils/rel.h"

StaticAssertDecl(BATCH_ROWS >= MaxHeapTuplesPerPage, "a batch must hold what a page does");

/* Where the attributes are, as far as that is the same in all rows without NULLs */
static void
LayOutAttributes(RowReader *reader, TupleDesc descriptor)
{
	int			offset = 0;

	reader->attributes = palloc(reader->nattributes * sizeof(RowAttribute));
	reader->nfixed = reader->nattributes;
	for (int i = 0; i < reader->nattributes; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);
		RowAttribute *known = &reader->attributes[i];
		int			aligned;

		known->length = attribute->attlen;
		known->by_value = attribute->attbyval;
		known->align = attribute->attalign;
		if (known->length < 0 && reader->nfixed > i)
			reader->nfixed = i;
		aligned = (int) att_align_nominal(offset, known->align);

		/* a value of no fixed length may stand unaligned */
		if (i > reader->nfixed || (i == reader->nfixed && offset != aligned))
		{
			known->offset = -1;
			continue;
		}
		known->offset = aligned;
		offset = aligned + Max(known->length, 0);
	}
}

/* What to read, and from what: the columns of the batch, from a scan that is initialized */
void
InitRowReader(RowReader *reader, ScanState *scan, Batch *batch)
{
	memset(reader, 0, sizeof(*reader));
	reader->scan = scan;
	reader->batch = batch;
	reader->needs_slot = scan->ps.qual != NULL;
	for (int i = 0; i < batch->ncolumns; i++)
	{
		BatchColumn *column = &batch->columns[i];

		reader->nattributes = Max(reader->nattributes, column->attno);
		reader->needs_slot |= column->expression != NULL;
		reader->keeps_page |= column->attno > 0 && !column->by_value;
	}
	LayOutAttributes(reader, RelationGetDescr(scan->ss_currentRelation));
	reader->values = palloc(reader->nattributes * sizeof(Datum));
	reader->nulls = palloc(reader->nattributes * sizeof(bool));
	reader->tuples = palloc(MaxHeapTuplesPerPage * sizeof(HeapTupleHeader));
}

/* The scan has been restarted. */
void
RestartRowReader(RowReader *reader)
{
	reader->is_at_end = false;
}

/* ---- values ---- */

static inline Datum
CastValue(Datum value, BatchCast cast)
{
	switch (cast)
	{
		case BATCH_INT2_TO_FLOAT8:
			return Float8GetDatum((float8) DatumGetInt16(value));
		case BATCH_INT4_TO_FLOAT8:
			return Float8GetDatum((float8) DatumGetInt32(value));
		case BATCH_INT8_TO_FLOAT8:
			return Float8GetDatum((float8) DatumGetInt64(value));
		case BATCH_FLOAT4_TO_FLOAT8:
			return Float8GetDatum((float8) DatumGetFloat4(value));
		default:
			return value;
	}
}

/* Compute a column of a row, which is in a slot. */
static void
ComputeValue(RowReader *reader, BatchColumn *column, int row, ExprContext *context)
{
	Datum		value = ExecEvalExprSwitchContext(column->expression, context, &column->nulls[row]);

	if (!column->by_value && !column->nulls[row])
	{
		MemoryContext old = MemoryContextSwitchTo(reader->batch->memory);

		value = datumCopy(value, false, column->length);
		MemoryContextSwitchTo(old);
	}
	column->values[row] = value;
}

static void
ComputeValues(RowReader *reader, int row, ExprContext *context)
{
	for (int i = 0; i < reader->batch->ncolumns; i++)
	{
		BatchColumn *column = &reader->batch->columns[i];

		if (column->expression != NULL)
			ComputeValue(reader, column, row, context);
	}
}

/* Keys are compared byte by byte: none may be compressed, or elsewhere. */
static void
DetoastKeys(RowReader *reader, int first)
{
	Batch	   *batch = reader->batch;
	MemoryContext old = MemoryContextSwitchTo(batch->memory);

	for (int i = 0; i < batch->nkeys; i++)
	{
		BatchColumn *key = &batch->columns[i];

		if (key->length != -1)
			continue;
		for (int row = first; row < batch->nrows; row++)
		{
			if (!key->nulls[row])
				key->values[row] = PointerGetDatum(PG_DETOAST_DATUM_PACKED(key->values[row]));
		}
	}
	MemoryContextSwitchTo(old);
}

/* ---- a page at a time ---- */

/* Are there no NULLs among the attributes that are needed, so that offsets are as laid out? */
static inline bool
IsPlain(const RowReader *reader, HeapTupleHeader tuple)
{
	if (!(tuple->t_infomask & HEAP_HASNULL))
		return HeapTupleHeaderGetNatts(tuple) >= reader->nattributes;
	if (HeapTupleHeaderGetNatts(tuple) < reader->nattributes)
		return false;
	for (int i = 0; i < reader->nattributes; i++)
	{
		if (att_isnull(i, tuple->t_bits))
			return false;
	}
	return true;
}

static inline char *
TupleData(HeapTupleHeader tuple)
{
	return (char *) tuple + tuple->t_hoff;
}

static inline Datum
FetchAttribute(const RowAttribute *attribute, const char *data)
{
	return fetch_att(data, attribute->by_value, attribute->length);
}

/* Take the attributes of one row apart, from the given one on. */
static void
WalkRow(RowReader *reader, HeapTupleHeader tuple, bool is_plain)
{
	char	   *data = TupleData(tuple);
	int			nstored = Min(HeapTupleHeaderGetNatts(tuple), reader->nattributes);
	int			first = is_plain ? reader->nfixed : 0;
	bool		is_laid_out = true;
	uint32		offset = 0;

	if (first > 0)
		offset = reader->attributes[first - 1].offset + reader->attributes[first - 1].length;
	for (int i = first; i < nstored; i++)
	{
		const RowAttribute *attribute = &reader->attributes[i];

		reader->nulls[i] = !is_plain && (tuple->t_infomask & HEAP_HASNULL) && att_isnull(i, tuple->t_bits);
		if (reader->nulls[i])
		{
			is_laid_out = false;
			continue;
		}
		if (is_laid_out && attribute->offset >= 0)
			offset = attribute->offset;
		else if (attribute->length == -1)
			offset = att_align_pointer(offset, attribute->align, -1, data + offset);
		else
			offset = att_align_nominal(offset, attribute->align);
		reader->values[i] = FetchAttribute(attribute, data + offset);
		offset = att_addlength_pointer(offset, attribute->length, data + offset);
	}
	for (int i = nstored; i < reader->nattributes; i++)
		reader->values[i] = getmissingattr(RelationGetDescr(reader->scan->ss_currentRelation),
										   i + 1, &reader->nulls[i]);
}

/* Fill a column of rows that are plain, from where it is in all of them. */
static void
FillFixedColumn(RowReader *reader, BatchColumn *column, int ntuples)
{
	const RowAttribute *attribute = &reader->attributes[column->attno - 1];
	Datum	   *values = column->values + reader->batch->nrows;

	memset(column->nulls + reader->batch->nrows, false, ntuples);
	for (int i = 0; i < ntuples; i++)
		values[i] = CastValue(FetchAttribute(attribute, TupleData(reader->tuples[i]) + attribute->offset),
							  column->cast);
}

/* Fill a column of one row that was taken apart. */
static inline void
FillFromWalk(const RowReader *reader, BatchColumn *column, int row)
{
	int			attribute = column->attno - 1;

	column->nulls[row] = reader->nulls[attribute];
	column->values[row] = reader->nulls[attribute] ? (Datum) 0 :
		CastValue(reader->values[attribute], column->cast);
}

/* Fill the columns that are the table's. */
static void
FillColumns(RowReader *reader, int ntuples, bool are_plain)
{
	Batch	   *batch = reader->batch;
	int			fixed = are_plain ? reader->nfixed : 0;
	bool		has_others = false;

	for (int i = 0; i < batch->ncolumns; i++)
	{
		BatchColumn *column = &batch->columns[i];

		if (column->attno > fixed)
			has_others = true;
		else if (column->attno > 0)
			FillFixedColumn(reader, column, ntuples);
	}
	if (!has_others)
		return;
	for (int i = 0; i < ntuples; i++)
	{
		WalkRow(reader, reader->tuples[i], are_plain);
		for (int j = 0; j < batch->ncolumns; j++)
		{
			if (batch->columns[j].attno > fixed)
				FillFromWalk(reader, &batch->columns[j], batch->nrows + i);
		}
	}
}

/* Does a row, in the slot, meet the conditions? */
static bool
MeetsConditions(ScanState *scan, ExprContext *context)
{
	if (ExecQual(scan->ps.qual, context))
		return true;
	InstrCountFiltered1(scan, 1);
	return false;
}

/* The rows of a page of which the scan has returned the first that is visible */
static void
ReadRowsOfPage(RowReader *reader, HeapScanDesc scan)
{
	TupleTableSlot *slot = reader->scan->ss_ScanTupleSlot;
	ExprContext *context = reader->scan->ps.ps_ExprContext;
	Page		page = BufferGetPage(scan->rs_cbuf);
	BlockNumber block = BufferGetBlockNumber(scan->rs_cbuf);
	bool		are_plain = true;
	int			ntuples = 0;

	pgstat_count_index_tuples(scan->rs_base.rs_rd, scan->rs_ntuples - scan->rs_cindex - 1);
	for (int i = scan->rs_cindex; i < (int) scan->rs_ntuples; i++)
	{
		OffsetNumber number = scan->rs_vistuples[i];
		ItemId		item = PageGetItemId(page, number);
		HeapTupleHeader tuple = (HeapTupleHeader) PageGetItem(page, item);

		if (reader->needs_slot)
		{
			scan->rs_ctup.t_data = tuple;
			scan->rs_ctup.t_len = ItemIdGetLength(item);
			ItemPointerSet(&scan->rs_ctup.t_self, block, number);
			ExecStoreBufferHeapTuple(&scan->rs_ctup, slot, scan->rs_cbuf);
			ResetExprContext(context);
			context->ecxt_scantuple = slot;
			if (reader->scan->ps.qual != NULL && !MeetsConditions(reader->scan, context))
				continue;
			ComputeValues(reader, reader->batch->nrows + ntuples, context);
		}
		are_plain &= IsPlain(reader, tuple);
		reader->tuples[ntuples++] = tuple;
	}

	/* the scan goes on with the next page */
	scan->rs_cindex = scan->rs_ntuples - 1;

	FillColumns(reader, ntuples, are_plain);
	reader->batch->nrows += ntuples;
}

/* Read the next page; false if there is none. */
static bool
ReadPage(RowReader *reader)
{
	TableScanDesc scan = reader->scan->ss_currentScanDesc;

	if (!table_scan_getnextslot(scan, ForwardScanDirection, reader->scan->ss_ScanTupleSlot))
		return false;
	reader->npages++;
	ReadRowsOfPage(reader, (HeapScanDesc) scan);
	return true;
}

/* Fill the batch with pages: with one, if values point into it. */
static void
ReadPages(RowReader *reader)
{
	Batch	   *batch = reader->batch;
	Instrumentation *instrument = reader->scan->ps.instrument;

	if (instrument)
		InstrStartNode(instrument);
	do
	{
		int			first = batch->nrows;

		CHECK_FOR_INTERRUPTS();
		if (!ReadPage(reader))
			reader->is_at_end = true;
		DetoastKeys(reader, first);
	} while (!reader->is_at_end && (batch->nrows == 0 || !reader->keeps_page) &&
			 BatchHasRoom(batch, MaxHeapTuplesPerPage));
	if (instrument)
		InstrStopNode(instrument, batch->nrows);
}

/* ---- row by row ---- */

/* Fill the columns that are the table's with a row. */
static void
FillFromSlot(RowReader *reader, TupleTableSlot *slot, int row)
{
	MemoryContext old = MemoryContextSwitchTo(reader->batch->memory);

	for (int i = 0; i < reader->batch->ncolumns; i++)
	{
		BatchColumn *column = &reader->batch->columns[i];
		Datum		value;

		if (column->attno == 0)
			continue;
		value = slot_getattr(slot, column->attno, &column->nulls[row]);
		if (column->nulls[row])
			column->values[row] = (Datum) 0;
		else if (column->cast == BATCH_AS_IT_IS)
			column->values[row] = datumCopy(value, column->by_value, column->length);
		else
			column->values[row] = CastValue(value, column->cast);
	}
	MemoryContextSwitchTo(old);
}

static void
ReadRows(RowReader *reader)
{
	Batch	   *batch = reader->batch;
	PlanState  *scan = &reader->scan->ps;
	ExprContext *context = scan->ps_ExprContext;

	while (BatchHasRoom(batch, 1))
	{
		TupleTableSlot *slot = ExecProcNode(scan);

		if (TupIsNull(slot))
		{
			reader->is_at_end = true;
			break;
		}
		/* the row itself, not what the scan made of it */
		if (scan->ps_ProjInfo != NULL)
			slot = context->ecxt_scantuple;
		context->ecxt_scantuple = slot;
		FillFromSlot(reader, slot, batch->nrows);
		ComputeValues(reader, batch->nrows, context);
		batch->nrows++;
	}
	DetoastKeys(reader, 0);
}

/* ---- both ---- */

/* Begin the scan, as it would itself, and see whether it can be read by page. */
static void
StartScan(RowReader *reader)
{
	ScanState  *scan = reader->scan;
	EState	   *estate = scan->ps.state;

	reader->is_started = true;
	if (estate->es_epq_active != NULL)
		return;
	if (scan->ss_currentScanDesc == NULL)
		scan->ss_currentScanDesc = table_beginscan(scan->ss_currentRelation, estate->es_snapshot, 0, NULL);
	reader->by_page = scan->ss_currentRelation->rd_tableam == GetHeapamTableAmRoutine() &&
		(scan->ss_currentScanDesc->rs_flags & SO_ALLOW_PAGEMODE) != 0;
}

/* Read the next rows in the place of those that the batch has; false if there are none. */
bool
ReadBatch(RowReader *reader)
{
	Batch	   *batch = reader->batch;

	MemoryContextReset(batch->memory);
	batch->nrows = 0;
	if (!reader->is_started)
		StartScan(reader);
	if (reader->is_at_end)
		return false;
	if (reader->by_page)
		ReadPages(reader);
	else
		ReadRows(reader);
	return batch->nrows > 0;
}
