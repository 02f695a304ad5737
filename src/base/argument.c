/*
 * argument.c
 *		Arguments that several capabilities read and check alike.
 *
 * Functions that answer "undefined" with a reason cannot be STRICT, so that
 * each checks its options here.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/excerpt.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/syscache.h"

/* The name of an argument, as the function was declared */
const char *
ArgumentName(FunctionCallInfo fcinfo, int argno)
{
	HeapTuple	function = SearchSysCache1(PROCOID, ObjectIdGetDatum(fcinfo->flinfo->fn_oid));
	Datum		names;
	Datum		modes;
	bool		is_null;
	bool		all_in;
	char	  **input_names;

	if (!HeapTupleIsValid(function))
		elog(ERROR, "cache lookup failed for function %u", fcinfo->flinfo->fn_oid);
	names = SysCacheGetAttr(PROCOID, function, Anum_pg_proc_proargnames, &is_null);
	modes = SysCacheGetAttr(PROCOID, function, Anum_pg_proc_proargmodes, &all_in);
	get_func_input_arg_names(names, all_in ? PointerGetDatum(NULL) : modes, &input_names);
	ReleaseSysCache(function);
	return input_names[argno];
}

/* Refuse NULL */
void
ArgumentNotNull(FunctionCallInfo fcinfo, int argno, const char *name)
{
	if (PG_ARGISNULL(argno))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", name)));
}

/* The place of a value in a NULL-terminated list of names */
int
OptionPlace(const char *value, const char *name, const char *const *options)
{
	StringInfoData hint;

	for (int i = 0; options[i] != NULL; i++)
	{
		if (strcmp(value, options[i]) == 0)
			return i;
	}

	initStringInfo(&hint);
	for (int i = 0; options[i] != NULL; i++)
		appendStringInfo(&hint, "%s\"%s\"", i == 0 ? "" : ", ", options[i]);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized %s: \"%s\"", name, Excerpt(value)),
			 errhint("Use one of: %s.", hint.data)));
	return -1;
}

/* One of a NULL-terminated list of names; returns its place in the list */
int
ArgumentOption(FunctionCallInfo fcinfo, int argno, const char *name,
			   const char *const *options)
{
	ArgumentNotNull(fcinfo, argno, name);
	return OptionPlace(text_to_cstring(PG_GETARG_TEXT_PP(argno)), name, options);
}

/* A boolean */
bool
ArgumentBool(FunctionCallInfo fcinfo, int argno, const char *name)
{
	ArgumentNotNull(fcinfo, argno, name);
	return PG_GETARG_BOOL(argno);
}

/* A whole number */
int32
ArgumentInt32(FunctionCallInfo fcinfo, int argno, const char *name)
{
	ArgumentNotNull(fcinfo, argno, name);
	return PG_GETARG_INT32(argno);
}

/* A whole number that is a minimum or a count */
int32
ArgumentNonNegative(FunctionCallInfo fcinfo, int argno, const char *name)
{
	int32		value = ArgumentInt32(fcinfo, argno, name);

	if (value < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be negative: %d", name, value)));
	return value;
}

/* A whole number that is at least 1 */
int32
ArgumentPositive(FunctionCallInfo fcinfo, int argno, const char *name)
{
	int32		value = ArgumentInt32(fcinfo, argno, name);

	if (value < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be at least 1, not %d", name, value)));
	return value;
}

/* Refuse NaN and infinity */
void
CheckFinite(double value, const char *name)
{
	if (!isfinite(value))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s must be finite, not %s", name,
						isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity")));
}

/* Refuse those, and what is negative: a weight, a standard error */
double
CheckNonNegative(double value, const char *name)
{
	CheckFinite(value, name);
	if (value < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be negative: %g", name, value)));
	return value;
}

/* The same of numeric */
Numeric
CheckNonNegativeNumeric(Numeric value, const char *name)
{
	char	   *text = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value)));

	if (numeric_is_nan(value) || numeric_is_inf(value))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s must be finite, not %s", name, text)));
	if (text[0] == '-')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be negative: %s", name, text)));
	pfree(text);
	return value;
}

