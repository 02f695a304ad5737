/*
 * weighted_gap.c
 *		The gap between two groups' means in a weighted sample.
 *
 * Means of domains of a one-stage design with replacement, with linearised
 * standard errors (Binder 1983; Lumley 2010), as R's survey has them. Sums run
 * over the rows in their canonical order, so that their bits do not depend on
 * the plan.
 *
 * Scores and weights are taken in units of their group that keep squares and sums in
 * range on any scale; what leaves is on theirs again.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/confidence.h"
#include "base/estimate.h"
#include "base/reason.h"
#include "base/rmath.h"
#include "base/sum.h"
#include "gap/mean_gap.h"
#include "miscadmin.h"
#include "sample/weighted_sample.h"

/* What rounding leaves of numbers that cancel, relative to them */
#define ROUNDING 1e-14

/* The largest exponent of a unit: its inverse is in range, too */
#define MAX_UNIT_EXPONENT 1000

/*
 * In its unit the largest weight has this exponent: there is room above for sums,
 * and below for weights that are very much smaller.
 */
#define LARGEST_WEIGHT_EXPONENT 900

/* Powers of two, so that nothing is rounded */
typedef struct Units
{
	double		score;
	double		weight;
	double		rest;			/* of the weights but the largest */
} Units;

/* A group; its mean is center + correction */
typedef struct WeightedGroup
{
	Units		units;
	int64		n;
	int64		n_units;		/* sampling units: clusters, or else rows */
	Sum			weights;
	double		largest;		/* weight */
	double		n_eff;			/* Kish's effective sample size */
	double		center;
	double		correction;
	double		variance;
	bool		constant;		/* all scores are one */
} WeightedGroup;

/* Whether row i begins a sampling unit: rows of a cluster follow each other */
static inline bool
BeginsUnit(const WeightedSample *sample, int64 i)
{
	const WeightedRow *rows = SampleRows(sample);

	return i == 0 || !IsClustered(sample) || rows[i].cluster != rows[i - 1].cluster;
}

/* A row's weight */
static inline double
Weight(const WeightedGroup *group, const WeightedRow *row)
{
	return fabs(row->weight) / group->units.weight;
}

/* The share that it has of its group's weights */
static inline double
Share(const WeightedGroup *group, const WeightedRow *row)
{
	return Weight(group, row) / Total(group->weights);
}

/* How far a row's score is from the mean of its group */
static inline double
Deviation(const WeightedGroup *group, const WeightedRow *row)
{
	return (row->score / group->units.score - group->center) - group->correction;
}

/* A unit in which a number has an exponent, as nearly as can be */
static double
UnitFor(double number, int wanted)
{
	int			exponent;

	(void) frexp(number, &exponent);
	exponent -= wanted;
	return ldexp(1, Min(Max(exponent, -MAX_UNIT_EXPONENT), MAX_UNIT_EXPONENT));
}

/* Take the units of a group from its largest score and its two largest weights */
static void
ChooseUnits(const WeightedSample *sample, bool focal, WeightedGroup *group)
{
	double		score = 0;
	double		next = 0;

	for (int64 i = 0; i < sample->n; i++)
	{
		const WeightedRow *row = &SampleRows(sample)[i];
		double		weight = fabs(row->weight);

		CHECK_FOR_INTERRUPTS();
		if (IsFocal(row) != focal)
			continue;
		score = Max(score, fabs(row->score));
		next = Max(next, Min(weight, group->largest));
		group->largest = Max(group->largest, weight);
	}
	group->units.score = UnitFor(score, 0);
	group->units.weight = UnitFor(group->largest, LARGEST_WEIGHT_EXPONENT);
	group->units.rest = UnitFor(next, LARGEST_WEIGHT_EXPONENT);
}

/* Count a group's rows, units and weights, and begin its mean at a score */
static void
CountGroup(const WeightedSample *sample, bool focal, WeightedGroup *group)
{
	const WeightedRow *rows = SampleRows(sample);
	bool		unit_counted = false;

	group->constant = true;
	for (int64 i = 0; i < sample->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (BeginsUnit(sample, i))
			unit_counted = false;
		if (IsFocal(&rows[i]) != focal)
			continue;
		if (group->n++ == 0)
			group->center = rows[i].score / group->units.score;
		group->constant &= rows[i].score / group->units.score == group->center;
		group->n_units += unit_counted ? 0 : 1;
		unit_counted = true;
		AddTo(&group->weights, Weight(group, &rows[i]));
	}
}

/* The weighted mean of a group's deviations */
static double
MeanDeviation(const WeightedSample *sample, bool focal, const WeightedGroup *group)
{
	const WeightedRow *rows = SampleRows(sample);
	Sum			sum = {0, 0};

	for (int64 i = 0; i < sample->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (IsFocal(&rows[i]) == focal)
			AddTo(&sum, Share(group, &rows[i]) * Deviation(group, &rows[i]));
	}
	return Total(sum);
}

