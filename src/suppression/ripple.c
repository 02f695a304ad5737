/*
 * ripple.c
 *		Hidden numbers that a small change of the finest ones shows not to be given away.
 *
 * If one more student of the finest group has an outcome, so has one more of each total that she is
 * in. Where these are printed as ranges or not at all, and all of them stay within, that is
 * another table that would be printed alike, and nothing had to be solved to find it. Where a
 * total would leave its range, another of its finest groups has one less, and so on. Which one is
 * left to chance, a little more than to what it costs: so what one try runs into another goes around.
 * The chances are the same each time.
 *
 * A table is taken only if all facts about what is not as in truth are seen to hold, so what is
 * thought of on the way need not be right.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "disclosure/component.h"
#include "disclosure/witness.h"
#include "miscadmin.h"
#include "suppression/lattice.h"
#include "suppression/ordered_table.h"
#include "suppression/ripple.h"
#include "utils/memutils.h"

/* Changes that lead from one table to another, at most, and tries to find them */
#define MAX_TURNS 32
#define MAX_TRIES 100

/* Finest cells that are looked at for each change */
#define MAX_CANDIDATES 256

/* What is looked at for one unknown: some hundredths of a second, of which in most tables it takes less than one */
#define MAX_WORK (INT64CONST(1) << 24)

/* And for all that were not found, which is some seconds: where these are many, nobody finds them so */
#define MAX_WORK_IN_VAIN (INT64CONST(1) << 30)

/* Tables go on by one: to get farther than this takes as long as all that */
#define MAX_STEPS (1 << 16)

/* What one too many costs, against the most that chance adds */
#define COST_OF_ONE 8
#define MOST_BY_CHANCE 128

#define NO_COST PG_INT64_MAX

/* In larger tables nothing is looked for */
#define MAX_NUMBERS (INT64CONST(1) << 28)

/* One more of some numbers in a cell: which, and of what they leave of others how much more */
typedef struct Kind
{
	int			n_numbers;
	int		   *numbers;
	int		   *by;				/* of each: 1 or -1 */
} Kind;

/* A kind of change of a finest cell, up (1) or down (-1) */
typedef struct Turn
{
	int			leaf;
	const Kind *kind;
	int			by;
} Turn;

/*
 * A table that differs from the true one. Its numbers are, in each cell, all quantities, and what each leaves of
 * what it is a part of.
 */
typedef struct Ripple
{
	const Facts *facts;
	const int64 *truth;			/* of the unknowns */
	const Lattice *lattice;
	int			n_numbers;		/* in a cell */
	int			n_kinds;
	Kind	   *kinds;
	int		   *unknowns;		/* of each number in each cell; or KNOWN */
	int64	   *lower;			/* how far each can be off the truth, as far as it is known before there is a table */
	int64	   *upper;
	int64	   *off;			/* and how far it is */
	int			n_beyond;
	int		   *beyond;			/* those that are further off than they can be */
	int		   *place;			/* of each among these; or NONE */
	int			n_tries;
	int64		work;			/* done for an unknown */
	int			n_turns;
	Turn		turns[MAX_TURNS];	/* from the last table */
	int		   *facts_of;		/* of each unknown */
	int		   *facts_end;
	int64	   *fall;			/* how far below the truth each unknown was seen */
	int64	   *rise;
} Ripple;

/* ---- how far each number can be off ---- */

/* The number of a quantity, or of what it leaves, in a cell */
static int
NumberIn(const Ripple *ripple, int quantity, bool is_rest, int cell)
{
	return (2 * quantity + is_rest) * ripple->lattice->n_cells + cell;
}

/* The number that an unknown is of a table; or NONE */
static int
NumberOfUnknown(const Ripple *ripple, int unknown)
{
	Holder		holder = ripple->facts->holders[unknown];

	return holder.other != NONE || IsFarRest(ripple->facts, holder) ? NONE : NumberIn(ripple, holder.quantity, holder.is_rest, holder.cell);
}

