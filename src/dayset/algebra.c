/*
 * algebra.c
 *		What can be asked of sets of days, and made of them.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "dayset/dayset.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(dayset_union);
PG_FUNCTION_INFO_V1(dayset_intersection);
PG_FUNCTION_INFO_V1(dayset_difference);
PG_FUNCTION_INFO_V1(dayset_symmetric_difference);
PG_FUNCTION_INFO_V1(dayset_during);
PG_FUNCTION_INFO_V1(dayset_shift);
PG_FUNCTION_INFO_V1(dayset_first_days);
PG_FUNCTION_INFO_V1(dayset_last_days);
PG_FUNCTION_INFO_V1(dayset_day_count);
PG_FUNCTION_INFO_V1(dayset_first_day);
PG_FUNCTION_INFO_V1(dayset_last_day);
PG_FUNCTION_INFO_V1(dayset_contains_day);
PG_FUNCTION_INFO_V1(dayset_contained_day);
PG_FUNCTION_INFO_V1(dayset_contains);
PG_FUNCTION_INFO_V1(dayset_contained);
PG_FUNCTION_INFO_V1(dayset_overlaps);
PG_FUNCTION_INFO_V1(dayset_eq);
PG_FUNCTION_INFO_V1(dayset_ne);
PG_FUNCTION_INFO_V1(dayset_lt);
PG_FUNCTION_INFO_V1(dayset_le);
PG_FUNCTION_INFO_V1(dayset_gt);
PG_FUNCTION_INFO_V1(dayset_ge);
PG_FUNCTION_INFO_V1(dayset_cmp);
PG_FUNCTION_INFO_V1(dayset_hash);
PG_FUNCTION_INFO_V1(dayset_hash_extended);

/*
 * Sets from sets.  Each is one expression over the words of a pair.
 */
#define SET_FROM_PAIRS(expression) \
	do { \
		DayPairs	pair = PairDays(PG_GETARG_DAYWORDS(0), PG_GETARG_DAYWORDS(1)); \
		DaySet	   *set = DaySetMake(Max(pair.a.count, pair.b.count)); \
		while (NextPair(&pair)) \
			set = DaySetAddWord(set, pair.index, expression); \
		PG_RETURN_DAYSET(set); \
	} while (0)

/* Days in either set. */
Datum
dayset_union(PG_FUNCTION_ARGS)
{
	SET_FROM_PAIRS(pair.a_bits | pair.b_bits);
}

/* Days in both sets. */
Datum
dayset_intersection(PG_FUNCTION_ARGS)
{
	SET_FROM_PAIRS(pair.a_bits & pair.b_bits);
}

/* Days in the first set that are not in the second. */
Datum
dayset_difference(PG_FUNCTION_ARGS)
{
	SET_FROM_PAIRS(pair.a_bits & ~pair.b_bits);
}

/* Days in just one of the sets. */
Datum
dayset_symmetric_difference(PG_FUNCTION_ARGS)
{
	SET_FROM_PAIRS(pair.a_bits ^ pair.b_bits);
}

/* Of some days of a word, the first so many. */
static uint64
FirstBits(uint64 bits, int count)
{
	uint64		rest = bits;

	while (count-- > 0 && rest != 0)
		rest &= rest - 1;
	return bits ^ rest;
}

/* Of the days in the window, skip so many and keep so many. */
static DaySet *
KeepDays(DayWords words, DayWindow window, int skip, int keep)
{
	DaySet	   *set = DaySetMake(words.count);

	for (int i = 0; i < words.count && keep > 0; i++)
	{
		uint64		bits = WordBits(&words.word[i]) & WindowBits(window, words.word[i].index);
		uint64		skipped = FirstBits(bits, skip);
		uint64		kept = FirstBits(bits & ~skipped, keep);

		skip -= pg_popcount64(skipped);
		keep -= pg_popcount64(kept);
		set = DaySetAddWord(set, words.word[i].index, kept);
	}
	return set;
}

/* Days within a daterange. */
Datum
dayset_during(PG_FUNCTION_ARGS)
{
	PG_RETURN_DAYSET(KeepDays(PG_GETARG_DAYWORDS(0),
							  DateRangeWindow(fcinfo, PG_GETARG_RANGE_P(1)),
							  0, PG_INT32_MAX));
}

/* A number of days asked for. */
static int
GetNumberOfDays(FunctionCallInfo fcinfo, int argument)
{
	int			number = PG_GETARG_INT32(argument);

	if (number < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of days must not be negative: %d", number)));
	return number;
}

/* The first n days. */
Datum
dayset_first_days(PG_FUNCTION_ARGS)
{
	PG_RETURN_DAYSET(KeepDays(PG_GETARG_DAYWORDS(0), ALL_DAYS,
							  0, GetNumberOfDays(fcinfo, 1)));
}

/* The last n days up to a date; an infinite date is no limit, or no days. */
Datum
dayset_last_days(PG_FUNCTION_ARGS)
{
	DayWords	words = PG_GETARG_DAYWORDS(0);
	int			number = GetNumberOfDays(fcinfo, 1);
	DayWindow	window = WindowUpTo(PG_GETARG_DATEADT(2));
	int			days = CountDays(words, window);

	PG_RETURN_DAYSET(KeepDays(words, window, Max(days - number, 0), number));
}

/* Every day moved by so many calendar days. */
Datum
dayset_shift(PG_FUNCTION_ARGS)
{
	DayWords	words = PG_GETARG_DAYWORDS(0);
	int64		days = PG_GETARG_INT32(1);
	DaySet	   *set = DaySetMake(words.count + 1);

	if (words.count > 0 &&
		(FirstDay(words) + days < 0 || LastDay(words) + days > LAST_DAY))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("date out of range"),
				 errdetail("A dayset cannot be shifted by " INT64_FORMAT " days.", days)));

	for (int i = 0; i < words.count; i++)
	{
		uint64		bits = WordBits(&words.word[i]);
		int64		start = words.word[i].index * (int64) DAYS_PER_WORD + days;
		int			over = ((start % DAYS_PER_WORD) + DAYS_PER_WORD) % DAYS_PER_WORD;
		int32		index = (start - over) / DAYS_PER_WORD;

		set = DaySetAddWord(set, index, bits << over);
		if (over > 0)
			set = DaySetAddWord(set, index + 1, bits >> (DAYS_PER_WORD - over));
	}
	PG_RETURN_DAYSET(set);
}

