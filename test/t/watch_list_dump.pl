# A watch list that is restored from a dump, elsewhere or here, is there at once as it was
# dumped; it is held and silent until its owner says go. A standby has it to read.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('district');
$node->init(allows_streaming => 1);
$node->append_conf('postgresql.conf', q{
	max_wal_senders = 10
	hot_standby = on});
$node->start;
my $roles = 'CREATE ROLE analyst LOGIN; CREATE ROLE teacher LOGIN; CREATE ROLE partner LOGIN; CREATE ROLE successor LOGIN';
$node->safe_psql('postgres', "CREATE DATABASE warehouse; $roles");
$node->safe_psql(
	'warehouse', q{
	CREATE EXTENSION gapstats;
	CREATE SCHEMA sis AUTHORIZATION analyst;
	CREATE SCHEMA district AUTHORIZATION analyst;
	GRANT USAGE ON SCHEMA sis, district TO PUBLIC;
	SET ROLE analyst;
	SET search_path = sis, gapstats;
	CREATE TABLE students (student_id integer PRIMARY KEY, name text, school text, teacher text);
	INSERT INTO students SELECT i, 'Student ' || i, 'School ' || i % 3, 'teacher' FROM generate_series(1, 90) AS i;
	CREATE TABLE absences (student_id integer, day date);
	INSERT INTO absences SELECT student_id, as_of() - n FROM students, generate_series(1, student_id % 10) AS n;
	CREATE FUNCTION days_absent(student integer) RETURNS bigint LANGUAGE sql STABLE
		RETURN (SELECT count(*) FROM sis.absences WHERE student_id = student AND day <= gapstats.as_of());});

# As a role, in a database, which may be of another server
sub as
{
	my ($role, $where, $sql) = @_;
	my ($server, $database) = ref $where ? @$where : ($node, $where);
	return $server->safe_psql($database, "SET ROLE $role; SET search_path = district, sis, gapstats; $sql");
}

# What psql says of it
sub says
{
	my ($role, $where, $sql) = @_;
	my ($server, $database) = ref $where ? @$where : ($node, $where);
	my ($status, $out, $err) = $server->psql($database, "SET ROLE $role; SET search_path = district, sis, gapstats; $sql");
	return "$out$err";
}

