/*
 * wall.c
 *		Acting as the owner of a thing that stands, walled in.
 *
 * What a user makes (a watch list, a report, a roll-up) runs his queries and fires what he and
 * others have put on the relations under them; planning alone folds the functions in index
 * predicates and statistics.  So whoever calls, a superuser or a teacher, the work is done as
 * the owner, inside the security-restricted operation in which PostgreSQL refreshes
 * materialized views: SET ROLE, temporary tables and deferred triggers are refused.
 *
 * Names are looked up many times in one piece of work, and whoever owns a schema can rename it
 * and put another in its place at any time.  So however a relation of somebody else came to be
 * used there, his functions do not run, what is his is not written to, and nothing but the
 * queries and triggers that the owner wrote reads it.
 *
 * That does not tame a superuser, so nothing that stands may belong to one.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/parallel.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_class.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "parser/parse_relation.h"
#include "utils/acl.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "standing/names.h"
#include "standing/trust.h"
#include "standing/wall.h"

/* Set only here, so it says truly who called; empty outside of a wall */
#define CALLER_SETTING "gapstats.caller"
static char *caller_setting = NULL;

/* Does a query run that somebody wrote, which may read what its user may? */
#define WRITTEN_QUERY_SETTING "gapstats.runs_written_query"
static bool runs_written_query = false;

/* How many triggers called one another when the work began: more are of what it writes */
#define TRIGGERS_SETTING "gapstats.triggers_outside"
static int	triggers_outside = 0;

static char *protected_columns = NULL;

static ExecutorCheckPerms_hook_type next_check = NULL;
static object_access_hook_type next_access = NULL;

/*
 * The settings of whoever calls must not change what is done, nor tell what is there.  Those
 * that a query is kept with stay as they are.
 */
static const struct
{
	const char *name;
	const char *value;
}			settings_inside[] =
{
	{"search_path", "pg_catalog, pg_temp"},
	{"row_security", "on"},
	{"transform_null_equals", "off"},
	{"array_nulls", "on"},
	{"quote_all_identifiers", "off"},
	{"standard_conforming_strings", "on"},
	{"lc_messages", "C"},		/* health knows some of PostgreSQL's errors by their words */
};

static void
SetInside(const char *name, const char *value, GucContext context)
{
	set_config_option(name, value, context, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

static int
TriggerDepth(void)
{
	LOCAL_FCINFO(call, 0);

	InitFunctionCallInfoData(*call, NULL, 0, InvalidOid, NULL, NULL);
	return DatumGetInt32(pg_trigger_depth(call));
}

/*
 * EnterWall
 *		From here to LeaveWall, or to the end of the transaction or subtransaction if there is
 *		an error, act as owner.
 */
void
EnterWall(Oid owner, Wall *wall)
{
	GetUserIdAndSecContext(&wall->caller, &wall->sec_context);

	if (superuser_arg(owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("role \"%s\" is a superuser", GetUserNameFromId(owner, false)),
				 errdetail("What is written in a watch list, a report, a roll-up or a ledger, and in the tables that it reads, would run with all rights there are."),
				 errhint("Let it belong to a role that is no superuser: ALTER ... OWNER TO, or SET ROLE before it is made.")));

	SetUserIdAndSecContext(owner, wall->sec_context | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION);
	wall->guc_level = NewGUCNestLevel();
	for (int i = 0; i < (int) lengthof(settings_inside); i++)
		SetInside(settings_inside[i].name, settings_inside[i].value, PGC_SUSET);
	/* What goes to the server's log, of plans and sorts, is not for a client who asks for it */
	if (client_min_messages < NOTICE)
		SetInside("client_min_messages", "notice", PGC_USERSET);
	SetInside(CALLER_SETTING, GetUserNameFromId(wall->caller, false), PGC_INTERNAL);
	SetInside(WRITTEN_QUERY_SETTING, "off", PGC_INTERNAL);
	SetInside(TRIGGERS_SETTING, psprintf("%d", TriggerDepth()), PGC_INTERNAL);
	WatchFunctions(owner);
}

void
LeaveWall(const Wall *wall)
{
	AtEOXact_GUC(false, wall->guc_level);
	SetUserIdAndSecContext(wall->caller, wall->sec_context);
}

/* InvalidOid if there is no such relation */
Oid
OwnerOfRelation(Oid relation)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	Oid			owner = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
		ReleaseSysCache(tuple);
	}
	return owner;
}

/* From here to the end of the current nest level of settings a query runs that somebody wrote. */
void
EnterWrittenQuery(void)
{
	SetInside(WRITTEN_QUERY_SETTING, "on", PGC_INTERNAL);
}

static bool
IsInside(void)
{
	return caller_setting != NULL && caller_setting[0] != '\0';
}

/* Is what is done now part of a query that the owner of a thing wrote? */
bool
InWrittenQuery(void)
{
	return IsInside() && runs_written_query;
}

/*
 * InTrigger
 *		Does a trigger run that the owner put on his relations?  Those of others are not called.
 */
static bool
InTrigger(void)
{
	return TriggerDepth() > triggers_outside;
}

/*
 * IsTrusted
 *		Does a relation belong to somebody who could do all that is done here, by himself?
 *
 * Nobody else will do, not even a role whose rights the user has: its other members can give
 * the relation rules and constraints that act with the user's rights, and look at what is
 * written to it.
 */
