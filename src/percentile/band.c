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
#include "miscadmin.h"
#include "percentile/quantile.h"
#include "utils/builtins.h"

/* Whether a score that equals a cut belongs to the band below it or above it */
typedef enum BandEdge
{
	BAND_CLOSED_ABOVE,			/* percentile bands: below < score <= cut */
	BAND_CLOSED_BELOW			/* performance levels: cut <= score < next */
} BandEdge;

/* Parts of a scale, one more than there are cuts */
typedef struct Bands
{
	int			ncuts;
	double	   *cuts;			/* scores, ascending; NULL if they are withheld */
	BandEdge	edge;
	char	  **labels;			/* NULL for names made of the points */
	double	   *points;			/* cuts as they were given */
	double		scale;			/* of the points in names */
} Bands;

/* The band of a score, counted from 1 */
static int
BandOf(double score, const double *cuts, int ncuts, BandEdge edge)
{
	int			low = 0;
	int			high = ncuts;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (edge == BAND_CLOSED_ABOVE ? score > cuts[middle] : score >= cuts[middle])
			low = middle + 1;
		else
			high = middle;
	}
	return low + 1;
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

/*
 * The cut scores at ascending fractions. Interpolation may round above the next
 * score; that would be out of order before a cut at this score.
 */
static double *
CutScores(const Ranks *ranks, const double *fractions, int ncuts)
{
	double	   *cuts = palloc(ncuts * sizeof(double));

	for (int i = 0; i < ncuts; i++)
	{
		CHECK_FOR_INTERRUPTS();
		cuts[i] = CutScore(ranks, fractions[i]);
		if (i > 0 && cuts[i] < cuts[i - 1])
			cuts[i] = cuts[i - 1];
	}
	return cuts;
}

/* Cuts, which ascend */
static double *
CutsArgument(FunctionCallInfo fcinfo, int argno, int *ncuts)
{
	double	   *cuts = ArgumentDoubles(fcinfo, argno, "cuts", ncuts);

	for (int i = 1; i < *ncuts; i++)
	{
		if (cuts[i] <= cuts[i - 1])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("cuts must be in ascending order, but %g follows %g",
							cuts[i], cuts[i - 1])));
	}
	return cuts;
}

/* Fractions that cut a group into bands */
static double *
CutFractionsArgument(FunctionCallInfo fcinfo, int argno, int *ncuts)
{
	double	   *fractions = CutsArgument(fcinfo, argno, ncuts);

	for (int i = 0; i < *ncuts; i++)
	{
		if (fractions[i] <= 0 || fractions[i] >= 1)
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("cuts must be above 0 and below 1, not %g", fractions[i]),
					 fractions[i] > 1 ? errhint("The 20th percentile is 0.2.") : 0));
	}
	return fractions;
}

/* Names of bands, or of levels; a null pointer if none are given */
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
				 errmsg("number of labels must be %d, not %d", nbands, nlabels),
				 errhint("Give one label for each band or level: one more than there are cuts.")));
	return labels;
}

/* The name of a band, from 0: the one given, or its ends */
static const char *
BandLabel(const Bands *bands, int band)
{
	const double *points = bands->points;
	double		scale = bands->scale;

	if (bands->labels != NULL)
		return bands->labels[band];
	if (bands->ncuts == 0)
		return "all";
	if (band == 0)
		return psprintf("below %.15g", points[0] * scale);
	if (band == bands->ncuts)
		return psprintf(bands->edge == BAND_CLOSED_ABOVE ? "above %.15g" : "from %.15g",
						points[band - 1] * scale);
	return psprintf("%.15g to %.15g", points[band - 1] * scale, points[band] * scale);
}

/* Add a cut score; there is none before the lowest band, after the highest, and if withheld */
static void
AddCut(ResultRow *row, const Bands *bands, int cut)
{
	if (bands->cuts == NULL || cut < 0 || cut >= bands->ncuts)
		AddNull(row);
	else
		AddFloat8(row, bands->cuts[cut]);
}

/* Add what a band is: its number, name and ends */
static void
AddBand(ResultRow *row, const Bands *bands, int band)
{
	AddInt32(row, band + 1);
	AddText(row, BandLabel(bands, band));
	AddCut(row, bands, band - 1);
	AddCut(row, bands, band);
}

/* How many students are below the upper end of a band, and how far that may be off */
static int64
CountBelowEnd(const Ranks *ranks, const Bands *bands, int band, int64 *error)
{
	CutCount	count;

	*error = 0;
	if (band == bands->ncuts || ranks->d->n == 0)
		return ranks->d->n;
	count = CountAtCut(ranks, bands->cuts[band]);
	*error = bands->edge == BAND_CLOSED_ABOVE ? count.upto_error : count.below_error;
	return bands->edge == BAND_CLOSED_ABOVE ? count.upto : count.below;
}

