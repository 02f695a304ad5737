-- Time every row's queries in turns.
CREATE TABLE measured (row_id int, round int, side text, ms numeric, workers int, cpu_ms numeric);

CREATE PROCEDURE measure(row_id int, round int, side text, query text) LANGUAGE plpgsql AS $$
DECLARE
	plan jsonb;
BEGIN
	-- Execution time alone: what turning a result into text costs is not compared.
	EXECUTE 'EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ' || query INTO plan;
	INSERT INTO measured VALUES (row_id, round, side, (plan #>> '{0,Execution Time}')::numeric,
		coalesce((jsonb_path_query_first(plan, '$.**."Workers Launched"'))::int, 0));
END $$;

CREATE PROCEDURE measure_all(rounds int) LANGUAGE plpgsql AS $$
DECLARE
	r bench_row;
BEGIN
	-- Rounds are the outer loop: what disturbs the machine for a while then falls on one
	-- round of several rows, where the median leaves it out.
	FOR round IN 1 .. rounds LOOP
		RAISE INFO 'Round % of %', round, rounds;
		FOR r IN SELECT * FROM bench_row ORDER BY id LOOP
			CALL measure(r.id, round, 'ours', r.our_query);
			IF NOT r.in_duckdb THEN
				CALL measure(r.id, round, 'peer', r.peer_query);
			END IF;
			IF r.floor_query IS NOT NULL THEN
				CALL measure(r.id, round, 'floor', r.floor_query);
			END IF;
			COMMIT;
		END LOOP;
	END LOOP;
END $$;

CALL measure_all(:rounds);

-- What DuckDB is to do, and on what
SELECT EXISTS (SELECT FROM bench_row WHERE in_duckdb) AS in_duckdb \gset
\if :in_duckdb
SELECT :'folder' || '/duckdb.csv' AS queries, :'folder' || '/attendance.csv' AS rows \gset
COPY (SELECT id, peer_query, 2 FROM bench_row WHERE in_duckdb) TO :'queries' (FORMAT csv);
COPY attendance TO :'rows' (FORMAT csv);
\endif
