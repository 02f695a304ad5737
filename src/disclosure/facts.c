/*
 * facts.c
 *		Stating what a published table says of the numbers that it does not show.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/count.h"
#include "disclosure/facts.h"
#include "miscadmin.h"

/* Where doubles are whole: the solver's numbers are */
#define MAX_WHOLE (INT64CONST(1) << 53)

/* ---- facts and unknowns of the system ---- */

/*
 * AddUnknown
 *		Put an unknown behind the others.
 */
int
AddUnknown(Facts *facts, Unknown unknown, Holder holder)
{
	System	   *system = &facts->system;

	if (system->n_unknowns == facts->max_unknowns)
	{
		facts->max_unknowns *= 2;
		system->unknowns = repalloc_huge(system->unknowns, sizeof(Unknown) * facts->max_unknowns);
		facts->holders = repalloc_huge(facts->holders, sizeof(Holder) * facts->max_unknowns);
	}
	system->unknowns[system->n_unknowns] = unknown;
	facts->holders[system->n_unknowns] = holder;
	return system->n_unknowns++;
}

/* Room for terms that stay where they are */
static Term *
NewTerms(Facts *facts, int n)
{
	Term	   *terms;

	if (n > facts->n_free_terms)
	{
		facts->n_free_terms = Max(n, 16384);
		facts->free_terms = palloc_extended(sizeof(Term) * facts->n_free_terms, MCXT_ALLOC_HUGE);
	}
	terms = facts->free_terms;
	facts->free_terms += n;
	facts->n_free_terms -= n;
	return terms;
}

/*
 * StateFact
 *		Put a fact behind the others; its terms are copied.
 */
void
StateFact(Facts *facts, Fact fact, Source source)
{
	System	   *system = &facts->system;
	Term	   *terms = NewTerms(facts, fact.n_terms);

	if (system->n_facts == facts->max_facts)
	{
		facts->max_facts *= 2;
		system->facts = repalloc_huge(system->facts, sizeof(Fact) * facts->max_facts);
		facts->sources = repalloc_huge(facts->sources, sizeof(Source) * facts->max_facts);
	}
	memcpy(terms, fact.terms, sizeof(Term) * fact.n_terms);
	fact.terms = terms;
	system->facts[system->n_facts] = fact;
	facts->sources[system->n_facts] = source;
	system->n_facts++;
}

/*
 * AddRemark
 *		Note what is to be said though it is about nothing hidden.
 */
void
AddRemark(Facts *facts, RemarkKind kind, Source source, const char *why)
{
	Remark	   *remark;

	if (facts->remarks == NULL)
		facts->remarks = palloc(sizeof(Remark) * 64);
	else if (facts->n_remarks % 64 == 0)
		facts->remarks = repalloc_huge(facts->remarks, sizeof(Remark) * (facts->n_remarks + 64));
	remark = &facts->remarks[facts->n_remarks++];
	remark->kind = kind;
	remark->source = source;
	remark->why = why;
}

/* ---- statements ---- */

int128
PowerOf10(int exponent)
{
	int128		power = 1;

	while (exponent-- > 0)
		power *= 10;
	return power;
}

bool
IsKnown(const Facts *facts, int quantity, int cell)
{
	return facts->quantities[quantity].unknown[cell] == KNOWN;
}

/*
 * Add
 *		Add a quantity, in its steps, so many times.
 */
void
Add(Statement *statement, const Facts *facts, int quantity, int cell, int128 coefficient)
{
	int			unknown = facts->quantities[quantity].unknown[cell];

	if (unknown == KNOWN)
	{
		statement->constant += coefficient * facts->quantities[quantity].known[cell];
		return;
	}
	for (int i = 0; i < statement->n; i++)
	{
		if (statement->unknowns[i] == unknown)
		{
			statement->coefficients[i] += coefficient;
			return;
		}
	}
	Assert(statement->n < MAX_STATED);
	statement->unknowns[statement->n] = unknown;
	statement->coefficients[statement->n++] = coefficient;
}

static int128
Magnitude(int128 number)
{
	return number < 0 ? -number : number;
}

static int128
GreatestCommonDivisor(int128 a, int128 b)
{
	while (b != 0)
	{
		int128		rest = a % b;

		a = b;
		b = rest;
	}
	return Magnitude(a);
}

