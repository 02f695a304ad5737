/*
 * cross_products.c
 *		What least squares need of a focal and a reference group: sums of products.
 *
 * A finite double is a whole number times a power of two, so that sums of products are
 * whole numbers, too, and kept as such: without rounding, the same whatever the order of
 * rows and the plan. How wide they are depends on the numbers that are seen, which for
 * scores and yes or no is little.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "base/count.h"
#include "base/excerpt.h"
#include "decomposition/cross_products.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/array.h"
#include "utils/builtins.h"

/* The least and the greatest exponents of doubles */
#define MIN_LOW (-1074)
#define MAX_HIGH 1024

/* The widest column whose values are integers of 64 bits with a sign */
#define MAX_NARROW 63

/* A value: number * 2^(low + shift), with the low of its column */
typedef struct Multiple
{
	int64		number;
	int			shift;
} Multiple;

static inline bool
IsZeros(Span span)
{
	return span.low == span.high;
}

static inline int
Width(Span span)
{
	return span.high - span.low;
}

/* A span that holds both */
static Span
Union(Span a, Span b)
{
	Span		both = {Min(a.low, b.low), Max(a.high, b.high)};

	return IsZeros(a) ? b : IsZeros(b) ? a : both;
}

/* The size of products with such spans */
static Size
ProductsSize(const CrossProducts *header, const Span *spans)
{
	static const Span one = {0, 1};
	int			n_spans = CountSpans(header->n_covariates);
	Size		n_limbs = 0;

	if (header->n_covariates == COVARIATES_UNKNOWN)
		return sizeof(CrossProducts);
	for (int a = 0; a < n_spans; a++)
	{
		n_limbs += CountLimbs(one, spans[a]);
		for (int b = a; b < n_spans; b++)
			n_limbs += CountLimbs(spans[a], spans[b]);
	}
	return sizeof(CrossProducts) + MAXALIGN(n_spans * sizeof(Span)) + header->n_covariates * sizeof(int64) + N_GROUPS * n_limbs * sizeof(uint64);
}

/* Products with the counts of a header, such spans, and sums that are 0; no spans where there are no covariates yet */
static CrossProducts *
MakeProducts(const CrossProducts *header, const Span *spans)
{
	Size		size = ProductsSize(header, spans);
	CrossProducts *products = palloc0(size);

	*products = *header;
	SET_VARSIZE(products, size);
	if (spans != NULL)
		memcpy(Spans(products), spans, CountSpans(header->n_covariates) * sizeof(Span));
	return products;
}

/* How many limbs the sums of a group have */
static inline Size
CountGroupLimbs(const CrossProducts *products)
{
	return ((char *) products + VARSIZE(products) - (char *) FirstLimb(products)) / sizeof(uint64) / N_GROUPS;
}

/* What is wrong with products, or NULL */
static const char *
ProductsDefect(const CrossProducts *products)
{
	int			n_spans = CountSpans(products->n_covariates);

	if ((products->flags & ~STATE_WORKING) != 0)
		return "Reserved bits are set.";
	if (products->n_covariates < COVARIATES_UNKNOWN || products->n_covariates > MAX_COVARIATES)
		return "It has too many covariates.";
	for (int group = 0; group < N_GROUPS; group++)
	{
		if (products->n[group] < 0 || products->missing[group] < 0)
			return "A count is negative.";
	}
	if (products->missing_group < 0 || products->n_given < 0)
		return "A count is negative.";
	if (products->n_covariates == COVARIATES_UNKNOWN && products->n_given > 0)
		return "It has rows, and no sums of them.";
	if ((uint64) products->n_given < (uint64) products->n[GROUP_FOCAL] + products->n[GROUP_REFERENCE])
		return "It has more rows than rows with covariates.";
	if (VARSIZE(products) < sizeof(CrossProducts) + MAXALIGN(n_spans * sizeof(Span)))
		return "Its size does not fit its contents.";
	for (int i = 0; i < n_spans; i++)
	{
		Span		span = Spans(products)[i];

		if (span.low < MIN_LOW || span.high > MAX_HIGH || span.low > span.high ||
			(IsZeros(span) && span.low != 0))
			return "A span is invalid.";
	}
	if (VARSIZE(products) != ProductsSize(products, Spans(products)))
		return "Its size does not fit its contents.";
	for (int i = 0; i < products->n_covariates; i++)
	{
		if (CountsOfOthers(products)[i] < 0 ||
			(uint64) CountsOfOthers(products)[i] > (uint64) products->n[GROUP_FOCAL] + products->n[GROUP_REFERENCE])
			return "A covariate is counted in more rows than there are.";
	}
	return NULL;
}

