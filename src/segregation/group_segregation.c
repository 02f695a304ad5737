/*
 * group_segregation.c
 *		How a group is divided over units: each from all others, and each from each other.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/reason.h"
#include "base/result_row.h"
#include "base/sum.h"
#include "miscadmin.h"
#include "segregation/crosstab.h"
#include "segregation/two_groups.h"
#include "utils/memutils.h"

/* The cells of each group, by unit */
typedef struct GroupCells
{
	const Cell *cells;
	int			n;
} GroupCells;

static int64 *
AllocateCounts(int n)
{
	return palloc_extended(Max(n, 1) * sizeof(int64), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

/* The cells of all groups */
static GroupCells *
CellsByGroup(const Crosstab *crosstab)
{
	GroupCells *groups = palloc_extended(Max(crosstab->n_groups, 1) * sizeof(GroupCells), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	Cell	   *cells = palloc_extended(Max(crosstab->n_cells, 1) * sizeof(Cell), MCXT_ALLOC_HUGE);
	Cell	   *next = cells;

	for (int i = 0; i < crosstab->n_cells; i++)
		groups[crosstab->cells[i].group].n++;
	for (int i = 0; i < crosstab->n_groups; i++)
	{
		groups[i].cells = next;
		next += groups[i].n;
		groups[i].n = 0;
	}
	for (int i = 0; i < crosstab->n_cells; i++)
	{
		GroupCells *group = &groups[crosstab->cells[i].group];

		CHECK_FOR_INTERRUPTS();
		((Cell *) group->cells)[group->n++] = crosstab->cells[i];
	}
	return groups;
}

/* What share of the students in the units of a group's students another group has, on average */
static double
Exposure(const Crosstab *crosstab, GroupCells focal, const int64 *reference, int64 n_focal)
{
	Sum			sum = {0, 0};

	for (int i = 0; i < focal.n; i++)
	{
		const Cell *cell = &focal.cells[i];

		CHECK_FOR_INTERRUPTS();
		AddTo(&sum, (double) cell->n * ((double) reference[cell->unit] / (double) crosstab->unit_n[cell->unit]));
	}
	return Total(sum) / (double) n_focal;
}

/* What isolation would be at random: the share P, and for a student with himself (1 - P) (J - 1) / (T - 1) */
static double
ExpectedIsolation(const Crosstab *crosstab, int64 n)
{
	double		others = (double) (crosstab->n - n) / (double) crosstab->n;

	if (n == crosstab->n)
		return 1;
	return (double) n / (double) crosstab->n + others * ((double) (crosstab->n_units - 1) / (double) (crosstab->n - 1));
}

/* Add the columns of a group */
static void
AddGroup(ResultRow *row, const Crosstab *crosstab, int group, GroupCells cells)
{
	int64	   *counts = AllocateCounts(crosstab->n_units);
	int64	   *others = AllocateCounts(crosstab->n_units);
	int64		n = crosstab->group_n[group];
	TwoGroups	two = {NAN, NAN, NAN, NAN, NAN, NAN};

	memcpy(others, crosstab->unit_n, crosstab->n_units * sizeof(int64));
	for (int i = 0; i < cells.n; i++)
	{
		counts[cells.cells[i].unit] = cells.cells[i].n;
		others[cells.cells[i].unit] -= cells.cells[i].n;
	}
	if (crosstab->n_groups > 1)
		two = CompareTwoGroups(counts, others, crosstab->n_units);
	AddText(row, crosstab->group_names[group]);
	AddInt64(row, n);
	AddInt64(row, cells.n);
	AddFloat8(row, (double) n / (double) crosstab->n);
	AddFloat8(row, Exposure(crosstab, cells, counts, n));
	AddFloat8(row, ExpectedIsolation(crosstab, n));
	AddTwoGroups(row, two);
	AddText(row, crosstab->n_groups > 1 ? NULL : REASON_ONE_GROUP);
	pfree(counts);
	pfree(others);
}

/* group_segregation(composition): a row a group */
PG_FUNCTION_INFO_V1(group_segregation);
Datum
group_segregation(PG_FUNCTION_ARGS)
{
	Crosstab	crosstab = ReadCrosstab(ArgumentComposition(fcinfo, 0));
	GroupCells *groups = CellsByGroup(&crosstab);
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	for (int group = 0; group < crosstab.n_groups; group++)
	{
		AddGroup(&row, &crosstab, group, groups[group]);
		PutResultRow(&row);
	}
	return (Datum) 0;
}

/* Spread the cells of a group over an array by unit, or wipe them out of it */
static void
Spread(int64 *counts, GroupCells group, bool wipe)
{
	for (int i = 0; i < group.n; i++)
		counts[group.cells[i].unit] = wipe ? 0 : group.cells[i].n;
}

/* pair_segregation(composition): a row for each group and each other one */
PG_FUNCTION_INFO_V1(pair_segregation);
Datum
pair_segregation(PG_FUNCTION_ARGS)
{
	Crosstab	crosstab = ReadCrosstab(ArgumentComposition(fcinfo, 0));
	GroupCells *groups = CellsByGroup(&crosstab);
	int64	   *focal = AllocateCounts(crosstab.n_units);
	int64	   *reference = AllocateCounts(crosstab.n_units);
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	for (int a = 0; a < crosstab.n_groups; a++)
	{
		Spread(focal, groups[a], false);
		for (int b = 0; b < crosstab.n_groups; b++)
		{
			if (b == a)
				continue;
			Spread(reference, groups[b], false);
			AddText(&row, crosstab.group_names[a]);
			AddText(&row, crosstab.group_names[b]);
			AddInt64(&row, crosstab.group_n[a]);
			AddInt64(&row, crosstab.group_n[b]);
			AddFloat8(&row, Exposure(&crosstab, groups[a], reference, crosstab.group_n[a]));
			AddFloat8(&row, (double) crosstab.group_n[b] / (double) crosstab.n);
			AddTwoGroups(&row, CompareTwoGroups(focal, reference, crosstab.n_units));
			PutResultRow(&row);
			Spread(reference, groups[b], true);
		}
		Spread(focal, groups[a], true);
	}
	return (Datum) 0;
}
