# Expected numbers of test/t/decomposition.pl: what goes with gaps in Project STAR, UCI's students and OULAD.
# Rscript decomposition_data.R FOLDER, the folder that holds star/, uci/ and oulad/. Regressions are lm()'s, variances
# Jann's (2008, Stata Journal 8:453-479) from vcov() and cov(); of pooled coefficients, which are matrices times those of
# the groups, with these matrices as given.
folder <- commandArgs(TRUE)[1]
put <- function(...) cat(sapply(list(...), function(v) if (is.numeric(v)) sprintf("%.15g", v) else v), sep = "|", fill = 10000)
form <- function(m, v) c(crossprod(v, m %*% v))

group_of <- function(y, X) {
	fit <- lm(y ~ X[, -1])
	list(n = nrow(X), b = unname(coef(fit)), v = unname(vcov(fit)), x = unname(colMeans(X)), s = unname(cov(X)) / nrow(X), xx = crossprod(X), y = mean(y), yv = var(y) / length(y))
}

# Rows of each component and covariate; b* is a sum of matrices times the groups' coefficients
decompose <- function(name, y, X, focal) {
	known <- complete.cases(y, X, focal)
	y <- y[known]; X <- cbind(1, as.matrix(X[known, , drop = FALSE])); focal <- focal[known]
	f <- group_of(y[focal], X[focal, ]); r <- group_of(y[!focal], X[!focal, ])
	k <- ncol(X); I <- diag(k); dx <- f$x - r$x; slopes <- c(0, rep(1, k - 1))
	pooled <- function(ef, er) {
		inv <- solve(t(ef) %*% f$xx %*% ef + t(er) %*% r$xx %*% er)
		list((inv %*% t(ef) %*% f$xx)[1:k, ], (inv %*% t(er) %*% r$xx)[1:k, ])
	}
	methods <- list(pooled_with_group = pooled(cbind(I, I[, 1]), cbind(I, 0)), pooled = pooled(I, I), reference = list(0 * I, I), focal = list(I, 0 * I),
		average = list(I / 2, I / 2), share = list(I * f$n / (f$n + r$n), I * r$n / (f$n + r$n)))
	put(name, "n", f$n, r$n)
	for (method in names(methods)) {
		w <- methods[[method]]
		b <- c(w[[1]] %*% f$b + w[[2]] %*% r$b)
		of_b <- function(in_f, in_r) form(f$v, in_f) + form(r$v, in_r)
		rows <- function(covariate, z, q) {
			# z chooses covariates: all of them, or one
			d <- dx * z
			in_f <- c(t(w[[1]]) %*% d); in_r <- c(t(w[[2]]) %*% d)
			put(name, method, "explained", covariate, sum(d * b), sqrt(form(f$s + r$s, b * z * slopes) + of_b(in_f, in_r)))
			put(name, method, "unexplained", covariate, sum(f$x * q * (f$b - b)) + sum(r$x * q * (b - r$b)),
				sqrt(form(f$s, (f$b - b) * q * slopes) + form(r$s, (b - r$b) * q * slopes) + of_b(f$x * q - in_f, -r$x * q - in_r)))
		}
		put(name, method, "gap", "", f$y - r$y, sqrt(f$yv + r$yv))
		rows("", slopes, rep(1, k))
		for (i in 2:k) rows(colnames(X)[i], I[i, ], I[i, ])
	}
}

within <- function(name, y, focal, school) {
	fit <- summary(lm(y ~ focal + factor(school)))$coefficients[2, ]
	gap <- mean(y[focal]) - mean(y[!focal])
	put(name, "within", gap, fit[[1]], fit[[2]], gap - fit[[1]])
}

