/*
 * effect_size.c
 *		Gaps in standard deviations: Cohen's d, Hedges' g, d_av, Glass' delta.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/confidence.h"
#include "base/reason.h"
#include "base/rmath.h"
#include "gap/mean_gap.h"

/*
 * Give an effect size its interval. With the noncentral t, "t" is the test
 * statistic, and the effect is "factor" times its noncentrality.
 */
static void
AddInterval(Estimate *effect, EffectSizeInterval interval, double t, double df,
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
		double		margin = TwoSidedZ(confidence) * effect->se;

		effect->lower = effect->estimate - margin;
		effect->upper = effect->estimate + margin;
	}
}

/*
 * The logarithm of the factor that corrects for small samples. The exact one is
 * Gamma(x) / (sqrt(x) Gamma(x - 1/2)), x = df / 2; by lbeta, since the difference of
 * two large lgamma has few digits left, and where that of lbeta and log has few, by
 * its asymptotic series.
 */
static double
LogCorrection(double df, Correction correction)
{
	double		x = df / 2;

	if (correction == CORRECTION_NONE)
		return 0;
	if (df <= 1)
		return NAN;
	if (correction == CORRECTION_WWC)
		return log1p(-3 / (4 * df - 1));
	if (df < 1000)
		return M_LN_SQRT_PI - lbeta(x - 0.5, 0.5) - log(x) / 2;
	return -(3 + (1 + (3 + (1 + 0.3 / x) / x) / (8 * x)) / x) / (8 * x);
}

static double
CorrectionFactor(double df, Correction correction)
{
	return exp(LogCorrection(df, correction));
}

/* The part of a standard error, in standard deviations, that the sizes of the groups make */
static double
SizesError(const TwoGroups *groups)
{
	return sqrt(1.0 / groups->n_focal + 1.0 / groups->n_reference);
}

/* The degrees of freedom of the pooled standard deviation */
static double
PooledDf(const TwoGroups *groups)
{
	return (double) groups->n_focal + groups->n_reference - 2;
}

/* d, or g where a correction multiplies it, without an interval */
static Estimate
StandardizedGap(const TwoGroups *groups, Correction correction, VarianceType variance)
{
	Estimate	effect = UndefinedEstimate(TwoGroupsReason(groups));
	double		sizes = SizesError(groups);
	double		df = PooledDf(groups);
	double		n = df + 2;
	double		factor = CorrectionFactor(df, correction);
	double		d;
	double		g;

	if (effect.reason != NULL)
		return effect;
	d = ScaledRatio(groups->difference, PooledStddev(groups));
	if (isinf(d))
		return UndefinedEstimate(REASON_OUT_OF_RANGE);
	g = factor * d;
	effect.estimate = g;
	switch (variance)
	{
		case VARIANCE_LS:		/* Hedges and Olkin 1985 */
			effect.se = hypot(sizes, g / sqrt(2 * n));
			break;
		case VARIANCE_LS2:		/* Borenstein 2009 */
			effect.se = factor * hypot(sizes, d / sqrt(2 * n));
			break;
		case VARIANCE_UB:		/* Hedges 1983, unbiased */
			/* 1 - (df - 2) / (df factor^2), without cancellation */
			effect.se = hypot(sizes, g * sqrt(-expm1(log1p(-2 / df) -
													 2 * LogCorrection(df, correction))));
			break;
	}
	return effect;
}

/* Give d, or g, its interval */
static void
AddPooledInterval(Estimate *effect, const TwoGroups *groups, Correction correction,
				  EffectSizeInterval interval, double confidence)
{
	double		df = PooledDf(groups);
	double		sizes = SizesError(groups);
	double		t = ScaledRatio(groups->difference, PooledStddev(groups)) / sizes;

	if (effect->reason == NULL)
		AddInterval(effect, interval, t, df, CorrectionFactor(df, correction) * sizes, confidence);
}

/* Cohen's d, by the pooled standard deviation */
Estimate
CohensD(const TwoGroups *groups, double confidence, EffectSizeInterval interval)
{
	Estimate	d = StandardizedGap(groups, CORRECTION_NONE, VARIANCE_LS);

	AddPooledInterval(&d, groups, CORRECTION_NONE, interval, confidence);
	return d;
}

/* Hedges' g */
Estimate
HedgesG(const TwoGroups *groups, double confidence, Correction correction,
		EffectSizeInterval interval, VarianceType variance)
{
	Estimate	g = StandardizedGap(groups, correction, variance);

	AddPooledInterval(&g, groups, correction, interval, confidence);
	return g;
}

