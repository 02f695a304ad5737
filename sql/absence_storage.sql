-- absence: every way in which districts store attendance becomes sets of days
SET search_path = gapstats, gapstats_internal, public;
SET datestyle = ISO;

-- Four weeks of school with a holiday on the second Monday: 19 days
CREATE TABLE calendar AS
	SELECT dayset(day::date) AS in_session FROM generate_series(timestamp '2025-09-01', '2025-09-26', '1 day') AS day
	WHERE extract(isodow FROM day) < 6 AND day <> '2025-09-08';

--
-- One row a student and day
--

CREATE TABLE daily AS
	SELECT student, day, (student + extract(day FROM day)::int) % 9 = 0 AS absent
	FROM generate_series(1, 3) AS student, calendar, days(in_session) AS day;
SELECT student, dayset(day) = (SELECT in_session FROM calendar) AS all_days, dayset(day) FILTER (WHERE absent) AS absent
	FROM daily GROUP BY student ORDER BY student;

--
-- Absence events, a calendar and enrolment spans.  Nothing is multiplied out.
--

CREATE TABLE enrolment (student int, school int, entry date, exit date);
INSERT INTO enrolment VALUES
	(1, 1, '2025-09-01', NULL),								-- all the time
	(2, 1, '2025-09-01', '2025-09-12'),						-- left on a Friday
	(3, 1, '2025-09-01', '2025-09-05'), (3, 1, '2025-09-15', NULL),			-- re-entered
	(4, 1, '2025-09-01', '2025-09-12'), (4, 2, '2025-09-12', NULL),			-- moved, both schools count the 12th
	(5, 1, '2025-09-10', '2025-09-09'),						-- never showed up
	(6, 1, '2025-09-08', '2025-09-08');						-- came and left on the holiday
CREATE TABLE absence_event (student int, school int, day date, category text);
INSERT INTO absence_event VALUES
	(1, 1, '2025-09-02', 'excused'), (1, 1, '2025-09-02', 'excused'),		-- loaded twice
	(1, 1, '2025-09-07', 'unexcused'),						-- on a Sunday
	(2, 1, '2025-09-12', 'unexcused'), (2, 1, '2025-09-15', 'unexcused'),		-- on the last day, and after it
	(4, 1, '2025-09-03', 'suspension'), (4, 2, '2025-09-16', 'excused'), (4, 2, '2025-09-17', 'unexcused');

CREATE VIEW student_days AS
	SELECT student, enrolled, coalesce(absent, '{}') AS absent, coalesce(excused, '{}') AS excused, coalesce(suspended, '{}') AS suspended
	FROM (SELECT student, rollup(enrolled_days(in_session, entry, exit)) AS enrolled FROM enrolment, calendar GROUP BY student) AS e
		LEFT JOIN (SELECT student, dayset(day) AS absent, dayset(day) FILTER (WHERE category = 'excused') AS excused,
				dayset(day) FILTER (WHERE category = 'suspension') AS suspended
			FROM absence_event GROUP BY student) AS a USING (student);
SELECT student, day_count(enrolled) AS enrolled, day_count(absent & enrolled) AS absent,
	absence_rate(absent, enrolled) AS rate, absence_rate(excused, enrolled) AS excused,
	absence_rate(absent - excused - suspended, enrolled) AS unexcused, absence_rate(suspended, enrolled) AS suspended
	FROM student_days ORDER BY student;

-- The day of exit counts, or does not.
SELECT enrolled_days(in_session, '2025-09-10', '2025-09-12') AS counted, enrolled_days(in_session, '2025-09-10', '2025-09-12', false) AS not_counted,
	enrolled_days(in_session, '2025-09-12', '2025-09-12', false) AS one_day, enrolled_days(in_session, '2025-09-25', NULL, false) AS still_enrolled,
	enrolled_days(in_session, '2025-09-25', 'infinity') AS for_ever, enrolled_days(in_session, NULL, '2025-09-12') AS unknown
	FROM calendar;

-- A student who moved: each school's rate, and the year's, which counts the 12th once
SELECT school, absence_rate(absent, enrolled) = rate AS as_expected, day_count(enrolled) AS days
	FROM (SELECT student, school, rollup(enrolled_days(in_session, entry, exit)) AS enrolled FROM enrolment, calendar GROUP BY student, school) AS e
		JOIN (SELECT student, school, dayset(day) AS absent FROM absence_event GROUP BY student, school) AS a USING (student, school)
		JOIN (VALUES (1, 1 / 9.0), (2, 2 / 11.0)) AS expected(school, rate) USING (school)
	WHERE student = 4 ORDER BY school;
SELECT absence_rate(absent, enrolled) = 3 / 19.0 AS year FROM student_days WHERE student = 4;

--
-- Periods: absent from half of those scheduled, or from another share
--

CREATE TABLE period_attendance AS
	SELECT 1 AS student, date '2025-09-01' + day AS day, period, period <= missed AS missed
	FROM (VALUES (0, 6, 0), (1, 6, 2), (2, 6, 3), (3, 6, 4), (4, 7, 3), (5, 7, 4), (6, 6, 6)) AS v(day, scheduled, missed),
		generate_series(1, scheduled) AS period;
