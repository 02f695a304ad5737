/*
 * evaluate.c
 *		Where each student of a watch list stands, and what of that is new.
 *
 * The students query and every rule's query run once, each to its end, so that a failure names
 * its rule; their rows meet in a hash table with one entry a student.  Then what the list
 * holds, values and rows, is read beside it, and only what differs comes out.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "portability/instr_time.h"
#include "utils/array.h"
#include "utils/backend_status.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/typcache.h"

#include "base/argument.h"
#include "base/compat.h"
#include "base/excerpt.h"
#include "base/result_row.h"
#include "base/settled_text.h"
#include "standing/kept_query.h"
#include "watch_list/rule.h"

/* Columns of a list's row after those of its students query, and what goes to its values */
enum
{
	STATUS, SCORE, RULES_FLAGGED, RULES_MISSING, REASONS, SINCE, N_STANDING,
	VALUES = N_STANDING, STATES, CLEARING, N_KEPT,
	CHANGE = N_KEPT, RULES, VERSIONS, N_ADDED
};

typedef struct Student
{
	struct Student *next;		/* in the order of the students query */
	HeapTuple	row;			/* of the students query */
	ArrayType  *clearing;		/* or NULL */
	bool		is_judged;
	bool		has_new_values;
	bool		is_held;		/* the list has a row of hers */
	bool		keeps_flag;		/* a rule that her open flag stands for has no value */
	bool		has_flag;		/* that is open, or lost */
	DateADT		since;			/* of that flag */
	char	   *states;
	struct Observation observations[FLEXIBLE_ARRAY_MEMBER]; /* one a rule */
} Student;

typedef struct StudentEntry
{
	Datum		id;
	Student    *student;
	uint32		hash;
	char		status;			/* for simplehash */
} StudentEntry;

/* A value as a query gave it and as it is kept */
typedef struct KnownValue
{
	Datum		datum;
	Numeric		value;			/* or NULL */
} KnownValue;

/* A value as it is kept and as the list's values have it */
typedef struct WrittenValue
{
	Numeric		value;			/* or NULL */
	char		text[24];
} WrittenValue;

#define N_KNOWN_VALUES 8192

/* So long may a student_id be */
#define MAX_ID_BYTES 2000

#define SH_PREFIX students
#define SH_ELEMENT_TYPE StudentEntry
#define SH_KEY_TYPE Datum
#define SH_KEY id
#define SH_HASH_KEY(table, key) HashStudent((table)->private_data, key)
#define SH_EQUAL(table, a, b) SameStudent((table)->private_data, a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(table, a) (a)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
static uint32 HashStudent(void *evaluation, Datum id);
static bool SameStudent(void *evaluation, Datum a, Datum b);
#include "lib/simplehash.h"

typedef struct Evaluation
{
	/* what was asked */
	Rule	   *rules;
	int			n_rules;
	int			n_slots;		/* of the values of a student: positions run from 1 to it */
	Combination combination;
	DateADT		as_of;
	DateADT    *school_days;
	int			n_school_days;
	int			clear_after;

	/* students */
	MemoryContext context;
	TypeCacheEntry *id_type;
	Oid			id_collation;
	AttrNumber	id_column;
	TupleDesc	columns;
	students_hash *students;
	Student    *first;
	Student   **last;			/* where the next one goes */
	int64		n_without_id;	/* rows that are no student's */

	/* the rule whose rows are being taken */
	Rule	   *rule;
	int			rule_index;
	KnownValue *known;			/* by hash */
	MemoryContext row_context;	/* for as long as one of them is taken */

	/* what comes out */
	TupleDesc	row;
	Tuplestorestate *changed;
	Datum	   *out;
	bool	   *out_null;
	Datum	   *held;			/* a row that the list holds */
	bool	   *held_null;
	StringInfoData values;		/* of a student, as text */
	WrittenValue *written;		/* by hash of the place */
	int64		n_flagged;
	int64		n_unusable;		/* students with a value that is none */
} Evaluation;

static uint32
HashStudent(void *evaluation, Datum id)
{
	Evaluation *e = evaluation;

	return murmurhash32(DatumGetUInt32(FunctionCall1Coll(&e->id_type->hash_proc_finfo,
														 e->id_collation, id)));
}

static bool
SameStudent(void *evaluation, Datum a, Datum b)
{
	Evaluation *e = evaluation;

	return DatumGetBool(FunctionCall2Coll(&e->id_type->eq_opr_finfo, e->id_collation, a, b));
}

static Student *
FindStudent(Evaluation *e, Datum id)
{
	StudentEntry *entry = students_lookup(e->students, id);

	return entry == NULL ? NULL : entry->student;
}

/* A student's id, for a message */
static char *
StudentName(Evaluation *e, Datum id)
{
	return SettledText(id, e->id_type->type_id);
}

/* Say in pg_stat_activity how far it is */
static void
ReportProgress(const char *what, int done, int all)
{
	pgstat_report_activity(STATE_RUNNING,
						   psprintf("refreshing a watch list: %s (%d of %d)", what, done, all));
}

/*
 * Errors while a query runs, those raised below as well, begin with what it is.
 */

/* ---- the students query ---- */

