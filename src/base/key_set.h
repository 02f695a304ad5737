/*
 * key_set.h
 *		Keys of several numbers each that occur again and again, by number.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_KEY_SET_H
#define GAPSTATS_KEY_SET_H

struct key_hash;

typedef struct KeySet
{
	int			length;			/* of each key */
	int			n;
	int			max;
	int32	   *keys;			/* one after another */
	struct key_hash *numbers;
} KeySet;

extern void BeginKeySet(KeySet *set, int length);
extern int	AddKey(KeySet *set, const int32 *key);

/* The key of a number; it moves when others are added */
static inline const int32 *
NumberedKey(const KeySet *set, int number)
{
	return set->keys + (Size) set->length * number;
}

#endif							/* GAPSTATS_KEY_SET_H */