/* number / divisor, rounded down or up */
static int128
DivideDown(int128 number, int128 divisor)
{
	return number / divisor - (number % divisor < 0 ? 1 : 0);
}

static int128
DivideUp(int128 number, int128 divisor)
{
	return -DivideDown(-number, divisor);
}

/* Divide a statement and its bounds by what all can be divided by. */
static void
Shorten(Statement *statement, Bounds *bounds)
{
	int128		common = 0;

	for (int i = 0; i < statement->n; i++)
		common = GreatestCommonDivisor(common, statement->coefficients[i]);
	if (bounds->has_lower)
		common = GreatestCommonDivisor(common, bounds->lower);
	if (bounds->has_upper)
		common = GreatestCommonDivisor(common, bounds->upper);
	if (common <= 1)
		return;
	for (int i = 0; i < statement->n; i++)
		statement->coefficients[i] /= common;
	bounds->lower /= common;
	bounds->upper /= common;
}

/* The largest of the coefficients */
static int128
Largest(const Statement *statement)
{
	int128		largest = 0;

	for (int i = 0; i < statement->n; i++)
		largest = Max(largest, Magnitude(statement->coefficients[i]));
	return largest;
}

/*
 * Make whole numbers of a statement and its bounds: both are multiplied by the divisor, or, if
 * that has too many digits, by a smaller number, and the bounds then go a little too far out.
 */
static void
MakeWhole(Statement *statement, Bounds *bounds)
{
	int128		factor = Min(bounds->divisor, Max(1, INT64CONST(1000000000) / Max(Largest(statement), 1)));

	if (Largest(statement) * bounds->divisor <= INT64CONST(1000000000000))
		factor = bounds->divisor;
	if (factor < bounds->divisor)
	{
		int128		lower = bounds->lower % bounds->divisor * factor;
		int128		upper = bounds->upper % bounds->divisor * factor;

		bounds->lower = bounds->lower / bounds->divisor * factor + DivideDown(lower, bounds->divisor);
		bounds->upper = bounds->upper / bounds->divisor * factor + DivideUp(upper, bounds->divisor);
		bounds->lower_is_open = bounds->upper_is_open = false;
	}
	for (int i = 0; i < statement->n; i++)
		statement->coefficients[i] *= factor;
}

/* Whether what is known without any unknown is so */
static bool
HoldsTrivially(const Bounds *bounds)
{
	return (!bounds->has_lower || bounds->lower < 0 || (bounds->lower == 0 && !bounds->lower_is_open)) &&
		(!bounds->has_upper || bounds->upper > 0 || (bounds->upper == 0 && !bounds->upper_is_open));
}

/*
 * StateBetween
 *		State that a sum is between bounds, of numbers that were rounded.
 */
void
StateBetween(Facts *facts, const Statement *stated, Bounds bounds, Source source)
{
	Statement	statement = *stated;
	Term		terms[MAX_STATED];
	Fact		fact = {.terms = terms};

	bounds.lower -= statement.constant * bounds.divisor;
	bounds.upper -= statement.constant * bounds.divisor;
	if (statement.n == 0)
	{
		if (!HoldsTrivially(&bounds))
			AddRemark(facts, REMARK_CONTRADICTION, source, NULL);
		return;
	}
	MakeWhole(&statement, &bounds);
	Shorten(&statement, &bounds);
	if (Largest(&statement) > MAX_WHOLE ||
		(bounds.has_lower && Magnitude(bounds.lower) > MAX_WHOLE) ||
		(bounds.has_upper && Magnitude(bounds.upper) > MAX_WHOLE))
	{
		AddRemark(facts, REMARK_LEFT_OUT, source, "its numbers have too many digits together");
		return;
	}
	for (int i = 0; i < statement.n; i++)
	{
		if (statement.coefficients[i] == 0)
			continue;
		terms[fact.n_terms].unknown = statement.unknowns[i];
		terms[fact.n_terms++].coefficient = statement.coefficients[i];
	}
	fact.lower = bounds.has_lower ? bounds.lower : NO_LOWER_BOUND;
	fact.upper = bounds.has_upper ? bounds.upper : NO_UPPER_BOUND;
	fact.lower_is_open = bounds.has_lower && bounds.lower_is_open;
	fact.upper_is_open = bounds.has_upper && bounds.upper_is_open;
	StateFact(facts, fact, source);
}

