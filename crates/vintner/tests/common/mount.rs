//! Small or read-only file systems, where a test may make them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Something that is mounted at a folder until it is dropped.
pub struct Mount {
    folder: PathBuf,
}

impl Mount {
    /// A file system of this many bytes in memory. `None`, with the reason printed, where this process
    /// may not mount.
    pub fn small(folder: &Path, bytes: u64) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let options = format!("size={bytes},mode=0777");
        mount(&["-t", "tmpfs", "-o", &options, "tmpfs"], folder)
    }

    /// The folder itself, so that it can be made read-only.
    pub fn over(folder: &Path) -> Option<Self> {
        mount(&["--bind", folder.to_str().unwrap()], folder)
    }

    /// Lets it be written to or not.
    pub fn set_writable(&self, writable: bool) {
        let options = format!("remount,bind,{}", if writable { "rw" } else { "ro" });
        let done = Command::new("mount").args(["-o", &options]).arg(&self.folder).status().unwrap();
        assert!(done.success());
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.folder).status();
    }
}

fn mount(arguments: &[&str], folder: &Path) -> Option<Mount> {
    match Command::new("mount").args(arguments).arg(folder).output() {
        Ok(output) if output.status.success() => Some(Mount { folder: folder.to_owned() }),
        Ok(output) => {
            println!("skipped: mount: {}", String::from_utf8_lossy(&output.stderr).trim());
            None
        }
        Err(error) => {
            println!("skipped: mount can't be run: {error}");
            None
        }
    }
}
