//! A plan as `pipeline.yaml`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::language::Language;
use crate::package::Package;
use crate::paths::{ending, joined, parent, stem, up_from};
use crate::plan::{Order, Plan, name_of, unique};
use crate::step::Step;

/// A pipeline as text, and what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipelineText {
    /// `pipeline.yaml`.
    pub text: String,
    /// Programs that are written beside it, by their paths from the workspace's folder.
    pub wrappers: Vec<(String, String)>,
    /// What a person has to look at, as it stands in the text behind `REVIEW`.
    pub reviews: Vec<String>,
    /// The names of stages that can run.
    pub stages: Vec<String>,
    /// Stages that can't, with the reason; they stand in the text as comments.
    pub blocked: Vec<(String, String)>,
    /// Outputs that are compared with the package's own copies.
    pub compared: Vec<String>,
}

/// The folder of wrappers.
const WRAPPERS: &str = "programs";

/// The program that runs do-files, unless it is called otherwise.
const STATA: &str = "stata-mp";

/// Files from which `here` and other packages tell the root of a project, and lock files of packages.
const MARKERS: [&str; 2] = [".here", ".Rprofile"];
const LOCKS: [(&str, Language); 4] = [
    ("renv.lock", Language::R),
    ("requirements.txt", Language::Python),
    ("environment.yml", Language::Python),
    ("pyproject.toml", Language::Python),
];

/// A plan as a pipeline, where the package lies in the folder `place` of the workspace (empty for the workspace itself).
pub fn written_pipeline(
    plan: &Plan,
    package: &Package,
    name: &str,
    vintage: &str,
    place: &str,
) -> PipelineText {
    let mut writer = Writer {
        plan,
        package,
        place,
        made: BTreeMap::new(),
        lost: BTreeMap::new(),
        out: PipelineText {
            text: String::new(),
            wrappers: Vec::new(),
            reviews: Vec::new(),
            stages: Vec::new(),
            blocked: Vec::new(),
            compared: Vec::new(),
        },
    };
    writer.head(name, vintage);
    for (at, step) in plan.steps.iter().enumerate() {
        writer.stage(at, step);
    }
    writer.comparison();
    writer.out
}

/// Where a file of the package comes from in the pipeline.
#[derive(Clone)]
struct Made {
    stage: String,
    output: String,
}

struct Writer<'w> {
    plan: &'w Plan,
    package: &'w Package,
    place: &'w str,
    /// What stages so far write.
    made: BTreeMap<String, Made>,
    /// What blocked stages would write, and why they are blocked.
    lost: BTreeMap<String, String>,
    out: PipelineText,
}

/// What one stage reads: artifacts by role, files by role, and what isn't there.
#[derive(Default)]
struct Sources {
    inputs: Vec<(String, Made, String)>,
    files: Vec<(String, String)>,
    missing: Vec<String>,
}

