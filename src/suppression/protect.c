/*
 * protect.c
 *		Which cells of a table to hide beside those that must be.
 *
 * First so many that no line by itself gives anything away, which is nearly all that it
 * takes. Then each hidden cell is shown to be protected against all lines together, and more
 * is hidden where it is not. What that made needless is shown again.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "disclosure/rational.h"
#include "miscadmin.h"
#include "suppression/repair.h"
#include "utils/memutils.h"

/* What is given up may yet be safe by what is hidden for other cells; but hardly so many, and each takes long */
#define MAX_GIVEN_UP 32

/* In a table that hangs together nearly all is needed, and to find that out of one cell after the other takes longest */
#define HEAVY 2048
#define MAX_IN_VAIN 24

typedef struct Work
{
	const OrderedTable *table;
	Cover	   *cover;
	Evidence   *evidence;
	bool	  **is_given_up;	/* of each measure, of each cell: nothing protects it */
	int			n_given_up;
	bool		is_over;		/* so many are given up that nothing will come of it */
} Work;

/* Hide more until a cell is safe, or nothing helps any more; whether anything was hidden */
static bool
MakeCellSafe(Work *work, int measure, int cell)
{
	bool		is_changed = false;

	while (!ShowSafe(work->evidence, measure, cell))
	{
		if (!Repair(work->cover, work->evidence, measure, cell))
		{
			work->is_given_up[measure][cell] = !ShowSafeSomehow(work->evidence, measure, cell);
			work->n_given_up += work->is_given_up[measure][cell];
			work->is_over = work->table->is_all_or_nothing && work->n_given_up >= MAX_GIVEN_UP;
			break;
		}
		LookAgainAround(work->evidence, cell);
		is_changed = true;
	}
	return is_changed;
}

/* Hide more until all hidden cells are safe; whether anything was */
static bool
MakeSafe(Work *work)
{
	bool		is_changed = false;
	bool		is_any;

	do
	{
		is_any = false;
		for (int cell = 0; cell < work->table->n_cells && !work->is_over; cell++)
		{
			for (int measure = 0; measure < work->table->n_measures && work->cover->is_hidden[cell] && !work->is_over; measure++)
			{
				if (!work->is_given_up[measure][cell])
					is_any |= MakeCellSafe(work, measure, cell);
			}
		}
		is_changed |= is_any;
	} while (is_any && !work->is_over);
	return is_changed;
}

/*
 * Whether all hidden cells of which something was forgotten can be shown to be safe again, by what is near: in a large table that
 * hangs together nearly all that is tried is needed, and to look farther takes very long
 */
static bool
AreSafe(Work *work, const ForgottenEvidence *forgotten)
{
	for (int measure = 0; measure < work->table->n_measures; measure++)
	{
		const Numbers *cells = &forgotten[measure].forgotten.cells;

		for (int i = 0; i < cells->n; i++)
		{
			int			cell = cells->numbers[i];

			if (work->cover->is_hidden[cell] && !work->is_given_up[measure][cell] &&
				!ShowSafeNearby(work->evidence, measure, cell))
				return false;
		}
	}
	return true;
}

/* Show a cell if all others are safe without its being hidden; whether it is shown */
static bool
TryToShow(Work *work, int cell)
{
	ForgottenEvidence *forgotten = ForgetEvidence(work->evidence, cell);

	Show(work->cover, cell);
	if (AreSafe(work, forgotten))
	{
		SettleEvidence(work->evidence, forgotten);
		return true;
	}
	Hide(work->cover, cell);
	RememberEvidence(work->evidence, forgotten);
	return false;
}

/* Show what neither a line nor a cell needs. What much rests on is tried until that was in vain so often in a row. */
static void
ShowNeedless(Work *work)
{
	int			n_in_vain = 0;

	for (int cell = 0; cell < work->table->n_cells; cell++)
	{
		bool		is_heavy;

		CHECK_FOR_INTERRUPTS();
		if (!work->cover->is_hidden[cell] || !CanShow(work->cover, cell))
			continue;
		is_heavy = WeightOfEvidence(work->evidence, cell) > HEAVY;
		if (is_heavy && n_in_vain >= MAX_IN_VAIN)
			continue;
		if (TryToShow(work, cell))
			n_in_vain = 0;
		else
			n_in_vain += is_heavy;
	}
}

static void
AddUnprotected(Protection *protection, Shortcoming shortcoming, int measure, int line, int cell, int person)
{
	int			n = protection->n_unprotected++;

	/* Room for a power of 2 */
	if ((n & (n - 1)) == 0)
	{
		Size		size = Max(2 * n, 1) * sizeof(Unprotected);

		protection->unprotected = n == 0 ? palloc(size) : repalloc_huge(protection->unprotected, size);
	}
	protection->unprotected[n] = (Unprotected) {shortcoming, measure, line, cell, person};
}

