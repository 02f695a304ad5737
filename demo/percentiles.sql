\echo Percentile bands: kindergarten reading
SELECT coalesce(race, 'all') AS race, n(scores), p.*
FROM (
	SELECT race, rollup(scores) AS scores
	FROM star.scores
	WHERE grade = 'K' AND subject = 'reading'
	GROUP BY ROLLUP (race)
	HAVING n(rollup(scores)) >= 10) AS g,
	LATERAL (
		SELECT round(p[1]::numeric, 1) AS p10, round(p[2]::numeric, 1) AS p25, round(p[3]::numeric, 1) AS p50,
			round(p[4]::numeric, 1) AS p75, round(p[5]::numeric, 1) AS p90
		FROM percentiles(scores, '{0.10, 0.25, 0.50, 0.75, 0.90}') AS p) AS p
ORDER BY n DESC;
