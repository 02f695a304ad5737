#!/usr/bin/env python3
"""References of sql/inference_shrunken.sql: estimates and rates of small groups, shrunken.

By other ways than src/inference: the restricted likelihood's score by matrices, tr P = y'PPy;
the shrunken estimates and their errors by the inverse of Henderson's mixed model equations;
the beta-binomial likelihood by loggamma, its maximum by digamma; quantiles by the incomplete
beta function. Checked against the numbers of metafor and R at the end, of other groups.

Needs Debian's python3-mpmath; takes a minute.
"""
from mpmath import (betainc, diag, digamma, erfc, exp, findroot, gammainc, loggamma, matrix, mp, mpf, nstr, sqrt)

mp.dps = 50


def show(*numbers):
    """As double precision has them"""
    return ", ".join(nstr(x if abs(x) > 1e-308 else 0, 17, min_fixed=-5, max_fixed=17) for x in numbers)


def bisect(f, low, high):
    """Where f, which is positive at low, gets to 0"""
    assert f(low) > 0 >= f(high)
    for _ in range(220):
        middle = (low + high) / 2
        if f(middle) > 0:
            low = middle
        else:
            high = middle
    return low


# Estimates

def projection(v, t):
    """P, which takes the weighted mean away"""
    w = matrix([1 / (x + t) for x in v])
    return diag(w) - w * w.T / sum(w)


def trace(m):
    return sum(m[i, i] for i in range(m.rows))


def tau2(method, y, v):
    k = len(y)
    p = projection(v, 0)
    excess = (y.T * p * y)[0] - (k - 1)
    if method == "dl":
        return max(mpf(0), excess / trace(p))
    if method == "pm":
        f = lambda t: (y.T * projection(v, t) * y)[0] - (k - 1)
    else:
        def f(t):
            p = projection(v, t)
            z = p * y
            return (z.T * z)[0] - trace(p)
    if f(mpf(0)) <= 0:
        return mpf(0)
    high = max(v) + (max(y) - min(y)) ** 2
    return bisect(f, mpf(0), high)


def blup(y, v, t):
    """mu, its error, and the groups' values with theirs, by the mixed model equations"""
    k = len(y)
    if t == 0:
        w = [1 / x for x in v]
        mu = sum(a * b for a, b in zip(w, y)) / sum(w)
        se = 1 / sqrt(sum(w))
        return mu, se, [mu] * k, [se] * k
    c = matrix(k + 1, k + 1)
    r = matrix(k + 1, 1)
    for i in range(k):
        c[0, 0] += 1 / v[i]
        c[0, i + 1] = c[i + 1, 0] = 1 / v[i]
        c[i + 1, i + 1] = 1 / v[i] + 1 / t
        r[0] += y[i] / v[i]
        r[i + 1] = y[i] / v[i]
    inverse = c ** -1
    solution = inverse * r
    return (solution[0], sqrt(inverse[0, 0]), [solution[0] + solution[i + 1] for i in range(k)],
            [sqrt(inverse[0, 0] + 2 * inverse[0, i + 1] + inverse[i + 1, i + 1]) for i in range(k)])


def below_zero(estimate, se):
    return erfc(estimate / se / sqrt(2)) / 2


def estimates(name, y, se, groups):
    y = matrix([mpf(x) for x in y])
    v = [mpf(x) ** 2 for x in se]
    k = len(v)
    q = (y.T * projection(v, 0) * y)[0]
    p = gammainc(mpf(k - 1) / 2, q / 2, regularized=True)
    for method in ("reml", "pm", "dl"):
        t = tau2(method, y, v)
        mu, mu_se, shrunken, errors = blup(y, v, t)
        for i in groups:
            print(f"\t('{name}', '{method}', {i}, {show(sqrt(t), mu, mu_se, q, p, shrunken[i - 1], errors[i - 1], below_zero(shrunken[i - 1], errors[i - 1]))}),")


# Rates

def scores(x, n, a, b):
    common = sum(digamma(m + a + b) - digamma(a + b) for m in n)
    return (sum(digamma(k + a) - digamma(a) for k in x) - common,
            sum(digamma(m - k + b) - digamma(b) for k, m in zip(x, n)) - common)


def likelihood(x, n, a, b):
    def log_beta(a, b):
        return loggamma(a) + loggamma(b) - loggamma(a + b)
    return sum(log_beta(k + a, m - k + b) - log_beta(a, b) for k, m in zip(x, n))


def score_at_0(x, n):
    p = mpf(sum(x)) / sum(n)
    return sum(k * (k - 1) / p + (m - k) * (m - k - 1) / (1 - p) - m * (m - 1) for k, m in zip(x, n)) / 2


def fit(x, n, start):
    a, b = findroot(lambda a, b: scores(x, n, a, b), start, verify=False)
    best = likelihood(x, n, a, b)
    assert all(likelihood(x, n, a * f, b * g) < best for f in (.9, 1, 1.1) for g in (.9, 1, 1.1) if (f, g) != (1, 1))
    return a, b


def quantile(a, b, p):
    return exp(bisect(lambda u: p - betainc(a, b, 0, exp(u), regularized=True), mpf(-700), mpf(0)))


def moments(a, b):
    m = a + b
    return a / m, sqrt(a * b / (m + 1)) / m


def posterior(a, b, tail):
    return *moments(a, b), quantile(a, b, tail), quantile(a, b, 1 - tail)


