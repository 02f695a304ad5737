# Numbers for sql/gap.sql: Hedges' g and its unbiased variance for large groups, where
# gamma functions of double precision lose what the correction differs from 1 by.
#   apt-get install python3-mpmath
#   python3 test/reference/hedges_g.py
import mpmath as m

m.mp.dps = 60
# n students a group, half of them 1 below and half 1 above its mean; means 2 apart
for n in (100, 500, 502, 1000000, 10 ** 9, 10 ** 16):
	df = m.mpf(2 * n - 2)
	j = m.exp(m.loggamma(df / 2) - m.log(df / 2) / 2 - m.loggamma((df - 1) / 2))
	g = j * -2 / m.sqrt(m.mpf(n) / (n - 1))
	se = m.sqrt(m.mpf(2) / n + (1 - (df - 2) / (df * j * j)) * g * g)
	print("\t(%d, %s, %s)," % (n, m.nstr(g, 17), m.nstr(se, 17)))
