/*
 * hetop.c
 *		Heteroskedastic ordered probit of two groups, by maximum likelihood.
 *
 * Reardon, Shear, Castellano & Ho 2017 (HETOP). The reference group is standard
 * normal, the focal group is normal with mean mu and standard deviation
 * sigma = exp(lambda), and k - 1 cut scores part both into the categories.
 *
 * The parameters are the cuts, then mu, then lambda, unless that is held at 0:
 * then the model is the homoskedastic ordered probit (HOMOP).
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/reason.h"
#include "base/rmath.h"
#include "gap/coarsened.h"
#include "gap/v.h"
#include "miscadmin.h"

#define HETOP_MAX_ITERATIONS 200
/* Newton doubles the digits: after a step this small nothing is left to gain */
#define HETOP_LAST_STEP 1e-7
/* Farther than this the likelihood is nothing like a parabola */
#define HETOP_LONGEST_STEP 2
/* Of the log-likelihood, what may be rounding */
#define HETOP_NOISE 1e-13
/* A cut, or the logarithm of sigma, that wanders off this far is on its way to infinity */
#define HETOP_MAX_PARAMETER 30

typedef struct Hetop
{
	const CoarsenedGroups *groups;
	int			nparameters;
	double	   *parameters;
	double		loglik;
	double	   *gradient;
	double	   *information;	/* minus the matrix of second derivatives */
	double	   *expected;		/* what that is on average: always positive definite */

	/* to work in */
	double	   *factor;
	double	   *dp;
} Hetop;

/*
 * A cut on a group's own scale and its derivatives. Those with respect to the
 * cut itself and to mu are +-slope.
 */
typedef struct Edge
{
	int			cut;			/* its parameter; -1 for the ends of the scale */
	double		z;
	double		density;
} Edge;

static int
MuIndex(const Hetop *h)
{
	return h->groups->k - 1;
}

static bool
IsHeteroskedastic(const Hetop *h)
{
	return h->nparameters > h->groups->k;
}

/* The probability between two points, from whichever tail keeps its digits */
static double
NormalBetween(double lower, double upper)
{
	if (lower > 0)
		return pnorm(lower, 0, 1, 0, 0) - pnorm(upper, 0, 1, 0, 0);
	return pnorm(upper, 0, 1, 1, 0) - pnorm(lower, 0, 1, 1, 0);
}

/* The edge above a category; category -1 has the edge below the scale */
static Edge
CategoryEdge(const Hetop *h, int category, double mu, double slope)
{
	Edge		edge = {-1, 0, 0};

	if (category < 0)
		edge.z = -INFINITY;
	else if (category == h->groups->k - 1)
		edge.z = INFINITY;
	else
	{
		edge.cut = category;
		edge.z = (h->parameters[category] - mu) * slope;
		edge.density = dnorm(edge.z, 0, 1, 0);
	}
	return edge;
}

/*
 * Add sign * density * (dz / dtheta) to the gradient of a probability, and
 * -sign * density * (d2z - z dz dz') * weight to the information. "focal" is
 * whether z depends on mu and lambda.
 */
static void
AddEdge(Hetop *h, const Edge *edge, double sign, bool focal, double slope,
		double weight, double *dp)
{
	int			np = h->nparameters;
	int			indexes[3];
	double		dz[3];
	int			n = 0;

	if (edge->cut < 0)
		return;

	indexes[n] = edge->cut;
	dz[n++] = slope;
	if (focal)
	{
		indexes[n] = MuIndex(h);
		dz[n++] = -slope;
		if (IsHeteroskedastic(h))
		{
			indexes[n] = MuIndex(h) + 1;
			dz[n++] = -edge->z;
		}
	}

	for (int i = 0; i < n; i++)
	{
		dp[indexes[i]] += sign * edge->density * dz[i];
		for (int j = 0; j < n; j++)
		{
			/* d2z is -dz / dlambda for each pair with lambda, and 0 for the others */
			double		d2z = (i == 2) ? -dz[j] : (j == 2) ? -dz[i] : 0;

			h->information[indexes[i] * np + indexes[j]] -=
				weight * sign * edge->density * (d2z - edge->z * dz[i] * dz[j]);
		}
	}
}

