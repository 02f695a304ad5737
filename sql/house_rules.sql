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

-- What is done as a list's owner: a C function f that is declared with one of these symbols does
-- gapstats_internal.f_as_owner of the same arguments.
CREATE TEMP VIEW as_owner AS
SELECT f.oid, (SELECT o.oid FROM pg_proc AS o
	WHERE o.pronamespace = 'gapstats_internal'::regnamespace AND o.proname = f.proname || '_as_owner' AND o.proargtypes = f.proargtypes
		AND o.prorettype = f.prorettype AND o.proretset = f.proretset AND o.proallargtypes IS NOT DISTINCT FROM f.proallargtypes) AS done_by
FROM member_function AS f
WHERE prosrc ~ '^done_for_';

SELECT object AS done_by_nothing
FROM member_function JOIN as_owner USING (oid)
WHERE done_by IS NULL
ORDER BY object COLLATE "C";

-- None of it does nothing, and says nothing, when it is given NULL.
SELECT object AS is_strict
FROM member_function JOIN pg_proc AS p USING (oid)
WHERE p.pronamespace = 'gapstats'::regnamespace AND p.prosrc ~ '^done_for_' AND p.proisstrict
ORDER BY object COLLATE "C";

-- What computes only is parallel safe; another role's rights, and which session this is, do not go to workers.
SELECT object AS not_parallel_safe
FROM member_function JOIN pg_language AS l ON l.oid = prolang
WHERE proparallel <> 's' AND (provolatile = 'i' OR (lanname = 'c' AND provolatile = 's'))
	AND member_function.oid NOT IN (SELECT oid FROM as_owner) AND prosrc <> 'backend_start'
ORDER BY object COLLATE "C";

-- Nothing runs with its owner's rights, who is a superuser.
SELECT object AS security_definer FROM member_function WHERE prosecdef ORDER BY object COLLATE "C";

-- A function whose body is looked up by name fixes the search path, pg_temp last. A procedure that commits
-- cannot; so it uses no operator and names the schema of every function and type.
SELECT object AS open_search_path
FROM member_function JOIN pg_language AS l ON l.oid = prolang
WHERE (prosecdef OR (lanname NOT IN ('c', 'internal') AND prosqlbody IS NULL))
	AND NOT (prokind = 'p' AND prosrc ~ '\mCOMMIT\M' AND replace(prosrc, ':=', '') !~ '[-+*/<>=~!@#%^&|`?:]|(?<![.\w])\w+\(|\n\s*\w+ \w+;')
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
-- and its final functions leave the state alone. What goes by the order of the rows is not put together of parts.
SELECT object AS aggregate, aggtranstype::regtype AS state, aggcombinefn <> 0 AS combines, aggfinalmodify AS modifies, aggmfinalmodify AS modifies_moving
FROM member_aggregate
WHERE aggtranstype = 'internal'::regtype OR aggmtranstype = 'internal'::regtype
	OR (aggcombinefn = 0) <> (aggfnoid::oid IN (SELECT oid FROM pg_proc WHERE proname IN ('mastery', 'is_mastered', 'k_of_last_n'))) OR aggfinalmodify <> 'r' OR aggmfinalmodify <> 'r'
ORDER BY object COLLATE "C";

-- One whose arguments are of any type, which tells other nodes nothing, has a namesake of texts.
SELECT a.object AS aggregate
FROM member_aggregate AS a JOIN pg_proc AS p ON p.oid = a.aggfnoid
WHERE a.object ~ '\many' AND NOT EXISTS (SELECT FROM pg_proc AS t
	WHERE t.pronamespace = p.pronamespace AND t.proname = p.proname AND t.pronargs = p.pronargs AND NOT EXISTS (
		SELECT FROM unnest(t.proargtypes, p.proargtypes) AS u (t, p)
		WHERE u.t <> CASE WHEN (SELECT typtype FROM pg_type WHERE oid = u.p) = 'p' THEN 'text'::regtype ELSE u.p END))
ORDER BY a.object COLLATE "C";

-- A type of ours has binary input and output, and is aligned for what it holds.
SELECT object AS type, typreceive, typsend, typalign
FROM member JOIN pg_type AS t ON classid = 'pg_type'::regclass AND objid = t.oid
WHERE typtype = 'b' AND typelem = 0
	AND (typreceive = 0 OR typsend = 0 OR typalign <> 'd' OR typstorage = 'p')
