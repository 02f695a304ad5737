/*
 * rate_gap_by_group.c
 *		The rate gaps of all groups of a partition, each to one reference.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/confidence.h"
#include "base/reason.h"
#include "rate/group.h"
#include "rate/rate_gap.h"

#define ARG_CONFIDENCE	ARG_AFTER_REFERENCE
#define ARG_HALDANE		(ARG_AFTER_REFERENCE + 1)

/* Why the group of a row has nobody to be compared with, or NULL */
static const char *
NoComparison(const GroupPartition *partition, int64 row)
{
	const Group *group = &partition->groups[row];

	if (partition->reference.row == row)
		return REASON_IS_REFERENCE;
	if (partition->everyone.n == group->p.n || ReferenceOf(partition, group).n == 0)
		return REASON_NO_COMPARISON;
	return NULL;
}

/* rate_gap_by_group(group_name, x, n, reference..., confidence, haldane) OVER (...) */
PG_FUNCTION_INFO_V1(rate_gap_by_group);
Datum
rate_gap_by_group(PG_FUNCTION_ARGS)
{
	GroupPartition *partition = ReadGroups(fcinfo, REFERENCE_OTHERS);
	int64		current = WinGetCurrentPosition(PG_WINDOW_OBJECT());
	const Group *group = &partition->groups[current];
	double		z = TwoSidedZ(DatumGetFloat8(WindowOption(fcinfo, ARG_CONFIDENCE)));
	bool		haldane = DatumGetBool(WindowOption(fcinfo, ARG_HALDANE));
	Proportion	nobody = {0, 0};
	const char *no_comparison;
	RateGap		gap;
	ResultRow	row;

	if (group->reason)
		return ReasonRow(fcinfo, group->reason);

	no_comparison = NoComparison(partition, current);
	if (no_comparison)
	{
		gap = CompareRates(group->p, nobody, z, haldane);
		gap.reason = no_comparison;
	}
	else if (partition->reference.kind == REFERENCE_EVERYONE)
		gap = CompareWithWhole(group->p, partition->everyone, z, haldane);
	else
		gap = CompareRates(group->p, ReferenceOf(partition, group), z, haldane);

	BeginResultRow(&row, fcinfo);
	AddGroupCounts(&row, &gap);
	AddInt64(&row, partition->n_missing_group);
	AddGapStatistics(&row, &gap);
	return EndResultRow(&row);
}
