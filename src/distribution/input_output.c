/*
 * input_output.c
 *		How a distribution is written, as text and in binary. Both lose nothing.
 *
 * Text is {value:count, ...}, where a count of 1 may be left out and the order
 * does not matter; a coarse distribution goes on with
 * " coarse LEVEL sum EXACT squares EXACT". The output depends on no setting.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/excerpt.h"
#include "common/shortest_dec.h"
#include "distribution/distribution.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"

/* Entries that are read before they are sorted: at first, and at most */
#define FIRST_LIST 64
#define MAX_LIST (4 * DISTRIBUTION_MAX_ENTRIES)

#define ST_SORT SortEntries
#define ST_ELEMENT_TYPE DistributionEntry
#define ST_COMPARE(a, b) ((a)->value < (b)->value ? -1 : (a)->value > (b)->value)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

static inline void
SkipSpace(const char **text)
{
	while (**text == ' ' || **text == '\t' || **text == '\n' || **text == '\r')
		(*text)++;
}

/* Skip space and then this word; false if another comes */
bool
DistributionSkipWord(const char **text, const char *word)
{
	size_t		length = strlen(word);

	SkipSpace(text);
	if (strncmp(*text, word, length) != 0)
		return false;
	*text += length;
	return true;
}

/* Read a decimal number of at most 64 bits; false if there is none */
bool
DistributionParseInteger(const char **text, int64 *result)
{
	char	   *end;

	SkipSpace(text);
	if (**text != '-' && (**text < '0' || **text > '9'))
		return false;
	errno = 0;
	*result = strtoll(*text, &end, 10);
	if (end == *text || errno == ERANGE)
		return false;
	*text = end;
	return true;
}

/* Read a double, as float8 has it, and no NaN or infinity; returns what is wrong, or NULL */
const char *
DistributionParseDouble(const char **text, double *result)
{
	char	   *end;

	SkipSpace(text);
	errno = 0;
	*result = strtod(*text, &end);
	if (end == *text)
		return "A value must be a number.";
	if (!isfinite(*result) || (errno == ERANGE && *result == 0))
		return "Values must be finite numbers within the range of double precision.";
	*result += 0.0;				/* -0 is 0 */
	*text = end;
	return NULL;
}

/* Read one value and its count; returns what is wrong, or NULL */
static const char *
ParseEntry(const char **text, DistributionEntry *entry)
{
	const char *defect = DistributionParseDouble(text, &entry->value);

	if (defect != NULL)
		return defect;
	entry->count = 1;
	if (DistributionSkipWord(text, ":") && !DistributionParseInteger(text, &entry->count))
		return "A count must be a whole number within the range of bigint.";
	if (entry->count <= 0)
		return "A count must be positive.";
	return NULL;
}

/* The entries that were read, with room for more */
typedef struct EntryList
{
	DistributionEntry *entries;
	int			n;
	int			capacity;
} EntryList;

/* Sort entries and merge those of one value; returns what is wrong, or NULL */
static const char *
NormalizeEntries(EntryList *list)
{
	DistributionEntry *entries = list->entries;
	int			last = -1;

	SortEntries(entries, list->n);
	for (int i = 0; i < list->n; i++)
	{
		if (last < 0 || entries[last].value != entries[i].value)
			entries[++last] = entries[i];
		else if (pg_add_s64_overflow(entries[last].count, entries[i].count,
									 &entries[last].count))
			return "The counts add up to more than 9223372036854775807.";
	}
	list->n = last + 1;
	if (list->n > DISTRIBUTION_MAX_ENTRIES)
		return "It has more than 16384 distinct values.";
	return NULL;
}

