//! Crosswalks: from the many names that sources give an entity to its one id.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use vintner_diagnostics::{Fault, Faults, Span, did_you_mean};
use vintner_panel::{Entity, Label};

use crate::delimited;
use crate::delimited::Dialect;
use crate::error::{IngestError, Result};
use crate::fold::{fold, fold_loosely, fold_name};
use crate::grid::GridRow;

const COLUMNS: [&str; 6] = ["id", "en", "zh", "aliases", "prefixes", "suffixes"];

/// The entities of a study, in the order in which they are shown, and their names.
///
/// Read from CSV with the columns `id,en,zh,aliases,prefixes,suffixes`, of which the last four may
/// be absent or empty; the last three hold any number of texts separated by `|`. An entity is known
/// by its id, its English name, and by its Chinese name and each alias with or without one of its
/// prefixes before and one of its suffixes after it. What names look like is data: no rule is
/// built in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crosswalk {
    entities: Vec<Entity>,
    names: BTreeMap<String, usize>,
    /// Names without case; nothing for one that stands for two entities so.
    caseless: BTreeMap<String, Option<usize>>,
    /// Names without case and accents, for suggestions.
    loose: BTreeMap<String, usize>,
    stems: Vec<(String, usize)>,
    prefixes: Vec<String>,
    suffixes: Vec<String>,
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameMatch<'a> {
    /// The entity with this id.
    Entity(&'a str),
    /// No entity of the crosswalk.
    Outside {
        /// The name less the longest prefix and the longest suffix that any entity declares.
        stripped: String,
        /// The entity, one of whose names is a part of this name.
        near: Option<&'a str>,
    },
}

impl Crosswalk {
    /// Reads a crosswalk from a file.
    ///
    /// # Errors
    /// Where the file can't be read, and as [`Crosswalk::parse`].
    pub fn read(path: &Path) -> Result<Self> {
        let text = vintner_guard::read_text(path)
            .map_err(|problem| IngestError::Io { path: path.to_owned(), problem })?;
        Self::parse(&path.display().to_string(), &text).map_err(IngestError::Crosswalk)
    }

    /// Reads a crosswalk from text; `file` is the name that faults give.
    ///
    /// # Errors
    /// An unknown column, an id that is empty or comes twice, and a name that stands for two
    /// entities, all at once.
    pub fn parse(file: &str, text: &str) -> std::result::Result<Self, Faults> {
        let mut reading = Reading { file, text, faults: Faults::new(), ids: HashMap::new() };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let rows = match delimited::parse(
            text,
            Dialect { delimiter: ',', comment: Some("#"), skips_space: false },
        ) {
            Ok(rows) => rows,
            Err(wrong) => {
                return Err(reading.fault(wrong.line, wrong.message.into_owned()).hint(wrong.hint).into());
            }
        };
        let Some((header, rows)) = rows.split_first() else {
            return Err(reading.fault(1, "an empty crosswalk").hint(header_hint()).into());
        };
        let columns = reading.columns(header);
        if !columns.contains_key("id") {
            return Err(reading.faults);
        }
        let mut crosswalk = Self {
            entities: Vec::new(),
            names: BTreeMap::new(),
            caseless: BTreeMap::new(),
            loose: BTreeMap::new(),
            stems: Vec::new(),
            prefixes: Vec::new(),
            suffixes: Vec::new(),
        };
        let mut lines = Vec::new();
        for row in rows {
            crosswalk.add(&mut reading, &columns, row, &mut lines);
        }
        if crosswalk.entities.is_empty() && reading.faults.is_empty() {
            let fault = reading.fault(header.number, "a crosswalk without entities");
            reading.faults.push(fault.hint("add a line for each entity"));
        }
        // The longest first, so that the longest is stripped.
        for affixes in [&mut crosswalk.prefixes, &mut crosswalk.suffixes] {
            affixes.sort_by(|a, b| b.chars().count().cmp(&a.chars().count()).then_with(|| a.cmp(b)));
            affixes.dedup();
        }
        reading.faults.or(crosswalk)
    }

