# Reading raw files and laying them out as a panel. The same for every paper: what is read, and how, stands in 1_data.R.

invisible(Sys.setlocale("LC_COLLATE", "C")) # texts are ordered by their characters
if (!l10n_info()[["UTF-8"]]) invisible(suppressWarnings(Sys.setlocale("LC_CTYPE", "C.UTF-8")))

# ---- texts ----

# Any one of some characters, by their numbers, as a pattern.
any_of <- function(...) paste0("[", intToUtf8(c(...)), "]")

# Full-width forms as ASCII, every run of white space as one space.
fold <- function(x) {
  x <- gsub(paste0("(", any_of(0x3000, 0xA0), "|[[:space:]])+"), " ", x)
  x <- chartr(intToUtf8(0xFF01:0xFF5E), intToUtf8(0x21:0x7E), x)
  x <- gsub(intToUtf8(0x2212), "-", x, fixed = TRUE)
  gsub("^ +| +$", "", gsub(any_of(0x200B, 0xFEFF), "", x))
}
is_wide <- function(code) (code >= 0x2E80 & code <= 0x9FFF) | (code >= 0xAC00 & code <= 0xD7AF) | (code >= 0xF900 & code <= 0xFAFF)
fold_header <- function(x) gsub(" ", "", fold(x), fixed = TRUE)
fold_name <- function(x) {
  x <- fold(x)
  x <- gsub(any_of(0x60, 0x2018, 0x2019, 0x2BC), "'", x)
  x <- gsub(any_of(0x2010:0x2013), "-", x)
  wide <- vapply(x, function(one) any(is_wide(utf8ToInt(one))), NA, USE.NAMES = FALSE)
  x[wide] <- gsub(" ", "", x[wide], fixed = TRUE)
  sub("^(-?[0-9]+)\\.0+$", "\\1", x)
}

# ---- cells, all of them as text; numbers with every digit ----

number_text <- function(x) ifelse(is.na(x), "", sprintf("%.17g", x))
cell_text <- function(cells) {
  if (is.list(cells)) {
    return(vapply(cells, function(one) {
      if (length(one) == 0 || is.na(one[[1]])) "" else if (is.numeric(one) && !inherits(one, "POSIXct")) sprintf("%.17g", one) else as.character(one)
    }, ""))
  }
  if (inherits(cells, "haven_labelled") && is.character(cells)) cells <- as.character(cells)
  if (is.factor(cells)) cells <- as.character(cells)
  if (is.numeric(cells)) return(number_text(as.numeric(cells)))
  cells <- as.character(cells)
  cells[is.na(cells)] <- ""
  cells
}

# A number as it stands in a cell; a code for missing or nothing is NA, anything else that isn't a number stops.
cell_number <- function(text, missing, place) {
  text <- gsub(" ", "", fold(text), fixed = TRUE)
  text[text %in% c("", gsub(" ", "", fold(missing), fixed = TRUE))] <- NA
  percent <- grepl("%$", text)
  plain <- sub("%$", "", text)
  grouped <- grepl("^[-+]?[0-9]{1,3}(,[0-9]{3})+(\\.[0-9]*)?$", plain)
  plain[grouped] <- gsub(",", "", plain[grouped], fixed = TRUE)
  value <- suppressWarnings(as.numeric(plain))
  wrong <- which(is.na(value) & !is.na(text))
  if (length(wrong) > 0) stop(place, ": `", text[wrong[1]], "` in row ", wrong[1], " of the data is no number")
  ifelse(percent, value / 100, value)
}

# The year that a cell names: 2008, 2008.0, 2008年, FY2008.
cell_year <- function(text) {
  found <- regexpr("[12][0-9]{3}", text)
  year <- rep(NA_integer_, length(text))
  year[found > 0] <- as.integer(regmatches(text, found))
  year
}

# ---- tables as they lie in files: a list of columns of text, their headers, each row's number in the file ----

read_text_table <- function(path, encoding, delimiter, comment, header_row, skip_rows, last_row) {
  connection <- file(path, encoding = encoding)
  on.exit(close(connection))
  lines <- sub(paste0("^", intToUtf8(0xFEFF)), "", enc2utf8(readLines(connection, warn = FALSE)))
  number <- seq_along(lines)
  used <- number >= header_row & number <= last_row & grepl("[^[:space:]]", lines)
  if (!is.null(comment)) used <- used & !startsWith(lines, comment)
  cells <- read.table(text = lines[used], sep = delimiter, quote = "\"", comment.char = "", header = FALSE, colClasses = "character",
                      na.strings = character(), fill = TRUE, strip.white = FALSE, encoding = "UTF-8", check.names = FALSE)
  list(header = as.character(unlist(cells[1, ])), columns = as.list(cells[-seq_len(1 + skip_rows), , drop = FALSE]),
       row = number[used][-seq_len(1 + skip_rows)])
}

