/*
 * publication.c
 *		Printing a table of which some cells are hidden.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "suppression/protect.h"
#include "suppression/publication.h"
#include "utils/memutils.h"

static bool
IsRate(const Measure *measure)
{
	return measure->kind == MEASURE_PERCENT || measure->kind == MEASURE_RATE;
}

/* Whether a quantity is one that another is taken of */
static bool
IsWhole(const Facts *facts, int quantity)
{
	for (int i = 0; i < facts->n_quantities; i++)
	{
		if (facts->quantities[i].of == quantity)
			return true;
	}
	return false;
}

/*
 * IsPrinted
 *		Whether a cell is one of those that are printed, be it as hidden.
 */
bool
IsPrinted(const Publication *publication, int cell)
{
	const Cells *cells = publication->truth->facts->cells;

	return cells->kinds[cell] <= CELL_ABSENT && pg_popcount32(PatternOf(cells, cell)) <= publication->most_dimensions;
}

/*
 * PrintedCells
 *		The cells that are printed, in their order: those with a row, and those that are to have one.
 */
int32 *
PrintedCells(const Publication *publication, int *n)
{
	const Cells *cells = publication->truth->facts->cells;
	int32	   *printed = palloc_extended(sizeof(int32) * cells->n_cells, MCXT_ALLOC_HUGE);

	*n = 0;
	for (int cell = 0; cell < cells->n_cells; cell++)
	{
		if (IsPrinted(publication, cell))
			printed[(*n)++] = cell;
	}
	qsort_arg(printed, *n, sizeof(int32), CompareCells, unconstify(Cells *, cells));
	return printed;
}

/*
 * IsInRanges
 *		Whether a quantity is the numerator of rates that are printed as ranges: it is not printed itself.
 */
bool
IsInRanges(const Publication *publication, int quantity)
{
	const Facts *facts = publication->truth->facts;
	const Description *description = facts->cells->description;

	for (int i = 0; publication->ranges != NO_RANGES && i < description->n_measures; i++)
	{
		if (IsRate(&description->measures[i]) && facts->quantity_of[i] == quantity)
			return true;
	}
	return false;
}

/*
 * IsInWideRanges
 *		Whether no numerator of few may be known too well: those ranges are made for it, while a standard's are as they are.
 */
bool
IsInWideRanges(const Publication *publication, int quantity)
{
	return publication->ranges >= ROUNDED_RANGES && IsInRanges(publication, quantity);
}

/* ---- the columns ---- */

static void
AddColumn(Publication *publication, int measure, int field, const char *name)
{
	publication->columns[publication->n_columns++] = (PrintedColumn) {measure, field, name};
}

/* What tells the rate that is to be seen as a range only */
static void
RefuseComparison(const Measure *measure)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("measure \"%s\" compares rates that are printed as ranges", measure->name),
			 errhint("Leave it out, or print rates as they are: ranges => 'none'.")));
}

/* How wide ranges are depends on the number that the rates are of, and would tell it if that is not printed */
static void
RefuseHiddenN(const Description *description, const Measure *measure)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("measure \"%s\" is of \"%s\", of which only ranges are printed", measure->name, description->measures[measure->of].name),
			 errhint("Leave the rates of \"%s\" out, so that it is printed itself.", description->measures[measure->of].name)));
}

/* Rounded rates are as wide as asked; the ends are of few. A standard's range of a small group can be of one number only, and is no secret then: it is joined with the next. */
static Reporting
ReportingOf(const Description *description, Ranges ranges)
{
	double		width = Min(Max(ceil(description->width), 1), LARGEST_ASKED);

	return (Reporting) {
		.standard = ranges == NO_RANGES ? REPORT_NCES : (ReportingStandard) (ranges - 1),
			.least_counts = ranges == ROUNDED_RANGES ? (int64) width + 1 : description->minimum,
			.minimum = description->minimum
	};
}

/*
 * StartPublication
 *		The columns that will be printed; nothing is hidden yet.
 */
