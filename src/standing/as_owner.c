/*
 * as_owner.c
 *		Functions that are called by one role and done as another.
 *
 * A function that is declared with one of the symbols here takes a relation first, and does
 * gapstats_internal.<its name>_as_owner of the same arguments, as that relation's owner and
 * walled in.  The symbol says who may call it.  So an operation is typed: no text that
 * anybody gives runs with the rights of another.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "executor/instrument.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/latch.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/timeout.h"

#include "base/argument.h"
#include "base/compat.h"
#include "standing/names.h"
#include "standing/trust.h"
#include "standing/wall.h"

/*
 * For how many milliseconds somebody who asks how a list is waits for the answer.  For each time
 * that an owner gave none, within one statement, the next list of his gets a quarter as long: so
 * he does not keep anybody for longer by having more lists.
 */
#define PATIENCE 3000
#define LEAST_PATIENCE 10

typedef struct Impatience
{
	Oid			owner;			/* hash key */
	int			patience;		/* milliseconds */
} Impatience;

static HTAB *impatience = NULL;	/* owners who gave no answer to this statement */
static TimestampTz impatient_since = 0;	/* that statement's start */

static volatile sig_atomic_t is_out_of_patience = false;

/*
 * OperationOf
 *		The function that does what the called one is declared to do.
 */
static FmgrInfo *
OperationOf(FunctionCallInfo fcinfo)
{
	FmgrInfo   *operation = fcinfo->flinfo->fn_extra;

	if (operation == NULL)
	{
		HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(fcinfo->flinfo->fn_oid));
		Form_pg_proc called;
		Oid			found;

		if (!HeapTupleIsValid(tuple))
			elog(ERROR, "cache lookup failed for function %u", fcinfo->flinfo->fn_oid);
		called = (Form_pg_proc) GETSTRUCT(tuple);
		found = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
								CStringGetDatum(psprintf("%s_as_owner", NameStr(called->proname))),
								PointerGetDatum(&called->proargtypes),
								ObjectIdGetDatum(get_namespace_oid("gapstats_internal", false)));
		if (!OidIsValid(found))
			elog(ERROR, "nothing does %s", NameStr(called->proname));
		ReleaseSysCache(tuple);

		operation = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(FmgrInfo));
		fmgr_info_cxt(found, operation, fcinfo->flinfo->fn_mcxt);
		fmgr_info_set_expr(fcinfo->flinfo->fn_expr, operation);
		fcinfo->flinfo->fn_extra = operation;
	}
	return operation;
}

/*
 * DoAsOwner
 *		Pass the call on, results of any kind included.  If the script of an extension makes
 *		the call, as an upgrade of ours does for each list, what is made and replaced is the
 *		owner's all the same.  Whatever the collation of an argument is, such as one that takes
 *		unlike texts to be the same, texts are compared as in the database.
 */
static Datum
DoAsOwner(FunctionCallInfo fcinfo, Oid owner)
{
	FmgrInfo   *operation = OperationOf(fcinfo);
	LOCAL_FCINFO(call, FUNC_MAX_ARGS);
	bool		is_in_script = creating_extension;
	Wall		wall;
	Datum		result;

	InitFunctionCallInfoData(*call, operation, fcinfo->nargs, DEFAULT_COLLATION_OID,
							 fcinfo->context, fcinfo->resultinfo);
	memcpy(call->args, fcinfo->args, fcinfo->nargs * sizeof(NullableDatum));

	EnterWall(owner, &wall);
	creating_extension = false;
	PG_TRY();
	{
		result = FunctionCallInvoke(call);
	}
	PG_FINALLY();
	{
		creating_extension = is_in_script;
	}
	PG_END_TRY();
	LeaveWall(&wall);

	fcinfo->isnull = call->isnull;
	return result;
}

/* The owner of the relation that a function is called with */
static Oid
OwnerOfFirst(FunctionCallInfo fcinfo)
{
	Oid			owner;

	if (PG_ARGISNULL(0))
		ArgumentNotNull(fcinfo, 0, ArgumentName(fcinfo, 0));
	owner = OwnerOfRelation(PG_GETARG_OID(0));
	if (!OidIsValid(owner))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", PG_GETARG_OID(0))));
	return owner;
}