read_workbook_table <- function(path, sheet, header_row, skip_rows, last_row) {
  if (!requireNamespace("readxl", quietly = TRUE)) stop("workbooks are read by the package readxl: install.packages('readxl')")
  cells <- suppressMessages(readxl::read_excel(path, sheet = if (is.null(sheet)) 1 else sheet, col_names = FALSE, col_types = "list",
                                               range = readxl::cell_limits(c(1, 1), c(NA, NA)), .name_repair = "minimal"))
  number <- seq_len(nrow(cells))
  kept <- number > header_row + skip_rows & number <= last_row
  header <- vapply(cells, function(column) cell_text(column[header_row]), "")
  list(header = unname(header), columns = lapply(unname(as.list(cells)), function(column) column[kept]), row = number[kept])
}

# Rows that say the header again, as after a page break: all that is filled in them, which isn't digits alone.
repeats_header <- function(table) {
  named <- fold(table$header)
  filled <- integer(length(table$row))
  differs <- words <- rep(FALSE, length(table$row))
  for (place in which(nzchar(named))) {
    left <- which(!differs)
    text <- fold(cell_text(table$columns[[place]][left]))
    differs[left] <- nzchar(text) & text != named[place]
    filled[left] <- filled[left] + nzchar(text)
    words[left] <- words[left] | (nzchar(text) & grepl("[^0-9. ]", named[place]))
  }
  !differs & words & filled > 1 & filled * 2 >= sum(nzchar(named))
}

read_columnar_table <- function(path, format) {
  if (format == "dta") {
    if (!requireNamespace("haven", quietly = TRUE)) stop("Stata files are read by the package haven: install.packages('haven')")
    cells <- haven::read_dta(path)
    cells[] <- lapply(cells, function(column) if (inherits(column, "haven_labelled") && is.numeric(column)) structure(haven::zap_missing(column), label = NULL) else column)
  } else if (requireNamespace("nanoparquet", quietly = TRUE)) {
    cells <- nanoparquet::read_parquet(path)
  } else if (requireNamespace("arrow", quietly = TRUE)) {
    cells <- arrow::read_parquet(path)
  } else {
    stop("Parquet files are read by the package nanoparquet: install.packages('nanoparquet')")
  }
  list(header = names(cells), columns = as.list(cells), row = seq_len(nrow(cells)))
}

# ---- the crosswalk: from the names that files give an entity to its id ----

read_crosswalk <- function(path) {
  cells <- read.csv(path, colClasses = "character", encoding = "UTF-8", fileEncoding = "UTF-8", comment.char = "#", na.strings = character())
  for (column in c("en", "zh", "aliases", "prefixes", "suffixes")) if (is.null(cells[[column]])) cells[[column]] <- ""
  several <- function(text) Filter(nzchar, fold_name(strsplit(text, "|", fixed = TRUE)[[1]]))
  names <- character()
  for (at in seq_len(nrow(cells))) {
    stems <- Filter(nzchar, c(fold_name(cells$zh[at]), several(cells$aliases[at])))
    affixed <- as.vector(outer(as.vector(outer(c("", several(cells$prefixes[at])), stems, paste0)), c("", several(cells$suffixes[at])), paste0))
    own <- unique(fold_name(c(cells$id[at], if (nzchar(cells$en[at])) cells$en[at] else cells$id[at], affixed)))
    names <- c(names, setNames(rep(fold(cells$id[at]), length(own)), own))
  }
  affixes <- function(column) {
    all <- unique(unlist(lapply(cells[[column]], several)))
    all[order(-nchar(all), all)]
  }
  list(ids = fold(cells$id), names = names, prefixes = affixes("prefixes"), suffixes = affixes("suffixes"))
}

# A name less the longest prefix and the longest suffix that any entity has, as long as something is left.
stripped <- function(name, crosswalk) {
  for (prefix in crosswalk$prefixes) if (startsWith(name, prefix) && nchar(name) > nchar(prefix)) { name <- substring(name, nchar(prefix) + 1); break }
  for (suffix in crosswalk$suffixes) if (endsWith(name, suffix) && nchar(name) > nchar(suffix)) { name <- substring(name, 1, nchar(name) - nchar(suffix)); break }
  name
}

