/*
 * lines.h
 *		What adds up in a published table: each total and the parts that make it up.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_LINES_H
#define GAPSTATS_LINES_H

#include "disclosure/cells.h"

/* A cell, and those that it is the sum of */
typedef struct Line
{
	int			total;
	int			first;			/* of the parts */
	int			n_parts;
} Line;

typedef struct Lines
{
	int			n;
	Line	   *lines;
	int			n_parts;
	int32	   *parts;			/* cells */
} Lines;

extern Lines *FindLines(Cells *cells);
extern Pattern DividedBy(const Cells *cells, const Lines *lines, const Line *line);
extern void AddUnlisted(Cells *cells);

#endif							/* GAPSTATS_LINES_H */
