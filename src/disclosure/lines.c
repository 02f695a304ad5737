/*
 * lines.c
 *		Finding out what adds up in a published table.
 *
 * The cells of one pattern are one table: all by school, say, or all by school and race. A cell
 * is the sum of those of the next finer tables that lie in it: of each pattern that has its
 * dimensions and more, with no table's pattern in between. So nobody need say which columns are
 * levels of a hierarchy, nor which tables are linked. Where two tables have a coarser one in
 * common that was not published, its cells are added, for both make them up.
 *
 * Where members of one dimension are part of others of it, a cell is also the sum of those of its
 * parts, for each hierarchy. All that something is part of is added, published or not.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "disclosure/lines.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"

#define MAX_TABLES 4096

typedef struct Table
{
	Pattern		pattern;
	int			n;
	int			max;
	int32	   *cells;
	int			n_coarser;
	int		   *coarser;		/* tables whose cells are sums of this one's */
} Table;

typedef struct Tables
{
	Cells	   *cells;
	Pattern		hierarchical;
	int			n;
	Table	   *tables;			/* the finest first */
} Tables;

/* Lines while they are found */
typedef struct LineBuilder
{
	Cells	   *cells;
	Lines	   *lines;
	int			max_lines;
	int32	   *line_of;		/* by total, while those of one table or hierarchy are found; -1 at other times */
	int			n_line_of;
} LineBuilder;

/* ---- the tables ---- */

/* From fine to coarse */
static int
ComparePatterns(Pattern a, Pattern b)
{
	int			bits_a = pg_popcount32(a);
	int			bits_b = pg_popcount32(b);

	if (bits_a != bits_b)
		return bits_b - bits_a;
	return a < b ? -1 : a > b ? 1 : 0;
}

