/*
 * rollup.c
 *		The groups of a report, rolled up from its cells.
 *
 * Each cell is merged into its group of every dimension in its own stratum; these groups,
 * once all cells are there, into those of the levels above. So the memory is that of the
 * groups, however many the cells are. Cells wait until there are some of each stratum, which
 * are then merged one after another: they go into the same few groups, which the processor
 * has at hand while it does.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/count.h"
#include "base/dictionary.h"
#include "base/key_set.h"
#include "base/result_row.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "distribution/tally.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "standing/kept_query.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/memutils.h"
#include "utils/varlena.h"

/* More groups than that are no groups, but what tells students apart */
#define MAX_GROUPS 10000

/* What columns there can be, by their places */
#define MAX_PLACE 1600

/* The columns of a cell, behind its strata and its groups */
enum
{
	CELL_PERIOD,
	CELL_PERIOD_PLACE,
	CELL_MEASURE,
	CELL_SCORES,
	CELL_COUNTS,
	CELL_COLUMNS = CELL_COUNTS + 3
};

#define N_COUNTS (CELL_COLUMNS - CELL_COUNTS)

/* Among the counts: of how many students the outcome is known */
#define COUNT_N 1

/* The numbers of a stratum's key, those of its family's key first */
enum
{
	STRATUM_LEVEL,
	STRATUM_MEASURE,
	STRATUM_PERIOD,
	STRATUM_VALUES
};

/* The numbers of the key of members */
enum
{
	MEMBERS_DIMENSION,
	MEMBERS_WORDS,
	MEMBERS_LENGTH = MEMBERS_WORDS + 2
};

/* The numbers of a group's key */
enum
{
	GROUP_STRATUM,
	GROUP_MEMBERS,
	GROUP_LENGTH
};

/* In the place of the number of a word: it is NULL; it does not matter */
#define IS_NULL (-1)
#define IS_ANY (-2)

/* The room for cells that wait, which is many times as much as one can need */
#define WAITING_ROOM (16 * 1024 * 1024)

/* What is counted of a cell, or of a group, but its scores */
typedef struct Counts
{
	int64		counts[N_COUNTS];
	bool		has_count[N_COUNTS];
} Counts;

/* A cell that waits; behind it are its scores */
typedef struct WaitingCell
{
	struct WaitingCell *next;	/* of its stratum */
	const Distribution *scores; /* or NULL */
	bool		is_whole;
	Counts		counts;
	int32		words[FLEXIBLE_ARRAY_MEMBER];	/* by column of groups */
} WaitingCell;

/* One stratum of a level, for one measure and period */
typedef struct Stratum
{
	int			family;
	Datum		values;			/* text[] */
	int			place;			/* among those of all levels, once all are there */
	WaitingCell *first;			/* NULL if none wait */
	WaitingCell *last;
} Stratum;

/* A group in one dimension, or in each of two; without any it is everyone */
typedef struct Members
{
	Datum		names;			/* text[] */
	Datum		name;			/* their one name; 0 if one of them is not known */
} Members;

typedef struct RolledGroup
{
	Tally		scores;
	Counts		counts;
} RolledGroup;

/* A group that cells of these words are of */
typedef struct FoundGroup
{
	int32		first;
	int32		second;
	int			group;			/* -1: none */
} FoundGroup;

/* How many are remembered */
#define N_FOUND 64

/* A level, with the first and the last of its strata; a dimension, with its places, 0 for none */
typedef struct Places
{
	Datum		name;
	int			first;
	int			second;
} Places;

typedef struct Rollup
{
	MemoryContext context;
	ResultRow  *row;
	int			n_strata;
	int			n_columns;		/* of strata and of dimensions */
	int			n_levels;
	Places	   *levels;
	int			finest;			/* the level of all strata */
	int			n_dimensions;
	Places	   *dimensions;
	Dictionary *words;			/* by column */
	Dictionary	measures;
	Dictionary	periods;		/* their places */
	int			max_periods;
	Datum	   *period_texts;	/* 0 for NULL */
	KeySet		family_keys;	/* what strata have in common but their values */
	KeySet		stratum_keys;
	int			max_strata;
	Stratum    *strata;
	KeySet		member_keys;
	int			max_members;
	Members    *members;
	KeySet		group_keys;
	int			max_groups;
	RolledGroup *groups;
	char	   *waiting;		/* cells */
	Size		waiting_size;
	int		   *waited_for;		/* the strata that have some */
	int			n_waited_for;
	int			max_waited_for;
	int			overfull;		/* the place of a column of too many groups, or 0 */
	bool	   *is_named;		/* by dimension: the names of all its groups are in the result */
} Rollup;

