# References of sql/disclosure_engine.sql: where hidden numbers can be in random systems of facts.
# Bounds by linear programming are SciPy's (linprog, HiGHS); those of whole numbers come of
# enumerating all points. (milp of SciPy 1.10 is not taken: it misses solutions of some of these.)
# A system that the facts, or the marks, contradict has no intervals from there on.
# Last, of the scale generator with 14 districts, American Indian and Asian students by sex hidden in
# every district: cells that the rank tells (NumPy), and sum and maximum of the widths (SciPy).
#   apt-get install python3-scipy
#   /usr/bin/python3 test/reference/disclosure_engine.py
import math
import random
from itertools import product
import numpy as np
from scipy.optimize import linprog

random.seed(20261125)
NAMES = 'abcdef'


def words(form, lower, upper, is_open):
    text = ''
    for name, c in form.items():
        text += (' - ' if c < 0 else ' + ' if text else '') + (f'{abs(c)} ' if abs(c) != 1 else '') + name
    text = text.strip()
    if lower == upper:
        return f'{text} = {lower}'
    return f'{lower} <= {text} {"<" if is_open else "<="} {upper}'


def system(kind):
    n = random.randint(2, 5)
    names = NAMES[:n]
    truth = {v: random.randint(0, 9) for v in names}
    facts = []
    for _ in range(random.randint(1, n + 2)):
        form = {}
        for v in sorted(random.sample(names, random.randint(1, min(n, 3)))):
            form[v] = 1 if kind == 'table' else random.choice([-3, -2, -1, 1, 1, 2, 3, 5])
        value = sum(c * truth[v] for v, c in form.items())
        if kind == 'percent':  # of n, rounded to a whole percent
            whole = random.randint(110, 400)
            p = (200 * value + whole) // (2 * whole)
            facts.append(({v: 200 * c for v, c in form.items()}, whole * (2 * p - 1), whole * (2 * p + 1), True))
        elif kind == 'range' and random.random() < 0.7:
            lower = value - random.randint(0, 4)
            facts.append((form, lower, max(value, lower) + random.randint(1, 4), False))
        else:
            value += random.choice([0] * 15 + [1])
            facts.append((form, value, value, False))
    upper = {v: random.choice([None, truth[v] + random.randint(0, 6)]) for v in names}
    rule = {v: random.choice([(1, 9), (1, None), (0, 9), (None, None)]) for v in names}
    return names, facts, upper, rule


def linear(names, facts, upper):
    rows, right = [], []
    for form, low, high, _ in facts:
        row = [form.get(v, 0) for v in names]
        rows += [row, [-c for c in row]]
        right += [high, -low]
    bounds = [(0, upper[v]) for v in names]
    ends = []
    if linprog([0] * len(names), A_ub=rows, b_ub=right, bounds=bounds, method='highs').status != 0:
        return None
    for k in range(len(names)):
        for sign in (1, -1):
            r = linprog([sign * (i == k) for i in range(len(names))], A_ub=rows, b_ub=right, bounds=bounds, method='highs')
            ends.append(round(sign * r.fun, 6) + 0.0 if r.status == 0 else -sign * math.inf)
    return ends[0::2], ends[1::2]


# All points, coordinate by coordinate, leaving out what a fact rules out
def points(names, facts, box, point=()):
    k = len(point)
    for form, low, high, is_open in facts:
        least = most = 0
        for i, v in enumerate(names):
            ends = [form.get(v, 0) * x for x in ((point[i],) * 2 if i < k else box[v])]
            least += min(ends)
            most += max(ends)
        if most < low or least > high or (is_open and least >= high):
            return
    if k == len(names):
        yield point
        return
    for x in range(box[names[k]][0], box[names[k]][1] + 1):
        yield from points(names, facts, box, point + (x,))


