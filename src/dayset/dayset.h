/*
 * dayset.h
 *		A set of calendar days.
 *
 * A day is its Julian day number, 0 (4714-11-24 BC) up to the last day that
 * the type date knows.  64 consecutive days make a word, and a set stores its
 * non-empty words, in order.  So equal sets have equal bytes, a school year
 * takes less than 100 of them, and a stray day costs 12.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_DAYSET_H
#define GAPSTATS_DAYSET_H

#include "base/state.h"
#include "fmgr.h"
#include "port/pg_bitutils.h"
#include "utils/date.h"
#include "utils/rangetypes.h"

#define DAYS_PER_WORD		64
#define LAST_DAY			((int32) (DATE_END_JULIAN - 1))
#define LAST_INDEX			(LAST_DAY / DAYS_PER_WORD)

/* 65,535 words: every day of 11,000 years, or as many days far apart. */
#define DAYSET_MAX_WORDS	PG_UINT16_MAX

typedef struct DayWord
{
	int32		index;			/* day / 64; ascending within a set */
	uint32		bits[2];		/* never 0; halves, so that a word is 12 bytes */
}			pg_attribute_packed() DayWord;

/* Every reader takes both forms, a value and a state (GetDayWords). */
typedef struct DaySet
{
	int32		vl_len_;		/* varlena header (do not touch directly!) */
	uint8		version;
	uint8		flags;
	uint16		count;			/* words; a state has room for more */
	DayWord		words[FLEXIBLE_ARRAY_MEMBER];
} DaySet;

#define DAYSET_VERSION		1

#define DAYSET_SIZE(count)	(offsetof(DaySet, words) + (count) * sizeof(DayWord))

/* The words of a set, for reading. */
typedef struct DayWords
{
	int			count;
	const DayWord *word;
} DayWords;

/* The words of two sets side by side; 0 where one has none. */
typedef struct DayPairs
{
	DayWords	a;
	DayWords	b;
	int			next_a;
	int			next_b;
	int32		index;
	uint64		a_bits;
	uint64		b_bits;
} DayPairs;

/* Runs of consecutive days. */
typedef struct DayRuns
{
	DayWords	words;
	int			place;			/* of the word */
	uint64		rest;			/* days of this word still to come */
	int32		first;
	int32		last;
} DayRuns;

/* The days from first to last, both included; none if last < first. */
typedef struct DayWindow
{
	int32		first;
	int32		last;
} DayWindow;

static const DayWindow ALL_DAYS = {0, LAST_DAY};
static const DayWindow NO_DAYS = {0, -1};

/* layout.c */
extern DayWords CheckDayWords(const struct varlena *set, int sqlstate);
extern DayWords GetDayWords(Datum value);
extern DaySet *DaySetMake(int words);
extern DaySet *DaySetAddWord(DaySet *set, int32 index, uint64 bits);
extern DaySet *DaySetAddDays(DaySet *set, DayWindow window);
extern DaySet *DaySetFinish(DaySet *set);
extern DaySet *DaySetCopy(DayWords words);
extern int	CountDays(DayWords words, DayWindow window);
extern bool NextPair(DayPairs *pairs);
extern bool NextRun(DayRuns *runs);

/* convert.c */
extern int32 DateToJulian(DateADT date);
extern DayWindow DateRangeWindow(FunctionCallInfo fcinfo, const RangeType *range);
extern DayWindow WindowUpTo(DateADT date);
extern DayWindow ArgumentAsOf(FunctionCallInfo fcinfo, int argno);

/* algebra.c */
extern DaySet *KeepDays(DayWords words, DayWindow window, int skip, int keep);

#define PG_GETARG_DAYWORDS(n)	GetDayWords(PG_GETARG_DATUM(n))
#define PG_RETURN_DAYSET(set)	PG_RETURN_POINTER(DaySetFinish(set))

#define JulianToDate(day)	((DateADT) ((day) - POSTGRES_EPOCH_JDATE))

/* The days of a word. */
static inline uint64
WordBits(const DayWord *word)
{
	return (uint64) word->bits[1] << 32 | word->bits[0];
}

/* Add days to a word. */
static inline void
AddWordBits(DayWord *word, uint64 bits)
{
	word->bits[0] |= (uint32) bits;
	word->bits[1] |= (uint32) (bits >> 32);
}

/* Add a day to a state, as DaySetAddWord does. */
static inline DaySet *
DaySetAddDay(DaySet *set, int32 day)
{
	int32		index = day / DAYS_PER_WORD;
	uint64		bit = UINT64CONST(1) << (day % DAYS_PER_WORD);

	/* Days mostly come in order: look at the last word first. */
	if (likely(set->count > 0 && set->words[set->count - 1].index == index))
	{
		AddWordBits(&set->words[set->count - 1], bit);
		return set;
	}
	return DaySetAddWord(set, index, bit);
}

/* Which days of a word lie in the window. */
static inline uint64
WindowBits(DayWindow window, int32 index)
{
	int64		start = (int64) index * DAYS_PER_WORD;
	int64		from = Max(window.first - start, 0);
	int64		to = Min(window.last - start, DAYS_PER_WORD - 1);

	if (from > to)
		return 0;
	return (~UINT64CONST(0) << from) & (~UINT64CONST(0) >> (DAYS_PER_WORD - 1 - to));
}

/* The first day of a set that is not empty. */
static inline int32
FirstDay(DayWords words)
{
	return words.word[0].index * DAYS_PER_WORD +
		pg_rightmost_one_pos64(WordBits(&words.word[0]));
}

/* The last day of a set that is not empty. */
static inline int32
LastDay(DayWords words)
{
	const DayWord *last = &words.word[words.count - 1];

	return last->index * DAYS_PER_WORD + pg_leftmost_one_pos64(WordBits(last));
}

/* Start a walk over the words of two sets. */
static inline DayPairs
PairDays(DayWords a, DayWords b)
{
	DayPairs	pairs = {.a = a, .b = b};

	return pairs;
}

/* Start a walk over the runs of a set. */
static inline DayRuns
RunsOfDays(DayWords words)
{
	DayRuns		runs = {.words = words, .place = -1};

	return runs;
}

#endif							/* GAPSTATS_DAYSET_H */
