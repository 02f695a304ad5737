/*
 * words.h
 *		Facts and findings in sentences.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_WORDS_H
#define GAPSTATS_WORDS_H

#include "disclosure/facts.h"

/* In the place of a fact, among those that give a number away: what a child knows of herself */
#define INSIDERS_FACT (-1)

extern char *HolderName(const Facts *facts, Holder holder);
extern const char *NumberName(const Facts *facts, Holder holder);
extern char *BecauseOf(const Facts *facts, int unknown, const Finding *finding);
extern char *ContradictionWords(const Facts *facts, Source source);
extern char *AllSameWords(const Facts *facts, Source source);
extern char *LeftOutWords(const Facts *facts, const Remark *remark);
extern char *ShownElsewhereWords(const Facts *facts, const ShownElsewhere *shown);
extern const char *VerdictName(Verdict verdict);

#endif							/* GAPSTATS_WORDS_H */
