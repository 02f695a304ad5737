/*
 * adjusted_p_value.c
 *		The p values of a family of tests, adjusted for how many there are.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/partition.h"
#include "miscadmin.h"
#include "utils/memutils.h"

enum
{
	ARG_P_VALUE,
	ARG_METHOD
};

/* In the order of method_names */
typedef enum Method
{
	METHOD_BH,
	METHOD_BY,
	METHOD_HOLM,
	METHOD_BONFERRONI,
	METHOD_SIDAK
} Method;

static const char *const method_names[] = {"bh", "by", "holm", "bonferroni", "sidak", NULL};

/* A test of the family */
typedef struct Test
{
	double		p_value;
	int64		row;
} Test;

/* The partition: by row its adjusted p, NaN where it has none */
typedef struct Family
{
	bool		is_read;
	double		adjusted[FLEXIBLE_ARRAY_MEMBER];
} Family;

/* A family from which on it is sorted by digits; of so many bits, and so many of them that a double has no more */
#define MANY_TESTS 4096
#define DIGIT_BITS 11
#define DIGIT_MASK ((1 << DIGIT_BITS) - 1)
#define N_DIGITS 6

StaticAssertDecl(N_DIGITS * DIGIT_BITS >= 64 && N_DIGITS % 2 == 0, "digits must be all and even in number");

#define ST_SORT SortTests
#define ST_ELEMENT_TYPE Test
#define ST_COMPARE(a, b) ((a)->p_value < (b)->p_value ? -1 : (a)->p_value > (b)->p_value)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* The bits of a p, which are in the order of the numbers, as none is below 0 */
static inline uint64
SortKey(const Test *test)
{
	uint64		key;

	memcpy(&key, &test->p_value, sizeof(key));
	return key;
}

/* Sort by one digit after the other, the last one first: of a large family the fastest */
static void
SortManyTests(Test *tests, int64 n)
{
	Test	   *from = tests;
	Test	   *to = palloc_extended(n * sizeof(Test), MCXT_ALLOC_HUGE);

	for (int digit = 0; digit < N_DIGITS; digit++)
	{
		int			shift = digit * DIGIT_BITS;
		int64		places[1 << DIGIT_BITS] = {0};
		int64		place = 0;
		Test	   *sorted = to;

		CHECK_FOR_INTERRUPTS();
		for (int64 i = 0; i < n; i++)
			places[(SortKey(&from[i]) >> shift) & DIGIT_MASK]++;
		for (int i = 0; i <= DIGIT_MASK; i++)
		{
			int64		count = places[i];

			places[i] = place;
			place += count;
		}
		CHECK_FOR_INTERRUPTS();
		for (int64 i = 0; i < n; i++)
			to[places[(SortKey(&from[i]) >> shift) & DIGIT_MASK]++] = from[i];
		to = from;
		from = sorted;
	}
	/* after an even number of digits they are where they were */
	pfree(to);
}

/* The tests of the partition, by p; a row without one is in no family, and has no adjusted one */
static int64
ReadTests(FunctionCallInfo fcinfo, Test *tests, double *adjusted)
{
	int64		n_rows = WinGetPartitionRowCount(PG_WINDOW_OBJECT());
	int64		n = 0;

	for (int64 row = 0; row < n_rows; row++)
	{
		bool		isnull;
		double		p_value = DatumGetFloat8(PartitionArgument(fcinfo, ARG_P_VALUE, row, &isnull));

		CHECK_FOR_INTERRUPTS();
		if (isnull)
		{
			adjusted[row] = NAN;
			continue;
		}
		tests[n].p_value = CheckProbability(p_value, "p_value") + 0.0;	/* -0 is 0 */
		tests[n].row = row;
		n++;
	}
	if (n < MANY_TESTS)
		SortTests(tests, n);
	else
		SortManyTests(tests, n);
	return n;
}

/* The sum of 1/i up to n, the smallest first */
static double
HarmonicNumber(int64 n)
{
	double		sum = 0;

	for (int64 i = n; i >= 1; i--)
	{
		CHECK_FOR_INTERRUPTS();
		sum += 1.0 / i;
	}
	return sum;
}

/* One p by itself, the i-th from 0 of n */
static double
AdjustAlone(Method method, double p_value, int64 i, int64 n, double harmonic)
{
	switch (method)
	{
		case METHOD_BH:
			return p_value * n / (i + 1);
		case METHOD_BY:
			return p_value * n / (i + 1) * harmonic;
		case METHOD_HOLM:
			return p_value * (n - i);
		case METHOD_BONFERRONI:
			return p_value * n;
		case METHOD_SIDAK:
			return -expm1(n * log1p(-p_value));
	}
	pg_unreachable();
}

/*
 * Adjust a family, sorted.  Stepping down (Holm), none is below one of a smaller p;
 * stepping up (Benjamini and Hochberg, Benjamini and Yekutieli), none above one of
 * a larger.  The others are in order as they are.
 */
static void
AdjustFamily(Method method, Test *tests, int64 n, double *adjusted)
{
	bool		is_step_up = method == METHOD_BH || method == METHOD_BY;
	double		harmonic = method == METHOD_BY ? HarmonicNumber(n) : 1;
	double		bound = is_step_up ? 1 : 0;

	for (int64 step = 0; step < n; step++)
	{
		int64		i = is_step_up ? n - 1 - step : step;
		double		alone = Min(AdjustAlone(method, tests[i].p_value, i, n, harmonic), 1);

		CHECK_FOR_INTERRUPTS();
		bound = is_step_up ? Min(bound, alone) : Max(bound, alone);
		adjusted[tests[i].row] = bound;
	}
}

/* The partition, read at its first row */
static Family *
ReadFamily(FunctionCallInfo fcinfo)
{
	Family	   *family = PartitionMemory(fcinfo, offsetof(Family, adjusted), sizeof(double));

	if (!family->is_read)
	{
		Test	   *tests = palloc_extended(WinGetPartitionRowCount(PG_WINDOW_OBJECT()) * sizeof(Test), MCXT_ALLOC_HUGE);
		int64		n;

		CheckOptions(fcinfo, ARG_METHOD);
		n = ReadTests(fcinfo, tests, family->adjusted);
		AdjustFamily(WindowNamedOption(fcinfo, ARG_METHOD, method_names), tests, n, family->adjusted);
		pfree(tests);
		family->is_read = true;
	}
	return family;
}

/* adjusted_p_value(p_value, method) OVER (PARTITION BY family) */
PG_FUNCTION_INFO_V1(adjusted_p_value);
Datum
adjusted_p_value(PG_FUNCTION_ARGS)
{
	Family	   *family = ReadFamily(fcinfo);
	double		adjusted = family->adjusted[WinGetCurrentPosition(PG_WINDOW_OBJECT())];

	if (isnan(adjusted))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(adjusted);
}