/* Make room for what has the numbers up to this one */
static void *
MakeRoom(void *array, int *max, int number, Size size)
{
	if (number < *max)
		return array;
	*max *= 2;
	return repalloc_huge(array, size * *max);
}

/* A copy of a text or an array that lasts as long as the roll-up */
static Datum
Keep(const Rollup *rollup, Datum value)
{
	MemoryContext caller = MemoryContextSwitchTo(rollup->context);
	Datum		copy = datumCopy(value, false, -1);

	MemoryContextSwitchTo(caller);
	return copy;
}

/* Add what is counted of a cell, or of another group */
static void
AddAllCounts(Counts *sum, const Counts *added)
{
	for (int i = 0; i < N_COUNTS; i++)
	{
		if (added->has_count[i])
			sum->counts[i] = AddCounts(sum->counts[i], added->counts[i]);
		sum->has_count[i] |= added->has_count[i];
	}
}

/* The cells are what the statement is to make. */
static void
BeginCells(TupleDesc columns, void *arg)
{
	Rollup	   *rollup = arg;
	Oid			distribution = TupleDescAttr(rollup->row->desc, rollup->row->desc->natts - N_COUNTS - 4)->atttypid;
	Oid			types[CELL_COLUMNS] = {TEXTOID, INT8OID, TEXTOID, distribution, INT8OID, INT8OID, INT8OID};
	int			n_columns = rollup->n_columns + CELL_COLUMNS;

	for (int i = 0; i < Max(columns->natts, n_columns); i++)
		if (i >= columns->natts || i >= n_columns ||
			TupleDescAttr(columns, i)->atttypid != (i < rollup->n_columns ? TEXTOID : types[i - rollup->n_columns]))
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column %d is not that of a cell", i + 1)));
}

/* The number of a text among others */
static int32
ReadWord(Dictionary *words, Datum value)
{
	return AddWord(words, TextDatumGetCString(value));
}

/* The number of a period, whose text is remembered; it is known by its place */
static int32
ReadPeriod(Rollup *rollup, const Datum *values, const bool *nulls)
{
	char		place[MAXINT8LEN + 1];
	int			n_before = rollup->periods.n;
	int32		number;

	pg_lltoa(DatumGetInt64(values[CELL_PERIOD_PLACE]), place);
	number = AddWord(&rollup->periods, place);
	if (number == n_before)
	{
		rollup->period_texts = MakeRoom(rollup->period_texts, &rollup->max_periods, number, sizeof(Datum));
		rollup->period_texts[number] = nulls[CELL_PERIOD] ? (Datum) 0 : Keep(rollup, PointerGetDatum(DatumGetTextPP(values[CELL_PERIOD])));
	}
	return number;
}

/* A value of a stratum, or NULL */
static const char *
ValueOf(const Rollup *rollup, const int32 *key, int column)
{
	int32		number = key[STRATUM_VALUES + column];

	return number == IS_NULL ? NULL : rollup->words[column].words[number];
}

/* The values of a stratum as text[] */
static Datum
ValuesOf(const Rollup *rollup, const int32 *key)
{
	Places		level = rollup->levels[key[STRATUM_LEVEL]];
	int			n = level.second - level.first + 1;
	int			lower = 1;
	Datum	   *values = palloc(sizeof(Datum) * Max(n, 1));
	bool	   *nulls = palloc(sizeof(bool) * Max(n, 1));

	for (int i = 0; i < n; i++)
	{
		const char *value = ValueOf(rollup, key, level.first - 1 + i);

		nulls[i] = value == NULL;
		values[i] = nulls[i] ? (Datum) 0 : CStringGetTextDatum(value);
	}
	if (n == 0)
		return PointerGetDatum(construct_empty_array(TEXTOID));
	return PointerGetDatum(construct_md_array(values, nulls, 1, &n, &lower, TEXTOID, -1, false, TYPALIGN_INT));
}

