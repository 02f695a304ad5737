-- watch_list/views: what people read of a list
--
-- A plan must not tell a reader more than the rows do: EXPLAIN shows what the planner knows of
-- all students, and counts what a scan finds.  So a view of "my" students has its rows from a
-- function, own_rows(), that reads an "own" view behind the wall; that one takes student after
-- student (OFFSET 0) and looks up by an index what belongs to her.

CREATE FUNCTION gapstats_internal.own_part(part text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN part = 'mine' THEN 'own' WHEN part ^@ 'my_' THEN regexp_replace(part, '^my_', 'own_') END;
COMMENT ON FUNCTION gapstats_internal.own_part(text) IS
'The view that a view of a reader''s own students (mine, my_...) has its rows from; NULL for any other part.';

CREATE FUNCTION gapstats_internal.view_statement(part text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN replace(replace(CASE part
	WHEN 'acting' THEN $sql$
		CREATE VIEW @acting AS
		SELECT 'whoever may read this may name the viewer in gapstats.viewer' AS note
		$sql$
	WHEN 'reasons' THEN $sql$
		CREATE VIEW @reasons AS
		SELECT v.student_id, r.rule, r.version AS rule_version, r."position", k.value, r.comparison, t.threshold,
			s.flagged, s.state, CASE WHEN s.flagged THEN gapstats_internal.reason_text(r.reason, k.value, t.threshold, split_part(v."values", ',', r."position")) END AS reason,
			r.severity, r.points, b.value_before, k.value - b.value_before AS change
		FROM @values v
		JOIN @current c ON c.student_id @equals v.student_id
		CROSS JOIN (
			SELECT r.*
			FROM @run_rules u
			JOIN @rules r ON r.rule = u.rule AND r.version = u.version
			WHERE u.run = (SELECT max(run) FROM @runs WHERE status = 'succeeded')
		) r
		CROSS JOIN LATERAL gapstats_internal.rule_state(substr(v.states, r."position", 1)) s
		CROSS JOIN LATERAL (SELECT gapstats_internal.value_at(v."values", r."position")) k (value)
		CROSS JOIN LATERAL (
			SELECT CASE WHEN r.thresholds_by IS NULL THEN r.threshold
				-- of whom the group is not known, the threshold is not
				ELSE (SELECT coalesce((r.thresholds ->> g.name)::numeric, r.threshold) FROM gapstats_internal.column_text(c.*, r.thresholds_by) AS g (name) WHERE g.name IS NOT NULL) END
		) t (threshold)
		-- a subquery, which costs nothing where it is not asked for
		CROSS JOIN LATERAL (
			SELECT (
				SELECT gapstats_internal.value_at(a."values", r."position")
				FROM @alarms a
				WHERE a.flag = (SELECT f.flag FROM @flags f WHERE f.student_id @equals v.student_id AND f.cleared_at IS NULL)
				ORDER BY a.raised_at DESC, a.alarm DESC
				LIMIT 1)
		) b (value_before)
		$sql$
	WHEN 'unusable' THEN $sql$
		CREATE VIEW @unusable AS
		SELECT v.student_id, u.rule, s.state AS why
		FROM @values v
		CROSS JOIN @run_rules u
		CROSS JOIN LATERAL gapstats_internal.rule_state(substr(v.states, u."position", 1)) s
		WHERE u.run = (SELECT max(run) FROM @runs WHERE status = 'succeeded')
		AND s.state IN ('given more than once', 'not a finite number')
		$sql$
	WHEN 'held' THEN $sql$
		CREATE VIEW @held AS
		SELECT n.student_id, n.status, n.reasons, c.status AS status_before, r.run
		FROM @next n
		JOIN @runs r ON r.run = (SELECT max(run) FROM @runs WHERE status <> 'skipped') AND r.status = 'held'
		LEFT JOIN @current c ON c.student_id @equals n.student_id
		WHERE n.change IN ('n', 'c') AND n.status = 'at risk' AND c.status IS DISTINCT FROM 'at risk'
		$sql$
	WHEN 'events' THEN $sql$
		CREATE VIEW @events AS
		SELECT h.from_time AS happened_at, h.event, h.student_id, h.status, array_to_string(h.rules, '; ') AS reasons, h.from_day AS as_of
		FROM @history h
		UNION ALL
		SELECT h.until_time, 'cleared', h.student_id, h.ended_as, array_to_string(h.rules, '; '), h.until_day
		FROM @history h
		WHERE h.ended_as IS NOT NULL
		-- missing data that comes in clears a flag only if there is one
		AND (h.status <> 'insufficient data' OR EXISTS (
			SELECT FROM @flags f
			WHERE f.student_id @equals h.student_id AND f.flagged_at <= h.until_time AND coalesce(f.cleared_at >= h.until_time, true)))
		$sql$
	WHEN 'overdue' THEN $sql$
		CREATE VIEW @overdue AS
		SELECT a.alarm, a.flag, a.student_id, a.kind, a.status, array_to_string(a.rules, '; ') AS reasons, f.since, a.raised_at, a.due_at, now() - a.raised_at AS waiting
		FROM @alarms a
		JOIN @flags f ON f.flag = a.flag AND f.cleared_at IS NULL
		WHERE a.due_at < now() AND (a waits)
		$sql$
	WHEN 'outbox' THEN $sql$
		CREATE VIEW @outbox AS
		SELECT a.alarm, a.student_id, a.kind, a.status, array_to_string(a.rules, '; ') AS reasons, a.raised_at, a.due_at, g.assigned_to, f.cleared_as
		FROM @alarms a
		JOIN @flags f ON f.flag = a.flag
		LEFT JOIN @assignments g ON g.flag = a.flag
		WHERE a.acknowledged_at IS NULL
		$sql$
	WHEN 'sheet' THEN $sql$
		CREATE VIEW @sheet AS
		SELECT c.*, w.words, h.event AS last_event, h.from_day AS last_event_on, u.due_at, u.due_at < now() AS is_overdue, g.assigned_to, g.due_on, k.contacted_at AS last_contact,
			k.made_by AS last_contact_by, i.interventions, z.until AS put_off_until, f.flag
		FROM @current c
		JOIN @flags f ON f.student_id @equals c.student_id AND f.cleared_at IS NULL
		CROSS JOIN (SELECT (now() AT TIME ZONE s.time_zone)::date AS today FROM @settings s) d
		LEFT JOIN @history h ON h.student_id @equals c.student_id AND h.until_time IS NULL
		-- by the number alone, the planner might look for hers through everybody's
		LEFT JOIN LATERAL (SELECT * FROM @alarms a WHERE a.flag = f.flag ORDER BY a.raised_at DESC, a.alarm DESC LIMIT 1) a ON true
		LEFT JOIN LATERAL (
			SELECT string_agg(r.reason || coalesce(gapstats_internal.trend_text(r.reason, r.rule_reason, gapstats_internal.value_at(a."values", r."position"), r.value, r.threshold), ''), '; ' ORDER BY r."position")
			FROM (
				SELECT r.*, u.reason AS rule_reason
				FROM @reasons r
				JOIN @rules u ON u.rule = r.rule AND u.version = r.rule_version
				WHERE r.student_id @equals c.student_id AND r.flagged
			) r
		) w (words) ON true
		LEFT JOIN LATERAL (
			SELECT min(a.due_at)
			FROM @alarms a
			WHERE a.flag = f.flag AND (a waits)
		) u (due_at) ON true
		LEFT JOIN @assignments g ON g.flag = f.flag
		LEFT JOIN LATERAL (SELECT * FROM @check_ins k WHERE k.flag = f.flag AND k.contacted_at >= f.flagged_at ORDER BY k.contacted_at DESC, k.check_in DESC LIMIT 1) k ON true
		LEFT JOIN LATERAL (
			SELECT string_agg(i.what || coalesce(' (' || nullif(concat_ws(', ', 'tier ' || i.tier, CASE WHEN i.starts_on > d.today THEN 'from ' || i.starts_on END), '') || ')', ''),
				'; ' ORDER BY i.intervention)
			FROM @interventions i
			WHERE i.student_id @equals c.student_id AND i.ends_on IS NULL
		) i (interventions) ON true
		LEFT JOIN LATERAL (SELECT * FROM @snoozes z WHERE z.flag = f.flag ORDER BY z.made_at DESC, z.snooze DESC LIMIT 1) z ON z.made_at >= a.raised_at AND z.until >= d.today
		$sql$
	WHEN 'own' THEN $sql$
		CREATE VIEW @own AS
		SELECT c.*
		FROM (own students) m
		CROSS JOIN LATERAL (SELECT * FROM @current c WHERE c.student_id @equals m.student_id OFFSET 0) c
		$sql$
	WHEN 'own_reasons' THEN $sql$
		CREATE VIEW @own_reasons AS
		SELECT r.*
		FROM (own students) m
		CROSS JOIN LATERAL (SELECT * FROM @reasons r WHERE r.student_id @equals m.student_id OFFSET 0) r
		$sql$
	WHEN 'own_flags' THEN $sql$
		CREATE VIEW @own_flags AS
		SELECT f.flag, f.student_id, f.status, array_to_string(f.rules, '; ') AS reasons, f.since, f.flagged_at,
			(SELECT max(a.due_at) FROM @alarms a WHERE a.flag = f.flag) AS due_at,
			(SELECT max(c.contacted_at) FROM @check_ins c WHERE c.flag = f.flag AND c.contacted_at >= f.flagged_at) AS last_contact
		FROM (own students) m
		CROSS JOIN LATERAL (SELECT f.flag, f.student_id, f.status, f.rules, f.since, f.flagged_at FROM @flags f WHERE f.student_id @equals m.student_id AND f.cleared_at IS NULL OFFSET 0) f
		$sql$
	WHEN 'own_check_ins' THEN $sql$
		CREATE VIEW @own_check_ins AS
		SELECT c.check_in, c.flag, c.student_id, c.contacted_at,
			CASE WHEN NOT c.is_restricted OR c.made_by = ANY (gapstats_internal.viewer_names(@oid_acting, gapstats_internal.caller())) THEN c.note END AS note,
			c.is_restricted, c.made_by, c.made_at, c.corrected_at
		FROM (own students) m
		CROSS JOIN LATERAL (SELECT f.flag FROM @flags f WHERE f.student_id @equals m.student_id OFFSET 0) f
		CROSS JOIN LATERAL (SELECT * FROM @check_ins c WHERE c.flag = f.flag OFFSET 0) c
		$sql$
	WHEN 'own_sheet' THEN $sql$
		CREATE VIEW @own_sheet AS
		SELECT s.*
		FROM (own students) m
		CROSS JOIN LATERAL (SELECT * FROM @sheet s WHERE s.student_id @equals m.student_id OFFSET 0) s
		$sql$
	WHEN 'own_interventions' THEN $sql$
		CREATE VIEW @own_interventions AS
		SELECT i.*
		FROM (own students) m
		CROSS JOIN LATERAL (SELECT * FROM @interventions i WHERE i.student_id @equals m.student_id OFFSET 0) i
		$sql$
	WHEN 'own_events' THEN $sql$
		CREATE VIEW @own_events AS
		SELECT e.*
		FROM (own students) m
		CROSS JOIN LATERAL (SELECT * FROM @events e WHERE e.student_id @equals m.student_id OFFSET 0) e
		$sql$
	WHEN '' THEN $sql$
		CREATE MATERIALIZED VIEW @list AS SELECT * FROM @current;
		CREATE UNIQUE INDEX ON @list (student_id)
		$sql$
	ELSE format('CREATE VIEW @%1$s AS SELECT * FROM gapstats_internal.own_rows(@oid_current, %1$L, NULL::@%2$s)', part, gapstats_internal.own_part(part))
END, '(own students)', $sql$(
	SELECT DISTINCT v.student_id
	FROM @viewers v
	WHERE v.viewer = ANY (gapstats_internal.viewer_names(@oid_acting, gapstats_internal.caller()))
)$sql$), '(a waits)', $sql$(
	-- nobody has called since it was raised, nor put it off to a day that is not over; what was
	-- said last of that counts
	NOT EXISTS (SELECT FROM @check_ins c WHERE c.flag = a.flag AND c.contacted_at >= a.raised_at)
	AND NOT EXISTS (
		SELECT FROM @snoozes z CROSS JOIN @settings s
		WHERE z.flag = a.flag AND z.made_at >= a.raised_at AND z.until >= (now() AT TIME ZONE s.time_zone)::date
		AND NOT EXISTS (SELECT FROM @snoozes l WHERE l.flag = z.flag AND l.snooze > z.snooze))
)$sql$);
COMMENT ON FUNCTION gapstats_internal.view_statement(text) IS
'The statement that makes a view of a watch list, or the list itself ('''').';

-- Between commas, and not in an array, they are half as wide; and every night writes them all.
CREATE FUNCTION gapstats_internal.value_at("values" text, "position" integer)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN nullif(split_part(split_part("values", ',', "position"), '/', 1), '')::numeric;
COMMENT ON FUNCTION gapstats_internal.value_at(text, integer) IS
'The value at a position of those that a list holds of a student: one a rule, between commas, with the numbers for its reason behind it, after slashes; NULL if there is none.';

CREATE FUNCTION gapstats_internal.rule_state(state text, OUT flagged boolean, OUT state text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN $1 IN ('f', 'k', 'w') THEN true WHEN $1 = 'o' THEN false END,
		CASE
			WHEN $1 = 'f' THEN 'flagged'
			WHEN $1 = 'k' THEN 'not clear yet'
			WHEN $1 = 'w' THEN 'clear for too few school days'
			WHEN $1 = 'o' THEN 'not flagged'
			WHEN $1 = 'n' THEN 'does not apply'
			WHEN $1 IN ('d', 'D') THEN 'given more than once'
			WHEN $1 IN ('x', 'X') THEN 'not a finite number'
			ELSE 'missing'
		END;
END;
COMMENT ON FUNCTION gapstats_internal.rule_state(text) IS
'What the letter says that a list''s values hold for a student and rule: whether it flags her (NULL if that is not known or asked), and in words.';

-- Names are compared in the "C" collation, so that the index on viewers serves.
CREATE FUNCTION gapstats_internal.viewer_names(acting regclass, who name)
RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
	WHEN EXISTS (
		SELECT FROM pg_class c CROSS JOIN aclexplode(c.relacl) a
		WHERE c.oid = acting AND a.grantee <> c.relowner AND a.privilege_type = 'SELECT'
		AND CASE WHEN a.grantee = 0 THEN true ELSE pg_has_role(who, a.grantee, 'USAGE') END
	) AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = who)
	THEN array_remove(ARRAY[nullif(current_setting('gapstats.viewer', true), '')], NULL)
	ELSE ARRAY(SELECT rolname::text FROM pg_roles WHERE pg_has_role(who, oid, 'USAGE'))
END;
COMMENT ON FUNCTION gapstats_internal.viewer_names(regclass, name) IS
'Whose students a role sees in a watch list: those of the roles whose rights it has; or, if it has been granted ''act for viewers'', those of the viewer that the setting gapstats.viewer names, and nobody''s if it names none.';

-- Whatever the planner knows of others' rows, it is to look up what it needs by an index, one
-- student after the other.  Whoever owns the schema may put another view in the place of the
-- one that is read; what that one reads, it reads with its owner's rights.
CREATE FUNCTION gapstats_internal.own_rows_as_owner(list regclass, part text, "row" anyelement)
RETURNS SETOF anyelement
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_indexscan = on
SET enable_indexonlyscan = off
SET enable_bitmapscan = off
SET enable_nestloop = on
SET enable_sort = on
SET enable_hashjoin = off
SET enable_mergejoin = off
SET from_collapse_limit = 1
SET join_collapse_limit = 1
SET max_parallel_workers_per_gather = 0
SET jit = off
AS $$
DECLARE
	caller CONSTANT name := gapstats_internal.caller();
	statement text;
BEGIN
	-- in an order of their own: where others are would show in how much memory it takes to sort them
	SELECT format('SELECT %s FROM %s o ORDER BY (o.*)::text COLLATE "C"', string_agg(
		CASE WHEN has_column_privilege(caller, shown.oid, a.attnum, 'SELECT') THEN format('o.%I', a.attname)
			ELSE format('NULL::%s', format_type(a.atttypid, a.atttypmod)) END, ', ' ORDER BY a.attnum), own.oid::regclass)
	INTO statement
	FROM pg_class l
	JOIN pg_class shown ON shown.oid = to_regclass(gapstats_internal.list_part(list, part)) AND shown.relowner = l.relowner
	JOIN pg_class own ON own.oid = to_regclass(gapstats_internal.list_part(list, gapstats_internal.own_part(part))) AND own.relowner = l.relowner
	JOIN pg_attribute a ON a.attrelid = own.oid AND a.attnum > 0
	WHERE l.oid = list AND has_any_column_privilege(caller, shown.oid, 'SELECT')
	GROUP BY own.oid;
	IF statement IS NULL THEN
		RAISE EXCEPTION 'permission denied for view %', gapstats_internal.statement(list, '@' || part)
			USING ERRCODE = 'insufficient_privilege';
	END IF;
	RETURN QUERY EXECUTE statement;
END
$$;
COMMENT ON FUNCTION gapstats_internal.own_rows_as_owner(regclass, text, anyelement) IS
'own_rows(), done as the list''s owner.';

CREATE FUNCTION gapstats_internal.own_rows(list regclass, part text, "row" anyelement)
RETURNS SETOF anyelement
AS 'MODULE_PATHNAME', 'done_for_anyone' LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 ROWS 30;
COMMENT ON FUNCTION gapstats_internal.own_rows(regclass, text, anyelement) IS
'The rows of a view of a watch list that shows each reader his own students: what it is made of. For those who may read that view, and of the columns that they may read; the others are NULL. The row is of the type of the view behind it. Error 42501 for other parts of the list, which are read as they are, and by their row security.';

CREATE FUNCTION gapstats_internal.make_views(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	made text;
BEGIN
	IF gapstats_internal.list_itself(list) IS NULL THEN
		EXECUTE gapstats_internal.statement(list, gapstats_internal.view_statement(''));
		PERFORM gapstats_internal.make_private(gapstats_internal.list_itself(list));
	END IF;
	FOR made IN SELECT part FROM gapstats_internal.list_parts() WHERE kind = 'v' LOOP
		IF to_regclass(gapstats_internal.list_part(list, made)) IS NULL THEN
			EXECUTE gapstats_internal.statement(list, gapstats_internal.view_statement(made));
			PERFORM gapstats_internal.make_private(gapstats_internal.list_part(list, made)::regclass);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION gapstats_internal.make_views(regclass) IS
'Makes the watch list and those of its views that are not there.';

CREATE FUNCTION gapstats_internal.replace_views(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	there text;
BEGIN
	FOR there IN
		SELECT p.part
		FROM gapstats_internal.list_parts() p
		JOIN pg_class l ON l.oid = list
		JOIN pg_class c ON c.oid = to_regclass(gapstats_internal.list_part(list, p.part)) AND c.relowner = l.relowner AND c.relkind = p.kind
		WHERE p.kind = 'v'
	LOOP
		EXECUTE gapstats_internal.statement(list, replace(gapstats_internal.view_statement(there), 'CREATE VIEW', 'CREATE OR REPLACE VIEW'));
	END LOOP;
END
$$;
COMMENT ON FUNCTION gapstats_internal.replace_views(regclass) IS
'Makes those of a watch list''s views that are there what this version makes; what was granted on them stays.';

CREATE FUNCTION gapstats_internal.lost_tables(list regclass)
RETURNS text[]
LANGUAGE sql STABLE
RETURN (
	SELECT array_agg(part)
	FROM gapstats_internal.list_parts()
	WHERE kind = 'r' AND part NOT IN (SELECT m.part FROM gapstats_internal.tables_made_again() m) AND to_regclass(gapstats_internal.list_part(list, part)) IS NULL
);
COMMENT ON FUNCTION gapstats_internal.lost_tables(regclass) IS
'The tables that a watch list has lost and that repair_watch_list cannot make again; NULL if it has them all.';

CREATE FUNCTION gapstats_internal.leave_definition(lost text[])
RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN NOT lost && '{settings, queries, rules, words, breakdowns}';
COMMENT ON FUNCTION gapstats_internal.leave_definition(text[]) IS
'Whether a watch list that has lost these tables can still be exported.';

CREATE FUNCTION gapstats_internal.fix_of_lost_tables(list regclass, lost text[])
RETURNS text
LANGUAGE sql STABLE STRICT
RETURN format('Restore %s from a backup; or, without what %s held, ', array_to_string(lost, ', '), CASE cardinality(lost) WHEN 1 THEN 'it' ELSE 'they' END)
	|| CASE WHEN gapstats_internal.leave_definition(lost)
		THEN format('keep what SELECT gapstats.export_watch_list(%L); gives, SELECT gapstats.drop_watch_list(%1$L); and give it to gapstats.import_watch_list.', list)
		ELSE format('SELECT gapstats.drop_watch_list(%L); and make the list anew.', list) END;
COMMENT ON FUNCTION gapstats_internal.fix_of_lost_tables(regclass, text[]) IS
'What to do about tables that a watch list has lost.';

-- A list is told by its tables of students and settings.  Without one of them it is none, but
-- what is left of it is not to go unnoticed.
CREATE FUNCTION gapstats_internal.remains(list regclass, OUT base text, OUT lost text[], OUT kept oid[], OUT others oid[])
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT format('%s.%I', t.relnamespace::regnamespace, b.base), array_agg(p.part ORDER BY p.part) FILTER (WHERE p.kind = 'r' AND c.oid IS NULL), array_agg(c.oid ORDER BY c.oid) FILTER (WHERE c.oid IS NOT NULL),
		array_agg(o.oid ORDER BY o.oid) FILTER (WHERE o.oid IS NOT NULL)
	FROM pg_class t
	JOIN gapstats_internal.list_parts() s ON s.kind = t.relkind AND t.relname = left(t.relname, -length(s.part) - 1) || '_' || s.part
	CROSS JOIN LATERAL (SELECT left(t.relname, -length(s.part) - 1)) b (base)
	CROSS JOIN (SELECT part, kind FROM gapstats_internal.list_parts() UNION ALL SELECT NULL, 'm') p
	LEFT JOIN pg_class c ON c.relnamespace = t.relnamespace AND c.relname = concat_ws('_', b.base, p.part) AND c.relowner = t.relowner AND c.relkind = p.kind
	LEFT JOIN pg_class o ON o.relnamespace = t.relnamespace AND o.relname = concat_ws('_', b.base, p.part) AND o.relowner <> t.relowner AND o.relkind = p.kind
	WHERE t.oid = list
	GROUP BY t.relnamespace, b.base
	HAVING count(c.oid) FILTER (WHERE p.kind = 'r') > count(*) FILTER (WHERE p.kind = 'r') / 2
	AND bool_or(c.oid IS NULL AND p.part IN ('current', 'settings'));
END;
COMMENT ON FUNCTION gapstats_internal.remains(regclass) IS
'Of a part of a watch list that has lost its table of students or of settings: the list''s name, the tables that it has lost, what is left of it, and what is in the place of its parts and belongs to others. All NULL for what is none of more than half of a list''s tables.';

CREATE FUNCTION gapstats_internal.check_remains(list regclass)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	remains record;
	lost text;
BEGIN
	SELECT * INTO remains FROM gapstats_internal.remains(list);
	lost := array_to_string(remains.lost, ', ');
	IF remains.others IS NOT NULL THEN
		PERFORM gapstats_internal.raise_parts_of_others(remains.base, (SELECT relowner FROM pg_class WHERE oid = list), remains.others, remains.others);
	ELSIF remains.base IS NOT NULL THEN
		RAISE EXCEPTION 'watch list "%" has lost %', remains.base, lost
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'What was in these tables cannot be made again from the others.',
				  HINT = format('Restore %s from a backup; or, to give up what is left: %s;', lost, gapstats_internal.drop_statement(remains.kept));
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_remains(regclass) IS
'Raises an error that says what to do about what is left of a watch list, if the relation is of such.';

CREATE FUNCTION gapstats_internal.missing_parts(list regclass)
RETURNS text[]
LANGUAGE sql STABLE STRICT
RETURN ARRAY(
	SELECT part
	FROM (SELECT '' AS part UNION ALL SELECT part FROM gapstats_internal.list_parts()) p
	WHERE gapstats_internal.part_itself(list, part) IS NULL
);
COMMENT ON FUNCTION gapstats_internal.missing_parts(regclass) IS
'The parts that a watch list does not have; '''' is the list itself.';

CREATE FUNCTION gapstats_internal.repair_watch_list_as_owner(list regclass)
RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	missing text[];
	lost text[];
	part text;
	made_by text;
BEGIN
	IF gapstats_internal.list_base(list) IS NULL THEN
		PERFORM gapstats_internal.check_list(list);
	END IF;
	PERFORM gapstats_internal.bring_forward_as_owner(list);
	-- comments lock what they are on, which a list that is whole and has its name is spared
	PERFORM gapstats_internal.lock_parts(coalesce(gapstats_internal.list_itself(list), list)) WHERE gapstats_internal.missing_parts(list) <> '{}';
	PERFORM gapstats_internal.follow_rename(gapstats_internal.list_itself(list)) WHERE gapstats_internal.list_itself(list) IS NOT NULL;
	PERFORM gapstats_internal.check_own_parts(list);
	lost := gapstats_internal.lost_tables(list);
	IF lost IS NOT NULL THEN
		RAISE EXCEPTION 'watch list "%" has lost %', list, array_to_string(lost, ', ')
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'What was in these tables cannot be made again from the others.',
				  HINT = gapstats_internal.fix_of_lost_tables(list, lost);
	END IF;
	missing := gapstats_internal.missing_parts(list);
	FOR part, made_by IN
		SELECT m.* FROM gapstats_internal.tables_made_again() m WHERE m.part = ANY (missing)
	LOOP
		EXECUTE gapstats_internal.statement(list, made_by);
		PERFORM gapstats_internal.make_private(gapstats_internal.list_part(list, part)::regclass);
	END LOOP;
	PERFORM gapstats_internal.make_views(list);
	PERFORM gapstats_internal.check_list(gapstats_internal.list_itself(list));
	PERFORM gapstats_internal.write_counts(list) WHERE 'counts' = ANY (missing);
	-- comments lock what they are on, which a list that is whole is spared
	IF missing <> '{}' THEN
		PERFORM gapstats_internal.describe_list(gapstats_internal.list_itself(list));
		PERFORM gapstats_internal.grant_again(list, missing);
		RETURN array_to_string(array_replace(missing, '', 'the list itself'), ', ');
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION gapstats_internal.repair_watch_list_as_owner(regclass) IS
'repair_watch_list(), done as the list''s owner.';

CREATE FUNCTION repair_watch_list(list regclass)
RETURNS text
AS 'MODULE_PATHNAME', 'done_for_owner_given_all' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION repair_watch_list(regclass) IS
'Makes a watch list whole again from its tables, after a DROP of the materialized view, of views beside it, or of its tables of counts and of what a run found, with CASCADE or without: nothing of it is lost. What was granted on them is granted again as the last run found it, or grant_watch_list or unshare_watch_list left it; but not to roles from whom something has been taken back since on what was left, or that are gone, which a warning names. A REVOKE since then on nothing but what was dropped is not known of. list is the list, or, if it is gone, its table of students (the name and _current). Returns what was made again; NULL if nothing was missing. For roles with the rights of the list''s owner. Error: another table is lost.';
