# Models of R as results that `model_table`, `plot` and `report` read: a row a term. `write_results(list(poisson = fit), "results.csv")`
# takes fits of lm, glm and whatever else has `coef(summary(fit))`; fixest's and plm's are among them. Base R alone.
results <- function(fit, name = "", level = 0.95, ...) {
  table <- coef(summary(fit))
  if (is.null(table)) table <- summary(fit)$coeftable
  error <- table[, 2]
  normal <- grepl("^z", colnames(table)[3])
  df <- if (normal) NA_real_ else tryCatch(df.residual(fit), error = function(e) NA_real_)
  margin <- error * if (is.na(df)) qnorm((1 + level) / 2) else qt((1 + level) / 2, df)
  about <- function(value) tryCatch(as.numeric(value), error = function(e) NA_real_, warning = function(w) NA_real_)
  summarised <- summary(fit)
  squared <- function(name) if (is.numeric(summarised[[name]])) summarised[[name]][[1]] else NA_real_
  data.frame(
    model = name, term = rownames(table), estimate = table[, 1], std_error = error, statistic = table[, 3], p_value = table[, 4],
    conf_low = table[, 1] - margin, conf_high = table[, 1] + margin, df = df,
    n_obs = about(nobs(fit)), r_squared = squared("r.squared"), r_squared_adjusted = squared("adj.r.squared"),
    log_likelihood = about(logLik(fit)), aic = about(AIC(fit)), bic = about(BIC(fit)),
    errors = if (class(fit)[1] %in% c("lm", "glm", "negbin")) "classical" else NA_character_,
    dependent = all.vars(formula(fit))[1], ..., row.names = NULL, check.names = FALSE
  )
}

write_results <- function(fits, file, ...) {
  names <- if (is.null(names(fits))) rep("", length(fits)) else names(fits)
  tables <- Map(function(fit, name) results(fit, if (length(fits) > 1) name else "", ...), fits, names)
  all <- do.call(rbind, unname(tables))
  write.csv(all[, colSums(!is.na(all)) > 0 | names(all) %in% c("model", "term")], file, row.names = FALSE, na = "")
}
