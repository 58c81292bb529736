//! What git has of a workspace: revisions, files as they were, working trees that are thrown away.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::error::{CommandError, Result};

/// The repository in which a workspace lies.
pub(crate) struct Repository {
    folder: PathBuf,
}

/// A working tree of a revision, taken away when it is dropped.
pub(crate) struct WorkingTree<'r> {
    repository: &'r Repository,
    home: tempfile::TempDir,
    /// The workspace in it.
    pub(crate) workspace: PathBuf,
}

impl Repository {
    /// The repository of a folder.
    ///
    /// # Errors
    /// Where git isn't installed, or the folder is in no repository.
    pub(crate) fn of(folder: &Path) -> Result<Self> {
        let repository = Self { folder: folder.to_owned() };
        repository.asked(&["rev-parse", "--git-dir"])?;
        Ok(repository)
    }

    /// The commit that a revision is.
    ///
    /// # Errors
    /// Where there is none.
    pub(crate) fn commit(&self, revision: &str) -> Result<String> {
        let wanted = format!("{revision}^{{commit}}");
        let output = self.git(&["rev-parse", "--verify", "--end-of-options", &wanted])?;
        match output.status.success() {
            true => Ok(text(&output.stdout)),
            false => Err(CommandError::NoRevision {
                folder: self.folder.clone(),
                revision: revision.to_owned(),
                said: text(&output.stderr),
            }),
        }
    }

    /// A file of the workspace as a commit has it; none where it has none.
    ///
    /// # Errors
    /// Where git can't tell.
    pub(crate) fn file(&self, commit: &str, path: &str) -> Result<Option<Vec<u8>>> {
        let object = format!("{commit}:./{path}");
        if !self.git(&["rev-parse", "--verify", "--quiet", &object])?.status.success() {
            return Ok(None);
        }
        Ok(Some(self.asked(&["cat-file", "blob", &object])?.stdout))
    }

    /// A working tree of a commit, beside the repository's own.
    ///
    /// # Errors
    /// Where it can't be made.
    pub(crate) fn working_tree(&self, commit: &str) -> Result<WorkingTree<'_>> {
        let prefix = text(&self.asked(&["rev-parse", "--show-prefix"])?.stdout);
        let home = tempfile::Builder::new().prefix("vintner-revision-").tempdir()?;
        let tree = home.path().join("tree");
        let place = tree.to_string_lossy().into_owned();
        self.asked(&["worktree", "add", "--quiet", "--detach", &place, commit])?;
        Ok(WorkingTree { repository: self, workspace: tree.join(prefix), home })
    }

    /// What git answers, where it does.
    fn asked(&self, arguments: &[&str]) -> Result<Output> {
        let output = self.git(arguments)?;
        if output.status.success() {
            return Ok(output);
        }
        Err(CommandError::Git { command: arguments.join(" "), said: text(&output.stderr) })
    }

    fn git(&self, arguments: &[&str]) -> Result<Output> {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.folder).args(arguments);
        command.output().map_err(|error| CommandError::Git {
            command: arguments.join(" "),
            said: format!("{error}; git has to be installed"),
        })
    }
}

impl Drop for WorkingTree<'_> {
    fn drop(&mut self) {
        let place = self.home.path().join("tree").to_string_lossy().into_owned();
        // What can't be taken away is in the system's folder of temporary files, and `git worktree prune` forgets it.
        let _ = self.repository.git(&["worktree", "remove", "--force", &place]);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}
