# Random mixes of everything that can be done to a table, by two sessions in turns, of which either may merge or rebuild
# its roll-up: after each, and within their transactions, the roll-up says to the byte what the table does.
# GAPSTATS_MIXES says how many at each isolation level (40). All that a mix does follows from its seed: one that failed
# says GAPSTATS_SEED, with which it is the first. Whoever waits for a lock waits for one who does nothing until then, so
# that he is always cut off.
use strict;
use warnings;
use IPC::Open3;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $mixes = $ENV{GAPSTATS_MIXES} || 40;
my $seed = $ENV{GAPSTATS_SEED} || time;

my $node = PostgreSQL::Test::Cluster->new('district');
$node->init;
$node->append_conf('postgresql.conf', "autovacuum = off\nfsync = off\nsynchronous_commit = off\njit = off\nmax_parallel_workers_per_gather = 0");
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION gapstats;
	CREATE ROLE analyst;
	GRANT EXECUTE ON FUNCTION gapstats_internal.distribution_send, gapstats_internal.dayset_send TO analyst;
	CREATE SCHEMA whole AUTHORIZATION analyst;
	CREATE SCHEMA parted AUTHORIZATION analyst;
	SET ROLE analyst;
	SET search_path = whole;
	CREATE TABLE scores (id integer NOT NULL, school text, score numeric, day date NOT NULL);
	SET search_path = parted;
	CREATE TABLE scores (id integer NOT NULL, gone integer, school text, score numeric, day date NOT NULL) PARTITION BY RANGE (day);
	ALTER TABLE scores DROP COLUMN gone;
	CREATE TABLE fall PARTITION OF scores FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
	CREATE TABLE spring PARTITION OF scores FOR VALUES FROM ('2026-01-01') TO ('2026-01-15') PARTITION BY RANGE (id);
	CREATE TABLE spring_low PARTITION OF spring FOR VALUES FROM (MINVALUE) TO (2);
	CREATE TABLE spring_high PARTITION OF spring DEFAULT;
	CREATE TABLE summer (day date NOT NULL, gone text, score numeric, id integer NOT NULL, school text);
	ALTER TABLE summer DROP COLUMN gone;
	ALTER TABLE scores ATTACH PARTITION summer FOR VALUES FROM ('2026-01-15') TO (MAXVALUE);});
for my $schema ('whole', 'parted')
{
	$node->safe_psql(
		'postgres', qq{
		SET ROLE analyst;
		SET search_path = $schema, gapstats;
		CREATE UNIQUE INDEX ON scores (id, day);
		SELECT create_rollup('groups', 'scores', '{id,school}', '{"scores": "distribution(score)", "tested": "count(score)", "days": "dayset(day)"}')});
}

# A session of psql that is asked one statement after another, without much ado: there are many
sub connected
{
	my ($name) = @_;
	my %session = (name => $name, asked => 0);
	$session{pid} = open3($session{in}, $session{out}, undef, 'psql', '-XAtq', '-d', $node->connstr('postgres'));
	$session{in}->autoflush;
	ask(\%session, "\\set VERBOSITY verbose\n\\set SHOW_CONTEXT never\nSET ROLE analyst; SET lock_timeout = 5; SET client_min_messages = error");
	return \%session;
}

# What it says; what it did not read of a COPY that failed at once is forgotten
sub ask
{
	my ($session, $statement) = @_;
	my $mark = '<' . ++$session->{asked} . '>';
	my ($in, $out) = @$session{qw(in out)};
	print $in $statement . ($statement =~ /\.$/ ? "\n" : ";\n") . "\\r\n\\echo '$mark'\n";
	my $said = '';
	while (defined(my $line = <$out>))
	{
		return $said if $line eq "$mark\n";
		$said .= $line;
	}
	die "session $session->{name} has ended: $said";
}

my ($schema, $level, @done);

# Asked as a step of the mix
sub step
{
	my ($session, $statement) = @_;
	my $said = ask($session, $statement);
	push @done, "$session->{name}: $statement" . ($said eq '' ? '' : "\n   " . $said =~ s/\n(?=.)/\n   /gr);
	return $said;
}

