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
#include "suppression/moves.h"
#include "utils/memutils.h"

/*
 * A cell is looked at in a zone that begins with few cells and grows where it is held: to so many,
 * to fewer for what persons know, and to few where it is no loss if nothing is found. To hide one
 * more cell takes less than to look farther.
 */
#define FIRST_LIMIT 64
#define WIDEST_LIMIT 1024
#define SHARE_FOR_PERSONS 2
#define NEARBY_LIMIT 256

/* Where no more is looked for, so many cells are looked at together */
#define ZONE_LIMIT 256

/* So many cells are near one that was hidden */
#define NEAR_LIMIT 1024

/* Of the search for whole numbers, where a vertex is none */
#define MAX_NODES 200

/* A reach that is this near to a whole number is one */
#define ROUNDING 1e-5

/* The look at a zone, in one measure */
typedef struct Look
{
	const OrderedMeasure *measure;
	Examples   *examples;
	Safety	   *safety;
	const Zone *zone;
	const Zone *core;			/* of it, whose cells are what is looked for */
	Zone	   *core_without;
	Solution   *solution;		/* NULL if nothing is in the core */
	const Region *region;		/* of all */
	bool		is_only;		/* only the cell in the middle of the zone is looked at */
	Hold		holds[2];		/* what keeps that cell from moving up, and down */
	Quotients	point;			/* what was found last */
	int		   *cells;			/* that are off in it */
	int64	   *shifts;
} Look;

/* None yet. What is hidden is read as it changes. */
Evidence *
StartEvidence(const OrderedTable *table, const bool *is_hidden)
{
	Evidence   *evidence = palloc0(sizeof(Evidence));

	evidence->table = table;
	evidence->is_hidden = is_hidden;
	evidence->examples = palloc(table->n_measures * sizeof(Examples *));
	evidence->safety = palloc(table->n_measures * sizeof(Safety *));
	for (int i = 0; i < table->n_measures; i++)
	{
		evidence->examples[i] = StartExamples(table, &table->measures[i]);
		evidence->safety[i] = AllocateMany(table->n_cells, sizeof(Safety));
		for (int j = 0; j < table->n_cells; j++)
			evidence->safety[i][j].person = -1;
	}
	evidence->zone = NewZone(table);
	evidence->core = NewCore(table);
	evidence->core_without = NewCore(table);
	return evidence;
}

/* Whether examples show a cell to be as wide as asked */
static bool
IsWide(const Examples *examples, int cell)
{
	const Shown *shown = &examples->shown[cell];

	return shown->fall + shown->rise >= AskedWidth(examples->measure, cell);
}

/* Whether a cell must be kept from persons */
static bool
IsPersonal(const Examples *examples, int cell)
{
	return examples->table->persons == PERSONS && AskedWidth(examples->measure, cell) > 0;
}

/*
 * By how much the cells of the core of a zone can be off what they are, all others being as they
 * are: so that no line is off. These are small numbers, however large the cells are.
 */
static System *
DescribeCore(const Zone *core, const OrderedMeasure *measure)
{
	System	   *system = palloc0(sizeof(System));

	system->n_unknowns = core->n_cells;
	system->unknowns = palloc(core->n_cells * sizeof(Unknown));
	for (int i = 0; i < core->n_cells; i++)
	{
		int			cell = core->cells[i];

		system->unknowns[i] = (Unknown) {
			.is_whole = true,
				.lower = -Min(RoomBelow(measure, cell), LargestShift(measure)),
				.upper = Min(RoomAbove(measure, cell), LargestShift(measure)),
				.rule_lower = NO_LOWER_BOUND,
				.rule_upper = NO_UPPER_BOUND
		};
	}
	system->n_facts = core->n_lines;
	system->facts = DescribeLines(core);
	return system;
}

