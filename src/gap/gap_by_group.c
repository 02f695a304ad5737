/*
 * gap_by_group.c
 *		The gaps between the means of all groups of a partition, each to one
 *		reference.
 *
 * Of the partition only the distribution of everyone is kept, and that of the
 * reference: the others of a group are everyone without it.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/confidence.h"
#include "base/count.h"
#include "base/reason.h"
#include "base/reference.h"
#include "distribution/tally.h"
#include "gap/mean_gap.h"
#include "miscadmin.h"
#include "utils/memutils.h"

/* The arguments; four belong to the reference, and the last one is a report's only */
enum
{
	ARG_GROUP,
	ARG_SCORES,
	ARG_REFERENCE,
	ARG_CONFIDENCE = ARG_REFERENCE + 4,
	ARG_WITH_ERRORS
};

typedef struct GapPartition
{
	bool		is_read;
	Distribution *everyone;		/* over all rows with a group */
	int64		n_missing_group;	/* students of rows without a group */
	Reference	reference;
	Distribution *named;		/* the scores of the reference, if it is one group */
} GapPartition;

/* The scores of a row, good until another argument is read */
static Distribution *
ReadScores(FunctionCallInfo fcinfo, int64 row)
{
	bool		isnull;
	Datum		scores = PartitionArgument(fcinfo, ARG_SCORES, row, &isnull);

	return isnull ? DistributionFromEntries(NULL, 0, 0, NULL) : DatumGetDistribution(scores);
}

/* The same as a copy */
static Distribution *
CopyScores(FunctionCallInfo fcinfo, int64 row)
{
	const Distribution *scores = ReadScores(fcinfo, row);

	return memcpy(palloc(VARSIZE(scores)), scores, VARSIZE(scores));
}

/* Whether the current row has a group */
static bool
HasGroup(FunctionCallInfo fcinfo)
{
	bool		isnull;

	(void) WinGetFuncArgCurrent(PG_WINDOW_OBJECT(), ARG_GROUP, &isnull);
	return !isnull;
}

/* A group that may be the one with the highest mean */
typedef struct Candidate
{
	int64		row;			/* -1 if there is none yet */
	int64		n;
	double		mean;
	int			key;
} Candidate;

/*
 * Is one group higher than another? Of equal means that of more students is, then
 * the first by name: the order of rows decides nothing.
 */
static bool
IsHigher(Candidate a, Candidate b)
{
	if (b.row < 0 || a.mean != b.mean)
		return b.row < 0 || a.mean > b.mean;
	return a.n != b.n ? a.n > b.n : a.key < b.key;
}

/* Add all groups up, and find the highest of those that are large enough */
static void
ReadGroups(FunctionCallInfo fcinfo, const KeyColumn *names, GapPartition *partition)
{
	MemoryContext kept = GetMemoryChunkContext(partition);
	MemoryContext row_context = AllocSetContextCreate(CurrentMemoryContext, "a group's scores",
													  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = CurrentMemoryContext;
	Tally		everyone = {0};
	Candidate	highest = {-1, 0, 0, 0};

	for (int64 row = 0; row < names->n_rows; row++)
	{
		Candidate	group = {row, 0, 0, names->keys[row]};
		const Distribution *scores;

		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(row_context);
		MemoryContextSwitchTo(row_context);
		scores = ReadScores(fcinfo, row);
		MemoryContextSwitchTo(caller);
		if (names->keys[row] == KEY_NULL)
		{
			partition->n_missing_group = AddCounts(partition->n_missing_group, scores->n);
			continue;
		}
		TallyAdd(&everyone, scores, TallyIsWhole(scores), caller);
		group.n = scores->n;
		if (partition->reference.kind != REFERENCE_HIGHEST || group.n < Max(partition->reference.min_n, 1))
			continue;
		group.mean = DistributionMean(scores);
		if (IsHigher(group, highest))
			highest = group;
	}
	if (partition->reference.kind == REFERENCE_HIGHEST)
		partition->reference.row = highest.row;
	MemoryContextSwitchTo(kept);
	partition->everyone = TallyResult(&everyone);
	if (partition->everyone == NULL)
		partition->everyone = DistributionFromEntries(NULL, 0, 0, NULL);
	/* going back to its row for every other one takes long where the rows are on disk */
	if (partition->reference.row >= 0)
		partition->named = CopyScores(fcinfo, partition->reference.row);
	MemoryContextSwitchTo(caller);
}

/* The partition, read at its first row */
static GapPartition *
ReadPartition(FunctionCallInfo fcinfo)
{
	GapPartition *partition = WinGetPartitionLocalMemory(PG_WINDOW_OBJECT(), sizeof(GapPartition));

	if (!partition->is_read)
	{
		MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "groups of a partition",
													  ALLOCSET_DEFAULT_SIZES);
		MemoryContext caller = MemoryContextSwitchTo(scratch);
		KeyColumn	names = ReadGroupNames(fcinfo, ARG_GROUP, "rollup(scores)");

		CheckOptions(fcinfo, ARG_REFERENCE);
		partition->reference = ReadReference(fcinfo, ARG_REFERENCE, REFERENCE_OTHERS, &names);
		ReadGroups(fcinfo, &names, partition);
		MemoryContextSwitchTo(caller);
		MemoryContextDelete(scratch);
		partition->is_read = true;
	}
	return partition;
}

