/*
 * composition.c
 *		How many students of each group there are in each unit, such as a school.
 *
 * The state of an aggregate finds a cell by a hash table. A value has its cells sorted, so that
 * the order of rows, and which worker saw them, leave no trace.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/count.h"
#include "base/excerpt.h"
#include "base/settled_text.h"
#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "rate/proportion.h"
#include "segregation/composition.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* What a state starts with */
#define FIRST_SLOTS 32
#define FIRST_CELLS_SIZE 512

/* Where a cell of a state is: 1 and the multiples of 8 bytes before it; 0 of an empty slot */
typedef struct Slot
{
	uint32		hash;
	uint32		place;
} Slot;

static inline Slot *
Slots(const Composition *composition)
{
	return (Slot *) ((char *) composition + sizeof(Composition));
}

static inline Size
SizeBeforeCells(const Composition *composition)
{
	return sizeof(Composition) + composition->n_slots * sizeof(Slot);
}

static inline CompositionCell *
FirstCell(const Composition *composition)
{
	return (CompositionCell *) ((char *) composition + SizeBeforeCells(composition));
}

static inline CellNames
NamesOf(const CompositionCell *cell)
{
	CellNames	names = {cell->names, cell->unit_length, cell->names + cell->unit_length, cell->group_length};

	return names;
}

static inline uint32
HashNames(CellNames names)
{
	return hash_combine(hash_bytes((const unsigned char *) names.unit, names.unit_length),
						hash_bytes((const unsigned char *) names.group, names.group_length));
}

