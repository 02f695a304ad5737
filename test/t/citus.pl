# Over machines: what is computed of tables that Citus distributes over two workers is to the byte what one server computes of
# its own. Where it leaves an aggregate undivided, and so would fetch all rows, that is an error here; every aggregate of
# the extension is asked. Skipped where there is no Citus.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my ($node, @workers) = map { PostgreSQL::Test::Cluster->new($_) } qw(coordinator worker_1 worker_2);
$node->init;
$node->start;
plan skip_all => 'Citus is not installed' unless $node->safe_psql('postgres', q{SELECT count(*) FROM pg_available_extensions WHERE name = 'citus'});
$node->stop;
$_->init for @workers;
for my $server ($node, @workers)
{
	$server->append_conf('postgresql.conf', q{
		shared_preload_libraries = 'citus'
		citus.node_conninfo = 'sslmode=disable'
		citus.shard_count = 4
		max_connections = 60
		fsync = off});
	$server->start;
	$server->safe_psql('postgres', 'CREATE EXTENSION citus');
}
note $node->safe_psql('postgres', 'SELECT citus_version()');
$node->safe_psql('postgres', sprintf q{SELECT citus_set_coordinator_host('%s', %s)}, $node->host, $node->port);
$node->safe_psql('postgres', sprintf q{SELECT citus_add_node('%s', %s)}, $_->host, $_->port) for @workers;

# Its owner is nobody in particular. Both schemas have the same tables: rows here are on this server, there on the workers.
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION gapstats;
	CREATE ROLE analyst LOGIN;
	CREATE SCHEMA here AUTHORIZATION analyst;
	CREATE SCHEMA there AUTHORIZATION analyst;});
is($_->safe_psql('postgres', q{SELECT extversion FROM pg_extension WHERE extname = 'gapstats'}), $node->safe_psql('postgres', q{SELECT extversion FROM pg_extension WHERE extname = 'gapstats'}),
	$_->name . ' has the extension, as the coordinator has') for @workers;

# As the analyst, in a schema; no rows are to travel
sub of_analyst
{
	my ($schema, $sql) = @_;
	return "SET client_min_messages = error; SET SESSION AUTHORIZATION analyst; SET citus.coordinator_aggregation_strategy = disabled; SET search_path = $schema, gapstats; $sql";
}
sub as_analyst { return $node->safe_psql('postgres', of_analyst(@_)) }

# What is said of it
sub error_of
{
	my (undef, undef, $error) = $node->psql('postgres', of_analyst(@_));
	return $error;
}

# The same from both, which is not nothing
sub is_same
{
	my ($sql, $name) = @_;
	my $here = as_analyst('here', $sql);
	isnt($here, '', "$name: there is something");
	is(as_analyst('there', $sql), $here, $name);
}

as_analyst(
	'here', q{
	-- several rows of a student, for the aggregates
	CREATE TABLE rows AS
	SELECT i % 500 AS student, i % 7 AS school, i,
		(SELECT distribution((i * j * 7919 % 300) / 8.0) FROM generate_series(1, 20) AS j) AS scores,
		daterange(date '2025-09-01' + i % 50, date '2026-06-01')::dayset AS enrolled,
		(SELECT dayset(date '2025-09-01' + (i * j * 31 % 270)) FROM generate_series(1, 1 + i % 30) AS j) AS absent,
		(SELECT weighted_sample(i * j % 37, (i + j) % 3 = 0, 1 + j % 2) FROM generate_series(1, 10) AS j) AS sample,
		(SELECT composition((i * j) % 9, j % 4) FROM generate_series(1, 10) AS j) AS schools,
		(SELECT cross_products((i * j) % 37, j % 3 = 0, ARRAY[j::float8, j * 7 % 11]) FROM generate_series(1, 10) AS j) AS products
	FROM generate_series(1, 2000) AS i;
	CREATE TABLE students AS
	SELECT i AS student_id, 'Student ' || i AS name, i % 20 AS school, 3 + i % 3 AS grade, ('{A,B,C,NULL}'::text[])[1 + i * 7 % 11 % 4] AS race, i % 2 = 0 AS is_female,
		absent, enrolled, i % 5 = 0 AS is_suspended, i % 3 AS n_passed, 2 + i % 2 AS n_courses, i % 10 > 0 AS is_here, scores
	FROM rows;
	CREATE TABLE scores AS
	SELECT student_id, year, 400 + (student_id * 7919 % 301 + year % 7) / 2.0 AS score, student_id % 2 = 0 AS is_female, race
	FROM students, generate_series(2024, 2026) AS year;
	CREATE TABLE events AS SELECT i % 2000 AS student_id, date '2025-09-01' + i * 31 % 200 AS day FROM generate_series(1, 9000) AS i;
	CREATE INDEX ON events (student_id);
	CREATE TABLE days AS SELECT day::date FROM generate_series(date '2025-09-01', '2026-05-31', '1 day') AS day;});
