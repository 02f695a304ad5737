/*
 * big_number.h
 *		Where GMP's numbers lie.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_BIG_NUMBER_H
#define GAPSTATS_BIG_NUMBER_H

#include <gmp.h>

/* What GMP allocated with before we did */
typedef struct BigNumberMemory
{
	void	   *(*allocate) (size_t);
	void	   *(*reallocate) (void *, size_t, size_t);
	void		(*release) (void *, size_t);
} BigNumberMemory;

extern void UsePostgresMemory(BigNumberMemory *before);
extern void UseMemoryAsBefore(const BigNumberMemory *before);

#endif							/* GAPSTATS_BIG_NUMBER_H */
