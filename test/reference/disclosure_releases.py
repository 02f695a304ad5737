"""The chains of releases of sql/disclosure_releases.sql: random tables from one to the next of which children
leave, or join, and what can be known of those who did, by SciPy's linprog and milp (HiGHS) over n and x of every
cell.  Independent of which differences gapstats looks at: here all pairs of releases are.  With a number of cases
as the argument others are made."""
import itertools
import random
import sys

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

MINIMUM, WIDTH = 10, 5
VERDICTS = ('nonneg', 'whole', 'rule')


def interval(objective, rows, bounds, is_whole):
    # the presolve of some versions of HiGHS finds too much to be infeasible
    options = {'presolve': False}
    ends = []
    for sign in 1, -1:
        if is_whole:
            a, low, high = zip(*rows)
            s = milp(sign * objective, integrality=np.ones(len(objective)), bounds=Bounds(*zip(*bounds)),
                     constraints=[LinearConstraint(np.array(a), low, high)], options=options)
            assert s.status in (0, 3, 4), s.message
            ends.append(round(sign * s.fun) if s.status == 0 else np.inf)
        else:
            a_ub = np.array([k * np.array(a) for a, low, high in rows for k in (1, -1) if np.isfinite((high, low)[k < 0])])
            b_ub = [(high, -low)[k < 0] for a, low, high in rows for k in (1, -1) if np.isfinite((high, low)[k < 0])]
            s = linprog(sign * objective, a_ub, b_ub, bounds=bounds, method='highs', options=options)
            assert s.status in (0, 3, 4), s.message
            ends.append(round(sign * s.fun, 6) + 0.0 if s.status == 0 else np.inf)
    return ends


def has_small(low, high):
    return max(low, 1) <= min(high, MINIMUM - 1)