# The ids of names; those that the crosswalk doesn't know are left out (NA), kept under their own name, or stop.
entity_ids <- function(name, crosswalk, outside, ignore_case, place) {
  name <- fold_name(name)
  if (is.null(crosswalk)) return(name)
  known <- crosswalk$names
  if (ignore_case) { names(known) <- tolower(names(known)); id <- unname(known[tolower(name)]) } else id <- unname(known[name])
  unknown <- is.na(id) & nzchar(name)
  if (outside == "keep") id[unknown] <- vapply(name[unknown], stripped, "", crosswalk = crosswalk)
  if (outside == "error" && any(unknown)) stop(place, ": `", name[unknown][1], "` is no entity of the crosswalk")
  id
}

# ---- a source: a file and how to read it -> entity, time, category, and a column a variable ----

column <- function(header, variable, scale = 1, missing = character(), text = FALSE) {
  list(header = header, variable = variable, scale = scale, missing = missing, text = text)
}

read_source <- function(path, format, columns, entity = NULL, time = NULL, category = NULL, layout = "long", encoding = "UTF-8",
                        delimiter = NULL, comment = NULL, sheet = NULL, header_row = 1, skip_rows = 0, last_row = Inf, missing = character(),
                        where = NULL, year = NULL, first_year = -Inf, last_year = Inf, covers = c(1000, 2999), crosswalk = NULL,
                        outside = "drop", not_entities = character(), ignore_case = FALSE, duplicates = "error", variable_column = NULL, copy = NULL) {
  packages <- c("nanoparquet", "arrow")
  if (!is.null(copy) && !any(vapply(packages, requireNamespace, TRUE, quietly = TRUE))) return(read_tidy(copy, text = unlist(lapply(columns, function(one) if (one$text) one$variable))))
  if (format %in% c("csv", "tsv")) {
    if (is.null(delimiter)) delimiter <- if (format == "tsv") "\t" else ","
    table <- read_text_table(path, encoding, delimiter, comment, header_row, skip_rows, last_row)
  } else if (format %in% c("xlsx", "xls")) {
    table <- read_workbook_table(path, sheet, header_row, skip_rows, last_row)
  } else {
    table <- read_columnar_table(path, format)
  }
  again <- repeats_header(table)
  if (any(again)) {
    cat(sprintf("%-24s %6d rows repeat the header and are left out", basename(path), sum(again)), "\n", sep = "")
    table$columns <- lapply(table$columns, function(column) column[!again])
    table$row <- table$row[!again]
  }
  header <- fold_header(table$header)
  at <- function(name) {
    place <- which(header == fold_header(name))
    if (length(place) == 0) stop(basename(path), ": no column `", name, "`")
    place[1]
  }
  text_of <- function(name) {
    cells <- table$columns[[at(name)]]
    if (inherits(cells, "haven_labelled")) cells <- haven::as_factor(cells)
    cell_text(cells)
  }
  number_of <- function(place, one) cell_number(cell_text(table$columns[[place]]), c(missing, one$missing), paste0(basename(path), ", ", one$variable)) * one$scale
  value_of <- function(place, one) {
    if (!one$text) return(number_of(place, one))
    cells <- table$columns[[place]]
    if (inherits(cells, "haven_labelled")) cells <- haven::as_factor(cells)
    text <- fold(cell_text(cells))
    text[text %in% c("", fold(c(missing, one$missing)))] <- NA
    text
  }
  rows <- length(table$row)
  kept <- rep(TRUE, rows)
  for (name in names(where)) kept <- kept & fold(text_of(name)) == fold(where[[name]])
  frame <- function(entity_name, times) {
    made <- data.frame(row = table$row, entity = rep(NA_character_, rows), time = rep(NA_integer_, rows), category = rep("", rows))
    made$name <- if (is.null(entity_name)) "" else fold_name(entity_name)
    if (!is.null(entity_name)) made$entity <- entity_ids(entity_name, crosswalk, outside, ignore_case, basename(path))
    if (!is.null(times)) made$time <- times
    if (!is.null(category)) made$category <- fold(text_of(category))
    made
  }
  parts <- list()
  names_of_rows <- if (is.null(entity) || layout == "entities_across") NULL else text_of(entity)
  if (layout == "long") {
    times <- if (!is.null(time)) cell_year(text_of(time)) else if (!is.null(year)) rep(as.integer(year), rows) else NULL
    made <- frame(names_of_rows, times)
    for (one in columns) made[[one$variable]] <- value_of(at(one$header), one)
    # Without an entity and a time each row is an observation of somebody new.
    if (is.null(entity) && is.null(times)) made$entity <- as.character(made$row)
    parts <- list(made[kept, ])
  } else if (layout == "wide") {
    pattern <- any(grepl("{time}", vapply(columns, function(one) if (is.null(one$header)) "" else one$header, ""), fixed = TRUE))
    for (one in columns) {
      if (pattern) {
        sides <- strsplit(fold_header(one$header), "{time}", fixed = TRUE)[[1]]
        sides <- c(sides, "")[1:2]
        inner <- substring(header, nchar(sides[1]) + 1, nchar(header) - nchar(sides[2]))
        years <- ifelse(startsWith(header, sides[1]) & endsWith(header, sides[2]), cell_year(inner), NA)
      } else {
        years <- ifelse(grepl("[12][0-9]{3}", header), cell_year(header), NA)
        years[fold_header(table$header) %in% fold_header(c(entity, variable_column, category))] <- NA
      }
      years[!is.na(years) & (years < covers[1] | years > covers[2])] <- NA
      own <- if (is.null(variable_column)) rep(TRUE, rows) else fold(text_of(variable_column)) == fold(one$header)
      for (place in which(!is.na(years))) {
        made <- frame(names_of_rows, rep(years[place], rows))[kept & own, ]
        values <- value_of(place, one)[kept & own]
        made[[one$variable]] <- values
        parts[[length(parts) + 1]] <- made
      }
    }
  } else {
    times <- cell_year(text_of(time))
    ids <- entity_ids(table$header, crosswalk, "drop", ignore_case, basename(path))
    one <- columns[[1]]
    for (place in which(!is.na(ids) & header != fold_header(time))) {
      made <- frame(rep(table$header[place], rows), times)[kept, ]
      made[[one$variable]] <- value_of(place, one)[kept]
      parts[[length(parts) + 1]] <- made
    }
  }
  variables <- unique(vapply(columns, function(one) one$variable, ""))
  parts <- lapply(parts, function(part) { for (name in setdiff(variables, names(part))) part[[name]] <- NA; part })
  tidy <- do.call(rbind, parts)
  by_entity <- !is.null(entity) || layout == "entities_across"
  if (by_entity) tidy <- tidy[!is.na(tidy$entity) & !(tidy$name %in% fold_name(not_entities)), ]
  if (!is.null(time) || !is.null(year) || layout != "long") tidy <- tidy[!is.na(tidy$time) & tidy$time >= first_year & tidy$time <= last_year, ]
  once <- function(own) {
    key <- paste(own$entity, own$time, own$category, sep = "\r")
    if (anyDuplicated(key) == 0) return(own)
    if (duplicates == "first") return(own[!duplicated(key), ])
    if (duplicates == "keep") return(own)
    stop(basename(path), ": two rows for ", gsub("\r", " ", key[duplicated(key)][1]))
  }
  # A wide table of several variables has a part a variable.
  if (layout == "wide" && length(variables) > 1) {
    single <- lapply(seq_along(parts), function(at) parts[[at]])
    pieces <- list()
    for (name in variables) {
      own <- Filter(function(part) !all(is.na(part[[name]])), single)
      if (length(own) == 0) next
      own <- do.call(rbind, lapply(own, function(part) part[, c("entity", "time", "category", "name", name)]))
      own <- own[!is.na(own$entity) & !(own$name %in% fold_name(not_entities)) & own$time >= first_year & own$time <= last_year, ]
      pieces[[name]] <- once(own)[, c("entity", "time", "category", name)]
    }
    tidy <- Reduce(function(left, right) merge(left, right, by = c("entity", "time", "category"), all = TRUE), pieces)
  } else {
    tidy <- once(tidy)[, c("entity", "time", "category", variables)]
  }
  cat(sprintf("%-24s %6d rows used", basename(path), nrow(tidy)), "\n", sep = "")
  tidy[order(tidy$entity, tidy$time), , drop = FALSE]
}

