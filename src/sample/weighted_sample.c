/*
 * weighted_sample.c
 *		The scores of a focal and a reference group, with sampling weights.
 *
 * To a state rows are appended. A value has them sorted, so that their order, and
 * which worker saw them, leave no trace.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/confidence.h"
#include "base/count.h"
#include "base/excerpt.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "sample/weighted_sample.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* The room that a state starts with */
#define FIRST_ROWS 8

/* What a varlena, and so a group, can hold: 44,739,240 rows */
#define MAX_ROWS ((int64) ((MaxAllocSize - sizeof(WeightedSample)) / sizeof(WeightedRow)))

static inline Size
SampleSize(int64 rows)
{
	return sizeof(WeightedSample) + rows * sizeof(WeightedRow);
}

/* How many rows fit into a sample as it is */
static inline int64
RowCapacity(const WeightedSample *sample)
{
	return (VARSIZE(sample) - sizeof(WeightedSample)) / sizeof(WeightedRow);
}

/* Whether a row may be in the sample */
static bool
IsValidRow(const WeightedSample *sample, WeightedRow row)
{
	return isfinite(row.score) && isfinite(row.weight) && row.weight != 0 &&
		(IsClustered(sample) || row.cluster == 0);
}

/* Compare two rows by all their columns */
static inline int
CompareRows(const WeightedRow *a, const WeightedRow *b)
{
	if (a->cluster != b->cluster)
		return a->cluster < b->cluster ? -1 : 1;
	if (a->weight != b->weight)
		return a->weight < b->weight ? -1 : 1;
	if (a->score != b->score)
		return a->score < b->score ? -1 : 1;
	return 0;
}

#define ST_SORT SortRows
#define ST_ELEMENT_TYPE WeightedRow
#define ST_COMPARE(a, b) CompareRows(a, b)
#define ST_SCOPE static
#define ST_DEFINE
#define ST_CHECK_FOR_INTERRUPTS
#include "lib/sort_template.h"

/* A sample of the given rows, in canonical form once its rows are filled in and sorted */
static WeightedSample *
MakeSample(const WeightedSample *header, int64 n)
{
	WeightedSample *sample = palloc(SampleSize(n));

	*sample = *header;
	SET_VARSIZE(sample, SampleSize(n));
	sample->flags &= ~STATE_WORKING;
	sample->n = n;
	return sample;
}

/* The canonical form of a sample */
WeightedSample *
CompactWeightedSample(const WeightedSample *sample)
{
	WeightedSample *result = MakeSample(sample, sample->n);

	memcpy(SampleRows(result), SampleRows(sample), sample->n * sizeof(WeightedRow));
	SortRows(SampleRows(result), result->n);
	return result;
}

/* What is wrong with a sample, or NULL */
static const char *
SampleDefect(const WeightedSample *sample)
{
	bool		working = IsWorking(sample);
	const WeightedRow *rows = SampleRows(sample);

	if ((sample->flags & ~(WEIGHTED_SAMPLE_CLUSTERED | STATE_WORKING)) != 0 ||
		sample->unused[0] != 0 || sample->unused[1] != 0)
		return "Reserved bits are set.";
	if (sample->missing_focal < 0 || sample->missing_reference < 0 || sample->missing_group < 0)
		return "A count is negative.";
	if (!(sample->confidence >= 0 && sample->confidence < 1))
		return "The confidence is not between 0 and 1.";
	if (sample->n < 0 || sample->n > RowCapacity(sample) ||
		(!working && VARSIZE(sample) != SampleSize(sample->n)))
		return "Its size does not fit its rows.";
	for (int64 i = 0; i < sample->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!IsValidRow(sample, rows[i]))
			return "A row is invalid.";
		if (!working && i > 0 && CompareRows(&rows[i - 1], &rows[i]) > 0)
			return "Its rows are not in order.";
	}
	return NULL;
}

/* Detoast and validate, in either form */
static WeightedSample *
DetoastSample(Datum datum)
{
	WeightedSample *sample = (WeightedSample *) PG_DETOAST_DATUM(datum);
	const char *defect;

	if (VARSIZE(sample) < sizeof(WeightedSample))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("invalid weighted_sample"),
				 errdetail("It is shorter than its header.")));
	if (sample->version != WEIGHTED_SAMPLE_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("unsupported version %d of type weighted_sample", sample->version),
				 errhint("A newer gapstats wrote it: upgrade gapstats on this server.")));
	defect = SampleDefect(sample);
	if (defect != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("invalid weighted_sample"),
				 errdetail("%s", defect)));
	return sample;
}

/* Detoast, validate, and bring into canonical form */
WeightedSample *
WeightedSampleFromDatum(Datum datum)
{
	WeightedSample *sample = DetoastSample(datum);

	return IsWorking(sample) ? CompactWeightedSample(sample) : sample;
}

