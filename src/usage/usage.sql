-- Days of use: of a learning app, of contact with a family
--
-- Active and available are sets of days. Days active count only where they are
-- among the days available. Streaks of them are longest_streak, current_streak
-- and streaks of any sets.

CREATE FUNCTION usage_rate(active dayset, available dayset) RETURNS double precision
	AS 'MODULE_PATHNAME', 'dayset_share' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION usage_rate(dayset, dayset) IS
	'days active / days available, 0 to 1; NULL if never available, or if a set is NULL';

CREATE FUNCTION usage_rate(active dayset, available dayset, during daterange) RETURNS double precision
	AS 'MODULE_PATHNAME', 'dayset_share_during' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION usage_rate(dayset, dayset, daterange) IS
	'days active / days available within a range, which needs no bounds, 0 to 1; NULL if not available then, or if a set or the range is NULL';

CREATE FUNCTION usage_by_week(active dayset, available dayset)
	RETURNS TABLE (week date, days_active integer, days_available integer)
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 40;
COMMENT ON FUNCTION usage_by_week(dayset, dayset) IS
	'for each week (its Monday, as in ISO weeks) with a day available, in order, the days active and the days available; no rows if a set is NULL';

CREATE FUNCTION weeks_below_dose(active dayset, available dayset, dose integer) RETURNS integer
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION weeks_below_dose(dayset, dayset, integer) IS
	'weeks (Monday to Sunday) with a day available in which fewer days than the dose were active; NULL if never available, or if a set or the dose is NULL; a dose that is not 1 to 7 days a week is an error (22023)';
