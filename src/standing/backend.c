/*
 * backend.c
 *		Whether the session that began something is still at it.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "fmgr.h"
#include "pgstat.h"
#include "utils/backend_status.h"
#include "utils/timestamp.h"

#include "base/compat.h"

/*
 * statement_is_running(pid integer, started timestamptz) returns boolean
 *		pg_stat_activity would say it of one's own sessions only.
 */
PG_FUNCTION_INFO_V1(statement_is_running);
Datum
statement_is_running(PG_FUNCTION_ARGS)
{
	int32		pid = PG_GETARG_INT32(0);
	TimestampTz started = PG_GETARG_TIMESTAMPTZ(1);
	int			n;

	/* What this transaction has seen before may be over */
	pgstat_clear_backend_activity_snapshot();
	n = pgstat_fetch_stat_numbackends();
	for (int i = 1; i <= n; i++)
	{
		LocalPgBackendStatus *entry = pgstat_fetch_stat_local_beentry(i);
		PgBackendStatus *status;

		if (entry == NULL || entry->backendStatus.st_procpid != pid)
			continue;
		status = &entry->backendStatus;
		/* Without track_activities, a session that was there by then may still be at it */
		if (status->st_state == STATE_DISABLED)
			PG_RETURN_BOOL(status->st_proc_start_timestamp <= started);
		PG_RETURN_BOOL(status->st_state == STATE_RUNNING && status->st_activity_start_timestamp == started);
	}
	PG_RETURN_BOOL(false);
}
