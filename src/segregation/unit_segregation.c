/*
 * unit_segregation.c
 *		How each unit differs from all together.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/result_row.h"
#include "segregation/crosstab.h"
#include "segregation/information.h"

/* unit_segregation(composition): a row a unit */
PG_FUNCTION_INFO_V1(unit_segregation);
Datum
unit_segregation(PG_FUNCTION_ARGS)
{
	Crosstab	crosstab = ReadCrosstab(ArgumentComposition(fcinfo, 0));
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	for (int unit = 0; unit < crosstab.n_units; unit++)
	{
		double		share = (double) crosstab.unit_n[unit] / (double) crosstab.n;
		double		information = UnitInformation(&crosstab, unit);

		AddText(&row, crosstab.unit_names[unit]);
		AddInt64(&row, crosstab.unit_n[unit]);
		AddInt64(&row, crosstab.first_cells[unit + 1] - crosstab.first_cells[unit]);
		AddFloat8(&row, share);
		AddFloat8(&row, UnitEntropy(&crosstab, unit));
		AddFloat8(&row, information);
		AddFloat8(&row, UnitInformationExpected(&crosstab, crosstab.unit_n[unit]));
		AddFloat8(&row, share * information);
		PutResultRow(&row);
	}
	return (Datum) 0;
}
