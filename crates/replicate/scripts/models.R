# Estimates and their standard errors. Coefficients are those of lm and plm; what no package has in the form that is asked for (factors for
# small samples, some covariances, systems) is done in matrices below.

# ---- equations: the columns that terms become ----

levels_of <- function(column, reference = NULL, sign = "::") structure(list(column = column, reference = reference, sign = sign), class = "levels")
product_of <- function(...) structure(list(...), class = "product")

label <- function(x) if (is.numeric(x)) { text <- sprintf("%.15g", x); text[is.na(x)] <- NA; text } else as.character(x)

term_columns <- function(data, term) {
  if (inherits(term, "product")) {
    made <- term_columns(data, term[[1]])
    for (part in term[-1]) {
      other <- term_columns(data, part)
      both <- list()
      for (one in names(made)) for (two in names(other)) both[[paste0(one, ":", two)]] <- made[[one]] * other[[two]]
      made <- both
    }
    return(made)
  }
  if (!inherits(term, "levels")) {
    if (is.numeric(data[[term]])) return(setNames(list(data[[term]]), term))
    if (is.null(data[[term]])) stop("no column `", term, "`")
    term <- levels_of(term, sign = "")
    term$reference <- sort(unique(label(data[[term$column]])))[1]
  }
  # A value of a text is called as R calls it, one of numbers as fixest does.
  if (term$sign == "(by type)") term$sign <- if (is.numeric(data[[term$column]])) "::" else ""
  values <- label(data[[term$column]])
  all <- sort(unique(values[!is.na(values)]))
  if (is.numeric(data[[term$column]])) all <- label(sort(unique(data[[term$column]])))
  if (isTRUE(term$reference == "(first)")) term$reference <- sort(all)[1]
  shown <- setdiff(all, term$reference)
  setNames(lapply(shown, function(level) as.numeric(values == level)), paste0(term$column, term$sign, shown))
}

# y on x: the rows that are complete, with a column for each term.
equation <- function(data, y, x = list(), intercept = TRUE, weights = NULL, effects = character(), complete = FALSE) {
  x <- as.list(x)
  plain <- Filter(is.character, x)
  further <- setdiff(unlist(strsplit(effects, "^", fixed = TRUE)), c("entity", "time"))
  needed <- c(y, unlist(plain), weights, further, vapply(Filter(function(one) inherits(one, "levels"), x), function(one) one$column, ""))
  for (name in needed) if (is.null(data[[name]])) stop("no column `", name, "`")
  if (complete) data <- data[complete.cases(data[, unique(needed), drop = FALSE]), , drop = FALSE]
  columns <- list()
  for (term in x) columns <- c(columns, term_columns(data, term))
  columns <- columns[!duplicated(names(columns))]
  X <- if (length(columns) > 0) do.call(cbind, columns) else matrix(0, nrow(data), 0)
  kept <- complete.cases(X) & !is.na(data[[y]])
  for (name in c(weights, further)) kept <- kept & !is.na(data[[name]])
  order_of <- order(data$entity[kept], data$time[kept])
  data <- data[kept, , drop = FALSE][order_of, , drop = FALSE]
  list(name = y, y = data[[y]], X = X[kept, , drop = FALSE][order_of, , drop = FALSE], intercept = intercept,
       weights = if (is.null(weights)) NULL else data[[weights]], data = data, entity = data$entity, time = data$time, effects = effects)
}

# ---- fits ----

INTERCEPT <- "(Intercept)"

# What all covariances are made of: X and the residuals as they were estimated, the bread, and what is counted.
fit_of <- function(estimate, X, residuals, equation, vcov = NULL, absorbed = 0, codes = list(), effects = character(), entity = equation$entity,
                   time = equation$time, data = equation$data) {
  bread <- chol2inv(qr.R(qr(X)))
  n <- nrow(X)
  df <- n - ncol(X) - absorbed
  if (is.null(vcov)) vcov <- sum(residuals^2) / df * bread
  list(estimate = estimate, X = X, residuals = as.numeric(residuals), bread = bread, vcov = vcov, n = n, k = ncol(X), absorbed = absorbed, df = df,
       codes = codes, entity_levels = if ("entity" %in% effects) length(unique(entity)) else 0, entity = entity, time = time, data = data,
       longest = max(table(equation$entity)), weights = if (is.null(equation$weights)) rep(1, n) else equation$weights)
}

# The columns that aren't combinations of those before them.
independent <- function(X, size = sqrt(colSums(X^2))) {
  X <- X[, sqrt(colSums(X^2)) > 1e-10 * pmax(size, 1e-300), drop = FALSE]
  if (ncol(X) == 0) return(X)
  decomposition <- qr(scale(X, center = FALSE, scale = sqrt(colSums(X^2))), tol = 1e-9)
  X[, sort(decomposition$pivot[seq_len(decomposition$rank)]), drop = FALSE]
}

