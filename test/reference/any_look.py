#!/usr/bin/env python3
"""References of sql/outlook_any_look.sql: intervals that hold at any look.

From the definition, {p : ln B(x+1, n-x+1) - x ln p - (n-x) ln(1-p) <= ln(1/alpha)}, by bisection
between 0, x/n and 1 at 40 digits and more where n is large.

Needs Debian's python3-mpmath; takes a second.
"""
from mpmath import log, loggamma, mp, mpf, nstr


def excess(x, n, p, alpha):
    value = loggamma(x + 1) + loggamma(n - x + 1) - loggamma(n + 2) + log(alpha)
    return value - (x * log(p) if x else 0) - ((n - x) * log(1 - p) if n > x else 0)


def bisect(x, n, inside, outside, alpha):
    for _ in range(mp.prec + 40):
        middle = (inside + outside) / 2
        if excess(x, n, middle, alpha) <= 0:
            inside = middle
        else:
            outside = middle
    return inside


def interval(x, n, alpha):
    mp.dps = 60
    rate = mpf(x) / n
    return (bisect(x, n, rate, mpf(0), alpha) if x else mpf(0)), (bisect(x, n, rate, mpf(1), alpha) if x < n else mpf(1))


for x, n, alpha in ((0, 1, "0.05"), (0, 15, "0.05"), (4, 25, "0.05"), (11, 30, "0.05"), (7, 7, "0.05"), (40, 250, "0.05"),
                    (75, 500, "0.05"), (210, 1400, "0.05"), (60, 240, "0.025"), (36, 240, "0.025"), (190, 760, "0.025"), (114, 760, "0.025"),
                    (1, 2, "0.05"), (1, 3, "0.1"), (5, 6, "0.01"), (1, 1000000000, "0.05"), (999999999, 1000000000, "0.05"),
                    (500000000, 1000000000, "0.05"), (3, 10**15, "0.2")):
    print(f"	({x}, {n}, {alpha},", ", ".join(nstr(b, 17, min_fixed=-5, max_fixed=17) for b in interval(x, n, mpf(alpha))) + "),")
