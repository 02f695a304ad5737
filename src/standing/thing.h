/*
 * thing.h
 *		The relations of a thing that stands, and statements about them.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_THING_H
#define GAPSTATS_THING_H

typedef struct ThingKind
{
	const char *name;			/* so the column of its definition is called, too */
	char		relkind;
} ThingKind;

extern const ThingKind ReportKind;
extern const ThingKind RollupKind;

extern Oid	DefinitionOfThing(const ThingKind *kind, Oid oid);
extern text *StatementAboutThing(const ThingKind *kind, Oid oid, const char *template);
extern text *StatementAboutNewThing(const ThingKind *kind, const char *schema, const char *base, const char *template);

#endif							/* GAPSTATS_THING_H */
