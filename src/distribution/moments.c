/*
 * moments.c
 *		Exact sums of values and of their squares, and what follows from them.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "distribution/moments.h"
#include "port/pg_bitutils.h"

/* n times the sum of squares needs 64 bits more than the sum of squares */
#define PRODUCT_LIMBS (EXACT_SQUARES_LIMBS + 2)

StaticAssertDecl(2 * EXACT_SUM_LIMBS <= PRODUCT_LIMBS,
				 "the square of a sum must fit");

/* Whether a two's complement integer is negative */
static inline bool
IsNegative(const uint32 *limbs, int nlimbs)
{
	return (limbs[nlimbs - 1] & 0x80000000) != 0;
}

/*
 * Add other, or its negative, from limb "first" on. The widths above leave no
 * sum of 2^63 values that would overflow.
 */
static void
AddLimbs(uint32 *limbs, int nlimbs, const uint32 *other, int nother, int first,
		 bool subtract)
{
	uint64		carry = subtract ? 1 : 0;

	for (int i = first; i < nlimbs; i++)
	{
		uint32		part = i - first < nother ? other[i - first] : 0;

		/* a - b is a + ~b + 1, whose carry is settled where ~0 + 1 is */
		if (i - first >= nother && carry == (subtract ? 1 : 0))
			break;
		carry += (uint64) limbs[i] + (subtract ? ~part : part);
		limbs[i] = (uint32) carry;
		carry >>= 32;
	}
}

/* Negate in place */
static void
Negate(uint32 *limbs, int nlimbs)
{
	uint64		carry = 1;

	for (int i = 0; i < nlimbs; i++)
	{
		carry += (uint32) ~limbs[i];
		limbs[i] = (uint32) carry;
		carry >>= 32;
	}
}

/* Copy the magnitude; returns whether it was negative */
static bool
Magnitude(uint32 *result, const uint32 *limbs, int nlimbs)
{
	bool		negative = IsNegative(limbs, nlimbs);

	memcpy(result, limbs, nlimbs * sizeof(uint32));
	if (negative)
		Negate(result, nlimbs);
	return negative;
}

/* Add, or subtract, a 192-bit whole number shifted left */
static void
AddShifted(uint32 *limbs, int nlimbs, const uint64 number[3], int shift, bool subtract)
{
	uint32		words[7];
	int			bit = shift % 32;

	for (int i = 0; i < 7; i++)
	{
		uint32		low = i > 0 ? (uint32) (number[(i - 1) / 2] >> ((i - 1) % 2 * 32)) : 0;
		uint32		high = i < 6 ? (uint32) (number[i / 2] >> (i % 2 * 32)) : 0;

		words[i] = bit == 0 ? high : (high << bit) | (low >> (32 - bit));
	}
	AddLimbs(limbs, nlimbs, words, 7, shift / 32, subtract);
}

/* Add a finite value so many times, or take it away */
static void
AddValue(ExactMoments *moments, double value, int64 count, bool subtract)
{
	uint64		bits;
	uint64		mantissa;
	uint64		number[3];
	uint128		square;
	uint128		product;
	int			exponent;
	bool		negative;

	memcpy(&bits, &value, sizeof(bits));
	negative = bits >> 63;
	exponent = (bits >> 52) & 0x7ff;
	mantissa = bits & UINT64CONST(0xfffffffffffff);
	if (exponent > 0)
	{
		mantissa |= UINT64CONST(1) << 52;
		exponent--;				/* subnormals share the lowest exponent */
	}

	product = (uint128) mantissa * (uint64) count;
	number[0] = (uint64) product;
	number[1] = (uint64) (product >> 64);
	number[2] = 0;
	AddShifted(moments->sum, EXACT_SUM_LIMBS, number, exponent, negative != subtract);

	square = (uint128) mantissa * mantissa;
	product = (uint128) (uint64) square * (uint64) count;
	number[0] = (uint64) product;
	product = (product >> 64) + (uint128) (uint64) (square >> 64) * (uint64) count;
	number[1] = (uint64) product;
	number[2] = (uint64) (product >> 64);
	AddShifted(moments->squares, EXACT_SQUARES_LIMBS, number, 2 * exponent, subtract);
}

/* Add a finite value, count times */
void
MomentsAdd(ExactMoments *moments, double value, int64 count)
{
	AddValue(moments, value, count, false);
}

