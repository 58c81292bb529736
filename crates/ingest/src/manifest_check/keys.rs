//! Layouts, and the keys of a row.

use std::collections::BTreeSet;

use vintner_diagnostics::{Node, did_you_mean};
use vintner_panel::Frequency;

use super::{Check, Place, items};
use crate::fold::fold;
use crate::layout::Layout;
use crate::source::{Duplicates, Fill, Outside, Source, ValueColumn, ValueKind};

impl Check<'_> {
    pub(super) fn layout(&mut self, source: &Source, place: Place<'_>) {
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
    pub(super) fn within_year(&mut self, source: &Source, place: Place<'_>) {
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
    pub(super) fn entity_with(&mut self, source: &Source, place: Place<'_>) {
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
    pub(super) fn fill(&mut self, source: &Source, place: Place<'_>) {
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
    pub(super) fn sections(&mut self, source: &Source, place: Place<'_>) {
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

    pub(super) fn keeps_no_duplicates(&mut self, source: &Source, place: Place<'_>) {
        let keeps = source.layout != Layout::Long && source.duplicates == Duplicates::Keep;
        if keeps {
            let message = "`duplicates: keep` is for a long table, whose rows are observations".into();
            self.fault(place.field("duplicates"), message, "use `first` or `error`");
        }
    }
}