fit_ols <- function(equation) {
  X <- equation$X
  if (equation$intercept) X <- cbind(matrix(1, nrow(X), 1, dimnames = list(NULL, INTERCEPT)), X)
  X <- independent(X)
  if (nrow(X) <= ncol(X)) return(NULL)
  root <- if (is.null(equation$weights)) rep(1, nrow(X)) else sqrt(equation$weights)
  model <- lm.wfit(X, equation$y, root^2)
  model <- if (is.null(equation$weights)) lm(equation$y ~ X - 1) else lm(equation$y ~ X - 1, weights = equation$weights)
  estimate <- setNames(coef(model), colnames(X))
  fit_of(estimate, X * root, residuals(model) * root, equation, vcov = unname(vcov(model)))
}

# Codes of an effect: a column, or the combinations of several (region^time).
effect_codes <- function(equation, effect) {
  parts <- lapply(strsplit(effect, "^", fixed = TRUE)[[1]], function(name) equation$data[[name]])
  key <- do.call(paste, c(parts, sep = "\r"))
  match(key, unique(key))
}

# How many parts two effects fall into that no row connects.
components <- function(one, other) {
  part <- seq_len(max(one))
  repeat {
    by_other <- tapply(part[one], other, min)
    next_part <- as.vector(tapply(by_other[as.character(other)], one, min))
    if (all(next_part == part)) return(length(unique(part)))
    part <- next_part
  }
}

# Parameters that effects take together.
parameters <- function(codes) {
  levels <- vapply(codes, function(one) length(unique(one)), 0)
  redundant <- 0
  if (length(codes) > 1) for (at in 2:length(codes)) redundant <- redundant + max(vapply(codes[seq_len(at - 1)], components, 0, other = codes[[at]]))
  sum(levels) - redundant
}

# What effects leave of columns: means are taken off in turn until nothing changes.
demean <- function(X, codes, weights = NULL) {
  X <- as.matrix(X)
  weights <- if (is.null(weights)) rep(1, nrow(X)) else weights
  size <- pmax(sqrt(colSums(X^2)), 1e-300)
  for (round in 1:10000) {
    before <- X
    for (code in codes) X <- X - (rowsum(X * weights, code, reorder = TRUE) / as.vector(rowsum(weights, code, reorder = TRUE)))[match(code, sort(unique(code))), , drop = FALSE]
    if (length(codes) == 1 || max(sqrt(colSums((X - before)^2)) / size) < 1e-15) break
  }
  X
}

fit_within <- function(equation, effects = "entity") {
  codes <- lapply(effects, function(effect) effect_codes(equation, effect))
  absorbed <- parameters(codes)
  X <- demean(equation$X, codes, equation$weights)
  X <- independent(X, sqrt(colSums(equation$X^2)))
  if (nrow(X) <= ncol(X) + absorbed || ncol(X) == 0) return(NULL)
  plain <- is.null(equation$weights) && all(effects %in% c("entity", "time"))
  if (plain && requireNamespace("plm", quietly = TRUE)) {
    columns <- data.frame(entity = equation$entity, time = equation$time, y = equation$y, equation$X[, colnames(X), drop = FALSE], check.names = FALSE)
    names(columns) <- c("entity", "time", "y", paste0("x", seq_len(ncol(X))))
    effect <- if (length(effects) == 2) "twoways" else if (effects == "entity") "individual" else "time"
    model <- plm::plm(reformulate(paste0("x", seq_len(ncol(X))), "y"), columns, index = c("entity", "time"), model = "within", effect = effect)
    return(fit_of(setNames(coef(model), colnames(X)), X, residuals(model), equation, vcov = unname(as.matrix(vcov(model))), absorbed = absorbed, codes = codes, effects = effects))
  }
  y <- demean(equation$y, codes, equation$weights)
  root <- if (is.null(equation$weights)) rep(1, nrow(X)) else sqrt(equation$weights)
  model <- lm.fit(X * root, as.numeric(y) * root)
  fit_of(model$coefficients, X * root, model$residuals, equation, absorbed = absorbed, codes = codes, effects = effects)
}

fit_first_differences <- function(equation, across_gaps = FALSE) {
  now <- which(c(FALSE, equation$entity[-1] == equation$entity[-length(equation$entity)]))
  if (!across_gaps) now <- now[equation$time[now] == equation$time[now - 1] + 1]
  X <- equation$X[now, , drop = FALSE] - equation$X[now - 1, , drop = FALSE]
  X <- X[, sqrt(colSums(X^2)) > 1e-12 * sqrt(colSums(equation$X^2)), drop = FALSE]
  if (equation$intercept) X <- cbind(matrix(1, nrow(X), 1, dimnames = list(NULL, INTERCEPT)), X)
  X <- independent(X)
  # A difference has the weight of its later row.
  weights <- if (is.null(equation$weights)) rep(1, length(now)) else equation$weights[now]
  model <- lm(equation$y[now] - equation$y[now - 1] ~ X - 1, weights = weights)
  fit <- fit_of(setNames(coef(model), colnames(X)), X * sqrt(weights), residuals(model) * sqrt(weights), rows_of(equation, now), vcov = unname(vcov(model)))
  fit$longest <- max(table(equation$entity)) # series are as long as they were
  fit
}

