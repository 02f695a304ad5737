/*
 * near.c
 *		Ends of intervals, and tables that are far apart, by what is near a hidden number.
 *
 * Where very much hangs together, what bounds a number is nearly always near it. One table that fits all facts is
 * found; then few unknowns that hang together are moved from there, and as many more as help. An end is found where
 * a table has the number there and bounds, or multipliers of facts, say that it cannot be farther. What is found so
 * is what is known of the component when it is looked at as a whole: only what is left of it takes long.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "disclosure/near.h"
#include "disclosure/propagate.h"
#include "disclosure/vicinity.h"
#include "disclosure/witness.h"
#include "miscadmin.h"

/*
 * In smaller components all unknowns are looked at together. To find ends near them takes more tables than to find two that
 * are far apart: of such a size, it can take longer than to look at the whole
 */
#define LARGE 1024
#define LARGE_FOR_ENDS 2048

/* Unknowns that are moved together at first; and for what is left then, before any are added that would help */
#define FEW_MOVED 256
#define MANY_MOVED 1024

/* With more, others are looked at among few again; with the most, no more are added */
#define MOST_KEPT 4096
#define MOST_MOVED 4096

/* Of the search among those that are moved */
#define MOST_NODES 50

/* Many unknowns are moved to their ends at once as long as one in so many comes there */
#define SHARE_ENDED 4

/* No bound beyond this is of use */
#define FARTHEST ((double) MAX_NUMBER)

/* What the solver says is off by less */
#define ROUNDING 1e-5

/* What is looked for */
typedef struct Look
{
	Vicinity	near;
	Solution   *all;			/* of the component */
	RangeKind	kind;			/* in this range */
	const bool *is_asked;		/* unknowns that are looked at; NULL for all */
	bool		has_ends;		/* their ends, or tables that are far apart in them */
	bool		is_widened;		/* among as many more as help */
	int			max_nodes;		/* of a search */
	bool	   *is_tried;		/* unknowns that were looked at */
} Look;

/* ---- ends ---- */

static int64
BoundOf(const Region *region, int unknown, int direction)
{
	return direction > 0 ? region->lower[unknown] : region->upper[unknown];
}

/* Whether an end of an unknown of the component is known: a table has it there, or it was told */
static bool
IsEndKnown(const Look *look, int unknown, int side)
{
	const Solution *all = look->all;
	int64		bound = BoundOf(all->narrowed[look->kind], unknown, side == 0 ? 1 : -1);

	return !IsBounded(bound) || all->ranges[look->kind].seen[side][unknown] == bound || all->ranges[look->kind].ends[side][unknown].is_proven;
}

/* The least (side 0) or largest value of an unknown that was seen */
static int64
SeenValue(const Look *look, int unknown, int side)
{
	int64		all = look->all->ranges[look->kind].seen[side][look->near.unknowns[unknown]];
	const Range *range = &look->near.moved->ranges[look->kind];

	if (!range->has_point)
		return all;
	return side == 0 ? Min(all, range->seen[side][unknown]) : Max(all, range->seen[side][unknown]);
}

/* Whether nothing is known to bound an unknown, or a table was found with it at its bound */
static bool
IsAtEnd(const Look *look, int unknown, int direction)
{
	int64		bound = BoundOf(look->all->narrowed[look->kind], look->near.unknowns[unknown], direction);

	return !IsBounded(bound) || SeenValue(look, unknown, END_OF(direction)) == bound;
}

/* Put an unknown and a direction into an objective, if no form is about it and another one of it; whether it was put */
static bool
AddApart(const Look *look, int unknown, int direction, bool *is_taken, Term *objective, int n)
{
	const Component *component = look->near.component;

	for (int i = StartOf(component->forms_end, unknown); i < component->forms_end[unknown]; i++)
	{
		if (is_taken[component->forms_of[i]])
			return false;
	}
	for (int i = StartOf(component->forms_end, unknown); i < component->forms_end[unknown]; i++)
		is_taken[component->forms_of[i]] = true;
	objective[n] = (Term) {unknown, direction};
	return true;
}

