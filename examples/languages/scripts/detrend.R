# Residuals of each entity's own polynomial trend. A year without a value has no residual.
reticulate::use_python(Sys.which("python3"), required = TRUE)
arrow <- reticulate::import("pyarrow")
parquet <- reticulate::import("pyarrow.parquet")

params <- jsonlite::fromJSON(Sys.getenv("VINTNER_PARAMS"))
table <- parquet$read_table("inputs/panel.parquet")
entity <- unlist(table$column("entity")$to_pylist())
time <- unlist(table$column("time")$to_pylist())
# A missing value arrives as NULL and goes back as NaN, which from_pandas takes for missing.
numbers <- function(values) vapply(values, function(value) if (is.null(value)) NA_real_ else value, 0)
value <- numbers(table$column(params$variable)$to_pylist())

deviation <- rep(NaN, length(value))
for (rows in split(seq_along(value), entity)) {
  own <- data.frame(time = time[rows], value = value[rows])
  trend <- lm(value ~ poly(time, params$degree), own, na.action = na.exclude)
  deviation[rows] <- residuals(trend)
}

column <- arrow$array(deviation, from_pandas = TRUE)
name <- paste0(params$variable, "_deviation")
parquet$write_table(table$select(c("entity", "time"))$append_column(name, column), "detrended.parquet")
