/*
 * band.c
 *		Percentile bands of a group, and the levels between given cut scores.
 *
 * A band is a property of the score, not of the row: students with one score
 * are in one band, however many they are (ntile() would part them).
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "base/argument.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "percentile/band.h"
#include "percentile/quantile.h"
#include "utils/builtins.h"

/* The band of a score, counted from 1 */
int
BandOf(double score, const double *cuts, int ncuts, BandEdge edge)
{
	int			band = 0;

	while (band < ncuts &&
		   (edge == BAND_CLOSED_ABOVE ? score > cuts[band] : score >= cuts[band]))
		band++;
	return band + 1;
}

/* How many are in each band */
int64 *
BandCounts(const Distribution *d, const double *cuts, int ncuts, BandEdge edge)
{
	int64	   *counts = palloc0((ncuts + 1) * sizeof(int64));

	for (int i = 0; i < d->nentries; i++)
		counts[BandOf(DistributionValue(d, i), cuts, ncuts, edge) - 1] += DistributionEntries(d)[i].count;
	return counts;
}

/*
 * The cut score at a fraction: the quantile of type 7. A position that is a
 * whole rank but for the rounding of p (n - 1) is that rank, lest 29% of 101
 * scores cut a hair below the 30th of them and put those who have it above.
 */
static double
CutScore(const Ranks *ranks, double p)
{
	double		position = p * (ranks->d->n - 1);
	double		rank = rint(position);

	if (fabs(position - rank) <= 2 * DBL_EPSILON * position)
		return RankedValue(ranks, rank + 1);
	return QuantileOfType(ranks, p, 7);
}

/* Check that cuts ascend */
static void
CheckAscending(const double *cuts, int ncuts)
{
	for (int i = 1; i < ncuts; i++)
	{
		if (cuts[i] <= cuts[i - 1])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("cuts must be in ascending order, but %g follows %g",
							cuts[i], cuts[i - 1])));
	}
}

/* Fractions that cut a group into bands */
static double *
CutFractionsArgument(FunctionCallInfo fcinfo, int argno, int *ncuts)
{
	double	   *fractions = ArgumentDoubles(fcinfo, argno, "cuts", ncuts);

	CheckAscending(fractions, *ncuts);
	for (int i = 0; i < *ncuts; i++)
	{
		if (fractions[i] <= 0 || fractions[i] >= 1)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("percentile cuts must be between 0 and 1, not %g", fractions[i]),
					 errhint("The 20th percentile is 0.2.")));
	}
	return fractions;
}

/* Names of bands; a null pointer if none are given */
static char **
LabelsArgument(FunctionCallInfo fcinfo, int argno, int nbands)
{
	char	  **labels;
	int			nlabels;

	if (PG_ARGISNULL(argno))
		return NULL;
	labels = ArgumentTexts(fcinfo, argno, "labels", &nlabels);
	if (nlabels != nbands)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%d labels given for %d bands", nlabels, nbands)));
	return labels;
}

/* The ends of a band as text, for those who gave no labels */
static char *
RangeLabel(const double *cuts, int ncuts, int band, BandEdge edge, double scale)
{
	if (ncuts == 0)
		return pstrdup("all");
	if (band == 0)
		return psprintf("below %.15g", cuts[0] * scale);
	if (band == ncuts)
		return psprintf(edge == BAND_CLOSED_ABOVE ? "above %.15g" : "from %.15g",
						cuts[ncuts - 1] * scale);
	return psprintf("%.15g to %.15g", cuts[band - 1] * scale, cuts[band] * scale);
}

/* One row a band; without cut scores if they are withheld */
static void
PutBands(ResultRow *row, const Distribution *d, char **labels, const double *cuts, int ncuts,
		 BandEdge edge, const char *reason)
{
	int64	   *counts = reason == NULL ? BandCounts(d, cuts, ncuts, edge) : NULL;

	for (int band = 0; band <= ncuts; band++)
	{
		AddInt32(row, band + 1);
		AddText(row, labels[band]);
		if (reason != NULL || band == 0)
			AddNull(row);
		else
			AddFloat8(row, cuts[band - 1]);
		if (reason != NULL || band == ncuts)
			AddNull(row);
		else
			AddFloat8(row, cuts[band]);
		if (reason != NULL)
		{
			AddNull(row);
			AddNull(row);
		}
		else
		{
			AddInt64(row, counts[band]);
			AddFloat8(row, (double) counts[band] / d->n);
		}
		AddText(row, reason);
		PutResultRow(row);
	}
}