/* Add the sum, and the sum of squares, of whole numbers: of 2^63 values of at most 32 bits at most */
void
MomentsAddWhole(ExactMoments *moments, int128 sum, uint128 squares)
{
	uint128		magnitude = sum < 0 ? -(uint128) sum : (uint128) sum;
	uint64		number[3] = {(uint64) magnitude, (uint64) (magnitude >> 64), 0};

	AddShifted(moments->sum, EXACT_SUM_LIMBS, number, -EXACT_SUM_UNIT, sum < 0);
	number[0] = (uint64) squares;
	number[1] = (uint64) (squares >> 64);
	AddShifted(moments->squares, EXACT_SQUARES_LIMBS, number, -EXACT_SQUARES_UNIT, false);
}

/* Take away a value that was added, count times */
void
MomentsRemove(ExactMoments *moments, double value, int64 count)
{
	AddValue(moments, value, count, true);
}

/* Add other moments */
void
MomentsMerge(ExactMoments *moments, const ExactMoments *other)
{
	AddLimbs(moments->sum, EXACT_SUM_LIMBS, other->sum, EXACT_SUM_LIMBS, 0, false);
	AddLimbs(moments->squares, EXACT_SQUARES_LIMBS,
			 other->squares, EXACT_SQUARES_LIMBS, 0, false);
}

/* Take other moments away */
void
MomentsSubtract(ExactMoments *moments, const ExactMoments *other)
{
	AddLimbs(moments->sum, EXACT_SUM_LIMBS, other->sum, EXACT_SUM_LIMBS, 0, true);
	AddLimbs(moments->squares, EXACT_SQUARES_LIMBS,
			 other->squares, EXACT_SQUARES_LIMBS, 0, true);
}

/*
 * The 64 bits of a magnitude from the highest one on, times 2^exponent; the last
 * of them is set if any bit below is, so that rounding them rounds all. 0 for 0.
 */
static uint64
LeadingBits(const uint32 *limbs, int nlimbs, int *exponent)
{
	uint128		window = 0;
	uint64		leading;
	int			top = nlimbs - 1;
	int			dropped;

	*exponent = 0;
	while (top >= 0 && limbs[top] == 0)
		top--;
	if (top < 0)
		return 0;

	for (int i = top; i > top - 3; i--)
		window = (window << 32) | (i >= 0 ? limbs[i] : 0);
	dropped = pg_leftmost_one_pos32(limbs[top]) + 1;
	leading = (uint64) (window >> dropped);
	if (((uint64) window & ((UINT64CONST(1) << dropped) - 1)) != 0)
		leading |= 1;
	for (int i = top - 3; i >= 0 && (leading & 1) == 0; i--)
		leading |= limbs[i] != 0;

	*exponent = (top - 2) * 32 + dropped;
	return leading;
}

/*
 * Round a magnitude to a double: the result times 2^exponent, correctly
 * rounded (to nearest, ties to even).
 */
static double
RoundMagnitude(const uint32 *limbs, int nlimbs, int *exponent)
{
	return (double) LeadingBits(limbs, nlimbs, exponent);
}

/*
 * Leading bits times 2^exponent as a double, correctly rounded. A subnormal one
 * has fewer bits than the conversion would keep, and would be rounded twice.
 */
static double
RoundOnce(uint64 leading, int exponent)
{
	int			guarded = EXACT_SUM_UNIT - exponent - 2;	/* bits to drop, but for two */
	uint64		kept;

	if (guarded <= 9)
		return ldexp((double) leading, exponent);
	if (guarded > 63)
		return 0;
	kept = leading >> guarded;
	if ((leading & ((UINT64CONST(1) << guarded) - 1)) != 0)
		kept |= 1;
	return ldexp(rint(kept / 4.0), EXACT_SUM_UNIT);
}

/* Divide a magnitude by a positive number, in place; what remains is dropped, but for its sign */
static void
Divide(uint32 *limbs, int nlimbs, int64 divisor)
{
	uint128		rest = 0;

	for (int i = nlimbs - 1; i >= 0; i--)
	{
		if (rest == 0 && limbs[i] == 0)
			continue;
		rest = (rest << 32) | limbs[i];
		limbs[i] = (uint32) (rest / (uint64) divisor);
		rest %= (uint64) divisor;
	}
	limbs[0] |= rest != 0;
}

