-- chart/specification: the picture as Vega-Lite (https://vega.github.io/vega-lite/docs/), version 5
--
-- Text of the rows is only ever a value in the data, a title or an entry of a list, never part of an
-- expression: marks have descriptions of their own, or Vega-Lite would make them of the titles of axes.
-- No layer filters the rows, or pictures side by side would not know their heights: what a mark has no
-- value for is not drawn.

CREATE FUNCTION gapstats_internal.so_many(n bigint, one text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE n WHEN 1 THEN 'one ' || one ELSE n || ' ' || one || 's' END;
COMMENT ON FUNCTION gapstats_internal.so_many(bigint, text) IS
'A number of things, in words.';

CREATE FUNCTION gapstats_internal.chart_sentence(kind text, marks gapstats_internal.chart_mark[], confidence double precision)
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	is_rate CONSTANT boolean := kind IN ('absence', 'flags');
	null_value CONSTANT double precision := CASE WHEN kind IN ('gaps', 'trend', 'decomposition') THEN 0 WHEN kind = 'disproportionality' THEN 1 END;
	shown CONSTANT gapstats_internal.chart_mark[] := ARRAY(
		SELECT m FROM unnest(marks) m WHERE m.not_shown IS NULL AND NOT m.is_total AND (kind <> 'percentiles' OR m.fraction = 0.5) ORDER BY m.place);
	n CONSTANT bigint := (SELECT count(DISTINCT (m.panel, m.label)) FROM unnest(marks) m WHERE m.not_shown IS NULL AND NOT m.is_total);
	n_at CONSTANT bigint := (SELECT count(DISTINCT m.at) FROM unnest(marks) m WHERE m.not_shown IS NULL);
	n_not_shown CONSTANT bigint := (SELECT count(*) FROM unnest(marks) m WHERE m.not_shown IS NOT NULL);
	-- of percentiles, of all and not of the medians alone
	n_drawn CONSTANT bigint := (SELECT count(*) FROM unnest(marks) m WHERE m.not_shown IS NULL AND NOT m.is_total);
	n_intervals CONSTANT bigint := (SELECT count(*) FROM unnest(marks) m WHERE m.not_shown IS NULL AND NOT m.is_total AND m.lower IS NOT NULL);
	named gapstats_internal.chart_mark[];
	lowest record;
	highest record;
	said text;
BEGIN
	IF marks = '{}' THEN
		RETURN 'Nothing to show: there are no rows.';
	ELSIF n = 0 AND NOT EXISTS (SELECT FROM unnest(marks) m WHERE m.is_total AND m.not_shown IS NULL) THEN
		RETURN format('Nothing can be shown of %s.', gapstats_internal.so_many(n_not_shown, 'row'));
	END IF;
	said := CASE kind
		WHEN 'gaps' THEN gapstats_internal.so_many(n, 'gap')
		WHEN 'trend' THEN format('%s over %s', gapstats_internal.so_many(n, 'gap'), gapstats_internal.so_many(n_at, 'period'))
		WHEN 'percentiles' THEN format('percentiles of %s', gapstats_internal.so_many(n, 'group'))
		WHEN 'absence' THEN format('absence rate over %s of %s', gapstats_internal.so_many(n_at, 'month'), gapstats_internal.so_many(n, 'group'))
		WHEN 'flags' THEN format('share of the students that are flagged in %s', gapstats_internal.so_many(n, 'group'))
		WHEN 'decomposition' THEN format('a gap and what goes with it, in %s', gapstats_internal.so_many(n, 'row'))
		WHEN 'segregation' THEN format('segregation over %s', gapstats_internal.so_many(n_at, 'period'))
			|| CASE WHEN shown[1].told ->> 'index' IN ('theil_h', 'dissimilarity', 'variance_ratio') THEN ', 0 where all are alike and 1 where each has one group' ELSE '' END
		ELSE format('risk ratios of %s, where 1 is no difference', gapstats_internal.so_many(n, 'group'))
	END || CASE WHEN kind IN ('gaps', 'trend') THEN ': the group''s value minus that of whom it is compared with.' ELSE '.' END;
	said := upper(left(said, 1)) || substr(said, 2);
	IF is_rate AND EXISTS (SELECT FROM unnest(marks) m WHERE m.is_total AND m.not_shown IS NULL) THEN
		said := format('%s Of all students together: %s.', said, (SELECT string_agg(DISTINCT gapstats_internal.chart_number(m.value, true), ', ') FROM unnest(marks) m WHERE m.is_total AND m.not_shown IS NULL));
	END IF;
	-- the extremes of all are those of the smallest groups: of gaps and ratios only what is clear of 0 or 1 is named
	named := ARRAY(SELECT m FROM unnest(shown) m WHERE null_value IS NULL OR m.lower > null_value OR m.upper < null_value ORDER BY m.place);
	IF n_drawn > 0 AND (kind <> 'percentiles' OR n_intervals > 0) THEN
		said := concat_ws(' ', said, CASE
			WHEN n_intervals = 0 THEN 'There are no intervals.'
			WHEN null_value IS NULL THEN format('%s %s intervals.', CASE kind WHEN 'percentiles' THEN 'Grey lines are' ELSE 'Lines are' END, gapstats_internal.chart_number(confidence, true))
			ELSE format('The %s interval excludes %s for %s of %s.', gapstats_internal.chart_number(confidence, true), null_value, cardinality(named), n_intervals) END,
			-- of these nothing is known
			CASE WHEN n_intervals BETWEEN 1 AND n_drawn - 1 THEN format('Without an interval: %s.', n_drawn - n_intervals) END);
	END IF;
	SELECT m.value, gapstats_internal.chart_name(m.panel, m.label, m.at) AS name INTO lowest FROM unnest(named) m ORDER BY m.value, m.place LIMIT 1;
	SELECT m.value, gapstats_internal.chart_name(m.panel, m.label, m.at) AS name INTO highest FROM unnest(named) m ORDER BY m.value DESC, m.place LIMIT 1;
	-- of measures in other units nothing is the lowest
	IF cardinality(named) > 0 AND (SELECT count(DISTINCT m.told ->> 'measure') FROM unnest(named) m) <= 1 THEN
		said := concat(said, ' ', CASE WHEN cardinality(named) = 1 THEN lowest.name || ': ' || gapstats_internal.chart_number(lowest.value, is_rate)
			ELSE concat(CASE WHEN kind = 'percentiles' THEN 'Medians go from ' WHEN kind = 'segregation' THEN 'Values go from ' WHEN null_value IS NULL THEN 'Rates go from ' ELSE 'These go from ' END,
				gapstats_internal.chart_number(lowest.value, is_rate), ' (', lowest.name, ') to ', gapstats_internal.chart_number(highest.value, is_rate), ' (', highest.name, ')') END, '.');
	END IF;
	IF n_not_shown > 0 THEN
		said := format('%s Not shown: %s.', said, n_not_shown);
	END IF;
	RETURN said;
END
$$;
COMMENT ON FUNCTION gapstats_internal.chart_sentence(text, gapstats_internal.chart_mark[], double precision) IS
'What a chart shows, in words.';

CREATE FUNCTION gapstats_internal.chart_notes(kind text, marks gapstats_internal.chart_mark[])
RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	shown CONSTANT gapstats_internal.chart_mark[] := ARRAY(SELECT m FROM unnest(marks) m WHERE m.not_shown IS NULL);
	bands CONSTANT text := (
		SELECT 'Bands: ' || string_agg(format('%s to %s', gapstats_internal.chart_number(f.fraction, true), gapstats_internal.chart_number(1 - f.fraction, true)), ', ' ORDER BY f.fraction) || ' of the students.'
		FROM (SELECT DISTINCT m.fraction FROM unnest(shown) m JOIN unnest(shown) o ON round(o.fraction::numeric, 9) = round(1 - m.fraction::numeric, 9) WHERE kind = 'percentiles' AND m.fraction < 0.5) f);
BEGIN
	RETURN array_remove(ARRAY[
		CASE WHEN kind IN ('gaps', 'disproportionality', 'decomposition') AND EXISTS (SELECT FROM unnest(shown) m WHERE m.lower IS NOT NULL) THEN format('Filled points: the interval excludes %s.', CASE kind WHEN 'disproportionality' THEN 1 ELSE 0 END) END,
		CASE kind WHEN 'decomposition' THEN 'Explained is accounting, not justification.' END,
		bands,
		CASE WHEN EXISTS (SELECT FROM unnest(shown) m WHERE m.is_total) THEN 'Dashed: all students.' END,
		CASE WHEN EXISTS (SELECT FROM unnest(shown) m WHERE m.threshold IS NOT NULL) THEN 'Dashed: the threshold.' END], NULL)
	|| ARRAY(
		-- a line a reason, with the names if they fit in
		SELECT format('Not shown (%s): %s', n.not_shown, CASE WHEN length(n.names) <= 80 THEN n.names ELSE n.n || ', such as ' || left(n.first_name, 60) END)
		FROM (
			SELECT d.not_shown, string_agg(d.name, ', ' ORDER BY d.place) AS names, count(*) AS n, (array_agg(d.name ORDER BY d.place))[1] AS first_name, min(d.place) AS place
			FROM (
				SELECT m.not_shown, gapstats_internal.chart_name(m.panel, m.label, m.at,
						-- where others of the group are shown
						CASE WHEN kind = 'percentiles' AND EXISTS (SELECT FROM unnest(shown) o WHERE (o.panel, o.label, o.at) IS NOT DISTINCT FROM (m.panel, m.label, m.at)) THEN gapstats_internal.chart_number(m.fraction, true) END) AS name,
					min(m.place) AS place
				FROM unnest(marks) m
				WHERE m.not_shown IS NOT NULL
				GROUP BY 1, 2
			) d
			GROUP BY d.not_shown
		) n
		ORDER BY n.place);
END
$$;
COMMENT ON FUNCTION gapstats_internal.chart_notes(text, gapstats_internal.chart_mark[]) IS
'How a chart is to be read, and what is not shown, a line a reason.';

CREATE FUNCTION gapstats_internal.chart_columns_told(kind text, marks gapstats_internal.chart_mark[], confidence double precision)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT jsonb_agg(jsonb_build_object('field', c.field, 'title', c.title) ORDER BY c.place)
	FROM (
		SELECT 1 AS place, 'panel' AS field, CASE kind WHEN 'flags' THEN 'by' WHEN 'gaps' THEN 'measure' WHEN 'trend' THEN 'measure' ELSE 'of' END AS title WHERE EXISTS (SELECT FROM unnest(marks) m WHERE m.panel IS NOT NULL)
		UNION ALL
		SELECT 2, 'label', CASE kind WHEN 'decomposition' THEN 'part' WHEN 'segregation' THEN 'index' ELSE 'group' END
		UNION ALL
		SELECT 3, 'at', CASE kind WHEN 'absence' THEN 'month' ELSE 'period' END WHERE EXISTS (SELECT FROM unnest(marks) m WHERE m.at IS NOT NULL)
		UNION ALL
		SELECT 4, 'percentile', 'percentile' WHERE kind = 'percentiles'
		UNION ALL
		SELECT 5, 'value_text', CASE kind WHEN 'percentiles' THEN 'value' WHEN 'absence' THEN 'absence rate' WHEN 'flags' THEN 'share flagged' WHEN 'disproportionality' THEN 'risk ratio' WHEN 'decomposition' THEN 'part of the gap' WHEN 'segregation' THEN 'value' ELSE 'gap' END
		UNION ALL
		SELECT 6, 'interval_text', gapstats_internal.chart_number(confidence, true) || ' interval' WHERE EXISTS (SELECT FROM unnest(marks) m WHERE m.lower IS NOT NULL)
		UNION ALL
		SELECT 6 + p.place, p.part, p.title
		FROM gapstats_internal.chart_parts(kind) p
		WHERE p.title IS NOT NULL AND EXISTS (SELECT FROM unnest(marks) m WHERE m.told ->> p.part IS NOT NULL AND (p.part <> 'reason' OR m.not_shown IS NULL))
	) c
);
COMMENT ON FUNCTION gapstats_internal.chart_columns_told(text, gapstats_internal.chart_mark[], double precision) IS
'What is told of each mark, in its table and under the mouse.';

CREATE FUNCTION gapstats_internal.chart_datum(kind text, mark gapstats_internal.chart_mark, columns_told jsonb, more jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT jsonb_strip_nulls(jsonb_build_object('place', CASE WHEN mark.not_shown IS NULL THEN mark.place END, 'panel', mark.panel, 'label', mark.label, 'at', mark.at, 'fraction', mark.fraction, 'not_shown', mark.not_shown,
			'percentile', CASE kind WHEN 'percentiles' THEN gapstats_internal.chart_number(mark.fraction, true) END)
		|| coalesce((SELECT jsonb_object_agg(c ->> 'field', CASE WHEN c ->> 'field' IN ('reason', 'decision') THEN to_jsonb(gapstats_internal.chart_reason(mark.told ->> (c ->> 'field'))) ELSE mark.told -> (c ->> 'field') END) FROM jsonb_array_elements(columns_told) c WHERE mark.told ? (c ->> 'field')), '{}'))
		|| CASE WHEN mark.not_shown IS NULL THEN jsonb_build_object('value', mark.value, 'value_text', gapstats_internal.chart_number(mark.value, kind IN ('absence', 'flags')))
			|| jsonb_build_object('lower', mark.lower, 'upper', mark.upper, 'interval_text',
				CASE WHEN mark.lower IS NULL THEN 'none' ELSE gapstats_internal.chart_number(mark.lower, kind IN ('absence', 'flags')) || ' to ' || gapstats_internal.chart_number(mark.upper, kind IN ('absence', 'flags')) END)
			|| jsonb_build_object('said', concat(gapstats_internal.chart_name(mark.panel, mark.label, mark.at), ': ', CASE kind WHEN 'percentiles' THEN gapstats_internal.chart_number(mark.fraction, true) || ' ' END,
				gapstats_internal.chart_number(mark.value, kind IN ('absence', 'flags')),
				', ' || gapstats_internal.chart_number(mark.lower, kind IN ('absence', 'flags')) || ' to ' || gapstats_internal.chart_number(mark.upper, kind IN ('absence', 'flags'))))
			|| more ELSE '{}'::jsonb END
);
COMMENT ON FUNCTION gapstats_internal.chart_datum(text, gapstats_internal.chart_mark, jsonb, jsonb) IS
'A mark as a value of the data of a specification.';

CREATE FUNCTION gapstats_internal.chart_palette()
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]'::jsonb;
COMMENT ON FUNCTION gapstats_internal.chart_palette() IS
'Colours that are told apart whatever colours one sees (Okabe and Ito 2008), those first that stand out from white and from black.';