/* Kish's effective sample size, (sum w)^2 / sum w^2 */
static double
EffectiveSize(const WeightedSample *sample, bool focal, const WeightedGroup *group)
{
	const WeightedRow *rows = SampleRows(sample);
	Sum			squares = {0, 0};

	for (int64 i = 0; i < sample->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (IsFocal(&rows[i]) == focal)
			AddTo(&squares, Share(group, &rows[i]) * Share(group, &rows[i]));
	}
	return 1 / Total(squares);
}

/* The weights of a group but the largest, in their unit */
static double
RestOfWeights(const WeightedSample *sample, bool focal, const WeightedGroup *group)
{
	const WeightedRow *rows = SampleRows(sample);
	bool		left_out = false;
	Sum			rest = {0, 0};

	for (int64 i = 0; i < sample->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (IsFocal(&rows[i]) != focal)
			continue;
		if (!left_out && fabs(rows[i].weight) == group->largest)
			left_out = true;
		else
			AddTo(&rest, fabs(rows[i].weight) / group->units.rest);
	}
	return Total(rest);
}

/*
 * The weighted variance, sum w d^2 / (sum w - sum w^2 / sum w). The divisor is taken
 * as sum w r / (w + r), where r is the rest of the weights: of the difference little is
 * left where one outweighs all. In the unit of the rest one that does so by far is
 * infinite: the mean is its score then, and it has no part in the variance.
 */
static double
Variance(const WeightedSample *sample, bool focal, const WeightedGroup *group)
{
	const WeightedRow *rows = SampleRows(sample);
	double		rest_of_largest = RestOfWeights(sample, focal, group);
	double		largest = group->largest / group->units.rest;
	double		all = largest + rest_of_largest;
	bool		largest_seen = false;
	Sum			rests = {0, 0};
	Sum			squares = {0, 0};

	for (int64 i = 0; i < sample->n; i++)
	{
		double		weight;
		double		rest;
		double		deviation;

		CHECK_FOR_INTERRUPTS();
		if (IsFocal(&rows[i]) != focal)
			continue;
		weight = fabs(rows[i].weight) / group->units.rest;
		rest = weight == largest && !largest_seen ? rest_of_largest : all - weight;
		largest_seen |= weight == largest;
		deviation = Deviation(group, &rows[i]);
		AddTo(&rests, isinf(all) ? Min(weight, rest) : Min(weight, rest) * (Max(weight, rest) / all));
		if (!isinf(weight))
			AddTo(&squares, weight * deviation * deviation);
	}
	return Total(squares) / Total(rests);
}

/* A group of a sample */
static WeightedGroup
SummarizeGroup(const WeightedSample *sample, bool focal)
{
	WeightedGroup group = {0};

	ChooseUnits(sample, focal, &group);
	CountGroup(sample, focal, &group);
	if (group.n == 0)
	{
		group.n_eff = group.center = group.variance = NAN;
		return group;
	}
	/* from a score to near the mean, and from there to the mean */
	group.center += MeanDeviation(sample, focal, &group);
	group.correction = MeanDeviation(sample, focal, &group);
	group.n_eff = EffectiveSize(sample, focal, &group);
	group.variance = group.n < 2 ? NAN : group.constant ? 0 : Variance(sample, focal, &group);
	return group;
}

/* A row's part in the mean of its group, but for that of its score in the mean */
static inline Scaled
Part(const WeightedGroup *group, const WeightedRow *row)
{
	return MakeScaled(Share(group, row) * Deviation(group, row), ilogb(group->units.score));
}

/* The unit in which the parts of all rows, and their squares, are in range */
static int
UnitOfParts(const WeightedSample *sample, const WeightedGroup *focal,
			const WeightedGroup *reference)
{
	const WeightedRow *rows = SampleRows(sample);
	int			unit = NO_EXPONENT;

	for (int64 i = 0; i < sample->n; i++)
	{
		const WeightedGroup *group = IsFocal(&rows[i]) ? focal : reference;

		CHECK_FOR_INTERRUPTS();
		if (group != NULL)
			unit = Max(unit, Part(group, &rows[i]).exponent);
	}
	return unit;
}

/*
 * The linearised standard error: each row's part in the difference, summed by
 * unit. Without one of the groups it is that of the other's mean, a domain of the
 * design: rows of the group that is left out have no part, and are units all the
 * same. Units that have the same means and weights differ by rounding alone, which
 * is no error of sampling.
 */
static Scaled
LinearisedError(const WeightedSample *sample, const WeightedGroup *focal,
				const WeightedGroup *reference, int64 *n_units)
{
	const WeightedRow *rows = SampleRows(sample);
	int			unit_of_parts = UnitOfParts(sample, focal, reference);
	Sum			between = {0, 0};
	Sum			magnitudes = {0, 0};

	*n_units = 0;
	for (int64 i = 0; i < sample->n;)
	{
		Sum			unit = {0, 0};
		double		magnitude = 0;

		do
		{
			const WeightedGroup *group = IsFocal(&rows[i]) ? focal : reference;
			double		part = group == NULL ? 0 : InUnit(Part(group, &rows[i]), unit_of_parts);

			CHECK_FOR_INTERRUPTS();
			AddTo(&unit, group == focal ? part : -part);
			magnitude += fabs(part);
			i++;
		} while (i < sample->n && !BeginsUnit(sample, i));
		(*n_units)++;
		AddTo(&between, Total(unit) * Total(unit));
		AddTo(&magnitudes, magnitude * magnitude);
	}
	if (sqrt(Total(between)) <= ROUNDING * sqrt(Total(magnitudes)))
		return MakeScaled(0, 0);
	return MakeScaled(sqrt(*n_units / (*n_units - 1.0) * Total(between)), unit_of_parts);
}

