//! Variables that another vintage has, and the columns that they are looked for in.

use super::value_guess::ValueGuess;
use crate::fold::fold_header;
use crate::manifest::Manifest;
use crate::source::{Outside, ValueKind};

/// A variable that is known already, from the manifest of another vintage.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownVariable {
    /// Its id.
    pub variable: String,
    /// Headers that its columns go by elsewhere.
    pub headers: Vec<String>,
    /// Names of files and sheets in which it stands alone.
    pub places: Vec<String>,
    /// The unit of its tidy values.
    pub unit: String,
    /// The least and the largest value that can be right.
    pub range: Option<[Option<f64>; 2]>,
    /// The name of the source that it comes from.
    pub source: String,
    /// Whether that source keeps entities that the crosswalk doesn't know.
    pub keeps_outside: bool,
}

/// The variables of a manifest.
pub fn known_variables(manifest: &Manifest) -> Vec<KnownVariable> {
    let mut known: Vec<KnownVariable> = Vec::new();
    for source in &manifest.sources {
        for column in &source.columns {
            let headers = column.column.iter().cloned();
            let stem = source.file.rsplit_once('.').map_or(source.file.as_str(), |(stem, _)| stem);
            let alone = source.columns.len() == 1;
            let places = [Some(stem), source.sheet.as_deref()].into_iter().flatten().filter(|_| alone);
            match known.iter_mut().find(|one| one.variable == column.variable) {
                Some(one) => one.headers.extend(headers),
                None => known.push(KnownVariable {
                    variable: column.variable.clone(),
                    headers: headers.collect(),
                    places: places.map(str::to_owned).collect(),
                    unit: column.unit.clone(),
                    range: column.range,
                    source: source.name.clone(),
                    keeps_outside: source.outside() == Outside::Keep,
                }),
            }
        }
    }
    known
}

/// Whether a header is one that the variable goes by elsewhere.
pub(super) fn is_named(known: &KnownVariable, header: &str) -> bool {
    !header.is_empty() && known.headers.iter().any(|name| words(name) == header)
}

/// A column of values and the variable that it seems to be.
pub(super) struct Column<'a> {
    pub(super) value: &'a ValueGuess,
    pub(super) known: Option<&'a KnownVariable>,
    pub(super) sure: bool,
}

/// The columns of all tables with the variables that they seem to be, each variable once. Headers that are known word for word come first, in
/// whichever file, then those that are a variable's id, then those that contain one another, then the file's name for a table of one variable.
pub(super) fn matches<'a>(
    tables: &'a [(&str, &[ValueGuess])],
    known: &'a [KnownVariable],
) -> Vec<Vec<Column<'a>>> {
    let mut columns: Vec<Vec<Column>> = tables
        .iter()
        .map(|(_, values)| values.iter().map(|value| Column { value, known: None, sure: false }).collect())
        .collect();
    let mut taken: Vec<&str> = Vec::new();
    for pass in 0..4 {
        for ((file, values), own) in tables.iter().zip(&mut columns) {
            for column in
                own.iter_mut().filter(|column| column.known.is_none() && column.value.kind != ValueKind::Text)
            {
                let header = column.value.header.as_deref().map(words).unwrap_or_default();
                let hit = known.iter().find(|one| {
                    let mut names = one.headers.iter().chain([&one.variable]).map(|text| words(text));
                    let fits = match pass {
                        0 => is_named(one, &header),
                        1 => header == words(&one.variable),
                        2 => !header.is_empty() && names.any(|name| alike(&name, &header)),
                        _ => {
                            let stem = file.rsplit_once('.').map_or(*file, |(stem, _)| stem);
                            let mut places = one.places.iter().map(|text| words(text));
                            values.len() == 1
                                && (names.any(|name| contains(&words(file), &name))
                                    || places.any(|place| place == words(stem)))
                        }
                    };
                    fits && !taken.contains(&one.variable.as_str())
                });
                if let Some(one) = hit {
                    taken.push(&one.variable);
                    column.known = Some(one);
                    column.sure = pass < 2;
                }
            }
        }
    }
    columns
}

/// A header without what stands in parentheses, in lower case and one width.
pub(super) fn words(text: &str) -> String {
    let folded = fold_header(text).to_lowercase();
    let mut depth = 0_usize;
    let mut kept = String::new();
    for character in folded.chars() {
        match character {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            other if depth == 0 => kept.push(other),
            _ => {}
        }
    }
    kept
}

/// Whether one is a part of the other, and enough of it for that to mean something.
fn alike(one: &str, other: &str) -> bool {
    let (long, short) = if one.len() >= other.len() { (one, other) } else { (other, one) };
    contains(long, short) && 2 * short.chars().count() >= long.chars().count()
}

fn contains(long: &str, short: &str) -> bool {
    let least = if short.is_ascii() { 3 } else { 2 };
    short.chars().count() >= least && long.contains(short)
}