/* Both, without intervals */
void
CohensDAndHedgesG(const TwoGroups *groups, Estimate *d, Estimate *g)
{
	*d = StandardizedGap(groups, CORRECTION_NONE, VARIANCE_LS);
	*g = StandardizedGap(groups, CORRECTION_EXACT, VARIANCE_LS);
	g->reason = d->reason;
}

/*
 * Their intervals by the noncentral t: the limits are those of one noncentrality, and
 * finding them is most of the work.
 */
void
AddNoncentralIntervals(const TwoGroups *groups, double confidence, Estimate *d, Estimate *g)
{
	double		factor = CorrectionFactor(PooledDf(groups), CORRECTION_EXACT);

	AddPooledInterval(d, groups, CORRECTION_NONE, INTERVAL_NONCENTRAL_T, confidence);
	g->lower = factor * d->lower;
	g->upper = factor * d->upper;
}

/*
 * d_av, by the root of the mean of the two variances, whatever the sizes of the
 * groups. Its interval is by Welch's t and degrees of freedom (Delacre et al. 2021),
 * its standard error allows for two variances, too (Bonett 2008).
 */
Estimate
DAv(const TwoGroups *groups, double confidence, EffectSizeInterval interval)
{
	Estimate	effect = UndefinedEstimate(TwoGroupsReason(groups));
	int64		ns[] = {groups->n_focal, groups->n_reference};
	Scaled		errors[] = {
		ScaledOver(groups->sd_focal, sqrt(ns[0])), ScaledOver(groups->sd_reference, sqrt(ns[1]))
	};
	Scaled		average = ScaledTimes(ScaledHypot(groups->sd_focal, groups->sd_reference), M_SQRT1_2);
	double		share_focal;	/* of each variance in their mean */
	double		share_reference;
	double		factor;

	if (effect.reason != NULL)
		return effect;
	effect.estimate = ScaledRatio(groups->difference, average);
	if (isinf(effect.estimate))
		return UndefinedEstimate(REASON_OUT_OF_RANGE);
	share_focal = pow(ScaledRatio(groups->sd_focal, average), 2);
	share_reference = pow(ScaledRatio(groups->sd_reference, average), 2);
	effect.se = hypot(effect.estimate * sqrt((share_focal * share_focal / (ns[0] - 1) +
											  share_reference * share_reference / (ns[1] - 1)) / 8),
					  sqrt(share_focal / (ns[0] - 1) + share_reference / (ns[1] - 1)));
	factor = ScaledRatio(ScaledHypot(errors[0], errors[1]), average);
	AddInterval(&effect, interval, effect.estimate / factor, SatterthwaiteDf(errors, ns, 1), factor,
				confidence);
	return effect;
}

/*
 * Glass' delta, by the standard deviation of the reference group. Its interval
 * allows for a focal variance of another size; its standard error is that of
 * equal variances (Hedges 1981), metafor's SMD1.
 */
Estimate
GlassDelta(const TwoGroups *groups, double confidence, EffectSizeInterval interval,
		   Correction correction)
{
	double		n_focal = groups->n_focal;
	double		n_reference = groups->n_reference;
	double		factor = CorrectionFactor(n_reference - 1, correction);
	Estimate	effect = UndefinedEstimate(NULL);
	double		delta;
	double		h;

	if (n_focal < 1 || n_reference < 2)
		effect.reason = n_focal < 1 || n_reference < 1 ? REASON_N_LT_1 : REASON_N_LT_2;
	else if (groups->sd_reference.fraction == 0)
		effect.reason = REASON_ZERO_VARIANCE;
	if (effect.reason != NULL)
		return effect;

	delta = ScaledRatio(groups->difference, groups->sd_reference);
	h = hypot(1 / sqrt(n_reference),
			  ScaledRatio(groups->sd_focal, groups->sd_reference) / sqrt(n_focal));
	if (isinf(delta) || isinf(h))
		return UndefinedEstimate(REASON_OUT_OF_RANGE);
	effect.estimate = factor * delta;
	if (n_focal < 2 || isnan(factor))
	{
		effect.reason = REASON_N_LT_2;
		return effect;
	}
	effect.se = hypot(SizesError(groups), effect.estimate / sqrt(2 * n_reference));
	AddInterval(&effect, interval, delta / h, n_reference - 1, factor * h, confidence);
	return effect;
}
