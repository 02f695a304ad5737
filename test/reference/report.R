# Numbers for sql/gap_report_estimates.sql, in test/fixtures/gap_report.csv: what R has of each estimate, of the
# students whom sql/gap_report.sql makes, of 2024, by race, White being the reference. Simultaneous bounds are
# those of t.test and of Newcombe's method at the confidence that each must have; shrunken gaps are metafor's.
#   apt-get install r-base-core r-cran-metafor
#   Rscript test/reference/report.R > test/fixtures/gap_report.csv
suppressMessages(library(metafor))

i <- 1:1200
all <- data.frame(
	year = 2024 + i %% 2, school = c("north", "east", "west")[1 + i %% 3], race = c("Asian", "Black", "White", NA)[1 + (i %/% 7) %% 4],
	score = ifelse(i %% 13 != 0, 400 + (i * 7919) %% 101 + ifelse((i %/% 7) %% 4 == 1, -20 * (2 - i %% 2), 0), NA),
	gifted = ifelse(i %% 17 != 0, (i * 31) %% 10 < 3 + (i %/% 7) %% 4, NA), tested = i %% 5 > 0)
all <- all[all$year == 2024 & !is.na(all$race), ]

alpha <- 0.05
each <- function(m) (1 - alpha)^(1 / m)
wilson <- function(x, n, confidence) prop.test(x, n, conf.level = confidence, correct = FALSE)$conf.int
newcombe <- function(a, m, c, n, confidence) {
	f <- wilson(a, m, confidence)
	r <- wilson(c, n, confidence)
	d <- a / m - c / n
	c(d - sqrt((a / m - f[1])^2 + (r[2] - c / n)^2), d + sqrt((f[2] - a / m)^2 + (c / n - r[1])^2))
}
jarrett <- function(x, p) {
	n <- length(x)
	m <- floor(p * n + 0.5)
	if (m <= 1 || m >= n) return(NA)
	w <- pbeta((1:n) / n, m - 1, n - m) - pbeta((0:(n - 1)) / n, m - 1, n - m)
	sqrt(sum(w * sort(x)^2) - sum(w * sort(x))^2)
}
# the fewest by trying, in whole numbers: tenths of the goals are whole
fewest <- function(reached, most) which(sapply(0:most, reached))[1] - 1

cat("measure,stratum,estimate,group_focal,group_reference,n_focal,n_reference,value_focal,value_reference,gap,gap_se,gap_lower,gap_upper,p_value,n_comparisons,n_needed,reason\n")
say <- function(measure, stratum, estimate, focal = NA, reference = NA, n = c(NA, NA), value = c(NA, NA), gap = NA, se = NA, bounds = c(NA, NA), p = NA, comparisons = NA, needed = NA, reason = NA) {
	numbers <- sapply(c(value, gap, se, bounds, p), function(x) if (is.na(x)) "" else sprintf("%.17g", x))
	rest <- sapply(c(comparisons, needed, reason), function(x) if (is.na(x)) "" else as.character(x))
	cat(paste(c(measure, stratum, estimate, ifelse(is.na(focal), "", focal), ifelse(is.na(reference), "", reference), ifelse(is.na(n), "", n), numbers, rest), collapse = ","), "\n", sep = "")
}

strata <- list(all = all, north = all[all$school == "north", ], east = all[all$school == "east", ], west = all[all$school == "west", ])
shrink <- function(measure, level, gaps) {
	for (g in c("Asian", "Black")) {
		y <- sapply(level, function(s) gaps[[s]][[g]]$gap)
		se <- sapply(level, function(s) gaps[[s]][[g]]$se)
		if (length(level) > 1) {
			fit <- rma(yi = y, sei = se, method = "REML", control = list(threshold = 1e-15, maxiter = 10000))
			b <- blup(fit)
		}
		for (k in seq_along(level)) {
			n <- gaps[[level[k]]][[g]]$n
			if (length(level) == 1) say(measure, level[k], "shrunken", g, "White", n, comparisons = 1, reason = "one_group")
			else say(measure, level[k], "shrunken", g, "White", n, gap = b$pred[k], se = b$se[k], bounds = b$pred[k] + c(-1, 1) * qnorm(1 - alpha / 2) * b$se[k], comparisons = length(level),
				reason = if (fit$tau2 == 0) "tau2_zero" else NA)
		}
	}
}