-- Where the line of no difference stands; one, whatever the number of rows
CREATE FUNCTION gapstats_internal.chart_line(channel text, value double precision)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN jsonb_build_object('data', '{"values": [{}]}'::jsonb, 'mark', '{"type": "rule", "color": "#767676", "strokeWidth": 1.5, "tooltip": null}'::jsonb,
	'encoding', jsonb_build_object(channel, jsonb_build_object('datum', value)));
COMMENT ON FUNCTION gapstats_internal.chart_line(text, double precision) IS
'A line across a picture.';

CREATE FUNCTION gapstats_internal.chart_of_points(kind text, axis_title text, told jsonb, marks gapstats_internal.chart_mark[], totals jsonb)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	null_value CONSTANT double precision := CASE WHEN kind IN ('gaps', 'decomposition') THEN 0 WHEN kind = 'disproportionality' THEN 1 END;
	-- as far to the left of 1 as to the right
	furthest CONSTANT double precision := CASE kind WHEN 'disproportionality' THEN (
		SELECT 1.1 * max(greatest(e, 1 / e)) FROM unnest(marks) m CROSS JOIN LATERAL (VALUES (m.value), (m.lower), (m.upper), (m.threshold), (1.8)) v (e) WHERE m.not_shown IS NULL AND e > 0) END;
	scale CONSTANT jsonb := CASE kind WHEN 'disproportionality' THEN jsonb_build_object('type', 'log', 'domain', jsonb_build_array(1 / furthest, furthest), 'nice', false) ELSE '{"zero": true}' END;
	axis CONSTANT jsonb := CASE kind
		WHEN 'flags' THEN '{"format": "~%"}'
		WHEN 'disproportionality' THEN (
			SELECT jsonb_build_object('values', jsonb_agg(v ORDER BY v), 'format', '~g')
			FROM unnest(CASE WHEN furthest < 3 THEN '{0.4,0.5,0.67,0.8,1,1.25,1.5,2,2.5}' WHEN furthest < 20 THEN '{0.05,0.1,0.2,0.5,1,2,5,10,20}' ELSE '{0.0001,0.001,0.01,0.1,1,10,100,1000,10000}' END::double precision[]) v
			WHERE v BETWEEN 1 / furthest AND furthest)
		ELSE '{}' END;
	thresholds CONSTANT jsonb := (SELECT jsonb_agg(DISTINCT jsonb_build_object('threshold', m.threshold)) FROM unnest(marks) m WHERE m.threshold IS NOT NULL AND m.not_shown IS NULL);
	x CONSTANT jsonb := jsonb_build_object('field', 'value', 'type', 'quantitative', 'title', axis_title, 'scale', scale, 'axis', axis);
	y CONSTANT jsonb := '{"field": "label", "type": "nominal", "sort": {"field": "place", "op": "min"}, "title": null, "axis": {"labelLimit": 260, "grid": true}}';
	color CONSTANT text := gapstats_internal.chart_palette() ->> 0;
