/*
 * number.c
 *		Reading numbers, and ranges of numbers, as people publish them.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <inttypes.h>

#include "common/int.h"
#include "disclosure/number.h"

/* A value of the most digits that bigint holds whatever they are */
#define MAX_DIGITS 18

/* One more digit of a number; leading zeros are none */
static bool
TakeDigit(char digit, int64 *value)
{
	if (*value >= INT64CONST(100000000000000000))
		return false;
	*value = *value * 10 + (digit - '0');
	return true;
}

static const char *
SkipBlanks(const char *c)
{
	while (*c == ' ' || *c == '\t' || *c == '\n' || *c == '\r')
		c++;
	return c;
}

/* Is there a comma with three digits behind it, and then no digit? */
static bool
IsThousands(const char *c)
{
	return c[0] == ',' && isdigit((unsigned char) c[1]) && isdigit((unsigned char) c[2]) &&
		isdigit((unsigned char) c[3]) && !isdigit((unsigned char) c[4]);
}

/*
 * An exponent, as double precision prints very large and very small numbers
 */
static Parsed
TakeExponent(const char **c, int64 *value, int32 *decimals)
{
	char	   *end;
	long		exponent;

	if (**c != 'e' && **c != 'E')
		return PARSED;
	exponent = strtol(*c + 1, &end, 10);
	if (end == *c + 1)
		return NOT_A_NUMBER;
	*c = end;
	if (exponent > MAX_DIGITS || exponent < -400)
		return *value == 0 ? PARSED : TOO_MANY_DIGITS;
	*decimals -= exponent;
	while (*decimals < 0)
	{
		if (pg_mul_s64_overflow(*value, 10, value))
			return TOO_MANY_DIGITS;
		(*decimals)++;
	}
	return *decimals > MAX_DIGITS ? TOO_MANY_DIGITS : PARSED;
}

/*
 * TakeNumber
 *		Read a number from *c on, to behind it.
 */
static Parsed
TakeNumber(const char **c, int64 *value, int32 *decimals)
{
	bool		is_negative = **c == '-';
	bool		has_point = false;
	bool		has_digit = false;
	Parsed		exponent;

	*value = 0;
	*decimals = 0;
	if (**c == '-' || **c == '+')
		(*c)++;
	for (;; (*c)++)
	{
		if (isdigit((unsigned char) **c))
		{
			if (TakeDigit(**c, value))
				*decimals += has_point ? 1 : 0;
			else if (!has_point || **c != '0')
				return TOO_MANY_DIGITS;
			has_digit = true;
		}
		else if (**c == '.' && !has_point)
			has_point = true;
		else if (!has_digit || has_point || !IsThousands(*c))
			break;
	}
	if (!has_digit)
		return NOT_A_NUMBER;
	for (; *decimals > MAX_DIGITS; (*decimals)--)
	{
		if (*value % 10 != 0)
			return TOO_MANY_DIGITS;
		*value /= 10;
	}
	exponent = TakeExponent(c, value, decimals);
	if (exponent != PARSED)
		return exponent;
	if (is_negative)
		*value = -*value;
	return PARSED;
}

/* What may stand behind a number: a percent sign */
static bool
IsEnd(const char *c)
{
	c = SkipBlanks(c);
	if (*c == '%')
		c = SkipBlanks(c + 1);
	return *c == '\0';
}

static bool
IsNotFinite(const char *c)
{
	if (*c == '-' || *c == '+')
		c++;
	return pg_strcasecmp(c, "nan") == 0 || pg_strcasecmp(c, "infinity") == 0;
}

/*
 * ParseNumber
 *		The number that a text is: 1,234 or 44.1% or -3 or 1e+20.
 */
Parsed
ParseNumber(const char *text, int64 *value, int32 *decimals)
{
	const char *c = SkipBlanks(text);
	Parsed		parsed;

	if (IsNotFinite(c))
		return NOT_FINITE_NUMBER;
	parsed = TakeNumber(&c, value, decimals);
	if (parsed == PARSED && !IsEnd(c))
		return NOT_A_NUMBER;
	return parsed;
}

/*
 * ShortenNumber
 *		The same text with as many digits of a number as there is room for: what follows is left out.
 */