static void
TellLines(const Work *work, Protection *protection)
{
	for (int line = 0; line < work->table->n_lines; line++)
	{
		if (work->cover->shortage[line] > 0)
			AddUnprotected(protection, LINE_TELLS, ShortMeasure(work->cover, line), work->table->line_of[line], -1, -1);
	}
}

static void
TellCells(const Work *work, int measure, Protection *protection)
{
	const OrderedTable *table = work->table;

	for (int cell = 0; cell < table->n_cells; cell++)
	{
		const Shown *shown = &work->evidence->examples[measure]->shown[cell];
		const Safety *safety = &work->evidence->safety[measure][cell];

		if (!work->cover->is_hidden[cell] || safety->is_safe || (work->is_over && !work->is_given_up[measure][cell]))
			continue;
		if (shown->fall + shown->rise < AskedWidth(&table->measures[measure], cell))
			AddUnprotected(protection, CELL_IS_NARROW, measure, -1, table->cell_of[cell], -1);
		else
			AddUnprotected(protection, PERSON_TELLS, measure, -1, table->cell_of[cell], table->cell_of[safety->person]);
	}
}

/* Hide as much as it takes */
static void
ChooseCells(Work *work)
{
	FillLines(work->cover);
	MakeThrifty(work->cover);

	if (MakeSafe(work) && !work->is_over)
	{
		ShowNeedless(work);
		MakeSafe(work);
	}
}

/* Look for what shows some hidden cells to be safe, and hide no more */
static void
LookAt(Work *work, const bool *is_asked)
{
	for (int cell = 0; cell < work->table->n_cells; cell++)
	{
		for (int measure = 0; measure < work->table->n_measures && is_asked[work->table->cell_of[cell]]; measure++)
			LookForSafety(work->evidence, measure, cell);
	}
}

static void
TellDistances(const Work *work, Protection *protection)
{
	const OrderedTable *table = work->table;

	for (int cell = 0; cell < table->n_cells; cell++)
	{
		for (int measure = 0; measure < table->n_measures; measure++)
		{
			const Shown *shown = &work->evidence->examples[measure]->shown[cell];

			protection->distance[measure][table->cell_of[cell]] = shown->fall + shown->rise;
		}
	}
}

/* Choose the cells, or look only at those that are asked about, and tell of those that nothing protects */
static void
ProtectOrdered(const OrderedTable *table, const bool *is_asked, MemoryContext result_context, Protection *protection)
{
	Work		work = {.table = table};
	MemoryContext scratch;

	work.cover = StartCover(table);
	work.evidence = StartEvidence(table, work.cover->is_hidden);
	work.is_given_up = palloc(table->n_measures * sizeof(bool *));
	for (int i = 0; i < table->n_measures; i++)
		work.is_given_up[i] = AllocateMany(table->n_cells, sizeof(bool));
	if (is_asked == NULL)
		ChooseCells(&work);
	else
		LookAt(&work, is_asked);

	scratch = MemoryContextSwitchTo(result_context);
	for (int cell = 0; cell < table->n_cells; cell++)
		protection->is_hidden[table->cell_of[cell]] = work.cover->is_hidden[cell];
	TellDistances(&work, protection);
	TellLines(&work, protection);
	for (int measure = 0; measure < table->n_measures; measure++)
		TellCells(&work, measure, protection);
	MemoryContextSwitchTo(scratch);
}

static Protection *
ProtectOrLook(const ProtectedTable *table, const bool *is_asked)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext scratch = AllocSetContextCreate(caller, "gapstats protection", ALLOCSET_DEFAULT_SIZES);
	Protection *protection = palloc0(sizeof(Protection));
	BigNumberMemory before;

	protection->is_hidden = AllocateMany(table->n_cells, sizeof(bool));
	protection->distance = palloc(Max(table->n_measures, 1) * sizeof(int64 *));
	for (int i = 0; i < table->n_measures; i++)
		protection->distance[i] = AllocateMany(table->n_cells, sizeof(int64));
	UsePostgresMemory(&before);
	PG_TRY();
	{
		MemoryContextSwitchTo(scratch);
		ProtectOrdered(OrderTable(table), is_asked, caller, protection);
	}
	PG_FINALLY();
	{
		/* What is left of GMP's and GLPK's goes with the context, while GMP still knows it */
		MemoryContextSwitchTo(caller);
		MemoryContextDelete(scratch);
		UseMemoryAsBefore(&before);
	}
	PG_END_TRY();
	return protection;
}

/* The same for the same table, in whatever order its cells, lines and parts are. */
Protection *
Protect(const ProtectedTable *table)
{
	return ProtectOrLook(table, NULL);
}

/* How well some cells of those that are hidden already protect one another; nothing more is hidden. */
Protection *
LookAtProtection(const ProtectedTable *table, const bool *is_asked)
{
	return ProtectOrLook(table, is_asked);
}
