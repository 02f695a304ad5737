/*
 * welch_anova.c
 *		Whether the means of several groups differ at all.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/observations.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "base/rmath.h"
#include "base/scaled.h"
#include "base/sum.h"
#include "distribution/distribution.h"
#include "miscadmin.h"
#include "rate/proportion.h"

/*
 * What a row says of a group: its students, their mean, what rounding took of the mean,
 * in units of the mean's power of two, and their standard deviation as fraction and
 * exponent. A group that is left out has fewer than two students.
 */
enum
{
	WELCH_N, WELCH_MEAN, WELCH_MEAN_REST, WELCH_SD_FRACTION, WELCH_SD_EXPONENT, WELCH_MEASURES
};

static const ObservationKind welch_anova = {"welch_anova", NULL,
{"n", "mean", "mean_rest", "sd_fraction", "sd_exponent"}};

/* No standard deviation of doubles has an exponent as far from 0 as this */
#define MAX_SD_EXPONENT 5000

typedef struct GroupMean
{
	double		n;
	Scaled		mean;
	Scaled		mean_rest;
	Scaled		se;				/* of the mean */
	double		weight;			/* inverse of its square, in that of the heaviest group */
	double		other_weights;	/* of all other groups */
	Scaled		distance;		/* from the mean of the heaviest group */
} GroupMean;

typedef struct GroupMeans
{
	GroupMean  *groups;
	int			n_groups;
	int			n_left_out;
	GroupMean  *heaviest;		/* the first of those with the smallest standard error */
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

/* The power of two of a mean; one that was rounded to 0 was below the least double */
static int
MeanExponent(double mean)
{
	int			exponent;

	(void) frexp(mean, &exponent);
	return mean == 0 ? EXACT_SUM_UNIT : exponent;
}

/* What rounding took of the mean of n values */
static double
MeanRest(const ExactMoments *moments, int64 n, double mean)
{
	ExactMoments rounded = {0};
	int			exponent;
	double		rest;

	MomentsAdd(&rounded, mean, 1);
	rest = MomentsMeanDifference(moments, n, &rounded, 1, &exponent);
	return ldexp(rest, exponent - MeanExponent(mean));
}

/* The exponent of a row: anybody may call with any state */
static int
SdExponent(double exponent)
{
	if (!(fabs(exponent) <= MAX_SD_EXPONENT && exponent == floor(exponent)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("welch_anova state must hold exponents: %g", exponent)));
	return (int) exponent;
}

/* The group of a row */
static GroupMean
ReadGroup(const double *row)
{
	GroupMean	group = {.n = row[WELCH_N]};

	group.mean = MakeScaled(row[WELCH_MEAN], 0);
	group.mean_rest = MakeScaled(row[WELCH_MEAN_REST], MeanExponent(row[WELCH_MEAN]));
	group.se = ScaledOver(MakeScaled(CheckNonNegative(row[WELCH_SD_FRACTION], "sd"),
									 SdExponent(row[WELCH_SD_EXPONENT])), sqrt(group.n));
	return group;
}

/* The groups of a state that have at least two students */
static GroupMeans
ReadGroups(Observations rows)
{
	GroupMeans	means = {0};

	means.groups = palloc(rows.n * sizeof(GroupMean));
	for (int i = 0; i < rows.n; i++)
	{
		const double *row = rows.values + i * rows.width;
		GroupMean  *group = &means.groups[means.n_groups];

		CHECK_FOR_INTERRUPTS();
		if (row[WELCH_N] < 2)
		{
			means.n_left_out++;
			continue;
		}
		*group = ReadGroup(row);
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
		GroupMean  *group = &means->groups[i];
		double		precision = ScaledRatio(means->heaviest->se, group->se);

		CHECK_FOR_INTERRUPTS();
		group->weight = precision * precision;
		if (group != means->heaviest)
			AddTo(&others, group->weight);
	}
	means->weights = means->heaviest->weight + Total(others);
	for (int i = 0; i < means->n_groups; i++)
	{
		GroupMean  *group = &means->groups[i];

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
	const GroupMean *heaviest = means->heaviest;
	int			unit = NO_EXPONENT;
	Sum			sum = {0, 0};

	for (int i = 0; i < means->n_groups; i++)
	{
		GroupMean  *group = &means->groups[i];

		CHECK_FOR_INTERRUPTS();
		group->distance = ScaledPlus(ScaledMinus(group->mean, heaviest->mean),
									 ScaledMinus(group->mean_rest, heaviest->mean_rest));
		unit = Max(unit, group->distance.exponent);
	}
	for (int i = 0; i < means->n_groups; i++)
	{
		const GroupMean *group = &means->groups[i];

		CHECK_FOR_INTERRUPTS();
		AddTo(&sum, group->weight / means->weights * InUnit(group->distance, unit));
	}
	means->distance = MakeScaled(Total(sum), unit);
}

/* How far a mean is from the weighted mean, in standard errors */
static Scaled
Errors(const GroupMeans *means, const GroupMean *group)
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
		const GroupMean *group = &means->groups[i];
		double		share = group->other_weights / means->weights;

		CHECK_FOR_INTERRUPTS();
		AddTo(&sum, share * share / (group->n - 1));
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
	test.mean = Unscaled(ScaledPlus(means->heaviest->mean,
									ScaledPlus(means->heaviest->mean_rest, means->distance)));
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
	const Distribution *d = ArgumentDistribution(fcinfo, 1);
	double		row[WELCH_MEASURES] = {(double) d->n};

	if (d->n >= 2)
	{
		ExactMoments moments;
		int			exponent;

		DistributionMoments(d, &moments);
		row[WELCH_MEAN] = MomentsMean(&moments, d->n);
		row[WELCH_MEAN_REST] = MeanRest(&moments, d->n, row[WELCH_MEAN]);
		row[WELCH_SD_FRACTION] = MomentsStddev(&moments, d->n, &exponent);
		row[WELCH_SD_EXPONENT] = exponent;
	}
	return ObservationsAdd(fcinfo, &welch_anova, row);
}

/* Transition function of welch_anova(n, mean, sd) */
PG_FUNCTION_INFO_V1(welch_anova_accum_numbers);
Datum
welch_anova_accum_numbers(PG_FUNCTION_ARGS)
{
	int64		n = PG_ARGISNULL(1) ? 0 : PG_GETARG_INT64(1);
	double		mean = PG_ARGISNULL(2) ? 0 : ArgumentDouble(fcinfo, 2, "mean");
	double		sd = PG_ARGISNULL(3) ? 0 : CheckNonNegative(PG_GETARG_FLOAT8(3), "sd");
	double		row[WELCH_MEASURES] = {0};

	CheckCount(n, "n", "");
	if (!PG_ARGISNULL(2) && !PG_ARGISNULL(3))
	{
		row[WELCH_N] = n;
		row[WELCH_MEAN] = mean;
		row[WELCH_SD_FRACTION] = sd;
	}
	return ObservationsAdd(fcinfo, &welch_anova, row);
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
