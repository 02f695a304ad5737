# Sessions that write to a table in every way, at every isolation level, while its roll-up is merged and counted
# anew: it says what the table does, within each transaction and after a crash; and so does one that was restored.
# GAPSTATS_SECONDS says for how long (10; at most 20 here).
use strict;
use warnings;
use IPC::Run;
use List::Util qw(min);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seconds = min($ENV{GAPSTATS_SECONDS} || 10, 20);
my $seed = $ENV{GAPSTATS_SEED} || time;
srand($seed);
note "seed $seed";

my $node = PostgreSQL::Test::Cluster->new('district');
$node->init;
$node->append_conf('postgresql.conf', "max_connections = 30\ndeadlock_timeout = 200ms\nmax_prepared_transactions = 5\nfsync = off");
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION gapstats;
	CREATE ROLE analyst;
	CREATE SCHEMA district AUTHORIZATION analyst;
	SET ROLE analyst;
	SET search_path = district, gapstats;
	CREATE TABLE scores (id integer NOT NULL, gone integer, school text, grade integer, score numeric, day date NOT NULL, year integer NOT NULL, is_new boolean DEFAULT true) PARTITION BY LIST (year);
	ALTER TABLE scores DROP COLUMN gone;
	CREATE TABLE scores0 PARTITION OF scores FOR VALUES IN (0) PARTITION BY RANGE (day);
	CREATE TABLE scores0_fall PARTITION OF scores0 FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
	CREATE TABLE scores0_spring PARTITION OF scores0 DEFAULT;
	CREATE TABLE scores1 (day date NOT NULL, gone text, year integer NOT NULL, score numeric, grade integer, id integer NOT NULL, is_new boolean DEFAULT true, school text);
	ALTER TABLE scores1 DROP COLUMN gone;
	ALTER TABLE scores ATTACH PARTITION scores1 FOR VALUES IN (1);
	CREATE UNIQUE INDEX ON scores (id, day, year);
	SELECT create_rollup('groups', 'scores', '{school,grade}', '{"score": "distribution(score)", "tested": "count(score)", "sample": "weighted_sample(score, is_new, grade, id)",
			"products": "cross_products(score, is_new, ARRAY[grade, id])", "students": "composition(id, year)"}'),
		create_rollup('days', 'scores', '{id,year}', '{"days": "dayset(day)"}');});

sub one { return $_[ rand @_ ] }
sub school { return one('NULL', "'a'", "'b'", "repeat('c', 3000)") }
sub rows { return 'SELECT ' . int(rand 300) . ' + i % 7, ' . school() . ", i % 3, i % 5, date '2025-12-20' + i, " . int(rand 2) . ' FROM generate_series(1, ' . int(1 + rand 30) . ') i' }
sub some { my $id = int(rand 300); return "id BETWEEN $id AND $id + " . int(rand 40) }
sub part { return one('scores', 'scores', 'scores', 'scores0', 'scores0_fall', 'scores1') }
my @ways = (
	sub { 'INSERT INTO scores (id, school, grade, score, day, year) ' . rows() . ' ON CONFLICT DO NOTHING' },
	sub { 'INSERT INTO scores (id, school, grade, score, day, year) SELECT DISTINCT ON (id, day) * FROM (' . rows() . ') r (id, school, grade, score, day, year) ON CONFLICT (id, day, year) DO UPDATE SET score = excluded.score + 1' },
	sub { 'INSERT INTO scores (id, school, grade, score, day, year) ' . rows() },
	sub { "UPDATE " . part() . " SET " . one('score = score + 1', 'score = NULL', 'grade = grade + 1', 'is_new = NOT is_new', 'is_new = NULL', 'day = day', 'school = ' . school()) . ' WHERE ' . some() },
	sub { "UPDATE scores SET " . one('year = 1 - year', 'day = day + 20') . ' WHERE ' . some() },
	sub { "DELETE FROM " . part() . " WHERE " . some() },
	sub { "DELETE FROM " . part() . " WHERE " . some() },
	sub { 'MERGE INTO scores s USING (' . rows() . ') v (id, school, grade, score, day, year) ON s.id = v.id AND s.day = v.day AND s.year = v.year'
		. ' WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id, school, grade, score, day, year) VALUES (v.id, v.school, v.grade, v.score, v.day, v.year)' },
	sub { rand(4) < 1 ? 'TRUNCATE ' . part() : 'SAVEPOINT s' },
	sub { "COPY scores (id, school, grade, score, day, year) FROM stdin;\n" . int(rand 300) . "\tcopied\t1\t2.50\t2025-11-0" . int(1 + rand 9) . "\t1\n\\." },
	sub { one('SAVEPOINT s', 'ROLLBACK TO s') },
	sub { "SELECT FROM merge_rollup('" . one('groups', 'days') . "')" });