/*
 * is_sorted_and_hashed(type regtype) returns boolean
 */
PG_FUNCTION_INFO_V1(is_sorted_and_hashed);
Datum
is_sorted_and_hashed(PG_FUNCTION_ARGS)
{
	TypeCacheEntry *type = lookup_type_cache(PG_GETARG_OID(0), TYPECACHE_HASH_PROC | TYPECACHE_CMP_PROC);

	PG_RETURN_BOOL(OidIsValid(type->hash_proc) && OidIsValid(type->cmp_proc));
}

static void
BeginStudents(TupleDesc columns, void *arg)
{
	Evaluation *e = arg;
	MemoryContext old = MemoryContextSwitchTo(e->context);
	Form_pg_attribute id = NULL;

	e->columns = CreateTupleDescCopy(columns);
	for (int i = 0; i < columns->natts; i++)
	{
		if (strcmp(NameStr(TupleDescAttr(columns, i)->attname), "student_id") == 0)
		{
			id = TupleDescAttr(columns, i);
			e->id_column = i + 1;
		}
	}
	if (id == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("there is no column \"student_id\"")));
	e->id_collation = id->attcollation;
	e->id_type = lookup_type_cache(id->atttypid, TYPECACHE_HASH_PROC_FINFO | TYPECACHE_EQ_OPR_FINFO);
	if (!OidIsValid(e->id_type->hash_proc_finfo.fn_oid) || !OidIsValid(e->id_type->eq_opr_finfo.fn_oid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("student_id is of type %s, which cannot be hashed",
						format_type_be(id->atttypid))));
	e->students = students_create(e->context, 1024, e);
	e->last = &e->first;
	MemoryContextSwitchTo(old);
}

static void
TakeStudent(TupleTableSlot *slot, void *arg)
{
	Evaluation *e = arg;
	Size		size = offsetof(Student, observations) + sizeof(Observation) * e->n_rules;
	bool		is_null;
	Datum		id = slot_getattr(slot, e->id_column, &is_null);
	MemoryContext old;
	StudentEntry *entry;
	Student    *student;
	bool		found;

	if (is_null)
	{
		e->n_without_id++;
		return;
	}
	/* what is longer is in no index, whose error does not say whose it is */
	if (e->id_type->typlen == -1 && toast_raw_datum_size(id) - VARHDRSZ > MAX_ID_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("student_id \"%s\" has %zu bytes, and may have %d", Excerpt(StudentName(e, id)),
						toast_raw_datum_size(id) - VARHDRSZ, MAX_ID_BYTES)));
	entry = students_insert(e->students, id, &found);
	if (found)
		ereport(ERROR,
				(errcode(ERRCODE_CARDINALITY_VIOLATION),
				 errmsg("student \"%s\" is there more than once", StudentName(e, id))));

	old = MemoryContextSwitchTo(e->context);
	student = palloc0(size + e->n_slots + 1);
	student->states = (char *) student + size;
	student->row = ExecCopySlotHeapTuple(slot);
	entry->student = student;
	entry->id = heap_getattr(student->row, e->id_column, e->columns, &is_null);
	if (!e->id_type->typbyval && e->id_type->typlen == -1)
		entry->id = PointerGetDatum(PG_DETOAST_DATUM(entry->id));
	*e->last = student;
	e->last = &student->next;
	MemoryContextSwitchTo(old);
}

/* ---- a rule's query ---- */

static void
CheckRuleColumns(Evaluation *e, TupleDesc columns, int most)
{
	if (columns->natts < VALUE_COLUMN || columns->natts > most)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_COLUMN_DEFINITION),
				 errmsg("query gives %d columns", columns->natts),
				 errhint("It should give two: the student, then the value; numbers behind these are for its reason.")));
	if (TupleDescAttr(columns, 0)->atttypid != e->id_type->type_id)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("first column is of type %s, but student_id of the list is of type %s",
						format_type_be(TupleDescAttr(columns, 0)->atttypid),
						format_type_be(e->id_type->type_id))));
}

/*
 * ValueToKeep
 *		Rates and scores of many students are the same few, and turning them into numeric costs
 *		more than all else that is done with them.
 */
static Numeric
ValueToKeep(Evaluation *e, Datum datum)
{
	MemoryContext old = MemoryContextSwitchTo(e->context);
	KnownValue *known;
	Numeric		value;

	if (e->rule->value_type == NUMERICOID)
		value = DatumGetNumericCopy(datum);
	else
	{
		known = &e->known[murmurhash32((uint32) (datum ^ datum >> 32)) % N_KNOWN_VALUES];
		if (known->value == NULL || known->datum != datum)
		{
			known->datum = datum;
			known->value = ValueAsNumeric(datum, e->rule->value_type);
		}
		value = known->value;
	}
	MemoryContextSwitchTo(old);
	return value;
}

static void
BeginRule(TupleDesc columns, void *arg)
{
	Evaluation *e = arg;

	CheckRuleColumns(e, columns, MAX_RULE_COLUMNS);
	for (int column = VALUE_COLUMN; column <= columns->natts; column++)
		CheckValueType(TupleDescAttr(columns, column - 1)->atttypid, column);
	e->rule->value_type = getBaseType(TupleDescAttr(columns, 1)->atttypid);
	memset(e->known, 0, sizeof(KnownValue) * N_KNOWN_VALUES);
}

