\echo
\echo A watch list of 10 rules: the least seconds of the runs of a kind, and the most WAL and memory. CPU seconds
\echo are those of the backend and its workers, memory is what the backend asked for at its peak, rows written (the
\echo mean) are those of the materialized view, size is that of the list and all beside it after the last of these
\echo runs, in sizes after the first run. In ten school days there is one on which whoever was absent on exactly 10%
\echo of the days no longer is: one in 25 students is cleared.
SELECT r.students, r.what, round(min(r.seconds), 3) AS seconds, t.seconds AS "target, at most", round(min(r.cpu_seconds), 1) AS cpu_seconds,
	round(max(r.wal_mb), 1) AS wal_mb, t.wal_mb AS "target, at most", round(max(r.memory_mb)) AS memory_mb, t.memory_mb AS "target, at most", round(avg(r.rows_written)) AS rows_written,
	round((array_agg(r.size_mb ORDER BY r.id DESC))[1] / first_value(max(r.size_mb)) OVER (PARTITION BY r.students ORDER BY min(r.id)), 2) AS size,
	count(*) AS runs
FROM watch_list_run AS r LEFT JOIN watch_list_target AS t USING (students, what)
GROUP BY r.students, r.what, t.seconds, t.wal_mb, t.memory_mb
ORDER BY min(r.id);

\echo
\echo What estimate_watch_list says of these runs, beside the mean size and WAL, the least seconds and the most memory
\echo that were measured. A row of the students query has about 27 bytes, 4 of them its id.
SELECT r.students, r.what, e.disk_mb AS "disk, estimate", round(r.size_mb, 1) AS "MB measured", e.wal_mb AS "WAL, estimate", round(r.wal_mb, 1) AS "MB measured",
	e.seconds AS "time, estimate", round(r.seconds, 1) AS "s measured", e.memory_mb AS "memory, estimate", round(r.memory_mb) AS "MB measured"
FROM (
	SELECT students, what, min(id) AS id, avg(size_mb) AS size_mb, avg(wal_mb) AS wal_mb, min(seconds) AS seconds, max(memory_mb) AS memory_mb, avg(flag_rate) AS flag_rate
	FROM watch_list_run
	WHERE flag_rate IS NOT NULL
	GROUP BY students, what
) AS r
JOIN LATERAL gapstats.estimate_watch_list(students, 10, row_bytes => 27, id_bytes => 4, flag_rate => flag_rate) AS e USING (what)
ORDER BY r.id;
