/*
 * parts.c
 *		The names of a watch list's parts, and statements about them.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/pg_class.h"
#include "catalog/pg_operator.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "nodes/parsenodes.h"
#include "rewrite/prs2lock.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "base/compat.h"
#include "standing/names.h"
#include "standing/template.h"

/* What a statement about a list names */
typedef struct ListNames
{
	char	   *schema;
	char	   *base;			/* parts are called base_part */
	Oid			current;		/* table of its students, or InvalidOid */
	Oid			student_id;		/* their type */
} ListNames;

/* The name of a table of that owner in that schema, without its suffix; NULL if there is none */
static char *
WithoutSuffix(Oid table, Oid schema, Oid owner)
{
	static const char *const suffixes[] = {"_current", "_settings"};
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
	char	   *base = NULL;

	if (HeapTupleIsValid(tuple))
	{
		Form_pg_class class = (Form_pg_class) GETSTRUCT(tuple);
		char	   *name = NameStr(class->relname);

		if (class->relkind == RELKIND_RELATION && class->relnamespace == schema && class->relowner == owner)
		{
			for (int i = 0; i < (int) lengthof(suffixes) && base == NULL; i++)
			{
				int			length = strlen(name) - strlen(suffixes[i]);

				if (length > 0 && strcmp(name + length, suffixes[i]) == 0)
					base = pnstrdup(name, length);
			}
		}
		ReleaseSysCache(tuple);
	}
	return base;
}

/* The name that the first table of a list's query tells */
static char *
NameInQuery(Oid list, Oid schema, Oid owner)
{
	Relation	relation = try_relation_open(list, AccessShareLock);
	char	   *base = NULL;

	if (relation != NULL && relation->rd_rules != NULL)
	{
		Query	   *query = linitial_node(Query, relation->rd_rules->rules[0]->actions);
		ListCell   *cell;

		foreach(cell, query->rtable)
		{
			RangeTblEntry *entry = lfirst_node(RangeTblEntry, cell);

			if (base == NULL && entry->rtekind == RTE_RELATION)
				base = WithoutSuffix(entry->relid, schema, owner);
		}
	}
	/* not kept: two who then want the list alone would wait for one another */
	if (relation != NULL)
		relation_close(relation, AccessShareLock);
	return base;
}

/*
 * NameOfParts
 *		The list itself may have been renamed: what it reads is its table of students, whose
 *		name tells that of the parts.  A table is not locked: whoever looks for lists must not
 *		wait for the owners of all that has such a name.
 */
static char *
NameOfParts(Oid list, Oid schema)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(list));
	Oid			owner;
	char		kind;
	char	   *base;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	kind = ((Form_pg_class) GETSTRUCT(tuple))->relkind;
	ReleaseSysCache(tuple);

	base = kind == RELKIND_MATVIEW ? NameInQuery(list, schema, owner) : WithoutSuffix(list, schema, owner);
	if (base == NULL ||
		WithoutSuffix(get_relname_relid(psprintf("%s_current", base), schema), schema, owner) == NULL ||
		WithoutSuffix(get_relname_relid(psprintf("%s_settings", base), schema), schema, owner) == NULL)
		return NULL;
	return base;
}

/* False for what is no watch list */
static bool
GetListNames(Oid list, ListNames *names)
{
	Oid			schema = get_rel_namespace(list);
	AttrNumber	column;

	names->base = NameOfParts(list, schema);
	if (names->base == NULL)
		return false;
	names->schema = get_namespace_name(schema);
	names->current = get_relname_relid(psprintf("%s_current", names->base), schema);
	column = get_attnum(names->current, "student_id");
	names->student_id = column == InvalidAttrNumber ? InvalidOid : get_atttype(names->current, column);
	return true;
}

static char *
PartName(const ListNames *names, const char *part)
{
	return quote_qualified_identifier(names->schema,
									  part[0] == '\0' ? names->base : psprintf("%s_%s", names->base, part));
}

