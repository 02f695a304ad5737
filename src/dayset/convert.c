/*
 * convert.c
 *		Sets of days from and to everything else: text, the wire format,
 *		dates, arrays, ranges, multiranges and rows.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <ctype.h>

#include "base/argument.h"
#include "base/excerpt.h"
#include "catalog/pg_type_d.h"
#include "dayset/dayset.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/fmgroids.h"
#include "utils/jsonb.h"
#include "utils/multirangetypes.h"
#include "utils/tuplestore.h"

/* A hundred years: a longer range is a mistyped year. */
#define MAX_RANGE_DAYS		36525

/*
 * The Julian day of a date.
 */
int32
DateToJulian(DateADT date)
{
	if (DATE_NOT_FINITE(date))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("a dayset cannot hold the date \"%s\"",
						DATE_IS_NOBEGIN(date) ? "-infinity" : "infinity")));
	return date + POSTGRES_EPOCH_JDATE;
}

/* The days between the bounds of a daterange; all days on a side that has none. */
static DayWindow
WindowBetween(const RangeBound *lower, const RangeBound *upper)
{
	DateADT		first = DatumGetDateADT(lower->val);
	DateADT		last = DatumGetDateADT(upper->val);
	DayWindow	window = ALL_DAYS;

	/* A daterange is [first, last), unless a bound is infinity itself. */
	if (!lower->infinite && !DATE_IS_NOBEGIN(first))
		window.first = DATE_IS_NOEND(first) ? LAST_DAY + 1 : DateToJulian(first);
	if (!upper->infinite && !DATE_IS_NOEND(last))
		window.last = DATE_IS_NOBEGIN(last) ? -1 : DateToJulian(last) - 1;
	return window;
}

/*
 * The days in a daterange.
 */
DayWindow
DateRangeWindow(FunctionCallInfo fcinfo, const RangeType *range)
{
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;

	range_deserialize(range_get_typcache(fcinfo, DATERANGEOID), range, &lower, &upper, &empty);
	return empty ? NO_DAYS : WindowBetween(&lower, &upper);
}

/*
 * The days up to a date.
 */
DayWindow
WindowUpTo(DateADT date)
{
	DayWindow	window = ALL_DAYS;

	if (DATE_IS_NOBEGIN(date))
		return NO_DAYS;
	if (!DATE_IS_NOEND(date))
		window.last = DateToJulian(date);
	return window;
}

/*
 * The days up to the date that is the option as_of of a function.
 */
DayWindow
ArgumentAsOf(FunctionCallInfo fcinfo, int argno)
{
	ArgumentNotNull(fcinfo, argno, "as_of");
	return WindowUpTo(PG_GETARG_DATEADT(argno));
}

/* Add a daterange to a set, if it is one that a school could mean. */
static DaySet *
AddRange(FunctionCallInfo fcinfo, DaySet *set, const RangeType *range)
{
	DayWindow	window = DateRangeWindow(fcinfo, range);

	CHECK_FOR_INTERRUPTS();
	if ((int64) window.last - window.first >= MAX_RANGE_DAYS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("range %s is too long for a dayset",
						OidOutputFunctionCall(F_RANGE_OUT, RangeTypePGetDatum(range))),
				 errdetail("A range can have at most %d days, a hundred years.",
						   MAX_RANGE_DAYS),
				 errhint("Intersect it with the years that are meant, or look for a mistyped year.")));
	return DaySetAddDays(set, window);
}

/*
 * Text.  {2025-09-01,2025-09-03..2025-09-05}: ISO dates and runs of them,
 * whatever DateStyle says.
 */

/* Read digits; -1 if there are none, or too many. */
static int
ReadDigits(const char **at)
{
	int			value = 0;
	int			digits = 0;

	while (isdigit((unsigned char) **at) && digits++ < 7)
		value = value * 10 + *(*at)++ - '0';
	return digits > 0 && digits <= 7 ? value : -1;
}

