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
			return -1;
	}
	return FindCell(cells, members);
}

/*
 * ReadEarlier
 *		Run the query of what was published, which a description of its own is for.
 */
Earlier *
ReadEarlier(Cells *cells, Description *description, const char *query)
{
	Earlier    *result = palloc(sizeof(Earlier));
	Cells	   *earlier;

	DescribeEarlier(description);
	earlier = ReadCells(description, "published", query);
	CheckFields(earlier);
	result->was_hidden = palloc_extended(cells->n_cells, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	result->was_shown = palloc_extended(cells->n_cells, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int cell = 0; cell < earlier->n_listed; cell++)
	{
		int			same = SameCellIn(cells, earlier, cell);

		CHECK_FOR_INTERRUPTS();
		if (same < 0)
			continue;
		if (WasHidden(earlier, cell))
			result->was_hidden[same] = true;
		else
			result->was_shown[same] = true;
	}
	return result;
}
