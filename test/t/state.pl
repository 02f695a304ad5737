# A state without student rows: two districts release distributions as doc/state.md has it, the state has them by
# logical replication and as foreign tables, and its gaps are those of all rows in one database. Of groups that a
# district hides nothing is there.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# What a district has: races that are small at some schools, one that is in all of one, and rows without a score or a race
my %districts = (Northfield => q{VALUES ('White', 60), ('Black', 25), ('Hispanic', 18), ('Asian', 9), ('Native', 2)},
	Southfield => q{VALUES ('White', 40), ('Black', 33), ('Hispanic', 12), ('Asian', 14), (NULL, 12), ('Pacific', -2)},
	Eastfield => q{VALUES ('White', 45), ('Black', 9), ('Native', 1)});
sub rows
{
	my ($district) = @_;
	return "SELECT '$district' AS district, '$district ' || s AS school, r.race,
			CASE WHEN i % 20 < 19 THEN 400 + (i * 7919 + s * 31 + ascii(coalesce(r.race, 'x')) + length('$district') * 13) % 97 + CASE WHEN r.race = 'White' THEN 7 ELSE 0 END END AS score
		FROM generate_series(1, 7) s, ($districts{$district}) r (race, n), generate_series(1, r.n + CASE WHEN r.n < 20 THEN (s * 5 + r.n) % 11 - 5 ELSE s END) i";
}

my @examples = slurp_file('doc/state.md') =~ /^```sql\n(.*?)^```$/msg;
is(scalar @examples, 5, 'the page has five examples');
my ($prepare, $release, $subscribe, $import, $report) = @examples;

my ($home, $state) = map { PostgreSQL::Test::Cluster->new($_) } 'districts', 'state';
$home->init(allows_streaming => 'logical');
$state->init;
$_->append_conf('postgresql.conf', "max_worker_processes = 20\nmax_logical_replication_workers = 12\nfsync = off") for $home, $state;
$_->start for $home, $state;

# As a page's reader: in schema public, who finds what is of gapstats
sub reader
{
	my ($node, $database, $sql) = @_;
	return $node->safe_psql($database, "SET search_path = public, gapstats; SET client_min_messages = error; $sql");
}
sub for_district { my ($sql, $district) = @_; return $sql =~ s/\bNorthfield\b/$district/gr =~ s/\bnorthfield\b/lc $district/ger }

for my $district (sort keys %districts)
{
	my $database = lc $district;
	$home->safe_psql('postgres', "CREATE DATABASE $database");
	$home->safe_psql($database, "CREATE EXTENSION gapstats; CREATE ROLE owner_of_$database; GRANT CREATE ON SCHEMA public TO owner_of_$database; GRANT CREATE ON DATABASE $database TO owner_of_$database");
	my $own = "SET SESSION AUTHORIZATION owner_of_$database; ";
	reader($home, $database, $own . 'CREATE TABLE scores AS ' . rows($district));
	# the role is one for all districts here, and made by who may
	$home->safe_psql($database, $1) if $prepare =~ s/^(CREATE ROLE state .*\n)//m;
	reader($home, $database, $own . $prepare);
	is(reader($home, $database, $own . for_district($release, $district)), '0', "$district: its release gives nothing away");
}

