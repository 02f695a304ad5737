/*
 * accumulate.c
 *		How a distribution grows: the state of its aggregates.
 *
 * In a state new values wait, unsorted, behind the entries; when the room is
 * used up they are counted and folded into the entries. A small group therefore
 * is a plain array of numbers until its aggregate ends.
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

/* The header of a state, and the front */
#define STATE_HEADER_SIZE (sizeof(Distribution) + DISTRIBUTION_FRONT_SIZE)

/*
 * A new state at most; by how much it grows, since growing copies it, and away
 * from the other memory of its group; and the size from which it folds instead
 */
#define STATE_MAX_FIRST_SIZE 512
#define STATE_GROWTH 4
#define STATE_FOLD_SIZE 4096

/* The largest group whose values wait one by one when it is merged */
#define SCATTERED_MAX 256

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

/* Copy a distribution, in either form, into a state with at least the given room */
static Distribution *
CopyToState(const Distribution *d, Size room)
{
	Size		header_size = DistributionHeaderSize(d);
	Size		behind = DistributionUsedSize(d) - header_size;
	Distribution *state = GrowState(d, header_size, STATE_HEADER_SIZE + behind + room);

	state->flags |= STATE_WORKING;
	memcpy((char *) state + STATE_HEADER_SIZE, (const char *) d + header_size, behind);
	return state;
}

/*
 * An empty state, with room for about as many rows as are expected: too little
 * is made good by growing, too much would be memory for nothing. So of the
 * powers of two it is the nearest, not the next.
 */
Distribution *
DistributionNewState(double expected_rows)
{
	double		expected_size = sizeof(Distribution) + expected_rows * sizeof(int16);
	Size		size = Min(expected_size * 3 / 4, STATE_MAX_FIRST_SIZE);
	Distribution *state = AllocateState(Max(size, STATE_HEADER_SIZE));

	state->version = DISTRIBUTION_VERSION;
	state->flags = STATE_WORKING | DISTRIBUTION_NARROW;
	state->level = 0;
	state->nfront = 0;
	state->n = 0;
	state->nentries = 0;
	state->npending = 0;
	return state;
}

/*
 * A state that starts from a distribution, in either form. What waits in one
 * process's state lets expect as much from two more: by default PostgreSQL gives
 * a query two workers and its leader.
 */
Distribution *
DistributionToState(const Distribution *d)
{
	return CopyToState(d, 2 * DistributionPendingWidth(d) * d->npending);
}

/* An empty state for a moving frame */
Distribution *
DistributionNewMovingState(void)
{
	Distribution *state = GrowState(DistributionNewState(0), STATE_HEADER_SIZE,
									STATE_HEADER_SIZE + sizeof(ExactMoments));

	state->flags |= DISTRIBUTION_MOVING;
	memset(DistributionKeptMoments(state), 0, sizeof(ExactMoments));
	return state;
}

