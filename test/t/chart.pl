# What a browser makes of report_page(): every kind of chart is drawn, mark for mark, by the Vega
# that make charts gets from npm; nothing complains, nothing leaves the machine, and no script runs
# but the page's own. Without Vega the page has its sentences and tables.
# It takes Debian's chromium-headless-shell, and npm.
use strict;
use warnings;
use IPC::Run;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes 'time';

for ([ 'chromium-headless-shell', 'chromium-headless-shell' ], [ 'npm', 'npm' ])
{
	my ($command, $package) = @$_;
	(grep { -x "$_/$command" } split /:/, $ENV{PATH}) or BAIL_OUT("There is no $command: apt-get install $package");
}

# Where the server's installation is, which the file with its settings tells
my ($sharedir) = map { chomp; $_ } `@{[ $ENV{PG_CONFIG} // 'pg_config' ]} --sharedir`;
my ($dest) = ($ENV{TEMP_CONFIG} ? slurp_file($ENV{TEMP_CONFIG}) : '') =~ m{'([^':]*/dest)(?=['/])};
plan skip_all => 'the server has an installation of its own' unless defined $dest;
my $installed = "$dest$sharedir/extension/gapstats_charts.js";
my $was_there = -e $installed;
END { unlink $installed if defined $installed && !$was_there && $$ == $main::pid }
our $pid = $$;

my $node = PostgreSQL::Test::Cluster->new('chart');
$node->init;
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION gapstats;
	ALTER DATABASE postgres SET search_path = public, gapstats;
	CREATE ROLE reader LOGIN});
my $folder = $node->basedir;

my $pages = 0;

