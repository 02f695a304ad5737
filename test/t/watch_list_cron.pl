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

# loaded, but not in this database
like(says(q{SELECT gapstats.schedule_watch_list('district.early_warning', '* * * * *')}),
	qr/pg_cron is not installed in database "warehouse".*CREATE EXTENSION pg_cron; GRANT USAGE ON SCHEMA cron TO analyst;/s,
	'says that the extension is missing');
$node->safe_psql('warehouse', 'CREATE EXTENSION pg_cron');
like(says(q{SELECT gapstats.schedule_watch_list('district.early_warning', '* * * * *')}),
	qr/permission denied for schema cron.*GRANT USAGE ON SCHEMA cron TO analyst;/s,
	'says that the privilege is missing');
$node->safe_psql('warehouse', 'GRANT USAGE ON SCHEMA cron TO analyst');

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

# it runs; pg_cron 1.4 does so once a minute
is(says(q{SELECT count(*) FROM district.early_warning WHERE status = 'at risk'}), 0, 'not refreshed yet');
ok( $node->poll_query_until(
		'warehouse',
		qq{SELECT count(*) = 3 FROM (
			(SELECT run_by FROM district.early_warning_runs WHERE status = 'succeeded' LIMIT 1)
			UNION ALL (SELECT run_by FROM ${longest}_runs WHERE status = 'succeeded' LIMIT 1)
			UNION ALL (SELECT run_by FROM district."Weekly, of '26_runs" WHERE status = 'succeeded' LIMIT 1)
		) AS run WHERE run_by = 'analyst'}),
	'pg_cron refreshes every list as its owner');
is(says(q{SELECT student_id, status, reasons FROM district.early_warning ORDER BY 1}),
	"1|on track|\n2|at risk|Absent 5 days", 'and the list is there');
is(says(q{SELECT count(*) > 0 FROM cron.job_run_details WHERE status = 'succeeded'}), 't', 'pg_cron says so too');

# dropping the list removes its job, and only its own
says(q{SELECT gapstats.drop_watch_list('district."Weekly, of ''26"')});
is(says(qq{SELECT gapstats.unschedule_watch_list('$longest')}), 't', 'unscheduled');
is(says(qq{SELECT gapstats.unschedule_watch_list('$longest')}), 'f', 'nothing to unschedule');
is(says(q{SELECT jobname FROM cron.job}), 'watch list district.early_warning', 'one job is left');
says(q{SELECT gapstats.drop_watch_list('district.early_warning')});
is(says(q{SELECT count(*) FROM cron.job}), 0, 'none is left');

$node->stop;
done_testing();