as_text <- function(names) if (length(names) == 0) NA else setNames(rep("character", length(names)), names)

# Tidy values that the pipeline read and these scripts don't read again.
read_tidy <- function(path, text = character()) {
  tidy <- read.csv(path, encoding = "UTF-8", fileEncoding = "UTF-8", na.strings = "", check.names = FALSE, colClasses = as_text(text))
  for (name in c("entity", "category")) tidy[[name]] <- if (is.null(tidy[[name]])) NA_character_ else as.character(tidy[[name]])
  if (is.null(tidy$time)) tidy$time <- NA_integer_
  tidy$category[is.na(tidy$category)] <- ""
  tidy[, c("entity", "time", "category", setdiff(names(tidy), c("entity", "time", "category")))]
}

# A frame that a script of the author's own made, or a stage that these scripts don't repeat.
read_frame <- function(path, text = character()) {
  frame <- read.csv(path, encoding = "UTF-8", fileEncoding = "UTF-8", na.strings = "", check.names = FALSE, colClasses = as_text(text))
  for (key in c("entity", "time")) if (is.null(frame[[key]])) frame[[key]] <- if (key == "time") 0L else "(all)"
  frame$entity <- as.character(frame$entity)
  frame
}

sources <- list()
sources_of <- function(sources, names) sources[names]
entities_of <- function(crosswalk) crosswalk$ids
columns_of <- function(data, names) data[, unique(c("entity", "time", names)), drop = FALSE]

