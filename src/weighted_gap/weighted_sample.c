/*
 * weighted_sample.c
 *		The scores of a focal and a reference group, with sampling weights.
 *
 * As the state of an aggregate it is a flat varlena with room to spare, to which
 * rows are appended in place. Its canonical form is sorted, so that the order of
 * rows, and which worker saw them, leave no trace.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "distribution/distribution.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "weighted_gap/weighted_sample.h"

/* The room that a state starts with */
#define STATE_MIN_ROWS 8

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

/* A copy of a sample with room for the given rows, not fewer than it has */
static WeightedSample *
CopySample(const WeightedSample *sample, int64 rows)
{
	Size		used = SampleSize(sample->n);
	Size		size = SampleSize(rows);
	WeightedSample *copy = palloc(size);

	memcpy(copy, sample, used);
	memset((char *) copy + used, 0, size - used);
	SET_VARSIZE(copy, size);
	return copy;
}

/* A sample that has seen nothing, in working form */
static WeightedSample *
NewState(bool clustered)
{
	WeightedSample empty = {0};

	empty.version = WEIGHTED_SAMPLE_VERSION;
	empty.flags = WEIGHTED_SAMPLE_WORKING | (clustered ? WEIGHTED_SAMPLE_CLUSTERED : 0);
	return CopySample(&empty, STATE_MIN_ROWS);
}

/* The canonical form of a sample */
static WeightedSample *
CompactSample(const WeightedSample *sample)
{
	WeightedSample *result = CopySample(sample, sample->n);

	result->flags &= ~WEIGHTED_SAMPLE_WORKING;
	SortRows(SampleRows(result), result->n);
	return result;
}

/* What is wrong with a sample, or NULL */
static const char *
SampleDefect(const WeightedSample *sample)
{
	bool		working = (sample->flags & WEIGHTED_SAMPLE_WORKING) != 0;
	const WeightedRow *rows = SampleRows(sample);

	if ((sample->flags & ~(WEIGHTED_SAMPLE_CLUSTERED | WEIGHTED_SAMPLE_WORKING)) != 0 ||
		sample->unused[0] != 0 || sample->unused[1] != 0)
		return "Reserved bits are set.";
	if (sample->missing_focal < 0 || sample->missing_reference < 0 || sample->missing_group < 0)
		return "A count is negative.";
	if (sample->n < 0 || sample->n > RowCapacity(sample) ||
		(!working && VARSIZE(sample) != SampleSize(sample->n)))
		return "Its size does not fit its rows.";
	for (int64 i = 0; i < sample->n; i++)
	{
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

	return (sample->flags & WEIGHTED_SAMPLE_WORKING) != 0 ? CompactSample(sample) : sample;
}

PG_FUNCTION_INFO_V1(weighted_sample_in);
PG_FUNCTION_INFO_V1(weighted_sample_out);
PG_FUNCTION_INFO_V1(weighted_sample_recv);
PG_FUNCTION_INFO_V1(weighted_sample_send);
PG_FUNCTION_INFO_V1(weighted_sample_accum);
PG_FUNCTION_INFO_V1(weighted_sample_combine);
PG_FUNCTION_INFO_V1(weighted_sample_final);

/*
 * The binary form: version, flags, the three missing counts, and rows without
 * the column that all have alike. Nothing but rows may follow.
 */
#define BINARY_HEADER_SIZE (2 + 3 * sizeof(int64))
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
	for (int64 i = 0; i < sample->n; i++)
	{
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
	if ((header.flags & WEIGHTED_SAMPLE_WORKING) != 0)
		return "Reserved bits are set.";
	header.missing_focal = pq_getmsgint64(buf);
	header.missing_reference = pq_getmsgint64(buf);
	header.missing_group = pq_getmsgint64(buf);

	row_size = BINARY_ROW_SIZE(IsClustered(&header));
	size = buf->len - buf->cursor;
	if (size % row_size != 0 || size / row_size > MAX_ROWS)
		return "Its size does not fit its rows.";
	sample = CopySample(&header, size / row_size);
	sample->n = RowCapacity(sample);
	for (int64 i = 0; i < sample->n; i++)
	{
		WeightedRow *row = &SampleRows(sample)[i];

		row->score = pq_getmsgfloat8(buf) + 0.0;	/* -0 is 0 */
		row->weight = pq_getmsgfloat8(buf);
		if (IsClustered(sample))
			row->cluster = pq_getmsgint64(buf);
	}
	*result = CompactSample(sample);
	return SampleDefect(*result);
}

/* Text input: the binary form in hexadecimal */
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
				 errmsg("invalid input syntax for type weighted_sample: \"%s\"", literal),
				 errdetail("%s", defect)));
	PG_RETURN_POINTER(result);
}

