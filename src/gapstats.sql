\echo Use "CREATE EXTENSION gapstats" to load this file. \quit

-- The functions only read their arguments; what reads or keeps students' data
-- is granted by name, where it is made.
GRANT USAGE ON SCHEMA gapstats TO PUBLIC;
