# Numbers for sql/gap_report_reference.sql, in test/fixtures/gap_report.csv: what R has of every column of three reports of
# the students whom that test makes. Simultaneous bounds are those of t.test and of Newcombe's method at the confidence that
# each must have, from everyone those from the others times the others' share; shrunken gaps are metafor's; students needed
# are found by trying, in whole numbers; the bounds of Hedges' g are where the noncentral t distribution has the two tails, found
# by bisection, the error of V is DeLong's over all pairs, and those of ratios are the logarithm's.
#   apt-get install r-base-core r-cran-metafor
#   Rscript test/reference/report.R > test/fixtures/gap_report.csv
suppressMessages(library(metafor))

i <- 1:1200
race <- (i %/% 7) %% 4
students <- data.frame(
	year = 2024 + i %% 2, school = c("north", "east", "west")[1 + i %% 3], race = c("Asian", "Black", "White", NA)[1 + race], tested = i %% 5 > 1 - i %% 2,
	score = ifelse(i %% 13 != 0, 400 + (i * 7919) %% 101 + ifelse(race == 1, -20 * (2 - i %% 2), 0), NA),
	gifted = ifelse(i %% 17 != 0, (i * 31) %% 10 < 3 + race, NA), late = ifelse(i %% 19 != 0, (i * 17) %% 11 < 5 - race, NA),
	passed = ifelse(i %% 23 != 0, (i * 13) %% 4, NA), taken = ifelse(i %% 29 != 0, 3 + (i %/% 3) %% 2, NA),
	first = ifelse(i %% 13 != 0, 300 + (i * 7919) %% 101, NA), second = ifelse(i %% 13 != 0, 310 + (i * 31) %% 59, NA))
groups <- c("Asian", "Black", "White")

# of each measure its students: scores, or x of n, and the rows of whom nothing is known. Goals are in hundredths
of_scores <- function(d) list(scores = d$score[!is.na(d$score)], n = sum(!is.na(d$score)), missing = sum(is.na(d$score)))
of_outcome <- function(y) list(x = sum(y, na.rm = TRUE), n = sum(!is.na(y)), missing = sum(is.na(y)))
measures <- list(
	reading = list(of = of_scores, direction = "higher", unit = "points", goal = 45000),
	gifted = list(of = function(d) of_outcome(d$gifted[d$tested]), direction = "higher", unit = "of those tested", goal = 60, gap_goal = 10),
	late = list(of = function(d) of_outcome(d$late), direction = "lower", unit = NA, goal = 30, gap_goal = 3),
	passed = list(of = function(d) {
		d <- d[d$tested, ]
		known <- !is.na(d$passed) & !is.na(d$taken)
		list(x = sum(d$passed[known]), n = sum(d$taken[known]), missing = sum(!known))
	}, direction = "higher", unit = "exams", goal = 50, gap_goal = 2),
	stored = list(of = function(d) {
		d <- d[d$tested & !is.na(d$first), ]
		list(scores = c(d$first, d$second), n = 2 * nrow(d), missing = NA)
	}, direction = "lower", unit = "seconds"))

each <- function(m, confidence) confidence^(1 / m)
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
fewest <- function(reached) which(sapply(0:1000, reached))[1] - 1
value <- function(s) if (is.null(s$scores)) s$x / s$n else mean(s$scores)
both <- function(a, b) list(scores = if (!is.null(a$scores)) c(a$scores, b$scores), x = if (is.null(a$scores)) a$x + b$x, n = a$n + b$n, missing = a$missing + b$missing)
above <- function(f, r) outer(f, r, function(x, y) (x > y) + (x == y) / 2)
V <- function(f, r) sqrt(2) * qnorm(mean(above(f, r)))
delong <- function(f, r) {
	pairs <- above(f, r)
	sqrt(var(rowMeans(pairs)) / length(f) + var(colMeans(pairs)) / length(r))
}
noncentral <- function(t, df, confidence) sapply(c(1 + confidence, 1 - confidence) / 2, function(tail)
	uniroot(function(ncp) pt(t, df, ncp) - tail, t + c(-9, 9), tol = 1e-13, maxiter = 10000)$root)
logarithmic <- function(ratio, se, confidence) ratio * exp(c(-1, 1) * qnorm((1 + confidence) / 2) * se)

