/*
 * exact.h
 *		Decisions about counts, in numbers that do not round.
 *
 * Thresholds are numeric and products of counts outgrow 64 bits, so whatever
 * is decided (above the threshold? how many students?) is decided in numeric.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_EXACT_H
#define GAPSTATS_EXACT_H

#include "rate/proportion.h"
#include "utils/numeric.h"

extern Numeric Times(Numeric a, Numeric b);
extern Numeric TimesCount(Numeric a, int64 b);
extern Numeric CountTimes(int64 a, int64 b);
extern Numeric Minus(Numeric a, Numeric b);
extern int	Compare(Numeric a, Numeric b);
extern int	Sign(Numeric a);
extern int64 CeilingOfRatio(Numeric a, Numeric b);
extern Numeric ExcessOfRate(Numeric factor, Proportion group, Proportion reference);
extern Numeric FractionOption(FunctionCallInfo fcinfo, int argno, const char *name);

#endif							/* GAPSTATS_EXACT_H */
