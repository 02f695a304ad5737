
-- Disproportionality between the groups of a table of counts

CREATE TYPE significant_disproportionality AS (
	risk double precision,
	comparison_risk double precision,
	risk_ratio double precision,
	state_comparison_risk double precision,
	alternate_risk_ratio double precision,
	weighted_risk_ratio double precision,
	share_outcome double precision,
	share_enrollment double precision,
	composition_index double precision,
	relative_difference_percent double precision,
	method text,
	ratio double precision,
	exceeds boolean,
	decision text,
	n_missing_group bigint,
	reason text
);
COMMENT ON TYPE significant_disproportionality IS
'a group''s ratios in an LEA (local educational agency), and the decision of 34 CFR 300.647';
COMMENT ON COLUMN significant_disproportionality.risk IS 'the group''s risk in the LEA, x / n; for outcomes counted more than once a child, above 1';
COMMENT ON COLUMN significant_disproportionality.comparison_risk IS 'the risk of all other groups in the LEA';
COMMENT ON COLUMN significant_disproportionality.risk_ratio IS 'risk divided by comparison_risk, whatever the sizes';
COMMENT ON COLUMN significant_disproportionality.state_comparison_risk IS 'the risk of all other groups in the State';
COMMENT ON COLUMN significant_disproportionality.alternate_risk_ratio IS 'risk divided by state_comparison_risk, whatever the sizes';
COMMENT ON COLUMN significant_disproportionality.weighted_risk_ratio IS 'weighted risk ratio (Westat): the LEA''s other groups weighted by their shares of the State''s n; 300.647 does not take it';
COMMENT ON COLUMN significant_disproportionality.share_outcome IS 'the group''s share of the LEA''s x, 0..1';
COMMENT ON COLUMN significant_disproportionality.share_enrollment IS 'the group''s share of the LEA''s n, 0..1';
COMMENT ON COLUMN significant_disproportionality.composition_index IS 'share_outcome divided by share_enrollment';
COMMENT ON COLUMN significant_disproportionality.relative_difference_percent IS 'relative difference in composition: 100 (composition_index - 1)';
COMMENT ON COLUMN significant_disproportionality.method IS 'the ratio that 300.647 takes: risk_ratio, alternate_risk_ratio or not_calculated';
COMMENT ON COLUMN significant_disproportionality.ratio IS 'that ratio; NULL where not calculated';
COMMENT ON COLUMN significant_disproportionality.exceeds IS 'is the ratio above the threshold (not at it)? Compared exactly; NULL where not calculated or without a threshold';
COMMENT ON COLUMN significant_disproportionality.decision IS 'why: exceeds_threshold, within_threshold, no_threshold, cell_lt_minimum (the group''s x), n_lt_minimum (the group''s n) or comparison_lt_minimum (x or n of the other groups in the LEA, and in the State)';
COMMENT ON COLUMN significant_disproportionality.n_missing_group IS 'n of the LEA''s rows without a group, which are in no comparison';
COMMENT ON COLUMN significant_disproportionality.reason IS 'why the first of the ratios that are NULL is: missing_lea, missing_group, missing_count (in the row), n_lt_1, no_comparison (no other groups in the LEA), zero_reference (their risk is 0), no_state (its counts are not known), missing_risk (a group of the State is not in the LEA, for weighted_risk_ratio) or zero_state_reference; NULL where none is';

CREATE FUNCTION significant_disproportionality(lea anyelement, group_name anycompatible, x bigint, n bigint,
		threshold numeric, min_cell bigint DEFAULT 10, min_n bigint DEFAULT 30, state anyelement DEFAULT NULL)
	RETURNS significant_disproportionality
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION significant_disproportionality(anyelement, anycompatible, bigint, bigint, numeric, bigint, bigint, anyelement) IS
'Significant disproportionality in special education (34 CFR 300.646 and 300.647) for all groups of all LEAs at once: a window function over a table with one row an LEA and group, OVER (PARTITION BY year, category).
lea, group_name: their names, of any types that sort; x: children with the outcome; n: children enrolled (identification) or with disabilities (placement, discipline).
threshold: the State''s for this category, at least 0; NULL decides nothing. min_cell, min_n: minimum sizes of the x and n of the group and of its comparison group.
state: the name among lea whose rows are the State''s own counts; NULL: the State is the sum of all LEAs in the partition, and unknown where there is only one. The same in all rows.
A comparison group needs at least one child with the outcome whatever the minimum. x may be above n, for outcomes counted more than once a child. Several years: consecutive_years.
Raises 22023 for a group with two rows in an LEA, a negative count or minimum, or a threshold that is negative, NaN or infinite; 22003 for more than 2^63 - 1 children; 22004 for a NULL minimum; 42883 for names of a type that cannot be compared.';

