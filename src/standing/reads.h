/*
 * reads.h
 *		The relations and columns that a query reads.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_READS_H
#define GAPSTATS_READS_H

#include "base/result_row.h"
#include "nodes/parsenodes.h"

extern void PutColumnsRead(Query *query, ResultRow *row);

#endif							/* GAPSTATS_READS_H */
