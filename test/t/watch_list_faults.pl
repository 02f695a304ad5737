# Whatever befalls a run, and at whichever of its steps: the list is the old one or the new one,
# its parts agree, and the next run goes on from there.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $students = 1500;
my $most = 1024 * 1024;    # bytes that a file may have where the disk is full; the list's have more

my $node = PostgreSQL::Test::Cluster->new('district');
$node->init(extra => [ '--wal-segsize', '1' ]);
$node->append_conf('postgresql.conf', q{
	restart_after_crash = on
	autovacuum = off
	max_wal_size = '64MB'
	max_parallel_workers_per_gather = 0});
$node->start;

# The sources are of a generation that every row names, and that says who is flagged
$node->safe_psql('postgres', 'CREATE DATABASE warehouse; CREATE ROLE analyst LOGIN; CREATE ROLE teacher');
$node->safe_psql(
	'warehouse', qq{
	CREATE EXTENSION gapstats;
	CREATE SCHEMA district AUTHORIZATION analyst;
	ALTER DATABASE warehouse SET search_path = district, gapstats;
	SET search_path = district, gapstats;
	SET ROLE analyst;
	CREATE FUNCTION mark(student integer, generation integer) RETURNS integer IMMUTABLE
		RETURN (student * 7 + generation * 37) % 100;
	CREATE TABLE students (student_id integer PRIMARY KEY, name text, generation integer, school integer) WITH (autovacuum_enabled = off);
	CREATE TABLE marks (student_id integer, mark integer);
	CREATE TABLE teachers (viewer text, student_id integer);
	INSERT INTO students SELECT i, repeat('x', 900), 0, i % 100 / 10 FROM generate_series(1, $students) AS i;
	INSERT INTO marks SELECT i, mark(i, 0) FROM generate_series(1, $students) AS i;
	INSERT INTO teachers VALUES ('teacher', 0), ('teacher', $students);
	SELECT create_watch_list('list', 'SELECT * FROM students');
	SELECT add_rule('list', 'mark', 'SELECT * FROM marks', '>=', 70, 'Mark {value}');
	SELECT change_settings('list', '{"max_students_change": 1, "max_values_change": 1, "max_flagged_change": 1, "return_within": "0"}');
	SELECT share_watch_list('list', 'SELECT * FROM teachers');
	SELECT publish_counts('list', 'school', 1);
	GRANT SELECT ON ALL TABLES IN SCHEMA district TO PUBLIC; REVOKE ALL ON list_queries FROM PUBLIC;
	CALL run_watch_list('list');});

sub analyst
{
	return $node->safe_psql('warehouse', "SET ROLE analyst; $_[0]");
}

# The generation that the students and their standing are of; half if they are of several
sub generation
{
	return analyst(qq{
		SELECT CASE WHEN count(*) = $students AND min(generation) = max(generation)
			AND bool_and(status = CASE WHEN mark(student_id, generation) >= 70 THEN 'at risk' ELSE 'on track' END)
			THEN min(generation)::text ELSE 'half' END
		FROM $_[0]});
}

# What follows from a generation, counted from the sources of it
sub follows_from
{
	my ($generation) = @_;
	return analyst(qq{
		WITH flagged AS (SELECT i AS student_id FROM generate_series(1, $students) AS i WHERE mark(i, $generation) >= 70),
			open AS (SELECT student_id FROM list_flags WHERE cleared_at IS NULL),
			standing AS (SELECT student_id FROM list_history WHERE until_time IS NULL)
		SELECT concat_ws(', ',
			CASE WHEN EXISTS (TABLE flagged EXCEPT TABLE open) OR EXISTS (TABLE open EXCEPT TABLE flagged) THEN 'flags' END,
			CASE WHEN EXISTS (TABLE flagged EXCEPT TABLE standing) OR EXISTS (TABLE standing EXCEPT TABLE flagged) THEN 'history' END,
			CASE WHEN (SELECT count(*) FROM list_alarms) <> (SELECT count(*) FROM list_flags) THEN 'alarms' END,
			CASE WHEN (SELECT sum(flagged) FROM list_counts WHERE NOT is_total) <> (SELECT count(*) FROM flagged) THEN 'counts' END,
			CASE WHEN EXISTS (SELECT FROM list_values WHERE "values" <> mark(student_id, $generation)::text) THEN 'values' END)});
}