# the students query groups by the primary key, which pg_dump creates after the data
as('analyst', 'warehouse', q{
	SELECT create_watch_list('list', 'SELECT s.student_id, s.name, s.school, s.teacher, count(a.day) AS ever
		FROM students s LEFT JOIN absences a USING (student_id) GROUP BY s.student_id', 'points', 2, 1, days_query => 'SELECT day FROM absences');
	SELECT add_rule('list', 'absence', 'SELECT student_id, days_absent(student_id) FROM students', '>=', 8, 'Absent {value} days', points => 2, clear_at => 7);
	SELECT add_rule('list', 'odd', 'SELECT student_id, student_id % 2 FROM students', '=', 1, 'Odd', applies_to => 'student_id > 0');
	SELECT change_rule('list', 'absence', threshold => 9);
	SELECT switch_rule('list', 'odd', false);
	SELECT add_rule('list', 'gone', 'SELECT student_id, 0 FROM students', '=', 1, 'Gone');
	SELECT drop_rule('list', 'gone');
	SELECT change_settings('list', '{"calendar": "{2025-09-01..2026-06-30}"}');
	SELECT share_watch_list('list', viewer_column => 'teacher');
	SELECT publish_counts('list', 'school', 3), publish_counts('list', 'teacher', 5);
	SELECT grant_watch_list('list', 'follow up', 'teacher'), grant_watch_list('list', 'counts', 'partner');
	GRANT SELECT ON list_runs TO partner;
	INSERT INTO list_words (language, kind, name, words) VALUES ('es', 'rule', 'absence', 'Faltó {value} días');
	CALL run_watch_list('list');
	UPDATE list_flags SET since = '2020-01-01', flagged_at = '2020-01-01';
	UPDATE list_current SET since = '2020-01-01' WHERE since IS NOT NULL;
	REFRESH MATERIALIZED VIEW list;
	INSERT INTO absences SELECT 8, as_of() - 20;
	CALL run_watch_list('list');});
as('teacher', 'warehouse', q{
	SELECT check_in('list', '9', 'Called home'), check_in('list', '19', 'Not for everybody', is_restricted => true);
	SELECT assign_student('list', '9', 'teacher', current_date + 60), snooze_student('list', '29', current_date + 20, 'In hospital'),
		start_intervention('list', '9', 'Tutoring', 2), start_intervention('list', '19', 'Breakfast', provided_by => 'PTA');
	SELECT end_intervention('list', 2, 'Eats well')});
as('analyst', 'warehouse', q{SELECT acknowledge_alarms('list', '{1, 3}')});

# by the end of the day everything is otherwise, and a run is held
as('analyst', 'warehouse', q{UPDATE students SET name = 'New ' || student_id; DELETE FROM students WHERE student_id > 40});
like(says('analyst', 'warehouse', q{SELECT run, status FROM refresh_watch_list('list')}), qr/^3\|held.*students: 0 come and 50 go, of 90/s, 'a run is held');

# Everything that one sees of the list. How long somebody has been waiting, and what is overdue,
# is another thing at each moment.
my @parts = split /\n/, $node->safe_psql('warehouse', q{SELECT part FROM gapstats_internal.list_parts() WHERE part <> 'overdue'});

sub shown
{
	my ($where) = @_;
	my $out = as('analyst', $where, join(';', map { "SELECT '$_', r - 'is_overdue' FROM (SELECT to_jsonb(p) AS r FROM list_$_ AS p) AS r ORDER BY r" } @parts) . q{;
		TABLE list ORDER BY student_id; SELECT alarm FROM list_overdue ORDER BY alarm;
		SELECT relname, relkind, pg_get_userbyid(relowner), relacl, reloptions, obj_description(oid) FROM pg_class
		WHERE relnamespace = 'district'::regnamespace AND relname LIKE 'list%' ORDER BY relname;
		SELECT attrelid::regclass, attname, attacl, col_description(attrelid, attnum) FROM pg_attribute
		WHERE attnum > 0 AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'district'::regnamespace) ORDER BY 1, 2;
		SELECT gapstats_internal.list_base('list')});
	$out .= as('teacher', $where, q{TABLE list_mine ORDER BY student_id; TABLE list_my_flags; SELECT * FROM student_profile('list', '9', 'es')});
	return $out . as('partner', $where, 'TABLE list_counts ORDER BY group_value; SELECT count(*) FROM list_runs');
}

# Where that differs from what was dumped
sub differs
{
	my ($before, $after) = map { { map { $_ => 1 } split /\n/ } } @_;
	return join "\n", (map { "- $_" } grep { !$after->{$_} } sort keys %$before), map { "+ $_" } grep { !$before->{$_} } sort keys %$after;
}

my $before = shown('warehouse');
like($before, qr/Student 9.*2020-01-01/, 'there is something to bring back');
# the analyst has no students, every value can be compared, and nobody is newly at risk
my @empty = grep { /^(unusable|held|own|own_.*|mine|my_.*)$/ } @parts;
is(join(' ', grep { $before !~ /^$_\|/m } @parts), join(' ', @empty), 'there is something in every other part');
is(as('analyst', 'warehouse', q{SELECT count(*), min(name) FROM list}), '90|Student 1', 'what is in the list is no longer in its sources');

my $copy = 'this is a copy: the list was made in another database';

# Held, silent and off schedule, until its owner says go
sub is_held
{
	my ($where, $name, $owner) = @_;
	is(as($owner, $where, 'SELECT state, problem, fix FROM watch_list_health'), "held|$copy|by hand: if it is to go on as it is: SELECT gapstats.resume_watch_list('district.list');", "$name: health says so");
	my $said = says($owner, $where, q{LISTEN gapstats_watch_list; SELECT status FROM refresh_watch_list('list')});
	like($said, qr/^held.*WARNING:  run 4 of watch list "district.list" is held: $copy\nHINT:  .*resume_watch_list\('district\.list'\);$/s, "$name: it is held");
	unlike($said, qr/Asynchronous notification/, "$name: not a word to who listens");
	like(says($owner, $where, q{CALL run_watch_list('list')}), qr/ERROR:  run 5 of watch list "district.list" held: $copy\nHINT:  .*resume_watch_list\('district\.list'\);/, "$name: by whatever calls it");
	for my $run (3, 4)
	{
		like(says($owner, $where, "SELECT status FROM refresh_watch_list('list', accept => $run)"),
			qr/ERROR:  watch list "district.list" is held: $copy\nHINT:  To let it go on: SELECT gapstats.resume_watch_list\('district\.list'\);/, "$name: run $run cannot be accepted");
	}
	is(as($owner, $where, 'SELECT count(*) FROM list_alarms WHERE run > 2'), 0, "$name: no alarms");
	is(as($owner, $where, 'SELECT count(*), min(name), max(as_of) = (SELECT max(as_of) FROM list_runs WHERE run = 2) FROM list, watch_list_health'), '90|Student 1|t', "$name: the list stands");
	as($owner, $where, q{SELECT resume_watch_list('list')});
}

