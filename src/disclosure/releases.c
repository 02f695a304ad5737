/*
 * releases.c
 *		What releases say together that follow one another over the same children.
 *
 * Those who left between two of them, or joined, are a cell that nobody published: their n is the
 * difference of the two n, and what is counted of them the difference of the two counts. Any two
 * releases can be subtracted, so there is such a cell for any two of which one that lies between
 * them does not tell as much.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "disclosure/few.h"
#include "miscadmin.h"

/* How well an unknown is told by what is published of it alone, and how many facts tell of it and others */
typedef struct Told
{
	double		room;			/* between the least and the most that it can be */
	int			n_facts;
} Told;

/* The releases of one dimension, and the two of a group that are looked at */
typedef struct Releases
{
	Facts	   *facts;
	int			over;
	int			n_releases;
	int32	   *cells;			/* in the order of all dimensions but that, and then of it */
	Told	   *told;			/* of each unknown */
	bool	   *is_as_rich;		/* of each two: whether the first tells of each cell as much as the second */
	bool	   *is_new;			/* of each two: whether none that lies between tells as much as either */
	const int32 *group;			/* the cells of one group */
	int			earlier;		/* places there */
	int			later;
	bool	   *is_stated;		/* of each quantity */
	int32	   *differences;	/* of each quantity, the unknown; NONE if there is none */
} Releases;

#define CELL_OF(releases, place) ((releases)->group[place])

/* ---- groups ---- */

/* The order of two cells by all dimensions but that of the releases */
static int
CompareOthers(const Releases *releases, int a, int b)
{
	const Cells *cells = releases->facts->cells;
	const int32 *members_a = MembersOf(cells, a);
	const int32 *members_b = MembersOf(cells, b);

	for (int i = 0; i < cells->description->n_dimensions; i++)
	{
		if (i != releases->over && members_a[i] != members_b[i])
			return members_a[i] < members_b[i] ? -1 : 1;
	}
	return 0;
}

static int
ReleaseOf(const Releases *releases, int cell)
{
	return MembersOf(releases->facts->cells, cell)[releases->over];
}

static int
CompareReleases(const void *a, const void *b, void *arg)
{
	const Releases *releases = arg;
	int			compared = CompareOthers(releases, *(const int32 *) a, *(const int32 *) b);

	return compared != 0 ? compared :
		ReleaseOf(releases, *(const int32 *) a) - ReleaseOf(releases, *(const int32 *) b);
}

/* The next group, the cells of one in all releases; how many these are, 0 at the end */
static int
NextGroup(Releases *releases, int n_before)
{
	const int32 *end = releases->cells + releases->facts->cells->n_cells;
	int			n = 0;

	CHECK_FOR_INTERRUPTS();
	releases->group = n_before == 0 ? releases->cells : releases->group + n_before;
	while (releases->group + n < end && CompareOthers(releases, releases->group[0], releases->group[n]) == 0)
		n++;
	return n;
}

/* ---- which two releases say something new ---- */

static void
FindTold(Releases *releases)
{
	const System *system = &releases->facts->system;

	releases->told = palloc_extended(sizeof(Told) * Max(system->n_unknowns, 1), MCXT_ALLOC_HUGE);
	for (int i = 0; i < system->n_unknowns; i++)
	{
		const Unknown *unknown = &system->unknowns[i];

		releases->told[i] = (Told) {
			.room = unknown->rule_upper == NO_UPPER_BOUND ? HUGE_VAL : unknown->rule_upper - unknown->rule_lower
		};
	}
	for (int i = 0; i < system->n_facts; i++)
	{
		const Fact *fact = &system->facts[i];
		Told	   *told = &releases->told[fact->terms[0].unknown];

		if (fact->n_terms == 1 && fact->lower != NO_LOWER_BOUND && fact->upper != NO_UPPER_BOUND)
			told->room = Min(told->room, ((double) fact->upper - fact->lower) / fabs((double) fact->terms[0].coefficient));
		for (int j = 0; j < fact->n_terms; j++)
			releases->told[fact->terms[j].unknown].n_facts++;
	}
}

/* Whether a quantity is told of in one cell as well as in another */
static bool
IsToldAsWell(const Releases *releases, int which, int cell, int other)
{
	const int32 *unknown = releases->facts->quantities[which].unknown;
	Told		told = {0};
	Told		told_other = {0};

	if (unknown[cell] != KNOWN)
		told = releases->told[unknown[cell]];
	if (unknown[other] != KNOWN)
		told_other = releases->told[unknown[other]];
	return told.room == 0 || (told.room <= told_other.room && told.n_facts >= told_other.n_facts);
}

