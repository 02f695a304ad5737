-- What is measured, and how a table is spread over the workers where there are any
SET client_min_messages = warning;
CREATE EXTENSION gapstats;
CREATE ROLE scale_analyst LOGIN;
CREATE SCHEMA state AUTHORIZATION scale_analyst;
-- is_divided: the workers do it by themselves; if not, parts or rows pass through the coordinator
CREATE TABLE scale_run (id int GENERATED ALWAYS AS IDENTITY, what text, students bigint, n_rows bigint, seconds float8, bytes bigint, is_divided boolean, workers int DEFAULT :workers);
CREATE TABLE scale_cell (students bigint, what text, n_cells bigint, cell_bytes float8, n_rows float8, row_bytes float8);
GRANT ALL ON scale_run, scale_cell TO scale_analyst;

-- A 31-bit number that looks random; of one distribution on all workers
CREATE FUNCTION scrambled(i bigint) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ((i * 2654435761 % 4294967291) * 40503 % 2147483647)::int;

-- Nothing on one server
CREATE PROCEDURE distribute(made regclass, by text, beside text DEFAULT 'default') LANGUAGE plpgsql AS $$
BEGIN
	IF to_regclass('pg_dist_partition') IS NULL THEN
		RETURN;
	ELSIF by IS NULL THEN
		PERFORM create_reference_table(made);
	ELSE
		PERFORM create_distributed_table(made, by, colocate_with => beside);
	END IF;
END $$;

-- Of what is on the workers, too
CREATE FUNCTION table_bytes(made regclass) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	IF to_regclass('pg_dist_partition') IS NOT NULL THEN
		IF EXISTS (SELECT FROM pg_dist_partition p WHERE p.logicalrelid = made) THEN
			RETURN citus_table_size(made);
		END IF;
	END IF;
	RETURN pg_table_size(made);
END $$;

-- A statement, and the table that it fills; the rows are those that are read
CREATE PROCEDURE measure(what text, students bigint, n_rows bigint, statement text, filled regclass DEFAULT NULL, is_divided boolean DEFAULT true) LANGUAGE plpgsql AS $$
DECLARE
	began timestamptz;
	seconds float8;
BEGIN
	COMMIT;
	began := clock_timestamp();
	EXECUTE statement;
	COMMIT;
	seconds := extract(epoch FROM clock_timestamp() - began);
	INSERT INTO scale_run (what, students, n_rows, seconds, bytes, is_divided) VALUES (what, students, n_rows, seconds, table_bytes(filled), is_divided);
	RAISE NOTICE '%: % s', what, round(seconds::numeric, 1);
END $$;
