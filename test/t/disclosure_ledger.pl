# A ledger that is restored from a dump knows what was published, and who may not have it.
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

$node->stop;
done_testing();
