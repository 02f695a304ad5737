/*
 * coarsened.c
 *		V from the counts of two groups in ordered categories.
 *
 * States publish how many students are below basic, basic, proficient and
 * advanced, not their scores. Ho & Reardon 2012; Reardon & Ho 2015.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/confidence.h"
#include "base/count.h"
#include "base/reason.h"
#include "base/rmath.h"
#include "gap/coarsened.h"
#include "gap/v.h"

/* Work and memory grow with a power of the number of categories */
#define COARSENED_MAX_CATEGORIES 200

typedef enum CoarsenedMethod
{
	METHOD_HETOP,
	METHOD_HOMOP,
	METHOD_PROBIT_OLS,
	METHOD_AVERAGE_NORMAL_DIFFERENCE,
	METHOD_MONOTONE,
	METHOD_LINEAR
} CoarsenedMethod;

static const char *const methods[] = {
	"hetop", "homop", "probit_ols", "average_normal_difference", "monotone", "linear", NULL
};

/* A cut between two categories: the shares of both groups below it */
typedef struct Cut
{
	double		focal_share;
	double		reference_share;
	double		focal_normit;	/* infinite where a share is 0 or 1 */
	double		reference_normit;
} Cut;

/* An array of counts; NULL, as aggregates give it of no rows, is an empty group */
static int64 *
GroupCounts(FunctionCallInfo fcinfo, int argno, const char *name, int *k, int64 *n)
{
	int64	   *counts;

	*n = 0;
	if (PG_ARGISNULL(argno))
		return NULL;
	counts = ArgumentCounts(fcinfo, argno, name, k);
	if (*k < 2 || *k > COARSENED_MAX_CATEGORIES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the number of categories must be between 2 and %d, not %d",
						COARSENED_MAX_CATEGORIES, *k)));
	for (int i = 0; i < *k; i++)
		*n = AddCounts(*n, counts[i]);
	return counts;
}

/* Two arrays of counts */
static CoarsenedGroups
CountsArguments(FunctionCallInfo fcinfo)
{
	CoarsenedGroups groups = {0};
	int			k_focal;
	int			k_reference;

	groups.focal = GroupCounts(fcinfo, 0, "focal_counts", &k_focal, &groups.n_focal);
	groups.reference = GroupCounts(fcinfo, 1, "reference_counts", &k_reference,
								   &groups.n_reference);
	if (groups.focal != NULL && groups.reference != NULL)
	{
		if (k_focal != k_reference)
			ereport(ERROR,
					(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
					 errmsg("focal_counts has %d categories, but reference_counts has %d",
							k_focal, k_reference)));
		groups.k = k_focal;
	}
	return groups;
}

/* Whether there is nobody to compare */
static bool
HasEmptyGroup(const CoarsenedGroups *groups)
{
	return groups->n_focal == 0 || groups->n_reference == 0;
}

/* Drop the categories that nobody is in: a cut beside one says nothing new */
static void
DropEmptyCategories(CoarsenedGroups *groups)
{
	int			k = 0;

	for (int i = 0; i < groups->k; i++)
	{
		if (groups->focal[i] == 0 && groups->reference[i] == 0)
			continue;
		groups->focal[k] = groups->focal[i];
		groups->reference[k++] = groups->reference[i];
	}
	groups->k = k;
}

/* The cuts between the categories, k - 1 of them */
static Cut *
Cuts(const CoarsenedGroups *groups)
{
	Cut		   *cuts = palloc(groups->k * sizeof(Cut));
	int64		focal = 0;
	int64		reference = 0;

	for (int i = 0; i < groups->k - 1; i++)
	{
		focal += groups->focal[i];
		reference += groups->reference[i];
		cuts[i].focal_share = (double) focal / groups->n_focal;
		cuts[i].reference_share = (double) reference / groups->n_reference;
		cuts[i].focal_normit = VFromOdds(focal, groups->n_focal - focal) / M_SQRT2;
		cuts[i].reference_normit = VFromOdds(reference, groups->n_reference - reference) / M_SQRT2;
	}
	return cuts;
}

static bool
IsInterior(const Cut *cut)
{
	return isfinite(cut->focal_normit) && isfinite(cut->reference_normit);
}

/* How many categories a group is in, and the lowest and highest of them */
static int
PopulatedCategories(const int64 *counts, int k, int *lowest, int *highest)
{
	int			populated = 0;

	*lowest = *highest = -1;
	for (int i = 0; i < k; i++)
	{
		if (counts[i] == 0)
			continue;
		if (populated++ == 0)
			*lowest = i;
		*highest = i;
	}
	return populated;
}

