\echo Percentile bands: kindergarten reading
SELECT coalesce(race, 'all') AS race, n(scores), p.*
FROM (
	SELECT race, rollup(scores) AS scores
	FROM star.scores
	WHERE grade = 'K' AND subject = 'reading'
	GROUP BY ROLLUP (race)
	HAVING n(rollup(scores)) >= 10) AS g,
	LATERAL (
		SELECT rounded(p[1], 1) AS p10, rounded(p[2], 1) AS p25, rounded(p[3], 1) AS p50,
			rounded(p[4], 1) AS p75, rounded(p[5], 1) AS p90
		FROM percentiles(scores, '{0.10, 0.25, 0.50, 0.75, 0.90}') AS p) AS p
ORDER BY n DESC;
