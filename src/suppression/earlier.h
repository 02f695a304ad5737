/*
 * earlier.h
 *		Which cells were hidden or shown when a table was published before.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_EARLIER_H
#define GAPSTATS_EARLIER_H

#include "suppression/truth.h"

/* By cell of the table that is to be published; a cell that was not there is neither */
typedef struct Earlier
{
	bool	   *was_hidden;
	bool	   *was_shown;
	bool		is_out;			/* what was shown are the numbers of the table, and cannot be hidden any more */
} Earlier;

extern Earlier *ReadEarlier(const Truth *truth, Description *description, const char *query, bool is_out);

#endif							/* GAPSTATS_EARLIER_H */
