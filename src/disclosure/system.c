/*
 * system.c
 *		The audit of a system that is given in arrays, for tests.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/result_row.h"
#include "catalog/pg_type.h"
#include "disclosure/system.h"
#include "miscadmin.h"
#include "utils/array.h"

/* The arguments, in their order */
enum
{
	IS_WHOLE, LOWER, UPPER, RULE_LOWER, RULE_UPPER,
	FACT, UNKNOWN, COEFFICIENT,
	FACT_LOWER, FACT_UPPER, LOWER_IS_OPEN, UPPER_IS_OPEN, IS_EXACT,
	WIDTH, MAX_NODES
};

static const char *const argument_names[] = {
	"is_whole", "lower", "upper", "rule_lower", "rule_upper",
	"fact", "unknown", "coefficient",
	"fact_lower", "fact_upper", "lower_is_open", "upper_is_open", "is_exact",
	"width", "max_nodes"
};

/* Of Verdict, in its order */
static const char *const verdict_names[] = {
	"exact_linear", "exact_nonneg", "exact_whole", "exact_rule",
	"narrow_nonneg", "narrow_whole", "narrow_rule",
	"protected", "not_proven", "inconsistent"
};

/* The elements of an array, as many as there are to be; or if none are to be, as there are */
static Datum *
Elements(FunctionCallInfo fcinfo, int argno, bool **nulls, int *n)
{
	ArrayType  *array;
	Datum	   *elements;
	int			n_elements;

	ArgumentNotNull(fcinfo, argno, argument_names[argno]);
	array = PG_GETARG_ARRAYTYPE_P(argno);
	switch (ARR_ELEMTYPE(array))
	{
		case BOOLOID:
			deconstruct_array(array, BOOLOID, 1, true, TYPALIGN_CHAR, &elements, nulls, &n_elements);
			break;
		case INT4OID:
			deconstruct_array(array, INT4OID, 4, true, TYPALIGN_INT, &elements, nulls, &n_elements);
			break;
		default:
			deconstruct_array(array, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &elements, nulls, &n_elements);
	}
	if (*n < 0)
		*n = n_elements;
	if (n_elements != *n)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s has %d elements, not %d", argument_names[argno], n_elements, *n)));
	return elements;
}

/* The same where none may be NULL */
static Datum *
KnownElements(FunctionCallInfo fcinfo, int argno, int *n)
{
	bool	   *nulls;
	Datum	   *elements = Elements(fcinfo, argno, &nulls, n);

	for (int i = 0; i < *n; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("%s must not contain nulls", argument_names[argno])));
	}
	return elements;
}

/* Bounds, of which a NULL is none */
static int64 *
Bounds(FunctionCallInfo fcinfo, int argno, int64 none, int n)
{
	int64	   *bounds = palloc(n * sizeof(int64));
	bool	   *nulls;
	Datum	   *elements = Elements(fcinfo, argno, &nulls, &n);

	for (int i = 0; i < n; i++)
		bounds[i] = nulls[i] ? none : DatumGetInt64(elements[i]);
	return bounds;
}

static void
ReadUnknowns(FunctionCallInfo fcinfo, System *system)
{
	int			n = -1;
	Datum	   *is_whole = KnownElements(fcinfo, IS_WHOLE, &n);
	int64	   *lower = Bounds(fcinfo, LOWER, NO_LOWER_BOUND, n);
	int64	   *upper = Bounds(fcinfo, UPPER, NO_UPPER_BOUND, n);
	int64	   *rule_lower = Bounds(fcinfo, RULE_LOWER, NO_LOWER_BOUND, n);
	int64	   *rule_upper = Bounds(fcinfo, RULE_UPPER, NO_UPPER_BOUND, n);
	double		width = ArgumentDouble(fcinfo, WIDTH, argument_names[WIDTH]);

	system->n_unknowns = n;
	system->unknowns = palloc(n * sizeof(Unknown));
	for (int i = 0; i < n; i++)
		system->unknowns[i] = (Unknown) {DatumGetBool(is_whole[i]), lower[i], upper[i], rule_lower[i], rule_upper[i], width, false};
}

static void
CheckExact(const Fact *fact, int number)
{
	if (fact->is_exact && (fact->lower != fact->upper || fact->lower_is_open || fact->upper_is_open))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("fact %d is not exact: its bounds differ or are open", number)));
}