ORDER BY object COLLATE "C";

-- The grammar of names (CONTRIBUTING.md), for what users call and what comes out of it
CREATE SCHEMA fixture;
SET search_path = fixture, gapstats;
SET client_min_messages = warning;
\getenv srcdir PG_ABS_SRCDIR
\set arguments :srcdir '/test/arguments.sql'
\set ECHO none
\i :arguments
\set ECHO all
CREATE TABLE few AS SELECT i FROM generate_series(1, 30) AS i;
CREATE VIEW called AS SELECT * FROM computing WHERE pronamespace = 'gapstats'::regnamespace;
CREATE VIEW called_argument AS SELECT * FROM argument WHERE pronamespace = 'gapstats'::regnamespace;

-- The columns of results: of composite types, and of functions that return a table
CREATE VIEW result_column AS
SELECT format_type(t.oid, NULL) AS result, attnum AS place, attname::text AS name, atttypid::regtype AS type
FROM member JOIN pg_type AS t ON classid = 'pg_type'::regclass AND objid = t.oid
	JOIN pg_class AS c ON c.oid = typrelid AND relkind = 'c'
	JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
WHERE typnamespace = 'gapstats'::regnamespace
UNION ALL
SELECT name, place, proargnames[place], type::regtype
FROM called JOIN pg_proc AS p ON p.oid = function,
	unnest(p.proallargtypes, p.proargmodes) WITH ORDINALITY AS a (type, mode, place)
WHERE mode IN ('o', 't');

-- A result type bears its function's name, and every function's result bears its name.
SELECT name AS function, prorettype::regtype AS not_its_name
FROM called JOIN pg_type AS t ON t.oid = prorettype
WHERE typtype = 'c' AND typname <> proname
ORDER BY name COLLATE "C";

SELECT object AS type_without_function
FROM member JOIN pg_type AS t ON classid = 'pg_type'::regclass AND objid = t.oid JOIN pg_class AS c ON c.oid = typrelid
WHERE relkind = 'c' AND typnamespace = 'gapstats'::regnamespace AND NOT EXISTS (SELECT FROM member_function AS f WHERE f.proname = typname AND f.prorettype = t.oid)
ORDER BY object COLLATE "C";

-- An estimate e brings e, e_se (a ratio: e_log_se), e_lower and e_upper; one alone calls itself
-- estimate, se (log_se), lower, upper; but in a report, what its chart calls it.
CREATE VIEW estimate AS
SELECT result, stem, array_agg(DISTINCT part ORDER BY part) AS parts
FROM (SELECT result, stem, replace(substr(name, 1 + length(stem)), 'log_', '') AS part
	FROM result_column, regexp_replace(name, '(log_se|se|lower|upper)$', '') AS stem
	WHERE name ~ '^(.*_)?(se|lower|upper)$' AND name !~ '^rank_of_') AS s
GROUP BY result, stem;

SELECT result, stem || '*' AS incomplete_estimate, parts
FROM estimate AS e
WHERE parts <> '{lower,se,upper}'
	OR NOT EXISTS (SELECT FROM result_column AS r
		WHERE r.result = e.result AND r.name = CASE stem WHEN '' THEN 'estimate' ELSE rtrim(stem, '_') END)
ORDER BY result COLLATE "C", stem COLLATE "C";

SELECT result, count(*) AS estimates, bool_or(stem = '') AS one_is_called_estimate
FROM estimate
GROUP BY result
HAVING bool_or(stem = '') <> (count(*) = 1) AND result !~ '_report$'
ORDER BY result COLLATE "C";

