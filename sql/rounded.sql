-- Numbers for reports. Expected: decimal arithmetic by hand.
SET search_path = public, gapstats;
SELECT rounded(1.005, 2), rounded(2.675, 2), rounded(-1.005, 2), rounded(0.125, 2), rounded(-6.696666666666666, 1), rounded(12, 2), rounded(1449.5, -2);
SELECT rounded(1e308, 0) = 1e308::numeric AS huge, rounded(5e-324, 3) AS tiny, rounded(-0.0004, 3) AS negative_zero, rounded(0.1::float8 + 0.2::float8, 17) AS shortest;
SELECT rounded(2.5), rounded(-2.5), rounded(1449.5);
SELECT rounded(NULL, 2);
SELECT rounded(1, NULL);
SELECT rounded('NaN', 2);
SELECT rounded('-Infinity', 2);
