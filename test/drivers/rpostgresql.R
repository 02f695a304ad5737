# What RPostgreSQL gives of each query, as test/t/drivers.pl reads it
suppressMessages(library(RPostgreSQL))
text <- function(value)
	if (is.na(value)) "\\N" else if (is.logical(value)) (if (value) "t" else "f") else if (is.numeric(value)) sprintf("%.17g", value) else format(value)
connection <- dbConnect(PostgreSQL(), host = Sys.getenv("PGHOST"), port = Sys.getenv("PGPORT"), dbname = Sys.getenv("PGDATABASE"),
	user = Sys.getenv("PGUSER"), password = Sys.getenv("PGPASSWORD"))
for (line in readLines(file("stdin"))) {
	named <- strsplit(line, "\t")[[1]]
	rows <- suppressWarnings(dbGetQuery(connection, named[2])) # of types that it does not know, which come as text
	for (i in seq_len(nrow(rows))) for (column in names(rows)) {
		cat(named[1], i - 1, column, class(rows[[column]])[1], text(rows[[column]][i]), sep = "\t"); cat("\n") }
}
