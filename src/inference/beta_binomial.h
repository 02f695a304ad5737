/*
 * beta_binomial.h
 *		Rates that vary between groups, by a beta distribution.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_BETA_BINOMIAL_H
#define GAPSTATS_BETA_BINOMIAL_H

#include "rate/proportion.h"

typedef struct BetaBinomial
{
	int64		n_groups;		/* with students */
	Proportion	everyone;
	double		a;				/* NaN where the likelihood has no maximum */
	double		b;
	const char *reason;			/* why that is */
} BetaBinomial;

extern BetaBinomial FitBetaBinomial(const Proportion *groups, int64 n_groups);

#endif							/* GAPSTATS_BETA_BINOMIAL_H */
