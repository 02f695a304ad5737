# make demo, as it is typed: what it shows of a watch list, an escalation, a held run and the
# sheet; that pg_cron refreshes it, as its owner; a roll-up that follows corrections; the page, and the line that opens it; and that
# make demo-stop leaves nothing. And how long that list takes to be restored.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

# It would be ended. (make test has a copy of the sources, and none there.)
plan skip_all => 'a demo is up here' if -l 'demo/cluster';

# What a make that runs this test was told is not for the one here. npm is not asked for charts,
# which test/t/chart.pl has.
delete @ENV{ grep { /^(MAKE|MF|REGRESS|ISOLATION|TAP_TESTS|PROVE_TESTS|COPT|PG(HOST|PORT|USER|DATABASE))/ } keys %ENV };
@ENV{qw(npm_config_registry npm_config_fetch_retries)} = ('http://127.0.0.1:9', 0);

my ($shown, $error) = ('', '');
my $demo = IPC::Run::start([ 'demo/run' ], '<', \undef, '>', \$shown, '2>', \$error, IPC::Run::timeout(10 * $PostgreSQL::Test::Utils::timeout_default));
END { system('demo/stop') if defined $demo && -l 'demo/cluster' }

# A statement in its database
sub query
{
	my ($sql, $database) = @_;
	my ($out, $err) = ('', '');
	IPC::Run::run([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-h', readlink('demo/cluster'), '-U', 'postgres', $database // 'star' ], '<', \$sql, '>', \$out, '2>', \$err) or die $err;
	return $out =~ s/\n\z//r;
}

sub comes
{
	my ($sql) = @_;
	for (1 .. 4 * $PostgreSQL::Test::Utils::timeout_default)
	{
		return 1 if query($sql) eq 't';
		sleep 0.25;
	}
	return 0;
}

# Where it begins to wait for pg_cron, so does the page of doc/chart.md, with what is there for
# every minute
eval { $demo->pump until $shown =~ /Waiting for pg_cron/ || !$demo->pumpable };
like($shown, qr/Waiting for pg_cron/, 'it comes to where it waits for pg_cron') or BAIL_OUT("$shown$error");
my ($every_night) = grep { /cron\.schedule/ } slurp_file('doc/chart.md') =~ /^```sql\n(.*?)^```\n/msg;
query($every_night =~ s/'30 5 \* \* \*'/'* * * * *'/r);
ok($demo->finish, 'make demo') or diag($error);

# As psql prints it unaligned, and without heads of tables: each \echo is a heading, and what it
# speaks of stands below
$shown =~ s/^ +| +$//gm;
$shown =~ s/ +\| */|/g;
$shown =~ s/^.*\n-[-+]*\n//gm;
$shown =~ s/^\n//gm;
my ($sheet, $escalation, $held, $accepted) = map { my ($below) = $shown =~ /^\Q$_\E.*\n((?:.*\|.*\n)+|\d+\n(?:.*\|.*\n)+)/m; $below // '' }
	'Attendance of Friday comes', 'A counsellor calls', 'A third of the schools', 'It is true';
like($sheet, qr/\A(succeeded)(\|\d+){4}\n(\d+\|(169229|244806)\|(watch|at risk)\|(flagged|escalated|new reason)\|.*absent on \d.*\n)+\z/, 'the sheet has who is new or worse, and the reasons in words');
like($escalation, qr/^flagged\|watch\|.*\n(.*\n)*escalated\|at risk\|.*severe/m, 'who was called gets worse, which is a new alarm');
like($held, qr/^held\|students: 0 come and \d+ go, of 6325.*\|.*refresh_watch_list\('.*', accept => \d+\);$/m, 'an export without a third of the schools is held');
like($shown, qr/^A third of the schools.*\nheld.*\n6325$/m, 'and the list stands');
my ($run) = $held =~ /accept => (\d+)/;
like($accepted, qr/^$run\|succeeded\|\d+\|\d+\|\d+$/m, 'what that run found is published');
is(query(q{SET search_path = gapstats; SELECT * FROM gapstats_internal.disagreement('star.kindergarten_watch')}), '', 'the parts of the list agree');

like($shown, qr/^Refreshed by pg_cron.*\n.*\|succeeded\|CALL\|CALL gapstats.run_watch_list\('star.kindergarten_watch'\)$/m, 'pg_cron refreshes it, as its log says');
like($shown, qr/^1985-11-08\|\d+\|\d+$/m, 'and who stood where on the last day');

# By hand: 18 and 17 of 180 days, a day that goes from one to the other, and then from her, too
my ($before, $moved, $after) = map { my ($below) = $shown =~ /^\Q$_\E.*\n((?:\d+\|.*\n)+)/m; $below // '' } 'Two children of one school', 'The record is corrected', 'And again';
like($before, qr/\A10961\|18\|180\|0\.1000\|t\n15328\|17\|180\|0\.0944\|f\n54\|13\n\z/, 'exactly 10% is chronic, and a day less is not');
is($moved, "10961|17|180|0.0944|f\n15328|18|180|0.1000|t\n", 'the roll-up follows a record that is corrected');
is($after, "10961|17|180|0.0944|f\n15328|17|180|0.0944|f\n54|12\n", 'and one that is taken away');
like($shown, qr/^The days of all.*\n0\nexact\|\d+$/m, 'and is proved');
is(query(q{SELECT count(*) FROM star.days_absent d FULL JOIN (SELECT student_id, dayset(day) AS days FROM star.absence GROUP BY student_id) a USING (student_id) WHERE d.days IS DISTINCT FROM a.days}), '0', '... by a query of our own, too');

ok(comes(q{SELECT EXISTS (SELECT FROM cron.job_run_details WHERE status = 'succeeded' AND command ~ 'report_page')}), 'pg_cron writes the page');
like(query(q{SET ROLE principals; SELECT html FROM pages.page WHERE name = 'district'}), qr{\A<!DOCTYPE html>.*<caption.*</html>\s*\z}s, '... which those whom it is for read');

# The district on one page; test/t/chart.pl looks at it in a browser
my ($file) = $shown =~ /^The district on one page .*Open it with\n\s*xdg-open (\S+)$/m;
ok(defined $file && -f $file, 'the line that opens the page names it') or BAIL_OUT($shown);
my $page = slurp_file($file);
like($page, qr{\A<!DOCTYPE html>.*</html>\s*\z}s, 'a page');
is(scalar(() = $page =~ /<section /g), 6, '... of six charts');
is(scalar(() = $page =~ /<caption /g), 6, '... each with its table');
unlike($page, qr/Nothing (to show|can be shown)/, '... none of them empty');
my ($schools) = $page =~ /<h2[^>]*>[^\n]*free lunch against none, in every school.*?(\d+) gaps/s;
is($schools, 79, '... and every school in it');
like($page, qr/This page shows groups of fewer than 10 students, in: [^\n]*in every school/, '... of few, too, which it says');

# The line that it gives to explore it
my ($folder) = $shown =~ /^\s*psql -h (\S+) -U postgres star$/m;
is($folder, readlink('demo/cluster'), 'the line that explores it names the server');

# It is to take 5 seconds at most on two idle cores, which a test cannot ask for
my @connection = ('-h', $folder, '-U', 'postgres');
my $dump = PostgreSQL::Test::Utils::tempdir . '/dump';
query('CREATE DATABASE restored');
query('CREATE EXTENSION gapstats', 'restored');
command_ok([ 'pg_dump', @connection, '-Fc', '-n', 'star', '-f', $dump, 'star' ], 'pg_dump');
my $began = time;
command_ok([ 'pg_restore', @connection, '--exit-on-error', '-d', 'restored', $dump ], 'pg_restore');
note(sprintf 'the list and its sources were restored in %.1f s', time - $began);
my $list = 'SELECT * FROM star.kindergarten_watch ORDER BY student_id';
is(query($list, 'restored'), query($list), 'the list is there');

my ($server) = slurp_file("$folder/data/postmaster.pid") =~ /^(\d+)$/m;
command_ok([ 'demo/stop' ], 'make demo-stop');
ok(!-e $folder && !-l 'demo/cluster' && !kill(0, $server), '... leaves nothing');

done_testing();
