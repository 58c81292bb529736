//! Getting what one source names.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use vintner_ingest::{Checksum, Query, QueryKind};

use crate::answer::parquet;
use crate::download::{Wanted, checksum, download};
use crate::error::{FetchError, Result};
use crate::limits::Limits;
use crate::placed::Unplaced;
use crate::service::{url_of, world_bank};
use crate::sql::{Database, rows};

/// What is wished for: one file.
#[derive(Debug, Clone)]
pub struct Wish<'a> {
    /// Where it is to lie.
    pub place: PathBuf,
    /// Its checksum; of any where the file is to be got as it is now.
    pub sha256: Option<&'a str>,
    /// Where it was published.
    pub url: Option<&'a str>,
    /// Where it is kept as it was.
    pub archived_url: Option<&'a str>,
    /// What asks for it, instead of a URL.
    pub query: Option<&'a Query>,
    /// The folder from which paths of databases go.
    pub folder: &'a Path,
    /// Whether it is a page of HTML.
    pub is_page: bool,
}

/// What was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The SHA-256 checksum of what is there now.
    pub sha256: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// What was asked, without what is secret in it.
    pub from: String,
}

/// Gets a file and puts it in place, whole and with the checksum that it has to have, or not at all. Where the file
/// that was published has changed, the one that is archived is asked for. `told` is told how many bytes there are, and
/// how many there will be where that is known.
///
/// # Errors
/// Where it can't be got, isn't what it has to be, or can't be written.
pub fn fetch(wish: &Wish<'_>, limits: &Limits, told: &mut dyn FnMut(u64, Option<u64>)) -> Result<Fetched> {
    let mut unplaced = Unplaced::open(&wish.place)?;
    let (sha256, from) = match filled(wish, &mut unplaced, limits, told) {
        Ok(filled) => filled,
        Err(error) => {
            // A beginning is worth keeping only where it can be gone on from.
            if !matches!(error, FetchError::GaveUp { .. }) || wish.sha256.is_none() {
                unplaced.discard();
            }
            return Err(error);
        }
    };
    let bytes = unplaced.file.metadata().map(|metadata| metadata.len()).unwrap_or_default();
    unplaced.put()?;
    Ok(Fetched { sha256, bytes, from })
}

fn filled(
    wish: &Wish<'_>,
    unplaced: &mut Unplaced,
    limits: &Limits,
    told: &mut dyn FnMut(u64, Option<u64>),
) -> Result<(String, String)> {
    if let Some(query) = wish.query {
        return asked(query, wish, unplaced, limits, told);
    }
    let path = unplaced.path.clone();
    let mut get = |url: &str| {
        let wanted = Wanted { url, accept: None, sha256: wish.sha256 };
        let sha256 = download(&wanted, &mut unplaced.file, &path, limits, told)?;
        if wish.sha256.is_none() && !wish.is_page && begins_as_page(&mut unplaced.file) {
            let message = format!(
                "{url} gives a page of HTML, which may ask to sign in or tell of the file: write the file's own address"
            );
            return Err(FetchError::BadAnswer { message });
        }
        Ok((sha256, url.to_owned()))
    };
    match (wish.url, wish.archived_url) {
        // What is as it was lies in the archive, if anywhere.
        (Some(url), Some(archived)) => match get(url) {
            Err(
                first @ (FetchError::Changed { .. } | FetchError::Refused { .. } | FetchError::GaveUp { .. }),
            ) => get(archived).map_err(|_| first),
            other => other,
        },
        (Some(url), None) | (None, Some(url)) => get(url),
        (None, None) => Err(FetchError::BadUrl {
            url: "(none)".into(),
            message: "the source names neither `url` nor `query`".into(),
        }),
    }
}

/// Whether a file begins as pages do.
fn begins_as_page(file: &mut File) -> bool {
    let mut begin = [0; 512];
    let read = file.rewind().and_then(|()| file.read(&mut begin)).unwrap_or_default();
    let text = String::from_utf8_lossy(begin.get(..read).unwrap_or_default()).to_lowercase();
    let text = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    text.starts_with("<!doctype html") || text.starts_with("<html")
}

fn asked(
    query: &Query,
    wish: &Wish<'_>,
    unplaced: &mut Unplaced,
    limits: &Limits,
    told: &mut dyn FnMut(u64, Option<u64>),
) -> Result<(String, String)> {
    let path = unplaced.path.clone();
    if let Some((url, accept)) = url_of(query) {
        let wanted = Wanted { url: &url, accept, sha256: wish.sha256 };
        let sha256 = download(&wanted, &mut unplaced.file, &path, limits, told)?;
        return Ok((sha256, url));
    }
    let (rows, from) = match query.kind() {
        Some(QueryKind::WorldBank) => {
            let folder = wish.place.parent().unwrap_or_else(|| Path::new("."));
            let id = query.world_bank.clone().unwrap_or_default();
            (world_bank(query, folder, limits, told)?, format!("World Bank, {id}"))
        }
        Some(QueryKind::Sql) => {
            let sql = query.sql.as_deref().unwrap_or_default();
            let at = |path: &String| wish.folder.join(path);
            let file = query.sqlite.as_ref().or(query.duckdb.as_ref()).map(at).unwrap_or_default();
            let database = match (&query.postgres, &query.sqlite) {
                (Some(connection), _) => Database::Postgres(connection),
                (None, Some(_)) => Database::Sqlite(&file),
                (None, None) => Database::DuckDb(&file),
            };
            (rows(database, sql, limits)?, sql.trim().to_owned())
        }
        _ => return Err(FetchError::BadQuery { message: "it names no service and no database: write `fred`, `world_bank`, `sdmx`, or `sql` with `postgres`, `sqlite` or `duckdb`".into() }),
    };
    let bytes = parquet(&rows)?;
    let found = Checksum::of(&bytes).to_string();
    if let Some(expected) = wish.sha256.filter(|expected| !expected.eq_ignore_ascii_case(&found)) {
        return Err(FetchError::Changed { url: from, expected: expected.into(), found });
    }
    let io = |problem| FetchError::Io { path: path.clone(), problem };
    unplaced.file.set_len(0).map_err(io)?;
    unplaced.file.rewind().map_err(io)?;
    unplaced.file.write_all(&bytes).map_err(io)?;
    let sha256 = checksum(&mut unplaced.file).map_err(io)?;
    Ok((sha256, from))
}
