/*
 * meaning.c
 *		What a query means: the objects that its names stand for.
 *
 * A meaning is a list of words, each said once, in the order of a walk over the
 * analysed query.  It says nothing of OIDs, so that it survives dump and
 * restore; nor of what is in a view or a function, which is their owner's to
 * change.  Names in pg_catalog stand alone, all others have their schema.
 *
 * Each column that is read is there with its type.  With the types at the
 * leaves of an expression fixed, another choice of function or operator above
 * them takes an object that was not there, or the loss of one that was: so a
 * list of what occurs, without where, is enough.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/compat.h"
#include "catalog/dependency.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_ts_config.h"
#include "catalog/pg_ts_dict.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "parser/parsetree.h"
#include "standing/meaning.h"
#include "standing/names.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

/* A walk over what a query means */
typedef struct MeaningWalk
{
	List	   *queries;		/* those that the walk is in, the innermost first */
	List	   *literals;		/* A_Const */
	List	   *words;			/* said so far */
} MeaningWalk;

static bool MeaningWalker(Node *node, MeaningWalk *walk);

/* Collect the string literals of a statement that is not analysed yet. */
static bool
LiteralWalker(Node *node, List **literals)
{
	if (node == NULL)
		return false;
	if (IsA(node, A_Const) && !((A_Const *) node)->isnull && IsA(&((A_Const *) node)->val, String))
		*literals = lappend(*literals, copyObject(node));
	return raw_expression_tree_walker(node, LiteralWalker, literals);
}

/* The string literals of a statement that is not analysed yet */
List *
ReadLiterals(Node *statement)
{
	List	   *literals = NIL;

	LiteralWalker(statement, &literals);
	return literals;
}

/* Say a word, once. */
static void
Say(MeaningWalk *walk, const char *word)
{
	ListCell   *cell;

	foreach(cell, walk->words)
	{
		if (strcmp(lfirst(cell), word) == 0)
			return;
	}
	walk->words = lappend(walk->words, pstrdup(word));
}

/* An object's kind and name */
static char *
ObjectName(Oid class, Oid object)
{
	ObjectAddress address = {.classId = class,.objectId = object};

	switch (class)
	{
		case RelationRelationId:	/* of whatever kind */
			return psprintf("relation %s", RelationName(object));
		case ProcedureRelationId:
			return psprintf("function %s", format_procedure(object));
		case OperatorRelationId:
			return psprintf("operator %s", format_operator(object));
		case TypeRelationId:
			return psprintf("type %s", format_type_be(object));
		default:
			return psprintf("%s %s", getObjectTypeDescription(&address, false),
							getObjectIdentity(&address, false));
	}
}

/* The owner of an object; none if its kind has no owners */
static Oid
OwnerOf(Oid class, Oid object)
{
	int			cache = get_object_catcache_oid(class);
	AttrNumber	column = get_object_attnum_owner(class);
	HeapTuple	tuple;
	Datum		owner;
	bool		isnull;

	if (column == InvalidAttrNumber)
		return InvalidOid;
	tuple = SearchSysCache1(cache, ObjectIdGetDatum(object));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for object %u of class %u", object, class);
	owner = SysCacheGetAttr(cache, tuple, column, &isnull);
	ReleaseSysCache(tuple);
	return DatumGetObjectId(owner);
}

/* Whose an object is: PostgreSQL's own (nothing is said), an extension's or a role's */
static char *
OfWhom(Oid class, Oid object)
{
	Oid			extension;
	Oid			owner;

	if (object < FirstNormalObjectId)
		return "";
	extension = getExtensionOfObject(class, object);
	if (OidIsValid(extension))
		return psprintf(" of extension %s", quote_identifier(get_extension_name(extension)));
	owner = OwnerOf(class, object);
	if (!OidIsValid(owner))
		return "";
	return psprintf(" of %s", quote_identifier(GetUserNameFromId(owner, false)));
}

