# Chances from the first 30 days, on the OULAD data in the folder that GAPSTATS_DATA names: that a
# student is inactive on at least 90 percent of the days of the course, beside who is, and who
# withdrew. Expected numbers: test/reference/forecast_oulad.py.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $data = $ENV{GAPSTATS_DATA}
	or plan skip_all => 'GAPSTATS_DATA does not say where the data is';

my $node = PostgreSQL::Test::Cluster->new('university');
$node->init;
$node->append_conf('postgresql.conf', 'work_mem = 128MB');
$node->start;

$node->safe_psql('postgres', qq{
	CREATE EXTENSION gapstats;
	ALTER DATABASE postgres SET search_path = gapstats, public;
});
$node->safe_psql('postgres', qq{
	CREATE TABLE public.course (module text, presentation text, length int);
	COPY course FROM '$data/oulad/courses.csv' (FORMAT csv, HEADER);
	CREATE TABLE public.click (module text, presentation text, student int, day int, clicks int, visits int);
	COPY click FROM PROGRAM 'gzip -dc $data/oulad/studentVle_daily.csv.gz' (FORMAT csv, HEADER);
	CREATE TABLE public.registration (module text, presentation text, student int, registered int, unregistered int);
	COPY registration FROM '$data/oulad/studentRegistration.csv' (FORMAT csv, HEADER);
	CREATE TABLE public.student (module text, presentation text, student int, gender text, region text, education text,
		imd_band text, age text, attempts int, credits int, disability text, result text);
	COPY student FROM '$data/oulad/studentInfo.csv' (FORMAT csv, HEADER);
	DELETE FROM click WHERE presentation NOT IN ('2013J', '2014J');
	ANALYZE;

	-- a day without a click is a day absent
	CREATE TABLE public.student_days AS
		SELECT presentation, rtrim(imd_band, '%') || '%' AS band, result, days, start, enrolled, enrolled - coalesce(active, '{}') AS absent,
			coalesce(registered, 0) <= 29 AND coalesce(unregistered > 29, true) AS is_there
		FROM student
			JOIN registration USING (module, presentation, student)
			JOIN (SELECT module, presentation, start, daterange(start, start + length)::dayset AS days
				FROM (SELECT *, make_date(left(presentation, 4)::int, 10, 1) AS start FROM course WHERE presentation ~ '201[34]J') AS c) AS c USING (module, presentation)
			LEFT JOIN (SELECT module, presentation, student, dayset(make_date(left(presentation, 4)::int, 10, 1) + day) AS active
				FROM click GROUP BY module, presentation, student) AS a USING (module, presentation, student),
			enrolled_days(days, start + coalesce(registered, 0), start + unregistered) AS enrolled;
	CREATE TABLE public.prior AS
		SELECT chronic_absence_prior(absent, enrolled) AS prior FROM student_days WHERE presentation = '2013J';
	CREATE TABLE public.told AS
		SELECT band, chance, absent_at_least(absent, enrolled, 0.90) AS inactive, result = 'Withdrawn' AS withdrew
		FROM prior, student_days, chronic_absence_chance(absent, enrolled & daterange(start, start + 30), days, prior, 0.90)
		WHERE presentation = '2014J' AND is_there;
});