/* A finite double */
double
ArgumentDouble(FunctionCallInfo fcinfo, int argno, const char *name)
{
	double		value;

	ArgumentNotNull(fcinfo, argno, name);
	value = PG_GETARG_FLOAT8(argno);
	CheckFinite(value, name);
	return value;
}

/* Refuse what is not a fraction */
double
CheckFraction(double fraction)
{
	if (!(fraction >= 0 && fraction <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("fraction must be between 0 and 1, not %g", fraction),
				 fraction > 1 ? errhint("The 50th percentile is 0.5.") : 0));
	return fraction;
}

/* A fraction */
double
ArgumentFraction(FunctionCallInfo fcinfo, int argno)
{
	ArgumentNotNull(fcinfo, argno, "fraction");
	return CheckFraction(PG_GETARG_FLOAT8(argno));
}

/* An array of one dimension, or none, without NULLs */
static ArrayType *
ArgumentArray(FunctionCallInfo fcinfo, int argno, const char *name, int *n)
{
	ArrayType  *array;

	ArgumentNotNull(fcinfo, argno, name);
	array = PG_GETARG_ARRAYTYPE_P(argno);
	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s must have one dimension, not %d", name, ARR_NDIM(array))));
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not contain nulls", name)));
	*n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	return array;
}

/* The elements of such an array, of a type that is passed by value, as a copy */
static void *
ArgumentElements(FunctionCallInfo fcinfo, int argno, const char *name, Size size, int *n)
{
	ArrayType  *array = ArgumentArray(fcinfo, argno, name, n);
	void	   *values = palloc(*n * size);

	memcpy(values, ARR_DATA_PTR(array), *n * size);
	return values;
}

/* An array of finite doubles, as a copy */
double *
ArgumentDoubles(FunctionCallInfo fcinfo, int argno, const char *name, int *n)
{
	double	   *values = ArgumentElements(fcinfo, argno, name, sizeof(double), n);

	for (int i = 0; i < *n; i++)
		CheckFinite(values[i], name);
	return values;
}

/* An array of 64-bit integers, as a copy */
int64 *
ArgumentInt64s(FunctionCallInfo fcinfo, int argno, const char *name, int *n)
{
	return ArgumentElements(fcinfo, argno, name, sizeof(int64), n);
}

/* An array of integers, as a copy */
int32 *
ArgumentInt32s(FunctionCallInfo fcinfo, int argno, const char *name, int *n)
{
	return ArgumentElements(fcinfo, argno, name, sizeof(int32), n);
}

/* An array of booleans, as a copy */
bool *
ArgumentBools(FunctionCallInfo fcinfo, int argno, const char *name, int *n)
{
	return ArgumentElements(fcinfo, argno, name, sizeof(bool), n);
}

/* The place from 0 on of one of n things, whose number from 1 on an array has */
int
NumberedPlace(const char *name, int32 number, int n)
{
	if (number < 1 || number > n)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no %s %d", name, number)));
	return number - 1;
}

/* An array of counts, as a copy */
int64 *
ArgumentCounts(FunctionCallInfo fcinfo, int argno, const char *name, int *n)
{
	int64	   *counts = ArgumentInt64s(fcinfo, argno, name, n);

	for (int i = 0; i < *n; i++)
	{
		if (counts[i] < 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s must not contain " INT64_FORMAT ", which is negative", name, counts[i])));
	}
	return counts;
}

/* An array of texts */
char **
ArgumentTexts(FunctionCallInfo fcinfo, int argno, const char *name, int *n)
{
	ArrayType  *array = ArgumentArray(fcinfo, argno, name, n);
	char	  **texts = palloc(*n * sizeof(char *));
	Datum	   *elements;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL, n);
	for (int i = 0; i < *n; i++)
		texts[i] = TextDatumGetCString(elements[i]);
	return texts;
}
