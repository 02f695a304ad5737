/*
 * pair.c
 *		The distributions of a focal and a reference group, side by side.
 *
 * It is the state of the aggregates that compare two groups: a type of its own,
 * so that parallel workers, and other machines, can hand it on.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/confidence.h"
#include "base/excerpt.h"
#include "distribution/pair.h"
#include "libpq/pqformat.h"

/* Put a pair together; the parts are copied */
static DistributionPair *
MakePair(const DistributionPair *header, const Distribution *focal, const Distribution *reference)
{
	Size		size = sizeof(DistributionPair) + VARSIZE(focal) + VARSIZE(reference);
	DistributionPair *pair = palloc(size);

	*pair = *header;
	SET_VARSIZE(pair, size);
	memcpy(PairFocal(pair), focal, VARSIZE(focal));
	memcpy(PairReference(pair), reference, VARSIZE(reference));
	return pair;
}

/* The header of a pair that has counted nothing */
static DistributionPair
EmptyHeader(void)
{
	DistributionPair header = {0};

	header.version = DISTRIBUTION_PAIR_VERSION;
	return header;
}

/* What is wrong with a pair, or NULL */
static const char *
PairDefect(const DistributionPair *pair)
{
	Size		size = VARSIZE(pair);
	Size		used = sizeof(DistributionPair);
	const char *defect;

	if ((pair->flags & ~STATE_WORKING) != 0 || pair->unused[0] != 0 || pair->unused[1] != 0)
		return "Reserved bits are set.";
	if (pair->missing_focal < 0 || pair->missing_reference < 0 || pair->missing_group < 0)
		return "A count is negative.";
	if (!(pair->confidence >= 0 && pair->confidence < 1))
		return "The confidence is not between 0 and 1.";
	for (int i = 0; i < 2; i++)
	{
		const Distribution *part = (const Distribution *) ((const char *) pair + used);

		if (size - used < sizeof(Distribution) || VARSIZE(part) < sizeof(Distribution) ||
			VARSIZE(part) > size - used || part->version != DISTRIBUTION_VERSION)
			return "Its size does not fit its contents.";
		if (IsWorking(part) != IsWorking(pair))
			return "One of its distributions is a state, and it is none.";
		defect = DistributionDefect(part);
		if (defect != NULL)
			return defect;
		used += VARSIZE(part);
	}
	return used == size ? NULL : "Its size does not fit its contents.";
}

/* Detoast and validate, with parts in either form */
static DistributionPair *
DetoastPair(Datum datum)
{
	DistributionPair *pair = (DistributionPair *) PG_DETOAST_DATUM(datum);
	const char *defect;

	if (VARSIZE(pair) < sizeof(DistributionPair))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("invalid distribution_pair"),
				 errdetail("It is shorter than its header.")));
	if (pair->version != DISTRIBUTION_PAIR_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("unsupported version %d of type distribution_pair", pair->version),
				 errhint("A newer gapstats wrote it: upgrade gapstats on this server.")));
	defect = PairDefect(pair);
	if (defect != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("invalid distribution_pair"),
				 errdetail("%s", defect)));
	return pair;
}

/* The canonical form of a pair */
static DistributionPair *
CompactPair(const DistributionPair *pair)
{
	DistributionPair *result = MakePair(pair, DistributionCompact(PairFocal(pair)),
										DistributionCompact(PairReference(pair)));

	result->flags = 0;
	return result;
}

/* Detoast, validate, and bring into canonical form */
DistributionPair *
DistributionPairFromDatum(Datum datum)
{
	DistributionPair *pair = DetoastPair(datum);

	return IsWorking(pair) ? CompactPair(pair) : pair;
}

/* A state of these two states */
static DistributionPair *
MakeState(const DistributionPair *header, const Distribution *focal, const Distribution *reference)
{
	DistributionPair *state = MakePair(header, focal, reference);

	state->flags = STATE_WORKING;
	return state;
}

static void *
CreateState(FunctionCallInfo fcinfo pg_attribute_unused())
{
	DistributionPair header = EmptyHeader();

	return MakeState(&header, DistributionNewState(0), DistributionNewState(0));
}

static void *
CopyState(Datum value)
{
	DistributionPair *pair = DetoastPair(value);

	return MakeState(pair, DistributionToState(PairFocal(pair)),
					 DistributionToState(PairReference(pair)));
}

static void *
CompactState(const void *state)
{
	return CompactPair(state);
}

static const StateType state_type = {CreateState, CopyState, CompactState};

/* The state of a moving frame */
static void *
CreateMovingState(FunctionCallInfo fcinfo pg_attribute_unused())
{
	DistributionPair header = EmptyHeader();

	return MakeState(&header, DistributionNewMovingState(), DistributionNewMovingState());
}

static void *
CopyMovingState(Datum value)
{
	DistributionPair *pair = DistributionPairFromDatum(value);

	return MakeState(pair, DistributionAbsorb(DistributionNewMovingState(), PairFocal(pair)),
					 DistributionAbsorb(DistributionNewMovingState(), PairReference(pair)));
}

