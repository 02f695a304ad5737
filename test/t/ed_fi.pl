# The statements of doc/ed-fi.md: over small tables of the ODS's shape, always; and over the real
# schema of an Ed-Fi ODS, with OEA's attendance in it, where they give the days and days absent that
# the Analytics Middle Tier's view counts.  The latter needs
#   GAPSTATS_EDFI_ODS        PgSql/Structure/Ods of the Ed-Fi-ODS repository; several, with colons between
#   GAPSTATS_EDFI_ANALYTICS  EdFi.AnalyticsMiddleTier.DataStandard40 of the Analytics-Middle-Tier repository
#   GAPSTATS_DATA            the folder that holds oea/
# and takes GAPSTATS_EDFI_STUDENTS, 600 or a multiple of it, for the times it prints.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $students = $ENV{GAPSTATS_EDFI_STUDENTS} // 600;

my ($setup, $pages, $silence, $edu_wh, $comparison) = map { s/;\s*$//r } slurp_file('doc/ed-fi.md') =~ /```sql\n(.*?)```/gs;

my $node = PostgreSQL::Test::Cluster->new('district');
$node->init;
$node->append_conf('postgresql.conf', "shared_buffers = 1GB\nwork_mem = 256MB");
$node->start;

# Run the SQL files that match, in order
sub run_files
{
	my ($database, @patterns) = @_;
	for my $file (map { glob } @patterns)
	{
		$node->command_ok([ 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', $database, '-f', $file ],
			"$file runs");
	}
}

# The answer to a query, and the seconds that it took
sub timed
{
	my ($database, $query) = @_;
	my $start = time;
	my $answer =
		$node->safe_psql($database, "SET search_path = analysis, gapstats, public; SET jit = off; $query");
	return ($answer, time - $start);
}

# The answer to a query, and the seconds of the shortest of three runs
sub shortest
{
	my @runs = sort { $a->[1] <=> $b->[1] } map { [ timed(@_) ] } 1 .. 3;
	return @{ $runs[0] };
}

# Students and schools at which the view and the sets of days differ, and at which there is something to compare
sub differences
{
	my ($database) = @_;
	my ($view, $sets) = split /;\n\n/, $comparison;
	$view =~ s/^SELECT StudentKey, SchoolKey, /SELECT StudentKey AS student_id, SchoolKey AS school_id, /;
	return (timed($database, qq{
		SELECT count(*) FILTER (WHERE (v.days_enrolled, v.days_absent) IS DISTINCT FROM (s.days_enrolled, s.days_absent)), count(*)
		FROM ($view) AS v
			FULL JOIN (SELECT student_id, school_id::text, day_count AS days_enrolled, days_absent
				FROM ($sets) AS s(student_id, school_id, day_count, days_absent) WHERE day_count > 0) AS s
			USING (student_id, school_id)}))[0];
}

#
# Small tables: the columns that the statements read, two school years of 195 days
#

$node->safe_psql('postgres', q{
	CREATE EXTENSION gapstats;
	CREATE SCHEMA edfi;
	CREATE TABLE edfi.Descriptor (DescriptorId int, Namespace text, CodeValue text, Uri text GENERATED ALWAYS AS (Namespace || '#' || CodeValue) STORED);
	CREATE TABLE edfi.CalendarDateCalendarEvent (CalendarCode text, Date date, SchoolId int, SchoolYear smallint, CalendarEventDescriptorId int);
	CREATE TABLE edfi.Student (StudentUSI int, StudentUniqueId text);
	CREATE TABLE edfi.StudentSchoolAssociation (EntryDate date, SchoolId int, StudentUSI int, CalendarCode text, ExitWithdrawDate date, SchoolYear smallint);
	CREATE TABLE edfi.StudentSchoolAttendanceEvent
		(AttendanceEventCategoryDescriptorId int, EventDate date, SchoolId int, SchoolYear smallint, StudentUSI int, EventDuration numeric);
	INSERT INTO edfi.Descriptor VALUES (1, 'uri://ed-fi.org/CalendarEventDescriptor', 'Instructional day'), (3, 'uri://ed-fi.org/CalendarEventDescriptor', 'Holiday'),
		(4, 'uri://ed-fi.org/AttendanceEventCategoryDescriptor', 'Excused Absence'), (5, 'uri://ed-fi.org/AttendanceEventCategoryDescriptor', 'Unexcused Absence'),
		(6, 'uri://ed-fi.org/AttendanceEventCategoryDescriptor', 'Tardy');
	-- day k of a school year, on weekdays
	CREATE TABLE school_day AS
	SELECT year, row_number() OVER (PARTITION BY year ORDER BY day)::int AS k, day::date
	FROM (VALUES (2024, timestamp '2023-08-14'), (2025, '2024-08-12')) AS y (year, start),
		generate_series(start, start + interval '272 days', '1 day') AS day
	WHERE extract(isodow FROM day) < 6;
	INSERT INTO edfi.CalendarDateCalendarEvent SELECT 'all', day, school, year, 1 FROM school_day, generate_series(1, 5) AS school;
	INSERT INTO edfi.CalendarDateCalendarEvent VALUES ('all', '2024-12-21', 1, 2025, 3);
	-- school 1 reports every day, by a student who is tardy; 2 only its last 80; 3 all but days 51 to 70; 4 nothing; 5 the first 100, with a gap of nine
	INSERT INTO edfi.Student SELECT id, 'student ' || id FROM generate_series(1, 10) AS id;
	INSERT INTO edfi.StudentSchoolAttendanceEvent SELECT 6, day, 1, year, 10, NULL FROM school_day;
	INSERT INTO edfi.StudentSchoolAttendanceEvent SELECT 6, day, 2, year, 10, NULL FROM school_day WHERE year = 2025 AND k > 115;
	INSERT INTO edfi.StudentSchoolAttendanceEvent SELECT 6, day, 3, year, 10, NULL FROM school_day WHERE year = 2025 AND k NOT BETWEEN 51 AND 70;
	INSERT INTO edfi.StudentSchoolAttendanceEvent SELECT 6, day, 5, year, 10, NULL FROM school_day WHERE year = 2025 AND k <= 100 AND k NOT BETWEEN 31 AND 39;
	-- 1: none of one year, 24 of the next; 2: every fifth day of which school 2 says anything; 3: the same days as 1, in school 3; 4: in school 4; 5: in school 5
	INSERT INTO edfi.StudentSchoolAssociation VALUES ('2023-08-14', 1, 1, NULL, NULL, NULL), ('2024-08-12', 2, 2, 'all', NULL, 2025), ('2024-08-12', 3, 3, NULL, NULL, 2025),
		('2024-08-12', 4, 4, NULL, NULL, 2025), ('2024-08-12', 5, 5, NULL, NULL, 2025);
	INSERT INTO edfi.StudentSchoolAttendanceEvent SELECT 4 + k % 2, day, school, year, school, NULL FROM school_day, unnest('{1, 3}'::int[]) AS school WHERE year = 2025 AND k BETWEEN 101 AND 124;
	INSERT INTO edfi.StudentSchoolAttendanceEvent SELECT 5, day, 2, year, 2, NULL FROM school_day WHERE year = 2025 AND k > 115 AND k % 5 = 0;
	INSERT INTO edfi.StudentSchoolAttendanceEvent SELECT 4, day, 5, year, 5, NULL FROM school_day WHERE year = 2025 AND k <= 10;
	-- 6 to 8, in school 1: exactly 10 percent of 190 days; 10 percent of 10; tardy, and absent on a holiday
	INSERT INTO edfi.StudentSchoolAssociation SELECT min(day), 1, id, NULL, max(day), 2025
	FROM school_day, (VALUES (6, 190), (7, 10), (8, 195)) AS v (id, days) WHERE year = 2025 AND k <= days GROUP BY id;
	INSERT INTO edfi.StudentSchoolAttendanceEvent SELECT 4, day, 1, 2025, id, NULL FROM school_day, (VALUES (6, 19), (7, 1)) AS v (id, days) WHERE year = 2025 AND k <= days;
	INSERT INTO edfi.StudentSchoolAttendanceEvent VALUES (6, '2024-08-12', 1, 2025, 8, NULL), (4, '2024-12-21', 1, 2025, 8, NULL);
	-- 9 moves from school 1 to 3 on day 20, absent on days 19 and 21
	INSERT INTO edfi.StudentSchoolAssociation SELECT min(day), 1, 9, NULL, max(day), 2025 FROM school_day WHERE year = 2025 AND k <= 20;
	INSERT INTO edfi.StudentSchoolAssociation SELECT day, 3, 9, NULL, NULL, 2025 FROM school_day WHERE year = 2025 AND k = 20;
	INSERT INTO edfi.StudentSchoolAttendanceEvent SELECT 5, day, CASE k WHEN 19 THEN 1 ELSE 3 END, 2025, 9, NULL FROM school_day WHERE year = 2025 AND k IN (19, 21);});
$node->safe_psql('postgres', $setup);

sub small { return (timed('postgres', $_[0]))[0] }

is(small(q{SELECT student_id, school_id, school_year, day_count(enrolled), day_count(absent & enrolled), rounded(absence_rate(absent, enrolled), 3), chronic_absence(absent, enrolled)
		FROM student_school_days WHERE student_id <= 'student 5' ORDER BY 1, 3}),
	join("\n", 'student 1|1|2024|195|0|0.000|f', 'student 1|1|2025|195|24|0.123|t', 'student 2|2|2025|80|16|0.200|t',
		'student 3|3|2025|175|24|0.137|t', 'student 5|5|2025|100|10|0.100|t'),
	'school years stay apart, and days without attendance do not count');
is(small(q{SELECT rounded(pooled_absence_rate(day_count(absent & enrolled), day_count(enrolled)), 3) FROM student_days WHERE student_id = 'student 1'}),
	'0.062', 'pooled, the years would hide it');
is(small(q{SELECT day_count(enrolled), day_count(absent) FROM student_days WHERE student_id = 'student 9'}),
	'175|2', 'a student who moved has each day once');
is(small("SELECT SchoolId, SchoolYear, n_days FROM ($silence) AS s"),
	join("\n", '2|2025|115', '5|2025|95', '3|2025|20'), 'schools that were silent');
is(small("SELECT student_id, chronic, in_edu_wh, below_90_percent FROM ($edu_wh) AS s WHERE student_id BETWEEN 'student 6' AND 'student 8' ORDER BY 1"),
	join("\n", 'student 6|t|t|f', 'student 7|t|f|f', 'student 8|f|f|f'), 'chronic as edu_wh says, and below 90 percent');
like(small($pages =~ s/2026/2025/r), qr/^student 6\|0.1\|0\|moderate$/m, 'the pages that follow read them');
is(small(q{
	CREATE TEMP TABLE before AS SELECT ctid AS place, xmin::text AS writer FROM student_school_days;
	REFRESH MATERIALIZED VIEW CONCURRENTLY student_school_days;
	SELECT count(*) FROM student_school_days AS s LEFT JOIN before AS b ON b.place = s.ctid AND b.writer = s.xmin::text WHERE b.place IS NULL}),
	'0', 'refreshing over unchanged data rewrites nothing');

#
# The real schema
#

for my $variable (qw(GAPSTATS_EDFI_ODS GAPSTATS_EDFI_ANALYTICS GAPSTATS_DATA))
{
	next if $ENV{$variable};
	note("$variable does not say where the real schema and its data are");
	done_testing();
	exit;
}

my $copies = int($students / 600);
my $repeats = $copies > 1 ? 9 : 1;    # 20 days of school, or 180
my $standard = 0;

for my $ods (split /:/, $ENV{GAPSTATS_EDFI_ODS})
{
	my $database = 'ods' . ++$standard;
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	run_files($database, "$ods/*.sql");
	run_files($database, "$ENV{GAPSTATS_EDFI_ANALYTICS}/Base/PostgreSQL/000[0134]-*.sql");

	# The district.  Foreign keys rest, as only what is read here is filled.
	$node->safe_psql($database, qq{
		CREATE EXTENSION gapstats;
		CREATE TABLE oea (student_id text, day date, code text);
		COPY oea FROM '$ENV{GAPSTATS_DATA}/oea/attendance.csv' (FORMAT csv, HEADER);
		CREATE TABLE oea_student (student_id text, school_name text, race text);
		COPY oea_student FROM '$ENV{GAPSTATS_DATA}/oea/student.csv' (FORMAT csv, HEADER);
		CREATE TABLE student AS
			SELECT row_number() OVER (ORDER BY copy, student_id)::int AS id, student_id AS oea_id,
				CASE WHEN copy = 1 THEN student_id ELSE md5(copy || student_id) END AS student_id,
				dense_rank() OVER (ORDER BY school_name)::int AS school
			FROM oea_student, generate_series(1, $copies) AS copy;

		SET session_replication_role = replica;
		INSERT INTO edfi.Descriptor (DescriptorId, Namespace, CodeValue, ShortDescription, Id, CreateDate, LastModifiedDate)
		SELECT n, 'uri://ed-fi.org/' || kind, code, code, gen_random_uuid(), now(), now()
		FROM (VALUES (1, 'CalendarEventDescriptor', 'Instructional day'), (2, 'CalendarEventDescriptor', 'Make-up day'),
				(3, 'CalendarEventDescriptor', 'Holiday'), (4, 'AttendanceEventCategoryDescriptor', 'Excused Absence'),
				(5, 'AttendanceEventCategoryDescriptor', 'Unexcused Absence'), (6, 'AttendanceEventCategoryDescriptor', 'Tardy'),
				(7, 'AttendanceEventCategoryDescriptor', 'In Attendance')) AS v(n, kind, code);
		INSERT INTO edfi.CalendarEventDescriptor SELECT generate_series(1, 3);
		INSERT INTO edfi.AttendanceEventCategoryDescriptor SELECT generate_series(4, 7);
		INSERT INTO edfi.CalendarDateCalendarEvent (CalendarCode, Date, SchoolId, SchoolYear, CalendarEventDescriptorId, CreateDate)
		SELECT 'all', day + 28 * (repeat - 1), school, 2022, 1, now()
		FROM generate_series(1, 5) AS school, (SELECT DISTINCT day FROM oea) AS d, generate_series(1, $repeats) AS repeat;
		INSERT INTO edfi.Student (StudentUSI, StudentUniqueId, BirthDate, FirstName, LastSurname, Id, CreateDate, LastModifiedDate)
		SELECT id, student_id, '2006-01-01', '', '', gen_random_uuid(), now(), now() FROM student;
		INSERT INTO edfi.StudentSchoolAssociation
			(EntryDate, SchoolId, StudentUSI, SchoolYear, EntryGradeLevelDescriptorId, Id, CreateDate, LastModifiedDate)
		SELECT '2021-12-01', school, id, 2022, 0, gen_random_uuid(), now(), now() FROM student;
		INSERT INTO edfi.StudentSchoolAttendanceEvent
			(AttendanceEventCategoryDescriptorId, EventDate, SchoolId, SchoolYear, SessionName, StudentUSI, Id, CreateDate, LastModifiedDate)
		SELECT 4 + id % 2, day + 28 * (repeat - 1), school, 2022, 'all', id, gen_random_uuid(), now(), now()
		FROM oea JOIN student ON oea_id = oea.student_id, generate_series(1, $repeats) AS repeat
		WHERE code = 'A';
		VACUUM ANALYZE;});
	run_files($database, "$ENV{GAPSTATS_EDFI_ANALYTICS}/Chrab/PostgreSQL/*.sql");

	# What PostgreSQL itself takes to read the events and group them by student and school
	my ($groups, $floor) = shortest($database,
		'SELECT count(*) FROM (SELECT count(*) AS events FROM edfi.StudentSchoolAttendanceEvent GROUP BY StudentUSI, SchoolId) AS s WHERE events > 0');
	my ($answer, $build) = shortest($database, "DROP SCHEMA IF EXISTS analysis CASCADE; $setup");
	my $sets_query = 'SELECT count(*) FILTER (WHERE 10 * absent >= enrolled), count(*) FROM
		(SELECT student_id, school_id, day_count(absent & enrolled) AS absent, day_count(enrolled) AS enrolled FROM student_school_days) AS s';
	my ($sets, $read) = shortest($database, $sets_query);
	my ($view, $multiplied) = timed($database, 'SELECT count(*) FILTER (WHERE 10 * absent >= enrolled), count(*) FROM
		(SELECT StudentKey, SchoolKey, sum(ReportedAsAbsentFromSchool) AS absent, count(*) AS enrolled
			FROM analytics.chrab_ChronicAbsenteeismAttendanceFact GROUP BY StudentKey, SchoolKey) AS v');
	# 382 of 600: the data's own README
	is($sets, 382 * $copies . '|' . 600 * $copies, "$ods: students chronically absent, from sets of days");
	is($view, $sets, 'the same from the view');
	is(differences($database), '0|' . 600 * $copies, 'the same days for every student');
	note(sprintf('%d students, %d days: view %.3f s; sets of days %.3f s from the tables (%.4f x), %.3f s stored (%.4f x); events by student, counted, %.3f s (%.4f x)',
			600 * $copies, 20 * $repeats, $multiplied, $build, $build / $multiplied, $read, $read / $multiplied,
			$floor, $floor / $multiplied));

	like((timed($database, $pages))[0], qr/\|/, 'the pages that follow read them');

	# What happens in districts: students who left, came back, moved, or never showed up; two events
	# on a day, events on holidays, tardiness; days made up, holidays, and days to come
	$node->safe_psql($database, q{
		SET session_replication_role = replica;
		UPDATE edfi.StudentSchoolAssociation SET ExitWithdrawDate = '2022-01-14' WHERE StudentUSI BETWEEN 1 AND 60;
		INSERT INTO edfi.StudentSchoolAssociation
			(EntryDate, ExitWithdrawDate, SchoolId, StudentUSI, SchoolYear, EntryGradeLevelDescriptorId, Id, CreateDate, LastModifiedDate)
		SELECT '2022-01-19'::date, NULL::date, school, id, 2022, 0, gen_random_uuid(), now(), now() FROM student WHERE id BETWEEN 1 AND 20
		UNION ALL SELECT '2022-01-14', NULL, school % 5 + 1, id, NULL, 0, gen_random_uuid(), now(), now() FROM student WHERE id BETWEEN 21 AND 40
		UNION ALL SELECT '2022-01-20', '2022-01-19', school % 5 + 1, id, 2022, 0, gen_random_uuid(), now(), now() FROM student WHERE id BETWEEN 61 AND 70;
		INSERT INTO edfi.CalendarDateCalendarEvent (CalendarCode, Date, SchoolId, SchoolYear, CalendarEventDescriptorId, CreateDate)
		VALUES ('all', '2022-01-22', 1, 2022, 2, now()), ('all', '2022-01-15', 2, 2022, 3, now()), ('all', '2099-01-05', 3, 2022, 1, now());
		INSERT INTO edfi.StudentSchoolAttendanceEvent
			(AttendanceEventCategoryDescriptorId, EventDate, SchoolId, SchoolYear, SessionName, StudentUSI, Id, CreateDate, LastModifiedDate)
		SELECT category, day, school, 2022, session, id, gen_random_uuid(), now(), now()
		FROM student,
			(VALUES (4, date '2022-01-22', 'all'), (5, '2022-01-22', 'other'), (4, '2022-01-15', 'all'), (6, '2022-01-06', 'all'),
				(7, '2022-01-07', 'all'), (4, '2022-01-17', 'other'), (4, '2099-01-05', 'all')) AS v(category, day, session)
		WHERE id % 7 = 0;});
	$node->safe_psql($database, 'REFRESH MATERIALIZED VIEW CONCURRENTLY analysis.student_school_days');
	is(differences($database), '0|' . (600 * $copies + 20), 'and for those who left, came back, moved or never came');
}
done_testing();
