SET search_path = public, gapstats;
CREATE TABLE measured_duckdb (row_id int, round int, side text, ms numeric, workers int, cpu_ms numeric);
SELECT :'folder' || '/measured.csv' AS measured \gset
COPY measured_duckdb FROM :'measured' (FORMAT csv);

\echo
\echo Gap reports: medians of :rounds rounds at scale :scale, the first in a new session among them. The memory is what the
\echo backend asked for at its peak.
SELECT r.what, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY r.seconds)::numeric, 3) AS seconds, t.seconds AS "target, at most",
	round(percentile_cont(0.5) WITHIN GROUP (ORDER BY r.cpu_seconds)::numeric, 2) AS cpu_seconds, round(max(r.memory_mb)) AS memory_mb, max(r.report_rows) AS rows
FROM report_run AS r JOIN report_target AS t USING (what)
GROUP BY r.what, t.id, t.seconds
ORDER BY t.id;

\echo The report of these students from stored cells, and the same groups, means, deviations and gaps by DuckDB
SELECT d.peer, round(ours.seconds::numeric, 3) AS seconds, round(d.ms::numeric / 1000, 3) AS peer_seconds, round(d.cpu_ms::numeric / 1000, 2) AS peer_cpu_seconds,
	round((1000 * ours.seconds / d.ms)::numeric, 2) AS ratio, d.target AS "target, at most"
FROM (
	SELECT row_id, peer, target, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS ms, percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu_ms) AS cpu_ms
	FROM duckdb_row JOIN measured_duckdb USING (row_id)
	GROUP BY row_id, peer, target
) AS d, (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS seconds FROM report_run WHERE what = 'from stored cells') AS ours
ORDER BY row_id;

\echo The students, and their finest cells of 109,200 that there can be
SELECT (SELECT count(*) FROM student) AS students, (SELECT count(*) FROM cell) AS cells, round(pg_table_size('student') / 1e6) AS students_mb, round(pg_table_size('cell') / 1e6) AS cells_mb;
