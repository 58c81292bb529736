//! What left a command's process group.
//!
//! A program can put itself into a session of its own (`setsid`), where the end of the group doesn't reach
//! it. On Linux this process takes in all of its descendants that lose their parent, and so finds them
//! among its own children: those of a command are told by the variable that names its parameters, or by
//! standing in its folder. One that cleared its variables and went elsewhere isn't found; a sandbox holds
//! those too.

use std::fs;
use std::path::Path;
use std::sync::Once;
use std::thread;
use std::time::Duration;

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, getpid, kill_process, set_child_subreaper, waitid,
};

/// How often it is looked for more, each time after those that were found have ended.
const ROUNDS: usize = 100;

/// Takes in what loses its parent from now on.
pub(super) fn adopt() {
    static ADOPTING: Once = Once::new();
    ADOPTING.call_once(|| {
        if let Err(error) = set_child_subreaper(Some(getpid())) {
            tracing::debug!(%error, "what leaves its process group can't be ended with it");
        }
    });
}

/// Ends the descendants of a command that has ended: `params` is what `VINTNER_PARAMS` was, `root` holds
/// its folders.
pub(super) fn end(params: &Path, root: &Path) {
    let mark = [b"VINTNER_PARAMS=", params.as_os_str().as_encoded_bytes(), b"\0"].concat();
    for _ in 0..ROUNDS {
        let mut found = false;
        for child in children() {
            if is_of(child, &mark, root) {
                found = true;
                // It fails where it ended a moment ago, which is what is wanted.
                let _ = kill_process(child, Signal::KILL);
                reap(child, WaitIdOptions::EXITED);
            } else if has_left(child) {
                reap(child, WaitIdOptions::EXITED | WaitIdOptions::NOHANG);
            }
        }
        // The children of those that ended are this process's own by now.
        if !found {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// The children of all threads of this process.
fn children() -> Vec<Pid> {
    let mut found = Vec::new();
    for task in fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
        let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        found.extend(children.split_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?)));
    }
    found
}

fn is_of(child: Pid, mark: &[u8], root: &Path) -> bool {
    let folder = format!("/proc/{}", child.as_raw_nonzero());
    let variables = fs::read(format!("{folder}/environ")).unwrap_or_default();
    let marked = variables.windows(mark.len()).any(|part| part == mark);
    marked || fs::read_link(format!("{folder}/cwd")).is_ok_and(|place| place.starts_with(root))
}

/// Whether it is in a session of its own: this process starts its children in its own.
fn has_left(child: Pid) -> bool {
    let of_child = session_of(&child.as_raw_nonzero().to_string());
    of_child.is_some_and(|session| session_of("self").is_some_and(|own| own != session))
}

/// The session of a process as `/proc` tells it, which `getsid` of rustix can't: in a container whose session
/// began outside, its number there is 0.
fn session_of(process: &str) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // A name may hold spaces and parentheses; after the last come the state, the parent, the group.
    let (_, rest) = status.rsplit_once(')')?;
    rest.split_whitespace().nth(3)?.parse().ok()
}

fn reap(child: Pid, options: WaitIdOptions) {
    while let Err(rustix::io::Errno::INTR) = waitid(WaitId::Pid(child), options) {}
}
