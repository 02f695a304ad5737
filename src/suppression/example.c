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
	examples->is_stale = AllocateMany(table->n_cells, sizeof(bool));
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
ListPeople(Examples *examples, Example *example)
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
	example->n_people = examples->people_off.n;
	example->people = palloc(Max(example->n_people, 1) * sizeof(int));
	if (example->n_people > 0)
		memcpy(example->people, examples->people_off.numbers, example->n_people * sizeof(int));
}

/* By the first example in which a cell is off, it is known to all of its people from whom it must be kept */
static void
TakeKnowers(Examples *examples, const Example *example, int cell)
{
	Numbers    *knowers = &examples->shown[cell].knowers;

	for (int i = 0; i < example->n_people; i++)
	{
		if (IsKeptFrom(examples, cell, example->people[i]))
			AddToNumbers(knowers, example->people[i]);
	}
}

/* By more, only to those of them who are among some others, too */
static void
KeepKnowers(Examples *examples, Numbers *knowers, const int *people, int n_people)
{
	int			n = 0;

	if (knowers->n == 0)
		return;
	examples->n_looks++;
	for (int i = 0; i < n_people; i++)
		examples->last_look[people[i]] = examples->n_looks;
	for (int i = 0; i < knowers->n; i++)
	{
		if (examples->last_look[knowers->numbers[i]] == examples->n_looks)
			knowers->numbers[n++] = knowers->numbers[i];
	}
	knowers->n = n;
}

/* Note what an example shows of a cell */
static void
NoteCell(Examples *examples, const Example *example, int place)
{
	int			cell = example->cells[place];
	int64		shift = example->shifts[place];
	Shown	   *shown = &examples->shown[cell];

	if (examples->measure->is_primary[cell])
	{
		if (shown->fall == 0 && shown->rise == 0)
			TakeKnowers(examples, example, cell);
		else
			KeepKnowers(examples, &shown->knowers, example->people, example->n_people);
	}
	shown->rise = Max(shown->rise, shift);
	shown->fall = Max(shown->fall, -shift);
}

/* Note what the examples that are left show of a cell, of all that there are from one on */
static void
NoteFrom(Examples *examples, int cell, int first)
{
	const Shown *shown = &examples->shown[cell];
	MemoryContext caller = MemoryContextSwitchTo(examples->context);
	int			i = shown->examples.n;

	while (i > 0 && shown->examples.numbers[i - 1] >= first)
		i--;
	for (; i < shown->examples.n; i++)
	{
		const Example *example = &examples->examples[shown->examples.numbers[i]];

		if (!example->is_void)
			NoteCell(examples, example, shown->places.numbers[i]);
	}
	examples->is_stale[cell] = false;
	MemoryContextSwitchTo(caller);
}

/* Note what the examples show of a cell, if something was forgotten of it. */
void
NoteIfStale(Examples *examples, int cell)
{
	if (examples->is_stale[cell])
		NoteFrom(examples, cell, 0);
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
		if (!examples->is_stale[cells[i]])
			NoteCell(examples, example, i);
		AddToNumbers(&examples->shown[cells[i]].examples, examples->n_examples);
		AddToNumbers(&examples->shown[cells[i]].places, i);
	}
	examples->n_examples++;
	MemoryContextSwitchTo(caller);
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

/*
 * A cell will be shown: forget the examples in which it is off. What others show of their cells is noted when it is asked for:
 * mostly one is soon found that needs this one, and then nothing is forgotten.
 */
Forgotten
ForgetExamples(Examples *examples, int cell)
{
	MemoryContext caller = MemoryContextSwitchTo(examples->context);
	const Numbers *numbers = &examples->shown[cell].examples;
	Forgotten	forgotten = {.n_examples = examples->n_examples};

	CHECK_FOR_INTERRUPTS();
	for (int i = 0; i < numbers->n; i++)
	{
		Example    *example = &examples->examples[numbers->numbers[i]];

		if (example->is_void)
			continue;
		example->is_void = true;
		AddToNumbers(&forgotten.examples, numbers->numbers[i]);
		for (int j = 0; j < example->n_cells; j++)
		{
			if (examples->is_stale[example->cells[j]])
				continue;
			examples->is_stale[example->cells[j]] = true;
			AddToNumbers(&forgotten.cells, example->cells[j]);
		}
	}
	forgotten.shown = palloc(Max(forgotten.cells.n, 1) * sizeof(Shown));
	for (int i = 0; i < forgotten.cells.n; i++)
	{
		Shown	   *shown = &examples->shown[forgotten.cells.numbers[i]];

		forgotten.shown[i] = *shown;
		shown->fall = shown->rise = 0;
		shown->knowers = (Numbers) {0};
	}
	MemoryContextSwitchTo(caller);
	return forgotten;
}

/* It is hidden after all: what was shown is shown again, with what examples found since then show. */
void
RememberExamples(Examples *examples, const Forgotten *forgotten)
{
	for (int i = 0; i < forgotten->examples.n; i++)
		examples->examples[forgotten->examples.numbers[i]].is_void = false;
	for (int i = 0; i < forgotten->cells.n; i++)
	{
		int			cell = forgotten->cells.numbers[i];
		Shown	   *shown = &examples->shown[cell];

		if (shown->knowers.numbers != NULL)
			pfree(shown->knowers.numbers);
		shown->knowers = forgotten->shown[i].knowers;
		shown->fall = forgotten->shown[i].fall;
		shown->rise = forgotten->shown[i].rise;
		NoteFrom(examples, cell, forgotten->n_examples);
	}
}

/* It is shown: note what is left of the cells that nobody asked for. */
void
SettleExamples(Examples *examples, const Forgotten *forgotten)
{
	for (int i = 0; i < forgotten->cells.n; i++)
	{
		NoteIfStale(examples, forgotten->cells.numbers[i]);
		if (forgotten->shown[i].knowers.numbers != NULL)
			pfree(forgotten->shown[i].knowers.numbers);
	}
}

void
FreeForgotten(Forgotten *forgotten)
{
	if (forgotten->examples.numbers != NULL)
		pfree(forgotten->examples.numbers);
	if (forgotten->cells.numbers != NULL)
		pfree(forgotten->cells.numbers);
	pfree(forgotten->shown);
}