as_analyst(
	'there', q{
	CREATE TABLE rows (LIKE here.rows);
	CREATE TABLE students (LIKE here.students);
	CREATE TABLE scores (LIKE here.scores);
	CREATE TABLE events (LIKE here.events);
	CREATE TABLE days (LIKE here.days);
	SELECT create_distributed_table('rows', 'student'), create_distributed_table('students', 'student_id'), create_distributed_table('scores', 'student_id'),
		create_distributed_table('events', 'student_id'), create_reference_table('days');
	INSERT INTO rows TABLE here.rows;
	INSERT INTO students TABLE here.students;
	INSERT INTO scores TABLE here.scores;
	INSERT INTO events TABLE here.events;
	CREATE INDEX ON events (student_id);
	INSERT INTO days TABLE here.days;});
is($node->safe_psql('postgres', q{SELECT count(DISTINCT nodename || nodeport) FROM citus_shards WHERE table_name = 'there.rows'::regclass}), '2', 'the rows are on two workers');

# Every aggregate, called as test/arguments.sql has it, some arguments being NULL, of groups that are on both workers
$node->safe_psql(
	'postgres', q{
	CREATE SCHEMA test;
	SET citus.enable_ddl_propagation = off;
	SET client_min_messages = error;
	SET search_path = test, gapstats;} . slurp_file('test/arguments.sql') . q{
	INSERT INTO ordinary (place, type, argname, many) VALUES
		(0, 'distribution', '', 'scores'), (0, 'dayset', '^absent$', 'absent'), (0, 'dayset', '^in_session$', $$'[2025-09-01,2026-06-01)'::daterange$$), (1, 'dayset', '', 'enrolled'),
		(0, 'weighted_sample', '', 'sample'), (0, 'composition', '', 'schools'), (0, 'cross_products', '', 'products'),
		(0, 'int8', '^x', 'i % 31'), (0, 'int8', '^n', '31 + i % 50'), (0, 'float8', '^goal$', '0'), (0, 'float8', '^lower$', 'i % 5 / 10.0 - 2'), (0, 'float8', '^upper$', 'i % 3 / 10.0 + 2'),
		(0, 'int4', '^days_absent$', 'i % 40'), (0, 'int4', '^days_enrolled$', '170 + i % 10');
	CREATE TABLE aggregate_call AS
	SELECT c.name, aggcombinefn <> 0 AND NOT c.argtypes && '{anyelement,anycompatible}' AS is_divided,
		format('SELECT %%1$s, %s(%s%%2$s) FILTER (WHERE i %% 17 > 2) AS r FROM rows GROUP BY 1 HAVING count(*) > 3', called, a.arguments) AS statement
	FROM computing c
	JOIN pg_aggregate ON aggfnoid = c.function
	CROSS JOIN LATERAL (
		SELECT string_agg(CASE WHEN a.argtypes[argno] IN ('anyelement'::regtype, 'anycompatible'::regtype) THEN 'i % 9'
				WHEN is_option OR argname IN ('in_session', 'goal') THEN format('(%s)::%s', value, type)
				ELSE format('(CASE WHEN i %% 13 <> %s THEN %s END)::%s', argno, value, type) END, ', ' ORDER BY argno)
		FROM ordinary_argument a WHERE a.function = c.function) AS a (arguments)
	WHERE c.pronamespace = 'gapstats'::regnamespace;
	GRANT USAGE ON SCHEMA test TO analyst;
	GRANT SELECT ON aggregate_call TO analyst;});
