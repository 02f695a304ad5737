/*
 * rows.h
 *		Rows of a table, read into batches.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_BATCH_ROWS_H
#define GAPSTATS_BATCH_ROWS_H

#include "access/htup_details.h"
#include "batch/batch.h"

/* Where a column of the table is, in a row */
typedef struct RowAttribute
{
	int			offset;			/* in a row without NULLs before it; -1: it depends */
	int16		length;
	bool		by_value;
	char		align;
} RowAttribute;

typedef struct RowReader
{
	ScanState  *scan;			/* a sequential scan, with its conditions */
	Batch	   *batch;
	bool		is_started;
	bool		is_at_end;
	bool		by_page;		/* pages are read in place, not row by row */
	bool		keeps_page;		/* values point into the page */
	bool		needs_slot;		/* there is something to evaluate */
	int			nattributes;	/* up to the last one that is needed */
	int			nfixed;			/* of those, how many come before the first without an offset */
	RowAttribute *attributes;
	Datum	   *values;			/* of one row */
	bool	   *nulls;
	HeapTupleHeader *tuples;	/* of one page */
	int64		npages;
} RowReader;

extern void InitRowReader(RowReader *reader, ScanState *scan, Batch *batch);
extern bool ReadBatch(RowReader *reader);
extern void RestartRowReader(RowReader *reader);

#endif							/* GAPSTATS_BATCH_ROWS_H */
