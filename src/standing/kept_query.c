/*
 * kept_query.c
 *		A query that a user wrote, kept as written together with what it meant.
 *
 * Nothing depends on the objects in it: a table may be dropped and made anew
 * every night.  Each run parses the text under the settings that it was written
 * under, refuses it if it means something else or may run somebody else's
 * functions, and executes that same parse, whose locks it holds.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/argument.h"
#include "base/compat.h"
#include "base/result_row.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "parser/parser.h"
#include "rewrite/rewriteHandler.h"
#include "standing/kept_query.h"
#include "standing/meaning.h"
#include "standing/names.h"
#include "standing/reads.h"
#include "standing/row_receiver.h"
#include "standing/trust.h"
#include "standing/wall.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/varlena.h"

/* Something done with a kept query under its settings */
typedef void (*KeptQueryWork) (const KeptQuery *kept, void *arg);

/* Read the text as it was read when it was kept; some settings are the same for everybody. */
static void
UseSettings(const KeptQuery *kept)
{
	UseSetting("search_path", kept->names_in);
	UseSetting("DateStyle", kept->date_style);
	UseSetting("IntervalStyle", kept->interval_style);
	UseSetting("TimeZone", kept->time_zone);
	UseSetting("extra_float_digits", kept->extra_float_digits);
	UseSetting("standard_conforming_strings", "on");
	UseSetting("transform_null_equals", "off");
	UseSetting("array_nulls", "on");
}

/* The position of an error is one in the kept text. */
static void
PlaceError(void *arg)
{
	int			position = geterrposition();

	if (position > 0)
	{
		errposition(0);
		internalerrposition(position);
		internalerrquery(((const KeptQuery *) arg)->text);
	}
}

/* Raise the current error again, with what it was about in front; once, if one such query runs another. */
static void
RaiseAgain(const KeptQuery *kept)
{
	ErrorData  *error = CopyErrorData();
	const char *message = error->message ? error->message : "missing error text";
	char	   *what = psprintf("%s: ", kept->what);

	FlushErrorState();
	if (strncmp(message, what, strlen(what)) != 0)
		error->message = psprintf("%s%s", what, message);
	ReThrowError(error);
}

/* Do something under the query's settings, with nobody else's functions. */
static void
WithKeptQuery(const KeptQuery *kept, KeptQueryWork work, void *arg)
{
	MemoryContext caller = CurrentMemoryContext;
	ErrorContextCallback place = {
		.previous = error_context_stack,
		.callback = PlaceError,
		.arg = unconstify(KeptQuery *, kept)
	};

	PG_TRY();
	{
		int			level = NewGUCNestLevel();

		error_context_stack = &place;
		WatchFunctions(GetUserId());
		UseSettings(kept);
		work(kept, arg);
		AtEOXact_GUC(true, level);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(caller);
		RaiseAgain(kept);
	}
	PG_END_TRY();
	error_context_stack = place.previous;
}

/* Parse the text: one SELECT */
static RawStmt *
ParseKeptQuery(const KeptQuery *kept)
{
	List	   *statements = raw_parser(kept->text, RAW_PARSE_DEFAULT);
	RawStmt    *statement;

	if (statements == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("the query is empty")));
	if (list_length(statements) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("the query must be one SELECT, not %d statements", list_length(statements))));
	statement = linitial_node(RawStmt, statements);
	if (!IsA(statement->stmt, SelectStmt))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("the query must be a SELECT, not %s", CreateCommandName(statement->stmt))));
	return statement;
}

/* Does a query lock rows anywhere? */
static bool
LocksRows(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
		return ((Query *) node)->rowMarks != NIL ||
			query_tree_walker((Query *) node, LocksRows, context, 0);
	return expression_tree_walker(node, LocksRows, context);
}