/* The next whole number below a quotient, or the largest there is */
static int64
DivideDown(int128 value, int64 divisor)
{
	int128		quotient = value / divisor - (value % divisor < 0);

	return Max(Min(quotient, MAX_NUMBER), -MAX_NUMBER);
}

/* A coefficient times how far a number is off is at most so much */
static void
LimitNumber(Ripple *ripple, int number, int64 coefficient, int128 most)
{
	if (coefficient > 0)
		ripple->upper[number] = Min(ripple->upper[number], DivideDown(most, coefficient));
	else
		ripple->lower[number] = Max(ripple->lower[number], -DivideDown(most, -coefficient));
}

/* A coefficient times the number itself, which is an unknown, is between bounds */
static void
LimitBetween(Ripple *ripple, int number, int64 coefficient, int64 least, int64 most)
{
	int128		value = (int128) coefficient * ripple->truth[ripple->unknowns[number]];

	if (most != NO_UPPER_BOUND)
		LimitNumber(ripple, number, coefficient, most - value);
	if (least != NO_LOWER_BOUND)
		LimitNumber(ripple, number, -coefficient, value - least);
}

/* The whole numbers that the sum of a fact is between */
static int64
LeastOf(const Fact *fact)
{
	return fact->lower == NO_LOWER_BOUND ? NO_LOWER_BOUND : fact->lower + fact->lower_is_open;
}

static int64
MostOf(const Fact *fact)
{
	return fact->upper == NO_UPPER_BOUND ? NO_UPPER_BOUND : fact->upper - fact->upper_is_open;
}

/* What bounds and the facts about it alone leave to an unknown */
static void
LimitUnknown(Ripple *ripple, int unknown)
{
	const System *system = &ripple->facts->system;
	const Unknown *own = &system->unknowns[unknown];
	int			number = NumberOfUnknown(ripple, unknown);
	int64		truth = ripple->truth[unknown];

	if (number == NONE)
		return;
	ripple->unknowns[number] = unknown;
	ripple->lower[number] = truth == NO_TRUTH ? 0 : -MAX_NUMBER;
	ripple->upper[number] = truth == NO_TRUTH ? 0 : MAX_NUMBER;
	if (truth == NO_TRUTH)
		return;
	LimitBetween(ripple, number, 1, Max(own->lower, own->rule_lower), Min(own->upper, own->rule_upper));
	for (int i = StartOf(ripple->facts_end, unknown); i < ripple->facts_end[unknown]; i++)
	{
		const Fact *fact = &system->facts[ripple->facts_of[i]];

		if (fact->n_terms == 1)
			LimitBetween(ripple, number, fact->terms[0].coefficient, LeastOf(fact), MostOf(fact));
	}
}

/* What is known stays as it is; what a part leaves is limited only where it is an unknown */
static void
LimitNumbers(Ripple *ripple)
{
	int			n = ripple->lattice->n_cells;

	for (int i = 0; i < ripple->n_numbers * n; i++)
	{
		bool		is_rest = i / n % 2 == 1;

		CHECK_FOR_INTERRUPTS();
		ripple->unknowns[i] = KNOWN;
		ripple->lower[i] = is_rest ? -MAX_NUMBER : 0;
		ripple->upper[i] = is_rest ? MAX_NUMBER : 0;
	}
	for (int i = 0; i < ripple->facts->system.n_unknowns; i++)
	{
		CHECK_FOR_INTERRUPTS();
		LimitUnknown(ripple, i);
	}
}

/* ---- kinds of changes ---- */

static void
AddToKind(Kind *kind, int number, int by)
{
	kind->numbers[kind->n_numbers] = number;
	kind->by[kind->n_numbers++] = by;
}

