/*
 * rational.c
 *		Fractions without rounding.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "disclosure/rational.h"

static void
Discard(mpq_ptr wide)
{
	mpq_clear(wide);
	pfree(wide);
}

/* Give back the memory of a number that is not used any more */
void
FreeRational(Rational *a)
{
	if (a->wide != NULL)
		Discard(a->wide);
	a->wide = NULL;
}

/* GMP's number of the same value. A long has 64 bits on all platforms that we build on. */
static mpq_ptr
Widen(const Rational *a)
{
	mpq_ptr		wide = palloc(sizeof(__mpq_struct));

	StaticAssertStmt(sizeof(long) == sizeof(int64), "GMP takes longs");
	mpq_init(wide);
	if (a->wide != NULL)
		mpq_set(wide, a->wide);
	else
		mpq_set_si(wide, a->numerator, a->denominator);
	return wide;
}

/* The number of GMP's, which is taken over: kept only if it is needed, so that equal numbers look alike */
static Rational
Narrow(mpq_ptr wide)
{
	Rational	result = {0, 1, wide};

	if (mpz_fits_slong_p(mpq_numref(wide)) && mpz_fits_slong_p(mpq_denref(wide)))
	{
		result.numerator = mpz_get_si(mpq_numref(wide));
		result.denominator = mpz_get_si(mpq_denref(wide));
		FreeRational(&result);
	}
	return result;
}

static uint128
GreatestCommonDivisor(uint128 a, uint128 b)
{
	while (b != 0)
	{
		uint128		rest = (a | b) >> 64 ? a % b : (uint64) a % (uint64) b;

		a = b;
		b = rest;
	}
	return a;
}

/* In lowest terms, if that fits; the denominator is above 0 */
static bool
InLowestTerms(int128 numerator, int128 denominator, Rational *result)
{
	int128		divisor = GreatestCommonDivisor(numerator < 0 ? -numerator : numerator, denominator);

	numerator /= divisor;
	denominator /= divisor;
	*result = (Rational) {(int64) numerator, (int64) denominator, NULL};
	return result->numerator == numerator && result->denominator == denominator;
}

/* A fraction of any two numbers, the lower not 0 */
Rational
Fraction(int64 numerator, int64 denominator)
{
	Rational	above = WholeNumber(numerator);
	Rational	below = WholeNumber(denominator);

	return Quotient(&above, &below);
}

Rational
CopyRational(const Rational *a)
{
	Rational	copy = *a;

	if (a->wide != NULL)
		copy.wide = Widen(a);
	return copy;
}

/* One of GMP's operations on any two numbers */
static Rational
Operate(void (*operation) (mpq_ptr, mpq_srcptr, mpq_srcptr), const Rational *a, const Rational *b)
{
	mpq_ptr		left = Widen(a);
	mpq_ptr		right = Widen(b);

	operation(left, left, right);
	Discard(right);
	return Narrow(left);
}

Rational
Product(const Rational *a, const Rational *b)
{
	Rational	product;

	if (a->wide == NULL && b->wide == NULL &&
		InLowestTerms((int128) a->numerator * b->numerator, (int128) a->denominator * b->denominator, &product))
		return product;
	return Operate(mpq_mul, a, b);
}

/* b is not 0 */
Rational
Quotient(const Rational *a, const Rational *b)
{
	Rational	quotient;

	if (a->wide == NULL && b->wide == NULL)
	{
		int128		numerator = (int128) a->numerator * b->denominator;
		int128		denominator = (int128) a->denominator * b->numerator;

		if (denominator > 0 ? InLowestTerms(numerator, denominator, &quotient) :
			InLowestTerms(-numerator, -denominator, &quotient))
			return quotient;
	}
	return Operate(mpq_div, a, b);
}

/* The products are below 2^126, so that their difference fits */
static bool
SubtractNarrow(const Rational *a, const Rational *b, Rational *difference)
{
	return a->wide == NULL && b->wide == NULL &&
		InLowestTerms((int128) a->numerator * b->denominator - (int128) b->numerator * a->denominator,
					  (int128) a->denominator * b->denominator, difference);
}

Rational
Difference(const Rational *a, const Rational *b)
{
	Rational	difference;

	if (SubtractNarrow(a, b, &difference))
		return difference;
	return Operate(mpq_sub, a, b);
}

/* target -= a b, where it is not simple */
void
SubtractWideProduct(Rational *target, const Rational *a, const Rational *b)
{
	Rational	product = Product(a, b);
	Rational	difference = Difference(target, &product);

	FreeRational(&product);
	FreeRational(target);
	*target = difference;
}

int
RationalSign(const Rational *a)
{
	if (a->wide != NULL)
		return mpq_sgn(a->wide);
	return (a->numerator > 0) - (a->numerator < 0);
}

int
CompareRationals(const Rational *a, const Rational *b)
{
	if (a->wide == NULL && b->wide == NULL)
	{
		int128		left = (int128) a->numerator * b->denominator;
		int128		right = (int128) b->numerator * a->denominator;

		return (left > right) - (left < right);
	}
	else
	{
		Rational	difference = Difference(a, b);
		int			sign = RationalSign(&difference);

		FreeRational(&difference);
		return sign;
	}
}

/* The next whole number below; false if that has more than 64 bits */
bool
RationalFloor(const Rational *a, int64 *floor)
{
	mpz_t		wide_floor;
	bool		fits;

	if (a->wide == NULL)
	{
		*floor = a->numerator / a->denominator - (a->numerator % a->denominator < 0);
		return true;
	}
	mpz_init(wide_floor);
	mpz_fdiv_q(wide_floor, mpq_numref(a->wide), mpq_denref(a->wide));
	fits = mpz_fits_slong_p(wide_floor);
	*floor = fits ? mpz_get_si(wide_floor) : 0;
	mpz_clear(wide_floor);
	return fits;
}

/* Whether it is a whole number, and which */
bool
RationalToInt64(const Rational *a, int64 *value)
{
	*value = a->numerator;
	return a->wide == NULL && a->denominator == 1;
}

double
RationalToDouble(const Rational *a)
{
	if (a->wide != NULL)
		return mpq_get_d(a->wide);
	return (double) a->numerator / (double) a->denominator;
}

/* What a finite double stands for */
Rational
RationalFromDouble(double value)
{
	mpq_ptr		wide;

	if (value == rint(value) && fabs(value) < (double) (INT64CONST(1) << 62))
		return WholeNumber((int64) value);
	wide = palloc(sizeof(__mpq_struct));
	mpq_init(wide);
	mpq_set_d(wide, value);
	return Narrow(wide);
}
