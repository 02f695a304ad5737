/*
 * beta_binomial.c
 *		Rates that vary between groups, by a beta distribution.
 *
 * A group of n students, x of them with the outcome, has the likelihood
 * B(x + a, n - x + b) / B(a, b). The derivatives of its logarithm are sums of
 *
 *		D(a, x) = 1/a + 1/(a+1) + ... + 1/(a+x-1),
 *
 * of the x by a, of the n - x by b, and of the n by a + b. For every size a + b there is
 * one best mean a / (a + b), as the likelihood is concave in it: where D has the same sum
 * over the x as over the n - x. With it, the best size is where that of the n is the same,
 * too. So the maximum is found by two roots, one within the other, each between bounds.
 *
 * Where a is large beside x, a D(a, x) is nearly x, where it is small, nearly nothing. So
 * both are kept, a D(a, x) and what it leaves of x, each without cancellation. Sums are over
 * distinct counts, ascending: so many groups cost little, and the order of rows changes no bit.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "base/count.h"
#include "base/reason.h"
#include "base/rmath.h"
#include "base/root.h"
#include "base/sum.h"
#include "inference/beta_binomial.h"
#include "miscadmin.h"

/* Up to here terms are added one by one */
#define MAX_TERMS 24

/* From here on the asymptotic series of digamma has all its digits */
#define LEAST_ASYMPTOTIC 16

/* No logit of a mean is beyond this, of up to 2^63 students */
#define MAX_LOGIT 50

/* A size, as a logarithm, that no counts tell from an infinite one, or from 0 */
#define MAX_LOG_SIZE 35
#define MIN_LOG_SIZE (-500)

/* The search for a root begins with this, and grows so */
#define FIRST_STEP 0.5
#define STEP_GROWTH 4
#define LEAST_LOGIT_STEP 1e-12

/* a D(a, x) over all groups, and what it leaves of their x */
typedef struct Parts
{
	double		taken;
	double		left;
} Parts;

/* The counts of all groups, and where the search is */
typedef struct Likelihood
{
	Tally		x;
	Tally		others;			/* n - x */
	Tally		n;
	double		size;
	double		logit;			/* of the best mean, there or at the last size */
	double		logit_step;		/* how far it may be from there */
} Likelihood;

#define ST_SORT SortCounts
#define ST_ELEMENT_TYPE CountOfGroups
#define ST_COMPARE(a, b) ((a)->count < (b)->count ? -1 : (a)->count > (b)->count)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Count equal counts together; those of 0 are left out, as they add nothing */
static void
Compress(Tally *tally)
{
	int64		n_counts = 0;

	SortCounts(tally->counts, tally->n_counts);
	for (int64 i = 0; i < tally->n_counts; i++)
	{
		CountOfGroups entry = tally->counts[i];

		CHECK_FOR_INTERRUPTS();
		if (entry.count == 0)
			continue;
		tally->sum = AddCounts(tally->sum, MultiplyCounts(entry.count, entry.n_groups));
		if (n_counts > 0 && tally->counts[n_counts - 1].count == entry.count)
			tally->counts[n_counts - 1].n_groups += entry.n_groups;
		else
			tally->counts[n_counts++] = entry;
	}
	tally->n_counts = n_counts;
}

/* A tally of so many counts, each of one group */
static Tally
NewTally(int64 n_counts)
{
	Tally		tally = {n_counts, palloc(n_counts * sizeof(CountOfGroups)), 0};

	for (int64 i = 0; i < n_counts; i++)
		tally.counts[i].n_groups = 1;
	return tally;
}

/* 1/12x^2 - 1/120x^4 + ..., which log(x) - 1/2x - digamma(x) is */
static inline double
DigammaSeries(double x)
{
	double		y = 1 / (x * x);

	return y * (1.0 / 12 - y * (1.0 / 120 - y * (1.0 / 252 - y * (1.0 / 240 - y * (1.0 / 132)))));
}

/*
 * a D(a, x) and what it leaves of x, for an a that is large enough: the difference of two
 * digammas, in which what cancels is left out on paper
 */
static inline Parts
AsymptoticParts(double a, double x, double series)
{
	double		ratio = x / a;
	double		rest = x / (2 * (a + x)) + a * (series - DigammaSeries(a + x));
	double		less;			/* ratio - log(1 + ratio) */
	double		log_of;			/* log(1 + ratio) */
	Parts		parts;

	if (ratio > 1)
	{
		log_of = log1p(ratio);
		less = ratio - log_of;
	}
	else
	{
		less = -log1pmx(ratio);
		log_of = ratio - less;
	}
	parts.taken = a * log_of + rest;
	parts.left = a * less - rest;
	return parts;
}

