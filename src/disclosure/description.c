/*
 * description.c
 *		Reading what the caller says of a published table.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/confidence.h"
#include "base/excerpt.h"
#include "disclosure/description.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#define MAX_MEASURES 32

/* ---- jsonb ---- */

static char *
JsonText(const JsonbValue *value)
{
	return pnstrdup(value->val.string.val, value->val.string.len);
}

/* The value of a key; NULL if there is none, or null */
static JsonbValue *
JsonField(JsonbContainer *object, const char *key)
{
	JsonbValue *value = getKeyJsonValueFromContainer(object, key, strlen(key), NULL);

	return value == NULL || value->type == jbvNull ? NULL : value;
}

static bool
IsJson(const JsonbValue *value, uint32 kind)
{
	return value->type == jbvBinary && (value->val.binary.data->header & kind) != 0;
}

/* An argument that must be an object */
static JsonbContainer *
JsonObject(Jsonb *jsonb, const char *name, const char *hint)
{
	if (!JB_ROOT_IS_OBJECT(jsonb))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be a JSON object", name),
				 errhint("%s", hint)));
	return &jsonb->root;
}

/* The next key of an object, and its value; false at its end */
static bool
NextField(JsonbIterator **iterator, char **key, JsonbValue *value)
{
	JsonbIteratorToken token;
	JsonbValue	name;

	while ((token = JsonbIteratorNext(iterator, &name, true)) != WJB_DONE)
	{
		if (token != WJB_KEY)
			continue;
		*key = JsonText(&name);
		JsonbIteratorNext(iterator, value, true);
		return true;
	}
	return false;
}

/* The texts of an array, or the one text that stands in its place; NULL if it is neither */
static char **
JsonTexts(const JsonbValue *value, int *n)
{
	char	  **texts;
	JsonbContainer *array;

	if (value->type == jbvString)
	{
		texts = palloc(sizeof(char *));
		texts[0] = JsonText(value);
		*n = 1;
		return texts;
	}
	if (!IsJson(value, JB_FARRAY))
		return NULL;
	array = value->val.binary.data;
	*n = JsonContainerSize(array);
	texts = palloc(sizeof(char *) * *n);
	for (int i = 0; i < *n; i++)
	{
		JsonbValue *element = getIthJsonbValueFromContainer(array, i);

		if (element->type != jbvString)
			return NULL;
		texts[i] = JsonText(element);
	}
	return texts;
}

/* A number, exactly */
static bool
JsonNumber(const JsonbValue *value, int64 *number, int32 *decimals)
{
	if (value->type != jbvNumeric)
		return false;
	return ParseNumber(DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric))),
					   number, decimals) == PARSED;
}

/* ---- dimensions ---- */

static int
FindDimension(const Description *description, const char *name)
{
	for (int i = 0; i < description->n_dimensions; i++)
	{
		if (strcmp(description->dimensions[i].name, name) == 0)
			return i;
	}
	return NONE;
}

/* The dimension that some argument names */
static int
NamedDimension(const Description *description, const char *name, const char *in)
{
	StringInfoData names;
	int			found = FindDimension(description, name);

	if (found != NONE)
		return found;
	initStringInfo(&names);
	for (int i = 0; i < description->n_dimensions; i++)
		appendStringInfo(&names, "%s%s", i == 0 ? "" : ", ", description->dimensions[i].name);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s: \"%s\" is not one of the dimensions", in, Excerpt(name)),
			 errhint("The dimensions are: %s.", names.data)));
	return NONE;
}

/*
 * DescribeDimensions
 *		The columns that say what each row is about.
 */
void
DescribeDimensions(Description *description, char **names, int n)
{
	if (n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("dimensions must not be empty"),
				 errhint("Name the columns that say what a row is about, such as school and race.")));
	if (n > MAX_DIMENSIONS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many dimensions: %d", n),
				 errdetail("The limit is %d.", MAX_DIMENSIONS)));
	description->dimensions = palloc0(sizeof(Dimension) * n);
	for (int i = 0; i < n; i++)
	{
		if (FindDimension(description, names[i]) != NONE)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("dimension \"%s\" is there twice", Excerpt(names[i]))));
		description->dimensions[i].name = names[i];
		description->n_dimensions = i + 1;
	}
}

