# Numbers for sql/effect.sql: those of MEASURES.md again, and others. Differences in differences with HC2 errors and
# Satterthwaite's degrees of freedom, jumps at a threshold by weighted lm with HC0, HC1 and HC2,
# exact binomial tests. Base R. The data are made of whole numbers, as the test makes them.
options(digits = 15)

hc <- function(fit, type) {
	X <- model.matrix(fit)
	w <- if (is.null(weights(fit))) rep(1, nrow(X)) else weights(fit)
	bread <- solve(crossprod(X * sqrt(w)))
	h <- rowSums((X * sqrt(w)) %*% bread * (X * sqrt(w)))
	e <- residuals(fit)
	a <- switch(type, HC0 = 1, HC1 = nrow(X) / (nrow(X) - ncol(X)), HC2 = 1 / (1 - h))
	bread %*% crossprod(X, X * w^2 * e^2 * a) %*% bread
}

did <- function(y, treated, post, confidence = 0.95) {
	fit <- lm(y ~ treated * post)
	effect <- coef(fit)[["treatedTRUE:postTRUE"]]
	se <- sqrt(hc(fit, "HC2")[4, 4])
	cell <- interaction(treated, post)
	v <- tapply(y, cell, var) / tapply(y, cell, length)
	df <- sum(v)^2 / sum(v^2 / (tapply(y, cell, length) - 1))
	c(effect = effect, se = se, df = df, p = 2 * pt(-abs(effect / se), df),
		lower = effect + qt((1 - confidence) / 2, df) * se, upper = effect - qt((1 - confidence) / 2, df) * se)
}

jump <- function(y, x, c, h, donut = 0, above = x >= c) {
	w <- 1 - abs(x - c) / h
	use <- w > 0 & abs(x - c) >= donut
	d <- data.frame(y, u = x - c, above, w)[use, ]
	fit <- lm(y ~ above * u, d, weights = w)
	c(effect = coef(fit)[["aboveTRUE"]], sapply(c("HC0", "HC1", "HC2"), function(type) sqrt(hc(fit, type)[2, 2])))
}

i <- 1:600
T <- i %% 5 == 0; P <- (i %/% 5) %% 2 == 1; g <- (i %/% 10) %% 3
y <- 450 + 6 * T + 3 * P + 5 * T * P + 2 * g * T * P + 4 * g + (53 * i) %% 37 - 18
cat("MEASURES 18.1\n"); print(did(y, T, P))
for (k in 0:2) print(did(y[g == k], T[g == k], P[g == k]))

cat("random: y = exp(h(7919 i) / 2e4)\n")
i <- 1:4000
u <- (i * 7919) %% 100003
y <- exp(u / 20000)
T <- (i * 31) %% 7 < 2; P <- (i * 17) %% 5 < 3
print(did(y, T, P, 0.9))
cat("random jumps\n")
x <- ((i * 104729) %% 1009) / 16
for (h in c(3, 10.5)) for (donut in c(0, 0.5)) print(c(h = h, donut = donut, jump(y, x, 30, h, donut)))
cat("up to 30 are flagged\n"); print(jump(y, x, 30, 10.5, above = x <= 30))
cat("piles\n")
for (h in c(2, 5)) {
	n <- c(sum(x >= 30 - h & x < 30), sum(x >= 30 & x < 30 + h))
	print(c(n, binom.test(n[2], sum(n))$p.value))
}
