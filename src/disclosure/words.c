/*
 * words.c
 *		Saying where a number can be had from.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/excerpt.h"
#include "disclosure/words.h"

/* Cells and facts that a sentence names; the others are counted */
#define MAX_NAMED_CELLS 6
#define MAX_NAMED_FACTS 12

/* Facts that name the cells that they are made of */
#define MAX_FACTS_IN_FULL 2

static const char *const verdict_names[] = {
	[EXACT_LINEAR] = "exact_linear",
	[EXACT_NONNEG] = "exact_nonneg",
	[EXACT_WHOLE] = "exact_whole",
	[EXACT_RULE] = "exact_rule",
	[NARROW_NONNEG] = "narrow_nonneg",
	[NARROW_WHOLE] = "narrow_whole",
	[NARROW_RULE] = "narrow_rule",
	[PROTECTED] = "protected",
	[NOT_PROVEN] = "not_proven",
	[INCONSISTENT] = "inconsistent"
};

const char *
VerdictName(Verdict verdict)
{
	return verdict_names[verdict];
}

/* ---- names ---- */

/*
 * HolderName
 *		Whose number an unknown is.
 */
char *
HolderName(const Facts *facts, Holder holder)
{
	const Description *description = facts->cells->description;
	const Quantity *quantity = &facts->quantities[holder.quantity];
	const Dimension *releases;
	char	   *name = CellName(facts->cells, holder.cell);

	if (holder.other == NONE)
		return name;
	releases = &description->dimensions[quantity->over];
	return psprintf("%s, who %s %s %s", name, quantity->is_leaving ? "left before" : "joined before",
					releases->name,
					Excerpt(NameOfMember(releases, MembersOf(facts->cells, holder.other)[quantity->over])));
}

/*
 * NumberName
 *		Which of their numbers it is.
 */
const char *
NumberName(const Facts *facts, Holder holder)
{
	const char *name = MeasureOf(facts, holder.quantity)->name;

	return holder.is_rest ? psprintf("%s less %s", MeasureOf(facts, holder.whole)->name, name) : name;
}

/* A quantity that is known */
static char *
KnownText(const Facts *facts, int quantity, int128 steps)
{
	const Quantity *q = &facts->quantities[quantity];

	return NumberText(steps * q->step, q->decimals);
}

/* A quantity in a cell as it was published */
static char *
Shown(const Facts *facts, int quantity, int cell)
{
	return IsKnown(facts, quantity, cell) ?
		KnownText(facts, quantity, facts->quantities[quantity].known[cell]) : pstrdup("hidden");
}

/* A number of a measure as it was printed, or the range */
static char *
PrintedText(const Facts *facts, const Measure *measure, int field, int cell)
{
	Number		number = NumberOf(facts->cells, field, cell);
	char	   *mark;

	if (number.said != SHOWN)
	{
		mark = facts->cells->description->said[number.said].text;
		return mark == NULL ? pstrdup("hidden") : mark;
	}
	return psprintf("%s%s", NumberText(number.value, number.decimals),
					measure->kind == MEASURE_PERCENT ? "%" : "");
}

/* ---- lines ---- */

/* The dimensions by which the parts of a line are told apart */
static char *
DividedByText(const Facts *facts, const Line *line)
{
	const Description *description = facts->cells->description;
	Pattern		divided = DividedBy(facts->cells, facts->lines, line);
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < description->n_dimensions; i++)
	{
		if (divided & PatternBit(i))
			appendStringInfo(&names, "%s%s", names.len == 0 ? "" : " and ", description->dimensions[i].name);
	}
	return names.data;
}

/* A part of a line, by the members that the total does not have */
static char *
PartName(const Facts *facts, const Line *line, int part)
{
	const Description *description = facts->cells->description;
	StringInfoData name;

	initStringInfo(&name);
	for (int i = 0; i < description->n_dimensions; i++)
	{
		int32		member = MembersOf(facts->cells, part)[i];

		if (member != MembersOf(facts->cells, line->total)[i])
			appendStringInfo(&name, "%s%s", name.len == 0 ? "" : " ",
							 Excerpt(NameOfMember(&description->dimensions[i], member)));
	}
	return name.data;
}