/*
 * DescribeTotals
 *		The values that stand for a dimension's total, beside NULL.
 */
void
DescribeTotals(Description *description, Jsonb *totals)
{
	JsonbContainer *object = JsonObject(totals, "totals", "It gives dimensions the value that stands for their total: {\"race\": \"All students\"}.");
	JsonbIterator *iterator = JsonbIteratorInit(object);
	JsonbValue	value;
	char	   *name;

	while (NextField(&iterator, &name, &value))
	{
		Dimension  *dimension = &description->dimensions[NamedDimension(description, name, "totals")];

		if (value.type == jbvString)
			dimension->total = JsonText(&value);
		else if (value.type == jbvNumeric)
			dimension->total = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value.val.numeric)));
		else if (value.type != jbvNull)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("totals: the total of %s must be a text or a number", name)));
	}
}

/*
 * DescribeHierarchies
 *		Of a dimension, the other dimensions that its members lie within, and the queries that say
 *		what each is part of.
 */
void
DescribeHierarchies(Description *description, Jsonb *hierarchies)
{
	JsonbContainer *object = JsonObject(hierarchies, "hierarchies", "It gives dimensions those that they lie within, from coarse to fine, or a query of member and parent: {\"school\": [\"state\", \"district\"]}.");
	JsonbIterator *iterator = JsonbIteratorInit(object);
	JsonbValue	value;
	char	   *name;

	while (NextField(&iterator, &name, &value))
	{
		int			inner = NamedDimension(description, name, "hierarchies");
		Dimension  *dimension = &description->dimensions[inner];
		int			n;
		char	  **texts = JsonTexts(&value, &n);

		if (texts == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("hierarchies: that of %s must be a text or an array of texts", name)));
		dimension->within = palloc(sizeof(int) * n);
		dimension->hierarchies = palloc0(sizeof(Hierarchy) * n);
		for (int i = 0; i < n; i++)
		{
			int			outer = FindDimension(description, texts[i]);

			if (outer == inner)
				continue;		/* the finest may stand at the end of its line */
			if (outer != NONE)
				dimension->within[dimension->n_within++] = outer;
			else
				dimension->hierarchies[dimension->n_hierarchies++].query = texts[i];
		}
	}
}

/*
 * DescribeIncomplete
 *		The dimensions whose members do not make up their totals.
 */
void
DescribeIncomplete(Description *description, char **names, int n)
{
	for (int i = 0; i < n; i++)
	{
		Dimension  *dimension = &description->dimensions[NamedDimension(description, names[i], "incomplete")];

		if (dimension->n_hierarchies > 0)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("incomplete: %s has a hierarchy", dimension->name),
					 errhint("Give cells a row with a mark for those that are not listed, and a parent for it in the hierarchy.")));
		dimension->is_incomplete = true;
	}
}

/* ---- measures ---- */

static const char *const kinds[] = {"count", "sum", "percent", "rate", "mean", "gap", "ratio", "odds_ratio", "interval", "derived", NULL};
static const char *const methods[] = {"wilson", "t", "newcombe", "katz", "woolf", NULL};
static const char *const roundings[] = {"half up", "unknown", NULL};

/* What can be said of a measure */
static const char *const measure_keys[] =
{
	"kind", "column", "columns", "of", "numerator", "decimals", "rounding", "step", "lowest", "highest",
	"between", "method", "confidence", "sd", "cumulative", "leaving", "same_for", "truth", "minimum", NULL
};

static int
FindOption(const char *word, const char *const *words)
{
	for (int i = 0; words[i] != NULL; i++)
	{
		if (strcmp(word, words[i]) == 0)
			return i;
	}
	return NONE;
}

/* The place of a word among those that may stand there */
static int
Word(const Measure *measure, const char *what, const char *word, const char *const *words)
{
	StringInfoData hint;
	int			found = FindOption(word, words);

	if (found != NONE)
		return found;
	initStringInfo(&hint);
	for (int i = 0; words[i] != NULL; i++)
		appendStringInfo(&hint, "%s\"%s\"", i == 0 ? "" : ", ", words[i]);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("measure \"%s\": unrecognized %s: \"%s\"", measure->name, what, Excerpt(word)),
			 errhint("Use one of: %s.", hint.data)));
	return NONE;
}

