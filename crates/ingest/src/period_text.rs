//! How a manifest declares the reading of periods.

use vintner_panel::{DateOrder, Frequency, Numbered, PeriodReading};

/// The value of `period` that declares a reading.
pub(crate) fn period_text(period: PeriodReading) -> String {
    let mut parts = Vec::new();
    if let Some(frequency) = period.frequency {
        let word = if frequency == Frequency::HalfYear { "half-year" } else { frequency.word() };
        parts.push(format!("frequency: {word}"));
    }
    parts.extend(period.century.map(|century| format!("century: {century}")));
    parts.extend(period.order.map(|order| match order {
        DateOrder::DayFirst => "order: day-first".to_owned(),
        DateOrder::MonthFirst => "order: month-first".to_owned(),
        DateOrder::YearFirst => "order: year-first".to_owned(),
    }));
    parts.extend(period.number.map(|number| match number {
        Numbered::Period => "number: period".to_owned(),
        Numbered::Month => "number: month".to_owned(),
    }));
    parts.extend(period.zero.map(|zero| format!("zero: {zero}")));
    format!("{{{}}}", parts.join(", "))
}
