/*
 * weighted_v.c
 *		V of a sample whose students stand for different numbers of others.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/reason.h"
#include "base/result_row.h"
#include "base/sum.h"
#include "gap/v.h"
#include "miscadmin.h"
#include "sample/weighted_sample.h"

typedef struct Student
{
	double		score;
	double		weight;
	bool		focal;
} Student;

static inline int
CompareStudents(const Student *a, const Student *b)
{
	if (a->score != b->score)
		return a->score < b->score ? -1 : 1;
	if (a->focal != b->focal)
		return a->focal ? -1 : 1;
	if (a->weight != b->weight)
		return a->weight < b->weight ? -1 : 1;
	return 0;
}

#define ST_SORT SortStudents
#define ST_ELEMENT_TYPE Student
#define ST_COMPARE(a, b) CompareStudents(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * Take over the students of one group, and count them. Their weights are scaled by
 * the exponent of the largest: V does not change, and sums stay in range.
 */
static int64
CopyStudents(const WeightedSample *sample, bool focal, Student *students)
{
	const WeightedRow *rows = SampleRows(sample);
	double		largest = 0;
	int			exponent;
	int64		n = 0;

	for (int64 i = 0; i < sample->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (IsFocal(&rows[i]) == focal)
			largest = Max(largest, fabs(rows[i].weight));
	}
	(void) frexp(largest, &exponent);
	for (int64 i = 0; i < sample->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (IsFocal(&rows[i]) != focal)
			continue;
		students[n].score = rows[i].score;
		students[n].focal = focal;
		students[n].weight = ldexp(fabs(rows[i].weight), -exponent);
		n++;
	}
	return n;
}

/*
 * The weight of the pairs in which focal is above, and of those in which it is
 * below, ties by half to each. Both are sums of their own, so that neither loses
 * its digits where it is small.
 */
static void
WeighPairs(const Student *students, int64 n, double *above, double *under)
{
	Sum			focal_below = {0, 0};
	Sum			reference_below = {0, 0};
	Sum			focal_above = {0, 0};
	Sum			focal_under = {0, 0};

	for (int64 i = 0; i < n;)
	{
		double		score = students[i].score;
		Sum			focal = {0, 0};
		Sum			reference = {0, 0};

		CHECK_FOR_INTERRUPTS();
		for (; i < n && students[i].score == score; i++)
			AddTo(students[i].focal ? &focal : &reference, students[i].weight);
		AddTo(&focal_above, Total(focal) * (Total(reference_below) + Total(reference) / 2));
		AddTo(&focal_under, Total(reference) * (Total(focal_below) + Total(focal) / 2));
		AddTo(&focal_below, Total(focal));
		AddTo(&reference_below, Total(reference));
	}
	*above = Total(focal_above);
	*under = Total(focal_under);
}

/* weighted_v_gap(sample), and the final function of weighted_v_gap(score, is_focal, weight) */
PG_FUNCTION_INFO_V1(weighted_v_gap);
Datum
weighted_v_gap(PG_FUNCTION_ARGS)
{
	const WeightedSample *sample = ArgumentSample(fcinfo, 0);
	Student    *students = palloc(sample->n * sizeof(Student));
	int64		n_focal = CopyStudents(sample, true, students);
	int64		n_reference = CopyStudents(sample, false, students + n_focal);
	const char *reason = NULL;
	double		above = NAN;
	double		under = NAN;
	double		v = NAN;
	ResultRow	row;

	if (n_focal == 0 || n_reference == 0)
		reason = REASON_N_LT_1;
	else
	{
		SortStudents(students, sample->n);
		WeighPairs(students, sample->n, &above, &under);
		if (above == 0 || under == 0)
			reason = REASON_COMPLETE_SEPARATION;
		else
			v = VFromOdds(above, under);
	}

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, n_focal);
	AddInt64(&row, n_reference);
	AddInt64(&row, sample->missing_focal);
	AddInt64(&row, sample->missing_reference);
	AddInt64(&row, sample->missing_group);
	AddFloat8(&row, above / (above + under));
	AddFloat8(&row, v);
	AddText(&row, reason);
	return EndResultRow(&row);
}
