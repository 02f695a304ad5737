CREATE TYPE weighted_v_gap AS (
	n_focal bigint,
	n_reference bigint,
	auc double precision,
	v double precision,
	reason text
);
COMMENT ON TYPE weighted_v_gap IS 'result of weighted_v_gap(): V of a weighted sample';
COMMENT ON COLUMN weighted_v_gap.n_focal IS 'focal students with a score and a weight above 0';
COMMENT ON COLUMN weighted_v_gap.n_reference IS 'reference students with a score and a weight above 0';
COMMENT ON COLUMN weighted_v_gap.auc IS 'weighted share of the pairs in which the focal student scores above the reference student, ties counted half';
COMMENT ON COLUMN weighted_v_gap.v IS 'V = sqrt(2) * normal quantile of auc, in standard deviations; negative where the focal group is lower';
COMMENT ON COLUMN weighted_v_gap.reason IS 'why something is NULL: n_lt_1 (a group without scores), complete_separation (no overlap: v would be infinite)';

CREATE FUNCTION weighted_v_accum(double precision[], score double precision, is_focal boolean, weight double precision) RETURNS double precision[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION weighted_v_accum(double precision[], double precision, boolean, double precision) IS 'transition function of weighted_v_gap';
CREATE FUNCTION weighted_v_final(double precision[]) RETURNS weighted_v_gap
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION weighted_v_final(double precision[]) IS 'final function of weighted_v_gap';

CREATE AGGREGATE weighted_v_gap(score double precision, is_focal boolean, weight double precision) (
	SFUNC = weighted_v_accum,
	STYPE = double precision[],
	COMBINEFUNC = pg_catalog.array_cat,
	FINALFUNC = weighted_v_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE weighted_v_gap(double precision, boolean, double precision) IS
'V and the area under the PP plot of a sample with sampling weights: each pair of students counts by the product of their weights. No standard error is given: the design decides it. Students without score, group or weight, or of weight 0, are left out. The result does not depend on the order of rows. Error for numbers that are not finite and negative weights.';
