/*
 * rule.c
 *		The rules of a watch list, and what they make of a student.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "base/compat.h"
#include "watch_list/rule.h"

/* ---- as a list's functions hand them over ---- */

/* A field that has a value: anybody may call evaluate_watch_list() */
static Datum
Field(HeapTupleHeader row, const char *name)
{
	bool		is_null;
	Datum		value = GetAttributeByName(row, name, &is_null);

	if (is_null)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s of a rule must not be null", name)));
	return value;
}

static bool
FieldIsNull(HeapTupleHeader row, const char *name)
{
	bool		is_null;

	(void) GetAttributeByName(row, name, &is_null);
	return is_null;
}

static char *
TextField(HeapTupleHeader row, const char *name)
{
	return TextDatumGetCString(Field(row, name));
}

static Numeric
NumericField(HeapTupleHeader row, const char *name)
{
	return DatumGetNumericCopy(Field(row, name));
}

static Comparison
ComparisonOf(const char *name)
{
	static const char *const names[] = {"<", "<=", "=", ">=", ">", "<>"};

	for (int i = 0; i < (int) lengthof(names); i++)
	{
		if (strcmp(names[i], name) == 0)
			return (Comparison) i;
	}
	elog(ERROR, "unknown comparison: %s", name);
}

static void
GetGroups(HeapTupleHeader row, Rule *rule)
{
	Datum	   *names;
	Datum	   *thresholds;
	int			n;

	if (FieldIsNull(row, "group_column"))
		return;
	rule->group = TextField(row, "group_column");
	deconstruct_array(DatumGetArrayTypeP(Field(row, "groups")), TEXTOID, -1, false, TYPALIGN_INT,
					  &names, NULL, &rule->n_groups);
	deconstruct_array(DatumGetArrayTypeP(Field(row, "group_thresholds")), NUMERICOID, -1,
					  false, TYPALIGN_INT, &thresholds, NULL, &n);
	if (n != rule->n_groups)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s: %d groups have %d thresholds", rule->what, rule->n_groups, n)));
	rule->groups = palloc(sizeof(char *) * rule->n_groups);
	rule->group_thresholds = palloc(sizeof(Numeric) * rule->n_groups);
	rule->group_is_there = palloc0(sizeof(bool) * rule->n_groups);
	for (int i = 0; i < rule->n_groups; i++)
	{
		rule->groups[i] = TextDatumGetCString(names[i]);
		rule->group_thresholds[i] = DatumGetNumericCopy(thresholds[i]);
	}
}

static void
GetRule(HeapTupleHeader row, Rule *rule)
{
	rule->name = TextField(row, "rule");
	rule->what = psprintf("rule \"%s\"", rule->name);
	rule->position = DatumGetInt32(Field(row, "position"));
	if (rule->position < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s: position must be at least 1, not %d", rule->what, rule->position)));
	rule->version = DatumGetInt32(Field(row, "version"));
	rule->version_before = FieldIsNull(row, "version_before") ? 0 : DatumGetInt32(Field(row, "version_before"));
	rule->is_same = DatumGetBool(Field(row, "is_same"));
	GetKeptQuery(Field(row, "query"), rule->what, &rule->query);
	rule->has_condition = !FieldIsNull(row, "condition");
	if (rule->has_condition)
		GetKeptQuery(Field(row, "condition"), psprintf("applies_to of rule \"%s\"", rule->name), &rule->condition);
	rule->comparison = ComparisonOf(TextField(row, "comparison"));
	rule->threshold = NumericField(row, "threshold");
	rule->clear_at = FieldIsNull(row, "clear_at") ? NULL : NumericField(row, "clear_at");
	GetGroups(row, rule);
	rule->is_at_risk = strcmp(TextField(row, "severity"), "at risk") == 0;
	rule->points = NumericField(row, "points");
}

/*
 * GetRules
 *		Rules of an array of gapstats_internal.rule_query, and how many positions there are.
 */
Rule *
GetRules(ArrayType *array, int *n, int *n_slots)
{
	Datum	   *rows;
	Rule	   *rules;
	int16		length;
	bool		by_value;
	char		alignment;

	get_typlenbyvalalign(ARR_ELEMTYPE(array), &length, &by_value, &alignment);
	deconstruct_array(array, ARR_ELEMTYPE(array), length, by_value, alignment, &rows, NULL, n);
	rules = palloc0(sizeof(Rule) * Max(*n, 1));
	*n_slots = 0;
	for (int i = 0; i < *n; i++)
	{
		GetRule(DatumGetHeapTupleHeader(rows[i]), &rules[i]);
		*n_slots = Max(*n_slots, rules[i].position);
	}
	return rules;
}

/*
 * GetCombination
 *		From three arguments: combination, at_risk_at, watch_at.
 */
void
GetCombination(FunctionCallInfo fcinfo, int argno, Combination *combination)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(argno));

	combination->kind = strcmp(name, "severity") == 0 ? BY_SEVERITY :
		strcmp(name, "points") == 0 ? BY_POINTS : BY_COUNT;
	combination->at_risk_at = PG_GETARG_NUMERIC(argno + 1);
	combination->watch_at = PG_ARGISNULL(argno + 2) ? NULL : PG_GETARG_NUMERIC(argno + 2);
}

