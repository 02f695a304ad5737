/*
 * compat.h
 *		What differs between PostgreSQL's versions, for every capability.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_COMPAT_H
#define GAPSTATS_COMPAT_H

#if !defined(HAVE_INT128) || SIZEOF_VOID_P < 8
#error "gapstats needs a 64-bit platform with 128-bit integers"
#endif

#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#include "varatt.h"

#define pgstat_fetch_stat_local_beentry pgstat_get_local_beentry_by_index

/* May a role call a function? */
#define function_aclcheck(function, role) object_aclcheck(ProcedureRelationId, function, role, ACL_EXECUTE)
#else
#include "utils/rangetypes.h"

/* Before one function knew owners of all kinds; here it is asked of relations only */
#define object_ownercheck(class, object, role) pg_class_ownercheck(object, role)

/* Nor one of the privileges on them; here it is asked of schemas only */
#define object_aclcheck(class, object, role, mode) pg_namespace_aclcheck(object, role, mode)

#define function_aclcheck(function, role) pg_proc_aclcheck(function, role, ACL_EXECUTE)

/* Before soft errors: an input function raises its error at once */
#define ereturn(context, dummy_value, ...) \
	do { (void) (context); ereport(ERROR, __VA_ARGS__); return dummy_value; } while (0)

/* Nor had this one a context for them */
#define make_range(typcache, lower, upper, empty, escontext) \
	make_range(typcache, lower, upper, empty)
#endif

#if PG_VERSION_NUM < 180000
#define pg_noreturn pg_attribute_noreturn()

/* Before grouping had a range table entry, whose expressions a walk may pass over */
#define QTW_IGNORE_GROUPEXPRS 0

/* Then it went without saying that a plan is run once */
#define RUN_EXECUTOR_ONCE(query_desc) ExecutorRun(query_desc, ForwardScanDirection, 0, true)
#else
#define RUN_EXECUTOR_ONCE(query_desc) ExecutorRun(query_desc, ForwardScanDirection, 0)
#endif

#endif							/* GAPSTATS_COMPAT_H */
