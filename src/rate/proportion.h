/*
 * proportion.h
 *		A rate: x students with the outcome among n.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_PROPORTION_H
#define GAPSTATS_PROPORTION_H

#include <math.h>

#include "base/estimate.h"

/* More students than these would keep an exact test or interval too long, or beyond its digits */
#define EXACT_MAX_STUDENTS INT64CONST(1000000000000)

typedef struct Proportion
{
	int64		x;
	int64		n;
} Proportion;

/* The score interval of a rate: its bounds, and how far they are from the rate */
typedef struct ScoreBounds
{
	double		lower;
	double		upper;
	double		below;
	double		above;
} ScoreBounds;

/* A part of a whole, 0..1; of nothing NaN */
static inline double
Share(int64 part, int64 whole)
{
	return whole == 0 ? NAN : (double) part / (double) whole;
}

/* x / n, or NaN where n is 0 */
static inline double
Rate(Proportion p)
{
	return Share(p.x, p.n);
}

/* 1 - x / n, without the cancellation */
static inline double
OtherRate(Proportion p)
{
	return Share(p.n - p.x, p.n);
}

/* Those of a whole that are not in a part of it */
static inline Proportion
Others(Proportion whole, Proportion part)
{
	Proportion	others = {whole.x - part.x, whole.n - part.n};

	return others;
}

extern void CheckCount(int64 count, const char *name, const char *group);
extern void CheckRate(int64 x, int64 n, const char *group);
extern void CheckExact(double n, const char *what, const char *instead);
extern const char *ArgumentProportion(FunctionCallInfo fcinfo, int argno, const char *group,
									  Proportion *p);
extern Estimate WilsonInterval(int64 x, int64 n, double z);
extern ScoreBounds GetScoreBounds(double p, double q, double n, double z);
extern Estimate ScoreInterval(double p, double q, double n, double z);

#endif							/* GAPSTATS_PROPORTION_H */
