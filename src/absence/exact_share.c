/*
 * exact_share.c
 *		Days absent among days enrolled, where days may have fractions.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "absence/exact_share.h"
#include "base/argument.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

/* What a number of days can have, so that there is room for sums of them */
#define MAX_DIGITS			30

/* 39 digits */
#define MAX_UNITS			((int128) (~(uint128) 0 >> 1))

/* Up to here, doubles hold every whole number */
#define MAX_EXACT_DOUBLE	((int64) 1 << 53)

pg_noreturn static void
ReportTooManyDigits(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("numbers of days have too many digits to be exact")));
}

/*
 * a * b, neither of them negative.
 */
int128
CheckedProduct(int128 a, int128 b)
{
	if (b != 0 && a > MAX_UNITS / b)
		ReportTooManyDigits();
	return a * b;
}

/* a + b, neither of them negative */
static int128
CheckedSum(int128 a, int128 b)
{
	if (a > MAX_UNITS - b)
		ReportTooManyDigits();
	return a + b;
}

/*
 * A number of units of 10^-from as one of units of 10^-to, which are not larger.
 */
int128
Rescale(int128 units, int from, int to)
{
	for (; from < to; from++)
		units = CheckedProduct(units, 10);
	return units;
}

/* Read digits and a point */
static Decimal
ReadDecimal(const char *text)
{
	Decimal		decimal = {0, 0};
	const char *end = text + strlen(text);
	bool		after_point = false;
	int			digits = 0;

	/* 18.50 is 18.5. */
	if (strchr(text, '.') != NULL)
	{
		while (end[-1] == '0')
			end--;
	}

	for (; text < end; text++)
	{
		if (*text == '.')
		{
			after_point = true;
			continue;
		}
		digits += digits > 0 || *text != '0';
		decimal.scale += after_point;
		if (digits > MAX_DIGITS || decimal.scale > MAX_DIGITS)
			ReportTooManyDigits();
		decimal.units = decimal.units * 10 + (*text - '0');
	}
	return decimal;
}

/* A numeric argument as text */
static char *
ArgumentDigits(FunctionCallInfo fcinfo, int argno)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out, PG_GETARG_DATUM(argno)));
}

/* Is it a whole number like most, not negative and not large?  That is soon told. */
static bool
ReadInteger(Numeric number, Decimal *decimal)
{
	bool		too_large = false;

	if (numeric_is_nan(number) || numeric_is_inf(number) ||
		DatumGetInt32(DirectFunctionCall1(numeric_scale, NumericGetDatum(number))) != 0)
		return false;
	decimal->units = numeric_int4_opt_error(number, &too_large);
	decimal->scale = 0;
	return !too_large && decimal->units >= 0;
}

/*
 * A numeric argument, refused if it is negative, infinite or NaN.
 */
Decimal
ArgumentDecimal(FunctionCallInfo fcinfo, int argno, const char *name)
{
	Decimal		decimal;
	char	   *digits;

	if (ReadInteger(PG_GETARG_NUMERIC(argno), &decimal))
		return decimal;
	(void) CheckNonNegativeNumeric(PG_GETARG_NUMERIC(argno), name);
	digits = ArgumentDigits(fcinfo, argno);
	decimal = ReadDecimal(digits);
	pfree(digits);
	return decimal;
}

/*
 * A share of days from which something is so.
 */
Decimal
ArgumentThreshold(FunctionCallInfo fcinfo, int argno, const char *name)
{
	Decimal		threshold;
	int128		one;

	ArgumentNotNull(fcinfo, argno, name);
	threshold = ArgumentDecimal(fcinfo, argno, name);
	one = Rescale(1, 0, threshold.scale);
	if (threshold.units == 0 || threshold.units > one)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be above 0 and at most 1, not %s", name, ArgumentDigits(fcinfo, argno)),
				 threshold.units > one ? errhint("Write 0.1 for 10%%.") : 0));
	return threshold;
}

/*
 * The number as text, without zeros at the end.
 */
char *
DecimalText(Decimal decimal)
{
	char		digits[64];
	char	   *start = digits + sizeof(digits);

	for (; decimal.scale > 0 && decimal.units % 10 == 0; decimal.scale--)
		decimal.units /= 10;
	*--start = '\0';
	for (int i = 0; i <= decimal.scale || decimal.units > 0; i++)
	{
		if (i > 0 && i == decimal.scale)
			*--start = '.';
		*--start = '0' + (int) (decimal.units % 10);
		decimal.units /= 10;
	}
	return pstrdup(start);
}

