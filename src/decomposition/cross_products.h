/*
 * cross_products.h
 *		What least squares need of a focal and a reference group: sums of products.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_CROSS_PRODUCTS_H
#define GAPSTATS_CROSS_PRODUCTS_H

#include "base/state.h"
#include "fmgr.h"

/* What 1.0 wrote; every later version reads it */
#define CROSS_PRODUCTS_VERSION 1

#define MAX_COVARIATES 64

/* Nobody has said how many covariates there are: no row had any */
#define COVARIATES_UNKNOWN (-1)

enum
{
	GROUP_FOCAL, GROUP_REFERENCE, N_GROUPS
};

/* The columns whose products are summed. The first is 1 in every row: its products are sums. */
enum
{
	COLUMN_ONE, COLUMN_OUTCOME, COLUMN_COVARIATES
};

#define MAX_COLUMNS (COLUMN_COVARIATES + MAX_COVARIATES)

/*
 * In a state all values of a column are multiples of 2^low and below 2^high; of zeros, both are 0.
 * In a value it is what the sums need, see FindSpans().
 */
typedef struct Span
{
	int16		low;
	int16		high;
} Span;

/*
 * Behind the header come the spans of the outcome and the covariates; of each covariate, how
 * many rows have another number than 0 and 1; then, of the focal and of the reference group,
 * the sums of the products of any two columns but of the first with itself, which is n:
 * (0, 1), (0, 2), ... (1, 1), (1, 2), ... A sum is an integer in two's complement, least
 * significant limb first, in units of 2^(low + low). How many limbs it has is the same
 * whatever 2^63 rows they are, so that nothing overflows.
 */
typedef struct CrossProducts
{
	int32		vl_len_;		/* varlena header (do not touch directly!) */
	uint8		version;
	uint8		flags;
	int16		n_covariates;	/* or COVARIATES_UNKNOWN: then nothing is behind the header */
	int64		n[N_GROUPS];	/* rows */
	int64		missing[N_GROUPS];	/* rows without an outcome or a covariate */
	int64		missing_group;	/* rows without a group */
	int64		n_given;		/* rows with covariates, of these and of those */
} CrossProducts;

static inline Span *
Spans(const CrossProducts *products)
{
	return (Span *) ((char *) products + sizeof(CrossProducts));
}

/* How many spans there are */
static inline int
CountSpans(int n_covariates)
{
	return n_covariates + 1;
}

/* The span of a column */
static inline Span
ColumnSpan(const CrossProducts *products, int column)
{
	static const Span one = {0, 1};

	return column == COLUMN_ONE ? one : Spans(products)[column - COLUMN_OUTCOME];
}

/* How many columns there are */
static inline int
CountColumns(const CrossProducts *products)
{
	return COLUMN_COVARIATES + products->n_covariates;
}

/* Of each covariate, the rows in which it is neither 0 nor 1 */
static inline int64 *
CountsOfOthers(const CrossProducts *products)
{
	return (int64 *) ((char *) products + sizeof(CrossProducts) +
					  MAXALIGN(CountSpans(products->n_covariates) * sizeof(Span)));
}

static inline uint64 *
FirstLimb(const CrossProducts *products)
{
	return (uint64 *) (CountsOfOthers(products) + Max(products->n_covariates, 0));
}

/* How many limbs the sum of the products of two columns has: 63 bits are for n, one is the sign */
static inline int
CountLimbs(Span a, Span b)
{
	return ((a.high - a.low) + (b.high - b.low) + 64 + 63) / 64;
}

extern CrossProducts *ArgumentCrossProducts(FunctionCallInfo fcinfo, int argno);

/* A state, what counts rows in it, and the value that it stands for */
extern CrossProducts *NewCrossProducts(void);
extern CrossProducts *CountProductsRow(CrossProducts *state, const NullableDatum *arguments);
extern CrossProducts *CompactCrossProducts(const CrossProducts *products);

#endif							/* GAPSTATS_CROSS_PRODUCTS_H */
