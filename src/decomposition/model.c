/*
 * model.c
 *		Two groups' regressions, and the coefficients that they are compared by.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/confidence.h"
#include "base/excerpt.h"
#include "base/reason.h"
#include "decomposition/model.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* The arguments */
enum
{
	ARG_PRODUCTS,
	ARG_COVARIATES,
	ARG_OMITTED_LEVELS,
	ARG_METHOD,
	ARG_CONFIDENCE
};

static const char *const methods[] = {"pooled_with_group", "pooled", "focal", "reference", "average", "share",
"threefold", NULL};

static const char *const group_names[N_GROUPS] = {"focal", "reference"};

/* As many texts as there are covariates, if that is known; NULL is none */
static char **
ArgumentNames(FunctionCallInfo fcinfo, int argno, const char *name, int k)
{
	char	  **names;
	int			n;

	if (PG_ARGISNULL(argno))
		return NULL;
	names = ArgumentTexts(fcinfo, argno, name, &n);
	if (k == COVARIATES_UNKNOWN)
		return NULL;
	if (n != k)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must have %d elements, one for each covariate, not %d", name, k, n)));
	return names;
}

/* Refuse names that two rows would have */
static void
CheckNames(const Question *question)
{
	for (int i = 0; i < question->n_terms; i++)
	{
		const char *name = question->terms[i].name;
		bool		is_taken = strcmp(name, INTERCEPT) == 0;

		for (int j = 0; j < i; j++)
			is_taken |= strcmp(name, question->terms[j].name) == 0;
		if (is_taken)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("covariates must have names of their own: \"%s\"", Excerpt(name))));
	}
}

/* The set whose dummies leave a level out; a new one if there is none yet */
static int
FindSet(Question *question, const char *omitted)
{
	for (int i = question->k; i < question->n_terms; i++)
	{
		if (strcmp(question->terms[i].name, omitted) == 0)
			return question->terms[i].set;
	}
	question->set_sizes[question->n_sets] = 1;
	question->terms[question->n_terms++] = (Term) {omitted, -1, question->n_sets};
	return question->n_sets++;
}

/* What is asked */
Question
ReadQuestion(FunctionCallInfo fcinfo)
{
	Question	question = {ArgumentCrossProducts(fcinfo, ARG_PRODUCTS), .context = CurrentMemoryContext};
	char	  **names;
	char	  **omitted_levels;

	question.method = ArgumentOption(fcinfo, ARG_METHOD, "method", methods);
	question.method_name = methods[question.method];
	question.confidence = ArgumentConfidence(fcinfo, ARG_CONFIDENCE);
	question.k = Max(question.products->n_covariates, 0);
	names = ArgumentNames(fcinfo, ARG_COVARIATES, "covariates", question.products->n_covariates);
	omitted_levels = ArgumentNames(fcinfo, ARG_OMITTED_LEVELS, "omitted_levels", question.products->n_covariates);

	question.terms = palloc(Max(2 * question.k, 1) * sizeof(Term));
	question.set_sizes = palloc(Max(question.k, 1) * sizeof(int));
	question.n_terms = question.k;
	for (int i = 0; i < question.k; i++)
		question.terms[i] = (Term) {names != NULL ? names[i] : psprintf("x%d", i + 1), i, -1};
	for (int i = 0; omitted_levels != NULL && i < question.k; i++)
	{
		int			set;

		if (omitted_levels[i][0] == '\0')
			continue;
		set = FindSet(&question, omitted_levels[i]);
		question.terms[i].set = set;
		question.set_sizes[set]++;
	}
	CheckNames(&question);
	return question;
}

/* Whether two dummies are never both 1 */
static bool
AreExclusive(const Model *model, int a, int b, int group)
{
	const GroupSums *sums = &model->sums[group];
	mpz_t		product;
	bool		are_exclusive;

	mpz_init(product);
	mpz_mul(product, sums->sums[a], sums->sums[b]);
	mpz_add(product, product, Cell(&sums->deviations, a, b));
	are_exclusive = mpz_sgn(product) == 0;
	mpz_clear(product);
	return are_exclusive;
}

