/*
 * mixed_model.c
 *		Students in strata that differ at random, beyond what their levels say.
 *
 * A student's outcome is x'b + u + e: x'b what the stratum's levels say, u of the stratum
 * with variance tau^2, e of the student with variance sigma^2. All that is to be known of the
 * students is how many there are in each stratum, their mean and their variance. With theta =
 * tau^2 / sigma^2 a stratum weighs w = n / (1 + n theta); coefficients and sigma^2 follow from
 * theta, so that the restricted likelihood (Patterson and Thompson 1971, Biometrika 58:545-554)
 * is a function of theta alone. Its derivative is, times something positive,
 *
 *		(N - p) sum of w^2 r^2 / (S + sum of w r^2) - sum of w (1 - w h),
 *
 * r being what the levels leave of a stratum's mean, h the variance of what they say in units
 * of sigma^2, S the sum of squares within strata, N the students and p the coefficients.
 *
 * Weights are taken in that of the largest stratum, which so weighs 1. Sums are over the
 * strata in order, so that the order of rows changes no bit.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/reason.h"
#include "base/root.h"
#include "base/sum.h"
#include "intersection/mixed_model.h"
#include "miscadmin.h"

/* The sum of squares within strata, in units, is to be at least this for its quotients to be in range */
#define LEAST_SQUARES 1e-250

/* How far the search for theta goes at a time, on its scale, and where the score of any squares is below 0 */
#define PLACE_STEP 0.5
#define LAST_PLACE 700

/* Where n theta of all strata is beyond this, they weigh nearly the same */
#define ENOUGH 100

/* The sums over the strata at one theta */
typedef struct Weighing
{
	double		unit;			/* students of a stratum divided by its weight, of the largest */
	double		squares;		/* sum of w r^2 */
	double		weighted;		/* sum of w^2 r^2 */
	double		free;			/* sum of w (1 - w h) */
	double		log_determinant;	/* of the information */
	double		log_spread;		/* sum of log (1 + n theta) */
} Weighing;

typedef struct Search
{
	const Strata *strata;
	const Design *design;
	double		n;				/* students */
	double		n_largest;		/* of a stratum */
	double		n_smallest;
	int			p;
	Sum		   *sums;			/* a square of them */
	double	   *factor;			/* the information's, of Cholesky: below the diagonal and on it */
	double	   *inverse;		/* of the information */
	double	   *coefficients;
	bool		is_singular;
} Search;

/* The columns that a stratum is in */
static inline const int *
ColumnsOf(const Design *design, int stratum)
{
	return design->columns + (Size) stratum * design->width;
}

/* What coefficients say of a stratum */
static double
SumOfCoefficients(const Design *design, const double *coefficients, int stratum)
{
	const int  *columns = ColumnsOf(design, stratum);
	double		sum = 0;

	for (int i = 0; i < design->width; i++)
	{
		if (columns[i] != COLUMN_NONE)
			sum += coefficients[columns[i]];
	}
	return sum;
}

/* The weight of a stratum, in that of the largest */
static double
Weight(const Search *search, const Stratum *stratum, double theta)
{
	return stratum->n / search->n_largest * ((1 + search->n_largest * theta) / (1 + stratum->n * theta));
}

/* The factor of a square by Cholesky; what rounding leaves no positive pivot of is singular */
static void
Factor(Search *search)
{
	int			p = search->p;

	for (int i = 0; i < p; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j <= i; j++)
		{
			Sum			sum = search->sums[i * p + j];
			double		rest;

			for (int k = 0; k < j; k++)
				AddTo(&sum, -search->factor[i * p + k] * search->factor[j * p + k]);
			rest = Total(sum);
			if (j < i)
				search->factor[i * p + j] = rest / search->factor[j * p + j];
			else if (rest > 0)
				search->factor[i * p + i] = sqrt(rest);
			else
			{
				search->is_singular = true;
				search->factor[i * p + i] = 1;
			}
		}
	}
}

/* Solve for a vector, in place */
static void
Solve(const Search *search, double *vector)
{
	int			p = search->p;
	const double *factor = search->factor;

	for (int i = 0; i < p; i++)
	{
		for (int k = 0; k < i; k++)
			vector[i] -= factor[i * p + k] * vector[k];
		vector[i] /= factor[i * p + i];
	}
	for (int i = p - 1; i >= 0; i--)
	{
		for (int k = i + 1; k < p; k++)
			vector[i] -= factor[k * p + i] * vector[k];
		vector[i] /= factor[i * p + i];
	}
}

