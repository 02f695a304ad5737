/*
 * evidence.c
 *		What shows that hidden cells are protected.
 *
 * A vertex that takes one cell to its end moves many, so few are needed.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "disclosure/whole.h"
#include "miscadmin.h"
#include "suppression/evidence.h"
#include "utils/memutils.h"

/* A zone of so many cells is looked at as a whole; what is not safe in it, in wider ones by itself */
#define ZONE_LIMIT 256
#define WIDEST_LIMIT 1024

/* Of the search for whole numbers, where a vertex is none */
#define MAX_NODES 200

/* Instead of a person: those outside the zone */
#define SOMEBODY (-2)

/* A reach that is this near to a whole number is one */
#define ROUNDING 1e-5

/* Numbers kept of points, to be looked at for each person */
#define MAX_KEPT (1 << 20)

/* The look at a zone, in one measure */
typedef struct Look
{
	Evidence   *evidence;
	const OrderedMeasure *measure;
	Shown	   *shown;
	const int  *people;
	const Zone *zone;
	Solution   *solution;
	const Region *region;		/* of all */
	bool		is_only;		/* only the cell in the middle of the zone is looked at */
	int			n_points;
	int			max_points;
	int64	   *points;			/* found in it */
} Look;

/* Union-find with path halving; the first cell stands for its set */
static int
FindPerson(int *people, int cell)
{
	while (people[cell] != cell)
		cell = people[cell] = people[people[cell]];
	return cell;
}

/* Which cells are the same person: a total of one, and the part that is one */
static int *
FindPeople(const OrderedTable *table, const OrderedMeasure *measure)
{
	int		   *people = AllocateMany(table->n_cells, sizeof(int));

	for (int i = 0; i < table->n_cells; i++)
		people[i] = i;
	for (int line = 0; line < table->n_lines; line++)
	{
		if (!measure->is_alone[table->total[line]])
			continue;
		for_each_part(table, line, i)
		{
			int			part = table->parts[i];
			int			a = FindPerson(people, part);
			int			b = FindPerson(people, table->total[line]);

			if (measure->is_alone[part])
				people[Max(a, b)] = Min(a, b);
		}
	}
	for (int i = 0; i < table->n_cells; i++)
		people[i] = FindPerson(people, i);
	return people;
}

static void
Forget(Shown *shown)
{
	*shown = (Shown) {.person = -1};
}

/* None yet. What is hidden is read as it changes. */
Evidence *
StartEvidence(const OrderedTable *table, const bool *is_hidden)
{
	Evidence   *evidence = palloc0(sizeof(Evidence));

	evidence->table = table;
	evidence->is_hidden = is_hidden;
	evidence->shown = palloc(table->n_measures * sizeof(Shown *));
	evidence->people = palloc(table->n_measures * sizeof(int *));
	for (int i = 0; i < table->n_measures; i++)
	{
		evidence->shown[i] = AllocateMany(table->n_cells, sizeof(Shown));
		for (int j = 0; j < table->n_cells; j++)
			Forget(&evidence->shown[i][j]);
		evidence->people[i] = FindPeople(table, &table->measures[i]);
	}
	evidence->zone = NewZone(table);
	return evidence;
}

/* How wide the interval of a hidden cell must be. */
int64
AskedWidth(const OrderedMeasure *measure, int cell)
{
	if (measure->is_settled[cell])
		return 0;
	return measure->is_primary[cell] ? Max(measure->width, 1) : 1;
}

static bool
IsWide(const Look *look, int cell)
{
	return look->shown[cell].fall + look->shown[cell].rise >= AskedWidth(look->measure, cell);
}

/*
 * By how much the cells of a zone can be off what they are, all others being as they are: so
 * that no line is off. These are small numbers, however large the cells are.
 */
