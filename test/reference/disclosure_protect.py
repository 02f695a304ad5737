# References of sql/disclosure_protect.sql and sql/disclosure_suppress.sql, on the scale generator with 32 districts.
# Without a file: how many secondary cells a primary one there must be at least, by the lines alone (SciPy's milp, HiGHS):
# 1. each line with a hidden part and a shown total has two, that are the residual together;
# 2. the same, and a third where one of two primary parts is one person;
# 3. the same, and no person can go on from line to line to another primary cell (added until nobody can).
# With a file of which cells are hidden (name, n, is_hidden): exact cells, primary cells narrower than 5, and small sums,
# by two linear programmes a cell (linprog, HiGHS).
#   apt-get install python3-scipy
#   /usr/bin/python3 test/reference/disclosure_protect.py
#   psql -c "COPY (SELECT name, n, is_hidden FROM protect_test.cell WHERE system = '32') TO STDOUT" > pattern
#   psql -c "COPY (SELECT concat_ws(' ', 'd' || d, 's' || s, 'r' || r, 'x' || sex), n, shown = '*'
#       FROM suppress('suppressed.g32', '{d, s, r, sex}', '{\"n\": \"count\"}') JOIN suppressed.g32 ON members = ARRAY[d, s, r, sex]::text[]) TO STDOUT" > pattern
#   /usr/bin/python3 test/reference/disclosure_protect.py pattern
import sys
import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import lil_matrix

SHARES = [12, 40, 210, 240, 6, 420, 72]
K = 10


