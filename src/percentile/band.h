/*
 * band.h
 *		Parts of a scale between cut scores.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef BAND_H
#define BAND_H

#include "distribution/distribution.h"

/* Whether a score that equals a cut belongs to the band below it or above it */
typedef enum BandEdge
{
	BAND_CLOSED_ABOVE,			/* percentile bands: below < score <= cut */
	BAND_CLOSED_BELOW			/* performance levels: cut <= score < next */
} BandEdge;

extern int	BandOf(double score, const double *cuts, int ncuts, BandEdge edge);
extern int64 *BandCounts(const Distribution *d, const double *cuts, int ncuts, BandEdge edge);

#endif							/* BAND_H */