/* A run would change what it works on, if a query of a list did more than read. */
static void
RefuseInWrittenQuery(FunctionCallInfo fcinfo)
{
	if (InWrittenQuery() && func_volatile(fcinfo->flinfo->fn_oid) == PROVOLATILE_VOLATILE)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("a kept query cannot manage watch lists, reports, roll-ups or ledgers")));
}

/*
 * done_for_owner
 *		For roles that have the owner's rights, and superusers.
 */
PG_FUNCTION_INFO_V1(done_for_owner);
Datum
done_for_owner(PG_FUNCTION_ARGS)
{
	Oid			owner = OwnerOfFirst(fcinfo);

	RefuseInWrittenQuery(fcinfo);
	if (!has_privs_of_role(GetUserId(), owner))
	{
		const char *thing = ArgumentName(fcinfo, 0);	/* says what the relation is */
		Oid			relation = PG_GETARG_OID(0);

		/* What is given as a list may be none */
		if (strcmp(thing, "list") == 0)
			thing = get_rel_relkind(relation) == RELKIND_MATVIEW ? "watch list" : "relation";
		else if (strcmp(thing, "rollup") == 0)
			thing = "roll-up";
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be owner of %s \"%s\"", thing, RelationName(relation)),
				 errdetail("It belongs to role \"%s\".", GetUserNameFromId(owner, false))));
	}
	return DoAsOwner(fcinfo, owner);
}

/*
 * NULL would make a STRICT function do nothing, and nobody would know.
 */
static void
ArgumentsNotNull(FunctionCallInfo fcinfo)
{
	for (int i = 0; i < fcinfo->nargs; i++)
	{
		if (PG_ARGISNULL(i))
			ArgumentNotNull(fcinfo, i, ArgumentName(fcinfo, i));
	}
}

/*
 * done_for_owner_given_all
 *		The same where no argument may be NULL.
 */
PG_FUNCTION_INFO_V1(done_for_owner_given_all);
Datum
done_for_owner_given_all(PG_FUNCTION_ARGS)
{
	ArgumentsNotNull(fcinfo);
	return done_for_owner(fcinfo);
}

/*
 * done_for_anyone
 *		For everybody: the operation itself looks at who called.
 *
 * How many pages it needs tells of rows that are not for the caller to see, and EXPLAIN would
 * show him; so they are not counted.  (Nor are they by pg_stat_statements and pg_stat_wal.)
 */
PG_FUNCTION_INFO_V1(done_for_anyone);
Datum
done_for_anyone(PG_FUNCTION_ARGS)
{
	Oid			owner = OwnerOfFirst(fcinfo);
	BufferUsage buffers = pgBufferUsage;
	WalUsage	wal = pgWalUsage;
	volatile Datum result;

	PG_TRY();
	{
		result = DoAsOwner(fcinfo, owner);
	}
	PG_FINALLY();
	{
		pgBufferUsage = buffers;
		pgWalUsage = wal;
	}
	PG_END_TRY();
	return result;
}

/*
 * done_for_anyone_given_all
 *		The same where no argument may be NULL.
 */
PG_FUNCTION_INFO_V1(done_for_anyone_given_all);
Datum
done_for_anyone_given_all(PG_FUNCTION_ARGS)
{
	ArgumentsNotNull(fcinfo);
	return done_for_anyone(fcinfo);
}

/*
 * done_for_oneself
 *		For whoever is to own what is made.
 */
PG_FUNCTION_INFO_V1(done_for_oneself);
Datum
done_for_oneself(PG_FUNCTION_ARGS)
{
	RefuseInWrittenQuery(fcinfo);
	return DoAsOwner(fcinfo, GetUserId());
}

/*
 * WhereMade
 *		A name with the schema in which CREATE would make it, by the search path of whoever
 *		calls.  As it is if it has one, or there is none.
 */
static Datum
WhereMade(Datum name)
{
	Datum		parts = DirectFunctionCall2(parse_ident, name, BoolGetDatum(true));
	List	   *path = fetch_search_path(false);
	Datum	   *identifiers;
	int			n;

	deconstruct_array(DatumGetArrayTypeP(parts), TEXTOID, -1, false, TYPALIGN_INT, &identifiers, NULL, &n);
	if (n > 1 || path == NIL)
		return name;
	return CStringGetTextDatum(quote_qualified_identifier(get_namespace_name(linitial_oid(path)),
														  TextDatumGetCString(identifiers[0])));
}