SELECT dayset(day) AS enrolled, dayset(day) FILTER (WHERE absent_day(missed, scheduled)) AS absent_from_half,
	dayset(day) FILTER (WHERE absent_day(missed, scheduled, 0.3)) AS absent_from_three_tenths,
	pooled_absence_rate(missed, scheduled) = 22 / 44.0 AS share_of_periods
	FROM (SELECT student, day, count(*) FILTER (WHERE missed) AS missed, count(*) AS scheduled
			FROM period_attendance GROUP BY student, day) AS d;
SELECT absent_day(1, 2) AS half, absent_day(0, 0) AS nothing_scheduled, absent_day(3, 10, 0.3) AS exactly, absent_day(NULL, 1) AS unknown,
	absent_day(1.5, 6, 0.25) AS hours, absent_day(1, 3, 1 / 3.0) AS more_than_a_third;
SELECT absent_day(8, 7);
SELECT absent_day(-1, 7);
SELECT absent_day(1, 7, 50);
SELECT absent_day(1, 7, 0);
SELECT absent_day(1, 7, NULL);

--
-- Fractions of a day, in whole units.  Ten tenths are a day.
--

SELECT pooled_absence_rate(1, 10) = 0.1 AS exact, sum(0.1::float8) = 1 AS in_floating_point FROM generate_series(1, 10);
-- 17.5 of 180 days in half-days: at risk; 18: chronic
SELECT absence_tier(sum(half_days) / 2.0, count(*)) AS at_risk, absence_tier((sum(half_days) + 1) / 2.0, count(*)) AS moderate
	FROM (SELECT CASE WHEN day <= 17 THEN 2 WHEN day = 18 THEN 1 ELSE 0 END AS half_days FROM generate_series(1, 180) AS day) AS d;
SELECT pooled_absence_rate(NULL, 10) FROM generate_series(1, 3);
SELECT pooled_absence_rate(m, 10) FROM (VALUES (1), (NULL), (4)) AS v(m);
SELECT pooled_absence_rate(0, 0) AS nothing_scheduled;
SELECT pooled_absence_rate(11, 10);
SELECT pooled_absence_rate(-1, 10);
SELECT pooled_absence_rate(1, 'Infinity');
SELECT pooled_absence_rate(m, s) = 1.0 / 18446744073709551614 AS beyond_bigint FROM (VALUES (1, 9223372036854775807), (0, 9223372036854775807)) AS v(m, s);
-- Days of students, with fractions: exact, in moving windows too
SELECT pooled_absence_rate(a, e) = 37 / 365.0 AS pooled FROM (VALUES (18.5, 180), (18.5, 185)) AS v(a, e);
SELECT pooled_absence_rate(n / 7.0, 2 * n / 7.0 + 1e-20) FROM generate_series(1, 10) AS n;
SELECT n, pooled_absence_rate(a, e) OVER (ORDER BY n ROWS 1 PRECEDING) = rate AS same
	FROM (VALUES (1, 0.1, 1, 0.1), (2, 0.25, 0.5, 0.35 / 1.5), (3, 1 / 3.0, 1, (0.25 + 1 / 3.0) / 1.5), (4, 0, 0, 1 / 3.0), (5, 0, 0, NULL)) AS v(n, a, e, rate);
