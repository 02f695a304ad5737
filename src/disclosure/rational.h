/*
 * rational.h
 *		Fractions without rounding.
 *
 * Nearly all have a small numerator and denominator, and cost no memory. One that outgrows
 * 64 bits is one of GMP's, which lies in the memory context that was current. What takes a
 * target frees what that held; everything else is left to the context.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_RATIONAL_H
#define GAPSTATS_RATIONAL_H

#include "base/big_number.h"
#include "common/int.h"

typedef struct Rational
{
	int64		numerator;
	int64		denominator;	/* above 0, in lowest terms */
	mpq_ptr		wide;			/* where they are not enough; NULL otherwise */
} Rational;

extern Rational Fraction(int64 numerator, int64 denominator);
extern Rational RationalFromDouble(double value);
extern Rational CopyRational(const Rational *a);
extern void FreeRational(Rational *a);
extern void SubtractWideProduct(Rational *target, const Rational *a, const Rational *b);
extern Rational Difference(const Rational *a, const Rational *b);
extern Rational Product(const Rational *a, const Rational *b);
extern Rational Quotient(const Rational *a, const Rational *b);
extern int	RationalSign(const Rational *a);
extern int	CompareRationals(const Rational *a, const Rational *b);
extern bool RationalFloor(const Rational *a, int64 *floor);
extern bool RationalToInt64(const Rational *a, int64 *value);
extern double RationalToDouble(const Rational *a);

static inline Rational
WholeNumber(int64 value)
{
	return (Rational) {value, 1, NULL};
}

static inline bool
RationalIsZero(const Rational *a)
{
	return a->wide == NULL && a->numerator == 0;
}

/* target -= a b */
static inline void
SubtractProduct(Rational *target, const Rational *a, const Rational *b)
{
	int64		product;

	if (likely(target->wide == NULL && a->wide == NULL && b->wide == NULL &&
			   target->denominator == 1 && a->denominator == 1 && b->denominator == 1 &&
			   !pg_mul_s64_overflow(a->numerator, b->numerator, &product) &&
			   !pg_sub_s64_overflow(target->numerator, product, &product)))
		target->numerator = product;
	else
		SubtractWideProduct(target, a, b);
}

#endif							/* GAPSTATS_RATIONAL_H */