/* Detoast and validate. It may be the stored value itself: read only. */
static CrossProducts *
DetoastProducts(Datum datum)
{
	CrossProducts *products = (CrossProducts *) PG_DETOAST_DATUM(datum);
	const char *defect;

	if (VARSIZE(products) < sizeof(CrossProducts))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("invalid cross_products"),
				 errdetail("It is shorter than its header.")));
	if (products->version != CROSS_PRODUCTS_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("unsupported version %d of type cross_products", products->version),
				 errhint("A newer gapstats wrote it: upgrade gapstats on this server.")));
	defect = ProductsDefect(products);
	if (defect != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("invalid cross_products"),
				 errdetail("%s", defect)));
	return products;
}

/* The header of products of no rows */
static CrossProducts
EmptyHeader(void)
{
	CrossProducts empty = {0};

	empty.version = CROSS_PRODUCTS_VERSION;
	empty.n_covariates = COVARIATES_UNKNOWN;
	return empty;
}

/* Products; those of no students, as aggregates give them, may be NULL */
CrossProducts *
ArgumentCrossProducts(FunctionCallInfo fcinfo, int argno)
{
	CrossProducts empty = EmptyHeader();

	if (PG_ARGISNULL(argno))
		return MakeProducts(&empty, NULL);
	return DetoastProducts(PG_GETARG_DATUM(argno));
}

/* Write products to a binary message */
static void
ProductsSend(StringInfo buf, const CrossProducts *products)
{
	int			n_spans = CountSpans(products->n_covariates);
	Size		n_limbs = n_spans == 0 ? 0 :
		((char *) products + VARSIZE(products) - (char *) FirstLimb(products)) / sizeof(uint64);

	pq_sendbyte(buf, products->version);
	pq_sendbyte(buf, 0);
	pq_sendint16(buf, products->n_covariates);
	for (int group = 0; group < N_GROUPS; group++)
		pq_sendint64(buf, products->n[group]);
	for (int group = 0; group < N_GROUPS; group++)
		pq_sendint64(buf, products->missing[group]);
	pq_sendint64(buf, products->missing_group);
	pq_sendint64(buf, products->n_given);
	for (int i = 0; i < n_spans; i++)
	{
		pq_sendint16(buf, Spans(products)[i].low);
		pq_sendint16(buf, Spans(products)[i].high);
	}
	for (int i = 0; i < products->n_covariates; i++)
		pq_sendint64(buf, CountsOfOthers(products)[i]);
	for (Size i = 0; i < n_limbs; i++)
		pq_sendint64(buf, FirstLimb(products)[i]);
}

#define BINARY_HEADER_SIZE (2 + sizeof(int16) + (2 * N_GROUPS + 2) * sizeof(int64))

