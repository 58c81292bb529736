//! The operations that `pipeline.yaml` can name: each binds domain functions to the pipeline's
//! [`Stage`](vintner_pipeline::Stage) trait.
//!
//! | operation | reads | makes |
//! |---|---|---|
//! | `ingest` | a raw file and what the manifest says of it | tidy values with their addresses |
//! | `assemble` | tidy values | a panel, and its gaps |
//! | `exposure` | tidy values and a panel's keys | a shift-share exposure |
//! | `deflate` | a panel | a series at constant prices |
//! | `derive` | a panel and further series | a panel with derived columns |
//! | `describe` | a panel | descriptive statistics |
//! | `regress` | a panel | an equation's fits, by entity and pooled |
//! | `granger` | a panel | Granger tests by entity, and Dumitrescu-Hurlin's |
//! | `mean_group` | a panel | an equation whose coefficients differ between entities |
//! | `gmm` | a panel | a dynamic panel's estimates and tests |
//! | `estimates` | fits | the tidy table of coefficients beside the published ones |
//! | `report` | all of these | Markdown and LaTeX |

mod code;
mod differences;
mod error;
mod first_pipeline;
mod locked;
mod made;
mod new_vintage;
mod operations;
mod params;
mod places;
pub mod reconstruct;
mod results;
mod text_place;
mod tidy_shown;
mod told;
pub mod trace;
mod vintage;
mod vintage_in_place;
mod words;

pub use differences::TableDifferences;
pub use error::StagesError;
pub use first_pipeline::{FirstPipeline, first_pipeline, vintage_manifest};
pub use locked::{LockedSide, locked_side, manifest_in};
pub use made::vintage_side;
pub use new_vintage::{Like, NewVintage, new_vintage};
pub use operations::registry;
pub use results::{ResultsDifference, results_difference};
pub use tidy_shown::tidy_shown;
pub use told::{Moved, Signs, count, percent};
pub use vintage::{bind_vintage, find_vintage, vintage_names};
pub use vintage_in_place::vintage_in_place;
/// The reader of binary files, for the program that is to run it.
pub use vintner_ingest::BINARY_READER;
/// The claims that the operation `claims` hands on.
pub use vintner_reporting::claims;
/// What changed from one vintage to another.
pub use vintner_reporting::vintage_difference;
pub use vintner_reporting::{
    Arithmetic, PrintedModels, StarLevels, TidyEstimate, check_arithmetic, escape_html, escape_markdown,
    page_name, significant, usual_file, usual_files,
};
pub use words::{
    OperationWords, Part, Row, Section, claims_schema, operation_page, operation_words, pipeline_schema,
    vintage_schema,
};
