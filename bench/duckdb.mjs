// DuckDB's side of the rows that are compared with it, over its own file of a table.
// usage: duckdb.mjs FOLDER ROUNDS TABLE COLUMNS [STATEMENT...]: reads TABLE.csv, runs the
// statements, then the queries of duckdb.csv (row id, query, threads) in the folder, and
// prints row id, round, side, milliseconds, threads, CPU milliseconds
import { DuckDBInstance } from '@duckdb/node-api';

const [folder, rounds, table, columns, ...statements] = process.argv.slice(2);
const database = await DuckDBInstance.create(`${folder}/${table}.duckdb`, { threads: '2' });
const duckdb = await database.connect();

await duckdb.run(`CREATE TABLE ${table} AS FROM read_csv('${folder}/${table}.csv', header = false, columns = ${columns})`);
for (const statement of statements)
	await duckdb.run(statement);
await duckdb.run('CHECKPOINT');
const rows = await duckdb.runAndReadAll(`FROM read_csv('${folder}/duckdb.csv', header = false, quote = '"',
	columns = {row_id: 'INTEGER', query: 'VARCHAR', threads: 'INTEGER'})`);

for (const [row, query, threads] of rows.getRows()) {
	await duckdb.run(`SET threads = ${threads}`);
	for (let round = 1; round <= rounds; round++) {
		// A table to put the answer in, as no answer is sent to a client on the other side
		const start = performance.now();
		const before = process.cpuUsage();
		await duckdb.run(`CREATE OR REPLACE TEMP TABLE answer AS ${query}`);
		const { user, system } = process.cpuUsage(before);
		console.log([row, round, 'peer', performance.now() - start, threads, (user + system) / 1000].join());
	}
}