static inline bool
IsMoving(const Distribution *state)
{
	return (state->flags & DISTRIBUTION_MOVING) != 0;
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
 * The distribution of these entries at the lowest level, from the given one on,
 * at which they fit. Changes the entries.
 */
static Distribution *
Coarsen(DistributionEntry *entries, int nentries, int level, const ExactMoments *moments)
{
	level = DistributionFittingLevel(entries, nentries, level);
	nentries = DistributionTruncateEntries(entries, nentries, level);
	return DistributionFromEntries(entries, nentries, level, moments);
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
	{
		if (IsMoving(state))
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("a coarse distribution cannot be in a moving frame")));
		state = DistributionToState(DistributionAtLevel(state, level));
	}
	if (DistributionHasMoments(state))
	{
		if (level > 0)
			MomentsMerge(DistributionKeptMoments(state), moments);
		else
			for (int i = 0; i < nentries; i++)
				MomentsAdd(DistributionKeptMoments(state), entries[i].value, entries[i].count);
		if (level < state->level)
			nentries = DistributionTruncateEntries(entries, nentries, state->level);
	}

	nentries = AddToPresent(state, entries, nentries);
	total = state->nentries + nentries;
	if (total > DISTRIBUTION_MAX_ENTRIES && !IsMoving(state))
	{
		DistributionEntry *merged = palloc(total * sizeof(DistributionEntry));
		ExactMoments merged_moments = {0};
		Distribution *coarse;
		int64		n = state->n;

		memcpy(merged, DistributionEntries(state), state->nentries * sizeof(DistributionEntry));
		MergeFromBack(merged, state->nentries, entries, nentries);
		if (state->level > 0)
			DistributionMoments(state, &merged_moments);
		else
			for (int i = 0; i < total; i++)
				MomentsAdd(&merged_moments, merged[i].value, merged[i].count);
		coarse = Coarsen(merged, total, state->level, &merged_moments);
		state = CopyToState(coarse, VARSIZE(coarse) / 2);
		state->n = n;
		pfree(coarse);
		pfree(merged);
		return state;
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
	state->nfront = 0;
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

/* Whether the front is to be moved behind the entries before the next value */
static inline bool
FrontIsFull(const Distribution *state)
{
	return state->nfront == DistributionFrontLength(state);
}

/* Let a value wait that has its room */
static inline void
PutPending(Distribution *state, double value)
{
	if (FrontIsFull(state))
	{
		memcpy(PendingEnd(state), DistributionFront(state), DISTRIBUTION_FRONT_SIZE);
		state->nfront = 0;
	}
	if (IsNarrow(state))
		((int16 *) DistributionFront(state))[state->nfront] = (int16) value;
	else
		((float8 *) DistributionFront(state))[state->nfront] = value;
	state->nfront++;
	state->npending++;
}

/* From int16 to float8 */
static Distribution *
Widen(const Distribution *state)
{
	Distribution *result = CopyToState(state, state->npending * sizeof(float8));

	result->flags &= ~DISTRIBUTION_NARROW;
	result->npending = 0;
	result->nfront = 0;
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
	if (FrontIsFull(state) && FreeSize(state) < DISTRIBUTION_FRONT_SIZE)
		state = MakeRoom(state);
	PutPending(state, value);
	return state;
}

/*
 * Let values wait for which there is room, as wide as those that do: what the
 * front can take in it, the rest behind.
 */
static void
PutPendingTogether(Distribution *state, const void *values, int count)
{
	Size		width = DistributionPendingWidth(state);
	int			to_front = Min(count, DistributionFrontLength(state) - state->nfront);
	char	   *front_end = (char *) DistributionFront(state) + state->nfront * width;

	memcpy(PendingEnd(state), (const char *) values + to_front * width, (count - to_front) * width);
	memcpy(front_end, values, to_front * width);
	state->nfront += to_front;
	state->npending += count;
}

/* Let all values wait that wait in another state */
static Distribution *
AddAllPending(Distribution *state, const Distribution *other)
{
	Size		size = other->npending * DistributionPendingWidth(other);

	if (state->nentries == 0 && FreeSize(state) < size &&
		DistributionUsedSize(state) + size <= STATE_FOLD_SIZE)
		state = CopyToState(state, size);
	if (IsNarrow(state) == IsNarrow(other) && FreeSize(state) >= size)
	{
		PutPendingTogether(state, DistributionFront(other), other->nfront);
		PutPendingTogether(state, DistributionPendingBehind(other),
						   other->npending - other->nfront);
	}
	else
	{
		for (int i = 0; i < other->npending; i++)
			state = AddPending(state, DistributionPending(other, i));
	}
	return state;
}

/* Count a value */
Distribution *
DistributionAccumulate(Distribution *state, double value)
{
	state = AddPending(state, DistributionCheckValue(value));
	state->n = AddCounts(state->n, 1);
	return state;
}

/* Count a value several times */
Distribution *
DistributionAccumulateCount(Distribution *state, double value, int64 count)
{
	DistributionEntry entry = {DistributionCheckValue(value), count};
	int64		n = AddCounts(state->n, count);

	state = MergeEntries(FoldPending(state), &entry, 1, 0, NULL);
	state->n = n;
	return state;
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

/* Take back what was counted, from the state of a moving frame */
Distribution *
DistributionRemove(Distribution *state, double value, int64 count)
{
	DistributionEntry *entry;

	/* in an aggregate of somebody's own it may come from any transition function */
	if (!IsMoving(state))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot remove a value from a state that is not of a moving frame")));
	entry = FindEntry(state, value);
	if (entry == NULL || entry->count < count)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot remove value %.17g, which was not counted", value)));
	state->n -= count;
	entry->count -= count;
	MomentsRemove(DistributionKeptMoments(state), value, count);
	if (entry->count == 0)
	{
		DistributionEntry *end = DistributionEntries(state) + state->nentries;

		memmove(entry, entry + 1, (char *) end - (char *) (entry + 1));
		state->nentries--;
	}
	return state;
}

/*
 * Let the values of another distribution's entries wait one by one, if they are few and
 * there is room. Most of a small group are of one student each, and one that waits costs
 * less than one that is looked up. Returns whether they do.
 */
static bool
AddScattered(Distribution *state, const Distribution *other)
{
	int16		values[SCATTERED_MAX];
	const DistributionEntry *entries = DistributionEntries(other);
	int64		count = other->n - other->npending;
	int			nvalues = 0;

	if (count > Min(2 * (int64) other->nentries, SCATTERED_MAX) || DistributionHasMoments(other) ||
		!IsNarrow(state) || IsMoving(state) || FreeSize(state) < count * sizeof(int16))
		return false;
	for (int i = 0; i < other->nentries; i++)
	{
		if (!IsNarrowValue(entries[i].value))
			return false;
		for (int64 j = 0; j < entries[i].count; j++)
			values[nvalues++] = (int16) entries[i].value;
	}
	PutPendingTogether(state, values, nvalues);
	return true;
}

/* Count all that another distribution, in either form, has counted */
Distribution *
DistributionAbsorb(Distribution *state, const Distribution *other)
{
	int64		n = AddCounts(state->n, other->n);

	if (other->nentries > 0 && !AddScattered(state, other))
	{
		DistributionEntry *entries = palloc(other->nentries * sizeof(DistributionEntry));

		memcpy(entries, DistributionEntries(other), other->nentries * sizeof(DistributionEntry));
		state = MergeEntries(FoldPending(state), entries, other->nentries, other->level,
							 DistributionKeptMoments(other));
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
	result->nfront = 0;
	result->npending = 0;
	result->nentries = DistributionCountPending(state, DistributionEntries(result));
	SET_VARSIZE(result, DistributionUsedSize(result));
	return result;
}

/* The canonical form of a moving frame's state that has more entries than fit */
static Distribution *
CompactMoving(const Distribution *state)
{
	Size		size = state->nentries * sizeof(DistributionEntry);
	DistributionEntry *entries = palloc(size);
	Distribution *result;

	memcpy(entries, DistributionEntries(state), size);
	result = Coarsen(entries, state->nentries, 0, DistributionKeptMoments(state));
	pfree(entries);
	return result;
}

/* The canonical form of a state, which stays as it is */
Distribution *
DistributionCompact(const Distribution *state)
{
	const Distribution *folded = state;
	Distribution *result;

	if (state->nentries == 0 && state->npending <= DISTRIBUTION_MAX_ENTRIES)
		return CompactPending(state);
	if (state->nentries > DISTRIBUTION_MAX_ENTRIES)
		return CompactMoving(state);

	if (state->npending > 0)
		folded = FoldPending(DistributionToState(state));
	result = DistributionFromEntries(DistributionEntries(folded), folded->nentries,
									 folded->level, DistributionKeptMoments(folded));
	if (folded != state)
		pfree((void *) folded);
	return result;
}
