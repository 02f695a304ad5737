\echo
\echo A watch list of 10 rules: the least of its runs of a kind. CPU seconds are those of the backend and its
\echo workers, memory is what the backend asked for at its peak, rows written are those of the materialized view,
\echo size is that of the list and all beside it after the last of these runs, in sizes after the first run.
SELECT r.students, r.what, round(min(r.seconds), 3) AS seconds, t.seconds AS "target, at most", round(min(r.cpu_seconds), 1) AS cpu_seconds,
	round(min(r.wal_mb), 1) AS wal_mb, t.wal_mb AS "target, at most", round(max(r.memory_mb)) AS memory_mb, round(avg(r.rows_written)) AS rows_written,
	round((array_agg(r.size_mb ORDER BY r.id DESC))[1] / first_value(max(r.size_mb)) OVER (PARTITION BY r.students ORDER BY min(r.id)), 2) AS size,
	count(*) AS runs
FROM watch_list_run AS r LEFT JOIN watch_list_target AS t USING (students, what)
GROUP BY r.students, r.what, t.seconds, t.wal_mb
ORDER BY min(r.id);
