/*
 * insiders.c
 *		What a child learns who is the only one in her cell.
 *
 * She knows that it is one, and so the audit is run again with that as a fact, for each such
 * cell. Only what hangs together with the cell by facts can come out otherwise.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "disclosure/component.h"
#include "disclosure/insiders.h"
#include "disclosure/words.h"
#include "miscadmin.h"
#include "utils/memutils.h"

/* The true number of a quantity in a cell; false if it is none, or not said */
static bool
GetTruth(const Facts *facts, int quantity, int cell, int64 *value)
{
	const Cells *cells = facts->cells;
	const Measure *measure = MeasureOf(facts, quantity);
	Number		truth;

	if (measure->truth_field == NONE)
		return false;
	truth = NumberOf(cells, measure->truth_field, cell);
	if (truth.said != SHOWN)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s does not show the true number (%s)", cells->description->fields[measure->truth_field],
						CellName(cells, cell))));
	return ScaleNumber(truth.value, truth.decimals, 0, value);
}

/* Whether an unknown is a cell of one child, or the only other one of it, by the true numbers */
static bool
IsOne(const Facts *facts, int unknown)
{
	Holder		holder = facts->holders[unknown];
	int64		value;
	int64		all;

	if (holder.other != NONE || holder.cell >= facts->cells->n_listed || !GetTruth(facts, holder.quantity, holder.cell, &value))
		return false;
	if (!holder.is_rest)
		return value == 1;
	return GetTruth(facts, holder.whole, holder.cell, &all) && all - value == 1;
}

/* The unknowns and facts of one component */
typedef struct Part
{
	int			n_unknowns;
	const int  *unknowns;
	int			n_facts;
	const int  *facts;
} Part;

static Part
PartOf(const Components *components, int number)
{
	int			unknowns = number == 0 ? 0 : components->unknowns_end[number - 1];
	int			facts = number == 0 ? 0 : components->facts_end[number - 1];

	return (Part) {
		components->unknowns_end[number] - unknowns, components->unknowns + unknowns,
		components->facts_end[number] - facts, components->facts + facts
	};
}

/* A component as a system of its own, with room for one more fact */
static System
SystemOf(const System *system, Part part, const int *place)
{
	System		own = {.n_unknowns = part.n_unknowns,.n_facts = part.n_facts + 1};

	own.unknowns = palloc(sizeof(Unknown) * own.n_unknowns);
	own.facts = palloc(sizeof(Fact) * own.n_facts);
	for (int i = 0; i < part.n_unknowns; i++)
		own.unknowns[i] = system->unknowns[part.unknowns[i]];
	for (int i = 0; i < part.n_facts; i++)
	{
		Fact	   *fact = &own.facts[i];
		Term	   *terms;

		*fact = system->facts[part.facts[i]];
		terms = palloc(sizeof(Term) * fact->n_terms);
		for (int j = 0; j < fact->n_terms; j++)
			terms[j] = (Term) {place[fact->terms[j].unknown], fact->terms[j].coefficient};
		fact->terms = terms;
	}
	return own;
}

/* Keep a finding, whose facts are those of the component and the insider's own behind them. */
static Finding
KeepFinding(Finding finding, Part part, MemoryContext context)
{
	Finding		kept = finding;

	if (finding.n_because == 0)
		return kept;
	kept.because = MemoryContextAlloc(context, sizeof(int) * finding.n_because);
	for (int i = 0; i < finding.n_because; i++)
		kept.because[i] = finding.because[i] == part.n_facts ? INSIDERS_FACT : part.facts[finding.because[i]];
	if (finding.multipliers != NULL)
	{
		kept.multipliers = MemoryContextAlloc(context, sizeof(double) * finding.n_because);
		memcpy(kept.multipliers, finding.multipliers, sizeof(double) * finding.n_because);
	}
	return kept;
}

/* The order of verdicts, the worst first; that a leak is not ruled out comes after all leaks */
static int
RankOf(Verdict verdict)
{
	if (verdict == INCONSISTENT)
		return -1;
	return verdict == NOT_PROVEN ? 2 * PROTECTED - 1 : 2 * verdict;
}

/* What the child of one cell learns of those that hang together with it */
static void
AuditInsider(const Facts *facts, const AuditOptions *options, Part part, const int *place, int insider,
			 MemoryContext context, Finding *findings, int *insiders)
{
	System		own = SystemOf(&facts->system, part, place);
	Term		herself = {place[insider], 1};
	Finding    *learned;

	own.facts[part.n_facts] = (Fact) {&herself, 1, 1, 1, false, false, true};
	learned = AuditSystem(&own, options);
	for (int i = 0; i < part.n_unknowns; i++)
	{
		int			unknown = part.unknowns[i];

		if (unknown == insider || RankOf(learned[i].verdict) >= RankOf(findings[unknown].verdict))
			continue;
		findings[unknown] = KeepFinding(learned[i], part, context);
		insiders[unknown] = insider;
	}
}

/*
 * AuditInsiders
 *		For each cell of one, what its child learns of the others.
 */
int *
AuditInsiders(const Facts *facts, const AuditOptions *options, Finding *findings)
{
	MemoryContext context = CurrentMemoryContext;
	MemoryContext once = AllocSetContextCreate(context, "audit of an insider", ALLOCSET_DEFAULT_SIZES);
	int		   *insiders = palloc_extended(sizeof(int) * Max(facts->system.n_unknowns, 1), MCXT_ALLOC_HUGE);
	Components *components = FindComponents(&facts->system);

	for (int i = 0; i < facts->system.n_unknowns; i++)
		insiders[i] = NONE;
	for (int i = 0; i < components->n_components; i++)
	{
		Part		part = PartOf(components, i);

		for (int j = 0; part.n_unknowns > 1 && j < part.n_unknowns; j++)
		{
			CHECK_FOR_INTERRUPTS();
			if (!IsOne(facts, part.unknowns[j]))
				continue;
			MemoryContextSwitchTo(once);
			AuditInsider(facts, options, part, components->place, part.unknowns[j], context, findings, insiders);
			MemoryContextSwitchTo(context);
			MemoryContextReset(once);
		}
	}
	MemoryContextDelete(once);
	return insiders;
}
