/*
 * repair.h
 *		Which cells to hide so that a cell is not known too well.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#ifndef GAPSTATS_REPAIR_H
#define GAPSTATS_REPAIR_H

#include "suppression/cover.h"
#include "suppression/evidence.h"

extern bool Repair(Cover *cover, Evidence *evidence, int measure, int cell);

#endif							/* GAPSTATS_REPAIR_H */
