-- Time every row's two queries in turns, and print the medians and their ratios.
CREATE TABLE measured (row_id int, side text, ms numeric, workers int);

CREATE PROCEDURE measure(row_id int, side text, query text) LANGUAGE plpgsql AS $$
DECLARE
	plan jsonb;
BEGIN
	-- Execution time alone: what turning a result into text costs is not compared.
	EXECUTE 'EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ' || query INTO plan;
	INSERT INTO measured VALUES (row_id, side, (plan #>> '{0,Execution Time}')::numeric,
		coalesce((jsonb_path_query_first(plan, '$.**."Workers Launched"'))::int, 0));
END $$;

CREATE PROCEDURE measure_all(rounds int) LANGUAGE plpgsql AS $$
DECLARE
	r bench_row;
BEGIN
	FOR r IN SELECT * FROM bench_row ORDER BY id LOOP
		RAISE INFO '% against %', r.ours, r.peer;
		FOR round IN 1 .. rounds LOOP
			CALL measure(r.id, 'ours', r.our_query);
			CALL measure(r.id, 'peer', r.peer_query);
		END LOOP;
		COMMIT;
	END LOOP;
END $$;

CALL measure_all(:rounds);

\echo
SELECT name, current_setting(name) AS setting
FROM unnest('{server_version, work_mem, shared_buffers, max_parallel_workers_per_gather, jit}'::text[]) AS name;

\echo Medians of :rounds rounds at scale :scale; workers are those that ran on either side.
CREATE VIEW bench_result AS
SELECT id, ours, peer, target, parallel,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE side = 'ours') AS our_ms,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE side = 'peer') AS peer_ms,
	min(workers) FILTER (WHERE side = 'ours') AS our_workers,
	min(workers) FILTER (WHERE side = 'peer') AS peer_workers
FROM bench_row JOIN measured ON row_id = id
GROUP BY id;

SELECT ours AS gapstats, peer, round(our_ms) AS ms, round(peer_ms) AS peer_ms,
	our_workers || ' / ' || peer_workers AS workers,
	round((our_ms / peer_ms)::numeric, 2) AS ratio, target AS "target, at most"
FROM bench_result
ORDER BY id;

DO $$
BEGIN
	IF EXISTS (SELECT FROM bench_result WHERE parallel AND least(our_workers, peer_workers) = 0) THEN
		RAISE EXCEPTION 'a plan that was to be parallel was not';
	END IF;
END $$;
