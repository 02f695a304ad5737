/*
 * released.c
 *		What was published before of the same children, as a ledger has it.
 *
 * The ledger's own functions say what of it is shown or hidden, and what a table would give away together
 * with it, so that what passes here is entered there without a leak.  They are done as its owner.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "catalog/pg_type.h"
#include "disclosure/describe_table.h"
#include "disclosure/words.h"
#include "ledger/ask.h"
#include "miscadmin.h"
#include "suppression/leak.h"
#include "suppression/released.h"
#include "utils/array.h"
#include "utils/builtins.h"

/* ---- the ledger ---- */

/* Whether a ledger is given, and with it which children its releases are to be of */
static bool
HasLedger(FunctionCallInfo fcinfo, ReleasedArguments arguments)
{
	if (!PG_ARGISNULL(arguments.ledger))
	{
		ArgumentNotNull(fcinfo, arguments.population, "population");
		ArgumentNotNull(fcinfo, arguments.as_of, "as_of");
		return true;
	}
	if (!PG_ARGISNULL(arguments.population) || !PG_ARGISNULL(arguments.as_of))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("population and as_of are those of releases of a ledger, and none is given")));
	return false;
}

/*
 * DescribeReleased
 *		The ledger that is given, if one is, and what it would be told of the table.
 */
Released *
DescribeReleased(FunctionCallInfo fcinfo, ReleasedArguments arguments)
{
	int			places[] = {
		arguments.population, arguments.as_of, ARG_DIMENSIONS, ARG_MEASURES, ARG_TOTALS, ARG_HIERARCHIES, arguments.mark,
		ARG_MINIMUM, ARG_WIDTH, ARG_ZEROS, ARG_ABSENT, ARG_INCOMPLETE, arguments.max_nodes
	};
	Oid			types[] = {
		TEXTOID, DATEOID, TEXTARRAYOID, JSONBOID, JSONBOID, JSONBOID, TEXTOID, INT4OID, FLOAT8OID, TEXTOID, TEXTOID, TEXTARRAYOID, INT4OID
	};
	Datum		values[lengthof(places)];
	char		nulls[lengthof(places)];
	Released   *released;
	Rows		rows;
	Datum	   *columns;

	if (!HasLedger(fcinfo, arguments))
		return NULL;
	for (int i = 0; i < (int) lengthof(places); i++)
	{
		values[i] = PG_GETARG_DATUM(places[i]);
		nulls[i] = PG_ARGISNULL(places[i]) ? 'n' : ' ';
	}
	released = palloc(sizeof(Released));
	released->ledger = PG_GETARG_DATUM(arguments.ledger);
	rows = Ask("SELECT * FROM gapstats_internal.describe_draft($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
			   lengthof(places), types, values, nulls);
	released->said = ValueIn(&rows, 0, 0);
	deconstruct_array(DatumGetArrayTypeP(ValueIn(&rows, 0, 1)), TEXTOID, -1, false, TYPALIGN_INT, &columns, NULL, &released->n_columns);
	released->columns = palloc(sizeof(char *) * released->n_columns);
	for (int i = 0; i < released->n_columns; i++)
		released->columns[i] = TextDatumGetCString(columns[i]);
	return released;
}

/* ---- the same cells ---- */

/* The cell of members, as texts of which NULL is a total; -1 if there is none */
static int
CellOf(Cells *cells, const Datum *names, const bool *nulls)
{
	const Description *description = cells->description;
	int32		members[MAX_DIMENSIONS];

	for (int i = 0; i < description->n_dimensions; i++)
	{
		members[i] = nulls[i] ? TOTAL : FindMember(&description->dimensions[i], TextDatumGetCString(names[i]));
		if (members[i] < 0)
			return -1;
	}
	return FindCell(cells, members);
}

/* Cells, one after the other as many members as there are dimensions */
static int
CellsOf(Cells *cells, Datum array, int **found)
{
	int			n_dimensions = cells->description->n_dimensions;
	int			n;
	Datum	   *names;
	bool	   *nulls;

	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &names, &nulls, &n);
	n /= n_dimensions;
	*found = palloc(sizeof(int) * Max(n, 1));
	for (int i = 0; i < n; i++)
		(*found)[i] = CellOf(cells, names + (Size) i * n_dimensions, nulls + (Size) i * n_dimensions);
	return n;
}