static const StateType moving_state_type = {CreateMovingState, CopyMovingState, CompactState};

/* A group of a pair to be read: a state in which nothing waits is as good as a value */
static const Distribution *
ReadableGroup(const Distribution *part)
{
	if (part->npending == 0 && part->nentries <= DISTRIBUTION_MAX_ENTRIES)
		return part;
	return DistributionCompact(part);
}

/*
 * The pair that a final function gets, and its groups to be read; without rows it
 * is an empty one. Of a moving frame nothing is copied, which would cost more than
 * what is read.
 */
const DistributionPair *
FinalPair(FunctionCallInfo fcinfo, GroupPair *groups)
{
	const DistributionPair *pair = GetState(fcinfo, &state_type);

	groups->focal = ReadableGroup(PairFocal(pair));
	groups->reference = ReadableGroup(PairReference(pair));
	return pair;
}

/* Put parts back that changed in place, or moved when they grew */
static DistributionPair *
UpdateParts(DistributionPair *pair, Distribution *focal, Distribution *reference)
{
	if (focal == PairFocal(pair) && reference == PairReference(pair))
		return pair;
	return MakeState(pair, focal, reference);
}

/* Read three counts of missing rows; false if they are not there */
static bool
ParseMissing(const char **text, DistributionPair *header)
{
	return DistributionParseInteger(text, &header->missing_focal) &&
		DistributionParseInteger(text, &header->missing_reference) &&
		DistributionParseInteger(text, &header->missing_group) &&
		header->missing_focal >= 0 && header->missing_reference >= 0 &&
		header->missing_group >= 0;
}

/* Read a pair; returns what is wrong, or NULL */
static const char *
ParsePair(const char *text, DistributionPair **result)
{
	DistributionPair header = EmptyHeader();
	Distribution *focal;
	Distribution *reference;
	const char *defect;

	if (!DistributionSkipWord(&text, "focal"))
		return "It must begin with \"focal\".";
	defect = DistributionParse(&text, &focal);
	if (defect != NULL)
		return defect;
	if (!DistributionSkipWord(&text, "reference"))
		return "\"reference\" must follow the focal distribution.";
	defect = DistributionParse(&text, &reference);
	if (defect != NULL)
		return defect;
	if (DistributionSkipWord(&text, "missing") && !ParseMissing(&text, &header))
		return "Three counts must follow \"missing\".";
	if (DistributionSkipWord(&text, "confidence"))
	{
		defect = DistributionParseDouble(&text, &header.confidence);
		if (defect != NULL)
			return defect;
	}
	text += strspn(text, " \t\r\n");
	if (*text != '\0')
		return "There is something behind it.";
	*result = MakePair(&header, focal, reference);
	return PairDefect(*result);
}

/* Text input */
PG_FUNCTION_INFO_V1(distribution_pair_in);
Datum
distribution_pair_in(PG_FUNCTION_ARGS)
{
	char	   *literal = PG_GETARG_CSTRING(0);
	DistributionPair *result;
	const char *defect = ParsePair(literal, &result);

	if (defect != NULL)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type distribution_pair: \"%s\"", Excerpt(literal)),
				 errdetail("%s", defect)));
	PG_RETURN_POINTER(result);
}

/* Text output */
PG_FUNCTION_INFO_V1(distribution_pair_out);
Datum
distribution_pair_out(PG_FUNCTION_ARGS)
{
	DistributionPair *pair = PG_GETARG_DISTRIBUTION_PAIR(0);
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoString(&buf, "focal ");
	DistributionPrint(&buf, PairFocal(pair));
	appendStringInfoString(&buf, " reference ");
	DistributionPrint(&buf, PairReference(pair));
	if (pair->missing_focal != 0 || pair->missing_reference != 0 || pair->missing_group != 0)
		appendStringInfo(&buf, " missing " INT64_FORMAT " " INT64_FORMAT " " INT64_FORMAT,
						 pair->missing_focal, pair->missing_reference, pair->missing_group);
	if (pair->confidence != 0)
	{
		appendStringInfoString(&buf, " confidence ");
		DistributionPrintDouble(&buf, pair->confidence);
	}
	PG_RETURN_CSTRING(buf.data);
}

/* Binary input */
PG_FUNCTION_INFO_V1(distribution_pair_recv);
Datum
distribution_pair_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	DistributionPair header = EmptyHeader();
	int			version = pq_getmsgbyte(buf);
	Distribution *focal;
	Distribution *reference;
	DistributionPair *result;
	const char *defect;

	if (version != DISTRIBUTION_PAIR_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported version %d of type distribution_pair", version)));
	header.missing_focal = pq_getmsgint64(buf);
	header.missing_reference = pq_getmsgint64(buf);
	header.missing_group = pq_getmsgint64(buf);
	header.confidence = pq_getmsgfloat8(buf);
	focal = DistributionReceive(buf);
	reference = DistributionReceive(buf);
	result = MakePair(&header, focal, reference);
	defect = PairDefect(result);
	if (defect != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of type distribution_pair"),
				 errdetail("%s", defect)));
	PG_RETURN_POINTER(result);
}

