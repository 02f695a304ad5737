/*
 * significant.c
 *		Numbers as people read them: with so many significant digits.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>
#include <stdlib.h>

#include "base/argument.h"

/* With so many digits every double is written as it is */
#define MOST_DIGITS 17

/* Powers of ten up to this one are doubles, and so are all whole numbers of so many digits */
#define EXACT_POWER 22
#define EXACT_DIGITS 15

/*
 * The same without writing it out, ten times as fast, or NaN where that is not sure. The
 * digits are a whole number times a power of ten, one division or multiplication of two
 * doubles, which rounds once. Which whole number it is is sure unless the value is nearly
 * in the middle between two.
 */
static double
RoundToDigits(double value, int digits)
{
	static const double powers[EXACT_POWER + 1] = {
		1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
		1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
	};
	double		magnitude = fabs(value);
	int			power;
	double		scaled;
	double		whole;

	if (!(magnitude >= 1e-7 && magnitude < 1e22) || digits > EXACT_DIGITS - 4)
		return NAN;
	power = digits - 1 - (int) floor(log10(magnitude));
	scaled = power >= 0 ? value * powers[power] : value / powers[-power];
	whole = rint(scaled);
	if (fabs(fabs(scaled - whole) - 0.5) < 1e-3 ||
		fabs(whole) < powers[digits - 1] || fabs(whole) >= powers[digits])
		return NAN;
	return power >= 0 ? whole / powers[power] : whole * powers[-power];
}

/* significant(value, digits) */
PG_FUNCTION_INFO_V1(significant);
Datum
significant(PG_FUNCTION_ARGS)
{
	char		text[MOST_DIGITS + 16];
	int			digits;
	double		rounded;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(1))
		PG_RETURN_FLOAT8(PG_GETARG_FLOAT8(0));
	digits = PG_GETARG_INT32(1);
	if (digits < 1 || digits > MOST_DIGITS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("digits must be from 1 to %d, not %d", MOST_DIGITS, digits)));
	CheckFinite(PG_GETARG_FLOAT8(0), "value");
	rounded = RoundToDigits(PG_GETARG_FLOAT8(0), digits);
	if (!isnan(rounded))
		PG_RETURN_FLOAT8(rounded);
	snprintf(text, sizeof(text), "%.*e", digits - 1, PG_GETARG_FLOAT8(0));
	rounded = strtod(text, NULL);
	/* the largest have no such number above them */
	PG_RETURN_FLOAT8(isinf(rounded) ? PG_GETARG_FLOAT8(0) : rounded);
}
