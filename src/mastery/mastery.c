/*
 * mastery.c
 *		The chance that a student knows a skill, from her answers in their order.
 *
 * Bayesian knowledge tracing (Corbett & Anderson 1995): she knows the skill or does
 * not; an answer is right by a slip's absence or by a guess; after each one she may
 * have learned it, and nothing is forgotten. The parameters are given, not fitted.
 *
 * The chances that she knows it and that she does not are kept both: the one that is
 * next to nothing would be lost in 1 minus the other, and with it all answers to come.
 *
 * Two states of one student cannot be put together, as neither knows where the other
 * began: there is no combine function, and no worker is given a part of her answers.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "base/argument.h"
#include "base/number_state.h"

/* The elements of the state */
typedef enum StateElement
{
	N_ROWS,
	N_ANSWERS,
	KNOWN,						/* the two add up to 1 */
	UNKNOWN,
	INITIAL,					/* what all rows ask for */
	LEARN,
	GUESS,
	SLIP,
	THRESHOLD,
	STATE_SIZE
} StateElement;

static const char *const option_names[] = {
	[INITIAL] = "initial", [LEARN] = "learn", [GUESS] = "guess", [SLIP] = "slip", [THRESHOLD] = "threshold"
};

/* Those of OATutor (Pardos et al. 2023); of the threshold, Corbett & Anderson's */
static const double defaults[] = {
	[INITIAL] = 0.1, [LEARN] = 0.1, [GUESS] = 0.1, [SLIP] = 0.1, [THRESHOLD] = 0.95
};

/* Neither chance falls below this by answers alone: it would stay 0 whatever comes */
#define SMALLEST_CHANCE 1e-300

/* What rounding makes of equal chances differs by less, relative to what is left to 1 */
#define SAME_CHANCE 1e-9

/* The numbers of a state, whose chances are any at least */
static double *
StateElements(ArrayType *state)
{
	double	   *elements = NumbersOfState(state, "mastery", STATE_SIZE);

	if (!(elements[KNOWN] >= 0 && elements[UNKNOWN] >= 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("mastery state must hold chances")));
	return elements;
}

/* A chance; 0 only if it may be */
static double
CheckChance(double chance, StateElement element)
{
	const char *name = option_names[element];
	bool		is_zero_allowed = element == INITIAL || element == LEARN;

	CheckFinite(chance, name);
	if (chance < 0 || chance >= 1 || (chance == 0 && !is_zero_allowed))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be %s and below 1, not %g", name,
						is_zero_allowed ? "at least 0" : "above 0", chance),
				 chance > 1 ? errhint("Write 0.95 for 95%%.") : 0));
	return chance;
}

/* What all rows are to agree on, from this one's argument, or the default */
static void
TakeOption(FunctionCallInfo fcinfo, double *state, StateElement element, int argno)
{
	const char *name = option_names[element];
	double		value = defaults[element];

	if (argno > 0)
		value = CheckChance(ArgumentDouble(fcinfo, argno, name), element);
	if (state[N_ROWS] > 0 && state[element] != value)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be the same in all rows: %.15g and %.15g", name,
						state[element], value)));
	state[element] = value;
}

/* The parameters, from the argument that "initial" is, or the defaults; begins with the first row */
static void
TakeParameters(FunctionCallInfo fcinfo, double *state, int initial)
{
	for (StateElement element = INITIAL; element <= SLIP; element++)
		TakeOption(fcinfo, state, element, initial > 0 ? initial + (element - INITIAL) : 0);
	if (state[N_ROWS] > 0)
		return;
	if (state[GUESS] + state[SLIP] >= 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("guess and slip must add up to less than 1, not %g", state[GUESS] + state[SLIP]),
				 errdetail("Who knows the skill would be right no more often than who does not.")));
	state[KNOWN] = state[INITIAL];
	state[UNKNOWN] = 1 - state[INITIAL];
}

/* One that answers have made next to nothing */
static double
KeepChance(double chance, double before)
{
	return before > 0 ? Max(chance, SMALLEST_CHANCE) : chance;
}

/* What an answer says of the skill (Bayes), and what she may have learned by it */
static void
TakeAnswer(double *state, bool is_correct)
{
	double		slip = state[SLIP];
	double		guess = state[GUESS];
	double		learn = state[LEARN];
	double		known = state[KNOWN] * (is_correct ? 1 - slip : slip);
	double		unknown = state[UNKNOWN] * (is_correct ? guess : 1 - guess);
	double		either = known + unknown;

	state[KNOWN] = KeepChance((known + unknown * learn) / either, state[KNOWN]);
	state[UNKNOWN] = KeepChance(unknown * (1 - learn) / either, state[UNKNOWN]);
	state[N_ANSWERS]++;
}

/* A row, of whose arguments "threshold" and "initial" are options, or 0 */
static Datum
Accumulate(FunctionCallInfo fcinfo, int threshold, int initial)
{
	ArrayType  *array = ArgumentNumberState(fcinfo, STATE_SIZE);
	double	   *state = StateElements(array);

	TakeOption(fcinfo, state, THRESHOLD, threshold);
	TakeParameters(fcinfo, state, initial);
	state[N_ROWS]++;
	if (!PG_ARGISNULL(1))
		TakeAnswer(state, PG_GETARG_BOOL(1));
	PG_RETURN_ARRAYTYPE_P(array);
}

/* Transition function of mastery(correct [, initial, learn, guess, slip]) */
PG_FUNCTION_INFO_V1(mastery_accum);
Datum
mastery_accum(PG_FUNCTION_ARGS)
{
	return Accumulate(fcinfo, 0, PG_NARGS() > 2 ? 2 : 0);
}

/* Transition function of is_mastered(correct [, threshold [, initial, learn, guess, slip]]) */
PG_FUNCTION_INFO_V1(is_mastered_accum);
Datum
is_mastered_accum(PG_FUNCTION_ARGS)
{
	return Accumulate(fcinfo, PG_NARGS() > 2 ? 2 : 0, PG_NARGS() > 3 ? 3 : 0);
}

/* The state at the end; NULL where there is no answer */
static const double *
FinalState(FunctionCallInfo fcinfo)
{
	const double *state;

	if (PG_ARGISNULL(0))
		return NULL;
	state = StateElements(PG_GETARG_ARRAYTYPE_P(0));
	return state[N_ANSWERS] > 0 ? state : NULL;
}

/* Final function: the chance, never quite 1, so that it can be the initial one of what follows */
PG_FUNCTION_INFO_V1(mastery_final);
Datum
mastery_final(PG_FUNCTION_ARGS)
{
	const double *state = FinalState(fcinfo);

	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(Min(state[KNOWN], 1 - DBL_EPSILON / 2));
}

/* Final function: whether the chance is at the threshold, but for rounding */
PG_FUNCTION_INFO_V1(is_mastered_final);
Datum
is_mastered_final(PG_FUNCTION_ARGS)
{
	const double *state = FinalState(fcinfo);

	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(state[UNKNOWN] <= (1 - state[THRESHOLD]) * (1 + SAME_CHANCE));
}
