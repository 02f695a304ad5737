# Eight writers, each transaction two statements, while others read, merge, rebuild, check, make and drop roll-ups of
# their table: nobody ends in a deadlock or an internal error, and at no moment is anything different.
# GAPSTATS_ROLLUP_SECONDS says for how long (15).
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seconds = $ENV{GAPSTATS_ROLLUP_SECONDS} || 15;
my $seed = $ENV{GAPSTATS_SEED} || time;
note "seed $seed";

my $node = PostgreSQL::Test::Cluster->new('district');
$node->init;
$node->append_conf('postgresql.conf', "max_connections = 30\ndeadlock_timeout = 200ms\nlog_error_verbosity = verbose\nfsync = off\nsynchronous_commit = off");
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
	CREATE TABLE scores (id integer NOT NULL, school integer, score numeric, day date NOT NULL) PARTITION BY RANGE (day);
	CREATE TABLE fall PARTITION OF scores FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
	CREATE TABLE spring PARTITION OF scores FOR VALUES FROM ('2026-01-01') TO ('2026-01-15');
	CREATE TABLE summer PARTITION OF scores DEFAULT;
	CREATE UNIQUE INDEX ON scores (id, day);
	SELECT create_rollup('groups', 'scores', '{school}', '{"scores": "distribution(score)", "tested": "count(score)"}'),
		create_rollup('days', 'scores', '{id}', '{"days": "dayset(day)"}');

	CREATE PROCEDURE look() LANGUAGE plpgsql AS $$
	DECLARE
		different text;
	BEGIN
		SELECT concat_ws(', ', s, g, d) INTO different
		FROM (SELECT count(*) AS n, count(score) AS tested FROM scores) AS s, (SELECT coalesce(sum(n_rows), 0) AS n, coalesce(sum(tested), 0) AS tested FROM groups) AS g,
			(SELECT coalesce(sum(n_rows), 0) AS n, coalesce(sum(gapstats.day_count(days)), 0) AS n_days FROM days) AS d
		WHERE s.n <> g.n OR s.tested <> g.tested OR s.n <> d.n OR s.n <> d.n_days;
		ASSERT different IS NULL, different;
	END $$;
	CREATE PROCEDURE check_it(name text) LANGUAGE plpgsql AS $$
	DECLARE
		different text := (SELECT string_agg(c::text, ' ') FROM gapstats.check_rollup(name) AS c);
	BEGIN
		ASSERT different IS NULL, different;
	END $$;
	CREATE PROCEDURE merge_it(name text) LANGUAGE plpgsql AS $$
	DECLARE
		run record := gapstats.merge_rollup(name);
	BEGIN
		ASSERT run.status IN ('succeeded', 'skipped') AND run.rebuilt_because IS NULL, run;
	END $$;
	CREATE PROCEDURE rebuild_it(name text) LANGUAGE plpgsql AS $$
	DECLARE
		run record := gapstats.rebuild_rollup(name);
	BEGIN
		ASSERT run.status = 'succeeded', run;
	END $$;});

# Scripts of pgbench, and how often each runs beside the others: an error ends a client, but for what pgbench counts. A writer
# writes to ids of his own, so that writers do not wait for one another's rows.
my $insert = 'INSERT INTO scores SELECT 100 * :client_id + (:a * i) %% 100, (:a + i) %% 20, nullif(i, 5), date \'2025-12-15\' + (:d + i * 3) %% 60 FROM generate_series(1, 10) i ON CONFLICT %s;';
my $own = 'id BETWEEN 100 * :client_id + :a AND 100 * :client_id + :a + 2';
my $given = "\\set a random(1, 97)\n\\set d random(0, 60)\n";
sub two
{
	my ($level, @statements) = @_;
	return $given . join("\n", "BEGIN ISOLATION LEVEL $level;", @statements, 'COMMIT;');
}
my @statements = (
	sprintf($insert, 'DO NOTHING'),
	sprintf($insert, '(id, day) DO UPDATE SET score = scores.score + 1'),
	"UPDATE scores SET score = score + 0.5, school = (school + 1) % 20 WHERE $own AND day > date '2025-12-15' + :d;",
	"DELETE FROM scores WHERE $own AND day BETWEEN date '2025-12-15' + :d AND date '2025-12-25' + :d;",
	"WITH gone AS (DELETE FROM scores WHERE $own AND day = date '2025-12-15' + :d RETURNING *) INSERT INTO scores SELECT id, school, score, day + 40 FROM gone ON CONFLICT DO NOTHING;");
