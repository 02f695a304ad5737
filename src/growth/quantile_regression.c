/*
 * quantile_regression.c
 *		Conditional quantiles of one score given others.
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

/* Of scores from 0 to 1 */
#define LARGEST_SHIFT 1e-9
/* Of the students: what a slope must exceed to be one */
#define SLOPE_TOLERANCE 1e-11
/* What a rise must exceed to be one, where that of the pair let go is 1 */
#define RISE_TOLERANCE 1e-11
/* A design row that is nearly a combination of those chosen */
#define SINGULAR 1e-9
/* So many steps at the same height are enough */
#define MAX_STALLED 100
/* Less in the inversion of a basis is rounding */
#define SMALLEST_PIVOT 1e-15

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
	int			p;				/* columns of the design */
	double	   *shifted;		/* current scores, no curve through more than p of them */
	double		total;			/* weight of all pairs */
	int			basis[MAX_COLUMNS]; /* the pairs that the curve goes through */
	double		inverse[MAX_COLUMNS][MAX_COLUMNS];	/* of the design rows of those pairs */
	double		coefficients[MAX_COLUMNS];
	double		gradient[MAX_COLUMNS];	/* slopes of the sum in them, but for the pairs of the basis */
	double		loss;			/* the sum */
	double	   *residuals;		/* of each pair; 0 for those of the basis */
	Crossing   *crossings;
} Vertex;

/* The design row of a prior */
static inline const SplineRow *
PriorRow(const Regression *data, int prior)
{
	return &data->design[(Size) prior * data->n_splines];
}

static inline const SplineRow *
DesignRow(const Vertex *v, int pair)
{
	return PriorRow(v->data, v->data->prior[pair]);
}

/* The value of a curve there */
static inline double
Curve(const Vertex *v, const SplineRow *row, const double *coefficients)
{
	return DesignValue(row, v->data->n_splines, coefficients);
}

/* Add a multiple of a row */
static inline void
AddRow(double *sum, const SplineRow *row, int n_splines, double factor)
{
	for (int i = 0; i < n_splines; i++)
	{
		double	   *part = sum + row[i].column;

		part[0] += factor * row[i].values[0];
		part[1] += factor * row[i].values[1];
		part[2] += factor * row[i].values[2];
		part[3] += factor * row[i].values[3];
	}
}

/* Write a row out, zeros and all */
static void
FillRow(double *full, const Vertex *v, const SplineRow *row)
{
	memset(full, 0, v->p * sizeof(double));
	AddRow(full, row, v->data->n_splines, 1);
}

static void
SwapRows(double (*rows)[MAX_COLUMNS], int i, int j)
{
	double		row[MAX_COLUMNS];

	memcpy(row, rows[i], sizeof(row));
	memcpy(rows[i], rows[j], sizeof(row));
	memcpy(rows[j], row, sizeof(row));
}

/* Invert the design rows of the basis; false if they are not independent */
static bool
InvertBasis(Vertex *v)
{
	int			p = v->p;
	double		a[MAX_COLUMNS][MAX_COLUMNS];

	memset(a, 0, sizeof(a));
	for (int i = 0; i < p; i++)
	{
		FillRow(a[i], v, DesignRow(v, v->basis[i]));
		for (int j = 0; j < p; j++)
			v->inverse[i][j] = i == j;
	}
	for (int column = 0; column < p; column++)
	{
		int			pivot = column;

		for (int i = column + 1; i < p; i++)
		{
			if (fabs(a[i][column]) > fabs(a[pivot][column]))
				pivot = i;
		}
		if (fabs(a[pivot][column]) < SMALLEST_PIVOT)
			return false;
		if (pivot != column)
		{
			SwapRows(a, column, pivot);
			SwapRows(v->inverse, column, pivot);
		}
		for (int i = 0; i < p; i++)
		{
			double		factor = a[i][column] / a[column][column];

			if (i == column || factor == 0)
				continue;
			for (int j = 0; j < p; j++)
			{
				a[i][j] -= factor * a[column][j];
				v->inverse[i][j] -= factor * v->inverse[column][j];
			}
		}
	}
	for (int i = 0; i < p; i++)
	{
		for (int j = 0; j < p; j++)
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
		double		left[MAX_COLUMNS];

		for (int i = 0; i < v->p; i++)
			left[i] = current[v->basis[i]] - Curve(v, DesignRow(v, v->basis[i]), v->coefficients);
		for (int i = 0; i < v->p; i++)
		{
			for (int j = 0; j < v->p; j++)
				v->coefficients[i] += v->inverse[i][j] * left[j];
		}
	}
}

/* By how much the sum grows with the residual of a pair of such a weight */
static inline double
Pull(double tau, double weight, double residual)
{
	return weight * (tau - (residual < 0));
}

/* Where the curve leaves each pair, and what the sum is there */
static void
ComputeResiduals(Vertex *v, const double *current)
{
	const Regression *data = v->data;
	double		tau = v->tau;
	double		gradient[MAX_COLUMNS] = {0};
	double		loss = 0;

	for (int prior = 0; prior < data->npriors; prior++)
	{
		const SplineRow *row = PriorRow(data, prior);
		double		fitted = Curve(v, row, v->coefficients);
		double		total_pull = 0;

		CHECK_FOR_INTERRUPTS();
		for (int i = data->first[prior]; i < data->first[prior + 1]; i++)
		{
			double		residual = current[i] - fitted;
			double		pull = Pull(tau, data->weight[i], residual);

			v->residuals[i] = residual;
			loss += pull * residual;
			total_pull += pull;
		}
		AddRow(gradient, row, data->n_splines, total_pull);
	}

	for (int k = 0; k < v->p; k++)
	{
		int			i = v->basis[k];

		AddRow(gradient, DesignRow(v, i), data->n_splines, -Pull(tau, data->weight[i], v->residuals[i]));
		v->residuals[i] = 0;
	}
	memcpy(v->gradient, gradient, sizeof(gradient));
	v->loss = loss;
}

