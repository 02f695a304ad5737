/*
 * row_receiver.c
 *		Taking the rows of a query one by one as they come.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "standing/row_receiver.h"
#include "utils/memutils.h"

typedef struct RowReceiver
{
	DestReceiver pub;
	RowsStart	start;
	RowsNext	next;
	void	   *arg;
	MemoryContext caller;
	MemoryContext per_row;
} RowReceiver;

/* The columns of the result come. */
static void
ReceiveStart(DestReceiver *self, int operation, TupleDesc columns)
{
	RowReceiver *receiver = (RowReceiver *) self;
	MemoryContext executor = MemoryContextSwitchTo(receiver->caller);

	(void) operation;
	receiver->start(columns, receiver->arg);
	MemoryContextSwitchTo(executor);
}

/* A row comes. */
static bool
ReceiveRow(TupleTableSlot *slot, DestReceiver *self)
{
	RowReceiver *receiver = (RowReceiver *) self;
	MemoryContext executor = MemoryContextSwitchTo(receiver->per_row);

	receiver->next(slot, receiver->arg);
	MemoryContextSwitchTo(executor);
	MemoryContextReset(receiver->per_row);
	return true;
}

/* No more rows come. */
static void
ReceiveNothing(DestReceiver *self)
{
	(void) self;
}

/* The receiver goes. */
static void
DestroyReceiver(DestReceiver *self)
{
	MemoryContextDelete(((RowReceiver *) self)->per_row);
	pfree(self);
}

DestReceiver *
MakeRowReceiver(RowsStart start, RowsNext next, void *arg)
{
	RowReceiver *receiver = palloc0(sizeof(RowReceiver));

	receiver->pub.receiveSlot = ReceiveRow;
	receiver->pub.rStartup = ReceiveStart;
	receiver->pub.rShutdown = ReceiveNothing;
	receiver->pub.rDestroy = DestroyReceiver;
	receiver->pub.mydest = DestNone;
	receiver->start = start;
	receiver->next = next;
	receiver->arg = arg;
	receiver->caller = CurrentMemoryContext;
	receiver->per_row = AllocSetContextCreate(CurrentMemoryContext, "row of a query",
											  ALLOCSET_DEFAULT_SIZES);
	return &receiver->pub;
}
