/*
 * exact.c
 *		Decisions about counts, in numbers that do not round.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/partition.h"
#include "disproportionality/exact.h"
#include "utils/fmgrprotos.h"

/* One of numeric's own operations */
static Numeric
Apply(PGFunction operation, Numeric a, Numeric b)
{
	return DatumGetNumeric(DirectFunctionCall2(operation, NumericGetDatum(a), NumericGetDatum(b)));
}

/* a * b */
Numeric
Times(Numeric a, Numeric b)
{
	return Apply(numeric_mul, a, b);
}

/* a * b */
Numeric
TimesCount(Numeric a, int64 b)
{
	return Times(a, int64_to_numeric(b));
}

/* a * b */
Numeric
CountTimes(int64 a, int64 b)
{
	return Times(int64_to_numeric(a), int64_to_numeric(b));
}

/* a - b */
Numeric
Minus(Numeric a, Numeric b)
{
	return Apply(numeric_sub, a, b);
}

/* Less than 0, 0, or more than 0: as a is less than, equal to or more than b */
int
Compare(Numeric a, Numeric b)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(a), NumericGetDatum(b)));
}

/* Less than 0, 0, or more than 0: as a is */
int
Sign(Numeric a)
{
	return Compare(a, int64_to_numeric(0));
}

/* The smallest whole number that is at least a / b, and at least 0; b > 0 */
int64
CeilingOfRatio(Numeric a, Numeric b)
{
	Numeric		floor;

	if (Sign(a) <= 0)
		return 0;
	floor = Apply(numeric_div_trunc, a, b);
	if (Compare(Times(floor, b), a) < 0)
		floor = Apply(numeric_add, floor, int64_to_numeric(1));
	return DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(floor)));
}

/* By how much factor times the reference's rate exceeds the group's, times both n */
Numeric
ExcessOfRate(Numeric factor, Proportion group, Proportion reference)
{
	return Minus(Times(factor, CountTimes(reference.x, group.n)),
				 CountTimes(group.x, reference.n));
}

/* An option of a window function that is a fraction, from 0 to 1 */
Numeric
FractionOption(FunctionCallInfo fcinfo, int argno, const char *name)
{
	Numeric		value = CheckNonNegativeNumeric(DatumGetNumeric(WindowOption(fcinfo, argno)), name);

	if (Compare(value, int64_to_numeric(1)) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be at most 1, not %s", name,
						DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value)))),
				 errhint("Write 0.03 for 3%%.")));
	return value;
}
