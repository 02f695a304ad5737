/*
 * primary.c
 *		What must be hidden of a table, and what the others are hidden for.
 *
 * Small are the number of a group, those with an outcome, and those without. Few others beside
 * a group are kept by what is asked of lines. A number with parts is kept by its parts and what each leaves: it is known no
 * better than these.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "suppression/primary.h"

/* Of hiding a cell, more for each way in which it is a total, and so many times for one that was shown before */
#define COST_OF_A_CELL 1.0
#define COST_OF_ONE_NOT_PRINTED (1.0 / 1024)
#define COST_OF_A_TOTAL 0.5
#define TIMES_IF_IT_WAS_SHOWN 3.0

static const Facts *
FactsOf(const Task *task)
{
	return task->publication->truth->facts;
}

static const Description *
DescriptionOf(const Task *task)
{
	return FactsOf(task)->cells->description;
}

static MeasureKind
KindOf(const Task *task, int quantity)
{
	return DescriptionOf(task)->measures[FactsOf(task)->quantities[quantity].measure].kind;
}

/* Whether a number is so small that it must be hidden */
static bool
IsSmall(const Task *task, int64 value)
{
	const Description *description = DescriptionOf(task);

	return value >= (description->zeros_are_hidden ? 0 : 1) && value < description->minimum;
}

/* ---- what is kept ---- */

/* Whether a quantity is kept: its true numbers are known, and printed */
static bool
IsKept(const Task *task, int quantity)
{
	return IsTrueKnown(task->publication->truth, quantity) && !IsInRanges(task->publication, quantity);
}

/* Whether a quantity has parts that are kept, by which it is */
static bool
HasKeptParts(const Task *task, int quantity)
{
	const Facts *facts = FactsOf(task);

	for (int i = 0; i < facts->n_quantities; i++)
	{
		if (facts->quantities[i].of == quantity && IsKept(task, i) && IsLikePart(facts, i))
			return true;
	}
	return false;
}

static int64
KeptValue(const Task *task, const Kept *kept, int cell)
{
	const Truth *truth = task->publication->truth;
	int64		value = TrueSteps(truth, kept->quantity, cell);

	return kept->is_rest ? TrueSteps(truth, FactsOf(task)->quantities[kept->quantity].of, cell) - value : value;
}

/* The number of one kept quantity in each cell, and which are small */
static void
Keep(Task *task, int quantity, bool is_rest)
{
	Kept	   *kept = &task->kept[task->n_kept++];
	int			n = FactsOf(task)->cells->n_cells;

	kept->quantity = quantity;
	kept->is_rest = is_rest;
	kept->values = palloc_extended(sizeof(int64) * n, MCXT_ALLOC_HUGE);
	kept->is_primary = palloc_extended(n, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	kept->is_alone = palloc_extended(n, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int cell = 0; cell < n; cell++)
	{
		kept->values[cell] = KeptValue(task, kept, cell);
		if (KindOf(task, quantity) == MEASURE_SUM)
			continue;
		kept->is_primary[cell] = IsSmall(task, kept->values[cell]);
		kept->is_alone[cell] = kept->values[cell] == 1;
	}
}

static void
KeepAll(Task *task)
{
	const Facts *facts = FactsOf(task);

	task->kept = palloc(sizeof(Kept) * 2 * facts->n_quantities);
	for (int i = 0; i < facts->n_quantities; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!IsKept(task, i))
			continue;
		if (!HasKeptParts(task, i))
			Keep(task, i, false);
		if (IsLikePart(facts, i))
			Keep(task, i, true);
	}
}

/* ---- what must be hidden ---- */

/*
 * AskWidth
 *		What is asked of a quantity is asked of what it is kept by, but for zeros.
 */
void
AskWidth(Task *task, int quantity, int cell)
{
	for (int i = 0; i < task->n_kept; i++)
	{
		Kept	   *kept = &task->kept[i];

		if (kept->values[cell] == 0)
			continue;
		if (kept->quantity == quantity || (kept->is_rest && FactsOf(task)->quantities[kept->quantity].of == quantity))
			kept->is_primary[cell] = true;
	}
	task->must_hide[cell] = true;
}

