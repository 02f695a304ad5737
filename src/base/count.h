/*
 * count.h
 *		Counts, which must not wrap around.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_COUNT_H
#define GAPSTATS_COUNT_H

#include "base/compat.h"
#include "common/int.h"

pg_noreturn extern void CountOverflow(void);
pg_noreturn extern void RefuseSubtraction(const char *type, const char *detail);
extern int64 SubtractCounts(int64 count, int64 taken, const char *type);
extern int32 IntegerCount(int64 count, const char *name);

/* The sum of two counts */
static inline int64
AddCounts(int64 a, int64 b)
{
	int64		sum;

	if (unlikely(pg_add_s64_overflow(a, b, &sum)))
		CountOverflow();
	return sum;
}

/* Their product */
static inline int64
MultiplyCounts(int64 a, int64 b)
{
	int64		product;

	if (unlikely(pg_mul_s64_overflow(a, b, &product)))
		CountOverflow();
	return product;
}

#endif							/* GAPSTATS_COUNT_H */