/* Multiply a magnitude by a positive number; the result has two limbs more */
static void
Multiply(uint32 *result, const uint32 *limbs, int nlimbs, int64 factor)
{
	uint32		words[2] = {(uint32) factor, (uint32) ((uint64) factor >> 32)};

	memset(result, 0, (nlimbs + 2) * sizeof(uint32));
	for (int i = 0; i < 2; i++)
	{
		uint64		carry = 0;

		/* numbers of students seldom have a second word */
		if (words[i] == 0)
			continue;
		for (int j = 0; j < nlimbs; j++)
		{
			carry += (uint64) words[i] * limbs[j] + result[i + j];
			result[i + j] = (uint32) carry;
			carry >>= 32;
		}
		result[i + nlimbs] = (uint32) carry;
	}
}

/*
 * The mean of n > 0 values: the exact sum divided, and rounded once, so that it
 * is never below the least of them or above the largest.
 *
 * Two limbs of zeros below the sum are the fraction of the quotient; what is
 * beyond them only decides which way to round.
 */
double
MomentsMean(const ExactMoments *moments, int64 n)
{
	uint32		quotient[EXACT_SUM_LIMBS + 2] = {0};
	bool		negative = Magnitude(quotient + 2, moments->sum, EXACT_SUM_LIMBS);
	uint64		leading;
	int			exponent;
	double		mean;

	Divide(quotient, EXACT_SUM_LIMBS + 2, n);
	leading = LeadingBits(quotient, EXACT_SUM_LIMBS + 2, &exponent);
	mean = RoundOnce(leading, exponent + EXACT_SUM_UNIT - 64);
	return negative ? -mean : mean;
}

/*
 * The mean of n_a values minus that of n_b others, as the result times
 * 2^exponent. Subtracting two rounded means would lose what they have in common.
 */
double
MomentsMeanDifference(const ExactMoments *a, int64 n_a, const ExactMoments *b, int64 n_b,
					  int *exponent)
{
	uint32		magnitude[EXACT_SUM_LIMBS];
	uint32		difference[EXACT_SUM_LIMBS + 2];
	uint32		subtrahend[EXACT_SUM_LIMBS + 2];
	bool		negative;
	double		result;

	negative = Magnitude(magnitude, a->sum, EXACT_SUM_LIMBS);
	Multiply(difference, magnitude, EXACT_SUM_LIMBS, n_b);
	if (negative)
		Negate(difference, EXACT_SUM_LIMBS + 2);
	negative = Magnitude(magnitude, b->sum, EXACT_SUM_LIMBS);
	Multiply(subtrahend, magnitude, EXACT_SUM_LIMBS, n_a);
	AddLimbs(difference, EXACT_SUM_LIMBS + 2, subtrahend, EXACT_SUM_LIMBS + 2, 0, !negative);

	negative = IsNegative(difference, EXACT_SUM_LIMBS + 2);
	if (negative)
		Negate(difference, EXACT_SUM_LIMBS + 2);
	result = RoundMagnitude(difference, EXACT_SUM_LIMBS + 2, exponent) /
		((double) n_a * (double) n_b);
	*exponent += EXACT_SUM_UNIT;
	return negative ? -result : result;
}

/*
 * n * sum of squares - (sum)^2, in units of the sum of squares: the variance
 * times n (n - 1). Returns false if it is negative, which no data make it.
 */
static bool
ScaledVariance(uint32 *result, const ExactMoments *moments, int64 n)
{
	uint32		sum[EXACT_SUM_LIMBS];
	uint32		square[PRODUCT_LIMBS] = {0};
	int			top;

	if (IsNegative(moments->squares, EXACT_SQUARES_LIMBS))
		return false;
	Multiply(result, moments->squares, EXACT_SQUARES_LIMBS, n);

	Magnitude(sum, moments->sum, EXACT_SUM_LIMBS);
	top = EXACT_SUM_LIMBS;
	while (top > 0 && sum[top - 1] == 0)
		top--;
	for (int i = 0; i < top; i++)
	{
		uint64		carry = 0;

		if (sum[i] == 0)
			continue;
		for (int j = 0; j < top; j++)
		{
			carry += (uint64) sum[i] * sum[j] + square[i + j];
			square[i + j] = (uint32) carry;
			carry >>= 32;
		}
		square[i + top] = (uint32) carry;
	}

	AddLimbs(result, PRODUCT_LIMBS, square, PRODUCT_LIMBS, 0, true);
	return !IsNegative(result, PRODUCT_LIMBS);
}

