// What node-postgres gives of each query, as test/t/drivers.pl reads it
const { Client } = require('pg');

const two = (n) => String(n).padStart(2, '0');
function text(value, isJson) {
	if (value === null) return '\\N';
	if (isJson) return JSON.stringify(value);
	if (Array.isArray(value)) return `{${value.map((element) => text(element)).join(',')}}`;
	if (value instanceof Date) return `${value.getFullYear()}-${two(value.getMonth() + 1)}-${two(value.getDate())}`;
	if (typeof value === 'boolean') return value ? 't' : 'f';
	return String(value);
}

(async () => {
	const client = new Client();
	await client.connect();
	for (const line of require('fs').readFileSync(0, 'utf8').trim().split('\n')) {
		const [name, query] = line.split('\t');
		const { fields, rows } = await client.query({ text: query, rowMode: 'array' });
		rows.forEach((row, i) => row.forEach((value, column) => {
			const isJson = fields[column].dataTypeID === 3802;
			const type = value === null ? 'null' : isJson ? 'json' : typeof value === 'object' ? value.constructor.name : typeof value;
			console.log([name, i, fields[column].name, type, text(value, isJson)].join('\t'));
		}));
	}
	await client.end();
})();
