/*
 * norms.c
 *		Where a score stands in a norm group: national norms, growth charts.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/rmath.h"
#include "percentile/quantile.h"
#include "utils/float.h"

/* Refuse a distribution whose values are rounded, where a student's place depends on them */
void
RequireExact(const Distribution *d)
{
	if (d->level > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a student's place cannot be read from a coarse distribution"),
				 errdetail("It holds more than %d distinct values and was coarsened.",
						   DISTRIBUTION_MAX_ENTRIES),
				 errhint("Round the scores before aggregating them.")));
}

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
 * floor((100 (2 below + equal) + n) / (2 n)).
 */
PG_FUNCTION_INFO_V1(norm_percentile);
Datum
norm_percentile(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);
	const DistributionEntry *entries = DistributionEntries(d);
	double		score = ArgumentDouble(fcinfo, 1, "score");
	int128		twice = 0;

	RequireExact(d);
	if (d->n == 0)
		PG_RETURN_NULL();
	for (int i = 0; i < d->nentries && entries[i].value <= score; i++)
		twice += (int128) (entries[i].value < score ? 2 : 1) * entries[i].count;
	PG_RETURN_INT32(PublishedRank((100 * twice + d->n) / (2 * (int128) d->n)));
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

/*
 * Cole & Green 1992: ((x / m)^l - 1) / (l s), and ln(x / m) / s at l = 0, to
 * which expm1 leads without a jump.
 */
PG_FUNCTION_INFO_V1(lms_z);
Datum
lms_z(PG_FUNCTION_ARGS)
{
	double		x = PositiveArgument(fcinfo, 0, "measurement");
	double		l = ArgumentDouble(fcinfo, 1, "l");
	double		m = PositiveArgument(fcinfo, 2, "m");
	double		s = PositiveArgument(fcinfo, 3, "s");
	double		log_ratio = log(x / m);
	double		z = (l == 0) ? log_ratio / s : expm1(l * log_ratio) / (l * s);

	if (!isfinite(z))
		float_overflow_error();
	PG_RETURN_FLOAT8(z);
}