/* A field that must be text, if it is there */
static char *
TextField(const Measure *measure, JsonbContainer *object, const char *key)
{
	JsonbValue *value = JsonField(object, key);

	if (value == NULL)
		return NULL;
	if (value->type != jbvString)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measure \"%s\": \"%s\" must be a text", measure->name, key)));
	return JsonText(value);
}

/* A field that must be a number, if it is there */
static bool
NumberField(const Measure *measure, JsonbContainer *object, const char *key, int64 *number, int32 *decimals)
{
	JsonbValue *value = JsonField(object, key);

	if (value == NULL)
		return false;
	if (!JsonNumber(value, number, decimals))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measure \"%s\": \"%s\" must be a number of at most 18 digits", measure->name, key)));
	return true;
}

/* The number of a column with numbers, by its name */
static int
Field(Description *description, char *name)
{
	for (int i = 0; i < description->n_fields; i++)
	{
		if (strcmp(description->fields[i], name) == 0)
			return i;
	}
	description->fields[description->n_fields] = name;
	return description->n_fields++;
}

/* The column of a key, if it is there */
static int
ColumnField(Description *description, const Measure *measure, JsonbContainer *object, const char *key)
{
	char	   *name = TextField(measure, object, key);

	return name == NULL ? NONE : Field(description, name);
}

static int
FindMeasure(const Description *description, const char *name)
{
	for (int i = 0; i < description->n_measures; i++)
	{
		if (strcmp(description->measures[i].name, name) == 0)
			return i;
	}
	return NONE;
}

/* The measure of a key, if it is there */
static int
MeasureField(const Description *description, const Measure *measure, JsonbContainer *object, const char *key)
{
	char	   *name = TextField(measure, object, key);
	int			found;

	if (name == NULL)
		return NONE;
	found = FindMeasure(description, name);
	if (found == NONE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measure \"%s\": \"%s\" names \"%s\", which is not one of the measures", measure->name, key, Excerpt(name)),
				 errhint("Add it to measures: {\"%s\": \"count\"}.", Excerpt(name))));
	if (&description->measures[found] == measure)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measure \"%s\": \"%s\" names the measure itself", measure->name, key)));
	return found;
}

/* Whether a measure is one that adds up, so that it can be the n or the x of another */
static bool
AddsUp(const Measure *measure)
{
	return measure->kind == MEASURE_COUNT || measure->kind == MEASURE_SUM;
}

/* A rate has students that it is of; so has a mean. */
static bool
NeedsN(const Measure *measure)
{
	return measure->kind == MEASURE_PERCENT || measure->kind == MEASURE_RATE || measure->kind == MEASURE_MEAN;
}

/* What the numbers of a measure are of */
static void
DescribeOf(Description *description, Measure *measure, JsonbContainer *object)
{
	measure->of = MeasureField(description, measure, object, "of");
	measure->numerator = MeasureField(description, measure, object, "numerator");
	if (measure->of == NONE && NeedsN(measure))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measure \"%s\" is a %s without its n", measure->name, kinds[measure->kind]),
				 errhint("Say which measure counts its students: {\"kind\": \"%s\", \"of\": \"students\"}. That may be hidden in every row.", kinds[measure->kind])));
	if (measure->of == NONE && !AddsUp(measure))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 measure->kind == MEASURE_DERIVED ? errmsg("measure \"%s\" is derived from nothing", measure->name) :
				 errmsg("measure \"%s\" is the %s of nothing", measure->name, kinds[measure->kind]),
				 errhint("Say which measure it is of: {\"kind\": \"%s\", \"of\": \"percent_absent\"}.", kinds[measure->kind])));
	if (measure->numerator != NONE && !AddsUp(&description->measures[measure->numerator]))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measure \"%s\": its numerator \"%s\" is neither a count nor a sum", measure->name,
						description->measures[measure->numerator].name)));
	if (measure->of != NONE && (AddsUp(measure) || NeedsN(measure)) &&
		!AddsUp(&description->measures[measure->of]))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measure \"%s\": its n \"%s\" is neither a count nor a sum", measure->name,
						description->measures[measure->of].name)));
}

/* Whether a measure has a rate or a mean that two groups can be compared by */
static bool
HasRate(const Measure *measure)
{
	return NeedsN(measure) || (measure->kind == MEASURE_COUNT && measure->of != NONE);
}

