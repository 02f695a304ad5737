-- Absence of schools and groups

CREATE TYPE chronic_absence_summary AS (
	n bigint,
	n_chronic bigint,
	chronic_absence_rate double precision,
	lower double precision,
	upper double precision,
	n_too_few_days bigint,
	n_missing bigint,
	days_absent bigint,
	days_enrolled bigint,
	absence_rate double precision,
	reason text
);
COMMENT ON TYPE chronic_absence_summary IS 'chronic absence of a school or group, and whom it leaves out';
COMMENT ON COLUMN chronic_absence_summary.n IS 'students judged: enrolled for the minimum number of days';
COMMENT ON COLUMN chronic_absence_summary.n_chronic IS 'of them, absent at least 10 percent';
COMMENT ON COLUMN chronic_absence_summary.chronic_absence_rate IS 'n_chronic / n, 0 to 1; NULL if nobody is judged';
COMMENT ON COLUMN chronic_absence_summary.lower IS 'lower bound of its 95 percent Wilson interval';
COMMENT ON COLUMN chronic_absence_summary.upper IS 'upper bound of its 95 percent Wilson interval';
COMMENT ON COLUMN chronic_absence_summary.n_too_few_days IS 'students left out because they were enrolled for fewer days than the minimum';
COMMENT ON COLUMN chronic_absence_summary.n_missing IS 'students left out because their days are NULL';
COMMENT ON COLUMN chronic_absence_summary.days_absent IS 'days absent of all students whose days are known';
COMMENT ON COLUMN chronic_absence_summary.days_enrolled IS 'days enrolled of all students whose days are known';
COMMENT ON COLUMN chronic_absence_summary.absence_rate IS 'days_absent / days_enrolled, 0 to 1; NULL if nobody was enrolled';
COMMENT ON COLUMN chronic_absence_summary.reason IS 'n_lt_1 if nobody is judged';

CREATE FUNCTION gapstats_internal.chronic_absence_add(state bigint[], absent dayset, enrolled dayset) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.chronic_absence_add(bigint[], dayset, dayset) IS 'transition of chronic_absence_rate(dayset, dayset): count a student';

CREATE FUNCTION gapstats_internal.chronic_absence_add(state bigint[], absent dayset, enrolled dayset, minimum_days integer) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.chronic_absence_add(bigint[], dayset, dayset, integer) IS 'transition of chronic_absence_rate(dayset, dayset, integer): count a student';

CREATE FUNCTION gapstats_internal.chronic_absence_final(state bigint[]) RETURNS chronic_absence_summary
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.chronic_absence_final(bigint[]) IS 'result of chronic_absence_rate';

CREATE AGGREGATE chronic_absence_rate(absent dayset, enrolled dayset) (
	SFUNC = gapstats_internal.chronic_absence_add,
	STYPE = bigint[],
	INITCOND = '{0,0,0,0,0,0}',
	COMBINEFUNC = gapstats_internal.counts_combine,
	FINALFUNC = gapstats_internal.chronic_absence_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE chronic_absence_rate(dayset, dayset) IS
	'share of students absent at least 10 percent of their days enrolled, with its 95 percent Wilson interval, over those enrolled for at least 10 days, and how many were not; one row a student';

CREATE AGGREGATE chronic_absence_rate(absent dayset, enrolled dayset, minimum_days integer) (
	SFUNC = gapstats_internal.chronic_absence_add,
	STYPE = bigint[],
	INITCOND = '{0,0,0,0,0,0}',
	COMBINEFUNC = gapstats_internal.counts_combine,
	FINALFUNC = gapstats_internal.chronic_absence_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE chronic_absence_rate(dayset, dayset, integer) IS
	'the same over students enrolled for at least minimum_days days';

CREATE FUNCTION chronic_absence_level(n_chronic bigint, n bigint) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT CASE
			WHEN n <= 0 THEN NULL
			WHEN 10 * n_chronic >= 3 * n THEN 'extreme'
			WHEN 5 * n_chronic >= n THEN 'high'
			WHEN 10 * n_chronic >= n THEN 'significant'
			WHEN 20 * n_chronic >= n THEN 'modest'
			ELSE 'low'
		END;
	END;
COMMENT ON FUNCTION chronic_absence_level(bigint, bigint) IS
	'level of a school (Attendance Works): low below 5 percent of students chronically absent, modest from 5, significant from 10, high from 20, extreme from 30, compared in integers; NULL without students';

-- Average daily attendance and membership

CREATE FUNCTION gapstats_internal.average_daily_attendance_add(state bigint[], absent dayset, enrolled dayset, in_session dayset) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.average_daily_attendance_add(bigint[], dayset, dayset, dayset) IS 'transition of average_daily_attendance: add a student''s days in attendance';

CREATE FUNCTION gapstats_internal.average_daily_membership_add(state bigint[], enrolled dayset, in_session dayset) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.average_daily_membership_add(bigint[], dayset, dayset) IS 'transition of average_daily_membership: add a student''s days enrolled';

CREATE FUNCTION gapstats_internal.average_daily_combine(a bigint[], b bigint[]) RETURNS bigint[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.average_daily_combine(bigint[], bigint[]) IS 'combination of states of average_daily_attendance and average_daily_membership';

CREATE FUNCTION gapstats_internal.average_daily_final(state bigint[]) RETURNS double precision
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.average_daily_final(bigint[]) IS 'result of average_daily_attendance and average_daily_membership';

CREATE AGGREGATE average_daily_attendance(absent dayset, enrolled dayset, in_session dayset) (
	SFUNC = gapstats_internal.average_daily_attendance_add,
	STYPE = bigint[],
	INITCOND = '{0,0}',
	COMBINEFUNC = gapstats_internal.average_daily_combine,
	FINALFUNC = gapstats_internal.average_daily_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE average_daily_attendance(dayset, dayset, dayset) IS
	'ADA: days of all students in attendance / days in session (ESEA section 8101). in_session is the school''s calendar, the same in every row: one of another length is an error. A row with a NULL is skipped; no days in session give NULL.';

CREATE AGGREGATE average_daily_membership(enrolled dayset, in_session dayset) (
	SFUNC = gapstats_internal.average_daily_membership_add,
	STYPE = bigint[],
	INITCOND = '{0,0}',
	COMBINEFUNC = gapstats_internal.average_daily_combine,
	FINALFUNC = gapstats_internal.average_daily_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE average_daily_membership(dayset, dayset) IS
	'ADM: days of all students enrolled / days in session. in_session is the school''s calendar, the same in every row: one of another length is an error. A row with a NULL is skipped; no days in session give NULL.';
