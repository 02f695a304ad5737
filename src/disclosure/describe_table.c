/*
 * describe_table.c
 *		The arguments by which a table is described, alike wherever one is.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "disclosure/describe_table.h"

static Jsonb *
JsonbArgument(FunctionCallInfo fcinfo, int argno, const char *name)
{
	ArgumentNotNull(fcinfo, argno, name);
	return PG_GETARG_JSONB_P(argno);
}

/*
 * DescribeTable
 *		All that the caller says of the table. It may be of one of several moments, of a dimension that it has not.
 */
Description *
DescribeTable(FunctionCallInfo fcinfo, const char *moment)
{
	static const char *const zeros[] = {"show", "hide", NULL};
	static const char *const absent[] = {"zero", "hidden", NULL};
	Description *description = palloc0(sizeof(Description));
	int			n;
	char	  **names;

	description->moment = moment;
	ArgumentNotNull(fcinfo, ARG_CELLS, "cells");
	names = ArgumentTexts(fcinfo, ARG_DIMENSIONS, "dimensions", &n);
	DescribeDimensions(description, names, n);
	DescribeTotals(description, JsonbArgument(fcinfo, ARG_TOTALS, "totals"));
	DescribeHierarchies(description, JsonbArgument(fcinfo, ARG_HIERARCHIES, "hierarchies"));
	names = ArgumentTexts(fcinfo, ARG_INCOMPLETE, "incomplete", &n);
	DescribeIncomplete(description, names, n);
	DescribeMeasures(description, JsonbArgument(fcinfo, ARG_MEASURES, "measures"));
	DescribeMarks(description, JsonbArgument(fcinfo, ARG_MARKS, "marks"));
	description->minimum = ArgumentPositive(fcinfo, ARG_MINIMUM, "minimum");
	description->width = PG_ARGISNULL(ARG_WIDTH) ? (description->minimum + 1) / 2 :
		CheckNonNegative(ArgumentDouble(fcinfo, ARG_WIDTH, "width"), "width");
	description->zeros_are_hidden = ArgumentOption(fcinfo, ARG_ZEROS, "zeros", zeros) == 1;
	description->absent_is_hidden = ArgumentOption(fcinfo, ARG_ABSENT, "absent", absent) == 1;
	return description;
}
