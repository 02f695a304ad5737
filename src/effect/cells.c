/*
 * cells.c
 *		Outcomes by cell: of treated students and others, before and after.
 *
 * It is the state of the aggregates that compare changes: a type of its own, so that
 * parallel workers, and other machines, can hand it on. A cell has the exact sums of its
 * outcomes and of their squares, so that the order of rows and the plan change no bit.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/count.h"
#include "base/excerpt.h"
#include "distribution/distribution.h"
#include "effect/cells.h"
#include "libpq/pqformat.h"

/* The outcome of a row */
typedef enum OutcomeKind
{
	OUTCOME_NUMBER,
	OUTCOME_BOOLEAN,
	OUTCOME_DISTRIBUTION
} OutcomeKind;

static Size
CellsSize(int n_cells)
{
	return offsetof(OutcomeCells, cells) + n_cells * sizeof(OutcomeCell);
}

/* Cells that have counted nothing */
static OutcomeCells *
NewCells(int n_cells)
{
	OutcomeCells *cells = palloc0(CellsSize(n_cells));

	SET_VARSIZE(cells, CellsSize(n_cells));
	cells->version = OUTCOME_CELLS_VERSION;
	cells->n_cells = n_cells;
	return cells;
}

/* Whether some n outcomes could have such sums */
static bool
IsCell(const OutcomeCell *cell)
{
	static const ExactMoments none = {0};

	if (cell->n == 0)
		return memcmp(&cell->moments, &none, sizeof(none)) == 0;
	return MomentsAreConsistent(&cell->moments, cell->n);
}

/* What is wrong with cells, or NULL */
static const char *
CellsDefect(const OutcomeCells *cells)
{
	if ((cells->flags & ~STATE_WORKING) != 0 || cells->unused != 0)
		return "Reserved bits are set.";
	if ((cells->n_cells != N_CELLS && cells->n_cells != N_CELLS_PAIRED && cells->n_cells != N_CELLS_TWO_GROUPS) ||
		VARSIZE(cells) != CellsSize(cells->n_cells))
		return "Its size does not fit its contents.";
	if (!(cells->confidence >= 0 && cells->confidence < 1))
		return "The confidence is not between 0 and 1.";
	if (cells->missing_group < 0)
		return "A count is negative.";
	for (int i = 0; i < cells->n_cells; i++)
	{
		if (cells->cells[i].n < 0 || cells->cells[i].missing < 0)
			return "A count is negative.";
		if (!IsCell(&cells->cells[i]))
			return "A sum of squares does not fit its sum.";
	}
	return NULL;
}

/* Detoast and validate */
static OutcomeCells *
DetoastCells(Datum datum)
{
	OutcomeCells *cells = (OutcomeCells *) PG_DETOAST_DATUM(datum);
	const char *defect;

	if (VARSIZE(cells) < CellsSize(0))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("invalid outcome_cells"),
				 errdetail("It is shorter than its header.")));
	if (cells->version != OUTCOME_CELLS_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("unsupported version %d of type outcome_cells", cells->version),
				 errhint("A newer gapstats wrote it: upgrade gapstats on this server.")));
	defect = CellsDefect(cells);
	if (defect != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("invalid outcome_cells"),
				 errdetail("%s", defect)));
	return cells;
}

static OutcomeCells *
CopyCells(const OutcomeCells *cells, uint8 flags)
{
	OutcomeCells *copy = palloc(VARSIZE(cells));

	memcpy(copy, cells, VARSIZE(cells));
	copy->flags = flags;
	return copy;
}

static void *
CopyState(Datum value)
{
	return CopyCells(DetoastCells(value), STATE_WORKING);
}

static void *
CompactState(const void *state)
{
	return CopyCells(state, 0);
}

/* How many cells a state has, its aggregate says: one without rows is made by NewState() */
static const StateType state_type = {NULL, CopyState, CompactState};

/* The state of an aggregate of so many cells */
static OutcomeCells *
GetCells(FunctionCallInfo fcinfo, int n_cells)
{
	OutcomeCells *cells;

	if (PG_ARGISNULL(0))
	{
		cells = NewCells(n_cells);
		cells->flags = STATE_WORKING;
		return cells;
	}
	cells = GetState(fcinfo, &state_type);
	if (cells->n_cells != n_cells)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("outcome_cells has %d cells instead of %d", cells->n_cells, n_cells)));
	return cells;
}

