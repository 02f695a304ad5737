/*
 * unlisted.c
 *		Cells that have no row and yet may have students.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "disclosure/lines.h"
#include "miscadmin.h"

/* ---- the rest, where the members of a dimension do not make up its total ---- */

/* Each total over the dimension that has parts by it gets one more part. */
static void
AddRests(Cells *cells, int which)
{
	const Description *description = cells->description;
	Dimension  *dimension = &description->dimensions[which];
	int32		members[MAX_DIMENSIONS];
	int			rest = AddRest(dimension);
	int			n = cells->n_cells;

	for (int cell = 0; cell < n; cell++)
	{
		CHECK_FOR_INTERRUPTS();
		memcpy(members, MembersOf(cells, cell), sizeof(int32) * description->n_dimensions);
		if (members[which] == TOTAL)
			continue;
		members[which] = TOTAL;
		if (FindCell(cells, members) < 0)
			continue;
		members[which] = rest;
		AddCell(cells, members, CELL_REST);
	}
}

/* ---- cells that were left out ---- */

/*
 * Dimensions that lie within one another, and the combinations of their members that there are
 * on some of their levels. A school is in one district only; all else can be combined freely.
 */
typedef struct Axis
{
	int			n_dimensions;
	int			dimensions[MAX_DIMENSIONS];
	Pattern		pattern;		/* all its bits */
	int			n;				/* combinations */
	int32	   *combinations;
} Axis;

/* The axis that a dimension is on, by the lowest of its dimensions */
static int
AxisOf(const int *axes, int dimension)
{
	while (axes[dimension] != dimension)
		dimension = axes[dimension];
	return dimension;
}

/* Join dimensions that lie within one another. */
static int
FindAxes(const Description *description, Axis *axes)
{
	int			joined[MAX_DIMENSIONS];
	int			n = 0;

	for (int i = 0; i < description->n_dimensions; i++)
		joined[i] = i;
	for (int i = 0; i < description->n_dimensions; i++)
	{
		for (int j = 0; j < description->dimensions[i].n_within; j++)
		{
			int			a = AxisOf(joined, i);
			int			b = AxisOf(joined, description->dimensions[i].within[j]);

			joined[Max(a, b)] = Min(a, b);
		}
	}
	for (int i = 0; i < description->n_dimensions; i++)
	{
		if (AxisOf(joined, i) != i)
			continue;
		axes[n].n_dimensions = 0;
		axes[n].pattern = 0;
		for (int j = i; j < description->n_dimensions; j++)
		{
			if (AxisOf(joined, j) != i)
				continue;
			axes[n].dimensions[axes[n].n_dimensions++] = j;
			axes[n].pattern |= PatternBit(j);
		}
		n++;
	}
	return n;
}

static int
CompareCombinations(const void *a, const void *b, void *arg)
{
	const int32 *x = a;
	const int32 *y = b;

	for (int i = 0; i < ((const Axis *) arg)->n_dimensions; i++)
	{
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	}
	return 0;
}

/* The combinations of an axis that have any row, of those on the levels of a pattern */
static void
FindCombinations(const Cells *cells, Axis *axis, Pattern pattern)
{
	int			width = axis->n_dimensions;
	int			n = 0;

	axis->combinations = palloc_extended(sizeof(int32) * width * (Size) cells->n_listed, MCXT_ALLOC_HUGE);
	for (int cell = 0; cell < cells->n_listed; cell++)
	{
		CHECK_FOR_INTERRUPTS();
		if (((PatternOf(cells, cell) ^ pattern) & axis->pattern) != 0)
			continue;
		for (int i = 0; i < width; i++)
			axis->combinations[(Size) n * width + i] = MembersOf(cells, cell)[axis->dimensions[i]];
		n++;
	}
	qsort_arg(axis->combinations, n, sizeof(int32) * width, CompareCombinations, axis);
	axis->n = 0;
	for (int i = 0; i < n; i++)
	{
		int32	   *kept = &axis->combinations[(Size) axis->n * width];
		int32	   *next = &axis->combinations[(Size) i * width];

		if (axis->n > 0 && CompareCombinations(kept - width, next, axis) == 0)
			continue;
		memmove(kept, next, sizeof(int32) * width);
		axis->n++;
	}
}

/* Add the cells of one table for all combinations of all axes. */
static void
CompleteTable(Cells *cells, Axis *axes, int n_axes)
{
	int			at[MAX_DIMENSIONS] = {0};
	int32		members[MAX_DIMENSIONS];
	double		n_combined = 1;
	int			axis;

	for (int i = 0; i < n_axes; i++)
		n_combined *= axes[i].n;
	CheckNumberOfCells(n_combined);
	do
	{
		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < n_axes; i++)
		{
			for (int j = 0; j < axes[i].n_dimensions; j++)
				members[axes[i].dimensions[j]] = axes[i].combinations[(Size) at[i] * axes[i].n_dimensions + j];
		}
		AddCell(cells, members, CELL_ABSENT);
		for (axis = 0; axis < n_axes && ++at[axis] == axes[axis].n; axis++)
			at[axis] = 0;
	} while (axis < n_axes);
}

/* Add all cells that could have a row and have none. */
static void
AddAbsent(Cells *cells)
{
	Axis		axes[MAX_DIMENSIONS];
	int			n_axes = FindAxes(cells->description, axes);
	Pattern    *done = palloc(sizeof(Pattern) * 64);
	int			n_done = 0;

	for (int cell = 0; cell < cells->n_listed; cell++)
	{
		Pattern		pattern = PatternOf(cells, cell);
		int			i = 0;

		while (i < n_done && done[i] != pattern)
			i++;
		if (i < n_done)
			continue;
		if (n_done > 0 && n_done % 64 == 0)
			done = repalloc(done, sizeof(Pattern) * (n_done + 64));
		done[n_done++] = pattern;
		for (i = 0; i < n_axes; i++)
			FindCombinations(cells, &axes[i], pattern);
		CompleteTable(cells, axes, n_axes);
		for (i = 0; i < n_axes; i++)
			pfree(axes[i].combinations);
	}
	pfree(done);
}

/*
 * AddUnlisted
 *		The cells that the caller said there are besides those with a row.
 */
void
AddUnlisted(Cells *cells)
{
	const Description *description = cells->description;

	if (description->absent_is_hidden)
		AddAbsent(cells);
	for (int i = 0; i < description->n_dimensions; i++)
	{
		if (description->dimensions[i].is_incomplete)
			AddRests(cells, i);
	}
}
