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
	mean_gap(focal, reference) AS g;

\echo Two groups: students, mean and standard deviation of each
SELECT "gap", n_focal, rounded(mean_focal, 4) AS mean_focal, rounded(sd_focal, 4) AS sd_focal,
	n_reference, rounded(mean_reference, 4) AS mean_reference, rounded(sd_reference, 4) AS sd_reference
FROM star_gap;

\echo Their gap in points, focal minus reference: Welch test
SELECT "gap", rounded(difference, 4) AS difference,
	rounded(difference_lower, 4) AS lower, rounded(difference_upper, 4) AS upper,
	rounded(t, 3) AS t, rounded(df, 1) AS df, to_char(p_value, '9.9EEEE') AS p
FROM star_gap;

\echo The gap in standard deviations
SELECT "gap", rounded(cohens_d, 4) AS cohens_d, rounded(hedges_g, 4) AS hedges_g,
	rounded(hedges_g_lower, 4) AS lower, rounded(hedges_g_upper, 4) AS upper,
	rounded(v, 7) AS v, rounded(v_se, 7) AS v_se
FROM star_gap;

\echo Straight from rows: reading by lunch status, one gap a grade
SELECT grade, (g).n_focal, (g).n_reference,
	rounded((g).difference, 2) AS difference, rounded((g).hedges_g, 3) AS hedges_g, rounded((g).v, 3) AS v
FROM (
	SELECT grade, gap(score, free_lunch) AS g
	FROM star.score JOIN star.enrolment USING (student_id, grade)
	WHERE subject = 'reading'
	GROUP BY grade) AS s
ORDER BY translate(grade, 'K', '0');
