/*
 * audit.c
 *		What a published table gives away.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/result_row.h"
#include "catalog/pg_type.h"
#include "disclosure/describe_table.h"
#include "disclosure/few.h"
#include "disclosure/insiders.h"
#include "disclosure/words.h"
#include "nodes/bitmapset.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/memutils.h"

/* The arguments of disclosure_audit() that come after those that describe the table */
enum
{
	ARG_INSIDERS = N_DESCRIBING_ARGUMENTS, ARG_MAX_NODES
};

/* A row of the result, but for whose it is */
typedef struct Answer
{
	const char *verdict;
	FeasibleInterval nonneg;
	FeasibleInterval whole;
	FeasibleInterval rule;
	bool		has_size;
	bool		can_be_small;
	const char *because;
	const char *insider;
	Bitmapset  *told_by;		/* cells whose published numbers say so; only where these are asked for */
} Answer;

/* The rows of the result, as they are put */
typedef struct Answers
{
	ResultRow	row;
	const Facts *facts;
	bool		has_cells;		/* there is a column for the cells by which a number is known */
	bool		names_cells;	/* and they are asked for */
} Answers;

static const FeasibleInterval no_interval = {NAN, NAN};

/* ---- arguments ---- */

/* Who is one of a group can be told only by the true numbers. */
static bool
InsidersArgument(FunctionCallInfo fcinfo, const Description *description)
{
	if (!ArgumentBool(fcinfo, ARG_INSIDERS, "insiders"))
		return false;
	for (int i = 0; i < description->n_measures; i++)
	{
		if (description->measures[i].truth_field != NONE)
			return true;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("insiders are known by the true numbers, and no measure has them"),
			 errhint("Name the column that has them beside the published one: {\"kind\": \"count\", \"truth\": \"students_true\"}.")));
	return false;
}

/* ---- rows ---- */

/* An end of an interval; NULL where nothing bounds it, or there is none */
static void
AddEnd(ResultRow *row, double end)
{
	if (isfinite(end))
		AddFloat8(row, end);
	else
		AddNull(row);
}

/* Cells, each as an object of the members that are no totals */
static Datum
CellObjects(const Cells *cells, const Bitmapset *which)
{
	const Description *description = cells->description;
	Datum	   *objects = palloc(sizeof(Datum) * bms_num_members(which));
	int			n = 0;

	for (int cell = bms_next_member(which, -1); cell >= 0; cell = bms_next_member(which, cell))
	{
		StringInfoData object;

		initStringInfo(&object);
		for (int i = 0; i < description->n_dimensions; i++)
		{
			int			member = MembersOf(cells, cell)[i];

			if (member == TOTAL)
				continue;
			appendStringInfoChar(&object, object.len == 0 ? '{' : ',');
			escape_json(&object, description->dimensions[i].name);
			appendStringInfoChar(&object, ':');
			escape_json(&object, NameOfMember(&description->dimensions[i], member));
		}
		appendStringInfoString(&object, object.len == 0 ? "{}" : "}");
		objects[n++] = CStringGetTextDatum(object.data);
	}
	return PointerGetDatum(construct_array(objects, n, TEXTOID, -1, false, TYPALIGN_INT));
}

static void
PutAnswer(Answers *answers, Holder holder, const char *measure, Answer answer)
{
	ResultRow  *row = &answers->row;
	const Facts *facts = answers->facts;
	const Cells *cells = facts->cells;
	const FeasibleInterval *intervals[] = {&answer.nonneg, &answer.whole, &answer.rule};

	AddText(row, holder.other == NONE ? CellName(cells, holder.cell) : HolderName(facts, holder));
	AddDatum(row, TEXTARRAYOID, MembersDatum(cells, holder.cell));
	AddText(row, measure);
	AddText(row, answer.verdict);
	for (int i = 0; i < (int) lengthof(intervals); i++)
	{
		AddEnd(row, intervals[i]->lower);
		AddEnd(row, intervals[i]->upper);
	}
	if (answer.has_size)
		AddBool(row, answer.can_be_small);
	else
		AddNull(row);
	AddText(row, answer.because);
	AddText(row, answer.insider);
	if (answers->has_cells && answer.told_by != NULL)
		AddDatum(row, TEXTARRAYOID, CellObjects(cells, answer.told_by));
	else if (answers->has_cells)
		AddNull(row);
	PutResultRow(row);
}

