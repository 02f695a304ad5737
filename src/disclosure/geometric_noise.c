/*
 * geometric_noise.c
 *		Noise for a count, the same whenever it is asked for.
 *
 * The two-sided geometric distribution (Ghosh, Roughgarden and Sundararajan 2009), drawn in whole
 * numbers only by the method of Canonne, Kamath and Steinke 2020, "The discrete Gaussian for
 * differential privacy", algorithms 1 and 2: what floating point rounds would tell (Mironov 2012).
 * The random bits are a keyed hash of what is asked, so that asking again averages nothing out.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include <math.h>

#include "base/argument.h"
#include "base/compat.h"
#include "base/excerpt.h"
#include "common/hmac.h"
#include "common/sha2.h"
#include "disclosure/number.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#define MIN_KEY_BYTES 16
#define MAX_EPSILON_DECIMALS 9

/* Random numbers: HMAC-SHA256 of a counter, and of the cell and its release */
typedef struct Noise
{
	pg_hmac_ctx *hmac;
	bytea	   *key;
	text	   *cell;
	text	   *release;
	uint64		n_blocks;
	uint64		words[PG_SHA256_DIGEST_LENGTH / sizeof(uint64)];
	int			n_words;		/* that are left */
} Noise;

static void
HashBytes(Noise *noise, const void *bytes, Size length)
{
	if (pg_hmac_update(noise->hmac, bytes, length) < 0)
		elog(ERROR, "could not hash: %s", pg_hmac_error(noise->hmac));
}

/* A text with its length before it, so that no two texts can be mistaken for two others */
static void
HashText(Noise *noise, const text *t)
{
	uint64		length = pg_hton64(VARSIZE_ANY_EXHDR(t));

	HashBytes(noise, &length, sizeof(length));
	HashBytes(noise, VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t));
}

static void
NextBlock(Noise *noise)
{
	uint64		counter = pg_hton64(noise->n_blocks++);

	CHECK_FOR_INTERRUPTS();
	if (pg_hmac_init(noise->hmac, (uint8 *) VARDATA_ANY(noise->key), VARSIZE_ANY_EXHDR(noise->key)) < 0)
		elog(ERROR, "could not hash: %s", pg_hmac_error(noise->hmac));
	HashBytes(noise, &counter, sizeof(counter));
	HashText(noise, noise->cell);
	HashText(noise, noise->release);
	if (pg_hmac_final(noise->hmac, (uint8 *) noise->words, sizeof(noise->words)) < 0)
		elog(ERROR, "could not hash: %s", pg_hmac_error(noise->hmac));
	noise->n_words = lengthof(noise->words);
}

static uint64
NextWord(Noise *noise)
{
	if (noise->n_words == 0)
		NextBlock(noise);
	return pg_ntoh64(noise->words[--noise->n_words]);
}

/* A whole number from 0 to below n, all as likely */
static uint64
Uniform(Noise *noise, uint64 n)
{
	uint64		rest = (PG_UINT64_MAX % n + 1) % n;
	uint64		word;

	do
	{
		word = NextWord(noise);
	} while (word > PG_UINT64_MAX - rest);
	return word % n;
}

/* True with probability exp(-a / b), for a up to b */
static bool
BernoulliExp(Noise *noise, uint64 a, uint64 b)
{
	uint64		k = 1;

	while (Uniform(noise, b * k) < a)
		k++;
	return k % 2 == 1;
}

/* A whole number k with probability in proportion to exp(-|k| s / t) */
static int64
TwoSidedGeometric(Noise *noise, uint64 s, uint64 t)
{
	for (;;)
	{
		uint64		u = Uniform(noise, t);
		uint64		v = 0;
		int64		magnitude;
		bool		is_negative;

		if (!BernoulliExp(noise, u, t))
			continue;
		while (BernoulliExp(noise, 1, 1))
			v++;
		magnitude = (u + t * v) / s;
		is_negative = NextWord(noise) % 2 == 1;
		if (!is_negative || magnitude > 0)
			return is_negative ? -magnitude : magnitude;
	}
}

/* epsilon as a fraction s / t */
static void
GetEpsilon(FunctionCallInfo fcinfo, int argno, uint64 *s, uint64 *t)
{
	Numeric		epsilon = CheckNonNegativeNumeric(PG_GETARG_NUMERIC(argno), "epsilon");
	char	   *digits = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(epsilon)));
	int64		value;
	int32		decimals;

	if (ParseNumber(digits, &value, &decimals) != PARSED || value == 0 || decimals > MAX_EPSILON_DECIMALS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("epsilon must be above 0 and have at most %d decimals and 18 digits, not %s",
						MAX_EPSILON_DECIMALS, Excerpt(digits))));
	for (; decimals > 0 && value % 10 == 0; decimals--)
		value /= 10;			/* 0.5 and 0.50 are the same */
	*s = value;
	*t = 1;
	while (decimals-- > 0)
		*t *= 10;
}

/* geometric_noise(cell, release, key, epsilon) */
PG_FUNCTION_INFO_V1(geometric_noise);
Datum
geometric_noise(PG_FUNCTION_ARGS)
{
	Noise		noise = {
		.cell = PG_GETARG_TEXT_PP(0),
		.release = PG_GETARG_TEXT_PP(1),
		.key = PG_GETARG_BYTEA_PP(2)
	};
	uint64		s;
	uint64		t;
	int64		drawn;

	GetEpsilon(fcinfo, 3, &s, &t);
	if (VARSIZE_ANY_EXHDR(noise.key) < MIN_KEY_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("key must have at least %d bytes, not %d", MIN_KEY_BYTES, (int) VARSIZE_ANY_EXHDR(noise.key)),
				 errhint("Make one with gen_random_bytes(32) of pgcrypto, keep it where only you can read it, and keep it for as long as the release stands.")));
	noise.hmac = pg_hmac_create(PG_SHA256);
	if (noise.hmac == NULL)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	drawn = TwoSidedGeometric(&noise, s, t);
	pg_hmac_free(noise.hmac);
	PG_RETURN_INT64(drawn);
}

/* geometric_noise_sd(epsilon): sqrt(2 a) / (1 - a), a = exp(-epsilon) */
PG_FUNCTION_INFO_V1(geometric_noise_sd);
Datum
geometric_noise_sd(PG_FUNCTION_ARGS)
{
	uint64		s;
	uint64		t;
	double		epsilon;

	GetEpsilon(fcinfo, 0, &s, &t);
	epsilon = s / (double) t;
	PG_RETURN_FLOAT8(M_SQRT2 * exp(-epsilon / 2) / -expm1(-epsilon));
}
