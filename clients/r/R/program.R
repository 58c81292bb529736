# The program: where it is, and what it answers.

vintner_program <- function() {
  named <- Sys.getenv("VINTNER")
  found <- if (nzchar(named)) named else Sys.which("vintner")[[1]]
  if (!nzchar(found)) {
    stop("the program vintner isn't found; put it on the PATH, or its path into the variable VINTNER", call. = FALSE)
  }
  found
}

# The options that every question takes. A workspace that isn't named is looked for upward.
common <- function(vintage, workspace, data_root) {
  c(
    "--quiet",
    if (!is.null(workspace)) c("-C", path.expand(workspace)),
    if (!is.null(data_root)) c("--data-root", path.expand(data_root)),
    if (!is.null(vintage)) c("--vintage", vintage)
  )
}

# The file that the program's answer was written into; why there is none as an error. Bytes go through files,
# because R would take them for texts of its own encoding.
ask <- function(arguments) {
  answer <- tempfile("vintner-")
  said <- tempfile("vintner-")
  on.exit(unlink(said))
  arguments <- shQuote(enc2utf8(arguments), type = if (.Platform$OS.type == "windows") "cmd" else "sh")
  code <- suppressWarnings(system2(vintner_program(), arguments, stdout = answer, stderr = said, stdin = ""))
  if (code != 0) {
    unlink(answer)
    lines <- readLines(said, encoding = "UTF-8", warn = FALSE)
    if (!length(lines)) lines <- paste("vintner ended with exit code", code)
    stop(sub("^error: ", "", paste(lines, collapse = "\n")), call. = FALSE)
  }
  answer
}

ask_json <- function(arguments, simplify = FALSE) {
  file <- ask(c(arguments, "--format", "json"))
  on.exit(unlink(file))
  jsonlite::fromJSON(utf8_text(file), simplifyVector = simplify)
}

# A file's bytes as one text.
utf8_text <- function(file) {
  text <- rawToChar(readBin(file, "raw", file.size(file)))
  Encoding(text) <- "UTF-8"
  text
}
