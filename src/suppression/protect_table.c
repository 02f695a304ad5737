/*
 * protect_table.c
 *		The protection of a table that is given in arrays, for tests.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/result_row.h"
#include "miscadmin.h"
#include "suppression/protect.h"

/* The arguments, in their order */
enum
{
	KEY, VALUE, IS_PRIMARY, TOTAL, LINE, PART, WIDTH, RESIDUAL, LOWEST, COST, IS_FIXED, IS_HIDDEN, IS_ALONE, UPPER, PERSONS_OPTION
};

static const char *const argument_names[] = {
	"key", "value", "is_primary", "total", "line", "part", "width", "residual", "lowest", "cost", "is_fixed", "is_hidden", "is_alone", "upper", "persons"
};

/* Of Shortcoming, in its order */
static const char *const shortcoming_names[] = {
	"line_tells", "cell_is_narrow", "person_tells"
};

/* Of Persons, in its order */
static const char *const persons_names[] = {
	"none", "lines", "all", NULL
};

static void
CheckLength(int argno, int n, int wanted)
{
	if (n != wanted)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s has %d elements, not %d", argument_names[argno], n, wanted)));
}

static int64 *
ReadInt64s(FunctionCallInfo fcinfo, int argno, int wanted)
{
	int			n;
	int64	   *values = ArgumentInt64s(fcinfo, argno, argument_names[argno], &n);

	CheckLength(argno, n, wanted);
	return values;
}

/* Whether each cell is something; nothing is if that was not given */
static bool *
ReadBools(FunctionCallInfo fcinfo, int argno, int wanted)
{
	int			n;
	bool	   *values;

	if (PG_ARGISNULL(argno))
		return palloc0(wanted * sizeof(bool));
	values = ArgumentBools(fcinfo, argno, argument_names[argno], &n);
	CheckLength(argno, n, wanted);
	return values;
}

static int
CompareKeys(const void *a, const void *b)
{
	int64		first = *(const int64 *) a;
	int64		second = *(const int64 *) b;

	return (first > second) - (first < second);
}

static const int64 *
ReadKeys(FunctionCallInfo fcinfo, int *n)
{
	int64	   *keys = ArgumentInt64s(fcinfo, KEY, argument_names[KEY], n);
	int64	   *sorted = palloc(*n * sizeof(int64));

	memcpy(sorted, keys, *n * sizeof(int64));
	qsort(sorted, *n, sizeof(int64), CompareKeys);
	for (int i = 1; i < *n; i++)
	{
		if (sorted[i - 1] == sorted[i])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("two cells have the key " INT64_FORMAT, sorted[i])));
	}
	return keys;
}

/* What it costs to hide each cell: 1 if that was not given, infinite for those that are fixed */
static double *
ReadCosts(FunctionCallInfo fcinfo, int n_cells)
{
	const bool *is_fixed = ReadBools(fcinfo, IS_FIXED, n_cells);
	double	   *costs = palloc(n_cells * sizeof(double));

	for (int i = 0; i < n_cells; i++)
		costs[i] = 1;
	if (!PG_ARGISNULL(COST))
	{
		int			n;

		costs = ArgumentDoubles(fcinfo, COST, argument_names[COST], &n);
		CheckLength(COST, n, n_cells);
	}
	for (int i = 0; i < n_cells; i++)
	{
		if (costs[i] <= 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the cost of cell %d is %g, not above 0", i + 1, costs[i])));
		if (is_fixed[i])
			costs[i] = HUGE_VAL;
	}
	return costs;
}

/* Every line has parts, each once, and its total is none of them */
static void
CheckLines(const ProtectedTable *table)
{
	int		   *last_line = palloc0(table->n_cells * sizeof(int));

	for (int i = 0; i < table->n_lines; i++)
	{
		const ProtectedLine *line = &table->lines[i];

		if (line->n_parts == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("line %d has no parts", i + 1)));
		last_line[line->total] = i + 1;
		for (int j = 0; j < line->n_parts; j++)
		{
			if (last_line[line->parts[j]] == i + 1)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("cell %d is in line %d twice", line->parts[j] + 1, i + 1)));
			last_line[line->parts[j]] = i + 1;
		}
	}
}

static void
ReadLines(FunctionCallInfo fcinfo, ProtectedTable *table)
{
	int			n_lines;
	int			n_parts;
	int			n;
	int32	   *totals = ArgumentInt32s(fcinfo, TOTAL, argument_names[TOTAL], &n_lines);
	int32	   *line_of = ArgumentInt32s(fcinfo, LINE, argument_names[LINE], &n_parts);
	int32	   *parts = ArgumentInt32s(fcinfo, PART, argument_names[PART], &n);
	ProtectedLine *lines = palloc0(n_lines * sizeof(ProtectedLine));
	int		   *sorted = palloc(n_parts * sizeof(int));
	int		   *next = palloc0((n_lines + 1) * sizeof(int));

	CheckLength(PART, n, n_parts);
	for (int i = 0; i < n_parts; i++)
		next[NumberedPlace(argument_names[LINE], line_of[i], n_lines) + 1]++;
	for (int i = 0; i < n_lines; i++)
	{
		lines[i] = (ProtectedLine) {NumberedPlace(argument_names[TOTAL], totals[i], table->n_cells), sorted + next[i], next[i + 1]};
		next[i + 1] += next[i];
	}
	for (int i = 0; i < n_parts; i++)
		sorted[next[line_of[i] - 1]++] = NumberedPlace(argument_names[PART], parts[i], table->n_cells);

	table->n_lines = n_lines;
	table->lines = lines;
	CheckLines(table);
}

