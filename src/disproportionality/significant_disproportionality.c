/*
 * significant_disproportionality.c
 *		Significant disproportionality by race and ethnicity in special
 *		education: 34 CFR 300.646 and 300.647 (81 FR 92376, 2016-12-19).
 *
 * The partition is a State: rows (lea, group, x, n) of one year and category,
 * x children with the outcome among n.  Each row is answered from its LEA's
 * other groups and from the State's.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/count.h"
#include "base/reason.h"
#include "base/result_row.h"
#include "disproportionality/exact.h"
#include "miscadmin.h"
#include "rate/group.h"
#include "rate/proportion.h"
#include "rate/rate_gap.h"
#include "utils/memutils.h"

enum
{
	ARG_LEA,
	ARG_GROUP,
	ARG_X,
	ARG_N,
	ARG_THRESHOLD,
	ARG_MIN_CELL,
	ARG_MIN_N,
	ARG_STATE
};


/* A group of children in an LEA, and what it is compared with. */
typedef struct LeaGroup
{
	Group		group;
	Comparison	lea;			/* all groups of the LEA */
	Comparison	others;			/* the LEA's other groups */
	Comparison	state_others;	/* the State's other groups */
	double		weighted_risk_ratio;	/* NaN where undefined */
	const char *weighted_reason;	/* why it is, or NULL */
	int64		n_missing_group;	/* children of the LEA in rows without a group */
} LeaGroup;

/* All of them. */
typedef struct StatePartition
{
	int64		n_rows;			/* 0 until it is read */
	LeaGroup	groups[FLEXIBLE_ARRAY_MEMBER];
} StatePartition;

/* The State, group by group. */
typedef struct State
{
	bool		known;
	Comparison	all;
	Comparison *groups;			/* by number of the group */
	int			n_present;		/* groups with anybody in them */
} State;

/* What a row is in: numbers of its LEA and its group. */
typedef struct Cell
{
	int			lea;
	int			group;
	int64		row;
} Cell;

static StatePartition *ReadStatePartition(FunctionCallInfo fcinfo);
static void FillStatePartition(FunctionCallInfo fcinfo, StatePartition *partition);
static int	CompareCells(const void *a, const void *b);
static void AddTo(Comparison *sum, const Group *group);
static void CompareLea(StatePartition *partition, const Cell *cells, int64 n_cells,
					   int64 n_missing_group, const State *state);
static void SetWeightedRiskRatio(StatePartition *partition, const Cell *cells, int64 n_cells,
								 int64 current, const State *state);
static const char *UndefinedReason(const LeaGroup *row);
static void AddDecision(ResultRow *result, FunctionCallInfo fcinfo, const LeaGroup *row);
static bool IsLargeEnough(Comparison comparison, int64 min_cell, int64 min_n);
static int64 MinimumArg(FunctionCallInfo fcinfo, int argno, const char *name);

/*
 * significant_disproportionality(lea, group, x, n, threshold, min_cell, min_n,
 *								  state) OVER (...)
 */
PG_FUNCTION_INFO_V1(significant_disproportionality);
Datum
significant_disproportionality(PG_FUNCTION_ARGS)
{
	StatePartition *partition = ReadStatePartition(fcinfo);
	const LeaGroup *row = &partition->groups[WinGetCurrentPosition(PG_WINDOW_OBJECT())];
	const Group *group = &row->group;
	ResultRow	result;

	if (group->reason)
		return ReasonRow(fcinfo, group->reason);

	BeginResultRow(&result, fcinfo);
	AddFloat8(&result, Rate(group->x, group->n));
	AddFloat8(&result, Rate(row->others.x, row->others.n));
	AddFloat8(&result, RatioOfRates(group->x, group->n, row->others.x, row->others.n));
	AddFloat8(&result, Rate(row->state_others.x, row->state_others.n));
	AddFloat8(&result, RatioOfRates(group->x, group->n, row->state_others.x, row->state_others.n));
	AddFloat8(&result, row->weighted_risk_ratio);
	AddFloat8(&result, Rate(group->x, row->lea.x));
	AddFloat8(&result, Rate(group->n, row->lea.n));
	AddFloat8(&result, RatioOfRates(group->x, group->n, row->lea.x, row->lea.n));
	AddFloat8(&result, RelativeDifferencePercent(group->x, group->n, row->lea.x, row->lea.n));
	AddDecision(&result, fcinfo, row);
	AddInt64(&result, row->n_missing_group);
	AddText(&result, UndefinedReason(row));
	return EndResultRow(&result);
}

