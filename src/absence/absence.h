/*
 * absence.h
 *		What makes an absence chronic.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_ABSENCE_H
#define GAPSTATS_ABSENCE_H

#include "absence/exact_share.h"

/* Tiers of a student are shares of one in so many days. */
#define SEVERE_ONE_IN		5
#define CHRONIC_ONE_IN		10
#define AT_RISK_ONE_IN		20

/* What a student must have been enrolled for, to be judged */
#define MINIMUM_DAYS		10

extern bool EnrolledAtLeast(int minimum_days, ExactShare share);

/* Is the student absent at least one day in so many? */
static inline bool
AbsentOneIn(int one_in, ExactShare share)
{
	return share.days * one_in >= share.among;
}

#endif							/* GAPSTATS_ABSENCE_H */
