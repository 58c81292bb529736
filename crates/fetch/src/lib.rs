//! Files of a vintage from where they were published: downloads that are checked, resumed and put in place whole, and
//! answers of databases and statistical services, which are kept as files.
//!
//! [`fetch`] gets what one source names: the file at its `url`, or what its [`Query`](vintner_ingest::Query) asks for.
//! Transfers are `curl`'s and queries of databases are their own programs', which have the user's certificates, proxies
//! and ways of signing in; what they hand over is read here as a stream, bounded, and written here. Nothing that comes
//! from outside names a file.

mod answer;
mod download;
mod error;
mod fetch;
mod limits;
mod placed;
mod response_head;
mod service;
mod sql;
mod transfer;
mod vintage;
mod words;

pub use error::{FetchError, Result};
pub use fetch::{Fetched, Wish, fetch};
pub use limits::Limits;
pub use vintage::{Came, FetchAsked, FileOutcome, Updated, Watcher, fetch_vintage, update_vintage};
