# 100,000 students and 10 rules: no refresh writes a temporary file of more than the list's own size
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('district');
$node->init;
$node->append_conf('postgresql.conf', 'log_temp_files = 0');
$node->start;

$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION gapstats;
	SET search_path = public, gapstats;
	CREATE TABLE students AS SELECT i AS student_id, 'Student ' || i AS name, i % 50 AS school FROM generate_series(1, 100000) AS i;
	CREATE TABLE marks AS SELECT student_id, r AS rule, (hashint4(student_id * 10 + r) & 1023) / 1024.0 AS mark
		FROM students, generate_series(1, 10) AS r;
	VACUUM ANALYZE;
	SELECT create_watch_list('list', 'SELECT * FROM students');
	SELECT add_rule('list', 'rule ' || r, 'SELECT student_id, mark FROM marks WHERE rule = ' || r, '>=', 0.9, 'Mark {value} by rule ' || r)
		FROM generate_series(1, 10) AS r;});

for my $refresh ('the first', 'one of unchanged data', 'one of changed data')
{
	$node->safe_psql('postgres', 'UPDATE marks SET mark = 0.95 WHERE student_id < 1000') if $refresh =~ / changed/;
	my $log = -s $node->logfile;
	is($node->safe_psql('postgres', q{SELECT status, students FROM gapstats.refresh_watch_list('list')}), 'succeeded|100000', "$refresh succeeds");
	my $list = $node->safe_psql('postgres', q{SELECT pg_total_relation_size('list')});
	my ($largest) = sort { $b <=> $a } (slurp_file($node->logfile, $log) =~ /temporary file: .* size (\d+)/g), 0;
	cmp_ok($largest, '<=', $list, "$refresh: largest temporary file $largest, the list $list bytes");
}

$node->stop;
done_testing();
