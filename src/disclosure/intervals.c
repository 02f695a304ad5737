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

/* Pairs of counts that are tried, and students of a group whose n is hidden; with more, little is lost by trying none */
#define MAX_TRIED 1000000

/* No group is larger */
#define MAX_WHOLE_N (INT64CONST(1) << 40)

/* What is computed is off by less, against 1 */
#define ROUNDING 1e-9

/* The bounds as they were printed, in units of the last decimal; of an odds ratio both are itself */
typedef struct Printed
{
	bool		has_lower;
	bool		has_upper;
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
	int64		lowest[2];		/* of the first to the second, which is its n, the rate */
	int64		highest[2];
} Found;

/* Whether a bound prints as it was printed, whichever way halves are rounded */
static bool
PrintsAs(double bound, int64 printed, double scale)
{
	return fabs(bound * scale - printed) <= 0.5 + ROUNDING * Max(1, fabs(bound * scale));
}

/* Whether both bounds, or the one that is shown, print so */
static bool
BothPrint(double lower, double upper, const Printed *printed)
{
	return (!printed->has_lower || PrintsAs(lower, printed->lower, printed->scale)) &&
		(!printed->has_upper || PrintsAs(upper, printed->upper, printed->scale));
}

static bool
HasBoth(const Printed *printed)
{
	return printed->has_lower && printed->has_upper;
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
	if (found->n_found == 0 || (int128) a * found->lowest[1] < (int128) b * found->lowest[0])
		memcpy(found->lowest, counts, sizeof(counts));
	if (found->n_found == 0 || (int128) a * found->highest[1] > (int128) b * found->highest[0])
		memcpy(found->highest, counts, sizeof(counts));
	found->n_found++;
}

