/*
 * share.c
 *		How many days of a set are among those of another: of the days enrolled
 *		those absent, of the days available those active.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "dayset/share.h"

/*
 * Count the days of a set that are among those of another, within a window.
 */
DayShare
CountShare(DayWords days, DayWords among, DayWindow window)
{
	DayShare	share = {0, 0};
	int			place = 0;

	for (int i = 0; i < among.count; i++)
	{
		int32		index = among.word[i].index;
		uint64		bits = WordBits(&among.word[i]) & WindowBits(window, index);

		if (bits == 0)
			continue;
		share.among += pg_popcount64(bits);
		while (place < days.count && days.word[place].index < index)
			place++;
		if (place < days.count && days.word[place].index == index)
			share.days += pg_popcount64(bits & WordBits(&days.word[place]));
	}
	return share;
}

/*
 * Count once for many windows: one walk over the words now, and no more than a
 * search for the two ends of each window then.
 */
RunningShare
MakeRunningShare(DayWords days, DayWords among)
{
	RunningShare running = {0, palloc(among.count * sizeof(RunningWord))};
	DayPairs	pair = PairDays(days, among);
	DayShare	before = {0, 0};

	while (NextPair(&pair))
	{
		RunningWord *word = &running.word[running.count];

		if (pair.b_bits == 0)
			continue;
		word->index = pair.index;
		word->days = pair.a_bits & pair.b_bits;
		word->among = pair.b_bits;
		word->before = before;
		before.days += pg_popcount64(word->days);
		before.among += pg_popcount64(word->among);
		running.count++;
	}
	return running;
}

/*
 * The share of the days up to one, that one included.
 */
DayShare
ShareUpTo(const RunningShare *running, int32 day)
{
	DayWindow	window = {0, day};
	DayShare	share = {0, 0};
	int			low = 0;
	int			high = running->count;

	/* The words that begin up to that day; all but the last also end by then. */
	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (running->word[middle].index * DAYS_PER_WORD <= day)
			low = middle + 1;
		else
			high = middle;
	}
	if (low > 0)
	{
		const RunningWord *word = &running->word[low - 1];
		uint64		bits = WindowBits(window, word->index);

		share.days = word->before.days + pg_popcount64(word->days & bits);
		share.among = word->before.among + pg_popcount64(word->among & bits);
	}
	return share;
}

/*
 * The share of the days within a window.
 */
DayShare
ShareWithin(const RunningShare *running, DayWindow window)
{
	DayShare	before = ShareUpTo(running, window.first - 1);
	DayShare	share = ShareUpTo(running, Max(window.last, window.first - 1));

	share.days -= before.days;
	share.among -= before.among;
	return share;
}

/*
 * The share as a rate, 0 to 1; NaN of no days.
 */
double
ShareRate(DayShare share)
{
	return share.among == 0 ? NAN : (double) share.days / share.among;
}

/* The rate within a window, NULL of no days */
static Datum
ReturnRate(FunctionCallInfo fcinfo, DayWindow window)
{
	DayShare	share = CountShare(PG_GETARG_DAYWORDS(0), PG_GETARG_DAYWORDS(1), window);

	if (share.among == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(ShareRate(share));
}

/* absence_rate(absent, enrolled), usage_rate(active, available) */
PG_FUNCTION_INFO_V1(dayset_share);
Datum
dayset_share(PG_FUNCTION_ARGS)
{
	return ReturnRate(fcinfo, ALL_DAYS);
}

/* absence_rate(absent, enrolled, during), usage_rate(active, available, during) */
PG_FUNCTION_INFO_V1(dayset_share_during);
Datum
dayset_share_during(PG_FUNCTION_ARGS)
{
	return ReturnRate(fcinfo, DateRangeWindow(fcinfo, PG_GETARG_RANGE_P(2)));
}
