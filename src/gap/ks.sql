CREATE TYPE ks_gap AS (
	n_focal integer,
	n_reference integer,
	distance double precision,
	location double precision,
	p_value_exact double precision,
	p_value_asymptotic double precision,
	reason text
);
COMMENT ON TYPE ks_gap IS 'result of ks_gap(): the largest distance between the cumulative shares of two groups';
COMMENT ON COLUMN ks_gap.n_focal IS 'students with a score in the focal group';
COMMENT ON COLUMN ks_gap.n_reference IS 'students with a score in the reference group';
COMMENT ON COLUMN ks_gap.distance IS 'largest absolute difference of the shares at or below a score, 0 to 1';
COMMENT ON COLUMN ks_gap.location IS 'the score that has it, the lowest if several have; of a coarse distribution, the end of a bucket. It is one student''s score: suppress it where scores are private';
COMMENT ON COLUMN ks_gap.p_value_exact IS 'two-sided permutation p-value, given the ties';
COMMENT ON COLUMN ks_gap.p_value_asymptotic IS 'two-sided p-value of Kolmogorov''s limit; conservative where there are ties';
COMMENT ON COLUMN ks_gap.reason IS 'why something is NULL: n_lt_1 (a group without scores), exact_not_computed (ask for it by exact => true); or coarse, before that one: a group has more than 16,384 distinct scores, and those of one bucket are taken for ties';

CREATE FUNCTION ks_gap(focal distribution, reference distribution, exact boolean DEFAULT NULL) RETURNS ks_gap
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 500;
COMMENT ON FUNCTION ks_gap(distribution, distribution, boolean) IS
'Two-sample Kolmogorov-Smirnov distance, evaluated after all equal scores.
exact: true for the exact p-value (Schroer & Trenkler 1995, as R 4.2 psmirnov), false for none, NULL for it where n_focal * n_reference < 10000.
A NULL distribution is an empty group. What is undefined is NULL, with a reason.
Raises 54000 if exact is true and n_focal * n_reference > 100000000.';