/* The column of the result with a name; NULL if it is not printed */
static const PrintedColumn *
FindColumn(const Publication *publication, const char *name)
{
	for (int i = 0; i < publication->n_columns; i++)
	{
		if (strcmp(publication->columns[i].name, name) == 0)
			return &publication->columns[i];
	}
	return NULL;
}

/*
 * Whether all that would be printed of a cell was, by what was shown of each column: a number, or the same range.
 * Of another range more may be known than of either, so that cell can be hidden.
 */
static bool
WasShown(const Publication *publication, const Released *released, int cell, Datum shown)
{
	Datum	   *texts;
	bool	   *nulls;
	int			n;
	bool		was_shown = true;

	deconstruct_array(DatumGetArrayTypeP(shown), TEXTOID, -1, false, TYPALIGN_INT, &texts, &nulls, &n);
	for (int i = 0; i < n && was_shown; i++)
	{
		const PrintedColumn *column = FindColumn(publication, released->columns[i]);
		const char *printed;
		const char *before;
		int64		value;
		int32		decimals;

		if (column == NULL || publication->truth->facts->cells->description->measures[column->measure].kind >= MEASURE_GAP)
			continue;
		printed = PrintedNumber(publication, column, cell);
		before = nulls[i] ? NULL : TextDatumGetCString(texts[i]);
		was_shown = printed == NULL ||
			(before != NULL && (ParseNumber(before, &value, &decimals) == PARSED || strcmp(before, printed) == 0));
	}
	return was_shown;
}

/*
 * ReadReleased
 *		What releases of the same children at the same moment show of the cells, which cannot be hidden any more, and hide.
 */
