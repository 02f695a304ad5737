-- disclosure/geometric_noise: noise for a count, the same whenever it is asked for

CREATE FUNCTION geometric_noise(cell text, release text, key bytea, epsilon numeric) RETURNS bigint
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION geometric_noise(text, text, bytea, numeric) IS
'A whole number to add to a count before it is published: k with probability (1 - a) / (1 + a) a^|k|, a = exp(-epsilon), the two-sided geometric distribution (Ghosh et al. 2009) of differential privacy for counts.
cell: which count, such as its school and group; release: which publication; key: secret, at least 16 bytes; epsilon: above 0, at most 9 decimals. The same four give the same noise, so that publishing again tells nothing more; without the key it cannot be known; another count with the same noise tells by how many it differs, so what was corrected is another release. Drawn in whole numbers (Canonne et al. 2020).
The epsilons of all counts that a child is in add up. It protects no count that is published exactly elsewhere, nor one among totals that are exact.
NULL for NULL. Raises 22023 for an epsilon that is 0, negative or of more digits and for a short key, 22003 for NaN and infinity.';

CREATE FUNCTION geometric_noise_sd(epsilon numeric) RETURNS double precision
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION geometric_noise_sd(numeric) IS
'The standard deviation of geometric_noise() with that epsilon, to be published beside the counts: sqrt(2 a) / (1 - a), a = exp(-epsilon).
A rate is the ratio of two noisy counts, x / n, or it would tell the exact ones: its standard deviation is about sqrt(sd_x^2 + (x / n)^2 sd_n^2) / n where n is large beside sd_n.
NULL for NULL. Raises 22023 for an epsilon that is 0, negative or of more than 9 decimals or 18 digits, 22003 for NaN and infinity.';
