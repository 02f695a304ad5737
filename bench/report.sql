-- Print the medians and their ratios.
SET search_path = public, gapstats;
SELECT :'folder' || '/measured.csv' AS measured \gset
COPY measured FROM :'measured' (FORMAT csv);

\echo
SELECT name, current_setting(name) AS setting
FROM unnest('{server_version, work_mem, shared_buffers, max_parallel_workers_per_gather, jit}'::text[]) AS name;

\echo Medians of :rounds rounds at scale :scale; workers are those that ran on either side, of DuckDB its threads.
\echo The floor is the ratio of count() through the same plan: below it no aggregate can be.
CREATE VIEW bench_result AS
SELECT id, ours, peer, target, parallel,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE side = 'ours') AS our_ms,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE side = 'peer') AS peer_ms,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE side = 'floor') AS floor_ms,
	min(workers) FILTER (WHERE side = 'ours') AS our_workers,
	min(workers) FILTER (WHERE side = 'peer') AS peer_workers
FROM bench_row JOIN measured ON row_id = id
GROUP BY id;

SELECT ours AS gapstats, peer, round(our_ms) AS ms, round(peer_ms) AS peer_ms,
	our_workers || ' / ' || peer_workers AS workers,
	round((our_ms / peer_ms)::numeric, 2) AS ratio, target AS "target, at most",
	round((floor_ms / peer_ms)::numeric, 2) AS floor
FROM bench_result
ORDER BY id;

\echo A school year of 180 days
SELECT round(avg(pg_column_size(enrolled))) AS "bytes of enrolled", round(avg(pg_column_size(absent))) AS "of absent",
	round(pg_table_size('attendance')::numeric / count(*)) AS "of a student's rows",
	round(pg_table_size('student_days')::numeric / pg_table_size('attendance'), 3) AS "sets / rows"
FROM student_days;

DO $$
BEGIN
	IF EXISTS (SELECT FROM bench_result WHERE parallel AND least(our_workers, peer_workers) = 0) THEN
		RAISE EXCEPTION 'a plan that was to be parallel was not';
	END IF;
END $$;
