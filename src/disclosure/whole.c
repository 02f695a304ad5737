/*
 * whole.c
 *		Where hidden numbers that are whole can be.
 *
 * Branch and bound, depth first. A node is given up when bounds that follow from bounds
 * contradict one another, or when multipliers prove in whole numbers that nothing, or
 * nothing better, is in it. In most tables the vertices are whole, and the root decides.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "disclosure/whole.h"
#include "miscadmin.h"
#include "utils/memutils.h"

/* No bound beyond this is of use */
#define FARTHEST (INT64CONST(1) << 60)

/* What is nearer to a whole number is meant to be one */
#define SMALLEST_DISTANCE 1e-6

/* One in so many fractions is decided before the solver is asked again */
#define SHARE_HALVED 4

/* The half of a node that is still to be visited */
typedef struct Branch
{
	int			unknown;
	int64		lower;
	int64		upper;
	int			n_changes;		/* of the trail, when the node was halved */
} Branch;

/* A whole number that has more than one value in a node, and how far the solver's is from whole */
typedef struct Undecided
{
	int			unknown;
	double		distance;
} Undecided;

typedef struct Search
{
	Solution   *solution;
	const Component *component;
	Goal	   *goal;
	Term		objective;
	int			n_terms;		/* of it: 1, or 0 */
	bool		is_whole;		/* the unknown that is the goal */
	bool		has_no_least;	/* nor has any node, if there are points at all */
	Region	   *node;
	Trail		trail;
	int			n_propagated;	/* changes of the trail */
	Branch	   *branches;
	int			n_branches;
	int			size;
} Search;

/* A point was found with this value of the goal */
static void
Improve(Search *search, Rational value)
{
	Goal	   *goal = search->goal;

	if (!goal->has_best || CompareRationals(&value, &goal->best) < 0)
		goal->best = value;
	goal->has_best = true;
}

/* That is where the best was found, as far as unknowns are whole */
static void
TellPoint(Search *search, const Quotients *point)
{
	for (int i = 0; i < search->component->n_unknowns && search->goal->point != NULL; i++)
		search->goal->point[i] = point->numerators[i] / point->denominator;
}

static void
TellVertex(Search *search, const Rational *vertex)
{
	for (int i = 0; i < search->component->n_unknowns && search->goal->point != NULL; i++)
	{
		if (search->component->is_whole[i])
			RationalToInt64(&vertex[i], &search->goal->point[i]);
	}
}

/* Whether nothing better can be where the goal is at least this */
static bool
IsEnough(const Search *search, const Rational *bound)
{
	const Goal *goal = search->goal;
	Rational	better;
	Rational	one = WholeNumber(1);
	Rational	step = WholeNumber(search->component->scale);

	if (!goal->has_best || search->n_terms == 0)
		return goal->has_best;
	if (!search->is_whole)
		return CompareRationals(bound, &goal->best) >= 0;
	better = CopyRational(&goal->best);
	SubtractProduct(&better, &one, &step);
	return CompareRationals(bound, &better) > 0;
}

/* Draw from all changes what follows from them; false if that leaves nothing */
static bool
Propagate(Search *search)
{
	bool		is_left = PropagateChanges(search->component, search->node, &search->trail, search->n_propagated);

	search->n_propagated = search->trail.n_changes;
	return is_left;
}

/* Look only for what is better than the best */
static void
Cut(Search *search)
{
	const Goal *goal = search->goal;
	Region	   *node = search->node;
	int64		better;

	if (!goal->has_best || !search->is_whole || !RationalToInt64(&goal->best, &better))
		return;
	better -= search->component->scale;
	if (goal->direction > 0 && better < node->upper[goal->unknown])
		SetBound(&search->trail, &node->upper[goal->unknown], better, NO_FORM);
	if (goal->direction < 0 && -better > node->lower[goal->unknown])
		SetBound(&search->trail, &node->lower[goal->unknown], -better, NO_FORM);
}

/* The next whole number above a fraction, or below; false if it is far from anything that is needed */
static bool
Round(const Rational *value, bool up, int64 *rounded)
{
	Rational	sign = WholeNumber(up ? -1 : 1);
	Rational	turned = Product(value, &sign);

	if (!RationalFloor(&turned, rounded) || *rounded > FARTHEST || *rounded < -FARTHEST)
		return false;
	*rounded = up ? -*rounded : *rounded;
	return true;
}

