-- What Directus needs in the demo's database: a login of its own that owns the schema of its own tables and may read
-- the list and a report, no more; and a table in which a counsellor records that she has called.
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS directus CASCADE;
SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'directus') AS is_new \gset
\if :is_new
CREATE ROLE directus LOGIN;
\endif
CREATE SCHEMA directus AUTHORIZATION directus;
GRANT USAGE ON SCHEMA star TO directus;

-- A report that stays: reading in kindergarten, by race and lunch, in each school, as others may see it. (With chronic absence beside it little
-- would be left: in most schools few are chronically absent, and what tells of few hides the group in every measure.) It and the list belong to analyst.
SET ROLE analyst;
SELECT to_regclass('star.school_gaps') IS NOT NULL AS is_there \gset
\if :is_there
SELECT gapstats.drop_report('star.school_gaps') \g /dev/null
\endif
SELECT gapstats.create_report('star.school_gaps', 'SELECT *, schid AS school_id FROM star.public_use WHERE grade = ''K''',
	'{"reading": {"score": "read", "direction": "higher", "unit": "points"}}',
	'{freelunch,race}', '{school_id}', options => '{"suppress": true, "reference_groups": {"freelunch": "NON-FREE LUNCH", "race": "WHITE"}}')
\g /dev/null
GRANT SELECT ON star.school_gaps TO directus;

-- Who may see whom: each school its own students.
SELECT gapstats.share_watch_list('star.kindergarten_watch', $$ SELECT 'school_' || school_id, student_id FROM star.enrolment WHERE grade = 'K' $$),
	gapstats.grant_watch_list('star.kindergarten_watch', 'act for viewers', 'directus')
\g /dev/null
GRANT SELECT ON star.kindergarten_watch_current, star.kindergarten_watch_history, star.kindergarten_watch_flags, star.kindergarten_watch_alarms,
	star.kindergarten_watch_check_ins, star.kindergarten_watch_runs, star.kindergarten_watch_sheet TO directus;
-- what is restricted is for its author and the list's owner
ALTER TABLE star.kindergarten_watch_check_ins ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS directus ON star.kindergarten_watch_check_ins;
CREATE POLICY directus ON star.kindergarten_watch_check_ins FOR SELECT TO directus USING (NOT is_restricted);
RESET ROLE;

-- Directus writes who is signed in into user_created. check_in() is asked in the name of that user's school, and refuses a student of another.
-- What it refuses is said of the column that it is about: see extensions/words.
SET ROLE directus;
CREATE TABLE directus.contact (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	student_id integer NOT NULL,
	contacted_at timestamptz NOT NULL DEFAULT now(),
	note text,
	user_created uuid NOT NULL,
	check_in bigint
);
COMMENT ON TABLE directus.contact IS 'calls to families: each becomes a check-in of the watch list';
COMMENT ON COLUMN directus.contact.contacted_at IS 'when the family was contacted';
COMMENT ON COLUMN directus.contact.note IS 'what was said';
COMMENT ON COLUMN directus.contact.check_in IS 'the number of the check-in of the watch list that it became';

CREATE FUNCTION directus.check_in()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	refused text;
	hint text;
BEGIN
	PERFORM set_config('gapstats.viewer', coalesce((SELECT 'school_' || u.school_id FROM directus.directus_users AS u WHERE u.id = NEW.user_created), ''), true);
	NEW.check_in := gapstats.check_in('star.kindergarten_watch', NEW.student_id::text, NEW.note, NEW.contacted_at);
	PERFORM set_config('gapstats.viewer', '', true);
	RETURN NEW;
EXCEPTION WHEN no_data_found OR invalid_parameter_value OR null_value_not_allowed THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	refused := CASE WHEN SQLSTATE = 'P0002' THEN 'student_id' WHEN SQLERRM LIKE 'note %' THEN 'note' ELSE 'contacted_at' END;
	RAISE EXCEPTION USING ERRCODE = SQLSTATE, MESSAGE = SQLERRM, HINT = hint, DETAIL = coalesce(left(to_jsonb(NEW) ->> refused, 40), ''),
		SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, COLUMN = refused;
END
$$;
CREATE TRIGGER check_in BEFORE INSERT ON directus.contact FOR EACH ROW EXECUTE FUNCTION directus.check_in();
RESET ROLE;
