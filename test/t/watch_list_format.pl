# A list of each earlier format is brought forward by what an upgrade of gapstats brings: the
# next refresh, or ALTER EXTENSION ... UPDATE. It then is, in everything that the catalogs say
# of it, what a new list is, and goes on. The lists are those that were dumped when their
# format was that of the day (test/fixtures; CONTRIBUTING.md says how).
use strict;
use warnings;
use File::Basename;
use File::Copy;
use File::Path;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my ($version) = slurp_file('gapstats.control') =~ /default_version = '(.*)'/;
my $node = PostgreSQL::Test::Cluster->new('format');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE analyst; CREATE ROLE teacher');

# An earlier version, which had the functions of today, and what its update does of itself.
# Before PostgreSQL 18 the setting is Debian's.
sub install_before
{
	my $shared = $node->config_data('--sharedir');
	my ($setting, $below, $then) = $node->pg_version->major >= 18 ? ('extension_control_path', '', ':$system') : ('extension_destdir', $shared, '');
	my ($there) = split /:/, $node->safe_psql('postgres', "SHOW $setting");
	my $installed = ($there =~ s/^\$system$/$shared/r) . "$below/extension";
	my $own = $node->basedir . '/own';
	mkpath("$own$below/extension");
	copy("$installed/$_->[0]", "$own$below/extension/$_->[1]") or die "$installed/$_->[0]: $!"
		for [ ('gapstats.control') x 2 ], [ ("gapstats--$version.sql") x 2 ], [ "gapstats--$version.sql", 'gapstats--before.sql' ];
	append_to_file("$own$below/extension/gapstats--before--$version.sql", 'SELECT gapstats_internal.bring_forward(list) FROM gapstats_internal.watch_lists() AS list;');
	# Debian's looks there for libraries, too
	my $libraries = $node->config_data('--pkglibdir');
	mkpath(dirname("$own$libraries"));
	symlink("$there$libraries", "$own$libraries") or die "$own$libraries: $!";
	$node->append_conf('postgresql.conf', "$setting = '$own$then'");
	$node->restart;
}

sub as_analyst
{
	my ($database, $sql) = @_;
	return $node->safe_psql($database, "SET ROLE analyst; SET search_path = district, gapstats; $sql");
}

# A list with something in every table, in a schema of its own
sub make_list
{
	my ($database, $schema) = @_;
	$node->safe_psql($database, "CREATE SCHEMA $schema AUTHORIZATION analyst; GRANT USAGE ON SCHEMA $schema TO teacher");
	$node->safe_psql($database, qq{SET ROLE analyst; SET search_path = $schema, gapstats;} . q{
		CREATE TABLE students AS SELECT i AS student_id, i % 3 AS mark, 'teacher' AS teacher FROM generate_series(1, 9) AS i;
		SELECT create_watch_list('list', 'SELECT student_id, teacher FROM students');
		SELECT add_rule('list', 'mark', 'SELECT student_id, mark FROM students', '>=', 2, 'Mark {value}'), share_watch_list('list', viewer_column => 'teacher'),
			publish_counts('list', 'teacher', 1), grant_watch_list('list', 'follow up', 'teacher');
		GRANT SELECT ON list TO teacher;
		SELECT refresh_watch_list('list');
		SELECT check_in('list', '2', 'Called home'), assign_student('list', '2', 'teacher'), snooze_student('list', '5', current_date + 7, 'She is ill'),
			start_intervention('list', '2', 'Tutoring', 2)});
}

# What the catalogs say of a list; columns that were added are the last ones
sub described
{
	my ($database, $schema) = @_;
	my $out = $node->safe_psql($database, qq{
		SET search_path = pg_catalog;
		CREATE TEMPORARY VIEW part AS SELECT * FROM pg_class WHERE relnamespace = '$schema'::regnamespace AND relname ~ '^list';
		SELECT relname, relkind, relpersistence, reloptions, relacl::text, pg_get_userbyid(relowner), obj_description(oid) FROM part ORDER BY 1;
		SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attcollation::regcollation, pg_get_expr(adbin, adrelid), col_description(attrelid, attnum)
		FROM part AS p JOIN pg_attribute ON attrelid = p.oid AND attnum > 0 AND NOT attisdropped LEFT JOIN pg_attrdef ON (adrelid, adnum) = (attrelid, attnum) ORDER BY 1, 2;
		SELECT pg_get_indexdef(oid) FROM part WHERE relkind = 'i' ORDER BY 1;
		SELECT relname, pg_get_constraintdef(c.oid) FROM part AS p JOIN pg_constraint AS c ON conrelid = p.oid ORDER BY 1, 2;
		SELECT relname, pg_get_viewdef(oid) FROM part WHERE relkind IN ('v', 'm') ORDER BY 1;
		SELECT relname FROM part JOIN pg_depend ON objid = part.oid AND deptype = 'e' ORDER BY 1});
	return $out =~ s/\b$schema\b/district/gr;
}

