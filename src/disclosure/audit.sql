-- disclosure/audit: what a published table gives away

CREATE TYPE disclosure_audit AS (
	cell text,
	members text[],
	measure text,
	verdict text,
	least_nonneg double precision,
	most_nonneg double precision,
	least_whole double precision,
	most_whole double precision,
	least_rule double precision,
	most_rule double precision,
	can_be_small boolean,
	because text,
	insider text
);
COMMENT ON TYPE disclosure_audit IS 'a number that a published table hides, and what the table says of it';
COMMENT ON COLUMN disclosure_audit.cell IS 'whose number it is, in words';
COMMENT ON COLUMN disclosure_audit.members IS 'the same as values of the dimensions, in their order; NULL for a total';
COMMENT ON COLUMN disclosure_audit.measure IS 'which number: of a percent or rate the students behind it, of a mean the sum of their scores; or n less x: what is left of a number without its part, where both are hidden and that is given away';
COMMENT ON COLUMN disclosure_audit.verdict IS 'exact_linear, exact_nonneg, exact_whole, exact_rule, narrow_nonneg, narrow_whole, narrow_rule, not_proven, protected: the first that holds; or inconsistent (published numbers contradict one another), all_same (everybody or nobody of a group), left_out (a published number that was not used)';
COMMENT ON COLUMN disclosure_audit.least_nonneg IS 'the least that it can be, as nothing is below 0; NULL where nothing bounds it';
COMMENT ON COLUMN disclosure_audit.most_nonneg IS 'the most that it can be, as nothing is below 0; NULL where nothing bounds it';
COMMENT ON COLUMN disclosure_audit.least_whole IS 'the least that it can be, as students are whole';
COMMENT ON COLUMN disclosure_audit.most_whole IS 'the most that it can be, as students are whole';
COMMENT ON COLUMN disclosure_audit.least_rule IS 'the least that it can be, by what the marks say as well';
COMMENT ON COLUMN disclosure_audit.most_rule IS 'the most that it can be, by what the marks say as well';
COMMENT ON COLUMN disclosure_audit.can_be_small IS 'is it about few: can it, or the number of the others among its n or beside a part of it that is shown, or the n of a mean, be from 1 to minimum - 1? NULL of sums';
COMMENT ON COLUMN disclosure_audit.because IS 'the published numbers that give it away, or contradict one another; NULL of what is protected';
COMMENT ON COLUMN disclosure_audit.insider IS 'the cell whose only child can have it, where she can have more than everybody; NULL where everybody can';

CREATE FUNCTION disclosure_audit(cells text, dimensions text[], measures jsonb, totals jsonb DEFAULT '{}', hierarchies jsonb DEFAULT '{}',
		marks jsonb DEFAULT '{}', minimum integer DEFAULT 10, width double precision DEFAULT NULL, zeros text DEFAULT 'show',
		absent text DEFAULT 'zero', incomplete text[] DEFAULT '{}', insiders boolean DEFAULT false, max_nodes integer DEFAULT 1000)
	RETURNS SETOF disclosure_audit
	LANGUAGE C VOLATILE COST 100000 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION disclosure_audit(text, text[], jsonb, jsonb, jsonb, jsonb, integer, double precision, text, text, text[], boolean, integer) IS
'What a table of group numbers gives away of the numbers that it hides: for each of these the interval in which it must lie, the verdict, and the published numbers that lead there.
cells: the table as it is published, a SELECT or the name of a relation, read with the caller''s rights and without writing; a row is a cell.
dimensions: the columns that say whose numbers a row has; a value is NULL, or what totals says, where the row is the total over the dimension. Levels of a hierarchy are columns like others: state, district, school. Linked tables are one UNION ALL.
measures: what the columns with numbers hold, by name: "count", or an object with kind (count, sum, percent, rate, mean, gap, ratio, odds_ratio, interval, derived), column if it is not the name, of (the measure that is its n, or that it compares), numerator, decimals (else as printed), rounding ("half up", "unknown"), step, lowest, highest (of the scale), between ({"race": ["Black", "White"]}), columns, method ("wilson", "t"; between two groups "newcombe" of the gap of rates, "katz" of their ratio, "woolf" of their odds ratio, "t" of the gap of means), confidence and sd of an interval, cumulative or leaving (the dimension of releases from which nobody leaves, or that nobody joins; of those who joined or left there are rows as well), same_for (a dimension whose members all have the same number, such as the tested by the level that they reached), truth (the column with the true numbers). What is derived (percentiles, minimum and maximum, effect sizes, p, ranks) is of no interval, and told of where what it is of is hidden.
totals: {"race": "All students"}. hierarchies: {"school": ["state", "district"]}, columns that it lies within, or queries of member and parent, one for each way to divide it. marks: what stands in the place of numbers; {"**": "complementary"}, "hidden", "primary", its bounds [1, 4], or {"next smallest": "race"}; NULL and * are hidden, and <10, 1-4, >=95% say what they say.
minimum: numbers from 1 to below it are small. width: an interval narrower than that gives a number away; NULL: half the minimum, rounded up. zeros: show or hide. absent: a cell without a row is zero, or hidden. incomplete: dimensions whose rows do not make up their total. insiders: what the child learns who is the only one in a cell. max_nodes: how long whole numbers are tried.
Raises 22023 for what is said wrongly, 42703 for a column that is not there, 21000 for two rows with different numbers for a cell, 22P02 for a text that is neither a number nor a mark, 22003 for NaN, infinity and numbers of more than 2^53, 54000 for more than 16 dimensions, 32 measures, 4,096 tables (rows that are totals over the same dimensions are one) or 50,000,000 cells, 22004 for NULL arguments other than width.';

CREATE TYPE gapstats_internal.disclosure_leaks AS (
	cell text,
	members text[],
	measure text,
	verdict text,
	least_nonneg double precision,
	most_nonneg double precision,
	least_whole double precision,
	most_whole double precision,
	least_rule double precision,
	most_rule double precision,
	can_be_small boolean,
	because text,
	insider text,
	told_by text[]
);
COMMENT ON TYPE gapstats_internal.disclosure_leaks IS 'a row of disclosure_audit(), and the cells that it is by';
COMMENT ON COLUMN gapstats_internal.disclosure_leaks.told_by IS 'the cells with a row whose published numbers give it away, each an object of its members; NULL if they were not asked for';

CREATE FUNCTION gapstats_internal.disclosure_leaks(cells text, dimensions text[], measures jsonb, totals jsonb, hierarchies jsonb, marks jsonb,
		minimum integer, width double precision, zeros text, absent text, incomplete text[], max_nodes integer, names_cells boolean)
	RETURNS SETOF gapstats_internal.disclosure_leaks
	LANGUAGE C VOLATILE COST 100000 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION gapstats_internal.disclosure_leaks(text, text[], jsonb, jsonb, jsonb, jsonb, integer, double precision, text, text, text[], integer, boolean) IS
'disclosure_audit(), for who asks only for what is given away: of what is protected the intervals are not all found, and NULL. names_cells: tell also by which cells.';
