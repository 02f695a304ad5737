-- V of a weighted sample

CREATE TYPE weighted_v_gap AS (
	n_focal integer,
	n_reference integer,
	n_missing_focal integer,
	n_missing_reference integer,
	n_missing_group integer,
	auc double precision,
	v double precision,
	reason text
);
COMMENT ON TYPE weighted_v_gap IS 'V of a weighted sample';
COMMENT ON COLUMN weighted_v_gap.n_focal IS 'focal students with a score and a weight above 0';
COMMENT ON COLUMN weighted_v_gap.n_reference IS 'reference students with a score and a weight above 0';
COMMENT ON COLUMN weighted_v_gap.n_missing_focal IS 'focal rows without a score or a weight';
COMMENT ON COLUMN weighted_v_gap.n_missing_reference IS 'reference rows without a score or a weight';
COMMENT ON COLUMN weighted_v_gap.n_missing_group IS 'rows without a group, in neither n';
COMMENT ON COLUMN weighted_v_gap.auc IS 'weighted share of the pairs in which the focal student scores above the reference student, ties counted half';
COMMENT ON COLUMN weighted_v_gap.v IS 'V = sqrt(2) * normal quantile of auc, in standard deviations; negative where the focal group is lower';
COMMENT ON COLUMN weighted_v_gap.reason IS 'why something is NULL: n_lt_1 (a group without scores), complete_separation (no overlap, or none that weighs anything: v would be infinite)';

CREATE FUNCTION weighted_v_gap(sample weighted_sample) RETURNS weighted_v_gap
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION weighted_v_gap(weighted_sample) IS
'V (Ho 2009) and the area under the PP plot of a sample with sampling weights: each pair of students counts by the product of their weights. No standard error is given: the design decides it.
A NULL sample is two empty groups. What is undefined is NULL, with a reason.';

CREATE FUNCTION gapstats_internal.weighted_v_gap_final(weighted_sample) RETURNS weighted_v_gap
	AS 'MODULE_PATHNAME', 'weighted_v_gap' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION gapstats_internal.weighted_v_gap_final(weighted_sample) IS 'final function of weighted_v_gap';

CREATE AGGREGATE weighted_v_gap(score double precision, is_focal boolean, weight double precision) (
	SFUNC = gapstats_internal.weighted_sample_accum,
	STYPE = weighted_sample,
	SSPACE = 2048,
	FINALFUNC = gapstats_internal.weighted_v_gap_final,
	COMBINEFUNC = gapstats_internal.weighted_sample_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE weighted_v_gap(double precision, boolean, double precision) IS
'The same from one row a student. A row without a score, weight or group is left out and counted as missing; one of weight 0 is not in the sample. No rows are two empty groups. The result does not depend on the order of rows.
Raises 22003 for a score or weight that is NaN or infinite, 22023 for a negative weight, 54000 beyond 44,739,240 rows.';
