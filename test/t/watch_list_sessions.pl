# Eight sessions that use, change, share, drop and make the same lists: they wait for one
# another, or say why not, and never end in a deadlock or an internal error.
# GAPSTATS_SECONDS says for how long (20; CI says 60).
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seconds = $ENV{GAPSTATS_SECONDS} || 20;
my $seed = $ENV{GAPSTATS_SEED} || time;
srand($seed);
note "seed $seed";

my $node = PostgreSQL::Test::Cluster->new('district');
$node->init;
$node->append_conf('postgresql.conf', "max_connections = 30\ndeadlock_timeout = 200ms");
$node->start;

$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION gapstats;
	CREATE ROLE analyst;
	CREATE ROLE teacher;
	CREATE ROLE partner;
	CREATE SCHEMA district AUTHORIZATION analyst;
	GRANT USAGE ON SCHEMA district TO PUBLIC;
	SET ROLE analyst;
	SET search_path = district, gapstats;
	CREATE TABLE students AS SELECT i AS student_id, CASE WHEN i <= 30 THEN 'teacher' ELSE 'other' END AS teacher, i % 5 AS school FROM generate_series(1, 500) i;
	CREATE TABLE marks AS SELECT student_id, random() AS mark FROM students;
	CREATE PROCEDURE make(name text) LANGUAGE plpgsql AS $$
	BEGIN
		-- PostgreSQL enters a new relation's type, then its name, and renames in the other order:
		-- whoever makes a relation and who renames one to its name would wait for each other
		PERFORM pg_advisory_xact_lock(2);
		PERFORM gapstats.create_watch_list('district.' || name, 'SELECT * FROM district.students');
		PERFORM gapstats.add_rule(name::regclass, 'mark', 'SELECT student_id, mark FROM district.marks', '>=', 0.5, 'Mark {value}');
		PERFORM gapstats.change_settings(name::regclass, '{"change_floor": 1000}');
		PERFORM gapstats.share_watch_list(name::regclass, viewer_column => 'teacher');
		PERFORM gapstats.grant_watch_list(name::regclass, 'follow up', 'teacher');
	END $$;
	CREATE PROCEDURE rebuild() LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM pg_advisory_xact_lock(1);	-- two at once would wait for each other
		CREATE TABLE marks__tmp AS TABLE marks;
		ALTER TABLE marks RENAME TO marks__backup;
		ALTER TABLE marks__tmp RENAME TO marks;
		DROP TABLE marks__backup;
	END $$;
	CALL make('a');
	CALL make('b');
	SELECT refresh_watch_list('a'), refresh_watch_list('b');});