/* The cells that a final function gets; without rows they are empty */
const OutcomeCells *
FinalCells(FunctionCallInfo fcinfo, int n_cells)
{
	return GetCells(fcinfo, n_cells);
}

/* Read cells; returns what is wrong, or NULL */
static const char *
ParseCells(const char *text, OutcomeCells **result)
{
	OutcomeCells *cells;
	int64		n_cells;

	if (!DistributionSkipWord(&text, "cells") || !DistributionParseInteger(&text, &n_cells) ||
		n_cells < 0 || n_cells > N_CELLS_TWO_GROUPS)
		return "It must begin with \"cells\" and how many.";
	cells = *result = NewCells(n_cells);
	if (DistributionSkipWord(&text, "confidence"))
	{
		const char *defect = DistributionParseDouble(&text, &cells->confidence);

		if (defect != NULL)
			return defect;
	}
	if (!DistributionSkipWord(&text, "missing") || !DistributionParseInteger(&text, &cells->missing_group))
		return "A count must follow \"missing\".";
	for (int i = 0; i < n_cells; i++)
	{
		OutcomeCell *cell = &cells->cells[i];

		if (!DistributionSkipWord(&text, "n") || !DistributionParseInteger(&text, &cell->n) ||
			!DistributionSkipWord(&text, "missing") || !DistributionParseInteger(&text, &cell->missing))
			return "A cell must have \"n\" and \"missing\", each with a count.";
		if (!DistributionSkipWord(&text, "sum"))
			return "A cell must give its sum.";
		text += strspn(text, " \t\r\n");
		if (!ExactIntegerIn(&text, cell->moments.sum, EXACT_SUM_LIMBS, EXACT_SUM_UNIT))
			return "The sum must be an exact hexadecimal number within range.";
		if (!DistributionSkipWord(&text, "squares"))
			return "A cell must give its sum of squares.";
		text += strspn(text, " \t\r\n");
		if (!ExactIntegerIn(&text, cell->moments.squares, EXACT_SQUARES_LIMBS, EXACT_SQUARES_UNIT))
			return "The sum of squares must be an exact hexadecimal number within range.";
	}
	text += strspn(text, " \t\r\n");
	if (*text != '\0')
		return "There is something behind it.";
	return CellsDefect(cells);
}

/* Text input */
PG_FUNCTION_INFO_V1(outcome_cells_in);
Datum
outcome_cells_in(PG_FUNCTION_ARGS)
{
	char	   *literal = PG_GETARG_CSTRING(0);
	OutcomeCells *result;
	const char *defect = ParseCells(literal, &result);

	if (defect != NULL)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type outcome_cells: \"%s\"", Excerpt(literal)),
				 errdetail("%s", defect)));
	PG_RETURN_POINTER(result);
}

/* Text output */
PG_FUNCTION_INFO_V1(outcome_cells_out);
Datum
outcome_cells_out(PG_FUNCTION_ARGS)
{
	OutcomeCells *cells = DetoastCells(PG_GETARG_DATUM(0));
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfo(&buf, "cells %d", cells->n_cells);
	if (cells->confidence != 0)
	{
		appendStringInfoString(&buf, " confidence ");
		DistributionPrintDouble(&buf, cells->confidence);
	}
	appendStringInfo(&buf, " missing " INT64_FORMAT, cells->missing_group);
	for (int i = 0; i < cells->n_cells; i++)
	{
		OutcomeCell *cell = &cells->cells[i];

		appendStringInfo(&buf, " n " INT64_FORMAT " missing " INT64_FORMAT " sum ", cell->n, cell->missing);
		ExactIntegerOut(&buf, cell->moments.sum, EXACT_SUM_LIMBS, EXACT_SUM_UNIT);
		appendStringInfoString(&buf, " squares ");
		ExactIntegerOut(&buf, cell->moments.squares, EXACT_SQUARES_LIMBS, EXACT_SQUARES_UNIT);
	}
	PG_RETURN_CSTRING(buf.data);
}