/* An interval of steps in the quantity's own unit */
static FeasibleInterval
InUnits(const Quantity *quantity, FeasibleInterval steps)
{
	double		divisor = PowerOf10(quantity->decimals);
	FeasibleInterval units = {steps.lower * quantity->step / divisor, steps.upper * quantity->step / divisor};

	return units;
}

/*
 * Whether those who left or joined are told of: not how many they are, nor what nobody has; nor between two
 * releases that do not follow one another if it is no news
 */
static bool
IsToldOf(const Facts *facts, const Finding *findings, int unknown)
{
	Holder		holder = facts->holders[unknown];

	if (IsOnlyHowMany(facts, holder) || (holder.is_far && findings[unknown].verdict == PROTECTED))
		return false;
	return holder.n == NONE || findings[unknown].verdict == INCONSISTENT || findings[holder.n].rule.upper != 0;
}

static bool
IsGivenExactly(const Finding *finding)
{
	return finding->verdict <= EXACT_RULE;
}

/* What a part leaves has a row only if it is given away, and not by both of what it is between */
static bool
IsRestToldOf(const Finding *findings, Holder holder, const Finding *rest)
{
	return rest->verdict != PROTECTED && rest->verdict != INCONSISTENT &&
		!(IsGivenExactly(&findings[holder.n]) && IsGivenExactly(&findings[holder.part]));
}

/* Whether anybody asks for an unknown: not for sums that nobody published, nor for cells that are not there */
static bool
IsAskedFor(const Facts *facts, const Finding *findings, int unknown)
{
	const Finding *finding = &findings[unknown];
	Holder		holder = facts->holders[unknown];
	CellKind	kind = facts->cells->kinds[holder.cell];

	if (holder.is_rest && !IsRestToldOf(findings, holder, finding))
		return false;
	if (holder.other != NONE && !IsToldOf(facts, findings, unknown))
		return false;
	if (kind == CELL_LISTED)
		return true;
	return kind != CELL_BETWEEN && (finding->verdict == INCONSISTENT || finding->rule.upper != 0);
}

/* Whether it is known of how many a number is: not of days, but of the days of those who left or joined */
static bool
HasSize(const Facts *facts, Holder holder)
{
	return MeasureOf(facts, holder.quantity)->kind != MEASURE_SUM ||
		(holder.other != NONE && MeasureOf(facts, facts->quantities[holder.quantity].of)->kind == MEASURE_COUNT);
}

/* The cells that have a row and of which a fact tells */
static Bitmapset *
AddCellsOf(Bitmapset *told_by, const Facts *facts, Source source)
{
	const Line *line = source.kind == FROM_LINE ? &facts->lines->lines[source.number] : NULL;

	if (source.cell < facts->cells->n_listed)
		told_by = bms_add_member(told_by, source.cell);
	if (source.other != NONE && source.other < facts->cells->n_listed)
		told_by = bms_add_member(told_by, source.other);
	for (int i = 0; line != NULL && i < line->n_parts; i++)
	{
		int			part = facts->lines->parts[line->first + i];

		if (part < facts->cells->n_listed)
			told_by = bms_add_member(told_by, part);
	}
	return told_by;
}

/* One unknown and what was found of it */
static void
PutFinding(Answers *answers, const Finding *findings, int unknown, int insider)
{
	const Facts *facts = answers->facts;
	Holder		holder = facts->holders[unknown];
	const Finding *finding = &findings[unknown];
	const Quantity *quantity = &facts->quantities[holder.quantity];
	Answer		answer = {
		.verdict = VerdictName(finding->verdict),
		.nonneg = InUnits(quantity, finding->nonneg),
		.whole = InUnits(quantity, finding->whole),
		.rule = InUnits(quantity, finding->rule),
		.has_size = HasSize(facts, holder) && finding->verdict != INCONSISTENT,
		.because = BecauseOf(facts, unknown, finding)
	};

	answer.can_be_small = answer.has_size && CanBeSmall(facts, findings, unknown);
	if (insider != NONE)
		answer.insider = HolderName(facts, facts->holders[insider]);
	for (int i = 0; answers->names_cells && i < finding->n_because; i++)
		answer.told_by = AddCellsOf(answer.told_by, facts, facts->sources[finding->because[i]]);
	PutAnswer(answers, holder, NumberName(facts, holder), answer);
}