# ---- panels: a row for each entity and year, sorted by both ----

# The source that has a variable.
holding <- function(sources, variable) {
  held <- Filter(function(one) variable %in% names(one), sources)
  if (length(held) == 0) stop("no source has `", variable, "`")
  if (length(held) == 1) return(held[[1]])
  shared <- c("entity", "time", "category", variable)
  do.call(rbind, lapply(held, function(one) one[, shared]))
}

# `sources` laid out as a panel. Series without entities are given to all of them; nothing is filled in.
assemble <- function(sources, variables = NULL, entities = NULL, first_year = NULL, last_year = NULL, rows = "full", aggregate = NULL) {
  if (is.null(variables)) variables <- unique(unlist(lapply(sources, function(one) setdiff(names(one), c("entity", "time", "category")))))
  held <- lapply(variables, function(variable) {
    own <- holding(sources, variable)[, c("entity", "time", "category", variable)]
    how <- aggregate[[variable]]
    if (!is.null(how)) {
      key <- paste(own$entity, own$time, sep = "\r")
      first <- !duplicated(key)
      values <- vapply(split(own[[variable]], factor(key, unique(key))), if (how == "sum") sum else mean, 0)
      own <- own[first, ]
      own[[variable]] <- unname(values)
    } else if (any(nzchar(own$category))) stop("`", variable, "` comes by category; say how it is aggregated")
    own
  })
  names(held) <- variables
  found <- unique(unlist(lapply(held, function(one) one$entity)))
  if (is.null(entities)) entities <- sort(found[!is.na(found)])
  if (length(entities) == 0) entities <- "(all)"
  years <- unlist(lapply(held, function(one) one$time))
  if (is.null(first_year)) first_year <- if (all(is.na(years))) 0 else min(years, na.rm = TRUE)
  if (is.null(last_year)) last_year <- if (all(is.na(years))) 0 else max(years, na.rm = TRUE)
  panel <- expand.grid(time = first_year:last_year, entity = sort(entities), KEEP.OUT.ATTRS = FALSE)[, c("entity", "time")]
  panel$entity <- as.character(panel$entity)
  there <- rep(FALSE, nrow(panel))
  for (variable in variables) {
    own <- held[[variable]]
    key <- function(entity, time) paste(if (all(is.na(own$entity))) "" else entity, if (all(is.na(own$time))) "" else time, sep = "\r")
    at <- match(key(panel$entity, panel$time), key(own$entity, own$time))
    panel[[variable]] <- own[[variable]][at]
    if (!all(is.na(own$entity))) there <- there | !is.na(at)
  }
  if (rows == "observed") panel <- panel[there, , drop = FALSE]
  rownames(panel) <- NULL
  panel
}

# A national series given to entities by what each had of the whole in a base year:
# the sum over categories j of shift_jt * share_ij / (sum over entities of share_j).
exposure <- function(panel, sources, shift, share, base, into, exclude = character()) {
  shifts <- holding(sources, shift)
  shares <- holding(sources, share)
  shares <- shares[!is.na(shares$time) & shares$time == base & !(shares$category %in% exclude), ]
  total <- rep(0, nrow(panel))
  for (category in sort(unique(shares$category))) {
    own <- shares[shares$category == category, ]
    weight <- own[[share]] / sum(own[[share]], na.rm = TRUE)
    national <- shifts[shifts$category == category, ]
    total <- total + national[[shift]][match(panel$time, national$time)] * weight[match(panel$entity, own$entity)]
  }
  made <- panel[, c("entity", "time")]
  made[[into]] <- total
  made
}