/*
 * Maximum likelihood. A group in fewer than three categories cannot say how
 * wide it is, so it takes the width of the other one, and there is no maximum
 * unless each group reaches beyond the other's lowest category.
 */
static void
FitByLikelihood(const CoarsenedGroups *groups, bool heteroskedastic, CoarsenedV *result)
{
	int			focal_lowest;
	int			focal_highest;
	int			reference_lowest;
	int			reference_highest;
	int			focal = PopulatedCategories(groups->focal, groups->k,
											&focal_lowest, &focal_highest);
	int			reference = PopulatedCategories(groups->reference, groups->k,
												&reference_lowest, &reference_highest);

	if (heteroskedastic && focal < 3 && reference < 3)
		result->v.reason = REASON_CATEGORIES_LT_3;
	else if (focal_lowest >= reference_highest || reference_lowest >= focal_highest)
		result->v.reason = REASON_COMPLETE_SEPARATION;
	else
		HetopFit(groups, heteroskedastic && focal >= 3 && reference >= 3, result);
}

/* Set what follows from a probability given as two parts of a whole */
static void
SetFromOdds(double above, double below, CoarsenedV *result)
{
	result->auc = above / (above + below);
	if (above == 0 || below == 0)
		result->v.reason = REASON_COMPLETE_SEPARATION;
	else
		result->v.estimate = VFromOdds(above, below);
}

/* Set what follows from the focal group's mean and width */
static void
SetFromNormal(double mu, double sigma, CoarsenedV *result)
{
	result->mu = mu;
	result->sigma = sigma;
	result->v.estimate = M_SQRT2 * mu / hypot(1, sigma);
	result->auc = pnorm(result->v.estimate / M_SQRT2, 0, 1, 1, 0);
}

/*
 * Regress the reference group's normits on the focal group's: the line's
 * intercept and slope are mu and sigma. One cut alone is taken to have slope 1.
 */
static void
FitByRegression(const CoarsenedGroups *groups, CoarsenedV *result)
{
	Cut		   *cuts = Cuts(groups);
	int			n = 0;
	double		mean_f = 0;
	double		mean_r = 0;
	double		ff = 0;
	double		fr = 0;

	for (int i = 0; i < groups->k - 1; i++)
	{
		if (!IsInterior(&cuts[i]))
			continue;
		cuts[n++] = cuts[i];
	}
	for (int i = 0; i < n; i++)
	{
		mean_f += cuts[i].focal_normit / n;
		mean_r += cuts[i].reference_normit / n;
	}
	for (int i = 0; i < n; i++)
	{
		ff += (cuts[i].focal_normit - mean_f) * (cuts[i].focal_normit - mean_f);
		fr += (cuts[i].focal_normit - mean_f) * (cuts[i].reference_normit - mean_r);
	}

	if (n == 0)
		result->v.reason = REASON_NO_INTERIOR_CUT;
	else if (n == 1)
		SetFromNormal(mean_r - mean_f, 1, result);
	else if (ff == 0)
		result->v.reason = REASON_ZERO_VARIANCE;
	else
		SetFromNormal(mean_r - fr / ff * mean_f, fr / ff, result);
}

/* The mean difference of the groups' normits */
static void
FitByMeanDifference(const CoarsenedGroups *groups, CoarsenedV *result)
{
	Cut		   *cuts = Cuts(groups);
	double		sum = 0;
	int			n = 0;

	for (int i = 0; i < groups->k - 1; i++)
	{
		if (!IsInterior(&cuts[i]))
			continue;
		sum += cuts[i].reference_normit - cuts[i].focal_normit;
		n++;
	}
	if (n == 0)
		result->v.reason = REASON_NO_INTERIOR_CUT;
	else
		SetFromNormal(sum / n, 1, result);
}

/* A smooth monotone PP curve: the reference group's share as a function of the focal group's */
static void
FitMonotone(const CoarsenedGroups *groups, CoarsenedV *result)
{
	int			k = groups->k;
	double		n_focal = (double) groups->n_focal;
	double		n_reference = (double) groups->n_reference;
	MonotoneCurve curve = {k, palloc(k * sizeof(double)), palloc(k * sizeof(double)),
	palloc((k + 1) * sizeof(double)), palloc((k + 1) * sizeof(double))};
	int64		below = 0;
	double		under;
	double		above;

	for (int i = 0; i <= k; i++)
	{
		curve.below[i] = below / n_reference;
		curve.beyond[i] = (groups->n_reference - below) / n_reference;
		if (i == k)
			break;

		/* where no focal student is, the curve would be vertical */
		if (groups->focal[i] == 0)
		{
			result->v.reason = REASON_EMPTY_FOCAL_CATEGORY;
			return;
		}
		curve.width[i] = groups->focal[i] / n_focal;
		curve.height[i] = groups->reference[i] / n_reference;
		below += groups->reference[i];
	}
	MonotoneAreas(&curve, &under, &above);
	SetFromOdds(under, above, result);
}