char *
ShortenNumber(const char *text)
{
	char	   *shortened = pstrdup(text);
	char	   *point = strchr(shortened, '.');
	int			n_whole = 0;

	if (point == NULL)
		return shortened;
	for (const char *c = shortened; c < point; c++)
		n_whole += isdigit((unsigned char) *c) ? 1 : 0;
	for (char *c = point + 1; isdigit((unsigned char) *c); c++)
	{
		if (n_whole + (c - point) < MAX_DIGITS)
			continue;
		memmove(c, c + strspn(c, "0123456789"), strlen(c + strspn(c, "0123456789")) + 1);
		break;
	}
	return shortened;
}

/* How a comparison may be written; the longer ones first */
static const struct
{
	const char *sign;
	bool		is_upper;
	bool		is_strict;
}			comparisons[] =
{
	{"<=", true, false},
	{">=", false, false},
	{"\342\211\244", true, false},	/* U+2264 */
	{"\342\211\245", false, false}, /* U+2265 */
	{"<", true, true},
	{">", false, true},
	{"LE", true, false},
	{"GE", false, false},
	{"LT", true, true},
	{"GT", false, true},
};

/* <=10%, GE80 */
static bool
ParseComparison(const char *c, Said *said)
{
	for (int i = 0; i < (int) lengthof(comparisons); i++)
	{
		int			length = strlen(comparisons[i].sign);
		int64		bound;

		if (strncmp(c, comparisons[i].sign, length) != 0)
			continue;
		c = SkipBlanks(c + length);
		if (TakeNumber(&c, &bound, &said->decimals) != PARSED || !IsEnd(c))
			return false;
		said->has_upper = comparisons[i].is_upper;
		said->has_lower = !said->has_upper;
		said->lower = said->upper = bound;
		said->lower_is_strict = said->upper_is_strict = comparisons[i].is_strict;
		return true;
	}
	return false;
}

/* The dash of a range, which may be a long one */
static const char *
SkipDash(const char *c)
{
	c = SkipBlanks(c);
	if (*c == '%')
		c = SkipBlanks(c + 1);
	if (*c == '-')
		return SkipBlanks(c + 1);
	if (strncmp(c, "\342\200\223", 3) == 0) /* U+2013 */
		return SkipBlanks(c + 3);
	return NULL;
}

/* 21-29, 1 - 4, 2.5-4.9% */
static bool
ParseFromTo(const char *c, Said *said)
{
	int32		lower_decimals;
	int32		upper_decimals;

	if (TakeNumber(&c, &said->lower, &lower_decimals) != PARSED)
		return false;
	c = SkipDash(c);
	if (c == NULL || TakeNumber(&c, &said->upper, &upper_decimals) != PARSED || !IsEnd(c))
		return false;
	said->decimals = Max(lower_decimals, upper_decimals);
	said->has_lower = said->has_upper = true;
	said->lower_is_strict = said->upper_is_strict = false;
	return ScaleNumber(said->lower, lower_decimals, said->decimals, &said->lower) &&
		ScaleNumber(said->upper, upper_decimals, said->decimals, &said->upper);
}

/*
 * ParseRange
 *		Is a text a range of numbers?
 */
bool
ParseRange(const char *text, Said *said)
{
	const char *c = SkipBlanks(text);

	said->is_range = ParseComparison(c, said) || ParseFromTo(c, said);
	return said->is_range;
}

/*
 * ScaleNumber
 *		The same number with other decimals; false if it has more of them, or is too large.
 */
bool
ScaleNumber(int64 value, int32 decimals, int32 to_decimals, int64 *scaled)
{
	for (; decimals < to_decimals; decimals++)
	{
		if (pg_mul_s64_overflow(value, 10, &value))
			return false;
	}
	for (; decimals > to_decimals; decimals--)
	{
		if (value % 10 != 0)
			return false;
		value /= 10;
	}
	*scaled = value;
	return true;
}

/* A number in a message */
char *
NumberText(int64 value, int32 decimals)
{
	uint64		magnitude = value < 0 ? -(uint64) value : (uint64) value;
	char	   *digits = psprintf("%0*" PRIu64, decimals + 1, magnitude);
	int			whole = strlen(digits) - decimals;

	return psprintf("%s%.*s%s%s", value < 0 ? "-" : "", whole, digits,
					decimals > 0 ? "." : "", digits + whole);
}
