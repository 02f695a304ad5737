/*
 * welch_anova.c
 *		Whether the means of several groups differ at all.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/observations.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "base/rmath.h"
#include "base/scaled.h"
#include "base/sum.h"
#include "inference/group_mean.h"
#include "miscadmin.h"

static const ObservationKind welch_anova = {"welch_anova", {NULL}, .measures = {GROUP_MEASURE_NAMES}};

/* A group that is compared */
typedef struct ComparedGroup
{
	GroupMean	of;
	Scaled		se;				/* of the mean */
	double		weight;			/* inverse of its square, in that of the heaviest group */
	double		other_weights;	/* of all other groups */
	Scaled		distance;		/* from the mean of the heaviest group */
} ComparedGroup;

typedef struct GroupMeans
{
	ComparedGroup *groups;
	int			n_groups;
	int			n_left_out;
	ComparedGroup *heaviest;		/* the first of those with the smallest standard error */
	double		weights;		/* of all groups */
	Scaled		distance;		/* of the weighted mean from the heaviest group's */
} GroupMeans;

typedef struct WelchTest
{
	double		mean;			/* weighted */
	double		f;
	double		df1;
	double		df2;
	double		p_value;
	const char *reason;
} WelchTest;

/* The groups of a state that have at least two students */
static GroupMeans
ReadGroups(Observations rows)
{
	GroupMeans	means = {0};

	means.groups = palloc(rows.n * sizeof(ComparedGroup));
	for (int i = 0; i < rows.n; i++)
	{
		const double *row = rows.values + i * rows.width;
		ComparedGroup *group = &means.groups[means.n_groups];

		CHECK_FOR_INTERRUPTS();
		if (row[GROUP_N] < 2)
		{
			means.n_left_out++;
			continue;
		}
		group->of = ReadGroupMean(row);
		group->se = ScaledOver(group->of.sd, sqrt(group->of.n));
		if (means.heaviest == NULL || ScaledMinus(group->se, means.heaviest->se).fraction < 0)
			means.heaviest = group;
		means.n_groups++;
	}
	return means;
}

/*
 * Weigh the groups. A weight near that of all others would cancel against the sum of
 * all, and only the heaviest group can have one: the others are added without it.
 */
static void
SetWeights(GroupMeans *means)
{
	Sum			others = {0, 0};

	for (int i = 0; i < means->n_groups; i++)
	{
		ComparedGroup *group = &means->groups[i];
		double		precision = ScaledRatio(means->heaviest->se, group->se);

		CHECK_FOR_INTERRUPTS();
		group->weight = precision * precision;
		if (group != means->heaviest)
			AddTo(&others, group->weight);
	}
	means->weights = means->heaviest->weight + Total(others);
	for (int i = 0; i < means->n_groups; i++)
	{
		ComparedGroup *group = &means->groups[i];

		CHECK_FOR_INTERRUPTS();
		group->other_weights = group == means->heaviest ? Total(others) :
			means->weights - group->weight;
	}
}

/*
 * Where the means are, seen from the heaviest group's. So the rounding of a distance is
 * no more than the squares that are summed can bear, wherever on the scale the scores are.
 */
static void
SetDistances(GroupMeans *means)
{
	const ComparedGroup *heaviest = means->heaviest;
	int			unit = NO_EXPONENT;
	Sum			sum = {0, 0};

	for (int i = 0; i < means->n_groups; i++)
	{
		ComparedGroup *group = &means->groups[i];

		CHECK_FOR_INTERRUPTS();
		group->distance = MeansDistance(&group->of, &heaviest->of);
		unit = Max(unit, group->distance.exponent);
	}
	for (int i = 0; i < means->n_groups; i++)
	{
		const ComparedGroup *group = &means->groups[i];

		CHECK_FOR_INTERRUPTS();
		AddTo(&sum, group->weight / means->weights * InUnit(group->distance, unit));
	}
	means->distance = MakeScaled(Total(sum), unit);
}

/* How far a mean is from the weighted mean, in standard errors */
static Scaled
Errors(const GroupMeans *means, const ComparedGroup *group)
{
	return ScaledQuotient(ScaledMinus(group->distance, means->distance), group->se);
}

