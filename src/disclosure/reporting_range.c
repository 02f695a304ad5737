/*
 * reporting_range.c
 *		A rate as a range that is as wide as its group is small.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/compat.h"
#include "disclosure/reporting_range.h"
#include "utils/builtins.h"

/* How groups of up to so many students are reported: the ends together, what is between in parts of a width */
typedef struct Band
{
	int64		max_n;
	int			low;			/* up to and with it */
	int			high;			/* from it on */
	int			width;
} Band;

typedef struct Standard
{
	int64		min_n;			/* of fewer nothing is reported */
	const char *hidden;			/* and this stands for it */
	const char *low;
	const char *below;			/* where only this and high are told apart; NULL: as low */
	const char *high;
	const Band *bands;
} Standard;

/* Seastrom, NCES 2011-603 */
static const Band nces_bands[] = {
	{20, 20, 80, 10}, {40, 10, 90, 10}, {100, 5, 95, 5}, {300, 2, 98, 1}, {PG_INT64_MAX, 1, 99, 1}
};

/* The public files of EDFacts */
static const Band edfacts_bands[] = {
	{15, 49, 50, 1}, {30, 20, 80, 20}, {60, 10, 90, 10}, {300, 5, 95, 5}, {PG_INT64_MAX, 1, 99, 1}
};

/* Of rounded rates, in percentage points */
static const int steps[] = {1, 5, 10, 20, 50};

/* Those that are by themselves */
static const char *const names[] = {"nces", "edfacts", NULL};

/* Of ReportingStandard, in its order; the last two make their bands */
static const Standard standards[] = {
	{10, "*", "<=%d%%", NULL, ">=%d%%", nces_bands},
	{6, "PS", "LE%d", "LT%d", "GE%d", edfacts_bands},
	{.low = "<=%d%%",.high = ">=%d%%"},
	{.low = "<=%d%%",.high = ">=%d%%"}
};

/* The percentage, halves up */
static int
WholePercent(Proportion p)
{
	return (200 * (int128) p.x + p.n) / (2 * (int128) p.n);
}

/* How many counts of so many, from 0 on, are of at most a percentage */
static int64
CountsUpTo(int64 n, int percent)
{
	return ((int128) n * (2 * percent + 1) + 199) / 200;
}

/* The finest steps of which each holds enough counts; false if none do */
static bool
FindSteps(int64 n, int64 least_counts, Band *band)
{
	for (int i = 0; i < (int) lengthof(steps); i++)
	{
		*band = (Band) {n, Max(steps[i] - 1, 1), 100 - steps[i], steps[i]};
		if (CountsUpTo(n, band->low) >= least_counts && (int128) n * steps[i] / 100 >= least_counts)
			return true;
	}
	return false;
}

/* The narrowest ends that hold enough counts; false if there is nothing between them */
static bool
FindEnds(int64 n, int64 least_counts, Band *band)
{
	for (int low = 1; low < 50; low++)
	{
		*band = (Band) {n, low, 100 - low, 1};
		if (CountsUpTo(n, low) >= least_counts)
			return true;
	}
	return false;
}

/* How a group of so many is reported; false if it is not */
static bool
FindBand(const Reporting *reporting, int64 n, Band *band)
{
	const Standard *standard = &standards[reporting->standard];
	const Band *bands = standard->bands;

	if (reporting->standard == REPORT_ROUNDED)
		return FindSteps(n, reporting->least_counts, band);
	if (reporting->standard == REPORT_ENDS)
		return FindEnds(n, reporting->least_counts, band);
	if (n < standard->min_n)
		return false;
	while (n > bands->max_n)
		bands++;
	*band = *bands;
	return true;
}

/* Rates that are reported alike, from one whole percentage to another; those at the ends from 0 and to 100 */
typedef struct Span
{
	int			from;
	int			to;
} Span;

#define MAX_SPANS 101

