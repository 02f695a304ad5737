/*
 * measure_kind.h
 *		What a roll-up can keep of the rows of a group.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_MEASURE_KIND_H
#define GAPSTATS_MEASURE_KIND_H

#include "decomposition/cross_products.h"
#include "fmgr.h"

/* The most columns that a measure can be of: an outcome, a group, and as many covariates as there may be */
#define MAX_MEASURE_COLUMNS (2 + MAX_COVARIATES)

/* What one side, added or removed, has of a group: a count, or a state; 0 is nothing yet */
typedef Datum SideState;

/* What is written of the two sides; of some kinds one value says all */
typedef struct SideValues
{
	NullableDatum added;
	NullableDatum removed;
} SideValues;

/*
 * A kind is the aggregate of a name over so many arguments; what its columns are is told by
 * rollup_kinds().
 */
typedef struct MeasureKind
{
	const char *name;
	int			n_arguments;
	bool		takes_nulls;	/* or a row with one does not count */
	bool		is_count;		/* its state is a number, not a varlena that may have moved */
	SideState	(*count_row) (SideState state, const NullableDatum *arguments);
	struct varlena *(*value) (SideState state); /* of a state that is not 0 */
	bool		(*write) (const struct MeasureKind *kind, SideState added, SideState removed, SideValues *values); /* false if both are the same */
} MeasureKind;

extern const MeasureKind *FindMeasureKind(const char *name, int n_arguments);

#endif							/* GAPSTATS_MEASURE_KIND_H */
