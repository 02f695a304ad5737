-- What Directus is told of keys that the database does not hold: whose a row is. (Asked for through its API, it would make foreign keys, and
-- a student could not leave the list.)
INSERT INTO directus.directus_relations (many_collection, many_field, one_collection)
SELECT part, 'student_id', 'kindergarten_watch_current'
FROM unnest('{kindergarten_watch_history,kindergarten_watch_flags,kindergarten_watch_alarms,kindergarten_watch_check_ins,contact}'::text[]) AS part;
