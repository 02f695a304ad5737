/*
 * rate_gap.h
 *		Gaps between the rates of two groups.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_RATE_GAP_H
#define GAPSTATS_RATE_GAP_H

#include "base/estimate.h"

/* The outcome in two groups: x of n in each. */
typedef struct RatePair
{
	int64		x_focal;
	int64		n_focal;
	int64		x_reference;
	int64		n_reference;
} RatePair;

/* Rows that count in no rate; -1 where nobody counted them. */
typedef struct MissingCounts
{
	int64		outcome_focal;
	int64		outcome_reference;
	int64		group;
} MissingCounts;

extern double GapOfRates(int64 a, int64 m, int64 c, int64 n);
extern double RatioOfRates(int64 a, int64 m, int64 c, int64 n);
extern double RelativeDifferencePercent(int64 a, int64 m, int64 c, int64 n);
extern RatePair RatePairArgs(FunctionCallInfo fcinfo);
extern Estimate RiskDifference(const RatePair *pair, double z);
extern Estimate RiskRatio(const RatePair *pair, double z, bool haldane);
extern Estimate OddsRatio(const RatePair *pair, double z, bool haldane);
extern void SetLogInterval(Estimate *estimate, double z);
extern double PooledZ(const RatePair *pair);
extern void AddRateGap(ResultRow *row, const RatePair *pair, const MissingCounts *missing,
					   double z, bool haldane, const char *no_comparison);

#endif							/* GAPSTATS_RATE_GAP_H */
