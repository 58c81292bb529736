//! What is known while programs are followed, and what was found.

use std::collections::{BTreeMap, BTreeSet};

use crate::doubt::Doubt;
use crate::language::Language;
use crate::package::Package;
use crate::paths::{ROOT, TEMPORARY, is_absolute, joined, name, parent};
use crate::value::Value;

/// Programs that run programs that run programs, and so on, are followed so far.
const DEEPEST: usize = 24;

/// What a program does to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act {
    Reads,
    Lists,
    Writes,
    Removes,
}

/// What was found: a program does something to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Effect {
    pub(crate) act: Act,
    pub(crate) path: String,
    /// The runs of programs under which it happens, outermost first.
    pub(crate) runs: Vec<usize>,
    pub(crate) line: usize,
}

/// One program run by another, or by nobody.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) program: String,
    pub(crate) language: Language,
    /// The run within which it is.
    pub(crate) within: Option<usize>,
    /// Whether it begins with nothing but its arguments.
    pub(crate) alone: bool,
    /// Where it begins, as a folder of the package.
    pub(crate) folder: String,
    /// What it begins with.
    pub(crate) values: BTreeMap<String, Value>,
    /// Packages that are attached before it.
    pub(crate) libraries: Vec<String>,
    /// What programs before it have given names to, in the same session.
    pub(crate) assigned: BTreeSet<String>,
    pub(crate) arguments: Vec<String>,
    /// Whether it draws, perhaps on a screen.
    pub(crate) draws: bool,
    /// What can't be made out of it.
    pub(crate) doubts: Vec<Doubt>,
}

/// What follows a text in a language; `path` is the program's.
pub(crate) type Follower = fn(&mut Scanner<'_>, text: &str, path: &str, Language);

/// Follows programs.
pub(crate) struct Scanner<'p> {
    pub(crate) package: &'p Package,
    /// The languages know the scanner, and it knows them by this alone.
    follower: Follower,
    pub(crate) folder: String,
    /// Variables of R and Python, globals of Stata.
    pub(crate) values: BTreeMap<String, Value>,
    /// Locals of Stata.
    pub(crate) locals: BTreeMap<String, Value>,
    pub(crate) libraries: Vec<String>,
    /// Names that programs of R have given something outside of functions.
    pub(crate) assigned: BTreeSet<String>,
    pub(crate) active: Vec<usize>,
    pub(crate) runs: Vec<Run>,
    pub(crate) effects: Vec<Effect>,
    written: BTreeSet<String>,
    /// Folders of the author's machine, and what they are in the package.
    prefixes: BTreeMap<String, String>,
}

impl<'p> Scanner<'p> {
    pub(crate) fn new(package: &'p Package, folder: &str, follower: Follower) -> Self {
        Self {
            package,
            follower,
            folder: folder.to_owned(),
            values: BTreeMap::new(),
            locals: BTreeMap::new(),
            libraries: Vec::new(),
            assigned: BTreeSet::new(),
            active: Vec::new(),
            runs: Vec::new(),
            effects: Vec::new(),
            written: BTreeSet::new(),
            prefixes: BTreeMap::new(),
        }
    }

    pub(crate) fn doubt(&mut self, line: usize, what: impl Into<String>) {
        if let Some(run) = self.active.last().and_then(|at| self.runs.get_mut(*at)) {
            let doubt = Doubt { program: run.program.clone(), line, what: what.into() };
            if !run.doubts.contains(&doubt) {
                run.doubts.push(doubt);
            }
        }
    }

    pub(crate) fn draws(&mut self) {
        if let Some(run) = self.active.last().and_then(|at| self.runs.get_mut(*at)) {
            run.draws = true;
        }
    }

    /// What a written path is in the package.
    fn place(&mut self, written: &str, line: usize) -> Option<String> {
        let written = written.trim().replace('\\', "/");
        if written.is_empty() || written.starts_with(TEMPORARY) {
            return None;
        }
        if written.contains("://") {
            self.doubt(
                line,
                format!("{written} is read over the network, so that a result can change unseen: keep the file in the package"),
            );
            return None;
        }
        if !is_absolute(&written) {
            let found = joined(&self.folder, &written);
            if found.is_none() {
                self.doubt(line, format!("`{written}` leads out of the package"));
            }
            return found;
        }
        let found = self.of_machine(&written);
        let what = match &found {
            Some(found) if found.is_empty() => "the package's folder".to_owned(),
            Some(found) => format!("`{found}`"),
            None => "something that isn't in the package".to_owned(),
        };
        self.doubt(
            line,
            format!("`{written}` is a path of its author's machine, taken for {what}: write it from the package's folder on"),
        );
        found
    }