def rates(name, x, n, start, groups, tail=mpf(1) / 40):
    a, b = fit(x, n, start)
    for i in groups:
        k, m = x[i - 1], n[i - 1]
        of_group = show(*posterior(a + k, b + m - k, tail)) if tail else show(*moments(a + k, b + m - k)) + ", NULL, NULL"
        print(f"\t('{name}', {i}, {show(a, b, 1 / (a + b + 1))}, {of_group}),", flush=True)


def check():
    """Against metafor and R"""
    y = matrix([mpf(x) for x in "-.31 .08 -.52 -.74 -.22 -.05 -.40".split()])
    v = [mpf(x) ** 2 for x in ".14 .22 .09 .31 .17 .25 .12".split()]
    for method, published in (("dl", "0.0201692159497794"), ("reml", "0.0174382571162038"), ("pm", "0.0252319988824134")):
        t = tau2(method, y, v)
        assert abs(t / mpf(published) - 1) < (1e-7 if method == "reml" else 1e-9 if method == "pm" else 1e-14), (method, t)
    _, _, shrunken, errors = blup(y, v, tau2("dl", y, v))
    assert abs(shrunken[2] - mpf("-0.465877717969992")) < 1e-14 and abs(errors[2] - mpf("0.0796548131772323")) < 1e-14
    x, n = [5, 0, 7, 4, 12, 19, 3, 5, 1, 8], [24, 9, 61, 15, 38, 140, 7, 52, 19, 33]
    assert abs(score_at_0(x, n) - mpf("123.816429640719")) < 1e-11
    assert abs(score_at_0([3, 4, 2, 3], [30, 40, 25, 30]) + mpf("61.2647492625369")) < 1e-12
    a, b = fit(x, n, (7, 30))
    assert abs(likelihood(x, n, a, b) + mpf("174.675839305163")) < 1e-12
    for k, m, *published in ((5, 24, "0.185185185185185", "0.102609250048291", "0.285390243785054"),
                             (0, 9, "0.142857142857143", "0.0629144125821275", "0.24843228524909"),
                             (7, 61, "0.138755980861244", "0.0796931687740386", "0.210880634670611"),
                             (12, 38, "0.239263803680982", "0.153646172827185", "0.336992433631216"),
                             (3, 7, "0.207920792079208", "0.108877231556262", "0.328824689141229")):
        mean, _, lower, upper = posterior(mpf("7.5") + k, mpf(36) + m - k, mpf(1) / 40)
        assert all(abs(value - mpf(shown)) < 2e-15 for value, shown in zip((mean, lower, upper), published))


def main():
    print("set, method, group, tau, mu, mu_se, q_e, p_value_q_e, shrunken, its se, probability below 0")
    y, se = "-.31 .08 -.52 -.74 -.22 -.05 -.40".split(), ".14 .22 .09 .31 .17 .25 .12".split()
    estimates("seven", y, se, range(1, 8))
    estimates("alike", "-.30 -.24 -.36 -.28".split(), ".12 .10 .20 .15".split(), (1, 4))
    estimates("two", "-.30 .24".split(), ".12 .10".split(), (1, 2))
    # of binary fractions, to be made again in SQL
    y = [mpf(i * 7919 % 101 - 30) / 64 for i in range(1, 31)]
    se = [mpf(1 + i * i % 13) / 16 for i in range(1, 31)]
    estimates("thirty", y, se, (1, 2, 30))
    estimates("far from 0", [10 ** 9 + x for x in y], se, (1, 2, 30))
    estimates("one is certain", y, [s if i else mpf(2) ** -40 for i, s in enumerate(se)], (1, 2, 30))
    estimates("all are certain", y, [s / 2 ** 30 for s in se], (1, 2, 30))
    estimates("hardly apart", [x * 29 / 64 for x in y], se, (1, 2, 30))

    print("set, group, a, b, rho, shrunken, its se, lower, upper")
    x, n = [5, 0, 7, 4, 12, 19, 3, 5, 1, 8], [24, 9, 61, 15, 38, 140, 7, 52, 19, 33]
    rates("ten", x, n, (7, 30), (1, 2, 5, 7))
    rates("ten, 90%", x, n, (7, 30), (3,), mpf(1) / 20)
    x, n = [i * 7 % 5 for i in range(1, 61)], [4 + i * 13 % 9 for i in range(1, 61)]
    rates("sixty", x, n, (2, 5), (1, 60))
    rates("sixty, seen from 1", [m - k for k, m in zip(x, n)], n, (5, 2), (1, 60))
    n = [1000 * i * i * i * i for i in range(1, 13)]
    x = [m * (30 + i * 7 % 5) // 1000 for i, m in enumerate(n)]
    rates("large", x, n, (300, 10000), (1, 12), None)
    n = [10 ** 11 + i for i in range(1, 9)]
    x = [m * (1 + i * 3 % 8) // 10 for i, m in enumerate(n)]
    rates("huge", x, n, (1.5, 1.8), (1, 8), None)
    x, n = [1] + [0] * 29 + [10] * 10, [2] + [5] * 29 + [10] * 10
    rates("all but one are all or nothing", x, n, (.01, .03), (1, 40))
    x, n = [20] * 40 + [13, 27] * 12, [100] * 64
    rates("hardly overdispersed", x, n, (130, 530), (1, 41))


check()
main()
