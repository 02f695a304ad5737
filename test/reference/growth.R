# Numbers for sql/growth.sql that are not in a publication. R 4.2.2 with quantreg 5.94:
#   apt-get install r-base-core r-cran-quantreg
#   Rscript test/reference/growth.R
suppressMessages({library(quantreg); library(splines)})
options(digits = 17, warn = -1)
i <- 1:1200
prior <- 20 + (37 * i) %% 41
current <- (53 * i) %% 29 + prior %/% 3 + (i * i) %% 7
knots <- round(quantile(prior, c(.2, .4, .6, .8), type = 7), 3)
boundaries <- round(extendrange(prior, f = .1), 3)
basis <- bs(prior, knots = knots, Boundary.knots = boundaries)
taus <- (1:100 - .5) / 100
fits <- lapply(taus, function(tau) rq(current ~ basis, tau = tau, method = "br"))
loss <- sapply(1:100, function(k) { r <- residuals(fits[[k]]); sum(r * (taus[k] - (r < 0))) })
p <- round(t(apply(sapply(fits, fitted), 1, sort)), 5)
growth <- function(leading) { s <- rowSums(leading); pmin(pmax(s, 1), 99) }
sgp <- growth(p < current)
top <- max(current)
at_top <- growth(p < current | (p == current & current == top))
print(knots); print(boundaries)
print(loss[c(1, 26, 50, 99, 100)])
cat("pairs", nrow(unique(cbind(prior, current))), "sum", sum(sgp), "weighted sum", sum(i * sgp),
	"with a highest score of", top, sum(at_top), "\n")
