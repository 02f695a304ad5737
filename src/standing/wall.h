/*
 * wall.h
 *		Acting as the owner of a thing that stands, walled in.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_WALL_H
#define GAPSTATS_WALL_H

typedef struct Wall
{
	Oid			caller;
	int			sec_context;
	int			guc_level;
} Wall;

extern void DefineWallSettings(void);
extern void EnterWall(Oid owner, Wall *wall);
extern void LeaveWall(const Wall *wall);
extern void EnterWrittenQuery(void);
extern bool InWrittenQuery(void);
extern Oid	OwnerOfRelation(Oid relation);

#endif							/* GAPSTATS_WALL_H */