/*
 * The numbers for the reason, as a list's values have them behind the value; NULL if there are
 * none.  One that is NULL or not finite is left empty.
 */
static char *
NumbersToKeep(Evaluation *e, TupleTableSlot *slot)
{
	TupleDesc	columns = slot->tts_tupleDescriptor;
	MemoryContext old;
	StringInfoData text;

	if (columns->natts == VALUE_COLUMN)
		return NULL;
	MemoryContextReset(e->row_context);
	old = MemoryContextSwitchTo(e->row_context);
	initStringInfo(&text);
	for (int column = VALUE_COLUMN + 1; column <= columns->natts; column++)
	{
		bool		is_null;
		Datum		datum = slot_getattr(slot, column, &is_null);
		Numeric		number = is_null ? NULL :
			ValueAsNumeric(datum, getBaseType(TupleDescAttr(columns, column - 1)->atttypid));

		appendStringInfoChar(&text, '/');
		if (number != NULL && !numeric_is_nan(number) && !numeric_is_inf(number))
			appendStringInfoString(&text, DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(number))));
	}
	MemoryContextSwitchTo(old);
	return MemoryContextStrdup(e->context, text.data);
}

static void
TakeValue(TupleTableSlot *slot, void *arg)
{
	Evaluation *e = arg;
	Rule	   *rule = e->rule;
	bool		is_null;
	Datum		id = slot_getattr(slot, 1, &is_null);
	Datum		datum;
	Student    *student;
	Observation *observation;

	if (is_null)
	{
		rule->n_without_id++;
		return;
	}
	rule->n_rows++;
	student = FindStudent(e, id);
	if (student == NULL)
		return;
	rule->n_matched++;

	observation = &student->observations[e->rule_index];
	if (observation->kind != NO_ROW)
	{
		observation->kind = DUPLICATED;
		return;
	}
	datum = slot_getattr(slot, 2, &is_null);
	if (is_null)
		observation->kind = NO_VALUE;
	else
	{
		observation->value = ValueToKeep(e, datum);
		observation->kind = numeric_is_nan(observation->value) || numeric_is_inf(observation->value) ?
			NOT_FINITE : A_VALUE;
		observation->numbers = NumbersToKeep(e, slot);
	}
}

static void
BeginApplies(TupleDesc columns, void *arg)
{
	CheckRuleColumns(arg, columns, VALUE_COLUMN);
	if (TupleDescAttr(columns, 1)->atttypid != BOOLOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("second column, the condition, is of type %s",
						format_type_be(TupleDescAttr(columns, 1)->atttypid))));
}

static void
TakeApplies(TupleTableSlot *slot, void *arg)
{
	Evaluation *e = arg;
	bool		is_null;
	Datum		id = slot_getattr(slot, 1, &is_null);
	Student    *student = is_null ? NULL : FindStudent(e, id);
	bool		applies;

	if (student == NULL)
		return;
	applies = DatumGetBool(slot_getattr(slot, 2, &is_null));
	student->observations[e->rule_index].applies = is_null ? MAY_APPLY :
		applies ? DOES_APPLY : DOES_NOT_APPLY;
}

static void
RunRules(Evaluation *e)
{
	for (int i = 0; i < e->n_rules; i++)
	{
		Rule	   *rule = &e->rules[i];
		instr_time	begin,
					end;

		ReportProgress(rule->what, i + 1, e->n_rules);
		INSTR_TIME_SET_CURRENT(begin);
		e->rule = rule;
		e->rule_index = i;
		rule->group_column = rule->group == NULL ? 0 : SPI_fnumber(e->columns, rule->group);
		if (rule->group_column < 0)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("%s: students query has no column \"%s\"", rule->what, rule->group)));
		RunKeptQuery(&rule->query, BeginRule, TakeValue, e);
		if (rule->has_condition)
			RunKeptQuery(&rule->condition, BeginApplies, TakeApplies, e);
		INSTR_TIME_SET_CURRENT(end);
		INSTR_TIME_SUBTRACT(end, begin);
		rule->milliseconds = INSTR_TIME_GET_MILLISEC(end);
	}
}

/* ---- the arrays of a student's values, one element a position ---- */

static ArrayType *
MakeArray(Datum *elements, bool *nulls, int n, Oid type)
{
	int			lower = 1;
	int16		length;
	bool		by_value;
	char		alignment;

	get_typlenbyvalalign(type, &length, &by_value, &alignment);
	return construct_md_array(elements, nulls, n > 0 ? 1 : 0, &n, &lower, type, length, by_value, alignment);
}

/* The days since when values are past the threshold to clear at; DATEVAL_NOBEGIN where not */
static ArrayType *
MakeClearing(const DateADT *days, int n)
{
	Datum	   *elements = palloc(sizeof(Datum) * n);
	bool	   *nulls = palloc(sizeof(bool) * n);

	for (int i = 0; i < n; i++)
	{
		elements[i] = DateADTGetDatum(days[i]);
		nulls[i] = days[i] == DATEVAL_NOBEGIN;
	}
	return MakeArray(elements, nulls, n, DATEOID);
}