/* One more of a quantity, and perhaps of what it is a part of */
static void
AddKind(Ripple *ripple, int quantity, int of)
{
	const Facts *facts = ripple->facts;
	Kind	   *kind = &ripple->kinds[ripple->n_kinds++];

	*kind = (Kind) {.numbers = palloc(ripple->n_numbers * sizeof(int)), .by = palloc(ripple->n_numbers * sizeof(int))};
	for (int i = 0; i < facts->n_quantities; i++)
	{
		bool		is_more = i == quantity || i == of;
		bool		is_whole_more = facts->quantities[i].of != NONE && (facts->quantities[i].of == quantity || facts->quantities[i].of == of);

		if (is_more)
			AddToKind(kind, 2 * i, 1);
		if (facts->quantities[i].of != NONE && is_more != is_whole_more)
			AddToKind(kind, 2 * i + 1, is_whole_more ? 1 : -1);
	}
}

static void
FindKinds(Ripple *ripple)
{
	const Facts *facts = ripple->facts;

	ripple->kinds = palloc(2 * facts->n_quantities * sizeof(Kind));
	for (int i = 0; i < facts->n_quantities; i++)
	{
		AddKind(ripple, i, NONE);
		if (IsLikePart(facts, i))
			AddKind(ripple, i, facts->quantities[i].of);
	}
}

/* By how much a number changes with a kind */
static int
EffectOf(const Kind *kind, int number)
{
	for (int i = 0; i < kind->n_numbers; i++)
	{
		if (kind->numbers[i] == number)
			return kind->by[i];
	}
	return 0;
}

/* ---- changes ---- */

/* By how much a number would be further off than it can be, so far off */
static int64
Beyond(const Ripple *ripple, int number, int64 off)
{
	return Max(Max(ripple->lower[number] - off, off - ripple->upper[number]), 0);
}

/* Note whether a number is further off than it can be */
static void
NoteBeyond(Ripple *ripple, int number)
{
	bool		is_beyond = Beyond(ripple, number, ripple->off[number]) > 0;
	int			place = ripple->place[number];

	if (is_beyond == (place != NONE))
		return;
	if (is_beyond)
	{
		ripple->place[number] = ripple->n_beyond;
		ripple->beyond[ripple->n_beyond++] = number;
	}
	else
	{
		int			last = ripple->beyond[--ripple->n_beyond];

		ripple->beyond[place] = last;
		ripple->place[last] = place;
		ripple->place[number] = NONE;
	}
}

/* Change a finest cell with all its totals */
static void
Apply(Ripple *ripple, Turn turn)
{
	const Lattice *lattice = ripple->lattice;

	for (int i = 0; i < turn.kind->n_numbers; i++)
	{
		for (int j = StartOf(lattice->totals_end, turn.leaf); j < lattice->totals_end[turn.leaf]; j++)
		{
			int			number = turn.kind->numbers[i] * lattice->n_cells + lattice->totals[j];

			ripple->off[number] += turn.by * turn.kind->by[i];
			NoteBeyond(ripple, number);
		}
	}
}

/* How many numbers a change is of */
static int
SizeOf(const Lattice *lattice, Turn turn)
{
	return turn.kind->n_numbers * (lattice->totals_end[turn.leaf] - StartOf(lattice->totals_end, turn.leaf));
}

/* By how much more numbers would be further off than they can be; the finest ones by nothing, or it is NO_COST */
static int64
CostOf(Ripple *ripple, Turn turn)
{
	const Lattice *lattice = ripple->lattice;
	int64		cost = 0;

	ripple->work += SizeOf(lattice, turn);
	for (int i = 0; i < turn.kind->n_numbers; i++)
	{
		int			by = turn.by * turn.kind->by[i];
		int			first = StartOf(lattice->totals_end, turn.leaf);

		for (int j = first; j < lattice->totals_end[turn.leaf]; j++)
		{
			int			number = turn.kind->numbers[i] * lattice->n_cells + lattice->totals[j];
			int64		more = Beyond(ripple, number, ripple->off[number] + by) - Beyond(ripple, number, ripple->off[number]);

			if (j == first && more > 0)
				return NO_COST;
			cost += more;
		}
	}
	return cost;
}

