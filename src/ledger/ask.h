/*
 * ask.h
 *		Asking the functions of a ledger, which are SQL.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_ASK_H
#define GAPSTATS_ASK_H

/* Rows, one column after the other, in the memory of who asked */
typedef struct Rows
{
	uint64		n;
	int			n_columns;
	Datum	   *values;
	bool	   *nulls;
} Rows;

extern Rows Ask(const char *statement, int n, Oid *types, Datum *values, const char *nulls);
extern Datum ValueIn(const Rows *rows, uint64 row, int column);
extern char *TextIn(const Rows *rows, uint64 row, int column);

#endif							/* GAPSTATS_ASK_H */
