#!/usr/bin/env python3
"""Expected numbers of sql/decomposition.sql: Oaxaca-Blinder in fractions, from the matrices of the
textbook (X'X with the column of ones, inverted whole), not from sums of deviations. What is printed
are rows of VALUES: the fraction's nearest double, and the standard error's.

Jann 2008 (Stata Journal 8:453-479) gives the variances; of pooled coefficients, which are matrices times
those of the groups, with these matrices as given (Oaxaca and Ransom 1994, Journal of Econometrics 61:5-21). Kitagawa's and the analysis of variance
follow their definitions."""
import math
from decimal import Decimal, getcontext
from fractions import Fraction as F

getcontext().prec = 60


def root(x):
    """The square root of a fraction as a double"""
    return float((Decimal(x.numerator) / Decimal(x.denominator)).sqrt()) if x > 0 else 0.0


def matmul(a, b):
    return [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]


def transpose(a):
    return [list(column) for column in zip(*a)]


def inverse(a):
    n = len(a)
    m = [list(row) + [F(int(i == j)) for j in range(n)] for i, row in enumerate(a)]
    for p in range(n):
        swap = next(i for i in range(p, n) if m[i][p] != 0)
        m[p], m[swap] = m[swap], m[p]
        m[p] = [x / m[p][p] for x in m[p]]
        for i in range(n):
            if i != p and m[i][p] != 0:
                m[i] = [x - m[i][p] * y for x, y in zip(m[i], m[p])]
    return [row[n:] for row in m]


def form(a, v):
    return sum(v[i] * a[i][j] * v[j] for i in range(len(v)) for j in range(len(v)))


class Group:
    """Least squares of rows (y, x...), and the covariances of the means of (1, x...)"""

    def __init__(self, rows):
        x = [[F(1)] + [F(v) for v in row[1:]] for row in rows]
        y = [[F(row[0])] for row in rows]
        n, k = len(x), len(x[0])
        inv = inverse(matmul(transpose(x), x))
        self.n = n
        self.xx = matmul(transpose(x), x)
        self.b = [row[0] for row in matmul(inv, matmul(transpose(x), y))]
        residuals = [yy[0] - sum(b * v for b, v in zip(self.b, row)) for yy, row in zip(y, x)]
        self.xbar = [sum(column) / n for column in zip(*x)]
        self.ybar = sum(v[0] for v in y) / n
        self.yvar = sum((v[0] - self.ybar) ** 2 for v in y) / (n - 1) / n
        self.v = [[c * sum(r * r for r in residuals) / (n - k) for c in row] for row in inv] if n > k else None
        self.s = [[(sum(row[i] * row[j] for row in x) - n * self.xbar[i] * self.xbar[j]) / (n - 1) / n
                   for j in range(k)] for i in range(k)]


def terms_of(names, omitted):
    """Names of terms, the intercept first, and the matrices that make their coefficients and means"""
    k = 1 + len(names)
    unit = [[F(int(i == j)) for j in range(k)] for i in range(k)]
    labels = ['(intercept)'] + list(names)
    coefficients, means = [list(r) for r in unit], [list(r) for r in unit]
    for level in dict.fromkeys(o for o in omitted if o):
        members = [1 + i for i, o in enumerate(omitted) if o == level]
        average = [F(int(j in members), len(members) + 1) for j in range(k)]
        coefficients[0] = [c + a for c, a in zip(coefficients[0], average)]
        for i in members:
            coefficients[i] = [c - a for c, a in zip(coefficients[i], average)]
        labels.append(level)
        coefficients.append([-a for a in average])
        means.append([F(int(j == 0)) - F(int(j in members)) for j in range(k)])
    return labels, coefficients, means


