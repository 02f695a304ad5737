/*
 * significant_disproportionality.c
 *		Significant disproportionality by race and ethnicity in special
 *		education: 34 CFR 300.646 and 300.647 (81 FR 92376, 2016-12-19).
 *
 * The partition is a State: rows (lea, group, x, n) of one year and category,
 * x children with the outcome among n. Each row is answered from its LEA's
 * other groups and from the State's.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/count.h"
#include "base/reason.h"
#include "disproportionality/exact.h"
#include "miscadmin.h"
#include "rate/comparison.h"
#include "rate/group.h"
#include "utils/memutils.h"

enum
{
	SD_LEA,
	SD_GROUP,
	SD_X,
	SD_N,
	SD_THRESHOLD,
	SD_MIN_CELL,				/* the first of the options */
	SD_MIN_N,
	SD_STATE
};

/* A group of children in an LEA, and what it is compared with */
typedef struct LeaGroup
{
	Group		group;
	Proportion	lea;			/* all groups of the LEA */
	Proportion	state_others;	/* the State's other groups */
	double		weighted_risk_ratio;	/* NaN where undefined */
	const char *weighted_reason;	/* why it is, or NULL */
	int64		n_missing_group;	/* children of the LEA in rows without a group */
} LeaGroup;

/* All of them */
typedef struct StatePartition
{
	int64		n_rows;			/* 0 until it is read */
	LeaGroup	rows[FLEXIBLE_ARRAY_MEMBER];
} StatePartition;

/* The State, group by group */
typedef struct State
{
	bool		known;
	Proportion	everyone;
	Proportion *groups;			/* by number of the group */
	int			n_present;		/* groups with anybody in them */
} State;

/* What a row is in: numbers of its LEA and its group */
typedef struct Cell
{
	int			lea;
	int			group;
	int64		row;
} Cell;

/* The rows that count, LEA by LEA and group by group */
typedef struct Cells
{
	int64		n;
	Cell	   *cells;
	double	   *risks_after;	/* room for one number a cell */
} Cells;

/* Compare two cells by LEA and group */
static inline int
CompareCells(const Cell *a, const Cell *b)
{
	if (a->lea != b->lea)
		return a->lea < b->lea ? -1 : 1;
	return (a->group > b->group) - (a->group < b->group);
}

#define ST_SORT SortCells
#define ST_ELEMENT_TYPE Cell
#define ST_COMPARE(a, b) CompareCells(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Read the rows, and sort those that count; add up children without a group by LEA */
static Cells
ReadCells(FunctionCallInfo fcinfo, StatePartition *partition, const KeyColumn *leas,
		  const KeyColumn *groups, int64 *n_missing_group)
{
	Cells		result;

	result.n = 0;
	result.cells = palloc(partition->n_rows * sizeof(Cell));
	result.risks_after = palloc(partition->n_rows * sizeof(double));
	for (int64 row = 0; row < partition->n_rows; row++)
	{
		Group	   *group = &partition->rows[row].group;
		Cell		cell = {leas->keys[row], groups->keys[row], row};

		CHECK_FOR_INTERRUPTS();
		*group = ReadGroup(fcinfo, SD_X, row);
		if (cell.lea == KEY_NULL)
			group->reason = REASON_MISSING_LEA;
		else if (cell.group == KEY_NULL)
		{
			group->reason = REASON_MISSING_GROUP;
			n_missing_group[cell.lea] = AddCounts(n_missing_group[cell.lea], group->p.n);
		}
		if (group->reason == NULL)
			result.cells[result.n++] = cell;
	}
	SortCells(result.cells, result.n);
	return result;
}

/* Add up the State: its own rows, or else all of them */
static State
SumState(const StatePartition *partition, const Cells *cells, const KeyColumn *leas,
		 const KeyColumn *groups, int state_lea)
{
	State		state = {0};

	state.known = state_lea == KEY_NULL ? leas->n_keys > 1 : state_lea != KEY_NONE;
	state.groups = palloc0(groups->n_keys * sizeof(Proportion));
	for (int64 i = 0; i < cells->n; i++)
	{
		const Cell *cell = &cells->cells[i];

		CHECK_FOR_INTERRUPTS();
		if (state_lea == KEY_NULL || state_lea == cell->lea)
			AddTogether(&state.groups[cell->group], partition->rows[cell->row].group.p);
	}
	for (int key = 0; key < groups->n_keys; key++)
	{
		CHECK_FOR_INTERRUPTS();
		AddTogether(&state.everyone, state.groups[key]);
		state.n_present += state.groups[key].n > 0;
	}
	return state;
}

/*
 * The risk in a cell, weighted by the group's children in the State; false where
 * there is none.
 */
static bool
WeightedRisk(const StatePartition *partition, const Cell *cell, const State *state,
			 double *weighted_risk)
{
	int64		weight = state->groups[cell->group].n;
	Proportion	p = partition->rows[cell->row].group.p;

	*weighted_risk = 0;
	if (weight == 0 || p.n == 0)
		return false;
	*weighted_risk = weight * Rate(p);
	return true;
}

