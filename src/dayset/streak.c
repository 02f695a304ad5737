/*
 * streak.c
 *		Streaks: days of a set one after another, counted in those of another.
 *
 * Days in between that are not among the others neither break nor extend one:
 * absent on Friday and on Monday is a streak of two school days.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/result_row.h"
#include "catalog/pg_type_d.h"
#include "dayset/streak.h"

typedef struct Streaks
{
	DayPairs	pair;
	DayWindow	window;
	uint64		rest;			/* days of this word still to come, of those among which */
	bool		is_last;		/* nothing among which comes after it */
	int32		first;
	int32		last;
	int			days;
} Streaks;

/* Start a walk over streaks */
static Streaks
MakeStreaks(DayWords days, DayWords among, DayWindow window)
{
	Streaks		streaks = {.pair = PairDays(days, among), .window = window};

	return streaks;
}

/* Go to the next streak */
static bool
NextStreak(Streaks *streaks)
{
	streaks->days = 0;
	for (;;)
	{
		uint64		in = streaks->rest & streaks->pair.a_bits;
		uint64		out = streaks->rest & ~streaks->pair.a_bits;
		uint64		before_out;

		/* Outside a streak, what comes before the next one is of no interest. */
		if (streaks->days == 0)
			out &= -(in & -in);
		before_out = (out & -out) - 1;
		in &= before_out;
		if (in != 0)
		{
			int32		start = streaks->pair.index * DAYS_PER_WORD;

			if (streaks->days == 0)
				streaks->first = start + pg_rightmost_one_pos64(in);
			streaks->last = start + pg_leftmost_one_pos64(in);
			streaks->days += pg_popcount64(in);
		}
		if (out != 0)
		{
			streaks->rest &= ~before_out;
			return true;
		}

		/* The word is used up. */
		if (!NextPair(&streaks->pair))
		{
			streaks->rest = 0;
			streaks->is_last = true;
			return streaks->days > 0;
		}
		streaks->rest = streaks->pair.b_bits & WindowBits(streaks->window, streaks->pair.index);
	}
}

/* streaks(days, among): a row for each */
PG_FUNCTION_INFO_V1(dayset_streaks);
Datum
dayset_streaks(PG_FUNCTION_ARGS)
{
	Streaks		streaks = MakeStreaks(PG_GETARG_DAYWORDS(0), PG_GETARG_DAYWORDS(1), ALL_DAYS);
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	while (NextStreak(&streaks))
	{
		AddDatum(&row, DATEOID, DateADTGetDatum(JulianToDate(streaks.first)));
		AddDatum(&row, DATEOID, DateADTGetDatum(JulianToDate(streaks.last)));
		AddInt32(&row, streaks.days);
		PutResultRow(&row);
	}
	PG_RETURN_NULL();
}

/*
 * The days of the longest streak.
 */
int
LongestStreak(DayWords days, DayWords among)
{
	Streaks		streaks = MakeStreaks(days, among, ALL_DAYS);
	int			longest = 0;

	while (NextStreak(&streaks))
		longest = Max(longest, streaks.days);
	return longest;
}

/* longest_streak(days, among), longest_absence(absent, enrolled) */
PG_FUNCTION_INFO_V1(dayset_longest_streak);
Datum
dayset_longest_streak(PG_FUNCTION_ARGS)
{
	DayWords	among = PG_GETARG_DAYWORDS(1);

	if (among.count == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(LongestStreak(PG_GETARG_DAYWORDS(0), among));
}

/* current_streak(days, among, as_of), current_absence(absent, enrolled, as_of) */
PG_FUNCTION_INFO_V1(dayset_current_streak);
Datum
dayset_current_streak(PG_FUNCTION_ARGS)
{
	DayWindow	window = ArgumentAsOf(fcinfo, 2);
	DayWords	among;
	Streaks		streaks;
	int			current = 0;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	among = PG_GETARG_DAYWORDS(1);
	if (CountDays(among, window) == 0)
		PG_RETURN_NULL();

	streaks = MakeStreaks(PG_GETARG_DAYWORDS(0), among, window);
	while (NextStreak(&streaks))
		current = streaks.is_last ? streaks.days : 0;
	PG_RETURN_INT32(current);
}
