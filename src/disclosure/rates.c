/*
 * rates.c
 *		What percents, rates, means, gaps and ratios say of the numbers behind them.
 *
 * All are rounded, so each is between two numbers.  These are kept as fractions of whole numbers:
 * that of 48% lie from 95/200 to below 97/200.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "disclosure/facts.h"
#include "miscadmin.h"

/* A denominator with which a number of any size that there is goes into the solver */
#define MAX_DIVISOR INT64CONST(1000000000)

/* A rate is between these, by a published number */
typedef Bounds Rate;

static bool
IsRate(const Measure *measure)
{
	return measure->kind == MEASURE_PERCENT || measure->kind == MEASURE_RATE || measure->kind == MEASURE_MEAN;
}

/* Between which numbers a rounded one was before */
static Rate
Unrounded(const Measure *measure, int64 printed, int decimals, int64 unit)
{
	Rate		rate = {
		.has_lower = true,
		.has_upper = true,
		.upper_is_open = measure->is_rounded_half_up && printed >= 0,
		.lower = 2 * (int128) printed - 1,
		.upper = 2 * (int128) printed + 1,
		.divisor = 2 * PowerOf10(decimals) * unit
	};

	return rate;
}

/*
 * Between which numbers one was that is only said to be in a range. Whether it was rounded before
 * it was looked at is not known: below 50% may be 49.9%, up to 10% may be 10.4%.
 */
static Rate
OfRange(const Measure *measure, const Said *said, int64 unit)
{
	Rate		rate = {
		.has_lower = said->has_lower,
		.has_upper = said->has_upper,
		.lower_is_open = said->lower_is_strict,
		.upper_is_open = measure->is_rounded_half_up || said->upper_is_strict,
		.lower = 2 * (int128) said->lower - (said->lower_is_strict ? 0 : 1),
		.upper = 2 * (int128) said->upper + (said->upper_is_strict ? 0 : 1),
		.divisor = 2 * PowerOf10(said->decimals) * unit
	};

	return rate;
}

/* One bound of x / n where n is not known: x - bound * n is above or below 0. */
static void
StateBound(Facts *facts, Source source, int of, int128 x_step, int128 n_step, int128 bound, int128 divisor,
		   bool is_lower, bool is_open)
{
	Statement	difference = {0};
	Bounds		bounds = {
		.has_lower = is_lower,
		.has_upper = !is_lower,
		.lower_is_open = is_open,
		.upper_is_open = is_open,
		.divisor = 1
	};

	if (divisor > MAX_DIVISOR)
	{
		int128		rest = bound % divisor * MAX_DIVISOR;

		bound = bound / divisor * MAX_DIVISOR + rest / divisor;
		if (rest % divisor != 0 && (rest < 0) == is_lower)
			bound += is_lower ? -1 : 1;
		divisor = MAX_DIVISOR;
	}
	Add(&difference, facts, source.quantity, source.cell, divisor * x_step);
	Add(&difference, facts, of, source.cell, -bound * n_step);
	StateBetween(facts, &difference, bounds, source);
}

/*
 * StateRate
 *		A rate of a cell is between bounds.
 */
void
StateRate(Facts *facts, int of, Rate rate, Source source)
{
	const Quantity *x = &facts->quantities[source.quantity];
	const Quantity *n = &facts->quantities[of];
	int128		x_step = x->step * PowerOf10(n->decimals);
	int128		n_step = n->step * PowerOf10(x->decimals);
	Statement	statement = {0};

	if (IsKnown(facts, of, source.cell))
	{
		/* x_step * x / (n_step * n) between the bounds */
		rate.lower *= n_step * n->known[source.cell];
		rate.upper *= n_step * n->known[source.cell];
		Add(&statement, facts, source.quantity, source.cell, x_step);
		StateBetween(facts, &statement, rate, source);
		return;
	}
	if (rate.has_lower)
		StateBound(facts, source, of, x_step, n_step, rate.lower, rate.divisor, true, rate.lower_is_open);
	if (rate.has_upper)
		StateBound(facts, source, of, x_step, n_step, rate.upper, rate.divisor, false, rate.upper_is_open);
}

static void
RefuseRate(const Facts *facts, const Measure *measure, int64 printed, int decimals, int cell)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s must be between 0 and %d (%s)", facts->cells->description->fields[measure->field],
					measure->kind == MEASURE_PERCENT ? 100 : 1, CellName(facts->cells, cell)),
			 errdetail("It is %s.", NumberText(printed, decimals)),
			 errdetail_log(DETAIL_IN_LOG),
			 measure->kind == MEASURE_RATE ? errhint("Numbers up to 100 are of kind \"percent\".") : 0));
}

