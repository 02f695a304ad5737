/*
 * reporting_range.h
 *		A rate as a range that is as wide as its group is small.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_REPORTING_RANGE_H
#define GAPSTATS_REPORTING_RANGE_H

#include "rate/proportion.h"

typedef enum ReportingStandard
{
	REPORT_NCES,
	REPORT_EDFACTS,
	REPORT_ROUNDED,				/* in the finest steps of which each holds enough counts */
	REPORT_ENDS					/* whole percents, as many together at each end as hold enough counts */
} ReportingStandard;

typedef struct Reporting
{
	ReportingStandard standard;
	int64		least_counts;	/* that are enough */
	int64		minimum;		/* numbers below are small: no range is of one such, or of nobody or everybody, alone. Or 0 */
} Reporting;

extern char *ReportingRange(const Reporting *reporting, Proportion p);
extern int64 CountAtEnd(const Reporting *reporting, Proportion p);

#endif							/* GAPSTATS_REPORTING_RANGE_H */
