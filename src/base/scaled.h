/*
 * scaled.h
 *		Numbers whose exponents are unbounded.
 *
 * Squares and ratios of scores leave the range of double precision long before
 * scores do. Powers of two round nothing, so that on a scale on which nothing
 * leaves it the bits are those of doubles.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_SCALED_H
#define GAPSTATS_SCALED_H

#include <math.h>

/* fraction * 2^exponent; the fraction is from 1/2 to 1, unless it is 0, NaN or infinite */
typedef struct Scaled
{
	double		fraction;
	int			exponent;
} Scaled;

/* Below the exponent of any number, that is not to count where the largest is sought */
#define NO_EXPONENT (-100000)

static inline Scaled
MakeScaled(double fraction, int exponent)
{
	int			shift;
	Scaled		result;

	result.fraction = frexp(fraction, &shift);
	result.exponent = fraction == 0 || !isfinite(fraction) ? NO_EXPONENT : exponent + shift;
	return result;
}

/* A number in units of 2^unit */
static inline double
InUnit(Scaled number, int unit)
{
	return ldexp(number.fraction, number.exponent - unit);
}

/* The number itself, infinite where it is out of range */
static inline double
Unscaled(Scaled number)
{
	return InUnit(number, 0);
}

static inline Scaled
ScaledTimes(Scaled number, double factor)
{
	return MakeScaled(number.fraction * factor, number.exponent);
}

static inline Scaled
ScaledOver(Scaled number, double divisor)
{
	return MakeScaled(number.fraction / divisor, number.exponent);
}

static inline Scaled
ScaledProduct(Scaled a, Scaled b)
{
	return MakeScaled(a.fraction * b.fraction, a.exponent + b.exponent);
}

static inline Scaled
ScaledQuotient(Scaled a, Scaled b)
{
	return MakeScaled(a.fraction / b.fraction, a.exponent - b.exponent);
}

static inline Scaled
ScaledPlus(Scaled a, Scaled b)
{
	int			unit = Max(a.exponent, b.exponent);

	return MakeScaled(InUnit(a, unit) + InUnit(b, unit), unit);
}

static inline Scaled
ScaledMinus(Scaled a, Scaled b)
{
	return ScaledPlus(a, ScaledTimes(b, -1));
}

/* sqrt(a^2 + b^2) */
static inline Scaled
ScaledHypot(Scaled a, Scaled b)
{
	int			unit = Max(a.exponent, b.exponent);

	return MakeScaled(hypot(InUnit(a, unit), InUnit(b, unit)), unit);
}

/* a / b, infinite where it is out of range */
static inline double
ScaledRatio(Scaled a, Scaled b)
{
	return ldexp(a.fraction / b.fraction, a.exponent - b.exponent);
}

#endif							/* GAPSTATS_SCALED_H */