/* Read products that are all of a binary message; returns what is wrong, or NULL */
static const char *
ProductsReceive(StringInfo buf, CrossProducts **result)
{
	CrossProducts header = EmptyHeader();
	Span		spans[1 + MAX_COVARIATES];
	CrossProducts *products;
	int			n_spans;
	Size		size;

	if (buf->len - buf->cursor < (int) BINARY_HEADER_SIZE)
		return "It is shorter than its header.";
	if (pq_getmsgbyte(buf) != CROSS_PRODUCTS_VERSION)
		return "Its version is not supported.";
	if (pq_getmsgbyte(buf) != 0)
		return "Reserved bits are set.";
	header.n_covariates = (int16) pq_getmsgint(buf, sizeof(int16));
	if (header.n_covariates < COVARIATES_UNKNOWN || header.n_covariates > MAX_COVARIATES)
		return "It has too many covariates.";
	for (int group = 0; group < N_GROUPS; group++)
		header.n[group] = pq_getmsgint64(buf);
	for (int group = 0; group < N_GROUPS; group++)
		header.missing[group] = pq_getmsgint64(buf);
	header.missing_group = pq_getmsgint64(buf);
	header.n_given = pq_getmsgint64(buf);

	n_spans = CountSpans(header.n_covariates);
	if (buf->len - buf->cursor < (int) (n_spans * sizeof(Span)))
		return "Its size does not fit its contents.";
	for (int i = 0; i < n_spans; i++)
	{
		spans[i].low = (int16) pq_getmsgint(buf, sizeof(int16));
		spans[i].high = (int16) pq_getmsgint(buf, sizeof(int16));
		if (spans[i].low < MIN_LOW || spans[i].high > MAX_HIGH || spans[i].low > spans[i].high)
			return "A span is invalid.";
	}
	products = MakeProducts(&header, spans);
	size = n_spans == 0 ? 0 : (char *) products + VARSIZE(products) - (char *) CountsOfOthers(products);
	if ((Size) (buf->len - buf->cursor) != size)
		return "Its size does not fit its contents.";
	for (int i = 0; i < header.n_covariates; i++)
		CountsOfOthers(products)[i] = pq_getmsgint64(buf);
	for (Size i = 0; n_spans > 0 && i < N_GROUPS * CountGroupLimbs(products); i++)
		FirstLimb(products)[i] = pq_getmsgint64(buf);
	*result = products;
	return ProductsDefect(products);
}

/* Text input: the binary form in hexadecimal */
PG_FUNCTION_INFO_V1(cross_products_in);
Datum
cross_products_in(PG_FUNCTION_ARGS)
{
	char	   *literal = PG_GETARG_CSTRING(0);
	size_t		length = strlen(literal);
	const char *defect = "It must be pairs of hexadecimal digits.";
	CrossProducts *result;
	StringInfoData buf;

	if (length % 2 == 0 && strspn(literal, "0123456789abcdefABCDEF") == length)
	{
		initStringInfo(&buf);
		enlargeStringInfo(&buf, length / 2);
		buf.len = hex_decode(literal, length, buf.data);
		defect = ProductsReceive(&buf, &result);
	}
	if (defect != NULL)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type cross_products: \"%s\"", Excerpt(literal)),
				 errdetail("%s", defect)));
	PG_RETURN_POINTER(result);
}

/* Text output: the binary form in hexadecimal */
PG_FUNCTION_INFO_V1(cross_products_out);
Datum
cross_products_out(PG_FUNCTION_ARGS)
{
	StringInfoData buf;
	StringInfoData text;

	initStringInfo(&buf);
	ProductsSend(&buf, DetoastProducts(PG_GETARG_DATUM(0)));
	initStringInfo(&text);
	enlargeStringInfo(&text, 2 * buf.len);
	text.data[hex_encode(buf.data, buf.len, text.data)] = '\0';
	PG_RETURN_CSTRING(text.data);
}

/* Binary input */
PG_FUNCTION_INFO_V1(cross_products_recv);
Datum
cross_products_recv(PG_FUNCTION_ARGS)
{
	CrossProducts *result;
	const char *defect = ProductsReceive((StringInfo) PG_GETARG_POINTER(0), &result);

	if (defect != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of type cross_products"),
				 errdetail("%s", defect)));
	PG_RETURN_POINTER(result);
}

/* Binary output */
PG_FUNCTION_INFO_V1(cross_products_send);
Datum
cross_products_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	ProductsSend(&buf, DetoastProducts(PG_GETARG_DATUM(0)));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* A copy that is a state, or is none */
static CrossProducts *
CopyProducts(const CrossProducts *products, uint8 flags)
{
	CrossProducts *copy = palloc(VARSIZE(products));

	memcpy(copy, products, VARSIZE(products));
	copy->flags = flags;
	return copy;
}

/* A state that has seen no rows */
CrossProducts *
NewCrossProducts(void)
{
	CrossProducts empty = EmptyHeader();

	empty.flags = STATE_WORKING;
	return MakeProducts(&empty, NULL);
}

static void *
CreateState(FunctionCallInfo fcinfo pg_attribute_unused())
{
	return NewCrossProducts();
}

static void *
CopyState(Datum value)
{
	return CopyProducts(DetoastProducts(value), STATE_WORKING);
}

