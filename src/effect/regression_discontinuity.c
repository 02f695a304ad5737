/*
 * regression_discontinuity.c
 *		How much the outcome jumps at a threshold.
 *
 * Local linear regression on both sides of the threshold, with triangular weights within a
 * bandwidth that is given (Hahn, Todd & Van der Klaauw 2001; Imbens & Lemieux 2008), and
 * standard errors that allow for unequal variances (White 1980; MacKinnon & White 1985).
 * No bandwidth is selected and no bias corrected.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/confidence.h"
#include "base/estimate.h"
#include "base/observations.h"
#include "base/reason.h"
#include "base/rmath.h"
#include "base/sum.h"
#include "effect/side.h"
#include "miscadmin.h"

/* The measures of a row: the value is as its distance from the threshold */
enum
{
	ROW_DISTANCE, ROW_OUTCOME, ROW_IS_MISSING, ROW_WIDTH
};

/* The options, as numbers */
enum
{
	OPTION_THRESHOLD, OPTION_BANDWIDTH, OPTION_COMPARISON, OPTION_DONUT, OPTION_ERRORS, OPTION_CONFIDENCE, N_OPTIONS
};

static const char *const comparisons[] = COMPARISON_NAMES;
static const char *const standard_errors[] = {"HC0", "HC1", "HC2", NULL};

static const ObservationKind regression_discontinuity = {
	"regression_discontinuity", {"threshold", "bandwidth", "comparison", "donut", "standard_errors", "confidence"},
	.measures = {"value", "outcome", "is_missing"}, .names = {[OPTION_COMPARISON] = comparisons, [OPTION_ERRORS] = standard_errors}
};

enum
{
	ERRORS_HC0, ERRORS_HC1, ERRORS_HC2
};

/* Fewer different values than this on a side say little of the slope, and their error does not know */
#define ENOUGH_VALUES 5

/* A heap is less likely than this to come about by chance */
#define HEAP_P_VALUE 0.01

/* Standard errors below this, in units of the largest difference between outcomes, are of rounding */
#define ROUNDED_ERROR 1e-13

/* So near to 1, the rest of a leverage is of rounding */
#define ROUNDED_LEVERAGE 1e-12

typedef struct Discontinuity
{
	Observations rows;
	double		threshold;
	double		bandwidth;
	Comparison	comparison;
	double		donut;
	int			errors;
	double		confidence;
	double		first_outcome;	/* from which outcomes are taken, in units of 2^outcome_unit */
	int			outcome_unit;
	int			difference_unit;	/* in units of 2^(outcome_unit + this) differences are in range */
} Discontinuity;

/* The rows on one side of the threshold */
typedef struct Side
{
	int			first;			/* of the rows */
	int			end;
	int64		n;				/* with an outcome and a weight */
	int			n_values;
	int64		n_missing;		/* that would have a weight, and have no outcome */
	int64		n_of_rarest;	/* rows of the value that has fewest */
	double		estimate;		/* of the outcome at the threshold, in those units */
	double		variance;
	double		leverage;		/* the greatest of a row */
} Side;

static inline const double *
Row(const Discontinuity *rd, int i)
{
	return rd->rows.values + i * ROW_WIDTH;
}

/* How much a row counts, whatever its outcome; 0 if it does not */
static double
Weight(const Discontinuity *rd, const double *row)
{
	double		distance = fabs(row[ROW_DISTANCE]);
	double		slack = Slack(distance, rd->threshold);

	if (distance < rd->donut - slack || distance >= rd->bandwidth - slack)
		return 0;
	return 1 - distance / rd->bandwidth;
}

/* The same of a row that has an outcome */
static double
WeightOfOutcome(const Discontinuity *rd, const double *row)
{
	return row[ROW_IS_MISSING] != 0 ? 0 : Weight(rd, row);
}

/* An outcome, less the first one */
static double
OutcomeOf(const Discontinuity *rd, const double *row)
{
	return ldexp(ldexp(row[ROW_OUTCOME], -rd->outcome_unit) - rd->first_outcome, -rd->difference_unit);
}