/* The header of a sample that has seen no rows */
static WeightedSample
EmptyHeader(uint8 flags)
{
	WeightedSample empty = {0};

	empty.version = WEIGHTED_SAMPLE_VERSION;
	empty.flags = flags;
	return empty;
}

/* A sample; that of no students, as aggregates give it, may be NULL */
WeightedSample *
ArgumentSample(FunctionCallInfo fcinfo, int argno)
{
	WeightedSample empty = EmptyHeader(0);

	if (PG_ARGISNULL(argno))
		return MakeSample(&empty, 0);
	return PG_GETARG_WEIGHTED_SAMPLE(argno);
}

/*
 * The binary form: version, flags, the three missing counts, the confidence, and
 * rows without the column that all have alike. Nothing but rows may follow.
 */
#define BINARY_HEADER_SIZE (2 + 3 * sizeof(int64) + sizeof(float8))
#define BINARY_ROW_SIZE(clustered) (2 * sizeof(float8) + ((clustered) ? sizeof(int64) : 0))

/* Write a sample to a binary message */
static void
SampleSend(StringInfo buf, const WeightedSample *sample)
{
	const WeightedRow *rows = SampleRows(sample);

	pq_sendbyte(buf, sample->version);
	pq_sendbyte(buf, sample->flags);
	pq_sendint64(buf, sample->missing_focal);
	pq_sendint64(buf, sample->missing_reference);
	pq_sendint64(buf, sample->missing_group);
	pq_sendfloat8(buf, sample->confidence);
	for (int64 i = 0; i < sample->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		pq_sendfloat8(buf, rows[i].score);
		pq_sendfloat8(buf, rows[i].weight);
		if (IsClustered(sample))
			pq_sendint64(buf, rows[i].cluster);
	}
}

/* Read a sample that is all of a binary message; returns what is wrong, or NULL */
static const char *
SampleReceive(StringInfo buf, WeightedSample **result)
{
	WeightedSample header = {0};
	WeightedSample *sample;
	int			row_size;
	int			size;

	if (buf->len - buf->cursor < (int) BINARY_HEADER_SIZE)
		return "It is shorter than its header.";
	header.version = pq_getmsgbyte(buf);
	header.flags = pq_getmsgbyte(buf);
	if (header.version != WEIGHTED_SAMPLE_VERSION)
		return "Its version is not supported.";
	if (IsWorking(&header))
		return "Reserved bits are set.";
	header.missing_focal = pq_getmsgint64(buf);
	header.missing_reference = pq_getmsgint64(buf);
	header.missing_group = pq_getmsgint64(buf);
	header.confidence = pq_getmsgfloat8(buf);

	row_size = BINARY_ROW_SIZE(IsClustered(&header));
	size = buf->len - buf->cursor;
	if (size % row_size != 0 || size / row_size > MAX_ROWS)
		return "Its size does not fit its rows.";
	sample = MakeSample(&header, size / row_size);
	for (int64 i = 0; i < sample->n; i++)
	{
		WeightedRow *row = &SampleRows(sample)[i];

		CHECK_FOR_INTERRUPTS();
		row->cluster = 0;
		row->score = pq_getmsgfloat8(buf) + 0.0;	/* -0 is 0 */
		row->weight = pq_getmsgfloat8(buf);
		if (IsClustered(sample))
			row->cluster = pq_getmsgint64(buf);
	}
	SortRows(SampleRows(sample), sample->n);
	*result = sample;
	return SampleDefect(sample);
}

/* Text input: the binary form in hexadecimal */
PG_FUNCTION_INFO_V1(weighted_sample_in);
Datum
weighted_sample_in(PG_FUNCTION_ARGS)
{
	char	   *literal = PG_GETARG_CSTRING(0);
	size_t		length = strlen(literal);
	const char *defect = "It must be pairs of hexadecimal digits.";
	WeightedSample *result;
	StringInfoData buf;

	if (length % 2 == 0 && strspn(literal, "0123456789abcdefABCDEF") == length)
	{
		initStringInfo(&buf);
		enlargeStringInfo(&buf, length / 2);
		buf.len = hex_decode(literal, length, buf.data);
		defect = SampleReceive(&buf, &result);
	}
	if (defect != NULL)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type weighted_sample: \"%s\"", Excerpt(literal)),
				 errdetail("%s", defect)));
	PG_RETURN_POINTER(result);
}

