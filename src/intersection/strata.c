/*
 * strata.c
 *		Students by all dimensions at once: how many are in each stratum, and how they do.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "base/argument.h"
#include "base/count.h"
#include "base/result_row.h"
#include "base/sum.h"
#include "catalog/pg_type.h"
#include "distribution/distribution.h"
#include "intersection/strata.h"
#include "miscadmin.h"
#include "rate/proportion.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

/* The columns of gapstats.stratum */
enum
{
	STRATUM_DIMENSIONS, STRATUM_N, STRATUM_MEAN, STRATUM_SD, STRATUM_COLUMNS
};

static const Oid column_types[] = {TEXTARRAYOID, INT4OID, FLOAT8OID, FLOAT8OID};

/* A row that counts: several of them may be about one stratum */
typedef struct StratumRow
{
	char	  **names;			/* of its levels */
	int		   *levels;
	int			n_dimensions;
	int64		n;
	double		mean;
	double		sd;
} StratumRow;

/* A level's name, and where it stands */
typedef struct LevelOfRow
{
	const char *name;
	int			row;
} LevelOfRow;

#define ST_SORT SortLevels
#define ST_ELEMENT_TYPE LevelOfRow
#define ST_COMPARE(a, b) strcmp((a)->name, (b)->name)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

static inline int
CompareLevels(const StratumRow *a, const StratumRow *b)
{
	for (int i = 0; i < a->n_dimensions; i++)
	{
		if (a->levels[i] != b->levels[i])
			return a->levels[i] < b->levels[i] ? -1 : 1;
	}
	return 0;
}

static int
CompareRows(const StratumRow *a, const StratumRow *b)
{
	int			order = CompareLevels(a, b);

	if (order != 0)
		return order;
	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	if (a->mean != b->mean)
		return a->mean < b->mean ? -1 : 1;
	return (a->sd > b->sd) - (a->sd < b->sd);
}

#define ST_SORT SortRows
#define ST_ELEMENT_TYPE StratumRow
#define ST_COMPARE(a, b) CompareRows(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* The dimensions of a row; false where one of them, or all, are NULL */
static bool
ReadDimensions(ArrayType *array, StratumRow *row)
{
	Datum	   *elements;
	bool	   *nulls;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("dimensions must have one dimension, not %d", ARR_NDIM(array))));
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &row->n_dimensions);
	row->names = palloc(row->n_dimensions * sizeof(char *));
	row->levels = palloc(row->n_dimensions * sizeof(int));
	for (int i = 0; i < row->n_dimensions; i++)
	{
		if (nulls[i])
			return false;
		row->names[i] = TextDatumGetCString(elements[i]);
	}
	return true;
}

/* Take the columns of a value of gapstats.stratum apart */
static void
DeformStratum(HeapTupleHeader header, Datum *values, bool *nulls)
{
	TupleDesc	desc = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(header), HeapTupleHeaderGetTypMod(header));
	HeapTupleData tuple = {.t_len = HeapTupleHeaderGetDatumLength(header), .t_data = header};
	bool		fits = desc->natts == STRATUM_COLUMNS;

	for (int i = 0; fits && i < STRATUM_COLUMNS; i++)
		fits = TupleDescAttr(desc, i)->atttypid == column_types[i];
	if (!fits)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("strata must be of type gapstats.stratum")));
	heap_deform_tuple(&tuple, desc, values, nulls);
	ReleaseTupleDesc(desc);
}

/* Read a row; false if it is not to be compared, which is counted */
static bool
ReadStratumRow(HeapTupleHeader header, StratumRow *row, Strata *strata)
{
	Datum		values[STRATUM_COLUMNS];
	bool		nulls[STRATUM_COLUMNS];

	DeformStratum(header, values, nulls);
	row->n = nulls[STRATUM_N] ? 0 : DatumGetInt32(values[STRATUM_N]);
	row->mean = nulls[STRATUM_MEAN] ? 0 : DatumGetFloat8(values[STRATUM_MEAN]);
	row->sd = nulls[STRATUM_SD] ? 0 : DatumGetFloat8(values[STRATUM_SD]);
	CheckCount(row->n, "n", "");
	CheckFinite(row->mean, "mean");
	(void) CheckNonNegative(row->sd, "sd");
	if (row->n == 0 || nulls[STRATUM_MEAN] || (nulls[STRATUM_SD] && row->n > 1))
	{
		strata->n_left_out++;
		return false;
	}
	if (nulls[STRATUM_DIMENSIONS] || !ReadDimensions(DatumGetArrayTypeP(values[STRATUM_DIMENSIONS]), row))
	{
		strata->n_missing_group += row->n;
		return false;
	}
	if (row->n == 1)
		row->sd = 0;
	return true;
}

