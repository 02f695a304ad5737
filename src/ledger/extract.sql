-- ledger/extract: rows that a partner gets, each as many others

CREATE FUNCTION gapstats_internal.given(name text, given anyelement)
RETURNS anyelement
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF given IS NULL THEN
		RAISE EXCEPTION '% must not be null', name USING ERRCODE = 'null_value_not_allowed';
	END IF;
	RETURN given;
END
$$;
COMMENT ON FUNCTION gapstats_internal.given(text, anyelement) IS
'An argument that must not be NULL: else error 22004.';

CREATE FUNCTION gapstats_internal.positive(name text, given integer)
RETURNS integer
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF gapstats_internal.given(name, given) < 1 THEN
		RAISE EXCEPTION '% must be at least 1, not %', name, given USING ERRCODE = 'invalid_parameter_value';
	END IF;
	RETURN given;
END
$$;
COMMENT ON FUNCTION gapstats_internal.positive(text, integer) IS
'An argument that must be at least 1: else error 22023, and 22004 for NULL.';

CREATE FUNCTION gapstats_internal.check_roles(quasi_identifiers text[], sensitive text[])
RETURNS integer
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong text;
BEGIN
	IF array_position(quasi_identifiers, NULL) IS NOT NULL OR array_position(sensitive, NULL) IS NOT NULL THEN
		RAISE EXCEPTION '% must not contain nulls', CASE WHEN array_position(quasi_identifiers, NULL) IS NOT NULL THEN 'quasi_identifiers' ELSE 'sensitive' END
			USING ERRCODE = 'null_value_not_allowed';
	END IF;
	SELECT format(CASE WHEN count(DISTINCT c.role) > 1 THEN 'column "%s" is both a quasi-identifier and sensitive' ELSE 'column "%s" is named twice' END, c.name) INTO wrong
	FROM (
		SELECT 1, q.name FROM unnest(quasi_identifiers) AS q (name)
		UNION ALL
		SELECT 2, s.name FROM unnest(sensitive) AS s (name)
	) AS c (role, name)
	GROUP BY c.name
	HAVING count(*) > 1
	ORDER BY c.name COLLATE "C"
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION '%', wrong
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'By a quasi-identifier somebody could know a student, and what is sensitive nobody is to learn of her: name each column once.';
	END IF;
	RETURN cardinality(gapstats_internal.given('quasi_identifiers', quasi_identifiers));
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_roles(text[], text[]) IS
'How many quasi-identifiers there are. Raises 22023 for a column that is named twice, 22004 for a NULL.';

CREATE FUNCTION gapstats_internal.extract_rows(query text, quasi_identifiers text[], sensitive text[], k integer, l integer)
RETURNS TABLE (members text[], sensitive_values text[])
LANGUAGE sql VOLATILE
BEGIN ATOMIC
	WITH checked AS MATERIALIZED (
		SELECT gapstats_internal.check_roles(quasi_identifiers, sensitive) AS n,
			CASE WHEN gapstats_internal.positive('k', k) > 0 AND gapstats_internal.positive('l', l) > 0 THEN gapstats_internal.given('sensitive', sensitive) END AS sensitive
	)
	SELECT q.texts[:c.n], q.texts[c.n + 1:]
	FROM checked AS c, gapstats_internal.query_texts('query', query, quasi_identifiers || c.sensitive, 'quasi_identifiers or sensitive') AS q;
END;
COMMENT ON FUNCTION gapstats_internal.extract_rows(text, text[], text[], integer, integer) IS
'The rows of an extract: what others may know of somebody, and what is not to be learned of her. Errors are those of anonymity().';

