\echo Chronic absence in kindergarten: absent on at least 10% of the days enrolled
CREATE TEMP VIEW kindergarten AS
SELECT student_id, free_lunch, race, absent, enrolled,
	chronic_absence(absent, enrolled, 0) AS chronic,
	absence_tier(absent, enrolled, 0) AS tier
FROM star.attendance
	JOIN star.enrolment USING (student_id, grade)
	JOIN star.student USING (student_id)
WHERE grade = 'K';

SELECT coalesce(CASE WHEN free_lunch THEN 'free lunch' WHEN NOT free_lunch THEN 'no free lunch' END, race, 'all') AS students,
	count(*) AS n,
	count(*) FILTER (WHERE tier = 'satisfactory') AS "below 5%",
	count(*) FILTER (WHERE tier = 'at_risk') AS "5 to 10%",
	count(*) FILTER (WHERE tier = 'moderate') AS "10 to 20%",
	count(*) FILTER (WHERE tier = 'severe') AS "20% or more",
	count(*) FILTER (WHERE chronic) AS chronic,
	round(avg(chronic::int), 4) AS rate
FROM kindergarten
GROUP BY GROUPING SETS ((), (free_lunch), (race))
HAVING count(*) >= 10 AND (GROUPING(free_lunch, race) = 3 OR coalesce(free_lunch::text, race) IS NOT NULL)
ORDER BY GROUPING(free_lunch, race) DESC, n DESC;

\echo Students at exactly 10%, whom arithmetic in floating point loses
SELECT count(*) AS "exactly 10%",
	count(*) FILTER (WHERE chronic) AS chronic,
	count(*) FILTER (WHERE 1 - day_count(enrolled - absent)::float8 / day_count(enrolled) >= 0.10) AS "by 1 - present / enrolled"
FROM kindergarten
WHERE 10 * day_count(absent) = day_count(enrolled);

\echo Chronic absence, free lunch against the others
SELECT rounded(estimate, 6) AS risk_ratio, rounded(lower, 6) AS lower, rounded(upper, 6) AS upper
FROM (
	SELECT count(*) FILTER (WHERE free_lunch AND chronic) AS x_focal,
		count(*) FILTER (WHERE free_lunch) AS n_focal,
		count(*) FILTER (WHERE NOT free_lunch AND chronic) AS x_reference,
		count(*) FILTER (WHERE NOT free_lunch) AS n_reference
	FROM kindergarten) AS c,
	risk_ratio(x_focal, n_focal, x_reference, n_reference);

\echo The last 20 school days up to 28 February 1986
SELECT w.tier, count(*) AS students, max(missed) AS "most days missed", max(longest) AS "longest absence, days"
FROM kindergarten,
	last_days(enrolled, 20, date '1986-02-28') AS recent,
	LATERAL (
		SELECT absence_tier(absent, recent, 20) AS tier,
			day_count(absent & recent) AS missed,
			longest_absence(absent, recent) AS longest) AS w
WHERE w.tier IS NOT NULL
GROUP BY w.tier
ORDER BY max(missed);
