/*
 * state.h
 *		The state of an aggregate: a value of a type of ours that grows in place.
 *
 * A state is a flat varlena with room to spare. A transition function changes it
 * in place and returns the pointer that it was handed, so that the executor has
 * nothing to copy from one row to the next. When its room is used up it moves to
 * a larger one.
 *
 * The type of the state is the type of the result, so that parallel workers and
 * other machines can take it over as it is. What tells a state from a value is a
 * flag. Every reader takes both; nothing but an aggregate ever sees a state.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_STATE_H
#define GAPSTATS_STATE_H

#include "base/compat.h"
#include "fmgr.h"
#include "nodes/execnodes.h"

/* How every type of ours that can be a state begins, stored or not */
typedef struct StateHeader
{
	int32		vl_len_;		/* varlena header (do not touch directly!) */
	uint8		version;		/* of the format; each type has its own */
	uint8		flags;
} StateHeader;

/* Of the flags; the others are the type's own */
#define STATE_WORKING 0x01

/* What a type has to know */
typedef struct StateType
{
	void	   *(*create) (FunctionCallInfo fcinfo);	/* one that has seen nothing */
	void	   *(*copy) (Datum value);	/* one that goes on from a value, or a state */
	void	   *(*compact) (const void *state); /* the value that it stands for */
} StateType;

extern void *AllocateState(Size size);
extern void *GrowState(const void *state, Size used, Size size);

static inline bool
IsWorking(const void *state)
{
	return (((const StateHeader *) state)->flags & STATE_WORKING) != 0;
}

/* As AggCheckCallContext, but without a call for a row of GROUP BY */
static inline bool
InAggregate(FunctionCallInfo fcinfo)
{
	return (fcinfo->context != NULL && IsA(fcinfo->context, AggState)) ||
		AggCheckCallContext(fcinfo, NULL);
}

/*
 * The state that an aggregate's function was handed as its first argument: to
 * be changed in place if it is one, else begun from whatever value it is.
 */
static inline void *
GetState(FunctionCallInfo fcinfo, const StateType *type)
{
	if (PG_ARGISNULL(0))
		return type->create(fcinfo);
	if (InAggregate(fcinfo))
	{
		void	   *state = PG_GETARG_POINTER(0);

		if (VARATT_IS_4B_U(state) && IsWorking(state))
			return state;
	}
	return type->copy(PG_GETARG_DATUM(0));
}

/*
 * Hand back a state. Whoever calls outside an aggregate gets a value; the
 * pointer that came in needs no second look.
 */
static inline Datum
ReturnState(FunctionCallInfo fcinfo, void *state, const StateType *type)
{
	if (PointerGetDatum(state) != PG_GETARG_DATUM(0) && !InAggregate(fcinfo))
		state = type->compact(state);
	PG_RETURN_POINTER(state);
}

/* Hand back the first argument, when a row has nothing to add */
static inline Datum
ReturnUnchanged(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

#endif							/* GAPSTATS_STATE_H */
