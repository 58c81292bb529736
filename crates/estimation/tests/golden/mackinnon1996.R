# Writes MacKinnon's (1996) response surfaces of the Dickey-Fuller t statistic as the file that Vintner reads:
#   Rscript mackinnon1996.R data/mackinnon1996.csv
# The numbers come out of the urca package installed here. Their author's notice applies to the file: it is for
# your own use; don't publish it with a program without his consent.
# R reads decimals to within a unit of the last place, so that the numbers are written as R has them.
number <- function(x) sprintf("%.17g", as.numeric(x))
path <- commandArgs(trailingOnly = TRUE)[1]
lines <- urca:::.urc1
probs <- urca:::.probsUrcval
out <- "terms,probability,normal_quantile,b0,b1,b2,b3,std_error"
for (kind in 1:3) {
  head <- which(startsWith(lines, c("dfnc", "dfc ", "dfct ")[kind]))[1]
  rows <- strsplit(trimws(lines[head + seq_len(nrow(probs))]), " +")
  for (i in seq_along(rows)) {
    row <- rows[[i]]
    if (length(row) == 4) row <- append(row, "0", after = 3)
    stopifnot(length(row) == 5)
    out <- c(out, paste(c("none", "intercept", "trend")[kind], number(probs[i, 1]), number(probs[i, 2]),
                        paste(number(row), collapse = ","), sep = ","))
  }
}
writeLines(out, path)
