/*
 * thing.c
 *		The relations of a thing that stands, and statements about them.
 *
 * A report or a roll-up is known by its definition: a table beside it of the same owner, which has
 * the thing itself as the default of a column that is called as the kind is.  So one that is renamed
 * is still found from it, in a dump, too.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_class.h"
#include "catalog/pg_depend.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "standing/template.h"

#define DEFINITION "_definition"

typedef struct ThingKind
{
	const char *name;			/* so the column of its definition is called, too */
	char		relkind;
} ThingKind;

static const ThingKind kinds[] = {{"report", RELKIND_RELATION}, {"rollup", RELKIND_VIEW}};

/* What a statement about a thing names */
typedef struct ThingNames
{
	const ThingKind *kind;
	const char *schema;
	const char *name;
	const char *base;			/* parts are called base_part */
} ThingNames;

/* The name without the suffix of a table that may define something; NULL if it is called otherwise */
static char *
BaseOf(const char *definition)
{
	int			length = strlen(definition) - strlen(DEFINITION);

	return length > 0 && strcmp(definition + length, DEFINITION) == 0 ? pnstrdup(definition, length) : NULL;
}

/* Is it a table of that owner in that schema that is called as a definition is? */
static bool
MayDefine(Oid table, Form_pg_class thing)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
	Form_pg_class class;
	bool		may;

	if (!HeapTupleIsValid(tuple))
		return false;
	class = (Form_pg_class) GETSTRUCT(tuple);
	may = class->relkind == RELKIND_RELATION && class->relowner == thing->relowner &&
		class->relnamespace == thing->relnamespace && BaseOf(NameStr(class->relname)) != NULL;
	ReleaseSysCache(tuple);
	return may;
}

/*
 * FindDefinition
 *		The table whose column of the kind's name has the thing itself for a default; InvalidOid
 *		if there is none.
 */
static Oid
FindDefinition(const char *kind, Oid oid, Form_pg_class thing)
{
	Relation	depend = table_open(DependRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;
	Oid			found = InvalidOid;

	ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(RelationRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(oid));
	scan = systable_beginscan(depend, DependReferenceIndexId, true, NULL, 2, keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);
		ObjectAddress column;
		char	   *name;

		if (form->classid != AttrDefaultRelationId)
			continue;
		column = GetAttrDefaultColumnAddress(form->objid);
		if (column.objectId == oid || !MayDefine(column.objectId, thing))
			continue;
		name = get_attname(column.objectId, column.objectSubId, true);
		if (name != NULL && strcmp(name, kind) == 0 && (!OidIsValid(found) || column.objectId < found))
			found = column.objectId;
	}
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
	return found;
}

/*
 * FindThing
 *		False for what is no thing of that kind.  Its parts are called base_part.
 */
static bool
FindThing(const ThingKind *kind, Oid oid, ThingNames *names, Oid *definition)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(oid));
	Form_pg_class thing;
	char	   *name;

	*definition = InvalidOid;
	if (!HeapTupleIsValid(tuple))
		return false;
	thing = (Form_pg_class) GETSTRUCT(tuple);
	if (thing->relkind == kind->relkind)
		*definition = FindDefinition(kind->name, oid, thing);
	names->schema = get_namespace_name(thing->relnamespace);
	names->name = pstrdup(NameStr(thing->relname));
	ReleaseSysCache(tuple);
	if (!OidIsValid(*definition))
		return false;
	name = get_rel_name(*definition);
	names->base = name == NULL ? NULL : BaseOf(name);
	return names->base != NULL;
}

/* The same of any kind */
static bool
FindAnyThing(Oid oid, ThingNames *names)
{
	Oid			definition;

	for (size_t i = 0; i < lengthof(kinds); i++)
	{
		names->kind = &kinds[i];
		if (FindThing(names->kind, oid, names, &definition))
			return true;
	}
	return false;
}

static void
AppendRelation(StringInfo statement, const char *word, const void *arg)
{
	const ThingNames *names = arg;
	const char *part = strncmp(word, "oid_", 4) == 0 ? word + 4 : word;

	AppendPart(statement, names->schema,
			   strcmp(part, names->kind->name) == 0 ? names->name : psprintf("%s_%s", names->base, part), word);
}

/* The kind of a name, which is ours to give */
static const ThingKind *
KindOfName(const text *name)
{
	const char *wanted = text_to_cstring(name);

	for (size_t i = 0; i < lengthof(kinds); i++)
	{
		if (strcmp(kinds[i].name, wanted) == 0)
			return &kinds[i];
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("there is no kind \"%s\"", wanted)));
}

/*
 * thing_definition(thing regclass, kind text) returns regclass
 */
PG_FUNCTION_INFO_V1(thing_definition);
Datum
thing_definition(PG_FUNCTION_ARGS)
{
	ThingNames	names = {.kind = KindOfName(PG_GETARG_TEXT_PP(1))};
	Oid			definition;

	if (!FindThing(names.kind, PG_GETARG_OID(0), &names, &definition))
		PG_RETURN_NULL();
	PG_RETURN_OID(definition);
}

/*
 * thing_kind(thing regclass) returns text
 */
PG_FUNCTION_INFO_V1(thing_kind);
Datum
thing_kind(PG_FUNCTION_ARGS)
{
	ThingNames	names;

	if (!FindAnyThing(PG_GETARG_OID(0), &names))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(names.kind->name));
}

/*
 * thing_sql(thing regclass, template text) returns text
 *		A statement from a template in which @report, say, is the thing and @runs the table beside it.
 */
PG_FUNCTION_INFO_V1(thing_sql);
Datum
thing_sql(PG_FUNCTION_ARGS)
{
	ThingNames	names;

	if (!FindAnyThing(PG_GETARG_OID(0), &names))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(FillTemplate(text_to_cstring(PG_GETARG_TEXT_PP(1)), AppendRelation, &names));
}

/*
 * new_thing_sql(kind text, schema text, base text, template text) returns text
 *		The same for one that is not there yet.
 */
PG_FUNCTION_INFO_V1(new_thing_sql);
Datum
new_thing_sql(PG_FUNCTION_ARGS)
{
	const char *base = text_to_cstring(PG_GETARG_TEXT_PP(2));
	ThingNames	names = {.kind = KindOfName(PG_GETARG_TEXT_PP(0)), .schema = text_to_cstring(PG_GETARG_TEXT_PP(1)), .name = base, .base = base};

	PG_RETURN_TEXT_P(FillTemplate(text_to_cstring(PG_GETARG_TEXT_PP(3)), AppendRelation, &names));
}