CREATE FUNCTION consecutive_years(holds boolean, year integer)
	RETURNS integer
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION consecutive_years(boolean, integer) IS
'For how many years in a row, up to and with the row''s, something has held: OVER (PARTITION BY lea, category, group ORDER BY year).
holds: such as exceeds of significant_disproportionality; NULL is as false. A year without a row ends the streak. A NULL year gives NULL.
Raises 22023 unless the years of a partition ascend.';

CREATE TYPE percentage_point_gap AS (
	rate double precision,
	reference_rate double precision,
	percentage_point_gap double precision,
	margin_of_error double precision,
	disproportionate boolean,
	needed_to_clear bigint,
	needed_for_parity bigint,
	n_missing_group bigint,
	reason text
);
COMMENT ON TYPE percentage_point_gap IS 'disproportionate impact on a group by the percentage point gap method';
COMMENT ON COLUMN percentage_point_gap.rate IS 'the group''s success rate, 0..1';
COMMENT ON COLUMN percentage_point_gap.reference_rate IS 'the reference''s success rate, 0..1';
COMMENT ON COLUMN percentage_point_gap.percentage_point_gap IS 'rate minus reference_rate, -1..1';
COMMENT ON COLUMN percentage_point_gap.margin_of_error IS 'margin of error of the rate, at least min_moe';
COMMENT ON COLUMN percentage_point_gap.disproportionate IS 'is rate + margin_of_error at most reference_rate? Compared exactly';
COMMENT ON COLUMN percentage_point_gap.needed_to_clear IS 'more successes with which rate + margin_of_error reaches reference_rate, rounded up';
COMMENT ON COLUMN percentage_point_gap.needed_for_parity IS 'more successes with which rate reaches reference_rate, rounded up';
COMMENT ON COLUMN percentage_point_gap.n_missing_group IS 'n of the partition''s rows without a group, which are in no rate';
COMMENT ON COLUMN percentage_point_gap.reason IS 'why all else is NULL: missing_group, missing_count, n_lt_1 or no_comparison; NULL where it is not';

CREATE FUNCTION percentage_point_gap(group_name anyelement, successes bigint, n bigint, reference text DEFAULT 'overall',
		reference_group anyelement DEFAULT NULL, min_moe numeric DEFAULT 0.03, use_prop_in_moe boolean DEFAULT false)
	RETURNS percentage_point_gap
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION percentage_point_gap(anyelement, bigint, bigint, text, anyelement, numeric, boolean) IS
'Disproportionate impact by the percentage point gap (California Community Colleges; options as in R''s DisImpact) for all groups of all strata at once: a window function over a table with one row a group, OVER (PARTITION BY stratum).
group_name: its name, of any type that sorts; successes: of n students, higher being better.
reference: ''overall'', ''all but current'' (PPG-1) or ''hpg'' (the highest-performing group); reference_group: a named group instead.
min_moe: least margin of error; use_prop_in_moe: margin 1.96 sqrt(p (1 - p) / n) with the group''s own p, unless that is 0 or 1, rather than with p = 1/2.
Flags and needed students are exact. At rate + margin_of_error = reference_rate the group is flagged and needs 0.
Rows without a group are in no rate, reason missing_group, and their n is every other row''s n_missing_group; a NULL count leaves its row out, reason missing_count; an empty group has reason n_lt_1; no reference, reason no_comparison.
Raises 22023 for a group with two rows in a partition, successes > n, negative counts, an unknown reference, or a min_moe that is negative, NaN or infinite; 22003 for more than 2^63 - 1 students.';

CREATE TYPE eighty_percent_index AS (
	rate double precision,
	reference_rate double precision,
	index double precision,
	disproportionate boolean,
	needed_to_clear bigint,
	needed_for_parity bigint,
	n_missing_group bigint,
	reason text
);
COMMENT ON TYPE eighty_percent_index IS 'disproportionate impact on a group by the 80% index';
COMMENT ON COLUMN eighty_percent_index.rate IS 'the group''s success rate, 0..1';
COMMENT ON COLUMN eighty_percent_index.reference_rate IS 'the reference''s success rate, 0..1';
COMMENT ON COLUMN eighty_percent_index.index IS 'rate divided by reference_rate';
COMMENT ON COLUMN eighty_percent_index.disproportionate IS 'is the index below the cutoff? Compared exactly';
COMMENT ON COLUMN eighty_percent_index.needed_to_clear IS 'more successes with which the index reaches the cutoff, rounded up';
COMMENT ON COLUMN eighty_percent_index.needed_for_parity IS 'more successes with which the index reaches 1, rounded up';
COMMENT ON COLUMN eighty_percent_index.n_missing_group IS 'n of the partition''s rows without a group, which are in no rate';
COMMENT ON COLUMN eighty_percent_index.reason IS 'why all else is NULL: missing_group, missing_count, n_lt_1, no_comparison or zero_reference; NULL where it is not';

