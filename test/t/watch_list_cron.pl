# pg_cron really refreshes watch lists, as their owner and side by side, and says what came of
# it; where pg_cron is missing, the error says what to do.
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

sub superuser
{
	return $node->safe_psql('warehouse', $_[0]);
}

sub health
{
	my ($columns, $list) = @_;
	return says("SELECT $columns FROM gapstats.watch_list_health WHERE list = " . quote($list // 'district.early_warning') . '::regclass');
}

sub quote
{
	return "'" . $_[0] =~ s/'/''/gr . "'";
}

# A list of the students of sis.attendance who are absent for 5 days, and who is in a table
sub create_list
{
	my ($name, $table, $database) = @_;
	my $list = quote($name);
	return says(qq{
		SELECT gapstats.create_watch_list($list, 'SELECT student_id FROM sis.$table', time_zone => 'America/Chicago');
		SELECT gapstats.add_rule($list, 'absence', 'SELECT student_id, absent FROM sis.$table', '>=', 5, 'Absent {value} days')}, $database);
}

sub schedule
{
	my ($name, $schedule, $database) = @_;
	return says('SELECT gapstats.schedule_watch_list(' . quote($name) . ', ' . quote($schedule // '* * * * *') . ')', $database);
}

sub make_database
{
	my ($database) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, q{
		CREATE EXTENSION gapstats;
		CREATE SCHEMA district AUTHORIZATION analyst;
		CREATE SCHEMA sis AUTHORIZATION analyst;
		SET ROLE analyst;
		CREATE TABLE sis.attendance (student_id integer, absent integer);
		INSERT INTO sis.attendance VALUES (1, 4), (2, 5)});
}

$node->safe_psql('postgres', 'CREATE ROLE analyst LOGIN');
make_database('warehouse');
create_list('district.early_warning', 'attendance');

# not loaded
my $error = schedule('district.early_warning');
like($error, qr/ERROR:  pg_cron is not loaded/, 'says that pg_cron is not loaded');
like($error, qr/\Q$_\E/, "and how to load it: $_")
	for 'apt-get install postgresql-' . $node->pg_version->major . '-cron', q{shared_preload_libraries = 'pg_cron'},
	q{cron.database_name = 'warehouse'}, q{cron.host = ''}, 'CREATE EXTENSION pg_cron', 'GRANT USAGE ON SCHEMA cron TO analyst;';

# cron.host as the hint recommends it: the socket is where the server's own environment says
$node->append_conf(
	'postgresql.conf', qq{
shared_preload_libraries = 'pg_cron'
cron.database_name = 'warehouse'
cron.host = ''
});
$node->restart;

# loaded, but the extension is not there
like(schedule('district.early_warning'),
	qr/pg_cron is not installed in database "warehouse".*CREATE EXTENSION pg_cron; GRANT USAGE ON SCHEMA cron TO analyst;/s,
	'says that the extension is missing');
is(superuser('SELECT problem, fix FROM gapstats.watch_list_health'),
	'pg_cron is not installed|by hand: if it is to refresh lists of this database: CREATE EXTENSION pg_cron;', 'and so does health');
superuser('CREATE EXTENSION pg_cron');
like(schedule('district.early_warning'), qr/permission denied for schema cron.*GRANT USAGE ON SCHEMA cron TO analyst;/s,
	'says that the privilege is missing');
is(health('problem, fix'), 'analyst may not use pg_cron|by hand: if analyst is to schedule what runs as himself: GRANT USAGE ON SCHEMA cron TO analyst;', 'and so does health');
superuser('GRANT USAGE ON SCHEMA cron TO analyst');
is(health('state, problem, fix'),
	q{never refreshed|it is not scheduled|SELECT gapstats.schedule_watch_list('district.early_warning', '0 5 * * *');},
	'health says that it is not scheduled');
is(says(q{SELECT status FROM gapstats.refresh_watch_list('district.early_warning')}), 'succeeded', 'somebody refreshes it');
is(health('state'), 'not scheduled', 'which health says still');
says(q{SELECT gapstats.change_settings('district.early_warning', '{"refreshed_within": "1 day"}')});
is(health('state, problem'), 'fresh|', 'unless it is told that another scheduler does that');
says(q{SELECT gapstats.change_settings('district.early_warning', '{"refreshed_within": null}')});
is(health('state'), 'not scheduled', 'or does it no more');

# what pg_cron does not take
like(schedule('district.early_warning', 'at dawn'), qr/invalid schedule: at dawn.*five fields/s, 'a schedule that is none, and what one is');

# scheduling twice leaves one job
schedule('district.early_warning', '0 5 * * *');
schedule('district.early_warning');
is(says(q{SELECT schedule, username, command, active FROM cron.job}),
	q{* * * * *|analyst|CALL gapstats.run_watch_list('district.early_warning')|t}, 'one job, of the list\'s owner, with one call');

# the call commits, so within a transaction it ends before any work is done
like(says(q{BEGIN; CALL gapstats.run_watch_list('district.early_warning')}), qr/ERROR:  invalid transaction termination/, 'not in a transaction');
is(says(q{SELECT count(*) FROM district.early_warning_runs}), 1, 'where no run begins');

# lists whose runs end otherwise, and with names that are hard
my $longest = 'district.' . superuser(q{SELECT repeat('x', 62 - max(length(part))) FROM gapstats_internal.list_parts()});
my $quoted = q{district."Weekly, of '26"};
says(q{
	CREATE TABLE sis.scores AS SELECT i % 2 AS race, i AS score FROM generate_series(1, 40) AS i;
	CREATE TABLE sis.slow AS TABLE sis.attendance;
	CREATE TABLE sis.empty AS SELECT i AS student_id, 0 AS absent FROM generate_series(1, 100) AS i;
	CREATE TABLE sis.wrong AS TABLE sis.attendance;});
my %table = ('district.slow' => 'slow', 'district.held' => 'empty', 'district.failing' => 'wrong', $longest => 'attendance', $quoted => 'attendance');
for my $list (sort keys %table)
{
	create_list($list, $table{$list});
	is(says('SELECT status FROM gapstats.refresh_watch_list(' . quote($list) . ')'), 'succeeded', "$list is refreshed");
}
says(q{DELETE FROM sis.empty; DROP TABLE sis.wrong; UPDATE sis.attendance SET absent = 6 WHERE student_id = 2});

# pg_cron in another database of the cluster
make_database('elsewhere');
create_list('district.early_warning', 'attendance', 'elsewhere');
is(says('SELECT state, problem FROM gapstats.watch_list_health', 'elsewhere'), 'never refreshed|', 'health cannot see the job of another database');
$error = schedule('district.early_warning', '* * * * *', 'elsewhere');
like($error, qr/in that database: SELECT cron.schedule_in_database/, 'says that pg_cron lives elsewhere');
$error =~ /in that database: (SELECT .*;)/;
my $elsewhere = $1;

# one is held up while the others run
my $holder = $node->background_psql('warehouse');
$holder->query_safe('BEGIN; LOCK TABLE sis.slow');
superuser($elsewhere);
like(schedule($_), qr/^\d+$/, "$_ is scheduled") for sort keys %table;
like(says(q{SELECT gapstats.create_report('district.gaps', 'sis.scores', '{"reading": {"score": "score", "direction": "higher"}}', '{race}', schedule => '* * * * *')}), qr/^district.gaps$/, 'a report is made and scheduled');
is(superuser(q{SELECT count(*) FROM cron.job}), 8, 'each has its job');
my $job = superuser(q{SELECT jobid FROM cron.job WHERE command LIKE '%''district.slow''%'});
ok($node->poll_query_until('warehouse', q{SELECT EXISTS (SELECT FROM district.slow_runs WHERE status = 'running')}), 'pg_cron begins to run a list');
is(health('state, last_status, problem', 'district.slow'), 'running|running|', 'which health says');
is(superuser("SELECT status FROM cron.job_run_details WHERE jobid = $job"), 'running', 'and pg_cron');
is(superuser(q{SELECT query FROM pg_stat_activity WHERE query LIKE 'refreshing a watch list%' AND wait_event_type = 'Lock'}),
	'refreshing a watch list: students query (0 of 1)', 'and the server says how far the one is that waits');
is(says(q{SELECT status, error FROM gapstats.refresh_watch_list('district.slow')}) =~ s/^.*NOTICE:  //sr, 'refresh of watch list "district.slow" skipped: run 2 is under way',
	'another run steps aside');
ok( $node->poll_query_until(
		'warehouse',
		qq{SELECT count(*) = 5 FROM (
			(SELECT run_by FROM district.early_warning_runs WHERE run > 1 AND status = 'succeeded' LIMIT 1)
			UNION ALL (SELECT run_by FROM district.held_runs WHERE status = 'held' LIMIT 1)
			UNION ALL (SELECT run_by FROM district.failing_runs WHERE status = 'failed' LIMIT 1)
			UNION ALL (SELECT run_by FROM ${longest}_runs WHERE run > 1 AND status = 'succeeded' LIMIT 1)
			UNION ALL (SELECT run_by FROM district."Weekly, of '26_runs" WHERE run > 1 AND status = 'succeeded' LIMIT 1)
		) AS run WHERE run_by = 'analyst'}),
	'pg_cron runs every other list meanwhile, as its owner');
ok($node->poll_query_until('elsewhere', q{SELECT EXISTS (SELECT FROM district.early_warning_runs WHERE run_by = 'analyst' AND status = 'succeeded')}),
	'and that of the other database, by the line that it was given');
is(says('SELECT state, problem FROM gapstats.watch_list_health', 'elsewhere'), 'fresh|', 'with which health is content');
says(q{INSERT INTO district.early_warning_words (language, kind, name, words) VALUES ('de', 'status', 'watch', 'Beobachten')}, 'elsewhere');
like(says('SELECT state, problem FROM gapstats.watch_list_health', 'elsewhere'), qr/^fresh\|no words in language de for .*rule "absence"/, 'but for words that are missing');
$holder->query_safe('COMMIT');
$holder->quit;
ok($node->poll_query_until('warehouse', q{SELECT EXISTS (SELECT FROM district.slow_runs WHERE run > 1 AND status = 'succeeded')}), 'then the one that was held up');
is(says(q{SELECT student_id, status, reasons FROM district.early_warning ORDER BY 1}), "1|on track|\n2|at risk|absence", 'the list is there');

# what became of the first run of a job, as pg_cron tells it
sub details
{
	my ($list) = @_;
	my $query = "SELECT status, return_message FROM cron.job_run_details JOIN cron.job USING (jobid)
		WHERE job.command = 'CALL gapstats.run_watch_list(' || quote_literal(" . quote($list) . ") || ')' AND status IN ('succeeded', 'failed') ORDER BY runid LIMIT 1";
	$node->poll_query_until('warehouse', "SELECT EXISTS ($query)");
	return superuser($query);
}

is(details('district.early_warning'), 'succeeded|CALL', 'pg_cron says that a run succeeded');
ok($node->poll_query_until('warehouse', q{SELECT EXISTS (SELECT FROM district.gaps_runs WHERE run > 1 AND status = 'succeeded' AND run_by = 'analyst')}), 'and a report is refreshed');
is(says('SELECT report, state, schedule, problem FROM gapstats.report_health'), 'district.gaps|fresh|* * * * *|', 'which health says');
is(details('district.slow'), 'succeeded|CALL', 'pg_cron says that a slow run succeeded');
like(details('district.failing'), qr/^failed\|ERROR:  run \d+ of watch list "district.failing" failed: .*query: relation "sis.wrong" does not exist\n.*HINT:  The list stays as the last successful refresh left it\./s,
	'pg_cron says why a run failed');
like(details('district.held'), qr/^failed\|ERROR:  run (\d+) of watch list "district.held" held: students: 0 come and 100 go, of 100; rule "absence": values of 0 students instead of 100\n.*SELECT gapstats.refresh_watch_list\('district.held', accept => \1\);/s,
	'pg_cron says why a run is held, and what publishes it');
is(health('state, last_status', 'district.failing'), 'failing|failed', 'health says that a list fails');
like(health('state, problem, fix', 'district.held'), qr/^held\|students: 0 come and 100 go, of 100; .*\|.*refresh_watch_list\('district.held', accept => \d+\);$/, 'and that one is held');
is(says(q{SELECT count(*) FROM district.held}), 100, 'of which all students are there still');

# what can go wrong, and health's lines put right
is(health(q{state, schedule, next_run - date_trunc('minute', now()), problem}), 'fresh|* * * * *|00:01:00|', 'fresh');
for (
	[ 'its job is inactive', q{SELECT cron.alter_job(jobid, active => false) FROM cron.job WHERE jobname = 'watch list warehouse.district.early_warning'} ],
	[ 'pg_cron cannot connect as analyst', 'ALTER ROLE analyst NOLOGIN' ],
	[ 'pg_cron cannot connect as analyst', 'REVOKE CONNECT ON DATABASE warehouse FROM PUBLIC' ],
	[ 'no words in language es for rule "absence"', q{SELECT gapstats.change_settings('district.early_warning', '{"language": "es"}')} ],
	[ 'its job cannot be seen any more', q{DELETE FROM cron.job WHERE jobname = 'watch list warehouse.district.early_warning'} ])
{
	my ($problem, $sql) = @$_;
	superuser($sql);
	is(health('problem'), $problem, "$problem: $sql");
	is(superuser(q{SELECT problem FROM gapstats.watch_list_health WHERE list = 'district.early_warning'::regclass}), 'it is not scheduled', 'a superuser knows that it is gone')
	  if $sql =~ /^DELETE/;
	# a person puts in the words
	my $fix = health('fix') =~ s/^by hand: [^:]*: //r =~ s/'\.\.\.'/'Falta {value} dias'/r;
	superuser($fix =~ /schedule_watch_list/ ? "SET ROLE analyst; $fix" : $fix);
	is(health('problem'), '', "mended by: $fix");
}
schedule('district.early_warning', '0 0 1 1 *');
superuser(q{UPDATE district.early_warning_runs SET ended_at = ended_at - interval '1 year'});
is(health('state, problem'), 'stale|a run that was due has not happened, and pg_cron does not say why', 'a run that was due did not happen');
superuser(q{INSERT INTO cron.job_run_details (jobid, username, status, return_message)
	SELECT jobid, username, 'failed', 'connection failed' FROM cron.job WHERE jobname = 'watch list warehouse.district.early_warning'});
like(health('state, problem, fix'), qr/^stale\|pg_cron could not connect\|by hand: in postgresql.conf: cron.host = '' or the socket directory/, 'and why');
superuser(q{UPDATE cron.job_run_details SET return_message = 'server closed the connection unexpectedly'});
is(health('problem, fix'), q{its job failed: server closed the connection unexpectedly|by hand: see whether it works here: SELECT gapstats.refresh_watch_list('district.early_warning');}, 'a job that failed otherwise');
is(superuser(q{SET ROLE pg_monitor; SELECT problem FROM gapstats.watch_list_health WHERE list::text = 'district.early_warning'}), 'its job failed: with what error, its owner sees in cron.job_run_details', 'whose words may be of a source, and are its owner\'s');
superuser(q{DELETE FROM cron.job_run_details; UPDATE district.early_warning_runs SET ended_at = now()});
# a run has five minutes in which to succeed
for my $late ([ 3, 'fresh' ], [ 7, 'stale' ])
{
	my ($minutes, $state) = @$late;
	schedule('district.early_warning', superuser("SELECT to_char(now() AT TIME ZONE 'GMT' - interval '$minutes minutes', 'FMMI FMHH24') || ' * * *'"));
	superuser(q{UPDATE district.early_warning_runs SET ended_at = now() - interval '1 hour'});
	is(health('state'), $state, "due $minutes minutes ago: $state");
}
schedule('district.early_warning', '0 0 1 1 *');
superuser(q{UPDATE district.early_warning_runs SET ended_at = now()});
is(health(q{next_run = (date_trunc('year', now() AT TIME ZONE 'GMT') + interval '1 year') AT TIME ZONE 'GMT'}), 't', 'when it is due is told in the time zone of pg_cron');

# A dump has pg_cron's jobs, too, and so has its copy; which holds its lists all the same. The
# jobs say on which host and port: elsewhere, those are the copy's own.
my $jobs = 'SELECT jobname, schedule, command, active FROM cron.job ORDER BY 1';
my $alarms = join ' UNION ALL ', map { "SELECT alarm, flag, kind FROM district.${_}_alarms" } qw(early_warning slow held failing);
my $copy = PostgreSQL::Test::Cluster->new('copy');
$copy->init;
$copy->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_cron'\ncron.database_name = 'warehouse'\n");
$copy->start;
my $dump = $node->basedir . '/dump';
command_ok([ 'pg_dumpall', '--globals-only', '--file', "$dump.globals", '-d', $node->connstr('postgres') ], 'pg_dumpall of roles');
command_ok([ 'pg_dump', '--create', '--file', $dump, $node->connstr('warehouse') ], 'pg_dump, with pg_cron');
command_ok([ 'psql', '-X', '-q', '-f', $_, $copy->connstr('postgres') ], 'restored') for "$dump.globals", $dump;
is($copy->safe_psql('warehouse', $jobs), superuser($jobs), 'a copy has the jobs');
is($copy->safe_psql('warehouse', 'SELECT DISTINCT state, problem FROM gapstats.watch_list_health'), 'held|this is a copy: the list was made in another database', 'and every list is held');
$copy->safe_psql('warehouse', q{DELETE FROM cron.job_run_details; UPDATE cron.job SET nodename = '} . $copy->host . q{', nodeport = } . $copy->port);
ok($copy->poll_query_until('warehouse', q{SELECT count(DISTINCT jobid) >= 4 FROM cron.job_run_details WHERE status = 'failed' AND return_message LIKE '%held: this is a copy%resume_watch_list%'}),
	'its pg_cron is told so, by each list');
is($copy->safe_psql('warehouse', q{SELECT count(*) FROM cron.job_run_details WHERE status = 'succeeded'}), 0, 'not one is refreshed');
is($copy->safe_psql('warehouse', $alarms), superuser($alarms), 'and nobody is alarmed');
is($copy->safe_psql('warehouse', 'SELECT state, problem FROM gapstats.report_health'), 'held|this is a copy: the report was made in another database', 'a report is held, too');
$copy->safe_psql('warehouse', q{SELECT gapstats.resume_watch_list('district.slow')});
is($copy->safe_psql('warehouse', q{SELECT status FROM gapstats.refresh_watch_list('district.slow'); SELECT state, schedule FROM gapstats.watch_list_health WHERE list = 'district.slow'::regclass}),
	"succeeded\nfresh|* * * * *", 'until its owner says go');
$copy->stop;

# a report that is renamed takes its job along; health's line makes it anew; and it goes with the report
my $report_job = q{SELECT jobname, command FROM cron.job WHERE jobname ~ '^report'};
says(q{ALTER TABLE district.gaps RENAME TO "Gaps"; SELECT status FROM gapstats.refresh_report('district."Gaps"')});
is(superuser($report_job), q{report warehouse.district."Gaps"|CALL gapstats.run_report('district."Gaps"')}, 'a report that is renamed');
superuser(q{DELETE FROM cron.job WHERE jobname ~ '^report'});
is(says('SELECT state, problem FROM gapstats.report_health'), 'not scheduled|its job cannot be seen any more', 'a job that is gone');
says(says('SELECT fix FROM gapstats.report_health') =~ s/^by hand: [^:]*: //r);
is(says('SELECT state, schedule, problem FROM gapstats.report_health'), 'fresh|* * * * *|', 'is made anew by the line that health has');
is(says(q{SELECT gapstats.unschedule_report('district."Gaps"'); SELECT state, schedule FROM gapstats.report_health}), "t\nfresh|", 'or is no more wanted');
says(q{SELECT gapstats.schedule_report('district."Gaps"', '0 5 * * *'); SELECT gapstats.drop_report('district."Gaps"')});
is(superuser($report_job), '', 'and goes with the report');

# and so does a roll-up's
my $rollup_job = q{SELECT jobname, command FROM cron.job WHERE jobname ~ '^rollup'};
says(q{CREATE TABLE district.marks (school text, mark integer); SELECT gapstats.create_rollup('district.by_school', 'district.marks', '{school}', schedule => '* * * * *')});
says(q{ALTER VIEW district.by_school RENAME TO "By school"; INSERT INTO district.marks VALUES ('North', 3); SELECT status FROM gapstats.merge_rollup('district."By school"')});
is(superuser($rollup_job), q{rollup warehouse.district."By school"|CALL gapstats.run_rollup('district."By school"')}, 'a roll-up that is renamed');
ok($node->poll_query_until('warehouse', q{SELECT count(*) > 0 FROM cron.job_run_details WHERE status = 'succeeded' AND command ~ 'By school'}), 'is merged by that name');
says(q{SELECT gapstats.drop_rollup('district."By school"'); DROP TABLE district.marks});
is(superuser($rollup_job), '', 'and its job goes with it');

# a list that is renamed takes its job along when somebody does something with it
sub jobs
{
	return superuser(q{SELECT username, jobname, command FROM cron.job WHERE jobname ~ 'late|early|alerts' AND database = 'warehouse' ORDER BY 2});
}

my $lone_job = q{analyst|watch list warehouse.%1$s|CALL gapstats.run_watch_list('%1$s')};
superuser('ALTER MATERIALIZED VIEW district.early_warning RENAME TO late_warning');
says(q{SELECT gapstats.change_settings('district.late_warning', '{"return_within": "15 days"}')});
is(jobs(), sprintf($lone_job, 'district.late_warning'), 'renamed');
superuser('ALTER SCHEMA district RENAME TO alerts');
says(q{SELECT gapstats.schedule_watch_list('alerts.late_warning', '* * * * *')});
is(jobs(), sprintf($lone_job, 'alerts.late_warning'), 'and moved');

# the job of a role that is renamed is nobody's; who renames it is told
superuser('ALTER ROLE analyst RENAME TO data_team');
is(says(q{SELECT state, problem FROM gapstats.watch_list_health WHERE list = 'alerts.late_warning'::regclass}, 'warehouse', 'data_team'),
	'not scheduled|its job cannot be seen any more', 'its owner sees no job any more, and is not told to make another');
my $lost = q{SELECT fix FROM gapstats.watch_list_health WHERE problem = 'its job is of a role that there is not' AND list = 'alerts.late_warning'::regclass};
like(superuser($lost), qr/^UPDATE cron.job SET username = 'data_team' WHERE jobid = \d+;$/m, 'and what mends it');
is(superuser(q{SELECT count(*) FROM gapstats.watch_list_problems WHERE list = 'alerts.late_warning'::regclass AND fix ~ 'schedule_watch_list'}), 0, 'nor is who sees it');
superuser(q{DELETE FROM cron.job WHERE jobname !~ 'late'});
superuser(superuser($lost));
is(says(q{SELECT problem FROM gapstats.watch_list_health WHERE list = 'alerts.late_warning'::regclass}, 'warehouse', 'data_team'), '', 'its owner sees it again');
is(superuser('SELECT username, jobname FROM cron.job'), 'data_team|watch list warehouse.alerts.late_warning', 'and there is no other');
superuser(q{UPDATE cron.job SET username = 'analyst'});
says(q{SELECT gapstats.schedule_watch_list('alerts.late_warning', '0 5 * * *')}, 'warehouse', 'data_team');
like(superuser($lost), qr/^DELETE FROM cron.job WHERE jobid = \d+;$/, 'a job beside the one that its owner has made since is to go');
superuser(q{DELETE FROM cron.job WHERE username = 'data_team'});
superuser(superuser($lost));
# the tables that it reads have an owner of another name, who is the same role
superuser(q{SELECT gapstats.refresh_watch_list('alerts.late_warning')});
is(superuser(q{SELECT state, problem FROM gapstats.watch_list_health WHERE list = 'alerts.late_warning'::regclass}), 'fresh|', 'its queries mean what they meant');
is(superuser(q{SELECT username, jobname FROM cron.job}), 'data_team|watch list warehouse.alerts.late_warning', 'the job is its owner\'s again');
superuser(q{UPDATE sis.attendance SET absent = 7});
ok($node->poll_query_until('warehouse', q{SELECT EXISTS (SELECT FROM alerts.late_warning_runs WHERE run_by = 'data_team' AND status = 'succeeded')}),
	'and runs the list under all its new names');
is(superuser(q{SELECT count(*) FROM alerts.late_warning WHERE status = 'at risk'}), 2, 'which shows what is new');

# in a copy the number of a list's job is another job's
superuser(q{
	UPDATE alerts.slow_settings SET database_oid = 0, job = (SELECT jobid FROM cron.job);
	SELECT gapstats.change_settings('alerts.slow', '{"lag_days": 1}'), gapstats.unschedule_watch_list('alerts.slow');
	SELECT gapstats.resume_watch_list('alerts.slow');
	SELECT gapstats.change_settings('alerts.slow', '{"lag_days": 0}'), gapstats.unschedule_watch_list('alerts.slow')});
is(superuser('SELECT jobname FROM cron.job'), 'watch list warehouse.alerts.late_warning', 'a copy leaves the job alone that has its number');

# a list takes its job along when it goes, and only its own, renamed or not
$longest =~ s/^district/alerts/;
$quoted =~ s/^district/alerts/;
says("SELECT gapstats.schedule_watch_list(" . quote($_) . ", '0 5 * * *')", 'warehouse', 'data_team') for $longest, $quoted, 'alerts.slow', 'alerts.held';
says('SELECT gapstats.drop_watch_list(' . quote($quoted) . ')', 'warehouse', 'data_team');
is(says("SELECT gapstats.unschedule_watch_list('$longest')", 'warehouse', 'data_team'), 't', 'unscheduled');
is(says("SELECT gapstats.unschedule_watch_list('$longest')", 'warehouse', 'data_team'), 'f', 'nothing to unschedule');
superuser('ALTER MATERIALIZED VIEW alerts.slow RENAME TO slower; ALTER MATERIALIZED VIEW alerts.held RENAME TO holding');
is(says(q{SELECT gapstats.unschedule_watch_list('alerts.slower')}, 'warehouse', 'data_team'), 't', 'unscheduled after it was renamed');
says(q{SELECT gapstats.drop_watch_list('alerts.holding')}, 'warehouse', 'data_team');
is(superuser('SELECT jobname FROM cron.job'), 'watch list warehouse.alerts.late_warning', 'one job is left');
# also one that has lost its view: once it is repaired, its job goes on; and goes when what is left is dropped
superuser('DROP MATERIALIZED VIEW alerts.late_warning CASCADE');
says(q{SELECT gapstats.repair_watch_list('alerts.late_warning_settings')}, 'warehouse', 'data_team');
is(says(q{SELECT state, schedule FROM gapstats.watch_list_health WHERE list = 'alerts.late_warning'::regclass}, 'warehouse', 'data_team'), 'fresh|* * * * *', 'repaired, it is scheduled as before');
superuser('DROP MATERIALIZED VIEW alerts.late_warning CASCADE');
says(q{SELECT gapstats.drop_watch_list('alerts.late_warning_settings')}, 'warehouse', 'data_team');
is(superuser('SELECT count(*) FROM cron.job'), 0, 'none is left');

# from the other database, too
superuser($elsewhere =~ s/'analyst'/'data_team'/r);
$error = says(q{SELECT gapstats.drop_watch_list('district.early_warning')}, 'elsewhere', 'data_team');
like($error, qr/has to be removed there/, 'dropping the list says that its job is left');
$error =~ /HINT:  (SELECT .*;)/;
superuser($1);
is(superuser('SELECT count(*) FROM cron.job'), 0, 'and the line that it gives removes it');

$node->stop;
done_testing();
