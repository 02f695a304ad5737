// Asks a Directus that setup.mjs has set up what its users may ask, and compares with the database.
// node check.mjs URL PASSWORD FOLDER_OF_THE_SOCKET
import { execFileSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { isDeepStrictEqual } from 'node:util';

const [url, password, host] = process.argv.slice(2);
let passed = 0;
let failed = 0;

function check(is, what, found) {
	if (is) passed++;
	else failed++;
	console.log(`${is ? 'ok' : 'not ok'} - ${what}`);
	if (!is && found !== undefined) console.log(`# ${JSON.stringify(found).slice(0, 1000)}`);
}
const same = (found, expected, what) => check(isDeepStrictEqual(found, expected), what, { found, expected });

// Rows of the database, as its superuser has them
const query = (sql) => JSON.parse(execFileSync('psql', ['-X', '-At', '-h', host, '-U', 'postgres', '-d', 'star', '-v', 'ON_ERROR_STOP=1', '-c', `SELECT coalesce(jsonb_agg(q), '[]') FROM (${sql}) AS q`], { encoding: 'utf8', maxBuffer: 1 << 28 }));
const column = (sql) => query(sql).map((row) => Object.values(row)[0]);

async function request(token, method, path, body) {
	const response = await fetch(url + path, {
		method, headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }, body: body && JSON.stringify(body),
	});
	const { data, errors } = JSON.parse((await response.text()) || '{}');
	return { status: response.status, data, error: errors?.[0] };
}
async function signIn(name) {
	const { data } = await request(null, 'POST', '/auth/login', { email: `${name}@example.com`, password });
	const ask = (method, path, body) => request(data.access_token, method, path, body);
	return { name, ask, id: (await ask('GET', '/users/me?fields=id')).data.id };
}
const items = (collection, parameters = {}) => `/items/${collection}?${new URLSearchParams(Object.entries({ limit: -1, ...parameters }).map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : value]))}`;

const [admin, principal, counsellor] = [await signIn('admin'), await signIn('principal'), await signIn('counsellor')];
const [school] = column(`SELECT DISTINCT school_id FROM directus.directus_users WHERE id IN ('${principal.id}', '${counsellor.id}')`);
const list = 'kindergarten_watch';

// Where it listens
for (const { address } of Object.values(networkInterfaces()).flat().filter((one) => !one.internal && one.family === 'IPv4')) {
	check(await fetch(`http://${address}:${new URL(url).port}/server/ping`).then(() => false, () => true), 'it listens on 127.0.0.1 only');
}
same((await request(null, 'GET', items(`${list}_current`))).status, 403, 'nothing is for whoever is not signed in');

// What each user sees: of each table the rows of his own school, and of what has no school nothing
const ofSchool = `student_id IN (SELECT student_id FROM star.${list}_current WHERE school_id = ${school})`;
const own = {
	[`${list}_current`]: ['student_id', `school_id = ${school}`],
	[`${list}_history`]: ['standing', ofSchool],
	[`${list}_flags`]: ['flag', ofSchool],
	[`${list}_alarms`]: ['alarm', ofSchool],
	[`${list}_check_ins`]: ['check_in', `${ofSchool} AND NOT is_restricted`],
	school_gaps: ['key', `school_id = ${school}`],
	contact: ['id', ofSchool],
};
const relation = (collection) => (collection === 'contact' ? 'directus.contact' : `star.${collection}`);
const flagged = column(`SELECT student_id FROM star.${list}_current WHERE school_id = ${school} AND rules_flagged > 0 ORDER BY student_id`);
const [outsider] = column(`SELECT student_id FROM star.${list}_current WHERE school_id <> ${school} AND rules_flagged > 0 ORDER BY student_id LIMIT 1`);
const [calm] = column(`SELECT student_id FROM star.${list}_current WHERE school_id = ${school} AND student_id NOT IN (SELECT student_id FROM star.${list}_flags) ORDER BY student_id LIMIT 1`);
// one that nobody but its author and the list's owner reads
query(`SELECT gapstats.check_in('star.${list}', '${flagged[0]}', 'not for everybody', is_restricted => true)`);

