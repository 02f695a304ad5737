-- Oaxaca-Blinder. Expected numbers: test/reference/decomposition.py, in fractions, and MEASURES 5.2 (R's oaxaca,
-- statsmodels), which has them with the opposite sign: reference minus focal.
SET search_path = public, gapstats, gapstats_internal;
SET extra_float_digits = 1;

CREATE TABLE measures AS
SELECT i, i % 5 IN (0, 1) AS is_focal, x1, x2,
	150 + 4 * x1 + 2.5 * x2 + CASE WHEN i % 5 IN (0, 1) THEN 0 ELSE 3 + 0.6 * x1 END + (7919 * i % 83 - 41) / 6::float8 AS y
FROM generate_series(1, 200) AS i,
	LATERAL (SELECT (37 * i % 29) / 4::float8 + CASE WHEN i % 5 IN (0, 1) THEN 0 ELSE 1.5::float8 END AS x1,
		(53 * i % 11) / 2::float8 + CASE WHEN i % 5 IN (0, 1) THEN 0 ELSE 0.8::float8 END AS x2) AS x;
-- far from zero, with a set of dummies
CREATE TABLE far AS
SELECT i, i % 3 = 0 AS is_focal, 1e6::float8 + (i * i * 31 % 97) / 8::float8 AS income, 1e6::float8 - (i * 53 % 23) * 0.1::float8 AS age,
	i * 7 % 11 % 4 AS level, 1e6::float8 + (i * 7919 % 103) / 4::float8 + CASE WHEN i % 3 = 0 THEN 5 ELSE 0 END AS y
FROM generate_series(1, 150) AS i;
CREATE FUNCTION dummies(level integer) RETURNS float8[] LANGUAGE sql IMMUTABLE
RETURN ARRAY[(level = 1)::integer, (level = 2)::integer, (level = 3)::integer];

CREATE TABLE kept AS
SELECT 'MEASURES' AS name, cross_products(y, is_focal, ARRAY[x1, x2]) AS products, NULL::text[] AS covariates, NULL::text[] AS omitted_levels FROM measures
UNION ALL
SELECT 'offset', cross_products(y, is_focal, ARRAY[income, age] || dummies(level)), '{income,age,b,c,d}', '{"","",a,a,a}' FROM far
UNION ALL
-- of both groups together the covariates look as if they were one
SELECT 'apart', cross_products(i % 17, i % 2 = 0, ARRAY[i % 7 + apart, i % 11 + apart]::float8[]), NULL, NULL
FROM generate_series(1, 40) AS i, LATERAL (SELECT 1e9 * (i % 2 = 0)::integer AS apart) AS a;

-- Every number is the fraction's nearest double, and every standard error within the last bits of its own.
CREATE VIEW part AS
SELECT name, p.*
FROM kept, unnest('{pooled_with_group,pooled,focal,reference,average,share,threefold}'::text[]) AS m,
	gap_decomposition(products, covariates, omitted_levels, m) AS p;
CREATE TABLE expected_part (name text, method text, component text, covariate text, estimate float8, se float8);
INSERT INTO expected_part VALUES
	('MEASURES', 'pooled_with_group', 'gap', NULL, -14.919375, 1.5837341034231311),
	('MEASURES', 'pooled_with_group', 'explained', NULL, -10.164887809180922, 1.5453491449921035),
	('MEASURES', 'pooled_with_group', 'explained', 'x1', -7.042799332495037, 1.332349363168608),
	('MEASURES', 'pooled_with_group', 'explained', 'x2', -3.122088476685885, 0.7620242047381889),
	('MEASURES', 'pooled_with_group', 'unexplained', NULL, -4.754487190819078, 0.6312560921792212),
	('MEASURES', 'pooled_with_group', 'unexplained', '(intercept)', -1.3346334365259982, 1.5790590211496223),
	('MEASURES', 'pooled_with_group', 'unexplained', 'x1', -3.1135905430742117, 1.1047441726224896),
	('MEASURES', 'pooled_with_group', 'unexplained', 'x2', -0.30626321121886757, 0.9963114942355864),
	('MEASURES', 'pooled', 'gap', NULL, -14.919375, 1.5837341034231311),
	('MEASURES', 'pooled', 'explained', NULL, -11.035729279260336, 1.6677454170650778),
	('MEASURES', 'pooled', 'explained', 'x1', -7.586821945267354, 1.4309874119829407),
	('MEASURES', 'pooled', 'explained', 'x2', -3.4489073339929828, 0.8370699379305321),
	('MEASURES', 'pooled', 'unexplained', NULL, -3.8836457207396635, 0.545923115980637),
	('MEASURES', 'pooled', 'unexplained', '(intercept)', -1.3346334365259982, 1.5790590211496223),
	('MEASURES', 'pooled', 'unexplained', 'x1', -2.5695679303018957, 1.1158474359781492),
	('MEASURES', 'pooled', 'unexplained', 'x2', 0.020555646088230347, 1.001147270702084),
	('MEASURES', 'focal', 'gap', NULL, -14.919375, 1.5837341034231311),
	('MEASURES', 'focal', 'explained', NULL, -9.319215584675273, 1.4566404539457312),
	('MEASURES', 'focal', 'explained', 'x1', -6.294197950184263, 1.2231779628450645),
	('MEASURES', 'focal', 'explained', 'x2', -3.02501763449101, 0.7678873621709079),
	('MEASURES', 'focal', 'unexplained', NULL, -5.600159415324726, 0.7251859111938785),
	('MEASURES', 'focal', 'unexplained', '(intercept)', -1.3346334365259982, 1.5790590211496223),
	('MEASURES', 'focal', 'unexplained', 'x1', -3.8621919253849857, 1.3675645565873376),
	('MEASURES', 'focal', 'unexplained', 'x2', -0.4033340534137423, 1.2021813067290779),
	('MEASURES', 'reference', 'gap', NULL, -14.919375, 1.5837341034231311),
	('MEASURES', 'reference', 'explained', NULL, -10.671405718068808, 1.639004274385722),
	('MEASURES', 'reference', 'explained', 'x1', -7.531753682453423, 1.4330870542430028),
	('MEASURES', 'reference', 'explained', 'x2', -3.1396520356153848, 0.7779638868345023),
	('MEASURES', 'reference', 'unexplained', NULL, -4.2479692819311925, 0.6754070877046463),
	('MEASURES', 'reference', 'unexplained', '(intercept)', -1.3346334365259982, 1.5790590211496223),
	('MEASURES', 'reference', 'unexplained', 'x1', -2.624636193115826, 0.9411449452679874),
	('MEASURES', 'reference', 'unexplained', 'x2', -0.28869965228936795, 0.8606696855364075),
	('MEASURES', 'average', 'gap', NULL, -14.919375, 1.5837341034231311),
	('MEASURES', 'average', 'explained', NULL, -9.99531065137204, 1.5215512706363374),
	('MEASURES', 'average', 'explained', 'x1', -6.912975816318843, 1.3092526575444494),
	('MEASURES', 'average', 'explained', 'x2', -3.0823348350531976, 0.7537060207230555),
	('MEASURES', 'average', 'unexplained', NULL, -4.924064348627959, 0.6341015118811735),
	('MEASURES', 'average', 'unexplained', '(intercept)', -1.3346334365259982, 1.5790590211496223),
	('MEASURES', 'average', 'unexplained', 'x1', -3.243414059250406, 1.1476865497998838),
	('MEASURES', 'average', 'unexplained', 'x2', -0.3460168528515551, 1.031324130183643),
	('MEASURES', 'share', 'gap', NULL, -14.919375, 1.5837341034231311),
	('MEASURES', 'share', 'explained', NULL, -10.130529664711394, 1.5411455566613144),
	('MEASURES', 'share', 'explained', 'x1', -7.036731389545759, 1.331289711046096),
	('MEASURES', 'share', 'explained', 'x2', -3.0937982751656348, 0.7555164538743743),
	('MEASURES', 'share', 'unexplained', NULL, -4.788845335288606, 0.6314037835698035),
	('MEASURES', 'share', 'unexplained', '(intercept)', -1.3346334365259982, 1.5790590211496223),
	('MEASURES', 'share', 'unexplained', 'x1', -3.1196584860234897, 1.105065098341995),
	('MEASURES', 'share', 'unexplained', 'x2', -0.3345534127391177, 0.997173690192105),
	('MEASURES', 'threefold', 'gap', NULL, -14.919375, 1.5837341034231311),
	('MEASURES', 'threefold', 'endowments', NULL, -9.319215584675273, 1.4566404539457312),
	('MEASURES', 'threefold', 'endowments', 'x1', -6.294197950184263, 1.2231779628450645),
	('MEASURES', 'threefold', 'endowments', 'x2', -3.02501763449101, 0.7678873621709079),
	('MEASURES', 'threefold', 'coefficients', NULL, -4.2479692819311925, 0.6754070877046463),
	('MEASURES', 'threefold', 'coefficients', '(intercept)', -1.3346334365259982, 1.5790590211496223),
	('MEASURES', 'threefold', 'coefficients', 'x1', -2.624636193115826, 0.9411449452679874),
	('MEASURES', 'threefold', 'coefficients', 'x2', -0.28869965228936795, 0.8606696855364075),
	('MEASURES', 'threefold', 'interaction', NULL, -1.3521901333935336, 0.5964895391803409),
	('MEASURES', 'threefold', 'interaction', 'x1', -1.2375557322691593, 0.4931891954499456),
	('MEASURES', 'threefold', 'interaction', 'x2', -0.11463440112437434, 0.3427339459466352);
