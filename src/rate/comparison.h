/*
 * comparison.h
 *		Two rates: their difference, their ratio, the ratio of their odds.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_COMPARISON_H
#define GAPSTATS_COMPARISON_H

#include "rate/proportion.h"

extern const char *ArgumentPair(FunctionCallInfo fcinfo, Proportion *focal,
								Proportion *reference);
extern double GapOfRates(Proportion focal, Proportion reference);
extern double RatioOfRates(Proportion focal, Proportion reference);
extern double RelativeDifferencePercent(Proportion focal, Proportion reference);
extern Estimate RiskDifference(Proportion focal, Proportion reference, double z);
extern Estimate RiskRatio(Proportion focal, Proportion reference, double z, bool haldane);
extern Estimate OddsRatio(Proportion focal, Proportion reference, double z, bool haldane);
extern void SetLogInterval(Estimate *ratio, double z);
extern double PooledZ(Proportion focal, Proportion reference);

#endif							/* GAPSTATS_COMPARISON_H */
