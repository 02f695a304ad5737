/*
 * backend.c
 *		Whether the session that began something is still there.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/backend_status.h"
#include "utils/timestamp.h"

#include "base/compat.h"

/*
 * backend_start() returns timestamptz
 *		When this session began, which with its process id names it.
 */
PG_FUNCTION_INFO_V1(backend_start);
Datum
backend_start(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(MyStartTimestamp);
}

/*
 * backend_is_alive(pid integer, started timestamptz) returns boolean
 *		pg_stat_activity would say it of one's own sessions only.
 */
PG_FUNCTION_INFO_V1(backend_is_alive);
Datum
backend_is_alive(PG_FUNCTION_ARGS)
{
	int32		pid = PG_GETARG_INT32(0);
	TimestampTz started = PG_GETARG_TIMESTAMPTZ(1);
	int			n = pgstat_fetch_stat_numbackends();

	for (int i = 1; i <= n; i++)
	{
		LocalPgBackendStatus *entry = pgstat_fetch_stat_local_beentry(i);

		if (entry != NULL && entry->backendStatus.st_procpid == pid &&
			entry->backendStatus.st_proc_start_timestamp == started)
			PG_RETURN_BOOL(true);
	}
	PG_RETURN_BOOL(false);
}