/* Skip what stands at this place, if it does. */
static bool
SkipText(const char **at, const char *text)
{
	size_t		length = strlen(text);

	if (strncmp(*at, text, length) != 0)
		return false;
	*at += length;
	return true;
}

static void
SkipSpace(const char **at)
{
	while (isspace((unsigned char) **at))
		(*at)++;
}

/* Read a date, as Julian day; false after a soft error. */
static bool
ReadDay(const char **at, const char *text, Node *escontext, int32 *julian)
{
	const char *start;
	const char *end;
	int			year;
	int			month;
	int			day;
	bool		before_christ;

	SkipSpace(at);
	start = *at;
	if ((year = ReadDigits(at)) < 0 || !SkipText(at, "-") ||
		(month = ReadDigits(at)) < 0 || !SkipText(at, "-") ||
		(day = ReadDigits(at)) < 0)
		ereturn(escontext, false,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type dayset: \"%s\"", Excerpt(text)),
				 errdetail("Expected a date as YYYY-MM-DD at \"%s\".", Excerpt(start))));
	before_christ = SkipText(at, " BC");
	end = *at;
	SkipSpace(at);
	if (year == 0)
		year = INT_MAX;			/* there was none */
	else if (before_christ)
		year = 1 - year;

	if (year > JULIAN_MAXYEAR || month < 1 || month > MONTHS_PER_YEAR ||
		day < 1 || day > day_tab[isleap(year)][month - 1] ||
		!IS_VALID_JULIAN(year, month, day) ||
		!IS_VALID_DATE(date2j(year, month, day) - POSTGRES_EPOCH_JDATE))
		ereturn(escontext, false,
				(errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
				 errmsg("date out of range in dayset: \"%.*s\"",
						(int) (end - start), start)));
	*julian = date2j(year, month, day);
	return true;
}

/* Append a day to text. */
static void
AppendDay(StringInfo text, int32 day)
{
	struct pg_tm tm;
	char		date[MAXDATELEN + 1];

	j2date(day, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	EncodeDateOnly(&tm, USE_ISO_DATES, date);
	appendStringInfoString(text, date);
}

/* Text input. */
PG_FUNCTION_INFO_V1(dayset_in);
Datum
dayset_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);
	const char *at = text;
	DaySet	   *set = DaySetMake(0);
	bool		more = true;
	bool		valid;

	SkipSpace(&at);
	valid = SkipText(&at, "{");
	SkipSpace(&at);
	if (valid && SkipText(&at, "}"))
		more = false;
	while (valid && more)
	{
		DayWindow	run;

		CHECK_FOR_INTERRUPTS();
		if (!ReadDay(&at, text, fcinfo->context, &run.first))
			PG_RETURN_NULL();
		run.last = run.first;
		if (SkipText(&at, "..") && !ReadDay(&at, text, fcinfo->context, &run.last))
			PG_RETURN_NULL();
		if (run.last < run.first)
			ereturn(fcinfo->context, (Datum) 0,
					(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					 errmsg("invalid input syntax for type dayset: \"%s\"", Excerpt(text)),
					 errdetail("The last day of a run must not come before its first.")));
		set = DaySetAddDays(set, run);
		more = SkipText(&at, ",");
		valid = more || SkipText(&at, "}");
	}
	SkipSpace(&at);
	if (!valid || *at != '\0')
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type dayset: \"%s\"", Excerpt(text)),
				 errdetail("Unexpected text at \"%s\".", Excerpt(at)),
				 errhint("Write days and runs of days as {2025-09-01,2025-09-03..2025-09-05}. To collect a column of text, write dayset(day::date).")));
	PG_RETURN_DAYSET(set);
}

/* Text output. */
PG_FUNCTION_INFO_V1(dayset_out);
Datum
dayset_out(PG_FUNCTION_ARGS)
{
	DayRuns		runs = RunsOfDays(PG_GETARG_DAYWORDS(0));
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoChar(&text, '{');
	while (NextRun(&runs))
	{
		CHECK_FOR_INTERRUPTS();
		if (text.len > 1)
			appendStringInfoChar(&text, ',');
		AppendDay(&text, runs.first);
		if (runs.last > runs.first)
		{
			appendStringInfoString(&text, "..");
			AppendDay(&text, runs.last);
		}
	}
	appendStringInfoChar(&text, '}');
	PG_RETURN_CSTRING(text.data);
}

