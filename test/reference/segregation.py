# Numbers for sql/segregation.sql and sql/inequality.sql: indices by their definitions, in fractions
# and with 50 digits, and expected values by going through the hypergeometric distribution.
#   apt-get install python3-mpmath
#   python3 test/reference/segregation.py
from fractions import Fraction as F
from math import comb
from mpmath import mp, mpf, log, sqrt

mp.dps = 50


def number(f):
	return mpf(f.numerator) / f.denominator if isinstance(f, F) else mpf(f)


def xlogx(f):
	return number(f) * log(number(f)) if f > 0 else mpf(0)


def margins(t):
	units = [sum(r) for r in t]
	groups = [sum(r[g] for r in t) for g in range(len(t[0]))]
	return units, groups, sum(units)


def expected(unit, group, all_, f):
	"""The mean of f(x) over the hypergeometric distribution of a cell"""
	total = mpf(0)
	whole = comb(all_, unit)
	for x in range(max(0, unit + group - all_), min(unit, group) + 1):
		total += number(F(comb(group, x) * comb(all_ - group, unit - x), whole)) * f(x)
	return total


def indices(t):
	units, groups, n = margins(t)
	e = -sum(xlogx(F(g, n)) for g in groups)
	local = [sum(number(F(x, u)) * log(number(F(x * n, u * g))) for x, g in zip(r, groups) if x) for r, u in zip(t, units)]
	m = sum(number(F(u, n)) * l for u, l in zip(units, local))
	i = sum(F(g, n) * (1 - F(g, n)) for g in groups)
	d = sum(F(u) * abs(F(x, u) - F(g, n)) for r, u in zip(t, units) for x, g in zip(r, groups)) / (2 * n * i)
	p = sum(F(u) * (F(x, u) - F(g, n)) ** 2 for r, u in zip(t, units) for x, g in zip(r, groups)) / (n * i)
	em = sum(expected(u, g, n, lambda x: number(F(x, n)) * log(number(F(x * n, u * g))) if x else mpf(0)) for u in units for g in groups)
	ed = sum(expected(u, g, n, lambda x: number(abs(F(x) - F(u * g, n)))) for u in units for g in groups) / number(2 * n * i)
	el = [sum(expected(u, g, n, lambda x: number(F(x, u)) * log(number(F(x * n, u * g))) if x else mpf(0)) for g in groups) for u in units]
	return dict(entropy=e, m=m, m_expected=em, h=m / e, h_expected=em / e, d=number(d), d_expected=ed, p=number(p), p_expected=number(F(len(t) - 1, n - 1))), local, el


def show(name, value):
	print(name, mp.nstr(value, 18))


def drop_empty(t):
	t = [r for r in t if sum(r)]
	keep = [g for g in range(len(t[0])) if sum(r[g] for r in t)]
	return [[r[g] for g in keep] for r in t]