# What the districts publish
my $is_small = q{FROM tested t WHERE students < 10};
for my $district (sort keys %districts)
{
	my $database = lc $district;
	cmp_ok(reader($home, $database, "SELECT count(*) $is_small"), '>', 2, "$district has small groups");
	is(reader($home, $database, q{SELECT count(*) FROM for_state f WHERE n(scores) < 10 OR EXISTS (SELECT FROM tested t WHERE students < 10 AND (t.scores = f.scores OR (t.school, t.race) = (f.school, f.race)))}),
		'0', "$district: no small group is published");
	is(reader($home, $database, q{SELECT count(*) FROM for_state f WHERE school <> 'other schools' AND NOT EXISTS (SELECT FROM tested t WHERE (t.school, t.race, t.scores) = (f.school, f.race, f.scores))}),
		'0', "$district: a group that is shown is as it is");
	# the groups of which a row is: disjoint, and of 'other schools' more than one
	is(reader($home, $database, q{
		SELECT count(*)
		FROM for_state f
		CROSS JOIN LATERAL (
			SELECT rollup(t.scores) AS scores, count(*) AS n_groups FROM tested t
			WHERE t.race = f.race AND NOT EXISTS (SELECT FROM for_state s WHERE (s.school, s.race) = (t.school, t.race))) AS others
		WHERE f.school = 'other schools' AND (others.scores <> f.scores OR others.n_groups < 2)}), '0', "$district: the other schools of a race are all that are hidden, and more than one");
	is(reader($home, $database, q{SELECT count(*) FROM release_health('releases')}), '0', "$district: nothing hidden can be had of all that its ledger has");
	# what everybody may know besides: how many students each school has, and the district
	is(reader($home, $database, q{
		CREATE TEMP VIEW known AS
		SELECT t.school, t.race, n(f.scores) AS students FROM tested t LEFT JOIN for_state f USING (school, race)
		UNION ALL SELECT school, NULL, sum(students) FROM tested GROUP BY school
		UNION ALL SELECT NULL, NULL, sum(students) FROM tested
		UNION ALL SELECT NULL, t.race, CASE WHEN sum(t.students) = (SELECT sum(n(f.scores)) FROM for_state f WHERE f.race = t.race) THEN sum(t.students) END FROM tested t GROUP BY t.race;
		SELECT count(*) FILTER (WHERE verdict <> 'protected' AND can_be_small), count(*) > 3 FROM disclosure_audit('known', '{school,race}', '{"students": "count"}')}), '0|t', "$district: nor of what it publishes for the state");
}

# At the state, both ways
$state->safe_psql('postgres', 'CREATE DATABASE education');
$state->safe_psql('education', 'CREATE EXTENSION gapstats');
my ($table, $subscription) = $subscribe =~ /^(.*?;\n)(CREATE SUBSCRIPTION.*)$/s;
reader($state, 'education', $table);
my ($extension, $server) = $import =~ /^(.*?;\n)(.*)$/s;
$state->safe_psql('education', $extension);
my ($host, $port) = ($home->host, $home->port);
for my $district (sort keys %districts)
{
	my $database = lc $district;
	# three districts are on one server here: a slot is named after the subscription
	reader($state, 'education', for_district($subscription, $district) =~ s/'host=\S+ dbname=sis user=state'/'host=$host port=$port dbname=$database user=state'/r);
	reader($state, 'education', for_district($server, $district) =~ s/host '[^']*', dbname 'sis'/host '$host', port '$port', dbname '$database'/r);
}
$state->poll_query_until('education', "SELECT count(*) = 3 AND bool_and(srsubstate IN ('r', 's')) FROM pg_subscription_rel") or die 'not copied';
my $foreign = '(' . join(' UNION ALL ', map { 'TABLE ' . lc($_) . '.for_state' } sort keys %districts) . ') f';
my $published = join '', map { reader($home, lc $_, 'SELECT f.* FROM for_state f ORDER BY district, year, school, race') . "\n" } sort keys %districts;
chomp $published;
is(reader($state, 'education', 'SELECT f.* FROM for_state f ORDER BY district, year, school, race'), $published, 'the state has what the districts publish, by logical replication');
is(reader($state, 'education', "SELECT f.* FROM $foreign ORDER BY district, year, school, race"), $published, 'and as foreign tables');
like(reader($state, 'education', q{EXPLAIN (VERBOSE, COSTS off) SELECT race, rollup(scores) FROM northfield.for_state GROUP BY race}), qr/Remote SQL: SELECT race, gapstats\.rollup\(scores\)/, 'where distributions are merged, too');
like(($home->psql('northfield', 'SET SESSION AUTHORIZATION state; SELECT 1 FROM public.scores'))[2], qr/permission denied for table scores/, 'who reads them there reads nothing else');

