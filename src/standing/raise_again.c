/*
 * raise_again.c
 *		An error once more, without the statement that it came with.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/argument.h"
#include "disclosure/number.h"
#include "fmgr.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(raise_again);

enum
{
	ARG_CODE, ARG_MESSAGE, ARG_DETAIL, ARG_HINT
};

static char *
Words(FunctionCallInfo fcinfo, int argno, const char *name)
{
	ArgumentNotNull(fcinfo, argno, name);
	return text_to_cstring(PG_GETARG_TEXT_PP(argno));
}

/*
 * raise_again(code, message, detail, hint)
 *		The last two are empty if the error had none.
 */
Datum
raise_again(PG_FUNCTION_ARGS)
{
	char	   *code = Words(fcinfo, ARG_CODE, "code");
	char	   *message = Words(fcinfo, ARG_MESSAGE, "message");
	char	   *detail = Words(fcinfo, ARG_DETAIL, "detail");
	char	   *hint = Words(fcinfo, ARG_HINT, "hint");

	if (strlen(code) != 5 || strspn(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 5 || strncmp(code, "00", 2) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is no SQLSTATE of an error", code)));
	ereport(ERROR,
			(errcode(MAKE_SQLSTATE(code[0], code[1], code[2], code[3], code[4])),
			 errmsg_internal("%s", message),
			 detail[0] == '\0' ? 0 : errdetail_internal("%s", detail),
			 /* whether the first one was for the log is not known here */
			 detail[0] == '\0' ? 0 : errdetail_log(DETAIL_IN_LOG),
			 hint[0] == '\0' ? 0 : errhint("%s", hint)));
	PG_RETURN_VOID();
}