/* Limb i of an integer in two's complement that is shifted left; or right, if shift is negative */
static inline uint64
ShiftedLimb(const uint64 *limbs, int n_limbs, int i, int shift)
{
	uint64		sign = limbs[n_limbs - 1] >> 63 ? ~UINT64CONST(0) : 0;
	int			first = 64 * i - shift;
	int			bit = first & 63;
	int			place = (first - bit) / 64;
	uint64		low = place < 0 ? 0 : place < n_limbs ? limbs[place] : sign;
	uint64		high = place + 1 < 0 ? 0 : place + 1 < n_limbs ? limbs[place + 1] : sign;

	return bit == 0 ? low : (low >> bit) | (high << (64 - bit));
}

/* Add an integer, shifted, to one that has room for the sum; or take it away */
static void
AddShifted(uint64 *sum, int n, const uint64 *limbs, int n_limbs, int shift, bool is_taken)
{
	uint64		carry = is_taken ? 1 : 0;

	for (int i = 0; i < n; i++)
	{
		uint64		limb = ShiftedLimb(limbs, n_limbs, i, shift);
		uint128		total = (uint128) sum[i] + (is_taken ? ~limb : limb) + carry;

		sum[i] = (uint64) total;
		carry = (uint64) (total >> 64);
	}
}

/* Add the sums of products, of the same covariates, to those of others whose spans hold theirs; or take them away */
static void
AddSums(CrossProducts *target, const CrossProducts *products, bool is_taken)
{
	int			n_columns = CountColumns(products);
	uint64	   *sum = FirstLimb(target);
	const uint64 *limbs = FirstLimb(products);

	for (int i = 0; i < products->n_covariates; i++)
	{
		int64	   *others = &CountsOfOthers(target)[i];
		int64		count = CountsOfOthers(products)[i];

		*others = is_taken ? SubtractCounts(*others, count, "cross_products") : AddCounts(*others, count);
	}
	for (int group = 0; group < N_GROUPS; group++)
	{
		for (int a = 0; a < n_columns; a++)
		{
			Span		wide_a = ColumnSpan(target, a);
			Span		span_a = ColumnSpan(products, a);

			for (int b = Max(a, COLUMN_OUTCOME); b < n_columns; b++)
			{
				Span		wide_b = ColumnSpan(target, b);
				Span		span_b = ColumnSpan(products, b);
				int			n = CountLimbs(wide_a, wide_b);
				int			n_limbs = CountLimbs(span_a, span_b);

				if (!IsZeros(span_a) && !IsZeros(span_b))
					AddShifted(sum, n, limbs, n_limbs, (span_a.low - wide_a.low) + (span_b.low - wide_b.low), is_taken);
				sum += n;
				limbs += n_limbs;
			}
		}
	}
}

/* A state whose spans hold those of a state and others, too */
static CrossProducts *
Widen(CrossProducts *state, const Span *others)
{
	int			n_spans = CountSpans(state->n_covariates);
	Span		wide[1 + MAX_COVARIATES];
	CrossProducts *widened;

	for (int i = 0; i < n_spans; i++)
		wide[i] = Union(Spans(state)[i], others[i]);
	if (memcmp(wide, Spans(state), n_spans * sizeof(Span)) == 0)
		return state;
	widened = MakeProducts(state, wide);
	AddSums(widened, state, false);
	return widened;
}

/* What the sums of the products of two columns take, of one group or both */
typedef struct SumBits
{
	int16		zeros;			/* bits that all end with */
	int16		length;			/* bits of the longest, without its sign; 0 if all are 0 */
	bool		is_negative;	/* is one of them? */
} SumBits;

/* Take an integer in two's complement into account. */
static void
ReadBits(SumBits *bits, const uint64 *limbs, int n)
{
	uint64		sign = limbs[n - 1] >> 63 ? ~UINT64CONST(0) : 0;
	int			first = 0;
	int			zeros;

	while (first < n && limbs[first] == 0)
		first++;
	if (first == n)
		return;
	while (n > 0 && limbs[n - 1] == sign)
		n--;
	zeros = 64 * first + pg_rightmost_one_pos64(limbs[first]);
	bits->zeros = bits->length == 0 ? zeros : Min(bits->zeros, zeros);
	bits->length = Max(Max(bits->length, 1), n == 0 ? 0 : 64 * (n - 1) + pg_leftmost_one_pos64(limbs[n - 1] ^ sign) + 1);
	bits->is_negative |= sign != 0;
}

