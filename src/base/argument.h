/*
 * argument.h
 *		Arguments that several capabilities read and check alike.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_ARGUMENT_H
#define GAPSTATS_ARGUMENT_H

#include "fmgr.h"
#include "utils/numeric.h"

extern const char *ArgumentName(FunctionCallInfo fcinfo, int argno);
extern void ArgumentNotNull(FunctionCallInfo fcinfo, int argno, const char *name);
extern int	OptionPlace(const char *value, const char *name, const char *const *options);
extern int	ArgumentOption(FunctionCallInfo fcinfo, int argno, const char *name,
						   const char *const *options);
extern bool ArgumentBool(FunctionCallInfo fcinfo, int argno, const char *name);
extern int32 ArgumentInt32(FunctionCallInfo fcinfo, int argno, const char *name);
extern int32 ArgumentNonNegative(FunctionCallInfo fcinfo, int argno, const char *name);
extern int32 ArgumentPositive(FunctionCallInfo fcinfo, int argno, const char *name);
extern void CheckFinite(double value, const char *name);
extern double CheckNonNegative(double value, const char *name);
extern Numeric CheckNonNegativeNumeric(Numeric value, const char *name);
extern double ArgumentDouble(FunctionCallInfo fcinfo, int argno, const char *name);
extern double CheckFraction(double fraction);
extern double ArgumentFraction(FunctionCallInfo fcinfo, int argno);
extern double *ArgumentDoubles(FunctionCallInfo fcinfo, int argno, const char *name, int *n);
extern int64 *ArgumentInt64s(FunctionCallInfo fcinfo, int argno, const char *name, int *n);
extern int32 *ArgumentInt32s(FunctionCallInfo fcinfo, int argno, const char *name, int *n);
extern bool *ArgumentBools(FunctionCallInfo fcinfo, int argno, const char *name, int *n);
extern int	NumberedPlace(const char *name, int32 number, int n);
extern int64 *ArgumentCounts(FunctionCallInfo fcinfo, int argno, const char *name, int *n);
extern char **ArgumentTexts(FunctionCallInfo fcinfo, int argno, const char *name, int *n);

#endif							/* GAPSTATS_ARGUMENT_H */
