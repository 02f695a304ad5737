/*
 * inequality_part.c
 *		What of the inequality of a resource is between groups, and what within them.
 *
 * Theil's T and L divide so; the Gini does not, where groups overlap (Bourguignon 1979,
 * Econometrica 47:901-920; Shorrocks 1980, Econometrica 48:613-625).
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/partition.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "base/sum.h"
#include "miscadmin.h"
#include "segregation/divergence.h"
#include "segregation/inequality.h"
#include "utils/memutils.h"

#define ST_SORT SortTerms
#define ST_ELEMENT_TYPE double
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* The parts of an index, and the index itself, which is their sum */
typedef struct Division
{
	double		between;
	double		within;
} Division;

typedef struct Whole
{
	bool		is_read;
	int64		n;
	int64		n_zero;
	Scaled		mean;
	Division	theil_t;
	Division	theil_l;
	Inequality	groups[FLEXIBLE_ARRAY_MEMBER];
} Whole;

/* A sum that does not depend on the order of its terms */
static double
SumInOrder(double *terms, int64 n)
{
	Sum			sum = {0, 0};

	SortTerms(terms, n);
	for (int64 i = 0; i < n; i++)
		AddTo(&sum, terms[i]);
	return Total(sum);
}

/* A group's share of all students, and of all that there is */
static double
ShareOfStudents(const Whole *whole, const Inequality *group)
{
	return (double) group->n / (double) whole->n;
}

static double
ShareOfResource(const Whole *whole, const Inequality *group)
{
	if (group->n == group->n_zero)
		return 0;
	return ShareOfStudents(whole, group) * ScaledRatio(group->mean, whole->mean);
}

/* How far a group's mean is from that of all, in means of all */
static double
Distance(const Whole *whole, const Inequality *group)
{
	if (group->n == group->n_zero)
		return -1;
	return ScaledRatio(ScaledMinus(group->mean, whole->mean), whole->mean);
}

/* Divide the indices */
static void
Divide(Whole *whole, int64 n_rows)
{
	double	   *terms[4];

	for (int i = 0; i < 4; i++)
		terms[i] = palloc_extended(n_rows * sizeof(double), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int64 row = 0; row < n_rows; row++)
	{
		const Inequality *group = &whole->groups[row];

		CHECK_FOR_INTERRUPTS();
		if (group->n == 0)
			continue;
		terms[0][row] = ShareOfStudents(whole, group) * Divergence(Distance(whole, group));
		if (group->n > group->n_zero)
			terms[1][row] = ShareOfResource(whole, group) * group->theil_t;
		if (whole->n_zero > 0)
			continue;
		terms[2][row] = ShareOfStudents(whole, group) * ReverseDivergence(Distance(whole, group));
		terms[3][row] = ShareOfStudents(whole, group) * group->theil_l;
	}
	whole->theil_t.between = SumInOrder(terms[0], n_rows);
	whole->theil_t.within = SumInOrder(terms[1], n_rows);
	whole->theil_l.between = whole->n_zero > 0 ? NAN : SumInOrder(terms[2], n_rows);
	whole->theil_l.within = whole->n_zero > 0 ? NAN : SumInOrder(terms[3], n_rows);
}

/* Read all groups */
static void
ReadGroups(FunctionCallInfo fcinfo, Whole *whole, int64 n_rows)
{
	MemoryContext of_row = AllocSetContextCreate(CurrentMemoryContext, "a group's values", ALLOCSET_DEFAULT_SIZES);
	ExactMoments *all = palloc0(sizeof(ExactMoments));
	ExactMoments *moments = palloc(sizeof(ExactMoments));

	for (int64 row = 0; row < n_rows; row++)
	{
		MemoryContext caller = MemoryContextSwitchTo(of_row);
		bool		isnull;
		Datum		datum = PartitionArgument(fcinfo, 0, row, &isnull);
		const Distribution *d = isnull ? DistributionFromEntries(NULL, 0, 0, NULL) :
			DatumGetDistribution(PointerGetDatum(PG_DETOAST_DATUM_COPY(datum)));

		CHECK_FOR_INTERRUPTS();
		whole->groups[row] = GetInequality(d);
		whole->n = AddCounts(whole->n, d->n);
		whole->n_zero += whole->groups[row].n_zero;
		DistributionMoments(d, moments);
		MomentsMerge(all, moments);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(of_row);
	}
	if (whole->n > 0)
		whole->mean = ScaledMean(all, whole->n);
}

/* The partition, read at its first row */
static Whole *
ReadWhole(FunctionCallInfo fcinfo)
{
	Whole	   *whole = PartitionMemory(fcinfo, offsetof(Whole, groups), sizeof(Inequality));
	int64		n_rows = WinGetPartitionRowCount(PG_WINDOW_OBJECT());

	if (!whole->is_read)
	{
		MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "groups of a partition", ALLOCSET_DEFAULT_SIZES);
		MemoryContext caller = MemoryContextSwitchTo(scratch);

		ReadGroups(fcinfo, whole, n_rows);
		if (whole->n > whole->n_zero)
			Divide(whole, n_rows);
		MemoryContextSwitchTo(caller);
		MemoryContextDelete(scratch);
		whole->is_read = true;
	}
	return whole;
}

/* Add the columns of a division: all of it, between, within */
static void
AddDivision(ResultRow *row, Division division, bool is_defined)
{
	AddFloat8(row, is_defined ? division.between + division.within : NAN);
	AddFloat8(row, is_defined ? division.between : NAN);
	AddFloat8(row, is_defined ? division.within : NAN);
}

/* Why something in a row is NULL */
static const char *
PartReason(const Whole *whole, const Inequality *group)
{
	if (group->n == 0)
		return REASON_N_LT_1;
	if (group->n == group->n_zero)
		return REASON_ZERO_TOTAL;
	if (whole->n_zero > 0)
		return REASON_ZERO_VALUE;
	return group->is_coarse ? REASON_COARSE : NULL;
}

/* inequality_part(d) OVER (...) */
PG_FUNCTION_INFO_V1(inequality_part);
Datum
inequality_part(PG_FUNCTION_ARGS)
{
	const Whole *whole = ReadWhole(fcinfo);
	const Inequality *group = &whole->groups[WinGetCurrentPosition(PG_WINDOW_OBJECT())];
	bool		has_resource = whole->n > whole->n_zero;
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, group->n);
	AddInt64(&row, group->n_zero);
	AddFloat8(&row, whole->n > 0 ? ShareOfStudents(whole, group) : NAN);
	AddFloat8(&row, has_resource ? ShareOfResource(whole, group) : NAN);
	AddFloat8(&row, Unscaled(group->mean));
	AddFloat8(&row, group->gini);
	AddFloat8(&row, group->theil_t);
	AddFloat8(&row, group->theil_l);
	AddDivision(&row, whole->theil_t, has_resource);
	AddDivision(&row, whole->theil_l, has_resource);
	AddText(&row, PartReason(whole, group));
	return EndResultRow(&row);
}