INSERT INTO expected_part VALUES
	('offset', 'pooled_with_group', 'gap', NULL, 5.135, 1.287209458104309),
	('offset', 'pooled_with_group', 'explained', NULL, 0.014504665286214436, 0.1447530824382512),
	('offset', 'pooled_with_group', 'explained', 'income', 0.036562452091502946, 0.09251268759606159),
	('offset', 'pooled_with_group', 'explained', 'age', -0.02285232436706045, 0.0857451904804129),
	('offset', 'pooled_with_group', 'explained', 'b', -0.0005242713805574945, 0.011316112703066362),
	('offset', 'pooled_with_group', 'explained', 'c', 0.0, 0.036867989720792076),
	('offset', 'pooled_with_group', 'explained', 'd', 0.0013188089423294383, 0.015024495139259233),
	('offset', 'pooled_with_group', 'explained', 'a', 0.0, 0.05013782124773911),
	('offset', 'pooled_with_group', 'unexplained', NULL, 5.120495334713786, 1.3449222332447661),
	('offset', 'pooled_with_group', 'unexplained', '(intercept)', 181423.18825340818, 2145589.430971593),
	('offset', 'pooled_with_group', 'unexplained', 'income', 268129.4875242684, 373770.6244203808),
	('offset', 'pooled_with_group', 'unexplained', 'age', -449547.60780538555, 2070825.7815241683),
	('offset', 'pooled_with_group', 'unexplained', 'b', 0.8860849054622447, 0.6391401426470401),
	('offset', 'pooled_with_group', 'unexplained', 'c', -0.060049876481387925, 0.6426380220037906),
	('offset', 'pooled_with_group', 'unexplained', 'd', -0.00803851536821807, 0.48579266012544836),
	('offset', 'pooled_with_group', 'unexplained', 'a', -0.7654734699228201, 0.6096887348598465),
	('offset', 'pooled', 'gap', NULL, 5.135, 1.287209458104309),
	('offset', 'pooled', 'explained', NULL, 0.04228594935226624, 0.15286816082090135),
	('offset', 'pooled', 'explained', 'income', 0.045275329689794225, 0.10766823594249544),
	('offset', 'pooled', 'explained', 'age', -0.004133413262719999, 0.07981113641298053),
	('offset', 'pooled', 'explained', 'b', -0.00025208943670373735, 0.010730731122818698),
	('offset', 'pooled', 'explained', 'c', 0.0, 0.038735169660351135),
	('offset', 'pooled', 'explained', 'd', 0.0013961223618957463, 0.015340169487648693),
	('offset', 'pooled', 'explained', 'a', 0.0, 0.05046890063252364),
	('offset', 'pooled', 'unexplained', NULL, 5.092714050647734, 1.336929767195763),
	('offset', 'pooled', 'unexplained', '(intercept)', 181423.18825340818, 2145589.430971593),
	('offset', 'pooled', 'unexplained', 'income', 268129.4788113908, 373770.62442085653),
	('offset', 'pooled', 'unexplained', 'age', -449547.62652429665, 2070825.7815226486),
	('offset', 'pooled', 'unexplained', 'b', 0.8858127235183909, 0.6388424740763684),
	('offset', 'pooled', 'unexplained', 'c', -0.060049876481387925, 0.6426132644589201),
	('offset', 'pooled', 'unexplained', 'd', -0.008115828787784378, 0.485794877146306),
	('offset', 'pooled', 'unexplained', 'a', -0.7654734699228201, 0.6097324261325094),
	('offset', 'focal', 'gap', NULL, 5.135, 1.287209458104309),
	('offset', 'focal', 'explained', NULL, 0.1204506564815617, 0.3327433160780078),
	('offset', 'focal', 'explained', 'income', 0.10081251416697781, 0.2308357781559499),
	('offset', 'focal', 'explained', 'age', -0.0030505987812175944, 0.14167363890704487),
	('offset', 'focal', 'explained', 'b', 0.0214944931917209, 0.1689449955921854),
	('offset', 'focal', 'explained', 'c', 0.0, 0.051890999028777314),
	('offset', 'focal', 'explained', 'd', 0.0011942479040805867, 0.0234201537338491),
	('offset', 'focal', 'explained', 'a', 0.0, 0.10483859051660394),
	('offset', 'focal', 'unexplained', NULL, 5.014549343518438, 1.351669999013384),
	('offset', 'focal', 'unexplained', '(intercept)', 181423.18825340818, 2145589.430971593),
	('offset', 'focal', 'unexplained', 'income', 268129.4232742063, 373770.5413253897),
	('offset', 'focal', 'unexplained', 'age', -449547.6276071111, 2070825.8963939701),
	('offset', 'focal', 'unexplained', 'b', 0.8640661408899664, 0.623443325668924),
	('offset', 'focal', 'unexplained', 'c', -0.060049876481387925, 0.6425926018075278),
	('offset', 'focal', 'unexplained', 'd', -0.00791395432996922, 0.5039467374431694),
	('offset', 'focal', 'unexplained', 'a', -0.7654734699228201, 0.6089747018656546),
	('offset', 'reference', 'gap', NULL, 5.135, 1.287209458104309),
	('offset', 'reference', 'explained', NULL, -0.0355312666569977, 0.22832396407325584),
	('offset', 'reference', 'explained', 'income', 0.015011605802600225, 0.0727655696035053),
	('offset', 'reference', 'explained', 'age', -0.04081263998070442, 0.11561809445619523),
	('offset', 'reference', 'explained', 'b', -0.010507956470870447, 0.08313109964911809),
	('offset', 'reference', 'explained', 'c', 0.0, 0.03507144131782154),
	('offset', 'reference', 'explained', 'd', 0.0007777239919769438, 0.01573978813270994),
	('offset', 'reference', 'explained', 'a', 0.0, 0.12072788285985674),
	('offset', 'reference', 'unexplained', NULL, 5.170531266656997, 1.3671046768918829),
	('offset', 'reference', 'unexplained', '(intercept)', 181423.18825340818, 2145589.430971593),
	('offset', 'reference', 'unexplained', 'income', 268129.5090751147, 373770.6609312704),
	('offset', 'reference', 'unexplained', 'age', -449547.5898450699, 2070825.7224444086),
	('offset', 'reference', 'unexplained', 'b', 0.8960685905525577, 0.6619775997999157),
	('offset', 'reference', 'unexplained', 'c', -0.060049876481387925, 0.6426669630413503),
	('offset', 'reference', 'unexplained', 'd', -0.007497430417865576, 0.47742616302178253),
	('offset', 'reference', 'unexplained', 'a', -0.7654734699228201, 0.6229281304658711),
	('offset', 'average', 'gap', NULL, 5.135, 1.287209458104309),
	('offset', 'average', 'explained', NULL, 0.042459694912282, 0.16460163118244994),
	('offset', 'average', 'explained', 'income', 0.057912059984789016, 0.13367818995190578),
	('offset', 'average', 'explained', 'age', -0.02193161938096101, 0.09207576511651427),
	('offset', 'average', 'explained', 'b', 0.005493268360425225, 0.04436894945188881),
	('offset', 'average', 'explained', 'c', 0.0, 0.043481220173299424),
	('offset', 'average', 'explained', 'd', 0.0009859859480287653, 0.014841468886895116),
	('offset', 'average', 'explained', 'a', 0.0, 0.007944646171626399),
	('offset', 'average', 'unexplained', NULL, 5.092540305087718, 1.3392767508666072),
	('offset', 'average', 'unexplained', '(intercept)', 181423.18825340818, 2145589.430971593),
	('offset', 'average', 'unexplained', 'income', 268129.4661746605, 373770.60112831957),
	('offset', 'average', 'unexplained', 'age', -449547.6087260905, 2070825.8094191893),
	('offset', 'average', 'unexplained', 'b', 0.880067365721262, 0.6306266482810565),
	('offset', 'average', 'unexplained', 'c', -0.060049876481387925, 0.6425747538309313),
	('offset', 'average', 'unexplained', 'd', -0.007705692373917397, 0.49068439407799497),
	('offset', 'average', 'unexplained', 'a', -0.7654734699228201, 0.60557804050441),
	('offset', 'share', 'gap', NULL, 5.135, 1.287209458104309),
	('offset', 'share', 'explained', NULL, 0.0164627077225221, 0.15285982200443501),
	('offset', 'share', 'explained', 'income', 0.043611908590726084, 0.10554797093324421),
	('offset', 'share', 'explained', 'age', -0.028225292914208812, 0.09097450176623464),
	('offset', 'share', 'explained', 'b', 0.0001595267499933343, 0.010687361829197922),
	('offset', 'share', 'explained', 'c', 0.0, 0.0406779605548068),
	('offset', 'share', 'explained', 'd', 0.0009165652960114914, 0.013780549294702273),
	('offset', 'share', 'explained', 'a', 0.0, 0.04553905840103651),
	('offset', 'share', 'unexplained', NULL, 5.118537292277478, 1.3441327783378896),
	('offset', 'share', 'unexplained', '(intercept)', 181423.18825340818, 2145589.430971593),
	('offset', 'share', 'unexplained', 'income', 268129.4804748119, 373770.62106263416),
	('offset', 'share', 'unexplained', 'age', -449547.602432417, 2070825.7804275956),
	('offset', 'share', 'unexplained', 'b', 0.8854011073316939, 0.6385110162740761),
	('offset', 'share', 'unexplained', 'c', -0.060049876481387925, 0.6425932628341778),
	('offset', 'share', 'unexplained', 'd', -0.007636271721900123, 0.48626451018959044),
	('offset', 'share', 'unexplained', 'a', -0.7654734699228201, 0.6091001403772558),
	('offset', 'threefold', 'gap', NULL, 5.135, 1.287209458104309),
	('offset', 'threefold', 'endowments', NULL, 0.1204506564815617, 0.3327433160780078),
	('offset', 'threefold', 'endowments', 'income', 0.10081251416697781, 0.2308357781559499),
	('offset', 'threefold', 'endowments', 'age', -0.0030505987812175944, 0.14167363890704487),
	('offset', 'threefold', 'endowments', 'b', 0.0214944931917209, 0.1689449955921854),
	('offset', 'threefold', 'endowments', 'c', 0.0, 0.051890999028777314),
	('offset', 'threefold', 'endowments', 'd', 0.0011942479040805867, 0.0234201537338491),
	('offset', 'threefold', 'endowments', 'a', 0.0, 0.10483859051660394),
	('offset', 'threefold', 'coefficients', NULL, 5.170531266656997, 1.3671046768918829),
	('offset', 'threefold', 'coefficients', '(intercept)', 181423.18825340818, 2145589.430971593),
	('offset', 'threefold', 'coefficients', 'income', 268129.5090751147, 373770.6609312704),
	('offset', 'threefold', 'coefficients', 'age', -449547.5898450699, 2070825.7224444086),
	('offset', 'threefold', 'coefficients', 'b', 0.8960685905525577, 0.6619775997999157),
	('offset', 'threefold', 'coefficients', 'c', -0.060049876481387925, 0.6426669630413503),
	('offset', 'threefold', 'coefficients', 'd', -0.007497430417865576, 0.47742616302178253),
	('offset', 'threefold', 'coefficients', 'a', -0.7654734699228201, 0.6229281304658711),
	('offset', 'threefold', 'interaction', NULL, -0.1559819231385594, 0.46618140887184223),
	('offset', 'threefold', 'interaction', 'income', -0.08580090836437759, 0.2137300524444323),
	('offset', 'threefold', 'interaction', 'age', -0.037762041199486826, 0.1815658045076903),
	('offset', 'threefold', 'interaction', 'b', -0.032002449662591345, 0.2510616813198965),
	('offset', 'threefold', 'interaction', 'c', 0.0, 0.016819557710955772),
	('offset', 'threefold', 'interaction', 'd', -0.00041652391210364307, 0.026672312758303174),
	('offset', 'threefold', 'interaction', 'a', 0.0, 0.22556647337646069);