/* Binary output */
PG_FUNCTION_INFO_V1(distribution_pair_send);
Datum
distribution_pair_send(PG_FUNCTION_ARGS)
{
	DistributionPair *pair = PG_GETARG_DISTRIBUTION_PAIR(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, pair->version);
	pq_sendint64(&buf, pair->missing_focal);
	pq_sendint64(&buf, pair->missing_reference);
	pq_sendint64(&buf, pair->missing_group);
	pq_sendfloat8(&buf, pair->confidence);
	DistributionSend(&buf, PairFocal(pair));
	DistributionSend(&buf, PairReference(pair));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* Take over the confidence that a row asks for */
static void
SetConfidence(FunctionCallInfo fcinfo, DistributionPair *pair)
{
	if (PG_NARGS() > 3)
		pair->confidence = OneConfidence(pair->confidence, ArgumentConfidence(fcinfo, 3));
}

/*
 * Count a row in, or out of a moving frame again: its value by "count", which
 * returns its group's state, or what it lacks by "missing", 1 or -1.
 */
static DistributionPair *
CountRow(FunctionCallInfo fcinfo, DistributionPair *pair,
		 Distribution *(*count) (Distribution *state, double value), int missing)
{
	Distribution *focal = PairFocal(pair);
	Distribution *reference = PairReference(pair);

	SetConfidence(fcinfo, pair);
	if (PG_ARGISNULL(2))
		pair->missing_group += missing;
	else if (PG_GETARG_BOOL(2))
	{
		if (PG_ARGISNULL(1))
			pair->missing_focal += missing;
		else
			focal = count(focal, PG_GETARG_FLOAT8(1));
	}
	else
	{
		if (PG_ARGISNULL(1))
			pair->missing_reference += missing;
		else
			reference = count(reference, PG_GETARG_FLOAT8(1));
	}
	return UpdateParts(pair, focal, reference);
}

/* Transition function of the aggregates over (value, is_focal [, confidence]) */
PG_FUNCTION_INFO_V1(distribution_pair_accum);
Datum
distribution_pair_accum(PG_FUNCTION_ARGS)
{
	DistributionPair *pair = GetState(fcinfo, &state_type);

	return ReturnState(fcinfo, CountRow(fcinfo, pair, DistributionAccumulate, 1), &state_type);
}

/* The same for a row that is left out: of its arguments only the confidence counts */
Datum
LeaveOutOfPair(FunctionCallInfo fcinfo)
{
	DistributionPair *pair;

	if (PG_NARGS() <= 3)
		return ReturnUnchanged(fcinfo);
	pair = GetState(fcinfo, &state_type);
	SetConfidence(fcinfo, pair);
	return ReturnState(fcinfo, pair, &state_type);
}

static Distribution *
CountIntoFrame(Distribution *state, double value)
{
	return DistributionAccumulateCount(state, value, 1);
}

static Distribution *
CountOutOfFrame(Distribution *state, double value)
{
	return DistributionRemove(state, value, 1);
}

/* The same over a moving frame */
PG_FUNCTION_INFO_V1(distribution_pair_moving_accum);
Datum
distribution_pair_moving_accum(PG_FUNCTION_ARGS)
{
	DistributionPair *pair = GetState(fcinfo, &moving_state_type);

	return ReturnState(fcinfo, CountRow(fcinfo, pair, CountIntoFrame, 1), &moving_state_type);
}

/* Inverse transition function */
PG_FUNCTION_INFO_V1(distribution_pair_moving_remove);
Datum
distribution_pair_moving_remove(PG_FUNCTION_ARGS)
{
	DistributionPair *pair = GetState(fcinfo, &moving_state_type);

	return ReturnState(fcinfo, CountRow(fcinfo, pair, CountOutOfFrame, -1), &moving_state_type);
}

/* Combine function */
PG_FUNCTION_INFO_V1(distribution_pair_combine);
Datum
distribution_pair_combine(PG_FUNCTION_ARGS)
{
	DistributionPair *pair;
	DistributionPair *other;

	if (PG_ARGISNULL(1))
		return ReturnUnchanged(fcinfo);
	pair = GetState(fcinfo, &state_type);
	other = DetoastPair(PG_GETARG_DATUM(1));
	pair->missing_focal = AddCounts(pair->missing_focal, other->missing_focal);
	pair->missing_reference = AddCounts(pair->missing_reference, other->missing_reference);
	pair->missing_group = AddCounts(pair->missing_group, other->missing_group);
	pair->confidence = OneConfidence(pair->confidence, other->confidence);
	pair = UpdateParts(pair, DistributionAbsorb(PairFocal(pair), PairFocal(other)),
					   DistributionAbsorb(PairReference(pair), PairReference(other)));
	return ReturnState(fcinfo, pair, &state_type);
}
