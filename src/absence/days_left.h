/*
 * days_left.h
 *		How many days a year has for a student.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_DAYS_LEFT_H
#define GAPSTATS_DAYS_LEFT_H

#include "dayset/dayset.h"

extern int	DaysInYear(DayWords enrolled, DayWords calendar);

#endif							/* GAPSTATS_DAYS_LEFT_H */
