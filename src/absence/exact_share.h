/*
 * exact_share.h
 *		Days absent among days enrolled, where days may have fractions.
 *
 * Thresholds and sums are exact: both numbers are whole numbers of the same
 * unit, a power of ten of a day. 18.5 of 185 days is 185 of 1850 tenths.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_EXACT_SHARE_H
#define GAPSTATS_EXACT_SHARE_H

#include "base/compat.h"
#include "dayset/share.h"

/* A number that is not negative: units / 10^scale */
typedef struct Decimal
{
	int128		units;
	int			scale;
} Decimal;

typedef struct ExactShare
{
	int128		days;
	int128		among;
	int			scale;
} ExactShare;

extern Decimal ArgumentDecimal(FunctionCallInfo fcinfo, int argno, const char *name);
extern Decimal ArgumentThreshold(FunctionCallInfo fcinfo, int argno, const char *name);
extern char *DecimalText(Decimal decimal);
extern Datum DecimalNumeric(Decimal decimal);
extern int128 CheckedProduct(int128 a, int128 b);
extern int128 Rescale(int128 units, int from, int to);

extern ExactShare MakeExactShare(Decimal days, Decimal among);
extern void CheckShare(ExactShare share, const char *days_name, const char *among_name);
extern ExactShare ShareOfSets(FunctionCallInfo fcinfo, int argno, DayWindow window);
extern ExactShare ShareOfNumbers(FunctionCallInfo fcinfo, int argno, const char *days_name,
								 const char *among_name);
extern ExactShare AddShares(ExactShare a, ExactShare b);
extern ExactShare SubtractShares(ExactShare a, ExactShare b);
extern bool ShareAtLeast(ExactShare share, Decimal threshold);
extern double ExactShareRate(ExactShare share);

/* The first number of a share */
static inline Decimal
ShareDays(ExactShare share)
{
	Decimal		days = {share.days, share.scale};

	return days;
}

/* The second number of a share */
static inline Decimal
ShareAmong(ExactShare share)
{
	Decimal		among = {share.among, share.scale};

	return among;
}

#endif							/* GAPSTATS_EXACT_SHARE_H */
