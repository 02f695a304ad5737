-- standing/health: how things that stand are, and what to do about it

-- Whoever automates what health says runs the lines, and shows the rest to somebody.  What a list's
-- owner can bring about must not be a line that gives somebody rights: that is decided by who reads it.
CREATE FUNCTION gapstats_internal.fix_text(hint text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
	WHEN hint ~ '^(ALTER|DELETE|DROP|REVOKE|SELECT|UPDATE) .*;$' AND hint !~ '\m(GRANT|ROLE|OWNER|CREATE|grant_watch_list)\M' THEN hint
	ELSE 'by hand: ' || CASE WHEN hint ~ '^[A-Z][^A-Z]' THEN lower(left(hint, 1)) || substr(hint, 2) ELSE hint END
END;
COMMENT ON FUNCTION gapstats_internal.fix_text(text) IS
'What to do, as health says it: a statement, or several, that can be executed as it is and give nobody rights, or, after "by hand: ", what somebody has to see to or decide.';

CREATE FUNCTION gapstats_internal.run_fix(owner oid, status text, problem text, missing text, what text, again text, resume text)
RETURNS text
LANGUAGE sql STABLE
RETURN CASE
	WHEN problem LIKE '%no longer means what it meant%' THEN resume
	WHEN status = 'failed' AND missing IS NOT NULL THEN format('if %I is to read what the %s read: %s', pg_get_userbyid(owner), what, missing)
	WHEN problem LIKE '%permission denied for %' AND problem !~ 'permission denied for function' THEN again
	WHEN problem LIKE '%lock timeout' THEN again
	WHEN problem ~ '^trigger ".*" on .*, function ' THEN
		'correct the trigger''s function, in which names are looked up in pg_catalog only, unless they have their schemas or it a search_path of its own, then ' || again
END;
COMMENT ON FUNCTION gapstats_internal.run_fix(oid, text, text, text, text, text, text) IS
'What to do about a run that did not succeed, whatever it is that stands; NULL if that depends on what it is. missing: the grants that its owner lacks for what; again and resume: the statements that refresh it, and that accept what its queries mean now.';

CREATE FUNCTION gapstats_internal.timeout_fix(owner oid)
RETURNS text
LANGUAGE sql STABLE
RETURN format('if %I''s statements may run for so long here: ALTER ROLE %1$I IN DATABASE %2$I SET statement_timeout = ''2h'';', pg_get_userbyid(owner), current_database());
COMMENT ON FUNCTION gapstats_internal.timeout_fix(oid) IS
'What to do about a run that took longer than its owner''s statements may.';

CREATE FUNCTION gapstats_internal.locked_fix(relations oid[], OUT problem text, OUT fix text)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT ': locked by ' || l.who,
		coalesce('See what keeps it locked, or ask again later: SELECT * FROM pg_stat_activity WHERE pid IN (' || l.processes || ');',
			'Ask again later; if there is no answer then either, see what its owner does.')
	FROM gapstats_internal.locked_by(relations) AS l;
END;
COMMENT ON FUNCTION gapstats_internal.locked_fix(oid[]) IS
'What to add to the problem of a thing that stands that gives no answer, and what to do about it.';

CREATE TYPE gapstats_internal.problem_found AS (problem text, fix text);
COMMENT ON TYPE gapstats_internal.problem_found IS 'what is wrong with a watch list, a report or a roll-up, and what to do about it';

CREATE FUNCTION gapstats_internal.with_lost_job(problems gapstats_internal.problem_found[], lost_job bigint, owner name, schedule text)
RETURNS gapstats_internal.problem_found[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF lost_job IS NULL THEN
		RETURN problems;
	END IF;
	RETURN ROW('its job is of a role that there is not',
		CASE WHEN schedule IS NULL THEN format('UPDATE cron.job SET username = %L WHERE jobid = %s;', owner, lost_job)
			ELSE format('DELETE FROM cron.job WHERE jobid = %s;', lost_job) END)::gapstats_internal.problem_found || problems;
END
$$;
COMMENT ON FUNCTION gapstats_internal.with_lost_job(gapstats_internal.problem_found[], bigint, name, text) IS
'Problems of a thing that stands, the gravest first, with that of a job that belongs to a role that there is not before all, if there is one.';

CREATE FUNCTION gapstats_internal.job_message(message text, tells_values boolean)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN message IS NULL OR tells_values OR message LIKE 'connection failed%' THEN message ELSE 'with what error, its owner sees in cron.job_run_details' END;
COMMENT ON FUNCTION gapstats_internal.job_message(text, boolean) IS
'What is told of the message that a pg_cron job ended with, which may hold values of a source.';

-- Of what stands, health reads the tables only; so the words of most errors are of these, and of gapstats.
CREATE FUNCTION gapstats_internal.why_not(owner oid, locked oid[], message text, code text, hint text, otherwise text)
RETURNS gapstats_internal.problem_found[]
LANGUAGE sql STABLE
RETURN (
	SELECT ARRAY[ROW(
		CASE WHEN left(code, 2) IN ('0A', '3F', '42', '55') OR code = '22023' OR gapstats_internal.may_know_values(owner) THEN message
			ELSE format('an error with SQLSTATE %s, whose words its owner sees', code) END || CASE WHEN code = '55P03' THEN coalesce(l.problem, '') ELSE '' END,
		gapstats_internal.fix_text(coalesce(CASE WHEN code = '55P03' THEN l.fix END, nullif(hint, ''), otherwise)))::gapstats_internal.problem_found]
	FROM gapstats_internal.locked_fix(locked) AS l
);
COMMENT ON FUNCTION gapstats_internal.why_not(oid, oid[], text, text, text, text) IS
'The problem of a thing that stands which an error keeps from being known, and what to do about it: what the error hints at, or else otherwise. locked: its relations, if the error is that there was no answer (55P03).';