static Look *
StartLook(Evidence *evidence, int measure, bool is_only)
{
	Look	   *look = palloc0(sizeof(Look));
	System	   *system;

	look->measure = &evidence->table->measures[measure];
	look->examples = evidence->examples[measure];
	look->safety = evidence->safety[measure];
	look->zone = evidence->zone;
	look->core = evidence->core;
	look->core_without = evidence->core_without;
	look->is_only = is_only;
	FindCore(evidence->zone, evidence->core, NULL);
	if (look->core->n_cells == 0)
		return look;
	system = DescribeCore(look->core, look->measure);
	look->solution = StartSolution(BuildComponent(system, TakeAsOne(system), 0));
	look->region = look->solution->ranges[WHOLE_RANGE].region;
	look->point.numerators = palloc(look->core->n_cells * sizeof(int64));
	look->cells = palloc(look->core->n_cells * sizeof(int));
	look->shifts = palloc(look->core->n_cells * sizeof(int64));
	return look;
}

/* Keep a table of whole numbers, given by how far the cells of the core are off */
static void
TakePoint(Look *look, const int64 *point)
{
	int			n = 0;

	for (int i = 0; i < look->core->n_cells; i++)
	{
		if (point[i] == 0)
			continue;
		look->cells[n] = look->core->cells[i];
		look->shifts[n++] = point[i];
	}
	if (n > 0)
		KeepExample(look->examples, look->cells, look->shifts, n);
}

static Hold *
HoldOf(Look *look, int direction)
{
	return &look->holds[direction > 0 ? 0 : 1];
}

/* Push a cell of the zone as far as it goes above what it is (direction 1) or below (-1); how far that is, at most */
static int64
PushCell(Look *look, int cell, int direction)
{
	Solution   *solution = look->solution;
	Term		objective = {look->core->place[cell], -direction};

	if (!CanMove(look->core, look->measure, cell, direction, HoldOf(look, direction)) ||
		SolverMinimum(solution, look->region, &objective, 1) != OPTIMAL)
		return 0;
	if (NotePoint(solution, look->region) && solution->point.denominator == 1)
		TakePoint(look, solution->point.numerators);
	if (look->is_only)
		ReadHold(look->core, solution->program, ReadMultipliers, HoldOf(look, direction));
	return (int64) floor(direction * solution->values[objective.unknown] + ROUNDING);
}

/* Look for a table of whole numbers in which a cell is so far above what it is, or below if negative */
static bool
SearchCell(Look *look, const Region *region, int cell, int64 shift)
{
	int			place = look->core->place[cell];
	Region	   *beyond = CopyRegion(look->solution->component, region);
	Goal		any_point = {.unknown = -1, .point = look->point.numerators};
	bool		is_found;

	if (shift > 0)
		beyond->lower[place] = shift;
	else
		beyond->upper[place] = shift;
	is_found = IsOrdered(look->solution->component, beyond) &&
		SearchWhole(look->solution, beyond, &any_point, MAX_NODES) == FOUND;
	if (is_found)
		TakePoint(look, look->point.numerators);
	FreeRegion(beyond);
	return is_found;
}

/* Look for tables that show a cell to be as wide as asked */
static void
LookAtCell(Look *look, int cell)
{
	const Shown *shown = &look->examples->shown[cell];
	int64		asked = AskedWidth(look->measure, cell);
	int64		up;
	int64		down;

	if (IsWide(look->examples, cell))
		return;
	up = PushCell(look, cell, 1);
	if (IsWide(look->examples, cell))
		return;
	down = PushCell(look, cell, -1);
	if (IsWide(look->examples, cell) || up + down < asked)
		return;

	/* In fractions it is wide enough */
	up = Min(up, asked - shown->fall);
	if (up > shown->rise)
		SearchCell(look, look->region, cell, up);
	down = Min(down, asked - shown->rise);
	if (down > shown->fall)
		SearchCell(look, look->region, cell, -down);
}

/* What some people know: the cells of the zone that they make up */
static bool *
KnownTo(const Look *look, const int *people, int n_people)
{
	bool	   *is_known = palloc0(look->zone->n_cells * sizeof(bool));

	for (int i = 0; i < look->zone->n_cells; i++)
	{
		for (int j = 0; j < n_people; j++)
			is_known[i] |= look->examples->people[look->zone->cells[i]] == people[j];
	}
	return is_known;
}

