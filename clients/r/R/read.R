#' Where an output is kept
#'
#' @param output `stage`, `stage.output`, `stage[branch]` or `stage[branch].output`.
#' @param vintage The data vintage; the pipeline's own where none is named.
#' @param workspace The folder with the pipeline; looked for from the working folder upward where none is named.
#' @param data_root A folder of further vintages.
#' @return The path of a Parquet file (of a table), of JSON (of a value), or of another file. It is read-only,
#'   and is there until the cache is cleaned up.
#' @export
vintner_path <- function(output, vintage = NULL, workspace = NULL, data_root = NULL) {
  kept(output, vintage, workspace, data_root)$path
}

#' An output of a stage, as it was made last
#'
#' A table is read with nanoparquet or arrow where one is installed, and otherwise as CSV that the program
#' writes; texts such as 001 stay texts either way.
#'
#' @inheritParams vintner_path
#' @return A data frame, a list (of a value), a text, or raw bytes (of another file). It is an error where the
#'   output isn't made, or isn't as the code and the data are now.
#' @export
vintner_read <- function(output, vintage = NULL, workspace = NULL, data_root = NULL) {
  found <- kept(output, vintage, workspace, data_root)
  switch(found$kind,
    frame = read_table(output, found$path, common(vintage, workspace, data_root)),
    json = jsonlite::fromJSON(utf8_text(found$path), simplifyVector = FALSE),
    text = utf8_text(found$path),
    readBin(found$path, "raw", file.size(found$path))
  )
}

#' All coefficients that a pipeline publishes
#'
#' Those of each stage whose operation is `estimates`, one after the other.
#'
#' @inheritParams vintner_path
#' @return A data frame with a row for each coefficient, with the columns of estimates.csv. The last one,
#'   `trace`, is what [vintner_trace()] asks for.
#' @export
vintner_results <- function(vintage = NULL, workspace = NULL, data_root = NULL) {
  options <- common(vintage, workspace, data_root)
  stages <- ask_json(c("graph", options))$stages
  is_wanted <- vapply(stages, function(stage) identical(stage$operation, "estimates"), NA)
  if (!any(is_wanted)) {
    stop("no stage of this pipeline has the operation `estimates`; vintner_read() reads any other", call. = FALSE)
  }
  read_one <- function(stage) {
    file <- ask(c("show", paste0(stage$stage, ".csv"), options))
    on.exit(unlink(file))
    read_csv(file, function(names) ifelse(names %in% result_texts, "character", "numeric"))
  }
  do.call(rbind, lapply(stages[is_wanted], read_one))
}

# The columns of estimates.csv that are texts, though `1` may stand in them.
result_texts <- c("table", "dependent", "unit", "regressor", "stars", "published_stars", "note", "trace")

kept <- function(output, vintage, workspace, data_root) {
  ask_json(c("show", output, "--path", common(vintage, workspace, data_root)))
}

read_table <- function(output, path, options) {
  if (requireNamespace("nanoparquet", quietly = TRUE)) {
    return(as.data.frame(nanoparquet::read_parquet(path)))
  }
  if (requireNamespace("arrow", quietly = TRUE)) {
    return(as.data.frame(arrow::read_parquet(path)))
  }
  columns <- ask_json(c("show", output, "--rows", "0", options))$columns
  types <- vapply(columns, function(column) r_type(column$type), "")
  file <- ask(c("show", output, "--format", "csv", options))
  on.exit(unlink(file))
  read_csv(file, function(names) types)
}

# What a column of a frame is in R: whole numbers beyond R's integers become numbers.
r_type <- function(type) {
  switch(type,
    bool = "logical",
    str = "character",
    i8 = , i16 = , i32 = , u8 = , u16 = "integer",
    i64 = , u32 = , u64 = , f32 = , f64 = "numeric",
    "character"
  )
}

# A missing value is an empty field; R's reader takes an empty text for one, too.
read_csv <- function(file, types_of) {
  header <- utils::read.csv(file, nrows = 1, header = FALSE, colClasses = "character", encoding = "UTF-8")
  types <- types_of(unlist(header, use.names = FALSE))
  is_logical <- types == "logical"
  types[is_logical] <- "character"
  table <- utils::read.csv(
    file, colClasses = types, na.strings = "", check.names = FALSE, strip.white = FALSE, quote = "\"",
    comment.char = "", encoding = "UTF-8"
  )
  table[is_logical] <- lapply(table[is_logical], function(values) values == "true")
  table
}