typedef SumBits SumsOfPairs[MAX_COLUMNS][MAX_COLUMNS];

/* Look at all sums of some groups: those of columns a and b are at [a][b]. */
static void
ReadSums(const CrossProducts *products, SumsOfPairs sums, int first_group, int last_group)
{
	int			n_columns = CountColumns(products);
	const uint64 *limbs = FirstLimb(products) + first_group * CountGroupLimbs(products);

	memset(sums, 0, sizeof(SumsOfPairs));
	for (int group = first_group; group <= last_group; group++)
	{
		for (int a = 0; a < n_columns; a++)
		{
			for (int b = Max(a, COLUMN_OUTCOME); b < n_columns; b++)
			{
				int			n = CountLimbs(ColumnSpan(products, a), ColumnSpan(products, b));

				ReadBits(&sums[a][b], limbs, n);
				limbs += n;
			}
		}
	}
}

/* The lowest that a column can have, after those before it, if all sums are to be whole numbers */
static int
LowestOf(const CrossProducts *products, SumsOfPairs sums, int column, const Span *spans)
{
	int			low = ColumnSpan(products, column).low;
	int			found = low + sums[column][column].zeros / 2;

	if (sums[COLUMN_ONE][column].length > 0)
		found = Min(found, low + sums[COLUMN_ONE][column].zeros);
	found = Min(found, spans[column].high - 1);
	for (int a = COLUMN_OUTCOME; a < column; a++)
	{
		if (sums[a][column].length > 0)
			found = Min(found, low + ColumnSpan(products, a).low + sums[a][column].zeros - spans[a].low);
	}
	return found;
}

/*
 * FindSpans
 *		The spans of the columns that sums are kept by: they follow from nothing but the sums, so
 *		that what is left of rows has those that it would have if no others had been there.
 *
 * Of a column they hold the square root of the sum of its squares, which no number of it exceeds,
 * and so every sum of products (Cauchy and Schwarz); its numbers need not be multiples of 2^low,
 * but the sums are.
 */
static void
FindSpans(const CrossProducts *products, SumsOfPairs sums, Span *spans)
{
	int			n_columns = CountColumns(products);
	bool		is_too_low = false;

	memset(spans, 0, MAX_COLUMNS * sizeof(Span));
	for (int column = COLUMN_OUTCOME; column < n_columns; column++)
	{
		int			length = sums[column][column].length;
		int			low;

		if (length == 0)
			continue;
		spans[column].high = Min(ColumnSpan(products, column).low + (length + 1) / 2, MAX_HIGH);
		low = LowestOf(products, sums, column, spans);
		is_too_low |= low < MIN_LOW;
		spans[column].low = Max(low, MIN_LOW);
	}
	for (int column = COLUMN_OUTCOME; is_too_low && column < n_columns; column++)
	{
		if (!IsZeros(spans[column]))
			spans[column].low = MIN_LOW;
	}
}

/* Can all sums be kept by such spans? Those of rows can; what somebody forged may be anything. */
static bool
FitSpans(const CrossProducts *products, SumsOfPairs sums, const Span *spans)
{
	int			n_columns = CountColumns(products);

	for (int a = COLUMN_ONE; a < n_columns; a++)
	{
		Span		was_a = ColumnSpan(products, a);
		Span		span_a = a == COLUMN_ONE ? was_a : spans[a];

		if (sums[a][a].is_negative)
			return false;
		for (int b = Max(a, COLUMN_OUTCOME); b < n_columns; b++)
		{
			Span		was_b = ColumnSpan(products, b);
			int			shift = (was_a.low - span_a.low) + (was_b.low - spans[b].low);

			if (sums[a][b].length > 0 &&
				(IsZeros(was_a) || IsZeros(was_b) || IsZeros(span_a) || IsZeros(spans[b]) ||
				 sums[a][b].zeros + shift < 0 || sums[a][b].length + shift >= 64 * CountLimbs(span_a, spans[b])))
				return false;
		}
	}
	return true;
}

