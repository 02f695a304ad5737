-- watch_list/rules: the rules of a watch list, each change a new version

CREATE TYPE gapstats_internal.rule_settings AS (
	query text,
	applies_to text,
	comparison text,
	threshold numeric,
	thresholds_by text,
	thresholds jsonb,
	clear_at numeric,
	reason text,
	severity text,
	points numeric,
	override text
);
COMMENT ON TYPE gapstats_internal.rule_settings IS 'what a version of a rule says';

CREATE FUNCTION gapstats_internal.words_of(name text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN '_' || lower(regexp_replace(regexp_replace(regexp_replace(name,
	'([[:lower:]])(?=[[:upper:]])|([[:upper:]])(?=[[:upper:]][[:lower:]])', '\1\2_', 'g'),
	'([[:alpha:]])(?=[[:digit:]])|([[:digit:]])(?=[[:alpha:]])', '\1\2_', 'g'),
	'[^[:alnum:]]+', '_', 'g')) || '_';
COMMENT ON FUNCTION gapstats_internal.words_of(text) IS
'The words of a column''s name in lower case, with _ before and after each: they end at what is neither a letter nor a digit, between letters and digits, and where the case changes.';

-- A user who names the setting when he connects has it empty when the library comes, whatever
-- the database says; so what the catalog says is added.
CREATE FUNCTION gapstats_internal.protected_names()
RETURNS SETOF text
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT n.name
	FROM (
		SELECT current_setting('gapstats.protected_columns', true)
		UNION ALL
		SELECT split_part(c, '=', 2)
		FROM pg_db_role_setting s, unnest(s.setconfig) AS c
		WHERE c LIKE 'gapstats.protected\_columns=%' AND s.setrole IN (0, quote_ident(current_user)::regrole)
		AND s.setdatabase IN (0, (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
	) AS l (names)
	CROSS JOIN regexp_split_to_table(l.names, ',') AS n (name)
	WHERE n.name ~ '[[:alnum:]]';
END;
COMMENT ON FUNCTION gapstats_internal.protected_names() IS
'The names of columns that rules are not to read by the setting gapstats.protected_columns, as it is and as the database or all roles or the current user have it.';

-- Rather one too many: an override costs a sentence.  Roots are sought in names without any
-- word's end, such as studentrace; no other word has them.
CREATE FUNCTION gapstats_internal.is_protected(name text)
RETURNS boolean
LANGUAGE sql STABLE
RETURN regexp_replace(gapstats_internal.words_of(name), '_(language_arts|(foreign|world|programming)_languages?)(?=_)', '', 'g')
	~ ('_(race|races|racial|ethnic|hispanic|latin[oaxe]s?|nationality|national_origin|tribe|tribal|'
		'languages?|bilingual|multilingual|ells?|els?|english_learners?|english_proficien(t|cy)|limited_english|leps?|esl|esol|'
		'incomes?|(free_|reduced_|free_reduced_|free_or_reduced_|free_and_reduced_)(meals?|price)|meal_status|lunch|lunches|frl|frls|frpl|frpm|nslp|poverty|ses|economic_status|socioeconomic|disadvantaged?|'
		'sped|special_ed|special_education|ieps?|disabled|swds?|504|handicap|handicapped|'
		'gender|genders|sex|religion|religions|religious)_')
	OR lower(name) ~ 'ethnicit|hispanic|racedescriptor|studentrace|disabilit|homelanguage|englishlearner|economicallydisadvantaged|socioeconomic|reducedlunch|specialeducation'
	OR EXISTS (
		SELECT FROM gapstats_internal.protected_names() AS p (name)
		WHERE strpos(gapstats_internal.words_of(is_protected.name), '_' || trim('_' FROM gapstats_internal.words_of(p.name)) || '_') > 0);
COMMENT ON FUNCTION gapstats_internal.is_protected(text) IS
'Whether a column''s name says, by a whole word, that it holds race, language, income, disability, sex or religion, or has the words of a name in gapstats.protected_columns, which only superusers and those whom they let set. language_arts, and foreign, world and programming languages, are subjects.';

CREATE FUNCTION gapstats_internal.protected_column(what text, kept gapstats_internal.kept_query)
RETURNS text
LANGUAGE sql STABLE
RETURN (
	SELECT format('%s.%I', r.relation, r.column_name)
	FROM gapstats_internal.kept_query_relations(what, kept) r
	WHERE gapstats_internal.is_protected(r.column_name)
	ORDER BY 1
	LIMIT 1
);
COMMENT ON FUNCTION gapstats_internal.protected_column(text, gapstats_internal.kept_query) IS
'A column that a query reads and whose name is protected; NULL if there is none. Guards against oversight, not against intent: a column under another name is not seen, nor what a view makes its own columns of.';

CREATE FUNCTION gapstats_internal.protected_student_column(list regclass, names text[])
RETURNS text
LANGUAGE sql STABLE
RETURN (
	SELECT CASE WHEN gapstats_internal.is_protected(o.origin_column) THEN format('%s.%I', o.origin, o.origin_column) ELSE quote_ident(o.name) END
	FROM gapstats_internal.kept_query_origins('students query', gapstats_internal.read_query(list, 'students')) o
	WHERE o.name = ANY (names) AND (gapstats_internal.is_protected(o.name) OR gapstats_internal.is_protected(o.origin_column))
	ORDER BY 1
	LIMIT 1
);
COMMENT ON FUNCTION gapstats_internal.protected_student_column(regclass, text[]) IS
'A column, among those named, of a watch list''s students query, whose name is protected or that of the column it comes from; NULL if there is none.';

CREATE FUNCTION gapstats_internal.check_indicator(rule text, reader text, protected text, override text)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF coalesce(override, '') = '' AND protected IS NOT NULL THEN
		RAISE EXCEPTION 'rule "%": % reads %, which is no indicator of need', rule, reader, protected
			USING ERRCODE = 'check_violation',
				  DETAIL = 'Lists that flagged students by race, language, income or disability flagged the wrong ones more often in those groups.',
				  HINT = 'If it must be, say why in override; that is kept with the rule.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_indicator(text, text, text, text) IS
'Raises an error that names the rule if part of it reads a protected column and override does not say why.';

-- What is the list's own of the columns that a condition reads shows where it is put to its table.
CREATE FUNCTION gapstats_internal.check_student_columns(list regclass, rule text, thresholds_by text, applies_to text, names_in text, override text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	what CONSTANT text := format('applies_to of rule "%s"', rule);
	students CONSTANT regclass := gapstats_internal.list_part(list, 'current');
	kept gapstats_internal.kept_query;
	columns text[];
BEGIN
	PERFORM gapstats_internal.check_indicator(rule, 'thresholds_by', gapstats_internal.protected_student_column(list, ARRAY[thresholds_by]), override)
	WHERE thresholds_by IS NOT NULL;
	IF applies_to <> '' THEN
		-- what is a condition both with brackets around it, as it is used, and without is one
		kept := gapstats_internal.keep_query(what, format(E'SELECT FROM %s AS s WHERE\n%s', gapstats_internal.list_part(list, 'current'), applies_to), names_in);
		columns := ARRAY(SELECT r.column_name FROM gapstats_internal.kept_query_relations(what, kept) r WHERE r.relation = students);
		PERFORM gapstats_internal.check_indicator(rule, 'applies_to',
			coalesce(gapstats_internal.protected_student_column(list, columns), gapstats_internal.protected_column(what, kept)), override);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_student_columns(regclass, text, text, text, text, text) IS
'Raises an error that names the rule if its thresholds or its condition read a protected column and override does not say why.';

CREATE FUNCTION gapstats_internal.check_rule_query(list regclass, what text, kept gapstats_internal.kept_query)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	student_id CONSTANT regtype := gapstats_internal.student_id_type(list);
	types CONSTANT regtype[] := ARRAY(SELECT c.type FROM gapstats_internal.kept_query_columns(what, kept) c);
BEGIN
	IF cardinality(types) NOT BETWEEN 2 AND 9 THEN
		RAISE EXCEPTION '%: query gives % columns', what, cardinality(types)
			USING ERRCODE = 'invalid_column_definition',
				  HINT = 'It should give two: the student, then the value; numbers behind these are for its reason.';
	ELSIF types[1] <> student_id THEN
		RAISE EXCEPTION '%: first column is of type %, but student_id of "%" is of type %', what, types[1], list, student_id
			USING ERRCODE = 'datatype_mismatch',
				  HINT = format('Cast it in the query, to %s.', student_id);
	END IF;
	FOR place IN 2 .. cardinality(types) LOOP
		IF NOT (SELECT t.typcategory = 'N' AND NOT t.oid = ANY ('{oid, money}'::regtype[]) FROM pg_type t WHERE t.oid = types[place]) THEN
			RAISE EXCEPTION '%: % is of type %, which is not a number', what,
				CASE place WHEN 2 THEN 'second column, the value,' ELSE format('column %s, for the reason,', place) END, types[place]
				USING ERRCODE = 'datatype_mismatch',
					  HINT = 'Cast it in the query, such as to numeric.';
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_rule_query(regclass, text, gapstats_internal.kept_query) IS
'Raises an error that begins with the rule unless its query gives students of the list''s type and numbers.';

CREATE FUNCTION gapstats_internal.keep_rule_query(list regclass, rule text, query text, override text, names_in text)
RETURNS gapstats_internal.kept_query
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	what CONSTANT text := format('rule "%s"', rule);
	kept gapstats_internal.kept_query := gapstats_internal.keep_query(what, query, names_in);
BEGIN
	PERFORM gapstats_internal.check_rule_query(list, what, kept);
	PERFORM gapstats_internal.check_indicator(rule, 'query', gapstats_internal.protected_column(what, kept), override);
	RETURN kept;
END
$$;
COMMENT ON FUNCTION gapstats_internal.keep_rule_query(regclass, text, text, text, text) IS
'A rule''s query as it is to be kept. Raises an error that begins with the rule unless it gives students of the list''s type and numbers, and reads no protected column (or override says why).';

CREATE FUNCTION gapstats_internal.check_reason_numbers(rule text, reason text, kept gapstats_internal.kept_query)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n_columns CONSTANT integer := (SELECT count(*) FROM gapstats_internal.kept_query_columns(format('rule "%s"', rule), kept));
	asked CONSTANT integer := (SELECT max(m[1]::integer) FROM regexp_matches(reason, '\{([3-9])', 'g') AS m);
BEGIN
	IF asked > n_columns THEN
		RAISE EXCEPTION 'rule "%": reason has {%}, and query gives % columns', rule, asked, n_columns
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = '{3} is the number in the third column of the query, behind student and value.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_reason_numbers(text, text, gapstats_internal.kept_query) IS
'Raises an error that names the rule if its reason asks for the number of a column that its query does not give.';

CREATE FUNCTION gapstats_internal.keep_condition(list regclass, rule text, condition gapstats_internal.kept_query)
RETURNS gapstats_internal.kept_query
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	condition.meaning := (gapstats_internal.keep_query_as(format('applies_to of rule "%s"', rule),
		gapstats_internal.condition_query(gapstats_internal.read_query(list, 'students'), condition), condition)).meaning;
	RETURN condition;
EXCEPTION WHEN datatype_mismatch THEN
	RAISE EXCEPTION 'applies_to of rule "%" must be a condition', rule
		USING ERRCODE = 'datatype_mismatch',
			  DETAIL = SQLERRM,
			  HINT = 'It is true or false of a student, such as: grade >= 9';
END
$$;
COMMENT ON FUNCTION gapstats_internal.keep_condition(regclass, text, gapstats_internal.kept_query) IS
'A condition over the columns of the students query, which says to whom a rule applies, with what it means by now.';

CREATE FUNCTION gapstats_internal.check_clear_at(rule text, comparison text, threshold numeric, clear_at numeric, whose text)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF comparison IN ('=', '<>') AND clear_at IS NOT NULL OR clear_at IN ('NaN', 'Infinity', '-Infinity')
		OR comparison IN ('>', '>=') AND clear_at > threshold OR comparison IN ('<', '<=') AND clear_at < threshold THEN
		RAISE EXCEPTION 'rule "%": clear_at % does not lie on the safe side of the threshold %', rule, clear_at, threshold || whose
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = CASE WHEN comparison IN ('=', '<>') THEN 'A rule of = or <> has none; change_rule takes it back by clear_at => ''NaN''.'
					ELSE 'A flagged student is cleared when her value is past clear_at, so it is below the threshold of > and >=, and above that of < and <=.' END;
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_clear_at(text, text, numeric, numeric, text) IS
'Raises an error that names the rule, and whose threshold it is, unless a student whom the rule flags can be cleared past clear_at; NULL is no such value.';

-- A group is written as its type's output function writes it, and nobody may be of it yet.
CREATE FUNCTION gapstats_internal.groups_of(list regclass, group_column text)
RETURNS SETOF text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	students CONSTANT gapstats_internal.kept_query := gapstats_internal.read_query(list, 'students');
	has_students boolean;
BEGIN
	EXECUTE gapstats_internal.statement(list, 'SELECT EXISTS (SELECT FROM @current)') INTO has_students;
	RETURN QUERY EXECUTE format('SELECT DISTINCT g.name FROM %s CROSS JOIN LATERAL gapstats_internal.column_text(c.*, $1) AS g (name) WHERE g.name IS NOT NULL',
		CASE WHEN has_students THEN gapstats_internal.list_part(list, 'current') || ' AS c'
			-- before the first refresh, the students that it is to have
			ELSE format('gapstats_internal.run_kept_query(%L, $2) AS c (%s)', 'students query',
				(SELECT string_agg(format('%I %s', k.name, k.declaration), ', ' ORDER BY k.ordinality)
				 FROM gapstats_internal.kept_query_columns('students query', students) WITH ORDINALITY AS k)) END)
	USING group_column, students;
END
$$;
COMMENT ON FUNCTION gapstats_internal.groups_of(regclass, text) IS
'The groups of a watch list''s students by a column, as thresholds name them; of a list that has none yet, those of its students query.';

CREATE FUNCTION gapstats_internal.written_alike(a text, b text)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lower(regexp_replace(a, '\s', '', 'g')) = lower(regexp_replace(b, '\s', '', 'g'));
COMMENT ON FUNCTION gapstats_internal.written_alike(text, text) IS
'Whether two names differ in case and blanks only.';

CREATE FUNCTION gapstats_internal.empty_groups_problem(list regclass, rule text, thresholds_by text, thresholds jsonb, empty_groups text[], tells_values boolean, OUT problem text, OUT fix text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	there_are CONSTANT text[] := ARRAY(
		SELECT g.name
		FROM gapstats_internal.groups_of(list, thresholds_by) AS g (name)
		CROSS JOIN LATERAL (SELECT bool_or(gapstats_internal.written_alike(e.name, g.name)) AS is_wanted FROM unnest(empty_groups) AS e (name)) w
		ORDER BY w.is_wanted DESC, g.name COLLATE "C");
	corrected CONSTANT jsonb := (
		SELECT jsonb_object_agg(coalesce(g.name, t.key), t.value)
		FROM jsonb_each(thresholds) t
		LEFT JOIN LATERAL (
			SELECT min(g.name) AS name
			FROM unnest(there_are) AS g (name)
			WHERE t.key = ANY (empty_groups) AND gapstats_internal.written_alike(t.key, g.name)
			HAVING count(*) = 1) g ON NOT thresholds ? g.name);
BEGIN
	problem := format('rule "%s" has a threshold for %s %s, of which there is no student%s', rule, thresholds_by,
		(SELECT string_agg(format('"%s"', name), ', ' ORDER BY ordinality) FROM unnest(empty_groups) WITH ORDINALITY AS e (name)),
		CASE WHEN tells_values THEN '; there are '
			|| coalesce((SELECT string_agg(format('"%s"', name), ', ' ORDER BY ordinality) FROM unnest(there_are[:20]) WITH ORDINALITY AS g (name)), 'none')
			|| CASE WHEN cardinality(there_are) > 20 THEN format(' and %s more', cardinality(there_are) - 20) ELSE '' END END);
	fix := CASE WHEN tells_values AND corrected <> thresholds THEN format('SELECT gapstats.change_rule(%L, %L, thresholds => %L);', list, rule, corrected)
		ELSE 'Write the groups as they are shown, or leave them out, with change_rule.' END;
END
$$;
COMMENT ON FUNCTION gapstats_internal.empty_groups_problem(regclass, text, text, jsonb, text[], boolean) IS
'That a rule has thresholds for groups of which a watch list has no student, and the groups that it has, at most 20, those first that differ in case or blanks only; and the line that puts those in their place. Without tells_values the groups that it has are left out.';

CREATE FUNCTION gapstats_internal.warn_of_empty_groups(list regclass, rule text, thresholds_by text, thresholds jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	there_are text[];
	empty_groups text[];
BEGIN
	there_are := ARRAY(SELECT gapstats_internal.groups_of(list, thresholds_by));
	empty_groups := ARRAY(SELECT k.name FROM jsonb_object_keys(thresholds) AS k (name) WHERE k.name <> ALL (there_are) ORDER BY k.name COLLATE "C");
	IF there_are <> '{}' AND empty_groups <> '{}' THEN
		RAISE WARNING '%', (gapstats_internal.empty_groups_problem(list, rule, thresholds_by, thresholds, empty_groups, true)).problem
			USING HINT = 'The students of all other groups have the general threshold.';
	END IF;
EXCEPTION WHEN OTHERS THEN
	-- a students query that fails does so at the refresh, too, which says it
	NULL;
END
$$;
COMMENT ON FUNCTION gapstats_internal.warn_of_empty_groups(regclass, text, text, jsonb) IS
'Warns if a rule has thresholds for groups of which a watch list has no student.';

CREATE FUNCTION gapstats_internal.check_rule_settings(list regclass, rule text, comparison text, threshold numeric, reason text, severity text,
													  points numeric, clear_at numeric, thresholds_by text, thresholds jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong text;
BEGIN
	IF coalesce(rule, '') = '' THEN
		RAISE EXCEPTION 'a rule needs a name' USING ERRCODE = 'invalid_parameter_value';
	ELSIF (comparison IN ('<', '<=', '=', '>=', '>', '<>')) IS NOT TRUE THEN
		RAISE EXCEPTION 'rule "%": unknown comparison: %', rule, quote_nullable(comparison)
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'It is one of <, <=, =, >=, >, <>.';
	ELSIF (threshold NOT IN ('NaN', 'Infinity', '-Infinity')) IS NOT TRUE THEN
		RAISE EXCEPTION 'rule "%": threshold % is not a number that values can be compared with', rule, coalesce(threshold::text, 'null')
			USING ERRCODE = 'invalid_parameter_value';
	ELSIF coalesce(reason, '') = '' THEN
		RAISE EXCEPTION 'rule "%": a reason is needed, for the people who read the list', rule
			USING ERRCODE = 'invalid_parameter_value';
	ELSIF (severity IN ('watch', 'at risk')) IS NOT TRUE THEN
		RAISE EXCEPTION 'rule "%": unknown severity: %', rule, quote_nullable(severity)
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'It is watch or at risk.';
	ELSIF (points >= 0 AND points < 'Infinity') IS NOT TRUE THEN
		RAISE EXCEPTION 'rule "%": points % are not a number from 0', rule, coalesce(points::text, 'null')
			USING ERRCODE = 'invalid_parameter_value';
	ELSIF (thresholds_by IS NULL) <> (thresholds IS NULL) THEN
		RAISE EXCEPTION 'rule "%": thresholds_by and thresholds go together', rule
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'For example thresholds_by => ''grade'', thresholds => ''{"9": 2, "10": 3}''; other grades have the threshold.';
	END IF;
	PERFORM gapstats_internal.check_placeholders(format('rule "%s": reason has', rule), reason);
	PERFORM gapstats_internal.check_list_column(list, thresholds_by);
	PERFORM gapstats_internal.check_clear_at(rule, comparison, threshold, clear_at, '');
	IF thresholds IS NOT NULL THEN
		SELECT key INTO wrong
		FROM jsonb_each(CASE jsonb_typeof(thresholds) WHEN 'object' THEN thresholds ELSE jsonb_build_object('', NULL) END)
		WHERE jsonb_typeof(value) <> 'number'
		LIMIT 1;
		IF FOUND THEN
			RAISE EXCEPTION 'rule "%": threshold of "%" is not a number', rule, wrong
				USING ERRCODE = 'invalid_parameter_value',
					  HINT = 'thresholds is a JSON object that gives groups their numbers, such as {"9": 2, "10": 3}.';
		END IF;
		PERFORM gapstats_internal.check_clear_at(rule, comparison, value::numeric, clear_at, format(' of "%s"', key)) FROM jsonb_each_text(thresholds);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_rule_settings(regclass, text, text, numeric, text, text, numeric, numeric, text, jsonb) IS
'Raises an error that names the rule unless it can be kept with these settings.';

-- Other words, severity or points leave whom it flags flagged
CREATE FUNCTION gapstats_internal.question(rule jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN jsonb_build_array(rule -> 'query', rule -> 'comparison', rule -> 'threshold', rule -> 'applies_to', rule -> 'thresholds_by', rule -> 'thresholds');
COMMENT ON FUNCTION gapstats_internal.question(jsonb) IS
'What a version of a rule asks of students: two versions with the same question flag the same ones.';

CREATE FUNCTION gapstats_internal.write_rule(list regclass, of_rule text, new_state text, was gapstats_internal.rule_settings)
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	version integer;
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @rules SET superseded_at = now() WHERE rule = $1 AND superseded_at IS NULL
		$sql$)
	USING of_rule;
	EXECUTE gapstats_internal.statement(list, $sql$
		INSERT INTO @rules (rule, version, "position", state, query, applies_to, comparison, threshold, thresholds_by, thresholds, clear_at, reason, severity, points, override)
		SELECT $1, coalesce(l.version, 0) + 1,
			coalesce(l."position", (SELECT coalesce(max(r."position"), 0) + 1 FROM @rules r)),
			$2, ($3).*
		FROM (SELECT max(version) AS version, min("position") AS "position" FROM @rules WHERE rule = $1) l
		RETURNING version
		$sql$)
	INTO version USING of_rule, new_state, was;
	RETURN version;
END
$$;
COMMENT ON FUNCTION gapstats_internal.write_rule(regclass, text, text, gapstats_internal.rule_settings) IS
'Adds a version to a rule, which supersedes the one before, and returns its number.';

CREATE FUNCTION gapstats_internal.current_rule(list regclass, of_rule text, OUT current_state text, OUT settings gapstats_internal.rule_settings)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known text;
	found_rule record;
BEGIN
	IF of_rule IS NULL THEN
		RAISE EXCEPTION 'rule must not be null' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT state, ROW(query, applies_to, comparison, threshold, thresholds_by, thresholds, clear_at, reason, severity, points, override)::gapstats_internal.rule_settings AS settings
		FROM @rules
		WHERE rule = $1 AND superseded_at IS NULL AND state <> 'dropped'
		$sql$)
	INTO found_rule USING of_rule;
	current_state := found_rule.state;
	settings := found_rule.settings;
	IF current_state IS NULL THEN
		EXECUTE gapstats_internal.statement(list, $sql$
			SELECT string_agg(quote_ident(rule), ', ' ORDER BY "position") FROM @rules WHERE superseded_at IS NULL AND state <> 'dropped'
			$sql$)
		INTO known;
		RAISE EXCEPTION 'watch list "%" has no rule "%"', list, of_rule
			USING ERRCODE = 'undefined_object',
				  HINT = coalesce('It has ' || known || '.', 'Add one with add_rule.');
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.current_rule(regclass, text) IS
'The current version of a rule. An error if the list has no such rule.';

CREATE FUNCTION gapstats_internal.add_rule_as_owner(list regclass, rule text, query text, comparison text, threshold numeric, reason text,
													severity text, points numeric, override text, applies_to text, clear_at numeric,
													thresholds_by text, thresholds jsonb, names_in text)
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	is_there boolean;
	kept gapstats_internal.kept_query;
BEGIN
	PERFORM gapstats_internal.change_list(list);
	PERFORM gapstats_internal.check_rule_settings(list, rule, comparison, threshold, reason, severity, points, clear_at, thresholds_by, thresholds);
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT EXISTS (SELECT FROM @rules WHERE rule = $1 AND superseded_at IS NULL AND state <> 'dropped')
		$sql$)
	INTO is_there USING rule;
	IF is_there THEN
		RAISE EXCEPTION 'rule "%" exists already', rule
			USING ERRCODE = 'duplicate_object',
				  HINT = 'Change it with change_rule.';
	END IF;
	kept := gapstats_internal.keep_rule_query(list, rule, query, override, names_in);
	PERFORM gapstats_internal.check_reason_numbers(rule, reason, kept);
	PERFORM gapstats_internal.write_query(list, NULL, 'rule', rule, kept);
	PERFORM gapstats_internal.write_condition(list, rule, applies_to, names_in);
	PERFORM gapstats_internal.check_student_columns(list, rule, thresholds_by, applies_to, names_in, override);
	PERFORM gapstats_internal.warn_of_empty_groups(list, rule, thresholds_by, thresholds) WHERE thresholds IS NOT NULL;
	RETURN gapstats_internal.write_rule(list, rule, 'on',
		ROW(query, applies_to, comparison, threshold, thresholds_by, thresholds, clear_at, reason, severity, points, override)::gapstats_internal.rule_settings);
END
$$;
COMMENT ON FUNCTION gapstats_internal.add_rule_as_owner(regclass, text, text, text, numeric, text, text, numeric, text, text, numeric, text, jsonb, text) IS
'add_rule(), done as the list''s owner.';

CREATE FUNCTION gapstats_internal.write_condition(list regclass, of_rule text, applies_to text, names_in text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF applies_to IS NULL THEN
		EXECUTE gapstats_internal.statement(list, $sql$ DELETE FROM @queries WHERE part = 'applies_to' AND rule = $1 $sql$) USING of_rule;
	ELSE
		PERFORM gapstats_internal.write_query(list, NULL, 'applies_to', of_rule, gapstats_internal.keep_condition(list, of_rule,
			ROW(applies_to, names_in, current_setting('DateStyle'), current_setting('IntervalStyle'), current_setting('TimeZone'), current_setting('extra_float_digits'), NULL)::gapstats_internal.kept_query));
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.write_condition(regclass, text, text, text) IS
'Keeps the condition that says to whom a rule applies, or takes it back if it is NULL.';

CREATE FUNCTION add_rule(list regclass, rule text, query text, comparison text, threshold numeric, reason text,
						 severity text DEFAULT 'at risk', points numeric DEFAULT 1, override text DEFAULT NULL, applies_to text DEFAULT NULL,
						 clear_at numeric DEFAULT NULL, thresholds_by text DEFAULT NULL, thresholds jsonb DEFAULT NULL,
						 names_in text DEFAULT current_setting('search_path'))
RETURNS integer
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION add_rule(regclass, text, text, text, numeric, text, text, numeric, text, text, numeric, text, jsonb, text) IS
'Adds a rule to a watch list: whoever has value comparison threshold is flagged, from the next refresh on. query gives two columns, the student (of the list''s type) and the value (any number), and, if its reason is to tell more, up to seven more numbers, with at most one row a student; a student without a row or with NULL has insufficient data, and so has one with several rows, NaN or infinity. Values are compared as numeric: integers and numeric exactly, double precision as its 15 significant digits, so that a tenth is a tenth. comparison is one of <, <=, =, >=, >, <>. reason is what a person reads; {value}, {threshold} and, for rates as percentages, {value%} and {threshold%} are put in; {value|day|days} is the first word for 1, the second for other numbers; {3} is the number in the third column of the query, {3%} and {3|day|days} as of the value. severity is ''watch'' or ''at risk''. points count if the list combines its rules by points. applies_to is a condition over the columns of the students query, such as grade = 9: to those of whom it is false the rule does not apply, and a student to whom no rule applies is not assessed; of whom it is NULL, because her grade is not known, has no value (write coalesce(program, ''none'') = ''esl'' where an empty column says something). A student whom the rule flags is cleared only when her value is past clear_at, which lies on the safe side of every threshold. thresholds gives other thresholds to groups by the column thresholds_by of the students query: ''{"9": 2, "10": 3}''; other groups have the threshold, and a student whose group is not known has no value. Groups are written as the column is shown, case and blanks included; of one of which the list has no student there is a warning, and watch_list_health says so as long as it lasts. A query, applies_to or thresholds_by that reads a column whose name says race, language, income, disability, sex or religion is refused (23514) unless override says why; it is kept with the rule. Names in the query are looked up in the search path names_in at each run; if they then mean something else, the run fails. Returns the version, 1 for a new rule. Errors name the rule. For roles with the rights of the list''s owner.';

CREATE FUNCTION gapstats_internal.change_rule_as_owner(list regclass, rule text, comparison text, threshold numeric, reason text, severity text,
													   points numeric, query text, override text, applies_to text, clear_at numeric,
													   thresholds_by text, thresholds jsonb, names_in text)
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	was record;
	new_settings gapstats_internal.rule_settings;
BEGIN
	PERFORM gapstats_internal.change_list(list);
	was := gapstats_internal.current_rule(list, rule);
	new_settings := ROW(coalesce(query, (was.settings).query), nullif(coalesce(applies_to, (was.settings).applies_to), ''), coalesce(comparison, (was.settings).comparison),
		coalesce(threshold, (was.settings).threshold), CASE WHEN thresholds = '{}' THEN NULL ELSE coalesce(thresholds_by, (was.settings).thresholds_by) END,
		nullif(coalesce(thresholds, (was.settings).thresholds), '{}'), nullif(coalesce(clear_at, (was.settings).clear_at), 'NaN'), coalesce(reason, (was.settings).reason),
		coalesce(severity, (was.settings).severity), coalesce(points, (was.settings).points), coalesce(nullif(override, ''), (was.settings).override))::gapstats_internal.rule_settings;
	PERFORM gapstats_internal.check_rule_settings(list, rule, new_settings.comparison, new_settings.threshold, new_settings.reason, new_settings.severity, new_settings.points, new_settings.clear_at, new_settings.thresholds_by, new_settings.thresholds);
	IF query IS NOT NULL THEN
		PERFORM gapstats_internal.write_query(list, NULL, 'rule', rule, gapstats_internal.keep_rule_query(list, rule, query, new_settings.override, names_in));
	END IF;
	IF query IS NOT NULL OR reason IS NOT NULL THEN
		PERFORM gapstats_internal.check_reason_numbers(rule, new_settings.reason, gapstats_internal.read_query(list, 'rule', rule));
	END IF;
	IF applies_to IS NOT NULL THEN
		PERFORM gapstats_internal.write_condition(list, rule, new_settings.applies_to, names_in);
	END IF;
	PERFORM gapstats_internal.check_student_columns(list, rule, CASE WHEN thresholds_by IS NOT NULL OR thresholds IS NOT NULL THEN new_settings.thresholds_by END,
		applies_to, names_in, new_settings.override);
	PERFORM gapstats_internal.warn_of_empty_groups(list, rule, new_settings.thresholds_by, new_settings.thresholds)
	WHERE new_settings.thresholds IS NOT NULL AND (thresholds_by IS NOT NULL OR thresholds IS NOT NULL);
	RETURN gapstats_internal.write_rule(list, rule, was.current_state, new_settings);
END
$$;
COMMENT ON FUNCTION gapstats_internal.change_rule_as_owner(regclass, text, text, numeric, text, text, numeric, text, text, text, numeric, text, jsonb, text) IS
'change_rule(), done as the list''s owner.';

CREATE FUNCTION change_rule(list regclass, rule text, comparison text DEFAULT NULL, threshold numeric DEFAULT NULL, reason text DEFAULT NULL,
							severity text DEFAULT NULL, points numeric DEFAULT NULL, query text DEFAULT NULL, override text DEFAULT NULL,
							applies_to text DEFAULT NULL, clear_at numeric DEFAULT NULL, thresholds_by text DEFAULT NULL, thresholds jsonb DEFAULT NULL,
							names_in text DEFAULT current_setting('search_path'))
RETURNS integer
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION change_rule(regclass, text, text, numeric, text, text, numeric, text, text, text, numeric, text, jsonb, text) IS
'Changes a rule from the next refresh on, in what is given and not NULL, and returns the number of the new version. An empty applies_to, a clear_at of NaN, and thresholds of ''{}'', take back what there was. The reason in override can be replaced, but not taken back. The versions before stay in the list''s rules, with who made them and when. Flags that end because of the change are cleared as ''rule changed''; if the rule is changed back within return_within of the list''s settings, those whom it still flags have their flags back. Arguments and errors as add_rule. For roles with the rights of the list''s owner.';

CREATE FUNCTION gapstats_internal.switch_rule_as_owner(list regclass, rule text, "on" boolean)
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	was record;
BEGIN
	PERFORM gapstats_internal.change_list(list);
	was := gapstats_internal.current_rule(list, rule);
	RETURN gapstats_internal.write_rule(list, rule, CASE WHEN "on" THEN 'on' ELSE 'off' END, was.settings);
END
$$;
COMMENT ON FUNCTION gapstats_internal.switch_rule_as_owner(regclass, text, boolean) IS
'switch_rule(), done as the list''s owner.';

CREATE FUNCTION switch_rule(list regclass, rule text, "on" boolean)
RETURNS integer
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION switch_rule(regclass, text, boolean) IS
'Switches a rule off, or on again, from the next refresh on, and returns the number of the new version. A rule that is off is not run, and flags that end with it are cleared as ''rule changed''. Students whom it still flags when it is on again, within return_within of the list''s settings, have their flags back, with their check-ins and without another alarm. For roles with the rights of the list''s owner.';

CREATE FUNCTION gapstats_internal.drop_rule_as_owner(list regclass, rule text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	was record;
BEGIN
	PERFORM gapstats_internal.change_list(list);
	was := gapstats_internal.current_rule(list, rule);
	PERFORM gapstats_internal.write_rule(list, rule, 'dropped', was.settings);
	EXECUTE gapstats_internal.statement(list, 'DELETE FROM @queries q WHERE q.rule = $1') USING rule;
END
$$;
COMMENT ON FUNCTION gapstats_internal.drop_rule_as_owner(regclass, text) IS
'drop_rule(), done as the list''s owner.';

CREATE FUNCTION drop_rule(list regclass, rule text)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION drop_rule(regclass, text) IS
'Takes a rule off a watch list from the next refresh on. Its versions stay in the list''s rules; the last one says that it was dropped, when and by whom. For roles with the rights of the list''s owner.';
