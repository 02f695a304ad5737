/*
 * measure_kind.c
 *		What a roll-up can keep of the rows of a group.
 *
 * Of each kind a state that counts rows, and what is written of the states of rows that came and
 * of rows that went.  A state may grow into the current memory context.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/compat.h"
#include "dayset/dayset.h"
#include "decomposition/cross_products.h"
#include "distribution/distribution.h"
#include "rollup/measure_kind.h"
#include "sample/weighted_sample.h"
#include "segregation/composition.h"

/* Rows, or values that are not NULL */
static SideState
CountOne(SideState state, const NullableDatum *arguments pg_attribute_unused())
{
	return state + 1;
}

static bool
WriteCounts(const MeasureKind *kind pg_attribute_unused(), SideState added, SideState removed, SideValues *values)
{
	values->added.value = Int64GetDatum((int64) added);
	values->added.isnull = false;
	values->removed.value = Int64GetDatum((int64) removed);
	values->removed.isnull = false;
	return added != removed;
}

/* The value of a state as a column; of none it is NULL. */
static NullableDatum
ColumnValue(const MeasureKind *kind, SideState state)
{
	struct varlena *value = state == 0 ? NULL : kind->value(state);
	NullableDatum column = {PointerGetDatum(value), value == NULL};

	return column;
}

/* Are they the same? As equal values have equal bytes */
static bool
AreSame(NullableDatum a, NullableDatum b)
{
	const void *a_value = DatumGetPointer(a.value);
	const void *b_value = DatumGetPointer(b.value);

	if (a.isnull || b.isnull)
		return a.isnull == b.isnull;
	return VARSIZE(a_value) == VARSIZE(b_value) && memcmp(a_value, b_value, VARSIZE(a_value)) == 0;
}

/* Of what can take away again what was added */
static bool
WriteValues(const MeasureKind *kind, SideState added, SideState removed, SideValues *values)
{
	values->added = ColumnValue(kind, added);
	values->removed = ColumnValue(kind, removed);
	return !AreSame(values->added, values->removed);
}

static SideState
CountValue(SideState state, const NullableDatum *arguments)
{
	Distribution *d = state == 0 ? DistributionNewState(0) : (Distribution *) DatumGetPointer(state);

	return PointerGetDatum(DistributionAccumulate(d, DatumGetFloat8(arguments[0].value)));
}

static struct varlena *
DistributionValueOf(SideState state)
{
	return (struct varlena *) DistributionCompact((Distribution *) DatumGetPointer(state));
}

static void
PackDistribution(NullableDatum *column)
{
	if (!column->isnull)
		column->value = PointerGetDatum(DistributionPack((Distribution *) DatumGetPointer(column->value)));
}

/* As they are written: to compress what is not packed would take longer than the load of the group. */
static bool
WriteDistributions(const MeasureKind *kind, SideState added, SideState removed, SideValues *values)
{
	bool		differ = WriteValues(kind, added, removed, values);

	PackDistribution(&values->added);
	PackDistribution(&values->removed);
	return differ;
}

/*
 * ToggleDay
 *		Where a day comes twice, as while the index that forbids it is gone, it is what it was
 *		before: so when one of them goes the other is there.  A word of a state here may be 0.
 */
static SideState
ToggleDay(SideState state, const NullableDatum *arguments)
{
	DaySet	   *set = state == 0 ? DaySetMake(0) : (DaySet *) DatumGetPointer(state);
	int32		day = DateToJulian(DatumGetDateADT(arguments[0].value));
	int32		index = day / DAYS_PER_WORD;

	for (int i = set->count - 1; i >= 0 && set->words[i].index >= index; i--)
	{
		if (set->words[i].index == index)
		{
			set->words[i].bits[day % DAYS_PER_WORD / 32] ^= (uint32) 1 << (day % 32);
			return PointerGetDatum(set);
		}
	}
	return PointerGetDatum(DaySetAddWord(set, index, UINT64CONST(1) << (day % DAYS_PER_WORD)));
}

/* The words of a state, some of which may be 0 */
static DayWords
StateWords(SideState state)
{
	DayWords	words = {0};

	if (state != 0)
	{
		words.count = ((DaySet *) DatumGetPointer(state))->count;
		words.word = ((DaySet *) DatumGetPointer(state))->words;
	}
	return words;
}

