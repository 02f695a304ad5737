/*
 * quantile_regression.c
 *		Conditional quantiles of one score given another.
 *
 * Koenker & Bassett 1978: the coefficients that minimize the sum of
 * rho(residual), rho(r) = tau r above 0 and (tau - 1) r below. The minimum is
 * at a vertex, where the curve goes through as many pairs as it has
 * coefficients. We go from vertex to vertex along the edge that falls most,
 * passing over pairs until the sum no longer falls, as Barrodale & Roberts 1974
 * do for the median; the vertex of one tau is the start for the next.
 *
 * Scores are discrete, so that a curve may go through more pairs than it has
 * to. To know on which side such a pair is, each current score is shifted by a
 * different amount, far below what can be seen in a result and far above
 * rounding; the coefficients of the vertex found are those of the scores as
 * they are.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "growth/quantile_regression.h"
#include "miscadmin.h"

#define P SPLINE_COLUMNS

/* Of the range of the scores */
#define LARGEST_SHIFT 1e-9
/* Of the students: what a slope must exceed to be one */
#define SLOPE_TOLERANCE 1e-11
/* A design row that is nearly a combination of those chosen */
#define SINGULAR 1e-9

/* A pair that the curve meets on the way along an edge */
typedef struct Crossing
{
	double		distance;
	double		slope;			/* by how much the sum falls less from there on */
	int			pair;
} Crossing;

typedef struct Vertex
{
	const Regression *data;
	double		tau;
	double	   *shifted;		/* current scores, no curve through more than P of them */
	double		total;			/* weight of all pairs */
	int			basis[P];		/* the pairs that the curve goes through */
	bool	   *is_basic;		/* of each pair */
	double		inverse[P][P];	/* of the design rows of those pairs */
	double		coefficients[P];
	double	   *fitted;			/* of each prior */
	double	   *residuals;		/* of each pair */
	Crossing   *crossings;
} Vertex;

static double
Dot(const double *a, const double *b)
{
	double		sum = 0;

	for (int i = 0; i < P; i++)
		sum += a[i] * b[i];
	return sum;
}

static const double *
DesignRow(const Vertex *v, int pair)
{
	return v->data->design[v->data->prior[pair]];
}

/* Invert the design rows of the basis; false if they are not independent */
static bool
InvertBasis(Vertex *v)
{
	double		a[P][P];

	for (int i = 0; i < P; i++)
	{
		memcpy(a[i], DesignRow(v, v->basis[i]), sizeof(a[i]));
		for (int j = 0; j < P; j++)
			v->inverse[i][j] = i == j;
	}
	for (int column = 0; column < P; column++)
	{
		int			pivot = column;

		for (int i = column + 1; i < P; i++)
		{
			if (fabs(a[i][column]) > fabs(a[pivot][column]))
				pivot = i;
		}
		if (a[pivot][column] == 0)
			return false;
		for (int j = 0; j < P; j++)
		{
			double		swap = a[column][j];

			a[column][j] = a[pivot][j];
			a[pivot][j] = swap;
			swap = v->inverse[column][j];
			v->inverse[column][j] = v->inverse[pivot][j];
			v->inverse[pivot][j] = swap;
		}
		for (int i = 0; i < P; i++)
		{
			double		factor = a[i][column] / a[column][column];

			if (i == column || factor == 0)
				continue;
			for (int j = 0; j < P; j++)
			{
				a[i][j] -= factor * a[column][j];
				v->inverse[i][j] -= factor * v->inverse[column][j];
			}
		}
	}
	for (int i = 0; i < P; i++)
	{
		for (int j = 0; j < P; j++)
			v->inverse[i][j] /= a[i][i];
	}
	return true;
}

/* The curve through the basis, for either version of the scores; refined once against rounding */
static void
SolveBasis(Vertex *v, const double *current)
{
	memset(v->coefficients, 0, sizeof(v->coefficients));
	for (int round = 0; round < 2; round++)
	{
		double		left[P];

		for (int i = 0; i < P; i++)
			left[i] = current[v->basis[i]] - Dot(DesignRow(v, v->basis[i]), v->coefficients);
		for (int i = 0; i < P; i++)
			v->coefficients[i] += Dot(v->inverse[i], left);
	}
}

