/*
 * example.c
 *		Tables of whole numbers that agree with all that is shown, in one measure.
 *
 * Copyright (c) 2026, the gapstats authors
 */
#include "postgres.h"

#include "miscadmin.h"
#include "suppression/example.h"

/* Add a number, in the memory context of the others */
static void
AddToNumbers(Numbers *numbers, int number)
{
	if (numbers->n == numbers->size)
	{
		numbers->size = Max(4, 2 * numbers->size);
		numbers->numbers = numbers->numbers == NULL ? palloc(numbers->size * sizeof(int)) :
			repalloc_huge(numbers->numbers, numbers->size * sizeof(int));
	}
	numbers->numbers[numbers->n++] = number;
}

/* Union-find with path halving; the first cell stands for its set */
static int
FindPerson(int *people, int cell)
{
	while (people[cell] != cell)
		cell = people[cell] = people[people[cell]];
	return cell;
}

/* Which cells are the same person: a total of one, and the part that is one */
static int *
FindPeople(const OrderedTable *table, const OrderedMeasure *measure)
{
	int		   *people = AllocateMany(table->n_cells, sizeof(int));

	for (int i = 0; i < table->n_cells; i++)
		people[i] = i;
	for (int line = 0; line < table->n_lines; line++)
	{
		if (!measure->is_alone[table->total[line]])
			continue;
		for_each_part(table, line, i)
		{
			int			part = table->parts[i];
			int			a = FindPerson(people, part);
			int			b = FindPerson(people, table->total[line]);

			if (measure->is_alone[part])
				people[Max(a, b)] = Min(a, b);
		}
	}
	for (int i = 0; i < table->n_cells; i++)
		people[i] = FindPerson(people, i);
	return people;
}

/* None yet. */
Examples *
StartExamples(const OrderedTable *table, const OrderedMeasure *measure)
{
	Examples   *examples = palloc0(sizeof(Examples));

	examples->table = table;
	examples->measure = measure;
	examples->context = CurrentMemoryContext;
	examples->people = FindPeople(table, measure);
	examples->shown = AllocateMany(table->n_cells, sizeof(Shown));
	examples->last_look = AllocateMany(table->n_cells, sizeof(int64));
	examples->is_listed = AllocateMany(table->n_cells, sizeof(bool));
	return examples;
}

/* Whether a cell is in a total that a person makes up: whatever is published, she knows that it is 0 */
static bool
IsInHerTotal(const Examples *examples, int cell, int person)
{
	const OrderedTable *table = examples->table;

	if (examples->measure->values[cell] != 0)
		return false;
	for_each_line(table, cell, i)
	{
		int			total = table->total[table->lines[i]];

		if ((examples->measure->is_alone[total] && examples->people[total] == person) ||
			(total != cell && IsInHerTotal(examples, total, person)))
			return true;
	}
	return false;
}

/* Whether a cell must be kept from a person who makes up another */
static bool
IsKeptFrom(const Examples *examples, int cell, int person)
{
	return examples->people[cell] != person && !IsInHerTotal(examples, cell, person);
}

/* List the people of whom a cell is off in an example */
static void
ListPeople(Examples *examples, const Example *example)
{
	examples->people_off.n = 0;
	examples->n_looks++;
	for (int i = 0; i < example->n_cells; i++)
	{
		int			cell = example->cells[i];
		int			person = examples->people[cell];

		if (!examples->measure->is_alone[cell] || examples->last_look[person] == examples->n_looks)
			continue;
		examples->last_look[person] = examples->n_looks;
		AddToNumbers(&examples->people_off, person);
	}
}

/* By the first example in which a cell is off, it is known to all people listed from whom it must be kept */
static void
TakeKnowers(Examples *examples, int cell)
{
	Numbers    *knowers = &examples->shown[cell].knowers;

	for (int i = 0; i < examples->people_off.n; i++)
	{
		int			person = examples->people_off.numbers[i];

		if (IsKeptFrom(examples, cell, person))
			AddToNumbers(knowers, person);
	}
}

/* By another, only to those of them who are listed again */
static void
DropKnowers(Examples *examples, int cell)
{
	Numbers    *knowers = &examples->shown[cell].knowers;
	int			n = 0;

	for (int i = 0; i < knowers->n; i++)
	{
		if (examples->last_look[knowers->numbers[i]] == examples->n_looks)
			knowers->numbers[n++] = knowers->numbers[i];
	}
	knowers->n = n;
}

/* Note what an example, whose people are listed, shows of a cell */
static void
NoteCell(Examples *examples, int cell, int64 shift)
{
	Shown	   *shown = &examples->shown[cell];

	if (examples->measure->is_primary[cell])
	{
		if (shown->fall == 0 && shown->rise == 0)
			TakeKnowers(examples, cell);
		else
			DropKnowers(examples, cell);
	}
	shown->rise = Max(shown->rise, shift);
	shown->fall = Max(shown->fall, -shift);
}

/* Keep an example, whose cells are all that are off in it. */
void
KeepExample(Examples *examples, const int *cells, const int64 *shifts, int n)
{
	MemoryContext caller = MemoryContextSwitchTo(examples->context);
	Example    *example;

	if (examples->n_examples == examples->size)
	{
		examples->size = Max(64, 2 * examples->size);
		examples->examples = examples->examples == NULL ? palloc(examples->size * sizeof(Example)) :
			repalloc_huge(examples->examples, examples->size * sizeof(Example));
	}
	example = &examples->examples[examples->n_examples];
	*example = (Example) {.n_cells = n, .cells = palloc(n * sizeof(int)), .shifts = palloc(n * sizeof(int64))};
	memcpy(example->cells, cells, n * sizeof(int));
	memcpy(example->shifts, shifts, n * sizeof(int64));
	ListPeople(examples, example);
	for (int i = 0; i < n; i++)
	{
		NoteCell(examples, cells[i], shifts[i]);
		AddToNumbers(&examples->shown[cells[i]].examples, examples->n_examples);
	}
	examples->n_examples++;
	MemoryContextSwitchTo(caller);
}

