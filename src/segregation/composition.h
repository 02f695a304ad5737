/*
 * composition.h
 *		How many students of each group there are in each unit, such as a school.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_COMPOSITION_H
#define GAPSTATS_COMPOSITION_H

#include "base/state.h"
#include "fmgr.h"

/* What 1.0 wrote; every later version reads it */
#define COMPOSITION_VERSION 1

/*
 * Behind the header come the cells, sorted by the bytes of their names, and distinct. In the
 * state of an aggregate they stand in order of arrival, with the slots of a hash table before
 * them and room to spare behind.
 */
typedef struct Composition
{
	int32		vl_len_;		/* varlena header (do not touch directly!) */
	uint8		version;
	uint8		flags;
	uint8		unused[2];		/* reserved for future use, always zero */
	int64		n;				/* students in all cells */
	int64		n_missing_unit; /* students of rows without a unit */
	int64		n_missing_group;	/* students of rows with a unit and without a group */
	int64		n_left_out;		/* rows without a count */
	int32		n_cells;
	int32		n_slots;		/* zero but in a state */
	int64		cells_size;
} Composition;

/* A cell; behind its names zeros, up to a multiple of 8 bytes */
typedef struct CompositionCell
{
	int64		n;				/* positive */
	int32		unit_length;
	int32		group_length;
	char		names[FLEXIBLE_ARRAY_MEMBER];	/* of the unit, then of the group */
} CompositionCell;

static inline Size
CompositionCellSize(const CompositionCell *cell)
{
	return MAXALIGN(offsetof(CompositionCell, names) + cell->unit_length + cell->group_length);
}

/* The cell after another one */
static inline const CompositionCell *
CompositionNextCell(const CompositionCell *cell)
{
	return (const CompositionCell *) ((const char *) cell + CompositionCellSize(cell));
}

/* The first cell of a value, which has no slots */
static inline const CompositionCell *
CompositionFirstCell(const Composition *composition)
{
	return (const CompositionCell *) ((const char *) composition + sizeof(Composition));
}

/* The names of a cell, which nothing ends */
typedef struct CellNames
{
	const char *unit;
	int			unit_length;
	const char *group;
	int			group_length;
} CellNames;

/* A state, what counts students in it, and the value that it stands for */
extern Composition *NewComposition(void);
extern Composition *CountInCell(Composition *state, CellNames names, int64 n);
extern Composition *CountCompositionRow(Composition *state, const NullableDatum *arguments, bool has_count);
extern Composition *CompactComposition(const Composition *state);

/* Canonical and validated. It may be the stored value itself: read only. */
extern Composition *ArgumentComposition(FunctionCallInfo fcinfo, int argno);
extern Composition *CompositionFromDatum(Datum datum);

#endif							/* GAPSTATS_COMPOSITION_H */