static void
GetClearing(ArrayType *array, DateADT *days, int n)
{
	Datum	   *elements;
	bool	   *nulls;
	int			n_elements;

	deconstruct_array(array, DATEOID, sizeof(DateADT), true, TYPALIGN_INT, &elements, &nulls, &n_elements);
	for (int i = 0; i < Min(n, n_elements); i++)
	{
		if (!nulls[i])
			days[i] = DatumGetDateADT(elements[i]);
	}
}

/* ---- where a student stands ---- */

/* The threshold of a student's group, if the rule has one for it; NULL if the group is not known */
static Numeric
ThresholdOf(Evaluation *e, Rule *rule, const Student *student)
{
	bool		is_null;
	Datum		group;
	char	   *name;

	if (rule->group_column == 0)
		return rule->threshold;
	group = heap_getattr(student->row, rule->group_column, e->columns, &is_null);
	if (is_null)
		return NULL;
	name = SettledText(group, TupleDescAttr(e->columns, rule->group_column - 1)->atttypid);
	for (int i = 0; i < rule->n_groups; i++)
	{
		if (strcmp(rule->groups[i], name) == 0)
		{
			rule->group_is_there[i] = true;
			return rule->group_thresholds[i];
		}
	}
	return rule->threshold;
}

/* School days from one day to another, both included */
static int
SchoolDaysBetween(const Evaluation *e, DateADT first, DateADT last)
{
	int			n = 0;

	if (e->n_school_days < 0)
	{
		/* Nobody said which they are: Monday to Friday. 2000-01-01, day 0, was a Saturday. */
		for (DateADT day = first; day <= last && n < e->clear_after; day++)
			n += ((day % 7) + 7) % 7 >= 2;
		return n;
	}
	for (int i = e->n_school_days - 1; i >= 0 && e->school_days[i] >= first; i--)
		n += e->school_days[i] <= last;
	return n;
}

/*
 * Judge
 *		What a rule says of a student, given what it said before.
 */
static char
Judge(Evaluation *e, Rule *rule, const Student *student, const Observation *seen,
	  char before, DateADT *clearing)
{
	bool		was_flagged = rule->is_same && StateWasFlagged(before);
	Numeric		threshold = ThresholdOf(e, rule, student);

	if (rule->has_condition && seen->applies == DOES_NOT_APPLY)
		return STATE_NOT_APPLICABLE;
	/* whatever was changed of the rule meanwhile: missing data clears nobody */
	if (seen->kind != A_VALUE)
		return StateWithoutValue(seen->kind, StateWasFlagged(before));
	/* not known of her is what the rule goes by: to leave her out, or flag her, would say more */
	if (threshold == NULL || (rule->has_condition && seen->applies == MAY_APPLY))
		return StateWithoutValue(NO_VALUE, StateWasFlagged(before));
	if (RuleHolds(rule->comparison, seen->value, threshold))
		return STATE_FLAGGED;
	if (!was_flagged)
		return STATE_OK;
	if (rule->clear_at != NULL && RuleHolds(rule->comparison, seen->value, rule->clear_at))
		return STATE_NOT_CLEAR;
	if (e->clear_after > 1)
	{
		if (before != STATE_CLEARING || *clearing == DATEVAL_NOBEGIN)
			*clearing = e->as_of;
		if (SchoolDaysBetween(e, *clearing, e->as_of) < e->clear_after)
			return STATE_CLEARING;
	}
	return STATE_OK;
}

/*
 * JudgeStudent
 *		What every rule says of a student, given what it said before.
 */
static void
JudgeStudent(Evaluation *e, Student *student, const char *before, ArrayType *clearing_before)
{
	int			n_before = before == NULL ? 0 : strlen(before);
	DateADT    *clearing = palloc(sizeof(DateADT) * e->n_slots);
	bool		is_clearing = false;
	bool		is_unusable = false;

	for (int i = 0; i < e->n_slots; i++)
		clearing[i] = DATEVAL_NOBEGIN;
	if (clearing_before != NULL)
		GetClearing(clearing_before, clearing, e->n_slots);

	memset(student->states, STATE_OFF, e->n_slots);
	for (int i = 0; i < e->n_rules; i++)
	{
		Rule	   *rule = &e->rules[i];
		int			slot = rule->position - 1;
		char		state = Judge(e, rule, student, &student->observations[i],
								  slot < n_before ? before[slot] : STATE_OFF, &clearing[slot]);

		student->states[slot] = state;
		if (state == STATE_CLEARING)
			is_clearing = true;
		else
			clearing[slot] = DATEVAL_NOBEGIN;
		CountState(rule, state);
		is_unusable |= StateIsUnusable(state);
	}
	e->n_unusable += is_unusable;
	student->is_judged = true;
	if (is_clearing)
	{
		ArrayType  *array = MakeClearing(clearing, e->n_slots);
		MemoryContext old = MemoryContextSwitchTo(e->context);

		student->clearing = DatumGetArrayTypePCopy(PointerGetDatum(array));
		MemoryContextSwitchTo(old);
	}
}

