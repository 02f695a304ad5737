-- Project STAR in long form, from stdin: the columns that the demo needs, to stdout.
\set QUIET on
CREATE TEMP TABLE long (
	stdntid int, grade text, school_year text, schid int, urban text, tchid int,
	classtype text, classsize int, gender text, race text, freelunch text, speced text,
	promote text, days_present int, days_absent int, read int, math int, list int, flag text);
\copy long FROM pstdin CSV HEADER
COPY (
	SELECT stdntid, grade, school_year, schid, urban, gender, race, freelunch, speced,
		days_present, days_absent, read, math
	FROM long
	ORDER BY school_year, stdntid
) TO STDOUT CSV HEADER;
