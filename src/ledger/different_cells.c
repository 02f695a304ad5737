/*
 * different_cells.c
 *		The cells of releases that are alike, each once.
 *
 * What is published again and again is mostly the same, to the byte.  What is read of a ledger's
 * rows costs more than to see that they were there before.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/compat.h"
#include "base/result_row.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "standing/names.h"
#include "standing/row_receiver.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* The bytes of a cell's members and of its numbers, behind how many both are, and the former */
typedef struct Written
{
	struct Written *next;		/* that came */
	uint32		size;
	uint32		members_size;
	char		bytes[FLEXIBLE_ARRAY_MEMBER];
} Written;

typedef struct WrittenEntry
{
	Written    *written;
	uint32		hash;
	char		status;			/* for simplehash */
} WrittenEntry;

static inline bool
IsSameWritten(const Written *a, const Written *b)
{
	return a->size == b->size && a->members_size == b->members_size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

#define SH_PREFIX written
#define SH_ELEMENT_TYPE WrittenEntry
#define SH_KEY_TYPE Written *
#define SH_KEY written
#define SH_HASH_KEY(table, key) hash_bytes((const unsigned char *) (key)->bytes, (key)->size)
#define SH_EQUAL(table, a, b) IsSameWritten(a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(table, a) (a)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

typedef struct Different
{
	written_hash *seen;
	MemoryContext context;		/* of what was seen */
	Written    *first;
	Written    *last;
	Written    *expected;		/* what came after what came last, when that came first: releases have their cells in one order */
	StringInfoData candidate;	/* a Written */
	ResultRow	row;
} Different;

static void
StartDifferent(TupleDesc columns, void *arg)
{
	Different  *different = arg;

	for (int i = 0; i < columns->natts; i++)
	{
		if (TupleDescAttr(columns, i)->atttypid != TEXTARRAYOID)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("%s of a ledger's cells must be text[]", NameStr(TupleDescAttr(columns, i)->attname))));
	}
	different->context = GenerationContextCreate(CurrentMemoryContext, "cells of a ledger", ALLOCSET_DEFAULT_SIZES);
	different->seen = written_create(different->context, 1024, NULL);
	initStringInfo(&different->candidate);
}

/* Whether what was written down is this cell */
static bool
IsWritten(const Written *written, const struct varlena *members, const struct varlena *numbers)
{
	uint32		members_size = VARSIZE_ANY_EXHDR(members);
	uint32		numbers_size = VARSIZE_ANY_EXHDR(numbers);

	return written != NULL && written->members_size == members_size && written->size == members_size + numbers_size &&
		memcmp(written->bytes, VARDATA_ANY(members), members_size) == 0 &&
		memcmp(written->bytes + members_size, VARDATA_ANY(numbers), numbers_size) == 0;
}

/* Write members and numbers down as they are, however they were stored */
static Written *
WriteDown(StringInfo candidate, const struct varlena *members, const struct varlena *numbers)
{
	Written		head = {
		.size = VARSIZE_ANY_EXHDR(members) + VARSIZE_ANY_EXHDR(numbers),.members_size = VARSIZE_ANY_EXHDR(members)
	};

	resetStringInfo(candidate);
	appendBinaryStringInfo(candidate, (char *) &head, offsetof(Written, bytes));
	appendBinaryStringInfo(candidate, VARDATA_ANY(members), VARSIZE_ANY_EXHDR(members));
	appendBinaryStringInfo(candidate, VARDATA_ANY(numbers), VARSIZE_ANY_EXHDR(numbers));
	return (Written *) candidate->data;
}

/* Keep what is new, behind all that came before */
static Written *
Keep(Different *different, const StringInfoData *candidate)
{
	Written    *written = MemoryContextAlloc(different->context, candidate->len);

	memcpy(written, candidate->data, candidate->len);
	if (different->first == NULL)
		different->first = written;
	else
		different->last->next = written;
	different->last = written;
	return written;
}

/* Whether a cell came before; it has now */
static bool
CameBefore(Different *different, const struct varlena *members, const struct varlena *numbers)
{
	WrittenEntry *entry;
	bool		found = true;

	if (different->expected == NULL)
		different->expected = different->first;
	if (IsWritten(different->expected, members, numbers))
	{
		different->expected = different->expected->next;
		return true;
	}
	entry = written_insert(different->seen, WriteDown(&different->candidate, members, numbers), &found);
	if (!found)
		entry->written = Keep(different, &different->candidate);
	different->expected = entry->written->next;
	return found;
}

/* A cell comes; put it unless it came before. */
static void
TakeDifferent(TupleTableSlot *slot, void *arg)
{
	Different  *different = arg;
	bool		is_null[2];
	Datum		members = slot_getattr(slot, 1, &is_null[0]);
	Datum		numbers = slot_getattr(slot, 2, &is_null[1]);

	if (is_null[0] || is_null[1])
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("members and numbers of a ledger's cells must not be null")));
	members = PointerGetDatum(PG_DETOAST_DATUM_PACKED(members));
	numbers = PointerGetDatum(PG_DETOAST_DATUM_PACKED(numbers));
	if (CameBefore(different, (struct varlena *) DatumGetPointer(members), (struct varlena *) DatumGetPointer(numbers)))
		return;
	AddDatum(&different->row, TEXTARRAYOID, members);
	AddDatum(&different->row, TEXTARRAYOID, numbers);
	PutResultRow(&different->row);
}

/*
 * different_cells(ledger_cells, releases): members and numbers of all cells of the releases, those
 * that are the same once
 */
PG_FUNCTION_INFO_V1(different_cells);
Datum
different_cells(PG_FUNCTION_ARGS)
{
	Different	different = {0};
	Oid			type = TEXTARRAYOID;
	ParamListInfo parameters = makeParamList(1);
	SPIExecuteOptions options = {.params = parameters,.read_only = true};
	int			result;

	ArgumentNotNull(fcinfo, 0, "ledger_cells");
	ArgumentNotNull(fcinfo, 1, "releases");
	BeginResultSet(&different.row, fcinfo);
	parameters->params[0] = (ParamExternData) {
		.value = PG_GETARG_DATUM(1),.pflags = PARAM_FLAG_CONST,.ptype = type
	};
	options.dest = MakeRowReceiver(StartDifferent, TakeDifferent, &different);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
	result = SPI_execute_extended(psprintf("SELECT members, numbers FROM %s WHERE release OPERATOR(pg_catalog.=) ANY ($1)",
										   RelationName(PG_GETARG_OID(0))), &options);
	if (result < 0)
		elog(ERROR, "%s", SPI_result_code_string(result));
	SPI_finish();
	PG_RETURN_NULL();
}