static System *
DescribeZone(const Zone *zone, const OrderedMeasure *measure)
{
	const OrderedTable *table = zone->table;
	System	   *system = palloc0(sizeof(System));

	system->n_unknowns = zone->n_cells;
	system->unknowns = palloc(zone->n_cells * sizeof(Unknown));
	for (int i = 0; i < zone->n_cells; i++)
	{
		int			cell = zone->cells[i];

		system->unknowns[i] = (Unknown) {
			.is_whole = true,
				.lower = -Min(RoomBelow(measure, cell), LargestShift(measure)),
				.upper = Min(RoomAbove(measure, cell), LargestShift(measure)),
				.rule_lower = NO_LOWER_BOUND,
				.rule_upper = NO_UPPER_BOUND
		};
	}
	system->n_facts = zone->n_lines;
	system->facts = palloc0(zone->n_lines * sizeof(Fact));
	for (int i = 0; i < zone->n_lines; i++)
	{
		int			line = zone->lines[i];
		int			total = table->total[line];
		Fact	   *fact = &system->facts[i];

		fact->terms = palloc((table->first_part[line + 1] - table->first_part[line] + 1) * sizeof(Term));
		fact->is_exact = true;
		for_each_part(table, line, j)
		{
			int			part = table->parts[j];

			if (zone->place[part] >= 0)
				fact->terms[fact->n_terms++] = (Term) {zone->place[part], 1};
		}
		if (zone->place[total] >= 0)
			fact->terms[fact->n_terms++] = (Term) {zone->place[total], -1};
	}
	return system;
}

static Look *
StartLook(Evidence *evidence, int measure, bool is_only)
{
	Look	   *look = palloc0(sizeof(Look));
	System	   *system;

	look->evidence = evidence;
	look->measure = &evidence->table->measures[measure];
	look->shown = evidence->shown[measure];
	look->people = evidence->people[measure];
	look->zone = evidence->zone;
	look->is_only = is_only;
	system = DescribeZone(look->zone, look->measure);

	/* A zone hangs together, so it is one component, with the same order of unknowns */
	look->solution = StartSolution(BuildComponent(system, FindComponents(system), 0));
	look->region = look->solution->ranges[WHOLE_RANGE].region;
	look->max_points = MAX_KEPT / look->zone->n_cells;
	look->points = palloc_extended((Size) look->max_points * look->zone->n_cells * sizeof(int64), MCXT_ALLOC_HUGE);
	return look;
}

static void
NoteShift(Shown *shown, int64 shift)
{
	shown->rise = Max(shown->rise, shift);
	shown->fall = Max(shown->fall, -shift);
}

/* Take what the point that was just found shows, and keep it */
static void
TakePoint(Look *look)
{
	const Zone *zone = look->zone;
	const int64 *point = look->solution->point.numerators;

	for (int i = 0; i < zone->n_cells; i++)
		NoteShift(&look->shown[zone->cells[i]], point[i]);
	if (look->n_points < look->max_points)
		memcpy(look->points + (Size) look->n_points++ * zone->n_cells, point, zone->n_cells * sizeof(int64));
}

/* How far a cell can be off what it is */
typedef struct Reach
{
	int64		found;			/* in a table of whole numbers that was found */
	int64		most;			/* in any table */
} Reach;

/* Look how far a cell of the zone can be above what it is (direction 1) or below (-1) in a region */
static Reach
PushCell(Look *look, const Region *region, int place, int direction)
{
	Solution   *solution = look->solution;
	Term		objective = {place, -direction};
	Reach		reach = {0};

	if (SolverMinimum(solution, region, &objective, 1) != OPTIMAL)
		return reach;
	if (NotePoint(solution, region) && solution->point.denominator == 1)
	{
		TakePoint(look);
		reach.found = direction * solution->point.numerators[place];
	}
	reach.most = (int64) floor(direction * solution->values[place] + ROUNDING);
	return reach;
}

/* Whether there is a table of whole numbers in which a cell is so far above what it is, or below if negative */
static bool
SearchCell(const Look *look, const Region *region, int place, int64 shift)
{
	Region	   *beyond = CopyRegion(look->solution->component, region);
	Goal		any_point = {.unknown = -1};
	bool		is_found;

	if (shift > 0)
		beyond->lower[place] = shift;
	else
		beyond->upper[place] = shift;
	is_found = IsOrdered(look->solution->component, beyond) &&
		SearchWhole(look->solution, beyond, &any_point, MAX_NODES) == FOUND;
	FreeRegion(beyond);
	return is_found;
}