sub one { return $_[ rand @_ ] }
sub school { return one('NULL', "'a'", "'b'", "repeat('c', 3000)") }
sub score { return one('NULL::numeric', map { $_ / 2 } 0 .. 6) }
sub row { return '(' . join(', ', int(rand 4), school(), score(), "date '2025-12-28' + " . int(rand 24)) . ')' }
sub rows { return join ', ', map { row() } 0 .. rand 6 }
sub some { return one('id = ' . int(rand 4), "day > date '2025-12-28' + " . int(rand 24), 'score > 1', "school = 'a'", 'true') }
sub part { return $schema eq 'whole' || rand() < 0.5 ? 'scores' : one('fall', 'spring', 'spring_low', 'spring_high', 'summer') }
sub attach { return "ALTER TABLE scores ATTACH PARTITION summer FOR VALUES FROM ('2026-01-15') TO (MAXVALUE)" }
sub is_attached { return ask($_[0], q{SELECT relispartition FROM pg_class WHERE oid = 'summer'::regclass}) eq "t\n" }
my $columns = '(id, school, score, day)';
my $values = 'SELECT DISTINCT ON (id, day) * FROM (VALUES %s) v ' . $columns . ' ORDER BY id, day, score';
my $keys = 's.id = v.id AND s.day = v.day';

# What can be done, and how often beside the rest
my @ways = (
	[ insert => 3, sub { "INSERT INTO " . part() . " $columns VALUES " . rows() } ],
	[ ignore => 3, sub { "INSERT INTO scores $columns VALUES " . rows() . ' ON CONFLICT DO NOTHING' } ],
	[ upsert => 3, sub { "INSERT INTO scores $columns " . sprintf($values, rows()) . ' ON CONFLICT (id, day) DO UPDATE SET ' . one('score = excluded.score', 'school = excluded.school') } ],
	[ update => 3, sub { 'UPDATE ' . part() . ' SET ' . one('score = score + 1', 'score = NULL', 'day = day', 'school = ' . school()) . ' WHERE ' . some() } ],
	[ move => 2, sub { 'UPDATE scores SET ' . one('id = 3 - id', 'day = day + 11') . ' WHERE ' . some() } ],
	[ delete => 3, sub { 'DELETE FROM ' . part() . ' WHERE ' . some() } ],
	[ both => 2, sub { 'WITH gone AS (DELETE FROM ' . part() . ' WHERE ' . some() . " RETURNING *) INSERT INTO scores $columns SELECT id, " . school() . ', score, day + 40 FROM gone' } ],
	[ merge => 3, sub { 'MERGE INTO scores s USING (' . sprintf($values, rows()) . ") v ON $keys WHEN MATCHED AND v.score > 1 THEN DELETE WHEN MATCHED THEN UPDATE SET score = v.score"
		. " WHEN NOT MATCHED THEN INSERT $columns VALUES (v.id, v.school, v.score, v.day)" } ],
	[ truncate => 1, sub { 'TRUNCATE ' . part() } ],
	[ copy => 2, sub { "COPY scores $columns FROM stdin;\n" . join('', map { int(rand 4) . "\tcopied\t2.50\t2026-01-" . int(1 + rand 28) . "\n" } 0 .. rand 4) . '\\.' } ],
	[ caught => 1, sub { 'DO $$ BEGIN INSERT INTO scores ' . "$columns VALUES " . rows() . '; IF ' . one('true', 'false') . " THEN RAISE division_by_zero; END IF; EXCEPTION WHEN division_by_zero OR unique_violation THEN DELETE FROM scores WHERE " . some() . '; END $$' } ],
	[ merge_rollup => 2, sub { "SELECT status, error FROM merge_rollup('groups')" } ],
	[ rebuild_rollup => 1, sub { "SELECT status, error FROM rebuild_rollup('groups')" } ]);
my @partitions_move = (
	[ detach => 2, sub { 'ALTER TABLE scores DETACH PARTITION summer' } ],
	[ attach => 1, \&attach ],
	[ 'attach or detach' => 4, sub { my ($session) = @_; is_attached($session) ? 'ALTER TABLE scores DETACH PARTITION summer' : "DO \$\$ BEGIN DELETE FROM summer WHERE day < '2026-01-15'; " . attach() . '; END $$' } ]);
my %choice = (
	whole => [ map { ($_) x $_->[1] } @ways ],
	parted => [ map { ($_) x $_->[1] } @ways, @partitions_move ]);

# What a transaction is told that meets another, or a row that is there: it is undone, to a savepoint or as a whole
my %refusals = map { $_ => 1 } qw(23505 21000 55P03 40001 23514);
# a partition that is none, or is one already; one of which there is more to be done in this transaction
my %refused_partitions = map { $_ => 1 } qw(42P01 42809 55006);

