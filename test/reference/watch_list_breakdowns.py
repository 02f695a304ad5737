"""What sql/watch_list_breakdowns.sql finds of its random districts, by linear programming (SciPy, HiGHS).

Unknown are the students and the flagged of each group and of each two groups of different columns that have students in
common; what is shown is known, and what is hidden is not 0. Of each number from 1 to 9 (students, flagged or the others)
the least and the most that it can be: how many are known better than by 5. And the same for somebody who knows besides
which of all three there are, against which nothing is done.

  apt-get install python3-scipy
  psql -c "COPY district.joint TO STDOUT" > joint;  psql -c "COPY district.told TO STDOUT" > told
  /usr/bin/python3 test/reference/watch_list_breakdowns.py joint told
"""
import sys
from itertools import combinations
from math import ceil, floor

import numpy as np
from scipy.optimize import linprog

COLUMNS = ['region', 'school', 'grade']
MINIMUM, WIDTH = 10, 5


def read(path):
    districts = {}
    for line in open(path):
        district, *row = [None if v == '\\N' else v for v in line.rstrip('\n').split('\t')]
        districts.setdefault(int(district), []).append(row)
    return districts


def project(members, columns):
    return tuple(v if i in columns else None for i, v in enumerate(members))


def numbers(joint, finest):
    """The true students and flagged of all cells by at most so many columns at once, and which add up to which."""
    truth, lines = {}, {}
    for *members, students, flagged in joint:
        for k in range(finest + 1):
            for columns in combinations(range(3), k):
                cell = project(members, columns)
                n = truth.setdefault(cell, [0, 0])
                n[0] += int(students)
                n[1] += int(flagged)
                for more in set(range(3)) - set(columns) if k < finest else ():
                    lines.setdefault((cell, more), set()).add(project(members, {*columns, more}))
    return truth, lines


def had(joint, told, finest):
    truth, lines = numbers(joint, finest)
    place = {cell: i for i, cell in enumerate(truth)}
    n = len(place)
    bounds = [(0, None)] * (2 * n)
    for column, value, is_total, students, flagged in told:
        cell = project([value] * 3, () if is_total == 't' else (COLUMNS.index(column),))
        i = place[cell]
        bounds[i] = (1, None) if students is None else (int(students),) * 2
        bounds[n + i] = (0, None) if flagged is None else (int(flagged),) * 2
    equal = np.zeros((2 * len(lines), 2 * n))
    for row, ((total, _), parts) in enumerate(lines.items()):
        for half in 0, 1:
            equal[2 * row + half, half * n + place[total]] = -1
            for part in parts:
                equal[2 * row + half, half * n + place[part]] = 1
    less = np.hstack([-np.eye(n), np.eye(n)])
    found = 0
    for cell, (students, flagged) in truth.items():
        i = place[cell]
        if sum(v is not None for v in cell) > 2:
            continue
        for value, students_factor, flagged_factor in ((students, 1, 0), (flagged, 0, 1), (students - flagged, 1, -1)):
            if not 0 < value < MINIMUM:
                continue
            objective = np.zeros(2 * n)
            objective[i], objective[n + i] = students_factor, flagged_factor
            ends = []
            for sign in 1, -1:
                answer = linprog(sign * objective, A_ub=less, b_ub=np.zeros(n), A_eq=equal, b_eq=np.zeros(len(equal)), bounds=bounds)
                assert answer.status in (0, 3), answer.message
                ends.append(sign * answer.fun if answer.status == 0 else sign * -np.inf)
            if ends[1] != np.inf and floor(ends[1] + 1e-6) - ceil(ends[0] - 1e-6) < WIDTH:
                found += 1
    return found


if __name__ == '__main__':
    joint, told = read(sys.argv[1]), read(sys.argv[2])
    print('districts', len(told))
    for finest in 2, 3:
        print(f'known better than by {WIDTH}, to whom knows which {finest} groups have students in common:',
              sum(had(joint[d], told[d], finest) for d in told))
