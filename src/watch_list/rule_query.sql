-- watch_list/rule_query: what the evaluation is given and what it does

CREATE TYPE gapstats_internal.rule_query AS (
	rule text,
	"position" integer,
	version integer,
	version_before integer,
	is_same boolean,
	query gapstats_internal.kept_query,
	condition gapstats_internal.kept_query,
	comparison text,
	threshold numeric,
	clear_at numeric,
	group_column text,
	groups text[],
	group_thresholds numeric[],
	severity text,
	points numeric
);
COMMENT ON TYPE gapstats_internal.rule_query IS 'a rule as a run evaluates it';

CREATE FUNCTION gapstats_internal.evaluate_watch_list(students gapstats_internal.kept_query, rules gapstats_internal.rule_query[], combination text,
													  at_risk_at numeric, watch_at numeric, as_of date, school_days date[], clear_after integer,
													  held text, held_values text, keep_changes text, keep_rules text,
													  OUT students bigint, OUT without_id bigint, OUT unusable bigint, OUT flagged bigint, OUT changed bigint)
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION gapstats_internal.evaluate_watch_list(gapstats_internal.kept_query, gapstats_internal.rule_query[], text, numeric, numeric, date, date[], integer, text, text, text, text) IS
'Evaluates a watch list with its caller''s rights: runs the students query and each rule''s query once, compares where each student stands with what the list holds (the query held gives its rows, held_values student_id, the rules that her open flag stands for and since when it is, or NULL, and values, states and clearing, or NULL if they are lost), and runs the statement keep_changes, which can read what differs as "changed", and keep_rules, which can read what was counted of the rules as "evaluated". In "changed", change is n for a new student, c for one whose row differs, r for one whose row is the same but whom a rule flags in another version, v for one whose values alone differ, g for one who is gone. Returns how many students there are, how many rows of the students query are no student''s, how many students have a value that cannot be used, how many are flagged, and how many differ.';