static bool
IsAsRichCell(const Releases *releases, int cell, int other)
{
	for (int i = 0; i < releases->facts->n_quantities; i++)
	{
		if (!IsToldAsWell(releases, i, cell, other))
			return false;
	}
	return true;
}

/* What a group says of which releases are as rich as others; one that lacks its cell is not */
static void
CompareRichness(Releases *releases, int n)
{
	int			n_releases = releases->n_releases;
	int		   *cells = palloc(sizeof(int) * n_releases);

	for (int i = 0; i < n_releases; i++)
		cells[i] = NONE;
	for (int i = 0; i < n; i++)
		cells[ReleaseOf(releases, CELL_OF(releases, i))] = CELL_OF(releases, i);
	for (int i = 0; i < n_releases; i++)
	{
		for (int j = 0; j < n_releases; j++)
		{
			bool	   *is_as_rich = &releases->is_as_rich[i * n_releases + j];

			*is_as_rich = *is_as_rich &&
				(cells[j] == NONE || (cells[i] != NONE && IsAsRichCell(releases, cells[i], cells[j])));
		}
	}
	pfree(cells);
}

/*
 * What two releases give away, one of them and one between gives away as well that tells as much as
 * the other: of those who moved from the first to the last, no more did so on a part of the way.
 */
static void
FindNew(Releases *releases)
{
	int			n = releases->n_releases;

	releases->is_as_rich = palloc_extended((Size) n * n, MCXT_ALLOC_HUGE);
	releases->is_new = palloc_extended((Size) n * n, MCXT_ALLOC_HUGE);
	memset(releases->is_as_rich, true, (Size) n * n);
	for (int m = NextGroup(releases, 0); m > 0; m = NextGroup(releases, m))
		CompareRichness(releases, m);
	for (int i = 0; i < n; i++)
	{
		for (int j = i + 1; j < n; j++)
		{
			bool		is_new = true;

			CHECK_FOR_INTERRUPTS();
			for (int k = i + 1; k < j && is_new; k++)
				is_new = !releases->is_as_rich[k * n + i] && !releases->is_as_rich[k * n + j];
			releases->is_new[i * n + j] = is_new;
		}
	}
}

/* ---- two releases ---- */

static int
EarlierCell(const Releases *releases)
{
	return CELL_OF(releases, releases->earlier);
}

static int
LaterCell(const Releases *releases)
{
	return CELL_OF(releases, releases->later);
}

static bool
IsFar(const Releases *releases)
{
	return releases->later > releases->earlier + 1;
}

static bool
AreKnown(const Releases *releases, int which)
{
	return IsKnown(releases->facts, which, EarlierCell(releases)) && IsKnown(releases->facts, which, LaterCell(releases));
}

/* The larger of the two numbers less the smaller one */
static void
AddDifference(Statement *statement, const Releases *releases, int which, bool is_leaving)
{
	Add(statement, releases->facts, which, EarlierCell(releases), is_leaving ? 1 : -1);
	Add(statement, releases->facts, which, LaterCell(releases), is_leaving ? -1 : 1);
}

/* The difference of two numbers that are known */
static int64
KnownDifference(const Releases *releases, int which, bool is_leaving)
{
	Statement	difference = {0};

	AddDifference(&difference, releases, which, is_leaving);
	return difference.constant;
}

static Source
SourceOf(const Releases *releases, SourceKind kind, int which)
{
	return (Source) {
		kind, releases->facts->quantities[which].measure, which, EarlierCell(releases), LaterCell(releases)
	};
}

/*
 * Whether those who left or joined are a group of which a quantity tells something. That an n is one less
 * tells nothing of who left; and the days of some who stay can become more.
 */
static bool
HasDifferences(const Facts *facts, int which)
{
	const Quantity *quantity = &facts->quantities[which];

	return quantity->over != NONE && quantity->of != NONE &&
		(quantity->goes_with_n || MeasureOf(facts, which)->kind != MEASURE_SUM);
}

/*
 * IsOnlyHowMany
 *		Whether a number is how many left or joined, and nothing of them.
 */
bool
IsOnlyHowMany(const Facts *facts, Holder holder)
{
	return holder.other != NONE && !HasDifferences(facts, holder.quantity);
}

