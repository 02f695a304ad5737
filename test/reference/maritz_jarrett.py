# Numbers for sql/gap_quantile.sql: the standard error of Maritz & Jarrett (1978) by its
# definition, with 600 digits, where double precision loses weights: far values, many of them.
#   apt-get install python3-mpmath
#   python3 test/reference/maritz_jarrett.py
import mpmath

mpmath.mp.dps = 600

def tail(x, a, b):
	"""Upper tail of the Beta(a, b) distribution, with all its digits"""
	return mpmath.betainc(a, b, x, 1, regularized=True)

def maritz_jarrett(counts, p):
	"""counts: (value, count), ascending"""
	n = sum(count for _, count in counts)
	m = int(mpmath.floor(n * mpmath.mpf(p) + mpmath.mpf(1) / 2))
	a, b = m - 1, n - m
	weights = []
	reached = 0
	before = mpmath.mpf(1)
	for value, count in counts:
		reached += count
		after = tail(mpmath.mpf(reached) / n, a, b) if reached < n else mpmath.mpf(0)
		weights.append((before - after, mpmath.mpf(value)))
		before = after
	mean = sum(w * x for w, x in weights)
	return mpmath.sqrt(sum(w * (x - mean) ** 2 for w, x in weights))

def show(name, value):
	print(name, mpmath.nstr(value, 17))

small = [(i, 1) for i in range(1, 200)]
for p in ("0.25", "0.5", "0.9"):
	show("1..199 %s" % p, maritz_jarrett(small, p))
	show("1..199, 1e100 %s" % p, maritz_jarrett(small + [("1e100", 1)], p))
	show("-1e100, 1..199 %s" % p, maritz_jarrett([("-1e100", 1)] + small, p))
