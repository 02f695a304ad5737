/*
 * trust.c
 *		Whose functions a query runs.
 *
 * A kept query runs with the rights of the one who keeps it, night after
 * night, over relations of others.  Each function that running it calls must
 * belong to somebody who has these rights anyway.  Planning is running: it
 * folds the constant parts of index predicates, of the expressions of extended
 * statistics and of constraints.  So the catalog's node trees are read here,
 * never the relation cache's, which are folded when they are first asked for.
 *
 * The walk says at once what is wrong.  What it cannot see, functions that a
 * function's body calls and domains that it uses, casts that others look for,
 * triggers and an index made while the query is being planned, is caught when it
 * is about to be called.
 *
 * Operator classes, base types, languages and foreign-data wrappers are the
 * work of superusers.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_partitioned_table.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_range.h"
#include "catalog/pg_statistic_ext.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/rewriteHandler.h"
#include "rewrite/rowsecurity.h"
#include "standing/names.h"
#include "standing/trust.h"
#include "standing/wall.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

/* A walk over all that a query may run */
typedef struct TrustWalk
{
	Oid			user;			/* whose rights it has */
	Oid			reader;			/* as whom relations are read: he, or the owner of a view */
	Oid			relation;		/* the relation that brings it in; none: the query itself */
	Oid			domain;			/* or the domain */
	const char *trigger;		/* or the trigger, in its condition */
	Oid			owner;			/* whose they are */
	bool		is_of_other;	/* he does not have these rights */
	bool		reads_as_user;	/* what is read for it is read with the user's rights all the same */
	Oid			lender;			/* the relation of somebody else through which he reads what is not his */
	bool		is_coercion;	/* of a node whose types are known, so that only their own functions are called */
	HTAB	   *seen;			/* objects */
} TrustWalk;

/*
 * Whose functions are watched while they run: a role, in a setting, so that it
 * ends with an error and parallel workers know it
 */
#define WATCHED_SETTING "gapstats.watched"
static int	watched_user = InvalidOid;

/* His own may not run either */
static bool superusers_only = false;

/*
 * What was prepared to be executed may be kept to the end of the transaction.  Is there something that
 * not everybody may run, and who was watched when it was prepared?  Of what was prepared before the
 * library was loaded nothing is known.
 */
static bool is_prepared = true;
static Oid	prepared_for = InvalidOid;

static needs_fmgr_hook_type next_needs_fmgr_hook = NULL;
static object_access_hook_type next_access_hook = NULL;

static bool TrustWalker(Node *node, TrustWalk *walk);

static Oid
OwnerOfFunction(Oid function)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", function);
	owner = ((Form_pg_proc) GETSTRUCT(tuple))->proowner;
	ReleaseSysCache(tuple);
	return owner;
}

/* Refuse a function of somebody who does not have the user's rights. */
static void
CheckFunctionOf(Oid function, Oid user, Oid relation)
{
	Oid			owner = OwnerOfFunction(function);

	if (superusers_only && !superuser_arg(owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("function %s does not belong to a superuser", FunctionName(function)),
				 errdetail("Who asks how something is waits for no function of its owner's.")));
	if (!has_privs_of_role(owner, user))
	{
		const char *user_name = quote_identifier(GetUserNameFromId(user, false));
		const char *owner_name = quote_identifier(GetUserNameFromId(owner, false));

		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("function %s belongs to %s", FunctionName(function), owner_name),
				 OidIsValid(relation) ?
				 errdetail("Reading %s may run it with the rights of %s, which %s does not have but could use by replacing the function.",
						   RelationName(relation), user_name, owner_name) :
				 errdetail("The query runs it with the rights of %s, which %s does not have but could use by replacing the function.",
						   user_name, owner_name),
				 errhint("Use a function that belongs to %s or to a superuser.", user_name)));
	}
}

/* Is this the first time that the walk comes to an object?  Through a lender, more is asked of it. */
static bool
FirstSeen(TrustWalk *walk, Oid class, Oid object)
{
	ObjectAddress address = {.classId = class,.objectId = object,.objectSubId = OidIsValid(walk->lender)};
	bool		found;

	hash_search(walk->seen, &address, HASH_ENTER, &found);
	return !found;
}

/* A function; there may be none */
static void
TrustFunction(TrustWalk *walk, Oid function)
{
	if (OidIsValid(function) && FirstSeen(walk, ProcedureRelationId, function))
		CheckFunctionOf(function, walk->user, walk->relation);
}

