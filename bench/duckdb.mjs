// DuckDB's side of the rows that are compared with it, over its own file of the attendance rows.
// usage: duckdb.mjs FOLDER ROUNDS: reads attendance.csv and duckdb.csv (row id, query) in
// the folder, and prints row id, round, side, milliseconds, threads
import { DuckDBInstance } from '@duckdb/node-api';

const [folder, rounds] = process.argv.slice(2);
const threads = 2;
const database = await DuckDBInstance.create(`${folder}/attendance.duckdb`, { threads: String(threads) });
const duckdb = await database.connect();

await duckdb.run(`CREATE TABLE attendance AS FROM read_csv('${folder}/attendance.csv', header = false,
	columns = {student_id: 'INTEGER', day: 'DATE', absent: 'BOOLEAN'})`);
const rows = await duckdb.runAndReadAll(`FROM read_csv('${folder}/duckdb.csv', header = false, quote = '"',
	columns = {row_id: 'INTEGER', query: 'VARCHAR'})`);

for (const [row, query] of rows.getRows()) {
	for (let round = 1; round <= rounds; round++) {
		// A table to put the answer in, as no answer is sent to a client on the other side
		const start = performance.now();
		await duckdb.run(`CREATE OR REPLACE TEMP TABLE answer AS ${query}`);
		console.log([row, round, 'peer', performance.now() - start, threads].join());
	}
}
