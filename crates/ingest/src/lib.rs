//! Vintages and their ingest: from raw statistical files, as they were published, to tidy values
//! that each know the cell they came from.
//!
//! A *vintage* is a folder with a [`Manifest`] that lists its [`Source`]s: file, checksum, format,
//! layout, columns, units. [`VintageFolders`] finds the manifest and its raw files,
//! [`read_source`] turns one source into [`Tidied`] values. On the way:
//!
//! 1. the file's bytes are checked against the manifest's [`Checksum`];
//! 2. one reader per [`Format`] turns them into a [`Grid`] of typed cells, each with its address;
//! 3. one walk per [`Layout`] finds keys and values in the grid, knowing nothing of formats;
//! 4. names of entities go through the [`Crosswalk`], numbers and years through strict parsing,
//!    range, window and duplicate checks.
//!
//! Whatever is wrong is collected as [`SourceFault`]s, each with file, sheet, cell and a hint, and
//! reported together. Nothing here knows which entities or variables a study has.

mod archive;
mod binary;
mod byte_reader;
mod calendar;
mod cell;
mod cell_marks;
mod cell_said;
mod century;
mod checksum;
mod column_letter;
mod column_marks;
mod column_slice;
mod column_wire;
mod columns;
mod compound_file;
mod corrected;
mod correction;
mod crosswalk;
mod date_order;
mod delimited;
mod dictionary;
mod dta;
mod entities_across;
mod era;
mod error;
mod file_pattern;
mod fill;
mod filled_years;
mod flag_pattern;
mod fold;
mod format;
mod given;
mod grid;
mod header;
mod hidden;
mod html;
mod html_hidden;
mod key_column;
mod layout;
mod long;
mod malformed;
mod manifest;
mod manifest_check;
mod manifest_reading;
mod marked_period;
mod marked_time;
mod marks_seen;
mod merged;
mod merged_region;
mod missing_codes;
mod missing_key;
mod names_outside;
mod number;
mod number_look;
mod number_problem;
mod number_reading;
mod number_rule;
mod numbered_quarters;
mod ods;
mod packed;
mod parquet;
mod part_of_year;
mod parts;
mod period_text;
mod plain_block;
mod plain_number;
mod problem;
mod query;
mod rds;
mod rds_items;
mod read;
mod read_in_blocks;
mod read_row;
mod records;
mod review_marks;
mod row_key;
mod rows;
mod runs;
mod sav;
mod sav_cases;
mod sav_dictionary;
mod scaffold;
mod sections;
mod sheet_cells;
mod shown;
mod source;
mod source_fault;
mod stata_format;
mod table;
mod text_encoding;
mod text_pieces;
mod tidied;
mod tidying;
mod tidying_end;
mod tidying_names;
mod tidying_times;
mod value_reader;
mod values;
mod vintage_folders;
mod wide;
mod wire;
mod within_year;
mod workbook;
mod xls_marks;
mod xls_texts;
mod xlsx_marks;
mod yaml_word;
mod year;
mod zone;

pub use binary::BINARY_READER;
pub use cell_said::{CellSaid, said_of_cell};
pub use checksum::Checksum;
pub use correction::{CellText, Correction};
pub use crosswalk::{Crosswalk, NameMatch};
pub use era::Era;
pub use error::{IngestError, Result};
pub use format::Format;
pub use grid::{CellContent, Grid, GridRow};
pub use layout::Layout;
pub use manifest::{Manifest, VintageKind};
pub use missing_codes::MissingCode;
pub use names_outside::{NameOutside, Nearest};
pub use number_rule::{DecimalMark, Flags, Grouping, Negative, NumberRule, Percent};
pub use query::{Query, QueryKind};
pub use read::{read_grid, read_source, read_source_bytes};
pub use read_in_blocks::{TidiedInBlocks, needs_whole, read_source_in_blocks};
pub use scaffold::{KnownVariable, Scaffold, ScaffoldedSource, known_variables, scaffold};
pub use shown::Shown;
pub use source::{
    Duplicates, Fill, HiddenCells, MergedCells, NameCase, Outside, Promised, Redistribution, Source,
    ValueColumn, ValueKind, ValueLabels,
};
pub use source_fault::{SourceFault, SourceFaults};
pub use tidied::Tidied;
pub use vintage_folders::{Vintage, VintageFolders};
pub use year::YearSpan;
