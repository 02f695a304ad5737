# Numbers for sql/percentile_report.sql and sql/absence_report.sql: NumPy's quantiles, SciPy's Maritz-Jarrett errors,
# binomial ranks, Student's t and Wilson's interval, of the students that those tests make.
#   apt-get install python3-scipy
#   python3 test/reference/group_reports.py
import datetime

import numpy
from scipy import stats

CONFIDENCE = 0.95
# of absence: the default, and another
LEVELS = numpy.array((CONFIDENCE, 0.8))
FRACTIONS = (0.1, 0.25, 0.5, 0.75, 0.9)
MIN_N = 10


def line(*columns):
    print('(' + ', '.join('NULL' if c is None else repr(c) if isinstance(c, str) else repr(float(c)) if isinstance(c, float) else str(c) for c in columns) + '),')


def percentiles():
    students = []
    for i in range(1, 601):
        lunch = (None, 'free', 'paid')[min(i * 7 % 13, 2)] if i % 29 else 'other'
        students.append((2024 + i % 2, lunch, None if i % 11 == 0 else 400 + i * 7919 % 101 - (20 if lunch == 'free' else 0)))
    for year in (2024, 2025):
        for lunch in ('free', 'other', 'paid'):
            scores = sorted(s for y, g, s in students if y == year and g == lunch and s is not None)
            missing = sum(1 for y, g, s in students if y == year and g == lunch and s is None)
            n = len(scores)
            for p in FRACTIONS:
                if min(round(n * p, 9), round(n * (1 - p), 9)) < MIN_N:
                    line(year, lunch, p, n, missing, None, None, None, None, 'n_too_small')
                    continue
                tail = (1 - CONFIDENCE) / 2
                lower = [k for k in range(1, n + 1) if stats.binom.cdf(k - 1, n, p) <= tail]
                upper = [k for k in range(1, n + 1) if stats.binom.sf(k - 1, n, p) <= tail]
                line(year, lunch, p, n, missing, float(numpy.quantile(scores, p)), float(stats.mstats.mjci(numpy.array(scores, dtype=float), prob=[p])[0]),
                     float(scores[lower[-1] - 1]), float(scores[upper[0] - 1]), None)


def absence():
    first = datetime.date(2025, 9, 1)
    students = []
    for i in range(1, 201):
        school = 'north' if i % 3 else 'south'
        begins = first + datetime.timedelta(days=i * 13 % 120 if i % 4 == 0 else 0)
        enrolled = {begins + datetime.timedelta(days=d) for d in range((datetime.date(2025, 12, 20) - begins).days + 1)}
        enrolled = {d for d in enrolled if d.weekday() < 5}
        absent = {first + datetime.timedelta(days=d) for d in range(120) if (i * 31 + d * 17) % 101 < i % 17}
        students.append((school, enrolled, None if i % 19 == 0 else absent))
    for school in ('north', 'south'):
        for month in (9, 10, 11, 12):
            for cut in (None, 0.1):
                least = 10 if cut else 1
                shares, missing = [], 0
                for s, enrolled, absent in students:
                    days = {d for d in enrolled if d.month == month}
                    if s != school or not days:
                        continue
                    if absent is None or len(days) < least:
                        missing += 1
                    else:
                        shares.append((len(absent & days), len(days)))
                n = len(shares)
                if cut is None:
                    x = numpy.array([a / e for a, e in shares])
                    se = x.std(ddof=1) / numpy.sqrt(n)
                    mean = float(x.mean())
                    bounds = [(max(0, mean - t * se), min(1, mean + t * se)) for t in stats.t.ppf((1 + LEVELS) / 2, n - 1)]
                    line('absence', school, f'2025-{month:02}-01', n, missing, mean, float(se), *[float(b) for pair in bounds for b in pair])
                else:
                    x = sum(10 * a >= e for a, e in shares)
                    p = x / n
                    bounds = []
                    for z in stats.norm.ppf((1 + LEVELS) / 2):
                        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
                        half = z * numpy.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
                        bounds += [float(middle - half), float(middle + half)]
                    line('chronic', school, f'2025-{month:02}-01', n, missing, p, float(numpy.sqrt(p * (1 - p) / n)), *bounds)


percentiles()
absence()
