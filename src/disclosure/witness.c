/*
 * witness.c
 *		Hidden numbers that are seen not to be given away.
 *
 * Two tables of whole numbers that agree with all that is published, and in which a hidden
 * number is as far apart as is asked, show by themselves that no verdict gives it away. They
 * are found sooner than the ends of its intervals, and one table does for many numbers.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "disclosure/witness.h"
#include "miscadmin.h"
#include "utils/float.h"

/* What the solver says is off by less */
#define ROUNDING 1e-5

/* The range within all others */
static RangeKind
InnermostRange(const Component *component)
{
	return component->has_rule ? RULE_RANGE : component->has_whole ? WHOLE_RANGE : NONNEG_RANGE;
}

/* How far apart tables must be in an unknown, in units of the component: at all, at least */
static int64
AskedDistance(const Component *component, int unknown)
{
	double		width = component->system->unknowns[component->unknowns[unknown]].width * component->scale;

	return Max((int64) ceil(Min(width, (double) MAX_NUMBER)), component->is_whole[unknown] ? component->scale : 1);
}

static int64
SeenDistance(const Range *range, int unknown)
{
	return range->has_point ? range->seen[1][unknown] - range->seen[0][unknown] : -1;
}

/* Look for a table in which an unknown is as low (direction 1) or high (-1) as the solver says; how far that is */
static double
PushUnknown(Solution *solution, const Region *region, int unknown, int direction)
{
	Term		objective = {unknown, direction};

	if (SolverMinimum(solution, region, &objective, 1) != OPTIMAL)
		return direction * get_float8_infinity();
	NotePoint(solution, region);
	return solution->values[unknown];
}

/* Look for a table in which an unknown is at least, or at most, something */
static void
SearchBeyond(Solution *solution, const Region *region, int unknown, int64 lower, int64 upper, int max_nodes)
{
	const Component *component = solution->component;
	Region	   *beyond = CopyRegion(component, region);
	Goal		any_point = {.unknown = -1};

	beyond->lower[unknown] = Max(beyond->lower[unknown], lower);
	beyond->upper[unknown] = Min(beyond->upper[unknown], upper);
	if (IsOrdered(component, beyond))
		SearchWhole(solution, beyond, &any_point, max_nodes);
	FreeRegion(beyond);
}

/* Look for tables that are far enough apart in an unknown */
static void
LookAtUnknown(Solution *solution, const Range *range, int unknown, int max_nodes)
{
	int64		asked = AskedDistance(solution->component, unknown);
	double		low;
	double		high;

	high = PushUnknown(solution, range->region, unknown, -1);
	if (SeenDistance(range, unknown) >= asked)
		return;
	low = PushUnknown(solution, range->region, unknown, 1);
	if (SeenDistance(range, unknown) >= asked || !range->has_point || high - low < asked - ROUNDING)
		return;

	/* In fractions they are */
	if (range->seen[0][unknown] + asked <= high + ROUNDING)
		SearchBeyond(solution, range->region, unknown, range->seen[0][unknown] + asked, NO_UPPER_BOUND, max_nodes);
	if (SeenDistance(range, unknown) < asked)
		SearchBeyond(solution, range->region, unknown, NO_LOWER_BOUND, range->seen[1][unknown] - asked, max_nodes);
}

/*
 * FindWitnesses
 *		Note the unknowns that some tables show not to be given away.
 */
void
FindWitnesses(Solution *solution, int max_nodes)
{
	const Component *component = solution->component;
	const Range *range = &solution->ranges[InnermostRange(component)];

	solution->is_shown = palloc0(component->n_unknowns * sizeof(bool));
	for (int i = 0; i < component->n_unknowns; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (SeenDistance(range, i) < AskedDistance(component, i))
			LookAtUnknown(solution, range, i, max_nodes);
		solution->is_shown[i] = SeenDistance(range, i) >= AskedDistance(component, i);
	}
}
