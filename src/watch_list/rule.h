/*
 * rule.h
 *		The rules of a watch list, and what they make of a student.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_RULE_H
#define GAPSTATS_RULE_H

#include "fmgr.h"
#include "utils/array.h"
#include "utils/date.h"
#include "utils/numeric.h"
#include "utils/tuplestore.h"

#include "standing/kept_query.h"

typedef enum Comparison
{
	LESS, LESS_OR_EQUAL, EQUAL, GREATER_OR_EQUAL, GREATER, NOT_EQUAL
} Comparison;

/* What a rule's query gave for a student */
typedef enum ObservationKind
{
	NO_ROW, NO_VALUE, A_VALUE, DUPLICATED, NOT_FINITE
} ObservationKind;

/* What a rule's condition says of a student; in the beginning that she is none of its */
typedef enum Applies
{
	DOES_NOT_APPLY, DOES_APPLY, MAY_APPLY
} Applies;

typedef struct Observation
{
	ObservationKind kind;
	Applies		applies;
	Numeric		value;
	char	   *numbers;		/* of the columns behind the value, each after a slash; or NULL */
} Observation;

/* The columns of a rule's query: the student, the value, and numbers for the reason */
#define VALUE_COLUMN 2
#define MAX_RULE_COLUMNS 9

/*
 * What a rule says of a student, one character a rule in a list's values.  A capital letter
 * is that of a student whom the rule flagged when her value was last known.
 */
#define STATE_OFF			'-'
#define STATE_OK			'o'
#define STATE_FLAGGED		'f'
#define STATE_NOT_CLEAR		'k' /* flagged still: not past the threshold to clear at */
#define STATE_CLEARING		'w' /* flagged still: past it for too few school days */
#define STATE_NOT_APPLICABLE 'n'
#define STATE_MISSING		'm'
#define STATE_MISSING_FLAGGED 'M'
#define STATE_DUPLICATED	'd'
#define STATE_DUPLICATED_FLAGGED 'D'
#define STATE_NOT_FINITE	'x'
#define STATE_NOT_FINITE_FLAGGED 'X'

typedef struct Rule
{
	char	   *name;
	char	   *what;			/* for messages: rule "name" */
	int			position;
	int			version;
	int			version_before; /* in the run before, or 0 */
	bool		is_same;		/* flags whom it flagged then, so its flags count */
	KeptQuery	query;
	bool		has_condition;
	KeptQuery	condition;
	Comparison	comparison;
	Numeric		threshold;
	Numeric		clear_at;		/* or NULL */
	char	   *group;			/* column of the students query, or NULL */
	int			group_column;
	int			n_groups;
	char	  **groups;
	Numeric    *group_thresholds;
	bool	   *group_is_there; /* a student of it has been seen */
	bool		is_at_risk;		/* severity */
	Numeric		points;
	Oid			value_type;		/* of no domain */

	/* counted in a run */
	int64		n_rows;
	int64		n_without_id;
	int64		n_matched;
	int64		n_values;
	int64		n_unusable;
	int64		n_not_applicable;
	int64		n_flagged;
	double		milliseconds;
} Rule;

typedef enum CombinationKind
{
	BY_SEVERITY, BY_COUNT, BY_POINTS
} CombinationKind;

typedef struct Combination
{
	CombinationKind kind;
	Numeric		at_risk_at;
	Numeric		watch_at;		/* or NULL */
} Combination;

typedef struct Score
{
	CombinationKind kind;
	int64		n_flagged;
	int64		n_applying;
	int64		n_missing;
	int			severity;
	Numeric		score;			/* set by FinishScore */
} Score;

extern Rule *GetRules(ArrayType *rules, int *n, int *n_slots);
extern void GetCombination(FunctionCallInfo fcinfo, int argno, Combination *combination);
extern DateADT *GetDates(ArrayType *array, int *n);

extern void CheckValueType(Oid type, int column);
extern Numeric ValueAsNumeric(Datum value, Oid type);
extern bool RuleHolds(Comparison comparison, Numeric value, Numeric threshold);

extern bool StateIsFlagged(char state);
extern bool StateWasFlagged(char state);
extern bool StateHasValue(char state);
extern bool StateIsMissing(char state);
extern bool StateIsUnusable(char state);
extern char StateWithoutValue(ObservationKind kind, bool was_flagged);
extern void CountState(Rule *rule, char state);

extern void BeginScore(Score *score, CombinationKind kind);
extern void AddToScore(Score *score, const Rule *rule, char state);
extern void FinishScore(Score *score);
extern bool IsFlaggedScore(const Score *score, const Combination *combination);
extern const char *StatusOf(const Score *score, const Combination *combination);

extern Tuplestorestate *RulesEvaluated(const Rule *rules, int n, TupleDesc *row);

#endif							/* GAPSTATS_RULE_H */