/* Refuse what is called a set of dummies, and is none */
static void
CheckSets(const Model *model)
{
	const Term *terms = model->question->terms;

	for (int i = 0; i < model->question->k; i++)
	{
		if (terms[i].set < 0)
			continue;
		if (CountsOfOthers(model->question->products)[i] > 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("covariate \"%s\" has an omitted level, but is not 0 or 1 in all rows",
							Excerpt(terms[i].name))));
		for (int group = 0; group < N_GROUPS; group++)
		{
			for (int j = 0; j < i; j++)
			{
				if (terms[j].set == terms[i].set && !AreExclusive(model, i, j, group))
					ereport(ERROR,
							(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							 errmsg("covariates \"%s\" and \"%s\" have one omitted level, but are both 1 in a row",
									Excerpt(terms[j].name), Excerpt(terms[i].name))));
			}
		}
	}
}

/* Why there are too few rows, or NULL */
static const char *
SizeReason(const Model *model)
{
	for (int group = 0; group < N_GROUPS; group++)
	{
		if (model->sums[group].n < 1)
			return REASON_N_LT_1;
	}
	for (int group = 0; group < N_GROUPS; group++)
	{
		if (model->sums[group].n <= model->question->k)
			return REASON_N_TOO_SMALL;
	}
	return NULL;
}

/* The reason that names a covariate */
static const char *
ObstacleReason(const Model *model, int group)
{
	const Regression *regression = &model->regressions[group];
	MemoryContext scratch = MemoryContextSwitchTo(model->question->context);
	const char *reason = psprintf("%s: %s, %s", regression->obstacle == OBSTACLE_CONSTANT ?
								  REASON_CONSTANT_COVARIATE : REASON_COLLINEAR_COVARIATE,
								  model->question->terms[regression->covariate].name, group_names[group]);

	MemoryContextSwitchTo(scratch);
	return reason;
}

/* The mean of a column of a group */
static Exact
ColumnMean(const GroupSums *sums, int column)
{
	return ExactQuotient(ExactWhole(sums->sums[column]), ExactInteger(sums->n));
}

/* How far the means of the focal group's covariates are from those of the reference */
Vector
CovariateDifferences(const Model *model)
{
	Vector		differences = MeanDifference(&model->sums[GROUP_FOCAL], &model->sums[GROUP_REFERENCE]);

	differences.size = model->question->k;
	return differences;
}

/* What the weights make of the means of a group's covariates */
static Exact
WeightedMean(const GroupSums *sums, const Vector *weights)
{
	Vector		means = {.size = weights->size, .numerators = sums->sums};

	mpz_init_set_si(means.denominator, sums->n);
	return DotProduct(&means, weights);
}

/* The variance of that, w' S w / n with the covariances S, of at least two rows */
Exact
MeanVariance(const Model *model, int group, const Vector *weights)
{
	const GroupSums *sums = &model->sums[group];
	Exact		n = ExactInteger(sums->n);

	return ExactQuotient(QuadraticForm(&sums->deviations, weights),
						 ExactProduct(ExactSquare(n), ExactInteger(sums->n - 1)));
}

/*
 * The variance of what the weights make of a group's coefficients, w' V w, where V is
 * s^2 n times the inverse of the deviations' products
 */
Exact
CoefficientVariance(const Model *model, int group, const Vector *weights)
{
	const Regression *regression = &model->regressions[group];
	Exact		form = QuadraticForm(&regression->swept, weights);

	return ExactProduct(ExactProduct(model->residual_variances[group], ExactInteger(model->sums[group].n)),
						ExactQuotient(form, ExactWhole(regression->determinant)));
}

