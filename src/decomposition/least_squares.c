/*
 * least_squares.c
 *		Least squares, without rounding.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "decomposition/least_squares.h"
#include "miscadmin.h"

/*
 * The share of a covariate's variance that those before it leave unexplained, at or below
 * which it is taken to be made of them, and rounded: the square of 1e-7, as R's lm has it.
 */
#define COLLINEAR_SHARE 1e-14

/* Its variance, relative to the square of its mean, that rounding can make */
#define ROUNDED_CONSTANT 1e-30

Square
NewSquare(int size)
{
	Square		square = {size, palloc(Max(size * size, 1) * sizeof(mpz_t))};

	for (int i = 0; i < size * size; i++)
		mpz_init(square.cells[i]);
	return square;
}

Vector
NewVector(int size)
{
	Vector		vector;

	vector.size = size;
	vector.numerators = palloc(Max(size, 1) * sizeof(mpz_t));
	for (int i = 0; i < size; i++)
		mpz_init(vector.numerators[i]);
	mpz_init_set_si(vector.denominator, 1);
	return vector;
}

Exact
VectorElement(const Vector *vector, int i)
{
	return ExactFraction(vector->numerators[i], vector->denominator);
}

/* Elements with one denominator */
Vector
VectorFrom(const Exact *elements, int size)
{
	Vector		vector = NewVector(size);

	for (int i = 0; i < size; i++)
		mpz_lcm(vector.denominator, vector.denominator, mpq_denref(elements[i]));
	for (int i = 0; i < size; i++)
	{
		mpz_divexact(vector.numerators[i], vector.denominator, mpq_denref(elements[i]));
		mpz_mul(vector.numerators[i], vector.numerators[i], mpq_numref(elements[i]));
	}
	return vector;
}

/* a x + b y */
Vector
WeightedSum(Exact a, const Vector *x, Exact b, const Vector *y)
{
	Exact	   *elements = palloc(Max(x->size, 1) * sizeof(Exact));

	for (int i = 0; i < x->size; i++)
		elements[i] = ExactSum(ExactProduct(a, VectorElement(x, i)), ExactProduct(b, VectorElement(y, i)));
	return VectorFrom(elements, x->size);
}

/* M v times a factor, with as many rows and columns of M as v has elements */
Vector
Multiply(const Square *square, const Vector *vector, Exact factor)
{
	Vector		product = NewVector(vector->size);

	for (int i = 0; i < vector->size; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < vector->size; j++)
			mpz_addmul(product.numerators[i], Cell(square, i, j), vector->numerators[j]);
		mpz_mul(product.numerators[i], product.numerators[i], mpq_numref(factor));
	}
	mpz_mul(product.denominator, vector->denominator, mpq_denref(factor));
	return product;
}

/* The sum of the products of their elements */
Exact
DotProduct(const Vector *a, const Vector *b)
{
	mpz_t		sum;
	mpz_t		denominator;

	mpz_init(sum);
	mpz_init(denominator);
	for (int i = 0; i < a->size; i++)
		mpz_addmul(sum, a->numerators[i], b->numerators[i]);
	mpz_mul(denominator, a->denominator, b->denominator);
	return ExactFraction(sum, denominator);
}

/* v' M v, with as many rows and columns of M as v has elements */
Exact
QuadraticForm(const Square *square, const Vector *vector)
{
	mpz_t		sum;
	mpz_t		term;

	mpz_init(sum);
	mpz_init(term);
	for (int i = 0; i < vector->size; i++)
	{
		CHECK_FOR_INTERRUPTS();
		mpz_set_si(term, 0);
		for (int j = 0; j < vector->size; j++)
			mpz_addmul(term, Cell(square, i, j), vector->numerators[j]);
		mpz_addmul(sum, term, vector->numerators[i]);
	}
	mpz_mul(term, vector->denominator, vector->denominator);
	return ExactFraction(sum, term);
}

/* An integer in two's complement, least significant limb first */
static void
ReadInteger(mpz_ptr result, const uint64 *limbs, int n)
{
	bool		negative = limbs[n - 1] >> 63;
	uint64	   *magnitude = palloc(n * sizeof(uint64));

	for (int i = 0; i < n; i++)
		magnitude[i] = negative ? ~limbs[i] : limbs[i];
	mpz_import(result, n, -1, sizeof(uint64), 0, 0, magnitude);
	if (negative)
		mpz_com(result, result);
	pfree(magnitude);
}

