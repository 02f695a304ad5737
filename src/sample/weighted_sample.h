/*
 * weighted_sample.h
 *		The scores of a focal and a reference group, with sampling weights.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_WEIGHTED_SAMPLE_H
#define GAPSTATS_WEIGHTED_SAMPLE_H

#include "base/confidence.h"
#include "base/state.h"
#include "fmgr.h"

/* What 1.0 wrote; every later version reads it */
#define WEIGHTED_SAMPLE_VERSION 1

/* Flag: rows have a cluster */
#define WEIGHTED_SAMPLE_CLUSTERED 0x02

typedef struct WeightedRow
{
	int64		cluster;		/* 0 in a sample without clusters */
	double		weight;			/* negative in the reference group */
	double		score;
} WeightedRow;

/*
 * Behind the header come the rows, sorted by all their columns, first to last; in
 * the state of an aggregate in order of arrival, with room to spare.
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
	double		confidence;		/* that the rows ask for, 0 if they do not */
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

/* The confidence that its aggregate is to have */
static inline double
SampleConfidence(const WeightedSample *sample)
{
	return sample->confidence == 0 ? DEFAULT_CONFIDENCE : sample->confidence;
}

/* weighted_sample.c: canonical and validated. It may be the stored value itself: read only. */
extern WeightedSample *WeightedSampleFromDatum(Datum datum);

#define PG_GETARG_WEIGHTED_SAMPLE(n) WeightedSampleFromDatum(PG_GETARG_DATUM(n))

extern WeightedSample *ArgumentSample(FunctionCallInfo fcinfo, int argno);

/* A state, what counts rows in it, and the value that it stands for */
extern WeightedSample *NewWeightedSample(bool clustered);
extern WeightedSample *CountSampleRow(WeightedSample *state, const NullableDatum *arguments);
extern WeightedSample *CompactWeightedSample(const WeightedSample *sample);

#endif							/* GAPSTATS_WEIGHTED_SAMPLE_H */
