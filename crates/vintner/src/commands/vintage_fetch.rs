//! `vintner vintage fetch`.

use std::io::Write;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use vintner_fetch::{Came, FetchAsked, FileOutcome, Limits, Watcher, fetch_vintage, update_vintage};

use super::vintage_name::check_vintage_name;
use super::{count, print_json};
use crate::arguments::{Format, VintageFetch};
use crate::bytes::bytes as in_words;
use crate::error::{CommandError, Result};
use crate::instant::{day, instant};
use crate::terminal::{page, say};
use crate::workspace::{Volume, Workspace};

pub(crate) fn run(workspace: &Workspace, arguments: &VintageFetch) -> Result<()> {
    let name = match &arguments.vintage {
        Some(name) => name.clone(),
        None => workspace.pipeline()?.vintage,
    };
    if !workspace.follow_links {
        workspace.check_unlinked(&workspace.folder.join("data").join("vintages").join(&name))?;
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let at = instant(now);
    let limits = Limits { bytes: arguments.limit.unwrap_or(Limits::default().bytes), ..Limits::default() };
    let asked = FetchAsked {
        workspace: &workspace.folder,
        data_root: workspace.data_root()?,
        vintage: &name,
        limits,
        now: &at,
    };
    let mut told = Told { volume: workspace.volume, file: String::new(), last: Instant::now() };
    let (outcomes, made) = if arguments.update {
        let date = day(now);
        let new = arguments.named.clone().unwrap_or_else(|| format!("{name}-{date}"));
        check_vintage_name(&new)?;
        let updated = update_vintage(&asked, &new, &date, &mut told)?;
        (updated.outcomes, Some((new, updated.manifest)))
    } else {
        (fetch_vintage(&asked, &mut told)?, None)
    };
    let failed = outcomes.iter().filter(|outcome| matches!(outcome.came, Came::Failed(_))).count();
    if arguments.format == Format::Json {
        let files: Vec<Value> = outcomes.iter().map(in_json).collect();
        let manifest = made.as_ref().and_then(|(_, manifest)| manifest.as_ref());
        let manifest = manifest.map(|path| workspace.shown(path).to_string());
        print_json(&json!({"vintage": name, "files": files, "new_manifest": manifest}))?;
    } else {
        let mut out = page();
        for outcome in &outcomes {
            writeln!(out, "  {}: {}", outcome.file, in_text(&outcome.came))?;
        }
        match made {
            Some((new, Some(manifest))) => {
                writeln!(out, "{}: a new vintage", workspace.shown(&manifest))?;
                writeln!(
                    out,
                    "next: `vintner reproduce --vintage {new}`, then `vintner vintage diff {name} {new}`"
                )?;
            }
            Some((_, None)) if failed == 0 => writeln!(out, "{name}: nothing that is fetched has changed")?,
            _ => {}
        }
    }
    if failed > 0 {
        return Err(CommandError::NotFetched { files: count(failed, "file") });
    }
    Ok(())
}

fn in_text(came: &Came) -> String {
    match came {
        Came::There => "is there".into(),
        Came::Fetched(fetched) => format!("fetched, {}", in_words(fetched.bytes)),
        Came::Pinned(fetched) => {
            format!("fetched, {}; its checksum is in the manifest now", in_words(fetched.bytes))
        }
        Came::Unchanged => "unchanged".into(),
        Came::Changed(fetched) => format!("changed, {}", in_words(fetched.bytes)),
        Came::ByHand => "by hand: the manifest says no `url` or `query` that it is fetched from".into(),
        Came::Failed(message) => message.clone(),
    }
}

fn in_json(outcome: &FileOutcome) -> Value {
    let (state, fetched, message) = match &outcome.came {
        Came::There => ("there", None, None),
        Came::Fetched(fetched) => ("fetched", Some(fetched), None),
        Came::Pinned(fetched) => ("pinned", Some(fetched), None),
        Came::Unchanged => ("unchanged", None, None),
        Came::Changed(fetched) => ("changed", Some(fetched), None),
        Came::ByHand => ("by_hand", None, None),
        Came::Failed(message) => ("failed", None, Some(message)),
    };
    json!({
        "source": outcome.source, "file": outcome.file, "state": state, "message": message,
        "sha256": fetched.map(|fetched| &fetched.sha256), "bytes": fetched.map(|fetched| fetched.bytes),
    })
}

/// Lines on stderr of a file that takes a while.
struct Told {
    volume: Volume,
    file: String,
    last: Instant,
}

/// A line is written so often at most.
const BETWEEN: Duration = Duration::from_secs(5);

impl Watcher for Told {
    fn begins(&mut self, file: &str) {
        self.file =
            file.chars().map(|character| if character.is_control() { '?' } else { character }).collect();
        self.last = Instant::now();
    }

    fn received(&mut self, bytes: u64, of: Option<u64>) {
        if self.volume == Volume::Quiet || self.last.elapsed() < BETWEEN {
            return;
        }
        self.last = Instant::now();
        let of = of.map(|of| format!(" of {}", in_words(of))).unwrap_or_default();
        say(&format!("{}: {}{of}", self.file, in_words(bytes)));
    }
}
