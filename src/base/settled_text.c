/*
 * settled_text.c
 *		Values as texts that do not depend on who asks for them.
 *
 * What a number, an interval or a day looks like depends on settings that anybody may have
 * otherwise; as the name of a group it is to be the same for all.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/shortest_dec.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

#include "base/argument.h"
#include "base/settled_text.h"

static const struct
{
	const char *name;
	const char *value;
}			settled[] =
{
	{"DateStyle", "ISO, YMD"},
	{"IntervalStyle", "postgres"},
	{"TimeZone", "UTC"},
	{"extra_float_digits", "1"},
	{"bytea_output", "hex"},
	{"lc_monetary", "C"},
	{"search_path", "pg_catalog, pg_temp"},
};

/*
 * LooksAlike
 *		Of these types what a value looks like depends on no setting; of those that somebody made
 *		it may.
 */
bool
LooksAlike(Oid type)
{
	switch (getBaseType(type))
	{
		case BOOLOID:
		case CHAROID:
		case NAMEOID:
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case OIDOID:
		case NUMERICOID:
		case UUIDOID:
			return true;
		default:
			return type_is_enum(type);
	}
}

/*
 * SettledText
 *		As the type's output function writes it under settings that are always the same.
 */
char *
SettledText(Datum value, Oid type)
{
	Oid			output;
	bool		is_varlena;
	char	   *text;
	int			level;

	/* what is common, without the settings */
	switch (getBaseType(type))
	{
		case DATEOID:
			text = palloc(MAXDATELEN + 1);
			return JsonEncodeDateTime(text, value, DATEOID, NULL);
		case FLOAT4OID:
			return float_to_shortest_decimal(DatumGetFloat4(value));
		case FLOAT8OID:
			return double_to_shortest_decimal(DatumGetFloat8(value));
	}
	getTypeOutputInfo(type, &output, &is_varlena);
	if (LooksAlike(type))
		return OidOutputFunctionCall(output, value);
	level = NewGUCNestLevel();
	for (int i = 0; i < (int) lengthof(settled); i++)
		set_config_option(settled[i].name, settled[i].value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	text = OidOutputFunctionCall(output, value);
	AtEOXact_GUC(true, level);
	return text;
}

/*
 * SettledName
 *		What settled_text() gives: a time as JSON has it, in UTC; where a cast to text does not
 *		write what the output function does, what the cast does.
 */
text *
SettledName(Datum value, Oid type)
{
	switch (getBaseType(type))
	{
		case BOOLOID:
			return DatumGetTextPP(DirectFunctionCall1(booltext, value));
		case BPCHAROID:
			return DatumGetTextPP(DirectFunctionCall1(rtrim1, value));
		case TIMESTAMPTZOID:
			{
				char		text[MAXDATELEN + 1];
				const int	utc = 0;

				JsonEncodeDateTime(text, value, TIMESTAMPTZOID, &utc);
				return cstring_to_text(text);
			}
	}
	return cstring_to_text(SettledText(value, type));
}

PG_FUNCTION_INFO_V1(settled_text);

/* settled_text(value anyelement) returns text */
Datum
settled_text(PG_FUNCTION_ARGS)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, 0);

	if (!OidIsValid(type))
		elog(ERROR, "could not determine the type of a value");
	PG_RETURN_TEXT_P(SettledName(PG_GETARG_DATUM(0), type));
}
