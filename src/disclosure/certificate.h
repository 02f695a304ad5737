/*
 * certificate.h
 *		Proofs in whole numbers of what the solver finds in doubles.
 *
 * A point of whole coordinates that is in a region proves that the numbers can be there.
 * Whole multipliers of the forms prove that they cannot be lower: any multipliers bound any
 * objective (weak duality), good ones well.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_CERTIFICATE_H
#define GAPSTATS_CERTIFICATE_H

#include "disclosure/component.h"

/* Numbers with a common denominator: coordinates, in units of the component, or multipliers */
typedef struct Quotients
{
	int64	   *numerators;
	int64		denominator;
} Quotients;

/* Multipliers that are no simple fractions are rounded to this */
#define FINE_DENOMINATOR (INT64CONST(1) << 20)

extern bool RoundQuotients(const double *values, int n, Quotients *quotients);
extern bool RoundFinely(const double *values, int n, Quotients *quotients);
extern bool IsInRegion(const Component *component, const Region *region, const Quotients *point);
extern bool IsWholePoint(const Component *component, const Quotients *point);
extern bool ProvenMinimum(const Component *component, const Region *region, const Term *objective, int n_terms,
						  const Quotients *multipliers, int128 *minimum);
extern bool ProveEmpty(const Component *component, const Region *region, const Quotients *multipliers);

#endif							/* GAPSTATS_CERTIFICATE_H */
