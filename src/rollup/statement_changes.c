/*
 * statement_changes.c
 *		What the statements that are under way have changed so far.
 *
 * One statement may call others: each has its own, or a row that one of them counts would be
 * written only when the outer one is through.  What belongs to a subtransaction goes with it.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "rollup/kept_rows.h"
#include "rollup/statement_changes.h"
#include "standing/names.h"
#include "standing/wall.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/resowner.h"

struct StatementChanges
{
	StatementChanges *next;
	const EState *statement;	/* NULL once that is through */
	SubTransactionId subtransaction;
	const GroupPlan *plan;		/* of the table whose row came first */
	Relation	target;			/* the changes of the roll-up, open */
	GroupChanges *changes;
	KeptRows   *kept;			/* or NULL, if rows are counted as they come */
	MemoryContext memory;		/* of all this */
	MemoryContextCallback forget;
};

/* All that there are, the last first */
static StatementChanges *under_way = NULL;

/* How many there have been: until another has ended, all are where they were */
uint64		statement_changes_ended = 0;

/* They are written, or what they are of is undone. */
static void
ForgetChanges(void *arg)
{
	StatementChanges **place = &under_way;

	while (*place != NULL && *place != arg)
		place = &(*place)->next;
	if (*place != NULL)
		*place = (*place)->next;
	statement_changes_ended++;
}

/* Another statement may be where this one was. */
static void
ForgetStatement(void *arg)
{
	for (StatementChanges *changes = under_way; changes != NULL; changes = changes->next)
	{
		if (changes->statement == arg)
			changes->statement = NULL;
	}
}

/* What a statement has changed of a roll-up; NULL if nothing yet. */
StatementChanges *
FindStatementChanges(const EState *statement, Oid changes)
{
	for (StatementChanges *found = under_way; found != NULL; found = found->next)
	{
		if (found->statement == statement && RelationGetRelid(found->target) == changes)
			return found;
	}
	return NULL;
}

/*
 * HandOver
 *		A relation that was opened in a statement, and what is opened meanwhile, to its
 *		subtransaction, since it is written to when the statement is through.
 */
static void
HandOver(Relation relation)
{
	ResourceOwner statement = CurrentResourceOwner;

	CurrentResourceOwner = CurTransactionResourceOwner;
	RelationIncrementReferenceCount(relation);
	CurrentResourceOwner = statement;
	RelationClose(relation);
}

/* Rows of types that somebody made are kept with the means of the subtransaction, too. */
static KeptRows *
BeginKept(const GroupPlan *plan, Relation source)
{
	ResourceOwner statement = CurrentResourceOwner;
	KeptRows   *kept;

	CurrentResourceOwner = CurTransactionResourceOwner;
	kept = BeginKeptRows(plan, RelationGetDescr(source));
	CurrentResourceOwner = statement;
	return kept;
}

static void
KeepInMind(StatementChanges *changes)
{
	changes->next = under_way;
	under_way = changes;
}

/*
 * ThroughNotWritten
 *		What a statement changed that is through while its trigger is yet to be fired: a foreign
 *		key cascades by a statement for each row, and fires when the outer one is through.  NULL
 *		if there is nothing.
 */
static StatementChanges *
ThroughNotWritten(const Capture *capture)
{
	SubTransactionId current = GetCurrentSubTransactionId();

	for (StatementChanges *found = under_way; found != NULL; found = found->next)
	{
		if (found->statement == NULL && found->subtransaction == current && found->plan == capture->plan &&
			RelationGetRelid(found->target) == capture->changes)
			return found;
	}
	return NULL;
}