# a gap to others, or to everyone, the group itself among them
compared <- function(f, r, within) {
	all <- if (within) both(f, r) else r
	share <- if (within) r$n / all$n else 1
	a <- list(n_reference = all$n, n_missing_reference = all$missing, value_focal = value(f), value_reference = value(all), gap = value(f) - value(all), all = all)
	if (is.null(f$scores)) {
		v <- c(value(f), value(r))
		a$gap_se <- share * sqrt(sum(v * (1 - v) / c(f$n, r$n)))
		a$bounds <- function(confidence) share * newcombe(f$x, f$n, r$x, r$n, confidence)
		a$p_value <- suppressWarnings(prop.test(c(f$x, r$x), c(f$n, r$n), correct = FALSE)$p.value)
		a$risk_ratio <- value(f) / value(all)
		a$reason <- if (within) "overlap" else NA
		odds <- function(s) s$x / (s$n - s$x)
		log_se <- c(sqrt(1 / f$x - 1 / f$n + 1 / r$x - 1 / r$n), sqrt(1 / f$x + 1 / (f$n - f$x) + 1 / r$x + 1 / (r$n - r$x)))
		ratios <- list(risk_ratio = a$risk_ratio, odds_ratio = odds(f) / odds(all))
		# of a ratio to the whole there is no error
		a$effects <- function(confidence) mapply(function(ratio, se) list(gap = ratio, se = if (within) NA else se, bounds = if (within) c(NA, NA) else logarithmic(ratio, se, confidence), reason = a$reason), ratios, log_se, SIMPLIFY = FALSE)
	} else {
		t <- t.test(f$scores, r$scores)
		m <- f$n + r$n - 2
		a$gap_se <- share * t$stderr
		a$bounds <- function(confidence) share * t.test(f$scores, r$scores, conf.level = confidence)$conf.int
		a$p_value <- t$p.value
		corrected <- exp(lgamma(m / 2) - log(m / 2) / 2 - lgamma((m - 1) / 2))
		d <- (mean(f$scores) - mean(r$scores)) / sqrt(((f$n - 1) * var(f$scores) + (r$n - 1) * var(r$scores)) / m)
		sizes <- sqrt(1 / f$n + 1 / r$n)
		a$hedges_g <- share * corrected * d
		a$v <- V(f$scores, all$scores)
		v_se <- sqrt(2) * share * delong(f$scores, r$scores) / dnorm(a$v / sqrt(2))
		a$effects <- function(confidence) list(
			hedges_g = list(gap = a$hedges_g, se = share * sqrt(sizes^2 + (corrected * d)^2 / (2 * (f$n + r$n))), bounds = share * corrected * sizes * noncentral(d / sizes, m, confidence)),
			v = list(gap = a$v, se = v_se, bounds = a$v + c(-1, 1) * qnorm((1 + confidence) / 2) * v_se))
	}
	a
}
needed_for_rate <- function(f, m) if (is.null(f$scores)) fewest(function(j) if (m$direction == "higher") 100 * (f$x + j) >= m$goal * f$n else 100 * (f$x - j) <= m$goal * f$n) else NA
needed_for_gap <- function(f, all, m, within) {
	s <- if (m$direction == "higher") 1 else -1
	fewest(function(j) s * 100 * ((all$x + s * j * within) * f$n - (f$x + s * j) * all$n) <= m$gap_goal * f$n * all$n)
}
verdict <- function(now, before, p, least, min_n, confidence) {
	if (least < min_n) return("too few")
	if (p > 1 - confidence) return("not clear")
	is_clear <- now$lower > 0 || now$upper < 0
	same_side <- sign(now$gap) * sign(before$gap) >= 0
	if (abs(now$gap) <= abs(before$gap) && (same_side || !is_clear)) "narrower" else if (same_side) "wider" else if (is_clear) "reversed" else "not clear"
}

columns <- c("report", "measure", "direction", "unit", "dimension", "level", "stratum", "period", "estimate", "group_focal", "group_reference", "rule_of_reference", "n_focal", "n_reference", "n_missing_focal",
	"n_missing_reference", "n_missing_group", "share", "value_focal", "value_reference", "gap", "gap_se", "gap_lower", "gap_upper", "hedges_g", "v", "risk_ratio", "p_value", "p_value_adjusted", "family", "n_comparisons", "previous_period",
	"previous_gap", "change", "change_se", "change_lower", "change_upper", "verdict", "n_needed", "is_suppressed", "reason")