/* What the rules said of a student, as far as her open flag tells: for one whose values are lost */
static char *
StatesOfFlag(const Evaluation *e, ArrayType *flag_rules)
{
	char	   *states = palloc0(e->n_slots + 1);
	Datum	   *names;
	int			n_names;

	memset(states, STATE_OFF, e->n_slots);
	deconstruct_array(flag_rules, TEXTOID, -1, false, TYPALIGN_INT, &names, NULL, &n_names);
	for (int i = 0; i < n_names; i++)
	{
		const char *name = TextDatumGetCString(names[i]);

		for (int j = 0; j < e->n_rules; j++)
		{
			if (strcmp(e->rules[j].name, name) == 0)
				states[e->rules[j].position - 1] = STATE_FLAGGED;
		}
	}
	return states;
}

/* Has one of the rules that a student's flag stands for no value for her? */
static bool
KeepsFlag(const Evaluation *e, const Student *student, ArrayType *flag_rules)
{
	const char *of_flag = StatesOfFlag(e, flag_rules);

	for (int i = 0; i < e->n_slots; i++)
	{
		if (of_flag[i] == STATE_FLAGGED && StateIsMissing(student->states[i]))
			return true;
	}
	return false;
}

/* Has any rule no value for her? */
static bool
HasMissing(const Student *student)
{
	for (const char *state = student->states; *state != '\0'; state++)
	{
		if (StateIsMissing(*state))
			return true;
	}
	return false;
}

/* What a student's row looks like now, as far as the list shows it */
static void
StandingOf(Evaluation *e, const Student *student)
{
	Datum	   *added = e->out + e->columns->natts;
	bool	   *added_null = e->out_null + e->columns->natts;
	Score		score;
	StringInfoData reasons;

	heap_deform_tuple(student->row, e->columns, e->out, e->out_null);
	BeginScore(&score, e->combination.kind);
	initStringInfo(&reasons);
	for (int i = 0; i < e->n_rules; i++)
	{
		const Rule *rule = &e->rules[i];
		char		state = student->states[rule->position - 1];

		AddToScore(&score, rule, state);
		if (StateIsFlagged(state))
			appendStringInfo(&reasons, "%s%s", reasons.len > 0 ? "; " : "", rule->name);
	}
	FinishScore(&score);

	added[STATUS] = CStringGetTextDatum(StatusOf(&score, &e->combination));
	added[SCORE] = NumericGetDatum(score.score);
	added[RULES_FLAGGED] = Int32GetDatum(score.n_flagged);
	added[RULES_MISSING] = Int32GetDatum(score.n_missing);
	memset(added_null, false, N_STANDING);
	added_null[REASONS] = reasons.len == 0;
	if (!added_null[REASONS])
		added[REASONS] = PointerGetDatum(cstring_to_text_with_len(reasons.data, reasons.len));

	/* A student is flagged since the flag that is open: also where what keeps it has no value now */
	added[SINCE] = DateADTGetDatum(student->has_flag ? student->since : e->as_of);
	if (IsFlaggedScore(&score, &e->combination))
		e->n_flagged++;
	else
		added_null[SINCE] = !student->has_flag || !student->keeps_flag;
}

/*
 * AppendValue
 *		Values that were the same when they were kept are the same numeric, in one place.
 */
static void
AppendValue(Evaluation *e, Numeric value)
{
	WrittenValue *written = &e->written[murmurhash32((uint32) (uintptr_t) value) % N_KNOWN_VALUES];

	if (written->value != value)
	{
		char	   *text = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value)));

		if (strlen(text) >= sizeof(written->text))
		{
			appendStringInfoString(&e->values, text);
			return;
		}
		written->value = value;
		strcpy(written->text, text);
	}
	appendStringInfoString(&e->values, written->text);
}

/*
 * Her values as the list holds them: one a position, between commas, with the numbers for the
 * reason behind it.  An array of them would be twice as wide, and every night writes them all.
 */
static void
ValuesOf(Evaluation *e, const Student *student, Datum *values, bool *nulls)
{
	const Observation **at = palloc0(sizeof(Observation *) * e->n_slots);
	StringInfo	text = &e->values;

	for (int i = 0; i < e->n_rules; i++)
	{
		int			slot = e->rules[i].position - 1;

		if (StateHasValue(student->states[slot]))
			at[slot] = &student->observations[i];
	}
	resetStringInfo(text);
	for (int slot = 0; slot < e->n_slots; slot++)
	{
		if (slot > 0)
			appendStringInfoChar(text, ',');
		if (at[slot] == NULL)
			continue;
		AppendValue(e, at[slot]->value);
		if (at[slot]->numbers != NULL)
			appendStringInfoString(text, at[slot]->numbers);
	}
	values[VALUES] = PointerGetDatum(cstring_to_text_with_len(text->data, text->len));
	values[STATES] = CStringGetTextDatum(student->states);
	values[CLEARING] = PointerGetDatum(student->clearing);
	nulls[VALUES] = nulls[STATES] = false;
	nulls[CLEARING] = student->clearing == NULL;
}