impl Writer<'_> {
    fn placed(&self, path: &str) -> String {
        match (self.place, path) {
            ("", "") => ".".to_owned(),
            ("", path) => path.to_owned(),
            (place, "") => place.to_owned(),
            (place, path) => format!("{place}/{path}"),
        }
    }

    fn review(&mut self, indent: &str, what: &str) {
        let what = what.replace(['\n', '\r'], " ");
        // Writing into a text doesn't fail.
        let _ = writeln!(self.out.text, "{indent}# REVIEW: {what}");
        self.out.reviews.push(what);
    }

    fn head(&mut self, name: &str, vintage: &str) {
        let order = match &self.plan.order {
            Order::Master(masters) => format!("in the order in which {} runs them", masters.join(" and ")),
            Order::Numbers => "in the order of the numbers in their names".to_owned(),
            Order::Readme(readme) => format!("in the order in which {readme} names them"),
            Order::Files => "in the order of what they write and read".to_owned(),
            Order::Single => "which is one".to_owned(),
        };
        let _ = writeln!(
            self.out.text,
            "# Written by `vintner init --from-package`: the package's own programs, {order}. Replace a stage by one of\n\
             # Vintner's (`vintner operations`) when you are ready; those that read its outputs stay as they are."
        );
        for doubt in &self.plan.doubts {
            self.review("", doubt);
        }
        for (program, why) in &self.plan.left {
            self.review("", &format!("{program} is no stage: {why}"));
        }
        let _ = writeln!(self.out.text, "version: 1\nname: {}\nvintage: {}", quoted(name), quoted(vintage));
        if self.plan.steps.iter().any(|step| step.language == Language::Stata) {
            let _ = writeln!(
                self.out.text,
                "\nparams:\n  # What Stata is called here: stata-mp, stata-se, stata.\n  stata: {STATA}"
            );
        }
        let _ = writeln!(self.out.text, "\nstages:");
    }

    /// What a step reads, and from where.
    fn sources(&self, step: &Step) -> Sources {
        let mut sources = Sources::default();
        let mut roles = BTreeSet::new();
        let mut role = |path: &str| {
            let name = name_of(stem(path));
            unique(if name.is_empty() { "file" } else { &name }, &mut roles)
        };
        sources.files.push((role("program"), self.placed(&step.program)));
        if step.wrapper.is_some() {
            sources.files.push((role("wrapper"), self.wrapper_path(step)));
        }
        for program in &step.programs {
            sources.files.push((role(program), self.placed(program)));
        }
        let mut reads = step.reads.clone();
        for folder in &step.lists {
            let below = |path: &str| {
                folder.is_empty()
                    || path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
            };
            let by_stages = || self.plan.steps.iter().flat_map(|step| &step.writes).any(|path| below(path));
            if !folder.is_empty() && self.package.has_folder(folder) && !by_stages() {
                reads.retain(|path| !below(path));
                sources.files.push((role(folder), self.placed(folder)));
                continue;
            }
            let own = |path: &String| step.writes.contains(path);
            reads.extend(
                self.made.keys().chain(self.lost.keys()).filter(|path| below(path) && !own(path)).cloned(),
            );
            let shipped =
                self.package.files().keys().filter(|path| below(path) && Language::of(path).is_none());
            let written: BTreeSet<&String> = self.plan.steps.iter().flat_map(|step| &step.writes).collect();
            reads.extend(shipped.filter(|path| !written.contains(path)).cloned());
        }
        for path in &reads {
            if let Some(made) = self.made.get(path) {
                sources.inputs.push((role(path), made.clone(), path.clone()));
            } else if let Some(why) = self.lost.get(path) {
                sources.missing.push(format!("`{path}`, which {why}"));
            } else if self.package.has(path) {
                sources.files.push((role(path), self.placed(path)));
            } else if let Some(there) = self.package.in_other_letters(path) {
                sources.files.push((role(path), self.placed(there)));
            } else {
                sources.missing.push(format!("`{path}`, which isn't in the package and no program writes"));
            }
        }
        for marker in MARKERS {
            if step.language == Language::R && self.package.has(marker) {
                sources.files.push((role(marker), self.placed(marker)));
            }
        }
        let project =
            self.package.files().keys().find(|path| !path.contains('/') && path.ends_with(".Rproj"));
        if let (Language::R, Some(project)) = (step.language, project) {
            sources.files.push((role("project"), self.placed(project)));
        }
        sources
    }

    fn wrapper_path(&self, step: &Step) -> String {
        let ending = ending(&step.program).unwrap_or_default();
        let ending = if step.language == Language::R { "R".to_owned() } else { ending };
        format!("{WRAPPERS}/{}.{ending}", step.name)
    }

    fn stage(&mut self, at: usize, step: &Step) {
        let sources = self.sources(step);
        if let Some(wrapper) = &step.wrapper {
            self.out.wrappers.push((self.wrapper_path(step), wrapper.clone()));
        }
        let blocked = !sources.missing.is_empty();
        let from = self.out.text.len();
        let reviews = self.out.reviews.len();
        let _ = writeln!(self.out.text, "  {}:\n    title: {}", step.name, quoted(&step.program));
        for doubt in &step.doubts {
            self.review("    ", &doubt.to_string());
        }
        let log = self.log(step);
        let mut outputs: Vec<(String, String)> = Vec::new();
        let mut names = BTreeSet::new();
        for path in step.writes.iter().chain(log.iter()) {
            let name = if Some(path) == log.as_ref() { "log".to_owned() } else { name_of(stem(path)) };
            let name = if name.is_empty() { "file".to_owned() } else { name };
            let name = match (names.contains(&name), ending(path)) {
                (true, Some(ending)) => name_of(&format!("{name}_{ending}")),
                _ => name,
            };
            outputs.push((unique(&name, &mut names), path.clone()));
        }
        if step.writes.is_empty() {
            self.review(
                "    ",
                &format!(
                    "{}: it writes no file that can be made out: what it prints is kept as its output",
                    step.program
                ),
            );
        }
        self.run(step, &sources, log.as_deref());
        if !sources.inputs.is_empty() {
            let each: Vec<String> = sources
                .inputs
                .iter()
                .map(|(role, made, _)| format!("{role}: {}.{}", made.stage, made.output))
                .collect();
            self.mapping("inputs", &each);
        }
        let each: Vec<String> =
            sources.files.iter().map(|(role, path)| format!("{role}: {}", quoted(path))).collect();
        self.mapping("files", &each);
        self.environment(step);
        let each: Vec<String> =
            outputs.iter().map(|(name, path)| format!("{name}: {}", quoted(&self.placed(path)))).collect();
        self.mapping("outputs", &each);
        let later: BTreeSet<&String> =
            self.plan.steps.iter().skip(at + 1).flat_map(|step| &step.reads).collect();
        let written_later: BTreeSet<&String> =
            self.plan.steps.iter().skip(at + 1).flat_map(|step| &step.writes).collect();
        let each: Vec<String> = outputs
            .iter()
            .filter(|(_, path)| !later.contains(path) && !written_later.contains(path))
            .map(|(name, path)| format!("{name}: {}", quoted(&format!("reports/{{vintage}}/{path}"))))
            .collect();
        if !each.is_empty() {
            self.mapping("publish", &each);
        }
        if blocked {
            let why = format!("it reads {}", sources.missing.join("; "));
            let block = self.out.text.split_off(from);
            self.out.reviews.truncate(reviews + step.doubts.len() + usize::from(step.writes.is_empty()));
            let what = format!("stage {} ({}) can't run: {why}", step.name, step.program);
            self.review("  ", &what);
            let _ = writeln!(self.out.text, "  # Put the file in its place and take the signs off.");
            for line in block.lines() {
                let line = line.strip_prefix("  ").unwrap_or(line);
                let _ = writeln!(self.out.text, "  # {line}");
            }
            self.out.blocked.push((step.name.clone(), why));
            for (_, path) in &outputs {
                self.made.remove(path);
                self.lost.insert(path.clone(), format!("stage {} would write", step.name));
            }
        } else {
            for (output, path) in outputs {
                self.lost.remove(&path);
                self.made.insert(path, Made { stage: step.name.clone(), output });
            }
            self.out.stages.push(step.name.clone());
        }
        self.out.text.push('\n');
    }

    /// What a program prints, where that is kept: Stata always writes it, others where they write nothing else.
    fn log(&self, step: &Step) -> Option<String> {
        let name = if step.language == Language::Stata {
            format!("{}.log", if step.wrapper.is_some() { &step.name } else { stem(&step.program) })
        } else if step.writes.is_empty() {
            format!("{}.log", step.name)
        } else {
            return None;
        };
        joined(&step.folder, &name).filter(|path| !step.writes.contains(path))
    }

    fn run(&mut self, step: &Step, sources: &Sources, log: Option<&str>) {
        let mut lines: Vec<String> = Vec::new();
        let mut folders: BTreeSet<String> = sources
            .inputs
            .iter()
            .map(|(_, _, path)| self.placed(parent(path)))
            .filter(|path| path != ".")
            .collect();
        let there = parent(&step.program).starts_with(&step.folder) || step.folder.is_empty();
        if !there {
            folders.insert(self.placed(&step.folder));
        }
        if !folders.is_empty() {
            let folders: Vec<String> = folders.iter().map(|path| shell_word(path)).collect();
            lines.push(format!("mkdir -p {}", folders.join(" ")));
        }
        let mut gone: Vec<String> = Vec::new();
        for (role, made, path) in &sources.inputs {
            let from = format!("inputs/{role}.{}", artifact_ending(path));
            lines.push(format!("cp {} {}", shell_word(&from), shell_word(&self.placed(path))));
            if !step.writes.contains(path) {
                gone.push(shell_word(&self.placed(path)));
            }
            let _ = made;
        }
        let up = up_from(&self.placed(&step.folder).replace("./", "").replace('.', ""));
        let up = if self.place.is_empty() && step.folder.is_empty() { String::new() } else { up };
        let program = match step.wrapper {
            Some(_) => format!("{up}{}", self.wrapper_path(step)),
            None => relative(&step.folder, &step.program),
        };
        let program = shell_word(&program);
        let arguments: String = match step.wrapper {
            Some(_) => String::new(),
            None => step.arguments.iter().map(|argument| format!(" {}", shell_word(argument))).collect(),
        };
        let printed = log.map(|path| shell_word(&relative(&step.folder, path))).unwrap_or_default();
        let command = match step.language {
            Language::Stata => format!("\"$stata\" -q -b do {program}{arguments}"),
            Language::R => {
                let vanilla = if self.package.has(".Rprofile") { "" } else { " --vanilla" };
                format!("Rscript{vanilla} {program}{arguments}")
            }
            _ => format!("python3 {program}{arguments}"),
        };
        let command = match step.language {
            Language::Stata => command,
            _ if log.is_some() => format!("{command} > {printed}"),
            _ => command,
        };
        let folder = self.placed(&step.folder);
        let inside = |command: &str| match folder.as_str() {
            "." => command.to_owned(),
            folder => format!("(cd {} && {command})", shell_word(folder)),
        };
        lines.push(inside(&command));
        if let (Language::Stata, Some(log)) = (step.language, log) {
            // In batch mode Stata says of no error by its exit code.
            let log = shell_word(&self.placed(log));
            lines.push(format!("if grep -q '^r([0-9][0-9]*);' {log}; then tail -n 20 {log}; exit 1; fi"));
        }
        let screen = joined(&step.folder, "Rplots.pdf").unwrap_or_default();
        if step.language == Language::R && step.draws && !step.writes.contains(&screen) {
            gone.push(shell_word(&self.placed(&screen)));
        }
        if !gone.is_empty() {
            lines.push(format!("rm -f {}", gone.join(" ")));
        }
        match lines.as_slice() {
            [one] => {
                let _ = writeln!(self.out.text, "    run: {}", quoted(one));
            }
            lines => {
                let _ = writeln!(self.out.text, "    run: |");
                for line in lines {
                    let _ = writeln!(self.out.text, "      {line}");
                }
            }
        }
    }

    fn environment(&mut self, step: &Step) {
        let locks: Vec<String> = LOCKS
            .iter()
            .filter(|(lock, language)| *language == step.language && self.package.has(lock))
            .map(|(lock, _)| quoted(&self.placed(lock)))
            .collect();
        let asked = match step.language {
            Language::R => Some("[Rscript, -e, \"cat(R.version.string)\"]"),
            Language::Python => Some("[python3, --version]"),
            _ => None,
        };
        let each: Vec<String> = locks.into_iter().chain(asked.map(str::to_owned)).collect();
        if !each.is_empty() {
            let _ = writeln!(self.out.text, "    environment: [{}]", each.join(", "));
        }
    }

    /// A field with others in it, on one line where it fits.
    fn mapping(&mut self, field: &str, each: &[String]) {
        let short = format!("    {field}: {{{}}}", each.join(", "));
        if short.chars().count() <= 120 {
            let _ = writeln!(self.out.text, "{short}");
            return;
        }
        let _ = writeln!(self.out.text, "    {field}:");
        for one in each {
            let _ = writeln!(self.out.text, "      {one}");
        }
    }

    /// A stage that holds outputs beside the copies that the package ships.
    fn comparison(&mut self) {
        let shipped = self.made.iter().filter(|(path, _)| self.package.has(path));
        let shipped: Vec<(String, Made)> = shipped.map(|(path, made)| (path.clone(), made.clone())).collect();
        if shipped.is_empty() {
            return;
        }
        let mut roles = BTreeSet::new();
        let (mut inputs, mut files) = (Vec::new(), Vec::new());
        for (path, made) in shipped {
            let role = unique(&made.output, &mut roles);
            files.push(format!("shipped_{role}: {}", quoted(&self.placed(&path))));
            inputs.push(format!("{role}: {}.{}", made.stage, made.output));
            self.out.compared.push(path);
        }
        self.out.text.push_str(
            "  comparison:\n    title: What the programs write, beside the copies that the package ships\n    op: compare_files\n",
        );
        self.mapping("inputs", &inputs);
        self.mapping("files", &files);
        self.out.text.push_str("    publish: {comparison: \"reports/{vintage}/comparison.txt\"}\n");
    }
}

/// A path as one writes it in `folder`.
fn relative(folder: &str, path: &str) -> String {
    match path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) {
        Some(rest) => rest.to_owned(),
        None if folder.is_empty() => path.to_owned(),
        None => format!("{}{path}", up_from(folder)),
    }
}

/// The ending that an artifact has as an input, by the path under which it was written.
fn artifact_ending(path: &str) -> String {
    ending(path).unwrap_or_else(|| "bin".to_owned())
}

/// A word of the shell, in quotes where it would be read as something else.
fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./+:,@%=".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

/// A text as YAML, in quotes where it would be read as something else.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./".contains(c);
    let word = text.starts_with(|first: char| first.is_alphabetic()) && text.chars().all(plain);
    let meant = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    match word && !meant.contains(&text.to_lowercase().as_str()) {
        true => text.to_owned(),
        false => serde_json::Value::String(text.to_owned()).to_string(),
    }
}
