/*
 * meaning.h
 *		What a query means: the objects that its names stand for.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_MEANING_H
#define GAPSTATS_MEANING_H

#include "nodes/parsenodes.h"

extern List *ReadLiterals(Node *statement);
extern List *DescribeMeaning(Query *query, List *literals);
extern void CheckMeaning(List *meaning, char **kept, int n_kept);

#endif							/* GAPSTATS_MEANING_H */