INSERT INTO expected_part VALUES
	('apart', 'pooled_with_group', 'gap', NULL, 0.15, 1.5699061319575431),
	('apart', 'pooled_with_group', 'explained', NULL, 112123912.99201399, 483101903.17172426),
	('apart', 'pooled_with_group', 'explained', 'x1', -32267956.308641125, 400517131.3442031),
	('apart', 'pooled_with_group', 'explained', 'x2', 144391869.30065513, 257261518.75054845),
	('apart', 'pooled_with_group', 'unexplained', NULL, -112123912.84201398, 483101903.17172426),
	('apart', 'pooled_with_group', 'unexplained', '(intercept)', 355368131.619447, 609513114.0974078),
	('apart', 'pooled_with_group', 'unexplained', 'x1', -828986601.9084083, 404910695.9228651),
	('apart', 'pooled_with_group', 'unexplained', 'x2', 361494557.4469472, 262578380.4888643),
	('apart', 'pooled', 'gap', NULL, 0.15, 1.5699061319575431),
	('apart', 'pooled', 'explained', NULL, 0.15000000113076095, 1.5514451569775654),
	('apart', 'pooled', 'explained', 'x1', -110673788.71005102, 213171346.76340628),
	('apart', 'pooled', 'explained', 'x2', 110673788.860051, 213171346.76340628),
	('apart', 'pooled', 'unexplained', NULL, -1.1307609391322197e-09, 0.5560390214635852),
	('apart', 'pooled', 'unexplained', '(intercept)', 355368131.619447, 609513114.0974078),
	('apart', 'pooled', 'unexplained', 'x1', -750580769.5069983, 508697253.50853956),
	('apart', 'pooled', 'unexplained', 'x2', 395212637.8875513, 294965648.8801559),
	('apart', 'focal', 'gap', NULL, 0.15, 1.5699061319575431),
	('apart', 'focal', 'explained', NULL, -355368129.68415856, 609513112.073557),
	('apart', 'focal', 'explained', 'x1', -861254553.8712261, 542608928.018753),
	('apart', 'focal', 'explained', 'x2', 505886424.18706757, 350223196.80155057),
	('apart', 'focal', 'unexplained', NULL, 355368129.83415854, 609513112.073557),
	('apart', 'focal', 'unexplained', '(intercept)', 355368131.619447, 609513114.0974078),
	('apart', 'focal', 'unexplained', 'x1', -4.345823255394811, 2.416068023150245),
	('apart', 'focal', 'unexplained', 'x2', 2.5605347992839578, 2.4332795511652736),
	('apart', 'reference', 'gap', NULL, 0.15, 1.5699061319575431),
	('apart', 'reference', 'explained', NULL, 612844135.7292818, 787198570.1967479),
	('apart', 'reference', 'explained', 'x1', 663595711.63704, 606699115.0693356),
	('apart', 'reference', 'explained', 'x2', -50751575.907758206, 387444133.8134377),
	('apart', 'reference', 'unexplained', NULL, -612844135.5792818, 787198570.1967479),
	('apart', 'reference', 'unexplained', '(intercept)', 355368131.619447, 609513114.0974078),
	('apart', 'reference', 'unexplained', 'x1', -1524850269.8540895, 813946109.2528622),
	('apart', 'reference', 'unexplained', 'x2', 556638002.6553606, 522273153.54498136),
	('apart', 'average', 'gap', NULL, 0.15, 1.5699061319575431),
	('apart', 'average', 'explained', NULL, 128738003.02256164, 497792080.77002305),
	('apart', 'average', 'explained', 'x1', -98829421.11709304, 406973053.4665579),
	('apart', 'average', 'explained', 'x2', 227567424.13965467, 261136575.57126245),
	('apart', 'average', 'unexplained', NULL, -128738002.87256163, 497792080.77002305),
	('apart', 'average', 'unexplained', '(intercept)', 355368131.619447, 609513114.0974078),
	('apart', 'average', 'unexplained', 'x1', -762425137.0999563, 406973055.7863043),
	('apart', 'average', 'unexplained', 'x2', 278319002.60794765, 261136577.97371894),
	('apart', 'share', 'gap', NULL, 0.15, 1.5699061319575431),
	('apart', 'share', 'explained', NULL, 128738003.02256164, 497792080.77002305),
	('apart', 'share', 'explained', 'x1', -98829421.11709304, 406973053.4665579),
	('apart', 'share', 'explained', 'x2', 227567424.13965467, 261136575.57126245),
	('apart', 'share', 'unexplained', NULL, -128738002.87256163, 497792080.77002305),
	('apart', 'share', 'unexplained', '(intercept)', 355368131.619447, 609513114.0974078),
	('apart', 'share', 'unexplained', 'x1', -762425137.0999563, 406973055.7863043),
	('apart', 'share', 'unexplained', 'x2', 278319002.60794765, 261136577.97371894),
	('apart', 'threefold', 'gap', NULL, 0.15, 1.5699061319575431),
	('apart', 'threefold', 'endowments', NULL, -355368129.68415856, 609513112.073557),
	('apart', 'threefold', 'endowments', 'x1', -861254553.8712261, 542608928.018753),
	('apart', 'threefold', 'endowments', 'x2', 505886424.18706757, 350223196.80155057),
	('apart', 'threefold', 'coefficients', NULL, -612844135.5792818, 787198570.1967479),
	('apart', 'threefold', 'coefficients', '(intercept)', 355368131.619447, 609513114.0974078),
	('apart', 'threefold', 'coefficients', 'x1', -1524850269.8540895, 813946109.2528622),
	('apart', 'threefold', 'coefficients', 'x2', 556638002.6553606, 522273153.54498136),
	('apart', 'threefold', 'interaction', NULL, 968212265.4134403, 995584161.5400461),
	('apart', 'threefold', 'interaction', 'x1', 1524850265.5082662, 813946106.9331158),
	('apart', 'threefold', 'interaction', 'x2', -556638000.0948257, 522273151.1425249);
