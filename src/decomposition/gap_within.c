/*
 * gap_within.c
 *		How much of a gap there is within schools, and how much between them.
 *
 * Within: least squares of the outcome on the group and on a constant for each school. With
 * w = n_F n_R / (n_F + n_R) of a school it is the mean of the schools' gaps, weighted by w.
 * What is left of the gap is that the groups go to different schools: what Oaxaca-Blinder
 * explains by them, with all students' coefficients and the group as one more covariate.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/confidence.h"
#include "base/count.h"
#include "base/observations.h"
#include "base/reason.h"
#include "base/rmath.h"
#include "base/sum.h"
#include "gap/mean_gap.h"
#include "inference/group_mean.h"
#include "miscadmin.h"

/* A row has the focal group of a school, then the reference. */
static const ObservationKind gap_within = {"gap_within", {"confidence"},
.measures = {GROUP_MEASURE_NAMES, GROUP_MEASURE_NAMES}};

StaticAssertDecl(2 * GROUP_MEASURES < lengthof(gap_within.measures), "the names are ended by NULL");

typedef struct School
{
	GroupMean	focal;
	GroupMean	reference;
} School;

typedef struct Schools
{
	School	   *schools;		/* that have students */
	int			n;
	int			n_both;			/* that have students of both groups */
	double		n_focal;
	double		n_reference;
	const GroupMean *from;		/* whose mean distances are from */
	int			unit;			/* power of two in which distances and deviations are in range */
} Schools;

/* A count that is to be shown; anybody may call with any state */
static int64
Count(double n)
{
	if (n >= (double) PG_INT64_MAX)
		CountOverflow();
	return (int64) n;
}

/* The weight of a school's gap; 0 where one group is not */
static double
Weight(const School *school)
{
	double		n = school->focal.n + school->reference.n;

	return n == 0 ? 0 : school->focal.n * (school->reference.n / n);
}

/* How far a mean is from that from which distances are; 0 of nobody */
static double
Distance(const Schools *schools, const GroupMean *group)
{
	return group->n < 1 ? 0 : InUnit(MeansDistance(group, schools->from), schools->unit);
}

/* Let a group count for the unit */
static void
MakeRoom(Schools *schools, const GroupMean *group)
{
	Scaled		distance = {0, NO_EXPONENT};

	if (group->n >= 1)
		distance = MeansDistance(group, schools->from);
	schools->unit = Max(schools->unit, Max(distance.exponent, group->sd.exponent));
}

/* The schools of a state that have students */
static Schools
ReadSchools(Observations rows)
{
	Schools		schools = {.unit = NO_EXPONENT};
	Sum			focal = {0, 0};
	Sum			reference = {0, 0};

	schools.schools = palloc(rows.n * sizeof(School));
	for (int i = 0; i < rows.n; i++)
	{
		const double *row = rows.values + i * rows.width;
		School	   *school = &schools.schools[schools.n];

		CHECK_FOR_INTERRUPTS();
		school->focal = ReadGroupMean(row);
		school->reference = ReadGroupMean(row + GROUP_MEASURES);
		if (school->focal.n + school->reference.n < 1)
			continue;
		schools.n++;
		schools.n_both += Min(school->focal.n, school->reference.n) >= 1;
		AddTo(&focal, school->focal.n);
		AddTo(&reference, school->reference.n);
	}
	schools.n_focal = Total(focal);
	schools.n_reference = Total(reference);
	if (schools.n == 0)
		return schools;
	schools.from = schools.schools[schools.n - 1].focal.n >= 1 ? &schools.schools[schools.n - 1].focal :
		&schools.schools[schools.n - 1].reference;
	for (int i = 0; i < schools.n; i++)
	{
		MakeRoom(&schools, &schools.schools[i].focal);
		MakeRoom(&schools, &schools.schools[i].reference);
	}
	return schools;
}

