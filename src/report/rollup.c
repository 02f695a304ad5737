/*
 * rollup.c
 *		The groups of a report, rolled up from its cells.
 *
 * Each cell is merged, as it comes, into its group of every dimension in its own stratum;
 * these groups, once all cells are there, into those of the levels above. So the memory is
 * that of the groups, however many the cells are.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/count.h"
#include "base/dictionary.h"
#include "base/result_row.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "distribution/tally.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "standing/kept_query.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* More groups than that are no groups, but what tells students apart */
#define MAX_GROUPS 10000

/* What columns there can be, by their places */
#define MAX_PLACE 1600

/* The columns of a cell */
enum
{
	CELL_STRATA,
	CELL_GROUPS,
	CELL_PERIOD,
	CELL_PERIOD_PLACE,
	CELL_MEASURE,
	CELL_SCORES,
	CELL_COUNTS,
	CELL_COLUMNS = CELL_COUNTS + 3
};

#define N_COUNTS (CELL_COLUMNS - CELL_COUNTS)

/* The numbers of a group's key; strata follow */
enum
{
	KEY_LEVEL,
	KEY_DIMENSION,
	KEY_MEMBERS,
	KEY_MEASURE = KEY_MEMBERS + 2,
	KEY_PERIOD,
	KEY_STRATA
};

/* In the place of the number of a word: it is NULL; it does not matter */
#define IS_NULL (-1)
#define IS_ANY (-2)

/* What there is of a cell, or of a group that is added to another */
typedef struct Added
{
	const Distribution *scores; /* or NULL */
	bool		is_whole;
	int64		counts[N_COUNTS];
	bool		has_count[N_COUNTS];
} Added;

/* What is counted of a group */
typedef struct RolledGroup
{
	Tally		scores;
	int64		counts[N_COUNTS];
	bool		has_count[N_COUNTS];
} RolledGroup;

typedef struct KeyEntry
{
	int			number;
	uint32		hash;
	char		status;			/* for simplehash */
} KeyEntry;

struct key_hash;

/* Keys of so many numbers each, numbered */
typedef struct KeySet
{
	int			length;
	int			n;
	int			max;
	int32	   *keys;
	struct key_hash *table;
} KeySet;

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
	Datum	   *period_texts;	/* 0 for NULL */
	KeySet		keys;			/* of the groups */
	int			max_groups;
	RolledGroup *groups;
	KeySet		families;		/* what groups have in common with those of other strata, put out so far */
	KeySet		strata;			/* and with the other groups of their stratum */
	int			overfull;		/* the place of a column of too many groups, or 0 */
	bool	   *is_named;		/* by dimension: the names of all its groups are in the result */
} Rollup;

static inline int32 *
NumberedKey(const KeySet *set, int number)
{
	return set->keys + (Size) set->length * number;
}

static inline int32 *
KeyOf(const Rollup *rollup, int group)
{
	return NumberedKey(&rollup->keys, group);
}

static inline uint32
HashKey(const KeySet *set, int number)
{
	return hash_bytes((const unsigned char *) NumberedKey(set, number), sizeof(int32) * set->length);
}

static inline bool
SameKey(const KeySet *set, int a, int b)
{
	return memcmp(NumberedKey(set, a), NumberedKey(set, b), sizeof(int32) * set->length) == 0;
}

#define SH_PREFIX key
#define SH_ELEMENT_TYPE KeyEntry
#define SH_KEY_TYPE int
#define SH_KEY number
#define SH_HASH_KEY(table, key) HashKey((table)->private_data, key)
#define SH_EQUAL(table, a, b) SameKey((table)->private_data, a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(table, a) (a)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* It stays where it is: its table knows it. */
static void
BeginKeys(KeySet *set, int length)
{
	set->length = length;
	set->n = 0;
	set->max = 1024;
	set->keys = palloc(sizeof(int32) * length * set->max);
	set->table = key_create(CurrentMemoryContext, set->max, set);
}