/* How many levels the set of a covariate has; 0 if it is in none */
static int
SetSize(const Question *question, int term)
{
	int			set = question->terms[term].set;

	return set < 0 ? 0 : question->set_sizes[set];
}

/* The weights that make the mean of a term of those of covariates; of a level left out, 1 minus it */
static Vector
MeanWeights(const Question *question, int term)
{
	const Term *about = &question->terms[term];
	Vector		weights = NewVector(question->k);

	for (int i = 0; i < question->k; i++)
	{
		if (about->covariate >= 0)
			mpz_set_si(weights.numerators[i], i == about->covariate);
		else
			mpz_set_si(weights.numerators[i], question->terms[i].set == about->set);
	}
	return weights;
}

/*
 * The weights that make the coefficient of a term of those of covariates: in a set, how
 * far it is from the mean of the set's levels (Gardeazabal and Ugidos 2004, Review of
 * Economics and Statistics 86:1034-1036; Yun 2005, Economic Inquiry 43:766-772)
 */
Vector
CoefficientWeights(const Question *question, int term)
{
	const Term *about = &question->terms[term];
	int			size = SetSize(question, term);
	Vector		weights = NewVector(question->k);

	if (size > 0)
		mpz_set_si(weights.denominator, size);
	for (int i = 0; i < question->k; i++)
	{
		if (i == about->covariate)
			mpz_set_si(weights.numerators[i], size > 0 ? size - 1 : 1);
		else if (size > 0 && question->terms[i].set == about->set)
			mpz_set_si(weights.numerators[i], -1);
	}
	return weights;
}

Exact
TermMean(const Model *model, int term, int group)
{
	Vector		weights = MeanWeights(model->question, term);
	Exact		mean = WeightedMean(&model->sums[group], &weights);

	return model->question->terms[term].covariate >= 0 ? mean : ExactDifference(ExactInteger(1), mean);
}

Exact
TermMeanVariance(const Model *model, int term, int group)
{
	Vector		weights = MeanWeights(model->question, term);

	return MeanVariance(model, group, &weights);
}

Exact
TermCoefficient(const Model *model, int term, const Vector *coefficients)
{
	Vector		weights = CoefficientWeights(model->question, term);

	return DotProduct(&weights, coefficients);
}

Exact
TermCoefficientVariance(const Model *model, int term, int group)
{
	Vector		weights = CoefficientWeights(model->question, term);

	return CoefficientVariance(model, group, &weights);
}

/*
 * The point of the covariates at which the prediction is the intercept, minus their means:
 * 0, but of a set of dummies the mean of its levels
 */
static Vector
FromMeansToIntercept(const Model *model, int group)
{
	int			k = model->question->k;
	Exact	   *elements = palloc(Max(k, 1) * sizeof(Exact));

	for (int i = 0; i < k; i++)
	{
		int			size = SetSize(model->question, i);
		Exact		at = size > 0 ? ExactQuotient(ExactInteger(1), ExactInteger(size)) : ExactInteger(0);

		elements[i] = ExactDifference(at, ColumnMean(&model->sums[group], i));
	}
	return VectorFrom(elements, k);
}

Exact
Intercept(const Model *model, int group)
{
	Vector		steps = FromMeansToIntercept(model, group);

	return ExactSum(OutcomeMean(model, group), DotProduct(&steps, &model->regressions[group].coefficients));
}

/* The variance that residuals give to the mean of the outcome */
Exact
ResidualMeanVariance(const Model *model, int group)
{
	return ExactQuotient(model->residual_variances[group], ExactInteger(model->sums[group].n));
}

/* The mean of the outcome and the coefficients are independent. */
Exact
InterceptVariance(const Model *model, int group)
{
	Vector		steps = FromMeansToIntercept(model, group);

	return ExactSum(ResidualMeanVariance(model, group), CoefficientVariance(model, group, &steps));
}

Exact
OutcomeMean(const Model *model, int group)
{
	return ColumnMean(&model->sums[group], model->question->k);
}