/* Add what one group of n students says; false where its data are impossible */
static bool
AddGroup(Hetop *h, const int64 *counts, int64 n, bool focal, bool derivatives)
{
	int			np = h->nparameters;
	double		mu = focal ? h->parameters[MuIndex(h)] : 0;
	double		lambda = (focal && IsHeteroskedastic(h)) ? h->parameters[MuIndex(h) + 1] : 0;
	double		slope = exp(-lambda);
	double	   *dp = h->dp;

	for (int category = 0; category < h->groups->k; category++)
	{
		Edge		lower;
		Edge		upper;
		double		p;
		double		weight;

		lower = CategoryEdge(h, category - 1, mu, slope);
		upper = CategoryEdge(h, category, mu, slope);
		p = NormalBetween(lower.z, upper.z);
		if (!(p > 0) && counts[category] > 0)
			return false;
		if (counts[category] > 0)
			h->loglik += counts[category] * log(p);
		if (!derivatives || !(p > 0))
			continue;

		weight = counts[category] / p;
		memset(dp, 0, np * sizeof(double));
		AddEdge(h, &upper, 1, focal, slope, weight, dp);
		AddEdge(h, &lower, -1, focal, slope, weight, dp);
		for (int i = 0; i < np; i++)
		{
			if (dp[i] == 0)
				continue;
			h->gradient[i] += weight * dp[i];
			for (int j = 0; j < np; j++)
			{
				h->information[i * np + j] += weight / p * dp[i] * dp[j];
				h->expected[i * np + j] += n / p * dp[i] * dp[j];
			}
		}
	}
	return true;
}

/* Log-likelihood, and its derivatives if asked; false where it is -infinity */
static bool
Evaluate(Hetop *h, bool derivatives)
{
	h->loglik = 0;
	if (derivatives)
	{
		memset(h->gradient, 0, h->nparameters * sizeof(double));
		memset(h->information, 0, (Size) h->nparameters * h->nparameters * sizeof(double));
		memset(h->expected, 0, (Size) h->nparameters * h->nparameters * sizeof(double));
	}
	return AddGroup(h, h->groups->focal, h->groups->n_focal, true, derivatives) &&
		AddGroup(h, h->groups->reference, h->groups->n_reference, false, derivatives);
}

/*
 * Replace the lower triangle of a symmetric matrix by its Cholesky factor; false if
 * it is not positive definite
 */
static bool
Cholesky(double *a, int n)
{
	for (int j = 0; j < n; j++)
	{
		for (int i = j; i < n; i++)
		{
			double		sum = a[i * n + j];

			for (int k = 0; k < j; k++)
				sum -= a[i * n + k] * a[j * n + k];
			if (i > j)
				a[i * n + j] = sum / a[j * n + j];
			else if (sum > 0)
				a[j * n + j] = sqrt(sum);
			else
				return false;
		}
	}
	return true;
}

/* Solve with a Cholesky factor, in place */
static void
CholeskySolve(const double *a, int n, double *b)
{
	for (int i = 0; i < n; i++)
	{
		for (int k = 0; k < i; k++)
			b[i] -= a[i * n + k] * b[k];
		b[i] /= a[i * n + i];
	}
	for (int i = n - 1; i >= 0; i--)
	{
		for (int k = i + 1; k < n; k++)
			b[i] -= a[k * n + i] * b[k];
		b[i] /= a[i * n + i];
	}
}

/*
 * The step that a matrix of information leads to; returns how far the
 * parameter that moves most would go, infinity if it is not positive definite.
 */
static double
ScoringStep(const Hetop *h, const double *information, double *step)
{
	int			np = h->nparameters;
	double		longest = 0;

	memcpy(h->factor, information, (Size) np * np * sizeof(double));
	if (!Cholesky(h->factor, np))
		return INFINITY;
	memcpy(step, h->gradient, np * sizeof(double));
	CholeskySolve(h->factor, np, step);
	for (int i = 0; i < np; i++)
	{
		if (!isfinite(step[i]))
			return INFINITY;
		longest = Max(longest, fabs(step[i]));
	}
	return longest;
}

