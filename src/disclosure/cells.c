/*
 * cells.c
 *		Reading a published table.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/excerpt.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "disclosure/cells.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "standing/kept_query.h"
#include "standing/query_column.h"
#include "utils/array.h"
#include "utils/builtins.h"

#define MAX_CELLS 50000000

typedef struct CellEntry
{
	int32		cell;
	uint32		hash;
	char		status;			/* for simplehash */
} CellEntry;

static inline uint32
HashCell(const Cells *cells, int32 cell)
{
	return hash_bytes((const unsigned char *) MembersOf(cells, cell),
					  sizeof(int32) * cells->description->n_dimensions);
}

static inline bool
SameCell(const Cells *cells, int32 a, int32 b)
{
	return memcmp(MembersOf(cells, a), MembersOf(cells, b),
				  sizeof(int32) * cells->description->n_dimensions) == 0;
}

#define SH_PREFIX cell
#define SH_ELEMENT_TYPE CellEntry
#define SH_KEY_TYPE int32
#define SH_KEY cell
#define SH_HASH_KEY(table, key) HashCell((table)->private_data, key)
#define SH_EQUAL(table, a, b) SameCell((table)->private_data, a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(table, a) (a)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

typedef struct Reading
{
	Cells	   *cells;
	int			max_numbers;	/* rows that there is room for */
	MemoryContext context;
	QueryColumn *dimensions;
	QueryColumn *fields;
} Reading;

/* ---- names ---- */

/*
 * CellName
 *		A cell in a sentence: school 12, race Asian
 */
char *
CellName(const Cells *cells, int cell)
{
	const Description *description = cells->description;
	const int32 *members = MembersOf(cells, cell);
	StringInfoData name;

	initStringInfo(&name);
	for (int i = 0; i < description->n_dimensions; i++)
	{
		const Dimension *dimension = &description->dimensions[i];

		if (members[i] != TOTAL)
			appendStringInfo(&name, "%s%s %s", name.len == 0 ? "" : ", ", dimension->name,
							 Excerpt(NameOfMember(dimension, members[i])));
	}
	return name.len == 0 ? "the total" : name.data;
}

/*
 * MembersDatum
 *		The members of a cell as text[], NULL for a total.
 */
Datum
MembersDatum(const Cells *cells, int cell)
{
	const Description *description = cells->description;
	const int32 *members = MembersOf(cells, cell);
	Datum		names[MAX_DIMENSIONS];
	bool		nulls[MAX_DIMENSIONS];
	int			n = description->n_dimensions;
	int			lower = 1;

	for (int i = 0; i < n; i++)
	{
		nulls[i] = members[i] == TOTAL;
		names[i] = nulls[i] ? (Datum) 0 : CStringGetTextDatum(NameOfMember(&description->dimensions[i], members[i]));
	}
	return PointerGetDatum(construct_md_array(names, nulls, 1, &n, &lower, TEXTOID, -1, false, TYPALIGN_INT));
}

/*
 * PatternOf
 *		Which of the tables a cell is in.
 */
Pattern
PatternOf(const Cells *cells, int cell)
{
	const int32 *members = MembersOf(cells, cell);
	Pattern		pattern = 0;

	for (int i = 0; i < cells->description->n_dimensions; i++)
		pattern |= members[i] == TOTAL ? 0 : PatternBit(i);
	return pattern;
}

/* ---- reading ---- */

/* The column of a field, if it is read */
static void
BeginField(Reading *reading, int field, TupleDesc columns)
{
	const Description *description = reading->cells->description;
	const char *name = description->fields[field];
	bool	   *has_field = &reading->cells->has_field[field];

	*has_field = true;
	if (description->field_uses[field] == FIELD_NEEDED)
		reading->fields[field] = FindQueryColumn(columns, name, "measures");
	else
		*has_field = description->field_uses[field] == FIELD_IF_THERE && GetQueryColumn(columns, name, &reading->fields[field]);
}

static void
BeginCells(TupleDesc columns, void *arg)
{
	Reading    *reading = arg;
	Description *description = reading->cells->description;

	reading->dimensions = palloc(sizeof(QueryColumn) * description->n_dimensions);
	reading->fields = palloc(sizeof(QueryColumn) * description->n_fields);
	for (int i = 0; i < description->n_dimensions; i++)
	{
		Dimension  *dimension = &description->dimensions[i];
		QueryColumn column = FindQueryColumn(columns, dimension->name, "dimensions");
		Form_pg_attribute attribute = TupleDescAttr(columns, column.number - 1);

		reading->dimensions[i] = column;
		if (dimension->n_hierarchies > 0)
			BeginMembers(dimension, InvalidOid, InvalidOid);
		else
			BeginMembers(dimension, attribute->atttypid, attribute->attcollation);
	}
	for (int i = 0; i < description->n_fields; i++)
		BeginField(reading, i, columns);
}

