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
#include "utils/memutils.h"

/*
 * What a state can hold: expanded, an array grows by an eighth, and then must still be
 * one that can be allocated.
 */
#define MAX_NUMBERS ((int) (MaxAllocSize / sizeof(Datum) / 9 * 8))

static int
CountMeasures(const ObservationKind *kind)
{
	int			n = 0;

	while (kind->measures[n] != NULL)
		n++;
	return n;
}

/* How many numbers a state holds */
static int
CountNumbers(const ExpandedArrayHeader *state)
{
	return state->ndims == 0 ? 0 : state->dims[0];
}

/* Append numbers to a state */
static void
AppendNumbers(ExpandedArrayHeader *state, const ObservationKind *kind, const double *values, int n)
{
	int			width = CountMeasures(kind);
	int			next = state->ndims == 0 ? 1 : state->lbound[0] + state->dims[0];

	if (n > MAX_NUMBERS - CountNumbers(state))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%s takes at most %d rows", kind->aggregate, (MAX_NUMBERS - 1) / width)));
	for (int i = 0; i < n; i++, next++)
	{
		CHECK_FOR_INTERRUPTS();
		(void) array_set_element(EOHPGetRWDatum(&state->hdr), 1, &next, Float8GetDatum(values[i]),
								 false, -1, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
	}
}

/* How many numbers of a state stand before its rows */
static int
CountOptions(const ObservationKind *kind)
{
	int			n = 0;

	while (kind->options[n] != NULL)
		n++;
	return n;
}

/* An option that the rows of a state give */
static double
StateOption(ExpandedArrayHeader *state, int i)
{
	int			place = state->lbound[0] + i;
	bool		isnull;

	return DatumGetFloat8(array_get_element(EOHPGetRODatum(&state->hdr), 1, &place, -1,
											sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
											&isnull));
}

/*
 * The state of a transition, its first argument, for rows that give options. The
 * array is kept expanded, so that a row costs the same however many there are.
 */
static ExpandedArrayHeader *
GetObservations(FunctionCallInfo fcinfo, const ObservationKind *kind, const double *options)
{
	int			n_options = CountOptions(kind);
	ExpandedArrayHeader *state;
	MemoryContext context;
	MemoryContext caller;

	if (!AggCheckCallContext(fcinfo, &context))
		context = CurrentMemoryContext;
	caller = MemoryContextSwitchTo(context);
	if (PG_ARGISNULL(0))
		state = construct_empty_expanded_array(FLOAT8OID, context, NULL);
	else
		state = PG_GETARG_EXPANDED_ARRAY(0);
	MemoryContextSwitchTo(caller);

	if (state->ndims == 0)
		AppendNumbers(state, kind, options, n_options);
	for (int i = 0; i < n_options; i++)
	{
		if (StateOption(state, i) != options[i])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s must be the same in all rows: %.15g and %.15g", kind->options[i],
							StateOption(state, i), options[i])));
	}
	return state;
}

/*
 * A transition function whose arguments are the row's measures. A row without one of
 * them is left out, but for its option, which its caller has checked.
 */
Datum
ObservationsAccumulate(FunctionCallInfo fcinfo, const ObservationKind *kind, double option)
{
	ExpandedArrayHeader *state = GetObservations(fcinfo, kind, &option);
	double		values[lengthof(kind->measures)];
	int			n = 0;

	while (kind->measures[n] != NULL && !PG_ARGISNULL(n + 1))
	{
		values[n] = ArgumentDouble(fcinfo, n + 1, kind->measures[n]);
		n++;
	}
	if (kind->measures[n] == NULL)
		AppendNumbers(state, kind, values, n);
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

/* A transition function that makes the row's measures itself */
Datum
ObservationsAdd(FunctionCallInfo fcinfo, const ObservationKind *kind, double option, const double *values)
{
	return ObservationsAddWith(fcinfo, kind, &option, values);
}

/* The same with all options; values are NULL of a row that is left out */
Datum
ObservationsAddWith(FunctionCallInfo fcinfo, const ObservationKind *kind, const double *options, const double *values)
{
	ExpandedArrayHeader *state = GetObservations(fcinfo, kind, options);

	if (values != NULL)
		AppendNumbers(state, kind, values, CountMeasures(kind));
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

/* The numbers of a state: its option, then its rows; none of a state that is NULL */
static double *
StateNumbers(FunctionCallInfo fcinfo, int argno, const ObservationKind *kind, int *n)
{
	int			width = CountMeasures(kind);
	int			n_options = CountOptions(kind);
	double	   *numbers;

	*n = 0;
	if (PG_ARGISNULL(argno))
		return NULL;
	numbers = ArgumentDoubles(fcinfo, argno, "state", n);
	if (*n < n_options || (*n - n_options) % width != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("state of %d numbers is not %srows of %d", *n,
						n_options == 0 ? "" : n_options == 1 ? "an option and " : "options and ", width)));
	return numbers;
}

/* A combine function */
Datum
ObservationsCombine(FunctionCallInfo fcinfo, const ObservationKind *kind)
{
	int			n_options = CountOptions(kind);
	int			n;
	double	   *numbers = StateNumbers(fcinfo, 1, kind, &n);
	ExpandedArrayHeader *state;

	if (n == 0)
		return ReturnUnchanged(fcinfo);
	state = GetObservations(fcinfo, kind, numbers);
	AppendNumbers(state, kind, numbers + n_options, n - n_options);
	pfree(numbers);
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
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
ObservationsArgument(FunctionCallInfo fcinfo, int argno, const ObservationKind *kind)
{
	Observations rows = {.width = CountMeasures(kind)};
	int			n_options = CountOptions(kind);
	int			n;
	double	   *numbers = StateNumbers(fcinfo, argno, kind, &n);

	if (n == 0)
		return rows;
	if (n_options > 0)
		rows.option = numbers[0];
	rows.options = numbers;
	rows.n = (n - n_options) / rows.width;
	rows.values = numbers + n_options;
	SortRows(rows.values, rows.n, rows.width * sizeof(double), &rows.width);
	return rows;
}
