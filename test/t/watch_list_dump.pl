# pg_dump and restore bring back a watch list with its rules, history and grants, and the next
# refresh works; DROP EXTENSION leaves nothing broken behind.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('district');
$node->init;
$node->start;

$node->safe_psql('postgres',
	'CREATE DATABASE warehouse; CREATE ROLE analyst LOGIN; CREATE ROLE teacher LOGIN; CREATE ROLE partner LOGIN');
$node->safe_psql(
	'warehouse', q{
	CREATE EXTENSION gapstats;
	CREATE SCHEMA district AUTHORIZATION analyst;
	GRANT USAGE ON SCHEMA district TO PUBLIC;
	SET ROLE analyst;
	SET search_path = district, gapstats;
	CREATE TABLE students (student_id integer PRIMARY KEY, name text, school text, teacher text);
	INSERT INTO students SELECT i, 'Student ' || i, 'School ' || i % 3, 'teacher' FROM generate_series(1, 90) AS i;
	CREATE TABLE absences (student_id integer, day date);
	INSERT INTO absences SELECT student_id, as_of() - n FROM students, generate_series(1, student_id % 10) AS n;
	CREATE FUNCTION days_absent(student integer) RETURNS bigint LANGUAGE sql STABLE
		RETURN (SELECT count(*) FROM district.absences WHERE student_id = student AND day <= gapstats.as_of());});

sub as
{
	my ($role, $database, $sql) = @_;
	return $node->safe_psql($database, "SET ROLE $role; SET search_path = district, gapstats; $sql");
}

