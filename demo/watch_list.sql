\echo A watch list of kindergarten: three rules, each a query over the district
SELECT create_watch_list('star.kindergarten_watch',
	$$ SELECT student_id, school_id FROM star.enrolment WHERE grade = 'K' $$) AS list \gset

SELECT add_rule(:'list', 'attendance',
	$$ SELECT student_id, absence_rate(absent, enrolled) FROM star.attendance WHERE grade = 'K' $$,
	'>=', 0.10, 'absent on {value%} of the days enrolled'),
	add_rule(:'list', 'last_20_days',
	$$ SELECT student_id, day_count(absent & last_days(enrolled, 20)) FROM star.attendance WHERE grade = 'K' $$,
	'>=', 5, 'absent on {value} of the last 20 school days', 'watch'),
	add_rule(:'list', 'reading',
	$$ SELECT student_id, percentile_rank(scores, score)
		FROM star.score JOIN (
			SELECT rollup(scores) AS scores FROM star.scores WHERE grade = 'K' AND subject = 'reading') AS k ON true
		WHERE grade = 'K' AND subject = 'reading' $$,
	'<', 20, 'reading at percentile {value} of the district', 'watch')
\g /dev/null

SELECT status, students, flagged FROM refresh_watch_list(:'list');
SELECT schedule_watch_list(:'list', '* * * * *') AS "job, every minute";