/* PostgreSQL's own functions that are stable, and yet run the queries of relations that they are given */
static const Oid reading_functions[] = {
	F_TABLE_TO_XML, F_TABLE_TO_XML_AND_XMLSCHEMA,
	F_SCHEMA_TO_XML, F_SCHEMA_TO_XML_AND_XMLSCHEMA,
	F_DATABASE_TO_XML, F_DATABASE_TO_XML_AND_XMLSCHEMA,
#if PG_VERSION_NUM >= 160000
	F_PG_INPUT_IS_VALID, F_PG_INPUT_ERROR_INFO
#endif
};

/* Does a function of PostgreSQL's own tell who the current user is, or what he may do? */
static bool
AsksWhoReads(Oid function)
{
	static const char *const names[] = {
		"current_user", "session_user", "system_user", "getpgusername", "pg_has_role", "row_security_active"
	};
	const char *name;

	if (function >= FirstNormalObjectId)
		return false;
	name = get_func_name(function);
	for (int i = 0; i < (int) lengthof(names); i++)
	{
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return strncmp(name, "has_", 4) == 0;
}

/* Does a function tell of PostgreSQL's own: sessions, settings, what others do, what the catalogs keep? */
static bool
LooksAround(Oid function)
{
	const char *name;

	if (function >= FirstNormalObjectId || func_volatile(function) != PROVOLATILE_STABLE ||
		function == F_PG_TYPEOF || function == F_PG_COLUMN_SIZE || AsksWhoReads(function))
		return false;
	name = get_func_name(function);
	return strcmp(name, "current_setting") == 0 || strncmp(name, "pg_", 3) == 0;
}

/*
 * OnlyComputes
 *		Whether a function does nothing but to make a value of what it is given.  An immutable
 *		one does, and so does what reads a value from text, of a type that is known, or writes
 *		it; array_in() and the like are given any type, whose constraints they run.  A stable
 *		one may read whatever it is told to; PostgreSQL's own do not, but for these, and those
 *		that look around.
 */
static bool
OnlyComputes(Oid function, bool is_coercion)
{
	char		volatility = func_volatile(function);
	Oid		   *arguments;
	int			n_arguments;
	Oid			result = get_func_signature(function, &arguments, &n_arguments);

	if (volatility == PROVOLATILE_IMMUTABLE)
		return true;
	if (volatility == PROVOLATILE_VOLATILE)
		return false;
	if (n_arguments > 0 && arguments[0] == CSTRINGOID)
		return is_coercion;
	if (result == CSTRINGOID)
		return true;
	if (function >= FirstNormalObjectId)
		return false;
	for (int i = 0; i < (int) lengthof(reading_functions); i++)
	{
		if (function == reading_functions[i])
			return false;
	}
	return !LooksAround(function);
}

static Oid
OwnerOfOperator(Oid operator)
{
	HeapTuple	tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(operator));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for operator %u", operator);
	owner = ((Form_pg_operator) GETSTRUCT(tuple))->oprowner;
	ReleaseSysCache(tuple);
	return owner;
}

static FormData_pg_type
ReadType(Oid type)
{
	HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	FormData_pg_type form;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", type);
	form = *(Form_pg_type) GETSTRUCT(tuple);
	ReleaseSysCache(tuple);
	return form;
}

/*
 * RefuseLending
 *		What a view, or a policy, makes of who the current user is, is for his eyes: another's
 *		view over it must not read with them.
 */
static void
RefuseLending(const TrustWalk *walk, const char *by)
{
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("%s may depend, by %s, on who reads it", RelationName(walk->relation), by),
			 errdetail("It is read through %s, whose owner, %s, would see what %s may see.", RelationName(walk->lender),
					   quote_identifier(GetUserNameFromId(OwnerOfRelation(walk->lender), false)),
					   quote_identifier(GetUserNameFromId(walk->user, false))),
			 errhint("Read another relation, or one that belongs to a superuser.")));
}

/*
 * RefuseActing
 *		PostgreSQL's own functions are trusted with what they return, not with what they do:
 *		pg_notify() or table_to_xml() in a view, a policy or a domain of somebody else would act,
 *		and read, with the user's rights.
 */
