
-- Disproportionality between the groups of a table of counts

CREATE TYPE significant_disproportionality AS (
	risk_focal double precision,
	risk_reference double precision,
	risk_ratio double precision,
	risk_state_reference double precision,
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
COMMENT ON COLUMN significant_disproportionality.risk_focal IS 'the group''s risk in the LEA, x / n; for outcomes counted more than once a child, above 1';
COMMENT ON COLUMN significant_disproportionality.risk_reference IS 'the risk of all other groups in the LEA';
COMMENT ON COLUMN significant_disproportionality.risk_ratio IS 'risk_focal divided by risk_reference, whatever the sizes';
COMMENT ON COLUMN significant_disproportionality.risk_state_reference IS 'the risk of all other groups in the State';
COMMENT ON COLUMN significant_disproportionality.alternate_risk_ratio IS 'risk_focal divided by risk_state_reference, whatever the sizes';
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
		threshold numeric DEFAULT NULL, min_cell bigint DEFAULT 10, min_n bigint DEFAULT 30, state anyelement DEFAULT NULL,
		require_state boolean DEFAULT true)
	RETURNS significant_disproportionality
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION significant_disproportionality(anyelement, anycompatible, bigint, bigint, numeric, bigint, bigint, anyelement, boolean) IS
'Significant disproportionality in special education (34 CFR 300.646 and 300.647) for all groups of all LEAs at once: a window function over a table with one row an LEA and group, OVER (PARTITION BY year, category).
lea, group_name: their names, of any types that sort; x: children with the outcome; n: children enrolled (identification) or with disabilities (placement, discipline).
threshold: the State''s for this category, at least 0; NULL decides nothing. min_cell, min_n: minimum sizes of the x and n of the group and of its comparison group.
state: the name among lea whose rows are the State''s own counts; NULL: the State is the sum of all LEAs in the partition, and unknown where there is only one. require_state: must every partition have it?
The options, from min_cell on, must be the same in all rows of a partition. All its rows count, whatever the frame and the order.
A comparison group needs at least one child with the outcome whatever the minimum. x may be above n, for outcomes counted more than once a child. Several years: consecutive_years.
A row whose x and n are both NULL is an empty group, reason n_lt_1; one of them NULL leaves its row out, reason missing_count.
Raises 22023 for a group with two rows in an LEA, one whose name is all, all students, total, overall or everyone (in any case, with blanks around it, _ or - for the blank), an LEA with such a name, or state or statewide, unless it is the state, a state that no row has, a negative count or minimum, a negative threshold, or options that differ; 22003 for a threshold of NaN or infinity, and more than 2^63 - 1 children; 22004 for a NULL option other than threshold and state; 42883 for names of a type that cannot be compared.';

CREATE FUNCTION consecutive_years(holds boolean, year integer)
	RETURNS integer
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION consecutive_years(boolean, integer) IS
'For how many years in a row, up to and with the row''s, something has held: OVER (PARTITION BY lea, category, group ORDER BY year).
holds: such as exceeds of significant_disproportionality; NULL is as false. A year without a row ends the streak. A NULL year gives NULL.
Raises 22023 unless the years of a partition ascend.';

CREATE TYPE percentage_point_gap AS (
	rate_focal double precision,
	rate_reference double precision,
	difference double precision,
	margin_of_error double precision,
	disproportionate boolean,
	n_needed_to_clear bigint,
	n_needed_for_parity bigint,
	n_missing_group bigint,
	reason text
);
COMMENT ON TYPE percentage_point_gap IS 'disproportionate impact on a group by the percentage point gap method';
COMMENT ON COLUMN percentage_point_gap.rate_focal IS 'the group''s success rate, 0..1';
COMMENT ON COLUMN percentage_point_gap.rate_reference IS 'the reference''s success rate, 0..1';
COMMENT ON COLUMN percentage_point_gap.difference IS 'the percentage point gap: rate_focal minus rate_reference, -1..1';
COMMENT ON COLUMN percentage_point_gap.margin_of_error IS 'margin of error of the group''s rate, at least min_moe';
COMMENT ON COLUMN percentage_point_gap.disproportionate IS 'is rate_focal + margin_of_error at most rate_reference? Compared exactly';
COMMENT ON COLUMN percentage_point_gap.n_needed_to_clear IS 'more successes with which rate_focal + margin_of_error reaches rate_reference, rounded up';
COMMENT ON COLUMN percentage_point_gap.n_needed_for_parity IS 'more successes with which rate_focal reaches rate_reference, rounded up';
COMMENT ON COLUMN percentage_point_gap.n_missing_group IS 'n of the partition''s rows without a group, which are in no rate';
COMMENT ON COLUMN percentage_point_gap.reason IS 'why all else is NULL: missing_group, missing_count, n_lt_1 or no_comparison; NULL where it is not';

