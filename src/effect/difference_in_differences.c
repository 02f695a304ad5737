/*
 * difference_in_differences.c
 *		By how much more treated students changed than others.
 *
 * It is the effect of the treatment only if, without it, the treated would have changed as
 * much as the others did: parallel trends, which these data cannot show.
 *
 * The difference of changes is the contrast of four means, its standard error that of HC2
 * for the interaction of a regression (MacKinnon & White 1985), the degrees of freedom
 * those of Satterthwaite (1946). Of two groups there are eight means (Gruber 1994).
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/result_row.h"
#include "effect/cells.h"
#include "gap/mean_gap.h"

/* The difference between treated and others before (0), after (1), or in their changes (2) */
static TwoGroups
TreatedAndOthers(const OutcomeCell *cells, int period)
{
	const OutcomeCell *control = &cells[2 * period + CELL_PRE_CONTROL];
	const OutcomeCell *treated = &cells[2 * period + CELL_PRE_TREATED];

	return SummarizeMoments(&treated->moments, treated->n, &control->moments, control->n);
}

/* A contrast of gaps, and why it is undefined or without a test */
static TTest
TestEffect(const TwoGroups *gaps, int n_gaps, double confidence)
{
	TTest		test = {UndefinedEstimate(NULL), NAN, NAN, NAN};
	int64		fewest = PG_INT64_MAX;

	for (int i = 0; i < n_gaps; i++)
		fewest = Min(fewest, Min(gaps[i].n_focal, gaps[i].n_reference));
	if (fewest < 1)
	{
		test.difference.reason = REASON_EMPTY_CELL;
		return test;
	}
	test = TestContrast(gaps, n_gaps, confidence);
	if (fewest < 2)
	{
		double		estimate = test.difference.estimate;

		test = (TTest) {UndefinedEstimate(REASON_N_LT_2), NAN, NAN, NAN};
		test.difference.estimate = estimate;
	}
	else if (test.difference.se == 0 && isnan(test.df))
		test.difference.reason = REASON_ZERO_VARIANCE;
	return test;
}

/* Add df, t and p_value */
static void
AddTest(ResultRow *row, const TTest *test)
{
	AddFloat8(row, test->df);
	AddFloat8(row, test->t);
	AddFloat8(row, test->p_value);
}

/* The row of difference_in_differences: the gap before, and the effect */
static Datum
EffectRow(FunctionCallInfo fcinfo, const OutcomeCells *cells, const TTest *pre, const TTest *effect)
{
	ResultRow	row;

	BeginResultRow(&row, fcinfo);
	for (int i = 0; i < N_CELLS; i++)
		AddInt64(&row, cells->cells[i].n);
	for (int i = 0; i < N_CELLS; i++)
		AddInt64(&row, cells->cells[i].missing);
	AddInt64(&row, cells->missing_group);
	for (int i = 0; i < N_CELLS; i++)
		AddFloat8(&row, cells->cells[i].n == 0 ? NAN : MomentsMean(&cells->cells[i].moments, cells->cells[i].n));
	AddEstimate(&row, pre->difference);
	AddEstimate(&row, effect->difference);
	AddTest(&row, effect);
	AddText(&row, effect->difference.reason != NULL ? effect->difference.reason : pre->difference.reason);
	return EndResultRow(&row);
}

/* Final function of difference_in_differences(outcome, is_treated, is_post [, confidence]) */
PG_FUNCTION_INFO_V1(difference_in_differences_final);
Datum
difference_in_differences_final(PG_FUNCTION_ARGS)
{
	const OutcomeCells *cells = FinalCells(fcinfo, N_CELLS);
	double		confidence = CellsConfidence(cells);
	TwoGroups	gaps[] = {TreatedAndOthers(cells->cells, 1), TreatedAndOthers(cells->cells, 0)};
	TTest		pre = TestEffect(&gaps[1], 1, confidence);
	TTest		effect = TestEffect(gaps, 2, confidence);

	return EffectRow(fcinfo, cells, &pre, &effect);
}

/* Final function of difference_in_differences(earlier, later, is_treated [, confidence]) */
PG_FUNCTION_INFO_V1(difference_in_differences_final_paired);
Datum
difference_in_differences_final_paired(PG_FUNCTION_ARGS)
{
	const OutcomeCells *cells = FinalCells(fcinfo, N_CELLS_PAIRED);
	double		confidence = CellsConfidence(cells);
	TwoGroups	gap = TreatedAndOthers(cells->cells, 0);
	TwoGroups	changes = TreatedAndOthers(cells->cells, 2);
	TTest		pre = TestEffect(&gap, 1, confidence);
	TTest		effect = TestEffect(&changes, 1, confidence);

	return EffectRow(fcinfo, cells, &pre, &effect);
}

/* Final function of triple_difference(outcome, is_treated, is_post, is_focal [, confidence]) */
PG_FUNCTION_INFO_V1(triple_difference_final);
Datum
triple_difference_final(PG_FUNCTION_ARGS)
{
	const OutcomeCells *cells = FinalCells(fcinfo, N_CELLS_TWO_GROUPS);
	double		confidence = CellsConfidence(cells);
	const OutcomeCell *groups[] = {cells->cells + N_CELLS, cells->cells};	/* focal, reference */
	TwoGroups	gaps[4];
	TTest		effects[2];
	TTest		difference;
	const char *reason;
	ResultRow	row;

	for (int g = 0; g < 2; g++)
	{
		gaps[2 * g] = TreatedAndOthers(groups[g], 1);
		gaps[2 * g + 1] = TreatedAndOthers(groups[g], 0);
		effects[g] = TestEffect(&gaps[2 * g], 2, confidence);
	}
	difference = TestEffect(gaps, 4, confidence);
	reason = difference.difference.reason;

	BeginResultRow(&row, fcinfo);
	for (int g = 0; g < 2; g++)
	{
		for (int i = 0; i < N_CELLS; i++)
			AddInt64(&row, groups[g][i].n);
	}
	for (int g = 0; g < 2; g++)
	{
		int64		missing = 0;

		for (int i = 0; i < N_CELLS; i++)
			missing = AddCounts(missing, groups[g][i].missing);
		AddInt64(&row, missing);
	}
	AddInt64(&row, cells->missing_group);
	for (int g = 0; g < 2; g++)
	{
		AddEstimate(&row, effects[g].difference);
		if (reason == NULL)
			reason = effects[g].difference.reason;
	}
	AddEstimate(&row, difference.difference);
	AddTest(&row, &difference);
	AddText(&row, reason);
	return EndResultRow(&row);
}
