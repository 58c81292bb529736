//! Headings on rows of their own within a table, each of which holds for the rows under it.

use std::collections::BTreeMap;

use vintner_diagnostics::did_you_mean;

use crate::cell::Cell;
use crate::fold::fold;
use crate::header::Header;
use crate::key_column::find_column;
use crate::problem::Problem;
use crate::rows::{Filled, GIVEN, Row};
use crate::source::Source;
use crate::tidying::Tidying;
use crate::yaml_word::yaml_word;

/// The first of the columns that headings make, behind those that are given.
const FIRST: u32 = GIVEN + (1 << 20);

/// So many rows are listed.
const LISTED: usize = 5;

/// The columns that headings make, the outermost first.
#[derive(Debug, Default)]
pub(crate) struct SectionColumns {
    levels: Vec<Level>,
}

#[derive(Debug)]
struct Level {
    name: String,
    /// The column in which the headings stand.
    column: u32,
    /// The headings by their folded texts, as they are declared.
    headings: BTreeMap<String, String>,
    not_headings: Vec<String>,
    before: Option<String>,
    /// Whether it is one of the key's.
    is_key: bool,
}

/// The heading above a row, by level.
#[derive(Debug, Clone, Default)]
pub(crate) struct Above(Vec<Option<String>>);

/// What a row is.
pub(crate) enum Seen {
    /// One of data, or a blank one.
    Data,
    /// A heading.
    Heading,
    /// A text alone that is known to be no heading.
    Other(String),
    /// A text alone of which it isn't known.
    Unknown(u32, String),
}

impl SectionColumns {
    /// The columns, named in the header beside its own; a fault for each that can't be.
    pub(crate) fn beside(tidying: &mut Tidying<'_>, header: &mut Header) -> Self {
        let source = tidying.asked.source;
        let mut levels = Vec::new();
        for (section, at) in source.sections.iter().zip(FIRST..) {
            if header.find(&section.name).is_ok() {
                tidying.fault(Problem {
                    cell: None,
                    message: format!("the table has a column {:?}, and sections are called so", section.name),
                    hint: "call them something else under `name` of `sections`".into(),
                });
                continue;
            }
            let Some(column) = find_column(tidying, header, &section.column) else { continue };
            header.cells.push((at, section.name.clone()));
            header.parts.push(vec![section.name.clone()]);
            levels.push(Level {
                name: section.name.clone(),
                column,
                headings: section.headings.iter().map(|text| (fold(text), heading(text))).collect(),
                not_headings: section.not_headings.iter().map(|text| fold(text)).collect(),
                before: section.before.clone(),
                is_key: source.keys().any(|key| *key == section.name),
            });
        }
        Self { levels }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    /// What holds above the first heading.
    pub(crate) fn begin(&self) -> Above {
        Above(self.levels.iter().map(|level| level.before.clone()).collect())
    }

    /// What a row is; a heading holds for the rows under it, until another of its level or of one further out comes.
    pub(crate) fn see(&self, above: &mut Above, row: &dyn Row) -> Seen {
        let Some((column, cell)) = row.first_from(1) else { return Seen::Data };
        if row.first_from(column + 1).is_some() {
            return Seen::Data;
        }
        let here = || self.levels.iter().enumerate().filter(|(_, level)| level.column == column);
        if here().next().is_none() {
            return Seen::Data;
        }
        let raw = cell.raw();
        let text = fold(&raw);
        if let Some((at, heading)) = here().find_map(|(at, level)| Some((at, level.headings.get(&text)?))) {
            for (own, (above, level)) in above.0.iter_mut().zip(&self.levels).enumerate().skip(at) {
                *above = if own == at { Some(heading.clone()) } else { level.before.clone() };
            }
            return Seen::Heading;
        }
        if here().any(|(_, level)| level.not_headings.contains(&text)) {
            return Seen::Other(raw.into_owned());
        }
        Seen::Unknown(column, raw.into_owned())
    }

    /// Takes note of a row that isn't one of data.
    pub(crate) fn note(&self, tidying: &mut Tidying<'_>, row: &dyn Row, seen: Seen) {
        match seen {
            Seen::Data => {}
            Seen::Heading => {
                let text = row.first_from(1).map(|(_, cell)| fold(&cell.raw())).unwrap_or_default();
                tidying.sections.insert(text);
            }
            Seen::Other(text) => tidying.count_text(row.number(), &text),
            Seen::Unknown(column, text) => {
                let problem = self.unknown(row.number(), column, &text);
                tidying.note_or_fault(row.number(), text, problem);
            }
        }
    }

    fn unknown(&self, row: u32, column: u32, text: &str) -> Problem {
        let own: Vec<&Level> = self.levels.iter().filter(|level| level.column == column).collect();
        let known = own.iter().flat_map(|level| level.headings.values());
        let near = did_you_mean(text, known.map(String::as_str));
        let near = near.map(|near| format!(", did you mean {near:?}?")).unwrap_or_default();
        let name = own.last().map(|level| level.name.as_str()).unwrap_or_default();
        Problem {
            cell: Some((row, column)),
            message: format!(
                "{text:?} stands alone in its row, and `sections` doesn't say whether it is a heading{near}"
            ),
            hint: format!(
                "if the rows under it are of it, list it in `headings` of the section {}; if it is a note, or a name without a \
                 value, in its `not_headings`",
                yaml_word(name)
            ),
        }
    }

    /// A fault where a row that was read has a section in its key and no heading above it; counts it otherwise.
    pub(crate) fn check(&self, tidying: &mut Tidying<'_>, above: &Above, row: u32) {
        for (level, heading) in self.levels.iter().zip(&above.0) {
            match heading {
                Some(_) => *tidying.filled.entry(level.name.clone()).or_default() += 1,
                None if level.is_key => {
                    let message =
                        format!("no heading of the section {} stands above the row", yaml_word(&level.name));
                    let hint = "say with `before` of `sections` what the rows above the first heading are of";
                    tidying.fault_at(row, level.column, message, hint);
                }
                None => {}
            }
        }
    }

    /// The column in which the headings of a column stand.
    pub(crate) fn place(source: &Source, header: &Header, column: u32) -> u32 {
        let level = column.checked_sub(FIRST).and_then(|at| source.sections.get(at as usize));
        level.and_then(|level| header.find(&level.column).ok()).map_or(column, |found| found.column)
    }
}

/// What rows under a heading are of: its text without a colon behind it.
fn heading(text: &str) -> String {
    text.trim().trim_end_matches([':', '：']).trim_end().to_owned()
}

/// A row with the headings above it.
pub(crate) struct SectionRow<'r> {
    pub(crate) row: &'r dyn Row,
    pub(crate) above: &'r Above,
}

