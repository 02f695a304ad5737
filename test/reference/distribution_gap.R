# Numbers for sql/gap_v.sql, sql/gap_quantile.sql and sql/gap_coarsened.sql that
# are not in a publication. R 4.2.2 with pROC and ordinal:
#   apt-get install r-base-core r-cran-proc r-cran-ordinal
#   Rscript test/reference/distribution_gap.R
suppressMessages({library(pROC); library(ordinal)})
options(digits = 16, warn = -1)
show <- function(name, ...) cat(name, format(c(...), digits = 16), "\n")

V <- function(A) sqrt(2) * qnorm(A)
describe <- function(name, f, r) {
	n1 <- length(f); n2 <- length(r)
	roc1 <- roc(c(rep(1, n1), rep(0, n2)), c(f, r), direction = "<", levels = c(0, 1), quiet = TRUE)
	A <- as.numeric(auc(roc1))
	se <- sqrt(var(roc1))
	q1 <- A / (2 - A); q2 <- 2 * A^2 / (1 + A)
	hm <- sqrt((A * (1 - A) + (n1 - 1) * (q1 - A^2) + (n2 - 1) * (q2 - A^2)) / (n1 * n2))
	show(paste(name, "A, V, DeLong, Hanley-McNeil, SE_V"), A, V(A), se, hm, sqrt(2) * se / dnorm(qnorm(A)))
	show(paste(name, "A normal interval 95%"), A + c(-1, 1) * qnorm(.975) * se)
	logit <- plogis(qlogis(A) + c(-1, 1) * qnorm(.975) * se / (A * (1 - A)))
	show(paste(name, "A and V logit interval 95%"), logit, V(logit))
	show(paste(name, "V normal interval 90%"), V(A) + c(-1, 1) * qnorm(.95) * sqrt(2) * se / dnorm(qnorm(A)))
	show(paste(name, "Mann-Whitney p"), wilcox.test(f, r, exact = FALSE, correct = FALSE)$p.value)
	ks <- ks.test(f, r, exact = TRUE)
	show(paste(name, "KS D, exact p"), ks$statistic, ks$p.value)
	# R's own series stops at 1e-6: sum it out
	x <- sqrt(n1 * n2 / (n1 + n2)) * ks$statistic; k <- 1:100
	show(paste(name, "KS asymptotic p"),
		if (x < 1) 1 - sqrt(2 * pi) / x * sum(exp(-(2 * k - 1)^2 * pi^2 / (8 * x^2)))
		else 2 * sum((-1)^(k - 1) * exp(-2 * k^2 * x^2)))
	for (p in c(.05, .3, .5, .8)) {
		mj <- function(x) {
			x <- sort(x); n <- length(x); m <- floor(p * n + .5); i <- 1:n
			w <- pbeta(i / n, m - 1, n - m) - pbeta((i - 1) / n, m - 1, n - m)
			sqrt(sum(w * (x - sum(w * x))^2))
		}
		d <- quantile(f, p) - quantile(r, p); s <- sqrt(mj(f)^2 + mj(r)^2)
		show(paste(name, "quantile gap", p, "difference, SE, interval"), d, s, d + c(-1, 1) * qnorm(.975) * s)
		n <- n1; k <- 0:n
		l <- max(c(0, which(pbinom(k, n, p) <= .025)))          # k - 1 starts at 0
		u <- min(c(n + 1, which(pbinom(k - 1, n, p, lower = FALSE) <= .025) - 1))
		show(paste(name, "focal ranks", p, "and coverage"), l, u, pbinom(u - 1, n, p) - pbinom(l - 1, n, p))
	}
}

a.f <- c(212,205,221,198,230,217,209,225,201,214)
a.r <- c(224,231,219,240,228,235,222,229,243,226,233,217)
describe("A:", a.f, a.r)
# heavy ties; the same rule in the SQL
b.f <- 20 + (37 * (1:60)) %% 23
b.r <- 22 + (53 * (1:80)) %% 29
describe("B:", b.f, b.r)
# small distance: the other series of KS
describe("C:", (37 * (1:50)) %% 41, (29 * (1:60)) %% 37)

# continuity: A* = (U + 1/2) / (n m + 1) at U = 0
A <- .5 / 5; q1 <- A / (2 - A); q2 <- 2 * A^2 / (1 + A)
hm <- sqrt((A * (1 - A) + (q1 - A^2) + (q2 - A^2)) / 4)
show("continuity 2 x 2: A, V, SE, SE_V", A, V(A), hm, sqrt(2) * hm / dnorm(qnorm(A)))

coarsened <- function(name, f, r, scale = TRUE) {
	k <- length(f)
	d <- data.frame(y = factor(rep(rep(1:k, 2), c(f, r)), 1:k, ordered = TRUE), g = rep(c(1, 0), c(sum(f), sum(r))))
	control <- clm.control(gradTol = 1e-13, maxIter = 1000)
	m <- if (scale) clm(y ~ g, scale = ~ g, data = d, link = "probit", control = control)
		else clm(y ~ g, data = d, link = "probit", control = control)
	mu <- m$beta; ls <- if (scale) m$zeta else 0
	v <- sqrt(2) * mu / sqrt(1 + exp(2 * ls))
	# clm scales (cut - mu) by exp(g * zeta), as the definition does
	i <- c(k, if (scale) k + 1)
	vc <- vcov(m)[i, i, drop = FALSE]
	g <- c(sqrt(2) / sqrt(1 + exp(2 * ls)), if (scale) -sqrt(2) * mu * exp(2 * ls) / (1 + exp(2 * ls))^1.5)
	show(paste(name, "mu, sigma, V, SE"), mu, exp(ls), v, sqrt(t(g) %*% vc %*% g))
}
coarsened("hetop 4:", c(40, 55, 30, 15), c(20, 60, 80, 60))
coarsened("homop 4:", c(40, 55, 30, 15), c(20, 60, 80, 60), FALSE)
coarsened("hetop 5, a zero cell:", c(31, 0, 22, 9, 4), c(12, 25, 41, 0, 17))
coarsened("hetop 5, zero tails:", c(31, 17, 22, 0, 0), c(0, 25, 41, 8, 17))
coarsened("homop 4, focal in two:", c(0, 31, 22, 0), c(12, 25, 41, 17), FALSE)
coarsened("homop 4, focal in one:", c(0, 31, 0, 0), c(12, 25, 41, 17), FALSE)
coarsened("hetop 5, few in the tails:", c(0, 3, 16, 27, 130), c(10, 0, 318, 6337, 3))
coarsened("hetop 3:", c(150, 80, 20), c(90, 120, 90))

# Maritz-Jarrett of many values: sql/gap_quantile.sql
x <- sort(400 + (7919 * (1:16000)) %% 16001 / 32 + ((1:16000) %% 7) * 3)
for (p in c(.001, .1, .5, .9, .999)) {
	n <- length(x); m <- floor(p * n + .5); i <- 1:n
	w <- pbeta(i / n, m - 1, n - m) - pbeta((i - 1) / n, m - 1, n - m)
	show(paste("Maritz-Jarrett of 16000 at", p), sqrt(sum(w * (x - sum(w * x))^2)))
}
