# What a run of a watch list reads and writes: what has changed, not what there is
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $students = 10000;

my $node = PostgreSQL::Test::Cluster->new('district');
$node->init;
$node->append_conf('postgresql.conf', "log_temp_files = 0\nautovacuum = off");
$node->start;

$node->safe_psql(
	'postgres', qq{
	CREATE EXTENSION gapstats;
	CREATE ROLE analyst;
	CREATE SCHEMA district AUTHORIZATION analyst;
	SET ROLE analyst;
	SET search_path = district, gapstats;
	CREATE TABLE students AS SELECT i AS student_id, 'Student ' || i AS name, i % 50 AS school FROM generate_series(1, $students) AS i;
	-- marks from 0 to 999, spread as if by chance, of which 905 and more flag
	CREATE TABLE marks AS SELECT student_id, r AS rule, (student_id * 7919 + r * 101) % 1000 AS mark, 181 AS of
		FROM students, generate_series(1, 10) AS r;
	CREATE INDEX ON marks (rule);
	ANALYZE;
	SELECT create_watch_list('list', 'SELECT * FROM students');
	SELECT add_rule('list', 'rule ' || r, format('SELECT student_id, mark * 180.0::double precision / of FROM marks WHERE rule = %s', r),
		'>=', 900, 'Mark {value}', severity => CASE WHEN r % 2 = 0 THEN 'watch' ELSE 'at risk' END)
		FROM generate_series(1, 10) AS r;});

# Rows written in each part, rows read of the flags; all since the server began
sub counted
{
	my %count;
	my $rows = $node->safe_psql(
		'postgres', q{
		SELECT relname, n_tup_ins + n_tup_upd + n_tup_del, n_tup_upd - n_tup_hot_upd, seq_tup_read + coalesce(idx_tup_fetch, 0)
		FROM pg_stat_all_tables WHERE schemaname = 'district' AND relname LIKE 'list%'});
	for (split /\n/, $rows)
	{
		my ($name, $written, $cold, $read) = split /\|/;
		$count{$name} = $written;
		$count{"$name, not HOT"} = $cold;
		$count{"$name, read"} = $read;
	}
	return %count;
}

sub size_of_all
{
	return $node->safe_psql('postgres',
		q{SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relnamespace = 'district'::regnamespace AND relname ~ '^list(_|$)' AND relkind IN ('r', 'm')});
}

# refresh(WHAT, SQL): one run after a change, and what it did of what there is to count
sub refresh
{
	my ($what, $change) = @_;
	$node->safe_psql('postgres', "SET ROLE analyst; SET search_path = district; $change; VACUUM marks");
	my $log = -s $node->logfile;
	my %before = counted();
	my $wal = $node->lsn('insert');
	is( $node->safe_psql(
			'postgres', q{
			SELECT status FROM gapstats.refresh_watch_list('district.list');
			SELECT pg_stat_force_next_flush();
			SELECT * FROM gapstats_internal.disagreement('district.list')}),
		"succeeded\n",
		"$what: succeeds, and all of the list agrees");
	my %after = counted();
	my %done = map { $_ => $after{$_} - $before{$_} } keys %after;
	$done{WAL} = $node->safe_psql('postgres', sprintf q{SELECT pg_wal_lsn_diff('%s', '%s')}, $node->lsn('insert'), $wal);

	my $size = size_of_all();
	my ($largest) = sort { $b <=> $a } (slurp_file($node->logfile, $log) =~ /temporary file: .* size (\d+)/g), 0;
	cmp_ok($largest, '<=', $size, "$what: no temporary file larger than the list and all beside it");
	return %done;
}

# What was said beforehand, of lists of which is known how many are flagged
sub estimated_wal
{
	my ($what) = @_;
	my $flagged = $node->safe_psql('postgres', 'SELECT avg((status IN (\'watch\', \'at risk\'))::integer) FROM district.list_current');
	return 1e6 * $node->safe_psql('postgres', qq{
		SET ROLE analyst; SET search_path = district, gapstats;
		SELECT wal_mb FROM estimate_watch_list('SELECT * FROM students', ARRAY(SELECT query FROM list_rules ORDER BY "position"), $flagged) WHERE what = '$what'});
}