static void
RefuseActing(Oid function, const TrustWalk *walk)
{
	if (OnlyComputes(function, walk->is_coercion) || (walk->trigger != NULL && LooksAround(function)))
		return;
	if (OidIsValid(walk->lender))
		RefuseLending(walk, FunctionName(function));
	if (walk->trigger != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("condition of trigger \"%s\" on %s calls function %s, which may do more than compute",
						walk->trigger, RelationName(walk->relation), FunctionName(function)),
				 errdetail("It would do so with the rights of the relation's owner, though whoever was granted TRIGGER can have made it."),
				 errhint("Call it in the trigger's function.")));
	else
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 OidIsValid(walk->domain) ?
				 errmsg("domain %s calls function %s, which may do more than compute",
						format_type_be_qualified(walk->domain), FunctionName(function)) :
				 errmsg("%s calls function %s, which may do more than compute",
						RelationName(walk->relation), FunctionName(function)),
				 OidIsValid(walk->domain) ?
				 errdetail("It would do with the rights of who makes a value of it what the owner of the domain, %s, wants.",
						   quote_identifier(GetUserNameFromId(ReadType(walk->domain).typowner, false))) :
				 errdetail("It would do with the rights of who reads what the owner of the relation wants."),
				 OidIsValid(walk->domain) ?
				 errhint("Use another type, or a domain that belongs to a superuser.") :
				 errhint("Read another relation, or one that belongs to a superuser.")));
}

/* A function in an expression, as check_functions_in_node() wants it */
static bool
TrustFunctionInNode(Oid function, void *context)
{
	TrustWalk  *walk = context;

	TrustFunction(walk, function);
	if (OidIsValid(walk->lender) && AsksWhoReads(function))
		RefuseLending(walk, FunctionName(function));
	if (walk->is_of_other || OidIsValid(walk->lender))
		RefuseActing(function, walk);
	return false;
}

/* CURRENT_USER and the like */
static void
TrustValueFunction(const TrustWalk *walk, SQLValueFunctionOp op)
{
	if (OidIsValid(walk->lender) && op >= SVFOP_CURRENT_ROLE && op <= SVFOP_SESSION_USER)
		RefuseLending(walk, op == SVFOP_SESSION_USER ? "SESSION_USER" : "CURRENT_USER");
}

/* Whoever owns an operator can put another of its name, with another function, in its place. */
static void
RefuseActingOperator(Oid operator, const TrustWalk *walk)
{
	Oid			function = get_opcode(operator);

	if (!OnlyComputes(function, false) && !has_privs_of_role(OwnerOfOperator(operator), walk->user))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("operator %s calls function %s, which may do more than compute",
						OperatorName(operator), FunctionName(function)),
				 errdetail("It would do with the rights of who uses the operator what the owner of the operator, %s, wants.",
						   quote_identifier(GetUserNameFromId(OwnerOfOperator(operator), false))),
				 errhint("Call the function, or use an operator that belongs to a superuser.")));
}

/* An operator, and those that the planner may use instead: negators, for NOT and in estimates, and commutators */
static List *
OperatorsInstead(Oid operator)
{
	List	   *operators = list_make1_oid(operator);
	ListCell   *cell;

	/* What is appended is come to */
	foreach(cell, operators)
	{
		Oid			negator = get_negator(lfirst_oid(cell));
		Oid			commutator = get_commutator(lfirst_oid(cell));

		if (OidIsValid(negator))
			operators = list_append_unique_oid(operators, negator);
		if (OidIsValid(commutator))
			operators = list_append_unique_oid(operators, commutator);
	}
	return operators;
}

/* An operator in an expression; one that is only promised yet has no function */
static void
TrustOperatorInNode(TrustWalk *walk, Oid operator)
{
	ListCell   *cell;

	foreach(cell, OperatorsInstead(operator))
	{
		Oid			function = get_opcode(lfirst_oid(cell));

		if (!OidIsValid(function))
			continue;
		TrustFunctionInNode(function, walk);
		RefuseActingOperator(lfirst_oid(cell), walk);
	}
}

/* An operator's function */
static void
TrustOperator(TrustWalk *walk, Oid operator)
{
	if (OidIsValid(operator))
		TrustFunction(walk, get_opcode(operator));
}

/* What an aggregate is made of; other window functions are just functions */
static void
TrustAggregate(TrustWalk *walk, Oid aggregate)
{
	HeapTuple	tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(aggregate));
	FormData_pg_aggregate form;

	if (!HeapTupleIsValid(tuple))
		return;
	form = *(Form_pg_aggregate) GETSTRUCT(tuple);
	ReleaseSysCache(tuple);

	TrustFunction(walk, form.aggtransfn);
	TrustFunction(walk, form.aggfinalfn);
	TrustFunction(walk, form.aggcombinefn);
	TrustFunction(walk, form.aggserialfn);
	TrustFunction(walk, form.aggdeserialfn);
	TrustFunction(walk, form.aggmtransfn);
	TrustFunction(walk, form.aggminvtransfn);
	TrustFunction(walk, form.aggmfinalfn);
	TrustOperator(walk, form.aggsortop);
}

