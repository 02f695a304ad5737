/*
 * moves.h
 *		What has to move so that a cell of a zone does.
 *
 * Every line is kept, and nothing moves further than anybody knows that it can. Of all ways to
 * move the cell the cheapest is a linear programme; it moves few others.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_MOVES_H
#define GAPSTATS_MOVES_H

#include "disclosure/lp.h"
#include "suppression/zone.h"

/*
 * The programme: how far each cell of the zone rises, and then how far each falls
 */
typedef struct Moves
{
	const Zone *zone;
	Component  *component;
	Program    *program;
	Region	   *region;			/* of what anybody knows; less where something is held */
	Term	   *costs;			/* of moving by 1 */
	double	   *values;			/* what was found last */
} Moves;

extern Moves *StartMoves(const Zone *zone, const OrderedMeasure *measure);
extern void ReadHold(const Zone *zone, Program *program, void (*read) (Program *program, double *multipliers), Hold *hold);
extern void SetMoveCost(Moves *moves, int place, int64 cost);
extern void HoldCell(Moves *moves, int place);
extern void LetCellMove(Moves *moves, int place, int64 fall, int64 rise);
extern double FarthestMove(Moves *moves, int place, int direction, int64 asked, Hold *hold);
extern bool CheapestMove(Moves *moves, int place, int direction, int64 shift, Hold *hold);

/* How far a cell is moved in what was found last */
static inline double
MoveOf(const Moves *moves, int place)
{
	return moves->values[place] - moves->values[moves->zone->n_cells + place];
}

#endif							/* GAPSTATS_MOVES_H */
