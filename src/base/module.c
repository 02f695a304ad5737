/*
 * module.c
 *		The module itself.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "fmgr.h"

PG_MODULE_MAGIC;
