/*
 * reason.h
 *		Why something is NULL: every reason that a row can give.
 *
 * doc/reason.md explains them to those who read them.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_REASON_H
#define GAPSTATS_REASON_H

/* Too few students, or units that they were sampled by */
#define REASON_N_LT_1				"n_lt_1"
#define REASON_N_LT_2				"n_lt_2"
#define REASON_N_TOO_SMALL			"n_too_small"
#define REASON_K_LT_2				"k_lt_2"
#define REASON_TOO_FEW_GROUPS		"too_few_groups"
#define REASON_TOO_FEW_STRATA		"too_few_strata"
#define REASON_EMPTY_CELL			"empty_cell"
#define REASON_TOO_FEW_VALUES		"too_few_values"
#define REASON_CATEGORIES_LT_3		"categories_lt_3"
#define REASON_EXTREME_PERCENTILE	"extreme_percentile"

/* Nothing varies, or nothing is there to divide by */
#define REASON_ZERO_VARIANCE		"zero_variance"
#define REASON_ZERO_REFERENCE		"zero_reference"
#define REASON_ZERO_STATE_REFERENCE	"zero_state_reference"
#define REASON_ZERO_FOCAL			"zero_focal"
#define REASON_ZERO_CELL			"zero_cell"
#define REASON_ZERO_TOTAL			"zero_total"
#define REASON_ZERO_VALUE			"zero_value"
#define REASON_SHARE_0_OR_1			"share_0_or_1"
#define REASON_ONE_YEAR				"one_year"
#define REASON_ONE_GROUP			"one_group"

/* Something is there to divide by, but next to nothing */
#define REASON_OUT_OF_RANGE			"out_of_range"

/* A row lacks what it would be compared by */
#define REASON_MISSING_GROUP		"missing_group"
#define REASON_MISSING_COUNT		"missing_count"
#define REASON_MISSING_LEA			"missing_lea"
#define REASON_MISSING_RISK			"missing_risk"
#define REASON_MISSING_ESTIMATE		"missing_estimate"
#define REASON_MISSING_CUT			"missing_cut"
#define REASON_MISSING_FRACTION		"missing_fraction"
#define REASON_MISSING_DAYS			"missing_days"
#define REASON_MISSING_PRIOR		"missing_prior"
#define REASON_NO_STATE				"no_state"
#define REASON_NO_SCALE				"no_scale"
#define REASON_NO_COMPARISON		"no_comparison"
#define REASON_IS_REFERENCE			"is_reference"
#define REASON_OVERLAP				"overlap"
#define REASON_DISJOINT_LOOKS		"disjoint_looks"

/* The model has no answer for such data */
#define REASON_COMPLETE_SEPARATION	"complete_separation"
#define REASON_NO_MAXIMUM			"no_maximum"
#define REASON_NO_OVERDISPERSION	"no_overdispersion"
#define REASON_NO_INTERIOR_CUT		"no_interior_cut"
#define REASON_EMPTY_FOCAL_CATEGORY	"empty_focal_category"
#define REASON_SINGULAR_DESIGN		"singular_design"
#define REASON_SINGULAR_INFORMATION	"singular_information"
#define REASON_CONSTANT_COVARIATE	"constant_covariate"
#define REASON_COLLINEAR_COVARIATE	"collinear_covariate"
#define REASON_LEVERAGE_1			"leverage_1"

/* A student's year leaves no room */
#define REASON_ALREADY_CHRONIC		"already_chronic"
#define REASON_NOT_THIS_YEAR		"not_this_year"
#define REASON_NOT_YET_ENROLLED		"not_yet_enrolled"
#define REASON_TOO_FEW_DAYS			"too_few_days"

/* Not a lack: what else is to be known of the numbers */
#define REASON_COARSE				"coarse"
#define REASON_TAU2_ZERO			"tau2_zero"
#define REASON_FEW_VALUES			"few_values"
#define REASON_SMALL_EXPECTED		"small_expected"
#define REASON_EXACT_NOT_COMPUTED	"exact_not_computed"

#endif							/* GAPSTATS_REASON_H */
