/*
 * suppress.h
 *		A table as it can be published.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_SUPPRESS_H
#define GAPSTATS_SUPPRESS_H

extern void DefineSuppressionSettings(void);

#endif							/* GAPSTATS_SUPPRESS_H */
