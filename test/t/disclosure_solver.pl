# GLPK ends the process when it finds itself wrong. Here it does so at each call that an audit or a suppression makes of it:
# a library before it asks it for a column that there is not. The statement fails with GLPK's words, and nothing else does.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $times = 300;       # that an audit is aborted
my $slack = 16 * 1024; # kB; what GLPK has of one audit, so often, is far more

my $folder = PostgreSQL::Test::Utils::tempdir;
append_to_file("$folder/before_glpk.c", q{
#define _GNU_SOURCE
#include <dlfcn.h>
#include <glpk.h>
#include "postgres.h"
#include "fmgr.h"
#include "utils/guc.h"

PG_MODULE_MAGIC;
void _PG_init(void);
static int calls = 0;

void
_PG_init(void)
{
	DefineCustomIntVariable("glpk.calls", "At which call from now on GLPK aborts; 0 at none.", NULL, &calls, 0, 0, 1000000, PGC_USERSET, 0, NULL, NULL, NULL);
}

int
glp_simplex(glp_prob *problem, const glp_smcp *settings)
{
	int (*next)(glp_prob *, const glp_smcp *) = dlsym(RTLD_NEXT, "glp_simplex");

	if (calls > 0 && --calls == 0)
		glp_set_col_bnds(problem, 0, GLP_FR, 0, 0);
	return next(problem, settings);
}
});
my $includes = `@{[ $ENV{PG_CONFIG} // 'pg_config' ]} --includedir-server`;
chomp $includes;
system_or_bail('gcc', '-shared', '-fPIC', "-I$includes", '-o', "$folder/before_glpk.so", "$folder/before_glpk.c", '-Wl,--no-as-needed', '-lglpk', '-ldl');

my $node = PostgreSQL::Test::Cluster->new('disclosure_solver');
$node->init;
$node->append_conf('postgresql.conf', qq{
	session_preload_libraries = '$folder/before_glpk.so'
	shared_buffers = '32MB'
	jit = off
	autovacuum = off});
$node->start;

# Schools by race; percents that only whole numbers tell; a cube of counts that are all hidden
$node->safe_psql('postgres', q{
	CREATE EXTENSION gapstats;
	ALTER DATABASE postgres SET search_path = public, gapstats;
	SET search_path = public, gapstats;
	CREATE TABLE school AS
	SELECT s, r, sum(greatest(0, (130 + (s * 6007) % 850) * ('{12,40,210,240,6,420,72}'::integer[])[r] / 1000 + (s * 37 + r * 11) % 9 - 4)) AS n
	FROM generate_series(1, 24) AS s, generate_series(1, 7) AS r
	GROUP BY CUBE (s, r);
	CREATE TABLE primary_only AS SELECT s, r, CASE WHEN n BETWEEN 1 AND 9 THEN '*' ELSE n::text END AS n FROM school;
	CREATE TABLE halves AS SELECT * FROM (VALUES (NULL, 103, 43), ('A', 64, 33), ('B', 33, 58), ('C', 6, NULL)) AS t (race, n, percent);
	CREATE TABLE cube AS
	SELECT x, y, z, CASE WHEN grouping(x, y, z) > 0 THEN sum((x * 7 + y * 11 + z * 13 + x * y * z) % 12)::text ELSE '*' END AS n
	FROM generate_series(1, 9) AS x, generate_series(1, 9) AS y, generate_series(1, 9) AS z
	GROUP BY GROUPING SETS ((x, y, z), (x, y), (x, z), (y, z));

	CREATE ROLE reports;
	CREATE SCHEMA reports AUTHORIZATION reports;
	GRANT SELECT ON ALL TABLES IN SCHEMA public TO reports;
	SET ROLE reports;
	SELECT create_ledger('reports.ledger');
	SELECT publish_release('reports.ledger', 'October', 'the board', 'enrolled', '2025-10-01', 'public.primary_only', '{s, r}', '{"n": "count"}', accept => 'an example')});