/* Where a key that may be new is to be written */
static int32 *
NextKey(KeySet *set)
{
	if (set->n == set->max)
	{
		set->max *= 2;
		set->keys = repalloc_huge(set->keys, sizeof(int32) * set->length * set->max);
	}
	return NumberedKey(set, set->n);
}

/* The number of the key that has been written there */
static int
NumberOfNextKey(KeySet *set, bool *is_new)
{
	bool		found;
	KeyEntry   *entry = key_insert(set->table, set->n, &found);

	*is_new = !found;
	set->n += !found;
	return entry->number;
}

/* The group of the key that has been written */
static RolledGroup *
GroupOfNextKey(Rollup *rollup)
{
	bool		is_new;
	int			number = NumberOfNextKey(&rollup->keys, &is_new);

	if (number == rollup->max_groups)
	{
		rollup->max_groups *= 2;
		rollup->groups = repalloc_huge(rollup->groups, sizeof(RolledGroup) * rollup->max_groups);
	}
	if (is_new)
		memset(&rollup->groups[number], 0, sizeof(RolledGroup));
	return &rollup->groups[number];
}

/* Count in a group what there is of a cell, or of another group */
static void
AddToGroup(Rollup *rollup, RolledGroup *group, const Added *added)
{
	if (added->scores != NULL)
		TallyAdd(&group->scores, added->scores, added->is_whole, rollup->context);
	for (int i = 0; i < N_COUNTS; i++)
	{
		if (added->has_count[i])
			group->counts[i] = AddCounts(group->counts[i], added->counts[i]);
		group->has_count[i] |= added->has_count[i];
	}
}

/* The scores that are added, which may be NULL */
static void
SetScores(Added *added, const Distribution *scores)
{
	added->scores = scores;
	added->is_whole = scores != NULL && TallyIsWhole(scores);
}

/* The cells are what the statement is to make. */
static void
BeginCells(TupleDesc columns, void *arg)
{
	Rollup	   *rollup = arg;
	Oid			distribution = TupleDescAttr(rollup->row->desc, rollup->row->desc->natts - N_COUNTS - 4)->atttypid;
	Oid			types[CELL_COLUMNS] = {TEXTARRAYOID, TEXTARRAYOID, TEXTOID, INT8OID, TEXTOID, distribution, INT8OID, INT8OID, INT8OID};

	for (int i = 0; i < Max(columns->natts, CELL_COLUMNS); i++)
		if (i >= columns->natts || i >= CELL_COLUMNS || TupleDescAttr(columns, i)->atttypid != types[i])
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column %d is not that of a cell", i + 1)));
}

/* The numbers of the words of an array, which are of the columns from "first" on */
static void
ReadWords(Rollup *rollup, Datum array, int first, int n_columns, int32 *numbers)
{
	Datum	   *words;
	bool	   *nulls;
	int			n;

	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &words, &nulls, &n);
	if (n != n_columns)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("a cell has %d strata or groups, not %d", n, n_columns)));
	for (int i = 0; i < n; i++)
	{
		char	   *word = nulls[i] ? NULL : TextDatumGetCString(words[i]);
		MemoryContext caller = MemoryContextSwitchTo(rollup->context);

		numbers[i] = word == NULL ? IS_NULL : AddWord(&rollup->words[first + i], word);
		MemoryContextSwitchTo(caller);
	}
}

/* The number of a period, whose text is remembered; it is known by its place */
static int32
ReadPeriod(Rollup *rollup, TupleTableSlot *cell)
{
	MemoryContext caller = MemoryContextSwitchTo(rollup->context);
	char		place[MAXINT8LEN + 1];
	int			n_before = rollup->periods.n;
	int32		number;

	if (cell->tts_isnull[CELL_PERIOD_PLACE])
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("a cell has no place of its period")));
	pg_lltoa(DatumGetInt64(cell->tts_values[CELL_PERIOD_PLACE]), place);
	number = AddWord(&rollup->periods, place);
	if (rollup->periods.n > n_before)
	{
		rollup->period_texts = repalloc_huge(rollup->period_texts, sizeof(Datum) * rollup->periods.max);
		rollup->period_texts[number] = cell->tts_isnull[CELL_PERIOD] ? (Datum) 0 :
			PointerGetDatum(DatumGetTextPCopy(cell->tts_values[CELL_PERIOD]));
	}
	MemoryContextSwitchTo(caller);
	return number;
}