sub differs
{
	my ($is, $should) = map { { map { $_ => 1 } split /\n/ } } @_;
	return join "\n", (map { "- $_" } grep { !$is->{$_} } sort keys %$should), map { "+ $_" } grep { !$should->{$_} } sort keys %$is;
}

# GAPSTATS_FIXTURES=folder keeps a list of today's format there
if ($ENV{GAPSTATS_FIXTURES})
{
	$node->safe_psql('postgres', 'CREATE EXTENSION gapstats');
	make_list('postgres', 'district');
	my $format = $node->safe_psql('postgres', 'SELECT gapstats_internal.list_format()');
	my ($dump) = run_command([ 'pg_dump', '-n', 'district', $node->connstr('postgres') ]);
	append_to_file("$ENV{GAPSTATS_FIXTURES}/watch_list_$format.sql", $dump =~ s/^(--|\\(un)?restrict|SET transaction_timeout).*\n|^\n//gmr . "\n");
	$node->safe_psql('postgres', 'DROP SCHEMA district CASCADE; DROP EXTENSION gapstats');
}

install_before();
my @formats = sort map { /watch_list_(\d+)\.sql/ } glob 'test/fixtures/watch_list_*.sql';
my $format = do {
	$node->safe_psql('postgres', 'CREATE EXTENSION gapstats');
	$node->safe_psql('postgres', 'SELECT gapstats_internal.list_format()');
};
is(join(' ', grep { $_ < $format } @formats), join(' ', 0 .. $format - 1), 'there is a list of each earlier format');

for my $old (grep { $_ < $format } @formats)
{
	my %upgrade = (
		'the next refresh' => [ $version, q{SET ROLE analyst; SELECT status FROM gapstats.refresh_watch_list('district.list')}, 'held' ],
		'ALTER EXTENSION' => [ 'before', 'ALTER EXTENSION gapstats UPDATE', '' ]);
	for my $how (sort keys %upgrade)
	{
		my ($from, $statement, $says) = @{ $upgrade{$how} };
		my ($database, $name) = ('of_' . $old . '_' . lc($how) =~ s/ /_/gr, "format $old, $how");
		$node->safe_psql('postgres', "CREATE DATABASE $database");
		$node->safe_psql($database, "CREATE EXTENSION gapstats VERSION '$from'");
		$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "test/fixtures/watch_list_$old.sql", $node->connstr($database) ], "$name: restored");
		is(as_analyst($database, 'SELECT format, (SELECT count(*) FROM list) FROM list_settings'), "$old|9", "$name: it is of that format");
		is($node->safe_psql($database, $statement), $says, "$name: $statement");
		is($node->safe_psql($database, q{SELECT extversion FROM pg_extension WHERE extname = 'gapstats'}), $version, "$name: the extension is today's");
		is(as_analyst($database, 'SELECT format FROM list_settings'), $format, "$name: the list is of today's format");
		make_list($database, 'fresh');
		is(differs(described($database, 'district'), described($database, 'fresh')), '', "$name: everything is as in a new list");
		is(as_analyst($database, q{SELECT resume_watch_list('list'); SELECT status, students, flagged, newly_flagged, cleared FROM refresh_watch_list('list')}), "\nsucceeded|9|3|0|0", "$name: it goes on");
		is(as_analyst($database, q{SELECT * FROM gapstats_internal.disagreement('list')}), '', "$name: its parts agree");
		is(as_analyst($database, q{SELECT count(*), min(note) FROM list_check_ins}), '1|Called home', "$name: nothing is lost");
		is(as_analyst($database, q{SELECT check_in('list', '5') IS NOT NULL, drop_rule('list', 'mark')}), 't|', "$name: calls work");
	}
}

$node->stop;
done_testing();
