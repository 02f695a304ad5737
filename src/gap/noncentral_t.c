/*
 * noncentral_t.c
 *		Confidence limits of a noncentrality parameter.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "base/rmath.h"
#include "gap/mean_gap.h"

/* Beyond these, Rmath's pnt approximates, or underflows */
#define MAX_T 30.0
#define MAX_NONCENTRALITY 37.5

typedef struct NoncentralTail
{
	double		t;
	double		df;
	double		probability;
} NoncentralTail;

/* Falls as the noncentrality rises; zero at the limit */
static double
TailExcess(const NoncentralTail *tail, double noncentrality)
{
	return pnt(tail->t, tail->df, noncentrality, 1, 0) - tail->probability;
}

/*
 * Solve TailExcess = 0 between two limits of opposite sign (Brent 1973,
 * "Algorithms for Minimization without Derivatives", chapter 4).
 */
static double
FindRoot(const NoncentralTail *tail, double a, double fa, double b, double fb)
{
	double		c = a;
	double		fc = fa;
	double		step = b - a;
	double		previous_step = step;

	for (int i = 0; i < 200; i++)
	{
		double		tolerance;
		double		half;

		if (fabs(fc) < fabs(fb))
		{
			a = b;
			b = c;
			c = a;
			fa = fb;
			fb = fc;
			fc = fa;
		}
		tolerance = 2 * DBL_EPSILON * fabs(b) + DBL_MIN;
		half = (c - b) / 2;
		if (fabs(half) <= tolerance || fb == 0)
			break;

		if (fabs(previous_step) >= tolerance && fabs(fa) > fabs(fb))
		{
			/* secant, or inverse quadratic interpolation */
			double		s = fb / fa;
			double		p;
			double		q;

			if (a == c)
			{
				p = 2 * half * s;
				q = 1 - s;
			}
			else
			{
				double		r = fb / fc;

				q = fa / fc;
				p = s * (2 * half * q * (q - r) - (b - a) * (r - 1));
				q = (q - 1) * (r - 1) * (s - 1);
			}
			if (p > 0)
				q = -q;
			else
				p = -p;
			if (p < 1.5 * half * q - fabs(tolerance * q) / 2 && p < fabs(previous_step * q / 2))
			{
				previous_step = step;
				step = p / q;
			}
			else
				previous_step = step = half;
		}
		else
			previous_step = step = half;

		a = b;
		fa = fb;
		b += fabs(step) > tolerance ? step : copysign(tolerance, half);
		fb = TailExcess(tail, b);
		if ((fb > 0) == (fc > 0))
		{
			c = a;
			fc = fa;
			previous_step = step = b - a;
		}
	}
	return b;
}

/* The noncentrality at which T falls below t with the given probability */
static bool
SolveNoncentrality(double t, double df, double probability, double *result)
{
	NoncentralTail tail = {t, df, probability};

	/* the normal approximation is a fair start */
	double		guess = t - qnorm(probability, 0, 1, 1, 0) * sqrt(1 + t * t / (2 * df));
	double		reach = 0.25;
	double		low = guess;
	double		high = guess;
	double		f_low = TailExcess(&tail, guess);
	double		f_high = f_low;

	while (f_low < 0 && low > -MAX_NONCENTRALITY)
	{
		low = Max(low - reach, -MAX_NONCENTRALITY);
		f_low = TailExcess(&tail, low);
		reach *= 2;
	}
	reach = 0.25;
	while (f_high > 0 && high < MAX_NONCENTRALITY)
	{
		high = Min(high + reach, MAX_NONCENTRALITY);
		f_high = TailExcess(&tail, high);
		reach *= 2;
	}
	if (f_low < 0 || f_high > 0 ||
		fabs(low) > MAX_NONCENTRALITY || fabs(high) > MAX_NONCENTRALITY)
		return false;
	*result = FindRoot(&tail, low, f_low, high, f_high);
	return true;
}

/*
 * The interval for the noncentrality of an observed t: where it would lie at
 * the upper, and at the lower, tail. False where the distribution function
 * cannot be trusted.
 */
bool
NoncentralityInterval(double t, double df, double confidence, double *lower, double *upper)
{
	double		tail = 0.5 * (1 - confidence);
	double		near;
	double		far;

	if (fabs(t) > MAX_T ||
		!SolveNoncentrality(fabs(t), df, 1 - tail, &near) ||
		!SolveNoncentrality(fabs(t), df, tail, &far))
		return false;
	*lower = t < 0 ? -far : near;
	*upper = t < 0 ? -near : far;
	return true;
}