# Numbers of the reference have 9 digits, or 12 to 14.
sub agrees
{
	my ($answer, $expected, $tolerance, $name) = @_;
	my @wrong;
	my @answer = map { [ split /\|/ ] } split /\n/, $answer;
	my @expected = map { [ split /\|/ ] } grep { /\S/ } split /\n/, $expected;
	for my $i (0 .. ($#answer > $#expected ? $#answer : $#expected))
	{
		my @is = @{ $answer[$i] // [] };
		my @shall = @{ $expected[$i] // [] };
		push @wrong, "@is instead of @shall"
			if @is != @shall || grep { $is[$_] ne $shall[$_] && !($shall[$_] =~ /^-?[\d.e-]+$/ && abs($is[$_] - $shall[$_]) <= $tolerance * (abs($shall[$_]) || 1e-6)) } 0 .. $#shall;
	}
	ok(!@wrong, $name) or diag join "\n", @wrong;
}

agrees($node->safe_psql('postgres', 'SELECT (prior).n_students, (prior).a, (prior).b, (prior).log_likelihood FROM prior'),
	'8155|2.69255345642|0.927273884756|-879700.11976397', 1e-11, 'the prior of 2013');

my $columns = '(k).n, (k).n_observed, (k).mean_predicted, (k).lower, (k).upper, (k).in_the_large, (k).brier';
agrees($node->safe_psql('postgres', qq{
	SELECT what, coalesce(band, 'tenth ' || tenth, 'all'), $columns
	FROM (SELECT what, band, tenth, calibration(chance, observed) AS k
		FROM (SELECT what, band, chance_tenth(chance) AS tenth, chance, observed
			FROM told, LATERAL (VALUES ('inactive', inactive), ('withdrew', withdrew)) AS v (what, observed)) AS t
		GROUP BY GROUPING SETS ((what), (what, tenth), (what, band))
		HAVING grouping(band) = 1 OR band IS NOT NULL) AS k
	ORDER BY what, band IS NOT NULL, tenth NULLS FIRST, band COLLATE "C"}), <<'REFERENCE', 2e-8, 'chances beside what became of students');
inactive|all|9205|2017|0.125849101|0.210787916|0.227686509|-0.0932709424|0.113837021
inactive|tenth 0|7136|614|7.18824995e-3|0.0797568668|0.0927737791|-0.0788543509|0.0821182309
inactive|tenth 1|248|107|0.102931628|0.371318876|0.493675553|-0.328519985|0.35206356
inactive|tenth 2|456|226|0.22674413|0.449952646|0.541348703|-0.268869905|0.321904544
inactive|tenth 3|8|5|0.354180425|0.305742395|0.863155714|-0.270819575|0.29197938
inactive|tenth 4|404|243|0.435905587|0.553003948|0.648054572|-0.165579561|0.266704376
inactive|tenth 5|6|6|0.567096267|0.609665712|1.0|-0.432903733|0.187525747
inactive|tenth 6|332|269|0.681173649|0.764606238|0.848778424|-0.129067314|0.170036748
inactive|tenth 8|318|269|0.878311431|0.802124304|0.881442073|0.0323994811|0.131439113
inactive|tenth 9|297|278|0.977874381|0.902252625|0.95866595|0.0418474447|0.0616648077
inactive|0-10%|820|221|0.153595926|0.240269314|0.300904541|-0.115916269|0.128056058
inactive|10-20%|911|241|0.141543863|0.236933385|0.294132904|-0.123000593|0.138746423
inactive|20-30%|972|259|0.144905312|0.239626268|0.295134224|-0.121555593|0.142351284
inactive|30-40%|979|215|0.124538105|0.194803053|0.246612452|-0.0950737441|0.11694542
inactive|40-50%|923|217|0.123451905|0.208877939|0.263523738|-0.11165102|0.13027786
inactive|50-60%|920|196|0.134961064|0.187806396|0.24066697|-0.078082414|0.107805456
inactive|60-70%|886|178|0.117762586|0.175836507|0.228551775|-0.0831403482|0.103474034
inactive|70-80%|872|177|0.116583492|0.177614772|0.230953988|-0.0863981592|0.107365099
inactive|80-90%|809|149|0.119033593|0.15898097|0.212360152|-0.065144405|0.0979888914
inactive|90-100%|747|120|0.1067282|0.136056448|0.188701137|-0.0539143707|0.0727415135
withdrew|all|9205|1774|0.125849101|0.184792457|0.200906599|-0.0668722461|0.20993211
withdrew|tenth 0|7136|1238|7.18824995e-3|0.164877085|0.182447358|-0.166298297|0.170485358
withdrew|tenth 1|248|48|0.102931628|0.149205224|0.247240458|-0.0906167587|0.16467182
withdrew|tenth 2|456|113|0.22674413|0.210396844|0.289430769|-0.0210628872|0.187884947
withdrew|tenth 3|8|0|0.354180425|0.0|0.324407565|0.354180425|0.126403719
withdrew|tenth 4|404|104|0.435905587|0.217216608|0.302204491|0.178479845|0.224460316
withdrew|tenth 5|6|2|0.567096267|0.0967714111|0.700006685|0.233762934|0.269223973
withdrew|tenth 6|332|86|0.681173649|0.21485597|0.308728758|0.422137505|0.370300018
withdrew|tenth 8|318|90|0.878311431|0.23632663|0.334890824|0.595292563|0.559332632
withdrew|tenth 9|297|93|0.977874381|0.263057354|0.367977543|0.664743068|0.657277719
withdrew|0-10%|820|181|0.153595926|0.193683396|0.250384398|-0.0671357812|0.24764826
withdrew|10-20%|911|195|0.141543863|0.188645591|0.241856825|-0.0725066308|0.230030333
withdrew|20-30%|972|215|0.144905312|0.196226734|0.248355175|-0.0762881032|0.232269779
withdrew|30-40%|979|196|0.124538105|0.176331774|0.226420323|-0.0756661853|0.215933505
withdrew|40-50%|923|180|0.123451905|0.170741132|0.22181949|-0.0715643462|0.212069641
withdrew|50-60%|920|172|0.134961064|0.163083871|0.213432528|-0.0519954575|0.211257781
withdrew|60-70%|886|159|0.117762586|0.155591119|0.206092927|-0.061695653|0.198719478
withdrew|70-80%|872|149|0.116583492|0.147345722|0.197284526|-0.0542880675|0.201536658
withdrew|80-90%|809|136|0.119033593|0.143921162|0.195433402|-0.0490751837|0.184588408
withdrew|90-100%|747|133|0.1067282|0.152280188|0.207105213|-0.0713173158|0.177464619
REFERENCE

done_testing();
