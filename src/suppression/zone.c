/*
 * zone.c
 *		Cells near a cell, and the lines through them.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "suppression/zone.h"

/* A line hands on so many of its cells, for each of this many that a zone can have */
#define LIMIT_SHARE 8

/* In so many steps, one for each cell that it reaches, a line becomes longer by its number of cells */
#define STEPS 4

/* Of the cells of a line that would help so many are taken at a time */
#define MOST_OF_LINE 2

/* What the solver says is off by less */
#define ROUNDING 1e-7

/* A cell that may be taken next */
typedef struct Neighbor
{
	pairingheap_node node;
	bool		is_waiting;
	int64		distance;
} Neighbor;

/* The nearest first, then the first key */
static int
CompareNeighbors(const pairingheap_node *a, const pairingheap_node *b, void *argument pg_attribute_unused())
{
	const Neighbor *first = pairingheap_const_container(Neighbor, node, a);
	const Neighbor *second = pairingheap_const_container(Neighbor, node, b);

	if (first->distance != second->distance)
		return first->distance < second->distance ? 1 : -1;
	return first < second ? 1 : -1;
}

/* Room for a zone. */
Zone *
NewZone(const OrderedTable *table)
{
	Zone	   *zone = palloc0(sizeof(Zone));

	zone->table = table;
	zone->cells = AllocateMany(table->n_cells, sizeof(int));
	zone->lines = AllocateMany(table->n_lines, sizeof(int));
	zone->place = AllocateMany(table->n_cells, sizeof(int));
	for (int i = 0; i < table->n_cells; i++)
		zone->place[i] = -1;
	zone->price = AllocateMany(table->n_cells, sizeof(double));
	zone->neighbors = AllocateMany(table->n_cells, sizeof(Neighbor));
	zone->is_listed = AllocateMany(table->n_lines, sizeof(bool));
	zone->nearest = pairingheap_allocate(CompareNeighbors, NULL);
	return zone;
}

static void
Clear(Zone *zone)
{
	for (int i = 0; i < zone->n_cells; i++)
		zone->place[zone->cells[i]] = -1;
	for (int i = 0; i < zone->n_lines; i++)
		zone->is_listed[zone->lines[i]] = false;
	zone->n_cells = 0;
	zone->n_lines = 0;
	zone->is_all = true;
}

static void
ReachCell(Zone *zone, int cell, int64 distance)
{
	Neighbor   *neighbor = &zone->neighbors[cell];

	if (zone->place[cell] >= 0 || (neighbor->is_waiting && neighbor->distance <= distance))
		return;
	if (neighbor->is_waiting)
		pairingheap_remove(zone->nearest, &neighbor->node);
	neighbor->is_waiting = true;
	neighbor->distance = distance;
	pairingheap_add(zone->nearest, &neighbor->node);
}

