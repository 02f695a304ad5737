# Roll-ups where their source is replicated: what a subscription applies is captured, whichever way it comes, and
# what it says is what GROUP BY says there and what the roll-up of the publisher says; after a crash, too. And roll-ups
# whose own tables are published.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{GAPSTATS_SEED} || time;
srand($seed);
note "seed $seed";

my ($publisher, $subscriber) = map { PostgreSQL::Test::Cluster->new($_) } 'publisher', 'subscriber';
for my $node ($publisher, $subscriber)
{
	$node->init(allows_streaming => 'logical');
	$node->append_conf('postgresql.conf', q{
		restart_after_crash = on
		max_prepared_transactions = 10
		logical_decoding_work_mem = 64kB
		wal_retrieve_retry_interval = 100ms
		fsync = off});
	$node->start;
	$node->safe_psql('postgres', 'CREATE DATABASE district; CREATE ROLE analyst');
	$node->safe_psql('district', 'CREATE EXTENSION gapstats; CREATE SCHEMA district AUTHORIZATION analyst');
}
my ($from, $whole) = map { $publisher->connstr($_) =~ s/'//gr } 'district', 'whole';

# As the analyst, on a node
sub as
{
	my ($node, $sql, $database) = @_;
	return $node->safe_psql($database || 'district', "SET ROLE analyst; SET search_path = district, gapstats; SET client_min_messages = error; $sql");
}

# Three sources: one whose partitions are others there, by the name of their root; one with the same, by their own
# names; and one without. Replica identities are their keys.
my $columns = 'id integer NOT NULL, school text, grade integer, score numeric, day date NOT NULL, year integer NOT NULL, note text';
my $scores = "CREATE TABLE scores ($columns, PRIMARY KEY (id, day, year)) PARTITION BY";
my $marks = "CREATE TABLE marks ($columns, PRIMARY KEY (id, day, year)) PARTITION BY LIST (year);
	CREATE TABLE marks0 PARTITION OF marks FOR VALUES IN (0) PARTITION BY RANGE (day);
	CREATE TABLE marks0_fall PARTITION OF marks0 FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
	CREATE TABLE marks0_spring PARTITION OF marks0 DEFAULT;
	CREATE TABLE marks1 PARTITION OF marks FOR VALUES IN (1)";
my $plain = "CREATE TABLE plain ($columns, PRIMARY KEY (id, day, year))";
as($publisher, "$scores LIST (year); CREATE TABLE scores0 PARTITION OF scores FOR VALUES IN (0); CREATE TABLE scores1 PARTITION OF scores FOR VALUES IN (1); $marks; $plain");
as($subscriber, "$scores HASH (id); CREATE TABLE part0 PARTITION OF scores FOR VALUES WITH (MODULUS 2, REMAINDER 0);
	CREATE TABLE part1 (gone integer, note text, year integer NOT NULL, day date NOT NULL, score numeric, grade integer, school text, id integer NOT NULL);
	ALTER TABLE part1 DROP COLUMN gone; ALTER TABLE scores ATTACH PARTITION part1 FOR VALUES WITH (MODULUS 2, REMAINDER 1); $marks; $plain");
my @rollups = map { ("groups_of_$_", "days_of_$_") } 'scores', 'marks', 'plain';
my $create = join '; ', map { qq{SELECT create_rollup('groups_of_$_', '$_', '{school,grade}', '{"score": "distribution(score)", "tested": "count(score)"}'),
	create_rollup('days_of_$_', '$_', '{id,year}', '{"days": "dayset(day)"}')} } 'scores', 'marks', 'plain';
my $fill = join '; ', map { "INSERT INTO $_ SELECT i, 'school ' || i % 3, i % 4, i % 17, date '2025-12-25' + i % 20, i % 2, repeat('x', 100) FROM generate_series(1, 400) i" } 'scores', 'marks', 'plain';
as($publisher, "$create; $fill");
as($subscriber, $create);
$publisher->safe_psql('district', q{
	CREATE PUBLICATION roots FOR TABLE district.scores, district.plain WITH (publish_via_partition_root = true);
	CREATE PUBLICATION leaves FOR TABLE district.marks});
$subscriber->safe_psql('district', "CREATE SUBSCRIPTION roots CONNECTION '$from' PUBLICATION roots WITH (binary = true, streaming = on, two_phase = on)");
$subscriber->safe_psql('district', "CREATE SUBSCRIPTION leaves CONNECTION '$from' PUBLICATION leaves");
sub synchronized { return $subscriber->poll_query_until($_[0], "SELECT count(*) = 0 FROM pg_subscription_rel WHERE srsubstate NOT IN ('r', 's')") }
ok(synchronized('district'), 'the tables are copied');

sub different { return as($_[0], join ' UNION ALL ', map { "SELECT '$_', c.* FROM check_rollup('$_') c" } @rollups) }
sub told
{
	return as($_[0], join('; ', map { "SELECT school, grade, n_rows, score, tested FROM groups_of_$_ ORDER BY 1, 2; SELECT id, year, n_rows, days FROM days_of_$_ ORDER BY 1, 2" } 'scores', 'marks', 'plain'));
}
# When all has been applied
sub compared
{
	my ($when) = @_;
	$publisher->wait_for_catchup($_) for 'roots', 'leaves';
	is(different($subscriber), '', "nothing is different: $when");
	ok(told($subscriber) eq told($publisher), "and both say the same: $when");
}
compared('rows that a subscription copied');
is(as($subscriber, 'SELECT (SELECT count(*) FROM groups_of_plain_changes), (SELECT count(*) FROM days_of_marks_changes)'), '12|400', 'they were captured, by their groups');
is(as($subscriber, "SELECT DISTINCT (merge_rollup(r::regclass)).status FROM unnest('{" . join(',', @rollups) . "}'::text[]) r"), 'succeeded', 'and merged');
compared('then');

# Of a row that is updated the key is all that comes of what it was.
as($publisher, q{UPDATE plain SET school = 'other', score = 1000 WHERE id = 7; UPDATE plain SET note = 'seen' WHERE id > 200; UPDATE plain SET day = day + 100 WHERE id = 9; DELETE FROM plain WHERE id = 8});
compared('rows by their keys');
is(as($subscriber, 'SELECT school, grade, n_rows, n_rows_removed, score, score_removed FROM groups_of_plain_changes ORDER BY 1, 2, 3'),
	"other|3|1|0|{1000:1}|\nschool 1|3|0|1||{7:1}\nschool 2|0|0|1||{8:1}", 'what it was is known here; what changes nothing of a group writes nothing');

# What sessions do on the publisher
sub one { return $_[ rand @_ ] }
sub school { return one('NULL', "'a'", "'b'", "'school 1'", "repeat('c', 3000)") }
sub source { return one('scores', 'marks', 'plain') }
sub rows { return 'SELECT ' . int(rand 300) . ' + i % 7, ' . school() . ", i % 3, i % 5, date '2025-12-20' + i, " . int(rand 2) . ' FROM generate_series(1, ' . one(1, 30, 300) . ') i' }
sub some { my $id = int(rand 300); return "id BETWEEN $id AND $id + " . int(rand 40) }
my @ways = (
	sub { 'INSERT INTO ' . source() . ' (id, school, grade, score, day, year) ' . rows() . ' ON CONFLICT DO NOTHING' },
	sub { 'INSERT INTO ' . source() . ' (id, school, grade, score, day, year) SELECT DISTINCT ON (id, day) * FROM (' . rows() . ') r (id, school, grade, score, day, year) ON CONFLICT (id, day, year) DO UPDATE SET score = excluded.score + 1' },
	sub { 'UPDATE ' . source() . ' SET ' . one('score = score + 1', 'score = NULL', 'grade = grade + 1', "note = repeat(note, 2)", 'school = ' . school()) . ' WHERE ' . some() },
	sub { 'UPDATE ' . source() . ' SET ' . one('year = 1 - year', 'day = day + 20', 'id = id + 1000') . ' WHERE ' . some() },
	sub { 'DELETE FROM ' . source() . ' WHERE ' . some() },
	sub { rand(6) < 1 ? 'TRUNCATE ' . one('scores', 'marks', 'marks0_fall', 'marks0', 'marks1', 'plain', 'plain, marks') : 'SAVEPOINT s' },
	sub { one('SAVEPOINT s', 'ROLLBACK TO s') },
	sub { "SELECT FROM merge_rollup('" . one(@rollups) . "')" });
my $n = 0;
sub script
{
	my $script = "SET ROLE analyst; SET search_path = district, gapstats; SET lock_timeout = '500ms'; SET client_min_messages = error;\n";
	for (1 .. 60)
	{
		$script .= "BEGIN;\n" . join('', map { one(@ways)->() . ";\n" } 1 .. 1 + rand 4);
		$n++;
		$script .= one('COMMIT', 'COMMIT', 'COMMIT', 'ROLLBACK', "PREPARE TRANSACTION 't$n'; " . one('COMMIT', 'ROLLBACK') . " PREPARED 't$n'") . ";\n";
	}
	return $script;
}

# Lets sessions do so, while what comes is merged there; or kills what applies it.
sub mix
{
	my ($kills) = @_;
	my @sessions;
	for (1 .. 3)
	{
		my %session = (in => script(), out => '', err => '');
		$session{handle} = IPC::Run::start([ 'psql', '-XAtq', '-d', $from ], '<', \$session{in}, '>', \$session{out}, '2>', \$session{err}, IPC::Run::timeout(180));
		push @sessions, \%session;
	}
	for my $round (1 .. 6)
	{
		select(undef, undef, undef, 0.3);
		$_->{handle}->pump_nb for @sessions;
		if ($kills && $round % 3 == 0)
		{
			my $pid = $subscriber->safe_psql('district', q{SELECT pid FROM pg_stat_subscription WHERE subname = 'roots' AND pid IS NOT NULL});
			kill 9, $pid if $pid;
			select(undef, undef, undef, 0.2);
			$subscriber->poll_query_until('district', 'SELECT true');
			next;
		}
		as($subscriber, join '; ', map { "SELECT FROM merge_rollup('$_')" } one(@rollups), one(@rollups));
		is(different($subscriber), '', "nothing is different while it comes ($round)");
	}
	$_->{handle}->finish for @sessions;
	my @strange = grep { /ERROR/ && !/lock timeout|deadlock|duplicate key|concurrent update|savepoint|current transaction is aborted|no partition|prepared transaction|does not exist/ } split /\n/, join '', map { $_->{err} } @sessions;
	is(join("\n", @strange), '', "no other errors than the writers' own");
}
mix(0);
compared('what sessions wrote');
mix(1);
compared('what was applied again after a crash');
unlike(slurp_file($subscriber->logfile), qr/CONTEXT:  roll-up whose changes|PANIC|TRAP/, 'nothing failed of a roll-up');
like(slurp_file($subscriber->logfile), qr/was terminated by signal 9/, 'and what applied was killed');

# A transaction that is prepared there, and a crash
as($publisher, q{BEGIN; INSERT INTO plain VALUES (9001, 'prepared', 1, 5, '2026-05-01', 1), (9002, 'prepared', 1, 6, '2026-05-01', 1); PREPARE TRANSACTION 'kept'});
$publisher->wait_for_catchup('roots');
is($subscriber->safe_psql('district', 'SELECT count(*) FROM pg_prepared_xacts'), '1', 'a transaction is prepared there');
is(as($subscriber, q{SELECT n_rows FROM groups_of_plain WHERE school = 'prepared'}), '', 'and counts nothing');
$subscriber->stop('immediate');
$subscriber->start;
$publisher->safe_psql('district', q{COMMIT PREPARED 'kept'});
compared('a transaction that was prepared');
is(as($subscriber, q{SELECT n_rows, score FROM groups_of_plain WHERE school = 'prepared'}), '2|{5:1,6:1}', 'it is counted');

# Larger than what is decoded in memory: it is streamed
as($publisher, q{INSERT INTO scores SELECT i, 'streamed', 1, i % 9, '2026-05-01', 1, repeat('x', 200) FROM generate_series(10001, 15000) i});
compared('a transaction that was streamed');
cmp_ok($publisher->safe_psql('district', q{SELECT sum(stream_txns) FROM pg_stat_replication_slots}), '>', 0, 'it was');

# Its health knows the triggers; a merge puts them right, a DROP takes them away.
is(as($subscriber, q{SELECT DISTINCT state FROM rollup_health}), 'exact', 'all are exact');
$subscriber->safe_psql('district', q{DO $$ DECLARE t name; BEGIN FOR t IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'district.plain'::regclass AND tgname ~ '_delete$' LOOP EXECUTE format('ALTER TABLE district.plain DISABLE TRIGGER %I', t); END LOOP; END $$});
is(as($subscriber, q{SELECT rollup, state, problem, fix FROM rollup_health WHERE state <> 'exact' ORDER BY 1 LIMIT 1}),
	q{groups_of_plain|incomplete|triggers of district.plain for delete are missing, or have been off|SELECT gapstats.merge_rollup('district.groups_of_plain');}, 'one that is off is told of');
as($publisher, q{DELETE FROM plain WHERE id > 9000});
$publisher->wait_for_catchup('roots');
isnt(different($subscriber), '', 'what came meanwhile was missed');
is(as($subscriber, q{SELECT (merge_rollup('groups_of_plain')).status, (merge_rollup('days_of_plain')).status}), 'succeeded|succeeded', 'a merge counts anew');
compared('then');

# What a measure refuses stops what is applied, as any conflict does, until it is mended.
as($publisher, q{SELECT drop_rollup('groups_of_plain')});
my $offset = -s $subscriber->logfile;
as($publisher, q{INSERT INTO plain VALUES (9003, 'nowhere', 1, 'NaN', '2026-05-01', 1)});
$subscriber->wait_for_log(qr/CONTEXT:  roll-up whose changes are in district\.groups_of_plain_changes/, $offset);
pass('what a measure refuses is told of in the log, with the roll-up');
as($subscriber, q{SELECT drop_rollup('groups_of_plain')});
$publisher->wait_for_catchup('roots');
is(as($subscriber, q{SELECT score FROM plain WHERE school = 'nowhere'}), 'NaN', 'without it the row is applied');
is($subscriber->safe_psql('district', q{SELECT count(*) FROM pg_trigger WHERE tgrelid = 'district.plain'::regclass AND NOT tgisinternal}), '4', 'and its triggers are gone');

# A publication of all tables publishes those of roll-ups, too. Merges go on, and the tables are the same there.
for my $node ($publisher, $subscriber) { $node->safe_psql('postgres', 'CREATE DATABASE whole') }
$publisher->safe_psql('whole', 'CREATE EXTENSION gapstats; CREATE SCHEMA district AUTHORIZATION analyst');
as($publisher, qq{$plain; CREATE UNIQUE INDEX ON plain (id, day);
	SELECT create_rollup('groups', 'plain', '{school,grade}', '{"score": "distribution(score)"}'), create_rollup('days', 'plain', '{id}', '{"days": "dayset(day)"}')}, 'whole');
$publisher->safe_psql('whole', q{CREATE PUBLICATION everything FOR ALL TABLES; SELECT pg_create_logical_replication_slot('decoded', 'pgoutput')});
my $dump = $publisher->backup_dir . '/schema';
command_ok([ 'pg_dump', '-Fc', '--schema-only', '--no-publications', '-f', $dump, $publisher->connstr('whole') ], 'the schema is dumped');
command_ok([ 'pg_restore', '--exit-on-error', '-d', $subscriber->connstr('whole'), $dump ], 'and restored');
$subscriber->safe_psql('whole', "CREATE SUBSCRIPTION everything CONNECTION '$whole' PUBLICATION everything WITH (binary = true)");
ok(synchronized('whole'), 'a subscription to all tables');
my $write = q{INSERT INTO plain SELECT i, CASE WHEN i %% 3 > 0 THEN 'school ' || i %% 3 END, i %% 4, i %% 17, date '2025-12-25' + i %% 20, 0 FROM generate_series(%1$d, %1$d + 99) i; UPDATE plain SET score = score + 1, day = day + 1 WHERE id %% 5 = 0; DELETE FROM plain WHERE id %% 7 = 0};
my $merge = q{SELECT (merge_rollup('groups')).status, (merge_rollup('days')).status};
my $show = q{SELECT school, grade, n_rows, score FROM groups ORDER BY 1, 2; SELECT id, n_rows, days FROM days ORDER BY 1};
my $pending = q{SELECT (SELECT count(*) FROM groups_changes), (SELECT count(*) FROM groups_base)};
for my $round (1 .. 2)
{
	for my $step (sprintf($write, 1000 * $round), $merge, sprintf($write, 1000 * $round + 500))
	{
		my $said = as($publisher, $step, 'whole');
		is($said, 'succeeded|succeeded', 'a merge is published') if $step eq $merge;
		$publisher->wait_for_catchup('everything');
		is(as($subscriber, "$pending; $show", 'whole'), as($publisher, "$pending; $show", 'whole'), "what is kept is the same there (round $round)");
	}
	is(as($subscriber, q{SELECT FROM check_rollup('groups'); SELECT FROM check_rollup('days')}, 'whole'), '', "and is what its source says there (round $round)");
}
is(as($publisher, q{SELECT (rebuild_rollup('groups')).status}, 'whole'), 'succeeded', 'one is counted anew');
$publisher->wait_for_catchup('everything');
is(as($subscriber, "$pending; $show", 'whole'), as($publisher, "$pending; $show", 'whole'), 'and is the same there');
like(($subscriber->psql('whole', q{SET ROLE analyst; SELECT gapstats.merge_rollup('district.groups')}))[2], qr/ERROR:  subscription "everything" writes to roll-up "district.groups"\nHINT/, 'it is not merged there');
is(as($subscriber, q{SELECT DISTINCT state FROM rollup_health}, 'whole'), 'broken', 'which its health says');
cmp_ok($publisher->safe_psql('whole', q{SELECT count(*) FROM pg_logical_slot_get_binary_changes('decoded', NULL, NULL, 'proto_version', '1', 'publication_names', 'everything')}), '>', 500, 'a slot decodes all of it');

done_testing();
