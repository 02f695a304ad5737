/*
 * norms.c
 *		Where a score stands in a norm group: national norms, growth charts.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "base/argument.h"
#include "base/rmath.h"
#include "distribution/rank.h"
#include "utils/float.h"

/* The range in which percentile ranks are published */
static int32
PublishedRank(int128 rank)
{
	return rank < 1 ? 1 : rank > 99 ? 99 : (int32) rank;
}

/* A scale parameter that must be positive */
static double
PositiveArgument(FunctionCallInfo fcinfo, int argno, const char *name)
{
	double		value = ArgumentDouble(fcinfo, argno, name);

	if (value <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be positive, not %g", name, value)));
	return value;
}

/*
 * 100 (below + equal / 2) / n, rounded half up in whole numbers:
 * floor((100 (below + upto) + n) / (2 n)), where upto = below + equal.
 */
PG_FUNCTION_INFO_V1(norm_percentile);
Datum
norm_percentile(PG_FUNCTION_ARGS)
{
	Ranks		ranks = DistributionRanks(PG_GETARG_DISTRIBUTION(0));
	CutCount	count = CountAtCut(&ranks, ArgumentDouble(fcinfo, 1, "score"));
	int128		n = ranks.d->n;

	if (n == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(PublishedRank((100 * ((int128) count.below + count.upto) + n) / (2 * n)));
}

/* The percentile rank, 0 to 100, of a score in a normal norm group */
static double
NormalRank(FunctionCallInfo fcinfo)
{
	double		mean = ArgumentDouble(fcinfo, 0, "mean");
	double		sd = PositiveArgument(fcinfo, 1, "sd");
	double		score = ArgumentDouble(fcinfo, 2, "score");

	return 100 * pnorm(score, mean, sd, 1, 0);
}

/* The percentile rank of a score in normal norms */
PG_FUNCTION_INFO_V1(normal_percentile_rank);
Datum
normal_percentile_rank(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(NormalRank(fcinfo));
}

/* The same as it is published: 1 to 99 */
PG_FUNCTION_INFO_V1(norm_percentile_normal);
Datum
norm_percentile_normal(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(PublishedRank((int128) floor(NormalRank(fcinfo) + 0.5)));
}

/* log(x / m), of positive numbers, also where their ratio is out of range */
static double
LogRatio(double x, double m)
{
	double		ratio = x / m;

	return isnormal(ratio) ? log(ratio) : log(x) - log(m);
}

/*
 * Cole & Green 1992: ((x / m)^l - 1) / (l s), which becomes ln(x / m) / s where
 * l is 0, or so small that what is between them is not seen.
 */
PG_FUNCTION_INFO_V1(lms_z);
Datum
lms_z(PG_FUNCTION_ARGS)
{
	double		x = PositiveArgument(fcinfo, 0, "measurement");
	double		l = ArgumentDouble(fcinfo, 1, "l");
	double		m = PositiveArgument(fcinfo, 2, "m");
	double		s = PositiveArgument(fcinfo, 3, "s");
	double		log_ratio = LogRatio(x, m);
	double		power = l * log_ratio;
	double		z = (fabs(power) < DBL_EPSILON / 2 ? log_ratio : expm1(power) / l) / s;

	if (!isfinite(z))
		float_overflow_error();
	PG_RETURN_FLOAT8(z);
}
