#!/usr/bin/env python3
"""References of sql/gap_noncentral_t.sql: confidence limits of a noncentrality.

The noncentrality for which t is at the quantile 1 - p, or p, of the noncentral t
distribution is the quantile p, or 1 - p, of t s + Z, where Z is standard normal
and s is sqrt(chi-square / df). The tails of t s + Z are integrated here over s,
piece by piece by Gauss and Legendre's rule, and solved to 20 digits. Then each
tail is integrated anew in the other order, over Z, by the double exponential
rule and a series for the distribution function of s; that takes df below 1e6.
src/gap/noncentral_t.c has neither rule nor series.

SciPy's nct and R's pt lose digits in the tails, so they are no references.
Needs python3-mpmath; takes half an hour with python3-gmpy2, and longer without.
"""
from mpmath import erfc, erfinv, exp, inf, log, loggamma, mp, mpf, nstr, pi, quad, sqrt

MARKS = (-45, -30, -20, -13, -9, -6, -4, -2, -1, 0, 1, 2, 4, 6, 9, 13, 20, 30, 45)
LOWER, UPPER = 1, -1


def normal(z):
    """P(Z <= z)"""
    return erfc(-z / sqrt(2)) / 2 if z > -60 else mpf(0)


def density_of_s(df):
    """As a function"""
    constant = log(2) + df / 2 * log(df / 2) - loggamma(df / 2)
    return lambda s: exp(constant + (df - 1) * log(s) - df * s * s / 2)


def chi_square_at_most(x, df):
    """The lower incomplete gamma function's series, of positive terms"""
    if x > df + 20 * sqrt(2 * df) + 200:        # what is left no precision here tells from 0
        return mpf(1)
    term = total = 1
    k = df / 2
    while term > mp.eps * total:
        k += 1
        term *= x / 2 / k
        total += term
    return total * exp(df / 2 * log(x / 2) - x / 2 - loggamma(df / 2 + 1))


def distinct(points):
    """In order, without those that the precision hardly tells apart"""
    kept = []
    for x in sorted(points):
        if not kept or x - kept[-1] > mpf(10) ** -25 * abs(x):
            kept.append(x)
    return kept


def tail_over_s(x, t, df, side):
    """P(t s + Z <= x), or >= x, and its density there"""
    if t == 0:
        return normal(side * x), exp(-x * x / 2) / sqrt(2 * pi)
    f = density_of_s(df)
    sd = 1 / sqrt(2 * df)
    most = 1 + 45 / sqrt(df)
    pieces = distinct([s for z in MARKS for s in (1 + z * sd, (x + z) / t) if 0 < s < most] +
                      [mpf(0), most])
    tail = quad(lambda s: f(s) * normal(side * (x - t * s)), pieces, method="gauss-legendre")
    if t * t < df:
        density = quad(lambda s: f(s) * exp(-(x - t * s) ** 2 / 2), pieces, method="gauss-legendre")
    else:
        zs = [z for z in distinct(list(map(mpf, MARKS)) + [x]) if abs(z) < 15 and z <= x]
        density = quad(lambda z: exp(-z * z / 2) * f((x - z) / t), zs, method="gauss-legendre") / t
    return tail, density / sqrt(2 * pi)


def tail_over_z(x, t, df, side):
    """The same tail, independently"""
    if t == 0:
        return quad(lambda z: exp(-z * z / 2), [-inf, 0, side * x]) / sqrt(2 * pi)

    def of_s(s):
        lower = chi_square_at_most(df * s * s, df)
        return lower if side == LOWER else 1 - lower
    spread = t / sqrt(2 * df)
    marks = (-12, -5, -2, 0, 2, 5, 12)
    zs = [z for z in distinct([mpf(z) for z in marks] + [x - t - z * spread for z in marks] + [x])
          if abs(z) <= 12 and z <= x]
    tail = quad(lambda z: exp(-z * z / 2) * of_s((x - z) / t), zs) / sqrt(2 * pi) if zs else 0
    return tail + normal(-x) if side == UPPER else tail


