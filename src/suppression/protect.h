/*
 * protect.h
 *		Which cells of a table to hide beside those that must be.
 *
 * A table is its cells and its lines: of each line the total is the sum of the parts. Tables
 * that share cells are one. A cell is hidden with all its numbers, so the pattern is one for
 * all measures; each measure is told from its own lines only. Where a number is published
 * with its numerator, the measures are the numerator and what it leaves of the number: the
 * number is then known no better than these two.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_PROTECT_H
#define GAPSTATS_PROTECT_H

/* Values, and what all parts of a line can be at most, are within this: what a double holds exactly */
#define LARGEST_VALUE (INT64CONST(1) << 53)

/* Widths and residuals are within this */
#define LARGEST_ASKED (INT64CONST(1) << 31)

typedef struct ProtectedMeasure
{
	const int64 *values;		/* of each cell */
	const int64 *upper;			/* what each can be at most, as everybody knows; or NULL */
	const int64 *lower;			/* what each is at least, if hidden; or NULL, and it is lowest */
	const bool *is_primary;		/* what must be hidden, and be as wide as asked */
	const bool *is_alone;		/* which primary cells one person makes up, who knows it; or NULL */
	int64		lowest;			/* what anybody knows a hidden number to be at least */
	int64		width;			/* of the interval in which a primary cell can lie */
	int64		residual;		/* what a line gives away of its hidden parts together is at least this, or 0 */
	int64		complement;		/* what a line gives away of all parts but one that is shown, too, or 0 */
} ProtectedMeasure;

typedef struct ProtectedLine
{
	int			total;			/* a cell */
	const int  *parts;			/* other cells */
	int			n_parts;
} ProtectedLine;

/* What is kept from one person who makes up a hidden cell, and knows it: other primary cells */
typedef enum Persons
{
	NO_PERSONS,					/* nothing is */
	PERSONS_IN_LINES,			/* what a line with one more hidden part would tell her */
	PERSONS						/* what all lines together would */
} Persons;

typedef struct ProtectedTable
{
	int			n_cells;
	const int64 *keys;			/* no two are the same; they decide where nothing else does */
	const bool *is_hidden;		/* what is hidden already, or NULL */
	const double *cost;			/* of hiding a cell that need not be, above 0; infinite for never */
	const bool *is_free;		/* which cells nobody misses, so that their cost only says which of them is rather hidden; or NULL */
	Persons		persons;
	bool		is_all_or_nothing;	/* if some cells cannot be protected, the others need not be */
	int			n_measures;
	const ProtectedMeasure *measures;
	int			n_lines;
	const ProtectedLine *lines;
} ProtectedTable;

/* Why a table cannot be protected without hiding what may not be hidden */
typedef enum Shortcoming
{
	LINE_TELLS,					/* a total gives too much away about its hidden parts */
	CELL_IS_NARROW,				/* a cell is known too well, by all lines together */
	PERSON_TELLS				/* the person who makes up another cell knows this one */
} Shortcoming;

typedef struct Unprotected
{
	Shortcoming shortcoming;
	int			measure;
	int			line;			/* of LINE_TELLS */
	int			cell;			/* of the others */
	int			person;			/* of PERSON_TELLS: the other cell */
} Unprotected;

typedef struct Protection
{
	bool	   *is_hidden;		/* of each cell */
	int64	  **distance;		/* of each measure, of each cell: how far apart it is in two tables that were found */
	int			n_unprotected;
	Unprotected *unprotected;
} Protection;

/* The same for the same table, in whatever order its cells, lines and parts are */
extern Protection *Protect(const ProtectedTable *table);
extern Protection *LookAtProtection(const ProtectedTable *table, const bool *is_asked);

#endif							/* GAPSTATS_PROTECT_H */