sub disagreement
{
	return analyst(q{SELECT * FROM gapstats_internal.disagreement('list') LIMIT 5});
}

sub last_run
{
	return analyst(q{SELECT status || coalesce(': ' || error, '') FROM list_runs ORDER BY run DESC LIMIT 1});
}

sub health
{
	return analyst('SELECT state, problem FROM watch_list_health');
}

# Whom of those whom the teacher has for one generation only she may see
sub seen
{
	return analyst(q{SELECT string_agg(student_id::text, ' ') FROM list_viewers WHERE student_id < 1000});
}

my $generation = 0;

sub change_sources
{
	$generation++;
	analyst(qq{
		UPDATE students SET generation = $generation;
		UPDATE marks SET mark = mark(student_id, $generation);
		UPDATE teachers SET student_id = $generation WHERE student_id < 1000});
}

# psql with a run in it, and the session's process
sub start_run
{
	my ($settings, $statement) = @_;
	my %run = (in => '', out => '', err => '');
	$run{psql} = IPC::Run::start(
		[ 'psql', '-XAtq', '-d', $node->connstr('warehouse'), '-c', 'SET ROLE analyst', '-c', $settings, '-c', 'SELECT pg_backend_pid()', '-c', $statement ],
		'<', \$run{in}, '>', \$run{out}, '2>', \$run{err});
	$run{psql}->pump until $run{out} =~ /^(\d+)$/m;
	$run{pid} = $1;
	return \%run;
}

sub wait_until_blocked
{
	my ($run) = @_;
	$node->poll_query_until('warehouse', "SELECT cardinality(pg_blocking_pids($run->{pid})) > 0") or die 'it does not wait';
}

sub end
{
	my ($run) = @_;
	eval { $run->{psql}->finish };
	return $run->{err};
}

# What holds a run at a step, and the table that it writes next if it is one that may be small
my @steps = (
	[ 'begins', 'LOCK TABLE list_words', 'list_runs' ],
	[ 'reads who may see whom', 'LOCK TABLE teachers', 'list_viewers' ],
	[ 'evaluates', 'LOCK TABLE marks' ],
	[ 'publishes the students', 'LOCK TABLE list_current IN SHARE MODE' ],
	[ 'publishes the flags', 'LOCK TABLE list_flags IN SHARE MODE', 'list_flags' ],
	[ 'publishes the counts', 'LOCK TABLE list_counts IN SHARE MODE', 'list_counts' ],
	[ 'shows the list', 'ANALYZE list' ]);

sub crash
{
	my ($run) = @_;
	kill 'KILL', $run->{pid};
	end($run);
	$node->poll_query_until('warehouse', 'SELECT true') or die 'the server does not come back';
}

# Has a table fill more than a file may have, to the end of its last page, with versions of its
# rows that are kept for as long as the session that is returned lives. No row is left on a page
# that was there before: there it may find room.
sub fill_pages
{
	my ($table) = @_;
	my $keeper = $node->background_psql('warehouse');
	$keeper->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
	analyst(qq{
		INSERT INTO list_runs (status, started_at) SELECT 'failed', now() WHERE '$table' = 'list_runs';
		DO \$\$
		DECLARE
			pages CONSTANT integer := pg_relation_size('$table') / 8192;
			rewrite_all CONSTANT text := (
				SELECT format('UPDATE $table SET %1\$I = %1\$I', attname)
				FROM pg_attribute
				WHERE attrelid = '$table'::regclass AND attnum > 0 AND attidentity = ''
				ORDER BY attnum
				LIMIT 1);
			rewrite CONSTANT text := rewrite_all || ' WHERE ctid = \$1 RETURNING ctid, ctid::text::point';
			here tid;
			place point;
			a_page integer := 0;
		BEGIN
			WHILE EXISTS (SELECT FROM $table WHERE ctid < format('(%s,0)', pages)::tid) LOOP
				EXECUTE rewrite_all;
			END LOOP;
			here := (SELECT ctid FROM $table AS t ORDER BY pg_column_size(t.*), ctid DESC LIMIT 1);
			LOOP
				EXECUTE rewrite INTO here, place USING here;
				a_page := greatest(a_page, CASE WHEN place[0] >= pages THEN place[1] END);
				EXIT WHEN place[0] > greatest(pages, $most / 8192) AND place[1] = a_page;
			END LOOP;
		END \$\$;
		DELETE FROM list_runs WHERE '$table' = 'list_runs' AND run = (SELECT max(run) FROM list_runs)});
	return $keeper;
}