/* Look for whole numbers where all are that the solver put at their ends */
static void
SearchAtEnds(const Look *look, const Term *objective, int n)
{
	Solution   *moved = look->near.moved;
	Region	   *region = CopyRegion(look->near.component, moved->ranges[look->kind].region);
	Goal		any_point = {.unknown = -1};

	for (int i = 0; i < n; i++)
	{
		int			unknown = objective[i].unknown;
		int64		bound = BoundOf(look->all->narrowed[look->kind], look->near.unknowns[unknown], objective[i].coefficient);

		if (fabs(moved->values[unknown] - bound) < ROUNDING)
			region->lower[unknown] = region->upper[unknown] = bound;
	}
	SearchWhole(moved, region, &any_point, look->max_nodes);
	FreeRegion(region);
}

/* Look for tables in which many unknowns that no form connects are at their ends at once, as long as many are */
static void
MoveTogetherTo(const Look *look, int direction)
{
	Solution   *moved = look->near.moved;
	const Region *region = moved->ranges[look->kind].region;
	Term	   *objective = palloc(look->near.n_unknowns * sizeof(Term));
	bool	   *is_taken = palloc(look->near.n_forms * sizeof(bool));
	bool	   *is_pushed = palloc0(look->near.n_unknowns * sizeof(bool));
	int			n_ended;
	int			n;

	do
	{
		CHECK_FOR_INTERRUPTS();
		n = n_ended = 0;
		memset(is_taken, false, look->near.n_forms * sizeof(bool));
		for (int i = 0; i < look->near.n_unknowns; i++)
		{
			if (!is_pushed[i] && !IsShown(look->all, look->near.unknowns[i]) && !IsAtEnd(look, i, direction) &&
				AddApart(look, i, direction, is_taken, objective, n))
			{
				is_pushed[i] = true;
				n++;
			}
		}
		if (n < 2 || SolverMinimum(moved, region, objective, n) != OPTIMAL)
			break;
		if (!NotePoint(moved, region) || moved->point.denominator != 1)
			SearchAtEnds(look, objective, n);
		for (int i = 0; i < n; i++)
			n_ended += IsAtEnd(look, objective[i].unknown, direction);
	} while (n_ended * SHARE_ENDED >= n);
	pfree(objective);
	pfree(is_pushed);
	pfree(is_taken);
}

static void
MoveTogether(const Look *look)
{
	MoveTogetherTo(look, -1);
	MoveTogetherTo(look, 1);
}

/* Narrow the bounds of an unknown to an end, and those of others to what follows from it */
static void
NarrowToEnd(const Solution *all, RangeKind kind, int unknown, int side, const End *end)
{
	Region	   *narrowed = all->narrowed[kind];
	int64	   *bound = side == 0 ? &narrowed->lower[unknown] : &narrowed->upper[unknown];
	int64		before = *bound;
	int64		after;
	Trail		trail = {0};

	NarrowRegion(all->component, narrowed, unknown, side, end);
	after = *bound;
	if (after == before)
		return;
	*bound = before;
	SetBound(&trail, bound, after, NO_FORM);
	PropagateChanges(all->component, narrowed, &trail, 0);
}

/* If the solver's point, which fits, is at a bound that is proved, that is the end: a fraction is seen in no table of whole numbers */
static void
TellEnd(const Look *look, int unknown, int side, const Rational *proved)
{
	const Quotients *point = &look->near.moved->point;
	Rational	value = Fraction(point->numerators[unknown], point->denominator);
	MemoryContext caller = CurrentMemoryContext;

	if (CompareRationals(&value, proved) != 0)
		return;
	MemoryContextSwitchTo(look->all->context);
	look->all->ranges[look->kind].ends[side][look->near.unknowns[unknown]] = (End) {.value = CopyRational(&value),.is_proven = true};
	MemoryContextSwitchTo(caller);
}

/* Narrow the bounds of an unknown, in the range and those within it, to what the solver's multipliers prove */
static void
NarrowToProof(Look *look, int unknown, int direction, bool is_point)
{
	Rational	sign = WholeNumber(direction);

	for (RangeKind kind = look->kind; kind < N_RANGES; kind++)
	{
		Rational	bound;
		End			end = {0};

		if (!ProveByVicinity(&look->near, kind, unknown, direction, &bound))
			continue;
		end.value = Product(&bound, &sign);
		if (kind == look->kind && kind == NONNEG_RANGE && is_point)
			TellEnd(look, unknown, END_OF(direction), &end.value);
		NarrowToEnd(look->all, kind, look->near.unknowns[unknown], END_OF(direction), &end);
	}
}

