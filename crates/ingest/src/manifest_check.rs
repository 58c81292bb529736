//! What must go together in a manifest, beyond fields and types.

use std::collections::{BTreeMap, BTreeSet};

use encoding_rs::Encoding;
use vintner_diagnostics::{Document, Faults, Node, NodeValue, did_you_mean};
use vintner_panel::{Frequency, tidy_columns};

use crate::cell::Cell;
use crate::checksum::Checksum;
use crate::file_pattern::{FilePattern, Given};
use crate::fold::fold;
use crate::format::Format;
use crate::layout::Layout;
use crate::manifest::Manifest;

use crate::number_rule::{DecimalMark, Grouping, NumberRule, Percent};
use crate::query::QueryKind;
use crate::source::{Duplicates, Fill, Outside, Source, ValueColumn, ValueKind};
use crate::year::{YearProblem, parse_marked_year};

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
    let mut names: BTreeMap<String, ()> = BTreeMap::new();
    let mut units: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    for (index, source) in manifest.sources.iter().enumerate() {
        let place = Place { source: nodes.get(index) };
        let parts = source.files.keys().chain(&source.sheets).map(|part| source.part_name(part));
        for name in std::iter::once(source.name.clone()).chain(parts) {
            let message = format!("a second source called `{name}`");
            if names.insert(name, ()).is_some() {
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

    fn query(&mut self, source: &Source, place: Place<'_>) {
        let Some(query) = &source.query else { return };
        let Some(kind) = query.kind() else {
            let message = "`query` names no service and no database, or several".into();
            let hint = "write `fred`, `world_bank`, `sdmx` with `flow`, or `sql` with one of `postgres`, `sqlite`, `duckdb`";
            return self.fault(place.field("query"), message, hint);
        };
        let due = match kind {
            QueryKind::Fred | QueryKind::Sdmx => Format::Csv,
            QueryKind::WorldBank | QueryKind::Sql => Format::Parquet,
        };
        if source.format != due {
            let message = format!(
                "what this query is answered is kept as {}, and the format is {}",
                due.name(),
                source.format.name()
            );
            self.fault(place.field("format"), message, "mend `format`, and the ending of `file`");
        }
    }

    fn corrections(&mut self, source: &Source, place: Place<'_>) {
        let nodes = items(place.field("corrections"));
        for (at, correction) in source.corrections.iter().enumerate() {
            let node = nodes.get(at).or(place.source);
            let field = |name: &str| node.and_then(|node| node.get(name)).or(node);
            if correction.place().is_none() {
                let message = format!("`{}` names no cell", correction.cell);
                self.fault(field("cell"), message, "write its column's letters and its row: D15");
            }
            let is_many = !source.files.is_empty() || !source.sheets.is_empty();
            let is_there = |part: &String| source.files.contains_key(part) || source.sheets.contains(part);
            match &correction.part {
                None if is_many => {
                    let message = format!("`{}` is a cell of several files or sheets", correction.cell);
                    self.fault(field("cell"), message, "say which one is meant: `in: NAME`");
                }
                Some(part) if !is_there(part) => {
                    let message = format!("the source has no file or sheet {part:?} by name");
                    self.fault(
                        field("in"),
                        message,
                        "name one of `files` or `sheets`; leave `in` out where there is one alone",
                    );
                }
                _ => {}
            }
            let earlier = source.corrections.get(..at).unwrap_or_default();
            if earlier.iter().any(|other| other.cell == correction.cell && other.part == correction.part) {
                let message = format!("a second correction of {}", correction.cell);
                self.fault(field("cell"), message, "correct a cell once");
            }
            for (name, text) in [("reason", &correction.reason), ("source", &correction.source)] {
                if text.trim().is_empty() {
                    let message = format!("a correction without its {name}");
                    self.fault(field(name), message, "say why, and where the right value is from");
                }
            }
        }
    }

    fn numbers(&mut self, rule: &NumberRule, node: Option<&Node>) {
        let mark = match rule.decimal {
            Some(DecimalMark::Point) => Some(Grouping::Point),
            Some(DecimalMark::Comma) => Some(Grouping::Comma),
            None => None,
        };
        let indian = rule.grouping.contains(&Grouping::Indian)
            && (rule.decimal == Some(DecimalMark::Comma) || rule.grouping.contains(&Grouping::Point));
        let both =
            indian || rule.grouping.contains(&Grouping::Point) && rule.grouping.contains(&Grouping::Comma);
        if mark.is_some_and(|mark| rule.grouping.contains(&mark)) || both {
            let message = "one mark can't stand both before a fraction and between groups".into();
            self.fault(node, message, "write `decimal` and `grouping` as two marks, such as \",\" and \".\"");
        }
        let is_digit =
            |text: &str| text.chars().any(|character| character.is_ascii_digit() || ".,".contains(character));
        for sign in rule.currency.iter().filter(|sign| sign.trim().is_empty() || is_digit(sign)) {
            self.fault(
                node,
                format!("{sign:?} is no currency sign"),
                "for example `currency: [\"$\", \"US$\"]`",
            );
        }
        let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit() || ".,+-".contains(c));
        for flag in rule.flags.0.keys().filter(|flag| is_number(flag.trim())) {
            let message = format!("the flag {flag:?} may be a part of a number");
            let hint =
                "a flag is a mark such as \"p\", \"*\" or \"[{digits}]\"; raised digits are \"{raised}\"";
            self.fault(node, message, hint);
        }
    }

    fn files(&mut self, source: &Source, place: Place<'_>) {
        let digits = "write the 64 hex digits that `sha256sum FILE` prints";
        let many = source.file.contains(['*', '{']) && source.sha256.is_empty();
        if source.files.is_empty() {
            if source.file.is_empty() {
                let hint = "name the file, or list many as `files`";
                self.fault(place.source, "missing field `file`".into(), hint);
            } else if many {
                let message = format!("{:?} stands for many files, and none is listed", source.file);
                self.fault(place.field("file"), message, "list them: `files: {NAME: its sha256}`");
            } else if source.sha256.is_empty() {
                self.fault(place.source, "missing field `sha256`".into(), digits);
            } else if source.sha256 == "fetch" && (source.url.is_some() || source.query.is_some()) {
                // `vintner vintage fetch` writes the checksum there.
            } else if Checksum::parse(&source.sha256).is_none() {
                let message = format!("`{}` is not a SHA-256 checksum", source.sha256);
                self.fault(place.field("sha256"), message, digits);
            }
        } else if !source.sha256.is_empty() {
            let message = "each of the `files` has its own checksum".into();
            self.fault(place.field("sha256"), message, "leave `sha256` out");
        }
        if !source.files.is_empty()
            && !source.file.is_empty()
            && let Err(message) = FilePattern::parse(&source.file)
        {
            let hint = "`*` stands for anything, `{year}` for the value of the column `year`";
            self.fault(place.field("file"), format!("{:?}: {message}", source.file), hint);
            return;
        }
        let node = place.field("files");
        for (file, sha256) in &source.files {
            let node = node.and_then(|node| node.get(file)).or(node);
            if file.split('/').any(|part| part.is_empty() || part == "." || part == "..") {
                let message = format!("{file:?} isn't a path below the raw folder");
                self.fault(node, message, "name it as it lies there, folders divided by slashes");
            }
            if Checksum::parse(sha256).is_none() {
                self.fault(node, format!("`{sha256}` is not a SHA-256 checksum"), digits);
            }
            match source.given_by(file) {
                Err(message) => self.fault(node, message, "mend the name, or the pattern `file`"),
                Ok(given) => self.time_given(source, &given, node),
            }
        }
        self.time_given(source, &source.given, place.field("given"));
        for column in source.columns.iter().filter_map(|column| column.column.as_ref()) {
            if source.given.contains_key(column) {
                let message = format!("the values of {column:?} stand in no cell");
                self.fault(
                    place.field("given"),
                    message,
                    "what is given is a key, or a condition of `where`",
                );
            }
        }
    }

    /// That a time which is given is one.
    fn time_given(&mut self, source: &Source, given: &Given, node: Option<&Node>) {
        let Some(text) = source.time.as_ref().and_then(|time| given.get(time)) else { return };
        let problem = match source.period_of_times() {
            Some(reading) => reading.read(&source.in_common_years(text)).err().map(|error| error.to_string()),
            None => match parse_marked_year(Cell::of_text(text), source.years()) {
                Ok(found) if found.mark.is_none() => None,
                Ok(_) => Some(YearProblem::Text.message(text)),
                Err(problem) => Some(problem.message(text)),
            },
        };
        if let Some(message) = problem {
            self.fault(node, message, "mend the name, the pattern `file`, or `period`");
        }
    }

    fn format(&mut self, source: &Source, place: Place<'_>) {
        let format = source.format;
        let label = source.encoding_label();
        if Encoding::for_label_no_replacement(label.as_bytes()).is_none() {
            let hint = "use a label of the WHATWG Encoding Standard, such as utf-8, gb18030 or big5";
            self.fault(place.field("encoding"), format!("no encoding is called `{label}`"), hint);
        }
        if source.delimiter.as_deref().is_some_and(|text| text.chars().count() != 1) {
            self.fault(place.field("delimiter"), "a delimiter is one character".into(), "for example \";\"");
        }
        if source.comment.as_deref() == Some("") {
            let message = "every line begins with an empty text".into();
            self.fault(
                place.field("comment"),
                message,
                "name what a comment line begins with, or leave it out",
            );
        }
        let text_only = [
            ("encoding", source.encoding.is_some() && !format.has_encoding()),
            ("delimiter", source.delimiter.is_some()),
            ("comment", source.comment.is_some()),
            ("skip_initial_space", source.skip_initial_space),
        ];
        if !source.value_labels.is_empty() && !format.has_value_labels() {
            let message = format!(
                "`value_labels` belongs to files that have such, and the format is {}",
                format.name()
            );
            self.fault(place.field("value_labels"), message, "leave it out, or mend `format`");
        }
        if format.is_columnar() && source.header_row != 1 {
            let message = format!("the names of a {}'s columns are its row 1", format.in_words());
            self.fault(place.field("header_row"), message, "leave `header_row` out");
        }
        for (field, _) in text_only.iter().filter(|(_, set)| *set && !format.is_text()) {
            let message = format!("`{field}` belongs to text, and the format is {}", format.name());
            self.fault(place.field(field), message, "leave it out, or mend `format`");
        }
        if source.hidden.is_some()
            && !matches!(format, Format::Xlsx | Format::Xls | Format::Ods | Format::Html)
        {
            let message = format!(
                "`hidden` belongs to xlsx, xls and ods workbooks and HTML pages, and the format is {}",
                format.name()
            );
            self.fault(place.field("hidden"), message, "leave it out, or mend `format`");
        }
        let may_merge = matches!(format, Format::Xlsx | Format::Xls | Format::Ods | Format::Html);
        if source.merged.is_some() && !may_merge {
            let message = format!(
                "`merged` belongs to xlsx, xls and ods workbooks and to pages, and the format is {}",
                format.name()
            );
            self.fault(place.field("merged"), message, "leave it out, or mend `format`");
        }
        if !source.sheets.is_empty() {
            let place = place.field("sheets");
            if !format.is_workbook() {
                let message = format!("`sheets` belongs to workbooks, and the format is {}", format.name());
                self.fault(place, message, "leave it out, or mend `format`");
            }
            if source.sheet.is_some() || !source.files.is_empty() {
                let message = "`sheets` are several of one file, which are read alike".into();
                self.fault(place, message, "leave out `sheet` and `files`");
            }
            for sheet in &source.sheets {
                if let Some(part) = source.parts().into_iter().find(|part| part.sheet.as_ref() == Some(sheet))
                {
                    self.time_given(source, &part.given, place);
                }
            }
        }
        if source.sheet.is_some() && !format.is_workbook() {
            let message = format!("`sheet` belongs to workbooks, and the format is {}", format.name());
            self.fault(place.field("sheet"), message, "leave it out, or mend `format`");
        }
    }

    fn layout(&mut self, source: &Source, place: Place<'_>) {
        if source.period.is_some_and(|period| period.frequency.is_none()) {
            let message = "`period` doesn't say how long its periods are".into();
            let hint = "write `frequency: quarter`, or half-year, month, week, day";
            self.fault(place.field("period"), message, hint);
        }
        let other = source
            .period
            .and_then(|period| period.zero.filter(|zero| period.frequency != Some(zero.frequency())));
        if let (Some(zero), Some(own)) = (other, source.period.and_then(|period| period.frequency)) {
            let message = format!("`zero` is a {}, and the periods are {}s", zero.frequency(), own);
            let hint =
                "write the period of that length which 0 stands for: 1960Q1 for quarters, 1960-01 for months";
            self.fault(place.field("period"), message, hint);
        }
        if source.period.is_some() && source.year_span.is_some() {
            let message = "`year_span` is for years, and `period` for other times".into();
            self.fault(place.field("year_span"), message, "leave out one of them");
        }
        match source.layout {
            Layout::Long => {
                if source.period.is_some() && source.time.is_none() {
                    let message = "`period` says how a column of times is read, and there is none".into();
                    self.fault(place.field("period"), message, "name the column as `time`, or leave it out");
                }
                if source.time.is_some() && source.year.is_some() {
                    let message = "a long table has either `time` or `year`".into();
                    let hint = "`time` is the header of the column of years; `year` is the year of every row";
                    self.fault(place.field("layout"), message, hint);
                }
                if source.time.is_none() && source.year.is_none() && source.covers.is_some() {
                    let message =
                        "`covers` says which years a table covers, and a cross-section has none".into();
                    let hint = "name the column of years as `time`, or say with `year` which one it is of";
                    self.fault(place.field("covers"), message, hint);
                }
                if source.duplicates == Duplicates::Keep
                    && (source.entity.is_some() || source.category.is_some())
                {
                    let message =
                        "`duplicates: keep` is for rows that nothing but their number tells apart".into();
                    let hint = "leave `entity` and `category` out, or use `first` or `error`";
                    self.fault(place.field("duplicates"), message, hint);
                }
                self.forbid(source.variable_column.is_some(), "variable_column", "a long table", place);
            }
            Layout::Wide => {
                let parts = source.period.and_then(|period| period.frequency);
                let divided = parts.and_then(Frequency::in_a_year).is_some_and(|parts| parts > 1);
                if source.time.is_some() && !divided {
                    let message =
                        "a wide table with `time` has its years in rows and what divides them as headers"
                            .into();
                    let hint = "say what the headers are: `period: {frequency: month}`, or quarter, half-year; leave `time` out where they are the times";
                    self.fault(place.field("time"), message, hint);
                }
                self.forbid(source.year.is_some(), "year", "a wide table (its years are headers)", place);
                let has_years = source.time.is_some() && divided;
                let has_parts = source.has_parts_down();
                if source.entity.is_none() && source.variable_column.is_none() && !has_years && !has_parts {
                    let message =
                        "a wide table needs `entity`, or `variable_column` where it has none".into();
                    self.fault(place.field("layout"), message, "name the column that tells the rows apart");
                }
            }
            Layout::EntitiesAcross => {
                let table = "a table with entities across";
                self.forbid(source.entity.is_some(), "entity", table, place);
                self.forbid(source.year.is_some(), "year", table, place);
                self.forbid(source.variable_column.is_some(), "variable_column", table, place);
                if source.time.is_none() {
                    let message = format!("{table} needs `time`");
                    self.fault(place.field("layout"), message, "name the column of years");
                }
                if source.outside() == Outside::Keep {
                    let message = "`outside: keep` would take every other column for an entity".into();
                    self.fault(place.field("outside"), message, "use `drop` or `error`");
                }
            }
        }
    }

    /// That what divides a year goes with its length.
    fn within_year(&mut self, source: &Source, place: Place<'_>) {
        let has_times =
            source.time.is_some() || source.layout == Layout::Wide || !source.within_year.is_empty();
        if !source.not_times.is_empty() && !has_times {
            let message = "`not_times` are texts in a column of times, and there is none".into();
            self.fault(place.field("not_times"), message, "name the column as `time`, or leave it out");
        }
        if source.within_year.is_empty() {
            return;
        }
        let field = place.field("within_year");
        if source.layout == Layout::Wide && source.time.is_some() {
            let message =
                "a wide table divides its years by headers, with `time`, or by rows, with `within_year`"
                    .into();
            let hint = "leave `time` out where years are headers, `within_year` where months or quarters are";
            self.fault(field, message, hint);
        }
        if source.layout != Layout::Wide && source.time.is_none() {
            let message = "`within_year` divides a year that no column holds".into();
            self.fault(field, message, "name the column of years as `time`");
        }
        let frequency = source.period.and_then(|period| period.frequency);
        let due = match frequency {
            None | Some(Frequency::Year) => {
                let message = "`within_year` doesn't say what it divides the year into".into();
                let hint = "write `period: {frequency: quarter}`, or half-year, month, week, day";
                return self.fault(field, message, hint);
            }
            Some(Frequency::Day) => 2,
            Some(_) => 1,
        };
        if source.within_year.len() != due {
            let message = if due == 2 {
                "a day of a year is told by two columns"
            } else {
                "one column tells a part of a year"
            };
            self.fault(
                field,
                message.into(),
                "write `within_year: [month, day]` for days, one column for all else",
            );
        }
        self.once(&source.within_year, source, field);
    }

    /// That an entity of several columns has a first one, and each of them once.
    fn entity_with(&mut self, source: &Source, place: Place<'_>) {
        if source.entity_with.is_empty() {
            return;
        }
        let field = place.field("entity_with");
        if source.layout == Layout::EntitiesAcross {
            self.forbid(true, "entity_with", "a table with entities across", place);
        } else if source.entity.is_none() {
            let message = "`entity_with` goes with a column of `entity`, and there is none".into();
            self.fault(field, message, "name the first of them as `entity`");
        }
        self.once(&source.entity_with, source, field);
    }

    /// That columns of keys are no other keys as well.
    fn once(&mut self, names: &[String], source: &Source, field: Option<&Node>) {
        let twice = names.iter().find(|name| source.keys().filter(|key| key == name).count() > 1);
        if let Some(name) = twice {
            self.fault(field, format!("{name:?} is a part of the key twice"), "name each column once");
        }
    }

    /// That what is filled down is a key.
    fn fill(&mut self, source: &Source, place: Place<'_>) {
        let keys: Vec<&String> = source.keys().chain(source.rows_where.keys()).collect();
        let node = place.field("fill");
        let divided = source.period_of_times().and_then(|period| period.frequency?.in_a_year());
        let is_text = |name: &String| {
            let mut columns = source.columns.iter();
            let is_own = |own: &ValueColumn| own.kind == ValueKind::Text && own.column.as_ref() == Some(name);
            source.layout == Layout::Long && columns.any(is_own)
        };
        let has_parts =
            |name: &String| source.time.as_ref() == Some(name) && divided.is_some_and(|parts| parts > 1);
        for (name, fill) in &source.fill {
            let node = node.and_then(|node| node.get(name)).or(node);
            if !keys.contains(&name) && !is_text(name) {
                let texts = source.columns.iter().filter(|own| own.kind == ValueKind::Text);
                let known = keys.iter().copied().chain(texts.filter_map(|own| own.column.as_ref()));
                let near = did_you_mean(name, known.map(String::as_str));
                let near = near.map(|near| format!(", did you mean {near:?}?")).unwrap_or_default();
                let message = format!("{name:?} is no column of keys or names{near}");
                let hint = "`fill` is for the columns of `entity`, `entity_with`, `time`, `within_year`, `category`, `variable_column` and \
                            `where`, and of a long table for those of `type: text`; a blank cell of a number is a missing value";
                self.fault(node, message, hint);
            } else if source.given.contains_key(name) {
                let message = format!("{name:?} is given, and has no cells");
                self.fault(node, message, "leave it out of `fill`");
            } else if *fill == Fill::Year && !has_parts(name) {
                let message = format!("{name:?} isn't a column of quarters, months or halves of years");
                let hint = "`year` is for the column of `time` with a `period` that divides years; for names it is `down`";
                self.fault(node, message, hint);
            }
        }
    }

    /// That sections have names of their own, and a text is one thing.
    fn sections(&mut self, source: &Source, place: Place<'_>) {
        let field = place.field("sections");
        let nodes = items(field);
        if !source.sections.is_empty() && source.format.is_columnar() {
            let message = format!("{} files have no headings between their rows", source.format.in_words());
            self.fault(field, message, "leave `sections` out: it is for text, pages and workbooks");
        }
        let mut texts: BTreeSet<String> = BTreeSet::new();
        for (at, section) in source.sections.iter().enumerate() {
            let node = nodes.get(at).or(field);
            let mut before = source.sections.iter().take(at);
            if source.given.contains_key(&section.name) || before.any(|own| own.name == section.name) {
                let message = format!("{:?} is the name of another column", section.name);
                self.fault(node, message, "call each column of `sections` and `given` by a name of its own");
            }
            if section.headings.is_empty() {
                let message = format!("the section {:?} has no headings", section.name);
                self.fault(node, message, "list the texts that stand above the rows that they hold for");
            }
            let twice = section.headings.iter().chain(&section.not_headings);
            for text in twice.filter(|text| !texts.insert(fold(text))) {
                let message = format!("{text:?} is listed twice");
                self.fault(node, message, "a text is a heading of one of `sections`, or none");
            }
            if source.fill.contains_key(&section.name) {
                let message = format!("{:?} is a section's, and has no cells", section.name);
                self.fault(node, message, "leave it out of `fill`");
            }
        }
    }

    fn keeps_no_duplicates(&mut self, source: &Source, place: Place<'_>) {
        let keeps = source.layout != Layout::Long && source.duplicates == Duplicates::Keep;
        if keeps {
            let message = "`duplicates: keep` is for a long table, whose rows are observations".into();
            self.fault(place.field("duplicates"), message, "use `first` or `error`");
        }
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

    fn columns(&mut self, source: &Source, place: Place<'_>) {
        if source.columns.is_empty() {
            self.fault(
                place.field("columns"),
                "a source without columns".into(),
                "list at least one variable",
            );
        }
        let nodes = items(place.field("columns"));
        let across = source.layout == Layout::Wide && source.header_rows > 1;
        let named = source.layout == Layout::Long
            || source.variable_column.is_some()
            || source.has_times_within()
            || across && (source.columns.len() > 1 || source.has_variables_across());
        if !named && source.columns.len() > 1 {
            let message = "a table of years or entities across holds one variable".into();
            let hint = "name the column that says which variable a row holds as `variable_column`; where headers say \
                        it, set `header_rows`, or write what they are beside the time: `gdp_{time}`";
            self.fault(place.field("columns"), message, hint);
        }
        for (index, column) in source.columns.iter().enumerate() {
            let node = nodes.get(index).or(place.source);
            let earlier = source.columns.get(..index).unwrap_or_default();
            self.column(column, earlier, named, node);
        }
    }

    fn column(&mut self, column: &ValueColumn, earlier: &[ValueColumn], named: bool, node: Option<&Node>) {
        let variable = &column.variable;
        let field = |name: &str| node.and_then(|node| node.get(name)).or(node);
        match &column.column {
            None if named => {
                self.fault(
                    node,
                    format!("`{variable}` has no `column`"),
                    "name the column or row that holds it",
                );
            }
            Some(_) if !named => {
                let message = format!("`column` of `{variable}` says nothing in a table of one variable");
                self.fault(field("column"), message, "leave it out, or set `variable_column`");
            }
            Some(text) if earlier.iter().any(|other| other.column.as_ref() == Some(text)) => {
                let message = format!("the column {text:?} is read twice");
                self.fault(field("column"), message, "read it once; derive a second variable later");
            }
            _ => {}
        }
        if variable.contains('@') || variable == "entity" || variable == "time" {
            let message = format!("a variable can't be called `{variable}`");
            self.fault(field("variable"), message, "tables have columns of that name for their keys");
        }
        self.numbers(&column.numbers, field("numbers"));
        if column.kind == ValueKind::Integer && column.numbers.percent == Some(Percent::Fraction) {
            let message = format!("`percent: fraction` of `{variable}` gives no whole numbers");
            self.fault(field("numbers"), message, "leave out `type: integer`");
        }
        if column.kind != ValueKind::Number {
            let set = [
                ("scale", column.scale.is_some()),
                ("numbers", !column.numbers.is_empty() && column.kind == ValueKind::Text),
                ("range", column.range.is_some() && column.kind == ValueKind::Text),
            ];
            for (name, _) in set.iter().filter(|(_, set)| *set) {
                let message = format!("`{name}` of `{variable}` is for numbers");
                self.fault(field(name), message, "leave it out, or mend `type`");
            }
        }
        if variable.trim().is_empty() {
            self.fault(field("variable"), "a variable without an id".into(), "give it an id");
        }
        let flagged = |other: &ValueColumn| tidy_columns::flag(&other.variable) == *variable;
        if earlier.iter().any(flagged) {
            let message = format!("`{variable}` is what the marks beside another variable are called");
            self.fault(field("variable"), message, "call it otherwise");
        }
        if earlier.iter().any(|other| other.variable == *variable) {
            let message = format!("the variable `{variable}` comes twice in a source");
            self.fault(field("variable"), message, "give each column its own variable");
        }
        if let Some([Some(least), Some(most)]) = column.range
            && least > most
        {
            let message = format!("the range of `{variable}` runs backwards, from {least} to {most}");
            self.fault(field("range"), message, "write the least value first");
        }
        if column.range.is_some_and(|range| range.iter().flatten().any(|bound| !bound.is_finite())) {
            let message = format!("the range of `{variable}` has a bound that is no number");
            self.fault(field("range"), message, "write null for an open side");
        }
        if column.scale.is_some_and(|scale| !scale.is_finite() || scale == 0.0) {
            let message = format!("the scale of `{variable}` is not a number that can be multiplied by");
            self.fault(field("scale"), message, "write a finite number other than 0");
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
