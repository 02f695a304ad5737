/*
 * big_number.c
 *		Where GMP's numbers lie.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "base/big_number.h"

static void *
Allocate(size_t size)
{
	return palloc(size);
}

static void *
Reallocate(void *pointer, size_t old_size pg_attribute_unused(), size_t size)
{
	return repalloc(pointer, size);
}

static void
Release(void *pointer, size_t size pg_attribute_unused())
{
	pfree(pointer);
}

/*
 * Let GMP allocate in PostgreSQL's memory contexts, so that an error leaves nothing behind.
 * Others in this process may use GMP as well: what it allocated with is to be put back
 * before any of them can run.
 */
void
UsePostgresMemory(BigNumberMemory *before)
{
	mp_get_memory_functions(&before->allocate, &before->reallocate, &before->release);
	mp_set_memory_functions(Allocate, Reallocate, Release);
}

void
UseMemoryAsBefore(const BigNumberMemory *before)
{
	mp_set_memory_functions(before->allocate, before->reallocate, before->release);
}