/*
 * CheckNumberOfCells
 *		There are not more cells than fit.
 */
void
CheckNumberOfCells(double n)
{
	if (n > MAX_CELLS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("there are more than %d cells", MAX_CELLS)));
}

/* Make room for one more cell, and one that is looked for. */
static void
GrowCells(Cells *cells)
{
	const Description *description = cells->description;

	if (cells->n_cells + 1 < cells->max_cells)
		return;
	cells->max_cells *= 2;
	cells->members = repalloc_huge(cells->members, sizeof(int32) * description->n_dimensions * (Size) cells->max_cells);
	cells->kinds = repalloc_huge(cells->kinds, cells->max_cells);
}

/* Make room for the numbers of one more row. */
static void
GrowNumbers(Reading *reading)
{
	Cells	   *cells = reading->cells;

	if (cells->n_cells < reading->max_numbers)
		return;
	reading->max_numbers *= 2;
	cells->numbers = repalloc_huge(cells->numbers,
								   sizeof(Number) * cells->description->n_fields * (Size) reading->max_numbers);
}

static void
RefuseText(const Cells *cells, int field, const char *text, Parsed parsed)
{
	const char *name = cells->description->fields[field];
	char	   *cell = CellName(cells, cells->n_cells);

	if (parsed == NOT_FINITE_NUMBER)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s must be finite, not %s (%s)", name, Excerpt(text), cell)));
	if (parsed == TOO_MANY_DIGITS)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s has more than 18 digits (%s)", name, cell),
				 errdetail("It is %s.", Excerpt(text)),
				 errdetail_log(DETAIL_IN_LOG)));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("%s is \"%s\", which is neither a number nor a mark (%s)", name, Excerpt(text), cell),
			 errhint("Say what it means: marks => '{\"%s\": \"hidden\"}'.", Excerpt(text))));
}

/* A number that comes as text */
static void
ReadText(Reading *reading, int field, const char *text, Number *number)
{
	Description *description = reading->cells->description;
	Parsed		parsed = ParseNumber(text, &number->value, &number->decimals);
	MemoryContext old;

	if (parsed == TOO_MANY_DIGITS && description->is_unrounded)
		parsed = ParseNumber(ShortenNumber(text), &number->value, &number->decimals);
	if (parsed == PARSED)
	{
		number->said = SHOWN;
		return;
	}
	number->value = 0;
	number->decimals = 0;
	old = MemoryContextSwitchTo(reading->context);
	number->said = WhatIsSaid(description, text);
	MemoryContextSwitchTo(old);
	if (description->said[number->said].rule == MARK_NOT_EXPLAINED)
		RefuseText(reading->cells, field, text, parsed);
}

static void
ReadNumber(Reading *reading, int field, TupleTableSlot *slot, Number *number)
{
	QueryColumn *column = &reading->fields[field];
	bool		is_null = true;
	Datum		value = (Datum) 0;

	if (reading->cells->has_field[field])
		value = slot_getattr(slot, column->number, &is_null);
	number->decimals = 0;
	number->said = SHOWN;
	if (is_null)
	{
		number->value = 0;
		number->said = SAID_NULL;
	}
	else if (column->type == INT8OID)
		number->value = DatumGetInt64(value);
	else if (column->type == INT4OID)
		number->value = DatumGetInt32(value);
	else
		ReadText(reading, field, ColumnText(column, value), number);
}

static void
TakeCell(TupleTableSlot *slot, void *arg)
{
	Reading    *reading = arg;
	Cells	   *cells = reading->cells;
	Description *description = cells->description;
	MemoryContext old = MemoryContextSwitchTo(reading->context);
	int32	   *members;

	CheckNumberOfCells(cells->n_cells + 1);
	GrowCells(cells);
	GrowNumbers(reading);
	MemoryContextSwitchTo(old);

	members = MembersOf(cells, cells->n_cells);
	for (int i = 0; i < description->n_dimensions; i++)
	{
		bool		is_null;
		Datum		value = slot_getattr(slot, reading->dimensions[i].number, &is_null);
		char	   *text;

		members[i] = TOTAL;
		if (is_null)
			continue;
		text = ColumnText(&reading->dimensions[i], value);
		MemoryContextSwitchTo(reading->context);
		members[i] = AddMember(&description->dimensions[i], text, value);
		MemoryContextSwitchTo(old);
	}
	for (int i = 0; i < description->n_fields; i++)
		ReadNumber(reading, i, slot, &cells->numbers[(Size) cells->n_cells * description->n_fields + i]);
	cells->kinds[cells->n_cells] = CELL_LISTED;
	cells->n_cells++;
}

/* ---- order ---- */

/*
 * CompareCells
 *		The order of cells is that of their members.
 */