/* Refuse what does more than read. */
static void
CheckReadsOnly(Query *query)
{
	if (query->commandType != CMD_SELECT)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("the query must not contain SELECT INTO")));
	if (query->hasModifyingCTE)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("the query must not contain data-modifying statements in WITH")));
	if (LocksRows((Node *) query, NULL))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("the query must not contain FOR UPDATE or FOR SHARE")));
}

/* A setting as it is now */
static char *
CurrentSetting(const char *name)
{
	return pstrdup(GetConfigOption(name, false, false));
}

/* A query that is to be read under the settings as they are now */
static KeptQuery
ReadNow(char *what, char *text, char *names_in)
{
	KeptQuery	kept = {
		.what = what,
		.text = text,
		.names_in = names_in,
		.date_style = CurrentSetting("DateStyle"),
		.interval_style = CurrentSetting("IntervalStyle"),
		.time_zone = CurrentSetting("TimeZone"),
		.extra_float_digits = CurrentSetting("extra_float_digits")
	};

	return kept;
}

/* Analyse a query that only reads. */
static Query *
AnalyzeQuery(const KeptQuery *kept, RawStmt *statement)
{
	Query	   *query = parse_analyze_fixedparams(statement, kept->text, NULL, 0, NULL);

	CheckReadsOnly(query);
	return query;
}

/* Analyse the query and say what it means. */
static Query *
AnalyzeKeptQuery(const KeptQuery *kept, List **meaning)
{
	RawStmt    *statement = ParseKeptQuery(kept);
	List	   *literals = ReadLiterals(statement->stmt);
	Query	   *query = AnalyzeQuery(kept, statement);

	*meaning = DescribeMeaning(query, literals);
	return query;
}

/* Analyse the query again, to be used: it means what it meant, and runs nobody else's functions. */
static Query *
CheckedKeptQuery(const KeptQuery *kept)
{
	List	   *meaning;
	Query	   *query = AnalyzeKeptQuery(kept, &meaning);

	CheckMeaning(meaning, kept->meaning, kept->n_meaning);
	CheckTrust(query, GetUserId());
	return query;
}

/* Execute a query; as COPY does, under the snapshot of the caller and with what he has just done. */
static void
ExecuteQuery(const KeptQuery *kept, Query *query, DestReceiver *receiver)
{
	PlannedStmt *plan;
	QueryDesc  *desc;

	query = linitial_node(Query, QueryRewrite(query));
	PushCopiedSnapshot(GetActiveSnapshot());
	UpdateActiveSnapshotCommandId();
	plan = pg_plan_query(query, kept->text, CURSOR_OPT_PARALLEL_OK, NULL);
	desc = CreateQueryDesc(plan, kept->text, GetActiveSnapshot(), InvalidSnapshot,
						   receiver, NULL, NULL, 0);
	ExecutorStart(desc, 0);
	RUN_EXECUTOR_ONCE(desc);
	ExecutorFinish(desc);
	ExecutorEnd(desc);
	FreeQueryDesc(desc);
	PopActiveSnapshot();
}

/* Run the query if it means what it meant. */
static void
ExecuteKeptQuery(const KeptQuery *kept, void *arg)
{
	EnterWrittenQuery();
	ExecuteQuery(kept, CheckedKeptQuery(kept), arg);
}

/* Run a kept query with the rights of the current user, handing out its columns and its rows. */
void
RunKeptQuery(const KeptQuery *kept, RowsStart start, RowsNext next, void *arg)
{
	DestReceiver *receiver = MakeRowReceiver(start, next, arg);

	WithKeptQuery(kept, ExecuteKeptQuery, receiver);
	receiver->rDestroy(receiver);
}

/* Run a query that nobody keeps. What it may write is as before after an error, too. */
static void
ExecuteOnce(const KeptQuery *kept, void *arg)
{
	Query	   *query = AnalyzeQuery(kept, ParseKeptQuery(kept));
	bool		was_read_only = XactReadOnly;

	CheckTrust(query, GetUserId());
	XactReadOnly = true;
	ExecuteQuery(kept, query, arg);
	XactReadOnly = was_read_only;
}

