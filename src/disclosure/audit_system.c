/*
 * audit_system.c
 *		What all that is published gives away about what is hidden.
 *
 * Four verdicts, each of which sees more than the one before: algebra, bounds, whole numbers,
 * and what the marks say. Each component is audited by itself, and its memory given back.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "disclosure/because.h"
#include "disclosure/follow.h"
#include "disclosure/growth.h"
#include "disclosure/linear.h"
#include "disclosure/near.h"
#include "disclosure/whole.h"
#include "disclosure/witness.h"
#include "miscadmin.h"
#include "utils/float.h"
#include "utils/memutils.h"

/* Up to so many unknowns, why one is given away is asked of all facts together: slower than by parts, but told in fewer of them */
#define FEW_UNKNOWNS 512

/* The audit of a component */
typedef struct Audit
{
	const AuditOptions *options;
	const Component *component;
	Equations  *equations;
	Solution   *solution;
	Growth	   *growth;			/* the parts that it is solved by; NULL if it is not */
	Finding    *findings;		/* of the whole system */
	MemoryContext result_context;
} Audit;

static void
CheckNumber(int64 number)
{
	if (number > MAX_NUMBER || number < -MAX_NUMBER)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("number is out of range for an audit: " INT64_FORMAT, number),
				 errdetail("Numbers, multiplied by what makes them whole, may be up to 2^53.")));
}

static void
CheckBounds(int64 lower, int64 upper)
{
	if (lower != NO_LOWER_BOUND)
		CheckNumber(lower);
	if (upper != NO_UPPER_BOUND)
		CheckNumber(upper);
}

static void
CheckNumbers(const System *system)
{
	for (int i = 0; i < system->n_unknowns; i++)
	{
		const Unknown *unknown = &system->unknowns[i];

		CheckBounds(unknown->lower, unknown->upper);
		CheckBounds(unknown->rule_lower, unknown->rule_upper);
	}
	for (int i = 0; i < system->n_facts; i++)
	{
		const Fact *fact = &system->facts[i];

		CHECK_FOR_INTERRUPTS();
		CheckBounds(fact->lower, fact->upper);
		for (int j = 0; j < fact->n_terms; j++)
			CheckNumber(fact->terms[j].coefficient);
	}
}

/* Take over the ends of a range that is the same as the one before */
static void
CopyRange(Solution *solution, RangeKind kind)
{
	const Range *before = &solution->ranges[kind - 1];
	Range	   *range = &solution->ranges[kind];

	for (int side = 0; side < 2; side++)
		memcpy(range->ends[side], before->ends[side], solution->component->n_unknowns * sizeof(End));
}

/* What algebra solves needs no programming */
static void
TakeSolved(const Audit *audit)
{
	for (int i = 0; i < audit->component->n_unknowns; i++)
	{
		Rational	value;

		if (!SolvedValue(audit->equations, i, &value))
			continue;
		for (int side = 0; side < 2; side++)
			audit->solution->ranges[NONNEG_RANGE].ends[side][i] = (End) {value, false, true};
	}
}

/* Find the ranges, one within the other, until one is empty */
static void
FindRanges(Solution *solution, int max_nodes)
{
	bool		has_whole = solution->component->has_whole;

	FindEndsNear(solution, max_nodes);
	for (RangeKind kind = NONNEG_RANGE; kind < N_RANGES; kind++)
	{
		if ((kind == WHOLE_RANGE && !has_whole) || (kind == RULE_RANGE && !solution->component->has_rule))
			CopyRange(solution, kind);
		else if (kind == NONNEG_RANGE || !has_whole)
			FindLinearRange(solution, kind);
		else
			FindWholeRange(solution, kind, max_nodes);
		if (solution->ranges[kind].is_empty)
			break;
	}
}

/* The range that contradicts what was published, or N_RANGES */
static RangeKind
EmptyRange(const Solution *solution)
{
	RangeKind	kind = NONNEG_RANGE;

	while (kind < N_RANGES && !solution->ranges[kind].is_empty)
		kind++;
	return kind;
}

