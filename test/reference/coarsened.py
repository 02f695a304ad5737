# Numbers for sql/gap_coarsened.sql where double precision would lose 1 - A: V by the
# definitions of the methods, with 60 digits.
#   apt-get install python3-mpmath
#   python3 test/reference/coarsened.py
import mpmath as m

m.mp.dps = 60
huge = m.mpf(10) ** 18
focal = [1, 1, huge]
reference = [huge, 1, 1]
n = huge + 2

def normit(p):
	"""Normal quantile of a small probability"""
	return m.findroot(lambda z: m.log(m.ncdf(z)) - m.log(p), -8.7)

def show(name, v):
	print(name, m.nstr(v, 17))

# ties by half
below = sum(f * r * (1 if j > i else m.mpf(1) / 2)
	for i, f in enumerate(focal) for j, r in enumerate(reference) if j >= i)
show("linear", -m.sqrt(2) * normit(below / n / n))

# Fritsch & Carlson's cubic: the area above it
x = [sum(focal[:i]) / n for i in range(4)]
y = [sum(reference[:i]) / n for i in range(4)]
secant = [(y[i + 1] - y[i]) / (x[i + 1] - x[i]) for i in range(3)]
slope = [secant[0], (secant[0] + secant[1]) / 2, (secant[1] + secant[2]) / 2, secant[2]]
for i in range(3):
	a, b = slope[i] / secant[i], slope[i + 1] / secant[i]
	left, right = 2 * a + b - 3, a + 2 * b - 3
	if left > 0 and right > 0 and a * (left + right) < left * left:
		shrink = 3 / m.sqrt(a * a + b * b)
		slope[i], slope[i + 1] = shrink * a * secant[i], shrink * b * secant[i]
above = sum((x[i + 1] - x[i]) * (2 - y[i] - y[i + 1]) / 2 -
	(x[i + 1] - x[i]) ** 2 * (slope[i] - slope[i + 1]) / 12 for i in range(3))
show("monotone", -m.sqrt(2) * normit(above))

# the line through two normits is exact
f = [normit(1 / n), normit(2 / n)]
r = [-normit(2 / n), -normit(1 / n)]
sigma = (r[1] - r[0]) / (f[1] - f[0])
mu = r[0] - sigma * f[0]
show("probit_ols", m.sqrt(2) * mu / m.sqrt(1 + sigma ** 2))
