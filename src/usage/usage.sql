
-- Days of use: of a learning app, of contact with a family
--
-- Active and available are sets of days. Days active count only where they are
-- among the days available.

CREATE FUNCTION usage_rate(active dayset, available dayset) RETURNS double precision
	AS 'MODULE_PATHNAME', 'absence_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION usage_rate(dayset, dayset) IS
	'days active / days available, 0 to 1; NULL if never available';

CREATE FUNCTION usage_rate(active dayset, available dayset, during daterange) RETURNS double precision
	AS 'MODULE_PATHNAME', 'absence_rate_during' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION usage_rate(dayset, dayset, daterange) IS
	'days active / days available within a range, 0 to 1; NULL if not available then';

CREATE FUNCTION longest_streak(active dayset, available dayset) RETURNS integer
	AS 'MODULE_PATHNAME', 'longest_absence' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION longest_streak(dayset, dayset) IS
	'most days active in a row, counted in days available; NULL if never available';

CREATE FUNCTION current_streak(active dayset, available dayset, as_of date DEFAULT 'infinity') RETURNS integer
	AS 'MODULE_PATHNAME', 'current_absence' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION current_streak(dayset, dayset, date) IS
	'days active in a row up to the last day available, or the last one up to as_of; 0 if not active then, NULL if never available';

CREATE FUNCTION usage_by_week(active dayset, available dayset)
	RETURNS TABLE (week date, days_active integer, days_available integer)
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 40;
COMMENT ON FUNCTION usage_by_week(dayset, dayset) IS
	'for each week (its Monday) with a day available, the days active and the days available';

CREATE FUNCTION weeks_below_dose(active dayset, available dayset, dose integer) RETURNS integer
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT CASE WHEN count(*) > 0 THEN count(*) FILTER (WHERE w.days_active < dose) END
		FROM usage_by_week(active, available) AS w;
	END;
COMMENT ON FUNCTION weeks_below_dose(dayset, dayset, integer) IS
	'weeks (Monday to Sunday) with a day available in which fewer days than the dose were active; NULL if never available';
