/*
 * aggregate.c
 *		Sets of days from rows.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "dayset/dayset.h"

/* Add the days of a set to a state. */
static DaySet *
AddDays(DaySet *set, DayWords words)
{
	for (int i = 0; i < words.count; i++)
		set = DaySetAddWord(set, words.word[i].index, WordBits(&words.word[i]));
	return set;
}

static void *
CreateState(FunctionCallInfo fcinfo pg_attribute_unused())
{
	return DaySetMake(0);
}

static void *
CopyState(Datum value)
{
	return AddDays(DaySetMake(0), GetDayWords(value));
}

static void *
CompactState(const void *state)
{
	return DaySetCopy(GetDayWords(PointerGetDatum(state)));
}

static const StateType state_type = {CreateState, CopyState, CompactState};

/* Transition of dayset(date): add a day. */
PG_FUNCTION_INFO_V1(dayset_add);
Datum
dayset_add(PG_FUNCTION_ARGS)
{
	DaySet	   *state;

	if (PG_ARGISNULL(1))
		return ReturnUnchanged(fcinfo);
	state = DaySetAddDay(GetState(fcinfo, &state_type), DateToJulian(PG_GETARG_DATEADT(1)));
	return ReturnState(fcinfo, state, &state_type);
}

/* Transition of rollup(dayset), and combination of states: add the days of a set. */
PG_FUNCTION_INFO_V1(dayset_merge);
Datum
dayset_merge(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return ReturnUnchanged(fcinfo);
	return ReturnState(fcinfo, AddDays(GetState(fcinfo, &state_type), PG_GETARG_DAYWORDS(1)),
					   &state_type);
}

/* Transition of intersection(dayset), and its combination: keep days of the set. */
PG_FUNCTION_INFO_V1(dayset_intersect);
Datum
dayset_intersect(PG_FUNCTION_ARGS)
{
	DayPairs	pair;
	DaySet	   *state;

	if (PG_ARGISNULL(1))
		return ReturnUnchanged(fcinfo);
	if (PG_ARGISNULL(0))
		return ReturnState(fcinfo, CopyState(PG_GETARG_DATUM(1)), &state_type);

	pair = PairDays(PG_GETARG_DAYWORDS(0), PG_GETARG_DAYWORDS(1));
	state = DaySetMake(0);
	while (NextPair(&pair))
		state = DaySetAddWord(state, pair.index, pair.a_bits & pair.b_bits);
	return ReturnState(fcinfo, state, &state_type);
}

/* The set that a state stands for; of no state, the empty one. */
PG_FUNCTION_INFO_V1(dayset_final);
Datum
dayset_final(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_DAYSET(DaySetMake(0));
	PG_RETURN_POINTER(DaySetCopy(PG_GETARG_DAYWORDS(0)));
}