/* The root's bound is one of the goal */
static void
RaiseBound(Search *search, Rational bound)
{
	Goal	   *goal = search->goal;
	int64		above;

	if (search->n_branches > 0 || search->n_terms == 0)
		return;
	if (search->is_whole && Round(&bound, true, &above))
		bound = WholeNumber(WholeAbove(search->component, above));
	if (!goal->has_bound || CompareRationals(&bound, &goal->bound) > 0)
		goal->bound = bound;
	goal->has_bound = true;
}

/* The value of the goal at a point with a denominator */
static Rational
ValueAt(const Search *search, const Quotients *point)
{
	if (search->n_terms == 0)
		return WholeNumber(0);
	return Fraction(search->goal->direction * point->numerators[search->goal->unknown], point->denominator);
}

static bool
IsWholeVertex(const Component *component, const Rational *point)
{
	for (int i = 0; i < component->n_unknowns; i++)
	{
		int64		value;

		if (component->is_whole[i] && (!RationalToInt64(&point[i], &value) || value % component->scale != 0))
			return false;
	}
	return true;
}

/* Solve the node without rounding; whether anything is left to be looked for in it */
static bool
VisitExactly(Search *search)
{
	Solution   *solution = search->solution;
	Vertex	   *vertex = &solution->vertex;
	Outcome		outcome = ExactMinimum(search->component, search->node, solution->program,
									   &search->objective, search->n_terms, vertex);

	if (outcome == INFEASIBLE)
		return false;
	for (int i = 0; i < search->component->n_unknowns; i++)
		solution->values[i] = RationalToDouble(&vertex->point[i]);
	search->has_no_least = outcome == UNBOUNDED;
	if (search->has_no_least)
		return true;
	if (IsWholeVertex(search->component, vertex->point))
	{
		Improve(search, vertex->minimum);
		TellVertex(search, vertex->point);
	}
	RaiseBound(search, vertex->minimum);
	return !IsEnough(search, &vertex->minimum);
}

/* Whether any whole number of the node is not decided */
static bool
IsOpen(const Search *search)
{
	for (int i = 0; i < search->component->n_unknowns; i++)
	{
		if (search->component->is_whole[i] && search->node->lower[i] < search->node->upper[i])
			return true;
	}
	return false;
}

/* Solve the node; whether anything is left to be looked for in it */
static bool
Visit(Search *search)
{
	Solution   *solution = search->solution;
	Rational	bound;
	Outcome		outcome;

	Cut(search);
	if (!Propagate(search))
		return false;
	outcome = SolverMinimum(solution, search->node, &search->objective, search->n_terms);
	if (outcome == INFEASIBLE && ProveInfeasible(solution, search->node))
		return false;
	if (outcome != OPTIMAL || !IsOpen(search))
		return VisitExactly(search);

	if (NotePoint(solution, search->node) && IsWholePoint(search->component, &solution->point))
	{
		Improve(search, ValueAt(search, &solution->point));
		TellPoint(search, &solution->point);
	}
	if (ProveBound(solution, search->node, &search->objective, search->n_terms, &bound))
	{
		RaiseBound(search, bound);
		if (IsEnough(search, &bound))
			return false;
	}
	/* Of a whole goal only what is better by one is looked for: the solver will see that there is nothing */
	return search->is_whole || search->n_terms == 0 || VisitExactly(search);
}

static void
AddBranch(Search *search, int unknown, int64 lower, int64 upper)
{
	if (search->n_branches == search->size)
	{
		search->size = Max(16, 2 * search->size);
		search->branches = search->branches == NULL ? palloc(search->size * sizeof(Branch)) :
			repalloc_huge(search->branches, search->size * sizeof(Branch));
	}
	search->branches[search->n_branches++] = (Branch) {unknown, lower, upper, search->trail.n_changes};
}

/* Halve the node at an unknown, and go into the half that the solver's value is nearer to */
static void
Halve(Search *search, int unknown)
{
	Region	   *node = search->node;
	int64		scale = search->component->scale;
	int64		lower = node->lower[unknown];
	int64		upper = node->upper[unknown];
	double		value = search->solution->values[unknown] / scale;
	double		limit = (double) MAX_NUMBER / scale;
	int64		low_half = (int64) floor(Min(Max(value, -limit), limit)) * scale;

	low_half = Max(lower, Min(low_half, upper == NO_UPPER_BOUND ? low_half : upper - scale));
	if (value - low_half / scale <= 0.5)
	{
		AddBranch(search, unknown, low_half + scale, upper);
		SetBound(&search->trail, &node->upper[unknown], low_half, NO_FORM);
	}
	else
	{
		AddBranch(search, unknown, lower, low_half);
		SetBound(&search->trail, &node->lower[unknown], low_half + scale, NO_FORM);
	}
}