CREATE FUNCTION eighty_percent_index(group_name anyelement, successes bigint, n bigint, reference text DEFAULT 'hpg',
		reference_group anyelement DEFAULT NULL, cutoff numeric DEFAULT 0.80)
	RETURNS eighty_percent_index
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION eighty_percent_index(anyelement, bigint, bigint, text, anyelement, numeric) IS
'Disproportionate impact by the 80% index, or four-fifths rule (29 CFR 1607.4(D); California Community Colleges), for all groups of all strata at once: a window function over a table with one row a group, OVER (PARTITION BY stratum).
group_name: its name, of any type that sorts; successes: of n students, higher being better; cutoff: at least 0.
reference: ''hpg'' (the highest-performing group), ''overall'' or ''all but current''; reference_group: a named group instead.
Flags and needed students are exact. A reference without successes gives NULLs, reason zero_reference; other NULLs and errors as percentage_point_gap, cutoff for min_moe.';

CREATE TYPE representation AS (
	share_successes double precision,
	share_students double precision,
	index double precision,
	relative_difference_percent double precision,
	disproportionate boolean,
	needed_to_clear bigint,
	needed_for_parity bigint,
	n_missing_group bigint,
	reason text
);
COMMENT ON TYPE representation IS 'a group''s share of successes, or of places in a programme, beside its share of students';
COMMENT ON COLUMN representation.share_successes IS 'the group''s share of all successes, 0..1';
COMMENT ON COLUMN representation.share_students IS 'the group''s share of all students, 0..1';
COMMENT ON COLUMN representation.index IS 'share_successes divided by share_students, which is the group''s rate divided by everybody''s';
COMMENT ON COLUMN representation.relative_difference_percent IS 'relative difference in composition (RDCI): 100 (index - 1)';
COMMENT ON COLUMN representation.disproportionate IS 'is the index below the cutoff? Compared exactly';
COMMENT ON COLUMN representation.needed_to_clear IS 'more successes of the group with which the index reaches the cutoff, rounded up; NULL where no number does (cutoff above 1)';
COMMENT ON COLUMN representation.needed_for_parity IS 'more successes of the group with which the index reaches 1, rounded up';
COMMENT ON COLUMN representation.n_missing_group IS 'n of the partition''s rows without a group, which are in no share';
COMMENT ON COLUMN representation.reason IS 'why all else is NULL: missing_group, missing_count, n_lt_1 or zero_reference; NULL where it is not';

CREATE FUNCTION proportionality_index(group_name anyelement, successes bigint, n bigint, cutoff numeric DEFAULT 0.80)
	RETURNS representation
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION proportionality_index(anyelement, bigint, bigint, numeric) IS
'Disproportionate impact by the proportionality index (California Community Colleges; cutoff as in R''s DisImpact) for all groups of all strata at once: a window function over a table with one row a group, OVER (PARTITION BY stratum).
group_name: its name, of any type that sorts; successes: of n students, higher being better; cutoff: at least 0.
Needed students count the group''s new successes among all successes too. Flags and needed students are exact.
A partition without successes gives NULLs, reason zero_reference; other NULLs and errors as percentage_point_gap, cutoff for min_moe.';

CREATE FUNCTION representation_index(group_name anyelement, in_programme bigint, enrolled bigint, cutoff numeric DEFAULT 0.80)
	RETURNS representation
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW AS 'MODULE_PATHNAME', 'proportionality_index';
COMMENT ON FUNCTION representation_index(anyelement, bigint, bigint, numeric) IS
'Who is missing from a programme, such as gifted education: representation index (RI) and relative difference in composition (RDCI) of all groups of all strata at once, a window function over a table with one row a group, OVER (PARTITION BY stratum).
group_name: its name, of any type that sorts; in_programme: of the students enrolled; cutoff: 0.80 is Ford''s 20% equity allowance (Wright, Ford and Young 2017).
The same statistic as proportionality_index, whose NULLs and errors it has. An index is at most 1 / share_students.';