# And goes on
sub goes_on
{
	my ($where, $name) = @_;
	is(as('analyst', $where, q{SELECT state FROM watch_list_health}), 'held', "$name: the run that was held is so still");
	is(as('analyst', $where, q{SELECT change_settings('list', '{"max_students_change": 1, "max_values_change": 1}'); SELECT status, students, flagged, newly_flagged, cleared FROM refresh_watch_list('list')}),
		"\nsucceeded|40|5|0|5", "$name: the next refresh works, and flags nobody a second time");
	is(as('analyst', $where, q{SELECT * FROM gapstats_internal.disagreement('list')}), '', "$name: the parts agree");
	as('analyst', $where, q{DELETE FROM absences WHERE student_id = 9; INSERT INTO absences SELECT 10, as_of() - n FROM generate_series(1, 9) AS n});
	is(as('analyst', $where, q{SELECT status, newly_flagged, cleared FROM refresh_watch_list('list')}), 'succeeded|1|1', "$name: new flags have their numbers");
	is(as('analyst', $where, q{SELECT switch_rule('list', 'odd', true), change_rule('list', 'absence', threshold => 8); SELECT status FROM refresh_watch_list('list')}),
		"3|3\nsucceeded", "$name: rules change");
	like(as('teacher', $where, q{SELECT check_in('list', '10')}), qr/^\d+$/, "$name: check-ins go on");
}

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
	is(differs($before, shown($database)), '', "restore, $format: everything is back, with its owner and grants");
	is_held($database, "restore, $format", 'analyst');
	goes_on($database, "restore, $format");
}

# without the sources, nothing can have been computed anew; and the owner alone may dump it
$node->safe_psql('postgres', 'CREATE DATABASE alone');
$node->safe_psql('alone', 'CREATE EXTENSION gapstats; GRANT CREATE ON DATABASE alone TO analyst');
$node->command_ok([ 'pg_dump', '-n', 'district', '-U', 'analyst', '--file', "$dump.alone", $node->connstr('warehouse') ], 'pg_dump of the list alone, as its owner');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-U', 'analyst', '-f', "$dump.alone", $node->connstr('alone') ], 'restore of the list alone');
is(as('analyst', 'alone', 'TABLE list ORDER BY student_id'), as('analyst', 'warehouse', 'TABLE list ORDER BY student_id'), 'it is there without its sources');

# a database that is copied as files
$node->safe_psql('postgres', 'CREATE DATABASE clone TEMPLATE warehouse');
is(differs($before, shown('clone')), '', 'a clone: everything is there');
is_held('clone', 'a clone', 'analyst');

# of another owner
$node->safe_psql('postgres', 'CREATE DATABASE handed_on');
$node->safe_psql('handed_on', 'GRANT CREATE ON DATABASE handed_on TO successor; CREATE EXTENSION gapstats');
$node->command_ok([ 'pg_dump', '--format', 'custom', '-n', 'sis', '-n', 'district', '--file', "$dump.schemas", $node->connstr('warehouse') ], 'pg_dump of the schemas');
$node->command_ok([ 'pg_restore', '--exit-on-error', '--no-owner', '--no-privileges', '--role', 'successor', '--dbname', $node->connstr('handed_on'), "$dump.schemas" ], 'restore --no-owner');
is_held('handed_on', 'restore --no-owner', 'successor');
is(as('successor', 'handed_on', q{SELECT change_settings('list', '{"max_students_change": 1, "max_values_change": 1}'); SELECT status, flagged FROM refresh_watch_list('list')}), "\nsucceeded|5", 'restore --no-owner: then it goes on');