/*
 * done_for_maker
 *		For whoever is to own what is made, under the name that is the first argument.
 */
PG_FUNCTION_INFO_V1(done_for_maker);
Datum
done_for_maker(PG_FUNCTION_ARGS)
{
	LOCAL_FCINFO(call, FUNC_MAX_ARGS);
	Datum		result;

	RefuseInWrittenQuery(fcinfo);
	/* The arguments themselves are those of the next call, too, if they are constants */
	memcpy(call, fcinfo, SizeForFunctionCallInfo(fcinfo->nargs));
	if (!PG_ARGISNULL(0))
		call->args[0].value = WhereMade(PG_GETARG_DATUM(0));
	result = DoAsOwner(call, GetUserId());
	fcinfo->isnull = call->isnull;
	return result;
}

/* A signal handler: cancel what is going on */
static void
RunOutOfPatience(void)
{
	is_out_of_patience = true;
	InterruptPending = true;
	QueryCancelPending = true;
	SetLatch(MyLatch);
}

/* What is known of an owner who gave no answer to this statement; NULL if he has not been waited for in vain */
static Impatience *
ImpatienceWith(Oid owner, HASHACTION action)
{
	bool		found;
	Impatience *with;

	if (impatience == NULL || impatient_since != GetCurrentStatementStartTimestamp())
	{
		HASHCTL		info = {.keysize = sizeof(Oid), .entrysize = sizeof(Impatience), .hcxt = TopMemoryContext};

		if (impatience != NULL)
			hash_destroy(impatience);
		impatience = hash_create("owners who gave no answer", 16, &info, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
		impatient_since = GetCurrentStatementStartTimestamp();
	}
	with = hash_search(impatience, &owner, action, &found);
	if (with != NULL && !found)
		with->patience = PATIENCE;
	return with;
}

/*
 * AskOwner
 *		Do as the owner what others wait for: he must not be able to keep them, by a lock, by
 *		rows without end, nor by a function that sleeps and takes no notice of being canceled.
 */
static Datum
AskOwner(FunctionCallInfo fcinfo, Oid owner)
{
	static TimeoutId timeout = MAX_TIMEOUTS;
	MemoryContext caller = CurrentMemoryContext;
	Impatience *with = ImpatienceWith(owner, HASH_FIND);
	int			patience = with == NULL ? PATIENCE : with->patience;
	bool		trusting = TrustSuperusersOnly(true);
	Datum		result;

	if (timeout == MAX_TIMEOUTS)
		timeout = RegisterTimeout(USER_TIMEOUT, RunOutOfPatience);
	is_out_of_patience = false;
	PG_TRY();
	{
		enable_timeout_after(timeout, patience);
		result = DoAsOwner(fcinfo, owner);
	}
	PG_CATCH();
	{
		disable_timeout(timeout, false);
		TrustSuperusersOnly(trusting);
		if (!is_out_of_patience || geterrcode() != ERRCODE_QUERY_CANCELED)
			PG_RE_THROW();
		MemoryContextSwitchTo(caller);
		FlushErrorState();
		ImpatienceWith(owner, HASH_ENTER)->patience = Max(patience / 4, LEAST_PATIENCE);
		ereport(ERROR,
				(errcode(ERRCODE_LOCK_NOT_AVAILABLE),
				 patience == PATIENCE ? errmsg("no answer within %d seconds", PATIENCE / 1000) :
				 errmsg("no answer at once, after none for something else of %s", GetUserNameFromId(owner, false))));
	}
	PG_END_TRY();
	disable_timeout(timeout, false);
	TrustSuperusersOnly(trusting);
	if (is_out_of_patience)
		QueryCancelPending = false;
	return result;
}

/*
 * done_for_monitors
 *		For roles that have the owner's rights or pg_monitor's; NULL for all others.
 */
PG_FUNCTION_INFO_V1(done_for_monitors);
Datum
done_for_monitors(PG_FUNCTION_ARGS)
{
	Oid			owner = OwnerOfFirst(fcinfo);

	if (!has_privs_of_role(GetUserId(), owner) && !has_privs_of_role(GetUserId(), ROLE_PG_MONITOR))
		PG_RETURN_NULL();
	return AskOwner(fcinfo, owner);
}
