/*
 * truth.c
 *		Finding the true numbers of a table that is to be published, and what is wrong with them.
 *
 * Counts and sums are read; a percent of a number gives the number behind it. Cells without a
 * row have what follows from those that have one.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "disclosure/words.h"
#include "miscadmin.h"
#include "suppression/truth.h"

/* Decimals of a rate that are sure: double precision has no more than some 16 digits */
#define SURE_DECIMALS 12

/* A column with more decimals was not rounded */
#define MOST_PRINTED_DECIMALS 4

/* Decimals of what is computed or was not rounded, where nobody says with how many */
static const int usual_decimals[] = {
	[MEASURE_PERCENT] = 1,
	[MEASURE_RATE] = 3,
	[MEASURE_MEAN] = 1,
	[MEASURE_GAP] = 1,
	[MEASURE_RATIO] = 2,
	[MEASURE_ODDS_RATIO] = 2,
	[MEASURE_INTERVAL] = 3,
	[MEASURE_DERIVED] = 2
};

static bool
IsCounted(const Measure *measure)
{
	return measure->kind == MEASURE_COUNT || measure->kind == MEASURE_SUM;
}

/* The column with the true numbers of a measure */
static int
TrueField(const Measure *measure)
{
	return measure->truth_field != NONE ? measure->truth_field : measure->field;
}

/*
 * DescribeTruth
 *		What need not be read: what is computed from others, and what was published where the truth stands beside it.
 */
void
DescribeTruth(Description *description)
{
	description->is_unrounded = true;
	for (int i = 0; i < description->n_measures; i++)
	{
		const Measure *measure = &description->measures[i];

		if (measure->same_for != NONE)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("measure \"%s\": what is the same for all members of a dimension cannot be suppressed", measure->name),
					 errhint("Give the number once, in the rows of the dimension's total, and each member its own measure.")));
		if (measure->numerator != NONE || measure->truth_field != NONE)
			description->field_uses[measure->field] = FIELD_NOT_READ;
	}
	for (int i = 0; i < description->n_measures; i++)
	{
		const Measure *measure = &description->measures[i];

		if (measure->numerator == NONE)
			description->field_uses[TrueField(measure)] = FIELD_NEEDED;
	}
}

/* Whether a measure is the number that an interval is of, of the same group or of the same two */
static bool
IsEstimateOf(const Description *description, const Measure *measure, const Measure *interval)
{
	if (interval->between == NONE)
		return measure == &description->measures[interval->of] || (measure->numerator != NONE && measure->numerator == interval->of);
	if (measure->of != interval->of || measure->between != interval->between)
		return false;
	switch (interval->method)
	{
		case INTERVAL_KATZ:
			return measure->kind == MEASURE_RATIO;
		case INTERVAL_WOOLF:
			return measure->kind == MEASURE_ODDS_RATIO;
		default:
			return measure->kind == MEASURE_GAP;
	}
}

/* The decimals of the number that an interval is of, which may be in percents where the interval is not; or NONE */
static int
DecimalsOfEstimate(const Description *description, const Measure *interval)
{
	int			decimals = NONE;

	for (int i = 0; i < description->n_measures; i++)
	{
		const Measure *measure = &description->measures[i];
		bool		is_in_percents = UnitOf(description, measure) > UnitOf(description, interval);

		if (!IsCounted(measure) && IsEstimateOf(description, measure, interval))
			decimals = Max(decimals, measure->decimals + (is_in_percents ? 2 : 0));
	}
	return decimals;
}

/* With how many decimals what is no count is printed: those of the column, if it was rounded, and of an interval no more than its estimate has */
static void
ChooseDecimals(const Facts *facts)
{
	Description *description = facts->cells->description;

	for (int i = 0; i < description->n_measures; i++)
	{
		Measure    *measure = &description->measures[i];

		if (IsCounted(measure) || measure->kind == MEASURE_INTERVAL || measure->decimals >= 0)
			continue;
		if (measure->numerator == NONE)
			measure->decimals = PrintedDecimals(facts, measure);
		if (measure->numerator != NONE || measure->decimals > MOST_PRINTED_DECIMALS)
			measure->decimals = usual_decimals[measure->kind];
	}
	for (int i = 0; i < description->n_measures; i++)
	{
		Measure    *measure = &description->measures[i];
		int			estimate;

		if (measure->kind != MEASURE_INTERVAL || measure->decimals >= 0)
			continue;
		estimate = DecimalsOfEstimate(description, measure);
		measure->decimals = PrintedDecimals(facts, measure);
		if (estimate != NONE)
			measure->decimals = Min(measure->decimals, estimate);
		else if (measure->decimals > MOST_PRINTED_DECIMALS)
			measure->decimals = usual_decimals[MEASURE_INTERVAL];
	}
}

