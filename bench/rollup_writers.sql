-- A transaction of a writer, for pgbench
BEGIN;
INSERT INTO rolled.scores (school, grade, score) SELECT floor(10 * random()), floor(10 * random()), 300 + floor(100 * random()) FROM generate_series(1, 10);
INSERT INTO rolled.scores (school, grade, score) SELECT floor(10 * random()), floor(10 * random()), 300 + floor(100 * random()) FROM generate_series(1, 10);
COMMIT;
