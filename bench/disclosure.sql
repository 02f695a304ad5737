-- What it costs to suppress and to audit a table: state, districts and 12 schools in each, by 7 races and both sexes; and
-- one of three breakdowns, 12 months of one that nobody leaves, and counts with numerators, as they are and in ranges
CREATE TABLE disclosure_run (what text, cells bigint, seconds numeric, cpu_seconds numeric, n_given_away bigint, secondary numeric, memory_mb numeric);

-- On two cores that have nothing else to do
CREATE TABLE disclosure_target (what text, cells bigint, cpu_seconds numeric, secondary numeric, memory_mb numeric);
INSERT INTO disclosure_target VALUES
	('suppress and audit', 10008, 0.5, 0.36, NULL), ('suppress', 10008, NULL, 0.36, NULL), ('audit', 10008, 0.2, NULL, NULL),
	('suppress and audit', 100176, 5, 0.36, 500), ('suppress', 100176, NULL, 0.36, NULL), ('audit', 100176, NULL, NULL, NULL),
	('publish after 36 releases', 10008, 0.5, NULL, NULL), ('suppress after 36 releases', 10008, 0.5, NULL, NULL), ('health of 36 releases', 10008, 0.5, NULL, NULL),
	('publish after 36 releases', 100176, 5, NULL, 500), ('suppress after 36 releases', 100176, 5, NULL, 500), ('health of 36 releases', 100176, 5, NULL, 500),
	('publish after 36 releases', 999984, 60, NULL, NULL), ('suppress after 36 releases', 999984, 60, NULL, NULL), ('health of 36 releases', 999984, 60, NULL, NULL),
	('suppress and audit', 999984, 60, 0.36, NULL), ('suppress', 999984, NULL, 0.36, NULL), ('audit', 999984, NULL, NULL, NULL),
	('suppress 40 schools by 7 races by 13 grades:', 4592, NULL, NULL, NULL),
	('suppress 79 schools by 4 grades by pairs of three groups:', 10925, NULL, NULL, NULL),
	('suppress counts with numerators:', 10008, NULL, NULL, NULL), ('suppress rates, nces:', 10008, NULL, NULL, NULL), ('suppress rates, edfacts:', 10008, NULL, NULL, NULL),
	('suppress rates, rounded:', 10008, NULL, NULL, NULL), ('suppress rates, ends:', 10008, NULL, NULL, NULL), ('audit counts with numerators:', 960, NULL, NULL, NULL), ('audit counts with numerators:', 10008, NULL, NULL, NULL), ('leaks of counts with numerators:', 10008, NULL, NULL, NULL),
	('publish the last of 37 months of 10,008:', 370296, NULL, NULL, NULL), ('publish the last of 12 months of 960:', 11520, NULL, NULL, NULL), ('audit 12 months of 960:', 11520, NULL, NULL, NULL);

-- The most memory that this session ever had, pages of shared buffers that it touched included
CREATE FUNCTION peak_memory() RETURNS numeric LANGUAGE sql
RETURN substring(pg_read_file('/proc/self/status') FROM 'VmHWM:\s*(\d+)')::bigint * 1024 / 1e6;

CREATE TABLE true_cell (d int, s int, r int, sex int, n bigint);
CREATE TABLE published_cell (d text, s text, r text, sex text, n text);

CREATE PROCEDURE measure_disclosure(districts int, rounds int) LANGUAGE plpgsql AS $$
DECLARE
	began timestamptz;
	cpu numeric;
	suppressed_at timestamptz;
	suppressed_cpu numeric;
	audited_at timestamptz;
	audited_cpu numeric;
	given_away bigint;
