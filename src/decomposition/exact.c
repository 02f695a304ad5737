/*
 * exact.c
 *		Fractions of whole numbers of any size, as values.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "decomposition/exact.h"

/* Bits of a quotient, before what is behind them decides which way to round */
#define QUOTIENT_BITS 64

static mpq_ptr
NewNumber(void)
{
	mpq_ptr		number = palloc(sizeof(__mpq_struct));

	StaticAssertStmt(sizeof(long) == sizeof(int64), "GMP takes longs");
	mpq_init(number);
	return number;
}

/* The denominator is not 0 */
Exact
ExactFraction(mpz_srcptr numerator, mpz_srcptr denominator)
{
	mpq_ptr		number = NewNumber();

	mpz_set(mpq_numref(number), numerator);
	mpz_set(mpq_denref(number), denominator);
	mpq_canonicalize(number);
	return number;
}

Exact
ExactWhole(mpz_srcptr value)
{
	mpq_ptr		number = NewNumber();

	mpq_set_z(number, value);
	return number;
}

Exact
ExactInteger(int64 value)
{
	mpq_ptr		number = NewNumber();

	mpq_set_si(number, value, 1);
	return number;
}

Exact
ExactSum(Exact a, Exact b)
{
	mpq_ptr		sum = NewNumber();

	mpq_add(sum, a, b);
	return sum;
}

Exact
ExactDifference(Exact a, Exact b)
{
	mpq_ptr		difference = NewNumber();

	mpq_sub(difference, a, b);
	return difference;
}

Exact
ExactProduct(Exact a, Exact b)
{
	mpq_ptr		product = NewNumber();

	mpq_mul(product, a, b);
	return product;
}

/* b is not 0 */
Exact
ExactQuotient(Exact a, Exact b)
{
	mpq_ptr		quotient = NewNumber();

	mpq_div(quotient, a, b);
	return quotient;
}

/* number * 2^exponent, rounded once: to nearest, ties to even */
Scaled
ExactToScaled(Exact number, int exponent)
{
	int			shift = (int) mpz_sizeinbase(mpq_denref(number), 2) -
		(int) mpz_sizeinbase(mpq_numref(number), 2) + QUOTIENT_BITS;
	mpz_t		above;
	mpz_t		below;
	uint64		leading;
	bool		is_inexact;

	/* 64 bits, or 63 */
	mpz_init(above);
	mpz_init(below);
	mpz_abs(above, mpq_numref(number));
	mpz_set(below, mpq_denref(number));
	if (shift > 0)
		mpz_mul_2exp(above, above, shift - 1);
	else
		mpz_mul_2exp(below, below, 1 - shift);
	mpz_tdiv_qr(above, below, above, below);
	leading = mpz_get_ui(above);
	is_inexact = mpz_sgn(below) != 0;
	mpz_clear(above);
	mpz_clear(below);
	return MakeScaled((mpq_sgn(number) < 0 ? -1 : 1) * (double) (leading | (is_inexact ? 1 : 0)),
					  exponent - (shift - 1));
}

/* NaN of what is negative */
Scaled
ScaledSquareRoot(Scaled square)
{
	bool		is_odd = square.exponent % 2 != 0;

	return MakeScaled(sqrt(is_odd ? 2 * square.fraction : square.fraction),
					  (is_odd ? square.exponent - 1 : square.exponent) / 2);
}
