-- suppression/protect: the engine, for tests, with a table in arrays

CREATE TYPE gapstats_internal.protect_table AS (
	cell integer,
	is_hidden boolean,
	shortcoming text,
	measure integer,
	line integer,
	person integer
);
COMMENT ON TYPE gapstats_internal.protect_table IS 'whether one cell of a table is to be hidden, and whether that protects it';
COMMENT ON COLUMN gapstats_internal.protect_table.cell IS 'which cell, from 1';
COMMENT ON COLUMN gapstats_internal.protect_table.is_hidden IS 'whether it is to be hidden';
COMMENT ON COLUMN gapstats_internal.protect_table.shortcoming IS 'the first that nothing that may be hidden helps: line_tells (the cell is the total of a line, and says too much of its hidden parts), cell_is_narrow (it is known too well), person_tells (one person who makes up another cell knows it); NULL for none';
COMMENT ON COLUMN gapstats_internal.protect_table.measure IS 'of the shortcoming, in which measure, from 1';
COMMENT ON COLUMN gapstats_internal.protect_table.line IS 'of line_tells, which line, from 1';
COMMENT ON COLUMN gapstats_internal.protect_table.person IS 'of person_tells, the other cell';

CREATE FUNCTION gapstats_internal.protect_table(key bigint[], value bigint[], is_primary boolean[],
		total integer[], line integer[], part integer[],
		width integer DEFAULT 5, residual integer DEFAULT 10, lowest integer DEFAULT 0,
		cost double precision[] DEFAULT NULL, is_fixed boolean[] DEFAULT NULL, is_hidden boolean[] DEFAULT NULL,
		is_alone boolean[] DEFAULT NULL, upper bigint[] DEFAULT NULL, persons text DEFAULT 'all')
	RETURNS SETOF gapstats_internal.protect_table
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION gapstats_internal.protect_table(bigint[], bigint[], boolean[], integer[], integer[], integer[], integer, integer, integer, double precision[], boolean[], boolean[], boolean[], bigint[], text) IS
'Which cells of a table to hide beside those that must be, one row a cell.
Of each cell: a key, which decides where nothing else does; its value, or all values of one measure and then all of the next; whether it must be hidden and be as wide as asked, in each measure; of each line: which cell is its total; of each part of a line: which line, and which cell.
width: of the interval in which such a cell can lie. residual: what a total gives away about its hidden parts together is at least this. lowest: what every hidden value is known to be at least.
Of each cell, where given: what it costs to hide it (1 if not), whether it must stay, whether it is hidden already; in each measure, whether it is one person, who knows it, and what it is known to be at most.
persons: what is kept from one person who makes up a cell: none; lines, what a line with one more hidden part would tell her; all, what all lines together would.
Raises 2202E for arrays that do not fit one another, 22004 for NULLs, 22023 for keys given twice, costs not above 0, lines without parts, with a cell twice, or whose total is not the sum of their parts, cells and lines that there are not, and other persons, 22003 for values beyond their bounds or 2^53.';