for (const user of [principal, counsellor]) {
	const seen = (await user.ask('GET', '/collections')).data.filter(({ collection }) => !collection.startsWith('directus_'));
	same(seen.map(({ collection }) => collection).sort(), Object.keys(own).sort(), `${user.name}: sees the collections of the kit`);
	check(seen.every(({ meta }) => meta?.note), `${user.name}: ... each with what it is`, seen.filter(({ meta }) => !meta?.note));
	for (const [collection, [key, where]] of Object.entries(own)) {
		const rows = (await user.ask('GET', items(collection, { fields: key }))).data.map((row) => String(row[key]));
		same(rows.sort(), column(`SELECT ${key}::text FROM ${relation(collection)} WHERE ${where}`).sort(), `${user.name}: ${collection} is of the own school, and whole`);
		same(Number((await user.ask('GET', items(collection, { 'aggregate[count]': '*' }))).data[0].count), rows.length, `${user.name}: ... and is counted so`);
		const [other] = column(`SELECT ${key}::text FROM ${relation(collection)} WHERE NOT (${where}) ORDER BY 1 LIMIT 1`);
		if (other !== undefined) same((await user.ask('GET', `/items/${collection}/${encodeURIComponent(other)}`)).status, 403, `${user.name}: ... and by its key, no other row`);
	}
	for (const table of column(`SELECT relname FROM pg_class WHERE relkind IN ('r', 'v', 'm') AND relnamespace = 'star'::regnamespace`).filter((table) => !own[table])) {
		const { status, data } = await user.ask('GET', items(table, { limit: 1 }));
		if (status !== 403) check(false, `${user.name}: nothing of ${table}`, data);
	}
	check(true, `${user.name}: nothing else of the schema was to be had`);
	for (const [method, path, body] of [['PATCH', `${list}_current/${flagged[0]}`, { status: 'on track' }], ['DELETE', `${list}_flags/1`], ['POST', `${list}_check_ins`, { student_id: flagged[0] }], ['PATCH', 'contact/1', { note: 'another' }], ['DELETE', 'contact/1']]) {
		same((await user.ask(method, `/items/${path}`, body)).status, 403, `${user.name}: no ${method} of ${path.split('/')[0]}`);
	}
}
same((await principal.ask('POST', '/items/contact', { student_id: flagged[0] })).status, 403, 'principal: records no contact');

// The report is of groups, as others may see them: of no child, and of no few
const gaps = (await admin.ask('GET', items('school_gaps'))).data;
// but of how many gaps there are, and of how many children no group is known
const { n_comparisons, n_missing_group, ...numbers } = Object.fromEntries(Object.entries(gaps[0]).filter(([name]) => /^(n_|share|value|gap|change|hedges|v$|risk|p_value)/.test(name)));
const tells = (row, names) => names.some((name) => row[name] !== null);
const derived = Object.keys(numbers).filter((name) => /^(gap|change|hedges|v$|risk|p_value)/.test(name));
const hidden = gaps.filter(({ is_suppressed }) => is_suppressed);
check(hidden.length > 0 && derived.length > 8, 'the report hides some gaps', { hidden: hidden.length, derived });
same(hidden.filter((row) => tells(row, derived) || (row.n_focal === null && tells(row, Object.keys(numbers)))), [], '... and of these, and of groups that are hidden, has no number');
check(gaps.every((row) => ['n_focal', 'n_reference'].every((name) => !row[name] || row[name] >= 10)), '... and shows no group of one to nine');
same(Object.keys(gaps[0]).filter((name) => /student|child/.test(name)), [], '... nor a child');
check((await principal.ask('GET', items('school_gaps'))).data.some(({ gap }) => gap !== null), 'principal: sees a gap of the own school');

// Why, in words
const sheet = new Map(query(`SELECT student_id, flag, words FROM star.${list}_sheet WHERE school_id = ${school}`).map((row) => [row.student_id, row]));
for (const user of [principal, counsellor]) {
	const current = (await user.ask('GET', items(`${list}_current`, { filter: { rules_flagged: { _gt: 0 } } }))).data;
	check(current.length > 0 && current.every(({ student_id, reasons }) => reasons === sheet.get(student_id)?.words), `${user.name}: the list says in words why a child is flagged`, current[0]);
	const open = (await user.ask('GET', items(`${list}_flags`, { filter: { cleared_at: { _null: true } } }))).data;
	check(open.length > 0 && open.every(({ student_id, rules }) => rules.join() === sheet.get(student_id)?.words), `${user.name}: so does an open flag`, open[0]);
}