fit_random <- function(equation, effects = "entity", method = "swar") {
  columns <- data.frame(equation$entity, equation$time, equation$y, equation$X)
  names(columns) <- c("entity", "time", "y", paste0("x", seq_len(ncol(equation$X))))
  effect <- switch(effects, entity = "individual", time = "time", two_way = "twoways")
  model <- plm::plm(reformulate(paste0("x", seq_len(ncol(equation$X))), "y"), columns, index = c("entity", "time"), model = "random", effect = effect, random.method = method)
  X <- as.matrix(model.matrix(model))
  fit <- fit_of(setNames(coef(model), c(INTERCEPT, colnames(equation$X))), X, residuals(model), equation, vcov = unname(as.matrix(vcov(model))))
  colnames(fit$X) <- names(fit$estimate)
  fit
}

fit_between <- function(equation, by = "entity", weighted = FALSE) {
  key <- equation[[by]]
  count <- as.vector(rowsum(rep(1, length(key)), key))
  y <- as.vector(rowsum(equation$y, key)) / count
  X <- rowsum(equation$X, key) / count
  if (equation$intercept) X <- cbind(matrix(1, nrow(X), 1, dimnames = list(NULL, INTERCEPT)), X)
  X <- independent(X)
  root <- if (weighted) sqrt(count) else rep(1, length(count))
  model <- lm.fit(X * root, y * root)
  first <- match(sort(unique(key)), key)
  fit_of(model$coefficients, X * root, model$residuals, equation, entity = equation$entity[first], time = equation$time[first], data = equation$data[first, , drop = FALSE])
}

# The mean of the entities' own coefficients, and its variance from how these spread.
fit_mean_group <- function(equation) {
  own <- list()
  for (unit in unique(equation$entity)) {
    fit <- fit_ols(rows_of(equation, equation$entity == unit))
    if (!is.null(fit) && fit$k == ncol(equation$X) + equation$intercept) own[[unit]] <- fit$estimate
  }
  own <- do.call(rbind, own)
  list(estimate = colMeans(own), vcov = cov(own) / nrow(own), n = length(equation$y), df = Inf)
}

# Each time's own coefficients, their mean, and its variance from how they vary over time (Fama and MacBeth 1973).
fit_fama_macbeth <- function(equation, bandwidth = NULL, kernel = "bartlett") {
  own <- list()
  for (time in sort(unique(equation$time))) {
    rows <- rows_of(equation, equation$time == time)
    X <- if (equation$intercept) cbind(matrix(1, length(rows$y), 1, dimnames = list(NULL, INTERCEPT)), rows$X) else rows$X
    if (nrow(X) >= ncol(X) && ncol(independent(X)) == ncol(X)) own[[length(own) + 1]] <- lm.fit(X, rows$y)$coefficients
  }
  own <- do.call(rbind, own)
  periods <- nrow(own)
  deviations <- sweep(own, 2, colMeans(own))
  V <- crossprod(deviations)
  weights <- if (is.null(bandwidth)) numeric() else lag_weights(kernel, bandwidth, periods - 1)
  for (at in seq_along(weights)) {
    S <- crossprod(deviations[(at + 1):periods, , drop = FALSE], deviations[1:(periods - at), , drop = FALSE])
    V <- V + weights[at] * (S + t(S))
  }
  list(estimate = colMeans(own), vcov = V / (periods * (periods - 1)), n = length(equation$y), df = periods - 1)
}

rows_of <- function(equation, kept) {
  for (name in c("y", "weights", "entity", "time")) equation[[name]] <- equation[[name]][kept]
  equation$X <- equation$X[kept, , drop = FALSE]
  equation$data <- equation$data[kept, , drop = FALSE]
  equation
}

# ---- covariances ----

# A covariance with the degrees of freedom of its tests.
tested <- function(V, fit, test = "residual", clusters = NULL) {
  attr(V, "df") <- switch(test, residual = fit$df, clusters = clusters - 1, normal = Inf)
  V
}

clusters_of <- function(fit, by) {
  key <- if (is.list(by)) fit$data[[by$column]] else if (by == "entity") fit$entity else fit$time
  match(key, unique(key))
}
crossed <- function(one, other) { key <- paste(one, other); match(key, unique(key)) }

# Parameters of the absorbed effects that are nested in clusters of any of these kinds.
nested_in <- function(fit, kinds) {
  is_nested <- function(code, kind) length(unique(paste(code, kind))) == length(unique(code))
  nested <- Filter(function(code) any(vapply(kinds, function(kind) is_nested(code, kind), TRUE)), fit$codes)
  if (length(nested) == 0) 0 else if (length(nested) == length(fit$codes)) fit$absorbed else parameters(nested)
}