/* Compare two names by their bytes, whatever the collation */
static inline int
CompareBytes(const char *a, int a_length, const char *b, int b_length)
{
	int			order = memcmp(a, b, Min(a_length, b_length));

	return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

/* Compare two cells by unit, then by group */
static inline int
CompareCells(const CompositionCell *a, const CompositionCell *b)
{
	int			order = CompareBytes(a->names, a->unit_length, b->names, b->unit_length);

	return order != 0 ? order :
		CompareBytes(a->names + a->unit_length, a->group_length, b->names + b->unit_length, b->group_length);
}

typedef const CompositionCell *CellPointer;

#define ST_SORT SortCells
#define ST_ELEMENT_TYPE CellPointer
#define ST_COMPARE(a, b) CompareCells(*(a), *(b))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* A state with so many slots and so much room for cells, and none of them */
static Composition *
NewState(const Composition *header, int n_slots, Size cells_size)
{
	Composition *state = AllocateState(sizeof(Composition) + n_slots * sizeof(Slot) + cells_size);
	int32		length = state->vl_len_;

	*state = *header;
	state->vl_len_ = length;
	state->flags |= STATE_WORKING;
	state->n = 0;
	state->n_cells = 0;
	state->n_slots = n_slots;
	state->cells_size = 0;
	memset(Slots(state), 0, n_slots * sizeof(Slot));
	return state;
}

/* The slot of a cell, or the empty one where it is to be */
static Slot *
FindSlot(const Composition *state, CellNames names, uint32 hash)
{
	Slot	   *slots = Slots(state);
	uint32		mask = state->n_slots - 1;

	for (uint32 i = hash & mask;; i = (i + 1) & mask)
	{
		const CompositionCell *cell;

		if (slots[i].place == 0)
			return &slots[i];
		if (slots[i].hash != hash)
			continue;
		cell = (const CompositionCell *) ((char *) FirstCell(state) + (Size) (slots[i].place - 1) * 8);
		if (cell->unit_length == names.unit_length && cell->group_length == names.group_length &&
			memcmp(cell->names, names.unit, names.unit_length) == 0 &&
			memcmp(cell->names + names.unit_length, names.group, names.group_length) == 0)
			return &slots[i];
	}
}

/* Put a cell that a state does not have behind the others; there is room */
static void
AppendCell(Composition *state, Slot *slot, uint32 hash, CellNames names, int64 n)
{
	CompositionCell *cell = (CompositionCell *) ((char *) FirstCell(state) + state->cells_size);
	Size		size;

	cell->n = n;
	cell->unit_length = names.unit_length;
	cell->group_length = names.group_length;
	size = CompositionCellSize(cell);
	memcpy(cell->names, names.unit, names.unit_length);
	memcpy(cell->names + names.unit_length, names.group, names.group_length);
	memset(cell->names + names.unit_length + names.group_length, 0,
		   size - offsetof(CompositionCell, names) - names.unit_length - names.group_length);
	slot->hash = hash;
	slot->place = 1 + state->cells_size / 8;
	state->cells_size += size;
	state->n_cells++;
}

/* A state with more slots if they are needed, and room for a cell of the given size, at least */
static Composition *
Grow(const Composition *state, Size size)
{
	int			n_slots = state->n_slots;
	Composition *grown;

	if (state->n_cells >= n_slots / 4 * 3)
		n_slots *= 2;
	grown = NewState(state, n_slots, 2 * state->cells_size + size);
	memcpy(FirstCell(grown), FirstCell(state), state->cells_size);
	for (int i = 0; i < state->n_slots; i++)
	{
		Slot		slot = Slots(state)[i];
		uint32		mask = n_slots - 1;
		uint32		place = slot.hash & mask;

		if (slot.place == 0)
			continue;
		while (Slots(grown)[place].place != 0)
			place = (place + 1) & mask;
		Slots(grown)[place] = slot;
	}
	grown->n = state->n;
	grown->n_cells = state->n_cells;
	grown->cells_size = state->cells_size;
	return grown;
}

/* Count students of a cell, n > 0 */
Composition *
CountInCell(Composition *state, CellNames names, int64 n)
{
	uint32		hash = HashNames(names);
	Slot	   *slot = FindSlot(state, names, hash);
	int64		total = AddCounts(state->n, n);

	if (slot->place != 0)
	{
		CompositionCell *cell = (CompositionCell *) ((char *) FirstCell(state) + (Size) (slot->place - 1) * 8);

		cell->n += n;
	}
	else
	{
		Size		size = MAXALIGN(offsetof(CompositionCell, names) + (Size) names.unit_length + names.group_length);

		if (state->n_cells >= state->n_slots / 4 * 3 || SizeBeforeCells(state) + state->cells_size + size > VARSIZE(state))
		{
			state = Grow(state, size);
			slot = FindSlot(state, names, hash);
		}
		AppendCell(state, slot, hash, names, n);
	}
	state->n = total;
	return state;
}

/* Count all cells of another one, in either form */
static Composition *
AddCells(Composition *state, const Composition *other)
{
	const CompositionCell *cell = FirstCell(other);

	for (int i = 0; i < other->n_cells; i++, cell = CompositionNextCell(cell))
	{
		CHECK_FOR_INTERRUPTS();
		state = CountInCell(state, NamesOf(cell), cell->n);
	}
	return state;
}

/* The canonical form of either form. A state that somebody forged may have a cell twice. */
Composition *
CompactComposition(const Composition *composition)
{
	Composition *result = palloc(sizeof(Composition) + composition->cells_size);
	CellPointer *cells = palloc_extended(sizeof(CellPointer) * Max(composition->n_cells, 1), MCXT_ALLOC_HUGE);
	const CompositionCell *cell = FirstCell(composition);
	CompositionCell *last = NULL;

	for (int i = 0; i < composition->n_cells; i++, cell = CompositionNextCell(cell))
		cells[i] = cell;
	SortCells(cells, composition->n_cells);

	*result = *composition;
	result->flags &= ~STATE_WORKING;
	result->n_cells = 0;
	result->n_slots = 0;
	result->cells_size = 0;
	for (int i = 0; i < composition->n_cells; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (last != NULL && CompareCells(last, cells[i]) == 0)
		{
			last->n += cells[i]->n;
			continue;
		}
		last = (CompositionCell *) ((char *) FirstCell(result) + result->cells_size);
		memcpy(last, cells[i], CompositionCellSize(cells[i]));
		result->n_cells++;
		result->cells_size += CompositionCellSize(last);
	}
	SET_VARSIZE(result, sizeof(Composition) + result->cells_size);
	pfree(cells);
	return result;
}

/* What is wrong with a name, or NULL */
static const char *
NameDefect(const char *name, int length)
{
	return pg_verify_mbstr(GetDatabaseEncoding(), name, length, true) ? NULL :
		"A name is not valid text.";
}

/* What is wrong with a cell of which so many bytes are there, or NULL */
static const char *
CellDefect(const CompositionCell *cell, int64 available)
{
	CellNames	names;
	const char *defect;
	int64		size;

	if (available < (int64) offsetof(CompositionCell, names) || cell->unit_length < 0 || cell->group_length < 0)
		return "Its size does not fit its cells.";
	size = offsetof(CompositionCell, names) + (int64) cell->unit_length + cell->group_length;
	if ((int64) MAXALIGN(size) > available)
		return "Its size does not fit its cells.";
	if (cell->n <= 0)
		return "A count is not positive.";
	names = NamesOf(cell);
	for (const char *byte = (const char *) cell + size; byte < (const char *) CompositionNextCell(cell); byte++)
	{
		if (*byte != 0)
			return "Reserved bits are set.";
	}
	defect = NameDefect(names.unit, names.unit_length);
	return defect != NULL ? defect : NameDefect(names.group, names.group_length);
}

/* What is wrong with the cells, or NULL */
static const char *
CellsDefect(const Composition *composition)
{
	const CompositionCell *cell = FirstCell(composition);
	const CompositionCell *last = NULL;
	const char *end = (const char *) cell + composition->cells_size;
	int64		n = 0;

	for (int i = 0; i < composition->n_cells; i++)
	{
		const char *defect = CellDefect(cell, end - (const char *) cell);

		CHECK_FOR_INTERRUPTS();
		if (defect != NULL)
			return defect;
		if (!IsWorking(composition) && last != NULL && CompareCells(last, cell) >= 0)
			return "Its cells are not in order.";
		if (pg_add_s64_overflow(n, cell->n, &n))
			return "Its counts are too large.";
		last = cell;
		cell = CompositionNextCell(cell);
	}
	if ((const char *) cell != end)
		return "Its size does not fit its cells.";
	return n == composition->n ? NULL : "Its counts do not add up.";
}

/* What is wrong with a composition, or NULL */
static const char *
CompositionDefect(const Composition *composition)
{
	bool		working = IsWorking(composition);
	int64		size = VARSIZE(composition);

	if ((composition->flags & ~STATE_WORKING) != 0 || composition->unused[0] != 0 || composition->unused[1] != 0)
		return "Reserved bits are set.";
	if (composition->n_missing_unit < 0 || composition->n_missing_group < 0 || composition->n_left_out < 0)
		return "A count is negative.";
	if (composition->n_cells < 0 || composition->n_slots < 0 || (composition->n_slots > 0 && !working) ||
		composition->cells_size < 0 || composition->cells_size > size)
		return "Its size does not fit its cells.";
	size -= sizeof(Composition) + (int64) composition->n_slots * sizeof(Slot);
	if (working ? composition->cells_size > size : composition->cells_size != size)
		return "Its size does not fit its cells.";
	return CellsDefect(composition);
}

/* Detoast and validate, in either form */
static Composition *
DetoastComposition(Datum datum)
{
	Composition *composition = (Composition *) PG_DETOAST_DATUM(datum);
	const char *defect;

	if (VARSIZE(composition) < sizeof(Composition))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("invalid composition"),
				 errdetail("It is shorter than its header.")));
	if (composition->version != COMPOSITION_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("unsupported version %d of type composition", composition->version),
				 errhint("A newer gapstats wrote it: upgrade gapstats on this server.")));
	defect = CompositionDefect(composition);
	if (defect != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("invalid composition"),
				 errdetail("%s", defect)));
	return composition;
}