/* The parts of a line that are shown: 12 Asian + 4 Black, or their sum if they are many */
static char *
ShownParts(const Facts *facts, int quantity, const Line *line, int n, int64 sum)
{
	StringInfoData parts;

	if (n > MAX_NAMED_CELLS)
		return psprintf("%s in %d cells", KnownText(facts, quantity, sum), n);
	initStringInfo(&parts);
	for (int i = 0; i < line->n_parts; i++)
	{
		int			cell = facts->lines->parts[line->first + i];

		if (IsKnown(facts, quantity, cell))
			appendStringInfo(&parts, "%s%s %s", parts.len == 0 ? "" : " + ",
							 Shown(facts, quantity, cell), PartName(facts, line, cell));
	}
	return parts.data;
}

/* A line; in brief, with the sum of what is hidden in it instead of what is shown */
static char *
LineWords(const Facts *facts, Source source, const Fact *fact, bool in_brief)
{
	const Line *line = &facts->lines->lines[source.number];
	const char *measure = MeasureOf(facts, source.quantity)->name;
	bool		is_known = IsKnown(facts, source.quantity, line->total);
	int64		total = is_known ? facts->quantities[source.quantity].known[line->total] : 0;
	int			n_shown = line->n_parts - (is_known ? fact->n_terms : fact->n_terms - 1);
	char	   *name = CellName(facts->cells, line->total);
	char	   *by = DividedByText(facts, line);
	char	   *shown;

	if (in_brief && is_known)
		return psprintf("%s that %s hides by %s (%s)", measure, name, by,
						KnownText(facts, source.quantity, fact->lower));
	shown = ShownParts(facts, source.quantity, line, n_shown, total - fact->lower);
	if (is_known)
		return n_shown == 0 ?
			psprintf("%s of %s (%s), the sum by %s", measure, name, KnownText(facts, source.quantity, total), by) :
			psprintf("%s of %s (%s) less what is shown of it by %s (%s)", measure, name,
					 KnownText(facts, source.quantity, total), by, shown);
	return n_shown == 0 ?
		psprintf("%s of %s, which is the sum by %s", measure, name, by) :
		psprintf("%s of %s, which is the sum by %s (shown: %s)", measure, name, by, shown);
}

/* The sum of the parts of a line that are all shown */
static int64
SumOfParts(const Facts *facts, int quantity, const Line *line)
{
	int64		sum = 0;

	for (int i = 0; i < line->n_parts; i++)
		sum += facts->quantities[quantity].known[facts->lines->parts[line->first + i]];
	return sum;
}

/* ---- all facts ---- */

/* The two groups that a number compares */
static char *
GroupsOf(const Facts *facts, const Measure *measure, int cell)
{
	const Dimension *dimension = &facts->cells->description->dimensions[measure->between];

	return psprintf("%s and %s", Excerpt(measure->focal != NULL ? measure->focal :
										 NameOfMember(dimension, MembersOf(facts->cells, cell)[measure->between])),
					Excerpt(measure->reference));
}

/* The total of two groups, where that tells which numbers they can have */
static char *
WithTotal(const Facts *facts, Source source)
{
	if (source.other == NONE)
		return "";
	return psprintf(", with %s of %s (%s)", MeasureOf(facts, source.quantity)->name,
					CellName(facts->cells, source.other), Shown(facts, source.quantity, source.other));
}

/* Whether those who are the difference of two releases left or joined */
static const char *
MovedWord(const Facts *facts, int quantity)
{
	return facts->quantities[quantity].is_leaving ? "left" : "joined";
}

/* A number in two releases, and how the one is to the other */
static char *
TwoReleases(const Facts *facts, Source source, const char *is)
{
	return psprintf("%s of %s (%s), %s that of %s (%s)", MeasureOf(facts, source.quantity)->name,
					CellName(facts->cells, source.cell), Shown(facts, source.quantity, source.cell), is,
					CellName(facts->cells, source.other), Shown(facts, source.quantity, source.other));
}

/* A quantity of the two releases of a source, the larger number less the smaller one */
static char *
DifferenceWords(const Facts *facts, int quantity, Source source)
{
	bool		is_leaving = facts->quantities[source.quantity].is_leaving;
	int			larger = is_leaving ? source.cell : source.other;
	int			smaller = is_leaving ? source.other : source.cell;
	const Measure *measure = MeasureOf(facts, quantity);

	if (measure->kind == MEASURE_MEAN)
		return psprintf("the points behind %s of %s less those of %s", measure->name,
						CellName(facts->cells, larger), CellName(facts->cells, smaller));
	return psprintf("%s of %s (%s) less that of %s (%s)", measure->name, CellName(facts->cells, larger),
					Shown(facts, quantity, larger), CellName(facts->cells, smaller), Shown(facts, quantity, smaller));
}

