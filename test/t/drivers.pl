# What programs get that read a report, percentiles, months, a watch list, percentile bands, a dayset and a distribution, by the drivers that BI
# tools and analysts use: of each column the type that its SQL type is to be there, and the values that psql shows. What
# installs the drivers is test/drivers/install; one that is missing is skipped, unless GAPSTATS_DRIVERS is "all".
use strict;
use warnings;
use IPC::Run;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('drivers');
$node->init;
$node->append_conf('postgresql.conf', "listen_addresses = '127.0.0.1'\nclient_min_messages = warning");
unlink $node->data_dir . '/pg_hba.conf';
$node->append_conf('pg_hba.conf', "local all all trust\nhost postgres bi 127.0.0.1/32 scram-sha-256");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION gapstats;
	ALTER DATABASE postgres SET search_path = public, gapstats});
$node->safe_psql('postgres', slurp_file("demo/$_.sql")) for 'load', 'summary';
$node->safe_psql('postgres', q{
	CREATE ROLE bi LOGIN PASSWORD 'of bi';
	CREATE ROLE analyst;
	GRANT USAGE ON SCHEMA star TO analyst, bi;
	GRANT CREATE ON SCHEMA star TO analyst;
	GRANT SELECT ON ALL TABLES IN SCHEMA star TO analyst, bi;

	CREATE VIEW star.bands AS
	SELECT race, b.*
	FROM (SELECT race, rollup(scores) AS scores FROM star.scores WHERE grade = 'K' AND subject = 'reading' GROUP BY race) AS s,
		percentile_bands(scores, '{0.2, 0.8}') AS b
	WHERE race IN ('black', 'white');
	CREATE VIEW star.fan AS SELECT * FROM percentile_report('star.public_use', '{"reading": {"score": "read", "direction": "higher"}}', '{race}', period => 'grade');
	CREATE VIEW star.months AS SELECT * FROM absence_report('SELECT * FROM star.attendance WHERE grade = ''K''', '{"chronic": {"absent": "absent", "enrolled": "enrolled", "cut": 0.1, "direction": "lower"}}');
	GRANT SELECT ON star.bands, star.fan, star.months TO bi;

	SET ROLE analyst;
	SET search_path = star, gapstats;
	SELECT create_report('report', 'SELECT *, replace(grade, ''K'', ''0'')::int AS year FROM public_use', '{"reading": {"score": "read", "direction": "higher"}}',
		'{race}', '{schid}', 'year', options => '{"reference_groups": {"race": "WHITE"}}');
	CREATE TABLE day_taken AS SELECT day FROM calendar WHERE day <= '1985-10-31';
	SELECT create_watch_list('watch', $$ SELECT student_id, school_id, race, free_lunch, entry_day FROM enrolment JOIN student USING (student_id) WHERE grade = 'K' $$,
		days_query => 'SELECT day FROM day_taken');
	SELECT add_rule('watch', 'absence', $$ SELECT student_id, absence_rate(absent, enrolled, daterange(NULL, as_of(), '[]')) FROM attendance WHERE grade = 'K' $$,
			'>=', 0.10, 'absent on {value%} of the days enrolled', 'watch'),
		publish_counts('watch', 'race');
	SELECT refresh_watch_list('watch');
	INSERT INTO day_taken VALUES ('1985-11-01');
	SELECT refresh_watch_list('watch');
	SELECT check_in('watch', student_id::text, 'Called home') FROM watch WHERE rules_flagged > 0 ORDER BY student_id LIMIT 1;
	GRANT SELECT ON report, watch, watch_current, watch_history, watch_sheet, watch_reasons, watch_runs, watch_run_rules, watch_counts, watch_alarms, watch_check_ins TO bi});

# In each query something is NULL, but for the last ones
my @queries = (
	[ report => q{SELECT * FROM star.report WHERE level = 'all' OR schid = 112038 ORDER BY key} ],
	[ fan => 'SELECT * FROM star.fan ORDER BY key' ],
	[ months => 'SELECT * FROM star.months ORDER BY key' ],
	[ list => 'SELECT * FROM star.watch ORDER BY student_id LIMIT 20' ],
	[ current => 'SELECT * FROM star.watch_current ORDER BY student_id LIMIT 20' ],
	[ history => 'SELECT * FROM star.watch_history ORDER BY standing LIMIT 20' ],
	[ sheet => 'SELECT * FROM star.watch_sheet ORDER BY student_id LIMIT 20' ],
	[ reasons => 'SELECT * FROM star.watch_reasons ORDER BY student_id LIMIT 20' ],
	[ runs => 'SELECT run, status, as_of, students, flagged, newly_flagged, escalated, cleared, error FROM star.watch_runs ORDER BY run' ],
	[ counts => 'SELECT * FROM star.watch_counts ORDER BY id' ],
	[ bands => 'SELECT * FROM star.bands ORDER BY race, lower_cut NULLS FIRST' ],
	[ dayset => q{SELECT student_id, absent, absent::text AS text, absent::date[] AS dates, absent::jsonb AS json, absent::datemultirange AS ranges,
		absent::date[]::gapstats.dayset = absent AND absent::datemultirange::gapstats.dayset = absent AS is_same, gapstats.first_day(absent) AS first_day,
		gapstats.day_count(absent) AS days, gapstats.absence_rate(absent, enrolled) AS rate FROM star.attendance WHERE student_id = 13779 AND grade = 'K'} ],
	[ distribution => q{SELECT school_id, free_lunch, scores, scores::jsonb AS json, gapstats.mean(scores) AS mean
		FROM star.scores WHERE grade = 'K' AND subject = 'reading' AND school_id = 112038 ORDER BY race, free_lunch} ]);
