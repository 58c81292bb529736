//! What a file is by its name. The endings of data and programs are those that AEA's scripts list.

/// A language of programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Language {
    Stata,
    R,
    Python,
    Julia,
    Matlab,
    Sas,
    Other,
}

impl Language {
    /// As people call it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Stata => "Stata",
            Self::R => "R",
            Self::Python => "Python",
            Self::Julia => "Julia",
            Self::Matlab => "Matlab",
            Self::Sas => "SAS",
            Self::Other => "other",
        }
    }
}

/// The ending of a file's name, in small letters.
pub(super) fn ending(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
}

/// Whether a file's name has one of these endings.
pub(crate) fn has_ending(path: &str, endings: &[&str]) -> bool {
    endings.contains(&ending(path).as_str())
}

/// The language of a program; nothing where a file is none.
pub(crate) fn language(path: &str) -> Option<Language> {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    Some(match ending(path).as_str() {
        "do" | "ado" | "mata" => Language::Stata,
        "r" | "rmd" | "qmd" => Language::R,
        "py" | "ipynb" => Language::Python,
        "jl" => Language::Julia,
        "m" => Language::Matlab,
        "sas" => Language::Sas,
        "ox" | "f" | "f90" | "c" | "cpp" | "c++" | "sh" | "g" | "prg" | "sql" => Language::Other,
        _ if name == "makefile" || name == "snakefile" => Language::Other,
        _ => return None,
    })
}

const DATA: [&str; 30] = [
    "csv", "tsv", "dta", "xls", "xlsx", "xlsb", "ods", "rds", "rda", "rdata", "sav", "zsav", "por",
    "sas7bdat", "mat", "parquet", "feather", "arrow", "dbf", "shp", "gpkg", "geojson", "dat", "pkl", "jld",
    "jld2", "h5", "nc", "sqlite", "db",
];

/// Whether a file holds data.
pub(crate) fn is_data(path: &str) -> bool {
    has_ending(path, &DATA)
}

/// Whether a file or folder belongs to a system, an editor or version control.
pub(super) fn is_clutter(name: &str) -> bool {
    let exact = [
        ".git",
        ".svn",
        ".hg",
        "__MACOSX",
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
        ".Rhistory",
        ".RData",
        ".Rproj.user",
        "__pycache__",
        ".ipynb_checkpoints",
        ".vintner",
        ".idea",
        ".vscode",
        ".dropbox",
        ".venv",
        "node_modules",
    ];
    exact.contains(&name) || name.starts_with("~$") || name.starts_with("._") || name.ends_with(".swp")
}
