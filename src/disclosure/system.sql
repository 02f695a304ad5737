-- The engine of the audit of disclosure, for tests: a system of hidden numbers and facts in arrays

CREATE TYPE gapstats_internal.audit_system AS (
	unknown integer,
	verdict text,
	nonneg_lower double precision,
	nonneg_upper double precision,
	whole_lower double precision,
	whole_upper double precision,
	rule_lower double precision,
	rule_upper double precision,
	because integer[],
	multipliers double precision[]
);
COMMENT ON TYPE gapstats_internal.audit_system IS 'what a system of facts gives away about one hidden number';
COMMENT ON COLUMN gapstats_internal.audit_system.unknown IS 'which hidden number, from 1';
COMMENT ON COLUMN gapstats_internal.audit_system.verdict IS 'the first that holds: exact_linear, exact_nonneg, exact_whole, exact_rule, narrow_nonneg, narrow_whole, narrow_rule, protected; not_proven where the limit of nodes was reached, inconsistent where no numbers fit the facts';
COMMENT ON COLUMN gapstats_internal.audit_system.nonneg_lower IS 'the least it can be by its bounds and the facts; NULL where they contradict one another';
COMMENT ON COLUMN gapstats_internal.audit_system.nonneg_upper IS 'the most';
COMMENT ON COLUMN gapstats_internal.audit_system.whole_lower IS 'the least it can be where whole numbers are whole';
COMMENT ON COLUMN gapstats_internal.audit_system.whole_upper IS 'the most';
COMMENT ON COLUMN gapstats_internal.audit_system.rule_lower IS 'the least it can be if the marks mean what they say, too';
COMMENT ON COLUMN gapstats_internal.audit_system.rule_upper IS 'the most';
COMMENT ON COLUMN gapstats_internal.audit_system.because IS 'facts that together give it away, or contradict one another';
COMMENT ON COLUMN gapstats_internal.audit_system.multipliers IS 'of exact_linear: what these facts are multiplied by, so that their sum is the number';

CREATE FUNCTION gapstats_internal.audit_system(is_whole boolean[], lower bigint[], upper bigint[], rule_lower bigint[], rule_upper bigint[],
		fact integer[], unknown integer[], coefficient bigint[],
		fact_lower bigint[], fact_upper bigint[], lower_is_open boolean[], upper_is_open boolean[], is_exact boolean[],
		width double precision DEFAULT 5, max_nodes integer DEFAULT 1000)
	RETURNS SETOF gapstats_internal.audit_system
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION gapstats_internal.audit_system(boolean[], bigint[], bigint[], bigint[], bigint[], integer[], integer[], bigint[], bigint[], bigint[], boolean[], boolean[], boolean[], double precision, integer) IS
'What facts give away about hidden numbers, one row a hidden number.
Of each hidden number: whether it is whole, its bounds by nature, and by its mark; of each term: which fact it belongs to, of which hidden number, and its coefficient; of each fact: between what the sum of its terms is, whether a bound itself is left out, and whether it is of numbers that were not rounded. A NULL bound is none.
width: an interval narrower than this gives a number away. max_nodes: of the search for whole numbers, for each end of an interval.
Raises 2202E for arrays that do not fit one another, 22004 for NULLs, 22023 for facts without terms, terms of no fact or hidden number, twice the same, and coefficients of 0, 22003 for numbers beyond 2^53.';
