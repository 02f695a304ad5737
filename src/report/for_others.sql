-- report/for_others: what others may see of a report
--
-- All that a report says is computed from the students of its groups, so it is decided here, for groups: suppress()
-- is given all of them at once, in every stratum and period, of one dimension and of two, with their totals.  What it
-- hides of one measure is hidden of all, for they are of the same students.  A gap is shown if whom it compares are:
-- the group, and the one that it is compared with; or, with all others, the total and those whose group is not known.
--
-- Sums of scores, and of their squares, add up as students do, along the same totals.  So algebra tells that of a
-- hidden group only where it tells how many they are, which suppress() does not let happen; and what a total tells of
-- its hidden groups together is the mean of so many that they could be a group that is shown.  What it does not know
-- is a scale: that all scores of a group are one is hidden here.  Of days it does know that there are none below 0:
-- few days of many students are of few, and where all are of one day, shares are an outcome.

CREATE FUNCTION gapstats_internal.report_member(member text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN member IS NULL THEN 'not recorded' WHEN member = 'not recorded' OR left(member, 1) = '"' THEN format('"%s"', member) ELSE member END;
COMMENT ON FUNCTION gapstats_internal.report_member(text) IS
'A value as suppress() is given it, for whom NULL is a total: those whose group is not known are one, too.';

CREATE FUNCTION gapstats_internal.report_members(stratum text[], first_place integer, last_place integer, n_strata integer, members text[], places integer[], n_dimensions integer, period text, is_by_period boolean)
RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	cell text[] := array_fill(NULL::text, ARRAY[n_strata + n_dimensions + is_by_period::integer]);
BEGIN
	FOR place IN first_place..last_place LOOP
		cell[place] := gapstats_internal.report_member(stratum[place - first_place + 1]);
	END LOOP;
	FOR i IN 1..coalesce(cardinality(places), 0) LOOP
		cell[n_strata + places[i]] := gapstats_internal.report_member(members[i]);
	END LOOP;
	IF is_by_period THEN
		cell[cardinality(cell)] := gapstats_internal.report_member(period);
	END IF;
	RETURN cell;
END
$$;
COMMENT ON FUNCTION gapstats_internal.report_members(text[], integer, integer, integer, text[], integer[], integer, text, boolean) IS
'A group of a report as a cell of suppress(): its values in all strata, dimensions and the period, in this order; NULL for a total. Without places the total of the stratum.';

CREATE FUNCTION gapstats_internal.fitting_name(name text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN octet_length(name) > 63 THEN format('%s... %s', left(name, CASE WHEN octet_length(left(name, 27)) > 27 THEN 6 ELSE 27 END), md5(name)) ELSE name END;
COMMENT ON FUNCTION gapstats_internal.fitting_name(text) IS
'A name, and of one that is too long for a column how it begins, with what tells it from others.';

-- Measures of the same students are looked at together: who reaches one cut reaches all below it.  Whom a cohort
-- leaves out, or who is enrolled for too few days, are a group like any other: it is what one measure counts more than the other.
--
-- A ledger knows a number again by its name, so that is of what is counted, not of what one report calls its measure or
-- which others it has; and of columns that are known of the same students each has its own there.
CREATE FUNCTION gapstats_internal.counted(m gapstats_internal.report_measure, is_of_outcome boolean)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN jsonb_strip_nulls(jsonb_build_object('column', (m)."column", 'denominator', (m).denominator, 'enrolled', (m).enrolled, 'during', (m).during, 'minimum_days', (m).minimum_days, 'cohort', (m).cohort,
	-- one from stored distributions is one from scores
	'outcome', CASE WHEN is_of_outcome AND (m).is_rate THEN CASE (m).kind WHEN 'distribution' THEN 'score' ELSE (m).kind END END, 'cut', CASE WHEN is_of_outcome THEN trim_scale((m).cut) END));
COMMENT ON FUNCTION gapstats_internal.counted(gapstats_internal.report_measure, boolean) IS
'What a number of a report counts: the students of whom a measure is known, or of them those with the outcome.';

CREATE FUNCTION gapstats_internal.report_numbers(counts jsonb, measures jsonb, is_released boolean)
RETURNS TABLE (students text, name text, within text, what text, measure text, less text, same_students text[], counted jsonb)
LANGUAGE sql STABLE
BEGIN ATOMIC
	WITH count AS MATERIALIZED (
		SELECT c.* FROM jsonb_to_recordset(counts) AS c (cell text[], measure text, n bigint, x bigint, days bigint, not_all bigint)
	), described AS MATERIALIZED (
		SELECT m.measure, m.is_rate, m.kind, m.cut, m.cohort, m.minimum_days, gapstats_internal.counted(m, false) AS students_counted, gapstats_internal.counted(m, true) AS outcomes_counted, jsonb_build_array(m.kind, m."column", m.denominator, m.enrolled, m.during) AS outcome,
			array_agg(m.measure) OVER (PARTITION BY a.counted ORDER BY m.measure ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS same_students,
			CASE WHEN is_released THEN k.known ELSE first_value(k.known) OVER (PARTITION BY a.counted ORDER BY m.measure) END AS known,
			concat_ws(' ', CASE WHEN m.kind IN ('absent', 'days') THEN m.kind END, k.known, 'from ' || trim_scale(m.cut)) AS said
		FROM gapstats_internal.report_measures(measures) m
		CROSS JOIN LATERAL (
			SELECT concat_ws(' ', quote_ident(m."column"), 'of ' || quote_ident(m.denominator), 'among ' || quote_ident(m.enrolled), 'in ' || m.during, 'with ' || m.minimum_days || ' days', 'where ' || quote_ident(m.cohort)) AS known
		) k
		JOIN (SELECT c.measure, array_agg(c.n ORDER BY c.cell COLLATE "C") AS counted FROM count c GROUP BY c.measure) a USING (measure)
	), rest AS MATERIALIZED (
		SELECT w.measure, w.is_rate, w.kind, p.measure AS less, i.is_of_same_cut, format('students of %s, not of %s', w.said, p.said) AS students
		FROM described w
		JOIN described p ON p.outcome = w.outcome AND (p.cohort, p.minimum_days) IS DISTINCT FROM (w.cohort, w.minimum_days) AND p.same_students <> w.same_students
		CROSS JOIN LATERAL (SELECT p.cut IS NOT DISTINCT FROM w.cut AS is_of_same_cut) i
		WHERE NOT EXISTS (
			SELECT FROM count a JOIN count b USING (cell)
			WHERE a.measure = w.measure AND b.measure = p.measure AND (a.n < b.n OR i.is_of_same_cut AND (a.x < b.x OR a.n - a.x < b.n - b.x OR a.days < b.days OR a.not_all < b.not_all)))
	)
	SELECT n.* FROM (
		SELECT DISTINCT ON (d.same_students, d.known) 'students of ' || d.same_students[1], 'students of ' || d.known, NULL, 'n', d.measure, NULL, d.same_students, d.students_counted
		FROM described d
		ORDER BY d.same_students, d.known, d.measure
	) n
	UNION ALL
	SELECT 'students of ' || o.same_students[1], 'outcomes of ' || o.said, coalesce('outcomes of ' || o.said_below, 'students of ' || o.known), 'x', o.measure, NULL, o.same_students, o.outcomes_counted
	FROM (
		SELECT d.*, lag(d.said) OVER (PARTITION BY d.same_students, d.outcome, d.minimum_days, d.cohort ORDER BY d.cut) AS said_below
		FROM (SELECT DISTINCT ON (d.same_students, d.outcome, d.minimum_days, d.cohort, d.cut) d.* FROM described d WHERE d.is_rate ORDER BY d.same_students, d.outcome, d.minimum_days, d.cohort, d.cut, d.measure) d
	) o
	UNION ALL
	SELECT r.students, r.students, NULL, 'n', r.measure, r.less, NULL, NULL FROM rest r
	UNION ALL
	SELECT r.students, 'outcomes of ' || r.students, r.students, 'x', r.measure, r.less, NULL, NULL FROM rest r WHERE r.is_rate AND r.is_of_same_cut
	UNION ALL
	SELECT d.students, t.words || ' of ' || d.name, NULL, t.what, d.measure, d.less, d.same_students, NULL
	FROM (
		SELECT 'students of ' || d.same_students[1] AS students, d.said AS name, d.measure, NULL AS less, d.same_students, d.kind, d.is_rate FROM described d
		UNION ALL
		SELECT r.students, r.students, r.measure, r.less, NULL, r.kind, r.is_rate FROM rest r WHERE r.is_of_same_cut
	) d
	JOIN (VALUES ('days', 'days', '{absent,days}'::text[]), ('not_all', 'students present', '{absent}')) t (what, words, kinds) ON d.kind = ANY (t.kinds)
	WHERE NOT d.is_rate AND (t.what = 'days' OR EXISTS (SELECT FROM count c WHERE c.measure = d.measure AND c.not_all < c.n));
END;
COMMENT ON FUNCTION gapstats_internal.report_numbers(jsonb, jsonb, boolean) IS
'The numbers by which suppress() judges a report: the students of whom measures are known (same_students: all of which they are the same), and of them, within, those with each outcome; of days how many there are (days), and those who do not have all (not_all); and of two measures that differ in their cohort, or in the days that it takes, what the one counts more than the other (less). counted: by which a ledger''s numbers are known to be of the same outcome.';

CREATE FUNCTION gapstats_internal.counted_numbers(counts jsonb, numbers jsonb, told jsonb, OUT cells jsonb, OUT published jsonb)
LANGUAGE sql STABLE
BEGIN ATOMIC
	WITH counted AS MATERIALIZED (
		SELECT c.* FROM jsonb_to_recordset(counts) AS c (cell text[], measure text, n bigint, x bigint, days bigint, not_all bigint, is_alike boolean)
	), number AS MATERIALIZED (
		SELECT n.* FROM jsonb_to_recordset(numbers) AS n (column_name text, what text, measure text, less text, same_students text[])
	), of_cell AS MATERIALIZED (
		SELECT c.cell, n.column_name,
			CASE n.what WHEN 'n' THEN c.n - coalesce(l.n, 0) WHEN 'x' THEN c.x - coalesce(l.x, 0) WHEN 'days' THEN c.days - coalesce(l.days, 0) ELSE c.not_all - coalesce(l.not_all, 0) END AS number,
			n.less IS NOT NULL AND n.what = 'x' AND c.n > l.n AND c.x - l.x IN (0, c.n - l.n) AS is_alike
		FROM number n
		JOIN counted c USING (measure)
		LEFT JOIN counted l ON l.measure = n.less AND l.cell = c.cell
	), alike AS (
		SELECT c.cell FROM counted c JOIN number n ON n.what = 'n' AND c.measure = ANY (n.same_students) WHERE c.is_alike
		UNION
		SELECT o.cell FROM of_cell o WHERE o.is_alike
	), shown AS (
		SELECT o.cell, jsonb_object_agg(o.column_name, o.number) AS numbers FROM of_cell o GROUP BY o.cell
	)
	SELECT jsonb_agg(s.numbers || jsonb_build_object('cell', s.cell)),
		jsonb_agg(s.numbers || jsonb_build_object('cell', s.cell, 'is_hidden', a.cell IS NOT NULL OR t.is_hidden)) FILTER (WHERE a.cell IS NOT NULL OR t.cell IS NOT NULL)
	FROM shown s
	LEFT JOIN alike a USING (cell)
	LEFT JOIN jsonb_to_recordset(told) AS t (cell text[], is_hidden boolean) USING (cell);
END;
COMMENT ON FUNCTION gapstats_internal.counted_numbers(jsonb, jsonb, jsonb) IS
'The numbers of some students in all cells; and, as a publication before, those cells that others were told of, hidden or not, and as hidden those whose students are all alike.';

-- In a ledger those whose group is not known are in the same cell whether a report's rows have NULL or, as others that
-- are entered there must, the name for it.  A report that has both among its values has two groups.
CREATE FUNCTION gapstats_internal.places_of_name_for_null(counts jsonb, dimensions text[])
RETURNS integer[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own CONSTANT text := gapstats_internal.report_member(NULL);
	named CONSTANT text := gapstats_internal.report_member(own);
	in_both text;
	places integer[];
BEGIN
	SELECT min(dimensions[p.place]) FILTER (WHERE p.has_null), array_agg(p.place::integer) INTO in_both, places
	FROM (
		SELECT m.place, bool_or(m.member = own) AS has_null
		FROM jsonb_array_elements(counts) AS c
		CROSS JOIN LATERAL jsonb_array_elements_text(c -> 'cell') WITH ORDINALITY AS m (member, place)
		WHERE m.member IN (own, named)
		GROUP BY m.place
		HAVING bool_or(m.member = named)
	) p;
	IF in_both IS NOT NULL THEN
		RAISE EXCEPTION '"%" is both NULL and "%"', in_both, own
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = 'To others, and in a ledger, they are one group.',
				  HINT = format('Make them one in the rows: SELECT coalesce(%I, %L) AS %1$I, ...; or give one another name.', in_both, own);
	END IF;
	RETURN places;
END
$$;
COMMENT ON FUNCTION gapstats_internal.places_of_name_for_null(jsonb, text[]) IS
'The places of the dimensions of which a report that stands has, among its values, the name that NULL has there for others. Raises 22023 for one that has NULL as well.';

CREATE FUNCTION gapstats_internal.with_member_renamed(cells jsonb, places integer[], old_name text, new_name text)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT jsonb_agg(jsonb_set(c.cell, '{cell}', (
			SELECT jsonb_agg(CASE WHEN m.place = ANY (places) AND m.member = old_name THEN new_name ELSE m.member END ORDER BY m.place)
			FROM jsonb_array_elements_text(c.cell -> 'cell') WITH ORDINALITY AS m (member, place))))
	FROM jsonb_array_elements(cells) AS c (cell);
END;
COMMENT ON FUNCTION gapstats_internal.with_member_renamed(jsonb, integer[], text, text) IS
'Objects with a cell, in which a member at some places has another name.';

-- The names of columns are others than those that the caller gave to the members of cells.
CREATE FUNCTION gapstats_internal.report_cells_query(cells jsonb, dimensions text[], columns text[], is_printed boolean)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
	SELECT format('SELECT %s, %s FROM pg_catalog.jsonb_to_recordset(%L) AS c (cell text[], is_hidden boolean, %s)',
		-- where there is one group only
		coalesce((SELECT string_agg(format('c.cell[%s] AS %I', i, d), ', ' ORDER BY i) FROM unnest(dimensions) WITH ORDINALITY AS a (d, i)), '1 AS everyone'),
		string_agg(format(CASE WHEN is_printed THEN 'CASE WHEN c.is_hidden THEN ''*'' ELSE coalesce(c.%I, 0)::text END AS %1$I' ELSE 'c.%I' END, n), ', '), cells, string_agg(format('%I bigint', n), ', '))
	FROM unnest(columns) AS n
);
COMMENT ON FUNCTION gapstats_internal.report_cells_query(jsonb, text[], text[], boolean) IS
'The query that gives cells of a report as a table, with a column for each dimension and each number; is_printed: * in the place of those that are hidden.';

-- suppress() knows of outcomes that all of several hidden groups have, or none; of scores only who counts them
CREATE FUNCTION gapstats_internal.cells_beside_alike(counts jsonb, hidden jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
BEGIN ATOMIC
	-- no joins: that cells are many, nothing tells the planner
	WITH counted AS MATERIALIZED (
		SELECT c.*, c.cell IN (SELECT ARRAY(SELECT jsonb_array_elements_text(h.cell)) FROM jsonb_array_elements(hidden) AS h (cell)) AS is_hidden
		FROM jsonb_to_recordset(counts) AS c (cell text[], measure text, n bigint, only_value double precision)
		WHERE c.n > 0
	), line AS (
		-- each total, with its parts in one place
		SELECT c.measure, c.cell, c.is_hidden, c.cell[p.place] IS NULL AS is_total,
			bool_or(NOT c.is_hidden) FILTER (WHERE c.cell[p.place] IS NULL) OVER line AS is_told,
			bool_and(c.only_value IS NOT NULL) FILTER (WHERE c.is_hidden AND c.cell[p.place] IS NOT NULL) OVER line AS is_each_alike,
			min(c.only_value) FILTER (WHERE c.is_hidden AND c.cell[p.place] IS NOT NULL) OVER line AS lowest,
			max(c.only_value) FILTER (WHERE c.is_hidden AND c.cell[p.place] IS NOT NULL) OVER line AS highest,
			row_number() OVER (PARTITION BY c.measure, p.place, c.cell[:p.place - 1], c.cell[p.place + 1:] ORDER BY c.cell[p.place] IS NULL, c.is_hidden, c.n, c.cell[p.place] COLLATE "C") AS place
		FROM counted c
		CROSS JOIN LATERAL generate_subscripts(c.cell, 1) AS p (place)
		WHERE (SELECT bool_or(a.is_hidden AND a.only_value IS NOT NULL) FROM counted a)
		WINDOW line AS (PARTITION BY c.measure, p.place, c.cell[:p.place - 1], c.cell[p.place + 1:])
	)
	SELECT jsonb_agg(jsonb_build_object('cell', l.cell, 'measure', l.measure))
	FROM line l
	WHERE l.is_told AND l.is_each_alike AND l.lowest = l.highest AND l.place = 1 AND NOT l.is_total AND NOT l.is_hidden;
END;
COMMENT ON FUNCTION gapstats_internal.cells_beside_alike(jsonb, jsonb) IS
'What must be hidden beside what is: of each total that is shown, and whose hidden parts are all alike together, the smallest that is shown; as objects of cell and measure. Without it the total less what is shown of it has one score, and that is everyone''s who is hidden. NULL if nothing must.';

CREATE FUNCTION gapstats_internal.with_cells_alike(counts jsonb, cells jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT jsonb_agg(CASE WHEN jsonb_build_object('cell', c.cell -> 'cell', 'measure', c.cell -> 'measure') IN (SELECT jsonb_array_elements(cells)) THEN c.cell || '{"is_alike": true}' ELSE c.cell END)
	FROM jsonb_array_elements(counts) AS c (cell);
END;
COMMENT ON FUNCTION gapstats_internal.with_cells_alike(jsonb, jsonb) IS
'Counts, of which some cells are taken for alike, and so hidden.';

CREATE FUNCTION gapstats_internal.hidden_report_cells(counts jsonb, measures jsonb, dimensions text[], minimum bigint, report regclass)
RETURNS TABLE (cell text[])
LANGUAGE plpgsql VOLATILE ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	at_least CONSTANT integer := least(minimum, 2147483647);
	name_of_number text := 'number ';
	own CONSTANT text := gapstats_internal.report_member(NULL);
	named CONSTANT text := gapstats_internal.report_member(own);
	renamed integer[];
	before gapstats_internal.report_told;
	numbers jsonb;
	described jsonb;
	names text[];
	cells jsonb;
	published jsonb;
	all_described jsonb;
	all_cells jsonb;
	all_hidden jsonb;
	beside jsonb;
BEGIN
	IF counts IS NULL THEN
		RETURN;
	END IF;
	before := gapstats_internal.told_before(report);
	IF report IS NOT NULL THEN
		renamed := gapstats_internal.places_of_name_for_null(counts, dimensions);
	END IF;
	IF renamed <> '{}' THEN
		counts := gapstats_internal.with_member_renamed(counts, renamed, named, own);
	END IF;
	WHILE EXISTS (SELECT FROM unnest(dimensions) AS d WHERE starts_with(d, name_of_number)) LOOP
		name_of_number := 'other ' || name_of_number;
	END LOOP;
	LOOP
		all_described := '{}';
		all_cells := '[]';
		all_hidden := '[]';
		FOR numbers IN
			SELECT jsonb_agg(to_jsonb(n) || jsonb_build_object('column_name', name_of_number || n.i))
			FROM (
				SELECT n.students, gapstats_internal.fitting_name(n.name) AS name, gapstats_internal.fitting_name(n.within) AS within, n.what, n.measure, n.less, n.same_students, n.counted, row_number() OVER (ORDER BY n.name) AS i
				FROM gapstats_internal.report_numbers(counts, measures, before.ledger IS NOT NULL) n
			) n
			GROUP BY n.students, n.same_students, n.less, CASE WHEN n.less IS NOT NULL THEN n.measure END
			ORDER BY n.students
		LOOP
			SELECT jsonb_object_agg(n.name, jsonb_strip_nulls(jsonb_build_object('kind', 'count', 'column', n.column_name, 'of', n.within))), array_agg(n.column_name),
				all_described || jsonb_object_agg(n.name, jsonb_strip_nulls(jsonb_build_object('kind', 'count', 'column', n.column_name, 'of', n.within, 'counted', n.counted)))
			INTO described, names, all_described
			FROM jsonb_to_recordset(numbers) AS n (name text, column_name text, within text, counted jsonb);
			SELECT c.cells, c.published INTO cells, published FROM gapstats_internal.counted_numbers(counts, numbers, before.cells) c;
			SELECT all_hidden || coalesce(jsonb_agg(CASE WHEN dimensions = '{}' THEN dimensions ELSE s.members END), '[]') INTO all_hidden
			FROM gapstats.suppress(gapstats_internal.report_cells_query(cells, dimensions, names, false), coalesce(nullif(dimensions, '{}'), '{everyone}'), described, minimum => at_least, all_same => 'show', mark => '*',
				published => CASE WHEN published IS NOT NULL THEN gapstats_internal.report_cells_query(published, dimensions, names, true) END,
				ledger => before.ledger, population => before.population, as_of => before.as_of) s
			WHERE s.shown = '*';
			all_cells := all_cells || cells;
		END LOOP;
		beside := gapstats_internal.cells_beside_alike(counts, all_hidden);
		EXIT WHEN beside IS NULL;
		counts := gapstats_internal.with_cells_alike(counts, beside);
	END LOOP;
	IF report IS NOT NULL THEN
		PERFORM gapstats_internal.tell_others(report, before, dimensions, all_described, at_least, gapstats_internal.printed_cells(all_cells, all_hidden));
	END IF;
	RETURN QUERY
	SELECT DISTINCT ARRAY(
		SELECT CASE WHEN m.place = ANY (renamed) AND m.member = own THEN named ELSE m.member END
		FROM jsonb_array_elements_text(h) WITH ORDINALITY AS m (member, place) ORDER BY m.place)
	FROM jsonb_array_elements(all_hidden) AS h;
END
$$;
COMMENT ON FUNCTION gapstats_internal.hidden_report_cells(jsonb, jsonb, text[], bigint, regclass) IS
'The cells of a report that others may not see, by suppress(): counts are objects with cell, measure, n, x (of a rate), days and not_all (of days), is_alike (whether all scores, or outcomes, are one) and only_value (which one), dimensions the names of what a cell has values of. A report that stands goes on from what it told before, and what it tells is kept. Raises what suppress() and publish_release() raise.';

-- Shares are not days, which are counted beside them
CREATE FUNCTION gapstats_internal.report_days(measures jsonb)
RETURNS TABLE (measure text, counted_as text, described jsonb)
LANGUAGE sql STABLE ROWS 5
BEGIN ATOMIC
	-- longer than any name that there is
	SELECT m.measure, m.measure || repeat('_', 1 + (SELECT max(length(k)) FROM jsonb_object_keys(measures) AS k)), (measures -> m.measure) - '{absent,goal,gap_goal}'::text[] || jsonb_build_object('days', m."column")
	FROM gapstats_internal.report_measures(measures) m
	WHERE m.kind = 'absent' AND NOT m.is_rate;
END;
COMMENT ON FUNCTION gapstats_internal.report_days(jsonb) IS
'For each measure of shares of days absent one of how many days they are, with a name of its own.';

-- A ledger's releases of the same children may have those who reach another cut, or of whom it is known with other days: they
-- are looked at beside the report's own, as if it told of them, too.  Of a cohort its rows need not know.
CREATE FUNCTION gapstats_internal.measures_of_others(report regclass, said jsonb, measures jsonb)
RETURNS TABLE (counted_as text, said_of jsonb, described jsonb)
LANGUAGE plpgsql VOLATILE ROWS 5
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	before CONSTANT gapstats_internal.report_told := gapstats_internal.told_before(report);
	-- longer than any name that there is
	prefix CONSTANT text := repeat('_', 1 + (SELECT max(length(k)) FROM jsonb_object_keys(said) AS k));
	new record;
	changes jsonb;
BEGIN
	IF before.ledger IS NULL THEN
		RETURN;
	END IF;
	FOR new IN
		WITH own AS (
			SELECT m.measure, w.counted FROM gapstats_internal.report_measures(said) m CROSS JOIN LATERAL (VALUES (gapstats_internal.counted(m, true)), (gapstats_internal.counted(m, false))) AS w (counted)
		), other AS (
			SELECT n.value -> 'counted' AS counted, min(n.key) AS name
			FROM gapstats_internal.released_measures(before.ledger, before.population, before.as_of, before.release) AS r
			CROSS JOIN LATERAL jsonb_each(r) AS n
			WHERE n.value ? 'counted' AND NOT EXISTS (SELECT FROM own WHERE own.counted = n.value -> 'counted')
			GROUP BY 1
		)
		SELECT o.counted, o.name, min(w.measure) FILTER (WHERE w.counted ->> 'cohort' IS NOT DISTINCT FROM o.counted ->> 'cohort') AS measure, row_number() OVER (ORDER BY o.counted::text COLLATE "C") AS i
		FROM other o
		JOIN own w ON w.counted - '{minimum_days,cohort,cut}'::text[] = o.counted - '{minimum_days,cohort,cut}'::text[]
		GROUP BY o.counted, o.name
	LOOP
		IF new.measure IS NULL THEN
			RAISE EXCEPTION 'ledger "%" has the number of "%" of the same children, and the report none of such a cohort', before.ledger, new.name
				USING ERRCODE = 'invalid_parameter_value',
					  DETAIL = 'What the one counts more than the other may be of few.',
					  HINT = 'Give the report a measure of that cohort, too; or release both measures in one report first.';
		END IF;
		changes := jsonb_strip_nulls(jsonb_build_object('cut', new.counted -> 'cut', 'minimum_days', CASE WHEN measures -> new.measure ? 'enrolled' THEN new.counted -> 'minimum_days' END));
		counted_as := prefix || new.i;
		said_of := (said -> new.measure) - '{cut,minimum_days,goal,gap_goal,scale}'::text[] || changes;
		described := (measures -> new.measure) - '{cut,minimum_days,goal,gap_goal,scale}'::text[] || changes;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION gapstats_internal.measures_of_others(regclass, jsonb, jsonb) IS
'Measures that a report that is released does not have, and others of the same children do, of the same outcomes: each with a name of its own, as it would be said, and as it is counted. Raises 22023 for one of a cohort that the report does not know.';

CREATE FUNCTION gapstats_internal.report_groups_for_others(rows text, measures jsonb, said jsonb, dimensions text[], strata text[], period text, depth integer, reference text, reference_groups jsonb, min_n bigint, unrecorded_as_group boolean, report regclass)
RETURNS SETOF gapstats_internal.report_group
LANGUAGE sql VOLATILE ROWS 10000
BEGIN ATOMIC
	WITH asked AS MATERIALIZED (
		SELECT report_groups_for_others.said || coalesce(jsonb_object_agg(o.counted_as, o.said_of), '{}') AS said, report_groups_for_others.measures || coalesce(jsonb_object_agg(o.counted_as, o.described), '{}') AS measures
		FROM gapstats_internal.measures_of_others(report, report_groups_for_others.said, report_groups_for_others.measures) o
	), described AS MATERIALIZED (
		SELECT m.* FROM asked w CROSS JOIN LATERAL gapstats_internal.report_measures(w.measures) m
	), days AS MATERIALIZED (
		SELECT r.* FROM asked w CROSS JOIN LATERAL gapstats_internal.report_days(w.measures) r
	), counted AS MATERIALIZED (
		SELECT g.*, d.places = '{1}' AS is_of_first,
			gapstats_internal.report_members(g.stratum, l.first_place, l.last_place, cardinality(report_groups_for_others.strata), g.members, d.places, cardinality(dimensions), g.period, report_groups_for_others.period IS NOT NULL) AS cell,
			gapstats_internal.report_members(g.stratum, l.first_place, l.last_place, cardinality(report_groups_for_others.strata), NULL, NULL, cardinality(dimensions), g.period, report_groups_for_others.period IS NOT NULL) AS total,
			CASE WHEN g.is_rate THEN CASE g.x WHEN 0 THEN 0 WHEN g.n THEN 1 END ELSE minimum(g.scores) END AS lowest,
			CASE WHEN g.is_rate THEN CASE g.x WHEN 0 THEN 0 WHEN g.n THEN 1 END ELSE maximum(g.scores) END AS highest
		FROM asked w
		CROSS JOIN LATERAL gapstats_internal.report_groups(rows, w.measures || coalesce((SELECT jsonb_object_agg(a.counted_as, a.described) FROM days a), '{}'), dimensions, report_groups_for_others.strata, report_groups_for_others.period, depth, reference_groups, unrecorded_as_group) g
		JOIN gapstats_internal.report_levels(report_groups_for_others.strata) l USING (level)
		JOIN gapstats_internal.report_dimensions(dimensions, depth) d USING (dimension)
	), grouped AS MATERIALIZED (
		SELECT c.*, CASE m.kind WHEN 'days' THEN round(mean(c.scores) * c.n) WHEN 'absent' THEN round(mean(a.scores) * a.n) END::bigint AS days,
			CASE m.kind WHEN 'absent' THEN c.n - proficient_count(c.scores, 1) END AS not_all
		FROM counted c
		JOIN described m USING (measure)
		LEFT JOIN days r ON r.measure = c.measure
		LEFT JOIN counted a ON a.measure = r.counted_as AND a.cell = c.cell
	), hidden AS MATERIALIZED (
		SELECT h.cell
		FROM gapstats_internal.hidden_report_cells((
			SELECT jsonb_agg(jsonb_build_object('cell', c.cell, 'measure', c.measure, 'n', c.n, 'x', c.x, 'days', c.days, 'not_all', c.not_all, 'is_alike', c.only_value IS NOT NULL, 'only_value', c.only_value))
			FROM (
				SELECT g.cell, g.measure, coalesce(g.n, 0) AS n, CASE WHEN g.is_rate THEN coalesce(g.x, 0) END AS x, coalesce(g.days, 0) AS days, coalesce(g.not_all, 0) AS not_all, CASE WHEN g.n > 0 AND g.lowest = g.highest THEN g.lowest END AS only_value
				FROM grouped g
				UNION ALL
				SELECT g.total, g.measure, coalesce(sum(g.n), 0), CASE WHEN g.is_rate THEN coalesce(sum(g.x), 0) END, coalesce(sum(g.days), 0), coalesce(sum(g.not_all), 0),
					CASE WHEN min(g.lowest) FILTER (WHERE g.n > 0) = max(g.highest) FILTER (WHERE g.n > 0) AND count(*) FILTER (WHERE g.n > 0 AND g.lowest IS NULL) = 0 THEN min(g.lowest) FILTER (WHERE g.n > 0) END
				FROM grouped g
				WHERE g.is_of_first
				GROUP BY g.total, g.measure, g.is_rate
			) c
		), (SELECT w.said FROM asked w), report_groups_for_others.strata || dimensions || array_remove(ARRAY[report_groups_for_others.period], NULL), min_n, report) h
	), told AS (
		SELECT g.*, h.cell IS NOT NULL AS hides,
			t.cell IS NOT NULL OR coalesce(bool_or(h.cell IS NOT NULL) FILTER (WHERE g.group_name IS NULL) OVER stratum, false) AS hides_rest,
			coalesce(bool_or(h.cell IS NOT NULL) FILTER (WHERE g.group_name = g.named) OVER stratum, false) AS hides_named,
			-- the highest of those that are shown, if there is one
			coalesce(bool_or(h.cell IS NOT NULL) FILTER (WHERE g.group_name IS NOT NULL) OVER stratum AND NOT bool_or(h.cell IS NULL AND g.n >= min_n) FILTER (WHERE g.group_name IS NOT NULL) OVER stratum, false) AS hides_highest
		FROM grouped g
		LEFT JOIN hidden h USING (cell)
		LEFT JOIN hidden t ON t.cell = g.total
		WINDOW stratum AS (PARTITION BY g.family_place, g.stratum_place)
	)
	-- how many are missing are numbers of few students, too
	SELECT t.level, t.n_strata, t.stratum, t.period, t.period_place, t.family_place, t.stratum_place, t.dimension, t.members, t.group_name, t.named, t.measure, t.direction, t.is_rate, t.scores, t.x, t.n, NULL::bigint,
		t.hides, t.hides OR CASE WHEN t.named IS NOT NULL THEN t.hides_named WHEN reference = 'highest' THEN t.hides_highest ELSE t.hides_rest END, t.hides_rest
	FROM told t
	WHERE report_groups_for_others.measures ? t.measure;
END;
COMMENT ON FUNCTION gapstats_internal.report_groups_for_others(text, jsonb, jsonb, text[], text[], text, integer, text, jsonb, bigint, boolean, regclass) IS
'The groups of a report, with what others may not see of it by suppress(), whose minimum is min_n. said: the measures as the caller described them, which tells what they have to do with one another.';