/* Say an object; there may be none. */
static void
SayObject(MeaningWalk *walk, Oid class, Oid object)
{
	if (!OidIsValid(object))
		return;
	RefuseTemporary(class, object);
	Say(walk, psprintf("%s%s", ObjectName(class, object), OfWhom(class, object)));
}

/* Say a function or operator. What it returns decides what is called with it. */
static void
SayCall(MeaningWalk *walk, Oid class, Oid object, Oid result)
{
	SayObject(walk, class, object);
	if (object >= FirstNormalObjectId)
		Say(walk, psprintf("%s returns %s", ObjectName(class, object), format_type_be(result)));
}

/* Say a type, unless it is PostgreSQL's own: those cannot be replaced. */
static void
SayType(MeaningWalk *walk, Oid type)
{
	Oid			element = get_element_type(type);

	if (OidIsValid(element))
		type = element;
	if (type >= FirstNormalObjectId)
		SayObject(walk, TypeRelationId, type);
}

/* Say a list of types. */
static void
SayTypes(MeaningWalk *walk, List *types)
{
	ListCell   *cell;

	foreach(cell, types)
		SayType(walk, lfirst_oid(cell));
}

/* A type, and the collation of values if it is not the type's own */
static char *
ValueType(Oid type, Oid collation)
{
	ObjectAddress address = {.classId = CollationRelationId,.objectId = collation};

	if (!OidIsValid(collation) || collation == get_typcollation(type))
		return format_type_be(type);
	return psprintf("%s collate %s", format_type_be(type), getObjectIdentity(&address, false));
}

/* Say a cast that calls no function; another one added later is in its place. */
static void
SayCast(MeaningWalk *walk, Node *from, Oid to, const char *how)
{
	Say(walk, psprintf("cast of %s to %s%s", format_type_be(exprType(from)), format_type_be(to), how));
	SayType(walk, to);
}

/* Say the columns that a row as a whole has. */
static void
SayRow(MeaningWalk *walk, Var *var, Oid relation)
{
	TupleDesc	columns = lookup_rowtype_tupdesc_domain(var->vartype, -1, false);
	StringInfoData word;
	const char *separator = "";

	initStringInfo(&word);
	appendStringInfo(&word, "row %s(", RelationName(relation));
	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);

		if (column->attisdropped)
			continue;
		appendStringInfo(&word, "%s%s %s", separator, quote_identifier(NameStr(column->attname)),
						 ValueType(column->atttypid, column->attcollation));
		separator = ", ";
	}
	appendStringInfoChar(&word, ')');
	ReleaseTupleDesc(columns);
	Say(walk, word.data);
}

/* Go on into the expression that a column of a join or a grouping stands for; 0 is all columns. */
static void
WalkAlias(MeaningWalk *walk, Var *var, List *expressions)
{
	List	   *queries = walk->queries;

	walk->queries = list_copy_tail(queries, var->varlevelsup);
	if (var->varattno == InvalidAttrNumber)
		MeaningWalker((Node *) expressions, walk);
	else
		MeaningWalker(list_nth(expressions, var->varattno - 1), walk);
	walk->queries = queries;
}

/* Say a column. Those of a subquery are said where it is. */
static void
SayColumn(MeaningWalk *walk, Var *var)
{
	Query	   *query = list_nth(walk->queries, var->varlevelsup);
	RangeTblEntry *entry = rt_fetch(var->varno, query->rtable);

	switch (entry->rtekind)
	{
		case RTE_RELATION:
			if (var->varattno == InvalidAttrNumber)
				SayRow(walk, var, entry->relid);
			else
				Say(walk, psprintf("column %s.%s %s", RelationName(entry->relid),
								   quote_identifier(get_attname(entry->relid, var->varattno, false)),
								   ValueType(var->vartype, var->varcollid)));
			break;
		case RTE_JOIN:
			WalkAlias(walk, var, entry->joinaliasvars);
			break;
#if PG_VERSION_NUM >= 180000
		case RTE_GROUP:
			WalkAlias(walk, var, entry->groupexprs);
			break;
#endif
		case RTE_FUNCTION:
		case RTE_TABLEFUNC:
			if (var->varattno != InvalidAttrNumber)
				Say(walk, psprintf("column %s.%s %s", quote_identifier(entry->eref->aliasname),
								   quote_identifier(get_rte_attribute_name(entry, var->varattno)),
								   ValueType(var->vartype, var->varcollid)));
			break;
		default:
			break;
	}
}

