/*
 * rate.h
 *		Rates of groups, and gaps between them.
 *
 * A rate is x students with the outcome among n.  Undefined statistics are
 * NaN here and NULL in SQL, with a reason beside them.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_RATE_H
#define GAPSTATS_RATE_H

#include "argument.h"
#include "fmgr.h"
#include "result_row.h"

/* Why a statistic is undefined. */
#define REASON_N_LT_1			"n_lt_1"
#define REASON_N_LT_2			"n_lt_2"
#define REASON_ZERO_REFERENCE	"zero_reference"
#define REASON_ZERO_FOCAL		"zero_focal"
#define REASON_ZERO_CELL		"zero_cell"
#define REASON_ZERO_VARIANCE	"zero_variance"

/* A statistic with its confidence interval. */
typedef struct Estimate
{
	double		estimate;
	double		standard_error; /* of a ratio: that of its logarithm */
	double		lower;
	double		upper;
	const char *reason;			/* NULL where all of it is defined */
} Estimate;

/* The outcome in two groups: x of n in each. */
typedef struct RatePair
{
	int64		x_focal;
	int64		n_focal;
	int64		x_reference;
	int64		n_reference;
} RatePair;

/* Rows that count in no rate; -1 where nobody counted them. */
typedef struct MissingCounts
{
	int64		outcome_focal;
	int64		outcome_reference;
	int64		group;
} MissingCounts;

/* proportion.c */
extern double TwoSidedZ(double confidence);
extern double Rate(int64 x, int64 n);
extern void CheckCount(int64 count, const char *name, const char *group);
extern void CheckRate(int64 x, int64 n, const char *group);
extern Estimate WilsonInterval(int64 x, int64 n, double z);
extern Estimate ScoreInterval(double p, double q, double n, double z);
extern Estimate UndefinedEstimate(const char *reason);
extern Datum EstimateRow(FunctionCallInfo fcinfo, Estimate estimate);

/* rate_gap.c */
extern double GapOfRates(int64 a, int64 m, int64 c, int64 n);
extern double RatioOfRates(int64 a, int64 m, int64 c, int64 n);
extern double RelativeDifferencePercent(int64 a, int64 m, int64 c, int64 n);
extern RatePair RatePairArgs(FunctionCallInfo fcinfo);
extern Estimate RiskDifference(const RatePair *pair, double z);
extern Estimate RiskRatio(const RatePair *pair, double z, bool haldane);
extern Estimate OddsRatio(const RatePair *pair, double z, bool haldane);
extern void SetLogInterval(Estimate *estimate, double z);
extern double PooledZ(const RatePair *pair);
extern void AddRateGap(ResultRow *row, const RatePair *pair, const MissingCounts *missing,
					   double z, bool haldane, const char *no_comparison);

#endif							/* GAPSTATS_RATE_H */
