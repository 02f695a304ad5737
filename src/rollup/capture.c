/*
 * capture.c
 *		What a statement adds to the groups of a roll-up, and takes away from them.
 *
 * A row for each group that it touches is appended to the roll-up's changes, whoever wrote; what
 * runs thereby that is not PostgreSQL's own runs as their owner and walled in.  Nothing is looked up
 * there nor locked: so writers neither wait for each other nor run into deadlocks, as they do where
 * a trigger updates the row of a group, be it in the order of the groups, since a transaction has
 * several statements.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/typcache.h"

#include "base/compat.h"
#include "rollup/statement_changes.h"
#include "standing/names.h"
#include "standing/wall.h"

/* What the triggers that have fired in this session capture */
static HTAB *captures = NULL;

/*
 * TableOfTrigger
 *		The table of changes that a trigger depends on; InvalidOid if that is not known, as
 *		after a dump was restored.
 */
static Oid
TableOfTrigger(Oid trigger, Oid source)
{
	Relation	depend = table_open(DependRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;
	Oid			found = InvalidOid;

	ScanKeyInit(&keys[0], Anum_pg_depend_classid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(TriggerRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_objid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(trigger));
	scan = systable_beginscan(depend, DependDependerIndexId, true, NULL, 2, keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);

		/* it depends on the table that it is on, too */
		if (form->refclassid == RelationRelationId && form->refobjid != source && form->deptype == DEPENDENCY_AUTO)
			found = form->refobjid;
	}
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
	return found;
}

/* A copy of the row of a trigger; NULL if there is none */
static HeapTuple
CopyOfTrigger(Relation triggers, Oid trigger)
{
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_trigger_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(trigger));
	scan = systable_beginscan(triggers, TriggerOidIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
		tuple = heap_copytuple(tuple);
	systable_endscan(scan);
	return tuple;
}

/* The table that a trigger is on; InvalidOid if there is no such trigger */
static Oid
TableWithTrigger(Oid trigger)
{
	Relation	triggers = table_open(TriggerRelationId, AccessShareLock);
	HeapTuple	tuple = CopyOfTrigger(triggers, trigger);

	table_close(triggers, AccessShareLock);
	return HeapTupleIsValid(tuple) ? ((Form_pg_trigger) GETSTRUCT(tuple))->tgrelid : InvalidOid;
}

/* Is any trigger bound to a table of changes?  Those that are on it depend on it, too. */
static bool
HasBound(Oid changes)
{
	Relation	depend = table_open(DependRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;
	bool		has = false;

	ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(RelationRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(changes));
	scan = systable_beginscan(depend, DependReferenceIndexId, true, NULL, 2, keys);
	while (!has && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);

		has = form->classid == TriggerRelationId && form->deptype == DEPENDENCY_AUTO && TableWithTrigger(form->objid) != changes;
	}
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
	return has;
}

/*
 * MayWrite
 *		Is it bound to the changes, or the script of a dump's, which has bound none yet?  Any other
 *		somebody made who may make triggers on the source: a row would be counted twice.
 */
static bool
MayWrite(const Trigger *trigger, Relation source, Oid changes)
{
	return OidIsValid(TableOfTrigger(trigger->tgoid, RelationGetRelid(source))) || !HasBound(changes);
}

/*
 * ChangesOf
 *		The table that a trigger writes to: the one that it was bound to, or, if it was made by
 *		the script of a dump, the one that its argument names.
 */
static Oid
ChangesOf(const Trigger *trigger, Relation source)
{
	Oid			changes = TableOfTrigger(trigger->tgoid, RelationGetRelid(source));

	if (!OidIsValid(changes) && trigger->tgnargs == 1)
		changes = KnownRelation(trigger->tgargs[0]);
	if (!OidIsValid(changes))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("trigger \"%s\" on \"%s\" finds no roll-up to write to",
						trigger->tgname, RelationGetRelationName(source)),
				 errhint("If the roll-up is no more: DROP TRIGGER %s ON %s;", quote_identifier(trigger->tgname), RelationName(RelationGetRelid(source)))));
	return changes;
}

/* A relation has changed, or been dropped: any, if its OID is InvalidOid. */
static void
ForgetCaptures(Datum arg, Oid relation)
{
	HASH_SEQ_STATUS status;
	Capture    *capture;

	(void) arg;
	hash_seq_init(&status, captures);
	while ((capture = hash_seq_search(&status)) != NULL)
	{
		if (!OidIsValid(relation) || relation == capture->source || relation == capture->changes)
			capture->is_stale = true;
	}
}