BEGIN
	RETURN jsonb_build_object('width', 460, 'height', '{"step": 20}'::jsonb, 'layer', jsonb_path_query_array(jsonb_build_array(
		CASE WHEN null_value IS NOT NULL THEN gapstats_internal.chart_line('x', null_value) END,
		CASE WHEN thresholds IS NOT NULL THEN jsonb_build_object('data', jsonb_build_object('values', thresholds), 'mark', '{"type": "rule", "color": "#767676", "strokeDash": [4, 3], "tooltip": null}'::jsonb,
			'encoding', jsonb_build_object('x', x || '{"field": "threshold"}', 'description', '{"value": "threshold"}'::jsonb)) END,
		CASE WHEN totals <> '[]' THEN jsonb_build_object('data', jsonb_build_object('values', totals), 'mark', '{"type": "rule", "color": "#767676", "strokeDash": [4, 3]}'::jsonb,
			'encoding', told || jsonb_build_object('x', x)) END,
		jsonb_build_object('mark', jsonb_build_object('type', 'rule', 'strokeWidth', 2, 'color', color),
			'encoding', told || jsonb_build_object('y', y, 'x', x || '{"field": "lower"}', 'x2', '{"field": "upper"}'::jsonb)),
		jsonb_build_object('mark', jsonb_build_object('type', 'point', 'filled', false, 'size', 60, 'opacity', 1, 'stroke', color, 'strokeWidth', 2, 'fill', color),
			'encoding', told || jsonb_build_object('y', y, 'x', x)
				|| CASE WHEN null_value IS NOT NULL THEN '{"fillOpacity": {"condition": {"test": "datum.is_clear", "value": 1}, "value": 0}}' ELSE '{}'::jsonb END)),
		'$[*] ? (@ != null)'));
