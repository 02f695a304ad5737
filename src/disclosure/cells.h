/*
 * cells.h
 *		A published table: its cells, each a member of every dimension, and their numbers.
 *
 * Cells are numbered in the order of their members, whatever the order of the rows. Behind
 * those that have a row come others that the numbers are about as well.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_CELLS_H
#define GAPSTATS_CELLS_H

#include "disclosure/description.h"

/*
 * A set of dimensions: those on which a cell is no total, which say which of the published tables
 * it is in
 */
typedef uint32 Pattern;

#define PatternBit(dimension) ((Pattern) 1 << (dimension))

typedef enum CellKind
{
	CELL_LISTED,				/* has a row */
	CELL_ABSENT,				/* has none, and may have students */
	CELL_REST,					/* all members of its line that are not listed */
	CELL_BETWEEN				/* the sum of others, which nobody published */
} CellKind;

/* A number that one row hides and another shows */
typedef struct ShownElsewhere
{
	int			cell;
	int			field;
	int			said;
} ShownElsewhere;

struct cell_hash;

typedef struct Cells
{
	Description *description;
	const char *what;			/* the argument that they were read from, for messages */
	int			n_listed;
	int			n_cells;
	int			max_cells;
	int32	   *members;		/* one a dimension, for each cell */
	uint8	   *kinds;			/* CellKind */
	Number	   *numbers;		/* one a field, for each cell that is listed */
	bool	   *has_field;		/* whether there is such a column */
	struct cell_hash *by_members;
	ShownElsewhere *shown_elsewhere;
	int			n_shown_elsewhere;
} Cells;

#define MembersOf(cells, cell) (&(cells)->members[(Size) (cell) * (cells)->description->n_dimensions])

/* What was published of a field in a cell; nothing in one that has no row */
static inline Number
NumberOf(const Cells *cells, int field, int cell)
{
	static const Number nothing = {0, 0, SAID_NULL};

	return cell < cells->n_listed ?
		cells->numbers[(Size) cell * cells->description->n_fields + field] : nothing;
}

extern Cells *ReadCells(Description *description, const char *what, const char *query);
extern void CheckNumberOfCells(double n);
extern void CheckTotals(const Cells *cells);
extern Pattern PatternOf(const Cells *cells, int cell);
extern int	FindCell(Cells *cells, const int32 *members);
extern int	AddCell(Cells *cells, const int32 *members, CellKind kind);
extern int	CompareCells(const void *a, const void *b, void *arg);
extern char *CellName(const Cells *cells, int cell);
extern Datum MembersDatum(const Cells *cells, int cell);

#endif							/* GAPSTATS_CELLS_H */
