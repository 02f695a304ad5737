-- Rates of small groups, drawn towards those of all

CREATE TYPE shrunken_rate AS (
	n_groups integer,
	a double precision,
	b double precision,
	rho double precision,
	rate double precision,
	rate_se double precision,
	rate_lower double precision,
	rate_upper double precision,
	shrunken double precision,
	shrunken_se double precision,
	shrunken_lower double precision,
	shrunken_upper double precision,
	reason text
);
COMMENT ON TYPE shrunken_rate IS 'a group''s rate, drawn towards the rates of all groups';
COMMENT ON COLUMN shrunken_rate.n_groups IS 'groups of the partition with students';
COMMENT ON COLUMN shrunken_rate.a IS 'first parameter of the beta distribution of the groups'' true rates: as if each group had a students more with the outcome,';
COMMENT ON COLUMN shrunken_rate.b IS 'and its second parameter: b more without it';
COMMENT ON COLUMN shrunken_rate.rho IS 'how alike two students of a group are, 1 / (a + b + 1); 0 where rates vary by no more than chance';
COMMENT ON COLUMN shrunken_rate.rate IS 'the rate x / n, 0..1';
COMMENT ON COLUMN shrunken_rate.rate_se IS 'its standard error, sqrt(p (1 - p) / n) (Wald); the interval does not use it';
COMMENT ON COLUMN shrunken_rate.rate_lower IS 'lower confidence bound (Wilson 1927)';
COMMENT ON COLUMN shrunken_rate.rate_upper IS 'upper confidence bound (Wilson 1927)';
COMMENT ON COLUMN shrunken_rate.shrunken IS 'the rate given those of the others, (x + a) / (n + a + b)';
COMMENT ON COLUMN shrunken_rate.shrunken_se IS 'standard deviation of the true rate given the counts, which is Beta(x + a, n - x + b); that of a and b is not in it';
COMMENT ON COLUMN shrunken_rate.shrunken_lower IS 'lower bound: that distribution has (1 - confidence) / 2 below,';
COMMENT ON COLUMN shrunken_rate.shrunken_upper IS 'upper bound: and as much above';
COMMENT ON COLUMN shrunken_rate.reason IS 'why all is NULL: missing_count; why a, b and shrunken are: too_few_groups (fewer than 3), zero_variance (everybody has the outcome, or nobody), no_maximum (in each group everybody or nobody has it); why a, b and the bounds of shrunken are: no_overdispersion (rates vary by no more than chance; shrunken is the rate of all); why rate is: n_lt_1. NULL where none is';

CREATE FUNCTION shrunken_rate(x bigint, n bigint, confidence double precision DEFAULT 0.95)
	RETURNS shrunken_rate
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW COST 1000 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION shrunken_rate(bigint, bigint, double precision) IS
'Rates of many groups, each drawn towards those of all by as much as its students are few: the beta-binomial model by maximum likelihood (Skellam 1948), a window function over a table with one row a group, OVER (PARTITION BY stratum). It stands beside the rate, not in its place.
x: students with the outcome; n: students; confidence: of the intervals, between 0 and 1, the same in all rows of a partition.
All rows of the partition count, whatever the frame, and the order of rows changes no bit. A group with n = 0, or x and n both NULL, is given what is known of the others, reason n_lt_1. One of them NULL leaves its row out, reason missing_count.
Where rates vary by no more than chance (the likelihood falls at rho = 0; Tarone 1979) all groups get the rate of all, without an interval, reason no_overdispersion.
Raises 22023 for x < 0, n < 0, x > n, a confidence outside (0, 1) and one that differs, 22004 for a NULL confidence, 54000 for a group of more than 10^12 students, 22003 for more than 2^63 - 1 students in all.';
