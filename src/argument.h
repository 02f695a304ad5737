/*
 * argument.h
 *		Arguments that several capabilities read and check alike.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef ARGUMENT_H
#define ARGUMENT_H

#include "distribution/distribution.h"

extern void ArgumentNotNull(FunctionCallInfo fcinfo, int argno, const char *name);
extern Distribution *ArgumentDistribution(FunctionCallInfo fcinfo, int argno);
extern void CheckConfidence(double confidence);
extern double ArgumentConfidence(FunctionCallInfo fcinfo, int argno);
extern int	ArgumentOption(FunctionCallInfo fcinfo, int argno, const char *name,
						   const char *const *options);
extern bool ArgumentBool(FunctionCallInfo fcinfo, int argno, const char *name);
extern double ArgumentDouble(FunctionCallInfo fcinfo, int argno, const char *name);
extern double *ArgumentDoubles(FunctionCallInfo fcinfo, int argno, const char *name, int *n);
extern int64 *ArgumentCounts(FunctionCallInfo fcinfo, int argno, const char *name, int *n);
extern char **ArgumentTexts(FunctionCallInfo fcinfo, int argno, const char *name, int *n);

#endif							/* ARGUMENT_H */
