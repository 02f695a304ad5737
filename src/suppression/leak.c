/*
 * leak.c
 *		What can be had of a table that would be published, and what is asked against that.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "disclosure/few.h"
#include "disclosure/witness.h"
#include "disclosure/words.h"
#include "miscadmin.h"
#include "suppression/leak.h"
#include "suppression/ripple.h"
#include "utils/memutils.h"

/* Hidden numbers that hang together: to audit more than so many takes minutes, and to hide one more cell does not */
#define MAX_UNKNOWNS_AUDITED 2000

static const Facts *
FactsOfTask(const Task *task)
{
	return task->publication->truth->facts;
}

static void
RefuseLeak(const Facts *facts, int unknown, const Finding *finding)
{
	Holder		holder = facts->holders[unknown];

	ereport(ERROR,
			(errcode(ERRCODE_DATA_EXCEPTION),
			 errmsg("%s of %s cannot be hidden so that it cannot be had",
					NumberName(facts, holder), HolderName(facts, holder)),
			 errdetail("The audit says %s: %s.", VerdictName(finding->verdict), BecauseOf(facts, unknown, finding)),
			 errdetail_log(DETAIL_IN_LOG),
			 errhint("Leave a breakdown out, or ask for less: width, residual, minimum.")));
}

/* ---- who they are ---- */

/* The true number of an unknown, if it is known */
static int64
TruthOf(const Task *task, Holder holder)
{
	const Truth *truth = task->publication->truth;
	int			of = holder.is_rest ? holder.whole : FactsOfTask(task)->quantities[holder.quantity].of;
	int64		number;
	int64		other;

	if (!HasTrueSteps(truth, holder.quantity))
		return NO_TRUTH;
	number = TrueSteps(truth, holder.quantity, holder.cell);
	if (holder.is_rest)
		number = TrueSteps(truth, of, holder.cell) - number;
	if (holder.other == NONE)
		return number;
	other = TrueSteps(truth, holder.quantity, holder.other);
	if (holder.is_rest)
		other = TrueSteps(truth, of, holder.other) - other;
	return Max(number, other) - Min(number, other);
}

/* Whether a number is small, or so near to it that one who knows it too well might think so */
static bool
IsNearlySmall(const Description *description, int64 value)
{
	return value >= (description->zeros_are_hidden ? 0 : 1) && value < description->minimum + description->width;
}

/* Whether a hidden number is about few */
static bool
IsOfFew(const Task *task, const Facts *facts, Holder holder)
{
	const Truth *truth = task->publication->truth;
	const Description *description = facts->cells->description;
	const Quantity *quantity = &facts->quantities[holder.quantity];
	int64		value;

	if (holder.other != NONE)
		return true;
	if (!IsTrueKnown(truth, holder.quantity) || (quantity->of != NONE && !IsLikePart(facts, holder.quantity)))
		return IsNearlySmall(description, TrueSteps(truth, quantity->of, holder.cell));
	value = TruthOf(task, holder);
	for (int whole = holder.is_rest ? NONE : quantity->of; whole != NONE; whole = facts->quantities[whole].of)
	{
		if (IsKnown(facts, whole, holder.cell) && IsLikePartOf(facts, holder.quantity, whole) && IsNearlySmall(description, TrueSteps(truth, whole, holder.cell) - value))
			return true;
	}
	return IsNearlySmall(description, value);
}

/* ---- what can be had all the same ---- */

/* Whether an unknown is a hidden number, and it is not plain that it can be had */
static bool
IsSecret(const Task *task, const Facts *facts, int unknown)
{
	Holder		holder = facts->holders[unknown];

	if (holder.other != NONE)
		return !IsOnlyHowMany(facts, holder);
	return task->publication->is_hidden[holder.cell] && facts->cells->kinds[holder.cell] != CELL_BETWEEN &&
		!(IsTrueKnown(task->publication->truth, holder.quantity) && IsSettled(task, holder.quantity, holder.cell));
}

/* Whether only a range of a number is printed, or none: of rates as ranges, and of everybody or nobody */
static bool
IsBehindRange(const Task *task, Holder holder)
{
	return IsInRanges(task->publication, holder.quantity) ||
		(holder.other == NONE && !task->publication->is_hidden[holder.cell] && IsAllSame(task->publication, holder.quantity, holder.cell));
}

/*
 * Whether a number behind a range must not be had exactly: not even the range is shown, it is of few, tells the outcome
 * of each, or rates are rounded so that no number is known
 */