/* The number of a stratum of a level */
static int
NumberOfStratum(Rollup *rollup, int level, int32 measure, int32 period, const int32 *values)
{
	int32	   *key = palloc(sizeof(int32) * rollup->stratum_keys.length);
	int			n_before = rollup->stratum_keys.n;
	int			number;

	key[STRATUM_LEVEL] = level;
	key[STRATUM_MEASURE] = measure;
	key[STRATUM_PERIOD] = period;
	for (int i = 0; i < rollup->n_strata; i++)
	{
		bool		is_of_level = i + 1 >= rollup->levels[level].first && i + 1 <= rollup->levels[level].second;

		key[STRATUM_VALUES + i] = is_of_level ? values[i] : IS_ANY;
	}
	number = AddKey(&rollup->stratum_keys, key);
	if (number == n_before)
	{
		rollup->strata = MakeRoom(rollup->strata, &rollup->max_strata, number, sizeof(Stratum));
		rollup->strata[number] = (Stratum) {AddKey(&rollup->family_keys, key), Keep(rollup, ValuesOf(rollup, key)), 0, NULL, NULL};
	}
	pfree(key);
	return number;
}

/*
 * The name of a group beside another, in quotes if it could be taken for two.
 * What is between two is in ASCII: a name is the same in a database of any encoding.
 */
static const char *
NameBesideAnother(const char *name)
{
	size_t		length = strlen(name);
	StringInfoData quoted;

	if (name[0] != '"' && strncmp(name, "x ", 2) != 0 && strstr(name, " x ") == NULL &&
		(length < 2 || strcmp(name + length - 2, " x") != 0))
		return name;
	initStringInfo(&quoted);
	appendStringInfoChar(&quoted, '"');
	for (const char *c = name; *c != '\0'; c++)
	{
		if (*c == '"')
			appendStringInfoChar(&quoted, '"');
		appendStringInfoChar(&quoted, *c);
	}
	appendStringInfoChar(&quoted, '"');
	return quoted.data;
}

/* Members by their key */
static Members
NameMembers(const Rollup *rollup, const int32 *key)
{
	Places		dimension = rollup->dimensions[key[MEMBERS_DIMENSION]];
	int			places[2] = {dimension.first, dimension.second};
	const char *names[2] = {"everyone"};
	const char *name;
	Datum		values[2];
	bool		nulls[2];
	int			n = 1;
	int			lower = 1;

	for (int i = 0; i < 2 && places[i] > 0; i++)
	{
		int32		number = key[MEMBERS_WORDS + i];

		names[i] = number == IS_NULL ? NULL : rollup->words[rollup->n_strata + places[i] - 1].words[number];
		n = i + 1;
	}
	for (int i = 0; i < n; i++)
	{
		nulls[i] = names[i] == NULL;
		values[i] = nulls[i] ? (Datum) 0 : CStringGetTextDatum(names[i]);
	}
	if (names[0] == NULL || names[n - 1] == NULL)
		name = NULL;
	else
		name = n == 1 ? names[0] : psprintf("%s x %s", NameBesideAnother(names[0]), NameBesideAnother(names[1]));
	return (Members) {
		Keep(rollup, PointerGetDatum(construct_md_array(values, nulls, 1, &n, &lower, TEXTOID, -1, false, TYPALIGN_INT))),
		name == NULL ? (Datum) 0 : Keep(rollup, CStringGetTextDatum(name))
	};
}

/* The number of members in a dimension, by their words */
static int
NumberOfMembers(Rollup *rollup, int dimension, int32 first, int32 second)
{
	int32		key[MEMBERS_LENGTH] = {dimension, first, second};
	int			n_before = rollup->member_keys.n;
	int			number = AddKey(&rollup->member_keys, key);

	if (number == n_before)
	{
		rollup->members = MakeRoom(rollup->members, &rollup->max_members, number, sizeof(Members));
		rollup->members[number] = NameMembers(rollup, key);
	}
	return number;
}

/* The number of the group of these members in a stratum */
static int
NumberOfGroup(Rollup *rollup, int stratum, int members)
{
	int32		key[GROUP_LENGTH] = {stratum, members};
	int			n_before = rollup->group_keys.n;
	int			number = AddKey(&rollup->group_keys, key);

	if (number == n_before)
	{
		rollup->groups = MakeRoom(rollup->groups, &rollup->max_groups, number, sizeof(RolledGroup));
		memset(&rollup->groups[number], 0, sizeof(RolledGroup));
	}
	return number;
}

