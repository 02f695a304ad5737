/*
 * publication.h
 *		What is printed of a table of which some cells are hidden.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_PUBLICATION_H
#define GAPSTATS_PUBLICATION_H

#include "disclosure/reporting_range.h"
#include "suppression/truth.h"

/* How rates are printed; a ReportingStandard is one less */
typedef enum Ranges
{
	NO_RANGES,
	NCES_RANGES,
	EDFACTS_RANGES,
	ROUNDED_RANGES,
	ENDS_RANGES
} Ranges;

/* A column that is printed */
typedef struct PrintedColumn
{
	int			measure;
	int			field;
	const char *name;
} PrintedColumn;

typedef struct Publication
{
	const Truth *truth;
	const char *mark;			/* in the place of all that is hidden */
	Ranges		ranges;
	Reporting	reporting;		/* of rates in ranges, and of what everybody or nobody has */
	bool		shows_all_same; /* what everybody or nobody has is printed as a number, and no range */
	int			most_dimensions;	/* of cells that are printed */
	const bool *is_hidden;		/* of each cell */
	int			n_columns;
	PrintedColumn *columns;
} Publication;

extern Publication *StartPublication(const Truth *truth, const char *mark, Ranges ranges, bool shows_all_same, int most_dimensions);
extern bool IsPrinted(const Publication *publication, int cell);
extern int32 *PrintedCells(const Publication *publication, int *n);
extern bool IsInRanges(const Publication *publication, int quantity);
extern bool IsInWideRanges(const Publication *publication, int quantity);
extern bool IsAllSame(const Publication *publication, int quantity, int cell);
extern bool LacksRange(const Publication *publication, int quantity, int cell);
extern char *PrintedNumber(const Publication *publication, const PrintedColumn *column, int cell);
extern void Publish(const Publication *publication);

#endif							/* GAPSTATS_PUBLICATION_H */
