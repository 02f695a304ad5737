# Numbers for d_av in sql/gap.sql: Cohen 1988; Bonett 2008 for the standard error; limits of the noncentrality at Welch's t
# (Delacre et al. 2021) by integrating the noncentral t distribution. R's effectsize 0.8.3 agrees as far as its optimiser goes:
#   cohens_d(f, r, pooled_sd = FALSE)
# and metafor 3.8's escalc("SMDH") has the same standard error, times the square of its correction for small samples.
# Needs python3-mpmath.
from mpmath import exp, findroot, inf, loggamma, log, mp, mpf, erfc, quad, sqrt

mp.dps = 30


def below(t, df, delta):
    """P(T <= t), T noncentral t: over s = sqrt(chi-square / df), P(Z + delta <= t s)"""
    constant = log(2) + df / 2 * log(df / 2) - loggamma(df / 2)
    width = 1 / sqrt(2 * df)
    points = [max(mpf(0), 1 + k * width) for k in range(-16, 17, 2)]
    points = sorted(set(points)) + [1 + 40 * width]
    return quad(lambda s: exp(constant + (df - 1) * log(s) - df * s * s / 2) * erfc(-(t * s - delta) / sqrt(2)) / 2 if s > 0 else mpf(0), points)


def d_av(f, r, confidence):
    n1, n2 = len(f), len(r)
    m1, m2 = sum(f) / mpf(n1), sum(r) / mpf(n2)
    v1, v2 = sum((x - m1) ** 2 for x in f) / (n1 - 1), sum((x - m2) ** 2 for x in r) / (n2 - 1)
    v = (v1 + v2) / 2
    d = (m1 - m2) / sqrt(v)
    se = sqrt(d ** 2 * (v1 ** 2 / (n1 - 1) + v2 ** 2 / (n2 - 1)) / (8 * v ** 2) + (v1 / (n1 - 1) + v2 / (n2 - 1)) / v)
    welch = v1 / n1 + v2 / n2
    df = welch ** 2 / ((v1 / n1) ** 2 / (n1 - 1) + (v2 / n2) ** 2 / (n2 - 1))
    t = (m1 - m2) / sqrt(welch)
    tail = (1 - mpf(confidence)) / 2
    limits = [findroot(lambda delta: below(t, df, delta) - p, (t - 2 if p > 0.5 else t + 2, t), solver="secant", tol=1e-25) for p in (1 - tail, tail)]
    return [d, se] + [x * sqrt(welch / v) for x in limits]


A = ([212, 205, 221, 198, 230, 217, 209, 225, 201, 214], [224, 231, 219, 240, 228, 235, 222, 229, 243, 226, 233, 217])
unequal = ([mpf((37 * i) % 41) for i in range(30)], [mpf(10 + (5 * i) % 7) for i in range(9)])
for name, groups, confidence in (("A", A, "0.95"), ("unequal", unequal, "0.9"), ("constant", ([3, 3, 3], [1, 2, 4, 4]), "0.95")):
    print(name, [mp.nstr(x, 16) for x in d_av(*groups, confidence)])