/* Sort what is furthest from whole first */
static int
CompareDistances(const void *a, const void *b)
{
	const Undecided *left = a;
	const Undecided *right = b;

	if (left->distance != right->distance)
		return left->distance > right->distance ? -1 : 1;
	return left->unknown - right->unknown;
}

/* The whole numbers of the node that are not decided; those that the solver left furthest from whole first */
static int
FindUndecided(const Search *search, Undecided *undecided)
{
	const Component *component = search->component;
	int			n = 0;

	for (int i = 0; i < component->n_unknowns; i++)
	{
		double		value = search->solution->values[i] / component->scale;

		if (component->is_whole[i] && search->node->lower[i] < search->node->upper[i])
			undecided[n++] = (Undecided) {i, fabs(value - rint(value))};
	}
	qsort(undecided, n, sizeof(Undecided), CompareDistances);
	return n;
}

/*
 * Go deeper: halve the node at the unknown that is furthest from whole, and its half at the
 * next one, and so on; false if that leaves nothing. To do so at several before solving again
 * takes fewer steps to a point by far, and hardly more to see that there is none.
 */
static bool
GoDeeper(Search *search)
{
	Undecided  *undecided = palloc(search->component->n_unknowns * sizeof(Undecided));
	int			n = FindUndecided(search, undecided);
	int			n_fractions = 0;
	bool		is_left = true;

	while (n_fractions < n && undecided[n_fractions].distance > SMALLEST_DISTANCE)
		n_fractions++;
	for (int i = 0; i < Max(1, n_fractions / SHARE_HALVED) && is_left; i++)
	{
		int			unknown = undecided[i].unknown;

		if (search->node->lower[unknown] < search->node->upper[unknown])
		{
			Halve(search, unknown);
			is_left = Propagate(search);
		}
	}
	pfree(undecided);
	return is_left;
}

/* Go back to the last node that was halved, and into its other half; false if there is none */
static bool
GoBack(Search *search)
{
	const Branch *branch;

	if (search->n_branches == 0)
		return false;
	branch = &search->branches[--search->n_branches];
	TakeBack(&search->trail, branch->n_changes);
	search->n_propagated = branch->n_changes;
	SetBound(&search->trail, &search->node->lower[branch->unknown], branch->lower, NO_FORM);
	SetBound(&search->trail, &search->node->upper[branch->unknown], branch->upper, NO_FORM);
	return true;
}

/* Visit node after node until nothing is left; false if that takes more than the limit */
static bool
SearchNodes(Search *search, int max_nodes)
{
	for (int n_nodes = 0; n_nodes < max_nodes; n_nodes++)
	{
		bool		had_best = search->goal->has_best;
		Rational	best = search->goal->best;
		bool		is_left = Visit(search);

		CHECK_FOR_INTERRUPTS();
		if (search->has_no_least || (search->n_terms == 0 && search->goal->has_best))
			return true;
		if (is_left && search->goal->has_best &&
			(!had_best || CompareRationals(&search->goal->best, &best) < 0))
			continue;			/* with what was found, the same node may be at its end */
		if (!(is_left && GoDeeper(search)) && !GoBack(search))
			return true;
	}
	return false;
}

/*
 * Search a region for the least value of a goal. What is known of the goal comes in, and
 * what more is found goes out, whether or not the search comes to its end.
 */
Found
SearchWhole(Solution *solution, const Region *root, Goal *goal, int max_nodes)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "gapstats search", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	const Component *component = solution->component;
	Search		search = {
		.solution = solution, .component = component, .goal = goal,
		.n_terms = goal->unknown >= 0 ? 1 : 0, .objective = {goal->unknown, goal->direction},
		.is_whole = goal->unknown >= 0 && component->is_whole[goal->unknown],
		.node = CopyRegion(component, root)
	};
	bool		is_done;

	is_done = !PropagateAll(component, search.node, &search.trail);
	search.trail.n_changes = 0;
	is_done = is_done || SearchNodes(&search, max_nodes);

	MemoryContextSwitchTo(caller);
	if (goal->has_best)
		goal->best = CopyRational(&goal->best);
	if (goal->has_bound)
		goal->bound = CopyRational(&goal->bound);
	MemoryContextDelete(scratch);
	if (!is_done)
		return NOT_DECIDED;
	if (search.has_no_least)
		return NO_LEAST;
	return goal->has_best ? FOUND : NOTHING;
}