# the students query groups by the primary key, which pg_dump creates after the data
as('analyst', 'warehouse', q{
	SELECT create_watch_list('list', 'SELECT s.student_id, s.name, s.school, s.teacher, count(a.day) AS ever
		FROM students s LEFT JOIN absences a USING (student_id) GROUP BY s.student_id', 'points', 2, 1);
	SELECT add_rule('list', 'absence', 'SELECT student_id, days_absent(student_id) FROM students', '>=', 8, 'Absent {value} days', points => 2);
	SELECT add_rule('list', 'odd', 'SELECT student_id, student_id % 2 FROM students', '=', 1, 'Odd');
	SELECT change_rule('list', 'absence', threshold => 9);
	SELECT switch_rule('list', 'odd', false);
	SELECT add_rule('list', 'gone', 'SELECT student_id, 0 FROM students', '=', 1, 'Gone');
	SELECT drop_rule('list', 'gone');
	SELECT share_watch_list('list', viewer_column => 'teacher');
	SELECT publish_counts('list', 'school', 3);
	SELECT grant_watch_list('list', 'follow up', 'teacher'), grant_watch_list('list', 'counts', 'partner');
	GRANT SELECT ON list_runs TO partner;
	INSERT INTO list_words VALUES ('es', 'rule', 'absence', 'Faltó {value} días');
	SELECT refresh_watch_list('list');
	UPDATE list_flags SET since = '2020-01-01', flagged_at = '2020-01-01';
	SELECT refresh_watch_list('list');});
as('teacher', 'warehouse', q{SELECT check_in('list', '9', 'Called home')});

# Everything that one sees of the list
sub shown
{
	my ($database) = @_;
	my $out = as('analyst', $database, q{
		TABLE list_settings; TABLE list_rules ORDER BY rule, version; TABLE list_flags ORDER BY flag; TABLE list_check_ins; TABLE list_words ORDER BY words;
		TABLE list_events ORDER BY happened_at, flag; TABLE list_reasons ORDER BY student_id, rule; TABLE list ORDER BY student_id;
		TABLE list_counts ORDER BY group_value; TABLE list_overdue ORDER BY flag;
		SELECT relname, relkind, pg_get_userbyid(relowner), relacl, reloptions FROM pg_class
		WHERE relnamespace = 'district'::regnamespace AND relname LIKE 'list%' ORDER BY relname;
		SELECT attrelid::regclass, attname, attacl FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid IN (
			SELECT oid FROM pg_class WHERE relnamespace = 'district'::regnamespace) ORDER BY 1, 2;
		SELECT oid::regclass, gapstats_internal.is_watch_list(oid) FROM pg_class WHERE relname = 'list'});
	$out =~ s/\d+ days? \d\d:\d\d:\d\d[.\d]*//g;    # how long flags have been waiting
	$out .= as('teacher', $database, q{TABLE list_mine ORDER BY student_id; SELECT * FROM student_profile('list', '9', 'es')});
	return $out . as('partner', $database, 'TABLE list_counts ORDER BY group_value; SELECT count(*) FROM list_runs');
}

my $before = shown('warehouse');
like($before, qr/Absent 9 days.*2020-01-01/, 'there is something to bring back');

my $dump = $node->basedir . '/dump';
for my $format ('custom', 'plain')
{
	my $database = "restored_$format";
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->command_ok([ 'pg_dump', '--format', $format, '--file', "$dump.$format", $node->connstr('warehouse') ], "pg_dump, $format");
	$node->command_ok(
		$format eq 'custom'
		? [ 'pg_restore', '--exit-on-error', '--dbname', $node->connstr($database), "$dump.$format" ]
		: [ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$dump.$format", $node->connstr($database) ],
		"restore, $format");
	is(shown($database), $before, 'everything is back, with its owner and grants');

	# and goes on
	is(as('analyst', $database, q{SELECT status, students, flagged, newly_flagged, cleared FROM refresh_watch_list('list')}),
		'succeeded|90|9|0|0', 'the next refresh works, and flags nobody a second time');
	as('analyst', $database, q{DELETE FROM absences WHERE student_id = 9; INSERT INTO absences SELECT 10, as_of() - n FROM generate_series(1, 9) AS n});
	is(as('analyst', $database, q{SELECT status, newly_flagged, cleared FROM refresh_watch_list('list')}), 'succeeded|1|1', 'new flags have their numbers');
	is(as('analyst', $database, q{SELECT switch_rule('list', 'odd', true), change_rule('list', 'absence', threshold => 5); SELECT status FROM refresh_watch_list('list')}),
		"3|3\nsucceeded", 'rules change');
	like(as('teacher', $database, q{SELECT check_in('list', '10')}), qr/^\d+$/, 'check-ins go on');
}

# the owner alone can dump the schema, too
$node->command_ok([ 'pg_dump', '-n', 'district', '-U', 'analyst', '--file', "$dump.owner", $node->connstr('warehouse') ], 'pg_dump as the owner');

# DROP EXTENSION
my ($status, $out, $err) = $node->psql('warehouse', 'DROP EXTENSION gapstats');
like($err, qr/cannot drop extension gapstats because other objects depend on it/, 'not while a list is in use');
as('analyst', 'warehouse', q{SELECT drop_watch_list('list')});
is($node->safe_psql('warehouse', q{DROP FUNCTION district.days_absent; DROP EXTENSION gapstats;
	SELECT count(*) FROM pg_class WHERE relname LIKE 'list%'; SELECT count(*) FROM pg_proc WHERE pronamespace = 'gapstats'::regnamespace}),
	"0\n0", 'after the lists it goes without a trace');

# CASCADE takes what depends on the extension, and leaves what people wrote
$node->safe_psql('restored_plain', 'DROP EXTENSION gapstats CASCADE');
is($node->safe_psql('restored_plain', q{SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
	WHERE relnamespace = 'district'::regnamespace AND relkind IN ('r', 'm', 'v') AND relname LIKE 'list%'}),
	'list_access list_check_ins list_events list_flags list_overdue list_rule_odd list_rules list_runs list_settings list_students list_words', 'CASCADE leaves the tables and what reads only them');
is($node->safe_psql('restored_plain', 'SELECT count(*) > 0 FROM district.list_flags; SELECT count(*) FROM district.list_students'), "t\n90", 'which work');

$node->stop;
done_testing();
