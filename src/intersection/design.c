/*
 * design.c
 *		Which coefficients a model of strata has, and which of them make up each stratum's mean.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "intersection/mixed_model.h"
#include "miscadmin.h"

/* More coefficients than these would keep a fit too long */
#define MAX_COLUMNS 300

/*
 * Rank is that among the whole numbers modulo this prime, 2^61 - 1. It is the same as among
 * fractions but for determinants that are multiples of the prime; those of 36 columns of
 * zeros and ones are all smaller (Hadamard).
 */
#define PRIME ((UINT64CONST(1) << 61) - 1)

static inline uint64
Times(uint64 a, uint64 b)
{
	return (uint64) (((uint128) a * b) % PRIME);
}

/* 1 / a, by Fermat's little theorem */
static uint64
Inverse(uint64 a)
{
	uint64		power = 1;

	for (uint64 exponent = PRIME - 2; exponent > 0; exponent >>= 1)
	{
		if (exponent & 1)
			power = Times(power, a);
		a = Times(a, a);
	}
	return power;
}

/* The row of a stratum, zeros and ones */
static void
SetRow(uint64 *row, const Design *design, int stratum)
{
	memset(row, 0, design->n_columns * sizeof(uint64));
	for (int i = 0; i < design->width; i++)
	{
		int			column = design->columns[stratum * design->width + i];

		if (column != COLUMN_NONE)
			row[column] = 1;
	}
}

/* Take from a row as much of a pivot as makes it 0 in its column, where the pivot begins, with 1 */
static void
Eliminate(uint64 *row, const uint64 *pivot, int column, int n)
{
	uint64		factor = PRIME - row[column];

	for (int i = column; i < n; i++)
		row[i] = (row[i] + Times(factor, pivot[i])) % PRIME;
}

/* A row as a pivot */
static uint64 *
MakePivot(const uint64 *row, int column, int n)
{
	uint64	   *pivot = palloc0(n * sizeof(uint64));
	uint64		inverse = Inverse(row[column]);

	for (int i = column; i < n; i++)
		pivot[i] = Times(row[i], inverse);
	return pivot;
}

/*
 * By column the pivot that begins there, of the echelon form of all strata; NULL where there is
 * none, and the column is determined by those before it
 */
static uint64 **
FindPivots(const Strata *strata, const Design *design)
{
	int			n = design->n_columns;
	uint64	  **pivots = palloc0(n * sizeof(uint64 *));
	uint64	   *row = palloc(n * sizeof(uint64));
	int			rank = 0;

	for (int i = 0; i < strata->n && rank < n; i++)
	{
		SetRow(row, design, i);
		for (int column = 0; column < n; column++)
		{
			CHECK_FOR_INTERRUPTS();
			if (row[column] == 0)
				continue;
			if (pivots[column] != NULL)
			{
				Eliminate(row, pivots[column], column, n);
				continue;
			}
			pivots[column] = MakePivot(row, column, n);
			rank++;
			break;
		}
	}
	pfree(row);
	return pivots;
}

/* Number the levels' columns anew, without those that are determined by others */
static void
DropColumns(const Strata *strata, Design *design)
{
	uint64	  **pivots = FindPivots(strata, design);
	int		   *number = palloc(design->n_columns * sizeof(int));
	int			n = 0;

	for (int i = 0; i < design->n_columns; i++)
	{
		number[i] = pivots[i] != NULL ? n++ : COLUMN_NONE;
		if (pivots[i] != NULL)
			pfree(pivots[i]);
	}
	design->n_columns = n;
	for (int i = 0; i < strata->n_dimensions; i++)
	{
		for (int j = 1; j < strata->dimensions[i].n_levels; j++)
			design->of_level[i][j] = number[design->of_level[i][j]];
	}
	for (int64 i = 0; i < (int64) strata->n * design->width; i++)
	{
		if (design->columns[i] != COLUMN_NONE)
			design->columns[i] = number[design->columns[i]];
	}
	pfree(pivots);
	pfree(number);
}

/* A column for every level but the first of each dimension */
static void
NumberColumns(const Strata *strata, Design *design)
{
	design->of_level = palloc(strata->n_dimensions * sizeof(int *));
	for (int i = 0; i < strata->n_dimensions; i++)
	{
		int			n_levels = strata->dimensions[i].n_levels;

		design->of_level[i] = palloc(n_levels * sizeof(int));
		design->of_level[i][0] = COLUMN_NONE;
		for (int j = 1; j < n_levels; j++)
			design->of_level[i][j] = design->n_columns++;
		if (design->n_columns > MAX_COLUMNS)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("dimensions have more than %d levels", MAX_COLUMNS)));
	}
}

/* All strata have one mean */
Design
NullDesign(const Strata *strata)
{
	Design		design = {.n_columns = 1, .width = 1};

	design.columns = palloc0(strata->n * sizeof(int));
	return design;
}

/* Each level of each dimension adds to the mean, whatever those of the others are */
Design
AdditiveDesign(const Strata *strata)
{
	Design		design = {.n_columns = 1, .width = 1 + strata->n_dimensions};

	NumberColumns(strata, &design);
	design.columns = palloc_extended((Size) strata->n * design.width * sizeof(int), MCXT_ALLOC_HUGE);
	for (int i = 0; i < strata->n; i++)
	{
		int		   *columns = design.columns + (Size) i * design.width;

		CHECK_FOR_INTERRUPTS();
		columns[0] = COLUMN_INTERCEPT;
		for (int j = 0; j < strata->n_dimensions; j++)
			columns[1 + j] = design.of_level[j][strata->strata[i].levels[j]];
	}
	DropColumns(strata, &design);
	return design;
}