# All rows in one database, which there is nowhere but here
$state->safe_psql('postgres', 'CREATE DATABASE everything');
$state->safe_psql('everything', 'CREATE EXTENSION gapstats');
reader($state, 'everything', 'CREATE TABLE rows AS ' . join(' UNION ALL ', map { "SELECT district, 2026 AS year, school, coalesce(race, 'not recorded') AS race, score FROM (" . rows($_) . ') r WHERE score IS NOT NULL' } sort keys %districts));
(my $from_rows = $report) =~ s/'for_state', '\{"reading": \{"distribution": "scores"/'rows', '{"reading": {"score": "score"/;
isnt($from_rows, $report, 'the same report of rows');
sub gaps
{
	my ($database, $sql) = @_;
	# all digits that there are
	$sql =~ s/estimates => '\{gap,v\}'/estimates => '{gap,v}', digits => NULL/;
	return { map { my @row = split /\|/, $_, -1; (join('|', @row[0 .. 3]) => join('|', @row[4 .. $#row])) } split /\n/, reader($state, $database, $sql) };
}
my ($given, $true) = (gaps('education', $report), gaps('everything', $from_rows));
my (%same, %other);
for my $gap (grep { !/other schools/ } sort keys %$given) { ($given->{$gap} eq ($true->{$gap} // '') ? $same{$gap} : $other{$gap}) = 1 }

# Which are to be the same, by what is published: groups at schools, races whose total is in a district, and in all
my %whole = map { $_ => 1 } split /\n/, join "\n", map { my $d = $_; map { "$d|$_" } split /\n/, reader($home, lc $d, q{
	SELECT t.race FROM tested t GROUP BY t.race HAVING sum(t.students) = (SELECT sum(n(f.scores)) FROM for_state f WHERE f.race = t.race)}) } sort keys %districts;
my @different = grep {
	my ($level, $stratum, $estimate, $focal) = split /\|/;
	my @in = $level =~ /school/ ? () : $stratum ? ($stratum) : sort keys %districts;
	my %has = map { $_ => 1 } split /\n/, reader($state, 'everything', "SELECT DISTINCT district FROM rows WHERE race = '$focal'");
	!grep { $has{$_} && !$whole{"$_|$focal"} || !$whole{"$_|White"} } @in;
} sort keys %other;
is(join("\n", @different), '', 'each gap of groups that are shown is the same to the last bit');
for my $level ('', 'district', 'school')
{
	my @at = grep { my ($l) = split /\|/; $level eq '' ? $l !~ /district|school/ : $l =~ /$level$/ && ($level eq 'school' || $l !~ /school/) } keys %same;
	cmp_ok(scalar(@at), '>', 3, "there are such gaps, and V: " . ($level || 'the state'));
	note "$level: " . scalar(@at) . " the same";
}
cmp_ok(scalar(grep { /Pacific/ } keys %$true), '>', 0, 'there is a race that is hidden in its district');
is(scalar(grep { /Pacific/ } keys %$given), 0, 'of which the state has no gap');
note join "\n", 'others:', sort keys %other;
my $by_fdw = $report =~ s/'for_state'/'SELECT * FROM $foreign'/r;
is_deeply(gaps('education', $by_fdw), $given, 'and so it is of foreign tables');

# Nothing else of students is at the state.
my $dump = slurp_dump();
sub slurp_dump
{
	my $file = $state->backup_dir . '/dump.sql';
	command_ok([ 'pg_dump', '-f', $file, $state->connstr('education') ], 'what the state has');
	return slurp_file($file);
}
for my $district (sort keys %districts)
{
	my @hidden = split /\n/, reader($home, lc $district, q{SELECT school || E'\t' || race || E'\t' || scores FROM tested WHERE students < 10});
	is(scalar(grep { my ($school, $race, $scores) = split /\t/; index($dump, "$school\t$race\t") >= 0 || index($dump, "\t$scores\n") >= 0 } @hidden), 0, "$district: none of " . @hidden . ' small groups is there');
}
my @n = split /\n/, reader($state, 'education', 'SELECT n(scores) FROM for_state');
cmp_ok((sort { $a <=> $b } @n)[0], '>=', 10, 'and no group of fewer than 10');

# What a district corrects goes the same way; what would be a small group does not go.
like(($home->psql('northfield', q{SET search_path = public, gapstats; INSERT INTO for_state SELECT 'Northfield', 2027, school, race, scores FROM tested WHERE students < 10 LIMIT 1}))[2], qr/violates check constraint/, 'a small group is refused');
reader($home, 'northfield', q{DELETE FROM for_state WHERE race = 'Black'; UPDATE for_state SET scores = scores + scores WHERE race = 'White'});
$home->wait_for_catchup('northfield');
is(reader($state, 'education', q{SELECT f.* FROM for_state f WHERE district = 'Northfield' ORDER BY 1, 2, 3, 4}), reader($home, 'northfield', 'SELECT f.* FROM for_state f ORDER BY 1, 2, 3, 4'), 'what is changed in a district is changed at the state');

done_testing();
