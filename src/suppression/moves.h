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
 * The programme: how far each cell of the core rises, and then how far each falls
 */
typedef struct Moves
{
	const Zone *core;
	const OrderedMeasure *measure;
	Component  *component;
	Program    *program;		/* not before it is needed */
	Region	   *region;			/* of what anybody knows */
	Term	   *costs;			/* of moving by 1 */
	double	   *values;			/* what was found last */
} Moves;

extern Moves *StartMoves(const Zone *core, const OrderedMeasure *measure);
extern bool CanMove(const Zone *core, const OrderedMeasure *measure, int cell, int direction, Hold *hold);
extern void ReadHold(const Zone *core, Program *program, void (*read) (Program *program, double *multipliers), Hold *hold);
extern void SetMoveCost(Moves *moves, int place, int64 cost);
extern double FarthestMove(Moves *moves, int cell, int direction, int64 asked, Hold *hold);
extern bool CheapestMove(Moves *moves, int cell, int direction, int64 shift, Hold *hold);

/* How far a cell is moved in what was found last */
static inline double
MoveOf(const Moves *moves, int place)
{
	return moves->values[place] - moves->values[moves->core->n_cells + place];
}

#endif							/* GAPSTATS_MOVES_H */
