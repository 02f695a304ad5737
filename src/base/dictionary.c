/*
 * dictionary.c
 *		Texts that occur again and again, by number.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/dictionary.h"
#include "common/hashfn.h"
#include "utils/memutils.h"

typedef struct WordEntry
{
	const char *word;
	int			number;
	uint32		hash;
	char		status;			/* for simplehash */
} WordEntry;

#define SH_PREFIX word
#define SH_ELEMENT_TYPE WordEntry
#define SH_KEY_TYPE const char *
#define SH_KEY word
#define SH_HASH_KEY(table, key) hash_bytes((const unsigned char *) (key), strlen(key))
#define SH_EQUAL(table, a, b) (strcmp(a, b) == 0)
#define SH_STORE_HASH
#define SH_GET_HASH(table, a) (a)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* Its memory is that where it has begun. */
void
BeginDictionary(Dictionary *dictionary)
{
	dictionary->n = 0;
	dictionary->max = 64;
	dictionary->words = palloc(sizeof(char *) * dictionary->max);
	dictionary->numbers = word_create(CurrentMemoryContext, dictionary->max, NULL);
	dictionary->last = -1;
}

/* Put a word behind the others, where nobody will find it. */
int
AppendWord(Dictionary *dictionary, const char *word)
{
	if (dictionary->n == dictionary->max)
	{
		dictionary->max *= 2;
		dictionary->words = repalloc_huge(dictionary->words, sizeof(char *) * dictionary->max);
	}
	dictionary->words[dictionary->n] = MemoryContextStrdup(GetMemoryChunkContext(dictionary->words), word);
	return dictionary->n++;
}

/* The number of a word; -1 if it has none. */
int
FindWord(const Dictionary *dictionary, const char *word)
{
	WordEntry  *entry = word_lookup(dictionary->numbers, word);

	return entry == NULL ? -1 : entry->number;
}

/* The number of a word, a new one if it has none. */
int
AddWord(Dictionary *dictionary, const char *word)
{
	WordEntry  *entry;
	bool		found;

	if (dictionary->last >= 0 && strcmp(word, dictionary->words[dictionary->last]) == 0)
		return dictionary->last;
	entry = word_insert(dictionary->numbers, word, &found);
	if (!found)
	{
		entry->number = AppendWord(dictionary, word);
		entry->word = dictionary->words[entry->number];
	}
	return dictionary->last = entry->number;
}

/* Give each word another number. */
void
RenumberWords(Dictionary *dictionary, const int *number)
{
	char	  **words = MemoryContextAllocHuge(GetMemoryChunkContext(dictionary->words), sizeof(char *) * dictionary->max);
	word_iterator iterator;
	WordEntry  *entry;

	for (int i = 0; i < dictionary->n; i++)
		words[number[i]] = dictionary->words[i];
	pfree(dictionary->words);
	dictionary->words = words;
	dictionary->last = -1;

	word_start_iterate(dictionary->numbers, &iterator);
	while ((entry = word_iterate(dictionary->numbers, &iterator)) != NULL)
		entry->number = number[entry->number];
}