sub fill_disk
{
	my ($run, $blocker) = @_;
	system_or_bail('prlimit', '--pid', $run->{pid}, "--fsize=$most");
	$blocker->query_safe('COMMIT');
}

# What befalls it, the settings of its session, and what its row says then: what it says
# itself, or nothing, since nobody was there to write it
my @faults = (
	[ 'kill -9', '', \&crash ],
	[ 'an immediate shutdown', '', sub { $node->stop('immediate'); $node->start } ],
	[ 'pg_terminate_backend', '', sub { $node->safe_psql('warehouse', "SELECT pg_terminate_backend($_[0]{pid}, 10000)") } ],
	[ 'pg_cancel_backend', '', sub { $node->safe_psql('warehouse', "SELECT pg_cancel_backend($_[0]{pid})") }, qr/canceled: .*canceling statement due to user request/ ],
	[ 'lock_timeout', 'SET lock_timeout = 1000', sub { }, qr/failed: .*canceling statement due to lock timeout/ ],
	[ 'statement_timeout', 'SET statement_timeout = 5000', sub { }, qr/canceled: .*canceling statement due to statement timeout/, qr/begins|evaluates|flags/ ]);

# in the words of PostgreSQL 15, or of 17, which writes several blocks at once
my $no_room = qr/could not (?:extend|write blocks? [\d.]+ in) file/;
SKIP:
{
	skip('prlimit, which util-linux has, is needed to fill a disk', 1) if system('prlimit --version >/dev/null 2>&1') != 0;
	push @faults, [ 'a full disk', '', \&fill_disk, qr/failed: $no_room .*: File too large/ ];
}

for my $fault (@faults)
{
	my ($befalls, $settings, $inflict, $says, $at) = @$fault;
	for my $step (@steps)
	{
		my ($doing, $hold, $writes) = @$step;
		next if $at && $doing !~ $at;

		my $was = $generation;
		my $name = "$befalls while it $doing";
		change_sources();
		my $keeper = $befalls eq 'a full disk' && $writes ? fill_pages($writes) : undef;
		my $blocker = $node->background_psql('warehouse');
		$blocker->query_safe("BEGIN; $hold");
		my $run = start_run($settings, q{CALL run_watch_list('list')});
		wait_until_blocked($run);
		my $seen = $doing =~ /begins|reads/ ? $was : $generation;
		is(seen(), $seen, "$name: who may see whom is published before anything else");
		if ($doing =~ /publishes|shows/)
		{
			is(analyst('BEGIN; LOCK TABLE students, marks, teachers NOWAIT; SELECT 1; COMMIT'), 1, "$name: no source is locked");
		}
		$inflict->($run, $blocker);
		my $error = end($run);
		eval { $blocker->quit };
		if ($befalls eq 'a full disk')
		{
			like($error, $no_room, "$name: there is no room");
			$keeper->quit if $keeper;
		}
		is(seen(), $seen, "$name: and that stays");

		my $published = $doing =~ /shows/ ? $generation : $was;
		is(generation('list'), $was, "$name: the list is the old one");
		is(generation('list_current'), $published, "$name: its table is the old or the new one");
		is(follows_from($published), '', "$name: and so is what follows from it");
		is(disagreement(), '', "$name: its parts agree");
		if ($doing =~ /begins/ && (!$says || $befalls eq 'a full disk'))
		{
			like(last_run(), qr/^succeeded/, "$name: there is no run");
		}
		elsif ($doing =~ /shows/)
		{
			is(last_run(), 'succeeded', "$name: the run was published");
			is(health(), 'stale|its last run was cut off before it was shown', "$name: health says what is missing");
		}
		elsif ($says)
		{
			like(last_run(), qr/^$says$/, "$name: the run says so");
		}
		else
		{
			is(last_run(), 'running', "$name: nobody was there to write it down");
			is(health(), 'failing|it was cut off', "$name: health knows");
		}

		# where nothing is to be published any more, the next run shows it nevertheless
		my ($status, undef, $err) = $node->psql('warehouse', q{SET ROLE analyst; CALL run_watch_list('list')});
		is("$status $err", '0 ', "$name: the next run succeeds");
		is(generation('list'), $generation, "$name: and is shown");
		is(follows_from($generation), '', "$name: with what follows from it");
		is(disagreement(), '', "$name: and its parts agree");
		is(analyst(q{SELECT count(*) FROM list_runs WHERE status = 'running'}), 0, "$name: no run is left running");
	}
}
is(analyst(q{SELECT DISTINCT status, error FROM list_runs WHERE error LIKE '%cut off%'}), 'failed|it was cut off', 'runs that were cut off are closed');

