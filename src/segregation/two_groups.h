/*
 * two_groups.h
 *		How two groups are divided over units.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_TWO_GROUPS_H
#define GAPSTATS_TWO_GROUPS_H

#include "base/result_row.h"

/* The indices, and what they would be at random */
typedef struct TwoGroups
{
	double		dissimilarity;
	double		dissimilarity_expected;
	double		variance_ratio;
	double		variance_ratio_expected;
	double		theil_h;
	double		theil_h_expected;
} TwoGroups;

extern TwoGroups CompareTwoGroups(const int64 *a, const int64 *b, int n_units);
extern void AddTwoGroups(ResultRow *row, TwoGroups two);

#endif							/* GAPSTATS_TWO_GROUPS_H */