/* The spans of a band, from the low end to the high one; how many these are */
static int
SpansOf(const Band *band, Span *spans)
{
	int			n = 0;

	spans[n++] = (Span) {0, band->low};
	while (spans[n - 1].to + 1 < band->high)
	{
		int			from = spans[n - 1].to + 1;

		spans[n++] = (Span) {from, Min(from - from % band->width + band->width, band->high) - 1};
	}
	spans[n++] = (Span) {band->high, 100};
	return n;
}

/* Whether a span is of one number only, which is small, or leaves few, or nobody */
static bool
IsTelling(const Span *span, int64 n, int64 minimum)
{
	int64		least = span->from == 0 ? 0 : CountsUpTo(n, span->from - 1);
	int64		most = span->to == 100 ? n : CountsUpTo(n, span->to) - 1;

	return least == most && (least < minimum || n - least < minimum);
}

/* Join spans that are telling with the next, or at the high end with the one before; how many are left. By n alone, so that it tells nothing. */
static int
JoinTelling(Span *spans, int n_spans, int64 n, int64 minimum)
{
	int			n_joined = 0;

	for (int i = 0; i < n_spans; i++)
	{
		if (n_joined > 0 && IsTelling(&spans[n_joined - 1], n, minimum))
			spans[n_joined - 1].to = spans[i].to;
		else
			spans[n_joined++] = spans[i];
	}
	while (n_joined > 1 && IsTelling(&spans[n_joined - 1], n, minimum))
	{
		spans[n_joined - 2].to = spans[n_joined - 1].to;
		n_joined--;
	}
	return n_joined;
}

/* The rates that are reported as one is; false if nothing is reported of so few */
static bool
FindSpan(const Reporting *reporting, Proportion p, Span *span)
{
	Span		spans[MAX_SPANS];
	Band		band;
	int			n_spans;
	int			percent;

	if (!FindBand(reporting, p.n, &band))
		return false;
	percent = WholePercent(p);
	n_spans = JoinTelling(spans, SpansOf(&band, spans), p.n, reporting->minimum);
	*span = spans[0];
	for (int i = 1; i < n_spans && percent > span->to; i++)
		*span = spans[i];
	return n_spans > 1;
}

/*
 * ReportingRange
 *		The rate as a range; NULL if nothing is reported of so few.
 */
char *
ReportingRange(const Reporting *reporting, Proportion p)
{
	const Standard *standard = &standards[reporting->standard];
	Span		span;

	if (!FindSpan(reporting, p, &span))
		return NULL;
	if (span.to == 100)
		return psprintf(standard->high, span.from);
	if (span.from == 0)
		return standard->below != NULL && span.to == 49 ? psprintf(standard->below, 50) : psprintf(standard->low, span.to);
	return span.from == span.to ? psprintf("%d", span.from) : psprintf("%d-%d", span.from, span.to);
}

/*
 * CountAtEnd
 *		Where nobody or everybody has the outcome: the most, or the least, whose rate is reported alike.
 */
int64
CountAtEnd(const Reporting *reporting, Proportion p)
{
	Span		span;

	if (!FindSpan(reporting, p, &span))
		return p.x;
	return p.x == 0 ? CountsUpTo(p.n, span.to) - 1 : CountsUpTo(p.n, span.from - 1);
}

/* reporting_range(x, n, standard) */
PG_FUNCTION_INFO_V1(reporting_range);
Datum
reporting_range(PG_FUNCTION_ARGS)
{
	Reporting	reporting = {.standard = ArgumentOption(fcinfo, 2, "standard", names)};
	Proportion	p;
	char	   *range;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	p.x = PG_GETARG_INT64(0);
	p.n = PG_GETARG_INT64(1);
	CheckRate(p.x, p.n, "");
	range = ReportingRange(&reporting, p);
	PG_RETURN_TEXT_P(cstring_to_text(range == NULL ? standards[reporting.standard].hidden : range));
}
