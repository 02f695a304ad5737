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

/* Room for cells and lines */
static Zone *
NewPart(const OrderedTable *table)
{
	Zone	   *zone = palloc0(sizeof(Zone));

	zone->table = table;
	zone->cells = AllocateMany(table->n_cells, sizeof(int));
	zone->lines = AllocateMany(table->n_lines, sizeof(int));
	zone->place = AllocateMany(table->n_cells, sizeof(int));
	memset(zone->place, -1, table->n_cells * sizeof(int));
	zone->line_place = AllocateMany(table->n_lines, sizeof(int));
	memset(zone->line_place, -1, table->n_lines * sizeof(int));
	return zone;
}

/* Room for a zone. */
Zone *
NewZone(const OrderedTable *table)
{
	Zone	   *zone = NewPart(table);

	zone->price = AllocateMany(table->n_cells, sizeof(double));
	zone->neighbors = AllocateMany(table->n_cells, sizeof(Neighbor));
	zone->nearest = pairingheap_allocate(CompareNeighbors, NULL);
	return zone;
}

/* Room for the core of a zone. */
Zone *
NewCore(const OrderedTable *table)
{
	Zone	   *core = NewPart(table);

	core->still = AllocateMany(table->n_cells, sizeof(Still));
	return core;
}

static void
Clear(Zone *zone)
{
	for (int i = 0; i < zone->n_cells; i++)
		zone->place[zone->cells[i]] = -1;
	for (int i = 0; i < zone->n_lines; i++)
		zone->line_place[zone->lines[i]] = -1;
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
	if (zone->line_place[line] >= 0)
		return false;
	zone->line_place[line] = zone->n_lines;
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

/* ---- what can move at all ---- */

/* The cells of a line of a zone that are not found to be still */
typedef struct Moving
{
	int			n_cells;
	int			sum;			/* of their places: the place of the only one, if it is */
} Moving;

/*
 * A cell is found to be still; lines in which only one other is not are added to those that hold
 * something
 */
static void
MakeStill(const Zone *zone, Zone *core, Moving *moving, int *holding, int *n_holding, Still still)
{
	const OrderedTable *table = zone->table;
	int			place = zone->place[still.cell];

	core->still[core->n_still++] = still;
	for_each_line(table, still.cell, i)
	{
		int			line = zone->line_place[table->lines[i]];

		moving[line].sum -= place;
		if (--moving[line].n_cells == 1)
			holding[(*n_holding)++] = line;
	}
}

/*
 * The cells of a zone that can move if some (places; NULL for none) stay where they are, as far as
 * each line says, and their lines.
 */
void
FindCore(const Zone *zone, Zone *core, const bool *stays)
{
	const OrderedTable *table = zone->table;
	Moving	   *moving = palloc0(Max(zone->n_lines, 1) * sizeof(Moving));
	int		   *holding = palloc(Max(zone->n_lines, 1) * sizeof(int));
	bool	   *is_still = palloc0(zone->n_cells * sizeof(bool));
	int			n_holding = 0;

	Clear(core);
	core->of = zone;
	core->n_still = 0;
	for (int i = 0; i < zone->n_cells; i++)
	{
		for_each_line(table, zone->cells[i], j)
		{
			Moving	   *line = &moving[zone->line_place[table->lines[j]]];

			line->n_cells++;
			line->sum += i;
		}
	}
	for (int i = 0; i < zone->n_lines; i++)
	{
		if (moving[i].n_cells == 1)
			holding[n_holding++] = i;
	}
	for (int i = 0; i < zone->n_cells && stays != NULL; i++)
	{
		is_still[i] = stays[i];
		if (stays[i])
			MakeStill(zone, core, moving, holding, &n_holding, (Still) {zone->cells[i], -1});
	}
	/* a line comes to one cell only once, and only downwards */
	for (int i = 0; i < n_holding; i++)
	{
		int			place = moving[holding[i]].sum;

		if (moving[holding[i]].n_cells != 1)
			continue;
		is_still[place] = true;
		MakeStill(zone, core, moving, holding, &n_holding, (Still) {zone->cells[place], zone->lines[holding[i]]});
	}
	for (int i = 0; i < zone->n_cells; i++)
	{
		if (!is_still[i])
			AddCell(core, zone->cells[i]);
	}
	for (int i = 0; i < zone->n_lines; i++)
	{
		if (moving[i].n_cells > 0)
			ListLine(core, zone->lines[i]);
	}
	pfree(moving);
	pfree(holding);
	pfree(is_still);
}

/* How a cell is counted in a line of its: parts less total */
static int
SignIn(const OrderedTable *table, int line, int cell)
{
	return table->total[line] == cell ? -1 : 1;
}

/*
 * Each line of a core is kept: by how much its cells are off, parts less total, is 0. There is room
 * for twice the terms.
 */
Fact *
DescribeLines(const Zone *core)
{
	const OrderedTable *table = core->table;
	Fact	   *facts = palloc0(core->n_lines * sizeof(Fact));

	for (int i = 0; i < core->n_cells; i++)
	{
		for_each_line(table, core->cells[i], j)
			facts[core->line_place[table->lines[j]]].n_terms++;
	}
	for (int i = 0; i < core->n_lines; i++)
	{
		facts[i].terms = palloc(2 * facts[i].n_terms * sizeof(Term));
		facts[i].n_terms = 0;
		facts[i].is_exact = true;
	}
	for (int i = 0; i < core->n_cells; i++)
	{
		for_each_line(table, core->cells[i], j)
		{
			Fact	   *fact = &facts[core->line_place[table->lines[j]]];

			fact->terms[fact->n_terms++] = (Term) {i, SignIn(table, table->lines[j], core->cells[i])};
		}
	}
	return facts;
}

/* ---- where a cell is held ---- */

/*
 * What holds a cell in a zone, given what does in its core (NULL if it is not in that), and the
 * cost of moving the cell. To move must be of no use to any cell that is still: what it would be is
 * a line's that holds it.
 */
void
SpreadHold(const Zone *core, const double *multipliers, int cell, int cost, Hold *hold)
{
	const Zone *zone = core->of;
	const OrderedTable *table = zone->table;

	hold->n_lines = zone->n_lines;
	hold->multipliers = palloc0(hold->n_lines * sizeof(double));
	for (int i = 0; i < core->n_lines && multipliers != NULL; i++)
		hold->multipliers[zone->line_place[core->lines[i]]] = multipliers[i];
	for (int i = core->n_still - 1; i >= 0; i--)
	{
		const Still *still = &core->still[i];
		double		use = still->cell == cell ? cost : 0;

		if (still->line < 0)
			continue;
		for_each_line(table, still->cell, j)
			use -= hold->multipliers[zone->line_place[table->lines[j]]] * SignIn(table, table->lines[j], still->cell);
		hold->multipliers[zone->line_place[still->line]] = use / SignIn(table, still->line, still->cell);
	}
}

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
		n += zone->line_place[table->lines[i]] >= 0;
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
