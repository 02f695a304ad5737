/*
 * prerequisites.c
 *		Every skill that another one rests on, directly or through others.
 *
 * Skills are numbered in the order of their names, byte by byte, so that what comes
 * out depends on no setting.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/excerpt.h"
#include "base/result_row.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"

/* An error lists no more names than these */
#define MAX_LISTED_NAMES 20

typedef char *SkillName;

/* That a skill needs another, by number */
typedef struct Need
{
	int			skill;
	int			prerequisite;
} Need;

typedef struct Skills
{
	SkillName	   *names;			/* by number, ascending */
	int			n;
	Need	   *needs;			/* ascending */
	int		   *first;			/* need of each skill; n_needs follows the last */
	int			n_needs;
} Skills;

#define ST_SORT SortSkillNames
#define ST_ELEMENT_TYPE SkillName
#define ST_COMPARE(a, b) strcmp(*(a), *(b))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT SortNeeds
#define ST_ELEMENT_TYPE Need
#define ST_COMPARE(a, b) ((a)->skill != (b)->skill ? ((a)->skill > (b)->skill ? 1 : -1) : \
						  ((a)->prerequisite > (b)->prerequisite) - ((a)->prerequisite < (b)->prerequisite))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT SortNumbers
#define ST_ELEMENT_TYPE int
#define ST_COMPARE(a, b) ((*(a) > *(b)) - (*(a) < *(b)))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* The number of a name that there is */
static int
SkillNumber(const Skills *skills, const char *name)
{
	int			low = 0;
	int			high = skills->n - 1;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (strcmp(skills->names[middle], name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Number the skills, and sort what they need */
static Skills
ReadSkills(const SkillName *skill, const SkillName *prerequisite, int n)
{
	Skills		skills = {.n_needs = n};

	skills.names = palloc_extended(2 * (Size) n * sizeof(SkillName), MCXT_ALLOC_HUGE);
	memcpy(skills.names, skill, n * sizeof(SkillName));
	memcpy(skills.names + n, prerequisite, n * sizeof(SkillName));
	SortSkillNames(skills.names, 2 * (Size) n);
	for (int64 i = 0; i < 2 * (int64) n; i++)
	{
		if (skills.n == 0 || strcmp(skills.names[skills.n - 1], skills.names[i]) != 0)
			skills.names[skills.n++] = skills.names[i];
	}

	skills.needs = palloc(n * sizeof(Need));
	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		skills.needs[i].skill = SkillNumber(&skills, skill[i]);
		skills.needs[i].prerequisite = SkillNumber(&skills, prerequisite[i]);
	}
	SortNeeds(skills.needs, n);

	skills.first = palloc0((skills.n + 1) * sizeof(int));
	for (int i = 0; i < n; i++)
		skills.first[skills.needs[i].skill + 1]++;
	for (int i = 0; i < skills.n; i++)
		skills.first[i + 1] += skills.first[i];
	return skills;
}

/* The circle that ends where it begins, in words */
static void
RefuseCircle(const Skills *skills, const int *way, int length)
{
	StringInfoData circle;

	initStringInfo(&circle);
	for (int i = 0; i < length && i < MAX_LISTED_NAMES; i++)
		appendStringInfo(&circle, "\"%s\" needs ", Excerpt(skills->names[way[i]]));
	if (length > MAX_LISTED_NAMES)
		appendStringInfo(&circle, "%d others, of which the last needs ", length - MAX_LISTED_NAMES);
	appendStringInfo(&circle, "\"%s\"", Excerpt(skills->names[way[0]]));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("prerequisites go in a circle"),
			 errdetail("%s.", circle.data),
			 errhint("Take one of these prerequisites out of the table.")));
}

/* Go from each skill to what it needs, depth first; to meet one again that is on the way is a circle */
static void
CheckForCircles(const Skills *skills)
{
	int		   *way = palloc(skills->n * sizeof(int));
	int		   *next = palloc(skills->n * sizeof(int));	/* need of each skill to go to */
	int		   *place = palloc(skills->n * sizeof(int));	/* on the way, or -1 */

	memcpy(next, skills->first, skills->n * sizeof(int));
	memset(place, -1, skills->n * sizeof(int));
	for (int start = 0; start < skills->n; start++)
	{
		int			length = 0;

		way[length++] = start;
		place[start] = 0;
		while (length > 0)
		{
			int			at = way[length - 1];
			int			to;

			CHECK_FOR_INTERRUPTS();
			if (next[at] == skills->first[at + 1])
			{
				place[at] = -1;
				length--;
				continue;
			}
			to = skills->needs[next[at]++].prerequisite;
			if (place[to] >= 0)
				RefuseCircle(skills, way + place[to], length - place[to]);
			/* one whose needs are all gone through is in no circle */
			place[to] = length;
			way[length++] = to;
		}
	}
	pfree(way);
	pfree(next);
	pfree(place);
}

/* The prerequisites of a skill, those that it is fewest steps from first: a row each */
static void
PutPrerequisites(ResultRow *row, const Skills *skills, int skill, int *found, int *met)
{
	int			n_found = 0;
	int			begin = 0;

	found[n_found++] = skill;
	met[skill] = skill;
	for (int n_steps = 1; begin < n_found; n_steps++)
	{
		int			end = n_found;

		for (; begin < end; begin++)
		{
			for (int i = skills->first[found[begin]]; i < skills->first[found[begin] + 1]; i++)
			{
				int			prerequisite = skills->needs[i].prerequisite;

				CHECK_FOR_INTERRUPTS();
				if (met[prerequisite] == skill)
					continue;
				met[prerequisite] = skill;
				found[n_found++] = prerequisite;
			}
		}
		SortNumbers(found + end, n_found - end);
		for (int i = end; i < n_found; i++)
		{
			CHECK_FOR_INTERRUPTS();
			AddText(row, skills->names[skill]);
			AddText(row, skills->names[found[i]]);
			AddInt32(row, n_steps);
			PutResultRow(row);
		}
	}
}

/* prerequisites(skill, prerequisite) */
PG_FUNCTION_INFO_V1(prerequisites);
Datum
prerequisites(PG_FUNCTION_ARGS)
{
	ResultRow	row;
	SkillName	   *skill;
	SkillName	   *prerequisite;
	int			n_skill;
	int			n;
	Skills		skills;
	int		   *found;
	int		   *met;

	BeginResultSet(&row, fcinfo);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return (Datum) 0;
	skill = ArgumentTexts(fcinfo, 0, "skill", &n_skill);
	prerequisite = ArgumentTexts(fcinfo, 1, "prerequisite", &n);
	if (n_skill != n)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("skill and prerequisite must have as many elements: %d and %d", n_skill, n)));
	if (n == 0)
		return (Datum) 0;

	skills = ReadSkills(skill, prerequisite, n);
	CheckForCircles(&skills);
	found = palloc(skills.n * sizeof(int));
	met = palloc(skills.n * sizeof(int));
	memset(met, -1, skills.n * sizeof(int));
	for (int i = 0; i < skills.n; i++)
		PutPrerequisites(&row, &skills, i, found, met);
	return (Datum) 0;
}