DateADT *
GetDates(ArrayType *array, int *n)
{
	Datum	   *dates;
	DateADT    *result;

	deconstruct_array(array, DATEOID, sizeof(DateADT), true, TYPALIGN_INT, &dates, NULL, n);
	result = palloc(sizeof(DateADT) * Max(*n, 1));
	for (int i = 0; i < *n; i++)
		result[i] = DatumGetDateADT(dates[i]);
	return result;
}

/* ---- values ---- */

void
CheckValueType(Oid type, int column)
{
	switch (getBaseType(type))
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			break;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 column == VALUE_COLUMN ?
					 errmsg("second column, the value, is of type %s, which is not a number",
							format_type_be(type)) :
					 errmsg("column %d, for the reason, is of type %s, which is not a number",
							column, format_type_be(type))));
	}
}

/*
 * ValueAsNumeric
 *		Exactly, but double precision as its 15 significant digits, as the cast does it: so
 *		that 18 of 180 days is a tenth.
 */
Numeric
ValueAsNumeric(Datum value, Oid type)
{
	switch (type)
	{
		case INT2OID:
			return int64_to_numeric(DatumGetInt16(value));
		case INT4OID:
			return int64_to_numeric(DatumGetInt32(value));
		case INT8OID:
			return int64_to_numeric(DatumGetInt64(value));
		case FLOAT4OID:
			return DatumGetNumeric(DirectFunctionCall1(float4_numeric, value));
		case FLOAT8OID:
			return DatumGetNumeric(DirectFunctionCall1(float8_numeric, value));
		default:
			return DatumGetNumeric(value);
	}
}

bool
RuleHolds(Comparison comparison, Numeric value, Numeric threshold)
{
	int			order = DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(value),
														  NumericGetDatum(threshold)));

	switch (comparison)
	{
		case LESS:
			return order < 0;
		case LESS_OR_EQUAL:
			return order <= 0;
		case EQUAL:
			return order == 0;
		case GREATER_OR_EQUAL:
			return order >= 0;
		case GREATER:
			return order > 0;
		default:
			return order != 0;
	}
}

/* ---- states ---- */

bool
StateIsFlagged(char state)
{
	return state == STATE_FLAGGED || state == STATE_NOT_CLEAR || state == STATE_CLEARING;
}

bool
StateWasFlagged(char state)
{
	return StateIsFlagged(state) || state == STATE_MISSING_FLAGGED ||
		state == STATE_DUPLICATED_FLAGGED || state == STATE_NOT_FINITE_FLAGGED;
}

char
StateWithoutValue(ObservationKind kind, bool was_flagged)
{
	switch (kind)
	{
		case DUPLICATED:
			return was_flagged ? STATE_DUPLICATED_FLAGGED : STATE_DUPLICATED;
		case NOT_FINITE:
			return was_flagged ? STATE_NOT_FINITE_FLAGGED : STATE_NOT_FINITE;
		default:
			return was_flagged ? STATE_MISSING_FLAGGED : STATE_MISSING;
	}
}

/* Was a value compared? */
bool
StateHasValue(char state)
{
	return state == STATE_OK || StateIsFlagged(state);
}

bool
StateIsMissing(char state)
{
	return state != STATE_NOT_APPLICABLE && state != STATE_OFF && !StateHasValue(state);
}

bool
StateIsUnusable(char state)
{
	return state == STATE_DUPLICATED || state == STATE_DUPLICATED_FLAGGED ||
		state == STATE_NOT_FINITE || state == STATE_NOT_FINITE_FLAGGED;
}

void
CountState(Rule *rule, char state)
{
	rule->n_values += StateHasValue(state);
	rule->n_unusable += StateIsUnusable(state);
	rule->n_not_applicable += state == STATE_NOT_APPLICABLE;
	rule->n_flagged += StateIsFlagged(state);
}

/* ---- the score ---- */

void
BeginScore(Score *score, CombinationKind kind)
{
	memset(score, 0, sizeof(Score));
	score->kind = kind;
	if (kind == BY_POINTS)
		score->score = int64_to_numeric(0);
}

