# kill -9, of whoever writes, merges, rebuilds, makes or drops a roll-up, or of the server, at each of its steps and at
# random moments: nothing is lost, nothing is half done, and the next merge goes on from there.
# GAPSTATS_CRASHES says at how many random moments, and has both befall at each step (3, and either by turns).
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

my $crashes = $ENV{GAPSTATS_CRASHES} || 3;
my $seed = $ENV{GAPSTATS_SEED} || time;
srand($seed);
note "seed $seed";

my $node = PostgreSQL::Test::Cluster->new('district');
$node->init(extra => [ '--wal-segsize', '1' ]);
$node->append_conf('postgresql.conf', q{
	restart_after_crash = on
	autovacuum = off
	fsync = off
	max_wal_size = '64MB'
	max_parallel_workers_per_gather = 0});
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION gapstats;
	CREATE ROLE analyst;
	GRANT EXECUTE ON FUNCTION gapstats_internal.distribution_send, gapstats_internal.dayset_send TO analyst;
	CREATE SCHEMA district AUTHORIZATION analyst;
	ALTER DATABASE postgres SET search_path = district, gapstats;
	SET search_path = district, gapstats;
	SET ROLE analyst;
	CREATE TABLE scores (id integer NOT NULL, school text, score numeric, day date NOT NULL, generation integer, UNIQUE (id, day));
	INSERT INTO scores SELECT i % 500, 's' || i % 7, i % 11, date '2026-01-01' + i / 500, 0 FROM generate_series(1, 5000) i;
	SELECT create_rollup('groups', 'scores', '{id,school}', '{"scores": "distribution(score)", "tested": "count(generation)", "days": "dayset(day)"}');});

sub analyst
{
	return $node->safe_psql('postgres', "SET ROLE analyst; $_[0]");
}

# What is different to check_rollup, and to a query of this test's own
my $counted = q{SELECT id, school, count(*), count(generation), gapstats_internal.distribution_send(distribution(score)), gapstats_internal.dayset_send(dayset(day)) FROM scores GROUP BY id, school};
my $kept = q{SELECT id, school, n_rows, tested, gapstats_internal.distribution_send(scores), gapstats_internal.dayset_send(days) FROM groups};
my $difference = "SELECT c::text FROM check_rollup('groups') c UNION ALL SELECT d::text FROM ((($counted) EXCEPT ALL ($kept)) UNION ALL (($kept) EXCEPT ALL ($counted))) d LIMIT 5";

# Its health, and of a roll-up that comes and goes: whole, or not at all
my $health = q{SELECT string_agg(state || coalesce(': ' || problem, ''), ', ') FROM rollup_health WHERE rollup = 'groups'::regclass};
my $more = q{
	SELECT CASE WHEN n_relations = 5 AND n_triggers = 4 AND is_exact THEN 'whole' WHEN n_relations + n_triggers = 0 THEN 'none' ELSE format('%s relations, %s triggers', n_relations, n_triggers) END
	FROM (SELECT count(*) AS n_relations FROM pg_class WHERE relnamespace = 'district'::regnamespace AND relname ~ '^more' AND relkind IN ('r', 'v')) r,
		(SELECT count(*) AS n_triggers FROM pg_trigger WHERE tgrelid = 'scores'::regclass AND tgargs::text ~ encode('more', 'hex')) t,
		(SELECT bool_and(state = 'exact') AS is_exact FROM rollup_health WHERE rollup::text ~ 'more') h};
my $sum = 'SELECT count(*), sum(score), sum(generation) FROM scores';