/* Say a field of a composite type. */
static void
SayField(MeaningWalk *walk, FieldSelect *field)
{
	Oid			type = getBaseType(exprType((Node *) field->arg));
	Oid			relation = get_typ_typrelid(type);

	if (OidIsValid(relation))
		Say(walk, psprintf("field %s.%s %s", format_type_be(type),
						   quote_identifier(get_attname(relation, field->fieldnum, false)),
						   ValueType(field->resulttype, field->resultcollid)));
}

/* The catalog that an OID of a type such as regclass points into */
static Oid
ClassOfAlias(Oid type)
{
	switch (type)
	{
		case REGCLASSOID:
			return RelationRelationId;
		case REGPROCOID:
		case REGPROCEDUREOID:
			return ProcedureRelationId;
		case REGOPEROID:
		case REGOPERATOROID:
			return OperatorRelationId;
		case REGTYPEOID:
			return TypeRelationId;
		case REGCOLLATIONOID:
			return CollationRelationId;
		case REGCONFIGOID:
			return TSConfigRelationId;
		case REGDICTIONARYOID:
			return TSDictionaryRelationId;
		case REGNAMESPACEOID:
			return NamespaceRelationId;
		case REGROLEOID:
			return AuthIdRelationId;
		default:
			return InvalidOid;
	}
}

/* Is a type one of dates and times, or of arrays or ranges of these? */
static bool
IsDateOrTime(Oid type)
{
	Oid			part;

	type = getBaseType(type);
	if (OidIsValid(part = get_element_type(type)) ||
		OidIsValid(part = get_range_subtype(type)) ||
		OidIsValid(part = get_multirange_range(type)))
		return IsDateOrTime(part);
	return type == DATEOID || type == TIMEOID || type == TIMETZOID || type == TIMESTAMPOID ||
		type == TIMESTAMPTZOID || type == INTERVALOID;
}

/* The literal that a constant was written as, if it moves with the day on which it is read */
static const char *
MovingLiteral(MeaningWalk *walk, Const *constant)
{
	static const char *const moving[] = {"now", "today", "tomorrow", "yesterday"};
	ListCell   *cell;

	foreach(cell, walk->literals)
	{
		A_Const    *literal = lfirst(cell);
		char	   *lower;

		if (literal->location != constant->location)
			continue;
		lower = pstrdup(strVal(&literal->val));
		for (char *c = lower; *c != '\0'; c++)
			*c = pg_ascii_tolower((unsigned char) *c);
		for (size_t i = 0; i < lengthof(moving); i++)
		{
			if (strstr(lower, moving[i]) != NULL)
				return lower;
		}
	}
	return NULL;
}

/* Say a constant, if more than its text decides what it is: settings, or names that are looked up. */
static void
SayConstant(MeaningWalk *walk, Const *constant)
{
	Oid			type = getBaseType(constant->consttype);
	Oid			class = ClassOfAlias(type);

	SayType(walk, constant->consttype);
	if (constant->constisnull)
		return;
	if (OidIsValid(class))
	{
		Oid			object = DatumGetObjectId(constant->constvalue);

		if (SearchSysCacheExists1(get_object_catcache_oid(class), ObjectIdGetDatum(object)))
			SayObject(walk, class, object);
		else
			Say(walk, psprintf("%s %u", format_type_be(type), object));
	}
	else if (IsDateOrTime(type))
	{
		const char *value = MovingLiteral(walk, constant);

		if (value == NULL)
		{
			Oid			output;
			bool		is_varlena;

			getTypeOutputInfo(type, &output, &is_varlena);
			value = OidOutputFunctionCall(output, constant->constvalue);
		}
		Say(walk, psprintf("%s %s", format_type_be(type), quote_literal_cstr(value)));
	}
}