/* Take outcomes in units in which they, and the differences between them, are in range */
static void
SetUnits(Discontinuity *rd)
{
	double		largest = 0;
	bool		is_first = true;

	for (int i = 0; i < rd->rows.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (WeightOfOutcome(rd, Row(rd, i)) > 0)
			largest = Max(largest, fabs(Row(rd, i)[ROW_OUTCOME]));
	}
	(void) frexp(largest, &rd->outcome_unit);
	largest = 0;
	for (int i = 0; i < rd->rows.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (WeightOfOutcome(rd, Row(rd, i)) == 0)
			continue;
		if (is_first)
			rd->first_outcome = ldexp(Row(rd, i)[ROW_OUTCOME], -rd->outcome_unit);
		is_first = false;
		largest = Max(largest, fabs(OutcomeOf(rd, Row(rd, i))));
	}
	(void) frexp(largest, &rd->difference_unit);
}

/* Count what is on a side: its rows are sorted by value */
static void
CountSide(const Discontinuity *rd, Side *side)
{
	double		value = NAN;
	int64		n_of_value = 0;

	side->n_of_rarest = PG_INT64_MAX;
	for (int i = side->first; i < side->end; i++)
	{
		const double *row = Row(rd, i);

		CHECK_FOR_INTERRUPTS();
		if (Weight(rd, row) == 0)
			continue;
		if (row[ROW_IS_MISSING] != 0)
		{
			side->n_missing++;
			continue;
		}
		side->n++;
		if (row[ROW_DISTANCE] != value)
		{
			if (side->n_values > 0)
				side->n_of_rarest = Min(side->n_of_rarest, n_of_value);
			side->n_values++;
			n_of_value = 0;
			value = row[ROW_DISTANCE];
		}
		n_of_value++;
	}
	side->n_of_rarest = Min(side->n_of_rarest, n_of_value);
}

/*
 * The line through a side's rows at the threshold. Its estimate there is a sum of outcomes,
 * each times its influence, so that its variance is that of their squared residuals.
 */
static void
FitSide(const Discontinuity *rd, Side *side)
{
	Sum			weights = {0, 0};
	Sum			distances = {0, 0};
	Sum			outcomes = {0, 0};
	Sum			sxx = {0, 0};
	Sum			sxy = {0, 0};
	Sum			variance = {0, 0};
	double		distance;
	double		outcome;
	double		slope;

	for (int i = side->first; i < side->end; i++)
	{
		double		weight = WeightOfOutcome(rd, Row(rd, i));

		CHECK_FOR_INTERRUPTS();
		AddTo(&weights, weight);
		AddTo(&distances, weight * (Row(rd, i)[ROW_DISTANCE] / rd->bandwidth));
		AddTo(&outcomes, weight == 0 ? 0 : weight * OutcomeOf(rd, Row(rd, i)));
	}
	distance = Total(distances) / Total(weights);
	outcome = Total(outcomes) / Total(weights);
	for (int i = side->first; i < side->end; i++)
	{
		double		weight = WeightOfOutcome(rd, Row(rd, i));
		double		x = Row(rd, i)[ROW_DISTANCE] / rd->bandwidth - distance;

		CHECK_FOR_INTERRUPTS();
		if (weight == 0)
			continue;
		AddTo(&sxx, weight * x * x);
		AddTo(&sxy, weight * x * (OutcomeOf(rd, Row(rd, i)) - outcome));
	}
	slope = Total(sxy) / Total(sxx);
	side->estimate = outcome - slope * distance;

	for (int i = side->first; i < side->end; i++)
	{
		double		weight = WeightOfOutcome(rd, Row(rd, i));
		double		x = Row(rd, i)[ROW_DISTANCE] / rd->bandwidth - distance;
		double		influence;
		double		residual;
		double		leverage;

		CHECK_FOR_INTERRUPTS();
		if (weight == 0)
			continue;
		influence = weight * (1 / Total(weights) - distance * x / Total(sxx));
		residual = OutcomeOf(rd, Row(rd, i)) - outcome - slope * x;
		leverage = weight * (1 / Total(weights) + x * x / Total(sxx));
		side->leverage = Max(side->leverage, leverage);
		AddTo(&variance, influence * influence * residual * residual /
			  (rd->errors == ERRORS_HC2 ? 1 - leverage : 1));
	}
	side->variance = Total(variance);
}