/* Straight lines between the points: students in one category tie */
static void
FitLinear(const CoarsenedGroups *groups, CoarsenedV *result)
{
	int128		pairs2 = 2 * (int128) groups->n_focal * groups->n_reference;
	int128		u2 = 0;
	int64		reference_below = 0;

	for (int i = 0; i < groups->k; i++)
	{
		u2 += groups->focal[i] * (2 * (int128) reference_below + groups->reference[i]);
		reference_below += groups->reference[i];
	}
	SetFromOdds((double) u2, (double) (pairs2 - u2), result);
}

/* V by a method */
static CoarsenedV
FitByMethod(const CoarsenedGroups *groups, CoarsenedMethod method)
{
	CoarsenedV	v = {NAN, UndefinedEstimate(NULL), NAN, NAN, NULL};

	if (HasEmptyGroup(groups))
	{
		v.v.reason = REASON_N_LT_1;
		return v;
	}
	switch (method)
	{
		case METHOD_HETOP:
			FitByLikelihood(groups, true, &v);
			break;
		case METHOD_HOMOP:
			FitByLikelihood(groups, false, &v);
			break;
		case METHOD_PROBIT_OLS:
			FitByRegression(groups, &v);
			break;
		case METHOD_AVERAGE_NORMAL_DIFFERENCE:
			FitByMeanDifference(groups, &v);
			break;
		case METHOD_MONOTONE:
			FitMonotone(groups, &v);
			break;
		case METHOD_LINEAR:
			FitLinear(groups, &v);
			break;
	}
	return v;
}

/* Add a number that only some methods give */
static void
AddGiven(ResultRow *row, bool given, double value)
{
	if (given)
		AddFloat8(row, value);
	else
		AddNull(row);
}

/* coarsened_v_gap(focal_counts, reference_counts, method, confidence) */
PG_FUNCTION_INFO_V1(coarsened_v_gap);
Datum
coarsened_v_gap(PG_FUNCTION_ARGS)
{
	CoarsenedGroups groups = CountsArguments(fcinfo);
	CoarsenedMethod method = ArgumentOption(fcinfo, 2, "method", methods);
	double		z = TwoSidedZ(ArgumentConfidence(fcinfo, 3));
	bool		is_likelihood = method == METHOD_HETOP || method == METHOD_HOMOP;
	bool		is_curve = method == METHOD_MONOTONE || method == METHOD_LINEAR;
	CoarsenedV	v;
	ResultRow	row;

	DropEmptyCategories(&groups);
	v = FitByMethod(&groups, method);

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, groups.n_focal);
	AddInt64(&row, groups.n_reference);
	AddFloat8(&row, v.auc);
	AddFloat8(&row, v.v.estimate);
	AddGiven(&row, is_likelihood, v.v.se);
	AddGiven(&row, is_likelihood, v.v.estimate - z * v.v.se);
	AddGiven(&row, is_likelihood, v.v.estimate + z * v.v.se);
	AddGiven(&row, !is_curve, v.mu);
	AddGiven(&row, !is_curve, v.sigma);
	if (v.cuts == NULL)
		AddNull(&row);
	else
		AddArray(&row, v.cuts, groups.k - 1);
	AddText(&row, v.v.reason);
	return EndResultRow(&row);
}

/*
 * normit_differences(focal_counts, reference_counts): one row a cut, with the shares
 * of both groups below it, and how far apart these are in normits
 */
PG_FUNCTION_INFO_V1(normit_differences);
Datum
normit_differences(PG_FUNCTION_ARGS)
{
	CoarsenedGroups groups = CountsArguments(fcinfo);
	Cut		   *cuts;
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	if (HasEmptyGroup(&groups))
		return (Datum) 0;

	cuts = Cuts(&groups);
	for (int i = 0; i < groups.k - 1; i++)
	{
		bool		interior = IsInterior(&cuts[i]);

		AddInt32(&row, i + 1);
		AddFloat8(&row, cuts[i].focal_share);
		AddFloat8(&row, cuts[i].reference_share);
		AddFloat8(&row, interior ? cuts[i].reference_normit - cuts[i].focal_normit : NAN);
		AddText(&row, interior ? NULL : REASON_SHARE_0_OR_1);
		PutResultRow(&row);
	}
	return (Datum) 0;
}
