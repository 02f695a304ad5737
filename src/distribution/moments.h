/*
 * moments.h
 *		Exact sums of values and of their squares.
 *
 * A sum of doubles depends on the order in which it is taken; a sum of
 * integers does not. Every finite double is a whole multiple of 2^-1074, so the
 * sum and the sum of squares are kept as whole numbers wide enough for 2^63
 * values of any size (Neal 2015, "Fast exact summation using small and large
 * superaccumulators", in its plainest form).
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_MOMENTS_H
#define GAPSTATS_MOMENTS_H

#include "lib/stringinfo.h"

/* 1074 + 1024 bits of range, 63 bits of count and a sign */
#define EXACT_SUM_LIMBS 68
/* 2148 + 2048 bits of range, 63 bits of count and a sign */
#define EXACT_SQUARES_LIMBS 134

/* Binary exponents of what the lowest bit is worth */
#define EXACT_SUM_UNIT (-1074)
#define EXACT_SQUARES_UNIT (-2148)

/* Two's complement, least significant limb first */
typedef struct ExactMoments
{
	uint32		sum[EXACT_SUM_LIMBS];
	uint32		squares[EXACT_SQUARES_LIMBS];
} ExactMoments;

extern void MomentsAdd(ExactMoments *moments, double value, int64 count);
extern void MomentsAddWhole(ExactMoments *moments, int128 sum, uint128 squares);
extern void MomentsRemove(ExactMoments *moments, double value, int64 count);
extern void MomentsMerge(ExactMoments *moments, const ExactMoments *other);
extern void MomentsSubtract(ExactMoments *moments, const ExactMoments *other);
extern double MomentsMean(const ExactMoments *moments, int64 n);
extern double MomentsMeanDifference(const ExactMoments *a, int64 n_a,
									const ExactMoments *b, int64 n_b, int *exponent);
extern double MomentsVariance(const ExactMoments *moments, int64 n, int *exponent);
extern double MomentsStddev(const ExactMoments *moments, int64 n, int *exponent);
extern bool MomentsAreConsistent(const ExactMoments *moments, int64 n);

extern int	ExactIntegerCompare(const uint32 *a, const uint32 *b, int nlimbs);
extern void ExactIntegerOut(StringInfo buf, const uint32 *limbs, int nlimbs, int unit);
extern bool ExactIntegerIn(const char **text, uint32 *limbs, int nlimbs, int unit);

#endif							/* GAPSTATS_MOMENTS_H */