// A contact becomes a check-in, in the name of the school
const note = `her mother will call back (${new Date().toISOString()})`;
const made = (await counsellor.ask('POST', '/items/contact', { student_id: flagged[0], note })).data;
same(made?.user_created, counsellor.id, 'counsellor: records a contact, as herself');
const [checkIn] = query(`SELECT student_id, note, made_by, is_restricted, contacted_at = made_at OR contacted_at < made_at AS is_past FROM star.${list}_check_ins WHERE check_in = ${made?.check_in ?? 0}`);
same(checkIn, { student_id: flagged[0], note, made_by: `school_${school} (by directus)`, is_restricted: false, is_past: true }, '... which is a check-in of the list, by her school');
same((await principal.ask('GET', items(`${list}_check_ins`, { filter: { note: { _eq: note } } }))).data.map(({ student_id }) => student_id), [flagged[0]], '... that the principal reads');
same((await counsellor.ask('POST', '/items/contact', { student_id: flagged[0], note, user_created: admin.id })).status, 403, 'counsellor: records none in another name');

// What is refused, is refused in words that are about what was entered
const counts = () => query(`SELECT (SELECT count(*) FROM star.${list}_check_ins) AS check_ins, (SELECT count(*) FROM directus.contact) AS contacts`);
const before = counts();
const days = (n) => new Date(Date.now() + n * 86400000).toISOString();
const nobody = 2147483647;
const refused = [
	['a child of another school', 'student_id', { student_id: outsider }, /child of your own school/],
	['a child who does not exist', 'student_id', { student_id: nobody }, /child of your own school/],
	['a child who has never been flagged', 'student_id', { student_id: calm }, /flagged/],
	['no child', 'student_id', {}, /child of your own school/],
	['tomorrow', 'contacted_at', { student_id: flagged[0], contacted_at: days(1) }, /past/],
	['thirty years ago', 'contacted_at', { student_id: flagged[0], contacted_at: days(-30 * 365) }, /20 years/],
	['no time', 'contacted_at', { student_id: flagged[0], contacted_at: null }, /past/],
	['a note of more than 10,000 characters', 'note', { student_id: flagged[0], note: 'x'.repeat(10001) }, /10,000 characters/],
];
for (const [what, field, body, words] of refused) {
	const { status, error } = await counsellor.ask('POST', '/items/contact', body);
	const { validation_message } = (await counsellor.ask('GET', `/fields/contact/${field}`)).data.meta;
	check(status === 400 && error.extensions.code === 'FAILED_VALIDATION' && error.extensions.field === field, `counsellor: ${what} is refused`, { status, error });
	// what is not there at all Directus refuses itself, with words of its own for a program, and those of the field for the form
	check(words.test(validation_message) && (error.message === validation_message || ['required', 'nnull'].includes(error.extensions.type)), '... in words, which the form has at what was entered', { error, validation_message });
}
same(counts(), before, 'and nothing of it is recorded');

// The board: what each panel asks for, as the panel's type asks for it
const panels = (await admin.ask('GET', '/panels?limit=-1')).data;
check(panels.length > 4, 'there is a board', panels.length);
for (const user of [admin, principal, counsellor]) {
	same((await user.ask('GET', '/panels?limit=-1')).data?.length, panels.length, `${user.name}: sees the board`);
	for (const { name, type, options: o } of panels) {
		const filter = o.filter ?? {};
		const asked = {
			metric: { filter, [`aggregate[${o.function}]`]: o.field },
			'pie-chart': { filter, 'aggregate[count]': '*', groupBy: o.column },
			'bar-chart': { filter, [`aggregate[${o.function}]`]: o.yAxis, groupBy: o.xAxis },
			list: { filter, sort: `${o.sortDirection === 'desc' ? '-' : ''}${o.sortField}`, limit: o.limit, fields: [...(o.displayTemplate ?? '').matchAll(/{{(.*?)}}/g)].map((match) => match[1]).join() },
		}[type];
		const { data, error } = await user.ask('GET', items(o.collection, asked));
		const is = type === 'metric' ? Number(data?.[0]?.[o.function]?.[o.field]) > 0 : data?.length > 0;
		check(is && !JSON.stringify(data).includes(':null'), `${user.name}: "${name}" has data`, error ?? data);
	}
}

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
