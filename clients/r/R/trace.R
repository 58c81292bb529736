#' Where a number comes from
#'
#' @param address The number, as in the last column of estimates.csv: TABLE/UNIT/REGRESSOR,
#'   descriptives/VARIABLE, and what else `vintner trace --help` names.
#' @inheritParams vintner_path
#' @return A list: `value`, `stages`, `formulas`, `cells`, `files`, `influence`.
#' @export
vintner_trace <- function(address, vintage = NULL, workspace = NULL, data_root = NULL) {
  ask_json(c("trace", address, common(vintage, workspace, data_root)))$trace
}