/* A column that a capture names, which somebody may have dropped */
static AttrNumber
ColumnNumber(Oid relation, const char *name)
{
	AttrNumber	number = get_attnum(relation, name);

	if (number == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of \"%s\" does not exist", name, RelationName(relation)),
				 errhint("A roll-up counts it: rename it again, or drop the roll-up with gapstats.drop_rollup and make it anew.")));
	return number;
}

/* Its number in changes, where it must be of the type that is written there, whatever its owner has made of it */
static AttrNumber
WrittenColumn(Oid changes, const char *name, Oid type)
{
	AttrNumber	number = ColumnNumber(changes, name);

	if (get_atttype(changes, number) != type)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of \"%s\" is not of type %s", name, RelationName(changes), format_type_be(type)),
				 errhint("Drop the roll-up with gapstats.drop_rollup and make it anew.")));
	return number;
}

/* Values of types that anybody made may be hashed and compared by functions of his. */
static bool
IsPlain(Oid type)
{
	Oid			base = getBaseType(type);
	Oid			element = get_element_type(base);

	if (OidIsValid(element))
		return IsPlain(element);
	return type_is_enum(base) || (base < FirstGenbkiObjectId && get_typtype(base) == TYPTYPE_BASE);
}

/* Are equal values of collations equal in each of them? */
static bool
CollateAlike(Oid a, Oid b)
{
	return a == b || (OidIsValid(a) && OidIsValid(b) && get_collation_isdeterministic(a) && get_collation_isdeterministic(b));
}

/* Values are written as they are: so they must be what the roll-up was made for. */
static void
CheckKeyType(Oid source, Oid changes, const GroupKey *key, const char *name)
{
	Oid			given;
	Oid			kept;
	Oid			kept_collation;
	int32		modifier;

	given = get_atttype(source, key->source);
	get_atttypetypmodcoll(changes, key->written, &kept, &modifier, &kept_collation);
	if (!IsBinaryCoercible(given, kept) || !CollateAlike(key->collation, kept_collation))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of \"%s\" is of another type or collation than when it was rolled up", name, RelationName(source)),
				 errdetail("It is of type %s now, and was of type %s.", format_type_be(given), format_type_be(kept)),
				 errhint("Change it back, or drop the roll-up with gapstats.drop_rollup and make it anew.")));
}

/* Equal values of most types have equal bytes, which takes no call to see. */
static KeyEquality
EqualityOf(Oid type, Oid collation)
{
	Oid			base = getBaseType(type);

	if (type_is_enum(base))
		return EQUAL_DATUMS;
	switch (base)
	{
		case BOOLOID:
		case CHAROID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case OIDOID:
		case DATEOID:
		case TIMEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return EQUAL_DATUMS;
		case TEXTOID:
		case VARCHAROID:
			return get_collation_isdeterministic(collation) ? EQUAL_BYTES : EQUAL_BY_FUNCTION;
		default:
			return EQUAL_BY_FUNCTION;
	}
}

/* Returns whether it is plain. */
static bool
FillKey(GroupKey *key, Oid source, Oid changes, const char *name)
{
	TypeCacheEntry *type;
	Oid			type_oid;
	int32		modifier;

	key->source = ColumnNumber(source, name);
	key->written = ColumnNumber(changes, name);
	get_atttypetypmodcoll(source, key->source, &type_oid, &modifier, &key->collation);
	CheckKeyType(source, changes, key, name);
	type = lookup_type_cache(type_oid, TYPECACHE_HASH_PROC | TYPECACHE_EQ_OPR);
	if (!OidIsValid(type->hash_proc) || !OidIsValid(type->eq_opr))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("column \"%s\" of \"%s\" is of type %s, which cannot be hashed", name, RelationName(source), format_type_be(type_oid))));
	fmgr_info(type->hash_proc, &key->hash);
	fmgr_info(get_opcode(type->eq_opr), &key->equal);
	key->equality = EqualityOf(type_oid, key->collation);
	key->length = type->typlen;
	key->by_value = type->typbyval;
	return IsPlain(type_oid);
}

/* Returns whether it is plain. */
static bool
FillColumn(MeasureColumn *column, Oid source, const char *name, Oid wanted)
{
	Oid			given;
	Oid			cast;
	CoercionPathType path;

	column->source = ColumnNumber(source, name);
	given = get_atttype(source, column->source);
	if (!OidIsValid(wanted))
		return true;
	if (wanted == ANYELEMENTOID)
	{
		column->told = given;
		return IsPlain(given);
	}
	given = getBaseType(given);
	if (given == wanted)
		return true;
	path = find_coercion_pathway(wanted, given, COERCION_IMPLICIT, &cast);
	if (path != COERCION_PATH_FUNC && path != COERCION_PATH_RELABELTYPE)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of \"%s\" is of type %s, not %s", name, RelationName(source), format_type_be(given), format_type_be(wanted))));
	if (path == COERCION_PATH_FUNC)
		fmgr_info(cast, &column->cast);
	return IsPlain(given);
}

