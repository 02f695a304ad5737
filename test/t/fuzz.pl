# Thousands of mutated values of each type, through the server: as text, as binary, and as the
# bytes of a stored value. Each is a clean error, or a value that survives text and binary and
# that every function can take.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $mutations = 2000;    # a type and a format

# Values of each type, one that is large, and what of it is enough for functions that go through
# it day by day
my %types = (
	distribution => {
		values => [
			q{(SELECT distribution(x) FROM generate_series(1, 0) AS x)},
			q{(SELECT distribution(42.5))},
			q{(SELECT distribution(x / 4.0, x + 1000) FROM generate_series(-9, 9) AS x)},
			q{(SELECT distribution(x, 4611686018427387903) FROM unnest('{1e300, 5e-324}'::float8[]) AS x)},
			q{(SELECT unfinished(x) FROM generate_series(1, 40) AS x)},
			q{(SELECT unfinished(x / 4.0) FROM generate_series(1, 10) AS x)},
			q{(SELECT scores FROM gapstats_internal.report_rollup('SELECT 1::text, NULL::text, 1::bigint, 1::text, gapstats.distribution(x, 2), 1::bigint, 1::bigint, 1::bigint FROM generate_series(1, 9) AS x', '{all}', '{{1,0}}', '{d}', '{{1,0}}'))}
		],
		large => q{(SELECT distribution(ln(x)) FROM generate_series(1, 20000) AS x)}
	},
	distribution_pair => {
		values => [
			q{(SELECT unfinished(x, true) FROM generate_series(1, 1) AS x)},
			q{(SELECT unfinished(x, x % 2 = 0) FROM generate_series(1, 40) AS x)},
			q{(SELECT unfinished(nullif(x, 3), nullif(x, 4) < 9) FROM generate_series(1, 10) AS x)}
		],
		large => q{(SELECT unfinished(ln(x), x % 2 = 0) FROM generate_series(1, 1000) AS x)}
	},
	dayset => {
		values => [
			q{'empty'::daterange::dayset},
			q{'2026-02-28'::date::dayset},
			q{'{[0202-01-01,0202-01-03),[2025-01-01,2025-12-31),[9999-01-01,9999-01-02)}'::datemultirange::dayset}
		],
		large => q{(SELECT dayset(date '2025-09-01' + x * x) FROM generate_series(0, 99) AS x)},
		part => 'first_days(v, 1000)'
	},
	composition => {
		values => [
			q{(SELECT unfinished(x, x, x) FROM generate_series(1, 1) AS x)},
			q{(SELECT unfinished(nullif(x, 3), nullif(x % 3, 1), x) FROM generate_series(1, 40) AS x)},
			q{(SELECT composition('unit ' || x % 3, x % 2 = 0) FROM generate_series(1, 9) AS x)}
		],
		large => q{(SELECT composition(x, x % 3, x) FROM generate_series(1, 90) AS x)}
	},
	weighted_sample => {
		values => [
			q{(SELECT unfinished(x, true, 0) FROM generate_series(1, 1) AS x)},
			q{(SELECT weighted_sample(i, i % 3 = 0, 1 + i % 2) FROM generate_series(1, 5) AS i)}
		],
		large => q{(SELECT weighted_sample(i, i % 3 = 0, 1 + i % 2, i % 40) FROM generate_series(1, 90) AS i)}
	},
	outcome_cells => {
		values => [
			q{(SELECT unfinished(x, true, true) FROM generate_series(1, 1) AS x)},
			q{(SELECT unfinished(x / 4.0, x % 2 = 0, x % 3 = 0) FROM generate_series(1, 40) AS x)},
			q{(SELECT unfinished(nullif(x, 3), nullif(x % 2, 1) = 0, x > 5) FROM generate_series(1, 10) AS x)}
		],
		large => q{(SELECT unfinished(ln(x) * 1e300, x % 2 = 0, x % 3 = 0) FROM generate_series(1, 90) AS x)}
	},
	cross_products => {
		values => [
			q{(SELECT unfinished(x, true, NULL::float8[]) FROM generate_series(1, 1) AS x)},
			q{(SELECT unfinished(x, x % 2 = 0, ARRAY[x % 3]::float8[]) FROM generate_series(1, 9) AS x)},
			q{(SELECT cross_products(x, x % 2 = 0, ARRAY[x * x, x % 3]) FROM generate_series(1, 9) AS x)}
		],
		large => q{(SELECT cross_products(ln(x), x % 3 = 0, ARRAY[sin(x), 1e200 * x]) FROM generate_series(1, 90) AS x)}
	});