my $queries = join '', map { "$_->[0]\t" . $_->[1] =~ s/\s+/ /gr . "\n" } @queries;

# What psql shows
my (%type, %value, %has_null);
for (@queries)
{
	my ($name, $query) = @$_;
	my $described = $node->safe_psql('postgres', "$query \\gdesc", extra_params => [ '-F', "\t" ]);
	my @columns = map { [ split /\t/ ] } split /\n/, $described;
	$type{"$name.$_->[0]"} = $_->[1] =~ s/^gapstats\.//r for @columns;
	my $i = 0;
	for my $row (split /\n/, $node->safe_psql('postgres', $query, extra_params => [ '-F', "\t", '-P', 'null=\N' ]))
	{
		my @values = split /\t/, $row, -1;
		$value{"$name.$i.$columns[$_][0]"} = $values[$_] for 0 .. $#columns;
		$has_null{"$name.$columns[$_][0]"}->{$values[$_] eq '\N'} = 1 for 0 .. $#columns;
		$i++;
	}
}
is_deeply([ sort grep { my $q = $_; !grep { /^$q\./ && $has_null{$_}{1} } keys %has_null } map { $_->[0] } @queries ], [ 'dayset', 'distribution' ], 'there is something NULL in each query');

# What is counted is an integer, which JavaScript has as a number: it has 8 bytes as text. Those are numbers of rows that last.
is($node->safe_psql('postgres', q{
	SELECT c.relname || '.' || a.attname
	FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'int8'::regtype
	WHERE (c.relnamespace = 'star'::regnamespace AND c.relname ~ '^(watch|report)' OR c.relnamespace = 'gapstats'::regnamespace) AND c.relkind IN ('r', 'v', 'm')
	AND a.attname NOT IN ('id', 'run', 'until_run', 'standing', 'flag', 'alarm', 'check_in', 'snooze', 'intervention', 'position', 'job', 'changes', 'system_identifier')
	AND NOT (c.relname = 'watch_runs' AND a.attname IN ('n_without_id', 'n_without_viewer', 'n_next') OR c.relname = 'watch_run_rules' AND a.attname IN ('n_rows', 'n_without_id', 'n_matched'))
	ORDER BY 1}), '', 'what watch lists and reports count is an integer');

# What each driver makes of a type of PostgreSQL's: text, where it does not know it
my %numbers = map { $_ => 1 } 'integer', 'bigint', 'numeric', 'double precision';
my %drivers = (
	psycopg2 => {
		command => [ 'python3', 'test/drivers/psycopg2_pandas.py' ],
		is_there => [ 'python3', '-c', 'import psycopg2, pandas, sqlalchemy' ],
		null => 'NoneType',
		other => 'str',
		types => { integer => 'int', bigint => 'int', numeric => 'Decimal', 'double precision' => 'float', boolean => 'bool', date => 'date',
			'timestamp with time zone' => 'datetime', jsonb => 'list', 'text[]' => 'list', 'integer[]' => 'list', 'date[]' => 'list' } },
	odbc => {
		command => [ 'python3', 'test/drivers/odbc.py' ],
		is_there => [ 'sh', '-c', 'python3 -c "import pyodbc" && odbcinst -q -d -n "PostgreSQL Unicode"' ],
		other => 'str',
		types => { integer => 'int', bigint => 'int', numeric => 'Decimal', 'double precision' => 'float', boolean => 'bool', date => 'date', 'timestamp with time zone' => 'datetime' } },
	'node-postgres' => {
		command => [ 'node', 'test/drivers/node.js' ],
		is_there => [ 'sh', '-c', 'cd test/drivers && node -e "require(\'pg\')"' ],
		null => 'null',
		other => 'string',
		# Debian's 8.8 has dates as text
		types => { integer => 'number', 'double precision' => 'number', boolean => 'boolean', date => 'Date or string', 'timestamp with time zone' => 'Date', jsonb => 'json',
			'text[]' => 'Array', 'integer[]' => 'Array', 'date[]' => 'Array' } },
	jdbc => {
		command => [ 'java', '-cp', '/usr/share/java/postgresql.jar:' . $node->basedir, 'Jdbc' ],
		is_there => [ 'sh', '-c', 'test -f /usr/share/java/postgresql.jar && ecj -cp /usr/share/java/postgresql.jar -proc:none -source 11 -target 11 -d ' . $node->basedir . ' test/drivers/Jdbc.java' ],
		other => 'PGobject',
		types => { text => 'java.lang.String', name => 'java.lang.String', integer => 'java.lang.Integer', bigint => 'java.lang.Long', numeric => 'java.math.BigDecimal', 'double precision' => 'java.lang.Double',
			boolean => 'java.lang.Boolean', date => 'java.sql.Date', 'timestamp with time zone' => 'java.sql.Timestamp',
			'text[]' => 'java.sql.Array', 'integer[]' => 'java.sql.Array', 'date[]' => 'java.sql.Array' } },
	rpostgresql => {
		command => [ 'Rscript', '--vanilla', 'test/drivers/rpostgresql.R' ],
		is_there => [ 'Rscript', '--vanilla', '-e', 'library(RPostgreSQL)' ],
		other => 'character',
		types => { integer => 'integer', bigint => 'numeric', numeric => 'numeric', 'double precision' => 'numeric', boolean => 'logical', date => 'Date', 'timestamp with time zone' => 'POSIXct' } });

