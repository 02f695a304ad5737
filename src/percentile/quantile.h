/*
 * quantile.h
 *		Sample quantiles and how sure they are.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_QUANTILE_H
#define GAPSTATS_QUANTILE_H

#include "distribution/rank.h"

/* A quantile of type 7 with both kinds of error; NaN and rank 0 where there is none */
typedef struct QuantileEstimate
{
	double		value;
	int64		lower_rank;		/* order statistics that hold the population's quantile */
	int64		upper_rank;
	double		lower;
	double		upper;
	double		coverage;
	double		se;				/* Maritz & Jarrett 1978 */
	const char *reason;
} QuantileEstimate;

extern double QuantileOfType(const Ranks *ranks, double fraction, int type);
extern void QuantileEstimateCompute(const Ranks *ranks, double fraction, double confidence,
									QuantileEstimate *result);

#endif							/* GAPSTATS_QUANTILE_H */