/* The rules that flag her, in their versions */
static void
FlaggingRulesOf(Evaluation *e, const Student *student, Datum *values, bool *nulls)
{
	Datum	   *rules = palloc(sizeof(Datum) * Max(e->n_rules, 1));
	Datum	   *versions = palloc(sizeof(Datum) * Max(e->n_rules, 1));
	int			n = 0;

	for (int i = 0; i < e->n_rules; i++)
	{
		const Rule *rule = &e->rules[i];

		if (StateIsFlagged(student->states[rule->position - 1]))
		{
			rules[n] = CStringGetTextDatum(rule->name);
			versions[n++] = Int32GetDatum(rule->version);
		}
	}
	values[RULES] = PointerGetDatum(MakeArray(rules, NULL, n, TEXTOID));
	values[VERSIONS] = PointerGetDatum(MakeArray(versions, NULL, n, INT4OID));
	nulls[RULES] = nulls[VERSIONS] = false;
}

/* Does a rule flag her in another version than in the run before? */
static bool
IsFlaggedByNewVersion(const Evaluation *e, const Student *student)
{
	for (int i = 0; i < e->n_rules; i++)
	{
		const Rule *rule = &e->rules[i];

		if (rule->version != rule->version_before && StateIsFlagged(student->states[rule->position - 1]))
			return true;
	}
	return false;
}

/* ---- what differs from what the list holds ---- */

static bool
Differs(TupleDesc row, const Datum *a, const bool *a_null, const Datum *b, const bool *b_null,
		int first, int end)
{
	for (int i = first; i < end; i++)
	{
		Form_pg_attribute column = TupleDescAttr(row, i);

		if (a_null[i] != b_null[i])
			return true;
		if (!a_null[i] && !datum_image_eq(a[i], b[i], column->attbyval, column->attlen))
			return true;
	}
	return false;
}

/* A student's standing is in what comes out already. */
static void
PutChange(Evaluation *e, const Student *student, char change)
{
	Datum	   *added = e->out + e->columns->natts;
	bool	   *added_null = e->out_null + e->columns->natts;

	ValuesOf(e, student, added, added_null);
	FlaggingRulesOf(e, student, added, added_null);
	added[CHANGE] = CharGetDatum(change);
	added_null[CHANGE] = false;
	tuplestore_putvalues(e->changed, e->row, e->out, e->out_null);
}

/* A student whom the list holds is not there any more. */
static void
PutGone(Evaluation *e)
{
	int			n = e->columns->natts;

	memcpy(e->out, e->held, sizeof(Datum) * (n + N_STANDING));
	memcpy(e->out_null, e->held_null, n + N_STANDING);
	memset(e->out_null + n + N_STANDING, true, N_ADDED - N_STANDING);
	e->out[n + CHANGE] = CharGetDatum('g');
	e->out_null[n + CHANGE] = false;
	tuplestore_putvalues(e->changed, e->row, e->out, e->out_null);
}

/* Refuse rows that are not those of a list: they are compared byte by byte */
static void
CheckHeldColumn(Form_pg_attribute column, Oid expected)
{
	if (column->atttypid != expected)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of a watch list is of type %s instead of %s", NameStr(column->attname),
						format_type_be(column->atttypid), format_type_be(expected))));
}

/* The same of all columns from one on, which are those of what comes out from first to end */
static void
CheckHeldColumns(Evaluation *e, TupleDesc columns, int from, int first, int end)
{
	int			n = from + end - first;

	if (columns->natts > n)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("a watch list's rows have a column \"%s\" that is not the list's own", NameStr(TupleDescAttr(columns, n)->attname))));
	if (columns->natts < n)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("a watch list's rows have %d columns instead of %d", columns->natts, n)));
	for (int i = from; i < n; i++)
		CheckHeldColumn(TupleDescAttr(columns, i), TupleDescAttr(e->row, first + i - from)->atttypid);
}

static Student *
FindHeldStudent(Evaluation *e, Datum id, bool is_null)
{
	if (is_null)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("student_id of a watch list must not be null")));
	return FindStudent(e, id);
}

/*
 * held_values gives student_id, the rules of her open flag, since when it is, and the columns
 * from VALUES to N_KEPT, which are null if they are lost.
 */
static void
BeginHeldValues(TupleDesc columns, void *arg)
{
	Evaluation *e = arg;
	int			n = e->columns->natts;

	CheckHeldColumns(e, columns, 3, n + VALUES, n + N_KEPT);
	CheckHeldColumn(TupleDescAttr(columns, 0), e->id_type->type_id);
	CheckHeldColumn(TupleDescAttr(columns, 1), TEXTARRAYOID);
	CheckHeldColumn(TupleDescAttr(columns, 2), DATEOID);
}

