/*
 * vicinity.h
 *		Hidden numbers that hang together, by themselves.
 *
 * All others of the component stay where a table has them that fits all facts: so a table of those in it
 * fits all facts as well. Where the solver's multipliers say that others would help, these are added; where none
 * would, they prove of the whole component what they prove of the vicinity.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_VICINITY_H
#define GAPSTATS_VICINITY_H

#include "disclosure/range.h"

typedef struct Vicinity
{
	Solution   *all;			/* of the component, which has a table and narrowed bounds */
	int			n_unknowns;
	int		   *unknowns;		/* of the component, as they were added */
	int		   *place;			/* of each unknown of the component among these, or -1 */
	int		   *first_form;		/* that came with each of these */
	int			n_forms;
	int		   *forms;			/* all that are about them */
	int		   *form_place;
	int			n_beside;
	int		   *beside;			/* unknowns that a form is about, those in it among them */
	int		   *n_new;			/* of these: forms about them that are not in the vicinity; of others -1 */
	double	   *price;			/* of each unknown; 0 but while prices are looked at */

	MemoryContext context;		/* of what follows, which is what was in the vicinity when it was built */
	MemoryContext spare;		/* in which it is built anew */
	const Component *component;
	Solution   *moved;
} Vicinity;

extern void StartVicinity(Vicinity *near, Solution *all);
extern void EndVicinity(Vicinity *near);
extern void Surround(Vicinity *near, int center, int size);
extern void BuildVicinity(Vicinity *near);
extern void RebuildVicinity(Vicinity *near, RangeKind kind);
extern bool Widen(Vicinity *near, RangeKind kind);
extern bool ProveByVicinity(Vicinity *near, RangeKind kind, int unknown, int direction, Rational *bound);
extern void TellSeen(const Vicinity *near);

#endif							/* GAPSTATS_VICINITY_H */