/* Add a cell to a group that it is a part of */
static void
AddCell(Rollup *rollup, int number, const WaitingCell *cell)
{
	RolledGroup *group = &rollup->groups[number];

	if (cell->scores != NULL)
		TallyAdd(&group->scores, cell->scores, cell->is_whole, rollup->context);
	AddAllCounts(&group->counts, &cell->counts);
}

/* Merge the cells of a stratum that wait into their groups of a dimension. */
static void
MergeIntoDimension(Rollup *rollup, int stratum, int dimension)
{
	Places		places = rollup->dimensions[dimension];
	FoundGroup	found[N_FOUND];

	for (int i = 0; i < N_FOUND; i++)
		found[i].group = -1;
	for (const WaitingCell *cell = rollup->strata[stratum].first; cell != NULL; cell = cell->next)
	{
		int32		first = places.first > 0 ? cell->words[places.first - 1] : IS_ANY;
		int32		second = places.second > 0 ? cell->words[places.second - 1] : IS_ANY;
		FoundGroup *last = &found[((uint32) first * 7 + (uint32) second) % N_FOUND];

		if (last->group < 0 || last->first != first || last->second != second)
			*last = (FoundGroup) {first, second, NumberOfGroup(rollup, stratum, NumberOfMembers(rollup, dimension, first, second))};
		AddCell(rollup, last->group, cell);
	}
}

/* Merge all cells that wait. */
static void
MergeWaiting(Rollup *rollup)
{
	for (int i = 0; i < rollup->n_waited_for; i++)
	{
		/* dimension by dimension, whose groups are few */
		for (int dimension = 0; dimension < rollup->n_dimensions; dimension++)
		{
			CHECK_FOR_INTERRUPTS();
			MergeIntoDimension(rollup, rollup->waited_for[i], dimension);
		}
		rollup->strata[rollup->waited_for[i]].first = NULL;
	}
	rollup->n_waited_for = 0;
	rollup->waiting_size = 0;
}

/* Let a cell wait for others of its stratum. */
static void
LetWait(Rollup *rollup, int number, const int32 *words, const Distribution *scores, const Counts *counts)
{
	Stratum    *stratum = &rollup->strata[number];
	int			n_words = rollup->n_columns - rollup->n_strata;
	Size		scores_at = MAXALIGN(offsetof(WaitingCell, words) + sizeof(int32) * n_words);
	Size		scores_size = scores == NULL ? 0 : VARSIZE(scores);
	WaitingCell *cell;

	if (rollup->waiting_size + scores_at + scores_size > WAITING_ROOM)
		MergeWaiting(rollup);
	cell = (WaitingCell *) (rollup->waiting + rollup->waiting_size);
	rollup->waiting_size += MAXALIGN(scores_at + scores_size);
	Assert(rollup->waiting_size <= WAITING_ROOM);
	cell->next = NULL;
	cell->scores = scores == NULL ? NULL : memcpy((char *) cell + scores_at, scores, scores_size);
	cell->is_whole = scores != NULL && TallyIsWhole(scores);
	cell->counts = *counts;
	memcpy(cell->words, words, sizeof(int32) * n_words);

	if (stratum->first != NULL)
		stratum->last->next = cell;
	else
	{
		stratum->first = cell;
		rollup->waited_for = MakeRoom(rollup->waited_for, &rollup->max_waited_for, rollup->n_waited_for, sizeof(int));
		rollup->waited_for[rollup->n_waited_for++] = number;
	}
	stratum->last = cell;
}

/* Read a cell. */
static void
TakeCell(TupleTableSlot *cell, void *arg)
{
	Rollup	   *rollup = arg;
	int32	   *words = palloc(sizeof(int32) * (rollup->n_columns + 1));
	const Datum *values = cell->tts_values + rollup->n_columns;
	const bool *nulls = cell->tts_isnull + rollup->n_columns;
	Counts		counts;
	int			stratum;

	if (rollup->overfull > 0)
		return;
	slot_getallattrs(cell);
	if (nulls[CELL_PERIOD_PLACE] || nulls[CELL_MEASURE])
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("a cell has no measure, or no place of its period")));
	for (int i = 0; i < rollup->n_columns; i++)
	{
		words[i] = cell->tts_isnull[i] ? IS_NULL : ReadWord(&rollup->words[i], cell->tts_values[i]);
		if (i >= rollup->n_strata && words[i] >= MAX_GROUPS)
			rollup->overfull = i - rollup->n_strata + 1;
	}
	for (int i = 0; i < N_COUNTS; i++)
	{
		counts.has_count[i] = !nulls[CELL_COUNTS + i];
		counts.counts[i] = DatumGetInt64(values[CELL_COUNTS + i]);
	}
	stratum = NumberOfStratum(rollup, rollup->finest,
							  ReadWord(&rollup->measures, values[CELL_MEASURE]), ReadPeriod(rollup, values, nulls), words);
	LetWait(rollup, stratum, words + rollup->n_strata,
			nulls[CELL_SCORES] ? NULL : DatumGetDistribution(values[CELL_SCORES]), &counts);
}