# Who does what, and how often beside the rest; the list is @, a number below 500 is #
my @statements = (
	[ analyst => 6, q{SELECT status FROM refresh_watch_list('@')} ],
	[ analyst => 6, q{CALL run_watch_list('@')} ],
	[ analyst => 4, q{UPDATE marks SET mark = random() WHERE student_id % 50 = # % 50} ],
	[ analyst => 2, q{SELECT add_rule('@', 'r' || # % 3, 'SELECT student_id, 1 - mark FROM district.marks', '>', 0.9, 'Mark {value}')} ],
	[ analyst => 2, q{SELECT change_rule('@', 'r' || # % 3, threshold => # / 500.0)} ],
	[ analyst => 1, q{SELECT switch_rule('@', 'r' || # % 3, # % 2 = 0)} ],
	[ analyst => 1, q{SELECT drop_rule('@', 'r' || # % 3)} ],
	[ analyst => 2, q{SELECT grant_watch_list('@', 'counts', 'partner')} ],
	[ analyst => 2, q{SELECT grant_watch_list('@', 'follow up', 'teacher')} ],
	[ analyst => 1, q{SELECT share_watch_list('@', viewer_column => 'teacher')} ],
	[ analyst => 1, q{BEGIN; SELECT unshare_watch_list('@'); SELECT share_watch_list('@', viewer_column => 'teacher'); SELECT grant_watch_list('@', 'follow up', 'teacher'); COMMIT} ],
	[ analyst => 1, q{SELECT publish_counts('@', 'school', 1)} ],
	[ analyst => 1, q{SELECT unpublish_counts('@')} ],
	[ analyst => 2, q{SELECT change_settings('@', '{"lag_days": 0}')} ],
	[ analyst => 2, q{SELECT change_students('@', 'SELECT *, student_id % 7 AS grade FROM district.students')} ],
	[ analyst => 2, q{SELECT change_students('@', 'SELECT * FROM district.students')} ],
	[ analyst => 2, q{ALTER MATERIALIZED VIEW b RENAME TO c; SELECT status FROM refresh_watch_list('c'); BEGIN; SELECT pg_advisory_xact_lock(2); ALTER MATERIALIZED VIEW c RENAME TO b; COMMIT; CALL run_watch_list('b')} ],
	[ analyst => 2, q{CALL rebuild()} ],
	[ analyst => 2, q{SELECT count(*) FROM preview_change('@', 'mark', threshold => # / 500.0)} ],
	[ analyst => 2, q{SELECT count(*) FROM explain_student('@', '#')} ],
	[ analyst => 1, q{SELECT count(*) FROM export_watch_list('@')} ],
	[ analyst => 1, q{SELECT acknowledge_alarms('@', ARRAY(SELECT alarm FROM @_outbox LIMIT 3))} ],
	[ analyst => 1, q{SELECT count(*) FROM capacity_plan('@', 10, 'school')} ],
	[ analyst => 1, q{SELECT count(*) FROM watch_list_as_of('@', current_date - 1)} ],
	[ analyst => 1, q{SELECT count(*) FROM preview_rule('@', 'SELECT student_id, mark FROM district.marks', '>', '{0.5}', 'school')} ],
	[ analyst => 1, q{SELECT count(*) FROM contact_rates('@', 'school')} ],
	[ analyst => 1, q{SELECT count(*) FROM standings_on('@', current_date)} ],
	[ analyst => 1, q{SELECT count(*) FROM audit_watch_list('@', 'SELECT student_id, mark > 0.7 FROM district.marks', 'school', as_of => current_date - 1)} ],
	[ analyst => 1, q{SELECT count(*) FROM calibrate_watch_list('@', 'SELECT student_id, mark > 0.7 FROM district.marks', 'school')} ],
	[ analyst => 1, q{SELECT refresh_watch_list('@', accept => max(run)) FROM @_runs} ],
	[ analyst => 1, q{SELECT resume_watch_list('@')} ],
	[ analyst => 1, q{SELECT repair_watch_list('@')} ],
	[ analyst => 1, q{DROP VIEW @_held; SELECT repair_watch_list('@')} ],
	[ analyst => 1, q{BEGIN; SELECT check_in('@', '#'); SELECT status FROM refresh_watch_list('@'); COMMIT} ],
	[ analyst => 1, q{SELECT drop_watch_list('b')} ],
	[ analyst => 3, q{CALL make('b')} ],
	[ teacher => 6, q{SELECT check_in('@', (# % 30)::text, 'called')} ],
	[ teacher => 3, q{SELECT count(*) FROM @_mine} ],
	[ teacher => 3, q{SELECT count(*) FROM @_my_reasons} ],
	[ teacher => 3, q{SELECT count(*) FROM @_my_flags JOIN @_my_check_ins USING (flag)} ],
	[ teacher => 3, q{BEGIN; SELECT count(*) FROM @_my_check_ins; SELECT count(*) FROM @_mine; SELECT check_in('@', '5'); COMMIT} ],
	[ teacher => 3, q{SELECT count(*) FROM student_profile('@', '5')} ],
	[ teacher => 2, q{SELECT count(*) FROM @_my_sheet} ],
	[ teacher => 2, q{SELECT assign_student('@', (# % 30)::text, 'teacher', current_date + 7)} ],
	[ teacher => 2, q{SELECT snooze_student('@', (# % 30)::text, current_date + # % 9, 'on holiday')} ],
	[ teacher => 2, q{SELECT start_intervention('@', (# % 30)::text, 'tutoring #', 2)} ],
	[ teacher => 2, q{SELECT end_intervention('@', max(intervention), 'done') FROM @_my_interventions WHERE ends_on IS NULL} ],
	[ teacher => 2, q{SELECT correct_intervention('@', max(intervention), what => 'reading #') FROM @_my_interventions} ],
	[ teacher => 2, q{SELECT correct_note('@', max(check_in), 'called twice') FROM @_my_check_ins} ],
	[ teacher => 2, q{SELECT take_back_check_in('@', max(check_in)) FROM @_my_check_ins} ],
	[ partner => 2, q{SELECT count(*) FROM @_counts} ],
	[ postgres => 3, q{SELECT count(*) FROM watch_list_health} ],
	[ postgres => 2, q{SELECT status FROM refresh_watch_list('@')} ],
	[ postgres => 1, q{SELECT count(*) FROM @_reasons} ],
	[ postgres => 1, q{VACUUM ANALYZE @_current} ],
);
my @choice = map { my $statement = $_; ($statement) x $statement->[1] } @statements;

sub script
{
	my $script = "SET search_path = district, gapstats;\n\\set VERBOSITY verbose\n\\set SHOW_CONTEXT never\n";

	for (1 .. 200 * $seconds)
	{
		my ($who, undef, $statement) = @{ $choice[ rand @choice ] };
		my $list = rand() < 0.5 ? 'a' : 'b';
		my $number = 1 + int rand 499;

		$statement =~ s/\@/$list/g;
		$statement =~ s/#/$number/g;
		$script .= "SELECT clock_timestamp() > :'until' AS over \\gset\n\\if :over\n\\q\n\\endif\n";
		$script .= ($who eq 'postgres' ? 'RESET ROLE' : "SET ROLE $who") . ";\n$statement;\nROLLBACK;\n";
	}
	return $script;
}

my $until = $node->safe_psql('postgres', "SELECT now() + interval '$seconds s'");
my $dir = PostgreSQL::Test::Utils::tempdir();
my @psql;
for my $i (0 .. 7)
{
	append_to_file("$dir/$i.sql", script());
	# to files: a session whose pipe is full would stop with all that it has locked
	push @psql,
	  IPC::Run::start(
		[ 'psql', '-X', '-q', '-At', '-d', $node->connstr('postgres'), '-v', "until=$until", '-f', "$dir/$i.sql" ],
		'<', \undef, '>', '/dev/null', '2>', "$dir/$i.said");
}
$_->finish for @psql;

# Errors that say that a list or rule is not there, or is there already, are as they should be;
# who renames a list to the name of one that is being made is told so by PostgreSQL's own index.
my %count;
for my $said (map { slurp_file("$dir/$_.said") } 0 .. 7)
{
	$count{"$1: $2"}++ while $said =~ /ERROR:  (\w{5}): (.*)/g;
}
note sprintf '%6d %s', $count{$_}, $_ for sort { $count{$b} <=> $count{$a} } keys %count;
delete $count{$_} for grep { /^23505: .*"pg_class_relname_nsp_index"/ } keys %count;
my @bad = grep { /^(XX|40|23|57)/ || /tuple concurrently|cache lookup|could not open relation/ } sort keys %count;
is("@bad", '', 'no session ended in a deadlock or an internal error')
  or diag(slurp_file($node->logfile) =~ /^.*ERROR:  deadlock detected(?:\n.*){0,12}/mg);

is($node->safe_psql('postgres', q{SELECT * FROM gapstats_internal.disagreement('district.a')}), '', 'the list agrees with its history, flags and values');
is($node->safe_psql('postgres', q{SELECT status FROM gapstats.refresh_watch_list('district.a')}), 'succeeded', 'and can be refreshed');
is($node->safe_psql('postgres', q{SELECT count(*) FROM district.a_runs WHERE status = 'running'}), '0', 'no run is left open');
cmp_ok($node->safe_psql('postgres', q{SELECT count(*) FROM district.a_runs WHERE status = 'succeeded'}), '>', $seconds / 4, 'many runs succeeded');
$node->stop;
done_testing();
