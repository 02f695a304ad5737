/*
 * spill.c
 *		Rows put off, for lack of memory.
 *
 * When memory is used up, rows of groups that have no place in it go to files,
 * parted by bits of the hash of their keys. All rows of a group are then in one
 * file, in their order, and each file is aggregated like the table, parted by the
 * next bits if it has too many groups itself.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "batch/groups.h"
#include "batch/spill.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#define HASH_BITS 32

/* Into how many files rows are parted: each has a buffer */
#define FEWEST_BITS 2
#define MOST_BITS 5

void
InitSpill(Spill *spill, MemoryContext memory, Size limit)
{
	memset(spill, 0, sizeof(*spill));
	spill->memory = memory;
	spill->bits = FEWEST_BITS;
	while (spill->bits < MOST_BITS && ((Size) BLCKSZ << (spill->bits + 1)) <= limit / 4)
		spill->bits++;
}

/* Are there bits left to part rows by? */
bool
CanSpill(const Spill *spill)
{
	return spill->nbits + spill->bits <= HASH_BITS;
}

static void
BeginParts(Spill *spill)
{
	int			nparts = 1 << spill->bits;
	MemoryContext old = MemoryContextSwitchTo(spill->memory);

	spill->parts = palloc0(nparts * sizeof(SpilledRows *));
	MemoryContextSwitchTo(old);
}

/* The file of a part, made when its first row comes */
static SpilledRows *
GetPart(Spill *spill, uint32 hash)
{
	int			number = (uint32) (hash << spill->nbits) >> (HASH_BITS - spill->bits);

	if (spill->parts[number] == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(spill->memory);
		SpilledRows *rows = palloc0(sizeof(SpilledRows));

		rows->file = BufFileCreateTemp(false);
		rows->nbits = spill->nbits + spill->bits;
		spill->parts[number] = rows;
		spill->waiting = lappend(spill->waiting, rows);
		spill->nfiles++;
		MemoryContextSwitchTo(old);
	}
	return spill->parts[number];
}

static int32
SizeOfValue(const BatchColumn *column, Datum value)
{
	if (column->length == -1)
		return VARSIZE_ANY(DatumGetPointer(value));
	if (column->length == -2)
		return strlen(DatumGetCString(value)) + 1;
	return column->length;
}

static void
WriteValue(BufFile *file, const BatchColumn *column, int row)
{
	bool		is_null = column->nulls[row];
	Datum		value = column->values[row];

	BufFileWrite(file, &is_null, sizeof(is_null));
	if (is_null)
		return;
	if (column->by_value)
		BufFileWrite(file, &value, sizeof(value));
	else
	{
		int32		size = SizeOfValue(column, value);

		BufFileWrite(file, &size, sizeof(size));
		BufFileWrite(file, DatumGetPointer(value), size);
	}
}

/* Put off the rows of a batch that have no group. */
void
PutOffRows(Spill *spill, const Batch *batch)
{
	MemoryContext old = MemoryContextSwitchTo(spill->memory);

	if (spill->parts == NULL)
		BeginParts(spill);
	for (int row = 0; row < batch->nrows; row++)
	{
		SpilledRows *rows;

		if (batch->groups[row] != NULL)
			continue;
		rows = GetPart(spill, batch->hashes[row]);
		for (int i = 0; i < batch->ncolumns; i++)
			WriteValue(rows->file, &batch->columns[i], row);
		rows->nrows++;
		spill->nrows++;
	}
	MemoryContextSwitchTo(old);
}

/* What is to be aggregated next of what was put off; NULL if there is nothing */
SpilledRows *
NextSpilledRows(Spill *spill)
{
	SpilledRows *rows;

	if (spill->parts != NULL)
	{
		pfree(spill->parts);
		spill->parts = NULL;
	}
	if (spill->waiting == NIL)
		return NULL;

	/* the last one, so that few are waiting */
	rows = llast(spill->waiting);
	spill->waiting = list_delete_last(spill->waiting);
	spill->nbits = rows->nbits;
	if (BufFileSeek(rows->file, 0, 0, SEEK_SET) != 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not rewind a temporary file of put off rows")));
	return rows;
}

static void
ReadBytes(BufFile *file, void *bytes, size_t size)
{
#if PG_VERSION_NUM >= 160000
	BufFileReadExact(file, bytes, size);
#else
	if (BufFileRead(file, bytes, size) != size)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not read from a temporary file of put off rows")));
#endif
}

static void
ReadValue(BufFile *file, BatchColumn *column, int row, MemoryContext memory)
{
	ReadBytes(file, &column->nulls[row], sizeof(bool));
	column->values[row] = (Datum) 0;
	if (column->nulls[row])
		return;
	if (column->by_value)
		ReadBytes(file, &column->values[row], sizeof(Datum));
	else
	{
		int32		size;

		ReadBytes(file, &size, sizeof(size));
		column->values[row] = PointerGetDatum(MemoryContextAlloc(memory, size));
		ReadBytes(file, DatumGetPointer(column->values[row]), size);
	}
}

/* Read the next rows in the place of those that the batch has; false if there are none. */
bool
ReadSpilledBatch(SpilledRows *rows, Batch *batch)
{
	MemoryContextReset(batch->memory);
	batch->nrows = 0;
	CHECK_FOR_INTERRUPTS();
	while (rows->nread < rows->nrows && BatchHasRoom(batch, 1))
	{
		for (int i = 0; i < batch->ncolumns; i++)
			ReadValue(rows->file, &batch->columns[i], batch->nrows, batch->memory);
		batch->nrows++;
		rows->nread++;
	}
	return batch->nrows > 0;
}

void
FreeSpilledRows(SpilledRows *rows)
{
	BufFileClose(rows->file);
	pfree(rows);
}

/* Let go of all that was put off. */
void
ForgetSpill(Spill *spill)
{
	ListCell   *cell;

	foreach(cell, spill->waiting)
		FreeSpilledRows(lfirst(cell));
	list_free(spill->waiting);
	spill->waiting = NIL;
	if (spill->parts != NULL)
		pfree(spill->parts);
	spill->parts = NULL;
	spill->nbits = 0;
}
