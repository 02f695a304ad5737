# A report that is restored from a dump is there at once as it was dumped, and held until its
# owner says go. A refresh that is canceled, or killed, leaves the rows of the one before; and
# sessions that refresh and change one at once do not wait for one another in a circle.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('district');
$node->init;
$node->append_conf('postgresql.conf', 'restart_after_crash = on');
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE warehouse; CREATE ROLE analyst LOGIN; CREATE ROLE reader LOGIN; CREATE ROLE successor LOGIN');
$node->safe_psql(
	'warehouse', q{
	CREATE EXTENSION gapstats;
	CREATE SCHEMA sis AUTHORIZATION analyst;
	CREATE SCHEMA district AUTHORIZATION analyst;
	GRANT USAGE ON SCHEMA sis, district TO PUBLIC});

# As a role, in a database
sub as
{
	my ($role, $database, $sql) = @_;
	return $node->safe_psql($database, "SET ROLE $role; SET search_path = district, sis, gapstats; SET client_min_messages = error; $sql");
}

# What psql says of it
sub says
{
	my ($role, $database, $sql) = @_;
	my ($status, $out, $err) = $node->psql($database, "SET ROLE $role; SET search_path = district, sis, gapstats; $sql");
	return "$out$err";
}

as('analyst', 'warehouse', q{
	CREATE TABLE sis.scores AS SELECT (ARRAY['White', 'Black'])[i % 2 + 1] AS race, (3 + i % 3)::smallint AS grade, 2023 + i % 2 AS year, i * 7919 % 97 AS score FROM generate_series(1, 300) AS i;
	SELECT create_report('gaps', 'SELECT * FROM scores', '{"reading": {"score": "score", "direction": "higher"}}', '{race}', '{grade}', 'year', '{"reference_groups": {"race": "White"}, "suppress": false}');
	GRANT SELECT ON gaps TO reader;
	CREATE VIEW chart AS SELECT period, grade, gap FROM gaps;
	CALL run_report('gaps')});

# Everything that one sees of the report
sub shown
{
	my ($database, $owner) = @_;
	return as($owner, $database, q{
		TABLE gaps ORDER BY key; TABLE chart ORDER BY 1, 2, 3; SELECT to_jsonb(r) FROM gaps_runs r ORDER BY run;
		SELECT relname, relkind, obj_description(oid) FROM pg_class WHERE relnamespace = 'district'::regnamespace ORDER BY relname COLLATE "C";
		SELECT attrelid::regclass, attname, atttypid::regtype, col_description(attrelid, attnum) FROM pg_attribute
		WHERE attnum > 0 AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'district'::regnamespace) ORDER BY attrelid::regclass::text COLLATE "C", attname COLLATE "C";
		SELECT rows, query, meaning, measures, dimensions, strata, period, options, report FROM gaps_definition;
		SELECT gapstats_internal.thing_definition('gaps', 'report')})
		. as('reader', $database, 'SELECT count(*) FROM gaps');
}

my $before = shown('warehouse', 'analyst');
like($before, qr/White.*Black/s, 'there is something to bring back');
my $dump = $node->basedir . '/dump';
command_ok([ 'pg_dump', '-Fc', '-f', $dump, $node->connstr('warehouse') ], 'pg_dump');
for my $database ('copy', 'parallel')
{
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	command_ok([ 'pg_restore', ($database eq 'parallel' ? ('-j', '2') : ('--single-transaction')), '--exit-on-error', '-d', $node->connstr($database), $dump ], "pg_restore: $database");
	is(shown($database, 'analyst'), $before, "$database: it is there as it was dumped");
}
my $copy = 'this is a copy: the report was made in another database';
is(as('analyst', 'copy', 'SELECT state, problem, fix FROM report_health'), "held|$copy|by hand: if it is to go on as it is: SELECT gapstats.resume_report('district.gaps');", 'and held, which health says');
like(says('analyst', 'copy', q{SELECT status FROM refresh_report('gaps')}), qr/^held.*WARNING:  run 3 of report "district.gaps" is held: $copy/s, 'a refresh says so');
like(says('analyst', 'copy', q{CALL run_report('gaps')}), qr/ERROR:  run 4 of report "district.gaps" held: $copy/, 'and a scheduler is told');
as('analyst', 'copy', q{SELECT resume_report('gaps')});
is(as('analyst', 'copy', q{UPDATE scores SET score = score + 1 WHERE race = 'Black' AND grade = 3 AND year = 2024; SELECT status, n_written > 0 FROM refresh_report('gaps'); SELECT state FROM report_health}),
	"succeeded|t\nfresh", 'until its owner says go');
is(as('analyst', 'parallel', q{SELECT state FROM report_health}), 'held', 'the other copy waits still');
as('analyst', 'parallel', q{DROP VIEW chart; SELECT drop_report('gaps')});
is(as('analyst', 'parallel', q{SELECT relname FROM pg_class WHERE relnamespace = 'district'::regnamespace}), '', 'or is dropped');

