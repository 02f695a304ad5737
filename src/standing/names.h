/*
 * names.h
 *		Names that are the same whatever the settings.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_NAMES_H
#define GAPSTATS_NAMES_H

extern void UseSetting(const char *name, const char *value);
extern int	UseCanonicalNames(void);
extern char *RelationName(Oid relation);
extern Oid	KnownRelation(const char *name);
extern char *FunctionName(Oid function);
extern char *OperatorName(Oid operator);
extern void RefuseTemporary(Oid class, Oid object);

#endif							/* GAPSTATS_NAMES_H */
