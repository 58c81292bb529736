//! Models as the columns of a table, whoever estimated them.
//!
//! Owns the one form of results ([`ModelResults`]), its check where other programs wrote it, and tables whose
//! columns are models, in every format. It never estimates, and knows no operation.

mod address;
mod cells;
mod docx;
mod former_name;
mod layout;
mod model_cell;
mod model_star;
mod notes;
mod printed;
mod published;
mod read;
mod results;
mod sheet;
mod spec;
mod statistic;
mod text;
mod words;
mod write;

pub use address::{CellOf, Part};
pub use docx::write_model_docx;
pub use former_name::renamed_category;
pub use layout::{ModelColumn, ModelGroup, ModelPanel, ModelRow, ModelSource, ModelTable, RowKind};
pub use model_cell::ModelCell;
pub use model_star::ModelStar;
pub use printed::{PrintedModels, PrintedRow};
pub use published::ModelAgreement;
pub use read::{ResultCell, ResultRow, read_results};
pub use results::{ModelResults, StatisticValue, TermResult};
pub use sheet::write_model_workbook;
pub use spec::{
    Below, Brackets, ColumnSpec, Indicator, ModelTableSpec, PanelSpec, Parts, StatisticRow, fits_pattern,
};
pub use statistic::{STATISTICS, TERM_COLUMNS};
pub use text::{read_results_csv, read_results_json};
pub use words::model_words;
pub use write::{with_trace_links, write_model_csv, write_model_part, write_model_text, write_results_csv};
