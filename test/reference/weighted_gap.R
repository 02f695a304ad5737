# Numbers for sql/weighted_gap.sql. R 4.2.2 with survey 4.1-1:
#   apt-get install r-base-core r-cran-survey
#   Rscript test/reference/weighted_gap.R [student-mat-std.csv star_long_student_year.csv]
# The arguments, if any: UCI student performance and Project STAR.
suppressMessages(library(survey))

show <- function(x) cat(paste(names(x), sprintf("%.16g", x), sep = " = ", collapse = ", "), "\n")
weighted_gap <- function(name, d, ids) {
	design <- svydesign(ids = ids, weights = ~w, data = d)
	means <- svyby(~y, ~focal, design, svymean, covmat = TRUE)
	gap <- svycontrast(means, c("FALSE" = -1, "TRUE" = 1))
	df <- degf(design)
	t <- coef(gap)[[1]] / SE(gap)[[1]]
	n_eff <- function(w) sum(w)^2 / sum(w^2)
	sd <- function(focal) with(d[d$focal == focal, ], sqrt(cov.wt(cbind(y), w / sum(w))$cov[1]))
	cat("\n", name, "\n")
	show(c(n_focal = sum(d$focal), n_reference = sum(!d$focal),
		n_eff_focal = n_eff(d$w[d$focal]), n_eff_reference = n_eff(d$w[!d$focal])))
	show(c(mean_focal = coef(means)[["TRUE"]], mean_reference = coef(means)[["FALSE"]],
		sd_focal = sd(TRUE), sd_reference = sd(FALSE),
		se_focal = SE(means)[[2]], se_reference = SE(means)[[1]]))
	show(c(difference = coef(gap)[[1]], se = SE(gap)[[1]], lower = confint(gap, df = df)[1],
		upper = confint(gap, df = df)[2], df = df, t = t, p = 2 * pt(-abs(t), df)))
}
both <- function(name, d) {
	weighted_gap(paste(name, "by student"), d, ~1)
	weighted_gap(paste(name, "by cluster"), d, ~cluster)
}

# MEASURES' dataset A, with weights and schools
both("A", data.frame(
	y = c(212, 205, 221, 198, 230, 217, 209, 225, 201, 214, 224, 231, 219, 240, 228, 235, 222, 229, 243, 226, 233, 217),
	w = c(1.5, 2, 0.8, 1, 3, 1.2, 2.5, 1, 0.7, 1.1, 1, 2, 1.3, 0.9, 1.6, 2.2, 1, 1, 0.5, 1.4, 2, 1.7),
	cluster = c(1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 5, 5),
	focal = rep(c(TRUE, FALSE), c(10, 12))))

# made up, and larger
i <- 1:2400
both("made up", data.frame(y = 500 + (i * i * 31) %% 211 - 12 * (i %% 3 == 0) + (3 * ((7 * i) %% 41)) %% 13,
	w = 1 + ((i * i) %% 17) / 8, cluster = (7 * i) %% 41, focal = i %% 3 == 0))

# no weights, no clusters: equal means, and another standard error than Welch's
weighted_gap("weights of 1", data.frame(
	y = c(212, 205, 221, 198, 230, 217, 209, 225, 201, 214, 224, 231, 219, 240, 228, 235, 222, 229, 243, 226, 233, 217),
	w = 1, focal = rep(c(TRUE, FALSE), c(10, 12))), ~1)

files <- commandArgs(TRUE)
if (length(files) == 2) {
	uci <- read.csv(files[1])
	both("UCI: G3, without internet against with; weight 1 + absences, cluster age", with(uci,
		data.frame(y = G3, w = 1 + absences, cluster = age, focal = internet == "no")))
	star <- subset(read.csv(files[2]), grade == "K")
	star$w <- ave(star$read, star$schid, FUN = function(y) length(y) / sum(!is.na(y)))
	star <- subset(star, race %in% c("WHITE", "BLACK") & !is.na(read))
	both("STAR: kindergarten reading, black against white; weight enrolled / tested, cluster school", with(star,
		data.frame(y = read, w = w, cluster = schid, focal = race == "BLACK")))
}
