/*
 * weighted_sample.h
 *		The scores of a focal and a reference group, with sampling weights.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef WEIGHTED_SAMPLE_H
#define WEIGHTED_SAMPLE_H

#include "fmgr.h"
#include "gapstats.h"

/* What 1.0 wrote; every later version reads it */
#define WEIGHTED_SAMPLE_VERSION 1

/* Flags: rows have a cluster; the state of an aggregate (see below) */
#define WEIGHTED_SAMPLE_CLUSTERED 0x01
#define WEIGHTED_SAMPLE_WORKING 0x02

typedef struct WeightedRow
{
	int64		cluster;		/* 0 in a sample without clusters */
	double		weight;			/* negative in the reference group */
	double		score;
} WeightedRow;

/*
 * Behind the header come the rows, sorted by all their columns, first to last.
 *
 * The working form, which only the state of an aggregate has, holds them in
 * order of arrival, with room to spare.
 */
typedef struct WeightedSample
{
	int32		vl_len_;		/* varlena header (do not touch directly!) */
	uint8		version;
	uint8		flags;
	uint8		unused[2];		/* reserved for future use, always zero */
	int64		n;				/* rows */
	int64		missing_focal;	/* rows without a score, weight or cluster */
	int64		missing_reference;
	int64		missing_group;	/* rows without a group */
} WeightedSample;

static inline WeightedRow *
SampleRows(const WeightedSample *sample)
{
	return (WeightedRow *) ((char *) sample + sizeof(WeightedSample));
}

static inline bool
IsClustered(const WeightedSample *sample)
{
	return (sample->flags & WEIGHTED_SAMPLE_CLUSTERED) != 0;
}

static inline bool
IsFocal(const WeightedRow *row)
{
	return row->weight > 0;
}

/* weighted_sample.c: canonical and validated. It may be the stored value itself: read only. */
extern WeightedSample *WeightedSampleFromDatum(Datum datum);

#define PG_GETARG_WEIGHTED_SAMPLE(n) WeightedSampleFromDatum(PG_GETARG_DATUM(n))

#endif							/* WEIGHTED_SAMPLE_H */
