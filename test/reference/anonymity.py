"""What sql/disclosure_extract.sql expects of 5,000 made-up students: k, l and the classes below, by brute force.

Each student is compared with every other; nothing is grouped, sorted or hashed.
"""

K, L = 10, 4
QUASI, SENSITIVE = 4, 2

RACES = ['A', 'A', 'A', 'B', 'B', 'C', None]


def student(i):
    disability = (i * 17 + i // 3) % 9
    return (i % 12, (i * 7919 + i // 7) % 6, RACES[(i * 31 + i // 11) % 7], (i * 13 + i // 5) % 2,
            None if disability == 8 else disability, (i * i + i // 13) % 4)


def classes(students, left_out):
    """The distinct keys that students have, and for each its students and values."""
    found = []
    for s in students:
        key = tuple(v for place, v in enumerate(s[:QUASI]) if place != left_out)
        for known, members in found:
            if known == key:
                members.append(s)
                break
        else:
            found.append((key, [s]))
    return [members for _, members in found]


def values(members):
    distinct = []
    for place in range(QUASI, QUASI + SENSITIVE):
        seen = []
        for m in members:
            if m[place] is not None and m[place] not in seen:
                seen.append(m[place])
        distinct.append(len(seen))
    return distinct


students = [student(i) for i in range(1, 5001)]
for left_out in [None, 0, 1, 2, 3]:
    found = classes(students, left_out)
    below = [m for m in found if len(m) < K or min(values(m)) < L]
    print('without', left_out, 'classes', len(found), 'below', len(below), 'students below', sum(map(len, below)))
    if left_out is None:
        print('least', min(map(len, found)), 'most', max(map(len, found)), 'squares', sum(len(m) ** 2 for m in found))
        print('l', min(min(values(m)) for m in found), 'sum of l', sum(min(values(m)) for m in found),
              'of each', sum(values(m)[0] for m in found), sum(values(m)[1] for m in found))
