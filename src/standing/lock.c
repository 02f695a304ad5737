/*
 * lock.c
 *		Locking many relations at once, or many names.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "common/pg_prng.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/latch.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/wait_event.h"

#include "base/compat.h"
#include "standing/names.h"

/* Milliseconds that a session waits at most before it tries again */
#define MAX_PAUSE 256

/* Several sessions that make way for one another would do so for ever, if all tried again at once. */
static void
Pause(int tries)
{
	double		most = Min(1 << Min(tries, 16), MAX_PAUSE);

	(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
					 (long) (most * pg_prng_double(&pg_global_prng_state)), PG_WAIT_EXTENSION);
	ResetLatch(MyLatch);
	CHECK_FOR_INTERRUPTS();
}

/*
 * LockAll
 *		False if somebody uses one of them and it is not to wait.
 *
 * Whoever uses several of them locks them in an order of his own.  So nothing is held while
 * waiting: that cannot end in a deadlock.
 */
static bool
LockAll(const List *relations, const LOCKMODE *modes, bool wait)
{
	int			n = list_length(relations);
	int			locked = 0;
	int			tries = 0;

	while (locked < n)
	{
		Oid			next = list_nth_oid(relations, locked);

		if (ConditionalLockRelationOid(next, modes[locked]))
		{
			locked++;
			continue;
		}
		for (int i = 0; i < locked; i++)
			UnlockRelationOid(list_nth_oid(relations, i), modes[i]);
		if (!wait)
			return false;
		LockRelationOid(next, modes[locked]);
		UnlockRelationOid(next, modes[locked]);
		locked = 0;
		Pause(tries++);
	}
	return true;
}

/* The same mode for so many */
static LOCKMODE *
Modes(LOCKMODE mode, int n)
{
	LOCKMODE   *modes = palloc(n * sizeof(LOCKMODE));

	for (int i = 0; i < n; i++)
		modes[i] = mode;
	return modes;
}

/* The relations of an array, none of which is NULL */
static List *
GivenRelations(ArrayType *array)
{
	Oid		   *relations = (Oid *) ARR_DATA_PTR(array);
	int			n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	List	   *given = NIL;

	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("relations must not be null")));
	for (int i = 0; i < n; i++)
		given = lappend_oid(given, relations[i]);
	return given;
}

/*
 * lock_alone(relations oid[], wait boolean) returns boolean
 *		Lock relations of the current user, and the sequences of their columns, against
 *		everybody else, until the end of the transaction; false if somebody uses them and it is
 *		not to wait.
 *
 * A sequence stays locked where its table is not, after what took a value of it was undone.
 */
PG_FUNCTION_INFO_V1(lock_alone);
Datum
lock_alone(PG_FUNCTION_ARGS)
{
	List	   *relations = NIL;
	ListCell   *cell;

	foreach(cell, GivenRelations(PG_GETARG_ARRAYTYPE_P(0)))
	{
		Oid			relation = lfirst_oid(cell);

		if (!object_ownercheck(RelationRelationId, relation, GetUserId()))
			aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, RelationName(relation));
		relations = list_concat(lappend_oid(relations, relation), getOwnedSequences(relation));
	}
	PG_RETURN_BOOL(LockAll(relations, Modes(AccessExclusiveLock, list_length(relations)), PG_GETARG_BOOL(1)));
}

static void
CheckMayLock(Oid relation, AclMode privileges)
{
	if (!object_ownercheck(RelationRelationId, relation, GetUserId()) &&
		pg_class_aclcheck(relation, GetUserId(), privileges) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, RelationName(relation));
}

/*
 * lock_against_all(relations oid[]) returns void
 *		Lock relations that are the current user's, or that he may make triggers on, against
 *		everybody else, until the end of the transaction.
 */
PG_FUNCTION_INFO_V1(lock_against_all);
Datum
lock_against_all(PG_FUNCTION_ARGS)
{
	List	   *relations = GivenRelations(PG_GETARG_ARRAYTYPE_P(0));
	ListCell   *cell;

	foreach(cell, relations)
		CheckMayLock(lfirst_oid(cell), ACL_TRIGGER);
	(void) LockAll(relations, Modes(AccessExclusiveLock, list_length(relations)), true);
	PG_RETURN_VOID();
}

/*
 * lock_captured(captured oid[], counted oid[]) returns void
 *		Lock relations until the end of the transaction, those that are to be captured against
 *		who writes to them, so that what was written before is counted and what is written
 *		after is captured; and those that are only counted, so that nothing is waited for later.
 */
PG_FUNCTION_INFO_V1(lock_captured);
Datum
lock_captured(PG_FUNCTION_ARGS)
{
	List	   *captured = GivenRelations(PG_GETARG_ARRAYTYPE_P(0));
	List	   *counted = GivenRelations(PG_GETARG_ARRAYTYPE_P(1));
	int			n = list_length(captured) + list_length(counted);
	LOCKMODE   *modes = Modes(ShareRowExclusiveLock, n);
	ListCell   *cell;

	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
				 errmsg("the source of a roll-up cannot be counted in a transaction that has a snapshot of its own"),
				 errdetail("What others have written since then would be missed."),
				 errhint("Do it in a transaction of isolation level READ COMMITTED.")));
	foreach(cell, captured)
		CheckMayLock(lfirst_oid(cell), ACL_TRIGGER);
	foreach(cell, counted)
	{
		CheckMayLock(lfirst_oid(cell), ACL_TRIGGER | ACL_SELECT);
		modes[list_length(captured) + foreach_current_index(cell)] = AccessShareLock;
	}
	(void) LockAll(list_concat(captured, counted), modes, true);
	PG_RETURN_VOID();
}

/*
 * lock_names(schema oid, wait boolean) returns boolean
 *		Keep others who call this from giving relations of a schema names, until the end of the
 *		transaction; false if somebody else does and it is not to wait.
 *
 * Of two who give many relations the same names, each waits for the other before PostgreSQL
 * tells him that a name is taken. No lock that making a relation takes stands against this one.
 */
PG_FUNCTION_INFO_V1(lock_names);
Datum
lock_names(PG_FUNCTION_ARGS)
{
	Oid			schema = PG_GETARG_OID(0);
	bool		wait = PG_GETARG_BOOL(1);
	AclResult	allowed = object_aclcheck(NamespaceRelationId, schema, GetUserId(), ACL_CREATE);
	LOCKTAG		tag;

	if (allowed != ACLCHECK_OK)
		aclcheck_error(allowed, OBJECT_SCHEMA, get_namespace_name(schema));
	SET_LOCKTAG_OBJECT(tag, MyDatabaseId, NamespaceRelationId, schema, 0);
	PG_RETURN_BOOL(LockAcquire(&tag, ShareUpdateExclusiveLock, false, !wait) != LOCKACQUIRE_NOT_AVAIL);
}
