# Writes MacKinnon's (1996) response surfaces of the Dickey-Fuller t statistic as the file that Vintner reads:
#   Rscript mackinnon1996.R data/mackinnon1996.csv
# The numbers come out of the urca package installed here. Their author's notice applies to the file: it is for
# your own use; don't publish it with a program without his consent.
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
    number <- function(x) format(x, digits = 15, scientific = FALSE, trim = TRUE)
    out <- c(out, paste(c("none", "intercept", "trend")[kind], number(probs[i, 1]), number(probs[i, 2]),
                        paste(row, collapse = ","), sep = ","))
  }
}
writeLines(out, path)
