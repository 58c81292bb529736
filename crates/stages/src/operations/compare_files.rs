//! `compare_files`: what programs write, beside the copies that somebody else's run left.

use std::borrow::Cow;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_pipeline::{
    Artifact, DescribeDifferences, Digest, Excerpt, InputDeclaration, InputFile, Inputs, Kind,
    OutputDeclaration, Outputs, RowPair, artifact_differences, pair_lines,
};
use vintner_reporting::{PrintedAgreement, PrintedLine};

use crate::code;
use crate::differences::TableDifferences;
use crate::error::StagesError;
use crate::params::Parameters;
use crate::told::count;

/// Parameters of `compare_files`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompareFiles {
    /// What the name of a copy begins with: the input `table1` is held beside `shipped_table1`.
    #[serde(default = "shipped")]
    copies: String,
    /// How many differences of a file are shown.
    #[serde(default = "twenty")]
    shown: usize,
}

fn shipped() -> String {
    "shipped_".into()
}

fn twenty() -> usize {
    20
}

/// Endings of binary tables, which are compared cell by cell.
const TABLES: [&str; 9] = ["dta", "ods", "rda", "rds", "sav", "xls", "xlsb", "xlsx", "zsav"];
/// Endings of texts, in whichever encoding.
const TEXTS: [&str; 10] = ["csv", "html", "log", "md", "rtf", "smcl", "tex", "text", "tsv", "txt"];
/// Endings of texts in which a comma parts values.
const SEPARATED: [&str; 2] = ["csv", "tsv"];

/// What became of one file.
#[derive(Debug, Default, PartialEq, Serialize)]
struct FileComparison {
    file: String,
    verdict: Verdict,
    /// How many numbers were compared.
    numbers: usize,
    /// Decimals of which the last digit differs by one.
    last_digit: usize,
    /// Numbers that differ by more.
    differing: usize,
    /// Lines or cells with other words, or that only one side has.
    other: usize,
    /// What differs, in words, as far as it is shown.
    shown: Vec<String>,
    /// What isn't a matter of one place.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    /// Byte for byte.
    #[default]
    Same,
    /// Each number as it was printed, in the same words.
    SameNumbers,
    /// Numbers agree but for some last digits.
    LastDigits,
    /// A picture or another file whose bytes alone can be held beside one another.
    OtherBytes,
    /// Numbers, words or cells differ.
    Differs,
}

impl Parameters for CompareFiles {
    const NAME: &'static str = "compare_files";
    const SUMMARY: &'static str =
        "holds what programs write beside copies of it, number by number as they are printed";

    fn code() -> Digest {
        code::digest(&[env!("VINTNER_CODE_OPERATION_COMPARE_FILES"), code::REPORTING, code::INGEST])
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        vec![InputDeclaration::anything()]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("comparison", Kind::Text), OutputDeclaration::new("files", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let files: Vec<InputFile<'_>> = inputs.files().collect();
        let mut compared = Vec::new();
        let mut alone = Vec::new();
        for made in files.iter().filter(|file| !file.role.starts_with(&self.copies)) {
            let copy = format!("{}{}", self.copies, made.role);
            match files.iter().find(|file| file.role == copy) {
                Some(copy) => compared.push(self.compared(made, copy)),
                None => alone.push(format!(
                    "`{}` has no copy to be held beside: name one `{copy}` under `files` or `inputs`",
                    made.role
                )),
            }
        }
        let copies = files.iter().filter_map(|file| Some((file.role, file.role.strip_prefix(&self.copies)?)));
        for (copy, made) in copies {
            if !files.iter().any(|file| file.role == made) {
                alone.push(format!("`{copy}` is a copy of nothing: there is no input `{made}`"));
            }
        }
        if !alone.is_empty() || compared.is_empty() {
            alone.extend(compared.is_empty().then(|| {
                format!("there is nothing to compare: `inputs: {{x: STAGE.OUTPUT}}` beside `files: {{{}x: PATH}}`", self.copies)
            }));
            return Err(StagesError::NotCompared { faults: alone });
        }
        compared.sort_by(|one, other| one.file.cmp(&other.file));
        let told: Vec<String> =
            compared.iter().filter(|file| file.verdict == Verdict::Differs).map(headline).collect();
        Ok(Outputs::new()
            .with("comparison", Artifact::Text(text(&compared)))
            .with("files", Artifact::json(&compared)?)
            .warn(told))
    }
}

impl CompareFiles {
    fn compared(&self, made: &InputFile<'_>, copy: &InputFile<'_>) -> FileComparison {
        let place = copy.place.map(|place| place.display().to_string().replace('\\', "/"));
        let file = place.unwrap_or_else(|| made.role.to_owned());
        if made.bytes == copy.bytes {
            return FileComparison { file, ..FileComparison::default() };
        }
        let ending = Path::new(&file).extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let ending = ending.unwrap_or_else(|| made.extension.to_owned());
        let of_kind =
            |kind| artifact_differences(kind, copy.bytes, made.bytes, &Excerpt::default(), self.shown);
        let differences = match ending.as_str() {
            "parquet" => Some(of_kind(Kind::Frame)),
            "json" => Some(of_kind(Kind::Json)),
            table if TABLES.contains(&table) => {
                TableDifferences.describe(Path::new(&file), None, copy.bytes, made.bytes, self.shown)
            }
            _ => None,
        };
        if let Some(differences) = differences {
            let other = differences.count();
            let verdict = if other == 0 { Verdict::SameNumbers } else { Verdict::Differs };
            let shown = differences.shown.iter().map(ToString::to_string).collect();
            let note = differences.note;
            return FileComparison { file, verdict, other, shown, note, ..FileComparison::default() };
        }
        let is_text = TEXTS.contains(&ending.as_str());
        match (as_text(copy.bytes, is_text), as_text(made.bytes, is_text)) {
            (Some(there), Some(here)) => {
                self.texts(file, &there, &here, !SEPARATED.contains(&ending.as_str()))
            }
            _ => {
                let note = Some(format!("{} bytes there, {} here", copy.bytes.len(), made.bytes.len()));
                FileComparison { file, verdict: Verdict::OtherBytes, note, ..FileComparison::default() }
            }
        }
    }

