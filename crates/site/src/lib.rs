//! An audit as pages that open from disk: no server, no network, no script that is needed to read them.
//!
//! [`write_site`] looks at a vintage as `vintner audit` does (a survey of its branches, which runs nothing)
//! and writes a folder of pages: the pipeline as a picture, a page a stage and branch with what it read,
//! made and said, the raw files, the claims, what changed from other vintages, and where each number
//! of the report comes from. Tables larger than a page are kept in scripts of data beside the pages, as
//! a page opened from disk may read nothing else.
//!
//! Whatever comes from data is escaped by the templates, and names of files are made of plain letters.
//! The pages hold times of runs and no present time: the same store gives the same bytes.

mod branch_page;
mod cells_view;
mod claims_page;
mod difference_page;
mod error;
mod figures;
mod folder;
mod gathered;
mod links;
mod output_view;
mod overview;
mod renderer;
mod search_index;
mod site;
mod site_request;
mod sources_page;
mod table_data;
mod trace_pages;
mod why_view;

pub use error::{Result, SiteError};
pub use figures::{bytes, day, instant, seconds, six_digits};
pub use site::{WrittenSite, write_site};
pub use site_request::{Against, SiteRequest};
