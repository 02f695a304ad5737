/*
 * counts.h
 *		Aggregates whose state is a few counts, an array of bigint.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_COUNTS_H
#define GAPSTATS_COUNTS_H

#include "absence/exact_share.h"
#include "utils/array.h"

/* What a share takes of a state: the scale, and both numbers in two halves */
#define SHARE_COUNTS		5

extern int64 *CheckCounts(ArrayType *state, int n);
extern int64 *GetCounts(FunctionCallInfo fcinfo, int n);
extern ExactShare LoadShare(const int64 *counts);
extern void StoreShare(int64 *counts, ExactShare share);

#endif							/* GAPSTATS_COUNTS_H */