/* The days that one of two states has, or the only one; NULL if there are none */
static bool
WriteChangedDays(const MeasureKind *kind pg_attribute_unused(), SideState added, SideState removed, SideValues *values)
{
	DaySet	   *changed = DaySetMake(0);
	DayPairs	pair = PairDays(StateWords(added), StateWords(removed));

	while (NextPair(&pair))
		changed = DaySetAddWord(changed, pair.index, pair.a_bits ^ pair.b_bits);
	values->added.isnull = changed->count == 0;
	values->added.value = changed->count == 0 ? (Datum) 0 : PointerGetDatum(DaySetFinish(changed));
	return changed->count > 0;
}

static SideState
CountSampled(SideState state, const NullableDatum *arguments)
{
	WeightedSample *sample = state == 0 ? NewWeightedSample(false) : (WeightedSample *) DatumGetPointer(state);

	return PointerGetDatum(CountSampleRow(sample, arguments));
}

static SideState
CountClustered(SideState state, const NullableDatum *arguments)
{
	WeightedSample *sample = state == 0 ? NewWeightedSample(true) : (WeightedSample *) DatumGetPointer(state);

	return PointerGetDatum(CountSampleRow(sample, arguments));
}

static struct varlena *
SampleOf(SideState state)
{
	return (struct varlena *) CompactWeightedSample((WeightedSample *) DatumGetPointer(state));
}

static SideState
CountProducts(SideState state, const NullableDatum *arguments)
{
	CrossProducts *products = state == 0 ? NewCrossProducts() : (CrossProducts *) DatumGetPointer(state);

	return PointerGetDatum(CountProductsRow(products, arguments));
}

static struct varlena *
ProductsOf(SideState state)
{
	return (struct varlena *) CompactCrossProducts((CrossProducts *) DatumGetPointer(state));
}

static SideState
CountStudent(SideState state, const NullableDatum *arguments)
{
	Composition *composition = state == 0 ? NewComposition() : (Composition *) DatumGetPointer(state);

	return PointerGetDatum(CountCompositionRow(composition, arguments, false));
}

static SideState
CountStudents(SideState state, const NullableDatum *arguments)
{
	Composition *composition = state == 0 ? NewComposition() : (Composition *) DatumGetPointer(state);

	return PointerGetDatum(CountCompositionRow(composition, arguments, true));
}

static struct varlena *
CompositionOf(SideState state)
{
	return (struct varlena *) CompactComposition((Composition *) DatumGetPointer(state));
}

static const MeasureKind kinds[] = {
	{"rows", 0, .is_count = true, .count_row = CountOne, .write = WriteCounts},
	{"count", 1, .is_count = true, .count_row = CountOne, .write = WriteCounts},
	{"distribution", 1, .count_row = CountValue, .value = DistributionValueOf, .write = WriteDistributions},
	{"dayset", 1, .count_row = ToggleDay, .write = WriteChangedDays},
	{"weighted_sample", 3, .takes_nulls = true, .count_row = CountSampled, .value = SampleOf, .write = WriteValues},
	{"weighted_sample", 4, .takes_nulls = true, .count_row = CountClustered, .value = SampleOf, .write = WriteValues},
	{"cross_products", 3, .takes_nulls = true, .count_row = CountProducts, .value = ProductsOf, .write = WriteValues},
	{"composition", 2, .takes_nulls = true, .count_row = CountStudent, .value = CompositionOf, .write = WriteValues},
	{"composition", 3, .takes_nulls = true, .count_row = CountStudents, .value = CompositionOf, .write = WriteValues},
};

/* The kind of a name that takes so many arguments, as rollup_kinds() has it, too */
const MeasureKind *
FindMeasureKind(const char *name, int n_arguments)
{
	for (int i = 0; i < (int) lengthof(kinds); i++)
	{
		if (strcmp(kinds[i].name, name) == 0 && kinds[i].n_arguments == n_arguments)
			return &kinds[i];
	}
	elog(ERROR, "no roll-up keeps %s of %d columns", name, n_arguments);
}
