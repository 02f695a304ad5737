/*
 * counts.c
 *		Aggregates whose state is a few counts, an array of bigint; and the
 *		plainest of them.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "absence/counts.h"
#include "catalog/pg_type_d.h"

/* A number that a share can have in a state has so many decimal places. */
#define MAX_SCALE			38

/*
 * The counts in an array; anything but n of them is an error.
 */
int64 *
CheckCounts(ArrayType *state, int n)
{
	if (ARR_NDIM(state) != 1 || ARR_DIMS(state)[0] != n ||
		ARR_HASNULL(state) || ARR_ELEMTYPE(state) != INT8OID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("expected an array of %d counts", n)));
	return (int64 *) ARR_DATA_PTR(state);
}

/*
 * The counts of argument 0, to be changed in place.
 *
 * Outside an aggregate they are a copy.  The array to return is argument 0
 * after this call.
 */
int64 *
GetCounts(FunctionCallInfo fcinfo, int n)
{
	ArrayType  *state;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("state must not be null")));
	state = AggCheckCallContext(fcinfo, NULL) ?
		PG_GETARG_ARRAYTYPE_P(0) : PG_GETARG_ARRAYTYPE_P_COPY(0);
	fcinfo->args[0].value = PointerGetDatum(state);
	return CheckCounts(state, n);
}

/* A number from its halves */
static int128
LoadUnits(const int64 *counts)
{
	return (int128) ((uint128) counts[0] << 64 | (uint64) counts[1]);
}

/* A number in halves */
static void
StoreUnits(int64 *counts, int128 units)
{
	counts[0] = (int64) (units >> 64);
	counts[1] = (int64) units;
}

/*
 * The share that a state has from a place on.
 */
ExactShare
LoadShare(const int64 *counts)
{
	ExactShare	share = {LoadUnits(&counts[1]), LoadUnits(&counts[3]), counts[0]};

	if (counts[0] < 0 || counts[0] > MAX_SCALE || share.days < 0 || share.among < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the state has an impossible number of days")));
	return share;
}

/*
 * Put a share into a state, from a place on.
 */
void
StoreShare(int64 *counts, ExactShare share)
{
	counts[0] = share.scale;
	StoreUnits(&counts[1], share.days);
	StoreUnits(&counts[3], share.among);
}

/*
 * pooled_absence_rate(missed, scheduled)
 */

/* The units of a row */
static ExactShare
RowUnits(FunctionCallInfo fcinfo)
{
	return ShareOfNumbers(fcinfo, 1, "missed", "scheduled");
}

/* Transition of pooled_absence_rate: add a row */
PG_FUNCTION_INFO_V1(pooled_absence_rate_add);
Datum
pooled_absence_rate_add(PG_FUNCTION_ARGS)
{
	int64	   *counts = GetCounts(fcinfo, SHARE_COUNTS);

	StoreShare(counts, AddShares(LoadShare(counts), RowUnits(fcinfo)));
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* Inverse transition: take a row away */
PG_FUNCTION_INFO_V1(pooled_absence_rate_remove);
Datum
pooled_absence_rate_remove(PG_FUNCTION_ARGS)
{
	int64	   *counts = GetCounts(fcinfo, SHARE_COUNTS);

	StoreShare(counts, SubtractShares(LoadShare(counts), RowUnits(fcinfo)));
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* Combine the states of two workers */
PG_FUNCTION_INFO_V1(pooled_absence_rate_combine);
Datum
pooled_absence_rate_combine(PG_FUNCTION_ARGS)
{
	int64	   *counts = GetCounts(fcinfo, SHARE_COUNTS);
	int64	   *other = CheckCounts(PG_GETARG_ARRAYTYPE_P(1), SHARE_COUNTS);

	StoreShare(counts, AddShares(LoadShare(counts), LoadShare(other)));
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* Missed / scheduled; NULL when nothing was scheduled */
PG_FUNCTION_INFO_V1(pooled_absence_rate_final);
Datum
pooled_absence_rate_final(PG_FUNCTION_ARGS)
{
	ExactShare	share = LoadShare(CheckCounts(PG_GETARG_ARRAYTYPE_P(0), SHARE_COUNTS));

	if (share.among == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(ExactShareRate(share));
}
