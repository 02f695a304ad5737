/*
 * layout.c
 *		How a dayset lies in memory: checking, reading, building.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "dayset/dayset.h"
#include "miscadmin.h"

#define CAPACITY(set) \
	((int) ((VARSIZE(set) - offsetof(DaySet, words)) / sizeof(DayWord)))

/*
 * The words of a set that may come from anywhere.  What is not a dayset, in
 * the one form that its days have, is an error with the given SQLSTATE.
 *
 * A short set is stored with a short header, where nothing is aligned: it is
 * read as it lies.
 */
DayWords
CheckDayWords(const struct varlena *set, int sqlstate)
{
	const Size	header_size = DAYSET_SIZE(0) - VARHDRSZ;
	const char *data = VARDATA_ANY(set);
	Size		size = VARSIZE_ANY_EXHDR(set);
	DaySet		header;
	DayWords	words;
	Size		words_size;
	bool		valid;

	if (size < header_size)
		ereport(ERROR,
				(errcode(sqlstate),
				 errmsg("invalid dayset: too short")));
	memcpy(VARDATA(&header), data, header_size);
	if (header.version != DAYSET_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("dayset has unknown format version %d", header.version),
				 errhint("A newer version of gapstats can read it.")));

	words.word = (const DayWord *) (data + header_size);
	words.count = header.count;
	words_size = words.count * sizeof(DayWord);
	valid = IsWorking(&header) ? words_size <= size - header_size : words_size == size - header_size;
	valid = valid && (header.flags & ~STATE_WORKING) == 0;

	if (valid)
	{
		int32		previous = -1;

		for (int i = 0; i < words.count; i++)
		{
			valid &= WordBits(&words.word[i]) != 0 && words.word[i].index > previous;
			previous = words.word[i].index;
		}
	}
	if (valid && words.count > 0)
		valid = words.word[words.count - 1].index <= LAST_INDEX &&
			LastDay(words) <= LAST_DAY;

	if (!valid)
		ereport(ERROR,
				(errcode(sqlstate),
				 errmsg("invalid dayset: malformed words")));
	return words;
}

/*
 * The words of a stored set.
 */
DayWords
GetDayWords(Datum value)
{
	return CheckDayWords(PG_DETOAST_DATUM_PACKED(value), ERRCODE_DATA_CORRUPTED);
}

/*
 * A state that is empty, with room for so many words.
 */
DaySet *
DaySetMake(int words)
{
	DaySet	   *set = AllocateState(DAYSET_SIZE(Max(words, 2)));

	set->version = DAYSET_VERSION;
	set->flags = STATE_WORKING;
	set->count = 0;
	return set;
}

/* The place of the first word whose index is not below the one sought. */
static int
FindPlace(const DayWord *words, int count, int32 index)
{
	int			low = 0;
	int			high = count;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (words[middle].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * Add days of one word to a state.
 *
 * Changes the set in place while it has room; else returns a larger copy.
 */
DaySet *
DaySetAddWord(DaySet *set, int32 index, uint64 bits)
{
	int			used = set->count;
	int			place = used;
	DayWord		word = {.index = index};

	if (bits == 0)
		return set;

	/* Words mostly come in order. */
	if (used > 0 && set->words[used - 1].index >= index)
		place = FindPlace(set->words, used, index);
	if (place < used && set->words[place].index == index)
	{
		AddWordBits(&set->words[place], bits);
		return set;
	}

	if (used == DAYSET_MAX_WORDS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("dayset too large"),
				 errdetail("A dayset can hold days in at most %d different spans of %d days.",
						   DAYSET_MAX_WORDS, DAYS_PER_WORD)));
	if (used == CAPACITY(set))
		set = GrowState(set, DAYSET_SIZE(used), DAYSET_SIZE(used + 1));
	if (place < used)
		CHECK_FOR_INTERRUPTS(); /* many words against their order take a while */
	AddWordBits(&word, bits);
	memmove(&set->words[place + 1], &set->words[place], (used - place) * sizeof(DayWord));
	set->words[place] = word;
	set->count++;
	return set;
}

/*
 * Add a run of days.
 */
DaySet *
DaySetAddDays(DaySet *set, DayWindow window)
{
	for (int32 index = window.first / DAYS_PER_WORD;
		 index <= window.last / DAYS_PER_WORD; index++)
		set = DaySetAddWord(set, index, WindowBits(window, index));
	return set;
}

/*
 * Make a value of a state, in place.
 */
DaySet *
DaySetFinish(DaySet *set)
{
	SET_VARSIZE(set, DAYSET_SIZE(set->count));
	set->flags = 0;
	return set;
}

/*
 * The value that has these words.
 */
DaySet *
DaySetCopy(DayWords words)
{
	Size		size = DAYSET_SIZE(words.count);
	DaySet	   *set = palloc(size);

	SET_VARSIZE(set, size);
	set->version = DAYSET_VERSION;
	set->flags = 0;
	set->count = words.count;
	memcpy(set->words, words.word, words.count * sizeof(DayWord));
	return set;
}

/*
 * How many days of a set lie in the window.
 */
int
CountDays(DayWords words, DayWindow window)
{
	int			count = 0;

	for (int i = 0; i < words.count; i++)
		count += pg_popcount64(WordBits(&words.word[i]) & WindowBits(window, words.word[i].index));
	return count;
}

/*
 * Go to the next word that either set has.
 */
bool
NextPair(DayPairs *pairs)
{
	const DayWord *a = &pairs->a.word[pairs->next_a];
	const DayWord *b = &pairs->b.word[pairs->next_b];
	bool		more_a = pairs->next_a < pairs->a.count;
	bool		more_b = pairs->next_b < pairs->b.count;
	bool		take_a = more_a && (!more_b || a->index <= b->index);
	bool		take_b = more_b && (!more_a || b->index <= a->index);

	if (!take_a && !take_b)
		return false;

	pairs->index = take_a ? a->index : b->index;
	pairs->a_bits = take_a ? WordBits(a) : 0;
	pairs->b_bits = take_b ? WordBits(b) : 0;
	pairs->next_a += take_a;
	pairs->next_b += take_b;
	return true;
}

/*
 * Go to the next run of consecutive days.
 */
bool
NextRun(DayRuns *runs)
{
	const DayWord *word;
	const DayWord *end = runs->words.word + runs->words.count;
	int			start;

	if (runs->rest == 0)
	{
		if (++runs->place >= runs->words.count)
			return false;
		runs->rest = WordBits(&runs->words.word[runs->place]);
	}
	word = &runs->words.word[runs->place];
	start = pg_rightmost_one_pos64(runs->rest);
	runs->first = word->index * DAYS_PER_WORD + start;

	for (;;)
	{
		uint64		gaps = ~runs->rest & (~UINT64CONST(0) << start);
		int			gap = gaps ? pg_rightmost_one_pos64(gaps) : DAYS_PER_WORD;

		runs->last = word->index * DAYS_PER_WORD + gap - 1;
		if (gap < DAYS_PER_WORD)
		{
			runs->rest &= ~UINT64CONST(0) << gap;
			return true;
		}

		/* The run reaches the end of the word: does it go on in the next? */
		runs->rest = 0;
		if (word + 1 == end || word[1].index != word->index + 1 ||
			(word[1].bits[0] & 1) == 0)
			return true;
		word++;
		runs->place++;
		runs->rest = WordBits(word);
		start = 0;
	}
}