/* Whether a change takes back another on the way to a table */
static bool
TakesBack(const Ripple *ripple, Turn turn)
{
	for (int i = 0; i < ripple->n_turns; i++)
	{
		const Turn *other = &ripple->turns[i];

		if (other->leaf == turn.leaf && other->kind == turn.kind && other->by == -turn.by)
			return true;
	}
	return false;
}

/* Of the numbers that are too far off, the one with the fewest finest cells */
static int
HardestBeyond(const Ripple *ripple)
{
	int			n = ripple->lattice->n_cells;
	int			hardest = ripple->beyond[0];

	for (int i = 1; i < ripple->n_beyond; i++)
	{
		int			number = ripple->beyond[i];
		int			fewer = LeavesUnder(ripple->lattice, number % n) - LeavesUnder(ripple->lattice, hardest % n);

		if (fewer < 0 || (fewer == 0 && number < hardest))
			hardest = number;
	}
	return hardest;
}

/* The leaves under a cell that are looked at: those nearest to where the first change was */
static void
FindCandidates(const Ripple *ripple, int cell, int *first, int *end)
{
	const Lattice *lattice = ripple->lattice;
	int			low = StartOf(lattice->under_end, cell);
	int			high = lattice->under_end[cell];

	*first = low;
	while (ripple->n_turns > 0 && low < high)
	{
		int			middle = low + (high - low) / 2;

		if (lattice->under[middle] < ripple->turns[0].leaf)
			low = middle + 1;
		else
			high = middle;
	}
	*first = Max(*first, low - MAX_CANDIDATES / 2);
	*end = Min(lattice->under_end[cell], *first + MAX_CANDIDATES);
}

/* What chance adds to a cost, from the second try on */
static int64
Chance(const Ripple *ripple, Turn turn)
{
	uint32		which = (uint32) turn.leaf * ripple->n_kinds + (turn.kind - ripple->kinds);

	return ripple->n_tries == 0 ? 0 : murmurhash32(hash_combine(murmurhash32(which), ripple->n_tries * MAX_TURNS + ripple->n_turns)) % MOST_BY_CHANCE;
}

/* The cheapest change that moves a number up or down; false if there is none */
static bool
FindTurn(Ripple *ripple, int number, int by, Turn *cheapest)
{
	const Lattice *lattice = ripple->lattice;
	int64		least = NO_COST;
	int			first;
	int			end;

	FindCandidates(ripple, number % lattice->n_cells, &first, &end);
	for (int i = first; i < end; i++)
	{
		for (int j = 0; j < ripple->n_kinds; j++)
		{
			Turn		turn = {lattice->under[i], &ripple->kinds[j], by * EffectOf(&ripple->kinds[j], number / lattice->n_cells)};
			int64		cost;

			if (turn.by == 0 || TakesBack(ripple, turn))
				continue;
			cost = CostOf(ripple, turn);
			if (cost == NO_COST)
				continue;
			cost = COST_OF_ONE * cost + Chance(ripple, turn);
			if (cost >= least)
				continue;
			*cheapest = turn;
			least = cost;
		}
	}
	return least < NO_COST;
}

/* ---- tables ---- */

/* Whether a fact holds */
static bool
Holds(const Ripple *ripple, const Fact *fact)
{
	int128		sum = 0;

	for (int i = 0; i < fact->n_terms; i++)
	{
		int			unknown = fact->terms[i].unknown;
		int			number = NumberOfUnknown(ripple, unknown);

		if (ripple->truth[unknown] == NO_TRUTH)
			return false;
		sum += (int128) fact->terms[i].coefficient * (ripple->truth[unknown] + (number == NONE ? 0 : ripple->off[number]));
	}
	return (LeastOf(fact) == NO_LOWER_BOUND || sum >= LeastOf(fact)) && (MostOf(fact) == NO_UPPER_BOUND || sum <= MostOf(fact));
}