CREATE FUNCTION percentage_point_gap(group_name anyelement, x bigint, n bigint, reference text DEFAULT 'everyone',
		reference_group anyelement DEFAULT NULL, require_reference boolean DEFAULT true, min_n_reference bigint DEFAULT 10,
		min_moe numeric DEFAULT 0.03, use_prop_in_moe boolean DEFAULT false)
	RETURNS percentage_point_gap
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW COST 100 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION percentage_point_gap(anyelement, bigint, bigint, text, anyelement, boolean, bigint, numeric, boolean) IS
'Disproportionate impact by the percentage point gap (California Community Colleges; options as in R''s DisImpact) for all groups of all strata at once: a window function over a table with one row a group, OVER (PARTITION BY stratum).
group_name: its name, of any type that sorts; x: successes among n students, higher being better.
reference: ''others'' (all groups but the row''s own), ''everyone'' (all groups, the row''s own among them) or ''highest'' (the group with the highest rate among those with at least min_n_reference students; of equals the larger, then the first by name). reference_group: the group to compare with, by name, instead; require_reference: must every partition have it?
min_moe: least margin of error, 0 to 1; use_prop_in_moe: margin 1.96 sqrt(p (1 - p) / n) with the group''s own p, unless that is 0 or 1, rather than with p = 1/2.
The options must be the same in all rows of a partition. All its rows count, whatever the frame and the order.
Flags and needed students are exact. At rate_focal + margin_of_error = rate_reference the group is flagged and needs 0.
Rows without a group are in no rate, reason missing_group, and their n is every other row''s n_missing_group; one NULL of x and n leaves its row out, reason missing_count; an empty group, or one with both NULL, has reason n_lt_1; no reference, reason no_comparison.
Raises 22023 for a group with two rows in a partition, one whose name is all, all students, total, overall or everyone (in any case, with blanks around it, _ or - for the blank), a reference_group that no row has, one beside a reference that is not the default, an unknown reference, x > n, negative counts, a min_moe that is negative or above 1, or options that differ; 22004 for a NULL option other than reference_group; 22003 for a min_moe of NaN or infinity, and more than 2^63 - 1 students; 42883 for names of a type that cannot be compared.';

CREATE TYPE eighty_percent_index AS (
	rate_focal double precision,
	rate_reference double precision,
	index double precision,
	disproportionate boolean,
	n_needed_to_clear bigint,
	n_needed_for_parity bigint,
	n_missing_group bigint,
	reason text
);
COMMENT ON TYPE eighty_percent_index IS 'disproportionate impact on a group by the 80% index';
COMMENT ON COLUMN eighty_percent_index.rate_focal IS 'the group''s success rate, 0..1';
COMMENT ON COLUMN eighty_percent_index.rate_reference IS 'the reference''s success rate, 0..1';
COMMENT ON COLUMN eighty_percent_index.index IS 'rate_focal divided by rate_reference';
COMMENT ON COLUMN eighty_percent_index.disproportionate IS 'is the index below the cutoff? Compared exactly';
COMMENT ON COLUMN eighty_percent_index.n_needed_to_clear IS 'more successes with which the index reaches the cutoff, rounded up';
COMMENT ON COLUMN eighty_percent_index.n_needed_for_parity IS 'more successes with which the index reaches 1, rounded up';
COMMENT ON COLUMN eighty_percent_index.n_missing_group IS 'n of the partition''s rows without a group, which are in no rate';
COMMENT ON COLUMN eighty_percent_index.reason IS 'why all else is NULL: missing_group, missing_count, n_lt_1, no_comparison or zero_reference; NULL where it is not';

CREATE FUNCTION eighty_percent_index(group_name anyelement, x bigint, n bigint, reference text DEFAULT 'highest',
		reference_group anyelement DEFAULT NULL, require_reference boolean DEFAULT true, min_n_reference bigint DEFAULT 10,
		cutoff numeric DEFAULT 0.80)
	RETURNS eighty_percent_index
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW COST 10 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION eighty_percent_index(anyelement, bigint, bigint, text, anyelement, boolean, bigint, numeric) IS
'Disproportionate impact by the 80% index, or four-fifths rule (29 CFR 1607.4(D); California Community Colleges), for all groups of all strata at once: a window function over a table with one row a group, OVER (PARTITION BY stratum).
group_name: its name, of any type that sorts; x: successes among n students, higher being better; cutoff: 0 to 1.
reference: ''others'' (all groups but the row''s own), ''everyone'' (all groups, the row''s own among them) or ''highest'' (the group with the highest rate among those with at least min_n_reference students; of equals the larger, then the first by name). reference_group: the group to compare with, by name, instead; require_reference: must every partition have it?
Flags and needed students are exact. A reference without successes gives NULLs, reason zero_reference; other NULLs and errors as percentage_point_gap, cutoff for min_moe.';

