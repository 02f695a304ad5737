/*
 * impact_index.c
 *		Disproportionate impact on groups: the 80% index and the proportionality
 *		index, and the students needed to reach them.
 *
 * Success is coded so that higher is better. Methods: California Community
 * Colleges Chancellor's Office; 29 CFR 1607.4(D).
 *
 * All flags and all needed students come from exact products of counts; only
 * what is reported as a rate, share or index is floating point.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/reason.h"
#include "disproportionality/exact.h"
#include "rate/comparison.h"
#include "rate/group.h"

/* eighty_percent_index(group_name, x, n, reference..., cutoff) OVER (...) */
PG_FUNCTION_INFO_V1(eighty_percent_index);
Datum
eighty_percent_index(PG_FUNCTION_ARGS)
{
	GroupPartition *partition = ReadGroups(fcinfo, REFERENCE_HIGHEST);
	const Group *group = &partition->groups[WinGetCurrentPosition(PG_WINDOW_OBJECT())];
	Numeric		cutoff = FractionOption(fcinfo, ARG_AFTER_REFERENCE, "cutoff");
	Numeric		to_clear;
	Numeric		to_parity;
	Numeric		denominator;
	Proportion	reference;
	const char *reason = FindReference(partition, group, &reference);
	ResultRow	row;

	if (reason == NULL && reference.x == 0)
		reason = REASON_ZERO_REFERENCE;
	if (reason)
		return ReasonRow(fcinfo, reason);

	to_clear = ExcessOfRate(cutoff, group->p, reference);
	to_parity = ExcessOfRate(int64_to_numeric(1), group->p, reference);
	denominator = int64_to_numeric(reference.n);

	BeginResultRow(&row, fcinfo);
	AddFloat8(&row, Rate(group->p));
	AddFloat8(&row, Rate(reference));
	AddFloat8(&row, RatioOfRates(group->p, reference));
	AddBool(&row, Sign(to_clear) > 0);
	AddInt64(&row, CeilingOfRatio(to_clear, denominator));
	AddInt64(&row, CeilingOfRatio(to_parity, denominator));
	AddInt64(&row, partition->n_missing_group);
	AddText(&row, NULL);
	return EndResultRow(&row);
}

/*
 * proportionality_index(group_name, x, n, cutoff) OVER (...), and
 * representation_index
 *
 * The group's share of successes divided by its share of students, which is
 * its rate divided by everybody's. Adding a success to the group adds one to
 * everybody, hence n off the denominator of the students needed.
 */
PG_FUNCTION_INFO_V1(proportionality_index);
Datum
proportionality_index(PG_FUNCTION_ARGS)
{
	GroupPartition *partition = ReadGroups(fcinfo, REFERENCE_NONE);
	const Group *group = &partition->groups[WinGetCurrentPosition(PG_WINDOW_OBJECT())];
	Proportion	everyone = partition->everyone;
	Numeric		cutoff = FractionOption(fcinfo, ARG_N + 1, "cutoff");
	Numeric		to_clear;
	Numeric		to_parity;
	Numeric		denominator;
	ResultRow	row;

	if (group->reason)
		return ReasonRow(fcinfo, group->reason);
	if (group->p.n == 0)
		return ReasonRow(fcinfo, REASON_N_LT_1);
	if (everyone.x == 0)
		return ReasonRow(fcinfo, REASON_ZERO_REFERENCE);

	to_clear = ExcessOfRate(cutoff, group->p, everyone);
	to_parity = ExcessOfRate(int64_to_numeric(1), group->p, everyone);
	denominator = Minus(int64_to_numeric(everyone.n), TimesCount(cutoff, group->p.n));

	BeginResultRow(&row, fcinfo);
	AddFloat8(&row, Share(group->p.x, everyone.x));
	AddFloat8(&row, Share(group->p.n, everyone.n));
	AddFloat8(&row, RatioOfRates(group->p, everyone));
	AddFloat8(&row, RelativeDifferencePercent(group->p, everyone));
	AddBool(&row, Sign(to_clear) > 0);
	AddInt64(&row, CeilingOfRatio(to_clear, denominator));
	AddInt64(&row, CeilingOfRatio(to_parity, int64_to_numeric(everyone.n - group->p.n)));
	AddInt64(&row, partition->n_missing_group);
	AddText(&row, NULL);
	return EndResultRow(&row);
}
