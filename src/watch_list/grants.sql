-- watch_list/grants: what was granted on a list outlives the view that it was granted on
--
-- PostgreSQL forgets what was granted on a view when the view is dropped.  So each run, and
-- each function that grants or takes back, writes down what is granted then.  Of a REVOKE
-- since, what is left tells: who has lost anything there that is written down is granted
-- nothing again.

CREATE FUNCTION gapstats_internal.grants_on(list regclass)
RETURNS TABLE (part text, column_name name, grantee oid, privilege text, is_grantable boolean)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT p.part, a.column_name, a.grantee, a.privilege_type, bool_or(a.is_grantable)
	FROM (SELECT '' AS part UNION ALL SELECT part FROM gapstats_internal.list_parts()) p
	JOIN pg_class l ON l.oid = list
	JOIN pg_class c ON c.relowner = l.relowner
		AND c.oid = gapstats_internal.part_itself(list, p.part)
	CROSS JOIN LATERAL (
		SELECT NULL::name AS column_name, r.* FROM aclexplode(c.relacl) r
		UNION ALL
		SELECT t.attname, r.* FROM pg_attribute t CROSS JOIN aclexplode(t.attacl) r WHERE t.attrelid = c.oid AND NOT t.attisdropped
	) a
	WHERE a.grantee <> c.relowner AND a.grantor = c.relowner
	GROUP BY p.part, a.column_name, a.grantee, a.privilege_type;
END;
COMMENT ON FUNCTION gapstats_internal.grants_on(regclass) IS
'What its owner has granted others on a watch list ('''') and the relations beside it, on all columns (NULL) or one. Grantee 0 is everybody. What these granted on is not among it.';

CREATE FUNCTION gapstats_internal.keep_grants(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE gapstats_internal.statement(list, $sql$
		UPDATE @settings s
		SET granted = g.granted
		FROM (
			SELECT coalesce(jsonb_agg(to_jsonb(o) || jsonb_build_object('name', r.rolname) ORDER BY o.part, o.column_name, o.grantee, o.privilege), '[]') AS granted
			FROM gapstats_internal.grants_on($1) o
			LEFT JOIN pg_roles r ON r.oid = o.grantee
		) g
		WHERE s.granted <> g.granted
		$sql$)
	USING list;
END
$$;
COMMENT ON FUNCTION gapstats_internal.keep_grants(regclass) IS
'Writes down what is granted on a watch list that is whole, for grant_again().';

CREATE FUNCTION gapstats_internal.grant_again(list regclass, parts text[])
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- elsewhere, OIDs are those of other roles
	is_elsewhere CONSTANT boolean := gapstats_internal.held_because(list) IS NOT NULL;
	granted jsonb;
	lost record;
	left_out text[] := '{}';
BEGIN
	-- what an earlier owner wrote there is not the new one's wish
	EXECUTE gapstats_internal.statement(list, $sql$
		SELECT CASE WHEN s.owner = l.relowner OR s.system_identifier <> c.system_identifier OR s.database_oid <> d.oid THEN s.granted ELSE '[]' END
		FROM @settings s, pg_class l, pg_control_system() c, pg_database d
		WHERE l.oid = $1 AND d.datname = current_database()
		$sql$)
	INTO granted USING list;
	FOR lost IN
		WITH was AS (
			SELECT g.*, r.oid AS role, r.name AS role_name, g.part = ANY (parts) AS is_lost,
				gapstats_internal.part_itself(list, g.part) AS relation
			FROM jsonb_to_recordset(granted) AS g (part text, column_name name, grantee oid, privilege text, is_grantable boolean, name name)
			LEFT JOIN (SELECT oid, rolname, quote_ident(rolname) FROM pg_roles UNION ALL VALUES (0, NULL, 'PUBLIC')) AS r (oid, rolname, name)
				ON CASE WHEN is_elsewhere AND g.grantee <> 0 THEN r.rolname = g.name ELSE r.oid = g.grantee END
		), taken_back AS (
			SELECT w.grantee
			FROM was w
			LEFT JOIN gapstats_internal.grants_on(list) o ON (o.part, o.grantee, o.privilege) = (w.part, w.role, w.privilege) AND o.column_name IS NOT DISTINCT FROM w.column_name
			WHERE NOT w.is_lost AND o.part IS NULL
		)
		SELECT coalesce(w.role_name, quote_ident(w.name)) AS who,
			CASE WHEN w.role IS NOT NULL AND w.grantee NOT IN (SELECT t.grantee FROM taken_back t) THEN
				format('GRANT %s%s ON %s TO %s%s', p.privilege_type, ' (' || quote_ident(w.column_name) || ')', w.relation, w.role_name, CASE WHEN w.is_grantable THEN ' WITH GRANT OPTION' END)
			END AS statement
		FROM was w
		JOIN pg_class c ON c.oid = w.relation
		-- what the settings say is not trusted to be a privilege, nor that there still is the column
		JOIN aclexplode(acldefault('r', c.relowner)) p ON p.privilege_type = w.privilege
		WHERE w.is_lost
		AND (w.column_name IS NULL OR EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attname = w.column_name AND NOT t.attisdropped))
		ORDER BY w.part, w.name, w.privilege
	LOOP
		IF lost.statement IS NOT NULL THEN
			EXECUTE lost.statement;
		ELSIF NOT lost.who = ANY (left_out) THEN
			left_out := left_out || lost.who;
		END IF;
	END LOOP;
	IF left_out <> '{}' THEN
		RAISE WARNING 'watch list "%": nothing is granted again to %', list, array_to_string(left_out, ', ')
			USING DETAIL = 'These roles are gone, or something that they were granted on what is left has been taken back.',
				  HINT = 'Whoever is to read it after all can be granted it with grant_watch_list.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.grant_again(regclass, text[]) IS
'Grants again what had been granted on the watch list ('''') and parts that were made anew; but nothing to roles that are gone, or from whom something has been taken back meanwhile on the other parts. A warning says what is not granted.';
