/*
 * counts.c
 *		Aggregates whose state is a few counts, an array of bigint.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "absence/absence.h"
#include "catalog/pg_type_d.h"
#include "common/int.h"
#include "utils/array.h"

/*
 * The counts in an array; anything but n of them is an error.
 */
int64 *
CheckCounts(ArrayType *state, int n)
{
	if (ARR_NDIM(state) != 1 || ARR_DIMS(state)[0] != n ||
		ARR_HASNULL(state) || ARR_ELEMTYPE(state) != INT8OID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("expected an array of %d counts", n)));
	return (int64 *) ARR_DATA_PTR(state);
}

/*
 * The counts of argument 0, to be changed in place.
 *
 * Outside an aggregate they are a copy.  The array to return is argument 0
 * after this call.
 */
int64 *
GetCounts(FunctionCallInfo fcinfo, int n)
{
	ArrayType  *state = AggCheckCallContext(fcinfo, NULL) ?
		PG_GETARG_ARRAYTYPE_P(0) : PG_GETARG_ARRAYTYPE_P_COPY(0);

	fcinfo->args[0].value = PointerGetDatum(state);
	return CheckCounts(state, n);
}

/* Add to a count. */
void
AddCount(int64 *count, int64 more)
{
	if (pg_add_s64_overflow(*count, more, count))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("bigint out of range")));
}

/* Combine the states of two workers. */
PG_FUNCTION_INFO_V1(counts_combine);
Datum
counts_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *other = PG_GETARG_ARRAYTYPE_P(1);
	int			n = ARR_NDIM(other) == 1 ? ARR_DIMS(other)[0] : 0;
	int64	   *counts = GetCounts(fcinfo, n);
	int64	   *more = CheckCounts(other, n);

	for (int i = 0; i < n; i++)
		AddCount(&counts[i], more[i]);
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/*
 * absence_rate(units_missed, units_scheduled): {missed, scheduled}
 */

/* Add the units of a row, or take them away. */
static Datum
ChangeUnits(FunctionCallInfo fcinfo, int sign)
{
	int64	   *units = GetCounts(fcinfo, 2);
	int64		missed = PG_GETARG_INT64(1);
	int64		scheduled = PG_GETARG_INT64(2);

	if (missed < 0 || missed > scheduled)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot miss " INT64_FORMAT " of " INT64_FORMAT " units",
						missed, scheduled)));
	AddCount(&units[0], sign * missed);
	AddCount(&units[1], sign * scheduled);
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* Transition. */
PG_FUNCTION_INFO_V1(absence_units_add);
Datum
absence_units_add(PG_FUNCTION_ARGS)
{
	return ChangeUnits(fcinfo, 1);
}

/* Inverse transition. */
PG_FUNCTION_INFO_V1(absence_units_remove);
Datum
absence_units_remove(PG_FUNCTION_ARGS)
{
	return ChangeUnits(fcinfo, -1);
}

/* Units missed / units scheduled; NULL when there are none. */
PG_FUNCTION_INFO_V1(absence_units_final);
Datum
absence_units_final(PG_FUNCTION_ARGS)
{
	int64	   *units = CheckCounts(PG_GETARG_ARRAYTYPE_P(0), 2);

	if (units[1] == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) units[0] / units[1]);
}