/* An expression as the catalogs keep it */
static void
TrustStored(TrustWalk *walk, const char *expression)
{
	TrustWalker(stringToNode(expression), walk);
}

/* The same in a column, perhaps empty, of a catalog's row, which may be gone */
static void
TrustColumn(TrustWalk *walk, int cache, Oid object, AttrNumber column)
{
	HeapTuple	tuple = SearchSysCache1(cache, ObjectIdGetDatum(object));
	Datum		expression;
	bool		isnull;

	if (!HeapTupleIsValid(tuple))
		return;
	expression = SysCacheGetAttr(cache, tuple, column, &isnull);
	if (!isnull)
		TrustStored(walk, TextDatumGetCString(expression));
	ReleaseSysCache(tuple);
}

/* The constraints of a domain */
static void
TrustDomain(TrustWalk *walk, Oid domain)
{
	Relation	constraints = table_open(ConstraintRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_constraint_contypid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(domain));
	scan = systable_beginscan(constraints, ConstraintTypidIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		bool		isnull;
		Datum		expression = heap_getattr(tuple, Anum_pg_constraint_conbin,
											  RelationGetDescr(constraints), &isnull);

		if (!isnull)
			TrustStored(walk, TextDatumGetCString(expression));
	}
	systable_endscan(scan);
	table_close(constraints, AccessShareLock);
}

/* What making a value of a type may run: its constraints may be deep in it. */
static void
TrustType(TrustWalk *walk, Oid type)
{
	FormData_pg_type form;

	if (type < FirstNormalObjectId || !FirstSeen(walk, TypeRelationId, type))
		return;
	check_stack_depth();
	form = ReadType(type);
	TrustFunction(walk, form.typinput);
	TrustFunction(walk, form.typoutput);
	TrustFunction(walk, form.typreceive);
	TrustFunction(walk, form.typsend);
	TrustType(walk, form.typelem);

	if (form.typtype == TYPTYPE_DOMAIN)
	{
		TrustWalk	outer = *walk;

		/* Whoever uses it, its owner can change what it asks at any time */
		walk->domain = type;
		walk->lender = InvalidOid;
		walk->is_of_other |= !has_privs_of_role(form.typowner, walk->user);
		TrustDomain(walk, type);
		*walk = outer;
		TrustType(walk, form.typbasetype);
	}
	else if (form.typtype == TYPTYPE_MULTIRANGE)
		TrustType(walk, get_multirange_range(type));
	else if (form.typtype == TYPTYPE_COMPOSITE)
	{
		TupleDesc	columns = lookup_rowtype_tupdesc(type, -1);

		for (int i = 0; i < columns->natts; i++)
		{
			if (!TupleDescAttr(columns, i)->attisdropped)
				TrustType(walk, TupleDescAttr(columns, i)->atttypid);
		}
		ReleaseTupleDesc(columns);
	}
	else if (form.typtype == TYPTYPE_RANGE)
	{
		HeapTuple	tuple = SearchSysCache1(RANGETYPE, ObjectIdGetDatum(type));
		FormData_pg_range range;

		if (!HeapTupleIsValid(tuple))
			elog(ERROR, "cache lookup failed for range type %u", type);
		range = *(Form_pg_range) GETSTRUCT(tuple);
		ReleaseSysCache(tuple);
		TrustFunction(walk, range.rngcanonical);
		TrustFunction(walk, range.rngsubdiff);
		TrustType(walk, range.rngsubtype);
	}
}

/* A column that gets no value gets that of its domain, or of the nearest that this is over which has one. */
static void
TrustDefault(TrustWalk *walk, Oid type)
{
	TrustWalk	outer = *walk;

	while (get_typtype(type) == TYPTYPE_DOMAIN)
	{
		FormData_pg_type form = ReadType(type);

		walk->domain = type;
		walk->is_of_other = !has_privs_of_role(form.typowner, walk->user);
		TrustColumn(walk, TYPEOID, type, Anum_pg_type_typdefaultbin);
		type = form.typbasetype;
	}
	*walk = outer;
}

/* Types that a function in FROM, or XMLTABLE, makes values of */
static void
TrustTypes(TrustWalk *walk, List *types)
{
	ListCell   *cell;

	foreach(cell, types)
		TrustType(walk, lfirst_oid(cell));
}

