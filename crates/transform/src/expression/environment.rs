//! What the names of an expression stand for.

use std::collections::BTreeMap;
use std::ops::Range;

use vintner_panel::{Frequency, Panel, Shape};

use crate::cell::{Cell, Missing, TextCell, column_cells, column_texts};
use crate::error::Result;

/// The values of a column, or of a part of an expression.
#[derive(Debug, Clone)]
pub(crate) enum Values {
    /// Numbers.
    Numbers(Vec<Cell>),
    /// Text, such as the entities' ids.
    Texts(Vec<TextCell>),
}

/// The panel's columns as far as they are read, and the parameters.
pub(crate) struct Environment {
    pub(crate) groups: Vec<Range<usize>>,
    pub(crate) times: Vec<i32>,
    /// How long the times are.
    pub(crate) frequency: Frequency,
    /// Which keys the rows have.
    pub(crate) shape: Shape,
    /// The time column's name.
    pub(crate) time: String,
    columns: BTreeMap<String, Values>,
    parameters: BTreeMap<String, f64>,
    /// All names that could have been read, for a message.
    names: Vec<String>,
}

impl Values {
    /// The values as they read from another column's definition.
    pub(crate) fn within(&self, column: &str) -> Self {
        fn seen<T: Clone>(
            cells: &[std::result::Result<T, Missing>],
            column: &str,
        ) -> Vec<std::result::Result<T, Missing>> {
            cells.iter().map(|cell| cell.clone().map_err(|missing| missing.within(column))).collect()
        }
        match self {
            Self::Numbers(cells) => Self::Numbers(seen(cells, column)),
            Self::Texts(cells) => Self::Texts(seen(cells, column)),
        }
    }
}

impl Environment {
    /// The columns of `panel` that are among `wanted`.
    pub(crate) fn of_panel<'a>(
        panel: &Panel,
        wanted: impl IntoIterator<Item = &'a String>,
        names: Vec<String>,
        parameters: &BTreeMap<String, f64>,
    ) -> Result<Self> {
        let mut environment = Self {
            groups: panel.groups().to_vec(),
            times: panel.times().to_vec(),
            frequency: panel.frequency(),
            shape: panel.shape(),
            time: panel.time_name().to_owned(),
            columns: BTreeMap::new(),
            parameters: parameters.clone(),
            names,
        };
        for name in wanted {
            if panel.frame().column(name).is_err() {
                continue;
            }
            // Entities are texts, also where they came as numbers.
            let values = if name == panel.entity_name() || panel.is_text(name)? {
                Values::Texts(column_texts(panel, name)?)
            } else {
                Values::Numbers(column_cells(panel, name)?)
            };
            environment.columns.insert(name.clone(), values);
        }
        Ok(environment)
    }

    /// A panel without rows: what fails on it fails on every panel with these columns.
    pub(crate) fn without_rows<'a>(
        entity: &str,
        time: &str,
        columns: impl IntoIterator<Item = &'a str>,
        names: Vec<String>,
        parameters: &BTreeMap<String, f64>,
    ) -> Self {
        let numbers = columns.into_iter().map(|name| (name.to_owned(), Values::Numbers(Vec::new())));
        let mut columns: BTreeMap<String, Values> = numbers.collect();
        columns.insert(entity.to_owned(), Values::Texts(Vec::new()));
        columns.insert(time.to_owned(), Values::Numbers(Vec::new()));
        Self {
            groups: Vec::new(),
            times: Vec::new(),
            frequency: Frequency::Year,
            shape: Shape::Panel,
            time: time.to_owned(),
            columns,
            parameters: parameters.clone(),
            names,
        }
    }

    /// Number of rows.
    pub(crate) fn height(&self) -> usize {
        self.times.len()
    }

    /// Adds a column that was evaluated.
    pub(crate) fn insert(&mut self, name: &str, values: Values) {
        self.columns.insert(name.to_owned(), values);
    }

    /// A column by its name.
    pub(crate) fn column(&self, name: &str) -> Option<&Values> {
        self.columns.get(name)
    }

    /// A parameter by its name.
    pub(crate) fn parameter(&self, name: &str) -> Option<f64> {
        self.parameters.get(name).copied()
    }

    /// The names of the columns and the parameters.
    pub(crate) fn names(&self) -> Vec<String> {
        self.names.iter().chain(self.parameters.keys()).cloned().collect()
    }

    /// The names of the parameters.
    pub(crate) fn parameter_names(&self) -> Vec<String> {
        self.parameters.keys().cloned().collect()
    }
}