static int32
ReadMeasure(Rollup *rollup, TupleTableSlot *cell)
{
	char	   *measure = cell->tts_isnull[CELL_MEASURE] ? pstrdup("") : TextDatumGetCString(cell->tts_values[CELL_MEASURE]);
	MemoryContext caller = MemoryContextSwitchTo(rollup->context);
	int32		number = AddWord(&rollup->measures, measure);

	MemoryContextSwitchTo(caller);
	return number;
}

/* Merge a cell into its groups. */
static void
TakeCell(TupleTableSlot *cell, void *arg)
{
	Rollup	   *rollup = arg;
	int32	   *words = palloc(sizeof(int32) * (rollup->n_columns + 1));
	int32	   *groups = words + rollup->n_strata;
	Added		added;
	int32		period;
	int32		measure;

	if (rollup->overfull > 0)
		return;
	slot_getallattrs(cell);
	if (cell->tts_isnull[CELL_STRATA] || cell->tts_isnull[CELL_GROUPS])
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("a cell has no strata or groups")));
	ReadWords(rollup, cell->tts_values[CELL_STRATA], 0, rollup->n_strata, words);
	ReadWords(rollup, cell->tts_values[CELL_GROUPS], rollup->n_strata, rollup->n_columns - rollup->n_strata, groups);
	for (int i = 1; i <= rollup->n_columns - rollup->n_strata; i++)
		if (rollup->words[rollup->n_strata + i - 1].n > MAX_GROUPS)
			rollup->overfull = i;
	period = ReadPeriod(rollup, cell);
	measure = ReadMeasure(rollup, cell);
	SetScores(&added, cell->tts_isnull[CELL_SCORES] ? NULL : DatumGetDistribution(cell->tts_values[CELL_SCORES]));
	for (int i = 0; i < N_COUNTS; i++)
	{
		added.has_count[i] = !cell->tts_isnull[CELL_COUNTS + i];
		added.counts[i] = DatumGetInt64(cell->tts_values[CELL_COUNTS + i]);
	}

	for (int i = 0; i < rollup->n_dimensions; i++)
	{
		Places		dimension = rollup->dimensions[i];
		int32	   *key = NextKey(&rollup->keys);

		key[KEY_LEVEL] = rollup->finest;
		key[KEY_DIMENSION] = i;
		key[KEY_MEMBERS] = dimension.first > 0 ? groups[dimension.first - 1] : IS_ANY;
		key[KEY_MEMBERS + 1] = dimension.second > 0 ? groups[dimension.second - 1] : IS_ANY;
		key[KEY_MEASURE] = measure;
		key[KEY_PERIOD] = period;
		memcpy(key + KEY_STRATA, words, sizeof(int32) * rollup->n_strata);
		AddToGroup(rollup, GroupOfNextKey(rollup), &added);
	}
}

/* Merge a group into that of another level which has it */
static void
AddToLevel(Rollup *rollup, int group, int level, const Added *added)
{
	int32	   *key = NextKey(&rollup->keys);

	memcpy(key, KeyOf(rollup, group), sizeof(int32) * rollup->keys.length);
	key[KEY_LEVEL] = level;
	for (int i = 0; i < rollup->n_strata; i++)
		if (i + 1 < rollup->levels[level].first || i + 1 > rollup->levels[level].second)
			key[KEY_STRATA + i] = IS_ANY;
	AddToGroup(rollup, GroupOfNextKey(rollup), added);
}

