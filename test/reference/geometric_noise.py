"""The values that sql/disclosure_noise.sql expects: two-sided geometric noise by Canonne, Kamath and
Steinke 2020, algorithms 1 and 2, its random words those of HMAC-SHA256, written down from the paper."""
import hashlib
import hmac
import json
import struct
from fractions import Fraction


class Words:
    """64-bit words, the last of a block first, of blocks that a key, a counter, a cell and a release give"""

    def __init__(self, cell, release, key):
        self.texts = b''.join(struct.pack('>Q', len(t)) + t for t in (cell.encode(), release.encode()))
        self.key, self.counter, self.left = key, 0, []

    def word(self):
        if not self.left:
            block = hmac.new(self.key, struct.pack('>Q', self.counter) + self.texts, hashlib.sha256).digest()
            self.left = list(struct.unpack('>4Q', block))
            self.counter += 1
        return self.left.pop()

    def below(self, n):
        limit = 2 ** 64 // n * n
        while True:
            word = self.word()
            if word < limit:
                return word % n

    def bernoulli_exp(self, gamma):
        k = 1
        while self.below(gamma.denominator_ * k) < gamma.numerator_:
            k += 1
        return k % 2 == 1


class Ratio:
    """A fraction that is not reduced"""

    def __init__(self, numerator, denominator):
        self.numerator_, self.denominator_ = numerator, denominator


def noise(cell, release, key, epsilon):
    words = Words(cell, release, key)
    decimals = len(epsilon.partition('.')[2])
    t = 10 ** decimals
    s = int(Fraction(epsilon) * t)
    while True:
        u = words.below(t)
        if not words.bernoulli_exp(Ratio(u, t)):
            continue
        v = 0
        while words.bernoulli_exp(Ratio(1, 1)):
            v += 1
        y = (u + t * v) // s
        negative = words.word() % 2 == 1
        if not (negative and y == 0):
            return -y if negative else y


key = bytes(range(32))
for epsilon in '0.5', '1', '0.01', '0.000000001', '20':
    print(epsilon, [noise(f'school {i}', '2026', key, epsilon) for i in range(1, 9)])

# The table of doc/disclosure.md, with totals: students and absent
counted = {('A', 'Asian'): (4, 1), ('A', 'White'): (212, 31), ('B', 'Asian'): (37, 9), ('B', 'Black'): (150, 45), ('B', 'White'): (95, 12)}
for school in 'A', 'B', None:
    for race in 'Asian', 'Black', 'White', None:
        print(school, race, [sum(counts[i] for cell, counts in counted.items() if school in (cell[0], None) and race in (cell[1], None)) +
                             noise(json.dumps([school, race, name]), 'absence 2026', key, '0.25') for i, name in enumerate(('students', 'absent'))])
