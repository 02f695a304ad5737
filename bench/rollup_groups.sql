-- One statement that touches each of 100,000 groups, and what there is to do then
SET search_path = rolled, public, gapstats;
SELECT count(*) AS n_groups FROM students \gset
CALL measure_rollup('groups', 'a statement that touches each', NULL, NULL, :round, format('UPDATE rolled.marks SET score = score + 1 WHERE mark <= %s', :n_groups));
SELECT count(*) AS n_pending FROM students_changes \gset
CALL measure_rollup('groups', 'read, with as many changes pending', NULL, NULL, :round, 'SELECT sum(n_rows), sum(gapstats.mean(scores)) FROM rolled.students');
CALL measure_rollup('groups', 'merge', NULL, NULL, :round, $$SELECT gapstats.merge_rollup('rolled.students')$$);
SELECT n_changes AS n_merged FROM students_runs WHERE status = 'succeeded' ORDER BY run DESC LIMIT 1 \gset
CALL measure_rollup('groups', 'read, after it', NULL, NULL, :round, 'SELECT sum(n_rows), sum(gapstats.mean(scores)) FROM rolled.students');
CALL measure_rollup('groups', 'the same of the rows, without a roll-up', NULL, NULL, :round,
	'SELECT sum(n_rows), sum(gapstats.mean(scores)) FROM (SELECT count(*) AS n_rows, gapstats.distribution(score) AS scores, count(score) AS tested FROM rolled.marks GROUP BY student) AS s');
CALL measure_rollup('groups', 'check', NULL, NULL, :round, $$SELECT gapstats.check_rollup('rolled.students')$$);
CALL measure_rollup('groups', 'rebuild', NULL, NULL, :round, $$SELECT gapstats.rebuild_rollup('rolled.students')$$);
SELECT :n_groups = :n_pending AND :n_groups = :n_merged AND status = 'succeeded' AND NOT EXISTS (SELECT FROM check_rollup('rolled.students')) AS is_right FROM students_runs ORDER BY run DESC LIMIT 1 \gset
\if :is_right
\else
DO $$ BEGIN RAISE EXCEPTION 'a merge or a rebuild did not what it was to do'; END $$;
\endif
VACUUM marks, students_base, students_changes;
