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

#include "miscadmin.h"
#include "suppression/moves.h"
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

/* A way to move the cell */
typedef struct Way
{
	int64		reach;			/* how far */
	double		price;			/* of the cells to hide */
	int			n_cells;
	int		   *cells;
} Way;

/* What it costs to move a cell by 1, in whole numbers */
static int64
CostOf(const Cover *cover, int cell, bool is_hidden_cheap)
{
	const OrderedTable *table = cover->table;

	if (cover->is_hidden[cell])
		return is_hidden_cheap ? OF_HIDDEN : OF_CHEAPEST;
	return OF_HIDDEN + (int64) rint(Min(table->cost[cell] / table->cheapest * OF_CHEAPEST, OF_DEAREST));
}

/* The moves of the zone, at what it costs to hide the cells */
static Moves *
StartRepair(const Cover *cover, const Evidence *evidence, int measure, bool is_hidden_cheap)
{
	const Zone *zone = evidence->zone;
	Moves	   *moves = StartMoves(zone, &cover->table->measures[measure]);

	for (int i = 0; i < zone->n_cells; i++)
		SetMoveCost(moves, i, CostOf(cover, zone->cells[i], is_hidden_cheap));
	return moves;
}

/* What a person knows stays where it is */
static void
HoldPerson(Moves *moves, const int *people, int person)
{
	for (int i = 0; i < moves->zone->n_cells; i++)
	{
		if (people[moves->zone->cells[i]] == person)
			HoldCell(moves, i);
	}
}

/* Take the cells that are moved and not yet hidden */
static void
TakeCells(const Cover *cover, const Moves *moves, Way *way)
{
	const Zone *zone = moves->zone;

	way->cells = palloc(zone->n_cells * sizeof(int));
	for (int i = 0; i < zone->n_cells; i++)
	{
		int			cell = zone->cells[i];

		if (fabs(MoveOf(moves, i)) <= TOLERANCE || cover->is_hidden[cell])
			continue;
		way->cells[way->n_cells++] = cell;
		way->price += cover->table->cost[cell];
	}
}

/* Find the cheapest way in which a cell moves up (direction 1) or down (-1) as near as it can to what is asked */
static Way
FindWay(const Cover *cover, Moves *moves, int place, int direction, int64 asked)
{
	Way			way = {0};

	way.reach = (int64) floor(FarthestMove(moves, place, direction, asked) + TOLERANCE);
	if (!CheapestMove(moves, place, direction, way.reach))
		return (Way) {0};
	TakeCells(cover, moves, &way);
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
	const Examples *examples = evidence->examples[measure];
	const Shown *shown = &examples->shown[cell];
	Moves	   *moves = StartRepair(cover, evidence, measure, is_hidden_cheap);
	int			place = evidence->zone->place[cell];
	int64		asked = AskedWidth(&cover->table->measures[measure], cell);
	bool		is_known = shown->fall + shown->rise >= asked;
	bool		is_enough_up;
	bool		is_enough_down;
	Way			up;
	Way			down;

	if (is_known)
	{
		/* By a person: to move at all is enough, but without hers */
		HoldPerson(moves, examples->people, evidence->safety[measure][cell].person);
		up = FindWay(cover, moves, place, 1, 1);
		down = FindWay(cover, moves, place, -1, 1);
		is_enough_up = up.reach > 0;
		is_enough_down = down.reach > 0;
	}
	else
	{
		up = FindWay(cover, moves, place, 1, asked - shown->fall);
		down = FindWay(cover, moves, place, -1, asked - shown->rise);
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