Publication *
StartPublication(const Truth *truth, const char *mark, Ranges ranges, bool shows_all_same, int most_dimensions)
{
	const Description *description = truth->facts->cells->description;
	Publication *publication = palloc0(sizeof(Publication));

	publication->truth = truth;
	publication->mark = mark;
	publication->ranges = ranges;
	publication->reporting = ReportingOf(description, ranges);
	publication->shows_all_same = shows_all_same;
	publication->most_dimensions = most_dimensions;
	publication->is_hidden = palloc_extended(truth->facts->cells->n_cells, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	publication->columns = palloc(sizeof(PrintedColumn) * 2 * description->n_measures);
	for (int i = 0; i < description->n_measures; i++)
	{
		Measure    *measure = &description->measures[i];
		bool		is_in_ranges = IsInRanges(publication, truth->facts->quantity_of[i]);

		if (is_in_ranges)
			measure->decimals = measure->kind == MEASURE_RATE ? 2 : 0;	/* of those that are no ranges */
		if (is_in_ranges && measure->kind >= MEASURE_GAP)
			RefuseComparison(measure);
		if (is_in_ranges && IsRate(measure) && IsInRanges(publication, QuantityOfN(truth->facts, measure)))
			RefuseHiddenN(description, measure);
		if (is_in_ranges && !IsRate(measure))
			continue;
		AddColumn(publication, i, measure->field,
				  measure->kind == MEASURE_INTERVAL ? description->fields[measure->field] : measure->name);
		if (measure->kind == MEASURE_INTERVAL)
			AddColumn(publication, i, measure->upper_field, description->fields[measure->upper_field]);
	}
	return publication;
}

/* ---- one number ---- */

/* number / divisor, rounded half up */
static int128
Rounded(int128 number, int128 divisor)
{
	int128		twice = 2 * number + divisor;
	int128		rounded = twice / (2 * divisor);

	return twice % (2 * divisor) < 0 ? rounded - 1 : rounded;
}

/* x and n of a rate that is a part of its n */
static Proportion
RateOf(const Publication *publication, int quantity, int cell)
{
	const Truth *truth = publication->truth;

	return (Proportion) {
		TrueSteps(truth, quantity, cell), TrueSteps(truth, truth->facts->quantities[quantity].of, cell)
	};
}

/*
 * IsAllSame
 *		Whether nobody or everybody has an outcome, and the number, which would tell it of each of them, is not to be printed.
 */
bool
IsAllSame(const Publication *publication, int quantity, int cell)
{
	const Facts *facts = publication->truth->facts;
	Proportion	p;

	if (publication->shows_all_same || !IsTrueKnown(publication->truth, quantity) || !IsLikePart(facts, quantity) || IsWhole(facts, quantity) ||
		MeasureOf(facts, quantity)->kind == MEASURE_SUM || facts->cells->kinds[cell] != CELL_LISTED)
		return false;
	p = RateOf(publication, quantity, cell);
	return p.n > 0 && (p.x == 0 || p.x == p.n);
}

/*
 * LacksRange
 *		Whether the group is too small for a range.
 */
bool
LacksRange(const Publication *publication, int quantity, int cell)
{
	return ReportingRange(&publication->reporting, RateOf(publication, quantity, cell)) == NULL;
}

/* A count or sum */
static char *
PrintCounted(const Publication *publication, int quantity, int cell)
{
	const Quantity *q = &publication->truth->facts->quantities[quantity];
	int64		steps = TrueSteps(publication->truth, quantity, cell);
	Proportion	p;
	int64		end;

	if (!IsAllSame(publication, quantity, cell))
		return NumberText(steps * q->step, q->decimals);
	if (LacksRange(publication, quantity, cell))
		return NULL;
	p = RateOf(publication, quantity, cell);
	end = CountAtEnd(&publication->reporting, p);
	return psprintf("%s-%s", NumberText((p.x == 0 ? 0 : end) * q->step, q->decimals),
					NumberText((p.x == 0 ? end : p.n) * q->step, q->decimals));
}

/* A percent, rate or mean of what is known */
static char *
PrintRatio(const Publication *publication, const Measure *measure, int quantity, int of, int cell)
{
	const Facts *facts = publication->truth->facts;
	const Quantity *x = &facts->quantities[quantity];
	const Quantity *n = &facts->quantities[of];
	int128		numerator = TrueSteps(publication->truth, quantity, cell) * (int128) x->step * PowerOf10(n->decimals);
	int128		denominator = TrueSteps(publication->truth, of, cell) * (int128) n->step * PowerOf10(x->decimals);

	numerator *= UnitOf(facts->cells->description, measure) * PowerOf10(measure->decimals);
	return NumberText(Rounded(numerator, denominator), measure->decimals);
}

/* A range of percents, as one of a measure: of a rate it is 0.21-0.29 */
static char *
RangeIn(const Measure *measure, char *percents)
{
	Said		said = {0};
	int64		percent;
	int32		decimals;

	if (percents == NULL || measure->kind == MEASURE_PERCENT)
		return percents;
	if (ParseNumber(percents, &percent, &decimals) == PARSED)
		return NumberText(percent, 2);
	ParseRange(percents, &said);
	if (!said.has_upper)
		return psprintf(">=%s", NumberText(said.lower, 2));
	if (!said.has_lower)
		return psprintf(said.upper_is_strict ? "<%s" : "<=%s", NumberText(said.upper, 2));
	return psprintf("%s-%s", NumberText(said.lower, 2), NumberText(said.upper, 2));
}

/* A percent or rate */
static char *
PrintRate(const Publication *publication, const Measure *measure, int quantity, int of, int cell)
{
	Proportion	p = {TrueSteps(publication->truth, quantity, cell), TrueSteps(publication->truth, of, cell)};

	if (IsInRanges(publication, quantity) || (!publication->shows_all_same && (p.x == 0 || p.x == p.n)))
		return RangeIn(measure, ReportingRange(&publication->reporting, p));
	return PrintRatio(publication, measure, quantity, of, cell);
}

/* A number as it was given, rounded */
static char *
PrintGiven(const Publication *publication, const Measure *measure, int field, int cell)
{
	Number		number = GivenNumber(publication->truth, field, cell);

	if (number.decimals < measure->decimals)
		return NumberText(number.value * PowerOf10(measure->decimals - number.decimals), measure->decimals);
	return NumberText(Rounded(number.value, PowerOf10(number.decimals - measure->decimals)), measure->decimals);
}

/* Whether a group is hidden, or not there, or is too small for what is derived from it */
static bool
HidesGroup(const Publication *publication, const Measure *measure, int group)
{
	const Truth *truth = publication->truth;
	int64		least = Max(measure->least_n, truth->facts->cells->description->minimum);

	if (group < 0 || publication->is_hidden[group])
		return true;
	return measure->kind == MEASURE_DERIVED && TrueSteps(truth, QuantityOfStudents(truth->facts, measure), group) < least;
}

/* Whether one of the groups that a number compares, or is derived from, is */
static bool
HidesGroups(const Publication *publication, const Measure *measure, int cell)
{
	Cells	   *cells = publication->truth->facts->cells;
	const Dimension *dimension;
	int			members[2];

	if (measure->between == NONE)
		return HidesGroup(publication, measure, cell);
	dimension = &cells->description->dimensions[measure->between];
	members[0] = measure->focal == NULL ? MembersOf(cells, cell)[measure->between] : FindMember(dimension, measure->focal);
	members[1] = FindMember(dimension, measure->reference);
	for (int i = 0; i < (int) lengthof(members); i++)
	{
		int32		group[MAX_DIMENSIONS];

		memcpy(group, MembersOf(cells, cell), sizeof(int32) * cells->description->n_dimensions);
		group[measure->between] = members[i];
		if (HidesGroup(publication, measure, members[i] < 0 ? -1 : FindCell(cells, group)))
			return true;
	}
	return false;
}

/*
 * PrintedNumber
 *		What is printed in a column of a cell; NULL where there is no such number, such as a percent of nobody.
 */
char *
PrintedNumber(const Publication *publication, const PrintedColumn *column, int cell)
{
	const Truth *truth = publication->truth;
	const Facts *facts = truth->facts;
	const Measure *measure = &facts->cells->description->measures[column->measure];
	int			quantity = facts->quantity_of[column->measure];
	int			of = measure->of == NONE || measure->kind == MEASURE_DERIVED ? NONE : QuantityOfN(facts, measure);
	char	   *printed = NULL;

	if (publication->is_hidden[cell] || (measure->kind >= MEASURE_GAP && HidesGroups(publication, measure, cell)))
		return pstrdup(publication->mark);
	if (measure->kind == MEASURE_COUNT || measure->kind == MEASURE_SUM)
		printed = PrintCounted(publication, quantity, cell);
	else if (measure->kind >= MEASURE_GAP || !IsTrueKnown(truth, quantity))
		return GivenNumber(truth, column->field, cell).said != SHOWN ? NULL : PrintGiven(publication, measure, column->field, cell);
	else if (TrueSteps(truth, of, cell) == 0)
		return NULL;
	else if (IsRate(measure))
		printed = PrintRate(publication, measure, quantity, of, cell);
	else
		return PrintRatio(publication, measure, quantity, of, cell);
	return printed != NULL ? printed : pstrdup(publication->mark);
}

/* ---- the table as others will read it ---- */

/* A number as it is read from what is printed */
static Number
ReadPrinted(Description *description, const char *printed)
{
	Number		number = {0, 0, SAID_NULL};

	if (printed == NULL)
		return number;
	if (ParseNumber(printed, &number.value, &number.decimals) == PARSED)
		number.said = SHOWN;
	else
		number.said = WhatIsSaid(description, printed);
	return number;
}

/* What is not printed anywhere has no mark, by which it would be no 0. */
static void
HideUnprinted(const Publication *publication)
{
	Cells	   *cells = publication->truth->facts->cells;
	Description *description = cells->description;
	int			nothing = WhatIsSaid(description, "not printed");

	description->said[nothing] = (Said) {
		.text = description->said[nothing].text, .rule = MARK_BETWEEN, .has_lower = true
	};
	for (int i = 0; i < description->n_measures; i++)
	{
		bool		is_in_ranges = IsInRanges(publication, publication->truth->facts->quantity_of[i]);

		if (description->measures[i].kind != MEASURE_COUNT)
			continue;
		for (int cell = 0; cell < cells->n_listed; cell++)
		{
			if (is_in_ranges || !IsPrinted(publication, cell))
				cells->numbers[(Size) cell * description->n_fields + description->measures[i].field].said = nothing;
		}
	}
}

/*
 * Publish
 *		Put into the cells what will be printed of them, in the place of their numbers. What is not
 *		printed and need not be hidden is taken to be known.
 */
void
Publish(const Publication *publication)
{
	Cells	   *cells = publication->truth->facts->cells;
	Description *description = cells->description;
	Size		n = (Size) cells->n_listed * description->n_fields;
	MemoryContext per_cell = AllocSetContextCreate(CurrentMemoryContext, "cell that is printed", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old;

	memset(cells->numbers, 0, n * sizeof(Number));	/* SAID_NULL */
	HideUnprinted(publication);
	for (int cell = 0; cell < cells->n_listed; cell++)
	{
		CHECK_FOR_INTERRUPTS();
		if (publication->is_hidden[cell] && !IsPrinted(publication, cell))
			continue;
		for (int i = 0; i < publication->n_columns; i++)
		{
			const PrintedColumn *column = &publication->columns[i];
			char	   *printed;

			old = MemoryContextSwitchTo(per_cell);
			printed = PrintedNumber(publication, column, cell);
			MemoryContextSwitchTo(old);
			cells->numbers[(Size) cell * description->n_fields + column->field] = ReadPrinted(description, printed);
		}
		MemoryContextReset(per_cell);
	}
	MemoryContextDelete(per_cell);
}
