# Everything, from the raw files to the comparison: Rscript run_all.R
file <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
here <- if (length(file) == 1) dirname(normalizePath(file)) else getwd()
data_folder <- Sys.getenv("REPLICATE_DATA", file.path(here, "..", "@DATA@"))
data_file <- function(path) {
  file <- file.path(data_folder, path)
  if (!file.exists(file)) stop("there is no ", normalizePath(file, mustWork = FALSE), ": put it there (data/ACCESS.md of a package says how others come by it), or name the folder that has it by REPLICATE_DATA", call. = FALSE)
  file
}
own_file <- function(path) file.path(here, "..", path)

for (script in c("tables.R", "models.R", "1_data.R", "2_variables.R", "3_estimates.R")) {
  source(file.path(here, script), encoding = "UTF-8")
}
agrees <- compare_all(own_file("expected"))
if (!interactive()) quit(status = if (agrees) 0 else 1)