/* Detoast, validate, and bring into canonical form */
Composition *
CompositionFromDatum(Datum datum)
{
	Composition *composition = DetoastComposition(datum);

	return IsWorking(composition) ? CompactComposition(composition) : composition;
}

/* One of no students */
static Composition
EmptyComposition(void)
{
	Composition empty = {0};

	SET_VARSIZE(&empty, sizeof(Composition));
	empty.version = COMPOSITION_VERSION;
	return empty;
}

/* A composition; that of no students, as aggregates give it, may be NULL */
Composition *
ArgumentComposition(FunctionCallInfo fcinfo, int argno)
{
	Composition *empty;

	if (!PG_ARGISNULL(argno))
		return CompositionFromDatum(PG_GETARG_DATUM(argno));
	empty = palloc(sizeof(Composition));
	*empty = EmptyComposition();
	return empty;
}

/*
 * The binary form: version, the three counts of what is missing, and the cells, whose names are
 * in UTF-8 so that a database of another encoding can read them.
 */
#define BINARY_HEADER_SIZE ((int) (1 + 3 * sizeof(int64)))
#define BINARY_CELL_SIZE ((int) (sizeof(int64) + 2 * sizeof(int32)))

static void
SendNames(StringInfo buf, CellNames names)
{
	char	   *unit = pg_server_to_any(names.unit, names.unit_length, PG_UTF8);
	char	   *group = pg_server_to_any(names.group, names.group_length, PG_UTF8);
	int			unit_length = unit == names.unit ? names.unit_length : (int) strlen(unit);
	int			group_length = group == names.group ? names.group_length : (int) strlen(group);

	pq_sendint32(buf, unit_length);
	pq_sendint32(buf, group_length);
	pq_sendbytes(buf, unit, unit_length);
	pq_sendbytes(buf, group, group_length);
}