/* The gap between all students of the groups, in the unit */
static double
Difference(const Schools *schools)
{
	Sum			sum = {0, 0};

	for (int i = 0; i < schools->n; i++)
	{
		const School *school = &schools->schools[i];

		CHECK_FOR_INTERRUPTS();
		AddTo(&sum, school->focal.n / schools->n_focal * Distance(schools, &school->focal));
		AddTo(&sum, -school->reference.n / schools->n_reference * Distance(schools, &school->reference));
	}
	return Total(sum);
}

/* How a group's students vary, of all schools */
static Scaled
Stddev(const Schools *schools, bool focal)
{
	double		n = focal ? schools->n_focal : schools->n_reference;
	Sum			mean = {0, 0};
	Sum			squares = {0, 0};

	for (int i = 0; i < schools->n; i++)
	{
		const GroupMean *group = focal ? &schools->schools[i].focal : &schools->schools[i].reference;

		CHECK_FOR_INTERRUPTS();
		AddTo(&mean, group->n / n * Distance(schools, group));
	}
	for (int i = 0; i < schools->n; i++)
	{
		const GroupMean *group = focal ? &schools->schools[i].focal : &schools->schools[i].reference;
		double		distance = Distance(schools, group) - Total(mean);
		double		sd = InUnit(group->sd, schools->unit);

		CHECK_FOR_INTERRUPTS();
		if (group->n > 1)
			AddTo(&squares, (group->n - 1) * sd * sd);
		AddTo(&squares, group->n * distance * distance);
	}
	return MakeScaled(sqrt(Total(squares) / (n - 1)), schools->unit);
}

/* The gap with its interval, as gap() has it */
static Estimate
EstimateGap(const Schools *schools, double difference, double confidence)
{
	TwoGroups	groups = {Count(schools->n_focal), Count(schools->n_reference), NAN, NAN,
	{0, NO_EXPONENT}, {0, NO_EXPONENT}, MakeScaled(difference, schools->unit)};

	if (groups.n_focal > 1)
		groups.sd_focal = Stddev(schools, true);
	if (groups.n_reference > 1)
		groups.sd_reference = Stddev(schools, false);
	return TestDifference(&groups, confidence, false).difference;
}

/* The gap of a school that has both groups */
static double
SchoolGap(const Schools *schools, const School *school)
{
	return InUnit(MeansDistance(&school->focal, &school->reference), schools->unit);
}

/* The weights of all schools */
static double
Weights(const Schools *schools)
{
	Sum			sum = {0, 0};

	for (int i = 0; i < schools->n; i++)
		AddTo(&sum, Weight(&schools->schools[i]));
	return Total(sum);
}

/* The gap within schools, in the unit */
static double
DifferenceWithin(const Schools *schools)
{
	double		weights = Weights(schools);
	Sum			sum = {0, 0};

	for (int i = 0; i < schools->n; i++)
	{
		const School *school = &schools->schools[i];

		CHECK_FOR_INTERRUPTS();
		if (Weight(school) > 0)
			AddTo(&sum, Weight(school) / weights * SchoolGap(schools, school));
	}
	return Total(sum);
}

/*
 * The gap between schools, in the unit: what the groups' shares of their students differ,
 * times what a school's reference would be on average, if all its students were of it
 */
static double
DifferenceBetween(const Schools *schools, double within)
{
	Sum			sum = {0, 0};

	for (int i = 0; i < schools->n; i++)
	{
		const School *school = &schools->schools[i];
		double		n = school->focal.n + school->reference.n;
		double		shares = (school->focal.n * schools->n_reference - school->reference.n * schools->n_focal) /
			(schools->n_focal * schools->n_reference);
		double		level = school->focal.n / n * (Distance(schools, &school->focal) - within) +
			school->reference.n / n * Distance(schools, &school->reference);

		CHECK_FOR_INTERRUPTS();
		AddTo(&sum, shares * level);
	}
	return Total(sum);
}

