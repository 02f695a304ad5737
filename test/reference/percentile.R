# Numbers for sql/percentile.sql that are not in a publication: R 4.2.2's quantile().
#   Rscript test/reference/percentile.R
options(digits = 17)
x <- (37 * (1:60)) %% 61 / 7
p <- c(0, .05, .29, 1/3, .5, .77, .95, 1)
for (type in 1:9)
	cat("(", type, ", '{", paste(format(quantile(x, p, type = type), digits = 17), collapse = ","), "}'),\n", sep = "")
cat("LMS:", ((23.5 / 21.1)^.4 - 1) / (.4 * .09), log(23.5 / 21.1) / .09, "\n")
cat("normal:", pnorm(195, 204.5, 15.2), pnorm(-1.073570518068328), "\n")
