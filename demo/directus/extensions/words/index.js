// What a user is told in words: why the database refuses what he entered, and why a child is flagged.
import { createError } from '@directus/errors';

const list = 'kindergarten_watch';

export default ({ filter }) => {
	// Directus has words for five errors of PostgreSQL, and calls any other unexpected. One of a trigger that names a column
	// is about what was entered there: the form shows what that field's settings say to it, and so does the API.
	filter('database.error', async (error, _, { database }) => {
		if (!error.table || !error.column) return error;
		const field = await database('directus_fields').where({ collection: error.table, field: error.column }).first('validation_message');
		if (!field?.validation_message) return error;
		const Refused = createError('FAILED_VALIDATION', field.validation_message, 400);
		return new Refused({ field: error.column, type: 'neq', invalid: error.detail });
	});

	// The list's view of open flags has sentences, and Directus reads no views: in what it reads, they take the place of the
	// names of rules. Whose rows these are, is decided by then; what has been cleared keeps the names.
	function inWords(collection, key, names, say) {
		filter(`${collection}.items.read`, async (rows, _, { database }) => {
			const keys = rows.filter((row) => row[key] && row[names]?.length).map((row) => row[key]);
			if (keys.length === 0) return rows;
			const words = new Map((await database(`${list}_sheet`).whereIn(key, keys).select(key, 'words')).map((row) => [row[key], row.words]));
			return rows.map((row) => (words.get(row[key]) ? { ...row, [names]: say(words.get(row[key])) } : row));
		});
	}
	inWords(`${list}_current`, 'student_id', 'reasons', (words) => words);
	inWords(`${list}_flags`, 'flag', 'rules', (words) => [words]);
};
