# No call of any function or aggregate runs past a statement_timeout, ends in an internal error
# or a crash, or takes much memory, whatever its arguments. With ordinary ones, unless of many
# rows, it answers. The calls are made from the catalogs (test/arguments.sql,
# test/hostile.sql), so that no new function escapes.
use strict;
use warnings;
use IPC::Run;
use POSIX ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $timeout = 0.5;           # seconds that a statement may take
my $late = 2;                # and how much later it may end
my $patience = 20;           # seconds that one which must answer may wait on a busy machine
my $memory = 1024 * 1024;    # kB that a backend may reach
my $stuck = 30;              # seconds after which it is killed
my $workers = 2;

my $node = PostgreSQL::Test::Cluster->new('interruptible');
$node->init;
$node->append_conf('postgresql.conf', q{
	shared_buffers = '32MB'
	max_parallel_workers_per_gather = 0
	max_wal_size = '4GB'
	default_toast_compression = 'lz4'
	autovacuum = off
	log_min_messages = fatal
	restart_after_crash = on});
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION gapstats;
	CREATE SCHEMA test;
	ALTER DATABASE postgres SET search_path = test, gapstats;
	SET search_path = test, gapstats;
	SET client_min_messages = warning;} . slurp_file('test/arguments.sql') . slurp_file('test/hostile.sql'));

is($node->safe_psql('postgres', q{
		SELECT DISTINCT type, name FROM argument WHERE type NOT IN (SELECT type FROM hostile)}),
	'', 'there are hostile values of every type of argument');

# The calls of each function
my %calls;
for (split /\n/, $node->safe_psql('postgres', q{SELECT name, kind, statement FROM calls ORDER BY 1, 2 DESC, 3},
		extra_params => [ '-F', "\t" ]))
{
	my ($name, @call) = split /\t/;
	push @{ $calls{$name} }, \@call;
}
my @functions = sort keys %calls;
cmp_ok(scalar @functions, '>', 100, scalar(@functions) . ' functions');
$node->safe_psql('postgres', sprintf "ALTER DATABASE postgres SET statement_timeout = '%d'", 1000 * $timeout);

# A session, and what /proc says of its backend
my ($psql, $in, $out, $pid);

sub connect_session
{
	$node->poll_query_until('postgres', 'SELECT true') or die 'the server is gone';
	($in, $out) = ('', '');
	$psql = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres') ], '<', \$in, '>', \$out, '2>', '/dev/null');
	$in = "SELECT 'pid ' || pg_backend_pid();\n";
	$psql->pump until $out =~ /^pid (\d+)$/m;
	$pid = $1;
}

sub disconnect
{
	$in = "\\q\n";
	eval { $psql->finish };
	$pid = undef;
}

# Seconds of CPU, and the most kB of memory, that the backend has used; nothing if it is gone
sub used
{
	my ($stat, $status) = map { eval { slurp_file("/proc/$pid/$_") } // '' } 'stat', 'status';
	my @fields = split ' ', $stat =~ s/.*\) //r;
	return @fields ? ($fields[11] + $fields[12]) / POSIX::sysconf(&POSIX::_SC_CLK_TCK) : 0, $status =~ /^VmHWM:\s+(\d+)/m ? $1 : 0;
}

# Send lines to psql and return what comes out before the end of the answer; nothing if psql
# ends, or is not done in time.
sub answer
{
	my ($lines) = @_;
	($in, $out) = ("$lines\\echo \@end\n", '');
	return eval {
		local $SIG{ALRM} = sub { die "stuck\n" };
		alarm $stuck;
		$psql->pump until $out =~ /^\@end$/m;
		alarm 0;
		$out =~ s/\n?\@end\n//r;
	};
}

# What is wrong with how a statement ends, if anything is
sub fault
{
	my ($name, $kind, $statement, $tries) = @_;
	connect_session() unless $pid;
	my ($start, $cpu) = (time, used());
	my $must_answer = $kind eq 'ordinary' && $statement !~ /FROM many\b/;
	my $set = $must_answer ? "SET statement_timeout = '${patience}s';\n" : "RESET statement_timeout;\n";
	my $sqlstate = answer("$set$statement \\g /dev/null\n\\echo :SQLSTATE\n");
	my $is_stuck = $@ eq "stuck\n";
	alarm 0;
	if (!defined $sqlstate)
	{
		kill 'QUIT', $pid if $is_stuck;
		disconnect();
		return 'nothing stops it' if $is_stuck;

		# It may be the other worker's statement that ended the server.
		return ++$tries < 5 ? fault($name, $kind, $statement, $tries) : 'the server crashes';
	}

	# On a busy machine a statement waits: then its CPU time counts, and the best of three tries.
	my $seconds = time - $start;
	my ($cpu_now, $peak) = used();
	$seconds = $cpu_now - $cpu if $cpu_now - $cpu < $seconds;
	return fault($name, $kind, $statement, $tries) if $seconds > $timeout + $late && ++$tries < 3;
	my $fault =
	    $sqlstate =~ /^(XX|42|53|58)/ ? "SQLSTATE $sqlstate"
	  : $must_answer && $sqlstate eq '57014' ? 'it never ends'
	  : $kind eq 'ordinary' && $name !~ /^gapstats_internal\./ && $sqlstate !~ /^(00000|57014)$/ ? "ordinary arguments are refused: SQLSTATE $sqlstate"
	  : $seconds > $timeout + $late ? sprintf('it takes %.1f s', $seconds)
	  : $peak > $memory ? sprintf('it takes %d MB', $peak / 1024)
	  : undef;
	$fault .= ', ' . answer("SELECT left(:'LAST_ERROR_MESSAGE', 200);\n") if $fault && $fault =~ /SQLSTATE/;
	disconnect() if $peak > $memory / 4;
	return $fault;
}

# Every worker takes one function after the other from a pipe and writes what it finds to a file.
pipe my $queue, my $fill or die "no pipe: $!";
syswrite $fill, pack 'N*', 0 .. $#functions;
close $fill;
my @reports = map { $node->basedir . "/report_$_" } 1 .. $workers;
my @children;
for my $worker (0 .. $workers - 1)
{
	my $child = fork // die "could not fork: $!";
	push(@children, $child), next if $child;
	open my $report, '>', $reports[$worker] or POSIX::_exit(1);
	$report->autoflush;
	eval {
		while (sysread $queue, my $number, 4)
		{
			my $name = $functions[ unpack 'N', $number ];
			my $start = time;
			for (@{ $calls{$name} })
			{
				my $fault = fault($name, @$_);
				print $report "$name\t$_->[1]\t$fault\n" if defined $fault;
			}
			printf $report "%s\t%.1f\n", $name, time - $start;
		}
		disconnect() if $pid;
		1;
	} or print $report "$@\n";
	POSIX::_exit(0);
}
waitpid $_, 0 for @children;

my (%done, %faults);
for (map { split /\n/ } map { slurp_file($_) } @reports)
{
	my ($name, $what, $fault) = split /\t/;
	$done{$name} = $what, next unless defined $fault;
	push @{ $faults{$name} }, "$what: $fault";
}
for my $name (@functions)
{
	my @found = @{ $faults{$name} // [] };
	push @found, 'not tried to the end' unless $done{$name};
	ok(!@found, sprintf '%s: %d calls, %d s', $name, scalar @{ $calls{$name} }, $done{$name} // 0);
	diag join "\n", splice(@found, 0, 5), @found ? @found . ' more' : () if @found;
}

$node->stop;
done_testing();
