//! How a worker is called.

use std::path::{Path, PathBuf};

use vintner_pipeline::{Digest, Resources};

use crate::error::{ClusterError, Result};

/// How a worker is called in a job, and for whom.
#[derive(Debug, Clone)]
pub struct WorkerCall {
    /// The program, by a path that holds on all machines of the cluster.
    pub program: PathBuf,
    /// What comes before the file of a group: the workspace, what was set, `worker`.
    pub arguments: Vec<String>,
    /// The version of this program.
    pub version: String,
    /// The digest of the pipeline's file.
    pub spec: Digest,
    /// Lines of shell before it, as `module load R`.
    pub before: Vec<String>,
}

impl WorkerCall {
    /// The script of a job, which finds the number of its group in a variable; `lines` stand before all else.
    pub(crate) fn script(
        &self,
        folder: &Path,
        number: &str,
        lines: &[String],
        resources: &Resources,
    ) -> Result<String> {
        let mut script = String::from(
            "#!/bin/sh\n# Written by `vintner reproduce`, which removes it once it isn't needed.\n",
        );
        lines.iter().chain(&self.before).for_each(|line| script.push_str(&format!("{line}\n")));
        let threads = resources.cpus.unwrap_or(1);
        script.push_str(&format!("export RAYON_NUM_THREADS={threads} POLARS_MAX_THREADS={threads}\n"));
        script.push_str(&format!("exec {}", quoted(text(&self.program)?)));
        for argument in &self.arguments {
            script.push_str(&format!(" {}", quoted(argument)));
        }
        script.push_str(&format!(" {}/\"${{{number}:?}}.json\"\n", quoted(text(folder)?)));
        Ok(script)
    }
}

/// A path that can be written into a script.
pub(crate) fn text(path: &Path) -> Result<&str> {
    let text = path.to_str().filter(|text| !text.contains(['\n', '\r', '\0']));
    text.ok_or_else(|| ClusterError::Name { path: path.to_owned() })
}

/// A word that the shell takes as it is.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shell_takes_words_as_they_are() -> Result<()> {
        let call = WorkerCall {
            program: "/opt/our lab/vintner".into(),
            arguments: vec!["-C".into(), "/work/it's $HOME".into(), "worker".into()],
            version: "1".into(),
            spec: Digest::of(b""),
            before: vec!["module load R".into()],
        };
        let resources = Resources { cpus: Some(4), ..Resources::default() };
        let script = call.script(
            Path::new("/x/a b"),
            "SLURM_ARRAY_TASK_ID",
            &["#SBATCH --qos=short".into()],
            &resources,
        )?;
        assert_eq!(
            script,
            "#!/bin/sh\n# Written by `vintner reproduce`, which removes it once it isn't needed.\n#SBATCH --qos=short\n\
             module load R\nexport RAYON_NUM_THREADS=4 POLARS_MAX_THREADS=4\nexec '/opt/our lab/vintner' -C \
             '/work/it'\\''s $HOME' worker '/x/a b'/\"${SLURM_ARRAY_TASK_ID:?}.json\"\n"
        );
        assert!(text(Path::new("/a\nb")).is_err());
        Ok(())
    }
}