impl Row for SectionRow<'_> {
    fn number(&self) -> u32 {
        self.row.number()
    }

    fn cell(&self, column: u32) -> Cell<'_> {
        let Some(at) = column.checked_sub(FIRST) else { return self.row.cell(column) };
        let heading = self.above.0.get(at as usize).and_then(Option::as_deref);
        heading.map_or(Cell::Empty, Cell::Text)
    }

    fn width(&self) -> u32 {
        self.row.width()
    }

    fn filled(&self, column: u32) -> Filled {
        self.row.filled(column)
    }

    fn has_year_alone(&self) -> Option<u32> {
        self.row.has_year_alone()
    }

    fn first_from(&self, column: u32) -> Option<(u32, Cell<'_>)> {
        self.row.first_from(column)
    }

    fn is_blank(&self) -> bool {
        self.row.is_blank()
    }
}

impl Tidying<'_> {
    /// What there is to say of headings once all rows were read.
    pub(crate) fn settle_headings(&mut self) {
        self.refuse_absent_headings();
        let rows = std::mem::take(&mut self.repeated_headers);
        let Some(first) = rows.first() else { return };
        let told = if rows.len() == 1 {
            format!("row {first} repeats the header, and isn't read")
        } else {
            let listed: Vec<String> = rows.iter().take(LISTED).map(u32::to_string).collect();
            let more = if rows.len() > LISTED { ", …" } else { "" };
            format!(
                "{} rows repeat the header, and aren't read: rows {}{more}",
                rows.len(),
                listed.join(", ")
            )
        };
        self.warn(format!("{told}; if another table begins there, set `last_row` in vintage.yaml"));
    }

    /// A fault for each heading that stands nowhere: the file has another, or it is written otherwise.
    fn refuse_absent_headings(&mut self) {
        let source = self.asked.source;
        let all = source
            .sections
            .iter()
            .flat_map(|section| section.headings.iter().map(move |text| (section, text)));
        let absent: Vec<(String, String)> = all
            .filter(|(_, text)| !self.sections.contains(&fold(text)))
            .map(|(section, text)| (section.name.clone(), text.clone()))
            .collect();
        if absent.is_empty() || self.rows_read == 0 {
            return;
        }
        let listed: Vec<String> =
            absent.iter().map(|(name, text)| format!("{text:?} of {}", yaml_word(name))).collect();
        self.fault(Problem {
            cell: None,
            message: format!("headings that stand alone in no row: {}", listed.join(", ")),
            hint: "write the headings as they are in the file, or leave them out of `sections`; rows above a heading aren't of \
                   it, and `skip_rows` skips headings, too"
                .into(),
        });
    }
}