def decompose(rows, names, omitted):
    """Rows (method, component, covariate, estimate, se) and of coefficients"""
    f, r = Group([row[1:] for row in rows if row[0]]), Group([row[1:] for row in rows if not row[0]])
    k = len(f.b)
    labels, lc, lm = terms_of(names, omitted)
    dx = [a - b for a, b in zip(f.xbar, r.xbar)]
    db = [a - b for a, b in zip(f.b, r.b)]
    everyone = [row[1:] for row in rows]
    pooled = Group(everyone).b
    with_group = Group([list(row[1:]) + [int(row[0])] for row in rows]).b[:k]
    weights = {'focal': F(0), 'reference': F(1), 'average': F(1, 2), 'share': F(r.n, r.n + f.n)}

    def apply(m, v):
        return [sum(a * b for a, b in zip(row, v)) for row in m]

    def diagonal(m, a):
        return [form(a, row) for row in m]

    xf, xr = apply(lm, f.xbar), apply(lm, r.xbar)
    bf, br = apply(lc, f.b), apply(lc, r.b)
    sf, sr = diagonal(lm, f.s), diagonal(lm, r.s)
    vf, vr = diagonal(lc, f.v), diagonal(lc, r.v)
    out = []

    def put(method, component, covariate, estimate, variance):
        out.append((method, component, covariate, float(estimate), None if variance is None else root(variance)))

    def means(method, component, sign, b, cf, cr):
        """sign * dx'b; b's variance is cf V_F + cr V_R"""
        known = cf is not None
        bt = apply(lc, b)
        put(method, component, None, sign * sum(x * y for x, y in zip(dx, b)),
            form(f.s, b) + form(r.s, b) + cf * form(f.v, dx) + cr * form(r.v, dx) if known else None)
        for i in range(1, len(labels)):
            d = xf[i] - xr[i]
            put(method, component, labels[i], sign * d * bt[i],
                bt[i] ** 2 * (sf[i] + sr[i]) + d ** 2 * (cf * vf[i] + cr * vr[i]) if known else None)

    def coefficients(method, component, b, w):
        """x_F'(b_F - b) + x_R'(b - b_R); with a weight w of the reference, (w x_F + (1 - w) x_R)'(b_F - b_R)"""
        bt = apply(lc, b)
        at = None if w is None else [w * x + (1 - w) * y for x, y in zip(f.xbar, r.xbar)]
        put(method, component, None,
            sum(x * (p - q) for x, p, q in zip(f.xbar, f.b, b)) + sum(x * (q - p) for x, p, q in zip(r.xbar, r.b, b)),
            None if w is None else w ** 2 * form(f.s, db) + (1 - w) ** 2 * form(r.s, db) + form(f.v, at) + form(r.v, at))
        for i in range(len(labels)):
            estimate = xf[i] * (bf[i] - bt[i]) + xr[i] * (bt[i] - br[i])
            if i == 0:
                put(method, component, labels[i], bf[0] - br[0], vf[0] + vr[0])
            else:
                m = None if w is None else w * xf[i] + (1 - w) * xr[i]
                put(method, component, labels[i], estimate, None if w is None else
                    (bf[i] - br[i]) ** 2 * (w ** 2 * sf[i] + (1 - w) ** 2 * sr[i]) + m ** 2 * (vf[i] + vr[i]))

    def pooled_part(method, weights):
        """Both components, with b* = W_F b_F + W_R b_R: functions of b_F and b_R, and of x_F and x_R"""
        wf, wr = weights
        b = [p + q for p, q in zip(apply(wf, f.b), apply(wr, r.b))]
        advantage_f, advantage_r = [p - q for p, q in zip(f.b, b)], [p - q for p, q in zip(b, r.b)]

        def variance(in_f, in_r):
            return form(f.v, in_f) + form(r.v, in_r)

        def of_b(row):
            """What row'b* has of b_F and of b_R"""
            return apply(transpose(wf), row), apply(transpose(wr), row)

        # the constants are no covariates
        slopes_f, slopes_r, slopes = [F(0)] + advantage_f[1:], [F(0)] + advantage_r[1:], [F(0)] + b[1:]
        explained, unexplained = [], []
        in_f, in_r = of_b(dx)
        explained.append((None, sum(x * y for x, y in zip(dx, b)), form(f.s, slopes) + form(r.s, slopes) + variance(in_f, in_r)))
        unexplained.append((None, sum(x * y for x, y in zip(f.xbar, advantage_f)) + sum(x * y for x, y in zip(r.xbar, advantage_r)),
                            form(f.s, slopes_f) + form(r.s, slopes_r) +
                            variance([x - y for x, y in zip(f.xbar, in_f)], [-x - y for x, y in zip(r.xbar, in_r)])))
        unexplained.append((labels[0], bf[0] - br[0], vf[0] + vr[0]))
        for i in range(1, len(labels)):
            d, row = xf[i] - xr[i], lc[i]
            bt, af, ar = (sum(x * y for x, y in zip(row, v)) for v in (b, advantage_f, advantage_r))
            in_f, in_r = of_b(row)
            explained.append((labels[i], d * bt, bt ** 2 * (sf[i] + sr[i]) + d ** 2 * variance(in_f, in_r)))
            unexplained.append((labels[i], xf[i] * af + xr[i] * ar, af ** 2 * sf[i] + ar ** 2 * sr[i] +
                                variance([xf[i] * x - d * y for x, y in zip(row, in_f)], [-xr[i] * x - d * y for x, y in zip(row, in_r)])))
        for component, parts in (('explained', explained), ('unexplained', unexplained)):
            for part in parts:
                put(method, component, *part)

    # the rows of X of a group, with the group as a last column or without it
    def shares(columns):
        ef, er = columns
        both = [matmul(transpose(e), matmul(g.xx, e)) for e, g in ((ef, f), (er, r))]
        inv = inverse([[x + y for x, y in zip(*rows)] for rows in zip(*both)])
        return [matmul(inv, matmul(transpose(e), g.xx))[:k] for e, g in ((ef, f), (er, r))]

    unit = [[F(int(i == j)) for j in range(k)] for i in range(k)]
    own = ([row + [F(int(i == 0))] for i, row in enumerate(unit)], [row + [F(0)] for row in unit])
    for method, b, columns in (('pooled_with_group', with_group, own), ('pooled', pooled, (unit, unit))):
        wf, wr = shares(columns)
        assert [p + q for p, q in zip(apply(wf, f.b), apply(wr, r.b))] == b
        put(method, 'gap', None, f.ybar - r.ybar, f.yvar + r.yvar)
        pooled_part(method, (wf, wr))
    for method, w in weights.items():
        b = [w * p + (1 - w) * q for p, q in zip(r.b, f.b)]
        put(method, 'gap', None, f.ybar - r.ybar, f.yvar + r.yvar)
        means(method, 'explained', 1, b, (1 - w) ** 2, w ** 2)
        coefficients(method, 'unexplained', b, w)
    put('threefold', 'gap', None, f.ybar - r.ybar, f.yvar + r.yvar)
    means('threefold', 'endowments', 1, f.b, F(1), F(0))
    coefficients('threefold', 'coefficients', r.b, F(1))
    means('threefold', 'interaction', -1, db, F(1), F(1))
    described = [(labels[i], None if i == 0 else float(xf[i]), None if i == 0 else float(xr[i]), float(bf[i]), root(vf[i]),
                  float(br[i]), root(vr[i]), float(apply(lc, with_group)[i])) for i in range(len(labels))]
    return out, described