/*
 * How an interval was computed: that of a mean, or of the gap of two, by t; unless it is said, that of a rate
 * by Wilson, and of the gap of two by Newcombe
 */
static void
DescribeMethod(const Description *description, Measure *measure, JsonbContainer *object)
{
	bool		is_of_mean = description->measures[measure->of].kind == MEASURE_MEAN;
	bool		is_of_two = JsonField(object, "between") != NULL;
	char	   *method = TextField(measure, object, "method");

	measure->method = is_of_mean ? INTERVAL_T : is_of_two ? INTERVAL_NEWCOMBE : INTERVAL_WILSON;
	if (method == NULL)
		return;
	measure->method = Word(measure, "method", method, methods);
	if (is_of_mean ? measure->method != INTERVAL_T : is_of_two && measure->method < INTERVAL_NEWCOMBE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measure \"%s\": \"%s\" is no method for the interval of %s", measure->name, method,
						is_of_mean ? "means" : "two rates"),
				 is_of_mean ? errhint("Use \"t\".") : errhint("Use \"newcombe\" for their difference, \"katz\" for their ratio, \"woolf\" for the ratio of their odds.")));
}

/* Whether a measure is nothing without two groups */
static bool
ComparesGroups(const Measure *measure)
{
	return (measure->kind >= MEASURE_GAP && measure->kind < MEASURE_INTERVAL) ||
		(measure->kind == MEASURE_INTERVAL && measure->method >= INTERVAL_NEWCOMBE);
}

/* The two groups of a comparison, or of its interval: {"race": ["Black", "White"]} */
static void
DescribeBetween(const Description *description, Measure *measure, JsonbContainer *object)
{
	JsonbValue *value = JsonField(object, "between");
	JsonbIterator *iterator;
	JsonbValue	groups;
	char	   *dimension = NULL;
	char	  **names = NULL;
	int			n = 0;

	measure->between = NONE;
	if (value == NULL)
	{
		if (ComparesGroups(measure))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("measure \"%s\" compares two groups and does not say which", measure->name),
					 errhint("Say between which two members of a dimension: {\"between\": {\"race\": [\"Black\", \"White\"]}}.")));
		return;
	}
	if (IsJson(value, JB_FOBJECT) && JsonContainerSize(value->val.binary.data) == 1)
	{
		iterator = JsonbIteratorInit(value->val.binary.data);
		NextField(&iterator, &dimension, &groups);
		names = JsonTexts(&groups, &n);
	}
	if (names == NULL || n < 1 || n > 2)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measure \"%s\": \"between\" must name one dimension and two of its members", measure->name),
				 errhint("Write it as {\"race\": [\"Black\", \"White\"]}, or {\"race\": \"White\"} where each row compares its own group.")));
	measure->between = NamedDimension(description, dimension, psprintf("measure \"%s\"", measure->name));
	measure->focal = n == 2 ? names[0] : NULL;
	measure->reference = names[n - 1];
}

/* The columns of the bounds of an interval: "columns": ["lower", "upper"] */
static void
DescribeInterval(Description *description, Measure *measure, JsonbContainer *object)
{
	JsonbValue *columns = JsonField(object, "columns");
	char	  **names;
	int			n = 0;

	names = columns == NULL ? NULL : JsonTexts(columns, &n);
	if (names == NULL || n != 2)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measure \"%s\": an interval has two columns", measure->name),
				 errhint("Name those of its lower and its upper bound: {\"columns\": [\"lower\", \"upper\"]}.")));
	measure->field = Field(description, names[0]);
	measure->upper_field = Field(description, names[1]);
	measure->sd_field = ColumnField(description, measure, object, "sd");
}

/* A number of the scale in steps of it, from below or from above */
static bool
ScaleBound(const Measure *measure, JsonbContainer *object, const char *key, int64 *steps)
{
	int64		bound;
	int32		decimals;
	int32		common;

	if (!NumberField(measure, object, key, &bound, &decimals))
		return false;
	common = Max(decimals, measure->step_decimals);
	if (!ScaleNumber(bound, decimals, common, &bound) ||
		!ScaleNumber(measure->step, measure->step_decimals, common, steps) || bound % *steps != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measure \"%s\": \"%s\" is no multiple of the step", measure->name, key)));
	*steps = bound / *steps;
	return true;
}

