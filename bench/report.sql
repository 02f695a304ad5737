-- Print the medians and their ratios.
SET search_path = public, gapstats;
SELECT :'folder' || '/measured.csv' AS measured \gset
COPY measured FROM :'measured' (FORMAT csv);

\echo
SELECT name, current_setting(name) AS setting
FROM unnest('{server_version, work_mem, shared_buffers, max_parallel_workers_per_gather, jit}'::text[]) AS name;

\echo Medians of :rounds rounds at scale :scale, of the ratios too: the two sides of a round ran one after the
\echo other. Workers are those that ran on either side, of DuckDB its threads. The floor is the ratio of count()
\echo through the same plan: below it no aggregate can be.
CREATE VIEW bench_round AS
SELECT row_id,
	max(ms) FILTER (WHERE side = 'ours') AS our_ms,
	max(ms) FILTER (WHERE side = 'peer') AS peer_ms,
	max(ms) FILTER (WHERE side = 'floor') AS floor_ms,
	max(workers) FILTER (WHERE side = 'ours') AS our_workers,
	max(workers) FILTER (WHERE side = 'peer') AS peer_workers
FROM measured
GROUP BY row_id, round;

CREATE VIEW bench_result AS
SELECT id, ours, peer, target, target_ms, parallel,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY our_ms) AS our_ms,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY peer_ms) AS peer_ms,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY our_ms / peer_ms) AS ratio,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY floor_ms / peer_ms) AS floor,
	min(our_workers) AS our_workers, min(peer_workers) AS peer_workers
FROM bench_row JOIN bench_round ON row_id = id
GROUP BY id;

SELECT ours AS gapstats, peer, round(our_ms) AS ms, round(target_ms * :scale) AS "ms, at most", round(peer_ms) AS peer_ms,
	our_workers || ' / ' || peer_workers AS workers,
	round(ratio::numeric, 2) AS ratio, target AS "target, at most", round(floor::numeric, 2) AS floor
FROM bench_result
ORDER BY id;

\echo A school year of 180 days
SELECT round(avg(pg_column_size(enrolled))) AS "bytes of enrolled", round(avg(pg_column_size(absent))) AS "of absent",
	round(pg_table_size('attendance')::numeric / count(*)) AS "of a student's rows",
	round(pg_table_size('student_days')::numeric / pg_table_size('attendance'), 3) AS "sets / rows"
FROM student_days;

-- On less data PostgreSQL is right to choose a serial plan.
SELECT :scale >= 1 AND EXISTS (SELECT FROM bench_result WHERE parallel AND least(our_workers, peer_workers) = 0) AS serial \gset
\if :serial
DO $$ BEGIN RAISE EXCEPTION 'a plan that was to be parallel was not'; END $$;
\endif
