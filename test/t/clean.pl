# Sorting, grouping, joining, comparing and indexing 2,000 toasted values, of 8 kB or more, of
# any of our types takes no more memory than the same with text does: a comparison that leaves
# a detoasted copy behind leaves it for as long as the query runs.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $slack = 10 * 1024;    # kB; one copy of each value is 16 MB or more

# 2,000 different values of each type with one long beginning, given i; compressed they are 2 to 2.5 kB.
my %values = (
	text => q{(SELECT string_agg(md5(x::text), '') FROM generate_series(1, 65) AS x) || repeat('0123456789', 700) || i},
	distribution => q{(SELECT distribution(x) FROM generate_series(1, 700) AS x) + distribution_of(10000 + i)},
	dayset => q{(SELECT array_agg(date '1800-01-01' + x * 64)::dayset FROM generate_series(1, 700) AS x) | (date '2020-01-01' + i)::dayset});

# Statements over table "v", which has an id and a value, with the settings that they need
my @statements = (
	[ 'ORDER BY', 'SELECT v FROM v ORDER BY v OFFSET 1999' ],
	[ 'GROUP BY, hashed', 'SELECT count(*) FROM v GROUP BY v OFFSET 1999', 'enable_sort' ],
	[ 'GROUP BY, sorted', 'SELECT count(*) FROM v GROUP BY v OFFSET 1999', 'enable_hashagg' ],
	[ 'DISTINCT', 'SELECT count(*) FROM (SELECT DISTINCT v FROM v) AS s', 'enable_sort' ],
	[ 'count(DISTINCT)', 'SELECT count(DISTINCT v) FROM v' ],
	[ 'UNION, hashed', 'SELECT v FROM v UNION SELECT v FROM v OFFSET 1999', 'enable_sort' ],
	[ 'EXCEPT, sorted', 'SELECT v FROM v EXCEPT SELECT v FROM v', 'enable_hashagg' ],
	[ 'recursive UNION', 'WITH RECURSIVE r AS (SELECT v, 1 AS n FROM v UNION SELECT v, n + 1 FROM r WHERE n < 3) SELECT count(*) FROM r' ],
	[ 'hash join', 'SELECT count(*) FROM v AS a JOIN v AS b USING (v)', 'enable_mergejoin', 'enable_nestloop' ],
	[ 'merge join', 'SELECT count(*) FROM v AS a JOIN v AS b USING (v)', 'enable_hashjoin', 'enable_nestloop' ],
	[ 'index join', 'SELECT count(*) FROM v AS a JOIN v AS b USING (v)', 'enable_hashjoin', 'enable_mergejoin', 'enable_seqscan', 'enable_memoize' ],
	[ 'memoized join', 'SELECT count(*) FROM v AS a JOIN v AS b USING (v)', 'enable_hashjoin', 'enable_mergejoin', 'enable_seqscan' ],
	[ 'IN', 'SELECT count(*) FROM v WHERE v IN (SELECT v FROM v)' ],
	[ '= ANY', 'SELECT count(*) FROM v WHERE v = ANY (ARRAY(SELECT v FROM v WHERE id < 100))' ],
	[ 'percentile_disc', 'SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY v) IS NULL FROM v' ],
	[ 'rank', 'SELECT count(r) FROM (SELECT rank() OVER (PARTITION BY v ORDER BY v) AS r FROM v) AS s' ],
	[ 'ORDER BY array', 'SELECT v FROM v ORDER BY ARRAY[v] OFFSET 1999' ],
	[ 'ORDER BY row', 'SELECT v FROM v ORDER BY ROW(v) OFFSET 1999' ],
	[ 'CREATE INDEX', 'CREATE INDEX ON v (v)' ],
	[ 'INSERT into an index', 'INSERT INTO indexed SELECT * FROM v' ],
	[ 'INSERT into hash partitions', 'INSERT INTO partitioned SELECT * FROM v' ],
	[ 'ANALYZE', 'ANALYZE v' ]);

