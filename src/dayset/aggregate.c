/*
 * aggregate.c
 *		Sets of days from rows.
 *
 * The transition type is dayset itself.  The state is a set in its working
 * form, changed in place; it lies where the executor keeps states, so a
 * larger one is copied there by the executor.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "dayset/dayset.h"

PG_FUNCTION_INFO_V1(dayset_add);
PG_FUNCTION_INFO_V1(dayset_merge);
PG_FUNCTION_INFO_V1(dayset_intersect);
PG_FUNCTION_INFO_V1(dayset_final);

/* Add the days of a set to another in its working form. */
static DaySet *
AddDays(DaySet *set, DayWords words)
{
	for (int i = 0; i < words.count; i++)
		set = DaySetAddWord(set, words.word[i].index, WordBits(&words.word[i]));
	return set;
}

/* The state to change: an aggregate's own in place, anything else as a copy. */
static inline DaySet *
GetState(FunctionCallInfo fcinfo, bool in_aggregate)
{
	DaySet	   *state;

	if (PG_ARGISNULL(0))
		return DaySetMake(0);

	state = (DaySet *) PG_GETARG_POINTER(0);
	if (in_aggregate && VARATT_IS_4B_U(state) && (state->flags & DAYSET_WORKING))
		return state;
	return AddDays(DaySetMake(0), PG_GETARG_DAYWORDS(0));
}

/* What a transition returns: only an aggregate sees the working form. */
static inline Datum
StateGetDatum(DaySet *state, bool in_aggregate)
{
	return PointerGetDatum(in_aggregate ? state : DaySetFinish(state));
}

/* The state unchanged, for a NULL input. */
#define PG_RETURN_STATE() \
	do { \
		if (PG_ARGISNULL(0)) \
			PG_RETURN_NULL(); \
		PG_RETURN_DATUM(PG_GETARG_DATUM(0)); \
	} while (0)

/* Transition of dayset(date): add a day. */
Datum
dayset_add(PG_FUNCTION_ARGS)
{
	bool		in_aggregate = AggCheckCallContext(fcinfo, NULL) != 0;
	DaySet	   *state;

	if (PG_ARGISNULL(1))
		PG_RETURN_STATE();

	state = GetState(fcinfo, in_aggregate);
	state = DaySetAddDay(state, DateToJulian(PG_GETARG_DATEADT(1)));
	return StateGetDatum(state, in_aggregate);
}

/* Transition of rollup(dayset), and combination of states: add the days of a set. */
Datum
dayset_merge(PG_FUNCTION_ARGS)
{
	bool		in_aggregate = AggCheckCallContext(fcinfo, NULL) != 0;
	DaySet	   *state;

	if (PG_ARGISNULL(1))
		PG_RETURN_STATE();

	state = AddDays(GetState(fcinfo, in_aggregate), PG_GETARG_DAYWORDS(1));
	return StateGetDatum(state, in_aggregate);
}

/* Transition of intersection(dayset), and its combination: keep days of the set. */
Datum
dayset_intersect(PG_FUNCTION_ARGS)
{
	bool		in_aggregate = AggCheckCallContext(fcinfo, NULL) != 0;
	DayPairs	pair;
	DaySet	   *state = DaySetMake(0);

	if (PG_ARGISNULL(1))
		PG_RETURN_STATE();
	if (PG_ARGISNULL(0))
		return StateGetDatum(AddDays(state, PG_GETARG_DAYWORDS(1)), in_aggregate);

	pair = PairDays(PG_GETARG_DAYWORDS(0), PG_GETARG_DAYWORDS(1));
	while (NextPair(&pair))
		state = DaySetAddWord(state, pair.index, pair.a_bits & pair.b_bits);
	return StateGetDatum(state, in_aggregate);
}

/* The set that a state stands for; of no state, the empty one. */
Datum
dayset_final(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_DAYSET(DaySetMake(0));
	PG_RETURN_POINTER(DaySetCopy(PG_GETARG_DAYWORDS(0)));
}
