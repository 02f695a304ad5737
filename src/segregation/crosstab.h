/*
 * crosstab.h
 *		A composition as numbers: units and groups, and the cells where they meet.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_CROSSTAB_H
#define GAPSTATS_CROSSTAB_H

#include "segregation/composition.h"

typedef struct Cell
{
	int			unit;
	int			group;
	int64		n;				/* positive */
} Cell;

typedef struct Crosstab
{
	int			n_units;		/* that have students, as have the groups */
	int			n_groups;
	int			n_cells;
	int64		n;				/* students */
	char	  **unit_names;		/* ascending by their bytes, as are those of the groups */
	char	  **group_names;
	int64	   *unit_n;
	int64	   *group_n;
	Cell	   *cells;			/* by unit, then by group */
	int		   *first_cells;	/* by unit, and one more */
} Crosstab;

extern Crosstab ReadCrosstab(const Composition *composition);

#endif							/* GAPSTATS_CROSSTAB_H */
