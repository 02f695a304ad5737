/*
 * rate_gap.h
 *		The gap between the rates of two groups: what a row says of it.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_RATE_GAP_H
#define GAPSTATS_RATE_GAP_H

#include "rate/comparison.h"

typedef struct RateGap
{
	Proportion	focal;
	Proportion	reference;
	Estimate	difference;
	Estimate	risk_ratio;
	Estimate	odds_ratio;
	double		z;				/* of the test that the rates are equal */
	const char *reason;			/* NULL where all of it is defined */
} RateGap;

extern RateGap CompareRates(Proportion focal, Proportion reference, double z, bool haldane);
extern RateGap CompareWithWhole(Proportion focal, Proportion whole, double z, bool haldane);
extern void AddGroupCounts(ResultRow *row, const RateGap *gap);
extern void AddGapStatistics(ResultRow *row, const RateGap *gap);

#endif							/* GAPSTATS_RATE_GAP_H */