static void
ReadFacts(FunctionCallInfo fcinfo, System *system)
{
	int			n = -1;
	Datum	   *is_exact = KnownElements(fcinfo, IS_EXACT, &n);
	int64	   *lower = Bounds(fcinfo, FACT_LOWER, NO_LOWER_BOUND, n);
	int64	   *upper = Bounds(fcinfo, FACT_UPPER, NO_UPPER_BOUND, n);
	Datum	   *lower_is_open = KnownElements(fcinfo, LOWER_IS_OPEN, &n);
	Datum	   *upper_is_open = KnownElements(fcinfo, UPPER_IS_OPEN, &n);

	system->n_facts = n;
	system->facts = palloc0(n * sizeof(Fact));
	for (int i = 0; i < n; i++)
	{
		system->facts[i] = (Fact) {
			.lower = lower[i], .upper = upper[i],
				.lower_is_open = DatumGetBool(lower_is_open[i]), .upper_is_open = DatumGetBool(upper_is_open[i]),
				.is_exact = DatumGetBool(is_exact[i])
		};
		CheckExact(&system->facts[i], i + 1);
	}
}

/* Every fact has terms, each of another unknown and none of which vanishes */
static void
CheckTerms(const System *system)
{
	int		   *last_fact = palloc0(system->n_unknowns * sizeof(int));

	for (int i = 0; i < system->n_facts; i++)
	{
		const Fact *fact = &system->facts[i];

		if (fact->n_terms == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("fact %d has no terms", i + 1)));
		for (int j = 0; j < fact->n_terms; j++)
		{
			int			unknown = fact->terms[j].unknown;

			if (fact->terms[j].coefficient == 0)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("a coefficient of fact %d is 0", i + 1)));
			if (last_fact[unknown] == i + 1)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("fact %d has two terms of unknown %d", i + 1, unknown + 1)));
			last_fact[unknown] = i + 1;
		}
	}
}

static void
ReadTerms(FunctionCallInfo fcinfo, System *system)
{
	int			n = -1;
	Datum	   *facts = KnownElements(fcinfo, FACT, &n);
	Datum	   *unknowns = KnownElements(fcinfo, UNKNOWN, &n);
	Datum	   *coefficients = KnownElements(fcinfo, COEFFICIENT, &n);
	Term	   *terms = palloc(n * sizeof(Term));

	for (int i = 0; i < n; i++)
		system->facts[NumberedPlace(argument_names[FACT], DatumGetInt32(facts[i]), system->n_facts)].n_terms++;
	for (int i = 0; i < system->n_facts; i++)
	{
		system->facts[i].terms = terms;
		terms += system->facts[i].n_terms;
		system->facts[i].n_terms = 0;
	}
	for (int i = 0; i < n; i++)
	{
		Fact	   *fact = &system->facts[DatumGetInt32(facts[i]) - 1];

		fact->terms[fact->n_terms++] = (Term) {
			NumberedPlace(argument_names[UNKNOWN], DatumGetInt32(unknowns[i]), system->n_unknowns), DatumGetInt64(coefficients[i])
		};
	}
	CheckTerms(system);
}

/* An interval, whose ends may be infinite; NULLs if there is none */
static void
AddInterval(ResultRow *row, FeasibleInterval interval)
{
	if (isnan(interval.lower))
	{
		AddNull(row);
		AddNull(row);
	}
	else
	{
		AddDatum(row, FLOAT8OID, Float8GetDatum(interval.lower));
		AddDatum(row, FLOAT8OID, Float8GetDatum(interval.upper));
	}
}

/* The facts that give a number away, and their multipliers or NULL */
static void
AddBecause(ResultRow *row, const Finding *finding)
{
	Datum	   *because = palloc(finding->n_because * sizeof(Datum));

	for (int i = 0; i < finding->n_because; i++)
		because[i] = Int32GetDatum(finding->because[i] + 1);
	AddDatum(row, INT4ARRAYOID, PointerGetDatum(construct_array(because, finding->n_because, INT4OID, 4, true, TYPALIGN_INT)));
	if (finding->multipliers == NULL)
		AddNull(row);
	else
		AddArray(row, finding->multipliers, finding->n_because);
}

/* audit_system(...) returns setof audit_system: what a system gives away. */
PG_FUNCTION_INFO_V1(audit_system);

Datum
audit_system(PG_FUNCTION_ARGS)
{
	System		system = {0};
	AuditOptions options;
	Finding    *findings;
	ResultRow	row;

	ReadUnknowns(fcinfo, &system);
	ReadFacts(fcinfo, &system);
	ReadTerms(fcinfo, &system);
	options.max_nodes = ArgumentNonNegative(fcinfo, MAX_NODES, argument_names[MAX_NODES]);
	options.is_safe = NULL;
	options.tells_all = true;
	options.max_unknowns = 0;
	findings = AuditSystem(&system, &options);

	BeginResultSet(&row, fcinfo);
	for (int i = 0; i < system.n_unknowns; i++)
	{
		AddInt32(&row, i + 1);
		AddText(&row, verdict_names[findings[i].verdict]);
		AddInterval(&row, findings[i].nonneg);
		AddInterval(&row, findings[i].whole);
		AddInterval(&row, findings[i].rule);
		AddBecause(&row, &findings[i]);
		PutResultRow(&row);
	}
	return (Datum) 0;
}