static void
TakeHeldValues(TupleTableSlot *slot, void *arg)
{
	Evaluation *e = arg;
	int			n = e->columns->natts;
	Student    *student;
	ArrayType  *flag_rules;
	const char *before;

	slot_getallattrs(slot);
	student = FindHeldStudent(e, slot->tts_values[0], slot->tts_isnull[0]);
	if (student == NULL)
		return;
	flag_rules = slot->tts_isnull[1] ? NULL : DatumGetArrayTypeP(slot->tts_values[1]);
	student->has_flag = !slot->tts_isnull[2];
	if (student->has_flag)
		student->since = DatumGetDateADT(slot->tts_values[2]);
	memcpy(e->held + n + VALUES, slot->tts_values + 3, sizeof(Datum) * (N_KEPT - VALUES));
	memcpy(e->held_null + n + VALUES, slot->tts_isnull + 3, N_KEPT - VALUES);
	if (!e->held_null[n + STATES])
		before = TextDatumGetCString(e->held[n + STATES]);
	else
		before = flag_rules == NULL ? NULL : StatesOfFlag(e, flag_rules);
	JudgeStudent(e, student, before,
				 e->held_null[n + CLEARING] ? NULL : DatumGetArrayTypeP(e->held[n + CLEARING]));
	student->keeps_flag = flag_rules != NULL && KeepsFlag(e, student, flag_rules);
	ValuesOf(e, student, e->out + n, e->out_null + n);
	student->has_new_values = Differs(e->row, e->out, e->out_null, e->held, e->held_null,
									  n + VALUES, n + N_KEPT);
}

/* held gives the list's rows: the columns of the students query and those to N_STANDING */
static void
BeginHeld(TupleDesc columns, void *arg)
{
	Evaluation *e = arg;

	CheckHeldColumns(e, columns, 0, 0, e->columns->natts + N_STANDING);
}

static void
TakeHeld(TupleTableSlot *slot, void *arg)
{
	Evaluation *e = arg;
	int			n = e->columns->natts;
	Student    *student;

	slot_getallattrs(slot);
	memcpy(e->held, slot->tts_values, sizeof(Datum) * (n + N_STANDING));
	memcpy(e->held_null, slot->tts_isnull, n + N_STANDING);
	student = FindHeldStudent(e, e->held[e->id_column - 1], e->held_null[e->id_column - 1]);
	if (student == NULL)
	{
		PutGone(e);
		return;
	}

	student->is_held = true;
	if (!student->is_judged)
	{
		/* her values are lost */
		JudgeStudent(e, student, NULL, NULL);
		student->has_new_values = true;
	}
	/* a flag that is lost is no reason not to be flagged either */
	if (!e->held_null[n + SINCE] && !student->has_flag)
	{
		student->has_flag = true;
		student->since = DatumGetDateADT(e->held[n + SINCE]);
		student->keeps_flag = HasMissing(student);
	}
	StandingOf(e, student);
	if (Differs(e->row, e->out, e->out_null, e->held, e->held_null, 0, n + N_STANDING))
		PutChange(e, student, 'c');
	else if (IsFlaggedByNewVersion(e, student))
		PutChange(e, student, 'r');
	else if (student->has_new_values)
		PutChange(e, student, 'v');
}

static void
PutNewStudents(Evaluation *e)
{
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext, "watch list row",
												  ALLOCSET_DEFAULT_SIZES);

	for (Student *student = e->first; student != NULL; student = student->next)
	{
		if (!student->is_held)
		{
			MemoryContext old = MemoryContextSwitchTo(per_row);

			CHECK_FOR_INTERRUPTS();
			if (!student->is_judged)
				JudgeStudent(e, student, NULL, NULL);
			StandingOf(e, student);
			PutChange(e, student, 'n');
			MemoryContextSwitchTo(old);
			MemoryContextReset(per_row);
		}
	}
	MemoryContextDelete(per_row);
}

static void
RunQuery(const char *query, RowsStart start, RowsNext next, void *arg)
{
	SPIExecuteOptions options = {
		.read_only = true,
		.dest = MakeRowReceiver(start, next, arg)
	};
	int			result = SPI_execute_extended(query, &options);

	if (result < 0)
		elog(ERROR, "%s: %s", SPI_result_code_string(result), query);
	options.dest->rDestroy(options.dest);
}

static void
CompareWithList(Evaluation *e, const char *held, const char *held_values)
{
	ReportProgress("what changed", e->n_rules, e->n_rules);
	RunQuery(held_values, BeginHeldValues, TakeHeldValues, e);
	RunQuery(held, BeginHeld, TakeHeld, e);
	PutNewStudents(e);
}

/* The columns of what comes out */
static TupleDesc
ChangedRow(TupleDesc students)
{
	int			n = students->natts;
	TupleDesc	row = CreateTemplateTupleDesc(n + N_ADDED);

	for (int i = 1; i <= n; i++)
		TupleDescCopyEntry(row, i, students, i);
	TupleDescInitEntry(row, n + STATUS + 1, "status", TEXTOID, -1, 0);
	TupleDescInitEntry(row, n + SCORE + 1, "score", NUMERICOID, -1, 0);
	TupleDescInitEntry(row, n + RULES_FLAGGED + 1, "rules_flagged", INT4OID, -1, 0);
	TupleDescInitEntry(row, n + RULES_MISSING + 1, "rules_missing", INT4OID, -1, 0);
	TupleDescInitEntry(row, n + REASONS + 1, "reasons", TEXTOID, -1, 0);
	TupleDescInitEntry(row, n + SINCE + 1, "since", DATEOID, -1, 0);
	TupleDescInitEntry(row, n + VALUES + 1, "values", TEXTOID, -1, 0);
	TupleDescInitEntry(row, n + STATES + 1, "states", TEXTOID, -1, 0);
	TupleDescInitEntry(row, n + CLEARING + 1, "clearing", DATEARRAYOID, -1, 1);
	TupleDescInitEntry(row, n + CHANGE + 1, "change", CHAROID, -1, 0);
	TupleDescInitEntry(row, n + RULES + 1, "rules", TEXTARRAYOID, -1, 1);
	TupleDescInitEntry(row, n + VERSIONS + 1, "versions", INT4ARRAYOID, -1, 1);
	return row;
}

