//! What must go together in a manifest, beyond fields and types.

mod corrections;
mod files;
mod keys;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use vintner_diagnostics::{Document, Faults, Node, NodeValue};

use crate::manifest::Manifest;
use crate::source::Source;

/// Everything that doesn't go together, each at its place.
pub(crate) fn check(manifest: &Manifest, document: &Document) -> Faults {
    let mut check = Check { document, faults: Faults::new() };
    if !is_date(&manifest.date) {
        let message = format!("`{}` is not a date", manifest.date);
        check.fault(document.node(&["date"]), message, "write it as YYYY-MM-DD");
    }
    // Where the raw folder is named, programs of others may read it as it is.
    if manifest.sources.is_empty() && manifest.raw.is_none() {
        check.fault(
            document.node(&["sources"]),
            "a vintage without sources".into(),
            "list at least one source",
        );
    }
    let nodes = items(document.node(&["sources"]));
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut units: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    for (index, source) in manifest.sources.iter().enumerate() {
        let place = Place { source: nodes.get(index) };
        let parts = source.files.keys().chain(&source.sheets).map(|part| source.part_name(part));
        for name in std::iter::once(source.name.clone()).chain(parts) {
            let message = format!("a second source called `{name}`");
            if !names.insert(name) {
                check.fault(place.field("name"), message, "give each source its own name");
            }
        }
        check.source(source, place);
        let column_nodes = items(place.field("columns"));
        for (position, column) in source.columns.iter().enumerate() {
            let (unit, first) = *units.entry(&column.variable).or_insert((&column.unit, &source.name));
            if unit != column.unit {
                let message = format!(
                    "`{}` is in {:?} here and in {unit:?} in source `{first}`",
                    column.variable, column.unit
                );
                let node = column_nodes.get(position);
                let node = node.and_then(|node| node.get("unit")).or(node).or(place.source);
                check.fault(node, message, "bring both to one unit with `scale`");
            }
        }
    }
    check.faults
}

/// The nodes of one source.
#[derive(Clone, Copy)]
struct Place<'a> {
    source: Option<&'a Node>,
}

impl<'a> Place<'a> {
    /// The field's node, or the source's own where it isn't written.
    fn field(self, name: &str) -> Option<&'a Node> {
        self.source.and_then(|node| node.get(name)).or(self.source)
    }
}

struct Check<'a> {
    document: &'a Document,
    faults: Faults,
}

impl Check<'_> {
    fn fault(&mut self, node: Option<&Node>, message: String, hint: &str) {
        let fault = self.document.fault(node.map(|node| node.span), message);
        self.faults.push(fault.hint(hint));
    }

    fn source(&mut self, source: &Source, place: Place<'_>) {
        if source.name.trim().is_empty() {
            self.fault(place.field("name"), "a source without a name".into(), "give it a name");
        } else if source.name.starts_with('.')
            || source.name.contains(|c: char| "/\\[]".contains(c) || c.is_control())
        {
            let message = format!("a source can't be called {:?}", source.name);
            // The name is that of the folder of its tidy values, and stands between the brackets of `tidy[name]`.
            let hint = "leave out slashes, brackets, line breaks and a dot at the beginning";
            self.fault(place.field("name"), message, hint);
        }
        self.files(source, place);
        if source.header_row == 0 {
            self.fault(
                place.field("header_row"),
                "rows are counted from 1".into(),
                "write 1 for the first row",
            );
        }
        if source.header_rows == 0 {
            let message = "a table has a header".into();
            self.fault(place.field("header_rows"), message, "write how many rows it has");
        }
        if source.header_rows > 15 || source.skip_rows > 1_000 {
            let message = "more rows than a header has".into();
            self.fault(
                place.field("header_rows"),
                message,
                "set `header_row` to the row of the column headers",
            );
        }
        if let Some((column, _)) = source.split.iter().find(|(_, separator)| separator.is_empty()) {
            let message = format!("nothing divides the keys of {column:?}");
            self.fault(place.field("split"), message, "write what stands between them, such as \",\"");
        }
        if !source.gap_years.is_empty() && source.covers.is_none() {
            let message = "`gap_years` are years within `covers`, which isn't there".into();
            self.fault(place.field("gap_years"), message, "write `covers: [first, last]`");
        }
        if source.last_row.is_some_and(|last| last <= source.header_row) {
            let message = "`last_row` is not below the header".into();
            self.fault(place.field("last_row"), message, "both count from the top of the file, from 1");
        }
        if let Some([first, last]) = source.covers.filter(|[first, last]| first > last) {
            let message = format!("`covers` runs backwards, from {first} to {last}");
            self.fault(place.field("covers"), message, "write the first year first");
        }
        if let (Some(year), Some([first, last])) = (source.year, source.covers)
            && !(first..=last).contains(&year)
        {
            let message = format!("the year {year} is out of what the source covers, {first} to {last}");
            self.fault(place.field("year"), message, "mend `year` or `covers`");
        }
        if let (Some([first, last]), Some(years)) = (source.covers, source.years_of_parts()) {
            let is_absent = |year: &i32| !years.contains(year) && !source.gap_years.contains(year);
            let absent: Vec<String> =
                (first..=last).filter(is_absent).take(20).map(|year| year.to_string()).collect();
            if !absent.is_empty() {
                let message = format!(
                    "`covers` promises {first} to {last}, and no file or sheet is of {}",
                    absent.join(", ")
                );
                let hint = format!("list it, or write `gap_years: [{}]`", absent.join(", "));
                self.fault(place.field("covers"), message, &hint);
            }
        }
        if source.promised.is_some() {
            let message = "`promised` is what Vintner says of one file of many".into();
            self.fault(place.field("promised"), message, "leave it out, and write `covers` and `gap_years`");
        }
        self.query(source, place);
        self.corrections(source, place);
        self.numbers(&source.numbers, place.field("numbers"));
        self.format(source, place);
        self.layout(source, place);
        self.within_year(source, place);
        self.entity_with(source, place);
        self.fill(source, place);
        self.sections(source, place);
        self.keeps_no_duplicates(source, place);
        self.columns(source, place);
    }

    fn forbid(&mut self, set: bool, field: &str, table: &str, place: Place<'_>) {
        if set {
            self.fault(
                place.field(field),
                format!("{table} has no `{field}`"),
                "leave it out, or mend `layout`",
            );
        }
    }
}

fn items(node: Option<&Node>) -> &[Node] {
    match node.map(|node| &node.value) {
        Some(NodeValue::Sequence(items)) => items,
        _ => &[],
    }
}

/// Whether a text is a date written as YYYY-MM-DD.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let digits = |text: &str, length: usize| {
        (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())
    };
    let number = |text: &str, length: usize| -> Option<u32> { digits(text, length).flatten() };
    number(year, 4).is_some()
        && number(month, 2).is_some_and(|month| (1..=12).contains(&month))
        && number(day, 2).is_some_and(|day| (1..=31).contains(&day))
}