/* The same by the ranges of parts */
static void
FindRangesOfParts(const Audit *audit)
{
	Growth	   *growth = audit->growth;
	Solution   *solution = audit->solution;
	RangeKind	empty = N_RANGES;

	if (solution->is_shown != NULL)
		ShowParts(growth, solution->is_shown);
	for (int i = 0; i < NumberOfParts(growth); i++)
	{
		FindRanges(PartOf(growth, i), audit->options->max_nodes);
		empty = Min(empty, EmptyRange(PartOf(growth, i)));
	}
	for (RangeKind kind = NONNEG_RANGE; kind < empty; kind++)
		SumRange(growth, kind, &solution->ranges[kind]);
	if (empty < N_RANGES)
		solution->ranges[empty].is_empty = true;
}

/* The unknowns that nobody asks for where they are not given away; NULL if there are none */
static bool *
FindAside(const Audit *audit)
{
	const Component *component = audit->component;
	bool	   *is_aside = palloc(component->n_unknowns * sizeof(bool));
	bool		is_any = false;

	for (int i = 0; i < component->n_unknowns; i++)
	{
		is_aside[i] = component->system->unknowns[component->unknowns[i]].is_aside && !IsShown(audit->solution, i);
		is_any |= is_aside[i];
	}
	return is_any ? is_aside : NULL;
}

/* Look for the ends of these only, whose ends were left out */
static void
FindEndsLeftOut(const Audit *audit, const bool *is_left_out)
{
	Solution   *solution = audit->solution;
	int			n = solution->component->n_unknowns;

	solution->is_done = palloc(n * sizeof(bool));
	for (int i = 0; i < n; i++)
	{
		solution->is_done[i] = !is_left_out[i];
		for (RangeKind kind = NONNEG_RANGE; kind < N_RANGES && is_left_out[i]; kind++)
			solution->ranges[kind].ends[0][i] = solution->ranges[kind].ends[1][i] = (End) {0};
	}
	TakeSolved(audit);
	FindRanges(solution, audit->options->max_nodes);
}

/*
 * The ranges where some are aside: when all others are known, nearly all of these are seen not to be given away by the tables
 * that were found on the way, or by one or two more
 */
static void
FindRangesAndAside(const Audit *audit, bool *is_aside)
{
	Solution   *solution = audit->solution;
	int			n = solution->component->n_unknowns;
	bool		is_any = false;
	RangeKind	empty;

	if (solution->is_shown == NULL)
		solution->is_shown = palloc0(n * sizeof(bool));
	for (int i = 0; i < n; i++)
		solution->is_shown[i] |= is_aside[i];
	FindRanges(solution, audit->options->max_nodes);
	empty = EmptyRange(solution);
	if (empty < RULE_RANGE)
		return;
	for (int i = 0; i < n; i++)
		solution->is_shown[i] &= !is_aside[i];
	if (empty == N_RANGES)
		FindWitnessesOf(solution, is_aside, audit->options->max_nodes);
	for (int i = 0; i < n; i++)
	{
		is_aside[i] &= !solution->is_shown[i];
		is_any |= is_aside[i];
	}
	if (!is_any)
		return;
	FindEndsLeftOut(audit, is_aside);
}

#ifdef USE_ASSERT_CHECKING
/* Whether an end is within another */
static bool
IsNested(const End *outer, const End *inner, int side)
{
	int			comparison;

	if (outer->is_infinite || inner->is_infinite)
		return outer->is_infinite;
	comparison = CompareRationals(&inner->value, &outer->value);
	return side == 0 ? comparison >= 0 : comparison <= 0;
}

/* Each range lies within the one before, if its ends are asked for */
static void
AssertNested(const Solution *solution)
{
	RangeKind	empty = EmptyRange(solution);

	for (RangeKind kind = WHOLE_RANGE; kind < empty; kind++)
	{
		for (int side = 0; side < 2; side++)
		{
			for (int i = 0; i < solution->component->n_unknowns; i++)
				Assert(IsShown(solution, i) ||
					   IsNested(&solution->ranges[kind - 1].ends[side][i], &solution->ranges[kind].ends[side][i], side));
		}
	}
}

#else
#define AssertNested(solution) ((void) true)
#endif

/* How wide an interval is; false if it has an infinite end */
static bool
IntervalWidth(const Range *range, int unknown, Rational *width)
{
	if (range->ends[0][unknown].is_infinite || range->ends[1][unknown].is_infinite)
		return false;
	*width = Difference(&range->ends[1][unknown].value, &range->ends[0][unknown].value);
	return true;
}

