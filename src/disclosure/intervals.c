/*
 * intervals.c
 *		What a printed confidence interval, or an odds ratio, says of the numbers behind it.
 *
 * It is printed with few decimals, but it is of few counts: all that print the same are tried one by one.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/confidence.h"
#include "base/rmath.h"
#include "disclosure/facts.h"
#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "rate/comparison.h"

/* Students that a group is tried with whose n is hidden */
#define MAX_HIDDEN_N 400

/* Pairs of counts that are tried; with more, little is lost by trying none */
#define MAX_TRIED 1000000

/* The bounds as they were printed, in units of the last decimal; of an odds ratio both are itself */
typedef struct Printed
{
	int64		lower;
	int64		upper;
	double		scale;			/* 10^decimals, times 100 of percents */
} Printed;

/* Counts that were found to fit, from the least to the most */
typedef struct Found
{
	int64		n_found;
	int64		least[2];
	int64		most[2];
} Found;

/* Whether a bound prints as it was printed, whichever way halves are rounded */
static bool
PrintsAs(double bound, int64 printed, double scale)
{
	return fabs(bound * scale - printed) <= 0.5 + 1e-9 * Max(1, fabs(bound * scale));
}

static bool
BothPrint(double lower, double upper, const Printed *printed)
{
	return PrintsAs(lower, printed->lower, printed->scale) && PrintsAs(upper, printed->upper, printed->scale);
}

static void
AddFound(Found *found, int64 a, int64 b)
{
	int64		counts[2] = {a, b};

	for (int i = 0; i < 2; i++)
	{
		found->least[i] = found->n_found == 0 ? counts[i] : Min(found->least[i], counts[i]);
		found->most[i] = found->n_found == 0 ? counts[i] : Max(found->most[i], counts[i]);
	}
	found->n_found++;
}

/* What was found of a quantity in a cell is a fact. */
static void
StateFound(Facts *facts, int quantity, int cell, int64 least, int64 most, Source source)
{
	Statement	count = {0};
	Bounds		bounds = {.has_lower = true,.has_upper = true,.lower = least,.upper = most,.divisor = 1};

	if (IsKnown(facts, quantity, cell))
		return;
	Add(&count, facts, quantity, cell, 1);
	StateBetween(facts, &count, bounds, source);
}

/* What a quantity can be in a cell: what it is where it is known, else from 0 to most */
static void
Possible(const Facts *facts, int quantity, int cell, int64 *least, int64 *most)
{
	if (!IsKnown(facts, quantity, cell))
		*least = 0;
	else
		*least = *most = facts->quantities[quantity].known[cell];
}

static bool
IsCount(const Facts *facts, int quantity)
{
	const Quantity *q = &facts->quantities[quantity];

	return !q->is_real && q->step == 1 && q->decimals == 0;
}

/* ---- one group ---- */

/* The bounds of the interval of x of n */
static bool
BoundsOfRate(const Measure *measure, int64 x, int64 n, double critical, double *lower, double *upper)
{
	double		p = (double) x / n;

	if (measure->method == INTERVAL_WILSON)
	{
		ScoreBounds bounds = GetScoreBounds(p, (double) (n - x) / n, n, critical);

		*lower = bounds.lower;
		*upper = bounds.upper;
		return true;
	}
	if (n < 2)
		return false;
	*lower = p - critical * sqrt(p * (1 - p) / (n - 1));
	*upper = p + critical * sqrt(p * (1 - p) / (n - 1));
	return true;
}

/* What the standard error is multiplied by */
static double
Critical(const Measure *measure, int64 n)
{
	if (measure->method != INTERVAL_T)
		return TwoSidedZ(measure->confidence);
	return n < 2 ? 0 : qt(0.5 + measure->confidence / 2, n - 1, true, false);
}

