/*
 * refuse_privately.c
 *		An error whose detail is for the client only.
 *
 * RAISE of PL/pgSQL writes its detail to the server's log, too, where others may read it.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "disclosure/number.h"
#include "fmgr.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(refuse_privately);

enum
{
	ARG_CONDITION, ARG_MESSAGE, ARG_DETAIL, ARG_HINT
};

static int
ConditionArgument(FunctionCallInfo fcinfo)
{
	static const char *const names[] = {"check_violation", "cardinality_violation", NULL};
	static const int codes[] = {ERRCODE_CHECK_VIOLATION, ERRCODE_CARDINALITY_VIOLATION};

	return codes[ArgumentOption(fcinfo, ARG_CONDITION, "condition", names)];
}

/*
 * refuse_privately
 */
Datum
refuse_privately(PG_FUNCTION_ARGS)
{
	int			code = ConditionArgument(fcinfo);

	ArgumentNotNull(fcinfo, ARG_MESSAGE, "message");
	ArgumentNotNull(fcinfo, ARG_DETAIL, "detail");
	ArgumentNotNull(fcinfo, ARG_HINT, "hint");
	ereport(ERROR,
			(errcode(code),
			 errmsg_internal("%s", text_to_cstring(PG_GETARG_TEXT_PP(ARG_MESSAGE))),
			 errdetail_internal("%s", text_to_cstring(PG_GETARG_TEXT_PP(ARG_DETAIL))),
			 errdetail_log(DETAIL_IN_LOG),
			 errhint("%s", text_to_cstring(PG_GETARG_TEXT_PP(ARG_HINT)))));
	PG_RETURN_VOID();
}
