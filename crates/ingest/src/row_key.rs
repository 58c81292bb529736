//! The key columns of a table, and the key of a row.

use std::borrow::Cow;

use vintner_panel::Frequency;

use crate::cell::Cell;
use crate::column_letter::letters;
use crate::filled_years::{ANY_YEAR, bare_year};
use crate::fold::{fold, is_folded};
use crate::header::Header;
use crate::key_column::{KeyColumn, find_column, find_key};
use crate::missing_key::MissingKeys;
use crate::number_problem::is_number_of_some_kind;
use crate::plain_block::PlainKeys;
use crate::problem::Problem;
use crate::records::RowKey;
use crate::rows::{Filled, GIVEN, Row};
use crate::source::Source;
use crate::tidying::Tidying;
use crate::within_year::{Part, part_if_any, part_in};
use crate::yaml_word::yaml_word;

/// So many texts of a column are kept, of which one may be meant by `where`.
const UNMET: usize = 200;

/// Where a table keeps its keys.
#[derive(Debug)]
pub(crate) struct KeyColumns {
    pub entity: Option<KeyColumn>,
    /// What names an entity together with that.
    with: Vec<KeyColumn>,
    pub time: Option<KeyColumn>,
    /// What divides the year of a time.
    within: Vec<KeyColumn>,
    pub category: Option<KeyColumn>,
    pub variable: Option<KeyColumn>,
    conditions: Vec<(KeyColumn, String)>,
    /// Texts that stand where times do and are none, folded.
    not_times: Vec<String>,
    /// Columns that are filled down.
    fill: Vec<u32>,
    pub missing: MissingKeys,
}

/// A row that is to be read.
#[derive(Debug)]
pub(crate) struct KeyedRow {
    pub key: RowKey,
    /// The time, where columns hold it, as a number among those of its length; where headers divide the year or are it, the
    /// year.
    pub time: Option<i32>,
    /// What of a year it is, where the headers are years.
    pub part: Option<Part>,
    /// A mark beside its time, which is that of its values.
    pub mark: Option<String>,
}