void
AddToScore(Score *score, const Rule *rule, char state)
{
	score->n_applying += state != STATE_NOT_APPLICABLE;
	score->n_missing += StateIsMissing(state);
	if (!StateIsFlagged(state))
		return;
	score->n_flagged++;
	score->severity = Max(score->severity, rule->is_at_risk ? 2 : 1);
	if (score->kind == BY_POINTS)
		score->score = DatumGetNumeric(DirectFunctionCall2(numeric_add,
														   NumericGetDatum(score->score),
														   NumericGetDatum(rule->points)));
}

void
FinishScore(Score *score)
{
	if (score->kind != BY_POINTS)
		score->score = int64_to_numeric(score->kind == BY_SEVERITY ? score->severity : score->n_flagged);
}

/* A student whom no rule flags is not flagged, whatever the scores are */
bool
IsFlaggedScore(const Score *score, const Combination *combination)
{
	Numeric		lowest = combination->watch_at != NULL ? combination->watch_at : combination->at_risk_at;

	return RuleHolds(GREATER_OR_EQUAL, score->score, lowest);
}

/* Who was asked nothing, or has no answer to something, is not on track */
const char *
StatusOf(const Score *score, const Combination *combination)
{
	if (RuleHolds(GREATER_OR_EQUAL, score->score, combination->at_risk_at))
		return "at risk";
	if (IsFlaggedScore(score, combination))
		return "watch";
	if (score->n_applying == 0)
		return "not assessed";
	return score->n_missing > 0 ? "insufficient data" : "on track";
}

/* ---- what was counted, a row a rule ---- */

/* The groups that have a threshold and no student */
static Datum
EmptyGroups(const Rule *rule)
{
	Datum	   *groups = palloc(sizeof(Datum) * Max(rule->n_groups, 1));
	int			n = 0;

	for (int i = 0; i < rule->n_groups; i++)
	{
		if (!rule->group_is_there[i])
			groups[n++] = CStringGetTextDatum(rule->groups[i]);
	}
	return PointerGetDatum(construct_array(groups, n, TEXTOID, -1, false, TYPALIGN_INT));
}

Tuplestorestate *
RulesEvaluated(const Rule *rules, int n, TupleDesc *row)
{
	enum
	{
		RULE = 1, POSITION, VERSION, N_ROWS, N_WITHOUT_ID, N_MATCHED, N_VALUES, N_UNUSABLE,
		N_NOT_APPLICABLE, N_FLAGGED, EMPTY_GROUPS, MILLISECONDS
	};
	Tuplestorestate *store = tuplestore_begin_heap(false, false, work_mem);

	*row = CreateTemplateTupleDesc(MILLISECONDS);
	TupleDescInitEntry(*row, RULE, "rule", TEXTOID, -1, 0);
	TupleDescInitEntry(*row, POSITION, "position", INT4OID, -1, 0);
	TupleDescInitEntry(*row, VERSION, "version", INT4OID, -1, 0);
	TupleDescInitEntry(*row, N_ROWS, "n_rows", INT8OID, -1, 0);
	TupleDescInitEntry(*row, N_WITHOUT_ID, "n_without_id", INT8OID, -1, 0);
	TupleDescInitEntry(*row, N_MATCHED, "n_matched", INT8OID, -1, 0);
	TupleDescInitEntry(*row, N_VALUES, "n_values", INT8OID, -1, 0);
	TupleDescInitEntry(*row, N_UNUSABLE, "n_unusable", INT8OID, -1, 0);
	TupleDescInitEntry(*row, N_NOT_APPLICABLE, "n_not_applicable", INT8OID, -1, 0);
	TupleDescInitEntry(*row, N_FLAGGED, "n_flagged", INT8OID, -1, 0);
	TupleDescInitEntry(*row, EMPTY_GROUPS, "empty_groups", TEXTARRAYOID, -1, 1);
	TupleDescInitEntry(*row, MILLISECONDS, "milliseconds", FLOAT8OID, -1, 0);
	for (int i = 0; i < n; i++)
	{
		const Rule *rule = &rules[i];
		Datum		values[MILLISECONDS] = {
			CStringGetTextDatum(rule->name), Int32GetDatum(rule->position), Int32GetDatum(rule->version),
			Int64GetDatum(rule->n_rows), Int64GetDatum(rule->n_without_id), Int64GetDatum(rule->n_matched),
			Int64GetDatum(rule->n_values), Int64GetDatum(rule->n_unusable),
			Int64GetDatum(rule->n_not_applicable), Int64GetDatum(rule->n_flagged), EmptyGroups(rule),
			Float8GetDatum(rule->milliseconds)
		};
		bool		nulls[MILLISECONDS] = {false};

		tuplestore_putvalues(store, *row, values, nulls);
	}
	return store;
}