/* Read the rows of a stratum[] */
static StratumRow *
ReadRows(ArrayType *array, Strata *strata, int *n_rows)
{
	StratumRow *rows;
	Datum	   *elements;
	bool	   *nulls;
	int			n;
	int16		typlen;
	bool		typbyval;
	char		typalign;

	get_typlenbyvalalign(ARR_ELEMTYPE(array), &typlen, &typbyval, &typalign);
	deconstruct_array(array, ARR_ELEMTYPE(array), typlen, typbyval, typalign, &elements, &nulls, &n);
	rows = palloc_extended(n * sizeof(StratumRow), MCXT_ALLOC_HUGE);
	*n_rows = 0;
	for (int i = 0; i < n; i++)
	{
		StratumRow *row = &rows[*n_rows];

		CHECK_FOR_INTERRUPTS();
		if (nulls[i])
			strata->n_left_out++;
		else if (ReadStratumRow(DatumGetHeapTupleHeader(elements[i]), row, strata))
		{
			if (row->n_dimensions != rows[0].n_dimensions)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("dimensions must be as many in all strata: %d and %d",
								rows[0].n_dimensions, row->n_dimensions)));
			(*n_rows)++;
		}
	}
	return rows;
}

/* Number the levels of a dimension */
static Dimension
NumberLevels(StratumRow *rows, int n_rows, int place)
{
	Dimension	dimension = {0, palloc(n_rows * sizeof(Level))};
	LevelOfRow *levels = palloc(n_rows * sizeof(LevelOfRow));

	for (int i = 0; i < n_rows; i++)
		levels[i] = (LevelOfRow) {rows[i].names[place], i};
	SortLevels(levels, n_rows);
	for (int i = 0; i < n_rows; i++)
	{
		StratumRow *row = &rows[levels[i].row];

		CHECK_FOR_INTERRUPTS();
		if (i == 0 || strcmp(levels[i - 1].name, levels[i].name) != 0)
			dimension.levels[dimension.n_levels++] = (Level) {levels[i].name, 0};
		row->levels[place] = dimension.n_levels - 1;
		dimension.levels[dimension.n_levels - 1].n += row->n;
	}
	pfree(levels);
	return dimension;
}

static inline Scaled
RowDistance(const StratumRow *row, Scaled center)
{
	return ScaledMinus(MakeScaled(row->mean, 0), center);
}

/* Where distances are from, and in what unit: that of the largest distance or deviation */
static void
UseUnit(Strata *strata, const StratumRow *rows, int n_rows)
{
	const StratumRow *largest = rows;

	for (int i = 1; i < n_rows; i++)
	{
		if (rows[i].n > largest->n)
			largest = &rows[i];
	}
	strata->center = MakeScaled(largest->mean, 0);
	strata->unit = NO_EXPONENT;
	for (int i = 0; i < n_rows; i++)
	{
		CHECK_FOR_INTERRUPTS();
		strata->unit = Max(strata->unit, RowDistance(&rows[i], strata->center).exponent);
		strata->unit = Max(strata->unit, MakeScaled(rows[i].sd, 0).exponent);
	}
	if (strata->unit == NO_EXPONENT)
		strata->unit = 0;
}

/* Begin a stratum with a row */
static void
BeginStratum(Strata *strata, Stratum *stratum, const StratumRow *row)
{
	double		sd = ldexp(row->sd, -strata->unit);

	stratum->levels = row->levels;
	stratum->n = (double) row->n;
	stratum->mean = MakeScaled(row->mean, 0);
	stratum->distance = InUnit(RowDistance(row, strata->center), strata->unit);
	stratum->squares = (stratum->n - 1) * sd * sd;
	strata->varies |= row->sd > 0;
}

