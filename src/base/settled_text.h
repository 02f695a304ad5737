/*
 * settled_text.h
 *		Values as texts that do not depend on who asks for them.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_SETTLED_TEXT_H
#define GAPSTATS_SETTLED_TEXT_H

extern bool LooksAlike(Oid type);
extern char *SettledText(Datum value, Oid type);
extern text *SettledName(Datum value, Oid type);

#endif							/* GAPSTATS_SETTLED_TEXT_H */
