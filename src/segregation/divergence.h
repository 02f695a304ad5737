/*
 * divergence.h
 *		How far shares are from what they would be if nothing differed.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_DIVERGENCE_H
#define GAPSTATS_DIVERGENCE_H

#include "base/rmath.h"

/*
 * The divergence of r = 1 + delta from 1: r ln r - r + 1. It is never negative, and summed over
 * whatever has a mean r of 1 it is the sum of r ln r; so that what hardly differs does not
 * cancel, as r ln r of some are positive and of others negative.
 */
static inline double
Divergence(double delta)
{
	return delta <= -1 ? 1 : log1pmx(delta) + delta * log1p(delta);
}

/* -ln r - 1 + r, the same with the roles exchanged; infinite for r = 0 */
static inline double
ReverseDivergence(double delta)
{
	return -log1pmx(delta);
}

/* What a part of a whole is to its entropy: -p ln p */
static inline double
EntropyTerm(double part, double whole)
{
	double		share = part / whole;

	return share < 0.5 ? -share * log(share) : -share * log1p(-(whole - part) / whole);
}

#endif							/* GAPSTATS_DIVERGENCE_H */