/* The squares that it leaves */
static double
Squares(const Schools *schools, double within)
{
	Sum			squares = {0, 0};

	for (int i = 0; i < schools->n; i++)
	{
		const School *school = &schools->schools[i];
		double		focal = InUnit(school->focal.sd, schools->unit);
		double		reference = InUnit(school->reference.sd, schools->unit);

		CHECK_FOR_INTERRUPTS();
		if (school->focal.n > 1)
			AddTo(&squares, (school->focal.n - 1) * focal * focal);
		if (school->reference.n > 1)
			AddTo(&squares, (school->reference.n - 1) * reference * reference);
		if (Weight(school) > 0)
		{
			double		rest = SchoolGap(schools, school) - within;

			AddTo(&squares, Weight(school) * rest * rest);
		}
	}
	return Total(squares);
}

/* The gap within schools with its interval */
static Estimate
EstimateWithin(const Schools *schools, double within, double df, double confidence)
{
	Estimate	estimate = UndefinedEstimate(NULL);
	double		se = sqrt(Squares(schools, within) / df / Weights(schools));

	if (df >= 1 && se > 0)
		return NormalEstimate(MakeScaled(within, schools->unit), MakeScaled(se, schools->unit),
							  qt(0.5 * (1 - confidence), df, 0, 0));
	estimate.estimate = Unscaled(MakeScaled(within, schools->unit));
	if (df >= 1)
		estimate.se = 0;
	estimate.reason = df >= 1 ? REASON_ZERO_VARIANCE : REASON_N_TOO_SMALL;
	return estimate;
}

/* Transition function of gap_within(focal, reference [, confidence]) */
PG_FUNCTION_INFO_V1(gap_within_accum);
Datum
gap_within_accum(PG_FUNCTION_ARGS)
{
	double		confidence = PG_NARGS() > 3 ? ArgumentConfidence(fcinfo, 3) : DEFAULT_CONFIDENCE;
	double		row[2 * GROUP_MEASURES];

	DescribeGroup(ArgumentDistribution(fcinfo, 1), row);
	DescribeGroup(ArgumentDistribution(fcinfo, 2), row + GROUP_MEASURES);
	return ObservationsAdd(fcinfo, &gap_within, confidence, row);
}

/* Combine function */
PG_FUNCTION_INFO_V1(gap_within_combine);
Datum
gap_within_combine(PG_FUNCTION_ARGS)
{
	return ObservationsCombine(fcinfo, &gap_within);
}

/* Final function */
PG_FUNCTION_INFO_V1(gap_within_final);
Datum
gap_within_final(PG_FUNCTION_ARGS)
{
	Observations rows = ObservationsArgument(fcinfo, 0, &gap_within);
	Schools		schools = ReadSchools(rows);
	double		confidence = rows.n == 0 ? DEFAULT_CONFIDENCE : CheckConfidence(rows.option);
	double		df = schools.n_focal + schools.n_reference - schools.n - 1;
	double		between = NAN;
	Estimate	gap = UndefinedEstimate(REASON_N_LT_1);
	Estimate	within = UndefinedEstimate(REASON_NO_COMPARISON);
	ResultRow	row;

	if (schools.n_focal >= 1 && schools.n_reference >= 1)
		gap = EstimateGap(&schools, Difference(&schools), confidence);
	if (schools.n_both > 0)
	{
		double		difference = DifferenceWithin(&schools);

		within = EstimateWithin(&schools, difference, df, confidence);
		between = Unscaled(MakeScaled(DifferenceBetween(&schools, difference), schools.unit));
	}

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, schools.n);
	AddInt64(&row, schools.n_both);
	AddInt64(&row, Count(schools.n_focal));
	AddInt64(&row, Count(schools.n_reference));
	AddEstimate(&row, gap);
	AddEstimate(&row, within);
	AddFloat8(&row, between);
	AddFloat8(&row, schools.n_both > 0 ? df : NAN);
	AddText(&row, gap.reason != NULL ? gap.reason : within.reason);
	return EndResultRow(&row);
}