# in the place of the list itself, as it was before
$node->command_ok([ 'pg_dump', '--format', 'custom', '-n', 'sis', '-n', 'district', '--file', "$dump.clone", $node->connstr('clone') ], 'pg_dump of the clone');
is(as('analyst', 'clone', q{SELECT gapstats_internal.held_because('list') IS NULL}), 't', 'restore --clean: it was not held before');
$node->command_ok([ 'pg_restore', '--exit-on-error', '--clean', '--dbname', $node->connstr('clone'), "$dump.clone" ], 'restore --clean');
like(says('analyst', 'clone', q{SELECT status FROM refresh_watch_list('list')}), qr/^held.*this is a copy: the list has been restored\nHINT:  .*resume_watch_list\('district\.list'\);$/s, 'restore --clean: it is held');
as('analyst', 'clone', q{SELECT resume_watch_list('list')});
goes_on('clone', 'restore --clean');

# or in its place
$node->safe_psql('restored_custom', 'REASSIGN OWNED BY analyst TO successor');
my $belonged = 'the list belonged to analyst, and its new owner has not accepted it';
is(as('successor', 'restored_custom', 'SELECT state, problem, fix FROM watch_list_health'), "held|$belonged|by hand: if it is to go on as it is: SELECT gapstats.resume_watch_list('district.list');", 'REASSIGN OWNED: health says so');
like(says('successor', 'restored_custom', q{SELECT status FROM refresh_watch_list('list')}), qr/^held.*$belonged\nHINT:  .*resume_watch_list\('district\.list'\);$/s, 'REASSIGN OWNED: it is held');
like(says('analyst', 'restored_custom', q{SELECT resume_watch_list('list')}), qr/must be owner of watch list "district\.list"/, 'REASSIGN OWNED: for the new owner to resume');
as('successor', 'restored_custom', q{SELECT resume_watch_list('list')});
is(as('successor', 'restored_custom', q{SELECT status FROM refresh_watch_list('list')}), 'succeeded', 'REASSIGN OWNED: then it goes on');

# another server
my $other = PostgreSQL::Test::Cluster->new('other');
$other->init;
$other->start;
$node->command_ok([ 'pg_dumpall', '--globals-only', '--file', "$dump.globals", '-d', $node->connstr('postgres') ], 'pg_dumpall of roles');
$node->command_ok([ 'pg_dump', '--create', '--file', "$dump.create", $node->connstr('warehouse') ], 'pg_dump --create');
command_ok([ 'psql', '-X', '-q', '-f', $_, $other->connstr('postgres') ], 'restored there') for "$dump.globals", "$dump.create";
my $there = [ $other, 'warehouse' ];
is(differs($before, shown($there)), '', 'another server: everything is there');
is_held($there, 'another server', 'analyst');
goes_on($there, 'another server');

# from test to production: the definition as text is all that goes there
my $definition = as('analyst', 'warehouse', q{SELECT export_watch_list('list')});
$other->safe_psql('postgres', 'CREATE DATABASE production');
$other->safe_psql('production', 'CREATE EXTENSION gapstats; CREATE SCHEMA district AUTHORIZATION analyst; GRANT USAGE ON SCHEMA district TO teacher');
$node->command_ok([ 'pg_dump', '-n', 'sis', '--file', "$dump.sis", $node->connstr('warehouse') ], 'pg_dump of the sources');
command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$dump.sis", $other->connstr('production') ], 'the sources are there');
my $production = [ $other, 'production' ];
is(as('analyst', $production, qq{SELECT import_watch_list('list', \$definition\$$definition\$definition\$)}), 'list', 'a definition is imported elsewhere');
is(as('analyst', $production, q{SELECT export_watch_list('list')}), $definition, 'where it is the same');
is(as('analyst', $production, q{SELECT state FROM watch_list_health}), 'never refreshed', 'and is not held');
is(as('analyst', $production, q{SELECT status, students, flagged FROM refresh_watch_list('list')}), 'succeeded|40|5', 'the list is that of what is there');
is(says('teacher', $production, q{SELECT count(*) FROM list_mine}) =~ s/.*(permission denied for view list_mine).*/$1/sr, 'permission denied for view list_mine', 'what was granted is for production to grant');
as('analyst', $production, q{SELECT grant_watch_list('list', 'read', 'teacher')});
is(as('teacher', $production, q{SELECT count(*) FROM list_mine}), 40, 'its viewers came along');
$other->stop;