END
$$;
COMMENT ON FUNCTION gapstats_internal.chart_of_points(text, text, jsonb, gapstats_internal.chart_mark[], jsonb) IS
'A point and its interval for each name, below one another. A point is filled if its interval excludes no difference.';

CREATE FUNCTION gapstats_internal.chart_over_time(kind text, axis_title text, told jsonb, periods text[], series text[])
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	x CONSTANT jsonb := jsonb_build_object('field', 'at', 'type', 'ordinal', 'title', CASE kind WHEN 'absence' THEN NULL ELSE 'period' END,
		'scale', jsonb_build_object('domain', to_jsonb(periods)), 'axis', jsonb_build_object('labelAngle', CASE WHEN cardinality(periods) > 6 THEN -40 ELSE 0 END, 'labelOverlap', true));
	y CONSTANT jsonb := jsonb_build_object('field', 'value', 'type', 'quantitative', 'title', axis_title, 'scale', '{"zero": true}'::jsonb,
		'axis', CASE kind WHEN 'absence' THEN '{"format": "~%"}' ELSE '{}' END::jsonb);
	-- side by side, or below one another where they are long
	legend CONSTANT jsonb := jsonb_build_object('orient', 'top', 'labelLimit', 440, 'columns', CASE WHEN (SELECT max(length(name)) FROM unnest(series) name) > 24 THEN 1 ELSE 3 END);
	colors CONSTANT jsonb := CASE WHEN cardinality(series) > 1 THEN jsonb_build_object('field', 'label', 'type', 'nominal', 'title', NULL,
		'scale', jsonb_build_object('domain', to_jsonb(series), 'range', (SELECT jsonb_agg(gapstats_internal.chart_palette() -> i ORDER BY i) FROM generate_series(0, cardinality(series) - 1) i)),
		'legend', legend) ELSE jsonb_build_object('value', gapstats_internal.chart_palette() -> 0) END;
	offsets CONSTANT jsonb := CASE WHEN cardinality(series) > 1 THEN jsonb_build_object('xOffset', jsonb_build_object('field', 'label', 'type', 'nominal', 'scale', jsonb_build_object('domain', to_jsonb(series), 'paddingOuter', 1))) ELSE '{}' END;
	shapes CONSTANT jsonb := CASE WHEN cardinality(series) > 1 THEN jsonb_build_object('shape', jsonb_build_object('field', 'label', 'type', 'nominal', 'title', NULL,
		'scale', jsonb_build_object('domain', to_jsonb(series), 'range', (SELECT jsonb_agg(('["circle", "square", "triangle-up", "diamond", "triangle-down", "cross"]'::jsonb) -> i ORDER BY i) FROM generate_series(0, cardinality(series) - 1) i)),
		'legend', legend)) ELSE '{}' END;
