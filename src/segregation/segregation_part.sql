-- What of the segregation of units is between their parts, such as districts, and what within them

CREATE TYPE segregation_part AS (
	n integer,
	n_units integer,
	n_groups integer,
	share double precision,
	entropy double precision,
	mutual_information double precision,
	theil_h double precision,
	contribution_between double precision,
	contribution_within double precision,
	mutual_information_total double precision,
	mutual_information_between double precision,
	mutual_information_within double precision,
	theil_h_total double precision,
	theil_h_between double precision,
	theil_h_within double precision,
	reason text
);
COMMENT ON TYPE segregation_part IS 'what of the segregation of units is between their parts, and what within them';
COMMENT ON COLUMN segregation_part.n IS 'students of the part';
COMMENT ON COLUMN segregation_part.n_units IS 'units of the part that have any';
COMMENT ON COLUMN segregation_part.n_groups IS 'groups that it has';
COMMENT ON COLUMN segregation_part.share IS 'its share of all students, 0..1';
COMMENT ON COLUMN segregation_part.entropy IS 'how mixed the part is, in nats';
COMMENT ON COLUMN segregation_part.mutual_information IS 'M of its own units, in nats';
COMMENT ON COLUMN segregation_part.theil_h IS 'H of its own units, 0..1';
COMMENT ON COLUMN segregation_part.contribution_between IS 'what of theil_h_between comes of this part: how far it is from all students, times its share; over parts these add up';
COMMENT ON COLUMN segregation_part.contribution_within IS 'what of theil_h_within comes of this part: share times mutual_information over the entropy of all students; over parts these add up';
COMMENT ON COLUMN segregation_part.mutual_information_total IS 'M of the units of all parts, in nats: the sum of the next two';
COMMENT ON COLUMN segregation_part.mutual_information_between IS 'M of the parts, as if each were one unit';
COMMENT ON COLUMN segregation_part.mutual_information_within IS 'the rest: the parts'' own M, weighted by share';
COMMENT ON COLUMN segregation_part.theil_h_total IS 'H of the units of all parts: the sum of the next two';
COMMENT ON COLUMN segregation_part.theil_h_between IS 'what of it is between parts';
COMMENT ON COLUMN segregation_part.theil_h_within IS 'what of it is within parts';
COMMENT ON COLUMN segregation_part.reason IS 'why something is NULL: n_lt_1 (nobody in the part), one_group (in the part); NULL where nothing is';

CREATE FUNCTION segregation_part(c composition) RETURNS segregation_part
	LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW COST 10000 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION segregation_part(composition) IS
'Are schools segregated because districts are, or within them? Theil''s H and M, divided (Reardon and Firebaugh 2002): a window function over a table with one row a part, such as a district, OVER (PARTITION BY year). SELECT district, (segregation_part(composition(school, race, n)) OVER ()).* ... GROUP BY district.
c: the part''s units, NULL being a part without students. Units of the same name in two parts are two. The columns that end in _total, _between and _within, but for the contributions, are of all parts, and the same in all rows of a partition.
All rows count, whatever the frame and the order. Levels nest: districts of schools, and again schools of classrooms.';
