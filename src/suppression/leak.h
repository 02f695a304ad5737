/*
 * leak.h
 *		What can be had of a table that would be published, and what is asked against that.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_LEAK_H
#define GAPSTATS_LEAK_H

#include "suppression/primary.h"

extern int	CheaperOf(const Task *task, int a, int b);
extern bool PassesAudit(Task *task, const Protection *protection, const AuditOptions *options, bool is_last);

#endif							/* GAPSTATS_LEAK_H */
