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
	REPORT_EDFACTS
} ReportingStandard;

extern char *ReportingRange(ReportingStandard which, Proportion p);
extern int64 CountAtEnd(ReportingStandard which, Proportion p);

#endif							/* GAPSTATS_REPORTING_RANGE_H */
