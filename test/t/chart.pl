# What a browser makes of report_page(): every kind of chart is drawn, mark for mark, by the Vega
# that make charts gets from npm; nothing complains, nothing leaves the machine, and no script runs
# but the page's own. Without Vega the page has its sentences and tables. On paper, in the dark and
# under the keyboard it is looked at through the browser's own protocol.
# It takes Debian's chromium-headless-shell and poppler-utils, and npm.
use strict;
use warnings;
use IPC::Run;
use JSON::PP;
use MIME::Base64;
use POSIX ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes 'time';

for ([ 'chromium-headless-shell', 'chromium-headless-shell' ], [ 'npm', 'npm' ], [ 'pdftotext', 'poppler-utils' ])
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

# A browser that shows a file, to be asked: ->(method, params) is what it answers
my @browsers;
END { local $?; kill 'KILL', @browsers; waitpid $_, 0 for @browsers }

sub ask
{
	my ($file) = @_;
	my $profile = PostgreSQL::Test::Utils::tempdir;
	# it reads descriptor 3 and writes descriptor 4
	pipe my $their_in, my $in or die $!;
	pipe my $out, my $their_out or die $!;
	my $process = fork // die $!;
	if ($process == 0)
	{
		open STDERR, '>', "$profile/log";
		POSIX::dup2(fileno $their_in, 100);
		POSIX::dup2(fileno $their_out, 101);
		POSIX::dup2(100, 3);
		POSIX::dup2(101, 4);
		POSIX::close($_) for 100, 101;
		$ENV{HOME} = $profile;
		exec qw(chromium-headless-shell --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --no-first-run --remote-debugging-pipe),
			"--user-data-dir=$profile", '--host-resolver-rules=MAP * ~NOTFOUND' or POSIX::_exit(1);
	}
	push @browsers, $process;
	close $_ for $their_in, $their_out;
	$in->autoflush;

	my ($id, %session) = 0;
	my $answer = sub {
		my ($what) = @_;
		local ($/, $SIG{ALRM}) = ("\0", sub { die 'the browser does not answer' });
		alarm 60;
		while (defined(my $said = <$out>))
		{
			chomp $said;
			$said = decode_json($said);
			next unless $what->($said);
			alarm 0;
			return $said;
		}
		die 'the browser is gone';
	};
	my $send = sub {
		my ($method, $params) = @_;
		my $sent = ++$id;
		print $in encode_json({ id => $sent, method => $method, params => $params // {}, %session }), "\0";
		my $said = $answer->(sub { ($_[0]{id} // 0) == $sent });
		die "$method: $said->{error}{message}" if $said->{error};
		return $said->{result};
	};
	my $target = $send->('Target.createTarget', { url => 'about:blank' })->{targetId};
	%session = (sessionId => $send->('Target.attachToTarget', { targetId => $target, flatten => JSON::PP::true })->{sessionId});
	$send->('Page.enable');
	$send->('Page.navigate', { url => "file://$file" });
	$answer->(sub { ($_[0]{method} // '') eq 'Page.loadEventFired' });
	return $send;
}

# What an expression of the page's is, once it is drawn
sub value
{
	my ($browser, $expression) = @_;
	my $result = $browser->('Runtime.evaluate', { expression => $expression, returnByValue => JSON::PP::true, awaitPromise => JSON::PP::true });
	die $result->{exceptionDetails}{exception}{description} if $result->{exceptionDetails};
	return $result->{result}{value};
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
	# the same with an interval each but for one, as bars and over the years
	[ 'percentiles', q{SELECT g AS group_name, f AS fraction, 100 * f + length(g) AS value, 100 * f AS value_lower, CASE WHEN g = 'a' OR f < 0.9 THEN 100 * f + 4 END AS value_upper FROM unnest('{a,bb}'::text[]) AS g, unnest('{0.1,0.25,0.5,0.75,0.9}'::float8[]) AS f},
		'rect 6, rule 9', 'bb' ],
	[ 'percentiles', q{SELECT y AS period, f AS fraction, 100 * f + y AS value, 100 * f AS value_lower, 100 * f + 4 AS value_upper FROM generate_series(1, 3) AS y, unnest('{0.25,0.5,0.75}'::float8[]) AS f}, 'area 1, line 1, rule 9, symbol 3', '3' ],
	[ 'absence', q{SELECT g AS group_name, (date '2025-09-01' + m * interval '1 month')::date AS month, 0.05 + m / 100.0 AS absence_rate, 0.04 + m / 100.0 AS absence_rate_lower, 0.07 + m / 100.0 AS absence_rate_upper
		FROM unnest('{free,paid}'::text[]) AS g, generate_series(0, 4) AS m}, 'line 2, rule 10, symbol 10', 'Sep 2025' ],
	# the line of all, and an interval each
	# breakdowns by several columns, each with the line of all
	[ 'flags', q{SELECT c AS group_column, c || v AS group_value, v = 3 AS is_total, 100 AS students, 10 * v AS flagged FROM unnest('{school,grade}'::text[]) AS c, generate_series(1, 3) AS v}, 'rule 6, symbol 4', 'school' ],
	[ 'flags', q{SELECT * FROM (VALUES ('north', false, 263, 81, NULL), ('south', false, 148, 15, NULL), ('east', false, NULL, NULL, 'suppressed'), ('all', true, 431, 96, NULL)) AS t (group_value, is_total, students, flagged, reason)},
		'rule 3, symbol 2', '0%' ],
	# the line at 1, the threshold, and the intervals
	[ 'disproportionality', q{SELECT * FROM (VALUES ('a', 4.0, 2.0, 8.0, 3), ('b', 0.8, 0.5, 1.28, 3), ('c', 0, NULL, NULL, 3)) AS t (group_name, risk_ratio, risk_ratio_lower, risk_ratio_upper, threshold)}, 'rule 4, symbol 2', '0.5' ],
	# the line at 0, and intervals of two
	[ 'decomposition', q{SELECT * FROM (VALUES ('gap', NULL, -5, -6, -4), ('explained', NULL, -2, -3, 1), ('explained', 'age', -2, NULL, NULL), ('unexplained', NULL, NULL, NULL, NULL)) AS t (component, covariate, estimate, lower, upper)},
		'rule 3, symbol 3', 'gap' ],
	# an index and what chance would have made it
	[ 'segregation', q{SELECT y AS period, 0.5 + y / 10.0 AS theil_h, 0.1 AS theil_h_expected FROM generate_series(1, 3) AS y}, 'line 2, symbol 6', 'by chance' ],
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
my @marks = marks($document);
my @sections = $document =~ m{<section.*?</section>}sg;
is(scalar(grep { /<svg/ } @sections), $#kinds, '... and draws each chart');
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

# The version that specifications name draws the same as the one that a page has
mkdir "$folder/older" or die $!;
system_or_bail('cp', 'src/chart/bundle', "$folder/older");
open my $handle, '>', "$folder/older/SHA512SUMS" or die $!;
print $handle slurp_file('src/chart/SHA512SUMS') =~
	s/^\w+  vega-lite-.*$/97827af80584dc3223be8bc4a079762ddb425247e6e33b3c5f1c7b20dc19100bfe5d56fa911eaf20dd60b77b7680dda0b3fcb80d84ecfd13e84de600b8483a98  vega-lite-5.23.0.tgz/mr;
close $handle;
command_ok([ "$folder/older/bundle", $installed ], 'Vega-Lite 5.23');
($file) = page($charts);
like(slurp_file($file), qr/vega-lite-5\.23\.0/, '... is in a page');
($document, $complaints) = browse($file);
is($complaints, '', '... has nothing to complain of');
is_deeply([ marks($document) ], \@marks, '... and draws the same marks');
system_or_bail('cp', "$folder/gapstats_charts.js", $installed);

# On paper, also where the screen is dark: a hundred schools are more than a page has room for
my $schools = q{chart('gaps', $$SELECT 'school ' || i AS group_focal, i % 7 - 3.5 AS gap, i % 7 - 4.5 AS gap_lower, i % 7 - 2.5 AS gap_upper, 'points' AS unit, 'others' AS group_reference FROM generate_series(1, 100) AS i$$, '%s')};
($file) = page(sprintf("jsonb_build_array($schools, chart('percentiles', \$\$%s\$\$, 'The fan'), $schools, $schools)", 'The first', $kinds[5][1], 'The next', 'The last'), q{'A title'});
my $browser = ask($file);
my $drawn = q{new Promise(done => { const look = () => document.querySelectorAll('section:last-of-type svg').length ? requestAnimationFrame(() => done(document.querySelectorAll('svg').length)) : setTimeout(look, 50); look() })};
is(value($browser, $drawn), 10, 'what is more than a page has room for is drawn in pieces');
my $dark = { features => [ { name => 'prefers-color-scheme', value => 'dark' } ] };
$browser->('Emulation.setEmulatedMedia', $dark);
# The pages that are printed, as text and as pixels
sub paper
{
	my ($browser, %how) = @_;
	my ($text, $pixels) = ('', '');
	open my $handle, '>:raw', "$folder/page.pdf" or die $!;
	print $handle decode_base64($browser->('Page.printToPDF', { printBackground => JSON::PP::true, %how })->{data});
	close $handle;
	IPC::Run::run([ 'pdftotext', '-layout', '-enc', 'UTF-8', "$folder/page.pdf", '-' ], '>', \$text) or die;
	IPC::Run::run([ 'pdftoppm', '-r', '50', '-gray', "$folder/page.pdf" ], '>', \$pixels) or die;
	return ($text, $pixels);
}
my ($text, $pixels) = paper($browser);
my @paper = grep { /\S/ } split /\f/, $text;
note(scalar @paper, ' pages');
like($paper[0], qr/A title.*The first.*school 1\b.*gap to others \(points\)/s, 'on paper the title, the first chart\'s heading and its picture are on one page');
for my $heading ('The fan', 'The next', 'The last')
{
	my ($of) = grep { /^\s*\Q$heading\E$/m } @paper;
	like($of, $heading eq 'The fan' ? qr/^\s*\Q$heading\E\n.*\b90\b.*Bands: /ms : qr/^\s*\Q$heading\E\n.*gap to others \(points\)/ms, "... and so are those of '$heading'");
}
is(scalar(() = $text =~ /gap to others \(points\)/g), 9, '... every piece of a picture has its axis');
is(join(' ', grep { my $name = $_; (() = $text =~ /\bschool $name\b(?!\))/g) != 6 } 1 .. 100), '', '... every school is in its picture, and in its table');
my @tables = grep { !/gap to others|The fan/ } @paper;
cmp_ok(scalar @tables, '>', 1, '... tables go on for more than a page');
is(scalar(grep { !/\A\s*group\s+gap\s+95% interval/ } @tables), 0, '... with their heads on each');
# pixels of the pages: light, and nothing long stands at the right, as a scroll bar would
my ($dark_pages, $bars) = (0, 0);
while ($pixels =~ s/\AP5\s+(\d+)\s+(\d+)\s+255\s//)
{
	my ($width, $height) = ($1, $2);
	my $gray = substr $pixels, 0, $width * $height, '';
	$dark_pages++ if ($gray =~ tr/\x00-\x7f//) > 0.2 * $width * $height;
	for my $x (int(0.85 * $width) .. $width - 1)
	{
		my $column = join '', map { substr $gray, $_ * $width + $x, 1 } 0 .. $height - 1;
		$bars++ if $column =~ /[^\xf0-\xff]{60}/;
	}
}
is($dark_pages, 0, '... no page is dark');
is($bars, 0, '... and none has a scroll bar');
my ($wide) = paper($browser, landscape => JSON::PP::true);
like((split /\f/, $wide)[0], qr/A title.*The first.*gap to others \(points\)/s, '... also of a sheet that lies');

# On a screen it is dark or light, and everything can be read: WCAG 2.1 asks for a contrast of 4.5
my $contrasts = q{(() => {
	const light = color => {
		const [r, g, b] = color.match(/[\d.]+/g).map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const back = light(getComputedStyle(document.body).backgroundColor);
	return {back, worst: Math.min(...[...document.querySelectorAll('h1, h2, p, caption, th, td, svg text')].map(one => {
		const style = getComputedStyle(one), text = light(one.closest('svg') ? style.fill : style.color);
		return (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
	}))};
})()};
for my $scheme ('dark', 'light')
{
	$browser->('Emulation.setEmulatedMedia', { features => [ { name => 'prefers-color-scheme', value => $scheme } ] });
	my $seen = value($browser, $contrasts);
	cmp_ok($scheme eq 'dark' ? $seen->{back} : 1 - $seen->{back}, '<', 0.05, "$scheme, as the reader has it");
	cmp_ok($seen->{worst}, '>=', 4.5, '... and every text stands out');
}

# The keyboard reaches each picture and table, and goes from mark to mark; a screen reader is told
sub press
{
	my ($browser, $key) = @_;
	$browser->('Input.dispatchKeyEvent', { type => $_, key => $key, code => $key, windowsVirtualKeyCode => { Tab => 9, End => 35, Home => 36, ArrowLeft => 37, ArrowRight => 39 }->{$key} }) for 'rawKeyDown', 'keyUp';
	return value($browser, q{document.activeElement.className + ': ' + document.activeElement.closest('section').querySelector('output').textContent});
}
is(press($browser, 'Tab'), 'picture: Arrow keys go from mark to mark, Home and End to the first and the last.', 'the first picture has the focus');
is(press($browser, 'ArrowRight'), 'picture: school 1: -2.5, -3.5 to -1.5', '... the first mark');
is(press($browser, 'ArrowRight'), 'picture: school 10: -0.5, -1.5 to 0.5', '... the next');
is(value($browser, q{[...document.querySelectorAll('.told')].map(one => one.getAttribute('aria-label')).join(' and ')}), join(' and ', ('school 10: -0.5, -1.5 to 0.5') x 2), '... is seen: its point and its interval');
is(press($browser, 'End'), 'picture: school 99: -2.5, -3.5 to -1.5', '... the last');
is(press($browser, 'ArrowRight'), 'picture: school 99: -2.5, -3.5 to -1.5', '... is the last');
is(press($browser, 'Home'), 'picture: school 1: -2.5, -3.5 to -1.5', '... the first');
is(press($browser, 'Tab'), 'rows: ', 'the table is next');
is(press($browser, 'Tab'), 'picture: Arrow keys go from mark to mark, Home and End to the first and the last.', 'then the next picture');
my @read = map { [ map { $_->{value} // '' } @$_{qw(role name description)} ] } grep { !$_->{ignored} } @{ $browser->('Accessibility.getFullAXTree')->{nodes} };
is_deeply([ map { $_->[1] } grep { $_->[0] eq 'application' } @read ], [ 'The first', 'The fan', 'The next', 'The last' ], 'a screen reader has each picture by its heading');
like((grep { $_->[0] eq 'application' } @read)[0][2], qr/^100 gaps: .* interval excludes 0 for /, '... with its sentence');
is(scalar(grep { $_->[0] eq 'status' } @read), 4, '... and is told where one is');
is(scalar(grep { $_->[0] eq 'columnheader' } @read), scalar(() = slurp_file($file) =~ /<th scope="col"/g), '... and each table with its heads');

# No text of the rows is anything but text
my $hostile = q{(SELECT string_agg(t, ' ') FROM unnest(ARRAY['</script><script>alert(1)</script>', '<img src=http://127.0.0.1:1/x onerror=alert(2)>', '"quoted" ''twice'' \\u2028', U&'\2028\2029', U&'\202E\05D0', E'new\nline', 'datum.x', ' & &amp;']) AS t)};
($file, $page) = page("jsonb_build_array(chart('gaps', format('SELECT %1\$L AS group_focal, g AS gap, %1\$L AS group_reference, %1\$L AS measure, %1\$L AS unit, %1\$L AS verdict FROM generate_series(1, 1) AS g', $hostile), $hostile))", $hostile);
($document, $complaints, $asked) = browse($file);
is($complaints, '', 'hostile text: nothing to complain of');
is($asked, '', '... nobody is asked');
is((marks($document))[0], 'rule 1, symbol 1', '... and the chart is drawn');

# These tests could fail: what would leave the machine, and what complains, is seen; and the page's policy stops it.
my $attack = '<img src="http://127.0.0.1:1/x"><img src="http://school.invalid/y"><script>console.error("ran")</script>';
open $handle, '>', "$folder/control.html" or die $!;
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