/* The scale of a sum or mean: its step, the lowest and the highest score */
static void
DescribeScale(Measure *measure, JsonbContainer *object)
{
	JsonbValue *step = getKeyJsonValueFromContainer(object, "step", 4, NULL);

	measure->step = 1;
	if (step != NULL && step->type == jbvNull)
		measure->is_real = true;
	else if (NumberField(measure, object, "step", &measure->step, &measure->step_decimals) &&
			 measure->step <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measure \"%s\": \"step\" must be above 0", measure->name),
				 errhint("Scores that can be any number have the step null.")));
	measure->has_lowest = ScaleBound(measure, object, "lowest", &measure->lowest);
	measure->has_highest = ScaleBound(measure, object, "highest", &measure->highest);
	if (measure->has_lowest && measure->lowest < 0)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("measure \"%s\": the scale goes below 0", measure->name),
				 errhint("Add the same to all scores.")));
	if (measure->has_lowest && measure->has_highest && measure->lowest > measure->highest)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measure \"%s\": \"lowest\" is above \"highest\"", measure->name)));
}

/* The releases that follow one another, from which nobody leaves, or which nobody joins */
static void
DescribeReleases(const Description *description, Measure *measure, JsonbContainer *object)
{
	char	   *cumulative = TextField(measure, object, "cumulative");
	char	   *leaving = TextField(measure, object, "leaving");
	char	   *over;

	measure->over = NONE;
	if (cumulative == NULL && leaving == NULL)
		return;
	if (cumulative != NULL && leaving != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measure \"%s\" is both cumulative and leaving", measure->name)));
	if (!AddsUp(measure) && !NeedsN(measure))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("measure \"%s\": a %s is neither cumulative nor leaving", measure->name, kinds[measure->kind]),
				 errhint("Say so of the counts that it is of.")));
	measure->is_leaving = leaving != NULL;
	over = measure->is_leaving ? leaving : cumulative;
	if (description->moment == NULL || strcmp(over, description->moment) != 0)
		measure->over = NamedDimension(description, over, psprintf("measure \"%s\"", measure->name));
}

/* The dimension whose members all have the same number: the tested, by level that they reached */
static void
DescribeSame(const Description *description, Measure *measure, JsonbContainer *object)
{
	char	   *same_for = TextField(measure, object, "same_for");

	measure->same_for = same_for == NULL ? NONE :
		NamedDimension(description, same_for, psprintf("measure \"%s\"", measure->name));
}

/* Whether each number was rounded to the decimals that it is printed with, and not all to the same */
static bool
IsRoundedByItself(const Measure *measure, JsonbContainer *object)
{
	JsonbValue *decimals = JsonField(object, "decimals");

	if (decimals == NULL || decimals->type != jbvString || strcmp(JsonText(decimals), "as printed") != 0)
		return false;
	if (AddsUp(measure) || measure->kind == MEASURE_INTERVAL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("measure \"%s\": the decimals of a %s are the same in all rows", measure->name, kinds[measure->kind])));
	return true;
}

/* How its numbers were rounded */
static void
DescribeRounding(Measure *measure, JsonbContainer *object)
{
	char	   *rounding = TextField(measure, object, "rounding");
	int64		value;
	int32		decimals;

	measure->is_rounded_half_up = rounding == NULL || Word(measure, "rounding", rounding, roundings) == 0;
	measure->decimals = -1;
	measure->decimals_vary = IsRoundedByItself(measure, object);
	if (!measure->decimals_vary && NumberField(measure, object, "decimals", &value, &decimals))
	{
		if (decimals != 0 || value < 0 || value > 15)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("measure \"%s\": \"decimals\" must be from 0 to 15", measure->name)));
		measure->decimals = value;
	}
}

/* Of how many students at least a number is printed that is derived from theirs */
static void
DescribeLeastN(Measure *measure, JsonbContainer *object)
{
	int32		decimals;

	if (!NumberField(measure, object, "minimum", &measure->least_n, &decimals))
		return;
	if (measure->kind != MEASURE_DERIVED)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("measure \"%s\": a %s has no \"minimum\" of its own", measure->name, kinds[measure->kind])));
	if (decimals != 0 || measure->least_n < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measure \"%s\": \"minimum\" must be a whole number above 0", measure->name)));
}

