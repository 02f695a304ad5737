-- How unequally a resource is shared

CREATE TYPE inequality AS (
	n integer,
	n_zero integer,
	mean double precision,
	gini double precision,
	gini_corrected double precision,
	theil_t double precision,
	theil_l double precision,
	reason text
);
COMMENT ON TYPE inequality IS 'how unequally a resource is shared';
COMMENT ON COLUMN inequality.n IS 'students, those with nothing among them';
COMMENT ON COLUMN inequality.n_zero IS 'students with nothing';
COMMENT ON COLUMN inequality.mean IS 'mean of the resource';
COMMENT ON COLUMN inequality.gini IS 'Gini coefficient: the mean difference of two students, in parts of twice the mean; 0 where all have the same, 1 - 1/n where one has all';
COMMENT ON COLUMN inequality.gini_corrected IS 'times n / (n - 1): of a sample, and 1 where one has all';
COMMENT ON COLUMN inequality.theil_t IS 'Theil T, in nats: the mean of x / mean ln(x / mean); 0 where all have the same, ln n where one has all';
COMMENT ON COLUMN inequality.theil_l IS 'Theil L, the mean log deviation, in nats: the mean of ln(mean / x)';
COMMENT ON COLUMN inequality.reason IS 'why something is NULL, the first that applies: n_lt_1, zero_total (nobody has anything), n_lt_2 (gini_corrected), zero_value (theil_l: somebody has nothing); or coarse: the resource has more than 16,384 distinct values, and those of one bucket were taken for equal; NULL where nothing is the matter';

CREATE FUNCTION inequality(d distribution) RETURNS inequality
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION inequality(distribution) IS
'How unequally is a resource shared: minutes of tutoring, dollars a student, books? Gini and Theil, of its distribution. SELECT (inequality(distribution(minutes))).* ... GROUP BY school. A NULL distribution has nobody.
Students without the resource are rows of 0, and not NULL, or they are not counted. Raises 22023 for a value below 0.';

CREATE TYPE inequality_part AS (
	n integer,
	n_zero integer,
	share_students double precision,
	share_resource double precision,
	mean double precision,
	gini double precision,
	theil_t double precision,
	theil_l double precision,
	theil_t_total double precision,
	theil_t_between double precision,
	theil_t_within double precision,
	theil_l_total double precision,
	theil_l_between double precision,
	theil_l_within double precision,
	reason text
);
COMMENT ON TYPE inequality_part IS 'what of the inequality of a resource is between groups, and what within them';
COMMENT ON COLUMN inequality_part.n IS 'students of the group';
COMMENT ON COLUMN inequality_part.n_zero IS 'students of it with nothing';
COMMENT ON COLUMN inequality_part.share_students IS 'its share of all students, 0..1';
COMMENT ON COLUMN inequality_part.share_resource IS 'its share of the resource, 0..1';
COMMENT ON COLUMN inequality_part.mean IS 'its mean';
COMMENT ON COLUMN inequality_part.gini IS 'Gini coefficient within it';
COMMENT ON COLUMN inequality_part.theil_t IS 'Theil T within it, in nats';
COMMENT ON COLUMN inequality_part.theil_l IS 'Theil L within it, in nats';
COMMENT ON COLUMN inequality_part.theil_t_total IS 'Theil T of all groups together: the sum of the next two';
COMMENT ON COLUMN inequality_part.theil_t_between IS 'what of it is between groups: what it would be if each student had the mean of the group';
COMMENT ON COLUMN inequality_part.theil_t_within IS 'the rest: the groups'' own T, weighted by share_resource';
COMMENT ON COLUMN inequality_part.theil_l_total IS 'Theil L of all groups together: the sum of the next two';
COMMENT ON COLUMN inequality_part.theil_l_between IS 'what of it is between groups';
COMMENT ON COLUMN inequality_part.theil_l_within IS 'the rest: the groups'' own L, weighted by share_students';
COMMENT ON COLUMN inequality_part.reason IS 'why something is NULL, the first that applies: n_lt_1 (in the group), zero_total (nobody in it has anything), zero_value (theil_l: somebody in some group has nothing); or coarse, as of inequality; NULL where nothing is the matter';

CREATE FUNCTION inequality_part(d distribution) RETURNS inequality_part
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW COST 10000 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION inequality_part(distribution) IS
'Is a resource shared unequally because groups, or schools, have unequal means? Theil''s T and L, divided (Shorrocks 1980, Econometrica 48:613-625): a window function over a table with one row a group, OVER (PARTITION BY year). SELECT school, (inequality_part(distribution(minutes)) OVER ()).* ... GROUP BY school.
d: the group''s distribution, NULL being a group without students. The columns that end in _total, _between and _within are of all groups, and the same in all rows of a partition. Every student is in one row.
All rows count, whatever the frame and the order. The Gini does not divide so where groups overlap. Raises 22023 for a value below 0.';
