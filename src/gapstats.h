/*
 * gapstats.h
 *		What differs between PostgreSQL's versions, for every capability.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_H
#define GAPSTATS_H

#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#include "varatt.h"
#else
/* Before soft errors: an input function raises its error at once */
#define ereturn(context, dummy_value, ...) \
	do { (void) (context); ereport(ERROR, __VA_ARGS__); return dummy_value; } while (0)
#endif

#endif							/* GAPSTATS_H */