/*
 * StateRates
 *		What each number of a percent, rate or mean says.
 */
void
StateRates(Facts *facts, int which)
{
	const Description *description = facts->cells->description;
	const Measure *measure = &description->measures[which];
	int			quantity = facts->quantity_of[which];
	int64		unit = UnitOf(description, measure);

	for (int cell = 0; IsRate(measure) && cell < facts->cells->n_listed; cell++)
	{
		Source		source = {FROM_RATE, which, quantity, cell, NONE};
		int			of = QuantityOfN(facts, measure);
		int64		printed;
		int			decimals;

		CHECK_FOR_INTERRUPTS();
		if (GetPrinted(facts, measure, measure->field, cell, &printed, &decimals))
		{
			if (measure->kind != MEASURE_MEAN && (printed < 0 || printed > unit * PowerOf10(decimals)))
				RefuseRate(facts, measure, printed, decimals, cell);
			StateRate(facts, of, Unrounded(measure, printed, decimals, unit), source);
			continue;
		}
		for (int said = NumberOf(facts->cells, measure->field, cell).said; said != SAID_NULL; said = description->said[said].also)
		{
			if (description->said[said].is_range)
				StateRate(facts, of, OfRange(measure, &description->said[said], unit), source);
		}
	}
}

/* ---- two groups ---- */

/*
 * FindGroups
 *		The two cells that a number compares; false, with a remark, if one has no row.
 */
bool
FindGroups(Facts *facts, const Measure *measure, Source source, int *focal, int *reference)
{
	Cells	   *cells = facts->cells;
	const Dimension *dimension = &cells->description->dimensions[measure->between];
	int			focal_member = measure->focal == NULL ? MembersOf(cells, source.cell)[measure->between] :
		FindMember(dimension, measure->focal);
	int			reference_member = FindMember(dimension, measure->reference);
	int32		members[MAX_DIMENSIONS];

	*focal = *reference = NONE;
	memcpy(members, MembersOf(cells, source.cell), sizeof(int32) * cells->description->n_dimensions);
	if (focal_member >= 0)
	{
		members[measure->between] = focal_member;
		*focal = FindCell(cells, members);
	}
	if (reference_member >= 0)
	{
		members[measure->between] = reference_member;
		*reference = FindCell(cells, members);
	}
	if (*focal >= 0 && *reference >= 0 && *focal != *reference)
		return true;
	AddRemark(facts, REMARK_LEFT_OUT, source, "there are no two rows for the groups that it compares");
	return false;
}

/* The number of students of a cell, as a fraction of its scale; false, with a remark, if it is hidden */
static bool
GetN(Facts *facts, int of, int cell, Source source, int128 *n)
{
	const Quantity *quantity = &facts->quantities[of];

	if (!IsKnown(facts, of, cell))
	{
		AddRemark(facts, REMARK_LEFT_OUT, source, "the n of a group that it compares is hidden");
		return false;
	}
	*n = quantity->known[cell] * (int128) quantity->step * PowerOf10(facts->quantities[source.quantity].decimals);
	return *n > 0;
}

/*
 * StateGap
 *		The difference of two rates is between bounds, which count.
 */
void
StateGap(Facts *facts, Bounds gap, int focal, int reference, Source source)
{
	int			of = QuantityOfN(facts, &facts->cells->description->measures[source.number]);
	int128		x_step = facts->quantities[source.quantity].step * PowerOf10(facts->quantities[of].decimals);
	Statement	difference = {0};
	int128		n_focal;
	int128		n_reference;

	if (!GetN(facts, of, focal, source, &n_focal) || !GetN(facts, of, reference, source, &n_reference))
		return;
	gap.lower *= n_focal * n_reference;
	gap.upper *= n_focal * n_reference;
	gap.lower_is_open = gap.upper_is_open = false;
	Add(&difference, facts, source.quantity, focal, x_step * n_reference);
	Add(&difference, facts, source.quantity, reference, -x_step * n_focal);
	StateBetween(facts, &difference, gap, source);
}

/*
 * The ratio of two rates is between bounds: a bound times the reference's is below or above the focal group's.
 * With a reference above 0, without which there is no ratio, the whole numbers for which that is so are those
 * that print the same: no list of them says more.
 */
