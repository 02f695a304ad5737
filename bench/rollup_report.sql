SET search_path = rolled, public, gapstats;

-- Of what is done several times in a round, the median; of CPU time, which is told in hundredths of a second, the mean
CREATE VIEW rollup_round AS
SELECT part, what, n, side, round, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS ms, avg(cpu_ms) AS cpu_ms, max(failed) AS failed
FROM rollup_run
GROUP BY part, what, n, side, round;

CREATE FUNCTION met(is_met boolean) RETURNS text LANGUAGE sql RETURN CASE is_met WHEN true THEN 'yes' WHEN false THEN 'no' END;

-- Beside a table without
CREATE VIEW rollup_result AS
SELECT r.part, r.what, r.n, r.side, s.id AS place,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY r.ms)::numeric AS ms,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY r.ms / plain.ms)::numeric AS ratio,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY r.cpu_ms)::numeric AS cpu_ms, percentile_cont(0.5) WITHIN GROUP (ORDER BY r.cpu_ms / nullif(plain.cpu_ms, 0))::numeric AS cpu_ratio, max(r.failed) AS failed
FROM rollup_round AS r
LEFT JOIN side AS s USING (side)
LEFT JOIN rollup_round AS plain ON plain.side = 'nothing' AND (plain.part, plain.what, plain.n, plain.round) = (r.part, r.what, r.n, r.round)
GROUP BY r.part, r.what, r.n, r.side, s.id;

\echo
\echo Roll-ups: medians of :rounds rounds at scale :scale, of the ratios too. A load is one statement and its commit, into a table
\echo of scores with a primary key, in a session that has written to it before. What is named keeps its 2,000 groups, or nothing: a
\echo roll-up their distributions, the UPSERTs their n and sum. For UPSERTs in row triggers there is time for 1,000 rows.
SELECT r.what, to_char(r.n, 'FM9,999,999') AS rows, r.side AS "beside the table", round(r.ms, 2) AS ms, round(r.ratio, 2) AS ratio, t.at_most AS "target, at most",
	met(r.ratio <= t.at_most), round(r.cpu_ratio, 2) AS "of CPU time"
FROM rollup_result AS r LEFT JOIN rollup_target AS t USING (part, what, side)
WHERE r.part = 'load'
ORDER BY r.what DESC, r.n, r.place;

\echo Eight writers, each transaction two INSERTs of 10 rows in 100 groups
SELECT r.side AS "beside the table", round(coalesce(1000 / r.ms, 0), 1) AS tps, round(r.failed, 2) AS "% failed", round(1 / r.ratio, 2) AS ratio, t.at_least AS "target, at least",
	CASE WHEN t.at_least IS NOT NULL THEN met(1 / r.ratio >= t.at_least AND r.failed = 0) END AS met
FROM rollup_result AS r LEFT JOIN rollup_target AS t USING (part, what, side)
WHERE r.part = 'writers'
ORDER BY r.place;

SELECT to_char(count(*), 'FM999,999,999') AS n_groups FROM students \gset
\echo A roll-up of :n_groups groups of 10 rows
SELECT r.what, round(r.ms / 1000, 3) AS seconds, t.at_most * :scale AS "target, at most", met(r.ms <= 1000 * t.at_most * :scale), round(r.cpu_ms / 1000, 2) AS cpu_seconds
FROM rollup_result AS r LEFT JOIN rollup_target AS t USING (part, what)
WHERE r.part = 'groups'
ORDER BY (SELECT min(w.place) FROM unnest('{a statement that touches each,"read, with as many changes pending",merge,"read, after it","the same of the rows, without a roll-up",check,rebuild}'::text[]) WITH ORDINALITY AS w (what, place) WHERE w.what = r.what);