/* Read what follows the entries of a coarse distribution */
static const char *
ParseCoarseness(const char **text, int64 *level, ExactMoments *moments)
{
	if (!DistributionParseInteger(text, level) || *level < 1 || *level > DISTRIBUTION_MAX_LEVEL)
		return "The coarsening level must be a whole number from 1 to 52.";
	if (!DistributionSkipWord(text, "sum"))
		return "A coarse distribution must give its sum.";
	SkipSpace(text);
	if (!ExactIntegerIn(text, moments->sum, EXACT_SUM_LIMBS, EXACT_SUM_UNIT))
		return "The sum must be an exact hexadecimal number within range.";
	if (!DistributionSkipWord(text, "squares"))
		return "A coarse distribution must give its sum of squares.";
	SkipSpace(text);
	if (!ExactIntegerIn(text, moments->squares, EXACT_SQUARES_LIMBS, EXACT_SQUARES_UNIT))
		return "The sum of squares must be an exact hexadecimal number within range.";
	return NULL;
}

/*
 * Make room for an entry. A list stays as short as the distinct values in it
 * allow, however long the literal is. Returns what is wrong, or NULL.
 */
static const char *
MakeRoom(EntryList *list)
{
	if (list->n < list->capacity)
		return NULL;
	if (list->capacity == MAX_LIST)
		return NormalizeEntries(list);
	list->capacity = Min(4 * list->capacity, MAX_LIST);
	list->entries = repalloc(list->entries, list->capacity * sizeof(DistributionEntry));
	return NULL;
}

/* Read entries up to the closing brace; returns what is wrong, or NULL */
static const char *
ParseEntries(const char **text, EntryList *list)
{
	if (DistributionSkipWord(text, "}"))
		return NULL;
	do
	{
		const char *defect = MakeRoom(list);

		CHECK_FOR_INTERRUPTS();
		if (defect == NULL)
			defect = ParseEntry(text, &list->entries[list->n++]);
		if (defect != NULL)
			return defect;
	} while (DistributionSkipWord(text, ","));
	if (!DistributionSkipWord(text, "}"))
		return "Values must be separated by \",\" and end with \"}\".";
	return NormalizeEntries(list);
}

/*
 * Read a distribution and move the pointer behind it. Returns what is wrong
 * with it, or NULL.
 */
const char *
DistributionParse(const char **text, Distribution **result)
{
	EntryList	list = {palloc(FIRST_LIST * sizeof(DistributionEntry)), 0, FIRST_LIST};
	int64		level = 0;
	ExactMoments moments;
	const char *defect;

	if (!DistributionSkipWord(text, "{"))
		return "It must begin with \"{\".";
	defect = ParseEntries(text, &list);
	if (defect != NULL)
		return defect;
	if (DistributionSkipWord(text, "coarse"))
	{
		defect = ParseCoarseness(text, &level, &moments);
		if (defect != NULL)
			return defect;
	}

	*result = DistributionFromEntries(list.entries, list.n, level, &moments);
	pfree(list.entries);
	defect = DistributionDefect(*result);
	return defect != NULL ? defect : DistributionMomentsDefect(*result);
}

/* Write a double that reads as the same one */
void
DistributionPrintDouble(StringInfo buf, double value)
{
	enlargeStringInfo(buf, DOUBLE_SHORTEST_DECIMAL_LEN);
	buf->len += double_to_shortest_decimal_bufn(value, buf->data + buf->len);
	buf->data[buf->len] = '\0';
}

/* Write a distribution as text */
void
DistributionPrint(StringInfo buf, const Distribution *d)
{
	const DistributionEntry *entries = DistributionEntries(d);

	appendStringInfoChar(buf, '{');
	for (int i = 0; i < d->nentries; i++)
	{
		if (i > 0)
			appendStringInfoChar(buf, ',');
		DistributionPrintDouble(buf, entries[i].value);
		appendStringInfo(buf, ":" INT64_FORMAT, entries[i].count);
	}
	appendStringInfoChar(buf, '}');
	if (d->level > 0)
	{
		const ExactMoments *moments = DistributionKeptMoments(d);

		appendStringInfo(buf, " coarse %d sum ", d->level);
		ExactIntegerOut(buf, moments->sum, EXACT_SUM_LIMBS, EXACT_SUM_UNIT);
		appendStringInfoString(buf, " squares ");
		ExactIntegerOut(buf, moments->squares, EXACT_SQUARES_LIMBS, EXACT_SQUARES_UNIT);
	}
}

