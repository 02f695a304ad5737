CREATE TEMP VIEW star_gap AS
SELECT "gap", g.*
FROM (
	SELECT 'kindergarten reading, black against white' AS "gap",
		rollup(scores) FILTER (WHERE race = 'black') AS focal,
		rollup(scores) FILTER (WHERE race = 'white') AS reference
	FROM star.scores
	WHERE grade = 'K' AND subject = 'reading'
	UNION ALL
	SELECT 'kindergarten reading, free lunch against none',
		rollup(scores) FILTER (WHERE free_lunch),
		rollup(scores) FILTER (WHERE NOT free_lunch)
	FROM star.scores
	WHERE grade = 'K' AND subject = 'reading'
	UNION ALL
	SELECT 'grade 3 mathematics, black against white',
		rollup(scores) FILTER (WHERE race = 'black'),
		rollup(scores) FILTER (WHERE race = 'white')
	FROM star.scores
	WHERE grade = '3' AND subject = 'mathematics') AS groups,
	gap(focal, reference) AS g;

\echo Two groups: students, mean and standard deviation of each
SELECT "gap", n_focal, round(mean_focal::numeric, 4) AS mean_focal, round(sd_focal::numeric, 4) AS sd_focal,
	n_reference, round(mean_reference::numeric, 4) AS mean_reference, round(sd_reference::numeric, 4) AS sd_reference
FROM star_gap;

\echo Their gap in points, focal minus reference: Welch test
SELECT "gap", round(difference::numeric, 4) AS difference,
	round(difference_lower::numeric, 4) AS lower, round(difference_upper::numeric, 4) AS upper,
	round(t::numeric, 3) AS t, round(df::numeric, 1) AS df, to_char(p_value, '9.9EEEE') AS p
FROM star_gap;

\echo The gap in standard deviations
SELECT "gap", round(cohens_d::numeric, 4) AS cohens_d, round(hedges_g::numeric, 4) AS hedges_g,
	round(hedges_g_lower::numeric, 4) AS lower, round(hedges_g_upper::numeric, 4) AS upper,
	round(v::numeric, 7) AS v, round(v_se::numeric, 7) AS v_se
FROM star_gap;

\echo Straight from rows: reading by lunch status, one gap a grade
SELECT grade, (g).n_focal, (g).n_reference,
	round((g).difference::numeric, 2) AS difference, round((g).hedges_g::numeric, 3) AS hedges_g, round((g).v::numeric, 3) AS v
FROM (
	SELECT grade, gap(score, free_lunch) AS g
	FROM star.score JOIN star.enrolment USING (student_id, grade)
	WHERE subject = 'reading'
	GROUP BY grade) AS s
ORDER BY translate(grade, 'K', '0');
