-- The fewest students whose success closes a gap to a goal, in each school and in all

CREATE TYPE what_if AS (
	n_needed bigint,
	n_capacity bigint,
	is_reachable boolean,
	behind double precision,
	behind_reached double precision,
	n_units bigint,
	n_units_left_out bigint,
	n_needed_whole bigint,
	n_capacity_whole bigint,
	is_whole_reachable boolean,
	behind_whole double precision,
	behind_whole_reached double precision,
	n_needed_each bigint,
	is_each_reachable boolean,
	n_needed_both bigint,
	is_both_reachable boolean,
	reason text
);
COMMENT ON TYPE what_if IS 'the fewest students whose success closes a gap to a goal';
COMMENT ON COLUMN what_if.n_needed IS 'the fewest students of this unit''s focal group who must succeed (where lower is better, lose the outcome) for its gap to be at the goal; 0 where it is';
COMMENT ON COLUMN what_if.n_capacity IS 'how many can be reached: capacity, or all of the focal group who have not succeeded, if those are fewer';
COMMENT ON COLUMN what_if.is_reachable IS 'is n_needed at most n_capacity?';
COMMENT ON COLUMN what_if.behind IS 'by how much the focal group''s rate is behind the reference''s: below it where higher is better, above it where lower is; below 0 if it is ahead';
COMMENT ON COLUMN what_if.behind_reached IS 'the same once n_needed have succeeded, or n_capacity if those are fewer';
COMMENT ON COLUMN what_if.n_units IS 'rows of the partition that have n_needed';
COMMENT ON COLUMN what_if.n_units_left_out IS 'rows that have none';
COMMENT ON COLUMN what_if.n_needed_whole IS 'the fewest students for the gap of all units together to be at the goal, wherever they are';
COMMENT ON COLUMN what_if.n_capacity_whole IS 'how many can be reached in all units';
COMMENT ON COLUMN what_if.is_whole_reachable IS 'is n_needed_whole at most n_capacity_whole?';
COMMENT ON COLUMN what_if.behind_whole IS 'by how much the focal group of all units together is behind';
COMMENT ON COLUMN what_if.behind_whole_reached IS 'the same once n_needed_whole have succeeded, or n_capacity_whole if those are fewer';
COMMENT ON COLUMN what_if.n_needed_each IS 'the fewest students for the gap of every unit to be at the goal: n_needed of all units, added up';
COMMENT ON COLUMN what_if.is_each_reachable IS 'is every unit''s n_needed reachable?';
COMMENT ON COLUMN what_if.n_needed_both IS 'the fewest students for both: the larger of n_needed_whole and n_needed_each';
COMMENT ON COLUMN what_if.is_both_reachable IS 'is every unit''s n_needed reachable, and n_needed_both at most n_capacity_whole?';
COMMENT ON COLUMN what_if.reason IS 'why n_needed is NULL: missing_count (one of x and n of a group is NULL; the row is in nothing), n_lt_1 (a group has no students), one_group (everyone is of the focal group); NULL where it is not. What is of all units is NULL where those have no gap, for the same reasons';

CREATE FUNCTION what_if(x_focal bigint, n_focal bigint, x_reference bigint, n_reference bigint, goal numeric,
		capacity bigint DEFAULT NULL, direction text DEFAULT 'higher', reference text DEFAULT 'others')
	RETURNS what_if
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW COST 100 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION what_if(bigint, bigint, bigint, bigint, numeric, bigint, text, text) IS
'How few students would have to succeed for a gap of rates to be no more than a goal? A window function over a table with one row a unit, such as a school, OVER (PARTITION BY district): of each unit, and of all together. It says how many, not which, and not what would make them.
x: students with the outcome; n: students; of the focal group and of what it is compared with. goal: the largest gap that is aimed at, an exact decimal from 0 to 1. capacity: students of the focal group who can be reached; NULL, the default: all who have not succeeded. direction: ''higher'' if the outcome is good, ''lower'' if it is bad, as chronic absence is. reference: ''others'' (any students outside the focal group, whom it does not move) or ''everyone'' (the focal group among them, who move with it).
In exact arithmetic: a gap that is exactly the goal is at the goal. All rows of the partition count, whatever the frame and the order.
With the goal, n_needed gives x_focal: hide it where that is hidden, and leave out such rows before (WHERE), as they are in what is of all units.
A group without students, or x and n both NULL, has no gap; it is counted in what is of all units.
Raises 22023 for x < 0, n < 0, x > n, a goal or capacity below 0, a goal above 1, an unknown direction or reference, everyone without the focal group, and options that differ within a partition; 22003 for a goal that is NaN or infinite and for more than 2^63 - 1 students; 22004 for a NULL option.';