def enumerated(names, facts, box):
    found = list(points(names, facts, box))
    if not found:
        return None
    return [min(p[k] for p in found) for k in range(len(names))], [max(p[k] for p in found) for k in range(len(names))]


def array(values):
    return "'{" + ','.join('NULL' if v is None else str(v) for v in values) + "}'"


# One component: facts that hang together
def connected(names, facts):
    seen = {names[0]}
    for _ in names:
        for form, *_ in facts:
            if seen & set(form):
                seen |= set(form)
    return seen == set(names)


number = 0
while number < 60:
    kind = ['table', 'percent', 'range', 'general'][number % 4]
    names, facts, upper, rule = system(kind)
    if not connected(names, facts):
        continue
    nonneg = linear(names, facts, upper)
    if nonneg and max(nonneg[1]) > 100:  # too many points, or infinitely many
        continue
    box = nonneg and {v: (math.ceil(nonneg[0][k] - 1e-6), math.floor(nonneg[1][k] + 1e-6)) for k, v in enumerate(names)}
    whole = box and enumerated(names, facts, box)
    ruled = whole and {v: (max(whole[0][k], rule[v][0] or 0), min(whole[1][k], math.inf if rule[v][1] is None else rule[v][1]))
                       for k, v in enumerate(names)}
    ruled = whole and enumerated(names, facts, ruled)
    none = ([None] * len(names),) * 2
    number += 1
    print(f"\t('r{number:02}', '{{" + ','.join(f'"{words(*f)}"' for f in facts) + "}', '{" + ','.join(names) + "}', " +
          ', '.join(array(x) for x in ([upper[v] for v in names], [rule[v][0] for v in names], [rule[v][1] for v in names],
                                       *(nonneg or none), *(whole or none), *(ruled or none))) + (');' if number == 60 else '),'))

D = 14
published = {}
for s, r, x in product(range(1, 12 * D + 1), range(1, 8), (1, 2)):
    n = max(0, (130 + s * 6007 % 850) * [12, 40, 210, 240, 6, 420, 72][r - 1] // 2000 + (s * 37 + r * 11 + x * 5) % 9 - 4)
    d = (s - 1) // 12 + 1
    for key in product(((0, 0), (d, 0), (d, s)), (0, r), (0, x)):
        published[key] = published.get(key, 0) + n
hidden = [k for k, n in published.items() if 1 <= n <= 9 or (k[0][0] > 0 and k[0][1] == 0 and k[1] in (2, 5) and k[2] > 0)]
lines = {}
for (place, r, x), n in published.items():
    d, s = place
    lines.setdefault(('x', place, r), []).append(((place, r, x), -1 if x == 0 else 1))
    lines.setdefault(('r', place, x), []).append(((place, r, x), -1 if r == 0 else 1))
    if d > 0:
        lines.setdefault(('s', d, r, x), []).append(((place, r, x), -1 if s == 0 else 1))
    if s == 0:
        lines.setdefault(('d', r, x), []).append(((place, r, x), -1 if d == 0 else 1))
index = {k: i for i, k in enumerate(hidden)}
rows, right = [], []
for members in lines.values():
    if any(k in index for k, c in members):
        row = np.zeros(len(hidden))
        for k, c in members:
            if k in index:
                row[index[k]] = c
        rows.append(row)
        right.append(-sum(c * published[k] for k, c in members if k not in index))
_, singular, v = np.linalg.svd(np.array(rows))
null = v[(singular > 1e-9).sum():]
linear = (abs(null) < 1e-9).all(axis=0)
widths = []
for i in range(len(hidden)):
    ends = [sign * linprog([sign * (j == i) for j in range(len(hidden))], A_eq=np.array(rows), b_eq=right, method='highs').fun for sign in (1, -1)]
    widths.append(ends[1] - ends[0])
widths = np.array(widths).round(6)
print(len(hidden), linear.sum(), (widths == 0).sum(), ((widths >= 1) & (widths <= 4)).sum(), widths.sum(), widths.max())