# Is it the same value, however it is written?
sub same
{
	my ($is, $expected, $type) = @_;
	return $is eq $expected if $is eq '\N' || $expected eq '\N' || !defined $type;
	return $is == $expected if $numbers{$type};
	return 1 if $type eq 'timestamp with time zone';    # of a time zone of its own
	return JSON::PP->new->canonical->encode(decode_json($is)) eq JSON::PP->new->canonical->encode(decode_json($expected)) if $type eq 'jsonb';
	return $is eq $expected;
}

for my $driver (sort keys %drivers)
{
	my $d = $drivers{$driver};
	SKIP: {
		local %ENV = (%ENV, PGHOST => '127.0.0.1', PGPORT => $node->port, PGUSER => 'bi', PGPASSWORD => 'of bi', PGDATABASE => 'postgres', TZ => 'UTC');
		my ($out, $err) = ('', '');
		my $is_there = eval { IPC::Run::run($d->{is_there}, '<', \'', '>', \$out, '2>', \$err) };
		skip "$driver is not installed: test/drivers/install", 1 unless $is_there || ($ENV{GAPSTATS_DRIVERS} // '') eq 'all';
		$out = $err = '';
		my $ran = eval { IPC::Run::run($d->{command}, '<', \$queries, '>', \$out, '2>', \$err) };
		ok($ran, "$driver reads all") or diag($err || $@);

		my (%wrong, %seen, %listed);
		for (split /\n/, $out)
		{
			my ($name, $i, $column, $is_type, $is) = split /\t/, $_, -1;
			if ($name eq 'catalog')
			{
				$listed{$i} = "$column $is_type";
				next;
			}
			if ($name eq 'pandas')
			{
				$name = $i;
				my $nulls = $has_null{"$name.$column"};
				next unless $nulls->{''};    # a column without values has any type
				my $of = $type{"$name.$column"};
				my $wanted = $of =~ /^(integer|bigint)$/ ? ($nulls->{1} ? 'float64' : 'int64') : $of =~ /^(numeric|double precision)$/ ? 'float64'
					: $of eq 'boolean' ? ($nulls->{1} ? 'object' : 'bool') : $of eq 'timestamp with time zone' ? 'datetime64[ns, UTC]' : 'object';
				$wrong{"pandas: $name.$column ($of) is $is_type, not $wanted"} = 1 unless $is_type eq $wanted;
				next;
			}
			my ($of, $expected) = ($type{"$name.$column"}, $value{"$name.$i.$column"});
			$seen{"$name.$i.$column"} = 1;
			my $wanted = $is eq '\N' && defined $d->{null} ? $d->{null} : $d->{types}{$of} // $d->{other};
			$wrong{"$name.$column ($of) is $is_type, not $wanted"} = 1 unless grep { $is_type eq $_ } split / or /, $wanted;
			$wrong{"$name.$column, row $i, is $is, not $expected"} = 1 unless same($is, $expected, $of);
		}
		$wrong{"$_ is missing"} = 1 for grep { !$seen{$_} } keys %value;
		is(join("\n", sort keys %wrong), '', "$driver: types and values");
		next unless %listed;
		is(join(', ', map { $listed{$_} ? "$_ $listed{$_}" : "$_ is missing" } qw(report watch watch_current watch_sheet)),
			$driver eq 'jdbc' ? 'report table key, watch materialized view , watch_current table student_id, watch_sheet view '
			: 'report table key, watch view , watch_current table student_id, watch_sheet view ', "$driver: what is a table, with which key, and what a view");
	}
}

$node->stop;
done_testing();
