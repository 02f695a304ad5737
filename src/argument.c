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

#include "argument.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"

/* Refuse NULL */
void
ArgumentNotNull(FunctionCallInfo fcinfo, int argno, const char *name)
{
	if (PG_ARGISNULL(argno))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", name)));
}

/* A distribution; that of no students, as aggregates give it, may be NULL */
Distribution *
ArgumentDistribution(FunctionCallInfo fcinfo, int argno)
{
	if (PG_ARGISNULL(argno))
		return DistributionFromEntries(NULL, 0, 0, NULL);
	return PG_GETARG_DISTRIBUTION(argno);
}

/* Refuse what is not strictly between 0 and 1 */
void
CheckConfidence(double confidence)
{
	if (!(confidence > 0 && confidence < 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("confidence must be between 0 and 1: %g", confidence)));
}

/* A level of confidence */
double
ArgumentConfidence(FunctionCallInfo fcinfo, int argno)
{
	double		confidence = ArgumentDouble(fcinfo, argno, "confidence");

	CheckConfidence(confidence);
	return confidence;
}

/* One of a NULL-terminated list of names; returns its place in the list */
int
ArgumentOption(FunctionCallInfo fcinfo, int argno, const char *name,
			   const char *const *options)
{
	StringInfoData hint;
	char	   *value;

	ArgumentNotNull(fcinfo, argno, name);
	value = text_to_cstring(PG_GETARG_TEXT_PP(argno));
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
			 errmsg("unrecognized %s: \"%s\"", name, value),
			 errhint("Use one of: %s.", hint.data)));
	return -1;
}

/* A boolean */
bool
ArgumentBool(FunctionCallInfo fcinfo, int argno, const char *name)
{
	ArgumentNotNull(fcinfo, argno, name);
	return PG_GETARG_BOOL(argno);
}

/* Refuse NaN and infinity */
static void
CheckArgumentFinite(double value, const char *name)
{
	if (!isfinite(value))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s must be finite, not %s", name,
						isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity")));
}

/* A finite double */
double
ArgumentDouble(FunctionCallInfo fcinfo, int argno, const char *name)
{
	double		value;

	ArgumentNotNull(fcinfo, argno, name);
	value = PG_GETARG_FLOAT8(argno);
	CheckArgumentFinite(value, name);
	return value;
}

/* The elements of an array of one dimension, or none, without NULLs */
static Datum *
ArgumentElements(FunctionCallInfo fcinfo, int argno, const char *name,
				 Oid type, int typlen, bool typbyval, char typalign, int *n)
{
	ArrayType  *array;
	Datum	   *elements;
	bool	   *nulls;

	ArgumentNotNull(fcinfo, argno, name);
	array = PG_GETARG_ARRAYTYPE_P(argno);
	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s must have one dimension, not %d", name, ARR_NDIM(array))));
	deconstruct_array(array, type, typlen, typbyval, typalign, &elements, &nulls, n);
	for (int i = 0; i < *n; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("%s must not contain nulls", name)));
	}
	return elements;
}

/* An array of finite doubles */
double *
ArgumentDoubles(FunctionCallInfo fcinfo, int argno, const char *name, int *n)
{
	Datum	   *elements = ArgumentElements(fcinfo, argno, name, FLOAT8OID, sizeof(float8),
											FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, n);
	double	   *values = palloc(sizeof(double) * Max(*n, 1));

	for (int i = 0; i < *n; i++)
	{
		values[i] = DatumGetFloat8(elements[i]);
		CheckArgumentFinite(values[i], name);
	}
	return values;
}

/* An array of counts */
int64 *
ArgumentCounts(FunctionCallInfo fcinfo, int argno, const char *name, int *n)
{
	Datum	   *elements = ArgumentElements(fcinfo, argno, name, INT8OID, sizeof(int64),
											FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, n);
	int64	   *counts = palloc(sizeof(int64) * Max(*n, 1));

	for (int i = 0; i < *n; i++)
	{
		counts[i] = DatumGetInt64(elements[i]);
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
	Datum	   *elements = ArgumentElements(fcinfo, argno, name, TEXTOID, -1, false,
											TYPALIGN_INT, n);
	char	  **texts = palloc(sizeof(char *) * Max(*n, 1));

	for (int i = 0; i < *n; i++)
		texts[i] = TextDatumGetCString(elements[i]);
	return texts;
}
