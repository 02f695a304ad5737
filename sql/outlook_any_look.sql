-- Intervals that hold at any look. Numbers: MEASURES 17.4 (mpmath and R's uniroot), others from test/reference/any_look.py.
SET search_path = gapstats, gapstats_internal, pg_temp, public;
CREATE FUNCTION pg_temp.agrees(actual double precision, expected double precision, tolerance double precision DEFAULT 1e-12) RETURNS boolean
	RETURN CASE WHEN expected = 0 THEN actual = 0 ELSE abs(actual / expected - 1) < tolerance END;

CREATE TEMP TABLE expected (x bigint, n bigint, alpha double precision, lower double precision, upper double precision);
INSERT INTO expected VALUES
	(0, 1, 0.05, 0.0, 0.975),
	(0, 15, 0.05, 0.0, 0.31924631415400227),
	(4, 25, 0.05, 0.02221805056124403, 0.44831038917545997),
	(11, 30, 0.05, 0.14447745279256801, 0.63788836637207893),
	(7, 7, 0.05, 0.48431254296349868, 1.0),
	(40, 250, 0.05, 0.091733801391235534, 0.24912423328894042),
	(75, 500, 0.05, 0.099651772325275211, 0.21185079060489015),
	(210, 1400, 0.05, 0.1172744976170404, 0.1871967741011789),
	(60, 240, 0.025, 0.16017547160280661, 0.35717210600822854),
	(36, 240, 0.025, 0.079755595715521714, 0.24521475182731756),
	(190, 760, 0.025, 0.19479339841383339, 0.31124593144120311),
	(114, 760, 0.025, 0.10560605374474123, 0.20307821005638622),
	(1, 2, 0.05, 0.0084039598749124722, 0.99159604012508753),
	(1, 3, 0.1, 0.0084764238260665374, 0.9039874098248003),
	(5, 6, 0.01, 0.19697176609512784, 0.99976162077405384),
	(1, 1000000000, 0.05, 4.99999999525e-20, 2.7015405033702214e-8),
	(999999999, 1000000000, 0.05, 0.99999997298459497, 1.0),
	(500000000, 1000000000, 0.05, 0.49991897045703049, 0.50008102954296951),
	(3, 1000000000000000, 0.2, 1.0626623333467274e-20, 4.5831360596028858e-14);
SELECT x, n, alpha, pg_temp.agrees(i.estimate, x / n::double precision) AS rate, pg_temp.agrees(i.lower, e.lower) AS lower, pg_temp.agrees(i.upper, e.upper) AS upper, pg_temp.agrees(i.se, w.se) AS se, i.reason
FROM expected AS e, any_look_interval(x, n, 1 - alpha) AS i, wilson_interval(x, n) AS w;
-- as MEASURES prints them
SELECT x, n, pg_temp.agrees(i.lower, v.lower) AS lower, pg_temp.agrees(i.upper, v.upper) AS upper
FROM (VALUES (0, 1, 0, 0.975), (0, 15, 0, 0.319246314154002), (4, 25, 0.022218050561244, 0.44831038917546), (11, 30, 0.144477452792568, 0.637888366372079), (7, 7, 0.484312542963499, 1),
	(40, 250, 0.0917338013912355, 0.24912423328894), (75, 500, 0.0996517723252752, 0.21185079060489), (210, 1400, 0.11727449761704, 0.187196774101179)) AS v (x, n, lower, upper), any_look_interval(x, n) AS i;
SELECT pg_temp.agrees(i.lower, v.lower) AS lower, pg_temp.agrees(i.upper, v.upper) AS upper
FROM (VALUES (60, 240, 0.160175471602807, 0.357172106008229), (36, 240, 0.0797555957155217, 0.245214751827318)) AS v (x, n, lower, upper), any_look_interval(x, n, 0.975) AS i;
SELECT pg_temp.agrees(g.estimate, difference) AS gap, pg_temp.agrees(g.lower, v.lower) AS lower, pg_temp.agrees(g.upper, v.upper) AS upper, pg_temp.agrees(g.se, sqrt(x * (n - x) / n::double precision ^ 3 + y * (m - y) / m::double precision ^ 3)) AS se, g.reason
FROM (VALUES (60, 240, 36, 240, -0.085039280224511, 0.277416510292707), (190, 760, 114, 760, -0.00828481164255283, 0.20563987769648)) AS v (x, n, y, m, lower, upper),
	any_look_gap(x, n, y, m) AS g, rate_gap(x, n, y, m);
-- at a bound the mixture is 1/alpha times as likely, wherever it is
SELECT count(*), bool_and(lower > 0 AND lower < x / n::double precision AND upper > x / n::double precision AND upper < 1) AS around, max(abs(ln((n + 1) * choose * lower ^ x * (1 - lower) ^ (n - x)) - ln(0.05))) < 1e-9 AS lower,
	max(abs(ln((n + 1) * choose * upper ^ x * (1 - upper) ^ (n - x)) - ln(0.05))) < 1e-9 AS upper
FROM generate_series(2, 40) AS n, generate_series(1, n - 1) AS x, LATERAL (SELECT (factorial(n) / (factorial(x) * factorial(n - x)))::double precision AS choose) AS c, any_look_interval(x, n) AS i;
-- seen from the others it is the same
SELECT bool_and(pg_temp.agrees(1 - a.lower, b.upper, 1e-14) AND pg_temp.agrees(1 - a.upper, b.lower, 1e-13)) AS mirrored
FROM generate_series(1, 30) AS n, generate_series(0, n) AS x, any_look_interval(x, n, 0.9) AS a, any_look_interval(n - x, n, 0.9) AS b
WHERE x <= n - x;
-- Students come one after the other: with what probability does the interval of some look among 60 miss the rate? Of the ways in which none has, x of n having the outcome
CREATE FUNCTION pg_temp.ever_missed(p double precision, is_any_look boolean) RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
	ways double precision[] := '{1}';
	next double precision[];
	missed double precision := 0;
	chance double precision;
BEGIN
	FOR n IN 1..60 LOOP
		next := '{}';
		FOR x IN 0..n LOOP
			chance := coalesce(ways[x + 1], 0) * (1 - p) + CASE WHEN x > 0 THEN ways[x] ELSE 0 END * p;
			IF (SELECT p NOT BETWEEN lower AND upper FROM any_look_interval(x, n, 0.9) WHERE is_any_look UNION ALL SELECT p NOT BETWEEN lower AND upper FROM wilson_interval(x, n, 0.9) WHERE NOT is_any_look) THEN
				missed := missed + chance;
				chance := 0;
			END IF;
			next := next || chance;
		END LOOP;
		ways := next;
	END LOOP;
	RETURN missed;
END $$;
SELECT p, pg_temp.ever_missed(p, true) BETWEEN 0.001 AND 0.1 AS holds, pg_temp.ever_missed(p, false) > 0.2 AS wilson_does_not FROM unnest('{0.1,0.3,0.5}'::double precision[]) AS p;
-- nobody yet, too few, a missing count
SET extra_float_digits = -2;
SELECT * FROM any_look_interval(0, 0);
SELECT * FROM any_look_interval(NULL, NULL);
SELECT * FROM any_look_interval(3, 9, min_n => 10);
SELECT * FROM any_look_interval(3, 10, min_n => 10);
SELECT * FROM any_look_interval(NULL, 9);
SELECT * FROM any_look_gap(0, 0, 3, 9);
SELECT * FROM any_look_gap(3, 9, 30, 90, min_n => 10);
SELECT * FROM any_look_gap(3, 9, NULL, 90);
RESET extra_float_digits;
SELECT any_look_interval(5, 4);
SELECT any_look_interval(-1, 4);
SELECT any_look_interval(1, 4, 95);
SELECT any_look_interval(1, 4, NULL);
SELECT any_look_interval(1, 4, min_n => -1);
SELECT any_look_gap(1, 4, 5, 4);
SELECT any_look_gap(1, 4, 2, 4, 1);
SELECT any_look_interval(4611686018427387904, 9223372036854775807);

-- Looks that follow one another
CREATE TEMP TABLE look (day date, x bigint, n bigint);
INSERT INTO look VALUES ('2025-09-05', 1, 6), ('2025-10-03', 9, 40), ('2025-11-07', 20, 90), ('2025-12-05', 42, 200), ('2026-01-09', 90, 480), ('2026-02-06', 150, 800);
SELECT day, x, n, (r).n_looks, (r).n_looks_hidden, (r).lowest = max(lower) OVER w AS lowest, (r).highest = min(upper) OVER w AS highest, (r).is_below_goal, (r).is_above_goal, (r).reason
FROM (SELECT day, x, n, lower, upper, running_interval(lower, upper, 0.13) OVER (ORDER BY day) AS r FROM look, any_look_interval(x, n, min_n => 10)) AS s
WINDOW w AS (ORDER BY day)
ORDER BY day;
SELECT (running_interval(i.lower, i.upper)).* FROM look, any_look_interval(x, n) AS i;
SELECT (running_interval(i.lower, i.upper, 0.25)).is_below_goal, (running_interval(i.lower, i.upper, NULL)).is_below_goal AS of_none FROM look, any_look_interval(x, n) AS i;
-- the order changes nothing
SELECT running_interval(lower, upper, 0.2 ORDER BY lower) = running_interval(lower, upper, 0.2 ORDER BY lower DESC) AS same FROM look, any_look_interval(x, n);
SELECT running_interval(-zero, zero ORDER BY i), running_interval(-zero, zero ORDER BY i DESC) FROM unnest('{0,-0}'::double precision[]) WITH ORDINALITY AS z (zero, i);
-- a rate that has moved; a bound that is the goal; no look
SELECT (running_interval(lower, upper, 0.4)).* FROM (VALUES (0.1, 0.3), (0.5, 0.7)) AS v (lower, upper);
SELECT (running_interval(lower, upper, 0.4)).* FROM (VALUES (0.1, 0.4), (0.2, 0.5)) AS v (lower, upper);
SELECT (running_interval(lower, upper, 0.4)).* FROM (VALUES (NULL::float8, 0.4::float8), (0.2, NULL)) AS v (lower, upper);
SELECT (running_interval(lower, upper)).* FROM (VALUES (0.1, 0.3)) AS v (lower, upper) WHERE false;
SELECT running_interval(0.5, 0.4);
SELECT running_interval('NaN', 0.4);
SELECT running_interval(0.1, 'Infinity');
SELECT running_interval(0.1, 0.4, 'NaN');
SELECT running_interval(0.1, 0.4, g) FROM (VALUES (0.1), (NULL)) AS v (g);
-- the state is open to all
SELECT running_interval_accum(NULL, 0.1, 0.4), running_interval_accum('{1,0,0.2,0.6,0.3}', 0.1, 0.4, 0.3);
SELECT running_interval_combine('{1,0,0.2,0.6,0.3}', '{2,1,0.1,0.5,0.3}'), running_interval_combine(NULL, '{2,1,0.1,0.5,0.3}'), running_interval_combine('{1,0,0.2,0.6,0.3}', NULL);
SELECT running_interval_combine('{1,0,0.2,0.6,0.3}', '{2,1,0.1,0.5,NaN}');
SELECT running_interval_final(NULL), running_interval_final('{1,0,0.2,0.6,0.3}');
SELECT running_interval_final('{1,0,0.2,0.6}');
SELECT running_interval_final('{1,0,0.2,NULL,1}');
SELECT running_interval_final('{-1,0,0.2,0.6,1}');
SELECT running_interval_final('{1,0,NaN,0.6,1}');
RESET search_path;
