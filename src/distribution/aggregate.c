/*
 * aggregate.c
 *		The functions of the aggregates that make distributions.
 *
 * The transition type is distribution itself, in its working form.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "distribution/distribution.h"

/* The rows of a group, as the planner expects them; 0 if nobody knows */
static double
ExpectedRows(FunctionCallInfo fcinfo)
{
	const Agg  *plan;

	if (fcinfo->context == NULL || !IsA(fcinfo->context, AggState))
		return 0;
	plan = castNode(Agg, ((AggState *) fcinfo->context)->ss.ps.plan);
	return outerPlan(plan)->plan_rows / Max(plan->numGroups, 1);
}

static void *
CreateState(FunctionCallInfo fcinfo)
{
	return DistributionNewState(ExpectedRows(fcinfo));
}

static void *
CopyState(Datum value)
{
	return DistributionToState(DistributionDetoast(value));
}

static void *
CompactState(const void *state)
{
	return DistributionCompact(state);
}

static const StateType state_type = {CreateState, CopyState, CompactState};

/* The state of a moving frame */
static void *
CreateMovingState(FunctionCallInfo fcinfo pg_attribute_unused())
{
	return DistributionNewMovingState();
}

static void *
CopyMovingState(Datum value)
{
	return DistributionAbsorb(DistributionNewMovingState(), DistributionFromDatum(value));
}

static const StateType moving_state_type = {CreateMovingState, CopyMovingState, CompactState};

/* Transition function of distribution(double precision) */
PG_FUNCTION_INFO_V1(distribution_accum);
Datum
distribution_accum(PG_FUNCTION_ARGS)
{
	Distribution *state;

	if (PG_ARGISNULL(1))
		return ReturnUnchanged(fcinfo);
	state = DistributionAccumulate(GetState(fcinfo, &state_type), PG_GETARG_FLOAT8(1));
	return ReturnState(fcinfo, state, &state_type);
}

/*
 * The count that a row stands for, 1 where the aggregate has no such argument; 0
 * for a row to leave out.
 */
static int64
GetCount(FunctionCallInfo fcinfo)
{
	int64		count;

	if (PG_ARGISNULL(1) || (PG_NARGS() > 2 && PG_ARGISNULL(2)))
		return 0;
	count = PG_NARGS() > 2 ? PG_GETARG_INT64(2) : 1;
	if (count < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("count must not be negative: " INT64_FORMAT, count)));
	return count;
}

/* Transition function of distribution(double precision, bigint) */
PG_FUNCTION_INFO_V1(distribution_accum_count);
Datum
distribution_accum_count(PG_FUNCTION_ARGS)
{
	int64		count = GetCount(fcinfo);
	Distribution *state;

	if (count == 0)
		return ReturnUnchanged(fcinfo);
	state = DistributionAccumulateCount(GetState(fcinfo, &state_type), PG_GETARG_FLOAT8(1), count);
	return ReturnState(fcinfo, state, &state_type);
}

/* Both over a moving frame */
PG_FUNCTION_INFO_V1(distribution_moving_accum);
Datum
distribution_moving_accum(PG_FUNCTION_ARGS)
{
	int64		count = GetCount(fcinfo);
	Distribution *state;

	if (count == 0)
		return ReturnUnchanged(fcinfo);
	state = DistributionAccumulateCount(GetState(fcinfo, &moving_state_type),
										PG_GETARG_FLOAT8(1), count);
	return ReturnState(fcinfo, state, &moving_state_type);
}

/* Inverse transition function of both */
PG_FUNCTION_INFO_V1(distribution_moving_remove);
Datum
distribution_moving_remove(PG_FUNCTION_ARGS)
{
	int64		count = GetCount(fcinfo);
	Distribution *state;

	if (count == 0)
		return ReturnUnchanged(fcinfo);
	state = DistributionRemove(GetState(fcinfo, &moving_state_type), PG_GETARG_FLOAT8(1), count);
	return ReturnState(fcinfo, state, &moving_state_type);
}

/* Room for a value with a short header */
typedef union ShortDistribution
{
	Distribution d;
	char		data[VARHDRSZ + VARATT_SHORT_MAX];
} ShortDistribution;

/* Detoast, but give a short one its alignment without an allocation */
static Distribution *
DetoastShort(Datum datum, ShortDistribution *aligned)
{
	struct varlena *value = (struct varlena *) DatumGetPointer(datum);

	if (VARATT_IS_SHORT(value) && !VARATT_IS_EXTERNAL(value))
	{
		Size		size = VARSIZE_SHORT(value) - VARHDRSZ_SHORT;

		memcpy(VARDATA(aligned), VARDATA_SHORT(value), size);
		SET_VARSIZE(aligned, VARHDRSZ + size);
		datum = PointerGetDatum(aligned);
	}
	return DistributionDetoast(datum);
}

/*
 * Have the first lines of a state on their way to the cache. Among those of many
 * groups it is not there, and only its header tells where its pending values end.
 */
static inline void
PrefetchState(Datum state)
{
#ifdef __GNUC__
	for (int offset = 0; offset < 192; offset += 64)
		__builtin_prefetch(DatumGetPointer(state) + offset);
#endif
}

/* Combine function, and the transition function of rollup(distribution) */
PG_FUNCTION_INFO_V1(distribution_combine);
Datum
distribution_combine(PG_FUNCTION_ARGS)
{
	ShortDistribution aligned;
	Distribution *state;
	Distribution *other;

	if (PG_ARGISNULL(1))
		return ReturnUnchanged(fcinfo);
	if (!PG_ARGISNULL(0))
		PrefetchState(PG_GETARG_DATUM(0));
	other = DetoastShort(PG_GETARG_DATUM(1), &aligned);
	if (PG_ARGISNULL(0))
		state = DistributionToState(other);
	else
		state = DistributionAbsorb(GetState(fcinfo, &state_type), other);
	return ReturnState(fcinfo, state, &state_type);
}

/* Final function: NULL if no row counted */
PG_FUNCTION_INFO_V1(distribution_final);
Datum
distribution_final(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(DistributionCompact(GetState(fcinfo, &state_type)));
}

/* Final function over a moving frame, whose state starts empty rather than NULL */
PG_FUNCTION_INFO_V1(distribution_moving_final);
Datum
distribution_moving_final(PG_FUNCTION_ARGS)
{
	Distribution *state = GetState(fcinfo, &moving_state_type);

	if (state->n == 0)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(DistributionCompact(state));
}