/* The region, with nothing off that is not in another core */
static Region *
RegionWithout(const Look *look)
{
	Region	   *region = CopyRegion(look->solution->component, look->region);

	for (int i = 0; i < look->core->n_cells; i++)
	{
		if (look->core_without->place[look->core->cells[i]] < 0)
			region->lower[i] = region->upper[i] = 0;
	}
	return region;
}

/* Take what was found to move, which may have to be so many times as much to be whole */
static bool
TakeMoves(Look *look, const Moves *moves, const Region *region)
{
	int			n = look->core->n_cells;
	double	   *shifts = palloc0(n * sizeof(double));
	bool		is_taken;

	for (int i = 0; i < moves->core->n_cells; i++)
		shifts[look->core->place[moves->core->cells[i]]] = MoveOf(moves, i);
	is_taken = RoundQuotients(shifts, n, &look->point);
	look->point.denominator = 1;
	is_taken = is_taken && IsInRegion(look->solution->component, region, &look->point);
	if (is_taken)
		TakePoint(look, look->point.numerators);
	pfree(shifts);
	return is_taken;
}

/* Look for a table in which a cell is off, up or down, and none that some people make up */
static bool
FindWithout(Look *look, int cell, const int *people, int n_people)
{
	bool	   *is_known = KnownTo(look, people, n_people);
	bool		is_found = false;
	Moves	   *moves;

	FindCore(look->zone, look->core_without, is_known);
	moves = StartMoves(look->core_without, look->measure);
	for (int direction = 1; direction >= -1 && !is_found; direction -= 2)
	{
		Region	   *region;

		if (!CheapestMove(moves, cell, direction, 1, HoldOf(look, direction)))
			continue;
		region = RegionWithout(look);
		is_found = TakeMoves(look, moves, region) || SearchCell(look, region, cell, direction);
		FreeRegion(region);
	}
	pfree(is_known);
	return is_found;
}

/* Look for tables that show a cell not to be known to any person; or tell who may know it */
static void
LookForKnowers(Look *look, int cell)
{
	const Numbers *knowers = &look->examples->shown[cell].knowers;

	/* Often one table is enough for all */
	if (knowers->n > 1)
		FindWithout(look, cell, knowers->numbers, knowers->n);
	while (knowers->n > 0)
	{
		int			person = knowers->numbers[0];

		if (!FindWithout(look, cell, &person, 1))
		{
			look->safety[cell].person = person;
			return;
		}
	}
}

/* Whether a cell of the zone is looked at: the one in its middle, and those near it that were not before */
static bool
IsLookedAt(const Look *look, int place)
{
	const Zone *zone = look->zone;

	if (look->is_only || look->safety[zone->cells[place]].is_noted)
		return place == 0;
	return zone->is_all || place < zone->n_cells / 2;
}

/* Look for what shows a cell of the zone to be safe */
static void
LookAtSafety(Look *look, int cell)
{
	Safety	   *safety = &look->safety[cell];

	safety->person = -1;
	LookAtCell(look, cell);
	if (IsPersonal(look->examples, cell) && IsWide(look->examples, cell))
		LookForKnowers(look, cell);
	safety->is_safe = IsWide(look->examples, cell) && safety->person == -1;
}

/* Look for what shows the cells of a zone to be safe, in one measure */
static void
LookAtZone(Look *look)
{
	const Zone *zone = look->zone;
	int		   *cells = palloc(zone->n_cells * sizeof(int));
	int			n = 0;

	for (int i = 0; i < zone->n_cells; i++)
	{
		if (IsLookedAt(look, i))
			cells[n++] = zone->cells[i];
	}
	/* Of those that must be wide much is asked, and what shows it shows others, too */
	for (int primary = 1; primary >= 0; primary--)
	{
		for (int i = 0; i < n; i++)
		{
			if (look->measure->is_primary[cells[i]] == (primary == 1))
				LookAtSafety(look, cells[i]);
		}
	}
	for (int i = 0; i < n; i++)
	{
		Safety	   *safety = &look->safety[cells[i]];

		safety->is_noted = true;
		safety->is_doubtful = zone->is_all;
	}
}

