/*
 * lattice.h
 *		The finest cells of a table, and the totals that each is in.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_LATTICE_H
#define GAPSTATS_LATTICE_H

#include "disclosure/facts.h"

/* The leaves, which are the finest cells, and what they are in */
typedef struct Lattice
{
	int			n_cells;
	int			n_leaves;
	int		   *totals;			/* of all leaves, a leaf itself being its first */
	int		   *totals_end;		/* where those of each leaf end */
	int		   *under;			/* the leaves under each cell */
	int		   *under_end;
} Lattice;

/* The finest cells under a cell */
static inline int
LeavesUnder(const Lattice *lattice, int cell)
{
	return lattice->under_end[cell] - (cell == 0 ? 0 : lattice->under_end[cell - 1]);
}

extern void Invert(const int *items, const int *end, int n, int n_items, int **lists, int **lists_end);
extern Lattice *FindLattice(const Facts *facts);

#endif							/* GAPSTATS_LATTICE_H */
