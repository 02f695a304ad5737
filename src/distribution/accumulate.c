/*
 * accumulate.c
 *		How a distribution grows: the state of its aggregates.
 *
 * The state is a flat varlena with room to spare, changed in place, so that the
 * executor has nothing to copy from one row to the next. New values wait,
 * unsorted, behind the entries; when the room is used up they are counted and
 * folded into the entries. A small group therefore is a plain array of numbers
 * until its aggregate ends.
 *
 * With many groups, what a row costs is the cache lines that it touches. So
 * values first go to the front, in the header's line, and from there behind the
 * entries together; and they are int16 while that is exact, which scores on a
 * scale are.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "distribution/distribution.h"
#include "nodes/execnodes.h"
#include "port/pg_bitutils.h"

/*
 * A new state, at least and at most; by how much it grows, since growing copies
 * it, and away from the other memory of its group; and the size from which it
 * folds instead
 */
#define STATE_MIN_SIZE 64
#define STATE_MAX_FIRST_SIZE 512
#define STATE_GROWTH 4
#define STATE_FOLD_SIZE 4096

static inline bool
IsNarrow(const Distribution *state)
{
	return (state->flags & DISTRIBUTION_NARROW) != 0;
}

/* Whether an int16 holds a value exactly */
static inline bool
IsNarrowValue(double value)
{
	return value >= PG_INT16_MIN && value <= PG_INT16_MAX && (int16) value == value;
}

/* Where the pending values behind the entries end and the room begins */
static inline char *
PendingEnd(const Distribution *state)
{
	return (char *) state + DistributionUsedSize(state);
}

static inline Size
FreeSize(const Distribution *state)
{
	return VARSIZE(state) - DistributionUsedSize(state);
}

/* A state of at least the given size: powers of two, as the allocator has them */
static Distribution *
AllocateState(Size size)
{
	Distribution *state;

	size = pg_nextpower2_size_t(Max(size, STATE_MIN_SIZE));
	state = palloc(size);
	SET_VARSIZE(state, size);
	return state;
}

/* Copy a distribution, in either form, into a state with at least the given room */
static Distribution *
CopyToState(const Distribution *d, Size room)
{
	Size		header_size = DistributionHeaderSize(d);
	Size		behind = DistributionUsedSize(d) - header_size;
	Distribution *state = AllocateState(sizeof(Distribution) + DISTRIBUTION_FRONT_SIZE +
										behind + room);
	int32		length = state->vl_len_;

	memcpy(state, d, header_size);
	state->vl_len_ = length;
	state->flags |= DISTRIBUTION_WORKING;
	memcpy((char *) state + DistributionHeaderSize(state), (const char *) d + header_size, behind);
	return state;
}

/*
 * An empty state. It has room for as many rows as are expected, within bounds:
 * too little is made good by growing, too much would be memory for nothing.
 */
Distribution *
DistributionNewState(double expected_rows)
{
	Size		expected_size = Min(expected_rows, STATE_MAX_FIRST_SIZE) * sizeof(int16);
	Distribution *state = AllocateState(Min(sizeof(Distribution) + DISTRIBUTION_FRONT_SIZE +
											expected_size, STATE_MAX_FIRST_SIZE));

	state->version = DISTRIBUTION_VERSION;
	state->flags = DISTRIBUTION_WORKING | DISTRIBUTION_NARROW;
	state->level = 0;
	state->unused = 0;
	state->n = 0;
	state->nentries = 0;
	state->npending = 0;
	return state;
}

/*
 * A state that starts from a distribution, in either form. What waits in one
 * worker's state lets expect as much from the others.
 */
Distribution *
DistributionToState(const Distribution *d)
{
	return CopyToState(d, (STATE_GROWTH - 1) * DistributionPendingSize(d));
}

/*
 * Sort out of "entries" those whose value the state has: add their counts
 * there, keep the others, and return how many those are.
 */
static int
AddToPresent(Distribution *state, DistributionEntry *entries, int nentries)
{
	DistributionEntry *present = DistributionEntries(state);
	int			npresent = state->nentries;
	int			position = 0;
	int			kept = 0;

	for (int i = 0; i < nentries; i++)
	{
		double		value = entries[i].value;
		int			step = 1;
		int			high = position;

		/* gallop: near in a dense merge, logarithmic in a sparse one */
		while (high < npresent && present[high].value < value)
		{
			position = high + 1;
			high += step;
			step *= 2;
		}
		high = Min(high, npresent);
		while (position < high)
		{
			int			middle = position + (high - position) / 2;

			if (present[middle].value < value)
				position = middle + 1;
			else
				high = middle;
		}

		if (position < npresent && present[position].value == value)
			present[position].count += entries[i].count;
		else
			entries[kept++] = entries[i];
	}
	return kept;
}

/* Merge sorted entries of other values into "target", from the back: there is room */
static void
MergeFromBack(DistributionEntry *target, int ntarget, const DistributionEntry *entries,
			  int nentries)
{
	int			last = ntarget + nentries;

	while (nentries > 0)
	{
		if (ntarget > 0 && target[ntarget - 1].value > entries[nentries - 1].value)
			target[--last] = target[--ntarget];
		else
			target[--last] = entries[--nentries];
	}
}