# What is different by a query of this test's own; of sets of days but those of ids that it leaves out
sub counted_otherwise
{
	my ($but) = @_;
	my $days = "CASE WHEN id NOT IN ($but) THEN gapstats_internal.dayset_send(%s) END";
	my $counted = 'SELECT id, school, count(*), count(score), gapstats_internal.distribution_send(distribution(score)), ' . sprintf($days, 'dayset(day)') . ' FROM scores GROUP BY id, school';
	my $kept = 'SELECT id, school, n_rows, tested, gapstats_internal.distribution_send(scores), ' . sprintf($days, 'days') . ' FROM groups';
	return "SELECT 'counted', d::text FROM ($counted EXCEPT ALL $kept) d UNION ALL SELECT 'kept', d::text FROM ($kept EXCEPT ALL $counted) d";
}

# And by check_rollup
sub difference
{
	my ($but) = @_;
	return "SELECT 'check_rollup', c::text FROM check_rollup('groups') c WHERE NOT (c.measure = 'days' AND (c.group_values->>'id')::integer IN ($but)) UNION ALL " . counted_otherwise($but);
}
my $everything = difference('-1');
# In a transaction with a snapshot of its own that added a day which others have taken away since, it is there twice.
my $but_days_twice = difference('SELECT id FROM scores GROUP BY id, day HAVING count(*) > 1');

my %did;
my $is_moved;    # a partition came or went, and unless it is as it was what it holds is missed until a merge has seen that

# What happens to one session when another has committed something
sub committed
{
	my ($session, $other) = @_;
	$other->{is_behind} = 1 if $session->{has_written};
	$other->{is_emptied} = 1 if $session->{has_truncated};
	$is_moved = 1 if $session->{has_moved};
	end($session);
}

sub end
{
	my ($session) = @_;
	$session->{$_} = 0 for qw(is_open savepoints has_written has_truncated has_moved has_ever_moved is_behind is_emptied);
}

# Is what it is told known to be other than its table, since it has an old snapshot? TRUNCATE, whoever did it, knows none.
sub is_excused
{
	my ($session) = @_;
	return $level ne 'READ COMMITTED' && ($session->{is_emptied} || $session->{has_truncated} && $session->{is_behind});
}

# As its health says
sub is_exact
{
	my ($session) = @_;
	return step($session, q{SELECT state FROM rollup_health WHERE rollup = 'groups'::regclass}) eq "exact\n";
}

sub look
{
	my ($session) = @_;
	return '' if is_excused($session);
	if ($is_moved || $session->{has_moved})
	{
		# which an old snapshot may not know
		return '' unless $level eq 'READ COMMITTED' && is_exact($session);
		$did{"$level: look at one whose partitions are back"}++;
	}
	$did{"$level: look"}++;
	my $said = step($session, $level eq 'READ COMMITTED' ? $everything : $but_days_twice);
	return $said =~ /ERROR:  (40001|55P03)/ ? undone($session) : $said;
}

sub undone
{
	my ($session) = @_;
	if ($session->{savepoints})
	{
		step($session, 'ROLLBACK TO s');
		$session->{has_moved} = $session->{has_ever_moved};
	}
	elsif ($session->{is_open})
	{
		step($session, 'ROLLBACK');
		end($session);
	}
	return '';
}

sub set_or_undo
{
	my ($session) = @_;
	my %savepoints = ('SAVEPOINT s' => 1, 'ROLLBACK TO s' => 0, 'RELEASE s' => -1);
	my $way = $session->{savepoints} ? one('SAVEPOINT s', 'ROLLBACK TO s', 'RELEASE s') : 'SAVEPOINT s';
	$session->{savepoints} += $savepoints{$way};
	$session->{has_moved} = $session->{has_ever_moved} if $way eq 'ROLLBACK TO s';
	$did{"$level: $way"}++;
	return step($session, $way);
}

# In a transaction that sees what is there, whatever the level
sub alone { return "BEGIN ISOLATION LEVEL READ COMMITTED; $_[0]; COMMIT" }