# In the same database, restored over itself, and to somebody else
$node->safe_psql('warehouse', 'DROP SCHEMA district CASCADE; CREATE SCHEMA district AUTHORIZATION analyst; GRANT USAGE ON SCHEMA district TO PUBLIC');
command_ok([ 'pg_restore', '-n', 'district', '-d', $node->connstr('warehouse'), $dump ], 'the schema alone is restored');
is(as('analyst', 'warehouse', 'SELECT state, problem FROM report_health'), 'held|this is a copy: the report has been restored', 'it is held where it was made, too');
as('analyst', 'warehouse', q{SELECT resume_report('gaps')});
$node->safe_psql('warehouse', 'REASSIGN OWNED BY analyst TO successor');
is(as('successor', 'warehouse', 'SELECT state, problem FROM report_health'), 'held|the report belonged to analyst, and its new owner has not accepted it', 'and for a new owner');
is(as('successor', 'warehouse', q{SELECT resume_report('gaps'); SELECT status FROM refresh_report('gaps'); SELECT state, owner FROM report_health}), "\nsucceeded\nfresh|successor", 'who accepts it');

# A refresh that waits in the middle of its rows
as('successor', 'warehouse', q{
	CREATE TABLE sis.gate (is_open boolean); INSERT INTO gate VALUES (true);
	SELECT alter_report('gaps', 'SELECT s.* FROM scores s, gate WHERE is_open')});
my $good = as('successor', 'warehouse', 'TABLE gaps ORDER BY key');

sub refresh_at_gate
{
	my ($what) = @_;
	as('successor', 'warehouse', 'UPDATE scores SET score = score + 1');
	my $holder = $node->background_psql('warehouse');
	$holder->query_safe('BEGIN; LOCK TABLE sis.scores');
	my $runner = $node->background_psql('warehouse', on_error_stop => 0);
	$runner->query_until(qr/begins/, "SET ROLE successor;\n\\echo begins\nCALL gapstats.run_report('district.gaps');\n");
	ok($node->poll_query_until('warehouse', q{SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'CALL gapstats.run_report%' AND wait_event_type = 'Lock')}), "$what: a refresh is under way");
	my $pid = $node->safe_psql('warehouse', q{SELECT pid FROM pg_stat_activity WHERE query LIKE 'CALL gapstats.run_report%' AND wait_event_type = 'Lock'});
	is(as('successor', 'warehouse', 'SELECT state, last_status FROM report_health'), 'running|running', "$what: health says that it runs");
	like(says('successor', 'warehouse', q{SELECT status, error FROM refresh_report('gaps')}), qr/^skipped\|/, "$what: another steps aside");
	return ($holder, $runner, $pid);
}

my ($holder, $runner, $pid) = refresh_at_gate('cancel');
$node->safe_psql('warehouse', "SELECT pg_cancel_backend($pid)");
ok($node->poll_query_until('warehouse', q{SELECT EXISTS (SELECT FROM district.gaps_runs WHERE status = 'canceled')}), 'canceled');
$holder->query_safe('ROLLBACK');
$_->quit for $holder, $runner;
is(as('successor', 'warehouse', 'TABLE gaps ORDER BY key'), $good, 'what was there is there');
is(as('successor', 'warehouse', 'SELECT state, problem, fix FROM report_health'), q{failing|rows: canceling statement due to user request|SELECT gapstats.refresh_report('district.gaps');}, 'and health says why');

($holder, $runner, $pid) = refresh_at_gate('kill -9');
kill 'KILL', $pid;
$_->{run}->finish for $holder, $runner;
$node->poll_query_until('warehouse', 'SELECT true');
is(as('successor', 'warehouse', 'TABLE gaps ORDER BY key'), $good, 'what was there is there');
is(as('successor', 'warehouse', 'SELECT state, problem FROM report_health'), 'failing|it was cut off', 'health says what became of it');
as('successor', 'warehouse', as('successor', 'warehouse', 'SELECT fix FROM report_health'));
is(as('successor', 'warehouse', 'SELECT state, problem FROM report_health'), 'fresh|', 'and its line mends it');
is(as('successor', 'warehouse', q{SELECT status, error FROM gaps_runs WHERE run = (SELECT max(run) FROM gaps_runs WHERE status = 'failed')}), 'failed|it was cut off', 'the run that was cut off says so');
isnt(as('successor', 'warehouse', 'TABLE gaps ORDER BY key'), $good, 'and what is new is there');

# A change gives columns other types, for which it needs the table alone
my $script = $node->basedir . '/at_once.sql';
append_to_file($script, q{
\set what random(1, 4)
\set takes_strata :what = 1
\set gives_strata :what = 2
\set refreshes :what = 3
\if :takes_strata
SELECT gapstats.alter_report('district.gaps', strata => '{}', period => 'year');
\elif :gives_strata
SELECT gapstats.alter_report('district.gaps', strata => '{grade}', period => '');
\elif :refreshes
SELECT gapstats.refresh_report('district.gaps');
\else
CALL gapstats.run_report('district.gaps');
\endif
});
as('successor', 'warehouse', 'DROP VIEW chart');
my ($out, $err);
run_log([ 'pgbench', '-n', '-f', $script, '-c', '6', '-T', '3', $node->connstr('warehouse') . ' user=successor' ], '>', \$out, '2>', \$err);
like($out, qr/number of failed transactions: 0 /, 'six sessions that refresh and change it at once') or diag($err);
is(as('successor', 'warehouse', q{SELECT count(*) FROM gaps_runs WHERE status NOT IN ('succeeded', 'skipped') AND run > (SELECT max(run) FROM gaps_runs WHERE error = 'it was cut off')}), 0, 'none of whose runs fails');
like(as('successor', 'warehouse', q{SELECT state FROM report_health}), qr/^fresh$/, 'after which it is fresh');

done_testing();
