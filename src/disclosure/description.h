/*
 * description.h
 *		What the caller says of a published table: its dimensions, its numbers, its marks.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_DESCRIPTION_H
#define GAPSTATS_DESCRIPTION_H

#include "disclosure/dimension.h"
#include "disclosure/number.h"
#include "utils/jsonb.h"

#define NONE (-1)

#define MAX_DIMENSIONS 16

typedef enum MeasureKind
{
	MEASURE_COUNT,
	MEASURE_SUM,
	MEASURE_PERCENT,
	MEASURE_RATE,
	MEASURE_MEAN,
	MEASURE_GAP,
	MEASURE_RATIO,
	MEASURE_ODDS_RATIO,
	MEASURE_INTERVAL,
	MEASURE_DERIVED				/* anything else that is computed from a group, or two: it says nothing that adds up */
} MeasureKind;

typedef enum IntervalMethod
{
	INTERVAL_WILSON,
	INTERVAL_T,
	INTERVAL_NEWCOMBE,			/* from here on of two rates: of their difference, */
	INTERVAL_KATZ,				/* of their ratio, */
	INTERVAL_WOOLF				/* of the ratio of their odds */
} IntervalMethod;

typedef struct Measure
{
	char	   *name;
	MeasureKind kind;
	int			field;			/* the column that it was published in; of an interval the lower bound */
	int			upper_field;
	int			sd_field;
	int			truth_field;
	int			of;				/* measure: the n of a number, or what a comparison, interval or derived number is of */
	int			numerator;		/* measure: the x of a percent or rate */
	int			decimals;		/* -1: those of the one that was printed with most */
	bool		decimals_vary;	/* each number has its own */
	bool		is_rounded_half_up;
	int64		step;			/* of the scale of a sum or mean, in units of 10^-step_decimals */
	int			step_decimals;
	bool		is_real;		/* the scale has no step */
	bool		has_lowest;		/* of the scale of a mean, in steps */
	bool		has_highest;
	int64		lowest;
	int64		highest;
	int			between;		/* dimension of the two groups of a comparison, interval or derived number; or NONE */
	char	   *focal;			/* NULL: the row's own */
	char	   *reference;
	int			over;			/* dimension of the releases that follow one another; or NONE */
	int			same_for;		/* dimension whose members all have the same number; or NONE */
	bool		is_leaving;		/* nobody joins from one to the next; else nobody leaves */
	IntervalMethod method;
	double		confidence;
	int64		least_n;		/* of the groups of a derived number: of fewer it is not printed; or 0 */
} Measure;

/* Whether a column with numbers is read */
typedef enum FieldUse
{
	FIELD_NEEDED,
	FIELD_IF_THERE,
	FIELD_NOT_READ				/* what it holds is computed */
} FieldUse;

typedef struct Description
{
	int			n_dimensions;
	Dimension  *dimensions;
	const char *moment;			/* a dimension of which the table has only one member, and no column; or NULL */
	int			n_measures;
	Measure    *measures;
	int			n_fields;		/* columns with numbers */
	char	  **fields;
	FieldUse   *field_uses;
	bool		is_unrounded;	/* numbers are as they were computed: digits that there is no room for are left out */
	Dictionary	texts;			/* that stand in the place of numbers */
	Said	   *said;			/* what each of them says */
	int			max_said;
	int64		minimum;
	double		width;			/* an interval narrower than that gives a number away */
	bool		zeros_are_hidden;
	bool		absent_is_hidden;	/* else a cell without a row is 0 */
} Description;

extern void DescribeDimensions(Description *description, char **names, int n);
extern void DescribeTotals(Description *description, Jsonb *totals);
extern void DescribeHierarchies(Description *description, Jsonb *hierarchies);
extern void DescribeIncomplete(Description *description, char **names, int n);
extern void DescribeMeasures(Description *description, Jsonb *measures);
extern void DescribeMarks(Description *description, Jsonb *marks);
extern int	WhatIsSaid(Description *description, const char *text);
extern int	BothSaid(Description *description, int a, int b);
extern int64 UnitOf(const Description *description, const Measure *measure);

#endif							/* GAPSTATS_DESCRIPTION_H */
