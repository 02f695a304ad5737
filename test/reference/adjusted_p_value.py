# Numbers for sql/inference_family.sql that MEASURES does not print: Benjamini and Yekutieli's
# adjusted p, in exact fractions.
from fractions import Fraction

p = [Fraction(x) for x in '.0007 .0031 .0062 .0148 .0210 .0214 .0390 .0718 .2045 .7100'.split()]
n = len(p)
harmonic = sum(Fraction(1, i) for i in range(1, n + 1))
for i in range(n):
    print('%.15g' % min(1, min(p[j] * n / (j + 1) * harmonic for j in range(i, n))))