def apart():
    """Groups that are far from one another: together their covariates look as if they were one"""
    for i in range(1, 41):
        focal = i % 2 == 0
        yield focal, i % 17, (1e9 if focal else 0) + i % 7, (1e9 if focal else 0) + i % 11


def measures():
    """The worked example of Oaxaca-Blinder: the reference is A"""
    for i in range(1, 201):
        focal = i % 5 in (0, 1)
        x1 = (37 * i % 29) / 4 + (0 if focal else 1.5)
        x2 = (53 * i % 11) / 2 + (0 if focal else 0.8)
        y = 150 + 4 * x1 + 2.5 * x2 + (0 if focal else 3 + 0.6 * x1) + ((7919 * i % 83) - 41) / 6
        yield focal, y, x1, x2


def offset():
    """Far from zero, with a set of dummies"""
    for i in range(1, 151):
        focal = i % 3 == 0
        income = 1e6 + (i * i * 31 % 97) / 8
        age = 1e6 - (i * 53 % 23) * 0.1
        level = i * 7 % 11 % 4
        y = 1e6 + (i * 7919 % 103) / 4 + (5 if focal else 0)
        yield focal, y, income, age, int(level == 1), int(level == 2), int(level == 3)


def kitagawa(strata):
    """Effects with standard errors of strata (x_F, n_F, x_R, n_R) that have both groups: the effects are
    written as functions of all rates and shares, and their derivatives taken by differences that are exact,
    for each is linear in any one of these"""
    strata = [s for s in strata if s[1] > 0 and s[3] > 0]
    m = len(strata)
    n_f, n_r = sum(s[1] for s in strata), sum(s[3] for s in strata)
    at = ([F(s[0], s[1]) for s in strata], [F(s[2], s[3]) for s in strata],
          [F(s[1], n_f) for s in strata], [F(s[3], n_r) for s in strata])
    half = F(1, 2)
    effects = {
        'difference': lambda f, r, p, q: p * f - q * r,
        'rate': lambda f, r, p, q: half * (p + q) * (f - r),
        'composition': lambda f, r, p, q: half * (f + r) * (p - q),
        'rate_reference': lambda f, r, p, q: q * (f - r),
        'composition_reference': lambda f, r, p, q: r * (p - q),
        'interaction': lambda f, r, p, q: (p - q) * (f - r)}
    result = []
    for effect in effects.values():
        derivatives = []
        for which in range(4):
            moved = []
            for i in range(m):
                v = [at[k][i] for k in range(4)]
                before = effect(*v)
                v[which] += 1
                moved.append(effect(*v) - before)
            derivatives.append(moved)
        variance = F(0)
        for g, n in ((0, n_f), (1, n_r)):
            rates, shares = at[g], at[2 + g]
            for i in range(m):
                variance += derivatives[g][i] ** 2 * rates[i] * (1 - rates[i]) / strata[i][1 + 2 * g]
            by_share = derivatives[2 + g]
            mean = sum(p * d for p, d in zip(shares, by_share))
            variance += sum(p * (d - mean) ** 2 for p, d in zip(shares, by_share)) / n
        result += [float(sum(effect(*(at[k][i] for k in range(4))) for i in range(m))), root(variance)]
    return result


