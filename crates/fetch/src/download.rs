//! A download: tried until all of it is there, from where it broke off where that is safe.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::thread;

use sha2::{Digest, Sha256};

use crate::error::{FetchError, Result};
use crate::limits::Limits;
use crate::transfer::{Broken, Request, Transfer};
use crate::words::expanded;

/// What is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// The URL as the manifest has it.
    pub(crate) url: &'a str,
    pub(crate) accept: Option<&'a str>,
    /// The checksum that it has to have; of any where there is none.
    pub(crate) sha256: Option<&'a str>,
}

/// Downloads into an open file, which may hold the beginning already. `told` is told how many bytes there are, and how
/// many there will be. The checksum is given back.
pub(crate) fn download(
    wanted: &Wanted<'_>,
    file: &mut File,
    path: &Path,
    limits: &Limits,
    told: &mut dyn FnMut(u64, Option<u64>),
) -> Result<String> {
    let io = |problem| FetchError::Io { path: path.to_owned(), problem };
    let url = expanded(wanted.url)?;
    let mut wait = limits.wait;
    let mut version: Option<String> = None;
    let mut attempt = 0;
    let mut begun_anew = false;
    loop {
        attempt += 1;
        let there = file.seek(SeekFrom::End(0)).map_err(io)?;
        // What is there is a beginning of the file only where its checksum will say so, or its version is known.
        let from = if wanted.sha256.is_some() || version.is_some() { there } else { 0 };
        let known = version.clone();
        let request =
            Request { url: &url, told: wanted.url, from, version: known.as_deref(), accept: wanted.accept };
        let problem = match once(&request, file, limits, &mut version, told) {
            Ok(()) => {
                let found = checksum(file).map_err(io)?;
                match wanted.sha256 {
                    Some(expected) if !expected.eq_ignore_ascii_case(&found) => {
                        file.set_len(0).map_err(io)?;
                        // What there was before may have been of another version.
                        if from > 0 && !begun_anew {
                            begun_anew = true;
                            continue;
                        }
                        return Err(FetchError::Changed {
                            url: wanted.url.into(),
                            expected: expected.into(),
                            found,
                        });
                    }
                    _ => return Ok(found),
                }
            }
            Err(Broken::Lasting(error)) => return Err(error),
            Err(Broken::Passing(problem)) => problem,
        };
        if attempt >= limits.attempts.max(1) {
            let received = file.seek(SeekFrom::End(0)).map_err(io)?;
            return Err(FetchError::GaveUp {
                url: wanted.url.into(),
                message: problem,
                attempts: attempt,
                received,
            });
        }
        thread::sleep(wait);
        wait = wait.saturating_mul(2);
    }
}

/// One attempt, which writes what comes.
fn once(
    request: &Request<'_>,
    file: &mut File,
    limits: &Limits,
    version: &mut Option<String>,
    told: &mut dyn FnMut(u64, Option<u64>),
) -> std::result::Result<(), Broken> {
    let lost = |problem: std::io::Error| Broken::Passing(problem.to_string());
    let mut transfer = Transfer::begin(request, limits)?;
    let head = transfer.head.clone();
    let refused =
        |cure| Broken::Lasting(FetchError::Refused { url: request.told.into(), status: head.status, cure });
    let from = match (head.status, head.part) {
        (206, Some((first, _))) if first == request.from => first,
        (206, _) => return Err(refused("it sends another part than was asked for")),
        (200, _) => 0,
        // The whole is there already, or is shorter now; the checksum tells.
        (416, _) if request.from > 0 => return Ok(()),
        (404 | 410, _) => return Err(refused("mend `url`; what was there may be at `archived_url`")),
        (401 | 403 | 407, _) => {
            return Err(refused("it needs signing in: get the file by hand and put it into the raw folder"));
        }
        (408 | 425 | 429 | 500..=599, _) => {
            return Err(Broken::Passing(format!("the server answered {}", head.status)));
        }
        _ => return Err(refused("mend `url`")),
    };
    let whole = match (head.part, head.length) {
        (Some((_, Some(whole))), _) => Some(whole),
        (_, Some(length)) => Some(from.saturating_add(length)),
        _ => None,
    };
    let too_large =
        || Broken::Lasting(FetchError::TooLarge { url: request.told.into(), limit: limits.bytes });
    if whole.is_some_and(|whole| whole > limits.bytes) {
        return Err(too_large());
    }
    version.clone_from(&head.version);
    file.set_len(from).map_err(lost)?;
    file.seek(SeekFrom::Start(from)).map_err(lost)?;
    let mut received = from;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = transfer.read(&mut buffer).map_err(lost)?;
        if count == 0 {
            break;
        }
        received += count as u64;
        if received > limits.bytes {
            return Err(too_large());
        }
        file.write_all(buffer.get(..count).unwrap_or_default()).map_err(lost)?;
        told(received, whole);
    }
    file.flush().map_err(lost)?;
    transfer.finish(request)?;
    if whole.is_some_and(|whole| whole != received) {
        return Err(Broken::Passing("the transfer was cut off".into()));
    }
    Ok(())
}

/// The SHA-256 checksum of a file's bytes, as `sha256sum` prints it.
pub(crate) fn checksum(file: &mut File) -> std::io::Result<String> {
    file.seek(SeekFrom::Start(0))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        hasher.update(buffer.get(..count).unwrap_or_default());
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