/* Of at least two rows */
Exact
OutcomeMeanVariance(const Model *model, int group)
{
	const GroupSums *sums = &model->sums[group];
	int			k = model->question->k;

	return ExactQuotient(ExactWhole(Cell(&sums->deviations, k, k)),
						 ExactProduct(ExactSquare(ExactInteger(sums->n)), ExactInteger(sums->n - 1)));
}

/* The variance of the residuals; NULL if no degree of freedom is left for them */
static Exact
ResidualVariance(const Model *model, int group)
{
	int64		n = model->sums[group].n;
	int64		df = n - model->question->k - 1;

	if (df < 1)
		return NULL;
	return ExactQuotient(model->regressions[group].residual, ExactProduct(ExactInteger(n), ExactInteger(df)));
}

/* What a group's intercept would be with the coefficients compared by */
static Exact
InterceptOfGroup(const Model *model, int group)
{
	Vector		steps = FromMeansToIntercept(model, group);

	return ExactSum(OutcomeMean(model, group), DotProduct(&steps, &model->compared_by.coefficients));
}

/* The intercept that belongs to the coefficients compared by; with the group, that of the reference */
Exact
InterceptComparedBy(const Model *model)
{
	const Exact *weights = model->compared_by.weights;
	Exact		focal = InterceptOfGroup(model, GROUP_FOCAL);
	Exact		reference = InterceptOfGroup(model, GROUP_REFERENCE);
	Exact		n_focal = ExactInteger(model->sums[GROUP_FOCAL].n);
	Exact		n_reference = ExactInteger(model->sums[GROUP_REFERENCE].n);

	if (weights[GROUP_FOCAL] != NULL)
		return ExactSum(ExactProduct(weights[GROUP_FOCAL], Intercept(model, GROUP_FOCAL)),
						ExactProduct(weights[GROUP_REFERENCE], Intercept(model, GROUP_REFERENCE)));
	if (model->question->method == METHOD_POOLED_WITH_GROUP)
		return reference;
	return ExactQuotient(ExactSum(ExactProduct(n_focal, focal), ExactProduct(n_reference, reference)),
						 ExactSum(n_focal, n_reference));
}

/* Both groups' regressions, and what they are compared by; or why there are none */
static Model
FitModel(const Question *question)
{
	Model		model = {.question = question};

	for (int group = 0; group < N_GROUPS; group++)
		model.sums[group] = ReadGroupSums(question->products, group);
	CheckSets(&model);
	model.reason = SizeReason(&model);
	for (int group = 0; group < N_GROUPS && model.reason == NULL; group++)
	{
		model.regressions[group] = Regress(&model.sums[group].deviations, model.sums[group].sums);
		if (model.regressions[group].obstacle != OBSTACLE_NONE)
			model.reason = ObstacleReason(&model, group);
		else
			model.residual_variances[group] = ResidualVariance(&model, group);
	}
	if (model.reason == NULL)
		model.compared_by = ChosenBlend(&model);
	return model;
}

/* Fit the model, and let what is wanted be read */
void
ReadModel(const Question *question, ModelReader read, void *result)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext scratch = AllocSetContextCreate(caller, "gapstats decomposition", ALLOCSET_DEFAULT_SIZES);
	BigNumberMemory before;

	MemoryContextSwitchTo(scratch);
	UsePostgresMemory(&before);
	PG_TRY();
	{
		Model		model = FitModel(question);

		read(&model, result);
	}
	PG_FINALLY();
	{
		MemoryContextSwitchTo(caller);
		MemoryContextDelete(scratch);
		UseMemoryAsBefore(&before);
	}
	PG_END_TRY();
}

/* The exponent of the unit that the outcome is in */
int
OutcomeExponent(const Question *question)
{
	if (question->products->n_covariates == COVARIATES_UNKNOWN)
		return 0;
	return ColumnSpan(question->products, COLUMN_OUTCOME).low;
}