/* Where the curve leaves each pair */
static void
ComputeResiduals(Vertex *v, const double *current)
{
	for (int i = 0; i < v->data->npriors; i++)
		v->fitted[i] = Dot(v->data->design[i], v->coefficients);
	for (int i = 0; i < v->data->npairs; i++)
		v->residuals[i] = current[i] - v->fitted[v->data->prior[i]];
}

/* The sum that is minimized */
static double
Loss(const Vertex *v)
{
	double		loss = 0;

	for (int i = 0; i < v->data->npairs; i++)
		loss += v->data->weight[i] * v->residuals[i] * (v->tau - (v->residuals[i] < 0));
	return loss;
}

/*
 * Begin with pairs whose design rows are independent, those at their priors'
 * middle: Gaussian elimination, each time with the prior whose row has most
 * left. False if there are not enough of them.
 */
static bool
StartBasis(Vertex *v)
{
	const Regression *data = v->data;
	double	  (*rows)[P] = palloc(data->npriors * sizeof(*rows));

	memcpy(rows, data->design, data->npriors * sizeof(*rows));
	for (int step = 0; step < P; step++)
	{
		int			best = 0;
		int			column = 0;
		int			first = 0;
		int			last;

		for (int i = 0; i < data->npriors; i++)
		{
			for (int j = 0; j < P; j++)
			{
				if (fabs(rows[i][j]) > fabs(rows[best][column]))
				{
					best = i;
					column = j;
				}
			}
		}
		if (fabs(rows[best][column]) < SINGULAR)
			return false;

		while (data->prior[first] < best)
			first++;
		last = first;
		while (last + 1 < data->npairs && data->prior[last + 1] == best)
			last++;
		v->basis[step] = (first + last) / 2;
		v->is_basic[v->basis[step]] = true;

		for (int i = 0; i < data->npriors; i++)
		{
			double		factor = rows[i][column] / rows[best][column];

			if (i == best)
				continue;
			for (int j = 0; j < P; j++)
				rows[i][j] -= factor * rows[best][j];
			rows[i][column] = 0;
		}
		memset(rows[best], 0, sizeof(*rows));
	}
	return InvertBasis(v);
}

/*
 * The edge along which the sum falls most: its direction, and the pair that the
 * curve lets go. Returns the slope, or 0 at the minimum.
 */
static double
SteepestEdge(const Vertex *v, double *direction, int *leaving)
{
	const Regression *data = v->data;
	double		gradient[P] = {0};
	double		steepest = -SLOPE_TOLERANCE * v->total;
	double		sign = 0;

	for (int i = 0; i < data->npairs; i++)
	{
		double		pull = data->weight[i] * (v->tau - (v->residuals[i] < 0));

		if (v->is_basic[i])
			continue;
		for (int j = 0; j < P; j++)
			gradient[j] += pull * DesignRow(v, i)[j];
	}
	for (int k = 0; k < P; k++)
	{
		double		weight = data->weight[v->basis[k]];
		double		u = 0;

		for (int j = 0; j < P; j++)
			u += gradient[j] * v->inverse[j][k];
		if ((1 - v->tau) * weight - u < steepest)
		{
			steepest = (1 - v->tau) * weight - u;
			*leaving = k;
			sign = 1;
		}
		if (v->tau * weight + u < steepest)
		{
			steepest = v->tau * weight + u;
			*leaving = k;
			sign = -1;
		}
	}
	if (sign == 0)
		return 0;
	for (int j = 0; j < P; j++)
		direction[j] = sign * v->inverse[j][*leaving];
	return steepest;
}

/*
 * The crossing at which the slope, negative at first, is no longer so: that is
 * the weighted median of the crossings, found by partition. -1 if there is none.
 */
