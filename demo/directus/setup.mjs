// Sets up a Directus that has just been started, through its API: what the collections are, who may see what, and a board.
// node setup.mjs URL PASSWORD
const [url, password] = process.argv.slice(2);
const school = 215533;
let token;

async function call(method, path, body) {
	const response = await fetch(url + path, {
		method,
		headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
		body: body && JSON.stringify(body),
	});
	const text = await response.text();
	if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
	return text ? JSON.parse(text).data : null;
}

for (let tries = 0; tries < 100; tries++) {
	if (await fetch(`${url}/server/ping`).then((response) => response.ok, () => false)) break;
	await new Promise((resolve) => setTimeout(resolve, 300));
}
token = (await call('POST', '/auth/login', { email: 'admin@example.com', password })).access_token;

// Collections, in the order in which the menu has them; what the tables and columns say of themselves becomes notes.
const list = 'kindergarten_watch';
const collections = {
	[`${list}_current`]: { icon: 'visibility', name: 'Watch list', display_template: '{{student_id}}: {{status}}' },
	contact: { icon: 'call', name: 'Contacts', display_template: '{{student_id.student_id}}, {{contacted_at}}' },
	[`${list}_flags`]: { icon: 'flag', name: 'Flags', display_template: '{{student_id.student_id}}, {{status}} since {{since}}' },
	[`${list}_alarms`]: { icon: 'notifications', name: 'Alarms', display_template: '{{student_id.student_id}}: {{kind}}' },
	[`${list}_check_ins`]: { icon: 'forum', name: 'Check-ins', display_template: '{{student_id.student_id}}, {{contacted_at}}' },
	[`${list}_history`]: { icon: 'history', name: 'History', display_template: '{{student_id.student_id}}: {{event}} on {{from_day}}' },
	[`${list}_runs`]: { icon: 'refresh', name: 'Runs', display_template: '{{as_of}}: {{status}}' },
	school_gaps: { icon: 'compare_arrows', name: 'Gaps by school', display_template: '{{measure}}, {{group_focal}}, {{school_id}}' },
};
let sort = 0;
for (const [collection, { icon, name, display_template }] of Object.entries(collections)) {
	const { schema } = await call('GET', `/collections/${collection}`);
	await call('PATCH', `/collections/${collection}`, {
		meta: { icon, display_template, note: schema.comment, sort: ++sort, translations: [{ language: 'en-US', translation: name }] },
	});
	for (const { field, type, schema, meta } of await call('GET', `/fields/${collection}`)) {
		if (type === 'alias') continue;
		await call('PATCH', `/fields/${collection}/${field}`, {
			meta: { ...meta, note: schema.comment, readonly: collection !== 'contact', ...(['text', 'unknown'].includes(type) && { interface: 'input' }),
				...(type === 'unknown' && { display: 'labels', display_options: { format: false } }),
				...(['date', 'timestamp'].includes(type) && { display: 'datetime', display_options: { format: 'short' } }) },
		});
	}
}

// A contact: whose it is, is chosen from those whom one may see; by whom, Directus writes down.
const contact = {
	id: { hidden: true },
	student_id: { interface: 'select-dropdown-m2o', special: ['m2o'], required: true,
		validation_message: 'Choose a child of your own school who is on the watch list and has been flagged.',
		options: { template: '{{student_id}} ({{status}})', filter: { rules_flagged: { _gt: 0 } } },
		display: 'related-values', display_options: { template: '{{student_id}}' } },
	contacted_at: { interface: 'datetime', display: 'datetime', display_options: { format: 'short' },
		validation_message: 'A contact lies in the past, and not more than 20 years ago.' },
	note: { interface: 'input-multiline', validation_message: 'A note has at most 10,000 characters: write down what matters.' },
	user_created: { special: ['user-created'], interface: 'select-dropdown-m2o', readonly: true, hidden: true, display: 'user' },
	check_in: { readonly: true, hidden: true },
};
for (const [field, meta] of Object.entries(contact)) await call('PATCH', `/fields/contact/${field}`, { meta });

