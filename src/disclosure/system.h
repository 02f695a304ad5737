/*
 * disclosure/system: everything that is published about what is hidden
 *
 * Unknowns are the hidden numbers: counts, numerators, sums.  Facts are what was published
 * about them, each a linear form of unknowns between two bounds.  Everything is an integer:
 * who states a fact multiplies it until it is one, so that nothing is rounded.
 */
#ifndef GAPSTATS_SYSTEM_H
#define GAPSTATS_SYSTEM_H

#define NO_LOWER_BOUND PG_INT64_MIN
#define NO_UPPER_BOUND PG_INT64_MAX

/* All other numbers are within this, or it is an error: what a double holds exactly */
#define MAX_NUMBER (INT64CONST(1) << 53)

typedef struct Unknown
{
	bool		is_whole;
	int64		lower;			/* by nature: 0 for counts */
	int64		upper;
	int64		rule_lower;		/* by what its mark says */
	int64		rule_upper;
	double		width;			/* an interval narrower than this gives it away; finite */
	bool		is_aside;		/* nobody asks for its interval where it is not given away */
} Unknown;

typedef struct Term
{
	int			unknown;
	int64		coefficient;	/* never 0 */
} Term;

/* lower <= sum of coefficient * unknown <= upper, or < where the bound is open */
typedef struct Fact
{
	Term	   *terms;			/* of different unknowns */
	int			n_terms;
	int64		lower;
	int64		upper;
	bool		lower_is_open;
	bool		upper_is_open;
	bool		is_exact;		/* lower = upper, and of numbers that were not rounded */
} Fact;

typedef struct System
{
	Unknown    *unknowns;
	int			n_unknowns;
	Fact	   *facts;
	int			n_facts;
} System;

/*
 * In the order in which they are tried; the first that is proved to give a number away is
 * given.  Where the facts contradict one another it is INCONSISTENT for all unknowns that hang
 * together; where only the marks contradict them, for those that nothing before EXACT_RULE
 * gives away.
 */
typedef enum Verdict
{
	EXACT_LINEAR,
	EXACT_NONNEG,
	EXACT_WHOLE,
	EXACT_RULE,
	NARROW_NONNEG,
	NARROW_WHOLE,
	NARROW_RULE,
	PROTECTED,
	NOT_PROVEN,					/* the limit of nodes was reached, and the number may be given away: a leak */
	INCONSISTENT				/* no numbers fit all facts */
} Verdict;

/*
 * Infinite where nothing bounds it.  Ends of whole intervals are whole.  NaN where no numbers fit.
 * Where the limit of nodes was reached, the number is not outside, but the interval may be too wide.
 */
typedef struct FeasibleInterval
{
	double		lower;
	double		upper;
} FeasibleInterval;

typedef struct Finding
{
	Verdict		verdict;
	FeasibleInterval nonneg;	/* min and max by linear programming */
	FeasibleInterval whole;		/* the same of whole numbers */
	FeasibleInterval rule;		/* the same with what the marks say */
	int		   *because;		/* facts that together give it away, or contradict one another */
	double	   *multipliers;	/* of the facts of a linear verdict; NULL otherwise */
	int			n_because;
} Finding;

typedef struct AuditOptions
{
	int			max_nodes;		/* of the search for whole numbers, for each end of an interval */
	const bool *is_safe;		/* unknowns that are known not to be given away; of what is not, no interval is told. Or NULL */
	bool		tells_all;		/* the intervals of all that is not known to be safe are told */
	int			max_unknowns;	/* of a component that is audited; in a larger one what is not safe is not proven, but for what follows bound by bound. Or 0 for any */
} AuditOptions;

/* One finding for each unknown, in their order */
extern Finding *AuditSystem(const System *system, const AuditOptions *options);

#endif							/* GAPSTATS_SYSTEM_H */