/* Look for whole numbers where an unknown is at the end that the solver found */
static void
SearchAtEnd(const Look *look, int unknown, int direction)
{
	const Range *range = &look->near.moved->ranges[look->kind];
	int64		scale = look->near.component->scale;
	double		value = look->near.moved->values[unknown] / scale;
	int64		end;

	if (!(fabs(value) < FARTHEST))
		return;
	end = scale * (int64) (direction > 0 ? ceil(value - ROUNDING) : floor(value + ROUNDING));
	if (range->has_point && (direction > 0 ? range->seen[0][unknown] > end : range->seen[1][unknown] < end))
		SearchBeyond(look->near.moved, range->region, unknown, end, end, look->max_nodes);
}

/* Look for a table in which an unknown is at a goal, or as near to it as it can be, and for a proof of that */
static void
MoveTo(Look *look, int unknown, int direction, int64 goal)
{
	RangeKind	kind = look->kind;
	Term		objective = {unknown, direction};

	for (;;)
	{
		Region	   *region = look->near.moved->ranges[kind].region;
		int64	   *bound = direction > 0 ? &region->lower[unknown] : &region->upper[unknown];
		int64		before = *bound;
		Outcome		outcome;
		bool		is_point;

		CHECK_FOR_INTERRUPTS();
		*bound = goal;
		outcome = SolverMinimum(look->near.moved, region, &objective, 1);
		*bound = before;
		if (outcome != OPTIMAL)
			return;
		is_point = NotePoint(look->near.moved, region);
		if (!look->is_widened || fabs(look->near.moved->values[unknown] - goal) < ROUNDING || look->near.n_unknowns > MOST_MOVED)
			break;
		if (!Widen(&look->near, kind))
		{
			NarrowToProof(look, unknown, direction, is_point);
			break;
		}
		RebuildVicinity(&look->near, kind);
	}
	if (!look->has_ends || !IsEndKnown(look, look->near.unknowns[unknown], END_OF(direction)))
		SearchAtEnd(look, unknown, direction);
}

/* Look for the ends of an unknown */
static void
FindEnds(Look *look, int unknown)
{
	for (int direction = 1; direction >= -1; direction -= 2)
	{
		int			number = look->near.unknowns[unknown];

		if (!IsAtEnd(look, unknown, direction) && !IsEndKnown(look, number, END_OF(direction)))
			MoveTo(look, unknown, direction, BoundOf(look->all->narrowed[look->kind], number, direction));
	}
}

/* Look for tables that are as far apart in an unknown as is asked */
static void
FindApart(Look *look, int unknown)
{
	const Region *narrowed = look->all->narrowed[look->kind];
	int			number = look->near.unknowns[unknown];
	int64		asked = AskedDistance(look->near.component, unknown);
	int64		low = SeenValue(look, unknown, 0);
	int64		high = SeenValue(look, unknown, 1);

	if (high - low < asked)
	{
		MoveTo(look, unknown, -1, Min(narrowed->upper[number], low + asked));
		high = SeenValue(look, unknown, 1);
	}
	if (high - low < asked)
		MoveTo(look, unknown, 1, Max(narrowed->lower[number], high - asked));
}

/* ---- all ---- */

/* Whether nothing more is to be found of an unknown */
static bool
IsDone(const Look *look, int unknown)
{
	const Solution *all = look->all;
	int64		asked = AskedDistance(all->component, unknown);

	if (IsShown(all, unknown) || (all->is_done != NULL && all->is_done[unknown]) || (look->is_asked != NULL && !look->is_asked[unknown]))
		return true;
	if (look->has_ends)
		return IsEndKnown(look, unknown, 0) && IsEndKnown(look, unknown, 1);
	return SeenDistance(&all->ranges[look->kind], unknown) >= asked || IsNarrower(all->narrowed[look->kind], unknown, asked);
}

