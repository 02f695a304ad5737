# Numbers for sql/percentile.sql that are not in a publication: R 4.2.2's quantile().
#   Rscript test/reference/percentile.R
options(digits = 17)
x <- (37 * (1:60)) %% 61 / 7
p <- c(0, .05, .29, 1/3, .5, .77, .95, 1)
for (type in 1:9)
	cat("(", type, ", '{", paste(format(quantile(x, p, type = type), digits = 17), collapse = ","), "}'),\n", sep = "")
cat("LMS:", ((23.5 / 21.1)^.4 - 1) / (.4 * .09), log(23.5 / 21.1) / .09, "\n")
cat("normal:", pnorm(195, 204.5, 15.2), pnorm(-1.073570518068328), "\n")
# ranks of intervals of large groups: below qbinom() there is less than the tail
for (case in list(c(1e6, .5, .95), c(1e6, .001, .999), c(1e6, .999, .999), c(1e9, .3, .99), c(2147483647, .5, .95)))
	cat("ranks:", case, "lower", qbinom((1 - case[3]) / 2, case[1], case[2]), "upper",
		qbinom((1 - case[3]) / 2, case[1], case[2], lower.tail = FALSE) + 1, "\n")
