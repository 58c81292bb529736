//! The machine.

use serde::Serialize;

/// The machine on which a package is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// As the authors tell of it, or as it tells of itself.
    pub words: String,
}

impl Machine {
    /// As the authors tell of it; else its system, its processor and its memory.
    pub(super) fn of(told: Option<&str>) -> Self {
        let words = told.map_or_else(Self::itself, str::to_owned);
        Self { words }
    }

    fn itself() -> String {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut words = format!(
            "{} on {}, {cores} core{}",
            std::env::consts::OS,
            std::env::consts::ARCH,
            if cores == 1 { "" } else { "s" }
        );
        if let Some(model) = field("/proc/cpuinfo", "model name") {
            words.push_str(&format!(" ({model})"));
        }
        let kilobytes = field("/proc/meminfo", "MemTotal");
        let kilobytes = kilobytes.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok());
        if let Some(kilobytes) = kilobytes {
            words.push_str(&format!(", {} GB of memory", kilobytes.div_ceil(1 << 20)));
        }
        words
    }
}

/// A field of a file that the system keeps.
fn field(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
