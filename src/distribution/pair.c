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

	if (pair->unused[0] != 0 || pair->unused[1] != 0 || pair->unused[2] != 0)
		return "Reserved bits are set.";
	if (pair->missing_focal < 0 || pair->missing_reference < 0 || pair->missing_group < 0)
		return "A count is negative.";
	for (int i = 0; i < 2; i++)
	{
		const Distribution *part = (const Distribution *) ((const char *) pair + used);

		if (size - used < sizeof(Distribution) || VARSIZE(part) < sizeof(Distribution) ||
			VARSIZE(part) > size - used || part->version != DISTRIBUTION_VERSION)
			return "Its size does not fit its contents.";
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
	return MakePair(pair, DistributionCompact(PairFocal(pair)),
					DistributionCompact(PairReference(pair)));
}

static inline bool
IsWorking(const DistributionPair *pair)
{
	return (PairFocal(pair)->flags & DISTRIBUTION_WORKING) != 0;
}

/* Detoast, validate, and bring into canonical form */
DistributionPair *
DistributionPairFromDatum(Datum datum)
{
	DistributionPair *pair = DetoastPair(datum);

	return IsWorking(pair) ? CompactPair(pair) : pair;
}

/*
 * The state that an aggregate's function was handed: to be changed in place if
 * it is one of ours, else to be started from whatever value it is.
 */
static DistributionPair *
GetState(FunctionCallInfo fcinfo)
{
	DistributionPair header = EmptyHeader();
	DistributionPair *pair;

	if (PG_ARGISNULL(0))
		return MakePair(&header, DistributionNewState(0), DistributionNewState(0));
	pair = (DistributionPair *) PG_GETARG_POINTER(0);
	if (AggCheckCallContext(fcinfo, NULL) && VARATT_IS_4B_U(pair) && IsWorking(pair))
		return pair;
	pair = DistributionPairFromDatum(PG_GETARG_DATUM(0));
	return MakePair(pair, DistributionToState(PairFocal(pair)),
					DistributionToState(PairReference(pair)));
}

/* Hand back a state; whoever calls outside an aggregate gets the canonical form */
static Datum
ReturnState(FunctionCallInfo fcinfo, DistributionPair *pair)
{
	if (!AggCheckCallContext(fcinfo, NULL))
		pair = CompactPair(pair);
	PG_RETURN_POINTER(pair);
}

/* Put parts back that changed in place, or moved when they grew */
static DistributionPair *
UpdateParts(DistributionPair *pair, Distribution *focal, Distribution *reference)
{
	if (focal == PairFocal(pair) && reference == PairReference(pair))
		return pair;
	return MakePair(pair, focal, reference);
}

PG_FUNCTION_INFO_V1(distribution_pair_in);
PG_FUNCTION_INFO_V1(distribution_pair_out);
PG_FUNCTION_INFO_V1(distribution_pair_recv);
PG_FUNCTION_INFO_V1(distribution_pair_send);
PG_FUNCTION_INFO_V1(distribution_pair_accum);
PG_FUNCTION_INFO_V1(distribution_pair_combine);

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
	text += strspn(text, " \t\r\n");
	if (*text != '\0')
		return "There is something behind it.";
	*result = MakePair(&header, focal, reference);
	return NULL;
}

/* Text input */
Datum
distribution_pair_in(PG_FUNCTION_ARGS)
{
	char	   *literal = PG_GETARG_CSTRING(0);
	DistributionPair *result;
	const char *defect = ParsePair(literal, &result);

	if (defect != NULL)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type distribution_pair: \"%s\"", literal),
				 errdetail("%s", defect)));
	PG_RETURN_POINTER(result);
}

/* Text output */
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
	PG_RETURN_CSTRING(buf.data);
}

/* Binary input */
Datum
distribution_pair_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	DistributionPair header = EmptyHeader();
	int			version = pq_getmsgbyte(buf);
	Distribution *focal;
	Distribution *reference;

	if (version != DISTRIBUTION_PAIR_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported version %d of type distribution_pair", version)));
	header.missing_focal = pq_getmsgint64(buf);
	header.missing_reference = pq_getmsgint64(buf);
	header.missing_group = pq_getmsgint64(buf);
	if (header.missing_focal < 0 || header.missing_reference < 0 || header.missing_group < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of type distribution_pair"),
				 errdetail("A count is negative.")));
	focal = DistributionReceive(buf);
	reference = DistributionReceive(buf);
	PG_RETURN_POINTER(MakePair(&header, focal, reference));
}

/* Binary output */
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
	DistributionSend(&buf, PairFocal(pair));
	DistributionSend(&buf, PairReference(pair));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* Transition function of the aggregates over (value, is_focal) */
Datum
distribution_pair_accum(PG_FUNCTION_ARGS)
{
	DistributionPair *pair = GetState(fcinfo);
	Distribution *focal = PairFocal(pair);
	Distribution *reference = PairReference(pair);

	if (PG_ARGISNULL(2))
		pair->missing_group++;
	else if (PG_GETARG_BOOL(2))
	{
		if (PG_ARGISNULL(1))
			pair->missing_focal++;
		else
			focal = DistributionAccumulate(focal, PG_GETARG_FLOAT8(1));
	}
	else
	{
		if (PG_ARGISNULL(1))
			pair->missing_reference++;
		else
			reference = DistributionAccumulate(reference, PG_GETARG_FLOAT8(1));
	}
	return ReturnState(fcinfo, UpdateParts(pair, focal, reference));
}

/* Combine function of the aggregates over (value, is_focal) */
Datum
distribution_pair_combine(PG_FUNCTION_ARGS)
{
	DistributionPair *pair;
	DistributionPair *other;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	pair = GetState(fcinfo);
	other = DetoastPair(PG_GETARG_DATUM(1));
	pair->missing_focal = DistributionAddCounts(pair->missing_focal, other->missing_focal);
	pair->missing_reference = DistributionAddCounts(pair->missing_reference,
													other->missing_reference);
	pair->missing_group = DistributionAddCounts(pair->missing_group, other->missing_group);
	return ReturnState(fcinfo,
					   UpdateParts(pair,
								   DistributionAbsorb(PairFocal(pair), PairFocal(other)),
								   DistributionAbsorb(PairReference(pair), PairReference(other))));
}