static bool
IsTrusted(Oid relation)
{
	Oid			owner = OwnerOfRelation(relation);

	return OidIsValid(owner) && has_privs_of_role(owner, GetUserId());
}

static void
RefuseRelation(Oid relation, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("relation \"%s\" does not belong to \"%s\"",
					RelationName(relation), GetUserNameFromId(GetUserId(), false)),
			 errdetail_internal("%s", detail)));
}

/*
 * CheckWritten
 *		Inside, nobody writes what is not his: a relation that somebody put in the place of a
 *		part, or made one of its partitions, would fire his triggers as the owner.
 */
static void
CheckWritten(Oid relation)
{
	List	   *written = has_subclass(relation) ? find_all_inheritors(relation, AccessShareLock, NULL) : list_make1_oid(relation);
	ListCell   *cell;

	foreach(cell, written)
	{
		if (!IsTrusted(lfirst_oid(cell)))
			RefuseRelation(lfirst_oid(cell), "What works as the owner of a watch list, a report, a roll-up or a ledger writes to the owner's relations only.");
	}
	CheckTrustOfWriting(relation, GetUserId());
}

/*
 * InWorker
 *		Does a parallel worker do part of a query inside?  It is not told of the wall, but of
 *		whose functions are watched.
 */
static bool
InWorker(void)
{
	return IsParallelWorker() && !IsInside() && IsWatched();
}

/*
 * CheckRead
 *		Nor reads it, but in a query or trigger that the owner wrote: what somebody put in the
 *		place of a part would say how the list works.  A kept query was looked at before it
 *		runs; what the owner's functions and triggers read is looked at here.  What a worker
 *		reads by itself was refused before it was started, or is read by the owner's functions.
 */
static void
CheckRead(Oid relation, Oid reader)
{
	if (IsTrusted(relation))
		return;
	if (InWrittenQuery() || InTrigger() || InWorker())
		CheckTrustOfReading(relation, GetUserId(), OidIsValid(reader) ? reader : GetUserId());
	else
		RefuseRelation(relation, "What works as the owner of a watch list, a report, a roll-up or a ledger reads the owner's relations only, but for the queries and triggers that he wrote.");
}

#define ACL_WRITE (ACL_INSERT | ACL_UPDATE | ACL_DELETE)

/* A relation that is used as a reader, or, if there is none, as the current user */
static void
CheckUsed(Oid relation, Oid reader, AclMode privileges)
{
	if (privileges & ACL_WRITE)
		CheckWritten(relation);
	else if (privileges != 0)
		CheckRead(relation, reader);
}

#if PG_VERSION_NUM >= 160000
static bool
CheckPermissions(List *range_table, List *permissions, bool raise)
{
	if (IsInside() || InWorker())
	{
		ListCell   *cell;

		foreach(cell, permissions)
		{
			RTEPermissionInfo *info = lfirst_node(RTEPermissionInfo, cell);

			CheckUsed(info->relid, info->checkAsUser, info->requiredPerms);
		}
	}
	return next_check == NULL || next_check(range_table, permissions, raise);
}
#else
static bool
CheckPermissions(List *range_table, bool raise)
{
	if (IsInside() || InWorker())
	{
		ListCell   *cell;

		foreach(cell, range_table)
		{
			RangeTblEntry *entry = lfirst_node(RangeTblEntry, cell);

			if (entry->rtekind == RTE_RELATION)
				CheckUsed(entry->relid, entry->checkAsUser, entry->requiredPerms);
		}
	}
	return next_check == NULL || next_check(range_table, raise);
}
#endif

/* TRUNCATE does not pass through the executor. */
static void
CheckTruncated(ObjectAccessType access, Oid class, Oid object, int column, void *arg)
{
	if (next_access)
		next_access(access, class, object, column, arg);
	if (access == OAT_TRUNCATE && IsInside())
		CheckWritten(object);
}

/*
 * DefineWallSettings
 *		Once, when the library is loaded.
 */
void
DefineWallSettings(void)
{
	DefineCustomStringVariable(CALLER_SETTING,
							   "Who called what is done as the owner of a watch list, a report, a roll-up or a ledger.",
							   NULL, &caller_setting, "", PGC_INTERNAL,
							   GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE, NULL, NULL, NULL);
	DefineCustomBoolVariable(WRITTEN_QUERY_SETTING,
							 "Whether a query runs that the owner of a watch list, a report or a roll-up wrote.",
							 NULL, &runs_written_query, false, PGC_INTERNAL,
							 GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE, NULL, NULL, NULL);
	DefineCustomIntVariable(TRIGGERS_SETTING,
							"How many triggers called one another when what is done as the owner of a watch list, a report, a roll-up or a ledger began.",
							NULL, &triggers_outside, 0, 0, INT_MAX, PGC_INTERNAL,
							GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE, NULL, NULL, NULL);
	DefineCustomStringVariable("gapstats.protected_columns",
							   "Names of columns, with commas between them, that rules of watch lists are not to read.",
							   "They come on top of the words by which a column shows that it holds race, language, income, disability, sex or religion.",
							   &protected_columns, "", PGC_SUSET, 0, NULL, NULL, NULL);
	next_check = ExecutorCheckPerms_hook;
	ExecutorCheckPerms_hook = CheckPermissions;
	next_access = object_access_hook;
	object_access_hook = CheckTruncated;
}