static void
Send(StringInfo buf, const Composition *composition)
{
	const CompositionCell *cell = CompositionFirstCell(composition);

	pq_sendbyte(buf, composition->version);
	pq_sendint64(buf, composition->n_missing_unit);
	pq_sendint64(buf, composition->n_missing_group);
	pq_sendint64(buf, composition->n_left_out);
	for (int i = 0; i < composition->n_cells; i++, cell = CompositionNextCell(cell))
	{
		CHECK_FOR_INTERRUPTS();
		pq_sendint64(buf, cell->n);
		SendNames(buf, NamesOf(cell));
	}
}

/* A name of a binary message, in the encoding of the database; ended by a zero */
static const char *
ReceiveName(StringInfo buf, int length)
{
	char	   *name = pnstrdup(pq_getmsgbytes(buf, length), length);

	/* what pnstrdup() dropped was behind a zero, which no text has */
	if (strlen(name) < (size_t) length)
		ereport(ERROR,
				(errcode(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE),
				 errmsg("invalid byte sequence for encoding \"UTF8\": 0x00")));
	return pg_any_to_server(name, length, PG_UTF8);
}

/* Read cells that are the rest of a binary message; returns what is wrong, or NULL */
static const char *
ReceiveCells(StringInfo buf, Composition **state)
{
	while (buf->cursor < buf->len)
	{
		CellNames	names;
		int64		n;
		int64		unit_length;
		int64		group_length;

		CHECK_FOR_INTERRUPTS();
		if (buf->len - buf->cursor < BINARY_CELL_SIZE)
			return "Its size does not fit its cells.";
		n = pq_getmsgint64(buf);
		unit_length = (int32) pq_getmsgint(buf, sizeof(int32));
		group_length = (int32) pq_getmsgint(buf, sizeof(int32));
		if (unit_length < 0 || group_length < 0 || unit_length + group_length > buf->len - buf->cursor)
			return "Its size does not fit its cells.";
		if (n <= 0)
			return "A count is not positive.";
		names.unit = ReceiveName(buf, unit_length);
		names.unit_length = strlen(names.unit);
		names.group = ReceiveName(buf, group_length);
		names.group_length = strlen(names.group);
		*state = CountInCell(*state, names, n);
	}
	return NULL;
}

/* Read a composition that is all of a binary message; returns what is wrong, or NULL */
static const char *
Receive(StringInfo buf, Composition **result)
{
	Composition header = EmptyComposition();
	Composition *state;
	const char *defect;

	if (buf->len - buf->cursor < BINARY_HEADER_SIZE)
		return "It is shorter than its header.";
	if (pq_getmsgbyte(buf) != COMPOSITION_VERSION)
		return "Its version is not supported.";
	header.n_missing_unit = pq_getmsgint64(buf);
	header.n_missing_group = pq_getmsgint64(buf);
	header.n_left_out = pq_getmsgint64(buf);
	state = NewState(&header, FIRST_SLOTS, FIRST_CELLS_SIZE);
	defect = ReceiveCells(buf, &state);
	if (defect != NULL)
		return defect;
	*result = CompactComposition(state);
	return CompositionDefect(*result);
}

/* Text input: the binary form in hexadecimal */
PG_FUNCTION_INFO_V1(composition_in);
Datum
composition_in(PG_FUNCTION_ARGS)
{
	char	   *literal = PG_GETARG_CSTRING(0);
	size_t		length = strlen(literal);
	const char *defect = "It must be pairs of hexadecimal digits.";
	Composition *result = NULL;
	StringInfoData buf;

	if (length % 2 == 0 && strspn(literal, "0123456789abcdefABCDEF") == length)
	{
		initStringInfo(&buf);
		enlargeStringInfo(&buf, length / 2);
		buf.len = hex_decode(literal, length, buf.data);
		defect = Receive(&buf, &result);
	}
	if (defect != NULL)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type composition: \"%s\"", Excerpt(literal)),
				 errdetail("%s", defect)));
	PG_RETURN_POINTER(result);
}