# One statement of a session; returns what is wrong
sub take_turn
{
	my ($session, $other) = @_;
	my ($name, undef, $way) = @{ one(@{ $choice{$schema} }) };
	my $asked = $way->($session);
	if ($session->{is_open})
	{
		return finish($session, $other) if rand() < 0.15;
		return set_or_undo($session) if rand() < 0.2;
		return look($session) if rand() < 0.2;
	}
	elsif ($name =~ /_rollup/ && rand() < 0.5)
	{
		# which under an old snapshot counts nothing anew
		$asked = alone($asked);
	}
	elsif (rand() < 0.9)
	{
		step($session, "BEGIN ISOLATION LEVEL $level");
		$session->{is_open} = 1;
	}

	my $said = step($session, $asked);
	if ($said =~ /ERROR:  (\w{5}):/)
	{
		return $said unless $refusals{$1} || $schema eq 'parted' && $refused_partitions{$1};
		$did{"$level: $1"}++;
		return undone($session);
	}
	if ($name =~ /_rollup/)
	{
		$did{"$level: $name " . ($said =~ /^(\w+)/)[0]}++;
		if ($said =~ /^succeeded/)
		{
			$session->{has_moved} = 0;
			$is_moved = 0 unless $session->{is_open};
		}
		return $said =~ /^(succeeded|skipped)\||^failed\|.*(lock timeout|could not serialize|snapshot of its own)/ || is_excused($session) ? '' : $said;
	}
	$did{"$level: $name"}++;
	$session->{has_moved} = $session->{has_ever_moved} = 1 if $name =~ /tach/;
	$session->{has_written} = 1;
	$session->{has_truncated} = 1 if $name =~ /truncate|tach/;
	committed($session, $other) unless $session->{is_open};
	return $said;
}

sub finish
{
	my ($session, $other) = @_;
	return '' unless $session->{is_open};
	my $how = one('COMMIT', 'COMMIT', 'COMMIT', 'ROLLBACK');
	my $said = step($session, $how);
	if ($how eq 'COMMIT' && $said !~ /ERROR/)
	{
		committed($session, $other);
	}
	else
	{
		end($session);
	}
	$did{"$level: " . ($said eq '' ? $how : 'COMMIT refused')}++;
	return $said =~ /ERROR:  40001/ ? '' : $said;
}

my $merge = q{SELECT status, error FROM merge_rollup('groups')};

# Returns what is wrong
sub mix
{
	my ($a, $b) = @_;
	@done = ();
	$is_moved = 0;
	$schema = one('whole', 'parted');
	end($_), step($_, "SET search_path = $schema, gapstats; SET default_transaction_isolation = '$level'") for $a, $b;

	# as they were made
	my $made = step($a, alone(($schema eq 'whole' || is_attached($a) ? '' : 'DELETE FROM summer; ' . attach() . "; $merge; ") . 'DELETE FROM scores; DELETE FROM groups_base; DELETE FROM groups_changes; '
		. "INSERT INTO scores $columns SELECT i % 4, nullif('abc', left('abc', i / 3 % 4)), nullif(i % 7, 5) / 2.0, date '2025-12-28' + i / 4 * 2 FROM generate_series(1, " . int(rand 60) . ') i'
		. (rand() < 0.5 ? "; $merge" : '')));
	return $made if $made =~ /ERROR|failed/;
	for (1 .. 6 + rand 14)
	{
		my $wrong = take_turn(rand() < 0.6 ? ($a, $b) : ($b, $a));
		return $wrong if $wrong ne '';
	}
	my $wrong = finish($a, $b) . finish($b, $a);
	return $wrong if $wrong ne '';
	my $is_incomplete = $is_moved && !is_exact($a);
	my $said = step($a, alone(join '; ', ($is_incomplete ? $merge : ()), $everything, $merge, counted_otherwise('-1')));
	return $said eq "succeeded|\n" x ($is_incomplete ? 2 : 1) ? '' : $said;
}

sub give_up
{
	for my $session (@_)
	{
		close $session->{in};
		waitpid $session->{pid}, 0;
	}
}

note "seed $seed";
srand($seed);
my @seeds = ($seed, map { int rand 2**31 } 2 .. $mixes);
my @sessions = (connected('A'), connected('B'));
my @levels = ('READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE');
my %failed = map { $_ => 0 } @levels;
for my $n (1 .. $mixes)
{
	for (@levels)
	{
		$level = $_;
		srand($seeds[$n - 1]);
		my $wrong = mix(@sessions);
		next if $wrong eq '';
		$failed{$level}++;
		diag("$level, GAPSTATS_SEED=$seeds[$n - 1] GAPSTATS_MIXES=1, table $schema.scores: $wrong\n" . join("\n", @done));
		give_up(@sessions);
		# the next ones begin anew
		$node->safe_psql('postgres', qq{SET ROLE analyst; SELECT gapstats.rebuild_rollup('$schema.groups')});
		@sessions = (connected('A'), connected('B'));
	}
	last if grep { $_ >= 5 } values %failed;
	$node->safe_psql('postgres', 'VACUUM') if $n % 100 == 0;
	note "$n mixes" if $n % 100 == 0;
}
give_up(@sessions);
is($failed{$_}, 0, "after each of $mixes mixes the roll-up is what its table says ($_)") for @levels;
note "$did{$_} $_" for sort keys %did;
$node->stop;
done_testing();