/* Narrow a region to the end of an interval: inwards to what a whole number can be, outwards otherwise */
void
NarrowRegion(const Component *component, Region *region, int unknown, int side, const End *end)
{
	bool		is_whole = region->is_whole && component->is_whole[unknown];
	int64		bound;

	if (end->is_infinite || !Round(&end->value, is_whole == (side == 0), &bound))
		return;
	if (side == 0)
		region->lower[unknown] = Max(region->lower[unknown], is_whole ? WholeAbove(component, bound) : bound);
	else
		region->upper[unknown] = Min(region->upper[unknown], is_whole ? WholeBelow(component, bound) : bound);
}

/* What is known of an end: of a whole number by the region, of others by the range before; and by points found */
static Goal
StartGoal(const Solution *solution, RangeKind kind, const Region *root, int unknown, int direction)
{
	const Range *range = &solution->ranges[kind];
	const End  *outer = &solution->ranges[kind - 1].ends[END_OF(direction)][unknown];
	int64		limit = direction > 0 ? root->lower[unknown] : root->upper[unknown];
	Rational	sign = WholeNumber(direction);
	Goal		goal = {.unknown = unknown, .direction = direction};

	goal.has_bound = IsBounded(limit);
	if (goal.has_bound)
		goal.bound = WholeNumber(direction * limit);
	if (!outer->is_infinite && !solution->component->is_whole[unknown])
	{
		Rational	bound = Product(&outer->value, &sign);

		if (!goal.has_bound || CompareRationals(&bound, &goal.bound) > 0)
			goal.bound = bound;
		goal.has_bound = true;
	}
	goal.has_best = range->has_point;
	if (goal.has_best)
		goal.best = WholeNumber(direction * range->seen[END_OF(direction)][unknown]);
	return goal;
}

static bool
IsReached(const Goal *goal)
{
	return goal->has_best && goal->has_bound && CompareRationals(&goal->best, &goal->bound) == 0;
}

/* Find the end of the interval of an unknown in a region that is not empty, and narrow the region to it */
static void
FindWholeEnd(Solution *solution, RangeKind kind, Region *root, int unknown, int direction, int max_nodes)
{
	Goal		goal = StartGoal(solution, kind, root, unknown, direction);
	Rational	sign = WholeNumber(direction);
	End		   *end = &solution->ranges[kind].ends[END_OF(direction)][unknown];
	Found		found;

	if (solution->is_done != NULL && solution->is_done[unknown])
		return;
	if (IsShown(solution, unknown))
	{
		*end = (End) {.is_infinite = true, .is_proven = true};
		return;
	}
	found = IsReached(&goal) ? FOUND : SearchWhole(solution, root, &goal, max_nodes);
	end->is_proven = found != NOT_DECIDED || IsReached(&goal);
	end->is_infinite = found == NO_LEAST || (!end->is_proven && !goal.has_bound);
	if (!end->is_infinite)
		end->value = Product(end->is_proven ? &goal.best : &goal.bound, &sign);
	NarrowRegion(solution->component, root, unknown, END_OF(direction), end);
}

/* Find the intervals of all unknowns, or that the region is empty. The range before is known. */
void
FindWholeRange(Solution *solution, RangeKind kind, int max_nodes)
{
	const Component *component = solution->component;
	Range	   *range = &solution->ranges[kind];
	Region	   *root = CopyRegion(component, range->region);
	Trail		trail = {0};
	Goal		any_point = {.unknown = -1};
	Found		found = FOUND;

	NarrowToFollowing(solution, kind, root);
	for (int i = 0; i < component->n_unknowns; i++)
	{
		NarrowRegion(component, root, i, 0, &solution->ranges[kind - 1].ends[0][i]);
		NarrowRegion(component, root, i, 1, &solution->ranges[kind - 1].ends[1][i]);
	}
	range->is_empty = !PropagateAll(component, root, &trail);
	if (!range->is_empty)
		NoteCorners(solution, root);
	if (!range->is_empty && !range->has_point)
		found = SearchWhole(solution, root, &any_point, max_nodes);
	range->is_empty |= found == NOTHING;
	if (range->is_empty)
		return;

	/* Where no point at all is found, none is looked for at each end */
	if (found == NOT_DECIDED)
		max_nodes = 0;
	for (int i = 0; i < component->n_unknowns; i++)
	{
		FindWholeEnd(solution, kind, root, i, 1, max_nodes);
		FindWholeEnd(solution, kind, root, i, -1, max_nodes);
	}
}