int
CompareCells(const void *a, const void *b, void *arg)
{
	const Cells *cells = arg;
	const int32 *members_a = MembersOf(cells, *(const int32 *) a);
	const int32 *members_b = MembersOf(cells, *(const int32 *) b);

	for (int i = 0; i < cells->description->n_dimensions; i++)
	{
		if (members_a[i] != members_b[i])
			return members_a[i] < members_b[i] ? -1 : 1;
	}
	return 0;
}

/* Number the members of all dimensions in their order. */
static void
RenumberMembers(Cells *cells)
{
	Description *description = cells->description;

	for (int i = 0; i < description->n_dimensions; i++)
	{
		int		   *number = SortMembers(&description->dimensions[i]);

		for (int cell = 0; cell < cells->n_cells; cell++)
			MembersOf(cells, cell)[i] = number[MembersOf(cells, cell)[i]];
		pfree(number);
	}
}

/* Number the cells in their order. */
static void
SortCells(Cells *cells)
{
	Size		members_size = sizeof(int32) * cells->description->n_dimensions;
	Size		numbers_size = sizeof(Number) * cells->description->n_fields;
	int32	   *sorted = palloc_extended(sizeof(int32) * (Size) cells->n_cells, MCXT_ALLOC_HUGE);
	char	   *members = palloc_extended(members_size * cells->max_cells, MCXT_ALLOC_HUGE);
	char	   *numbers = palloc_extended(numbers_size * cells->n_cells, MCXT_ALLOC_HUGE);

	for (int i = 0; i < cells->n_cells; i++)
		sorted[i] = i;
	qsort_arg(sorted, cells->n_cells, sizeof(int32), CompareCells, cells);
	for (int i = 0; i < cells->n_cells; i++)
	{
		memcpy(members + members_size * i, MembersOf(cells, sorted[i]), members_size);
		memcpy(numbers + numbers_size * i, (char *) cells->numbers + numbers_size * sorted[i], numbers_size);
	}
	pfree(cells->members);
	pfree(cells->numbers);
	pfree(sorted);
	cells->members = (int32 *) members;
	cells->numbers = (Number *) numbers;
}

/* ---- cells that have several rows ---- */

/* Whether two numbers can be one, rounded to different decimals */
static bool
AgreesRounded(const Number *fine, const Number *coarse)
{
	int64		scaled;
	int64		half = 5;

	if (!ScaleNumber(coarse->value, coarse->decimals, fine->decimals, &scaled))
		return false;
	if (fine->decimals == coarse->decimals)
		return scaled == fine->value;
	for (int i = coarse->decimals + 1; i < fine->decimals; i++)
		half *= 10;
	return fine->value - scaled <= half && scaled - fine->value <= half;
}

static void
NoteShownElsewhere(Cells *cells, int cell, int field, int said)
{
	ShownElsewhere *noted;

	if (said == SAID_NULL)
		return;					/* a table without the column */
	if (cells->n_shown_elsewhere % 64 == 0)
		cells->shown_elsewhere = cells->shown_elsewhere == NULL ?
			palloc(sizeof(ShownElsewhere) * 64) :
			repalloc_huge(cells->shown_elsewhere, sizeof(ShownElsewhere) * (cells->n_shown_elsewhere + 64));
	noted = &cells->shown_elsewhere[cells->n_shown_elsewhere++];
	noted->cell = cell;
	noted->field = field;
	noted->said = said;
}

/* Make one of two numbers of the same cell. */
static void
MergeNumber(Cells *cells, int cell, int field, Number *kept, const Number *other)
{
	if (kept->said == SHOWN && other->said == SHOWN)
	{
		const Number *fine = kept->decimals >= other->decimals ? kept : other;
		const Number *coarse = fine == kept ? other : kept;

		if (!AgreesRounded(fine, coarse))
			ereport(ERROR,
					(errcode(ERRCODE_CARDINALITY_VIOLATION),
					 errmsg("%s: two rows are about %s, and %s is not the same in both", cells->what,
							CellName(cells, cell), cells->description->fields[field]),
					 errdetail("It is %s in one of them and %s in the other.",
							   NumberText(kept->value, kept->decimals), NumberText(other->value, other->decimals)),
					 errdetail_log(DETAIL_IN_LOG),
					 errhint("Name in dimensions every column that tells rows apart. If two tables publish different numbers for the same cell, one of them is wrong.")));
		*kept = *fine;
	}
	else if (kept->said == SHOWN)
		NoteShownElsewhere(cells, cell, field, other->said);
	else if (other->said == SHOWN)
	{
		NoteShownElsewhere(cells, cell, field, kept->said);
		*kept = *other;
	}
	else
		kept->said = BothSaid(cells->description, kept->said, other->said);
}

