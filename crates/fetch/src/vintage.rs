//! All files of a vintage: got where they aren't there, or got anew as another vintage where they have changed.

use std::fs;
use std::path::{Path, PathBuf};

use vintner_ingest::{Checksum, Format, Manifest, Source, Vintage, VintageFolders};

use crate::error::{FetchError, Result};
use crate::fetch::{Fetched, Wish, fetch};
use crate::limits::Limits;

/// The word in place of a checksum that isn't known before the file has been fetched.
const UNKNOWN: &str = "fetch";

/// What became of one file.
#[derive(Debug)]
pub struct FileOutcome {
    /// The source's name.
    pub source: String,
    /// The file.
    pub file: String,
    /// What it came to.
    pub came: Came,
}

/// What fetching a file came to.
#[derive(Debug)]
pub enum Came {
    /// It was there already.
    There,
    /// It was fetched, and is what the manifest says.
    Fetched(Fetched),
    /// It was fetched, and its checksum is in the manifest now.
    Pinned(Fetched),
    /// It is as it was.
    Unchanged,
    /// Another version has been published.
    Changed(Fetched),
    /// Nothing says where it is from: it is put into the raw folder by hand.
    ByHand,
    /// It couldn't be fetched.
    Failed(String),
}

/// What is told while files are fetched.
pub trait Watcher {
    /// A file is begun.
    fn begins(&mut self, file: &str);
    /// So many bytes of it are there, of so many where that is known.
    fn received(&mut self, bytes: u64, of: Option<u64>);
}

/// What a fetch is asked for.
#[derive(Debug, Clone, Copy)]
pub struct FetchAsked<'a> {
    /// The folder of the workspace, and that of further vintages.
    pub workspace: &'a Path,
    /// The data root, if there is one.
    pub data_root: Option<&'a Path>,
    /// The vintage.
    pub vintage: &'a str,
    /// Bounds of each transfer.
    pub limits: Limits,
    /// The time, as it is noted beside files.
    pub now: &'a str,
}

/// Gets the files of a vintage that aren't in its raw folder.
///
/// # Errors
/// Where there is no such vintage, or its manifest can't be read or pinned. What is wrong with a file is its outcome.
pub fn fetch_vintage(asked: &FetchAsked<'_>, watcher: &mut dyn Watcher) -> Result<Vec<FileOutcome>> {
    let vintage = located(asked)?;
    let mut outcomes = Vec::new();
    for source in &vintage.manifest.sources {
        for part in source.parts() {
            let place = vintage.raw_folder.join(&part.file);
            let came = match fs::symlink_metadata(&place) {
                _ if !is_below(&part.file) => Came::Failed("its name leads out of the raw folder".into()),
                Ok(_) => there(&part, &place),
                Err(_) if part.url.is_none() && part.archived_url.is_none() && part.query.is_none() => {
                    Came::ByHand
                }
                Err(_) => {
                    watcher.begins(&part.file);
                    let known = Some(part.sha256.as_str()).filter(|sum| *sum != UNKNOWN);
                    match one(source, &part, &place, known, &vintage, asked, watcher) {
                        Ok(fetched) if known.is_none() => {
                            pin(&vintage.manifest_path, &part.name, &fetched.sha256)?;
                            Came::Pinned(fetched)
                        }
                        Ok(fetched) => Came::Fetched(fetched),
                        Err(error) => Came::Failed(error.to_string()),
                    }
                }
            };
            outcomes.push(FileOutcome { source: source.name.clone(), file: part.file.clone(), came });
        }
    }
    Ok(outcomes)
}

/// A vintage that was made of what has changed.
#[derive(Debug)]
pub struct Updated {
    /// What became of each file.
    pub outcomes: Vec<FileOutcome>,
    /// The manifest of the new vintage; nothing where no file has changed, or one couldn't be fetched.
    pub manifest: Option<PathBuf>,
}

