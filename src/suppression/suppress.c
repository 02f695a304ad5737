/*
 * suppress.c
 *		A table as it can be published.
 *
 * Cells are hidden, what would be published is audited as anybody could, and what can be had
 * all the same is hidden better, until nothing can.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <limits.h>

#include "base/argument.h"
#include "base/excerpt.h"
#include "base/result_row.h"
#include "catalog/pg_type.h"
#include "disclosure/describe_table.h"
#include "disclosure/words.h"
#include "miscadmin.h"
#include "suppression/leak.h"
#include "suppression/released.h"
#include "suppression/suppress.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"

/* The arguments of suppress() that come after those that describe the table */
enum
{
	ARG_RESIDUAL = N_DESCRIBING_ARGUMENTS, ARG_PUBLISHED, ARG_PUBLISHED_IS, ARG_MARK, ARG_RANGES, ARG_SINGLETONS,
	ARG_WIDE_BY, ARG_MAX_NODES, ARG_ALL_SAME, ARG_BY_AT_MOST, ARG_LEDGER, ARG_POPULATION, ARG_AS_OF
};

/* Hidden and audited so often; after the first few times, or at once where so many are hidden, what was hidden stays */
#define MAX_ROUNDS 24
#define FREE_ROUNDS 4
#define MANY_HIDDEN 4096

#define MAX_NAMED 5

/* Of cells that hang together: half as many of few took a quarter of a minute, three times as many had not ended after ten */
#define MOST_SMALL_TOGETHER 10000

static int	max_small_together = MOST_SMALL_TOGETHER;

/*
 * DefineSuppressionSettings
 *		Once, when the library is loaded.
 */
void
DefineSuppressionSettings(void)
{
	DefineCustomIntVariable("gapstats.max_small_together",
							"How many small cells of a table that hang together are suppressed.",
							"What they take grows faster than their number; in districts that do not hang together it does not.",
							&max_small_together, MOST_SMALL_TOGETHER, 1, INT_MAX, PGC_USERSET, 0, NULL, NULL, NULL);
}

/* ---- arguments ---- */

static Description *
DescribeTruthAndMark(FunctionCallInfo fcinfo, const char *mark)
{
	Description *description = DescribeTable(fcinfo, PG_ARGISNULL(ARG_LEDGER) ? NULL : MOMENT_OF_RELEASE);
	Said	   *said;

	DescribeTruth(description);
	if (description->absent_is_hidden && !description->zeros_are_hidden)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("absent is hidden, and zeros are shown"),
				 errhint("A cell without a row is 0: hide zeros, too (zeros => 'hide').")));
	said = &description->said[WhatIsSaid(description, mark)];
	said->rule = MARK_HIDDEN;
	said->is_range = false;
	return description;
}

/* The text that stands for what is hidden: it must be none that says more */
static const char *
MarkArgument(FunctionCallInfo fcinfo)
{
	char	   *mark;
	int64		value;
	int32		decimals;
	Said		said = {0};

	ArgumentNotNull(fcinfo, ARG_MARK, "mark");
	mark = text_to_cstring(PG_GETARG_TEXT_PP(ARG_MARK));
	if (ParseNumber(mark, &value, &decimals) != NOT_A_NUMBER || ParseRange(mark, &said))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("mark must be neither a number nor a range: \"%s\"", Excerpt(mark)),
				 errhint("There is one mark for all that is hidden, and it says no more than that.")));
	return mark;
}

static Strength
StrengthArguments(FunctionCallInfo fcinfo, const Description *description)
{
	/* that of Persons, in its order */
	static const char *const persons[] = {"none", "lines", "all", NULL};
	static const char *const verdicts[] = {"whole", "rule", NULL};

	return (Strength) {
		.residual = PG_ARGISNULL(ARG_RESIDUAL) ? description->minimum : ArgumentNonNegative(fcinfo, ARG_RESIDUAL, "residual"),
			.persons = ArgumentOption(fcinfo, ARG_SINGLETONS, "singletons", persons),
			.is_wide_by_rule = ArgumentOption(fcinfo, ARG_WIDE_BY, "wide_by", verdicts) == 1
	};
}