/* Say what is in a query, relations first. */
static bool
WalkQuery(MeaningWalk *walk, Query *query)
{
	walk->queries = lcons(query, walk->queries);
	range_table_walker(query->rtable, MeaningWalker, walk,
					   QTW_EXAMINE_RTES_BEFORE | QTW_IGNORE_JOINALIASES | QTW_IGNORE_GROUPEXPRS);
	query_tree_walker(query, MeaningWalker, walk, QTW_IGNORE_RANGE_TABLE | QTW_EXAMINE_SORTGROUP);
	walk->queries = list_delete_first(walk->queries);
	return false;
}

/* Walk over a query or an expression in one. */
static bool
MeaningWalker(Node *node, MeaningWalk *walk)
{
	if (node == NULL)
		return false;

	switch (nodeTag(node))
	{
		case T_Query:
			return WalkQuery(walk, (Query *) node);
		case T_RangeTblEntry:
			if (((RangeTblEntry *) node)->rtekind == RTE_RELATION)
				SayObject(walk, RelationRelationId, ((RangeTblEntry *) node)->relid);
			return false;		/* the caller goes into it */
		case T_RangeTblFunction:
			SayTypes(walk, ((RangeTblFunction *) node)->funccoltypes);
			break;
		case T_TableFunc:
			SayTypes(walk, ((TableFunc *) node)->coltypes);
			break;
		case T_TableSampleClause:
			SayObject(walk, ProcedureRelationId, ((TableSampleClause *) node)->tsmhandler);
			break;
		case T_Var:
			SayColumn(walk, (Var *) node);
			break;
		case T_Const:
			SayConstant(walk, (Const *) node);
			break;
		case T_FieldSelect:
			SayField(walk, (FieldSelect *) node);
			break;
		case T_FuncExpr:
			SayCall(walk, ProcedureRelationId, ((FuncExpr *) node)->funcid, exprType(node));
			break;
		case T_Aggref:
			SayCall(walk, ProcedureRelationId, ((Aggref *) node)->aggfnoid, exprType(node));
			break;
		case T_WindowFunc:
			SayCall(walk, ProcedureRelationId, ((WindowFunc *) node)->winfnoid, exprType(node));
			break;
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
			SayCall(walk, OperatorRelationId, ((OpExpr *) node)->opno, ((OpExpr *) node)->opresulttype);
			break;
		case T_ScalarArrayOpExpr:
			SayObject(walk, OperatorRelationId, ((ScalarArrayOpExpr *) node)->opno);
			break;
		case T_RowCompareExpr:
			{
				ListCell   *cell;

				foreach(cell, ((RowCompareExpr *) node)->opnos)
					SayObject(walk, OperatorRelationId, lfirst_oid(cell));
				break;
			}
		case T_SortGroupClause:
			SayObject(walk, OperatorRelationId, ((SortGroupClause *) node)->eqop);
			SayObject(walk, OperatorRelationId, ((SortGroupClause *) node)->sortop);
			return false;
		case T_SetOperationStmt:
			MeaningWalker((Node *) ((SetOperationStmt *) node)->groupClauses, walk);
			break;
		case T_CTECycleClause:
			SayObject(walk, OperatorRelationId, ((CTECycleClause *) node)->cycle_mark_neop);
			break;
		case T_WindowClause:
			SayObject(walk, ProcedureRelationId, ((WindowClause *) node)->startInRangeFunc);
			SayObject(walk, ProcedureRelationId, ((WindowClause *) node)->endInRangeFunc);
			break;
		case T_CoerceViaIO:
			SayCast(walk, (Node *) ((CoerceViaIO *) node)->arg, exprType(node), " by its text");
			break;
		case T_RelabelType:
			SayCast(walk, (Node *) ((RelabelType *) node)->arg, exprType(node), "");
			break;
		case T_ArrayCoerceExpr:
			SayCast(walk, (Node *) ((ArrayCoerceExpr *) node)->arg, exprType(node), "");
			break;
		case T_ConvertRowtypeExpr:
			SayCast(walk, (Node *) ((ConvertRowtypeExpr *) node)->arg, exprType(node), "");
			break;
		case T_CoerceToDomain:
		case T_RowExpr:
			SayType(walk, exprType(node));
			break;
		case T_CollateExpr:
			SayObject(walk, CollationRelationId, ((CollateExpr *) node)->collOid);
			break;
		default:
			break;
	}
	return expression_tree_walker(node, MeaningWalker, walk);
}

