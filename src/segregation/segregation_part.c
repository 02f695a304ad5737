/*
 * segregation_part.c
 *		What of the segregation of units is between their parts, and what within them.
 *
 * Of the indices of several groups Theil's H is the one whose parts add up so (Reardon and
 * Firebaugh 2002, Sociological Methodology 32:33-67).
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/partition.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "base/sum.h"
#include "miscadmin.h"
#include "segregation/crosstab.h"
#include "segregation/information.h"
#include "utils/memutils.h"

#define ST_SORT SortTerms
#define ST_ELEMENT_TYPE double
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* A row of the partition, such as a district */
typedef struct Part
{
	int64		n;
	int			n_units;
	int			n_groups;
	double		entropy;
	double		information;	/* of its units and their groups */
	double		distance;		/* its own information as a unit of the whole */
} Part;

typedef struct Whole
{
	bool		is_read;
	int64		n;
	double		entropy;
	double		between;		/* in nats */
	double		within;
	Part		parts[FLEXIBLE_ARRAY_MEMBER];
} Whole;

/* Read a part, and count its students as those of one unit of the whole */
static Composition *
ReadPart(FunctionCallInfo fcinfo, int64 row, Part *part, Composition *together)
{
	bool		isnull;
	Datum		datum = PartitionArgument(fcinfo, 0, row, &isnull);
	char		name[9];
	Crosstab	crosstab;

	memset(part, 0, sizeof(Part));
	if (isnull)
		return together;
	crosstab = ReadCrosstab(CompositionFromDatum(PointerGetDatum(PG_DETOAST_DATUM_COPY(datum))));
	part->n = crosstab.n;
	part->n_units = crosstab.n_units;
	part->n_groups = crosstab.n_groups;
	if (part->n == 0)
		return together;
	part->entropy = GroupEntropy(&crosstab);
	part->information = part->n_groups == 1 ? 0 : MutualInformation(&crosstab);
	/* so that the units of the whole are in the order of rows */
	snprintf(name, sizeof(name), "%08x", (unsigned int) row);
	for (int i = 0; i < crosstab.n_groups; i++)
	{
		CellNames	names = {name, 8, crosstab.group_names[i], strlen(crosstab.group_names[i])};

		together = CountInCell(together, names, crosstab.group_n[i]);
	}
	return together;
}

/* A sum over parts that does not depend on their order */
static double
SumOverParts(double *terms, int64 n)
{
	Sum			sum = {0, 0};

	SortTerms(terms, n);
	for (int64 i = 0; i < n; i++)
		AddTo(&sum, terms[i]);
	return Total(sum);
}

/* What is between the parts, and what within */
static void
Divide(Whole *whole, int64 n_rows, const Crosstab *crosstab)
{
	double	   *between = palloc_extended(n_rows * sizeof(double), MCXT_ALLOC_HUGE);
	double	   *within = palloc_extended(n_rows * sizeof(double), MCXT_ALLOC_HUGE);
	int			unit = 0;

	for (int64 row = 0; row < n_rows; row++)
	{
		Part	   *part = &whole->parts[row];
		double		share = (double) part->n / (double) whole->n;

		if (part->n > 0)
			part->distance = crosstab->n_units == 1 ? 0 : UnitInformation(crosstab, unit++);
		between[row] = share * part->distance;
		within[row] = share * part->information;
	}
	whole->between = SumOverParts(between, n_rows);
	whole->within = SumOverParts(within, n_rows);
}

/* The partition, read at its first row */
static Whole *
ReadWhole(FunctionCallInfo fcinfo)
{
	Whole	   *whole = PartitionMemory(fcinfo, offsetof(Whole, parts), sizeof(Part));
	int64		n_rows = WinGetPartitionRowCount(PG_WINDOW_OBJECT());
	MemoryContext scratch;
	MemoryContext of_row;
	MemoryContext caller;
	Composition *together;
	Crosstab	crosstab;

	if (whole->is_read)
		return whole;
	scratch = AllocSetContextCreate(CurrentMemoryContext, "parts of a partition", ALLOCSET_DEFAULT_SIZES);
	of_row = AllocSetContextCreate(scratch, "a part", ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(scratch);
	together = NewComposition();
	for (int64 row = 0; row < n_rows; row++)
	{
		Composition *grown;

		CHECK_FOR_INTERRUPTS();
		MemoryContextSwitchTo(of_row);
		grown = ReadPart(fcinfo, row, &whole->parts[row], together);
		MemoryContextSwitchTo(scratch);
		if (grown != together)
		{
			pfree(together);
			together = memcpy(palloc_extended(VARSIZE(grown), MCXT_ALLOC_HUGE), grown, VARSIZE(grown));
		}
		MemoryContextReset(of_row);
	}
	crosstab = ReadCrosstab(CompactComposition(together));
	whole->n = crosstab.n;
	if (whole->n > 0)
	{
		whole->entropy = GroupEntropy(&crosstab);
		Divide(whole, n_rows, &crosstab);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	whole->is_read = true;
	return whole;
}

/* segregation_part(composition) OVER (...) */
PG_FUNCTION_INFO_V1(segregation_part);
Datum
segregation_part(PG_FUNCTION_ARGS)
{
	const Whole *whole = ReadWhole(fcinfo);
	const Part *part = &whole->parts[WinGetCurrentPosition(PG_WINDOW_OBJECT())];
	bool		has_students = part->n > 0;
	double		share = whole->n > 0 ? (double) part->n / (double) whole->n : NAN;
	double		all = whole->n > 0 ? 1 : NAN;
	double		entropy = whole->entropy > 0 ? whole->entropy : NAN;
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, part->n);
	AddInt64(&row, part->n_units);
	AddInt64(&row, part->n_groups);
	AddFloat8(&row, share);
	AddFloat8(&row, has_students ? part->entropy : NAN);
	AddFloat8(&row, has_students ? part->information : NAN);
	AddFloat8(&row, part->n_groups > 1 ? Min(part->information / part->entropy, 1) : NAN);
	AddFloat8(&row, share * part->distance / entropy);
	AddFloat8(&row, share * part->information / entropy);
	AddFloat8(&row, all * (whole->between + whole->within));
	AddFloat8(&row, all * whole->between);
	AddFloat8(&row, all * whole->within);
	AddFloat8(&row, (whole->between + whole->within) / entropy);
	AddFloat8(&row, whole->between / entropy);
	AddFloat8(&row, whole->within / entropy);
	AddText(&row, !has_students ? REASON_N_LT_1 : part->n_groups == 1 ? REASON_ONE_GROUP : NULL);
	return EndResultRow(&row);
}