/* Binary input: format version, number of words, then index and bits of each. */
PG_FUNCTION_INFO_V1(dayset_recv);
Datum
dayset_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(message);
	uint32		count = pq_getmsgint(message, 4);
	DaySet	   *set;

	if (count > DAYSET_MAX_WORDS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("dayset has too many words: %u", count)));

	set = palloc(DAYSET_SIZE(count));
	SET_VARSIZE(set, DAYSET_SIZE(count));
	set->version = version;
	set->flags = 0;
	set->count = count;
	for (uint32 i = 0; i < count; i++)
	{
		set->words[i].index = (int32) pq_getmsgint(message, 4);
		set->words[i].bits[1] = pq_getmsgint(message, 4);
		set->words[i].bits[0] = pq_getmsgint(message, 4);
	}
	(void) CheckDayWords((struct varlena *) set, ERRCODE_INVALID_BINARY_REPRESENTATION);
	PG_RETURN_POINTER(set);
}

/* Binary output. */
PG_FUNCTION_INFO_V1(dayset_send);
Datum
dayset_send(PG_FUNCTION_ARGS)
{
	DayWords	words = PG_GETARG_DAYWORDS(0);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbyte(&message, DAYSET_VERSION);
	pq_sendint32(&message, words.count);
	for (int i = 0; i < words.count; i++)
	{
		pq_sendint32(&message, words.word[i].index);
		pq_sendint64(&message, WordBits(&words.word[i]));
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

/*
 * Dates, arrays, ranges and multiranges.
 */

/* The set of one day. */
PG_FUNCTION_INFO_V1(dayset_from_date);
Datum
dayset_from_date(PG_FUNCTION_ARGS)
{
	PG_RETURN_DAYSET(DaySetAddDay(DaySetMake(1), DateToJulian(PG_GETARG_DATEADT(0))));
}

/* The days of an array; its NULLs are skipped. */
PG_FUNCTION_INFO_V1(dayset_from_dates);
Datum
dayset_from_dates(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	const DateADT *date = (const DateADT *) ARR_DATA_PTR(array);
	const DateADT *end = (const DateADT *) ((const char *) array + ARR_SIZE(array));
	DaySet	   *set = DaySetMake(0);

	/* NULLs take no place among the elements. */
	for (; date < end; date++)
	{
		CHECK_FOR_INTERRUPTS();
		set = DaySetAddDay(set, DateToJulian(*date));
	}
	PG_RETURN_DAYSET(set);
}

/* The days of a range. */
PG_FUNCTION_INFO_V1(dayset_from_range);
Datum
dayset_from_range(PG_FUNCTION_ARGS)
{
	PG_RETURN_DAYSET(AddRange(fcinfo, DaySetMake(0), PG_GETARG_RANGE_P(0)));
}

/* The days of a multirange. */
PG_FUNCTION_INFO_V1(dayset_from_multirange);
Datum
dayset_from_multirange(PG_FUNCTION_ARGS)
{
	MultirangeType *spans = PG_GETARG_MULTIRANGE_P(0);
	TypeCacheEntry *range_type = lookup_type_cache(DATERANGEOID, TYPECACHE_RANGE_INFO);
	DaySet	   *set = DaySetMake(0);

	for (uint32 i = 0; i < spans->rangeCount; i++)
	{
		RangeType  *span = multirange_get_range(range_type, spans, i);

		set = AddRange(fcinfo, set, span);
		pfree(span);
	}
	PG_RETURN_DAYSET(set);
}

/* The daterange of a run of days; empty if last < first. */
static RangeType *
MakeDateRange(TypeCacheEntry *range_type, int32 first, int32 last)
{
	RangeBound	lower = {.inclusive = true, .lower = true};
	RangeBound	upper = {.inclusive = true};

	lower.val = DateADTGetDatum(JulianToDate(first));
	upper.val = DateADTGetDatum(JulianToDate(last));
	return make_range(range_type, &lower, &upper, last < first, NULL);
}

/* An array of the days, in order. */
PG_FUNCTION_INFO_V1(dayset_to_dates);
Datum
dayset_to_dates(PG_FUNCTION_ARGS)
{
	DayWords	words = PG_GETARG_DAYWORDS(0);
	DayRuns		runs = RunsOfDays(words);
	Datum	   *dates = palloc(CountDays(words, ALL_DAYS) * sizeof(Datum));
	int			count = 0;

	while (NextRun(&runs))
	{
		for (int32 day = runs.first; day <= runs.last; day++)
			dates[count++] = DateADTGetDatum(JulianToDate(day));
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(dates, count, DATEOID, sizeof(DateADT),
										  true, TYPALIGN_INT));
}

/* A JSON array of the days, in order, as texts. */
PG_FUNCTION_INFO_V1(dayset_to_jsonb);
Datum
dayset_to_jsonb(PG_FUNCTION_ARGS)
{
	DayRuns		runs = RunsOfDays(PG_GETARG_DAYWORDS(0));
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	while (NextRun(&runs))
	{
		for (int32 day = runs.first; day <= runs.last; day++)
		{
			struct pg_tm date = {0};
			char		text[MAXDATELEN + 1];
			JsonbValue	element = {.type = jbvString};

			CHECK_FOR_INTERRUPTS();
			j2date(day, &date.tm_year, &date.tm_mon, &date.tm_mday);
			EncodeDateOnly(&date, USE_XSD_DATES, text);
			element.val.string.val = pstrdup(text);
			element.val.string.len = strlen(text);
			pushJsonbValue(&state, WJB_ELEM, &element);
		}
	}
	PG_RETURN_JSONB_P(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_ARRAY, NULL)));
}

