/*
 * lock.c
 *		Locking many relations at once, or many names.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "fmgr.h"
#include "catalog/dependency.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "common/pg_prng.h"
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
 * lock_alone(relations oid[], wait boolean) returns boolean
 *		Lock relations of the current user, and the sequences of their columns, against
 *		everybody else, until the end of the transaction; false if somebody uses them and it is
 *		not to wait.
 *
 * Whoever reads several of them locks them in an order of his own.  So nothing is held while
 * waiting: that cannot end in a deadlock.  A sequence stays locked where its table is not,
 * after what took a value of it was undone.
 */
PG_FUNCTION_INFO_V1(lock_alone);
Datum
lock_alone(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	Oid		   *tables = (Oid *) ARR_DATA_PTR(array);
	int			n_tables = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	List	   *relations = NIL;
	int			n;
	bool		wait = PG_GETARG_BOOL(1);
	int			locked = 0;
	int			tries = 0;

	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("relations must not be null")));
	for (int i = 0; i < n_tables; i++)
	{
		if (!object_ownercheck(RelationRelationId, tables[i], GetUserId()))
			aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, RelationName(tables[i]));
		relations = list_concat(lappend_oid(relations, tables[i]), getOwnedSequences(tables[i]));
	}

	n = list_length(relations);
	while (locked < n)
	{
		Oid			next = list_nth_oid(relations, locked);

		if (ConditionalLockRelationOid(next, AccessExclusiveLock))
		{
			locked++;
			continue;
		}
		for (int i = 0; i < locked; i++)
			UnlockRelationOid(list_nth_oid(relations, i), AccessExclusiveLock);
		if (!wait)
			PG_RETURN_BOOL(false);
		LockRelationOid(next, AccessExclusiveLock);
		UnlockRelationOid(next, AccessExclusiveLock);
		locked = 0;
		Pause(tries++);
	}
	PG_RETURN_BOOL(true);
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