/*
 * CompactCrossProducts
 *		The canonical form of products, in either form: the same whatever rows have been added and
 *		taken away again.
 */
CrossProducts *
CompactCrossProducts(const CrossProducts *products)
{
	CrossProducts header = *products;
	SumsOfPairs sums;
	Span		spans[MAX_COLUMNS];
	CrossProducts *compact;

	header.flags = 0;
	if (products->n_given == 0)
	{
		header.n_covariates = COVARIATES_UNKNOWN;
		return MakeProducts(&header, NULL);
	}
	ReadSums(products, sums, GROUP_FOCAL, GROUP_REFERENCE);
	FindSpans(products, sums, spans);
	if (!FitSpans(products, sums, spans))
		return CopyProducts(products, 0);
	compact = MakeProducts(&header, spans + COLUMN_OUTCOME);
	AddSums(compact, products, false);
	return compact;
}

static void *
CompactState(const void *state)
{
	return CompactCrossProducts(state);
}

static const StateType state_type = {CreateState, CopyState, CompactState};

/* A state that has so many covariates, as all rows must */
static CrossProducts *
SetCovariates(CrossProducts *state, int n_covariates)
{
	static const Span zeros[1 + MAX_COVARIATES] = {0};
	CrossProducts header;

	if (state->n_covariates == n_covariates)
		return state;
	if (state->n_covariates != COVARIATES_UNKNOWN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("covariates must be as many in all rows: %d and %d",
						state->n_covariates, n_covariates)));
	if (n_covariates > MAX_COVARIATES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("covariates must be at most %d, not %d", MAX_COVARIATES, n_covariates)));
	header = *state;
	header.n_covariates = n_covariates;
	return MakeProducts(&header, zeros);
}

/* The parts of a finite double: an odd number, or 0, times 2^exponent */
static inline int64
OddPart(double value, int *exponent)
{
	uint64		bits;
	uint64		mantissa;
	int			zeros;

	memcpy(&bits, &value, sizeof(bits));
	*exponent = (bits >> 52) & 0x7ff;
	mantissa = bits & UINT64CONST(0xfffffffffffff);
	if (*exponent > 0)
	{
		mantissa |= UINT64CONST(1) << 52;
		(*exponent)--;			/* subnormals share the lowest exponent */
	}
	if (mantissa == 0)
		return 0;
	zeros = pg_rightmost_one_pos64(mantissa);
	*exponent += MIN_LOW + zeros;
	mantissa >>= zeros;
	return bits >> 63 ? -(int64) mantissa : (int64) mantissa;
}

/* The span of one number, of these parts */
static inline Span
NumberSpan(int64 odd, int exponent)
{
	Span		span = {0, 0};

	if (odd != 0)
	{
		span.low = exponent;
		span.high = exponent + pg_leftmost_one_pos64(odd < 0 ? -(uint64) odd : (uint64) odd) + 1;
	}
	return span;
}

/* Add to a limb; the result is what is to be carried to the next */
static inline uint64
AddLimb(uint64 *limb, uint64 addend, uint64 carry)
{
	uint64		sum = *limb + addend;
	uint64		overflow = sum < addend;

	*limb = sum + carry;
	return overflow + (*limb < carry);
}

/* Add a * b * 2^shift, which is not 0, to a sum that has room for it: two limbs or more */
static inline void
AddProduct(uint64 *sum, unsigned n, int64 a, int64 b, unsigned shift)
{
	int128		product = (int128) a * b;
	uint64		low = (uint64) product;
	uint64		high = (uint64) (product >> 64);
	uint64		sign = (uint64) ((int64) high >> 63);
	uint64		third = sign;
	uint64		carry;

	if (unlikely(shift > 0))
	{
		sum += shift / 64;
		n -= shift / 64;
		shift %= 64;
		if (shift > 0)
		{
			third = (uint64) ((int64) high >> (64 - shift));
			high = (high << shift) | (low >> (64 - shift));
			low <<= shift;
		}
	}
	carry = AddLimb(&sum[0], low, 0);
	carry = AddLimb(&sum[1], high, carry);
	if (n == 2)
		return;
	carry = AddLimb(&sum[2], third, carry);
	for (unsigned i = 3; i < n; i++)
		carry = AddLimb(&sum[i], sign, carry);
}

