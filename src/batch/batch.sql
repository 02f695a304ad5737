-- Aggregation a batch of rows at a time: of transition functions, which the planner asks for what they cost

CREATE FUNCTION gapstats_internal.batch_support(internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gapstats_internal.batch_support(internal) IS
	'planner support function of transition functions that can be called for a batch of rows; answers nothing, but has the library loaded while a query is planned';
