/*
 * key_set.c
 *		Keys of several numbers each that occur again and again, by number.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/key_set.h"
#include "common/hashfn.h"
#include "port/pg_bitutils.h"

typedef struct KeyEntry
{
	int			number;
	uint32		hash;
	char		status;			/* for simplehash */
} KeyEntry;

/* Keys are short: no call is worth its while */
static inline uint32
HashKey(const KeySet *set, int number)
{
	const int32 *key = NumberedKey(set, number);
	uint32		hash = 0;

	for (int i = 0; i < set->length; i++)
		hash = murmurhash32(pg_rotate_left32(hash, 1) ^ (uint32) key[i]);
	return hash;
}

static inline bool
SameKey(const KeySet *set, int a, int b)
{
	const int32 *a_key = NumberedKey(set, a);
	const int32 *b_key = NumberedKey(set, b);

	for (int i = 0; i < set->length; i++)
		if (a_key[i] != b_key[i])
			return false;
	return true;
}

#define SH_PREFIX key
#define SH_ELEMENT_TYPE KeyEntry
#define SH_KEY_TYPE int
#define SH_KEY number
#define SH_HASH_KEY(table, key) HashKey((table)->private_data, key)
#define SH_EQUAL(table, a, b) SameKey((table)->private_data, a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(table, a) (a)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* It stays where it is: its table knows it. */
void
BeginKeySet(KeySet *set, int length)
{
	set->length = length;
	set->n = 0;
	set->max = 64;
	set->keys = palloc(sizeof(int32) * length * set->max);
	set->numbers = key_create(CurrentMemoryContext, set->max, set);
}

/* The number of a key, a new one if it has none. */
int
AddKey(KeySet *set, const int32 *key)
{
	KeyEntry   *entry;
	bool		found;

	if (set->n == set->max)
	{
		set->max *= 2;
		set->keys = repalloc_huge(set->keys, sizeof(int32) * set->length * set->max);
	}
	/* behind the others, where it stays if it is new */
	for (int i = 0; i < set->length; i++)
		set->keys[(Size) set->length * set->n + i] = key[i];
	entry = key_insert(set->numbers, set->n, &found);
	set->n += !found;
	return entry->number;
}
