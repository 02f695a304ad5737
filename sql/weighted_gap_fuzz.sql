-- Mutated text and bytes of a weighted_sample: each an error or a valid sample, never a crash.
SET search_path = gapstats, public;
SELECT setseed(0.25);

CREATE TABLE seed AS
SELECT weighted_sample_accum(NULL, 1, 0, true) AS s
UNION ALL SELECT weighted_sample(i, 1 + i % 2, i % 3 = 0) FROM generate_series(1, 5) AS i
UNION ALL SELECT weighted_sample(i, 1 + i % 2, i % 3 = 0, i % 4) FROM generate_series(1, 9) AS i;

-- A sample is valid if it reads back and answers; beyond the range of double precision that is an error.
CREATE FUNCTION check_sample(s weighted_sample) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF s::text::weighted_sample::text IS DISTINCT FROM s::text THEN
		RAISE 'not a sample: %', s;
	END IF;
	PERFORM weighted_gap(weighted_sample_combine(s, s));
EXCEPTION WHEN numeric_value_out_of_range THEN
	NULL;
END $$;

-- Digits changed, put in, taken away
CREATE FUNCTION mutate(text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	t text := $1;
	place int;
BEGIN
	FOR i IN 0 .. (random() * 2)::int LOOP
		place := 1 + (random() * length(t))::int;
		t := overlay(t PLACING substr('0123456789abcdefx', 1 + (random() * 16)::int, (random() * 2)::int)
			FROM place FOR (random() * 2)::int);
	END LOOP;
	RETURN t;
END $$;
DO $$
DECLARE
	valid int := 0;
	invalid int := 0;
	t text;
BEGIN
	FOR t IN SELECT mutate(seed.s::text) FROM seed, generate_series(1, 1000) LOOP
		BEGIN
			PERFORM check_sample(t::weighted_sample);
			valid := valid + 1;
		EXCEPTION WHEN invalid_text_representation THEN
			invalid := invalid + 1;
		END;
	END LOOP;
	ASSERT valid > 100 AND invalid > 100, format('%s valid, %s invalid', valid, invalid);
END $$;

-- Bytes changed, put in, taken away: as the wire brings them, and as the disk might
CREATE FUNCTION mutate(bytea) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
	b bytea := $1;
	place int;
BEGIN
	FOR i IN 0 .. (random() * 2)::int LOOP
		place := 1 + (random() * length(b))::int;
		b := overlay(b PLACING substr(decode(md5(random()::text), 'hex'), 1, (random() * 2)::int)
			FROM place FOR (random() * 2)::int);
	END LOOP;
	RETURN b;
END $$;
CREATE TABLE received (s weighted_sample);
DO $$
DECLARE
	valid int := 0;
	invalid int := 0;
	file text := current_setting('data_directory') || '/weighted_gap_fuzz';
	b bytea;
BEGIN
	FOR b IN SELECT mutate(weighted_sample_send(s)) FROM seed, generate_series(1, 200) LOOP
		EXECUTE format('COPY (SELECT %L::bytea) TO %L (FORMAT binary)', b, file);
		BEGIN
			EXECUTE format('COPY received FROM %L (FORMAT binary)', file);
			valid := valid + 1;
		EXCEPTION WHEN invalid_binary_representation THEN
			invalid := invalid + 1;
		END;
	END LOOP;
	PERFORM check_sample(s) FROM received;
	ASSERT valid > 100 AND invalid > 100, format('%s valid, %s invalid', valid, invalid);
	EXECUTE format('COPY (SELECT) TO %L', file);
END $$;

SET client_min_messages = warning;
CREATE TYPE forged;
CREATE FUNCTION forged_in(cstring) RETURNS forged LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
CREATE FUNCTION forged_out(forged) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
CREATE TYPE forged (INPUT = forged_in, OUTPUT = forged_out, LIKE = weighted_sample);
CREATE CAST (forged AS weighted_sample) WITHOUT FUNCTION;
CREATE CAST (weighted_sample AS forged) WITHOUT FUNCTION;
DO $$
DECLARE
	valid int := 0;
	invalid int := 0;
	b bytea;
	s weighted_sample;
BEGIN
	FOR b IN SELECT mutate(seed.s::forged::text::bytea) FROM seed, generate_series(1, 1000) LOOP
		s := b::text::forged::weighted_sample;
		BEGIN
			PERFORM check_sample(s);
			valid := valid + 1;
		EXCEPTION WHEN data_corrupted OR feature_not_supported THEN
			invalid := invalid + 1;
		END;
	END LOOP;
	ASSERT valid > 100 AND invalid > 100, format('%s valid, %s invalid', valid, invalid);
END $$;
DROP TYPE forged CASCADE;
DROP TABLE seed, received;
DROP FUNCTION check_sample, mutate(text), mutate(bytea);