/* Those who are counted in the smaller release are in the larger one, too. */
static void
StateGrowth(const Releases *releases, int which)
{
	Statement	growth = {0};
	Bounds		bounds = {.has_lower = true,.divisor = 1};

	AddDifference(&growth, releases, which, releases->facts->quantities[which].is_leaving);
	StateBetween(releases->facts, &growth, bounds, SourceOf(releases, FROM_RELEASES, which));
}

/* The difference as an unknown, of which it is stated what it is */
static int
AddDifferenceUnknown(Releases *releases, int which, bool is_leaving, Unknown unknown, int n)
{
	Holder		holder = {
		.quantity = which,.cell = EarlierCell(releases),.other = LaterCell(releases),.n = n,.is_far = IsFar(releases)
	};
	Statement	difference = {0};

	unknown.rule_lower = unknown.lower;
	unknown.rule_upper = unknown.upper;
	releases->differences[which] = AddUnknown(releases->facts, unknown, holder);
	AddDifference(&difference, releases, which, is_leaving);
	difference.unknowns[difference.n] = releases->differences[which];
	difference.coefficients[difference.n++] = -1;
	StateSum(releases->facts, &difference, 0, SourceOf(releases, FROM_DIFFERENCE, which));
	return releases->differences[which];
}

/* ---- those who left or joined ---- */

/* The n of those who left or joined as an unknown; NONE if it is known */
static int
FindN(Releases *releases, int of, bool is_leaving)
{
	Unknown		n = {.is_whole = !releases->facts->quantities[of].is_real,.upper = NO_UPPER_BOUND};

	if (AreKnown(releases, of))
		return NONE;
	if (releases->differences[of] == NONE)
		AddDifferenceUnknown(releases, of, is_leaving, n, NONE);
	return releases->differences[of];
}

/* Whether a number of those who left or joined is about few of them */
static bool
IsOfFew(const Releases *releases, int which, int64 moved, int64 n)
{
	const Facts *facts = releases->facts;
	int64		minimum = facts->cells->description->minimum;

	switch (MeasureOf(facts, which)->kind)
	{
		case MEASURE_COUNT:
			return HasSmall(moved, moved, minimum) || HasSmall(n - moved, n - moved, minimum);
		case MEASURE_SUM:
			return MeasureOf(facts, facts->quantities[which].of)->kind != MEASURE_COUNT || HasSmall(n, n, minimum);
		default:
			return true;
	}
}

/* Both numbers are shown, and their difference is nothing to be kept: whether that is so */
static bool
IsHarmless(const Releases *releases, int which, int64 n)
{
	const Quantity *quantity = &releases->facts->quantities[which];
	int64		moved = KnownDifference(releases, which, quantity->is_leaving);

	if (IsOfFew(releases, which, moved, n))
		return false;
	if (!IsFar(releases) && quantity->goes_with_n && MeasureOf(releases->facts, which)->kind == MEASURE_COUNT &&
		(moved == 0 || moved == n))
		AddRemark(releases->facts, REMARK_ALL_SAME, SourceOf(releases, FROM_DIFFERENCE, which), NULL);
	return true;
}

/* Whether two numbers that are shown cannot both be; if so, it is said */
static bool
IsContradiction(Releases *releases, int which, int64 n)
{
	Facts	   *facts = releases->facts;
	const Quantity *quantity = &facts->quantities[which];
	const Quantity *of = &facts->quantities[quantity->of];
	int64		moved = KnownDifference(releases, which, quantity->is_leaving);

	if (moved < 0)
		AddRemark(facts, REMARK_CONTRADICTION, SourceOf(releases, FROM_RELEASES, which), NULL);
	else if (quantity->goes_with_n && quantity->is_part &&
			 moved * (int128) quantity->step * PowerOf10(of->decimals) > n * (int128) of->step * PowerOf10(quantity->decimals))
		AddRemark(facts, REMARK_CONTRADICTION, SourceOf(releases, FROM_ALL_MOVED, which), NULL);
	else
		return false;
	return true;
}

/* Whether a number that lies between the two is shown as well: it divides the difference in two */
static bool
IsShownBetween(const Releases *releases, int which)
{
	for (int i = releases->earlier + 1; i < releases->later; i++)
	{
		if (IsKnown(releases->facts, which, CELL_OF(releases, i)))
			return true;
	}
	return false;
}

