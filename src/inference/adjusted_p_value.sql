-- The p values of a family of tests, adjusted for how many there are

CREATE FUNCTION adjusted_p_value(p_value double precision, method text DEFAULT 'bh')
	RETURNS double precision
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION adjusted_p_value(double precision, text) IS
'A p value adjusted for how many tests its family has: a window function, OVER (PARTITION BY what makes a family). A test is significant if its adjusted p is at most the level.
The family is all rows of the partition with a p, whatever the frame and the order. As a rule it is one measure, one dimension and one level of strata, with all its gaps; years and measures do not enlarge it (NAEP). What is suppressed is to have no p: with one it would show in the others.
method: ''bh'' (Benjamini and Hochberg 1995: of the tests that are significant, the share that is so by chance), ''by'' (Benjamini and Yekutieli 2001, the same whatever the dependence), ''holm'' (Holm 1979), ''bonferroni'' or ''sidak'' (Sidak 1967; these three: the chance that even one is). The same in all rows of a partition.
A NULL p has NULL and is not in the family. Equal p have equal results, which depend on no order of rows.
Raises 22003 for a p of NaN or infinity, 22023 for one outside 0 to 1, an unknown method, and methods that differ; 22004 for a NULL method.';
