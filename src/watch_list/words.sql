-- watch_list/words: rules and standings in words

CREATE FUNCTION gapstats_internal.rule_holds(value numeric, comparison text, threshold numeric)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE comparison
	WHEN '<' THEN value < threshold
	WHEN '<=' THEN value <= threshold
	WHEN '=' THEN value = threshold
	WHEN '>=' THEN value >= threshold
	WHEN '>' THEN value > threshold
	WHEN '<>' THEN value <> threshold
END;
COMMENT ON FUNCTION gapstats_internal.rule_holds(numeric, text, numeric) IS
'Whether value comparison threshold is true, in exact decimal arithmetic; NULL if the value is NULL. comparison is one of <, <=, =, >=, >, <>.';

CREATE FUNCTION gapstats_internal.plain_number(value numeric, decimals integer, threshold numeric)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
	SELECT trim_scale(round(value, d))::text
	FROM generate_series(decimals, greatest(decimals, scale(value))) d
	WHERE sign(round(value, d) - threshold) = sign(value - threshold)
	ORDER BY d
	LIMIT 1
);
COMMENT ON FUNCTION gapstats_internal.plain_number(numeric, integer, numeric) IS
'A number as people write it: rounded to so many decimals, or to as many more as keep it on its own side of the threshold, without trailing zeros.';

