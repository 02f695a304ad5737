# What the marks of Maryland's attendance file of 2018 (CC0) give away, as doc/disclosure.md tells. The file is in the folder
# that GAPSTATS_DATA names. Expected is what subtraction, and trying every number with its percent, find in SQL.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $data = $ENV{GAPSTATS_DATA}
	or plan skip_all => 'GAPSTATS_DATA does not say where the data is';

my $node = PostgreSQL::Test::Cluster->new('state');
$node->init;
$node->start;
$node->safe_psql('postgres', qq{
	CREATE EXTENSION gapstats;
	ALTER DATABASE postgres SET search_path = public, gapstats;
});

# School types add up within a place (a school, all of a school system, or of the state). Places do not: who was at two schools
# is counted in both, but once in their system. So a place is what it is, and has no total.
my $measures = q{{"more90": "count", "more20": {"of": "more90"}, "fewer5": {"of": "more90"}, "chronic_of": "count", "chronic": {"of": "chronic_of"},
	"more20_pct": {"kind": "percent", "of": "more90", "numerator": "more20"}, "fewer5_pct": {"kind": "percent", "of": "more90", "numerator": "fewer5"},
	"chronic_pct": {"kind": "percent", "of": "chronic_of", "numerator": "chronic"}}};
$node->safe_psql('postgres', qq{
	CREATE TABLE attendance (year int, system text, system_name text, school text, school_name text, type text, attendance_pct text, attended text, member text,
		fewer5_pct text, fewer5 text, more20_pct text, more20 text, more90 text, chronic text, chronic_of text, chronic_pct text, created text);
	COPY attendance FROM '$data/maryland/Attendance_2018.csv' (FORMAT csv, HEADER);
	CREATE TABLE found AS
		SELECT members[1] AS place, coalesce(members[2], 'All Students') AS type, measure, verdict, least_whole, most_whole, can_be_small, cell, because
		FROM disclosure_audit(\$\$SELECT system || ' ' || school AS place, type, fewer5, fewer5_pct, more20, more20_pct, more90, chronic, chronic_of, chronic_pct FROM attendance\$\$,
			'{place, type}', '$measures', totals => '{"type": "All Students"}', zeros => 'hide');

	CREATE TABLE printed AS
		SELECT system || ' ' || school AS place, type, measure, number, percent, n, number = '*' AS is_hidden, nullif(number, '*')::int AS shown
		FROM attendance, unnest('{more90,fewer5,more20,chronic_of,chronic}'::text[], ARRAY[more90, fewer5, more20, chronic_of, chronic],
			ARRAY[NULL, fewer5_pct, more20_pct, NULL, chronic_pct], ARRAY[NULL, nullif(more90, '*'), nullif(more90, '*'), NULL, nullif(chronic_of, '*')]::int[]) AS u (measure, number, percent, n);
	CREATE TABLE subtracted AS
		SELECT place, type, measure, CASE type WHEN 'All Students' THEN -rest ELSE rest END AS number
		FROM (SELECT *, sum(CASE type WHEN 'All Students' THEN shown ELSE -shown END) OVER line AS rest, count(*) FILTER (WHERE is_hidden) OVER line AS n_hidden,
				count(*) FILTER (WHERE type = 'All Students') OVER line AS n_totals
			FROM printed WINDOW line AS (PARTITION BY place, measure)) AS p
		WHERE is_hidden AND n_hidden = 1 AND n_totals = 1;
	-- what is the only row of its place, with its n: nothing else is known of it
	CREATE TABLE tried AS
		SELECT place, max(type) AS type, measure, min(x) AS least, max(x) AS most
		FROM (SELECT *, count(*) OVER (PARTITION BY place, measure) AS n_rows FROM printed) AS p, generate_series(0, n) AS x
		WHERE is_hidden AND n_rows = 1 AND CASE percent WHEN '*' THEN true WHEN '<= 5.0' THEN round(100.0 * x / n, 1) <= 5 WHEN '>= 95.0' THEN round(100.0 * x / n, 1) >= 95
			ELSE round(100.0 * x / n, 1) = percent::numeric END
		GROUP BY place, measure});

sub query { return $node->safe_psql('postgres', $_[0]) }

is(query('SELECT count(*), count(*) FILTER (WHERE is_hidden), (SELECT count(*) FROM found) FROM printed'), '9180|604|604', 'every hidden number is looked at');
is(query(q{SELECT count(*) FROM found WHERE verdict IN ('inconsistent', 'left_out', 'not_proven', 'all_same')}), '0', 'places by themselves are consistent');
is(query(q{SELECT string_agg(verdict || ' ' || n, ', ' ORDER BY verdict) FROM (SELECT verdict, count(*) AS n FROM found GROUP BY verdict) AS v}),
	'exact_linear 65, exact_whole 12, narrow_nonneg 34, protected 493', 'verdicts');
is(query(q{SELECT count(*) FILTER (WHERE can_be_small), count(*) FILTER (WHERE most_whole = 0) FROM found WHERE verdict <> 'protected'}), '90|14', 'of those given away are about few, are nobody');

is(query(q{SELECT count(*), count(*) FILTER (WHERE s.place IS NOT NULL AND f.place IS NOT NULL AND number = least_whole AND number = most_whole)
	FROM subtracted AS s FULL JOIN (SELECT * FROM found WHERE verdict = 'exact_linear') AS f USING (place, type, measure)}), '65|65', 'exact by algebra are those that subtraction tells');
is(query('SELECT count(*) > 200, count(*) FILTER (WHERE (least, most) IS DISTINCT FROM (least_whole, most_whole)) FROM tried JOIN found USING (place, type, measure)'), 't|0', 'alone, each is what its percent says');

is(query(qq{SELECT count(*) > 0 FROM disclosure_audit('SELECT * FROM attendance WHERE system = \$\$02\$\$ AND type = \$\$Middle\$\$', '{school}', '$measures', totals => '{"school": "A"}', zeros => 'hide') WHERE verdict = 'inconsistent'}),
	't', 'schools do not add up to their system');

note(query(q{SELECT string_agg(format('%s: %s, %s', cell, measure, because), E'\n' ORDER BY cell COLLATE "C", measure COLLATE "C") FROM found WHERE verdict = 'exact_linear' AND measure = 'more90'}));
done_testing();