# The factor for small samples, by the program that uses it.
small_sample_factor <- function(fit, small_sample, clusters, nested = 0) {
  n <- fit$n; k <- fit$k; absorbed <- fit$absorbed
  G <- clusters / (clusters - 1)
  without <- function(nested) max(0, absorbed + min(nested, 1) - nested) # nested effects together count as the constant
  if (is.list(small_sample) && !is.null(small_sample$fixest)) {
    options <- small_sample$fixest
    counted <- switch(options$k_fixef, none = 0, nonnested = without(nested), full = absorbed)
    return((if (options$k_adj) (n - 1) / (n - k - counted) else 1) * (if (options$g_adj) G else 1))
  }
  if (is.list(small_sample)) {
    options <- small_sample$linearmodels
    counted <- (if (options$count_effects) absorbed else 0) + (if (options$debiased) k else 0)
    return(n / (n - counted) * (if (options$group_debias) G * (n - 1) / n else 1))
  }
  switch(small_sample, none = 1, plm_hc1 = n / (n - k), plm_sss = G * (n - 1) / (n - k),
         stata_xtreg = G * (n - 1) / (n - k - without(max(fit$entity_levels, nested))), stata_areg = G * (n - 1) / (n - k - absorbed),
         club_sandwich_cr1 = G, club_sandwich_cr1p = clusters / (clusters - k - absorbed), jackknife = 1 / G)
}

# Residuals over what leverage leaves of them: HC0 to HC5.
adjusted_residuals <- function(fit, type, leverage) {
  if (type %in% c("hc0", "hc1")) return(fit$residuals)
  h <- rowSums((fit$X %*% fit$bread) * fit$X)
  if (leverage == "all" && length(fit$codes) == 1) h <- h + fit$weights / ave(fit$weights, fit$codes[[1]], FUN = sum)
  if (leverage == "all" && length(fit$codes) > 1) {
    dummies <- do.call(cbind, lapply(fit$codes, function(code) outer(code, sort(unique(code)), `==`) + 0))
    decomposition <- qr(dummies * sqrt(fit$weights), tol = 1e-9)
    h <- h + rowSums(qr.Q(decomposition)[, seq_len(decomposition$rank), drop = FALSE]^2)
  }
  relative <- fit$n * h / (fit$k + if (leverage == "all") fit$absorbed else 0)
  e <- fit$residuals
  switch(type, hc2 = e / sqrt(1 - h), hc3 = e / (1 - h), hc4 = e / (1 - h)^(pmin(relative, 4) / 2),
         hc4m = e / (1 - h)^((pmin(relative, 1) + pmin(relative, 1.5)) / 2), hc5 = e / (1 - h)^(pmin(relative, pmax(4, 0.7 * max(relative))) / 4))
}
# (I - H_gg)^p e_g of each cluster, p = -1/2 in CR2 and -1 in CR3, H the projection on regressors and effects (Bell and McCaffrey 2002).
block_residuals <- function(fit, codes, type) {
  projection <- matrix(0, fit$n, 0)
  if (length(fit$codes) > 0) {
    dummies <- do.call(cbind, lapply(fit$codes, function(code) outer(code, sort(unique(code)), `==`) + 0))
    decomposition <- qr(dummies * sqrt(fit$weights), tol = 1e-9)
    projection <- qr.Q(decomposition)[, seq_len(decomposition$rank), drop = FALSE]
  }
  e <- fit$residuals
  for (own in split(seq_len(fit$n), codes)) {
    x <- fit$X[own, , drop = FALSE]
    left <- eigen(diag(length(own)) - x %*% fit$bread %*% t(x) - tcrossprod(projection[own, , drop = FALSE]), symmetric = TRUE)
    power <- ifelse(left$values > 1e-10, left$values, Inf)^(if (type == "cr2") -0.5 else -1)
    e[own] <- left$vectors %*% (power * crossprod(left$vectors, fit$residuals[own]))
  }
  e
}
hc1_factor <- function(fit, type, leverage) if (type == "hc1") fit$n / (fit$n - fit$k - if (leverage == "all") fit$absorbed else 0) else 1

sandwich_of <- function(fit, meat) fit$bread %*% meat %*% fit$bread
sums_by <- function(fit, e, codes) crossprod(rowsum(fit$X * e, codes, reorder = FALSE))

vcov_classical <- function(fit, divisor = "residual_df", test = "residual") {
  V <- if (divisor == "residual_df") fit$vcov else sum(fit$residuals^2) / (fit$n - fit$absorbed) * fit$bread
  tested(V, fit, test)
}

vcov_heteroskedastic <- function(fit, type = "hc1", leverage = "all", small_sample = "none", test = "residual") {
  e <- adjusted_residuals(fit, type, leverage)
  tested(sandwich_of(fit, crossprod(fit$X * e)) * hc1_factor(fit, type, leverage) * small_sample_factor(fit, small_sample, fit$n), fit, test)
}

vcov_groupwise <- function(fit, by = "entity", type = "hc0", leverage = "all", small_sample = "none", test = "residual") {
  codes <- clusters_of(fit, by)
  e <- adjusted_residuals(fit, type, leverage)
  variance <- as.vector(rowsum(e^2, codes, reorder = FALSE) / rowsum(rep(1, fit$n), codes, reorder = FALSE))[match(codes, unique(codes))]
  tested(sandwich_of(fit, crossprod(fit$X * sqrt(variance))) * hc1_factor(fit, type, leverage) * small_sample_factor(fit, small_sample, fit$n), fit, test)
}

