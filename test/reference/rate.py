#!/usr/bin/env python3
"""Clopper-Pearson bounds of sql/rate.sql where R's own qbeta would be asked twice.

Needs Debian's python3-mpmath.
"""
from mpmath import (binomial, erfinv, exp, log, log1p, loggamma, mp, mpf, nstr, quad, sqrt)

mp.dps = 45
tail = (1 - mpf(0.95)) / 2


def bisect(f, low, high):
    low, high = mpf(low), mpf(high)
    for _ in range(200):
        middle = (low + high) / 2
        if (f(middle) > 0) == (f(low) > 0):
            low = middle
        else:
            high = middle
    return low


def bounds_of_few(x, n, tail):
    """P(X >= x) = tail, P(X <= x) = tail, X binomial: by its few terms up to x."""
    def at_most(k, p):
        return sum(binomial(n, i) * p ** i * (1 - p) ** (n - i) for i in range(k + 1))
    return (bisect(lambda p: 1 - at_most(x - 1, p) - tail, 0, mpf(100) / n),
            bisect(lambda p: at_most(x, p) - tail, 0, mpf(100) / n))


def beta_quantile(a, b, tail):
    """Newton's method on the density, integrated from 20 standard deviations below."""
    a, b = mpf(a), mpf(b)
    sd = sqrt(a * b / (a + b) ** 2 / (a + b + 1))
    log_beta = loggamma(a) + loggamma(b) - loggamma(a + b)

    def density(x):
        return exp((a - 1) * log(x) + (b - 1) * log1p(-x) - log_beta)
    x = a / (a + b) + sd * sqrt(2) * erfinv(2 * tail - 1)
    for _ in range(8):
        x -= (quad(density, [x - k * sd / 2 for k in range(40, -1, -1)]) - tail) / density(x)
    return x


def show(label, *values):
    print(f"{label:28}", *(nstr(v, 17) for v in values))


lower, upper = bounds_of_few(1, 1000, (1 - mpf(0.999999)) / 2)
show("999/1000, 0.999999", 1 - upper, 1 - lower)
show("3/10^12", *bounds_of_few(3, 10 ** 12, tail))
x, n = 4 * 10 ** 11, 10 ** 12
show("4 * 10^11/10^12", beta_quantile(x, n - x + 1, tail), beta_quantile(x + 1, n - x, 1 - tail))
show("999999/10^6: 1 - lower", bounds_of_few(1, 10 ** 6, tail)[1])
show("10^6/10^6: 1 - lower", 1 - tail ** (mpf(1) / 10 ** 6))


def score_bounds(x, n, z):
    """Wilson: where (p - pi)^2 = z^2 pi (1 - pi) / n."""
    p = mpf(x) / n
    middle, half = p + z ** 2 / 2 / n, z * sqrt(p * (1 - p) / n + z ** 2 / 4 / n ** 2)
    return (middle - half) / (1 + z ** 2 / n), (middle + half) / (1 + z ** 2 / n)


def newcombe(x1, n1, x2, n2, z):
    d = mpf(x1) / n1 - mpf(x2) / n2
    (l1, u1), (l2, u2) = score_bounds(x1, n1, z), score_bounds(x2, n2, z)
    p1, p2 = mpf(x1) / n1, mpf(x2) / n2
    return d - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2), d + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)


mp.dps = 80  # 50 after what cancels of 19 twice
z = sqrt(2) * erfinv(mpf(0.95))
for n in 10 ** 7, 10 ** 9, 10 ** 12, 2 ** 63 - 1:
    show(f"Wilson n - 5, n, {n}", *score_bounds(n - 5, n, z))
    show("Newcombe n - 1 and n - 5", *newcombe(n - 1, n, n - 5, n, z))
    show("Newcombe n and n - 3", *newcombe(n, n, n - 3, n, z))
