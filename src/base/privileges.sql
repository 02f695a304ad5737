-- Of gapstats_internal, PUBLIC may execute what a query calls with its user's rights: the
-- functions of operators, operator classes and casts, of kept queries and of watch lists,
-- and the input and output of types: with nobody's rights, but for a constant that the
-- planner casts. An aggregate calls its functions with its owner's rights; but where Citus
-- divides it among machines, they are those of whoever asks.
DO $privileges$
DECLARE
	needed record;
BEGIN
	REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA gapstats_internal FROM PUBLIC;
	FOR needed IN
		SELECT p.oid::regprocedure AS function
		FROM pg_proc AS p
		WHERE p.pronamespace = 'gapstats_internal'::regnamespace
			AND (p.prolang <> (SELECT oid FROM pg_language WHERE lanname = 'c')
				OR p.prosrc IN ('done_for_owner', 'done_for_anyone', 'done_for_monitors', 'statement_is_running', 'lock_alone', 'lock_against_all', 'lock_captured', 'lock_names', 'known_relation', 'list_base', 'list_part', 'statement', 'new_statement', 'column_text', 'is_sorted_and_hashed', 'query_texts', 'said_cells', 'different_cells', 'as_query', 'query_columns', 'run_query_once', 'report_rollup', 'report_gap_by_group', 'significant', 'integer_count', 'disclosure_leaks', 'refuse_privately', 'raise_again', 'thing_definition', 'thing_kind', 'thing_sql', 'new_thing_sql', 'capture_change', 'bind_capture', 'forget_captures', 'distribution_left', 'chart_script', 'settled_text')
				OR 'gapstats_internal.kept_query'::regtype = ANY (p.prorettype || p.proargtypes::oid[])
				OR p.oid IN (SELECT typinput FROM pg_type
					UNION SELECT typoutput FROM pg_type
					UNION SELECT oprcode FROM pg_operator
					UNION SELECT amproc FROM pg_amproc
					UNION SELECT castfunc FROM pg_cast
					UNION SELECT unnest(ARRAY[aggtransfn, aggcombinefn, aggfinalfn]) FROM pg_aggregate))
	LOOP
		EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', needed.function);
	END LOOP;
END;
$privileges$;