    fn add(
        &mut self,
        reading: &mut Reading<'_>,
        columns: &BTreeMap<&'static str, u32>,
        row: &GridRow,
        lines: &mut Vec<u32>,
    ) {
        let field = |name: &str| columns.get(name).map(|&at| fold(&row.cell(at).raw())).unwrap_or_default();
        let list = |name: &str| -> Vec<String> {
            field(name).split('|').map(fold_name).filter(|text| !text.is_empty()).collect()
        };
        let id = field("id");
        if id.is_empty() {
            let fault = reading.fault(row.number, "an entity without an id");
            reading.faults.push(fault.hint("give it an id, unique in the crosswalk"));
            return;
        }
        if let Some(&first) = reading.ids.get(&id) {
            let line = lines.get(first).copied().unwrap_or_default();
            let fault = reading.fault(row.number, format!("the id `{id}` is taken by line {line}"));
            reading.faults.push(fault.hint("an entity has one line; put its other names into `aliases`"));
            return;
        }
        let index = self.entities.len();
        reading.ids.insert(id.clone(), index);
        let (en, zh) = (field("en"), field("zh"));
        let en = if en.is_empty() { id.clone() } else { en };
        let (prefixes, suffixes) = (list("prefixes"), list("suffixes"));
        let bare = std::iter::once(String::new());
        let affixed = |stem: &str| -> Vec<String> {
            let before: Vec<String> = bare.clone().chain(prefixes.iter().cloned()).collect();
            let after: Vec<String> = bare.clone().chain(suffixes.iter().cloned()).collect();
            let with = |prefix: &String| -> Vec<String> {
                after.iter().map(|suffix| fold_name(&format!("{prefix}{stem}{suffix}"))).collect()
            };
            before.iter().flat_map(with).collect()
        };
        let stems: Vec<String> =
            std::iter::once(fold_name(&zh)).filter(|zh| !zh.is_empty()).chain(list("aliases")).collect();
        let mut names = vec![fold_name(&id), fold_name(&en)];
        names.extend(stems.iter().flat_map(|stem| affixed(stem)));
        for name in names {
            match self.names.get(&name) {
                Some(&other) if other != index => {
                    let owner = self.entities.get(other).map(|entity| entity.id.as_str()).unwrap_or_default();
                    let line = lines.get(other).copied().unwrap_or_default();
                    let message = format!("{name:?} stands for `{id}` and, on line {line}, for `{owner}`");
                    let fault = reading.fault(row.number, message);
                    reading
                        .faults
                        .push(fault.hint("a name stands for one entity; make the aliases distinct"));
                }
                _ => {
                    let caseless = self.caseless.entry(name.to_lowercase()).or_insert(Some(index));
                    *caseless = caseless.filter(|other| *other == index);
                    self.loose.entry(fold_loosely(&name)).or_insert(index);
                    self.names.insert(name, index);
                }
            }
        }
        self.stems.extend(stems.into_iter().chain([fold_name(&en)]).map(|stem| (stem, index)));
        self.prefixes.extend(prefixes);
        self.suffixes.extend(suffixes);
        let zh = (!zh.is_empty()).then_some(zh);
        self.entities.push(Entity { id, label: Label { en, zh } });
        lines.push(row.number);
    }