    /// What a path of the author's machine is in the package.
    fn of_machine(&mut self, written: &str) -> Option<String> {
        if let Some(end) = self.package.end_of(written) {
            let before = written.strip_suffix(end.as_str()).unwrap_or(written).trim_end_matches('/');
            self.prefixes.insert(before.to_owned(), String::new());
            return Some(end);
        }
        let known = self
            .prefixes
            .iter()
            .find_map(|(prefix, folder)| Some((written.strip_prefix(prefix.as_str())?, folder)));
        if let Some((rest, folder)) = known {
            return joined(folder, rest);
        }
        // A new file in a folder that is there.
        let end = self.package.end_of(parent(written))?;
        joined(&end, name(written))
    }

    /// What a folder of the author's machine is, where the whole package may be meant.
    pub(crate) fn machine_folder(&mut self, written: &str) -> String {
        let written = written.replace('\\', "/");
        let written = written.trim_end_matches('/');
        match self.package.end_of(written).filter(|end| self.package.has_folder(end)) {
            Some(end) => end,
            None => {
                self.prefixes.insert(written.to_owned(), String::new());
                String::new()
            }
        }
    }

    /// A value that a name is given: a folder of the author's machine is taken for one of the package.
    pub(crate) fn settled(&mut self, name: &str, value: Value, line: usize) -> Value {
        let written = match value.single() {
            Some(text) if is_absolute(&text.replace('\\', "/")) && !text.contains("://") => text.to_owned(),
            _ => return value,
        };
        // What parts the names of folders, on its own.
        if written.chars().all(|one| matches!(one, '/' | '\\')) {
            return value;
        }
        if crate::paths::ending(&written).is_some() {
            return value;
        }
        let folder = self.machine_folder(&written);
        let there = if folder.is_empty() { "the package's folder" } else { &folder }.to_owned();
        self.doubt(
            line,
            format!("`{name}` is `{written}`, a folder of its author's machine, taken for {there}; a program that sets it itself needs the line changed"),
        );
        Value::text(format!("{ROOT}{folder}"))
    }

    fn note(&mut self, act: Act, path: String, line: usize) {
        if act == Act::Writes {
            self.written.insert(path.clone());
        }
        let runs = self.active.clone();
        let effect = Effect { act, path, runs, line };
        if !self.effects.contains(&effect) {
            self.effects.push(effect);
        }
    }

    fn is_known(&self, path: &str) -> bool {
        self.package.has(path) || self.written.contains(path)
    }

    /// The path with an ending, where it is written without.
    fn with_ending(&self, path: String, endings: &[&str], reads: bool) -> String {
        if name(&path).contains('.') || (reads && self.is_known(&path)) {
            return path;
        }
        let each = || endings.iter().map(|ending| format!("{path}.{ending}"));
        each().find(|with| reads && self.is_known(with)).or_else(|| each().next()).unwrap_or(path)
    }

    /// Files that are read. `how` is what reads them, for doubts.
    pub(crate) fn reads(&mut self, value: &Value, line: usize, how: &str, endings: &[&str]) {
        match value {
            Value::Texts(texts) => {
                for text in texts {
                    let Some(path) = self.place(text, line) else { continue };
                    let path = self.with_ending(path, endings, true);
                    if self.package.has_folder(&path) && !self.is_known(&path) {
                        self.note(Act::Lists, path, line);
                        continue;
                    }
                    let there = self.is_known(&path);
                    let other = self.package.in_other_letters(&path).map(str::to_owned);
                    if let Some(other) = other.filter(|_| !there) {
                        self.doubt(
                            line,
                            format!("`{path}` is called `{other}` in the package; systems that tell capital letters apart won't find it"),
                        );
                    }
                    self.note(Act::Reads, path, line);
                }
            }
            Value::Files(folders) => {
                for folder in folders {
                    self.lists(folder, line);
                }
            }
            Value::Unknown => {
                self.doubt(line, format!("`{how}` reads a file whose name only a run can tell: add it under `files` or `inputs`"));
            }
        }
    }

    /// A folder whose files are read.
    pub(crate) fn lists(&mut self, folder: &str, line: usize) {
        if let Some(path) = self.place(folder, line) {
            self.note(Act::Lists, path, line);
        }
    }

    /// Files that are written.
    pub(crate) fn writes(&mut self, value: &Value, line: usize, how: &str, endings: &[&str]) {
        match value {
            Value::Texts(texts) => {
                for text in texts {
                    if let Some(path) = self.place(text, line).filter(|path| !path.is_empty()) {
                        let path = self.with_ending(path, endings, false);
                        self.note(Act::Writes, path, line);
                    }
                }
            }
            _ => {
                self.doubt(
                    line,
                    format!("`{how}` writes a file whose name only a run can tell: add it under `outputs`"),
                );
            }
        }
    }

    /// Files that are taken away again.
    pub(crate) fn removes(&mut self, value: &Value, line: usize, endings: &[&str]) {
        for text in value.texts() {
            if let Some(path) = self.place(text, line) {
                let path = self.with_ending(path, endings, true);
                self.note(Act::Removes, path, line);
            }
        }
    }