/* The bands of a group between its own percentiles */
PG_FUNCTION_INFO_V1(percentile_bands);
Datum
percentile_bands(PG_FUNCTION_ARGS)
{
	Distribution *d = ArgumentDistribution(fcinfo, 0);
	int			ncuts;
	double	   *fractions = CutFractionsArgument(fcinfo, 1, &ncuts);
	char	  **labels = LabelsArgument(fcinfo, 2, ncuts + 1);
	int32		min_n_per_band;
	double	   *cuts = palloc((ncuts + 1) * sizeof(double));
	const char *reason = NULL;
	Ranks		ranks = DistributionRanks(d);
	ResultRow	row;

	ArgumentNotNull(fcinfo, 3, "min_n_per_band");
	min_n_per_band = PG_GETARG_INT32(3);

	if (d->n == 0)
		reason = REASON_N_LT_1;
	else if (d->n < (int64) min_n_per_band * (ncuts + 1))
		reason = REASON_N_TOO_SMALL;
	else
	{
		for (int i = 0; i < ncuts; i++)
			cuts[i] = CutScore(&ranks, fractions[i]);
	}
	if (labels == NULL)
	{
		labels = palloc((ncuts + 1) * sizeof(char *));
		for (int band = 0; band <= ncuts; band++)
			labels[band] = RangeLabel(fractions, ncuts, band, BAND_CLOSED_ABOVE, 100);
	}

	BeginResultSet(&row, fcinfo);
	PutBands(&row, d, labels, cuts, ncuts, BAND_CLOSED_ABOVE, reason);
	return (Datum) 0;
}

/* The band of a score among a group's percentiles */
PG_FUNCTION_INFO_V1(percentile_band);
Datum
percentile_band(PG_FUNCTION_ARGS)
{
	Distribution *d = PG_GETARG_DISTRIBUTION(0);
	double		score = ArgumentDouble(fcinfo, 1, "score");
	int			ncuts;
	double	   *cuts = CutFractionsArgument(fcinfo, 2, &ncuts);
	Ranks		ranks = DistributionRanks(d);

	RequireExact(d);
	if (d->n == 0)
		PG_RETURN_NULL();
	for (int i = 0; i < ncuts; i++)
		cuts[i] = CutScore(&ranks, cuts[i]);
	PG_RETURN_INT32(BandOf(score, cuts, ncuts, BAND_CLOSED_ABOVE));
}

/* The levels of a group between given cut scores */
PG_FUNCTION_INFO_V1(performance_levels);
Datum
performance_levels(PG_FUNCTION_ARGS)
{
	Distribution *d = ArgumentDistribution(fcinfo, 0);
	int			ncuts;
	double	   *cuts = ArgumentDoubles(fcinfo, 1, "cuts", &ncuts);
	char	  **labels = LabelsArgument(fcinfo, 2, ncuts + 1);
	ResultRow	row;

	CheckAscending(cuts, ncuts);
	if (labels == NULL)
	{
		labels = palloc((ncuts + 1) * sizeof(char *));
		for (int band = 0; band <= ncuts; band++)
			labels[band] = RangeLabel(cuts, ncuts, band, BAND_CLOSED_BELOW, 1);
	}
	BeginResultSet(&row, fcinfo);
	PutBands(&row, d, labels, cuts, ncuts, BAND_CLOSED_BELOW, d->n == 0 ? REASON_N_LT_1 : NULL);
	return (Datum) 0;
}

/* The level of one score between given cut scores */
PG_FUNCTION_INFO_V1(performance_level);
Datum
performance_level(PG_FUNCTION_ARGS)
{
	double		score = ArgumentDouble(fcinfo, 0, "score");
	int			ncuts;
	double	   *cuts = ArgumentDoubles(fcinfo, 1, "cuts", &ncuts);
	char	  **labels = LabelsArgument(fcinfo, 2, ncuts + 1);

	CheckAscending(cuts, ncuts);
	PG_RETURN_TEXT_P(cstring_to_text(labels[BandOf(score, cuts, ncuts, BAND_CLOSED_BELOW) - 1]));
}
