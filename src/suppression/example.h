/*
 * example.h
 *		Tables of whole numbers that agree with all that is shown, in one measure.
 *
 * Each is told by how far which hidden cells are off what they are. A cell that differs
 * between examples cannot be told, by any verdict of the audit. Nor can it by a person whose
 * own cells are off in none of those. To hide more takes no example away; to show a cell
 * those in which it is off.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_EXAMPLE_H
#define GAPSTATS_EXAMPLE_H

#include "suppression/ordered_table.h"

typedef struct Example
{
	int			n_cells;
	int		   *cells;
	int64	   *shifts;			/* none is 0 */
	int			n_people;
	int		   *people;			/* of whom a cell is off in it */
	bool		is_void;		/* a cell that is off in it is shown */
} Example;

/* Numbers, and how many there is room for */
typedef struct Numbers
{
	int			n;
	int			size;
	int		   *numbers;
} Numbers;

/* What the examples show of a cell */
typedef struct Shown
{
	int64		fall;			/* how far it is shown to be able to lie below what it is */
	int64		rise;			/* and above */
	Numbers		examples;		/* in which it is off */
	Numbers		places;			/* which of the cells of each of these it is */
	Numbers		knowers;		/* people of whom a cell is off in all of them, of whom it must be kept */
} Shown;

typedef struct Examples
{
	const OrderedTable *table;
	const OrderedMeasure *measure;
	MemoryContext context;		/* in which they are kept */
	int		   *people;			/* of each cell that is one person's: the first that is */
	Shown	   *shown;			/* of each cell */
	bool	   *is_stale;		/* of each: what the examples show is not noted yet */
	int			n_examples;
	int			size;
	Example    *examples;
	Numbers		people_off;		/* of whom a cell is off in the example last kept */
	int64		n_looks;
	int64	   *last_look;		/* of each person: the last look at an example in which a cell of hers is off */
	bool	   *is_listed;		/* of each cell, for lists without repetition */
} Examples;

/* What was forgotten, so that it can be remembered */
typedef struct Forgotten
{
	Numbers		examples;
	Numbers		cells;			/* of which less is shown now */
	Shown	   *shown;			/* what was shown of each, but for the list of examples */
	int			n_examples;		/* that there were */
} Forgotten;

extern Examples *StartExamples(const OrderedTable *table, const OrderedMeasure *measure);
extern void KeepExample(Examples *examples, const int *cells, const int64 *shifts, int n);
extern int64 SizeOfExamples(const Examples *examples, int cell);
extern Forgotten ForgetExamples(Examples *examples, int cell);
extern void NoteIfStale(Examples *examples, int cell);
extern void RememberExamples(Examples *examples, const Forgotten *forgotten);
extern void SettleExamples(Examples *examples, const Forgotten *forgotten);
extern void FreeForgotten(Forgotten *forgotten);

#endif							/* GAPSTATS_EXAMPLE_H */
