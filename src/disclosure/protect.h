/*
 * disclosure/protect: which cells to hide beside those that must be
 *
 * A table is its cells and its lines: of each line the total is the sum of the parts.  A cell is
 * hidden with all its numbers, so the pattern is one for all measures.
 */
#ifndef GAPSTATS_PROTECT_H
#define GAPSTATS_PROTECT_H

typedef struct Line
{
	int			total;			/* a cell */
	int		   *parts;			/* cells */
	int			n_parts;
} Line;

typedef struct ProtectedTable
{
	int			n_cells;
	int			n_measures;
	int64	  **values;			/* of each measure, of each cell */
	bool	  **is_primary;		/* of each measure: a cell that must be hidden, and be as wide as asked */
	double	   *cost;			/* of hiding a cell that is not primary; infinite for never */
	Line	   *lines;
	int			n_lines;
} ProtectedTable;

typedef struct ProtectOptions
{
	double		width;			/* of the interval in which a primary cell can lie */
	int64		residual;		/* what a line gives away about its hidden cells together is at least this, or 0 */
} ProtectOptions;

/* For each cell, whether it is hidden */
extern bool *Protect(const ProtectedTable *table, const ProtectOptions *options);

#endif							/* GAPSTATS_PROTECT_H */