impl KeyColumns {
    /// The columns that the source names; nothing, and a fault for each, where some are absent.
    pub(crate) fn find(tidying: &mut Tidying<'_>, header: &Header) -> Option<Self> {
        let source: &Source = tidying.asked.source;
        let before = tidying.fault_count();
        for name in source.split.keys() {
            find_column(tidying, header, name);
        }
        let named = |tidying: &mut Tidying<'_>, name: &Option<String>| {
            name.as_deref().and_then(|name| find_key(tidying, header, name))
        };
        let entity = named(tidying, &source.entity);
        let with: Vec<KeyColumn> =
            source.entity_with.iter().filter_map(|name| find_key(tidying, header, name)).collect();
        let time = named(tidying, &source.time);
        let within: Vec<KeyColumn> =
            source.within_year.iter().filter_map(|name| find_key(tidying, header, name)).collect();
        let category = named(tidying, &source.category);
        let variable = named(tidying, &source.variable_column);
        let mut conditions = Vec::new();
        for (name, text) in &source.rows_where {
            if let Some(column) = find_key(tidying, header, name) {
                conditions.push((column, fold(text)));
            }
        }
        let not_times = source.not_times.iter().map(|text| fold(text)).collect();
        let fill = source.fill.keys().filter_map(|name| Some(header.find(name).ok()?.column)).collect();
        let missing = MissingKeys::of(source);
        let all = tidying.fault_count() == before;
        let found =
            Self { entity, with, time, within, category, variable, conditions, not_times, fill, missing };
        all.then_some(found)
    }

    /// The columns of an entity and a time, where a row has these and no other keys, each in a column of its own.
    pub(crate) fn plain(&self) -> Option<PlainKeys> {
        let column = |key: &Option<KeyColumn>| {
            key.as_ref().filter(|key| key.is_alone() && key.column < GIVEN).map(|key| key.column)
        };
        let no_others = self.with.is_empty()
            && self.category.is_none()
            && self.variable.is_none()
            && self.within.is_empty();
        let alone =
            no_others && self.conditions.is_empty() && self.not_times.is_empty() && self.fill.is_empty();
        Some(PlainKeys { entity: column(&self.entity)?, time: column(&self.time)? })
            .filter(|keys| alone && keys.entity != keys.time)
    }

    /// All columns that the keys and conditions are read from.
    pub(crate) fn all(&self) -> Vec<u32> {
        self.all_keys()
            .map(|(key, _)| key.column)
            .chain(self.conditions.iter().map(|(key, _)| key.column))
            .collect()
    }

    /// The columns that hold a condition, each with what it asks for, folded.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = (&KeyColumn, &str)> {
        self.conditions.iter().map(|(key, text)| (key, text.as_str()))
    }

    /// The key columns that there are, with what they hold, for a message.
    fn all_keys<'k>(&'k self) -> impl Iterator<Item = (&'k KeyColumn, &'static str)> {
        let one = |column: &'k Option<KeyColumn>, what| column.iter().map(move |column| (column, what));
        one(&self.entity, "entity")
            .chain(self.with.iter().map(|column| (column, "part of the entity")))
            .chain(one(&self.time, "year"))
            .chain(self.within.iter().map(|column| (column, "part of the year")))
            .chain(one(&self.category, "category"))
            .chain(one(&self.variable, "variable's name"))
    }

    /// Those in the table itself: a key that is given says nothing of whether a row holds anything.
    fn keys(&self) -> impl Iterator<Item = (&KeyColumn, &'static str)> {
        self.all_keys().filter(|(key, _)| key.column < GIVEN)
    }

    /// The key of a row; nothing where the row isn't to be read: it meets not all conditions, has
    /// no key, is an entity's that is dropped, or its key is a fault.
    ///
    /// A row whose key cells are all blank is a blank row or a note under the table. One that has a
    /// number in a value column all the same has lost its key, which is a fault, as is a row with a
    /// part of its key; but a row with nothing but one text is a note where no row with a key follows.
    pub(crate) fn key_of(
        &self,
        tidying: &mut Tidying<'_>,
        row: &dyn Row,
        value_columns: &[u32],
    ) -> Option<KeyedRow> {
        // A year on a row of its own, over its parts.
        if let Some(column) = row.has_year_alone() {
            tidying.heading(row.number(), &row.cell(column).raw());
            return None;
        }
        // A name on a row of its own, over the rows that it is filled down into.
        if !self.fill.is_empty()
            && let Some((column, cell)) = row.first_from(1)
            && self.fill.contains(&column)
            && row.first_from(column + 1).is_none()
            && self.names_rows_below(column, cell)
        {
            tidying.heading(row.number(), &cell.raw());
            return None;
        }
        if let Some(keys) = self.plain() {
            // How nearly all rows are: with both keys, so that there is nothing to say of it.
            let is_there = |cell: Cell<'_>| match cell {
                Cell::Text(_) => !cell.is_blank(),
                Cell::Whole(_) | Cell::Number(_) => true,
                _ => false,
            };
            if is_there(row.cell(keys.entity)) && is_there(row.cell(keys.time)) {
                return self.keyed(tidying, row);
            }
        }
        let meets = |(key, text): &(KeyColumn, String)| {
            let raw = key.cell(row).raw();
            raw == *text || (!is_folded(&raw) && fold(&raw) == *text)
        };
        // What a blank cell of a condition would be filled with is another's where the row begins something new.
        let is_anew = |(key, _): &&(KeyColumn, String)| {
            matches!(row.filled(key.column), Filled::Anew(_)) && !row.is_blank()
        };
        let mut blank = self.conditions.iter().filter(is_anew);
        if !self.conditions.iter().filter(|own| !is_anew(own)).all(meets) {
            self.see_unmet(tidying, row, meets);
            return None;
        }
        if let Some((key, _)) = blank.next() {
            self.without_part(tidying, row, key, "name that `where` asks for");
            return None;
        }
        let is_own_blank = |(key, _): &(&KeyColumn, &str)| {
            key.cell(row).is_blank() || row.filled(key.column) == Filled::FromAbove
        };
        if self.keys().any(|key| is_own_blank(&key)) {
            if self.is_nobodys_note(tidying, row) {
                tidying.confirmed += 1;
                return None;
            }
            if self.keys().all(|key| is_own_blank(&key)) && !self.is_filled_with_number(row, value_columns) {
                self.without_key(tidying, row, value_columns);
                return None;
            }
            if let Some((key, what)) = self.keys().find(|(key, _)| key.cell(row).is_blank()) {
                self.without_part(tidying, row, key, what);
                return None;
            }
        }
        if self.keys().next().is_none() && row.is_blank() {
            return None;
        }
        let doubt = |(key, _): (&KeyColumn, &str)| Some((key.column, row.cell(key.column).doubt()?));
        if let Some((column, (message, hint))) = self.keys().find_map(doubt) {
            tidying.fault_at(row.number(), column, message, hint);
            return None;
        }
        if let Some((key, _)) = self.keys().find(|(key, _)| !key.is_whole(row)) {
            let raw = row.cell(key.column).raw().into_owned();
            let problem = Problem {
                cell: Some((row.number(), key.column)),
                message: format!("{raw:?} holds another number of keys than its header"),
                hint: "set `last_row` in vintage.yaml if the table ends above, or mend `split`".into(),
            };
            match only_text(row) {
                Some(text) => tidying.note_or_fault(row.number(), text, problem),
                None => tidying.fault(problem),
            }
            return None;
        }
        // A name without any value, and no entity's that is known: a note, where it stands under the table.
        if value_columns.len() > 1
            && let (Some(key), Some(text)) = (&self.entity, only_text(row))
            && !tidying.knows(key.cell(row))
            && !tidying.is_nobody(&text)
        {
            tidying.valueless.push((row.number(), text));
            return None;
        }
        self.keyed(tidying, row)
    }

    /// Whether a row holds nothing but a text in the column of entities that is known to be none's.
    fn is_nobodys_note(&self, tidying: &Tidying<'_>, row: &dyn Row) -> bool {
        let at = row.first_from(1).map(|(column, _)| column);
        self.entity.as_ref().is_some_and(|key| at == Some(key.column))
            && only_text(row).is_some_and(|text| tidying.is_nobody(&text))
    }

    /// Whether a text that stands alone in its row is the name of the rows under it.
    fn names_rows_below(&self, column: u32, cell: Cell<'_>) -> bool {
        matches!(cell, Cell::Text(_)) && self.keys().any(|(key, _)| key.column != column)
    }

    /// Keeps what stands where `where` asks for another text, for a fault that no row meets it.
    fn see_unmet(
        &self,
        tidying: &mut Tidying<'_>,
        row: &dyn Row,
        meets: impl Fn(&(KeyColumn, String)) -> bool,
    ) {
        if tidying.rows_read > 0 {
            return;
        }
        let names = tidying.asked.source.rows_where.keys();
        for (name, condition) in names.zip(&self.conditions).filter(|(_, condition)| !meets(condition)) {
            let texts = tidying.unmet.entry(name.clone()).or_default();
            if texts.len() < UNMET {
                texts.insert(fold(&condition.0.cell(row).raw()));
            }
        }
    }

    /// The key of a row that has all of it; nothing where the row is an entity's that is dropped, or its key is a fault.
    fn keyed(&self, tidying: &mut Tidying<'_>, row: &dyn Row) -> Option<KeyedRow> {
        tidying.keyed(row.number());
        tidying.count_row_read();
        if !self.not_times.is_empty() && self.is_no_time(tidying, row) {
            return None;
        }
        let entity = match &self.entity {
            Some(key) => Some(self.entity_of(tidying, key, row)?),
            None => None,
        };
        if [&self.time, &self.category]
            .into_iter()
            .flatten()
            .any(|key| self.missing.refuse(tidying, key, row))
        {
            return None;
        }
        let part = if self.within.is_empty() { None } else { Some(part_in(tidying, &self.within, row)?) };
        let time = match &self.time {
            Some(key) if part.is_some() || tidying.asked.source.has_years_down() => {
                Some(tidying.marked_year(key.cell(row), row.number(), key.column)?)
            }
            Some(key) => Some(tidying.time(key.cell(row), row.number(), key.column)?),
            None => None,
        };
        let (time, mark) = time.map(|found| (found.time, found.mark)).unzip();
        let time = match (time, part) {
            (Some(year), Some(part)) => Some(self.period_in(tidying, year, part, row)?),
            (time, _) => time,
        };
        let category = self.category.as_ref().map(|key| {
            let raw = key.cell(row).raw();
            let folded = if is_folded(&raw) { raw } else { Cow::Owned(fold(&raw)) };
            tidying.records.categories.code(&folded)
        });
        Some(KeyedRow { key: RowKey { entity, category }, time, part, mark: mark.flatten() })
    }

    /// The entity of a row; nothing where it is left out, or its name is a fault.
    fn entity_of(&self, tidying: &mut Tidying<'_>, first: &KeyColumn, row: &dyn Row) -> Option<u32> {
        // What a name shows beside it is told where it stands.
        for key in [first].into_iter().chain(&self.with) {
            if row.filled(key.column) == Filled::Own {
                tidying.marks.see_key(key.cell(row), row.number(), key.column);
            }
        }
        let joined = match self.with.as_slice() {
            [] => None,
            with => Some(joined_name(tidying, [first].into_iter().chain(with), row)?),
        };
        let name = joined.as_deref().map_or_else(|| first.cell(row), Cell::Text);
        let doubtful = [first].into_iter().chain(&self.with).find(|key| self.missing.has(key.cell(row)));
        if let Some(key) = doubtful
            && !tidying.is_settled(name)
            && self.missing.refuse(tidying, key, row)
        {
            return None;
        }
        let entity = tidying.entity(name, row.number(), first.column);
        if entity.is_none() {
            let time = self.time_if_any(tidying, row);
            tidying.left_out(name, time, row.number(), first.column);
        }
        entity
    }

    /// Whether all keys of a row are filled down, and it has a number.
    fn is_filled_with_number(&self, row: &dyn Row, value_columns: &[u32]) -> bool {
        self.keys().all(|(key, _)| row.filled(key.column) == Filled::FromAbove)
            && value_columns.iter().any(|column| is_number(row, *column))
    }

    /// A row without a key: blank or a note, or one that has lost its key.
    fn without_key(&self, tidying: &mut Tidying<'_>, row: &dyn Row, value_columns: &[u32]) {
        let Some(value) = value_columns.iter().find(|column| is_number(row, **column)) else {
            return tidying.count_note(row);
        };
        let raw = row.cell(*value).raw();
        let message = format!("the number {raw} in a row without its {}", self.names());
        let hint = self.filling(tidying, None);
        tidying.fault_at(row.number(), *value, message, hint);
    }

    /// A row that has a part of its key.
    fn without_part(&self, tidying: &mut Tidying<'_>, row: &dyn Row, key: &KeyColumn, what: &str) {
        let message = match row.filled(key.column) {
            Filled::Nothing => {
                format!("no {what}, and none to fill down: the cells above it are blank, too")
            }
            Filled::Anew(left) => format!(
                "no {what}, and none to fill down: the row begins something new in column {}",
                letters(left)
            ),
            Filled::Own | Filled::FromAbove => format!("no {what} in a row that has {}", self.present(row)),
        };
        let (cell, hint) = (Some((row.number(), key.column)), self.filling(tidying, Some(key)));
        let problem = Problem { cell, message, hint };
        match only_text(row) {
            Some(text) => tidying.note_or_fault(row.number(), text, problem),
            None => tidying.fault(problem),
        }
    }

    /// The period of a year and what divides it; a fault where the calendar hasn't it.
    fn period_in(&self, tidying: &mut Tidying<'_>, year: i32, part: Part, row: &dyn Row) -> Option<i32> {
        let period = part.in_year(year);
        if let (None, Some(last)) = (period, self.within.last()) {
            let texts: Vec<String> =
                self.within.iter().map(|key| format!("{:?}", key.cell(row).raw())).collect();
            let hint = match part {
                Part::Of(Frequency::Week, _) => {
                    format!(
                        "{}; mend the cell in `corrections` if it is wrong",
                        Frequency::weeks_in_words(year)
                    )
                }
                _ => "mend the cell in `corrections`, or the order of `within_year`: the month, then its day"
                    .into(),
            };
            let what = match part {
                Part::Of(frequency, _) => format!("{frequency} "),
                Part::Day(..) => String::new(),
            };
            tidying.fault_at(
                row.number(),
                last.column,
                format!("the year {year} has no {what}{}", texts.join(" ")),
                hint,
            );
        }
        period
    }

    /// Whether a text stands where the time does that is known to be none; then the row is counted.
    fn is_no_time(&self, tidying: &mut Tidying<'_>, row: &dyn Row) -> bool {
        let times = self.time.iter().chain(&self.within);
        let source = tidying.asked.source;
        let years = source.times_are_parts() && self.not_times.iter().any(|text| text == ANY_YEAR);
        let known = |text: String| match self.not_times.contains(&text) {
            true => Some(text),
            false => (years && bare_year(source, &text).is_some()).then(|| ANY_YEAR.to_owned()),
        };
        let found = times.map(|key| fold(&key.cell(row).raw())).find_map(known);
        if let Some(text) = &found {
            *tidying.not_times.entry(text.clone()).or_default() += 1;
        }
        found.is_some()
    }

    /// The time of a row that isn't read; a fault nowhere.
    fn time_if_any(&self, tidying: &mut Tidying<'_>, row: &dyn Row) -> Option<i32> {
        let time = tidying.time_if_any(self.time.as_ref()?.cell(row))?;
        if self.within.is_empty() {
            return Some(time);
        }
        part_if_any(&self.within, tidying.asked.source.period?, row)?.in_year(time)
    }

    /// What to do about a blank key.
    fn filling(&self, tidying: &Tidying<'_>, blank: Option<&KeyColumn>) -> String {
        let source = tidying.asked.source;
        let named = [
            (&self.entity, &source.entity),
            (&self.time, &source.time),
            (&self.category, &source.category),
            (&self.variable, &source.variable_column),
        ];
        let named = named.into_iter().filter_map(|(key, name)| Some((key.as_ref()?, name.as_ref()?)));
        let with = self.with.iter().zip(&source.entity_with);
        let mut named = named.chain(with).chain(self.within.iter().zip(&source.within_year));
        let is_blank = |key: &KeyColumn| blank.is_none_or(|blank| blank.column == key.column);
        let found = named.find(|(key, name)| is_blank(key) && !source.fill.contains_key(*name));
        let fill = match found.map(|(_, name)| name) {
            Some(name) => format!(
                "if blank cells mean what stands above them, write `fill: {{{}: down}}` for their column; ",
                yaml_word(name)
            ),
            None => String::new(),
        };
        let note = match &source.entity {
            Some(_) if self.time.is_some() => "a note between rows is one of `not_entities`; ",
            _ => "",
        };
        format!(
            "set `last_row` in vintage.yaml if the table ends above; {note}{fill}otherwise fill the cell in a copy of the file \
             (of merged cells only the first holds the text: see `merged`)"
        )
    }

    fn names(&self) -> String {
        self.keys().map(|(_, what)| what).collect::<Vec<_>>().join(" and ")
    }

    fn present(&self, row: &dyn Row) -> String {
        let filled = self.keys().filter(|(key, _)| !key.cell(row).is_blank());
        let texts: Vec<String> =
            filled.map(|(key, what)| format!("the {what} {:?}", key.cell(row).raw())).collect();
        texts.join(" and ")
    }
}

