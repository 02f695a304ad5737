/*
 * repair.c
 *		Which cells to hide so that a cell is not known too well.
 *
 * The cell is moved as far as is asked, every line is kept, and what cannot fall below its
 * least does not: of all ways to do that the one whose cells cost least to hide, each by how
 * far it is moved, is a linear programme (Kelly, Golden & Assad 1992). The cells that it moves
 * are hidden.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "disclosure/lp.h"
#include "miscadmin.h"
#include "suppression/repair.h"
#include "utils/memutils.h"

/* Cells among which a way is looked for first; if there is none, so many times more */
#define FIRST_LIMIT 96
#define NEXT_LIMIT 4

/* Costs of moving a cell by 1: one that is hidden anyway, the cheapest of the others, the dearest */
#define OF_HIDDEN 1
#define OF_CHEAPEST 1000
#define OF_DEAREST 1000000000

/* Less is rounding */
#define TOLERANCE 1e-6

/*
 * The programme: how far each cell of a zone rises, and then how far each falls
 */
typedef struct Moves
{
	const Cover *cover;
	const Zone *zone;
	const OrderedMeasure *measure;
	Component  *component;
	Program    *program;
	Region	   *region;
	Term	   *costs;
	double	   *values;
} Moves;

/* A way to move the cell */
typedef struct Way
{
	int64		reach;			/* how far */
	double		price;			/* of the cells to hide */
	int			n_cells;
	int		   *cells;
} Way;

/* Each line is kept: what its parts rise less what they fall is what its total does */
static void
DescribeLine(const Zone *zone, int line, Fact *fact)
{
	const OrderedTable *table = zone->table;
	int			total = table->total[line];
	int			n_parts = table->first_part[line + 1] - table->first_part[line];

	fact->is_exact = true;
	fact->terms = palloc(2 * (n_parts + 1) * sizeof(Term));
	for_each_part(table, line, i)
	{
		int			place = zone->place[table->parts[i]];

		if (place < 0)
			continue;
		fact->terms[fact->n_terms++] = (Term) {place, 1};
		fact->terms[fact->n_terms++] = (Term) {zone->n_cells + place, -1};
	}
	if (zone->place[total] >= 0)
	{
		fact->terms[fact->n_terms++] = (Term) {zone->place[total], -1};
		fact->terms[fact->n_terms++] = (Term) {zone->n_cells + zone->place[total], 1};
	}
}

static System *
DescribeMoves(const Zone *zone, const OrderedMeasure *measure)
{
	System	   *system = palloc0(sizeof(System));
	int			n = zone->n_cells;

	system->n_unknowns = 2 * n;
	system->unknowns = palloc(2 * n * sizeof(Unknown));
	for (int i = 0; i < n; i++)
	{
		int			cell = zone->cells[i];

		system->unknowns[i] = (Unknown) {
			.upper = Min(RoomAbove(measure, cell), LargestShift(measure)), .rule_lower = NO_LOWER_BOUND, .rule_upper = NO_UPPER_BOUND
		};
		system->unknowns[n + i] = (Unknown) {
			.upper = Min(RoomBelow(measure, cell), LargestShift(measure)), .rule_lower = NO_LOWER_BOUND, .rule_upper = NO_UPPER_BOUND
		};
	}
	system->n_facts = zone->n_lines;
	system->facts = palloc0(zone->n_lines * sizeof(Fact));
	for (int i = 0; i < zone->n_lines; i++)
		DescribeLine(zone, zone->lines[i], &system->facts[i]);
	return system;
}

/* What it costs to move a cell by 1, in whole numbers */
static int64
CostOf(const Cover *cover, int cell, bool is_hidden_cheap)
{
	const OrderedTable *table = cover->table;

	if (cover->is_hidden[cell])
		return is_hidden_cheap ? OF_HIDDEN : OF_CHEAPEST;
	return OF_HIDDEN + (int64) rint(Min(table->cost[cell] / table->cheapest * OF_CHEAPEST, OF_DEAREST));
}

static Moves *
StartMoves(const Cover *cover, const Evidence *evidence, int measure, bool is_hidden_cheap)
{
	Moves	   *moves = palloc0(sizeof(Moves));
	const Zone *zone = evidence->zone;
	int			n = zone->n_cells;
	System	   *system;

	moves->cover = cover;
	moves->zone = zone;
	moves->measure = &cover->table->measures[measure];
	system = DescribeMoves(zone, moves->measure);

	/* A zone hangs together, so it is one component, with the same order of unknowns */
	moves->component = BuildComponent(system, FindComponents(system), 0);
	moves->program = OpenProgram(moves->component);
	moves->region = NonnegRegion(moves->component);
	moves->values = palloc(2 * n * sizeof(double));
	moves->costs = palloc(2 * n * sizeof(Term));
	for (int i = 0; i < n; i++)
	{
		int64		cost = CostOf(cover, zone->cells[i], is_hidden_cheap);

		moves->costs[i] = (Term) {i, cost};
		moves->costs[n + i] = (Term) {n + i, cost};
	}
	return moves;
}

