/*
 * observations.c
 *		Rows of numbers that an aggregate keeps until its end.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/observations.h"
#include "base/state.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/expandeddatum.h"

/*
 * For a transition function: append a row behind the state, its first argument.
 * The array is kept expanded, so that a row costs the same however many there
 * are.
 */
static Datum
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

/*
 * A transition function whose arguments are the row: measures, whose names are
 * ended by NULL, then an option, which its caller has checked, if there is one
 * more. A row without one of its measures is left out.
 */
Datum
ObservationsAccumulate(FunctionCallInfo fcinfo, const char *const *measures, double option)
{
	double		values[FUNC_MAX_ARGS];
	int			n = 0;

	for (; measures[n] != NULL; n++)
	{
		if (PG_ARGISNULL(n + 1))
			return ReturnUnchanged(fcinfo);
		values[n] = ArgumentDouble(fcinfo, n + 1, measures[n]);
	}
	if (PG_NARGS() - 1 > n)
		values[n++] = option;
	PG_RETURN_DATUM(ObservationsAppend(fcinfo, values, n));
}

/* Compare two rows of so many columns */
static inline int
CompareRows(const void *a, const void *b, int width)
{
	for (int i = 0; i < width; i++)
	{
		double		x = ((const double *) a)[i];
		double		y = ((const double *) b)[i];

		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

#define ST_SORT SortRows
#define ST_ELEMENT_TYPE_VOID
#define ST_COMPARE(a, b, width) CompareRows(a, b, *(width))
#define ST_COMPARE_ARG_TYPE const int
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

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
	SortRows(rows.values, rows.n, width * sizeof(double), &rows.width);
	return rows;
}

/*
 * An option, which every row of a group gives: the column of it, or a default
 * where there are no rows.
 */
double
ObservationsOption(const Observations *rows, int column, const char *name, double absent)
{
	for (int i = 1; i < rows->n; i++)
	{
		double		value = rows->values[i * rows->width + column];

		if (value != rows->values[column])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s must be the same in all rows: %g and %g", name,
							rows->values[column], value)));
	}
	return rows->n > 0 ? rows->values[column] : absent;
}
