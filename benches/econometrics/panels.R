# plm on the columns that Vintner's benches left: Rscript panels.R TASK FOLDER, TASK one of fixed_effects, bootstrap, dumitrescu_hurlin.
# A line of JSON for each measurement, as the benches print them.
suppressMessages(library(plm))
task <- commandArgs(TRUE)[1]
folder <- commandArgs(TRUE)[2]
column <- function(folder, name, what = "double", size = 8) {
  file <- file.path(folder, paste0(name, if (what == "double") ".f64" else ".i32"))
  readBin(file, what, file.size(file) / size, size = size, endian = "little")
}
say <- function(prog, what, N, T, seconds, values) {
  values <- if (is.null(values)) "null" else paste0("[", paste(format(values, digits = 17), collapse = ", "), "]")
  cat(sprintf('{"prog": "%s", "what": "%s", "N": %d, "T": %d, "min": %.6f, "median": %.6f, "values": %s}\n',
              prog, what, as.integer(N), as.integer(T), min(seconds), median(seconds), values))
}
# Of short work several runs are timed together: system.time counts milliseconds.
measure <- function(run, repetitions = 3, together = 1) {
  result <- run()
  seconds <- numeric(repetitions)
  for (k in seq_len(repetitions)) seconds[k] <- system.time(for (j in seq_len(together)) result <- run())[[3]] / together
  list(seconds = seconds, result = result)
}

if (task == "fixed_effects") {
  data <- data.frame(id = column(folder, "id", "integer", 4), t = column(folder, "t", "integer", 4), y = column(folder, "y"))
  for (name in paste0("x", 1:5)) data[[name]] <- column(folder, name)
  formula <- y ~ x1 + x2 + x3 + x4 + x5
  for (effect in c("individual", "twoways")) {
    found <- measure(function() {
      fit <- plm(formula, pdata.frame(data, index = c("id", "t")), model = "within", effect = effect)
      vcovHC(fit, method = "arellano", type = "sss", cluster = "group")
      coef(fit)
    }, 2)
    say("plm", if (effect == "individual") "id" else "id+t", length(unique(data$id)), length(unique(data$t)), found$seconds, found$result)
  }
} else if (task == "bootstrap") {
  for (size in list(c(14, 12), c(1000, 20))) {
    N <- size[1]; T <- size[2]
    own <- file.path(folder, sprintf("%dx%d", as.integer(N), as.integer(T)))
    data <- data.frame(id = rep(seq_len(N), each = T), t = rep(seq_len(T), N), y = column(own, "y"))
    for (name in paste0("x", 1:3)) data[[name]] <- column(own, name)
    rows <- split(seq_len(N * T), data$id)
    demeaned <- as.matrix(data[, -(1:2)])
    # One small system of equations a sample, from cross-products of the clusters.
    found <- measure(function() {
      demeaned <- apply(demeaned, 2, function(v) v - ave(v, data$id))
      set.seed(1)
      products <- sapply(rows, function(r) as.vector(crossprod(demeaned[r, ])))
      draws <- sapply(1:1000, function(b) {
        sums <- matrix(products %*% tabulate(sample(N, N, TRUE), N), 4)
        solve(sums[-1, -1], sums[-1, 1])
      })
      apply(draws, 1, sd)
    }, together = 5)
    say("R", "pairs_cluster 1000", N, T, found$seconds, found$result)
    # A fit a sample; a few are timed and scaled to 1,000.
    fitted <- if (N < 100) 100 else 20
    found <- measure(function() {
      set.seed(1)
      for (b in seq_len(fitted)) {
        sampled <- data[unlist(rows[sample(N, N, TRUE)]), ]
        sampled$id <- data$id
        coef(plm(y ~ x1 + x2 + x3, sampled, index = c("id", "t"), model = "within"))
      }
    }, 2)
    say("plm", "pairs_cluster 1000", N, T, found$seconds * 1000 / fitted, NULL)
  }
} else if (task == "dumitrescu_hurlin") {
  for (size in list(c(14, 12, 1), c(100, 50, 1), c(1000, 50, 1), c(1000, 50, 2))) {
    N <- size[1]; T <- size[2]; order <- size[3]
    own <- file.path(folder, sprintf("%dx%d", as.integer(N), as.integer(T)))
    data <- pdata.frame(data.frame(id = rep(seq_len(N), each = T), t = rep(seq_len(T), N), y = column(own, "y"), x = column(own, "x")),
                        index = c("id", "t"))
    found <- measure(function() pgrangertest(y ~ x, data = data, order = order)$statistic[[1]], 2)
    say("plm", sprintf("Dumitrescu-Hurlin, %d lag%s", as.integer(order), if (order == 1) "" else "s"), N, T, found$seconds, found$result)
  }
}