tables = {
	'MEASURES': [[80, 20, 10], [30, 60, 15], [10, 90, 0], [50, 50, 40]],
	'small units': [[(i * 7 + g * 5 + i * i * g) % 4 for g in range(4)] for i in range(12)],
	'hardly': [[100000, 100001, 99999], [100001, 99999, 100000], [99999, 100000, 100001]][:2],
	'apart': [[5, 0], [0, 3], [9, 0]],
	'one rare': [[1, 400], [0, 300], [0, 300]],
	'singles': [[1, 0], [0, 1], [1, 0], [0, 1], [0, 1]],
}
for name, t in tables.items():
	t = drop_empty(t)
	print('--', name, t)
	if name == 'hardly':
		# the indices alone: going through the distribution takes too long with fractions
		units, groups, n = margins(t)
		e = -sum(xlogx(F(g, n)) for g in groups)
		m = sum(number(F(x, n)) * log(number(F(x * n, u * g))) for r, u in zip(t, units) for x, g in zip(r, groups))
		i = sum(F(g, n) * (1 - F(g, n)) for g in groups)
		show('m', m), show('h', m / e)
		show('d', number(sum(F(u) * abs(F(x, u) - F(g, n)) for r, u in zip(t, units) for x, g in zip(r, groups)) / (2 * n * i)))
		show('p', number(sum(F(u) * (F(x, u) - F(g, n)) ** 2 for r, u in zip(t, units) for x, g in zip(r, groups)) / (n * i)))
		continue
	result, local, el = indices(t)
	for k, v in result.items():
		show(k, v)
	print('local', [mp.nstr(v, 18) for v in local])
	print('local expected', [mp.nstr(v, 18) for v in el])
	units, groups, n = margins(t)
	for a in range(len(groups)):
		two = drop_empty([[r[a], sum(r) - r[a]] for r in t])
		r2 = indices(two)[0]
		iso = sum(F(r[a], groups[a]) * F(r[a], u) for r, u in zip(t, units))
		iso_e = sum(expected(u, groups[a], n, lambda x: number(F(x * x, groups[a] * u))) for u in units)
		print('group', a, 'isolation', mp.nstr(number(iso), 18), mp.nstr(iso_e, 18), *(mp.nstr(r2[k], 18) for k in ('d', 'd_expected', 'p', 'p_expected', 'h', 'h_expected')))
		for b in range(len(groups)):
			if a != b:
				two = drop_empty([[r[a], r[b]] for r in t])
				r2 = indices(two)[0]
				exposure = sum(F(r[a], groups[a]) * F(r[b], u) for r, u in zip(t, units))
				print('pair', a, b, 'exposure', mp.nstr(number(exposure), 18), *(mp.nstr(r2[k], 18) for k in ('d', 'd_expected', 'p', 'p_expected', 'h', 'h_expected')))

print('-- what two units and two groups are expected to have, by ratios of neighbours')


def outwards(unit, group, n, f):
	"""The mean of f(x) over the hypergeometric distribution, where fractions would take too long"""
	mode = (unit + 1) * (group + 1) // (n + 2)
	weights = total = mpf(0)
	for step in (1, -1):
		x, w = mode, mpf(1)
		while w > mpf(10) ** -40 and max(0, unit + group - n) <= x <= min(unit, group):
			if step == 1 or x != mode:
				weights += w
				total += w * f(x)
			if step == 1:
				w *= mpf((group - x) * (unit - x)) / ((x + 1) * (n - group - unit + x + 1))
			else:
				w *= mpf(x * (n - group - unit + x)) / ((group - x + 1) * (unit - x + 1))
			x += step
	return total / weights


for u, g, n in ((40000, 30000, 100000), (1000, 999000, 1000000), (1000000000, 1000000000, 2100000000)):
	cells = [(a, b) for a in (u, n - u) for b in (g, n - g)]
	# of a 2 x 2 table one cell tells the others
	em = outwards(u, g, n, lambda x: sum(xlogx(F(y * n, a * b)) * a * b for y, (a, b) in zip((x, u - x, g - x, n - u - g + x), cells)) / mpf(n) ** 2)
	ed = outwards(u, g, n, lambda x: number(abs(F(x) - F(u * g, n)))) * n / (mpf(g) * (n - g))
	print(u, g, n, mp.nstr(em, 18), mp.nstr(ed, 18))

print('-- districts')
districts = {'north': {'a': [40, 10, 5], 'b': [20, 30, 5]}, 'south': {'a': [5, 60, 2], 'c': [8, 41, 0], 'd': [0, 7, 0]}, 'west': {'e': [9, 0, 0]}}
every = [r for d in districts.values() for r in d.values()]
units, groups, n = margins(every)
e = -sum(xlogx(F(g, n)) for g in groups)
def info(t):
	units, groups, n = margins(t)
	return sum(number(F(x, n)) * log(number(F(x * n, u * g))) for r, u in zip(t, units) for x, g in zip(r, groups) if x)