class Chain:
    """A random chain: what is published, and the same as constraints"""

    def __init__(self):
        self.is_leaving = random.random() < 0.5
        self.decimals = random.choice([None, None, 0, 1])
        self.groups = [None] + ['a', 'b', 'c'][:random.choice([0, 2, 2, 3])]
        self.n_releases = random.choice([2, 2, 3, 3, 4])
        scale = random.choice([1, 1, 4]) if self.decimals is None else random.choice([1, 4, 12])
        leaves = self.groups[1:] or [None]
        n = {g: scale * random.choice([0, 3, 8, 15, 22, 40]) for g in leaves}
        x = {g: random.randint(0, n[g]) for g in leaves}
        releases = []
        for _ in range(self.n_releases):
            releases.append({(g, 'n'): n[g] for g in leaves} | {(g, 'x'): x[g] for g in leaves})
            for g in leaves:
                moved = min(n[g], random.choice([0, 0, 0, 1, 1, 2, 3, 12]))
                of_them = random.randint(max(0, moved - n[g] + x[g]), min(moved, x[g]))
                n[g], x[g] = n[g] - moved, x[g] - of_them
        if not self.is_leaving:
            releases.reverse()
        self.truth = {(r, g, k): v for r, numbers in enumerate(releases) for (g, k), v in numbers.items()}
        for r, k in itertools.product(range(self.n_releases), 'nx'):
            self.truth[r, None, k] = sum(self.truth[r, g, k] for g in leaves)
        self.names = sorted(self.truth, key=str)
        self.place = {name: i for i, name in enumerate(self.names)}
        self.publish()

    def publish(self):
        share = random.choice([0, 0.2, 0.5])
        self.shown = {}
        for r, g in itertools.product(range(self.n_releases), self.groups):
            n, x = self.truth[r, g, 'n'], self.truth[r, g, 'x']
            hides = n > 0 and random.random() < share
            hides_n = hides and random.random() < 0.5
            if self.decimals is None:
                # where n is shown, a hidden numerator is not 0
                shown_x = '*' if hides_n or (hides and x > 0) else str(x)
            else:
                units = 100 * 10 ** self.decimals
                shown_x = '*' if hides or n == 0 else '%.*f' % (self.decimals, ((2 * units * x + n) // (2 * n)) / 10 ** self.decimals)
            self.shown[r, g] = '*' if hides_n else str(n), shown_x

    def unit(self, *terms):
        v = np.zeros(len(self.names))
        for sign, name in terms:
            v[self.place[name]] += sign
        return v

    def constraints(self, kind):
        rows, exact = [], []
        bounds = [[0, np.inf] for _ in self.names]
        for (r, g), (n, x) in self.shown.items():
            N, X = (r, g, 'n'), (r, g, 'x')
            rows.append((self.unit((1, N), (-1, X)), 0, np.inf))
            if n != '*':
                bounds[self.place[N]] = [int(n)] * 2
                exact.append(self.unit((1, N)))
                if int(n) == 0:
                    exact.append(self.unit((1, X)))
            elif kind == 'rule':
                bounds[self.place[N]][0] = 1
            if self.decimals is None and x != '*':
                bounds[self.place[X]] = [int(x)] * 2
                exact.append(self.unit((1, X)))
            elif self.decimals is None and kind == 'rule' and n != '*':
                bounds[self.place[X]][0] = 1
            elif self.decimals is not None and x != '*':
                units = 100 * 10 ** self.decimals
                printed = round(float(x) * 10 ** self.decimals)
                # n (2 printed - 1) <= 2 units x < n (2 printed + 1)
                rows.append((2 * units * self.unit((1, X)) - (2 * printed - 1) * self.unit((1, N)), 0, np.inf))
                rows.append((2 * units * self.unit((1, X)) - (2 * printed + 1) * self.unit((1, N)), -np.inf,
                             0 if kind == 'nonneg' else -1))
        for r, k in itertools.product(range(self.n_releases), 'nx'):
            if len(self.groups) > 1:
                line = self.unit((1, (r, None, k)), *((-1, (r, g, k)) for g in self.groups[1:]))
                rows.append((line, 0, 0))
                exact.append(line)
        for r, g in itertools.product(range(self.n_releases - 1), self.groups):
            left_n, left_x = self.moved(r, r + 1, g, 'n'), self.moved(r, r + 1, g, 'x')
            rows += [(left_n, 0, np.inf), (left_x, 0, np.inf), (left_n - left_x, 0, np.inf)]
        for (r, s), g in itertools.product(itertools.combinations(range(self.n_releases), 2), self.groups):
            if '*' not in (self.shown[r, g][0], self.shown[s, g][0]) and self.shown[r, g][0] == self.shown[s, g][0]:
                exact.append(self.moved(r, s, g, 'x'))
        return rows, bounds, np.array(exact).reshape(-1, len(self.names))

    def moved(self, r, s, g, k):
        return self.unit((1 if self.is_leaving else -1, (r, g, k)), (-1 if self.is_leaving else 1, (s, g, k)))

    def ranges(self, objective):
        return [interval(objective, *self.constraints(kind)[:2], kind != 'nonneg') for kind in VERDICTS]

    def is_linear(self, objective):
        exact = self.constraints('nonneg')[2]
        return len(exact) > 0 and np.linalg.matrix_rank(exact) == np.linalg.matrix_rank(np.vstack([exact, objective]))

    def verdict(self, objective, ranges, most):
        if self.is_linear(objective):
            return 'exact_linear'
        for name, (low, high) in zip(VERDICTS, ranges):
            if abs(high - low) < 1e-7:
                return 'exact_' + name
        for name, (low, high), m in zip(VERDICTS, ranges, most):
            if high - low < min(WIDTH, m) - 1e-7:
                return 'narrow_' + name
        return 'protected'

    def answers(self):
        """Of any two releases: a group's verdict, the interval, whether few can be concerned, whether it is nobody"""
        for (r, s), g in itertools.product(itertools.combinations(range(self.n_releases), 2), self.groups):
            x, n = self.moved(r, s, g, 'x'), self.moved(r, s, g, 'n')
            of_x, of_n = self.ranges(x), self.ranges(n)
            smaller = self.shown[(s, r)[not self.is_leaving], g][0]
            (low, high), (least, most) = of_x[2], of_n[2]
            is_small = has_small(low, high) or has_small(least - high, most - low)
            # nobody moved, or those who did are a cell of their own
            is_told = most > 0 and smaller != '0'
            yield (r, s, g), self.verdict(x, of_x, [m for _, m in of_n]), of_x[2], is_small, is_told


def literal(parts):
    lines = ['']
    for part in parts:
        if len(lines[-1]) + len(part) > 150:
            lines.append('')
        lines[-1] += part + ';'
    return "'" + '\n'.join(lines) + "'"


random.seed(20261126 if len(sys.argv) < 2 else int(sys.argv[1]))
for i in range(60 if len(sys.argv) < 2 else int(sys.argv[1])):
    chain = Chain()
    rows = ['%d %s %s %s' % (r, g or '-', n, x) for (r, g), (n, x) in sorted(chain.shown.items(), key=str)]
    told = ['%d %d %s %s %d %s %s' % (r, s, g or '-', verdict, low, '-' if high == np.inf else high, 'small' if is_small else 'many')
            for (r, s, g), verdict, (low, high), is_small, is_told in chain.answers() if is_told]
    print("(%d, %s, %s, %s,\n%s)%s" % (i, "'leaving'" if chain.is_leaving else "'cumulative'",
                                      'NULL' if chain.decimals is None else chain.decimals, literal(rows), literal(told),
                                      ',' if i < (60 if len(sys.argv) < 2 else int(sys.argv[1])) - 1 else ''))