static bool
IsRevealing(const Task *task, const Facts *facts, Holder holder)
{
	if (holder.other != NONE)
		return true;
	if (facts->cells->kinds[holder.cell] != CELL_LISTED)
		return false;
	return task->publication->is_hidden[holder.cell] || task->publication->ranges == ROUNDED_RANGES ||
		IsAllSame(task->publication, holder.quantity, holder.cell) || IsSmallRate(task, holder.quantity, holder.cell);
}

/* Whether a number is kept: of a cell that is not printed, and was hidden for others, only what is of few, or of nobody or everybody */
static bool
IsKeptSecret(const Task *task, const Facts *facts, int unknown)
{
	Holder		holder = facts->holders[unknown];

	if (task->is_free[holder.cell] && !IsOfFew(task, facts, holder) && !IsAllSame(task->publication, holder.quantity, holder.cell))
		return false;
	return IsBehindRange(task, holder) ? IsRevealing(task, facts, holder) : IsSecret(task, facts, unknown);
}

/* Whether a number can be had: exactly, or, if it is hidden or in wide ranges, better than is asked */
static bool
IsLeak(const Task *task, const Facts *facts, const Finding *findings, int unknown)
{
	Verdict		verdict = findings[unknown].verdict;
	bool		is_narrow = verdict == NARROW_NONNEG || verdict == NARROW_WHOLE || verdict == NARROW_RULE;

	if (verdict == PROTECTED || (verdict == NARROW_RULE && !task->is_wide_by_rule) ||
		(is_narrow && IsBehindRange(task, facts->holders[unknown]) && !IsInWideRanges(task->publication, facts->holders[unknown].quantity)))
		return false;
	if (facts->holders[unknown].other != NONE && !CanBeSmall(facts, findings, unknown))
		return false;
	return IsKeptSecret(task, facts, unknown);
}

/*
 * CheaperOf
 *		The better of two cells to hide: the smaller in its first number, or the first.
 */
int
CheaperOf(const Task *task, int a, int b)
{
	if (b == NONE || !MayHide(task, b) || task->publication->is_hidden[b])
		return a;
	if (a == NONE || task->cost[b] < task->cost[a])
		return b;
	if (task->cost[b] > task->cost[a])
		return a;
	return task->n_kept > 0 && task->kept[0].values[b] < task->kept[0].values[a] ? b : a;
}

/* Of the cells whose numbers give something away, one to hide */
static int
HelperAmong(const Task *task, const Facts *facts, const Finding *finding)
{
	int			helper = NONE;

	for (int i = 0; i < finding->n_because; i++)
	{
		Source		source = facts->sources[finding->because[i]];

		helper = CheaperOf(task, helper, source.cell);
		helper = CheaperOf(task, helper, source.other);
		if (source.kind != FROM_LINE)
			continue;
		for (int j = 0; j < facts->lines->lines[source.number].n_parts; j++)
			helper = CheaperOf(task, helper, facts->lines->parts[facts->lines->lines[source.number].first + j]);
	}
	return helper;
}

/* Ask for more where a number can be had; false if there is no more to ask */
static bool
AskMore(Task *task, const Facts *facts, int unknown, const Finding *finding)
{
	Holder		holder = facts->holders[unknown];
	bool		is_narrow = finding->verdict >= NARROW_NONNEG && finding->verdict <= NARROW_RULE;
	int			helper;

	if (is_narrow && holder.other == NONE && !IsBehindRange(task, holder) && !IsPrimary(task, holder.cell))
	{
		AskWidth(task, holder.quantity, holder.cell);
		return true;
	}
	helper = IsBehindRange(task, holder) ? CheaperOf(task, NONE, holder.cell) : NONE;
	if (helper == NONE)
		helper = HelperAmong(task, facts, finding);
	if (helper == NONE)
		return false;
	task->must_hide[helper] = true;
	return true;
}

/* Ask for more for all that can be had; how many that are. Those that were not audited may be safe. */
static int
AskMoreForAll(Task *task, const Facts *facts, const Finding *findings, int *n_not_audited)
{
	int			n = 0;

	*n_not_audited = 0;
	for (int i = 0; i < facts->system.n_unknowns; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!IsLeak(task, facts, findings, i))
			continue;
		if (AskMore(task, facts, i, &findings[i]))
			n++;
		else if (findings[i].verdict == NOT_PROVEN)
			(*n_not_audited)++;
		else
			RefuseLeak(facts, i, &findings[i]);
	}
	return n;
}

