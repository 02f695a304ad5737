/*
 * ordered_table.h
 *		A table to be protected, in an order of its own.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_ORDERED_TABLE_H
#define GAPSTATS_ORDERED_TABLE_H

#include "suppression/protect.h"

typedef struct OrderedMeasure
{
	int64	   *values;
	int64	   *upper;			/* or NULL */
	int64	   *lower;			/* or NULL */
	bool	   *is_primary;
	bool	   *is_alone;
	bool	   *is_settled;		/* whether a total says all of the cell */
	int64		lowest;
	int64		width;
	int64		residual;
	int64		complement;
} OrderedMeasure;

/* Cells are in the order of their keys, parts in that of cells, lines in that of totals and parts */
typedef struct OrderedTable
{
	int			n_cells;
	int			n_lines;
	int			n_measures;
	int		   *cell_of;		/* where each cell is in the table as it was given */
	int		   *line_of;		/* and each line */
	Persons		persons;
	bool		is_all_or_nothing;
	OrderedMeasure *measures;
	bool	   *must_hide;
	bool	   *may_hide;
	double	   *cost;
	double		cheapest;
	bool	   *is_free;
	int64	   *size;			/* of each cell: how much is hidden with it, over all measures */
	int		   *total;			/* of each line */
	int		   *parts;			/* of all lines */
	int		   *first_part;		/* of each line, and one more */
	int		   *lines;			/* in which each cell is part or total */
	int		   *first_line;		/* of each cell, and one more */
} OrderedTable;

extern OrderedTable *OrderTable(const ProtectedTable *table);
extern void *AllocateMany(Size n, Size size);

/* The lines of a cell, and the parts of a line */
#define for_each_line(table, cell, i) \
	for (int i = (table)->first_line[cell]; i < (table)->first_line[(cell) + 1]; i++)
#define for_each_part(table, line, i) \
	for (int i = (table)->first_part[line]; i < (table)->first_part[(line) + 1]; i++)

/* How far a value can fall, and rise, by what anybody knows */
static inline int64
RoomBelow(const OrderedMeasure *measure, int cell)
{
	return measure->values[cell] - (measure->lower == NULL ? measure->lowest : measure->lower[cell]);
}

static inline int64
RoomAbove(const OrderedMeasure *measure, int cell)
{
	return measure->upper == NULL ? LARGEST_VALUE : measure->upper[cell] - measure->values[cell];
}

/* How wide the interval of a hidden cell must be */
static inline int64
AskedWidth(const OrderedMeasure *measure, int cell)
{
	if (measure->is_settled[cell])
		return 0;
	return measure->is_primary[cell] ? Max(measure->width, 1) : 1;
}

/* No cell is moved further than this: what is asked comes about by small moves, if at all */
static inline int64
LargestShift(const OrderedMeasure *measure)
{
	return 16 * Max(measure->width, 1);
}

/*
 * A total of nothing, or of all there can be, says so of each part, unless it is hidden for
 * itself and no total says it of it. Nothing else can be done about it.
 */
static inline bool
TotalSaysAll(const OrderedTable *table, const OrderedMeasure *measure, int total)
{
	return (measure->values[total] == 0 || RoomAbove(measure, total) == 0) &&
		(!table->must_hide[total] || measure->is_settled[total]);
}

#endif							/* GAPSTATS_ORDERED_TABLE_H */