/* What those who left or joined can have at least and at most, so many as they are */
static void
BoundByMoved(const Facts *facts, int which, int64 n, Unknown *moved)
{
	const Quantity *quantity = &facts->quantities[which];
	const Quantity *of = &facts->quantities[quantity->of];
	const Measure *measure = MeasureOf(facts, which);

	if (quantity->is_part)
		moved->upper = n * (int128) of->step * PowerOf10(quantity->decimals) / (quantity->step * PowerOf10(of->decimals));
	if (measure->has_lowest)
		moved->lower = n * measure->lowest;
	if (measure->has_highest)
		moved->upper = n * measure->highest;

	/* what they can have anyway is not known any better for being narrow */
	if (moved->upper != NO_UPPER_BOUND)
		moved->width = Min(moved->width, moved->upper - moved->lower);
}

/* The same where it is an unknown how many they are */
static void
StateMoved(Releases *releases, int which, int n)
{
	Facts	   *facts = releases->facts;
	const Quantity *quantity = &facts->quantities[which];
	const Quantity *of = &facts->quantities[quantity->of];
	const Measure *measure = MeasureOf(facts, which);
	Source		source = SourceOf(releases, FROM_ALL_MOVED, which);
	Bounds		above = {.has_lower = true,.divisor = 1};
	Bounds		below = {.has_upper = true,.divisor = 1};
	Statement	moved = {.n = 2,.unknowns = {n, releases->differences[which]},.coefficients = {0, -1}};

	if (IsLikePart(facts, which))
	{
		source.kind = FROM_OTHERS_MOVED;
		StateRest(facts, quantity->of, n, releases->differences[which], source);
		return;
	}
	if (quantity->is_part)
	{
		moved.coefficients[0] = of->step * PowerOf10(quantity->decimals);
		moved.coefficients[1] = -quantity->step * PowerOf10(of->decimals);
		StateBetween(facts, &moved, above, source);
		return;
	}
	moved.coefficients[0] = measure->lowest;
	if (measure->has_lowest && measure->lowest > 0)
		StateBetween(facts, &moved, below, source);
	moved.coefficients[0] = measure->highest;
	if (measure->has_highest && measure->highest > 0)
		StateBetween(facts, &moved, above, source);
}

/* Of n it is known how it changed; false if that says all there is to say */
static bool
StateByN(Releases *releases, int which, int64 n, Unknown *moved)
{
	Facts	   *facts = releases->facts;
	const Quantity *quantity = &facts->quantities[which];
	Statement	difference = {0};

	if (n < 0 && facts->quantities[quantity->of].over != releases->over)
		AddRemark(facts, REMARK_CONTRADICTION, SourceOf(releases, FROM_RELEASES, which), NULL);
	if (n < 0)
		return false;
	if (n == 0)
	{
		if (AreKnown(releases, which) && IsContradiction(releases, which, n))
			return false;
		AddDifference(&difference, releases, which, quantity->is_leaving);
		StateSum(facts, &difference, 0, SourceOf(releases, FROM_STAYERS, which));
		return false;
	}
	BoundByMoved(facts, which, n, moved);

	/* scores of many are no secret, and those between any two that follow one another are looked at */
	return quantity->is_part || !IsFar(releases) || n < facts->cells->description->minimum;
}

/* Whether all have left, or nobody was there before: those who moved are the cell itself */
static bool
IsCellItself(const Releases *releases, int which)
{
	const Quantity *quantity = &releases->facts->quantities[which];
	int			smaller = quantity->is_leaving ? LaterCell(releases) : EarlierCell(releases);

	return IsKnown(releases->facts, quantity->of, smaller) && releases->facts->quantities[quantity->of].known[smaller] == 0;
}

/* What is counted of those who left or joined is an unknown of its own, unless it is no secret. */
static void
StateDifference(Releases *releases, int which)
{
	const Facts *facts = releases->facts;
	const Quantity *quantity = &facts->quantities[which];
	bool		is_n_known = AreKnown(releases, quantity->of);
	int64		n_moved = is_n_known ? KnownDifference(releases, quantity->of, quantity->is_leaving) : 0;
	Unknown		moved = {
		.is_whole = !quantity->is_real,
		.upper = NO_UPPER_BOUND,
		.width = WidthInSteps(facts, quantity)
	};
	int			n = NONE;

	if (IsCellItself(releases, which))
		return;
	if (quantity->goes_with_n && is_n_known && !StateByN(releases, which, n_moved, &moved))
		return;
	if (AreKnown(releases, which) && is_n_known &&
		(IsContradiction(releases, which, n_moved) || IsHarmless(releases, which, n_moved)))
		return;
	if (quantity->goes_with_n)
		n = FindN(releases, quantity->of, quantity->is_leaving);
	AddDifferenceUnknown(releases, which, quantity->is_leaving, moved, n);
	if (n != NONE)
		StateMoved(releases, which, n);
}