static bool
IsExact(const Range *range, int unknown)
{
	Rational	width;

	return IntervalWidth(range, unknown, &width) && RationalIsZero(&width);
}

/* The width that is asked for, in units of the component */
static Rational
AskedWidth(const Component *component, int unknown)
{
	Rational	width = RationalFromDouble(component->system->unknowns[component->unknowns[unknown]].width);
	Rational	scale = WholeNumber(component->scale);

	return Product(&width, &scale);
}

static bool
IsNarrow(const Component *component, const Range *range, int unknown)
{
	Rational	asked = AskedWidth(component, unknown);
	Rational	width;

	return IntervalWidth(range, unknown, &width) && CompareRationals(&width, &asked) < 0;
}

/* Whether an interval that is not too narrow as far as is known cannot be so at all */
static bool
IsDecided(const Component *component, const Range *range, int unknown)
{
	Rational	asked = AskedWidth(component, unknown);
	Rational	highest;
	Rational	lowest;
	Rational	seen;

	if (range->ends[0][unknown].is_proven && range->ends[1][unknown].is_proven)
		return true;
	if (!range->has_point)
		return false;
	lowest = WholeNumber(range->seen[0][unknown]);
	highest = WholeNumber(range->seen[1][unknown]);
	seen = Difference(&highest, &lowest);
	return RationalSign(&seen) > 0 && CompareRationals(&seen, &asked) >= 0;
}

/*
 * The first verdict that gives an unknown away. If the facts contradict one another, there is
 * no other; if it is only the marks that contradict them, what the facts give away still is.
 */
static Verdict
FindVerdict(const Audit *audit, int unknown)
{
	static const Verdict exact[N_RANGES] = {EXACT_NONNEG, EXACT_WHOLE, EXACT_RULE};
	static const Verdict narrow[N_RANGES] = {NARROW_NONNEG, NARROW_WHOLE, NARROW_RULE};
	const Range *ranges = audit->solution->ranges;
	RangeKind	empty = EmptyRange(audit->solution);
	bool		is_decided = true;
	Rational	value;

	if (IsShown(audit->solution, unknown))
		return PROTECTED;
	if (empty < RULE_RANGE)
		return INCONSISTENT;
	if (SolvedValue(audit->equations, unknown, &value))
		return EXACT_LINEAR;
	for (RangeKind kind = NONNEG_RANGE; kind < empty; kind++)
	{
		if (IsExact(&ranges[kind], unknown))
			return exact[kind];
	}
	if (empty == RULE_RANGE)
		return INCONSISTENT;
	for (RangeKind kind = NONNEG_RANGE; kind < N_RANGES; kind++)
	{
		if (IsNarrow(audit->component, &ranges[kind], unknown))
			return narrow[kind];
		is_decided &= IsDecided(audit->component, &ranges[kind], unknown);
	}
	return is_decided ? PROTECTED : NOT_PROVEN;
}

/* The range in which a verdict is found */
static RangeKind
RangeOf(Verdict verdict)
{
	switch (verdict)
	{
		case EXACT_NONNEG:
		case NARROW_NONNEG:
			return NONNEG_RANGE;
		case EXACT_WHOLE:
		case NARROW_WHOLE:
			return WHOLE_RANGE;
		default:
			return RULE_RANGE;
	}
}

static double
EndValue(const Component *component, const End *end, int side)
{
	Rational	scale = WholeNumber(component->scale);
	Rational	value;

	if (end->is_infinite)
		return side == 0 ? -get_float8_infinity() : get_float8_infinity();
	value = Quotient(&end->value, &scale);
	return RationalToDouble(&value);
}

/* An interval for people; NaN where there is none */
static FeasibleInterval
TellInterval(const Audit *audit, RangeKind kind, int unknown)
{
	const Range *range = &audit->solution->ranges[kind];

	if (kind >= EmptyRange(audit->solution))
		return (FeasibleInterval) {get_float8_nan(), get_float8_nan()};
	return (FeasibleInterval) {
		EndValue(audit->component, &range->ends[0][unknown], 0),
			EndValue(audit->component, &range->ends[1][unknown], 1)
	};
}