    /// Goes to another folder.
    pub(crate) fn goes_to(&mut self, value: &Value, line: usize, how: &str) {
        match value.single() {
            Some(text) if is_absolute(&text.replace('\\', "/")) => {
                self.folder = self.machine_folder(text);
                let there =
                    if self.folder.is_empty() { "the package's folder" } else { &self.folder }.to_owned();
                self.doubt(
                    line,
                    format!("`{how}` goes to `{text}`, a folder of its author's machine, taken for {there}: take the line out, or let it go where the program is"),
                );
            }
            Some(text) => match joined(&self.folder, text) {
                Some(folder) => self.folder = folder,
                None => self.doubt(line, format!("`{how}` leads out of the package, to `{text}`")),
            },
            None => self.doubt(
                line,
                format!("`{how}` goes to a folder that only a run can tell; taken for where the program is"),
            ),
        }
    }

    /// Another program is run: within this one's session, or alone.
    pub(crate) fn runs(
        &mut self,
        value: &Value,
        arguments: &[String],
        alone: bool,
        line: usize,
        endings: &[&str],
    ) {
        if value.texts().is_empty() {
            self.doubt(line, "it runs a program whose name only a run can tell");
        }
        for text in value.texts().to_vec() {
            let Some(path) = self.place(&text, line) else { continue };
            let path = self.with_ending(path, endings, true);
            let path = match self.package.has(&path) {
                true => path,
                false => match self.package.in_other_letters(&path) {
                    Some(other) => other.to_owned(),
                    None => {
                        self.doubt(line, format!("it runs `{path}`, which isn't in the package"));
                        continue;
                    }
                },
            };
            match Language::of(&path) {
                Some(language) => self.follow(&path, language, arguments, alone),
                None => {
                    let what =
                        crate::language::other_program(&path).unwrap_or("no program that can be followed");
                    self.doubt(
                        line,
                        format!("it runs `{path}`, {what}: what that reads and writes isn't followed"),
                    );
                    self.note(Act::Reads, path, line);
                }
            }
        }
    }

    /// Follows a program from where things stand.
    pub(crate) fn follow(&mut self, path: &str, language: Language, arguments: &[String], alone: bool) {
        let again = self.active.iter().any(|at| self.runs.get(*at).is_some_and(|run| run.program == path));
        if again || self.active.len() >= DEEPEST {
            return;
        }
        let saved = (self.folder.clone(), self.values.clone(), self.locals.clone(), self.libraries.clone());
        let assigned = self.assigned.clone();
        if alone {
            self.values.clear();
            self.libraries.clear();
            self.assigned.clear();
        }
        self.locals.clear();
        for (number, argument) in arguments.iter().enumerate() {
            self.locals.insert((number + 1).to_string(), Value::text(argument.as_str()));
        }
        let at = self.runs.len();
        self.runs.push(Run {
            program: path.to_owned(),
            language,
            within: self.active.last().copied(),
            alone,
            folder: self.folder.clone(),
            values: self.values.clone(),
            libraries: self.libraries.clone(),
            assigned: self.assigned.clone(),
            arguments: arguments.to_vec(),
            draws: false,
            doubts: Vec::new(),
        });
        self.active.push(at);
        match self.package.text(path) {
            None => self.doubt(0, "it is too large to be a program, or can't be read"),
            Some(text) => (self.follower)(self, &text, path, language),
        }
        self.active.pop();
        self.locals = saved.2;
        if alone {
            (self.folder, self.values, self.libraries) = (saved.0, saved.1, saved.3);
            self.assigned = assigned;
        }
    }

    /// How much of what the programs name is there: what speaks for the folder in which they begin.
    pub(crate) fn found(&self) -> i64 {
        let reads = self.effects.iter().filter(|effect| effect.act == Act::Reads);
        let there = |path: &str| if self.is_known(path) { 2 } else { -2 };
        let listed = self.effects.iter().filter(|effect| effect.act == Act::Lists);
        let lists = |path: &str| if self.package.has_folder(path) { 1 } else { -1 };
        let writes = self.effects.iter().filter(|effect| effect.act == Act::Writes);
        let places = |path: &str| if self.package.has_folder(parent(path)) { 1 } else { -1 };
        let out = self.runs.iter().flat_map(|run| &run.doubts).filter(|doubt| {
            doubt.what.contains("leads out of the package") || doubt.what.contains("isn't in the package")
        });
        reads.map(|effect| there(&effect.path)).sum::<i64>()
            + listed.map(|effect| lists(&effect.path)).sum::<i64>()
            + writes.map(|effect| places(&effect.path)).sum::<i64>()
            + 3 * i64::try_from(self.runs.len()).unwrap_or(i64::MAX / 4)
            - 3 * i64::try_from(out.count()).unwrap_or(i64::MAX / 4)
    }
}