def within_between(groups):
    """mean, SSB, SSW, F, eta squared, omega squared, epsilon squared, n0, ICC(1), tau squared of groups of scores"""
    groups = [[F(v) for v in g] for g in groups]
    n, k = sum(map(len, groups)), len(groups)
    mean = sum(map(sum, groups)) / n
    means = [sum(g) / len(g) for g in groups]
    between = sum(len(g) * (m - mean) ** 2 for g, m in zip(groups, means))
    within = sum((v - m) ** 2 for g, m in zip(groups, means) for v in g)
    msb, msw = between / (k - 1), within / (n - k)
    n0 = (n - F(sum(len(g) ** 2 for g in groups), n)) / (k - 1)
    return [float(v) for v in (mean, between, within, msb / msw, between / (between + within),
                               (between - (k - 1) * msw) / (between + within + msw),
                               (between - (k - 1) * msw) / (between + within),
                               n0, (msb - msw) / (msb + (n0 - 1) * msw), (msb - msw) / n0)]


def gap_within(rows):
    """The gap, and that of least squares with a constant for each school, with its error: rows (school, focal, y)"""
    schools = sorted({row[0] for row in rows})
    group = Group([[row[2], int(row[1])] + [int(row[0] == s) for s in schools[1:]] for row in rows])
    focal, reference = [F(r[2]) for r in rows if r[1]], [F(r[2]) for r in rows if not r[1]]
    gap = sum(focal) / len(focal) - sum(reference) / len(reference)
    return [float(gap), float(group.b[1]), root(group.v[1][1]), float(gap - group.b[1])]


def sql(value):
    return 'NULL' if value is None else "'%s'" % value if isinstance(value, str) else repr(value)


def show(title, rows):
    print('-- ' + title)
    print(',\n'.join('\t(' + ', '.join(sql(v) for v in row) + ')' for row in rows))


if __name__ == '__main__':
    for title, rows, names, omitted in (
            ('MEASURES', list(measures()), ('x1', 'x2'), ('', '')),
            ('offset', list(offset()), ('income', 'age', 'b', 'c', 'd'), ('', '', 'a', 'a', 'a')),
            ('apart', list(apart()), ('x1', 'x2'), ('', ''))):
        parts, described = decompose(rows, names, omitted)
        show('gap_decomposition, ' + title, parts)
        show('decomposition_coefficients, ' + title, described)

    show('rate_decomposition', [[name] + kitagawa(strata) for name, strata in (
        ('MEASURES', [(20, 50, 30, 120), (20, 80, 24, 150), (7, 70, 20, 330)]),
        ('many', [(i * 7 % 11, 11 + i % 5, i * 5 % 13, 13 + i % 3) for i in range(1, 41)]),
        ('left out', [(3, 10, 4, 9), (2, 5, 0, 0), (0, 0, 7, 8), (1, 9, 8, 20)]))])
    scores = [(i % 7, i % 5 in (0, 1), 180 + 7919 * i % 83 + (0 if i % 5 in (0, 1) else 6) + 3 * (i % 7)) for i in range(1, 201)]
    uneven = [(i * i % 23 // (1 + i % 3), i % 4 == 0, F(i * 7919 % 101, 4)) for i in range(1, 301)]
    for name, rows in (('MEASURES', scores), ('uneven', uneven)):
        schools = sorted({row[0] for row in rows})
        show('anova, ' + name, [within_between([[y for s, _, y in rows if s == school] for school in schools])])
        show('gap_within, ' + name, [gap_within(rows)])
