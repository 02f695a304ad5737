-- Absence of schools and groups

CREATE TYPE chronic_absence_rate AS (
	n integer,
	n_chronic integer,
	estimate double precision,
	se double precision,
	lower double precision,
	upper double precision,
	n_too_few_days integer,
	n_missing integer,
	days_absent numeric,
	days_enrolled numeric,
	absence_rate double precision,
	reason text
);
COMMENT ON TYPE chronic_absence_rate IS 'chronic absence of a school or group, and whom it leaves out';
COMMENT ON COLUMN chronic_absence_rate.n IS 'students judged: enrolled for the minimum number of days';
COMMENT ON COLUMN chronic_absence_rate.n_chronic IS 'of them, absent at least 10 percent';
COMMENT ON COLUMN chronic_absence_rate.estimate IS 'n_chronic / n, 0 to 1; NULL if nobody is judged';
COMMENT ON COLUMN chronic_absence_rate.se IS 'its standard error, as of wilson_interval';
COMMENT ON COLUMN chronic_absence_rate.lower IS 'lower bound of its Wilson interval';
COMMENT ON COLUMN chronic_absence_rate.upper IS 'upper bound of its Wilson interval';
COMMENT ON COLUMN chronic_absence_rate.n_too_few_days IS 'students left out because they were enrolled for fewer days than the minimum';
COMMENT ON COLUMN chronic_absence_rate.n_missing IS 'students left out because their days are NULL';
COMMENT ON COLUMN chronic_absence_rate.days_absent IS 'days absent of all students whose days are known';
COMMENT ON COLUMN chronic_absence_rate.days_enrolled IS 'days enrolled of all students whose days are known';
COMMENT ON COLUMN chronic_absence_rate.absence_rate IS 'days_absent / days_enrolled, 0 to 1; NULL if nobody was enrolled';
COMMENT ON COLUMN chronic_absence_rate.reason IS 'n_lt_1 if nobody is judged';

CREATE FUNCTION gapstats_internal.chronic_absence_rate_add(state bigint[], absent dayset, enrolled dayset) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.chronic_absence_rate_add(bigint[], dayset, dayset) IS 'transition of chronic_absence_rate of sets of days: count a student';

CREATE FUNCTION gapstats_internal.chronic_absence_rate_add(state bigint[], absent dayset, enrolled dayset, minimum_days integer) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.chronic_absence_rate_add(bigint[], dayset, dayset, integer) IS 'transition of chronic_absence_rate of sets of days: count a student';

CREATE FUNCTION gapstats_internal.chronic_absence_rate_add(state bigint[], absent dayset, enrolled dayset, minimum_days integer, confidence double precision) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.chronic_absence_rate_add(bigint[], dayset, dayset, integer, double precision) IS 'transition of chronic_absence_rate of sets of days: count a student';

CREATE FUNCTION gapstats_internal.chronic_absence_rate_add_numbers(state bigint[], days_absent numeric, days_enrolled numeric) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.chronic_absence_rate_add_numbers(bigint[], numeric, numeric) IS 'transition of chronic_absence_rate of numbers of days: count a student';

CREATE FUNCTION gapstats_internal.chronic_absence_rate_add_numbers(state bigint[], days_absent numeric, days_enrolled numeric, minimum_days integer) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.chronic_absence_rate_add_numbers(bigint[], numeric, numeric, integer) IS 'transition of chronic_absence_rate of numbers of days: count a student';

CREATE FUNCTION gapstats_internal.chronic_absence_rate_add_numbers(state bigint[], days_absent numeric, days_enrolled numeric, minimum_days integer, confidence double precision) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.chronic_absence_rate_add_numbers(bigint[], numeric, numeric, integer, double precision) IS 'transition of chronic_absence_rate of numbers of days: count a student';

CREATE FUNCTION gapstats_internal.chronic_absence_rate_combine(a bigint[], b bigint[]) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.chronic_absence_rate_combine(bigint[], bigint[]) IS 'combination of states of chronic_absence_rate';

CREATE FUNCTION gapstats_internal.chronic_absence_rate_final(state bigint[]) RETURNS chronic_absence_rate
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.chronic_absence_rate_final(bigint[]) IS 'result of chronic_absence_rate';

