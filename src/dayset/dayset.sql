-- dayset: a set of calendar days

CREATE TYPE dayset;

CREATE FUNCTION gapstats_internal.dayset_in(cstring) RETURNS dayset
	AS 'MODULE_PATHNAME', 'dayset_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_in(cstring) IS
	'text input of dayset: days and runs of days in ISO form, in any order, such as {2025-09-01,2025-09-03..2025-09-05}';

CREATE FUNCTION gapstats_internal.dayset_out(dayset) RETURNS cstring
	AS 'MODULE_PATHNAME', 'dayset_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_out(dayset) IS
	'text output of dayset: days and runs of days in ISO form and in order, whatever DateStyle is';

CREATE FUNCTION gapstats_internal.dayset_recv(internal) RETURNS dayset
	AS 'MODULE_PATHNAME', 'dayset_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_recv(internal) IS
	'binary input of dayset';

CREATE FUNCTION gapstats_internal.dayset_send(dayset) RETURNS bytea
	AS 'MODULE_PATHNAME', 'dayset_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_send(dayset) IS
	'binary output of dayset: format version (1 byte), number of words (4), then the index (day / 64, 4) and bits (8) of each word';

CREATE TYPE dayset (
	INPUT = gapstats_internal.dayset_in,
	OUTPUT = gapstats_internal.dayset_out,
	RECEIVE = gapstats_internal.dayset_recv,
	SEND = gapstats_internal.dayset_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE dayset IS
	'set of calendar days: 12 bytes for each 64-day span that has any, and 8 more; equal sets have equal bytes';

-- From and to other types

CREATE FUNCTION gapstats_internal.dayset_from_date(day date) RETURNS dayset
	AS 'MODULE_PATHNAME', 'dayset_from_date' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_from_date(date) IS
	'the set of one day; an infinite date is an error';

CREATE FUNCTION gapstats_internal.dayset_from_dates(days date[]) RETURNS dayset
	AS 'MODULE_PATHNAME', 'dayset_from_dates' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_from_dates(date[]) IS
	'the days of an array; NULL elements are skipped, an infinite date is an error';

CREATE FUNCTION gapstats_internal.dayset_from_range(span daterange) RETURNS dayset
	AS 'MODULE_PATHNAME', 'dayset_from_range' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_from_range(daterange) IS
	'every calendar day of a range; one without a bound or of more than 36,525 days (100 years) is an error';

CREATE FUNCTION gapstats_internal.dayset_from_multirange(spans datemultirange) RETURNS dayset
	AS 'MODULE_PATHNAME', 'dayset_from_multirange' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_from_multirange(datemultirange) IS
	'every calendar day of the ranges; one without a bound or of more than 36,525 days (100 years) is an error';

CREATE FUNCTION gapstats_internal.dayset_to_dates(days dayset) RETURNS date[]
	AS 'MODULE_PATHNAME', 'dayset_to_dates' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_to_dates(dayset) IS
	'the days in order';

CREATE FUNCTION gapstats_internal.dayset_to_range(days dayset) RETURNS daterange
	AS 'MODULE_PATHNAME', 'dayset_to_range' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_to_range(dayset) IS
	'the smallest range that holds the days, gaps included; empty for no days';

CREATE FUNCTION gapstats_internal.dayset_to_multirange(days dayset) RETURNS datemultirange
	AS 'MODULE_PATHNAME', 'dayset_to_multirange' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_to_multirange(dayset) IS
	'the runs of consecutive calendar days; holds just the days';

CREATE FUNCTION gapstats_internal.dayset_to_jsonb(days dayset) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'dayset_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_to_jsonb(dayset) IS
	'the days in order, an array of texts such as "2025-09-01"';

CREATE FUNCTION days(days dayset) RETURNS SETOF date
	AS 'MODULE_PATHNAME', 'dayset_days' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 180;
COMMENT ON FUNCTION days(dayset) IS
	'the days as rows, in order';

CREATE CAST (date AS dayset) WITH FUNCTION gapstats_internal.dayset_from_date(date);
CREATE CAST (date[] AS dayset) WITH FUNCTION gapstats_internal.dayset_from_dates(date[]);
CREATE CAST (daterange AS dayset) WITH FUNCTION gapstats_internal.dayset_from_range(daterange);
CREATE CAST (datemultirange AS dayset) WITH FUNCTION gapstats_internal.dayset_from_multirange(datemultirange);
CREATE CAST (dayset AS date[]) WITH FUNCTION gapstats_internal.dayset_to_dates(dayset);
CREATE CAST (dayset AS daterange) WITH FUNCTION gapstats_internal.dayset_to_range(dayset);
CREATE CAST (dayset AS datemultirange) WITH FUNCTION gapstats_internal.dayset_to_multirange(dayset);
CREATE CAST (dayset AS jsonb) WITH FUNCTION gapstats_internal.dayset_to_jsonb(dayset);
COMMENT ON CAST (date AS dayset) IS 'the set of one day';
COMMENT ON CAST (date[] AS dayset) IS 'the days of an array, without its NULLs';
COMMENT ON CAST (daterange AS dayset) IS 'every calendar day of a range';
COMMENT ON CAST (datemultirange AS dayset) IS 'every calendar day of the ranges';
COMMENT ON CAST (dayset AS date[]) IS 'the days in order';
COMMENT ON CAST (dayset AS jsonb) IS 'the days in order, an array of texts such as "2025-09-01"';
COMMENT ON CAST (dayset AS daterange) IS 'the smallest range that holds the days, gaps included';
COMMENT ON CAST (dayset AS datemultirange) IS 'the runs of consecutive calendar days';

-- Sets from sets

CREATE FUNCTION gapstats_internal.dayset_union(a dayset, b dayset) RETURNS dayset
	AS 'MODULE_PATHNAME', 'dayset_union' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_union(dayset, dayset) IS
	'days in either set';

CREATE FUNCTION gapstats_internal.dayset_intersection(a dayset, b dayset) RETURNS dayset
	AS 'MODULE_PATHNAME', 'dayset_intersection' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_intersection(dayset, dayset) IS
	'days in both sets';

CREATE FUNCTION gapstats_internal.dayset_difference(a dayset, b dayset) RETURNS dayset
	AS 'MODULE_PATHNAME', 'dayset_difference' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_difference(dayset, dayset) IS
	'days in the first set that are not in the second';

CREATE FUNCTION gapstats_internal.dayset_symmetric_difference(a dayset, b dayset) RETURNS dayset
	AS 'MODULE_PATHNAME', 'dayset_symmetric_difference' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_symmetric_difference(dayset, dayset) IS
	'days in just one of the sets';

CREATE FUNCTION gapstats_internal.dayset_during(days dayset, during daterange) RETURNS dayset
	AS 'MODULE_PATHNAME', 'dayset_during' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_during(dayset, daterange) IS
	'the days within a range, which needs no bounds';

CREATE FUNCTION first_days(days dayset, n integer) RETURNS dayset
	AS 'MODULE_PATHNAME', 'dayset_first_days' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION first_days(dayset, integer) IS
	'the first n days, or all if there are fewer; NULL if the set or n is; a negative n is an error (22023)';

CREATE FUNCTION last_days(days dayset, n integer, as_of date DEFAULT 'infinity') RETURNS dayset
	AS 'MODULE_PATHNAME', 'dayset_last_days' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION last_days(dayset, integer, date) IS
	'the last n days up to and including as_of, or all if there are fewer; NULL if the set or n is; a negative n is an error (22023), a NULL as_of another (22004)';

CREATE FUNCTION shift(days dayset, by_days integer) RETURNS dayset
	AS 'MODULE_PATHNAME', 'dayset_shift' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION shift(dayset, integer) IS
	'every day moved by so many calendar days, back if negative; past the ends of the calendar is an error (22008)';

CREATE OPERATOR | (LEFTARG = dayset, RIGHTARG = dayset, FUNCTION = gapstats_internal.dayset_union, COMMUTATOR = |);
COMMENT ON OPERATOR | (dayset, dayset) IS 'days in either set';
CREATE OPERATOR & (LEFTARG = dayset, RIGHTARG = dayset, FUNCTION = gapstats_internal.dayset_intersection, COMMUTATOR = &);
COMMENT ON OPERATOR & (dayset, dayset) IS 'days in both sets';
CREATE OPERATOR - (LEFTARG = dayset, RIGHTARG = dayset, FUNCTION = gapstats_internal.dayset_difference);
COMMENT ON OPERATOR - (dayset, dayset) IS 'days in the first set that are not in the second';
CREATE OPERATOR # (LEFTARG = dayset, RIGHTARG = dayset, FUNCTION = gapstats_internal.dayset_symmetric_difference, COMMUTATOR = #);
COMMENT ON OPERATOR # (dayset, dayset) IS 'days in just one of the sets';
CREATE OPERATOR & (LEFTARG = dayset, RIGHTARG = daterange, FUNCTION = gapstats_internal.dayset_during);
COMMENT ON OPERATOR & (dayset, daterange) IS 'the days within a range, which needs no bounds';

-- Questions

CREATE FUNCTION day_count(days dayset) RETURNS integer
	AS 'MODULE_PATHNAME', 'dayset_day_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION day_count(dayset) IS
	'how many days';

CREATE FUNCTION first_day(days dayset) RETURNS date
	AS 'MODULE_PATHNAME', 'dayset_first_day' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION first_day(dayset) IS
	'the first day; NULL if there is none';

CREATE FUNCTION last_day(days dayset) RETURNS date
	AS 'MODULE_PATHNAME', 'dayset_last_day' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION last_day(dayset) IS
	'the last day; NULL if there is none';

CREATE FUNCTION gapstats_internal.dayset_contains_day(days dayset, day date) RETURNS boolean
	AS 'MODULE_PATHNAME', 'dayset_contains_day' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_contains_day(dayset, date) IS
	'is the day in the set? An infinite date never is';

CREATE FUNCTION gapstats_internal.dayset_contained_day(day date, days dayset) RETURNS boolean
	AS 'MODULE_PATHNAME', 'dayset_contained_day' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_contained_day(date, dayset) IS
	'is the day in the set? An infinite date never is';

CREATE FUNCTION gapstats_internal.dayset_contains(a dayset, b dayset) RETURNS boolean
	AS 'MODULE_PATHNAME', 'dayset_contains' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_contains(dayset, dayset) IS
	'has the first set every day of the second?';

CREATE FUNCTION gapstats_internal.dayset_contained(a dayset, b dayset) RETURNS boolean
	AS 'MODULE_PATHNAME', 'dayset_contained' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_contained(dayset, dayset) IS
	'has the second set every day of the first?';

CREATE FUNCTION gapstats_internal.dayset_overlaps(a dayset, b dayset) RETURNS boolean
	AS 'MODULE_PATHNAME', 'dayset_overlaps' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_overlaps(dayset, dayset) IS
	'have the sets a day in common?';

CREATE OPERATOR @> (LEFTARG = dayset, RIGHTARG = date, FUNCTION = gapstats_internal.dayset_contains_day, COMMUTATOR = <@, RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR @> (dayset, date) IS 'is the day in the set?';
CREATE OPERATOR <@ (LEFTARG = date, RIGHTARG = dayset, FUNCTION = gapstats_internal.dayset_contained_day, COMMUTATOR = @>, RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR <@ (date, dayset) IS 'is the day in the set?';
CREATE OPERATOR @> (LEFTARG = dayset, RIGHTARG = dayset, FUNCTION = gapstats_internal.dayset_contains, COMMUTATOR = <@, RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR @> (dayset, dayset) IS 'has the first set every day of the second?';
CREATE OPERATOR <@ (LEFTARG = dayset, RIGHTARG = dayset, FUNCTION = gapstats_internal.dayset_contained, COMMUTATOR = @>, RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR <@ (dayset, dayset) IS 'has the second set every day of the first?';
CREATE OPERATOR && (LEFTARG = dayset, RIGHTARG = dayset, FUNCTION = gapstats_internal.dayset_overlaps, COMMUTATOR = &&, RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR && (dayset, dayset) IS 'have the sets a day in common?';

-- Streaks: days of one set one after another, counted in those of another

CREATE FUNCTION streaks(days dayset, among dayset) RETURNS TABLE (first_day date, last_day date, n_days integer)
	AS 'MODULE_PATHNAME', 'dayset_streaks' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 10;
COMMENT ON FUNCTION streaks(dayset, dayset) IS
	'the runs of days that are one after another among the days of the second set (school days, say), in order: the first day and the last, and how many they are.
Days in between that are not in the second set neither break nor extend a run: absent on Friday and on Monday is a run of two school days. Days that are not in the second set count nowhere. Any category can be asked: streaks(unexcused, enrolled). No rows if there is no such day, or if a set is NULL.';

CREATE FUNCTION longest_streak(days dayset, among dayset) RETURNS integer
	AS 'MODULE_PATHNAME', 'dayset_longest_streak' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION longest_streak(dayset, dayset) IS
	'most days in a row (streaks), counted in days of the second set: days active among days available, say; 0 without any; NULL if the second set has no day, or if a set is NULL';

CREATE FUNCTION current_streak(days dayset, among dayset, as_of date DEFAULT 'infinity') RETURNS integer
	AS 'MODULE_PATHNAME', 'dayset_current_streak' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION current_streak(dayset, dayset, date) IS
	'days in a row up to the last day of the second set, or its last one up to as_of; 0 if that day is not in the first set; NULL if the second set has no day by then, or if a set is NULL; a NULL as_of is an error (22004)';

-- Order: as the lists of days compare, day by day

CREATE FUNCTION gapstats_internal.dayset_eq(a dayset, b dayset) RETURNS boolean
	AS 'MODULE_PATHNAME', 'dayset_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_eq(dayset, dayset) IS
	'are the sets equal?';

CREATE FUNCTION gapstats_internal.dayset_ne(a dayset, b dayset) RETURNS boolean
	AS 'MODULE_PATHNAME', 'dayset_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_ne(dayset, dayset) IS
	'are the sets different?';

CREATE FUNCTION gapstats_internal.dayset_lt(a dayset, b dayset) RETURNS boolean
	AS 'MODULE_PATHNAME', 'dayset_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_lt(dayset, dayset) IS
	'does the first set come before the second?';

CREATE FUNCTION gapstats_internal.dayset_le(a dayset, b dayset) RETURNS boolean
	AS 'MODULE_PATHNAME', 'dayset_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_le(dayset, dayset) IS
	'does the first set come before the second, or equal it?';

CREATE FUNCTION gapstats_internal.dayset_gt(a dayset, b dayset) RETURNS boolean
	AS 'MODULE_PATHNAME', 'dayset_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_gt(dayset, dayset) IS
	'does the first set come after the second?';

CREATE FUNCTION gapstats_internal.dayset_ge(a dayset, b dayset) RETURNS boolean
	AS 'MODULE_PATHNAME', 'dayset_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_ge(dayset, dayset) IS
	'does the first set come after the second, or equal it?';

CREATE FUNCTION gapstats_internal.dayset_cmp(a dayset, b dayset) RETURNS integer
	AS 'MODULE_PATHNAME', 'dayset_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_cmp(dayset, dayset) IS
	'less than, equal to or greater than 0 as the first set comes before, equals or comes after the second';

CREATE FUNCTION gapstats_internal.dayset_hash(days dayset) RETURNS integer
	AS 'MODULE_PATHNAME', 'dayset_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_hash(dayset) IS
	'hash of the days';

CREATE FUNCTION gapstats_internal.dayset_hash_extended(days dayset, seed bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'dayset_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_hash_extended(dayset, bigint) IS
	'hash of the days, with a seed';

CREATE OPERATOR = (LEFTARG = dayset, RIGHTARG = dayset, FUNCTION = gapstats_internal.dayset_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR = (dayset, dayset) IS 'are the sets equal?';
CREATE OPERATOR <> (LEFTARG = dayset, RIGHTARG = dayset, FUNCTION = gapstats_internal.dayset_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR <> (dayset, dayset) IS 'are the sets different?';
CREATE OPERATOR < (LEFTARG = dayset, RIGHTARG = dayset, FUNCTION = gapstats_internal.dayset_lt,
	COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR < (dayset, dayset) IS 'does the first set come before the second?';
CREATE OPERATOR <= (LEFTARG = dayset, RIGHTARG = dayset, FUNCTION = gapstats_internal.dayset_le,
	COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR <= (dayset, dayset) IS 'does the first set come before the second, or equal it?';
CREATE OPERATOR > (LEFTARG = dayset, RIGHTARG = dayset, FUNCTION = gapstats_internal.dayset_gt,
	COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR > (dayset, dayset) IS 'does the first set come after the second?';
CREATE OPERATOR >= (LEFTARG = dayset, RIGHTARG = dayset, FUNCTION = gapstats_internal.dayset_ge,
	COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR >= (dayset, dayset) IS 'does the first set come after the second, or equal it?';

CREATE OPERATOR CLASS dayset_ops DEFAULT FOR TYPE dayset USING btree AS
	OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
	FUNCTION 1 gapstats_internal.dayset_cmp(dayset, dayset);
CREATE OPERATOR CLASS dayset_ops DEFAULT FOR TYPE dayset USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 gapstats_internal.dayset_hash(dayset),
	FUNCTION 2 gapstats_internal.dayset_hash_extended(dayset, bigint);
COMMENT ON OPERATOR CLASS dayset_ops USING btree IS 'order of sets as of the lists of their days';
COMMENT ON OPERATOR CLASS dayset_ops USING hash IS 'equality of sets';

-- Sets from rows

CREATE FUNCTION gapstats_internal.dayset_add(state dayset, day date) RETURNS dayset
	AS 'MODULE_PATHNAME', 'dayset_add' LANGUAGE C IMMUTABLE PARALLEL SAFE SUPPORT gapstats_internal.batch_support;
COMMENT ON FUNCTION gapstats_internal.dayset_add(dayset, date) IS
	'transition of dayset(date): the set with the day';

CREATE FUNCTION gapstats_internal.dayset_merge(state dayset, days dayset) RETURNS dayset
	AS 'MODULE_PATHNAME', 'dayset_merge' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_merge(dayset, dayset) IS
	'transition of rollup(dayset): the union';

CREATE FUNCTION gapstats_internal.dayset_intersect(state dayset, days dayset) RETURNS dayset
	AS 'MODULE_PATHNAME', 'dayset_intersect' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_intersect(dayset, dayset) IS
	'transition of intersection(dayset): the intersection';

CREATE FUNCTION gapstats_internal.dayset_final(state dayset) RETURNS dayset
	AS 'MODULE_PATHNAME', 'dayset_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_final(dayset) IS
	'result of dayset(date) and rollup(dayset): the set, empty if there were no days';

CREATE FUNCTION gapstats_internal.dayset_intersection_final(state dayset) RETURNS dayset
	AS 'MODULE_PATHNAME', 'dayset_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.dayset_intersection_final(dayset) IS
	'result of intersection(dayset): the set, NULL if there were no sets';

CREATE AGGREGATE dayset(day date) (
	SFUNC = gapstats_internal.dayset_add,
	STYPE = dayset,
	SSPACE = 80,
	COMBINEFUNC = gapstats_internal.dayset_merge,
	FINALFUNC = gapstats_internal.dayset_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE dayset(date) IS
	'the set of the days seen; NULL is skipped, no rows give the empty set, an infinite date is an error';

CREATE AGGREGATE rollup(days dayset) (
	SFUNC = gapstats_internal.dayset_merge,
	STYPE = dayset,
	SSPACE = 80,
	COMBINEFUNC = gapstats_internal.dayset_merge,
	FINALFUNC = gapstats_internal.dayset_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(dayset) IS
	'the days in any of the sets; NULL is skipped, no rows give the empty set';

CREATE AGGREGATE intersection(days dayset) (
	SFUNC = gapstats_internal.dayset_intersect,
	STYPE = dayset,
	SSPACE = 80,
	COMBINEFUNC = gapstats_internal.dayset_intersect,
	FINALFUNC = gapstats_internal.dayset_intersection_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE intersection(dayset) IS
	'the days in every one of the sets; NULL is skipped, no rows give NULL';
