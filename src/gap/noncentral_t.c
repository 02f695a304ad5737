/*
 * noncentral_t.c
 *		Confidence limits of the noncentrality of an observed t.
 *
 * T = (Z + noncentrality) / s, where Z is standard normal and s, independent
 * of it, is the root of a chi-square over its degrees of freedom. T stays
 * below t where t s - Z exceeds the noncentrality; Z being symmetric, the
 * limits are quantiles of the sum t s + Z. A tail of the sum is an integral
 *
 * - over s, while t s does not spread far wider than Z: the sum is then a
 *	 mixture of normal distributions, the same ones for every evaluation of
 *	 either tail;
 * - over Z, by parts, where that would take too many of them.
 *
 * The variable of integration becomes log(1 + e^y), which is linear where it
 * is large, and near zero makes an exponential of any power. Over y the
 * trapezoidal rule converges exponentially (Goodwin 1949; Trefethen and
 * Weideman 2014): with a step of so many standard deviations of a normal
 * integrand, it errs by exp(-2 pi^2 / step^2).
 *
 * Z and s have log-concave densities, so the tails are log-concave as well
 * (Prekopa 1973), and Newton's method for the logarithm of a tail converges
 * from any start: after its first step it nears the quantile from one side.
 *
 * All terms are positive, and no tail is one minus another, so that the
 * smallest tail keeps its digits.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/rmath.h"
#include "gap/mean_gap.h"
#include "utils/float.h"

/* Of the trapezoidal rule, in standard deviations: it errs by exp(-32) */
#define STEP 0.785

/* What no sum notices */
#define NEGLIGIBLE 1e-16

/* The largest t / sqrt(df) of a mixture: t s has about 0.7 times that standard deviation */
#define MAX_RATIO 8

/* At that ratio 690 are the most that any df and any tail take */
#define MAX_NODES 1024

/* From here on Z is nothing beside t s, and the limits are proportional to t */
#define MAX_T 1e30

#define MAX_ITERATIONS 100

/* t s + Z */
typedef struct Sum
{
	double		t;
	double		df;
	bool		is_mixture;

	/* of a mixture: the normal distributions, all of variance 1, and moments */
	int			n_nodes;
	double		place[MAX_NODES];
	double		weight[MAX_NODES];
	double		mean;
	double		sd;
	double		skewness;
} Sum;

/* Its sign is the way in which the end of a growing tail moves */
typedef enum Side
{
	LOWER_TAIL = 1,
	UPPER_TAIL = -1
} Side;

typedef struct Tail
{
	double		probability;
	double		density;		/* at its end */
} Tail;

/* How far log(1 + e^y) moves from a value when y moves by a distance */
static inline double
Move(double value, double distance)
{
	return log1p(-expm1(-value) * expm1(distance));
}

/* The derivative of log(1 + e^y) where it has a value */
static inline double
Slope(double value)
{
	return -expm1(-value);
}

/*
 * Add the normal distributions for s = log(1 + e^y), from y = start away from
 * s = 1, until they weigh nothing. The weight is the density of s, but for a
 * constant: s^(df - 1) exp(-df s^2 / 2), of which nothing cancels when written
 * by how much s exceeds 1.
 */
static void
AddNodes(Sum *sum, double start, double step, double negligible)
{
	for (double y = start; sum->n_nodes < MAX_NODES; y += step)
	{
		double		excess = Move(1, y);
		double		s = 1 + excess;
		double		weight = Slope(s) / s *
			exp(sum->df * (log1pmx(excess) - excess * excess / 2));

		/* not a number where s rounds to nothing */
		if (!(weight > negligible))
			break;
		sum->place[sum->n_nodes] = sum->t * s;
		sum->weight[sum->n_nodes] = weight;
		sum->n_nodes++;
	}
}

/* Make the sum a mixture, good for tails from p on */
static void
BuildMixture(Sum *sum, double p)
{
	/* df + t^2 is the most by which the integrand's logarithm bends over y */
	double		step = STEP / sqrt(sum->df + sum->t * sum->t + 2);
	double		total = 0;
	double		mean = 0;
	double		variance = 1;
	double		third_moment = 0;

	sum->n_nodes = 0;
	AddNodes(sum, 0, step, NEGLIGIBLE * p);
	AddNodes(sum, -step, -step, NEGLIGIBLE * p);

	for (int i = 0; i < sum->n_nodes; i++)
		total += sum->weight[i];
	for (int i = 0; i < sum->n_nodes; i++)
	{
		sum->weight[i] /= total;
		mean += sum->weight[i] * sum->place[i];
	}
	for (int i = 0; i < sum->n_nodes; i++)
	{
		double		deviation = sum->place[i] - mean;

		variance += sum->weight[i] * deviation * deviation;
		third_moment += sum->weight[i] * deviation * deviation * deviation;
	}
	sum->mean = mean;
	sum->sd = sqrt(variance);
	sum->skewness = third_moment / (variance * sqrt(variance));
}

/* The tail of a mixture that ends at x */
static Tail
MixtureTail(const Sum *sum, Side side, double x)
{
	Tail		tail = {0, 0};

	for (int i = 0; i < sum->n_nodes; i++)
	{
		double		z = side * (x - sum->place[i]);

		tail.probability += sum->weight[i] * erfc(-z * M_SQRT1_2);
		tail.density += sum->weight[i] * exp(-z * z / 2);
	}
	tail.probability /= 2;
	tail.density *= M_1_SQRT_2PI;
	return tail;
}

