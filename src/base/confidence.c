/*
 * confidence.c
 *		Levels of confidence.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/confidence.h"
#include "base/rmath.h"

/* Refuse what is not strictly between 0 and 1 */
double
CheckConfidence(double confidence)
{
	CheckFinite(confidence, "confidence");
	if (confidence <= 0 || confidence >= 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("confidence must be above 0 and below 1, not %g", confidence),
				 confidence > 1 ? errhint("Write 0.95 for 95%%.") : 0));
	return confidence;
}

/* A level of confidence */
double
ArgumentConfidence(FunctionCallInfo fcinfo, int argno)
{
	return CheckConfidence(ArgumentDouble(fcinfo, argno, "confidence"));
}

/*
 * The confidence that two rows, or states, of one group both ask for; 0 is for
 * one that asks for none.
 */
double
OneConfidence(double a, double b)
{
	if (a != 0 && b != 0 && a != b)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("confidence must be the same in all rows: %.15g and %.15g", a, b)));
	return a != 0 ? a : b;
}

/* The standard normal quantile that leaves half of 1 - confidence above it */
double
TwoSidedZ(double confidence)
{
	return qnorm(0.5 * (1 - CheckConfidence(confidence)), 0, 1, 0, 0);
}
