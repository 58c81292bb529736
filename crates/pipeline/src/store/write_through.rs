//! Files on their way to the disk.
//!
//! To write one file through to the disk takes longer than to make many a result, and stages would
//! wait for it one after the other. So results are renamed into place as they are, and written through
//! beside the run, several at once, which file systems do together. Where the machine stops meanwhile,
//! the last of them may be missing or torn: that is found by their digests, and they are made again.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};

use crate::error::{PipelineError, Result};

/// Writes files through to the disk, beside whoever made them.
#[derive(Debug, Default)]
pub(crate) struct WriteThrough {
    writers: OnceLock<Writers>,
    failure: Failure,
    /// Whether whoever makes a file waits until it is on the disk.
    at_once: bool,
}

/// The first file that couldn't be written through.
type Failure = Arc<Mutex<Option<PipelineError>>>;
type Written = (PathBuf, File);

#[derive(Debug)]
struct Writers {
    sender: SyncSender<Written>,
    threads: Vec<JoinHandle<()>>,
}

/// So many wait for the disk at once; one commit of the file system's journal serves them all.
const THREADS: usize = 8;
/// So many more files may be open meanwhile; whoever makes more waits.
const WAITING: usize = 64;

impl WriteThrough {
    /// Writes each file through before anything else is done, as where another machine is told of it next.
    pub(crate) fn at_once() -> Self {
        Self { at_once: true, ..Self::default() }
    }

    /// That all that was to be on the disk by now is.
    ///
    /// # Errors
    /// Where a file couldn't be written through.
    pub(crate) fn check(&self) -> Result<()> {
        if !self.at_once {
            return Ok(());
        }
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        failure.map_or(Ok(()), Err)
    }

    /// Begins to write a file through that is in its place. What fails is told by [`Self::settle`].
    pub(crate) fn add(&self, path: &Path, file: File) {
        if self.at_once {
            return write_through((path.to_owned(), file), &self.failure);
        }
        let writers = self.writers.get_or_init(|| Writers::start(&self.failure));
        // Where no thread could be started, nobody receives, and it is written through here.
        if let Err(unsent) = writers.sender.send((path.to_owned(), file)) {
            write_through(unsent.0, &self.failure);
        }
    }

    /// Waits until all is on the disk.
    ///
    /// # Errors
    /// Where a file couldn't be written through.
    pub(crate) fn settle(self) -> Result<()> {
        if let Some(Writers { sender, threads }) = self.writers.into_inner() {
            drop(sender);
            for thread in threads {
                // A thread of these has nothing to panic of.
                let _ = thread.join();
            }
        }
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        failure.map_or(Ok(()), Err)
    }
}

impl Writers {
    fn start(failure: &Failure) -> Self {
        let (sender, receiver) = sync_channel(WAITING);
        let receiver = Arc::new(Mutex::new(receiver));
        let start = |_| {
            let (receiver, failure) = (Arc::clone(&receiver), Arc::clone(failure));
            let thread = thread::Builder::new().name("vintner-disk".into());
            thread.spawn(move || receive(&receiver, &failure)).ok()
        };
        Self { sender, threads: (0..THREADS).filter_map(start).collect() }
    }
}

fn receive(receiver: &Mutex<Receiver<Written>>, failure: &Failure) {
    loop {
        let next = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(written) = next else { return };
        write_through(written, failure);
    }
}

fn write_through((path, file): Written, failure: &Failure) {
    if let Err(error) = file.sync_all() {
        let error = PipelineError::io(path, "writing to disk")(error);
        failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn all_is_written_through_and_the_first_failure_is_told() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let disk = WriteThrough::default();
        for at in 0..4 * WAITING {
            let path = folder.path().join(at.to_string());
            disk.add(&path, File::create(&path)?);
        }
        assert!(disk.settle().is_ok());
        assert!(WriteThrough::default().settle().is_ok(), "without any file");

        // A pipe can't be written through.
        let (_reader, writer) = std::io::pipe()?;
        let disk = WriteThrough::default();
        disk.add(Path::new("some/pipe"), File::from(std::os::fd::OwnedFd::from(writer)));
        let message = disk.settle().map_err(|error| error.to_string());
        assert!(message.is_err_and(|message| message.contains("some/pipe")));
        Ok(())
    }
}