-- What is counted is an integer, which JavaScript has as a number: bigint it has as text. Bigint are numbers that tell
-- rows apart, and what comes of counts where nothing but counts can be given, as bigint.
SELECT result, name AS bigint_count
FROM (
	SELECT format_type(t.oid, NULL) AS result, attname::text AS name, atttypid AS type, attnum AS place
	FROM member_function AS f JOIN pg_type AS t ON t.oid = f.prorettype JOIN pg_attribute ON attrelid = typrelid AND attnum > 0 AND NOT attisdropped
	WHERE f.pronamespace = 'gapstats'::regnamespace
		AND NOT EXISTS (SELECT FROM unnest(f.proargtypes::regtype[], f.proargnames) AS a (type, name) WHERE a.type IN ('bigint'::regtype, 'bigint[]'::regtype) AND a.name NOT IN ('min_n', 'cluster'))
	UNION
	SELECT f.oid::regprocedure::text, f.proargnames[place], type, place
	FROM member_function AS f, unnest(f.proallargtypes, f.proargmodes) WITH ORDINALITY AS a (type, mode, place)
	WHERE f.pronamespace = 'gapstats'::regnamespace AND mode IN ('o', 't')
) AS r
WHERE (type IN ('bigint'::regtype, 'bigint[]'::regtype) OR type = 'numeric'::regtype AND name ~ '^n(_|$)')
	AND name <> 'run'
	AND result <> 'value_counts(distribution)'  -- which are what a distribution is made of
ORDER BY result COLLATE "C", place;

-- What can be undefined has a reason, a text, and last.
SELECT result AS without_reason
FROM result_column AS r
WHERE (result IN (SELECT result FROM estimate) AND result NOT IN (SELECT result FROM result_column WHERE name = 'reason'))
	OR (name = 'reason' AND result NOT IN (SELECT c.name FROM called AS c) AND (type <> 'text'::regtype OR place < (SELECT max(place) FROM result_column AS s WHERE s.result = r.result)))
GROUP BY result
ORDER BY result COLLATE "C";

-- Whole numbers are counts, n or n_*; or days; or say which of several.
SELECT result, name AS not_a_count
FROM result_column
WHERE type IN ('integer'::regtype, 'bigint'::regtype)
	AND name !~ '^(n|n_.*|days_.*|band|level|cut|rank_.*|month_number|year|.*df)$'
ORDER BY result COLLATE "C", place;

-- The group comes last, and x is a letter of formulas.
SELECT result, name AS group_first
FROM result_column
WHERE name ~ '^(focal|reference|x)_' OR name ~ '_(focal|reference)_' AND name !~ '_(log_se|se|lower|upper)$'
ORDER BY result COLLATE "C", place;

-- A place in a distribution is a fraction.
SELECT thing, name AS not_called_fraction
FROM (SELECT name, argname, type FROM called_argument
	UNION ALL SELECT result, name, type FROM result_column) AS s (thing, name, type)
WHERE type IN ('double precision'::regtype, 'double precision[]'::regtype)
	AND name ~ '^(p|q|probs?|percentiles?|quantiles?)$'
ORDER BY thing COLLATE "C", name COLLATE "C";

-- A probability of a test is a p_value, and years are earlier and later.
SELECT thing, name AS ill_named
FROM (SELECT name, argname FROM called_argument UNION ALL SELECT result, name FROM result_column) AS s (thing, name)
WHERE name ~ '(^|_)p(_|$|val)' AND name !~ '^p_value(_|$)' OR name ~ '(^|_)(before|after)(_|$)'
ORDER BY thing COLLATE "C", name COLLATE "C";

-- Arguments have names, and stand in order: measure, group, weight or count, cluster, options. Of
-- functions over a table of groups, the group's name comes first.
SELECT DISTINCT function::regprocedure AS without_names
FROM called_argument
WHERE argname = ''
ORDER BY function::regprocedure;

SELECT function::regprocedure AS out_of_order, array_agg(argname ORDER BY argno) AS arguments
FROM (SELECT *, CASE
			WHEN is_option THEN 5
			WHEN argname = 'cluster' THEN 4
			WHEN argname IN ('weight', 'count', 'covariates') THEN 3
			WHEN argname = 'is_focal' THEN 2
			WHEN argname IN ('lea', 'unit', 'group_name') THEN 0
			ELSE 1
		END AS turn
	FROM called_argument) AS s
GROUP BY function
HAVING array_agg(turn ORDER BY argno) <> array_agg(turn ORDER BY turn)
ORDER BY function;

-- No name is a function of a row and an aggregate for the same number of arguments.
SELECT f.name AS function, a.name AS aggregate
FROM called AS f JOIN called AS a USING (proname)
WHERE f.prokind <> 'a' AND a.prokind = 'a' AND a.pronargs BETWEEN f.pronargs - f.pronargdefaults AND f.pronargs
ORDER BY f.function, a.function;

