/*
 * state.c
 *		The state of an aggregate: a value of a type of ours that grows in place.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/state.h"
#include "port/pg_bitutils.h"
#include "utils/memutils.h"

/* Room of at least this size: a power of two, as the allocator has them */
void *
AllocateState(Size size)
{
	StateHeader *state;

	if (size > MaxAllocSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the state of an aggregate would outgrow one gigabyte")));
	size = Min(pg_nextpower2_size_t(size), MaxAllocSize);
	state = palloc(size);
	SET_VARSIZE(state, size);
	return state;
}

/* A copy with more room; "used" is what there is to copy */
void *
GrowState(const void *state, Size used, Size size)
{
	StateHeader *grown = AllocateState(size);
	int32		length = grown->vl_len_;

	memcpy(grown, state, used);
	grown->vl_len_ = length;
	return grown;
}