static Ranges
RangesArgument(FunctionCallInfo fcinfo)
{
	static const char *const ranges[] = {"none", "nces", "edfacts", "rounded", "ends", NULL};

	return ArgumentOption(fcinfo, ARG_RANGES, "ranges", ranges);
}

/* Whether the numbers of everybody and nobody are printed */
static bool
ShowsAllSameArgument(FunctionCallInfo fcinfo)
{
	static const char *const kinds[] = {"range", "show", NULL};

	return ArgumentOption(fcinfo, ARG_ALL_SAME, "all_same", kinds) == 1;
}

/* Whether the numbers that were published are those of the table */
static bool
IsOutArgument(FunctionCallInfo fcinfo)
{
	static const char *const kinds[] = {"pattern", "out", NULL};

	return ArgumentOption(fcinfo, ARG_PUBLISHED_IS, "published_is", kinds) == 1;
}

static Earlier *
EarlierArgument(FunctionCallInfo fcinfo, const Truth *truth, const char *mark)
{
	bool		is_out = IsOutArgument(fcinfo);

	if (PG_ARGISNULL(ARG_PUBLISHED))
		return NULL;
	return ReadEarlier(truth, DescribeTruthAndMark(fcinfo, mark), text_to_cstring(PG_GETARG_TEXT_PP(ARG_PUBLISHED)), is_out);
}

/* ---- what cannot be hidden ---- */

/* The owner is told what nothing helps, and nobody else sees it. */
static void
RefuseUnprotected(const Task *task, const Unprotected *unprotected)
{
	const Facts *facts = task->publication->truth->facts;
	const Cells *cells = facts->cells;
	int			cell = unprotected->shortcoming == LINE_TELLS ?
		facts->lines->lines[unprotected->line].total : unprotected->cell;
	const Quantity *quantity = &facts->quantities[KeptOfMeasure(task, unprotected->measure)->quantity];

	ereport(ERROR,
			(errcode(ERRCODE_DATA_EXCEPTION),
			 errmsg("%s of %s cannot be hidden so that it cannot be had", cells->description->measures[quantity->measure].name,
					CellName(cells, cell)),
			 unprotected->shortcoming == LINE_TELLS ? errdetail("What it tells of its hidden parts together is too little.") :
			 unprotected->shortcoming == PERSON_TELLS ?
			 (errdetail("The one student of %s could have it.", CellName(cells, unprotected->person)), errdetail_log(DETAIL_IN_LOG)) :
			 errdetail("The numbers around it leave it too little room."),
			 errhint("Leave a breakdown out, or ask for less: width, residual, minimum.")));
}

/* Union-find with path halving; the first cell stands for its set */
static int
SetOf(int *sets, int cell)
{
	while (sets[cell] != cell)
		cell = sets[cell] = sets[sets[cell]];
	return cell;
}

/* The sets of cells that must be hidden and share lines */
static int *
FindTogether(const Task *task)
{
	int		   *sets = palloc_extended(sizeof(int) * Max(task->table.n_cells, 1), MCXT_ALLOC_HUGE);

	for (int cell = 0; cell < task->table.n_cells; cell++)
		sets[cell] = cell;
	for (int i = 0; i < task->table.n_lines; i++)
	{
		const ProtectedLine *line = &task->table.lines[i];
		int			first = task->must_hide[line->total] ? line->total : NONE;

		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < line->n_parts; j++)
		{
			int			part = line->parts[j];

			if (!task->must_hide[part])
				continue;
			if (first == NONE)
				first = part;
			else
			{
				int			a = SetOf(sets, first);
				int			b = SetOf(sets, part);

				sets[Max(a, b)] = Min(a, b);
			}
		}
	}
	return sets;
}

static int
ComparePatterns(const void *a, const void *b)
{
	Pattern		first = *(const Pattern *) a;
	Pattern		second = *(const Pattern *) b;

	return (first > second) - (first < second);
}

