# Numbers for sql/gap_trend.sql that are not in a publication. R 4.2.2 with metafor 3.8-1:
#   apt-get install r-base-core r-cran-metafor
#   Rscript test/reference/trend.R
suppressMessages(library(metafor))
options(digits = 17)
year <- c(0, 1, 3, 4, 5)   # from 2018 on: metafor loses digits with years as they are
gap <- c(-15.7, -13.6, -18.2, -16.1, -14.9)
se <- c(4.0, 4.2, 3.1, 2.7, 2.9)
m <- rma(gap, sei = se, mods = ~ year, method = "FE")
print(c(slope = m$beta[2], se = m$se[2], lower = m$ci.lb[2], upper = m$ci.ub[2], z = m$zval[2], p = m$pval[2]))
print(c(intercept = m$beta[1], se = m$se[1], lower = m$ci.lb[1], upper = m$ci.ub[1], q_e = m$QE, q_e_p = m$QEp))
m90 <- rma(gap, sei = se, mods = ~ year, method = "FE", level = 90)
print(c(lower90 = m90$ci.lb[2], upper90 = m90$ci.ub[2]))
m2 <- rma(gap[1:2], sei = se[1:2], mods = ~ year[1:2], method = "FE")
print(c(slope2 = m2$beta[2], se = m2$se[2], q_e = m2$QE, q_e_p = m2$QEp))

# one cell without variance, by the formulas
f1 <- c(5, 5, 5); r1 <- c(1, 2, 4, 8); f2 <- c(3, 6, 7); r2 <- c(2, 9)
v <- c(var(f1) / 3, var(r1) / 4, var(f2) / 3, var(r2) / 2)
d <- (mean(f2) - mean(r2)) - (mean(f1) - mean(r1))
nu <- sum(v)^2 / sum(v^2 / c(2, 3, 2, 1)); s <- sqrt(sum(v))
print(c(d, s, nu, 2 * pt(-abs(d / s), nu), d + c(-1, 1) * qt(.95, nu) * s))
# two estimates
z <- (-0.62 - -0.75) / sqrt(.12^2 + .11^2)
print(c(sqrt(.12^2 + .11^2), z, 2 * pnorm(-abs(z)), .13 + c(-1, 1) * qnorm(.975) * sqrt(.12^2 + .11^2)))