/*
 * StateSum
 *		State that a sum is a number, exactly.
 */
void
StateSum(Facts *facts, const Statement *statement, int64 sum, Source source)
{
	Term		terms[MAX_STATED];
	Fact		fact = {.terms = terms,.is_exact = true};

	fact.lower = fact.upper = sum - statement->constant;
	if (statement->n == 0)
	{
		if (fact.lower != 0)
			AddRemark(facts, REMARK_CONTRADICTION, source, NULL);
		return;
	}
	for (int i = 0; i < statement->n; i++)
	{
		terms[i].unknown = statement->unknowns[i];
		terms[i].coefficient = statement->coefficients[i];
	}
	fact.n_terms = statement->n;
	StateFact(facts, fact, source);
}

/* ---- what was printed ---- */

/*
 * PrintedDecimals
 *		With how many decimals the numbers of a measure were printed.
 */
int
PrintedDecimals(const Facts *facts, const Measure *measure)
{
	const Cells *cells = facts->cells;
	int			fields[] = {measure->field, measure->upper_field};
	int			decimals = 0;

	if (measure->decimals >= 0)
		return measure->decimals;
	for (int i = 0; i < (int) lengthof(fields); i++)
	{
		for (int cell = 0; fields[i] != NONE && cell < cells->n_listed; cell++)
		{
			Number		number = NumberOf(cells, fields[i], cell);

			if (number.said == SHOWN)
				decimals = Max(decimals, number.decimals);
		}
	}
	return decimals;
}

/*
 * GetPrinted
 *		A number of a measure in a cell, in units of its last decimal; false if none is shown.
 */
bool
GetPrinted(const Facts *facts, const Measure *measure, int field, int cell, int64 *value, int *decimals)
{
	Number		number = NumberOf(facts->cells, field, cell);

	*value = number.value;
	*decimals = measure->decimals_vary ? number.decimals : measure->decimals;
	if (number.said != SHOWN)
		return false;
	if (!ScaleNumber(number.value, number.decimals, *decimals, value))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s has more than %d decimals (%s)", facts->cells->description->fields[field], measure->decimals,
						CellName(facts->cells, cell)),
				 errdetail("It is %s.", NumberText(number.value, number.decimals)),
				 errdetail_log(DETAIL_IN_LOG),
				 errhint("Numbers are published as they were rounded; give the column as it was printed, or other \"decimals\".")));
	return true;
}

/* ---- quantities ---- */

static bool
IsCounted(const Measure *measure)
{
	return measure->kind == MEASURE_COUNT || measure->kind == MEASURE_SUM;
}

/* Whether a measure has a quantity of its own, and not that of another */
static bool
HasQuantity(const Measure *measure)
{
	return measure->kind < MEASURE_GAP && measure->numerator == NONE;
}

static void
AddQuantity(Facts *facts, int which)
{
	const Measure *measure = &facts->cells->description->measures[which];
	Quantity   *quantity = &facts->quantities[facts->n_quantities];

	facts->quantity_of[which] = facts->n_quantities++;
	quantity->measure = which;
	quantity->field = IsCounted(measure) ? measure->field : NONE;
	quantity->of = quantity->over = NONE;
	quantity->step = measure->step;
	quantity->decimals = measure->is_real && IsCounted(measure) ? measure->decimals : measure->step_decimals;
	quantity->is_real = measure->is_real;
}

/* The quantity that one is a part of, or taken over */
static void
SetOf(Facts *facts, const Measure *measure, Quantity *quantity)
{
	if (measure->of == NONE || quantity->of != NONE)
		return;
	quantity->of = facts->quantity_of[measure->of];
	quantity->is_part = measure->kind != MEASURE_MEAN;
}

