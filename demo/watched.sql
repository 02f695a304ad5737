\echo The watch list, as a BI tool reads it
SELECT student_id, school_id, status, reasons, since
FROM star.kindergarten_watch
WHERE rules_flagged > 0
ORDER BY rules_flagged DESC, md5(student_id::text)
LIMIT 10;

\echo Refreshed by pg_cron, as the owner of the list
SELECT start_time, d.status, return_message, d.command
FROM cron.job_run_details AS d JOIN cron.job USING (jobid)
WHERE jobname LIKE 'watch list %' AND d.status = 'succeeded'
ORDER BY start_time DESC
LIMIT 3;

\echo The list keeps its own log, and knows who stood where
SELECT run, as_of, status, students, flagged, newly_flagged, escalated, cleared, accepted_by
FROM star.kindergarten_watch_runs
ORDER BY run;

SELECT day, count(*) FILTER (WHERE status = 'watch') AS watch, count(*) FILTER (WHERE status = 'at risk') AS "at risk"
FROM unnest('{1985-10-31, 1985-11-07, 1985-11-08}'::date[]) AS day, standings_on('star.kindergarten_watch', day)
GROUP BY day
ORDER BY day;
