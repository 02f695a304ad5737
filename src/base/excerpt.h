/*
 * excerpt.h
 *		What a message quotes of text.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_EXCERPT_H
#define GAPSTATS_EXCERPT_H

extern const char *Excerpt(const char *text);

#endif							/* GAPSTATS_EXCERPT_H */
