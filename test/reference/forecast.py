#!/usr/bin/env python3
"""References of sql/forecast.sql: chances of chronic absence, priors, calibration.

By other ways than src/outlook: terms by logarithms of gamma functions to 50 digits, all of
them added; the prior's maximum where digammas balance. The values of MEASURES.md are checked
first; then random ones are printed as the test has them.

Needs Debian's python3-mpmath; takes some seconds.
"""
import random
from fractions import Fraction
from math import ceil

from mpmath import digamma, exp, findroot, loggamma, mp, mpf, nstr, sqrt

mp.dps = 50


def log_beta(a, b):
    return loggamma(a) + loggamma(b) - loggamma(a + b)


def chance(k, m, n, a, b, threshold="0.10"):
    """of a row (days absent, enrolled, in the year), and the prior's a and b"""
    need = ceil(Fraction(threshold) * n)
    if k >= need:
        return mpf(1)
    left = n - m
    a, b = mpf(a) + k, mpf(b) + m - k
    return sum((exp(loggamma(left + 1) - loggamma(j + 1) - loggamma(left - j + 1) + log_beta(j + a, left - j + b) - log_beta(a, b))
                for j in range(need - k, left + 1)), mpf(0))


def fit(years, start):
    def score(a, b):
        return (sum(digamma(x + a) - digamma(a) - digamma(n + a + b) + digamma(a + b) for x, n in years),
                sum(digamma(n - x + b) - digamma(b) - digamma(n + a + b) + digamma(a + b) for x, n in years))
    a, b = findroot(score, start)
    return a, b, sum(log_beta(x + a, n - x + b) - log_beta(a, b) for x, n in years)


def wilson(x, n, z=mpf("1.959963984540054")):
    p = mpf(x) / n
    middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def show(*numbers):
    return ", ".join(nstr(x, 17, min_fixed=-5, max_fixed=17) for x in numbers)


def main():
    assert abs(chance(12, 110, 178, 1.4, 22) / mpf("0.641542965761337") - 1) < 1e-14
    assert abs(chance(0, 0, 180, 1, 1) / mpf("0.900552486187845") - 1) < 1e-14
    fourteen = [(3, 180), (11, 180), (25, 176), (7, 180), (0, 180), (14, 178), (41, 180), (9, 120), (5, 180), (18, 180),
                (2, 90), (30, 172), (6, 180), (12, 180)]
    print("-- a, b, log likelihood of the fourteen")
    print(show(*fit(fourteen, (1.3, 16))))
    print("-- and of half days, one more of each")
    print(show(*fit([(2 * x + 1, 2 * n) for x, n in fourteen], (1.5, 35))))

    print("-- days_absent, days_enrolled, days_in_year, a, b, threshold, chance")
    rng = random.Random(17)
    rows = []
    while len(rows) < 30:
        n = rng.choice([12, 60, 175, 178, 180, 181, 360, 1260])
        m = rng.randrange(0, n + 1)
        k = min(m, rng.randrange(0, m // 6 + 2))
        row = (k, m, n, round(rng.uniform(0.05, 4), 2), round(rng.uniform(0.3, 60), 1), rng.choice(["0.10", "0.05", "0.2", "0.075"]))
        if 0 < chance(*row) < 1 or len(rows) % 5 == 0:
            rows.append(row)
    # tails next to nothing, either way, priors that are nearly certain, and such as hardly say anything
    rows += [(0, 170, 180, 1.4, 2200, "0.05"), (0, 100, 180, 0.001, 22, "0.10"), (17, 20, 180, 30, 3, "0.10"), (10, 100, 180, 1e6, 9e6, "0.10"),
             (0, 0, 180, 0.01, 0.02, "0.10"), (900, 10000, 20000, 1.4, 22, "0.10"), (0, 0, 180, 1e-100, 1e-90, "0.5")]
    for k, m, n, a, b, t in rows:
        print(f"\t({k}, {m}, {n}, {a!r}, {b!r}, {t}, {show(chance(k, m, n, a, b, t))}),")

    print("-- chances i * 37 % 101 / 101 of i = 1..400, outcomes i * 53 % 97 / 97 < that: tenth, n, x, mean, bounds, Brier")
    students = [(mpf(i * 37 % 101) / 101, 1 if mpf(i * 53 % 97) / 97 < mpf(i * 37 % 101) / 101 else 0) for i in range(1, 401)]
    for tenth in [None] + list(range(10)):
        of = [(p, y) for p, y in students if tenth is None or min(9, int(10 * p)) == tenth]
        n, x = len(of), sum(y for _, y in of)
        print(f"\t({tenth if tenth is not None else 'NULL'}, {n}, {x}, {show(sum(p for p, _ in of) / n, *wilson(x, n), sum((p - y) ** 2 for p, y in of) / n)}),")


if __name__ == "__main__":
    main()