/* One row a band: how many students are in it */
static void
PutBands(ResultRow *row, const Ranks *ranks, const Bands *bands)
{
	int64		n = ranks->d->n;
	int64		below = 0;
	int64		below_error = 0;

	for (int band = 0; band <= bands->ncuts; band++)
	{
		int64		upto_error;
		int64		upto = CountBelowEnd(ranks, bands, band, &upto_error);

		AddBand(row, bands, band);
		AddInt64(row, upto - below);
		AddFloat8(row, n == 0 ? NAN : (double) (upto - below) / n);
		if (n == 0)
			AddText(row, REASON_N_LT_1);
		else
			AddText(row, below_error > 0 || upto_error > 0 ? REASON_COARSE : NULL);
		PutResultRow(row);
		below = upto;
		below_error = upto_error;
	}
}

/* The same where cut scores and counts would tell of single students */
static void
PutWithheldBands(ResultRow *row, const Bands *bands)
{
	for (int band = 0; band <= bands->ncuts; band++)
	{
		AddBand(row, bands, band);
		AddNull(row);
		AddNull(row);
		AddText(row, REASON_N_TOO_SMALL);
		PutResultRow(row);
	}
}

/* The bands of a group between its own percentiles */
PG_FUNCTION_INFO_V1(percentile_bands);
Datum
percentile_bands(PG_FUNCTION_ARGS)
{
	Ranks		ranks = DistributionRanks(ArgumentDistribution(fcinfo, 0));
	Bands		bands = {.edge = BAND_CLOSED_ABOVE, .scale = 100};
	int64		min_n_per_band = ArgumentNonNegative(fcinfo, 3, "min_n_per_band");
	bool		withheld;
	ResultRow	row;

	bands.points = CutFractionsArgument(fcinfo, 1, &bands.ncuts);
	bands.labels = LabelsArgument(fcinfo, 2, bands.ncuts + 1);
	withheld = ranks.d->n < min_n_per_band * (bands.ncuts + 1);
	if (ranks.d->n > 0 && !withheld)
		bands.cuts = CutScores(&ranks, bands.points, bands.ncuts);

	BeginResultSet(&row, fcinfo);
	if (ranks.d->n > 0 && withheld)
		PutWithheldBands(&row, &bands);
	else
		PutBands(&row, &ranks, &bands);
	return (Datum) 0;
}

/* The band of a score among a group's percentiles */
PG_FUNCTION_INFO_V1(percentile_band);
Datum
percentile_band(PG_FUNCTION_ARGS)
{
	Ranks		ranks = DistributionRanks(ArgumentDistribution(fcinfo, 0));
	int			ncuts;
	double	   *fractions = CutFractionsArgument(fcinfo, 2, &ncuts);

	if (ranks.d->n == 0 || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	PG_RETURN_INT32(BandOf(ArgumentDouble(fcinfo, 1, "score"),
						   CutScores(&ranks, fractions, ncuts), ncuts, BAND_CLOSED_ABOVE));
}

/* The levels that the arguments (..., cuts, labels) stand for */
static Bands
LevelsArguments(FunctionCallInfo fcinfo)
{
	Bands		bands = {.edge = BAND_CLOSED_BELOW, .scale = 1};

	bands.cuts = bands.points = CutsArgument(fcinfo, 1, &bands.ncuts);
	bands.labels = LabelsArgument(fcinfo, 2, bands.ncuts + 1);
	return bands;
}

/* The levels of a group between given cut scores */
PG_FUNCTION_INFO_V1(performance_levels);
Datum
performance_levels(PG_FUNCTION_ARGS)
{
	Ranks		ranks = DistributionRanks(ArgumentDistribution(fcinfo, 0));
	Bands		bands = LevelsArguments(fcinfo);
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	PutBands(&row, &ranks, &bands);
	return (Datum) 0;
}

/* The level of one score between given cut scores */
PG_FUNCTION_INFO_V1(performance_level);
Datum
performance_level(PG_FUNCTION_ARGS)
{
	Bands		levels = LevelsArguments(fcinfo);
	int			level;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	level = BandOf(ArgumentDouble(fcinfo, 0, "score"), levels.cuts, levels.ncuts, levels.edge);
	PG_RETURN_TEXT_P(cstring_to_text(BandLabel(&levels, level - 1)));
}