/* The information of the coefficients, its factor and its inverse, a row at a time */
static void
SetInformation(Search *search, double theta)
{
	int			p = search->p;

	memset(search->sums, 0, p * p * sizeof(Sum));
	for (int i = 0; i < search->strata->n; i++)
	{
		const int  *columns = ColumnsOf(search->design, i);
		double		weight = Weight(search, &search->strata->strata[i], theta);

		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < search->design->width; j++)
		{
			CHECK_FOR_INTERRUPTS();
			for (int k = 0; columns[j] != COLUMN_NONE && k <= j; k++)
			{
				if (columns[k] != COLUMN_NONE)
					AddTo(&search->sums[columns[j] * p + columns[k]], weight);
			}
		}
	}
	Factor(search);
	for (int i = 0; i < p; i++)
	{
		CHECK_FOR_INTERRUPTS();
		memset(search->inverse + i * p, 0, p * sizeof(double));
		search->inverse[i * p + i] = 1;
		Solve(search, search->inverse + i * p);
	}
}

/* Add to the coefficients what the strata's residuals say of them */
static void
ImproveCoefficients(Search *search, double theta)
{
	Sum		   *sums = search->sums;
	double	   *step = palloc(search->p * sizeof(double));

	memset(sums, 0, search->p * sizeof(Sum));
	for (int i = 0; i < search->strata->n; i++)
	{
		const Stratum *stratum = &search->strata->strata[i];
		const int  *columns = ColumnsOf(search->design, i);
		double		residual = stratum->distance - SumOfCoefficients(search->design, search->coefficients, i);
		double		weighted = Weight(search, stratum, theta) * residual;

		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < search->design->width; j++)
		{
			if (columns[j] != COLUMN_NONE)
				AddTo(&sums[columns[j]], weighted);
		}
	}
	for (int i = 0; i < search->p; i++)
		step[i] = Total(sums[i]);
	Solve(search, step);
	for (int i = 0; i < search->p; i++)
		search->coefficients[i] += step[i];
	pfree(step);
}

/* The variance of what the coefficients say of a stratum, in units of sigma^2 over the unit of weights */
static double
Leverage(const Search *search, int stratum)
{
	const int  *columns = ColumnsOf(search->design, stratum);
	double		sum = 0;

	for (int i = 0; i < search->design->width; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int j = 0; columns[i] != COLUMN_NONE && j < search->design->width; j++)
		{
			if (columns[j] != COLUMN_NONE)
				sum += search->inverse[columns[i] * search->p + columns[j]];
		}
	}
	return sum;
}

/* The coefficients at a theta, and the sums over the strata */
static Weighing
Weigh(Search *search, double theta)
{
	Weighing	at = {.unit = (1 + search->n_largest * theta) / search->n_largest};
	Sum			squares = {0, 0};
	Sum			weighted = {0, 0};
	Sum			free = {0, 0};
	Sum			log_spread = {0, 0};

	SetInformation(search, theta);
	memset(search->coefficients, 0, search->p * sizeof(double));
	ImproveCoefficients(search, theta);
	ImproveCoefficients(search, theta);	/* once more, for what rounding took */
	for (int i = 0; i < search->strata->n; i++)
	{
		const Stratum *stratum = &search->strata->strata[i];
		double		weight = Weight(search, stratum, theta);
		double		residual = stratum->distance - SumOfCoefficients(search->design, search->coefficients, i);
		double		square = weight * residual * residual;

		CHECK_FOR_INTERRUPTS();
		AddTo(&squares, square);
		AddTo(&weighted, weight * square);
		AddTo(&free, weight * (1 - weight * Leverage(search, i)));
		AddTo(&log_spread, log1p(stratum->n * theta));
	}
	at.squares = Total(squares);
	at.weighted = Total(weighted);
	at.free = Total(free);
	at.log_spread = Total(log_spread);
	for (int i = 0; i < search->p; i++)
		at.log_determinant += 2 * log(search->factor[i * search->p + i]);
	return at;
}

/* Theta, on a logarithmic scale where strata differ by much and on a linear one where by little */
static double
Theta(const Search *search, double place)
{
	return expm1(place) / search->n_largest;
}

/* The derivative of the restricted likelihood, times something positive */
static double
RestrictedScore(double place, void *context)
{
	Search	   *search = context;
	Weighing	at = Weigh(search, Theta(search, place));

	return (search->n - search->p) * at.weighted / (search->strata->squares * at.unit + at.squares) - at.free;
}

