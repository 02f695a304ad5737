/*
 * reduction.h
 *		Linear equations, solved without rounding.
 *
 * The rows are brought to reduced echelon form: each that has a pivot has it in a column
 * where no other row has anything. How each came about is kept, so that any combination of
 * rows can be told in those that were given.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_REDUCTION_H
#define GAPSTATS_REDUCTION_H

#include "disclosure/rational.h"

typedef struct Entry
{
	int			column;
	Rational	value;			/* never 0 */
} Entry;

typedef struct Row
{
	Entry	   *entries;		/* by column */
	int			n_entries;
	int			size;
	int			pivot;			/* its column, or -1 */
} Row;

/* A multiple of another row was subtracted */
typedef struct Step
{
	int			source;
	Rational	factor;
} Step;

typedef struct Steps
{
	Step	   *steps;
	int			n_steps;
	int			size;
} Steps;

typedef struct Reduction
{
	Row		   *rows;
	int			n_rows;
	int			n_columns;		/* one more, the last, holds the right hand sides */
	int		   *pivot_row;		/* of each column, or -1 */
	int		   *order;			/* rows with pivots, as these were found */
	int			n_pivots;
	Steps	   *down;			/* of each row, of rows before it in the order */
	Steps	   *up;				/* afterwards, of rows after it in the order */
} Reduction;

extern Reduction *BeginReduction(int n_rows, int n_columns);
extern void AddEntry(Reduction *reduction, int row, int column, Rational value);
extern void Reduce(Reduction *reduction);
extern Rational EntryValue(const Reduction *reduction, int row, int column);
extern void Unravel(const Reduction *reduction, Rational *weights);

#endif							/* GAPSTATS_REDUCTION_H */
