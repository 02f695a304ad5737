-- Mutated text and bytes: each an error or a valid set, never a crash.
SET search_path = gapstats, public;
SELECT setseed(0.25);

CREATE TABLE seed AS SELECT s::dayset FROM unnest(array['{}', '{2025-09-01}', '{2025-09-01..2026-06-12}',
	'{4714-11-24 BC,0001-01-01,2025-09-01..2025-09-05,5874897-12-31}']) AS s;

-- A set is valid if it reads back, and has its days in order (those of a few years: a mutated run can be of millennia).
CREATE FUNCTION check_set(s dayset) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF s::text::dayset IS DISTINCT FROM s
		OR EXISTS (SELECT FROM (SELECT d, lag(d) OVER () AS before FROM days(first_days(s, 1000)) AS d) AS t WHERE d <= before)
	THEN
		RAISE 'not a set: %', s;
	END IF;
END $$;

-- Characters changed, put in, taken away
CREATE FUNCTION mutate(text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	t text := $1;
	place int;
BEGIN
	FOR i IN 0 .. (random() * 2)::int LOOP
		place := 1 + (random() * length(t))::int;
		t := overlay(t PLACING substr('{},.-0123456789 BCx', 1 + (random() * 18)::int, (random() * 2)::int)
			FROM place FOR (random() * 2)::int);
	END LOOP;
	RETURN t;
END $$;
DO $$
DECLARE
	valid int := 0;
	invalid int := 0;
	t text;
	s dayset;
BEGIN
	FOR t IN SELECT mutate(seed.s::text) FROM seed, generate_series(1, 2500) LOOP
		BEGIN
			s := t::dayset;
			PERFORM check_set(s);
			valid := valid + 1;
		EXCEPTION WHEN invalid_text_representation OR datetime_field_overflow OR program_limit_exceeded THEN
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
CREATE TABLE received (s dayset);
DO $$
DECLARE
	valid int := 0;
	invalid int := 0;
	file text := current_setting('data_directory') || '/dayset_fuzz';
	b bytea;
BEGIN
	FOR b IN SELECT mutate(dayset_send(s)) FROM seed, generate_series(1, 500) LOOP
		EXECUTE format('COPY (SELECT %L::bytea) TO %L (FORMAT binary)', b, file);
		BEGIN
			EXECUTE format('COPY received FROM %L (FORMAT binary)', file);
			valid := valid + 1;
		EXCEPTION WHEN invalid_binary_representation OR feature_not_supported OR protocol_violation THEN
			invalid := invalid + 1;
		END;
	END LOOP;
	PERFORM check_set(s) FROM received;
	ASSERT valid > 100 AND invalid > 100, format('%s valid, %s invalid', valid, invalid);
	EXECUTE format('COPY (SELECT) TO %L', file);
END $$;

SET client_min_messages = warning;
CREATE TYPE forged;
CREATE FUNCTION forged_in(cstring) RETURNS forged LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
CREATE FUNCTION forged_out(forged) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
CREATE TYPE forged (INPUT = forged_in, OUTPUT = forged_out, LIKE = dayset);
CREATE CAST (forged AS dayset) WITHOUT FUNCTION;
CREATE CAST (dayset AS forged) WITHOUT FUNCTION;
DO $$
DECLARE
	valid int := 0;
	invalid int := 0;
	b bytea;
	s dayset;
BEGIN
	FOR b IN SELECT mutate(seed.s::forged::text::bytea) FROM seed, generate_series(1, 2500) LOOP
		s := b::text::forged::dayset;
		BEGIN
			PERFORM check_set(s | '{}');
			valid := valid + 1;
		EXCEPTION WHEN data_corrupted OR feature_not_supported THEN
			invalid := invalid + 1;
		END;
	END LOOP;
	ASSERT valid > 100 AND invalid > 100, format('%s valid, %s invalid', valid, invalid);
END $$;
DROP TYPE forged CASCADE;
DROP TABLE seed, received;
DROP FUNCTION check_set, mutate(text), mutate(bytea);