/* Put the facts of a set of forms into a finding */
static void
TellForms(const Audit *audit, const bool *forms, Finding *finding)
{
	const Component *component = audit->component;
	int			n = 0;

	for (int i = 0; i < component->n_forms; i++)
		n += forms[i];
	finding->because = MemoryContextAlloc(audit->result_context, n * sizeof(int));
	for (int i = 0; i < component->n_forms; i++)
	{
		if (forms[i])
			finding->because[finding->n_because++] = component->facts[i];
	}
}

/* Put the equations that give an unknown away into its finding, with their multipliers */
static void
TellEquations(const Audit *audit, int unknown, Finding *finding)
{
	const Component *component = audit->component;
	Rational   *multipliers = SolvingMultipliers(audit->equations, unknown);
	int			n_rows = audit->equations->reduction->n_rows;
	int			n = 0;

	for (int i = 0; i < n_rows; i++)
		n += !RationalIsZero(&multipliers[i]);
	finding->because = MemoryContextAlloc(audit->result_context, n * sizeof(int));
	finding->multipliers = MemoryContextAlloc(audit->result_context, n * sizeof(double));
	for (int i = 0; i < n_rows; i++)
	{
		int			form = audit->equations->forms[i];
		Rational	divisor = WholeNumber(component->forms[form].divisor);
		Rational	multiplier = Quotient(&multipliers[i], &divisor);

		if (RationalIsZero(&multipliers[i]))
			continue;
		finding->because[finding->n_because] = component->facts[form];
		finding->multipliers[finding->n_because++] = RationalToDouble(&multiplier);
	}
	pfree(multipliers);
}

/* Forms that give an unknown away */
static bool *
FormsOfLeak(const Audit *audit, RangeKind kind, int unknown)
{
	if (audit->growth != NULL && audit->component->n_unknowns > FEW_UNKNOWNS)
		return FormsOfSum(audit->growth, kind, unknown, audit->options->max_nodes);
	return FormsOfInterval(audit->solution, kind, unknown, audit->options->max_nodes);
}

static void
TellFinding(const Audit *audit, int unknown, const bool *contradiction, Finding *finding)
{
	finding->nonneg = TellInterval(audit, NONNEG_RANGE, unknown);
	finding->whole = TellInterval(audit, WHOLE_RANGE, unknown);
	finding->rule = TellInterval(audit, RULE_RANGE, unknown);
	finding->verdict = FindVerdict(audit, unknown);
	switch (finding->verdict)
	{
		case EXACT_LINEAR:
			TellEquations(audit, unknown, finding);
			break;
		case INCONSISTENT:
			TellForms(audit, contradiction, finding);
			break;
		case PROTECTED:
		case NOT_PROVEN:
			break;
		default:
			TellForms(audit, FormsOfLeak(audit, RangeOf(finding->verdict), unknown), finding);
	}
}

/* Note what is known to be safe: no intervals of it are looked for */
static void
ShowSafeUnknowns(const Audit *audit)
{
	const Component *component = audit->component;

	audit->solution->is_shown = palloc(component->n_unknowns * sizeof(bool));
	for (int i = 0; i < component->n_unknowns; i++)
		audit->solution->is_shown[i] = audit->options->is_safe[component->unknowns[i]];
}

/* What is known of an unknown without an audit: that it is safe, or nothing but the facts about it */
static void
TellUnaudited(const Audit *audit, int unknown, bool is_safe)
{
	static const FeasibleInterval unbounded = {-HUGE_VAL, HUGE_VAL};
	const Component *component = audit->component;
	Finding    *finding = &audit->findings[component->unknowns[unknown]];
	int			first = StartOf(component->forms_end, unknown);
	int			n = component->forms_end[unknown] - first;

	*finding = (Finding) {
		.verdict = is_safe ? PROTECTED : NOT_PROVEN, .nonneg = unbounded, .whole = unbounded, .rule = unbounded
	};
	if (is_safe)
		return;
	finding->because = MemoryContextAlloc(audit->result_context, Max(n, 1) * sizeof(int));
	for (int i = 0; i < n; i++)
		finding->because[finding->n_because++] = component->facts[component->forms_of[first + i]];
}

