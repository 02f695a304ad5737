# The solver of the audit is a library with memory of its own. A statement that is cancelled in
# the middle of it, hundreds of times, ends in time and leaves none of that memory behind.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $times = 200;       # that a statement is cancelled, after 20 ms, 21 ms, and so on to 99 ms
my $late = 0.5;        # seconds that it may take on the average: a machine may be busy
my $slack = 4 * 1024;  # kB; what one audit takes is several times that

my $node = PostgreSQL::Test::Cluster->new('disclosure_engine');
$node->init;
$node->append_conf('postgresql.conf', q{
	shared_buffers = '32MB'
	max_parallel_workers_per_gather = 0
	jit = off
	autovacuum = off});
$node->start;

# A cube of 14 x 14 x 14 counts, all hidden, with the sums along each edge: solved in minutes
$node->safe_psql('postgres', q{
	CREATE EXTENSION gapstats;
	CREATE TABLE cell AS
	SELECT x * 196 + y * 14 + z + 1 AS unknown, x, y, z, (x * 7 + y * 11 + z * 13 + x * y * z) % 12 AS n
	FROM generate_series(0, 13) AS x, generate_series(0, 13) AS y, generate_series(0, 13) AS z;
	CREATE TABLE fact AS
	SELECT row_number() OVER () AS fact, array_agg(unknown) AS unknowns, sum(n) AS value
	FROM cell GROUP BY GROUPING SETS ((x, y), (x, z), (y, z));
	CREATE VIEW audited AS
	SELECT a.*
	FROM (SELECT array_agg(true) AS yes, array_agg(0::bigint) AS zero, array_agg(NULL::bigint) AS none FROM cell) AS c,
		(SELECT array_agg(fact::integer) AS fact, array_agg(unknown) AS unknown, array_agg(1::bigint) AS one FROM fact, unnest(unknowns) AS unknown) AS t,
		(SELECT array_agg(value::bigint ORDER BY fact) AS value, array_agg(false) AS no, array_agg(true) AS yes FROM fact) AS f,
		gapstats_internal.audit_system(c.yes, zero, none, zero, none, t.fact, t.unknown, one, value, value, no, no, f.yes) AS a});

# The kB that the backend has now, and has had at most
my $now = q{SELECT m[1] FROM regexp_match(pg_read_file('/proc/self/status'), 'VmRSS:\s+(\d+)') AS m;};
my $most = q{SELECT m[1] FROM regexp_match(pg_read_file('/proc/self/status'), 'VmHWM:\s+(\d+)') AS m;};
my @audits = map { sprintf "SET statement_timeout = %d;\nSELECT count(*) FROM audited;\n\\echo :SQLSTATE\nRESET statement_timeout;\n", 20 + $_ % 80 } 1 .. $times + 20;
my $script = join "\n", @audits[ 0 .. 19 ], $now, @audits[ 20 .. $times + 19 ], $now, $most;
my ($start, $stdout, $stderr) = (time, '', '');
IPC::Run::run([ 'psql', '-XAtq', '-d', $node->connstr('postgres') ], '<', \$script, '>', \$stdout, '2>', \$stderr);
my @lines = split /\n/, $stdout;
my ($before, $after, $peak) = grep { !/^57014$/ } @lines;
is(scalar(grep { /^57014$/ } @lines), $times + 20, 'audits are cancelled') or diag $stdout, $stderr;
cmp_ok((time - $start) / ($times + 20), '<', $late, '... in time');
cmp_ok($after, '<', $before + $slack, "... which leaves no memory behind ($before kB before, $after kB after)");
cmp_ok($peak, '<', 256 * 1024, "... and takes not too much ($peak kB)");

$node->stop;
done_testing();
