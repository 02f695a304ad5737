/*
 * anova.c
 *		How much of the variance lies between groups, and how much within.
 *
 * Fisher's analysis of variance of one factor, and what is made of it: the intraclass
 * correlation ICC(1) of groups of different sizes (Donner 1986, International Statistical
 * Review 54:67-82), eta, omega (Hays 1963) and epsilon squared (Kelley 1935). And the same
 * correlation by restricted maximum likelihood, which weighs groups of different sizes better.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/observations.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "base/rmath.h"
#include "base/sum.h"
#include "decomposition/variance_components.h"
#include "inference/group_mean.h"
#include "miscadmin.h"

static const ObservationKind anova = {"anova", {NULL}, .measures = {GROUP_MEASURE_NAMES}};

typedef struct Groups
{
	GroupMean  *groups;			/* that have students */
	int			n_groups;
	int			n_left_out;
	double		n;				/* students */
	double		n0;				/* of a typical group */
	const GroupMean *from;		/* whose mean distances are from: the last, which is the largest */
	int			unit;			/* power of two in which distances and deviations are in range */
} Groups;

/* Sums of squares, in units of 2^(2 unit), and what is made of them */
typedef struct Anova
{
	double		mean;
	Scaled		ss_between;
	Scaled		ss_within;
	double		f;
	double		df1;
	double		df2;
	double		p_value;
	double		eta_squared;
	double		omega_squared;
	double		epsilon_squared;
	double		icc;
	Scaled		tau_squared;
	double		icc_reml;
	Scaled		tau_squared_reml;
	Scaled		sigma_squared_reml;
	bool		is_defined;
	const char *reason;
} Anova;

/* The groups of a state that have anybody */
static Groups
ReadGroups(Observations rows)
{
	Groups		groups = {.unit = NO_EXPONENT};
	Sum			n = {0, 0};
	Sum			others = {0, 0};

	groups.groups = palloc(rows.n * sizeof(GroupMean));
	for (int i = 0; i < rows.n; i++)
	{
		GroupMean	group = ReadGroupMean(rows.values + i * rows.width);

		CHECK_FOR_INTERRUPTS();
		if (group.n < 1)
		{
			groups.n_left_out++;
			continue;
		}
		groups.groups[groups.n_groups++] = group;
		AddTo(&n, group.n);
	}
	groups.n = Total(n);
	if (groups.n_groups == 0)
		return groups;
	/* N - sum of n^2 / N, without their difference */
	for (int i = 0; i < groups.n_groups; i++)
		AddTo(&others, groups.groups[i].n / groups.n * (groups.n - groups.groups[i].n));
	groups.n0 = Total(others) / (groups.n_groups - 1);
	groups.from = &groups.groups[groups.n_groups - 1];
	for (int i = 0; i < groups.n_groups; i++)
	{
		Scaled		distance = MeansDistance(&groups.groups[i], groups.from);

		groups.unit = Max(groups.unit, Max(distance.exponent, groups.groups[i].sd.exponent));
	}
	return groups;
}

/* How far the mean of a group is from that from which distances are */
static double
Distance(const Groups *groups, const GroupMean *group)
{
	return InUnit(MeansDistance(group, groups->from), groups->unit);
}

/* The mean distance of all students' groups */
static double
MeanDistance(const Groups *groups)
{
	Sum			sum = {0, 0};

	for (int i = 0; i < groups->n_groups; i++)
	{
		CHECK_FOR_INTERRUPTS();
		AddTo(&sum, groups->groups[i].n / groups->n * Distance(groups, &groups->groups[i]));
	}
	return Total(sum);
}

/* The sums of squares */
static void
AddSquares(const Groups *groups, Anova *result)
{
	double		mean = MeanDistance(groups);
	Sum			between = {0, 0};
	Sum			within = {0, 0};

	for (int i = 0; i < groups->n_groups; i++)
	{
		const GroupMean *group = &groups->groups[i];
		double		distance = Distance(groups, group) - mean;
		double		sd = InUnit(group->sd, groups->unit);

		CHECK_FOR_INTERRUPTS();
		AddTo(&between, group->n * distance * distance);
		AddTo(&within, (group->n - 1) * sd * sd);
	}
	result->mean = Unscaled(ScaledPlus(groups->from->mean,
									   ScaledPlus(groups->from->mean_rest, MakeScaled(mean, groups->unit))));
	result->ss_between = MakeScaled(Total(between), 2 * groups->unit);
	result->ss_within = MakeScaled(Total(within), 2 * groups->unit);
}

/* What stands in the way of comparing variances, or NULL */
static const char *
GroupsReason(const Groups *groups)
{
	if (groups->n_groups < 2)
		return REASON_ONE_GROUP;
	if (groups->n <= groups->n_groups)
		return REASON_N_LT_2;
	if (groups->unit == NO_EXPONENT)
		return REASON_ZERO_VARIANCE;
	return NULL;
}

