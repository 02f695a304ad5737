/*
 * statement_changes.h
 *		What the statements that are under way have changed so far.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_STATEMENT_CHANGES_H
#define GAPSTATS_STATEMENT_CHANGES_H

#include "nodes/execnodes.h"
#include "rollup/capture.h"

typedef struct StatementChanges StatementChanges;

extern uint64 statement_changes_ended;

extern StatementChanges *FindStatementChanges(const EState *statement, Oid changes);
extern StatementChanges *BeginStatementChanges(EState *statement, const Capture *capture, Relation source, Relation target);
extern bool ChangesAreUnderWay(Oid changes);
extern void CountStatementRow(StatementChanges *changes, const GroupPlan *plan, TupleTableSlot *row, bool is_removed);
extern void LookForRoom(StatementChanges *changes);
extern void WriteStatementChanges(void);

#endif							/* GAPSTATS_STATEMENT_CHANGES_H */
