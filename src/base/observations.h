/*
 * observations.h
 *		Rows of numbers that an aggregate keeps until its end.
 *
 * The state is a double precision[]: the options that all rows give, if there are any, how
 * many elements the array of a row has, if there is one, then the measures of one row after
 * those of the other. It is a plain type, so that parallel workers can hand it over.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_OBSERVATIONS_H
#define GAPSTATS_OBSERVATIONS_H

#include "fmgr.h"

#define MAX_OPTIONS 6
#define MAX_MEASURES 12

/*
 * An aggregate of this kind: its name, and its options and measures, both ended by NULL.
 * The first of the measures may be an array of up to so many elements, as many in all rows, each
 * of them a measure.
 */
typedef struct ObservationKind
{
	const char *aggregate;
	const char *options[MAX_OPTIONS + 1];
	const char *measures[MAX_MEASURES];
	const char *const *names[MAX_OPTIONS];	/* of an option that is the place of one of these, ended by NULL */
	int			max_elements;	/* 0 if the first measure is a number */
} ObservationKind;

typedef struct Observations
{
	int			n;				/* rows */
	int			width;			/* measures of each */
	double	   *values;			/* sorted by all measures, first to last */
	double		option;			/* the first one, if there is any */
	const double *options;		/* all of them, or NULL if there was no row */
} Observations;

extern Datum ObservationsAccumulate(FunctionCallInfo fcinfo, const ObservationKind *kind,
									double option);
extern Datum ObservationsAdd(FunctionCallInfo fcinfo, const ObservationKind *kind,
							 double option, const double *values);
extern Datum ObservationsAddWith(FunctionCallInfo fcinfo, const ObservationKind *kind,
								 const double *options, const double *values);
extern Datum ObservationsAddArray(FunctionCallInfo fcinfo, const ObservationKind *kind,
								  double option, const double *values, int n_elements);
extern Datum ObservationsCombine(FunctionCallInfo fcinfo, const ObservationKind *kind);
extern Observations ObservationsArgument(FunctionCallInfo fcinfo, int argno,
										 const ObservationKind *kind);

#endif							/* GAPSTATS_OBSERVATIONS_H */
