-- disclosure/reporting_range: a rate as a range that is as wide as its group is small

CREATE FUNCTION reporting_range(x bigint, n bigint, standard text DEFAULT 'nces') RETURNS text
	LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION reporting_range(bigint, bigint, text) IS
'The rate x / n as a published range of whole percents, halves rounded up.
x: students with the outcome; n: students; standard: nces (Seastrom, NCES 2011-603: * for n below 10, then <=20%, 21-29, ... >=80% for n up to 20, <=10% to >=90% up to 40, <=5% to >=95% up to 100, <=2%, whole percents and >=98% up to 300, <=1% to >=99% above), or edfacts (the public files of EDFacts: PS for n below 6, LT50 and GE50 up to 15, LE20 to GE80 up to 30, LE10 to GE90 up to 60, LE5 to GE95 up to 300, LE1 to GE99 above).
NULL for NULL. Raises 22023 for x < 0, n < 0, x > n, or another standard, 22004 for a NULL standard.';
