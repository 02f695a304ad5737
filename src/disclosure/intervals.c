/*
 * intervals.c
 *		What a printed confidence interval says of the numbers behind it.
 *
 * An interval is printed with few decimals, but it is of few counts: all that print the same are
 * tried one by one.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/confidence.h"
#include "base/rmath.h"
#include "disclosure/facts.h"
#include "miscadmin.h"
#include "rate/comparison.h"

/* Students that a group is tried with whose n is hidden */
#define MAX_HIDDEN_N 400

/* Pairs of counts that are tried; with more, little is lost by trying none */
#define MAX_TRIED 1000000

/* The bounds as they were printed, in units of the last decimal */
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
	return fabs(bound * scale - printed) <= 0.5 + 1e-9;
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

/* The middle of the interval of a mean is the mean, its width goes by n and the standard deviation. */
static void
StateIntervalOfMean(Facts *facts, const Measure *measure, const Printed *printed, Source source)
{
	int			n_quantity = QuantityOfN(facts, measure);
	const Quantity *sum = &facts->quantities[source.quantity];
	const Quantity *of = &facts->quantities[n_quantity];
	Found		found = {0};
	Statement	points = {0};
	Bounds		bounds = {
		.has_lower = true,
		.has_upper = true,
		.lower = (int128) printed->lower + printed->upper - 1,
		.upper = (int128) printed->lower + printed->upper + 1,
		.divisor = 2 * (int128) printed->scale
	};
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

/* All numerators of two groups whose difference of rates prints so */
static Found
ListPairs(const Facts *facts, const Measure *measure, const Printed *printed, int quantity, int focal, int reference)
{
	int			of = QuantityOfN(facts, measure);
	double		z = TwoSidedZ(measure->confidence);
	Proportion	a = {.n = facts->quantities[of].known[focal]};
	Proportion	b = {.n = facts->quantities[of].known[reference]};
	int64		least[2];
	int64		most[2] = {a.n, b.n};
	Found		found = {0};

	Possible(facts, quantity, focal, &least[0], &most[0]);
	Possible(facts, quantity, reference, &least[1], &most[1]);
	for (a.x = least[0]; a.x <= most[0]; a.x++)
	{
		CHECK_FOR_INTERRUPTS();
		for (b.x = least[1]; b.x <= most[1]; b.x++)
		{
			Estimate	difference = RiskDifference(a, b, z);

			if (BothPrint(difference.lower, difference.upper, printed))
				AddFound(&found, a.x, b.x);
		}
	}
	return found;
}

static void
StateIntervalOfGap(Facts *facts, const Measure *measure, const Printed *printed, Source source)
{
	int			quantity = source.quantity;
	int			of = QuantityOfN(facts, measure);
	int			focal;
	int			reference;
	Found		found;

	if (!FindGroups(facts, measure, source, &focal, &reference))
		return;
	if (!IsCount(facts, quantity) || !IsKnown(facts, of, focal) || !IsKnown(facts, of, reference) ||
		(facts->quantities[of].known[focal] + 1) * (double) (facts->quantities[of].known[reference] + 1) > MAX_TRIED)
	{
		AddRemark(facts, REMARK_LEFT_OUT, source, "there are too many numbers that it could be of");
		return;
	}
	found = ListPairs(facts, measure, printed, quantity, focal, reference);
	if (found.n_found == 0)
		AddRemark(facts, REMARK_CONTRADICTION, source, NULL);
	else
	{
		StateFound(facts, quantity, focal, found.least[0], found.most[0], source);
		StateFound(facts, quantity, reference, found.least[1], found.most[1], source);
	}
}

/*
 * StateIntervals
 *		What each interval of a measure says.
 */
void
StateIntervals(Facts *facts, int which)
{
	const Description *description = facts->cells->description;
	const Measure *measure = &description->measures[which];
	Printed		printed;

	if (measure->kind != MEASURE_INTERVAL)
		return;
	printed.scale = (double) PowerOf10(measure->decimals) * UnitOf(description, measure);
	for (int cell = 0; cell < facts->cells->n_listed; cell++)
	{
		Source		source = {FROM_INTERVAL, which, facts->quantity_of[which], cell, NONE};

		CHECK_FOR_INTERRUPTS();
		if (!GetPrinted(facts, measure, measure->field, cell, &printed.lower) ||
			!GetPrinted(facts, measure, measure->upper_field, cell, &printed.upper))
			continue;
		if (measure->between != NONE)
			StateIntervalOfGap(facts, measure, &printed, source);
		else if (description->measures[measure->of].kind == MEASURE_MEAN)
			StateIntervalOfMean(facts, measure, &printed, source);
		else
			StateIntervalOfRate(facts, measure, &printed, source);
	}
}
