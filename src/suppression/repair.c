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

/* Cells among which a way is looked for first; then among more where the cell is held, or if it is not, so many times more */
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
	bool		is_enough;
	Hold		hold;			/* what keeps it from moving farther, if it is not */
	int64	   *shifts;			/* of the cells of the zone, rounded */
	double		price;			/* of those to hide */
	int			n_cells;
	int		   *cells;
} Way;

/* Up, and down */
typedef struct Ways
{
	Way			up;
	Way			down;
} Ways;

/* What it costs to move a cell by 1, in whole numbers */
static int64
CostOf(const Cover *cover, int cell, bool is_hidden_cheap)
{
	const OrderedTable *table = cover->table;

	if (cover->is_hidden[cell])
		return is_hidden_cheap ? OF_HIDDEN : OF_CHEAPEST;
	return OF_HIDDEN + (int64) rint(Min(table->cost[cell] / table->cheapest * OF_CHEAPEST, OF_DEAREST));
}

/* What it costs to move each cell, by what it costs to hide it */
static void
SetCosts(Moves *moves, const Cover *cover, bool is_hidden_cheap)
{
	for (int i = 0; i < moves->core->n_cells; i++)
		SetMoveCost(moves, i, CostOf(cover, moves->core->cells[i], is_hidden_cheap));
}

/* Take the cells that are moved and not yet hidden */
static void
TakeCells(const Cover *cover, const Moves *moves, Way *way)
{
	const Zone *core = moves->core;

	way->shifts = palloc0(core->of->n_cells * sizeof(int64));
	way->cells = palloc(core->n_cells * sizeof(int));
	for (int i = 0; i < core->n_cells; i++)
	{
		int			cell = core->cells[i];

		way->shifts[core->of->place[cell]] = (int64) rint(MoveOf(moves, i));
		if (fabs(MoveOf(moves, i)) <= TOLERANCE || cover->is_hidden[cell])
			continue;
		way->cells[way->n_cells++] = cell;
		way->price += cover->table->cost[cell];
	}
}

/* How near a cell comes to what is asked, up (direction 1) or down (-1) */
static Way
FindReach(Moves *moves, int cell, int direction, int64 asked)
{
	Way			way = {0};

	way.reach = (int64) floor(FarthestMove(moves, cell, direction, asked, &way.hold) + TOLERANCE);
	way.is_enough = way.reach >= asked;
	return way;
}

/* Find the cheapest way in which it does */
static void
FindCells(const Cover *cover, Moves *moves, int cell, int direction, Way *way)
{
	Hold		hold;

	if (way->reach > 0 && CheapestMove(moves, cell, direction, way->reach, &hold))
		TakeCells(cover, moves, way);
	else
		*way = (Way) {0};
}

/* Hide the cells of a way, and what their lines ask for then; or if all are hidden, note that it is one. Whether that changes anything. */
static bool
Follow(Cover *cover, Evidence *evidence, int measure, const Way *way)
{
	bool		is_any = false;

	if (way->n_cells == 0)
		return TakeTable(evidence, measure, way->shifts);
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

/* Whether ways lead far enough, be it both together */
static bool
AreEnough(const Ways *ways, int64 asked)
{
	return ways->up.is_enough || ways->down.is_enough || ways->up.reach + ways->down.reach >= asked;
}

/* Find the cheapest ways in a zone, and follow one, or both; whether that hides anything */
static bool
FollowCheapest(Cover *cover, Evidence *evidence, Moves *moves, int measure, int cell, int64 asked, Ways ways)
{
	Way		   *up = &ways.up;
	Way		   *down = &ways.down;
	bool		is_changed;

	FindCells(cover, moves, cell, 1, up);
	FindCells(cover, moves, cell, -1, down);
	if (up->is_enough && (!down->is_enough || up->price <= down->price))
		return Follow(cover, evidence, measure, up);
	if (down->is_enough)
		return Follow(cover, evidence, measure, down);
	if (up->reach + down->reach < asked)
		return false;
	is_changed = Follow(cover, evidence, measure, up);
	return Follow(cover, evidence, measure, down) || is_changed;
}

/* Look for a way in the zone, up or down or both, and follow it; whether that hides anything */
static bool
RepairInZone(Cover *cover, Evidence *evidence, int measure, int cell, Ways *ways)
{
	const Examples *examples = evidence->examples[measure];
	const Shown *shown = &examples->shown[cell];
	const OrderedMeasure *of_measure = &cover->table->measures[measure];
	bool	   *stays = palloc0(evidence->zone->n_cells * sizeof(bool));
	int64		asked = AskedWidth(of_measure, cell);
	bool		is_known = shown->fall + shown->rise >= asked;
	Moves	   *moves;

	/* Known by a person: to move at all is enough, but without hers */
	for (int i = 0; i < evidence->zone->n_cells && is_known; i++)
		stays[i] = examples->people[evidence->zone->cells[i]] == evidence->safety[measure][cell].person;
	FindCore(evidence->zone, evidence->core, stays);
	moves = StartMoves(evidence->core, of_measure);
	ways->up = FindReach(moves, cell, 1, is_known ? 1 : asked - shown->fall);
	ways->down = FindReach(moves, cell, -1, is_known ? 1 : asked - shown->rise);
	if (!AreEnough(ways, asked))
		return false;

	/* Where a way through hidden cells was no whole one, those that are not hidden must do */
	SetCosts(moves, cover, true);
	if (FollowCheapest(cover, evidence, moves, measure, cell, asked, *ways))
		return true;
	SetCosts(moves, cover, false);
	return FollowCheapest(cover, evidence, moves, measure, cell, asked, *ways);
}

/* Take more cells into the zone; false if no more would help */
static bool
LookWider(const Cover *cover, Zone *zone, int measure, int cell, const Ways *ways, int64 *limit)
{
	const OrderedTable *table = cover->table;
	bool		is_wider;

	if (ways->up.hold.n_lines > 0 || ways->down.hold.n_lines > 0)
	{
		is_wider = ExtendZone(zone, table->may_hide, &table->measures[measure], &ways->up.hold);
		return ExtendZone(zone, table->may_hide, &table->measures[measure], &ways->down.hold) || is_wider;
	}
	is_wider = !zone->is_all;
	*limit *= NEXT_LIMIT;
	GrowZone(zone, table->may_hide, cell, Min(*limit, PG_INT32_MAX));
	return is_wider;
}

/* Hide what it takes so that a cell is not known too well; false if nothing that may be hidden does that. */
bool
Repair(Cover *cover, Evidence *evidence, int measure, int cell)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "gapstats repair", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	int64		limit = FIRST_LIMIT;
	bool		is_done;
	Ways		ways;

	GrowZone(evidence->zone, cover->table->may_hide, cell, limit);
	do
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(scratch);
		is_done = RepairInZone(cover, evidence, measure, cell, &ways);
	} while (!is_done && LookWider(cover, evidence->zone, measure, cell, &ways, &limit));
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return is_done;
}