SELECT name, method, count(*) AS rows, count(*) FILTER (WHERE p.estimate = e.estimate) AS estimates,
	count(e.se) AS errors, count(*) FILTER (WHERE abs(p.se / e.se - 1) < 1e-15) AS same_errors, count(*) FILTER (WHERE (p.se IS NULL) <> (e.se IS NULL)) AS null
FROM part AS p FULL JOIN expected_part AS e USING (name, method, component)
WHERE p.covariate IS NOT DISTINCT FROM e.covariate
GROUP BY name, method ORDER BY name COLLATE "C", method COLLATE "C";
SELECT count(*) AS parts, count(*) FILTER (WHERE p.name IS NULL OR e.name IS NULL) AS without_the_other
FROM part AS p FULL JOIN expected_part AS e ON ROW(p.name, p.method, p.component, coalesce(p.covariate, '')) = ROW(e.name, e.method, e.component, coalesce(e.covariate, ''));

CREATE TABLE expected_coefficient (name text, covariate text, mean_focal float8, mean_reference float8, coefficient_focal float8,
	coefficient_focal_se float8, coefficient_reference float8, coefficient_reference_se float8, coefficient_compared_by float8);
INSERT INTO expected_coefficient VALUES
	('MEASURES', '(intercept)', NULL, NULL, 148.82551103311212, 1.0864876946179443, 150.1601444696381, 1.1458498512971882, 151.74788056244324),
	('MEASURES', 'x1', 3.4375, 5.058333333333334, 3.8833097893167694, 0.20876171518884937, 4.646840318223191, 0.16933334186051266, 4.345171824675601),
	('MEASURES', 'x2', 2.41875, 3.3791666666666664, 3.1496929816826142, 0.27668509391240864, 3.2690520110528953, 0.22357567832436964, 3.2507645744234814);