/*
 * Why the standard error or what rests on it is undefined, or NULL. A group
 * that is within one unit shows nothing of how units differ; that its parts
 * sum to 0 there does not make it certain.
 */
static const char *
DifferenceReason(const WeightedGroup *focal, const WeightedGroup *reference)
{
	if (Min(focal->n, reference->n) < 1)
		return REASON_N_LT_1;
	if (Min(focal->n, reference->n) < 2)
		return REASON_N_LT_2;
	if (Min(focal->n_units, reference->n_units) < 2)
		return REASON_K_LT_2;
	return NULL;
}

/* The standard error of a group's mean; NaN where the group shows nothing of how units differ */
static double
ErrorOfMean(const WeightedSample *sample, const WeightedGroup *focal,
			const WeightedGroup *reference)
{
	const WeightedGroup *group = focal != NULL ? focal : reference;
	int64		n_units;

	if (Min(group->n, group->n_units) < 2)
		return NAN;
	return Unscaled(LinearisedError(sample, focal, reference, &n_units));
}

/* The difference between the means */
static Scaled
Difference(const WeightedGroup *focal, const WeightedGroup *reference)
{
	double		unit = Max(focal->units.score, reference->units.score);
	double		f = focal->units.score / unit;
	double		r = reference->units.score / unit;

	return MakeScaled((focal->center * f - reference->center * r) +
					  (focal->correction * f - reference->correction * r), ilogb(unit));
}

/* The difference with its standard error, test and interval */
static TTest
CompareGroups(const WeightedSample *sample, const WeightedGroup *focal,
			  const WeightedGroup *reference, double confidence, int64 *n_units)
{
	TTest		test = {UndefinedEstimate(DifferenceReason(focal, reference)), NAN, NAN, NAN};
	Scaled		difference = Difference(focal, reference);
	Scaled		se = LinearisedError(sample, focal, reference, n_units);

	test.difference.estimate = Unscaled(difference);
	if (test.difference.reason != NULL)
		return test;
	if (se.fraction > 0)
		return TestGap(difference, se, *n_units - 1, confidence);
	test.difference.se = 0;
	test.df = *n_units - 1;
	test.difference.reason = REASON_ZERO_VARIANCE;
	return test;
}

/* The row that answers for a sample */
static Datum
WeightedGapRow(FunctionCallInfo fcinfo, const WeightedSample *sample, double confidence)
{
	WeightedGroup focal = SummarizeGroup(sample, true);
	WeightedGroup reference = SummarizeGroup(sample, false);
	int64		n_units;
	TTest		gap = CompareGroups(sample, &focal, &reference, confidence, &n_units);
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, focal.n);
	AddInt64(&row, reference.n);
	AddInt64(&row, sample->missing_focal);
	AddInt64(&row, sample->missing_reference);
	AddInt64(&row, sample->missing_group);
	if (IsClustered(sample))
		AddInt64(&row, n_units);
	else
		AddNull(&row);
	AddFloat8(&row, Total(focal.weights) * focal.units.weight);
	AddFloat8(&row, Total(reference.weights) * reference.units.weight);
	AddFloat8(&row, focal.n_eff);
	AddFloat8(&row, reference.n_eff);
	AddFloat8(&row, (focal.center + focal.correction) * focal.units.score);
	AddFloat8(&row, (reference.center + reference.correction) * reference.units.score);
	AddFloat8(&row, sqrt(focal.variance) * focal.units.score);
	AddFloat8(&row, sqrt(reference.variance) * reference.units.score);
	AddFloat8(&row, ErrorOfMean(sample, &focal, NULL));
	AddFloat8(&row, ErrorOfMean(sample, NULL, &reference));
	AddEstimate(&row, gap.difference);
	AddFloat8(&row, gap.df);
	AddFloat8(&row, gap.t);
	AddFloat8(&row, gap.p_value);
	AddText(&row, gap.difference.reason);
	return EndResultRow(&row);
}

/* weighted_gap(sample, confidence) */
PG_FUNCTION_INFO_V1(weighted_gap);
Datum
weighted_gap(PG_FUNCTION_ARGS)
{
	double		confidence = ArgumentConfidence(fcinfo, 1);

	return WeightedGapRow(fcinfo, ArgumentSample(fcinfo, 0), confidence);
}

/* Final function of weighted_gap(score, is_focal, weight [, cluster [, confidence]]) */
PG_FUNCTION_INFO_V1(weighted_gap_final);
Datum
weighted_gap_final(PG_FUNCTION_ARGS)
{
	WeightedSample *sample = ArgumentSample(fcinfo, 0);

	return WeightedGapRow(fcinfo, sample, SampleConfidence(sample));
}
