/*
 * moves.c
 *		What has to move so that a cell of a zone does.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "suppression/moves.h"

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

/* The moves of a zone, in which each costs the same. */
Moves *
StartMoves(const Zone *zone, const OrderedMeasure *measure)
{
	Moves	   *moves = palloc0(sizeof(Moves));
	System	   *system = DescribeMoves(zone, measure);

	moves->zone = zone;

	/* A zone hangs together, so it is one component, with the same order of unknowns */
	moves->component = BuildComponent(system, FindComponents(system), 0);
	moves->program = OpenProgram(moves->component);
	moves->region = NonnegRegion(moves->component);
	moves->values = palloc(2 * zone->n_cells * sizeof(double));
	moves->costs = palloc(2 * zone->n_cells * sizeof(Term));
	for (int i = 0; i < zone->n_cells; i++)
		SetMoveCost(moves, i, 1);
	return moves;
}

void
SetMoveCost(Moves *moves, int place, int64 cost)
{
	int			n = moves->zone->n_cells;

	moves->costs[place] = (Term) {place, cost};
	moves->costs[n + place] = (Term) {n + place, cost};
}

/* How far a cell may fall, and rise. */
void
LetCellMove(Moves *moves, int place, int64 fall, int64 rise)
{
	moves->region->upper[place] = rise;
	moves->region->upper[moves->zone->n_cells + place] = fall;
}

/* A cell stays where it is. */
void
HoldCell(Moves *moves, int place)
{
	LetCellMove(moves, place, 0, 0);
}

/* The region in which a cell moves only in one direction, 1 or -1, and by so much at most; false if it does not at all */
static bool
RegionOf(const Moves *moves, int place, int direction, int64 most, Region **region, int *moved)
{
	int			n = moves->zone->n_cells;

	*moved = direction > 0 ? place : n + place;
	if (most <= 0 || moves->region->upper[*moved] <= 0)
		return false;
	*region = CopyRegion(moves->component, moves->region);
	(*region)->upper[direction > 0 ? n + place : place] = 0;
	(*region)->upper[*moved] = Min((*region)->upper[*moved], most);
	return true;
}

/* What holds a cell of a zone, of a programme whose forms are the zone's lines: its multipliers, or those of a contradiction. */
void
ReadHold(const Zone *zone, Program *program, void (*read) (Program *program, double *multipliers), Hold *hold)
{
	hold->n_lines = zone->n_lines;
	hold->multipliers = palloc(hold->n_lines * sizeof(double));
	read(program, hold->multipliers);
}

/* How far a cell can be moved up (direction 1) or down (-1), at most as far as is asked; and what holds it, if that is not as far. */
double
FarthestMove(Moves *moves, int place, int direction, int64 asked, Hold *hold)
{
	Region	   *region;
	Term		objective = {0, -1};
	double		farthest = 0;

	*hold = (Hold) {0};
	if (!RegionOf(moves, place, direction, asked, &region, &objective.unknown))
		return 0;
	if (Minimize(moves->program, region, &objective, 1) == OPTIMAL)
	{
		ReadValues(moves->program, moves->values);
		farthest = moves->values[objective.unknown];
		if (farthest < asked)
			ReadHold(moves->zone, moves->program, ReadMultipliers, hold);
	}
	FreeRegion(region);
	return farthest;
}

/* The cheapest way to move a cell so far; false if there is none, and what holds it. */
bool
CheapestMove(Moves *moves, int place, int direction, int64 shift, Hold *hold)
{
	Region	   *region;
	int			moved;
	Outcome		outcome = FAILED;

	*hold = (Hold) {0};
	if (!RegionOf(moves, place, direction, shift, &region, &moved))
		return false;
	region->lower[moved] = shift;
	if (region->upper[moved] == shift)
		outcome = Minimize(moves->program, region, moves->costs, 2 * moves->zone->n_cells);
	if (outcome == OPTIMAL)
		ReadValues(moves->program, moves->values);
	else if (outcome == INFEASIBLE)
		ReadHold(moves->zone, moves->program, ReadContradiction, hold);
	FreeRegion(region);
	return outcome == OPTIMAL;
}
