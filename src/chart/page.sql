-- chart/page: charts as one HTML page that opens without a network

CREATE FUNCTION gapstats_internal.chart_script()
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION gapstats_internal.chart_script() IS
'The script that draws charts (Vega, Vega-Lite and Vega''s interpreter of expressions), as make charts and make install have put it into the extension''s share directory; NULL if they have not. Raises XX001 for a file there that is not that.';

CREATE FUNCTION gapstats_internal.html(value text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN replace(replace(replace(replace(value, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;');
COMMENT ON FUNCTION gapstats_internal.html(text) IS
'A text as it can stand in HTML, also in an attribute in double quotes.';

CREATE FUNCTION gapstats_internal.html_isolated(value text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '<bdi>' || gapstats_internal.html(value) || '</bdi>';
COMMENT ON FUNCTION gapstats_internal.html_isolated(text) IS
'The same, from right to left if it is, which does not turn what is around it.';

CREATE FUNCTION gapstats_internal.check_page(title text, charts jsonb)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong bigint;
BEGIN
	IF title IS NULL OR charts IS NULL THEN
		RAISE EXCEPTION '% must not be null', CASE WHEN title IS NULL THEN 'title' ELSE 'charts' END USING ERRCODE = 'null_value_not_allowed';
	END IF;
	IF jsonb_typeof(charts) <> 'array' THEN
		RAISE EXCEPTION 'charts must be an array of charts' USING ERRCODE = 'invalid_parameter_value', HINT = 'Such as jsonb_build_array(chart(...), chart(...)).';
	END IF;
	SELECT c.i INTO wrong
	FROM jsonb_array_elements(charts) WITH ORDINALITY AS c (chart, i)
	-- also of what is not there at all
	WHERE (jsonb_typeof(c.chart #> '{title,text}') = 'string' AND jsonb_typeof(c.chart #> '{title,subtitle}') = 'array' AND jsonb_typeof(c.chart -> 'description') = 'string'
		AND jsonb_typeof(c.chart #> '{data,values}') = 'array' AND jsonb_typeof(c.chart #> '{usermeta,gapstats,columns}') = 'array'
		AND jsonb_typeof(c.chart #> '{usermeta,gapstats,totals}') = 'array' AND jsonb_typeof(c.chart #> '{usermeta,gapstats,not_shown}') = 'array'
		AND NOT jsonb_path_exists(c.chart #> '{data,values}', 'strict $[*] ? (@.type() != "object")', silent => true)
		AND NOT jsonb_path_exists(c.chart #> '{usermeta,gapstats}', 'strict $.keyvalue() ? (@.key == "columns" || @.key == "totals" || @.key == "not_shown").value[*] ? (@.type() != "object")', silent => true)
		AND NOT jsonb_path_exists(c.chart, 'lax $.usermeta.gapstats.columns[*] ? (!(@.field.type() == "string") || !(@.title.type() == "string"))', silent => true)) IS NOT TRUE
	ORDER BY c.i
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'charts: element % is no chart that chart() has made', wrong USING ERRCODE = 'invalid_parameter_value';
	END IF;
	RETURN true;
END
$$;
COMMENT ON FUNCTION gapstats_internal.check_page(text, jsonb) IS
'True, or 22004 for a NULL and 22023 for what is not an array of charts.';

CREATE FUNCTION gapstats_internal.page_table(chart jsonb, number bigint)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN (
	WITH columns AS (
		SELECT c ->> 'field' AS field, c ->> 'title' AS title, i,
			c ->> 'field' IN ('value_text', 'interval_text') OR jsonb_path_exists(chart, 'lax $.data.values[*].keyvalue() ? (@.key == $field && @.value.type() == "number")', jsonb_build_object('field', c -> 'field')) AS is_number
		FROM jsonb_array_elements(chart #> '{usermeta,gapstats,columns}') WITH ORDINALITY AS a (c, i)
		UNION ALL
		SELECT 'not_shown', 'not shown', 1000000, false WHERE chart #> '{usermeta,gapstats,not_shown}' <> '[]'
	), rows AS (
		SELECT r, i FROM jsonb_array_elements((chart #> '{usermeta,gapstats,totals}') || (chart #> '{data,values}') || (chart #> '{usermeta,gapstats,not_shown}')) WITH ORDINALITY AS a (r, i) WHERE NOT r ? 'text'
	)
	SELECT concat('<div class="rows" role="region" tabindex="0" aria-labelledby="caption-', number, E'">\n<table>\n<caption id="caption-', number, '">', gapstats_internal.html_isolated(chart #>> '{title,text}'), E': the numbers</caption>\n<thead><tr>',
		(SELECT string_agg('<th scope="col"' || CASE WHEN c.is_number THEN ' class="number"' ELSE '' END || '>' || gapstats_internal.html(c.title) || '</th>', '' ORDER BY c.i) FROM columns c),
		E'</tr></thead>\n<tbody>\n',
		(SELECT string_agg('<tr>' || (
				SELECT string_agg(CASE WHEN c.field = 'label' THEN '<th scope="row">' || coalesce(gapstats_internal.html_isolated(r.r ->> c.field), '') || '</th>'
					ELSE '<td' || CASE WHEN c.is_number THEN ' class="number">' || coalesce(gapstats_internal.html(r.r ->> c.field), '')
						ELSE '>' || coalesce(gapstats_internal.html_isolated(r.r ->> c.field), '') END || '</td>' END, '' ORDER BY c.i)
				FROM columns c) || E'</tr>\n', '' ORDER BY r.i)
			FROM rows r),
		E'</tbody>\n</table>\n</div>\n')
	WHERE EXISTS (SELECT FROM rows)
);
COMMENT ON FUNCTION gapstats_internal.page_table(jsonb, bigint) IS
'The rows of a chart as a table, also those that are not shown; NULL if there are none.';

-- A browser takes < in JSON for nothing but itself if it is written as an escape
CREATE FUNCTION gapstats_internal.page_chart(chart jsonb, number bigint, is_drawn boolean)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN concat('<section aria-labelledby="heading-', number, E'">\n<div class="shown">\n<h2 id="heading-', number, '">', gapstats_internal.html_isolated(chart #>> '{title,text}'), E'</h2>\n<p id="sentence-', number, '">',
	gapstats_internal.html_isolated(chart ->> 'description'), E'</p>\n',
	CASE WHEN is_drawn AND gapstats_internal.page_table(chart, number) IS NOT NULL THEN format(E'<div class="picture" role="img" aria-labelledby="heading-%1$s" aria-describedby="sentence-%1$s"></div>\n<script type="application/json" class="chart">%2$s</script>\n<output class="note"></output>\n',
		number, replace(chart::text, '<', '\u003c')) END,
	(SELECT string_agg(format(E'<p class="note">%s</p>\n', gapstats_internal.html_isolated(n)), '' ORDER BY i) FROM jsonb_array_elements_text(chart #> '{title,subtitle}') WITH ORDINALITY AS a (n, i)),
	E'</div>\n', gapstats_internal.page_table(chart, number), E'</section>\n');
COMMENT ON FUNCTION gapstats_internal.page_chart(jsonb, bigint, boolean) IS
'A chart in a page: its heading, what it shows in words, the chart itself, what is not shown, and its table.';

-- What came out of suppress has none, or fewer if that was wanted. Of flags publish_counts() has hidden the small ones.
CREATE FUNCTION gapstats_internal.page_small_groups(charts jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT format(E'<p class="note">This page shows groups of fewer than 10 students, in: %s. If it is for others, make these of reports with suppress.</p>\n',
		string_agg(gapstats_internal.html_isolated(c.chart #>> '{title,text}'), '; ' ORDER BY c.i))
	FROM jsonb_array_elements(charts) WITH ORDINALITY AS c (chart, i)
	CROSS JOIN LATERAL (SELECT (c.chart #> '{usermeta,gapstats,totals}') || (c.chart #> '{data,values}') || (c.chart #> '{usermeta,gapstats,not_shown}')) r (rows)
	WHERE jsonb_path_exists(r.rows, 'lax $[*] ? (@.n > 0 && @.n < 10 || @.n_focal > 0 && @.n_focal < 10 || @.n_reference > 0 && @.n_reference < 10)')
		AND NOT jsonb_path_exists(r.rows, 'lax $[*] ? (@.not_shown == "suppressed")')
	HAVING count(*) > 0
);
COMMENT ON FUNCTION gapstats_internal.page_small_groups(jsonb) IS
'What a page says of charts whose table tells of fewer than 10 students; NULL if none does.';

CREATE FUNCTION gapstats_internal.page_style()
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN $css$
:root { color-scheme: light dark; --text: #1a1a1a; --back: #fff; --quiet: #595959; --line: #d0d0d0; }
@media (prefers-color-scheme: dark) { :root { --text: #e8e8e8; --back: #161616; --quiet: #a8a8a8; --line: #444; } .picture svg { filter: brightness(1.3); } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 56rem; margin: 0 auto; padding: 1rem 1.25rem 4rem; }
h1, h2 { line-height: 1.2; overflow-wrap: anywhere; }
section { margin-top: 2.5rem; }
p { max-width: 44rem; overflow-wrap: anywhere; }
.note { display: block; color: var(--quiet); font-size: 0.875rem; margin: 0.25rem 0; }
output { min-height: 1.5em; }
.picture { overflow-x: auto; }
.picture svg { max-width: 100%; height: auto; }
.picture svg text { fill: var(--text) !important; }
.picture svg .role-axis-grid line { stroke: var(--line) !important; }
.picture svg .role-axis-tick line, .picture svg .role-axis-domain line { stroke: var(--quiet) !important; }
.rows { overflow: auto; max-height: 22rem; margin-top: 0.75rem; border: 1px solid var(--line); }
.picture .told { stroke: var(--text) !important; stroke-width: 4px !important; }
.picture:focus-visible, .rows:focus-visible { outline: 3px solid #0072b2; outline-offset: 2px; }
table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; width: 100%; }
caption { text-align: start; padding: 0.4rem 0.6rem; color: var(--quiet); }
th, td { text-align: start; vertical-align: top; padding: 0.25rem 0.6rem; border-top: 1px solid var(--line); }
tbody th { font-weight: normal; min-width: 8rem; }
.number { text-align: end; }
td.number { white-space: nowrap; }
@page { margin: 15mm; }
@media print {
	:root { --text: #000; --back: #fff; --quiet: #444; --line: #bbb; color-scheme: light; }
	body { max-width: none; padding: 0; font-size: 11pt; }
	h1, h2, h2 + p, caption { break-after: avoid; }
	p, .picture > div, tr { break-inside: avoid; }
	/* with its heading on one page, the first one also with the title */
	output { display: none; }
	.picture svg { filter: none; max-height: 75vh; }
	section:first-of-type .picture svg { max-height: 60vh; }
	thead { display: table-header-group; }
	.rows { max-height: none; overflow: visible; border: 0; }
}
$css$;
COMMENT ON FUNCTION gapstats_internal.page_style() IS
'How a page looks: light or dark as the reader has it, and on paper.';

-- The heading and what is not shown stand in the page already
CREATE FUNCTION gapstats_internal.page_drawing()
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN $js$
const refuse = () => Promise.reject(new Error('a page loads nothing'));

// One picture below another; and one of more rows than a page has room for is several, each with its axis, on one scale
function pieces(chart) {
	const {vconcat = [{}], ...whole} = chart;
	return vconcat.flatMap((one, i) => {
		const panel = {...whole, ...one};
		const values = chart.data.values.filter(value => !chart.vconcat || value.picture === i + 1);
		const labels = [...new Set(values.map(value => value.label))];
		const most = panel.facet ? 12 : panel.height.step ? Math.floor(720 / panel.height.step) : labels.length;
		if (labels.length <= most)
			return [{...panel, data: {values}}];
		const {layer} = panel.spec ?? panel;
		const drawn = [values, ...layer.map(one => one.data?.values ?? [])].flat()
			.flatMap(value => [value.value, value.lower, value.upper, value.threshold]).filter(Number.isFinite);
		const domain = [Math.min(...drawn), Math.max(...drawn)];
		for (const {encoding} of layer)
			for (const along of [encoding.x, encoding.y])
				if (along?.type === 'quantitative')
					along.scale = {domain, nice: true, ...along.scale};
		const each = Math.ceil(labels.length / Math.ceil(labels.length / most));
		const piece = new Map(labels.map((label, place) => [label, Math.floor(place / each)]));
		return Array.from({length: Math.ceil(labels.length / each)}, (_, number) =>
			({...panel, data: {values: values.filter(value => piece.get(value.label) === number)}}));
	});
}

// The keyboard goes from mark to mark, and each is told as it is under the mouse
function walk(picture, told, marks) {
	let at = -1;
	const tell = (place, text) => {
		at = place;
		told.textContent = text;
		for (const one of picture.querySelectorAll('.role-mark [aria-label]'))
			one.classList.toggle('told', at >= 0 && one.__data__?.datum?.place === marks[at].place);
		picture.querySelector('.role-mark .told')?.scrollIntoView({block: 'nearest', inline: 'nearest'});
	};
	picture.addEventListener('focus', () => tell(-1, 'Arrow keys go from mark to mark, Home and End to the first and the last.'));
	picture.addEventListener('blur', () => tell(-1, ''));
	picture.addEventListener('keydown', event => {
		const to = {ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: marks.length - 1}[event.key];
		if (to === undefined || event.altKey || event.ctrlKey || event.metaKey)
			return;
		event.preventDefault();
		const place = Math.max(0, Math.min(to, marks.length - 1));
		tell(place, marks[place].said);
	});
	picture.tabIndex = 0;
	picture.setAttribute('role', 'application');
	picture.setAttribute('aria-roledescription', 'chart');
	for (const piece of picture.children)
		piece.setAttribute('aria-hidden', 'true');
}

for (const data of document.querySelectorAll('script.chart')) {
	const picture = data.previousElementSibling;
	try {
		const {title, ...chart} = JSON.parse(data.textContent);
		for (const piece of pieces(chart)) {
			const parsed = vega.parse(vegaLite.compile(piece, {config: {background: null, font: 'system-ui, sans-serif'}}).spec, null, {ast: true});
			const container = picture.appendChild(document.createElement('div'));
			new vega.View(parsed, {expr: vega.expressionInterpreter, renderer: 'svg', container, loader: {load: refuse, sanitize: refuse}})
				.runAsync().catch(error => console.error(error));
		}
		const marks = [...chart.usermeta.gapstats.totals, ...chart.data.values].filter(mark => mark.said !== undefined);
		if (marks.length > 0)
			walk(picture, data.nextElementSibling, marks);
	} catch (error) {
		console.error(error);
		picture.textContent = 'This chart cannot be drawn. Its table is below.';
	}
}
$js$;
COMMENT ON FUNCTION gapstats_internal.page_drawing() IS
'The script of a page that draws its charts.';

CREATE FUNCTION gapstats_internal.page_hash(script text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN format('''sha256-%s''', translate(encode(sha256(convert_to(script, 'UTF8')), 'base64'), E'\n', ''));
COMMENT ON FUNCTION gapstats_internal.page_hash(text) IS
'A script as a content security policy names it.';

CREATE FUNCTION report_page(title text, charts jsonb, introduction text DEFAULT NULL)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE COST 100000
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT concat(E'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n',
		-- nothing is loaded, and no script runs but these two
		'<meta http-equiv="Content-Security-Policy" content="default-src ''none''; style-src ''unsafe-inline''; base-uri ''none''; form-action ''none''',
		CASE WHEN s.script IS NOT NULL THEN '; script-src ' || gapstats_internal.page_hash(s.script) || ' ' || gapstats_internal.page_hash(gapstats_internal.page_drawing()) END, E'">\n',
		'<title>', gapstats_internal.html(report_page.title), E'</title>\n<style>', gapstats_internal.page_style(), E'</style>\n</head>\n<body>\n<main>\n<h1>', gapstats_internal.html_isolated(report_page.title), E'</h1>\n',
		'<p>' || gapstats_internal.html_isolated(report_page.introduction) || E'</p>\n',
		gapstats_internal.page_small_groups(report_page.charts),
		CASE WHEN s.script IS NULL THEN E'<p class="note">This page has no charts, only their tables: on the server, gapstats was installed without them. Run <code>make charts</code> and <code>make install</code> there.</p>\n' END,
		(SELECT string_agg(gapstats_internal.page_chart(c.chart, c.i, s.script IS NOT NULL), '' ORDER BY c.i) FROM jsonb_array_elements(report_page.charts) WITH ORDINALITY AS c (chart, i)),
		E'</main>\n',
		CASE WHEN s.script IS NOT NULL THEN '<script>' || s.script || E'</script>\n<script>' || gapstats_internal.page_drawing() || E'</script>\n' END,
		E'</body>\n</html>\n')
	FROM (SELECT CASE WHEN gapstats_internal.check_page(report_page.title, report_page.charts) THEN gapstats_internal.chart_script() END AS script) s
);
COMMENT ON FUNCTION report_page(text, jsonb, text) IS
'Charts as one HTML page that holds all that it needs, and opens without a network. Each has its heading, a sentence that says what it shows, its picture, what is not shown and why, and its table, for those who read with the keyboard, the ear or on paper. Light or dark as the reader has it.
Of charts that tell of fewer than 10 students, in rows that were not suppressed, it says so in a line at its top.
title: of the page. charts: an array of what chart() makes, such as jsonb_build_array(chart(...), chart(...)). introduction: a paragraph under the title; NULL: none.
The pictures are drawn by Vega, which make charts gets and make install installs; where it is not installed, the page has everything else, and says so. No other script runs in the page (Content-Security-Policy), whatever the rows hold. Written to a file it must be in UTF-8.
Raises 22023 for what is not an array of charts, 22004 for a NULL title or charts.';