/* Text output: the binary form in hexadecimal */
PG_FUNCTION_INFO_V1(composition_out);
Datum
composition_out(PG_FUNCTION_ARGS)
{
	StringInfoData buf;
	StringInfoData text;

	initStringInfo(&buf);
	Send(&buf, CompositionFromDatum(PG_GETARG_DATUM(0)));
	initStringInfo(&text);
	enlargeStringInfo(&text, 2 * buf.len);
	text.data[hex_encode(buf.data, buf.len, text.data)] = '\0';
	PG_RETURN_CSTRING(text.data);
}

/* Binary input */
PG_FUNCTION_INFO_V1(composition_recv);
Datum
composition_recv(PG_FUNCTION_ARGS)
{
	Composition *result = NULL;
	const char *defect = Receive((StringInfo) PG_GETARG_POINTER(0), &result);

	if (defect != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of type composition"),
				 errdetail("%s", defect)));
	PG_RETURN_POINTER(result);
}

/* Binary output */
PG_FUNCTION_INFO_V1(composition_send);
Datum
composition_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	Send(&buf, CompositionFromDatum(PG_GETARG_DATUM(0)));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* A state that has counted nothing */
Composition *
NewComposition(void)
{
	Composition empty = EmptyComposition();

	return NewState(&empty, FIRST_SLOTS, FIRST_CELLS_SIZE);
}

static void *
CreateState(FunctionCallInfo fcinfo pg_attribute_unused())
{
	return NewComposition();
}

/* A state that goes on from a value, or from a state of another process, whose slots nobody trusts */
static void *
CopyState(Datum value)
{
	const Composition *composition = DetoastComposition(value);
	int			n_slots = Max(pg_nextpower2_32(composition->n_cells / 3 * 4 + 4), FIRST_SLOTS);

	return AddCells(NewState(composition, n_slots, composition->cells_size + FIRST_CELLS_SIZE), composition);
}

static void *
CompactState(const void *state)
{
	return CompactComposition(state);
}

static const StateType state_type = {CreateState, CopyState, CompactState};

/* The arguments of an aggregate, after its state */
enum
{
	ARG_UNIT, ARG_GROUP, ARG_N
};

/* Count a row in a state: its unit and group, both text, and how many students it counts if it has a count */
Composition *
CountCompositionRow(Composition *state, const NullableDatum *arguments, bool has_count)
{
	int64		n = has_count && !arguments[ARG_N].isnull ? DatumGetInt64(arguments[ARG_N].value) : 1;

	CheckCount(n, "n", "");
	if (has_count && arguments[ARG_N].isnull)
		state->n_left_out = AddCounts(state->n_left_out, 1);
	else if (arguments[ARG_UNIT].isnull)
		state->n_missing_unit = AddCounts(state->n_missing_unit, n);
	else if (arguments[ARG_GROUP].isnull)
		state->n_missing_group = AddCounts(state->n_missing_group, n);
	else if (n > 0)
	{
		const text *unit = DatumGetTextPP(arguments[ARG_UNIT].value);
		const text *group = DatumGetTextPP(arguments[ARG_GROUP].value);
		CellNames	names = {VARDATA_ANY(unit), VARSIZE_ANY_EXHDR(unit), VARDATA_ANY(group), VARSIZE_ANY_EXHDR(group)};

		state = CountInCell(state, names, n);
	}
	return state;
}

/* Over texts: the one that other nodes can run, which do not tell of which type an argument is */
PG_FUNCTION_INFO_V1(composition_accum);
Datum
composition_accum(PG_FUNCTION_ARGS)
{
	Composition *state = GetState(fcinfo, &state_type);

	return ReturnState(fcinfo, CountCompositionRow(state, &fcinfo->args[1], PG_NARGS() > 1 + ARG_N), &state_type);
}

/* Over any types */
PG_FUNCTION_INFO_V1(composition_accum_any);
Datum
composition_accum_any(PG_FUNCTION_ARGS)
{
	Composition *state = GetState(fcinfo, &state_type);
	NullableDatum arguments[1 + ARG_N];

	for (int i = 0; i < PG_NARGS() - 1; i++)
	{
		Oid			type = get_fn_expr_argtype(fcinfo->flinfo, 1 + i);

		arguments[i] = fcinfo->args[1 + i];
		if (i == ARG_N || arguments[i].isnull)
			continue;
		if (!OidIsValid(type))
			elog(ERROR, "could not determine the type of a unit or group");
		arguments[i].value = PointerGetDatum(SettledName(arguments[i].value, type));
	}
	return ReturnState(fcinfo, CountCompositionRow(state, arguments, PG_NARGS() > 1 + ARG_N), &state_type);
}

