/*
 * beta_binomial.h
 *		Rates that vary between groups, by a beta distribution.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_BETA_BINOMIAL_H
#define GAPSTATS_BETA_BINOMIAL_H

#include "rate/proportion.h"

/* A count, and how many groups have it */
typedef struct CountOfGroups
{
	int64		count;
	int64		n_groups;
} CountOfGroups;

typedef struct Tally
{
	int64		n_counts;
	CountOfGroups *counts;
	int64		sum;			/* over all groups, once they are counted together */
} Tally;

typedef struct BetaBinomial
{
	int64		n_groups;		/* with students */
	Proportion	everyone;
	double		a;				/* NaN where the likelihood has no maximum */
	double		b;
	double		log_likelihood;
	const char *reason;			/* why that is */
} BetaBinomial;

extern BetaBinomial FitTallies(Tally x, Tally others, Tally n, int64 n_groups);
extern BetaBinomial FitBetaBinomial(const Proportion *groups, int64 n_groups);

#endif							/* GAPSTATS_BETA_BINOMIAL_H */
