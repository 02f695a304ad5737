/*
 * moves.c
 *		What has to move so that a cell of a zone does.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "suppression/moves.h"

/* In the lines, a cell falls as far as it does not rise */
static void
CountFalls(System *system, int n)
{
	for (int i = 0; i < system->n_facts; i++)
	{
		Fact	   *fact = &system->facts[i];
		int			n_terms = fact->n_terms;

		for (int j = 0; j < n_terms; j++)
			fact->terms[fact->n_terms++] = (Term) {n + fact->terms[j].unknown, -fact->terms[j].coefficient};
	}
}

static System *
DescribeMoves(const Zone *core, const OrderedMeasure *measure)
{
	System	   *system = palloc0(sizeof(System));
	int			n = core->n_cells;

	system->n_unknowns = 2 * n;
	system->unknowns = palloc(2 * n * sizeof(Unknown));
	for (int i = 0; i < n; i++)
	{
		int			cell = core->cells[i];

		system->unknowns[i] = (Unknown) {
			.upper = Min(RoomAbove(measure, cell), LargestShift(measure)), .rule_lower = NO_LOWER_BOUND, .rule_upper = NO_UPPER_BOUND
		};
		system->unknowns[n + i] = (Unknown) {
			.upper = Min(RoomBelow(measure, cell), LargestShift(measure)), .rule_lower = NO_LOWER_BOUND, .rule_upper = NO_UPPER_BOUND
		};
	}
	system->n_facts = core->n_lines;
	system->facts = DescribeLines(core);
	CountFalls(system, n);
	return system;
}

/* The moves of the core of a zone, in which each costs the same. */
Moves *
StartMoves(const Zone *core, const OrderedMeasure *measure)
{
	Moves	   *moves = palloc0(sizeof(Moves));
	System	   *system = DescribeMoves(core, measure);

	moves->core = core;
	moves->measure = measure;
	moves->component = BuildComponent(system, TakeAsOne(system), 0);
	moves->region = NonnegRegion(moves->component);
	moves->values = palloc0(2 * core->n_cells * sizeof(double));
	moves->costs = palloc(2 * core->n_cells * sizeof(Term));
	for (int i = 0; i < core->n_cells; i++)
		SetMoveCost(moves, i, 1);
	return moves;
}

void
SetMoveCost(Moves *moves, int place, int64 cost)
{
	int			n = moves->core->n_cells;

	moves->costs[place] = (Term) {place, cost};
	moves->costs[n + place] = (Term) {n + place, cost};
}

/* How far a cell can move up or down by what anybody knows of it, at most so far */
static int64
RoomOf(const OrderedMeasure *measure, int cell, int direction)
{
	return Min(direction > 0 ? RoomAbove(measure, cell) : RoomBelow(measure, cell), LargestShift(measure));
}

/*
 * The region in which a cell of the core moves only in one direction, 1 or -1, and by so much at
 * most
 */
static Region *
RegionOf(const Moves *moves, int place, int direction, int64 most, int *moved)
{
	Region	   *region = CopyRegion(moves->component, moves->region);
	int			n = moves->core->n_cells;

	*moved = direction > 0 ? place : n + place;
	region->upper[direction > 0 ? n + place : place] = 0;
	region->upper[*moved] = Min(region->upper[*moved], most);
	return region;
}

static Outcome
FindMoves(Moves *moves, const Region *region, const Term *objective, int n_terms)
{
	if (moves->program == NULL)
		moves->program = OpenProgram(moves->component);
	return Minimize(moves->program, region, objective, n_terms);
}

/*
 * What holds a cell in a zone, of a programme whose forms are the lines of its core: its
 * multipliers, or those of a contradiction.
 */
void
ReadHold(const Zone *core, Program *program, void (*read) (Program *program, double *multipliers), Hold *hold)
{
	double	   *multipliers = palloc(core->n_lines * sizeof(double));

	read(program, multipliers);
	SpreadHold(core, multipliers, -1, 0, hold);
	pfree(multipliers);
}

/*
 * Whether a cell may move by what anybody knows of it, and is in the core of a zone. If it is not
 * in that, what holds it.
 */
bool
CanMove(const Zone *core, const OrderedMeasure *measure, int cell, int direction, Hold *hold)
{
	*hold = (Hold) {0};
	if (RoomOf(measure, cell, direction) <= 0)
		return false;
	if (core->place[cell] < 0)
		SpreadHold(core, NULL, cell, -direction, hold);
	return core->place[cell] >= 0;
}

/* How far a cell can be moved up (direction 1) or down (-1), at most as far as is asked; and what holds it, if that is not as far. */
double
FarthestMove(Moves *moves, int cell, int direction, int64 asked, Hold *hold)
{
	Region	   *region;
	Term		objective = {0, -1};
	double		farthest = 0;

	if (!CanMove(moves->core, moves->measure, cell, direction, hold))
		return 0;
	region = RegionOf(moves, moves->core->place[cell], direction, asked, &objective.unknown);
	if (FindMoves(moves, region, &objective, 1) == OPTIMAL)
	{
		ReadValues(moves->program, moves->values);
		farthest = moves->values[objective.unknown];
		if (farthest < asked)
			ReadHold(moves->core, moves->program, ReadMultipliers, hold);
	}
	FreeRegion(region);
	return farthest;
}

/* The cheapest way to move a cell so far; false if there is none, and what holds it. */
bool
CheapestMove(Moves *moves, int cell, int direction, int64 shift, Hold *hold)
{
	Region	   *region;
	int			moved;
	Outcome		outcome = FAILED;

	if (!CanMove(moves->core, moves->measure, cell, direction, hold))
		return false;
	region = RegionOf(moves, moves->core->place[cell], direction, shift, &moved);
	region->lower[moved] = shift;
	if (region->upper[moved] == shift)
		outcome = FindMoves(moves, region, moves->costs, 2 * moves->core->n_cells);
	if (outcome == OPTIMAL)
		ReadValues(moves->program, moves->values);
	else if (outcome == INFEASIBLE)
		ReadHold(moves->core, moves->program, ReadContradiction, hold);
	FreeRegion(region);
	return outcome == OPTIMAL;
}