vcov_clustered <- function(fit, by = "entity", type = "hc0", leverage = "all", small_sample = "stata_xtreg", test = "clusters") {
  codes <- clusters_of(fit, by)
  clusters <- length(unique(codes))
  factor <- small_sample_factor(fit, small_sample, clusters, nested_in(fit, list(codes)))
  e <- if (type %in% c("cr2", "cr3")) block_residuals(fit, codes, type) else adjusted_residuals(fit, type, leverage)
  tested(sandwich_of(fit, sums_by(fit, e, codes)) * factor, fit, test, clusters)
}

vcov_two_way <- function(fit, by = "entity", and = "time", type = "hc0", leverage = "all", groups = "min", fix = FALSE, test = "clusters",
                         small_sample = list(fixest = list(k_adj = TRUE, k_fixef = "nonnested", g_adj = TRUE))) {
  one <- clusters_of(fit, by)
  other <- clusters_of(fit, and)
  both <- crossed(one, other)
  e <- adjusted_residuals(fit, type, leverage)
  nested <- nested_in(fit, list(one, other))
  fewest <- min(max(one), max(other))
  part <- function(codes) sandwich_of(fit, sums_by(fit, e, codes)) * small_sample_factor(fit, small_sample, if (groups == "min") fewest else max(codes), nested)
  V <- (part(one) + part(other) - part(both)) * hc1_factor(fit, type, leverage)
  if (fix) { parts <- eigen(V, symmetric = TRUE); V <- parts$vectors %*% (pmax(parts$values, 0) * t(parts$vectors)) }
  tested(V, fit, test, fewest)
}

lag_weights <- function(kernel, bandwidth, most) {
  whole <- floor(max(bandwidth, 0))
  lags <- seq_len(if (kernel == "quadratic_spectral") most else min(most, whole))
  z <- lags / (whole + 1)
  if (kernel == "bartlett") return(1 - z)
  if (kernel == "parzen") return(ifelse(z <= 0.5, 1 - 6 * z^2 + 6 * z^3, 2 * (1 - z)^3))
  if (bandwidth <= 0) return(rep(0, length(lags)))
  z <- 6 * pi * lags / (5 * bandwidth)
  3 / z^2 * (sin(z) / z - cos(z))
}
bandwidth_of <- function(bandwidth, periods, longest) {
  if (is.numeric(bandwidth)) return(bandwidth)
  switch(bandwidth, plm = floor(sqrt(sqrt(longest))), newey_west_1987 = floor(sqrt(sqrt(periods))), newey_west_1994 = floor(4 * (periods / 100)^(2 / 9)))
}

vcov_newey_west <- function(fit, kernel = "bartlett", bandwidth = "newey_west_1994", lag = "time", type = "hc0", leverage = "all", test = "clusters",
                            small_sample = list(fixest = list(k_adj = TRUE, k_fixef = "full", g_adj = TRUE))) {
  times <- match(fit$time, sort(unique(fit$time)))
  periods <- if (lag == "sample_row") fit$n else max(times)
  scores <- fit$X * adjusted_residuals(fit, type, leverage)
  entity <- if (lag == "sample_row") rep(1, fit$n) else match(fit$entity, unique(fit$entity))
  place <- switch(lag, time = times, row = ave(seq_len(fit$n), entity, FUN = seq_along), sample_row = seq_len(fit$n))
  weights <- lag_weights(kernel, bandwidth_of(bandwidth, periods, fit$longest), periods - 1)
  meat <- crossprod(scores)
  for (at in seq_along(weights)) {
    before <- match(paste(entity, place - at), paste(entity, place))
    S <- crossprod(scores[!is.na(before), , drop = FALSE], scores[before[!is.na(before)], , drop = FALSE])
    meat <- meat + weights[at] * (S + t(S))
  }
  tested(sandwich_of(fit, meat) * hc1_factor(fit, type, leverage) * small_sample_factor(fit, small_sample, periods), fit, test, periods)
}

vcov_driscoll_kraay <- function(fit, kernel = "bartlett", bandwidth = "newey_west_1994", type = "hc0", leverage = "all", test = "clusters",
                                small_sample = list(fixest = list(k_adj = TRUE, k_fixef = "full", g_adj = TRUE))) {
  times <- match(fit$time, sort(unique(fit$time)))
  periods <- max(times)
  sums <- rowsum(fit$X * adjusted_residuals(fit, type, leverage), times)
  weights <- lag_weights(kernel, bandwidth_of(bandwidth, periods, fit$longest), periods - 1)
  meat <- crossprod(sums)
  for (at in seq_along(weights)) {
    S <- crossprod(sums[(at + 1):periods, , drop = FALSE], sums[1:(periods - at), , drop = FALSE])
    meat <- meat + weights[at] * (S + t(S))
  }
  tested(sandwich_of(fit, meat) * hc1_factor(fit, type, leverage) * small_sample_factor(fit, small_sample, periods), fit, test, periods)
}

