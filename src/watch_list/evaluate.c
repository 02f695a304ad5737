/*
 * evaluate.c
 *		Where each student of a watch list stands, and what of that is new.
 *
 * The students query and every rule's query run once, each to its end, so that a failure names
 * its rule; their rows meet in a hash table with one entry a student.  Then what the list
 * holds is read, and only what differs from it comes out.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

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
#include "base/result_row.h"
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
	Datum		id;
	uint32		hash;
	char		status;			/* for simplehash */
	bool		seen;			/* among what the list holds */
	HeapTuple	row;			/* of the students query */
	struct Observation *observations;	/* one a rule */
} Student;

#define SH_PREFIX students
#define SH_ELEMENT_TYPE Student
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
	char	   *arena;			/* where values are put */
	Size		arena_left;

	/* the rule whose rows are being taken */
	Rule	   *rule;
	int			rule_index;

	/* what comes out */
	TupleDesc	row;
	Tuplestorestate *changed;
	Datum	   *out;
	bool	   *out_null;
	char	   *states;
	bool		by_new_version; /* a rule flags the student in another version than before */
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

/* A student's id, for a message */
static char *
StudentName(Evaluation *e, Datum id)
{
	Oid			output;
	bool		is_varlena;

	getTypeOutputInfo(e->id_type->type_id, &output, &is_varlena);
	return OidOutputFunctionCall(output, id);
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
	MemoryContextSwitchTo(old);
}

static void
TakeStudent(TupleTableSlot *slot, void *arg)
{
	Evaluation *e = arg;
	bool		is_null;
	Datum		id = slot_getattr(slot, e->id_column, &is_null);
	MemoryContext old;
	Student    *student;
	bool		found;

	if (is_null)
		return;
	student = students_insert(e->students, id, &found);
	if (found)
		ereport(ERROR,
				(errcode(ERRCODE_CARDINALITY_VIOLATION),
				 errmsg("student %s is there more than once", StudentName(e, id))));

	old = MemoryContextSwitchTo(e->context);
	student->row = ExecCopySlotHeapTuple(slot);
	student->id = heap_getattr(student->row, e->id_column, e->columns, &is_null);
	if (!e->id_type->typbyval && e->id_type->typlen == -1)
		student->id = PointerGetDatum(PG_DETOAST_DATUM(student->id));
	student->seen = false;
	student->observations = palloc0(sizeof(Observation) * e->n_rules);
	MemoryContextSwitchTo(old);
}

/* ---- a rule's query ---- */

static void
CheckRuleColumns(Evaluation *e, TupleDesc columns, int expected)
{
	if (columns->natts != expected)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_COLUMN_DEFINITION),
				 errmsg("query gives %d columns", columns->natts),
				 errhint("It should give two: the student, then the value.")));
	if (TupleDescAttr(columns, 0)->atttypid != e->id_type->type_id)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("first column is of type %s, but student_id of the list is of type %s",
						format_type_be(TupleDescAttr(columns, 0)->atttypid),
						format_type_be(e->id_type->type_id))));
}

/* A value where there is room, without a chunk of its own */
static Numeric
KeepNumeric(Evaluation *e, Numeric value)
{
	Size		size = INTALIGN(VARSIZE(value));
	Numeric		kept;

	if (e->arena_left < size)
	{
		e->arena_left = Max(size, 64 * 1024);
		e->arena = MemoryContextAlloc(e->context, e->arena_left);
	}
	kept = (Numeric) e->arena;
	memcpy(kept, value, VARSIZE(value));
	e->arena += size;
	e->arena_left -= size;
	return kept;
}

static void
BeginRule(TupleDesc columns, void *arg)
{
	Evaluation *e = arg;

	CheckRuleColumns(e, columns, 2);
	e->rule->value_type = TupleDescAttr(columns, 1)->atttypid;
	CheckValueType(e->rule->value_type);
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
		return;
	rule->n_rows++;
	student = students_lookup(e->students, id);
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
		Numeric		value = ValueAsNumeric(datum, rule->value_type);

		if (numeric_is_nan(value) || numeric_is_inf(value))
			observation->kind = NOT_FINITE;
		else
		{
			observation->kind = A_VALUE;
			observation->value = KeepNumeric(e, value);
		}
		if (PointerGetDatum(value) != datum)
			pfree(value);
	}
}

