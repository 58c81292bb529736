//! Functions of R and Python that read and write files: which argument names the file.

use crate::language::Language;

/// What a function does with the file that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Reads,
    Writes,
}

/// A function that names a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) act: Act,
    /// Which of the arguments without a name is the file's.
    pub(crate) position: Option<usize>,
    /// Whether it is called without a file as well, so that an unknown argument says nothing.
    pub(crate) often_without: bool,
}

/// Names of arguments that name a file.
pub(crate) const KEYS: [&str; 16] = [
    "file",
    "path",
    "filename",
    "input",
    "output",
    "con",
    "dsn",
    "sink",
    "out",
    "fname",
    "path_or_buf",
    "excel_writer",
    "filepath_or_buffer",
    "buf",
    "io",
    "save",
];

const R_READS: [&str; 43] = [
    "fread",
    "haven_read",
    "import",
    "load",
    "qread",
    "rast",
    "raster",
    "read.arff",
    "read.csv",
    "read.csv2",
    "read.dbf",
    "read.delim",
    "read.dta",
    "read.dta13",
    "read.fst",
    "read.fwf",
    "read.spss",
    "read.table",
    "read.xlsx",
    "readRDS",
    "read_csv",
    "read_csv2",
    "read_csv_arrow",
    "read_delim",
    "read_dta",
    "read_excel",
    "read_feather",
    "read_file",
    "read_fst",
    "read_fwf",
    "read_lines",
    "read_parquet",
    "read_rds",
    "read_sas",
    "read_sav",
    "read_sf",
    "read_stata",
    "read_table",
    "read_tsv",
    "read_xls",
    "read_xlsx",
    "st_read",
    "vroom",
];

/// Those that read texts and connections, too.
const R_READS_OFTEN_WITHOUT: [&str; 5] = ["fromJSON", "read_json", "readLines", "scan", "read_yaml"];

/// Writers whose file is the second argument without a name.
const R_WRITES_SECOND: [&str; 34] = [
    "export",
    "fwrite",
    "qsave",
    "save.dta13",
    "saveRDS",
    "saveWidget",
    "saveWorkbook",
    "save_kable",
    "st_write",
    "gtsave",
    "write.csv",
    "write.csv2",
    "write.dbf",
    "write.dta",
    "write.fst",
    "write.table",
    "write.xlsx",
    "writeLines",
    "write_csv",
    "write_csv2",
    "write_csv_arrow",
    "write_delim",
    "write_dta",
    "write_excel_csv",
    "write_feather",
    "write_file",
    "write_fst",
    "write_json",
    "write_lines",
    "write_parquet",
    "write_rds",
    "write_sf",
    "write_tsv",
    "write_xlsx",
];

/// Writers whose file is the first.
const R_WRITES_FIRST: [&str; 13] = [
    "agg_png",
    "bmp",
    "cairo_pdf",
    "ggsave",
    "jpeg",
    "pdf",
    "png",
    "postscript",
    "save.image",
    "sink",
    "svg",
    "tiff",
    "tikz",
];

/// Writers whose file has a name, and which print where there is none.
const R_WRITES_NAMED: [&str; 20] = [
    "cat",
    "datasummary",
    "datasummary_balance",
    "datasummary_skim",
    "dput",
    "dump",
    "esttex",
    "etable",
    "export_summs",
    "htmlreg",
    "modelsummary",
    "print",
    "quick_docx",
    "save",
    "save_as_docx",
    "screenreg",
    "stargazer",
    "tab_model",
    "texreg",
    "wordreg",
];

const PYTHON_READS: [&str; 22] = [
    "genfromtxt",
    "imread",
    "loadtxt",
    "read_csv",
    "read_excel",
    "read_feather",
    "read_file",
    "read_fwf",
    "read_hdf",
    "read_ipc",
    "read_json",
    "read_orc",
    "read_parquet",
    "read_pickle",
    "read_sas",
    "read_spss",
    "read_stata",
    "read_table",
    "scan_csv",
    "scan_parquet",
    "ExcelFile",
    "read_ndjson",
];

const PYTHON_READS_OFTEN_WITHOUT: [&str; 1] = ["load"];

const PYTHON_WRITES: [&str; 19] = [
    "savefig",
    "savetxt",
    "savez",
    "savez_compressed",
    "sink_csv",
    "sink_parquet",
    "to_excel",
    "to_feather",
    "to_file",
    "to_hdf",
    "to_parquet",
    "to_pickle",
    "to_stata",
    "write_excel",
    "write_image",
    "write_parquet",
    "ExcelWriter",
    "write_ndjson",
    "write_ipc",
];

const PYTHON_WRITES_OFTEN_WITHOUT: [&str; 8] =
    ["save", "to_csv", "to_html", "to_json", "to_latex", "to_markdown", "write_csv", "write_html"];

/// Functions that draw on the screen where no file is open for it: then R leaves `Rplots.pdf`.
const R_DRAWS: [&str; 14] = [
    "abline", "autoplot", "barplot", "boxplot", "coefplot", "curve", "ggplot", "ggsave", "hist", "iplot",
    "matplot", "pairs", "plot", "qplot",
];

/// Whether a function draws.
pub(crate) fn draws(name: &str) -> bool {
    R_DRAWS.contains(&name)
}

/// What a function does, if it names a file.
pub(crate) fn function(name: &str, language: Language) -> Option<Function> {
    let of = |act, position, often_without| Some(Function { act, position, often_without });
    if language == Language::R {
        return match name {
            _ if R_READS.contains(&name) => of(Act::Reads, Some(0), false),
            _ if R_READS_OFTEN_WITHOUT.contains(&name) => of(Act::Reads, Some(0), true),
            // Without a file these print.
            "write.csv" | "write.table" | "writeLines" | "save_kable" => of(Act::Writes, Some(1), true),
            _ if R_WRITES_SECOND.contains(&name) => of(Act::Writes, Some(1), false),
            _ if R_WRITES_FIRST.contains(&name) => {
                of(Act::Writes, Some(0), name == "sink" || name == "ggsave")
            }
            _ if R_WRITES_NAMED.contains(&name) => of(Act::Writes, None, true),
            _ => None,
        };
    }
    match name {
        _ if PYTHON_READS.contains(&name) => of(Act::Reads, Some(0), false),
        _ if PYTHON_READS_OFTEN_WITHOUT.contains(&name) => of(Act::Reads, Some(0), true),
        _ if PYTHON_WRITES.contains(&name) => of(Act::Writes, Some(0), false),
        _ if PYTHON_WRITES_OFTEN_WITHOUT.contains(&name) => of(Act::Writes, Some(0), true),
        _ => None,
    }
}