INSERT INTO expected_coefficient VALUES
	('offset', '(intercept)', NULL, NULL, 648660.3460489829, 1789044.9085741227, 467237.15779557475, 1184429.112020645, 613703.4037217748),
	('offset', 'income', 1000006.23, 1000005.91, 0.3150391067718057, 0.3120487205227688, 0.046911268133125704, 0.20573857754731026, 0.1142576627859467),
	('offset', 'age', 999998.844, 999998.928, 0.03631665215775497, 1.6858483380896119, 0.4858647616804395, 1.202599047192795, 0.27205148056325973),
	('offset', 'b', 0.28, 0.27, 2.14944931917209, 1.831948024023967, -1.0507956470870448, 1.3022967106352439, -0.052427138055749445),
	('offset', 'c', 0.28, 0.28, -0.6616549223153546, 1.9021351703415748, -0.4471910777389692, 1.2835851543032266, -0.4700986169317303),
	('offset', 'd', 0.18, 0.19, -0.11942479040805867, 2.198569434047277, -0.07777239919769437, 1.4836390686134913, -0.13188089423294383),
	('offset', 'a', 0.26, 0.26, -1.3683696064486766, 1.8813480921065724, 1.5757591240237083, 1.3027990414758006, 0.6544066492204236);
SELECT kept.name, covariate, c.mean_focal = e.mean_focal AS mean_focal, c.mean_reference = e.mean_reference AS mean_reference,
	c.coefficient_focal = e.coefficient_focal AS focal, abs(c.coefficient_focal_se / e.coefficient_focal_se - 1) < 1e-15 AS se,
	c.coefficient_reference = e.coefficient_reference AS reference, abs(c.coefficient_reference_se / e.coefficient_reference_se - 1) < 1e-15 AS se,
	c.coefficient_compared_by = e.coefficient_compared_by AS compared_by
FROM kept, decomposition_coefficients(products, covariates, omitted_levels) AS c FULL JOIN expected_coefficient AS e USING (covariate)
WHERE e.name = kept.name
ORDER BY kept.name COLLATE "C", covariate COLLATE "C";

-- MEASURES 5.2, as printed there, and so with the opposite sign
CREATE FUNCTION agrees(actual float8, printed float8) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN abs(actual / printed - 1) < 1e-13;
SELECT agrees(coefficient_reference, b_a) AS b_a, agrees(coefficient_focal, b_b) AS b_b,
	agrees(mean_reference, x_a) AS x_a, agrees(mean_focal, x_b) AS x_b, agrees(coefficient_compared_by, b) AS b
FROM kept, decomposition_coefficients(products) JOIN (VALUES
	('(intercept)', 150.160144469638084, 148.825511033112122, NULL, NULL, 151.7478805624431),
	('x1', 4.646840318223196, 3.883309789316768, 5.058333333333334, 3.4375, 4.345171824675603),
	('x2', 3.269052011052892, 3.149692981682615, 3.379166666666666, 2.41875, 3.250764574423471)) AS v (covariate, b_a, b_b, x_a, x_b, b) USING (covariate)
WHERE name = 'MEASURES';
SELECT method, component, agrees(-estimate, printed) AS estimate, agrees(se, printed_se) AS se, reason
FROM (SELECT * FROM part WHERE name = 'MEASURES' AND covariate IS NULL) AS p JOIN (VALUES
	('threefold', 'gap', 14.919375, 1.5837341034231311),
	('threefold', 'endowments', 9.319215584675272, 1.456640453945731),
	('threefold', 'coefficients', 4.247969281931169, 0.6754070877046465),
	('threefold', 'interaction', 1.352190133393540, 0.5964895391803414),
	('focal', 'explained', 9.319215584675272, 1.456640453945731), ('focal', 'unexplained', 5.600159415324709, 0.7251859111938787),
	('reference', 'explained', 10.671405718068812, 1.639004274385722), ('reference', 'unexplained', 4.247969281931169, 0.6754070877046465),
	('average', 'explained', 9.995310651372042, NULL), ('average', 'unexplained', 4.924064348627939, NULL),
	('share', 'explained', 10.130529664711396, NULL), ('share', 'unexplained', 4.788845335288585, NULL),
	('pooled', 'explained', 11.035729279260334, 1.6677454170650778), ('pooled', 'unexplained', 3.883645720739649, 0.5459231159806363),
	('pooled_with_group', 'explained', 10.164887809180915, 1.5453491449921035), ('pooled_with_group', 'unexplained', 4.754487190819066, 0.6312560921792212)) AS v (method, component, printed, printed_se)
	USING (method, component)
ORDER BY method COLLATE "C", component COLLATE "C";
SELECT covariate, agrees(-estimate, CASE covariate WHEN 'x1' THEN 7.042799332495041 ELSE 3.122088476685874 END) AS detailed
FROM part WHERE name = 'MEASURES' AND method = 'pooled_with_group' AND component = 'explained' AND covariate IS NOT NULL;

-- Parts make up their component, and components the gap; of gap() the gap has the difference and its error.
SELECT bool_and(abs(whole - parts) < 1e-11 * largest) AS parts
FROM (SELECT max(abs(estimate)) AS largest, sum(estimate) FILTER (WHERE covariate IS NULL) AS whole, sum(estimate) FILTER (WHERE covariate IS NOT NULL) AS parts
	FROM part WHERE component <> 'gap' GROUP BY name, method, component) AS s;
SELECT bool_and(abs(gap - components) < 1e-11 * largest) AS components
FROM (SELECT max(abs(estimate)) AS largest, sum(estimate) FILTER (WHERE component = 'gap') AS gap, sum(estimate) FILTER (WHERE component <> 'gap') AS components
	FROM part WHERE covariate IS NULL GROUP BY name, method) AS s;
SELECT (g).difference = estimate AS difference, abs((g).difference_se / se - 1) < 1e-15 AS se
FROM (SELECT gap(y, is_focal) AS g FROM far) AS s, part WHERE name = 'offset' AND method = 'focal' AND component = 'gap';
-- bounds of another confidence (qnorm(0.95), qt(0.95, 77), qt(0.95, 117))
SELECT component, abs(upper - estimate - 1.6448536269514722 * se) < 1e-13 AND abs(estimate - lower - 1.6448536269514722 * se) < 1e-13 AS bounds
FROM kept, gap_decomposition(products, method => 'reference', confidence => 0.9) WHERE name = 'MEASURES' AND covariate IS NULL;
SELECT bool_and(abs(coefficient_focal_upper - coefficient_focal - 1.6648845372582053 * coefficient_focal_se) < 1e-12) AS focal,
	bool_and(abs(coefficient_reference - coefficient_reference_lower - 1.6579816587133493 * coefficient_reference_se) < 1e-12) AS reference
