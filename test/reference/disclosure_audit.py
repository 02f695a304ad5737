"""The tables and the intervals of sql/disclosure_random.sql: random published tables, and what each hidden number
must lie between, by SciPy's linprog and milp (HiGHS) over every sum that is published, of every table with every
finer one.  Independent of how gapstats finds its lines: it tries all pairs of tables and leaves out none.  The whole
numbers of months that nobody leaves are found by trying all tables.  With a number as the argument so many sets of
months are printed, others each time it is another, and nothing else."""
import itertools
import random
import sys

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

MINIMUM = 10
MAX_TABLES = 300


def pattern(cell):
    return tuple(member is not None for member in cell)


def equal_sums(cells):
    """Sets of cells with the same sum: of two tables, all that lie in the same cell of what these have in common"""
    patterns = sorted({pattern(cell) for cell in cells})
    for one, other in itertools.combinations(patterns, 2):
        common = tuple(a and b for a, b in zip(one, other))
        sums = {}
        for cell in cells:
            if pattern(cell) in (one, other):
                place = tuple(m if c else None for m, c in zip(cell, common))
                sums.setdefault(place, ([], []))[pattern(cell) == other].append(cell)
        yield from sums.values()


def ends(objective, n, equations, rows, bounds, integrality):
    """Least and most of one unknown"""
    result = []
    for sign in 1, -1:
        c = np.zeros(n)
        c[objective] = sign
        constraints = []
        if equations:
            a, b = zip(*equations)
            constraints.append(LinearConstraint(np.array(a), b, b))
        if rows:
            a, low, high = zip(*rows)
            constraints.append(LinearConstraint(np.array(a), low, high))
        if integrality:
            solution = milp(c, integrality=np.ones(n), bounds=Bounds(*zip(*bounds)), constraints=constraints)
            assert solution.status == 0, solution.message
            result.append(round(sign * solution.fun))
        else:
            a_eq = np.array([a for a, _ in equations]) if equations else None
            b_eq = [b for _, b in equations] if equations else None
            ends_of_rows = [(sign_of * np.array(a), x) for a, low, high in rows for sign_of, x in ((1, high), (-1, -low)) if x < np.inf]
            a_ub, b_ub = map(np.array, zip(*ends_of_rows)) if rows else (None, None)
            solution = linprog(c, a_ub, b_ub, a_eq, b_eq, bounds, method='highs')
            assert solution.status == 0, solution.message
            result.append(sign * solution.fun)
    return result


def audit(cells, hidden, bounds_of, whole_bounds_of=None, rule_of=None, between=()):
    """Intervals of the hidden cells: linear programming, whole, by the rule, if asked for; between: ({cell: coefficient}, least, most)"""
    place = {cell: i for i, cell in enumerate(hidden)}
    equations = []
    rows = []
    for coefficients, low, high in between:
        row = np.zeros(len(hidden))
        known = 0
        for cell, coefficient in coefficients.items():
            if cell in place:
                row[place[cell]] = coefficient
            else:
                known += coefficient * cells[cell]
        if row.any():
            rows.append((row, low - known, high - known))
    for one, other in equal_sums(list(cells)):
        row = np.zeros(len(hidden))
        known = 0
        for cell, sign in [(c, 1) for c in one] + [(c, -1) for c in other]:
            if cell in place:
                row[place[cell]] += sign
            else:
                known -= sign * cells[cell]
        if row.any():
            equations.append((row, known))
    answer = []
    for cell, i in place.items():
        intervals = (ends(i, len(hidden), equations, rows, [b(c) for c in hidden], is_whole)
                     for b, is_whole in ((bounds_of, False), (whole_bounds_of, True), (rule_of, True)) if b)
        answer.append((cell, *intervals))
    return answer


def cube(sizes, patterns, nested=False, scale=1, least=0):
    """Numbers of all cells of some tables; nested: the second dimension is within the first"""
    finest = {}
    for members in itertools.product(*(range(1, n + 1) for n in sizes)):
        cell = tuple('ABC'[d] + str(m) for d, m in enumerate(members))
        if nested:
            cell = (cell[0], cell[0] + cell[1]) + cell[2:]
        finest[cell] = scale * max(random.choice([0, 1, 2, 3, 5, 8, 12, 15, 20, 40]), least)
    cells = {}
    for kept in patterns:
        for cell, n in finest.items():
            total = tuple(m if k else None for m, k in zip(cell, kept))
            cells[total] = cells.get(total, 0) + n
    return cells


def all_patterns(n):
    return list(itertools.product((False, True), repeat=n))


def counts(name, sizes, patterns, nested=False, hides_zeros=False):
    cells = cube(sizes, patterns, nested)
    share = random.choice([0, 0.15, 0.3])
    hidden = [c for c, n in sorted(cells.items(), key=str) if any(c) and (0 < n < MINIMUM or (n == 0 and hides_zeros) or (n > 0 and random.random() < share))]
    free = lambda c: (0, np.inf)
    shown = lambda c: (1, np.inf)
    return name, cells, hidden, audit(cells, hidden, free, free, free if hides_zeros else shown)


