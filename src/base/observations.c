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

/* How many measures a row has, an array counting as one */
static int
CountMeasures(const ObservationKind *kind)
{
	int			n = 0;

	while (kind->measures[n] != NULL)
		n++;
	return n;
}

/* Whether the first of them is an array */
static bool
HasArray(const ObservationKind *kind)
{
	return kind->max_elements > 0;
}

/* How many options the rows of a state give */
static int
CountOptions(const ObservationKind *kind)
{
	int			n = 0;

	while (kind->options[n] != NULL)
		n++;
	return n;
}

/* How many numbers of a state stand before its rows */
static int
CountAhead(const ObservationKind *kind)
{
	return CountOptions(kind) + (HasArray(kind) ? 1 : 0);
}

/* How many numbers a state holds */
static int
CountNumbers(const ExpandedArrayHeader *state)
{
	return state->ndims == 0 ? 0 : state->dims[0];
}

/* Append numbers to a state of rows of such a width */
static void
AppendNumbers(ExpandedArrayHeader *state, const ObservationKind *kind, int width, const double *values, int n)
{
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

/* A number that stands before the rows of a state */
static double
NumberAhead(ExpandedArrayHeader *state, int place)
{
	int			index = state->lbound[0] + place;
	bool		isnull;

	return DatumGetFloat8(array_get_element(EOHPGetRODatum(&state->hdr), 1, &index, -1,
											sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
											&isnull));
}

/* The name at a place, or NULL if there is none */
static const char *
NameAt(double place, const char *const *names)
{
	for (int i = 0; names != NULL && names[i] != NULL; i++)
	{
		if (place == i)
			return names[i];
	}
	return NULL;
}

/* What was given for a number: one of the names, or itself if there are none */
static const char *
GivenFor(double value, const char *const *names)
{
	const char *name = NameAt(value, names);

	return name != NULL ? name : psprintf("%.15g", value);
}

/* What all rows are to agree on: that of the first, or an error */
static void
CheckAgreement(ExpandedArrayHeader *state, int place, double value, const char *name, const char *what, const char *const *names)
{
	if (NumberAhead(state, place) != value)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must %s in all rows: %s and %s", name, what,
						GivenFor(NumberAhead(state, place), names), GivenFor(value, names))));
}

/* How many elements the array of a row of such a width has */
static int
ArrayLength(const ObservationKind *kind, int width)
{
	return width - (CountMeasures(kind) - 1);
}

/* That the arrays of all rows have so many elements; 0 is for rows that had none yet */
static void
AgreeOnLength(ExpandedArrayHeader *state, int place, double n_elements, const ObservationKind *kind)
{
	int			index = state->lbound[0] + place;

	if (NumberAhead(state, place) != 0)
		CheckAgreement(state, place, n_elements, kind->measures[0], "have as many elements", NULL);
	else
		(void) array_set_element(EOHPGetRWDatum(&state->hdr), 1, &index, Float8GetDatum(n_elements),
								 false, -1, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
}

/*
 * The state of a transition, its first argument, for rows that give options and have
 * so many measures. The array is kept expanded, so that a row costs the same however many
 * there are.
 */
static ExpandedArrayHeader *
GetObservations(FunctionCallInfo fcinfo, const ObservationKind *kind, const double *options, int width)
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
	{
		double		n_elements = ArrayLength(kind, width);

		AppendNumbers(state, kind, width, options, n_options);
		if (HasArray(kind))
			AppendNumbers(state, kind, width, &n_elements, 1);
		return state;
	}
	for (int i = 0; i < n_options; i++)
		CheckAgreement(state, i, options[i], kind->options[i], "be the same", kind->names[i]);
	if (HasArray(kind) && ArrayLength(kind, width) > 0)
		AgreeOnLength(state, n_options, ArrayLength(kind, width), kind);
	return state;
}

/*
 * A transition function whose arguments are the row's measures. A row without one of
 * them is left out, but for its option, which its caller has checked.
 */