/* The releases of a quantity, which any of its measures may tell */
static void
SetOver(Facts *facts, const Measure *measure, Quantity *quantity)
{
	const Measure *own = &facts->cells->description->measures[quantity->measure];

	if (measure->over == NONE)
		return;
	if (quantity->over != NONE && (quantity->over != measure->over || quantity->is_leaving != measure->is_leaving))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measures \"%s\" and \"%s\" are about the same number, and go from one release to the next in different ways",
						own->name, measure->name)));
	quantity->over = measure->over;
	quantity->is_leaving = measure->is_leaving;

	/* of a rate or mean it is said of the children whose it is */
	quantity->goes_with_n |= !IsCounted(measure);
}

/* Where n and a part of it are said to go in the same way, they go together. */
static void
JoinReleases(Facts *facts)
{
	for (int i = 0; i < facts->n_quantities; i++)
	{
		Quantity   *quantity = &facts->quantities[i];
		const Quantity *of = quantity->of == NONE ? NULL : &facts->quantities[quantity->of];

		quantity->goes_with_n |= of != NULL && quantity->over != NONE &&
			of->over == quantity->over && of->is_leaving == quantity->is_leaving;
	}
}

/* Of each measure the quantity that it is about; of a gap, that of what it compares */
static void
FindQuantities(Facts *facts)
{
	Description *description = facts->cells->description;
	Measure    *measures = description->measures;
	int			n = description->n_measures;

	facts->quantities = palloc0(sizeof(Quantity) * n);
	facts->quantity_of = palloc(sizeof(int) * n);
	for (int i = 0; i < n; i++)
	{
		measures[i].decimals = PrintedDecimals(facts, &measures[i]);
		if (HasQuantity(&measures[i]))
			AddQuantity(facts, i);
	}
	for (int i = 0; i < n; i++)
	{
		if (measures[i].kind < MEASURE_GAP && measures[i].numerator != NONE)
			facts->quantity_of[i] = facts->quantity_of[measures[i].numerator];
	}
	for (int i = 0; i < n; i++)
	{
		Quantity   *quantity;

		if (measures[i].kind >= MEASURE_GAP)
		{
			facts->quantity_of[i] = facts->quantity_of[measures[i].of];
			continue;
		}
		quantity = &facts->quantities[facts->quantity_of[i]];
		SetOf(facts, &measures[i], quantity);
		SetOver(facts, &measures[i], quantity);
	}
	JoinReleases(facts);
}

/*
 * QuantityOfN
 *		The n of a rate, or of the rates that a measure compares.
 */
int
QuantityOfN(const Facts *facts, const Measure *measure)
{
	if (measure->kind >= MEASURE_GAP)
		measure = &facts->cells->description->measures[measure->of];
	return facts->quantity_of[measure->of];
}

/*
 * QuantityOfStudents
 *		The count of all students whose numbers a measure is about.
 */
int
QuantityOfStudents(const Facts *facts, const Measure *measure)
{
	int			quantity = facts->quantity_of[measure - facts->cells->description->measures];

	while (facts->quantities[quantity].of != NONE)
		quantity = facts->quantities[quantity].of;
	return quantity;
}

/* A number that is shown, in steps of its quantity */
static int64
ShownSteps(const Facts *facts, const Quantity *quantity, Number number, int cell)
{
	const Cells *cells = facts->cells;
	const char *name = cells->description->fields[quantity->field];
	int			decimals = Max(number.decimals, quantity->decimals);
	int64		value;
	int64		step;

	if (number.value < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be negative (%s)", name, CellName(cells, cell)),
				 errdetail("It is %s.", NumberText(number.value, number.decimals)),
				 errdetail_log(DETAIL_IN_LOG)));
	if (!ScaleNumber(number.value, number.decimals, decimals, &value) ||
		!ScaleNumber(quantity->step, quantity->decimals, decimals, &step) ||
		value / step > MAX_WHOLE)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s is too large (%s)", name, CellName(cells, cell)),
				 errdetail("It is %s, and the limit is " INT64_FORMAT ".", NumberText(number.value, number.decimals), MAX_WHOLE),
				 errdetail_log(DETAIL_IN_LOG)));
	if (value % step != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 quantity->step == 1 && quantity->decimals == 0 ?
				 errmsg("%s must be a whole number (%s)", name, CellName(cells, cell)) :
				 errmsg("%s must be a multiple of %s (%s)", name, NumberText(quantity->step, quantity->decimals), CellName(cells, cell)),
				 errdetail("It is %s.", NumberText(number.value, number.decimals)),
				 errdetail_log(DETAIL_IN_LOG),
				 errhint("What is no count is a sum with a step, a percent or a mean: {\"kind\": \"sum\", \"step\": 0.5}.")));
	return value / step;
}

