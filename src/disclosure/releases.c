/*
 * releases.c
 *		What releases say together that follow one another over the same children.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "disclosure/facts.h"
#include "miscadmin.h"

/* Cells in the order of all dimensions but one, and then of that one */
typedef struct ReleaseOrder
{
	const Cells *cells;
	int			over;
} ReleaseOrder;

/* The order of two cells by all dimensions but that of the releases */
static int
CompareOthers(const ReleaseOrder *order, int a, int b)
{
	const int32 *members_a = MembersOf(order->cells, a);
	const int32 *members_b = MembersOf(order->cells, b);

	for (int i = 0; i < order->cells->description->n_dimensions; i++)
	{
		if (i != order->over && members_a[i] != members_b[i])
			return members_a[i] < members_b[i] ? -1 : 1;
	}
	return 0;
}

static int
CompareReleases(const void *a, const void *b, void *arg)
{
	const ReleaseOrder *order = arg;
	int			compared = CompareOthers(order, *(const int32 *) a, *(const int32 *) b);

	return compared != 0 ? compared :
		MembersOf(order->cells, *(const int32 *) a)[order->over] - MembersOf(order->cells, *(const int32 *) b)[order->over];
}

/* Those who are counted in the smaller release are in the larger one, too. */
static void
StateGrowth(Facts *facts, int smaller, int larger, Source source)
{
	Statement	growth = {0};
	Bounds		bounds = {.has_lower = true,.divisor = 1};

	Add(&growth, facts, source.quantity, larger, 1);
	Add(&growth, facts, source.quantity, smaller, -1);
	StateBetween(facts, &growth, bounds, source);
}

/* The scores of those who are in the larger release only are an unknown of their own. */
static void
StateDifference(Facts *facts, int smaller, int larger, Source source)
{
	const Measure *measure = &facts->cells->description->measures[source.number];
	const Quantity *of = &facts->quantities[facts->quantities[source.quantity].of];
	Unknown		scores = {
		.is_whole = !measure->is_real,
		.upper = NO_UPPER_BOUND,
		.width = WidthInSteps(facts, &facts->quantities[source.quantity])
	};
	Holder		holder = {source.quantity, source.cell, source.other};
	Statement	difference = {0};

	Add(&difference, facts, source.quantity, larger, 1);
	Add(&difference, facts, source.quantity, smaller, -1);
	if (of->unknown[smaller] == KNOWN && of->unknown[larger] == KNOWN)
	{
		int64		n = of->known[larger] - of->known[smaller];

		if (n < 0)
		{
			AddRemark(facts, REMARK_CONTRADICTION, source, NULL);
			return;
		}
		if (n == 0)
		{
			StateSum(facts, &difference, 0, source);
			return;
		}
		if (measure->has_lowest)
			scores.lower = n * measure->lowest;
		if (measure->has_highest)
			scores.upper = n * measure->highest;
	}
	scores.rule_lower = scores.lower;
	scores.rule_upper = scores.upper;
	difference.unknowns[difference.n] = AddUnknown(facts, scores, holder);
	difference.coefficients[difference.n++] = -1;
	source.kind = FROM_DIFFERENCE;
	StateSum(facts, &difference, 0, source);
}

/* What two releases that follow one another say of the same group */
static void
StateStep(Facts *facts, int which, int earlier, int later)
{
	const Measure *measure = &facts->cells->description->measures[which];
	Source		source = {FROM_RELEASES, which, facts->quantity_of[which], earlier, later};
	int			smaller = measure->is_leaving ? later : earlier;
	int			larger = measure->is_leaving ? earlier : later;

	if (measure->kind == MEASURE_MEAN)
		StateDifference(facts, smaller, larger, source);
	else
		StateGrowth(facts, smaller, larger, source);
}

/*
 * StateReleases
 *		Where nobody leaves, or nobody joins, from one release to the next.
 */
void
StateReleases(Facts *facts, int which)
{
	Cells	   *cells = facts->cells;
	const Measure *measure = &cells->description->measures[which];
	ReleaseOrder order = {cells, measure->over};
	int32	   *sorted;

	if (measure->over == NONE)
		return;
	sorted = palloc_extended(sizeof(int32) * cells->n_cells, MCXT_ALLOC_HUGE);
	for (int cell = 0; cell < cells->n_cells; cell++)
	{
		sorted[cell] = cell;
		if (MembersOf(cells, cell)[measure->over] == TOTAL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("cells: %s has a row without its %s", CellName(cells, cell),
							cells->description->dimensions[measure->over].name),
					 errhint("Measure \"%s\" is said to go from one %s to the next.", measure->name,
							 cells->description->dimensions[measure->over].name)));
	}
	qsort_arg(sorted, cells->n_cells, sizeof(int32), CompareReleases, &order);
	for (int i = 1; i < cells->n_cells; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (CompareOthers(&order, sorted[i - 1], sorted[i]) == 0)
			StateStep(facts, which, sorted[i - 1], sorted[i]);
	}
	pfree(sorted);
}