/* The equality that sorting and grouping use for the type of students */
static void
AppendEquality(StringInfo statement, Oid type)
{
	Oid			operator = lookup_type_cache(type, TYPECACHE_EQ_OPR)->eq_opr;
	HeapTuple	tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(operator));
	Form_pg_operator form;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("could not identify an equality operator for type %s", format_type_be(type))));
	form = (Form_pg_operator) GETSTRUCT(tuple);
	appendStringInfo(statement, "OPERATOR(%s.%s)",
					 quote_identifier(get_namespace_name(form->oprnamespace)), NameStr(form->oprname));
	ReleaseSysCache(tuple);
}

/* The columns that come from the students query: those before the status */
static void
AppendColumns(StringInfo statement, Oid current, const char *before)
{
	Relation	relation = relation_open(current, AccessShareLock);
	TupleDesc	columns = RelationGetDescr(relation);
	const char *separator = "";

	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);

		if (column->attisdropped)
			continue;
		if (strcmp(NameStr(column->attname), "status") == 0)
			break;
		appendStringInfo(statement, "%s%s%s", separator, before, quote_identifier(NameStr(column->attname)));
		separator = ", ";
	}
	relation_close(relation, NoLock);
}

static void
AppendName(StringInfo statement, const char *name, const void *arg)
{
	const ListNames *names = arg;
	const char *part = strncmp(name, "oid_", 4) == 0 ? name + 4 : name;

	if (strcmp(name, "student_id") == 0)
		appendStringInfoString(statement, format_type_with_typemod(names->student_id, -1));
	else if (strcmp(name, "equals") == 0)
		AppendEquality(statement, names->student_id);
	else if (strcmp(name, "columns") == 0)
		AppendColumns(statement, names->current, "");
	else if (strcmp(name, "new_columns") == 0)
		AppendColumns(statement, names->current, "n.");
	else
		AppendPart(statement, names->schema,
				   strcmp(part, "list") == 0 ? names->base : psprintf("%s_%s", names->base, part), name);
}

/*
 * list_base(list regclass) returns text
 */
PG_FUNCTION_INFO_V1(list_base);
Datum
list_base(PG_FUNCTION_ARGS)
{
	ListNames	names;

	if (!GetListNames(PG_GETARG_OID(0), &names))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(names.base));
}

/*
 * list_part(list regclass, part text) returns text
 */
PG_FUNCTION_INFO_V1(list_part);
Datum
list_part(PG_FUNCTION_ARGS)
{
	ListNames	names;

	if (!GetListNames(PG_GETARG_OID(0), &names))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(PartName(&names, text_to_cstring(PG_GETARG_TEXT_PP(1)))));
}

/*
 * statement(list regclass, template text) returns text
 */
PG_FUNCTION_INFO_V1(statement);
Datum
statement(PG_FUNCTION_ARGS)
{
	ListNames	names;

	if (!GetListNames(PG_GETARG_OID(0), &names))
	{
		if (get_rel_relkind(PG_GETARG_OID(0)) == '\0')
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_TABLE),
					 errmsg("watch list has been dropped"),
					 errhint("If change_students has made it anew, do this again.")));
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a watch list", RelationName(PG_GETARG_OID(0)))));
	}
	PG_RETURN_TEXT_P(FillTemplate(text_to_cstring(PG_GETARG_TEXT_PP(1)), AppendName, &names));
}

/*
 * new_statement(schema text, base text, student_id regtype, template text) returns text
 *		The same for a list that is not there yet.
 */
PG_FUNCTION_INFO_V1(new_statement);
Datum
new_statement(PG_FUNCTION_ARGS)
{
	ListNames	names = {
		.schema = text_to_cstring(PG_GETARG_TEXT_PP(0)),
		.base = text_to_cstring(PG_GETARG_TEXT_PP(1)),
		.student_id = PG_GETARG_OID(2)
	};

	PG_RETURN_TEXT_P(FillTemplate(text_to_cstring(PG_GETARG_TEXT_PP(3)), AppendName, &names));
}
