/*
 * k_of_last_n.c
 *		Whether so many of a student's last answers were right.
 *
 * The last answers are the bits of a whole number, the latest lowest.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/number_state.h"
#include "port/pg_bitutils.h"

/* The elements of the state */
enum
{
	K,							/* both 0 before the first row */
	N,
	N_ANSWERS,					/* no more than n */
	ANSWERS,
	STATE_SIZE
};

#define AGGREGATE "k_of_last_n"

/* A double precision number has room for so many bits, and some more */
#define MAX_N 50

/* What all rows are to agree on */
static void
TakeOption(FunctionCallInfo fcinfo, double *state, int element, int argno, const char *name)
{
	int32		value = ArgumentPositive(fcinfo, argno, name);

	if (state[element] != 0 && state[element] != value)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be the same in all rows: %.0f and %d", name, state[element], value)));
	state[element] = value;
}

/* Transition function of k_of_last_n(correct, k, n) */
PG_FUNCTION_INFO_V1(k_of_last_n_accum);
Datum
k_of_last_n_accum(PG_FUNCTION_ARGS)
{
	ArrayType  *array = ArgumentNumberState(fcinfo, STATE_SIZE);
	double	   *state = NumbersOfState(array, AGGREGATE, STATE_SIZE);

	TakeOption(fcinfo, state, K, 2, "k");
	TakeOption(fcinfo, state, N, 3, "n");
	if (state[N] > MAX_N)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("n must be at most %d, not %.0f", MAX_N, state[N])));
	if (state[K] > state[N])
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("k must be at most n, not %.0f of %.0f", state[K], state[N])));
	if (!PG_ARGISNULL(1))
	{
		int64		answers = StateCount(state[ANSWERS], AGGREGATE) << 1 | PG_GETARG_BOOL(1);

		state[ANSWERS] = answers & ((INT64CONST(1) << (int) state[N]) - 1);
		state[N_ANSWERS] = Min(state[N_ANSWERS] + 1, state[N]);
	}
	PG_RETURN_ARRAYTYPE_P(array);
}

/* Final function; NULL where there is no answer */
PG_FUNCTION_INFO_V1(k_of_last_n_final);
Datum
k_of_last_n_final(PG_FUNCTION_ARGS)
{
	const double *state;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = NumbersOfState(PG_GETARG_ARRAYTYPE_P(0), AGGREGATE, STATE_SIZE);
	if (state[N_ANSWERS] < 1)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(pg_popcount64(StateCount(state[ANSWERS], AGGREGATE)) >= state[K]);
}
