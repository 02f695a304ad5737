/*
 * ordered_table.c
 *		A table to be protected, in an order of its own.
 *
 * What is chosen depends on the order in which it is looked at. That of a query's rows depends
 * on the plan; that of keys does not.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "suppression/ordered_table.h"

typedef struct KeyedCell
{
	int64		key;
	int			cell;
} KeyedCell;

/* Room for many things, all 0. */
void *
AllocateMany(Size n, Size size)
{
	return palloc_extended(Max(n, 1) * size, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

static int
CompareKeys(const void *a, const void *b)
{
	int64		first = ((const KeyedCell *) a)->key;
	int64		second = ((const KeyedCell *) b)->key;

	return (first > second) - (first < second);
}

static int
CompareNumbers(const void *a, const void *b)
{
	int			first = *(const int *) a;
	int			second = *(const int *) b;

	return (first > second) - (first < second);
}

/* By total, and by parts */
static int
CompareLines(const void *a, const void *b)
{
	const ProtectedLine *first = a;
	const ProtectedLine *second = b;

	if (first->total != second->total)
		return first->total < second->total ? -1 : 1;
	if (first->n_parts != second->n_parts)
		return first->n_parts < second->n_parts ? -1 : 1;
	for (int i = 0; i < first->n_parts; i++)
	{
		if (first->parts[i] != second->parts[i])
			return first->parts[i] < second->parts[i] ? -1 : 1;
	}
	return 0;
}

/* Number the cells by their keys; returns the number of each cell as it was given */
static int *
OrderCells(const ProtectedTable *table, OrderedTable *ordered)
{
	int			n = table->n_cells;
	KeyedCell  *keyed = AllocateMany(n, sizeof(KeyedCell));
	int		   *number = AllocateMany(n, sizeof(int));

	for (int i = 0; i < n; i++)
		keyed[i] = (KeyedCell) {table->keys[i], i};
	qsort(keyed, n, sizeof(KeyedCell), CompareKeys);

	ordered->n_cells = n;
	ordered->cell_of = AllocateMany(n, sizeof(int));
	for (int i = 0; i < n; i++)
	{
		Assert(i == 0 || keyed[i - 1].key < keyed[i].key);
		ordered->cell_of[i] = keyed[i].cell;
		number[keyed[i].cell] = i;
	}
	pfree(keyed);
	return number;
}

/* A line of numbered cells, its parts in order */
static ProtectedLine
NumberLine(const ProtectedLine *line, const int *number, int *parts)
{
	for (int i = 0; i < line->n_parts; i++)
		parts[i] = number[line->parts[i]];
	qsort(parts, line->n_parts, sizeof(int), CompareNumbers);
	return (ProtectedLine) {number[line->total], parts, line->n_parts};
}

/* A line, and where it was given */
typedef struct NumberedLine
{
	ProtectedLine line;			/* first, for CompareLines */
	int			given;
} NumberedLine;

static void
OrderLines(const ProtectedTable *table, const int *number, OrderedTable *ordered)
{
	int			n = table->n_lines;
	NumberedLine *lines = AllocateMany(n, sizeof(NumberedLine));
	Size		n_parts = 0;
	int		   *parts;

	for (int i = 0; i < n; i++)
		n_parts += table->lines[i].n_parts;
	parts = AllocateMany(n_parts, sizeof(int));
	n_parts = 0;
	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		lines[i] = (NumberedLine) {NumberLine(&table->lines[i], number, parts + n_parts), i};
		n_parts += table->lines[i].n_parts;
	}
	qsort(lines, n, sizeof(NumberedLine), CompareLines);

	ordered->n_lines = n;
	ordered->line_of = AllocateMany(n, sizeof(int));
	ordered->total = AllocateMany(n, sizeof(int));
	ordered->parts = AllocateMany(n_parts, sizeof(int));
	ordered->first_part = AllocateMany(n + 1, sizeof(int));
	for (int i = 0; i < n; i++)
	{
		const ProtectedLine *line = &lines[i].line;

		ordered->line_of[i] = lines[i].given;
		ordered->total[i] = line->total;
		memcpy(ordered->parts + ordered->first_part[i], line->parts, line->n_parts * sizeof(int));
		ordered->first_part[i + 1] = ordered->first_part[i] + line->n_parts;
	}
	pfree(parts);
	pfree(lines);
}

/* Find the lines of each cell, in order */
static void
FindLines(OrderedTable *table)
{
	int			n = table->n_cells;
	int		   *end = AllocateMany(n + 1, sizeof(int));

	for (int line = 0; line < table->n_lines; line++)
	{
		end[table->total[line] + 1]++;
		for_each_part(table, line, i)
			end[table->parts[i] + 1]++;
	}
	for (int i = 0; i < n; i++)
		end[i + 1] += end[i];

	table->first_line = AllocateMany(n + 1, sizeof(int));
	memcpy(table->first_line, end, (n + 1) * sizeof(int));
	table->lines = AllocateMany(end[n], sizeof(int));
	for (int line = 0; line < table->n_lines; line++)
	{
		table->lines[end[table->total[line]]++] = line;
		for_each_part(table, line, i)
			table->lines[end[table->parts[i]]++] = line;
	}
	pfree(end);
}

/* Totals of totals say it of all below them */
static void
FindSettled(OrderedTable *table, OrderedMeasure *measure)
{
	bool		is_any;

	measure->is_settled = AllocateMany(table->n_cells, sizeof(bool));
	do
	{
		is_any = false;
		for (int line = 0; line < table->n_lines; line++)
		{
			CHECK_FOR_INTERRUPTS();
			if (!TotalSaysAll(table, measure, table->total[line]))
				continue;
			for_each_part(table, line, i)
			{
				is_any |= !measure->is_settled[table->parts[i]];
				measure->is_settled[table->parts[i]] = true;
			}
		}
	} while (is_any);
}

static void
OrderMeasure(OrderedTable *table, const ProtectedMeasure *given, OrderedMeasure *measure)
{
	int			n = table->n_cells;

	measure->lowest = given->lowest;
	measure->width = given->width;
	measure->residual = given->residual;
	measure->complement = given->complement;
	measure->values = AllocateMany(n, sizeof(int64));
	measure->upper = given->upper == NULL ? NULL : AllocateMany(n, sizeof(int64));
	measure->lower = given->lower == NULL ? NULL : AllocateMany(n, sizeof(int64));
	measure->is_primary = AllocateMany(n, sizeof(bool));
	measure->is_alone = AllocateMany(n, sizeof(bool));
	for (int i = 0; i < n; i++)
	{
		int			cell = table->cell_of[i];

		measure->values[i] = given->values[cell];
		if (given->upper != NULL)
			measure->upper[i] = given->upper[cell];
		if (given->lower != NULL)
			measure->lower[i] = given->lower[cell];
		measure->is_primary[i] = given->is_primary[cell];
		measure->is_alone[i] = given->is_primary[cell] && given->is_alone != NULL && given->is_alone[cell];
		table->size[i] += Min(given->values[cell], LARGEST_ASKED);
		table->must_hide[i] |= given->is_primary[cell];
		table->may_hide[i] &= RoomBelow(measure, i) >= 0;
	}
}

/* The same table, in the order of its keys. */
OrderedTable *
OrderTable(const ProtectedTable *table)
{
	OrderedTable *ordered = palloc0(sizeof(OrderedTable));
	int		   *number = OrderCells(table, ordered);

	OrderLines(table, number, ordered);
	pfree(number);
	FindLines(ordered);

	ordered->cheapest = HUGE_VAL;
	ordered->cost = AllocateMany(table->n_cells, sizeof(double));
	ordered->is_free = AllocateMany(table->n_cells, sizeof(bool));
	ordered->size = AllocateMany(table->n_cells, sizeof(int64));
	ordered->must_hide = AllocateMany(table->n_cells, sizeof(bool));
	ordered->may_hide = AllocateMany(table->n_cells, sizeof(bool));
	for (int i = 0; i < table->n_cells; i++)
	{
		int			cell = ordered->cell_of[i];

		ordered->cost[i] = table->cost[cell];
		ordered->cheapest = Min(ordered->cheapest, table->cost[cell]);
		ordered->is_free[i] = table->is_free != NULL && table->is_free[cell];
		ordered->may_hide[i] = !isinf(table->cost[cell]);
		ordered->must_hide[i] = table->is_hidden != NULL && table->is_hidden[cell];
	}
	ordered->persons = table->persons;
	ordered->is_all_or_nothing = table->is_all_or_nothing;
	ordered->n_measures = table->n_measures;
	ordered->measures = palloc0(Max(table->n_measures, 1) * sizeof(OrderedMeasure));
	for (int i = 0; i < table->n_measures; i++)
		OrderMeasure(ordered, &table->measures[i], &ordered->measures[i]);
	for (int i = 0; i < table->n_measures; i++)
		FindSettled(ordered, &ordered->measures[i]);
	for (int i = 0; i < table->n_cells; i++)
		ordered->may_hide[i] |= ordered->must_hide[i];
	return ordered;
}