/* Indexes, and statistics over expressions: their owner is the relation's, their text anybody's. */
static void
TrustIndexesAndStatistics(TrustWalk *walk, Relation relation)
{
	ListCell   *cell;

	foreach(cell, RelationGetIndexList(relation))
	{
		TrustColumn(walk, INDEXRELID, lfirst_oid(cell), Anum_pg_index_indexprs);
		TrustColumn(walk, INDEXRELID, lfirst_oid(cell), Anum_pg_index_indpred);
	}
	foreach(cell, RelationGetStatExtList(relation))
		TrustColumn(walk, STATEXTOID, lfirst_oid(cell), Anum_pg_statistic_ext_stxexprs);
}

/* Check constraints, and columns that are generated */
static void
TrustConstraints(TrustWalk *walk, TupleDesc columns)
{
	TupleConstr *constraints = columns->constr;

	if (constraints == NULL)
		return;
	for (int i = 0; i < constraints->num_check; i++)
		TrustStored(walk, constraints->check[i].ccbin);
	for (int i = 0; i < constraints->num_defval; i++)
	{
		AttrDefault *value = &constraints->defval[i];

		if (TupleDescAttr(columns, value->adnum - 1)->attgenerated != '\0')
			TrustStored(walk, value->adbin);
	}
}

/* Row security policies, as far as they concern reading. What they read is read with the user's rights. */
static void
TrustPolicies(TrustWalk *walk, Relation relation)
{
	ListCell   *cell;

	if (relation->rd_rsdesc == NULL)
		return;
	walk->reads_as_user = true;
	foreach(cell, relation->rd_rsdesc->policies)
	{
		RowSecurityPolicy *policy = lfirst(cell);

		if (policy->polcmd == '*' || policy->polcmd == ACL_SELECT_CHR)
			TrustWalker((Node *) policy->qual, walk);
	}
}

/*
 * RefuseForeignTable
 *		Whoever owns a foreign table says what is read at the other end, and there it is read
 *		as whom the reader's user mapping names.
 */
static void
RefuseForeignTable(const TrustWalk *walk, Relation relation)
{
	if (relation->rd_rel->relkind == RELKIND_FOREIGN_TABLE && has_privs_of_role(walk->reader, walk->user) &&
		!has_privs_of_role(relation->rd_rel->relowner, walk->user))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("foreign table %s belongs to %s", RelationName(RelationGetRelid(relation)),
						quote_identifier(GetUserNameFromId(relation->rd_rel->relowner, false))),
				 errdetail("Its owner says what is read on its server with the rights that %s has there.",
						   quote_identifier(GetUserNameFromId(walk->reader, false))),
				 errhint("Read it through a view of its owner's.")));
}

/* What reading a relation, or planning to, may run. Locks are held until the query has run. */
static void
TrustRelation(TrustWalk *walk, Oid oid)
{
	TrustWalk	outer = *walk;
	Relation	relation;

	relation = relation_open(oid, AccessShareLock);
	RefuseForeignTable(walk, relation);
	if (walk->is_of_other && !OidIsValid(walk->lender) && !has_privs_of_role(walk->owner, relation->rd_rel->relowner))
		walk->lender = walk->relation;
	if (!FirstSeen(walk, RelationRelationId, oid))
	{
		*walk = outer;
		relation_close(relation, NoLock);
		return;
	}
	CHECK_FOR_INTERRUPTS();
	check_stack_depth();
	walk->relation = oid;
	walk->domain = InvalidOid;
	walk->owner = relation->rd_rel->relowner;
	walk->is_of_other = !has_privs_of_role(walk->owner, walk->user);
	walk->reads_as_user = relation->rd_rel->relkind == RELKIND_VIEW && RelationHasSecurityInvoker(relation);
	if (relation->rd_rel->relkind == RELKIND_VIEW)
	{
		if (!walk->reads_as_user)
			walk->reader = walk->owner;
		else if (OidIsValid(walk->lender) && walk->reader == walk->user)
			RefuseLending(walk, "security_invoker");
		TrustWalker((Node *) get_view_query(relation), walk);
	}
	TrustPolicies(walk, relation);
	walk->lender = InvalidOid;	/* what follows is no reader's */
	if (relation->rd_rel->relkind == RELKIND_PARTITIONED_TABLE)
		TrustColumn(walk, PARTRELID, oid, Anum_pg_partitioned_table_partexprs);
	TrustConstraints(walk, RelationGetDescr(relation));
	TrustIndexesAndStatistics(walk, relation);
	*walk = outer;
	relation_close(relation, NoLock);
}