vcov_panel_corrected <- function(fit, by = "time", diagonal = FALSE, pairwise = TRUE, type = "hc0", leverage = "all", small_sample = "none", test = "residual") {
  times <- match(fit$time, sort(unique(fit$time)))
  entities <- match(fit$entity, unique(fit$entity))
  occasion <- if (by == "time") times else entities
  unit <- if (by == "time") entities else times
  e <- matrix(NA, max(occasion), max(unit))
  e[cbind(occasion, unit)] <- adjusted_residuals(fit, type, leverage)
  used <- if (pairwise) e else e[complete.cases(e), , drop = FALSE]
  there <- !is.na(used) + 0
  used[is.na(used)] <- 0
  S <- crossprod(used) / pmax(crossprod(there), 1)
  if (diagonal) S <- diag(diag(S))
  meat <- matrix(0, fit$k, fit$k)
  for (own in split(seq_len(fit$n), occasion)) {
    x <- fit$X[own, , drop = FALSE]
    meat <- meat + crossprod(x, S[unit[own], unit[own], drop = FALSE] %*% x)
  }
  tested(sandwich_of(fit, meat) * hc1_factor(fit, type, leverage) * small_sample_factor(fit, small_sample, max(occasion)), fit, test, max(occasion))
}

# ---- instruments ----

# (X'(I - kM)X)^-1 X'(I - kM)y with M the projection off the instruments: k = 1 is two-stage least squares.
fit_iv <- function(equation, endogenous, instruments, effects = character(), count_effects = TRUE, kappa = 1, liml = FALSE, fuller = 0) {
  y <- equation$y
  X <- equation$X[, !(colnames(equation$X) %in% instruments), drop = FALSE]
  outside <- equation$X[, instruments, drop = FALSE]
  codes <- lapply(effects, function(effect) effect_codes(equation, effect))
  absorbed <- 0
  if (length(codes) > 0) {
    absorbed <- parameters(codes)
    y <- as.numeric(demean(y, codes)); X <- demean(X, codes); outside <- demean(outside, codes)
  } else if (equation$intercept) X <- cbind(matrix(1, nrow(X), 1, dimnames = list(NULL, INTERCEPT)), X)
  exogenous <- X[, !(colnames(X) %in% endogenous), drop = FALSE]
  Z <- cbind(exogenous, outside)
  counted <- if (count_effects) absorbed else 0
  if (liml) {
    E <- cbind(y, X[, endogenous, drop = FALSE])
    all <- qr.resid(qr(Z), E)
    own <- if (ncol(exogenous) > 0) qr.resid(qr(exogenous), E) else E
    kappa <- min(Re(eigen(solve(crossprod(all), crossprod(own)))$values))
    if (ncol(outside) < ncol(E)) kappa <- 1
    kappa <- kappa - fuller / (nrow(X) - ncol(Z) - counted)
  }
  decomposition <- qr(Z)
  projected <- qr.fitted(decomposition, X)
  left <- qr.resid(decomposition, X)
  A <- crossprod(projected) + (1 - kappa) * crossprod(left)
  b <- solve(A, crossprod(projected, y) + (1 - kappa) * crossprod(left, y))
  list(estimate = setNames(as.vector(b), colnames(X)), X = projected, residuals = as.numeric(y - X %*% b), bread = solve(A), n = nrow(X), k = ncol(X),
       absorbed = counted, df = nrow(X) - ncol(X) - counted, entity = equation$entity, time = equation$time, data = equation$data)
}

vcov_iv <- function(fit, errors = "unadjusted", by = "entity", debiased = TRUE, test = NULL) {
  scale <- if (debiased) fit$n / fit$df else 1
  clusters <- NULL
  if (errors == "unadjusted") {
    V <- fit$bread * sum(fit$residuals^2) / fit$n
  } else if (errors == "robust") {
    V <- sandwich_of(fit, crossprod(fit$X * fit$residuals))
  } else {
    codes <- clusters_of(fit, by)
    clusters <- max(codes)
    V <- sandwich_of(fit, sums_by(fit, fit$residuals, codes))
    if (debiased) scale <- scale * clusters / (clusters - 1) * (fit$n - 1) / fit$n
  }
  if (is.null(test)) test <- if (!debiased) "normal" else if (is.null(clusters)) "residual" else "clusters"
  tested(V * scale, fit, test, clusters)
}

# ---- systems ----