/* The unknowns that the last changes were of, each perhaps several times */
static int *
ChangedUnknowns(const Ripple *ripple, int *n)
{
	const Lattice *lattice = ripple->lattice;
	int		   *changed;
	Size		size = 1;

	for (int i = 0; i < ripple->n_turns; i++)
		size += SizeOf(lattice, ripple->turns[i]);
	changed = palloc_extended(size * sizeof(int), MCXT_ALLOC_HUGE);
	*n = 0;
	for (int i = 0; i < ripple->n_turns; i++)
	{
		const Turn *turn = &ripple->turns[i];

		for (int j = 0; j < turn->kind->n_numbers; j++)
		{
			for (int k = StartOf(lattice->totals_end, turn->leaf); k < lattice->totals_end[turn->leaf]; k++)
			{
				int			unknown = ripple->unknowns[turn->kind->numbers[j] * lattice->n_cells + lattice->totals[k]];

				if (unknown != KNOWN)
					changed[(*n)++] = unknown;
			}
		}
	}
	return changed;
}

/* Whether all facts about these unknowns hold */
static bool
AllHold(const Ripple *ripple, const int *unknowns, int n)
{
	for (int i = 0; i < n; i++)
	{
		for (int j = StartOf(ripple->facts_end, unknowns[i]); j < ripple->facts_end[unknowns[i]]; j++)
		{
			if (!Holds(ripple, &ripple->facts->system.facts[ripple->facts_of[j]]))
				return false;
		}
	}
	return true;
}

static void
TakeBackTurns(Ripple *ripple)
{
	while (ripple->n_turns > 0)
	{
		Turn		turn = ripple->turns[--ripple->n_turns];

		turn.by = -turn.by;
		Apply(ripple, turn);
	}
}

/* Change leaves until a number is off by one more, up or down, and none further than it can be; false if that was not found */
static bool
TryToShift(Ripple *ripple, int number, int by)
{
	int64	   *bound = by > 0 ? &ripple->lower[number] : &ripple->upper[number];
	int64		before = *bound;

	*bound = ripple->off[number] + by;
	NoteBeyond(ripple, number);
	ripple->n_turns = 0;
	while (ripple->n_beyond > 0 && ripple->n_turns < MAX_TURNS)
	{
		int			hardest = HardestBeyond(ripple);
		Turn		turn;

		CHECK_FOR_INTERRUPTS();
		if (!FindTurn(ripple, hardest, ripple->off[hardest] < ripple->lower[hardest] ? 1 : -1, &turn))
			break;
		Apply(ripple, turn);
		ripple->turns[ripple->n_turns++] = turn;
	}
	*bound = before;
	if (ripple->n_beyond > 0)
		TakeBackTurns(ripple);
	NoteBeyond(ripple, number);
	return ripple->n_turns > 0;
}

/* Whether the changes lead to a table; if so, it is noted how far off unknowns are in it */
static bool
TakeTable(Ripple *ripple)
{
	int			n;
	int		   *changed = ChangedUnknowns(ripple, &n);
	bool		is_table = AllHold(ripple, changed, n);

	for (int i = 0; i < n && is_table; i++)
	{
		int64		off = ripple->off[NumberOfUnknown(ripple, changed[i])];

		ripple->fall[changed[i]] = Max(ripple->fall[changed[i]], -off);
		ripple->rise[changed[i]] = Max(ripple->rise[changed[i]], off);
	}
	pfree(changed);
	return is_table;
}

/* Go on to a table in which a number is off by one more; false if none was found */
static bool
Shift(Ripple *ripple, int number, int by)
{
	if (Beyond(ripple, number, ripple->off[number] + by) > 0)
		return false;
	for (ripple->n_tries = 0; ripple->n_tries < MAX_TRIES && ripple->work < MAX_WORK; ripple->n_tries++)
	{
		if (!TryToShift(ripple, number, by))
			continue;
		if (TakeTable(ripple))
			return true;
		TakeBackTurns(ripple);
	}
	return false;
}

