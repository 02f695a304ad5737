/*
 * insiders.h
 *		What a child learns who is the only one in her cell.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_INSIDERS_H
#define GAPSTATS_INSIDERS_H

#include "disclosure/facts.h"

/* Replaces findings by worse ones of insiders; insider[] is then the unknown whose child it is, else NONE */
extern int *AuditInsiders(const Facts *facts, const AuditOptions *options, Finding *findings);

#endif							/* GAPSTATS_INSIDERS_H */