/* The dimensions by which most of some cells are, and how many these are */
static char *
CommonestBreakdown(const Description *description, Pattern *patterns, int n, int *n_of_it)
{
	StringInfoData names;
	Pattern		commonest = 0;
	bool		is_any = false;

	qsort(patterns, n, sizeof(Pattern), ComparePatterns);
	*n_of_it = 0;
	for (int i = 0, first = 0; i < n; i++)
	{
		if (patterns[i] != patterns[first])
			first = i;
		if (i - first + 1 <= *n_of_it)
			continue;
		*n_of_it = i - first + 1;
		commonest = patterns[i];
	}
	initStringInfo(&names);
	for (int i = 0; i < description->n_dimensions; i++)
	{
		if ((commonest & PatternBit(i)) == 0)
			continue;
		appendStringInfo(&names, "%s%s", is_any ? ", " : "", description->dimensions[i].name);
		is_any = true;
	}
	return names.data;
}

/* Refuse what would take hours: it says what makes it large. */
static void
CheckSmallTogether(const Task *task)
{
	const Cells *cells = task->publication->truth->facts->cells;
	int		   *sets = FindTogether(task);
	int		   *n_of_set = palloc_extended(sizeof(int) * Max(task->table.n_cells, 1), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	int			largest = 0;
	Pattern    *patterns;
	int			n = 0;
	int			n_of_it;
	char	   *names;

	for (int cell = 0; cell < task->table.n_cells; cell++)
	{
		int			set = SetOf(sets, cell);

		if (task->must_hide[cell] && ++n_of_set[set] > n_of_set[largest])
			largest = set;
	}
	if (task->table.n_cells > 0 && n_of_set[largest] > max_small_together)
	{
		patterns = palloc_extended(sizeof(Pattern) * n_of_set[largest], MCXT_ALLOC_HUGE);
		for (int cell = 0; cell < task->table.n_cells; cell++)
		{
			if (task->must_hide[cell] && SetOf(sets, cell) == largest)
				patterns[n++] = PatternOf(cells, cell);
		}
		names = CommonestBreakdown(cells->description, patterns, n, &n_of_it);
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%d small cells hang together, more than %d", n, max_small_together),
				 errdetail("Most of them, %d, are by %s.", n_of_it, names),
				 errhint("Leave one of these breakdowns out, or make larger groups of it. Or, if it may take hours: SET gapstats.max_small_together = %d.", n)));
	}
	pfree(sets);
	pfree(n_of_set);
}

/* What was hidden stays hidden from now on */
static void
KeepHidden(Task *task, const Protection *protection)
{
	for (int cell = 0; cell < task->table.n_cells; cell++)
		task->must_hide[cell] |= protection->is_hidden[cell];
}

static int
CountHidden(const Task *task, const Protection *protection)
{
	int			n = 0;

	for (int cell = 0; cell < task->table.n_cells; cell++)
		n += protection->is_hidden[cell];
	return n;
}

/* Hide cells until nothing can be had, be it together with what a ledger has. */
static void
HideEnough(Task *task, Publication *publication, const Released *released, const AuditOptions *options)
{
	bool		is_done = false;

	for (int round = 1; !is_done; round++)
	{
		Protection *protection = Protect(&task->table);

		if (protection->n_unprotected > 0)
			RefuseUnprotected(task, &protection->unprotected[0]);
		publication->is_hidden = protection->is_hidden;
		Publish(publication);
		is_done = PassesAudit(task, protection, options, round == MAX_ROUNDS) &&
			(released == NULL || PassesLedger(task, released, round == MAX_ROUNDS));
		if (round >= FREE_ROUNDS || task->is_seen != NULL || CountHidden(task, protection) > MANY_HIDDEN)
			KeepHidden(task, protection);
	}
}

/* ---- the answer ---- */