static void
CheckValues(const ProtectedTable *table, const ProtectedMeasure *measure)
{
	for (int i = 0; i < table->n_cells; i++)
	{
		int64		value = measure->values[i];
		int64		upper = measure->upper == NULL ? LARGEST_VALUE : measure->upper[i];

		if (value < 0 || upper > LARGEST_VALUE || value > upper ||
			(value < measure->lowest && (measure->is_primary[i] || table->is_hidden[i])))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("value of cell %d is out of range: " INT64_FORMAT, i + 1, value)));
	}
}

static void
CheckSums(const ProtectedTable *table, const ProtectedMeasure *measure)
{
	for (int i = 0; i < table->n_lines; i++)
	{
		const ProtectedLine *line = &table->lines[i];
		int64		rest = measure->values[line->total];

		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < line->n_parts && rest >= 0; j++)
			rest -= measure->values[line->parts[j]];
		if (rest != 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the total of line %d is not the sum of its parts", i + 1)));
	}
}

/* The arrays hold all cells of the first measure, then all of the second, and so on */
static void
ReadMeasures(FunctionCallInfo fcinfo, ProtectedTable *table)
{
	int			n;
	const int64 *values = ArgumentInt64s(fcinfo, VALUE, argument_names[VALUE], &n);
	const int64 *upper = PG_ARGISNULL(UPPER) ? NULL : ReadInt64s(fcinfo, UPPER, n);
	const bool *is_primary = ReadBools(fcinfo, IS_PRIMARY, n);
	const bool *is_alone = ReadBools(fcinfo, IS_ALONE, n);
	ProtectedMeasure *measures;

	table->n_measures = table->n_cells == 0 ? 1 : Max(n / table->n_cells, 1);
	CheckLength(VALUE, n, table->n_measures * table->n_cells);
	measures = palloc(table->n_measures * sizeof(ProtectedMeasure));
	for (int i = 0; i < table->n_measures; i++)
	{
		int			first = i * table->n_cells;

		measures[i] = (ProtectedMeasure) {
			.values = values + first, .upper = upper == NULL ? NULL : upper + first,
				.is_primary = is_primary + first, .is_alone = is_alone + first,
				.lowest = ArgumentNonNegative(fcinfo, LOWEST, argument_names[LOWEST]),
				.width = ArgumentNonNegative(fcinfo, WIDTH, argument_names[WIDTH]),
				.residual = ArgumentNonNegative(fcinfo, RESIDUAL, argument_names[RESIDUAL])
		};
		CheckValues(table, &measures[i]);
		CheckSums(table, &measures[i]);
	}
	table->measures = measures;
}

/* The first shortcoming of each cell, that of a line being its total's; NULLs for none */
static const Unprotected **
FirstShortcomings(const ProtectedTable *table, const Protection *protection)
{
	const Unprotected **first = palloc0(table->n_cells * sizeof(Unprotected *));

	for (int i = 0; i < protection->n_unprotected; i++)
	{
		const Unprotected *unprotected = &protection->unprotected[i];
		int			cell = unprotected->shortcoming == LINE_TELLS ?
			table->lines[unprotected->line].total : unprotected->cell;

		if (first[cell] == NULL)
			first[cell] = unprotected;
	}
	return first;
}

/* A number from 1 on, if that is one for this shortcoming */
static void
AddNumber(ResultRow *row, bool is_any, int number)
{
	if (is_any)
		AddInt32(row, number + 1);
	else
		AddNull(row);
}

/* protect_table(...) returns setof protect_table: which cells to hide. */
PG_FUNCTION_INFO_V1(protect_table);

Datum
protect_table(PG_FUNCTION_ARGS)
{
	ProtectedTable table = {0};
	Protection *protection;
	const Unprotected **shortcomings;
	ResultRow	row;

	table.keys = ReadKeys(fcinfo, &table.n_cells);
	table.cost = ReadCosts(fcinfo, table.n_cells);
	table.is_hidden = ReadBools(fcinfo, IS_HIDDEN, table.n_cells);
	table.persons = ArgumentOption(fcinfo, PERSONS_OPTION, argument_names[PERSONS_OPTION], persons_names);
	ReadLines(fcinfo, &table);
	ReadMeasures(fcinfo, &table);
	protection = Protect(&table);
	shortcomings = FirstShortcomings(&table, protection);

	BeginResultSet(&row, fcinfo);
	for (int i = 0; i < table.n_cells; i++)
	{
		const Unprotected *unprotected = shortcomings[i];

		AddInt32(&row, i + 1);
		AddBool(&row, protection->is_hidden[i]);
		if (unprotected == NULL)
			AddNull(&row);
		else
			AddText(&row, shortcoming_names[unprotected->shortcoming]);
		AddNumber(&row, unprotected != NULL, unprotected == NULL ? 0 : unprotected->measure);
		AddNumber(&row, unprotected != NULL && unprotected->shortcoming == LINE_TELLS,
				  unprotected == NULL ? 0 : unprotected->line);
		AddNumber(&row, unprotected != NULL && unprotected->shortcoming == PERSON_TELLS,
				  unprotected == NULL ? 0 : unprotected->person);
		PutResultRow(&row);
	}
	return (Datum) 0;
}
