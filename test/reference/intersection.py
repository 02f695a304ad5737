#!/usr/bin/env python3
"""References of sql/intersection.sql: strata of several dimensions, and what is more than the sum.

By another way than src/intersection: the REML criterion itself, from its definition by
matrices, smallest over theta where its numerical derivative is 0, at 40 digits. Checked against
what R's lme4 and an exact root have, of the first example.

Needs Debian's python3-mpmath; takes ten seconds. Given a file, lines of race, sex, lunch and
score, it does that, too: for the example of doc/inference.md, what
COPY (SELECT race, gender, freelunch, read FROM star.public_use WHERE grade = 'K' AND read IS NOT NULL
	AND num_nulls(race, gender, freelunch) = 0) TO ... (FORMAT csv)
writes.
"""
import sys

from mpmath import cholesky_solve, det, diff, findroot, log, matrix, mp, mpf, nstr, pi, sqrt

mp.dps = 40


def strata_of(rows):
    """By dimensions: n, mean and sum of squares of y"""
    scores = {}
    for dimensions, y in rows:
        scores.setdefault(dimensions, []).append(mpf(y))
    result = []
    for dimensions in sorted(scores):
        ys = scores[dimensions]
        mean = sum(ys) / len(ys)
        result.append((dimensions, len(ys), mean, sum((y - mean) ** 2 for y in ys)))
    return result


def design(strata, additive):
    names, columns = ["intercept"], [[mpf(1)] * len(strata)]
    if additive:
        for d in range(len(strata[0][0])):
            for level in sorted({s[0][d] for s in strata})[1:]:
                names.append((d, level))
                columns.append([mpf(s[0][d] == level) for s in strata])
    return names, columns


class Fit:
    def __init__(self, strata, additive):
        self.strata = strata
        self.names, self.columns = design(strata, additive)
        self.n = sum(s[1] for s in strata)
        self.p = len(self.names)
        self.within = sum(s[3] for s in strata)
        self.theta = mpf(0)
        if self.slope(mpf(0)) < 0:
            place = findroot(lambda t: self.slope(mp.exp(t)), (self.start(), self.start() + mpf(1) / 10), solver="secant")
            self.theta = mp.exp(place)
        self.criterion(self.theta)

    def gls(self, theta):
        w = [s[1] / (1 + s[1] * theta) for s in self.strata]
        a = matrix(self.p, self.p)
        b = matrix(self.p, 1)
        for i in range(self.p):
            for j in range(self.p):
                a[i, j] = sum(x * y * v for x, y, v in zip(self.columns[i], self.columns[j], w))
            b[i] = sum(x * v * s[2] for x, v, s in zip(self.columns[i], w, self.strata))
        beta = cholesky_solve(a, b)
        fitted = [sum(beta[i] * self.columns[i][j] for i in range(self.p)) for j in range(len(self.strata))]
        q = self.within + sum(v * (s[2] - f) ** 2 for v, s, f in zip(w, self.strata, fitted))
        return a, beta, fitted, q

    def criterion(self, theta):
        """-2 l, with sigma^2 at its best"""
        a, self.beta, self.fitted, q = self.gls(theta)
        df = self.n - self.p
        self.sigma2 = q / df
        self.tau2 = theta * self.sigma2
        self.variances = a ** -1 * self.sigma2
        return (df * log(2 * pi) + df * log(self.sigma2) + sum(log(1 + s[1] * theta) for s in self.strata)
                + log(det(a)) + df)

    def slope(self, theta):
        step = mpf(10) ** -16 if theta == 0 else theta * mpf(10) ** -12
        low = theta if theta == 0 else theta - step
        return (self.criterion(theta + step) - self.criterion(low)) / (theta + step - low)

    def start(self):
        """Where on a grid the criterion is smallest"""
        return min((mpf(i) / 2 for i in range(-20, 12)), key=lambda t: self.criterion(mp.exp(t)))

    def effect(self, j):
        n = self.strata[j][1]
        kept = n * self.theta / (1 + n * self.theta)
        return kept * (self.strata[j][2] - self.fitted[j]), sqrt(self.tau2 / (1 + n * self.theta))


def show(x):
    return nstr(x, 15, min_fixed=-6, max_fixed=17)


def describe(name, rows):
    strata = strata_of(rows)
    null, additive = Fit(strata, False), Fit(strata, True)
    print("--", name, "N", null.n, "strata", len(strata), "S", show(null.within))
    for label, fit in (("null", null), ("additive", additive)):
        print(label, "tau", show(sqrt(fit.tau2)), "sigma", show(sqrt(fit.sigma2)), "vpc", show(fit.tau2 / (fit.tau2 + fit.sigma2)),
              "l", show(-fit.criterion(fit.theta) / 2))
        for i, column in enumerate(fit.names):
            print("  ", column, show(fit.beta[i]), show(sqrt(fit.variances[i, i])))
    if null.tau2 > 0:
        print("pcv", show((null.tau2 - additive.tau2) / null.tau2))
    for j in (0, 1, len(strata) // 2, len(strata) - 1):
        print("".join(strata[j][0]), strata[j][1], *map(show, null.effect(j) + additive.effect(j) + (additive.fitted[j] + additive.effect(j)[0],)))
    return null, additive


def measures():
    for i in range(1, 701):
        r, s, c = i % 4, i // 4 % 2, i // 8 % 3
        if (r == 3 and i % 5) or (c == 2 and s == 1 and i % 7 < 4):
            continue
        y = 420 + 4 * r - 3 * s + 6 * c + 7 * (r == 2 and s == 1) - 6 * (c == 0 and r == 1) + mpf(6389 * i % 53) / 4
        yield (str(r), str(s), str(c)), y


def crossed():
    """What two dimensions do is not a sum at all: the additive model explains nothing"""
    for i in range(240):
        a, b = i % 2, i // 2 % 2
        yield ("ab"[a], "cd"[b], "efghi"[i // 4 % 5]), mpf(8 * (a == b)) + mpf(i * 7919 % 31) / 8


def star(path):
    """Project STAR's kindergarten reading, race x sex x lunch: a CSV of race, sex, lunch and score"""
    for line in open(path):
        *dimensions, y = line.rstrip("\n").split(",")
        yield tuple(dimensions), mpf(y)


null, additive = describe("MEASURES 16.3", measures())
for got, printed in ((null.tau2, "69.9656817854707"), (additive.tau2, "5.21663560660599"), (null.sigma2, "15.3324019147537"),
                     (additive.sigma2, "15.2913462338583"), (null.effect(0)[0], "-10.711942044746")):
    assert abs(got / mpf(printed) - 1) < mpf(10) ** -12, (got, printed)
describe("crossed", crossed())
if len(sys.argv) > 1:
    describe("STAR", star(sys.argv[1]))