/// What stands between the names that are one entity's.
const BETWEEN: char = ':';

/// Whether a text holds what stands between the names that are one entity's. A colon before a space is none, as names have no
/// spaces at their ends: `Sex: Total`.
pub(crate) fn has_joint(text: &str) -> bool {
    text.split(BETWEEN).skip(1).any(|after| !after.starts_with(' '))
}

/// The names of a row that are one entity's, as one. A name with what stands between them would be read as two.
fn joined_name<'k>(
    tidying: &mut Tidying<'_>,
    keys: impl Iterator<Item = &'k KeyColumn>,
    row: &dyn Row,
) -> Option<String> {
    let mut joined = String::new();
    for (at, key) in keys.enumerate() {
        let part = fold(&key.cell(row).raw());
        if has_joint(&part) {
            let message =
                format!("{part:?} is a part of an entity's name, between whose parts a colon stands");
            let hint =
                "write it without a colon by `corrections`, or name one column that tells the entities apart";
            tidying.fault_at(row.number(), key.column, message, hint);
            return None;
        }
        if at > 0 {
            joined.push(BETWEEN);
        }
        joined.push_str(&part);
    }
    Some(joined)
}

/// Whether a cell holds a number, by whatever rule it is written.
fn is_number(row: &dyn Row, column: u32) -> bool {
    is_number_of_some_kind(&fold(&row.cell(column).raw()))
}

/// The text of a row that holds nothing else.
fn only_text(row: &dyn Row) -> Option<String> {
    let (column, cell) = row.first_from(1)?;
    let Cell::Text(text) = cell else { return None };
    row.first_from(column + 1).is_none().then(|| text.to_owned())
}