BEGIN
	TRUNCATE true_cell;
	INSERT INTO true_cell
	WITH leaf AS (
			SELECT (s - 1) / 12 + 1 AS d, s, r, x,
				greatest(0, (130 + (s * 6007) % 850) * ('{12,40,210,240,6,420,72}'::int[])[r] / 2000 + (s * 37 + r * 11 + x * 5) % 9 - 4) AS n
			FROM generate_series(1, 12 * districts) AS s, generate_series(1, 7) AS r, generate_series(1, 2) AS x)
	SELECT d, s, r, x, sum(n) FROM leaf GROUP BY GROUPING SETS ((), (d), (d, s)), CUBE (r, x);

	FOR i IN 1 .. rounds LOOP
		TRUNCATE published_cell;
		began := clock_timestamp();
		cpu := cpu_seconds();
		INSERT INTO published_cell
		SELECT members[1], members[2], members[3], members[4], shown FROM gapstats.suppress('true_cell', '{d, s, r, sex}', '{"n": "count"}');
		suppressed_at := clock_timestamp();
		suppressed_cpu := cpu_seconds();
		SELECT count(*) INTO given_away FROM gapstats.disclosure_audit('published_cell', '{d, s, r, sex}', '{"n": "count"}') WHERE verdict <> 'protected';
		audited_at := clock_timestamp();
		audited_cpu := cpu_seconds();
		INSERT INTO disclosure_run
		SELECT what, n_cells, extract(epoch FROM elapsed), spent, given_away, secondary, memory_mb
		FROM (VALUES ('suppress and audit', audited_at - began, audited_cpu - cpu, peak_memory()), ('suppress', suppressed_at - began, suppressed_cpu - cpu, NULL),
				('audit', audited_at - suppressed_at, audited_cpu - suppressed_cpu, NULL)) AS v (what, elapsed, spent, memory_mb),
			(SELECT count(*) AS n_cells, count(*) FILTER (WHERE p.n = '*' AND t.n > 9)::numeric / count(*) FILTER (WHERE t.n BETWEEN 1 AND 9) AS secondary
				FROM true_cell AS t JOIN published_cell AS p ON ARRAY[t.d, t.s, t.r, t.sex]::text[] = ARRAY[p.d, p.s, p.r, p.sex]) AS c;
		COMMIT;
	END LOOP;
END $$;

-- All margins of three breakdowns, none of which is within another
CREATE PROCEDURE measure_cube(rounds int) LANGUAGE plpgsql AS $$
DECLARE
	began timestamptz;
	cpu numeric;
BEGIN
	CREATE TABLE cube AS
	SELECT school, race, grade, sum(scrambled(school * 10007 + race * 101 + grade) % 10 * (scrambled(race * 1009 + grade * 13 + school) % 10) / 2) AS n
	FROM generate_series(1, 40) AS school, generate_series(1, 7) AS race, generate_series(0, 12) AS grade
	GROUP BY CUBE (school, race, grade);
	FOR i IN 1 .. rounds LOOP
		began := clock_timestamp();
		cpu := cpu_seconds();
		INSERT INTO disclosure_run (what, cells, seconds, cpu_seconds, secondary)
		SELECT 'suppress 40 schools by 7 races by 13 grades:', count(*), extract(epoch FROM clock_timestamp() - began), cpu_seconds() - cpu,
			count(*) FILTER (WHERE p.shown = '*' AND c.n > 9)::numeric / count(*) FILTER (WHERE c.n BETWEEN 1 AND 9)
		FROM gapstats.suppress('cube', '{school, race, grade}', '{"n": "count"}') AS p
		JOIN cube AS c ON p.members = ARRAY[c.school, c.race, c.grade]::text[];
		COMMIT;
	END LOOP;
END $$;

-- What a gap report is about: groups of race, lunch and sex and their pairs, by school and grade, of 12,000 students. All of it hangs together.
CREATE PROCEDURE measure_pairs(rounds int) LANGUAGE plpgsql AS $$
DECLARE
	began timestamptz;
	cpu numeric;
BEGIN
	CREATE TABLE pairs AS
	SELECT school, grade, race, lunch, sex, count(*) AS n
	FROM (SELECT scrambled(i * 7) % 79 AS school, scrambled(i * 11 + 1) % 4 AS grade, width_bucket(scrambled(i * 13 + 2) % 1000, '{0,620,960,975,985,993}'::int[]) AS race,
				scrambled(i * 17 + 3) % 20 / 10 + scrambled(i * 19) % 30 / 29 AS lunch, scrambled(i * 23 + 4) % 2 AS sex
			FROM generate_series(1, 12000) AS i) AS student
	GROUP BY CUBE (school, grade), GROUPING SETS ((), (race), (lunch), (sex), (race, lunch), (race, sex), (lunch, sex));
	FOR i IN 1 .. rounds LOOP
		began := clock_timestamp();
		cpu := cpu_seconds();
		INSERT INTO disclosure_run (what, cells, seconds, cpu_seconds, secondary)
		SELECT 'suppress 79 schools by 4 grades by pairs of three groups:', count(*), extract(epoch FROM clock_timestamp() - began), cpu_seconds() - cpu,
			count(*) FILTER (WHERE p.shown = '*' AND c.n > 9)::numeric / count(*) FILTER (WHERE c.n BETWEEN 1 AND 9)
		FROM gapstats.suppress('pairs', '{school, grade, race, lunch, sex}', '{"n": "count"}') AS p
		JOIN pairs AS c ON p.members = ARRAY[c.school, c.grade, c.race, c.lunch, c.sex]::text[];
		COMMIT;
	END LOOP;