/*
 * A state of these entries at the lowest level above the given one at which
 * they fit. Changes the entries.
 */
static Distribution *
CoarserState(DistributionEntry *entries, int nentries, int level, const ExactMoments *moments)
{
	Distribution *result;

	while (nentries > DISTRIBUTION_MAX_ENTRIES)
		nentries = DistributionTruncateEntries(entries, nentries, ++level);
	result = DistributionFromEntries(entries, nentries, level, moments);
	return CopyToState(result, VARSIZE(result) / 2);
}

/*
 * Merge sorted, distinct entries of the given level into a state that has
 * nothing pending. Changes the entries; leaves n to the caller.
 */
static Distribution *
MergeEntries(Distribution *state, DistributionEntry *entries, int nentries,
			 int level, const ExactMoments *moments)
{
	int			total;
	Size		added;

	if (level > state->level)
		state = DistributionToState(DistributionAtLevel(state, level));
	if (state->level > 0)
	{
		if (level > 0)
			MomentsMerge(DistributionCoarseMoments(state), moments);
		else
			for (int i = 0; i < nentries; i++)
				MomentsAdd(DistributionCoarseMoments(state), entries[i].value, entries[i].count);
		if (level < state->level)
			nentries = DistributionTruncateEntries(entries, nentries, state->level);
	}

	nentries = AddToPresent(state, entries, nentries);
	total = state->nentries + nentries;
	if (total > DISTRIBUTION_MAX_ENTRIES)
	{
		DistributionEntry *merged = palloc(total * sizeof(DistributionEntry));
		ExactMoments merged_moments = {0};
		Distribution *result;

		memcpy(merged, DistributionEntries(state), state->nentries * sizeof(DistributionEntry));
		MergeFromBack(merged, state->nentries, entries, nentries);
		if (state->level > 0)
			DistributionMoments(state, &merged_moments);
		else
			for (int i = 0; i < total; i++)
				MomentsAdd(&merged_moments, merged[i].value, merged[i].count);
		result = CoarserState(merged, total, state->level, &merged_moments);
		result->n = state->n;
		pfree(merged);
		return result;
	}

	added = nentries * sizeof(DistributionEntry);
	if (FreeSize(state) < added)
		state = CopyToState(state, added);
	MergeFromBack(DistributionEntries(state), state->nentries, entries, nentries);
	state->nentries = total;
	return state;
}

/* Merge the pending values into the entries */
static Distribution *
FoldPending(Distribution *state)
{
	DistributionEntry *entries;
	int			nentries;

	if (state->npending == 0)
		return state;
	entries = palloc(state->npending * sizeof(DistributionEntry));
	nentries = DistributionCountPending(state, entries);
	state->npending = 0;
	state = MergeEntries(state, entries, nentries, 0, NULL);
	pfree(entries);
	return state;
}

/*
 * Make room for more pending values. A small state just grows: counting costs
 * least when there is much to count. A large one folds, and keeps at least a
 * third of its entries' room for pending values, so that a fold's pass over the
 * entries is shared by many rows.
 */
static Distribution *
MakeRoom(Distribution *state)
{
	Size		wanted;

	if (state->nentries == 0 && VARSIZE(state) < STATE_FOLD_SIZE)
		return CopyToState(state, Min((STATE_GROWTH - 1) * VARSIZE(state),
									  STATE_FOLD_SIZE - VARSIZE(state)));

	state = FoldPending(state);
	wanted = Max(STATE_FOLD_SIZE / 2, state->nentries * sizeof(DistributionEntry) / 3);
	if (FreeSize(state) < wanted)
		state = CopyToState(state, wanted);
	return state;
}

/* Let a value wait that has its room */
static inline void
PutPending(Distribution *state, double value)
{
	int			position = DistributionFrontCount(state);

	if (IsNarrow(state))
		((int16 *) DistributionFront(state))[position] = (int16) value;
	else
		((float8 *) DistributionFront(state))[position] = value;
	if (position == DistributionFrontLength(state) - 1)
		memcpy(PendingEnd(state), DistributionFront(state), DISTRIBUTION_FRONT_SIZE);
	state->npending++;
}

/* From int16 to float8 */
static Distribution *
Widen(const Distribution *state)
{
	Distribution *result = CopyToState(state, state->npending * sizeof(float8));

	result->flags &= ~DISTRIBUTION_NARROW;
	result->npending = 0;
	for (int i = 0; i < state->npending; i++)
		PutPending(result, DistributionPending(state, i));
	return result;
}

/* Let a value wait */
static inline Distribution *
AddPending(Distribution *state, double value)
{
	if (IsNarrow(state) && !IsNarrowValue(value))
		state = Widen(state);
	if (DistributionFrontCount(state) == DistributionFrontLength(state) - 1 &&
		FreeSize(state) < DISTRIBUTION_FRONT_SIZE)
		state = MakeRoom(state);
	PutPending(state, value);
	return state;
}

