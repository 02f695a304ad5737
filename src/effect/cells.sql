-- Outcomes by cell: the state of the aggregates that compare changes

CREATE TYPE gapstats_internal.outcome_cells;

CREATE FUNCTION gapstats_internal.outcome_cells_in(cstring) RETURNS gapstats_internal.outcome_cells
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.outcome_cells_in(cstring) IS
	'text input of outcome_cells: cells COUNT confidence CONFIDENCE missing GROUP, then n COUNT missing COUNT sum SUM squares SUM of each';

CREATE FUNCTION gapstats_internal.outcome_cells_out(gapstats_internal.outcome_cells) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.outcome_cells_out(gapstats_internal.outcome_cells) IS
	'text output of outcome_cells: loses nothing and depends on no setting';

CREATE FUNCTION gapstats_internal.outcome_cells_recv(internal) RETURNS gapstats_internal.outcome_cells
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.outcome_cells_recv(internal) IS 'binary input of outcome_cells';

CREATE FUNCTION gapstats_internal.outcome_cells_send(gapstats_internal.outcome_cells) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.outcome_cells_send(gapstats_internal.outcome_cells) IS 'binary output of outcome_cells';

CREATE TYPE gapstats_internal.outcome_cells (
	INPUT = gapstats_internal.outcome_cells_in,
	OUTPUT = gapstats_internal.outcome_cells_out,
	RECEIVE = gapstats_internal.outcome_cells_recv,
	SEND = gapstats_internal.outcome_cells_send,
	STORAGE = extended,
	ALIGNMENT = double
);
COMMENT ON TYPE gapstats_internal.outcome_cells IS
	'counts and exact sums of the outcomes of treated students and others, before and after';

CREATE FUNCTION gapstats_internal.outcome_cells_combine(gapstats_internal.outcome_cells, gapstats_internal.outcome_cells)
	RETURNS gapstats_internal.outcome_cells
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.outcome_cells_combine(gapstats_internal.outcome_cells, gapstats_internal.outcome_cells) IS
	'combine function of the aggregates over (outcome, is_treated, is_post)';
