# The demo's reports of Project STAR show the published figures, to the last digit that was
# published (Project STAR and Beyond, Harvard Dataverse hdl:1902.1/10766; gaps recomputed in
# R 4.2.2 with t.test, effectsize and pROC). They are the SQL files that make demo runs.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('star');
$node->init;
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION gapstats;
	ALTER DATABASE postgres SET search_path = public, gapstats});

sub report { return $node->safe_psql('postgres', slurp_file("demo/$_[0].sql")) }

report('load');
report('summary');

# Generated days keep what was recorded: so many absent, so many enrolled.
is($node->safe_psql('postgres', q{
	SELECT count(*), count(days_present + days_absent),
		count(*) FILTER (WHERE day_count(absent) = days_absent AND day_count(enrolled) = days_present + days_absent),
		count(student_id)
	FROM star.public_use AS p LEFT JOIN star.attendance AS a ON student_id = stdntid AND a.grade = p.grade}),
	'26796|19489|19489|19489', 'every student has her own days absent and enrolled');

my $students = report('students');
like($students, qr/^$_$/m, "students by grade: $_") for 'K\|6325', '1\|6829', '2\|6840', '3\|6802';
like($students, qr/^150\|55\|44$/m, 'school by race: cells, below 10, below 5');

my $gap = report('gap');
like($gap, qr/^kindergarten reading, black against white\|1858\|428.9220\|28.7675\|3903\|440.4094\|32.3206$/m,
	'kindergarten reading by race: students, means, standard deviations');
like($gap, qr/^kindergarten reading, black against white\|-11.4875\|-13.1430\|-9.8319\|-13.604\|4061.4\|/m,
	'difference, interval, t and df');
like($gap, qr/^kindergarten reading, black against white\|-0.3680\|-0.3679\|.*\|-0.4147804\|/m, 'd, g and V');
like($gap, qr/^grade 3 mathematics, black against white\|2013\|.*\|4030\|/m, 'grade 3 mathematics by race');
like($gap, qr/^grade 3 mathematics, black against white\|-24.0257\|/m, 'difference');
like($gap, qr/^grade 3 mathematics, black against white\|-0.6307\|/m, 'd');

my $percentiles = report('percentiles');
like($percentiles, qr/^all\|\d+\|402.0\|414.0\|433.0\|453.0\|474.0$/m, 'percentiles of kindergarten reading');

my $absence = report('absence');
like($absence, qr/^all\|6250\|3099\|1924\|1020\|207\|1227\|/m, 'students by tier of absence, chronically absent');
like($absence, qr/^free lunch\|3022\|.*\|711\|/m, 'chronic absence with free lunch');
like($absence, qr/^no free lunch\|3223\|.*\|514\|/m, 'chronic absence without');
like($absence, qr/^86\|86\|0$/m, 'students at exactly 10%');
like($absence, qr/^1.475273\|1.332153\|1.633769$/m, 'risk ratio by lunch');

# What a table of school by race gives away that has a star for whatever is below 10, or below 60, as doc/disclosure.md shows it: every
# verdict and interval is that of test/reference/disclosure_star.py, by SciPy.
my $expected = slurp_file('test/fixtures/disclosure_star.csv');
is($node->safe_psql('postgres', qq{
	CREATE TABLE expected (below int, school text, race text, verdict text,
		least_nonneg numeric, most_nonneg numeric, least_whole numeric, most_whole numeric, least_rule numeric, most_rule numeric);
	COPY expected FROM stdin CSV HEADER;
$expected\\.
	CREATE TABLE students AS
	SELECT schid::text AS school, lower(race) AS race, count(*) AS n FROM star.public_use WHERE grade = 'K' AND race IS NOT NULL GROUP BY CUBE (schid, race);
	SELECT below, count(*), count(*) FILTER (WHERE (e.verdict, e.least_nonneg, e.most_nonneg, e.least_whole, e.most_whole, e.least_rule, e.most_rule)
			IS DISTINCT FROM (d.verdict, rounded(d.least_nonneg, 6), rounded(d.most_nonneg, 6), d.least_whole::numeric, d.most_whole::numeric, d.least_rule::numeric, d.most_rule::numeric)) AS different
	FROM (SELECT *, ARRAY[school, race] AS members FROM expected) AS e
		FULL JOIN (SELECT below, d.* FROM unnest('{10,60}'::int[]) AS below,
			disclosure_audit(format('SELECT school, race, CASE WHEN n < %s THEN \$\$*\$\$ ELSE n::text END AS n FROM students', below), '{school, race}', '{"n": "count"}') AS d) AS d USING (below, members)
	GROUP BY below ORDER BY below}), "10|58|0\n60|121|0", 'what hidden numbers of school by race must lie between');

done_testing();
