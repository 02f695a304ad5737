/*
 * witness.c
 *		Hidden numbers that are seen not to be given away.
 *
 * Two tables of whole numbers that agree with all that is published, and in which a hidden
 * number is as far apart as is asked, show by themselves that no verdict gives it away. They
 * are found sooner than the ends of its intervals, and one table does for many numbers. Who
 * knows the true numbers finds them sooner still, near a number, with all else as it is.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "common/hashfn.h"
#include "disclosure/near.h"
#include "disclosure/propagate.h"
#include "disclosure/witness.h"
#include "miscadmin.h"
#include "utils/float.h"
#include "utils/memutils.h"

/* What the solver says is off by less */
#define ROUNDING 1e-5

/* Numbers that are looked at together, at first and at most; where no more hang together the audit does it itself */
#define NEAR_LIMIT 256
#define FAR_LIMIT 1024

/* If no more are in doubt then, these are looked at among more */
#define FEW_LEFT 16
#define FARTHEST_LIMIT 16384

/* How far from the truth tables are looked for, in widths */
#define FARTHEST_WIDTHS 16

#define MAX_NODES 200

/* Tables for all unknowns at once are looked for where there are more, so often at most, and as long as one in so many is shown */
#define FEW 32
#define MAX_ROUNDS 16
#define SHARE_SHOWN 16

/* How high an unknown is pushed that has no bound */
#define FARTHEST 1000000

/* ---- in a component ---- */

/* The range within all others */
RangeKind
InnermostRange(const Component *component)
{
	return component->has_rule ? RULE_RANGE : component->has_whole ? WHOLE_RANGE : NONNEG_RANGE;
}

/* How far apart tables must be in an unknown, in units of the component: at all, at least */
int64
AskedDistance(const Component *component, int unknown)
{
	double		width = component->system->unknowns[component->unknowns[unknown]].width * component->scale;

	return Max((int64) ceil(Min(width, (double) MAX_NUMBER)), component->is_whole[unknown] ? component->scale : 1);
}

int64
SeenDistance(const Range *range, int unknown)
{
	return range->has_point ? range->seen[1][unknown] - range->seen[0][unknown] : -1;
}

/* Whether the bounds of an unknown leave less than what is asked */
bool
IsNarrower(const Region *region, int unknown, int64 asked)
{
	return IsBounded(region->lower[unknown]) && IsBounded(region->upper[unknown]) &&
		region->upper[unknown] - region->lower[unknown] < asked;
}

/* Look for a table in which an unknown is as low (direction 1) or high (-1) as the solver says; how far that is */
static double
PushUnknown(Solution *solution, const Region *region, int unknown, int direction)
{
	Term		objective = {unknown, direction};

	if (SolverMinimum(solution, region, &objective, 1) != OPTIMAL)
		return -direction * get_float8_infinity();
	NotePoint(solution, region);
	return solution->values[unknown];
}

