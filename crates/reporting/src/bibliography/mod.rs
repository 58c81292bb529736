//! What a report cites: works from BibTeX files, and the files of its vintage.

mod bibtex;
mod entry;

use std::collections::BTreeMap;

pub use entry::BibliographyEntry;

use crate::error::{ReportingError, Result};
use crate::escape::escape_latex;
use crate::vintage_summary::VintageSummary;

/// Works by their keys, in the order of their files.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bibliography {
    entries: Vec<BibliographyEntry>,
    positions: BTreeMap<String, usize>,
    /// The files, for messages.
    files: Vec<String>,
    /// How many of the first are listed whether they are cited or not.
    always: usize,
}

impl Bibliography {
    /// Reads a BibTeX file's works after those that are there. Where `always` holds they are listed even
    /// if nothing cites them; such files are read first.
    ///
    /// # Errors
    /// A fault of the file with its line; a key that is there already.
    pub fn read(&mut self, file: &str, text: &str, always: bool) -> Result<()> {
        for (line, entry) in bibtex::read(file, text)? {
            if self.positions.insert(entry.key.clone(), self.entries.len()).is_some() {
                let message = format!("the key `{}` was given already; give each work its own", entry.key);
                return Err(ReportingError::Bibliography { file: file.into(), line, message });
            }
            self.entries.push(entry);
        }
        if always {
            self.always = self.entries.len();
        }
        self.files.push(file.into());
        Ok(())
    }

    /// The work of that key.
    pub fn entry(&self, key: &str) -> Option<&BibliographyEntry> {
        self.positions.get(key).and_then(|at| self.entries.get(*at))
    }

    /// The works that have one of these names among their `keywords`, in the order of the files.
    pub(crate) fn on(&self, names: &[&str]) -> Vec<&BibliographyEntry> {
        let fits = |entry: &&BibliographyEntry| {
            entry.field("keywords").split(';').any(|word| names.contains(&word.trim()))
        };
        self.entries.iter().filter(fits).collect()
    }

    /// What to say of a key that isn't there.
    pub(crate) fn unknown(&self, key: &str) -> String {
        let near = vintner_diagnostics::did_you_mean(key, self.positions.keys().map(String::as_str));
        let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        match self.files.as_slice() {
            [] => format!("there is no file of references that could have `{key}`"),
            files => format!("{} has no `{key}`{hint}", files.join(" or ")),
        }
    }

    /// The works to list: those that always are, and those cited, in the order of the files.
    pub fn listed(&self, cited: &[String]) -> Vec<&BibliographyEntry> {
        let is_listed =
            |(at, entry): &(usize, &BibliographyEntry)| *at < self.always || cited.contains(&entry.key);
        self.entries.iter().enumerate().filter(is_listed).map(|(_, entry)| entry).collect()
    }

    /// A BibTeX file of the works to list and of the vintage's files, for LaTeX.
    pub fn write(&self, cited: &[String], vintage: &VintageSummary) -> String {
        let works = self.listed(cited).into_iter().map(BibliographyEntry::write);
        let data = vintage.sources.iter().enumerate().map(|(at, source)| {
            let field = |name: &str, text: &str| match text.trim() {
                "" => String::new(),
                text => format!("  {name} = {{{{{}}}}},\n", bibtex_text(text)),
            };
            let year: String = vintage.date.chars().take_while(char::is_ascii_digit).collect();
            let note = format!("Vintage {}, SHA-256 {}", vintage.name, source.sha256);
            format!(
                "@misc{{{},\n{}{}{}{}{}}}\n",
                Self::data_key(at),
                field("key", &Self::data_key(at)),
                field("title", &source.file),
                field("howpublished", &source.citation.en),
                field("year", &year),
                field("note", &note),
            )
        });
        let texts: Vec<String> = works.chain(data).collect();
        texts.join("\n")
    }

    /// The key of a vintage's file, by its place among them.
    pub(crate) fn data_key(at: usize) -> String {
        format!("data-{}", at + 1)
    }
}

/// Text within a BibTeX field, which counts braces whatever stands before them.
fn bibtex_text(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|character| match character {
            '{' => '(',
            '}' => ')',
            other => other,
        })
        .collect();
    escape_latex(&plain)
}

#[cfg(test)]
mod tests {
    use vintner_panel::Label;

    use super::*;
    use crate::vintage_summary::SourceSummary;

    const WORKS: &str = "@comment{none}\n@article{first,\n  author = {One, Anna and Two, Ben},\n  title = {A {GDP} of its own},\n  \
                         journal = \"Journal\",\n  year = 2001,\n  volume = {3}, number = {4}, pages = {5--6},\n}\n\
                         @book{second, author={Drei, C.}, title={Book}, publisher={House}, year={1999}}\n";

    fn works() -> Bibliography {
        let mut works = Bibliography::default();
        works.read("works.bib", WORKS, false).unwrap();
        works
    }

    #[test]
    fn works_are_read() {
        let works = works();
        let first = works.entry("first").unwrap();
        assert_eq!(first.field("title"), "A GDP of its own");
        assert_eq!(first.field("journal"), "Journal");
        assert_eq!((first.field("year"), first.field("pages")), ("2001", "5–6"));
        assert_eq!(first.surnames(), ["One", "Two"]);
        assert_eq!(works.listed(&["second".into()]).len(), 1);
        assert!(works.unknown("frist").contains("works.bib has no `frist`; did you mean `first`?"));
    }

    #[test]
    fn braces_protect_quotes() {
        let mut works = Bibliography::default();
        works
            .read("w.bib", "@misc{k, title = \"The {\"}new{\"} {A} of B\", year = \"2001\"}", false)
            .unwrap();
        let work = works.entry("k").unwrap();
        assert_eq!((work.field("title"), work.field("year")), ("The \"new\" A of B", "2001"));
        assert!(works.read("w.bib", "@misc{l, title = \"a {\"}", false).is_err());
    }

    #[test]
    fn faults_have_their_line() {
        for (text, line) in
            [("\n\n@article{a, title={x", 3), ("@article{a, title}", 1), ("\n@x{a,}\n@y{a,}", 3)]
        {
            let error = Bibliography::default().read("w.bib", text, false).unwrap_err().to_string();
            assert!(error.starts_with(&format!("w.bib:{line}:")), "{error}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let vintage = VintageSummary {
            name: "v".into(),
            title: Label::new("V"),
            kind: "public".into(),
            date: "2020-01-31".into(),
            notice: None,
            review: Vec::new(),
            sources: vec![SourceSummary {
                file: "a_{b}\\.csv".into(),
                sha256: "00".into(),
                citation: Label::new("}, evil = {x & y%"),
                licence: Label::new(""),
                url: String::new(),
                rows: None,
                corrections: Vec::new(),
                flags: String::new(),
                codes: String::new(),
            }],
        };
        let text = works().write(&["first".into()], &vintage);
        let mut again = Bibliography::default();
        again.read("again.bib", &text, true).unwrap();
        assert_eq!(again.listed(&[]).len(), 2);
        assert_eq!(again.entry("first"), works().entry("first"));
        assert!(again.entry("data-1").unwrap().field("evil").is_empty(), "{text}");
    }
}