/* A bound that a mark gives, in steps */
static int64
MarkBound(const Quantity *quantity, int64 bound, int decimals, bool is_upper, bool is_strict)
{
	int128		number = bound * PowerOf10(quantity->decimals);
	int128		step = quantity->step * PowerOf10(decimals);
	int128		steps = is_upper ? DivideDown(number, step) : DivideUp(number, step);

	if (is_strict && steps * step == number)
		steps += is_upper ? -1 : 1;
	return Min(Max(steps, 0), MAX_WHOLE);
}

/* What a mark says of the number in whose place it stands */
static void
ApplyMark(const Facts *facts, const Quantity *quantity, const Said *said, int cell, Unknown *unknown)
{
	const Description *description = facts->cells->description;
	bool		is_count = facts->cells->description->measures[quantity->measure].kind == MEASURE_COUNT;
	int64		least = is_count && !description->zeros_are_hidden ? 1 : 0;
	int64		lower = unknown->lower;
	int64		upper = unknown->upper;

	switch (said->rule)
	{
		case MARK_NOT_EXPLAINED:
		case MARK_HIDDEN:
		case MARK_NEXT_SMALLEST:
			/* Where the n is hidden too, it may be for that that a numerator of 0 is. */
			if (is_count && (quantity->of == NONE || IsKnown(facts, quantity->of, cell)))
				lower = least;
			break;
		case MARK_PRIMARY:
			if (!is_count)
				break;
			lower = least;
			upper = description->minimum - 1;
			break;
		case MARK_COMPLEMENTARY:
			if (is_count)
				lower = description->minimum;
			break;
		case MARK_BETWEEN:
			lower = said->has_lower ?
				MarkBound(quantity, said->lower, said->decimals, false, said->lower_is_strict) : least;
			if (said->has_upper)
				upper = MarkBound(quantity, said->upper, said->decimals, true, said->upper_is_strict);
			break;
	}
	unknown->rule_lower = Max(unknown->rule_lower, lower);
	unknown->rule_upper = Min(unknown->rule_upper, upper);
}

/*
 * WidthInSteps
 *		The width that an interval must have, in steps of a quantity.
 */
double
WidthInSteps(const Facts *facts, const Quantity *quantity)
{
	return facts->cells->description->width * (double) PowerOf10(quantity->decimals) / quantity->step;
}

/*
 * IsLikePart
 *		Whether a quantity is a part of another, in the same steps: what it leaves of that is a number of them, too.
 */
bool
IsLikePart(const Facts *facts, int quantity)
{
	const Quantity *part = &facts->quantities[quantity];
	const Quantity *of = part->of == NONE ? NULL : &facts->quantities[part->of];

	return part->is_part && part->step == of->step && part->decimals == of->decimals;
}

/*
 * IsLikePartOf
 *		Whether a quantity is such a part of another, or of a part of it.
 */
bool
IsLikePartOf(const Facts *facts, int quantity, int whole)
{
	while (IsLikePart(facts, quantity))
	{
		quantity = facts->quantities[quantity].of;
		if (quantity == whole)
			return true;
	}
	return false;
}

/*
 * IsFarRest
 *		Whether a holder is what a part leaves of something that its n is a part of.
 */
bool
IsFarRest(const Facts *facts, Holder holder)
{
	return holder.is_rest && holder.whole != facts->quantities[holder.quantity].of;
}

/* By nature a part is no more than all, and scores are on their scale. */
static void
BoundByN(const Facts *facts, const Quantity *quantity, int cell, Unknown *unknown)
{
	const Measure *measure = &facts->cells->description->measures[quantity->measure];
	int64		n;

	if (quantity->of == NONE || !IsKnown(facts, quantity->of, cell))
		return;
	n = facts->quantities[quantity->of].known[cell];
	if (IsLikePart(facts, quantity - facts->quantities))
		unknown->upper = n;
	if (n == 0)
		unknown->upper = 0;
	if (measure->has_lowest)
		unknown->lower = Min(measure->lowest * n, MAX_WHOLE);
	if (measure->has_highest)
		unknown->upper = Min(measure->highest * n, MAX_WHOLE);
}