/* Add a row's products to the sums of its group */
static void
AddRow(CrossProducts *state, int group, const Multiple *row)
{
	int			n_columns = CountColumns(state);
	unsigned	widths[MAX_COLUMNS];
	uint64	   *sum = FirstLimb(state) + group * CountGroupLimbs(state);

	for (int i = 0; i < n_columns; i++)
		widths[i] = Width(ColumnSpan(state, i));
	for (int a = 0; a < n_columns; a++)
	{
		Multiple	value = row[a];
		unsigned	width = widths[a] + 64 + 63;

		for (int b = Max(a, COLUMN_OUTCOME); b < n_columns; b++)
		{
			unsigned	n = (width + widths[b]) / 64;

			if (value.number != 0 && row[b].number != 0)
				AddProduct(sum, n, value.number, row[b].number, value.shift + row[b].shift);
			sum += n;
		}
	}
	state->n[group] = AddCounts(state->n[group], 1);
}

/* A row as integers, and a state that has room for them */
static CrossProducts *
ReadRow(CrossProducts *state, const double *values, Multiple *row)
{
	int			n_spans = CountSpans(state->n_covariates);
	Span		spans[1 + MAX_COVARIATES];
	bool		is_wider = false;

	row[COLUMN_ONE].number = 1;
	row[COLUMN_ONE].shift = 0;
	for (int i = 0; i < n_spans; i++)
	{
		Multiple   *multiple = &row[COLUMN_OUTCOME + i];
		Span		span = Spans(state)[i];

		multiple->number = OddPart(values[i], &multiple->shift);
		spans[i] = NumberSpan(multiple->number, multiple->shift);
		if (multiple->number != 0 && (IsZeros(span) || spans[i].low < span.low || spans[i].high > span.high))
			is_wider = true;
	}
	if (unlikely(is_wider))
		state = Widen(state, spans);
	for (int i = 0; i < n_spans; i++)
	{
		Multiple   *multiple = &row[COLUMN_OUTCOME + i];
		Span		span = Spans(state)[i];

		multiple->shift -= span.low;
		if (multiple->number != 0 && Width(span) <= MAX_NARROW)
		{
			multiple->number *= INT64CONST(1) << multiple->shift;
			multiple->shift = 0;
		}
	}
	return state;
}

/* The covariates of a row, if none is NULL; a state that has as many */
static CrossProducts *
ReadCovariates(ArrayType *array, CrossProducts *state, double *values, bool *is_complete)
{
	int			n;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("covariates must have one dimension, not %d", ARR_NDIM(array))));
	n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	state = SetCovariates(state, n);
	state->n_given = AddCounts(state->n_given, 1);
	*is_complete = !array_contains_nulls(array);
	if (*is_complete)
		memcpy(values, ARR_DATA_PTR(array), n * sizeof(double));
	return state;
}

/* The arguments of the aggregate, after its state */
enum
{
	ARG_OUTCOME, ARG_IS_FOCAL, ARG_COVARIATES
};

/* Count a row in a state: its outcome, is_focal and covariates */
CrossProducts *
CountProductsRow(CrossProducts *state, const NullableDatum *arguments)
{
	double		values[1 + MAX_COVARIATES];
	Multiple	row[MAX_COLUMNS];
	bool		is_complete = false;
	int			group;

	if (!arguments[ARG_COVARIATES].isnull)
		state = ReadCovariates(DatumGetArrayTypeP(arguments[ARG_COVARIATES].value), state, values + 1, &is_complete);
	if (arguments[ARG_IS_FOCAL].isnull)
	{
		state->missing_group = AddCounts(state->missing_group, 1);
		return state;
	}
	group = DatumGetBool(arguments[ARG_IS_FOCAL].value) ? GROUP_FOCAL : GROUP_REFERENCE;
	if (arguments[ARG_OUTCOME].isnull || !is_complete)
		state->missing[group] = AddCounts(state->missing[group], 1);
	else
	{
		values[0] = DatumGetFloat8(arguments[ARG_OUTCOME].value);
		CheckFinite(values[0], "outcome");
		for (int i = 1; i < CountSpans(state->n_covariates); i++)
			CheckFinite(values[i], "covariates");
		state = ReadRow(state, values, row);
		AddRow(state, group, row);
		for (int i = 0; i < state->n_covariates; i++)
			CountsOfOthers(state)[i] += values[1 + i] != 0 && values[1 + i] != 1;
	}
	return state;
}