/* The components of variance by restricted maximum likelihood; there is variance within groups */
static void
AddComponents(const Groups *groups, Anova *result)
{
	double	   *sizes = palloc(groups->n_groups * sizeof(double));
	double	   *means = palloc(groups->n_groups * sizeof(double));
	RandomGroups random = {groups->n_groups, sizes, means, groups->n, InUnit(result->ss_within, 2 * groups->unit)};
	VarianceComponents components;

	for (int i = 0; i < groups->n_groups; i++)
	{
		CHECK_FOR_INTERRUPTS();
		sizes[i] = groups->groups[i].n;
		means[i] = Distance(groups, &groups->groups[i]);
	}
	components = EstimateComponents(&random);
	result->icc_reml = components.icc;
	result->tau_squared_reml = MakeScaled(components.between, 2 * groups->unit);
	result->sigma_squared_reml = MakeScaled(components.within, 2 * groups->unit);
	pfree(sizes);
	pfree(means);
}

static Anova
Analyze(const Groups *groups)
{
	Anova		result = {.reason = GroupsReason(groups)};
	double		between;
	double		within;
	double		of_all;

	if (result.reason != NULL)
		return result;
	AddSquares(groups, &result);
	result.is_defined = true;
	result.df1 = groups->n_groups - 1;
	result.df2 = groups->n - groups->n_groups;
	between = InUnit(result.ss_between, 2 * groups->unit);
	within = InUnit(result.ss_within, 2 * groups->unit);
	of_all = between + within;
	result.icc_reml = NAN;
	result.tau_squared_reml = result.sigma_squared_reml = MakeScaled(NAN, 0);

	result.f = between / result.df1 / (within / result.df2);
	result.p_value = pf(result.f, result.df1, result.df2, 0, 0);
	if (within == 0)
	{
		result.f = result.p_value = NAN;
		result.reason = REASON_ZERO_VARIANCE;
	}
	else if (isinf(result.f))
	{
		result.f = NAN;
		result.reason = REASON_OUT_OF_RANGE;
	}
	if (within > 0)
		AddComponents(groups, &result);
	result.eta_squared = between / of_all;
	result.epsilon_squared = (between - result.df1 * (within / result.df2)) / of_all;
	result.omega_squared = (between - result.df1 * (within / result.df2)) / (of_all + within / result.df2);
	result.icc = (between / result.df1 - within / result.df2) /
		(between / result.df1 + (groups->n0 - 1) * (within / result.df2));
	result.tau_squared = MakeScaled((between / result.df1 - within / result.df2) / groups->n0, 2 * groups->unit);
	return result;
}

/* Transition function of anova(d) */
PG_FUNCTION_INFO_V1(anova_accum);
Datum
anova_accum(PG_FUNCTION_ARGS)
{
	double		row[GROUP_MEASURES];

	DescribeGroup(ArgumentDistribution(fcinfo, 1), row);
	return ObservationsAdd(fcinfo, &anova, 0, row);
}

/* Transition function of anova(n, mean, sd) */
PG_FUNCTION_INFO_V1(anova_accum_numbers);
Datum
anova_accum_numbers(PG_FUNCTION_ARGS)
{
	double		row[GROUP_MEASURES];

	DescribeGroupArguments(fcinfo, 1, row);
	return ObservationsAdd(fcinfo, &anova, 0, row);
}

/* Combine function */
PG_FUNCTION_INFO_V1(anova_combine);
Datum
anova_combine(PG_FUNCTION_ARGS)
{
	return ObservationsCombine(fcinfo, &anova);
}

/* Final function */
PG_FUNCTION_INFO_V1(anova_final);
Datum
anova_final(PG_FUNCTION_ARGS)
{
	Groups		groups = ReadGroups(ObservationsArgument(fcinfo, 0, &anova));
	Anova		result = Analyze(&groups);
	double		numbers[] = {result.mean, Unscaled(result.ss_between), Unscaled(result.ss_within), result.f,
		result.df1, result.df2, result.p_value, result.eta_squared, result.omega_squared, result.epsilon_squared,
	groups.n0, result.icc, Unscaled(result.tau_squared), result.icc_reml, Unscaled(result.tau_squared_reml),
	Unscaled(result.sigma_squared_reml)};
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, groups.n_groups);
	AddInt64(&row, groups.n_left_out);
	for (int i = 0; i < (int) lengthof(numbers); i++)
		AddFloat8(&row, result.is_defined ? numbers[i] : NAN);
	AddText(&row, result.reason);
	return EndResultRow(&row);
}