static void
BeginApplies(TupleDesc columns, void *arg)
{
	CheckRuleColumns(arg, columns, 1);
}

static void
TakeApplies(TupleTableSlot *slot, void *arg)
{
	Evaluation *e = arg;
	bool		is_null;
	Datum		id = slot_getattr(slot, 1, &is_null);
	Student    *student = is_null ? NULL : students_lookup(e->students, id);

	if (student != NULL)
		student->observations[e->rule_index].applies = true;
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

/* The threshold of a student's group, if the rule has one for it */
static Numeric
ThresholdOf(Evaluation *e, const Rule *rule, const Student *student)
{
	bool		is_null;
	Datum		group;
	Oid			output;
	bool		is_varlena;
	char	   *name;

	if (rule->group_column == 0)
		return rule->threshold;
	group = heap_getattr(student->row, rule->group_column, e->columns, &is_null);
	if (is_null)
		return rule->threshold;
	getTypeOutputInfo(TupleDescAttr(e->columns, rule->group_column - 1)->atttypid, &output, &is_varlena);
	name = OidOutputFunctionCall(output, group);
	for (int i = 0; i < rule->n_groups; i++)
	{
		if (strcmp(rule->groups[i], name) == 0)
			return rule->group_thresholds[i];
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
Judge(Evaluation *e, const Rule *rule, const Student *student, const Observation *seen,
	  char before, DateADT *clearing)
{
	bool		was_flagged = rule->is_same && StateWasFlagged(before);
	Numeric		threshold;

	if (rule->has_condition && !seen->applies)
		return STATE_NOT_APPLICABLE;
	if (seen->kind != A_VALUE)
		return StateWithoutValue(seen->kind, was_flagged);

	threshold = ThresholdOf(e, rule, student);
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

/* What a student's row looks like now; the values before it may be NULL */
static void
StandingOf(Evaluation *e, Student *student, const char *before, ArrayType *clearing_before,
		   Datum since_before, bool no_since_before)
{
	int			n = e->columns->natts;
	Datum	   *added = e->out + n;
	bool	   *added_null = e->out_null + n;
	Datum	   *values = palloc0(sizeof(Datum) * e->n_slots);
	bool	   *no_value = palloc(sizeof(bool) * e->n_slots);
	DateADT    *clearing = palloc(sizeof(DateADT) * e->n_slots);
	Score		score;
	StringInfoData reasons;
	Datum	   *flagged = palloc(sizeof(Datum) * Max(e->n_rules, 1));
	Datum	   *versions = palloc(sizeof(Datum) * Max(e->n_rules, 1));
	bool		is_clearing = false;

	heap_deform_tuple(student->row, e->columns, e->out, e->out_null);
	memset(e->states, STATE_OFF, e->n_slots);
	memset(no_value, true, e->n_slots);
	for (int i = 0; i < e->n_slots; i++)
		clearing[i] = DATEVAL_NOBEGIN;
	if (clearing_before != NULL)
		GetClearing(clearing_before, clearing, e->n_slots);
	e->by_new_version = false;

	BeginScore(&score, e->combination.kind);
	initStringInfo(&reasons);
	for (int i = 0; i < e->n_rules; i++)
	{
		Rule	   *rule = &e->rules[i];
		Observation *seen = &student->observations[i];
		int			slot = rule->position - 1;
		char		state = Judge(e, rule, student, seen,
								  before != NULL && slot < (int) strlen(before) ? before[slot] : STATE_OFF,
								  &clearing[slot]);

		e->states[slot] = state;
		if (state == STATE_CLEARING)
			is_clearing = true;
		else
			clearing[slot] = DATEVAL_NOBEGIN;
		if (seen->kind == A_VALUE && state != STATE_NOT_APPLICABLE)
		{
			values[slot] = NumericGetDatum(seen->value);
			no_value[slot] = false;
		}
		AddToScore(&score, rule, state);
		if (StateIsFlagged(state))
		{
			appendStringInfo(&reasons, "%s%s", reasons.len > 0 ? "; " : "", rule->name);
			flagged[score.n_flagged - 1] = CStringGetTextDatum(rule->name);
			versions[score.n_flagged - 1] = Int32GetDatum(rule->version);
			e->by_new_version |= rule->version != rule->version_before;
		}
		CountState(rule, state);
	}
	e->states[e->n_slots] = '\0';
	FinishScore(&score);

	added[STATUS] = CStringGetTextDatum(StatusOf(&score, &e->combination));
	added[SCORE] = NumericGetDatum(score.score);
	added[RULES_FLAGGED] = Int64GetDatum(score.n_flagged);
	added[RULES_MISSING] = Int64GetDatum(score.n_missing);
	memset(added_null, false, N_ADDED);
	added_null[REASONS] = reasons.len == 0;
	if (!added_null[REASONS])
		added[REASONS] = PointerGetDatum(cstring_to_text_with_len(reasons.data, reasons.len));

	/* A student is flagged since the flag that is open, missing data or not */
	if (IsFlaggedScore(&score, &e->combination))
		added[SINCE] = no_since_before ? DateADTGetDatum(e->as_of) : since_before;
	else
	{
		added_null[SINCE] = no_since_before || score.n_missing == 0;
		added[SINCE] = since_before;
	}

	added[VALUES] = PointerGetDatum(MakeArray(values, no_value, e->n_slots, NUMERICOID));
	added[STATES] = CStringGetTextDatum(e->states);
	added[RULES] = PointerGetDatum(MakeArray(flagged, NULL, score.n_flagged, TEXTOID));
	added[VERSIONS] = PointerGetDatum(MakeArray(versions, NULL, score.n_flagged, INT4OID));
	added_null[CLEARING] = !is_clearing;
	if (is_clearing)
		added[CLEARING] = PointerGetDatum(MakeClearing(clearing, e->n_slots));
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

static void
PutChange(Evaluation *e, char change)
{
	int			n = e->columns->natts;

	e->out[n + CHANGE] = CharGetDatum(change);
	e->out_null[n + CHANGE] = false;
	tuplestore_putvalues(e->changed, e->row, e->out, e->out_null);
}

static void
CompareWithHeld(Evaluation *e, HeapTuple held, TupleDesc held_row, Datum *was, bool *was_null)
{
	int			n = e->columns->natts;
	Student    *student;

	heap_deform_tuple(held, held_row, was, was_null);
	if (was_null[e->id_column - 1])
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("student_id of a watch list must not be null")));
	student = students_lookup(e->students, was[e->id_column - 1]);
	if (student == NULL)
	{
		memcpy(e->out, was, sizeof(Datum) * (n + N_KEPT));
		memcpy(e->out_null, was_null, n + N_KEPT);
		e->out_null[n + RULES] = e->out_null[n + VERSIONS] = true;
		PutChange(e, 'g');
		return;
	}

	student->seen = true;
	StandingOf(e, student,
			   was_null[n + STATES] ? NULL : TextDatumGetCString(was[n + STATES]),
			   was_null[n + CLEARING] ? NULL : DatumGetArrayTypeP(was[n + CLEARING]),
			   was[n + SINCE], was_null[n + SINCE]);
	if (Differs(e->row, e->out, e->out_null, was, was_null, 0, n + N_STANDING))
		PutChange(e, 'c');
	else if (e->by_new_version)
		PutChange(e, 'r');
	else if (Differs(e->row, e->out, e->out_null, was, was_null, n + N_STANDING, n + N_KEPT))
		PutChange(e, 'v');
}

/* Refuse rows that are not those of a list: they are compared byte by byte */
static void
CheckHeldColumns(Evaluation *e, TupleDesc held)
{
	int			n = e->columns->natts + N_KEPT;

	if (held->natts != n)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("a watch list's rows have %d columns instead of %d", held->natts, n)));
	for (int i = 0; i < n; i++)
	{
		Form_pg_attribute column = TupleDescAttr(held, i);
		Oid			expected = TupleDescAttr(e->row, i)->atttypid;

		if (column->atttypid != expected)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" of a watch list is of type %s instead of %s", NameStr(column->attname),
							format_type_be(column->atttypid), format_type_be(expected))));
	}
}