CREATE AGGREGATE chronic_absence_rate(absent dayset, enrolled dayset) (
	SFUNC = gapstats_internal.chronic_absence_rate_add,
	STYPE = bigint[],
	INITCOND = '{0,0,0,0,0,0,0,0,0,0,0}',
	COMBINEFUNC = gapstats_internal.chronic_absence_rate_combine,
	FINALFUNC = gapstats_internal.chronic_absence_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE chronic_absence_rate(dayset, dayset) IS
	'share of students absent on at least 10 percent of their days enrolled, with its 95 percent Wilson interval, over those enrolled for at least 10 days, and how many were not; one row a student, compared in integers.
A student with a NULL is counted as missing; nobody to judge gives NULL with reason n_lt_1.';

CREATE AGGREGATE chronic_absence_rate(absent dayset, enrolled dayset, minimum_days integer) (
	SFUNC = gapstats_internal.chronic_absence_rate_add,
	STYPE = bigint[],
	INITCOND = '{0,0,0,0,0,0,0,0,0,0,0}',
	COMBINEFUNC = gapstats_internal.chronic_absence_rate_combine,
	FINALFUNC = gapstats_internal.chronic_absence_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE chronic_absence_rate(dayset, dayset, integer) IS
	'the same over students enrolled for at least minimum_days days, which must be the same in all rows of a group and not negative, else an error (22023); NULL is another (22004)';

CREATE AGGREGATE chronic_absence_rate(absent dayset, enrolled dayset, minimum_days integer, confidence double precision) (
	SFUNC = gapstats_internal.chronic_absence_rate_add,
	STYPE = bigint[],
	INITCOND = '{0,0,0,0,0,0,0,0,0,0,0}',
	COMBINEFUNC = gapstats_internal.chronic_absence_rate_combine,
	FINALFUNC = gapstats_internal.chronic_absence_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE chronic_absence_rate(dayset, dayset, integer, double precision) IS
	'the same with an interval of another confidence than 0.95, strictly between 0 and 1 and the same in all rows of a group, else an error (22023); NULL is another (22004)';

CREATE AGGREGATE chronic_absence_rate(days_absent numeric, days_enrolled numeric) (
	SFUNC = gapstats_internal.chronic_absence_rate_add_numbers,
	STYPE = bigint[],
	INITCOND = '{0,0,0,0,0,0,0,0,0,0,0}',
	COMBINEFUNC = gapstats_internal.chronic_absence_rate_combine,
	FINALFUNC = gapstats_internal.chronic_absence_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE chronic_absence_rate(numeric, numeric) IS
	'the same from numbers of days, one row a student: they may have fractions, and are compared and summed exactly.
More days absent than enrolled and a negative number are errors (22023), infinity and NaN another (22003).';

CREATE AGGREGATE chronic_absence_rate(days_absent numeric, days_enrolled numeric, minimum_days integer) (
	SFUNC = gapstats_internal.chronic_absence_rate_add_numbers,
	STYPE = bigint[],
	INITCOND = '{0,0,0,0,0,0,0,0,0,0,0}',
	COMBINEFUNC = gapstats_internal.chronic_absence_rate_combine,
	FINALFUNC = gapstats_internal.chronic_absence_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE chronic_absence_rate(numeric, numeric, integer) IS
	'the same over students enrolled for at least minimum_days days, which must be the same in all rows of a group and not negative, else an error (22023); NULL is another (22004)';

CREATE AGGREGATE chronic_absence_rate(days_absent numeric, days_enrolled numeric, minimum_days integer, confidence double precision) (
	SFUNC = gapstats_internal.chronic_absence_rate_add_numbers,
	STYPE = bigint[],
	INITCOND = '{0,0,0,0,0,0,0,0,0,0,0}',
	COMBINEFUNC = gapstats_internal.chronic_absence_rate_combine,
	FINALFUNC = gapstats_internal.chronic_absence_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE chronic_absence_rate(numeric, numeric, integer, double precision) IS
	'the same with an interval of another confidence than 0.95, strictly between 0 and 1 and the same in all rows of a group, else an error (22023); NULL is another (22004)';

CREATE FUNCTION chronic_absence_level(n_chronic bigint, n bigint) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chronic_absence_level(bigint, bigint) IS
	'level of a school (Attendance Works): low below 5 percent of students chronically absent, modest from 5, significant from 10, high from 20, extreme from 30, compared in integers; NULL without students, or if a count is NULL; a negative count, or more chronically absent than there are, is an error (22023)';

-- Average daily attendance and membership

CREATE FUNCTION gapstats_internal.average_daily_attendance_add(state bigint[], absent dayset, enrolled dayset, in_session dayset) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.average_daily_attendance_add(bigint[], dayset, dayset, dayset) IS 'transition of average_daily_attendance: add a student''s days in attendance';

CREATE FUNCTION gapstats_internal.average_daily_attendance_add_numbers(state bigint[], days_absent numeric, days_enrolled numeric, days_in_session numeric) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.average_daily_attendance_add_numbers(bigint[], numeric, numeric, numeric) IS 'transition of average_daily_attendance: add a student''s days in attendance';

CREATE FUNCTION gapstats_internal.average_daily_membership_add(state bigint[], enrolled dayset, in_session dayset) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.average_daily_membership_add(bigint[], dayset, dayset) IS 'transition of average_daily_membership: add a student''s days enrolled';

CREATE FUNCTION gapstats_internal.average_daily_membership_add_numbers(state bigint[], days_enrolled numeric, days_in_session numeric) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.average_daily_membership_add_numbers(bigint[], numeric, numeric) IS 'transition of average_daily_membership: add a student''s days enrolled';

CREATE FUNCTION gapstats_internal.average_daily_combine(a bigint[], b bigint[]) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.average_daily_combine(bigint[], bigint[]) IS 'combination of states of average_daily_attendance and average_daily_membership';

CREATE FUNCTION gapstats_internal.average_daily_final(state bigint[]) RETURNS double precision
	AS 'MODULE_PATHNAME', 'pooled_absence_rate_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.average_daily_final(bigint[]) IS 'result of average_daily_attendance and average_daily_membership';

CREATE AGGREGATE average_daily_attendance(absent dayset, enrolled dayset, in_session dayset) (
	SFUNC = gapstats_internal.average_daily_attendance_add,
	STYPE = bigint[],
	INITCOND = '{0,0,0,0,0}',
	COMBINEFUNC = gapstats_internal.average_daily_combine,
	FINALFUNC = gapstats_internal.average_daily_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE average_daily_attendance(dayset, dayset, dayset) IS
	'ADA: days of all students in attendance / days in session (ESEA section 8101). in_session is the school''s calendar, the same in every row: one of another length is an error (22023). A row with a NULL is skipped; no days in session give NULL.';

CREATE AGGREGATE average_daily_attendance(days_absent numeric, days_enrolled numeric, days_in_session numeric) (
	SFUNC = gapstats_internal.average_daily_attendance_add_numbers,
	STYPE = bigint[],
	INITCOND = '{0,0,0,0,0}',
	COMBINEFUNC = gapstats_internal.average_daily_combine,
	FINALFUNC = gapstats_internal.average_daily_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE average_daily_attendance(numeric, numeric, numeric) IS
	'ADA from numbers of days, one row a student: they may have fractions, and are summed exactly. More days absent than enrolled or enrolled than in session, a negative number and sessions of different lengths are errors (22023), infinity and NaN another (22003). A row with a NULL is skipped; no days in session give NULL.';

CREATE AGGREGATE average_daily_membership(enrolled dayset, in_session dayset) (
	SFUNC = gapstats_internal.average_daily_membership_add,
	STYPE = bigint[],
	INITCOND = '{0,0,0,0,0}',
	COMBINEFUNC = gapstats_internal.average_daily_combine,
	FINALFUNC = gapstats_internal.average_daily_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE average_daily_membership(dayset, dayset) IS
	'ADM: days of all students enrolled / days in session. in_session is the school''s calendar, the same in every row: one of another length is an error (22023). A row with a NULL is skipped; no days in session give NULL.';

CREATE AGGREGATE average_daily_membership(days_enrolled numeric, days_in_session numeric) (
	SFUNC = gapstats_internal.average_daily_membership_add_numbers,
	STYPE = bigint[],
	INITCOND = '{0,0,0,0,0}',
	COMBINEFUNC = gapstats_internal.average_daily_combine,
	FINALFUNC = gapstats_internal.average_daily_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE average_daily_membership(numeric, numeric) IS
	'ADM from numbers of days, one row a student: they may have fractions, and are summed exactly. More days enrolled than in session, a negative number and sessions of different lengths are errors (22023), infinity and NaN another (22003). A row with a NULL is skipped; no days in session give NULL.';