/* What a fact is, as a part of a sentence */
static char *
SourceWords(const Facts *facts, Source source, const Fact *fact, bool in_brief)
{
	const Measure *measures = facts->cells->description->measures;
	const Measure *measure;
	char	   *name = CellName(facts->cells, source.cell);

	switch (source.kind)
	{
		case FROM_LINE:
			return LineWords(facts, source, fact, in_brief);
		case FROM_SAME:
			return psprintf("%s of %s (%s), the same as that of %s (%s)", MeasureOf(facts, source.quantity)->name, name,
							Shown(facts, source.quantity, source.cell), CellName(facts->cells, source.other),
							Shown(facts, source.quantity, source.other));
		case FROM_PART:
		case FROM_REST:
			return psprintf("%s of %s, at most its %s (%s)", MeasureOf(facts, source.quantity)->name, name,
							MeasureOf(facts, source.number)->name, Shown(facts, source.number, source.cell));
		case FROM_RATE:
			measure = &measures[source.number];
			return psprintf("%s of %s, %s of %s", measure->name, name,
							PrintedText(facts, measure, measure->field, source.cell),
							Shown(facts, QuantityOfN(facts, measure), source.cell));
		case FROM_GAP:
		case FROM_RATIO:
			measure = &measures[source.number];
			return psprintf("%s of %s, %s between %s%s", measure->name, name,
							PrintedText(facts, measure, measure->field, source.cell),
							GroupsOf(facts, measure, source.cell), WithTotal(facts, source));
		case FROM_INTERVAL:
			measure = &measures[source.number];
			return psprintf("%s of %s, %s to %s%s", measure->name, name,
							PrintedText(facts, measure, measure->field, source.cell),
							PrintedText(facts, measure, measure->upper_field, source.cell), WithTotal(facts, source));
		case FROM_DERIVED:
			measure = &measures[source.number];
			return psprintf("%s of %s, %s", measure->name, name, PrintedText(facts, measure, measure->field, source.cell));
		case FROM_RELEASES:
		case FROM_STAYERS:
			return TwoReleases(facts, source, source.kind == FROM_RELEASES ?
							   (facts->quantities[source.quantity].is_leaving ? "at least" : "at most") :
							   measures[source.number].kind == MEASURE_MEAN ? "the same points as" : "the same as");
		case FROM_DIFFERENCE:
			return DifferenceWords(facts, source.quantity, source);
		case FROM_ALL_MOVED:
		case FROM_OTHERS_MOVED:
			return psprintf("no more than who %s: %s", MovedWord(facts, source.quantity),
							DifferenceWords(facts, facts->quantities[source.quantity].of, source));
	}
	return NULL;
}

/* One more of several reasons */
static void
AppendReason(StringInfo words, char *reason)
{
	appendStringInfo(words, "%s%s", words->len == 0 ? "" : "; ", reason);
}

/* One of the facts that give a number away, with its sign in their sum */
static void
AppendFact(StringInfo words, const Facts *facts, const Finding *finding, int which, double sign)
{
	int			fact = finding->because[which];
	char	   *is = fact == INSIDERS_FACT ? pstrdup("the child herself, who is one") :
		SourceWords(facts, facts->sources[fact], &facts->system.facts[fact], finding->n_because > MAX_FACTS_IN_FULL);
	double		times = finding->multipliers == NULL ? 0 : finding->multipliers[which] * sign;

	if (times != 0 && fabs(times) != 1)
		is = psprintf("%g times %s", fabs(times), is);
	if (which == 0 || times == 0)
		AppendReason(words, is);
	else
		appendStringInfo(words, "; %s %s", times > 0 ? "and" : "less", is);
}

/* Whether a fact among those of a finding says the same as one before: a ratio is two facts */
static bool
IsRepeated(const Facts *facts, const Finding *finding, int which)
{
	for (int i = 0; i < which && finding->multipliers == NULL; i++)
	{
		if (finding->because[i] >= 0 && finding->because[which] >= 0 &&
			memcmp(&facts->sources[finding->because[i]], &facts->sources[finding->because[which]], sizeof(Source)) == 0)
			return true;
	}
	return false;
}

