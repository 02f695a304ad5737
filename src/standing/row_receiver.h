/*
 * row_receiver.h
 *		Taking the rows of a query one by one as they come.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_ROW_RECEIVER_H
#define GAPSTATS_ROW_RECEIVER_H

#include "access/tupdesc.h"
#include "executor/tuptable.h"
#include "tcop/dest.h"

/*
 * Called once with the columns of the result before its first row, and for each row. In a
 * parallel plan they may not write to the database; what the second allocates is freed after
 * the row.
 */
typedef void (*RowsStart) (TupleDesc columns, void *arg);
typedef void (*RowsNext) (TupleTableSlot *row, void *arg);

extern DestReceiver *MakeRowReceiver(RowsStart start, RowsNext next, void *arg);

#endif							/* GAPSTATS_ROW_RECEIVER_H */