/* The words (char *) that say what an analysed query means */
List *
DescribeMeaning(Query *query, List *literals)
{
	MeaningWalk walk = {.literals = literals};
	int			level = UseCanonicalNames();
	ListCell   *cell;

	WalkQuery(&walk, query);
	foreach(cell, query->targetList)
	{
		TargetEntry *column = lfirst_node(TargetEntry, cell);

		if (!column->resjunk)
			Say(&walk, psprintf("result %s %s", quote_identifier(column->resname),
								ValueType(exprType((Node *) column->expr),
										 exprCollation((Node *) column->expr))));
	}
	AtEOXact_GUC(true, level);
	return walk.words;
}

/* Is a word among those kept? */
static bool
WordKept(const char *word, char **kept, int n_kept)
{
	for (int i = 0; i < n_kept; i++)
	{
		if (strcmp(word, kept[i]) == 0)
			return true;
	}
	return false;
}

/* Is a word among those said? */
static bool
WordSaid(const char *word, List *words)
{
	ListCell   *cell;

	foreach(cell, words)
	{
		if (strcmp(word, lfirst(cell)) == 0)
			return true;
	}
	return false;
}

/* The word behind its kind, if the other one is of that kind too */
static const char *
WithoutKind(const char *word, const char *other)
{
	int			length = strcspn(word, " ") + 1;

	return strncmp(word, other, length) == 0 ? word + length : word;
}

/* Say where two meanings differ; a word that is not there is NULL. */
static char *
DescribeDifference(const char *word, bool is_new, const char *kept, bool is_gone)
{
	if (kept == NULL || (is_new && !is_gone))
		return psprintf("%s is new", word);
	if (word == NULL || (is_gone && !is_new))
		return psprintf("%s is gone", kept);
	return psprintf("%s in place of %s", word, WithoutKind(kept, word));
}

/* What is new of the kind of a word that is, such as columns: who lets it be so must know all of them */
static char *
DescribeOthers(List *meaning, const char *word, char **kept, int n_kept)
{
	StringInfoData others;
	ListCell   *cell;

	initStringInfo(&others);
	foreach(cell, meaning)
	{
		const char *other = lfirst(cell);

		if (other != word && WithoutKind(other, word) != other && !WordKept(other, kept, n_kept))
			appendStringInfo(&others, "; %s is new", other);
	}
	return others.data;
}

/* Refuse a query whose meaning is not the one that was kept. */
void
CheckMeaning(List *meaning, char **kept, int n_kept)
{
	int			n = list_length(meaning);

	for (int i = 0; i < Max(n, n_kept); i++)
	{
		const char *word = i < n ? list_nth(meaning, i) : NULL;
		const char *kept_word = i < n_kept ? kept[i] : NULL;
		bool		is_new;
		bool		is_gone;

		if (word && kept_word && strcmp(word, kept_word) == 0)
			continue;
		is_new = word != NULL && !WordKept(word, kept, n_kept);
		is_gone = kept_word != NULL && !WordSaid(kept_word, meaning);
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the query no longer means what it meant"),
				 errdetail_internal("%s%s", DescribeDifference(word, is_new, kept_word, is_gone),
									is_new && !is_gone ? DescribeOthers(meaning, word, kept, n_kept) : ""),
				 errhint("Register it again if that is meant.")));
	}
}