/* What is given away of a component that is too large as far as bounds that follow from bounds tell it; all else is told unaudited */
static void
TellFollowed(const Audit *audit)
{
	const Component *component = audit->component;
	Followed   *followed = FollowBounds(component);

	for (int i = 0; i < component->n_unknowns; i++)
	{
		Finding    *finding = &audit->findings[component->unknowns[i]];
		bool		is_safe = audit->options->is_safe[component->unknowns[i]];
		MemoryContext one = MemoryContextSwitchTo(audit->result_context);
		bool		is_found = !is_safe && followed != NULL && FindByFollowing(followed, i, audit->options, finding);

		CHECK_FOR_INTERRUPTS();
		MemoryContextSwitchTo(one);
		if (!is_found)
			TellUnaudited(audit, i, is_safe);
	}
}

/* Whether a component need not be audited, or is too large; if so, its findings are told */
static bool
IsSpared(const Audit *audit)
{
	const AuditOptions *options = audit->options;
	const Component *component = audit->component;
	bool		is_safe = true;

	if (options->is_safe == NULL)
		return false;
	for (int i = 0; i < component->n_unknowns; i++)
		is_safe &= options->is_safe[component->unknowns[i]];
	for (int i = 0; i < component->n_unknowns && is_safe; i++)
		TellUnaudited(audit, i, true);
	if (is_safe)
		return true;
	if (options->max_unknowns == 0 || component->n_unknowns <= options->max_unknowns)
		return false;
	TellFollowed(audit);
	return true;
}

/* Audit one component. Memory is left to the context. */
static void
AuditComponent(Audit *audit)
{
	const Component *component = audit->component;
	bool	   *contradiction = NULL;
	bool	   *is_aside = NULL;
	RangeKind	empty;

	audit->solution = StartSolution(component);
	audit->growth = SplitByGrowth(component, audit->solution->ranges[NONNEG_RANGE].region);
	audit->equations = SolveEquations(component, audit->solution->ranges[NONNEG_RANGE].region);
	if (audit->options->is_safe != NULL)
		ShowSafeUnknowns(audit);
	if (audit->growth != NULL)
		FindRangesOfParts(audit);
	else
	{
		if (audit->options->is_safe != NULL && !audit->options->tells_all)
			FindWitnesses(audit->solution, audit->options->max_nodes);
		else
			is_aside = FindAside(audit);
		TakeSolved(audit);
		if (is_aside == NULL)
			FindRanges(audit->solution, audit->options->max_nodes);
		else
			FindRangesAndAside(audit, is_aside);
	}
	AssertNested(audit->solution);
	empty = EmptyRange(audit->solution);
	if (empty < N_RANGES)
		contradiction = FormsOfContradiction(audit->solution, empty, audit->options->max_nodes);
	for (int i = 0; i < component->n_unknowns; i++)
		TellFinding(audit, i, contradiction, &audit->findings[component->unknowns[i]]);
}

/* Audit all components, each in a memory context that is reset afterwards */
static void
AuditComponents(const System *system, const AuditOptions *options, MemoryContext scratch, Finding *findings)
{
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	Components *components = FindComponents(system);
	MemoryContext one = AllocSetContextCreate(scratch, "gapstats disclosure component", ALLOCSET_DEFAULT_SIZES);

	MemoryContextSwitchTo(one);
	for (int i = 0; i < components->n_components; i++)
	{
		Audit		audit = {.options = options, .findings = findings, .result_context = caller};

		CHECK_FOR_INTERRUPTS();
		audit.component = BuildComponent(system, components, i);
		if (!IsSpared(&audit))
			AuditComponent(&audit);
		MemoryContextReset(one);
	}
	MemoryContextSwitchTo(caller);
}

/* One finding for each unknown, in their order. */
Finding *
AuditSystem(const System *system, const AuditOptions *options)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext scratch = AllocSetContextCreate(caller, "gapstats disclosure audit", ALLOCSET_DEFAULT_SIZES);
	Finding    *findings = palloc_extended(Max(system->n_unknowns, 1) * sizeof(Finding), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	BigNumberMemory before;

	CheckNumbers(system);
	UsePostgresMemory(&before);
	PG_TRY();
	{
		AuditComponents(system, options, scratch, findings);
	}
	PG_FINALLY();
	{
		/* What is left of GMP's and GLPK's goes with the context, while GMP still knows it */
		MemoryContextSwitchTo(caller);
		MemoryContextDelete(scratch);
		UseMemoryAsBefore(&before);
	}
	PG_END_TRY();
	return findings;
}
