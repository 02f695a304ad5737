-- suppression/suppress: a table that can be published

CREATE TYPE suppress AS (
	cell text,
	members text[],
	measure text,
	shown text
);
COMMENT ON TYPE suppress IS 'a number as it can be published';
COMMENT ON COLUMN suppress.cell IS 'whose number it is, in words';
COMMENT ON COLUMN suppress.members IS 'the same as values of the dimensions, in their order; NULL for a total';
COMMENT ON COLUMN suppress.measure IS 'which number; of an interval the column of the bound';
COMMENT ON COLUMN suppress.shown IS 'what is printed: the number, a range, or the mark if it is hidden; NULL where there is no number, such as a percent of nobody';

CREATE FUNCTION suppress(cells text, dimensions text[], measures jsonb, totals jsonb DEFAULT '{}', hierarchies jsonb DEFAULT '{}',
		marks jsonb DEFAULT '{}', minimum integer DEFAULT 10, width double precision DEFAULT NULL, zeros text DEFAULT 'show',
		absent text DEFAULT 'zero', incomplete text[] DEFAULT '{}', residual integer DEFAULT NULL, published text DEFAULT NULL,
		published_is text DEFAULT 'pattern', mark text DEFAULT '*', ranges text DEFAULT 'none',
		singletons text DEFAULT 'all', wide_by text DEFAULT 'rule', max_nodes integer DEFAULT 1000, all_same text DEFAULT 'range',
		by_at_most integer DEFAULT NULL, ledger regclass DEFAULT NULL, population text DEFAULT NULL, as_of date DEFAULT NULL)
	RETURNS SETOF suppress
	LANGUAGE C VOLATILE COST 100000 AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION suppress(text, text[], jsonb, jsonb, jsonb, jsonb, integer, double precision, text, text, text[], integer, text, text, text, text, text, text, integer, text, integer, regclass, text, date) IS
'A table of group numbers as it can be published: small groups are hidden, and as many others as it takes so that the audit (disclosure_audit) finds that nothing hidden can be had.
cells: the table with its true numbers, a SELECT or the name of a relation, read with the caller''s rights and without writing; a row is a cell. dimensions, measures, totals, hierarchies, incomplete: as in disclosure_audit. A percent, rate or mean with a numerator is computed (with decimals, else 1; 3 of a rate) and needs no column; a percent or rate without one must tell the number behind it; truth is the column with the true numbers, if that is not the measure''s.
One row a cell and measure, in the order of members. A cell is hidden with all its numbers, and what compares groups, or is derived from them, with any of them; what is derived also where a group is below the minimum, or below its own ("minimum"). Whether for itself or for others it is hidden, nothing tells: there is one mark.
minimum: hidden are cells with a number from 1 to below it of a group, of the rest of a total, of those with an outcome (of another measure) or of those without. width: each of these can lie in an interval at least so wide; NULL: half the minimum, rounded up. residual: what a total tells of its hidden parts together is at least this; NULL: the minimum. zeros: show, or hide, too. absent: a cell without a row is zero, as everybody knows; or hidden (with zeros => hide): it gets a row. singletons: if one student makes up a cell, what she knows gives no other small cell away: all, by all that is published; lines, by a total of two hidden parts; none. wide_by: rule, intervals are as wide by what the mark says as well (that it is no 0); or whole, that is left out of account, so long as nothing is exact.
published: the table as it was published before, with the same columns (marks: what stands in it in the place of numbers): what it hid stays hidden, and what it showed stays shown where it can. published_is: pattern; or out: the numbers that it shows are these, and cannot be hidden any more.
ledger: also what it has of releases of the same children (population and as_of, as in publish_release; measures may be cumulative or leaving as_of) gives nothing away together with this table, by the same audit: publish_release() of what comes out is not refused for a leak. What they show is shown, what they hide at the same moment is hidden. Whose owner one must be.
mark: what stands for all that is hidden. ranges: none; with others rates are printed as ranges of whole percents, and their numerators are not printed; no number of few, nobody or everybody behind them can be had. nces, edfacts: as reporting_range does, but that a range of one number only, that is small or leaves few, is joined with the next. rounded: in the finest steps of 1, 5, 10, 20 or 50 percentage points of which each holds more than width counts; no number at all can be had. ends: the counts below minimum are together at one end, those of all but so few at the other, such as <=18% and >=82% of 50, and those between are whole percents. Both of these keep numbers of few to width, and print no rate of groups that are too small for it. max_nodes: how long the audit tries whole numbers. by_at_most: cells by more dimensions at once than this are not published, so they are no rows of the result, and all the same nothing small can be had of them, by whoever knows which of them there are (such as which school is in which region); NULL: all are published.
Where everybody or nobody of a group has an outcome, a range is printed, and a notice says so: the number tells it of each of them. Where the number could be had all the same, the cell is hidden. all_same: range; or show: the number is printed, for what everybody may know.
Raises 22000 for what cannot be hidden so that it cannot be had, also for what releases of the ledger give away by themselves and nobody accepted, with the cell; 21000 for a number that is another one there, or does not fit those there; 22023 for what is said wrongly, a total that is not the sum of its parts, percents that fit no number, what was published of members that cells does not have, and, if it is out, other numbers; 22004 for NULL in the place of a true number and NULL arguments other than width, residual, published, by_at_most and ledger (with a ledger population and as_of must be said, too); 54000 for more small cells that hang together than gapstats.max_small_together; 0A000 for measures with same_for, comparisons of rates in ranges, and rates in ranges of what is printed as ranges itself; else as disclosure_audit.';