/* The place of a pattern among the tables: where it is, or belongs */
static int
PlaceOf(const Tables *tables, Pattern pattern, bool *found)
{
	int			low = 0;
	int			high = tables->n;

	while (low < high)
	{
		int			middle = (low + high) / 2;
		int			compared = ComparePatterns(tables->tables[middle].pattern, pattern);

		if (compared == 0)
		{
			*found = true;
			return middle;
		}
		if (compared < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*found = false;
	return low;
}

static Table *
AddTable(Tables *tables, Pattern pattern)
{
	bool		found;
	int			place = PlaceOf(tables, pattern, &found);
	Table	   *table = &tables->tables[place];

	if (found)
		return table;
	if (tables->n == MAX_TABLES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("there are more than %d tables in cells", MAX_TABLES),
				 errdetail("Rows that are totals over the same dimensions are one table.")));
	memmove(table + 1, table, sizeof(Table) * (tables->n - place));
	memset(table, 0, sizeof(Table));
	table->pattern = pattern;
	tables->n++;
	return table;
}

static void
PutInTable(Table *table, int cell)
{
	if (table->n == table->max)
	{
		table->max = Max(64, 2 * table->max);
		table->cells = table->cells == NULL ?
			palloc(sizeof(int32) * table->max) :
			repalloc_huge(table->cells, sizeof(int32) * table->max);
	}
	table->cells[table->n++] = cell;
}

/* The dimensions whose members are part of one another: a sum over them is no sum of all their members */
static Pattern
HierarchicalPattern(const Description *description)
{
	Pattern		pattern = 0;

	for (int i = 0; i < description->n_dimensions; i++)
		pattern |= description->dimensions[i].n_hierarchies > 0 ? PatternBit(i) : 0;
	return pattern;
}

/* Add the tables that two have in common. */
static void
AddCommonTables(Tables *tables)
{
	int			n;

	do
	{
		Pattern    *patterns = palloc(sizeof(Pattern) * tables->n);

		n = tables->n;
		for (int i = 0; i < n; i++)
			patterns[i] = tables->tables[i].pattern;
		for (int i = 0; i < n; i++)
		{
			CHECK_FOR_INTERRUPTS();
			for (int j = i + 1; j < n; j++)
			{
				if (((patterns[i] ^ patterns[j]) & tables->hierarchical) == 0)
					AddTable(tables, patterns[i] & patterns[j]);
			}
		}
		pfree(patterns);
	} while (tables->n > n);
}

/* Of the tables that are coarser than one, those that no other lies between */
static void
FindCoarser(Tables *tables, int which)
{
	Table	   *table = &tables->tables[which];

	table->coarser = palloc(sizeof(int) * tables->n);
	for (int i = which + 1; i < tables->n; i++)
	{
		Pattern		pattern = tables->tables[i].pattern;
		bool		is_next = (pattern & ~table->pattern) == 0 &&
			((pattern ^ table->pattern) & tables->hierarchical) == 0;

		for (int j = 0; j < table->n_coarser && is_next; j++)
			is_next = (pattern & ~tables->tables[table->coarser[j]].pattern) != 0;
		if (is_next)
			table->coarser[table->n_coarser++] = i;
	}
}

static void
FindTables(Tables *tables)
{
	Cells	   *cells = tables->cells;

	tables->tables = palloc(sizeof(Table) * (MAX_TABLES + 1));
	for (int cell = 0; cell < cells->n_cells; cell++)
	{
		CHECK_FOR_INTERRUPTS();
		PutInTable(AddTable(tables, PatternOf(cells, cell)), cell);
	}
	AddCommonTables(tables);
	for (int i = 0; i < tables->n; i++)
		FindCoarser(tables, i);
}

/* ---- the lines ---- */

/* The cell of a coarser table that a cell lies in */
static int
CoarserCell(Tables *tables, int cell, Table *coarser)
{
	Cells	   *cells = tables->cells;
	int32		members[MAX_DIMENSIONS];
	int			n = cells->n_cells;
	int			found;

	for (int i = 0; i < cells->description->n_dimensions; i++)
		members[i] = (coarser->pattern & PatternBit(i)) ? MembersOf(cells, cell)[i] : TOTAL;
	found = AddCell(cells, members, CELL_BETWEEN);
	if (found == n)
		PutInTable(coarser, found);
	return found;
}

/* Make room for as many more parts, each of which may be in a line of its own. */
static void
GrowLines(LineBuilder *builder, int n)
{
	Lines	   *lines = builder->lines;
	int			n_cells = builder->cells->n_cells;

	if (lines->n + n > builder->max_lines)
	{
		builder->max_lines = lines->n + n;
		lines->lines = repalloc_huge(lines->lines, sizeof(Line) * builder->max_lines);
	}
	lines->parts = repalloc_huge(lines->parts, sizeof(int32) * ((Size) lines->n_parts + n + 1));
	if (n_cells > builder->n_line_of)
	{
		builder->line_of = repalloc_huge(builder->line_of, sizeof(int32) * n_cells);
		while (builder->n_line_of < n_cells)
			builder->line_of[builder->n_line_of++] = -1;
	}
}

/* The line of a total, a new one if it has none yet */
static Line *
LineOf(LineBuilder *builder, int total)
{
	Lines	   *lines = builder->lines;

	if (builder->line_of[total] < 0)
	{
		builder->line_of[total] = lines->n;
		lines->lines[lines->n++] = (Line) {total, 0, 0};
	}
	return &lines->lines[builder->line_of[total]];
}

/* Lines from n cells to the totals that each is part of; -1 where it is part of none */
static void
AddLines(LineBuilder *builder, const int32 *cells, const int32 *totals, int n)
{
	Lines	   *lines = builder->lines;
	int			first = lines->n;

	GrowLines(builder, n);
	for (int i = 0; i < n; i++)
	{
		if (totals[i] >= 0)
			LineOf(builder, totals[i])->n_parts++;
	}
	for (int i = first; i < lines->n; i++)
	{
		lines->lines[i].first = lines->n_parts;
		lines->n_parts += lines->lines[i].n_parts;
		lines->lines[i].n_parts = 0;
	}
	for (int i = 0; i < n; i++)
	{
		Line	   *line;

		if (totals[i] < 0)
			continue;
		line = LineOf(builder, totals[i]);
		lines->parts[line->first + line->n_parts++] = cells[i];
	}
	for (int i = first; i < lines->n; i++)
		builder->line_of[lines->lines[i].total] = -1;
}

/* The lines from one table to all that are next coarser */
static void
AddLinesOfTable(LineBuilder *builder, Tables *tables, Table *table)
{
	int32	   *totals = palloc_extended(sizeof(int32) * Max(table->n, 1), MCXT_ALLOC_HUGE);

	for (int i = 0; i < table->n_coarser; i++)
	{
		for (int j = 0; j < table->n; j++)
		{
			CHECK_FOR_INTERRUPTS();
			totals[j] = CoarserCell(tables, table->cells[j], &tables->tables[table->coarser[i]]);
		}
		AddLines(builder, table->cells, totals, table->n);
	}
	pfree(totals);
}

/* ---- hierarchies ---- */

/* The members of what a cell is part of by a hierarchy; false if it is part of nothing */
static bool
GetParent(const Cells *cells, int cell, int dimension, const Hierarchy *hierarchy, int32 *members)
{
	const int32 *own = MembersOf(cells, cell);

	if (own[dimension] == TOTAL || hierarchy->parents[own[dimension]] == NO_PARENT)
		return false;
	memcpy(members, own, sizeof(int32) * cells->description->n_dimensions);
	members[dimension] = hierarchy->parents[own[dimension]];
	return true;
}

/* Add all that cells are part of by a hierarchy. */
static void
AddParents(Cells *cells)
{
	const Description *description = cells->description;
	int32		members[MAX_DIMENSIONS];

	/* goes on over those that it adds */
	for (int cell = 0; cell < cells->n_cells; cell++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < description->n_dimensions; i++)
		{
			for (int j = 0; j < description->dimensions[i].n_hierarchies; j++)
			{
				if (GetParent(cells, cell, i, &description->dimensions[i].hierarchies[j], members))
					AddCell(cells, members, CELL_BETWEEN);
			}
		}
	}
}