gaps <- list()
for (s in names(strata)) {
	d <- strata[[s]]
	family <- if (s == "all") 2 else 6
	scores <- function(g) d$score[d$race == g & !is.na(d$score)]
	missing <- function(g) sum(d$race == g & is.na(d$score))
	w <- scores("White")
	for (g in c("Asian", "Black")) {
		f <- scores(g)
		n <- c(length(f), length(w))
		v <- c(mean(f), mean(w))
		t <- t.test(f, w)
		gaps[[s]][[g]] <- list(gap = v[1] - v[2], se = t$stderr, n = n)
		say("reading", s, "gap", g, "White", n, v, v[1] - v[2], t$stderr, t$conf.int, t$p.value, family)
		say("reading", s, "simultaneous", g, "White", n, v, v[1] - v[2], t$stderr, t.test(f, w, conf.level = each(family))$conf.int, comparisons = family)
		ends <- function(x, m) (sum(x) + m * c(300, 600)) / (length(x) + m)
		a <- ends(f, missing(g))
		b <- ends(w, missing("White"))
		say("reading", s, "missing", g, "White", n, v, v[1] - v[2], bounds = c(a[1] - b[2], a[2] - b[1]))
		for (p in c(0.1, 0.25, 0.5, 0.75, 0.9)) {
			q <- c(quantile(f, p, names = FALSE), quantile(w, p, names = FALSE))
			se <- sqrt(jarrett(f, p)^2 + jarrett(w, p)^2)
			say("reading", s, paste("percentile", p), g, "White", n, q, q[1] - q[2], se, q[1] - q[2] + c(-1, 1) * qnorm(1 - alpha / 2) * se)
		}
	}
	for (g in c("Asian", "Black", "White")) {
		t <- t.test(scores(g), mu = 450)
		say("reading", s, "goal", g, "goal", c(length(scores(g)), NA), c(mean(scores(g)), 450), mean(scores(g)) - 450, t$stderr, t$conf.int - 450)
	}
	means <- sapply(c("Asian", "Black", "White"), function(g) mean(scores(g)))
	worst <- names(which.min(means))
	best <- names(which.max(means))
	t <- t.test(scores(worst), scores(best), conf.level = each(3))
	say("reading", s, "widest", worst, best, c(length(scores(worst)), length(scores(best))), c(min(means), max(means)), min(means) - max(means), t$stderr, t$conf.int, comparisons = 3)
	say("reading", s, "omnibus", p = oneway.test(score ~ race, d)$p.value, comparisons = 3)
}
shrink("reading", "all", gaps)
shrink("reading", c("north", "east", "west"), gaps)

gaps <- list()
for (s in names(strata)) {
	d <- strata[[s]][strata[[s]]$tested, ]
	family <- if (s == "all") 2 else 6
	x <- function(g) sum(d$gifted[d$race == g], na.rm = TRUE)
	of <- function(g) sum(!is.na(d$gifted[d$race == g]))
	m <- function(g) sum(is.na(d$gifted[d$race == g]))
	for (g in c("Asian", "Black")) {
		n <- c(of(g), of("White"))
		k <- c(x(g), x("White"))
		v <- k / n
		se <- sqrt(sum(v * (1 - v) / n))
		gaps[[s]][[g]] <- list(gap = v[1] - v[2], se = se, n = n)
		say("gifted", s, "gap", g, "White", n, v, v[1] - v[2], se, newcombe(k[1], n[1], k[2], n[2], 1 - alpha), suppressWarnings(prop.test(k, n, correct = FALSE)$p.value), family)
		say("gifted", s, "simultaneous", g, "White", n, v, v[1] - v[2], se, newcombe(k[1], n[1], k[2], n[2], each(family)), comparisons = family)
		lo <- k / (n + c(m(g), m("White")))
		hi <- (k + c(m(g), m("White"))) / (n + c(m(g), m("White")))
		say("gifted", s, "missing", g, "White", n, v, v[1] - v[2], bounds = c(lo[1] - hi[2], hi[1] - lo[2]))
		say("gifted", s, "gap goal", g, "White", n, v, v[1] - v[2], se, newcombe(k[1], n[1], k[2], n[2], 1 - alpha),
			needed = fewest(function(j) 10 * k[2] * n[1] - 10 * (k[1] + j) * n[2] <= n[1] * n[2], n[1]))
	}
	for (g in c("Asian", "Black", "White")) {
		v <- x(g) / of(g)
		say("gifted", s, "goal", g, "goal", c(of(g), NA), c(v, 0.6), v - 0.6, sqrt(v * (1 - v) / of(g)), wilson(x(g), of(g), 1 - alpha) - 0.6,
			needed = fewest(function(j) 10 * (x(g) + j) >= 6 * of(g), of(g)))
	}
	rates <- sapply(c("Asian", "Black", "White"), function(g) x(g) / of(g))
	worst <- names(which.min(rates))
	best <- names(which.max(rates))
	say("gifted", s, "widest", worst, best, c(of(worst), of(best)), c(min(rates), max(rates)), min(rates) - max(rates),
		sqrt(min(rates) * (1 - min(rates)) / of(worst) + max(rates) * (1 - max(rates)) / of(best)), newcombe(x(worst), of(worst), x(best), of(best), each(3)), comparisons = 3)
	say("gifted", s, "omnibus", p = suppressWarnings(chisq.test(table(d$race, d$gifted), correct = FALSE)$p.value), comparisons = 3)
}
shrink("gifted", "all", gaps)
shrink("gifted", c("north", "east", "west"), gaps)
