/*
 * least_squares.h
 *		Least squares, without rounding.
 *
 * Every column is in units of its own, the power of two that its values are multiples of,
 * so that all sums are whole numbers. Covariates are numbered from 0; the outcome follows.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_LEAST_SQUARES_H
#define GAPSTATS_LEAST_SQUARES_H

#include "decomposition/cross_products.h"
#include "decomposition/exact.h"

/* A square of whole numbers, row by row */
typedef struct Square
{
	int			size;
	mpz_t	   *cells;
} Square;

static inline mpz_ptr
Cell(const Square *square, int row, int column)
{
	return square->cells[row * square->size + column];
}

/* A vector of fractions that have one denominator */
typedef struct Vector
{
	int			size;
	mpz_t	   *numerators;
	mpz_t		denominator;
} Vector;

/* The sums of a group: of its columns; and n times those of products of deviations from the means */
typedef struct GroupSums
{
	int64		n;
	int			k;				/* covariates */
	mpz_t	   *sums;			/* of k + 1 columns */
	Square		deviations;
} GroupSums;

/* What stands in the way of a regression */
typedef enum Obstacle
{
	OBSTACLE_NONE,
	OBSTACLE_CONSTANT,
	OBSTACLE_COLLINEAR
} Obstacle;

/*
 * Least squares of the outcome on the covariates and a constant. With the deviations'
 * products C of the covariates: the determinant is |C|, the adjugate C^-1 |C|.
 */
typedef struct Regression
{
	Obstacle	obstacle;
	int			covariate;		/* that is in the way */
	Square		swept;			/* the adjugate, in the rows and columns of the covariates */
	mpz_t		determinant;
	Vector		coefficients;
	Exact		residual;		/* n times the sum of squares of the residuals */
} Regression;

extern Square NewSquare(int size);
extern Vector NewVector(int size);
extern Vector VectorFrom(const Exact *elements, int size);
extern Vector WeightedSum(Exact a, const Vector *x, Exact b, const Vector *y);
extern Vector Multiply(const Square *square, const Vector *vector, Exact factor);
extern Exact DotProduct(const Vector *a, const Vector *b);
extern Exact VectorElement(const Vector *vector, int i);
extern Exact QuadraticForm(const Square *square, const Vector *vector);

extern GroupSums ReadGroupSums(const CrossProducts *products, int group);
extern Vector MeanDifference(const GroupSums *a, const GroupSums *b);
extern Square PoolDeviations(const GroupSums *a, const GroupSums *b, bool within_groups);
extern Regression Regress(const Square *deviations, const mpz_t *sums);

#endif							/* GAPSTATS_LEAST_SQUARES_H */
