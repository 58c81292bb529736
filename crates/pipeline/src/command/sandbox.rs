//! A command that sees nothing but what it declares.
//!
//! On Linux bubblewrap puts a command into namespaces of its own: the folders of the system, to be read
//! only, the scratch folder as `/work`, a `/tmp` of its own, no network, no other process, and no file of
//! the workspace or of the user's. What it started ends with it, whatever it did to get away.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};

use super::problem::CommandProblem;
use super::scratch::PARAMS;
use super::usual_path::USUAL_PATH;

/// The scratch folder, as a command in a sandbox sees it.
pub(super) const WORK: &str = "/work";
/// The folder for temporary files.
pub(super) const TEMPORARY: &str = "/tmp";

/// Programs and libraries, as far as they are there.
const SYSTEM: [&str; 7] = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

/// What programs of the system need to find one another. Nothing of it names the host or its users.
const ETC: [&str; 11] = [
    "/etc/R",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/java",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/magic",
    "/etc/mime.types",
    "/etc/texmf",
];

/// What a command sees beside the system and what it declares.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sandbox {
    /// Further folders or files of the machine, by absolute paths, to be read only: a program that is
    /// installed elsewhere.
    pub read: Vec<String>,
}

impl Sandbox {
    /// What of it counts in the fingerprint.
    pub(super) fn to_param(&self) -> Value {
        if self.read.is_empty() { json!(true) } else { json!({"read": self.read}) }
    }

    /// Where a command finds its parameters.
    pub(super) fn params() -> PathBuf {
        Path::new(WORK).join(PARAMS)
    }

    /// The parts of a `PATH` that are seen in it.
    pub(super) fn path(&self, path: &OsString) -> OsString {
        let seen = std::env::split_paths(path).filter(|part| self.sees(part));
        std::env::join_paths(seen).unwrap_or_default()
    }

    fn sees(&self, path: &Path) -> bool {
        let read = self.read.iter().map(String::as_str);
        SYSTEM.into_iter().chain(read).any(|seen| path.starts_with(seen))
    }

    /// The program that makes the sandbox.
    ///
    /// # Errors
    /// [`CommandProblem::Sandbox`] where it isn't there, or the system doesn't let it.
    pub(super) fn program(&self) -> Result<PathBuf, CommandProblem> {
        static FOUND: OnceLock<Result<PathBuf, String>> = OnceLock::new();
        let found = FOUND.get_or_init(find);
        let refused = |reason| CommandProblem::Sandbox { reason };
        if let Some(missing) = self.read.iter().find(|path| !Path::new(path).exists()) {
            return Err(refused(format!("there is no `{missing}` to be read, as its `read` says")));
        }
        found.clone().map_err(refused)
    }

    /// The arguments of that program, before what is run in it.
    pub(super) fn arguments(&self, folder: &Path, temporary: &Path) -> Vec<OsString> {
        let mut arguments = namespaces();
        let mut add = |words: [&dyn AsRef<std::ffi::OsStr>; 3]| {
            arguments.extend(words.map(|word| word.as_ref().to_owned()));
        };
        add([&"--bind", &temporary, &TEMPORARY]);
        add([&"--bind", &folder, &WORK]);
        for path in &self.read {
            add([&"--ro-bind", path, path]);
        }
        arguments.extend(["--chdir", WORK, "--"].map(OsString::from));
        arguments
    }
}

/// Namespaces of its own for everything, and the system's folders.
fn namespaces() -> Vec<OsString> {
    let mut words = vec!["--unshare-all", "--die-with-parent", "--cap-drop", "ALL", "--hostname", "vintner"];
    for path in SYSTEM.into_iter().chain(ETC) {
        words.extend(["--ro-bind-try", path, path]);
    }
    words.extend(["--proc", "/proc", "--dev", "/dev"]);
    // A terminal would take what is pushed into it for what its user types.
    words.extend(["--dev-bind", "/dev/null", "/dev/tty"]);
    words.into_iter().map(OsString::from).collect()
}

/// Finds bubblewrap, and tries once whether it may do what it is for.
fn find() -> Result<PathBuf, String> {
    if !cfg!(target_os = "linux") {
        return Err("it needs Linux".to_owned());
    }
    let path = std::env::var_os("PATH").unwrap_or_else(|| USUAL_PATH.into());
    let bubblewrap = std::env::split_paths(&path).map(|part| part.join("bwrap")).find(|file| file.is_file());
    let Some(bubblewrap) = bubblewrap else {
        return Err(
            "there is no `bwrap` on PATH; install bubblewrap (as in `apt install bubblewrap`)".to_owned()
        );
    };
    let tried = Command::new(&bubblewrap)
        .args(namespaces())
        .args(["--", "true"])
        .env_clear()
        .env("PATH", USUAL_PATH)
        .stdin(Stdio::null())
        .output();
    match tried {
        Ok(output) if output.status.success() => Ok(bubblewrap),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(format!(
                "bubblewrap can't make it: {}; the system has to allow user namespaces, and a container to be \
                 started so that it may make them",
                said.trim().lines().last().unwrap_or("it says nothing")
            ))
        }
        Err(error) => Err(format!("`{}` can't be started: {error}", bubblewrap.display())),
    }
}