/* A relation's name as a query for all of it; any other text as it is */
static char *
AsQuery(const char *text)
{
	List	   *names;

	if (SplitIdentifierString(pstrdup(text), '.', &names) && names != NIL)
		return psprintf("TABLE %s", text);
	return pstrdup(text);
}

/*
 * Run a query of the caller's own, or read a relation, once: with the caller's rights, but
 * restricted and without writing anything. Errors begin with what.
 */
void
RunQueryOnce(const char *what, const char *text, RowsStart start, RowsNext next, void *arg)
{
	DestReceiver *receiver = MakeRowReceiver(start, next, arg);
	KeptQuery	query = ReadNow(pstrdup(what), AsQuery(text), CurrentSetting("search_path"));
	Oid			user;
	int			sec_context;

	GetUserIdAndSecContext(&user, &sec_context);
	SetUserIdAndSecContext(user, sec_context | SECURITY_RESTRICTED_OPERATION);
	WithKeptQuery(&query, ExecuteOnce, receiver);
	SetUserIdAndSecContext(user, sec_context);
	receiver->rDestroy(receiver);
}

/* A field of the composite type, which must have a value */
static Datum
KeptField(HeapTupleHeader row, const char *what, const char *name)
{
	bool		isnull;
	Datum		field = GetAttributeByName(row, name, &isnull);

	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s: %s of the kept query must not be null", what, name)));
	return field;
}

/* The same as a string */
static char *
KeptText(HeapTupleHeader row, const char *what, const char *name)
{
	return TextDatumGetCString(KeptField(row, what, name));
}

/* Take a value of type gapstats_internal.kept_query apart. */
void
GetKeptQuery(Datum composite, const char *what, KeptQuery *kept)
{
	HeapTupleHeader row = DatumGetHeapTupleHeader(composite);
	Datum	   *words;

	kept->what = pstrdup(what);
	kept->text = KeptText(row, what, "query");
	kept->names_in = KeptText(row, what, "names_in");
	kept->date_style = KeptText(row, what, "date_style");
	kept->interval_style = KeptText(row, what, "interval_style");
	kept->time_zone = KeptText(row, what, "time_zone");
	kept->extra_float_digits = KeptText(row, what, "extra_float_digits");

	deconstruct_array(DatumGetArrayTypeP(KeptField(row, what, "meaning")), TEXTOID, -1, false,
					  TYPALIGN_INT, &words, NULL, &kept->n_meaning);
	kept->meaning = palloc(kept->n_meaning * sizeof(char *));
	for (int i = 0; i < kept->n_meaning; i++)
		kept->meaning[i] = TextDatumGetCString(words[i]);
}

/* A text argument that has a value */
static char *
TextArgument(FunctionCallInfo fcinfo, int argno, const char *name)
{
	ArgumentNotNull(fcinfo, argno, name);
	return text_to_cstring(PG_GETARG_TEXT_PP(argno));
}

/* The arguments (what, kept) */
static KeptQuery
KeptArguments(FunctionCallInfo fcinfo)
{
	KeptQuery	kept;

	ArgumentNotNull(fcinfo, 1, "kept");
	GetKeptQuery(PG_GETARG_DATUM(1), TextArgument(fcinfo, 0, "what"), &kept);
	return kept;
}

/* What a query means that nobody has kept yet */
static void
MeanForTheFirstTime(const KeptQuery *kept, void *arg)
{
	Query	   *query = AnalyzeKeptQuery(kept, (List **) arg);

	CheckTrust(query, GetUserId());
}

