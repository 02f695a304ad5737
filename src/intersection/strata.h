/*
 * strata.h
 *		Students by all dimensions at once: how many are in each stratum, and how they do.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_STRATA_H
#define GAPSTATS_STRATA_H

#include "base/scaled.h"
#include "fmgr.h"

/* A level of a dimension */
typedef struct Level
{
	const char *name;
	int64		n;				/* students */
} Level;

/* Its levels are in order of their bytes, so that they depend on no collation */
typedef struct Dimension
{
	int			n_levels;
	Level	   *levels;
} Dimension;

/* Students who have the same level of each dimension; all that is not exact is in units */
typedef struct Stratum
{
	int		   *levels;			/* of each dimension, by number */
	double		n;
	Scaled		mean;
	double		distance;		/* of the mean from the center */
	double		squares;		/* of the students' distances from the mean, added up */
} Stratum;

typedef struct Strata
{
	int			n;
	Stratum    *strata;			/* in order of their levels */
	int			n_dimensions;
	Dimension  *dimensions;
	int64		n_students;
	int64		n_missing_group;	/* students without a level of some dimension */
	int64		n_left_out;		/* rows without students, or with a NULL */
	Scaled		center;			/* mean of the largest stratum */
	int			unit;			/* power of two in which distances are in range */
	bool		varies;			/* does some student differ from others of the stratum? */
	double		squares;		/* of all strata; may be 0 all the same */
} Strata;

extern Strata ReadStrata(FunctionCallInfo fcinfo, int argno);

#endif							/* GAPSTATS_STRATA_H */