# What a session does; what is different it prints
sub script
{
	my $script = "SET ROLE analyst; SET search_path = district, gapstats; SET lock_timeout = '500ms'; SET client_min_messages = error;\n";
	for (1 .. 400)
	{
		my $level = one('READ COMMITTED', 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE');
		$script .= "BEGIN ISOLATION LEVEL $level;\n";
		for (1 .. 1 + rand 4)
		{
			my $way = one(@ways)->();
			$script .= $way . ($way =~ /\.$/ ? "\n" : ";\n");
			$script .= "SELECT 'different', c.* FROM check_rollup('groups') c UNION ALL SELECT 'different', c.* FROM check_rollup('days') c;\n" if $level eq 'READ COMMITTED' && rand(4) < 1;
		}
		$script .= one('COMMIT', 'COMMIT', 'COMMIT', 'ROLLBACK') . ";\n";
		$script .= "SELECT FROM rebuild_rollup('" . one('groups', 'days') . "');\n" if rand(20) < 1;
	}
	return $script;
}

my $written = q{SELECT (SELECT coalesce(sum(n_changes), 0) FROM district.groups_runs), md5(string_agg(s::text, ',' ORDER BY s::text)) FROM district.scores s};

# Lets sessions do so, until they are cut off; returns what they printed.
sub mix
{
	my ($how) = @_;
	my $before = $node->safe_psql('postgres', $written);
	my @sessions;
	for my $n (1 .. 5)
	{
		my %session = (in => script(), out => '', err => '');
		$session{handle} = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres') ], '<', \$session{in}, '>', \$session{out}, '2>', \$session{err}, IPC::Run::timeout(180));
		push @sessions, \%session;
	}
	my $until = time + $seconds / 2;
	while (time < $until)
	{
		$_->{handle}->pump_nb for @sessions;
		select(undef, undef, undef, 0.05);
	}
	$node->stop($how);
	eval { $_->{handle}->finish } for @sessions;
	my $errors = join '', map { $_->{err} } @sessions;
	my @strange = grep { /ERROR/ && !/lock timeout|could not serialize|deadlock|duplicate key|violates partition|savepoint|current transaction is aborted|no partition|terminating|cannot affect row a second time|concurrent update/ } split /\n/, $errors;
	is(join("\n", @strange), '', "no other errors than the writers' own ($how)");
	$node->start;
	isnt($node->safe_psql('postgres', $written), $before, "they wrote ($how)");
	return join '', map { $_->{out} } @sessions;
}

my $different = q{SELECT c.* FROM gapstats.check_rollup('district.groups') c UNION ALL SELECT c.* FROM gapstats.check_rollup('district.days') c};
my $merge = q{SET ROLE analyst; SELECT (gapstats.merge_rollup('district.groups')).status, (gapstats.merge_rollup('district.days')).status};
for my $how ('fast', 'immediate')
{
	is(mix($how), '', "within its transaction nobody sees a difference ($how)");
	is($node->safe_psql('postgres', $different), '', "nor is there one after it ($how)");
	is($node->safe_psql('postgres', $merge), 'succeeded|succeeded', "what is pending is merged ($how)");
	is($node->safe_psql('postgres', $different), '', "and nothing is different then ($how)");
}

# A transaction that is prepared, one that is not committed, and a crash
my $row = q{SET ROLE analyst; BEGIN; INSERT INTO district.scores (id, school, grade, score, day, year) VALUES (%d, 'prepared', 1, 5, '2026-05-01', 1); PREPARE TRANSACTION '%s'};
$node->safe_psql('postgres', sprintf($row, 901, 'kept'));
$node->safe_psql('postgres', sprintf($row, 902, 'undone'));
$node->safe_psql('postgres', $merge);
$node->stop('immediate');
$node->start;
$node->safe_psql('postgres', q{COMMIT PREPARED 'kept'});
$node->safe_psql('postgres', q{ROLLBACK PREPARED 'undone'});
is($node->safe_psql('postgres', q{SELECT n_rows FROM district.groups WHERE school = 'prepared'}), '1', 'a prepared transaction is counted when it is committed');
is($node->safe_psql('postgres', $different), '', 'and nothing else changed');

# Restored: it goes on capturing, is held until it is rebuilt, and is exact then.
my $write = q{
	INSERT INTO district.scores (id, school, grade, score, day, year) SELECT 1000 + i, 'written', 1, i, '2026-05-01', i % 2 FROM generate_series(1, 10) i;
	DELETE FROM district.scores WHERE id BETWEEN 100 AND 120;};
my $states = q{SELECT string_agg(DISTINCT state, ' ') FROM gapstats.rollup_health};
my $rebuild = q{SET ROLE analyst; SELECT (gapstats.rebuild_rollup('district.groups')).status, (gapstats.rebuild_rollup('district.days')).status};
my $file = $node->backup_dir . '/dump';
sub restored
{
	my ($database, $said, @options) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0");
	command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr($database), @$_, $file ], "a dump is restored: $said") for @options;
}
$node->safe_psql('postgres', $write);
command_ok([ 'pg_dump', '-Fc', '-f', $file, $node->connstr('postgres') ], 'a dump is made with changes pending');

