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
#include "nodes/execnodes.h"

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

/* As AggCheckCallContext, but without a call for a row of GROUP BY */
static inline bool
InAggregate(FunctionCallInfo fcinfo)
{
	return (fcinfo->context != NULL && IsA(fcinfo->context, AggState)) ||
		AggCheckCallContext(fcinfo, NULL);
}

/*
 * The state that an aggregate's function was handed: to be changed in place if
 * it is one of ours, else to be started from whatever value it is.
 */
static Distribution *
GetState(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		return DistributionNewState(ExpectedRows(fcinfo));
	if (InAggregate(fcinfo))
	{
		Distribution *state = (Distribution *) PG_GETARG_POINTER(0);

		if (VARATT_IS_4B_U(state) && (state->flags & DISTRIBUTION_WORKING) != 0)
			return state;
	}
	return DistributionToState(PG_GETARG_DISTRIBUTION(0));
}

/*
 * Hand back a state. Whoever calls outside an aggregate gets the canonical form;
 * the pointer that came in needs no second look.
 */
static Datum
ReturnState(FunctionCallInfo fcinfo, Distribution *state)
{
	if (PointerGetDatum(state) != PG_GETARG_DATUM(0) && !InAggregate(fcinfo))
		state = DistributionCompact(state);
	PG_RETURN_DISTRIBUTION(state);
}

/* Hand back argument 0, when a row has nothing to count */
static Datum
ReturnUnchanged(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

PG_FUNCTION_INFO_V1(distribution_accum);
PG_FUNCTION_INFO_V1(distribution_accum_count);
PG_FUNCTION_INFO_V1(distribution_remove);
PG_FUNCTION_INFO_V1(distribution_remove_count);
PG_FUNCTION_INFO_V1(distribution_combine);
PG_FUNCTION_INFO_V1(distribution_final);
PG_FUNCTION_INFO_V1(distribution_moving_final);

/* Transition function of distribution(double precision) */
Datum
distribution_accum(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return ReturnUnchanged(fcinfo);
	return ReturnState(fcinfo,
					   DistributionAccumulate(GetState(fcinfo), PG_GETARG_FLOAT8(1)));
}

/* The count argument of an aggregate; 0 and NULL are rows to leave out */
static int64
GetCount(FunctionCallInfo fcinfo)
{
	int64		count;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return 0;
	count = PG_GETARG_INT64(2);
	if (count < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("count must not be negative: " INT64_FORMAT, count)));
	return count;
}

/* Transition function of distribution(double precision, bigint) */
Datum
distribution_accum_count(PG_FUNCTION_ARGS)
{
	int64		count = GetCount(fcinfo);

	if (count == 0)
		return ReturnUnchanged(fcinfo);
	return ReturnState(fcinfo,
					   DistributionAccumulateCount(GetState(fcinfo), PG_GETARG_FLOAT8(1), count));
}

/*
 * Take a value out of the state of a moving aggregate. From a coarse state it
 * cannot be taken: NULL has the executor start anew.
 */
static Datum
RemoveFromState(FunctionCallInfo fcinfo, double value, int64 count)
{
	Distribution *state = DistributionRemove(GetState(fcinfo), value, count);

	if (state == NULL)
		PG_RETURN_NULL();
	return ReturnState(fcinfo, state);
}

/* Inverse transition function of distribution(double precision) */
Datum
distribution_remove(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return ReturnUnchanged(fcinfo);
	return RemoveFromState(fcinfo, PG_GETARG_FLOAT8(1), 1);
}

/* Inverse transition function of distribution(double precision, bigint) */
Datum
distribution_remove_count(PG_FUNCTION_ARGS)
{
	int64		count = GetCount(fcinfo);

	if (count == 0)
		return ReturnUnchanged(fcinfo);
	return RemoveFromState(fcinfo, PG_GETARG_FLOAT8(1), count);
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
Datum
distribution_combine(PG_FUNCTION_ARGS)
{
	ShortDistribution aligned;
	Distribution *other;

	if (PG_ARGISNULL(1))
		return ReturnUnchanged(fcinfo);
	if (!PG_ARGISNULL(0))
		PrefetchState(PG_GETARG_DATUM(0));
	other = DetoastShort(PG_GETARG_DATUM(1), &aligned);
	if (PG_ARGISNULL(0))
		return ReturnState(fcinfo, DistributionToState(other));
	return ReturnState(fcinfo, DistributionAbsorb(GetState(fcinfo), other));
}

/* Final function: NULL if no row counted */
Datum
distribution_final(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DISTRIBUTION(DistributionCompact(GetState(fcinfo)));
}

/* Final function over a window, whose state starts empty rather than NULL */
Datum
distribution_moving_final(PG_FUNCTION_ARGS)
{
	Distribution *state = GetState(fcinfo);

	if (state->n == 0)
		PG_RETURN_NULL();
	PG_RETURN_DISTRIBUTION(DistributionCompact(state));
}
