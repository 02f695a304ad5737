-- watch_list/format: lists that an earlier version of gapstats made
--
-- A list's tables are its owner's, so no upgrade script of the extension changes them.  Each
-- list says of what format they are; whatever refreshes, changes or repairs it brings them
-- forward first.  Who changes the tables or views of a list adds 1 to list_format() and says
-- here, once and for all, what makes the tables of the format before into those of the new
-- one; the views are replaced then, and all columns described.

CREATE FUNCTION gapstats_internal.list_format()
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 1;
COMMENT ON FUNCTION gapstats_internal.list_format() IS
'The format of the watch lists that this version makes and reads.';

CREATE FUNCTION gapstats_internal.format_of(list regclass)
RETURNS integer
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	format integer;
BEGIN
	EXECUTE gapstats_internal.statement(list, 'SELECT s.format FROM @settings s') INTO format;
	RETURN format;
END
$$;
COMMENT ON FUNCTION gapstats_internal.format_of(regclass) IS
'The format of a watch list''s tables.';

CREATE FUNCTION gapstats_internal.next_format_statement(format integer)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE format
	-- of 0 were lists that could not tell whether what was published had been shown, forgot what
	-- was granted on a view when it was dropped, did not count whom nobody sees, did not know that they
	-- had been restored, what of it they published was still the same, nor of other schedulers than
	-- pg_cron, checked less of what was written into them, did not remember how their rules had been combined, ended
	-- no flags with a school year, held values as numeric[], did not tell that rows of theirs were lost, did not
	-- remember what rules had said that were off since, counted students in 8 bytes, and did not
	-- keep the SQLSTATE of the error of a run
	WHEN 0 THEN $sql$
		ALTER TABLE @settings ADD COLUMN shown boolean NOT NULL DEFAULT false;
		ALTER TABLE @settings ALTER COLUMN shown SET DEFAULT true;
		ALTER TABLE @settings ADD COLUMN granted jsonb NOT NULL DEFAULT '[]', ADD COLUMN counted jsonb NOT NULL DEFAULT '{}', ADD COLUMN refreshed_within interval;
		ALTER TABLE @runs ADD COLUMN n_without_viewer bigint, ADD COLUMN n_unseen integer;
		ALTER TABLE @settings ADD COLUMN table_oid oid;
		UPDATE @settings SET table_oid = @oid_settings;
		ALTER TABLE @settings ALTER COLUMN table_oid SET NOT NULL;
		ALTER TABLE @runs ADD COLUMN combination text, ADD COLUMN at_risk_at numeric, ADD COLUMN watch_at numeric, ADD COLUMN parts_unlike text[], ADD COLUMN sqlstate text;
		UPDATE @runs SET (combination, at_risk_at, watch_at) = (SELECT combination, at_risk_at, watch_at FROM @settings);
		ALTER TABLE @flags ADD COLUMN said jsonb;
		UPDATE @flags f
		SET said = (SELECT coalesce(jsonb_object_agg(r.rule, f.run), '{}') FROM unnest(f.rules) AS r (rule))
		WHERE cleared_at IS NULL OR cleared_as IN ('left', 'rule changed');
		UPDATE @settings
		SET max_students_change = least(max_students_change, 1), max_values_change = least(max_values_change, 1), max_flagged_change = least(max_flagged_change, 1);
		DO $do$
		DECLARE
			part_check record;
			reader record;
		BEGIN
			-- views that read the values keep them from becoming others, until they are replaced
			FOR reader IN
				SELECT v.view, string_agg(format('NULL::%s%s AS %I', format_type(a.atttypid, a.atttypmod), ' COLLATE ' || nullif(a.attcollation, 0)::regcollation, a.attname), ', ' ORDER BY a.attnum) AS columns
				FROM unnest('{reasons, sheet}'::text[]) p (part)
				CROSS JOIN LATERAL (SELECT to_regclass(gapstats_internal.list_part(@oid_current, p.part))) v (view)
				JOIN pg_attribute a ON a.attrelid = v.view AND a.attnum > 0
				GROUP BY v.view
			LOOP
				EXECUTE format('CREATE OR REPLACE VIEW %s AS SELECT %s', reader.view, reader.columns);
			END LOOP;
			FOR part_check IN SELECT conrelid::regclass AS part, conname FROM pg_constraint WHERE conrelid IN (@oid_settings, @oid_words, @oid_history, @oid_flags) AND contype = 'c' LOOP
				EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', part_check.part, part_check.conname);
			END LOOP;
		END $do$;
		ALTER TABLE @values SET (fillfactor = 45);
		ALTER TABLE @values ALTER COLUMN "values" TYPE text USING replace(translate("values"::text, '{}', ''), 'NULL', '');
		ALTER TABLE @alarms ALTER COLUMN "values" TYPE text USING replace(translate("values"::text, '{}', ''), 'NULL', '');
		ALTER TABLE @next ALTER COLUMN "values" TYPE text USING replace(translate("values"::text, '{}', ''), 'NULL', '');
		ALTER TABLE @counts ALTER COLUMN students TYPE integer, ALTER COLUMN flagged TYPE integer;
		ALTER TABLE @runs ALTER COLUMN students TYPE integer, ALTER COLUMN flagged TYPE integer, ALTER COLUMN newly_flagged TYPE integer,
			ALTER COLUMN escalated TYPE integer, ALTER COLUMN cleared TYPE integer, ALTER COLUMN n_unusable TYPE integer;
		ALTER TABLE @run_rules ALTER COLUMN n_values TYPE integer, ALTER COLUMN n_unusable TYPE integer, ALTER COLUMN n_not_applicable TYPE integer, ALTER COLUMN n_flagged TYPE integer;
		$sql$ || gapstats_internal.checks_statement()
