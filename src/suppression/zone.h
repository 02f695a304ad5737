/*
 * zone.h
 *		Cells near a cell, and the lines through them.
 *
 * What can be changed near a cell with all else as it is, can be changed; so cells are looked
 * at among those near them, and among more only where that is not enough.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_ZONE_H
#define GAPSTATS_ZONE_H

#include "lib/pairingheap.h"
#include "suppression/ordered_table.h"

typedef struct Zone
{
	const OrderedTable *table;
	int			n_cells;
	int		   *cells;			/* the nearest first */
	int			n_lines;
	int		   *lines;			/* all that go through them */
	bool		is_all;			/* whether no cell outside hangs together with these */
	int		   *place;			/* of each cell of the table among the cells, or -1 */

	double	   *price;			/* of each cell of the table; 0 but while they are looked at */

	/* for growing */
	struct Neighbor *neighbors; /* of each cell of the table */
	bool	   *is_listed;		/* of each line of the table */
	pairingheap *nearest;
} Zone;

/* What holds a cell where it is: by how much each line of a zone does, in the order of its lines then */
typedef struct Hold
{
	int			n_lines;
	double	   *multipliers;
} Hold;

extern Zone *NewZone(const OrderedTable *table);
extern void GrowZone(Zone *zone, const bool *belongs, int center, int limit);
extern bool ExtendZone(Zone *zone, const bool *belongs, const OrderedMeasure *measure, const Hold *hold);

#endif							/* GAPSTATS_ZONE_H */