sub call
{
	my ($statement, $group, $order) = @_;
	return "SELECT r IS NULL, t::text FROM (" . ($statement =~ s/%1\$s/$group/r =~ s/%2\$s/$order/r) . ") AS t ORDER BY 2;\n";
}
# All in one session, as an answer by the name of each
sub answers
{
	my ($schema, %statements) = @_;
	my (undef, %answers) = split /^call of (.*)\n/m, as_analyst($schema, join '', map { "\\echo call of $_\n$statements{$_}" } sort keys %statements);
	return %answers;
}
my (%calls, %undivided);
for (split /\n/, $node->safe_psql('postgres', 'SELECT name, is_divided, statement FROM test.aggregate_call', extra_params => [ '-F', "\t" ]))
{
	my ($name, $is_divided, $statement) = split /\t/;
	# of students, all of whose rows are on one worker, whatever their order
	$calls{"$name by student, in order"} = call($statement, 'student', ' ORDER BY i');
	my $by_school = call($statement, 'school', '');
	($is_divided eq 't' ? $calls{"$name by school"} : $undivided{$name}) = $by_school;
}
my %here = answers('here', %calls);
my %there = answers('there', %calls);
is($there{$_}, $here{$_}, $_) for sort keys %calls;
is(join(', ', grep { $here{$_} !~ /^f/m } sort keys %calls), '', 'of none all is NULL');
like(error_of('there', $undivided{$_}), qr/unsupported aggregate function|could not confirm type correctness/, "$_ by school is refused") for sort keys %undivided;
is(join(' ', sort keys %undivided), 'composition(anyelement,anycompatible) composition(anyelement,anycompatible,bigint) '
	. 'is_mastered(boolean) is_mastered(boolean,double precision) is_mastered(boolean,double precision,double precision,double precision,double precision,double precision) '
	. 'k_of_last_n(boolean,integer,integer) mastery(boolean) mastery(boolean,double precision,double precision,double precision,double precision) '
	. 'segregation(anyelement,anycompatible) segregation(anyelement,anycompatible,bigint)', 'these are: of what has no order, or is not known to be text');

# What cannot be divided has another form that can.
like(error_of('there', 'SELECT school, distribution(DISTINCT i) FROM rows GROUP BY school'), qr/aggregate \(distinct\)/, 'DISTINCT is not divided');
like(error_of('there', 'SELECT school, percentile_cont(0.3) WITHIN GROUP (ORDER BY i % 30) FROM rows GROUP BY school'), qr/unsupported aggregate function/, 'nor are percentiles of PostgreSQL\'s own');
is(as_analyst('there', 'SELECT school, percentile(distribution(i % 30), 0.3) FROM rows GROUP BY school ORDER BY 1'),
	as_analyst('here', 'SELECT school, percentile_cont(0.3) WITHIN GROUP (ORDER BY i % 30) FROM rows GROUP BY school ORDER BY 1'), 'those of a distribution are, and equal');
is(as_analyst('there', 'SELECT school, composition((i % 9)::text, (i % 4)::text) FROM rows GROUP BY school ORDER BY 1'),
	as_analyst('here', 'SELECT school, composition(i % 9, i % 4) FROM rows GROUP BY school ORDER BY 1'), 'so is a composition of texts');

# Reports, from rows on workers
my $estimates = '{gap,value,hedges_g,v,simultaneous,shrunken,probability_below_zero,missing,percentiles,widest,omnibus}';
is_same(qq{SELECT * FROM gap_report('scores', '{"math": {"score": "score", "direction": "higher"}}', '{race,is_female}', period => 'year', estimates => '{change,gap}')}, 'a report by year');
is_same(qq{SELECT * FROM gap_report('SELECT s.*, score FROM students s JOIN scores c USING (student_id) WHERE year = 2026', '{"math": {"score": "score", "direction": "higher"}}', '{race,is_female}', '{school,grade}', depth => 2, estimates => '$estimates')},
	'a report of two tables, in strata, of pairs of dimensions, with all estimates');
