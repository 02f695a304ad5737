-- outlook/students_needed: the fewest students that must succeed for a goal to be reached
--
-- All in whole numbers and decimals: in double precision 8/20 - 15/50 is above 0.1.

CREATE FUNCTION gapstats_internal.quotient_up(dividend numeric, divisor numeric)
RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN div(dividend, divisor) + CASE WHEN mod(dividend, divisor) > 0 THEN 1 ELSE 0 END;
COMMENT ON FUNCTION gapstats_internal.quotient_up(numeric, numeric) IS
'The least whole number that is no less than a quotient, exactly; the divisor is above 0.';

CREATE FUNCTION gapstats_internal.students_to_rate(x bigint, n bigint, goal numeric, direction text)
RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN n > 0 THEN greatest(0, CASE direction WHEN 'higher' THEN ceil(goal * n) - x ELSE x - floor(goal * n) END)::bigint END;
COMMENT ON FUNCTION gapstats_internal.students_to_rate(bigint, bigint, numeric, text) IS
'The fewest students of n, x of whom have an outcome, who must get it, or where lower is better lose it, for the rate to be at the goal; NULL of nobody.';

-- Where the reference is everyone, each student of the group moves it too.
CREATE FUNCTION gapstats_internal.students_to_gap(x_focal bigint, n_focal bigint, x_reference bigint, n_reference bigint, goal numeric, direction text, is_of_reference boolean)
RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
	SELECT CASE WHEN n_focal > 0 AND n_reference > 0 AND n.moved > 0 THEN greatest(0, gapstats_internal.quotient_up(
		CASE direction WHEN 'higher' THEN 1 ELSE -1 END * (x_reference::numeric * n_focal - x_focal::numeric * n_reference) - goal * n_focal * n_reference, n.moved))::bigint END
	FROM (SELECT CASE WHEN is_of_reference THEN n_reference - n_focal ELSE n_reference END AS moved) n
);
COMMENT ON FUNCTION gapstats_internal.students_to_gap(bigint, bigint, bigint, bigint, numeric, text, boolean) IS
'The fewest students of the focal group who must get an outcome, or where lower is better lose it, for it to be behind the reference by no more than the goal; NULL where a group has nobody, or nobody is outside the focal group.';