END $$;

-- Those with an outcome among the students of the last table; to audit them all takes long, so that is done with 3 districts, and once with all
CREATE TABLE rated_cell (d int, s int, r int, sex int, n bigint, x bigint);
CREATE TABLE published_rate (d text, s text, r text, sex text, n text, x text);

CREATE PROCEDURE measure_rates(rounds int) LANGUAGE plpgsql AS $$
DECLARE
	began timestamptz;
	cpu numeric;
	ranges text;
	n_shown bigint;
	given_away bigint;
BEGIN
	SET client_min_messages = warning;
	INSERT INTO rated_cell
	SELECT d, s, r, sex, sum(n), sum(n * (20 + scrambled(s * 1009 + r * 17 + sex) % 50) / 100)
	FROM true_cell WHERE s > 0 AND r > 0 AND sex > 0 GROUP BY GROUPING SETS ((), (d), (d, s)), CUBE (r, sex);
	INSERT INTO published_rate
	SELECT members[1], members[2], members[3], members[4], max(shown) FILTER (WHERE measure = 'n'), max(shown) FILTER (WHERE measure = 'x')
	FROM gapstats.suppress('SELECT d, s, r, sex, sum(n) AS n, sum(x) AS x FROM rated_cell WHERE d <= 3 AND s > 0 AND r > 0 AND sex > 0 GROUP BY GROUPING SETS ((), (d), (d, s)), CUBE (r, sex)',
		'{d, s, r, sex}', '{"n": "count", "x": {"of": "n"}}') GROUP BY members;
	FOR i IN 1 .. rounds LOOP
		FOREACH ranges IN ARRAY '{none,nces,edfacts,rounded,ends}'::text[] LOOP
			began := clock_timestamp();
			cpu := cpu_seconds();
			SELECT count(*) INTO n_shown
			FROM gapstats.suppress('rated_cell', '{d, s, r, sex}', '{"n": "count", "x": {"of": "n"}, "pct": {"kind": "percent", "of": "n", "numerator": "x"}}', ranges => ranges) WHERE shown <> '*';
			INSERT INTO disclosure_run (what, cells, seconds, cpu_seconds)
			SELECT CASE ranges WHEN 'none' THEN 'suppress counts with numerators:' ELSE format('suppress rates, %s:', ranges) END, count(*), extract(epoch FROM clock_timestamp() - began), cpu_seconds() - cpu FROM rated_cell;
			COMMIT;
		END LOOP;
		began := clock_timestamp();
		cpu := cpu_seconds();
		SELECT count(*) INTO given_away FROM gapstats.disclosure_audit('published_rate', '{d, s, r, sex}', '{"n": "count", "x": {"of": "n"}}') WHERE verdict <> 'protected';
		INSERT INTO disclosure_run (what, cells, seconds, cpu_seconds, n_given_away)
		SELECT 'audit counts with numerators:', count(*), extract(epoch FROM clock_timestamp() - began), cpu_seconds() - cpu, given_away FROM published_rate;
		COMMIT;
	END LOOP;

	TRUNCATE published_rate;
	INSERT INTO published_rate
	SELECT members[1], members[2], members[3], members[4], max(shown) FILTER (WHERE measure = 'n'), max(shown) FILTER (WHERE measure = 'x')
	FROM gapstats.suppress('rated_cell', '{d, s, r, sex}', '{"n": "count", "x": {"of": "n"}}') GROUP BY members;
	began := clock_timestamp();
	cpu := cpu_seconds();
	SELECT count(*) INTO given_away
	FROM gapstats_internal.disclosure_leaks('published_rate', '{d, s, r, sex}', '{"n": "count", "x": {"of": "n"}}', '{}', '{}', '{}', 10, NULL, 'show', 'zero', '{}', 1000, false) WHERE verdict <> 'protected';
	INSERT INTO disclosure_run (what, cells, seconds, cpu_seconds, n_given_away)
	SELECT 'leaks of counts with numerators:', count(*), extract(epoch FROM clock_timestamp() - began), cpu_seconds() - cpu, given_away FROM published_rate;
	COMMIT;
	began := clock_timestamp();
	cpu := cpu_seconds();
	SELECT count(*) INTO given_away FROM gapstats.disclosure_audit('published_rate', '{d, s, r, sex}', '{"n": "count", "x": {"of": "n"}}') WHERE verdict <> 'protected';
	INSERT INTO disclosure_run (what, cells, seconds, cpu_seconds, n_given_away)
	SELECT 'audit counts with numerators:', count(*), extract(epoch FROM clock_timestamp() - began), cpu_seconds() - cpu, given_away FROM published_rate;
	COMMIT;
