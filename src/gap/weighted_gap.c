/*
 * weighted_gap.c
 *		The gap between two groups' means in a weighted sample.
 *
 * Means of domains of a one-stage design with replacement, with linearised
 * standard errors (Binder 1983; Lumley 2010), as R's survey has them. Sums run
 * over the rows in their canonical order, so that their bits do not depend on
 * the plan.
 *
 * Scores and weights are taken in units that keep squares and sums in range on any
 * scale; what leaves is on theirs again.
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
} Units;

/* A group; its mean is center + correction */
typedef struct WeightedGroup
{
	Units		units;
	int64		n;
	int64		n_units;		/* sampling units: clusters, or else rows */
	Sum			weights;
	double		n_eff;			/* Kish's effective sample size */
	double		center;
	double		correction;
	double		variance;
	bool		constant;		/* all scores are one */
} WeightedGroup;

/* The difference between two groups, and what it rests on */
typedef struct WeightedDifference
{
	int64		n_units;
	Estimate	difference;		/* in points */
	double		df;
	double		t;
	double		p_value;
} WeightedDifference;

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

/* The units of a sample */
static Units
SampleUnits(const WeightedSample *sample)
{
	double		score = 0;
	double		weight = 0;
	Units		units;

	for (int64 i = 0; i < sample->n; i++)
	{
		const WeightedRow *row = &SampleRows(sample)[i];

		CHECK_FOR_INTERRUPTS();
		score = Max(score, fabs(row->score));
		weight = Max(weight, fabs(row->weight));
	}
	units.score = UnitFor(score, 0);
	units.weight = UnitFor(weight, LARGEST_WEIGHT_EXPONENT);
	return units;
}

/* Count a group's rows, units and weights, and begin its mean at a score */
static WeightedGroup
CountGroup(const WeightedSample *sample, bool focal, Units units)
{
	const WeightedRow *rows = SampleRows(sample);
	WeightedGroup group = {0};
	bool		unit_counted = false;

	group.units = units;
	group.constant = true;
	for (int64 i = 0; i < sample->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (BeginsUnit(sample, i))
			unit_counted = false;
		if (IsFocal(&rows[i]) != focal)
			continue;
		if (group.n++ == 0)
			group.center = rows[i].score / units.score;
		group.constant &= rows[i].score / units.score == group.center;
		group.n_units += unit_counted ? 0 : 1;
		unit_counted = true;
		AddTo(&group.weights, Weight(&group, &rows[i]));
	}
	return group;
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

/*
 * The weighted variance, sum w d^2 / (sum w - sum w^2 / sum w), and Kish's
 * (sum w)^2 / sum w^2. The divisor is taken as sum w r / (w + r), where r is the
 * rest of the weights: of the difference little is left where one outweighs all.
 */
static void
ComputeSpread(const WeightedSample *sample, bool focal, WeightedGroup *group)
{
	const WeightedRow *rows = SampleRows(sample);
	double		weights = Total(group->weights);
	Sum			shares = {0, 0};
	Sum			rests = {0, 0};
	Sum			squares = {0, 0};

	for (int64 i = 0; i < sample->n; i++)
	{
		double		weight;
		double		rest;
		double		share;
		double		deviation;

		CHECK_FOR_INTERRUPTS();
		if (IsFocal(&rows[i]) != focal)
			continue;
		weight = Weight(group, &rows[i]);
		rest = (group->weights.high - weight) + group->weights.low;
		share = weight / weights;
		deviation = Deviation(group, &rows[i]);
		AddTo(&shares, share * share);
		AddTo(&rests, Min(weight, rest) * (Max(weight, rest) / weights));
		AddTo(&squares, weight * deviation * deviation);
	}
	group->n_eff = 1 / Total(shares);
	group->variance = group->n < 2 ? NAN : group->constant ? 0 : Total(squares) / Total(rests);
}

/* A group of a sample */
static WeightedGroup
SummarizeGroup(const WeightedSample *sample, bool focal, Units units)
{
	WeightedGroup group = CountGroup(sample, focal, units);

	if (group.n == 0)
	{
		group.n_eff = group.center = group.variance = NAN;
		return group;
	}
	/* from a score to near the mean, and from there to the mean */
	group.center += MeanDeviation(sample, focal, &group);
	group.correction = MeanDeviation(sample, focal, &group);
	ComputeSpread(sample, focal, &group);
	return group;
}

/*
 * The linearised standard error: each row's part in the difference, summed by
 * unit. Units that have the same means and weights differ by rounding alone,
 * which is no error of sampling.
 */
static double
LinearisedError(const WeightedSample *sample, const WeightedGroup *focal,
				const WeightedGroup *reference, int64 *n_units)
{
	const WeightedRow *rows = SampleRows(sample);
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
			double		part = Share(group, &rows[i]) * Deviation(group, &rows[i]);

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
		return 0;
	return sqrt(*n_units / (*n_units - 1.0) * Total(between));
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

/* The difference between the means, its standard error, test and interval */
static WeightedDifference
CompareGroups(const WeightedSample *sample, const WeightedGroup *focal,
			  const WeightedGroup *reference, double confidence)
{
	WeightedDifference result = {0, UndefinedEstimate(DifferenceReason(focal, reference)),
	NAN, NAN, NAN};
	Estimate   *estimate = &result.difference;
	double		se = LinearisedError(sample, focal, reference, &result.n_units);
	double		difference = (focal->center - reference->center) +
		(focal->correction - reference->correction);
	double		margin;

	estimate->estimate = difference * focal->units.score;
	if (estimate->reason != NULL)
		return result;
	estimate->se = se * focal->units.score;
	result.df = result.n_units - 1;
	if (se == 0)
	{
		estimate->reason = REASON_ZERO_VARIANCE;
		return result;
	}
	result.t = difference / se;
	result.p_value = 2 * pt(-fabs(result.t), result.df, 1, 0);
	margin = qt(0.5 * (1 - confidence), result.df, 0, 0) * se;
	estimate->lower = (difference - margin) * focal->units.score;
	estimate->upper = (difference + margin) * focal->units.score;
	return result;
}

/* The row that answers for a sample */
static Datum
WeightedGapRow(FunctionCallInfo fcinfo, const WeightedSample *sample, double confidence)
{
	Units		units = SampleUnits(sample);
	WeightedGroup focal = SummarizeGroup(sample, true, units);
	WeightedGroup reference = SummarizeGroup(sample, false, units);
	WeightedDifference gap = CompareGroups(sample, &focal, &reference, confidence);
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, focal.n);
	AddInt64(&row, reference.n);
	AddInt64(&row, sample->missing_focal);
	AddInt64(&row, sample->missing_reference);
	AddInt64(&row, sample->missing_group);
	if (IsClustered(sample))
		AddInt64(&row, gap.n_units);
	else
		AddNull(&row);
	AddFloat8(&row, Total(focal.weights) * units.weight);
	AddFloat8(&row, Total(reference.weights) * units.weight);
	AddFloat8(&row, focal.n_eff);
	AddFloat8(&row, reference.n_eff);
	AddFloat8(&row, (focal.center + focal.correction) * units.score);
	AddFloat8(&row, (reference.center + reference.correction) * units.score);
	AddFloat8(&row, sqrt(focal.variance) * units.score);
	AddFloat8(&row, sqrt(reference.variance) * units.score);
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
