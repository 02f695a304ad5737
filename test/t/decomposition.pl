# What goes with gaps: kindergarten reading in Project STAR by lunch and by race, and whether the small class closes the gap;
# UCI's students with internet and without; deprivation and clicks in OULAD. On the data in the folder that GAPSTATS_DATA
# names; expected numbers: test/fixtures/decomposition_data.txt, which test/reference/decomposition_data.R writes.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $data = $ENV{GAPSTATS_DATA}
	or plan skip_all => 'GAPSTATS_DATA does not say where the data is';

my $node = PostgreSQL::Test::Cluster->new('decomposition');
$node->init;
$node->append_conf('postgresql.conf', 'work_mem = 128MB');
$node->start;

# copy(TABLE, FILE, TEXT COLUMNS): the file as it is
sub copy
{
	my ($table, $file) = @_;
	my $read = $file =~ /gz$/ ? "gzip -dc $data/$file" : "cat $data/$file";
	my ($header) = split /\n/, qx($read 2>&1);
	my $columns = join ', ', map { "$_ text" } $header =~ /[^",\r]+/g;
	$node->safe_psql('postgres', "CREATE TABLE public.$table ($columns); COPY $table FROM PROGRAM '$read' (FORMAT csv, HEADER)");
}

$node->safe_psql('postgres', q{CREATE EXTENSION gapstats; ALTER DATABASE postgres SET search_path = gapstats, public});
copy('star', 'star/star_long_student_year.csv');
copy('uci', 'uci/student-mat-std.csv');
copy('student', 'oulad/studentInfo.csv');
copy('assessment', 'oulad/assessments.csv');
copy('score', 'oulad/studentAssessment.csv.gz');
copy('click', 'oulad/studentVle_daily.csv.gz');

$node->safe_psql('postgres', q{
	CREATE VIEW public.kindergarten AS
		SELECT read::float8, freelunch = 'FREE LUNCH' AS lunch, CASE WHEN race IN ('BLACK', 'WHITE') THEN race = 'BLACK' END AS black, race = 'BLACK' AS is_black,
			ARRAY[days_absent::int, (urban = 'INNER CITY')::int, (urban = 'SUBURBAN')::int, (urban = 'URBAN')::int]::float8[] AS others, schid, classtype
		FROM star WHERE grade = 'K';
	CREATE TABLE public.kept AS
		SELECT 'lunch' AS name, cross_products(read, lunch, is_black::int::float8 || others) AS products, '{black,days,inner,suburban,town}'::text[] AS covariates FROM kindergarten
		UNION ALL SELECT 'race', cross_products(read, black, lunch::int::float8 || others), '{lunch,days,inner,suburban,town}' FROM kindergarten
		UNION ALL SELECT lower(split_part(classtype, ' ', 1)), cross_products(read, black, ARRAY[lunch::int, others[1]]), '{lunch,days}' FROM kindergarten
			WHERE classtype IN ('SMALL CLASS', 'REGULAR CLASS') GROUP BY 1
		UNION ALL SELECT 'uci', cross_products(g3::float8, internet = 'no', ARRAY[medu::int, failures::int, absences::int, (address = 'U')::int]), '{Medu,failures,absences,town}' FROM uci
		UNION ALL SELECT 'oulad', cross_products(s.score, substr(imd_band, 1, 2) IN ('0-', '10', '20', '30', '40'),
				ARRAY[ln(1 + coalesce(c.clicks, 0)), coalesce(c.days, 0), studied_credits::int, num_of_prev_attempts::int]), '{clicks,days,credits,again}'
			FROM student
				LEFT JOIN (SELECT code_module, code_presentation, id_student, sum(clicks::int)::float8 AS clicks, count(*) FILTER (WHERE clicks::int > 0) AS days FROM click GROUP BY 1, 2, 3) AS c
					USING (code_module, code_presentation, id_student)
				LEFT JOIN (SELECT code_module, code_presentation, id_student, avg(score::int)::float8 AS score FROM score JOIN assessment USING (id_assessment) GROUP BY 1, 2, 3) AS s
					USING (code_module, code_presentation, id_student);
	CREATE TABLE public.answer (name text, what text, part text, covariate text, numbers float8[]);
	INSERT INTO answer
		SELECT name, method, component, coalesce(covariate, ''), ARRAY[estimate, se]
		FROM kept, unnest('{pooled_with_group,pooled,reference,focal,average,share}'::text[]) AS m, gap_decomposition(products, covariates, NULL, m)
		WHERE covariate IS DISTINCT FROM '(intercept)'
		UNION ALL SELECT DISTINCT name, 'n', '', '', ARRAY[n_focal, n_reference] FROM kept, gap_decomposition(products);
	INSERT INTO answer
		SELECT name, 'within', '', '', ARRAY[(g).difference, (g).difference_within, (g).difference_within_se, (g).difference_between]
		FROM (SELECT name, gap_within(focal, reference) AS g
			FROM (SELECT 'lunch' AS name, distribution(read) FILTER (WHERE lunch) AS focal, distribution(read) FILTER (WHERE NOT lunch) AS reference FROM kindergarten GROUP BY schid
				UNION ALL SELECT 'race', distribution(read) FILTER (WHERE black), distribution(read) FILTER (WHERE NOT black) FROM kindergarten GROUP BY schid) AS s
			GROUP BY name) AS s
		UNION ALL SELECT 'schools', 'anova', '', '', ARRAY[(a).ss_between, (a).ss_within, (a).f, (a).eta_squared, (a).icc_reml]
			FROM (SELECT anova(d) AS a FROM (SELECT distribution(read) AS d FROM kindergarten GROUP BY schid) AS s) AS s
		UNION ALL SELECT 'class', lower(split_part(classtype, ' ', 1)), '', '', ARRAY[(g).difference, (g).difference_se]
			FROM (SELECT classtype, gap(read, black) AS g FROM kindergarten WHERE classtype IN ('SMALL CLASS', 'REGULAR CLASS') GROUP BY classtype) AS s
		UNION ALL SELECT 'class', 'by race', '', '', ARRAY[b, w, b - w, sqrt(b_se ^ 2 + w_se ^ 2)]
			FROM (SELECT max((g).difference) FILTER (WHERE black) AS b, max((g).difference) FILTER (WHERE NOT black) AS w, max((g).difference_se) FILTER (WHERE black) AS b_se, max((g).difference_se) FILTER (WHERE NOT black) AS w_se
				FROM (SELECT black, gap(read, classtype = 'SMALL CLASS') AS g FROM kindergarten WHERE black IS NOT NULL AND classtype IN ('SMALL CLASS', 'REGULAR CLASS') GROUP BY black) AS s) AS s});

# R rounds sums of products in double precision: what is 10^-12 of the largest part is not told from 0.
my $expected = join "\n", map {
	my ($name, $what, @rest) = split /\|/;
	my @names = @rest && $rest[0] =~ /^(gap|explained|unexplained)$/ ? splice(@rest, 0, 2) : ('', '');
	join '|', $name, $what, @names, '{' . join(',', @rest) . '}'
} split /\n/, slurp_file('test/fixtures/decomposition_data.txt');
is($node->safe_psql('postgres', qq{
	CREATE TABLE expected (name text, what text, part text, covariate text, numbers float8[]);
	COPY expected FROM stdin (DELIMITER '|', NULL 'NULL');
$expected
\\.
	SELECT count(*), count(*) FILTER (WHERE a.name IS NULL OR e.name IS NULL OR cardinality(a.numbers) <> cardinality(e.numbers)
		OR EXISTS (SELECT FROM unnest(a.numbers, e.numbers) AS u (a, e) WHERE (abs(u.a - u.e) <= 1e-9 * abs(u.e) + 1e-11) IS NOT TRUE))
	FROM answer AS a FULL JOIN expected AS e USING (name, what, part, covariate)}),
	'384|0', 'every part, with its error, is that of R');

done_testing();