/* The partition, read at its first row. */
static StatePartition *
ReadStatePartition(FunctionCallInfo fcinfo)
{
	StatePartition *partition = PartitionMemory(fcinfo, offsetof(StatePartition, groups),
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

/* Read the rows, add up the State, and compare each group. */
static void
FillStatePartition(FunctionCallInfo fcinfo, StatePartition *partition)
{
	KeyColumn	leas;
	KeyColumn	groups;
	State		state = {0};
	Cell	   *cells = palloc(partition->n_rows * sizeof(Cell));
	int64		n_cells = 0;
	int64	   *n_missing_group;
	int			state_lea;

	ReadKeyColumn(fcinfo, ARG_LEA, &leas);
	ReadKeyColumn(fcinfo, ARG_GROUP, &groups);
	n_missing_group = palloc0((leas.n_keys + 1) * sizeof(int64));
	state.groups = palloc0((groups.n_keys + 1) * sizeof(Comparison));

	state_lea = FindKeyOfRow(fcinfo, ARG_STATE, 0, &leas);
	state.known = state_lea == KEY_NULL ? leas.n_keys > 1 : state_lea >= 0;

	for (int64 row = 0; row < partition->n_rows; row++)
	{
		Group	   *group = &partition->groups[row].group;
		Cell		cell = {leas.keys[row], groups.keys[row], row};

		CHECK_FOR_INTERRUPTS();
		if (FindKeyOfRow(fcinfo, ARG_STATE, row, &leas) != state_lea)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("state must be the same in all rows of a partition")));
		ReadGroup(fcinfo, ARG_X, row, group);
		if (cell.lea < 0)
			group->reason = REASON_MISSING_LEA;
		else if (cell.group < 0)
		{
			group->reason = REASON_MISSING_GROUP;
			n_missing_group[cell.lea] = AddCounts(n_missing_group[cell.lea], group->n);
		}
		if (group->reason)
			continue;

		cells[n_cells++] = cell;
		if (state_lea == KEY_NULL || state_lea == cell.lea)
			AddTo(&state.groups[cell.group], group);
	}

	for (int key = 0; key < groups.n_keys; key++)
	{
		state.all.x = AddCounts(state.all.x, state.groups[key].x);
		state.all.n = AddCounts(state.all.n, state.groups[key].n);
		state.n_present += state.groups[key].n > 0;
	}

	qsort(cells, n_cells, sizeof(Cell), CompareCells);
	for (int64 first = 0, last; first < n_cells; first = last)
	{
		for (last = first + 1; last < n_cells && cells[last].lea == cells[first].lea; last++)
			if (cells[last].group == cells[last - 1].group)
				ReportDuplicateGroup(KeyName(&groups, cells[last].group));
		CompareLea(partition, &cells[first], last - first,
				   n_missing_group[cells[first].lea], &state);
	}
}

/* qsort comparator: LEA by LEA, group by group. */
static int
CompareCells(const void *a, const void *b)
{
	const Cell *left = a;
	const Cell *right = b;

	if (left->lea != right->lea)
		return left->lea < right->lea ? -1 : 1;
	return (left->group > right->group) - (left->group < right->group);
}

/* Add a group to a sum of groups. */
static void
AddTo(Comparison *sum, const Group *group)
{
	sum->x = AddCounts(sum->x, group->x);
	sum->n = AddCounts(sum->n, group->n);
}

/* Compare each group of an LEA with the LEA's other groups and with the State's. */
static void
CompareLea(StatePartition *partition, const Cell *cells, int64 n_cells,
		   int64 n_missing_group, const State *state)
{
	Comparison	lea = {0, 0};

	for (int64 i = 0; i < n_cells; i++)
		AddTo(&lea, &partition->groups[cells[i].row].group);

	for (int64 i = 0; i < n_cells; i++)
	{
		LeaGroup   *row = &partition->groups[cells[i].row];
		const Comparison *in_state = &state->groups[cells[i].group];

		CHECK_FOR_INTERRUPTS();
		row->n_missing_group = n_missing_group;
		row->lea = lea;
		row->others.x = lea.x - row->group.x;
		row->others.n = lea.n - row->group.n;
		if (state->known)
		{
			row->state_others.x = state->all.x - in_state->x;
			row->state_others.n = state->all.n - in_state->n;
		}
		SetWeightedRiskRatio(partition, cells, n_cells, i, state);
	}
}

