/*
 * reference.c
 *		What each group of a partition is compared with.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <ctype.h>

#include "base/excerpt.h"
#include "base/reference.h"
#include "miscadmin.h"
#include "utils/builtins.h"

/* Names of what is no group, but all of them together; doc/rate.md lists them */
static const char *const totals[] = {"all", "all students", "total", "overall", "everyone"};

/* A name without the blanks around it; "_" and "-" are blanks, too */
char *
PlainKeyName(const KeyColumn *column, int key)
{
	char	   *name = KeyName(column, key);
	char	   *first = name;
	char	   *end = name + strlen(name);
	char	   *plain;

	for (char *c = name; c < end; c++)
	{
		if (*c == '_' || *c == '-' || isspace((unsigned char) *c))
			*c = ' ';
	}
	while (*first == ' ')
		first++;
	while (end > first && end[-1] == ' ')
		end--;
	plain = pnstrdup(first, end - first);
	pfree(name);
	return plain;
}

/* Is such a name that of all groups, or LEAs, together? */
bool
IsTotal(const char *name)
{
	for (size_t i = 0; i < lengthof(totals); i++)
	{
		if (pg_strcasecmp(name, totals[i]) == 0)
			return true;
	}
	return false;
}

/* Refuse a group that holds the others: each student would count twice */
void
RefuseTotals(const KeyColumn *groups)
{
	for (int key = 0; key < groups->n_keys; key++)
	{
		char	   *name = PlainKeyName(groups, key);

		CHECK_FOR_INTERRUPTS();
		if (IsTotal(name))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("group \"%s\" would count everybody twice", KeyName(groups, key)),
					 errhint("Leave it out. To compare with all groups together, use reference => 'everyone' where there is such an option.")));
		pfree(name);
	}
}

/*
 * Refuse two rows of a group: they would count as each other's comparison. The
 * aggregate that makes one of them is for the hint.
 */
void
ReportDuplicateGroup(const KeyColumn *groups, int key, const char *aggregate)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("group \"%s\" has more than one row in the partition", Excerpt(KeyName(groups, key))),
			 errhint("Make them one row with %s, or name what tells them apart in PARTITION BY.",
					 aggregate)));
}

/* The names of the groups, one a row; a row without a name is no group */
KeyColumn
ReadGroupNames(FunctionCallInfo fcinfo, int argno, const char *aggregate)
{
	KeyColumn	groups = ReadKeyColumn(fcinfo, argno);
	bool	   *seen = palloc0(groups.n_keys * sizeof(bool));

	RefuseTotals(&groups);
	for (int64 row = 0; row < groups.n_rows; row++)
	{
		int			key = groups.keys[row];

		CHECK_FOR_INTERRUPTS();
		if (key == KEY_NULL)
			continue;
		if (seen[key])
			ReportDuplicateGroup(&groups, key, aggregate);
		seen[key] = true;
	}
	pfree(seen);
	return groups;
}

/* The kind of reference that a word stands for */
static ReferenceKind
ParseReference(const char *word)
{
	if (strcmp(word, "others") == 0)
		return REFERENCE_OTHERS;
	if (strcmp(word, "everyone") == 0)
		return REFERENCE_EVERYONE;
	if (strcmp(word, "highest") == 0)
		return REFERENCE_HIGHEST;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized reference: \"%s\"", Excerpt(word)),
			 errhint("Use \"others\", \"everyone\" or \"highest\", or name a group with reference_group.")));
}

/* The row of the group with a number, or -1 */
static int64
FindRow(const KeyColumn *groups, int key)
{
	for (int64 row = 0; key >= 0 && row < groups->n_rows; row++)
	{
		CHECK_FOR_INTERRUPTS();
		if (groups->keys[row] == key)
			return row;
	}
	return -1;
}

/*
 * Read the options, the first of which is argno and has a default; which row is
 * the highest is for the caller. A named group takes the place of the default,
 * but not of another reference that was asked for.
 */
Reference
ReadReference(FunctionCallInfo fcinfo, int argno, ReferenceKind by_default, const KeyColumn *groups)
{
	int			key = FindKeyOption(fcinfo, argno + 1, groups);
	char	   *word = TextDatumGetCString(WindowOption(fcinfo, argno));
	Reference	reference;

	reference.kind = ParseReference(word);
	reference.row = FindRow(groups, key);
	reference.min_n = WindowCountOption(fcinfo, argno + 3);
	if (key == KEY_NULL)
		return reference;
	if (reference.kind != by_default)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("reference cannot be \"%s\" when there is a reference_group", word),
				 errhint("Leave one of them out.")));
	reference.kind = REFERENCE_NAMED;
	return reference;
}
