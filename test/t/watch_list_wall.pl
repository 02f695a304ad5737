# What the regression tests of the watch list's security cannot say: locks that others hold,
# what is printed, prepared transactions, parallel workers and 100,000 students
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = PostgreSQL::Test::Cluster->new('district');
$node->init;
$node->append_conf('postgresql.conf', 'max_prepared_transactions = 2');
$node->start;

$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION gapstats;
	CREATE ROLE analyst;
	CREATE ROLE teacher LOGIN;
	CREATE ROLE mallory;
	CREATE SCHEMA district AUTHORIZATION analyst;
	CREATE SCHEMA loot AUTHORIZATION mallory;
	GRANT USAGE ON SCHEMA district TO PUBLIC;
	SET ROLE analyst;
	SET search_path = district, gapstats;
	CREATE TABLE students AS SELECT i AS student_id, CASE WHEN i % 3300 = 0 THEN 'teacher' ELSE 'teacher ' || i % 3000 END AS teacher FROM generate_series(1, 100000) AS i;
	CREATE TABLE marks AS SELECT student_id, student_id % 10 AS mark FROM students;
	SELECT create_watch_list('list', 'SELECT student_id, teacher FROM students');
	SELECT add_rule('list', 'secret rule', 'SELECT student_id, mark FROM marks', '>=', 0, 'Mark {value}');
	SELECT share_watch_list('list', viewer_column => 'teacher');
	SELECT grant_watch_list('list', 'follow up', 'teacher');
	SELECT refresh_watch_list('list');});
$node->safe_psql('postgres', 'VACUUM ANALYZE');

# A teacher with 30 of 100,000 students reads them; how fast they may be read is bench's to say.
my $times = $node->safe_psql(
	'postgres', q{
	SET ROLE teacher;
	SET search_path = district, gapstats;
	CREATE TEMPORARY TABLE took (view text, milliseconds double precision);
	DO $$
	DECLARE
		v text;
		n integer;
		t timestamptz;
	BEGIN
		FOR i IN 1..5 LOOP
			FOREACH v IN ARRAY '{list_mine,list_my_reasons,list_my_flags,list_my_check_ins}'::text[] LOOP
				t := clock_timestamp();
				EXECUTE 'SELECT count(*) FROM (SELECT * FROM ' || v || ' OFFSET 0) v' INTO n;
				INSERT INTO took VALUES (v || ' ' || n, 1000 * extract(epoch FROM clock_timestamp() - t));
			END LOOP;
		END LOOP;
	END $$;
	SELECT view, round(min(milliseconds)::numeric, 1) FROM took GROUP BY view ORDER BY view;});
note $times;
is(join(' ', $times =~ /^(\w+ \d+)\|/mg), 'list_mine 30 list_my_check_ins 0 list_my_flags 30 list_my_reasons 30', 'the teacher sees his own');

# With everything that a client may have printed switched on, nothing of what is done inside is.
# (Without a table in it, the statement itself prints none of their names.)
my ($out, $err);
$node->psql(
	'postgres', q{
	SET client_min_messages = debug5;
	SET debug_print_parse = on;
	SET debug_print_rewritten = on;
	SET debug_print_plan = on;
	SELECT gapstats.check_in('district.list', '3300', 'called');
	SELECT gapstats.check_in('district.list', '77');
	SELECT gapstats.student_profile('district.list', '3300');},
	stdout => \$out, stderr => \$err, extra_params => [ '-U', 'teacher' ]);
like($err, qr/parse tree/, 'statements are printed');
unlike($err, qr/list_(flags|alarms|viewers|current|queries|settings|check_ins)\b|secret rule/, 'but not those inside');

# A change that is prepared holds up nobody but those who change; a refresh steps aside.
($out, $err) = ('', '');
$node->psql('postgres', q{
	SET ROLE analyst;
	BEGIN;
	SELECT gapstats.change_settings('district.list', '{"lag_days": 0}');
	PREPARE TRANSACTION 'changing';
	SELECT current_user, current_setting('gapstats.caller') = '';}, stdout => \$out, stderr => \$err);
like($out, qr/analyst\|t/, 'a change can be prepared');
is($node->safe_psql('postgres', q{SET ROLE analyst; SELECT status FROM gapstats.refresh_watch_list('district.list')}), 'skipped', 'a refresh steps aside');
like($node->safe_psql('postgres', q{SET ROLE teacher; SELECT gapstats.check_in('district.list', '3300')}), qr/^\d+$/, 'a check-in does not wait');
$node->safe_psql('postgres', q{SET ROLE analyst; ROLLBACK PREPARED 'changing'});

