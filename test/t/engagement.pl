# Days of use by group, next to the outcome of the same groups, on the OULAD and OEA data in the
# folder that GAPSTATS_DATA names. Expected numbers: test/reference/engagement.py.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $data = $ENV{GAPSTATS_DATA}
	or plan skip_all => 'GAPSTATS_DATA does not say where the data is';

my $node = PostgreSQL::Test::Cluster->new('district');
$node->init;
$node->append_conf('postgresql.conf', 'work_mem = 128MB');
$node->start;

$node->safe_psql('postgres', qq{
	CREATE EXTENSION gapstats;
	ALTER DATABASE postgres SET search_path = gapstats, public;
});
$node->safe_psql('postgres', qq{
	CREATE TABLE public.course (module text, presentation text, length int);
	COPY course FROM '$data/oulad/courses.csv' (FORMAT csv, HEADER);
	CREATE TABLE public.click (module text, presentation text, student int, day int, clicks int, visits int);
	COPY click FROM PROGRAM 'gzip -dc $data/oulad/studentVle_daily.csv.gz' (FORMAT csv, HEADER);
	CREATE TABLE public.registration (module text, presentation text, student int, registered int, unregistered int);
	COPY registration FROM '$data/oulad/studentRegistration.csv' (FORMAT csv, HEADER);
	CREATE TABLE public.student (module text, presentation text, student int, gender text, region text, education text,
		imd_band text, age text, attempts int, credits int, disability text, result text);
	COPY student FROM '$data/oulad/studentInfo.csv' (FORMAT csv, HEADER);

	ANALYZE;

	-- A course begins on 1 October (J) or 1 February (B) and has a calendar of its own.
	CREATE TABLE public.course_calendar AS
		SELECT module, presentation, start, daterange(start, start + length)::dayset AS days
		FROM (SELECT *, make_date(left(presentation, 4)::int, CASE right(presentation, 1) WHEN 'J' THEN 10 ELSE 2 END, 1) AS start FROM course) AS c;
	ANALYZE course_calendar;
	CREATE TABLE public.engagement AS
		SELECT imd_band, rtrim(imd_band, '%') || '%' AS band, result IN ('Pass', 'Distinction') AS passed, coalesce(active, '{}') AS active,
			enrolled_days(days, start + coalesce(registered, 0), start + unregistered) AS available
		FROM student JOIN registration USING (module, presentation, student) JOIN course_calendar USING (module, presentation)
			LEFT JOIN (SELECT module, presentation, student, dayset(start + day) AS active
				FROM click JOIN course_calendar USING (module, presentation) GROUP BY module, presentation, student) AS a
				USING (module, presentation, student);

	CREATE TABLE public.attendance (student text, day date, code text);
	COPY attendance FROM '$data/oea/attendance.csv' (FORMAT csv, HEADER);
	CREATE TABLE public.login (student text, day date, active boolean, logins int, resources int);
	COPY login FROM '$data/oea/edtech_daily.csv' (FORMAT csv, HEADER);
	CREATE TABLE public.pupil (student text, school text, race text);
	COPY pupil FROM '$data/oea/student.csv' (FORMAT csv, HEADER);
	CREATE TABLE public.pupil_days AS
		SELECT race, enrolled, absent, active
		FROM pupil JOIN (SELECT student, dayset(day) AS enrolled, dayset(day) FILTER (WHERE code = 'A') AS absent FROM attendance GROUP BY student) AS a USING (student)
			JOIN (SELECT student, dayset(day) FILTER (WHERE active) AS active FROM login GROUP BY student) AS l USING (student);
});

my $columns = q{count(*), avg(usage_rate(active, available)), count(*) FILTER (WHERE NOT active && available),
	max(longest_streak(active, available)), sum(weeks_below_dose(active, available, 2))};
my $answer = $node->safe_psql('postgres', qq{
	SELECT 'oulad', band, $columns, count(*) FILTER (WHERE passed) FROM engagement
	WHERE band IS NOT NULL AND available <> '{}' GROUP BY band ORDER BY band COLLATE "C";
	SELECT 'oea', race, $columns, count(*) FILTER (WHERE chronic_absence(absent, available))
	FROM (SELECT race, enrolled AS available, absent, active FROM pupil_days) AS p GROUP BY race ORDER BY race COLLATE "C"});

my @expected = grep { /\S/ } split /\n/, <<'REFERENCE';
oulad|0-10%|2979|0.2161790815493659|278|182|55553|1164
oulad|10-20%|3188|0.2236561952412581|299|117|58278|1358
oulad|20-30%|3322|0.24072453158403964|247|196|58341|1489
oulad|30-40%|3272|0.24652105664953133|214|249|58011|1660
oulad|40-50%|2963|0.24904194975289387|165|170|52671|1517
oulad|50-60%|2882|0.2552579773636047|119|229|51792|1524
oulad|60-70%|2707|0.270071469549129|133|222|45875|1508
oulad|70-80%|2669|0.2693333986945817|121|261|46146|1483
oulad|80-90%|2528|0.27640845765077005|102|209|43140|1493
oulad|90-100%|2351|0.2877391297573182|68|231|38941|1459
oea|?|19|0.48157894736842105|0|7|19|16
oea|americanIndianOrAlaskaNative|46|0.47282608695652173|0|9|37|29
oea|asian|57|0.48771929824561405|0|8|48|30
oea|blackOrAfricanAmerican|111|0.4689189189189189|0|9|112|80
oea|nativeHawaiianOrOtherPacificIslander|28|0.4660714285714286|0|5|23|20
oea|twoOrMoreRaces|33|0.4818181818181818|0|11|34|23
oea|white|306|0.475|0|10|251|184
REFERENCE

my @rows = split /\n/, $answer;
is(scalar @rows, scalar @expected, 'as many groups');
for my $i (0 .. $#expected)
{
	my @want = split /\|/, $expected[$i];
	my @have = split /\|/, $rows[$i];
	my ($want_rate, $have_rate) = (splice(@want, 3, 1), splice(@have, 3, 1));
	is("@have", "@want", "$want[0], $want[1]: n, none, longest streak, weeks below 2 days, outcome");
	cmp_ok(abs($have_rate / $want_rate - 1), '<', 1e-12, "$want[0], $want[1]: usage rate");
}

# The gap in use and the gap in outcome of the same groups, most against least deprived.
# The rates of passing and their n are the data's own README's.
my ($use, $none, $pass) = split /\n/, $node->safe_psql('postgres', q{
	WITH e AS (SELECT *, band = '0-10%' AS is_focal FROM engagement WHERE band IN ('0-10%', '90-100%'))
	SELECT difference FROM (SELECT (gap(usage_rate(active, available), is_focal)).* FROM e WHERE available <> '{}') AS g
	UNION ALL SELECT (rate_gap(NOT active && available, is_focal)).difference FROM e WHERE available <> '{}'
	UNION ALL SELECT (rate_gap(passed, is_focal)).difference FROM e});
cmp_ok(abs($use - (0.2161790815493659 - 0.2877391297573182)), '<', 1e-12, 'gap in usage rate');
cmp_ok(abs($none - (278 / 2979 - 68 / 2351)), '<', 1e-12, 'gap in the share with no use');
cmp_ok(abs($pass - (0.351555 - 0.575315)), '<', 1e-6, 'gap in passing');

is($node->safe_psql('postgres', q{SELECT count(*) FILTER (WHERE chronic_absence(absent, enrolled)) FROM pupil_days}),
	382, 'students of OEA absent 10 percent');
done_testing();