/* The order of two texts, NULL last */
static int
CompareWords(const char *a, const char *b)
{
	if (a == b)
		return 0;
	if (a == NULL || b == NULL)
		return a == NULL ? 1 : -1;
	return varstr_cmp(a, strlen(a), b, strlen(b), DEFAULT_COLLATION_OID);
}

/* The order of two strata, of levels and their values */
static int
CompareStrata(const Rollup *rollup, int a, int b)
{
	const int32 *a_key = NumberedKey(&rollup->stratum_keys, a);
	const int32 *b_key = NumberedKey(&rollup->stratum_keys, b);
	Places		level = rollup->levels[a_key[STRATUM_LEVEL]];
	int			order = a_key[STRATUM_LEVEL] - b_key[STRATUM_LEVEL];

	for (int i = level.first - 1; i < level.second && order == 0; i++)
		order = CompareWords(ValueOf(rollup, a_key, i), ValueOf(rollup, b_key, i));
	return order;
}

#define ST_SORT SortStrata
#define ST_ELEMENT_TYPE int
#define ST_COMPARE(a, b, rollup) CompareStrata(rollup, *(a), *(b))
#define ST_COMPARE_ARG_TYPE const Rollup
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Give each stratum its place; those of other measures and periods have the same one. */
static void
PlaceStrata(Rollup *rollup)
{
	int			n = rollup->stratum_keys.n;
	int		   *order = palloc_extended(sizeof(int) * Max(n, 1), MCXT_ALLOC_HUGE);

	for (int i = 0; i < n; i++)
		order[i] = i;
	SortStrata(order, n, rollup);
	for (int i = 1; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		rollup->strata[order[i]].place = rollup->strata[order[i - 1]].place + (CompareStrata(rollup, order[i - 1], order[i]) != 0);
	}
	pfree(order);
}

/* The names of all groups of a dimension, as text[] */
static Datum
NamesOf(const Rollup *rollup, int dimension)
{
	Datum	   *names = palloc_extended(sizeof(Datum) * rollup->member_keys.n, MCXT_ALLOC_HUGE);
	int			n = 0;

	for (int i = 0; i < rollup->member_keys.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (NumberedKey(&rollup->member_keys, i)[MEMBERS_DIMENSION] == dimension && rollup->members[i].name != (Datum) 0)
			names[n++] = rollup->members[i].name;
	}
	return PointerGetDatum(construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT));
}

/* Add a column that may be NULL, which is 0 */
static void
AddIfAny(ResultRow *row, Oid type, Datum value)
{
	if (value == (Datum) 0)
		AddNull(row);
	else
		AddDatum(row, type, value);
}

/* Put a group into the result, and with the first of everybody the names of all */
static void
PutGroup(Rollup *rollup, const int32 *group, const Distribution *scores, const Counts *counts)
{
	const Stratum *stratum = &rollup->strata[group[GROUP_STRATUM]];
	const Members *members = &rollup->members[group[GROUP_MEMBERS]];
	const int32 *key = NumberedKey(&rollup->stratum_keys, group[GROUP_STRATUM]);
	int32		period = key[STRATUM_PERIOD];
	Places		level = rollup->levels[key[STRATUM_LEVEL]];
	int			n_strata = level.second - level.first + 1;
	int			dimension = NumberedKey(&rollup->member_keys, group[GROUP_MEMBERS])[MEMBERS_DIMENSION];
	ResultRow  *row = rollup->row;

	AddDatum(row, TEXTOID, level.name);
	AddInt32(row, n_strata);
	AddDatum(row, TEXTARRAYOID, stratum->values);
	AddIfAny(row, TEXTOID, rollup->period_texts[period]);
	AddInt64(row, strtoll(rollup->periods.words[period], NULL, 10));
	AddDatum(row, TEXTOID, rollup->dimensions[dimension].name);
	AddDatum(row, TEXTARRAYOID, members->names);
	AddIfAny(row, TEXTOID, members->name);
	AddText(row, rollup->measures.words[key[STRATUM_MEASURE]]);
	AddIfAny(row, TupleDescAttr(row->desc, row->n_columns)->atttypid, PointerGetDatum(scores));
	for (int i = 0; i < N_COUNTS; i++)
	{
		if (counts->has_count[i])
			AddInt64(row, counts->counts[i]);
		else
			AddNull(row);
	}
	if (n_strata == 0 && !rollup->is_named[dimension])
	{
		rollup->is_named[dimension] = true;
		AddDatum(row, TEXTARRAYOID, NamesOf(rollup, dimension));
	}
	else
		AddNull(row);
	/* each stratum has a group of each dimension, so these are no more than the groups */
	AddInt32(row, stratum->family * rollup->n_dimensions + dimension);
	AddInt32(row, dimension * rollup->stratum_keys.n + stratum->place);
	PutResultRow(row);
}