BEGIN
	RETURN jsonb_build_object('width', least(460, greatest(240, 80 * cardinality(periods))), 'height', 220, 'layer', jsonb_path_query_array(jsonb_build_array(
		CASE kind WHEN 'trend' THEN gapstats_internal.chart_line('y', 0) END,
		jsonb_build_object('mark', '{"type": "line", "strokeWidth": 1.5, "tooltip": null}'::jsonb,
			'encoding', offsets || '{"detail": {"field": "stretch", "type": "nominal"}, "description": {"field": "label", "type": "nominal"}}' || jsonb_build_object('x', x, 'y', y, 'color', colors)),
		jsonb_build_object('mark', '{"type": "rule", "strokeWidth": 2}'::jsonb,
			'encoding', told || offsets || jsonb_build_object('x', x, 'y', y || '{"field": "lower"}', 'y2', '{"field": "upper"}'::jsonb, 'color', colors)),
		jsonb_build_object('mark', '{"type": "point", "filled": true, "size": 60, "opacity": 1}'::jsonb,
			'encoding', told || offsets || shapes || jsonb_build_object('x', x, 'y', y, 'color', colors))),
		'$[*] ? (@ != null)'));
END
$$;
COMMENT ON FUNCTION gapstats_internal.chart_over_time(text, text, jsonb, text[], text[]) IS
'A line for each name over periods or months, with intervals; broken where one is not known.';

CREATE FUNCTION gapstats_internal.chart_of_percentiles(axis_title text, told jsonb, marks gapstats_internal.chart_mark[], periods text[])
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	is_over_time CONSTANT boolean := cardinality(periods) > 0;
	color CONSTANT text := gapstats_internal.chart_palette() ->> 0;
	-- scores have no zero that means something
	measured CONSTANT jsonb := jsonb_build_object('field', 'value', 'type', 'quantitative', 'title', axis_title, 'scale', '{"zero": false}'::jsonb);
	names CONSTANT jsonb := CASE WHEN is_over_time THEN jsonb_build_object('field', 'at', 'type', 'ordinal', 'title', 'period', 'scale', jsonb_build_object('domain', to_jsonb(periods)), 'axis', '{"labelAngle": 0, "labelOverlap": true}'::jsonb)
		ELSE '{"field": "label", "type": "nominal", "sort": {"field": "place", "op": "min"}, "title": null, "axis": {"labelLimit": 260}}' END;
	across CONSTANT text := CASE WHEN is_over_time THEN 'y' ELSE 'x' END;
	along CONSTANT text := CASE WHEN is_over_time THEN 'x' ELSE 'y' END;
	percentiles CONSTANT jsonb := (
		SELECT jsonb_agg(gapstats_internal.chart_number(f.fraction, true) ORDER BY f.fraction)
		FROM (SELECT DISTINCT m.fraction FROM unnest(marks) m WHERE m.not_shown IS NULL AND m.lower IS NOT NULL) f);
	encoding CONSTANT jsonb := told || jsonb_build_object(along, names);
	filter CONSTANT text := CASE WHEN is_over_time THEN '[{"filter": "isValid(datum.%s)"}]' ELSE '[]' END;
	-- those that a line or a band goes through
	through CONSTANT jsonb := CASE WHEN is_over_time THEN '{"detail": [{"field": "percentile", "type": "nominal"}, {"field": "stretch", "type": "nominal"}]}' ELSE '{}'::jsonb END;