/* The variance of students within a stratum, given the sums at a theta */
static double
WithinVariance(const Search *search, const Weighing *at)
{
	return (search->strata->squares + at->squares / at->unit) / (search->n - search->p);
}

/* The restricted likelihood, given the sums at a theta */
static double
LogLikelihood(const Search *search, const Weighing *at)
{
	double		scale = log(2 * M_PI * WithinVariance(search, at)) + 2 * M_LN2 * search->strata->unit;

	return -0.5 * ((search->n - search->p) * (scale + 1) +
				   at->log_spread + at->log_determinant - search->p * log(at->unit));
}

/* Keep a place where the likelihood is higher than at the best */
static void
TakeHigher(Search *search, double place, double *best_place, double *best)
{
	Weighing	at = Weigh(search, Theta(search, place));
	double		likelihood = LogLikelihood(search, &at);

	if (likelihood > *best)
	{
		*best = likelihood;
		*best_place = place;
	}
}

/*
 * Theta where the likelihood is highest. Strata of unlike sizes may give it several peaks, one
 * of them at 0; from where all weigh nearly the same, it falls for good once it falls.
 */
static double
FindTheta(Search *search)
{
	double		last = log1p(ENOUGH * search->n_largest / search->n_smallest);
	double		best_place = 0;
	double		best = -INFINITY;
	RootPoint	from;
	RootPoint	to = RootPointAt(RestrictedScore, search, 0);

	/* where it rises from 0 on, 0 is no peak */
	if (!(to.y > 0))
		TakeHigher(search, 0, &best_place, &best);
	do
	{
		from = to;
		to = RootPointAt(RestrictedScore, search,
						 Min(from.x < last ? from.x + PLACE_STEP : 2 * from.x, LAST_PLACE));
		if (from.y > 0 && !(to.y > 0))
			TakeHigher(search, FindRoot(RestrictedScore, search, from, to), &best_place, &best);
	} while (to.x < last || to.y > 0);
	return Theta(search, best_place);
}

/* What stands in the way of the model, or NULL */
static const char *
ModelReason(const Strata *strata, const Design *design)
{
	if (strata->n <= design->n_columns)
		return REASON_TOO_FEW_STRATA;
	if (!strata->varies)
		return REASON_ZERO_VARIANCE;
	if (strata->squares < LEAST_SQUARES)
		return REASON_OUT_OF_RANGE;
	return NULL;
}

/* Memory for the numbers of a search */
static Search
BeginSearch(const Strata *strata, const Design *design)
{
	int			p = design->n_columns;
	Search		search = {.strata = strata, .design = design, .n = strata->n_students, .p = p};

	search.n_smallest = strata->strata[0].n;
	for (int i = 0; i < strata->n; i++)
	{
		search.n_largest = Max(search.n_largest, strata->strata[i].n);
		search.n_smallest = Min(search.n_smallest, strata->strata[i].n);
	}
	search.sums = palloc(p * p * sizeof(Sum));
	search.factor = palloc(p * p * sizeof(double));
	search.inverse = palloc(p * p * sizeof(double));
	search.coefficients = palloc(p * sizeof(double));
	return search;
}

/* Fit a model of the strata's means by restricted maximum likelihood */
MixedModel
FitMixedModel(const Strata *strata, const Design *design)
{
	MixedModel	model = {.reason = ModelReason(strata, design)};
	Search		search;
	Weighing	at;

	if (model.reason != NULL)
		return model;
	search = BeginSearch(strata, design);
	model.theta = FindTheta(&search);
	at = Weigh(&search, model.theta);
	if (search.is_singular)
	{
		model.reason = REASON_OUT_OF_RANGE;
		return model;
	}
	model.sigma2 = WithinVariance(&search, &at);
	model.tau2 = model.theta * model.sigma2;
	model.log_likelihood = LogLikelihood(&search, &at);
	model.coefficients = search.coefficients;
	model.variances = palloc(search.p * sizeof(double));
	for (int i = 0; i < search.p; i++)
		model.variances[i] = search.inverse[i * search.p + i] * at.unit * model.sigma2;
	return model;
}

/* What a model says of a stratum's mean, as a distance */
double
Predicted(const Design *design, const MixedModel *model, int stratum)
{
	return SumOfCoefficients(design, model->coefficients, stratum);
}