my %done = refresh('the first run', 'SELECT');
is($done{$_}, $students, "the first run: $_ is written once a student") for qw(list list_current list_values);
my $first_size = size_of_all();
my $ratio = $done{WAL} / estimated_wal('first run');
cmp_ok(abs(log $ratio), '<', log 2, sprintf 'the first run: WAL is %.2f of the estimate', $ratio);
# a school day writes them all
is( $node->safe_psql('postgres', q{SELECT count(*) FILTER (WHERE pg_column_size("values") > length("values"::text) + 4) FROM district.list_values}),
	0, 'the first run: values take the bytes of their digits and commas');

%done = refresh('nothing new', 'SELECT');
is($done{$_}, 0, "nothing new: $_ is not written") for qw(list list_current list_values list_history list_flags list_alarms list_next);
cmp_ok($done{WAL}, '<', 500000, 'nothing new: little WAL');

# one value each of 100 students, on the same side of the threshold
%done = refresh('new values', 'UPDATE marks SET mark = mark - 1 WHERE rule = 3 AND student_id % 100 = 7 AND mark NOT IN (0, 905)');
my $changed = $node->safe_psql('postgres', q{SELECT count(*) FROM district.list_next});
cmp_ok($changed, '>', 50, 'new values: of some students');
is($done{list_values}, $changed, 'new values: theirs are written');
is($done{$_}, 0, "new values: $_ is not written") for qw(list list_current list_history list_flags list_alarms);

# 20 students who are flagged, among many who have been
my $flags = $node->safe_psql('postgres', q{SELECT count(*) FROM district.list_flags});
%done = refresh('new flags',
	q{UPDATE marks SET mark = 950 WHERE rule = 3 AND student_id IN (SELECT student_id FROM list_current WHERE status = 'on track' ORDER BY student_id LIMIT 20)});
is($done{$_}, 20, "new flags: $_ is written for 20 students") for qw(list_current list_values list_history list_flags list_alarms);
is($done{list}, 40, 'new flags: the list is written for 20 students, as REFRESH ... CONCURRENTLY does it');
cmp_ok($done{'list_flags, read'}, '<', 10 * $flags, 'new flags: the flags are not searched anew for each student');

# the next school days: every denominator grows, and with it every value but 0 moves
for my $day (1 .. 10)
{
	%done = refresh("day $day", 'UPDATE marks SET of = of + 1');
	cmp_ok($done{list_values}, '>', 0.99 * $students, "day $day: all values move");
	cmp_ok($done{'list_values, not HOT'}, '<', 0.01 * $students, "day $day: on their pages");
	is($done{list_current}, $done{list} / 2, "day $day: the list is written where its rows are");
}
cmp_ok(size_of_all(), '<', 1.5 * $first_size, 'ten days later: at most 1.5 times as large');

# nor do the values of one rule leave their pages, on which line pointers take the most
# (of 211, 212 and 213 they have all their digits)
my $day_of_one_rule = q{UPDATE marks SET of = greatest(of + 1, 211) WHERE rule = 1; DO 'BEGIN PERFORM refresh_watch_list(''one''); END'; };
cmp_ok(
	$node->safe_psql(
		'postgres', qq{
		SET ROLE analyst;
		SET search_path = district, gapstats, pg_catalog;
		DO 'BEGIN
			PERFORM create_watch_list(''one'', ''SELECT * FROM students'');
			PERFORM add_rule(''one'', ''rule 1'', ''SELECT student_id, mark * 180.0::double precision / of FROM marks WHERE rule = 1'', ''>='', 900, ''Mark {value}'');
		END';
		$day_of_one_rule $day_of_one_rule $day_of_one_rule
		DO 'BEGIN PERFORM pg_stat_force_next_flush(); END';
		SELECT n_tup_upd - n_tup_hot_upd FROM pg_stat_all_tables WHERE relname = 'one_values'}),
	'<', 0.01 * $students, 'one rule: all values move on their pages');

# A list that comes to have as many groups as students publishes the total of them, in time
is( $node->safe_psql(
		'postgres', qq{
		SET ROLE analyst;
		SET search_path = district, gapstats;
		SET client_min_messages = error;
		SET statement_timeout = '20s';
		INSERT INTO list_breakdowns (group_column, minimum) VALUES ('name', 10);
		DO 'BEGIN PERFORM refresh_watch_list(''list''); END';
		SELECT students FROM list_counts WHERE group_column = 'name'}),
	$students,
	'of too many groups the total is counted in time');

$node->stop;
done_testing();
