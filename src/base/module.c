/*
 * module.c
 *		The module itself.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "fmgr.h"

#include "batch/batch.h"
#include "standing/trust.h"
#include "standing/wall.h"
#include "suppression/suppress.h"

PG_MODULE_MAGIC;

void		_PG_init(void);

void
_PG_init(void)
{
	DefineTrustSettings();
	DefineWallSettings();
	DefineSuppressionSettings();
	InstallBatchPaths();
}