/* keep_query(what, query, names_in): the query with its settings and its meaning */
PG_FUNCTION_INFO_V1(keep_query);
Datum
keep_query(PG_FUNCTION_ARGS)
{
	KeptQuery	kept = ReadNow(TextArgument(fcinfo, 0, "what"), TextArgument(fcinfo, 1, "query"),
							   TextArgument(fcinfo, 2, "names_in"));
	List	   *meaning;
	ResultRow	row;

	WithKeptQuery(&kept, MeanForTheFirstTime, &meaning);

	BeginResultRow(&row, fcinfo);
	AddText(&row, kept.text);
	AddText(&row, kept.names_in);
	AddText(&row, kept.date_style);
	AddText(&row, kept.interval_style);
	AddText(&row, kept.time_zone);
	AddText(&row, kept.extra_float_digits);
	AddDatum(&row, TEXTARRAYOID, PointerGetDatum(strlist_to_textarray(meaning)));
	return EndResultRow(&row);
}

/* A column's type as in CREATE TABLE, whatever the search path */
static char *
Declaration(Form_pg_attribute column)
{
	ObjectAddress collation = {.classId = CollationRelationId,.objectId = column->attcollation};
	char	   *type = format_type_extended(column->atttypid, column->atttypmod,
											FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY);

	if (column->attcollation == get_typcollation(column->atttypid))
		return type;
	return psprintf("%s COLLATE %s", type, getObjectIdentity(&collation, false));
}

/* Put the columns of a query's result into a set. */
static void
PutColumns(const KeptQuery *kept, void *arg)
{
	TupleDesc	columns = ExecCleanTypeFromTL(CheckedKeptQuery(kept)->targetList);
	ResultRow  *row = arg;

	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);

		AddText(row, NameStr(column->attname));
		AddDatum(row, REGTYPEOID, ObjectIdGetDatum(column->atttypid));
		AddInt32(row, column->atttypmod);
		AddText(row, Declaration(column));
		PutResultRow(row);
	}
}

/* kept_query_columns(what, kept): the columns of its result */
PG_FUNCTION_INFO_V1(kept_query_columns);
Datum
kept_query_columns(PG_FUNCTION_ARGS)
{
	KeptQuery	kept = KeptArguments(fcinfo);
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	WithKeptQuery(&kept, PutColumns, &row);
	PG_RETURN_NULL();
}

/* Put the columns of tables that a query's result is made of into a set. */
static void
PutOrigins(const KeptQuery *kept, void *arg)
{
	Query	   *query = CheckedKeptQuery(kept);
	ResultRow  *row = arg;
	ListCell   *cell;

	foreach(cell, query->targetList)
	{
		TargetEntry *column = lfirst_node(TargetEntry, cell);

		if (column->resjunk)
			continue;
		AddText(row, column->resname);
		if (OidIsValid(column->resorigtbl))
		{
			AddDatum(row, REGCLASSOID, ObjectIdGetDatum(column->resorigtbl));
			AddText(row, get_attname(column->resorigtbl, column->resorigcol, false));
		}
		else
		{
			AddNull(row);
			AddNull(row);
		}
		PutResultRow(row);
	}
}

/* kept_query_origins(what, kept): which column of a table each of its columns is, if it is one */
PG_FUNCTION_INFO_V1(kept_query_origins);
Datum
kept_query_origins(PG_FUNCTION_ARGS)
{
	KeptQuery	kept = KeptArguments(fcinfo);
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	WithKeptQuery(&kept, PutOrigins, &row);
	PG_RETURN_NULL();
}

/* Put the relations and columns that a query reads into a set. */
static void
PutReads(const KeptQuery *kept, void *arg)
{
	PutColumnsRead(CheckedKeptQuery(kept), arg);
}

/* kept_query_relations(what, kept): the relations and columns that it reads */
PG_FUNCTION_INFO_V1(kept_query_relations);
Datum
kept_query_relations(PG_FUNCTION_ARGS)
{
	KeptQuery	kept = KeptArguments(fcinfo);
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	WithKeptQuery(&kept, PutReads, &row);
	PG_RETURN_NULL();
}