/* Whether a number must not be known too well: it is of few, and hidden or in wide ranges; in these also of nobody or everybody */
static bool
IsKeptWide(const Task *task, const Facts *facts, int unknown)
{
	const Publication *publication = task->publication;
	Holder		holder = facts->holders[unknown];

	if (!IsInRanges(publication, holder.quantity))
		return IsSecret(task, facts, unknown) && IsOfFew(task, facts, holder);
	return IsInWideRanges(publication, holder.quantity) &&
		(IsOfFew(task, facts, holder) || IsAllSame(publication, holder.quantity, holder.cell));
}

/*
 * What is asked of hidden numbers, and of those behind ranges: a width of those of few, and of others that they are not known exactly. How
 * many left or joined is no secret, but must be known where what is counted of them is narrow.
 */
static void
AskWidths(const Task *task, Facts *facts)
{
	for (int i = 0; i < facts->system.n_unknowns; i++)
	{
		Holder		holder = facts->holders[i];

		if (IsOnlyHowMany(facts, holder))
			facts->system.unknowns[i].width = WidthInSteps(facts, &facts->quantities[holder.quantity]);
		else if (!IsKeptWide(task, facts, i))
			facts->system.unknowns[i].width = 0;
	}
}

/* ---- what cannot be had, without asking the audit ---- */

/* Whether a part is kept, with what it leaves, and no other of the same */
static bool
IsOnlyKeptPart(const Task *task, int part, int of)
{
	bool		is_kept = false;

	for (int i = 0; i < task->n_kept; i++)
	{
		const Kept *kept = &task->kept[i];

		if (!kept->is_rest || FactsOfTask(task)->quantities[kept->quantity].of != of)
			continue;
		if (kept->quantity != part)
			return false;
		is_kept = true;
	}
	return is_kept;
}

/*
 * Whether the tables that the engine found agree with a fact: they change hidden numbers along lines only, and a number
 * with its only part. Of parts that are in ranges LookAgain() sees to it.
 */
static bool
IsKeptTo(const Task *task, const Facts *facts, int number)
{
	Source		source = facts->sources[number];
	const Fact *fact = &facts->system.facts[number];

	if (source.kind == FROM_LINE ||
		((source.kind == FROM_PART || source.kind == FROM_REST) && (IsOnlyKeptPart(task, source.quantity, source.number) || IsInRanges(task->publication, source.quantity))))
		return true;
	for (int i = 0; i < fact->n_terms; i++)
	{
		Holder		holder = facts->holders[fact->terms[i].unknown];

		if (task->publication->is_hidden[holder.cell] && IsTrueKnown(task->publication->truth, holder.quantity))
			return false;
	}
	return true;
}

/* Whether the tables that the engine found agree with all that would be published */
static bool
AreTablesPossible(const Task *task, const Facts *facts)
{
	for (int i = 0; i < task->n_kept; i++)
	{
		int			of = facts->quantities[task->kept[i].quantity].of;

		/* Parts of parts could be 0 with all that they are part of, which the mark excludes */
		if (of != NONE && IsLikePart(facts, of))
			return false;
	}
	for (int i = 0; i < facts->system.n_facts; i++)
	{
		if (!IsKeptTo(task, facts, i))
			return false;
	}
	return true;
}

/* How far apart such tables are in a number: what it is kept by */
static int64
DistanceOf(const Task *task, const Protection *protection, Holder holder)
{
	const Facts *facts = FactsOfTask(task);
	int64		distance = 0;

	/* what a part leaves that stays as it is changes as all does */
	if (IsFarRest(facts, holder))
		return 0;
	if (holder.is_rest && IsInRanges(task->publication, holder.quantity))
		holder = (Holder) {.quantity = facts->quantities[holder.quantity].of,.cell = holder.cell,.other = holder.other};
	for (int i = 0; i < task->n_kept; i++)
	{
		const Kept *kept = &task->kept[i];
		const Quantity *quantity = &facts->quantities[kept->quantity];

		if ((kept->quantity == holder.quantity && kept->is_rest == holder.is_rest) ||
			(!holder.is_rest && quantity->of == holder.quantity && IsLikePart(facts, kept->quantity)))
			distance = Max(distance, protection->distance[i][holder.cell]);
	}
	return distance;
}

