-- How the groups of a district are divided over its units

CREATE TYPE segregation AS (
	n integer,
	n_units integer,
	n_groups integer,
	n_missing_unit integer,
	n_missing_group integer,
	n_left_out integer,
	entropy double precision,
	mutual_information double precision,
	mutual_information_expected double precision,
	theil_h double precision,
	theil_h_expected double precision,
	dissimilarity double precision,
	dissimilarity_expected double precision,
	variance_ratio double precision,
	variance_ratio_expected double precision,
	reason text
);
COMMENT ON TYPE segregation IS 'how the groups of a district are divided over its units, all groups together';
COMMENT ON COLUMN segregation.n IS 'students who are in a unit and a group';
COMMENT ON COLUMN segregation.n_units IS 'units that have any';
COMMENT ON COLUMN segregation.n_groups IS 'groups that have any';
COMMENT ON COLUMN segregation.n_missing_unit IS 'students without a unit';
COMMENT ON COLUMN segregation.n_missing_group IS 'students with a unit and without a group';
COMMENT ON COLUMN segregation.n_left_out IS 'rows with a NULL count';
COMMENT ON COLUMN segregation.entropy IS 'how mixed all students are: E = - sum of p ln p, in nats; the most that mutual_information can be';
COMMENT ON COLUMN segregation.mutual_information IS 'M, in nats: how much a student''s unit tells of the group';
COMMENT ON COLUMN segregation.mutual_information_expected IS 'what M is on average if chance alone puts students into units of these sizes';
COMMENT ON COLUMN segregation.theil_h IS 'Theil''s information index H = M / E, 0..1: how much less mixed units are than all students; 0 where all are alike, 1 where each has one group';
COMMENT ON COLUMN segregation.theil_h_expected IS 'its average by chance';
COMMENT ON COLUMN segregation.dissimilarity IS 'multigroup dissimilarity D, 0..1 (Sakoda 1981): what share of the students would have to change units, in parts of what it would be if each unit had one group; of two groups the dissimilarity index';
COMMENT ON COLUMN segregation.dissimilarity_expected IS 'its average by chance';
COMMENT ON COLUMN segregation.variance_ratio IS 'multigroup variance ratio, or normalized exposure, 0..1 (Reardon and Firebaugh 2002); of two groups eta squared';
COMMENT ON COLUMN segregation.variance_ratio_expected IS 'its average by chance: (units - 1) / (students - 1)';
COMMENT ON COLUMN segregation.reason IS 'why something is NULL: n_lt_1, one_group; NULL where nothing is';

CREATE FUNCTION segregation(c composition) RETURNS segregation
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION segregation(composition) IS
'How the groups of a district are divided over its units, of a stored composition; a NULL one has nobody. Its statistics are those of the aggregate segregation(unit, group_name, n). Raises 22003 for more than 2,147,483,647 students.';

CREATE FUNCTION gapstats_internal.segregation_final(composition) RETURNS segregation
	AS 'MODULE_PATHNAME', 'segregation' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.segregation_final(composition) IS 'final function of segregation(unit, group_name, n)';