/* Binary input */
PG_FUNCTION_INFO_V1(outcome_cells_recv);
Datum
outcome_cells_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(buf);
	int			n_cells;
	OutcomeCells *cells;
	const char *defect;

	if (version != OUTCOME_CELLS_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported version %d of type outcome_cells", version)));
	n_cells = pq_getmsgbyte(buf);
	cells = NewCells(n_cells);
	cells->confidence = pq_getmsgfloat8(buf);
	cells->missing_group = pq_getmsgint64(buf);
	for (int i = 0; i < n_cells; i++)
	{
		OutcomeCell *cell = &cells->cells[i];

		cell->n = pq_getmsgint64(buf);
		cell->missing = pq_getmsgint64(buf);
		for (int j = 0; j < EXACT_SUM_LIMBS; j++)
			cell->moments.sum[j] = pq_getmsgint(buf, 4);
		for (int j = 0; j < EXACT_SQUARES_LIMBS; j++)
			cell->moments.squares[j] = pq_getmsgint(buf, 4);
	}
	defect = CellsDefect(cells);
	if (defect != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of type outcome_cells"),
				 errdetail("%s", defect)));
	PG_RETURN_POINTER(cells);
}

/* Binary output */
PG_FUNCTION_INFO_V1(outcome_cells_send);
Datum
outcome_cells_send(PG_FUNCTION_ARGS)
{
	OutcomeCells *cells = DetoastCells(PG_GETARG_DATUM(0));
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, cells->version);
	pq_sendbyte(&buf, cells->n_cells);
	pq_sendfloat8(&buf, cells->confidence);
	pq_sendint64(&buf, cells->missing_group);
	for (int i = 0; i < cells->n_cells; i++)
	{
		OutcomeCell *cell = &cells->cells[i];

		pq_sendint64(&buf, cell->n);
		pq_sendint64(&buf, cell->missing);
		for (int j = 0; j < EXACT_SUM_LIMBS; j++)
			pq_sendint32(&buf, cell->moments.sum[j]);
		for (int j = 0; j < EXACT_SQUARES_LIMBS; j++)
			pq_sendint32(&buf, cell->moments.squares[j]);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* Take over the confidence that a row asks for, in its last argument if it has one more than data */
static void
SetConfidence(FunctionCallInfo fcinfo, OutcomeCells *cells, int argno)
{
	if (PG_NARGS() > argno)
		cells->confidence = OneConfidence(cells->confidence, ArgumentConfidence(fcinfo, argno));
}

/* Count an outcome into a cell */
static void
CountNumber(OutcomeCell *cell, double outcome)
{
	cell->n = AddCounts(cell->n, 1);
	MomentsAdd(&cell->moments, outcome, 1);
}

/* Count a row's outcome, its argument 1, into its cell */
static void
CountOutcome(FunctionCallInfo fcinfo, OutcomeCell *cell, OutcomeKind kind)
{
	if (PG_ARGISNULL(1))
	{
		if (kind != OUTCOME_DISTRIBUTION)	/* of nobody */
			cell->missing = AddCounts(cell->missing, 1);
	}
	else if (kind == OUTCOME_DISTRIBUTION)
	{
		const Distribution *d = PG_GETARG_DISTRIBUTION(1);
		ExactMoments moments;

		DistributionMoments(d, &moments);
		cell->n = AddCounts(cell->n, d->n);
		MomentsMerge(&cell->moments, &moments);
	}
	else if (kind == OUTCOME_BOOLEAN)
		CountNumber(cell, PG_GETARG_BOOL(1) ? 1 : 0);
	else
		CountNumber(cell, ArgumentDouble(fcinfo, 1, "outcome"));
}

/* A transition function over (outcome, is_treated, is_post [, is_focal] [, confidence]) */
static Datum
Accumulate(FunctionCallInfo fcinfo, OutcomeKind kind, int n_cells)
{
	int			n_marks = n_cells == N_CELLS_TWO_GROUPS ? 3 : 2;
	OutcomeCells *cells = GetCells(fcinfo, n_cells);
	bool		is_known = true;
	int			cell = 0;

	SetConfidence(fcinfo, cells, 2 + n_marks);
	for (int i = 0; i < n_marks; i++)
	{
		if (PG_ARGISNULL(2 + i))
			is_known = false;
		else if (PG_GETARG_BOOL(2 + i))
			cell |= 1 << i;
	}
	if (is_known)
		CountOutcome(fcinfo, &cells->cells[cell], kind);
	else if (kind != OUTCOME_DISTRIBUTION || !PG_ARGISNULL(1))
		cells->missing_group = AddCounts(cells->missing_group, kind == OUTCOME_DISTRIBUTION ? PG_GETARG_DISTRIBUTION(1)->n : 1);
	return ReturnState(fcinfo, cells, &state_type);
}

/* Transition functions of difference_in_differences(outcome, is_treated, is_post [, confidence]) */
PG_FUNCTION_INFO_V1(difference_in_differences_accum);
Datum
difference_in_differences_accum(PG_FUNCTION_ARGS)
{
	return Accumulate(fcinfo, OUTCOME_NUMBER, N_CELLS);
}

PG_FUNCTION_INFO_V1(difference_in_differences_accum_boolean);
Datum
difference_in_differences_accum_boolean(PG_FUNCTION_ARGS)
{
	return Accumulate(fcinfo, OUTCOME_BOOLEAN, N_CELLS);
}

PG_FUNCTION_INFO_V1(difference_in_differences_accum_distribution);
Datum
difference_in_differences_accum_distribution(PG_FUNCTION_ARGS)
{
	return Accumulate(fcinfo, OUTCOME_DISTRIBUTION, N_CELLS);
}

/* Transition functions of triple_difference(outcome, is_treated, is_post, is_focal [, confidence]) */
PG_FUNCTION_INFO_V1(triple_difference_accum);
Datum
triple_difference_accum(PG_FUNCTION_ARGS)
{
	return Accumulate(fcinfo, OUTCOME_NUMBER, N_CELLS_TWO_GROUPS);
}

PG_FUNCTION_INFO_V1(triple_difference_accum_boolean);
Datum
triple_difference_accum_boolean(PG_FUNCTION_ARGS)
{
	return Accumulate(fcinfo, OUTCOME_BOOLEAN, N_CELLS_TWO_GROUPS);
}

PG_FUNCTION_INFO_V1(triple_difference_accum_distribution);
Datum
triple_difference_accum_distribution(PG_FUNCTION_ARGS)
{
	return Accumulate(fcinfo, OUTCOME_DISTRIBUTION, N_CELLS_TWO_GROUPS);
}

/* Transition function of difference_in_differences(earlier, later, is_treated [, confidence]) */
PG_FUNCTION_INFO_V1(difference_in_differences_accum_paired);
Datum
difference_in_differences_accum_paired(PG_FUNCTION_ARGS)
{
	OutcomeCells *cells = GetCells(fcinfo, N_CELLS_PAIRED);

	SetConfidence(fcinfo, cells, 4);
	if (PG_ARGISNULL(3))
		cells->missing_group = AddCounts(cells->missing_group, 1);
	else
	{
		int			treated = PG_GETARG_BOOL(3) ? 1 : 0;

		/* who was not tested twice is in neither year */
		for (int year = 0; year < 2; year++)
		{
			OutcomeCell *cell = &cells->cells[2 * year + treated];

			if (PG_ARGISNULL(1 + year))
				cell->missing = AddCounts(cell->missing, 1);
		}
		if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
		{
			double		earlier = ArgumentDouble(fcinfo, 1, "earlier");
			double		later = ArgumentDouble(fcinfo, 2, "later");
			double		change = later - earlier;

			CheckFinite(change, "later - earlier");
			CountNumber(&cells->cells[CELL_PRE_CONTROL + treated], earlier);
			CountNumber(&cells->cells[CELL_POST_CONTROL + treated], later);
			CountNumber(&cells->cells[CELL_CHANGE_CONTROL + treated], change);
		}
	}
	return ReturnState(fcinfo, cells, &state_type);
}

/* Combine function */
PG_FUNCTION_INFO_V1(outcome_cells_combine);
Datum
outcome_cells_combine(PG_FUNCTION_ARGS)
{
	OutcomeCells *cells;
	OutcomeCells *other;

	if (PG_ARGISNULL(1))
		return ReturnUnchanged(fcinfo);
	other = DetoastCells(PG_GETARG_DATUM(1));
	cells = GetCells(fcinfo, other->n_cells);
	cells->confidence = OneConfidence(cells->confidence, other->confidence);
	cells->missing_group = AddCounts(cells->missing_group, other->missing_group);
	for (int i = 0; i < cells->n_cells; i++)
	{
		OutcomeCell *cell = &cells->cells[i];

		cell->n = AddCounts(cell->n, other->cells[i].n);
		cell->missing = AddCounts(cell->missing, other->cells[i].missing);
		MomentsMerge(&cell->moments, &other->cells[i].moments);
	}
	return ReturnState(fcinfo, cells, &state_type);
}
