/*
 * two_groups.c
 *		How two groups are divided over units.
 *
 * Differences of shares are whole numbers until they are divided, so that groups which hardly
 * differ lose no digits.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/sum.h"
#include "miscadmin.h"
#include "segregation/divergence.h"
#include "segregation/randomness.h"
#include "segregation/two_groups.h"

#define ST_SORT SortCounts
#define ST_ELEMENT_TYPE int64
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* What the units have together */
typedef struct Totals
{
	int64		a;
	int64		b;
	int			n_units;		/* that have anybody of either */
} Totals;

/* The indices at random, from the sizes of the units */
static void
SetExpected(TwoGroups *two, Totals totals, int64 *sizes, double entropy)
{
	int64		all = totals.a + totals.b;
	Sum			excess = {0, 0};
	Sum			information = {0, 0};

	SortCounts(sizes, totals.n_units);
	for (int i = 0, next; i < totals.n_units; i = next)
	{
		Margins		a = {sizes[i], totals.a, all};
		Margins		b = {sizes[i], totals.b, all};

		CHECK_FOR_INTERRUPTS();
		for (next = i + 1; next < totals.n_units && sizes[next] == sizes[i];)
			next++;
		AddTo(&excess, (next - i) * ExpectedExcess(a));
		AddTo(&information, (next - i) * (double) sizes[i] / (double) all *
			  (totals.a * (ExpectedDivergence(a) / (double) all) + totals.b * (ExpectedDivergence(b) / (double) all)));
	}
	two->dissimilarity_expected = Min(Total(excess) / (double) totals.a * ((double) all / (double) totals.b), 1);
	two->variance_ratio_expected = (double) (totals.n_units - 1) / (double) (all - 1);
	two->theil_h_expected = Min(Total(information) / entropy, 1);
}

/* Compare two groups; both have students, and together no more than a bigint can be */
TwoGroups
CompareTwoGroups(const int64 *a, const int64 *b, int n_units)
{
	TwoGroups	two;
	Totals		totals = {0, 0, 0};
	int64	   *sizes = palloc_extended(sizeof(int64) * n_units, MCXT_ALLOC_HUGE);
	int128		excess = 0;		/* of a over its share, times both groups */
	Sum			squares = {0, 0};
	Sum			information = {0, 0};
	double		all;
	double		entropy;

	for (int i = 0; i < n_units; i++)
	{
		totals.a += a[i];
		totals.b += b[i];
		if (a[i] + b[i] > 0)
			sizes[totals.n_units++] = a[i] + b[i];
	}
	all = (double) (totals.a + totals.b);
	for (int i = 0; i < n_units; i++)
	{
		int128		difference = (int128) a[i] * totals.b - (int128) b[i] * totals.a;
		double		size = (double) (a[i] + b[i]);

		CHECK_FOR_INTERRUPTS();
		if (size == 0)
			continue;
		if (difference > 0)
			excess += difference;
		AddTo(&squares, (double) difference * ((double) difference / size));
		AddTo(&information, size / all * ((double) totals.a / all * Divergence((double) difference / (size * (double) totals.a)) +
										  (double) totals.b / all * Divergence(-(double) difference / (size * (double) totals.b))));
	}
	entropy = EntropyTerm((double) totals.a, all) + EntropyTerm((double) totals.b, all);
	two.dissimilarity = (double) excess / ((double) totals.a * (double) totals.b);
	two.variance_ratio = Min(Total(squares) / all / ((double) totals.a * (double) totals.b), 1);
	two.theil_h = Min(Total(information) / entropy, 1);
	SetExpected(&two, totals, sizes, entropy);
	pfree(sizes);
	return two;
}

/* Add the six columns */
void
AddTwoGroups(ResultRow *row, TwoGroups two)
{
	AddFloat8(row, two.dissimilarity);
	AddFloat8(row, two.dissimilarity_expected);
	AddFloat8(row, two.variance_ratio);
	AddFloat8(row, two.variance_ratio_expected);
	AddFloat8(row, two.theil_h);
	AddFloat8(row, two.theil_h_expected);
}