/* The sum of the squares of these */
static Scaled
SumOfSquares(const GroupMeans *means)
{
	int			unit = NO_EXPONENT;
	Sum			sum = {0, 0};

	for (int i = 0; i < means->n_groups; i++)
	{
		CHECK_FOR_INTERRUPTS();
		unit = Max(unit, Errors(means, &means->groups[i]).exponent);
	}
	for (int i = 0; i < means->n_groups; i++)
	{
		double		errors = InUnit(Errors(means, &means->groups[i]), unit);

		CHECK_FOR_INTERRUPTS();
		AddTo(&sum, errors * errors);
	}
	return MakeScaled(Total(sum), 2 * unit);
}

/* What not knowing the weights costs: the sum of (1 - w / W)^2 / (n - 1) */
static double
WeightError(const GroupMeans *means)
{
	Sum			sum = {0, 0};

	for (int i = 0; i < means->n_groups; i++)
	{
		const ComparedGroup *group = &means->groups[i];
		double		share = group->other_weights / means->weights;

		CHECK_FOR_INTERRUPTS();
		AddTo(&sum, share * share / (group->of.n - 1));
	}
	return Total(sum);
}

/* What stands in the way of the test, or NULL */
static const char *
TestReason(const GroupMeans *means)
{
	if (means->n_groups < 2)
		return REASON_ONE_GROUP;
	if (means->heaviest->se.fraction == 0)
		return REASON_ZERO_VARIANCE;
	return NULL;
}

/* Analysis of variance of groups that need not vary alike. Welch 1951, Biometrika 38:330-336. */
static WelchTest
TestMeans(GroupMeans *means)
{
	WelchTest	test = {NAN, NAN, NAN, NAN, NAN, TestReason(means)};
	double		k = means->n_groups;
	double		weight_error;

	if (test.reason != NULL)
		return test;
	SetWeights(means);
	SetDistances(means);
	weight_error = WeightError(means);
	test.mean = Unscaled(ScaledPlus(means->heaviest->of.mean,
									ScaledPlus(means->heaviest->of.mean_rest, means->distance)));
	test.df1 = k - 1;
	test.df2 = (k * k - 1) / (3 * weight_error);
	test.f = Unscaled(ScaledOver(SumOfSquares(means),
								 test.df1 * (1 + 2 * (k - 2) / (k * k - 1) * weight_error)));
	test.p_value = pf(test.f, test.df1, test.df2, 0, 0);
	if (isinf(test.f))
	{
		test.f = NAN;
		test.reason = REASON_OUT_OF_RANGE;
	}
	return test;
}

/* Transition function of welch_anova(d) */
PG_FUNCTION_INFO_V1(welch_anova_accum);
Datum
welch_anova_accum(PG_FUNCTION_ARGS)
{
	double		row[GROUP_MEASURES];

	DescribeGroup(ArgumentDistribution(fcinfo, 1), row);
	return ObservationsAdd(fcinfo, &welch_anova, 0, row);
}

/* Transition function of welch_anova(n, mean, sd) */
PG_FUNCTION_INFO_V1(welch_anova_accum_numbers);
Datum
welch_anova_accum_numbers(PG_FUNCTION_ARGS)
{
	double		row[GROUP_MEASURES];

	DescribeGroupArguments(fcinfo, 1, row);
	return ObservationsAdd(fcinfo, &welch_anova, 0, row);
}

/* Combine function */
PG_FUNCTION_INFO_V1(welch_anova_combine);
Datum
welch_anova_combine(PG_FUNCTION_ARGS)
{
	return ObservationsCombine(fcinfo, &welch_anova);
}

/* Final function */
PG_FUNCTION_INFO_V1(welch_anova_final);
Datum
welch_anova_final(PG_FUNCTION_ARGS)
{
	GroupMeans	means = ReadGroups(ObservationsArgument(fcinfo, 0, &welch_anova));
	WelchTest	test = TestMeans(&means);
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, means.n_groups);
	AddInt64(&row, means.n_left_out);
	AddFloat8(&row, test.mean);
	AddFloat8(&row, test.f);
	AddFloat8(&row, test.df1);
	AddFloat8(&row, test.df2);
	AddFloat8(&row, test.p_value);
	AddText(&row, test.reason);
	pfree(means.groups);
	return EndResultRow(&row);
}
