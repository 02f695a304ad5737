/*
 * crosstab.c
 *		A composition as numbers: units and groups, and the cells where they meet.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "miscadmin.h"
#include "segregation/crosstab.h"
#include "utils/memutils.h"

/* A group's name in a cell */
typedef struct NameInCell
{
	const char *name;
	int			length;
	int			cell;
} NameInCell;

static inline int
CompareNames(const NameInCell *a, const NameInCell *b)
{
	int			order = memcmp(a->name, b->name, Min(a->length, b->length));

	return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

#define ST_SORT SortNames
#define ST_ELEMENT_TYPE NameInCell
#define ST_COMPARE(a, b) CompareNames(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Memory for so many things, and at least one */
static void *
AllocateMany(int64 n, Size size)
{
	return palloc_extended(Max(n, 1) * size, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

/* Whether the unit of a cell is another one than that of the cell before it */
static bool
BeginsUnit(const CompositionCell *last, const CompositionCell *cell)
{
	return last == NULL || last->unit_length != cell->unit_length ||
		memcmp(last->names, cell->names, cell->unit_length) != 0;
}

/* Read units and counts, and gather the names of groups */
static void
ReadUnits(const Composition *composition, Crosstab *crosstab, NameInCell *names)
{
	const CompositionCell *cell = CompositionFirstCell(composition);
	const CompositionCell *last = NULL;

	for (int i = 0; i < composition->n_cells; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (BeginsUnit(last, cell))
		{
			crosstab->first_cells[crosstab->n_units] = i;
			crosstab->unit_names[crosstab->n_units++] = pnstrdup(cell->names, cell->unit_length);
		}
		crosstab->cells[i].unit = crosstab->n_units - 1;
		crosstab->cells[i].n = cell->n;
		crosstab->unit_n[crosstab->n_units - 1] += cell->n;
		names[i].name = cell->names + cell->unit_length;
		names[i].length = cell->group_length;
		names[i].cell = i;
		last = cell;
		cell = CompositionNextCell(cell);
	}
	crosstab->first_cells[crosstab->n_units] = composition->n_cells;
}

/* Number the groups in the order of their names */
static void
NumberGroups(Crosstab *crosstab, NameInCell *names)
{
	SortNames(names, crosstab->n_cells);
	for (int i = 0; i < crosstab->n_cells; i++)
	{
		Cell	   *cell = &crosstab->cells[names[i].cell];

		CHECK_FOR_INTERRUPTS();
		if (i == 0 || CompareNames(&names[i - 1], &names[i]) != 0)
			crosstab->group_names[crosstab->n_groups++] = pnstrdup(names[i].name, names[i].length);
		cell->group = crosstab->n_groups - 1;
		crosstab->group_n[cell->group] += cell->n;
	}
}

/* The table of a composition */
Crosstab
ReadCrosstab(const Composition *composition)
{
	int			n = composition->n_cells;
	Crosstab	crosstab = {.n = composition->n, .n_cells = n};
	NameInCell *names = AllocateMany(n, sizeof(NameInCell));

	crosstab.unit_names = AllocateMany(n, sizeof(char *));
	crosstab.group_names = AllocateMany(n, sizeof(char *));
	crosstab.unit_n = AllocateMany(n, sizeof(int64));
	crosstab.group_n = AllocateMany(n, sizeof(int64));
	crosstab.cells = AllocateMany(n, sizeof(Cell));
	crosstab.first_cells = AllocateMany(n + 1, sizeof(int));
	ReadUnits(composition, &crosstab, names);
	NumberGroups(&crosstab, names);
	pfree(names);
	return crosstab;
}