/* Whether a fact is no more than what the rest is that it gives away */
static bool
IsOwnRest(const Facts *facts, int unknown, int fact)
{
	Holder		holder = facts->holders[unknown];
	Source		source;

	if (fact == INSIDERS_FACT || !holder.is_rest)
		return false;
	source = facts->sources[fact];
	return ((source.kind == FROM_REST && source.number == holder.whole) || source.kind == FROM_OTHERS_MOVED) && source.quantity == holder.quantity &&
		source.cell == holder.cell && source.other == holder.other;
}

/* What the mark of an unknown says */
static char *
MarkWords(const Facts *facts, int unknown)
{
	const Unknown *u = &facts->system.unknowns[unknown];
	Holder		holder = facts->holders[unknown];
	int			field = facts->quantities[holder.quantity].field;
	const char *mark;

	if (holder.is_rest || (u->rule_lower == u->lower && u->rule_upper == u->upper))
		return pstrdup("what the marks of others say");
	mark = facts->cells->description->said[NumberOf(facts->cells, field, holder.cell).said].text;
	if (mark == NULL)
		mark = "NULL";
	if (u->rule_upper == NO_UPPER_BOUND)
		return psprintf("its mark %s, at least %s", mark, KnownText(facts, holder.quantity, u->rule_lower));
	return psprintf("its mark %s, from %s to %s", mark, KnownText(facts, holder.quantity, u->rule_lower),
					KnownText(facts, holder.quantity, u->rule_upper));
}

/* What an unknown is by nature, where no fact says more */
static char *
NatureWords(const Facts *facts, int unknown)
{
	Holder		holder = facts->holders[unknown];
	const Quantity *quantity = &facts->quantities[holder.quantity];
	const Unknown *u = &facts->system.unknowns[unknown];

	if (!quantity->is_part)
		return psprintf("the scale, from %s to %s", KnownText(facts, holder.quantity, u->lower),
						KnownText(facts, holder.quantity, u->upper));
	if (holder.other != NONE)
		return psprintf("no more than who %s: %s", MovedWord(facts, holder.quantity),
						DifferenceWords(facts, quantity->of, (Source) {FROM_ALL_MOVED, 0, holder.quantity, holder.cell, holder.other}));
	return psprintf("at most its %s (%s)", MeasureOf(facts, quantity->of)->name,
					Shown(facts, quantity->of, holder.cell));
}

/* The facts that give a number away, or contradict one another */
static void
AppendFacts(StringInfo words, const Facts *facts, const Finding *finding)
{
	int			n = Min(finding->n_because, MAX_NAMED_FACTS);
	double		sign = finding->multipliers != NULL && finding->multipliers[0] < 0 ? -1 : 1;

	for (int i = 0; i < n; i++)
	{
		if (!IsRepeated(facts, finding, i))
			AppendFact(words, facts, finding, i, sign);
	}
	if (finding->n_because > n)
		appendStringInfo(words, "; and %d more", finding->n_because - n);
}

/* The same without that, if there are others */
static Finding
WithoutOwnRest(const Facts *facts, int unknown, const Finding *finding)
{
	Finding		others = *finding;

	if (!facts->holders[unknown].is_rest)
		return others;
	others.because = palloc(sizeof(int) * Max(finding->n_because, 1));
	others.multipliers = finding->multipliers == NULL ? NULL : palloc(sizeof(double) * Max(finding->n_because, 1));
	others.n_because = 0;
	for (int i = 0; i < finding->n_because; i++)
	{
		if (IsOwnRest(facts, unknown, finding->because[i]))
			continue;
		others.because[others.n_because] = finding->because[i];
		if (finding->multipliers != NULL)
			others.multipliers[others.n_because] = finding->multipliers[i];
		others.n_because++;
	}
	return others.n_because == 0 ? *finding : others;
}

/*
 * BecauseOf
 *		What gives an unknown away; NULL if nothing does.
 */