/* The range from the first day to the last. */
PG_FUNCTION_INFO_V1(dayset_to_range);
Datum
dayset_to_range(PG_FUNCTION_ARGS)
{
	DayWords	words = PG_GETARG_DAYWORDS(0);
	TypeCacheEntry *range_type = range_get_typcache(fcinfo, DATERANGEOID);

	if (words.count == 0)
		PG_RETURN_RANGE_P(MakeDateRange(range_type, 0, -1));
	PG_RETURN_RANGE_P(MakeDateRange(range_type, FirstDay(words), LastDay(words)));
}

/* The runs of days as ranges. */
PG_FUNCTION_INFO_V1(dayset_to_multirange);
Datum
dayset_to_multirange(PG_FUNCTION_ARGS)
{
	DayWords	words = PG_GETARG_DAYWORDS(0);
	DayRuns		runs = RunsOfDays(words);
	TypeCacheEntry *range_type = lookup_type_cache(DATERANGEOID, TYPECACHE_RANGE_INFO);
	RangeType **ranges = palloc(CountDays(words, ALL_DAYS) * sizeof(RangeType *));
	int			count = 0;

	while (NextRun(&runs))
	{
		CHECK_FOR_INTERRUPTS();
		ranges[count++] = MakeDateRange(range_type, runs.first, runs.last);
	}
	PG_RETURN_MULTIRANGE_P(make_multirange(DATEMULTIRANGEOID, range_type, count, ranges));
}

/* The days as rows, in order. */
PG_FUNCTION_INFO_V1(dayset_days);
Datum
dayset_days(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	DayRuns		runs = RunsOfDays(PG_GETARG_DAYWORDS(0));

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	while (NextRun(&runs))
	{
		for (int32 day = runs.first; day <= runs.last; day++)
		{
			Datum		value = DateADTGetDatum(JulianToDate(day));
			bool		isnull = false;

			CHECK_FOR_INTERRUPTS();
			tuplestore_putvalues(result->setResult, result->setDesc, &value, &isnull);
		}
	}
	PG_RETURN_NULL();
}
