\echo
\echo Suppression: the least seconds of all rounds. To suppress is to audit what would be published until nothing can be had;
\echo the audit beside it asks for all intervals. Given away are numbers that it finds, secondary cells those hidden for
\echo others, for each that is small itself. The memory is the most of the whole session, which suppresses and audits.
SELECT what || ' ' || to_char(cells, 'FM999,999,999') || ' cells' AS what, round(min(r.seconds), 3) AS seconds, round(min(r.cpu_seconds), 2) AS cpu_seconds, t.cpu_seconds AS "target, at most",
	max(n_given_away) AS given_away, round(max(r.secondary), 3) AS secondary, t.secondary AS "target, at most", round(max(r.memory_mb)) AS memory_mb, t.memory_mb AS "target, at most"
FROM disclosure_run AS r JOIN disclosure_target AS t USING (what, cells)
GROUP BY what, cells, t.cpu_seconds, t.secondary, t.memory_mb
ORDER BY cells, what DESC;
