/*
 * chronic_absence_prior.c
 *		How the absence rates of a district's students vary, from whole years.
 *
 * The state of the aggregate is three tallies: how many students were absent, present and
 * enrolled for so many days. The likelihood needs no more (inference/beta_binomial.c), and
 * sums of counts are the same in whatever order they are taken. They are one array of bigint,
 * three elements a number of days, as long as the longest year.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/compat.h"
#include "base/count.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "base/state.h"
#include "catalog/pg_type_d.h"
#include "dayset/share.h"
#include "inference/beta_binomial.h"
#include "outlook/chronic_absence.h"
#include "utils/array.h"

/* The tallies */
enum
{
	ABSENT, PRESENT, ENROLLED, N_TALLIES
};

/* The first years are of so many days, without growing */
#define FIRST_LENGTH 200

static inline int
Length(const ArrayType *state)
{
	return ARR_NDIM(state) == 0 ? 0 : ARR_DIMS(state)[0] / N_TALLIES;
}

static inline int64 *
Counts(ArrayType *state)
{
	return (int64 *) ARR_DATA_PTR(state);
}

/* Refuse an array that is no state */
static void
CheckState(ArrayType *state)
{
	bool		is_state = ARR_ELEMTYPE(state) == INT8OID && ARR_NDIM(state) <= 1 && !ARR_HASNULL(state);

	if (is_state && ARR_NDIM(state) == 1)
		is_state = ARR_DIMS(state)[0] % N_TALLIES == 0 && Length(state) <= MAX_DAYS_IN_YEAR + 1;
	if (!is_state)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("expected an array of tallies of days")));
}

/* A state with room for so many numbers of days, and what another has */
static ArrayType *
MakeState(ArrayType *state, int length)
{
	int			n = length * N_TALLIES;
	Size		size = ARR_OVERHEAD_NONULLS(1) + sizeof(int64) * n;
	ArrayType  *larger = palloc0(size);

	SET_VARSIZE(larger, size);
	larger->ndim = 1;
	larger->elemtype = INT8OID;
	ARR_DIMS(larger)[0] = n;
	ARR_LBOUND(larger)[0] = 1;
	memcpy(Counts(larger), Counts(state), sizeof(int64) * N_TALLIES * Length(state));
	return larger;
}

/* The state to be changed, with room for a number of days; outside an aggregate a copy */
static ArrayType *
GetTallies(FunctionCallInfo fcinfo, int days)
{
	bool		in_place = AggCheckCallContext(fcinfo, NULL);
	ArrayType  *state;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("state must not be null")));
	state = in_place ? PG_GETARG_ARRAYTYPE_P(0) : PG_GETARG_ARRAYTYPE_P_COPY(0);
	CheckState(state);
	if (days >= Length(state))
		state = MakeState(state, Min(Max(Max(days + 1, FIRST_LENGTH), 2 * Length(state)), MAX_DAYS_IN_YEAR + 1));
	return state;
}

/*
 * Refuse a year that is too long: each of its days costs 24 bytes of the state.
 */
void
CheckDaysInYear(int64 days, const char *name)
{
	if (days > MAX_DAYS_IN_YEAR)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be at most %d, not " INT64_FORMAT, name, MAX_DAYS_IN_YEAR, days)));
}

static inline void
AddStudent(int64 *count)
{
	*count = AddCounts(*count, 1);
}

/* Add a student's year; one without days says nothing */
static Datum
AddYear(FunctionCallInfo fcinfo, int absent, int enrolled)
{
	ArrayType  *state;
	int64	   *counts;

	if (enrolled == 0)
		return ReturnUnchanged(fcinfo);
	CheckDaysInYear(enrolled, "days_enrolled");
	state = GetTallies(fcinfo, enrolled);
	counts = Counts(state);
	AddStudent(&counts[absent * N_TALLIES + ABSENT]);
	AddStudent(&counts[(enrolled - absent) * N_TALLIES + PRESENT]);
	AddStudent(&counts[enrolled * N_TALLIES + ENROLLED]);
	PG_RETURN_ARRAYTYPE_P(state);
}