/* The numbers of a table of which only what is counted is there, as it is in truth */
static Number *
CountedNumbers(const Cells *cells)
{
	const Description *description = cells->description;
	Size		n = (Size) cells->n_listed * description->n_fields;
	Number	   *numbers = palloc_extended(Max(n, 1) * sizeof(Number), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	for (int cell = 0; cell < cells->n_listed; cell++)
	{
		for (int i = 0; i < description->n_measures; i++)
		{
			const Measure *measure = &description->measures[i];

			if (IsCounted(measure))
				numbers[(Size) cell * description->n_fields + measure->field] = NumberOf(cells, TrueField(measure), cell);
		}
	}
	return numbers;
}

/* ---- what was given ---- */

/*
 * GivenNumber
 *		A number as it was given; SAID_NULL in a cell without a row.
 */
Number
GivenNumber(const Truth *truth, int field, int cell)
{
	static const Number nothing = {0, 0, SAID_NULL};
	const Cells *cells = truth->facts->cells;

	return cell < cells->n_listed ? truth->given[(Size) cell * cells->description->n_fields + field] : nothing;
}

static void
RefuseMissing(const Truth *truth, const Measure *measure, int cell)
{
	const Facts *facts = truth->facts;
	Number		number = GivenNumber(truth, TrueField(measure), cell);
	const char *text = facts->cells->description->said[number.said].text;

	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("%s is %s and not a number (%s)", facts->cells->description->fields[TrueField(measure)],
					text == NULL ? "NULL" : psprintf("\"%s\"", text), CellName(facts->cells, cell)),
			 errhint("What is to be hidden follows from the true numbers of all cells.")));
}

/* ---- the number behind a percent ---- */

/* What is wrong with a percent most likely: it is a rate, or the other way round, or was rounded */
static char *
HintOfPercent(const Measure *measure, Number number)
{
	if (measure->kind == MEASURE_PERCENT && number.value <= PowerOf10(number.decimals))
		return "A percent runs from 0 to 100; numbers from 0 to 1 are of kind \"rate\".";
	if (measure->kind == MEASURE_RATE && number.value > PowerOf10(number.decimals))
		return "A rate runs from 0 to 1; numbers from 0 to 100 are of kind \"percent\".";
	return psprintf("Give the numerator as a measure: {\"%s\": {\"kind\": \"%s\", \"of\": ..., \"numerator\": ...}}.", measure->name,
					measure->kind == MEASURE_PERCENT ? "percent" : "rate");
}

static void
RefusePercent(const Truth *truth, const Measure *measure, int cell, int64 n, const char *why)
{
	Number		number = GivenNumber(truth, TrueField(measure), cell);

	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s is that of %s (%s)", measure->name, why, CellName(truth->facts->cells, cell)),
			 errdetail("It is %s of " INT64_FORMAT ".", NumberText(number.value, number.decimals), n),
			 errdetail_log(DETAIL_IN_LOG),
			 errhint("%s", HintOfPercent(measure, number))));
}

/* The decimals of a column, as far as they are sure: a percent has them, also where they are 0 and not written */
static int
DecimalsGiven(const Truth *truth, const Measure *measure)
{
	int			decimals = 0;

	for (int cell = 0; cell < truth->facts->cells->n_listed; cell++)
		decimals = Max(decimals, GivenNumber(truth, TrueField(measure), cell).decimals);
	return Min(decimals, SURE_DECIMALS);
}

/* The whole number that is nearest to a percent of n, which must be the only one that has it */
static int64
CountBehind(const Truth *truth, const Measure *measure, int cell, int64 n, int decimals)
{
	Number		number = GivenNumber(truth, TrueField(measure), cell);
	int128		unit = UnitOf(truth->facts->cells->description, measure);
	int128		value;
	int128		count;
	int128		off;

	if (n == 0)
		return 0;
	if (number.said != SHOWN)
		RefuseMissing(truth, measure, cell);
	value = number.value * PowerOf10(Max(decimals - number.decimals, 0)) / PowerOf10(Max(number.decimals - decimals, 0));
	unit *= PowerOf10(decimals);
	count = (2 * value * n + unit) / (2 * unit);
	off = value * n - count * unit;
	if (value < 0 || count > n || off > n || off < -n)
		RefusePercent(truth, measure, cell, n, "no whole number");
	if (n >= unit)
		RefusePercent(truth, measure, cell, n, "more than one number");
	return count;
}

