/*
 * reduction.c
 *		Linear equations, solved without rounding.
 *
 * Gaussian elimination of sparse rows. Tables are nearly triangular: with the shortest row
 * taken first, and in it the column of the fewest rows (Markowitz 1957), little fills in.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "disclosure/reduction.h"
#include "miscadmin.h"

/* Rows that have, or had, an entry in a column */
typedef struct Occurrences
{
	int		   *rows;
	int			n_rows;
	int			size;
} Occurrences;

typedef struct Elimination
{
	Reduction  *reduction;
	Occurrences *occurrences;	/* of each column */
	Row			spare;			/* where a row is made anew */
} Elimination;

Reduction *
BeginReduction(int n_rows, int n_columns)
{
	Reduction  *reduction = palloc0(sizeof(Reduction));

	reduction->n_rows = n_rows;
	reduction->n_columns = n_columns;
	reduction->rows = palloc0(n_rows * sizeof(Row));
	reduction->pivot_row = palloc(n_columns * sizeof(int));
	reduction->order = palloc(n_rows * sizeof(int));
	reduction->down = palloc0(n_rows * sizeof(Steps));
	reduction->up = palloc0(n_rows * sizeof(Steps));
	for (int row = 0; row < n_rows; row++)
		reduction->rows[row].pivot = -1;
	for (int column = 0; column < n_columns; column++)
		reduction->pivot_row[column] = -1;
	return reduction;
}

/* Room for one more in an array that doubles */
static void *
MakeRoom(void *array, int n, int *size, size_t element)
{
	if (n < *size)
		return array;
	*size = Max(4, 2 * n);
	if (array == NULL)
		return palloc(*size * element);
	return repalloc_huge(array, *size * element);
}

static void
Append(Row *row, int column, Rational value)
{
	row->entries = MakeRoom(row->entries, row->n_entries, &row->size, sizeof(Entry));
	row->entries[row->n_entries++] = (Entry) {column, value};
}

/* Add an entry to a row, after those of lower columns */
void
AddEntry(Reduction *reduction, int row, int column, Rational value)
{
	if (!RationalIsZero(&value))
		Append(&reduction->rows[row], column, value);
}

static void
AddStep(Steps *steps, int source, Rational factor)
{
	steps->steps = MakeRoom(steps->steps, steps->n_steps, &steps->size, sizeof(Step));
	steps->steps[steps->n_steps++] = (Step) {source, factor};
}

static void
AddOccurrence(Occurrences *occurrences, int row)
{
	occurrences->rows = MakeRoom(occurrences->rows, occurrences->n_rows, &occurrences->size, sizeof(int));
	occurrences->rows[occurrences->n_rows++] = row;
}

static const Entry *
FindEntry(const Row *row, int column)
{
	int			low = 0;
	int			high = row->n_entries;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (row->entries[middle].column < column)
			low = middle + 1;
		else
			high = middle;
	}
	return low < row->n_entries && row->entries[low].column == column ? &row->entries[low] : NULL;
}

/* What a row has in a column */
Rational
EntryValue(const Reduction *reduction, int row, int column)
{
	const Entry *entry = FindEntry(&reduction->rows[row], column);

	return entry == NULL ? WholeNumber(0) : entry->value;
}

/* Subtract a multiple of the source so that nothing is left in the column of its pivot */
static void
SubtractRow(Elimination *elimination, int target_number, int source_number, Steps *steps)
{
	Row		   *target = &elimination->reduction->rows[target_number];
	const Row  *source = &elimination->reduction->rows[source_number];
	Row			sum = elimination->spare;
	Rational	factor = Quotient(&FindEntry(target, source->pivot)->value,
								  &FindEntry(source, source->pivot)->value);
	int			i = 0;
	int			j = 0;

	sum.n_entries = 0;
	sum.pivot = target->pivot;
	while (i < target->n_entries || j < source->n_entries)
	{
		int			target_column = i < target->n_entries ? target->entries[i].column : INT_MAX;
		int			source_column = j < source->n_entries ? source->entries[j].column : INT_MAX;
		Rational	value = target_column <= source_column ? target->entries[i++].value : WholeNumber(0);

		if (source_column <= target_column)
			SubtractProduct(&value, &factor, &source->entries[j++].value);
		if (source_column < target_column && source_column < elimination->reduction->n_columns)
			AddOccurrence(&elimination->occurrences[source_column], target_number);
		if (!RationalIsZero(&value))
			Append(&sum, Min(source_column, target_column), value);
	}
	elimination->spare = *target;
	*target = sum;
	AddStep(steps, source_number, factor);
}