/* The first part of a line that does not come before a cell */
static int
FindPart(const OrderedTable *table, int line, int cell)
{
	int			low = table->first_part[line];
	int			high = table->first_part[line + 1];

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (table->parts[middle] < cell)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * Reach the other cells of a line; the more there are, and the later their keys follow, the
 * further. So a zone has all of a few parts of a long line rather than a little of all. A line
 * of very many hands on some only.
 */
static void
FollowLine(Zone *zone, const bool *belongs, int line, int cell, int most)
{
	const OrderedTable *table = zone->table;
	int			total = table->total[line];
	int			first = table->first_part[line];
	int			n_parts = table->first_part[line + 1] - first;
	int			start = FindPart(table, line, cell) - first;
	int			n_found = 0;
	int			n_passed = 0;
	int			n_reached = 0;
	int64		distance;

	while (n_passed < n_parts && n_found < most)
		n_found += belongs[table->parts[first + (start + n_passed++) % n_parts]];
	zone->is_all &= n_passed == n_parts;
	distance = zone->neighbors[cell].distance + n_found;
	for (int i = 0; i < n_passed; i++)
	{
		int			part = table->parts[first + (start + i) % n_parts];

		if (belongs[part])
			ReachCell(zone, part, distance + (int64) n_reached++ * n_found / STEPS);
	}
	if (belongs[total])
		ReachCell(zone, total, distance);
}

static void
AddCell(Zone *zone, int cell)
{
	zone->place[cell] = zone->n_cells;
	zone->cells[zone->n_cells++] = cell;
}

/* List a line; false if it is listed */
static bool
ListLine(Zone *zone, int line)
{
	if (zone->is_listed[line])
		return false;
	zone->is_listed[line] = true;
	zone->lines[zone->n_lines++] = line;
	return true;
}

static void
TakeCell(Zone *zone, const bool *belongs, int cell, int most)
{
	const OrderedTable *table = zone->table;

	AddCell(zone, cell);
	for_each_line(table, cell, i)
	{
		if (ListLine(zone, table->lines[i]))
			FollowLine(zone, belongs, table->lines[i], cell, most);
	}
}

/* The cells nearest to one, of those that belong: as many as the limit, or all there are. */
void
GrowZone(Zone *zone, const bool *belongs, int center, int limit)
{
	Clear(zone);
	ReachCell(zone, center, 0);
	while (!pairingheap_is_empty(zone->nearest))
	{
		Neighbor   *nearest = pairingheap_container(Neighbor, node, pairingheap_remove_first(zone->nearest));

		nearest->is_waiting = false;
		if (zone->n_cells < limit)
			TakeCell(zone, belongs, nearest - zone->neighbors, Max(limit / LIMIT_SHARE, 1));
		else
			zone->is_all = false;
	}
}

/* ---- where a cell is held ---- */

/* Add what a line holds to the prices of its cells, or set these back to 0 */
static void
PriceLine(Zone *zone, int line, double multiplier, bool is_added)
{
	const OrderedTable *table = zone->table;
	int			total = table->total[line];

	for_each_part(table, line, i)
		zone->price[table->parts[i]] = is_added ? zone->price[table->parts[i]] - multiplier : 0;
	zone->price[total] = is_added ? zone->price[total] + multiplier : 0;
}

static void
PriceCells(Zone *zone, const Hold *hold, bool is_added)
{
	for (int i = 0; i < hold->n_lines; i++)
	{
		if (fabs(hold->multipliers[i]) > ROUNDING)
			PriceLine(zone, zone->lines[i], hold->multipliers[i], is_added);
	}
}

/* How many of the zone's lines a cell is in, if it would help; or 0 */
static int
HelpOf(const Zone *zone, const bool *belongs, const OrderedMeasure *measure, int cell)
{
	const OrderedTable *table = zone->table;
	int			n = 0;

	if (zone->place[cell] >= 0 || !belongs[cell] ||
		!((zone->price[cell] < -ROUNDING && RoomAbove(measure, cell) > 0) ||
		  (zone->price[cell] > ROUNDING && RoomBelow(measure, cell) > 0)))
		return 0;
	for_each_line(table, cell, i)
		n += zone->is_listed[table->lines[i]];
	return n;
}

/* The cell of a line that would help and is in most of the zone's lines, or -1 */
static int
HelpOnLine(const Zone *zone, const bool *belongs, const OrderedMeasure *measure, int line)
{
	const OrderedTable *table = zone->table;
	int			helpful = table->total[line];
	int			most = HelpOf(zone, belongs, measure, helpful);

	for_each_part(table, line, i)
	{
		int			help = HelpOf(zone, belongs, measure, table->parts[i]);

		if (help <= most)
			continue;
		most = help;
		helpful = table->parts[i];
	}
	return most > 0 ? helpful : -1;
}

/*
 * Take some of the cells that would help where a cell is held: of those that belong, a few of each line that holds it.
 * Whether there are any; if not, none does that is not in the zone, be it in fractions. (Sifting: Bixby, Gregory, Lustig,
 * Marsten & Shanno 1992.)
 */
bool
ExtendZone(Zone *zone, const bool *belongs, const OrderedMeasure *measure, const Hold *hold)
{
	const OrderedTable *table = zone->table;
	int			n_cells = zone->n_cells;

	PriceCells(zone, hold, true);
	for (int i = 0; i < hold->n_lines; i++)
	{
		for (int j = 0; j < MOST_OF_LINE && fabs(hold->multipliers[i]) > ROUNDING; j++)
		{
			int			cell = HelpOnLine(zone, belongs, measure, zone->lines[i]);

			if (cell < 0)
				break;
			AddCell(zone, cell);
			for_each_line(table, cell, k)
				ListLine(zone, table->lines[k]);
		}
	}
	PriceCells(zone, hold, false);
	return zone->n_cells > n_cells;
}
