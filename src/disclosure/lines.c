/*
 * lines.c
 *		Finding out what adds up in a published table.
 *
 * The cells of one pattern are one table: all by school, say, or all by school and race. A cell
 * is the sum of those of the next finer tables that lie in it: of each pattern that has its bits
 * and more, with no table's pattern in between. So nobody need say which columns are levels of a
 * hierarchy, nor which tables are linked. Where two tables have a coarser one in common that
 * was not published, its cells are added, for both make them up.
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
	int			n;
	Table	   *tables;			/* the finest first */
} Tables;

/* ---- the tables ---- */

/* From fine to coarse */
static int
ComparePatterns(Pattern a, Pattern b)
{
	int			bits_a = pg_popcount64(a);
	int			bits_b = pg_popcount64(b);

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

/* Whether all dimensions have members that are known on just these levels */
static bool
HasMembers(const Description *description, Pattern pattern)
{
	for (int i = 0; i < description->n_dimensions; i++)
	{
		const Dimension *dimension = &description->dimensions[i];
		Pattern		part = pattern & dimension->pattern;
		int			member = 0;

		if (dimension->n_hierarchies == 0)
			continue;
		while (member < dimension->names.n && dimension->members[member].pattern != part)
			member++;
		if (member == dimension->names.n)
			return false;
	}
	return true;
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
				Pattern		common = patterns[i] & patterns[j];
				bool		found;

				PlaceOf(tables, common, &found);
				if (!found && HasMembers(tables->cells->description, common))
					AddTable(tables, common);
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
		bool		is_next = (pattern & ~table->pattern) == 0;

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

/* The cell of a coarser table that a cell lies in; -1 if none can be */
static int
CoarserCell(Tables *tables, int cell, Table *coarser)
{
	Cells	   *cells = tables->cells;
	const Description *description = cells->description;
	int32		members[MAX_DIMENSIONS];
	int			n = cells->n_cells;
	int			found;

	for (int i = 0; i < description->n_dimensions; i++)
	{
		members[i] = ProjectMember(&description->dimensions[i], MembersOf(cells, cell)[i], coarser->pattern);
		if (members[i] < 0)
			return -1;
	}
	found = AddCell(cells, members, CELL_BETWEEN);
	if (found == n)
		PutInTable(coarser, found);
	return found;
}

/* Make room for as many more lines and parts. */
static void
GrowLines(Lines *lines, int n_lines, int n_parts)
{
	lines->lines = lines->lines == NULL ?
		palloc_extended(sizeof(Line) * n_lines, MCXT_ALLOC_HUGE) :
		repalloc_huge(lines->lines, sizeof(Line) * ((Size) lines->n + n_lines));
	lines->parts = lines->parts == NULL ?
		palloc_extended(sizeof(int32) * n_parts, MCXT_ALLOC_HUGE) :
		repalloc_huge(lines->parts, sizeof(int32) * ((Size) lines->n_parts + n_parts));
}

/*
 * The lines from a table to a coarser one. The total of each cell comes in totals; line_of, by
 * cell, is -1 for all cells before and after.
 */
static void
AddLines(Lines *lines, const Table *table, const int32 *totals, int32 *line_of)
{
	int			first = lines->n;
	int			part = lines->n_parts;

	for (int i = 0; i < table->n; i++)
	{
		Line	   *line;

		if (totals[i] < 0)
			continue;
		if (line_of[totals[i]] < 0)
		{
			line_of[totals[i]] = lines->n;
			line = &lines->lines[lines->n++];
			line->total = totals[i];
			line->n_parts = 0;
		}
		lines->lines[line_of[totals[i]]].n_parts++;
	}
	for (int i = first; i < lines->n; i++)
	{
		lines->lines[i].first = part;
		part += lines->lines[i].n_parts;
		lines->lines[i].n_parts = 0;
	}
	for (int i = 0; i < table->n; i++)
	{
		Line	   *line;

		if (totals[i] < 0)
			continue;
		line = &lines->lines[line_of[totals[i]]];
		lines->parts[line->first + line->n_parts++] = table->cells[i];
	}
	for (int i = first; i < lines->n; i++)
		line_of[lines->lines[i].total] = -1;
	lines->n_parts = part;
}

/* The lines from one table to all that are next coarser */
static void
AddLinesOfTable(Tables *tables, Lines *lines, Table *table, int32 **line_of, int *n_line_of)
{
	for (int i = 0; i < table->n_coarser; i++)
	{
		Table	   *coarser = &tables->tables[table->coarser[i]];
		int32	   *totals = palloc_extended(sizeof(int32) * Max(table->n, 1), MCXT_ALLOC_HUGE);

		for (int j = 0; j < table->n; j++)
		{
			CHECK_FOR_INTERRUPTS();
			totals[j] = CoarserCell(tables, table->cells[j], coarser);
		}
		if (*n_line_of < tables->cells->n_cells)
		{
			*line_of = repalloc_huge(*line_of, sizeof(int32) * tables->cells->max_cells);
			while (*n_line_of < tables->cells->max_cells)
				(*line_of)[(*n_line_of)++] = -1;
		}
		GrowLines(lines, coarser->n, table->n);
		AddLines(lines, table, totals, *line_of);
		pfree(totals);
	}
}

/*
 * FindLines
 *		All that adds up, with the cells that this takes.
 */
Lines *
FindLines(Cells *cells)
{
	Lines	   *lines = palloc0(sizeof(Lines));
	Tables		tables = {.cells = cells};
	int32	   *line_of = palloc(sizeof(int32));
	int			n_line_of = 0;

	AddUnlisted(cells);
	FindTables(&tables);
	for (int i = 0; i < tables.n; i++)
		AddLinesOfTable(&tables, lines, &tables.tables[i], &line_of, &n_line_of);
	pfree(line_of);
	return lines;
}