/* Look for what shows a cell to be safe in a zone around it, and others near it */
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

/* Take what would help where the cell in the middle of the zone is held; whether anything would */
static bool
LookWider(Evidence *evidence, const Look *look, int widest)
{
	Zone	   *zone = evidence->zone;
	bool		is_wider;

	if (zone->n_cells >= (IsWide(look->examples, zone->cells[0]) ? widest / SHARE_FOR_PERSONS : widest))
		return false;
	is_wider = ExtendZone(zone, evidence->is_hidden, look->measure, &look->holds[0]);
	return ExtendZone(zone, evidence->is_hidden, look->measure, &look->holds[1]) || is_wider;
}

/* Look for what shows a cell to be safe in a zone that grows where it is held */
static void
LookWhereHeld(Evidence *evidence, int measure, int cell, int widest)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "gapstats evidence", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	Look	   *look;
	bool		is_wider;

	GrowZone(evidence->zone, evidence->is_hidden, cell, FIRST_LIMIT);
	do
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(scratch);
		look = StartLook(evidence, measure, true);
		LookAtSafety(look, cell);
		is_wider = !evidence->safety[measure][cell].is_safe && LookWider(evidence, look, widest);
	} while (is_wider);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
}

/* Whether what was found before shows a cell to be safe */
static bool
IsSafe(Evidence *evidence, int measure, int cell)
{
	Examples   *examples = evidence->examples[measure];
	Safety	   *safety = &evidence->safety[measure][cell];

	NoteIfStale(examples, cell);
	if (!safety->is_safe && IsWide(examples, cell) && (!IsPersonal(examples, cell) || examples->shown[cell].knowers.n == 0))
		*safety = (Safety) {.is_safe = true,.person = -1,.is_noted = true};
	return safety->is_safe;
}

/*
 * Whether a hidden cell can be shown to be as wide as asked, and not known to a person of
 * another, at the cost that is reasonable before something is done about it.
 */
bool
ShowSafe(Evidence *evidence, int measure, int cell)
{
	Safety	   *safety = &evidence->safety[measure][cell];

	if (!IsSafe(evidence, measure, cell) && !safety->is_doubtful)
		LookWhereHeld(evidence, measure, cell, WIDEST_LIMIT);
	safety->is_doubtful = true;
	return safety->is_safe;
}

/* The same by what is near, where it is no loss if it cannot. */
bool
ShowSafeNearby(Evidence *evidence, int measure, int cell)
{
	const Safety *safety = &evidence->safety[measure][cell];

	if (!IsSafe(evidence, measure, cell) && !safety->is_doubtful)
		LookWhereHeld(evidence, measure, cell, NEARBY_LIMIT);
	return safety->is_safe;
}

/* The same at little cost, where something else can be done if it cannot. */
void
LookForSafety(Evidence *evidence, int measure, int cell)
{
	const Safety *safety = &evidence->safety[measure][cell];

	if (!IsSafe(evidence, measure, cell) && !safety->is_noted)
		LookAround(evidence, measure, cell, ZONE_LIMIT, false);
}

/* The same at any cost. */
bool
ShowSafeSomehow(Evidence *evidence, int measure, int cell)
{
	const Safety *safety = &evidence->safety[measure][cell];

	if (!IsSafe(evidence, measure, cell))
		LookAround(evidence, measure, cell, PG_INT32_MAX, true);
	return safety->is_safe;
}

/* How far a cell may be off by what anybody knows */
static bool
IsRoom(const OrderedMeasure *measure, int cell, int64 shift)
{
	return shift <= RoomAbove(measure, cell) && -shift <= RoomBelow(measure, cell);
}

/* What the cells of a line are off, parts less total */
static int64
OffBalance(const Zone *zone, int line, const int64 *shifts)
{
	const OrderedTable *table = zone->table;
	int64		sum = 0;

	for_each_part(table, line, i)
	{
		int			place = zone->place[table->parts[i]];

		sum += place >= 0 ? shifts[place] : 0;
	}
	return zone->place[table->total[line]] >= 0 ? sum - shifts[zone->place[table->total[line]]] : sum;
}