static void
CheckKeys(const Measure *measure, JsonbContainer *object)
{
	JsonbIterator *iterator = JsonbIteratorInit(object);
	JsonbValue	value;
	char	   *key;

	while (NextField(&iterator, &key, &value))
		Word(measure, "key", key, measure_keys);
}

/* A measure by itself: its kind, its columns, how it was rounded */
static void
DescribeMeasure(Description *description, Measure *measure, JsonbContainer *object)
{
	char	   *kind = TextField(measure, object, "kind");
	char	   *column = TextField(measure, object, "column");
	JsonbValue *confidence = JsonField(object, "confidence");

	CheckKeys(measure, object);
	measure->kind = kind == NULL ? MEASURE_COUNT : Word(measure, "kind", kind, kinds);
	measure->upper_field = measure->sd_field = NONE;
	if (measure->kind == MEASURE_INTERVAL)
		DescribeInterval(description, measure, object);
	else
		measure->field = Field(description, column == NULL ? measure->name : column);
	measure->truth_field = ColumnField(description, measure, object, "truth");
	measure->confidence = DEFAULT_CONFIDENCE;
	if (confidence != NULL)
	{
		if (confidence->type != jbvNumeric)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("measure \"%s\": \"confidence\" must be a number", measure->name)));
		measure->confidence = CheckConfidence(DatumGetFloat8(DirectFunctionCall1(numeric_float8,
																				 NumericGetDatum(confidence->val.numeric))));
	}
	DescribeRounding(measure, object);
	DescribeScale(measure, object);
	DescribeReleases(description, measure, object);
	DescribeSame(description, measure, object);
	DescribeLeastN(measure, object);
}

/* What a measure has to do with others, when all are known */
static void
RelateMeasure(Description *description, Measure *measure, JsonbContainer *object)
{
	DescribeOf(description, measure, object);
	if (measure->kind == MEASURE_INTERVAL)
		DescribeMethod(description, measure, object);
	DescribeBetween(description, measure, object);
	if (!AddsUp(measure) && !NeedsN(measure) && measure->kind != MEASURE_DERIVED && !HasRate(&description->measures[measure->of]))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measure \"%s\": \"%s\" has no rate or mean", measure->name, description->measures[measure->of].name),
				 errhint("It is of a percent, a rate, a mean, or of a count that is \"of\" another.")));
	if (measure->kind == MEASURE_ODDS_RATIO && description->measures[measure->of].kind == MEASURE_MEAN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measure \"%s\": the mean \"%s\" has no odds", measure->name, description->measures[measure->of].name)));
}

/* What is derived from a comparison, as its p, is derived from the two groups that this compares. */
static void
RelateDerived(const Description *description, Measure *measure)
{
	const Measure *of = &description->measures[measure->of];

	if (of->kind == MEASURE_DERIVED)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measure \"%s\": \"%s\" is derived itself", measure->name, of->name),
				 errhint("Say which number it comes from: the count of its students, their mean, the gap.")));
	if (of->kind < MEASURE_GAP)
		return;
	if (measure->between == NONE)
	{
		measure->between = of->between;
		measure->focal = of->focal;
		measure->reference = of->reference;
	}
	measure->of = of->of;
}

/* Whoever looks for the students whom a measure is about goes from one "of" to the next. */
static void
CheckOf(const Description *description, const Measure *measure)
{
	int			of = measure->of;

	for (int n = 0; of != NONE; n++)
	{
		if (n == description->n_measures)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("measure \"%s\" is of itself, by way of \"%s\"", description->measures[of].name,
							description->measures[description->measures[of].of].name)));
		of = description->measures[of].of;
	}
}

/* An object of what is said of a measure; "count" is short for {"kind": "count"} */
static JsonbContainer *
MeasureObject(const char *name, const JsonbValue *value)
{
	JsonbParseState *state = NULL;
	JsonbValue	key = {.type = jbvString};
	JsonbValue	kind = *value;

	if (IsJson(value, JB_FOBJECT))
		return value->val.binary.data;
	if (value->type != jbvString)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measures: what is said of \"%s\" must be a text or an object", Excerpt(name)),
				 errhint("Write {\"students\": \"count\", \"percent_absent\": {\"kind\": \"percent\", \"of\": \"students\"}}.")));
	key.val.string.val = pstrdup("kind");
	key.val.string.len = 4;
	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	pushJsonbValue(&state, WJB_KEY, &key);
	pushJsonbValue(&state, WJB_VALUE, &kind);
	return &JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL))->root;
}