# a standby has the list to read, and to be told how it is
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
my $replica = [ $standby, 'warehouse' ];
as('analyst', 'warehouse', q{SELECT change_settings('list', '{"max_students_change": 1, "max_values_change": 1}'); CALL run_watch_list('list')});
$node->wait_for_catchup($standby);
my %reads = (
	analyst => [ 'TABLE list ORDER BY student_id', 'TABLE list_reasons ORDER BY student_id, rule', 'TABLE list_events ORDER BY happened_at, student_id',
		'SELECT list, state, as_of, last_success, last_status, problem FROM watch_list_health', q{SELECT * FROM contact_rates('list')}, q{SELECT * FROM standings_on('list', current_date)} ],
	teacher => [ 'TABLE list_mine ORDER BY student_id', 'TABLE list_my_flags ORDER BY flag', q{SELECT * FROM student_profile('list', '9')} ],
	partner => ['TABLE list_counts ORDER BY group_value']);
for my $role (sort keys %reads)
{
	is(as($role, $replica, $_), as($role, 'warehouse', $_), "a standby: $role reads: $_") for @{ $reads{$role} };
}
my $refused = qr/ERROR:  watch list "district.list" cannot be refreshed on a standby\nHINT:  Refresh it on the primary server; the standby follows\./;
like(says('analyst', $replica, $_), $refused, "a standby: $_") for q{SELECT refresh_watch_list('list')}, q{SELECT refresh_watch_list('list', accept => 1)}, q{CALL run_watch_list('list')};
like(says('analyst', $replica, q{SELECT add_rule('list', 'x', 'SELECT student_id, 1 FROM sis.students', '=', 1, 'x')}), qr/in a read-only transaction/, 'a standby: rules stay as they are');
like(says('teacher', $replica, q{SELECT check_in('list', '9')}), qr/in a read-only transaction/, 'a standby: no contacts');

like(says('analyst', $replica, 'TABLE list_held'), qr/cannot access temporary or unlogged relations during recovery/, 'a standby: what a run found is not there');

# what runs on the primary is not lost because it does not run here
my $holder = $node->background_psql('warehouse');
$holder->query_safe('BEGIN; LOCK TABLE sis.students');
my $runner = $node->background_psql('warehouse', on_error_stop => 0);
$runner->query_until(qr/started/, "SET ROLE analyst;\n\\echo started\nCALL gapstats.run_watch_list('district.list');\n");
$node->poll_query_until('warehouse', q{SELECT EXISTS (SELECT FROM district.list_runs WHERE status = 'running')}) or die 'it does not run';
$node->wait_for_catchup($standby);
is(as('analyst', $replica, 'SELECT state FROM watch_list_health'), 'running', 'a standby: health says that it runs');
$node->stop('immediate');
eval { $_->quit } for $holder, $runner;
$standby->promote;
is(as('analyst', $replica, 'SELECT state, problem FROM watch_list_health'), 'failing|it was cut off', 'promoted: the run is lost');
is(as('analyst', $replica, q{SELECT status FROM refresh_watch_list('list')}), 'succeeded', 'promoted: the next one succeeds, without being asked');
is(as('analyst', $replica, q{SELECT * FROM gapstats_internal.disagreement('list')}), '', 'promoted: the parts agree');
$standby->stop;
$node->start;

# DROP EXTENSION
my ($status, $out, $err) = $node->psql('warehouse', 'DROP EXTENSION gapstats');
like($err, qr/cannot drop extension gapstats because other objects depend on it/, 'not while a list is in use');
as('analyst', 'warehouse', q{SELECT drop_watch_list('list')});
is($node->safe_psql('warehouse', q{DROP FUNCTION sis.days_absent; DROP EXTENSION gapstats;
	SELECT count(*) FROM pg_class WHERE relname LIKE 'list%'; SELECT count(*) FROM pg_proc WHERE pronamespace = 'gapstats'::regnamespace}),
	"0\n0", 'after the lists it goes without a trace');

# CASCADE takes what depends on the extension, and leaves what people wrote
$node->safe_psql('restored_plain', 'DROP EXTENSION gapstats CASCADE');
is($node->safe_psql('restored_plain', 'SELECT count(*) FROM district.list; SELECT count(*) > 0 FROM district.list_flags; SELECT count(*) > 0 FROM district.list_history'), "40\nt\nt", 'CASCADE leaves the list and its tables');

$node->stop;
done_testing();