/* The values of a group's stratum as text[] */
static Datum
StratumOf(const Rollup *rollup, const int32 *key)
{
	Places		level = rollup->levels[key[KEY_LEVEL]];
	int			n = level.second - level.first + 1;
	int			lower = 1;
	Datum	   *values = palloc(sizeof(Datum) * Max(n, 1));
	bool	   *nulls = palloc(sizeof(bool) * Max(n, 1));

	for (int i = 0; i < n; i++)
	{
		int32		number = key[KEY_STRATA + level.first - 1 + i];

		nulls[i] = number == IS_NULL;
		values[i] = nulls[i] ? (Datum) 0 : CStringGetTextDatum(rollup->words[level.first - 1 + i].words[number]);
	}
	if (n == 0)
		return PointerGetDatum(construct_empty_array(TEXTOID));
	return PointerGetDatum(construct_md_array(values, nulls, 1, &n, &lower, TEXTOID, -1, false, TYPALIGN_INT));
}

/* A group in one dimension, or in each of two; without any it is everyone */
typedef struct Members
{
	int			n;
	const char *names[2];		/* NULL if it is not known */
} Members;

static Members
MembersOf(const Rollup *rollup, const int32 *key)
{
	Places		dimension = rollup->dimensions[key[KEY_DIMENSION]];
	int			places[2] = {dimension.first, dimension.second};
	Members		members = {1, {"everyone"}};

	for (int i = 0; i < 2 && places[i] > 0; i++)
	{
		int32		number = key[KEY_MEMBERS + i];

		members.names[i] = number == IS_NULL ? NULL : rollup->words[rollup->n_strata + places[i] - 1].words[number];
		members.n = i + 1;
	}
	return members;
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

/* Their one name, NULL if one of them is not known */
static const char *
NameOf(Members members)
{
	if (members.n == 1 || members.names[0] == NULL || members.names[1] == NULL)
		return members.names[0] == NULL ? NULL : members.names[members.n - 1];
	return psprintf("%s x %s", NameBesideAnother(members.names[0]), NameBesideAnother(members.names[1]));
}

/* Put them into a row, as text[] and as one name */
static void
AddMembers(ResultRow *row, const Members *members)
{
	Datum		values[2];
	bool		nulls[2];
	int			lower = 1;

	for (int i = 0; i < members->n; i++)
	{
		nulls[i] = members->names[i] == NULL;
		values[i] = nulls[i] ? (Datum) 0 : CStringGetTextDatum(members->names[i]);
	}
	AddDatum(row, TEXTARRAYOID, PointerGetDatum(construct_md_array(values, nulls, 1, (int *) &members->n, &lower, TEXTOID, -1, false, TYPALIGN_INT)));
	AddText(row, NameOf(*members));
}

/* Whether a group is of everybody */
static bool
IsOfEverybody(const Rollup *rollup, int group)
{
	Places		level = rollup->levels[KeyOf(rollup, group)[KEY_LEVEL]];

	return level.second < level.first;
}

/* The names of all groups of a dimension, of everybody, as text[] */
static Datum
NamesOf(const Rollup *rollup, int dimension)
{
	Dictionary	names;
	Datum	   *texts;

	BeginDictionary(&names);
	for (int i = 0; i < rollup->keys.n; i++)
	{
		const char *name;

		CHECK_FOR_INTERRUPTS();
		if (KeyOf(rollup, i)[KEY_DIMENSION] != dimension || !IsOfEverybody(rollup, i))
			continue;
		name = NameOf(MembersOf(rollup, KeyOf(rollup, i)));
		if (name != NULL)
			AddWord(&names, name);
	}
	texts = palloc(sizeof(Datum) * Max(names.n, 1));
	for (int i = 0; i < names.n; i++)
		texts[i] = CStringGetTextDatum(names.words[i]);
	return PointerGetDatum(construct_array(texts, names.n, TEXTOID, -1, false, TYPALIGN_INT));
}

/* The number of what a group has in common with others: of its key without its members */
static int
NumberOfOthers(KeySet *set, const int32 *key)
{
	int32	   *common = NextKey(set);
	bool		is_new;

	memcpy(common, key, sizeof(int32) * set->length);
	common[KEY_MEMBERS] = common[KEY_MEMBERS + 1] = IS_ANY;
	return NumberOfNextKey(set, &is_new);
}

/* Put a group into the result, and with the first of everybody the names of all */
static void
PutGroup(Rollup *rollup, int group, const Added *all)
{
	const int32 *key = KeyOf(rollup, group);
	Places		level = rollup->levels[key[KEY_LEVEL]];
	Members		members = MembersOf(rollup, key);
	MemoryContext scratch = MemoryContextSwitchTo(rollup->context);
	int			family = NumberOfOthers(&rollup->families, key);
	int			stratum = NumberOfOthers(&rollup->strata, key);
	ResultRow  *row = rollup->row;

	MemoryContextSwitchTo(scratch);

	AddDatum(row, TEXTOID, level.name);
	AddInt32(row, level.second - level.first + 1);
	AddDatum(row, TEXTARRAYOID, StratumOf(rollup, key));
	if (rollup->period_texts[key[KEY_PERIOD]] != (Datum) 0)
		AddDatum(row, TEXTOID, rollup->period_texts[key[KEY_PERIOD]]);
	else
		AddNull(row);
	AddInt64(row, strtoll(rollup->periods.words[key[KEY_PERIOD]], NULL, 10));
	AddDatum(row, TEXTOID, rollup->dimensions[key[KEY_DIMENSION]].name);
	AddMembers(row, &members);
	AddText(row, rollup->measures.words[key[KEY_MEASURE]]);
	if (all->scores != NULL)
		AddDatum(row, TupleDescAttr(row->desc, row->n_columns)->atttypid, PointerGetDatum(all->scores));
	else
		AddNull(row);
	for (int i = 0; i < N_COUNTS; i++)
	{
		if (all->has_count[i])
			AddInt64(row, all->counts[i]);
		else
			AddNull(row);
	}
	if (IsOfEverybody(rollup, group) && !rollup->is_named[key[KEY_DIMENSION]])
	{
		rollup->is_named[key[KEY_DIMENSION]] = true;
		AddDatum(row, TEXTARRAYOID, NamesOf(rollup, key[KEY_DIMENSION]));
	}
	else
		AddNull(row);
	AddInt32(row, family);
	AddInt32(row, stratum);
	PutResultRow(row);
}

/* Put all groups into the result, and those of the finest level into the others */
static void
PutGroups(Rollup *rollup)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "group of a report", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	int			n_finest = rollup->keys.n;

	for (int i = 0; i < rollup->keys.n; i++)
	{
		RolledGroup *group = &rollup->groups[i];
		Added		all;

		CHECK_FOR_INTERRUPTS();
		SetScores(&all, TallyResult(&group->scores));
		memcpy(all.counts, group->counts, sizeof(all.counts));
		memcpy(all.has_count, group->has_count, sizeof(all.has_count));
		TallyFree(&group->scores);
		for (int level = 0; level < rollup->n_levels && i < n_finest; level++)
			if (level != rollup->finest)
				AddToLevel(rollup, i, level, &all);
		PutGroup(rollup, i, &all);
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
	rollup->period_texts = palloc(sizeof(Datum));
	BeginKeys(&rollup->keys, KEY_STRATA + rollup->n_strata);
	BeginKeys(&rollup->families, KEY_STRATA);
	BeginKeys(&rollup->strata, KEY_STRATA + rollup->n_strata);
	rollup->max_groups = rollup->keys.max;
	rollup->groups = palloc(sizeof(RolledGroup) * rollup->max_groups);
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
	PutGroups(&rollup);
	PG_RETURN_NULL();
}
