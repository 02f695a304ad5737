# A teacher who knows SQL, in a large district: what he is shown does not depend on others' students,
# and what the server's log would tell of them he is not sent. (Smaller districts are in a regression
# test.)
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('district');
$node->init;
$node->append_conf('postgresql.conf', "autovacuum = off\nshared_buffers = 512MB");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION gapstats');

my ($out, $err);
IPC::Run::run(
	[
		'psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-v', 'students=100000', '-v', 'thin=60',
		'-d', $node->connstr('postgres'), '-f', 'test/teacher.sql'
	], '>', \$out, '2>', \$err);
is($err, '', 'no error, and no row of others came before his eyes');
my ($before, $after, @shown) = split /\n/, $out;
is($before, 'succeeded|t|t|t', 'others stand otherwise');
is($after, 'succeeded|t|t|t', 'and again');
is(shift @shown, 't|t|t|t', 'much is asked in many ways');
is(pop @shown, 't', 'what becomes of his own is seen');
is(pop @shown, '1', '(one of them is flagged)');
is(join("\n", @shown), '', 'nothing of others is');

# His own plan is sent to him if he wants it, if the server logs plans; what is behind the views is not.
$node->psql(
	'postgres', q{
	LOAD 'auto_explain';
	SET auto_explain.log_min_duration = 0;
	SET auto_explain.log_analyze = on;
	SET auto_explain.log_nested_statements = on;
	SET ROLE regress_teacher;
	SET search_path = district;
	SET client_min_messages = log;
	SET trace_sort = on;
	SELECT count(*) FROM list_my_sheet;
	SELECT count(*) FROM list_my_reasons;
	SELECT count(*) FROM gapstats.student_profile('list', (SELECT min(student_id)::text FROM list_mine));},
	stdout => \$out, stderr => \$err);
like($err, qr/Function Scan on own_rows/, 'plans are sent');
unlike($err, qr/(on|using) list_|(begin|performing) \w+ sort/, 'but not those of what is behind the views');
like(slurp_file($node->logfile), qr/list_viewers_pkey/, 'those are in the log');

# A notification says that something changed, and when.
my $listener = $node->background_psql('postgres');
$listener->query_safe('SET ROLE regress_teacher; LISTEN gapstats_watch_list');
$node->safe_psql(
	'postgres', q{
	SET ROLE regress_owner;
	SET search_path = district, gapstats;
	UPDATE students SET mark = 9 - mark WHERE student_id % 1000 = 77;
	SELECT refresh_watch_list('list');});
like($listener->query_safe('SELECT 1'), qr/"gapstats_watch_list" with payload "\{"list" : "district\.list", "at" : "[-0-9T:.+Z]+"\}"/, 'a notification says no more than that something changed');
$listener->quit;

$node->stop;
done_testing();
