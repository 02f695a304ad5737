\echo
\echo Each once, rows being those that are read. Seconds are of a machine that all servers share.
SELECT what, students, n_rows AS rows, round(seconds::numeric, 2) AS seconds, round(bytes / 1e6) AS mb, round((n_rows / seconds / workers)::numeric, 0) AS "rows/s/worker"
FROM scale_run
ORDER BY students, id;

\echo The year of a student
SELECT d.students, round(d.bytes::numeric / d.students) AS "bytes as student-days", round(s.bytes::numeric / s.students) AS "as sets of days", round(d.bytes::numeric / s.bytes, 1) AS "times smaller"
FROM scale_run AS d JOIN scale_run AS s USING (students)
WHERE d.what = 'student-days, loaded' AND s.what = 'sets of days, from student-days'
ORDER BY students;

\echo What a cell takes, and the rows of its students
SELECT students, what AS cell, n_cells, round(n_rows::numeric, 1) AS "students a cell", round(cell_bytes::numeric) AS "bytes a cell", round((n_rows * row_bytes)::numeric) AS "of their rows", round((n_rows * row_bytes / cell_bytes)::numeric, 1) AS "times smaller"
FROM scale_cell
ORDER BY what, students;

\echo How cost grows with students: the slope of the logarithm of seconds and of bytes. 1 is as fast as the data; what takes
\echo less than a tenth of a second at the least number of students begins with what any statement takes.
SELECT what, round(regr_slope(ln(seconds), ln(students))::numeric, 2) AS "exponent of seconds", round(regr_slope(ln(bytes), ln(students))::numeric, 2) AS "exponent of bytes",
	round(min(seconds)::numeric, 3) AS "seconds at the least", round(max(seconds)::numeric, 2) AS "at the most"
FROM scale_run
GROUP BY what
HAVING count(*) > 1
ORDER BY min(id);

\echo A nation, computed, not measured: 50 million students, as many days of each as above. What grows as the data: bytes and seconds
\echo of the most students, times 50 million by their number; of what workers do by themselves the hours of one and the minutes of
\echo 64, of what passes through the coordinator the minutes that it takes if more workers are of no help.
SELECT what, round(n_rows * factor / 1e6) AS "million rows", round((bytes * factor / 1e9)::numeric, 1) AS gb,
	CASE WHEN is_divided THEN round((seconds * workers * factor / 3600)::numeric, 2) END AS "hours of a worker",
	round((seconds * factor / 60 * CASE WHEN is_divided THEN workers / 64.0 ELSE 1 END)::numeric, 1) AS minutes, CASE WHEN is_divided THEN '64 workers' ELSE 'the coordinator' END AS of
FROM (SELECT *, 5e7 / students AS factor FROM scale_run WHERE students = (SELECT max(students) FROM scale_run)) AS r
ORDER BY id;