/*
 * The number as numeric.
 */
Datum
DecimalNumeric(Decimal decimal)
{
	return DirectFunctionCall3(numeric_in, CStringGetDatum(DecimalText(decimal)),
							   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

/*
 * The share of two numbers, in the same unit.
 */
ExactShare
MakeExactShare(Decimal days, Decimal among)
{
	int			scale = Max(days.scale, among.scale);
	ExactShare	share = {
		Rescale(days.units, days.scale, scale),
		Rescale(among.units, among.scale, scale),
		scale
	};

	return share;
}

/*
 * Refuse a share of more days than there are; the names are those of arguments.
 */
void
CheckShare(ExactShare share, const char *days_name, const char *among_name)
{
	if (share.days > share.among)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be greater than %s: %s > %s", days_name, among_name,
						DecimalText(ShareDays(share)), DecimalText(ShareAmong(share)))));
}

/*
 * The share of two sets of days, from an argument on.
 */
ExactShare
ShareOfSets(FunctionCallInfo fcinfo, int argno, DayWindow window)
{
	DayShare	count = CountShare(PG_GETARG_DAYWORDS(argno), PG_GETARG_DAYWORDS(argno + 1), window);
	ExactShare	share = {count.days, count.among, 0};

	return share;
}

/*
 * The share of two numbers, from an argument on. The one cannot exceed the other.
 */
ExactShare
ShareOfNumbers(FunctionCallInfo fcinfo, int argno, const char *days_name, const char *among_name)
{
	ExactShare	share = MakeExactShare(ArgumentDecimal(fcinfo, argno, days_name),
									   ArgumentDecimal(fcinfo, argno + 1, among_name));

	CheckShare(share, days_name, among_name);
	return share;
}

/* Bring two shares to the same unit */
static void
Align(ExactShare *a, ExactShare *b)
{
	int			scale = Max(a->scale, b->scale);

	a->days = Rescale(a->days, a->scale, scale);
	a->among = Rescale(a->among, a->scale, scale);
	b->days = Rescale(b->days, b->scale, scale);
	b->among = Rescale(b->among, b->scale, scale);
	a->scale = b->scale = scale;
}

/*
 * A share in the largest unit that it is whole in: a sum is the same however it came
 * about, and has no more digits than it needs.
 */
static ExactShare
InLargestUnit(ExactShare share)
{
	while (share.scale > 0 && share.days % 10 == 0 && share.among % 10 == 0)
	{
		share.days /= 10;
		share.among /= 10;
		share.scale--;
	}
	return share;
}

/*
 * The days of both.
 */
ExactShare
AddShares(ExactShare a, ExactShare b)
{
	Align(&a, &b);
	a.days = CheckedSum(a.days, b.days);
	a.among = CheckedSum(a.among, b.among);
	return InLargestUnit(a);
}

/*
 * The days of the one without those of the other, which it has.
 */
ExactShare
SubtractShares(ExactShare a, ExactShare b)
{
	Align(&a, &b);
	a.days -= b.days;
	a.among -= b.among;
	return InLargestUnit(a);
}

/*
 * Is the share at least so large?
 */
bool
ShareAtLeast(ExactShare share, Decimal threshold)
{
	return Rescale(share.days, 0, threshold.scale) >= CheckedProduct(threshold.units, share.among);
}

/*
 * a / b, correctly rounded; b > 0. The quotient has 64 bits, of which the last is set
 * if anything remains.
 */
static double
Quotient(uint128 a, uint128 b)
{
	uint64		quotient = 0;
	int			exponent = -63;

	if (a == 0)
		return 0;
	for (; a / 2 >= b; b *= 2)
		exponent++;
	for (; a < b; a *= 2)
		exponent--;
	for (int bit = 0; bit < 64; bit++)
	{
		quotient <<= 1;
		if (a >= b)
		{
			quotient |= 1;
			a -= b;
		}
		a *= 2;
	}
	return ldexp((double) (quotient | (a != 0)), exponent);
}

/*
 * The share as a rate, 0 to 1; NaN of no days. Doubles that are exact are divided as
 * they are.
 */
double
ExactShareRate(ExactShare share)
{
	if (share.among == 0)
		return NAN;
	if (Max(share.days, share.among) <= MAX_EXACT_DOUBLE)
		return (double) share.days / (double) share.among;
	return Quotient(share.days, share.among);
}