/* Nothing changed yet.  Takes the target, which is open. */
static StatementChanges *
NewChanges(const Capture *capture, Relation source, Relation target)
{
	MemoryContext memory = AllocSetContextCreate(CurTransactionContext, "changes of a statement", ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(memory);
	StatementChanges *changes = palloc0(sizeof(StatementChanges));

	changes->subtransaction = GetCurrentSubTransactionId();
	changes->plan = capture->plan;
	changes->target = target;
	changes->memory = memory;
	changes->changes = BeginGroupChanges(capture->plan, target);
	if (!capture->is_plain)
		changes->kept = BeginKept(capture->plan, source);
	MemoryContextSwitchTo(caller);

	HandOver(target);
	changes->forget.func = ForgetChanges;
	changes->forget.arg = changes;
	MemoryContextRegisterResetCallback(memory, &changes->forget);
	KeepInMind(changes);
	return changes;
}

/*
 * BeginStatementChanges
 *		What a statement changes from now on.  Takes the target, which is open.
 */
StatementChanges *
BeginStatementChanges(EState *statement, const Capture *capture, Relation source, Relation target)
{
	MemoryContextCallback *end = MemoryContextAllocZero(statement->es_query_cxt, sizeof(MemoryContextCallback));
	StatementChanges *changes = ThroughNotWritten(capture);

	if (changes == NULL)
		changes = NewChanges(capture, source, target);
	else
		RelationClose(target);
	changes->statement = statement;
	end->func = ForgetStatement;
	end->arg = statement;
	MemoryContextRegisterResetCallback(statement->es_query_cxt, end);
	return changes;
}

/* Is anything of a roll-up counted that has not been written yet? */
bool
ChangesAreUnderWay(Oid changes)
{
	for (StatementChanges *found = under_way; found != NULL; found = found->next)
	{
		if (RelationGetRelid(found->target) == changes)
			return true;
	}
	return false;
}

/* Say of an error what it was about: the load that it ends did not ask for a roll-up. */
static void
NameRollup(void *arg)
{
	errcontext("roll-up whose changes are in %s", RelationName(RelationGetRelid(((StatementChanges *) arg)->target)));
}

/* Count a row, or keep it until it can be. */
void
CountStatementRow(StatementChanges *changes, const GroupPlan *plan, TupleTableSlot *row, bool is_removed)
{
	ErrorContextCallback context = {.callback = NameRollup, .arg = changes, .previous = error_context_stack};

	error_context_stack = &context;
	if (changes->kept == NULL)
		AddGroupRow(changes->changes, plan, row, is_removed);
	else
		KeepRow(changes->kept, plan, row, is_removed);
	error_context_stack = context.previous;
}

/* Count the rows that were kept; of one that was updated both are, before any is written. */
static void
CountKeptRows(StatementChanges *changes)
{
	TupleTableSlot *row;
	bool		is_removed;

	while ((row = NextKeptRow(changes->kept, &is_removed)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		AddGroupRow(changes->changes, PlanOfKeptRows(changes->kept), row, is_removed);
		if (!is_removed && GroupsNeedRoom(changes->changes))
			WriteGroupChanges(changes->changes);
	}
}

/* Write what there is, as the roll-up's owner if anything runs thereby that is his. */
static void
WriteAsOwner(StatementChanges *changes)
{
	ErrorContextCallback context = {.callback = NameRollup, .arg = changes, .previous = error_context_stack};
	bool		is_walled = changes->kept != NULL || !RunsNothing(changes->target);
	Wall		wall;

	error_context_stack = &context;
	if (is_walled)
		EnterWall(changes->target->rd_rel->relowner, &wall);
	if (changes->kept != NULL)
		CountKeptRows(changes);
	WriteGroupChanges(changes->changes);
	if (is_walled)
		LeaveWall(&wall);
	error_context_stack = context.previous;
}

/* A row has been counted, or two, as it was and as it is: what is fired when that is written does not find it. */
void
LookForRoom(StatementChanges *changes)
{
	if (changes->kept == NULL && GroupsNeedRoom(changes->changes))
	{
		ForgetChanges(changes);
		WriteAsOwner(changes);
		KeepInMind(changes);
	}
}

/* Write them and end them: nothing finds them meanwhile. */
static void
EndChanges(StatementChanges *changes)
{
	ResourceOwner caller = CurrentResourceOwner;
	Relation	target = changes->target;

	ForgetChanges(changes);
	WriteAsOwner(changes);
	CurrentResourceOwner = CurTransactionResourceOwner;
	if (changes->kept != NULL)
		EndKeptRows(changes->kept);
	RelationClose(target);
	CurrentResourceOwner = caller;
	MemoryContextDelete(changes->memory);
}

/*
 * WriteStatementChanges
 *		Write what has changed in this subtransaction, of statements that call this one, too: a
 *		row that is written twice sums up.  What an outer subtransaction changed stays, since
 *		what is written here may be undone without it.
 */
void
WriteStatementChanges(void)
{
	SubTransactionId current = GetCurrentSubTransactionId();
	StatementChanges *changes = under_way;

	while (changes != NULL)
	{
		if (changes->subtransaction == current)
		{
			EndChanges(changes);
			changes = under_way;	/* what was fired may have changed it */
		}
		else
			changes = changes->next;
	}
}
