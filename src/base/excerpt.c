/*
 * excerpt.c
 *		What a message quotes of text.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/excerpt.h"
#include "mb/pg_wchar.h"

/* Bytes of a text that a message quotes: texts can have millions */
#define MAX_EXCERPT 80

/* Of a long text its beginning */
const char *
Excerpt(const char *text)
{
	int			length = pg_mbcliplen(text, strnlen(text, MAX_EXCERPT + MAX_MULTIBYTE_CHAR_LEN),
									  MAX_EXCERPT);

	return text[length] == '\0' ? text : psprintf("%.*s...", length, text);
}
