/*
 * weighted_gap.c
 *		The gap between two groups' means in a weighted sample.
 *
 * Means of domains of a one-stage design with replacement, with linearised
 * standard errors (Binder 1983; Lumley 2010), as R's survey has them. Sums run
 * over the rows in their canonical order, so that their bits do not depend on
 * the plan.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/confidence.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "base/rmath.h"
#include "base/sum.h"
#include "sample/weighted_sample.h"
#include "utils/float.h"

/* What rounding leaves of numbers that cancel, relative to them */
#define ROUNDING 1e-14

/* A group; its mean is center + correction */
typedef struct WeightedGroup
{
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
	double		difference;
	double		standard_error;
	double		lower;
	double		upper;
	double		df;
	double		t;
	double		p_value;
	const char *reason;
} WeightedDifference;

/* Whether row i begins a sampling unit: rows of a cluster follow each other */
static inline bool
BeginsUnit(const WeightedSample *sample, int64 i)
{
	const WeightedRow *rows = SampleRows(sample);

	return i == 0 || !IsClustered(sample) || rows[i].cluster != rows[i - 1].cluster;
}

/* The share that a row has of its group's weights */
static inline double
Share(const WeightedGroup *group, const WeightedRow *row)
{
	return fabs(row->weight) / Total(group->weights);
}

/* How far a row's score is from the mean of its group */
static inline double
Deviation(const WeightedGroup *group, const WeightedRow *row)
{
	return (row->score - group->center) - group->correction;
}

/* Count a group's rows, units and weights, and begin its mean at a score */
static void
CountGroup(const WeightedSample *sample, bool focal, WeightedGroup *group)
{
	const WeightedRow *rows = SampleRows(sample);
	bool		unit_counted = false;

	memset(group, 0, sizeof(*group));
	group->constant = true;
	for (int64 i = 0; i < sample->n; i++)
	{
		if (BeginsUnit(sample, i))
			unit_counted = false;
		if (IsFocal(&rows[i]) != focal)
			continue;
		if (group->n++ == 0)
			group->center = rows[i].score;
		group->constant &= rows[i].score == group->center;
		group->n_units += unit_counted ? 0 : 1;
		unit_counted = true;
		AddTo(&group->weights, fabs(rows[i].weight));
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
		if (IsFocal(&rows[i]) == focal)
			AddTo(&sum, Share(group, &rows[i]) * Deviation(group, &rows[i]));
	}
	return Total(sum);
}

/*
 * The weighted variance, sum w d^2 / (sum w - sum w^2 / sum w), and Kish's
 * (sum w)^2 / sum w^2, in shares p of the weights. The divisor is taken as
 * sum p (1 - p): of 1 - sum p^2 little is left where one weight outweighs all.
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
		double		share;
		double		deviation;
		double		rest;

		if (IsFocal(&rows[i]) != focal)
			continue;
		share = Share(group, &rows[i]);
		deviation = Deviation(group, &rows[i]);
		rest = (group->weights.high - fabs(rows[i].weight)) + group->weights.low;
		AddTo(&shares, share * share);
		AddTo(&rests, share * (rest / weights));
		AddTo(&squares, share * deviation * deviation);
	}
	group->n_eff = 1 / Total(shares);
	group->variance = group->n < 2 ? NAN : group->constant ? 0 : Total(squares) / Total(rests);
}

/* A group of a sample */
static WeightedGroup
SummarizeGroup(const WeightedSample *sample, bool focal)
{
	WeightedGroup group;

	CountGroup(sample, focal, &group);
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
	WeightedDifference result = {0, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NULL};
	double		error = LinearisedError(sample, focal, reference, &result.n_units);
	double		margin;

	result.difference = (focal->center - reference->center) +
		(focal->correction - reference->correction);
	result.reason = DifferenceReason(focal, reference);
	if (result.reason != NULL)
		return result;
	result.standard_error = error;
	result.df = result.n_units - 1;
	if (error == 0)
	{
		result.reason = REASON_ZERO_VARIANCE;
		return result;
	}
	result.t = result.difference / error;
	result.p_value = 2 * pt(-fabs(result.t), result.df, 1, 0);
	margin = qt(0.5 * (1 - confidence), result.df, 0, 0) * error;
	result.lower = result.difference - margin;
	result.upper = result.difference + margin;
	return result;
}

/* The row that answers for a sample */
static Datum
WeightedGapRow(FunctionCallInfo fcinfo, const WeightedSample *sample, double confidence)
{
	WeightedGroup focal = SummarizeGroup(sample, true);
	WeightedGroup reference = SummarizeGroup(sample, false);
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
	AddFloat8(&row, Total(focal.weights));
	AddFloat8(&row, Total(reference.weights));
	AddFloat8(&row, focal.n_eff);
	AddFloat8(&row, reference.n_eff);
	AddFloat8(&row, focal.center + focal.correction);
	AddFloat8(&row, reference.center + reference.correction);
	AddFloat8(&row, sqrt(focal.variance));
	AddFloat8(&row, sqrt(reference.variance));
	AddFloat8(&row, gap.difference);
	AddFloat8(&row, gap.standard_error);
	AddFloat8(&row, gap.lower);
	AddFloat8(&row, gap.upper);
	AddFloat8(&row, gap.df);
	AddFloat8(&row, gap.t);
	AddFloat8(&row, gap.p_value);
	AddText(&row, gap.reason);
	return EndResultRow(&row);
}

/* weighted_gap(sample, confidence) */
PG_FUNCTION_INFO_V1(weighted_gap);
Datum
weighted_gap(PG_FUNCTION_ARGS)
{
	double		confidence = PG_GETARG_FLOAT8(1);

	CheckConfidence(confidence);
	return WeightedGapRow(fcinfo, PG_GETARG_WEIGHTED_SAMPLE(0), confidence);
}

/* Final function of weighted_gap(score, weight, is_focal) and (..., cluster) */
PG_FUNCTION_INFO_V1(weighted_gap_final);
Datum
weighted_gap_final(PG_FUNCTION_ARGS)
{
	WeightedSample *sample = PG_GETARG_WEIGHTED_SAMPLE(0);

	return WeightedGapRow(fcinfo, sample, SampleConfidence(sample));
}