-- the quotient rounded once, however many digits there are (Python's Fraction)
SELECT missed, pooled_absence_rate(missed, scheduled) = rate AS pooled, absence_rate(missed, scheduled) = rate AS of_one
FROM (VALUES (1e-25, 1.0, 1e-25::float8), (111713396666646.19994, 384860013377470.67026, 0.2902702093841007),
	(2274054.051476927445898359, 2854437.057629272106088684, 0.7966733914832311), (414506860427062652926411.54949, 602988438951569710607676.73413, 0.6874209083473898),
	(49057533345251990249.17904, 92712364543667195385.44451, 0.5291369019301203), (47997944221.528988192012335980, 56354346602.597306842119226629, 0.8517168082881618),
	(71677400269.989150283204276034, 78186730344.299068141154133398, 0.9167463577816112)) AS v(missed, scheduled, rate)
GROUP BY missed, scheduled, rate ORDER BY missed;
-- digits leave a frame with the row that brought them: rows 2 and 3 alone are 3 of 5, and 100000001 of 200000002
SELECT i, pooled_absence_rate(m, s) OVER (ORDER BY i ROWS 1 PRECEDING) AS of_two, pooled_absence_rate(n, t) OVER (ORDER BY i ROWS 1 PRECEDING) AS and_large
	FROM (VALUES (1, 1e-22, 1, 1e-30, 1), (2, 3, 5, 1, 2), (3, 0, 0, 100000000, 200000000)) AS v(i, m, s, n, t);
SELECT pooled_absence_rate_remove(pooled_absence_rate_add(pooled_absence_rate_add('{0,0,0,0,0}', 3, 5), 0.125, 0.25), 0.125, 0.25) AS as_if_never_there;
SELECT pooled_absence_rate(0, 1e30);
SELECT pooled_absence_rate_add('{1}', 1, 2);
SELECT pooled_absence_rate_add('{1,NULL}', 1, 2);
SELECT pooled_absence_rate_add('{-1,0,0,0,0}', 1, 2);
SELECT pooled_absence_rate_final('{{1,2}}');
SELECT pooled_absence_rate_combine('{0,0,1,0,2}', '{1}');
SELECT pooled_absence_rate_combine('{}', '{}');
SELECT pooled_absence_rate_final(pooled_absence_rate_combine('{0,0,1,0,2}', '{1,0,5,0,20}')) = 1.5 / 4 AS of_different_scales;

--
-- Unknown days are unknown: not present, unless asked
--

SELECT enrolled_days('{}', '2025-09-01', NULL, NULL);
SELECT enrolled_days('{2025-09-01}', '-infinity', '2025-09-01', false) AS not_counted, enrolled_days('{2025-09-01}', 'infinity', NULL) AS never,
	enrolled_days('{2025-09-01}', '2025-09-01', '-infinity') AS over;
SELECT day_count(unknown) AS unknown, absence_rate(absent, enrolled - unknown) = 1 / 2.0 AS known_days,
	absence_rate(absent, enrolled) = 1 / 4.0 AS unknown_as_present, absence_rate(absent | unknown, enrolled) = 3 / 4.0 AS unknown_as_absent,
	longest_absence(absent, enrolled - unknown) AS streak
	FROM (SELECT enrolled, dayset(day) FILTER (WHERE code = 'A') AS absent, enrolled - dayset(day) FILTER (WHERE code IN ('A', 'P')) AS unknown
		FROM (VALUES (date '2025-09-01', 'A'), ('2025-09-02', '?'), ('2025-09-04', 'P')) AS v(day, code),
			(VALUES (dayset '{2025-09-01..2025-09-04}')) AS e(enrolled) GROUP BY enrolled) AS s;

SELECT absent_at_least('{}', '{}', 10);
SELECT absent_at_least(NULL, '{}', NULL);
SELECT absent_at_least(NULL, '{}', 0.1) AS no_set, absent_at_least('{}', NULL, 0.1) AS not_known;
SELECT absent_at_least(a, e, 0.1) AS tenth, absent_at_least(a, e, 0.1000001) AS more, absent_at_least(a, '{}', 0.1) AS never_enrolled
	FROM (SELECT dayset '{2025-09-03}' AS a, dayset '{2025-09-01..2025-09-10}' AS e) AS s;

--
-- Events that conflict: of the categories of a day, the first in a stated order has it
--

CREATE TABLE event (student int, day date, category text, fraction numeric);
INSERT INTO event VALUES
	(1, '2025-09-01', 'excused', 1), (1, '2025-09-01', 'unexcused', 1),			-- two teachers, two words
	(1, '2025-09-02', 'unexcused', 0.5), (1, '2025-09-02', 'unexcused', 0.5),		-- loaded twice
	(1, '2025-09-03', 'excused', 0.5), (1, '2025-09-03', 'unexcused', 0.25),		-- a morning, and an hour more
	(1, '2025-09-04', 'suspended', 0.75), (1, '2025-09-04', 'excused', 0.75),		-- more than there is of a day
	(1, '2025-09-05', 'suspended', 1), (1, '2025-09-05', 'excused', 1), (1, '2025-09-05', 'unexcused', 1);
-- Whole days: suspended before excused before unexcused
SELECT suspended, excused - suspended AS excused, unexcused - excused - suspended AS unexcused
	FROM (SELECT dayset(day) FILTER (WHERE category = 'suspended') AS suspended, dayset(day) FILTER (WHERE category = 'excused') AS excused,
			dayset(day) FILTER (WHERE category = 'unexcused') AS unexcused FROM event GROUP BY student) AS s;
-- Fractions: a category has the longest of its events, as far as those before it leave the day to it
CREATE VIEW share_of_day AS
	SELECT student, day, category, least(fraction, greatest(1 - coalesce(sum(fraction) OVER before, 0), 0)) AS fraction
	FROM (SELECT student, day, category, max(fraction) AS fraction FROM event GROUP BY student, day, category) AS e
	WINDOW before AS (PARTITION BY student, day ORDER BY array_position('{suspended,excused,unexcused}', category) ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING);
SELECT day, category, fraction FROM share_of_day ORDER BY day, category;
SELECT student, sum(fraction) AS days_absent, sum(fraction) FILTER (WHERE category = 'suspended') AS suspended, sum(fraction) FILTER (WHERE category = 'excused') AS excused,
	sum(fraction) FILTER (WHERE category = 'unexcused') AS unexcused, absence_tier(sum(fraction), 45) AS tier
	FROM share_of_day GROUP BY student;
-- and whole days again, absent from half a day on
SELECT dayset(day) FILTER (WHERE absent_day(fraction, 1)) AS absent FROM (SELECT day, sum(fraction) AS fraction FROM share_of_day GROUP BY day) AS d;

DROP TABLE calendar, daily, enrolment, absence_event, period_attendance, event CASCADE;