# Equations estimated together on the rows that are complete in all of them: OLS, SUR, 2SLS, 3SLS by equation, after effects.
fit_system <- function(data, equations, estimator, instruments, variables, effects = character(), count_effects = TRUE,
                       residual_covariance = "geomean", center = FALSE) {
  data <- data[complete.cases(data[, variables, drop = FALSE]), , drop = FALSE]
  data <- data[order(data$entity, data$time), , drop = FALSE]
  codes <- lapply(effects, function(effect) effect_codes(list(data = data), effect))
  absorbed <- if (length(codes) > 0) parameters(codes) else 0
  values <- as.matrix(data[, variables, drop = FALSE])
  if (length(codes) > 0) values <- demean(values, codes)
  n <- nrow(values)
  columns <- function(names, intercept) {
    X <- values[, names, drop = FALSE]
    if (intercept && length(codes) == 0) cbind(matrix(1, n, 1, dimnames = list(NULL, INTERCEPT)), X) else X
  }
  uses_instruments <- estimator %in% c("2sls", "w2sls", "3sls")
  Z <- if (uses_instruments) qr(columns(instruments, TRUE)) else NULL
  y <- lapply(equations, function(one) values[, one$y])
  X <- lapply(equations, function(one) columns(one$x, one$intercept))
  P <- if (uses_instruments) lapply(X, function(one) qr.fitted(Z, one)) else X
  k <- vapply(X, ncol, 0L) + if (count_effects) absorbed else 0
  first <- lapply(seq_along(X), function(at) solve(crossprod(P[[at]]), crossprod(P[[at]], y[[at]])))
  residuals <- do.call(cbind, lapply(seq_along(X), function(at) y[[at]] - X[[at]] %*% first[[at]]))
  if (center) residuals <- scale(residuals, scale = FALSE)
  divisor <- switch(residual_covariance, geomean = sqrt(outer(n - k, n - k)), noDfCor = matrix(n, length(k), length(k)), max = n - outer(k, k, pmax))
  S <- crossprod(residuals) / divisor
  weighted <- estimator %in% c("sur", "3sls")
  W <- solve(if (weighted) S else diag(diag(S), nrow(S)))
  ends <- cumsum(vapply(X, ncol, 0L))
  at <- function(one) (ends[one] - ncol(X[[one]]) + 1):ends[one]
  A <- matrix(0, max(ends), max(ends)); b <- rep(0, max(ends))
  for (i in seq_along(X)) for (j in seq_along(X)) {
    A[at(i), at(j)] <- W[i, j] * crossprod(P[[i]], P[[j]])
    b[at(i)] <- b[at(i)] + W[i, j] * crossprod(P[[i]], y[[j]])
  }
  V <- solve(A)
  estimate <- V %*% b
  lapply(setNames(seq_along(X), vapply(equations, function(one) one$name, "")), function(one) {
    list(estimate = setNames(estimate[at(one)], colnames(X[[one]])), vcov = V[at(one), at(one), drop = FALSE], n = n, df = n - k[one])
  })
}

# ---- tests and descriptions ----

describe <- function(stage, data, variables) {
  for (name in variables) {
    if (!is.numeric(data[[name]])) next
    kept <- !is.na(data[[name]])
    x <- data[[name]][kept]
    entity <- data$entity[kept]
    means <- tapply(x, entity, mean)
    report_values(stage, name, c(n = length(x), mean = mean(x), sd = sd(x), sd_between = if (length(means) > 1) sd(means) else NA,
                                 sd_within = sqrt(sum((x - means[entity])^2) / (length(x) - 1)), min = min(x), p25 = unname(quantile(x, 0.25)),
                                 median = median(x), p75 = unname(quantile(x, 0.75)), max = max(x)))
  }
}

# Whether x helps to foresee y: F tests by entity, and Dumitrescu and Hurlin's statistics of the panel.
granger <- function(stage, data, effect, cause, order = 1, leave_out = FALSE) {
  pair <- paste(cause, "->", effect)
  lagged <- function(name) sapply(seq_len(order), function(k) lag_by_time(data[[name]], k, data$entity, data$time))
  own <- lagged(effect)
  other <- lagged(cause)
  complete <- complete.cases(cbind(data[[effect]], own, other))
  wald <- periods <- numeric()
  tested_all <- TRUE
  for (unit in unique(data$entity)) {
    rows <- which(complete & data$entity == unit)
    n <- length(rows)
    if (n <= 2 * order + 1) { tested_all <- FALSE; next }
    y <- data[[effect]][rows]
    restricted <- lm(y ~ own[rows, ])
    free <- lm(y ~ own[rows, ] + other[rows, ])
    if (anyNA(coef(free))) { tested_all <- FALSE; next }
    df <- n - 2 * order - 1
    f <- ((deviance(restricted) - deviance(free)) / order) / (deviance(free) / df)
    report_values(stage, paste0(pair, ": ", unit), c(f = f, f_p_value = pf(f, order, df, lower.tail = FALSE), chi_squared = order * f,
                                                     chi_squared_p_value = pchisq(order * f, order, lower.tail = FALSE)))
    wald <- c(wald, order * f)
    periods <- c(periods, n + order)
  }
  if (length(wald) == 0 || (!tested_all && !leave_out)) return(invisible())
  k <- order
  statistics <- c(w_bar = mean(wald))
  two_sided <- function(z) 2 * pnorm(-abs(z))
  if (all(periods > 5 + 3 * k)) {
    if (length(unique(periods)) == 1) {
      z <- sqrt(length(wald) / (2 * k)) * (mean(wald) - k)
      statistics <- c(statistics, z_bar = z, z_bar_p_value = two_sided(z))
    }
    expected <- mean(k * (periods - 3 * k - 1) / (periods - 3 * k - 3))
    variance <- mean(2 * k * (periods - 3 * k - 1)^2 * (periods - 2 * k - 3) / ((periods - 3 * k - 3)^2 * (periods - 3 * k - 5)))
    z <- sqrt(length(wald)) * (mean(wald) - expected) / sqrt(variance)
    statistics <- c(statistics, z_tilde = z, z_tilde_p_value = two_sided(z))
  }
  fisher <- -2 * sum(pchisq(wald, k, lower.tail = FALSE, log.p = TRUE))
  statistics <- c(statistics, fisher = fisher, fisher_p_value = pchisq(fisher, 2 * length(wald), lower.tail = FALSE))
  report_values(stage, pair, statistics)
}