/* A column of changes that the answer names, if it does */
static AttrNumber
NamedColumn(const Capture *capture, const char *name, Oid type)
{
	return name == NULL ? InvalidAttrNumber : WrittenColumn(capture->changes, name, type);
}

/* Fill a measure from a row of the answer; returns whether it is plain. */
static bool
FillMeasure(GroupMeasure *measure, const Capture *capture, HeapTuple row, TupleDesc columns)
{
	Oid			type = atooid(SPI_getvalue(row, columns, 7));
	bool		isnull;
	Datum	   *names;
	Datum	   *types;
	bool		is_plain = true;

	deconstruct_array(DatumGetArrayTypeP(SPI_getbinval(row, columns, 2, &isnull)), TEXTOID, -1, false, TYPALIGN_INT, &names, NULL, &measure->n_columns);
	deconstruct_array(DatumGetArrayTypeP(SPI_getbinval(row, columns, 3, &isnull)), OIDOID, sizeof(Oid), true, TYPALIGN_INT, &types, NULL, &measure->n_columns);
	measure->n_gathered = DatumGetInt32(SPI_getbinval(row, columns, 4, &isnull));
	measure->kind = FindMeasureKind(SPI_getvalue(row, columns, 1), measure->n_columns - Max(measure->n_gathered - 1, 0));
	measure->columns = palloc0(measure->n_columns * sizeof(MeasureColumn));
	for (int i = 0; i < measure->n_columns; i++)
		is_plain &= FillColumn(&measure->columns[i], capture->source, TextDatumGetCString(names[i]), DatumGetObjectId(types[i]));
	measure->added = NamedColumn(capture, SPI_getvalue(row, columns, 5), type);
	measure->removed = NamedColumn(capture, SPI_getvalue(row, columns, 6), type);
	return is_plain;
}

/* The last column of the source that it reads */
static AttrNumber
LastSource(const GroupPlan *plan)
{
	AttrNumber	last = InvalidAttrNumber;

	for (int i = 0; i < plan->n_keys; i++)
		last = Max(last, plan->keys[i].source);
	for (int i = 0; i < plan->n_measures; i++)
	{
		for (int j = 0; j < plan->measures[i].n_columns; j++)
			last = Max(last, plan->measures[i].columns[j].source);
	}
	return last;
}

/*
 * AskWhatIsCaptured
 *		As it is now: triggers fire that were made after the snapshot of the statement that fires
 *		them, such as of a COPY that has waited for them.
 */