static void
PutFindings(Answers *answers, const Finding *findings, const int *insiders)
{
	const Facts *facts = answers->facts;
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext, "row of an audit", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(per_row);

	for (int i = 0; i < facts->system.n_unknowns; i++)
	{
		if (IsAskedFor(facts, findings, i))
			PutFinding(answers, findings, i, insiders == NULL ? NONE : insiders[i]);
		MemoryContextReset(per_row);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(per_row);
}

static void
PutRemarks(Answers *answers)
{
	const Facts *facts = answers->facts;
	static const char *const verdicts[] = {
		[REMARK_CONTRADICTION] = "inconsistent",
		[REMARK_ALL_SAME] = "all_same",
		[REMARK_LEFT_OUT] = "left_out"
	};

	for (int i = 0; i < facts->n_remarks; i++)
	{
		const Remark *remark = &facts->remarks[i];
		Source		source = remark->source;
		bool		is_of_moved = remark->kind == REMARK_ALL_SAME && source.kind == FROM_DIFFERENCE;
		Holder		holder = {.quantity = source.quantity,.cell = source.cell,.other = is_of_moved ? source.other : NONE};
		bool		is_of_quantity = source.kind <= FROM_PART;
		Answer		answer = {
			.verdict = verdicts[remark->kind],
			.nonneg = no_interval,
			.whole = no_interval,
			.rule = no_interval
		};

		answer.because = remark->kind == REMARK_CONTRADICTION ? ContradictionWords(facts, source) :
			remark->kind == REMARK_ALL_SAME ? AllSameWords(facts, source) : LeftOutWords(facts, remark);
		PutAnswer(answers, holder, is_of_quantity ? MeasureOf(facts, source.quantity)->name :
				  facts->cells->description->measures[source.number].name, answer);
	}
}

/* The measure that is published in a column */
static const Measure *
MeasureIn(const Description *description, int field)
{
	const Measure *measure = description->measures;
	const Measure *last = measure + description->n_measures - 1;

	while (measure->field != field && measure < last)
		measure++;
	return measure;
}

/* Numbers that one row hides and another shows */
static void
PutShownElsewhere(Answers *answers)
{
	const Facts *facts = answers->facts;
	const Cells *cells = facts->cells;

	for (int i = 0; i < cells->n_shown_elsewhere; i++)
	{
		const ShownElsewhere *shown = &cells->shown_elsewhere[i];
		Number		number = NumberOf(cells, shown->field, shown->cell);
		double		value = number.value / (double) PowerOf10(number.decimals);
		const Measure *measure = MeasureIn(cells->description, shown->field);
		FeasibleInterval interval = {value, value};
		Answer		answer = {
			.verdict = VerdictName(EXACT_LINEAR),
			.nonneg = interval,
			.whole = interval,
			.rule = interval,
			.has_size = measure->kind == MEASURE_COUNT,
			.can_be_small = HasSmall(value, value, cells->description->minimum)
		};
		Holder		holder = {.cell = shown->cell,.other = NONE};

		/* A rate tells no more of who is behind it than the audit finds. */
		if ((measure->kind == MEASURE_PERCENT || measure->kind == MEASURE_RATE) && cells->description->said[shown->said].is_range)
			continue;
		answer.because = ShownElsewhereWords(facts, shown);
		if (answers->names_cells)
			answer.told_by = bms_make_singleton(shown->cell);
		PutAnswer(answers, holder, measure->name, answer);
	}
}

/* ---- the numbers of a table that are given away ---- */

/* Note an unknown whose interval was not looked for, as it is no leak; whether it is one */
static bool
NoteUntold(const Finding *findings, int unknown, bool *is_spared)
{
	if (unknown == KNOWN || (isfinite(findings[unknown].rule.lower) && isfinite(findings[unknown].rule.upper)))
		return false;
	is_spared[unknown] = false;
	return true;
}

/* Of how many a number is that is given away tells its n, or that of both releases. */
static bool
NoteUntoldN(const Facts *facts, const Finding *findings, int unknown, bool *is_spared)
{
	Holder		holder = facts->holders[unknown];
	int			of = holder.is_rest && holder.other == NONE ? holder.whole : facts->quantities[holder.quantity].of;
	bool		is_any;

	if (of == NONE || findings[unknown].verdict == PROTECTED || findings[unknown].verdict == INCONSISTENT)
		return false;
	if (holder.other != NONE && holder.n != NONE)
		return NoteUntold(findings, holder.n, is_spared);
	is_any = NoteUntold(findings, facts->quantities[of].unknown[holder.cell], is_spared);
	if (holder.other != NONE)
		is_any |= NoteUntold(findings, facts->quantities[of].unknown[holder.other], is_spared);
	return is_any;
}

/* The intervals of the n of what is given away */
static void
FindUntold(const Facts *facts, AuditOptions options, Finding *findings)
{
	int			n = facts->system.n_unknowns;
	bool	   *is_spared = palloc_extended(Max(n, 1), MCXT_ALLOC_HUGE);
	Finding    *untold;
	bool		is_any = false;

	memset(is_spared, true, n);
	for (int i = 0; i < n; i++)
		is_any |= NoteUntoldN(facts, findings, i, is_spared);
	if (!is_any)
		return;
	options.is_safe = is_spared;
	options.tells_all = true;
	untold = AuditSystem(&facts->system, &options);
	for (int i = 0; i < n; i++)
	{
		if (!is_spared[i])
			findings[i] = untold[i];
	}
}

/*
 * What is given away. Of all else it is enough that two tables show it not to be, which takes much less than
 * its intervals where very much hangs together, as releases that follow one another do.
 */
static Finding *
FindLeaks(Facts *facts, AuditOptions options)
{
	int			n = facts->system.n_unknowns;
	bool	   *is_safe = palloc_extended(Max(n, 1), MCXT_ALLOC_HUGE);
	Finding    *findings;

	/* How many left or joined is looked for only where what is counted of them is given away */
	for (int i = 0; i < n; i++)
		is_safe[i] = IsOnlyHowMany(facts, facts->holders[i]);
	options.is_safe = is_safe;
	findings = AuditSystem(&facts->system, &options);
	FindUntold(facts, options, findings);
	return findings;
}

/* ---- the functions ---- */

static Facts *
ReadFacts(FunctionCallInfo fcinfo, Description *description)
{
	Cells	   *cells = ReadCells(description, "cells", text_to_cstring(PG_GETARG_TEXT_PP(ARG_CELLS)));

	CheckTotals(cells);
	return FindFacts(cells, FindLines(cells));
}

/* disclosure_leaks(cells, dimensions, measures, ...): disclosure_audit() without the intervals of what is protected */
PG_FUNCTION_INFO_V1(disclosure_leaks);
Datum
disclosure_leaks(PG_FUNCTION_ARGS)
{
	Description *description = DescribeTable(fcinfo, NULL);
	AuditOptions options = {.max_nodes = ArgumentPositive(fcinfo, N_DESCRIBING_ARGUMENTS, "max_nodes")};
	Answers		answers = {.has_cells = true,.names_cells = ArgumentBool(fcinfo, N_DESCRIBING_ARGUMENTS + 1, "names_cells")};
	Facts	   *facts;
	Finding    *findings;

	BeginResultSet(&answers.row, fcinfo);
	answers.facts = facts = ReadFacts(fcinfo, description);
	findings = FindLeaks(facts, options);
	SpareNarrow(facts, findings);
	PutFindings(&answers, findings, NULL);
	PutShownElsewhere(&answers);
	PutRemarks(&answers);
	PG_RETURN_NULL();
}

/* disclosure_audit(cells, dimensions, measures, ...): what a published table gives away */
PG_FUNCTION_INFO_V1(disclosure_audit);
Datum
disclosure_audit(PG_FUNCTION_ARGS)
{
	Description *description = DescribeTable(fcinfo, NULL);
	AuditOptions options = {.max_nodes = ArgumentPositive(fcinfo, ARG_MAX_NODES, "max_nodes")};
	bool		with_insiders = InsidersArgument(fcinfo, description);
	Answers		answers = {0};
	Facts	   *facts;
	Finding    *findings;
	int		   *insiders = NULL;

	BeginResultSet(&answers.row, fcinfo);
	answers.facts = facts = ReadFacts(fcinfo, description);
	findings = AuditSystem(&facts->system, &options);
	SpareNarrow(facts, findings);
	if (with_insiders)
		insiders = AuditInsiders(facts, &options, findings);
	PutFindings(&answers, findings, insiders);
	PutShownElsewhere(&answers);
	PutRemarks(&answers);
	PG_RETURN_NULL();
}