/*
 * IsSmallRate
 *		Whether those with an outcome, or those without, are few.
 */
bool
IsSmallRate(const Task *task, int quantity, int cell)
{
	const Truth *truth = task->publication->truth;
	int64		x = TrueSteps(truth, quantity, cell);

	return IsSmall(task, x) || IsSmall(task, TrueSteps(truth, FactsOf(task)->quantities[quantity].of, cell) - x);
}

/* That everybody or nobody has an outcome is hidden where the group is too small for a range. */
static void
HideAllSame(Task *task, int quantity)
{
	const Publication *publication = task->publication;

	for (int cell = 0; cell < FactsOf(task)->cells->n_listed; cell++)
	{
		if (IsAllSame(publication, quantity, cell) && !IsInRanges(publication, quantity) &&
			LacksRange(publication, quantity, cell))
			AskWidth(task, quantity, cell);
	}
}

/* All numbers of a cell are hidden with any; sums are as secret as whose they are. */
static void
HideCells(Task *task)
{
	const Facts *facts = FactsOf(task);

	for (int i = 0; i < facts->n_quantities; i++)
		HideAllSame(task, i);
	for (int cell = 0; cell < facts->cells->n_cells; cell++)
	{
		for (int i = 0; i < task->n_kept; i++)
			task->must_hide[cell] |= task->kept[i].is_primary[cell];
		for (int i = 0; i < task->n_kept; i++)
		{
			if (KindOf(task, task->kept[i].quantity) == MEASURE_SUM)
				task->kept[i].is_primary[cell] = task->must_hide[cell];
		}
	}
}

/*
 * IsPrimary
 *		Whether a cell must be hidden for what it is itself.
 */
bool
IsPrimary(const Task *task, int cell)
{
	for (int i = 0; i < task->n_kept; i++)
	{
		if (task->kept[i].is_primary[cell])
			return true;
	}
	return false;
}

/* ---- the table ---- */

/* What the mark says that a hidden number is at least: not 0 where zeros are shown, if it is no part that may be 0 */
static int64
LowestByRule(const Task *task, int quantity, int cell)
{
	return !task->is_free[cell] && KindOf(task, quantity) == MEASURE_COUNT && FactsOf(task)->quantities[quantity].of == NONE &&
		!DescriptionOf(task)->zeros_are_hidden ? 1 : 0;
}

/*
 * LowestOfKept
 *		What the mark says of a number that is kept; of a part and of what it leaves, that not both are 0.
 */
int64
LowestOfKept(const Task *task, const Kept *kept, int cell)
{
	int			of = FactsOf(task)->quantities[kept->quantity].of;

	/* of several counts of a cell, all are hidden, those that are 0, too */
	if (!IsLikePart(FactsOf(task), kept->quantity))
		return Min(LowestByRule(task, kept->quantity, cell), kept->values[cell]);
	return kept->values[cell] > 0 && kept->values[cell] == TrueSteps(task->publication->truth, of, cell) ? LowestByRule(task, of, cell) : 0;
}

/* The same of each cell; NULL if it says nothing of any */
static int64 *
LowerByRule(const Task *task, const Kept *kept)
{
	int64	   *lower = palloc_extended(sizeof(int64) * Max(task->table.n_cells, 1), MCXT_ALLOC_HUGE);
	bool		is_any = false;

	for (int cell = 0; cell < task->table.n_cells; cell++)
	{
		lower[cell] = LowestOfKept(task, kept, cell);
		is_any |= lower[cell] > 0;
	}
	return is_any ? lower : NULL;
}

/* A measure of the table; by what the mark says, if lower is not NULL */
static ProtectedMeasure
MeasureOfKept(const Task *task, const Kept *kept, const int64 *lower)
{
	double		width = ceil(WidthInSteps(FactsOf(task), &FactsOf(task)->quantities[kept->quantity]));

	return (ProtectedMeasure) {
		.values = kept->values, .lower = lower, .is_primary = kept->is_primary, .is_alone = kept->is_alone,
			.width = Min(width, LARGEST_ASKED)
	};
}

