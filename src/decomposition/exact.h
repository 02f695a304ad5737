/*
 * exact.h
 *		Fractions of whole numbers of any size, as values.
 *
 * Each result is a new number in the current memory context, which frees all of them.
 * GMP must be told to allocate there, UsePostgresMemory().
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_EXACT_H
#define GAPSTATS_EXACT_H

#include "base/big_number.h"
#include "base/scaled.h"

typedef mpq_srcptr Exact;

extern Exact ExactFraction(mpz_srcptr numerator, mpz_srcptr denominator);
extern Exact ExactWhole(mpz_srcptr value);
extern Exact ExactInteger(int64 value);
extern Exact ExactSum(Exact a, Exact b);
extern Exact ExactDifference(Exact a, Exact b);
extern Exact ExactProduct(Exact a, Exact b);
extern Exact ExactQuotient(Exact a, Exact b);
extern Scaled ExactToScaled(Exact number, int exponent);
extern Scaled ScaledSquareRoot(Scaled square);

static inline Exact
ExactSquare(Exact a)
{
	return ExactProduct(a, a);
}

#endif							/* GAPSTATS_EXACT_H */
