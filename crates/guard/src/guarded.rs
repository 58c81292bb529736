//! A reader that is run under guard.

use std::path::PathBuf;
use std::sync::OnceLock;

use crate::child;
use crate::ended::Ended;
use crate::limits::{Limits, Packing};
use crate::panics::quietly;

/// A reader of bytes: a name that is the same on both sides, and what makes an answer of a request.
///
/// Both are bytes, since they go from one process to another. What is wrong with a file, and is no
/// accident, is an answer too.
#[derive(Debug, Clone, Copy)]
pub struct Guarded {
    pub(crate) name: &'static str,
    pub(crate) read: fn(&[u8]) -> Vec<u8>,
}

/// The program that has all readers in it.
static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// From here on each reading is done by a process of `program`, which hands its arguments to
/// [`serve`](crate::serve). Without it, as in the tests of a crate, a reading is done in this process:
/// panics are caught there, and memory and time aren't bounded. The first call counts.
pub fn isolate_in(program: PathBuf) {
    let _ = PROGRAM.set(program);
}

/// The same with the program that this process runs.
pub fn isolate() {
    // Where the file was replaced while it runs, this still leads to what runs.
    let own = PathBuf::from("/proc/self/exe");
    if own.exists() {
        isolate_in(own);
    } else if let Ok(own) = std::env::current_exe() {
        isolate_in(own);
    }
}

impl Guarded {
    /// A reader by its name.
    pub const fn new(name: &'static str, read: fn(&[u8]) -> Vec<u8>) -> Self {
        Self { name, read }
    }

    /// The reader's answer to a request, which may come in parts, about a file whose contents lie in it as `packing`
    /// says.
    ///
    /// # Errors
    /// Where it comes to none.
    pub fn answer(&self, request: &[&[u8]], packing: Packing) -> Result<Vec<u8>, Ended> {
        let Some(program) = PROGRAM.get() else {
            let request = request.concat();
            return quietly(|| (self.read)(&request)).map_err(|message| Ended::Panicked { message });
        };
        let bytes = request.iter().map(|part| part.len() as u64).sum();
        child::answer(program, self.name, request, Limits::for_bytes(bytes, packing))
    }
}
