/*
 * earlier.c
 *		Reading which cells were hidden or shown when a table was published before.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "miscadmin.h"
#include "suppression/earlier.h"

/* Any column with numbers tells; none must be there */
static void
DescribeEarlier(Description *description)
{
	for (int i = 0; i < description->n_fields; i++)
		description->field_uses[i] = FIELD_IF_THERE;
}

static void
CheckFields(const Cells *earlier)
{
	const Description *description = earlier->description;

	for (int i = 0; i < description->n_measures; i++)
	{
		if (earlier->has_field[description->measures[i].field])
			return;
	}
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("published has no column of a measure"),
			 errhint("It is the table as it was published, with at least one of the columns of cells.")));
}

/* Whether a cell was hidden: a number of it was, for which not even a range was shown */
static bool
WasHidden(const Cells *earlier, int cell)
{
	const Description *description = earlier->description;

	for (int i = 0; i < description->n_measures; i++)
	{
		const Measure *measure = &description->measures[i];
		bool		is_group = measure->kind == MEASURE_COUNT && measure->of == NONE;
		Number		number;

		/* What compares groups is hidden with any of them */
		if (!earlier->has_field[measure->field] || measure->kind >= MEASURE_GAP)
			continue;
		number = NumberOf(earlier, measure->field, cell);
		if (number.said != SHOWN && (is_group || !description->said[number.said].is_range))
			return true;
	}
	return false;
}

/* ---- the same cells ---- */

static void
RefuseMember(const Cells *earlier, int cell, int dimension)
{
	const Dimension *earlier_dimension = &earlier->description->dimensions[dimension];

	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("published: cells has no %s \"%s\" (%s)", earlier_dimension->name,
					NameOfMember(earlier_dimension, MembersOf(earlier, cell)[dimension]), CellName(earlier, cell)),
			 errhint("Members are written as in cells; leave out rows of those that are not there any more.")));
}

/* The cell of the same members, by their names; -1 if there is none */
static int
SameCellIn(Cells *cells, const Cells *earlier, int cell)
{
	const Description *description = cells->description;
	int32		members[MAX_DIMENSIONS];

	for (int i = 0; i < description->n_dimensions; i++)
	{
		int			member = MembersOf(earlier, cell)[i];

		if (member == TOTAL)
			members[i] = TOTAL;
		else
			members[i] = FindMember(&description->dimensions[i], NameOfMember(&earlier->description->dimensions[i], member));
		if (members[i] < 0)
			RefuseMember(earlier, cell, i);
	}
	return FindCell(cells, members);
}

/* ---- numbers that are out ---- */

/* Whether a number is a fraction, rounded to its decimals in whichever way */
static bool
IsRounded(Number number, int128 numerator, int128 denominator)
{
	int128		off = number.value * denominator - numerator * PowerOf10(number.decimals);

	return 2 * off <= denominator && -2 * off <= denominator;
}

/* Whether a count or sum is the true one */
static bool
IsTrueCount(const Truth *truth, int quantity, int cell, Number number)
{
	const Quantity *q = &truth->facts->quantities[quantity];
	int128		steps = cell < 0 ? 0 : TrueSteps(truth, quantity, cell);

	return number.value * PowerOf10(q->decimals) == steps * q->step * PowerOf10(number.decimals);
}

/* Whether a percent, rate or mean is that of the true numbers behind it */
static bool
IsTrueRatio(const Truth *truth, const Measure *measure, int quantity, int cell, Number number)
{
	int			of = QuantityOfN(truth->facts, measure);
	const Quantity *x = &truth->facts->quantities[quantity];
	const Quantity *n = &truth->facts->quantities[of];
	int128		denominator = TrueSteps(truth, of, cell) * (int128) n->step * PowerOf10(x->decimals);

	return denominator > 0 &&
		IsRounded(number, TrueSteps(truth, quantity, cell) * (int128) x->step * PowerOf10(n->decimals) * UnitOf(truth->facts->cells->description, measure), denominator);
}

/* Whether a number that was published is that of the table; cell is -1 where it has none */
static bool
IsTrueNumber(const Truth *truth, int which, int cell, Number number)
{
	const Measure *measure = &truth->facts->cells->description->measures[which];
	int			quantity = truth->facts->quantity_of[which];
	Number		given;

	if (measure->kind == MEASURE_COUNT || measure->kind == MEASURE_SUM)
		return IsTrueCount(truth, quantity, cell, number);
	if (cell < 0)
		return false;
	if (measure->kind < MEASURE_GAP && IsTrueKnown(truth, quantity))
		return IsTrueRatio(truth, measure, quantity, cell, number);
	given = GivenNumber(truth, measure->truth_field != NONE ? measure->truth_field : measure->field, cell);
	return given.said == SHOWN && IsRounded(number, given.value, PowerOf10(given.decimals));
}

/* What is out and is not so would be published with other numbers a second time. */
static void
CheckNumbers(const Truth *truth, const Cells *earlier, int cell, int same)
{
	const Description *description = earlier->description;

	for (int i = 0; i < description->n_measures; i++)
	{
		const Measure *measure = &description->measures[i];
		Number		number;

		if (!earlier->has_field[measure->field])
			continue;
		number = NumberOf(earlier, measure->field, cell);
		if (number.said == SHOWN && !IsTrueNumber(truth, i, same, number))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("published: %s of %s is not that of cells", measure->name, CellName(earlier, cell)),
					 errdetail("It is %s.", NumberText(number.value, number.decimals)),
					 errdetail_log(DETAIL_IN_LOG),
					 errhint("What is out are numbers of cells (published_is => 'out'). Those of another moment are published_is => 'pattern'.")));
	}
}

/*
 * ReadEarlier
 *		Run the query of what was published, which a description of its own is for.
 */
Earlier *
ReadEarlier(const Truth *truth, Description *description, const char *query, bool is_out)
{
	Cells	   *cells = truth->facts->cells;
	Earlier    *result = palloc(sizeof(Earlier));
	Cells	   *earlier;

	DescribeEarlier(description);
	earlier = ReadCells(description, "published", query);
	CheckFields(earlier);
	result->is_out = is_out;
	result->was_hidden = palloc_extended(cells->n_cells, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	result->was_shown = palloc_extended(cells->n_cells, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int cell = 0; cell < earlier->n_listed; cell++)
	{
		int			same = SameCellIn(cells, earlier, cell);

		CHECK_FOR_INTERRUPTS();
		if (is_out)
			CheckNumbers(truth, earlier, cell, same);
		if (same < 0)
			continue;
		if (WasHidden(earlier, cell))
			result->was_hidden[same] = true;
		else
			result->was_shown[same] = true;
	}
	return result;
}
