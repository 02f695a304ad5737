/*
 * information.h
 *		What the units of a table tell of the groups of their students.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_INFORMATION_H
#define GAPSTATS_INFORMATION_H

#include "segregation/crosstab.h"

extern double GroupEntropy(const Crosstab *crosstab);
extern double UnitEntropy(const Crosstab *crosstab, int unit);
extern double UnitInformation(const Crosstab *crosstab, int unit);
extern double UnitInformationExpected(const Crosstab *crosstab, int64 size);
extern double MutualInformation(const Crosstab *crosstab);

#endif							/* GAPSTATS_INFORMATION_H */
