# First differences weighted by their later rows: least squares of differences by `lm`, with the classical errors, HC1 by
# its formula, and clusters by firm as Stata's `regress, vce(cluster)` has them. Run in this folder with R 4.2.2; the
# numbers are in weights_golden.rs.
for (name in c("grunfeld", "grunfeld_unb")) {
  data <- read.csv(paste0("data/", name, ".csv"))
  labels <- sort(unique(sprintf("%03s", gsub(" ", "0", formatC(as.character(data$firm), width = 3)))))
  place <- match(sprintf("%03s", gsub(" ", "0", formatC(as.character(data$firm), width = 3))), labels) - 1
  data$w <- 1 + (3 * place + 5 * data$year) %% 7
  data <- data[order(place, data$year), ]
  after <- which(data$firm[-1] == data$firm[-nrow(data)] & data$year[-1] == data$year[-nrow(data)] + 1) + 1
  d <- data.frame(
    y = data$inv[after] - data$inv[after - 1], v = data$value[after] - data$value[after - 1],
    k = data$capital[after] - data$capital[after - 1], w = data$w[after], firm = data$firm[after]
  )
  fit <- lm(y ~ v + k, d, weights = w)
  x <- model.matrix(fit) * sqrt(d$w)
  e <- residuals(fit) * sqrt(d$w)
  n <- nrow(x)
  bread <- solve(crossprod(x))
  hc1 <- bread %*% crossprod(x * e) %*% bread * n / (n - 3)
  g <- length(unique(d$firm))
  cl <- bread %*% crossprod(rowsum(x * e, d$firm)) %*% bread * g / (g - 1) * (n - 1) / (n - 3)
  cat(sprintf("(\"%s\", %d, [%s], [%s], [%s], [%s], %.15e),\n", name, n,
    paste(sprintf("%.15e", coef(fit)), collapse = ", "),
    paste(sprintf("%.15e", sqrt(diag(vcov(fit)))), collapse = ", "),
    paste(sprintf("%.15e", sqrt(diag(hc1))), collapse = ", "),
    paste(sprintf("%.15e", sqrt(diag(cl))), collapse = ", "), summary(fit)$r.squared))
}