/*
 * The density of a chi-square distribution. Rmath has it by its dgamma, and a
 * server that exports a function of that name, as PostgreSQL 18 does, has its own
 * called instead.
 */
static double
ChiSquareDensity(double x, double df)
{
	double		a = df / 2;
	double		y = x / 2;

	if (a < 15)
		return exp((a - 1) * log(y) - y - lgammafn(a)) / 2;
	/* by Stirling's series, in which what is large cancels on paper */
	return exp(a * log1pmx(y / a - 1) - (1 - 1 / (30 * a * a)) / (12 * a)) *
		sqrt(a / (2 * M_PI)) / (2 * y);
}

/*
 * Add to a tail that ends at x the part where u = t s is on one side of
 * "center", beginning with a step or at once. u / sqrt(df) = log(1 + e^y).
 */
static void
AddTerms(Tail *tail, const Sum *sum, Side side, double x,
		 double center, double start, double step)
{
	double		scale = sqrt(sum->df);

	for (int i = 0; i < MAX_NODES; i++)
	{
		double		move = scale * Move(center / scale, start + i * step);
		double		u = center + move;
		double		z = (x - center) - move;
		double		s = u / sum->t;
		double		chi_square = sum->df * s * s;
		double		weight = fabs(step) * scale * Slope(u / scale) *
			M_1_SQRT_2PI * exp(-z * z / 2);
		double		term = weight * pchisq(chi_square, sum->df, side == LOWER_TAIL, false);

		/* not a number, or negative, where u rounds to nothing */
		if (!(term > NEGLIGIBLE * tail->probability))
			break;
		tail->probability += term;
		tail->density += weight * ChiSquareDensity(chi_square, sum->df) * 2 * sum->df * s / sum->t;
	}
}

/* The tail of the sum that ends at x, by parts */
static Tail
TailByParts(const Sum *sum, Side side, double x)
{
	double		center = Max(x, 1);
	double		step = STEP / sqrt(2 * sum->df + 1);
	Tail		tail = {0, 0};

	/* where Z is above x, the sum is, too: t s is positive */
	if (side == UPPER_TAIL)
		tail.probability = pnorm(x, 0, 1, false, false);
	AddTerms(&tail, sum, side, x, center, 0, step);
	AddTerms(&tail, sum, side, x, center, -step, -step);
	return tail;
}

/*
 * About where the tail of a mixture is p: Cornish and Fisher's first terms, but
 * not so far in that hardly anything would be left outside the tail.
 */
static double
NearMixtureQuantile(const Sum *sum, Side side, double p)
{
	double		z = qnorm(p, 0, 1, true, false);
	double		correction = Min(sum->skewness * (z * z - 1) / 6, -z / 4);

	return sum->mean + sum->sd * (side * z + correction);
}

/* Near the quantile of a chi-square distribution (Wilson and Hilferty 1931; near 0 the first term of its series) */
static double
NearChiSquareQuantile(double df, Side side, double p)
{
	double		z = qnorm(p, 0, 1, side == LOWER_TAIL, false);
	double		root = 1 - 2 / (9 * df) + z * sqrt(2 / (9 * df));

	if (root > 0.2)
		return df * root * root * root;
	return 2 * exp((log(p) + lgammafn(df / 2 + 1)) / (df / 2));
}

/*
 * Else, where t s and Z both have tails of p/2: the sum's is less than p, that
 * of one of them at least being in its tail, and more than p^2/4, that of both;
 * so Newton's method starts where the tail is not zero.
 */
static double
NearQuantileByParts(const Sum *sum, Side side, double p)
{
	double		chi_square = NearChiSquareQuantile(sum->df, side, p / 2);

	return sum->t * sqrt(chi_square / sum->df) + side * qnorm(p / 2, 0, 1, true, false);
}

/* Where the tail is p */
static double
Quantile(const Sum *sum, Side side, double p)
{
	double		x = sum->is_mixture ?
		NearMixtureQuantile(sum, side, p) : NearQuantileByParts(sum, side, p);

	for (int i = 0; i < MAX_ITERATIONS; i++)
	{
		Tail		tail = sum->is_mixture ?
			MixtureTail(sum, side, x) : TailByParts(sum, side, x);
		double		step = log(p / tail.probability) * tail.probability / tail.density;

		x += side * step;
		/* what is left is of the square of this */
		if (fabs(step) <= 1e-7 + 1e-13 * fabs(x))
			break;
	}
	return x;
}

/*
 * The interval for the noncentrality of a t with df >= 1 degrees of freedom:
 * with one limit t would end an upper tail, and with the other a lower one, of
 * half of what the confidence leaves.
 */
void
NoncentralityInterval(double t, double df, double confidence, double *lower, double *upper)
{
	double		p = 0.5 * (1 - confidence);
	double		scale = Max(fabs(t) / MAX_T, 1);
	double		near;
	double		far;
	Sum			sum;

	if (isinf(t))
		float_overflow_error();
	sum.t = fabs(t) / scale;
	sum.df = df;
	sum.is_mixture = sum.t <= MAX_RATIO * sqrt(df);
	if (sum.is_mixture)
		BuildMixture(&sum, p);
	near = float8_mul(Quantile(&sum, LOWER_TAIL, p), scale);
	far = float8_mul(Quantile(&sum, UPPER_TAIL, p), scale);

	/* a confidence of nearly 0 leaves their rounding only */
	far = Max(near, far);

	*lower = t < 0 ? -far : near;
	*upper = t < 0 ? -near : far;
}