/// Gets the files of a vintage as they are published now. Where one has changed, a vintage called `name` is made of it
/// and of the others; `date` is its date.
///
/// # Errors
/// As [`fetch_vintage`], and where there is a vintage of that name already.
pub fn update_vintage(
    asked: &FetchAsked<'_>,
    name: &str,
    date: &str,
    watcher: &mut dyn Watcher,
) -> Result<Updated> {
    let vintage = located(asked)?;
    let beside = vintage.manifest_path.parent().and_then(Path::parent).unwrap_or(asked.workspace);
    let io = |path: &Path| {
        let path = path.to_owned();
        move |problem| FetchError::Io { path, problem }
    };
    let folder = beside.join(name);
    if fs::symlink_metadata(&folder).is_ok() {
        return Err(io(&folder)(std::io::Error::other("it is there already: name another with --as")));
    }
    // All of it is put in place at once.
    let making = tempfile::Builder::new().prefix(".fetching-").tempdir_in(beside).map_err(io(beside))?;
    let raw = making.path().join("raw");
    fs::create_dir_all(&raw).map_err(io(&raw))?;
    let text = fs::read_to_string(&vintage.manifest_path).map_err(io(&vintage.manifest_path))?;
    let mut text = with_date(&text, date);
    let mut outcomes = Vec::new();
    let (mut changed, mut failed) = (false, false);
    for source in &vintage.manifest.sources {
        for part in source.parts() {
            let (place, old) = (raw.join(&part.file), vintage.raw_folder.join(&part.file));
            let from_elsewhere = part.url.is_some() || part.query.is_some();
            let came = if !is_below(&part.file) {
                failed = true;
                Came::Failed("its name leads out of the raw folder".into())
            } else if !from_elsewhere || fs::symlink_metadata(&place).is_ok() {
                Came::ByHand
            } else {
                watcher.begins(&part.file);
                match one(source, &part, &place, None, &vintage, asked, watcher) {
                    Ok(fetched) if fetched.sha256.eq_ignore_ascii_case(&part.sha256) => Came::Unchanged,
                    Ok(fetched) => {
                        text = match part.sha256.as_str() {
                            UNKNOWN => pinned(&text, &part.name, &fetched.sha256).unwrap_or(text),
                            known => text.replace(known, &fetched.sha256),
                        };
                        changed = true;
                        Came::Changed(fetched)
                    }
                    Err(error) => {
                        failed = true;
                        Came::Failed(error.to_string())
                    }
                }
            };
            if fs::symlink_metadata(&place).is_err() && !failed {
                if let Some(folder) = place.parent() {
                    fs::create_dir_all(folder).map_err(io(folder))?;
                }
                fs::copy(&old, &place).map_err(io(&old))?;
            }
            outcomes.push(FileOutcome { source: source.name.clone(), file: part.file.clone(), came });
        }
    }
    if failed || !changed {
        return Ok(Updated { outcomes, manifest: None });
    }
    let manifest = making.path().join("vintage.yaml");
    fs::write(&manifest, &text).map_err(io(&manifest))?;
    // What was put together is one that can be read.
    Manifest::read(&manifest).map_err(|error| FetchError::BadAnswer { message: error.to_string() })?;
    let made = making.keep();
    fs::rename(&made, &folder).map_err(io(&folder))?;
    Ok(Updated { outcomes, manifest: Some(folder.join("vintage.yaml")) })
}

fn located(asked: &FetchAsked<'_>) -> Result<Vintage> {
    let folders = VintageFolders::new(asked.data_root, asked.workspace);
    folders.locate(asked.vintage).map_err(|error| FetchError::Vintage(Box::new(error)))
}

/// Whether a file's name stays in the folder that it is put into.
fn is_below(file: &str) -> bool {
    let mut parts = Path::new(file).components();
    !file.is_empty() && parts.all(|part| matches!(part, std::path::Component::Normal(_)))
}

/// What a file that is there already is.
fn there(part: &Source, place: &Path) -> Came {
    match fs::read(place) {
        Ok(_) if part.sha256 == UNKNOWN => Came::Failed(
            "it is there, and its checksum isn't known: write what `sha256sum` prints of it, or take it away"
                .into(),
        ),
        Ok(bytes) if Checksum::parse(&part.sha256) == Some(Checksum::of(&bytes)) => Came::There,
        Ok(_) => Came::Failed(
            "another file of that name is there: take it away, and what the manifest says is fetched".into(),
        ),
        Err(error) => Came::Failed(error.to_string()),
    }
}