cat(columns, sep = ",")
cat("\n")
quoted <- function(x) if (is.null(x) || is.na(x)) "" else if (is.character(x)) if (grepl(",", x)) sprintf("\"%s\"", x) else x else if (is.logical(x)) if (x) "t" else "f" else sprintf("%.12g", x)
say <- function(...) {
	row <- list()
	# what is said last holds
	for (part in list(...)) row[names(part)] <- part
	stopifnot(names(row) %in% columns)
	cat(sapply(columns, function(c) quoted(row[[c]])), sep = ",")
	cat("\n")
}
interval <- function(bounds) list(gap_lower = bounds[1], gap_upper = bounds[2])
said_of <- function(a) a[intersect(names(a), c("n_reference", "n_missing_reference", "value_focal", "value_reference", "gap", "gap_se", "hedges_g", "v", "risk_ratio", "p_value", "reason"))]

report <- function(name, of, estimates, rule, confidence, min_n, levels) for (measure in of) {
	m <- measures[[measure]]
	z <- qnorm((1 + confidence) / 2)
	is_rate <- !is.null(m$gap_goal)
	for (level in names(levels)) {
		before <- list()
		for (year in c(2024, 2025)) {
			gaps <- list()
			said <- list()
			for (s in levels[[level]]) {
				d <- students[students$year == year & (s == "all" | students$school == s), ]
				of_group <- lapply(setNames(groups, groups), function(g) m$of(d[d$race %in% g, ]))
				unknown <- m$of(d[is.na(d$race), ])$n
				total <- sum(sapply(groups, function(g) m$of(students[students$year == year & students$race %in% g, ])$n))
				for (g in groups) {
					f <- of_group[[g]]
					others <- groups[groups != g]
					r <- if (rule == "named") of_group[["White"]] else both(of_group[[others[1]]], of_group[[others[2]]])
					is_reference <- rule == "named" && g == "White"
					said[[s]][[g]] <- list(report = name, measure = measure, direction = m$direction, unit = m$unit, dimension = "race", level = level, stratum = s, period = as.character(year), group_focal = g,
						group_reference = c(named = "White", everyone = "everyone", others = "everyone else")[[rule]], rule_of_reference = rule, n_focal = f$n, n_missing_focal = f$missing, n_missing_group = unknown,
						share = f$n / total, value_focal = value(f), is_suppressed = FALSE, reason = if (is_reference) "is_reference" else NA)
					gaps[[s]][[g]] <- if (!is_reference) compared(f, r, rule == "everyone") else list(p_value = NA)
					gaps[[s]][[g]]$f <- f
					gaps[[s]][[g]]$r <- r
				}
			}
			# within a family, in the order of its rows
			of_family <- function(of) unlist(lapply(levels[[level]], function(s) sapply(groups, function(g) of(s, g))))
			adjust <- function(p) replace(p, !is.na(p), p.adjust(p[!is.na(p)], "BH"))
			place <- function(s, g) (match(s, levels[[level]]) - 1) * 3 + match(g, groups)
			p <- of_family(function(s, g) gaps[[s]][[g]]$p_value)
			adjusted <- adjust(p)
			m_family <- sum(!is.na(p))
			family <- list(family = paste(measure, "race", level, year, sep = ", "), n_comparisons = m_family)
			changes_p <- of_family(function(s, g) {
				a <- gaps[[s]][[g]]
				was <- before[[s]][[g]]
				if (is.null(was) || is.null(a$gap)) NA else 2 * pnorm(-abs(a$gap - was$gap) / sqrt(a$gap_se^2 + was$gap_se^2))
			})
			changes_adjusted <- adjust(changes_p)
			for (s in levels[[level]]) for (g in groups) {
				who <- said[[s]][[g]]
				a <- gaps[[s]][[g]]
				is_reference <- identical(who$reason, "is_reference")
				gap <- if (is_reference) list() else said_of(a)
				own <- gap[setdiff(names(gap), c("hedges_g", "v", "risk_ratio", "p_value", "gap_se", if (identical(a$reason, "overlap")) "reason"))]
				compares <- gap[intersect(names(gap), c("n_reference", "n_missing_reference"))]
				by_itself <- list(group_reference = NA, rule_of_reference = NA, reason = NA)
				bounds <- if (is_reference) list() else interval(a$bounds(confidence))
				if ("gap" %in% estimates) {
					change <- list()
					was <- before[[s]][[g]]
					if (!is.null(was) && !is_reference) {
						se <- sqrt(a$gap_se^2 + was$gap_se^2)
						c <- a$gap - was$gap + c(-1, 1) * z * se
						change <- list(previous_period = as.character(year - 1), previous_gap = was$gap, change = a$gap - was$gap, change_se = se, change_lower = c[1], change_upper = c[2],
							verdict = verdict(list(gap = a$gap, lower = bounds$gap_lower, upper = bounds$gap_upper), was, changes_adjusted[[place(s, g)]], min(a$f$n, a$n_reference, was$least), min_n, confidence))
						if ("change" %in% estimates) say(who, compares, interval(c), list(estimate = "change", previous_period = as.character(year - 1), value_focal = a$gap, value_reference = was$gap, gap = a$gap - was$gap, gap_se = se,
							p_value = changes_p[[place(s, g)]], p_value_adjusted = changes_adjusted[[place(s, g)]], family = paste(family$family, "changes", sep = ", "), n_comparisons = sum(!is.na(changes_p))))
					}
					say(who, gap, bounds, list(estimate = "gap", p_value_adjusted = adjusted[[place(s, g)]]), family, change)
					if (!is_reference) before[[s]][[g]] <- list(gap = a$gap, gap_se = a$gap_se, least = min(a$f$n, a$n_reference))
				}
				for (effect in intersect(estimates, if (is_rate) c("risk_ratio", "odds_ratio") else c("hedges_g", "v"))) {
					e <- if (!is_reference) a$effects(confidence)[[effect]]
					say(who, compares, list(estimate = effect, value_focal = NA), if (!is_reference) c(list(gap = e$gap, gap_se = e$se, reason = if (is.null(e$reason)) NA else e$reason), interval(e$bounds)))
				}
				if ("value" %in% estimates) {
					t <- if (!is_rate) t.test(a$f$scores, conf.level = confidence)
					say(who, by_itself, interval(if (is_rate) wilson(a$f$x, a$f$n, confidence) else t$conf.int),
						list(estimate = "value", gap = value(a$f), gap_se = if (is_rate) sqrt(value(a$f) * (1 - value(a$f)) / a$f$n) else t$stderr))
				}
				if ("simultaneous" %in% estimates) say(who, own, list(estimate = "simultaneous"), family, if (!is_reference) c(interval(a$bounds(each(m_family, confidence))), gap_se = a$gap_se))
				if ("missing" %in% estimates) {
					ends <- function(s) if (is_rate) c(s$x, s$x + s$missing) / (s$n + s$missing) else (sum(s$scores) + s$missing * c(300, 600)) / (s$n + s$missing)
					say(who, own, list(estimate = "missing"), if (!is_reference) interval(c(ends(a$f)[1] - ends(a$r)[2], ends(a$f)[2] - ends(a$r)[1])))
				}
				if ("percentiles" %in% estimates && !is_rate) for (q in c(0.1, 0.25, 0.5, 0.75, 0.9)) {
					at <- c(quantile(a$f$scores, q, names = FALSE), quantile(a$r$scores, q, names = FALSE))
					se <- sqrt(jarrett(a$f$scores, q)^2 + jarrett(a$r$scores, q)^2)
					say(who, own, list(estimate = paste("percentile", q), value_focal = at[1]),
						if (!is_reference) c(list(value_reference = at[2], gap = at[1] - at[2], gap_se = se), interval(at[1] - at[2] + c(-1, 1) * z * se)))
				}
				if ("goal" %in% estimates && !is.null(m$goal)) {
					goal <- m$goal / 100
					t <- if (!is_rate) t.test(a$f$scores, mu = goal, conf.level = confidence)
					say(who, list(estimate = "goal", group_reference = "goal", rule_of_reference = "goal", value_reference = goal, gap = value(a$f) - goal, n_needed = needed_for_rate(a$f, m), reason = NA,
						gap_se = if (is_rate) sqrt(value(a$f) * (1 - value(a$f)) / a$f$n) else t$stderr), interval((if (is_rate) wilson(a$f$x, a$f$n, confidence) else t$conf.int) - goal))
				}
				if ("goal" %in% estimates && is_rate) {
					sign <- if (m$direction == "higher") 1 else -1
					goal <- -sign * m$gap_goal / 100
					j <- if (!is_reference) needed_for_gap(a$f, a$all, m, rule == "everyone")
					say(who, compares, list(estimate = "gap goal", value_focal = NA), if (!is_reference) c(list(value_focal = a$gap, value_reference = goal, gap = a$gap - goal, gap_se = a$gap_se, n_needed = j), interval(unlist(bounds) - goal)))
					then <- if (!is_reference) c((a$f$x + sign * j) / a$f$n, (a$all$x + sign * j * (rule == "everyone")) / a$all$n)
					say(who, compares, list(estimate = "gap then", value_focal = NA), if (!is_reference) list(value_focal = then[1], value_reference = then[2], gap = then[1] - then[2], n_needed = j))
				}
			}
			for (shrunken in intersect(estimates, c("shrunken", "probability_below_zero"))) for (g in groups) {
				y <- sapply(levels[[level]], function(s) gaps[[s]][[g]]$gap)
				blank <- list(estimate = shrunken, value_focal = NA)
				if (g != "White" && length(y) > 1) {
					fit <- rma(yi = y, sei = sapply(levels[[level]], function(s) gaps[[s]][[g]]$gap_se), method = "REML", control = list(threshold = 1e-15, maxiter = 10000))
					b <- blup(fit)
				}
				for (k in seq_along(levels[[level]])) {
					s <- levels[[level]][k]
					who <- said[[s]][[g]]
					compares <- said_of(gaps[[s]][[g]])[c("n_reference", "n_missing_reference")]
					if (g == "White") say(who, blank)
					else if (length(y) == 1) say(who, blank, compares, list(n_comparisons = 1, reason = "one_group"))
					else say(who, blank, compares, list(n_comparisons = length(y), reason = if (fit$tau2 == 0) "tau2_zero" else NA),
						if (shrunken == "shrunken") c(list(gap = b$pred[k], gap_se = b$se[k]), interval(b$pred[k] + c(-1, 1) * z * b$se[k])) else list(gap = pnorm(-b$pred[k] / b$se[k])))
				}
			}
			for (s in levels[[level]]) {
				nobody <- list(group_focal = NA, group_reference = NA, rule_of_reference = NA, n_focal = NA, n_missing_focal = NA, share = NA, value_focal = NA, reason = NA)
				large <- groups[sapply(groups, function(g) gaps[[s]][[g]]$f$n >= min_n)]
				if ("widest" %in% estimates && length(large) < 2) say(said[[s]][[1]], nobody, list(estimate = "widest", n_comparisons = length(large) * (length(large) - 1) / 2, reason = "one_group"))
				else if ("widest" %in% estimates) {
					values <- sapply(large, function(g) value(gaps[[s]][[g]]$f))
					ends <- large[c(which.min(values), which.max(values))]
					if (m$direction == "lower") ends <- rev(ends)
					pairs <- length(large) * (length(large) - 1) / 2
					a <- compared(gaps[[s]][[ends[1]]]$f, gaps[[s]][[ends[2]]]$f, FALSE)
					say(said[[s]][[ends[1]]], said_of(a), list(estimate = "widest", n_missing_reference = gaps[[s]][[ends[2]]]$f$missing, group_reference = ends[2], rule_of_reference = "highest", n_comparisons = pairs, hedges_g = NA, v = NA, risk_ratio = NA, p_value = NA, reason = NA), interval(a$bounds(each(pairs, confidence))))
				}
				if ("omnibus" %in% estimates) {
					all <- lapply(groups, function(g) gaps[[s]][[g]]$f)
					n <- sapply(all, function(f) f$n)
					test <- if (is_rate) suppressWarnings(chisq.test(rbind(sapply(all, function(f) f$x), n - sapply(all, function(f) f$x)), correct = FALSE))
						else oneway.test(y ~ g, data.frame(y = unlist(lapply(all, function(f) f$scores)), g = rep(groups, n)))
					say(said[[s]][[1]], nobody, list(estimate = "omnibus", n_comparisons = 3, p_value = test$p.value, reason = if (is_rate && min(test$expected) < 5) "small_expected" else NA))
				}
			}
		}
	}
}
every_level <- list(all = "all", school = c("north", "east", "west"))
effects <- c("value", "hedges_g", "v", "risk_ratio", "odds_ratio", "change")
report("named", c("reading", "gifted"), c("gap", effects, "simultaneous", "shrunken", "probability_below_zero", "missing", "percentiles", "goal", "widest", "omnibus"), "named", 0.9, 41, every_level)
report("everyone", names(measures), c("gap", effects, "simultaneous", "goal"), "everyone", 0.85, 90, every_level["all"])
report("others", names(measures), c("gap", effects, "simultaneous", "goal", "widest"), "others", 0.8, 10, every_level["all"])
