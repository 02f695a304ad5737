/*
 * dictionary.h
 *		Texts that occur again and again, by number.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_DICTIONARY_H
#define GAPSTATS_DICTIONARY_H

struct word_hash;

typedef struct Dictionary
{
	int			n;
	int			max;
	char	  **words;			/* by number */
	struct word_hash *numbers;
	int			last;			/* that was added or found: rows come in order */
} Dictionary;

extern void BeginDictionary(Dictionary *dictionary);
extern int	AppendWord(Dictionary *dictionary, const char *word);
extern int	FindWord(const Dictionary *dictionary, const char *word);
extern int	AddWord(Dictionary *dictionary, const char *word);
extern void RenumberWords(Dictionary *dictionary, const int *number);

#endif							/* GAPSTATS_DICTIONARY_H */
