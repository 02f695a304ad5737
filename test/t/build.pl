# The build: elsewhere than in the sources (as Debian's pg_buildext does it), what is installed
# and uninstalled, what is built anew when a file changes, and what make says where something
# that it needs is missing.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# What a make that runs this test was told is not for those here.
my $pg_config = $ENV{PG_CONFIG} // 'pg_config';
delete @ENV{ grep { /^(MAKE|MF|PG_CONFIG|REGRESS|ISOLATION|TAP_TESTS|COPT)/ } keys %ENV };

my $folder = PostgreSQL::Test::Utils::tempdir;
my ($sources, $build, $dest) = map { "$folder/$_" } qw(sources build dest);
mkdir $_ for $sources, $build;
system_or_bail('cp', '-r', qw(Makefile README.md doc gapstats.control src), $sources);
system_or_bail('find', $sources, '-name', '*.o', '-delete', '-o', '-name', '*.bc', '-delete');

# make in a folder, returning whether it ended well, what it printed, and what it complained of
sub run_make
{
	my ($where, @arguments) = @_;
	my ($out, $err) = ('', '');
	my $ok = IPC::Run::run(['make', '--no-print-directory', '-C', $where, @arguments], '>', \$out, '2>', \$err);
	return ($ok, $out, $err);
}