/* What was found of a quantity in a cell is a fact. */
static void
StateFound(Facts *facts, int quantity, int cell, int64 least, int64 most, Source source)
{
	Statement	count = {0};
	Bounds		bounds = {.has_lower = true,.has_upper = most < MAX_WHOLE_N,.lower = least,.upper = most,.divisor = 1};

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

/* A bound before it was rounded, at the least (-1) or the most (1) */
static double
Unrounded(const Printed *printed, int64 bound, int direction)
{
	return Min(Max((bound + direction * (0.5 + ROUNDING)) / printed->scale, 0), 1);
}

/* Of n with an interval by Wilson that ends at a bound, the rate: the bound is as far from it as the rate's own standard error there says */
static double
RateBehind(double bound, double n, double critical, int direction)
{
	return bound + direction * critical * sqrt(bound * (1 - bound) / n);
}

/* Numerators of n beyond which none prints so, narrowed from what they can be */
static void
Window(const Measure *measure, const Printed *printed, int64 n, double critical, int64 *least, int64 *most)
{
	double		low = 0;
	double		high = 1;

	if (measure->method == INTERVAL_WILSON && printed->has_lower)
	{
		low = RateBehind(Unrounded(printed, printed->lower, -1), n, critical, 1);
		high = RateBehind(Unrounded(printed, printed->lower, 1), n, critical, 1);
	}
	if (measure->method == INTERVAL_WILSON && printed->has_upper)
	{
		low = Max(low, RateBehind(Unrounded(printed, printed->upper, -1), n, critical, -1));
		high = Min(high, RateBehind(Unrounded(printed, printed->upper, 1), n, critical, -1));
	}
	if (measure->method == INTERVAL_T && HasBoth(printed))
	{
		low = (printed->lower + printed->upper - 1 - ROUNDING) / (2 * printed->scale);
		high = (printed->lower + printed->upper + 1 + ROUNDING) / (2 * printed->scale);
	}
	*least = Max(*least, (int64) floor(low * n - ROUNDING * n) - 1);
	*most = Min(*most, (int64) ceil(high * n + ROUNDING * n) + 1);
}

/* The largest n of which an interval can be as wide as the printed one, or x as far within it; more than are tried if it is not wider than rounding */
static int64
LargestN(const Measure *measure, const Printed *printed, int64 most_x)
{
	double		width = (printed->upper - printed->lower - 1) / printed->scale - ROUNDING;
	double		least_rate = Unrounded(printed, printed->lower, -1);
	double		n;

	if (width <= 0)
		return (int64) Min(least_rate > 0 ? most_x / least_rate + 1 : INFINITY, MAX_TRIED + 1);
	/* of half of n, it is the widest; Student's t is the larger, the fewer they are */
	n = measure->method == INTERVAL_WILSON ? pow(Critical(measure, 1) / width, 2) : Max(30, 1 + pow(Critical(measure, 30) / width, 2));
	return (int64) Min(n + 1, MAX_TRIED + 1);
}

/* Note the x of n that print so; how many were tried */
static int64
ListNumerators(const Measure *measure, const Printed *printed, int64 n, int64 least, int64 most, Found *found)
{
	double		critical = Critical(measure, n);
	int64		n_tried = 1;

	Window(measure, printed, n, critical, &least, &most);
	for (int64 x = Max(least, 0); x <= Min(most, n); x++)
	{
		double		lower;
		double		upper;

		n_tried++;
		if (BoundsOfRate(measure, x, n, critical, &lower, &upper) && BothPrint(lower, upper, printed))
			AddFound(found, x, n);
	}
	return n_tried;
}

/* All x of n that print so; false if there may be others of a larger n than was tried, which is then the least that these can have */
static bool
ListRates(const Facts *facts, const Measure *measure, const Printed *printed, int quantity, int cell, Found *found)
{
	int64		least_x = 0;
	int64		most_x = MAX_WHOLE_N;
	int64		least_n = 1;
	int64		most_n;
	int64		n_tried = 0;

	Possible(facts, quantity, cell, &least_x, &most_x);
	most_n = LargestN(measure, printed, most_x);
	Possible(facts, QuantityOfN(facts, measure), cell, &least_n, &most_n);
	for (int64 n = Max(least_n, 1); n <= most_n; n++)
	{
		CHECK_FOR_INTERRUPTS();
		if (n_tried > MAX_TRIED && least_n < most_n)
		{
			if (found->n_found == 0)
				AddFound(found, 0, n);
			return false;
		}
		n_tried += ListNumerators(measure, printed, n, least_x, most_x, found);
	}
	return true;
}

/* Between which numbers an estimate is that has an interval, whichever it is */
static Bounds
WithinBounds(const Printed *printed)
{
	return (Bounds) {
		.has_lower = printed->has_lower,
		.has_upper = printed->has_upper,
		.lower = 2 * (int128) printed->lower - 1,
		.upper = 2 * (int128) printed->upper + 1,
		.divisor = 2 * (int128) printed->scale
	};
}

/* What those that print so have in common, where n is hidden: at least and at most so many, and the rates between which they are */
static void
StateFoundRates(Facts *facts, int of, const Found *found, Source source)
{
	StateFound(facts, source.quantity, source.cell, found->least[0], found->most[0], source);
	StateFound(facts, of, source.cell, found->least[1], found->most[1], source);
	if (IsKnown(facts, of, source.cell) || IsKnown(facts, source.quantity, source.cell) || found->n_found == 1)
		return;
	StateRate(facts, of, (Bounds) {.has_lower = true,.lower = found->lowest[0],.divisor = found->lowest[1]}, source);
	StateRate(facts, of, (Bounds) {.has_upper = true,.upper = found->highest[0],.divisor = found->highest[1]}, source);
}

static void
StateIntervalOfRate(Facts *facts, const Measure *measure, const Printed *printed, Source source)
{
	int			of = QuantityOfN(facts, measure);
	bool		is_n_known = IsKnown(facts, of, source.cell);
	Found		found = {0};

	if (!IsCount(facts, source.quantity) || !IsCount(facts, of) ||
		(is_n_known && facts->quantities[of].known[source.cell] > MAX_TRIED))
		AddRemark(facts, REMARK_LEFT_OUT, source, "there are too many numbers that it could be of");
	else if (!is_n_known && !HasBoth(printed))
	{
		StateRate(facts, of, WithinBounds(printed), source);
		AddRemark(facts, REMARK_LEFT_OUT, source, "its n is hidden, and so is one of its bounds: only that the rate is not beyond the other is used");
	}
	else if (!ListRates(facts, measure, printed, source.quantity, source.cell, &found))
	{
		StateRate(facts, of, WithinBounds(printed), source);
		StateFound(facts, of, source.cell, found.least[1], MAX_WHOLE_N, source);
		AddRemark(facts, REMARK_LEFT_OUT, source, "it could be of any large n: only the least is used, and that the rate is not beyond its bounds");
	}
	else if (found.n_found == 0)
		AddRemark(facts, REMARK_CONTRADICTION, source, NULL);
	else
		StateFoundRates(facts, of, &found, source);
}

/* What the middle of an interval is; where one bound is hidden, on which side of the other it is */
static Bounds
Middle(const Printed *printed)
{
	if (!HasBoth(printed))
		return WithinBounds(printed);
	return (Bounds) {
		.has_lower = true,
		.has_upper = true,
		.lower = (int128) printed->lower + printed->upper - 1,
		.upper = (int128) printed->lower + printed->upper + 1,
		.divisor = 2 * (int128) printed->scale
	};
}

/* Half of how wide the interval of a mean is, against the standard deviation */
static double
HalfWidth(const Measure *measure, int64 n)
{
	return Critical(measure, n) / sqrt(n);
}

/* The largest n of which half the interval of a mean is at least so wide, or more than that */
static int64
LargestNOfMean(const Measure *measure, double half, bool or_more)
{
	int64		low = 1;
	int64		high = 2;

	while (high < MAX_WHOLE_N && (or_more ? HalfWidth(measure, high) > half : HalfWidth(measure, high) >= half))
		high *= 2;
	while (high - low > 1)
	{
		int64		middle = low + (high - low) / 2;

		if (or_more ? HalfWidth(measure, middle) > half : HalfWidth(measure, middle) >= half)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The width of the interval of a mean goes by n and the standard deviation: each bound, and that, may be off by a half. */
static void
StateNOfMean(Facts *facts, const Measure *measure, const Printed *printed, Number sd, int of, Source source)
{
	double		half = (printed->upper - printed->lower) / (2 * printed->scale);
	double		off = (1 + 2 * ROUNDING) / (2 * printed->scale);
	double		unit = pow(10, -sd.decimals);
	double		least_sd = (sd.value - 0.5 - ROUNDING) * unit;
	double		most_sd = (sd.value + 0.5 + ROUNDING) * unit;
	int64		least = least_sd <= 0 ? 2 : LargestNOfMean(measure, (half + off) / least_sd, true) + 1;
	int64		most = half <= off ? MAX_WHOLE_N : LargestNOfMean(measure, (half - off) / most_sd, false);

	if (most < Max(least, 2))
		AddRemark(facts, REMARK_CONTRADICTION, source, NULL);
	else
		StateFound(facts, of, source.cell, Max(least, 2), most, source);
}

/* The middle of the interval of a mean is the mean. */
static void
StateIntervalOfMean(Facts *facts, const Measure *measure, const Printed *printed, Source source)
{
	int			of = QuantityOfN(facts, measure);
	Number		sd = NumberOf(facts->cells, measure->sd_field == NONE ? measure->field : measure->sd_field, source.cell);

	StateRate(facts, of, Middle(printed), source);
	if (!HasBoth(printed))
		AddRemark(facts, REMARK_LEFT_OUT, source, "one of its bounds is hidden: only that the mean is not beyond the other is used");
	else if (IsKnown(facts, of, source.cell))
		return;
	else if (measure->sd_field == NONE || sd.said != SHOWN || !IsCount(facts, of))
		AddRemark(facts, REMARK_LEFT_OUT, source, "its n is hidden, and its standard deviation too: only the mean in its middle is used");
	else
		StateNOfMean(facts, measure, printed, sd, of, source);
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

	if (!FindGroups(facts, measure, source, &focal, &reference))
		return;
	StateGap(facts, Middle(printed), focal, reference, source);
	if (!HasBoth(printed))
		AddRemark(facts, REMARK_LEFT_OUT, source, "one of its bounds is hidden: only that the gap is not beyond the other is used");
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
		printed.has_lower = GetPrinted(facts, measure, measure->field, cell, &printed.lower, &decimals);
		printed.has_upper = GetPrinted(facts, measure, is_interval ? measure->upper_field : measure->field, cell, &printed.upper, &decimals);
		RemarkRange(facts, measure, source);
		if (!printed.has_lower && !printed.has_upper)
			continue;
		if (HasBoth(&printed) && printed.lower > printed.upper)
		{
			AddRemark(facts, REMARK_CONTRADICTION, source, NULL);
			continue;
		}
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