Datum
ObservationsAccumulate(FunctionCallInfo fcinfo, const ObservationKind *kind, double option)
{
	ExpandedArrayHeader *state = GetObservations(fcinfo, kind, &option, CountMeasures(kind));
	double		values[MAX_MEASURES];
	int			n = 0;

	while (kind->measures[n] != NULL && !PG_ARGISNULL(n + 1))
	{
		values[n] = ArgumentDouble(fcinfo, n + 1, kind->measures[n]);
		n++;
	}
	if (kind->measures[n] == NULL)
		AppendNumbers(state, kind, n, values, n);
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
	int			width = CountMeasures(kind);
	ExpandedArrayHeader *state = GetObservations(fcinfo, kind, options, width);

	if (values != NULL)
		AppendNumbers(state, kind, width, values, width);
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

/*
 * A transition function of a kind with an array: of a row whose array has so many elements,
 * 0 if it is NULL. Without values the row is left out, but for that and the option.
 */
Datum
ObservationsAddArray(FunctionCallInfo fcinfo, const ObservationKind *kind, double option,
					 const double *values, int n_elements)
{
	int			width = CountMeasures(kind) - 1 + n_elements;
	ExpandedArrayHeader *state = GetObservations(fcinfo, kind, &option, width);

	if (values != NULL)
		AppendNumbers(state, kind, width, values, width);
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

/* How many measures the rows of a state have */
static int
StateWidth(const ObservationKind *kind, const double *numbers, int n)
{
	int			place = CountOptions(kind);
	int			n_measures = CountMeasures(kind);

	if (!HasArray(kind))
		return n_measures;
	if (n <= place || !(numbers[place] >= (n == place + 1 ? 0 : 1) &&
						numbers[place] <= kind->max_elements))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("state does not say how many elements %s has", kind->measures[0])));
	return n_measures - 1 + (int) numbers[place];
}

/* The numbers of a state: its options, then its rows; none of a state that is NULL */
static double *
StateNumbers(FunctionCallInfo fcinfo, int argno, const ObservationKind *kind, int *n, int *width)
{
	int			n_options = CountOptions(kind);
	int			n_ahead = CountAhead(kind);
	double	   *numbers;

	*n = 0;
	*width = CountMeasures(kind);
	if (PG_ARGISNULL(argno))
		return NULL;
	numbers = ArgumentDoubles(fcinfo, argno, "state", n);
	*width = StateWidth(kind, numbers, *n);
	if (*n < n_ahead || (*n - n_ahead) % *width != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("state of %d numbers is not %srows of %d", *n,
						n_options == 0 ? "" : n_options == 1 ? "an option and " : "options and ", *width)));
	for (int i = 0; *n > 0 && i < n_options; i++)
	{
		if (kind->names[i] != NULL && NameAt(numbers[i], kind->names[i]) == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("state has no %s: %.15g", kind->options[i], numbers[i])));
	}
	return numbers;
}

/* A combine function */
Datum
ObservationsCombine(FunctionCallInfo fcinfo, const ObservationKind *kind)
{
	int			n_ahead = CountAhead(kind);
	int			n;
	int			width;
	double	   *numbers = StateNumbers(fcinfo, 1, kind, &n, &width);
	ExpandedArrayHeader *state;

	if (n == 0)
		return ReturnUnchanged(fcinfo);
	state = GetObservations(fcinfo, kind, numbers, width);
	AppendNumbers(state, kind, width, numbers + n_ahead, n - n_ahead);
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
	Observations rows = {0};
	int			n_ahead = CountAhead(kind);
	int			n;
	double	   *numbers = StateNumbers(fcinfo, argno, kind, &n, &rows.width);

	if (n == 0)
		return rows;
	if (CountOptions(kind) > 0)
		rows.option = numbers[0];
	rows.options = numbers;
	rows.n = (n - n_ahead) / rows.width;
	rows.values = numbers + n_ahead;
	SortRows(rows.values, rows.n, rows.width * sizeof(double), &rows.width);
	return rows;
}