/* Tables that share cells have a row each for them. */
static void
MergeRows(Cells *cells)
{
	int			n_fields = cells->description->n_fields;
	int			n_dimensions = cells->description->n_dimensions;
	int			n = 0;

	for (int i = 0; i < cells->n_cells; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (n > 0 && SameCell(cells, n - 1, i))
		{
			for (int j = 0; j < n_fields; j++)
				MergeNumber(cells, n - 1, j, &cells->numbers[(Size) (n - 1) * n_fields + j],
							&cells->numbers[(Size) i * n_fields + j]);
			continue;
		}
		memmove(MembersOf(cells, n), MembersOf(cells, i), sizeof(int32) * n_dimensions);
		memmove(&cells->numbers[(Size) n * n_fields], &cells->numbers[(Size) i * n_fields], sizeof(Number) * n_fields);
		n++;
	}
	cells->n_cells = cells->n_listed = n;
}

/* ---- finding cells ---- */

/*
 * FindCell
 *		The cell of such members; -1 if there is none.
 */
int
FindCell(Cells *cells, const int32 *members)
{
	CellEntry  *entry;

	GrowCells(cells);
	memcpy(MembersOf(cells, cells->n_cells), members, sizeof(int32) * cells->description->n_dimensions);
	entry = cell_lookup(cells->by_members, cells->n_cells);
	return entry == NULL ? -1 : entry->cell;
}

/*
 * AddCell
 *		The cell of such members, a new one if there is none.
 */
int
AddCell(Cells *cells, const int32 *members, CellKind kind)
{
	bool		found;
	CellEntry  *entry;

	GrowCells(cells);
	memcpy(MembersOf(cells, cells->n_cells), members, sizeof(int32) * cells->description->n_dimensions);
	entry = cell_insert(cells->by_members, cells->n_cells, &found);
	if (found)
		return entry->cell;
	CheckNumberOfCells(cells->n_cells + 1);
	cells->kinds[cells->n_cells] = kind;
	return cells->n_cells++;
}

static void
IndexCells(Cells *cells)
{
	bool		found;

	cells->by_members = cell_create(CurrentMemoryContext, cells->n_cells, cells);
	for (int i = 0; i < cells->n_cells; i++)
	{
		CHECK_FOR_INTERRUPTS();
		cell_insert(cells->by_members, i, &found);
	}
}

/* A school is in its district in each row. */
static void
CheckWithin(const Cells *cells)
{
	const Description *description = cells->description;

	for (int d = 0; d < description->n_dimensions; d++)
	{
		const Dimension *inner = &description->dimensions[d];

		for (int cell = 0; inner->n_within > 0 && cell < cells->n_cells; cell++)
		{
			const int32 *members = MembersOf(cells, cell);

			for (int w = 0; members[d] != TOTAL && w < inner->n_within; w++)
			{
				if (members[inner->within[w]] == TOTAL)
					ereport(ERROR,
							(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							 errmsg("%s: %s has a row without its %s", cells->what, CellName(cells, cell),
									description->dimensions[inner->within[w]].name),
							 errhint("By hierarchies, each %s lies within a %s.", inner->name,
									 description->dimensions[inner->within[w]].name)));
			}
		}
	}
}

/*
 * ReadCells
 *		Run the query that is given as an argument and put what it gives in order.
 */
Cells *
ReadCells(Description *description, const char *what, const char *query)
{
	Cells	   *cells = palloc0(sizeof(Cells));
	Reading		reading = {.cells = cells,.max_numbers = 1024,.context = CurrentMemoryContext};

	cells->description = description;
	cells->what = what;
	cells->max_cells = 1024;
	cells->members = palloc(sizeof(int32) * description->n_dimensions * cells->max_cells);
	cells->kinds = palloc(cells->max_cells);
	cells->numbers = palloc(sizeof(Number) * description->n_fields * reading.max_numbers);
	cells->has_field = palloc(sizeof(bool) * description->n_fields);
	RunQueryOnce(what, query, BeginCells, TakeCell, &reading);
	if (cells->n_cells == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s has no rows", what)));

	for (int i = 0; i < description->n_dimensions; i++)
		ReadHierarchies(&description->dimensions[i]);
	RenumberMembers(cells);
	SortCells(cells);
	MergeRows(cells);
	IndexCells(cells);
	CheckWithin(cells);
	return cells;
}

/*
 * CheckTotals
 *		A total under another name than was said would be one more member.
 */
void
CheckTotals(const Cells *cells)
{
	const Description *description = cells->description;

	for (int i = 0; i < description->n_dimensions; i++)
	{
		const Dimension *dimension = &description->dimensions[i];

		if (dimension->total != NULL && !dimension->has_total)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("totals: no row of %s has %s \"%s\"", cells->what, dimension->name, Excerpt(dimension->total)),
					 errhint("It is what stands in the column where a row is the total, letter by letter.")));
	}
}