/* Text output: the binary form in hexadecimal */
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
Datum
weighted_sample_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	SampleSend(&buf, PG_GETARG_WEIGHTED_SAMPLE(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/*
 * The state that an aggregate's function was handed: to be changed in place if
 * it is one of ours, else to be started from whatever value it is.
 */
static WeightedSample *
GetState(FunctionCallInfo fcinfo, bool clustered)
{
	WeightedSample *state;

	if (PG_ARGISNULL(0))
		return NewState(clustered);
	state = (WeightedSample *) PG_GETARG_POINTER(0);
	if (!AggCheckCallContext(fcinfo, NULL) || !VARATT_IS_4B_U(state) ||
		(state->flags & WEIGHTED_SAMPLE_WORKING) == 0)
	{
		state = WeightedSampleFromDatum(PG_GETARG_DATUM(0));
		state = CopySample(state, state->n);
		state->flags |= WEIGHTED_SAMPLE_WORKING;
	}
	if (IsClustered(state) != clustered)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot mix rows with and without clusters in a weighted_sample")));
	return state;
}

/*
 * Hand back a state. Whoever calls outside an aggregate gets the canonical form;
 * the pointer that came in needs no second look.
 */
static Datum
ReturnState(FunctionCallInfo fcinfo, WeightedSample *state)
{
	if (PointerGetDatum(state) != PG_GETARG_DATUM(0) && !AggCheckCallContext(fcinfo, NULL))
		state = CompactSample(state);
	PG_RETURN_POINTER(state);
}

/* Make room for more rows, doubling it */
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
	return CopySample(state, Min(Max(2 * state->n, needed), MAX_ROWS));
}

/* Refuse a weight that is negative or no number */
static void
CheckWeight(double weight)
{
	if (!isfinite(weight))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("weight must be finite, not %s",
						isnan(weight) ? "NaN" : weight > 0 ? "Infinity" : "-Infinity")));
	if (weight < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("weight must not be negative: %g", weight)));
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

/* Append the row that an aggregate's arguments are */
static WeightedSample *
AddRow(WeightedSample *state, FunctionCallInfo fcinfo)
{
	WeightedRow row = {0};

	row.score = PG_GETARG_FLOAT8(1) + 0.0;	/* -0 is 0 */
	CheckScore(row.score);
	row.weight = PG_GETARG_BOOL(3) ? PG_GETARG_FLOAT8(2) : -PG_GETARG_FLOAT8(2);
	if (IsClustered(state))
		row.cluster = PG_GETARG_INT64(4);
	state = MakeRoom(state, 1);
	SampleRows(state)[state->n++] = row;
	return state;
}

/* Transition function of the aggregates over (score, weight, is_focal) and (..., cluster) */
Datum
weighted_sample_accum(PG_FUNCTION_ARGS)
{
	bool		clustered = PG_NARGS() > 4;
	WeightedSample *state = GetState(fcinfo, clustered);

	if (!PG_ARGISNULL(2))
		CheckWeight(PG_GETARG_FLOAT8(2));

	if (!PG_ARGISNULL(2) && PG_GETARG_FLOAT8(2) == 0)
		 /* not in the sample */ ;
	else if (PG_ARGISNULL(3))
		state->missing_group++;
	else if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2) && !(clustered && PG_ARGISNULL(4)))
		state = AddRow(state, fcinfo);
	else if (PG_GETARG_BOOL(3))
		state->missing_focal++;
	else
		state->missing_reference++;
	return ReturnState(fcinfo, state);
}

/* Combine function of these, and the transition function of rollup(weighted_sample) */
Datum
weighted_sample_combine(PG_FUNCTION_ARGS)
{
	WeightedSample *state;
	WeightedSample *other;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	other = DetoastSample(PG_GETARG_DATUM(1));
	state = MakeRoom(GetState(fcinfo, IsClustered(other)), other->n);
	memcpy(SampleRows(state) + state->n, SampleRows(other), other->n * sizeof(WeightedRow));
	state->n += other->n;
	state->missing_focal = DistributionAddCounts(state->missing_focal, other->missing_focal);
	state->missing_reference = DistributionAddCounts(state->missing_reference,
													 other->missing_reference);
	state->missing_group = DistributionAddCounts(state->missing_group, other->missing_group);
	return ReturnState(fcinfo, state);
}

/* Final function of weighted_sample() and rollup(weighted_sample) */
Datum
weighted_sample_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(PG_GETARG_WEIGHTED_SAMPLE(0));
}
