/*
 * rate_decomposition.c
 *		How much of a gap between two rates is that of rates within strata, and how much is
 *		that the groups are in other strata.
 *
 * Kitagawa 1955, Journal of the American Statistical Association 50:1168-1194. With the
 * shares p of a group's students in a stratum and the rates r there, F - R of p r is summed
 * up from (p_F + p_R) / 2 (r_F - r_R) and (r_F + r_R) / 2 (p_F - p_R); or, as R stands, from
 * p_R (r_F - r_R), r_R (p_F - p_R) and (p_F - p_R) (r_F - r_R). Where one of the groups is
 * not, it has no rate: such strata are left out. Standard errors are by the delta method: p
 * is multinomial, r binomial, the groups are independent.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/confidence.h"
#include "base/count.h"
#include "base/estimate.h"
#include "base/observations.h"
#include "base/partition.h"
#include "base/reason.h"
#include "base/sum.h"
#include "miscadmin.h"
#include "rate/comparison.h"

/* The largest count that all below it are numbers of double precision */
#define MAX_STUDENTS (INT64CONST(1) << 53)

enum
{
	X_FOCAL, N_FOCAL, X_REFERENCE, N_REFERENCE, N_COUNTS
};

static const char *const count_names[] = {"x_focal", "n_focal", "x_reference", "n_reference"};

static const ObservationKind rate_decomposition = {"rate_decomposition", {"confidence"},
.measures = {"x_focal", "n_focal", "x_reference", "n_reference"}};

/* Both groups, in a stratum or in all */
typedef struct Stratum
{
	Proportion	focal;
	Proportion	reference;
} Stratum;

typedef struct Strata
{
	Stratum    *strata;			/* that have students of both groups */
	int			n;
	int			n_left_out;
	int64		left_out_focal; /* students in those */
	int64		left_out_reference;
	Stratum		all;			/* that are not left out, together */
} Strata;

/* What a stratum adds to a part of the gap, and how that moves with its shares and rates */
typedef struct Effect
{
	double		effect;
	double		by_rate_focal;
	double		by_rate_reference;
	double		by_share_focal;
	double		by_share_reference;
} Effect;

typedef Effect (*EffectFunction) (Stratum stratum, Stratum all);

static bool
HasBoth(Stratum stratum)
{
	return stratum.focal.n > 0 && stratum.reference.n > 0;
}

/* Add a stratum to all of them */
static void
AddStratum(Strata *strata, Stratum stratum)
{
	if (HasBoth(stratum))
	{
		strata->all.focal.x = AddCounts(strata->all.focal.x, stratum.focal.x);
		strata->all.focal.n = AddCounts(strata->all.focal.n, stratum.focal.n);
		strata->all.reference.x = AddCounts(strata->all.reference.x, stratum.reference.x);
		strata->all.reference.n = AddCounts(strata->all.reference.n, stratum.reference.n);
		strata->strata[strata->n++] = stratum;
	}
	else
	{
		strata->n_left_out++;
		strata->left_out_focal = AddCounts(strata->left_out_focal, stratum.focal.n);
		strata->left_out_reference = AddCounts(strata->left_out_reference, stratum.reference.n);
	}
}

/* The difference of the groups' shares of their students that are in a stratum, not cancelled */
static double
GapOfShares(Stratum stratum, Stratum all)
{
	Proportion	focal = {stratum.focal.n, all.focal.n};
	Proportion	reference = {stratum.reference.n, all.reference.n};

	return GapOfRates(focal, reference);
}

static double
MeanShare(Stratum stratum, Stratum all)
{
	return (Share(stratum.focal.n, all.focal.n) + Share(stratum.reference.n, all.reference.n)) / 2;
}

static double
MeanRate(Stratum stratum)
{
	return (Rate(stratum.focal) + Rate(stratum.reference)) / 2;
}

/* All of the gap */
static Effect
Difference(Stratum stratum, Stratum all)
{
	Effect		effect = {NAN, Share(stratum.focal.n, all.focal.n), -Share(stratum.reference.n, all.reference.n),
	Rate(stratum.focal), -Rate(stratum.reference)};

	return effect;
}