/* Add another row of the same students' levels (Chan, Golub and LeVeque 1983) */
static void
AddToStratum(Strata *strata, Stratum *stratum, const StratumRow *row)
{
	Stratum		more;
	double		apart;
	double		n;

	BeginStratum(strata, &more, row);
	n = stratum->n + more.n;
	apart = more.distance - stratum->distance;
	strata->varies |= apart != 0;
	stratum->squares += more.squares + apart * apart * (stratum->n * (more.n / n));
	stratum->distance += apart * (more.n / n);
	stratum->mean = ScaledPlus(strata->center, MakeScaled(stratum->distance, strata->unit));
	stratum->n = n;
}

/* The strata of an argument, a stratum[]; NULL is none */
Strata
ReadStrata(FunctionCallInfo fcinfo, int argno)
{
	Strata		strata = {0};
	StratumRow *rows;
	int			n_rows;
	Sum			squares = {0, 0};

	if (PG_ARGISNULL(argno))
		return strata;
	rows = ReadRows(PG_GETARG_ARRAYTYPE_P(argno), &strata, &n_rows);
	if (n_rows == 0)
		return strata;

	strata.n_dimensions = rows[0].n_dimensions;
	strata.dimensions = palloc(strata.n_dimensions * sizeof(Dimension));
	for (int i = 0; i < strata.n_dimensions; i++)
		strata.dimensions[i] = NumberLevels(rows, n_rows, i);
	SortRows(rows, n_rows);
	UseUnit(&strata, rows, n_rows);
	strata.strata = palloc_extended(n_rows * sizeof(Stratum), MCXT_ALLOC_HUGE);
	for (int i = 0; i < n_rows; i++)
	{
		CHECK_FOR_INTERRUPTS();
		strata.n_students += rows[i].n;
		if (i > 0 && CompareLevels(&rows[i - 1], &rows[i]) == 0)
			AddToStratum(&strata, &strata.strata[strata.n - 1], &rows[i]);
		else
			BeginStratum(&strata, &strata.strata[strata.n++], &rows[i]);
	}
	for (int i = 0; i < strata.n; i++)
		AddTo(&squares, strata.strata[i].squares);
	strata.squares = Total(squares);
	return strata;
}

/* Add the dimensions of a stratum to its row, as they were given */
static void
AddDimensions(ResultRow *row, FunctionCallInfo fcinfo, int argno)
{
	if (PG_ARGISNULL(argno))
		AddNull(row);
	else
		AddDatum(row, TEXTARRAYOID, PG_GETARG_DATUM(argno));
}

/* stratum(scores, dimensions) */
PG_FUNCTION_INFO_V1(stratum_of_distribution);
Datum
stratum_of_distribution(PG_FUNCTION_ARGS)
{
	const Distribution *scores = ArgumentDistribution(fcinfo, 0);
	int64		n = scores->n;
	ExactMoments moments;
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddDimensions(&row, fcinfo, 1);
	AddInt64(&row, n);
	if (n > 0)
		DistributionMoments(scores, &moments);
	if (n > 0)
		AddFloat8(&row, MomentsMean(&moments, n));
	else
		AddNull(&row);
	if (n > 1)
	{
		int			exponent;
		double		sd = MomentsStddev(&moments, n, &exponent);

		AddFloat8(&row, ldexp(sd, exponent));
	}
	else
		AddNull(&row);
	return EndResultRow(&row);
}

/* stratum(n, mean, sd, dimensions) */
PG_FUNCTION_INFO_V1(stratum_of_numbers);
Datum
stratum_of_numbers(PG_FUNCTION_ARGS)
{
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddDimensions(&row, fcinfo, 3);
	if (PG_ARGISNULL(0))
		AddNull(&row);
	else
	{
		CheckCount(PG_GETARG_INT64(0), "n", "");
		AddInt64(&row, PG_GETARG_INT64(0));
	}
	if (PG_ARGISNULL(1))
		AddNull(&row);
	else
		AddFloat8(&row, ArgumentDouble(fcinfo, 1, "mean"));
	if (PG_ARGISNULL(2))
		AddNull(&row);
	else
		AddFloat8(&row, CheckNonNegative(PG_GETARG_FLOAT8(2), "sd"));
	return EndResultRow(&row);
}
