-- usage: active days of a learning app, days of contact with a family
SET search_path = gapstats, public;
SET datestyle = ISO;

-- Two weeks of school and a Monday: active on 2 days of the first week, on 1 and a Sunday of the second, not on the Monday
SELECT usage_rate(active, available) = 3 / 11.0 AS rate, usage_rate(active, available, daterange '[2025-09-01,2025-09-08)') = 2 / 5.0 AS first_week,
	longest_streak(active, available) AS longest, current_streak(active, available, '2025-09-12') AS current,
	weeks_below_dose(active, available, 2) AS below_2, weeks_below_dose(active, available, 1) AS below_1, weeks_below_dose(active, '{}', 1) AS never_available
	FROM (SELECT dayset '{2025-09-01,2025-09-05,2025-09-12,2025-09-14}' AS active,
		dayset '{2025-09-01..2025-09-05,2025-09-08..2025-09-12,2025-09-15}' AS available) AS s;
-- Friday and the Monday after it are a streak.
SELECT longest_streak('{2025-09-05,2025-09-08}', '{2025-09-01..2025-09-05,2025-09-08..2025-09-12}') AS over_a_weekend;
SELECT * FROM usage_by_week('{2025-09-01,2025-09-07,2025-09-08}', '{2025-09-01..2025-09-08}');
SELECT * FROM usage_by_week('{2025-09-01}', '{}');
SELECT weeks_below_dose('{2025-09-01}', '{}', 0);
SELECT weeks_below_dose('{2025-09-01}', '{}', 8);
SELECT weeks_below_dose('{2025-09-01}', '{2025-09-01}', NULL) AS unknown, usage_rate(NULL, '{2025-09-01}') AS unknown;
SELECT current_streak('{2025-09-01}', '{2025-09-01}', NULL);

-- Weeks are PostgreSQL's ISO weeks, over many years, and add up.
SELECT count(*) = count(DISTINCT date_trunc('week', day)) AS weeks, sum(days_available) AS days, sum(days_active) AS active,
	bool_and(week = date_trunc('week', week)) AS mondays
	FROM (SELECT dayset(day) AS available, dayset(day) FILTER (WHERE extract(day FROM day) = 1) AS active
			FROM (SELECT date '1895-03-07' + n AS day FROM generate_series(0, 36499) AS n) AS d) AS s,
		usage_by_week(active, available) FULL JOIN (SELECT DISTINCT date_trunc('week', date '1895-03-07' + n)::date AS day FROM generate_series(0, 36499) AS n) AS w
			ON week = day;
-- Weeks below each dose, from the days one by one
SELECT dose, weeks_below_dose(active, available, dose) = (SELECT count(*) FROM (SELECT count(*) FILTER (WHERE day <@ active) AS days FROM days(available) AS day GROUP BY date_trunc('week', day)) AS w WHERE days < dose) AS same
	FROM (SELECT dayset(day) AS available, dayset(day) FILTER (WHERE hashint4(n) % 3 = 0) AS active
			FROM (SELECT n, date '2024-08-01' + n AS day FROM generate_series(0, 700) AS n WHERE hashint4(n * 31) % 5 > 0) AS d) AS s,
		generate_series(1, 7) AS dose;