/* Where in a matrix of p columns the entry is that is farthest from 0 */
static void
FindLargest(const double *rows, int nrows, int p, int *row, int *column)
{
	double		largest = -1;

	for (int i = 0; i < nrows; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < p; j++)
		{
			double		entry = fabs(rows[(Size) i * p + j]);

			if (entry > largest)
			{
				largest = entry;
				*row = i;
				*column = j;
			}
		}
	}
}

/* Take from all rows what one of them says of a column; nothing is left of that one */
static void
Eliminate(double *rows, int nrows, int p, int row, int column)
{
	double	   *pivot = &rows[(Size) row * p];

	for (int i = 0; i < nrows; i++)
	{
		double	   *other = &rows[(Size) i * p];
		double		factor = other[column] / pivot[column];

		CHECK_FOR_INTERRUPTS();
		if (i == row || factor == 0)
			continue;
		for (int j = 0; j < p; j++)
			other[j] -= factor * pivot[j];
		other[column] = 0;
	}
	memset(pivot, 0, p * sizeof(double));
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
	int			p = v->p;
	double	   *rows = AllocateHuge((Size) data->npriors * p, sizeof(double));

	for (int i = 0; i < data->npriors; i++)
		FillRow(&rows[(Size) i * p], v, PriorRow(data, i));
	for (int step = 0; step < p; step++)
	{
		int			prior = 0;
		int			column = 0;

		FindLargest(rows, data->npriors, p, &prior, &column);
		if (fabs(rows[(Size) prior * p + column]) < SINGULAR)
			return false;
		v->basis[step] = (data->first[prior] + data->first[prior + 1] - 1) / 2;
		Eliminate(rows, data->npriors, p, prior, column);
	}
	pfree(rows);
	return InvertBasis(v);
}

/*
 * The edge along which the sum falls most: its direction, and the pair that the
 * curve lets go. Returns the slope, or 0 at the minimum.
 */
static double
SteepestEdge(const Vertex *v, double *direction, int *leaving)
{
	double		steepest = -SLOPE_TOLERANCE * v->total;
	double		sign = 0;

	for (int k = 0; k < v->p; k++)
	{
		double		weight = v->data->weight[v->basis[k]];
		double		u = 0;

		for (int j = 0; j < v->p; j++)
			u += v->gradient[j] * v->inverse[j][k];
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
	for (int j = 0; j < v->p; j++)
		direction[j] = sign * v->inverse[j][*leaving];
	return steepest;
}

/* The pairs that the curve meets along a direction; returns how many */
static int
FindCrossings(Vertex *v, const double *direction)
{
	const Regression *data = v->data;
	int			ncrossings = 0;

	for (int prior = 0; prior < data->npriors; prior++)
	{
		double		rise = Curve(v, PriorRow(data, prior), direction);

		CHECK_FOR_INTERRUPTS();
		if (!(fabs(rise) > RISE_TOLERANCE))
			continue;
		for (int i = data->first[prior]; i < data->first[prior + 1]; i++)
		{
			double		distance = v->residuals[i] / rise;

			/* overwritten if it is behind, of the basis, or not a number */
			v->crossings[ncrossings] =
				(Crossing) {distance, data->weight[i] * fabs(rise), i};
			ncrossings += distance > 0;
		}
	}
	return ncrossings;
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

/*
 * Go to the minimum for tau; false if the way is lost. Where rounding hides by
 * how much the sum falls, it may go round in circles: if the sum was not lower
 * than ever for many steps, it is the minimum but for rounding.
 */
static bool
Descend(Vertex *v)
{
	double		lowest = INFINITY;
	int			stalled = 0;

	while (stalled < MAX_STALLED)
	{
		double		direction[MAX_COLUMNS];
		double		slope;
		int			leaving = 0;
		int			entering;

		SolveBasis(v, v->shifted);
		ComputeResiduals(v, v->shifted);
		slope = SteepestEdge(v, direction, &leaving);
		if (slope == 0)
			return true;
		stalled = v->loss < lowest ? 0 : stalled + 1;
		lowest = Min(lowest, v->loss);

		entering = StoppingPair(v->crossings, FindCrossings(v, direction), slope);
		if (entering < 0)
			return false;
		v->basis[leaving] = entering;
		if (!InvertBasis(v))
			return false;
	}
	return true;
}

/*
 * Coefficients and losses at tau = (k - 1/2) / ntaus, k from 1. False if the
 * design has fewer independent rows than columns.
 */
bool
QuantileRegressionProcess(const Regression *data, int ntaus,
						  double (*coefficients)[MAX_COLUMNS], double *losses)
{
	Vertex		v = {.data = data, .p = DESIGN_COLUMNS(data->n_splines)};

	v.shifted = AllocateHuge(data->npairs, sizeof(double));
	v.residuals = AllocateHuge(data->npairs, sizeof(double));
	v.crossings = AllocateHuge(data->npairs, sizeof(Crossing));

	for (int i = 0; i < data->npairs; i++)
	{
		/* multiples of the golden ratio, modulo 1, are far from each other */
		double		golden = fmod((i + 1) * 0.6180339887498949, 1);

		v.shifted[i] = data->current[i] + LARGEST_SHIFT * golden;
		v.total += data->weight[i];
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
		memcpy(coefficients[k], v.coefficients, v.p * sizeof(double));
		losses[k] = v.loss;
	}
	return true;
}