/* Transition function of cross_products(outcome, is_focal, covariates) */
PG_FUNCTION_INFO_V1(cross_products_accum);
Datum
cross_products_accum(PG_FUNCTION_ARGS)
{
	CrossProducts *state = GetState(fcinfo, &state_type);

	return ReturnState(fcinfo, CountProductsRow(state, &fcinfo->args[1]), &state_type);
}

/* Combine function of this, and the transition function of rollup(cross_products) */
PG_FUNCTION_INFO_V1(cross_products_combine);
Datum
cross_products_combine(PG_FUNCTION_ARGS)
{
	CrossProducts *state;
	CrossProducts *other;

	if (PG_ARGISNULL(1))
		return ReturnUnchanged(fcinfo);
	other = DetoastProducts(PG_GETARG_DATUM(1));
	if (PG_ARGISNULL(0))
		return ReturnState(fcinfo, CopyProducts(other, STATE_WORKING), &state_type);

	state = GetState(fcinfo, &state_type);
	if (other->n_covariates != COVARIATES_UNKNOWN)
	{
		state = Widen(SetCovariates(state, other->n_covariates), Spans(other));
		AddSums(state, other, false);
	}
	for (int group = 0; group < N_GROUPS; group++)
	{
		state->n[group] = AddCounts(state->n[group], other->n[group]);
		state->missing[group] = AddCounts(state->missing[group], other->missing[group]);
	}
	state->missing_group = AddCounts(state->missing_group, other->missing_group);
	state->n_given = AddCounts(state->n_given, other->n_given);
	return ReturnState(fcinfo, state, &state_type);
}

/* Final function of cross_products() and rollup(cross_products) */
PG_FUNCTION_INFO_V1(cross_products_final);
Datum
cross_products_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(CompactCrossProducts(DetoastProducts(PG_GETARG_DATUM(0))));
}

/* Are there sums that no rows of a group have, as far as that can be told? */
static bool
AreImpossible(const CrossProducts *products, int group)
{
	SumsOfPairs sums;
	Span		spans[MAX_COLUMNS];

	ReadSums(products, sums, group, group);
	FindSpans(products, sums, spans);
	if (!FitSpans(products, sums, spans))
		return true;
	for (int column = COLUMN_OUTCOME; products->n[group] == 0 && column < CountColumns(products); column++)
	{
		if (!IsZeros(spans[column]))
			return true;
	}
	return false;
}

/* a - b; NULL is a group without students */
PG_FUNCTION_INFO_V1(cross_products_subtract);
Datum
cross_products_subtract(PG_FUNCTION_ARGS)
{
	CrossProducts *left;
	CrossProducts *taken;

	if (PG_ARGISNULL(0) && PG_ARGISNULL(1))
		PG_RETURN_NULL();
	left = CopyProducts(ArgumentCrossProducts(fcinfo, 0), STATE_WORKING);
	taken = ArgumentCrossProducts(fcinfo, 1);
	for (int group = 0; group < N_GROUPS; group++)
	{
		left->n[group] = SubtractCounts(left->n[group], taken->n[group], "cross_products");
		left->missing[group] = SubtractCounts(left->missing[group], taken->missing[group], "cross_products");
	}
	left->missing_group = SubtractCounts(left->missing_group, taken->missing_group, "cross_products");
	left->n_given = SubtractCounts(left->n_given, taken->n_given, "cross_products");
	if (taken->n_covariates != COVARIATES_UNKNOWN)
	{
		left = Widen(SetCovariates(left, taken->n_covariates), Spans(taken));
		AddSums(left, taken, true);
		if (ProductsDefect(left) != NULL || AreImpossible(left, GROUP_FOCAL) || AreImpossible(left, GROUP_REFERENCE))
			RefuseSubtraction("cross_products", _("The rows are there, but the values in them differ."));
	}
	PG_RETURN_POINTER(CompactCrossProducts(left));
}