# A page that a role who may nothing in particular makes
sub page
{
	my ($charts, $title) = @_;
	my $file = "$folder/page_" . ++$pages . '.html';
	my $page = $node->safe_psql('postgres', sprintf(q{SET ROLE reader; SELECT report_page(%s, %s)}, $title // q{'page'}, $charts));
	open my $handle, '>', $file or die "$file: $!";
	print $handle $page;
	close $handle;
	return ($file, $page);
}

# What a browser makes of a file: the document once its scripts have run, what it complains of, and
# whom it asked for anything
sub browse
{
	my ($file) = @_;
	my ($document, $log) = ('', '');
	my $profile = PostgreSQL::Test::Utils::tempdir;
	local $ENV{HOME} = $profile;
	IPC::Run::run([ qw(chromium-headless-shell --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --no-first-run),
			'--enable-logging=stderr', '--virtual-time-budget=20000', "--user-data-dir=$profile", '--host-resolver-rules=MAP * ~NOTFOUND',
			"--log-net-log=$profile/net.json", '--dump-dom', "file://$file" ],
		'>', \$document, '2>', \$log, IPC::Run::timeout(120)) or diag $log;
	utf8::decode($document);
	my @asked;
	for my $event (@{ decode_json(slurp_file("$profile/net.json"))->{events} })
	{
		my $params = ref $event->{params} eq 'HASH' ? $event->{params} : {};
		push @asked, grep { defined } $params->{url};
	}
	return ($document, join('', $log =~ /^.*CONSOLE.*$/mg), join(' ', sort keys %{ { map { $_ => 1 } @asked } }));
}

# The marks in what is drawn of each chart, such as "line 1, rule 3, symbol 2"
sub marks
{
	my ($document) = @_;
	my @charts;
	for my $section ($document =~ m{<section.*?</section>}sg)
	{
		my %marks;
		while ($section =~ m{<g class="mark-(\w+) role-mark[^>]*>(.*?)</g>}sg)
		{
			my ($mark, $inside) = ($1, $2);
			$marks{$mark} += () = $inside =~ /<(?:path|line|text)\b/g;
		}
		push @charts, join ', ', map { "$_ $marks{$_}" } grep { $marks{$_} } sort keys %marks;
	}
	return @charts;
}

# What each chart is of: its rows, what is drawn of them, and a text that is in the picture
my @kinds = (
	# the line at 0; two intervals, as Other has none; three points
	[ 'gaps', q{SELECT * FROM (VALUES ('Black', -11.5, -13.25, -9.75, 40, NULL), ('Asian', 0, -3.5, 7.5, 12, NULL), ('Other', -4, NULL, NULL, 1, 'n_lt_2'), ('Native', NULL, NULL, NULL, NULL, 'suppressed'))
		AS t (group_focal, gap, gap_lower, gap_upper, n_focal, reason)}, 'rule 3, symbol 3', 'Asian' ],
	# two measures, so two pictures, with a line at 0 in each
	[ 'gaps', q{SELECT m AS measure, g AS group_focal, length(g) AS gap, 0 AS gap_lower, 9 AS gap_upper FROM unnest('{reading,gifted}'::text[]) AS m, unnest('{a,bb,ccc}'::text[]) AS g}, 'rule 8, symbol 6', 'gifted' ],
	# a line that is broken in 2024 for one group: three stretches, of which one has a single point
	[ 'trend', q{SELECT g AS group_focal, y AS period, gap, gap - 1 AS gap_lower, gap + 1 AS gap_upper FROM unnest('{a,b}'::text[]) AS g, generate_series(2022, 2025) AS y,
		LATERAL (SELECT CASE WHEN g = 'a' OR y <> 2024 THEN -y % 7 - 1.5 END AS gap) AS v}, 'line 3, rule 8, symbol 7', '2024' ],
	# two measures, so two pictures, of two lines each
	[ 'trend', q{SELECT m AS measure, g AS group_focal, y AS period, y AS gap, 0 AS gap_lower, 9 AS gap_upper FROM unnest('{reading,gifted}'::text[]) AS m, unnest('{a,b}'::text[]) AS g, generate_series(1, 3) AS y},
		'line 4, rule 14, symbol 12', 'gifted' ],
	# as many lines as have no colours: a picture each
	[ 'trend', q{SELECT 'g' || g AS group_focal, y AS period, g AS gap FROM generate_series(1, 8) AS g, generate_series(1, 3) AS y}, 'line 8, rule 8, symbol 24', 'g8' ],
	# two bands and a median of each, and a percentile that stands alone
	[ 'percentiles', q{SELECT g AS group_name, f AS fraction, 100 * f + length(g) AS value, 50 AS n FROM unnest('{a,bb}'::text[]) AS g, unnest('{0.1,0.25,0.5,0.75,0.9,0.95}'::float8[]) AS f}, 'rect 8', '100' ],
	# the same over the years: two bands; the median with its points, and the one alone with its own
	[ 'percentiles', q{SELECT 'a' AS group_name, y AS period, f AS fraction, 100 * f + y AS value FROM generate_series(1, 3) AS y, unnest('{0.1,0.25,0.5,0.75,0.9,0.95}'::float8[]) AS f}, 'area 2, line 2, symbol 6', '3' ],
	[ 'absence', q{SELECT g AS group_name, (date '2025-09-01' + m * interval '1 month')::date AS month, 0.05 + m / 100.0 AS absence_rate, 0.04 + m / 100.0 AS absence_rate_lower, 0.07 + m / 100.0 AS absence_rate_upper
		FROM unnest('{free,paid}'::text[]) AS g, generate_series(0, 4) AS m}, 'line 2, rule 10, symbol 10', 'Sep 2025' ],
	# the line of all, and an interval each
	# breakdowns by several columns, each with the line of all
	[ 'flags', q{SELECT c AS group_column, c || v AS group_value, v = 3 AS is_total, 100 AS students, 10 * v AS flagged FROM unnest('{school,grade}'::text[]) AS c, generate_series(1, 3) AS v}, 'rule 6, symbol 4', 'school' ],
	[ 'flags', q{SELECT * FROM (VALUES ('north', false, 263, 81, NULL), ('south', false, 148, 15, NULL), ('east', false, NULL, NULL, 'suppressed'), ('all', true, 431, 96, NULL)) AS t (group_value, is_total, students, flagged, reason)},
		'rule 3, symbol 2', '0%' ],
	# the line at 1, the threshold, and the intervals
	[ 'disproportionality', q{SELECT * FROM (VALUES ('a', 4.0, 2.0, 8.0, 3), ('b', 0.8, 0.5, 1.28, 3), ('c', 0, NULL, NULL, 3)) AS t (group_name, risk_ratio, risk_ratio_lower, risk_ratio_upper, threshold)}, 'rule 4, symbol 2', '0.5' ],
	[ 'gaps', q{SELECT 'a' AS group_focal, 1 AS gap WHERE false}, '', '' ]);
my $charts = 'jsonb_build_array(' . join(', ', map { "chart('$_->[0]', \$\$$_->[1]\$\$)" } @kinds) . ')';

my (undef, undef, $hint) = $node->psql('postgres', q{SELECT chart('none', 'SELECT 1')});
is(join(' ', sort keys %{ { map { $_->[0] => 1 } @kinds } }), join(' ', ($hint =~ /HINT:(.*)/)[0] =~ /"(\w+)"/g), 'every kind of chart is here');

# Without Vega
rename $installed, "$installed.kept" if $was_there;
my ($file, $page) = page($charts);
rename "$installed.kept", $installed if $was_there;
unlike($page, qr/<script/, 'without Vega a page has no script');
like($page, qr/make charts/, '... and says how to get charts');
is(scalar(() = $page =~ /<caption/g), $#kinds, '... but every table');
my ($document, $complaints) = browse($file);
is($complaints, '', '... and a browser has nothing to complain of');
is(scalar(() = $document =~ /<tr>/g), scalar(() = $page =~ /<tr>/g), '... and shows every row');

# With it
my $began = time;
command_ok([ 'src/chart/bundle', "$folder/gapstats_charts.js" ], 'make charts');
note(sprintf '%.1f s, %d bytes', time - $began, -s "$folder/gapstats_charts.js");
system_or_bail('cp', "$folder/gapstats_charts.js", $installed);
$began = time;
($file, $page) = page($charts);
note(sprintf 'a page of %d charts: %d bytes, %.1f s', scalar @kinds, length $page, time - $began);
$began = time;
($document, $complaints, my $asked) = browse($file);
note(sprintf 'drawn in %.1f s', time - $began);
is($complaints, '', 'a browser has nothing to complain of');
is($asked, '', '... asks nobody for anything');
is(scalar(() = $document =~ /<svg/g), $#kinds, '... and draws each chart');
my @marks = marks($document);
my @sections = $document =~ m{<section.*?</section>}sg;
for my $i (0 .. $#kinds)
{
	my ($kind, undef, $marks, $text) = @{ $kinds[$i] };
	is($marks[$i], $marks, "$kind: as many marks as there is to be shown");
	like($sections[$i], qr{<text[^>]*>\Q$text\E</text>}, "... and '$text' in the picture") if $text ne '';
	like($sections[$i], qr/<p id="sentence-\d+"><bdi>[^<]+/, '... a sentence');
	like($sections[$i], qr{<table>.*<caption.*<th scope="col">.*<th scope="row">}s, '... and a table') if $text ne '';
}
# a gap of 0 is on the line, and hollow; what is not shown is not drawn at all, and named
my ($line) = $sections[0] =~ /mark-rule role-mark layer_0_marks.*?translate\(([\d.]+),/;
my @points = $sections[0] =~ /mark-symbol role-mark(.*?)<\/g>/s ? $1 =~ /translate\(([\d.]+),[^)]*\)/g : ();
my @opacity = $sections[0] =~ /mark-symbol role-mark(.*?)<\/g>/s ? $1 =~ /fill-opacity="([\d.]+)"/g : ();
is($points[0], $line, 'a gap of 0 stands on the line');
is("@opacity", '0 1 0', '... and only a point whose interval excludes 0 is filled');
like($sections[0], qr/Not shown \(suppressed\): Native/, 'what is not shown is named');

# No text of the rows is anything but text
my $hostile = q{(SELECT string_agg(t, ' ') FROM unnest(ARRAY['</script><script>alert(1)</script>', '<img src=http://127.0.0.1:1/x onerror=alert(2)>', '"quoted" ''twice'' \\u2028', U&'\2028\2029', U&'\202E\05D0', E'new\nline', 'datum.x', ' & &amp;']) AS t)};
($file, $page) = page("jsonb_build_array(chart('gaps', format('SELECT %1\$L AS group_focal, g AS gap, %1\$L AS group_reference, %1\$L AS measure, %1\$L AS unit, %1\$L AS verdict FROM generate_series(1, 1) AS g', $hostile), $hostile))", $hostile);
($document, $complaints, $asked) = browse($file);
is($complaints, '', 'hostile text: nothing to complain of');
is($asked, '', '... nobody is asked');
is((marks($document))[0], 'rule 1, symbol 1', '... and the chart is drawn');

# These tests could fail: what would leave the machine, and what complains, is seen; and the page's policy stops it.
my $attack = '<img src="http://127.0.0.1:1/x"><img src="http://school.invalid/y"><script>console.error("ran")</script>';
open my $handle, '>', "$folder/control.html" or die $!;
print $handle "<!DOCTYPE html>$attack";
close $handle;
(undef, $complaints, $asked) = browse("$folder/control.html");
like($complaints, qr/"ran"/, 'a script of a page without a policy is seen to run');
is($asked, 'http://127.0.0.1:1/x http://school.invalid/y', '... and what it asks for is seen');
open $handle, '>', "$folder/attacked.html" or die $!;
print $handle slurp_file($file) =~ s/<main>/<main>$attack/r;
close $handle;
(undef, $complaints, $asked) = browse("$folder/attacked.html");
unlike($complaints, qr/"ran"/, 'in a page of ours no other script runs');
like($complaints, qr/Content Security Policy/, '... as the browser says');
is($asked, '', '... and nobody is asked');

# Another file in its place is not handed out
my ($stdout, $stderr);
for ([ 'bytes that are no script', "caf\xe9" ], [ 'too much', 'x' x (8 * 1024 * 1024 + 1) ])
{
	my ($what, $content) = @$_;
	open $handle, '>', $installed or die $!;
	print $handle $content;
	close $handle;
	(undef, $stdout, $stderr) = $node->psql('postgres', q{SELECT report_page('page', '[]')});
	like($stderr, qr/gapstats_charts\.js/, "$what: refused");
	is($stdout, '', '... and nothing of it is told');
}
unlink $installed;
mkdir $installed;
(undef, $stdout, $stderr) = $node->psql('postgres', q{SELECT report_page('page', '[]')});
like($stderr, qr/is not a file/, 'a directory: refused');
rmdir $installed;
system_or_bail('cp', "$folder/gapstats_charts.js", $installed) if $was_there;

$node->stop;
done_testing();