CREATE FUNCTION gapstats_internal.put_numbers(reason text, numbers text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	number numeric;
BEGIN
	FOR place IN 3 .. 9 LOOP
		CONTINUE WHEN strpos(reason, format('{%s', place)) = 0;
		number := nullif(split_part(numbers, '/', place - 1), '')::numeric;
		reason := replace(replace(
			regexp_replace(reason, format('\{%s\|([^|}]*)\|([^|}]*)\}', place), CASE round(number, 2) WHEN 1 THEN '\1' ELSE '\2' END, 'g'),
			format('{%s}', place), coalesce(trim_scale(round(number, 2))::text, '?')),
			format('{%s%%}', place), coalesce(trim_scale(round(100 * number, 1))::text || '%', '?'));
	END LOOP;
	RETURN reason;
END
$$;
COMMENT ON FUNCTION gapstats_internal.put_numbers(text, text) IS
'A rule''s reason with the numbers of one student put in for {3}, {4} and so on, as percentages for {3%}; {3|day|days} is the first word for 1, the second for other numbers. The numbers are those of the columns from the second on, between slashes; one that is missing is a question mark.';

-- {value|day|days}: the first word goes with 1, the second with all other numbers
CREATE FUNCTION gapstats_internal.reason_text(reason text, value numeric, threshold numeric, numbers text DEFAULT NULL)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN replace(replace(replace(replace(
	regexp_replace(regexp_replace(CASE WHEN reason ~ '\{[3-9]' THEN gapstats_internal.put_numbers(reason, numbers) ELSE reason END,
		'\{value\|([^|}]*)\|([^|}]*)\}', CASE WHEN round(value, 2) = 1 AND gapstats_internal.plain_number(value, 2, threshold) = '1' THEN '\1' ELSE '\2' END, 'g'),
		'\{threshold\|([^|}]*)\|([^|}]*)\}', CASE WHEN threshold = 1 THEN '\1' ELSE '\2' END, 'g'),
	'{value}', gapstats_internal.plain_number(value, 2, threshold)),
	'{value%}', gapstats_internal.plain_number(100 * value, 1, 100 * threshold) || '%'),
	'{threshold}', trim_scale(threshold)::text),
	'{threshold%}', trim_scale(100 * threshold)::text || '%');
COMMENT ON FUNCTION gapstats_internal.reason_text(text, numeric, numeric, text) IS
'A rule''s reason with the numbers of one student put in for {value} and {threshold}, or as percentages of rates for {value%} and {threshold%}; {value|day|days} is the first word for 1, the second for other numbers. Numbers are those of further columns, as put_numbers() has them.';

CREATE FUNCTION gapstats_internal.check_placeholders(what text, reason text)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	unknown CONSTANT text := substring(reason FROM '\{(?!(?:value|threshold|[3-9])(?:%|\|[^|}]*\|[^|}]*)?\})[^}]*\}?');
BEGIN
	IF unknown IS NOT NULL THEN
		RAISE EXCEPTION '% a placeholder that there is not: %', what, unknown
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'There are {value}, {threshold}, {value%}, {threshold%} and {value|day|days}, and {3} to {9} of further columns of the query.';
	END IF;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_placeholders(text, text) IS
'Raises an error that begins with what, which ends in a verb, if a rule''s reason has another placeholder than reason_text() puts numbers in for.';

CREATE FUNCTION gapstats_internal.trend_text(reason text, rule_reason text, value_before numeric, value_now numeric, threshold numeric)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN value_before <> value_now AND rule_reason ~ '\{value%?\}' THEN
	' (was ' || gapstats_internal.reason_text(substring(rule_reason FROM '\{value%?\}'), value_before, threshold) || ')' END;
COMMENT ON FUNCTION gapstats_internal.trend_text(text, text, numeric, numeric, numeric) IS
'What a value was at the last alarm, in the form in which the rule''s reason gives it; NULL if it has not moved.';

CREATE FUNCTION gapstats_internal.status_words()
RETURNS TABLE (language text, kind text, name text, words text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	VALUES
		('en', 'format', 'date', 'Mon FMDD, YYYY'),
		('es', 'format', 'date', 'FMDD/FMMM/YYYY'),
		('en', 'status', 'on track', 'On track. Nothing needs attention as of {as_of}.'),
		('en', 'status', 'watch', 'Worth watching since {since}:'),
		('en', 'status', 'at risk', 'Needs support since {since}:'),
		('en', 'status', 'insufficient data', 'Not enough is recorded to say, as of {as_of}.'),
		('en', 'status', 'not assessed', 'Not looked at: no rule of this list applies, as of {as_of}.'),
		('es', 'status', 'on track', gapstats_internal.sign_or('Va bien. Nada requiere atenci\00F3n al {as_of}.', 'Va bien. Nada requiere atencion al {as_of}.')),
		('es', 'status', 'watch', gapstats_internal.sign_or('Conviene prestar atenci\00F3n desde el {since}:', 'Conviene prestar atencion desde el {since}:')),
		('es', 'status', 'at risk', 'Necesita apoyo desde el {since}:'),
		('es', 'status', 'insufficient data', 'No hay datos suficientes para decirlo al {as_of}.'),
		('es', 'status', 'not assessed', 'Sin evaluar: ninguna regla de esta lista se aplica al {as_of}.');
END;
COMMENT ON FUNCTION gapstats_internal.status_words() IS
'What a student''s page says of each status to begin with, in English and Spanish; {since} and {as_of} stand for days. Each list has its own copy, to change and to add to.';

-- Dots in whose place words were to be written are none.  By the letters of no locale: where it
-- knows English ones only, others are no punctuation either.
CREATE FUNCTION gapstats_internal.told_words(words text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN words COLLATE "C" ~ ('[^[:punct:][:space:]' || gapstats_internal.sign_or('\00BF\00A1\00AB\00BB', '') || gapstats_internal.sign_or('\2026\2013\2014', '') || ']') THEN words END;
COMMENT ON FUNCTION gapstats_internal.told_words(text) IS
'Words that say something; NULL for punctuation alone.';

-- Behind the table's CHECK, since people write there themselves
CREATE FUNCTION gapstats_internal.check_words(kind text, name text, words text)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	names CONSTANT text[] := CASE kind WHEN 'status' THEN '{at risk, watch, insufficient data, not assessed, on track}'::text[] WHEN 'format' THEN '{date}' WHEN 'rule' THEN ARRAY[name] END;
	unknown CONSTANT text := substring(words FROM '\{(?!(?:since|as_of)\})[^}]*\}?');
BEGIN
	IF names IS NULL THEN
		RAISE EXCEPTION 'unknown kind of words: %', quote_literal(kind)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It is status, rule or format.';
	ELSIF NOT name = ANY (names) THEN
		RAISE EXCEPTION 'there is no % "%" that has words', kind, name
			USING ERRCODE = 'invalid_parameter_value', HINT = format('There is %s.', array_to_string(names, ', '));
	ELSIF kind = 'rule' THEN
		PERFORM gapstats_internal.check_placeholders(format('words for rule "%s" have', name), words);
	ELSIF kind = 'status' AND unknown IS NOT NULL THEN
		RAISE EXCEPTION 'words for status "%" have a placeholder that there is not: %', name, unknown
			USING ERRCODE = 'invalid_parameter_value', HINT = 'There are {since} and {as_of}.';
	END IF;
	RETURN true;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_words(text, text, text) IS
'True. Error 22023 for words that nothing shows, or with a placeholder that nothing is put in for.';