/* Of rates within strata */
static Effect
RateEffect(Stratum stratum, Stratum all)
{
	double		share = MeanShare(stratum, all);
	double		gap = GapOfRates(stratum.focal, stratum.reference);
	Effect		effect = {share * gap, share, -share, gap / 2, gap / 2};

	return effect;
}

/*
 * Of being in other strata. Differences of shares sum up to 0, so that rates can be taken
 * from where one likes: from that of all, a stratum with a high rate adds to the gap if the
 * focal group is more often there.
 */
static Effect
CompositionEffect(Stratum stratum, Stratum all)
{
	double		gap = GapOfShares(stratum, all);
	double		rate = MeanRate(stratum) - MeanRate(all);
	Effect		effect = {gap * rate, gap / 2, gap / 2, rate, -rate};

	return effect;
}

/* Of rates within strata, for students who are where those of the reference are */
static Effect
RateEffectReference(Stratum stratum, Stratum all)
{
	double		share = Share(stratum.reference.n, all.reference.n);
	double		gap = GapOfRates(stratum.focal, stratum.reference);
	Effect		effect = {share * gap, share, -share, 0, gap};

	return effect;
}

/* Of being in other strata, at the rates of the reference */
static Effect
CompositionEffectReference(Stratum stratum, Stratum all)
{
	double		gap = GapOfShares(stratum, all);
	double		rate = Rate(stratum.reference) - Rate(all.reference);
	Effect		effect = {gap * rate, 0, gap, rate, -rate};

	return effect;
}

/* Of both at once */
static Effect
Interaction(Stratum stratum, Stratum all)
{
	double		gap_of_shares = GapOfShares(stratum, all);
	double		gap = GapOfRates(stratum.focal, stratum.reference);
	Effect		effect = {gap_of_shares * gap, gap_of_shares, -gap_of_shares, gap, -gap};

	return effect;
}

/* The variance that the rate of a stratum gives to what moves with it so much */
static double
RateVariance(Proportion p, double by_rate)
{
	return by_rate * by_rate * Rate(p) * OtherRate(p) / (double) p.n;
}

/*
 * The variance of a part of the gap. How it moves with shares is seen from the first
 * stratum: where it is the same in all, nothing is left for rounding to make an error of.
 */
static double
EffectVariance(const Strata *strata, EffectFunction function)
{
	Effect		first = function(strata->strata[0], strata->all);
	Sum			variance = {0, 0};
	Sum			mean_focal = {0, 0};
	Sum			mean_reference = {0, 0};

	for (int i = 0; i < strata->n; i++)
	{
		Stratum		stratum = strata->strata[i];
		Effect		effect = function(stratum, strata->all);

		CHECK_FOR_INTERRUPTS();
		AddTo(&mean_focal, Share(stratum.focal.n, strata->all.focal.n) *
			  (effect.by_share_focal - first.by_share_focal));
		AddTo(&mean_reference, Share(stratum.reference.n, strata->all.reference.n) *
			  (effect.by_share_reference - first.by_share_reference));
	}
	for (int i = 0; i < strata->n; i++)
	{
		Stratum		stratum = strata->strata[i];
		Effect		effect = function(stratum, strata->all);
		double		focal = effect.by_share_focal - first.by_share_focal - Total(mean_focal);
		double		reference = effect.by_share_reference - first.by_share_reference - Total(mean_reference);

		CHECK_FOR_INTERRUPTS();
		AddTo(&variance, RateVariance(stratum.focal, effect.by_rate_focal));
		AddTo(&variance, RateVariance(stratum.reference, effect.by_rate_reference));
		AddTo(&variance, Share(stratum.focal.n, strata->all.focal.n) * focal * focal / (double) strata->all.focal.n);
		AddTo(&variance, Share(stratum.reference.n, strata->all.reference.n) * reference * reference /
			  (double) strata->all.reference.n);
	}
	return Total(variance);
}

