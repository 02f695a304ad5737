/*
 * parts.c
 *		The tables of a report that stands, and statements about them.
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

/* What a statement about a report names */
typedef struct ReportNames
{
	char	   *schema;
	char	   *report;
	char	   *base;			/* parts are called base_part */
} ReportNames;

/* The name without the suffix of a table that may define a report; NULL if it is called otherwise */
static char *
BaseOf(const char *definition)
{
	int			length = strlen(definition) - strlen(DEFINITION);

	return length > 0 && strcmp(definition + length, DEFINITION) == 0 ? pnstrdup(definition, length) : NULL;
}

/* Is it a table of that owner in that schema that is called as a definition is? */
static bool
MayDefine(Oid table, Form_pg_class report)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
	Form_pg_class class;
	bool		may;

	if (!HeapTupleIsValid(tuple))
		return false;
	class = (Form_pg_class) GETSTRUCT(tuple);
	may = class->relkind == RELKIND_RELATION && class->relowner == report->relowner &&
		class->relnamespace == report->relnamespace && BaseOf(NameStr(class->relname)) != NULL;
	ReleaseSysCache(tuple);
	return may;
}

/*
 * FindDefinition
 *		The table whose column "report" has the report itself for a default; InvalidOid if
 *		there is none.
 */
static Oid
FindDefinition(Oid oid, Form_pg_class report)
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
		if (column.objectId == oid || !MayDefine(column.objectId, report))
			continue;
		name = get_attname(column.objectId, column.objectSubId, true);
		if (name != NULL && strcmp(name, "report") == 0 && (!OidIsValid(found) || column.objectId < found))
			found = column.objectId;
	}
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
	return found;
}

/* False for what is no report */
static bool
GetReport(Oid oid, ReportNames *names, Oid *definition)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(oid));
	Form_pg_class report;
	char	   *name;

	*definition = InvalidOid;
	if (!HeapTupleIsValid(tuple))
		return false;
	report = (Form_pg_class) GETSTRUCT(tuple);
	if (report->relkind == RELKIND_RELATION)
		*definition = FindDefinition(oid, report);
	names->schema = get_namespace_name(report->relnamespace);
	names->report = pstrdup(NameStr(report->relname));
	ReleaseSysCache(tuple);
	if (!OidIsValid(*definition))
		return false;
	name = get_rel_name(*definition);
	names->base = name == NULL ? NULL : BaseOf(name);
	return names->base != NULL;
}

static void
AppendTable(StringInfo statement, const char *word, const void *arg)
{
	const ReportNames *names = arg;
	const char *part = strncmp(word, "oid_", 4) == 0 ? word + 4 : word;

	AppendPart(statement, names->schema,
			   strcmp(part, "report") == 0 ? names->report : psprintf("%s_%s", names->base, part), word);
}

/*
 * report_definition(report regclass) returns regclass
 */
PG_FUNCTION_INFO_V1(report_definition);
Datum
report_definition(PG_FUNCTION_ARGS)
{
	ReportNames names;
	Oid			definition;

	if (!GetReport(PG_GETARG_OID(0), &names, &definition))
		PG_RETURN_NULL();
	PG_RETURN_OID(definition);
}

/*
 * report_sql(report regclass, template text) returns text
 */
PG_FUNCTION_INFO_V1(report_sql);
Datum
report_sql(PG_FUNCTION_ARGS)
{
	ReportNames names;
	Oid			definition;

	if (!GetReport(PG_GETARG_OID(0), &names, &definition))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(FillTemplate(text_to_cstring(PG_GETARG_TEXT_PP(1)), AppendTable, &names));
}

/*
 * new_report_sql(schema text, base text, template text) returns text
 *		The same for a report that is not there yet.
 */
PG_FUNCTION_INFO_V1(new_report_sql);
Datum
new_report_sql(PG_FUNCTION_ARGS)
{
	ReportNames names = {
		.schema = text_to_cstring(PG_GETARG_TEXT_PP(0)),
		.report = text_to_cstring(PG_GETARG_TEXT_PP(1)),
		.base = text_to_cstring(PG_GETARG_TEXT_PP(1))
	};

	PG_RETURN_TEXT_P(FillTemplate(text_to_cstring(PG_GETARG_TEXT_PP(2)), AppendTable, &names));
}
