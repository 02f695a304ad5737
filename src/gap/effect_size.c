/*
 * effect_size.c
 *		Gaps in standard deviations: Cohen's d, Hedges' g, Glass' delta.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "gap/mean_gap.h"
#include "rate/rate.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

/* An effect size of which nothing is defined */
static EffectSize
UndefinedEffect(const char *reason)
{
	EffectSize	effect = {NAN, NAN, NAN, NAN, reason};

	return effect;
}

/*
 * Give an effect size its interval. With the noncentral t, "t" is the test
 * statistic, and the effect is "factor" times its noncentrality.
 */
static void
AddInterval(EffectSize *effect, EffectSizeInterval interval, double t, double df,
			double factor, double confidence)
{
	if (interval == INTERVAL_NONCENTRAL_T)
	{
		NoncentralityInterval(t, df, confidence, &effect->lower, &effect->upper);
		effect->lower *= factor;
		effect->upper *= factor;
	}
	else
	{
		double		margin = TwoSidedZ(confidence) * effect->standard_error;

		effect->lower = effect->estimate - margin;
		effect->upper = effect->estimate + margin;
	}
}

/* The variance within the groups, taken together */
double
PooledVariance(const TwoGroups *groups)
{
	double		df_focal = groups->n_focal - 1;
	double		df_reference = groups->n_reference - 1;

	return (df_focal * groups->variance_focal + df_reference * groups->variance_reference) /
		(df_focal + df_reference);
}

/*
 * The factor that corrects for small samples. The exact one is
 * Gamma(m/2) / (sqrt(m/2) Gamma((m-1)/2)); by lbeta, since the difference of two
 * large lgamma has few digits left.
 */
static double
CorrectionFactor(double df, Correction correction)
{
	if (correction == CORRECTION_NONE)
		return 1;
	if (df <= 1)
		return NAN;
	if (correction == CORRECTION_WWC)
		return 1 - 3 / (4 * df - 1);
	return exp(M_LN_SQRT_PI - lbeta((df - 1) / 2, 0.5) - log(df / 2) / 2);
}

/* d, or g where a correction multiplies it */
static EffectSize
StandardizedGap(const TwoGroups *groups, double confidence, Correction correction,
				EffectSizeInterval interval, VarianceType variance)
{
	EffectSize	effect = UndefinedEffect(TwoGroupsReason(groups));
	double		per_group = 1.0 / groups->n_focal + 1.0 / groups->n_reference;
	double		n = (double) groups->n_focal + groups->n_reference;
	double		df = n - 2;
	double		factor = CorrectionFactor(df, correction);
	double		d;
	double		g;

	CheckConfidence(confidence);
	if (effect.reason != NULL)
		return effect;
	d = groups->difference / sqrt(PooledVariance(groups));
	g = factor * d;
	effect.estimate = g;
	switch (variance)
	{
		case VARIANCE_LS:		/* Hedges and Olkin 1985 */
			effect.standard_error = sqrt(per_group + g * g / (2 * n));
			break;
		case VARIANCE_LS2:		/* Borenstein 2009 */
			effect.standard_error = factor * sqrt(per_group + d * d / (2 * n));
			break;
		case VARIANCE_UB:		/* Hedges 1983, unbiased */
			effect.standard_error = sqrt(per_group + (1 - (df - 2) / (df * factor * factor)) * g * g);
			break;
	}
	AddInterval(&effect, interval, d / sqrt(per_group), df, factor * sqrt(per_group), confidence);
	return effect;
}

/* Cohen's d, by the pooled standard deviation */
EffectSize
CohensD(const TwoGroups *groups, double confidence, EffectSizeInterval interval)
{
	return StandardizedGap(groups, confidence, CORRECTION_NONE, interval, VARIANCE_LS);
}

/* Hedges' g */
EffectSize
HedgesG(const TwoGroups *groups, double confidence, Correction correction,
		EffectSizeInterval interval, VarianceType variance)
{
	return StandardizedGap(groups, confidence, correction, interval, variance);
}

/*
 * Glass' delta, by the standard deviation of the reference group. Its interval
 * allows for a focal variance of another size; its standard error is that of
 * equal variances (Hedges 1981), metafor's SMD1.
 */
EffectSize
GlassDelta(const TwoGroups *groups, double confidence, EffectSizeInterval interval,
		   Correction correction)
{
	double		n_focal = groups->n_focal;
	double		n_reference = groups->n_reference;
	double		factor = CorrectionFactor(n_reference - 1, correction);
	EffectSize	effect = UndefinedEffect(NULL);
	double		delta;
	double		h;

	CheckConfidence(confidence);
	if (n_focal < 1 || n_reference < 2)
		effect.reason = n_focal < 1 || n_reference < 1 ? REASON_N_LT_1 : REASON_N_LT_2;
	else if (groups->variance_reference == 0)
		effect.reason = REASON_ZERO_VARIANCE;
	if (effect.reason != NULL)
		return effect;

	delta = groups->difference / sqrt(groups->variance_reference);
	effect.estimate = factor * delta;
	if (n_focal < 2 || isnan(factor))
	{
		effect.reason = REASON_N_LT_2;
		return effect;
	}
	effect.standard_error = sqrt(1 / n_focal + 1 / n_reference +
								 effect.estimate * effect.estimate / (2 * n_reference));
	h = sqrt(1 / n_reference +
			 groups->variance_focal / (n_focal * groups->variance_reference));
	AddInterval(&effect, interval, delta / h, n_reference - 1, factor * h, confidence);
	return effect;
}