# refresh_watch_list is one transaction: all of it happens, or nothing but a row that says so, if it came so far
for my $step (grep { $_->[0] =~ /publishes|shows/ } @steps)
{
	my ($doing, $hold) = @$step;
	my $runs = analyst('SELECT count(*) FROM list_runs');
	my $was = $generation;
	change_sources();
	my $blocker = $node->background_psql('warehouse');
	$blocker->query_safe("BEGIN; $hold");
	my $run = start_run('', q{SELECT refresh_watch_list('list')});
	wait_until_blocked($run);
	$node->safe_psql('warehouse', "SELECT pg_cancel_backend($run->{pid})");
	like(end($run), qr/canceling statement due to user request/, "refresh_watch_list, canceled while it $doing, fails");
	$blocker->quit;
	is(join(' ', generation('list'), generation('list_current')), "$was $was", 'and nothing has changed');
	is(disagreement(), '', 'its parts agree');
	is(analyst('SELECT count(*) FROM list_runs'), $doing =~ /publishes/ ? $runs + 1 : $runs, 'but that a run may say so');
	is(last_run(), $doing =~ /publishes/ ? 'canceled: canceling statement due to user request' : 'succeeded', 'as it does');
	is(analyst(q{SELECT status FROM refresh_watch_list('list')}), 'succeeded', 'the next one succeeds');
	is(generation('list'), $generation, 'and is shown');
}

# A run may be cut off in a session that lives on: by an error between its transactions
{
	change_sources();
	my $viewers = $node->background_psql('warehouse');
	$viewers->query_safe('BEGIN; LOCK TABLE teachers');
	my $pool = $node->background_psql('warehouse', on_error_stop => 0);
	$pool->query('SET ROLE analyst');
	my $pid = $pool->query('SELECT pg_backend_pid()');
	$pool->query_until(qr/started/, "\\echo started\nCALL run_watch_list('list');\n");
	wait_until_blocked({ pid => $pid });
	is(health(), 'running|pg_cron is not loaded', 'a run that runs is not cut off');
	my $parts = start_run('RESET ROLE', q{BEGIN; LOCK TABLE list_words; SELECT pg_sleep(600)});
	wait_until_blocked($parts);
	$viewers->quit;
	$node->poll_query_until('warehouse', "SELECT pg_blocking_pids($pid) = ARRAY[$parts->{pid}]");
	$node->safe_psql('warehouse', "SELECT pg_cancel_backend($pid), pg_terminate_backend($parts->{pid}, 10000)");
	end($parts);
	is($pool->query('SELECT 1'), 1, 'the session lives on');
	is(last_run(), 'running', 'the row says running');
	is(health(), 'failing|it was cut off', 'health knows better');
	is(analyst(q{SELECT status FROM refresh_watch_list('list')}), 'succeeded', 'and the next run begins');
	is(generation('list'), $generation, 'and is shown');
	$pool->quit;
}

# Whoever has looked at the list's health, or at what is held, in a transaction that is still open
{
	change_sources();
	my $reader = $node->background_psql('warehouse');
	$reader->query_safe('SET ROLE analyst; BEGIN; SELECT state FROM watch_list_health; SELECT * FROM list_held; SELECT FROM list LIMIT 1');
	analyst(q{SET lock_timeout = 5000; CALL run_watch_list('list')});
	is(generation('list'), $generation, 'an idle reader does not hold a run up');
	change_sources();
	analyst(q{SET lock_timeout = 5000; CALL run_watch_list('list')});
	is(generation('list'), $generation, 'nor the one after');
	is(follows_from($generation), '', 'which does not publish the first again');
	$reader->quit;
}

