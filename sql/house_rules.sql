-- Rules that every object of the extension keeps. Each query lists what breaks one.
CREATE TEMP VIEW member AS
SELECT classid, objid, pg_describe_object(classid, objid, 0) AS object
FROM pg_depend
WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
	AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'gapstats');

CREATE TEMP VIEW member_function AS
SELECT object, p.*
FROM member JOIN pg_proc AS p ON classid = 'pg_proc'::regclass AND objid = p.oid;

CREATE TEMP VIEW member_aggregate AS
SELECT object, a.*
FROM member JOIN pg_aggregate AS a ON classid = 'pg_proc'::regclass AND objid = a.aggfnoid;

-- There is something to look at.
SELECT count(*) > 50 AS enough FROM member_function;

-- A comment on every function, aggregate, type, operator, table and view
SELECT object AS without_comment
FROM member
WHERE classid IN ('pg_proc'::regclass, 'pg_type'::regclass, 'pg_operator'::regclass, 'pg_class'::regclass)
	AND NOT (classid = 'pg_class'::regclass
		AND (SELECT relkind FROM pg_class WHERE oid = objid) NOT IN ('r', 'v', 'm', 'c'))
	AND NOT EXISTS (SELECT FROM pg_description AS d
		WHERE d.classoid = classid AND d.objoid = objid AND d.objsubid = 0)
	AND NOT (classid = 'pg_type'::regclass  -- a relation's own, and an array's, need none
		AND (SELECT typrelid <> 0 OR typelem <> 0 FROM pg_type WHERE oid = objid))
ORDER BY object COLLATE "C";

-- and on every column
SELECT object, attname AS without_comment
FROM member
	JOIN pg_class ON classid = 'pg_class'::regclass AND objid = pg_class.oid AND relkind IN ('r', 'v', 'm', 'c')
	JOIN pg_attribute ON attrelid = objid AND attnum > 0 AND NOT attisdropped
WHERE col_description(attrelid, attnum) IS NULL
ORDER BY object COLLATE "C", attnum;

-- Everything lives in schema gapstats, or gapstats_internal.
SELECT object AS elsewhere
FROM member, pg_identify_object(classid, objid, 0) AS i
WHERE i.schema NOT IN ('gapstats', 'gapstats_internal')
ORDER BY object COLLATE "C";

-- What computes only is parallel safe.
SELECT object AS not_parallel_safe
FROM member_function JOIN pg_language AS l ON l.oid = prolang
WHERE proparallel <> 's' AND (provolatile = 'i' OR (lanname = 'c' AND provolatile = 's'))
ORDER BY object COLLATE "C";

-- A function whose body is looked up by name fixes the search path, pg_temp last.
SELECT object AS open_search_path
FROM member_function JOIN pg_language AS l ON l.oid = prolang
WHERE (prosecdef OR (lanname NOT IN ('c', 'internal') AND prosqlbody IS NULL))
	AND NOT EXISTS (SELECT FROM unnest(proconfig) AS setting
		WHERE setting ~ '^search_path="?pg_catalog"?, ("?gapstats"?, )?"?pg_temp"?$')
ORDER BY object COLLATE "C";

-- No function hides one of PostgreSQL's own.
SELECT object AS hides
FROM member_function AS f
WHERE EXISTS (SELECT FROM pg_proc AS p
	WHERE p.pronamespace = 'pg_catalog'::regnamespace
		AND p.proname = f.proname AND p.proargtypes = f.proargtypes)
ORDER BY object COLLATE "C";

-- An aggregate's state is a type of its own that parallel workers and other nodes can send,
-- and its final function leaves the state alone.
SELECT object AS aggregate, aggtranstype::regtype AS state, aggcombinefn <> 0 AS combines, aggfinalmodify AS modifies
FROM member_aggregate
WHERE aggtranstype = 'internal'::regtype OR aggcombinefn = 0 OR aggfinalmodify <> 'r'
ORDER BY object COLLATE "C";

-- A type of ours has binary input and output, and is aligned for what it holds.
SELECT object AS type, typreceive, typsend, typalign
FROM member JOIN pg_type AS t ON classid = 'pg_type'::regclass AND objid = t.oid
WHERE typtype = 'b' AND typelem = 0
	AND (typreceive = 0 OR typsend = 0 OR typalign <> 'd' OR typstorage = 'p')
ORDER BY object COLLATE "C";
