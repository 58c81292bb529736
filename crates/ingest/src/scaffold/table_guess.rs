//! Where a table keeps entities, times and values, as far as a layout tells it.

use super::entity_guess::EntityGuess;
use super::joined_names::JoinedNames;
use super::parts_of_years::DoubtfulPart;
use super::sections_guess::SectionsGuess;
use super::sheet_view::SheetView;
use super::times_seen::TimesSeen;
use super::told_apart::Conditions;
use super::value_guess::ValueGuess;
use crate::grid::GridRow;
use crate::layout::Layout;
use crate::source::{Fill, ValueKind};

/// A table as it seems to be.
#[derive(Debug, Clone)]
pub(super) struct TableGuess {
    pub(super) layout: Layout,
    pub(super) header_row: u32,
    pub(super) header_rows: u32,
    pub(super) skip_rows: u32,
    pub(super) last_row: Option<u32>,
    pub(super) entity: Option<EntityGuess>,
    pub(super) time: Option<String>,
    /// How times are written, and which there are; of headers in a wide table.
    pub(super) times: TimesSeen,
    /// Columns that divide the year, and texts in them that stand for it as a whole.
    pub(super) within: Vec<String>,
    pub(super) not_times: Vec<String>,
    /// Columns whose texts may be names or parts of the year.
    pub(super) doubtful: Vec<DoubtfulPart>,
    /// Columns of keys and of other names that are filled down, from left to right.
    pub(super) fill: Vec<(String, Fill)>,
    /// Of each the first cell that says nothing itself, and what is read there.
    pub(super) fill_examples: Vec<(String, String)>,
    pub(super) category: Option<String>,
    /// The columns that name an entity together with its own: the other end of a pair, an industry.
    pub(super) entity_with: Vec<String>,
    pub(super) joined: Option<JoinedNames>,
    /// Columns of which one text is read.
    pub(super) conditions: Conditions,
    /// How many rows there are.
    pub(super) rows: usize,
    pub(super) variable_column: Option<String>,
    /// Columns of values; without a header in a table of one variable.
    pub(super) values: Vec<ValueGuess>,
    /// Whether some entity has two rows for a time.
    pub(super) repeated: bool,
    /// Whether it is so of nearly all, as of observations of somebody new.
    pub(super) of_many: bool,
    /// Headers that aren't read, beside those of times: a country's region, a year's total.
    pub(super) beside: Vec<String>,
    /// Patterns of headers that end in years of two digits, and their century, where each is read as a variable.
    pub(super) two_digits: Option<(Vec<String>, i32)>,
    /// Headings that stand on rows of their own.
    pub(super) sections: Option<SectionsGuess>,
    /// Texts alone in their rows between those of data that seem to be notes, with their rows.
    pub(super) notes: Vec<(String, u32)>,
    /// Columns without a header that aren't read, each with three of its texts.
    pub(super) strays: Vec<(String, Vec<String>)>,
    /// A column without a header that counts the rows.
    pub(super) row_numbers: Option<String>,
    /// How sure it is: cells that fit.
    pub(super) score: usize,
}

impl TableGuess {
    /// Where a table lies under a header: what else there is to say of it is left open.
    pub(super) fn of(view: &SheetView<'_>, layout: Layout, data: &[&GridRow]) -> Self {
        Self {
            layout,
            header_row: view.header_row,
            header_rows: view.header_rows,
            skip_rows: view.skipped(data.first().copied()),
            last_row: view.last_row(data.last().copied()),
            entity: None,
            time: None,
            times: TimesSeen::default(),
            within: Vec::new(),
            not_times: Vec::new(),
            doubtful: Vec::new(),
            fill: Vec::new(),
            fill_examples: Vec::new(),
            category: None,
            entity_with: Vec::new(),
            joined: None,
            conditions: Conditions::default(),
            rows: data.len(),
            variable_column: None,
            values: Vec::new(),
            repeated: false,
            of_many: false,
            beside: Vec::new(),
            two_digits: None,
            sections: view.sections.clone(),
            notes: view.notes.clone(),
            strays: Vec::new(),
            row_numbers: None,
            score: 0,
        }
    }

    /// Whether rows are called by names.
    pub(super) fn is_entity_named(&self) -> bool {
        self.entity.is_some()
    }

    /// Whether a column is read as texts.
    pub(super) fn has_texts(&self, name: &String) -> bool {
        let mut values = self.values.iter();
        self.layout == Layout::Long
            && values.any(|value| value.kind == ValueKind::Text && value.header.as_ref() == Some(name))
    }

    /// Whether a column is one of the key's.
    pub(super) fn is_key(&self, name: &String) -> bool {
        self.entity.as_ref().is_some_and(|entity| entity.column == *name)
            || [&self.time, &self.category, &self.variable_column]
                .into_iter()
                .flatten()
                .any(|key| key == name)
            || self.entity_with.contains(name)
            || self.within.contains(name)
            || self.conditions.columns.iter().any(|(condition, _)| condition == name)
    }
}