# The share of the variance between groups, by REML: where its score is 0
reml <- function(y, group) {
	n <- tapply(y, group, length); m <- tapply(y, group, mean); ssw <- sum(tapply(y, group, function(v) sum((v - mean(v))^2)))
	score <- function(ratio) {
		w <- n / (1 + n * ratio); squares <- (m - sum(w * m) / sum(w))^2
		sum(w^2 * squares) * (length(y) - 1) / (ssw + sum(w * squares)) - sum(w) + sum(w^2) / sum(w)
	}
	ratio <- uniroot(score, c(0, 10), tol = 1e-16)$root
	ratio / (1 + ratio)
}

star <- read.csv(file.path(folder, "star/star_long_student_year.csv"))
star <- star[star$grade == "K", ]
with(star, {
	lunch <- ifelse(freelunch == "", NA, freelunch == "FREE LUNCH")
	black <- ifelse(race == "", NA, race == "BLACK")
	others <- data.frame(days = days_absent, inner = urban == "INNER CITY", suburban = urban == "SUBURBAN", town = urban == "URBAN")
	others[urban == "", -1] <- NA
	decompose("lunch", read, cbind(black, others) + 0, lunch)
	decompose("race", read, cbind(lunch, others) + 0, ifelse(race %in% c("BLACK", "WHITE"), black, NA))
	ok <- !is.na(read) & !is.na(lunch)
	within("lunch", read[ok], lunch[ok], schid[ok])
	ok <- !is.na(read) & race %in% c("BLACK", "WHITE")
	within("race", read[ok], black[ok], schid[ok])
	ok <- !is.na(read)
	table <- anova(lm(read[ok] ~ factor(schid[ok])))
	put("schools", "anova", table[1, 2], table[2, 2], table[1, 4], table[1, 2] / sum(table[, 2]), reml(read[ok], schid[ok]))
	# the small class against the regular one, and the gap by race in either: of randomised classes
	for (small in c(TRUE, FALSE)) {
		here <- ok & race %in% c("BLACK", "WHITE") & classtype == ifelse(small, "SMALL CLASS", "REGULAR CLASS")
		t <- t.test(read[here & black], read[here & !black])
		put("class", ifelse(small, "small", "regular"), t$estimate[[1]] - t$estimate[[2]], t$stderr)
		decompose(ifelse(small, "small", "regular"), read, cbind(lunch, days = days_absent) + 0, ifelse(here, black, NA))
	}
	m <- tapply(read[ok], list(race[ok], classtype[ok]), mean); v <- tapply(read[ok], list(race[ok], classtype[ok]), function(x) var(x) / length(x))
	by_race <- m[c("BLACK", "WHITE"), "SMALL CLASS"] - m[c("BLACK", "WHITE"), "REGULAR CLASS"]
	put("class", "by race", by_race[[1]], by_race[[2]], by_race[[1]] - by_race[[2]], sqrt(sum(v[c("BLACK", "WHITE"), c("SMALL CLASS", "REGULAR CLASS")])))
})

uci <- read.csv(file.path(folder, "uci/student-mat-std.csv"))
decompose("uci", uci$G3, with(uci, cbind(Medu, failures, absences, town = address == "U") + 0), uci$internet == "no")

info <- read.csv(file.path(folder, "oulad/studentInfo.csv"))
key <- function(d) paste(d$code_module, d$code_presentation, d$id_student)
vle <- read.csv(gzfile(file.path(folder, "oulad/studentVle_daily.csv.gz")))
clicks <- tapply(vle$clicks, key(vle), sum); days <- tapply(vle$clicks > 0, key(vle), sum)
scores <- merge(read.csv(gzfile(file.path(folder, "oulad/studentAssessment.csv.gz"))), read.csv(file.path(folder, "oulad/assessments.csv")))
score <- tapply(scores$score, key(scores), mean, na.rm = TRUE)
k <- key(info)
of <- function(counts) ifelse(is.na(counts[k]), 0, counts[k])
decompose("oulad", unname(score[k]), cbind(clicks = log1p(of(clicks)), days = of(days), credits = info$studied_credits, again = info$num_of_prev_attempts),
	ifelse(info$imd_band == "", NA, substr(info$imd_band, 1, 2) %in% c("0-", "10", "20", "30", "40")))