/* All x of n that print so */
static Found
ListRates(const Facts *facts, const Measure *measure, const Printed *printed, int quantity, int cell)
{
	Found		found = {0};
	int64		least_n = 0;
	int64		most_n = MAX_HIDDEN_N;

	Possible(facts, QuantityOfN(facts, measure), cell, &least_n, &most_n);
	for (int64 n = Max(least_n, 1); n <= most_n; n++)
	{
		double		critical = Critical(measure, n);
		int64		least = 0;
		int64		most = n;

		CHECK_FOR_INTERRUPTS();
		Possible(facts, quantity, cell, &least, &most);
		for (int64 x = least; x <= Min(most, n); x++)
		{
			double		lower;
			double		upper;

			if (BoundsOfRate(measure, x, n, critical, &lower, &upper) && BothPrint(lower, upper, printed))
				AddFound(&found, x, n);
		}
	}
	return found;
}

static void
StateIntervalOfRate(Facts *facts, const Measure *measure, const Printed *printed, Source source)
{
	int			of = QuantityOfN(facts, measure);
	bool		is_n_known = IsKnown(facts, of, source.cell);
	Found		found;

	if (!IsCount(facts, source.quantity) || !IsCount(facts, of) ||
		(is_n_known && facts->quantities[of].known[source.cell] > MAX_TRIED))
	{
		AddRemark(facts, REMARK_LEFT_OUT, source, "there are too many numbers that it could be of");
		return;
	}
	found = ListRates(facts, measure, printed, source.quantity, source.cell);
	if (found.n_found == 0 && is_n_known)
		AddRemark(facts, REMARK_CONTRADICTION, source, NULL);
	else if (found.n_found == 0)
		AddRemark(facts, REMARK_LEFT_OUT, source, "no n up to 400 prints so");
	else
	{
		StateFound(facts, source.quantity, source.cell, found.least[0], found.most[0], source);
		StateFound(facts, of, source.cell, found.least[1], found.most[1], source);
	}
}

/* What the middle of an interval is */
static Bounds
Middle(const Printed *printed)
{
	return (Bounds) {
		.has_lower = true,
		.has_upper = true,
		.lower = (int128) printed->lower + printed->upper - 1,
		.upper = (int128) printed->lower + printed->upper + 1,
		.divisor = 2 * (int128) printed->scale
	};
}

/* The middle of the interval of a mean is the mean, its width goes by n and the standard deviation. */
static void
StateIntervalOfMean(Facts *facts, const Measure *measure, const Printed *printed, Source source)
{
	int			n_quantity = QuantityOfN(facts, measure);
	const Quantity *sum = &facts->quantities[source.quantity];
	const Quantity *of = &facts->quantities[n_quantity];
	Found		found = {0};
	Statement	points = {0};
	Bounds		bounds = Middle(printed);
	Number		sd;

	if (IsKnown(facts, n_quantity, source.cell))
	{
		int128		n = of->known[source.cell] * (int128) of->step * PowerOf10(sum->decimals);

		bounds.lower *= n;
		bounds.upper *= n;
		Add(&points, facts, source.quantity, source.cell, sum->step * PowerOf10(of->decimals));
		StateBetween(facts, &points, bounds, source);
		return;
	}
	sd = NumberOf(facts->cells, measure->sd_field == NONE ? measure->field : measure->sd_field, source.cell);
	if (measure->sd_field == NONE || sd.said != SHOWN || !IsCount(facts, n_quantity))
	{
		AddRemark(facts, REMARK_LEFT_OUT, source, "its n is hidden, and its standard deviation too");
		return;
	}
	for (int64 n = 2; n <= MAX_HIDDEN_N; n++)
	{
		double		factor = 2 * Critical(measure, n) / sqrt(n);
		double		sd_unit = pow(10, -sd.decimals);
		double		width = (printed->upper - printed->lower) / printed->scale;

		/* each of the two bounds, and the standard deviation, may be off by a half */
		if (fabs(factor * sd.value * sd_unit - width) <= 1 / printed->scale + factor * sd_unit / 2 + 1e-9)
			AddFound(&found, n, n);
	}
	if (found.n_found == 0)
		AddRemark(facts, REMARK_LEFT_OUT, source, "no n up to 400 prints so");
	else
		StateFound(facts, n_quantity, source.cell, found.least[0], found.most[0], source);
}

