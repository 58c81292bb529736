//! A program of the plan.

use std::collections::BTreeSet;

use crate::doubt::Doubt;
use crate::language::Language;

/// A program that becomes a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The stage's name.
    pub name: String,
    /// The program, by its path from the package's folder, as all paths here.
    pub program: String,
    /// Its language.
    pub language: Language,
    /// The folder in which it is run.
    pub folder: String,
    /// What it is given on its command line.
    pub arguments: Vec<String>,
    /// Files that it reads and hasn't written before.
    pub reads: BTreeSet<String>,
    /// Folders whose files it reads.
    pub lists: BTreeSet<String>,
    /// Files that it writes and that are there when it ends.
    pub writes: BTreeSet<String>,
    /// Other programs that it runs or loads.
    pub programs: BTreeSet<String>,
    /// A program to be run in its place, which sets what the master program sets and then runs it.
    pub wrapper: Option<String>,
    /// Whether it may draw on a screen.
    pub draws: bool,
    /// What can't be made out.
    pub doubts: Vec<Doubt>,
}
