-- outlook/chronic_absence: who will end the year chronically absent

CREATE TYPE chronic_absence_prior AS (
	n_students integer,
	a double precision,
	b double precision,
	mean double precision,
	log_likelihood double precision,
	reason text
);
COMMENT ON TYPE chronic_absence_prior IS 'how absence rates vary between students: a beta distribution';
COMMENT ON COLUMN chronic_absence_prior.n_students IS 'students with days enrolled';
COMMENT ON COLUMN chronic_absence_prior.a IS 'first parameter of the beta distribution: as if each student had missed a days before the year,';
COMMENT ON COLUMN chronic_absence_prior.b IS 'and its second parameter: and attended b';
COMMENT ON COLUMN chronic_absence_prior.mean IS 'its mean, a / (a + b): the absence rate of a student, 0 to 1';
COMMENT ON COLUMN chronic_absence_prior.log_likelihood IS 'logarithm of the likelihood of the days, without binomial coefficients: the sum of ln B(x + a, n - x + b) - ln B(a, b)';
COMMENT ON COLUMN chronic_absence_prior.reason IS 'why all but n_students is NULL: too_few_groups (fewer than 3 students), zero_variance (nobody was ever absent, or everybody always), no_overdispersion (rates vary by no more than chance), no_maximum (each student was absent always or never); else NULL';

CREATE FUNCTION gapstats_internal.chronic_absence_prior_add(state bigint[], days_absent integer, days_enrolled integer) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.chronic_absence_prior_add(bigint[], integer, integer) IS 'transition of chronic_absence_prior(days_absent, days_enrolled): add a student''s year';

CREATE FUNCTION gapstats_internal.chronic_absence_prior_add(state bigint[], absent dayset, enrolled dayset) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'chronic_absence_prior_add_sets' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.chronic_absence_prior_add(bigint[], dayset, dayset) IS 'transition of chronic_absence_prior(absent, enrolled): add a student''s year';

CREATE FUNCTION gapstats_internal.chronic_absence_prior_combine(a bigint[], b bigint[]) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.chronic_absence_prior_combine(bigint[], bigint[]) IS 'combination of states of chronic_absence_prior';

CREATE FUNCTION gapstats_internal.chronic_absence_prior_final(state bigint[]) RETURNS chronic_absence_prior
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION gapstats_internal.chronic_absence_prior_final(bigint[]) IS 'result of chronic_absence_prior';

CREATE AGGREGATE chronic_absence_prior(days_absent integer, days_enrolled integer) (
	SFUNC = gapstats_internal.chronic_absence_prior_add,
	STYPE = bigint[],
	SSPACE = 8192,
	INITCOND = '{}',
	COMBINEFUNC = gapstats_internal.chronic_absence_prior_combine,
	FINALFUNC = gapstats_internal.chronic_absence_prior_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE chronic_absence_prior(integer, integer) IS
'How absence rates vary between students, for chronic_absence_chance: a beta distribution, by maximum likelihood (Skellam 1948), from the days absent and enrolled of the whole of an earlier year, a row a student.
Fractions of days: count all in half days, or smaller units, here and there. A NULL, and a student never enrolled, leave the row out. The order of rows changes no bit.
Raises 22023 for a negative number, more days absent than enrolled, and more than 100,000 days.';

CREATE AGGREGATE chronic_absence_prior(absent dayset, enrolled dayset) (
	SFUNC = gapstats_internal.chronic_absence_prior_add,
	STYPE = bigint[],
	SSPACE = 8192,
	INITCOND = '{}',
	COMBINEFUNC = gapstats_internal.chronic_absence_prior_combine,
	FINALFUNC = gapstats_internal.chronic_absence_prior_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE chronic_absence_prior(dayset, dayset) IS
'The same from the sets of days absent and enrolled; days absent count where they are among those enrolled.';

CREATE TYPE chronic_absence_chance AS (
	days_absent integer,
	days_enrolled integer,
	days_in_year integer,
	days_to_miss integer,
	chance double precision,
	reason text
);
COMMENT ON TYPE chronic_absence_chance IS 'a student''s chance to end the year chronically absent';
COMMENT ON COLUMN chronic_absence_chance.days_absent IS 'days absent so far';
COMMENT ON COLUMN chronic_absence_chance.days_enrolled IS 'days enrolled so far';
COMMENT ON COLUMN chronic_absence_chance.days_in_year IS 'days enrolled in the whole year, those so far and those to come';
COMMENT ON COLUMN chronic_absence_chance.days_to_miss IS 'days that she can still miss and be below the threshold over the whole year, at most those to come, as in days_left; NULL if she is at the threshold already';
COMMENT ON COLUMN chronic_absence_chance.chance IS 'the chance to be at the threshold over the whole year, 0 to 1: 1 if she is whatever comes, 0 if she cannot be any more';
COMMENT ON COLUMN chronic_absence_chance.reason IS 'why all is NULL: missing_days (a number or a set of days is); why chance is: too_few_days (a year of fewer days than the minimum, or none), the reason of the prior that has none (no_overdispersion, too_few_groups, zero_variance, no_maximum), missing_prior, out_of_range (a prior beyond what numbers hold); why days_to_miss is: already_chronic; else NULL';

CREATE FUNCTION chronic_absence_chance(days_absent integer, days_enrolled integer, days_in_year integer, prior chronic_absence_prior,
									   threshold numeric DEFAULT 0.10, minimum_days integer DEFAULT 10)
	RETURNS chronic_absence_chance
	AS 'MODULE_PATHNAME', 'chronic_absence_chance_of_numbers' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION chronic_absence_chance(integer, integer, integer, chronic_absence_prior, numeric, integer) IS
'A student''s chance to end the year chronically absent, absent on at least 10 percent of the days enrolled, from her days absent and enrolled so far and enrolled in the whole year, and the rates that students had in an earlier one: what is to come is beta-binomial (Skellam 1948). The same bits on every machine.
prior: of chronic_absence_prior, from whole years, in the same unit: whole days, or half days of all. threshold: another share of days than 0.10, compared exactly. minimum_days: a year of fewer has no chance, reason too_few_days; in half days it is twice as many.
A NULL number gives NULLs, reason missing_days; without a prior the chance is NULL, with its reason or missing_prior. More days absent than enrolled or enrolled than in the year, more than 100,000 days, a negative number, a prior of which a or b is not above 0, and a threshold that is not above 0 and at most 1 are errors (22023), infinity and NaN another (22003), a NULL threshold or minimum a third (22004).';

CREATE FUNCTION chronic_absence_chance(absent dayset, enrolled dayset, days_in_year integer, prior chronic_absence_prior,
									   threshold numeric DEFAULT 0.10, minimum_days integer DEFAULT 10)
	RETURNS chronic_absence_chance
	AS 'MODULE_PATHNAME', 'chronic_absence_chance_of_year' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION chronic_absence_chance(dayset, dayset, integer, chronic_absence_prior, numeric, integer) IS
'the same from the sets of days absent and enrolled so far, and the days enrolled in the whole year; NULL and errors as there';

CREATE FUNCTION chronic_absence_chance(absent dayset, enrolled dayset, calendar dayset, prior chronic_absence_prior,
									   threshold numeric DEFAULT 0.10, minimum_days integer DEFAULT 10)
	RETURNS chronic_absence_chance
	AS 'MODULE_PATHNAME', 'chronic_absence_chance_of_calendar' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION chronic_absence_chance(dayset, dayset, dayset, chronic_absence_prior, numeric, integer) IS
'the same from the sets of days absent and enrolled so far, and the days of school of the year: those after the last day enrolled are to come; NULL and errors as there';