CREATE TYPE anonymity AS (
	class text,
	members text[],
	n_students integer,
	n_values integer,
	n_values_of integer[],
	is_below boolean
);
COMMENT ON TYPE anonymity IS 'the students of an extract who cannot be told apart';
COMMENT ON COLUMN anonymity.class IS 'what is the same for them, in words';
COMMENT ON COLUMN anonymity.members IS 'the same as values of the quasi-identifiers, in their order';
COMMENT ON COLUMN anonymity.n_students IS 'k: how many they are';
COMMENT ON COLUMN anonymity.n_values IS 'l: how many values they have at least of any sensitive column; NULL if there is none';
COMMENT ON COLUMN anonymity.n_values_of IS 'how many values they have of each sensitive column, in their order';
COMMENT ON COLUMN anonymity.is_below IS 'whether there are fewer than k of them, or fewer than l values';

CREATE FUNCTION anonymity(query text, quasi_identifiers text[], sensitive text[] DEFAULT '{}', k integer DEFAULT 10, l integer DEFAULT 2)
RETURNS SETOF anonymity
LANGUAGE sql VOLATILE COST 100000
SET jit = off
BEGIN ATOMIC
	WITH r AS MATERIALIZED (
		SELECT * FROM gapstats_internal.extract_rows(query, quasi_identifiers, sensitive, k, l)
	), class AS (
		SELECT r.members, count(*) AS n_students FROM r GROUP BY r.members
	), of_column AS (
		SELECT v.members, v.place, count(v.value) AS n
		FROM (SELECT DISTINCT r.members, v.place, v.value FROM r, unnest(r.sensitive_values) WITH ORDINALITY AS v (value, place)) AS v
		GROUP BY v.members, v.place
	), of_class AS (
		SELECT o.members, min(o.n) AS least, array_agg(o.n ORDER BY o.place) AS each FROM of_column AS o GROUP BY o.members
	)
	SELECT (
			SELECT string_agg(m.name || ' ' || coalesce(m.value, 'NULL'), ', ' ORDER BY m.place)
			FROM unnest(quasi_identifiers, c.members) WITH ORDINALITY AS m (name, value, place)
		),
		c.members, gapstats_internal.integer_count(c.n_students, 'n_students'), gapstats_internal.integer_count(o.least, 'n_values'), coalesce(o.each::integer[], '{}'), c.n_students < k OR coalesce(o.least < l, false)
	FROM class AS c
	LEFT JOIN of_class AS o USING (members)
	ORDER BY c.n_students, o.least, c.members;
END;
COMMENT ON FUNCTION anonymity(text, text[], text[], integer, integer) IS
'How many others each student of an extract is like: a row for each class of students who are the same in all quasi-identifiers, the smallest first.
query: the rows that are to be given away, one a student: a SELECT or the name of a relation, read with the caller''s rights and without writing. quasi_identifiers: the columns by which somebody could know a student (school, grade, race, month of birth). sensitive: those that nobody is to learn of her. k: a class of fewer students is below (Sweeney 2002, k-anonymity). l: so is one with fewer different values of a sensitive column (Machanavajjhala et al. 2007, distinct l-diversity); it counts only if there is one.
Values are compared as they are printed. A NULL is a value of its own in a quasi-identifier, and none in a sensitive column. No rows give no classes; no quasi-identifiers, one.
Raises 42703 for a column that is not there, 22023 for k or l below 1 and a column that is named twice, 22004 for a NULL.';

CREATE TYPE anonymity_without AS (
	column_name text,
	n_values integer,
	n_classes integer,
	n_classes_below integer,
	n_students_below integer,
	advice text
);
COMMENT ON TYPE anonymity_without IS 'how anonymous an extract is without one of its columns';
COMMENT ON COLUMN anonymity_without.column_name IS 'the quasi-identifier that is left out; NULL: none is';
COMMENT ON COLUMN anonymity_without.n_values IS 'how many different values it has';
COMMENT ON COLUMN anonymity_without.n_classes IS 'how many classes there are then';
COMMENT ON COLUMN anonymity_without.n_classes_below IS 'how many of them are below k or l';
COMMENT ON COLUMN anonymity_without.n_students_below IS 'how many students are in these';
COMMENT ON COLUMN anonymity_without.advice IS 'what to do about it, at the column without which the fewest students are below; NULL at the others';