-- Every aggregate that gives an interval can be told the confidence, after all else.
SELECT name AS without_confidence
FROM called AS a
WHERE prokind = 'a' AND format_type(prorettype, NULL) IN (SELECT result FROM estimate)
	AND NOT EXISTS (SELECT FROM called AS c
		WHERE c.prokind = 'a' AND c.proname = a.proname AND c.argnames[c.pronargs] = 'confidence'
			AND starts_with(array_to_string(c.argtypes, ',') || ',', array_to_string(a.argtypes, ',') || ','))
ORDER BY function;

-- NULL for an option is an error that names it. (Those whose default is NULL may be NULL.)
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN '00000';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;

SELECT name AS function, argname, outcome AS outcome_of_null
FROM called_argument AS option,
	LATERAL (SELECT array_agg(CASE WHEN a.argno = option.argno THEN 'NULL' ELSE value END ORDER BY a.argno) AS arguments
		FROM ordinary_argument AS a WHERE a.function = option.function) AS a,
	outcome(call(function, arguments, CASE prokind WHEN 'w' THEN 'OVER (ORDER BY i)' END, 'few'))
WHERE is_option AND coalesce(default_value, '') NOT LIKE 'NULL%' AND outcome <> format('22004 %s must not be null', argname)
ORDER BY function, argno;

-- Any other NULL gives a row its reason.
SELECT name AS function, argname, outcome
FROM called_argument AS data,
	LATERAL (SELECT string_agg(format('(%s)::%s', CASE WHEN a.argno = data.argno THEN 'NULL' ELSE value END, type), ', ' ORDER BY a.argno) AS arguments
		FROM ordinary_argument AS a WHERE a.function = data.function) AS a,
	outcome(format('SELECT 1 / (count(*) = count(reason))::int FROM %s(%s)', called, arguments))
WHERE prokind = 'f' AND NOT is_option AND format_type(prorettype, NULL) IN (SELECT result FROM result_column WHERE name = 'reason')
	AND outcome <> '00000'
ORDER BY function, argno;

-- So are NaN and infinity wherever a number stands, a minimum below 0, and a percentage for a fraction.
SELECT name AS function, argname, wrong, outcome
FROM called_argument AS wrong_one
	JOIN (VALUES
		('', 'NaN', '22003'), ('', 'Infinity', '22003'),
		('^min', '-1', '22023'),
		('^(confidence|cutoff|min_moe|absent_from|threshold)$', '80', '22023'),
		('^fractions?$', '50', '22003')) AS v (names, wrong, state) ON argname ~ names
		AND CASE WHEN wrong ~ '[Ia]' THEN type IN ('double precision'::regtype, 'numeric'::regtype)
			ELSE type IN ('double precision'::regtype, 'numeric'::regtype, 'integer'::regtype, 'bigint'::regtype, 'double precision[]'::regtype) END,
	LATERAL (SELECT array_agg(CASE WHEN a.argno <> wrong_one.argno THEN value
				WHEN a.type = 'double precision[]'::regtype THEN format('''{%s}''', wrong)
				ELSE quote_literal(wrong) END ORDER BY a.argno) AS arguments
		FROM ordinary_argument AS a WHERE a.function = wrong_one.function) AS a,
	outcome(call(function, arguments, CASE prokind WHEN 'w' THEN 'OVER (ORDER BY i)' END, 'few'))
WHERE outcome NOT LIKE state || ' ' || rtrim(argname, 's') || '%' AND outcome NOT LIKE '22003 a distribution cannot hold "%"'
	AND NOT (proname IN ('significant_disproportionality', 'regression_discontinuity', 'density_check') AND argname = 'threshold' AND wrong = '80')  -- a ratio, days
ORDER BY function, argno, wrong;

-- An aggregate looks at its options in every row, also in one that it leaves out.
CREATE VIEW left_out AS
SELECT option.function, option.name, option.argname AS option, s.argname AS without, of_row, wrong,
	array_agg(CASE a.argno
		WHEN s.argno THEN format('CASE WHEN i = %s THEN %s ELSE %s END', of_row, instead, a.value)
		WHEN option.argno THEN format('CASE WHEN i = %s THEN %s ELSE %s END', of_row, wrong, a.value)
		ELSE a.value END ORDER BY a.argno) AS arguments,
	CASE wrong WHEN 'NULL' THEN format('22004 %s must not be null', option.argname)
		WHEN '0.5 + 1' THEN '22023 confidence must be above 0 and below 1'
		ELSE format('22023 %s must be the same in all rows', option.argname) END AS expected
