/*
 * what_if.c
 *		The fewest students whose success closes a gap to a goal, in each school and in all.
 *
 * The goal is a decimal, and counts are whole: all is in numeric, as double precision gets
 * goals that are met exactly wrong. With sign = 1 where higher rates are better and -1
 * where lower ones are, a focal group x / n is behind a reference X / N by
 *
 *		sign (X n - x N) / (n N),
 *
 * and each student who succeeds moves x N by N; or, where the reference is everyone and so
 * moves too, by N - n.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/count.h"
#include "base/partition.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "miscadmin.h"
#include "rate/comparison.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

enum
{
	ARG_X_FOCAL,
	ARG_N_FOCAL,
	ARG_X_REFERENCE,
	ARG_N_REFERENCE,
	ARG_GOAL,
	ARG_CAPACITY,
	ARG_DIRECTION,
	ARG_REFERENCE
};

/* In the order of direction_names */
typedef enum Direction
{
	DIRECTION_HIGHER,
	DIRECTION_LOWER
} Direction;

static const char *const direction_names[] = {"higher", "lower", NULL};

/* In the order of reference_names */
typedef enum WhoseReference
{
	WHOSE_OTHERS,
	WHOSE_EVERYONE
} WhoseReference;

static const char *const reference_names[] = {"others", "everyone", NULL};

/* What is aimed at */
typedef struct Goal
{
	Numeric		gap;
	Direction	direction;
	WhoseReference reference;
} Goal;

/* What is asked of a school, or of all of them together */
typedef struct Question
{
	Proportion	focal;
	Proportion	reference;
	int64		capacity;		/* students within reach */
	const char *reason;			/* why it has no answer, or NULL */
} Question;

/* The answer; of a question without one only what can be said */
typedef struct Answer
{
	int64		needed;
	bool		is_reachable;
	double		behind;
	double		behind_reached;	/* once those have succeeded who can be reached and are needed */
} Answer;

/* The partition */
typedef struct WhatIf
{
	bool		is_read;
	int64		n_units;		/* with an answer */
	int64		n_left_out;
	int64		needed_each;	/* by all units, each for its own gap */
	bool		is_each_reachable;
	Question	whole;
	Answer		of_whole;
} WhatIf;

/* Read what is aimed at: a decimal from 0 to 1 */
static Goal
ReadGoal(FunctionCallInfo fcinfo)
{
	Goal		goal;

	goal.gap = CheckNonNegativeNumeric(DatumGetNumeric(WindowOption(fcinfo, ARG_GOAL)), "goal");
	if (DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(goal.gap),
										  NumericGetDatum(int64_to_numeric(1)))) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("goal must be at most 1"),
				 errhint("Write 0.05 for 5 percentage points.")));
	goal.direction = WindowNamedOption(fcinfo, ARG_DIRECTION, direction_names);
	goal.reference = WindowNamedOption(fcinfo, ARG_REFERENCE, reference_names);
	return goal;
}

static inline Datum
Product(int64 a, int64 b)
{
	return DirectFunctionCall2(numeric_mul, NumericGetDatum(int64_to_numeric(a)), NumericGetDatum(int64_to_numeric(b)));
}

/* The fewest students who must succeed for the gap to be at the goal */
static int64
StudentsNeeded(const Question *question, const Goal *goal)
{
	Proportion	focal = question->focal;
	Proportion	reference = question->reference;
	Datum		zero = NumericGetDatum(int64_to_numeric(0));
	Datum		ahead = Product(reference.x, focal.n);
	Datum		behind = Product(focal.x, reference.n);
	Datum		too_far;
	Datum		by_each;
	int64		needed;

	if (goal->direction == DIRECTION_LOWER)
	{
		Datum		swapped = ahead;

		ahead = behind;
		behind = swapped;
	}
	too_far = DirectFunctionCall2(numeric_sub, DirectFunctionCall2(numeric_sub, ahead, behind),
								  DirectFunctionCall2(numeric_mul, NumericGetDatum(goal->gap),
													  Product(focal.n, reference.n)));
	if (DatumGetInt32(DirectFunctionCall2(numeric_cmp, too_far, zero)) <= 0)
		return 0;
	by_each = NumericGetDatum(int64_to_numeric(goal->reference == WHOSE_EVERYONE ? reference.n - focal.n : reference.n));
	needed = DatumGetInt64(DirectFunctionCall1(numeric_int8, DirectFunctionCall2(numeric_div_trunc, too_far, by_each)));
	if (DatumGetInt32(DirectFunctionCall2(numeric_cmp, DirectFunctionCall2(numeric_mod, too_far, by_each), zero)) > 0)
		needed++;
	return needed;
}

