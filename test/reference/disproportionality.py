#!/usr/bin/env python3
"""Reference numbers of sql/disproportionality*.sql that no published table prints.

Everything is decided in fractions: no square root and no rounding. Needs nothing
but Python.
"""
from fractions import Fraction
from math import ceil, sqrt


def margin_at_most(s, n, use_prop, min_moe, gap):
    """Is the margin of error of s/n at most gap? Compared squared."""
    if gap < 0:
        return False
    p = Fraction(s, n) if use_prop and 0 < s < n else Fraction(1, 2)
    return Fraction(196, 100) ** 2 * p * (1 - p) / n <= gap ** 2 and min_moe <= gap


def needed_to_clear(s, n, use_prop, min_moe, gap):
    """The smallest k with gap - k/n at most the margin."""
    if gap <= 0:
        return 0
    k = 0
    while True:
        rest = gap - Fraction(k, n)
        p = Fraction(s, n) if use_prop and 0 < s < n else Fraction(1, 2)
        if rest <= min_moe or rest ** 2 <= Fraction(196, 100) ** 2 * p * (1 - p) / n:
            return k
        k += 1


def ppg(s, n, ref, use_prop=False, min_moe=Fraction(3, 100)):
    gap = ref - Fraction(s, n)
    return (margin_at_most(s, n, use_prop, min_moe, gap),
            needed_to_clear(s, n, use_prop, min_moe, gap), max(0, ceil(gap * n)))


print("worked example, exactly: PPG (overall, all but current, own p), 80% index, PI; flag, need, parity")
groups = {"Asian": (52, 60), "Black": (48, 90), "Hispanic": (130, 200), "White": (210, 260)}
S = sum(s for s, n in groups.values())
N = sum(n for s, n in groups.values())
hpg = max(Fraction(s, n) for s, n in groups.values())
eight = Fraction(8, 10)
for name, (s, n) in groups.items():
    index = Fraction(s, n) / hpg
    c = Fraction(n, N)
    pi = Fraction(s, S) / c
    print(name, ppg(s, n, Fraction(S, N)), ppg(s, n, Fraction(S - s, N - n)), ppg(s, n, Fraction(S, N), True),
          (float(index), index < eight, max(0, ceil((eight * hpg - Fraction(s, n)) * n)),
           max(0, ceil((hpg - Fraction(s, n)) * n))),
          (float(pi), pi < eight, max(0, ceil((eight * S * c - s) / (1 - eight * c))),
           max(0, ceil((S * c - s) / (1 - c)))))

print("exactly at the margin, where floating point says otherwise: s/n against x/m")
for s, n, x, m in ((297, 1100, 3, 10), (7, 25, 119, 250)):
    gap = Fraction(x, m) - Fraction(s, n)
    floating = s / n + max(1.96 * sqrt(0.25 / n), 0.03) <= x / m
    print((s, n, x, m), ppg(s, n, Fraction(x, m)), "floating:", floating,
          "one fewer:", ppg(s, n, Fraction(x - 1, m))[0])

print("exactly at 80%, where floating point says otherwise")
for s, n, x, m in ((12, 25, 3, 5), (24, 50, 3, 5), (28, 50, 7, 10), (4, 25, 1, 5)):
    print((s, n, x, m), Fraction(s, n) / Fraction(x, m) < eight, "floating:", (s / n) / (x / m) < 0.80)


def wrr(lea, state, g):
    total = sum(n for x, n in state.values())
    risk = {h: Fraction(*lea[h]) for h in lea}
    p = {h: Fraction(state[h][1], total) for h in state}
    return (1 - p[g]) * risk[g] / sum(p[h] * risk[h] for h in risk if h != g)


def rr(counts, g, other):
    x, n = counts[g]
    ox = sum(a for h, (a, b) in other.items() if h != g)
    on = sum(b for h, (a, b) in other.items() if h != g)
    return Fraction(x, n) / Fraction(ox, on)


print("three LEAs and the State that they make: RR, ARR, WRR")
leas = {"North": {"A": (30, 200), "B": (20, 60), "C": (15, 100)},
        "South": {"A": (50, 900), "B": (12, 40), "C": (9, 80)},
        "East": {"A": (4, 20), "B": (40, 300)}}
state = {}
for lea in leas.values():
    for g, (x, n) in lea.items():
        a, b = state.get(g, (0, 0))
        state[g] = (a + x, b + n)
for name, lea in leas.items():
    for g in lea:
        w = wrr(lea, state, g) if set(lea) == set(state) else None
        print(name, g, *(repr(float(v)) if v is not None else None
                         for v in (rr(lea, g, lea), rr({g: lea[g]}, g, state), w)))