/* What a person knows stays where it is */
static void
HoldPerson(Moves *moves, const int *people, int person)
{
	const Zone *zone = moves->zone;

	for (int i = 0; i < zone->n_cells; i++)
	{
		if (people[zone->cells[i]] == person)
			moves->region->upper[i] = moves->region->upper[zone->n_cells + i] = 0;
	}
}

/* Take the cells that are moved and not yet hidden */
static void
TakeCells(const Moves *moves, Way *way)
{
	const Zone *zone = moves->zone;
	int			n = zone->n_cells;

	ReadValues(moves->program, moves->values);
	way->cells = palloc(n * sizeof(int));
	for (int i = 0; i < n; i++)
	{
		int			cell = zone->cells[i];

		if (fabs(moves->values[i] - moves->values[n + i]) <= TOLERANCE || moves->cover->is_hidden[cell])
			continue;
		way->cells[way->n_cells++] = cell;
		way->price += moves->cover->table->cost[cell];
	}
}

/* Find the cheapest way in which one variable, a cell's rise or its fall, comes as near as it can to what is asked */
static Way
FindWay(const Moves *moves, int moved, int held, int64 asked)
{
	Region	   *region = CopyRegion(moves->component, moves->region);
	Term		objective = {moved, -1};
	Way			way = {0};

	region->upper[held] = 0;
	region->upper[moved] = Min(region->upper[moved], asked);
	if (region->upper[moved] <= 0 ||
		Minimize(moves->program, region, &objective, 1) != OPTIMAL)
		return way;
	ReadValues(moves->program, moves->values);
	way.reach = (int64) floor(moves->values[moved] + TOLERANCE);
	region->lower[moved] = region->upper[moved] = way.reach;
	if (way.reach <= 0 ||
		Minimize(moves->program, region, moves->costs, 2 * moves->zone->n_cells) != OPTIMAL)
		return (Way) {0};
	TakeCells(moves, &way);
	return way;
}

/* Hide the cells of a way, and what their lines ask for then; whether there are any */
static bool
Follow(Cover *cover, const Way *way)
{
	bool		is_any = false;

	for (int i = 0; i < way->n_cells; i++)
	{
		/* another way may have hidden it */
		if (cover->is_hidden[way->cells[i]])
			continue;
		Hide(cover, way->cells[i]);
		is_any = true;
	}
	FillLines(cover);
	return is_any;
}

/* Look for a way in the zone, up or down or both, and follow it; whether that hides anything */
static bool
RepairInZone(Cover *cover, const Evidence *evidence, int measure, int cell, bool is_hidden_cheap)
{
	const Shown *shown = &evidence->shown[measure][cell];
	Moves	   *moves = StartMoves(cover, evidence, measure, is_hidden_cheap);
	int			rise = evidence->zone->place[cell];
	int			fall = evidence->zone->n_cells + rise;
	int64		asked = AskedWidth(moves->measure, cell);
	bool		is_known = shown->fall + shown->rise >= asked;
	bool		is_enough_up;
	bool		is_enough_down;
	Way			up;
	Way			down;

	if (is_known)
	{
		/* By a person: to move at all is enough, but without hers */
		HoldPerson(moves, evidence->people[measure], shown->person);
		up = FindWay(moves, rise, fall, 1);
		down = FindWay(moves, fall, rise, 1);
		is_enough_up = up.reach > 0;
		is_enough_down = down.reach > 0;
	}
	else
	{
		up = FindWay(moves, rise, fall, asked - shown->fall);
		down = FindWay(moves, fall, rise, asked - shown->rise);
		is_enough_up = up.reach + shown->fall >= asked;
		is_enough_down = down.reach + shown->rise >= asked;
	}
	if (is_enough_up && (!is_enough_down || up.price <= down.price))
		return Follow(cover, &up);
	if (is_enough_down)
		return Follow(cover, &down);
	if (up.reach + down.reach < asked)
		return false;
	Follow(cover, &up);
	return Follow(cover, &down) || up.n_cells > 0;
}

/* Hide what it takes so that a cell is not known too well; false if nothing that may be hidden does that. */
bool
Repair(Cover *cover, Evidence *evidence, int measure, int cell)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "gapstats repair", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	bool		is_done = false;

	for (int64 limit = FIRST_LIMIT; !is_done; limit *= NEXT_LIMIT)
	{
		CHECK_FOR_INTERRUPTS();
		GrowZone(evidence->zone, cover->table->may_hide, cell, Min(limit, PG_INT32_MAX));
		/* Where a way through hidden cells was no whole one, those that are not hidden must do */
		is_done = RepairInZone(cover, evidence, measure, cell, true) ||
			RepairInZone(cover, evidence, measure, cell, false);
		MemoryContextReset(scratch);
		if (evidence->zone->is_all)
			break;
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return is_done;
}