# ---- what was estimated, and how it compares ----

estimated <- new.env()
estimated$rows <- list()

report_values <- function(stage, model, values) {
  estimated$rows[[length(estimated$rows) + 1]] <- data.frame(stage = stage, model = model, term = names(values), estimate = unname(values),
                                                             std_error = NA_real_, p_value = NA_real_, n_obs = NA_real_)
}

# The coefficients of a fit under a covariance.
report <- function(stage, model, fit, V = NULL) {
  if (is.null(fit)) return(invisible())
  if (is.null(V)) V <- structure(fit$vcov, df = fit$df)
  if (is.function(V)) V <- V(fit)
  variance <- diag(V)
  error <- sqrt(ifelse(variance > 0, variance, NA))
  estimated$rows[[length(estimated$rows) + 1]] <- data.frame(stage = stage, model = model, term = names(fit$estimate), estimate = unname(fit$estimate),
    std_error = unname(error), p_value = unname(2 * pt(-abs(fit$estimate / error), attr(V, "df"))), n_obs = fit$n)
}

# Each entity's own equation, by ordinary least squares.
report_by_entity <- function(stage, equation, covariance = vcov_classical, before = "", after = "") {
  for (unit in unique(equation$entity)) {
    fit <- fit_ols(rows_of(equation, equation$entity == unit))
    if (!is.null(fit)) report(stage, paste0(before, unit, after), fit, covariance(fit))
  }
}

report_system <- function(stage, estimator, fits, several) {
  for (name in names(fits)) report(stage, if (several) paste0(name, "/", estimator) else name, fits[[name]])
}

read_expected <- function(path) {
  read.csv(path, colClasses = "character", encoding = "UTF-8", fileEncoding = "UTF-8", na.strings = character(), check.names = FALSE)
}

# Every published number against its own; `places` names those that differ.
compare <- function(what, place, expected, found, tolerance) {
  expected <- suppressWarnings(as.numeric(expected))
  asked <- !is.na(expected)
  scale <- ifelse(abs(expected) < 1e-12, 1, abs(expected))
  difference <- abs(found - expected) / scale
  wrong <- asked & (is.na(difference) | difference > tolerance)
  largest <- if (any(asked & !is.na(difference))) max(difference[asked], na.rm = TRUE) else 0
  cat(sprintf("%-34s %6d numbers, largest relative difference %.1e", what, sum(asked), largest), "\n", sep = "")
  if (!any(wrong)) return(character())
  paste0(place[wrong], ": ", what, " has ", expected[wrong], ", here ", ifelse(is.na(found[wrong]), "nothing", sprintf("%.15g", found[wrong])))
}

compare_all <- function(folder, tolerance = 1e-8) {
  rows <- do.call(rbind, estimated$rows)
  key <- function(stage, model, term) paste(stage, model, term, sep = " | ")
  own <- key(rows$stage, rows$model, rows$term)
  wrong <- character()
  expected <- read_expected(file.path(folder, "results.csv"))
  at <- match(key(expected$stage, expected$model, expected$term), own)
  for (name in c("estimate", "std_error", "p_value")) wrong <- c(wrong, compare(paste0("results: ", name), key(expected$stage, expected$model, expected$term), expected[[name]], rows[[name]][at], tolerance))
  tables <- file.path(folder, "tables.csv")
  if (file.exists(tables)) {
    tables <- read_expected(tables)
    for (file in unique(tables$file)) {
      printed <- read_expected(own_file(file))
      row <- match(paste(file, printed$table, printed$unit, sep = "\r"), paste(tables$file, tables$table, tables$unit, sep = "\r"))
      at <- match(key(tables$stage[row], tables$model[row], printed$regressor), own)
      for (name in c("estimate", "std_error", "p_value", "n_obs")) wrong <- c(wrong, compare(paste0(basename(file), ": ", name), paste(printed$table, printed$unit, printed$regressor, sep = " / "), ifelse(nzchar(printed$estimate), printed[[name]], ""), rows[[name]][at], tolerance))
    }
  }
  left <- file.path(folder, "not_replicated.csv")
  left <- if (file.exists(left)) read_expected(left) else data.frame()
  cat(sprintf("%d numbers estimated; %d parts of the pipeline aren't repeated here%s", nrow(rows), nrow(left), if (nrow(left) > 0) ":" else ""), "\n", sep = "")
  for (row in seq_len(nrow(left))) cat(sprintf("  %s: %s", left$what[row], left$reason[row]), "\n", sep = "")
  if (length(wrong) > 0) {
    cat(sprintf("%d numbers differ by more than %g:\n", length(wrong), tolerance))
    cat(paste0("  ", wrong), sep = "\n")
    return(FALSE)
  }
  cat(sprintf("All agree to %g.\n", tolerance))
  TRUE
}