/* A quantity in one cell: known if it is shown, an unknown if not */
static void
FindInCell(Facts *facts, int which, int cell)
{
	const Cells *cells = facts->cells;
	Quantity   *quantity = &facts->quantities[which];
	Holder		holder = {.quantity = which,.cell = cell,.other = NONE};
	Unknown		unknown = {.is_whole = !quantity->is_real,.lower = 0,.upper = NO_UPPER_BOUND};
	bool		is_printed = quantity->field != NONE && cell < cells->n_listed;
	Number		number;

	quantity->unknown[cell] = KNOWN;
	if (is_printed)
	{
		number = NumberOf(cells, quantity->field, cell);
		if (number.said == SHOWN)
		{
			quantity->known[cell] = ShownSteps(facts, quantity, number, cell);
			return;
		}
	}
	BoundByN(facts, quantity, cell, &unknown);
	if (unknown.upper == 0)
	{
		quantity->known[cell] = 0;
		return;
	}
	unknown.width = WidthInSteps(facts, quantity);
	unknown.rule_lower = unknown.lower;
	unknown.rule_upper = unknown.upper;
	if (is_printed)
	{
		int			said = number.said;

		do
		{
			ApplyMark(facts, quantity, &cells->description->said[said], cell, &unknown);
			said = cells->description->said[said].also;
		} while (said != SAID_NULL);
	}
	quantity->unknown[cell] = AddUnknown(facts, unknown, holder);
}

/* A quantity in all cells; those that others are of come first */
static void
FindKnown(Facts *facts, int which)
{
	Quantity   *quantity = &facts->quantities[which];
	int			n = facts->cells->n_cells;

	if (quantity->known != NULL)
		return;
	quantity->known = palloc_extended(sizeof(int64) * n, MCXT_ALLOC_HUGE);
	quantity->unknown = palloc_extended(sizeof(int32) * n, MCXT_ALLOC_HUGE);
	if (quantity->of != NONE)
		FindKnown(facts, quantity->of);
	for (int cell = 0; cell < n; cell++)
	{
		CHECK_FOR_INTERRUPTS();
		FindInCell(facts, which, cell);
	}
}

/* ---- lines ---- */

/* A total is the sum of its parts. */
static void
StateLine(Facts *facts, int which, int line_number, Term *terms)
{
	const Quantity *quantity = &facts->quantities[which];
	const Line *line = &facts->lines->lines[line_number];
	Source		source = {FROM_LINE, line_number, which, line->total, NONE};
	Fact		fact = {.terms = terms,.is_exact = true};
	int64		shown = 0;

	for (int i = 0; i < line->n_parts; i++)
	{
		int			cell = facts->lines->parts[line->first + i];

		if (quantity->unknown[cell] == KNOWN)
			shown = AddCounts(shown, quantity->known[cell]);
		else
			terms[fact.n_terms++] = (Term) {quantity->unknown[cell], 1};
	}
	if (quantity->unknown[line->total] == KNOWN)
		fact.lower = quantity->known[line->total] - shown;
	else
	{
		fact.lower = -shown;
		terms[fact.n_terms++] = (Term) {quantity->unknown[line->total], -1};
	}
	fact.upper = fact.lower;
	if (fact.n_terms > 0)
		StateFact(facts, fact, source);
	else if (fact.lower != 0)
		AddRemark(facts, REMARK_CONTRADICTION, source, NULL);
}

/* A total is the same as each of its parts; or if these are parts by something else, too, neither that nor their sum. */
static void
StateSame(Facts *facts, int which, const Line *line, Pattern same)
{
	if (DividedBy(facts->cells, facts->lines, line) != same)
		return;
	for (int i = 0; i < line->n_parts; i++)
	{
		int			cell = facts->lines->parts[line->first + i];
		Source		source = {FROM_SAME, which, which, cell, line->total};
		Statement	difference = {0};

		Add(&difference, facts, which, cell, 1);
		Add(&difference, facts, which, line->total, -1);
		StateSum(facts, &difference, 0, source);
	}
}