/* What two releases say of a quantity in a group; of the n first that it is of */
static void
StateQuantity(Releases *releases, int which)
{
	const Facts *facts = releases->facts;
	const Quantity *quantity = &facts->quantities[which];

	if (releases->is_stated[which] || quantity->over != releases->over)
		return;
	releases->is_stated[which] = true;
	if (quantity->of != NONE)
		StateQuantity(releases, quantity->of);
	if (!HasDifferences(facts, which))
	{
		if (!IsFar(releases))
			StateGrowth(releases, which);
	}
	else if (!IsFar(releases) || !AreKnown(releases, which) || !IsShownBetween(releases, which))
		StateDifference(releases, which);
}

static void
StateTwo(Releases *releases, int earlier, int later)
{
	releases->earlier = earlier;
	releases->later = later;
	for (int i = 0; i < releases->facts->n_quantities; i++)
	{
		releases->is_stated[i] = false;
		releases->differences[i] = NONE;
	}
	for (int i = 0; i < releases->facts->n_quantities; i++)
		StateQuantity(releases, i);
}

/* Any two releases of a group, if they say something that two others do not */
static void
StateGroup(Releases *releases, int n)
{
	const uint8 *kinds = releases->facts->cells->kinds;

	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (i + 1 < n)
			StateTwo(releases, i, i + 1);
		for (int j = i + 2; j < n && kinds[CELL_OF(releases, i)] != CELL_BETWEEN; j++)
		{
			if (kinds[CELL_OF(releases, j)] != CELL_BETWEEN &&
				releases->is_new[ReleaseOf(releases, CELL_OF(releases, i)) * releases->n_releases + ReleaseOf(releases, CELL_OF(releases, j))])
				StateTwo(releases, i, j);
		}
	}
}

/* ---- all releases ---- */

/* Put the cells in the order of their groups. */
static void
SortByGroup(Releases *releases, const Measure *measure)
{
	const Cells *cells = releases->facts->cells;
	const Dimension *dimension = &cells->description->dimensions[releases->over];

	releases->cells = palloc_extended(sizeof(int32) * cells->n_cells, MCXT_ALLOC_HUGE);
	for (int cell = 0; cell < cells->n_cells; cell++)
	{
		releases->cells[cell] = cell;
		if (ReleaseOf(releases, cell) == TOTAL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("cells: %s has a row without its %s", CellName(cells, cell), dimension->name),
					 errhint("Measure \"%s\" is said to go from one %s to the next.", measure->name, dimension->name)));
		releases->n_releases = Max(releases->n_releases, ReleaseOf(releases, cell) + 1);
	}
	qsort_arg(releases->cells, cells->n_cells, sizeof(int32), CompareReleases, releases);
}

/* The first measure that says that a dimension has releases that follow one another; NULL if none does */
static const Measure *
MeasureOver(const Description *description, int dimension)
{
	for (int i = 0; i < description->n_measures; i++)
	{
		if (description->measures[i].over == dimension)
			return &description->measures[i];
	}
	return NULL;
}

/*
 * StateReleases
 *		Where nobody leaves, or nobody joins, from one release to the next.
 */
void
StateReleases(Facts *facts)
{
	const Description *description = facts->cells->description;

	for (int i = 0; i < description->n_dimensions; i++)
	{
		Releases	releases = {.facts = facts,.over = i};
		const Measure *measure = MeasureOver(description, i);

		if (measure == NULL)
			continue;
		SortByGroup(&releases, measure);
		FindTold(&releases);
		FindNew(&releases);
		releases.is_stated = palloc(sizeof(bool) * facts->n_quantities);
		releases.differences = palloc(sizeof(int32) * facts->n_quantities);
		for (int n = NextGroup(&releases, 0); n > 0; n = NextGroup(&releases, n))
			StateGroup(&releases, n);
	}
}
