"""Expected sums of sql/disclosure_large.sql by HiGHS (SciPy): the least and the most of each hidden number of a page, whatever
fraction it is and, with the mark, n at least 1. With the argument whole, the same of whole numbers, which takes long."""
import sys

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix

DISTRICTS = 4

cells = {}
for s in range(1, 12 * DISTRICTS + 1):
    for r in range(1, 8):
        for sex in (1, 2):
            n = 3 + (s * 37 + r * 11 + sex * 5 + s * r * sex) % 23
            x = n * ((s * 13 + r * 29 + sex * 7 + s * r) % 10) // 10
            for place in ((None, None), ((s - 1) // 12 + 1, None), ((s - 1) // 12 + 1, s)):
                for race in (None, r):
                    for one in (None, sex):
                        before = cells.get(place + (race, one), (0, 0))
                        cells[place + (race, one)] = (before[0] + n, before[1] + x)
hidden = [c for c in cells if None not in (c[0], c[2], c[3])]
number = {(c, m): i for i, (c, m) in enumerate((c, m) for c in hidden for m in ('n', 'x', 'rest'))}

rows, sums = [], []


def add_line(total, parts):
    for j, m in enumerate(('n', 'x')):
        terms, known = [], 0
        for c, factor in [(total, 1)] + [(p, -1) for p in parts]:
            if (c, m) in number:
                terms.append((number[c, m], factor))
            else:
                known += factor * cells[c][j]
        if terms:
            rows.append(terms)
            sums.append(-known)


for d, s, r, sex in cells:
    if d is None:
        add_line((d, s, r, sex), [(e, None, r, sex) for e in range(1, DISTRICTS + 1)])
    elif s is None:
        add_line((d, s, r, sex), [(d, t, r, sex) for t in range(12 * d - 11, 12 * d + 1)])
    if r is None:
        add_line((d, s, r, sex), [(d, s, q, sex) for q in range(1, 8)])
    if sex is None:
        add_line((d, s, r, sex), [(d, s, r, q) for q in (1, 2)])
for c in hidden:
    rows.append([(number[c, 'n'], 1), (number[c, 'x'], -1), (number[c, 'rest'], -1)])
    sums.append(0)
matrix = csr_matrix(([f for t in rows for _, f in t], ([i for i, t in enumerate(rows) for _ in t], [u for t in rows for u, _ in t])),
                    (len(rows), len(number)))
asked = [(c, m) for c in hidden for m in ('n', 'x')]


def end(unknown, sign, least, whole):
    cost = np.zeros(len(number))
    cost[number[unknown]] = sign
    if whole:
        found = milp(cost, constraints=LinearConstraint(matrix, sums, sums), integrality=np.ones(len(number)), bounds=Bounds(least, np.inf))
    else:
        found = linprog(cost, A_eq=matrix, b_eq=sums, bounds=np.column_stack([least, np.full(len(least), np.inf)]), method='highs-ds')
    assert found.status == 0
    return sign * found.fun


def own(unknown):
    (d, s, r, sex), m = unknown
    return ((s or 0) * 31 + r * 7 + sex * 3 + d * 17 + (m == 'x') * 5) % 101


nonneg = np.zeros(len(number))
rule = np.array([int(m == 'n') for _, m in number])
for name, least, whole in (('nonneg', nonneg, False), ('rule', rule, False)) + ((('whole', nonneg, True), ('whole rule', rule, True)) if 'whole' in sys.argv else ()):
    ends = [[end(u, sign, least, whole) for u in asked] for sign in (1, -1)]
    print(name, len(asked), [round(sum(e), 6) for e in ends], 'each times its own', [round(sum(own(u) * v for u, v in zip(asked, e)), 6) for e in ends],
          'fractions', sum(abs(v - round(v)) > 1e-6 for e in ends for v in e))
    if name == 'nonneg':
        widths = [high - low for low, high in zip(*ends)]
        print('exact', sum(w < 1e-6 for w in widths), 'narrow', sum(1e-6 <= w < 5 - 1e-6 for w in widths))