static int
StoppingPair(Crossing *crossings, int n, double slope)
{
	while (n > 0)
	{
		Crossing	pivot = crossings[n / 2];
		double		nearer_slope = 0;
		int			nearer = 0;
		int			i = 0;

		/* nearer ones first; the pivot itself is among the others */
		for (i = 0; i < n; i++)
		{
			if (crossings[i].distance < pivot.distance)
			{
				Crossing	swap = crossings[nearer];

				crossings[nearer++] = crossings[i];
				crossings[i] = swap;
				nearer_slope += crossings[nearer - 1].slope;
			}
		}
		if (slope + nearer_slope >= 0)
		{
			n = nearer;
			continue;
		}
		slope += nearer_slope;
		crossings += nearer;
		n -= nearer;

		/* all at the pivot's distance come next */
		nearer = 0;
		for (i = 0; i < n; i++)
		{
			if (crossings[i].distance == pivot.distance)
			{
				Crossing	swap = crossings[nearer];

				crossings[nearer++] = crossings[i];
				crossings[i] = swap;
				slope += crossings[nearer - 1].slope;
				if (slope >= 0)
					return crossings[nearer - 1].pair;
			}
		}
		crossings += nearer;
		n -= nearer;
	}
	return -1;
}

/* Go to the minimum for tau; false if it is not reached */
static bool
Descend(Vertex *v)
{
	const Regression *data = v->data;
	int			max_steps = 1000 + data->npairs;

	for (int step = 0; step < max_steps; step++)
	{
		double		direction[P];
		double		slope;
		int			leaving = 0;
		int			entering;
		int			ncrossings = 0;

		CHECK_FOR_INTERRUPTS();
		SolveBasis(v, v->shifted);
		ComputeResiduals(v, v->shifted);
		slope = SteepestEdge(v, direction, &leaving);
		if (slope == 0)
			return true;

		for (int i = 0; i < data->npriors; i++)
			v->fitted[i] = Dot(data->design[i], direction);
		for (int i = 0; i < data->npairs; i++)
		{
			double		rise = v->fitted[data->prior[i]];

			if (v->is_basic[i] || rise == 0 || v->residuals[i] / rise <= 0)
				continue;
			v->crossings[ncrossings].distance = v->residuals[i] / rise;
			v->crossings[ncrossings].slope = data->weight[i] * fabs(rise);
			v->crossings[ncrossings++].pair = i;
		}
		entering = StoppingPair(v->crossings, ncrossings, slope);
		if (entering < 0)
			return false;

		v->is_basic[v->basis[leaving]] = false;
		v->basis[leaving] = entering;
		v->is_basic[entering] = true;
		if (!InvertBasis(v))
			return false;
	}
	return false;
}

/*
 * Coefficients and losses at tau = (k - 1/2) / ntaus, k from 1. The current
 * scores must not all be one. False if the design has fewer independent rows
 * than columns.
 */
bool
QuantileRegressionProcess(const Regression *data, int ntaus,
						  double (*coefficients)[SPLINE_COLUMNS], double *losses)
{
	Vertex		v = {.data = data};
	double		lowest = data->current[0];
	double		highest = data->current[0];

	v.shifted = palloc(data->npairs * sizeof(double));
	v.is_basic = palloc0(data->npairs * sizeof(bool));
	v.fitted = palloc(data->npriors * sizeof(double));
	v.residuals = palloc(data->npairs * sizeof(double));
	v.crossings = palloc(data->npairs * sizeof(Crossing));

	for (int i = 0; i < data->npairs; i++)
	{
		v.total += data->weight[i];
		lowest = Min(lowest, data->current[i]);
		highest = Max(highest, data->current[i]);
	}
	for (int i = 0; i < data->npairs; i++)
	{
		/* multiples of the golden ratio, modulo 1, are far from each other */
		double		golden = fmod((i + 1) * 0.6180339887498949, 1);

		v.shifted[i] = data->current[i] + LARGEST_SHIFT * (highest - lowest) * golden;
	}

	if (!StartBasis(&v))
		return false;
	for (int k = 0; k < ntaus; k++)
	{
		v.tau = (k + 0.5) / ntaus;
		if (!Descend(&v))
			return false;
		SolveBasis(&v, data->current);
		ComputeResiduals(&v, data->current);
		memcpy(coefficients[k], v.coefficients, sizeof(v.coefficients));
		losses[k] = Loss(&v);
	}
	return true;
}
