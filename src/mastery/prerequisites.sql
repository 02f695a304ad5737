-- The skills that another one rests on

CREATE TYPE prerequisites AS (
	skill text,
	prerequisite text,
	n_steps integer
);
COMMENT ON TYPE prerequisites IS 'a skill that another one rests on';
COMMENT ON COLUMN prerequisites.skill IS 'the skill that needs another';
COMMENT ON COLUMN prerequisites.prerequisite IS 'one that it needs, directly or through others';
COMMENT ON COLUMN prerequisites.n_steps IS 'how many steps it is below the skill, by the shortest way: 1 if it needs it directly';

CREATE FUNCTION prerequisites(skill text[], prerequisite text[]) RETURNS SETOF prerequisites
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION prerequisites(text[], text[]) IS
'Every prerequisite of every skill, directly or through others, of a table of which each row says that a skill needs another: FROM (SELECT array_agg(skill) AS s, array_agg(prerequisite) AS p FROM skill_map) AS m, prerequisites(m.s, m.p). Sorted by skill, steps and prerequisite, byte by byte. A row that is there twice counts once. NULL, or no rows, gives none.
Raises 22023 if prerequisites go in a circle, which the detail names; 22004 for a NULL element, 2202E for arrays of other lengths.';

CREATE TYPE weakest_prerequisite AS (
	student text,
	skill text,
	mastery double precision,
	prerequisite text,
	n_steps integer,
	prerequisite_mastery double precision,
	n_prerequisites integer,
	n_unknown integer,
	reason text
);
COMMENT ON TYPE weakest_prerequisite IS 'of all that a skill rests on, what a student knows least';
COMMENT ON COLUMN weakest_prerequisite.student IS 'the student';
COMMENT ON COLUMN weakest_prerequisite.skill IS 'the skill that needs others';
COMMENT ON COLUMN weakest_prerequisite.mastery IS 'her mastery of the skill itself; NULL if it is not known';
COMMENT ON COLUMN weakest_prerequisite.prerequisite IS 'the prerequisite, direct or through others, of which her mastery is lowest; of equal ones that with the most steps, which comes first in learning';
COMMENT ON COLUMN weakest_prerequisite.n_steps IS 'how many steps it is below the skill';
COMMENT ON COLUMN weakest_prerequisite.prerequisite_mastery IS 'her mastery of it';
COMMENT ON COLUMN weakest_prerequisite.n_prerequisites IS 'how many prerequisites the skill has';
COMMENT ON COLUMN weakest_prerequisite.n_unknown IS 'of how many of them her mastery is not known';
COMMENT ON COLUMN weakest_prerequisite.reason IS 'missing_estimate: her mastery of no prerequisite is known. NULL where one is';

CREATE FUNCTION gapstats_internal.one_mastery(student text, skill text, given double precision[])
RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF cardinality(given) > 1 THEN
		RAISE EXCEPTION 'mastery of "%" by student % is given % times', skill, student, cardinality(given)
			USING ERRCODE = 'cardinality_violation',
				  HINT = 'Give a row a student and skill: mastery(correct ORDER BY at) ... GROUP BY student_id, skill.';
	ELSIF given[1] IN ('NaN', 'Infinity', '-Infinity') THEN
		RAISE EXCEPTION 'mastery must be finite, not %', given[1] USING ERRCODE = 'numeric_value_out_of_range';
	END IF;
	RETURN given[1];
END
$$;
COMMENT ON FUNCTION gapstats_internal.one_mastery(text, text, double precision[]) IS
'What a student knows of a skill, given once: else error 21000. 22003 if it is not finite.';

CREATE FUNCTION weakest_prerequisite(mastery text, prerequisites text, skill text DEFAULT NULL, student_column text DEFAULT 'student_id')
RETURNS SETOF weakest_prerequisite
LANGUAGE sql VOLATILE COST 100000
SET jit = off
SET extra_float_digits = 1
BEGIN ATOMIC
	WITH known AS MATERIALIZED (
		SELECT q.texts[1] AS student, q.texts[2] AS skill, q.texts[3]::double precision AS mastery
		FROM gapstats_internal.query_texts('mastery', weakest_prerequisite.mastery, ARRAY[gapstats_internal.given('student_column', student_column), 'skill', 'mastery'], 'the columns that it must have') AS q
	), map AS (
		SELECT array_agg(q.texts[1]) AS skills, array_agg(q.texts[2]) AS needs
		FROM gapstats_internal.query_texts('prerequisites', weakest_prerequisite.prerequisites, '{skill,prerequisite}', 'the columns that it must have') AS q
		WHERE q.texts[1] IS NOT NULL AND q.texts[2] IS NOT NULL
	), needed AS MATERIALIZED (
		SELECT p.* FROM map, gapstats.prerequisites(map.skills, map.needs) AS p
		WHERE weakest_prerequisite.skill IS NULL OR p.skill = weakest_prerequisite.skill
	), one AS MATERIALIZED (
		SELECT k.student, k.skill, CASE WHEN count(*) = 1 AND min(k.mastery) NOT IN ('NaN', 'Infinity', '-Infinity') THEN min(k.mastery)
			ELSE gapstats_internal.one_mastery(k.student, k.skill, array_agg(k.mastery)) END AS mastery
		FROM known AS k WHERE k.student IS NOT NULL AND k.skill IS NOT NULL GROUP BY k.student, k.skill
	), each AS (
		SELECT s.student, n.skill, n.prerequisite, n.n_steps, o.mastery,
			row_number() OVER (PARTITION BY s.student, n.skill ORDER BY o.mastery, n.n_steps DESC, n.prerequisite COLLATE "C") AS place,
			count(*) OVER of_skill AS n_prerequisites, count(*) FILTER (WHERE o.mastery IS NULL) OVER of_skill AS n_unknown
		FROM (SELECT DISTINCT o.student FROM one AS o) AS s CROSS JOIN needed AS n
		LEFT JOIN one AS o ON o.student = s.student AND o.skill = n.prerequisite
		WINDOW of_skill AS (PARTITION BY s.student, n.skill)
	)
	SELECT e.student, e.skill, o.mastery,
		CASE WHEN e.mastery IS NOT NULL THEN e.prerequisite END, CASE WHEN e.mastery IS NOT NULL THEN e.n_steps END, e.mastery,
		gapstats_internal.integer_count(e.n_prerequisites, 'n_prerequisites'), gapstats_internal.integer_count(e.n_unknown, 'n_unknown'),
		CASE WHEN e.mastery IS NULL THEN 'missing_estimate' END
	FROM each AS e LEFT JOIN one AS o USING (student, skill)
	WHERE e.place = 1
	ORDER BY e.student COLLATE "C", e.skill COLLATE "C";
END;
COMMENT ON FUNCTION weakest_prerequisite(text, text, text, text) IS
'What to go back to: of each student and skill that needs others, the prerequisite, direct or through others, of which her mastery is lowest. Sorted by student and skill, byte by byte.
mastery: a SELECT or the name of a relation with the columns skill, mastery and that of the student, a row each, read with the caller''s rights and without writing. prerequisites: the same, with the columns skill and prerequisite: each row says that a skill needs another. skill: only this one; NULL for all. student_column: what the student''s column is called.
Students are those of mastery. What a student has no mastery of counts in n_unknown; if that is all of them, prerequisite is NULL, reason missing_estimate. Skills without prerequisites have no row.
Raises 42703 for a column that is not there, 21000 for a student''s skill that is given twice, 22003 for NaN or infinity, 22023 if prerequisites go in a circle, which the detail names; 22004 for a NULL but for skill.';