/* A column of cross products, as regressions number them */
static int
ColumnNumber(int column, int k)
{
	return column == COLUMN_OUTCOME ? k : column - COLUMN_COVARIATES;
}

/* Put a number into both cells that are one in a symmetric square */
static void
SetBoth(const Square *square, int i, int j, mpz_srcptr value)
{
	mpz_set(Cell(square, i, j), value);
	mpz_set(Cell(square, j, i), value);
}

/* From sums of products to n times those of deviations: n S_ij - S_i S_j */
static void
Center(GroupSums *group)
{
	int			size = group->k + 1;

	for (int i = 0; i < size; i++)
	{
		for (int j = i; j < size; j++)
		{
			mpz_ptr		cell = Cell(&group->deviations, i, j);

			mpz_mul_si(cell, cell, group->n);
			mpz_submul(cell, group->sums[i], group->sums[j]);
			if (i != j)
				mpz_set(Cell(&group->deviations, j, i), cell);
		}
	}
	for (int i = 0; i < size; i++)
	{
		if (mpz_sgn(Cell(&group->deviations, i, i)) < 0)
			ereport(ERROR,
					(errcode(ERRCODE_DATA_EXCEPTION),
					 errmsg("cross_products are of no numbers"),
					 errdetail("A sum of squares does not fit its sum.")));
	}
}

/* The sums of a group */
GroupSums
ReadGroupSums(const CrossProducts *products, int group)
{
	GroupSums	result = {.n = products->n[group], .k = Max(products->n_covariates, 0)};
	int			n_columns = CountColumns(products);
	const uint64 *limbs = FirstLimb(products);
	mpz_t		value;

	result.sums = palloc((result.k + 1) * sizeof(mpz_t));
	for (int i = 0; i <= result.k; i++)
		mpz_init(result.sums[i]);
	result.deviations = NewSquare(result.k + 1);
	if (products->n_covariates == COVARIATES_UNKNOWN)
		return result;

	mpz_init(value);
	for (int g = 0; g <= group; g++)
	{
		for (int a = 0; a < n_columns; a++)
		{
			for (int b = Max(a, COLUMN_OUTCOME); b < n_columns; b++)
			{
				int			n_limbs = CountLimbs(ColumnSpan(products, a), ColumnSpan(products, b));

				if (g == group)
				{
					ReadInteger(value, limbs, n_limbs);
					if (a == COLUMN_ONE)
						mpz_set(result.sums[ColumnNumber(b, result.k)], value);
					else
						SetBoth(&result.deviations, ColumnNumber(a, result.k), ColumnNumber(b, result.k), value);
				}
				limbs += n_limbs;
			}
		}
	}
	Center(&result);
	return result;
}

/* How far the means of b are below those of a, of the covariates and the outcome */
Vector
MeanDifference(const GroupSums *a, const GroupSums *b)
{
	Vector		difference = NewVector(a->k + 1);

	mpz_set_si(difference.denominator, a->n);
	mpz_mul_si(difference.denominator, difference.denominator, b->n);
	for (int i = 0; i <= a->k; i++)
	{
		mpz_mul_si(difference.numerators[i], a->sums[i], b->n);
		mpz_submul_ui(difference.numerators[i], b->sums[i], a->n);
	}
	return difference;
}

/*
 * A multiple of the products of deviations in both groups together, from the means of
 * each or from those of all. With n_a C_a and n_b C_b the deviations of the groups, and
 * d the difference of their means, these are C_a + C_b, and C_a + C_b + d d' n_a n_b / n.
 */
Square
PoolDeviations(const GroupSums *a, const GroupSums *b, bool within_groups)
{
	Square		pooled = NewSquare(a->k + 1);
	Vector		difference = MeanDifference(a, b);
	mpz_t		n;

	mpz_init_set_si(n, a->n);
	mpz_add_ui(n, n, b->n);
	for (int i = 0; i < pooled.size; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int j = i; j < pooled.size; j++)
		{
			mpz_ptr		cell = Cell(&pooled, i, j);

			mpz_mul_si(cell, Cell(&a->deviations, i, j), b->n);
			mpz_addmul_ui(cell, Cell(&b->deviations, i, j), a->n);
			if (!within_groups)
			{
				mpz_mul(cell, cell, n);
				mpz_addmul(cell, difference.numerators[i], difference.numerators[j]);
			}
			mpz_set(Cell(&pooled, j, i), cell);
		}
	}
	return pooled;
}

/* The ratio of two whole numbers; the lower is not 0 */
static double
Ratio(mpz_srcptr above, mpz_srcptr below)
{
	return Unscaled(ExactToScaled(ExactFraction(above, below), 0));
}

