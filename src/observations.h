/*
 * observations.h
 *		Rows of numbers that an aggregate keeps until its end.
 *
 * The state is a double precision[] with the columns of one row after those of
 * the other: a plain type, so that parallel workers can hand it over.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef OBSERVATIONS_H
#define OBSERVATIONS_H

#include "fmgr.h"

typedef struct Observations
{
	int			n;				/* rows */
	int			width;			/* columns of each */
	double	   *values;			/* sorted by all columns, first to last */
} Observations;

extern Datum ObservationsAppend(FunctionCallInfo fcinfo, const double *values, int n);
extern Observations ObservationsArgument(FunctionCallInfo fcinfo, int argno, int width);

#endif							/* OBSERVATIONS_H */