# What a statement answers when GLPK aborts at none of its calls; and the errors, when it does at each
$node->safe_psql('postgres', q{
	CREATE FUNCTION try_each(statement text, OUT aborts integer, OUT errors text, OUT is_the_same boolean) LANGUAGE plpgsql AS $$
	DECLARE
		undisturbed text;
		answer text;
		words text[] := '{}';
		detail text;
	BEGIN
		EXECUTE statement INTO undisturbed;
		aborts := 0;
		LOOP
			PERFORM set_config('glpk.calls', (aborts + 1)::text, false);
			BEGIN
				EXECUTE statement INTO answer;
			EXCEPTION WHEN OTHERS THEN
				GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
				words := words || format('%s: %s. %s', sqlstate, sqlerrm, detail);
			END;
			EXIT WHEN current_setting('glpk.calls') <> '0';
			aborts := aborts + 1;
		END LOOP;
		PERFORM set_config('glpk.calls', '0', false);
		errors := (SELECT string_agg(DISTINCT word, E'\n') FROM unnest(words) AS word);
		is_the_same := answer = undisturbed AND cardinality(words) = aborts;
	END $$});

my $aborted = 'XX000: the linear programming solver failed. glp_set_col_bnds: j = 0; column number out of range';
my $aside = q{SELECT r, sum(n) AS n FROM public.school WHERE s IS NOT NULL AND r IS NOT NULL GROUP BY ROLLUP (r)};
my %calls = (
	'an audit of percents' => q{disclosure_audit('halves', '{race}', '{"n": "count", "percent": {"kind": "percent", "of": "n"}}')},
	'an audit of counts' => q{disclosure_audit('primary_only', '{s, r}', '{"n": "count"}')},
	'a suppression' => q{suppress('school', '{s, r}', '{"n": "count"}')},
	'a suppression in ranges' => q{suppress('school', '{s, r}', '{"n": "count"}', ranges => 'nces')},
	'a suppression that asks a ledger' => qq{suppress('$aside', '{r}', '{"n": "count"}', ledger => 'reports.ledger', population => 'enrolled', as_of => '2025-10-01')});
for my $what (sort keys %calls)
{
	my ($aborts, $answer) = split /\|/, $node->safe_psql('postgres', qq{
		SELECT aborts, errors, is_the_same FROM try_each(\$\$SELECT string_agg(a::text, ';') FROM $calls{$what} AS a\$\$)}), 2;
	is($answer, "$aborted|t", "$what is aborted at each of its calls, and answers the same after that");
	cmp_ok($aborts, '>=', 5, "... of $aborts");
}

# What stands is as it was: nothing is entered in the ledger, and its health says that it could not look.
my $entry = qq{publish_release('reports.ledger', 'races', 'the board', 'enrolled', '2025-10-01', '$aside', '{r}', '{"n": "count"}', accept => 'an example')};
my ($status, $out, $err) = $node->psql('postgres', qq{
	SET glpk.calls = 1;
	SET ROLE reports;
	SELECT $entry;
	SELECT count(*) FROM reports.ledger;
	SELECT $entry IS NOT NULL;
	SELECT count(*) FROM reports.ledger;
	RESET ROLE;
	SET glpk.calls = 1;
	SELECT DISTINCT verdict, because FROM release_health('reports.ledger');
	SELECT DISTINCT verdict = 'not audited' FROM release_health('reports.ledger')}, on_error_stop => 0);
like($err, qr/^psql:<stdin>:4: ERROR:  the linear programming solver failed\nDETAIL:  glp_set_col_bnds: j = 0; column number out of range$/m, 'a release is refused with what GLPK says');
is($out, "1\nt\n2\nnot audited|" . ($aborted =~ s/^\w+: //r) . "\nf", '... and can be entered at once; health says that it did not look, and looks at once');

# No memory of an audit that is aborted is left behind. The kB that the backend has:
my $now = q{SELECT m[1] FROM regexp_match(pg_read_file('/proc/self/status'), 'VmRSS:\s+(\d+)') AS m;};
my @audits = (qq{SET glpk.calls = 3;\nSELECT count(*) FROM disclosure_audit('cube', '{x, y, z}', '{"n": "count"}');\n\\echo :SQLSTATE\n}) x ($times + 20);
my $script = join "\n", @audits[ 0 .. 19 ], $now, @audits[ 20 .. $times + 19 ], $now;
my ($stdout, $stderr) = ('', '');
IPC::Run::run([ 'psql', '-XAtq', '-d', $node->connstr('postgres') ], '<', \$script, '>', \$stdout, '2>', \$stderr);
my @lines = split /\n/, $stdout;
my ($before, $after) = grep { !/^XX000$/ } @lines;
is(scalar(grep { /^XX000$/ } @lines), $times + 20, 'audits are aborted');
cmp_ok($after, '<', $before + $slack, "... which leaves no memory behind ($before kB before, $after kB after)");

unlike(slurp_file($node->logfile), qr/terminated by signal|PANIC/, 'no process ended');
$node->stop;
done_testing();