/*
 * Sweep a covariate of the square (Goodnight 1979, The American Statistician 33:149-158),
 * all whose cells are in units of the determinant so far, without fractions (Bareiss 1968,
 * Mathematics of Computation 22:565-578). Cells mirror each other; of one that is in the
 * row of a covariate that is swept and the column of one that is not, with the other sign.
 */
static void
Sweep(const Square *square, int pivot, mpz_srcptr determinant)
{
	mpz_t		product;

	mpz_init(product);
	for (int i = 0; i < square->size; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int j = i; j < square->size; j++)
		{
			mpz_ptr		cell = Cell(square, i, j);

			if (i == pivot || j == pivot)
				continue;
			mpz_mul(cell, cell, Cell(square, pivot, pivot));
			mpz_mul(product, Cell(square, i, pivot), Cell(square, pivot, j));
			mpz_sub(cell, cell, product);
			mpz_divexact(cell, cell, determinant);
			if ((i < pivot) == (j < pivot))
				mpz_set(Cell(square, j, i), cell);
			else
				mpz_neg(Cell(square, j, i), cell);
		}
	}
	for (int i = 0; i < square->size; i++)
	{
		if (i != pivot)
			mpz_neg(Cell(square, i, pivot), Cell(square, i, pivot));
	}
	mpz_set(Cell(square, pivot, pivot), determinant);
	mpz_clear(product);
}

/* Whether the values of a column are all one, but for what rounding can make */
static bool
IsConstant(mpz_srcptr deviations, mpz_srcptr sum)
{
	mpz_t		square;

	if (mpz_sgn(deviations) <= 0)
		return true;
	if (mpz_sgn(sum) == 0)
		return false;
	mpz_init(square);
	mpz_mul(square, sum, sum);
	return Ratio(deviations, square) <= ROUNDED_CONSTANT;
}

/* What stands in the way of a covariate that others were swept before, or nothing */
static Obstacle
FindObstacle(mpz_srcptr before, mpz_srcptr left, mpz_srcptr determinant, mpz_srcptr sum)
{
	Obstacle	obstacle = OBSTACLE_NONE;
	mpz_t		own;

	if (IsConstant(before, sum))
		return OBSTACLE_CONSTANT;
	mpz_init(own);
	mpz_mul(own, before, determinant);
	if (Ratio(left, own) <= COLLINEAR_SHARE)
		obstacle = OBSTACLE_COLLINEAR;
	mpz_clear(own);
	return obstacle;
}

/*
 * The regression of the outcome on all covariates in a square of deviations, and the sums
 * by which what rounding has left of a covariate is told. They are NULL of groups together
 * of which nothing is in the way in any: then nothing is in all, as what one group has of its
 * own is no less with others beside it. But groups that are far from one another can make a
 * share of it that looks like rounding.
 */
Regression
Regress(const Square *deviations, const mpz_t *sums)
{
	Regression	regression = {.obstacle = OBSTACLE_NONE, .swept = NewSquare(deviations->size)};
	int			k = deviations->size - 1;
	Square	   *square = &regression.swept;
	mpz_t		pivot;

	mpz_init(pivot);
	mpz_init_set_si(regression.determinant, 1);
	for (int i = 0; i < square->size * square->size; i++)
		mpz_set(square->cells[i], deviations->cells[i]);
	for (int i = 0; i < k; i++)
	{
		mpz_set(pivot, Cell(square, i, i));
		if (sums != NULL)
			regression.obstacle = FindObstacle(Cell(deviations, i, i), pivot, regression.determinant, sums[i]);
		else if (mpz_sgn(pivot) <= 0)
			elog(ERROR, "covariates of both groups are collinear");
		if (regression.obstacle != OBSTACLE_NONE)
		{
			regression.covariate = i;
			return regression;
		}
		Sweep(square, i, regression.determinant);
		mpz_set(regression.determinant, pivot);
	}

	regression.coefficients = NewVector(k);
	mpz_set(regression.coefficients.denominator, regression.determinant);
	for (int i = 0; i < k; i++)
		mpz_set(regression.coefficients.numerators[i], Cell(square, i, k));
	regression.residual = ExactFraction(Cell(square, k, k), regression.determinant);
	if (mpq_sgn(regression.residual) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_EXCEPTION),
				 errmsg("cross_products are of no numbers"),
				 errdetail("What a covariate explains is more than there is.")));
	return regression;
}