END $$;

-- The last table that was suppressed, published to 36 audiences, and to one more: all are of the same children
CREATE ROLE publisher;
CREATE SCHEMA releases AUTHORIZATION publisher;
GRANT USAGE ON SCHEMA public TO publisher;
GRANT SELECT ON published_cell, true_cell TO publisher;

-- The most memory that this session ever had, but for shared buffers, which are there anyway
CREATE FUNCTION peak_memory_of_its_own() RETURNS numeric LANGUAGE sql
RETURN peak_memory() - substring(pg_read_file('/proc/self/status') FROM 'RssShmem:\s*(\d+)')::bigint * 1024 / 1e6;

CREATE PROCEDURE publish_to(audience text) LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL ROLE publisher;
	PERFORM gapstats.publish_release('releases.ledger', audience, audience, 'enrolled', '2025-10-01', 'public.published_cell', '{d, s, r, sex}', '{"n": "count"}');
	RESET ROLE;
END $$;

-- All but the first are entered as what that one is, which takes much less than 35 audits
CREATE PROCEDURE make_ledger() LANGUAGE plpgsql AS $$
BEGIN
	SET client_min_messages = warning;
	SET LOCAL ROLE publisher;
	DROP TABLE IF EXISTS releases.ledger, releases.ledger_cells, releases.ledger_settings;
	PERFORM gapstats.create_ledger('releases.ledger');
	RESET ROLE;
	CALL publish_to('audience 1');
	COMMIT;
	FOR i IN 2 .. 36 LOOP
		SET LOCAL ROLE publisher;
		INSERT INTO releases.ledger
		SELECT (r).*
		FROM (SELECT jsonb_populate_record(first, jsonb_build_object('release', 'audience ' || i, 'audience', 'audience ' || i)) AS r FROM releases.ledger AS first WHERE first.release = 'audience 1') AS one;
		INSERT INTO releases.ledger_cells SELECT 'audience ' || i, c.place, c.members, c.numbers FROM releases.ledger_cells AS c WHERE c.release = 'audience 1';
		RESET ROLE;
		COMMIT;
	END LOOP;
END $$;

CREATE PROCEDURE measure_after_releases(what text, statement text) LANGUAGE plpgsql AS $$
DECLARE
	began timestamptz := clock_timestamp();
	cpu numeric := cpu_seconds();
BEGIN
	SET LOCAL ROLE publisher;
	EXECUTE statement;
	RESET ROLE;
	INSERT INTO disclosure_run (what, cells, seconds, cpu_seconds, memory_mb)
	SELECT what, count(*), extract(epoch FROM clock_timestamp() - began), cpu_seconds() - cpu, peak_memory_of_its_own() FROM published_cell;
END $$;

-- The processor time of the session before is the postmaster's once it has ended
CREATE PROCEDURE measure_publishing(rounds int) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_sleep(1);
	FOR i IN 1 .. rounds LOOP
		CALL measure_after_releases('publish after 36 releases', format('CALL publish_to(%L)', 'round ' || i));
		SET LOCAL ROLE publisher;
		PERFORM gapstats.withdraw_release('releases.ledger', 'round ' || i, 'to be measured again');
		RESET ROLE;
		COMMIT;
	END LOOP;
END $$;

CREATE PROCEDURE measure_ledger(rounds int) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_sleep(1);
	FOR i IN 1 .. rounds LOOP
		CALL measure_after_releases('suppress after 36 releases',
			$sql$SELECT count(*) FROM gapstats.suppress('public.true_cell', '{d, s, r, sex}', '{"n": "count"}', ledger => 'releases.ledger', population => 'enrolled', as_of => '2025-10-01')$sql$);
		COMMIT;
		CALL measure_after_releases('health of 36 releases', $sql$SELECT count(*) FROM gapstats.release_health('releases.ledger')$sql$);
		COMMIT;
	END LOOP;
END $$;

-- Districts in some months, to which students only come; what is hidden in a month stays hidden where it can
CREATE TABLE true_month (m int, d int, s int, r int, sex int, n bigint);
CREATE TABLE published_month (m int, d text, s text, r text, sex text, n text);
GRANT SELECT ON published_month TO publisher;

