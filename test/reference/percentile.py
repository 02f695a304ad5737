# Numbers for sql/percentile.sql that need more digits than R has: mpmath 1.2.1.
#   apt-get install python3-mpmath
#   python3 test/reference/percentile.py
from mpmath import mp, mpf, betainc, binomial, floor, sqrt, nstr

mp.dps = 400


def maritz_jarrett(values, p):
    """Maritz & Jarrett 1978, as scipy.stats.mstats.mjci() weighs the order statistics."""
    values = sorted(values)
    n = len(values)
    m = int(floor(n * mpf(p) + mpf(1) / 2))
    upto = [betainc(m - 1, n - m, 0, mpf(i) / n, regularized=True) for i in range(n + 1)]
    weights = [b - a for a, b in zip(upto, upto[1:])]
    mean = sum(w * x for w, x in zip(weights, values))
    return sqrt(sum(w * (x - mean) ** 2 for w, x in zip(weights, values)))


def ranks(n, p, confidence):
    """The order statistics that hold the quantile, and how surely, from sums of probabilities."""
    tail = (1 - mpf(confidence)) / 2
    p = mpf(p)
    below = [mpf(0)]
    for k in range(n):
        below.append(below[-1] + binomial(n, k) * p**k * (1 - p) ** (n - k))
    lower = max((k for k in range(1, n + 1) if below[k] <= tail), default=None)
    upper = min((k for k in range(1, n + 1) if 1 - below[k] <= tail), default=None)
    return lower, upper, nstr((below[upper] if upper else 1) - (below[lower] if lower else 0), 17)


spread = [mpf(37 * i % 61) ** 4 for i in range(1, 61)]
print('fourth powers:', [nstr(maritz_jarrett(spread, p), 17) for p in ('0.1', '0.5', '0.9')])
outlier = [mpf(i) for i in range(1, 41)] + [mpf(10) ** 30]
print('an outlier of 1e30:', [nstr(maritz_jarrett(outlier, p), 17) for p in ('0.1', '0.5', '0.8')])
many = [mpf(i) for i in range(1, 401)] + [mpf(2) ** 1000]
print('one of 2^1000:', [nstr(maritz_jarrett(many, p), 17) for p in ('0.05', '0.25')])
print('ranks:', [ranks(400, p, c) for p, c in (('0.5', '0.999999'), ('0.002', '0.95'), ('0.998', '0.95'), ('0.25', '0.1'))])