/*
 * RefuseBorrowing
 *		A policy, or a view with security_invoker, of somebody else must not read for him, with
 *		the user's rights, what he may not read himself.
 */
static void
RefuseBorrowing(const TrustWalk *walk, Oid relation)
{
	if (check_enable_rls(relation, walk->owner, true) == RLS_ENABLED)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("%s reads %s, of which its owner may read what row security lets him",
						RelationName(walk->relation), RelationName(relation)),
				 errdetail("It would be read by the row security of %s.", quote_identifier(GetUserNameFromId(walk->user, false))),
				 errhint("Read another relation, or one that belongs to a superuser.")));
	if (pg_class_aclcheck(relation, walk->owner, ACL_SELECT) != ACLCHECK_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("%s reads %s, which its owner may not read",
						RelationName(walk->relation), RelationName(relation)),
				 errdetail("It would be read with the rights of %s.", quote_identifier(GetUserNameFromId(walk->user, false))),
				 errhint("Read another relation, or one that belongs to a superuser.")));
}

/* The same of those that inherit from it, or are its partitions */
static void
TrustInheritors(TrustWalk *walk, Oid relation)
{
	ListCell   *cell;

	if (!has_subclass(relation))
		return;
	foreach(cell, find_all_inheritors(relation, AccessShareLock, NULL))
		TrustRelation(walk, lfirst_oid(cell));
}

/* An entry of a range table; what is inside a subquery or function is walked anyway. */
static void
TrustRangeTableEntry(TrustWalk *walk, RangeTblEntry *entry)
{
	if (entry->rtekind != RTE_RELATION)
		return;
	if (walk->is_of_other && walk->reads_as_user && !OidIsValid(walk->domain) && entry->relid != walk->relation)
		RefuseBorrowing(walk, entry->relid);
	TrustRelation(walk, entry->relid);
	if (entry->inh)
		TrustInheritors(walk, entry->relid);
}

/* Walk over a query or an expression. */
static bool
TrustWalker(Node *node, TrustWalk *walk)
{
	if (node == NULL)
		return false;

	walk->is_coercion = IsA(node, CoerceViaIO);
	check_functions_in_node(node, TrustFunctionInNode, walk);
	switch (nodeTag(node))
	{
		case T_Query:
			return query_tree_walker((Query *) node, TrustWalker, walk,
									 QTW_EXAMINE_RTES_BEFORE | QTW_EXAMINE_SORTGROUP);
		case T_RangeTblEntry:
			TrustRangeTableEntry(walk, (RangeTblEntry *) node);
			return false;		/* the caller goes into it */
		case T_RangeTblFunction:
			TrustTypes(walk, ((RangeTblFunction *) node)->funccoltypes);
			break;
		case T_TableFunc:
			TrustTypes(walk, ((TableFunc *) node)->coltypes);
			break;
		case T_TableSampleClause:
			TrustFunction(walk, ((TableSampleClause *) node)->tsmhandler);
			break;
		case T_SortGroupClause:
			TrustOperator(walk, ((SortGroupClause *) node)->eqop);
			TrustOperator(walk, ((SortGroupClause *) node)->sortop);
			return false;
		case T_SetOperationStmt:
			TrustWalker((Node *) ((SetOperationStmt *) node)->groupClauses, walk);
			break;
		case T_CTECycleClause:
			TrustOperator(walk, ((CTECycleClause *) node)->cycle_mark_neop);
			break;
		case T_WindowClause:
			TrustFunction(walk, ((WindowClause *) node)->startInRangeFunc);
			TrustFunction(walk, ((WindowClause *) node)->endInRangeFunc);
			break;
		case T_Aggref:
			TrustAggregate(walk, ((Aggref *) node)->aggfnoid);
			TrustType(walk, exprType(node));
			break;
		case T_WindowFunc:
			TrustAggregate(walk, ((WindowFunc *) node)->winfnoid);
			TrustType(walk, exprType(node));
			break;
		case T_ScalarArrayOpExpr:
			TrustOperatorInNode(walk, ((ScalarArrayOpExpr *) node)->opno);
			break;
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
			TrustOperatorInNode(walk, ((OpExpr *) node)->opno);
			TrustType(walk, exprType(node));
			break;
		case T_SQLValueFunction:
			TrustValueFunction(walk, ((SQLValueFunction *) node)->op);
			break;
		case T_Var:
		case T_Const:
		case T_FuncExpr:
		case T_CoerceViaIO:
		case T_ArrayCoerceExpr:
		case T_RelabelType:
		case T_ConvertRowtypeExpr:
		case T_CoerceToDomain:
		case T_RowExpr:
#if PG_VERSION_NUM >= 170000
		case T_JsonExpr:
#endif
			TrustType(walk, exprType(node));
			break;
		default:
			break;
	}
	return expression_tree_walker(node, TrustWalker, walk);
}

