# Simulated students over a school year: with hysteresis the list has little more than one flag
# for each student who is ever flagged, and flags nobody later than without it. Day by day the
# flags are those of test/reference/hysteresis.py.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $students = 1000;
my ($days, $first) = (180, 10);

my $node = PostgreSQL::Test::Cluster->new('district');
$node->init;
$node->start;

# how many were flagged, flags, and flags a student at most, as hysteresis.py says for so many
# students (of 5,000: 2,241 with 4,293 flags without hysteresis, 1.92 each; 2,543 with, 1.13)
my %lists = (
	plain => { every => 1, expected => '451|825|9|2b6b70cba811d79554ebf09c11caa95b' },
	calm => { every => 1, clear_at => 0.07, clear_after => 3, expected => '451|499|2|5d4ce7675e4773c36a009bdaeedb8229' },
	seldom => { every => 3, clear_at => 0.07, clear_after => 3, expected => '448|476|2|8a6a0cb3de5de9551cb28abfa14e2a6c' });

$node->safe_psql('postgres', 'CREATE DATABASE warehouse; CREATE ROLE analyst LOGIN');
$node->safe_psql(
	'warehouse', qq{
	CREATE EXTENSION gapstats;
	CREATE SCHEMA district AUTHORIZATION analyst;
	ALTER DATABASE warehouse SET search_path = district, gapstats;
	SET search_path = district, gapstats;
	SET ROLE analyst;
	CREATE FUNCTION uniform(what text) RETURNS double precision IMMUTABLE RETURN ('x' || substr(md5(what), 1, 8))::bit(32)::bigint / 2^32;
	-- 180 days from Monday to Friday
	CREATE TABLE calendar AS
	SELECT row_number() OVER (ORDER BY day)::integer AS n, day::date
	FROM generate_series('2024-08-26'::timestamp, '2025-05-02', '1 day') AS day
	WHERE extract(isodow FROM day) <= 5
	LIMIT $days;
	CREATE TABLE taken (day date);
	CREATE TABLE attendance AS
	SELECT s AS student_id, day, n AS enrolled,
		count(*) FILTER (WHERE uniform(s || ' ' || n) < 0.015 + 0.285 * uniform('propensity ' || s) ^ 5) OVER (PARTITION BY s ORDER BY n) AS missed
	FROM calendar, generate_series(1, $students) AS s;
	CREATE INDEX ON attendance (day);
	ANALYZE;});
for my $list (sort keys %lists)
{
	my $clear_at = $lists{$list}{clear_at} // 'NULL';
	my $clear_after = $lists{$list}{clear_after} // 1;
	$node->safe_psql(
		'warehouse', qq{
		SET ROLE analyst;
		SELECT create_watch_list('$list', 'SELECT DISTINCT student_id FROM attendance WHERE day = (SELECT as_of())', days_query => 'SELECT day FROM taken');
		SELECT add_rule('$list', 'absence', 'SELECT student_id, missed::numeric / enrolled FROM attendance WHERE day = (SELECT as_of())',
			'>=', 0.10, 'Absent {value%} of the days', clear_at => $clear_at);
		SELECT change_settings('$list', '{"clear_after": $clear_after, "max_flagged_change": 1}')});
}

# each list sees the days one after another, in one session
my $year = "SET ROLE analyst;\n";
for my $n (1 .. $days)
{
	$year .= "INSERT INTO taken SELECT day FROM calendar WHERE n = $n;\n";
	next if $n < $first;
	for my $list (sort keys %lists)
	{
		$year .= "CALL run_watch_list('$list');\n" if ($n - $first) % $lists{$list}{every} == 0;
	}
}
$node->safe_psql('warehouse', $year);

for my $list (sort keys %lists)
{
	is($node->safe_psql(
			'warehouse', qq{
			WITH flag AS (
				SELECT h.student_id, f.n AS from_n, u.n AS until_n
				FROM ${list}_history h
				JOIN calendar f ON f.day = h.from_day
				LEFT JOIN calendar u ON u.day = h.until_day
			)
			SELECT count(DISTINCT student_id), count(*), (SELECT max(n) FROM (SELECT count(*) AS n FROM flag GROUP BY student_id) c),
				md5(string_agg(concat(student_id, ' ', from_n, ' ', until_n, E'\\n'), '' ORDER BY student_id, from_n))
			FROM flag}),
		$lists{$list}{expected}, "$list: flags are those of the reference");
	is($node->safe_psql('warehouse', "SELECT count(*) FROM ${list}_history h FULL JOIN ${list}_flags f ON f.run = h.run AND f.student_id = h.student_id AND f.since = h.from_day
			AND (f.cleared_at IS NULL) = (h.until_day IS NULL) WHERE h.run IS NULL OR f.run IS NULL"), 0, "$list: a standing is a flag");
	is($node->safe_psql('warehouse', "SELECT * FROM gapstats_internal.disagreement('$list')"), '', "$list: its parts agree");
}
is($node->safe_psql('warehouse', q{SELECT round(count(*)::numeric / count(DISTINCT student_id), 2) <= 1.2 FROM calm_flags}), 't', 'at most 1.2 flags a student with hysteresis');
is($node->safe_psql('warehouse', q{
		SELECT count(*)
		FROM plain_history p
		WHERE NOT EXISTS (
			SELECT FROM calm_history c
			WHERE c.student_id = p.student_id AND c.from_day <= p.from_day AND coalesce(c.until_day, 'infinity') >= coalesce(p.until_day, 'infinity'))}),
	0, 'whoever is flagged without hysteresis is flagged with it, at no later day and for no shorter time');
is($node->safe_psql('warehouse', q{
		SELECT count(*) FROM (SELECT student_id, min(from_day) FROM plain_history GROUP BY 1 EXCEPT SELECT student_id, min(from_day) FROM calm_history GROUP BY 1) AS d}),
	0, 'and flagged first on the same day');

$node->stop;
done_testing();
