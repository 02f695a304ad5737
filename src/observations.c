/*
 * observations.c
 *		Rows of numbers that an aggregate keeps until its end.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "argument.h"
#include "catalog/pg_type.h"
#include "observations.h"
#include "utils/array.h"
#include "utils/expandeddatum.h"

/*
 * For a transition function: append a row behind the state, its first argument.
 * The array is kept expanded, so that a row costs the same however many there
 * are.
 */
Datum
ObservationsAppend(FunctionCallInfo fcinfo, const double *values, int n)
{
	ExpandedArrayHeader *rows;
	MemoryContext context;
	MemoryContext caller;
	Datum		state;
	int			next;

	if (!AggCheckCallContext(fcinfo, &context))
		context = CurrentMemoryContext;
	caller = MemoryContextSwitchTo(context);
	if (PG_ARGISNULL(0))
		rows = construct_empty_expanded_array(FLOAT8OID, context, NULL);
	else
		rows = PG_GETARG_EXPANDED_ARRAY(0);
	MemoryContextSwitchTo(caller);

	state = EOHPGetRWDatum(&rows->hdr);
	next = rows->ndims == 0 ? 1 : rows->lbound[0] + rows->dims[0];
	for (int i = 0; i < n; i++, next++)
		state = array_set_element(state, 1, &next, Float8GetDatum(values[i]), false,
								  -1, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
	return state;
}

PG_FUNCTION_INFO_V1(observations_accum);

/* Transition function: the arguments are the row; one with a NULL is left out */
Datum
observations_accum(PG_FUNCTION_ARGS)
{
	double		values[FUNC_MAX_ARGS];

	for (int i = 1; i < PG_NARGS(); i++)
	{
		if (PG_ARGISNULL(i))
		{
			if (PG_ARGISNULL(0))
				PG_RETURN_NULL();
			PG_RETURN_DATUM(PG_GETARG_DATUM(0));
		}
		values[i - 1] = ArgumentDouble(fcinfo, i, "value");
	}
	PG_RETURN_DATUM(ObservationsAppend(fcinfo, values, PG_NARGS() - 1));
}

/* Compare two rows, the number of whose columns is the third argument */
static int
CompareRows(const void *a, const void *b, void *width)
{
	for (int i = 0; i < *(int *) width; i++)
	{
		double		difference = ((const double *) a)[i] - ((const double *) b)[i];

		if (difference != 0)
			return difference < 0 ? -1 : 1;
	}
	return 0;
}

/*
 * The rows of a state in a fixed order, whatever order they came in; a state
 * that is NULL has none.
 */
Observations
ObservationsArgument(FunctionCallInfo fcinfo, int argno, int width)
{
	Observations rows = {0, width, NULL};
	int			n;

	if (PG_ARGISNULL(argno))
		return rows;
	rows.values = ArgumentDoubles(fcinfo, argno, "state", &n);
	if (n % width != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("state of %d numbers is not rows of %d", n, width)));
	rows.n = n / width;
	qsort_arg(rows.values, rows.n, width * sizeof(double), CompareRows, &rows.width);
	return rows;
}