/* Combine function of these, and the transition function of rollup(composition) */
PG_FUNCTION_INFO_V1(composition_combine);
Datum
composition_combine(PG_FUNCTION_ARGS)
{
	Composition *state;
	Composition *other;

	if (PG_ARGISNULL(1))
		return ReturnUnchanged(fcinfo);
	if (PG_ARGISNULL(0))
		return ReturnState(fcinfo, CopyState(PG_GETARG_DATUM(1)), &state_type);

	other = DetoastComposition(PG_GETARG_DATUM(1));
	state = GetState(fcinfo, &state_type);
	state->n_missing_unit = AddCounts(state->n_missing_unit, other->n_missing_unit);
	state->n_missing_group = AddCounts(state->n_missing_group, other->n_missing_group);
	state->n_left_out = AddCounts(state->n_left_out, other->n_left_out);
	return ReturnState(fcinfo, AddCells(state, other), &state_type);
}

/* Final function of composition() and rollup(composition) */
PG_FUNCTION_INFO_V1(composition_final);
Datum
composition_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(CompositionFromDatum(PG_GETARG_DATUM(0)));
}

/* What is left of a cell, or of none, when the first of those to be taken away is */
static int64
StudentsLeft(const CompositionCell *cell, const CompositionCell *taken)
{
	int			order = cell == NULL ? 1 : CompareCells(cell, taken);

	if (order < 0)
		return cell->n;
	if (order > 0 || cell->n < taken->n)
		RefuseSubtraction("composition", psprintf(_("Group \"%s\" of unit \"%s\" has " INT64_FORMAT " students, and fewer in what to subtract them from."),
												  Excerpt(pnstrdup(taken->names + taken->unit_length, taken->group_length)),
												  Excerpt(pnstrdup(taken->names, taken->unit_length)), taken->n));
	return cell->n - taken->n;
}

/* The cells of one composition without the students of another: both are in order */
static Composition *
SubtractCells(const Composition *composition, const Composition *taken)
{
	Composition *left = palloc(VARSIZE(composition));
	const CompositionCell *cell = FirstCell(composition);
	const CompositionCell *take = FirstCell(taken);
	int			n_taken = 0;

	*left = *composition;
	left->n_cells = 0;
	left->cells_size = 0;
	for (int i = 0; i < composition->n_cells; i++, cell = CompositionNextCell(cell))
	{
		int64		n = n_taken == taken->n_cells ? cell->n : StudentsLeft(cell, take);
		CompositionCell *kept = (CompositionCell *) ((char *) FirstCell(left) + left->cells_size);

		CHECK_FOR_INTERRUPTS();
		if (n_taken < taken->n_cells && CompareCells(cell, take) == 0)
		{
			take = CompositionNextCell(take);
			n_taken++;
		}
		if (n == 0)
			continue;
		memcpy(kept, cell, CompositionCellSize(cell));
		kept->n = n;
		left->n_cells++;
		left->cells_size += CompositionCellSize(cell);
	}
	if (n_taken < taken->n_cells)
		StudentsLeft(NULL, take);
	left->n -= taken->n;
	SET_VARSIZE(left, sizeof(Composition) + left->cells_size);
	return left;
}

/* a - b; NULL is a group without students */
PG_FUNCTION_INFO_V1(composition_subtract);
Datum
composition_subtract(PG_FUNCTION_ARGS)
{
	Composition *composition;
	Composition *taken;
	Composition *left;

	if (PG_ARGISNULL(0) && PG_ARGISNULL(1))
		PG_RETURN_NULL();
	composition = ArgumentComposition(fcinfo, 0);
	taken = ArgumentComposition(fcinfo, 1);
	left = SubtractCells(composition, taken);
	left->n_missing_unit = SubtractCounts(composition->n_missing_unit, taken->n_missing_unit, "composition");
	left->n_missing_group = SubtractCounts(composition->n_missing_group, taken->n_missing_group, "composition");
	left->n_left_out = SubtractCounts(composition->n_left_out, taken->n_left_out, "composition");
	PG_RETURN_POINTER(left);
}