def parts(of, lowest=0, highest=1):
    """What is counted of the n of each cell, or what their scores add up to"""
    x = {c: random.randint(lowest * of[c], highest * of[c]) for c in of if None not in c}
    return {c: sum(x[f] for f in x if all(m is None or m == k for m, k in zip(c, f))) for c in of}


def rates(name, sizes, unit=100, lowest=0, highest=1):
    """n is shown everywhere; percents or means are, in parts of a unit, but for a few"""
    of = cube(sizes, all_patterns(len(sizes)), scale=random.choice([1, 7, 10, 30]))
    cells = parts(of, lowest, highest)
    hidden = sorted((c for c in of if of[c] > 0), key=str)
    rate = {c: (2 * unit * cells[c] + of[c]) // (2 * of[c]) for c in hidden if random.random() < 0.8}

    def bounds(c):
        if c not in rate:
            return lowest * of[c], highest * of[c]
        return max(lowest * of[c], of[c] * (2 * rate[c] - 1) / (2 * unit)), min(highest * of[c], of[c] * (2 * rate[c] + 1) / (2 * unit))

    def whole(c):
        if c not in rate:
            return lowest * of[c], highest * of[c]
        return (max(lowest * of[c], -(-of[c] * (2 * rate[c] - 1) // (2 * unit))),
                min(highest * of[c], -(-of[c] * (2 * rate[c] + 1) // (2 * unit)) - 1))
    return name, of, rate, audit({c: cells[c] for c in of if of[c] > 0}, hidden, bounds, whole, whole)


def comparisons(sizes, unit, is_ratio):
    """n is shown everywhere, and so are gaps or ratios to the first of the second dimension, in parts of a unit; x in few cells"""
    of = cube(sizes, all_patterns(2), scale=random.choice([1, 7]), least=4)
    cells = parts(of)
    hidden = sorted((c for c in of if cells[c] > 0 and (None not in c or random.random() < 0.3)), key=str)
    printed = {}
    between = []
    for c in of:
        first = (c[0], 'B1')
        if c[1] in (None, 'B1') or (is_ratio and cells[first] == 0) or random.random() < 0.2:
            continue
        x, n, x_first, n_first = cells[c], of[c], cells[first], of[first]
        if is_ratio:
            printed[c] = (2 * unit * x * n_first + x_first * n) // (2 * x_first * n)
            between.append(({c: 2 * unit * n_first, first: -(2 * printed[c] - 1) * n}, 0, np.inf))
            between.append(({c: 2 * unit * n_first, first: -(2 * printed[c] + 1) * n}, -np.inf, 0))
        else:
            printed[c] = (2 * unit * (x * n_first - x_first * n) + n * n_first) // (2 * n * n_first)
            between.append(({c: 2 * unit * n_first, first: -2 * unit * n}, (2 * printed[c] - 1) * n * n_first, (2 * printed[c] + 1) * n * n_first))
    references = {(c[0], 'B1') for c in printed} if is_ratio else set()
    answer = audit(cells, hidden, lambda c: (0, of[c]), lambda c: (int(c in references), of[c]), lambda c: (1, of[c]), between)
    return of, lambda c: '%d %s %s' % (of[c], '*' if c in hidden else cells[c], str(printed[c] / unit) if c in printed else '*'), answer


def tables(leaves, shown, hidden, least):
    """All tables of a month with what is shown of it, whose hidden cells are at least that"""
    total = shown[None, None]

    def fill(values):
        if len(values) == len(leaves):
            table = dict(zip(leaves, values))
            for cell in list(shown) + hidden:
                table[cell] = sum(v for leaf, v in zip(leaves, values) if all(m in (None, k) for m, k in zip(cell, leaf)))
            if all(table[c] == n for c, n in shown.items()) and all(table[c] >= least for c in hidden):
                yield table
            return
        leaf = leaves[len(values)]
        row = shown.get((leaf[0], None), total) - sum(v for k, v in zip(leaves, values) if k[0] == leaf[0])
        left = min(row, total - sum(values))
        for v in [shown[leaf]] if leaf in shown else range(least, left + 1):
            if v <= left:
                yield from fill(values + [v])
    return list(itertools.islice(fill([]), MAX_TABLES + 1))


def possible(months, leaves):
    """Of the tables of each month, those that some of all others lead to and from"""
    counts = lambda table: np.array([table[leaf] for leaf in leaves])
    for order in 1, -1:
        months = months[::order]
        for i in range(1, len(months)):
            before = np.array([counts(t) for t in months[i - 1]])
            months[i] = [t for t in months[i] if (order * (counts(t) - before) >= 0).all(axis=1).any()]
        months = months[::order]
    return months


def grown(sizes, n_months, stays_hidden):
    """Counts of months that nobody leaves; stays_hidden: what is hidden once is so in all months that follow"""
    leaves = [('A%d' % a, 'B%d' % b) for a in range(1, sizes[0] + 1) for b in range(1, sizes[1] + 1)]
    n = {leaf: random.choice([0, 1, 1, 2, 3, 5]) for leaf in leaves}
    groups = [c for c in itertools.product(*(sorted(set(k)) + [None] for k in zip(*leaves))) if any(c)]
    share = {c: random.choice([0, 0.3] if None in c else [0.2, 0.9, 0.9]) for c in groups}
    published, is_hidden = [], dict.fromkeys(share, False)
    for _ in range(n_months):
        table = {c: sum(v for leaf, v in n.items() if all(m in (None, k) for m, k in zip(c, leaf))) for c in [(None, None), *share]}
        is_hidden = {c: random.random() < p or (stays_hidden and is_hidden[c]) for c, p in share.items()}
        published.append((table, [c for c in sorted(share, key=str) if is_hidden[c] and table[c] > 0]))
        n = {leaf: v + random.choice([0, 0, 0, 1, 1, 2]) for leaf, v in n.items()}
    ways = []
    for least in 0, 1:
        ways.append([tables(leaves, {c: v for c, v in t.items() if c not in hidden}, hidden, least) for t, hidden in published])
    if max(map(len, ways[0])) > MAX_TABLES or not any(hidden for _, hidden in published):
        return grown(sizes, n_months, stays_hidden)
    ways = [possible(months, leaves) for months in ways]

    month = lambda c, i: (*c, 'C%d' % (i + 1))
    cells = {month(c, i): v for i, (t, _) in enumerate(published) for c, v in t.items()}
    hidden = [month(c, i) for i, (_, h) in enumerate(published) for c in h]
    later = [({month(c, i): 1, month(c, i - 1): -1}, 0, np.inf) for i in range(1, n_months) for c in published[0][0]]
    answer = []
    for cell, linear in audit(cells, hidden, lambda c: (0, np.inf), between=later):
        of_month = [[t[cell[:2]] for t in months[int(cell[2][1:]) - 1]] for months in ways]
        answer.append((cell, linear, *((min(v), max(v)) for v in of_month)))
    return cells, hidden, answer


def words(cell):
    return ' '.join(member or '-' for member in cell)


def interval(pair):
    return '[%s]' % ','.join('%.9g' % (round(end, 6) + 0.0) for end in pair)


def literal(parts):
    """A text of many lines, as SQL reads it"""
    lines = ['']
    for part in parts:
        if len(lines[-1]) + len(part) > 150:
            lines.append('')
        lines[-1] += part + ';'
    return "'" + '\n'.join(lines) + "'"


def show(name, cells, said, answer):
    print("('%s', %s,\n%s)," % (name, literal('%s=%s' % (words(c), said(c, n)) for c, n in sorted(cells.items(), key=str)),
                               literal('%s=%s' % (words(c), ' '.join(map(interval, intervals))) for c, *intervals in answer)))


def show_grown(n):
    random.seed(n)
    for i in range(n):
        cells, hidden, answer = grown((2, 2), random.choice([3, 4, 5]), i % 3 > 0)
        show('grown %d' % i, cells, lambda c, n: '*' if c in hidden else n, answer)


if len(sys.argv) > 1:
    show_grown(int(sys.argv[1]))
    sys.exit()
random.seed(20261125)
AT_HOME = [(False, False, False), (True, False, False), (True, True, False), (False, False, True), (True, False, True), (True, True, True)]
LINKED = [(False, False, False), (True, True, False), (True, False, True), (False, True, True), (True, False, False)]
FEW = [(False, False, False), (True, True, True), (False, True, True), (True, True, False)]
for name, sizes, patterns, nested in (('two dimensions', (4, 4), all_patterns(2), False), ('three dimensions', (3, 3, 2), all_patterns(3), False),
                                      ('hierarchy', (3, 2, 3), AT_HOME, True), ('linked', (3, 3, 3), LINKED, False), ('few totals', (2, 2, 3), FEW, False)):
    for i in range(6):
        name_, cells, hidden, answer = counts('%s %d' % (name, i), sizes, patterns, nested)
        show(name_, cells, lambda c, n: '*' if c in hidden else n, answer)
for i in range(6):
    name, of, percent, answer = rates('percents %d' % i, (3, 3))
    show(name, of, lambda c, n: '%d %s' % (n, percent.get(c, '*')), answer)
for i in range(6):
    name, cells, hidden, answer = counts('zeros %d' % i, (3, 4), all_patterns(2), hides_zeros=True)
    show(name, cells, lambda c, n: '*' if c in hidden else n, answer)
for i in range(6):
    name, of, mean, answer = rates('means %d' % i, (2, 3), 10, 1, 5)
    show(name, of, lambda c, n: '%d %s' % (n, '%.1f' % (mean[c] / 10) if c in mean else '*'), answer)
for i in range(12):
    of, said, answer = comparisons((2, 3), 100 if i < 4 else 10, i % 2 == 1)
    show('%s %d' % ('ratios' if i % 2 else 'gaps', i // 2), of, lambda c, n: said(c), answer)
show_grown(12)