END;
COMMENT ON FUNCTION gapstats_internal.next_format_statement(integer) IS
'The statements that make the tables of a watch list of a format those of the next one.';

CREATE FUNCTION gapstats_internal.check_format(list regclass)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	format CONSTANT integer := gapstats_internal.format_of(list);
	known CONSTANT integer := gapstats_internal.list_format();
BEGIN
	IF format IS NULL THEN
		RAISE EXCEPTION 'watch list "%" has lost its settings', list
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = gapstats_internal.fix_of_lost_tables(list, '{settings}');
	ELSIF format > known THEN
		RAISE EXCEPTION 'watch list "%" is of format %, and this version of gapstats knows formats up to %', list, format, known
			USING ERRCODE = 'feature_not_supported',
				  HINT = 'A newer version made or changed it: ALTER EXTENSION gapstats UPDATE.';
	ELSIF format < known THEN
		RAISE EXCEPTION 'watch list "%" is of format % instead of %', list, format, known
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = format('SELECT gapstats.repair_watch_list(%L);', list);
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_format(regclass) IS
'Raises an error unless the tables of a watch list are of the format of this version.';

CREATE FUNCTION gapstats_internal.bring_forward_as_owner(list regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known CONSTANT integer := gapstats_internal.list_format();
	found integer;
BEGIN
	IF gapstats_internal.list_base(list) IS NULL THEN
		RETURN;
	END IF;
	PERFORM gapstats_internal.check_schema(list, 'watch list');
	-- undone, so that the table is not locked either while others are waited for
	BEGIN
		found := gapstats_internal.format_of(list);
		RAISE EXCEPTION USING ERRCODE = 'GS001', MESSAGE = 'undo';
	EXCEPTION WHEN SQLSTATE 'GS001' THEN
		IF coalesce(found, known) >= known THEN
			RETURN;
		END IF;
	END;
	PERFORM gapstats_internal.lock_parts(list);
	FOR format IN gapstats_internal.format_of(list) .. known - 1 LOOP
		EXECUTE gapstats_internal.statement(list, gapstats_internal.next_format_statement(format));
		EXECUTE gapstats_internal.statement(list, 'UPDATE @settings SET format = $1') USING format + 1;
	END LOOP;
	PERFORM gapstats_internal.replace_views(list), gapstats_internal.describe_columns(list);
END
$$;
COMMENT ON FUNCTION gapstats_internal.bring_forward_as_owner(regclass) IS
'bring_forward(), done as the list''s owner.';

CREATE FUNCTION gapstats_internal.bring_forward(list regclass)
RETURNS void
AS 'MODULE_PATHNAME', 'done_for_owner' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION gapstats_internal.bring_forward(regclass) IS
'Makes the tables of a watch list those of the format of this version, if they are of an earlier one. What upgrade scripts call for each of watch_lists().';