/* Run a statement that reads a set of rows under a name */
static void
RunOver(const char *name, Tuplestorestate *rows, TupleDesc row, const char *statement)
{
	EphemeralNamedRelation relation = palloc0(sizeof(EphemeralNamedRelationData));
	int			result;

	relation->md.name = pstrdup(name);
	relation->md.reliddesc = InvalidOid;
	relation->md.tupdesc = row;
	relation->md.enrtype = ENR_NAMED_TUPLESTORE;
	relation->md.enrtuples = tuplestore_tuple_count(rows);
	relation->reldata = rows;
	if (SPI_register_relation(relation) != SPI_OK_REL_REGISTER)
		elog(ERROR, "could not register \"%s\"", name);
	result = SPI_execute(statement, false, 0);
	if (result < 0)
		elog(ERROR, "%s: %s", SPI_result_code_string(result), statement);
	SPI_unregister_relation(name);
}

static void
CheckArguments(FunctionCallInfo fcinfo)
{
	static const char *const needed[] = {
		"students", "rules", "combination", "at_risk_at", NULL, "as_of", NULL, "clear_after",
		"held", "held_values", "keep_changes", "keep_rules"
	};

	for (int i = 0; i < (int) lengthof(needed); i++)
	{
		if (needed[i] != NULL)
			ArgumentNotNull(fcinfo, i, needed[i]);
	}
}

/*
 * evaluate_watch_list(students kept_query, rules rule_query[], combination text,
 *		at_risk_at numeric, watch_at numeric, as_of date, school_days date[],
 *		clear_after integer, held text, held_values text, keep_changes text, keep_rules text)
 *		returns (students bigint, without_id bigint, unusable bigint, flagged bigint, changed bigint)
 *
 * held and held_values give what the list holds; keep_changes is run with a relation "changed"
 * in reach, keep_rules with one "evaluated".
 */
PG_FUNCTION_INFO_V1(evaluate_watch_list);
Datum
evaluate_watch_list(PG_FUNCTION_ARGS)
{
	Evaluation	evaluation = {0};
	Evaluation *e = &evaluation;
	KeptQuery	students;
	Tuplestorestate *evaluated;
	TupleDesc	evaluated_row;
	ResultRow	counted;

	CheckArguments(fcinfo);
	BeginResultRow(&counted, fcinfo);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");

	/* What is kept of each student is never freed alone */
	e->context = GenerationContextCreate(CurrentMemoryContext, "watch list", ALLOCSET_DEFAULT_SIZES);
	e->row_context = AllocSetContextCreate(e->context, "row of a watch list's rule", ALLOCSET_SMALL_SIZES);
	e->known = palloc(sizeof(KnownValue) * N_KNOWN_VALUES);
	GetKeptQuery(PG_GETARG_DATUM(0), "students query", &students);
	e->rules = GetRules(PG_GETARG_ARRAYTYPE_P(1), &e->n_rules, &e->n_slots);
	GetCombination(fcinfo, 2, &e->combination);
	e->as_of = PG_GETARG_DATEADT(5);
	e->n_school_days = -1;
	if (!PG_ARGISNULL(6))
		e->school_days = GetDates(PG_GETARG_ARRAYTYPE_P(6), &e->n_school_days);
	e->clear_after = PG_GETARG_INT32(7);

	ReportProgress("students query", 0, e->n_rules);
	RunKeptQuery(&students, BeginStudents, TakeStudent, e);
	RunRules(e);

	e->row = ChangedRow(e->columns);
	e->out = palloc0(sizeof(Datum) * e->row->natts);
	e->out_null = palloc0(sizeof(bool) * e->row->natts);
	e->held = palloc0(sizeof(Datum) * e->row->natts);
	e->held_null = palloc0(sizeof(bool) * e->row->natts);
	initStringInfo(&e->values);
	e->written = palloc0(sizeof(WrittenValue) * N_KNOWN_VALUES);
	e->changed = tuplestore_begin_heap(false, false, work_mem);
	CompareWithList(e, text_to_cstring(PG_GETARG_TEXT_PP(8)), text_to_cstring(PG_GETARG_TEXT_PP(9)));
	AddInt64(&counted, e->students->members);
	AddInt64(&counted, e->n_without_id);
	AddInt64(&counted, e->n_unusable);
	AddInt64(&counted, e->n_flagged);
	AddInt64(&counted, tuplestore_tuple_count(e->changed));
	MemoryContextDelete(e->context);

	RunOver("changed", e->changed, e->row, text_to_cstring(PG_GETARG_TEXT_PP(10)));
	tuplestore_end(e->changed);

	evaluated = RulesEvaluated(e->rules, e->n_rules, &evaluated_row);
	RunOver("evaluated", evaluated, evaluated_row, text_to_cstring(PG_GETARG_TEXT_PP(11)));
	tuplestore_end(evaluated);

	SPI_finish();
	return EndResultRow(&counted);
}
