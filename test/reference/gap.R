# References of sql/gap.sql for groups that MEASURES does not print: Welch's and
# Student's test (stats), Hedges' g (exact and What Works Clearinghouse), and
# noncentral t intervals of d and Glass' delta, whose limits are solved here to
# the last digit, since effectsize finds them to seven only.
# Run: Rscript test/reference/gap.R

options(digits = 16)

groups <- function(k) {
  i <- 0:(5 + 7 * k - 1)
  j <- 0:(4 + 5 * k - 1)
  list(f = (37 * i + k) %% (11 + 2 * k) / 4, r = (53 * j + 3 * k) %% (13 + 3 * k) / 3 + k / 7)
}

limit <- function(t, df, p) {
  f <- function(ncp) pt(t, df, ncp) - p
  uniroot(f, c(-37, 37), tol = 1e-15, maxiter = 10000)$root
}

for (k in 1:6) {
  g <- groups(k)
  nf <- length(g$f)
  nr <- length(g$r)
  df <- nf + nr - 2
  welch <- t.test(g$f, g$r, conf.level = 0.99)
  student <- t.test(g$f, g$r, var.equal = TRUE)
  sp <- sqrt(((nf - 1) * var(g$f) + (nr - 1) * var(g$r)) / df)
  d <- (mean(g$f) - mean(g$r)) / sp
  j <- exp(lgamma(df / 2) - log(df / 2) / 2 - lgamma((df - 1) / 2))
  s <- sqrt(1 / nf + 1 / nr)
  delta <- (mean(g$f) - mean(g$r)) / sd(g$r)
  h <- sqrt(1 / nr + var(g$f) / (nf * var(g$r)))
  cat(sprintf("\t(%d, %.16g, %.16g, %.16g, %.16g, %.16g, %.16g, %.16g, %.16g, %.16g, %.16g, %.16g, %.16g),\n", k,
    welch$statistic, welch$parameter, welch$p.value, welch$conf.int[1], student$p.value,
    d, j * d, (1 - 3 / (4 * df - 1)) * d,
    j * s * limit(d / s, df, 0.975), j * s * limit(d / s, df, 0.025),
    h * limit(delta / h, nr - 1, 0.975), h * limit(delta / h, nr - 1, 0.025)))
}
