/*
 * names.c
 *		Names that are the same whatever the settings.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "fmgr.h"
#include "nodes/value.h"
#include "standing/names.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"
#include "utils/varlena.h"

/* Set one setting until the current nest level ends. */
void
UseSetting(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

/* Let names and values be written the same way everywhere, until AtEOXact_GUC() of the result. */
int
UseCanonicalNames(void)
{
	int			level = NewGUCNestLevel();

	UseSetting("search_path", "pg_catalog, pg_temp");
	UseSetting("quote_all_identifiers", "off");
	UseSetting("DateStyle", "ISO, YMD");
	UseSetting("IntervalStyle", "postgres");
	UseSetting("TimeZone", "UTC");
	return level;
}

/* A relation's name with its schema; of one that is gone by now the OID, as of a regclass */
char *
RelationName(Oid relation)
{
	char	   *name = get_rel_name(relation);

	if (name == NULL)
		return psprintf("%u", relation);
	return quote_qualified_identifier(get_namespace_name_or_temp(get_rel_namespace(relation)), name);
}

/* A function's name with its schema, unless it is PostgreSQL's, and the types of its arguments */
char *
FunctionName(Oid function)
{
	int			level = UseCanonicalNames();
	char	   *name = format_procedure(function);

	AtEOXact_GUC(true, level);
	return name;
}

/* The same of an operator */
char *
OperatorName(Oid operator)
{
	int			level = UseCanonicalNames();
	char	   *name = format_operator(operator);

	AtEOXact_GUC(true, level);
	return name;
}

/* Refuse an object that goes when the session ends. Its schema's own name is a number of the session's. */
void
RefuseTemporary(Oid class, Oid object)
{
	ObjectAddress address = {.classId = class,.objectId = object};
	AttrNumber	schema = get_object_attnum_namespace(class);
	HeapTuple	tuple;
	bool		isnull;

	if (schema == InvalidAttrNumber || !isAnyTempNamespace(get_object_namespace(&address)))
		return;
	tuple = SearchSysCache1(get_object_catcache_oid(class), ObjectIdGetDatum(object));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for object %u of class %u", object, class);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
			 errmsg("%s %s is temporary", getObjectTypeDescription(&address, false),
					quote_qualified_identifier("pg_temp",
											   NameStr(*DatumGetName(SysCacheGetAttr(get_object_catcache_oid(class), tuple,
																					 get_object_attnum_name(class), &isnull))))),
			 errdetail("It goes when this session ends.")));
}

/*
 * KnownRelation
 *		The relation of a name with its schema, which whoever asks may not be allowed to use:
 *		to_regclass() would be an error.  It is as of now, as the names of parts are: by the
 *		snapshot of a statement that waited, what was renamed meanwhile would not be there.
 */
Oid
KnownRelation(const char *name)
{
	List	   *names = textToQualifiedNameList(cstring_to_text(name));
	Oid			schema = list_length(names) == 2 ? get_namespace_oid(strVal(linitial(names)), true) : InvalidOid;

	return OidIsValid(schema) ? get_relname_relid(strVal(lsecond(names)), schema) : InvalidOid;
}

/*
 * known_relation(name text) returns regclass
 */
PG_FUNCTION_INFO_V1(known_relation);
Datum
known_relation(PG_FUNCTION_ARGS)
{
	Oid			relation = KnownRelation(text_to_cstring(PG_GETARG_TEXT_PP(0)));

	if (!OidIsValid(relation))
		PG_RETURN_NULL();
	PG_RETURN_OID(relation);
}
