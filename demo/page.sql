-- The district on one page, as HTML
SET search_path = star, gapstats;
SELECT publish_counts('kindergarten_watch', 'school_id') \g /dev/null

SELECT report_page('The district', jsonb_build_array(
	chart('trend', $$
		SELECT *
		FROM gap_report('SELECT p.*, replace(grade, ''K'', ''0'') AS year FROM public_use AS p WHERE race IN (''BLACK'', ''WHITE'')',
			'{"reading": {"score": "read", "direction": "higher", "unit": "points"}, "mathematics": {"score": "math", "direction": "higher", "unit": "points"}}',
			'{race,freelunch}', period => 'year', reference_groups => '{"race": "WHITE", "freelunch": "NON-FREE LUNCH"}')
		WHERE reason IS NULL $$, 'Is the gap closing? Kindergarten (0) to grade 3'),
	chart('gaps', $$
		SELECT *
		FROM gap_report('SELECT * FROM public_use WHERE grade = ''K''', '{"reading": {"score": "read", "direction": "higher", "unit": "points"}}',
			'{freelunch}', '{schid}', reference_groups => '{"freelunch": "NON-FREE LUNCH"}')
		WHERE group_focal = 'FREE LUNCH' $$, 'Reading in kindergarten, free lunch against none, in every school'),
	chart('percentiles', $$
		SELECT *
		FROM percentile_report('SELECT * FROM public_use WHERE grade = ''K''', '{"reading": {"score": "read", "direction": "higher", "unit": "points"}}', '{race}') $$,
		'Reading in kindergarten'),
	chart('absence', $$
		SELECT *
		FROM absence_report('SELECT *, CASE WHEN free_lunch THEN ''free lunch'' WHEN NOT free_lunch THEN ''no free lunch'' END AS lunch FROM attendance JOIN enrolment USING (student_id, grade) WHERE grade = ''K''',
			'{"absence": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}', '{lunch}') $$, 'Absence in kindergarten'),
	chart('flags', 'kindergarten_watch_counts', 'Kindergarten: who is on the watch list, by school'),
	chart('disproportionality', $$
		SELECT f.race, f.x, f.n, r.estimate, r.lower, r.upper, r.reason
		FROM (SELECT race, count(*) FILTER (WHERE speced = 'YES') AS x, count(speced) AS n FROM public_use WHERE grade = 'K' AND race IS NOT NULL GROUP BY race) AS f
		CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE speced = 'YES') AS x, count(speced) AS n FROM public_use AS p WHERE grade = 'K' AND p.race <> f.race) AS o
		CROSS JOIN LATERAL risk_ratio(f.x, f.n, o.x, o.n) AS r
		WHERE f.n >= 10 $$, 'Special education in kindergarten, each group against all others',
		'{"group_name": "race", "risk_ratio": "estimate", "risk_ratio_lower": "lower", "risk_ratio_upper": "upper"}')),
	'Project STAR, Tennessee, 1985 to 1989: 11,601 children. Which days they were absent is generated.');
