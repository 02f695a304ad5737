/*
 * zone.c
 *		Cells near a cell, and the lines through them.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "suppression/zone.h"

/* A line hands on so many of its cells, for each of this many that a zone can have */
#define LIMIT_SHARE 8

/* In so many steps, one for each cell that it reaches, a line becomes longer by its number of cells */
#define STEPS 4

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
TakeCell(Zone *zone, const bool *belongs, int cell, int most)
{
	const OrderedTable *table = zone->table;

	zone->place[cell] = zone->n_cells;
	zone->cells[zone->n_cells++] = cell;
	for_each_line(table, cell, i)
	{
		int			line = table->lines[i];

		if (zone->is_listed[line])
			continue;
		zone->is_listed[line] = true;
		zone->lines[zone->n_lines++] = line;
		FollowLine(zone, belongs, line, cell, most);
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