/* By how much the focal group is behind once so many of its students have succeeded */
static double
Behind(const Question *question, const Goal *goal, int64 moved)
{
	Proportion	focal = question->focal;
	Proportion	reference = question->reference;
	int64		step = goal->direction == DIRECTION_HIGHER ? moved : -moved;

	focal.x += step;
	if (goal->reference == WHOSE_EVERYONE)
		reference.x += step;
	return goal->direction == DIRECTION_HIGHER ? GapOfRates(reference, focal) : GapOfRates(focal, reference);
}

/* Answer a question; what has no answer is NaN, and not reachable */
static Answer
AnswerQuestion(const Question *question, const Goal *goal)
{
	Answer		answer = {0, false, NAN, NAN};

	if (question->reason != NULL)
		return answer;
	answer.needed = StudentsNeeded(question, goal);
	answer.is_reachable = answer.needed <= question->capacity;
	answer.behind = Behind(question, goal, 0);
	answer.behind_reached = Behind(question, goal, Min(answer.needed, question->capacity));
	return answer;
}

/* Why groups cannot be compared, or NULL */
static const char *
QuestionReason(const Question *question, WhoseReference reference)
{
	if (question->focal.n == 0 || question->reference.n == 0)
		return REASON_N_LT_1;
	if (reference == WHOSE_EVERYONE && question->reference.n == question->focal.n)
		return REASON_ONE_GROUP;
	return NULL;
}

/* The group of a row, x and n; false if one of them is NULL */
static bool
ReadProportion(FunctionCallInfo fcinfo, int argno, int64 row, const char *group, Proportion *p)
{
	bool		is_x_null;
	bool		is_n_null;
	Datum		x = PartitionArgument(fcinfo, argno, row, &is_x_null);
	Datum		n = PartitionArgument(fcinfo, argno + 1, row, &is_n_null);

	p->x = is_x_null ? 0 : DatumGetInt64(x);
	p->n = is_n_null ? 0 : DatumGetInt64(n);
	if (is_x_null != is_n_null)
		return false;
	CheckRate(p->x, p->n, group);
	return true;
}

/* Everyone must have the focal group's students among them */
static void
CheckEveryone(const Question *question)
{
	Proportion	others = Others(question->reference, question->focal);

	if (others.x < 0 || others.n < 0 || others.x > others.n)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("everyone must include the focal group: " INT64_FORMAT " of " INT64_FORMAT " and " INT64_FORMAT " of " INT64_FORMAT,
						question->reference.x, question->reference.n, question->focal.x, question->focal.n)));
}

/* How many students of the focal group of a row can be reached; at most those who have not succeeded */
static int64
ReadCapacity(FunctionCallInfo fcinfo, int64 row, Proportion focal, Direction direction)
{
	int64		most = direction == DIRECTION_HIGHER ? focal.n - focal.x : focal.x;
	bool		isnull;
	int64		capacity = DatumGetInt64(PartitionArgument(fcinfo, ARG_CAPACITY, row, &isnull));

	if (isnull)
		return most;
	if (capacity < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("capacity must not be negative: " INT64_FORMAT, capacity)));
	return Min(capacity, most);
}

/* What is asked of a row */
static Question
ReadQuestion(FunctionCallInfo fcinfo, int64 row, const Goal *goal)
{
	Question	question = {.reason = REASON_MISSING_COUNT};

	if (!ReadProportion(fcinfo, ARG_X_FOCAL, row, "_focal", &question.focal) ||
		!ReadProportion(fcinfo, ARG_X_REFERENCE, row, "_reference", &question.reference))
		return question;
	if (goal->reference == WHOSE_EVERYONE)
		CheckEveryone(&question);
	question.capacity = ReadCapacity(fcinfo, row, question.focal, goal->direction);
	question.reason = QuestionReason(&question, goal->reference);
	return question;
}

/* Are the counts of a school known? */
static bool
IsCounted(const Question *question)
{
	return question->reason == NULL || strcmp(question->reason, REASON_MISSING_COUNT) != 0;
}