/*
 * DescribeMeasures
 *		The columns with numbers, and what these are.
 */
void
DescribeMeasures(Description *description, Jsonb *measures)
{
	JsonbContainer *object = JsonObject(measures, "measures", "It says of columns what numbers they hold: {\"students\": \"count\"}.");
	JsonbIterator *iterator = JsonbIteratorInit(object);
	JsonbContainer *said[MAX_MEASURES];
	JsonbValue	value;
	int			n = JsonContainerSize(object);
	char	   *name;

	if (n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measures must not be empty"),
				 errhint("Say of each column with numbers what they are: {\"students\": \"count\"}.")));
	if (n > MAX_MEASURES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many measures: %d", n),
				 errdetail("The limit is %d.", MAX_MEASURES)));
	description->measures = palloc0(sizeof(Measure) * n);
	description->fields = palloc(sizeof(char *) * n * 4);
	description->field_uses = palloc0(sizeof(FieldUse) * n * 4);
	while (NextField(&iterator, &name, &value))
	{
		Measure    *measure = &description->measures[description->n_measures];

		measure->name = name;
		said[description->n_measures] = MeasureObject(name, &value);
		DescribeMeasure(description, measure, said[description->n_measures]);
		description->n_measures++;
	}
	for (int i = 0; i < n; i++)
		RelateMeasure(description, &description->measures[i], said[i]);
	for (int i = 0; i < n; i++)
	{
		CheckOf(description, &description->measures[i]);
		if (description->measures[i].kind == MEASURE_DERIVED)
			RelateDerived(description, &description->measures[i]);
	}
}

/*
 * UnitOf
 *		What a rate is multiplied by where it is printed: 100 of percents.
 */
int64
UnitOf(const Description *description, const Measure *measure)
{
	if (measure->kind == MEASURE_GAP || (measure->kind == MEASURE_INTERVAL && measure->method <= INTERVAL_NEWCOMBE))
		measure = &description->measures[measure->of];
	return measure->kind == MEASURE_PERCENT ? 100 : 1;
}

/* ---- marks ---- */

/* The number of a text, and whether it is a new one, of which nothing is known */
static int
AddSaid(Description *description, const char *text, bool *is_new)
{
	int			n = description->texts.n;
	int			number = AddWord(&description->texts, text);

	*is_new = number >= n;
	if (number >= description->max_said)
	{
		description->max_said *= 2;
		description->said = repalloc_huge(description->said, sizeof(Said) * description->max_said);
	}
	if (*is_new)
		description->said[number] = (Said) {.text = description->texts.words[number]};
	return number;
}

/*
 * WhatIsSaid
 *		The number of a text that is no number.
 */
int
WhatIsSaid(Description *description, const char *text)
{
	bool		is_new;
	int			number = AddSaid(description, text, &is_new);
	Said	   *said = &description->said[number];

	if (is_new && ParseRange(text, said))
		said->rule = MARK_BETWEEN;
	return number;
}

/* Of two texts in a number's place the one that comes first: a range, which says more */
static bool
IsSaidFirst(const Description *description, int a, int b)
{
	const Said *said = description->said;

	return said[a].is_range != said[b].is_range ? said[a].is_range : strcmp(said[a].text, said[b].text) < 0;
}

/* The first of what is said in a number's place, without the rest */
static int
FirstSaid(const Description *description, int number)
{
	return description->said[number].also == SAID_NULL ? number : description->said[number].first;
}

/* One text, and also what comes after it */
static int
SaidAlso(Description *description, int first, int rest)
{
	bool		is_new;
	int			number = AddSaid(description, psprintf("\001%d\001%d", first, rest), &is_new);
	const Said *after = &description->said[rest];

	if (is_new)
	{
		Said	   *said = &description->said[number];

		*said = description->said[first];
		said->first = first;
		said->also = rest;
		if (after->is_range)
			said->text = psprintf("%s and %s", said->text, after->text);
	}
	return number;
}

