#!/usr/bin/env Rscript
# Reference numbers of sql/rate*.sql that no published table prints.
# Needs Debian's r-base-core and r-cran-metafor.
options(digits = 17)
suppressMessages(library(metafor))

show <- function(label, ...) cat(sprintf("%-28s %s\n", label, paste(format(c(...), digits = 17), collapse = " ")))

# Fisher's exact test: by hypergeometric tails, ties, and a large table
fisher <- function(a, m, c, n)
	show(sprintf("fisher %s/%s %s/%s", a, m, c, n),
		fisher.test(matrix(c(a, m - a, c, n - c), 2))$p.value)
fisher(56, 70, 48, 80)
fisher(5, 56, 0, 29)
fisher(3, 10, 3, 10)
fisher(0, 10, 5, 12)
fisher(711, 3022, 514, 3223)
fisher(30, 31, 2, 9)

# The change of a gap: 56/70 against 48/80, a year later 61/75 against 66/90
es <- function(measure) escalc(measure, ai = c(56, 61), n1i = c(70, 75), ci = c(48, 66), n2i = c(80, 90))
rd <- es("RD")
rr <- es("RR")
change <- function(e) {
	d <- e$yi[2] - e$yi[1]
	se <- sqrt(sum(e$vi))
	c(d, se, d - qnorm(0.975) * se, d + qnorm(0.975) * se, d / se, 2 * pnorm(-abs(d / se)))
}
show("rate gap change", change(rd))
r <- change(rr)
show("ratio of risk ratios", exp(r[1]), r[2], exp(r[3]), exp(r[4]), r[5], r[6])
# The same from a log-linear model: the interaction of group and year
n <- c(70, 80, 75, 90)
x <- c(56, 48, 61, 66)
fit <- glm(cbind(x, n - x) ~ c(1, 0, 1, 0) * c(0, 0, 1, 1), family = binomial(link = "log"),
	start = c(log(0.6), 0.2, 0.1, 0), control = glm.control(epsilon = 1e-14, maxit = 200))
show("the same by glm", exp(coef(fit)[4]), sqrt(vcov(fit)[4, 4]))

# Proficiency: scores >= 217 in the two groups of a worked example, Newcombe by prop.test's Wilson
wilson <- function(x, n) prop.test(x, n, correct = FALSE)$conf.int[1:2]
f <- c(212, 205, 221, 198, 230, 217, 209, 225, 201, 214)
g <- c(224, 231, 219, 240, 228, 235, 222, 229, 243, 226, 233, 217)
x1 <- sum(f >= 217); x2 <- sum(g >= 217)
p1 <- x1 / 10; p2 <- x2 / 12
w1 <- suppressWarnings(wilson(x1, 10)); w2 <- suppressWarnings(wilson(x2, 12))
w2[2] <- 1
show("proficiency 217", x1, x2, p1 - p2,
	p1 - p2 - sqrt((p1 - w1[1])^2 + (w2[2] - p2)^2), p1 - p2 + sqrt((w1[2] - p1)^2 + (p2 - w2[1])^2))

# Clopper-Pearson
show("clopper-pearson 8/20", binom.test(8, 20)$conf.int[1:2])
show("clopper-pearson 0/10 90%", binom.test(0, 10, conf.level = 0.9)$conf.int[1:2])

# Weighted rate: Wilson with Kish's effective sample size, by the quadratic that it solves
w <- c(1.5, 2, 0.5, 3, 1, 1, 2.5, 4, 0.25, 1)
x <- c(1, 0, 1, 1, 0, 0, 1, 0, 1, 0)
p <- sum(w * x) / sum(w)
n <- sum(w)^2 / sum(w^2)
z <- qnorm(0.975)
root <- function(lo, hi) uniroot(function(t) (p - t)^2 - z^2 * t * (1 - t) / n, c(lo, hi), tol = 1e-15)$root
show("weighted", p, n, sqrt(p * (1 - p) / n), root(0, p), root(p, 1))
z <- qnorm(0.95)
show("weighted 90%", root(0, p), root(p, 1))

# The slope of a gap over three years, weighted by its variances (years from 0: from 2021 R loses digits)
ai <- c(56, 61, 50); n1 <- c(70, 75, 72); ci <- c(48, 66, 55); n2 <- c(80, 90, 95)
e <- escalc("RD", ai = ai, n1i = n1, ci = ci, n2i = n2)
fit <- rma(yi, vi, mods = ~ c(0, 1, 2), data = e, method = "FE")
show("slope of rate gaps", fit$beta[2], fit$se[2], fit$QE)

# A group against everyone, itself among them: the others' share times the gap to the others, whose z is that of the test
everyone <- function(label, x, n, X, N) {
	xo <- X - x; no <- N - n
	w <- suppressWarnings(list(wilson(x, n), wilson(xo, no)))
	p <- x / n; q <- xo / no; share <- no / N
	show(label, p - X / N, share * sqrt(p * (1 - p) / n + q * (1 - q) / no),
		share * (p - q - sqrt((p - w[[1]][1])^2 + (w[[2]][2] - q)^2)),
		share * (p - q + sqrt((w[[1]][2] - p)^2 + (q - w[[2]][1])^2)),
		sign(p - q) * sqrt(suppressWarnings(prop.test(c(x, xo), c(n, no), correct = FALSE))$statistic),
		p / (X / N), p / (1 - p) / (X / (N - X)))
}
everyone("everyone 3/20 of 43/100", 3, 20, 43, 100)
everyone("everyone 10/20 of 43/100", 10, 20, 43, 100)
everyone("everyone 30/60 of 43/100", 30, 60, 43, 100)