/* The shortest row without a pivot, or -1 if nothing is left */
static int
ChooseRow(const Reduction *reduction)
{
	int			best = -1;

	for (int row = 0; row < reduction->n_rows; row++)
	{
		const Row  *candidate = &reduction->rows[row];

		if (candidate->pivot < 0 && candidate->n_entries > 0 &&
			candidate->entries[0].column < reduction->n_columns &&
			(best < 0 || candidate->n_entries < reduction->rows[best].n_entries))
			best = row;
	}
	return best;
}

/* Its column of the fewest rows */
static int
ChooseColumn(const Elimination *elimination, int row)
{
	const Row  *chosen = &elimination->reduction->rows[row];
	int			best = chosen->entries[0].column;

	for (int i = 1; i < chosen->n_entries; i++)
	{
		int			column = chosen->entries[i].column;

		if (column < elimination->reduction->n_columns &&
			elimination->occurrences[column].n_rows < elimination->occurrences[best].n_rows)
			best = column;
	}
	return best;
}

/* Clear the column of a pivot in the rows that have none yet, or in those that have */
static void
ClearColumn(Elimination *elimination, int source, bool with_pivots)
{
	Reduction  *reduction = elimination->reduction;
	int			column = reduction->rows[source].pivot;
	Occurrences *occurrences = &elimination->occurrences[column];

	for (int i = 0; i < occurrences->n_rows; i++)
	{
		int			row = occurrences->rows[i];

		if (row != source && (reduction->rows[row].pivot >= 0) == with_pivots &&
			FindEntry(&reduction->rows[row], column) != NULL)
			SubtractRow(elimination, row, source,
						with_pivots ? &reduction->up[row] : &reduction->down[row]);
	}
}

/* Bring the rows to reduced echelon form. */
void
Reduce(Reduction *reduction)
{
	Elimination elimination = {.reduction = reduction};
	int			source;

	elimination.occurrences = palloc0(reduction->n_columns * sizeof(Occurrences));
	for (int row = 0; row < reduction->n_rows; row++)
	{
		for (int i = 0; i < reduction->rows[row].n_entries; i++)
		{
			int			column = reduction->rows[row].entries[i].column;

			if (column < reduction->n_columns)
				AddOccurrence(&elimination.occurrences[column], row);
		}
	}

	while ((source = ChooseRow(reduction)) >= 0)
	{
		int			column = ChooseColumn(&elimination, source);

		CHECK_FOR_INTERRUPTS();
		reduction->rows[source].pivot = column;
		reduction->pivot_row[column] = source;
		reduction->order[reduction->n_pivots++] = source;
		ClearColumn(&elimination, source, false);
	}
	for (int i = reduction->n_pivots - 1; i > 0; i--)
	{
		CHECK_FOR_INTERRUPTS();
		ClearColumn(&elimination, reduction->order[i], true);
	}
}

/* Tell a multiple of a row in the rows that it was made of */
static void
Substitute(Rational *weights, int row, const Steps *steps)
{
	for (int i = 0; i < steps->n_steps; i++)
		SubtractProduct(&weights[steps->steps[i].source], &weights[row], &steps->steps[i].factor);
}

/*
 * Given a combination of reduced rows by its weights, put in their place those of the rows
 * that were given. What was subtracted on the way up were rows that are done; on the way
 * down, rows as they were then.
 */
void
Unravel(const Reduction *reduction, Rational *weights)
{
	for (int i = 0; i < reduction->n_pivots; i++)
	{
		int			row = reduction->order[i];

		if (!RationalIsZero(&weights[row]))
			Substitute(weights, row, &reduction->up[row]);
	}
	for (int i = reduction->n_pivots - 1; i >= 0; i--)
	{
		int			row = reduction->order[i];

		if (!RationalIsZero(&weights[row]))
			Substitute(weights, row, &reduction->down[row]);
	}
}
