/*
 * batch.h
 *		Aggregation a batch of rows at a time.
 *
 * A custom scan reads a table in the place of a scan and an aggregate above it.
 * What of a row is grouped by and aggregated is a column of a batch; the keys of
 * a batch are looked up together, and each aggregate then takes its column.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_BATCH_H
#define GAPSTATS_BATCH_H

#include "base/compat.h"
#include "nodes/execnodes.h"
#include "utils/memutils.h"

/* At least what a page can hold */
#define BATCH_ROWS 2048

/* Keys at most: each has a bit that says whether it is NULL */
#define BATCH_MAX_KEYS 32

/* How the value of a column is made of a table's */
typedef enum BatchCast
{
	BATCH_AS_IT_IS,
	BATCH_INT2_TO_FLOAT8,
	BATCH_INT4_TO_FLOAT8,
	BATCH_INT8_TO_FLOAT8,
	BATCH_FLOAT4_TO_FLOAT8
} BatchCast;

typedef struct BatchColumn
{
	Expr	   *node;			/* what is in it, of the table's columns */
	AttrNumber	attno;			/* of the table's column that it is; 0: it is computed */
	BatchCast	cast;
	ExprState  *expression;		/* that computes it, or NULL */
	int16		length;			/* of the type, as in pg_type */
	bool		by_value;
	Datum	   *values;			/* of the rows */
	bool	   *nulls;
} BatchColumn;

struct BatchGroup;

typedef struct Batch
{
	int			nrows;
	int			nkeys;			/* the columns that come first */
	int			ncolumns;
	BatchColumn *columns;
	uint32	   *hashes;			/* of the keys of a row */
	struct BatchGroup **groups; /* of the rows; NULL for one that was put off */
	MemoryContext memory;		/* of what values point to; pages apart */
	Size		limit;			/* that it is to keep */
} Batch;

/* Is there room for so many rows more? For the first there always is. */
static inline bool
BatchHasRoom(const Batch *batch, int nrows)
{
	return batch->nrows == 0 ||
		(batch->nrows + nrows <= BATCH_ROWS &&
		 MemoryContextMemAllocated(batch->memory, false) < batch->limit);
}

/* path.c: when it is done, and what it is to cost */
extern void InstallBatchPaths(void);

/* scan.c: how it runs */
extern void RegisterBatchScan(void);
extern struct Plan *PlanBatchScan(List *keys, List *aggregates, double groups, List *tlist,
								  List *having, List *child_plans);

#endif							/* GAPSTATS_BATCH_H */