Earlier *
ReadReleased(const Released *released, const Publication *publication)
{
	Cells	   *cells = publication->truth->facts->cells;
	Earlier    *result = palloc(sizeof(Earlier));
	Oid			types[] = {REGCLASSOID, JSONBOID};
	Datum		values[] = {released->ledger, released->said};
	Rows		rows;

	result->is_out = true;
	result->was_hidden = palloc_extended(cells->n_cells, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	result->was_shown = palloc_extended(cells->n_cells, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	rows = Ask("SELECT * FROM gapstats_internal.released_cells($1, $2)", lengthof(types), types, values, NULL);
	for (uint64 i = 0; i < rows.n; i++)
	{
		int		   *found;

		CHECK_FOR_INTERRUPTS();
		if (CellsOf(cells, ValueIn(&rows, i, 0), &found) == 0 || found[0] < 0)
			continue;
		result->was_shown[found[0]] = WasShown(publication, released, found[0], ValueIn(&rows, i, 1));
		result->was_hidden[found[0]] = DatumGetBool(ValueIn(&rows, i, 2));
	}
	return result;
}

/* ---- what would be given away ---- */

/* Whether a column, which is not printed, would have counts */
static bool
IsCount(const Description *description, const char *name)
{
	for (int i = 0; i < description->n_measures; i++)
	{
		if (strcmp(description->measures[i].name, name) == 0)
			return description->measures[i].kind == MEASURE_COUNT;
	}
	return false;
}

/* What would be printed in a column of a ledger; of a count that is not printed only that it is no mark, by which it would be no 0 */
static const char *
PrintedText(const Publication *publication, const char *name, int cell)
{
	const PrintedColumn *column = FindColumn(publication, name);

	if (column != NULL)
		return PrintedNumber(publication, column, cell);
	return IsCount(publication->truth->facts->cells->description, name) ? ">=0" : NULL;
}

static void
AddTextTo(ArrayBuildState *texts, const char *text)
{
	accumArrayResult(texts, text == NULL ? (Datum) 0 : CStringGetTextDatum(text), text == NULL, TEXTOID, CurrentMemoryContext);
}

/* All that would be printed, a cell after the other: its members and its numbers */
static Datum
PrintedTexts(const Publication *publication, const Released *released)
{
	const Cells *cells = publication->truth->facts->cells;
	const Description *description = cells->description;
	int			n;
	int32	   *printed = PrintedCells(publication, &n);
	ArrayBuildState *texts = initArrayResult(TEXTOID, CurrentMemoryContext, false);

	for (int i = 0; i < n; i++)
	{
		const int32 *members = MembersOf(cells, printed[i]);

		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < description->n_dimensions; j++)
			AddTextTo(texts, members[j] == TOTAL ? NULL : NameOfMember(&description->dimensions[j], members[j]));
		for (int j = 0; j < released->n_columns; j++)
			AddTextTo(texts, PrintedText(publication, released->columns[j], printed[i]));
	}
	return makeArrayResult(texts, CurrentMemoryContext);
}

/* Ask that one of the cells be hidden by which a number is known; false if there is none that may be */
static bool
HideOneOf(Task *task, const int *cells, int n)
{
	int			helper = NONE;

	for (int i = 0; i < n; i++)
	{
		if (cells[i] < 0)
			continue;
		if (task->must_hide[cells[i]] && !task->publication->is_hidden[cells[i]])
			return true;		/* for another number already */
		helper = CheaperOf(task, helper, cells[i]);
	}
	if (helper == NONE)
		return false;
	task->must_hide[helper] = true;
	return true;
}

/* The columns of what is given away */
enum
{
	LEAK_CELL, LEAK_MEASURE, LEAK_VERDICT, LEAK_BECAUSE, LEAK_TOLD_BY
};

static bool
IsContradiction(const Rows *leaks, uint64 row)
{
	return strcmp(TextIn(leaks, row, LEAK_VERDICT), "inconsistent") == 0;
}

static void
RefuseReleased(const Rows *leaks, uint64 row)
{
	const char *measure = TextIn(leaks, row, LEAK_MEASURE);
	const char *cell = TextIn(leaks, row, LEAK_CELL);
	const char *because = TextIn(leaks, row, LEAK_BECAUSE);

	if (IsContradiction(leaks, row))
		ereport(ERROR,
				(errcode(ERRCODE_CARDINALITY_VIOLATION),
				 errmsg("%s of %s contradicts what was published before", measure, cell),
				 errdetail("The audit says: %s.", because),
				 errdetail_log(DETAIL_IN_LOG),
				 errhint("Correct what is wrong. If that was published, withdraw it: gapstats.withdraw_release(ledger, release, 'why'). The same children are in groups of the same names; those of another day are of another as_of.")));
	ereport(ERROR,
			(errcode(ERRCODE_DATA_EXCEPTION),
			 errmsg("%s of %s cannot be hidden so that it cannot be had together with what was published before", measure, cell),
			 errdetail("The audit says %s: %s.", TextIn(leaks, row, LEAK_VERDICT), because),
			 errdetail_log(DETAIL_IN_LOG),
			 errhint("Leave a breakdown out, or ask for less: width, minimum. What the ledger gives away without this table as well is to be accepted there, or a release of it withdrawn.")));
}

/*
 * PassesLedger
 *		Ask the ledger what would be given away together with it, and for more where something is; whether nothing is.
 */
bool
PassesLedger(Task *task, const Released *released, bool is_last)
{
	Oid			types[] = {REGCLASSOID, JSONBOID, TEXTARRAYOID};
	Datum		values[] = {released->ledger, released->said, PrintedTexts(task->publication, released)};
	Rows		leaks = Ask("SELECT * FROM gapstats_internal.draft_leaks($1, $2, $3)", lengthof(types), types, values, NULL);

	for (uint64 i = 0; i < leaks.n; i++)
	{
		int		   *cells;
		int			n = CellsOf(task->publication->truth->facts->cells, ValueIn(&leaks, i, LEAK_TOLD_BY), &cells);

		CHECK_FOR_INTERRUPTS();
		if (is_last || IsContradiction(&leaks, i) || !HideOneOf(task, cells, n))
			RefuseReleased(&leaks, i);
	}
	return leaks.n == 0;
}
