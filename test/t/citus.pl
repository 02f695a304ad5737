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
sub as_analyst
{
	my ($schema, $sql) = @_;
	return $node->safe_psql('postgres', "SET client_min_messages = error; SET SESSION AUTHORIZATION analyst; SET citus.coordinator_aggregation_strategy = disabled; SET search_path = $schema, gapstats; $sql");
}

# What is said of it
sub error_of
{
	my ($schema, $sql) = @_;
	my (undef, undef, $error) = $node->psql('postgres', "SET client_min_messages = error; SET SESSION AUTHORIZATION analyst; SET citus.coordinator_aggregation_strategy = disabled; SET search_path = $schema, gapstats; $sql");
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

done_testing();