/* Both parts over the counts of all groups */
static Parts
SumParts(const Tally *tally, double a)
{
	int			shift = a < LEAST_ASYMPTOTIC ? (int) ceil(LEAST_ASYMPTOTIC - a) : 0;
	double		shifted = a + shift;
	double		series = DigammaSeries(shifted);
	Parts		terms[MAX_TERMS + 1];
	Sum			taken = {0, 0};
	Sum			left = {0, 0};
	Parts		parts;

	terms[0].taken = terms[0].left = 0;
	for (int i = 0; i < MAX_TERMS; i++)
	{
		terms[i + 1].taken = terms[i].taken + a / (a + i);
		terms[i + 1].left = terms[i].left + i / (a + i);
	}
	for (int64 i = 0; i < tally->n_counts; i++)
	{
		CountOfGroups entry = tally->counts[i];

		CHECK_FOR_INTERRUPTS();
		if (entry.count <= MAX_TERMS)
			parts = terms[entry.count];
		else
		{
			/* the first terms, and then as many of a larger a */
			parts = AsymptoticParts(shifted, (double) (entry.count - shift), series);
			parts.left += terms[shift].left + shift * (parts.taken / shifted);
			parts.taken = terms[shift].taken + a * (parts.taken / shifted);
		}
		AddTo(&taken, parts.taken * entry.n_groups);
		AddTo(&left, parts.left * entry.n_groups);
	}
	parts.taken = Total(taken);
	parts.left = Total(left);
	return parts;
}

/* 1 / (1 + e^-x): the mean of a logit, and 1 - it of minus that */
static inline double
Logistic(double x)
{
	return 1 / (1 + exp(-x));
}

/* The derivative of the likelihood by the mean, times something positive */
static double
MeanScore(double logit, void *context)
{
	const Likelihood *l = context;
	double		p = Logistic(logit);
	double		q = Logistic(-logit);

	return q * SumParts(&l->x, l->size * p).taken - p * SumParts(&l->others, l->size * q).taken;
}

/*
 * A root of a function that falls, from a place on, the first step being so long: the
 * steps grow until the sign changes, or the place is beyond its bounds.
 */
static double
FindRootFrom(RootFunction function, Likelihood *l, double place, double step, double least, double most)
{
	RootPoint	from;
	RootPoint	to = RootPointAt(function, l, place);

	if (to.y <= 0)
		step = -step;
	do
	{
		from = to;
		to = RootPointAt(function, l, from.x + step);
		step *= STEP_GROWTH;
		if (to.x < least || to.x > most)
			return copysign(INFINITY, to.x);
	} while ((to.y > 0) == (from.y > 0));
	return FindRoot(function, l, from, to);
}

/* Find the best mean at the size, beginning from that at another */
static void
FindMean(Likelihood *l)
{
	double		logit = FindRootFrom(MeanScore, l, l->logit, l->logit_step, -MAX_LOGIT, MAX_LOGIT);

	l->logit_step = Max(fabs(logit - l->logit), LEAST_LOGIT_STEP);
	l->logit = logit;
}

/* The derivative of the likelihood by the size, at the best mean, times something positive */
static double
SizeScore(double log_size, void *context)
{
	Likelihood *l = context;
	Parts		a;
	Parts		b;
	Parts		m;

	l->size = exp(log_size);
	FindMean(l);
	a = SumParts(&l->x, l->size * Logistic(l->logit));
	b = SumParts(&l->others, l->size * Logistic(-l->logit));
	m = SumParts(&l->n, l->size);
	/* the same on paper */
	return m.taken < m.left ? a.taken + b.taken - m.taken : m.left - a.left - b.left;
}

/* The sum of k (k - 1) over the counts k of all groups: pairs, in both orders */
static double
SumPairs(const Tally *tally)
{
	Sum			pairs = {0, 0};

	for (int64 i = 0; i < tally->n_counts; i++)
	{
		double		count = (double) tally->counts[i].count;

		CHECK_FOR_INTERRUPTS();
		AddTo(&pairs, count * (count - 1) * tally->counts[i].n_groups);
	}
	return Total(pairs);
}