/*
 * Questions about one set.
 */

/* How many days. */
Datum
dayset_day_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(CountDays(PG_GETARG_DAYWORDS(0), ALL_DAYS));
}

/* The first day; NULL of the empty set. */
Datum
dayset_first_day(PG_FUNCTION_ARGS)
{
	DayWords	words = PG_GETARG_DAYWORDS(0);

	if (words.count == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(JulianToDate(FirstDay(words)));
}

/* The last day; NULL of the empty set. */
Datum
dayset_last_day(PG_FUNCTION_ARGS)
{
	DayWords	words = PG_GETARG_DAYWORDS(0);

	if (words.count == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(JulianToDate(LastDay(words)));
}

/* Is a date among the days?  An infinite one never is. */
static bool
HasDate(DayWords words, DateADT date)
{
	DayWindow	window;

	if (DATE_NOT_FINITE(date))
		return false;
	window.first = window.last = DateToJulian(date);
	return CountDays(words, window) > 0;
}

/* set @> date */
Datum
dayset_contains_day(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(HasDate(PG_GETARG_DAYWORDS(0), PG_GETARG_DATEADT(1)));
}

/* date <@ set */
Datum
dayset_contained_day(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(HasDate(PG_GETARG_DAYWORDS(1), PG_GETARG_DATEADT(0)));
}

/*
 * Questions about two sets.
 */

/* Has the first set every day of the second? */
static bool
HasDays(DayWords a, DayWords b)
{
	DayPairs	pair = PairDays(a, b);

	while (NextPair(&pair))
	{
		if (pair.b_bits & ~pair.a_bits)
			return false;
	}
	return true;
}

/* a @> b */
Datum
dayset_contains(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(HasDays(PG_GETARG_DAYWORDS(0), PG_GETARG_DAYWORDS(1)));
}

/* a <@ b */
Datum
dayset_contained(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(HasDays(PG_GETARG_DAYWORDS(1), PG_GETARG_DAYWORDS(0)));
}

/* Is there a day in both? */
Datum
dayset_overlaps(PG_FUNCTION_ARGS)
{
	DayPairs	pair = PairDays(PG_GETARG_DAYWORDS(0), PG_GETARG_DAYWORDS(1));

	while (NextPair(&pair))
	{
		if (pair.a_bits & pair.b_bits)
			PG_RETURN_BOOL(true);
	}
	PG_RETURN_BOOL(false);
}

/*
 * Order: as the lists of days compare, day by day, a shorter list before a
 * longer one that starts with it.
 */
static int
CompareDays(DayWords a, DayWords b)
{
	DayPairs	pair = PairDays(a, b);

	while (NextPair(&pair))
	{
		uint64		different = pair.a_bits ^ pair.b_bits;
		uint64		first = different & -different;
		uint64		later = ~(first | (first - 1));

		if (different == 0)
			continue;
		/* One set has the first different day; the other goes on later, or ends. */
		if (pair.a_bits & first)
			return (pair.b_bits & later) || pair.next_b < b.count ? -1 : 1;
		return (pair.a_bits & later) || pair.next_a < a.count ? 1 : -1;
	}
	return 0;
}

#define COMPARE_ARGUMENTS() \
	CompareDays(PG_GETARG_DAYWORDS(0), PG_GETARG_DAYWORDS(1))

/* a = b */
Datum
dayset_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(COMPARE_ARGUMENTS() == 0);
}

/* a <> b */
Datum
dayset_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(COMPARE_ARGUMENTS() != 0);
}

/* a < b */
Datum
dayset_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(COMPARE_ARGUMENTS() < 0);
}

/* a <= b */
Datum
dayset_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(COMPARE_ARGUMENTS() <= 0);
}

/* a > b */
Datum
dayset_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(COMPARE_ARGUMENTS() > 0);
}

/* a >= b */
Datum
dayset_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(COMPARE_ARGUMENTS() >= 0);
}

/* Comparison for B-trees. */
Datum
dayset_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(COMPARE_ARGUMENTS());
}

/* Hash of the days. */
Datum
dayset_hash(PG_FUNCTION_ARGS)
{
	DayWords	words = PG_GETARG_DAYWORDS(0);

	return UInt32GetDatum(hash_bytes((const unsigned char *) words.word,
									 words.count * sizeof(DayWord)));
}

/* Hash of the days, with a seed. */
Datum
dayset_hash_extended(PG_FUNCTION_ARGS)
{
	DayWords	words = PG_GETARG_DAYWORDS(0);

	return UInt64GetDatum(hash_bytes_extended((const unsigned char *) words.word,
											  words.count * sizeof(DayWord),
											  PG_GETARG_INT64(1)));
}