# A compiler that finds no GLPK
my $without_glpk = "$folder/without_glpk";
append_to_file($without_glpk, qq{#!/bin/sh\ncase "\$*" in *glpk.h*) exit 1 ;; esac\nexec gcc "\$@"\n});
chmod 0755, $without_glpk;

# Missing: one line says what to install.
for ([ 'pg_config', qr/postgresql-server-dev/, "PG_CONFIG=$folder/none" ],
	[ 'server headers', qr/postgresql-server-dev/, 'PG_CONFIG=echo /none' ],
	[ 'compiler', qr/gcc/, "PG_CONFIG=$pg_config", "CC=$folder/none" ],
	[ 'libRmath', qr/r-mathlib/, "PG_CONFIG=$pg_config", 'CC=gcc -nostdinc' ],
	[ 'GLPK', qr/libglpk-dev/, "PG_CONFIG=$pg_config", "CC=$without_glpk" ])
{
	my ($what, $like, @arguments) = @$_;
	for my $goal ('all', 'install')
	{
		my ($ok, $out, $err) = run_make($sources, $goal, @arguments);
		ok(!$ok, "make $goal without $what fails");
		like($err, qr/\A[^\n]*$like[^\n]*\n\z/, '... with one line that says what to install');
		is($out, '', '... and no other');
	}
}
for my $goal (qw(test matrix demo demo-directus check-directus demo-stop bench charts))
{
	my ($ok, $out, $err) = run_make($sources, '-n', $goal, "PG_CONFIG=$folder/none");
	ok($ok && $err eq '', "make $goal needs no PostgreSQL to begin with");
}

# PostgreSQL 15 brings with postgres.h what newer ones have in varatt.h, which base/compat.h
# includes: without it, what compiles here would not there.
my @names_varatt = grep { slurp_file($_) =~ /\b(?:SET_)?VAR(?:DATA|SIZE|ATT|TAG)/ } glob 'src/*/*.[ch]';
cmp_ok(scalar(@names_varatt), '>', 10, 'files that name the bytes of a value');
my %names_varatt = map { $_ => 1 } @names_varatt;
my @without_compat;
for (split /^\w+\.o: /m, `gcc -MM -MG -Isrc -DHAVE_INT128 -DSIZEOF_VOID_P=8 src/*/*.c` =~ s/\\\n//gr)
{
	my @files = split;
	push @without_compat, $files[0] if (grep { $names_varatt{$_} } @files) && !grep { $_ eq 'src/base/compat.h' } @files;
}
is(join(' ', @without_compat), '', '... include what has that in newer versions');

# Elsewhere
my @make = ($build, '-f', "$sources/Makefile", "PG_CONFIG=$pg_config", 'with_llvm=no');
my ($ok, undef, $err) = run_make(@make, '-s', '-j2', 'COPT=-O0');
ok($ok, 'a build outside of the sources') or BAIL_OUT($err);
is(join(' ', glob "$sources/*.so $sources/*.sql $sources/src/*/*.o"), '', '... leaves nothing in them');

append_to_file("$build/gapstats_charts.js", "vega\n");    # as make charts leaves it
($ok, undef, $err) = run_make(@make, 'install', "DESTDIR=$dest");
ok($ok, '... can be installed') or diag $err;
my ($pkglibdir, $sharedir, $docdir) = map { chomp(my $line = `$pg_config --$_`); $line } qw(pkglibdir sharedir docdir);
my ($version) = slurp_file('gapstats.control') =~ /^default_version *= *'(.*)'/m;
is(join("\n", sort map { chomp; s/^\Q$dest\E//r } `find $dest -type f`),
	join("\n", sort "$pkglibdir/gapstats.so", (map { "$sharedir/extension/$_" } 'gapstats.control', "gapstats--$version.sql", 'gapstats_charts.js'),
		map { "$docdir/extension/gapstats/$_" } 'README.md', glob 'doc/*.md doc/images/*.png'),
	'... which installs the library, the script, the manual, and the charts');

# Its functions call one another, whatever else is loaded.
my %defined = map { (split)[2] => 1 } grep { / T / } `nm -D --defined-only $build/gapstats.so`;
cmp_ok(scalar(keys %defined), '>', 100, '... of a library with many functions');
is(join(' ', grep { $defined{$_} } map { /R_\w+_JUMP_SLO\S*\s+\S+\s+([^@\s]+)/ } `readelf -rW $build/gapstats.so`),
	'', '... and bound to itself');

SKIP:
{
	# The file tells a server where the build is that is tested; it can tell of this one.
	skip 'the server has an installation of its own', 2 unless $ENV{TEMP_CONFIG};
	my $settings = slurp_file($ENV{TEMP_CONFIG});
	$settings =~ s{'[^':]*/dest(?=['/])}{'$dest}g;
	local $ENV{TEMP_CONFIG};
	my $node = PostgreSQL::Test::Cluster->new('build');
	$node->init;
	$node->append_conf('postgresql.conf', $settings);
	$node->start;
	is($node->safe_psql('postgres', q{CREATE EXTENSION gapstats; SELECT gapstats.mean('{1,2:3}')}), '1.75', '... and works');
	like($node->safe_psql('postgres', q{SELECT gapstats.report_page('page', '[]')}), qr{<script>vega\n</script>}, '... and finds its charts where they are');
	$node->stop;
}

# Again
ok((run_make(@make, '-q'))[0], 'nothing is built twice');
my $objects = () = `find $build -name '*.o'`;
sub built_after
{
	my ($file, $command) = @_;
	utime undef, undef, "$sources/$file";
	my (undef, $out) = run_make(@make, '-n');
	return scalar(() = $out =~ /$command/g);
}
sleep 1;
is(built_after('src/gap/gap.sql', qr/^cat /m), 1, 'SQL that changes changes the script');
is(built_after('src/rate/fisher.c', qr/ -c /), 1, 'C that changes is compiled');
is(built_after('src/base/sum.h', qr/ -c /), $objects, 'a header that changes compiles everything');

($ok) = run_make(@make, 'uninstall', "DESTDIR=$dest");
is(`find $dest -type f`, '', 'uninstall leaves no file');

# A file that lies in both places would be taken from the wrong one.
append_to_file("$sources/gapstats--$version.sql", '');
(undef, undef, $err) = run_make(@make);
like($err, qr/\A[^\n]*clean[^\n]*\n\z/, 'a folder that was built in is refused');

done_testing();