BEGIN
	RETURN CASE WHEN is_over_time THEN '{"width": 300, "height": 220}' ELSE '{"width": 460, "height": {"step": 34, "for": "position"}}'::jsonb END || jsonb_build_object('layer', jsonb_path_query_array(jsonb_build_array(
		jsonb_build_object('transform', format(filter, 'band_lower')::jsonb, 'mark', jsonb_build_object('opacity', 0.3, 'color', color) || CASE WHEN is_over_time THEN '{"type": "area"}' ELSE '{"type": "bar", "height": {"band": 0.6}}'::jsonb END,
			'encoding', encoding || through || jsonb_build_object(across, measured || '{"field": "band_lower"}', across || '2', '{"field": "band_upper"}'::jsonb)),
		jsonb_build_object('transform', format(filter, 'alone')::jsonb, 'mark', jsonb_build_object('color', color) || CASE WHEN is_over_time THEN '{"type": "line", "strokeWidth": 1, "strokeDash": [4, 3], "point": true}'
				ELSE '{"type": "tick", "opacity": 1, "thickness": 2, "height": {"band": 0.6}}'::jsonb END,
			'encoding', encoding || through || jsonb_build_object(across, measured || '{"field": "alone"}')),
		jsonb_build_object('transform', format(filter, 'median')::jsonb, 'mark', jsonb_build_object('color', color) || CASE WHEN is_over_time THEN '{"type": "line", "strokeWidth": 2, "point": true}'
				ELSE '{"type": "tick", "opacity": 1, "thickness": 3, "height": {"band": 0.85}}'::jsonb END,
			'encoding', encoding || through || jsonb_build_object(across, measured || '{"field": "median"}')),
		CASE WHEN percentiles IS NOT NULL THEN jsonb_build_object('mark', '{"type": "rule", "strokeWidth": 1.5, "color": "#767676"}'::jsonb,
			'encoding', encoding || jsonb_build_object(across, measured || '{"field": "lower"}', across || '2', '{"field": "upper"}'::jsonb,
				along || 'Offset', jsonb_build_object('field', 'percentile', 'type', 'nominal', 'scale', jsonb_build_object('domain', percentiles, 'paddingOuter', CASE WHEN is_over_time THEN 12 ELSE 1 END)))) END),
		'$[*] ? (@ != null)'));
END
$$;
COMMENT ON FUNCTION gapstats_internal.chart_of_percentiles(text, jsonb, gapstats_internal.chart_mark[], text[]) IS
'Bands from each percentile to the one as far from the other end, with the median: a bar for each name, or a fan over periods. A percentile without another is a line. Intervals stand beside one another, in the order of the percentiles, as they may overlap.';

CREATE FUNCTION gapstats_internal.chart_axis_title(kind text, marks gapstats_internal.chart_mark[])
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	shown CONSTANT gapstats_internal.chart_mark[] := ARRAY(SELECT m FROM unnest(marks) m WHERE m.not_shown IS NULL);
	units CONSTANT text[] := ARRAY(SELECT DISTINCT m.told ->> 'unit' FROM unnest(shown) m);
	compared CONSTANT text[] := ARRAY(SELECT DISTINCT m.told ->> 'group_reference' FROM unnest(shown) m);
	focal CONSTANT text[] := ARRAY(SELECT DISTINCT m.told ->> 'group_focal' FROM unnest(shown) m);
	measures CONSTANT text[] := ARRAY(SELECT DISTINCT m.told ->> 'measure' FROM unnest(shown) m WHERE m.told ? 'measure');
BEGIN
	RETURN CASE kind
		-- the rate of those who are chronically absent is one, too
		WHEN 'absence' THEN coalesce(CASE cardinality(measures) WHEN 1 THEN measures[1] END, 'absence rate')
		WHEN 'flags' THEN 'share of the students that are flagged'
		WHEN 'disproportionality' THEN 'risk ratio (logarithmic)'
		WHEN 'percentiles' THEN coalesce(CASE cardinality(units) WHEN 1 THEN units[1] END, 'value')
		WHEN 'segregation' THEN (SELECT format('segregation (%s)', CASE m.told ->> 'index' WHEN 'theil_h' THEN 'Theil''s H' ELSE m.told ->> 'index' END) FROM unnest(shown) m LIMIT 1)
		WHEN 'decomposition' THEN 'part of the gap' || coalesce(CASE cardinality(units) WHEN 1 THEN ' (' || units[1] || ')' END, '')
		ELSE coalesce(CASE WHEN cardinality(compared) <> 1 THEN NULL WHEN cardinality(focal) = 1 THEN focal[1] || ' minus ' || compared[1] ELSE 'gap to ' || compared[1] END, 'gap')
			|| coalesce(CASE cardinality(units) WHEN 1 THEN ' (' || units[1] || ')' END, '')
	END;
