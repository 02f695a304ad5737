# Numbers for sql/inference_omnibus.sql and sql/inference_bounds.sql that MEASURES 15.2 and 17.5
# do not print: by their definitions, in fractions, and probabilities with 60 digits. What SciPy
# has of them must agree.
#   apt-get install python3-mpmath python3-scipy
#   python3 test/reference/inference.py
from fractions import Fraction

import mpmath
from scipy.stats import chi2_contingency, ttest_ind

mpmath.mp.dps = 60

A_F = [212, 205, 221, 198, 230, 217, 209, 225, 201, 214]
A_R = [224, 231, 219, 240, 228, 235, 222, 229, 243, 226, 233, 217]
THIRD = [210, 219, 236, 221, 225]


def real(fraction):
	return mpmath.mpf(fraction.numerator) / fraction.denominator


def show(name, *values):
	print(name, *(mpmath.nstr(real(v) if isinstance(v, Fraction) else v, 17) for v in values))


def agree(a, b, tolerance=1e-10):
	assert abs(float(a) / b - 1) < tolerance, (a, b)


def chi_squared(groups):
	"""Statistic, p and smallest expected count of groups (x, n)"""
	X, N = sum(x for x, _ in groups), sum(n for _, n in groups)
	p = Fraction(X, N)
	statistic = sum(n * (Fraction(x, n) - p) ** 2 for x, n in groups) / (p * (1 - p))
	upper = mpmath.gammainc(mpmath.mpf(len(groups) - 1) / 2, real(statistic) / 2, mpmath.inf, regularized=True)
	return statistic, upper, min(n for _, n in groups) * min(p, 1 - p)


def upper_f(f, df1, df2):
	return mpmath.betainc(df2 / 2, df1 / 2, 0, df2 / (df2 + df1 * f), regularized=True)


def welch(groups):
	"""Weighted mean, F, df2 and p of groups of (n, mean, variance), in fractions"""
	k = len(groups)
	weights = [Fraction(n) / variance for n, _, variance in groups]
	W = sum(weights)
	mean = sum(w * m for w, (_, m, _) in zip(weights, groups)) / W
	error = sum((1 - w / W) ** 2 / (n - 1) for w, (n, _, _) in zip(weights, groups))
	between = sum(w * (m - mean) ** 2 for w, (_, m, _) in zip(weights, groups)) / (k - 1)
	f = between / (1 + Fraction(2 * (k - 2), k * k - 1) * error)
	df2 = (k * k - 1) / (3 * error)
	return mean, f, df2, upper_f(real(f), mpmath.mpf(k - 1), real(df2))


def summary(values):
	"""n, mean and variance of values, each with its count"""
	n = sum(count for _, count in values)
	mean = Fraction(sum(Fraction(value) * count for value, count in values), n)
	return n, mean, sum((value - mean) ** 2 * count for value, count in values) / (n - 1)


def plain(values, shift=0):
	return summary([(Fraction(value) + shift, 1) for value in values])


print("chi-squared, p, smallest expected")
for name, groups in (
		("MEASURES", [(31, 90), (54, 120), (12, 25), (88, 310)]),
		("zero cell", [(0, 20), (5, 30), (9, 15)]),
		("all cells of 0 or everybody", [(0, 4), (4, 4), (0, 9)]),
		("exactly 5 expected", [(3, 10), (7, 10)]),
		("equal", [(1, 3), (2, 6), (10, 30)]),
		("2^61", [(2 ** 61, 2 ** 62), (2 ** 61 - 1, 2 ** 62 - 1)]),
		("far beyond 2^53", [(10 ** 18, 2 * 10 ** 18 + 1), (10 ** 18 + 10 ** 9, 2 * 10 ** 18), (3, 4)])):
	statistic, p, smallest = chi_squared(groups)
	show(name, statistic, p, smallest)
	if groups[0][1] < 1000 and statistic > 0:
		there = chi2_contingency([[x for x, _ in groups], [n - x for x, n in groups]], correction=False)
		agree(statistic, there[0])
		agree(p, there[1])
		agree(smallest, there[3].min())

