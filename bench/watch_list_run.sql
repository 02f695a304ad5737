-- One run of the watch list in a session of its own, as of a night long after a checkpoint,
-- after something has changed in its sources
SET ROLE bench_analyst;
SET search_path = district, public, gapstats;
:change \g /dev/null
VACUUM attendance, score, incident;
\connect -
SET search_path = public, gapstats;
CHECKPOINT;
SELECT pg_sleep(0.5) \g /dev/null
SELECT clock_timestamp() AS began, cpu_seconds() AS cpu, pg_current_wal_lsn() AS wal, address_space('VmSize') AS memory, rows_written() AS written \gset
CALL run_watch_list('district.list');
SELECT clock_timestamp() AS ended, pg_stat_force_next_flush() \gset
INSERT INTO watch_list_run (students, what, seconds, cpu_seconds, wal_mb, memory_mb, rows_written, size_mb, flag_rate)
SELECT :students, :'what', extract(epoch FROM :'ended' - :'began'::timestamptz), cpu_seconds() - :cpu, (pg_current_wal_lsn() - :'wal') / 1e6,
	(address_space('VmPeak') - :memory) / 1e6, rows_written() - :written, list_size(),
	flagged / students::double precision
FROM district.list_runs
ORDER BY run DESC LIMIT 1;
DO $$ BEGIN ASSERT NOT EXISTS (SELECT FROM gapstats_internal.disagreement('district.list')); END $$;