// What a collection shows when it is opened
const flagged = { rules_flagged: { _gt: 0 } };
const ofSchools = [{ level: { _eq: 'school_id' } }, { gap: { _nnull: true } }];
const shown = {
	[`${list}_current`]: { sort: ['-score', 'student_id'], filter: flagged, widths: { student_id: 120, status: 90, reasons: 700, since: 130, school_id: 110 } },
	[`${list}_history`]: { sort: ['-from_day', 'student_id'], widths: { student_id: 120, event: 140, status: 140, from_day: 160, until_day: 160 } },
	[`${list}_flags`]: { sort: ['-since', 'student_id'], widths: { student_id: 120, status: 90, rules: 700, since: 130, cleared_as: 120 } },
	school_gaps: { sort: ['p_value_adjusted'], filter: { _and: ofSchools }, widths: { school_id: 110, measure: 120, group_focal: 130, group_reference: 160, n_focal: 90, gap: 90, gap_lower: 110, gap_upper: 110 } },
	contact: { sort: ['-contacted_at'], widths: { student_id: 120, contacted_at: 200, note: 400 } },
};
for (const [collection, { sort, filter, widths }] of Object.entries(shown)) {
	await call('POST', '/presets', {
		collection, filter, layout: 'tabular', layout_query: { tabular: { fields: Object.keys(widths), sort } }, layout_options: { tabular: { widths } },
	});
}

// Who may see what: one school's students are those of the users of that school.
await call('POST', '/fields/directus_users', {
	field: 'school_id', type: 'integer', schema: {}, meta: { interface: 'input', note: 'the school whose students this user may see', width: 'half' },
});
const ofOwnSchool = { school_id: { _eq: '$CURRENT_USER.school_id' } };
const ofOwnStudents = { student_id: ofOwnSchool };
const read = (collection, permissions) => ({ collection, action: 'read', fields: ['*'], permissions });
const principal = [
	...['directus_dashboards', 'directus_panels'].map((collection) => read(collection, {})),
	read(`${list}_current`, ofOwnSchool),
	read('school_gaps', ofOwnSchool),
	...['flags', 'alarms', 'check_ins', 'history'].map((part) => read(`${list}_${part}`, ofOwnStudents)),
	read('contact', ofOwnStudents),
];
const counsellor = [
	...principal,
	{ collection: 'contact', action: 'create', fields: ['student_id', 'contacted_at', 'note'], permissions: {}, validation: {} },
];
for (const [name, permissions] of Object.entries({ Principal: principal, Counsellor: counsellor })) {
	const policy = await call('POST', '/policies', { name, icon: 'school', app_access: true, description: 'the students of the user\'s own school', permissions });
	const role = await call('POST', '/roles', { name, icon: 'school', policies: [{ policy: policy.id }] });
	await call('POST', '/users', { email: `${name.toLowerCase()}@example.com`, password, role: role.id, first_name: name, last_name: `of ${school}`, school_id: school });
}

// The board
const dashboard = await call('POST', '/dashboards', { name: 'Gaps and flags', icon: 'balance', note: 'kindergarten: whom the watch list flags, and how large gaps are in each school' });
const panels = [
	['metric', 'Flagged', 1, 1, 10, 8, { collection: `${list}_current`, field: 'student_id', function: 'count', filter: flagged }],
	['metric', 'At risk', 11, 1, 10, 8, { collection: `${list}_current`, field: 'student_id', function: 'count', filter: { status: { _eq: 'at risk' } } }],
	['pie-chart', 'Flagged, by status', 1, 9, 20, 12, { collection: `${list}_current`, column: 'status', function: 'count', filter: flagged, donut: true, showLabels: true, legend: 'right' }],
	['list', 'Who got worse last', 21, 1, 20, 20, { collection: `${list}_history`, sortField: 'from_day', sortDirection: 'desc', limit: 7,
		displayTemplate: '{{student_id.student_id}}: {{event}}, {{status}} on {{from_day}}', filter: { _and: [{ until_day: { _null: true } }, { event: { _in: ['flagged', 'escalated', 'new reason'] } }] } }],
	['bar-chart', 'Reading: points of children with free lunch above or below the others, by school', 1, 21, 40, 12, { collection: 'school_gaps', xAxis: 'school_id', yAxis: 'gap', function: 'max', decimals: 1,
		showAxisLabels: 'yOnly', showDataLabel: false, filter: { _and: [{ measure: { _eq: 'reading' } }, { group_focal: { _eq: 'FREE LUNCH' } }, ...ofSchools] }, conditionalFill: [{ axis: 'Y', operator: '<', value: 0, color: '#E35169' }] }],
	['list', 'The largest gaps in reading, with their intervals', 1, 33, 40, 16, { collection: 'school_gaps', sortField: 'gap', sortDirection: 'asc', limit: 5,
		displayTemplate: '{{school_id}}, {{group_focal}} against {{group_reference}}: {{gap}} points ({{gap_lower}} to {{gap_upper}})', filter: { _and: ofSchools } }],
];
for (const [type, name, position_x, position_y, width, height, options] of panels) {
	await call('POST', '/panels', { dashboard: dashboard.id, type, name, show_header: true, position_x, position_y, width, height, options });
}