/*
 * Weighted risk ratio (Westat; Bollmer et al. 2007): the LEA's risks, the
 * other groups weighted by their shares of the State,
 * (1 - p_i) R_i / sum over the others of p_j R_j.
 *
 * Added up in order of the groups, so that the order of rows does not matter.
 */
static void
SetWeightedRiskRatio(StatePartition *partition, const Cell *cells, int64 n_cells,
					 int64 current, const State *state)
{
	LeaGroup   *row = &partition->groups[cells[current].row];
	int64		n_state = state->groups[cells[current].group].n;
	int			n_missing = state->n_present - (n_state > 0);
	double		sum = 0;

	row->weighted_risk_ratio = NAN;
	if (!state->known)
	{
		row->weighted_reason = REASON_NO_STATE;
		return;
	}

	for (int64 i = 0; i < n_cells; i++)
	{
		const Group *other = &partition->groups[cells[i].row].group;
		int64		weight = state->groups[cells[i].group].n;

		if (i == current || weight == 0 || other->n == 0)
			continue;
		sum += weight * Rate(other->x, other->n);
		n_missing--;
	}

	if (n_missing > 0)
		row->weighted_reason = REASON_MISSING_RISK;
	else if (sum == 0)
		row->weighted_reason = REASON_ZERO_REFERENCE;
	else
		row->weighted_risk_ratio = (state->all.n - n_state) * Rate(row->group.x, row->group.n) / sum;
}

/* Why one of the ratios is undefined, or NULL. */
static const char *
UndefinedReason(const LeaGroup *row)
{
	if (row->group.n == 0)
		return REASON_N_LT_1;
	if (row->others.n == 0)
		return REASON_NO_COMPARISON;
	if (row->others.x == 0)
		return REASON_ZERO_REFERENCE;
	if (row->weighted_reason)
		return row->weighted_reason;
	return row->state_others.x == 0 ? REASON_ZERO_STATE_REFERENCE : NULL;
}

/*
 * The decision of 300.647: which ratio applies, whether it exceeds the
 * threshold, and why.
 */
static void
AddDecision(ResultRow *result, FunctionCallInfo fcinfo, const LeaGroup *row)
{
	int64		min_cell = MinimumArg(fcinfo, ARG_MIN_CELL, "min_cell");
	int64		min_n = MinimumArg(fcinfo, ARG_MIN_N, "min_n");
	Comparison	comparison = {0, 0};
	const char *method = "risk_ratio";
	const char *why_not = NULL;
	Datum		threshold;
	bool		isnull;
	bool		exceeds;

	if (row->group.x < min_cell)
		why_not = "cell_lt_minimum";
	else if (row->group.n < Max(min_n, 1))
		why_not = "n_lt_minimum";
	else if (IsLargeEnough(row->others, min_cell, min_n))
		comparison = row->others;
	else if (IsLargeEnough(row->state_others, min_cell, min_n))
	{
		comparison = row->state_others;
		method = "alternate_risk_ratio";
	}
	else
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
	AddFloat8(result, RatioOfRates(row->group.x, row->group.n, comparison.x, comparison.n));
	threshold = WinGetFuncArgCurrent(PG_WINDOW_OBJECT(), ARG_THRESHOLD, &isnull);
	if (isnull)
	{
		AddNull(result);
		AddText(result, "no_threshold");
		return;
	}
	exceeds = Sign(ExcessOfRate(CheckedFactor(DatumGetNumeric(threshold), "threshold"),
								row->group.x, row->group.n, comparison.x, comparison.n)) < 0;
	AddBool(result, exceeds);
	AddText(result, exceeds ? "exceeds_threshold" : "within_threshold");
}

/* Does a comparison group reach the minimum cell and n sizes, and have a risk to divide by? */
static bool
IsLargeEnough(Comparison comparison, int64 min_cell, int64 min_n)
{
	return comparison.x >= Max(min_cell, 1) && comparison.n >= Max(min_n, 1);
}

/* A minimum size. */
static int64
MinimumArg(FunctionCallInfo fcinfo, int argno, const char *name)
{
	int64		minimum = DatumGetInt64(WindowArg(fcinfo, argno, name));

	CheckCount(minimum, name, "");
	return minimum;
}