CREATE TYPE proportionality_index AS (
	share_outcome double precision,
	share_enrollment double precision,
	index double precision,
	relative_difference_percent double precision,
	disproportionate boolean,
	n_needed_to_clear bigint,
	n_needed_for_parity bigint,
	n_missing_group bigint,
	reason text
);
COMMENT ON TYPE proportionality_index IS 'a group''s share of successes beside its share of students';
COMMENT ON COLUMN proportionality_index.share_outcome IS 'the group''s share of all successes, 0..1';
COMMENT ON COLUMN proportionality_index.share_enrollment IS 'the group''s share of all students, 0..1';
COMMENT ON COLUMN proportionality_index.index IS 'share_outcome divided by share_enrollment, which is the group''s rate divided by everybody''s';
COMMENT ON COLUMN proportionality_index.relative_difference_percent IS 'relative difference in composition (RDCI): 100 (index - 1)';
COMMENT ON COLUMN proportionality_index.disproportionate IS 'is the index below the cutoff? Compared exactly';
COMMENT ON COLUMN proportionality_index.n_needed_to_clear IS 'more successes of the group with which the index reaches the cutoff, rounded up';
COMMENT ON COLUMN proportionality_index.n_needed_for_parity IS 'more successes of the group with which the index reaches 1, rounded up';
COMMENT ON COLUMN proportionality_index.n_missing_group IS 'n of the partition''s rows without a group, which are in no share';
COMMENT ON COLUMN proportionality_index.reason IS 'why all else is NULL: missing_group, missing_count, n_lt_1 or zero_reference; NULL where it is not';

CREATE FUNCTION proportionality_index(group_name anyelement, x bigint, n bigint, cutoff numeric DEFAULT 0.80)
	RETURNS proportionality_index
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW COST 10 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION proportionality_index(anyelement, bigint, bigint, numeric) IS
'Disproportionate impact by the proportionality index (California Community Colleges; cutoff as in R''s DisImpact) for all groups of all strata at once: a window function over a table with one row a group, OVER (PARTITION BY stratum).
group_name: its name, of any type that sorts; x: successes among n students, higher being better; cutoff: 0 to 1, the same in all rows of a partition.
Needed students count the group''s new successes among all successes too. Flags and needed students are exact.
A partition without successes gives NULLs, reason zero_reference; other NULLs and errors as percentage_point_gap, cutoff for min_moe.';

CREATE TYPE representation_index AS (
	share_outcome double precision,
	share_enrollment double precision,
	index double precision,
	relative_difference_percent double precision,
	disproportionate boolean,
	n_needed_to_clear bigint,
	n_needed_for_parity bigint,
	n_missing_group bigint,
	reason text
);
COMMENT ON TYPE representation_index IS 'a group''s share of the places in a programme beside its share of students';
COMMENT ON COLUMN representation_index.share_outcome IS 'the group''s share of all places, 0..1';
COMMENT ON COLUMN representation_index.share_enrollment IS 'the group''s share of all students, 0..1';
COMMENT ON COLUMN representation_index.index IS 'share_outcome divided by share_enrollment, which is the group''s rate divided by everybody''s';
COMMENT ON COLUMN representation_index.relative_difference_percent IS 'relative difference in composition (RDCI): 100 (index - 1)';
COMMENT ON COLUMN representation_index.disproportionate IS 'is the index below the cutoff? Compared exactly';
COMMENT ON COLUMN representation_index.n_needed_to_clear IS 'more of the group in the programme with which the index reaches the cutoff, rounded up';
COMMENT ON COLUMN representation_index.n_needed_for_parity IS 'more of the group in the programme with which the index reaches 1, rounded up';
COMMENT ON COLUMN representation_index.n_missing_group IS 'n of the partition''s rows without a group, which are in no share';
COMMENT ON COLUMN representation_index.reason IS 'why all else is NULL: missing_group, missing_count, n_lt_1 or zero_reference; NULL where it is not';

CREATE FUNCTION representation_index(group_name anyelement, x bigint, n bigint, cutoff numeric DEFAULT 0.80)
	RETURNS representation_index
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW COST 10 AS 'MODULE_PATHNAME', 'proportionality_index';
COMMENT ON FUNCTION representation_index(anyelement, bigint, bigint, numeric) IS
'Who is missing from a programme, such as gifted education: representation index (RI) and relative difference in composition (RDCI) of all groups of all strata at once, a window function over a table with one row a group, OVER (PARTITION BY stratum).
group_name: its name, of any type that sorts; x: students in the programme among n enrolled; cutoff: 0 to 1; 0.80 is Ford''s 20% equity allowance (Wright, Ford and Young 2017).
The same statistic as proportionality_index, whose NULLs and errors it has. An index is at most 1 / share_enrollment.';