/* ---- two groups ---- */

/* The focal and the reference group of a comparison of rates, and what their numerators can be */
typedef struct Groups
{
	int			cells[2];
	int			unknowns[2];	/* their numerators, or KNOWN */
	int64		n[2];
	int64		least[2];
	int64		most[2];
	List	   *facts;			/* about them, where both are hidden, and about nothing else */
	int			total;			/* the cell that they are the rest of, where it is shown; or NONE */
} Groups;

/* Whether a fact is about unknowns of a pair only */
static bool
IsOfPair(const Fact *fact, const int unknowns[2])
{
	for (int i = 0; i < fact->n_terms; i++)
	{
		if (fact->terms[i].unknown != unknowns[0] && fact->terms[i].unknown != unknowns[1])
			return false;
	}
	return true;
}

/* What is published of two hidden numerators together, and of each */
static void
FindFactsOfPair(const Facts *facts, Groups *groups)
{
	for (int i = 0; i < facts->system.n_facts; i++)
	{
		Fact	   *fact = &facts->system.facts[i];

		if (!IsOfPair(fact, groups->unknowns))
			continue;
		groups->facts = lappend(groups->facts, fact);
		if (fact->n_terms == 2 && facts->sources[i].kind == FROM_LINE)
			groups->total = facts->sources[i].cell;
	}
}

/* Whether a fact about a pair is so of two numbers */
static bool
Holds(const Fact *fact, const int unknowns[2], const int64 numbers[2])
{
	int128		sum = 0;

	for (int i = 0; i < fact->n_terms; i++)
		sum += (int128) fact->terms[i].coefficient * numbers[fact->terms[i].unknown == unknowns[0] ? 0 : 1];
	return (fact->lower == NO_LOWER_BOUND || sum > fact->lower || (sum == fact->lower && !fact->lower_is_open)) &&
		(fact->upper == NO_UPPER_BOUND || sum < fact->upper || (sum == fact->upper && !fact->upper_is_open));
}

/* The two groups of a number; false, with a remark, if there are none, or too many numerators to try */
static bool
FindNumerators(Facts *facts, const Measure *measure, Source source, Groups *groups)
{
	int			quantity = source.quantity;
	int			of = QuantityOfN(facts, measure);
	double		n_tried = 1;

	if (!FindGroups(facts, measure, source, &groups->cells[0], &groups->cells[1]))
		return false;
	for (int i = 0; i < 2; i++)
	{
		int			cell = groups->cells[i];

		groups->unknowns[i] = facts->quantities[quantity].unknown[cell];
		if (IsKnown(facts, of, cell))
			groups->n[i] = groups->most[i] = facts->quantities[of].known[cell];
		else
			n_tried = INFINITY;
		Possible(facts, quantity, cell, &groups->least[i], &groups->most[i]);
		n_tried *= (double) groups->most[i] - groups->least[i] + 1;
	}
	if (!IsCount(facts, quantity) || !IsCount(facts, of) || n_tried > MAX_TRIED)
	{
		AddRemark(facts, REMARK_LEFT_OUT, source, "there are too many numbers that it could be of");
		return false;
	}
	groups->facts = NIL;
	groups->total = NONE;
	if (groups->unknowns[0] != KNOWN && groups->unknowns[1] != KNOWN)
		FindFactsOfPair(facts, groups);
	return true;
}

/* Whether the comparison of two rates prints so; of a ratio with a zero that may have been added 1/2 to, or not. */
static bool
PairPrints(const Measure *measure, const Printed *printed, Proportion focal, Proportion reference, double z)
{
	bool		has_zero = focal.x == 0 || focal.x == focal.n || reference.x == 0 || reference.x == reference.n;
	Estimate	e;

	if (measure->kind == MEASURE_INTERVAL && measure->method == INTERVAL_NEWCOMBE)
	{
		e = RiskDifference(focal, reference, z);
		return BothPrint(e.lower, e.upper, printed);
	}
	for (int haldane = 0; haldane <= (has_zero ? 1 : 0); haldane++)
	{
		if (measure->kind == MEASURE_INTERVAL && measure->method == INTERVAL_KATZ)
			e = RiskRatio(focal, reference, z, haldane);
		else
			e = OddsRatio(focal, reference, z, haldane);
		if (measure->kind == MEASURE_ODDS_RATIO)
			e.lower = e.upper = e.estimate;
		if (BothPrint(e.lower, e.upper, printed))
			return true;
	}
	return false;
}