/*
 * Where it is not asked to be wide by what the mark says, it must still not be exact by that, and a
 * person who knows of one cell what she is reads the mark as well: that is another measure of the
 * same numbers.
 */
static void
DescribeKept(Task *task, const Strength *strength)
{
	bool		has_own = !strength->is_wide_by_rule && strength->persons == PERSONS;
	ProtectedMeasure *measures = palloc0(sizeof(ProtectedMeasure) * Max(2 * task->n_kept, 1));

	for (int i = 0; i < task->n_kept; i++)
	{
		const Kept *kept = &task->kept[i];
		const int64 *lower = strength->is_wide_by_rule || has_own ? LowerByRule(task, kept) : NULL;
		bool		is_sum = KindOf(task, kept->quantity) == MEASURE_SUM;

		measures[i] = MeasureOfKept(task, kept, has_own ? NULL : lower);
		measures[i].residual = is_sum ? 0 : strength->residual;
		measures[i].complement = is_sum ? 0 : DescriptionOf(task)->minimum;
		if (!has_own)
			continue;
		measures[i].is_alone = NULL;
		measures[task->n_kept + i] = MeasureOfKept(task, kept, lower);
		measures[task->n_kept + i].width = 1;
	}
	task->table.n_measures = has_own ? 2 * task->n_kept : task->n_kept;
	task->table.measures = measures;
}

/*
 * KeptOfMeasure
 *		Which number a measure of the table is.
 */
const Kept *
KeptOfMeasure(const Task *task, int measure)
{
	return &task->kept[measure % task->n_kept];
}

