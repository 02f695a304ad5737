/*
 * template.h
 *		Statements in which names stand for words.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_TEMPLATE_H
#define GAPSTATS_TEMPLATE_H

#include "lib/stringinfo.h"

/* Appends what stands for a word that an @ stands before */
typedef void (*AppendWord) (StringInfo statement, const char *word, const void *arg);

extern text *FillTemplate(const char *template, AppendWord append, const void *arg);
extern void AppendPart(StringInfo statement, const char *schema, const char *name, const char *word);

#endif							/* GAPSTATS_TEMPLATE_H */