static int
CompareNumbers(const void *a, const void *b)
{
	return *(const int *) a - *(const int *) b;
}

/* The examples that are left in which any of some cells is off, in their order; what they showed of these is forgotten */
static Numbers
ListExamples(Examples *examples, const Numbers *cells)
{
	Numbers		list = {0};

	for (int i = 0; i < cells->n; i++)
	{
		Shown	   *shown = &examples->shown[cells->numbers[i]];

		shown->fall = shown->rise = 0;
		shown->knowers = (Numbers) {0};
		for (int j = 0; j < shown->examples.n; j++)
		{
			Example    *example = &examples->examples[shown->examples.numbers[j]];

			if (example->is_void || example->is_listed)
				continue;
			example->is_listed = true;
			AddToNumbers(&list, shown->examples.numbers[j]);
		}
	}
	if (list.n > 0)
		qsort(list.numbers, list.n, sizeof(int), CompareNumbers);
	return list;
}

/* Note again what the examples that are left show of some cells: by example, for each is of many of them */
static void
NoteAllAgain(Examples *examples, const Numbers *cells)
{
	Numbers		list = ListExamples(examples, cells);

	for (int i = 0; i < cells->n; i++)
		examples->is_listed[cells->numbers[i]] = true;
	for (int i = 0; i < list.n; i++)
	{
		Example    *example = &examples->examples[list.numbers[i]];

		CHECK_FOR_INTERRUPTS();
		example->is_listed = false;
		ListPeople(examples, example);
		for (int j = 0; j < example->n_cells; j++)
		{
			if (examples->is_listed[example->cells[j]])
				NoteCell(examples, example->cells[j], example->shifts[j]);
		}
	}
	for (int i = 0; i < cells->n; i++)
		examples->is_listed[cells->numbers[i]] = false;
	if (list.n > 0)
		pfree(list.numbers);
}

/* How much the examples hold in which a cell is off: so much is to be looked at to forget them. */
int64
SizeOfExamples(const Examples *examples, int cell)
{
	const Numbers *numbers = &examples->shown[cell].examples;
	int64		size = 0;

	for (int i = 0; i < numbers->n; i++)
	{
		const Example *example = &examples->examples[numbers->numbers[i]];

		if (!example->is_void)
			size += example->n_cells;
	}
	return size;
}

/* A cell will be shown: forget the examples in which it is off. */
Forgotten
ForgetExamples(Examples *examples, int cell)
{
	MemoryContext caller = MemoryContextSwitchTo(examples->context);
	const Numbers *numbers = &examples->shown[cell].examples;
	Forgotten	forgotten = {0};

	for (int i = 0; i < numbers->n; i++)
	{
		Example    *example = &examples->examples[numbers->numbers[i]];

		if (example->is_void)
			continue;
		example->is_void = true;
		AddToNumbers(&forgotten.examples, numbers->numbers[i]);
		for (int j = 0; j < example->n_cells; j++)
		{
			if (examples->is_listed[example->cells[j]])
				continue;
			examples->is_listed[example->cells[j]] = true;
			AddToNumbers(&forgotten.cells, example->cells[j]);
		}
	}
	for (int i = 0; i < forgotten.cells.n; i++)
		examples->is_listed[forgotten.cells.numbers[i]] = false;
	forgotten.shown = palloc(Max(forgotten.cells.n, 1) * sizeof(Shown));
	for (int i = 0; i < forgotten.cells.n; i++)
		forgotten.shown[i] = examples->shown[forgotten.cells.numbers[i]];
	NoteAllAgain(examples, &forgotten.cells);
	MemoryContextSwitchTo(caller);
	return forgotten;
}

/* Of the people of whom a cell was kept before, only those are left that it is kept of now, too */
static void
KeepKnowers(Examples *examples, Numbers *before, const Numbers *now)
{
	int			n = 0;

	examples->n_looks++;
	for (int i = 0; i < now->n; i++)
		examples->last_look[now->numbers[i]] = examples->n_looks;
	for (int i = 0; i < before->n; i++)
	{
		if (examples->last_look[before->numbers[i]] == examples->n_looks)
			before->numbers[n++] = before->numbers[i];
	}
	before->n = n;
}

/*
 * It is hidden after all: what was shown is shown again, with what examples found since then show.
 */
void
RememberExamples(Examples *examples, const Forgotten *forgotten)
{
	for (int i = 0; i < forgotten->examples.n; i++)
		examples->examples[forgotten->examples.numbers[i]].is_void = false;
	for (int i = 0; i < forgotten->cells.n; i++)
	{
		Shown	   *shown = &examples->shown[forgotten->cells.numbers[i]];
		Numbers		knowers = forgotten->shown[i].knowers;

		if (shown->fall > 0 || shown->rise > 0)
			KeepKnowers(examples, &knowers, &shown->knowers);
		if (shown->knowers.numbers != NULL)
			pfree(shown->knowers.numbers);
		shown->knowers = knowers;
		shown->fall = Max(shown->fall, forgotten->shown[i].fall);
		shown->rise = Max(shown->rise, forgotten->shown[i].rise);
	}
	pfree(forgotten->shown);
}