restored('whole', 'whole, by two', [ '-j', 2 ]);
is($node->safe_psql('whole', $different), '', 'it says the same there');
$node->safe_psql('whole', $write =~ s/1000/2000/r);
is($node->safe_psql('whole', $different), '', 'and what is written there is captured');
is($node->safe_psql('whole', $states), 'held', 'it is held');
is($node->safe_psql('whole', $rebuild), 'succeeded|succeeded', 'until it is rebuilt');
is($node->safe_psql('whole', $different), '', 'and is exact');
is($node->safe_psql('whole', $states), 'exact', 'which its health says');
$node->safe_psql('whole', $write =~ s/1000/3000/r);
is($node->safe_psql('whole', $different), '', 'and what is written then is captured');

# Whoever restores as a superuser makes all his own: no load fails of that.
restored('unowned', 'without owners', ['--no-owner']);
$node->safe_psql('unowned', $write =~ s/1000/2000/r);
like($node->safe_psql('unowned', 'SELECT DISTINCT state, problem FROM gapstats.rollup_health'), qr/^broken\|role ".*" is a superuser$/, 'a roll-up of a superuser is broken');
$node->safe_psql('unowned', q{ALTER SCHEMA district OWNER TO analyst;
	DO $$ DECLARE r regclass; BEGIN FOR r IN SELECT oid FROM pg_class WHERE relnamespace = 'district'::regnamespace AND relkind IN ('r', 'p', 'v') LOOP EXECUTE format('ALTER TABLE %s OWNER TO analyst', r); END LOOP; END $$});
is($node->safe_psql('unowned', $different), '', 'until it is given to somebody else: nothing was missed');
is($node->safe_psql('unowned', $rebuild), 'succeeded|succeeded', 'who rebuilds it');
is($node->safe_psql('unowned', $different), '', 'and it is exact');

restored('parts', 'the tables, then the rows', ['--schema-only'], ['--data-only']);
is($node->safe_psql('parts', $states), 'held', 'rows that were counted while they were restored are no matter: it is held');
is($node->safe_psql('parts', $rebuild), 'succeeded|succeeded', 'until it is rebuilt');
is($node->safe_psql('parts', $different), '', 'and is exact');

done_testing();
