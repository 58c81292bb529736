# The same three equations in systemfit: Rscript systems.R FOLDER, with the columns that systems.py writes.
suppressMessages(library(systemfit))
folder <- commandArgs(TRUE)[1]
names <- c(paste0("y", 1:3), paste0("z", 1:6))
rows <- file.size(file.path(folder, "y1.f64")) / 8
data <- as.data.frame(sapply(names, function(name) readBin(file.path(folder, paste0(name, ".f64")), "double", rows, endian = "little")))
related <- list(a = y1 ~ y2 + y3 + z1 + z2, b = y2 ~ y1 + y3 + z3 + z4, c = y3 ~ y1 + y2 + z5 + z6)
unrelated <- list(a = y1 ~ z1 + z2 + z3 + z4 + z5, b = y2 ~ z3 + z4 + z1 + z2 + z5, c = y3 ~ z5 + z6 + z1 + z2 + z3)
instruments <- ~ z1 + z2 + z3 + z4 + z5 + z6
measure <- function(what, run, repetitions = 5) {
  seconds <- numeric(repetitions)
  for (k in seq_len(repetitions)) seconds[k] <- system.time(fit <- run())[[3]]
  cat(sprintf('{"prog": "systemfit", "what": "%s", "rows": %d, "median": %.4f, "min": %.4f, "coef": [%s]}\n',
              what, as.integer(rows), median(seconds), min(seconds), paste(format(coef(fit)[1:5], digits = 17), collapse = ", ")))
}
measure("SUR", function() systemfit(unrelated, "SUR", data = data, methodResidCov = "noDfCor"))
measure("2SLS", function() systemfit(related, "2SLS", inst = instruments, data = data, methodResidCov = "noDfCor"))
measure("3SLS", function() systemfit(related, "3SLS", inst = instruments, data = data, methodResidCov = "noDfCor"))