/* Read a distribution from a binary message */
Distribution *
DistributionReceive(StringInfo buf)
{
	int			version = pq_getmsgbyte(buf);
	int			level = pq_getmsgbyte(buf);
	uint32		nentries = pq_getmsgint(buf, 4);
	DistributionEntry *entries;
	ExactMoments moments;
	Distribution *result;
	const char *defect;

	if (version != DISTRIBUTION_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported version %d of type distribution", version)));
	if (level > DISTRIBUTION_MAX_LEVEL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid coarsening level of type distribution: %d", level)));
	if (nentries > DISTRIBUTION_MAX_ENTRIES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid number of values of type distribution: %u", nentries)));

	entries = palloc(nentries * sizeof(DistributionEntry));
	for (uint32 i = 0; i < nentries; i++)
	{
		entries[i].value = pq_getmsgfloat8(buf);
		entries[i].count = pq_getmsgint64(buf);
	}
	if (level > 0)
	{
		for (int i = 0; i < EXACT_SUM_LIMBS; i++)
			moments.sum[i] = pq_getmsgint(buf, 4);
		for (int i = 0; i < EXACT_SQUARES_LIMBS; i++)
			moments.squares[i] = pq_getmsgint(buf, 4);
	}

	result = DistributionFromEntries(entries, nentries, level, &moments);
	pfree(entries);
	defect = DistributionDefect(result);
	if (defect == NULL)
		defect = DistributionMomentsDefect(result);
	if (defect != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of type distribution"),
				 errdetail("%s", defect)));
	return result;
}

/* Write a distribution to a binary message */
void
DistributionSend(StringInfo buf, const Distribution *d)
{
	const DistributionEntry *entries = DistributionEntries(d);

	pq_sendbyte(buf, d->version);
	pq_sendbyte(buf, d->level);
	pq_sendint32(buf, d->nentries);
	for (int i = 0; i < d->nentries; i++)
	{
		pq_sendfloat8(buf, entries[i].value);
		pq_sendint64(buf, entries[i].count);
	}
	if (d->level > 0)
	{
		const ExactMoments *moments = DistributionKeptMoments(d);

		for (int i = 0; i < EXACT_SUM_LIMBS; i++)
			pq_sendint32(buf, moments->sum[i]);
		for (int i = 0; i < EXACT_SQUARES_LIMBS; i++)
			pq_sendint32(buf, moments->squares[i]);
	}
}

/* Text input */
PG_FUNCTION_INFO_V1(distribution_in);
Datum
distribution_in(PG_FUNCTION_ARGS)
{
	char	   *literal = PG_GETARG_CSTRING(0);
	const char *text = literal;
	Distribution *result;
	const char *defect = DistributionParse(&text, &result);

	SkipSpace(&text);
	if (defect == NULL && *text != '\0')
		defect = "There is something behind it.";
	if (defect != NULL)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type distribution: \"%s\"", Excerpt(literal)),
				 errdetail("%s", defect),
				 strchr(literal, '{') == NULL ?
				 errhint("Write values and their counts as {198:1,201:2}. To count a column of text, write distribution(value::float8).") : 0));
	PG_RETURN_POINTER(result);
}

/* Text output */
PG_FUNCTION_INFO_V1(distribution_out);
Datum
distribution_out(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	initStringInfo(&buf);
	DistributionPrint(&buf, PG_GETARG_DISTRIBUTION(0));
	PG_RETURN_CSTRING(buf.data);
}

/* Binary input */
PG_FUNCTION_INFO_V1(distribution_recv);
Datum
distribution_recv(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(DistributionReceive((StringInfo) PG_GETARG_POINTER(0)));
}

/* Binary output */
PG_FUNCTION_INFO_V1(distribution_send);
Datum
distribution_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	DistributionSend(&buf, PG_GETARG_DISTRIBUTION(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}