# A refresh in the middle of a long dump, and check-ins in the middle of a refresh, do not wait.
my $other = $node->background_psql('postgres');
$other->query_safe('BEGIN; LOCK TABLE district.list_next IN ACCESS SHARE MODE');
is($node->safe_psql('postgres', q{SET lock_timeout = '5s'; SET ROLE analyst; UPDATE district.marks SET mark = 1 WHERE student_id = 3300; SELECT status FROM gapstats.refresh_watch_list('district.list')}),
	'succeeded', 'a refresh does not wait for a dump');
$other->query_safe('ROLLBACK; BEGIN; LOCK TABLE district.list_next');
like($node->safe_psql('postgres', q{SET lock_timeout = '5s'; SET ROLE teacher; SELECT gapstats.check_in('district.list', '3300')}), qr/^\d+$/, 'nor a check-in for a refresh');
$other->query_safe('ROLLBACK');

# Who looks at health waits for no stranger's locks.
my $locker = $node->safe_psql('postgres', 'SELECT quote_ident(session_user)');
$other->query_safe(
	q{SET ROLE mallory; CREATE TABLE loot.x_current (student_id integer); CREATE TABLE loot.x_settings (id integer);
	SELECT gapstats.create_watch_list('loot.held', 'SELECT 1 AS student_id')});
$other->query_safe('BEGIN; LOCK TABLE loot.x_current, loot.x_settings, loot.held_runs');
my $began = time;
is($node->safe_psql('postgres', q{SET ROLE analyst; SELECT list FROM gapstats.watch_list_health}), 'district.list', 'an owner sees his own');
cmp_ok(time - $began, '<', 2, 'at once');
is($node->safe_psql('postgres', q{SELECT list, problem FROM gapstats.watch_list_health WHERE state = 'broken' AND list = 'loot.held'::regclass}),
	"loot.held|no answer within 3 seconds: locked by $locker", 'and a superuser is told who keeps him waiting');
$other->query_safe('ROLLBACK');

# Nor does he wait for longer if the stranger has more lists: 6 of them would take 18 seconds.
$other->query_safe("SELECT gapstats.create_watch_list('loot.held' || i, 'SELECT 1 AS student_id') FROM generate_series(1, 6) AS i");
$other->query_safe('BEGIN; ' . join('', map { "LOCK TABLE loot.held${_}_settings;" } 1 .. 6));
$began = time;
is( $node->safe_psql(
		'postgres', qq{
	SELECT count(*) FROM gapstats.watch_list_health
	WHERE owner = 'mallory' AND problem ~ '^no answer .*: locked by $locker\$' AND fix ~ '^by hand: see what keeps it locked, .* pid IN .\\d+.;\$'}),
	6, 'nor for each of many lists');
cmp_ok(time - $began, '<', 9, 'as long as for one');
$other->query_safe('ROLLBACK');
$other->quit;

# Parallel workers watch as their leader does.
is( $node->safe_psql(
		'postgres', q{
	CREATE FUNCTION public.run(statement text) RETURNS integer LANGUAGE plpgsql PARALLEL SAFE AS $$ DECLARE n integer; BEGIN EXECUTE statement INTO n; RETURN n; END $$;
	SET ROLE mallory;
	GRANT USAGE ON SCHEMA loot TO PUBLIC;
	CREATE FUNCTION loot.take() RETURNS integer LANGUAGE sql PARALLEL SAFE AS 'SELECT 1';
	SET ROLE analyst;
	SET search_path = district, gapstats;
	ALTER TABLE marks SET (parallel_workers = 2);
	SET parallel_setup_cost = 0;
	SET parallel_tuple_cost = 0;
	SET min_parallel_table_scan_size = 0;
	SET parallel_leader_participation = off;
	SET client_min_messages = error;
	SELECT add_rule('list', 'parallel', $r$SELECT student_id, mark + CASE WHEN mark = 9 THEN public.run('SELECT loot.take()') ELSE 0 END FROM marks$r$, '>', 100, 'x');
	SELECT status, error FROM refresh_watch_list('list');
	SELECT change_rule('list', 'parallel', query => $r$SELECT student_id, mark + CASE WHEN mark = 9 THEN public.run('SELECT 1') ELSE 0 END FROM marks$r$);
	SELECT status FROM refresh_watch_list('list');}),
	"1\nfailed|rule \"parallel\": function loot.take() belongs to mallory\n2\nsucceeded",
	'a worker runs no function of a stranger');

$node->stop;
done_testing();