# Parts that break things: numbers of either byte order, and pieces of text
my @numbers = map {
	my $order = $_;
	(map { pack "l$order", $_ } 0, 1, 2, 2147483647, -2147483647 - 1, -1),
	(map { pack "q$order", $_ } 0, 1, -1, 9223372036854775807, -9223372036854775807 - 1),
	(map { pack "d$order", $_ } '-0.0', 'NaN', 'Inf', '-Inf', 1e308, 5e-324)
} '<', '>';
my @pieces = (
	split(//, '0123456789-+.,:;{}[]()eExX/ '),
	'NaN', 'Infinity', '-0', '1e400', '1e-400', '99999999999999999999', '-1', '0x1p3',
	'infinity', '0202-01-01', '4714-11-24 BC', '5874897-12-31');

sub pick { return $_[ int rand @_ ] }

sub mutate
{
	my ($input, $parts, $other) = @_;
	for (0 .. int rand 3)
	{
		my $at = int rand(length($input) + 1);
		my $length = int rand 9;
		my $part = pick(@$parts);
		my $how = int rand 6;
		if ($how == 0) { substr($input, $at, length $part) = $part }
		elsif ($how == 1) { substr($input, $at, 0) = $part }
		elsif ($how == 2) { substr($input, $at, $length) = '' }
		elsif ($how == 3) { $input = substr($input, 0, $at) }
		elsif ($how == 4) { $input = substr($input, 0, $at) . substr($other, int rand(length $other)) }
		else { substr($input, $at, 0) = substr($input, $at, $length) }
	}
	return $input;
}

my $node = PostgreSQL::Test::Cluster->new('fuzz');
$node->init;
$node->append_conf('postgresql.conf', 'log_statement = none');
$node->start;

my $file = $node->basedir . '/value';
$node->safe_psql('postgres', qq{
	CREATE EXTENSION gapstats;
	ALTER DATABASE postgres SET search_path = public, gapstats, gapstats_internal;
	SET search_path = public, gapstats, gapstats_internal;
	SET client_min_messages = warning;} . slurp_file('test/arguments.sql') . qq{
	-- Whose values are the states of ours, as they grow
	CREATE AGGREGATE unfinished(float8) (SFUNC = distribution_accum, STYPE = distribution);
	CREATE AGGREGATE unfinished(float8, boolean) (SFUNC = distribution_pair_accum, STYPE = distribution_pair);
	CREATE AGGREGATE unfinished(float8, boolean, float8) (SFUNC = weighted_sample_accum, STYPE = weighted_sample);
	CREATE AGGREGATE unfinished(integer, integer, bigint) (SFUNC = composition_accum, STYPE = composition);
	CREATE AGGREGATE unfinished(float8, boolean, float8[]) (SFUNC = cross_products_accum, STYPE = cross_products);
	CREATE AGGREGATE unfinished(float8, boolean, boolean) (SFUNC = difference_in_differences_accum, STYPE = outcome_cells);
	CREATE TABLE input (id serial, type text, format text, bytes bytea);
	CREATE TABLE type_of_ours (type text, uses text[]);

	-- The SQLSTATE of a statement; the log says which was the last before a crash.
	CREATE FUNCTION sqlstate_of(statements text[]) RETURNS text LANGUAGE plpgsql AS \$\$
	DECLARE
		statement text;
	BEGIN
		RAISE LOG '%', statements;
		FOREACH statement IN ARRAY statements LOOP
			EXECUTE statement;
		END LOOP;
		RETURN '00000';
	EXCEPTION WHEN OTHERS THEN
		RETURN SQLSTATE;
	END \$\$;

	-- Take an input into the table of its type; of stored bytes, what one use makes of them too.
	CREATE FUNCTION take(i input) RETURNS text LANGUAGE sql AS \$\$
		SELECT sqlstate_of(CASE format
			WHEN 'text' THEN ARRAY[
				format('INSERT INTO %1\$s_taken (v) SELECT convert_from(bytes, ''UTF8'')::%1\$s FROM input WHERE id = %2\$s', type, id)]
			WHEN 'binary' THEN ARRAY[
				format('COPY (SELECT bytes FROM input WHERE id = %s) TO ''$file'' (FORMAT binary)', id),
				format('COPY %s_taken (v) FROM ''$file'' (FORMAT binary)', type)]
			WHEN 'stored' THEN ARRAY[
				format('SELECT %3\$s FROM (SELECT bytes::text::forged_%1\$s::%1\$s AS v FROM input WHERE id = %2\$s) AS s',
					type, id, uses[1 + id % cardinality(uses)]),
				format('INSERT INTO %1\$s_taken (v) SELECT bytes::text::forged_%1\$s::%1\$s::text::%1\$s FROM input WHERE id = %2\$s', type, id)]
			END)
		FROM (SELECT i.*) AS input JOIN type_of_ours USING (type) \$\$});

# Data exceptions and limits exceeded; a protocol violation is a message that ends too early,
# a later version's format is a feature not supported, and stored bytes can be corrupted.
my %clean = map { $_ => q{~ '^(00000|22...|54...|08P01|0A000)$'} } 'text', 'binary';
$clean{stored} = q{~ '^(00000|22...|54...|0A000|XX001)$'};

# but for one whose only use is its subscript, and which is read and written as text is
is($node->safe_psql('postgres', q{
		SELECT typname FROM pg_type
		WHERE typnamespace::regnamespace::text LIKE 'gapstats%' AND typtype = 'b' AND typelem = 0 AND typsubscript = 0 ORDER BY 1}),
	join("\n", sort keys %types), 'every type is here');

srand(20260101);
for my $type (sort keys %types)
{
	my ($values, $large, $part) = @{ $types{$type} }{qw(values large part)};
	$part //= 'v';
	$node->safe_psql('postgres', qq{
		SET client_min_messages = warning;
		CREATE TABLE ${type}_taken (id serial, v $type);
		INSERT INTO type_of_ours
		SELECT '$type', array_agg(CASE prokind
				WHEN 'f' THEN format('(SELECT count(r) FROM (SELECT %s(%s) AS r) AS s)', called, arguments)
				ELSE format('(SELECT count(r) FROM (SELECT %s(%s) %s AS r FROM (VALUES (v, 1), (v, 2)) AS t (v, i)) AS s)',
					called, arguments, CASE prokind WHEN 'w' THEN 'OVER ()' END)
				END ORDER BY name)
		FROM computing JOIN (
				SELECT function, string_agg(CASE
						WHEN type <> '$type'::regtype THEN format('(%s)::%s', value, type)
						WHEN p.proretset OR lanname = 'sql' THEN '$part'
						ELSE 'v'
						END, ', ' ORDER BY argno) AS arguments
				FROM ordinary_argument JOIN pg_proc AS p ON p.oid = function JOIN pg_language AS l ON l.oid = p.prolang
				GROUP BY function
				HAVING '$type'::regtype = ANY (array_agg(type))) AS s USING (function);

		-- A type of the same storage, through which any bytes become a value
		CREATE TYPE forged_$type;
		CREATE FUNCTION forged_${type}_in(cstring) RETURNS forged_$type LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
		CREATE FUNCTION forged_${type}_out(forged_$type) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
		CREATE TYPE forged_$type (INPUT = forged_${type}_in, OUTPUT = forged_${type}_out, LIKE = $type);
		CREATE CAST (forged_$type AS $type) WITHOUT FUNCTION;
		CREATE CAST ($type AS forged_$type) WITHOUT FUNCTION});

	my %inputs;
	for my $value ((@$values) x 15, $large)
	{
		my ($text, $binary, $stored) = split /\n/, $node->safe_psql('postgres', qq{
				SELECT v::text, encode(${type}_send(v), 'hex'), substr(v::forged_$type\::text, 3)
				FROM (SELECT $value AS v) AS s},
			extra_params => ['-F', "\n"]);
		push @{ $inputs{text} }, $text;
		push @{ $inputs{binary} }, pack('H*', $binary);
		push @{ $inputs{stored} }, pack('H*', $stored);
	}

	for my $format ('text', 'binary', 'stored')
	{
		my $parts = $format eq 'text' ? \@pieces : \@numbers;
		my $rows = '';
		for (1 .. $mutations)
		{
			my $input = mutate(pick(@{ $inputs{$format} }), $parts, pick(@{ $inputs{$format} }));
			$rows .= "$type\t$format\t\\\\x" . unpack('H*', $input) . "\n";
		}
		$node->safe_psql('postgres', "COPY input (type, format, bytes) FROM stdin;\n$rows\\.\n");
		is($node->safe_psql('postgres', qq{
				CREATE TEMP TABLE outcome AS
				SELECT id, take(input) AS sqlstate FROM input WHERE type = '$type' AND format = '$format';
				SELECT sqlstate, count(*), min(id) FROM outcome WHERE NOT sqlstate $clean{$format} GROUP BY sqlstate}),
			'', "$type: every mutated $format input is taken or refused cleanly");
	}
	is($node->safe_psql('postgres', qq{
			SELECT sqlstate, count(*), min(t.id)
			FROM ${type}_taken AS t, type_of_ours AS o,
				sqlstate_of(ARRAY[format('SELECT %s FROM ${type}_taken WHERE id = %s', array_to_string(uses, ', '), t.id)]) AS sqlstate
			WHERE o.type = '$type' AND NOT sqlstate $clean{text}
			GROUP BY sqlstate}),
		'', "$type: every function takes what was taken");
	is($node->safe_psql('postgres',
			"SELECT id FROM ${type}_taken WHERE ${type}_send(v::text::$type) IS DISTINCT FROM ${type}_send(v)"),
		'', "$type: text keeps every bit of what was taken");
	is($node->safe_psql('postgres', qq{
			CREATE TABLE ${type}_again (LIKE ${type}_taken);
			COPY ${type}_taken TO '$file' (FORMAT binary);
			COPY ${type}_again FROM '$file' (FORMAT binary);
			SELECT id FROM ${type}_taken AS t JOIN ${type}_again AS a USING (id)
			WHERE ${type}_send(t.v) IS DISTINCT FROM ${type}_send(a.v)}),
		'', "$type: binary keeps every bit of what was taken");
	my $taken = $node->safe_psql('postgres', "SELECT count(*) FROM ${type}_taken");
	cmp_ok($taken, '>', $mutations / 50, "$type: some mutations are values");
	cmp_ok($taken, '<', 2 * $mutations, "$type: most are not");
	note "$type: $taken of ", 3 * $mutations, ' inputs are values';
}

done_testing();