is_same(
	q{SELECT * FROM gap_report('students', '{
		"suspended": {"outcome": "is_suspended", "direction": "lower"},
		"passed": {"numerator": "n_passed", "denominator": "n_courses", "direction": "higher"},
		"growth": {"distribution": "scores", "direction": "higher"},
		"absence": {"absent": "absent", "enrolled": "enrolled", "direction": "lower", "cohort": "is_here"}}', '{race,is_female}', '{school}', suppress => %s)} =~ s/%s/$_/r,
	"a report of rates, distributions and days, suppress => $_") for 'false', 'true';
is_same(q{SELECT * FROM percentile_report('scores', '{"math": {"score": "score", "direction": "higher"}}', '{race,is_female}')}, 'a report of percentiles');

is_same(q{SELECT * FROM absence_report('students', '{"absence": {"absent": "absent", "enrolled": "enrolled", "direction": "lower"}}', '{race}', '{school}')}, 'a report of absence');
is_same(q{SELECT create_report('report', 'scores', '{"math": {"score": "score", "direction": "higher"}}', '{race}', period => 'year'); TABLE report}, 'a report that stands');
for my $schema ('here', 'there')
{
	as_analyst($schema, 'UPDATE scores SET score = score + 1 WHERE student_id % 3 = 0 AND year = 2025; SELECT refresh_report(\'report\')');
}
is_same('TABLE report', 'refreshed');

# A watch list, whose rules read tables on workers, each in a statement of its own
is_same(
	q{
	SELECT create_watch_list('list', 'SELECT student_id, name, school FROM students', days_query => 'SELECT day FROM days');
	SELECT add_rule('list', rule, query, '>=', threshold, rule || ' {value}')
	FROM (VALUES
		('absence', 'SELECT student_id, absence_rate(absent, enrolled) FROM students', 0.1),
		('last 20 days', 'SELECT student_id, day_count(absent & last_days(enrolled, 20)) FROM students', 5),
		('until now', 'SELECT student_id, absence_rate(absent, enrolled, daterange(NULL, as_of(), ''[]'')) FROM students', 0.15),
		('in a row', 'SELECT student_id, longest_absence(absent, enrolled) FROM students', 3),
		('events', 'SELECT student_id, count(*) FROM events GROUP BY student_id', 5),
		('events or none', 'SELECT student_id, count(day) FROM students LEFT JOIN events USING (student_id) GROUP BY student_id', 6),
		('days of school', 'SELECT student_id, count(*) FROM events JOIN days USING (day) GROUP BY student_id', 5),
		('percentile', 'SELECT student_id, percentile_rank(d, day_count(absent)) FROM students, (SELECT distribution(day_count(absent)) AS d FROM students) AS all_students', 95),
		('of small schools', 'SELECT student_id, day_count(absent) FROM students WHERE school IN (SELECT school FROM students GROUP BY school HAVING count(*) < 101)', 29),
		('in a subquery', 'SELECT student_id, (SELECT count(*) FROM events e WHERE e.student_id = s.student_id) FROM students s', 5),
		('LATERAL', 'SELECT student_id, n FROM students s CROSS JOIN LATERAL (SELECT count(*) AS n FROM events e WHERE e.student_id = s.student_id) e', 5),
		('WITH', 'WITH counted AS (SELECT student_id, day_count(absent) AS days FROM students) SELECT student_id, days FROM counted', 29),
		('of a year', 'SELECT student_id, score FROM scores WHERE year = 2026', 540),
		('growth', 'SELECT student_id, score - lag(score) OVER (PARTITION BY student_id ORDER BY year) AS growth FROM scores WHERE year > 2024', 1)
	) AS r (rule, query, threshold);
	SELECT status, students, flagged, rule, error FROM refresh_watch_list('list');
	SELECT l.*, since IS NULL AS is_since FROM (SELECT student_id, name, school, status, reasons FROM list) AS l, (SELECT now() AS since) AS n ORDER BY student_id;}, 'a watch list');
for my $schema ('here', 'there')
{
	as_analyst($schema, 'DELETE FROM events WHERE student_id % 4 = 1; INSERT INTO events SELECT student_id, day FROM events WHERE student_id % 4 = 2; UPDATE students SET absent = enrolled WHERE student_id = 7');
}
is_same(
	q{
	SELECT status, students, flagged, newly_flagged, cleared, rule, error FROM refresh_watch_list('list');
	SELECT student_id, status, reasons FROM list ORDER BY student_id;
	SELECT rule, reason, source_row FROM explain_student('list', '7') ORDER BY 1, 2, 3::text;}, 'a day later');

# What Citus does not plan has another form. A run of a list is refused with the rule's name and the words of Citus.
for (
	[ 'SELECT school, grade, count(*), distribution(day_count(absent)) FROM students GROUP BY GROUPING SETS ((school), (grade))', qr/GROUPING SETS/,
		'SELECT school, grade, sum(n), rollup(d) FROM (SELECT school, grade, count(*) AS n, distribution(day_count(absent)) AS d FROM students GROUP BY school, grade) AS cell GROUP BY GROUPING SETS ((school), (grade))' ],
	[ 'SELECT student_id, (SELECT count(*) FROM students o WHERE o.school = s.school) FROM students s', qr/complex joins/,
		'SELECT student_id, n FROM students JOIN (SELECT school, count(*) AS n FROM students GROUP BY school) AS s USING (school)' ],
	[ 'SELECT count(*) FROM events JOIN events o USING (day)', qr/repartitioning/,
		'SELECT sum(n * n) FROM (SELECT day, count(*) AS n FROM events GROUP BY day) AS by_day' ])
{
	my ($query, $why, $other) = @$_;
	like(error_of('there', $query), $why, "refused: $query");
	is(as_analyst('there', "SELECT * FROM ($other) AS r ORDER BY r::text"), as_analyst('here', "SELECT * FROM ($query) AS r ORDER BY r::text"), 'and what is not says the same');
}
as_analyst('there', q{SELECT add_rule('list', 'refused', 'SELECT student_id, (SELECT count(*) FROM students o WHERE o.school = s.school) FROM students s', '>=', 1, 'refused')});
like(as_analyst('there', q{SELECT status, error FROM refresh_watch_list('list')}), qr/^failed\|rule "refused": complex joins/, 'a run says which rule was');

# Roll-ups: none of a table of Citus, whichever way it came to be one
my $rollup = q{SELECT create_rollup('groups', 'scores', '{race,year}', '{"scores": "distribution(score)"}')};
for my $unsafe ('off', 'on')
{
	like(error_of('there', "SET citus.enable_unsafe_triggers = $unsafe; $rollup"),
		qr/table "(there\.)?scores" is distributed by Citus.*HINT: .*INSERT/s, "there is no roll-up of a distributed table (enable_unsafe_triggers = $unsafe)");
}
like(error_of('there', q{SELECT create_rollup('groups', 'days', '{day}')}), qr/is a reference table of Citus.*undistribute_table/s, 'nor of a reference table');

as_analyst('here', qq{$rollup; UPDATE scores SET race = 'B' WHERE student_id = 1; SELECT merge_rollup('groups')});
like(error_of('here', q{SELECT create_distributed_table('scores', 'student_id')}), qr/because it has triggers/, 'a table that is rolled up is not distributed');
$node->safe_psql('postgres', q{SELECT citus_add_local_table_to_metadata('here.scores')});
my $problem = qr/table "here.scores" is managed by Citus/;
like(as_analyst('here', q{SELECT state, problem FROM rollup_health}), qr/^broken\|$problem/, 'if it is taken by Citus nonetheless, the health of the roll-up says so');
like(as_analyst('here', qq{SELECT status, error FROM $_('groups')}), qr/^failed\|$problem/, "as does $_") for 'merge_rollup', 'rebuild_rollup';
$node->safe_psql('postgres', q{SELECT undistribute_table('here.scores')});
is(as_analyst('here', q{SELECT status FROM rebuild_rollup('groups')}), 'succeeded', 'until it is an ordinary one again');
is(as_analyst('here', q{UPDATE scores SET score = 500 WHERE student_id = 2; SELECT * FROM check_rollup('groups'); SELECT state FROM rollup_health}), 'exact', 'and it is exact');

# Cells in their place: what the workers count is put into a table here, or, of groups that are whole on a worker, stays there.
as_analyst(
	'there', q{
	CREATE TABLE cells (school integer, race text, is_female boolean, year integer, scores distribution);
	INSERT INTO cells SELECT school, race, is_female, year, distribution(score) FROM students JOIN (SELECT student_id, year, score FROM scores) AS s USING (student_id) GROUP BY 1, 2, 3, 4;});
my $said = q{SELECT to_jsonb(r) - '{n_missing_focal,n_missing_reference}'::text[] FROM gap_report('%s', '{"math": {"%s": "%s", "direction": "higher"}}', '{race,is_female}', '{school}', 'year', estimates => '{gap,change,v}') AS r};
my $of_cells = as_analyst('there', sprintf $said, 'cells', 'distribution', 'scores');
is($of_cells, as_analyst('there', sprintf $said, 'SELECT s.*, year, score FROM students s JOIN (SELECT student_id, year, score FROM scores) AS c USING (student_id)', 'score', 'score'), 'a report of stored cells says what one of the rows does');
as_analyst(
	'there', q{
	CREATE TABLE tests (school integer, race text, is_female boolean, year integer, score double precision);
	CREATE TABLE cells_there (LIKE cells);
	SELECT create_distributed_table('tests', 'school'), create_distributed_table('cells_there', 'school', colocate_with => 'tests');
	INSERT INTO tests SELECT school, race, is_female, year, score FROM students JOIN (SELECT student_id, year, score FROM scores) AS s USING (student_id);
	INSERT INTO cells_there SELECT school, race, is_female, year, distribution(score) FROM tests GROUP BY 1, 2, 3, 4;});
like(as_analyst('there', 'EXPLAIN (COSTS off) INSERT INTO cells_there SELECT school, race, is_female, year, distribution(score) FROM tests GROUP BY 1, 2, 3, 4'),
	qr/Custom Scan \(Citus Adaptive\).*Insert on cells_there_/s, 'cells of schools that are whole on a worker are counted and kept there');
is(as_analyst('there', sprintf $said, 'cells_there', 'distribution', 'scores'), $of_cells, 'and a report of them says the same');

done_testing();
