/*
 * kept_query.h
 *		A query that a user wrote, kept as written together with what it meant.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_KEPT_QUERY_H
#define GAPSTATS_KEPT_QUERY_H

#include "standing/row_receiver.h"

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

/* The callbacks run under the query's settings; an error that they raise begins with what, too. */
extern void GetKeptQuery(Datum composite, const char *what, KeptQuery *kept);
extern void RunKeptQuery(const KeptQuery *kept, RowsStart start, RowsNext next, void *arg);
extern void RunQueryOnce(const char *what, const char *text, RowsStart start, RowsNext next, void *arg);

#endif							/* GAPSTATS_KEPT_QUERY_H */
