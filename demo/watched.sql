\echo The watch list, as a counsellor or a BI tool reads it
SELECT student_id, school_id, status, reasons, since
FROM star.kindergarten_watch
WHERE rules_flagged > 0
ORDER BY rules_flagged DESC, md5(student_id::text)
LIMIT 10;

SELECT status, count(*) AS students
FROM star.kindergarten_watch
GROUP BY status
ORDER BY students DESC;

\echo Refreshed by pg_cron
SELECT start_time, d.status, return_message, d.command
FROM cron.job_run_details AS d JOIN cron.job USING (jobid)
WHERE jobname LIKE 'watch list %' AND d.status = 'succeeded'
ORDER BY start_time DESC
LIMIT 3;

\echo The list keeps its own log: unchanged data flags and clears nobody
SELECT run, started_at, status, students, flagged, newly_flagged, cleared
FROM star.kindergarten_watch_runs
ORDER BY run;