/* What a line says of a quantity */
static void
StateLineOf(Facts *facts, int which, int line_number, Term *terms)
{
	const Line *line = &facts->lines->lines[line_number];
	int			same_for = MeasureOf(facts, which)->same_for;
	Pattern		same = same_for == NONE ? 0 : PatternBit(same_for);

	if ((DividedBy(facts->cells, facts->lines, line) & same) == 0)
		StateLine(facts, which, line_number, terms);
	else
		StateSame(facts, which, line, same);
}

static void
StateLines(Facts *facts)
{
	int			longest = 0;
	Term	   *terms;

	for (int i = 0; i < facts->lines->n; i++)
		longest = Max(longest, facts->lines->lines[i].n_parts);
	terms = palloc_extended(sizeof(Term) * ((Size) longest + 1), MCXT_ALLOC_HUGE);
	for (int i = 0; i < facts->lines->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < facts->n_quantities; j++)
			StateLineOf(facts, j, i, terms);
	}
	pfree(terms);
}

/* The smallest number but 0 that is shown in a line; -1 if none is */
static int64
SmallestShown(const Facts *facts, const Quantity *quantity, const Line *line)
{
	int64		smallest = -1;

	for (int i = 0; i < line->n_parts; i++)
	{
		int			cell = facts->lines->parts[line->first + i];

		if (quantity->unknown[cell] == KNOWN && quantity->known[cell] > 0 && facts->cells->kinds[cell] == CELL_LISTED)
			smallest = smallest < 0 ? quantity->known[cell] : Min(smallest, quantity->known[cell]);
	}
	return smallest;
}

/* Whether a line is one along a dimension, and no other */
static bool
IsAlong(const Facts *facts, const Line *line, int dimension)
{
	return DividedBy(facts->cells, facts->lines, line) == PatternBit(dimension);
}

/* Whether a text says that no smaller number is hidden in a line */
static bool
SaysNextSmallest(const Facts *facts, const Line *line, int number)
{
	const Said *said = &facts->cells->description->said[number];

	return (said->rule == MARK_NEXT_SMALLEST && IsAlong(facts, line, said->along)) ||
		(said->also != SAID_NULL && SaysNextSmallest(facts, line, said->also));
}

/* Who hides the next smallest number of a line shows no smaller one there. */
static void
BoundByNextSmallest(Facts *facts, const Quantity *quantity, const Line *line)
{
	int64		smallest = -1;

	for (int i = 0; i < line->n_parts; i++)
	{
		int			cell = facts->lines->parts[line->first + i];
		Unknown    *unknown;

		if (quantity->unknown[cell] == KNOWN || facts->cells->kinds[cell] != CELL_LISTED ||
			!SaysNextSmallest(facts, line, NumberOf(facts->cells, quantity->field, cell).said))
			continue;
		if (smallest < 0)
			smallest = SmallestShown(facts, quantity, line);
		if (smallest < 0)
			return;
		unknown = &facts->system.unknowns[quantity->unknown[cell]];
		unknown->rule_upper = Min(unknown->rule_upper, smallest);
	}
}

static void
ApplyNextSmallest(Facts *facts)
{
	const Description *description = facts->cells->description;
	bool		is_used = false;

	for (int i = 0; i < description->texts.n; i++)
		is_used |= description->said[i].rule == MARK_NEXT_SMALLEST;
	for (int i = 0; is_used && i < facts->n_quantities; i++)
	{
		for (int j = 0; facts->quantities[i].field != NONE && j < facts->lines->n; j++)
			BoundByNextSmallest(facts, &facts->quantities[i], &facts->lines->lines[j]);
	}
}

/* ---- parts ---- */

/*
 * StateRest
 *		What an unknown leaves of another that it is a part of is an unknown, too: all lines together can tell
 *		it where they tell neither of the two. That it is not below 0 says that the part is no more than all.
 */
