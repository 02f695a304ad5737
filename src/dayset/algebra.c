/*
 * algebra.c
 *		What can be asked of sets of days, and made of them.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "common/hashfn.h"
#include "dayset/dayset.h"
#include "utils/builtins.h"

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
PG_FUNCTION_INFO_V1(dayset_union);
Datum
dayset_union(PG_FUNCTION_ARGS)
{
	SET_FROM_PAIRS(pair.a_bits | pair.b_bits);
}

/* Days in both sets. */
PG_FUNCTION_INFO_V1(dayset_intersection);
Datum
dayset_intersection(PG_FUNCTION_ARGS)
{
	SET_FROM_PAIRS(pair.a_bits & pair.b_bits);
}

/* Days in the first set that are not in the second. */
PG_FUNCTION_INFO_V1(dayset_difference);
Datum
dayset_difference(PG_FUNCTION_ARGS)
{
	SET_FROM_PAIRS(pair.a_bits & ~pair.b_bits);
}

/* Days in just one of the sets. */
PG_FUNCTION_INFO_V1(dayset_symmetric_difference);
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

/*
 * Of the days in the window, skip so many and keep so many.
 */
DaySet *
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
PG_FUNCTION_INFO_V1(dayset_during);
Datum
dayset_during(PG_FUNCTION_ARGS)
{
	PG_RETURN_DAYSET(KeepDays(PG_GETARG_DAYWORDS(0),
							  DateRangeWindow(fcinfo, PG_GETARG_RANGE_P(1)),
							  0, PG_INT32_MAX));
}

/* The first n days. */
PG_FUNCTION_INFO_V1(dayset_first_days);
Datum
dayset_first_days(PG_FUNCTION_ARGS)
{
	PG_RETURN_DAYSET(KeepDays(PG_GETARG_DAYWORDS(0), ALL_DAYS,
							  0, ArgumentNonNegative(fcinfo, 1, "n")));
}

/* The last n days up to a date; an infinite date is no limit, or no days. */
PG_FUNCTION_INFO_V1(dayset_last_days);
Datum
dayset_last_days(PG_FUNCTION_ARGS)
{
	DayWindow	window = ArgumentAsOf(fcinfo, 2);
	DayWords	words;
	int			number;
	int			days;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	words = PG_GETARG_DAYWORDS(0);
	number = ArgumentNonNegative(fcinfo, 1, "n");
	days = CountDays(words, window);
	PG_RETURN_DAYSET(KeepDays(words, window, Max(days - number, 0), number));
}

/* Every day moved by so many calendar days. */
PG_FUNCTION_INFO_V1(dayset_shift);
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
PG_FUNCTION_INFO_V1(dayset_day_count);
Datum
dayset_day_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(CountDays(PG_GETARG_DAYWORDS(0), ALL_DAYS));
}

/* The first day; NULL of the empty set. */
PG_FUNCTION_INFO_V1(dayset_first_day);
Datum
dayset_first_day(PG_FUNCTION_ARGS)
{
	DayWords	words = PG_GETARG_DAYWORDS(0);

	if (words.count == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(JulianToDate(FirstDay(words)));
}

/* The last day; NULL of the empty set. */
PG_FUNCTION_INFO_V1(dayset_last_day);
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
PG_FUNCTION_INFO_V1(dayset_contains_day);
Datum
dayset_contains_day(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(HasDate(PG_GETARG_DAYWORDS(0), PG_GETARG_DATEADT(1)));
}

/* date <@ set */
PG_FUNCTION_INFO_V1(dayset_contained_day);
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
PG_FUNCTION_INFO_V1(dayset_contains);
Datum
dayset_contains(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(HasDays(PG_GETARG_DAYWORDS(0), PG_GETARG_DAYWORDS(1)));
}

/* a <@ b */
PG_FUNCTION_INFO_V1(dayset_contained);
Datum
dayset_contained(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(HasDays(PG_GETARG_DAYWORDS(1), PG_GETARG_DAYWORDS(0)));
}

/* Is there a day in both? */
PG_FUNCTION_INFO_V1(dayset_overlaps);
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

/* Compare two arguments. Sorts call this often, in a context that stays: leave nothing behind. */
static int
CompareArguments(FunctionCallInfo fcinfo)
{
	struct varlena *a = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	struct varlena *b = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(1));
	int			result = CompareDays(CheckDayWords(a, ERRCODE_DATA_CORRUPTED),
									 CheckDayWords(b, ERRCODE_DATA_CORRUPTED));

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

/* a = b */
PG_FUNCTION_INFO_V1(dayset_eq);
Datum
dayset_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArguments(fcinfo) == 0);
}

/* a <> b */
PG_FUNCTION_INFO_V1(dayset_ne);
Datum
dayset_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArguments(fcinfo) != 0);
}

/* a < b */
PG_FUNCTION_INFO_V1(dayset_lt);
Datum
dayset_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArguments(fcinfo) < 0);
}

/* a <= b */
PG_FUNCTION_INFO_V1(dayset_le);
Datum
dayset_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArguments(fcinfo) <= 0);
}

/* a > b */
PG_FUNCTION_INFO_V1(dayset_gt);
Datum
dayset_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArguments(fcinfo) > 0);
}

/* a >= b */
PG_FUNCTION_INFO_V1(dayset_ge);
Datum
dayset_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArguments(fcinfo) >= 0);
}

/* Comparison for B-trees. */
PG_FUNCTION_INFO_V1(dayset_cmp);
Datum
dayset_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(CompareArguments(fcinfo));
}

/* Hash of the days. */
PG_FUNCTION_INFO_V1(dayset_hash);
Datum
dayset_hash(PG_FUNCTION_ARGS)
{
	struct varlena *set = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	DayWords	words = CheckDayWords(set, ERRCODE_DATA_CORRUPTED);
	Datum		hash = hash_any((const unsigned char *) words.word, words.count * sizeof(DayWord));

	PG_FREE_IF_COPY(set, 0);
	return hash;
}

/* Hash of the days, with a seed. */
PG_FUNCTION_INFO_V1(dayset_hash_extended);
Datum
dayset_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *set = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	DayWords	words = CheckDayWords(set, ERRCODE_DATA_CORRUPTED);
	Datum		hash = hash_any_extended((const unsigned char *) words.word,
										 words.count * sizeof(DayWord), PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(set, 0);
	return hash;
}