# nominal / (deflator / deflator in the base year), entity by entity.
deflate <- function(panel, nominal, deflator, base, into) {
  prices <- ifelse(panel[[deflator]] > 0, panel[[deflator]], NA)
  at_base <- panel$time == base
  index <- prices / prices[at_base][match(panel$entity, panel$entity[at_base])]
  made <- panel[, c("entity", "time")]
  made[[into]] <- panel[[nominal]] / index
  made
}

# The panel with the columns of further series, by entity and year.
join <- function(panel, ...) {
  for (series in list(...)) {
    at <- match(paste(panel$entity, panel$time), paste(series$entity, series$time))
    for (name in setdiff(names(series), c("entity", "time"))) panel[[name]] <- series[[name]][at]
  }
  panel
}

# ---- expressions: what isn't a number is missing ----

define <- function(data, name, expression) {
  value <- eval(substitute(expression), data, parent.frame())
  if (is.logical(value)) value <- as.numeric(value)
  if (is.numeric(value)) value[!is.finite(value)] <- NA
  data[[name]] <- rep_len(value, nrow(data))
  data
}
chosen <- function(data, condition) {
  holds <- rep_len(as.logical(eval(substitute(condition), data, parent.frame())), nrow(data))
  data[!is.na(holds) & holds, , drop = FALSE]
}
# The rows where a column has a value.
part_of <- function(data, column, value) {
  own <- data[[column]]
  text <- if (is.numeric(own)) sprintf("%.15g", own) else own
  data[!is.na(own) & text == value, , drop = FALSE]
}
ln <- function(x) log(ifelse(x > 0, x, NA))
root <- function(x) sqrt(ifelse(x >= 0, x, NA))
nonzero <- function(x) ifelse(x == 0, NA, x)
power <- function(base, exponent) { value <- base^exponent; ifelse(is.finite(value), value, NA) }
remainder <- function(x, y) { y <- nonzero(y); x - y * trunc(x / y) }
round_half_up <- function(x, digits = 0) sign(x) * floor(abs(x) * 10^digits + 0.5) / 10^digits
least <- function(...) pmin(...)
greatest <- function(...) pmax(...)
log10_of <- function(x) log10(ifelse(x > 0, x, NA))
log2_of <- function(x) log2(ifelse(x > 0, x, NA))
coalesce <- function(...) Reduce(function(left, right) ifelse(is.na(left), right, left), list(...))
nullif <- function(x, y) ifelse(x == y, NA, x)

# The value of the same entity so many years before; a year that isn't there is missing.
lag_by_time <- function(x, periods, entity, time) x[match(paste(entity, time - periods), paste(entity, time))]

# An aggregate of the rows that share the values of `by`; with `order` of those up to the row's own.
over <- function(x, aggregate, by = list(), filter = NULL, order = NULL, descending = FALSE) {
  rows <- max(length(x), lengths(by), length(filter), length(order))
  x <- rep_len(x, rows)
  if (!is.null(filter)) x[!(!is.na(filter) & as.logical(filter))] <- NA
  key <- if (length(by) == 0) rep("", rows) else do.call(paste, c(lapply(by, rep_len, rows), sep = "\r"))
  unknown <- Reduce(`|`, lapply(by, is.na), rep(FALSE, rows))
  of <- function(values) {
    if (aggregate == "first_value") return(values[1])
    there <- values[!is.na(values)]
    if (aggregate == "count") return(length(there))
    if (length(there) == 0) return(NA)
    switch(aggregate, avg = mean(there), sum = sum(there), min = min(there), max = max(there), stddev = sd(there),
           stddev_pop = sqrt(mean((there - mean(there))^2)))
  }
  made <- rep(NA_real_, rows)
  for (own in split(seq_len(rows), factor(key, unique(key)))) {
    if (is.null(order)) { made[own] <- of(x[own]); next }
    for (at in own) {
      reached <- if (descending) own[order[own] >= order[at]] else own[order[own] <= order[at]]
      made[at] <- of(x[reached[order(if (descending) -order[reached] else order[reached])]])
    }
  }
  made[unknown] <- NA
  made
}