/* The lines of which each cell is a part */
static void
IndexLines(Task *task)
{
	const Lines *lines = FactsOf(task)->lines;
	int			n = task->table.n_cells;
	int		   *end = palloc_extended(sizeof(int) * (n + 1), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	for (int i = 0; i < lines->n_parts; i++)
		end[lines->parts[i] + 1]++;
	for (int i = 0; i < n; i++)
		end[i + 1] += end[i];
	task->first_line = palloc_extended(sizeof(int) * (n + 1), MCXT_ALLOC_HUGE);
	memcpy(task->first_line, end, sizeof(int) * (n + 1));
	task->lines = palloc_extended(sizeof(int) * Max(lines->n_parts, 1), MCXT_ALLOC_HUGE);
	for (int i = 0; i < lines->n; i++)
	{
		for (int j = 0; j < lines->lines[i].n_parts; j++)
			task->lines[end[lines->parts[lines->lines[i].first + j]]++] = i;
	}
}

/*
 * IsSettled
 *		Whether a total is shown of which everybody or nobody has an outcome: it says so of each part, and nothing helps.
 */
bool
IsSettled(const Task *task, int quantity, int cell)
{
	const Facts *facts = FactsOf(task);
	const Truth *truth = task->publication->truth;
	int			of = facts->quantities[quantity].of;
	int64		x = TrueSteps(truth, quantity, cell);

	if (!IsLikePart(facts, quantity) || (x != 0 && x != TrueSteps(truth, of, cell)))
		return false;
	for (int i = task->first_line[cell]; i < task->first_line[cell + 1]; i++)
	{
		int			total = facts->lines->lines[task->lines[i]].total;
		int64		of_total = TrueSteps(truth, quantity, total);

		if (of_total != (x == 0 ? 0 : TrueSteps(truth, of, total)))
			continue;
		if (!task->publication->is_hidden[total] || IsSettled(task, quantity, total))
			return true;
	}
	return false;
}

static void
DescribeLines(Task *task)
{
	const Lines *lines = FactsOf(task)->lines;
	ProtectedLine *described = palloc_extended(sizeof(ProtectedLine) * Max(lines->n, 1), MCXT_ALLOC_HUGE);

	for (int i = 0; i < lines->n; i++)
		described[i] = (ProtectedLine) {
		lines->lines[i].total, lines->parts + lines->lines[i].first, lines->lines[i].n_parts
	};
	task->table.n_lines = lines->n;
	task->table.lines = described;
}

/*
 * MayHide
 *		Whether a cell can be hidden: not for long where anybody knows that it is no 0 that is hidden.
 */
bool
MayHide(const Task *task, int cell)
{
	const Facts *facts = FactsOf(task);

	if (isinf(task->cost[cell]))
		return false;
	for (int i = 0; i < facts->n_quantities; i++)
	{
		if (IsTrueKnown(task->publication->truth, i) &&
			TrueSteps(task->publication->truth, i, cell) < LowestByRule(task, i, cell))
			return false;
	}
	return true;
}

/* What is not printed can be hidden at will; but what need not be is taken to be known, to be on the safe side. */
static void
FindFree(Task *task)
{
	const Cells *cells = FactsOf(task)->cells;

	task->is_free = palloc_extended(Max(cells->n_cells, 1), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int i = 0; i < cells->n_cells; i++)
		task->is_free[i] = cells->kinds[i] <= CELL_ABSENT && !IsPrinted(task->publication, i);
}

/* What it costs to hide each cell: readers miss totals most */
static void
SetCosts(Task *task)
{
	const Lines *lines = FactsOf(task)->lines;

	for (int i = 0; i < task->table.n_cells; i++)
		task->cost[i] = task->is_free[i] ? COST_OF_ONE_NOT_PRINTED : COST_OF_A_CELL;
	for (int i = 0; i < lines->n; i++)
	{
		if (!task->is_free[lines->lines[i].total])
			task->cost[lines->lines[i].total] += COST_OF_A_TOTAL;
	}
	for (int i = 0; i < task->table.n_cells; i++)
	{
		if (!MayHide(task, i))
			task->cost[i] = HUGE_VAL;
	}
}

/* With ranges a table is seen not to give anything away at length, so that is not to be done again and again. */
static void
StartSeen(Task *task)
{
	const Facts *facts = FactsOf(task);

	task->is_seen = palloc(sizeof(bool *) * 2 * facts->n_quantities);
	for (int i = 0; i < 2 * facts->n_quantities; i++)
		task->is_seen[i] = palloc_extended(facts->cells->n_cells, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

/*
 * StartTask
 *		All that must be hidden by itself, and what is asked of the rest.
 */
Task *
StartTask(const Publication *publication, const Strength *strength)
{
	Task	   *task = palloc0(sizeof(Task));
	int			n = publication->truth->facts->cells->n_cells;
	int64	   *keys = palloc_extended(sizeof(int64) * n, MCXT_ALLOC_HUGE);

	task->publication = publication;
	task->is_wide_by_rule = strength->is_wide_by_rule;
	task->must_hide = palloc_extended(n, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	task->cost = palloc_extended(sizeof(double) * n, MCXT_ALLOC_HUGE);
	for (int i = 0; i < n; i++)
		keys[i] = i;
	FindFree(task);
	if (publication->ranges != NO_RANGES)
		StartSeen(task);
	KeepAll(task);
	HideCells(task);
	task->table = (ProtectedTable) {
		.n_cells = n, .keys = keys, .is_hidden = task->must_hide, .cost = task->cost, .is_free = task->is_free, .persons = strength->persons, .is_all_or_nothing = true
	};
	DescribeKept(task, strength);
	DescribeLines(task);
	IndexLines(task);
	SetCosts(task);
	return task;
}

/*
 * KeepToEarlier
 *		What was published before, if anything was: shown again if it can be, and hidden again. Numbers that are out cannot be hidden.
 */
void
KeepToEarlier(Task *task, const Earlier *earlier)
{
	for (int cell = 0; earlier != NULL && cell < task->table.n_cells; cell++)
	{
		if (earlier->was_shown[cell])
			task->cost[cell] = earlier->is_out ? HUGE_VAL : TIMES_IF_IT_WAS_SHOWN * task->cost[cell];
		if (earlier->was_shown[cell] && earlier->is_out)
		{
			task->must_hide[cell] = false;
			for (int i = 0; i < task->n_kept; i++)
				task->kept[i].is_primary[cell] = false;
		}
		if (earlier->was_hidden[cell] && MayHide(task, cell))
			task->must_hide[cell] = true;
	}
}
