/*
 * facts.h
 *		What a published table says of the numbers that it does not show.
 *
 * A quantity is something that adds up: a count, a sum, the students behind a percent, the points
 * behind a mean. In each cell it is known or an unknown of the system; everything published about
 * unknowns is a fact of it, with a source that can be put in words.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_FACTS_H
#define GAPSTATS_FACTS_H

#include "disclosure/lines.h"
#include "disclosure/system.h"

typedef struct Quantity
{
	int			measure;		/* whose it is */
	int			field;			/* that it is printed in; or NONE */
	int			of;				/* quantity that it is a part of, or taken over; or NONE */
	bool		is_part;		/* no more than that */
	int64		step;			/* it is a whole number of these, in units of 10^-decimals */
	int			decimals;
	bool		is_real;		/* not even of these */
	int			over;			/* dimension of the releases that follow one another; or NONE */
	bool		is_leaving;		/* nobody joins from one to the next; else nobody leaves */
	bool		goes_with_n;	/* who leaves or joins does so with her n, and the number of others stays */
	int64	   *known;			/* in steps, by cell */
	int32	   *unknown;		/* by cell; KNOWN where it is none */
} Quantity;

#define KNOWN (-1)

typedef enum SourceKind
{
	FROM_LINE,					/* a total and its parts */
	FROM_SAME,					/* a number that is the same for all members of a dimension */
	FROM_PART,					/* no more than all */
	FROM_REST,					/* and what is left of all is the others */
	FROM_RATE,					/* a percent, rate or mean that was rounded */
	FROM_GAP,
	FROM_RATIO,				/* of rates, means or odds */
	FROM_INTERVAL,
	FROM_DERIVED,
	FROM_RELEASES,				/* nobody left, or nobody joined */
	FROM_STAYERS,				/* nobody did either */
	FROM_DIFFERENCE,			/* those who did, by themselves */
	FROM_ALL_MOVED,				/* of whom they are a part */
	FROM_OTHERS_MOVED			/* and the others of whom */
} SourceKind;

/* Where a fact is from: number is that of the line, of the quantity or of the measure */
typedef struct Source
{
	SourceKind	kind;
	int			number;
	int			quantity;
	int			cell;
	int			other;			/* the later cell of two releases, the total that is the same, or that of two groups; or NONE */
} Source;

/*
 * Of what an unknown is the number: of a cell, or of those in the one and not in the other release;
 * or how many others there are, in what a part is of
 */
typedef struct Holder
{
	int			quantity;
	int			cell;
	int			other;			/* NONE, or the later cell */
	int			n;				/* of those: the unknown that is their n; or NONE */
	bool		is_rest;		/* it is n less the part */
	int			part;			/* of a rest: the unknown that is the part */
	int			whole;			/* of a rest: the quantity that this leaves it of, which its own is a part of by way of others, too */
	bool		is_far;			/* there are releases between the two */
} Holder;

typedef enum RemarkKind
{
	REMARK_CONTRADICTION,		/* published numbers that cannot all be right */
	REMARK_ALL_SAME,			/* nobody, or everybody */
	REMARK_LEFT_OUT				/* a fact that was not used */
} RemarkKind;

typedef struct Remark
{
	RemarkKind	kind;
	Source		source;
	const char *why;			/* of what was left out */
} Remark;

typedef struct Facts
{
	Cells	   *cells;
	Lines	   *lines;
	int			n_quantities;
	Quantity   *quantities;
	int		   *quantity_of;	/* of each measure */
	System		system;
	Source	   *sources;		/* of the system's facts */
	Holder	   *holders;		/* of its unknowns */
	int			max_facts;
	int			max_unknowns;
	Remark	   *remarks;
	int			n_remarks;
	Term	   *free_terms;		/* room for terms */
	int			n_free_terms;
} Facts;

/* The measure that a quantity, by its number, is of */
#define MeasureOf(facts, quantity) (&(facts)->cells->description->measures[(facts)->quantities[quantity].measure])

extern Facts *FindFacts(Cells *cells, Lines *lines);

/* ---- for those who state facts ---- */

#define MAX_STATED 4

/* A sum of coefficient * quantity in a cell, in steps; what is known of it is the constant */
typedef struct Statement
{
	int			n;
	int			unknowns[MAX_STATED];
	int128		coefficients[MAX_STATED];
	int128		constant;
} Statement;

/* Between which numbers it is: each divided by the divisor */
typedef struct Bounds
{
	bool		has_lower;
	bool		has_upper;
	bool		lower_is_open;
	bool		upper_is_open;
	int128		lower;
	int128		upper;
	int128		divisor;
} Bounds;

extern void Add(Statement *statement, const Facts *facts, int quantity, int cell, int128 coefficient);
extern void StateBetween(Facts *facts, const Statement *statement, Bounds bounds, Source source);
extern void StateFact(Facts *facts, Fact fact, Source source);
extern void StateSum(Facts *facts, const Statement *statement, int64 sum, Source source);
extern void AddRemark(Facts *facts, RemarkKind kind, Source source, const char *why);
extern int	AddUnknown(Facts *facts, Unknown unknown, Holder holder);
extern int	QuantityOfN(const Facts *facts, const Measure *measure);
extern int128 PowerOf10(int exponent);
extern double WidthInSteps(const Facts *facts, const Quantity *quantity);
extern bool IsLikePart(const Facts *facts, int quantity);
extern bool IsLikePartOf(const Facts *facts, int quantity, int whole);
extern bool IsFarRest(const Facts *facts, Holder holder);
extern void StateRest(Facts *facts, int whole, int n, int part, Source source);
extern bool IsKnown(const Facts *facts, int quantity, int cell);
extern bool GetPrinted(const Facts *facts, const Measure *measure, int field, int cell, int64 *value, int *decimals);
extern int	PrintedDecimals(const Facts *facts, const Measure *measure);
extern bool FindGroups(Facts *facts, const Measure *measure, Source source, int *focal, int *reference);
extern void StateRate(Facts *facts, int of, Bounds rate, Source source);
extern void RemarkRange(Facts *facts, const Measure *measure, Source source);
extern void StateGap(Facts *facts, Bounds gap, int focal, int reference, Source source);
extern void StateRates(Facts *facts, int measure);
extern void StateComparison(Facts *facts, int measure);
extern void StateListed(Facts *facts, int measure);
extern void RemarkDerived(Facts *facts, int measure);
extern int	QuantityOfStudents(const Facts *facts, const Measure *measure);
extern void StateReleases(Facts *facts);
extern bool IsOnlyHowMany(const Facts *facts, Holder holder);

#endif							/* GAPSTATS_FACTS_H */