FROM kept, decomposition_coefficients(products, confidence => 0.9) WHERE name = 'MEASURES';

-- Which level is left out does not matter, nor in what order they stand; totals are those without a set.
WITH other AS (
	SELECT cross_products(y, is_focal, ARRAY[(level = 3)::integer, income, (level = 0)::integer, age, (level = 2)::integer]) AS products FROM far)
SELECT method, count(*) AS rows, count(*) FILTER (WHERE o.estimate = p.estimate AND o.se IS NOT DISTINCT FROM p.se) AS same
FROM part AS p JOIN other ON true JOIN LATERAL gap_decomposition(products, '{d,income,a,age,c}', '{b,"",b,"",b}', method) AS o USING (method, component)
WHERE name = 'offset' AND o.covariate IS NOT DISTINCT FROM p.covariate
GROUP BY method ORDER BY method COLLATE "C";
SELECT count(*) AS totals, count(*) FILTER (WHERE o.estimate = p.estimate AND o.se IS NOT DISTINCT FROM p.se) AS same
FROM part AS p JOIN kept USING (name) JOIN LATERAL gap_decomposition(products, method => method) AS o USING (method, component)
WHERE name = 'offset' AND p.covariate IS NULL AND o.covariate IS NULL;
-- Units and offsets do not matter: what numbers of the file are exact stays, bit by bit.
SELECT count(*) AS rows, count(*) FILTER (WHERE o.estimate = p.estimate * 8 AND o.se IS NOT DISTINCT FROM p.se * 8) AS same
FROM part AS p, (SELECT cross_products(8 * y + 2 ^ 30, is_focal, ARRAY[(income - 1e6) * 2 ^ 300, (age - 1e6) / 2 ^ 200] || dummies(level)) AS products FROM far) AS s,
	gap_decomposition(products, '{income,age,b,c,d}', '{"","",a,a,a}', method) AS o
WHERE name = 'offset' AND o.component = p.component AND o.covariate IS NOT DISTINCT FROM p.covariate AND NOT (p.covariate = '(intercept)' OR p.component ~ 'unexplained|coefficients' AND p.covariate IN ('income', 'age'));
-- The groups swapped: methods swap, all signs turn; the interaction keeps its own.
SELECT p.method, count(*) AS rows, count(*) FILTER (WHERE o.estimate = -p.estimate AND o.se IS NOT DISTINCT FROM p.se) AS same
FROM part AS p, (SELECT cross_products(y, NOT is_focal, ARRAY[income, age] || dummies(level)) AS products FROM far) AS s,
	gap_decomposition(products, '{income,age,b,c,d}', '{"","",a,a,a}', CASE p.method WHEN 'focal' THEN 'reference' WHEN 'reference' THEN 'focal' ELSE p.method END) AS o
WHERE name = 'offset' AND p.method <> 'threefold' AND o.component = p.component AND o.covariate IS NOT DISTINCT FROM p.covariate
GROUP BY p.method ORDER BY p.method COLLATE "C";

-- who is left out
SELECT DISTINCT n_focal, n_reference, n_missing_focal, n_missing_reference, n_missing_group
FROM (SELECT cross_products(y, f, x) AS products FROM (
		SELECT y, is_focal, ARRAY[x1, x2] FROM measures UNION ALL VALUES
		(NULL, true, '{1,2}'::float8[]), (1, true, NULL), (1, false, '{1,NULL}'), (1, false, '{NULL,NULL}'), (NULL, NULL, NULL), (1, NULL, '{1,2}'), (NULL, false, '{NULL,NaN}'), ('NaN'::float8, NULL, '{1,2}')) AS v (y, f, x)) AS s,
	gap_decomposition(products);
SELECT count(*) AS rows, count(*) FILTER (WHERE o.estimate = p.estimate) AS same
FROM part AS p, (SELECT cross_products(y, f, x) AS products FROM (
		SELECT y, is_focal, ARRAY[x1, x2] FROM measures UNION ALL VALUES (1, true, '{1,NULL}'::float8[])) AS v (y, f, x)) AS s, gap_decomposition(products, method => method) AS o
WHERE name = 'MEASURES' AND o.component = p.component AND o.covariate IS NOT DISTINCT FROM p.covariate;

-- what is undefined is NULL, and why
CREATE FUNCTION undefined(products cross_products) RETURNS TABLE (part text, n text, estimate float8, se float8, reason text) LANGUAGE sql AS
$$ SELECT concat_ws(' ', component, covariate), concat_ws('/', n_focal, n_reference, n_missing_focal, n_missing_reference, n_missing_group), round(estimate::numeric, 6), round(se::numeric, 6), reason FROM gapstats.gap_decomposition(products, method => 'reference') $$;
-- no rows, NULL, rows of which none has covariates
SELECT cross_products(y, is_focal, ARRAY[x1]) IS NULL AS none FROM measures WHERE false;
SELECT * FROM undefined(NULL);
SELECT u.* FROM (SELECT cross_products(y, is_focal, NULL) AS p FROM measures) AS s, undefined(p) AS u;
SELECT u.* FROM (SELECT cross_products(NULL, is_focal, ARRAY[x1]) AS p FROM measures) AS s, undefined(p) AS u;
SELECT covariate, mean_focal, coefficient_focal, reason FROM (SELECT cross_products(y, is_focal, ARRAY[x1]) AS p FROM measures WHERE is_focal) AS s, decomposition_coefficients(p, '{a}');
-- one row, one of each, two and one, as many as coefficients, one more
SELECT v.n, u.* FROM (VALUES (1, 0), (1, 1), (2, 1), (2, 2), (3, 3)) AS v (n, m),
	LATERAL (SELECT cross_products(i * i, f, ARRAY[i]) AS p FROM generate_series(1, 5) AS i, unnest('{t,f}'::boolean[]) AS f WHERE CASE WHEN f THEN i <= v.n ELSE i <= m END) AS s, undefined(p) AS u;
-- no covariates at all: nothing is explained
SELECT u.* FROM (SELECT cross_products(y, is_focal, '{}') AS p FROM measures) AS s, undefined(p) AS u;
CREATE FUNCTION products_of(x1 text, x2 text) RETURNS cross_products LANGUAGE plpgsql AS $$
DECLARE
	p cross_products;
BEGIN
	EXECUTE format('SELECT cross_products(y, is_focal, ARRAY[%s, %s]) FROM measures', x1, x2) INTO p;
	RETURN p;