# The list is refreshed only if what it shows has changed
{
	my $analyze = $node->background_psql('warehouse');
	$analyze->query_safe('BEGIN; ANALYZE list');
	is(analyst(q{SET lock_timeout = 1000; SELECT status FROM refresh_watch_list('list')}), 'succeeded', 'a refresh that changes nothing does not touch the list');
	analyst(q{UPDATE marks SET mark = mark + CASE WHEN mark >= 70 THEN 1 ELSE -1 END; SET lock_timeout = 1000; CALL run_watch_list('list')});
	is(last_run(), 'succeeded', 'nor does a run in which nothing but values has moved');
	$analyze->quit;
}

# What was taken back is, although a rule fails
analyst('ALTER TABLE marks RENAME TO lost; UPDATE teachers SET student_id = 999 WHERE student_id < 1000');
like(($node->psql('warehouse', q{SET ROLE analyst; CALL run_watch_list('list')}))[2], qr/relation "marks" does not exist/, 'a rule fails');
is(seen(), 999, 'but who may see whom is published');
analyst('ALTER TABLE lost RENAME TO marks');

# What is held may be published until something comes between
analyst(q{SELECT change_settings('list', '{"max_students_change": 0, "change_floor": 0}')});
sub hold_run
{
	change_sources();
	analyst(qq{INSERT INTO students VALUES ($students + $generation, 'new', $generation, 0)});
	my (undef, $out) = $node->psql('warehouse', q{SET ROLE analyst; SELECT run, status FROM refresh_watch_list('list')});
	my ($run, $status) = split /\|/, $out;
	is($status, 'held', 'a run is held');
	return $run;
}

sub accept_run
{
	my ($status, $out, $err) = $node->psql('warehouse', "SET ROLE analyst; SELECT status FROM refresh_watch_list('list', accept => $_[0])");
	return $err =~ /DETAIL:  (.*)/ ? $1 : $out . $err;
}

my $held = hold_run();
$node->restart;
is(accept_run($held), 'succeeded', 'a restart does not come between');
is(accept_run($held), 'It has ended: succeeded.', 'but it is published once');
is(accept_run(1), 'It has ended: succeeded.', 'as others are');
is(accept_run($held + 100), 'There is no such run.', 'or never was');

$held = hold_run();
my $later = hold_run();
is(accept_run($held), 'There has been another run since.', 'another run that is held comes between');
is(accept_run($later), 'succeeded', 'and may be published itself');

$held = hold_run();
analyst(q{
	DELETE FROM students WHERE name = 'new' AND student_id NOT IN (SELECT student_id FROM list);
	UPDATE teachers SET student_id = (SELECT student_id FROM list_viewers WHERE student_id < 1000) WHERE student_id < 1000});
is(analyst(q{SELECT status FROM refresh_watch_list('list')}), 'succeeded', 'a run that succeeds');
is(accept_run($held), 'There has been another run since.', 'comes between');

$held = hold_run();
analyst('ALTER TABLE marks RENAME TO lost');
my (undef, $failed) = $node->psql('warehouse', q{SET ROLE analyst; SELECT run FROM refresh_watch_list('list')});
analyst('ALTER TABLE lost RENAME TO marks');
like(accept_run($failed), qr/^It has ended: failed, rule "mark": relation "marks" does not exist/, 'a run that failed has nothing to publish');
is(accept_run($held), 'succeeded', 'and does not come between');

$held = hold_run();
analyst(q{SELECT change_rule('list', 'mark', reason => 'Mark: {value}')});
is(accept_run($held), 'The list has been changed since it began.', 'a change comes between');

$held = hold_run();
crash(start_run('', 'SELECT pg_sleep(600)'));
is(analyst('SELECT count(*) FROM list_held'), 0, 'a crash takes what was found');
is(accept_run($held), 'What it found is gone: it does not outlive a crash, the promotion of a standby, or a later change of who may see whom.', 'and publishing it is refused');
is(disagreement(), '', 'the parts of the list agree');

$node->stop;
done_testing();
