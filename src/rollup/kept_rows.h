/*
 * kept_rows.h
 *		Rows that are counted later.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_KEPT_ROWS_H
#define GAPSTATS_KEPT_ROWS_H

#include "rollup/group_changes.h"

typedef struct KeptRows KeptRows;

extern KeptRows *BeginKeptRows(const GroupPlan *plan, TupleDesc row_type);
extern void KeepRow(KeptRows *rows, const GroupPlan *plan, TupleTableSlot *row, bool is_removed);
extern const GroupPlan *PlanOfKeptRows(const KeptRows *rows);
extern TupleTableSlot *NextKeptRow(KeptRows *rows, bool *is_removed);
extern void EndKeptRows(KeptRows *rows);

#endif							/* GAPSTATS_KEPT_ROWS_H */