CREATE FUNCTION anonymity_without(query text, quasi_identifiers text[], sensitive text[] DEFAULT '{}', k integer DEFAULT 10, l integer DEFAULT 2)
RETURNS SETOF anonymity_without
LANGUAGE sql VOLATILE COST 100000
SET jit = off
BEGIN ATOMIC
	WITH r AS MATERIALIZED (
		SELECT * FROM gapstats_internal.extract_rows(query, quasi_identifiers, sensitive, k, l)
	), alike AS (
		SELECT r.members, r.sensitive_values, count(*) AS n FROM r GROUP BY r.members, r.sensitive_values
	), without AS (
		SELECT o.place, a.members[:o.place - 1] || a.members[o.place + 1:] AS members, a.sensitive_values, a.n
		FROM alike AS a, generate_series(0, cardinality(quasi_identifiers)) AS o (place)
	), of_column AS (
		SELECT v.place, v.members, min(v.n) AS least
		FROM (
			SELECT v.place, v.members, v.column, count(v.value) AS n
			FROM (SELECT DISTINCT w.place, w.members, v.column, v.value FROM without AS w, unnest(w.sensitive_values) WITH ORDINALITY AS v (value, "column")) AS v
			GROUP BY v.place, v.members, v.column
		) AS v
		GROUP BY v.place, v.members
	), class AS (
		SELECT w.place, w.n_students, w.n_students < k OR coalesce(o.least < l, false) AS is_below
		FROM (SELECT w.place, w.members, sum(w.n) AS n_students FROM without AS w GROUP BY w.place, w.members) AS w
		LEFT JOIN of_column AS o USING (place, members)
	), counted AS (
		SELECT o.place, count(c.*) AS n_classes, count(*) FILTER (WHERE c.is_below) AS n_classes_below,
			coalesce(sum(c.n_students) FILTER (WHERE c.is_below), 0)::bigint AS n_students_below,
			(SELECT count(DISTINCT r.members[o.place:o.place]) FROM r) AS n_values
		FROM generate_series(0, cardinality(gapstats_internal.given('quasi_identifiers', quasi_identifiers))) AS o (place)
		LEFT JOIN class AS c USING (place)
		GROUP BY o.place
	)
	SELECT quasi_identifiers[c.place], CASE WHEN c.place > 0 THEN gapstats_internal.integer_count(c.n_values, 'n_values') END, gapstats_internal.integer_count(c.n_classes, 'n_classes'),
		gapstats_internal.integer_count(c.n_classes_below, 'n_classes_below'), gapstats_internal.integer_count(c.n_students_below, 'n_students_below'),
		CASE
			WHEN c.place = 0 AND c.n_students_below = 0 THEN 'nobody is below'
			WHEN c.place > 0 AND a.n_students_below > 0 AND row_number() OVER (PARTITION BY c.place > 0 ORDER BY c.n_students_below, c.n_values DESC, c.place) = 1 THEN
				CASE
					WHEN c.n_students_below = 0 THEN format('drop %s, and nobody is below; or make its values coarser', quote_ident(quasi_identifiers[c.place]))
					WHEN c.n_students_below < a.n_students_below THEN format('make the values of %s coarser first', quote_ident(quasi_identifiers[c.place]))
					ELSE 'no single column helps' END
		END
	FROM counted AS c
	JOIN counted AS a ON a.place = 0
	ORDER BY c.place;
END;
COMMENT ON FUNCTION anonymity_without(text, text[], text[], integer, integer) IS
'Which column of an extract to make coarser or to drop: how many students would still be below k or l without each quasi-identifier. The first row is with all of them.
Arguments, errors, and what is below: as anonymity(). The advice is at the column without which the fewest students are below; of several, the one with the most values.';

