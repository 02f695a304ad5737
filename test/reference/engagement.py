#!/usr/bin/env python3
"""Reference numbers of test/t/engagement.pl: days of use in OULAD and OEA by group.

engagement.py FOLDER, the folder that holds oulad/ and oea/. Counts days one by
one, with nothing but Python: no sets of days, no weeks but the calendar's.
"""
import csv
import gzip
import sys
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

folder = sys.argv[1]


def rows(name):
    opener = gzip.open if name.endswith(".gz") else open
    with opener(f"{folder}/{name}", "rt") as file:
        yield from csv.DictReader(file)


def report(title, groups):
    """groups: group -> list of (days active, days available, longest, weeks below, outcome)"""
    for group in sorted(groups):
        students = groups[group]
        n = len(students)
        print(title, group, n,
              repr(float(sum(Fraction(s[0], s[1]) for s in students) / n)),
              sum(s[0] == 0 for s in students),
              max(s[2] for s in students),
              sum(s[3] for s in students),
              sum(s[4] for s in students), sep="|")


def describe(active, available, dose):
    longest = current = 0
    weeks = defaultdict(int)
    for day in sorted(available):
        current = current + 1 if day in active else 0
        longest = max(longest, current)
        weeks[day.isocalendar()[:2]] += day in active
    return (len(active & available), len(available), longest,
            sum(days < dose for days in weeks.values()))


# OULAD: a course begins on 1 October (J) or 1 February (B); a student has its days from
# registration to unregistration, both included.
courses = {}
for c in rows("oulad/courses.csv"):
    year, term = c["code_presentation"][:4], c["code_presentation"][4]
    courses[c["code_module"], c["code_presentation"]] = (
        date(int(year), 10 if term == "J" else 2, 1), int(c["module_presentation_length"]))

days = defaultdict(set)
for v in rows("oulad/studentVle_daily.csv.gz"):
    days[v["code_module"], v["code_presentation"], v["id_student"]].add(int(v["date"]))
span = {}
for r in rows("oulad/studentRegistration.csv"):
    span[r["code_module"], r["code_presentation"], r["id_student"]] = (
        int(r["date_registration"] or 0), int(r["date_unregistration"] or 10 ** 6))

bands = defaultdict(list)
for s in rows("oulad/studentInfo.csv"):
    key = s["code_module"], s["code_presentation"], s["id_student"]
    start, length = courses[key[:2]]
    first, last = span[key]
    available = {start + timedelta(d) for d in range(max(first, 0), min(last, length - 1) + 1)}
    if not available or not s["imd_band"]:
        continue
    active = {start + timedelta(d) for d in days[key]}
    band = s["imd_band"].rstrip("%") + "%"
    bands[band].append(describe(active, available, 2) + (s["final_result"] in ("Pass", "Distinction"),))
report("oulad", bands)

# OEA: logins to learning apps on the 20 days of school; the outcome is 10 percent absent.
race = {s["student_id"]: s["race"] for s in rows("oea/student.csv")}
school = defaultdict(set)
absent = defaultdict(set)
for a in rows("oea/attendance.csv"):
    day = date.fromisoformat(a["day"])
    school[a["student_id"]].add(day)
    if a["code"] == "A":
        absent[a["student_id"]].add(day)
active = defaultdict(set)
for a in rows("oea/edtech_daily.csv"):
    if a["active"] == "True":
        active[a["student_id"]].add(date.fromisoformat(a["day"]))
races = defaultdict(list)
for student in race:
    chronic = 10 * len(absent[student]) >= len(school[student])
    races[race[student]].append(describe(active[student], school[student], 2) + (chronic,))
report("oea", races)