/* Text output: the binary form in hexadecimal */
PG_FUNCTION_INFO_V1(weighted_sample_out);
Datum
weighted_sample_out(PG_FUNCTION_ARGS)
{
	WeightedSample *sample = PG_GETARG_WEIGHTED_SAMPLE(0);
	StringInfoData buf;
	StringInfoData text;

	initStringInfo(&buf);
	SampleSend(&buf, sample);
	initStringInfo(&text);
	enlargeStringInfo(&text, 2 * buf.len);
	text.data[hex_encode(buf.data, buf.len, text.data)] = '\0';
	PG_RETURN_CSTRING(text.data);
}

/* Binary input */
PG_FUNCTION_INFO_V1(weighted_sample_recv);
Datum
weighted_sample_recv(PG_FUNCTION_ARGS)
{
	WeightedSample *result;
	const char *defect = SampleReceive((StringInfo) PG_GETARG_POINTER(0), &result);

	if (defect != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of type weighted_sample"),
				 errdetail("%s", defect)));
	PG_RETURN_POINTER(result);
}

/* Binary output */
PG_FUNCTION_INFO_V1(weighted_sample_send);
Datum
weighted_sample_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	SampleSend(&buf, PG_GETARG_WEIGHTED_SAMPLE(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* Make room for more rows */
static WeightedSample *
MakeRoom(WeightedSample *state, int64 added)
{
	int64		needed = state->n + added;

	if (likely(needed <= RowCapacity(state)))
		return state;
	if (needed > MAX_ROWS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a weighted_sample holds at most " INT64_FORMAT " rows", MAX_ROWS)));
	return GrowState(state, SampleSize(state->n), SampleSize(needed));
}

/* A state with the header of a sample and none of its rows */
static WeightedSample *
NewState(const WeightedSample *header)
{
	WeightedSample *state = GrowState(header, sizeof(WeightedSample), SampleSize(FIRST_ROWS));

	state->flags |= STATE_WORKING;
	state->n = 0;
	return state;
}

/* Append the rows of a sample to a state that is clustered, or not, as it is */
static WeightedSample *
AppendRows(WeightedSample *state, const WeightedSample *sample)
{
	state = MakeRoom(state, sample->n);
	memcpy(SampleRows(state) + state->n, SampleRows(sample), sample->n * sizeof(WeightedRow));
	state->n += sample->n;
	return state;
}

/* With a cluster, the arguments are (state, score, is_focal, weight, cluster, ...) */
static inline bool
HasCluster(FunctionCallInfo fcinfo)
{
	return PG_NARGS() > 4;
}

static void *
CreateState(FunctionCallInfo fcinfo)
{
	return NewWeightedSample(HasCluster(fcinfo));
}

static void *
CopyState(Datum value)
{
	const WeightedSample *sample = DetoastSample(value);

	return AppendRows(NewState(sample), sample);
}

static void *
CompactState(const void *state)
{
	return CompactWeightedSample(state);
}

static const StateType state_type = {CreateState, CopyState, CompactState};

/* All rows of a sample have a cluster, or none has */
static void
CheckClustered(const WeightedSample *state, bool clustered)
{
	if (IsClustered(state) != clustered)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot mix rows with and without clusters in a weighted_sample")));
}

/* Refuse a score that is no number */
static void
CheckScore(double score)
{
	if (!isfinite(score))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("score must be finite, not %s",
						isnan(score) ? "NaN" : score > 0 ? "Infinity" : "-Infinity"),
				 errhint("Leave such rows out with FILTER, or turn them into NULL with NULLIF.")));
}

/* The arguments of an aggregate, after its state */
enum
{
	ARG_SCORE, ARG_IS_FOCAL, ARG_WEIGHT, ARG_CLUSTER, ARG_CONFIDENCE
};

/* Append a row that lacks nothing */
static WeightedSample *
AddRow(WeightedSample *state, const NullableDatum *arguments)
{
	double		weight = DatumGetFloat8(arguments[ARG_WEIGHT].value);
	WeightedRow row = {0};

	row.score = DatumGetFloat8(arguments[ARG_SCORE].value) + 0.0;	/* -0 is 0 */
	CheckScore(row.score);
	row.weight = DatumGetBool(arguments[ARG_IS_FOCAL].value) ? weight : -weight;
	if (IsClustered(state))
		row.cluster = DatumGetInt64(arguments[ARG_CLUSTER].value);
	state = MakeRoom(state, 1);
	SampleRows(state)[state->n++] = row;
	return state;
}

/* A state that has seen no rows */
WeightedSample *
NewWeightedSample(bool clustered)
{
	WeightedSample empty = EmptyHeader(clustered ? WEIGHTED_SAMPLE_CLUSTERED : 0);

	return NewState(&empty);
}

/* Count a row in a state: its score, is_focal, weight, and cluster if it has clusters */
WeightedSample *
CountSampleRow(WeightedSample *state, const NullableDatum *arguments)
{
	bool		no_weight = arguments[ARG_WEIGHT].isnull;

	if (!no_weight)
		CheckNonNegative(DatumGetFloat8(arguments[ARG_WEIGHT].value), "weight");
	if (!no_weight && DatumGetFloat8(arguments[ARG_WEIGHT].value) == 0)
		 /* not in the sample */ ;
	else if (arguments[ARG_IS_FOCAL].isnull)
		state->missing_group++;
	else if (!arguments[ARG_SCORE].isnull && !no_weight && !(IsClustered(state) && arguments[ARG_CLUSTER].isnull))
		state = AddRow(state, arguments);
	else if (DatumGetBool(arguments[ARG_IS_FOCAL].value))
		state->missing_focal++;
	else
		state->missing_reference++;
	return state;
}

/* Transition function of the aggregates over (score, is_focal, weight [, cluster [, confidence]]) */
PG_FUNCTION_INFO_V1(weighted_sample_accum);
Datum
weighted_sample_accum(PG_FUNCTION_ARGS)
{
	WeightedSample *state = GetState(fcinfo, &state_type);

	CheckClustered(state, HasCluster(fcinfo));
	if (PG_NARGS() > 1 + ARG_CONFIDENCE)
		state->confidence = OneConfidence(state->confidence, ArgumentConfidence(fcinfo, 1 + ARG_CONFIDENCE));
	return ReturnState(fcinfo, CountSampleRow(state, &fcinfo->args[1]), &state_type);
}

/* Combine function of these, and the transition function of rollup(weighted_sample) */
PG_FUNCTION_INFO_V1(weighted_sample_combine);
Datum
weighted_sample_combine(PG_FUNCTION_ARGS)
{
	WeightedSample *state;
	WeightedSample *other;

	if (PG_ARGISNULL(1))
		return ReturnUnchanged(fcinfo);
	other = DetoastSample(PG_GETARG_DATUM(1));
	if (PG_ARGISNULL(0))
		return ReturnState(fcinfo, AppendRows(NewState(other), other), &state_type);

	state = GetState(fcinfo, &state_type);
	CheckClustered(state, IsClustered(other));
	state->missing_focal = AddCounts(state->missing_focal, other->missing_focal);
	state->missing_reference = AddCounts(state->missing_reference, other->missing_reference);
	state->missing_group = AddCounts(state->missing_group, other->missing_group);
	state->confidence = OneConfidence(state->confidence, other->confidence);
	return ReturnState(fcinfo, AppendRows(state, other), &state_type);
}

/* Final function of weighted_sample() and rollup(weighted_sample) */
PG_FUNCTION_INFO_V1(weighted_sample_final);
Datum
weighted_sample_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(PG_GETARG_WEIGHTED_SAMPLE(0));
}