/*
 * The sample variance (divisor n - 1) of n > 1 values: the result times
 * 2^exponent, so that a standard deviation exists where a variance overflows.
 */
double
MomentsVariance(const ExactMoments *moments, int64 n, int *exponent)
{
	uint32		scaled[PRODUCT_LIMBS];
	double		variance;

	if (!ScaledVariance(scaled, moments, n))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("invalid distribution"),
				 errdetail("Its sum of squares does not fit its sum.")));
	variance = RoundMagnitude(scaled, PRODUCT_LIMBS, exponent);
	*exponent += EXACT_SQUARES_UNIT;
	return variance / (double) n / (double) (n - 1);
}

/* The sample standard deviation in the same form: it exists where a variance underflows */
double
MomentsStddev(const ExactMoments *moments, int64 n, int *exponent)
{
	double		variance = MomentsVariance(moments, n, exponent);

	if (*exponent % 2 != 0)
	{
		variance *= 2;
		(*exponent)--;
	}
	*exponent /= 2;
	return sqrt(variance);
}

/* Whether some n values could have these moments */
bool
MomentsAreConsistent(const ExactMoments *moments, int64 n)
{
	uint32		scaled[PRODUCT_LIMBS];

	return ScaledVariance(scaled, moments, n);
}

/* Compare two's complement integers, as qsort's comparators do */
int
ExactIntegerCompare(const uint32 *a, const uint32 *b, int nlimbs)
{
	if (IsNegative(a, nlimbs) != IsNegative(b, nlimbs))
		return IsNegative(a, nlimbs) ? -1 : 1;
	for (int i = nlimbs - 1; i >= 0; i--)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

/* The hexadecimal digit at a position, 0 the least significant */
static inline int
HexDigit(const uint32 *limbs, int position)
{
	return (limbs[position / 8] >> (position % 8 * 4)) & 0xf;
}

/* Append as -0x1f3p-20: hexadecimal digits times a power of two, as in C's %a */
void
ExactIntegerOut(StringInfo buf, const uint32 *limbs, int nlimbs, int unit)
{
	uint32		magnitude[EXACT_SQUARES_LIMBS];
	int			high = nlimbs * 8 - 1;
	int			low = 0;

	if (Magnitude(magnitude, limbs, nlimbs))
		appendStringInfoChar(buf, '-');
	while (high > 0 && HexDigit(magnitude, high) == 0)
		high--;
	while (low < high && HexDigit(magnitude, low) == 0)
		low++;

	appendStringInfoString(buf, "0x");
	for (int i = high; i >= low; i--)
		appendStringInfoChar(buf, "0123456789abcdef"[HexDigit(magnitude, i)]);
	appendStringInfo(buf, "p%d", unit + 4 * low);
}

/*
 * Read what ExactIntegerOut writes, and move the pointer behind it. Returns
 * false if the text is not of that form, or does not fit.
 */
bool
ExactIntegerIn(const char **text, uint32 *limbs, int nlimbs, int unit)
{
	const char *digits;
	const char *p = *text;
	char	   *end;
	bool		negative = *p == '-';
	size_t		ndigits;
	long		exponent;
	long		position;

	if (negative)
		p++;
	if (p[0] != '0' || p[1] != 'x')
		return false;
	digits = p + 2;
	ndigits = strspn(digits, "0123456789abcdef");
	p = digits + ndigits;
	if (ndigits == 0 || *p != 'p')
		return false;
	p++;
	if (*p != '-' && (*p < '0' || *p > '9'))
		return false;
	exponent = strtol(p, &end, 10);
	if (end == p || exponent < unit || exponent > -unit || (exponent - unit) % 4 != 0)
		return false;

	position = (exponent - unit) / 4;
	if (position + (long) ndigits > nlimbs * 8)
		return false;
	memset(limbs, 0, nlimbs * sizeof(uint32));
	for (size_t i = ndigits; i > 0; i--, position++)
	{
		char		c = digits[i - 1];
		uint32		digit = c <= '9' ? c - '0' : c - 'a' + 10;

		limbs[position / 8] |= digit << (position % 8 * 4);
	}
	if (IsNegative(limbs, nlimbs))
		return false;
	if (negative)
		Negate(limbs, nlimbs);
	*text = end;
	return true;
}