/* The lines of one hierarchy */
static void
AddLinesOfHierarchy(LineBuilder *builder, int dimension, const Hierarchy *hierarchy)
{
	Cells	   *cells = builder->cells;
	int			n = cells->n_cells;
	int32	   *parts = palloc_extended(sizeof(int32) * n, MCXT_ALLOC_HUGE);
	int32	   *totals = palloc_extended(sizeof(int32) * n, MCXT_ALLOC_HUGE);

	for (int cell = 0; cell < n; cell++)
	{
		int32		members[MAX_DIMENSIONS];

		CHECK_FOR_INTERRUPTS();
		parts[cell] = cell;
		totals[cell] = GetParent(cells, cell, dimension, hierarchy, members) ? FindCell(cells, members) : -1;
	}
	AddLines(builder, parts, totals, n);
	pfree(parts);
	pfree(totals);
}

/* ---- lines that say nothing ---- */

/*
 * A sum that nobody published, and that is in no other line, can be anything: its line says nothing.
 * Without it, another may be so.
 */
static void
DropIdleLines(const Cells *cells, Lines *lines)
{
	int32	   *n_lines = palloc_extended(sizeof(int32) * Max(cells->n_cells, 1), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	int			n_before;

	for (int i = 0; i < lines->n; i++)
	{
		n_lines[lines->lines[i].total]++;
		for (int j = 0; j < lines->lines[i].n_parts; j++)
			n_lines[lines->parts[lines->lines[i].first + j]]++;
	}
	do
	{
		n_before = lines->n;
		lines->n = 0;
		for (int i = 0; i < n_before; i++)
		{
			Line		line = lines->lines[i];

			CHECK_FOR_INTERRUPTS();
			if (cells->kinds[line.total] != CELL_BETWEEN || n_lines[line.total] > 1)
			{
				lines->lines[lines->n++] = line;
				continue;
			}
			for (int j = 0; j < line.n_parts; j++)
				n_lines[lines->parts[line.first + j]]--;
		}
	} while (lines->n < n_before);
	pfree(n_lines);
}

/*
 * DividedBy
 *		The dimensions by which the parts of a line are told apart.
 */
Pattern
DividedBy(const Cells *cells, const Lines *lines, const Line *line)
{
	const int32 *total = MembersOf(cells, line->total);
	const int32 *part = MembersOf(cells, lines->parts[line->first]);
	Pattern		divided = 0;

	for (int i = 0; i < cells->description->n_dimensions; i++)
		divided |= part[i] != total[i] ? PatternBit(i) : 0;
	return divided;
}

/*
 * FindLines
 *		All that adds up, with the cells that this takes.
 */
Lines *
FindLines(Cells *cells)
{
	const Description *description = cells->description;
	LineBuilder builder = {.cells = cells,.lines = palloc0(sizeof(Lines))};
	Tables		tables = {.cells = cells,.hierarchical = HierarchicalPattern(description)};

	builder.lines->lines = palloc(sizeof(Line));
	builder.lines->parts = palloc(sizeof(int32));
	builder.line_of = palloc(sizeof(int32));
	AddUnlisted(cells);
	AddParents(cells);
	FindTables(&tables);
	for (int i = 0; i < tables.n; i++)
		AddLinesOfTable(&builder, &tables, &tables.tables[i]);
	for (int i = 0; i < description->n_dimensions; i++)
	{
		for (int j = 0; j < description->dimensions[i].n_hierarchies; j++)
			AddLinesOfHierarchy(&builder, i, &description->dimensions[i].hierarchies[j]);
	}
	DropIdleLines(cells, builder.lines);
	return builder.lines;
}