    fn texts(&self, file: String, there: &str, here: &str, grouped: bool) -> FileComparison {
        let (old, new) = (Line::all(there, grouped), Line::all(here, grouped));
        let mut found = FileComparison { file, ..FileComparison::default() };
        for pair in pair_lines(&words(&old), &words(&new)) {
            let (one, other) = match pair {
                RowPair::Both { before, after } => (old.get(before), new.get(after)),
                RowPair::Gone(line) => (old.get(line), None),
                RowPair::New(line) => (None, new.get(line)),
            };
            found.lines(one, other, self.shown);
        }
        found.verdict = match (found.differing + found.other, found.last_digit) {
            (0, 0) => Verdict::SameNumbers,
            (0, _) => Verdict::LastDigits,
            _ => Verdict::Differs,
        };
        found
    }
}

fn words<'l>(lines: &'l [Line<'_>]) -> Vec<&'l str> {
    lines.iter().map(|line| line.printed.words.as_str()).collect()
}

/// A line of a text.
struct Line<'t> {
    number: usize,
    text: &'t str,
    printed: PrintedLine,
}

impl<'t> Line<'t> {
    fn all(text: &'t str, grouped: bool) -> Vec<Self> {
        let line = |(at, line): (usize, &'t str)| Self {
            number: at + 1,
            text: line.trim(),
            printed: PrintedLine::read(line, grouped),
        };
        text.lines().enumerate().map(line).collect()
    }
}

impl FileComparison {
    /// Compares a line with what it became, or notes one that has nothing on the other side. A time of day differs from
    /// run to run, and an empty line says nothing.
    fn lines(&mut self, there: Option<&Line<'_>>, here: Option<&Line<'_>>, most: usize) {
        let all_are = |is: fn(&Line<'_>) -> bool| [there, here].into_iter().flatten().all(is);
        if all_are(|line| line.printed.has_clock) || all_are(|line| line.text.is_empty()) {
            return;
        }
        let text = match (there, here) {
            (Some(there), Some(here)) if there.printed.words == here.printed.words => {
                return self.numbers_of(there, here, most);
            }
            (Some(there), Some(here)) => {
                format!("line {}: `{}` there, `{}` here", here.number, there.text, here.text)
            }
            (Some(line), None) => format!("line {} is there alone: `{}`", line.number, line.text),
            (None, Some(line)) => format!("line {} is here alone: `{}`", line.number, line.text),
            (None, None) => return,
        };
        self.other += 1;
        self.show(text, most);
    }

    /// Compares the numbers of two lines with the same words.
    fn numbers_of(&mut self, there: &Line<'_>, here: &Line<'_>, most: usize) {
        for (one, other) in there.printed.numerals.iter().zip(&here.printed.numerals) {
            self.numbers += 1;
            let how = match one.agreement(other) {
                PrintedAgreement::Same => continue,
                PrintedAgreement::LastDigit => {
                    self.last_digit += 1;
                    ", the last digit"
                }
                PrintedAgreement::Differs => {
                    self.differing += 1;
                    ""
                }
            };
            self.show(
                format!("line {}: {} there, {} here{how}", here.number, one.text(), other.text()),
                most,
            );
        }
    }

    fn show(&mut self, difference: String, most: usize) {
        if self.shown.len() < most {
            self.shown.push(difference);
        }
    }
}

/// Text in UTF-8, or as Windows' programs wrote it where a file's name says that it is text.
fn as_text(bytes: &[u8], is_text: bool) -> Option<Cow<'_, str>> {
    match std::str::from_utf8(bytes) {
        _ if bytes.contains(&0) => None,
        Ok(text) => Some(Cow::Borrowed(text)),
        Err(_) if is_text => Some(encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0),
        Err(_) => None,
    }
}

/// One line on a file.
fn headline(file: &FileComparison) -> String {
    let FileComparison { file: name, numbers, last_digit, differing, other, .. } = file;
    let told = match file.verdict {
        Verdict::Same => "the same, byte for byte".to_owned(),
        Verdict::SameNumbers if *numbers == 0 => "the same values, written otherwise".to_owned(),
        Verdict::SameNumbers => format!("the same in all of {}, as printed", count(*numbers, "number")),
        Verdict::LastDigits => {
            format!("the last digit differs in {last_digit} of {}", count(*numbers, "number"))
        }
        Verdict::OtherBytes => "other bytes; no numbers that can be read".to_owned(),
        Verdict::Differs => {
            let mut parts = Vec::new();
            if *differing > 0 {
                let verb = if *differing == 1 { "differs" } else { "differ" };
                parts.push(format!("{differing} of {} {verb}", count(*numbers, "number")));
            }
            if *last_digit > 0 {
                parts.push(format!("{last_digit} in the last digit"));
            }
            match other {
                0 => {}
                1 if *numbers > 0 => parts.push("1 line differs in its words".to_owned()),
                _ if *numbers > 0 => parts.push(format!("{other} lines differ in their words")),
                1 => parts.push("1 place differs".to_owned()),
                _ => parts.push(format!("{other} places differ")),
            }
            parts.join(", ")
        }
    };
    format!("{name}: {told}")
}

fn text(files: &[FileComparison]) -> String {
    let mut text = String::new();
    for file in files {
        text.push_str(&headline(file));
        text.push('\n');
        for line in &file.shown {
            text.push_str(&format!("  {line}\n"));
        }
        let more = (file.last_digit + file.differing + file.other).saturating_sub(file.shown.len());
        if more > 0 {
            text.push_str(&format!("  and {more} more\n"));
        }
        if let Some(note) = &file.note {
            text.push_str(&format!("  {note}\n"));
        }
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use vintner_pipeline::Cancelled;

    use super::*;

    fn compared(name: &str, there: &[u8], here: &[u8]) -> String {
        let place = Path::new(name);
        let file = |role, place, bytes| InputFile { role, key: "", extension: "txt", place, bytes };
        let inputs = Inputs::from_files(
            [file("x", None, here), file("shipped_x", Some(place), there)],
            0,
            Cancelled::default(),
        );
        let compare = CompareFiles { copies: shipped(), shown: 3 };
        let [made, copy] =
            ["x", "shipped_x"].map(|role| inputs.files().find(|file| file.role == role).unwrap());
        text(&[compare.compared(&made, &copy)])
    }

    #[test]
    fn numbers_are_held_as_they_are_printed() {
        let there = "\\begin{tabular}\nx & 0.35 & (.12)\\\\\nN & 1,204\n% Tue, Mar 12, 2023 - 10:11:12\n";
        assert_eq!(compared("t.tex", there.as_bytes(), there.as_bytes()), "t.tex: the same, byte for byte\n");
        let rounded = there.replace("0.35", "0.3504").replace("10:11", "11:12");
        assert_eq!(
            compared("t.tex", there.as_bytes(), rounded.as_bytes()),
            "t.tex: the same in all of 3 numbers, as printed\n"
        );
        let moved = there.replace(".12", ".13").replace("1,204", "1,205").replace("tabular", "tabularx");
        assert_eq!(
            compared("t.tex", there.as_bytes(), moved.as_bytes()),
            "t.tex: 1 of 3 numbers differs, 1 in the last digit, 1 line differs in its words\n  \
             line 1: `\\begin{tabular}` there, `\\begin{tabularx}` here\n  \
             line 2: .12 there, .13 here, the last digit\n  line 3: 1,204 there, 1,205 here\n"
        );
    }

    #[test]
    fn lines_of_one_side_alone_are_shown() {
        assert_eq!(
            compared("a.csv", b"a,1\nb,2\nc,3\n", b"a,1\nc,3\nd,4\n"),
            "a.csv: 2 lines differ in their words\n  line 2 is there alone: `b,2`\n  line 3 is here alone: `d,4`\n"
        );
        assert_eq!(
            compared("a.png", b"\x89PNG\0", b"\x89PNG\0\0"),
            "a.png: other bytes; no numbers that can be read\n  5 bytes there, 6 here\n"
        );
        // As Windows wrote it.
        assert_eq!(
            compared("a.log", b"caf\xe9 1.50\n", b"caf\xe9 1.50\r\n"),
            "a.log: the same in all of 1 number, as printed\n"
        );
        assert_eq!(
            compared("a.json", b"{\"b\": 1.5}", b"{\"b\": 1.6}"),
            "a.json: 1 place differs\n  b: 1.5 -> 1.6\n"
        );
        // What isn't shown is counted once.
        assert_eq!(
            compared("a.json", b"[1, 2, 3, 4, 5]", b"[6, 7, 8, 9, 0]").lines().last(),
            Some("  and 2 more")
        );
    }
}