/* How many rows have a value that is so far from the threshold, but for what rounding makes of it */
static int64
CountAt(const Discontinuity *rd, double distance)
{
	int64		n = 0;

	for (int i = 0; i < rd->rows.n; i++)
	{
		double		of_row = Row(rd, i)[ROW_DISTANCE];

		CHECK_FOR_INTERRUPTS();
		if (distance == 0 ? of_row == 0 : fabs(of_row - distance) <= Slack(distance, rd->threshold))
			n++;
	}
	return n;
}

/*
 * Whether more rows are at the threshold than beside it, at the nearest values on both
 * sides: more than a third of them, by an exact test.
 */
static bool
IsHeaped(const Discontinuity *rd, int64 n_at)
{
	double		below = -INFINITY;
	double		above = INFINITY;
	int64		n;

	for (int i = 0; i < rd->rows.n; i++)
	{
		double		distance = Row(rd, i)[ROW_DISTANCE];

		CHECK_FOR_INTERRUPTS();
		if (distance < 0)
			below = Max(below, distance);
		else if (distance > 0)
			above = Min(above, distance);
	}
	if (n_at == 0 || isinf(below) || isinf(above))
		return false;
	n = n_at + CountAt(rd, below) + CountAt(rd, above);
	return pbinom(n_at - 1, n, 1.0 / 3, 0, 0) < HEAP_P_VALUE;
}

/* Why there is no estimate, or no error of it; NULL if there are both */
static const char *
SidesReason(const Discontinuity *rd, const Side *below, const Side *above)
{
	if (below->n_values < 2 || above->n_values < 2)
		return REASON_TOO_FEW_VALUES;
	/* without its only row at one of two values, a line is not defined */
	if (rd->errors == ERRORS_HC2 &&
		((below->n_values == 2 && below->n_of_rarest == 1) || (above->n_values == 2 && above->n_of_rarest == 1)))
		return REASON_LEVERAGE_1;
	if (rd->errors == ERRORS_HC1 && below->n + above->n <= 4)
		return REASON_N_TOO_SMALL;
	return NULL;
}

/* The jump at the threshold, from whom it does not flag to whom it flags; z and p_value beside it */
static Estimate
Jump(Discontinuity *rd, Side *below, Side *above, double *z, double *p_value)
{
	const char *reason = SidesReason(rd, below, above);
	Estimate	jump = UndefinedEstimate(reason);
	double		n = (double) below->n + above->n;
	double		sign = rd->comparison >= FLAGGED_FROM ? 1 : -1;
	int			unit;
	Scaled		estimate;
	double		se;

	*z = *p_value = NAN;
	if (below->n_values < 2 || above->n_values < 2)
		return jump;
	SetUnits(rd);
	unit = rd->outcome_unit + rd->difference_unit;
	FitSide(rd, below);
	FitSide(rd, above);
	/* different values, which rounding does not tell apart */
	if (!isfinite(below->estimate) || !isfinite(above->estimate))
		return UndefinedEstimate(REASON_TOO_FEW_VALUES);
	if (reason == NULL && rd->errors == ERRORS_HC2 && Max(below->leverage, above->leverage) > 1 - ROUNDED_LEVERAGE)
		reason = REASON_LEVERAGE_1;
	estimate = MakeScaled(sign * (above->estimate - below->estimate), unit);
	jump.estimate = Unscaled(estimate);
	jump.reason = reason;
	if (reason != NULL)
		return jump;

	se = sqrt(below->variance + above->variance) * (rd->errors == ERRORS_HC1 ? sqrt(n / (n - 4)) : 1);
	if (se <= ROUNDED_ERROR)
	{
		jump.se = 0;
		jump.reason = REASON_ZERO_VARIANCE;
		return jump;
	}
	jump = NormalEstimate(estimate, MakeScaled(se, unit), TwoSidedZ(rd->confidence));
	*z = ScaledRatio(estimate, MakeScaled(se, unit));
	*p_value = 2 * pnorm(-fabs(*z), 0, 1, 1, 0);
	if (below->n_values < ENOUGH_VALUES || above->n_values < ENOUGH_VALUES)
		jump.reason = REASON_FEW_VALUES;
	return jump;
}