/*
 * Look at those in a vicinity that are nearest to its middle, and were not looked at in another. Where the solver ended is
 * near what is looked for next, and what was added helps many: the vicinity is kept until it is large.
 */
static void
LookAtVicinity(Look *look)
{
	int			n_nearest = (look->near.n_unknowns + 1) / 2;

	BuildVicinity(&look->near);
	if (look->has_ends && !look->is_widened)
		MoveTogether(look);
	for (int i = 0; i < n_nearest && (i == 0 || look->near.n_unknowns < MOST_KEPT); i++)
	{
		int			n_unknowns = look->near.n_unknowns;
		int			unknown = look->near.unknowns[i];

		CHECK_FOR_INTERRUPTS();
		if (look->is_tried[unknown] || IsDone(look, unknown))
			continue;
		look->is_tried[unknown] = true;
		if (!look->has_ends)
			FindApart(look, i);
		else
		{
			FindEnds(look, i);
			if (look->near.n_unknowns > n_unknowns)
				MoveTogether(look);
		}
	}
	TellSeen(&look->near);
}

/* Look at all that are not done, each among those that are near */
static void
LookAtAll(Look *look, int size)
{
	int			n = look->all->component->n_unknowns;

	memset(look->is_tried, false, n * sizeof(bool));
	for (int i = 0; i < n; i++)
	{
		if (look->is_tried[i] || IsDone(look, i))
			continue;
		Surround(&look->near, i, size);
		MemoryContextSwitchTo(look->near.context);
		LookAtVicinity(look);
	}
}

/* Find bounds that follow from bounds, and a table of whole numbers that is in all ranges; false if there is none, or none is found */
static bool
FindTable(Solution *all, int max_nodes)
{
	const Component *component = all->component;
	const Range *range = &all->ranges[InnermostRange(component)];
	Goal		any_table = {.unknown = -1,.point = palloc(component->n_unknowns * sizeof(int64))};
	Trail		trail = {0};

	if (all->has_looked_for_table)
		return all->table != NULL;
	all->has_looked_for_table = true;
	for (int kind = 0; kind < N_RANGES; kind++)
	{
		all->narrowed[kind] = CopyRegion(component, all->ranges[kind].region);
		if (!PropagateAll(component, all->narrowed[kind], &trail))
			return false;
	}
	if (SearchWhole(all, range->region, &any_table, max_nodes) == FOUND && range->has_point)
		all->table = any_table.point;
	return all->table != NULL;
}

static void
LookNear(Solution *all, const bool *is_asked, bool has_ends, int max_nodes)
{
	int			n = all->component->n_unknowns;
	Look		look = {.all = all,.is_asked = is_asked,.has_ends = has_ends,.max_nodes = Min(max_nodes, MOST_NODES)};
	RangeKind	innermost = InnermostRange(all->component);
	MemoryContext caller = CurrentMemoryContext;

	if (n < (has_ends ? LARGE_FOR_ENDS : LARGE) || all->component->has_real || !FindTable(all, max_nodes))
		return;
	look.is_tried = palloc_extended(n * sizeof(bool), MCXT_ALLOC_HUGE);
	StartVicinity(&look.near, all);
	for (look.kind = has_ends ? NONNEG_RANGE : innermost; look.kind <= innermost; look.kind++)
	{
		look.is_widened = false;
		LookAtAll(&look, FEW_MOVED);
		look.is_widened = true;
		LookAtAll(&look, MANY_MOVED);
	}
	MemoryContextSwitchTo(caller);
	EndVicinity(&look.near);
}

/*
 * FindEndsNear
 *		Find ends of the intervals of all unknowns that are not shown, as tables that have an unknown there, and bounds.
 */
void
FindEndsNear(Solution *solution, int max_nodes)
{
	LookNear(solution, NULL, true, max_nodes);
}

/*
 * FindTablesNear
 *		Find tables that are as far apart in an unknown as is asked, of those asked for, or of all for NULL.
 */
void
FindTablesNear(Solution *solution, const bool *is_asked, int max_nodes)
{
	LookNear(solution, is_asked, false, max_nodes);
}