my $node = PostgreSQL::Test::Cluster->new('clean');
$node->init;
$node->append_conf('postgresql.conf', q{
	shared_buffers = '2MB'
	work_mem = '1GB'
	maintenance_work_mem = '1GB'
	max_parallel_workers_per_gather = 0
	max_parallel_maintenance_workers = 0
	jit = off
	autovacuum = off});
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION gapstats;
	ALTER DATABASE postgres SET search_path = public, gapstats;
	SET search_path = public, gapstats;
	CREATE FUNCTION distribution_of(double precision) RETURNS distribution LANGUAGE sql RETURN (SELECT distribution($1))});

my @types = split /\n/, $node->safe_psql('postgres', q{
	SELECT DISTINCT typname
	FROM pg_opclass JOIN pg_type AS t ON t.oid = opcintype
		JOIN pg_depend AS d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
			AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'gapstats')
	ORDER BY 1});
cmp_ok(scalar @types, '>=', 2, 'types that can be compared: ' . join ' ', @types);

# The most memory, in kB, that a backend has which does nothing but a statement
sub peak_memory
{
	my ($schema, $statement, @off) = @_;
	my $session = join ' ', "-c search_path=$schema,public,gapstats", map { "-c $_=off" } @off;
	local $ENV{PGOPTIONS} = $session;
	my ($status) = $node->safe_psql('postgres',
		"SELECT count(*) FROM gapstats.rule_sets() \\g /dev/null\n$statement \\g /dev/null\nSELECT pg_read_file('/proc/self/status')") =~ /^VmHWM:\s+(\d+)/m
	  or die 'no VmHWM';
	return $1;
}

my %peak_of_text;
for my $type ('text', @types)
{
	fail("$type: no values to test with"), next unless $values{$type};
	$node->safe_psql('postgres', qq{
		CREATE SCHEMA of_$type;
		SET search_path = of_$type, public, gapstats;
		CREATE TABLE v AS SELECT i AS id, $values{$type} AS v FROM (SELECT n * 7919 % 2000 AS i FROM generate_series(1, 2000) AS n) AS s;
		CREATE INDEX ON v (v);
		CREATE TABLE indexed (LIKE v INCLUDING INDEXES);
		CREATE TABLE partitioned (LIKE v) PARTITION BY HASH (v);
		CREATE TABLE part_0 PARTITION OF partitioned FOR VALUES WITH (MODULUS 2, REMAINDER 0);
		CREATE TABLE part_1 PARTITION OF partitioned FOR VALUES WITH (MODULUS 2, REMAINDER 1);
		VACUUM ANALYZE v});
	my $send = $type eq 'text' ? 'textsend' : "${type}_send";
	is($node->safe_psql('postgres', qq{
			SET search_path = of_$type, public, gapstats, gapstats_internal;
			SELECT count(DISTINCT v), min(pg_column_size(v)) > 1900, max(pg_column_size(v)) < 2700, min(length($send(v))) > 8000
			FROM v}), '2000|t|t|t', "$type: 2,000 values, compressed");

	# The operators that compare two values
	my @operators = $type eq 'text' ? ('=') : split /\n/, $node->safe_psql('postgres', qq{
		SELECT oprname FROM pg_operator
		WHERE oprleft = 'gapstats.$type'::regtype AND oprright = oprleft AND oprresult = 'bool'::regtype ORDER BY 1});
	for (@statements, map { [ $_, "SELECT count(*) FROM v AS a, v AS b WHERE a.id % 20 = 0 AND b.id % 20 = 0 AND NOT a.v $_ b.v" ] } @operators)
	{
		my ($name, @statement) = @$_;
		my $peak = peak_memory("of_$type", @statement);
		$peak_of_text{$name} = $peak, next if $type eq 'text';
		my $limit = ($peak_of_text{$name} // $peak_of_text{'='}) + $slack;
		cmp_ok($peak, '<=', $limit, "$type: $name");
	}
}

$node->stop;
done_testing();
