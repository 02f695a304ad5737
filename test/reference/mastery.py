# Numbers for sql/mastery.sql: Bayesian knowledge tracing in exact fractions (Corbett & Anderson 1995).
#   python3 test/reference/mastery.py
#
# By hand, with 0.1 for all four and a right answer first: known and right 0.1 x 0.9 = 0.09, not
# known and right 0.9 x 0.1 = 0.09; so known 1/2, and learned at it 1/2 x 0.1: 0.55, which is what
# OATutor's own test of its update expects.
# A second right one: 0.55 x 0.9 = 0.495, 0.45 x 0.1 = 0.045; 11/12; + 1/12 x 0.1 = 0.925.
# A wrong one first: 0.1 x 0.1 = 0.01, 0.9 x 0.9 = 0.81; 1/82; + 81/82 x 0.1 = 0.1109756097560976.
from fractions import Fraction


def trace(answers, initial="0.1", learn="0.1", guess="0.1", slip="0.1"):
    known, learn, guess, slip = map(Fraction, (initial, learn, guess, slip))
    for correct in answers:
        if correct is None:
            yield known
            continue
        a = known * (1 - slip if correct else slip)
        b = (1 - known) * (guess if correct else 1 - guess)
        known = a / (a + b)
        known += (1 - known) * learn
        yield known


def answers(student, n):
    """The answers of sql/mastery.sql: every eleventh is missing."""
    return [None if i % 11 == 0 else (student * 7 + i * i * 5) % 13 < 4 + student % 7 for i in range(1, n + 1)]


for name, sequence, parameters in (
        ("right", [True] * 4, ()), ("wrong", [False] * 3, ()), ("mixed", [True, False, True, True, False, True], ()),
        ("hmm-scalable", [True, False, True, True, False, True], ("0.5", "0.4", "0.2", "0.2")),
        ("no prior, learns fast", [False, True, True], ("0", "0.3", "0.25", "0.05"))):
    print(name, [repr(float(p)) for p in trace(sequence, *parameters)])
final = [list(trace(answers(s, 12)))[-1] for s in range(1, 41)]
print("students: sum", repr(float(sum(final))), "mastered", sum(p >= Fraction("0.95") for p in final),
      "sum of s * p", repr(float(sum(s * p for s, p in enumerate(final, 1)))))
# 60 right ones, then wrong ones until it is less likely than not
p = list(trace([True] * 60 + [False] * 70))
print("after 60 right, wrong ones until below one half:", sum(x >= Fraction(1, 2) for x in p[60:]) + 1,
      "the last of them", repr(float(p[60 + sum(x >= Fraction(1, 2) for x in p[60:])])))
# exactly at the threshold: one right answer reaches 0.55, a wrong one from 0.5 with slip 0.1, guess 0.1, learn 0.1: 0.19
print("exact 0.19", list(trace([False], "0.5"))[-1])
for k, n in ((3, 4), (5, 5), (1, 1)):
    count = 0
    for s in range(1, 41):
        last = [a for a in answers(s, 12) if a is not None][-n:]
        count += sum(last) >= k
    print("k", k, "n", n, "students", count)