/* The rows of one sample without those of another: both are in order */
static void
SubtractRows(WeightedSample *left, const WeightedSample *sample, const WeightedSample *taken)
{
	const WeightedRow *rows = SampleRows(sample);
	const WeightedRow *take = SampleRows(taken);
	int64		n = 0;
	int64		j = 0;

	for (int64 i = 0; i < sample->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (j < taken->n && CompareRows(&rows[i], &take[j]) == 0)
			j++;
		else if (n < left->n)
			SampleRows(left)[n++] = rows[i];
		else
			break;
	}
	if (j < taken->n)
		RefuseSubtraction("weighted_sample", psprintf(_("Score %.17g with weight %.17g is there more often than in what to subtract it from."), take[j].score, fabs(take[j].weight)));
}

/* a - b; NULL is a group without students */
PG_FUNCTION_INFO_V1(weighted_sample_subtract);
Datum
weighted_sample_subtract(PG_FUNCTION_ARGS)
{
	WeightedSample *sample;
	WeightedSample *taken;
	WeightedSample *left;

	if (PG_ARGISNULL(0) && PG_ARGISNULL(1))
		PG_RETURN_NULL();
	sample = ArgumentSample(fcinfo, 0);
	if (PG_ARGISNULL(1))
		PG_RETURN_POINTER(sample);
	taken = ArgumentSample(fcinfo, 1);
	if (!PG_ARGISNULL(0))
		CheckClustered(sample, IsClustered(taken));
	left = MakeSample(sample, SubtractCounts(sample->n, taken->n, "weighted_sample"));
	left->missing_focal = SubtractCounts(sample->missing_focal, taken->missing_focal, "weighted_sample");
	left->missing_reference = SubtractCounts(sample->missing_reference, taken->missing_reference, "weighted_sample");
	left->missing_group = SubtractCounts(sample->missing_group, taken->missing_group, "weighted_sample");
	left->confidence = OneConfidence(sample->confidence, taken->confidence);
	SubtractRows(left, sample, taken);
	PG_RETURN_POINTER(left);
}
