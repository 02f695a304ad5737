/*
 * spill.h
 *		Rows put off, for lack of memory.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_BATCH_SPILL_H
#define GAPSTATS_BATCH_SPILL_H

#include "batch/batch.h"
#include "storage/buffile.h"

/* Rows whose groups have so many leading bits of their hash in common */
typedef struct SpilledRows
{
	BufFile    *file;
	int			nbits;
	int64		nrows;
	int64		nread;
} SpilledRows;

typedef struct Spill
{
	MemoryContext memory;
	int			bits;			/* by which rows are parted, each time */
	SpilledRows **parts;		/* of what is aggregated now; NULL: nothing was put off yet */
	int			nbits;			/* that all of that has in common */
	List	   *waiting;		/* SpilledRows */
	int64		nfiles;
	int64		nrows;
} Spill;

extern void InitSpill(Spill *spill, MemoryContext memory, Size limit);
extern bool CanSpill(const Spill *spill);
extern void PutOffRows(Spill *spill, const Batch *batch);
extern SpilledRows *NextSpilledRows(Spill *spill);
extern bool ReadSpilledBatch(SpilledRows *rows, Batch *batch);
extern void FreeSpilledRows(SpilledRows *rows);
extern void ForgetSpill(Spill *spill);

#endif							/* GAPSTATS_BATCH_SPILL_H */
