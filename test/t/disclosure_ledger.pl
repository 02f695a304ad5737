# A ledger that is restored from a dump knows what was published, and who may not have it. And the
# server's log has not the numbers that a client is told of a table that cannot be published.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('district');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE analyst; CREATE ROLE teacher; CREATE DATABASE warehouse; CREATE DATABASE copy');
$node->safe_psql(
	'warehouse', q{
	CREATE EXTENSION gapstats;
	CREATE SCHEMA district AUTHORIZATION analyst;
	GRANT USAGE ON SCHEMA district TO teacher;
	SET ROLE analyst;
	SET search_path = district, gapstats;
	SELECT create_ledger('ledger', '10 years');
	SELECT publish_release('ledger', 'totals', 'the board', 'enrolled', '2025-10-01',
		$$VALUES ('All', 50), ('A', 44)$$, '{column1}', '{"n": {"column": "column2"}}', totals => '{"column1": "All"}', accept => 'it is in the newspaper');
	SELECT withdraw_release('ledger', 'totals', 'a typing error');
	SELECT publish_release('ledger', 'again', 'the board', 'enrolled', '2025-10-01',
		$$VALUES ('All', 50)$$, '{column1}', '{"n": {"column": "column2"}}', totals => '{"column1": "All"}');});

my $dump = $node->basedir . '/dump.sql';
$node->command_ok([ 'pg_dump', '-f', $dump, 'warehouse' ], 'it is dumped');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump, 'copy' ], 'and restored');

my $all = 'SELECT l FROM district.ledger l ORDER BY release; SELECT c FROM district.ledger_cells c ORDER BY c; SELECT s FROM district.ledger_settings s';
is($node->safe_psql('copy', $all), $node->safe_psql('warehouse', $all), 'as it was');

my ($status, $out, $error) = $node->psql(
	'copy', q{
	SET ROLE analyst;
	SET search_path = district, gapstats;
	SELECT publish_release('ledger', 'parts', 'the board', 'enrolled', '2025-10-01',
		$$VALUES ('A', 44), ('B', NULL)$$, '{column1}', '{"n": {"column": "column2"}}');});
like($error, qr/release "parts" would give away hidden numbers: 1\n.*column1 B, n: exact_linear/, 'what comes next is audited with it');
($status, $out, $error) = $node->psql('copy', 'SET ROLE teacher; TABLE district.ledger_cells');
like($error, qr/permission denied/, 'and nobody else reads it');

# 44 and 6 are not 51; and the mean before and after one child left is out already
$node->safe_psql('copy', q{
	CREATE TABLE wrong AS SELECT * FROM (VALUES (NULL, 51), ('A', 44), ('B', 6)) AS t (race, n);
	CREATE TABLE left_one AS SELECT * FROM (VALUES ('2025-10', 11, 431.2), ('2025-11', 10, 428.9)) AS t (month, n, score);});
for my $case (
	[ q{'wrong', '{race}', '{"n": "count"}'}, 'it is 51, but by race it adds up to 50' ],
	[ q{'left_one', '{month}', '{"n": {"leaving": "month"}, "score": {"kind": "mean", "of": "n", "leaving": "month"}}', published => 'left_one', published_is => 'out'}, 'month 2025-10, 431.2 of 11' ])
{
	my ($arguments, $told) = @$case;

	($status, $out, $error) = $node->psql('copy', "SELECT gapstats.suppress($arguments)");
	like($error, qr/\Q$told\E/, "a client is told: $told");
	unlike(slurp_file($node->logfile), qr/\Q$told\E/, '... and the log is not');
}
like(slurp_file($node->logfile), qr/cannot be hidden.*\n.*It is told to the client only/, '... but that there is something');

$node->stop;
done_testing();