show('m total', info(every)), show('h total', info(every) / e)
parts = [[sum(r[g] for r in d.values()) for g in range(3)] for d in districts.values()]
show('m between', info(parts)), show('h between', info(parts) / e)
within = sum(number(F(sum(map(sum, d.values())), n)) * info(drop_empty(list(d.values()))) for d in districts.values())
show('m within', within), show('h within', within / e)
for name, d in districts.items():
	rows = drop_empty(list(d.values()))
	u, g, k = margins(rows)
	ee = -sum(xlogx(F(x, k)) for x in g)
	own = [sum(r[i] for r in d.values()) for i in range(3)]
	loc = sum(number(F(x, k)) * log(number(F(x * n, k * y))) for x, y in zip(own, groups) if x)
	print(name, mp.nstr(ee, 18), mp.nstr(info(rows), 18), mp.nstr(info(rows) / ee, 18) if ee else None,
		  mp.nstr(number(F(k, n)) * loc / e, 18), mp.nstr(number(F(k, n)) * info(rows) / e, 18))

print('-- inequality')
def inequality(x):
	n, s = len(x), sum(x)
	mu = F(s) / n
	x = sorted(x)
	gini = sum((2 * (i + 1) - n - 1) * v for i, v in enumerate(x)) / (n * F(s))
	t = sum(number(v / mu) * log(number(v / mu)) for v in x if v) / n
	l = -sum(log(number(v / mu)) for v in x) / n if min(x) > 0 else None
	return gini, t, l
samples = {
	'ineq': [4, 8, 15, 16, 23, 42],
	'zeros': [0, 0, 1, 2, 7],
	'one has all': [0, 0, 0, 0, 9],
	'near': [10 ** 9 + i for i in range(5)],
	'many': [i * i * 7919 % 1009 + 1 for i in range(1, 501)],
}
for name, x in samples.items():
	g, t, l = inequality([F(v) for v in x])
	n = len(x)
	print(name, mp.nstr(number(g), 18), mp.nstr(number(g * F(n, n - 1)), 18), mp.nstr(t, 18), l and mp.nstr(l, 18))
def divide(groups):
	every = [F(v) for g in groups for v in g]
	n, s = len(every), sum(every)
	mu = s / n
	g, t, l = inequality(every)
	bt = sum(number(F(sum(g), 1) / s) * log(number(F(sum(g), len(g)) / mu)) for g in groups if sum(g))
	bl = -sum(number(F(len(g), n)) * log(number(F(sum(g), len(g)) / mu)) for g in groups) if all(map(sum, groups)) else None
	print('total', mp.nstr(t, 18), 'between', mp.nstr(bt, 18), 'within', mp.nstr(t - bt, 18),
		  '| L', l and mp.nstr(l, 18), bl and mp.nstr(bl, 18), l and bl and mp.nstr(l - bl, 18))
divide([[4, 8, 15], [16, 23, 42]])
divide([[0, 3, 5], [2, 2, 9, 30], [1]])
divide([[i * i * 7919 % 1009 + 1 for i in range(1, 501) if i % 3 == k] for k in range(3)])

print('-- concentration index')
def concentration(rows):
	"""Of rows (opportunity, need); covariance form, and the standard error of 1997 by the book"""
	n = len(rows)
	mu = F(sum(x for x, _ in rows)) / n
	below = lambda v: sum(1 for _, w in rows if w < v)
	ties = lambda v: sum(1 for _, w in rows if w == v)
	rank = [F(2 * below(v) + ties(v), 2 * n) for _, v in rows]
	c = 2 * sum(x * r for (x, _), r in zip(rows, rank)) / (n * mu) - 1
	q = lambda v, including: F(sum(x for x, w in rows if w < v or (including and w == v))) / (n * mu)
	a = [x / mu * (2 * r - 1 - c) + 2 - q(v, False) - q(v, True) for (x, v), r in zip(rows, rank)]
	var = (sum(y * y for y in a) / n - (1 + c) ** 2) / n
	assert sum(a) / n == 1 + c
	print(mp.nstr(number(c), 18), mp.nstr(sqrt(number(var)), 18))
concentration([(F(x), v) for x, v in ((0, 1), (3, 2), (3, 2), (8, 3), (1, 5), (0, 5), (4, 9))])
concentration([(F(i * 7919 % 13), i * 31 % 17) for i in range(1, 201)])
concentration([(F(int(i * 7919 % 13 < 5)), i * 31 % 17) for i in range(1, 201)])
concentration([(F(9), 3), (F(0), 1)])
concentration([(F(2), 3), (F(2), 3), (F(2), 1)])
