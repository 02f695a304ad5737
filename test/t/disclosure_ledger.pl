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
($status, $out, $error) = $node->psql('copy', 'SET ROLE analyst; DELETE FROM district.ledger');
like($error, qr/what was released stays/, 'nor does its owner delete it');
($status, $out, $error) = $node->psql('copy', 'DROP EXTENSION gapstats');
like($error, qr/trigger keep on table district.ledger depends on function/, '... or lose what keeps it with the extension');

# What a client is told of numbers that are not public, the log is not. Of each case: what is called, and what he is told.
$node->safe_psql('copy', q{
	CREATE TABLE wrong AS SELECT * FROM (VALUES (NULL, 51), ('A', 44), ('B', 6)) AS t (race, n);
	CREATE TABLE left_one AS SELECT * FROM (VALUES ('2025-10', 11, 431.2), ('2025-11', 10, 428.9)) AS t (month, n, score);
	CREATE TABLE one_student AS
	SELECT race, sex, sum(n) AS n FROM (VALUES ('A', 'f', 1), ('A', 'm', 20), ('B', 'f', 20), ('B', 'm', 5)) AS t (race, sex, n) GROUP BY CUBE (race, sex);
	CREATE TABLE twice AS SELECT * FROM (VALUES ('A', 437), ('A', 438)) AS t (race, n);
	CREATE TABLE rated AS SELECT * FROM (VALUES ('A', 61, 17.3)) AS t (race, n, percent);
	CREATE TABLE averaged AS SELECT * FROM (VALUES ('A', 7.25)) AS t (race, n);
	CREATE TABLE parts AS SELECT * FROM (VALUES ('All', 47), ('A', 12), ('B', 28), ('C', NULL)) AS t (race, n);
	CREATE TABLE shown AS SELECT * FROM (VALUES (NULL, 96, 43), ('A', 40, 20), ('B', 50, 21), ('C', 6, 2)) AS t (race, n, x);
	CREATE TABLE corrected AS SELECT * FROM (VALUES (NULL, 97), ('A', 41), ('B', 50), ('C', 6)) AS t (race, n);
	CREATE TABLE girls AS SELECT * FROM (VALUES ('f', 100)) AS t (sex, n);
	CREATE TABLE student AS SELECT 'x' AS school UNION ALL SELECT 'y' FROM generate_series(1, 12);
	CREATE TABLE scored AS SELECT 'A' AS race, 400 + i AS score FROM generate_series(1, 437) AS i;
	GRANT SELECT ON ALL TABLES IN SCHEMA public TO analyst;
	SET ROLE analyst;
	SET search_path = district, gapstats;
	SELECT create_ledger('races');
	SELECT publish_release('races', 'races', 'the board', 'enrolled', '2025-10-01', 'public.shown', '{race}', '{"n": "count"}');
	SELECT publish_release('races', 'reported', 'the board', 'reported', '2025-10-01', $$VALUES (NULL, 438)$$, '{column1}', '{"students of score": {"column": "column2"}}');});
my $races = q{ledger => 'races', population => 'enrolled', as_of => '2025-10-01'};
for my $case (
	[ q{suppress('wrong', '{race}', '{"n": "count"}')}, 'it is 51, but by race it adds up to 50' ],
	[
		q{suppress('left_one', '{month}', '{"n": {"leaving": "month"}, "score": {"kind": "mean", "of": "n", "leaving": "month"}}', published => 'left_one', published_is => 'out')},
		'month 2025-10, 431.2 of 11' ],
	[ q{suppress('one_student', '{race, sex}', '{"n": "count"}', published => 'SELECT * FROM one_student WHERE race IS NULL OR sex IS NULL', published_is => 'out')}, 'The one student of race A, sex f' ],
	[ q{suppress('twice', '{race}', '{"n": "count"}')}, '437 in one of them and 438' ],
	[
		q{create_report('reported', 'public.scored', '{"s": {"score": "score", "direction": "higher"}}', '{race}', options => '{"suppress": true, "release": {"ledger": "races", "audience": "all", "population": "reported", "as_of": "2025-10-01"}}')},
		'438 in one of them and 437' ],
	[ q{suppress('rated', '{race}', '{"n": "count", "percent": {"kind": "percent", "of": "n"}}')}, '17.3 of 61' ],
	[ q{suppress('averaged', '{race}', '{"n": "count"}')}, '7.25' ],
	[ q{publish_release('ledger', 'parts', 'the board', 'enrolled', '2025-11-01', 'parts', '{race}', '{"n": "count"}', totals => '{"race": "All"}')}, '(47) less what is shown of it by race (12 A + 28 B)' ],
	[ q{publish_release('races', 'other', 'the board', 'enrolled', '2025-10-01', 'corrected', '{race}', '{"n": "count"}')}, '96 in one of them and 97' ],
	[ q{publish_extract('ledger', 'partner', 'university', 'enrolled', '2025-12-01', 'student', '{school}')}, 'school x: k = 1' ],
	[ q{suppress('corrected', '{race}', '{"n": "count"}', } . "$races)", '96 in one of them and 97' ],
	[ q{suppress('shown', '{race}', '{"n": "count", "x": {"of": "n"}}', } . "$races)", 'another shows it: 6' ],
	[ q{suppress('girls', '{sex}', '{"n": "count"}', incomplete => '{sex}', } . "$races)", '96' ])
{
	my ($call, $told) = @$case;

	truncate($node->logfile, 0);
	($status, $out, $error) = $node->psql('copy', 'SET ROLE analyst; SET search_path = district, gapstats, public; SELECT ' . $call);
	like($error, qr/\Q$told\E/, "a client is told: $told");
	my $log = slurp_file($node->logfile) =~ s/^\S+ \S+ \S+ \[\d+\] //gmr;	# when, and by whom, may be the same digits
	unlike($log, qr/\Q$told\E/, '... and the log is not');
	like($log, qr/ERROR: .*\n.*It is told to the client only/, '... but that there is something');
}

# Nor is any error that tells a number of a cell written otherwise: those of C have a detail for the log, and those of PL/pgSQL
# whose detail is more than fixed words are of refuse_privately().
my @written;
for my $file (glob 'src/{disclosure,suppression,ledger}/*.c')
{
	my $text = slurp_file($file);

	while ($text =~ /\b(ereport\(.*?\);)\n/gs)
	{
		my $call = $1;
		my ($message) = split /errdetail/, $call;

		push @written, "$file: $call" if $message =~ /NumberText\((?!quantity->step)|Words\(|BecauseOf|\bbecause\b/
			|| $call =~ /NumberText\((?!quantity->step)|Words\(|BecauseOf|\bbecause\b/ && $call !~ /errdetail_log\(DETAIL_IN_LOG\)/;
	}
}
for my $file (glob 'src/ledger/*.sql')
{
	push @written, map { "$file: $_" } slurp_file($file) =~ /\bDETAIL = (?!'|format\('There are no tables|format\('This version)\N*/g;
}
is_deeply(\@written, [], 'so is every other');

$node->stop;
done_testing();
