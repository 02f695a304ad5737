/*
 * weighted_v.c
 *		V of a sample whose students stand for different numbers of others.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "argument.h"
#include "gap/v.h"
#include "observations.h"
#include "rate/rate.h"
#include "utils/float.h"

/* Columns of an observation */
enum
{
	WEIGHTED_SCORE, WEIGHTED_IS_FOCAL, WEIGHTED_WEIGHT, WEIGHTED_COLUMNS
};

/* Students and their weights, of both groups */
typedef struct WeightedGroups
{
	int64		n_focal;
	int64		n_reference;
	double		focal;
	double		reference;
} WeightedGroups;

PG_FUNCTION_INFO_V1(weighted_v_accum);

/* Keep score, group and weight; a student without one of them, or of weight 0, is left out */
Datum
weighted_v_accum(PG_FUNCTION_ARGS)
{
	double		values[WEIGHTED_COLUMNS];

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3) || PG_GETARG_FLOAT8(3) == 0)
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	values[WEIGHTED_SCORE] = ArgumentDouble(fcinfo, 1, "score");
	values[WEIGHTED_IS_FOCAL] = PG_GETARG_BOOL(2);
	values[WEIGHTED_WEIGHT] = ArgumentDouble(fcinfo, 3, "weight");
	if (values[WEIGHTED_WEIGHT] < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("weight must not be negative: %g", values[WEIGHTED_WEIGHT])));
	PG_RETURN_DATUM(ObservationsAppend(fcinfo, values, WEIGHTED_COLUMNS));
}

/* Add a student to her group */
static void
CountStudent(WeightedGroups *groups, const double *student)
{
	if (student[WEIGHTED_IS_FOCAL] != 0)
	{
		groups->n_focal++;
		groups->focal += student[WEIGHTED_WEIGHT];
	}
	else
	{
		groups->n_reference++;
		groups->reference += student[WEIGHTED_WEIGHT];
	}
}

/*
 * The weight of the pairs in which focal is above, and of those in which it is
 * below, ties by half to each. Students come sorted by score.
 */
static void
WeighPairs(const Observations *students, WeightedGroups *below, double *above, double *under)
{
	for (int i = 0; i < students->n;)
	{
		const double *student = students->values + i * students->width;
		WeightedGroups here = {0};

		for (; i < students->n && students->values[i * students->width] == student[WEIGHTED_SCORE]; i++)
			CountStudent(&here, students->values + i * students->width);
		*above += here.focal * (below->reference + here.reference / 2);
		*under += here.reference * (below->focal + here.focal / 2);
		below->n_focal += here.n_focal;
		below->n_reference += here.n_reference;
		below->focal += here.focal;
		below->reference += here.reference;
	}
}

PG_FUNCTION_INFO_V1(weighted_v_final);

/* A and V with the weight of each pair */
Datum
weighted_v_final(PG_FUNCTION_ARGS)
{
	Observations students = ObservationsArgument(fcinfo, 0, WEIGHTED_COLUMNS);
	WeightedGroups groups = {0};
	double		above = 0;
	double		under = 0;
	bool		empty;
	bool		separated;
	ResultRow	row;

	WeighPairs(&students, &groups, &above, &under);
	empty = groups.n_focal == 0 || groups.n_reference == 0;
	separated = !empty && (above == 0 || under == 0);

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, groups.n_focal);
	AddInt64(&row, groups.n_reference);
	AddFloat8(&row, empty ? get_float8_nan() : above / (above + under));
	AddFloat8(&row, empty || separated ? get_float8_nan() : VFromOdds(above, under));
	AddText(&row, empty ? REASON_N_LT_1 : separated ? "complete_separation" : NULL);
	return EndResultRow(&row);
}