END
$$;
COMMENT ON FUNCTION gapstats_internal.chart_axis_title(text, gapstats_internal.chart_mark[]) IS
'What the values of a picture are: whose gap to whom, and in which unit, where it is the same for all.';

CREATE FUNCTION gapstats_internal.chart_heading(kind text, marks gapstats_internal.chart_mark[])
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	measures CONSTANT text[] := ARRAY(SELECT DISTINCT m.told ->> 'measure' FROM unnest(marks) m WHERE m.told ? 'measure');
BEGIN
	RETURN CASE kind
		WHEN 'gaps' THEN 'Gaps'
		WHEN 'trend' THEN 'Gaps over time'
		WHEN 'percentiles' THEN 'Percentiles'
		WHEN 'absence' THEN 'Absence over the year'
		WHEN 'flags' THEN 'Students flagged'
		WHEN 'decomposition' THEN 'What goes with the gap'
		WHEN 'segregation' THEN 'Segregation over time'
		ELSE 'Disproportionality'
	END || coalesce(CASE cardinality(measures) WHEN 1 THEN ', ' || measures[1] END, '');
END
$$;
COMMENT ON FUNCTION gapstats_internal.chart_heading(text, gapstats_internal.chart_mark[]) IS
'The title of a chart that was not given one.';

CREATE FUNCTION gapstats_internal.chart_values(kind text, marks gapstats_internal.chart_mark[], columns_told jsonb, periods text[], panels text[])
RETURNS TABLE (shown jsonb, totals jsonb, not_shown jsonb)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT coalesce(jsonb_agg(d.datum ORDER BY d.place) FILTER (WHERE d.why IS NULL AND NOT d.is_total), '[]'),
		coalesce(jsonb_agg(d.datum ORDER BY d.place) FILTER (WHERE d.why IS NULL AND d.is_total), '[]'),
		coalesce(jsonb_agg(d.datum ORDER BY d.place) FILTER (WHERE d.why IS NOT NULL), '[]')
	FROM (
		SELECT m.place, m.not_shown AS why, m.is_total, gapstats_internal.chart_datum(kind, m, columns_told, jsonb_strip_nulls(jsonb_build_object(
			'picture', array_position(panels, m.panel),
			'is_clear', CASE WHEN kind IN ('gaps', 'disproportionality', 'decomposition') THEN coalesce(m.lower > n.null_value OR m.upper < n.null_value, false) END,
			-- a line is broken where a period is missing
			'stretch', CASE WHEN cardinality(periods) > 0 THEN array_position(periods, m.at)
				- row_number() OVER (PARTITION BY m.not_shown IS NULL, m.panel, m.label, m.fraction ORDER BY array_position(periods, m.at)) END,
			'band_lower', CASE WHEN m.fraction < 0.5 AND o.value IS NOT NULL THEN m.value END,
			'band_upper', CASE WHEN m.fraction < 0.5 THEN o.value END,
			'median', CASE WHEN kind = 'percentiles' AND m.fraction = 0.5 THEN m.value END,
			'alone', CASE WHEN kind = 'percentiles' AND o.value IS NULL THEN m.value END))) AS datum
		FROM unnest(marks) m
		CROSS JOIN LATERAL (SELECT CASE kind WHEN 'disproportionality' THEN 1 ELSE 0 END) n (null_value)
		-- the percentile as far from the other end
		LEFT JOIN unnest(marks) o ON kind = 'percentiles' AND o.not_shown IS NULL AND o.label = m.label AND coalesce(o.panel, '') = coalesce(m.panel, '') AND coalesce(o.at, '') = coalesce(m.at, '')
			AND round(o.fraction::numeric, 9) = round(1 - m.fraction::numeric, 9)
	) d;
END
$$;
COMMENT ON FUNCTION gapstats_internal.chart_values(text, gapstats_internal.chart_mark[], jsonb, text[], text[]) IS
'The data of a specification: what is drawn, what is drawn as a line that the rest is compared with, and what is not drawn.';

CREATE FUNCTION gapstats_internal.chart_picture(kind text, marks gapstats_internal.chart_mark[], told jsonb, periods text[], series text[], is_apart boolean, totals jsonb)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	axis_title CONSTANT text := gapstats_internal.chart_axis_title(kind, marks);
	picture CONSTANT jsonb := CASE
		WHEN kind IN ('trend', 'absence', 'segregation') THEN gapstats_internal.chart_over_time(kind, axis_title, told, periods, CASE WHEN is_apart THEN '{}' ELSE series END)
		WHEN kind = 'percentiles' THEN gapstats_internal.chart_of_percentiles(axis_title, told, marks, periods)
		ELSE gapstats_internal.chart_of_points(kind, axis_title, told, marks, totals) END;
BEGIN
	RETURN CASE WHEN NOT is_apart THEN picture ELSE jsonb_build_object('columns', 3, 'spec', picture || '{"width": 170, "height": 140}',
		'facet', jsonb_build_object('field', 'label', 'type', 'nominal', 'title', NULL, 'sort', '{"field": "place", "op": "min"}'::jsonb, 'header', '{"labelLimit": 180}'::jsonb)) END;
