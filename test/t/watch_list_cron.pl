# pg_cron really refreshes a watch list, as the list's owner; and where pg_cron is missing,
# the error says what to do.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('district');
$node->init;
$node->start;

# What psql says, as the analyst unless told otherwise
sub says
{
	my ($sql, $database, $role) = @_;
	my ($status, $out, $err) =
		$node->psql($database // 'warehouse', 'SET ROLE ' . ($role // 'analyst') . "; $sql");
	return $err ne '' ? $err : $out;
}

sub health
{
	my ($columns) = @_;
	return says("SELECT $columns FROM gapstats.watch_list_health WHERE list = 'district.early_warning'::regclass");
}

sub create_list
{
	my ($name) = @_;
	return says(qq{
		SELECT gapstats.create_watch_list('$name', 'SELECT student_id FROM district.attendance');
		SELECT gapstats.add_rule('$name', 'absence', 'SELECT student_id, absent FROM district.attendance',
			'>=', 5, 'Absent {value} days');});
}

$node->safe_psql('postgres', 'CREATE DATABASE warehouse; CREATE ROLE analyst LOGIN');
$node->safe_psql(
	'warehouse', q{
	CREATE EXTENSION gapstats;
	CREATE SCHEMA district AUTHORIZATION analyst;
	SET ROLE analyst;
	CREATE TABLE district.attendance (student_id integer, absent integer);
	INSERT INTO district.attendance VALUES (1, 4), (2, 5);});
create_list('district.early_warning');

# not loaded
my $error = says(q{SELECT gapstats.schedule_watch_list('district.early_warning', '* * * * *')});
like($error, qr/ERROR:  pg_cron is not loaded/, 'says that pg_cron is not loaded');
like($error, qr/$_/, "and how to load it: $_")
	for 'apt-get install postgresql-\d+-cron', q{shared_preload_libraries = 'pg_cron'},
	q{cron.database_name = 'warehouse'}, 'cron.use_background_workers = on', 'CREATE EXTENSION pg_cron';

$node->append_conf(
	'postgresql.conf', q{
shared_preload_libraries = 'pg_cron'
cron.database_name = 'warehouse'
cron.use_background_workers = on
});
$node->restart;

# loaded, but the extension is not there
like(says(q{SELECT gapstats.schedule_watch_list('district.early_warning', '* * * * *')}),
	qr/pg_cron is not installed in database "warehouse".*CREATE EXTENSION pg_cron; GRANT USAGE ON SCHEMA cron TO analyst;/s,
	'says that the extension is missing');
is($node->safe_psql('warehouse', 'SELECT problem, fix FROM gapstats.watch_list_health'),
	'pg_cron is not installed|CREATE EXTENSION pg_cron;', 'and so does health');
$node->safe_psql('warehouse', 'CREATE EXTENSION pg_cron');
like(says(q{SELECT gapstats.schedule_watch_list('district.early_warning', '* * * * *')}),
	qr/permission denied for schema cron.*GRANT USAGE ON SCHEMA cron TO analyst;/s,
	'says that the privilege is missing');
is(health('problem, fix'), 'analyst may not use pg_cron|GRANT USAGE ON SCHEMA cron TO analyst;', 'and so does health');
$node->safe_psql('warehouse', 'GRANT USAGE ON SCHEMA cron TO analyst');
is(health('state, problem, fix'),
	q{never refreshed|it is not scheduled|SELECT gapstats.schedule_watch_list('district.early_warning', '0 5 * * *');},
	'health says that it is not scheduled');

# what pg_cron does not take
like(says(q{SELECT gapstats.schedule_watch_list('district.early_warning', 'at dawn')}),
	qr/invalid schedule: at dawn/, 'a schedule that is none');

# scheduling twice leaves one job
says(q{SELECT gapstats.schedule_watch_list('district.early_warning', '0 5 * * *')});
says(q{SELECT gapstats.schedule_watch_list('district.early_warning', '* * * * *')});
is(says(q{SELECT schedule, username, active FROM cron.job}), '* * * * *|analyst|t', 'one job, of the list\'s owner');
my $longest = 'district.' . 'x' x 52;
create_list($longest);
says(qq{SELECT gapstats.schedule_watch_list('$longest', '* * * * *')});
create_list(q{district."Weekly, of ''26"});
says(q{SELECT gapstats.schedule_watch_list('district."Weekly, of ''26"', '* * * * *')});
is(says(q{SELECT count(*) FROM cron.job}), 3, 'names that are long or need quotes have their jobs');

# whoever listens is told where to look
like(says(q{LISTEN gapstats_watch_list; SELECT status FROM gapstats.refresh_watch_list('district.early_warning')}),
	qr/succeeded\nAsynchronous notification "gapstats_watch_list" with payload "\{"list" : "district.early_warning", "at" : "[^"]+"\}"/,
	'newly flagged students are notified');
says(q{UPDATE district.attendance SET absent = 6 WHERE student_id = 2});

# pg_cron in another database of the cluster
$node->safe_psql('postgres', 'CREATE DATABASE elsewhere');
$node->safe_psql(
	'elsewhere', q{
	CREATE EXTENSION gapstats;
	CREATE SCHEMA district AUTHORIZATION analyst;
	SET ROLE analyst;
	CREATE TABLE district.attendance (student_id integer, absent integer);
	INSERT INTO district.attendance VALUES (1, 5)});
$node->safe_psql('elsewhere', q{
	SET ROLE analyst;
	SELECT gapstats.create_watch_list('district.early_warning', 'SELECT student_id FROM district.attendance')});
is(says('SELECT state, problem FROM gapstats.watch_list_health', 'elsewhere'),
	'never refreshed|no job in the database that cron.database_name says refreshes it', 'health says where to look');
$error = says(q{SELECT gapstats.schedule_watch_list('district.early_warning', '* * * * *')}, 'elsewhere');
like($error, qr/in that database: SELECT cron.schedule_in_database/, 'says that pg_cron lives elsewhere');
$error =~ /in that database: (SELECT .*;)/;
$node->safe_psql('warehouse', $1);

# it runs; pg_cron 1.4 does so once a minute
ok( $node->poll_query_until(
		'warehouse',
		qq{SELECT count(*) = 3 FROM (
			(SELECT run_by FROM district.early_warning_runs WHERE run > 1 AND status = 'succeeded' LIMIT 1)
			UNION ALL (SELECT run_by FROM ${longest}_runs WHERE status = 'succeeded' LIMIT 1)
			UNION ALL (SELECT run_by FROM district."Weekly, of '26_runs" WHERE status = 'succeeded' LIMIT 1)
		) AS run WHERE run_by = 'analyst'}),
	'pg_cron refreshes every list as its owner');
is(says(q{SELECT student_id, status, reasons FROM district.early_warning ORDER BY 1}),
	"1|on track|\n2|at risk|Absent 6 days", 'and the list is there');
is(says(q{SELECT count(*) > 0 FROM cron.job_run_details WHERE status = 'succeeded'}), 't', 'pg_cron says so too');

# what can go wrong, and health's lines put right
is(health(q{state, schedule, next_run - date_trunc('minute', now()), problem}), 'fresh|* * * * *|00:01:00|', 'fresh');
is($node->safe_psql('warehouse', q{SELECT count(*) FROM gapstats.watch_list_health WHERE problem IS NOT NULL}), 0,
	'the superuser sees that all is well');
for (
	[ 'its job is inactive', q{SELECT cron.alter_job(jobid, active => false) FROM cron.job WHERE jobname = 'watch list warehouse.district.early_warning' AND database = 'warehouse'} ],
	[ 'pg_cron cannot connect as analyst', 'ALTER ROLE analyst NOLOGIN' ],
	[ 'pg_cron cannot connect as analyst', 'REVOKE CONNECT ON DATABASE warehouse FROM PUBLIC' ],
	[ 'it is not scheduled', q{DELETE FROM cron.job WHERE jobname = 'watch list warehouse.district.early_warning' AND database = 'warehouse'} ])
{
	my ($problem, $sql) = @$_;
	$node->safe_psql('warehouse', $sql);
	is(health('problem'), $problem, $problem);
	my $fix = health('fix');
	$fix = "SET ROLE analyst; $fix" if $fix =~ /schedule_watch_list/;
	$node->safe_psql('warehouse', $fix);
	is(health('problem'), '', "mended by: $fix");
}
$node->safe_psql(
	'warehouse', q{
	UPDATE district.early_warning_runs SET ended_at = ended_at - interval '1 day';
	INSERT INTO cron.job_run_details (jobid, username, status, return_message)
	SELECT jobid, username, 'failed', 'connection failed' FROM cron.job});
is(health('state, problem, fix'),
	'stale|pg_cron could not connect|in postgresql.conf: cron.use_background_workers = on, and restart the server',
	'a run that was due did not happen');

# dropping the list removes its job, and only its own
says(q{SELECT gapstats.drop_watch_list('district."Weekly, of ''26"')});
is(says(qq{SELECT gapstats.unschedule_watch_list('$longest')}), 't', 'unscheduled');
is(says(qq{SELECT gapstats.unschedule_watch_list('$longest')}), 'f', 'nothing to unschedule');
is(says(q{SELECT jobname FROM cron.job WHERE database = 'warehouse'}), 'watch list warehouse.district.early_warning', 'one job is left');
says(q{SELECT gapstats.drop_watch_list('district.early_warning')});
is(says(q{SELECT count(*) FROM cron.job WHERE database = 'warehouse'}), 0, 'none is left');

# from the other database, too
ok($node->poll_query_until('elsewhere', q{SELECT count(*) > 0 FROM district.early_warning_runs WHERE run_by = 'analyst'}),
	'and the line that it gives has the list refreshed from there');
is(says('SELECT state, problem FROM gapstats.watch_list_health', 'elsewhere'), 'fresh|', 'health is content');
$error = says(q{SELECT gapstats.drop_watch_list('district.early_warning')}, 'elsewhere');
like($error, qr/has to be removed there/, 'dropping the list says that its job is left');
$error =~ /HINT:  (SELECT .*;)/;
$node->safe_psql('warehouse', $1);
is($node->safe_psql('warehouse', 'SELECT count(*) FROM cron.job'), 0, 'and the line that it gives removes it');

$node->stop;
done_testing();
