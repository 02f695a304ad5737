/*
 * proportion.h
 *		A rate, x students with the outcome among n.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_PROPORTION_H
#define GAPSTATS_PROPORTION_H

#include "base/estimate.h"

extern double Rate(int64 x, int64 n);
extern void CheckCount(int64 count, const char *name, const char *group);
extern void CheckRate(int64 x, int64 n, const char *group);
extern Estimate WilsonInterval(int64 x, int64 n, double z);
extern Estimate ScoreInterval(double p, double q, double n, double z);

#endif							/* GAPSTATS_PROPORTION_H */