CREATE FUNCTION gapstats_internal.anonymous_classes(release text, classes gapstats.anonymity[], k integer, l integer)
RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	below text;
	n_below bigint;
	n_students numeric;
BEGIN
	SELECT count(*), sum(c.n_students), string_agg(format('%s: %s', c.class, concat_ws(', ', CASE WHEN c.n_students < k THEN format('k = %s', c.n_students) END,
		CASE WHEN c.n_values < l THEN format('l = %s', c.n_values) END)), E'\n' ORDER BY c.place) FILTER (WHERE c.place <= 10)
	INTO n_below, n_students, below
	FROM (SELECT c.*, row_number() OVER (ORDER BY c.n_students, c.n_values, c.members) AS place FROM unnest(classes) AS c WHERE c.is_below) AS c;
	IF n_below > 0 THEN
		PERFORM gapstats_internal.refuse_privately('check_violation',
			format('extract "%s" has classes below k = %s or l = %s: %s', release, k, l, n_below),
			concat_ws(E'\n', below, CASE WHEN n_below > 10 THEN format('and %s more', n_below - 10) END, format('Students in all: %s', n_students)),
			'Make a column coarser, or drop one: gapstats.anonymity_without() says which.');
	END IF;
	RETURN ARRAY(SELECT ARRAY(SELECT coalesce(m, 'NULL') FROM unnest(c.members) AS m) || c.n_students::text FROM unnest(classes) AS c);
END
$$;
COMMENT ON FUNCTION gapstats_internal.anonymous_classes(text, gapstats.anonymity[], integer, integer) IS
'The classes of an extract as cells of a release: the members, a NULL as a text, and the number of students. Raises 23514 if any is below k or l.';

CREATE FUNCTION publish_extract(ledger regclass, release text, audience text, population text, as_of date, query text, quasi_identifiers text[],
		sensitive text[] DEFAULT '{}', k integer DEFAULT 10, l integer DEFAULT 2, measure text DEFAULT 'students', accept text DEFAULT NULL,
		published_at timestamptz DEFAULT now(), max_nodes integer DEFAULT 1000)
RETURNS bigint
LANGUAGE sql VOLATILE
SET jit = off
RETURN gapstats_internal.enter_release(ledger,
	jsonb_build_object('kind', 'extract', 'release', release, 'audience', audience, 'population', population, 'as_of', as_of, 'dimensions', quasi_identifiers,
		'measures', jsonb_build_object(gapstats_internal.given('measure', measure), 'count'), 'totals', '{}'::jsonb, 'hierarchies', '{}'::jsonb, 'marks', '{}'::jsonb,
		'minimum', k, 'zeros', 'show', 'absent', 'zero', 'incomplete', '[]'::jsonb, 'accept', accept, 'sensitive', sensitive, 'k', k, 'l', l,
		'published_at', published_at, 'max_nodes', max_nodes),
	gapstats_internal.anonymous_classes(release,
		ARRAY(SELECT a FROM gapstats.anonymity(query, quasi_identifiers, sensitive, k, l) AS a), k, l));
COMMENT ON FUNCTION publish_extract(regclass, text, text, text, date, text, text[], text[], integer, integer, text, text, timestamptz, integer) IS
'Enters rows that a partner is to get into a ledger, unless a class of them is below k students or l values, or how many are in each gives away, together with what was published before, numbers that are hidden. Returns how many such numbers were accepted: 0 but for accept. The rows themselves are not kept: only how many there are in each class.
query, quasi_identifiers, sensitive, k, l: as anonymity() has them. measure: what the number of students is called in other releases of the same children. ledger, release, audience, population, as_of, accept, published_at, max_nodes: as publish_release() has them; nothing is accepted below k or l. An extract of a sample is of another population than all.
Raises 23514 for classes below k or l, and for what is given away; else as anonymity() and publish_release().';
