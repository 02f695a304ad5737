/*
 * zone.h
 *		Cells near a cell, and the lines through them.
 *
 * What can be changed near a cell with all else as it is, can be changed; so cells are looked
 * at among those near them, and among more only where that is not enough. Most of these are the
 * only ones of a line, which holds them, or become so when others are held: what can move at all
 * is the core of a zone, and small.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_ZONE_H
#define GAPSTATS_ZONE_H

#include "lib/pairingheap.h"
#include "disclosure/system.h"
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
	int		   *line_place;		/* of each line of the table among the lines, or -1 */

	/* for growing; a core does not */
	double	   *price;			/* of each cell of the table; 0 but while they are looked at */
	struct Neighbor *neighbors; /* of each cell of the table */
	pairingheap *nearest;

	/* of the core of a zone: */
	const struct Zone *of;		/* that zone */
	int			n_still;
	struct Still *still;		/* its other cells, in the order in which they were found to be */
} Zone;

/* A cell that stays where it is */
typedef struct Still
{
	int			cell;
	int			line;			/* in which no other cell moves; -1 if it is not to move anyway */
} Still;

/* What holds a cell where it is: by how much each line of a zone does, in the order of its lines then */
typedef struct Hold
{
	int			n_lines;
	double	   *multipliers;
} Hold;

extern Zone *NewZone(const OrderedTable *table);
extern Zone *NewCore(const OrderedTable *table);
extern void GrowZone(Zone *zone, const bool *belongs, int center, int limit);
extern void FindCore(const Zone *zone, Zone *core, const bool *stays);
extern Fact *DescribeLines(const Zone *core);
extern void SpreadHold(const Zone *core, const double *multipliers, int cell, int cost, Hold *hold);
extern bool ExtendZone(Zone *zone, const bool *belongs, const OrderedMeasure *measure, const Hold *hold);

#endif							/* GAPSTATS_ZONE_H */