/* A part of the gap with its interval; an error of 0 gives none */
static Estimate
EstimateEffect(const Strata *strata, EffectFunction function, double z)
{
	Estimate	estimate = UndefinedEstimate(NULL);
	double		se = sqrt(EffectVariance(strata, function));
	Sum			sum = {0, 0};

	for (int i = 0; i < strata->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		AddTo(&sum, function(strata->strata[i], strata->all).effect);
	}
	estimate.estimate = function == Difference ? GapOfRates(strata->all.focal, strata->all.reference) : Total(sum);
	estimate.se = se;
	if (se > 0)
		return NormalEstimate(MakeScaled(estimate.estimate, 0), MakeScaled(se, 0), z);
	estimate.reason = REASON_ZERO_VARIANCE;
	return estimate;
}

/* A count of a state: anybody may call with any state */
static int64
StateCount(double count, const char *name)
{
	if (!(count >= 0 && count <= (double) MAX_STUDENTS && count == floor(count)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be a count up to " INT64_FORMAT ", not %g", name, MAX_STUDENTS, count)));
	return (int64) count;
}

/* Refuse what is more than a state can count */
static void
CheckStudents(Proportion p, const char *name)
{
	if (p.n > MAX_STUDENTS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be at most " INT64_FORMAT ", not " INT64_FORMAT, name, MAX_STUDENTS, p.n)));
}

/* The stratum of a row of a state */
static Stratum
ReadStratum(const double *row)
{
	int64		counts[N_COUNTS];
	Stratum		stratum;

	for (int i = 0; i < N_COUNTS; i++)
		counts[i] = StateCount(row[i], count_names[i]);
	stratum.focal = (Proportion) {counts[X_FOCAL], counts[N_FOCAL]};
	stratum.reference = (Proportion) {counts[X_REFERENCE], counts[N_REFERENCE]};
	CheckRate(stratum.focal.x, stratum.focal.n, "_focal");
	CheckRate(stratum.reference.x, stratum.reference.n, "_reference");
	return stratum;
}

/* Transition function of rate_decomposition(x_focal, n_focal, x_reference, n_reference [, confidence]) */
PG_FUNCTION_INFO_V1(rate_decomposition_accum);
Datum
rate_decomposition_accum(PG_FUNCTION_ARGS)
{
	double		confidence = PG_NARGS() > 5 ? ArgumentConfidence(fcinfo, 5) : DEFAULT_CONFIDENCE;
	double		row[N_COUNTS] = {0};
	Stratum		stratum;

	if (ArgumentProportion(fcinfo, 1, "_focal", &stratum.focal) == NULL &&
		ArgumentProportion(fcinfo, 3, "_reference", &stratum.reference) == NULL)
	{
		CheckStudents(stratum.focal, "n_focal");
		CheckStudents(stratum.reference, "n_reference");
		row[X_FOCAL] = stratum.focal.x;
		row[N_FOCAL] = stratum.focal.n;
		row[X_REFERENCE] = stratum.reference.x;
		row[N_REFERENCE] = stratum.reference.n;
	}
	return ObservationsAdd(fcinfo, &rate_decomposition, confidence, row);
}

/* Combine function */
PG_FUNCTION_INFO_V1(rate_decomposition_combine);
Datum
rate_decomposition_combine(PG_FUNCTION_ARGS)
{
	return ObservationsCombine(fcinfo, &rate_decomposition);
}

/* Final function */
PG_FUNCTION_INFO_V1(rate_decomposition_final);
Datum
rate_decomposition_final(PG_FUNCTION_ARGS)
{
	static const EffectFunction effects[] = {Difference, RateEffect, CompositionEffect, RateEffectReference,
	CompositionEffectReference, Interaction};
	Observations rows = ObservationsArgument(fcinfo, 0, &rate_decomposition);
	Strata		strata = {.strata = palloc(rows.n * sizeof(Stratum))};
	const char *reason;
	double		z;
	ResultRow	row;

	for (int i = 0; i < rows.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		AddStratum(&strata, ReadStratum(rows.values + i * rows.width));
	}
	reason = strata.n == 0 ? REASON_NO_COMPARISON : NULL;
	z = TwoSidedZ(rows.n == 0 ? DEFAULT_CONFIDENCE : rows.option);

	BeginResultRow(&row, fcinfo);
	AddInt64(&row, strata.n);
	AddInt64(&row, strata.n_left_out);
	AddInt64(&row, strata.all.focal.n);
	AddInt64(&row, strata.all.reference.n);
	AddInt64(&row, strata.left_out_focal);
	AddInt64(&row, strata.left_out_reference);
	AddFloat8(&row, Rate(strata.all.focal));
	AddFloat8(&row, Rate(strata.all.reference));
	for (int i = 0; i < (int) lengthof(effects); i++)
	{
		Estimate	estimate = strata.n == 0 ? UndefinedEstimate(reason) : EstimateEffect(&strata, effects[i], z);

		AddEstimate(&row, estimate);
		if (reason == NULL)
			reason = estimate.reason;
	}
	AddText(&row, reason);
	return EndResultRow(&row);
}

/* A stratum of a row of the partition; why nothing is known of it, or NULL */
static const char *
PartitionStratum(FunctionCallInfo fcinfo, int64 row, Stratum *stratum)
{
	int64		counts[N_COUNTS];
	bool		nulls[N_COUNTS];

	for (int i = 0; i < N_COUNTS; i++)
	{
		Datum		count = PartitionArgument(fcinfo, i, row, &nulls[i]);

		counts[i] = nulls[i] ? 0 : DatumGetInt64(count);
	}
	if (nulls[X_FOCAL] != nulls[N_FOCAL] || nulls[X_REFERENCE] != nulls[N_REFERENCE])
		return REASON_MISSING_COUNT;
	stratum->focal = (Proportion) {counts[X_FOCAL], counts[N_FOCAL]};
	stratum->reference = (Proportion) {counts[X_REFERENCE], counts[N_REFERENCE]};
	CheckRate(stratum->focal.x, stratum->focal.n, "_focal");
	CheckRate(stratum->reference.x, stratum->reference.n, "_reference");
	return NULL;
}

/* What is known of a partition: all strata together that have both groups */
typedef struct DecomposedPartition
{
	bool		is_read;
	Stratum		all;
} DecomposedPartition;

static const DecomposedPartition *
ReadPartition(FunctionCallInfo fcinfo)
{
	DecomposedPartition *partition = WinGetPartitionLocalMemory(PG_WINDOW_OBJECT(), sizeof(DecomposedPartition));

	if (!partition->is_read)
	{
		int64		n_rows = WinGetPartitionRowCount(PG_WINDOW_OBJECT());
		Strata		strata = {0};
		Stratum		stratum;

		for (int64 row = 0; row < n_rows; row++)
		{
			CHECK_FOR_INTERRUPTS();
			strata.strata = &stratum;
			strata.n = 0;
			if (PartitionStratum(fcinfo, row, &stratum) == NULL)
				AddStratum(&strata, stratum);
		}
		partition->all = strata.all;
		partition->is_read = true;
	}
	return partition;
}

/* rate_decomposition_by_stratum(x_focal, n_focal, x_reference, n_reference) OVER (...) */
PG_FUNCTION_INFO_V1(rate_decomposition_by_stratum);
Datum
rate_decomposition_by_stratum(PG_FUNCTION_ARGS)
{
	const DecomposedPartition *partition = ReadPartition(fcinfo);
	Stratum		stratum;
	const char *reason = PartitionStratum(fcinfo, WinGetCurrentPosition(PG_WINDOW_OBJECT()), &stratum);
	ResultRow	row;

	if (reason == NULL && !HasBoth(stratum))
		reason = REASON_N_LT_1;
	if (reason != NULL)
		return ReasonRow(fcinfo, reason);
	BeginResultRow(&row, fcinfo);
	AddFloat8(&row, Share(stratum.focal.n, partition->all.focal.n));
	AddFloat8(&row, Share(stratum.reference.n, partition->all.reference.n));
	AddFloat8(&row, Rate(stratum.focal));
	AddFloat8(&row, Rate(stratum.reference));
	AddFloat8(&row, RateEffect(stratum, partition->all).effect);
	AddFloat8(&row, CompositionEffect(stratum, partition->all).effect);
	AddFloat8(&row, RateEffectReference(stratum, partition->all).effect);
	AddFloat8(&row, CompositionEffectReference(stratum, partition->all).effect);
	AddFloat8(&row, Interaction(stratum, partition->all).effect);
	AddText(&row, NULL);
	return EndResultRow(&row);
}