/* Everybody or nobody of a group: the owner is told, who may want to leave it out. */
static void
TellAllSame(const Publication *publication)
{
	const Facts *facts = publication->truth->facts;
	StringInfoData names;
	int			n = 0;

	initStringInfo(&names);
	for (int i = 0; i < facts->n_quantities; i++)
	{
		for (int cell = 0; cell < facts->cells->n_listed; cell++)
		{
			if (publication->is_hidden[cell] || !IsPrinted(publication, cell) || !IsAllSame(publication, i, cell) ||
				LacksRange(publication, i, cell))
				continue;
			if (n++ < MAX_NAMED)
				appendStringInfo(&names, "%s%s of %s", n == 1 ? "" : "; ",
								 facts->cells->description->measures[facts->quantities[i].measure].name,
								 CellName(facts->cells, cell));
		}
	}
	if (n > 0)
		ereport(NOTICE,
				(errmsg_plural("%d number is of everybody or nobody in a group, and is printed as a range",
							   "%d numbers are of everybody or nobody in a group, and are printed as ranges", n, n),
				 errdetail("%s%s.", names.data, n > MAX_NAMED ? ", and more" : ""),
				 errdetail_log(DETAIL_IN_LOG),
				 publication->ranges != NO_RANGES ? 0 :
				 errhint("The number would tell the outcome of each student. Who knows that others so near to it are hidden may take the range for it: zeros => 'hide' hides these cells, and ranges => 'nces' prints all rates so.")));
}

static void
PutCells(ResultRow *row, const Publication *publication)
{
	const Cells *cells = publication->truth->facts->cells;
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext, "cell of a suppression", ALLOCSET_DEFAULT_SIZES);
	int			n;
	int32	   *printed = PrintedCells(publication, &n);
	MemoryContext old = MemoryContextSwitchTo(per_row);

	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < publication->n_columns; j++)
		{
			AddText(row, CellName(cells, printed[i]));
			AddDatum(row, TEXTARRAYOID, MembersDatum(cells, printed[i]));
			AddText(row, publication->columns[j].name);
			AddText(row, PrintedNumber(publication, &publication->columns[j], printed[i]));
			PutResultRow(row);
		}
		MemoryContextReset(per_row);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(per_row);
}

/* suppress(cells, dimensions, measures, ...): a table that can be published */
PG_FUNCTION_INFO_V1(suppress);
Datum
suppress(PG_FUNCTION_ARGS)
{
	AuditOptions options;
	const char *mark = MarkArgument(fcinfo);
	Description *description = DescribeTruthAndMark(fcinfo, mark);
	Strength	strength = StrengthArguments(fcinfo, description);
	Ranges		ranges = RangesArgument(fcinfo);
	bool		shows_all_same = ShowsAllSameArgument(fcinfo);
	int			most_dimensions = PG_ARGISNULL(ARG_BY_AT_MOST) ? MAX_DIMENSIONS : ArgumentPositive(fcinfo, ARG_BY_AT_MOST, "by_at_most");
	Released   *released;
	Cells	   *cells;
	Truth	   *truth;
	Publication *publication;
	Task	   *task;
	ResultRow	row;

	options = (AuditOptions) {.max_nodes = ArgumentPositive(fcinfo, ARG_MAX_NODES, "max_nodes")};
	released = DescribeReleased(fcinfo, (ReleasedArguments) {ARG_LEDGER, ARG_POPULATION, ARG_AS_OF, ARG_MARK, ARG_MAX_NODES});
	BeginResultSet(&row, fcinfo);
	cells = ReadCells(description, "cells", text_to_cstring(PG_GETARG_TEXT_PP(ARG_CELLS)));
	CheckTotals(cells);
	truth = FindTruth(cells, FindLines(cells));
	publication = StartPublication(truth, mark, ranges, shows_all_same, most_dimensions);
	task = StartTask(publication, &strength);
	KeepToEarlier(task, EarlierArgument(fcinfo, truth, mark));
	KeepToEarlier(task, released == NULL ? NULL : ReadReleased(released, publication));
	CheckSmallTogether(task);
	HideEnough(task, publication, released, &options);
	TellAllSame(publication);
	PutCells(&row, publication);
	PG_RETURN_NULL();
}