/* ---- cells without a row ---- */

/* A total that is not known from its parts, or the one part that is not known from the rest; whether any was found */
static bool
FindInLine(Quantity *quantity, const Lines *lines, const Line *line)
{
	int64		sum = 0;
	int			missing = NONE;

	for (int i = 0; i < line->n_parts; i++)
	{
		int			part = lines->parts[line->first + i];

		if (quantity->unknown[part] == KNOWN)
			sum += quantity->known[part];
		else if (missing == NONE)
			missing = part;
		else
			return false;
	}
	if (missing == NONE && quantity->unknown[line->total] != KNOWN)
	{
		quantity->known[line->total] = sum;
		quantity->unknown[line->total] = KNOWN;
		return true;
	}
	if (missing == NONE || quantity->unknown[line->total] != KNOWN)
		return false;
	quantity->known[missing] = quantity->known[line->total] - sum;
	quantity->unknown[missing] = KNOWN;
	return true;
}

static void
FindUnlisted(Truth *truth, int which)
{
	const Facts *facts = truth->facts;
	const Cells *cells = facts->cells;
	Quantity   *quantity = &facts->quantities[which];
	bool		is_any;

	for (int cell = 0; cell < cells->n_cells; cell++)
	{
		if (cells->kinds[cell] != CELL_ABSENT)
			continue;
		quantity->known[cell] = 0;
		quantity->unknown[cell] = KNOWN;
	}
	do
	{
		is_any = false;
		for (int i = 0; i < facts->lines->n; i++)
		{
			CHECK_FOR_INTERRUPTS();
			is_any |= FindInLine(quantity, facts->lines, &facts->lines->lines[i]);
		}
	} while (is_any);
}

/* ---- all ---- */

/*
 * IsTrueKnown
 *		Whether a quantity is one whose true numbers are known: not the points behind a mean.
 */
bool
IsTrueKnown(const Truth *truth, int quantity)
{
	return MeasureOf(truth->facts, quantity)->kind != MEASURE_MEAN;
}

/*
 * HasTrueSteps
 *		Whether a quantity is known, be it only as what lies behind a mean.
 */
bool
HasTrueSteps(const Truth *truth, int quantity)
{
	return IsTrueKnown(truth, quantity) || truth->has_sums[quantity];
}

int64
TrueSteps(const Truth *truth, int quantity, int cell)
{
	return truth->facts->quantities[quantity].known[cell];
}

/* A quantity in all cells */
static void
FindQuantity(Truth *truth, int which)
{
	const Facts *facts = truth->facts;
	const Measure *measure = MeasureOf(facts, which);
	Quantity   *quantity = &facts->quantities[which];
	int			decimals = IsCounted(measure) ? 0 : DecimalsGiven(truth, measure);

	for (int cell = 0; cell < facts->cells->n_listed; cell++)
	{
		CHECK_FOR_INTERRUPTS();
		if (quantity->unknown[cell] == KNOWN)
			continue;
		if (IsCounted(measure))
			RefuseMissing(truth, measure, cell);
		quantity->known[cell] = CountBehind(truth, measure, cell, facts->quantities[quantity->of].known[cell], decimals);
		quantity->unknown[cell] = KNOWN;
	}
	FindUnlisted(truth, which);
}

/* ---- the sums behind means ---- */

/* Whether every total is the sum of its parts, all of which are known */
static bool
AddsUpEverywhere(const Facts *facts, int which)
{
	const Quantity *quantity = &facts->quantities[which];

	for (int i = 0; i < facts->lines->n; i++)
	{
		const Line *line = &facts->lines->lines[i];
		int128		rest = quantity->known[line->total];
		bool		is_known = quantity->unknown[line->total] == KNOWN;

		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < line->n_parts; j++)
		{
			int			part = facts->lines->parts[line->first + j];

			is_known &= quantity->unknown[part] == KNOWN;
			rest -= quantity->known[part];
		}
		if (!is_known || rest != 0)
			return false;
	}
	return true;
}

