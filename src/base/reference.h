/*
 * reference.h
 *		What each group of a partition is compared with.
 *
 * Functions over a table of groups take the options (reference, reference_group,
 * require_reference, min_n_reference), one behind the other. Which group does
 * best is for each measure to say: this knows only names.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_REFERENCE_H
#define GAPSTATS_REFERENCE_H

#include "base/partition.h"

typedef enum ReferenceKind
{
	REFERENCE_NONE,				/* the function has no such options */
	REFERENCE_OTHERS,			/* all groups but the row's own */
	REFERENCE_EVERYONE,			/* all groups, the row's own among them */
	REFERENCE_HIGHEST,			/* the group that does best, of those that are large enough */
	REFERENCE_NAMED				/* a group by its name */
} ReferenceKind;

typedef struct Reference
{
	ReferenceKind kind;
	int64		row;			/* of a named group; -1 if the partition has no such */
	int64		min_n;			/* students whom the highest must have at least */
} Reference;

extern KeyColumn ReadGroupNames(FunctionCallInfo fcinfo, int argno, const char *aggregate);
extern char *PlainKeyName(const KeyColumn *column, int key);
extern bool IsTotal(const char *name);
extern void RefuseTotals(const KeyColumn *groups);
extern void ReportDuplicateGroup(const KeyColumn *groups, int key, const char *aggregate);
extern Reference ReadReference(FunctionCallInfo fcinfo, int argno, ReferenceKind by_default,
							   const KeyColumn *groups);

#endif							/* GAPSTATS_REFERENCE_H */