/// Gets one file, and notes beside it what was asked and when.
fn one(
    source: &Source,
    part: &Source,
    place: &Path,
    sha256: Option<&str>,
    vintage: &Vintage,
    asked: &FetchAsked<'_>,
    watcher: &mut dyn Watcher,
) -> Result<Fetched> {
    let of_many = |url: &Option<String>| -> Result<Option<String>> {
        let Some(url) = url else { return Ok(None) };
        let own = of_part(url, part);
        if own == *url && source.files.len() > 1 {
            return Err(FetchError::BadUrl {
                url: url.clone(),
                message: "it is one address, and the source has several files: write what tells them apart, \
                          `{file}` or a key of the pattern such as `{year}`"
                    .into(),
            });
        }
        Ok(Some(own))
    };
    let (url, archived) = (of_many(&part.url)?, of_many(&part.archived_url)?);
    let wish = Wish {
        place: place.to_owned(),
        sha256,
        url: url.as_deref(),
        archived_url: archived.as_deref(),
        query: part.query.as_ref(),
        folder: vintage.manifest_path.parent().unwrap_or(asked.workspace),
        is_page: part.format == Format::Html,
    };
    let fetched = fetch(&wish, &asked.limits, &mut |bytes, of| watcher.received(bytes, of))?;
    let note = serde_json::json!({
        "from": fetched.from, "sha256": fetched.sha256, "bytes": fetched.bytes, "at": asked.now,
    });
    let name = place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = place.with_file_name(format!("{name}.fetched.json"));
    let io = |problem| FetchError::Io { path: beside.clone(), problem };
    let mut file =
        tempfile::NamedTempFile::new_in(place.parent().unwrap_or_else(|| Path::new("."))).map_err(io)?;
    std::io::Write::write_all(&mut file, format!("{note:#}\n").as_bytes()).map_err(io)?;
    file.persist(&beside).map_err(|error| io(error.error))?;
    Ok(fetched)
}

/// The address of one of a source's files: `{file}` stands for its name, `{year}` for what that says of the key `year`.
/// `${NAME}` is a variable of the environment, whatever it is called.
fn of_part(url: &str, part: &Source) -> String {
    let mut made = String::new();
    let mut rest = url;
    while let Some((before, after)) = rest.split_once('{') {
        made.push_str(before);
        let said = after.split_once('}').filter(|_| !before.ends_with('$')).and_then(|(name, after)| {
            let value = if name == "file" { Some(&part.file) } else { part.given.get(name) };
            Some((value?, after))
        });
        match said {
            Some((value, after)) => {
                made.push_str(value);
                rest = after;
            }
            None => {
                made.push('{');
                rest = after;
            }
        }
    }
    made + rest
}

/// Writes a checksum into the manifest, where the source says that it isn't known yet.
fn pin(manifest: &Path, source: &str, sha256: &str) -> Result<()> {
    let io = |problem| FetchError::Io { path: manifest.to_owned(), problem };
    let text = fs::read_to_string(manifest).map_err(io)?;
    let pinned = pinned(&text, source, sha256).ok_or_else(|| {
        io(std::io::Error::other(format!("write it into source `{source}` yourself: `sha256: {sha256}`")))
    })?;
    let mut file =
        tempfile::NamedTempFile::new_in(manifest.parent().unwrap_or_else(|| Path::new("."))).map_err(io)?;
    std::io::Write::write_all(&mut file, pinned.as_bytes()).map_err(io)?;
    file.persist(manifest).map_err(|error| io(error.error)).map(drop)
}

/// The manifest's text with the checksum of a source in the place of the word for none.
fn pinned(text: &str, source: &str, sha256: &str) -> Option<String> {
    let mut of_source = false;
    let mut done = false;
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let bare = line.trim_start().trim_start_matches("- ").trim_end();
        if let Some(name) = bare.strip_prefix("name:") {
            let name = name.split(" #").next().unwrap_or_default().trim().trim_matches(['"', '\'']);
            of_source = name == source;
        }
        let is_unknown = bare
            .strip_prefix("sha256:")
            .is_some_and(|sum| sum.split(" #").next().map(str::trim) == Some(UNKNOWN));
        if of_source && !done && is_unknown {
            out.push_str(&line.replacen(UNKNOWN, sha256, 1));
            done = true;
        } else {
            out.push_str(line);
        }
    }
    done.then_some(out)
}

/// The manifest's text of another date, whose raw files lie beside it.
fn with_date(text: &str, date: &str) -> String {
    let kept = text.split_inclusive('\n').filter(|line| !line.starts_with("raw:"));
    kept.map(|line| if line.starts_with("date:") { format!("date: {date}\n") } else { line.to_owned() })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_checksum_is_written_where_it_belongs() {
        let text = "sources:\n  - name: a\n    sha256: 12\n  - name: \"b\"  # x\n    url: http://x/fetch\n    sha256: fetch  # y\n";
        assert!(pinned(text, "a", "ab").is_none());
        assert_eq!(pinned(text, "b", "ab").unwrap(), text.replace("sha256: fetch", "sha256: ab"));
        assert_eq!(with_date("date: 2001-01-01\nraw: x\nb: 1\n", "2002-01-01"), "date: 2002-01-01\nb: 1\n");
    }
}