/* Whether each cell is a total of others */
static bool *
FindTotals(const Facts *facts)
{
	bool	   *is_total = palloc_extended(facts->cells->n_cells, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	for (int i = 0; i < facts->lines->n; i++)
		is_total[facts->lines->lines[i].total] = true;
	return is_total;
}

/*
 * The sums that are nearest to the means of the finest cells, in steps, and what they add up to.
 * Where means were rounded these may not be the true ones, but such as there could be.
 */
static void
FindSums(Truth *truth, int which)
{
	const Facts *facts = truth->facts;
	const Measure *measure = MeasureOf(facts, which);
	Quantity   *quantity = &facts->quantities[which];
	bool	   *is_total = FindTotals(facts);

	for (int cell = 0; cell < facts->cells->n_listed; cell++)
	{
		Number		mean = GivenNumber(truth, TrueField(measure), cell);
		int128		twice = 2 * (int128) mean.value * facts->quantities[quantity->of].known[cell] * PowerOf10(quantity->decimals);
		int128		divisor = PowerOf10(mean.decimals) * quantity->step;

		CHECK_FOR_INTERRUPTS();
		if (quantity->unknown[cell] == KNOWN || is_total[cell])
			continue;
		if (mean.said != SHOWN || mean.value < 0 || quantity->is_real)
			return;
		quantity->known[cell] = (twice + divisor) / (2 * divisor);
		quantity->unknown[cell] = KNOWN;
	}
	pfree(is_total);
	FindUnlisted(truth, which);
	truth->has_sums[which] = AddsUpEverywhere(facts, which);
}

static void
RefuseContradiction(const Facts *facts, Source source)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("cells: %s of %s does not fit the rest", MeasureOf(facts, source.quantity)->name, CellName(facts->cells, source.cell)),
			 errdetail("By the numbers given, %s.", ContradictionWords(facts, source)),
			 errdetail_log(DETAIL_IN_LOG),
			 source.kind != FROM_LINE ? 0 :
			 errhint("Where members do not make up their total, name the dimension in incomplete. Where a member is part of another, say so in hierarchies.")));
}

/* Every total is the sum of its parts. */
static void
CheckLines(const Facts *facts, int which)
{
	const Quantity *quantity = &facts->quantities[which];

	for (int i = 0; i < facts->lines->n; i++)
	{
		const Line *line = &facts->lines->lines[i];
		int128		rest = quantity->known[line->total];
		bool		is_below = false;

		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < line->n_parts; j++)
		{
			rest -= quantity->known[facts->lines->parts[line->first + j]];
			is_below |= quantity->known[facts->lines->parts[line->first + j]] < 0;
		}
		if (rest != 0 || is_below)
			RefuseContradiction(facts, (Source) {FROM_LINE, i, which, line->total, NONE});
	}
}

/*
 * FindTruth
 *		The true numbers of all cells; an error if they contradict one another.
 */
Truth *
FindTruth(Cells *cells, Lines *lines)
{
	Truth	   *truth = palloc(sizeof(Truth));
	Facts		given = {.cells = cells};

	ChooseDecimals(&given);
	truth->given = cells->numbers;
	cells->numbers = CountedNumbers(cells);
	truth->facts = FindFacts(cells, lines);
	for (int i = 0; i < truth->facts->n_quantities; i++)
	{
		const Quantity *quantity = &truth->facts->quantities[i];

		if (quantity->of != NONE && quantity->of > i)
			FindQuantity(truth, quantity->of);
		if (IsTrueKnown(truth, i))
			FindQuantity(truth, i);
	}
	truth->has_sums = palloc0(sizeof(bool) * truth->facts->n_quantities);
	for (int i = 0; i < truth->facts->n_quantities; i++)
	{
		if (!IsTrueKnown(truth, i))
			FindSums(truth, i);
	}
	for (int i = 0; i < truth->facts->n_remarks; i++)
	{
		const Remark *remark = &truth->facts->remarks[i];

		if (remark->kind == REMARK_CONTRADICTION && remark->source.kind != FROM_LINE)
			RefuseContradiction(truth->facts, remark->source);
	}
	for (int i = 0; i < truth->facts->n_quantities; i++)
	{
		if (IsTrueKnown(truth, i))
			CheckLines(truth->facts, i);
	}
	return truth;
}