my @writing;
for my $level ('READ COMMITTED', 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE')
{
	push @writing, [ 6, two($level, $_, $statements[ rand @statements ]) ] for @statements;
}
push @writing, [ 6, $given . join "\n", 'BEGIN;', $statements[1], 'SAVEPOINT s;', @statements[ 2, 3 ], 'ROLLBACK TO s;', $statements[2], 'COMMIT;' ],
  [ 6, $given . join "\n", 'BEGIN;', @statements[ 0, 2 ], 'ROLLBACK;' ],
  [ 1, 'TRUNCATE summer;' ];
my @using = (
	[ 20, 'CALL look();' ],
	[ 5, "BEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT coalesce(sum(n_rows), 0) AS before, (SELECT coalesce(sum(n_rows), 0) FROM days) AS of_days FROM groups \\gset\n\\sleep 20 ms\n"
		. "SELECT 1 / (coalesce(sum(n_rows), 0) = :before AND :before = :of_days)::integer FROM groups;\nCOMMIT;" ],
	[ 2, "CALL merge_it('groups');" ],
	[ 2, "CALL merge_it('days');" ],
	[ 1, "CALL rebuild_it('groups');" ],
	[ 1, "CALL rebuild_it('days');" ],
	[ 2, "CALL check_it('groups');" ],
	[ 2, "CALL check_it('days');" ],
	[ 2, "SELECT 1 / (count(*) = 0)::integer FROM rollup_health WHERE state NOT IN ('exact', 'running') OR problem IS NOT NULL;" ],
	[ 1, "SELECT pg_advisory_lock(1);\nSELECT create_rollup('more', 'scores', '{school,id}');\nCALL check_it('more');\nSELECT drop_rollup('more');\nSELECT pg_advisory_unlock(1);" ]);

# as a scheduler does
my @merging = ([ 1, "CALL merge_it('groups');\nCALL merge_it('days');\n\\sleep 200 ms" ]);

my $dir = PostgreSQL::Test::Utils::tempdir();

# So many clients of pgbench, and what they say
sub start_clients
{
	my ($name, $clients, @scripts) = @_;
	my (%said, @files);
	for my $n (0 .. $#scripts)
	{
		append_to_file("$dir/$name$n.sql", $scripts[$n][1] . "\n");
		push @files, '-f', "$dir/$name$n.sql\@$scripts[$n][0]";
	}
	@said{qw(out err)} = ('', '');
	$said{run} = IPC::Run::start([ 'pgbench', '-n', '-c', $clients, '-j', 2, '-T', $seconds, "--random-seed=$seed", '--failures-detailed', @files, $node->connstr('postgres') . ' options=-crole=analyst' ],
		'<', \undef, '>', \$said{out}, '2>', \$said{err});
	return \%said;
}

srand($seed);
my %said = (writers => start_clients('write', 8, @writing), users => start_clients('use', 4, @using), merges => start_clients('merge', 1, @merging));
for my $name (sort keys %said)
{
	$said{$name}{run}->finish;
	is(join('', grep { /error|abort/i } split /^/, $said{$name}{err}), '', "$name end in no error");
	my ($out) = $said{$name}{out} =~ /\A(.*?)(?:^SQL script|\z)/ms;
	like($out, qr/number of deadlock failures: 0 /, "nor in a deadlock") or diag($out);
	note "$name: $out";
}
is(join('', grep { /40P01|XX\d\d\d|PANIC|TRAP|terminated by signal/ } split /^/, slurp_file($node->logfile)), '', 'nor does the log know of any, or of internal errors');

# By a query of this test's own, too
my $counted = q{SELECT school, count(*), count(score), gapstats_internal.distribution_send(distribution(score)) FROM scores GROUP BY school};
my $kept = q{SELECT school, n_rows, tested, gapstats_internal.distribution_send(scores) FROM groups};
my $days_counted = q{SELECT id, count(*), gapstats_internal.dayset_send(dayset(day)) FROM scores GROUP BY id};
my $days_kept = q{SELECT id, n_rows, gapstats_internal.dayset_send(days) FROM days};
my $different = "($counted EXCEPT ALL $kept) UNION ALL ($kept EXCEPT ALL $counted)";
my $days_different = "($days_counted EXCEPT ALL $days_kept) UNION ALL ($days_kept EXCEPT ALL $days_counted)";
for my $when ('with changes pending', 'after a merge')
{
	is($node->safe_psql('postgres', "SET ROLE analyst; $different"), '', "distributions are what their table says, $when");
	is($node->safe_psql('postgres', "SET ROLE analyst; $days_different"), '', "and so are sets of days, $when");
	is($node->safe_psql('postgres', q{SET ROLE analyst; CALL check_it('groups'); CALL check_it('days')}), '', "as check_rollup says, $when");
	$node->safe_psql('postgres', q{SET ROLE analyst; CALL merge_it('groups'); CALL merge_it('days')});
}
is($node->safe_psql('postgres', q{SELECT string_agg(DISTINCT state, ' ') FROM rollup_health}), 'exact', 'their health is exact');
cmp_ok($node->safe_psql('postgres', q{SELECT count(*) FROM groups_runs WHERE status = 'succeeded' AND n_changes > 0}), '>', 2, 'merges had something to take');
is($node->safe_psql('postgres', q{SELECT count(*) FROM groups_runs WHERE status NOT IN ('succeeded', 'skipped')}), '0', 'and none failed');
$node->stop;
done_testing();