/* Look for a table in which an unknown is at least, or at most, something */
void
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
void
LookAtUnknown(Solution *solution, const Range *range, int unknown, int max_nodes)
{
	int64		asked = AskedDistance(solution->component, unknown);
	double		low;
	double		high;

	if (SeenDistance(range, unknown) >= asked)
		return;
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

/* Note what the tables that were found show; how many unknowns that is */
static int
NoteShown(Solution *solution, const Range *range)
{
	const Component *component = solution->component;
	int			n = 0;

	for (int i = 0; i < component->n_unknowns; i++)
	{
		if (solution->is_shown[i] || SeenDistance(range, i) < AskedDistance(component, i))
			continue;
		solution->is_shown[i] = true;
		n++;
	}
	return n;
}

/*
 * Look for two tables in which all unknowns that are not shown yet are low or high, each as it falls, and in
 * the other the other way round
 */
static void
PushAll(Solution *solution, const Region *region, int round)
{
	int			n_unknowns = solution->component->n_unknowns;
	Term	   *objective = palloc(n_unknowns * sizeof(Term));
	int			n = 0;

	for (int i = 0; i < n_unknowns; i++)
	{
		if (!solution->is_shown[i])
			objective[n++] = (Term) {i, murmurhash32(i * MAX_ROUNDS + round) % 2 == 0 ? 1 : -1};
	}
	for (int side = 0; side < 2 && n > 0; side++)
	{
		if (SolverMinimum(solution, region, objective, n) == OPTIMAL)
			NotePoint(solution, region);
		for (int i = 0; i < n; i++)
			objective[i].coefficient = -objective[i].coefficient;
	}
	pfree(objective);
}

/* Look for tables that show many unknowns at once, as long as they do */
static void
ShowTogether(Solution *solution, const Range *range)
{
	const Component *component = solution->component;
	Region	   *region = CopyRegion(component, range->region);
	int			n_left = component->n_unknowns;
	int			n_shown = n_left;

	for (int i = 0; i < component->n_unknowns; i++)
	{
		if (region->upper[i] == NO_UPPER_BOUND)
			region->upper[i] = Max(region->lower[i], 0) + FARTHEST * component->scale;
	}
	for (int round = 0; round < MAX_ROUNDS && n_shown * SHARE_SHOWN >= n_left; round++)
	{
		CHECK_FOR_INTERRUPTS();
		PushAll(solution, region, round);
		n_shown = NoteShown(solution, range);
		n_left -= n_shown;
	}
	FreeRegion(region);
}

/*
 * FindWitnessesOf
 *		Note the unknowns among those asked for, or all for NULL, that some tables show not to be given away.
 */
void
FindWitnessesOf(Solution *solution, const bool *is_asked, int max_nodes)
{
	const Component *component = solution->component;
	const Range *range = &solution->ranges[InnermostRange(component)];
	Region	   *narrowed = CopyRegion(component, range->region);
	Trail		trail = {0};

	if (!PropagateAll(component, narrowed, &trail))
		return;
	FindTablesNear(solution, is_asked, max_nodes);
	if (is_asked == NULL && component->n_unknowns - NoteShown(solution, range) > FEW)
		ShowTogether(solution, range);
	for (int i = 0; i < component->n_unknowns; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (solution->is_shown[i] || (is_asked != NULL && !is_asked[i]) || IsNarrower(narrowed, i, AskedDistance(component, i)))
			continue;
		LookAtUnknown(solution, range, i, max_nodes);
		solution->is_shown[i] = SeenDistance(range, i) >= AskedDistance(component, i);
	}
}

/*
 * FindWitnesses
 *		The same of all, beside those of which it is known.
 */
void
FindWitnesses(Solution *solution, int max_nodes)
{
	FindWitnessesOf(solution, NULL, max_nodes);
}

/* ---- near the truth ---- */

/* Unknowns near one, and all facts about them */
typedef struct Nearby
{
	const System *system;
	const int64 *truth;
	int		   *facts;			/* of all unknowns */
	int		   *facts_end;		/* where those of each end */
	int		   *place;			/* of each unknown among those that are near, or -1 */
	bool	   *is_listed;		/* of each fact */
	int			n_unknowns;
	int		   *unknowns;
	int			n_facts;
	int		   *near_facts;
	int64	   *fall;			/* of each unknown: how far below the truth a table was found */
	int64	   *rise;
} Nearby;

static void *
AllocateFor(int n, Size size)
{
	return palloc_extended(Max(n, 1) * size, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

/* List the facts of each unknown */
static void
IndexFacts(Nearby *nearby)
{
	const System *system = nearby->system;
	int		   *next = AllocateFor(system->n_unknowns + 1, sizeof(int));

	for (int i = 0; i < system->n_facts; i++)
	{
		for (int j = 0; j < system->facts[i].n_terms; j++)
			next[system->facts[i].terms[j].unknown + 1]++;
	}
	for (int i = 0; i < system->n_unknowns; i++)
		next[i + 1] += next[i];
	nearby->facts = AllocateFor(next[system->n_unknowns], sizeof(int));
	for (int i = 0; i < system->n_facts; i++)
	{
		for (int j = 0; j < system->facts[i].n_terms; j++)
			nearby->facts[next[system->facts[i].terms[j].unknown]++] = i;
	}
	nearby->facts_end = next;
}

static Nearby *
StartNearby(const System *system, const int64 *truth)
{
	Nearby	   *nearby = palloc0(sizeof(Nearby));

	nearby->system = system;
	nearby->truth = truth;
	IndexFacts(nearby);
	nearby->place = AllocateFor(system->n_unknowns, sizeof(int));
	memset(nearby->place, -1, system->n_unknowns * sizeof(int));
	nearby->is_listed = AllocateFor(system->n_facts, sizeof(bool));
	nearby->unknowns = AllocateFor(system->n_unknowns, sizeof(int));
	nearby->near_facts = AllocateFor(system->n_facts, sizeof(int));
	nearby->fall = AllocateFor(system->n_unknowns, sizeof(int64));
	nearby->rise = AllocateFor(system->n_unknowns, sizeof(int64));
	return nearby;
}

/* Add an unknown that can be moved */
static void
AddNear(Nearby *nearby, int unknown, int limit)
{
	if (nearby->place[unknown] >= 0 || nearby->n_unknowns >= limit || nearby->truth[unknown] == NO_TRUTH)
		return;
	nearby->place[unknown] = nearby->n_unknowns;
	nearby->unknowns[nearby->n_unknowns++] = unknown;
}

/* Take those near an unknown in the place of what was near */
static void
GoNear(Nearby *nearby, int center, int limit)
{
	const System *system = nearby->system;

	for (int i = 0; i < nearby->n_unknowns; i++)
		nearby->place[nearby->unknowns[i]] = -1;
	for (int i = 0; i < nearby->n_facts; i++)
		nearby->is_listed[nearby->near_facts[i]] = false;
	nearby->n_unknowns = nearby->n_facts = 0;

	/* goes on over those that it adds */
	AddNear(nearby, center, limit);
	for (int i = 0; i < nearby->n_unknowns; i++)
	{
		int			unknown = nearby->unknowns[i];

		for (int j = StartOf(nearby->facts_end, unknown); j < nearby->facts_end[unknown]; j++)
		{
			int			fact = nearby->facts[j];

			if (nearby->is_listed[fact])
				continue;
			nearby->is_listed[fact] = true;
			nearby->near_facts[nearby->n_facts++] = fact;
			for (int k = 0; k < system->facts[fact].n_terms; k++)
				AddNear(nearby, system->facts[fact].terms[k].unknown, limit);
		}
	}
}

/* A bound of a number, as one of how far it is off the truth; no farther than is of use */
static int64
OffsetOf(int64 bound, int64 truth, int64 farthest)
{
	int64		offset;

	if (!IsBounded(bound))
		return bound == NO_LOWER_BOUND ? -farthest : farthest;
	offset = bound - truth;
	return Max(Min(offset, farthest), -farthest);
}

/* What a fact says of how far those near are off; false if that takes too large numbers */
static bool
DescribeFact(const Nearby *nearby, const Fact *fact, Fact *near)
{
	int128		sum = 0;

	*near = *fact;
	near->terms = palloc(fact->n_terms * sizeof(Term));
	near->n_terms = 0;
	for (int i = 0; i < fact->n_terms; i++)
	{
		int			place = nearby->place[fact->terms[i].unknown];

		if (nearby->truth[fact->terms[i].unknown] == NO_TRUTH)
			return false;
		sum += (int128) fact->terms[i].coefficient * nearby->truth[fact->terms[i].unknown];
		if (place >= 0)
			near->terms[near->n_terms++] = (Term) {place, fact->terms[i].coefficient};
	}
	if (fact->lower != NO_LOWER_BOUND)
		near->lower = Max(Min(fact->lower - sum, MAX_NUMBER), -MAX_NUMBER);
	if (fact->upper != NO_UPPER_BOUND)
		near->upper = Max(Min(fact->upper - sum, MAX_NUMBER), -MAX_NUMBER);
	return true;
}

/* By how much those near can be off the truth, all others being as they are; false if that is not known */
static bool
DescribeNear(const Nearby *nearby, System *near)
{
	*near = (System) {.n_unknowns = nearby->n_unknowns, .n_facts = nearby->n_facts};
	near->unknowns = palloc(near->n_unknowns * sizeof(Unknown));
	for (int i = 0; i < near->n_unknowns; i++)
	{
		Unknown		unknown = nearby->system->unknowns[nearby->unknowns[i]];
		int64		truth = nearby->truth[nearby->unknowns[i]];
		int64		farthest = FARTHEST_WIDTHS * (int64) Max(Min(ceil(unknown.width), (double) (INT64CONST(1) << 40)), 8);

		unknown.lower = OffsetOf(unknown.rule_lower, truth, farthest);
		unknown.upper = OffsetOf(unknown.rule_upper, truth, farthest);
		unknown.rule_lower = unknown.lower;
		unknown.rule_upper = unknown.upper;
		if (unknown.lower > 0 || unknown.upper < 0)
			return false;
		near->unknowns[i] = unknown;
	}
	near->facts = palloc(near->n_facts * sizeof(Fact));
	for (int i = 0; i < near->n_facts; i++)
	{
		if (!DescribeFact(nearby, &nearby->system->facts[nearby->near_facts[i]], &near->facts[i]))
			return false;
	}
	return true;
}

/* How far apart tables were found in an unknown, against what is asked */
static bool
IsFarApart(const Nearby *nearby, int unknown)
{
	double		asked = nearby->system->unknowns[unknown].width;

	return nearby->fall[unknown] + nearby->rise[unknown] >= Max(asked, 1);
}

/* The bounds of a region, of some unknowns and forms */
static Region *
PartOfRegion(const Component *part, const Region *region, const int *unknowns, const int *forms, bool is_whole)
{
	Region	   *own = NewRegion(part);

	own->is_whole = is_whole;
	for (int i = 0; i < part->n_unknowns; i++)
	{
		own->lower[i] = region->lower[unknowns[i]];
		own->upper[i] = region->upper[unknowns[i]];
	}
	for (int i = 0; i < part->n_forms; i++)
	{
		own->form_lower[i] = region->form_lower[forms[i]];
		own->form_upper[i] = region->form_upper[forms[i]];
	}
	return own;
}

/*
 * What is known of those near that can be off at all, by bounds that follow from bounds: most
 * cannot, as a fact is about nothing else that can. Their places among those are told, or -1; NULL
 * if there are none.
 */
static Solution *
StartNear(const System *near, int *place)
{
	const Component *all = BuildComponent(near, TakeAsOne(near), 0);
	Region	   *region = StartSolution(all)->ranges[InnermostRange(all)].region;
	Trail		trail = {0};
	int		   *unknowns = palloc(all->n_unknowns * sizeof(int));
	int		   *forms = palloc(Max(all->n_forms, 1) * sizeof(int));
	int			n_unknowns = 0;
	int			n_forms = 0;
	const Component *part;
	Region	   *regions[N_RANGES];

	PropagateAll(all, region, &trail);
	for (int i = 0; i < all->n_unknowns; i++)
	{
		place[i] = region->lower[i] < region->upper[i] ? n_unknowns : -1;
		if (place[i] >= 0)
			unknowns[n_unknowns++] = i;
	}
	for (int i = 0; i < all->n_forms; i++)
	{
		bool		is_about_any = false;

		for (int j = 0; j < all->forms[i].n_terms; j++)
			is_about_any |= place[all->forms[i].terms[j].unknown] >= 0;
		if (is_about_any)
			forms[n_forms++] = i;
	}
	if (n_unknowns == 0)
		return NULL;
	part = PartOfComponent(all, unknowns, n_unknowns, place, forms, n_forms);
	for (int kind = 0; kind < N_RANGES; kind++)
		regions[kind] = PartOfRegion(part, region, unknowns, forms, kind != NONNEG_RANGE);
	return StartSolutionIn(part, regions);
}

/* Look at the unknown in the middle, and at the nearer half of the others if there are few */
static void
LookNear(Nearby *nearby, int limit, const bool *is_safe)
{
	System		near;
	Solution   *solution;
	const Range *range;
	int		   *place;

	if (!DescribeNear(nearby, &near))
		return;
	place = palloc(near.n_unknowns * sizeof(int));
	solution = StartNear(&near, place);
	if (solution == NULL)
		return;
	range = &solution->ranges[InnermostRange(solution->component)];
	NoteZero(solution, range->region);
	for (int i = 0; i < (limit == NEAR_LIMIT ? (near.n_unknowns + 1) / 2 : 1); i++)
	{
		if (place[i] >= 0 && !is_safe[nearby->unknowns[i]] && !IsFarApart(nearby, nearby->unknowns[i]))
			LookAtUnknown(solution, range, place[i], MAX_NODES);
	}
	for (int i = 0; i < near.n_unknowns && range->has_point; i++)
	{
		int			unknown = nearby->unknowns[i];

		if (place[i] < 0)
			continue;
		nearby->fall[unknown] = Max(nearby->fall[unknown], -range->seen[0][place[i]] / solution->component->scale);
		nearby->rise[unknown] = Max(nearby->rise[unknown], range->seen[1][place[i]] / solution->component->scale);
	}
}

/* Look at an unknown among more and more that are near */
static void
LookAround(Nearby *nearby, int unknown, int limit, int farthest, const bool *is_safe, MemoryContext once)
{
	bool		is_all = nearby->truth[unknown] == NO_TRUTH;

	for (; limit <= farthest && !is_all && !IsFarApart(nearby, unknown); limit *= 4)
	{
		CHECK_FOR_INTERRUPTS();
		GoNear(nearby, unknown, limit);
		LookNear(nearby, limit, is_safe);
		MemoryContextReset(once);
		is_all = nearby->n_unknowns < limit;
	}
}

/* The same for all that are not known to be safe, but where no more hang together than were looked at; how many are left */
static int
LookAroundAll(Nearby *nearby, const Components *components, int limit, int farthest, bool *is_safe, MemoryContext once)
{
	int			n_left = 0;

	for (int i = 0; i < components->n_components; i++)
	{
		int			first = StartOf(components->unknowns_end, i);
		int			end = components->unknowns_end[i];

		for (int j = first; j < end && end - first > Max(limit / 4, NEAR_LIMIT); j++)
		{
			int			unknown = components->unknowns[j];

			if (is_safe[unknown])
				continue;
			LookAround(nearby, unknown, limit, farthest, is_safe, once);
			is_safe[unknown] = IsFarApart(nearby, unknown);
			n_left += !is_safe[unknown];
		}
	}
	return n_left;
}

/*
 * FindWitnessesNearTruth
 *		Note the unknowns that tables near the true one show not to be given away, by what the marks
 *		say as well, beside those that are known to be safe.
 */
void
FindWitnessesNearTruth(const System *system, const int64 *truth, bool *is_safe)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext scratch = AllocSetContextCreate(caller, "gapstats witnesses", ALLOCSET_DEFAULT_SIZES);
	MemoryContext once;
	Nearby	   *nearby;
	Components *components;
	BigNumberMemory before;

	MemoryContextSwitchTo(scratch);
	components = FindComponents(system);
	nearby = StartNearby(system, truth);
	once = AllocSetContextCreate(scratch, "gapstats witness", ALLOCSET_DEFAULT_SIZES);
	UsePostgresMemory(&before);
	PG_TRY();
	{
		MemoryContextSwitchTo(once);
		if (LookAroundAll(nearby, components, NEAR_LIMIT, FAR_LIMIT, is_safe, once) <= FEW_LEFT)
			LookAroundAll(nearby, components, 4 * FAR_LIMIT, FARTHEST_LIMIT, is_safe, once);
	}
	PG_FINALLY();
	{
		/* What is left of GMP's and GLPK's goes with the context, while GMP still knows it */
		MemoryContextSwitchTo(caller);
		MemoryContextDelete(scratch);
		UseMemoryAsBefore(&before);
	}
	PG_END_TRY();
}
