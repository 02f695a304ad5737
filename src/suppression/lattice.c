/*
 * lattice.c
 *		The finest cells of a table, and the totals that each is in.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "disclosure/component.h"
#include "miscadmin.h"
#include "suppression/lattice.h"
#include "suppression/ordered_table.h"

/* Of all finest cells; of so many dimensions that there are more, no lattice is made */
#define MAX_TOTALS (INT64CONST(1) << 26)

/*
 * Invert
 *		Given the items of each list, the lists of each item.
 */
void
Invert(const int *items, const int *end, int n, int n_items, int **lists, int **lists_end)
{
	int		   *next = AllocateMany(n_items + 1, sizeof(int));

	for (int i = 0; i < (n == 0 ? 0 : end[n - 1]); i++)
		next[items[i] + 1]++;
	for (int i = 0; i < n_items; i++)
		next[i + 1] += next[i];
	*lists = AllocateMany(next[n_items], sizeof(int));
	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int j = StartOf(end, i); j < end[i]; j++)
			(*lists)[next[items[j]]++] = i;
	}
	*lists_end = next;
}

/* The lines in which each cell is a part */
static void
IndexParents(const Facts *facts, int **lines_of, int **lines_end)
{
	const Lines *lines = facts->lines;
	int		   *parts = AllocateMany(lines->n_parts, sizeof(int));
	int		   *end = AllocateMany(lines->n, sizeof(int));
	int			n = 0;

	for (int i = 0; i < lines->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < lines->lines[i].n_parts; j++)
			parts[n++] = lines->parts[lines->lines[i].first + j];
		end[i] = n;
	}
	Invert(parts, end, lines->n, facts->cells->n_cells, lines_of, lines_end);
	pfree(parts);
	pfree(end);
}

/* The cells that are totals */
static bool *
FindTotals(const Facts *facts)
{
	bool	   *is_total = AllocateMany(facts->cells->n_cells, sizeof(bool));

	for (int i = 0; i < facts->lines->n; i++)
		is_total[facts->lines->lines[i].total] = true;
	return is_total;
}

/*
 * FindLattice
 *		The finest cells, and all totals of each; NULL if these are too many.
 */
Lattice *
FindLattice(const Facts *facts)
{
	Lattice    *lattice = palloc0(sizeof(Lattice));
	int			n = facts->cells->n_cells;
	bool	   *is_total = FindTotals(facts);
	int		   *last_leaf = AllocateMany(n, sizeof(int));	/* of which each cell was found to be a total, and 1 */
	int		   *lines_of;
	int		   *lines_end;
	int64		n_totals = 0;
	int64		size = 0;

	IndexParents(facts, &lines_of, &lines_end);
	lattice->n_cells = n;
	lattice->totals = AllocateMany(0, sizeof(int));
	lattice->totals_end = AllocateMany(n, sizeof(int));
	for (int cell = 0; cell < n; cell++)
	{
		int64		i = n_totals;

		CHECK_FOR_INTERRUPTS();
		if (is_total[cell])
			continue;
		if (n_totals > MAX_TOTALS)
			return NULL;
		if (n_totals + n > size)
		{
			size = 2 * (n_totals + n);
			lattice->totals = repalloc_huge(lattice->totals, size * sizeof(int));
		}

		/* goes on over those that it adds */
		for (lattice->totals[n_totals++] = cell; i < n_totals; i++)
		{
			int			part = lattice->totals[i];

			for (int j = StartOf(lines_end, part); j < lines_end[part]; j++)
			{
				int			total = facts->lines->lines[lines_of[j]].total;

				if (last_leaf[total] == lattice->n_leaves + 1)
					continue;
				last_leaf[total] = lattice->n_leaves + 1;
				lattice->totals[n_totals++] = total;
			}
		}
		lattice->totals_end[lattice->n_leaves++] = n_totals;
	}
	Invert(lattice->totals, lattice->totals_end, lattice->n_leaves, n, &lattice->under, &lattice->under_end);
	return lattice;
}