/* What is said, and one text more, at its place */
static int
AddToSaid(Description *description, int number, int one)
{
	int			first = FirstSaid(description, number);
	int			rest = description->said[number].also;

	if (one == first)
		return number;
	if (IsSaidFirst(description, one, first))
		return SaidAlso(description, one, number);
	return SaidAlso(description, first, rest == SAID_NULL ? one : AddToSaid(description, rest, one));
}

/*
 * BothSaid
 *		What two texts say together in the same number's place, whatever the order of the rows.
 */
int
BothSaid(Description *description, int a, int b)
{
	if (a == SAID_NULL || b == SAID_NULL)
		return Max(a, b);
	for (; b != SAID_NULL; b = description->said[b].also)
		a = AddToSaid(description, a, FirstSaid(description, b));
	return a;
}

/* A mark that means from one bound to the other; null is none */
static bool
MarkBounds(Said *said, JsonbContainer *array)
{
	int64	   *bounds[2] = {&said->lower, &said->upper};
	bool	   *has[2] = {&said->has_lower, &said->has_upper};

	if (JsonContainerSize(array) != 2)
		return false;
	for (int i = 0; i < 2; i++)
	{
		JsonbValue *bound = getIthJsonbValueFromContainer(array, i);
		int32		decimals;

		*has[i] = bound->type != jbvNull;
		if (*has[i] && (!JsonNumber(bound, bounds[i], &decimals) || decimals != 0))
			return false;
	}
	said->decimals = 0;
	said->lower_is_strict = said->upper_is_strict = false;
	return true;
}

/* What a mark means */
static void
ExplainMark(const Description *description, Said *said, const JsonbValue *value)
{
	static const char *const rules[] = {"hidden", "primary", "complementary", NULL};
	static const MarkRule meant[] = {MARK_HIDDEN, MARK_PRIMARY, MARK_COMPLEMENTARY};
	const char *mark = said->text == NULL ? "NULL" : said->text;

	said->is_range = false;
	if (value->type == jbvString)
	{
		char	   *word = JsonText(value);
		int			rule = FindOption(word, rules);

		if (rule != NONE)
		{
			said->rule = meant[rule];
			return;
		}
	}
	else if (IsJson(value, JB_FARRAY) && MarkBounds(said, value->val.binary.data))
	{
		if (said->has_upper && said->upper < (said->has_lower ? Max(said->lower, 0) : 0))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 said->has_lower && said->lower > said->upper ?
					 errmsg("marks: \"%s\" cannot mean from " INT64_FORMAT " to " INT64_FORMAT, Excerpt(mark), said->lower, said->upper) :
					 errmsg("marks: \"%s\" cannot mean up to " INT64_FORMAT, Excerpt(mark), said->upper),
					 errhint("Give the least and the most that stand behind it, neither below 0: [1, 4].")));
		said->rule = MARK_BETWEEN;
		return;
	}
	else if (IsJson(value, JB_FOBJECT))
	{
		JsonbValue *along = JsonField(value->val.binary.data, "next smallest");

		if (along != NULL && along->type == jbvString)
		{
			said->rule = MARK_NEXT_SMALLEST;
			said->along = NamedDimension(description, JsonText(along), "marks");
			return;
		}
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("marks: what \"%s\" means is not clear", Excerpt(mark)),
			 errhint("Use \"hidden\", \"primary\", \"complementary\", its bounds such as [1, 4], or {\"next smallest\": \"race\"}.")));
}

/*
 * DescribeMarks
 *		What stands in the place of numbers: NULL and * without being told.
 */
void
DescribeMarks(Description *description, Jsonb *marks)
{
	JsonbContainer *object = JsonObject(marks, "marks", "It gives marks their meaning: {\"**\": \"complementary\"}.");
	JsonbIterator *iterator = JsonbIteratorInit(object);
	JsonbValue	value;
	char	   *text;

	description->max_said = 64;
	description->said = palloc0(sizeof(Said) * description->max_said);
	BeginDictionary(&description->texts);
	description->said[AppendWord(&description->texts, "NULL")].rule = MARK_HIDDEN;
	description->said[WhatIsSaid(description, "*")].rule = MARK_HIDDEN;
	while (NextField(&iterator, &text, &value))
	{
		int			said = strcmp(text, "NULL") == 0 ? SAID_NULL : WhatIsSaid(description, text);

		ExplainMark(description, &description->said[said], &value);
	}
}