def district(d):
    """Cells of the schools of a district (school, race, sex; 0 for all) and lines: total or None where it is the district's, parts."""
    n = {}
    schools = range(12 * d - 11, 12 * d + 1)
    for s in schools:
        for r in range(1, 8):
            for x in (1, 2):
                v = max(0, (130 + s * 6007 % 850) * SHARES[r - 1] // 2000 + (s * 37 + r * 11 + x * 5) % 9 - 4)
                for cell in {(s, a, b) for a in (0, r) for b in (0, x)}:
                    n[cell] = n.get(cell, 0) + v
    lines = [((s, 0, x), [(s, r, x) for r in range(1, 8)]) for s in schools for x in (0, 1, 2)]
    lines += [((s, r, 0), [(s, r, 1), (s, r, 2)]) for s in schools for r in range(8)]
    lines += [(None, [(s, r, x) for s in schools]) for r in range(8) for x in range(3)]
    return n, lines


def told_by(n, lines, hidden, primary, same):
    """The lines by which some person gets at a primary cell of others, or None."""
    for person in (c for c in primary if n[c] == 1):
        reached = {person: frozenset()}
        queue = [person]
        for known in queue:
            for i, (total, parts) in enumerate(lines):
                members = [c for c in parts + [total] if c in hidden]
                if known not in members:
                    continue
                unknown = [c for c in members if c not in reached]
                if len(unknown) == 1:
                    reached[unknown[0]] = frozenset([i]).union(*(reached[c] for c in members if c in reached))
                    queue.append(unknown[0])
                    if unknown[0] in primary and (person, unknown[0]) not in same:
                        return reached[unknown[0]]
    return None


def least(d, residual, level):
    n, lines = district(d)
    cells = [c for c in n if n[c] > 0]
    place = {c: i for i, c in enumerate(cells)}
    primary = {c for c in cells if n[c] < K}
    lines = [(t if t in place else None, [c for c in p if c in place]) for t, p in lines]
    same = {pair for t, p in lines if t and n[t] == 1 for c in p if n[c] == 1 for pair in ((c, t), (t, c))}
    rows = []                    # sum of coefficients >= right side

    for total, parts in lines:
        for c in parts:
            row = {place[o]: min(n[o], residual) for o in parts}
            row[place[c]] -= residual
            two = {place[o]: 1 for o in parts}
            two[place[c]] = -1
            if total:
                row[place[total]] = residual
                two[place[total]] = 1
            rows += [(row, 0), (two, 0)]
            for o in parts:
                if level > 1 and c != o and n[c] == 1 and c in primary and o in primary:
                    third = {place[e]: 1 for e in parts if e not in (c, o)}
                    if total:
                        third[place[total]] = 1
                    rows.append((third, 1))
        if total and parts:
            rows.append(({**{place[c]: 1 for c in parts}, place[total]: -1}, 0))

    while True:
        a = lil_matrix((len(rows), len(cells)))
        for i, (row, _) in enumerate(rows):
            for j, v in row.items():
                a[i, j] = v
        solved = milp(np.ones(len(cells)), integrality=np.ones(len(cells)), bounds=Bounds([float(c in primary) for c in cells], 1),
                      constraints=LinearConstraint(a.tocsr(), [right for _, right in rows], np.inf))
        assert solved.success
        hidden = {c for c, z in zip(cells, solved.x) if z > 0.5}
        told = level > 2 and told_by(n, lines, hidden, primary, same)
        if not told:
            return len(primary), len(hidden) - len(primary)
        rows.append(({place[c]: 1 for i in told for c in lines[i][1] + [lines[i][0]] if c in place and c not in hidden}, 1))


def audit(path):
    cells = {}
    for row in open(path):
        name, n, is_hidden = row.rstrip('\n').split('\t')
        key = {'d': 0, 's': 0, 'r': 0, 'x': 0}
        key.update((word[0], int(word[1:])) for word in name.split())
        cells[tuple(key.values())] = int(n), is_hidden == 't'
    hidden = [c for c in cells if cells[c][1]]
    lines = {}
    for c in cells:
        d, s, r, x = c
        for kind, total in (('x', (d, s, r, 0)), ('r', (d, s, 0, x)), ('s', (d, 0, r, x)), ('d', (0, 0, r, x))):
            if total != c and not (kind == 'd' and s):
                lines.setdefault((kind, total), []).append(c)
    lines = [(total, parts) for (kind, total), parts in lines.items() if any(cells[c][1] for c in parts + [total])]
    small = sum(0 < sum(cells[c][0] for c in parts if cells[c][1]) < 10 for total, parts in lines if not cells[total][1])

    # components
    parent = {c: c for c in hidden}

    def root(c):
        while parent[c] != c:
            c = parent[c]
        return c
    for total, parts in lines:
        members = [c for c in parts + [total] if cells[c][1]]
        for c in members[1:]:
            parent[root(c)] = root(members[0])
    groups = {}
    for c in hidden:
        groups.setdefault(root(c), []).append(c)

    exact = narrow = 0
    for group in groups.values():
        place = {c: i for i, c in enumerate(group)}
        a = []
        b = []
        for total, parts in lines:
            row = np.zeros(len(group))
            for c in parts:
                if c in place:
                    row[place[c]] = 1
            if total in place:
                row[place[total]] = -1
            if row.any():
                a.append(row)
                b.append(sum(row[i] * cells[c][0] for c, i in place.items()))
        for c in group:
            e = np.zeros(len(group))
            e[place[c]] = 1
            ends = [linprog(sign * e, A_eq=np.array(a), b_eq=b, bounds=(0, None), method='highs') for sign in (1, -1)]
            width = np.inf if ends[1].status == 3 else -ends[1].fun - ends[0].fun
            exact += width < 1e-6
            narrow += cells[c][0] < K and width < 5 - 1e-6
    print(f'hidden {len(hidden)}, exact {exact}, narrow {narrow}, small sums {small}')


if len(sys.argv) > 1:
    audit(sys.argv[1])
else:
    for residual in (10, 5):
        for level in (1, 2, 3):
            found = [least(d, residual, level) for d in range(1, 33)]
            n_primary, n_secondary = (sum(f[i] for f in found) for i in (0, 1))
            print(f'residual {residual}, {level}: {n_secondary} / {n_primary} = {n_secondary / n_primary:.4f}')