static void
AskWhatIsCaptured(const Capture *capture)
{
	Oid			types[] = {REGCLASSOID, REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(capture->changes), ObjectIdGetDatum(capture->source)};
	SPIPlanPtr	plan = SPI_prepare("SELECT kind, of_columns, arguments, n_gathered, added, removed, type::oid FROM gapstats_internal.captured_columns($1, $2)", 2, types);

	if (plan == NULL || SPI_execute_snapshot(plan, values, NULL, GetLatestSnapshot(), InvalidSnapshot, true, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not ask what is captured");
}

/*
 * FillCapture
 *		Ask what the roll-up keeps of the table: its groups come first.
 */
static void
FillCapture(Capture *capture)
{
	MemoryContext asked;
	GroupPlan  *plan;

	SPI_connect();
	AskWhatIsCaptured(capture);
	asked = MemoryContextSwitchTo(capture->memory);
	plan = capture->plan = palloc0(sizeof(GroupPlan));
	plan->keys = palloc0(SPI_processed * sizeof(GroupKey));
	plan->measures = palloc0(SPI_processed * sizeof(GroupMeasure));
	capture->is_plain = true;
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		TupleDesc	columns = SPI_tuptable->tupdesc;

		if (strcmp(SPI_getvalue(row, columns, 1), "group") == 0)
			capture->is_plain &= FillKey(&plan->keys[plan->n_keys++], capture->source, capture->changes, SPI_getvalue(row, columns, 5));
		else
			capture->is_plain &= FillMeasure(&plan->measures[plan->n_measures++], capture, row, columns);
	}
	plan->last_source = LastSource(plan);
	capture->is_source = SPI_processed > 0;
	MemoryContextSwitchTo(asked);
	SPI_finish();
}

/*
 * FillAsOwner
 *		Nothing that anybody wrote runs there, so it may be a superuser's, as after a dump was
 *		restored: no load is to fail of that.
 */
static void
FillAsOwner(Capture *capture)
{
	Oid			owner = OwnerOfRelation(capture->changes);
	Wall		wall;

	if (superuser_arg(owner))
	{
		GetUserIdAndSecContext(&wall.caller, &wall.sec_context);
		SetUserIdAndSecContext(owner, wall.sec_context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
		FillCapture(capture);
		SetUserIdAndSecContext(wall.caller, wall.sec_context);
	}
	else
	{
		EnterWall(owner, &wall);
		FillCapture(capture);
		LeaveWall(&wall);
	}
}

/* The capture of a trigger, which may not be filled yet */
static Capture *
CaptureOf(Oid trigger)
{
	bool		found;
	Capture    *capture;

	if (captures == NULL)
	{
		HASHCTL		info = {.keysize = sizeof(Oid), .entrysize = sizeof(Capture)};

		captures = hash_create("gapstats roll-up triggers", 16, &info, HASH_ELEM | HASH_BLOBS);
		CacheRegisterRelcacheCallback(ForgetCaptures, (Datum) 0);
	}
	capture = hash_search(captures, &trigger, HASH_ENTER, &found);
	if (!found)
	{
		capture->source = InvalidOid;
		capture->changes = InvalidOid;
		capture->is_filled = false;
		capture->memory = NULL;
	}
	return capture;
}

/* Is what was asked still so? */
static bool
IsCurrent(const Capture *capture, Relation source)
{
	return capture->is_filled && !capture->is_stale && capture->source == RelationGetRelid(source);
}

/*
 * FindCapture
 *		What a trigger captures: asked once a session, and again when a table has changed.
 */
static Capture *
FindCapture(const Trigger *trigger, Relation source)
{
	Capture    *capture = CaptureOf(trigger->tgoid);

	while (!IsCurrent(capture, source))
	{
		capture->is_filled = false; /* stays so if there is an error */
		capture->is_stale = false;	/* until it changes while it is asked */
		capture->source = RelationGetRelid(source);
		capture->changes = ChangesOf(trigger, source);
		/* a trigger that this one fired may be why: until then the plan is in use */
		if (capture->memory != NULL)
			MemoryContextSetParent(capture->memory, TopTransactionContext);
		capture->memory = NULL;
		capture->memory = AllocSetContextCreate(TopMemoryContext, "roll-up trigger", ALLOCSET_SMALL_SIZES);
		FillAsOwner(capture);
		capture->is_source = capture->is_source && MayWrite(trigger, source, capture->changes);
		capture->is_filled = true;
	}
	return capture;
}

/*
 * OpenChanges
 *		The table that a trigger writes to, with what it captures, which stays so as long as that
 *		is open; NULL if that is nothing.
 */
Relation
OpenChanges(const Trigger *trigger, Relation source, Capture **capture)
{
	Relation	target = NULL;

	do
	{
		if (target != NULL)
			table_close(target, RowExclusiveLock);
		*capture = FindCapture(trigger, source);
		if (!(*capture)->is_source)
			return NULL;
		target = table_open((*capture)->changes, RowExclusiveLock);
	} while (!IsCurrent(*capture, source)); /* changed while it was waited for */
	return target;
}

/*
 * CountTable
 *		What a TRUNCATE takes away.
 *
 * That is rows that a transaction with a snapshot of its own does not see, too: what they were is
 * read under the latest snapshot, as referential integrity does.
 */
static void
CountTable(Relation source, const GroupPlan *plan, Relation target)
{
	GroupChanges *changes = BeginGroupChanges(plan, target);
	Snapshot	latest = RegisterSnapshot(GetLatestSnapshot());

	RemoveGroupTable(changes, source, latest);
	UnregisterSnapshot(latest);
	WriteGroupChanges(changes);
}

/* Capture a TRUNCATE. */
static void
CaptureTruncate(Relation source, const Capture *capture, Relation target)
{
	MemoryContext memory = AllocSetContextCreate(CurrentMemoryContext, "capture of a roll-up", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(memory);
	bool		is_walled = !capture->is_plain || !RunsNothing(target);
	Wall		wall;

	if (is_walled)
		EnterWall(target->rd_rel->relowner, &wall);
	CountTable(source, capture->plan, target);
	if (is_walled)
		LeaveWall(&wall);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(memory);
}

/* Say of an error what it was about: what it ends did not ask for a roll-up. */
static void
NameRollup(void *arg)
{
	errcontext("roll-up whose changes are in %s", RelationName(((const Capture *) arg)->changes));
}

/*
 * capture_change() returns trigger
 *		Of INSERT, UPDATE and DELETE after a row, the first of a statement, when all of them have
 *		been counted; of TRUNCATE before the statement, while the rows are still there.
 */
PG_FUNCTION_INFO_V1(capture_change);
Datum
capture_change(PG_FUNCTION_ARGS)
{
	TriggerData *data = (TriggerData *) fcinfo->context;
	Capture    *capture;
	Relation	target;
	ErrorContextCallback context = {.callback = NameRollup};

	if (CALLED_AS_TRIGGER(fcinfo) && TRIGGER_FIRED_FOR_ROW(data->tg_event) && TRIGGER_FIRED_AFTER(data->tg_event))
	{
		WriteStatementChanges();
		return PointerGetDatum(NULL);
	}
	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BY_TRUNCATE(data->tg_event) || !TRIGGER_FIRED_BEFORE(data->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("capture_change() is the function of triggers that create_rollup makes")));

	target = OpenChanges(data->tg_trigger, data->tg_relation, &capture);
	if (target == NULL)
		return PointerGetDatum(NULL);
	context.arg = capture;
	context.previous = error_context_stack;
	error_context_stack = &context;
	CaptureTruncate(data->tg_relation, capture, target);
	error_context_stack = context.previous;
	table_close(target, NoLock);
	return PointerGetDatum(NULL);
}

/* Is it a trigger of ours, whose functions are in a schema, that was made for this table of changes? */
static bool
IsFor(HeapTuple trigger, TupleDesc columns, Oid schema, Oid changes)
{
	Form_pg_trigger form = (Form_pg_trigger) GETSTRUCT(trigger);
	bool		isnull;
	Datum		arguments = heap_getattr(trigger, Anum_pg_trigger_tgargs, columns, &isnull);

	return get_func_namespace(form->tgfoid) == schema && strcmp(get_func_name(form->tgfoid), "capture_change") == 0 &&
		form->tgnargs == 1 && KnownRelation(VARDATA_ANY(DatumGetByteaPP(arguments))) == changes;
}

/*
 * bind_capture(trigger oid, changes regclass) returns void
 *		Lets a trigger go with the table that it writes to, find it under whatever name, and be
 *		fired in sessions that replicate, too.
 *
 * ALTER TABLE would want the owner of the table for that, where a role that may make triggers is
 * enough for those of other kinds.
 */
PG_FUNCTION_INFO_V1(bind_capture);
Datum
bind_capture(PG_FUNCTION_ARGS)
{
	Relation	triggers = table_open(TriggerRelationId, RowExclusiveLock);
	HeapTuple	tuple = CopyOfTrigger(triggers, PG_GETARG_OID(0));
	Form_pg_trigger form;
	ObjectAddress trigger;
	ObjectAddress changes;

	ObjectAddressSet(trigger, TriggerRelationId, PG_GETARG_OID(0));
	ObjectAddressSet(changes, RelationRelationId, PG_GETARG_OID(1));
	if (OwnerOfRelation(changes.objectId) != GetUserId() || !HeapTupleIsValid(tuple) ||
		!IsFor(tuple, RelationGetDescr(triggers), get_func_namespace(fcinfo->flinfo->fn_oid), changes.objectId))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("trigger %u was not made for changes of yours", trigger.objectId)));
	recordDependencyOn(&trigger, &changes, DEPENDENCY_AUTO);
	form = (Form_pg_trigger) GETSTRUCT(tuple);
	form->tgenabled = TRIGGER_FIRES_ALWAYS;
	CatalogTupleUpdate(triggers, &tuple->t_self, tuple);
	CacheInvalidateRelcacheByRelid(form->tgrelid);
	table_close(triggers, RowExclusiveLock);
	PG_RETURN_VOID();
}

/*
 * forget_captures(changes regclass) returns void
 *		Lets all sessions ask anew what is captured.  Not while a statement writes: rows of it
 *		that are there would be counted, and written as well when it is through.
 */
PG_FUNCTION_INFO_V1(forget_captures);
Datum
forget_captures(PG_FUNCTION_ARGS)
{
	Oid			changes = PG_GETARG_OID(0);

	if (OwnerOfRelation(changes) != GetUserId())
		PG_RETURN_VOID();
	if (ChangesAreUnderWay(changes))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE),
				 errmsg("the statement that called this has rows that \"%s\" is yet to be told", RelationName(changes)),
				 errhint("Count them once it is through.")));
	CacheInvalidateRelcacheByRelid(changes);
	PG_RETURN_VOID();
}
