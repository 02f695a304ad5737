/*
 * states.c
 *		What is left of the state of a group.
 *
 * As an aggregate over rows that do not count gives NULL, so does what is left of nothing.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "distribution/distribution.h"
#include "fmgr.h"

/*
 * distribution_left(added distribution, removed distribution) returns distribution
 */
PG_FUNCTION_INFO_V1(distribution_left);
Datum
distribution_left(PG_FUNCTION_ARGS)
{
	Distribution *left;

	if (PG_ARGISNULL(0) && PG_ARGISNULL(1))
		PG_RETURN_NULL();
	left = DistributionSubtract(ArgumentDistribution(fcinfo, 0), ArgumentDistribution(fcinfo, 1));
	if (left->nentries == 0)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(left);
}
