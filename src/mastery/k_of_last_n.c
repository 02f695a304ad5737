/*
 * k_of_last_n.c
 *		Whether so many of a student's last answers were right.
 *
 * The state is an array of bigint, of which one holds the last answers as bits, the
 * latest lowest.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/state.h"
#include "catalog/pg_type.h"
#include "port/pg_bitutils.h"
#include "utils/array.h"

/* The elements of the state */
enum
{
	K,							/* both 0 before the first row */
	N,
	N_ANSWERS,					/* no more than n */
	ANSWERS,
	STATE_SIZE
};

/* As many answers as there are bits */
#define MAX_N 64

/* The numbers of a state: anybody may call with any array */
static int64 *
StateElements(ArrayType *state)
{
	if (ARR_NDIM(state) != 1 || ARR_DIMS(state)[0] != STATE_SIZE ||
		ARR_HASNULL(state) || ARR_ELEMTYPE(state) != INT8OID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("k_of_last_n state must be an array of %d numbers", STATE_SIZE)));
	return (int64 *) ARR_DATA_PTR(state);
}

/* The first argument as a state that may be changed: the aggregate's own, else a copy */
static ArrayType *
ArgumentState(FunctionCallInfo fcinfo)
{
	Datum		zeros[STATE_SIZE];

	if (!PG_ARGISNULL(0))
		return InAggregate(fcinfo) ? PG_GETARG_ARRAYTYPE_P(0) : PG_GETARG_ARRAYTYPE_P_COPY(0);
	for (int i = 0; i < STATE_SIZE; i++)
		zeros[i] = Int64GetDatum(0);
	return construct_array(zeros, STATE_SIZE, INT8OID, sizeof(int64), FLOAT8PASSBYVAL,
						   TYPALIGN_DOUBLE);
}

/* What all rows are to agree on */
static void
TakeOption(FunctionCallInfo fcinfo, int64 *state, int element, int argno, const char *name)
{
	int64		value = ArgumentPositive(fcinfo, argno, name);

	if (state[element] != 0 && state[element] != value)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be the same in all rows: " INT64_FORMAT " and " INT64_FORMAT,
						name, state[element], value)));
	state[element] = value;
}

/* Transition function of k_of_last_n(correct, k, n) */
PG_FUNCTION_INFO_V1(k_of_last_n_accum);
Datum
k_of_last_n_accum(PG_FUNCTION_ARGS)
{
	ArrayType  *array = ArgumentState(fcinfo);
	int64	   *state = StateElements(array);

	TakeOption(fcinfo, state, K, 2, "k");
	TakeOption(fcinfo, state, N, 3, "n");
	if (state[N] > MAX_N)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("n must be at most %d, not " INT64_FORMAT, MAX_N, state[N])));
	if (state[K] > state[N])
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("k must be at most n, not " INT64_FORMAT " of " INT64_FORMAT, state[K], state[N])));
	if (!PG_ARGISNULL(1))
	{
		state[ANSWERS] = (int64) ((uint64) state[ANSWERS] << 1 | PG_GETARG_BOOL(1));
		state[N_ANSWERS] = Min(state[N_ANSWERS] + 1, state[N]);
	}
	PG_RETURN_ARRAYTYPE_P(array);
}

/* Final function; NULL where there is no answer */
PG_FUNCTION_INFO_V1(k_of_last_n_final);
Datum
k_of_last_n_final(PG_FUNCTION_ARGS)
{
	const int64 *state;
	uint64		last;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = StateElements(PG_GETARG_ARRAYTYPE_P(0));
	if (state[N_ANSWERS] < 1 || state[N] < 1)
		PG_RETURN_NULL();
	last = (uint64) state[ANSWERS] & (~UINT64CONST(0) >> (MAX_N - Min(state[N], MAX_N)));
	PG_RETURN_BOOL(pg_popcount64(last) >= state[K]);
}