void
StateRest(Facts *facts, int whole, int n, int part, Source source)
{
	Holder		holder = facts->holders[part];
	const Quantity *quantity = &facts->quantities[holder.quantity];
	Unknown		rest = {.is_whole = !quantity->is_real,.upper = NO_UPPER_BOUND,.rule_upper = NO_UPPER_BOUND,.width = WidthInSteps(facts, quantity),.is_aside = true};
	Statement	left = {.n = 3,.unknowns = {n, part, NONE},.coefficients = {1, -1, -1}};

	holder.n = n;
	holder.is_rest = true;
	holder.part = part;
	holder.whole = whole;
	left.unknowns[2] = AddUnknown(facts, rest, holder);
	StateSum(facts, &left, 0, source);
}

/* A part is no more than all; who are all or none of them are all the same. */
static void
StatePart(Facts *facts, int which, int cell)
{
	const Quantity *quantity = &facts->quantities[which];
	const Quantity *of = &facts->quantities[quantity->of];
	Source		source = {FROM_PART, quantity->of, which, cell, NONE};
	Statement	left = {0};
	Bounds		bounds = {.has_lower = true,.divisor = 1};

	if (!IsKnown(facts, which, cell) && IsLikePart(facts, which))
	{
		if (IsKnown(facts, quantity->of, cell))
			return;				/* a bound by nature */
		if (facts->cells->kinds[cell] != CELL_BETWEEN)
		{
			source.kind = FROM_REST;
			StateRest(facts, quantity->of, of->unknown[cell], quantity->unknown[cell], source);
			return;
		}
	}
	Add(&left, facts, quantity->of, cell, of->step * PowerOf10(quantity->decimals));
	Add(&left, facts, which, cell, -quantity->step * PowerOf10(of->decimals));
	StateBetween(facts, &left, bounds, source);
	if (left.n == 0 && facts->cells->kinds[cell] == CELL_LISTED && of->known[cell] > 0 &&
		(left.constant == 0 || quantity->known[cell] == 0))
		AddRemark(facts, REMARK_ALL_SAME, source, NULL);
}

/* What a part of a part leaves of the whole is a number of students as well, and can be had where neither of the two that it is made of can. */
static void
StateFarRests(Facts *facts, int which, int cell)
{
	const Quantity *quantity = &facts->quantities[which];
	int			part = which;

	if (IsKnown(facts, which, cell) || facts->cells->kinds[cell] == CELL_BETWEEN)
		return;
	while (IsLikePart(facts, part) && IsLikePart(facts, facts->quantities[part].of))
	{
		int			whole;

		part = facts->quantities[part].of;
		whole = facts->quantities[part].of;
		if (!IsKnown(facts, whole, cell))
			StateRest(facts, whole, facts->quantities[whole].unknown[cell], quantity->unknown[cell], (Source) {FROM_REST, whole, which, cell, NONE});
	}
}

static void
StateParts(Facts *facts)
{
	for (int i = 0; i < facts->n_quantities; i++)
	{
		for (int cell = 0; facts->quantities[i].is_part && cell < facts->cells->n_cells; cell++)
		{
			CHECK_FOR_INTERRUPTS();
			StatePart(facts, i, cell);
			StateFarRests(facts, i, cell);
		}
	}
}

/*
 * FindFacts
 *		All that is published about what is not.
 */
Facts *
FindFacts(Cells *cells, Lines *lines)
{
	Facts	   *facts = palloc0(sizeof(Facts));

	facts->cells = cells;
	facts->lines = lines;
	facts->max_facts = facts->max_unknowns = 1024;
	facts->system.unknowns = palloc(sizeof(Unknown) * facts->max_unknowns);
	facts->holders = palloc(sizeof(Holder) * facts->max_unknowns);
	facts->system.facts = palloc(sizeof(Fact) * facts->max_facts);
	facts->sources = palloc(sizeof(Source) * facts->max_facts);

	FindQuantities(facts);
	for (int i = 0; i < facts->n_quantities; i++)
		FindKnown(facts, i);
	StateLines(facts);
	ApplyNextSmallest(facts);
	StateParts(facts);
	for (int i = 0; i < cells->description->n_measures; i++)
	{
		StateRates(facts, i);
		StateComparison(facts, i);
		RemarkDerived(facts, i);
	}
	for (int i = 0; i < cells->description->n_measures; i++)
		StateListed(facts, i);
	StateReleases(facts);
	return facts;
}
