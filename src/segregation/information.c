/*
 * information.c
 *		What the units of a table tell of the groups of their students, in nats.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/sum.h"
#include "miscadmin.h"
#include "segregation/divergence.h"
#include "segregation/information.h"
#include "segregation/randomness.h"

/* The entropy of the groups among all students */
double
GroupEntropy(const Crosstab *crosstab)
{
	Sum			entropy = {0, 0};

	for (int i = 0; i < crosstab->n_groups; i++)
		AddTo(&entropy, EntropyTerm((double) crosstab->group_n[i], (double) crosstab->n));
	return Total(entropy);
}

/* The entropy of the groups in a unit */
double
UnitEntropy(const Crosstab *crosstab, int unit)
{
	Sum			entropy = {0, 0};

	for (int i = crosstab->first_cells[unit]; i < crosstab->first_cells[unit + 1]; i++)
		AddTo(&entropy, EntropyTerm((double) crosstab->cells[i].n, (double) crosstab->unit_n[unit]));
	return Total(entropy);
}

/*
 * How far the groups' shares in a unit are from those among all students: the sum of
 * p ln(p / P), of which those of groups that the unit does not have are 0. Written as
 * divergences, these are their shares among all.
 */
double
UnitInformation(const Crosstab *crosstab, int unit)
{
	Sum			information = {0, 0};
	int64		absent = crosstab->n;

	for (int i = crosstab->first_cells[unit]; i < crosstab->first_cells[unit + 1]; i++)
	{
		int64		group = crosstab->group_n[crosstab->cells[i].group];
		int64		size = crosstab->unit_n[unit];
		int128		difference = (int128) crosstab->cells[i].n * crosstab->n - (int128) size * group;

		absent -= group;
		AddTo(&information, (double) group / (double) crosstab->n *
			  Divergence((double) difference / ((double) size * (double) group)));
	}
	AddTo(&information, (double) absent / (double) crosstab->n);
	return Total(information);
}

/* What that would be of a unit of such a size, if its students were any */
double
UnitInformationExpected(const Crosstab *crosstab, int64 size)
{
	Sum			information = {0, 0};

	for (int i = 0; i < crosstab->n_groups; i++)
	{
		Margins		margins = {size, crosstab->group_n[i], crosstab->n};

		CHECK_FOR_INTERRUPTS();
		AddTo(&information, (double) crosstab->group_n[i] / (double) crosstab->n * ExpectedDivergence(margins));
	}
	return Total(information);
}

/* The mutual information of units and groups */
double
MutualInformation(const Crosstab *crosstab)
{
	Sum			information = {0, 0};

	for (int i = 0; i < crosstab->n_units; i++)
	{
		CHECK_FOR_INTERRUPTS();
		AddTo(&information, (double) crosstab->unit_n[i] / (double) crosstab->n * UnitInformation(crosstab, i));
	}
	return Total(information);
}