END $$;
-- constant, in one group, as rounding has it; collinear, as rounding has it
SELECT v.x1, v.x2, (SELECT string_agg(DISTINCT reason, '; ') FROM gap_decomposition(p, '{a,b}') WHERE component <> 'gap') AS reason, (SELECT count(estimate) FROM gap_decomposition(p)) AS estimates
FROM (VALUES ('x1', '7'), ('x1', '0'), ('7', 'x2'), ('x1', 'CASE WHEN is_focal THEN x2 ELSE 7 END'), ('x1', 'CASE WHEN is_focal THEN 7 ELSE x2 END'),
		('x1', 'CASE WHEN i % 2 = 0 THEN 0.3 ELSE 0.1::float8 + 0.2::float8 END'), ('x1', '1e6 + i % 2 * 1e-10'), ('x1', '1e6 + i % 2 * 1e-6'),
		('x1', '2 * x1 + 3'), ('x1', '0.1::float8 * x1 + 1e6'), ('x1', '-x1'), ('x1', 'x1 + x2 * 1e-6'), ('x1', 'x1 + x2 * 1e-8'), ('x1', 'CASE WHEN is_focal THEN x2 ELSE 0.7 * x1 END')) AS v (x1, x2),
	products_of(v.x1, v.x2) AS p;
-- an outcome that does not vary: there is nothing to explain
SELECT u.* FROM (SELECT cross_products(5, is_focal, ARRAY[x1]) AS p FROM measures) AS s, undefined(p) AS u;
SELECT covariate, coefficient_focal, coefficient_focal_se, coefficient_focal_lower, reason FROM (SELECT cross_products(5, is_focal, ARRAY[x1]) AS p FROM measures) AS s, decomposition_coefficients(p);

-- what is refused
SELECT cross_products('NaN', true, '{1}');
SELECT cross_products(1, true, '{1,Infinity}');
SELECT cross_products(1, true, '{{1,2}}');
SELECT cross_products(1, true, x) FROM (VALUES ('{1,2}'::float8[]), ('{1}')) AS v (x);
SELECT cross_products(1, NULL, x) FROM (VALUES ('{1,2}'::float8[]), ('{NULL,NULL,NULL}')) AS v (x);
SELECT cross_products(1, true, array_fill(1, ARRAY[65])::float8[]);
SELECT rollup(products) FROM kept;
SELECT gap_decomposition(products, '{a}') FROM kept;
SELECT gap_decomposition(products, '{a,a}') FROM kept WHERE name = 'MEASURES';
SELECT gap_decomposition(products, '{a,(intercept)}') FROM kept WHERE name = 'MEASURES';
SELECT gap_decomposition(products, '{a,NULL}') FROM kept WHERE name = 'MEASURES';
SELECT gap_decomposition(products, '{a,b}', '{a,""}') FROM kept WHERE name = 'MEASURES';
SELECT gap_decomposition(products, '{a,b}', '{c,""}') FROM kept WHERE name = 'MEASURES';
SELECT gap_decomposition(products, '{a,b}', '{c,c,c}') FROM kept WHERE name = 'MEASURES';
SELECT gap_decomposition(cross_products(y, is_focal, ARRAY[(i % 2)::float8, (i % 4 = 1)::integer]), '{odd,quarter}', '{even,even}') FROM measures;
SELECT gap_decomposition(products, method => 'neumark') FROM kept;
SELECT gap_decomposition(products, method => NULL) FROM kept;
SELECT gap_decomposition(products, confidence => 95) FROM kept;
SELECT gap_decomposition(products, confidence => NULL) FROM kept;
SELECT gap_decomposition(cross_products(y, is_focal, ARRAY[x1]), confidence => 'NaN') FROM measures;
-- numbers at either end of double precision are exact, too; what leaves it is an error
SELECT count(estimate) AS estimates FROM (SELECT cross_products(y * 1e-300, is_focal, ARRAY[x1 * 1e300, (1 + i % 9) * '5e-324'::float8, (i % 3 - 1) * 1e308]) AS p FROM measures) AS s, gap_decomposition(p);
SELECT gap_decomposition(p) FROM (SELECT cross_products(CASE WHEN is_focal THEN 1 ELSE -1 END * 1.7e308, is_focal, ARRAY[x1]) AS p FROM measures) AS s;

-- the state: the same bits in any order, in parts, and put together in any order
CREATE TABLE rows AS SELECT y, is_focal, ARRAY[x1, ln(i), x2 * 1e6, (i % 2)::float8, CASE WHEN i = 77 THEN 1e200 ELSE i / 1e10 END] AS x, i FROM measures;
CREATE TABLE whole AS SELECT cross_products(y, is_focal, x) AS p FROM rows;
SELECT bool_and(p::text = whole::text) AS same
FROM whole AS w (whole), LATERAL (
	SELECT cross_products(y, is_focal, x ORDER BY i DESC) AS p FROM rows
	UNION ALL SELECT cross_products(y, is_focal, x ORDER BY i * 77 % 201, i) FROM rows
	UNION ALL SELECT rollup(p ORDER BY k) FROM (SELECT i % 7 AS k, cross_products(y, is_focal, x) AS p FROM rows GROUP BY 1) AS s
	UNION ALL SELECT rollup(p ORDER BY k DESC) FROM (SELECT i % 7 AS k, cross_products(y, is_focal, x) AS p FROM rows GROUP BY 1) AS s
	UNION ALL SELECT rollup(p ORDER BY k) FROM (SELECT i AS k, cross_products(y, is_focal, x) AS p FROM rows GROUP BY 1 UNION ALL VALUES (0, NULL::cross_products)) AS s
	UNION ALL SELECT p::text::cross_products FROM whole
	UNION ALL SELECT cross_products_combine(a, b) FROM (SELECT cross_products(y, is_focal, x) FILTER (WHERE i < 50) AS a, cross_products(y, is_focal, x) FILTER (WHERE i >= 50) AS b FROM rows) AS s
	UNION ALL SELECT cross_products_combine(NULL, p) FROM whole) AS s;
