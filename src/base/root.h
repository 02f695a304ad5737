/*
 * root.h
 *		Where a function of one number is zero.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_ROOT_H
#define GAPSTATS_ROOT_H

typedef double (*RootFunction) (double x, void *context);

/* A place, and what the function is there */
typedef struct RootPoint
{
	double		x;
	double		y;
} RootPoint;

/* The function at a place */
static inline RootPoint
RootPointAt(RootFunction function, void *context, double x)
{
	RootPoint	point = {x, function(x, context)};

	return point;
}

extern double FindRoot(RootFunction function, void *context, RootPoint a, RootPoint b);

#endif							/* GAPSTATS_ROOT_H */