static TrustWalk
BeginWalk(Oid user)
{
	HASHCTL		control = {.keysize = sizeof(ObjectAddress),.entrysize = sizeof(ObjectAddress),
	.hcxt = CurrentMemoryContext};
	TrustWalk	walk = {.user = user,.reader = user};

	walk.seen = hash_create("objects of a query", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	return walk;
}

/* Refuse a query that may run functions of somebody who does not have the user's rights. */
void
CheckTrust(Query *query, Oid user)
{
	TrustWalk	walk = BeginWalk(user);

	TrustWalker((Node *) query, &walk);
	hash_destroy(walk.seen);
}

/* The same of a query that does nothing but read a relation, as the user or through a view of somebody else */
void
CheckTrustOfReading(Oid relation, Oid user, Oid reader)
{
	TrustWalk	walk = BeginWalk(user);

	walk.reader = reader;
	TrustRelation(&walk, relation);
	TrustInheritors(&walk, relation);
	hash_destroy(walk.seen);
}

/* Triggers have no owners, and their conditions are called by whoever writes. */
static void
TrustConditions(TrustWalk *walk, Relation written)
{
	const TriggerDesc *triggers = written->trigdesc;

	walk->is_of_other = true;
	walk->relation = RelationGetRelid(written);
	for (int i = 0; triggers != NULL && i < triggers->numtriggers; i++)
	{
		walk->trigger = triggers->triggers[i].tgname;
		if (triggers->triggers[i].tgqual != NULL)
			TrustStored(walk, triggers->triggers[i].tgqual);
	}
}

/*
 * The same of a query that writes to a relation of the user's: his columns' types, and conditions of
 * triggers there, may be others'
 */
void
CheckTrustOfWriting(Oid relation, Oid user)
{
	TrustWalk	walk = BeginWalk(user);
	Relation	written = relation_open(relation, AccessShareLock);
	TupleDesc	columns = RelationGetDescr(written);

	for (int i = 0; i < columns->natts; i++)
	{
		if (!TupleDescAttr(columns, i)->attisdropped)
			TrustDefault(&walk, TupleDescAttr(columns, i)->atttypid);
	}
	TrustConditions(&walk, written);
	relation_close(written, NoLock);
	hash_destroy(walk.seen);
}

/*
 * Is anybody watched?  Whoever the current user is: a foreign key is checked as the owner of the table
 * that it refers to, and what ran for him there could prepare for what is done as the watched one.
 */
bool
IsWatched(void)
{
	return watched_user != InvalidOid;
}

/* A function is looked up to be called. */
static bool
FunctionIsCalled(Oid function)
{
	if (IsWatched())
		CheckFunctionOf(function, watched_user, InvalidOid);
	return next_needs_fmgr_hook != NULL && next_needs_fmgr_hook(function);
}

/*
 * NextDomainInUse
 *		From here on in a memory context's callbacks, the next domain whose constraints an
 *		expression in it checks.
 *
 * PostgreSQL tells nobody that a domain is used.  But before it prepares the constraints, it
 * registers with the memory that they go into that they are to be released.
 */
static DomainConstraintRef *
NextDomainInUse(MemoryContextCallback *callback)
{
	static MemoryContextCallbackFunction release = NULL;

	if (callback == NULL)
		return NULL;
	if (release == NULL)
	{
		MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "any type's constraints", ALLOCSET_SMALL_SIZES);
		DomainConstraintRef *any = MemoryContextAlloc(context, sizeof(DomainConstraintRef));

		InitDomainConstraintRef(INT4OID, any, context, false);
		release = any->callback.func;
		MemoryContextDelete(context);
	}
	while (callback != NULL && callback->func != release)
		callback = callback->next;
	return callback == NULL ? NULL : callback->arg;
}

/* A domain, or the nearest one that it is over, whose owner does not have the user's rights; there may be none */
static Oid
DomainOfOther(Oid domain, Oid user)
{
	FormData_pg_type form = ReadType(domain);

	while (form.typtype == TYPTYPE_DOMAIN && has_privs_of_role(form.typowner, user))
	{
		domain = form.typbasetype;
		form = ReadType(domain);
	}
	return form.typtype == TYPTYPE_DOMAIN ? domain : InvalidOid;
}