/*
 * Do groups vary more than chance? Then the likelihood grows with 1 / size at 0, where
 * its derivative is half of this, but for what rounding may leave.
 */
static bool
IsOverdispersed(const Likelihood *l)
{
	double		n = (double) l->n.sum;
	double		expected = SumPairs(&l->n);
	double		excess = SumPairs(&l->x) * (n / l->x.sum) +
		SumPairs(&l->others) * (n / l->others.sum) - expected;

	return excess > 8 * DBL_EPSILON * expected;
}

/* How many groups have another count than 0, once they are counted together */
static int64
GroupsOf(const Tally *tally)
{
	int64		n_groups = 0;

	for (int64 i = 0; i < tally->n_counts; i++)
		n_groups += tally->counts[i].n_groups;
	return n_groups;
}

/*
 * log(a (a+1) ... (a+x-1)), which is log(gamma(a + x) / gamma(a)), without what cancels
 * where a is large
 */
static double
LogRising(double a, double x)
{
	return lgammafn(x) - lbeta(a, x);
}

/* The sum of it over the counts of all groups */
static double
SumLogRising(const Tally *tally, double a)
{
	Sum			sum = {0, 0};

	for (int64 i = 0; i < tally->n_counts; i++)
	{
		CHECK_FOR_INTERRUPTS();
		AddTo(&sum, LogRising(a, (double) tally->counts[i].count) * tally->counts[i].n_groups);
	}
	return Total(sum);
}

/* Why groups that vary have no beta distribution, or NULL and its size and mean */
static const char *
Maximize(Likelihood *l, int64 n_groups)
{
	double		log_size = log((double) l->n.sum / n_groups);

	if (!IsOverdispersed(l))
		return REASON_NO_OVERDISPERSION;
	/* no group has both students with the outcome and without it */
	if (GroupsOf(&l->x) + GroupsOf(&l->others) == n_groups)
		return REASON_NO_MAXIMUM;
	l->logit = log((double) l->x.sum / l->others.sum);
	l->logit_step = FIRST_STEP;
	/* the likelihood grows with the size from 0 on, and falls where it is large */
	log_size = FindRootFrom(SizeScore, l, log_size, FIRST_STEP, MIN_LOG_SIZE, MAX_LOG_SIZE);
	if (isinf(log_size))
		return log_size > 0 ? REASON_NO_OVERDISPERSION : REASON_NO_MAXIMUM;
	(void) SizeScore(log_size, l);
	return NULL;
}

/*
 * The beta distribution of the groups' rates by maximum likelihood, from tallies of their
 * x, n - x and n, which are used up. Skellam 1948, JRSS B 10:257-261; the test of its being
 * one is Tarone 1979, Biometrika 66:585-590.
 */
BetaBinomial
FitTallies(Tally x, Tally others, Tally n, int64 n_groups)
{
	BetaBinomial fit = {.n_groups = n_groups, .a = NAN, .b = NAN, .log_likelihood = NAN};
	Likelihood	l = {x, others, n, 0, 0, 0};

	Compress(&l.x);
	Compress(&l.others);
	Compress(&l.n);
	fit.everyone.x = l.x.sum;
	fit.everyone.n = l.n.sum;

	if (n_groups < 3)
		fit.reason = REASON_TOO_FEW_GROUPS;
	else if (l.x.sum == 0 || l.others.sum == 0)
		fit.reason = REASON_ZERO_VARIANCE;
	else
		fit.reason = Maximize(&l, n_groups);
	if (fit.reason == NULL)
	{
		fit.a = l.size * Logistic(l.logit);
		fit.b = l.size * Logistic(-l.logit);
		fit.log_likelihood = SumLogRising(&l.x, fit.a) + SumLogRising(&l.others, fit.b) -
			SumLogRising(&l.n, l.size);
	}
	return fit;
}

/*
 * The same from the groups themselves; those without students say nothing.
 */
BetaBinomial
FitBetaBinomial(const Proportion *groups, int64 n_groups)
{
	Tally		x = NewTally(n_groups);
	Tally		others = NewTally(n_groups);
	Tally		n = NewTally(n_groups);

	for (int64 i = 0; i < n_groups; i++)
	{
		CHECK_FOR_INTERRUPTS();
		x.counts[i].count = groups[i].x;
		others.counts[i].count = groups[i].n - groups[i].x;
		n.counts[i].count = groups[i].n;
	}
	return FitTallies(x, others, n, n_groups);
}
