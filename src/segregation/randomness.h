/*
 * randomness.h
 *		What a cell would be if students were in units at random.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_RANDOMNESS_H
#define GAPSTATS_RANDOMNESS_H

/* The margins of a cell */
typedef struct Margins
{
	int64		unit;			/* students of the unit */
	int64		group;			/* students of the group */
	int64		all;
} Margins;

extern double ExpectedDivergence(Margins margins);
extern double ExpectedExcess(Margins margins);

#endif							/* GAPSTATS_RANDOMNESS_H */