/* By finest stratum and level the number of the stratum that it is in */
static int *
StrataAbove(Rollup *rollup)
{
	int			n_finest = rollup->stratum_keys.n;
	int		   *above = palloc_extended(sizeof(int) * Max((Size) n_finest * rollup->n_levels, 1), MCXT_ALLOC_HUGE);

	for (int i = 0; i < n_finest; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int level = 0; level < rollup->n_levels; level++)
		{
			const int32 *key = NumberedKey(&rollup->stratum_keys, i);

			above[(Size) i * rollup->n_levels + level] = NumberOfStratum(rollup, level, key[STRATUM_MEASURE], key[STRATUM_PERIOD], key + STRATUM_VALUES);
		}
	}
	return above;
}

/* Add a group to one that it is a part of */
static void
AddGroup(Rollup *rollup, int number, const RolledGroup *part)
{
	RolledGroup *group = &rollup->groups[number];

	TallyMerge(&group->scores, &part->scores, rollup->context);
	AddAllCounts(&group->counts, &part->counts);
}

/* Put all groups into the result, and those of the finest level into the others */
static void
PutGroups(Rollup *rollup)
{
	const int  *above = StrataAbove(rollup);
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "group of a report", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	int			n_finest = rollup->group_keys.n;

	PlaceStrata(rollup);
	for (int i = 0; i < rollup->group_keys.n; i++)
	{
		int32		key[GROUP_LENGTH];
		RolledGroup group;
		const Distribution *scores;

		CHECK_FOR_INTERRUPTS();
		/* they move when there are more */
		memcpy(key, NumberedKey(&rollup->group_keys, i), sizeof(key));
		group = rollup->groups[i];
		for (int level = 0; level < rollup->n_levels && i < n_finest; level++)
		{
			int			stratum = above[(Size) key[GROUP_STRATUM] * rollup->n_levels + level];

			if (level != rollup->finest)
				AddGroup(rollup, NumberOfGroup(rollup, stratum, key[GROUP_MEMBERS]), &group);
		}
		scores = TallyPackedResult(&group.scores);
		if (scores != NULL && !group.counts.has_count[COUNT_N])
		{
			/* nobody need read them to count them */
			group.counts.has_count[COUNT_N] = true;
			group.counts.counts[COUNT_N] = group.scores.n;
		}
		PutGroup(rollup, key, scores, &group.counts);
		TallyFree(&group.scores);
		MemoryContextReset(scratch);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
}

/* Two arguments: names, and the two places of each */
static Places *
PlacesArguments(FunctionCallInfo fcinfo, int argno, const char *what, int *n)
{
	ArrayType  *array;
	Datum	   *names;
	bool	   *nulls;
	const int32 *numbers;
	Places	   *places;

	ArgumentNotNull(fcinfo, argno, what);
	ArgumentNotNull(fcinfo, argno + 1, what);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(argno), TEXTOID, -1, false, TYPALIGN_INT, &names, &nulls, n);
	array = PG_GETARG_ARRAYTYPE_P(argno + 1);
	if (ARR_NDIM(array) != 2 || ARR_DIMS(array)[0] != *n || ARR_DIMS(array)[1] != 2 || array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("each of the %s must have two places", what)));
	numbers = (const int32 *) ARR_DATA_PTR(array);
	places = palloc(sizeof(Places) * *n);
	for (int i = 0; i < *n; i++)
	{
		places[i] = (Places) {names[i], numbers[2 * i], numbers[2 * i + 1]};
		if (nulls[i] || Min(places[i].first, places[i].second) < 0 || Max(places[i].first, places[i].second) > MAX_PLACE)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("each of the %s must have a name, and places of 0 to %d", what, MAX_PLACE)));
	}
	return places;
}

