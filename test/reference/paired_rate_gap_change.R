#!/usr/bin/env Rscript
# Reference numbers of paired_rate_gap_change in sql/rate_gap.sql: the change as the coefficient of the group in a regression of
# each student's own difference, with the HC0 variance of that regression (White 1980), which is Wald's without pooling; and by
# the covariance of the two years. Needs Debian's r-base-core.
options(digits = 17)
i <- 0:499
focal <- i %% 3 == 0
earlier <- (i * 37) %% 101 < ifelse(focal, 45, 60)
later <- ifelse((i * 53) %% 89 < 40, (i * 29) %% 97 < ifelse(focal, 60, 62), earlier)
show <- function(focal, earlier, later, level) {
	d <- later - earlier
	x <- cbind(1, focal)
	b <- solve(crossprod(x), crossprod(x, d))
	e <- as.vector(d - x %*% b)
	bread <- solve(crossprod(x))
	se <- sqrt((bread %*% crossprod(x * e) %*% bread)[2, 2])
	by_covariance <- sqrt(sum(sapply(c(TRUE, FALSE), function(g) {
		a <- earlier[focal == g]; l <- later[focal == g]; n <- length(a)
		(mean(a) * (1 - mean(a)) + mean(l) * (1 - mean(l)) - 2 * (mean(a * l) - mean(a) * mean(l))) / n
	})))
	z <- b[2] / se
	cat(b[2], se, by_covariance, b[2] - qnorm(0.5 + level / 2) * se, b[2] + qnorm(0.5 + level / 2) * se, z, 2 * pnorm(-abs(z)),
		"gaps", mean(earlier[focal]) - mean(earlier[!focal]), mean(later[focal]) - mean(later[!focal]),
		"gained, lost", sum(d[focal] > 0), sum(d[focal] < 0), sum(d[!focal] > 0), sum(d[!focal] < 0), "\n")
}
show(focal, earlier, later, 0.95)
show(focal, earlier, later, 0.9)