static bool
IsThisFunction(Oid function, void *context)
{
	return function == *(Oid *) context;
}

static bool
CallsFunction(Node *node, void *function)
{
	return node != NULL &&
		(check_functions_in_node(node, IsThisFunction, function) ||
		 expression_tree_walker(node, CallsFunction, function));
}

/* Do a domain's constraints, as they are checked in this session, call a function? */
static bool
ConstraintsCall(Oid domain, Oid function)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "constraints of a domain", ALLOCSET_SMALL_SIZES);
	DomainConstraintRef *constraints = MemoryContextAlloc(context, sizeof(DomainConstraintRef));
	bool		found = false;
	ListCell   *cell;

	InitDomainConstraintRef(domain, constraints, context, false);
	foreach(cell, constraints->constraints)
		found |= CallsFunction((Node *) lfirst_node(DomainConstraintState, cell)->check_expr, &function);
	MemoryContextDelete(context);
	return found;
}

/* Refuse to prepare a call of a function that the constraint of a domain of somebody else makes. */
static void
CheckDomainsInUse(Oid function)
{
	DomainConstraintRef *ref = NextDomainInUse(CurrentMemoryContext->reset_cbs);

	if (ref == NULL || OnlyComputes(function, false))
		return;
	for (; ref != NULL; ref = NextDomainInUse(ref->callback.next))
	{
		TrustWalk	walk = {.domain = DomainOfOther(ref->tcache->type_id, watched_user)};

		if (OidIsValid(walk.domain) && ConstraintsCall(ref->tcache->type_id, function))
			RefuseActing(function, &walk);
	}
}

/* Is there anybody who may not run what is being prepared? */
static bool
IsNotForAll(Oid function)
{
	return NextDomainInUse(CurrentMemoryContext->reset_cbs) != NULL ||
		(function >= FirstNormalObjectId && !superuser_arg(OwnerOfFunction(function)));
}

/* An expression that calls a function is prepared, which says nothing of whose text it is. */
static void
CallIsPrepared(ObjectAccessType access, Oid class, Oid object, int column, void *arg)
{
	if (next_access_hook)
		next_access_hook(access, class, object, column, arg);
	if (access != OAT_FUNCTION_EXECUTE)
		return;
	if (IsWatched())
	{
		/* aggregates, too, which are not looked up to be called */
		if (object >= FirstNormalObjectId)
			CheckFunctionOf(object, watched_user, InvalidOid);
		CheckDomainsInUse(object);
	}
	if ((!is_prepared || prepared_for != (Oid) watched_user) && IsNotForAll(object))
	{
		is_prepared = true;
		prepared_for = watched_user;
	}
}

/*
 * WatchedIsAssigned
 *		Somebody is watched from now on, be it again after another.
 *
 * What a function's body has prepared while nobody watched, or another was watched, would be
 * executed again without being looked at.
 */
static void
WatchedIsAssigned(int user, void *extra)
{
	(void) extra;
	if (user == InvalidOid)
		return;
	if (is_prepared && prepared_for != (Oid) user)
	{
		ResetPlanCache();
		is_prepared = false;
	}
	prepared_for = user;
}

/* Refuse what CheckTrust() does when it runs as this user, until the current nest level of settings ends. */
void
WatchFunctions(Oid user)
{
	(void) set_config_option(WATCHED_SETTING, psprintf("%d", (int) user), PGC_SUSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
}

/* From now on trust functions of superusers only, or not; returns how it was before. */
bool
TrustSuperusersOnly(bool only)
{
	bool		before = superusers_only;

	if (only)
		prepared_for = InvalidOid;
	superusers_only = only;
	return before;
}

/* Once, when the library is loaded */
void
DefineTrustSettings(void)
{
	DefineCustomIntVariable(WATCHED_SETTING,
							"Number of the role whose rights only functions of trusted roles may use.",
							NULL, &watched_user, InvalidOid, INT_MIN, INT_MAX, PGC_SUSET,
							GUC_NO_SHOW_ALL | GUC_NO_RESET_ALL | GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE,
							NULL, WatchedIsAssigned, NULL);
	next_needs_fmgr_hook = needs_fmgr_hook;
	needs_fmgr_hook = FunctionIsCalled;
	next_access_hook = object_access_hook;
	object_access_hook = CallIsPrepared;
}
