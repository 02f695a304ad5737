/*
 * cells.h
 *		Outcomes by cell: of treated students and others, before and after.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_CELLS_H
#define GAPSTATS_CELLS_H

#include "base/confidence.h"
#include "base/state.h"
#include "distribution/moments.h"

/* What 1.0 wrote; every later version reads it */
#define OUTCOME_CELLS_VERSION 1

/* The cells of one group of students */
enum
{
	CELL_PRE_CONTROL, CELL_PRE_TREATED, CELL_POST_CONTROL, CELL_POST_TREATED, N_CELLS
};

/* What follows them: each student's own change, or the cells of the focal group behind those of the reference group */
enum
{
	CELL_CHANGE_CONTROL = N_CELLS, CELL_CHANGE_TREATED, N_CELLS_PAIRED
};

#define N_CELLS_TWO_GROUPS	(2 * N_CELLS)

typedef struct OutcomeCell
{
	int64		n;				/* outcomes */
	int64		missing;		/* rows without one */
	ExactMoments moments;
} OutcomeCell;

/* The cells are behind the header, as many as the aggregate has */
typedef struct OutcomeCells
{
	int32		vl_len_;		/* varlena header (do not touch directly!) */
	uint8		version;
	uint8		flags;
	uint8		n_cells;
	uint8		unused;			/* reserved for future use, always zero */
	double		confidence;		/* that the rows ask for, 0 if they do not */
	int64		missing_group;	/* rows of which it is not known in which cell they are */
	OutcomeCell cells[FLEXIBLE_ARRAY_MEMBER];
} OutcomeCells;

extern const OutcomeCells *FinalCells(FunctionCallInfo fcinfo, int n_cells);

/* The confidence that its aggregate is to have */
static inline double
CellsConfidence(const OutcomeCells *cells)
{
	return cells->confidence == 0 ? DEFAULT_CONFIDENCE : cells->confidence;
}

#endif							/* GAPSTATS_CELLS_H */