/* Look for tables that show a cell to be as wide as asked */
static void
LookAtCell(Look *look, int place)
{
	int			cell = look->zone->cells[place];
	Shown	   *shown = &look->shown[cell];
	int64		asked = AskedWidth(look->measure, cell);
	Reach		up;
	Reach		down;

	if (IsWide(look, cell))
		return;
	up = PushCell(look, look->region, place, 1);
	shown->rise = Max(shown->rise, up.found);
	if (IsWide(look, cell))
		return;
	down = PushCell(look, look->region, place, -1);
	shown->fall = Max(shown->fall, down.found);
	if (IsWide(look, cell) || up.most + down.most < asked)
		return;

	/* In fractions it is wide enough */
	up.most = Min(up.most, asked - shown->fall);
	if (up.most > shown->rise && SearchCell(look, look->region, place, up.most))
		shown->rise = up.most;
	down.most = Min(down.most, asked - shown->rise);
	if (down.most > shown->fall && SearchCell(look, look->region, place, -down.most))
		shown->fall = down.most;
}

/* Whether a cell can be shown to be able to move at all in a region */
static bool
CanMove(Look *look, const Region *region, int place)
{
	Reach		up = PushCell(look, region, place, 1);
	Reach		down = {0};

	if (up.found == 0)
		down = PushCell(look, region, place, -1);
	return up.found > 0 || down.found > 0 ||
		(up.most > 0 && SearchCell(look, region, place, 1)) ||
		(down.most > 0 && SearchCell(look, region, place, -1));
}

/* Whether a cell is in a total that a person makes up: whatever is published, she knows that it is 0 */
static bool
IsInHerTotal(const Look *look, int cell, int person)
{
	const OrderedTable *table = look->zone->table;

	if (look->measure->values[cell] != 0)
		return false;
	for_each_line(table, cell, i)
	{
		int			total = table->total[table->lines[i]];

		if ((look->measure->is_alone[total] && look->people[total] == person) ||
			(total != cell && IsInHerTotal(look, total, person)))
			return true;
	}
	return false;
}

/* Whether a cell of the zone is one that the person of another must not know */
static bool
IsKeptFrom(const Look *look, int cell, int person)
{
	return look->measure->is_primary[cell] && !look->shown[cell].is_safe &&
		look->shown[cell].person == -1 && look->people[cell] != person && AskedWidth(look->measure, cell) > 0 &&
		!IsInHerTotal(look, cell, person);
}

/* What a person knows: the region, with no cell off that she makes up */
static Region *
KnownTo(const Look *look, int person)
{
	const Zone *zone = look->zone;
	Region	   *region = CopyRegion(look->solution->component, look->region);

	for (int i = 0; i < zone->n_cells; i++)
	{
		if (look->people[zone->cells[i]] == person)
			region->lower[i] = region->upper[i] = 0;
	}
	return region;
}

static bool
IsPointWithin(const Region *region, const int64 *point, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (point[i] < region->lower[i] || point[i] > region->upper[i])
			return false;
	}
	return true;
}

/* Note which cells of the zone are off in some point that was kept, from one on */
static int
NoteMoved(const Look *look, const Region *region, int first, bool *has_moved)
{
	int			n = look->zone->n_cells;

	for (; first < look->n_points; first++)
	{
		const int64 *point = look->points + (Size) first * n;

		if (!IsPointWithin(region, point, n))
			continue;
		for (int i = 0; i < n; i++)
			has_moved[i] |= point[i] != 0;
	}
	return first;
}

/* Whether a cell of the zone is looked at: the one in its middle, and those near it that were not before */
static bool
IsLookedAt(const Look *look, int place)
{
	const Zone *zone = look->zone;

	if (look->is_only || look->shown[zone->cells[place]].is_noted)
		return place == 0;
	return zone->is_all || place < zone->n_cells / 2;
}

/* Look for tables that show each cell not to be known to a person */
static void
LookForPerson(Look *look, int person)
{
	const Zone *zone = look->zone;
	Region	   *region = KnownTo(look, person);
	bool	   *has_moved = palloc0(zone->n_cells * sizeof(bool));
	int			n_noted = 0;

	for (int i = 0; i < zone->n_cells; i++)
	{
		int			cell = zone->cells[i];

		if (!IsLookedAt(look, i) || !IsKeptFrom(look, cell, person))
			continue;
		n_noted = NoteMoved(look, region, n_noted, has_moved);
		if (!has_moved[i] && !CanMove(look, region, i))
			look->shown[cell].person = person;
	}
	pfree(has_moved);
	FreeRegion(region);
}

