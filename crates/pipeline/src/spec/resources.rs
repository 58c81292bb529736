//! What a stage asks of a cluster. No result depends on it, and no fingerprint holds it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Spanned};

use crate::command::Timeout;
use crate::operation::bytes_of;

/// What a stage asks of a cluster, as written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResourcesSpec {
    /// How long a job may take that makes branches of it: `90s`, `30m`, `4h`.
    #[serde(default)]
    pub time: Option<Spanned<String>>,
    /// What it may hold in memory: `800MB`, `4GB`.
    #[serde(default)]
    pub memory: Option<Spanned<String>>,
    /// How many processors.
    #[serde(default)]
    pub cpus: Option<Spanned<u32>>,
    /// Generic resources as Slurm names them: `gpu:1`.
    #[serde(default)]
    pub gres: Option<Spanned<String>>,
    /// The partition.
    #[serde(default)]
    pub partition: Option<Spanned<String>>,
}

/// What a stage asks of a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Resources {
    /// How long a job may take, in seconds.
    pub seconds: Option<u64>,
    /// Bytes of memory.
    pub memory: Option<u64>,
    /// Processors.
    pub cpus: Option<u32>,
    /// Generic resources as Slurm names them.
    pub gres: Option<String>,
    /// The partition.
    pub partition: Option<String>,
}

impl Resources {
    /// What is written, with a fault for each value that isn't one.
    pub(super) fn read(written: &ResourcesSpec, document: &Document, faults: &mut Faults) -> Self {
        let mut refuse =
            |span, message: String, hint: &str| faults.push(document.fault(Some(span), message).hint(hint));
        let mut resources = Self::default();
        if let Some(time) = &written.time {
            resources.seconds = Timeout::parse(&time.value).map(|timeout| timeout.duration().as_secs());
            if resources.seconds.is_none() {
                refuse(
                    time.span,
                    format!("`{time}` is no time"),
                    "write seconds, minutes or hours, as `90s`, `30m` or `4h`",
                );
            }
        }
        if let Some(memory) = &written.memory {
            resources.memory = bytes_of(&memory.value);
            if resources.memory.is_none() {
                refuse(
                    memory.span,
                    format!("`{memory}` is no size"),
                    "write a number and its unit, as `800MB` or `4GB`",
                );
            }
        }
        if let Some(cpus) = &written.cpus {
            resources.cpus = Some(cpus.value).filter(|cpus| (1..=4096).contains(cpus));
            if resources.cpus.is_none() {
                refuse(
                    cpus.span,
                    format!("{} is no number of processors", cpus.value),
                    "write a whole number from 1 on",
                );
            }
        }
        for (field, own) in
            [(&written.gres, &mut resources.gres), (&written.partition, &mut resources.partition)]
        {
            let Some(text) = field else { continue };
            if is_word(&text.value) {
                *own = Some(text.value.clone());
            } else {
                let hint = "letters, digits and `_ - . , : = /`, as in `gpu:1`";
                refuse(text.span, format!("`{text}` isn't a name"), hint);
            }
        }
        resources
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-.,:=/".contains(c))
}