    /// The entities in the order of the file, which is that of tables.
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// What `name` stands for, whatever its white space, character width, kind of apostrophe and way of typing accents.
    pub fn find(&self, name: &str) -> NameMatch<'_> {
        self.find_by(name, false)
    }

    /// As [`Crosswalk::find`], whatever its case, too.
    pub fn find_caseless(&self, name: &str) -> NameMatch<'_> {
        self.find_by(name, true)
    }

    /// The entity whose name is nearest to one that is none, with that name; nothing where none is near.
    pub fn nearest(&self, name: &str) -> Option<(&str, &str)> {
        let loose = fold_loosely(name);
        if loose.is_empty() {
            return None;
        }
        let of = |index: usize| self.entities.get(index).map(|entity| entity.id.as_str());
        let (found, index) = match self.loose.get_key_value(&loose) {
            Some((found, index)) => (found.as_str(), *index),
            None => {
                let near = did_you_mean(&loose, self.loose.keys().map(String::as_str))?;
                // One letter of two or three is another name.
                (near.chars().count() >= 4).then_some(())?;
                (near, *self.loose.get(near)?)
            }
        };
        let written = self.names.iter().find(|(name, own)| **own == index && fold_loosely(name) == found);
        Some((of(index)?, written.map_or(found, |(name, _)| name.as_str())))
    }

    fn find_by(&self, name: &str, caseless: bool) -> NameMatch<'_> {
        let folded = fold_name(name);
        let lower = || self.caseless.get(&folded.to_lowercase()).copied().flatten().filter(|_| caseless);
        let index = self.names.get(&folded).copied().or_else(lower);
        if let Some(entity) = index.and_then(|index| self.entities.get(index)) {
            return NameMatch::Entity(&entity.id);
        }
        let near = self
            .stems
            .iter()
            .find(|(stem, _)| is_telling(stem) && folded.contains(stem.as_str()))
            .and_then(|&(_, index)| self.entities.get(index))
            .map(|entity| entity.id.as_str());
        NameMatch::Outside { stripped: self.stripped(&folded), near }
    }

    /// The name less the longest prefix and the longest suffix that any entity declares, as long as
    /// something is left.
    fn stripped(&self, folded: &str) -> String {
        let rest = |rest: &&str| !rest.is_empty();
        let name = self.prefixes.iter().find_map(|prefix| folded.strip_prefix(prefix.as_str()).filter(rest));
        let name = name.unwrap_or(folded);
        let stem = self.suffixes.iter().find_map(|suffix| name.strip_suffix(suffix.as_str()).filter(rest));
        stem.unwrap_or(name).to_owned()
    }
}

/// Whether finding a name inside another says anything: two characters do in Chinese, four in
/// ASCII.
fn is_telling(stem: &str) -> bool {
    stem.chars().count() >= if stem.is_ascii() { 4 } else { 2 }
}

fn header_hint() -> String {
    format!("the first line is `{}`", COLUMNS.join(","))
}

struct Reading<'a> {
    file: &'a str,
    text: &'a str,
    faults: Faults,
    /// The entities' places by their ids.
    ids: HashMap<String, usize>,
}

impl Reading<'_> {
    fn fault(&self, line: u32, message: impl Into<String>) -> Fault {
        let line = line as usize;
        let source_line = self.text.lines().nth(line.saturating_sub(1)).map(str::to_owned);
        Fault {
            file: self.file.to_owned(),
            span: Some(Span { line, column: 1, length: 0 }),
            message: message.into(),
            hint: None,
            source_line,
        }
    }

    fn columns(&mut self, header: &GridRow) -> BTreeMap<&'static str, u32> {
        let mut columns = BTreeMap::new();
        for (content, at) in header.cells.iter().zip(1u32..) {
            let text = fold(&content.raw());
            match COLUMNS.iter().find(|name| **name == text) {
                Some(name) if columns.contains_key(name) => {
                    let fault = self.fault(header.number, format!("the column `{name}` comes twice"));
                    self.faults.push(fault.hint(header_hint()));
                }
                Some(name) => {
                    columns.insert(*name, at);
                }
                None => {
                    let near = did_you_mean(&text, COLUMNS).map(|name| format!("did you mean `{name}`?"));
                    let fault = self.fault(header.number, format!("unknown column `{text}`"));
                    self.faults.push(fault.hint(near.unwrap_or_else(header_hint)));
                }
            }
        }
        if !columns.contains_key("id") {
            let fault = self.fault(header.number, "no column `id`");
            self.faults.push(fault.hint(header_hint()));
        }
        columns
    }
}
