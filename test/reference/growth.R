# Numbers for sql/growth.sql that are not in a publication. R 4.2.2 with quantreg 5.94:
#   apt-get install r-base-core r-cran-quantreg
#   Rscript test/reference/growth.R
suppressMessages({library(quantreg); library(splines)})
options(digits = 17, warn = -1)
i <- 1:1200
prior <- 20 + (37 * i) %% 41
current <- (53 * i) %% 29 + prior %/% 3 + (i * i) %% 7
fit <- function(prior, current) {
	knots <- round(quantile(prior, c(.2, .4, .6, .8), type = 7), 3)
	boundaries <- round(extendrange(prior, f = .1), 3)
	basis <- bs(prior, knots = knots, Boundary.knots = boundaries)
	fits <- lapply(taus, function(tau) rq(current ~ basis, tau = tau, method = "br"))
	list(knots = knots, boundaries = boundaries,
		loss = sapply(1:100, function(k) { r <- residuals(fits[[k]]); sum(r * (taus[k] - (r < 0))) }),
		p = round(t(apply(sapply(fits, fitted), 1, sort)), 5))
}
growth <- function(leading) { s <- rowSums(leading); pmin(pmax(s, 1), 99) }
taus <- (1:100 - .5) / 100
model <- fit(prior, current)
sgp <- growth(model$p < current)
top <- max(current)
at_top <- growth(model$p < current | (model$p == current & current == top))
print(model$knots); print(model$boundaries)
print(model$loss[c(1, 26, 50, 99, 100)])
cat("pairs", nrow(unique(cbind(prior, current))), "sum", sum(sgp), "weighted sum", sum(i * sgp),
	"with a highest score of", top, sum(at_top), "\n")
# where SGP's rounding moves the knots, and a wide scale
for (unit in c(1 / 300, 20000)) {
	model <- fit(prior * unit, current)
	cat("unit", unit, "knots", model$knots, "boundaries", model$boundaries, "loss", model$loss[26],
		"sum", sum(growth(model$p < current)), "weighted sum", sum(i * growth(model$p < current)), "\n")
}

# Several prior scores: as SGP has it, the splines of each added
several <- function(label, current, priors) {
	knots <- lapply(priors, function(x) round(quantile(x, c(.2, .4, .6, .8), type = 7), 3))
	boundaries <- lapply(priors, function(x) round(extendrange(x, f = .1), 3))
	design <- do.call(cbind, lapply(seq_along(priors), function(j) bs(priors[[j]], knots = knots[[j]], Boundary.knots = boundaries[[j]])))
	fits <- lapply(taus, function(tau) rq(current ~ design, tau = tau, method = "br"))
	loss <- sapply(1:100, function(k) { r <- residuals(fits[[k]]); sum(r * (taus[k] - (r < 0))) })
	p <- round(t(apply(sapply(fits, fitted), 1, sort)), 5)
	s <- growth(p < current)
	cat(label, "knots", unlist(knots), "boundaries", unlist(boundaries), "\n  losses", loss[c(1, 26, 50, 75, 100)],
		"\n  sum", sum(s), "weighted", sum(seq_along(s) * s), "first", s[1:12], "\n  curve of the first", p[1, c(1, 25, 50, 75, 100)], "\n")
}
i <- 1:1500
last <- 20 + (37 * i) %% 211 + (i * i) %% 13
before <- 300 + 2 * ((37 * i) %% 211) + (53 * i * i) %% 97
reading <- (i * 7919) %% 307 / 2
now <- 400 + 0.75 * last + 0.25 * before + (i * 6007) %% 59 + ((i * i) %% 17) * (last > 100) / 2
several("two", now, list(last, before))
several("three", now, list(last, before, reading))
several("one", now, list(last))
