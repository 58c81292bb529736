//! The formats that raw files come in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a raw file's bytes are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Text with commas, or with the source's own delimiter.
    Csv,
    /// Text with tabs.
    Tsv,
    /// Office Open XML workbook.
    Xlsx,
    /// Excel 97-2003 workbook.
    Xls,
    /// Excel binary workbook.
    Xlsb,
    /// OpenDocument spreadsheet.
    Ods,
    /// The largest table of an HTML page, which may call itself xls.
    Html,
    /// Apache Parquet.
    Parquet,
    /// Stata, formats 102 to 119.
    Dta,
    /// SPSS, compressed or not; `.zsav`, too.
    Sav,
    /// A data frame that R's `saveRDS` wrote.
    Rds,
}

impl Format {
    /// Whether it is delimited text, which has an encoding and a delimiter.
    pub fn is_text(self) -> bool {
        matches!(self, Format::Csv | Format::Tsv)
    }

    /// Whether it is a workbook, which has sheets.
    pub fn is_workbook(self) -> bool {
        matches!(self, Format::Xlsx | Format::Xls | Format::Xlsb | Format::Ods)
    }

    /// Whether it is laid out by column, each of one type and with one name.
    pub fn is_columnar(self) -> bool {
        matches!(self, Format::Parquet | Format::Dta | Format::Sav | Format::Rds)
    }

    /// Whether its values may have labels.
    pub fn has_value_labels(self) -> bool {
        matches!(self, Format::Dta | Format::Sav | Format::Rds)
    }

    /// Whether it may leave open in which encoding its texts are.
    pub fn has_encoding(self) -> bool {
        self.is_text() || matches!(self, Format::Dta | Format::Sav | Format::Html)
    }

    /// What a file of it is called in a message.
    pub fn in_words(self) -> &'static str {
        match self {
            Format::Csv => "text with commas",
            Format::Tsv => "text with tabs",
            Format::Xlsx => "xlsx workbook",
            Format::Xls => "xls workbook",
            Format::Xlsb => "xlsb workbook",
            Format::Html => "HTML page",
            Format::Ods => "ods workbook",
            Format::Parquet => "Parquet file",
            Format::Dta => "Stata file",
            Format::Sav => "SPSS file",
            Format::Rds => "R data file",
        }
    }

    /// All of them.
    pub const ALL: [Format; 11] = [
        Format::Csv,
        Format::Tsv,
        Format::Xlsx,
        Format::Xls,
        Format::Xlsb,
        Format::Ods,
        Format::Html,
        Format::Parquet,
        Format::Dta,
        Format::Sav,
        Format::Rds,
    ];

    /// Its name in a manifest.
    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Xlsx => "xlsx",
            Format::Xls => "xls",
            Format::Xlsb => "xlsb",
            Format::Html => "html",
            Format::Ods => "ods",
            Format::Parquet => "parquet",
            Format::Dta => "dta",
            Format::Sav => "sav",
            Format::Rds => "rds",
        }
    }
}
