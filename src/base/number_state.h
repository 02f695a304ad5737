/*
 * number_state.h
 *		The state of an aggregate that needs no more than some numbers.
 *
 * It is an array of double precision (which counts exactly up to 2^53 rows), so that
 * parallel workers and clusters pass it on as it is.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_NUMBER_STATE_H
#define GAPSTATS_NUMBER_STATE_H

#include "fmgr.h"
#include "utils/array.h"

extern double *NumbersOfState(ArrayType *state, const char *aggregate, int size);
extern ArrayType *NewNumberState(int size);
extern ArrayType *ArgumentNumberState(FunctionCallInfo fcinfo, int size);
extern int64 StateCount(double count, const char *aggregate);

#endif							/* GAPSTATS_NUMBER_STATE_H */
