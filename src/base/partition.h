/*
 * partition.h
 *		Window functions that see a whole partition of groups at once.
 *
 * A table of groups has one row a group, and a column with its name. The
 * functions over it answer each row from all rows of its partition, whatever the
 * frame and the order. They read the partition once, at its first row, and keep
 * it as plain numbers in the partition's own memory. Their options come last
 * among the arguments, and must be the same in all rows of the partition.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_PARTITION_H
#define GAPSTATS_PARTITION_H

#include "fmgr.h"
#include "windowapi.h"

/* Numbers that no name has: that of NULL, and that of a name which is not in the column */
#define KEY_NULL				(-1)
#define KEY_NONE				(-2)

/* A column of names in the partition: equal names have the same number, from 0 */
typedef struct KeyColumn
{
	int64		n_rows;
	int		   *keys;			/* by row */
	int			n_keys;
	Datum	   *names;			/* by number, ascending */
	Oid			type;
} KeyColumn;

extern void *PartitionMemory(FunctionCallInfo fcinfo, Size header, Size row);
extern Datum PartitionArgument(FunctionCallInfo fcinfo, int argno, int64 row, bool *isnull);
extern void CheckOption(FunctionCallInfo fcinfo, int argno);
extern void CheckOptions(FunctionCallInfo fcinfo, int argno);
extern Datum WindowOption(FunctionCallInfo fcinfo, int argno);
extern int64 WindowCountOption(FunctionCallInfo fcinfo, int argno);
extern int	WindowNamedOption(FunctionCallInfo fcinfo, int argno, const char *const *options);
extern KeyColumn ReadKeyColumn(FunctionCallInfo fcinfo, int argno);
extern int	FindKeyOption(FunctionCallInfo fcinfo, int argno, const KeyColumn *column);
extern char *KeyName(const KeyColumn *column, int key);

#endif							/* GAPSTATS_PARTITION_H */