/* Whether tables were seen in which an unknown is as far apart as is asked */
static bool
IsFarApart(const Ripple *ripple, int unknown)
{
	return ripple->fall[unknown] + ripple->rise[unknown] >= Max(ripple->facts->system.unknowns[unknown].width, 1);
}

/* The facts about each unknown */
static void
IndexFacts(Ripple *ripple)
{
	const System *system = &ripple->facts->system;
	int		   *end = AllocateMany(system->n_facts, sizeof(int));
	int		   *unknowns;
	int			n = 0;

	for (int i = 0; i < system->n_facts; i++)
		n += system->facts[i].n_terms;
	unknowns = AllocateMany(n, sizeof(int));
	n = 0;
	for (int i = 0; i < system->n_facts; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < system->facts[i].n_terms; j++)
			unknowns[n++] = system->facts[i].terms[j].unknown;
		end[i] = n;
	}
	Invert(unknowns, end, system->n_facts, system->n_unknowns, &ripple->facts_of, &ripple->facts_end);
	pfree(unknowns);
	pfree(end);
}

/* Whether all that is true is within its bounds, as it is if marks stand for what they say */
static bool
IsTruthWithin(const Ripple *ripple)
{
	for (int i = 0; i < ripple->n_numbers * ripple->lattice->n_cells; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (Beyond(ripple, i, 0) > 0)
			return false;
	}
	return true;
}

/* At the true table; NULL if it is too large, or not what it is said to be */
static Ripple *
StartRipple(const Facts *facts, const int64 *truth)
{
	Ripple	   *ripple = palloc0(sizeof(Ripple));
	int64		n = (int64) 2 * facts->n_quantities * facts->cells->n_cells;

	ripple->facts = facts;
	ripple->truth = truth;
	ripple->n_numbers = 2 * facts->n_quantities;
	ripple->lattice = n > MAX_NUMBERS ? NULL : FindLattice(facts);
	if (ripple->lattice == NULL)
		return NULL;
	ripple->unknowns = AllocateMany(n, sizeof(int));
	ripple->lower = AllocateMany(n, sizeof(int64));
	ripple->upper = AllocateMany(n, sizeof(int64));
	ripple->off = AllocateMany(n, sizeof(int64));
	ripple->beyond = AllocateMany(n, sizeof(int));
	ripple->place = AllocateMany(n, sizeof(int));
	memset(ripple->place, -1, n * sizeof(int));
	ripple->fall = AllocateMany(facts->system.n_unknowns, sizeof(int64));
	ripple->rise = AllocateMany(facts->system.n_unknowns, sizeof(int64));
	IndexFacts(ripple);
	LimitNumbers(ripple);
	FindKinds(ripple);
	return IsTruthWithin(ripple) ? ripple : NULL;
}

/*
 * FindRipples
 *		Note the unknowns that tables near the true one show not to be given away, by what the marks
 *		say as well, beside those that are known to be safe.
 */
void
FindRipples(const Facts *facts, const int64 *truth, bool *is_safe)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "gapstats ripples", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	Ripple	   *ripple = StartRipple(facts, truth);
	int64		in_vain = 0;

	/* From table to table, and not from the true one each time: so they are of different kinds */
	for (int i = 0; i < facts->system.n_unknowns && ripple != NULL && in_vain < MAX_WORK_IN_VAIN; i++)
	{
		int			number = NumberOfUnknown(ripple, i);

		CHECK_FOR_INTERRUPTS();
		if (is_safe[i] || number == NONE || facts->system.unknowns[i].width > MAX_STEPS)
			continue;
		ripple->work = 0;
		for (int by = 1; by >= -1; by -= 2)
		{
			while (!IsFarApart(ripple, i) && Shift(ripple, number, by))
				;
		}
		is_safe[i] = IsFarApart(ripple, i);
		in_vain += is_safe[i] ? 0 : ripple->work;
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
}
