/*
 * rate_gap_by_group.c
 *		The rate gaps of all groups of a partition, each to one reference.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/confidence.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "rate/group.h"
#include "rate/rate_gap.h"

#define ARG_REFERENCE	3
#define ARG_CONFIDENCE	4
#define ARG_HALDANE		5

/* rate_gap_by_group(group, x, n, reference, confidence, haldane) OVER (...) */
PG_FUNCTION_INFO_V1(rate_gap_by_group);
Datum
rate_gap_by_group(PG_FUNCTION_ARGS)
{
	GroupPartition *partition = ReadGroupPartition(fcinfo, ARG_REFERENCE);
	int64		current = WinGetCurrentPosition(PG_WINDOW_OBJECT());
	Group	   *group = &partition->groups[current];
	MissingCounts missing = {-1, -1, partition->n_missing_group};
	double		confidence = DatumGetFloat8(WindowArg(fcinfo, ARG_CONFIDENCE, "confidence"));
	bool		haldane = DatumGetBool(WindowArg(fcinfo, ARG_HALDANE, "haldane"));
	Comparison	reference = AllButGroup(partition, group);
	const char *no_comparison = NULL;
	RatePair	pair;
	ResultRow	row;

	if (group->reason)
		return ReasonRow(fcinfo, group->reason);

	if (group->reference != KEY_NULL)
		reference = OneGroup(partition, group->reference == current ? -1 : group->reference);
	if (group->reference == current)
		no_comparison = REASON_IS_REFERENCE;
	else if (reference.n == 0)
		no_comparison = REASON_NO_COMPARISON;

	pair.x_focal = group->x;
	pair.n_focal = group->n;
	pair.x_reference = reference.x;
	pair.n_reference = reference.n;
	BeginResultRow(&row, fcinfo);
	AddRateGap(&row, &pair, &missing, TwoSidedZ(confidence), haldane, no_comparison);
	return EndResultRow(&row);
}