/* Where to begin: each group's shares, drawn a little to the middle so that none is 0 */
static void
StartingValues(Hetop *h)
{
	const CoarsenedGroups *groups = h->groups;
	int64		focal = 0;
	int64		reference = 0;
	double		mu = 0;

	for (int i = 0; i < groups->k - 1; i++)
	{
		double		below = 0.5 * (i + 1);
		double		above = 0.5 * (groups->k - i - 1);

		focal += groups->focal[i];
		reference += groups->reference[i];
		h->parameters[i] = VFromOdds(reference + below,
									 groups->n_reference - reference + above) / M_SQRT2;
		mu += h->parameters[i] - VFromOdds(focal + below, groups->n_focal - focal + above) / M_SQRT2;
	}
	h->parameters[MuIndex(h)] = mu / (groups->k - 1);
	if (IsHeteroskedastic(h))
		h->parameters[MuIndex(h) + 1] = 0;
}

/*
 * Newton's method, with the expected information where the observed one leads
 * too far or nowhere, the step halved until it climbs; false if there is no
 * maximum to be found.
 */
static bool
Maximize(Hetop *h)
{
	int			np = h->nparameters;
	double	   *step = palloc(np * sizeof(double));
	double	   *start = palloc(np * sizeof(double));

	StartingValues(h);
	for (int iteration = 0; iteration < HETOP_MAX_ITERATIONS; iteration++)
	{
		double		before;
		double		longest;
		double		scale;

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < np; i++)
		{
			if (i != MuIndex(h) && fabs(h->parameters[i]) > HETOP_MAX_PARAMETER)
				return false;
		}
		Evaluate(h, true);
		before = h->loglik;
		memcpy(start, h->parameters, np * sizeof(double));
		longest = ScoringStep(h, h->information, step);
		if (!(longest <= HETOP_LONGEST_STEP))
			longest = ScoringStep(h, h->expected, step);
		if (!isfinite(longest))
			return false;
		scale = Min(1, HETOP_LONGEST_STEP / longest);

		for (;;)
		{
			for (int i = 0; i < np; i++)
				h->parameters[i] = start[i] + scale * step[i];
			if (longest < HETOP_LAST_STEP)
				return Evaluate(h, true);
			if (Evaluate(h, false) && h->loglik >= before - HETOP_NOISE * fabs(before))
				break;
			if (scale < 1e-10)
				return false;
			scale /= 2;
		}
	}
	return false;
}

/* Standard error of V by the delta method, from the inverse of the observed information */
static double
StandardErrorOfV(const Hetop *h, double mu, double sigma)
{
	int			np = h->nparameters;
	double		spread = sqrt(1 + sigma * sigma);
	double	   *gradient = palloc0(np * sizeof(double));
	double	   *solved = palloc(np * sizeof(double));
	double		variance = 0;

	gradient[MuIndex(h)] = M_SQRT2 / spread;
	if (IsHeteroskedastic(h))
		gradient[MuIndex(h) + 1] = -M_SQRT2 * mu * sigma * sigma / (spread * spread * spread);

	memcpy(h->factor, h->information, (Size) np * np * sizeof(double));
	if (!Cholesky(h->factor, np))
		return NAN;
	memcpy(solved, gradient, np * sizeof(double));
	CholeskySolve(h->factor, np, solved);
	for (int i = 0; i < np; i++)
		variance += gradient[i] * solved[i];
	return sqrt(variance);
}

/* Fit the model; the groups must overlap so that a maximum exists */
void
HetopFit(const CoarsenedGroups *groups, bool heteroskedastic, CoarsenedV *result)
{
	int			np = groups->k + (heteroskedastic ? 1 : 0);
	Size		vector = np * sizeof(double);
	Hetop		h = {.groups = groups,.nparameters = np};

	h.parameters = palloc(vector);
	h.gradient = palloc(vector);
	h.information = palloc(np * vector);
	h.expected = palloc(np * vector);
	h.factor = palloc(np * vector);
	h.dp = palloc(vector);
	if (!Maximize(&h))
	{
		result->v.reason = REASON_NO_MAXIMUM;
		return;
	}
	result->cuts = h.parameters;
	result->mu = h.parameters[MuIndex(&h)];
	result->sigma = heteroskedastic ? exp(h.parameters[MuIndex(&h) + 1]) : 1;
	result->v.estimate = M_SQRT2 * result->mu / sqrt(1 + result->sigma * result->sigma);
	result->v.se = StandardErrorOfV(&h, result->mu, result->sigma);
	result->auc = pnorm(result->v.estimate / M_SQRT2, 0, 1, 1, 0);
	if (!isfinite(result->v.se))
	{
		result->v.se = NAN;
		result->v.reason = REASON_SINGULAR_INFORMATION;
	}
}