char *
BecauseOf(const Facts *facts, int unknown, const Finding *finding)
{
	Finding		told = WithoutOwnRest(facts, unknown, finding);
	bool		is_by_rule = finding->verdict == EXACT_RULE || finding->verdict == NARROW_RULE;
	StringInfoData words;

	if (finding->verdict == PROTECTED)
		return NULL;
	initStringInfo(&words);
	if (told.n_because > 0)
		AppendFacts(&words, facts, &told);
	else if (!is_by_rule && facts->system.unknowns[unknown].upper != NO_UPPER_BOUND)
		AppendReason(&words, NatureWords(facts, unknown));
	if (is_by_rule)
		AppendReason(&words, MarkWords(facts, unknown));
	if (finding->verdict == INCONSISTENT)
		return psprintf("%s fit %s", finding->n_because == 1 ? "no number can" : "no numbers can", words.data);
	if (finding->verdict == NOT_PROVEN)
		return psprintf("too many whole numbers to try");
	return words.data;
}

/* ---- remarks ---- */

/*
 * ContradictionWords
 *		What two published numbers, or more, cannot all be right about.
 */
char *
ContradictionWords(const Facts *facts, Source source)
{
	const Measure *measures = facts->cells->description->measures;
	const Line *line;

	switch (source.kind)
	{
		case FROM_LINE:
			line = &facts->lines->lines[source.number];
			return psprintf("it is %s, but by %s it adds up to %s", Shown(facts, source.quantity, line->total),
							DividedByText(facts, line),
							KnownText(facts, source.quantity, SumOfParts(facts, source.quantity, line)));
		case FROM_SAME:
			return psprintf("it is %s, but %s for %s", Shown(facts, source.quantity, source.cell),
							Shown(facts, source.quantity, source.other), CellName(facts->cells, source.other));
		case FROM_PART:
		case FROM_REST:
			return psprintf("it is %s, which is more than %s (%s)", Shown(facts, source.quantity, source.cell),
							MeasureOf(facts, source.number)->name, Shown(facts, source.number, source.cell));
		case FROM_RATE:
			return psprintf("it is %s, but %s of %s is not that",
							PrintedText(facts, &measures[source.number], measures[source.number].field, source.cell),
							Shown(facts, source.quantity, source.cell),
							Shown(facts, QuantityOfN(facts, &measures[source.number]), source.cell));
		case FROM_GAP:
		case FROM_RATIO:
			return psprintf("it is %s, which the numbers of %s do not give",
							PrintedText(facts, &measures[source.number], measures[source.number].field, source.cell),
							GroupsOf(facts, &measures[source.number], source.cell));
		case FROM_INTERVAL:
			return psprintf("no counts have the interval from %s to %s",
							PrintedText(facts, &measures[source.number], measures[source.number].field, source.cell),
							PrintedText(facts, &measures[source.number], measures[source.number].upper_field, source.cell));
		case FROM_DERIVED:
			break;				/* says nothing that could be wrong */
		case FROM_RELEASES:
			return psprintf("from this release to that of %s %s",
							CellName(facts->cells, source.other),
							facts->quantities[source.quantity].is_leaving ? "somebody joined" : "somebody left");
		case FROM_STAYERS:
		case FROM_DIFFERENCE:
		case FROM_ALL_MOVED:
		case FROM_OTHERS_MOVED:
			return psprintf("%s is more than %s", DifferenceWords(facts, source.quantity, source),
							DifferenceWords(facts, facts->quantities[source.quantity].of, source));
	}
	return NULL;
}

/*
 * AllSameWords
 *		Everybody, or nobody, of a group
 */
char *
AllSameWords(const Facts *facts, Source source)
{
	const Quantity *quantity = &facts->quantities[source.quantity];

	if (source.kind == FROM_DIFFERENCE)
		return psprintf("%s of them, %s, which tells it of each of them",
						quantity->known[source.cell] == quantity->known[source.other] ? "none" : "all",
						DifferenceWords(facts, quantity->of, source));
	return psprintf(quantity->known[source.cell] == 0 ? "none of %s, which tells it of each of them" : "all of %s, which tells it of each of them",
					Shown(facts, source.number, source.cell));
}

char *
LeftOutWords(const Facts *facts, const Remark *remark)
{
	return psprintf("%s: %s", SourceWords(facts, remark->source, NULL, false), remark->why);
}

char *
ShownElsewhereWords(const Facts *facts, const ShownElsewhere *shown)
{
	Number		number = NumberOf(facts->cells, shown->field, shown->cell);

	return psprintf("one row says %s, but another shows it: %s",
					facts->cells->description->said[shown->said].text,
					NumberText(number.value, number.decimals));
}