FROM called_argument AS option JOIN called_argument AS s USING (function) JOIN ordinary_argument AS a USING (function),
	unnest('{1,30}'::integer[]) AS of_row,
	unnest(CASE WHEN option.argname = 'confidence' THEN ARRAY['NULL', '0.5', '0.5 + 1'] WHEN option.type = 'double precision'::regtype THEN ARRAY['NULL', '0.4']
		WHEN option.type = 'text'::regtype THEN ARRAY['NULL'] WHEN option.proname = 'k_of_last_n' THEN ARRAY['NULL', '4'] ELSE ARRAY['NULL', '7'] END) AS wrong,
	unnest(CASE s.argname WHEN 'weight' THEN ARRAY['NULL', '0'] ELSE ARRAY['NULL'] END) AS instead
WHERE option.prokind = 'a' AND option.is_option AND NOT s.is_option
GROUP BY option.function, option.name, option.argname, option.argno, s.argname, s.argno, of_row, wrong, instead;

SELECT count(DISTINCT function) > 5 AS aggregates_with_options FROM left_out;
SELECT name AS function, option, without, of_row, wrong, outcome
FROM left_out, unnest('{NULL,"OVER ()","OVER (ORDER BY i ROWS 3 PRECEDING)"}'::text[]) AS over_clause,
	outcome(call(function, arguments, over_clause, 'few'))
WHERE NOT starts_with(outcome, expected)
ORDER BY name COLLATE "C", option, without, of_row, wrong;

-- Nothing else is wrong with those arguments.
SELECT name AS function, outcome AS outcome_of_ordinary
FROM called AS c,
	LATERAL (SELECT array_agg(value ORDER BY argno) AS arguments FROM ordinary_argument AS a WHERE a.function = c.function) AS a,
	outcome(call(function, arguments, CASE prokind WHEN 'w' THEN 'OVER (ORDER BY i)' END, 'few'))
WHERE outcome <> '00000'
ORDER BY function;

-- What only types, operators, casts and aggregates call is in gapstats_internal,
CREATE TEMP VIEW plumbing AS
SELECT unnest(ARRAY[typinput, typoutput, typreceive, typsend, typmodin, typmodout, typanalyze, typsubscript])::oid AS oid FROM pg_type
UNION SELECT unnest(ARRAY[oprcode, oprrest, oprjoin])::oid FROM pg_operator
UNION SELECT amproc FROM pg_amproc
UNION SELECT castfunc FROM pg_cast
UNION SELECT prosupport FROM pg_proc
UNION SELECT unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn, aggmtransfn, aggminvtransfn, aggmfinalfn])::oid
	FROM pg_aggregate;

SELECT object AS plumbing_in_sight
FROM member_function
WHERE pronamespace = 'gapstats'::regnamespace AND oid IN (SELECT oid FROM plumbing)
ORDER BY object COLLATE "C";

-- where everything is called: by those, from C, in the text of a function or view, or by tests.
CREATE TEMP TABLE text_of AS
SELECT oid, coalesce(pg_get_function_sqlbody(oid), prosrc) AS text FROM member_function
UNION ALL SELECT objid, pg_get_viewdef(objid) FROM member JOIN pg_class AS c ON classid = 'pg_class'::regclass AND objid = c.oid AND relkind = 'v';
ANALYZE text_of;

SELECT object AS called_by_nothing
FROM member_function AS f
WHERE pronamespace = 'gapstats_internal'::regnamespace
	AND oid NOT IN (SELECT oid FROM plumbing WHERE oid IS NOT NULL UNION SELECT done_by FROM as_owner WHERE done_by IS NOT NULL)
	AND NOT EXISTS (SELECT FROM text_of AS t WHERE t.oid <> f.oid AND t.text ~ ('\m' || proname || '\('))
	AND proname NOT IN ('disagreement', 'audit_system', 'bring_forward', 'protect_table',	-- for tests, for scripts that upgrade,
		'describe_draft', 'released_cells', 'draft_leaks',	-- asked by suppress()
		'captured_columns')	-- and by triggers of roll-ups