-- of what cancels nothing is left
SELECT mean_focal FROM (SELECT cross_products(1, true, ARRAY[x]) AS p FROM unnest('{1e200,1,-1e200,0.5,-1.5}'::float8[]) AS x) AS s, decomposition_coefficients(p) WHERE covariate = 'x1';
SELECT count(*) AS rows, count(DISTINCT p::text) AS states FROM (SELECT cross_products(y, is_focal, x) OVER (ORDER BY i ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS p FROM rows) AS s;
SELECT bool_and(running::text = direct::text) AS same
FROM (SELECT i, cross_products(y, is_focal, x) OVER (ORDER BY i ROWS 4 PRECEDING) AS running FROM rows) AS w,
	LATERAL (SELECT cross_products(y, is_focal, x) AS direct FROM rows AS r WHERE r.i BETWEEN w.i - 4 AND w.i) AS d;
-- untouched when called by hand
SELECT cross_products_accum(p, 1, true, '{1,2,3,4,5}')::text <> p::text AS added, cross_products_combine(p, p)::text <> p::text AS combined,
	p::text = (SELECT cross_products(y, is_focal, x)::text FROM rows) AS untouched FROM whole;
SELECT cross_products_combine(NULL, NULL) IS NULL AS neither, cross_products_combine(p, NULL)::text = p::text AS first FROM whole;
-- what is taken away again leaves the bits that the other rows give, whatever widened the sums or was missing
CREATE VIEW parts AS
SELECT k, cross_products(y, is_focal, x) FILTER (WHERE part) AS a, cross_products(y, is_focal, x) FILTER (WHERE NOT part) AS b, cross_products(y, is_focal, x) AS all_
FROM generate_series(1, 40) AS k, LATERAL (
	SELECT hashint4(i * 1000 + k) & 7 < k % 8 AS part, y, is_focal, x FROM rows
	UNION ALL SELECT hashint4(i * 1000 + k) & 7 < k % 8, CASE i WHEN 1 THEN 5e-324 WHEN 2 THEN 1e308 WHEN 3 THEN -1e308 WHEN 4 THEN NULL ELSE 0 END, nullif(i, 5) % 2 = 0,
		CASE WHEN i <> 6 THEN ARRAY[1e308, CASE i % 3 WHEN 0 THEN 5e-324 WHEN 1 THEN 0.5 ELSE 1 END, 3 * 2.0 ^ -i, i % 2, nullif(i, 7) % 3]::float8[] END FROM generate_series(1, 12) AS i) AS r
GROUP BY k;
SELECT count(*), count(a) AS n_a, count(b) AS n_b, bool_and((all_ - b)::text IS NOT DISTINCT FROM coalesce(a, all_ - all_)::text) AS first, bool_and((all_ - a)::text IS NOT DISTINCT FROM coalesce(b, all_ - all_)::text) AS second,
	bool_and((a + b)::text = all_::text) AS added, bool_and((b + a - a - b)::text = (all_ - all_)::text) AS nothing, count(DISTINCT (all_ - all_)::text) AS n_nothing
FROM parts;
DROP VIEW parts;
SELECT (p + NULL)::text = p::text AS plus_null, (NULL + p)::text = p::text AS null_plus, (p - NULL)::text = p::text AS minus_null, (NULL::cross_products - NULL) IS NULL AS null_minus_null,
	p - p AS nothing, (NULL - (p - p))::text = (p - p)::text AS null_minus_nothing FROM whole;
-- sums of squares whose root is an odd power, four halves that are whole together, numbers that cancel
SELECT n, (cross_products(x, true, ARRAY[x]) - cross_products(x, true, ARRAY[x]) FILTER (WHERE i > n))::text = (cross_products(x, true, ARRAY[x]) FILTER (WHERE i <= n))::text AS same
FROM unnest('{0.5,0.5,0.5,0.5,1e200,-1e200,3,3,5e-324,-5e-324,1.7e308,1.7e308,1e-160}'::float8[]) WITH ORDINALITY AS x (x, i), generate_series(1, 12) AS n GROUP BY n ORDER BY n;
SELECT p - (SELECT cross_products(1, true, '{1,2,3,4,5}')) FROM whole;
SELECT cross_products(1, true, '{1}') - cross_products(2, true, '{1}');
SELECT cross_products(1, true, '{1}') - cross_products(1, true, '{2}');
SELECT cross_products(1, true, '{1}') - cross_products(1, false, '{1}');
SELECT cross_products(1, true, '{1}') - cross_products(1, true, '{1,2}');
SELECT cross_products(x, true, ARRAY[x]) - cross_products(x, true, ARRAY[x]) FILTER (WHERE x < 2) - cross_products(2, true, '{1}') FROM unnest('{1,2,2}'::float8[]) AS x;
SELECT NULL - p FROM whole;
SELECT cross_products(1, NULL, NULL) - cross_products(NULL, true, '{1}');
CREATE TEMP TABLE received (p cross_products);
\copy whole TO 'results/cross_products.bin' (FORMAT binary)
\copy received FROM 'results/cross_products.bin' (FORMAT binary)
SELECT received.p::text = whole.p::text AS binary FROM received, whole;

-- in parallel, some workers without rows
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 4;
CREATE TABLE large AS SELECT rows.* FROM rows, generate_series(1, 50);
CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS
$$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query; END $$;
SELECT bool_or(plan_of ~ 'Partial .*Aggregate') AS parallel FROM plan_of('SELECT cross_products(y, is_focal, x) FROM large');
CREATE TABLE parallel AS
SELECT cross_products(y, is_focal, x) AS p, cross_products(y, is_focal, x) FILTER (WHERE i < 3) AS few, cross_products(y, is_focal, x) FILTER (WHERE i < 0) AS none FROM large;
SET max_parallel_workers_per_gather = 0;
SELECT p.p::text = s.p::text AS same, p.few::text = s.few::text AS few, p.none IS NULL AND s.none IS NULL AS none
FROM parallel AS p, (SELECT cross_products(y, is_focal, x) AS p, cross_products(y, is_focal, x) FILTER (WHERE i < 3) AS few, cross_products(y, is_focal, x) FILTER (WHERE i < 0) AS none
	FROM (SELECT * FROM large ORDER BY x, y) AS o) AS s;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;

-- forged: version, flags, covariates, n of both groups, missing of both, without a group, with covariates, spans, others than 0 and 1, sums
SELECT ''::cross_products;
SELECT '0x'::cross_products;
SELECT '010'::cross_products;
SELECT '0200ffff000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::cross_products;
SELECT '0101ffff000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::cross_products;
SELECT '0100fffe000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::cross_products;
SELECT '01000041000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::cross_products;
SELECT '0100ffffffffffffffffffff00000000000000000000000000000000000000000000000000000000000000000000000000000000'::cross_products;
SELECT '0100ffff0000000000000000000000000000000000000000ffffffffffffffff0000000000000000000000000000000000000000'::cross_products;
SELECT '0100ffff000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::cross_products;
SELECT '0100ffff00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::cross_products;
SELECT ('01000000' || repeat('00', 48) || '00010001' || repeat('00', 48))::cross_products;
SELECT ('01000000' || repeat('00', 48) || '00020001' || repeat('00', 48))::cross_products;
SELECT ('01000000' || repeat('00', 48) || 'fbcd0001' || repeat('00', 48))::cross_products;
SELECT ('01000000' || repeat('00', 48) || '00000401' || repeat('00', 48))::cross_products;
SELECT ('01000000' || repeat('00', 48) || '0000')::cross_products;
SELECT ('01000000' || repeat('00', 48) || '00000001' || repeat('00', 63))::cross_products;
-- n = 2, sum 3, sum of squares 1 of numbers below 4: no numbers have it
SELECT gap_decomposition(('01000000' || '0000000000000002' || '0000000000000002' || repeat('00', 24) || '0000000000000004' || '00000002' ||
	repeat('0000000000000003' || '0000000000000000' || '0000000000000001' || '0000000000000000', 2))::cross_products);
SELECT count(*) AS rows FROM (SELECT ('01000000' || '3fffffffffffffff' || '3fffffffffffffff' || repeat('00', 24) || '7ffffffffffffffe' || '00000002' || repeat('00', 64))::cross_products AS p) AS s, gap_decomposition(p);
SELECT ('0100ffff' || '0000000000000001' || repeat('00', 32) || '0000000000000001')::cross_products;
SELECT ('0100ffff' || '0000000000000001' || repeat('00', 40))::cross_products;
SELECT ('01000001' || repeat('00', 48) || repeat('00', 8) || '0000000000000001' || repeat('00', 112))::cross_products;
SELECT cross_products_combine(p, p) FROM (SELECT ('0100ffff' || repeat('00', 32) || '7fffffffffffffff' || repeat('00', 8))::cross_products AS p) AS s;

DROP TABLE measures, far, kept, expected_part, expected_coefficient, rows, whole, large, parallel CASCADE;
DROP FUNCTION dummies, agrees, undefined, products_of, plan_of;
