/*
 * confidence.h
 *		Levels of confidence.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_CONFIDENCE_H
#define GAPSTATS_CONFIDENCE_H

#include "base/confidence.h"
#include "fmgr.h"

#define DEFAULT_CONFIDENCE 0.95

extern double CheckConfidence(double confidence);
extern double ArgumentConfidence(FunctionCallInfo fcinfo, int argno);
extern double OneConfidence(double a, double b);
extern double TwoSidedZ(double confidence);

#endif							/* GAPSTATS_CONFIDENCE_H */
