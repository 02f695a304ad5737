/*
 * few.h
 *		Whether a hidden number is about few.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_FEW_H
#define GAPSTATS_FEW_H

#include "disclosure/facts.h"

extern bool HasSmall(double least, double most, int64 minimum);
extern bool CanBeSmall(const Facts *facts, const Finding *findings, int unknown);
extern void SpareNarrow(const Facts *facts, Finding *findings);

#endif							/* GAPSTATS_FEW_H */
