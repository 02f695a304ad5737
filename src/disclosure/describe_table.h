/*
 * describe_table.h
 *		The arguments by which a table is described, alike wherever one is.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_DESCRIBE_TABLE_H
#define GAPSTATS_DESCRIBE_TABLE_H

#include "disclosure/description.h"
#include "fmgr.h"

/* The first arguments of every function that takes a table */
enum
{
	ARG_CELLS, ARG_DIMENSIONS, ARG_MEASURES, ARG_TOTALS, ARG_HIERARCHIES, ARG_MARKS, ARG_MINIMUM, ARG_WIDTH,
	ARG_ZEROS, ARG_ABSENT, ARG_INCOMPLETE, N_DESCRIBING_ARGUMENTS
};

extern Description *DescribeTable(FunctionCallInfo fcinfo, const char *moment);

#endif							/* GAPSTATS_DESCRIBE_TABLE_H */