/* What a group is compared with; nobody where there is no such group */
static Distribution *
ReferenceScores(const GapPartition *partition, const Distribution *focal)
{
	const Reference *reference = &partition->reference;

	if (reference->kind == REFERENCE_OTHERS || reference->kind == REFERENCE_EVERYONE)
		return DistributionSubtract(partition->everyone, focal);
	if (reference->row < 0)
		return DistributionFromEntries(NULL, 0, 0, NULL);
	return partition->named;
}

/* Multiply an estimate and its error */
static void
Multiply(Estimate *estimate, double factor)
{
	estimate->estimate *= factor;
	estimate->se *= factor;
	estimate->lower *= factor;
	estimate->upper *= factor;
}

/*
 * From the gap between a group and the others to that between it and everyone, of
 * whom it is a part: the two are not independent, but the difference is that from
 * the others times their share of everyone, and so are its error and its bounds;
 * that it is 0 is the same hypothesis. So it is with d, g, and A - 1/2.
 */
static void
CompareWithEveryone(MeanGap *gap, const Distribution *everyone, double confidence)
{
	double		share = (double) gap->groups.n_reference / (double) everyone->n;

	gap->groups.mean_reference = DistributionMean(everyone);
	gap->groups.sd_reference = MakeScaled(DistributionStddev(everyone), 0);
	Multiply(&gap->test.difference, share);
	Multiply(&gap->d, share);
	Multiply(&gap->g, share);
	VTowardsEven(&gap->v, share);
	VAddIntervals(&gap->v, V_INTERVAL_NORMAL, confidence);
}

/* The gap of the current row's group, and whom it compares */
static MeanGap
CompareGroup(FunctionCallInfo fcinfo, const GapPartition *partition, double confidence, bool is_with_errors, GroupPair *pair)
{
	int64		current = WinGetCurrentPosition(PG_WINDOW_OBJECT());
	bool		is_reference = partition->reference.row == current;
	MeanGap		gap;

	pair->focal = ReadScores(fcinfo, current);
	pair->reference = is_reference ? DistributionFromEntries(NULL, 0, 0, NULL) :
		ReferenceScores(partition, pair->focal);

	gap = CompareMeans(*pair, confidence, is_with_errors);
	if (is_reference)
		gap.reason = REASON_IS_REFERENCE;
	else if (pair->focal->n > 0 && pair->reference->n == 0)
		gap.reason = REASON_NO_COMPARISON;
	else if (partition->reference.kind == REFERENCE_EVERYONE && pair->focal->n > 0)
	{
		CompareWithEveryone(&gap, partition->everyone, confidence);
		pair->reference = partition->everyone;
	}
	return gap;
}

/* gap_by_group(group_name, scores, reference..., confidence) OVER (...) */
PG_FUNCTION_INFO_V1(gap_by_group);
Datum
gap_by_group(PG_FUNCTION_ARGS)
{
	const GapPartition *partition = ReadPartition(fcinfo);
	double		confidence = CheckConfidence(DatumGetFloat8(WindowOption(fcinfo, ARG_CONFIDENCE)));
	GroupPair	pair;
	MeanGap		gap;
	ResultRow	row;

	if (!HasGroup(fcinfo))
		return ReasonRow(fcinfo, REASON_MISSING_GROUP);
	gap = CompareGroup(fcinfo, partition, confidence, true, &pair);

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, pair.focal->n);
	AddInt64(&row, pair.reference->n);
	AddInt64(&row, partition->n_missing_group);
	AddMeanGap(&row, &gap);
	return EndResultRow(&row);
}

/* Add an effect size, and its error where that was asked for */
static void
AddEffect(ResultRow *row, Estimate effect, bool is_with_errors)
{
	if (is_with_errors)
	{
		AddEstimate(row, effect);
		return;
	}
	AddFloat8(row, effect.estimate);
	for (int i = 0; i < 3; i++)
		AddNull(row);
}

/*
 * report_gap_by_group, with the same arguments and is_with_errors: the same gap in the
 * columns of a report, which has errors of g and V only where it is asked for them.
 */
PG_FUNCTION_INFO_V1(report_gap_by_group);
Datum
report_gap_by_group(PG_FUNCTION_ARGS)
{
	const GapPartition *partition = ReadPartition(fcinfo);
	double		confidence = CheckConfidence(DatumGetFloat8(WindowOption(fcinfo, ARG_CONFIDENCE)));
	bool		is_with_errors = DatumGetBool(WindowOption(fcinfo, ARG_WITH_ERRORS));
	GroupPair	pair;
	MeanGap		gap;
	ResultRow	row;

	if (!HasGroup(fcinfo))
		return ReasonRow(fcinfo, REASON_MISSING_GROUP);
	gap = CompareGroup(fcinfo, partition, confidence, is_with_errors, &pair);

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, pair.focal->n);
	AddInt64(&row, pair.reference->n);
	AddInt64(&row, partition->n_missing_group);
	AddFloat8(&row, gap.groups.mean_focal);
	AddFloat8(&row, gap.groups.mean_reference);
	AddEstimate(&row, gap.test.difference);
	AddFloat8(&row, gap.test.df);
	AddFloat8(&row, gap.test.p_value);
	AddEffect(&row, gap.g, is_with_errors);
	AddEffect(&row, gap.v.v, is_with_errors);
	for (int i = 0; i < 3; i++)
		AddNull(&row);
	AddText(&row, gap.reason);
	return EndResultRow(&row);
}
