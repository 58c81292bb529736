//! What is left of a run in a queue once all that it waited for is there: jobs that Slurm begins again though they are done, as
//! where its controller was killed before it had written down their end, and jobs of which no note is left.
//!
//! A job is known by the folder that it was submitted from, so that one whose number was never heard is found as well: a job
//! without a note there would make nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use vintner_pipeline::{Cancelled, Digest, Store};

use crate::error::{ClusterError, Result};
use crate::jobs::Array;
use crate::note::{Note, has_note, is_marked, mark, noted, remove, unmark};
use crate::queue::{Left, Named, Queue};

/// So long jobs have that end by themselves, after which they are ended.
const LEAVE: Duration = Duration::from_secs(5);
/// So long a queue that doesn't answer is waited for, and jobs that were ended.
const LONGEST: Duration = Duration::from_secs(30);
/// Between two looks, at first and at most.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Notes that something is about to be submitted, whatever becomes of this run.
pub(crate) fn begin(store: &Store) -> Result<()> {
    mark(&store.submitted_folder()?)
}

/// Takes away what is noted of arrays whose results are all there, and the jobs of this store that are of no use to anybody: what
/// there is to tell of it. What isn't made is left in the queue, with its note. A queue that doesn't answer is waited for, but not
/// for longer than that. Where the run is cancelled nothing is asked.
pub(crate) fn settle(
    store: &Store,
    queue: &dyn Queue,
    patience: Duration,
    cancelled: &Cancelled,
    is_made: &dyn Fn(&Digest) -> bool,
) -> Vec<String> {
    let folder = store.submitted_path();
    if !is_marked(&folder) && noted(store).is_empty() {
        return Vec::new();
    }
    let longest = patience.min(LONGEST);
    let (began, mut pause, mut ended) = (Instant::now(), PAUSE, BTreeSet::new());
    while !cancelled.is_cancelled() {
        let looked = look(store, queue, cancelled, is_made).and_then(|left| {
            end(queue, &left, began.elapsed() > LEAVE, &mut ended)?;
            Ok(left)
        });
        match looked {
            Ok(left) if left.is_empty() => {
                // A run that still has something in the queue looks at its own end.
                if noted(store).is_empty() {
                    unmark(&folder);
                }
                return told(queue, ended.len());
            }
            Err(ClusterError::NotInstalled { .. }) => return Vec::new(),
            Err(error) if !error.is_passing() || began.elapsed() > longest => {
                let said = "whether jobs are left in the queue can't be told";
                return vec![format!("{}: {said}: {error}; the next run looks", queue.name())];
            }
            Ok(left) if began.elapsed() > longest => {
                let numbers: Vec<&str> = left.iter().map(|left| left.id.as_str()).collect();
                let said = "can't be taken from the queue; the next run tries again";
                return vec![format!("{}: {} {said}", queue.name(), numbers.join(" "))];
            }
            Ok(_) | Err(_) => {}
        }
        thread::sleep(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    Vec::new()
}

fn told(queue: &dyn Queue, ended: usize) -> Vec<String> {
    let jobs = match ended {
        0 => return Vec::new(),
        1 => "1 job".to_owned(),
        many => format!("{many} jobs"),
    };
    vec![format!("{}: {jobs} taken from the queue that would have made nothing", queue.name())]
}

/// Takes away notes that are of no use, and finds jobs of which there is none.
fn look(
    store: &Store,
    queue: &dyn Queue,
    cancelled: &Cancelled,
    is_made: &dyn Fn(&Digest) -> bool,
) -> Result<Vec<Left>> {
    // Nobody is about to write one meanwhile.
    let submitting = store.submitting()?;
    let (folders, unsubmitted): (Vec<PathBuf>, Vec<PathBuf>) =
        noted(store).into_iter().partition(|folder| has_note(folder));
    unsubmitted.iter().for_each(|folder| remove(folder));
    for folder in folders {
        let Some((note, groups)) = Note::read(&folder, queue.name(), true) else { continue };
        let array = Array::new(note, &groups);
        if array.note.is_own() && array.left().all(is_made) {
            array.note.remove();
        }
    }
    drop(submitting);
    let left = queue.below(&store.submitted_path(), cancelled)?;
    Ok(left.into_iter().filter(|left| !has_note(&left.folder)).collect())
}

/// Ends what waits, and where that is `due` what runs as well; notes which.
fn end(queue: &dyn Queue, left: &[Left], due: bool, ended: &mut BTreeSet<String>) -> Result<()> {
    let of: Vec<&Left> = left.iter().filter(|left| due || !left.runs).collect();
    if of.is_empty() {
        return Ok(());
    }
    let named: Vec<Named<'_>> = of.iter().map(|left| left.named()).collect();
    queue.cancel(&named, !due)?;
    ended.extend(of.into_iter().map(|left| left.id.clone()));
    Ok(())
}

impl Left {
    fn named(&self) -> Named<'_> {
        Named { name: "", id: Some(&self.id) }
    }
}

/// Whether a folder lies in another one, by whichever of its names.
pub(crate) fn lies_in(folder: &Path, parent: &Path) -> bool {
    let Some(above) = folder.parent() else { return false };
    above == parent
        || above.file_name() == parent.file_name()
            && matches!((above.canonicalize(), parent.canonicalize()), (Ok(above), Ok(parent)) if above == parent)
}
