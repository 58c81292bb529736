//! A value with the cell that it was read from.

use serde::Serialize;
use vintner_panel::{CellAddress, Period, TidyVariable};

/// A value as it was read from a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RawCell {
    /// The variable.
    pub variable: String,
    /// The entity; none for a series without entities.
    pub entity: Option<String>,
    /// The time.
    pub time: Period,
    /// The period as it is printed, where times are no plain years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// A further key, such as an industry.
    pub category: Option<String>,
    /// The source.
    pub source: String,
    /// Where it stands.
    pub address: CellAddress,
    /// The text as read.
    pub raw: String,
    /// The number that it gives, in the variable's unit; none where it is missing or text.
    pub value: Option<f64>,
    /// What it gives where the variable is text or whole numbers, which may have more digits than `value` keeps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

impl RawCell {
    /// The time as it is printed.
    pub fn when(&self) -> String {
        self.period.clone().unwrap_or_else(|| self.time.to_string())
    }

    /// What the cell gives, its number told by `number`.
    pub fn gives(&self, number: impl Fn(f64) -> String) -> String {
        let text = self.label.clone().or_else(|| self.value.map(number));
        text.unwrap_or_else(|| "missing".to_owned())
    }

    fn key(&self) -> (&str, &Option<String>, Period, &Option<String>, &CellAddress) {
        (&self.variable, &self.entity, self.time, &self.category, &self.address)
    }
}

impl RawCell {
    /// A value of a variable.
    pub(super) fn of(own: &TidyVariable<'_>, row: usize) -> Self {
        let (value, whole) = (own.value(row), own.wholes().and_then(|wholes| wholes.get(row)));
        let text = own.labels().and_then(|labels| labels.get(row)).map(str::to_owned);
        let period = value.period.as_deref().and_then(|period| period.parse().ok());
        Self {
            variable: value.variable,
            entity: value.entity,
            time: period.unwrap_or(Period::year(value.time)),
            period: value.period,
            category: value.category,
            source: value.source,
            address: value.address,
            raw: value.raw,
            value: value.value,
            label: text.or(whole.map(|whole| whole.to_string())),
        }
    }
}

impl Eq for RawCell {}

impl PartialOrd for RawCell {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RawCell {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}