def near(t, df, p, side):
    """A start: Wilson and Hilferty's quantile of s, or its tail's power law"""
    z = side * sqrt(2) * erfinv(2 * p - 1)
    root = 1 - 2 / (9 * df) + z * sqrt(2 / (9 * df))
    s = root ** 1.5 if root > 0 else 0
    if side == LOWER:
        s = max(s, exp((log(p) + loggamma(df / 2 + 1)) / df) * sqrt(2 / df))
    return t * s + z / sqrt(1 + t * t / df)


worst = mpf(0)


def limit(t, df, p, side):
    """The noncentrality at which the tail of t s + Z is p"""
    global worst
    x = near(t, df, p, side)
    for _ in range(60):                 # the tail's logarithm is concave: Newton's method converges
        tail, density = tail_over_s(x, t, df, side)
        step = side * log(p / tail) * tail / density
        x = max(x + step, -10)          # no limit is below the quantile of Z alone
        if abs(step) < mpf(10) ** -11 * (1 + abs(x) / sqrt(df)):
            break
    else:
        raise ArithmeticError((t, df, p, side))
    if df < 1e6:
        with mp.workdps(24 - int(mp.log10(p))):
            tail = tail_over_z(x, t, df, side)
        worst = max(worst, abs(tail / p - 1))
    return x


def limits(t, df, confidence):
    with mp.workdps(30 + int(mp.log10(df))):
        t, df, p = mpf(t), mpf(df), (1 - mpf(confidence)) / 2
        if t < 0:
            return tuple(-x for x in reversed(limits(-t, df, confidence)))
        return limit(t, df, p, LOWER), limit(t, df, p, UPPER)


def variance(scores):
    mean = mpf(sum(scores)) / len(scores)
    return sum((x - mean) ** 2 for x in scores) / (len(scores) - 1)


def show(*numbers):
    return ", ".join(nstr(x, 17, min_fixed=-5, max_fixed=17) for x in numbers)


def main():
    mp.dps = 30
    ts = (0, 1e-8, 0.1, 1, 2.2, 5, 29, 31, 40, 150, 1e4, 1e8, 1e100)
    dfs = (1, 2, 3, 5, 8, 18, 78, 998, 10**5, 10**9)
    confidences = (0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 0.999999)

    print("every t with every df, and both with every confidence: t, df, confidence, lower, upper")
    rows = [(t, df, confidences[(i + 2 * j) % len(confidences)])
            for i, t in enumerate(ts) for j, df in enumerate(dfs)]
    rows += [(2.2, 18, 0.001), (2.2, 1, 1 - 1e-12), (5, 3, 1 - 1e-12), (31, 78, 1 - 1e-12),
             (150, 1, 1 - 1e-12), (1e8, 998, 1 - 1e-12), (2.2, 18, 1 - 2 ** -53)]
    for t, df, confidence in rows:
        print(f"\t({t:g}, {df}, {confidence}, {show(*limits(t, df, confidence))}),", flush=True)

    print("\nfocal, reference, confidence, lower and upper of Cohen's d, of Glass' delta")
    for focal, reference, confidence in (
            ((10, 11), (30, 31), 0.95),
            ((10, 11, 12, 13), (43, 44, 45, 46), 0.95),
            ((10, 11, 12, 13, 14), (50, 51, 52, 53, 54), 0.95),
            ((10, 12), (3000000, 3000001), 0.999999)):
        n_f, n_r = len(focal), len(reference)
        difference = mpf(sum(focal)) / n_f - mpf(sum(reference)) / n_r
        v_f, v_r = variance(focal), variance(reference)
        df = n_f + n_r - 2
        pooled = ((n_f - 1) * v_f + (n_r - 1) * v_r) / df
        d_se = sqrt(mpf(1) / n_f + mpf(1) / n_r)
        delta_se = sqrt(mpf(1) / n_r + v_f / (n_f * v_r))
        d = limits(difference / sqrt(pooled) / d_se, df, confidence)
        delta = limits(difference / sqrt(v_r) / delta_se, n_r - 1, confidence)
        print(f"\t({focal}, {reference}, {confidence},",
              show(*(d_se * x for x in d), *(delta_se * x for x in delta)) + "),")

    print("\nlargest relative difference between the two orders of integration:", nstr(worst, 3))


main()
