#!/usr/bin/env python3
"""Flags of simulated students by "absence >= 10%", with and without hysteresis, for
test/t/watch_list_hysteresis.pl; plain Python.

A student's propensity to be absent persists: 1.5% for most, up to 30% for some.  From the
10th of 180 school days on her rate to date is looked at, daily or every third day.  Without
hysteresis a flag ends as soon as the rate is below 10%; with it, on the third school day on
end on which the rate was below 7%.
"""
import hashlib
from fractions import Fraction

DAYS, FIRST = 180, 10
FLAG_AT, CLEAR_AT, CLEAR_AFTER = Fraction(10, 100), Fraction(7, 100), 3


def uniform(*what):
    """0 <= u < 1 by the first 32 bits of an MD5"""
    return int(hashlib.md5(" ".join(map(str, what)).encode()).hexdigest()[:8], 16) / 2**32


def rates(student):
    """The absence rate to date on each school day"""
    propensity = 0.015 + 0.285 * uniform("propensity", student) ** 5
    missed = 0
    for day in range(1, DAYS + 1):
        missed += uniform(student, day) < propensity
        yield day, Fraction(missed, day)


def flags(student, hysteresis, every):
    """First day and day of clearing (or None) of each flag"""
    found = []
    since = clear_from = None
    for day, rate in rates(student):
        if day < FIRST or (day - FIRST) % every:
            continue
        if rate >= FLAG_AT:
            clear_from = None
            since = since or day
        elif since and hysteresis and rate >= CLEAR_AT:
            clear_from = None
        elif since:
            clear_from = clear_from or day
            if not hysteresis or day - clear_from + 1 >= CLEAR_AFTER:
                found.append((since, day))
                since = clear_from = None
    return found + [(since, None)] * bool(since)


def report(students, hysteresis, every):
    of = {s: flags(s, hysteresis, every) for s in range(1, students + 1)}
    lines = [f"{s} {a} {b or ''}\n" for s in of for a, b in of[s]]
    ever = sum(1 for s in of if of[s])
    print(f"{students} students, {'with' if hysteresis else 'without'}, every {every}: {ever} ever flagged, {len(lines)} flags"
          f" ({len(lines) / ever:.3f}), at most {max(map(len, of.values()))}; {hashlib.md5(''.join(lines).encode()).hexdigest()}")


for students in 1000, 5000:
    for hysteresis, every in (False, 1), (True, 1), (False, 3), (True, 3):
        report(students, hysteresis, every)