# psql with a statement, and the session's process
sub start_session
{
	my ($statement) = @_;
	my %session = (in => '', out => '', err => '');
	$session{psql} = IPC::Run::start(
		[ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', 'SET ROLE analyst', '-c', 'SELECT pg_backend_pid()', map { ('-c', $_) } split /;\n/, $statement ],
		'<', \$session{in}, '>', \$session{out}, '2>', \$session{err});
	$session{psql}->pump until $session{out} =~ /^(\d+)$/m;
	$session{pid} = $1;
	return \%session;
}

# It waits for a lock, or sleeps
sub wait_until_held
{
	my ($session) = @_;
	$node->poll_query_until('postgres', "SELECT wait_event_type = 'Lock' OR wait_event = 'PgSleep' FROM pg_stat_activity WHERE pid = $session->{pid}") or die 'it does not wait';
}

sub kill_session
{
	my ($session) = @_;
	kill 'KILL', $session->{pid};
}

# Its processes end when they see that
sub kill_server
{
	my @pids = split /\n/, $node->safe_psql('postgres', 'SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
	$node->kill9;
	for (1 .. 1800)
	{
		last if !kill 'ZERO', @pids;
		sleep 0.1;
	}
	$node->start;
}

# Who does what, and is held there by another session; the last is held when all is done but not committed
my $write = q{UPDATE scores SET score = score + 1, school = 's' || (id + 1) % 9, generation = generation + 1 WHERE id % 3 = 0};
my $merge = q{SELECT merge_rollup('groups')};
my $rebuild = q{SELECT rebuild_rollup('groups')};
my $create = q{SELECT create_rollup('more', 'scores', '{school}', '{"scores": "distribution(score)"}')};
my $drop = q{SELECT drop_rollup('more')};
my $row = q{SELECT FROM groups_base WHERE id = 250 FOR UPDATE};
my @steps = (
	[ 'an UPDATE is captured', $write, 'LOCK TABLE groups_changes IN SHARE MODE' ],
	[ 'a TRUNCATE is captured', 'TRUNCATE scores', 'LOCK TABLE groups_changes IN SHARE MODE' ],
	[ 'a merge begins', $merge, 'LOCK TABLE groups_runs IN SHARE MODE' ],
	[ 'a merge takes the changes', $merge, 'LOCK TABLE groups_changes IN SHARE MODE' ],
	[ 'a merge writes the base', $merge, $row ],
	[ 'a merge of pg_cron writes the base', q{CALL run_rollup('groups')}, $row ],
	[ 'a rebuild counts', $rebuild, 'LOCK TABLE scores' ],
	[ 'a rebuild writes the base', $rebuild, $row ],
	[ 'one is made', $create, 'LOCK TABLE scores IN ROW EXCLUSIVE MODE' ],
	[ 'one is dropped', $drop, 'LOCK TABLE scores IN ACCESS SHARE MODE' ],
	map { [ "$_->[0] is to be committed", "BEGIN;\n$_->[1];\nSELECT pg_sleep(600)" ] } [ 'a write', $write ], [ 'a merge', $merge ], [ 'a rebuild', $rebuild ], [ 'one that is made', $create ], [ 'a drop', $drop ]);

my @faults = ([ 'the session is killed', \&kill_session ], [ 'the server is killed', \&kill_server ]);
for my $n (0 .. $#steps)
{
	my ($when, $statement, $hold) = @{ $steps[$n] };
	for my $fault ($ENV{GAPSTATS_CRASHES} ? @faults : $faults[ ($n + $seed) % 2 ])
	{
		my ($befalls, $inflict) = @$fault;
		my $name = "$befalls when $when";
		# something pending, in half of the groups
		analyst(q{UPDATE scores SET score = score + 1, generation = generation + 1 WHERE id % 2 = 0});
		my $was = $statement =~ /drop_rollup/ ? 'whole' : 'none';
		analyst($create) if $was eq 'whole';
		my $before = analyst($sum);

		my $blocker = $node->background_psql('postgres');
		$blocker->query_safe('BEGIN; ' . ($hold || 'SELECT 1'));
		my $session = start_session($statement);
		wait_until_held($session);
		$inflict->($session);
		eval { $session->{psql}->finish };
		eval { $blocker->quit };
		$node->poll_query_until('postgres', 'SELECT true') or die 'the server does not come back';

		my $said = analyst(join '; ', $difference, $sum, $more, $health);
		is($said, join("\n", $before, $was, $when =~ /cron/ ? 'failing: it was cut off' : 'exact'), "$name: all is as it was, and as its health says");
		analyst($drop) if $was eq 'whole';
		$said = analyst(join '; ', q{SELECT status, n_changes > 0 FROM merge_rollup('groups')}, $difference, $health);
		is($said, "succeeded|t\nexact", "$name: the next merge succeeds, and nothing is different");
	}
}

# At any moment of several sessions that write, merge and rebuild, make and drop
sub script
{
	my ($n) = @_;
	my $script = "SET ROLE analyst;\n\\set ON_ERROR_STOP 0\n";
	for my $i (1 .. 500)
	{
		my $id = 1000 * $n + $i;
		my $what = $n < 3 ? int rand 4 : 4 + int rand 6;
		$script .= $what < 2 ? "INSERT INTO scores SELECT $id, 's' || i, i, date '2026-02-01' + i, 1 FROM generate_series(1, 10) i;\nSELECT 'written $id';\n"
		  : $what == 2 ? "UPDATE scores SET score = score + 1, day = day + 100 WHERE id % 20 = " . int(rand 20) . ";\n"
		  : $what == 3 ? 'BEGIN; DELETE FROM scores WHERE id < 500 AND id % 50 = ' . int(rand 50) . "; INSERT INTO scores SELECT id % 500, school, score, day + 1000, 1 FROM scores WHERE id % 50 = 1 ON CONFLICT DO NOTHING; COMMIT;\n"
		  : $what < 7 ? "SELECT FROM merge_rollup('groups');\n"
		  : $what == 7 ? "CALL run_rollup('groups');\n"
		  : $what == 8 ? "SELECT FROM rebuild_rollup('groups');\n"
		  : "$create;\n$drop;\n";
	}
	return $script;
}

for my $crash (1 .. $crashes)
{
	my $is_server = $crash % 3 == 0;
	analyst(q{DELETE FROM scores WHERE id >= 1000; DELETE FROM scores WHERE day > date '2027-01-01'});
	my @sessions;
	for my $n (1 .. 4)
	{
		my %session = (in => script($n), out => '', err => '');
		$session{psql} = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres') ], '<', \$session{in}, '>', \$session{out}, '2>', \$session{err});
		push @sessions, \%session;
	}
	my $until = Time::HiRes::time() + 0.3 + rand 1.5;
	while (Time::HiRes::time() < $until)
	{
		$_->{psql}->pump_nb for @sessions;
		sleep 0.01;
	}
	if ($is_server)
	{
		kill_server();
	}
	else
	{
		my @pids = split /\n/, $node->safe_psql('postgres', q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()});
		kill_session({ pid => $pids[ rand @pids ] });
	}
	eval { $_->{psql}->finish } for @sessions;
	$node->poll_query_until('postgres', 'SELECT true') or die 'the server does not come back';

	my $name = "crash $crash at a random moment, of " . ($is_server ? 'the server' : 'a session');
	my @written = map { $_->{out} =~ /^written (\d+)$/mg } @sessions;
	cmp_ok(scalar @written, '>', 0, "$name: they wrote");
	is(analyst('SELECT id FROM unnest(ARRAY[' . join(',', @written, 'NULL::integer') . ']) AS w (id) WHERE id IS NOT NULL AND NOT EXISTS (SELECT FROM groups WHERE groups.id = w.id)'), '', "$name: what was said to be written is counted");
	like(analyst("$difference; $more"), qr/^(whole|none)$/, "$name: nothing is different, and the other roll-up is whole or none");
	analyst("SELECT drop_rollup(rollup) FROM rollup_health WHERE rollup::text ~ 'more'");
	is(analyst(join '; ', q{SELECT status FROM merge_rollup('groups')}, $difference, $health), "succeeded\nexact", "$name: the next merge succeeds, and nothing is different");
}
$node->stop;
done_testing();