/* held_query gives the rows that the list holds, in the first N_KEPT columns of what comes out */
static void
CompareWithList(Evaluation *e, const char *held_query)
{
	Portal		portal = SPI_cursor_open_with_args(NULL, held_query, 0, NULL, NULL, NULL, true,
												   CURSOR_OPT_NO_SCROLL);
	Datum	   *was = palloc(sizeof(Datum) * e->row->natts);
	bool	   *was_null = palloc(sizeof(bool) * e->row->natts);
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext, "watch list row",
												  ALLOCSET_DEFAULT_SIZES);
	students_iterator iterator;
	Student    *student;

	ReportProgress("what changed", e->n_rules, e->n_rules);
	for (;;)
	{
		SPI_cursor_fetch(portal, true, 1000);
		if (SPI_processed == 0)
			break;
		CheckHeldColumns(e, SPI_tuptable->tupdesc);
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			MemoryContext old = MemoryContextSwitchTo(per_row);

			CHECK_FOR_INTERRUPTS();
			CompareWithHeld(e, SPI_tuptable->vals[i], SPI_tuptable->tupdesc, was, was_null);
			MemoryContextSwitchTo(old);
			MemoryContextReset(per_row);
		}
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_freetuptable(SPI_tuptable);
	SPI_cursor_close(portal);

	students_start_iterate(e->students, &iterator);
	while ((student = students_iterate(e->students, &iterator)) != NULL)
	{
		if (!student->seen)
		{
			MemoryContext old = MemoryContextSwitchTo(per_row);

			CHECK_FOR_INTERRUPTS();
			StandingOf(e, student, NULL, NULL, (Datum) 0, true);
			PutChange(e, 'n');
			MemoryContextSwitchTo(old);
			MemoryContextReset(per_row);
		}
	}
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
	TupleDescInitEntry(row, n + RULES_FLAGGED + 1, "rules_flagged", INT8OID, -1, 0);
	TupleDescInitEntry(row, n + RULES_MISSING + 1, "rules_missing", INT8OID, -1, 0);
	TupleDescInitEntry(row, n + REASONS + 1, "reasons", TEXTOID, -1, 0);
	TupleDescInitEntry(row, n + SINCE + 1, "since", DATEOID, -1, 0);
	TupleDescInitEntry(row, n + VALUES + 1, "values", NUMERICARRAYOID, -1, 1);
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
		"held", "keep_changes", "keep_rules"
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
 *		clear_after integer, held text, keep_changes text, keep_rules text) returns void
 *
 * held gives what the list holds; keep_changes is run with a relation "changed" in reach,
 * keep_rules with one "evaluated".
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

	CheckArguments(fcinfo);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");

	e->context = AllocSetContextCreate(CurrentMemoryContext, "watch list", ALLOCSET_DEFAULT_SIZES);
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
	e->states = palloc0(e->n_slots + 1);
	e->changed = tuplestore_begin_heap(false, false, work_mem);
	CompareWithList(e, text_to_cstring(PG_GETARG_TEXT_PP(8)));
	MemoryContextDelete(e->context);

	RunOver("changed", e->changed, e->row, text_to_cstring(PG_GETARG_TEXT_PP(9)));
	tuplestore_end(e->changed);

	evaluated = RulesEvaluated(e->rules, e->n_rules, &evaluated_row);
	RunOver("evaluated", evaluated, evaluated_row, text_to_cstring(PG_GETARG_TEXT_PP(10)));
	tuplestore_end(evaluated);

	SPI_finish();
	PG_RETURN_VOID();
}