CREATE PROCEDURE make_months(districts int, months int) LANGUAGE plpgsql AS $$
BEGIN
	TRUNCATE true_month, published_month;
	INSERT INTO true_month
	WITH leaf AS (
			SELECT m, (s - 1) / 12 + 1 AS d, s, r, x,
				greatest(0, (130 + (s * 6007) % 850) * share / 2000 + (s * 37 + r * 11 + x * 5) % 9 - 4)
				+ (SELECT count(*) FROM generate_series(1, m) AS k WHERE scrambled(k * 1000003 + s * 4001 + r * 17 + x) % 10 <= share / 60) AS n
			FROM generate_series(1, months) AS m, generate_series(1, 12 * districts) AS s, unnest('{12,40,210,240,6,420,72}'::int[]) WITH ORDINALITY AS races (share, r), generate_series(1, 2) AS x)
	SELECT m, d, s, r, x, sum(n) FROM leaf GROUP BY m, GROUPING SETS ((), (d), (d, s)), CUBE (r, x);
	FOR i IN 1 .. months LOOP
		INSERT INTO published_month
		SELECT i, members[1], members[2], members[3], members[4], shown
		FROM gapstats.suppress(format('SELECT * FROM true_month WHERE m = %s', i), '{d, s, r, sex}', '{"n": "count"}',
			published => CASE WHEN i > 1 THEN format('SELECT * FROM published_month WHERE m = %s', i - 1) END);
	END LOOP;
END $$;

CREATE PROCEDURE publish_month(month int, release text) LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL ROLE publisher;
	PERFORM gapstats.publish_release('releases.months', release, 'all', 'enrolled', date '2025-09-01' + 30 * month,
		format('SELECT d, s, r, sex, n FROM public.published_month WHERE m = %s', month), '{d, s, r, sex}', '{"n": {"cumulative": "as_of"}}', accept => 'to be measured');
	RESET ROLE;
END $$;

-- All but the first month are entered without an audit
CREATE PROCEDURE enter_months(months int) LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL ROLE publisher;
	DROP TABLE IF EXISTS releases.months, releases.months_cells, releases.months_settings;
	PERFORM gapstats.create_ledger('releases.months');
	RESET ROLE;
	CALL publish_month(1, 'month 1');
	SET LOCAL ROLE publisher;
	INSERT INTO releases.months
	SELECT (r).*
	FROM (
		SELECT jsonb_populate_record(first, jsonb_build_object('release', 'month ' || m, 'as_of', date '2025-09-01' + 30 * m)) AS r
		FROM releases.months AS first, generate_series(2, months) AS m
	) AS one;
	INSERT INTO releases.months_cells SELECT 'month ' || m, row_number() OVER (PARTITION BY m) - 1, ARRAY[d, s, r, sex], ARRAY[n] FROM public.published_month WHERE m BETWEEN 2 AND months;
	RESET ROLE;
END $$;

CREATE PROCEDURE measure_last_month(months int, rounds int) LANGUAGE plpgsql AS $$
DECLARE
	began timestamptz;
	cpu numeric;
	what text;
BEGIN
	SET client_min_messages = warning;
	CALL enter_months(months - 1);
	SELECT format('publish the last of %s months of %s:', months, to_char(count(*), 'FM999,999')) INTO what FROM published_month WHERE m = months;
	COMMIT;
	FOR i IN 1 .. rounds LOOP
		began := clock_timestamp();
		cpu := cpu_seconds();
		CALL publish_month(months, 'round ' || i);
		INSERT INTO disclosure_run (what, cells, seconds, cpu_seconds)
		SELECT what, count(*), extract(epoch FROM clock_timestamp() - began), cpu_seconds() - cpu FROM published_month;
		SET LOCAL ROLE publisher;
		PERFORM gapstats.withdraw_release('releases.months', 'round ' || i, 'to be measured again');
		RESET ROLE;
		COMMIT;
	END LOOP;
END $$;

CREATE PROCEDURE measure_months(rounds int) LANGUAGE plpgsql AS $$
DECLARE
	began timestamptz;
	cpu numeric;
	given_away bigint;
BEGIN
	SET client_min_messages = warning;
	CALL make_months(32, 37);
	CALL measure_last_month(37, rounds);
	CALL make_months(3, 12);
	CALL measure_last_month(12, rounds);
	FOR i IN 1 .. rounds LOOP
		began := clock_timestamp();
		cpu := cpu_seconds();
		SELECT count(*) INTO given_away
		FROM gapstats.disclosure_audit('published_month', '{m, d, s, r, sex}', '{"n": {"cumulative": "m"}}') WHERE verdict <> 'protected';
		INSERT INTO disclosure_run (what, cells, seconds, cpu_seconds, n_given_away)
		SELECT 'audit 12 months of 960:', count(*), extract(epoch FROM clock_timestamp() - began), cpu_seconds() - cpu, given_away FROM published_month;
		COMMIT;
	END LOOP;
END $$;
