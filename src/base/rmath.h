/*
 * rmath.h
 *		R's own probability functions, without R.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_RMATH_H
#define GAPSTATS_RMATH_H

#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#endif							/* GAPSTATS_RMATH_H */
