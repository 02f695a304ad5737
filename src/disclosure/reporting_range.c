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

/*
 * ReportingRange
 *		The rate as a range; NULL if nothing is reported of so few.
 */
char *
ReportingRange(const Reporting *reporting, Proportion p)
{
	const Standard *standard = &standards[reporting->standard];
	Band		band;
	int			percent;
	int			from;
	int			to;

	if (!FindBand(reporting, p.n, &band))
		return NULL;
	percent = WholePercent(p);
	if (percent >= band.high)
		return psprintf(standard->high, band.high);
	if (percent <= band.low)
		return standard->below != NULL && band.high == band.low + 1 ? psprintf(standard->below, band.high) : psprintf(standard->low, band.low);

	from = Max(percent - percent % band.width, band.low + 1);
	to = Min(percent - percent % band.width + band.width, band.high) - 1;
	return from == to ? psprintf("%d", from) : psprintf("%d-%d", from, to);
}

/*
 * CountAtEnd
 *		Where nobody or everybody has the outcome: the most, or the least, whose rate is reported alike.
 */
int64
CountAtEnd(const Reporting *reporting, Proportion p)
{
	Band		band;

	if (!FindBand(reporting, p.n, &band))
		return p.x;
	return p.x == 0 ? CountsUpTo(p.n, band.low) - 1 : CountsUpTo(p.n, band.high - 1);
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