static void
StateRatio(Facts *facts, Rate ratio, int focal, int reference, Source source)
{
	int			of = QuantityOfN(facts, &facts->cells->description->measures[source.number]);
	Statement	divisor = {0};
	int128		n_focal;
	int128		n_reference;

	if (!GetN(facts, of, focal, source, &n_focal) || !GetN(facts, of, reference, source, &n_reference))
		return;
	Add(&divisor, facts, source.quantity, reference, 1);
	StateBetween(facts, &divisor, (Bounds) {.has_lower = true,.lower_is_open = true,.divisor = 1}, source);
	for (int is_lower = 0; is_lower <= 1; is_lower++)
	{
		Statement	difference = {0};
		Bounds		bounds = {.has_lower = is_lower,.has_upper = !is_lower,.divisor = 1};

		Add(&difference, facts, source.quantity, focal, ratio.divisor * n_reference);
		Add(&difference, facts, source.quantity, reference, -(is_lower ? ratio.lower : ratio.upper) * n_focal);
		StateBetween(facts, &difference, bounds, source);
	}
}

/*
 * RemarkRange
 *		A range in the place of a comparison, or of a bound of an interval, says something that is not used.
 */
void
RemarkRange(Facts *facts, const Measure *measure, Source source)
{
	const Description *description = facts->cells->description;
	int			fields[] = {measure->field, measure->upper_field};

	for (int i = 0; i < (int) lengthof(fields); i++)
	{
		if (fields[i] == NONE || NumberOf(facts->cells, fields[i], source.cell).said == SHOWN ||
			!description->said[NumberOf(facts->cells, fields[i], source.cell).said].is_range)
			continue;
		AddRemark(facts, REMARK_LEFT_OUT, source, "it is a range");
		return;
	}
}

/*
 * StateComparison
 *		What each number of a gap or a ratio says.
 */
void
StateComparison(Facts *facts, int which)
{
	const Description *description = facts->cells->description;
	const Measure *measure = &description->measures[which];
	int64		unit = UnitOf(description, measure);

	if (measure->kind != MEASURE_GAP && measure->kind != MEASURE_RATIO)
		return;
	for (int cell = 0; cell < facts->cells->n_listed; cell++)
	{
		Source		source = {measure->kind == MEASURE_GAP ? FROM_GAP : FROM_RATIO, which, facts->quantity_of[which], cell, NONE};
		int64		printed;
		int			decimals;
		int			focal;
		int			reference;

		CHECK_FOR_INTERRUPTS();
		RemarkRange(facts, measure, source);
		if (!GetPrinted(facts, measure, measure->field, cell, &printed, &decimals) ||
			!FindGroups(facts, measure, source, &focal, &reference))
			continue;
		if (measure->kind == MEASURE_GAP)
			StateGap(facts, Unrounded(measure, printed, decimals, unit), focal, reference, source);
		else
			StateRatio(facts, Unrounded(measure, printed, decimals, 1), focal, reference, source);
	}
}

/* ---- anything else ---- */

/* Whether the students of a group are hidden, or the number that another is derived from */
static bool
IsHiddenGroup(const Facts *facts, const Measure *derived, int cell)
{
	const Measure *of = &facts->cells->description->measures[derived->of];

	return NumberOf(facts->cells, of->field, cell).said != SHOWN || !IsKnown(facts, QuantityOfStudents(facts, derived), cell);
}

/* Whether a number is shown, or a range of it */
static bool
IsSaid(const Facts *facts, int field, int cell)
{
	Number		number = NumberOf(facts->cells, field, cell);

	return number.said == SHOWN || facts->cells->description->said[number.said].is_range;
}

/*
 * RemarkDerived
 *		A number that is derived from a group that is hidden: what it tells of it is not known.
 */
void
RemarkDerived(Facts *facts, int which)
{
	const Measure *measure = &facts->cells->description->measures[which];

	for (int cell = 0; measure->kind == MEASURE_DERIVED && cell < facts->cells->n_listed; cell++)
	{
		Source		source = {FROM_DERIVED, which, facts->quantity_of[which], cell, NONE};
		int			focal = cell;
		int			reference = cell;

		CHECK_FOR_INTERRUPTS();
		if (!IsSaid(facts, measure->field, cell) ||
			(measure->between != NONE && !FindGroups(facts, measure, source, &focal, &reference)))
			continue;
		if (IsHiddenGroup(facts, measure, focal) || IsHiddenGroup(facts, measure, reference))
			AddRemark(facts, REMARK_LEFT_OUT, source, "it is derived from what is hidden, and what it tells of that is not known");
	}
}