/* How far what is kept can fall in a cell until a number is less than its part that is printed in ranges */
static int64
RoomBesideRanges(const Task *task, const Kept *kept, int cell)
{
	const Facts *facts = FactsOfTask(task);
	const Truth *truth = task->publication->truth;
	int64		room = kept->values[cell];

	for (int i = 0; i < facts->n_quantities; i++)
	{
		int			of = facts->quantities[i].of;

		if (IsInRanges(task->publication, i) &&
			((of == kept->quantity && !kept->is_rest) || of == facts->quantities[kept->quantity].of))
			room = Min(room, TrueSteps(truth, of, cell) - TrueSteps(truth, i, cell));
	}
	return room;
}

/* The hidden cells of which a number that is not printed in ranges is not yet known to be safe */
static bool *
CellsInDoubt(const Task *task, const Facts *facts, const bool *is_safe)
{
	bool	   *is_in_doubt = palloc_extended(facts->cells->n_cells, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	for (int i = 0; i < facts->system.n_unknowns; i++)
	{
		Holder		holder = facts->holders[i];

		if (holder.is_rest || !IsInRanges(task->publication, holder.quantity))
			is_in_doubt[holder.cell] |= !is_safe[i] && task->publication->is_hidden[holder.cell];
	}
	return is_in_doubt;
}

/* What a number that is kept is at least in the tables that are looked at: what is printed in ranges stays as it is, and no more than its whole */
static int64
LeastOfKept(const Task *task, int number, int cell, bool by_rule)
{
	const ProtectedMeasure *measure = &task->table.measures[number];
	int64		least = measure->lower == NULL ? measure->lowest : measure->lower[cell];

	if (by_rule)
		least = Max(least, LowestOfKept(task, &task->kept[number], cell));
	return Max(least, measure->values[cell] - RoomBesideRanges(task, &task->kept[number], cell));
}

/* How well some cells are protected by tables that agree with the ranges, and, where not as wide is asked of that, with what the mark says */
static Protection *
LookAgain(const Task *task, const bool *is_asked, bool by_rule)
{
	ProtectedTable table = task->table;
	ProtectedMeasure *measures = palloc(sizeof(ProtectedMeasure) * Max(task->n_kept, 1));

	table.n_measures = task->n_kept;
	for (int i = 0; i < table.n_measures; i++)
	{
		int64	   *lower = palloc_extended(sizeof(int64) * table.n_cells, MCXT_ALLOC_HUGE);

		for (int cell = 0; cell < table.n_cells; cell++)
			lower[cell] = LeastOfKept(task, i, cell, by_rule);
		measures[i] = task->table.measures[i];
		measures[i].lower = lower;
		if (by_rule)
			measures[i].width = 1;
	}
	table.measures = measures;
	table.is_hidden = task->publication->is_hidden;
	table.persons = NO_PERSONS;
	return LookAtProtection(&table, is_asked);
}

/* Mark the hidden numbers that tables which the engine found show not to be given away: as far apart as is asked, and not the same by what the mark says */
static void
MarkShown(const Task *task, const Protection *protection, const Protection *by_rule, const Facts *facts, bool *is_safe)
{
	for (int i = 0; i < facts->system.n_unknowns; i++)
	{
		Holder		holder = facts->holders[i];

		if (!is_safe[i] && holder.other == NONE && TruthOf(task, holder) != NO_TRUTH && task->publication->is_hidden[holder.cell])
			is_safe[i] = DistanceOf(task, protection, holder) >= Max(facts->system.unknowns[i].width, 1) && DistanceOf(task, by_rule, holder) >= 1;
	}
}

/* Where what is hidden stays so, what was seen not to be given away need not be looked at again. */
static bool *
SeenBefore(const Task *task, const Facts *facts, int unknown)
{
	Holder		holder = facts->holders[unknown];

	return task->is_seen == NULL || holder.other != NONE || IsFarRest(facts, holder) ? NULL : &task->is_seen[2 * holder.quantity + holder.is_rest][holder.cell];
}

/* Note which secrets were seen not to be given away */
static void
NoteSeen(const Task *task, const Facts *facts, const bool *is_safe)
{
	for (int i = 0; i < facts->system.n_unknowns; i++)
	{
		bool	   *seen = SeenBefore(task, facts, i);

		if (seen != NULL)
			*seen |= is_safe[i] && IsKeptSecret(task, facts, i);
	}
}

/* The unknowns that nobody need look at, as they are no secret, or tables that the engine found show that they are not given away */
static bool *
FindSafe(const Task *task, const Protection *protection, const Facts *facts)
{
	int			n = facts->system.n_unknowns;
	bool	   *is_safe = palloc_extended(Max(n, 1), MCXT_ALLOC_HUGE);

	for (int i = 0; i < n; i++)
	{
		const bool *seen = SeenBefore(task, facts, i);

		is_safe[i] = !IsOnlyHowMany(facts, facts->holders[i]) && (!IsKeptSecret(task, facts, i) || (seen != NULL && *seen));
	}
	if (AreTablesPossible(task, facts))
	{
		const bool *is_in_doubt = CellsInDoubt(task, facts, is_safe);

		if (task->publication->ranges != NO_RANGES)
			protection = LookAgain(task, is_in_doubt, false);
		MarkShown(task, protection, task->is_wide_by_rule ? protection : LookAgain(task, is_in_doubt, true), facts, is_safe);
	}
	NoteSeen(task, facts, is_safe);
	return is_safe;
}

/* Whether something behind a range may be given away: most that is printed hangs together then */
static bool
IsRangeInDoubt(const Task *task, const Facts *facts, const bool *is_safe)
{
	for (int i = 0; i < facts->system.n_unknowns; i++)
	{
		if (!is_safe[i] && IsBehindRange(task, facts->holders[i]))
			return true;
	}
	return false;
}

/* Look for other tables that show unknowns not to be given away */
static void
FindMoreSafe(const Task *task, const Facts *facts, bool *is_safe)
{
	int64	   *truth;

	if (memchr(is_safe, false, facts->system.n_unknowns) == NULL)
		return;
	truth = palloc_extended(facts->system.n_unknowns * sizeof(int64), MCXT_ALLOC_HUGE);
	for (int i = 0; i < facts->system.n_unknowns; i++)
		truth[i] = TruthOf(task, facts->holders[i]);
	FindRipples(facts, truth, is_safe);
	if (task->is_wide_by_rule)
		FindWitnessesNearTruth(&facts->system, truth, is_safe);
	NoteSeen(task, facts, is_safe);
}

/* ---- the audit ---- */

/* How much is looked at */
typedef enum Depth
{
	AT_A_GLANCE,				/* what needs no solver; all else is taken to be safe */
	IN_BRIEF,					/* and what does not take minutes; all else is taken to be given away */
	AT_LENGTH
} Depth;

static const int max_unknowns[] = {[AT_A_GLANCE] = 1, [IN_BRIEF] = MAX_UNKNOWNS_AUDITED, [AT_LENGTH] = 0};

/* Ask for more for all that an audit finds; how many that are, and how many it left. If there is nothing more to ask, nothing must be given away. */
static int
AuditAndAsk(Task *task, const Facts *facts, AuditOptions options, Depth depth, bool is_last, int *n_not_audited)
{
	Finding    *findings;
	int			n;

	options.max_unknowns = max_unknowns[depth];
	findings = AuditSystem(&facts->system, &options);
	for (int i = 0; depth == AT_A_GLANCE && i < facts->system.n_unknowns; i++)
	{
		if (findings[i].verdict == NOT_PROVEN)
			findings[i].verdict = PROTECTED;
	}
	SpareNarrow(facts, findings);
	n = AskMoreForAll(task, facts, findings, n_not_audited);
	is_last |= depth == AT_LENGTH && *n_not_audited > 0;
	for (int i = 0; is_last && i < facts->system.n_unknowns; i++)
	{
		if (IsLeak(task, facts, findings, i))
			RefuseLeak(facts, i, &findings[i]);
	}
	return n;
}

/*
 * PassesAudit
 *		Audit what would be published, and ask for more where something can be had; whether nothing can.
 */
bool
PassesAudit(Task *task, const Protection *protection, const AuditOptions *options, bool is_last)
{
	const Facts *truth = task->publication->truth->facts;
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "gapstats audit of a suppression", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	AuditOptions own = *options;
	Facts	   *facts;
	bool	   *is_safe;
	int			n_not_audited = 0;
	int			n = 0;

	facts = FindFacts(truth->cells, truth->lines);
	AskWidths(task, facts);
	own.is_safe = is_safe = FindSafe(task, protection, facts);

	/* Behind ranges much more is hidden, and hangs together. While something is seen at a glance to be given away, the rest can wait. */
	if (IsRangeInDoubt(task, facts, is_safe))
		n = AuditAndAsk(task, facts, own, AT_A_GLANCE, is_last, &n_not_audited);
	if (n == 0)
	{
		FindMoreSafe(task, facts, is_safe);
		n = AuditAndAsk(task, facts, own, IN_BRIEF, is_last, &n_not_audited);
	}
	if (n == 0 && n_not_audited > 0)
		n = AuditAndAsk(task, facts, own, AT_LENGTH, is_last, &n_not_audited);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return n == 0;
}