/* All numerators of two groups that print so, and fit what else is published of both */
static Found
ListPairs(const Measure *measure, const Printed *printed, const Groups *groups)
{
	double		z = TwoSidedZ(measure->confidence);
	Found		found = {0};
	int64		x[2];

	for (x[0] = groups->least[0]; x[0] <= groups->most[0]; x[0]++)
	{
		CHECK_FOR_INTERRUPTS();
		for (x[1] = groups->least[1]; x[1] <= groups->most[1]; x[1]++)
		{
			ListCell   *fact;
			bool		fits = true;

			foreach(fact, groups->facts)
				fits = fits && Holds(lfirst(fact), groups->unknowns, x);
			if (fits && PairPrints(measure, printed, (Proportion) {x[0], groups->n[0]}, (Proportion) {x[1], groups->n[1]}, z))
				AddFound(&found, x[0], x[1]);
		}
	}
	return found;
}

/* What an interval of two rates, or an odds ratio, says of them */
static void
StatePairs(Facts *facts, const Measure *measure, const Printed *printed, Source source)
{
	Groups		groups;
	Found		found;

	if (!FindNumerators(facts, measure, source, &groups))
		return;
	found = ListPairs(measure, printed, &groups);
	if (found.n_found == 0)
	{
		AddRemark(facts, REMARK_CONTRADICTION, source, NULL);
		return;
	}
	source.other = groups.total;
	for (int i = 0; i < 2; i++)
		StateFound(facts, source.quantity, groups.cells[i], found.least[i], found.most[i], source);
	if (found.n_found > 1 && groups.unknowns[0] != KNOWN && groups.unknowns[1] != KNOWN)
		AddRemark(facts, REMARK_LEFT_OUT, source, "of its two hidden numbers the least and the most of each are used, not which go together");
}

/* The middle of the interval of a gap of means is the gap. */
static void
StateIntervalOfMeans(Facts *facts, const Measure *measure, const Printed *printed, Source source)
{
	int			focal;
	int			reference;

	if (FindGroups(facts, measure, source, &focal, &reference))
		StateGap(facts, Middle(printed), focal, reference, source);
}

/*
 * StateListed
 *		What each interval or odds ratio of a measure says, when all else is stated.
 */
void
StateListed(Facts *facts, int which)
{
	const Description *description = facts->cells->description;
	const Measure *measure = &description->measures[which];
	bool		is_interval = measure->kind == MEASURE_INTERVAL;

	if (!is_interval && measure->kind != MEASURE_ODDS_RATIO)
		return;
	for (int cell = 0; cell < facts->cells->n_listed; cell++)
	{
		Source		source = {is_interval ? FROM_INTERVAL : FROM_RATIO, which, facts->quantity_of[which], cell, NONE};
		Printed		printed;
		int			decimals;

		CHECK_FOR_INTERRUPTS();
		if (!GetPrinted(facts, measure, measure->field, cell, &printed.lower, &decimals) ||
			!GetPrinted(facts, measure, is_interval ? measure->upper_field : measure->field, cell, &printed.upper, &decimals))
			continue;
		printed.scale = (double) PowerOf10(decimals) * UnitOf(description, measure);
		if (measure->between == NONE && description->measures[measure->of].kind == MEASURE_MEAN)
			StateIntervalOfMean(facts, measure, &printed, source);
		else if (measure->between == NONE)
			StateIntervalOfRate(facts, measure, &printed, source);
		else if (description->measures[measure->of].kind == MEASURE_MEAN)
			StateIntervalOfMeans(facts, measure, &printed, source);
		else
			StatePairs(facts, measure, &printed, source);
	}
}