print("weighted mean, F, df2, p")
measures = {}
for i in range(1, 91):
	g = "aabbbcccd"[i % 9]
	delta = {"a": -8, "b": 0, "c": 5 + 13 * i % 23, "d": 2}[g]
	measures.setdefault(g, []).append(300 + 47 * i % 37 + delta)
for name, groups in (
		("MEASURES", [plain(v) for v in measures.values()]),
		("dataset A and a third", [plain(A_F), plain(A_R), plain(THIRD)]),
		("the same, 1e9 higher", [plain(v, 10 ** 9) for v in (A_F, A_R, THIRD)]),
		("thirds, 1e12 higher", [summary([(Fraction(v), 1) for v in values]) for values in
			([10 ** 12 + 0.25, 10 ** 12 + 0.5, 10 ** 12 + 1], [10 ** 12 + 0.5, 10 ** 12 + 0.75, 10 ** 12 + 0.75],
			 [10 ** 12, 10 ** 12 + 1, 10 ** 12 + 0.25, 10 ** 12 + 0.5, 10 ** 12 + 0.25, 10 ** 12])]),
		("one far more exact than the others", [summary([(Fraction(500), 10 ** 12), (Fraction(501), 10 ** 12)]),
			plain([480, 520, 505]), plain([300, 700])]),
		("2 of one, 10^15 of the other", [plain([500, 501]), summary([(Fraction(400), 10 ** 15), (Fraction(600), 10 ** 15)])]),
		("2 of one that are nearly equal, 10^18 of the other", [plain([500, 500 + Fraction(1, 2 ** 17)]),
			summary([(Fraction(-240999499.875), 2 * 10 ** 18), (Fraction(241000500.125), 2 * 10 ** 18)])])):
	mean, f, df2, p = welch(groups)
	show(name, mean, f, df2, p)
	if len(groups) == 2 and groups[0][0] + groups[1][0] < 1000:
		agree(p, ttest_ind(*groups, equal_var=False).pvalue)
mean, f, df2, p = welch([plain(A_F), plain(A_R)])
show("dataset A", mean, f, df2, p)
there = ttest_ind(A_F, A_R, equal_var=False)
agree(f, there.statistic ** 2)
agree(p, there.pvalue)

print("bounds of rates")
for name, x1, n1, m1, x2, n2, m2 in (
		("MEASURES", 45, 60, 12, 150, 190, 10),
		("MEASURES", 30, 100, 3, 110, 200, 5),
		("2^62", 2 ** 61, 2 ** 62, 2 ** 62, 2 ** 63 - 2, 2 ** 63 - 1, 2 ** 63 - 1),
		("least above 0", 2 ** 62 + 1, 2 ** 63 - 1, 0, 2 ** 62, 2 ** 63 - 1, 0),
		("nobody seen", 0, 0, 7, 3, 4, 1)):
	l1, u1 = Fraction(x1, n1 + m1), Fraction(x1 + m1, n1 + m1)
	l2, u2 = Fraction(x2, n2 + m2), Fraction(x2 + m2, n2 + m2)
	show(name, l1, u1, l2, u2, l1 - u2, u1 - l2)

print("bounds of means")
for name, s1, n1, m1, s2, n2, m2, low, high in (
		("MEASURES", 24870, 50, 6, 93240, 180, 9, 300, 700),
		("dataset A", sum(A_F), len(A_F), 1, sum(A_R), len(A_R), 0, 160, 280),
		("1e15 higher", 10 ** 16 + 5, 10, 2, 10 ** 16 + 6, 10, 1, 10 ** 15, 10 ** 15 + 1)):
	l1, u1 = Fraction(s1 + m1 * low, n1 + m1), Fraction(s1 + m1 * high, n1 + m1)
	l2, u2 = Fraction(s2 + m2 * low, n2 + m2), Fraction(s2 + m2 * high, n2 + m2)
	show(name, l1, u1, l2, u2, l1 - u2, u1 - l2)