END
$$;
COMMENT ON FUNCTION gapstats_internal.chart_picture(text, gapstats_internal.chart_mark[], jsonb, text[], text[], boolean, jsonb) IS
'One picture of a chart; is_apart: a small one for each name.';

CREATE FUNCTION gapstats_internal.chart_specification(kind text, title text, marks gapstats_internal.chart_mark[], confidence double precision)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- periods of which nothing is known have their place, too
	periods CONSTANT text[] := ARRAY(
		SELECT m.at
		FROM unnest(marks) m
		CROSS JOIN LATERAL (SELECT coalesce(m.told ->> CASE kind WHEN 'absence' THEN 'month' ELSE 'period' END, m.at)) p (period)
		WHERE m.at IS NOT NULL
		GROUP BY m.at
		ORDER BY min(gapstats_internal.chart_order(p.period)), min(p.period COLLATE "C"));
	series CONSTANT text[] := ARRAY(SELECT m.label FROM unnest(marks) m WHERE m.not_shown IS NULL GROUP BY m.label ORDER BY min(m.place));
	panels CONSTANT text[] := ARRAY(SELECT m.panel FROM unnest(marks) m WHERE m.not_shown IS NULL AND m.panel IS NOT NULL GROUP BY m.panel ORDER BY min(m.place));
	-- more lines than there are colours to tell them by are pictures of their own; so are fans
	is_apart CONSTANT boolean := cardinality(periods) > 0 AND cardinality(series) > CASE kind WHEN 'percentiles' THEN 1 ELSE jsonb_array_length(gapstats_internal.chart_palette()) END;
	columns_told CONSTANT jsonb := gapstats_internal.chart_columns_told(kind, marks, confidence);
	told CONSTANT jsonb := jsonb_build_object('tooltip', (SELECT jsonb_agg(c || '{"type": "nominal"}' ORDER BY i) FROM jsonb_array_elements(columns_told) WITH ORDINALITY AS t (c, i)),
		'description', '{"field": "said", "type": "nominal"}'::jsonb);
	sentence CONSTANT text := gapstats_internal.chart_sentence(kind, marks, confidence);
	shown jsonb;
	totals jsonb;
	not_shown jsonb;
	picture jsonb;
BEGIN
	PERFORM gapstats_internal.check_chart_marks(marks, is_apart);
	SELECT v.shown, v.totals, v.not_shown INTO shown, totals, not_shown FROM gapstats_internal.chart_values(kind, marks, columns_told, periods, panels) v;
	picture := CASE
		WHEN shown || totals = '[]' THEN jsonb_build_object('width', 460, 'height', 40, 'data', jsonb_build_object('values', jsonb_build_array(jsonb_build_object('text', sentence))),
			'mark', '{"type": "text", "align": "left", "x": 0, "limit": 460, "tooltip": null}'::jsonb,
			'encoding', '{"text": {"field": "text", "type": "nominal"}, "description": {"field": "text", "type": "nominal"}}'::jsonb)
		WHEN panels = '{}' THEN gapstats_internal.chart_picture(kind, marks, told, periods, series, is_apart, totals)
		ELSE jsonb_build_object('vconcat', (
			SELECT jsonb_agg(gapstats_internal.chart_picture(kind, ARRAY(SELECT m FROM unnest(marks) m WHERE m.panel = p.panel ORDER BY m.place), told, periods, series, is_apart,
					(SELECT coalesce(jsonb_agg(t), '[]') FROM jsonb_array_elements(totals) t WHERE t ->> 'panel' = p.panel))
				|| jsonb_build_object('title', jsonb_build_object('text', p.panel, 'anchor', 'start', 'fontSize', 13), 'transform', jsonb_build_array(jsonb_build_object('filter', format('datum.picture == %s', p.i)))) ORDER BY p.i)
			FROM unnest(panels) WITH ORDINALITY AS p (panel, i)))
	END;
	RETURN jsonb_build_object('data', jsonb_build_object('values', shown)) || picture || jsonb_build_object(
		'$schema', 'https://vega.github.io/schema/vega-lite/v5.json',
		'description', sentence,
		'title', jsonb_build_object('text', coalesce(title, gapstats_internal.chart_heading(kind, marks)), 'subtitle', to_jsonb(gapstats_internal.chart_notes(kind, marks)),
			'anchor', 'start', 'frame', 'bounds', 'subtitlePadding', 6, 'offset', 12),
		'config', '{"view": {"stroke": null}, "axis": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"}, "legend": {"labelFontSize": 12}, "header": {"labelFontSize": 12, "labelFontWeight": "bold"}}'::jsonb,
		'usermeta', jsonb_build_object('gapstats', jsonb_build_object('kind', kind, 'columns', columns_told, 'totals', totals, 'not_shown', not_shown)));
END
$$;
COMMENT ON FUNCTION gapstats_internal.chart_specification(text, text, gapstats_internal.chart_mark[], double precision) IS
'A Vega-Lite specification of a kind of chart with its data; in usermeta, what its table is made of, and what is not shown.';
