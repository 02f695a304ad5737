/*
 * kept_query.h
 *		A query that a user wrote, kept as written together with what it meant.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_KEPT_QUERY_H
#define GAPSTATS_KEPT_QUERY_H

#include "access/tupdesc.h"
#include "executor/tuptable.h"

/* One value of type gapstats_internal.kept_query */
typedef struct KeptQuery
{
	char	   *what;			/* what errors begin with, such as: rule "absence" */
	char	   *text;
	char	   *names_in;		/* search path */
	char	   *date_style;
	char	   *interval_style;
	char	   *time_zone;
	char	   *extra_float_digits;
	char	  **meaning;
	int			n_meaning;
} KeptQuery;

/*
 * Called once with the columns of the result before its first row, and for each row. They run
 * under the query's settings and, in a parallel plan, may not write to the database; what the
 * second allocates is freed after the row. An error that they raise begins with what, too.
 */
typedef void (*KeptQueryStart) (TupleDesc columns, void *arg);
typedef void (*KeptQueryRow) (TupleTableSlot *row, void *arg);

extern void GetKeptQuery(Datum composite, const char *what, KeptQuery *kept);
extern void RunKeptQuery(const KeptQuery *kept, KeptQueryStart start, KeptQueryRow row, void *arg);

#endif							/* GAPSTATS_KEPT_QUERY_H */
