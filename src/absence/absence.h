/*
 * absence.h
 *		Absence from sets of days.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_ABSENCE_H
#define GAPSTATS_ABSENCE_H

#include "dayset/dayset.h"
#include "utils/array.h"

/* Chronic absence: absent at least one day in so many. */
#define CHRONIC_ONE_IN		10

/* What a student must have been enrolled for, to be judged. */
#define MINIMUM_DAYS		10

/* Days absent among days enrolled, the two sides of a rate. */
typedef struct Attendance
{
	int			absent;
	int			enrolled;
} Attendance;

/* absence.c */
extern Attendance CountAttendance(DayWords absent, DayWords enrolled, DayWindow window);

/* counts.c */
extern int64 *CheckCounts(ArrayType *state, int n);
extern int64 *GetCounts(FunctionCallInfo fcinfo, int n);
extern void AddCount(int64 *count, int64 more);

/* Was the student enrolled long enough to be judged? */
static inline bool
EnrolledAtLeast(int minimum_days, Attendance count)
{
	return count.enrolled > 0 && count.enrolled >= minimum_days;
}

/* Is the student absent at least one day in so many? */
static inline bool
AbsentOneIn(int one_in, Attendance count)
{
	return (int64) count.absent * one_in >= count.enrolled;
}

#endif							/* GAPSTATS_ABSENCE_H */