/* Read the options of a row */
static void
ReadOptions(FunctionCallInfo fcinfo, double *options)
{
	int			n_args = PG_NARGS();

	options[OPTION_THRESHOLD] = ArgumentDouble(fcinfo, 3, "threshold");
	options[OPTION_BANDWIDTH] = ArgumentBandwidth(fcinfo, 4);
	options[OPTION_COMPARISON] = n_args > 5 ? ArgumentOption(fcinfo, 5, "comparison", comparisons) : FLAGGED_FROM;
	options[OPTION_DONUT] = n_args > 6 ? CheckNonNegative(ArgumentDouble(fcinfo, 6, "donut"), "donut") : 0;
	options[OPTION_ERRORS] = n_args > 7 ? ArgumentOption(fcinfo, 7, "standard_errors", standard_errors) : ERRORS_HC2;
	options[OPTION_CONFIDENCE] = n_args > 8 ? ArgumentConfidence(fcinfo, 8) : DEFAULT_CONFIDENCE;
}

/* Transition function of regression_discontinuity(outcome, value, threshold, bandwidth [, ...]) */
PG_FUNCTION_INFO_V1(regression_discontinuity_accum);
Datum
regression_discontinuity_accum(PG_FUNCTION_ARGS)
{
	double		options[N_OPTIONS];
	double		row[ROW_WIDTH];
	double		reach;

	ReadOptions(fcinfo, options);
	row[ROW_IS_MISSING] = PG_ARGISNULL(1);
	row[ROW_OUTCOME] = PG_ARGISNULL(1) ? 0 : ArgumentDouble(fcinfo, 1, "outcome");
	if (PG_ARGISNULL(2))
		return ObservationsAddWith(fcinfo, &regression_discontinuity, options, NULL);
	row[ROW_DISTANCE] = ArgumentDouble(fcinfo, 2, "value") - options[OPTION_THRESHOLD];
	reach = Max(options[OPTION_BANDWIDTH], 1);
	reach += Slack(reach, options[OPTION_THRESHOLD]);
	return ObservationsAddWith(fcinfo, &regression_discontinuity, options,
							   isfinite(row[ROW_DISTANCE]) && fabs(row[ROW_DISTANCE]) <= reach ? row : NULL);
}

/* Combine function */
PG_FUNCTION_INFO_V1(regression_discontinuity_combine);
Datum
regression_discontinuity_combine(PG_FUNCTION_ARGS)
{
	return ObservationsCombine(fcinfo, &regression_discontinuity);
}

/* What the options of a state stand for */
static void
UseOptions(Discontinuity *rd, const double *options)
{
	rd->threshold = options[OPTION_THRESHOLD];
	rd->bandwidth = options[OPTION_BANDWIDTH];
	rd->comparison = (Comparison) options[OPTION_COMPARISON];
	rd->donut = options[OPTION_DONUT];
	rd->errors = (int) options[OPTION_ERRORS];
	rd->confidence = options[OPTION_CONFIDENCE];
}

/* Final function */
PG_FUNCTION_INFO_V1(regression_discontinuity_final);
Datum
regression_discontinuity_final(PG_FUNCTION_ARGS)
{
	Discontinuity rd = {.rows = ObservationsArgument(fcinfo, 0, &regression_discontinuity), .bandwidth = NAN};
	Side		below = {0};
	Side		above = {0};
	Estimate	jump;
	double		z;
	double		p_value;
	int64		n_at;
	ResultRow	row;

	if (rd.rows.options != NULL)
		UseOptions(&rd, rd.rows.options);
	while (below.end < rd.rows.n && !IsAbove(Row(&rd, below.end)[ROW_DISTANCE], rd.comparison))
		below.end++;
	above.first = below.end;
	above.end = rd.rows.n;
	CountSide(&rd, &below);
	CountSide(&rd, &above);
	jump = Jump(&rd, &below, &above, &z, &p_value);
	n_at = CountAt(&rd, 0);

	BeginResultRow(&row, fcinfo);
	AddFloat8(&row, rd.bandwidth);
	AddInt64(&row, below.n);
	AddInt64(&row, above.n);
	AddInt32(&row, below.n_values);
	AddInt32(&row, above.n_values);
	AddInt64(&row, below.n_missing);
	AddInt64(&row, above.n_missing);
	AddInt64(&row, CountAt(&rd, -1));
	AddInt64(&row, n_at);
	AddInt64(&row, CountAt(&rd, 1));
	AddBool(&row, IsHeaped(&rd, n_at));
	AddEstimate(&row, jump);
	AddFloat8(&row, z);
	AddFloat8(&row, p_value);
	AddText(&row, jump.reason);
	return EndResultRow(&row);
}