/* Add a school to all of them; one of which a count is NULL is in nothing */
static void
AddQuestion(WhatIf *partition, const Question *question, const Goal *goal)
{
	Question   *whole = &partition->whole;
	Answer		answer;

	if (question->reason == NULL)
	{
		answer = AnswerQuestion(question, goal);
		partition->n_units++;
		partition->needed_each = AddCounts(partition->needed_each, answer.needed);
		partition->is_each_reachable &= answer.is_reachable;
	}
	else
		partition->n_left_out++;
	if (!IsCounted(question))
		return;
	whole->focal.x = AddCounts(whole->focal.x, question->focal.x);
	whole->focal.n = AddCounts(whole->focal.n, question->focal.n);
	whole->reference.x = AddCounts(whole->reference.x, question->reference.x);
	whole->reference.n = AddCounts(whole->reference.n, question->reference.n);
	whole->capacity = AddCounts(whole->capacity, question->capacity);
}

/* The partition, read at its first row */
static const WhatIf *
ReadPartition(FunctionCallInfo fcinfo, const Goal *goal)
{
	WhatIf	   *partition = WinGetPartitionLocalMemory(PG_WINDOW_OBJECT(), sizeof(WhatIf));
	int64		n_rows = WinGetPartitionRowCount(PG_WINDOW_OBJECT());
	MemoryContext per_row;

	if (partition->is_read)
		return partition;
	CheckOption(fcinfo, ARG_GOAL);
	CheckOptions(fcinfo, ARG_DIRECTION);
	partition->is_each_reachable = true;
	per_row = AllocSetContextCreate(CurrentMemoryContext, "a row of what_if", ALLOCSET_SMALL_SIZES);
	for (int64 row = 0; row < n_rows; row++)
	{
		MemoryContext caller = MemoryContextSwitchTo(per_row);
		Question	question = ReadQuestion(fcinfo, row, goal);

		CHECK_FOR_INTERRUPTS();
		AddQuestion(partition, &question, goal);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(per_row);
	}
	MemoryContextDelete(per_row);
	partition->whole.reason = QuestionReason(&partition->whole, goal->reference);
	partition->of_whole = AnswerQuestion(&partition->whole, goal);
	partition->is_read = true;
	return partition;
}

/* Add what only a question with an answer has */
static void
AddKnownCount(ResultRow *row, int64 count, bool is_known)
{
	if (is_known)
		AddInt64(row, count);
	else
		AddNull(row);
}

static void
AddKnownBool(ResultRow *row, bool value, bool is_known)
{
	if (is_known)
		AddBool(row, value);
	else
		AddNull(row);
}

/* Add the columns that a school and all of them have alike, but the last */
static void
AddAnswer(ResultRow *row, const Question *question, const Answer *answer, bool is_counted)
{
	bool		is_known = question->reason == NULL;

	AddKnownCount(row, answer->needed, is_known);
	AddKnownCount(row, question->capacity, is_counted);
	AddKnownBool(row, answer->is_reachable, is_known);
	if (is_known)
	{
		AddFloat8(row, answer->behind);
		AddFloat8(row, answer->behind_reached);
	}
	else
	{
		AddNull(row);
		AddNull(row);
	}
}

/* what_if(x_focal, n_focal, x_reference, n_reference, goal, capacity, direction, reference) OVER (...) */
PG_FUNCTION_INFO_V1(what_if);
Datum
what_if(PG_FUNCTION_ARGS)
{
	Goal		goal = ReadGoal(fcinfo);
	const WhatIf *all = ReadPartition(fcinfo, &goal);
	Question	question = ReadQuestion(fcinfo, WinGetCurrentPosition(PG_WINDOW_OBJECT()), &goal);
	Answer		answer = AnswerQuestion(&question, &goal);
	int64		both = Max(all->of_whole.needed, all->needed_each);
	bool		is_whole = all->whole.reason == NULL;
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	AddAnswer(&row, &question, &answer, IsCounted(&question));
	AddInt64(&row, all->n_units);
	AddInt64(&row, all->n_left_out);
	AddAnswer(&row, &all->whole, &all->of_whole, true);
	AddKnownCount(&row, all->needed_each, all->n_units > 0);
	AddKnownBool(&row, all->is_each_reachable, all->n_units > 0);
	AddKnownCount(&row, both, is_whole);
	AddKnownBool(&row, all->is_each_reachable && both <= all->whole.capacity, is_whole);
	AddText(&row, question.reason);
	return EndResultRow(&row);
}