/* Refuse columns that are not those that the caller named. */
static void
CheckColumns(TupleDesc columns, void *arg)
{
	TupleDesc	wanted = ((ResultRow *) arg)->desc;

	if (columns->natts != wanted->natts)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("the query returns %d columns, not %d", columns->natts, wanted->natts)));
	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);
		Form_pg_attribute other = TupleDescAttr(wanted, i);

		if (column->atttypid != other->atttypid ||
			(other->atttypmod >= 0 && column->atttypmod != other->atttypmod))
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column %d (\"%s\") of the query is %s, not %s", i + 1, NameStr(column->attname),
							format_type_with_typemod(column->atttypid, column->atttypmod),
							format_type_with_typemod(other->atttypid, other->atttypmod))));
	}
}

/* Store a row. */
static void
StoreRow(TupleTableSlot *slot, void *arg)
{
	tuplestore_puttupleslot(((ResultRow *) arg)->store, slot);
}

/* run_kept_query(what, kept): the rows of its result */
PG_FUNCTION_INFO_V1(run_kept_query);
Datum
run_kept_query(PG_FUNCTION_ARGS)
{
	KeptQuery	kept = KeptArguments(fcinfo);
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	RunKeptQuery(&kept, CheckColumns, StoreRow, &row);
	PG_RETURN_NULL();
}

/* A query of the caller's own */
static KeptQuery
OnceArguments(FunctionCallInfo fcinfo)
{
	char	   *what = TextArgument(fcinfo, 0, "what");

	return ReadNow(what, AsQuery(TextArgument(fcinfo, 1, what)), CurrentSetting("search_path"));
}

/* Cut a statement out of a text that may go on with a semicolon and a comment. */
static void
TakeStatement(const KeptQuery *kept, void *arg)
{
	RawStmt    *statement = ParseKeptQuery(kept);
	char	  **text = arg;

	*text = kept->text + statement->stmt_location;
	if (statement->stmt_len > 0)
		*text = pnstrdup(*text, statement->stmt_len);
}

/* as_query(what, query): one statement that can stand in parentheses */
PG_FUNCTION_INFO_V1(as_query);
Datum
as_query(PG_FUNCTION_ARGS)
{
	KeptQuery	query = OnceArguments(fcinfo);
	char	   *text;

	WithKeptQuery(&query, TakeStatement, &text);
	PG_RETURN_TEXT_P(cstring_to_text(text));
}

/* run_query_once(what, query): the rows of its result */
PG_FUNCTION_INFO_V1(run_query_once);
Datum
run_query_once(PG_FUNCTION_ARGS)
{
	char	   *what = TextArgument(fcinfo, 0, "what");
	char	   *query = TextArgument(fcinfo, 1, what);
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	RunQueryOnce(what, query, CheckColumns, StoreRow, &row);
	PG_RETURN_NULL();
}

/* Put the names of a query's columns into a set, and their types, of a domain what it is over. */
static void
PutNamesAndTypes(const KeptQuery *kept, void *arg)
{
	Query	   *query = AnalyzeQuery(kept, ParseKeptQuery(kept));
	TupleDesc	columns;
	ResultRow  *row = arg;

	CheckTrust(query, GetUserId());
	columns = ExecCleanTypeFromTL(query->targetList);
	for (int i = 0; i < columns->natts; i++)
	{
		AddText(row, NameStr(TupleDescAttr(columns, i)->attname));
		AddDatum(row, REGTYPEOID, ObjectIdGetDatum(getBaseType(TupleDescAttr(columns, i)->atttypid)));
		PutResultRow(row);
	}
}

/* query_columns(what, query): the columns of its result */
PG_FUNCTION_INFO_V1(query_columns);
Datum
query_columns(PG_FUNCTION_ARGS)
{
	KeptQuery	query = OnceArguments(fcinfo);
	ResultRow	row;

	BeginResultSet(&row, fcinfo);
	WithKeptQuery(&query, PutNamesAndTypes, &row);
	PG_RETURN_NULL();
}