/*
 * Weighted risk ratios (Westat; Bollmer et al. 2007): the LEA's risks, the
 * other groups weighted by their shares of the State,
 * (1 - p_i) R_i / sum over the others of p_j R_j.
 *
 * That sum is of those before plus those after: from the sum of all, a large
 * group's own part would not come off without loss.
 */
static void
SetWeightedRiskRatios(StatePartition *partition, const Cell *cells, int64 n_cells,
					  const State *state, double *risks_after)
{
	double		after = 0;
	double		before = 0;
	int64		n_risks = 0;
	double		weighted_risk;

	for (int64 i = n_cells - 1; i >= 0; i--)
	{
		CHECK_FOR_INTERRUPTS();
		risks_after[i] = after;
		n_risks += WeightedRisk(partition, &cells[i], state, &weighted_risk);
		after += weighted_risk;
	}
	for (int64 i = 0; i < n_cells; i++)
	{
		LeaGroup   *row = &partition->rows[cells[i].row];
		int64		n_state = state->groups[cells[i].group].n;
		bool		has_risk = WeightedRisk(partition, &cells[i], state, &weighted_risk);
		double		others = before + risks_after[i];

		CHECK_FOR_INTERRUPTS();
		row->weighted_risk_ratio = NAN;
		if (!state->known)
			row->weighted_reason = REASON_NO_STATE;
		else if (n_risks - has_risk < state->n_present - (n_state > 0))
			row->weighted_reason = REASON_MISSING_RISK;
		else if (others == 0)
			row->weighted_reason = REASON_ZERO_REFERENCE;
		else
			row->weighted_risk_ratio = (state->everyone.n - n_state) * Rate(row->group.p) / others;
		before += weighted_risk;
	}
}

/* Compare each group of an LEA with the LEA's other groups and with the State's */
static void
CompareLea(StatePartition *partition, const Cell *cells, int64 n_cells,
		   int64 n_missing_group, const State *state)
{
	Proportion	lea = {0, 0};

	for (int64 i = 0; i < n_cells; i++)
	{
		CHECK_FOR_INTERRUPTS();
		AddTogether(&lea, partition->rows[cells[i].row].group.p);
	}
	for (int64 i = 0; i < n_cells; i++)
	{
		LeaGroup   *row = &partition->rows[cells[i].row];

		CHECK_FOR_INTERRUPTS();
		row->n_missing_group = n_missing_group;
		row->lea = lea;
		if (state->known)
			row->state_others = Others(state->everyone, state->groups[cells[i].group]);
	}
}

/* Refuse an LEA that holds the others, unless it is the State */
static void
RefuseTotalLeas(const KeyColumn *leas, int state_lea)
{
	for (int key = 0; key < leas->n_keys; key++)
	{
		char	   *name = PlainKeyName(leas, key);

		CHECK_FOR_INTERRUPTS();
		if (key != state_lea &&
			(IsTotal(name) || pg_strcasecmp(name, "state") == 0 || pg_strcasecmp(name, "statewide") == 0))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("LEA \"%s\" would count everybody twice", KeyName(leas, key)),
					 errhint("Leave it out, or name it with state => if its rows are the State's own counts.")));
		pfree(name);
	}
}

/* Read the rows, add up the State, and compare each group */
static void
FillStatePartition(FunctionCallInfo fcinfo, StatePartition *partition)
{
	KeyColumn	leas = ReadKeyColumn(fcinfo, SD_LEA);
	KeyColumn	groups = ReadKeyColumn(fcinfo, SD_GROUP);
	int64	   *n_missing_group = palloc0(leas.n_keys * sizeof(int64));
	int			state_lea;
	Cells		cells;
	State		state;

	RefuseTotals(&groups);
	CheckOptions(fcinfo, SD_MIN_CELL);
	state_lea = FindKeyOption(fcinfo, SD_STATE, &leas);
	RefuseTotalLeas(&leas, state_lea);
	cells = ReadCells(fcinfo, partition, &leas, &groups, n_missing_group);
	state = SumState(partition, &cells, &leas, &groups, state_lea);

	for (int64 first = 0, last; first < cells.n; first = last)
	{
		const Cell *lea = &cells.cells[first];

		for (last = first + 1; last < cells.n && cells.cells[last].lea == lea->lea; last++)
		{
			CHECK_FOR_INTERRUPTS();
			if (cells.cells[last].group == cells.cells[last - 1].group)
				ReportDuplicateGroup(&groups, cells.cells[last].group, AGGREGATE_OF_COUNTS);
		}
		CompareLea(partition, lea, last - first, n_missing_group[lea->lea], &state);
		SetWeightedRiskRatios(partition, lea, last - first, &state, cells.risks_after);
	}
}