CREATE AGGREGATE segregation(unit anyelement, group_name anycompatible, n bigint) (
	SFUNC = gapstats_internal.composition_accum,
	STYPE = composition,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.segregation_final,
	COMBINEFUNC = gapstats_internal.composition_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE segregation(anyelement, anycompatible, bigint) IS
'How segregated are these schools? From rows of counts. SELECT (segregation(school, race, n)).* ... GROUP BY district, year. Reardon and Firebaugh (2002, Sociological Methodology 32:33-67); R''s segregation.
unit: a school, a classroom; group_name: the students'' group; of any types. n: how many students the row counts. Every student is counted once: no row for all groups, none for all schools.
Small units make every index large, also where chance alone put the students there: beside each stands what it then is on average, the sizes of units and groups being as they are (hypergeometric; summed, not simulated). Compare places, or years, only where that is small or alike.
Rows of 0 students, and so empty units and groups, are skipped; students without a unit or a group are counted as such and in nothing else. One unit: 0. One group: M is 0 and the others are NULL, reason one_group.
The result does not depend on the order of rows. Raises 22023 for a negative n, 22003 for more than 2,147,483,647 students.';

CREATE AGGREGATE segregation(unit anyelement, group_name anycompatible) (
	SFUNC = gapstats_internal.composition_accum,
	STYPE = composition,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.segregation_final,
	COMBINEFUNC = gapstats_internal.composition_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE segregation(anyelement, anycompatible) IS
'The same from rows of students, each of whom counts for one.';

CREATE AGGREGATE segregation(unit text, group_name text, n bigint) (
	SFUNC = gapstats_internal.composition_accum,
	STYPE = composition,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.segregation_final,
	COMBINEFUNC = gapstats_internal.composition_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE segregation(text, text, bigint) IS
'The same of texts. Other machines can aggregate these: Citus sends no aggregate to its nodes whose arguments are of any type, so cast what is none.';

CREATE AGGREGATE segregation(unit text, group_name text) (
	SFUNC = gapstats_internal.composition_accum,
	STYPE = composition,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.segregation_final,
	COMBINEFUNC = gapstats_internal.composition_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE segregation(text, text) IS
'The same of texts. Other machines can aggregate these: Citus sends no aggregate to its nodes whose arguments are of any type, so cast what is none.';

CREATE TYPE unit_segregation AS (
	unit text,
	n integer,
	n_groups integer,
	share double precision,
	entropy double precision,
	mutual_information double precision,
	mutual_information_expected double precision,
	contribution double precision
);
COMMENT ON TYPE unit_segregation IS 'how each unit differs from all of them together';
COMMENT ON COLUMN unit_segregation.unit IS 'the unit''s name, as text';
COMMENT ON COLUMN unit_segregation.n IS 'its students';
COMMENT ON COLUMN unit_segregation.n_groups IS 'groups that it has';
COMMENT ON COLUMN unit_segregation.share IS 'its share of all students, 0..1';
COMMENT ON COLUMN unit_segregation.entropy IS 'how mixed the unit is, in nats';
COMMENT ON COLUMN unit_segregation.mutual_information IS 'local M, in nats: the sum of p ln(p / P) over the unit''s shares p and those of all students P; 0 where it is as all are together';
COMMENT ON COLUMN unit_segregation.mutual_information_expected IS 'what that is on average in a unit of its size whose students are there by chance';
COMMENT ON COLUMN unit_segregation.contribution IS 'share times mutual_information; over units these add up to M';

CREATE FUNCTION unit_segregation(c composition) RETURNS SETOF unit_segregation
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION unit_segregation(composition) IS
'Which schools differ from the district? A row a unit, by name. FROM (SELECT composition(school, race, n) AS c FROM ...) AS s, unit_segregation(c). NULL gives no rows.';

CREATE TYPE group_segregation AS (
	group_name text,
	n integer,
	n_units integer,
	share double precision,
	isolation double precision,
	isolation_expected double precision,
	dissimilarity double precision,
	dissimilarity_expected double precision,
	variance_ratio double precision,
	variance_ratio_expected double precision,
	theil_h double precision,
	theil_h_expected double precision,
	reason text
);
COMMENT ON TYPE group_segregation IS 'how a group is divided over units from all other students';
COMMENT ON COLUMN group_segregation.group_name IS 'the group''s name, as text';
COMMENT ON COLUMN group_segregation.n IS 'its students';
COMMENT ON COLUMN group_segregation.n_units IS 'units that have any of them';
COMMENT ON COLUMN group_segregation.share IS 'its share P of all students, 0..1';
COMMENT ON COLUMN group_segregation.isolation IS 'xPx, 0..1: what share of all students in their unit is of the group, on average over its students';
COMMENT ON COLUMN group_segregation.isolation_expected IS 'its average by chance';
COMMENT ON COLUMN group_segregation.dissimilarity IS 'dissimilarity index D, 0..1: what share of either would have to change units for all units to have the same shares (Duncan and Duncan 1955)';
COMMENT ON COLUMN group_segregation.dissimilarity_expected IS 'what D is on average if chance alone puts students into units of these sizes';
COMMENT ON COLUMN group_segregation.variance_ratio IS 'variance ratio (eta squared), 0..1: isolation beyond the share of all, in parts of what could be; of two groups the same for both';
COMMENT ON COLUMN group_segregation.variance_ratio_expected IS 'its average by chance: (units - 1) / (students - 1)';
COMMENT ON COLUMN group_segregation.theil_h IS 'Theil''s H of these two, 0..1';
COMMENT ON COLUMN group_segregation.theil_h_expected IS 'its average by chance';
COMMENT ON COLUMN group_segregation.reason IS 'why something is NULL: one_group (there are no others); NULL where nothing is';

CREATE FUNCTION group_segregation(c composition) RETURNS SETOF group_segregation
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION group_segregation(composition) IS
'How is each group divided from all others? A row a group, by name; dissimilarity, variance_ratio and theil_h are of the group and all others together. FROM (SELECT composition(school, race, n) AS c FROM ...) AS s, group_segregation(c). NULL gives no rows.';

CREATE TYPE pair_segregation AS (
	group_focal text,
	group_reference text,
	n_focal integer,
	n_reference integer,
	exposure double precision,
	exposure_even double precision,
	dissimilarity double precision,
	dissimilarity_expected double precision,
	variance_ratio double precision,
	variance_ratio_expected double precision,
	theil_h double precision,
	theil_h_expected double precision
);
COMMENT ON TYPE pair_segregation IS 'how two groups of several are divided over units';
COMMENT ON COLUMN pair_segregation.group_focal IS 'name of the focal group, as text';
COMMENT ON COLUMN pair_segregation.group_reference IS 'name of the reference group, as text';
COMMENT ON COLUMN pair_segregation.n_focal IS 'students of the focal group';
COMMENT ON COLUMN pair_segregation.n_reference IS 'students of the reference group';
COMMENT ON COLUMN pair_segregation.exposure IS 'xPy, 0..1: what share of all students in their unit, those of other groups among them, is of the reference group, on average over students of the focal group';
COMMENT ON COLUMN pair_segregation.exposure_even IS 'what exposure is where all units have the same shares: the reference group''s share of all students';
COMMENT ON COLUMN pair_segregation.dissimilarity IS 'dissimilarity index D, 0..1: what share of either would have to change units for all units to have the same shares (Duncan and Duncan 1955)';
COMMENT ON COLUMN pair_segregation.dissimilarity_expected IS 'what D is on average if chance alone puts students into units of these sizes';
COMMENT ON COLUMN pair_segregation.variance_ratio IS 'variance ratio (eta squared), 0..1: isolation beyond the share of all, in parts of what could be; of two groups the same for both';
COMMENT ON COLUMN pair_segregation.variance_ratio_expected IS 'its average by chance: (units - 1) / (students - 1)';
COMMENT ON COLUMN pair_segregation.theil_h IS 'Theil''s H of these two, 0..1';
COMMENT ON COLUMN pair_segregation.theil_h_expected IS 'its average by chance';

CREATE FUNCTION pair_segregation(c composition) RETURNS SETOF pair_segregation
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION pair_segregation(composition) IS
'How is each group divided from each other one? A row for each two of them, and again with their roles exchanged, by name. Of the two alone are dissimilarity, variance_ratio and theil_h; exposure is among all students of a unit, and differs with the roles. FROM (SELECT composition(school, race, n) AS c FROM ...) AS s, pair_segregation(c) WHERE group_focal = ''black'' AND group_reference = ''white''. NULL gives no rows, as does one group.';
