/*
 * truth.h
 *		The true numbers of a table that is to be published.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_TRUTH_H
#define GAPSTATS_TRUTH_H

#include "disclosure/facts.h"

/*
 * What can be counted is known in every cell, those without a row among them. Means whose sums
 * are no measure are as they were given; the sums are known if they follow and add up.
 */
typedef struct Truth
{
	Facts	   *facts;
	Number	   *given;			/* one a field, for each cell that is listed */
	bool	   *has_sums;		/* of each quantity: whether the sums behind a mean are known */
} Truth;

extern void DescribeTruth(Description *description);
extern Truth *FindTruth(Cells *cells, Lines *lines);
extern bool IsTrueKnown(const Truth *truth, int quantity);
extern bool HasTrueSteps(const Truth *truth, int quantity);
extern int64 TrueSteps(const Truth *truth, int quantity, int cell);
extern Number GivenNumber(const Truth *truth, int field, int cell);

#endif							/* GAPSTATS_TRUTH_H */