/* The partition, read at its first row */
static StatePartition *
ReadStatePartition(FunctionCallInfo fcinfo)
{
	StatePartition *partition = PartitionMemory(fcinfo, offsetof(StatePartition, rows),
												sizeof(LeaGroup));

	if (partition->n_rows == 0)
	{
		MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "groups of a State",
													  ALLOCSET_DEFAULT_SIZES);
		MemoryContext caller = MemoryContextSwitchTo(scratch);

		partition->n_rows = WinGetPartitionRowCount(PG_WINDOW_OBJECT());
		FillStatePartition(fcinfo, partition);
		MemoryContextSwitchTo(caller);
		MemoryContextDelete(scratch);
	}
	return partition;
}

/* The LEA's other groups */
static Proportion
LeaOthers(const LeaGroup *row)
{
	return Others(row->lea, row->group.p);
}

/* Why one of the ratios is undefined, or NULL */
static const char *
UndefinedReason(const LeaGroup *row)
{
	if (row->group.p.n == 0)
		return REASON_N_LT_1;
	if (LeaOthers(row).n == 0)
		return REASON_NO_COMPARISON;
	if (LeaOthers(row).x == 0)
		return REASON_ZERO_REFERENCE;
	if (row->weighted_reason)
		return row->weighted_reason;
	return row->state_others.x == 0 ? REASON_ZERO_STATE_REFERENCE : NULL;
}

/* Does a comparison group reach the minimum cell and n sizes, and have a risk to divide by? */
static bool
IsLargeEnough(Proportion comparison, int64 min_cell, int64 min_n)
{
	return comparison.x >= Max(min_cell, 1) && comparison.n >= Max(min_n, 1);
}

/* Add the columns exceeds and decision: is the ratio above the threshold of the row? */
static void
AddComparisonWithThreshold(ResultRow *result, FunctionCallInfo fcinfo, Proportion group,
						   Proportion comparison)
{
	bool		isnull;
	Datum		threshold = WinGetFuncArgCurrent(PG_WINDOW_OBJECT(), SD_THRESHOLD, &isnull);
	bool		exceeds;

	if (isnull)
	{
		AddNull(result);
		AddText(result, "no_threshold");
		return;
	}
	exceeds = Sign(ExcessOfRate(CheckNonNegativeNumeric(DatumGetNumeric(threshold), "threshold"),
								group, comparison)) < 0;
	AddBool(result, exceeds);
	AddText(result, exceeds ? "exceeds_threshold" : "within_threshold");
}

/*
 * The decision of 300.647: which ratio applies, whether it exceeds the
 * threshold, and why.
 */
static void
AddDecision(ResultRow *result, FunctionCallInfo fcinfo, const LeaGroup *row)
{
	int64		min_cell = WindowCountOption(fcinfo, SD_MIN_CELL);
	int64		min_n = WindowCountOption(fcinfo, SD_MIN_N);
	Proportion	group = row->group.p;
	Proportion	comparison = LeaOthers(row);
	const char *method = "risk_ratio";
	const char *why_not = NULL;

	if (!IsLargeEnough(comparison, min_cell, min_n))
	{
		comparison = row->state_others;
		method = "alternate_risk_ratio";
	}
	if (group.x < min_cell)
		why_not = "cell_lt_minimum";
	else if (group.n < Max(min_n, 1))
		why_not = "n_lt_minimum";
	else if (!IsLargeEnough(comparison, min_cell, min_n))
		why_not = "comparison_lt_minimum";

	if (why_not)
	{
		AddText(result, "not_calculated");
		AddNull(result);
		AddNull(result);
		AddText(result, why_not);
		return;
	}
	AddText(result, method);
	AddFloat8(result, RatioOfRates(group, comparison));
	AddComparisonWithThreshold(result, fcinfo, group, comparison);
}

/*
 * significant_disproportionality(lea, group_name, x, n, threshold, min_cell, min_n,
 *								  state, require_state) OVER (...)
 */
PG_FUNCTION_INFO_V1(significant_disproportionality);
Datum
significant_disproportionality(PG_FUNCTION_ARGS)
{
	StatePartition *partition = ReadStatePartition(fcinfo);
	const LeaGroup *row = &partition->rows[WinGetCurrentPosition(PG_WINDOW_OBJECT())];
	Proportion	group = row->group.p;
	Proportion	others = LeaOthers(row);
	ResultRow	result;

	if (row->group.reason)
		return ReasonRow(fcinfo, row->group.reason);

	BeginResultRow(&result, fcinfo);
	AddFloat8(&result, Rate(group));
	AddFloat8(&result, Rate(others));
	AddFloat8(&result, RatioOfRates(group, others));
	AddFloat8(&result, Rate(row->state_others));
	AddFloat8(&result, RatioOfRates(group, row->state_others));
	AddFloat8(&result, row->weighted_risk_ratio);
	AddFloat8(&result, Share(group.x, row->lea.x));
	AddFloat8(&result, Share(group.n, row->lea.n));
	AddFloat8(&result, RatioOfRates(group, row->lea));
	AddFloat8(&result, RelativeDifferencePercent(group, row->lea));
	AddDecision(&result, fcinfo, row);
	AddInt64(&result, row->n_missing_group);
	AddText(&result, UndefinedReason(row));
	return EndResultRow(&result);
}