ORDER BY object COLLATE "C";

-- A format that is put together of many pieces names them.
WITH wide AS MATERIALIZED (
	SELECT oid
	FROM text_of
	WHERE text ~ '%([6-9]|[1-9][0-9])\$'
		OR EXISTS (SELECT FROM regexp_matches(text, 'format\(''((?:[^'']|'''')*)''', 'g') AS f (said)
			WHERE (SELECT count(*) FROM regexp_matches(said[1], '%[sIL]', 'g')) > 5)
		OR EXISTS (SELECT FROM regexp_split_to_table(text, 'format\(\s*\$sql\$') WITH ORDINALITY AS f (said, part)
			WHERE part > 1 AND (SELECT count(*) FROM regexp_matches(split_part(said, '$sql$', 1), '%[sIL]', 'g')) > 5)
)
SELECT object AS more_than_five_places FROM member_function JOIN wide USING (oid) ORDER BY object COLLATE "C";

-- Of a function in FROM, what is joined ON may be asked before it is called or after: what a function is not to be called
-- with is kept from it by CASE.
SELECT object AS called_before_asked
FROM member_function JOIN text_of USING (oid)
WHERE text ~ '(?<!CROSS )JOIN LATERAL [\w.]+\([^\n]* ON (?!\(?true\M)'
ORDER BY object COLLATE "C";

-- PUBLIC may execute of it what works with the rights of whoever calls: what checks its caller itself, the
-- functions of operators, casts and types (a constant is cast when a query is planned, as a call) and, for Citus, of aggregates, and those that are written in SQL or PL/pgSQL and what they call.
SELECT object, public_may
FROM member_function AS f JOIN pg_language AS l ON l.oid = prolang,
	LATERAL (SELECT EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner)))
		WHERE grantee = 0 AND privilege_type = 'EXECUTE')) AS p (public_may)
WHERE public_may <> (pronamespace = 'gapstats'::regnamespace OR lanname <> 'c'
	OR f.oid IN (SELECT typinput FROM pg_type UNION SELECT typoutput FROM pg_type UNION SELECT oprcode FROM pg_operator UNION SELECT amproc FROM pg_amproc UNION SELECT castfunc FROM pg_cast UNION SELECT unnest(ARRAY[aggtransfn, aggcombinefn, aggfinalfn]) FROM pg_aggregate UNION SELECT oid FROM as_owner)
	OR EXISTS (SELECT FROM text_of AS t WHERE t.text ~ ('\m' || proname || '\(')))
ORDER BY object COLLATE "C";

-- What walks a distribution, a sample, a model or an array costs more than 1; these look at their heads.
SELECT name AS cheap, procost
FROM called
WHERE prokind <> 'a' AND procost <= 1
	AND array_to_string(argtypes, ' ') ~ '\m(distribution|weighted_sample|composition|cross_products|growth_model)\M|\[\]'
	AND name NOT IN ('n(distribution)', 'minimum(distribution)', 'maximum(distribution)', 'value_error(distribution)')
ORDER BY function;

DROP SCHEMA fixture CASCADE;
RESET client_min_messages;
RESET search_path;

-- the script is ASCII, whatever the encoding of the database that it is run in
\set other `cd "$PG_ABS_SRCDIR" && LC_ALL=C grep -l '[^[:print:][:space:]]' src/*/*.sql | tr '\n' ' '`
SELECT :'other' AS not_ascii;
-- The manual speaks of everything that is called.
\set manual `cat "$PG_ABS_SRCDIR"/README.md "$PG_ABS_SRCDIR"/doc/*.md`
SELECT DISTINCT proname AS not_in_the_manual
FROM member_function
WHERE pronamespace = 'gapstats'::regnamespace AND :'manual' !~ ('\m' || proname || '\M')
ORDER BY proname;

-- and of nothing else.
SELECT DISTINCT word AS not_a_function
FROM regexp_matches(:'manual', '```sql\n(.*?)```', 'g') AS block (code),
	regexp_matches(block.code[1], '(?<!AS |cron\.)\m([a-z_]{2,})\(', 'g') AS m (words), unnest(words) AS word
WHERE word NOT IN (SELECT proname FROM pg_proc) AND word NOT IN ('coalesce', 'greatest', 'least', 'nullif')
ORDER BY word;
