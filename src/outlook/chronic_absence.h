/*
 * chronic_absence.h
 *		How long a year is at most.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_CHRONIC_ABSENCE_H
#define GAPSTATS_CHRONIC_ABSENCE_H

/* In days, or periods, or minutes; what is more is a mistake */
#define MAX_DAYS_IN_YEAR 100000

extern void CheckDaysInYear(int64 days, const char *name);

#endif							/* GAPSTATS_CHRONIC_ABSENCE_H */