/* Transition of chronic_absence_prior(days_absent, days_enrolled) */
PG_FUNCTION_INFO_V1(chronic_absence_prior_add);
Datum
chronic_absence_prior_add(PG_FUNCTION_ARGS)
{
	int			absent;
	int			enrolled;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return ReturnUnchanged(fcinfo);
	absent = ArgumentNonNegative(fcinfo, 1, "days_absent");
	enrolled = ArgumentNonNegative(fcinfo, 2, "days_enrolled");
	if (absent > enrolled)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("days_absent must not be greater than days_enrolled: %d > %d", absent, enrolled)));
	return AddYear(fcinfo, absent, enrolled);
}

/* Transition of chronic_absence_prior(absent, enrolled), of sets of days */
PG_FUNCTION_INFO_V1(chronic_absence_prior_add_sets);
Datum
chronic_absence_prior_add_sets(PG_FUNCTION_ARGS)
{
	DayShare	share;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return ReturnUnchanged(fcinfo);
	share = CountShare(PG_GETARG_DAYWORDS(1), PG_GETARG_DAYWORDS(2), ALL_DAYS);
	return AddYear(fcinfo, share.days, share.among);
}

/* Combine the states of two workers */
PG_FUNCTION_INFO_V1(chronic_absence_prior_combine);
Datum
chronic_absence_prior_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *other;
	ArrayType  *state;
	int64	   *counts;

	if (PG_ARGISNULL(1))
		return ReturnUnchanged(fcinfo);
	other = PG_GETARG_ARRAYTYPE_P(1);
	CheckState(other);
	state = GetTallies(fcinfo, Length(other) - 1);
	counts = Counts(state);
	for (int i = 0; i < Length(other) * N_TALLIES; i++)
		counts[i] = AddCounts(counts[i], Counts(other)[i]);
	PG_RETURN_ARRAYTYPE_P(state);
}

/* One of the tallies, by itself, and how many students it has */
static Tally
GetTally(ArrayType *state, int which, int64 *n_students)
{
	Tally		tally = {0, palloc(sizeof(CountOfGroups) * Max(Length(state), 1)), 0};

	*n_students = 0;
	for (int days = 0; days < Length(state); days++)
	{
		CountOfGroups entry = {days, Counts(state)[days * N_TALLIES + which]};

		if (entry.n_groups < 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the state has an impossible number of days")));
		if (entry.n_groups == 0)
			continue;
		*n_students = AddCounts(*n_students, entry.n_groups);
		tally.counts[tally.n_counts++] = entry;
	}
	return tally;
}

/* The result of chronic_absence_prior */
PG_FUNCTION_INFO_V1(chronic_absence_prior_final);
Datum
chronic_absence_prior_final(PG_FUNCTION_ARGS)
{
	ArrayType  *state = PG_GETARG_ARRAYTYPE_P(0);
	int64		n[N_TALLIES];
	Tally		tallies[N_TALLIES];
	BetaBinomial fit;
	ResultRow	row;

	CheckState(state);
	for (int i = 0; i < N_TALLIES; i++)
		tallies[i] = GetTally(state, i, &n[i]);
	if (n[ABSENT] != n[ENROLLED] || n[PRESENT] != n[ENROLLED])
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the state has an impossible number of days")));
	fit = FitTallies(tallies[ABSENT], tallies[PRESENT], tallies[ENROLLED], n[ENROLLED]);

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, fit.n_groups);
	AddFloat8(&row, fit.a);
	AddFloat8(&row, fit.b);
	AddFloat8(&row, fit.a / (fit.a + fit.b));
	AddFloat8(&row, fit.log_likelihood);
	AddText(&row, fit.reason);
	return EndResultRow(&row);
}
