/*
 * number.h
 *		A number as it was published: in full, as a range, or as a mark in its place.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_NUMBER_H
#define GAPSTATS_NUMBER_H

/* What the server's log has in the place of a detail with true numbers: these are for the client's eyes */
#define DETAIL_IN_LOG "It is told to the client only."

/* value / 10^decimals where it is shown; else what was said in its place */
typedef struct Number
{
	int64		value;
	int32		decimals;
	int32		said;			/* which of the texts, or SHOWN */
} Number;

#define SHOWN (-1)
#define SAID_NULL 0				/* nothing was said */

/* What the one who hides a number lets everybody know by its mark */
typedef enum MarkRule
{
	MARK_NOT_EXPLAINED,			/* a text that nobody said the meaning of */
	MARK_HIDDEN,				/* one mark for all that is hidden */
	MARK_PRIMARY,				/* hidden for being small */
	MARK_COMPLEMENTARY,			/* hidden so that others cannot be had, not being small */
	MARK_BETWEEN,				/* from the one bound to the other */
	MARK_NEXT_SMALLEST			/* no larger than what is shown of its line along a dimension */
} MarkRule;

/* A text that stands in the place of numbers */
typedef struct Said
{
	char	   *text;			/* NULL of NULL */
	MarkRule	rule;
	int			along;			/* dimension of MARK_NEXT_SMALLEST */
	int			also;			/* what else is said in the same number's place; or SAID_NULL for nothing */
	int			first;			/* if there is: the text that says this without it */

	/* a range, with the bounds in units of 10^-decimals: of what the text itself says, or of the mark */
	bool		is_range;
	bool		has_lower;
	bool		has_upper;
	bool		lower_is_strict;	/* >, not >= */
	bool		upper_is_strict;
	int64		lower;
	int64		upper;
	int			decimals;
} Said;

typedef enum Parsed
{
	PARSED,
	NOT_A_NUMBER,
	NOT_FINITE_NUMBER,
	TOO_MANY_DIGITS
} Parsed;

extern Parsed ParseNumber(const char *text, int64 *value, int32 *decimals);
extern char *ShortenNumber(const char *text);
extern bool ParseRange(const char *text, Said *said);
extern bool ScaleNumber(int64 value, int32 decimals, int32 to_decimals, int64 *scaled);
extern char *NumberText(int64 value, int32 decimals);

#endif							/* GAPSTATS_NUMBER_H */
