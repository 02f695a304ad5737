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
	const char *below;			/* where only this and high are told apart */
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

static const char *const names[] = {"nces", "edfacts", NULL};

/* Of ReportingStandard, in its order */
static const Standard standards[] = {
	{10, "*", "<=%d%%", "<%d%%", ">=%d%%", nces_bands},
	{6, "PS", "LE%d", "LT%d", "GE%d", edfacts_bands}
};

/* The percentage, halves up */
static int
WholePercent(Proportion p)
{
	return (200 * (int128) p.x + p.n) / (2 * (int128) p.n);
}

/* How a group of so many is reported; NULL if it is not */
static const Band *
BandOf(const Standard *standard, int64 n)
{
	const Band *band = standard->bands;

	if (n < standard->min_n)
		return NULL;
	while (n > band->max_n)
		band++;
	return band;
}

/*
 * ReportingRange
 *		The rate as a range; NULL if nothing is reported of so few.
 */
char *
ReportingRange(ReportingStandard which, Proportion p)
{
	const Standard *standard = &standards[which];
	const Band *band = BandOf(standard, p.n);
	int			percent;
	int			from;
	int			to;

	if (band == NULL)
		return NULL;
	percent = WholePercent(p);
	if (percent >= band->high)
		return psprintf(standard->high, band->high);
	if (percent <= band->low)
		return band->high == band->low + 1 ? psprintf(standard->below, band->high) : psprintf(standard->low, band->low);

	from = Max(percent - percent % band->width, band->low + 1);
	to = Min(percent - percent % band->width + band->width, band->high) - 1;
	return from == to ? psprintf("%d", from) : psprintf("%d-%d", from, to);
}

/*
 * CountAtEnd
 *		Where nobody or everybody has the outcome: the most, or the least, whose rate is reported alike.
 */
int64
CountAtEnd(ReportingStandard which, Proportion p)
{
	const Band *band = BandOf(&standards[which], p.n);

	/* the percentage is floor((200 x + n) / 2 n) */
	if (p.x == 0)
		return ((int128) p.n * (2 * band->low + 1) + 199) / 200 - 1;
	return ((int128) p.n * (2 * band->high - 1) + 199) / 200;
}

/* reporting_range(x, n, standard) */
PG_FUNCTION_INFO_V1(reporting_range);
Datum
reporting_range(PG_FUNCTION_ARGS)
{
	ReportingStandard standard = ArgumentOption(fcinfo, 2, "standard", names);
	Proportion	p;
	char	   *range;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	p.x = PG_GETARG_INT64(0);
	p.n = PG_GETARG_INT64(1);
	CheckRate(p.x, p.n, "");
	range = ReportingRange(standard, p);
	PG_RETURN_TEXT_P(cstring_to_text(range == NULL ? standards[standard].hidden : range));
}