/* The place of the last column that any of them has */
static int
LastPlace(const Places *places, int n)
{
	int			last = 0;

	for (int i = 0; i < n; i++)
		last = Max(last, Max(places[i].first, places[i].second));
	return last;
}

/* Which levels and dimensions there are, and nothing in them yet */
static void
BeginRollup(Rollup *rollup, FunctionCallInfo fcinfo)
{
	rollup->context = CurrentMemoryContext;
	rollup->levels = PlacesArguments(fcinfo, 1, "levels", &rollup->n_levels);
	rollup->dimensions = PlacesArguments(fcinfo, 3, "dimensions", &rollup->n_dimensions);
	rollup->n_strata = 0;
	rollup->finest = -1;
	for (int i = 0; i < rollup->n_levels; i++)
	{
		Places		level = rollup->levels[i];

		if (level.first < 1 || level.second < level.first - 1)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("levels must be from one place to another")));
		rollup->n_strata = Max(rollup->n_strata, level.second);
	}
	for (int i = 0; i < rollup->n_levels; i++)
		if (rollup->levels[i].first == 1 && rollup->levels[i].second == rollup->n_strata)
			rollup->finest = i;
	if (rollup->finest < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("levels must have one of all strata")));

	rollup->n_columns = rollup->n_strata + LastPlace(rollup->dimensions, rollup->n_dimensions);
	rollup->words = palloc(sizeof(Dictionary) * (rollup->n_columns + 1));
	for (int i = 0; i < rollup->n_columns; i++)
		BeginDictionary(&rollup->words[i]);
	BeginDictionary(&rollup->measures);
	BeginDictionary(&rollup->periods);
	rollup->max_periods = 64;
	rollup->period_texts = palloc(sizeof(Datum) * rollup->max_periods);
	BeginKeySet(&rollup->family_keys, STRATUM_VALUES);
	BeginKeySet(&rollup->stratum_keys, STRATUM_VALUES + rollup->n_strata);
	BeginKeySet(&rollup->member_keys, MEMBERS_LENGTH);
	BeginKeySet(&rollup->group_keys, GROUP_LENGTH);
	rollup->max_strata = rollup->max_waited_for = rollup->max_members = rollup->max_groups = 64;
	rollup->strata = palloc(sizeof(Stratum) * rollup->max_strata);
	rollup->waited_for = palloc(sizeof(int) * rollup->max_waited_for);
	rollup->members = palloc(sizeof(Members) * rollup->max_members);
	rollup->groups = palloc(sizeof(RolledGroup) * rollup->max_groups);
	rollup->waiting = palloc(WAITING_ROOM);
	rollup->waiting_size = 0;
	rollup->n_waited_for = 0;
	rollup->overfull = 0;
	rollup->is_named = palloc0(sizeof(bool) * Max(rollup->n_dimensions, 1));
}

/* Refuse a column that has too many groups */
static void
RefuseOverfull(const Rollup *rollup)
{
	const char *name = "";

	for (int i = 0; i < rollup->n_dimensions; i++)
		if (rollup->dimensions[i].first == rollup->overfull && rollup->dimensions[i].second == 0)
			name = TextDatumGetCString(rollup->dimensions[i].name);
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("dimension %s has more than %d groups", name, MAX_GROUPS),
			 errhint("Is it a column of groups? What tells students apart is none.")));
}

/* report_rollup(cells, levels, ..., dimensions, ...): the groups of the cells that a statement makes */
PG_FUNCTION_INFO_V1(report_rollup);
Datum
report_rollup(PG_FUNCTION_ARGS)
{
	ResultRow	row;
	Rollup		rollup;

	ArgumentNotNull(fcinfo, 0, "cells");
	BeginResultSet(&row, fcinfo);
	BeginRollup(&rollup, fcinfo);
	rollup.row = &row;
	RunQueryOnce("rows", text_to_cstring(PG_GETARG_TEXT_PP(0)), BeginCells, TakeCell, &rollup);
	if (rollup.overfull > 0)
		RefuseOverfull(&rollup);
	MergeWaiting(&rollup);
	PutGroups(&rollup);
	PG_RETURN_NULL();
}