/* Whether any cell of the zone is one person's, and this one is the first that is hers */
static bool
IsPerson(const Look *look, int place)
{
	int			cell = look->zone->cells[place];

	if (!look->measure->is_alone[cell])
		return false;
	for (int i = 0; i < place; i++)
	{
		if (look->people[look->zone->cells[i]] == look->people[cell])
			return false;
	}
	return true;
}

static void
LookForPeople(Look *look)
{
	for (int i = 0; i < look->zone->n_cells; i++)
	{
		if (IsPerson(look, i))
			LookForPerson(look, look->people[look->zone->cells[i]]);
	}
	/* What moves within the zone is kept from all whose cells are outside */
	if (!look->zone->is_all)
		LookForPerson(look, SOMEBODY);
}

/* Look for what shows the cells of a zone to be safe, in one measure */
static void
LookAtZone(Look *look)
{
	const Zone *zone = look->zone;
	const bool *is_primary = look->measure->is_primary;

	for (int i = 0; i < zone->n_cells; i++)
	{
		if (IsLookedAt(look, i))
			look->shown[zone->cells[i]].person = -1;
		if (IsLookedAt(look, i) && is_primary[zone->cells[i]])
			LookAtCell(look, i);
	}
	for (int i = 0; i < zone->n_cells; i++)
	{
		if (IsLookedAt(look, i) && !is_primary[zone->cells[i]])
			LookAtCell(look, i);
	}
	if (zone->table->persons == PERSONS)
		LookForPeople(look);
	for (int i = 0; i < zone->n_cells; i++)
	{
		Shown	   *shown = &look->shown[zone->cells[i]];

		if (!IsLookedAt(look, i))
			continue;
		shown->is_safe |= IsWide(look, zone->cells[i]) && shown->person == -1;
		shown->is_noted = true;
		shown->is_doubtful = zone->is_all;
	}
}

/* Look for what shows a cell to be safe in a zone around it; if not only there, for what shows all cells of the zone to be */
static void
LookAround(Evidence *evidence, int measure, int cell, int limit, bool is_only)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "gapstats evidence", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);

	CHECK_FOR_INTERRUPTS();
	GrowZone(evidence->zone, evidence->is_hidden, cell, limit);
	LookAtZone(StartLook(evidence, measure, is_only));
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
}

/*
 * Whether a hidden cell can be shown to be as wide as asked, and not known to a person of
 * another, at the cost that is reasonable before something is done about it. Those around it
 * are looked at as well.
 */
bool
ShowSafe(Evidence *evidence, int measure, int cell)
{
	Shown	   *shown = &evidence->shown[measure][cell];

	if (!shown->is_safe && !shown->is_doubtful)
		LookAround(evidence, measure, cell, ZONE_LIMIT, false);
	for (int limit = 2 * ZONE_LIMIT; limit <= WIDEST_LIMIT && !shown->is_safe && !shown->is_doubtful; limit *= 2)
		LookAround(evidence, measure, cell, limit, true);
	shown->is_doubtful = true;
	return shown->is_safe;
}

/* The same at any cost. */
bool
ShowSafeSomehow(Evidence *evidence, int measure, int cell)
{
	const Shown *shown = &evidence->shown[measure][cell];

	if (!shown->is_safe)
		LookAround(evidence, measure, cell, PG_INT32_MAX, true);
	return shown->is_safe;
}

/* More was hidden around a cell: what could not be shown to be safe may be now. */
void
LookAgainAround(Evidence *evidence, int cell)
{
	Zone	   *zone = evidence->zone;

	GrowZone(zone, evidence->is_hidden, cell, WIDEST_LIMIT);
	for (int i = 0; i < evidence->table->n_measures; i++)
	{
		for (int j = 0; j < zone->n_cells; j++)
		{
			Shown	   *shown = &evidence->shown[i][zone->cells[j]];

			shown->is_noted = false;
			shown->is_doubtful = false;
		}
	}
}

/*
 * A hidden cell will be shown: forget all that may rest on its being hidden. False, and
 * nothing is forgotten, if that is too much to be looked at again.
 */
bool
ForgetAround(Evidence *evidence, int cell)
{
	Zone	   *zone = evidence->zone;

	GrowZone(zone, evidence->is_hidden, cell, WIDEST_LIMIT);
	if (!zone->is_all)
		return false;
	for (int i = 0; i < evidence->table->n_measures; i++)
	{
		for (int j = 0; j < zone->n_cells; j++)
			Forget(&evidence->shown[i][zone->cells[j]]);
	}
	return true;
}