/* Keep a table in which each cell of the zone is so far off, if it agrees with all that is shown. */
bool
TakeTable(Evidence *evidence, int measure, const int64 *shifts)
{
	const Zone *zone = evidence->zone;
	int		   *cells = palloc(zone->n_cells * sizeof(int));
	int64	   *off = palloc(zone->n_cells * sizeof(int64));
	int			n = 0;

	for (int i = 0; i < zone->n_lines; i++)
	{
		if (OffBalance(zone, zone->lines[i], shifts) != 0)
			return false;
	}
	for (int i = 0; i < zone->n_cells; i++)
	{
		if (shifts[i] == 0)
			continue;
		if (!evidence->is_hidden[zone->cells[i]] || !IsRoom(&evidence->table->measures[measure], zone->cells[i], shifts[i]))
			return false;
		cells[n] = zone->cells[i];
		off[n++] = shifts[i];
	}
	KeepExample(evidence->examples[measure], cells, off, n);
	return true;
}

/* More was hidden around a cell: what could not be shown to be safe may be now. */
void
LookAgainAround(Evidence *evidence, int cell)
{
	Zone	   *zone = evidence->zone;

	GrowZone(zone, evidence->is_hidden, cell, NEAR_LIMIT);
	for (int i = 0; i < evidence->table->n_measures; i++)
	{
		for (int j = 0; j < zone->n_cells; j++)
		{
			Safety	   *safety = &evidence->safety[i][zone->cells[j]];

			safety->is_noted = false;
			safety->is_doubtful = false;
		}
	}
}

/* How much rests on a cell's being hidden, in all measures together. */
int64
WeightOfEvidence(const Evidence *evidence, int cell)
{
	int64		weight = 0;

	for (int i = 0; i < evidence->table->n_measures; i++)
		weight += SizeOfExamples(evidence->examples[i], cell);
	return weight;
}

/* A hidden cell will be shown: forget all that rests on its being hidden, in each measure. */
ForgottenEvidence *
ForgetEvidence(Evidence *evidence, int cell)
{
	ForgottenEvidence *forgotten = palloc(evidence->table->n_measures * sizeof(ForgottenEvidence));

	for (int i = 0; i < evidence->table->n_measures; i++)
	{
		Forgotten  *of_measure = &forgotten[i].forgotten;

		*of_measure = ForgetExamples(evidence->examples[i], cell);
		forgotten[i].safety = palloc(of_measure->cells.n * sizeof(Safety));
		for (int j = 0; j < of_measure->cells.n; j++)
		{
			Safety	   *safety = &evidence->safety[i][of_measure->cells.numbers[j]];

			forgotten[i].safety[j] = *safety;
			*safety = (Safety) {.person = -1};
		}
	}
	return forgotten;
}

static void
FreeEvidence(const Evidence *evidence, ForgottenEvidence *forgotten)
{
	for (int i = 0; i < evidence->table->n_measures; i++)
	{
		FreeForgotten(&forgotten[i].forgotten);
		pfree(forgotten[i].safety);
	}
	pfree(forgotten);
}

/* It is hidden after all. */
void
RememberEvidence(Evidence *evidence, ForgottenEvidence *forgotten)
{
	for (int i = 0; i < evidence->table->n_measures; i++)
	{
		const Forgotten *of_measure = &forgotten[i].forgotten;

		RememberExamples(evidence->examples[i], of_measure);
		for (int j = 0; j < of_measure->cells.n; j++)
			evidence->safety[i][of_measure->cells.numbers[j]] = forgotten[i].safety[j];
	}
	FreeEvidence(evidence, forgotten);
}

/* It is shown. */
void
SettleEvidence(Evidence *evidence, ForgottenEvidence *forgotten)
{
	for (int i = 0; i < evidence->table->n_measures; i++)
		SettleExamples(evidence->examples[i], &forgotten[i].forgotten);
	FreeEvidence(evidence, forgotten);
}
