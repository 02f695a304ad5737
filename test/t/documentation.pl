# Every SQL example of README.md, and of the pages of doc/ that look at the demo's data (schema
# star), runs; and where the page shows what comes out, that comes out. Other pages are about
# tables of the reader's own.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('documentation');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_cron'\ncron.database_name = 'postgres'");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION gapstats;
	CREATE EXTENSION pg_cron;
	ALTER DATABASE postgres SET search_path = public, gapstats});
$node->safe_psql('postgres', slurp_file("demo/$_.sql")) for 'load', 'summary', 'third_grade';

for my $page ('README.md', glob 'doc/*.md')
{
	my $text = slurp_file($page) =~ s/^CREATE EXTENSION \w+;\n//gmr;    # there already
	my @examples;
	push @examples, { sql => $1, output => $2 }
		while $text =~ /^```sql\n(.*?)^```\n(?:\n?^```\n(.*?)^```\n)?/msg;
	next unless $page eq 'README.md' || $text =~ /\bstar\.\w/;

	my $script = "SET client_min_messages = error;\n" . join '', map { "\\echo @@\n$_->{sql}\n" } @examples;
	my ($printed, $error);
	IPC::Run::run(['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-P', 'pager=off',
		'-d', $node->connstr('postgres')], '<', \$script, '>', \$printed, '2>', \$error);
	is($error, '', "$page: no error");

	my (undef, @outputs) = split /^@@\n/m, $printed;
	for my $i (grep { defined $examples[$_]{output} } 0 .. $#examples)
	{
		my ($is, $shown) = map { s/\s+$//gmr } $outputs[$i] // '', $examples[$i]{output};
		is($is, $shown, "$page: example " . ($i + 1));
	}
}

my @reasons = slurp_file('src/base/reason.h') =~ /^#define REASON_\w+\s+"(\w+)"/gm;
my @explained = slurp_file('doc/reason.md') =~ /^\| `(\w+)` \|/gm;
is(join(' ', sort @explained), join(' ', sort @reasons), 'doc/reason.md explains every reason');

my %linked = map { $_ => 1 } slurp_file('README.md') =~ /\]\((doc\/[^)]+)\)/g;
is(join(' ', sort keys %linked), join(' ', glob 'doc/*.md'), 'README.md links to every page of doc/');

done_testing();
