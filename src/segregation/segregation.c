/*
 * segregation.c
 *		How the groups of a district are divided over its units, all groups together.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/reason.h"
#include "base/result_row.h"
#include "base/sum.h"
#include "miscadmin.h"
#include "segregation/crosstab.h"
#include "segregation/information.h"
#include "segregation/randomness.h"
#include "utils/memutils.h"

#define ST_SORT SortSizes
#define ST_ELEMENT_TYPE int64
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

typedef struct Indices
{
	double		entropy;
	double		mutual_information;
	double		mutual_information_expected;
	double		theil_h;
	double		theil_h_expected;
	double		dissimilarity;
	double		dissimilarity_expected;
	double		variance_ratio;
	double		variance_ratio_expected;
	const char *reason;
} Indices;

/* The sum of N (T - N) over groups, which is T^2 times their interaction I: the chance that two students differ */
static uint128
Interaction(const Crosstab *crosstab)
{
	uint128		sum = 0;

	for (int i = 0; i < crosstab->n_groups; i++)
		sum += (uint128) crosstab->group_n[i] * (crosstab->n - crosstab->group_n[i]);
	return sum;
}

/* By how much cells are above their share, times all students */
static uint128
Excess(const Crosstab *crosstab)
{
	uint128		sum = 0;

	for (int i = 0; i < crosstab->n_cells; i++)
	{
		const Cell *cell = &crosstab->cells[i];
		int128		difference = (int128) cell->n * crosstab->n - (int128) crosstab->unit_n[cell->unit] * crosstab->group_n[cell->group];

		CHECK_FOR_INTERRUPTS();
		if (difference > 0)
			sum += difference;
	}
	return sum;
}

/*
 * The sum over cells of (n T - t N)^2 / t. Of a group that a unit does not have it is t N^2, and
 * of all of these together t times what their squares are among those of all.
 */
static double
Squares(const Crosstab *crosstab)
{
	Sum			sum = {0, 0};
	uint128		all = 0;

	for (int i = 0; i < crosstab->n_groups; i++)
		all += (uint128) crosstab->group_n[i] * crosstab->group_n[i];
	for (int unit = 0; unit < crosstab->n_units; unit++)
	{
		double		size = (double) crosstab->unit_n[unit];
		uint128		absent = all;

		CHECK_FOR_INTERRUPTS();
		for (int i = crosstab->first_cells[unit]; i < crosstab->first_cells[unit + 1]; i++)
		{
			int64		group = crosstab->group_n[crosstab->cells[i].group];
			double		difference = (double) ((int128) crosstab->cells[i].n * crosstab->n - (int128) crosstab->unit_n[unit] * group);

			absent -= (uint128) group * group;
			AddTo(&sum, difference * (difference / size));
		}
		AddTo(&sum, size * (double) absent);
	}
	return Total(sum);
}

/* What all of this would be at random, from the sizes of units and groups */
static void
SetExpected(Indices *indices, const Crosstab *crosstab, double interaction)
{
	int64	   *sizes = palloc_extended(sizeof(int64) * crosstab->n_units, MCXT_ALLOC_HUGE);
	double		n = (double) crosstab->n;
	Sum			excess = {0, 0};
	Sum			information = {0, 0};

	memcpy(sizes, crosstab->unit_n, sizeof(int64) * crosstab->n_units);
	SortSizes(sizes, crosstab->n_units);
	for (int i = 0, next; i < crosstab->n_units; i = next)
	{
		for (next = i + 1; next < crosstab->n_units && sizes[next] == sizes[i];)
			next++;
		AddTo(&information, (next - i) * ((double) sizes[i] / n) * UnitInformationExpected(crosstab, sizes[i]));
		for (int group = 0; group < crosstab->n_groups; group++)
		{
			Margins		margins = {sizes[i], crosstab->group_n[group], crosstab->n};

			CHECK_FOR_INTERRUPTS();
			AddTo(&excess, (next - i) * ExpectedExcess(margins));
		}
	}
	pfree(sizes);
	indices->mutual_information_expected = Min(Total(information), indices->entropy);
	indices->theil_h_expected = indices->mutual_information_expected / indices->entropy;
	indices->dissimilarity_expected = Min(Total(excess) * (n / interaction), 1);
	indices->variance_ratio_expected = (double) (crosstab->n_units - 1) / (n - 1);
}

/* All indices of a table */
static Indices
GetIndices(const Crosstab *crosstab)
{
	Indices		indices = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NULL};
	double		interaction = (double) Interaction(crosstab);

	if (crosstab->n == 0)
	{
		indices.reason = REASON_N_LT_1;
		return indices;
	}
	if (crosstab->n_groups == 1)
	{
		indices.entropy = indices.mutual_information = indices.mutual_information_expected = 0;
		indices.reason = REASON_ONE_GROUP;
		return indices;
	}
	indices.entropy = GroupEntropy(crosstab);
	indices.mutual_information = Min(MutualInformation(crosstab), indices.entropy);
	indices.theil_h = indices.mutual_information / indices.entropy;
	indices.dissimilarity = (double) Excess(crosstab) / interaction;
	indices.variance_ratio = Min(Squares(crosstab) / interaction / (double) crosstab->n, 1);
	SetExpected(&indices, crosstab, interaction);
	return indices;
}

/* segregation(composition), and the final function of the aggregates of that name */
PG_FUNCTION_INFO_V1(segregation);
Datum
segregation(PG_FUNCTION_ARGS)
{
	const Composition *composition = ArgumentComposition(fcinfo, 0);
	Crosstab	crosstab = ReadCrosstab(composition);
	Indices		indices = GetIndices(&crosstab);
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, crosstab.n);
	AddInt64(&row, crosstab.n_units);
	AddInt64(&row, crosstab.n_groups);
	AddInt64(&row, composition->n_missing_unit);
	AddInt64(&row, composition->n_missing_group);
	AddInt64(&row, composition->n_left_out);
	AddFloat8(&row, indices.entropy);
	AddFloat8(&row, indices.mutual_information);
	AddFloat8(&row, indices.mutual_information_expected);
	AddFloat8(&row, indices.theil_h);
	AddFloat8(&row, indices.theil_h_expected);
	AddFloat8(&row, indices.dissimilarity);
	AddFloat8(&row, indices.dissimilarity_expected);
	AddFloat8(&row, indices.variance_ratio);
	AddFloat8(&row, indices.variance_ratio_expected);
	AddText(&row, indices.reason);
	return EndResultRow(&row);
}
