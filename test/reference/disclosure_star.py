"""test/fixtures/disclosure_star.csv: Project STAR's kindergarten by school and race, as the demo has it, with all totals, and a
star for whatever is below 10, or below 60.  What each hidden number must lie between, by SciPy's linprog and milp (HiGHS) over
all totals, and its verdict; whether algebra tells it, by elimination with fractions.

    apt-get install python3-scipy
    /usr/bin/python3 test/reference/disclosure_star.py > test/fixtures/disclosure_star.csv

With a file as the argument, of a school and a race a line, as suppress hides them, these are hidden instead.
"""
import csv
import gzip
import sys
from collections import Counter
from fractions import Fraction

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

WIDTH = 5


def published():
    """Students of each cell that has any: (school, race), None in the place of what is a total"""
    cells = Counter()
    with gzip.open('demo/data/star.csv.gz', 'rt') as rows:
        for row in csv.DictReader(rows):
            if row['grade'] == 'K' and row['race']:
                for school in row['schid'], None:
                    for race in row['race'].lower(), None:
                        cells[school, race] += 1
    return cells


def lines(cells):
    """Each total with its parts"""
    schools = {school for school, race in cells if school}
    races = {race for school, race in cells if race}
    for school in schools | {None}:
        yield (school, None), [(school, race) for race in races]
    for race in races | {None}:
        yield (None, race), [(school, race) for school in schools]


def equations(cells, hidden):
    """Rows of the coefficients of the hidden cells, and what these add up to"""
    place = {cell: i for i, cell in enumerate(hidden)}
    for total, parts in lines(cells):
        row, value = [0] * len(hidden), 0
        for cell, sign in [(total, -1)] + [(part, 1) for part in parts]:
            if cell in place:
                row[place[cell]] += sign
            else:
                value -= sign * cells[cell]
        if any(row):
            yield row, value


def told_by_algebra(rows):
    """Places of the unknowns that the equations alone determine: those by themselves in a row of the reduced form"""
    rows = [[Fraction(c) for c in row] for row, _ in rows]
    reduced = []
    for column in range(len(rows[0])):
        pivot = next((row for row in rows if row[column]), None)
        if not pivot:
            continue
        rows.remove(pivot)
        pivot = [c / pivot[column] for c in pivot]
        rows, reduced = ([[a - row[column] * b for a, b in zip(row, pivot)] if row[column] else row for row in some] for some in (rows, reduced))
        reduced.append(pivot)
    return {next(i for i, c in enumerate(row) if c) for row in reduced if sum(c != 0 for c in row) == 1}


def interval(place, rows, least, is_whole):
    a, b = np.array([row for row, _ in rows]), np.array([value for _, value in rows])
    ends = []
    for sign in 1, -1:
        objective = np.zeros(a.shape[1])
        objective[place] = sign
        if is_whole:
            solution = milp(objective, integrality=np.ones(a.shape[1]), bounds=Bounds(least, np.inf), constraints=LinearConstraint(a, b, b))
        else:
            solution = linprog(objective, A_eq=a, b_eq=b, bounds=(least, None), method='highs')
        assert solution.status == 0, solution.message
        ends.append(round(sign * solution.fun, 6) + 0.0)
    return ends


def verdict(is_told, intervals):
    kinds = ['nonneg', 'whole', 'rule']
    if is_told:
        return 'exact_linear'
    for word, is_so in ('exact', lambda low, high: low == high), ('narrow', lambda low, high: high - low < WIDTH):
        for kind, ends in zip(kinds, intervals):
            if is_so(*ends):
                return word + '_' + kind
    return 'protected'


cells = published()
print('below,school,race,verdict,least_nonneg,most_nonneg,least_whole,most_whole,least_rule,most_rule')
if len(sys.argv) > 1:
    tables = {'file': {tuple(member or None for member in row) for row in csv.reader(open(sys.argv[1]))}}
else:
    tables = {below: {cell for cell, n in cells.items() if n < below} for below in (10, 60)}
for below, table in tables.items():
    hidden = sorted(table, key=str)
    rows = list(equations(cells, hidden))
    told = told_by_algebra(rows)
    for i, cell in enumerate(hidden):
        intervals = [interval(i, rows, least, is_whole) for least, is_whole in ((0, False), (0, True), (1, True))]
        print(below, *(member or '' for member in cell), verdict(i in told, intervals), *('%g' % end for ends in intervals for end in ends), sep=',')
