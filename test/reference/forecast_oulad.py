#!/usr/bin/env python3
"""Reference numbers of test/t/forecast.pl: chances from the first 30 days, in OULAD.

forecast_oulad.py FOLDER, the folder that holds oulad/. A day without a click is a day absent.
The prior is of the courses that began in October 2013, the chances of those that began in
October 2014, from what students did until day 29: that they are inactive on at least 90 percent
of the days of the whole course, beside who is, and who withdrew after day 29.

Counts days one by one; the prior's maximum where digammas balance, terms by logarithms of gamma
functions to 30 digits. Needs Debian's python3-mpmath; takes some minutes.
"""
import csv
import gzip
import sys
from collections import Counter, defaultdict
from functools import lru_cache

from mpmath import digamma, exp, findroot, log, loggamma, mp, mpf, nstr, sqrt

mp.dps = 30
folder = sys.argv[1]


def rows(name):
    opener = gzip.open if name.endswith(".gz") else open
    with opener(f"{folder}/oulad/{name}", "rt") as file:
        yield from csv.DictReader(file)


def key(row):
    return row["code_module"], row["code_presentation"], row["id_student"]


length = {(c["code_module"], c["code_presentation"]): int(c["module_presentation_length"]) for c in rows("courses.csv")}
active = defaultdict(set)
for v in rows("studentVle_daily.csv.gz"):
    active[key(v)].add(int(v["date"]))
span = {key(r): (max(int(r["date_registration"] or 0), 0), int(r["date_unregistration"]) if r["date_unregistration"] else None)
        for r in rows("studentRegistration.csv")}
result = {key(s): s["final_result"] for s in rows("studentInfo.csv")}
band = {key(s): s["imd_band"].rstrip("%") + "%" if s["imd_band"] else None for s in rows("studentInfo.csv")}


def days(student, until=None):
    """inactive and enrolled, of the days of the course up to one"""
    first, last = span[student]
    last = length[student[:2]] - 1 if last is None else min(last, length[student[:2]] - 1)
    enrolled = set(range(first, (last if until is None else min(last, until)) + 1))
    return len(enrolled - active[student]), len(enrolled)


# The prior: whole courses
x, o, n = Counter(), Counter(), Counter()
students = 0
for student in result:
    if student[1] == "2013J":
        k, m = days(student)
        if m > 0:
            x[k] += 1
            o[m - k] += 1
            n[m] += 1
            students += 1


def score(a, b):
    of_n = sum(c * digamma(i + a + b) for i, c in n.items()) - students * digamma(a + b)
    return (sum(c * digamma(i + a) for i, c in x.items()) - students * digamma(a) - of_n,
            sum(c * digamma(i + b) for i, c in o.items()) - students * digamma(b) - of_n)


a, b = findroot(score, (mpf(4), mpf(1.5)))
likelihood = (sum(c * loggamma(i + a) for i, c in x.items()) + sum(c * loggamma(i + b) for i, c in o.items())
              - sum(c * loggamma(i + a + b) for i, c in n.items()) - students * (loggamma(a) + loggamma(b) - loggamma(a + b)))
print(students, nstr(a, 12), nstr(b, 12), nstr(likelihood, 14), sep="|")


@lru_cache(None)
def chance(k, m, whole):
    need, left = -(-9 * whole // 10), whole - m
    if k >= need:
        return mpf(1)
    if k + left < need:
        return mpf(0)
    term = exp(loggamma(left + b + m - k) - loggamma(b + m - k) - loggamma(left + a + b + m) + loggamma(a + b + m))
    total = mpf(0)
    for j in range(left + 1):
        if j >= need - k:
            total += term
        term *= (left - j) * (j + k + a) / ((j + 1) * (left - j - 1 + m - k + b))
    return total


def wilson(x, n, z=mpf("1.959963984540054")):
    p = mpf(x) / n
    middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


told = []
for student in result:
    first, last = span[student]
    if student[1] != "2014J" or first > 29 or (last is not None and last <= 29):
        continue
    k, m = days(student, 29)
    p = chance(k, m, m + length[student[:2]] - 30)
    inactive, enrolled = days(student)
    told.append((p, band[student], 10 * inactive >= 9 * enrolled, result[student] == "Withdrawn"))

for what, place in (("inactive", 2), ("withdrew", 3)):
    groups = [("all", told)] + [(f"tenth {t}", [s for s in told if min(9, int(10 * s[0])) == t]) for t in range(10)]
    groups += [(g, [s for s in told if s[1] == g]) for g in sorted({s[1] for s in told if s[1]})]
    for name, of in groups:
        if of:
            ps, ys = [s[0] for s in of], [s[place] for s in of]
            lower, upper = wilson(sum(ys), len(ys))
            print(what, name, len(ys), sum(ys), *(nstr(v, 9, min_fixed=-3) for v in (
                sum(ps) / len(ps), lower, upper, sum(ps) / len(ps) - mpf(sum(ys)) / len(ys),
                sum((p - y) ** 2 for p, y in zip(ps, ys)) / len(ys))), sep="|")
