/*
 * observations.h
 *		Rows of numbers that an aggregate keeps until its end.
 *
 * The state is a double precision[] with the columns of one row after those of
 * the other: a plain type, so that parallel workers can hand it over.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_OBSERVATIONS_H
#define GAPSTATS_OBSERVATIONS_H

#include "fmgr.h"

typedef struct Observations
{
	int			n;				/* rows */
	int			width;			/* columns of each */
	double	   *values;			/* sorted by all columns, first to last */
} Observations;

extern Datum ObservationsAccumulate(FunctionCallInfo fcinfo, const char *const *measures,
									double option);
extern Observations ObservationsArgument(FunctionCallInfo fcinfo, int argno, int width);
extern double ObservationsOption(const Observations *rows, int column, const char *name,
								 double absent);

#endif							/* GAPSTATS_OBSERVATIONS_H */
