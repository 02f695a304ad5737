/*
 * number_state.c
 *		The state of an aggregate that needs no more than some numbers.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/number_state.h"
#include "base/state.h"
#include "catalog/pg_type.h"

/* Up to here, adding 1 to a double precision number counts */
#define MAX_COUNT 9007199254740992.0

/* The numbers of a state: anybody may call with any array */
double *
NumbersOfState(ArrayType *state, const char *aggregate, int size)
{
	if (ARR_NDIM(state) != 1 || ARR_DIMS(state)[0] != size ||
		ARR_HASNULL(state) || ARR_ELEMTYPE(state) != FLOAT8OID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s state must be an array of %d numbers", aggregate, size)));
	return (double *) ARR_DATA_PTR(state);
}

/* A state that has seen no row: zeros */
ArrayType *
NewNumberState(int size)
{
	Datum	   *zeros = palloc(size * sizeof(Datum));

	for (int i = 0; i < size; i++)
		zeros[i] = Float8GetDatum(0);
	return construct_array(zeros, size, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL,
						   TYPALIGN_DOUBLE);
}

/* The first argument as a state that may be changed: the aggregate's own, else a copy */
ArrayType *
ArgumentNumberState(FunctionCallInfo fcinfo, int size)
{
	if (PG_ARGISNULL(0))
		return NewNumberState(size);
	return InAggregate(fcinfo) ? PG_GETARG_ARRAYTYPE_P(0) : PG_GETARG_ARRAYTYPE_P_COPY(0);
}

/* A count of a state */
int64
StateCount(double count, const char *aggregate)
{
	if (!(count >= 0 && count <= MAX_COUNT))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s state must hold counts: %g", aggregate, count)));
	return (int64) count;
}