/* Let all values wait that wait in another state */
static Distribution *
AddAllPending(Distribution *state, const Distribution *other)
{
	Size		size = DistributionPendingSize(other);
	int			added = 0;

	if (state->nentries == 0 && FreeSize(state) < size &&
		DistributionUsedSize(state) + size <= STATE_FOLD_SIZE)
		state = CopyToState(state, size);
	if (IsNarrow(state) == IsNarrow(other) && FreeSize(state) >= size)
	{
		memcpy(PendingEnd(state), PendingEnd(other) - size, size);
		added = size / DistributionPendingWidth(other);
		state->npending += added;
	}
	for (int i = added; i < other->npending; i++)
		state = AddPending(state, DistributionPending(other, i));
	return state;
}

/* Count a value */
Distribution *
DistributionAccumulate(Distribution *state, double value)
{
	state = AddPending(state, DistributionCheckValue(value));
	state->n = DistributionAddCounts(state->n, 1);
	return state;
}

/* Count a value several times */
Distribution *
DistributionAccumulateCount(Distribution *state, double value, int64 count)
{
	DistributionEntry entry = {DistributionCheckValue(value), count};
	int64		n = DistributionAddCounts(state->n, count);

	state = MergeEntries(FoldPending(state), &entry, 1, 0, NULL);
	state->n = n;
	return state;
}

/* Count all that another distribution, in either form, has counted */
Distribution *
DistributionAbsorb(Distribution *state, const Distribution *other)
{
	int64		n = DistributionAddCounts(state->n, other->n);

	if (other->nentries > 0)
	{
		DistributionEntry *entries = palloc(other->nentries * sizeof(DistributionEntry));

		memcpy(entries, DistributionEntries(other), other->nentries * sizeof(DistributionEntry));
		state = MergeEntries(FoldPending(state), entries, other->nentries, other->level,
							 DistributionCoarseMoments(other));
		pfree(entries);
	}
	state = AddAllPending(state, other);
	state->n = n;
	return state;
}

/* The canonical form of a state that has no entries yet, as most small groups end */
static Distribution *
CompactPending(const Distribution *state)
{
	Distribution *result = palloc(sizeof(Distribution) +
								  state->npending * sizeof(DistributionEntry));

	*result = *state;
	result->flags = 0;
	result->level = 0;
	result->npending = 0;
	result->nentries = DistributionCountPending(state, DistributionEntries(result));
	SET_VARSIZE(result, DistributionUsedSize(result));
	return result;
}

/* The canonical form of a state, which stays as it is */
Distribution *
DistributionCompact(const Distribution *state)
{
	Distribution *folded;
	Distribution *result;

	if (state->nentries == 0 && state->npending <= DISTRIBUTION_MAX_ENTRIES)
		return CompactPending(state);

	folded = FoldPending(DistributionToState(state));
	result = DistributionFromEntries(DistributionEntries(folded), folded->nentries,
									 folded->level, DistributionCoarseMoments(folded));
	pfree(folded);
	return result;
}

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

/*
 * The state that an aggregate's function was handed: to be changed in place if
 * it is one of ours, else to be started from whatever value it is.
 */
static Distribution *
GetState(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		return DistributionNewState(ExpectedRows(fcinfo));
	if (AggCheckCallContext(fcinfo, NULL))
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
	if (PointerGetDatum(state) != PG_GETARG_DATUM(0) && !AggCheckCallContext(fcinfo, NULL))
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

/* The entry of a value, or NULL */
static DistributionEntry *
FindEntry(Distribution *state, double value)
{
	DistributionEntry *entries = DistributionEntries(state);
	int			low = 0;
	int			high = state->nentries;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (entries[middle].value < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low < state->nentries && entries[low].value == value ? &entries[low] : NULL;
}

/*
 * Take a value out of the state of a moving aggregate. From a coarse state only
 * the values of a whole frame give the level that a frame of its own would
 * have: NULL has the executor start anew.
 */
static Datum
RemoveFromState(FunctionCallInfo fcinfo, double value, int64 count)
{
	Distribution *state = FoldPending(GetState(fcinfo));
	DistributionEntry *entry = FindEntry(state, value);

	if (state->level > 0)
		PG_RETURN_NULL();
	if (entry == NULL || entry->count < count)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot remove value %.17g, which was not counted", value)));
	state->n -= count;
	entry->count -= count;
	if (entry->count == 0)
	{
		DistributionEntry *end = DistributionEntries(state) + state->nentries;

		memmove(entry, entry + 1, (char *) end - (char *) (entry + 1));
		state->nentries--;
	}
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

/* Combine function, and the transition function of rollup(distribution) */
Datum
distribution_combine(PG_FUNCTION_ARGS)
{
	Distribution *other;

	if (PG_ARGISNULL(1))
		return ReturnUnchanged(fcinfo);
	other = DistributionDetoast(PG_GETARG_DATUM(1));
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
